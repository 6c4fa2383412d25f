/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ListOffsets: first, last, by time, at the greatest timestamp.
 */
#include "mock/acl.h"
#include "mock/records.h"
#include "mock/state.h"
#include "protocol/api/02_list_offsets.h"

enum {
    LATEST = -1,
    EARLIEST = -2,
    MAX_TIMESTAMP = -3,
    EARLIEST_LOCAL = -4,
    LATEST_TIERED = -5,
    PENDING_UPLOAD = -6
};

struct found {
    int64_t offset, timestamp;
    int32_t epoch;
};

static int32_t epoch_at(const struct kafc_mpart *p, int64_t offset)
{
    size_t at = kafc__mlog_find(&p->log, offset);

    return at < p->log.n ? p->log.entry[at].epoch : p->epoch;
}

/* The first record of the batch at or after `time` (exact: with this very timestamp). */
static bool find_in_batch(const struct kafc_cluster *c, const struct kafc_mlog *l,
                          const struct kafc_mentry *e, int64_t time, bool exact, struct found *out)
{
    struct kafc_mbatch b;
    struct kafc_mrecords it;
    struct kafc_mrecord rec;
    const char *why;
    bool any = false;

    if (kafc__mbatch_read(kafc__mlog_bytes(l, e), e->len, &b, &why) ||
        b.attributes & KAFC_MBATCH_CONTROL)
        return false;
    if (kafc__mrecords_init(&it, &b, &c->mem) == KAFC_OK)
        while (!any && kafc__mrecords_next(&it, &rec))
            if ((exact ? rec.timestamp == time : rec.timestamp >= time) &&
                e->base + rec.delta >= l->start) {
                *out = (struct found){ e->base + rec.delta, rec.timestamp, e->epoch };
                any = true;
            }
    kafc__mrecords_fini(&it);
    return any;
}

static void by_time(const struct kafc_cluster *c, const struct kafc_mpart *p, int64_t time,
                    int64_t end, struct found *out)
{
    const struct kafc_mlog *l = &p->log;

    for (size_t i = l->first; i < l->n && l->entry[i].base < end; i++)
        if (l->entry[i].max_timestamp >= time &&
            find_in_batch(c, l, &l->entry[i], time, false, out) && out->offset < end)
            return;
    *out = (struct found){ -1, -1, -1 };
}

static void by_max_timestamp(const struct kafc_cluster *c, const struct kafc_mpart *p,
                             struct found *out)
{
    const struct kafc_mlog *l = &p->log;
    size_t best = l->n;

    for (size_t i = l->first; i < l->n; i++)
        if (best == l->n || l->entry[i].max_timestamp > l->entry[best].max_timestamp)
            best = i;
    *out = (struct found){ -1, -1, -1 };
    if (best < l->n)
        (void)find_in_batch(c, l, &l->entry[best], l->entry[best].max_timestamp, true, out);
}

static kafc_err look(const struct kafc_mrq *rq, const struct kafc_mpart *p, int64_t time,
                     int8_t isolation, struct found *out)
{
    int64_t end = isolation ? kafc__mlog_stable(&p->log) : p->log.end;

    *out = (struct found){ -1, -1, -1 };
    switch (time) {
    case LATEST: *out = (struct found){ end, -1, p->epoch }; return KAFC_OK;
    case EARLIEST:
        *out = (struct found){ p->log.start, -1, epoch_at(p, p->log.start) };
        return KAFC_OK;
    case MAX_TIMESTAMP:
        if (rq->version < 7)
            return KAFC_ERR_UNSUPPORTED_VERSION;
        by_max_timestamp(rq->c, p, out);
        return KAFC_OK;
    case EARLIEST_LOCAL:
        if (rq->version < 8)
            return KAFC_ERR_UNSUPPORTED_VERSION;
        *out = (struct found){ p->log.start, -1, epoch_at(p, p->log.start) };
        return KAFC_OK;
    case LATEST_TIERED: /* nothing is tiered */
        return rq->version < 9 ? KAFC_ERR_UNSUPPORTED_VERSION : KAFC_OK;
    case PENDING_UPLOAD: return rq->version < 11 ? KAFC_ERR_UNSUPPORTED_VERSION : KAFC_OK;
    default:
        if (time < 0)
            return KAFC_ERR_INVALID_REQUEST;
        by_time(rq->c, p, time, end, out);
        return KAFC_OK;
    }
}

