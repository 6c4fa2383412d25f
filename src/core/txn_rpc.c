/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What a transaction asks of coordinators: one request at a time, chosen by
 * what is needed next, tried again by the class of its error. The driver's
 * thread.
 */
#include "core/txn_internal.h"

#include "base/mem.h"
#include "base/str.h"

enum { GROUP_KEY, TXN_KEY };

/* --- Requests --------------------------------------------------------------------------- */

/* Several keys at once from version 4 on, before it one. */
static kafc_err find_prepare(struct kafc_request *rq, kafc_error *err)
{
    struct kafc_txn *t = rq->owner;
    bool several = rq->version >= 4;
    (void)err;
    t->req.find.key = several ? (kafc_str){ "", 0 } : t->key;
    t->req.find.coordinator_keys.v = &t->key;
    t->req.find.coordinator_keys.n = several;
    return KAFC_OK;
}

static bool fill_find(struct kafc_txn *t)
{
    bool group = t->rpc == KAFC_TXN_FIND_GROUP;
    t->key = group ? t->offsets_req.group_id : kafc__str(t->id);
    t->req.find.key_type = group ? GROUP_KEY : TXN_KEY;
    t->rq.min_version = group ? 0 : 1; /* version 0 knows groups alone */
    t->rq.prepare = find_prepare;
    return true;
}

static bool fill_init(struct kafc_txn *t)
{
    bool bump = t->state == KAFC_TXN_BUMPING;
    t->req.init.transactional_id = kafc__str(t->id);
    t->req.init.transaction_timeout_ms = t->timeout_ms;
    t->req.init.producer_id = bump ? t->p->producer_id : -1;
    t->req.init.producer_epoch = bump ? t->p->epoch : -1;
    t->rq.min_version = bump ? 3 : 0;
    return true;
}

/* How many topics the partitions have; scratch of each becomes how many of them it has. */
static int32_t count_topics(struct kafc_txn *t, int32_t *n)
{
    int32_t ntopics = 0;
    struct kafc_part *first = KAFC_LIST_FIRST(&t->adding, struct kafc_part, txn), *part;
    for (part = first; part; part = KAFC_LIST_NEXT(&t->adding, part, struct kafc_part, txn))
        part->topic->scratch = 0;
    *n = 0;
    for (part = first; part; part = KAFC_LIST_NEXT(&t->adding, part, struct kafc_part, txn)) {
        ntopics += part->topic->scratch++ == 0;
        ++*n;
    }
    return ntopics;
}

/* All that is there is added at once. */
static bool fill_partitions(struct kafc_txn *t)
{
    struct kafc_add_partitions_to_txn_req *req = &t->req.partitions;
    kafc__list_splice(&t->adding, &t->fresh);
    int32_t n, ntopics = count_topics(t, &n), k = 0;
    req->v3_and_below_transactional_id = kafc__str(t->id);
    req->v3_and_below_producer_id = t->p->producer_id;
    req->v3_and_below_producer_epoch = t->p->epoch;
    req->v3_and_below_topics.v = kafc__msg_array(&kafc_add_partitions_to_txn_req_topic_schema,
                                                 ntopics, &t->arena);
    req->v3_and_below_topics.n = ntopics;
    int32_t *id = kafc__arena_array(&t->arena, (size_t)n, sizeof(*id));
    if (!req->v3_and_below_topics.v || !id)
        return false;
    struct kafc_part *part = KAFC_LIST_FIRST(&t->adding, struct kafc_part, txn);
    for (; part; part = KAFC_LIST_NEXT(&t->adding, part, struct kafc_part, txn)) {
        struct kafc_topic_out *topic = part->topic;
        if (topic->scratch >= 0) {
            req->v3_and_below_topics.v[k].name = kafc__str(topic->name);
            req->v3_and_below_topics.v[k].partitions.v = id;
            id += topic->scratch;
            topic->scratch = -1 - k++;
        }
        struct kafc_add_partitions_to_txn_req_topic *rt =
            &req->v3_and_below_topics.v[-1 - topic->scratch];
        rt->partitions.v[rt->partitions.n++] = part->id;
    }
    return true;
}

