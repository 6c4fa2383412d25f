/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Produce: the checks that a broker makes of a batch, sequences, the append.
 */
#include "mock/acl.h"
#include "mock/old.h"
#include "mock/txn.h"
#include "protocol/api/00_produce.h"

static kafc_str text(const char *s)
{
    return (kafc_str){ s, (int32_t)strlen(s) };
}

static kafc_err check_batch(struct kafc_mrq *rq, const struct kafc_mpart *p,
                            const struct kafc_produce_req_partition *q, struct kafc_mbatch *b,
                            const char **why, int32_t *record)
{
    const struct kafc_mtopic *t = p->topic;
    int64_t now = rq->c->wall_ms;
    struct kafc_mbatch_rules rules = { .mem = &rq->c->mem,
                                       .max_bytes = t->max_bytes,
                                       .compact = t->compact,
                                       .zstd = rq->version >= 7,
                                       .before = t->before_ms ? now - t->before_ms : INT64_MIN,
                                       .after = t->after_ms ? now + t->after_ms : INT64_MAX };
    struct kafc_records in = q->records;
    kafc_err code = KAFC_OK;

    *record = -1;
    *why = "no batch";
    if (!in.p)
        return KAFC_ERR_INVALID_RECORD;
    if (rq->version < 3) {
        code = kafc__mock_take_old(&rq->c->mem, &q->records, rq->version < 2 ? 0 : 1, t->max_bytes,
                                   &rq->arena, &in, why);
        rules.max_bytes = INT32_MAX; /* it was looked at */
    }
    if (code == KAFC_OK)
        code = kafc__mbatch_read(in.p, (size_t)in.len, b, why);
    return code ? code : kafc__mbatch_check(b, &rules, why, record);
}

/* What was wrong with which record, as brokers tell from version 8 on. */
static void put_errors(struct kafc_mrq *rq, struct kafc_produce_resp_partition *a, const char *why,
                       int32_t record)
{
    if (!why)
        return;
    a->error_message = text(why);
    if (record < 0)
        return;
    a->record_errors.v = kafc__msg_array(&kafc_produce_resp_record_error_schema, 1, &rq->arena);
    if (!a->record_errors.v)
        return;
    a->record_errors.n = 1;
    a->record_errors.v[0].batch_index = record;
    a->record_errors.v[0].batch_index_error_message = text(why);
}

/* Counts what the header says, whatever it says otherwise. */
static void swallow(const struct kafc_cluster *c, struct kafc_mpart *p, struct kafc_records records,
                    struct kafc_produce_resp_partition *a)
{
    const uint8_t *b = records.p;
    int64_t n = records.len >= KAFC_MBATCH_HEADER && b[16] == 2 ? (int64_t)kafc__load32(b + 23) + 1
                                                                : 1;

    a->base_offset = p->log.end;
    a->log_append_time_ms = -1;
    p->log.end += n;
    if (!c->endless)
        p->log.start = p->log.end;
}

/* Appends, or finds the batch to be there already. */
static kafc_err append(struct kafc_mrq *rq, struct kafc_mpart *p,
                       const struct kafc_produce_req *req,
                       const struct kafc_produce_req_partition *q,
                       struct kafc_produce_resp_partition *a)
{
    struct kafc_cluster *c = rq->c;
    struct kafc_mbatch b;
    const char *why = NULL;
    int64_t offset, again, append_time = p->topic->append_time ? c->wall_ms : -1;
    int32_t record;
    kafc_err code = check_batch(rq, p, q, &b, &why, &record);

    if (code == KAFC_OK) {
        code = kafc__mtxn_admits(rq, req->transactional_id, p, &b);
        why = NULL;
    }
    if (code == KAFC_OK)
        code = kafc__mlog_sequence(&p->log, &b, &again);
    if (code == KAFC_OK)
        kafc__log(&c->log, KAFC_LOG_DEBUG,
                  "mock: %s-%d: %d records of producer %lld epoch %d from sequence %d: %s",
                  p->topic->name, (int)p->index, (int)b.count, (long long)b.producer, (int)b.epoch,
                  (int)b.sequence, again >= 0 ? "are there" : "are new");
    if (code == KAFC_OK && again >= 0) {
        a->base_offset = again;
        a->log_append_time_ms = append_time;
        return KAFC_OK;
    }
    if (code == KAFC_OK && req->acks == -1 && kafc__mock_isr(c, p) < p->topic->min_isr)
        code = KAFC_ERR_NOT_ENOUGH_REPLICAS;
    if (code == KAFC_OK)
        code = kafc__mlog_append(&p->log, &b, p->epoch, append_time, &offset);
    if (code) {
        kafc__log(&c->log, KAFC_LOG_WARN, "mock: broker %d refuses a batch for %s-%d: %s: %s",
                  (int)rq->conn->broker->id, p->topic->name, (int)p->index, kafc_err_name(code),
                  why ? why : "");
        put_errors(rq, a, why, record);
        return code == KAFC_ERR_NO_MEMORY ? KAFC_ERR_KAFKA_STORAGE_ERROR : code;
    }
    a->base_offset = offset;
    a->log_append_time_ms = append_time;
    return KAFC_OK;
}

