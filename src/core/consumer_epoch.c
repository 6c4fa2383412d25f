/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Logs that were cut off, where Fetch cannot tell (KIP-320): before version 12
 * it does not say what was read last, so that a new leader with another log
 * would be read on from the middle of it. There the position is compared with
 * where the leaders of its epoch stopped writing, before the first fetch under
 * a new leader. Brokers from 2.3 on; older ones do not answer clients.
 * Driver's thread, the consumer's lock held.
 */
#include "core/consumer_internal.h"
#include "core/retry.h"
#include "protocol/api/23_offset_for_leader_epoch.h"

enum { FOR_CLIENTS = 3 }; /* the first version with a place for what a client is */

struct kafc_epoch_check {
    struct kafc_list node;
    struct kafc_consumer *c;
    int32_t node_id;
    struct kafc_request rq;
    struct kafc_offset_for_leader_epoch_req msg;
    struct kafc_arena arena;
    struct kafc_asked *asked;
    int32_t nasked;
};

bool kafc__cp_is_checked(const struct kafc_consumer_partition *p)
{
    int32_t epoch = -1;

    if (!p->old_fetch || p->last_epoch < 0 || p->sure_epoch < 0)
        return true;
    (void)kafc__meta_leader(p->meta, p->id, &epoch);
    return epoch <= p->sure_epoch;
}

static void check_free(struct kafc_epoch_check *k)
{
    for (int32_t i = 0; i < k->nasked; i++)
        (void)kafc__cp_answered(&k->asked[i]);
    kafc__core_cancel(k->c->core, &k->rq);
    kafc__list_del(&k->node);
    kafc__arena_fini(&k->arena);
    kafc__free(&k->c->cfg.mem, k);
}

void kafc__epoch_checks_free(struct kafc_consumer *c)
{
    struct kafc_epoch_check *k;

    while ((k = KAFC_LIST_FIRST(&c->checks, struct kafc_epoch_check, node)) != NULL)
        check_free(k);
}

static void answer_one(const struct kafc_epoch_check *k, const struct kafc_asked *a,
                       const struct kafc_offset_for_leader_epoch_resp_partition *r)
{
    struct kafc_consumer_partition *p = a->p;
    kafc_err_class cls = kafc__retry_class(KAFC_API_OFFSET_FOR_LEADER_EPOCH,
                                           (kafc_err)r->error_code);

    if (cls == KAFC_CLASS_REFRESH || cls == KAFC_CLASS_RETRY) {
        if (cls == KAFC_CLASS_REFRESH)
            kafc__meta_stale(k->c->core);
        kafc__cp_retry(p);
        return;
    }
    p->sure_epoch = a->epoch; /* also where it is denied: Fetch tells whether it may be read */
    if (r->error_code || (r->leader_epoch == p->last_epoch && r->end_offset >= p->fetch_offset))
        return;
    p->lost = kafc__truncated;
    p->diverges = r->leader_epoch >= 0 && r->end_offset < p->fetch_offset ? r->end_offset : -1;
    kafc__cp_out_of_range(p);
}

/* One topic entry for each partition, in the order in which they were asked. */
static const struct kafc_offset_for_leader_epoch_resp_partition *find_answer(
    const struct kafc_offset_for_leader_epoch_resp *resp, int32_t begin,
    const struct kafc_consumer_partition *p)
{
    for (int32_t n = 0; n < resp->topics.n; n++) {
        const struct kafc_offset_for_leader_epoch_resp_topic *t =
            &resp->topics.v[(begin + n) % resp->topics.n];

        if (!kafc__str_is(t->topic, p->topic->s))
            continue;
        for (int32_t i = 0; i < t->partitions.n; i++)
            if (t->partitions.v[i].partition == p->id)
                return &t->partitions.v[i];
    }
    return NULL;
}

static void check_done(struct kafc_request *rq)
{
    struct kafc_epoch_check *k = rq->owner;
    struct kafc_consumer *c = k->c;
    struct kafc_offset_for_leader_epoch_resp resp;
    kafc_error err = { .message = "" };
    kafc_err code = rq->result;

    kafc__lock(&c->lock);
    if (code == KAFC_OK)
        code = kafc__request_decode(rq, &resp, &k->arena, &err);
    else if (rq->why)
        err = *rq->why;
    if (code != KAFC_OK && code != KAFC_ERR_UNSUPPORTED) {
        err.broker = k->node_id;
        (void)kafc__consumer_trouble(c, &err);
        kafc__meta_stale(c->core);
    }
    for (int32_t i = 0; i < k->nasked; i++) {
        const struct kafc_asked *a = &k->asked[i];
        const struct kafc_offset_for_leader_epoch_resp_partition *r =
            code == KAFC_OK ? find_answer(&resp, i, a->p) : NULL;

        if (!kafc__cp_answered(&k->asked[i]) || a->p->state != KAFC_CP_FETCH)
            continue;
        if (r)
            answer_one(k, a, r);
        else if (code == KAFC_ERR_UNSUPPORTED)
            a->p->sure_epoch = a->epoch; /* nothing can tell */
        else
            kafc__cp_retry(a->p);
    }
    k->nasked = 0;
    check_free(k);
    kafc__unlock(&c->lock);
    kafc__consumer_work(c);
}