static bool fill_offsets(struct kafc_txn *t)
{
    t->req.offsets.transactional_id = kafc__str(t->id);
    t->req.offsets.producer_id = t->p->producer_id;
    t->req.offsets.producer_epoch = t->p->epoch;
    t->req.offsets.group_id = t->offsets_req.group_id;
    return true;
}

enum { V1_TXN_OFFSET_COMMIT = 4, V2_TXN_OFFSET_COMMIT = 5, V1_END = 4, V2_END = 5, MEMBERS = 3 };

/* Before version 3 there is no membership in it. */
static kafc_err commit_prepare(struct kafc_request *rq, kafc_error *err)
{
    struct kafc_txn *t = rq->owner;
    (void)err;
    if (rq->version < MEMBERS) {
        t->req.commit.generation_id = -1;
        t->req.commit.member_id = (kafc_str){ "", 0 };
        t->req.commit.group_instance_id = (kafc_str){ NULL, 0 };
    }
    return KAFC_OK;
}

static bool fill_commit(struct kafc_txn *t)
{
    t->req.commit = t->offsets_req;
    t->req.commit.transactional_id = kafc__str(t->id);
    t->req.commit.producer_id = t->p->producer_id;
    t->req.commit.producer_epoch = t->p->epoch;
    t->rq.prepare = commit_prepare;
    if (t->v2)
        t->rq.min_version = V2_TXN_OFFSET_COMMIT;
    else
        t->rq.max_version = V1_TXN_OFFSET_COMMIT;
    return true;
}

static bool fill_end(struct kafc_txn *t)
{
    t->req.end.transactional_id = kafc__str(t->id);
    t->req.end.producer_id = t->p->producer_id;
    t->req.end.producer_epoch = t->p->epoch;
    t->req.end.committed = t->state == KAFC_TXN_COMMITTING;
    if (t->v2)
        t->rq.min_version = V2_END;
    else
        t->rq.max_version = V1_END;
    return true;
}

/* --- Answers ---------------------------------------------------------------------------- */

/* Decodes into resp; errors of bytes are errors of the transport. */
static kafc_err decode(struct kafc_txn *t, void *resp, kafc_error *err)
{
    return kafc__request_decode(&t->rq, resp, &t->arena, err);
}

static kafc_err refused(const char *what, kafc_str message, kafc_err code, kafc_error *err)
{
    bool told = message.p && message.len > 0;
    return kafc__error(err, code, "%.200s: %s%s%.*s", what, kafc_err_text(code), told ? ": " : "",
                       KAFC_STR_HEAD(message, 150));
}

static kafc_err take_find(struct kafc_txn *t, kafc_error *err)
{
    struct kafc_find_coordinator_resp r;
    kafc_err rc = decode(t, &r, err);
    if (rc != KAFC_OK)
        return rc;
    struct kafc_find_coordinator_resp_coordinator c = { .node_id = r.node_id,
                                                        .error_code = r.error_code,
                                                        .error_message = r.error_message };
    if (t->rq.version >= 4 && r.coordinators.n != 1)
        return kafc__error(err, KAFC_ERR_COORDINATOR_NOT_AVAILABLE,
                           "FindCoordinator was answered with %d coordinators",
                           (int)r.coordinators.n);
    if (t->rq.version >= 4)
        c = r.coordinators.v[0];
    if (c.error_code == 0 && c.node_id < 0)
        c.error_code = KAFC_ERR_COORDINATOR_NOT_AVAILABLE;
    if (c.error_code != 0)
        return refused("FindCoordinator", c.error_message, (kafc_err)c.error_code, err);
    *(t->rpc == KAFC_TXN_FIND_GROUP ? &t->group_node : &t->node) = c.node_id;
    return KAFC_OK;
}

static void identify(struct kafc_txn *t, int64_t id, int16_t epoch)
{
    t->bump = false;
    kafc__producer_identify(t->p, id, epoch);
}

