/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Produce requests: one for all ready partitions of a node, their answers
 * taken apart. The driver's thread.
 */
#include "base/mem.h"
#include "base/str.h"
#include "core/producer_internal.h"

enum {
    REQUEST_BYTES = 4 << 20, /* of all batches of a request, unless one alone is larger */
};

enum { FIRST_TOPIC_IDS = 13 };

static void flight_done(struct kafc_request *rq);

static struct kafc_flight *flight_new(struct kafc_producer *p)
{
    struct kafc_flight *f = KAFC_LIST_FIRST(&p->spare, struct kafc_flight, node);
    if (f) {
        kafc__list_del(&f->node);
        return f;
    }
    f = kafc__zalloc(&p->cfg.mem, sizeof(*f));
    if (!f)
        return NULL;
    f->p = p;
    kafc__list_init(&f->node);
    kafc__arena_init(&f->arena, &p->cfg.mem, 0);
    return f;
}

static void flight_spare(struct kafc_producer *p, struct kafc_flight *f)
{
    kafc__flight_old_clear(f);
    kafc__arena_reset(&f->arena);
    f->batch = NULL;
    f->n = 0;
    kafc__list_del(&f->node);
    kafc__list_push(&p->spare, &f->node);
}

void kafc__flight_free(struct kafc_producer *p, struct kafc_flight *f)
{
    kafc__list_del(&f->node);
    kafc__arena_fini(&f->arena);
    kafc__free(&p->cfg.mem, f);
}

/* --- Building ---------------------------------------------------------------------- */

static int64_t request_timeout(const struct kafc_producer *p)
{
    return p->cfg.request_timeout_us ? p->cfg.request_timeout_us
                                     : kafc__core_config(p->core)->request_timeout_us;
}

/* So long an answer for the batch may take. */
static int64_t time_for(const struct kafc_producer *p, const struct kafc_batch_out *b)
{
    int64_t left = kafc__producer_deadline(p, b) - kafc__core_now(p->core);
    int64_t timeout = request_timeout(p);
    return left < timeout ? left : timeout;
}

/* The batches of the request: the next one of each ready partition, as long as they fit. The one that has the
 * least time left ends the request for all of them, and leaves the others in doubt: those with much more travel
 * in another. */
static bool pick_batches(struct kafc_producer *p, struct kafc_flight *f)
{
    size_t bytes = 0;
    int64_t first = 0;
    int32_t room = 0;
    struct kafc_list *ready = &f->to->ready;
    struct kafc_part *part = KAFC_LIST_FIRST(ready, struct kafc_part, place), *next;
    for (; part; part = KAFC_LIST_NEXT(ready, part, struct kafc_part, place))
        room++;
    f->batch = kafc__arena_array(&f->arena, (size_t)room, sizeof(struct kafc_batch_out *));
    if (!f->batch)
        return false;
    f->n = 0;
    for (part = KAFC_LIST_FIRST(ready, struct kafc_part, place); part; part = next) {
        next = KAFC_LIST_NEXT(ready, part, struct kafc_part, place);
        struct kafc_batch_out *b = kafc__producer_take_next(p, part);
        if (!b) {
            kafc__producer_place(p, part); /* all of it got a verdict, or somebody else took it */
            continue;
        }
        if (f->n && bytes + b->chain.len > REQUEST_BYTES)
            break;
        int64_t time = time_for(p, b);
        if (!f->n)
            first = time;
        if (time / 2 > first || first / 2 > time)
            continue;
        bytes += b->chain.len;
        f->batch[f->n++] = b;
    }
    return true;
}

static struct kafc_topic_out *topic_of(const struct kafc_batch_out *b)
{
    struct kafc_part *part = b->owner;
    return part->topic;
}

/* topic_data: the topics in order of appearance, the batches of each together. */
static bool group_by_topic(struct kafc_flight *f)
{
    int32_t ntopics = 0;
    for (int32_t i = 0; i < f->n; i++)
        topic_of(f->batch[i])->scratch = 0;
    for (int32_t i = 0; i < f->n; i++)
        ntopics += topic_of(f->batch[i])->scratch++ == 0;
    const struct kafc_schema *elem = &kafc_produce_req_topic_schema;
    f->req.topic_data.v = kafc__msg_array(elem, ntopics, &f->arena);
    if (!f->req.topic_data.v)
        return false;
    f->req.topic_data.n = ntopics;
    int32_t k = 0;
    for (int32_t i = 0; i < f->n; i++) {
        struct kafc_topic_out *t = topic_of(f->batch[i]);
        if (t->scratch < 0)
            continue;
        struct kafc_produce_req_topic *rt = &f->req.topic_data.v[k];
        rt->name = kafc__str(t->name);
        rt->topic_id = t->meta->id;
        rt->partition_data.v = kafc__msg_array(&kafc_produce_req_partition_schema, t->scratch,
                                               &f->arena);
        if (!rt->partition_data.v)
            return false;
        t->scratch = -1 - k++;
    }
    return true;
}

