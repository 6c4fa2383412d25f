/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Committed offsets of a group: commits and fetches, each kind one request at
 * a time in the order of the calls, stamped with the membership, and refused
 * for what is not owned any more (rule R6). The driver's thread.
 */
#include "core/group_internal.h"
#include "protocol/apis.h"

enum {
    FIRST_IN_KAFKA = 1,
    LAST_BY_NAME = 9,
    FIRST_OF_GROUPS = 8,
    FIRST_STABLE = 7,
    PAUSE_US = 100000
};

void kafc__group_lanes_init(struct kafc_group *g)
{
    for (int i = 0; i < KAFC_GROUP_LANES; i++) {
        g->lane[i].g = g;
        kafc__list_init(&g->lane[i].calls);
    }
}

static struct kafc_group_call *head(const struct kafc_group_lane *l)
{
    return KAFC_LIST_FIRST(&l->calls, struct kafc_group_call, node);
}

bool kafc__group_lanes_wait(const struct kafc_group *g)
{
    for (int i = 0; i < KAFC_GROUP_LANES; i++)
        if (!kafc__list_empty(&g->lane[i].calls))
            return true;
    return false;
}

static void idle(struct kafc_group_lane *l)
{
    l->busy = false;
    l->attempts = 0;
    l->not_before = 0;
    l->last.code = KAFC_OK;
}

/* --- The end of a call ------------------------------------------------------------------- */

static void settle(struct kafc_group_mark *m, kafc_err code)
{
    m->code = code;
    m->settled = true;
}

/* What is not settled yet gets the code. */
static void settle_all(struct kafc_group_call *call, kafc_err code)
{
    for (int32_t i = 0; i < call->n; i++)
        if (!call->v[i].settled)
            settle(&call->v[i], code);
}

/* Told by the first offset that failed, or by what ended the whole. */
static void finish(struct kafc_group *g, struct kafc_group_call *call, const kafc_error *why)
{
    kafc_error err = { .broker = -1, .api = -1, .version = -1 };
    kafc_err code = why ? why->code : KAFC_OK;
    const char *what = call->fetch ? "OffsetFetch" : "OffsetCommit";
    kafc__list_del(&call->node);
    char ours[160];
    if (why)
        err = *why;
    for (int32_t i = 0; code == KAFC_OK && i < call->n; i++)
        if (call->v[i].code != KAFC_OK) {
            code = call->v[i].code;
            kafc__group_our_part(g, code, ours, sizeof(ours));
            (void)kafc__error(&err, code, "group %.150s: %s: %.249s [%d]: %s%s", g->name, what,
                              call->v[i].topic, (int)call->v[i].partition,
                              code == KAFC_ERR_NOT_ASSIGNED
                                  ? "it is not owned any more, or was lost since"
                                  : kafc_err_text(code),
                              ours);
        }
    call->done(call, code, code == KAFC_OK ? NULL : &err);
}

static void end_head(struct kafc_group_lane *l, const kafc_error *why)
{
    struct kafc_group_call *call = head(l);
    if (l->busy)
        kafc__core_cancel(l->g->core, &l->rq);
    idle(l);
    finish(l->g, call, why);
}

void kafc__group_lanes_fail(struct kafc_group *g, const kafc_error *why)
{
    kafc_error closed;
    if (!why)
        (void)kafc__error(&closed, KAFC_ERR_CLOSED, "group %.200s: the reader was closed", g->name);
    for (int i = 0; i < KAFC_GROUP_LANES; i++) {
        struct kafc_group_lane *l = &g->lane[i];
        struct kafc_list list;
        if (l->busy)
            kafc__core_cancel(g->core, &l->rq);
        idle(l);
        kafc__list_init(&list);
        kafc__list_splice(&list, &l->calls);
        for (struct kafc_group_call *c;
             (c = KAFC_LIST_FIRST(&list, struct kafc_group_call, node));) {
            settle_all(c, why ? why->code : KAFC_ERR_CLOSED);
            finish(g, c, why ? why : &closed);
        }
    }
}