static kafc_err take_init(struct kafc_txn *t, kafc_error *err)
{
    struct kafc_init_producer_id_resp r;
    kafc_err rc = decode(t, &r, err);
    if (rc == KAFC_OK)
        rc = (kafc_err)r.error_code;
    if (rc == KAFC_ERR_INVALID_TRANSACTION_TIMEOUT)
        return kafc__error(err, rc,
                           "a transaction_timeout_ms of %d is more than the broker allows "
                           "(transaction.max.timeout.ms)",
                           (int)t->timeout_ms);
    if (rc != KAFC_OK)
        return rc;
    if (r.producer_id < 0 || r.producer_epoch < 0)
        return kafc__error(err, KAFC_ERR_PROTOCOL, "InitProducerId gave producer id %lld, epoch %d",
                           (long long)r.producer_id, r.producer_epoch);
    t->init_version = t->rq.version;
    if (t->state != KAFC_TXN_BUMPING)
        t->v2 = kafc__core_features(t->p->core)->transaction_version >= 2;
    identify(t, r.producer_id, r.producer_epoch);
    (void)kafc__txn_step(t, KAFC_TXN_EV_IDENTIFIED);
    kafc__txn_finish(t, KAFC_OK, NULL);
    return KAFC_OK;
}

/* Which partitions were asked about, and what was answered: of several codes the one that leaves least hope. */
struct told {
    int16_t api;
    struct spot {
        kafc_str topic;
        int32_t partition; /* -1: answered */
    } * asked, worst, stray;
    int32_t n, left, at; /* at: where the next answer is looked for first */
    kafc_err code;       /* of worst */
    bool strayed;
};

static bool told_init(struct told *w, struct kafc_txn *t, int32_t n)
{
    *w = (struct told){ .api = t->rq.api->key };
    w->asked = kafc__arena_array(&t->arena, (size_t)n, sizeof(*w->asked));
    return w->asked != NULL;
}

static void told_ask(struct told *w, kafc_str topic, int32_t partition)
{
    w->asked[w->n++] = (struct spot){ topic, partition };
    w->left++;
}

static void told_answer(struct told *w, kafc_str topic, int32_t partition, int16_t code)
{
    struct spot it = { topic, partition };
    int32_t k = 0, i = w->at;
    for (; k < w->n && !w->strayed; k++, i = (i + 1) % w->n)
        if (w->asked[i].partition == partition && kafc__str_same(w->asked[i].topic, topic))
            break;
    if (k == w->n || partition < 0)
        w->stray = w->strayed ? w->stray : it;
    w->strayed = w->strayed || k == w->n || partition < 0;
    if (w->strayed)
        return;
    w->asked[i].partition = -1;
    w->at = i;
    w->left--;
    if (kafc__txn_class(w->api, (kafc_err)code) <= kafc__txn_class(w->api, w->code))
        return;
    w->code = (kafc_err)code;
    w->worst = it;
}

static kafc_err told_all(const struct told *w, const char *api, kafc_error *err)
{
    const struct spot *at = w->strayed ? &w->stray : &w->worst;
    int len = at->topic.len < 249 ? (int)at->topic.len : 249;
    if (w->strayed)
        return kafc__error(err, KAFC_ERR_PROTOCOL,
                           "%s: %.*s [%d] was answered, which was not asked (again)", api, len,
                           at->topic.p, (int)at->partition);
    if (w->code != KAFC_OK)
        return kafc__error(err, w->code, "%s: %.*s [%d]: %s", api, len, at->topic.p,
                           (int)at->partition, kafc_err_text(w->code));
    if (w->left)
        return kafc__error(err, KAFC_ERR_PROTOCOL, "%s: %d partitions asked, %d answered", api,
                           (int)w->n, (int)(w->n - w->left));
    return KAFC_OK;
}

static kafc_err no_memory(const struct kafc_txn *t, int32_t n, kafc_error *err)
{
    return kafc__error(err, KAFC_ERR_NO_MEMORY, "%s: out of memory for %d partitions",
                       t->rq.api->name, (int)n);
}