static void fill_partitions(struct kafc_flight *f)
{
    for (int32_t i = 0; i < f->n; i++) {
        struct kafc_batch_out *b = f->batch[i];
        struct kafc_produce_req_topic *rt = &f->req.topic_data.v[-1 - topic_of(b)->scratch];
        struct kafc_produce_req_partition *rp = &rt->partition_data.v[rt->partition_data.n++];
        rp->index = b->partition;
        rp->records = (struct kafc_records){ .len = (int32_t)b->chain.len, .chain = b->chain.head };
    }
}

static bool have_ids(const struct kafc_flight *f)
{
    static const kafc_uuid zero;
    for (int32_t i = 0; i < f->req.topic_data.n; i++)
        if (memcmp(&f->req.topic_data.v[i].topic_id, &zero, sizeof(zero)) == 0)
            return false;
    return true;
}

static void fill_request(struct kafc_producer *p, struct kafc_flight *f)
{
    const struct kafc_api *api = &kafc_produce_api;
    struct kafc_request *rq = &f->rq;
    *rq = (struct kafc_request){ .api = api, .msg = &f->req, .done = flight_done, .owner = f };
    kafc__list_init(&rq->node);
    rq->no_response = p->cfg.acks == 0;
    rq->prepare = kafc__producer_fit;
    rq->min_version = api->min;
    rq->max_version = have_ids(f) ? api->pick_max : FIRST_TOPIC_IDS - 1;
    if (rq->max_version > api->pick_max)
        rq->max_version = api->pick_max;
    if (p->txn) {
        f->req.transactional_id = (kafc_str){ p->cfg.transactional_id,
                                              (int32_t)strlen(p->cfg.transactional_id) };
        kafc__txn_sending(p->txn, &rq->min_version, &rq->max_version);
    }
    int64_t timeout = request_timeout(p);
    f->req.timeout_ms = (int32_t)(timeout / 1000 < INT32_MAX ? timeout / 1000 : INT32_MAX);
    rq->timeout_us = timeout;
    for (int32_t i = 0; i < f->n; i++) {
        int64_t time = time_for(p, f->batch[i]);
        timeout = time < timeout ? time : timeout;
    }
    /* The end of a batch says nothing about the connection, whose patience is the request's: see flights_expire. */
    f->expires_at = timeout < rq->timeout_us ? kafc__core_now(p->core) + timeout : INT64_MAX;
    p->expire_at = f->expires_at < p->expire_at ? f->expires_at : p->expire_at;
    f->req.acks = p->cfg.acks;
}

static bool send_one(struct kafc_producer *p, struct kafc_node_out *to)
{
    struct kafc_flight *f = flight_new(p);
    if (!f)
        return false;
    f->to = to;
    kafc__msg_defaults(&kafc_produce_req_schema, &f->req);
    f->req.transactional_id = (kafc_str){ NULL, 0 };
    if (!pick_batches(p, f) || (f->n && !group_by_topic(f))) {
        flight_spare(p, f);
        return false;
    }
    if (!f->n) {
        flight_spare(p, f);
        return true;
    }
    fill_partitions(f);
    fill_request(p, f);
    for (int32_t i = 0; i < f->n; i++) {
        struct kafc_batch_out *b = f->batch[i];
        struct kafc_part *part = b->owner;
        kafc__producer_number(p, b);
        b->flying = true;
        part->in_flight++;
    }
    f->sent_at = kafc__core_now(p->core);
    to->in_flight++;
    kafc__list_del(&f->node);
    kafc__list_push(&p->flights, &f->node);
    for (int32_t i = 0; i < f->n; i++)
        kafc__producer_place(p, f->batch[i]->owner); /* there may be more of it */
    kafc__core_send(p->core, to->id, KAFC_FOR_PRODUCE, &f->rq);
    return true;
}

void kafc__producer_gather(struct kafc_producer *p)
{
    int64_t now = kafc__core_now(p->core);
    for (struct kafc_node_out *n = p->nodes; n; n = n->next) {
        while (!kafc__list_empty(&n->ready) && n->in_flight < NODE_IN_FLIGHT &&
               n->mute_until <= now) {
            if (send_one(p, n))
                continue;
            p->memory_at = now + MEMORY_RETRY_US;
            break;
        }
    }
    kafc__producer_look_silent(p, now);
}

