/* SPDX-License-Identifier: BSD-2-Clause
 *
 * docs/STATES.md is a picture of the tables of states; KAFC_WRITE_DOCS=1
 * draws it anew (make docs).
 */
#include <stdio.h>

#include "core/consumer_internal.h"
#include "core/group_internal.h"
#include "core/link_internal.h"
#include "core/txn_internal.h"
#include "tests/support/document.h"
#include "tests/support/suite.h"

struct machine {
    const char *title, *source;
    const char *const *states, *const *events; /* ended by NULL */
    int (*next)(int state, int event);
    unsigned (*leads)(int state, int event); /* instead: bits of the states that the handler chooses from */
    int end; /* a state that nothing leaves, by design; or -1 */
};

static int link_next(int s, int e)
{
    return kafc__link_next_state((enum kafc_link_state)s, (enum kafc_link_event)e);
}

static int partition_next(int s, int e)
{
    return kafc__cp_next_state((enum kafc_cp_state)s, (enum kafc_cp_event)e);
}

static int txn_next(int s, int e)
{
    return kafc__txn_next_state((kafc_txn_state)s, (enum kafc_txn_event)e);
}

static unsigned group_leads(int s, int e)
{
    return kafc__group_next_states((enum kafc_group_state)s, (enum kafc_group_event)e);
}

static unsigned leads(const struct machine *x, int s, int e)
{
    return x->leads ? x->leads(s, e) : x->next(s, e) >= 0 ? 1u << x->next(s, e) : 0;
}

static const char *const link_states[] = { "DOWN",  "OPENING",  "GREETING", "LOGIN",
                                           "READY", "RENEWING", NULL };
static const char *const link_events[] = { "open",      "up",   "again", "versions", "login",
                                           "logged in", "down", NULL };
static const char *const partition_states[] = { "LOOKUP", "FETCH", "DONE", "FAILED", NULL };
static const char *const partition_events[] = { "unknown", "known", "reached", "broken", NULL };
static const char *const txn_states[] = { "UNINITIALIZED", "INITIALIZING",    "READY",
                                          "IN_TRANSACTION", "COMMITTING",     "ABORTING",
                                          "BUMPING",        "ABORTABLE_ERROR", "FATAL_ERROR", NULL };
static const char *const txn_events[] = { "init",  "begin", "commit", "abort", "identified",
                                          "ended", "stale", "reset",  "failed", "fatal", NULL };

static const char *const group_states[] = { "IDLE",     "FINDING", "JOINING", "SYNCING", "STABLE", "REVOKING",
                                            "RETIRING", "LEAVING", "AWAY",    "BROKEN",  "STOPPED", NULL };
static const char *const group_events[] = { "begin",     "found",    "unfound", "named", "joined", "synced",
                                            "rebalance", "expelled", "settled", "gone",  "back",   "leave",
                                            "left",      "fatal",    "stop",    NULL };

static const struct machine machines[] = {
    { "A connection", "src/core/link.c", link_states, link_events, link_next, NULL, -1 },
    { "A partition that is read", "src/core/consumer.c", partition_states, partition_events, partition_next,
      NULL, -1 },
    { "The transactions of a writer", "src/core/txn.c", txn_states, txn_events, txn_next, NULL,
      KAFC_TXN_FATAL_ERROR },
    { "A member of a group, classic protocol", "src/core/group_classic.c", group_states, group_events, NULL,
      group_leads, KAFC_GROUP_STOPPED },
};

static size_t draw(char *out, size_t cap)
{
    size_t n = (size_t)snprintf(out, cap, "# States\n\nDrawn by `make docs` from the tables; do not edit.\n");

    for (size_t m = 0; m < sizeof machines / sizeof machines[0]; m++) {
        const struct machine *x = &machines[m];

        n += (size_t)snprintf(out + n, cap - n, "\n## %s (`%s`)\n\n```mermaid\nstateDiagram-v2\n    [*] --> %s\n",
                              x->title, x->source, x->states[0]);
        for (int s = 0; x->states[s]; s++)
            for (int e = 0; x->events[e]; e++)
                for (int to = 0; x->states[to]; to++)
                    if (leads(x, s, e) & 1u << to)
                        n += (size_t)snprintf(out + n, cap - n, "    %s --> %s: %s\n", x->states[s], x->states[to],
                                              x->events[e]);
        n += (size_t)snprintf(out + n, cap - n, "```\n");
    }
    return n;
}

START_TEST(the_picture_is_what_the_tables_say)
{
    static char want[16384];
    document_is("docs/STATES.md", want, draw(want, sizeof want));
}
END_TEST

/* Names and tables have the same size, and no state is a trap that nothing leaves. */
START_TEST(every_state_can_be_left)
{
    ck_assert_uint_eq(sizeof link_states / sizeof link_states[0], KAFC_LINK_RENEWING + 2);
    ck_assert_uint_eq(sizeof link_events / sizeof link_events[0], KAFC_LINK_EVENTS + 1);
    ck_assert_uint_eq(sizeof partition_states / sizeof partition_states[0], KAFC_CP_STATES + 1);
    ck_assert_uint_eq(sizeof partition_events / sizeof partition_events[0], KAFC_CP_EVENTS + 1);
    ck_assert_uint_eq(sizeof txn_states / sizeof txn_states[0], KAFC_TXN_STATES + 1);
    ck_assert_uint_eq(sizeof txn_events / sizeof txn_events[0], KAFC_TXN_EVENTS + 1);
    ck_assert_uint_eq(sizeof group_states / sizeof group_states[0], KAFC_GROUP_STATES + 1);
    ck_assert_uint_eq(sizeof group_events / sizeof group_events[0], KAFC_GROUP_EVENTS + 1);
    for (int s = 0; s < KAFC_GROUP_STATES; s++)
        ck_assert_str_eq(group_states[s], kafc__group_name_of((enum kafc_group_state)s));
    for (size_t m = 0; m < sizeof machines / sizeof machines[0]; m++) {
        const struct machine *x = &machines[m];

        for (int s = 0; x->states[s]; s++) {
            bool left = false;

            for (int e = 0; x->events[e]; e++) {
                unsigned to = leads(x, s, e);

                left = left || (to & ~(1u << s));
            }
            ck_assert_msg(left != (s == x->end), "%s: nothing leaves %s", x->title, x->states[s]);
        }
    }
}
END_TEST

SUITE_MAIN("core/states", 10, the_picture_is_what_the_tables_say, every_state_can_be_left)