static kafc_err partitions_told(struct kafc_txn *t, const struct kafc_add_partitions_to_txn_resp *r,
                                kafc_error *err)
{
    struct told w;
    int32_t n = 0;
    const struct kafc_add_partitions_to_txn_req *q = &t->req.partitions;
    for (int32_t i = 0; i < q->v3_and_below_topics.n; i++)
        n += q->v3_and_below_topics.v[i].partitions.n;
    if (!told_init(&w, t, n))
        return no_memory(t, n, err);
    for (int32_t i = 0; i < q->v3_and_below_topics.n; i++)
        for (int32_t k = 0; k < q->v3_and_below_topics.v[i].partitions.n; k++)
            told_ask(&w, q->v3_and_below_topics.v[i].name,
                     q->v3_and_below_topics.v[i].partitions.v[k]);
    for (int32_t i = 0; i < r->results_by_topic_v3_and_below.n; i++) {
        const struct kafc_add_partitions_to_txn_resp_topic *rt =
            &r->results_by_topic_v3_and_below.v[i];
        for (int32_t k = 0; k < rt->results_by_partition.n; k++)
            told_answer(&w, rt->name, rt->results_by_partition.v[k].partition_index,
                        rt->results_by_partition.v[k].partition_error_code);
    }
    return told_all(&w, t->rq.api->name, err);
}

static kafc_err take_partitions(struct kafc_txn *t, kafc_error *err)
{
    struct kafc_add_partitions_to_txn_resp r;
    kafc_err rc = decode(t, &r, err);
    if (rc == KAFC_OK)
        rc = partitions_told(t, &r, err);
    if (rc != KAFC_OK)
        return rc;
    t->started = true;
    struct kafc_part *part = KAFC_LIST_FIRST(&t->adding, struct kafc_part, txn);
    for (; part; part = KAFC_LIST_NEXT(&t->adding, part, struct kafc_part, txn))
        part->txn_nth = t->nth;
    kafc__list_splice(&t->added, &t->adding);
    kafc__producer_place_list(t->p, &t->p->without_id);
    return KAFC_OK;
}

static kafc_err take_offsets(struct kafc_txn *t, kafc_error *err)
{
    struct kafc_add_offsets_to_txn_resp r;
    kafc_err rc = decode(t, &r, err);
    if (rc == KAFC_OK)
        rc = (kafc_err)r.error_code;
    if (rc == KAFC_OK)
        t->started = t->group_added = true;
    return rc;
}

static kafc_err commit_told(struct kafc_txn *t, const struct kafc_txn_offset_commit_resp *r,
                            kafc_error *err)
{
    struct told w;
    int32_t n = 0;
    const struct kafc_txn_offset_commit_req *q = &t->req.commit;
    for (int32_t i = 0; i < q->topics.n; i++)
        n += q->topics.v[i].partitions.n;
    if (!told_init(&w, t, n))
        return no_memory(t, n, err);
    for (int32_t i = 0; i < q->topics.n; i++)
        for (int32_t k = 0; k < q->topics.v[i].partitions.n; k++)
            told_ask(&w, q->topics.v[i].name, q->topics.v[i].partitions.v[k].partition_index);
    for (int32_t i = 0; i < r->topics.n; i++)
        for (int32_t k = 0; k < r->topics.v[i].partitions.n; k++)
            told_answer(&w, r->topics.v[i].name, r->topics.v[i].partitions.v[k].partition_index,
                        r->topics.v[i].partitions.v[k].error_code);
    return told_all(&w, t->rq.api->name, err);
}

static kafc_err take_commit(struct kafc_txn *t, kafc_error *err)
{
    struct kafc_txn_offset_commit_resp r;
    kafc_err rc = decode(t, &r, err);
    if (rc == KAFC_OK)
        rc = commit_told(t, &r, err);
    if (rc != KAFC_OK)
        return rc;
    t->offsets = false;
    kafc__txn_finish_offsets(t);
    return KAFC_OK;
}