/* --- Answers -------------------------------------------------------------------------- */

static struct kafc_batch_out *take_batch(struct kafc_flight *f,
                                         const struct kafc_produce_resp_topic *rt,
                                         int32_t partition, bool by_id, int32_t *cursor)
{
    for (int32_t k = 0; k < f->n; k++) {
        int32_t i = (*cursor + k) % f->n;
        struct kafc_batch_out *b = f->batch[i];
        if (!b || b->partition != partition)
            continue;
        struct kafc_topic_out *t = topic_of(b);
        bool same = by_id ? memcmp(&t->meta->id, &rt->topic_id, sizeof(rt->topic_id)) == 0
                          : kafc__str_is(rt->name, t->name);
        if (!same)
            continue;
        *cursor = i + 1;
        f->batch[i] = NULL;
        return b;
    }
    return NULL;
}

/* o: NULL as if it had not been taken. */
static void back(struct kafc_producer *p, struct kafc_batch_out *b, const struct kafc_outcome *o)
{
    struct kafc_part *part = b->owner;
    b->flying = false;
    part->in_flight--;
    if (o)
        kafc__producer_outcome(p, b, o);
    kafc__producer_place(p, part);
}

/* The leader that the answer names, and where it is if it says so (KIP-951). */
static void take_hint(struct kafc_producer *p, const struct kafc_flight *f,
                      const struct kafc_part *part, const struct kafc_produce_resp *resp,
                      const struct kafc_produce_resp_partition *rp)
{
    int32_t leader = rp->current_leader.leader_id;
    struct kafc_meta_endpoint at = { .by = &f->rq };
    for (int32_t i = 0; i < resp->node_endpoints.n && !at.port; i++)
        if (resp->node_endpoints.v[i].node_id == leader) {
            at.host = resp->node_endpoints.v[i].host;
            at.port = resp->node_endpoints.v[i].port;
        }
    kafc__meta_hint(p->core, part->topic->meta, part->id, leader, rp->current_leader.leader_epoch,
                    at.port ? &at : NULL);
}

static void answer(struct kafc_producer *p, const struct kafc_flight *f, struct kafc_batch_out *b,
                   const struct kafc_produce_resp *resp,
                   const struct kafc_produce_resp_partition *rp)
{
    struct kafc_outcome o = { .code = (kafc_err)rp->error_code,
                              .broker = f->to->id,
                              .answer = rp,
                              .base_offset = rp->base_offset,
                              .append_time = rp->log_append_time_ms,
                              .log_start = rp->log_start_offset };
    struct kafc_part *part = b->owner;
    if (rp->current_leader.leader_id >= 0) {
        int32_t before = kafc__meta_leader(part->topic->meta, part->id, NULL);
        take_hint(p, f, part, resp, rp);
        o.now = kafc__meta_leader(part->topic->meta, part->id, NULL) != before;
    }
    if (o.code != KAFC_OK && rp->error_message.p)
        kafc__producer_say(p, KAFC_LOG_WARN, "%s [%d]: %s: %.*s", b->topic, (int)b->partition,
                           kafc_err_name(o.code), (int)rp->error_message.len, rp->error_message.p);
    back(p, b, &o);
}

static void answers(struct kafc_producer *p, struct kafc_flight *f,
                    const struct kafc_produce_resp *resp)
{
    int32_t cursor = 0;
    const struct kafc_api *api = f->rq.api;
    if (resp->throttle_time_ms > 0)
        kafc__producer_stat_throttle(p, resp->throttle_time_ms);
    if (resp->throttle_time_ms > 0 && f->rq.version >= api->throttle_from)
        f->to->mute_until = kafc__core_now(p->core) + (int64_t)resp->throttle_time_ms * 1000;
    for (int32_t i = 0; i < resp->responses.n; i++) {
        const struct kafc_produce_resp_topic *rt = &resp->responses.v[i];
        for (int32_t k = 0; k < rt->partition_responses.n; k++) {
            const struct kafc_produce_resp_partition *rp = &rt->partition_responses.v[k];
            struct kafc_batch_out *b = take_batch(f, rt, rp->index,
                                                  f->rq.version >= FIRST_TOPIC_IDS, &cursor);
            if (b)
                answer(p, f, b, resp, rp);
        }
    }
}