void kafc__group_call(struct kafc_group *g, struct kafc_group_call *call)
{
    for (int32_t i = 0; i < call->n; i++) {
        call->v[i].settled = false;
        call->v[i].code = KAFC_OK;
    }
    kafc__list_push(&g->lane[call->fetch ? KAFC_GROUP_FETCHES : KAFC_GROUP_COMMITS].calls,
                    &call->node);
    kafc__group_soon(g);
}

void kafc__group_cancel(struct kafc_group *g, struct kafc_group_call *call)
{
    struct kafc_group_lane *l = &g->lane[call->fetch ? KAFC_GROUP_FETCHES : KAFC_GROUP_COMMITS];
    if (head(l) == call) {
        if (l->busy)
            kafc__core_cancel(g->core, &l->rq);
        idle(l);
    }
    kafc__list_del(&call->node);
}

/* --- Rule R6 ------------------------------------------------------------------------------- */

static bool allowed(const struct kafc_group *g, const struct kafc_group_call *call,
                    const struct kafc_group_mark *m)
{
    bool outside = !g->wanted && g->generation < 0;
    if (m->stamp == 0 && (call->fetch || outside))
        return true;
    return kafc__group_owns(g, m->topic, m->partition, m->stamp);
}

/* true: something is left to ask. */
static bool refuse(const struct kafc_group *g, struct kafc_group_call *call)
{
    bool left = false;
    for (int32_t i = 0; i < call->n; i++) {
        struct kafc_group_mark *m = &call->v[i];
        if (!m->settled && !allowed(g, call, m))
            settle(m, KAFC_ERR_NOT_ASSIGNED);
        left = left || !m->settled;
    }
    return left;
}

/* --- Requests -------------------------------------------------------------------------------- */

/* How many of those from i on that are still to be asked have the topic of i. */
static int32_t room(const struct kafc_group_call *call, int32_t i)
{
    int32_t n = 0;
    for (int32_t k = i; k < call->n; k++)
        n += !call->v[k].settled && strcmp(call->v[k].topic, call->v[i].topic) == 0;
    return n;
}

static struct kafc_offset_commit_req_topic *commit_topic(struct kafc_group_lane *l,
                                                         const struct kafc_group_call *call,
                                                         int32_t i)
{
    struct kafc_offset_commit_req *q = &l->req.commit;
    for (int32_t k = q->topics.n - 1; k >= 0; k--)
        if (kafc__str_is(q->topics.v[k].name, call->v[i].topic))
            return &q->topics.v[k];
    struct kafc_offset_commit_req_topic *t = &q->topics.v[q->topics.n];
    t->name = kafc__str(call->v[i].topic);
    t->partitions.v = kafc__msg_array(&kafc_offset_commit_req_partition_schema, room(call, i),
                                      &l->arena);
    q->topics.n += t->partitions.v != NULL;
    return t->partitions.v ? t : NULL;
}

static bool fill_commit(struct kafc_group_lane *l, const struct kafc_group_call *call)
{
    struct kafc_offset_commit_req *q = &l->req.commit;
    struct kafc_group *g = l->g;
    q->group_id = kafc__str(g->name);
    if (l->member) {
        q->generation_id_or_member_epoch = g->generation;
        q->member_id = kafc__str(kafc__arena_dup(&l->arena, g->id, strlen(g->id)));
        q->group_instance_id = kafc__str(g->instance);
    }
    q->topics.v = kafc__msg_array(&kafc_offset_commit_req_topic_schema, call->n, &l->arena);
    for (int32_t i = 0; q->topics.v && i < call->n; i++) {
        const struct kafc_group_mark *m = &call->v[i];
        struct kafc_offset_commit_req_topic *t = m->settled ? NULL : commit_topic(l, call, i);
        if (m->settled)
            continue;
        if (!t)
            return false;
        struct kafc_offset_commit_req_partition *p = &t->partitions.v[t->partitions.n++];
        p->partition_index = m->partition;
        p->committed_offset = m->offset;
        p->committed_leader_epoch = m->leader_epoch;
        p->committed_metadata = kafc__str(m->metadata ? m->metadata : "");
    }
    return !l->arena.failed;
}

