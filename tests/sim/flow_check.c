/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What must hold of the logs and of the verdicts of a flow.
 */
#include <check.h>
#include <stdlib.h>

#include "tests/sim/flow.h"

const char *const flow_topic[FLOW_TOPICS] = { "t", "u" };

int flow_number(const struct flow *f, const kafc_message *m)
{
    char text[16] = { 0 };
    int n;

    memcpy(text, m->value.p, m->value.len < 15 ? (size_t)m->value.len : 15);
    n = atoi(text);
    MUST(f, n >= 0 && n < f->n && m->value.len > 0, "a message that nobody wrote at %d:%lld",
         SEED(f), (int)m->partition, (long long)m->offset);
    for (int32_t i = (int32_t)(strchr(text, ':') - text) + 1; i < m->value.len; i++)
        MUST(f, ((const char *)m->value.p)[i] == 'a' + n % 26, "message %d is damaged", SEED(f), n);
    return n;
}

static void remember(struct flow_message *m, int64_t at)
{
    for (int i = 0; i < m->nseen && i < FLOW_SEEN; i++)
        if (m->seen[i] == at)
            return;
    if (m->nseen < FLOW_SEEN)
        m->seen[m->nseen] = at;
    m->nseen++;
}

/* Rule W5. Without idempotence a batch may be there again, but the first ones are in order; unless time ran out for one
 * whose request may still be on its way. With acks 0 nobody hears of what a leader that was one no more has refused. */
static void check_order(struct flow *f, int n, bool again, int last, int32_t p)
{
    const struct flow_options *o = f->o;

    if (o->idempotence) {
        MUST(f, !again, "message %d is in partition %d twice", SEED(f), n, (int)p);
        MUST(f, n > last, "partition %d: message %d stands behind %d", SEED(f), (int)p, n, last);
    } else if (!o->short_timeouts && o->acks) {
        MUST(f, again || n > last, "partition %d: message %d stands behind %d", SEED(f), (int)p, n,
             last);
    }
}

static void look_at(struct flow *f, int topic, int32_t p)
{
    int last[FLOW_WRITERS] = { -1, -1, -1 };
    kafc_mock_log log;
    kafc_message *m;

    f->looks++;
    if (kafc__cluster_log(f->sim->cluster, flow_topic[topic], p, &log) != KAFC_OK)
        return; /* it is not there now */
    for (int64_t at = log.log_start;
         (m = kafc__cluster_record(f->sim->cluster, flow_topic[topic], p, at)) != NULL; at++) {
        int n = flow_number(f, m);
        struct flow_message *w = &f->m[n];
        /* In this log; without idempotence, in any: a request that was given up may come when the first is deleted. */
        bool again = w->looked == f->looks || (!f->o->idempotence && w->nseen > 0);

        MUST(f, m->offset == at, "a hole in the log of partition %d at %lld", SEED(f), (int)p,
             (long long)at);
        MUST(f, w->topic == topic && (w->partition == p || w->partition < 0),
             "message %d is in %s-%d, not %s-%d", SEED(f), n, flow_topic[topic], (int)p,
             flow_topic[w->topic], (int)w->partition);
        check_order(f, n, again, last[w->writer], p);
        w->looked = f->looks;
        remember(w, at);
        if (n > last[w->writer])
            last[w->writer] = n;
        kafc_message_free(m);
    }
}

void flow_look(struct flow *f, int topic, int32_t partition)
{
    for (int t = 0; t < FLOW_TOPICS; t++)
        for (int32_t p = 0; p < FLOW_PARTITIONS; p++)
            if ((topic < 0 || topic == t) && (partition < 0 || partition == p))
                look_at(f, t, p);
}

static bool was_at(const struct flow_message *m, int64_t offset)
{
    for (int i = 0; i < m->nseen && i < FLOW_SEEN; i++)
        if (m->seen[i] == offset)
            return true;
    return m->nseen > FLOW_SEEN;
}

/* Rule W1. */
static void check_verdict(struct flow *f, int i)
{
    const struct flow_message *m = &f->m[i];

    MUST(f, m->verdicts == 1, "message %d has %d verdicts", SEED(f), i, m->verdicts);
    switch (m->verdict) {
    case KAFC_ACKNOWLEDGED:
        MUST(f, m->nseen > 0, "message %d was acknowledged and is lost", SEED(f), i);
        MUST(f, m->offset == KAFC_OFFSET_UNKNOWN || was_at(m, m->offset),
             "message %d was told to be at %d:%lld, and was at %lld", SEED(f), i, (int)m->partition,
             (long long)m->offset, (long long)m->seen[0]);
        break;
    case KAFC_NOT_WRITTEN:
        MUST(f, m->nseen == 0, "message %d was told not to be written and is", SEED(f), i);
        break;
    case KAFC_UNCONFIRMED:
        MUST(f, f->o->acks == 0, "message %d is unconfirmed with acks %d", SEED(f), i, f->o->acks);
        break;
    case KAFC_PERHAPS_WRITTEN: break;
    }
    if (!f->o->short_timeouts && f->o->acks)
        MUST(f, m->verdict == KAFC_ACKNOWLEDGED, "message %d failed: verdict %d, %s", SEED(f), i,
             (int)m->verdict, kafc_err_name(m->code));
}

void flow_verdicts(struct flow *f)
{
    for (int i = 0; i < f->n; i++)
        check_verdict(f, i);
}