/* The same outcome for all batches of the request that have none yet; those that were not sent have their own. */
static void all_back(struct kafc_producer *p, struct kafc_flight *f, const struct kafc_outcome *o)
{
    for (int32_t i = 0; i < f->nrefused; i++) {
        struct kafc_outcome own = { .code = f->refused[i].code,
                                    .transport = true,
                                    .broker = f->to->id,
                                    .why = f->refused[i].why,
                                    .headers = f->refused[i].headers };
        back(p, f->refused[i].batch, own.code == KAFC_OK ? NULL : &own);
    }
    f->nrefused = 0;
    for (int32_t i = 0; i < f->n; i++) {
        struct kafc_batch_out *b = f->batch[i];
        f->batch[i] = NULL;
        if (b)
            back(p, b, o);
    }
}

static void flight_done(struct kafc_request *rq)
{
    struct kafc_flight *f = rq->owner;
    struct kafc_producer *p = f->p;
    struct kafc_outcome o = { .code = rq->result,
                              .transport = rq->result != KAFC_OK,
                              .broker = f->to->id,
                              .base_offset = KAFC_OFFSET_UNKNOWN,
                              .append_time = -1,
                              .log_start = -1 };
    kafc__producer_enter(p);
    f->to->in_flight--;
    if (rq->took_us >= 0)
        kafc__histogram_add(&p->stats.write_time, rq->took_us);
    kafc__arena_reset(&p->arena);
    if (rq->result != KAFC_OK) {
        o.doubt = rq->sent;
        o.astray = rq->sent && !rq->over;
        bool final = kafc_err_class_of(rq->result) == KAFC_CLASS_FATAL &&
                     !f->nrefused; /* not told yet */
        if (rq->why)
            o.why = kafc__producer_words(p, rq->why->message, strlen(rq->why->message));
        kafc__producer_say(p, final ? KAFC_LOG_WARN : KAFC_LOG_DEBUG, "Produce to node %d: %s",
                           (int)f->to->id, rq->why ? rq->why->message : kafc_err_text(rq->result));
    } else if (!rq->no_response) {
        struct kafc_produce_resp resp;
        kafc_error e;
        o.doubt = o.transport = true;
        o.code = kafc__request_decode(rq, &resp, &p->arena, &e);
        if (o.code == KAFC_OK) {
            answers(p, f, &resp);
            o.code = KAFC_ERR_PROTOCOL; /* of those that the answer does not name */
        } else {
            o.why = kafc__producer_words(p, e.message, strlen(e.message));
            kafc__producer_say(p, KAFC_LOG_WARN, "%s", e.message);
        }
    }
    if (o.code == KAFC_OK && rq->no_response)
        f->to->owes = KAFC_OWES_QUESTION;
    all_back(p, f, &o);
    flight_spare(p, f);
    kafc__producer_leave(p);
}

int64_t kafc__producer_flights_expire(struct kafc_producer *p, int64_t now)
{
    int64_t first = INT64_MAX;
    struct kafc_flight *f = KAFC_LIST_FIRST(&p->flights, struct kafc_flight, node), *next;
    for (; f; f = next) {
        next = KAFC_LIST_NEXT(&p->flights, f, struct kafc_flight, node);
        if (f->expires_at > now) {
            first = f->expires_at < first ? f->expires_at : first;
            continue;
        }
        struct kafc_outcome o = { .code = KAFC_ERR_TIMED_OUT,
                                  .transport = true,
                                  .doubt = f->rq.sent,
                                  .astray = f->rq.sent,
                                  .broker = f->to->id,
                                  .base_offset = KAFC_OFFSET_UNKNOWN,
                                  .append_time = -1,
                                  .log_start = -1 };
        kafc__core_cancel(p->core, &f->rq);
        f->to->in_flight--;
        all_back(p, f, &o);
        flight_spare(p, f);
    }
    return first;
}

/* Forgets the request; its batches are unsent again, in doubt if they were not. */
void kafc__producer_abandon(struct kafc_producer *p, struct kafc_flight *f)
{
    bool sent = f->rq.sent;
    kafc__core_cancel(p->core, &f->rq);
    f->to->in_flight--;
    for (int32_t i = 0; i < f->n; i++) {
        struct kafc_batch_out *b = f->batch[i];
        if (!b)
            continue;
        struct kafc_part *part = b->owner;
        part->in_flight--;
        b->flying = false;
        b->doubt = b->doubt || sent;
    }
    for (int32_t i = 0; i < f->nrefused; i++) {
        struct kafc_part *part = f->refused[i].batch->owner;
        part->in_flight--;
        f->refused[i].batch->flying = false;
    }
    flight_spare(p, f);
}