/* Version 0 asks for the beginnings of segments that were written to last at or before a time, newest first; the mock
 * has one, which is written to all the time, and the end, which is now. */
static bool put_old(struct kafc_mrq *rq, const struct kafc_mpart *p,
                    const struct kafc_list_offsets_req_partition *q,
                    struct kafc_list_offsets_resp_partition *a)
{
    int64_t *v = kafc__arena_array(&rq->arena, 2, sizeof *v);
    int32_t n = 0;

    if (!v)
        return false;
    bool now = q->timestamp == LATEST || q->timestamp >= rq->c->wall_ms;

    if (now && n < q->max_num_offsets)
        v[n++] = p->log.end;
    if ((now || q->timestamp == EARLIEST) && n < q->max_num_offsets &&
        (n == 0 || p->log.start < p->log.end))
        v[n++] = p->log.start;
    a->old_style_offsets.v = v;
    a->old_style_offsets.n = n;
    return true;
}

static bool serve_partition(struct kafc_mrq *rq, const struct kafc_mpart *p, kafc_err refused,
                            const struct kafc_list_offsets_req *req,
                            const struct kafc_list_offsets_req_partition *q,
                            struct kafc_list_offsets_resp_partition *a)
{
    struct found f = { -1, -1, -1 };
    kafc_err code = refused;

    a->partition_index = q->partition_index;
    if (!code && !p)
        code = KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION;
    if (!code)
        code = kafc__mock_leads(p, rq->conn->broker, q->current_leader_epoch);
    a->error_code = (int16_t)code;
    if (code)
        return true;
    if (rq->version == 0)
        return put_old(rq, p, q, a);
    a->error_code = (int16_t)look(rq, p, q->timestamp, req->isolation_level, &f);
    a->offset = f.offset;
    a->timestamp = f.timestamp;
    a->leader_epoch = rq->version >= 4 ? f.epoch : -1;
    return true;
}

static enum kafc_mdone serve(struct kafc_mrq *rq, const void *req, void *resp)
{
    const struct kafc_list_offsets_req *q = req;
    struct kafc_list_offsets_resp *a = resp;

    a->topics.n = q->topics.n;
    a->topics.v = kafc__msg_array(&kafc_list_offsets_resp_topic_schema, q->topics.n, &rq->arena);
    if (!a->topics.v)
        return KAFC_MDONE_CUT;
    for (int32_t i = 0; i < q->topics.n; i++) {
        const struct kafc_list_offsets_req_topic *qt = &q->topics.v[i];
        struct kafc_list_offsets_resp_topic *at = &a->topics.v[i];

        kafc_err refused = kafc__mock_refuses(rq, KAFC_ACL_TOPIC, qt->name, KAFC_ACL_DESCRIBE);

        at->name = qt->name;
        at->partitions.n = qt->partitions.n;
        at->partitions.v = kafc__msg_array(&kafc_list_offsets_resp_partition_schema,
                                           qt->partitions.n, &rq->arena);
        if (!at->partitions.v)
            return KAFC_MDONE_CUT;
        for (int32_t k = 0; k < qt->partitions.n; k++)
            if (!serve_partition(rq, kafc__mock_part_of(rq->c, qt->name, qt->partitions.v[k].partition_index),
                                 refused, q, &qt->partitions.v[k], &at->partitions.v[k]))
                return KAFC_MDONE_CUT;
    }
    return KAFC_MDONE_ANSWER;
}

const struct kafc_mserve kafc__mock_list_offsets = {
    KAFC_API_LIST_OFFSETS, 11, serve, 1, { 1, 1, 1, 2, 3, 3, 5, 7 }
};