static kafc_err fetch_prepare(struct kafc_request *rq, kafc_error *err)
{
    struct kafc_group_lane *l = rq->owner;
    struct kafc_offset_fetch_req *q = &l->req.fetch;
    bool groups = rq->version >= FIRST_OF_GROUPS;
    (void)err;
    q->group_id = groups ? kafc__str("") : l->asked.group_id;
    q->groups.v = &l->asked;
    q->groups.n = groups;
    q->topics.n = groups ? 0 : l->asked.topics.n;
    q->require_stable = l->g->cfg.read_committed && rq->version >= FIRST_STABLE;
    return KAFC_OK;
}

static struct kafc_offset_fetch_req_group_topic *fetch_topic(struct kafc_group_lane *l,
                                                             const struct kafc_group_call *call,
                                                             int32_t i)
{
    struct kafc_offset_fetch_req_group *q = &l->asked;
    for (int32_t k = q->topics.n - 1; k >= 0; k--)
        if (kafc__str_is(q->topics.v[k].name, call->v[i].topic))
            return &q->topics.v[k];
    struct kafc_offset_fetch_req_group_topic *t = &q->topics.v[q->topics.n];
    t->name = kafc__str(call->v[i].topic);
    t->partition_indexes.v = kafc__arena_array(&l->arena, (size_t)room(call, i), sizeof(int32_t));
    q->topics.n += t->partition_indexes.v != NULL;
    return t->partition_indexes.v ? t : NULL;
}

/* Both forms, which share their numbers; prepare takes one. */
static bool fill_fetch(struct kafc_group_lane *l, const struct kafc_group_call *call)
{
    struct kafc_offset_fetch_req *q = &l->req.fetch;
    kafc__msg_defaults(&kafc_offset_fetch_req_group_schema, &l->asked);
    l->asked.group_id = kafc__str(l->g->name);
    l->asked.topics.v = kafc__msg_array(&kafc_offset_fetch_req_group_topic_schema, call->n,
                                        &l->arena);
    q->topics.v = kafc__msg_array(&kafc_offset_fetch_req_topic_schema, call->n, &l->arena);
    if (!l->asked.topics.v || !q->topics.v)
        return false;
    for (int32_t i = 0; i < call->n; i++) {
        if (call->v[i].settled)
            continue;
        struct kafc_offset_fetch_req_group_topic *t = fetch_topic(l, call, i);
        if (!t)
            return false;
        t->partition_indexes.v[t->partition_indexes.n++] = call->v[i].partition;
    }
    for (int32_t i = 0; i < l->asked.topics.n; i++) {
        q->topics.v[i].name = l->asked.topics.v[i].name;
        q->topics.v[i].partition_indexes.v = l->asked.topics.v[i].partition_indexes.v;
        q->topics.v[i].partition_indexes.n = l->asked.topics.v[i].partition_indexes.n;
    }
    return true;
}

/* --- Answers ------------------------------------------------------------------------------------ */

struct answer {
    struct kafc_group_lane *l;
    struct kafc_group_call *call;
    int32_t at;                     /* answers mostly come in the order of the request */
    enum kafc_group_reaction worst; /* of those that are not settled, and of the membership */
    kafc_err code;                  /* of the worst */
};

static struct kafc_group_mark *mark_of(struct answer *a, kafc_str topic, int32_t partition)
{
    for (int32_t k = 0; k < a->call->n; k++) {
        struct kafc_group_mark *m = &a->call->v[(a->at + k) % a->call->n];
        if (!m->settled && m->partition == partition && kafc__str_is(topic, m->topic)) {
            a->at = (a->at + k + 1) % a->call->n;
            return m;
        }
    }
    return NULL;
}

/* A generation that has passed, or is about to: under the next one what is still owned goes through. */
static bool has_moved(const struct kafc_group_lane *l)
{
    return l->member && (l->generation != l->g->generation || !l->g->protocol->settled(l->g));
}

