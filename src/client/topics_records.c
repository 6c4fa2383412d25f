/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the leaders of partitions are asked about their logs:
 * kafc_admin_delete_records and kafc_admin_epoch_ends.
 */
#include "client/parts.h"
#include "protocol/api/21_delete_records.h"
#include "protocol/api/23_offset_for_leader_epoch.h"
#include <kafc/topics.h>

/* take() gets what each part of an answer says that has no error. */
typedef void (*take_fn)(void *element, const void *part);

static void take_all(const struct kafc_parts *p, const kafc_answer *a, const struct kafc_api *api,
                     take_fn take)
{
    for (int32_t i = 0; a && i < a->nparts; i++) {
        struct kafc_parts_walk w;
        struct kafc_part_said said;
        if (!a->parts[i].resp)
            continue;
        kafc__parts_walk(&w, api->resp, a->parts[i].resp);
        while (kafc__parts_next(&w, &said)) {
            const struct kafc_part *part = kafc__parts_find(p, said.topic, said.partition, -1);
            if (part && said.code == 0)
                take(p->v + (size_t)part->i * p->stride, said.part);
        }
    }
}

/* req NULL: there was no memory for it. */
static kafc_err ask(struct kafc_admin *k, const struct kafc_admin_kind *kind, const void *req,
                    const struct kafc_parts *p, size_t result, take_fn take)
{
    kafc_answer *a = NULL;
    kafc_err rc = req ? kafc__admin_ask(k->c, kind, req, KAFC_BY_ROUTE, k->deadline, &a, k->err)
                      : kafc__admin_no_memory("the partitions", k->err);
    rc = kafc__parts_tell(p, a, kind->api, result, rc, k->err);
    take_all(p, a, kind->api, take);
    kafc_answer_free(a);
    return rc;
}

/* --- Delete ----------------------------------------------------------------------------- */

static bool delete_item(const void *resp, int32_t i, struct kafc_admin_item *out)
{
    return kafc__parts_item(&kafc_delete_records_resp_schema, resp, i, out);
}

static const struct kafc_admin_kind deleting = {
    .api = &kafc_delete_records_api,
    .what = "shortened",
    .since = "0.11",
    .unknown_stands = true,
    .item = delete_item,
};
static const struct kafc_admin_kind deleting_once = {
    .api = &kafc_delete_records_api,
    .what = "shortened",
    .since = "0.11",
    .once = true,
    .unknown_stands = true,
    .item = delete_item,
};

static void take_start(void *element, const void *part)
{
    kafc_deletion *q = element;
    q->log_start = ((const struct kafc_delete_records_resp_partition *)part)->low_watermark;
}

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
    struct kafc_parts p;
    bool last;
    kafc_err rc = kafc__parts_init(&p, q, sizeof(*q), n, KAFC_PARTS_NO_NODE, &k->arena, k->err);
    if (rc == KAFC_OK)
        rc = check_deletions(q, n, &last, k->err);
    if (rc != KAFC_OK || n == 0)
        return rc;
    bool made = delete_request(k, &p, q, &req);
    return ask(k, last ? &deleting_once : &deleting, made ? &req : NULL, &p,
               offsetof(kafc_deletion, result), take_start);
}

kafc_err kafc_admin_delete_records(kafc_client *c, kafc_deletion *q, int32_t n, int timeout_ms,
                                   kafc_error *err)
{
    struct kafc_admin k;
    kafc_err rc = kafc__admin_begin(&k, c, timeout_ms, err);
    return rc == KAFC_OK ? kafc__admin_end(&k, delete_records(&k, q, n)) : rc;
}

/* --- Epochs ------------------------------------------------------------------------------ */

static bool epoch_item(const void *resp, int32_t i, struct kafc_admin_item *out)
{
    return kafc__parts_item(&kafc_offset_for_leader_epoch_resp_schema, resp, i, out);
}

static const struct kafc_admin_kind seeking = {
    .api = &kafc_offset_for_leader_epoch_api,
    .what = "asked for an epoch",
    .since = "0.11",
    .unknown_stands = true,
    .item = epoch_item,
};

static void take_end(void *element, const void *part)
{
    const struct kafc_offset_for_leader_epoch_resp_partition *r = part;
    kafc_epoch_end *q = element;
    q->found_epoch = r->leader_epoch;
    q->offset = r->end_offset >= 0 ? r->end_offset : KAFC_OFFSET_UNKNOWN;
}

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
    bool made = epoch_request(k, &p, q, &req);
    return ask(k, &seeking, made ? &req : NULL, &p, offsetof(kafc_epoch_end, result), take_end);
}

kafc_err kafc_admin_epoch_ends(kafc_client *c, kafc_epoch_end *q, int32_t n, int timeout_ms,
                               kafc_error *err)
{
    struct kafc_admin k;
    kafc_err rc = kafc__admin_begin(&k, c, timeout_ms, err);
    return rc == KAFC_OK ? kafc__admin_end(&k, epoch_ends(&k, q, n)) : rc;
}