static kafc_err take_end(struct kafc_txn *t, kafc_error *err)
{
    struct kafc_end_txn_resp r;
    kafc_err rc = decode(t, &r, err);
    if (rc == KAFC_OK)
        rc = (kafc_err)r.error_code;
    if (rc != KAFC_OK)
        return rc;
    if (t->v2 && r.producer_id >= 0 && r.producer_epoch >= 0)
        identify(t, r.producer_id, r.producer_epoch);
    else if (t->v2)
        t->bump = true; /* the old epoch is over all the same */
    kafc__txn_after_end(t);
    return KAFC_OK;
}

/* --- One after the other -------------------------------------------------------------------- */

static const struct rpc {
    const struct kafc_api *api;
    enum kafc_txn_rpc find; /* the coordinator that it goes to; NOTHING: any node */
    bool adds;              /* the transaction may be open after it, whatever is answered */
    bool (*fill)(struct kafc_txn *t); /* false: out of memory */
    kafc_err (*take)(struct kafc_txn *t, kafc_error *err);
} rpcs[KAFC_TXN_RPCS] = {
    [KAFC_TXN_FIND_TXN] = { &kafc_find_coordinator_api, KAFC_TXN_NOTHING, false, fill_find,
                            take_find },
    [KAFC_TXN_FIND_GROUP] = { &kafc_find_coordinator_api, KAFC_TXN_NOTHING, false, fill_find,
                              take_find },
    [KAFC_TXN_INIT_ID] = { &kafc_init_producer_id_api, KAFC_TXN_FIND_TXN, false, fill_init,
                           take_init },
    [KAFC_TXN_ADD_PARTITIONS] = { &kafc_add_partitions_to_txn_api, KAFC_TXN_FIND_TXN, true,
                                  fill_partitions, take_partitions },
    [KAFC_TXN_ADD_OFFSETS] = { &kafc_add_offsets_to_txn_api, KAFC_TXN_FIND_TXN, true, fill_offsets,
                               take_offsets },
    [KAFC_TXN_COMMIT_OFFSETS] = { &kafc_txn_offset_commit_api, KAFC_TXN_FIND_GROUP, false,
                                  fill_commit, take_commit },
    [KAFC_TXN_END] = { &kafc_end_txn_api, KAFC_TXN_FIND_TXN, false, fill_end, take_end },
};

static enum kafc_txn_rpc to_add(const struct kafc_txn *t)
{
    if (!t->v2 && (!kafc__list_empty(&t->fresh) || !kafc__list_empty(&t->adding)))
        return KAFC_TXN_ADD_PARTITIONS;
    if (!t->offsets)
        return KAFC_TXN_NOTHING;
    return t->v2 || t->group_added ? KAFC_TXN_COMMIT_OFFSETS : KAFC_TXN_ADD_OFFSETS;
}

static enum kafc_txn_rpc needed(const struct kafc_txn *t)
{
    enum kafc_txn_rpc add = KAFC_TXN_NOTHING;
    switch (t->state) {
    case KAFC_TXN_INITIALIZING:
    case KAFC_TXN_BUMPING: return KAFC_TXN_INIT_ID;
    case KAFC_TXN_IN_TRANSACTION: return to_add(t);
    case KAFC_TXN_COMMITTING:
        add = to_add(t);
        if (add != KAFC_TXN_NOTHING)
            return add;
        return kafc__txn_settled(t) && t->started ? KAFC_TXN_END : KAFC_TXN_NOTHING;
    case KAFC_TXN_ABORTING:
        if (!kafc__txn_settled(t))
            return KAFC_TXN_NOTHING;
        return t->started ? KAFC_TXN_END : t->unsure ? t->unsure_rpc : KAFC_TXN_NOTHING;
    case KAFC_TXN_NONE:
    case KAFC_TXN_UNINITIALIZED:
    case KAFC_TXN_READY:
    case KAFC_TXN_ABORTABLE_ERROR:
    case KAFC_TXN_FATAL_ERROR: break;
    }
    return KAFC_TXN_NOTHING;
}

enum { FIRST_ADD_US = 20000, NODE_US = 5000 };