static enum kafc_group_reaction meaning(const struct answer *a, kafc_err code)
{
    enum kafc_group_reaction what = kafc__group_reaction(a->l->rq.api->key, code);
    bool bound = what == KAFC_GROUP_REJOIN || what == KAFC_GROUP_STALE ||
                 what == KAFC_GROUP_UNKNOWN;
    return bound && has_moved(a->l) ? KAFC_GROUP_AGAIN : what;
}

static void judge(struct answer *a, struct kafc_group_mark *m, kafc_err code)
{
    enum kafc_group_reaction what = meaning(a, code);
    if (what != KAFC_GROUP_AGAIN && what != KAFC_GROUP_FIND)
        settle(m, code);
    if (what > a->worst) {
        a->worst = what;
        a->code = code;
    }
}

static kafc_err take_commit(struct answer *a, kafc_error *err)
{
    struct kafc_offset_commit_resp r;
    kafc_err rc = kafc__request_decode(&a->l->rq, &r, &a->l->arena, err);
    if (rc != KAFC_OK)
        return rc;
    for (int32_t i = 0; i < r.topics.n; i++)
        for (int32_t k = 0; k < r.topics.v[i].partitions.n; k++) {
            const struct kafc_offset_commit_resp_partition *p = &r.topics.v[i].partitions.v[k];
            struct kafc_group_mark *m = mark_of(a, r.topics.v[i].name, p->partition_index);
            if (m)
                judge(a, m, (kafc_err)p->error_code);
        }
    return KAFC_OK;
}

static void fetched(struct answer *a, kafc_str topic,
                    const struct kafc_offset_fetch_resp_group_partition *p)
{
    struct kafc_group_mark *m = mark_of(a, topic, p->partition_index);
    if (!m)
        return;
    m->offset = p->committed_offset < 0 ? KAFC_OFFSET_UNKNOWN : p->committed_offset;
    m->leader_epoch = p->committed_offset < 0 ? -1 : p->committed_leader_epoch;
    m->metadata = p->metadata.p;
    m->metadata_len = p->metadata.p ? p->metadata.len : 0;
    judge(a, m, (kafc_err)p->error_code);
}

/* One code for all of them. */
static void judge_all(struct answer *a, kafc_err code)
{
    for (int32_t i = 0; i < a->call->n; i++)
        if (!a->call->v[i].settled)
            judge(a, &a->call->v[i], code);
}

static void fetched_old(struct answer *a, const struct kafc_offset_fetch_resp *r)
{
    for (int32_t i = 0; i < r->topics.n; i++)
        for (int32_t k = 0; k < r->topics.v[i].partitions.n; k++) {
            const struct kafc_offset_fetch_resp_partition *p = &r->topics.v[i].partitions.v[k];
            struct kafc_offset_fetch_resp_group_partition one = {
                .partition_index = p->partition_index,
                .committed_offset = p->committed_offset,
                .committed_leader_epoch = p->committed_leader_epoch,
                .metadata = p->metadata,
                .error_code = p->error_code,
            };
            fetched(a, r->topics.v[i].name, &one);
        }
}

static kafc_err take_fetch(struct answer *a, kafc_error *err)
{
    struct kafc_offset_fetch_resp r;
    kafc_err rc = kafc__request_decode(&a->l->rq, &r, &a->l->arena, err);
    if (rc != KAFC_OK)
        return rc;
    int16_t code = r.error_code;
    if (a->l->rq.version >= FIRST_OF_GROUPS && r.groups.n != 1)
        return kafc__error(err, KAFC_ERR_PROTOCOL, "OffsetFetch was answered for %d groups",
                           (int)r.groups.n);
    if (a->l->rq.version >= FIRST_OF_GROUPS)
        code = r.groups.v[0].error_code;
    if (code != 0)
        judge_all(a, (kafc_err)code);
    else if (a->l->rq.version < FIRST_OF_GROUPS)
        fetched_old(a, &r);
    for (int32_t i = 0; code == 0 && r.groups.n == 1 && i < r.groups.v[0].topics.n; i++)
        for (int32_t k = 0; k < r.groups.v[0].topics.v[i].partitions.n; k++)
            fetched(a, r.groups.v[0].topics.v[i].name, &r.groups.v[0].topics.v[i].partitions.v[k]);
    return KAFC_OK;
}

