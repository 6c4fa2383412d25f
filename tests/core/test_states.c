/* SPDX-License-Identifier: BSD-2-Clause
 *
 * docs/STATES.md is a picture of the tables of states; KAFC_WRITE_DOCS=1
 * draws it anew (make docs).
 */
#include <stdio.h>

#include "core/consumer_internal.h"
#include "core/link_internal.h"
#include "core/txn_internal.h"
#include "tests/support/document.h"
#include "tests/support/suite.h"

struct machine {
    const char *title, *source;
    const char *const *states, *const *events; /* ended by NULL */
    int (*next)(int state, int event);
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

static const char *const link_states[] = { "DOWN", "OPENING", "GREETING", "READY", NULL };
static const char *const link_events[] = { "open", "up", "again", "versions", "down", NULL };
static const char *const partition_states[] = { "LOOKUP", "FETCH", "DONE", "FAILED", NULL };
static const char *const partition_events[] = { "unknown", "known", "reached", "broken", NULL };
static const char *const txn_states[] = { "UNINITIALIZED", "INITIALIZING",    "READY",
                                          "IN_TRANSACTION", "COMMITTING",     "ABORTING",
                                          "BUMPING",        "ABORTABLE_ERROR", "FATAL_ERROR", NULL };
static const char *const txn_events[] = { "init",  "begin", "commit", "abort", "identified",
                                          "ended", "stale", "reset",  "failed", "fatal", NULL };

static const struct machine machines[] = {
    { "A connection", "src/core/link.c", link_states, link_events, link_next, -1 },
    { "A partition that is read", "src/core/consumer.c", partition_states, partition_events, partition_next, -1 },
    { "The transactions of a writer", "src/core/txn.c", txn_states, txn_events, txn_next, KAFC_TXN_FATAL_ERROR },
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
                if (x->next(s, e) >= 0)
                    n += (size_t)snprintf(out + n, cap - n, "    %s --> %s: %s\n", x->states[s],
                                          x->states[x->next(s, e)], x->events[e]);
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
    ck_assert_uint_eq(sizeof link_states / sizeof link_states[0], KAFC_LINK_READY + 2);
    ck_assert_uint_eq(sizeof link_events / sizeof link_events[0], KAFC_LINK_EVENTS + 1);
    ck_assert_uint_eq(sizeof partition_states / sizeof partition_states[0], KAFC_CP_STATES + 1);
    ck_assert_uint_eq(sizeof partition_events / sizeof partition_events[0], KAFC_CP_EVENTS + 1);
    ck_assert_uint_eq(sizeof txn_states / sizeof txn_states[0], KAFC_TXN_STATES + 1);
    ck_assert_uint_eq(sizeof txn_events / sizeof txn_events[0], KAFC_TXN_EVENTS + 1);
    for (size_t m = 0; m < sizeof machines / sizeof machines[0]; m++) {
        const struct machine *x = &machines[m];

        for (int s = 0; x->states[s]; s++) {
            bool left = false;

            for (int e = 0; x->events[e]; e++) {
                int to = x->next(s, e);

                ck_assert_int_ge(to, -1);
                left = left || (to >= 0 && to != s);
            }
            ck_assert_msg(left != (s == x->end), "%s: nothing leaves %s", x->title, x->states[s]);
        }
    }
}
END_TEST

SUITE_MAIN("core/states", 10, the_picture_is_what_the_tables_say, every_state_can_be_left)
