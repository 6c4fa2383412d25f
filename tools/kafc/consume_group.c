/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc consume -g: as a member of a group. Only what standard output has taken
 * is committed, so whoever is killed at any time repeats messages, and never
 * skips one.
 */
#include <string.h>

#include "tools/kafc/consume.h"
#include "tools/kafc/load.h"

enum { COMMIT_S = 1, COMMIT_WAIT_MS = 5000, LEAVE_MS = 10000, LOOK = 16, NAMED = 20 };

/* Each message that was delivered is printed before the next call of the reader: what is delivered is what is printed.
 * false: it is not committed, which was said. */
static bool commit(struct tool_consume *t)
{
    kafc_error err;

    if (!tool_consume_flush(t))
        return false;
    t->commit_at = load_now() + COMMIT_S;
    t->uncommitted = false;
    if (kafc_reader_commit_delivered(t->reader, COMMIT_WAIT_MS, &err) == KAFC_OK)
        return true;
    t->uncommitted = err.cls == KAFC_CLASS_RETRY || err.code == KAFC_ERR_TIMED_OUT;
    (void)tool_fail(0, "not committed%s: %s", t->uncommitted ? " yet" : "", err.message);
    return false;
}

/* --- What comes and goes ------------------------------------------------------------------- */

static void say(const char *what, const kafc_rebalance *r)
{
    const char *before = "";

    (void)fflush(stdout); /* what it loses shows in its error flag */
    fprintf(stderr, "kafc: %s", what);
    for (int32_t i = 0; i < r->n && i < NAMED; i++, before = ",")
        fprintf(stderr, "%s %s [%d]", before, r->partitions[i].topic, (int)r->partitions[i].partition);
    if (r->n > NAMED)
        fprintf(stderr, " and %d more", (int)r->n - NAMED);
    if (r->n == 0)
        fputs(" nothing more", stderr);
    fprintf(stderr, "%s%s\n", r->why ? ": " : "", r->why ? r->why->message : "");
}

static void on_rebalance(void *ctx, kafc_reader *r, const kafc_rebalance *what)
{
    static const char *const words[] = {
        [KAFC_ASSIGNED] = "assigned", [KAFC_REVOKED] = "revoked", [KAFC_LOST] = "lost"
    };
    struct tool_consume *t = ctx;
    bool comes = what->kind == KAFC_ASSIGNED;

    if (what->kind == KAFC_REVOKED)
        (void)commit(t);
    if (what->kind == KAFC_LOST || t->o->verbose)
        say(words[what->kind], what);
    for (int32_t i = 0; i < what->n && t->o->exit_at_end; i++) {
        const kafc_topic_partition *p = &what->partitions[i];

        if (!comes)
            tool_ends_remove(&t->ends, p->topic, p->partition);
        else if (!tool_ends_add(&t->ends, p->topic, p->partition))
            t->failed = true;
    }
    /* After what goes the group says what comes, if it is nothing. Who comes last may have to wait for its share. */
    t->had_some = t->had_some || what->n > 0;
    t->assigned = comes && t->had_some;
    if (t->assigned && t->ends.left == 0)
        kafc_reader_wake(r);
}

/* --- Join, read, leave ---------------------------------------------------------------------- */

void tool_group_options(struct tool_consume *t, kafc_reader_options *ro)
{
    ro->group = t->o->group;
    ro->commit_interval_ms = -1; /* nothing is marked */
    ro->on_rebalance = on_rebalance;
    ro->ctx = t;
}

int tool_group_join(struct tool_consume *t)
{
    kafc_error err;

    if (kafc_reader_subscribe(t->reader, t->o->topics, t->o->ntopics, &err) == KAFC_OK)
        return TOOL_OK;
    return tool_fail(err.cls == KAFC_CLASS_USAGE ? TOOL_USAGE : TOOL_FAILED, "%s", err.message);
}

/* The clock is not read for each message. */
void tool_group_printed(struct tool_consume *t)
{
    t->uncommitted = true;
    if (++t->printed % LOOK == 0 && load_now() >= t->commit_at)
        (void)commit(t);
}

int tool_group_idle(struct tool_consume *t)
{
    double now;

    if (!t->uncommitted)
        return -1;
    now = load_now();
    if (now < t->commit_at)
        return 1 + (int)((t->commit_at - now) * 1000);
    (void)commit(t);
    return t->uncommitted ? COMMIT_S * 1000 : -1;
}

bool tool_group_endures(struct tool_consume *t, const kafc_error *err)
{
    if (err->code == KAFC_ERR_TIMED_OUT)
        return true; /* it is time for a commit */
    (void)tool_fail(0, "%s", err->message);
    return err->code == KAFC_ERR_MAX_POLL_EXCEEDED ||
           (err->code == KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION && !t->o->exit_at_end);
}

void tool_group_leave(struct tool_consume *t)
{
    kafc_error err;

    if (!t->lost && !commit(t))
        t->failed = true;
    if (kafc_reader_close(t->reader, LEAVE_MS, &err)) {
        (void)tool_fail(0, "%s", err.message);
        t->failed = true;
    }
}