/* What was fetched for a partition that has gone meanwhile. */
static void drop_stale(const struct kafc_group *g, struct kafc_group_call *call)
{
    for (int32_t i = 0; call->fetch && i < call->n; i++)
        if (call->v[i].code == KAFC_OK && !allowed(g, call, &call->v[i]))
            call->v[i].code = KAFC_ERR_NOT_ASSIGNED;
}

static bool all_settled(const struct kafc_group_call *call)
{
    for (int32_t i = 0; i < call->n; i++)
        if (!call->v[i].settled)
            return false;
    return true;
}

static void again(struct kafc_group_lane *l, enum kafc_group_reaction what)
{
    if (what == KAFC_GROUP_FIND)
        kafc__group_unfind(l->g);
    l->not_before = kafc__core_now(l->g->core) + kafc__core_retry_delay(l->g->core, l->attempts++);
    kafc__log_in(&kafc__core_config(l->g->core)->log, KAFC_LOG_DEBUG, KAFC_DEBUG_CGRP, "%s",
                 l->last.message);
}

static void explain(struct kafc_group_lane *l, kafc_err code, const kafc_error *why)
{
    char ours[160];
    kafc__group_our_part(l->g, code, ours, sizeof(ours));
    (void)kafc__error(&l->last, code, "group %.150s: %s: %.270s%s", l->g->name, l->rq.api->name,
                      why && why->code == code && why->message[0] ? why->message
                                                                  : kafc_err_text(code), ours);
    l->last.broker = l->rq.broker;
    l->last.api = l->rq.api->key;
    l->last.version = l->rq.version;
}

static void unanswered(struct answer *a)
{
    kafc_error why;
    int32_t n = 0;
    for (int32_t i = 0; i < a->call->n; i++)
        n += a->call->v[i].settled;
    (void)kafc__error(&why, KAFC_ERR_PROTOCOL, "%d of %d partitions were answered", (int)n,
                      (int)a->call->n);
    explain(a->l, KAFC_ERR_PROTOCOL, &why);
}

static void judged(struct answer *a)
{
    struct kafc_group_lane *l = a->l;
    struct kafc_group *g = l->g;
    kafc_error why;
    bool doubt = a->worst > KAFC_GROUP_FIND && l->member && l->generation == g->generation;
    if (a->worst > KAFC_GROUP_TOLD)
        explain(l, a->code, NULL);
    why = l->last;
    if (a->worst > KAFC_GROUP_FIND)
        settle_all(a->call, a->code);
    if (all_settled(a->call)) {
        drop_stale(g, a->call);
        l->attempts = 0;
        idle(l);
        finish(g, a->call, NULL);
    } else {
        if (a->worst <= KAFC_GROUP_TOLD)
            unanswered(a);
        again(l, a->worst);
    }
    if (doubt)
        g->protocol->doubt(g, a->worst, &why);
}

static void done(struct kafc_request *rq)
{
    struct kafc_group_lane *l = rq->owner;
    struct kafc_group *g = l->g;
    struct answer a = { .l = l, .call = head(l) };
    kafc_error why = { .broker = -1, .api = -1, .version = -1 };
    kafc_err code = rq->result;
    l->busy = false;
    if (code != KAFC_OK && rq->why)
        why = *rq->why;
    bool commit = !a.call->fetch;
    if (code == KAFC_OK)
        code = commit ? take_commit(&a, &why) : take_fetch(&a, &why);
    if (commit && rq->took_us >= 0)
        kafc__histogram_add(&g->stats.commit_time, rq->took_us);
    kafc__count(&g->stats.commits_failed, commit && (code != KAFC_OK || a.code != KAFC_OK));
    if (code == KAFC_OK) {
        judged(&a);
    } else {
        enum kafc_group_reaction what = kafc__group_reaction(-1, code);
        explain(l, code, &why);
        if (what == KAFC_GROUP_FIND && code != KAFC_ERR_TIMED_OUT)
            kafc__meta_stale(g->core);
        if (what == KAFC_GROUP_FIND || what == KAFC_GROUP_AGAIN) {
            again(l, what);
        } else {
            why = l->last;
            settle_all(a.call, code);
            end_head(l, &why);
        }
    }
    kafc__group_work(g);
}