/* The end of the transaction before may still be under way: that does not take long. */
static int64_t pause(struct kafc_txn *t, kafc_err code)
{
    int n = t->attempts++;
    bool first = t->rpc == KAFC_TXN_ADD_PARTITIONS || t->rpc == KAFC_TXN_COMMIT_OFFSETS;
    if (code == KAFC_ERR_CONCURRENT_TRANSACTIONS && first && kafc__list_empty(&t->added) && n < 10)
        return FIRST_ADD_US;
    if (code == KAFC_ERR_BROKER_NOT_AVAILABLE && n < 5) /* the metadata is on its way */
        return (int64_t)NODE_US << n;
    return kafc__core_retry_delay(t->p->core, n);
}

static void forget_coordinator(struct kafc_txn *t)
{
    *(rpcs[t->rpc].find == KAFC_TXN_FIND_GROUP ? &t->group_node : &t->node) = -1;
}

static void again(struct kafc_txn *t, kafc_err code, bool transport, const kafc_error *why)
{
    int64_t wait = pause(t, code);
    if (rpcs[t->rpc].adds && (t->unsure || !transport || t->rq.sent)) {
        t->unsure = true;
        t->unsure_rpc = t->rpc;
    }
    if (transport && t->rq.sent &&
        !t->v2) /* with KIP-890 each transaction has an epoch of its own */
        t->late = true;
    if (transport || kafc__txn_class(t->rq.api->key, code) == KAFC_TXN_FIND)
        forget_coordinator(t);
    if (transport && code != KAFC_ERR_TIMED_OUT)
        kafc__meta_stale(t->p->core);
    kafc__producer_say(t->p, t->attempts > 5 ? KAFC_LOG_WARN : KAFC_LOG_DEBUG,
                       "transactional id %s: %s", t->id, why->message);
    t->not_before = kafc__core_now(t->p->core) + wait;
}

/* EndTxn is how an abort is done: what only an abort could heal is not healed by it. */
static enum kafc_txn_class class_of(const struct kafc_txn *t, kafc_err code, bool transport)
{
    enum kafc_txn_class cls = kafc__txn_class(transport ? -1 : t->rq.api->key, code);
    if (cls != KAFC_TXN_ABORT)
        return cls;
    if (code == KAFC_ERR_UNKNOWN_PRODUCER_ID && t->init_version < 3)
        return KAFC_TXN_FATAL;
    if (code == KAFC_ERR_TRANSACTION_ABORTABLE && t->rpc == KAFC_TXN_END &&
        t->state == KAFC_TXN_ABORTING)
        return KAFC_TXN_FATAL;
    return cls;
}

static void failed(struct kafc_txn *t, kafc_err code, bool transport, const kafc_error *why)
{
    static const char old[] = ": transactions need brokers from 0.11 on";
    enum kafc_txn_class cls = class_of(t, code, transport);
    if (cls == KAFC_TXN_RETRY || cls == KAFC_TXN_FIND) {
        again(t, code, transport, why);
        return;
    }
    t->bump = t->bump || t->unsure; /* it may be open at the coordinator: a new epoch ends it */
    t->unsure = false;
    while (!kafc__list_empty(&t->adding))
        kafc__list_del(t->adding.next);
    if (code == KAFC_ERR_UNKNOWN_PRODUCER_ID)
        t->bump = true;
    if (cls == KAFC_TXN_ABORT && t->state == KAFC_TXN_ABORTING && t->rpc != KAFC_TXN_END)
        return; /* that is what is being done */
    bool too_old = code == KAFC_ERR_UNSUPPORTED && t->p->producer_id < 0;
    bool group = code == KAFC_ERR_GROUP_AUTHORIZATION_FAILED;
    kafc_str name = group ? t->offsets_req.group_id : (kafc_str){ NULL, 0 };
    kafc__txn_blame(t, cls, code, "%s%.*s%s%.300s%s", group ? "group " : "",
                    KAFC_STR_HEAD(name, 100), group ? ": " : "", why->message, too_old ? old : "");
}