static bool due(const struct kafc_consumer_partition *p, int64_t now)
{
    return !p->dead && !p->busy && p->state == KAFC_CP_FETCH && p->retry_at <= now && p->meta &&
           kafc__meta_leader(p->meta, p->id, NULL) >= 0 && !kafc__cp_is_checked(p);
}

static bool add(struct kafc_epoch_check *k, struct kafc_consumer_partition *p)
{
    struct kafc_offset_for_leader_epoch_req_topic *t = &k->msg.topics.v[k->nasked];
    struct kafc_offset_for_leader_epoch_req_partition *rp = kafc__arena_alloc(&k->arena,
                                                                              sizeof *rp);

    if (!rp)
        return false;
    kafc__msg_defaults(&kafc_offset_for_leader_epoch_req_topic_schema, t);
    kafc__msg_defaults(&kafc_offset_for_leader_epoch_req_partition_schema, rp);
    t->topic = kafc__str(p->topic->s);
    t->partitions.v = rp;
    t->partitions.n = 1;
    rp->partition = p->id;
    rp->leader_epoch = p->last_epoch;
    (void)kafc__meta_leader(p->meta, p->id, &rp->current_leader_epoch);
    kafc__cp_ask(&k->asked[k->nasked], p);
    k->asked[k->nasked++].epoch = rp->current_leader_epoch;
    k->msg.topics.n = k->nasked;
    return true;
}

static struct kafc_epoch_check *check_new(struct kafc_consumer *c, size_t n)
{
    struct kafc_epoch_check *k = kafc__zalloc(&c->cfg.mem, sizeof *k);

    if (!k)
        return NULL;
    k->c = c;
    kafc__list_init(&k->node);
    kafc__arena_init(&k->arena, &c->cfg.mem, 0);
    kafc__msg_defaults(&kafc_offset_for_leader_epoch_req_schema, &k->msg);
    k->msg.replica_id = -1;
    k->msg.topics.v = kafc__arena_array(&k->arena, n, sizeof *k->msg.topics.v);
    k->asked = kafc__arena_array(&k->arena, n, sizeof *k->asked);
    kafc__request_init(&k->rq, &kafc_offset_for_leader_epoch_api, &k->msg);
    k->rq.min_version = FOR_CLIENTS;
    k->rq.timeout_us = kafc__core_config(c->core)->request_timeout_us;
    k->rq.done = check_done;
    k->rq.owner = k;
    if (!k->arena.failed)
        return k;
    kafc__arena_fini(&k->arena);
    kafc__free(&c->cfg.mem, k);
    return NULL;
}

static void ask(struct kafc_consumer *c, int32_t node)
{
    int64_t now = kafc__core_now(c->core);
    struct kafc_consumer_partition *p = KAFC_LIST_FIRST(&c->partitions,
                                                        struct kafc_consumer_partition, node);
    struct kafc_epoch_check *k;
    size_t n = 0;

    for (; p; p = KAFC_LIST_NEXT(&c->partitions, p, struct kafc_consumer_partition, node))
        n += due(p, now) && kafc__meta_leader(p->meta, p->id, NULL) == node;
    k = check_new(c, n);
    p = KAFC_LIST_FIRST(&c->partitions, struct kafc_consumer_partition, node);
    for (; p; p = KAFC_LIST_NEXT(&c->partitions, p, struct kafc_consumer_partition, node))
        if (due(p, now) && kafc__meta_leader(p->meta, p->id, NULL) == node && (!k || !add(k, p)))
            kafc__cp_retry(p); /* out of memory */
    if (!k)
        return;
    k->node_id = node;
    kafc__list_push(&c->checks, &k->node);
    kafc__core_send(c->core, node, KAFC_FOR_CONTROL, &k->rq);
}

void kafc__consumer_checks(struct kafc_consumer *c)
{
    int64_t now = kafc__core_now(c->core);
    struct kafc_consumer_partition *p = KAFC_LIST_FIRST(&c->partitions,
                                                        struct kafc_consumer_partition, node);

    for (; p; p = KAFC_LIST_NEXT(&c->partitions, p, struct kafc_consumer_partition, node))
        if (due(p, now)) /* marks all of that leader busy or postponed */
            ask(c, kafc__meta_leader(p->meta, p->id, NULL));
}