static bool put_node(struct kafc_mrq *rq, struct kafc_produce_resp *a, int32_t leader)
{
    const struct kafc_mbroker *b = kafc__mock_broker(rq->c, leader);

    if (!b)
        return true;
    for (int32_t i = 0; i < a->node_endpoints.n; i++)
        if (a->node_endpoints.v[i].node_id == leader)
            return true;
    if (!a->node_endpoints.v)
        a->node_endpoints.v = kafc__msg_array(&kafc_produce_resp_node_schema, rq->c->nbrokers,
                                              &rq->arena);
    if (!a->node_endpoints.v)
        return false;
    a->node_endpoints.v[a->node_endpoints.n].node_id = leader;
    a->node_endpoints.v[a->node_endpoints.n].host = text(b->host);
    a->node_endpoints.v[a->node_endpoints.n++].port = b->port;
    return true;
}

/* refused: a code for all of the topic, or KAFC_OK. */
static kafc_err serve_partition(struct kafc_mrq *rq, struct kafc_mtopic *t, kafc_err refused,
                                const struct kafc_produce_req *req,
                                const struct kafc_produce_req_partition *q,
                                struct kafc_produce_resp_partition *a,
                                struct kafc_produce_resp *resp)
{
    struct kafc_mpart *p = t && q->index >= 0 && q->index < t->npartitions ? &t->part[q->index]
                                                                           : NULL;
    kafc_err code = refused;

    a->index = q->index;
    a->base_offset = -1;
    if (!code && (req->acks < -1 || req->acks > 1))
        code = KAFC_ERR_INVALID_REQUIRED_ACKS;
    if (!code && !p)
        code = rq->version >= 13 && !t ? KAFC_ERR_UNKNOWN_TOPIC_ID
                                       : KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION;
    if (!code)
        code = kafc__mock_leads(p, rq->conn->broker, -1);
    if (!code && (rq->c->opt.blackhole || rq->c->endless))
        swallow(rq->c, p, q->records, a);
    else if (!code)
        code = append(rq, p, req, q, a);
    if (p && !code)
        a->log_start_offset = p->log.start;
    a->error_code = (int16_t)code;
    if (p && code == KAFC_ERR_NOT_LEADER_OR_FOLLOWER && rq->version >= 10 && !rq->forced) {
        a->current_leader.leader_id = p->leader;
        a->current_leader.leader_epoch = p->epoch;
        (void)put_node(rq, resp, p->leader);
    }
    return code;
}

/* May it be written to? */
static kafc_err refuses(const struct kafc_mrq *rq, const struct kafc_produce_req *q, kafc_str topic)
{
    kafc_err code = KAFC_OK;

    if (q->transactional_id.p)
        code = kafc__mock_refuses(rq, KAFC_ACL_TRANSACTIONAL_ID, q->transactional_id,
                                  KAFC_ACL_WRITE);
    return code ? code : kafc__mock_refuses(rq, KAFC_ACL_TOPIC, topic, KAFC_ACL_WRITE);
}

static enum kafc_mdone serve(struct kafc_mrq *rq, const void *req, void *resp)
{
    const struct kafc_produce_req *q = req;
    struct kafc_produce_resp *a = resp;
    bool failed = false, appended = false;

    a->responses.n = q->topic_data.n < 0 ? 0 : q->topic_data.n;
    a->responses.v = kafc__msg_array(&kafc_produce_resp_topic_schema, a->responses.n, &rq->arena);
    if (!a->responses.v)
        return KAFC_MDONE_CUT;
    for (int32_t i = 0; i < a->responses.n; i++) {
        const struct kafc_produce_req_topic *qt = &q->topic_data.v[i];
        struct kafc_produce_resp_topic *at = &a->responses.v[i];
        struct kafc_mtopic *t = rq->version >= 13 ? kafc__mock_topic_by_id(rq->c, &qt->topic_id)
                                                  : kafc__mock_topic(rq->c, qt->name);
        kafc_err refused = refuses(rq, q, t ? (kafc_str){ t->name, t->name_len } : qt->name);

        at->name = qt->name;
        at->topic_id = qt->topic_id;
        at->partition_responses.n = qt->partition_data.n < 0 ? 0 : qt->partition_data.n;
        at->partition_responses.v = kafc__msg_array(&kafc_produce_resp_partition_schema,
                                                    at->partition_responses.n, &rq->arena);
        if (!at->partition_responses.v)
            return KAFC_MDONE_CUT;
        for (int32_t k = 0; k < at->partition_responses.n; k++) {
            bool bad = serve_partition(rq, t, refused, q, &qt->partition_data.v[k],
                                       &at->partition_responses.v[k], a);
            failed |= bad;
            appended |= !bad;
        }
    }
    if (appended)
        kafc__mock_wake_parked(rq->c);
    if (q->acks == 0)
        return failed ? KAFC_MDONE_CUT : KAFC_MDONE_NONE;
    return KAFC_MDONE_ANSWER;
}

const struct kafc_mserve kafc__mock_produce = {
    KAFC_API_PRODUCE, 13, serve, 3, { 1, 2, 3, 3, 4, 6, 8, 10 }
};