static void done(struct kafc_request *rq)
{
    struct kafc_txn *t = rq->owner;
    kafc_err code = rq->result;
    bool transport = code != KAFC_OK;
    kafc_error why = { .broker = -1, .api = -1, .version = -1 };
    kafc__producer_enter(t->p);
    if (transport && rq->why)
        why = *rq->why;
    enum kafc_txn_rpc was = t->rpc;
    if (!transport) {
        code = rpcs[was].take(t, &why);
        transport = code == KAFC_ERR_PROTOCOL || code == KAFC_ERR_NO_MEMORY;
    }
    if (code != KAFC_OK && why.code != code)
        (void)kafc__error(&why, code, "%s: %s", rq->api->name, kafc_err_text(code));
    if (code == KAFC_OK) {
        t->attempts = 0;
        t->unsure = t->unsure && t->unsure_rpc != was;
    } else {
        failed(t, code, transport, &why);
    }
    t->rpc = KAFC_TXN_NOTHING;
    kafc__arena_reset(&t->arena);
    kafc__producer_leave(t->p);
}

static int32_t node_for(const struct kafc_txn *t, enum kafc_txn_rpc find)
{
    return find == KAFC_TXN_NOTHING      ? KAFC_ANY_NODE
           : find == KAFC_TXN_FIND_GROUP ? t->group_node
                                         : t->node;
}

static void start(struct kafc_txn *t, enum kafc_txn_rpc which)
{
    const struct rpc *r = &rpcs[which];
    int32_t node = node_for(t, r->find);
    t->rpc = which;
    kafc__request_init(&t->rq, r->api, &t->req);
    kafc__msg_defaults(r->api->req, &t->req);
    t->rq.done = done;
    t->rq.owner = t;
    t->rq.timeout_us = t->p->cfg.request_timeout_us
                           ? t->p->cfg.request_timeout_us
                           : kafc__core_config(t->p->core)->request_timeout_us;
    if (!r->fill(t)) {
        t->rpc = KAFC_TXN_NOTHING;
        kafc__arena_reset(&t->arena);
        t->not_before = kafc__core_now(t->p->core) + MEMORY_RETRY_US;
        return;
    }
    if (which == KAFC_TXN_COMMIT_OFFSETS) /* with KIP-890 it adds the group by itself */
        t->started = true;
    kafc__core_send(t->p->core, node, node == KAFC_ANY_NODE ? KAFC_FOR_CONTROL : KAFC_FOR_TXN,
                    &t->rq);
}

void kafc__txn_next(struct kafc_txn *t)
{
    enum kafc_txn_rpc which = t->rpc == KAFC_TXN_NOTHING ? needed(t) : KAFC_TXN_NOTHING;
    if (which == KAFC_TXN_NOTHING) {
        kafc__core_timer_stop(t->p->core, &t->timer);
        return;
    }
    if (t->not_before <= kafc__core_now(t->p->core)) {
        enum kafc_txn_rpc find = rpcs[which].find;
        bool lost = find != KAFC_TXN_NOTHING && node_for(t, find) < 0;
        start(t, lost ? find : which);
    }
    if (t->rpc == KAFC_TXN_NOTHING)
        kafc__core_timer_set(t->p->core, &t->timer, t->not_before);
    else
        kafc__core_timer_stop(t->p->core, &t->timer);
}

void kafc__txn_cancel(struct kafc_txn *t)
{
    if (t->rpc != KAFC_TXN_NOTHING)
        kafc__core_cancel(t->p->core, &t->rq);
    t->rpc = KAFC_TXN_NOTHING;
}

/* --- Offsets --------------------------------------------------------------------------------- */

