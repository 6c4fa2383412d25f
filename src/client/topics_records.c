/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the leaders of partitions are asked about their logs:
 * kafc_admin_delete_records and kafc_admin_epoch_ends.
 */
#include "client/parts.h"
#include "protocol/api/21_delete_records.h"
#include "protocol/api/23_offset_for_leader_epoch.h"
#include <kafc/topics.h>

/* --- Delete ----------------------------------------------------------------------------- */

static const struct kafc_admin_kind deleting = {
    .api = &kafc_delete_records_api,
    .what = "shortened",
    .since = "0.11",
    .unknown_stands = true,
};

static void take_start(struct kafc_arena *a, const struct kafc_part_said *said, void *to)
{
    const struct kafc_delete_records_resp_partition *r = said->part;
    kafc_deletion *q = to;
    (void)a;
    if (said->code == 0)
        q->log_start = r->low_watermark;
}

static const struct kafc_part_element deletion = { sizeof(kafc_deletion),
                                                   offsetof(kafc_deletion, result), take_start };

static kafc_err check_deletions(kafc_deletion *q, int32_t n, bool *last, kafc_error *err)
{
    *last = false;
    for (int32_t i = 0; i < n; i++) {
        bool at = q[i].before.kind == KAFC_POSITION_OFFSET && q[i].before.value >= 0;
        if (!at && q[i].before.kind != KAFC_POSITION_LAST)
            return kafc__error(err, KAFC_ERR_USAGE, "topic '%.249s' [%d]: records are deleted before KAFC_AT, "
                               "from 0 on, or KAFC_LAST", q[i].topic, (int)q[i].partition);
        *last |= !at;
        q[i].log_start = KAFC_OFFSET_UNKNOWN;
    }
    return KAFC_OK;
}

static bool delete_request(struct kafc_admin *k, const struct kafc_parts *p, const kafc_deletion *q,
                           struct kafc_delete_records_req *req)
{
    kafc__msg_defaults(&kafc_delete_records_req_schema, req);
    req->timeout_ms = kafc__broker_timeout(k->c->o.request_timeout_ms, k->deadline);
    if (!kafc__parts_put(p->part, p->n, &kafc_delete_records_req_schema, req, &k->arena))
        return false;
    for (int32_t t = 0, at = 0; t < req->topics.n; t++)
        for (int32_t i = 0; i < req->topics.v[t].partitions.n; i++, at++) {
            kafc_position before = q[p->part[at].i].before;
            req->topics.v[t].partitions.v[i].offset = before.kind == KAFC_POSITION_OFFSET ? before.value
                                                                                          : -1;
        }
    return true;
}

static kafc_err delete_records(struct kafc_admin *k, kafc_deletion *q, int32_t n)
{
    struct kafc_delete_records_req req;
    struct kafc_admin_kind kind = deleting;
    struct kafc_parts p;
    kafc_err rc = kafc__parts_init(&p, q, sizeof(*q), n, KAFC_PARTS_NO_NODE, &k->arena, k->err);
    if (rc == KAFC_OK)
        rc = check_deletions(q, n, &kind.once, k->err);
    if (rc != KAFC_OK || n == 0)
        return rc;
    p.out = &deletion;
    bool made = delete_request(k, &p, q, &req);
    return kafc__parts_ask(k, &kind, made ? &req : NULL, &p, deletion.result);
}

kafc_err kafc_admin_delete_records(kafc_client *c, kafc_deletion *q, int32_t n, int timeout_ms,
                                   kafc_error *err)
{
    struct kafc_admin k;
    kafc_err rc = kafc__admin_begin(&k, c, timeout_ms, err);
    return rc == KAFC_OK ? kafc__admin_end(&k, delete_records(&k, q, n)) : rc;
}

/* --- Epochs ------------------------------------------------------------------------------ */

static const struct kafc_admin_kind seeking = {
    .api = &kafc_offset_for_leader_epoch_api,
    .what = "asked for an epoch",
    .since = "0.11",
    .unknown_stands = true,
};

static void take_end(struct kafc_arena *a, const struct kafc_part_said *said, void *to)
{
    const struct kafc_offset_for_leader_epoch_resp_partition *r = said->part;
    kafc_epoch_end *q = to;
    (void)a;
    if (said->code != 0)
        return;
    q->found_epoch = r->leader_epoch;
    q->offset = r->end_offset >= 0 ? r->end_offset : KAFC_OFFSET_UNKNOWN;
}

static const struct kafc_part_element end = { sizeof(kafc_epoch_end), offsetof(kafc_epoch_end, result),
                                              take_end };

static bool epoch_request(struct kafc_admin *k, const struct kafc_parts *p, const kafc_epoch_end *q,
                          struct kafc_offset_for_leader_epoch_req *req)
{
    kafc__msg_defaults(&kafc_offset_for_leader_epoch_req_schema, req);
    req->replica_id = -1;
    if (!kafc__parts_put(p->part, p->n, &kafc_offset_for_leader_epoch_req_schema, req, &k->arena))
        return false;
    for (int32_t t = 0, at = 0; t < req->topics.n; t++)
        for (int32_t i = 0; i < req->topics.v[t].partitions.n; i++, at++)
            req->topics.v[t].partitions.v[i].leader_epoch = q[p->part[at].i].leader_epoch;
    return true;
}

static kafc_err epoch_ends(struct kafc_admin *k, kafc_epoch_end *q, int32_t n)
{
    struct kafc_offset_for_leader_epoch_req req;
    struct kafc_parts p;
    kafc_err rc = kafc__parts_init(&p, q, sizeof(*q), n, KAFC_PARTS_NO_NODE, &k->arena, k->err);
    for (int32_t i = 0; i < n && rc == KAFC_OK; i++) {
        if (q[i].leader_epoch < 0)
            rc = kafc__error(k->err, KAFC_ERR_USAGE, "topic '%.249s' [%d]: epoch %d is none", q[i].topic,
                             (int)q[i].partition, (int)q[i].leader_epoch);
        q[i].found_epoch = -1;
        q[i].offset = KAFC_OFFSET_UNKNOWN;
    }
    if (rc != KAFC_OK || n == 0)
        return rc;
    p.out = &end;
    bool made = epoch_request(k, &p, q, &req);
    return kafc__parts_ask(k, &seeking, made ? &req : NULL, &p, end.result);
}

kafc_err kafc_admin_epoch_ends(kafc_client *c, kafc_epoch_end *q, int32_t n, int timeout_ms,
                               kafc_error *err)
{
    struct kafc_admin k;
    kafc_err rc = kafc__admin_begin(&k, c, timeout_ms, err);
    return rc == KAFC_OK ? kafc__admin_end(&k, epoch_ends(&k, q, n)) : rc;
}