/* --- What is due ---------------------------------------------------------------------------------- */

static void start(struct kafc_group_lane *l, struct kafc_group_call *call)
{
    struct kafc_group *g = l->g;
    const struct kafc_api *api = call->fetch ? &kafc_offset_fetch_api : &kafc_offset_commit_api;
    kafc__arena_reset(&l->arena);
    kafc__request_init(&l->rq, api, &l->req);
    kafc__msg_defaults(api->req, &l->req);
    l->member = g->generation >= 0;
    l->generation = g->generation;
    l->rq.done = done;
    l->rq.owner = l;
    l->rq.prepare = call->fetch ? fetch_prepare : NULL;
    l->rq.timeout_us = kafc__core_config(g->core)->request_timeout_us;
    l->rq.min_version = FIRST_IN_KAFKA; /* before, they were ZooKeeper's */
    l->rq.max_version = LAST_BY_NAME;
    if (!(call->fetch ? fill_fetch(l, call) : fill_commit(l, call))) {
        l->not_before = kafc__core_now(g->core) + PAUSE_US;
        kafc__group_wake(g, l->not_before);
        return;
    }
    l->busy = true;
    kafc__count(&g->stats.commits, !call->fetch);
    /* Where nothing is parked a fetch goes over the connection that there is. A commit may wait for replicas, and no
     * heartbeat shall wait for that. */
    if (call->fetch && !kafc__group_parks(g))
        kafc__core_send_own(g->core, g->node, g, &l->rq);
    else
        kafc__core_send(g->core, g->node, KAFC_FOR_CONTROL, &l->rq);
}

static void out_of_time(struct kafc_group_lane *l, struct kafc_group_call *call)
{
    kafc_error err;
    const kafc_error *last = head(l) == call && l->last.code != KAFC_OK ? &l->last : &l->g->trouble;
    (void)kafc__error(&err, KAFC_ERR_TIMED_OUT, "group %.150s: %s: out of time%s%.250s", l->g->name,
                      call->fetch ? "OffsetFetch" : "OffsetCommit",
                      last->code != KAFC_OK ? "; the last: " : "",
                      last->code != KAFC_OK ? last->message : "");
    settle_all(call, KAFC_ERR_TIMED_OUT);
    if (head(l) == call)
        end_head(l, &err);
    else
        finish(l->g, call, &err);
}

static bool expire(struct kafc_group_lane *l)
{
    int64_t now = kafc__core_now(l->g->core);
    struct kafc_group_call *c;
    for (c = head(l); c; c = KAFC_LIST_NEXT(&l->calls, c, struct kafc_group_call, node)) {
        if (c->deadline <= now) {
            out_of_time(l, c);
            return true;
        }
        kafc__group_wake(l->g, c->deadline);
    }
    return false;
}

static void lane_work(struct kafc_group_lane *l)
{
    struct kafc_group *g = l->g;
    struct kafc_group_call *call;
    while (expire(l))
        ;
    while (!l->busy && (call = head(l))) {
        bool held = !call->fetch && !g->protocol->commits(g);
        if (held)
            return; /* the machine calls again */
        if (!refuse(g, call)) {
            idle(l);
            finish(g, call, NULL);
            continue;
        }
        if (l->not_before > kafc__core_now(g->core))
            kafc__group_wake(g, l->not_before);
        else if (g->node >= 0)
            start(l, call);
        return;
    }
}

void kafc__group_lanes_work(struct kafc_group *g)
{
    for (int i = 0; i < KAFC_GROUP_LANES; i++)
        lane_work(&g->lane[i]);
}