/* The topic of offset i, with room for all of the topic that follow it. */
static struct kafc_txn_offset_commit_req_topic *offsets_topic(
    struct kafc_txn_offset_commit_req *req, const kafc_offset *o, int32_t i, int32_t n,
    struct kafc_arena *a)
{
    const char *name = o[i].topic;
    size_t len = strlen(name);
    int32_t room = 0;
    for (int32_t k = req->topics.n - 1; k >= 0; k--)
        if (kafc__str_is(req->topics.v[k].name, name))
            return &req->topics.v[k];
    for (int32_t k = i; k < n; k++)
        room += strcmp(o[k].topic, name) == 0;
    struct kafc_txn_offset_commit_req_topic *t = &req->topics.v[req->topics.n++];
    t->name = kafc__str(kafc__arena_dup(a, name, len));
    t->partitions.v = kafc__msg_array(&kafc_txn_offset_commit_req_partition_schema, room, a);
    return t;
}

/* Its place; a partition that is named twice has one, which the later offset takes. */
static struct kafc_txn_offset_commit_req_partition *offsets_partition(
    struct kafc_txn_offset_commit_req_topic *t, int32_t partition)
{
    for (int32_t i = t->partitions.n - 1; i >= 0; i--)
        if (t->partitions.v[i].partition_index == partition)
            return &t->partitions.v[i];
    return &t->partitions.v[t->partitions.n++];
}

static kafc_err check_offsets(const kafc_group_metadata *group, const kafc_offset *o,
                              int32_t n, kafc_error *err)
{
    if (!group || !group->group || !*group->group || strlen(group->group) > INT16_MAX)
        return kafc__error(err, KAFC_ERR_USAGE, "offsets of which group?");
    for (int32_t i = 0; i < n; i++) {
        const char *bad = !o[i].topic || !*o[i].topic || strlen(o[i].topic) > 249 ? "a topic"
                          : o[i].partition < 0                                    ? "a partition"
                          : o[i].offset < 0                                       ? "an offset"
                          : o[i].metadata && strlen(o[i].metadata) > INT16_MAX    ? "metadata"
                                                                                  : NULL;
        if (bad)
            return kafc__error(err, KAFC_ERR_USAGE, "offset %d has %s that cannot be committed",
                               (int)i, bad);
    }
    return KAFC_OK;
}

static bool fill_membership(struct kafc_txn_offset_commit_req *req, const kafc_group_metadata *g,
                            struct kafc_arena *a)
{
    const struct kafc_membership *m = g->membership;
    req->group_id = kafc__str(kafc__arena_dup(a, g->group, strlen(g->group)));
    if (m) {
        req->generation_id = m->generation;
        req->member_id = kafc__str(kafc__arena_dup(a, m->member, strlen(m->member)));
        if (m->instance)
            req->group_instance_id = kafc__str(kafc__arena_dup(a, m->instance, strlen(m->instance)));
    }
    return !a->failed;
}

kafc_err kafc__txn_offsets_fill(struct kafc_txn_offset_commit_req *req,
                                const kafc_group_metadata *group, const kafc_offset *o,
                                int32_t n, struct kafc_arena *a, kafc_error *err)
{
    kafc_err rc = check_offsets(group, o, n, err);
    if (rc != KAFC_OK)
        return rc;
    kafc__msg_defaults(&kafc_txn_offset_commit_req_schema, req);
    req->topics.v = kafc__msg_array(&kafc_txn_offset_commit_req_topic_schema, n, a);
    bool ok = req->topics.v && fill_membership(req, group, a);
    for (int32_t i = 0; ok && i < n; i++) {
        struct kafc_txn_offset_commit_req_topic *t = offsets_topic(req, o, i, n, a);
        ok = !a->failed && t->partitions.v;
        if (!ok)
            break;
        const char *metadata = o[i].metadata ? o[i].metadata : "";
        struct kafc_txn_offset_commit_req_partition *p = offsets_partition(t, o[i].partition);
        p->partition_index = o[i].partition;
        p->committed_offset = o[i].offset;
        p->committed_leader_epoch = o[i].leader_epoch == KAFC_ZERO ? 0
                                    : o[i].leader_epoch <= 0       ? -1
                                                                   : o[i].leader_epoch;
        p->committed_metadata = kafc__str(kafc__arena_dup(a, metadata, strlen(metadata)));
        ok = !a->failed;
    }
    return ok ? KAFC_OK
              : kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for %d offsets", (int)n);
}
