/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What a member of a classic group asks of the coordinator: one request at a
 * time, chosen by the state, tried again by the class of its error; and
 * heartbeats beside it. JoinGroup, SyncGroup and heartbeats go over a
 * connection of the group's own, because the first two may be parked; while
 * they are, no heartbeat is due. The driver's thread.
 */
#include "core/group_internal.h"
#include "protocol/apis.h"

#include <stdio.h>

enum {
    GROUP_KEY,
    FIRST_STATIC = 5, /* of JoinGroup: knows of instances */
    PARK_SPARE_US = 5000000,
    NODE_US = 5000,
    NODE_TRIES = 5,
    SUBSCRIPTION = 3,
    MEMORY_US = 100000,
    FIRST_BEAT_US = 50000,
    QUICK_TRIES = 3
};
static const char consumer[] = "consumer";

static bool is(kafc_str s, const char *want)
{
    return s.p && (size_t)s.len == strlen(want) && memcmp(s.p, want, (size_t)s.len) == 0;
}

static kafc_str own_id(const struct kafc_group *g)
{
    return kafc__str(g->id ? g->id : "");
}

static kafc_err refused(const char *what, kafc_err code, kafc_error *err)
{
    return kafc__error(err, code, "%s: %s", what, kafc_err_text(code));
}

/* --- FindCoordinator -------------------------------------------------------------------- */

/* Several keys at once from version 4 on, before it one. */
static kafc_err find_prepare(struct kafc_request *rq, kafc_error *err)
{
    struct kafc_group *g = rq->owner;
    bool several = rq->version >= 4;
    (void)err;
    g->req.find.key = several ? kafc__str("") : g->key;
    g->req.find.coordinator_keys.v = &g->key;
    g->req.find.coordinator_keys.n = several;
    return KAFC_OK;
}

static bool fill_find(struct kafc_group *g)
{
    g->key = kafc__str(g->name);
    g->req.find.key_type = GROUP_KEY;
    g->rq.prepare = find_prepare;
    return true;
}

static kafc_err take_find(struct kafc_group *g, kafc_error *err)
{
    struct kafc_find_coordinator_resp r;
    kafc_err rc = kafc__request_decode(&g->rq, &r, &g->arena, err);
    if (rc != KAFC_OK)
        return rc;
    int32_t node = r.node_id;
    kafc_err code = (kafc_err)r.error_code;
    struct kafc_meta_endpoint at = { .host = r.host, .port = r.port, .by = &g->rq };
    if (g->rq.version >= 4 && r.coordinators.n != 1)
        return kafc__error(err, KAFC_ERR_PROTOCOL,
                           "FindCoordinator was answered for %d coordinators",
                           (int)r.coordinators.n);
    if (g->rq.version >= 4) {
        const struct kafc_find_coordinator_resp_coordinator *one = &r.coordinators.v[0];
        node = one->node_id;
        code = (kafc_err)one->error_code;
        at.host = one->host;
        at.port = one->port;
    }
    if (code == KAFC_OK && node < 0)
        code = KAFC_ERR_COORDINATOR_NOT_AVAILABLE;
    if (code != KAFC_OK)
        return refused("FindCoordinator", code, err);
    kafc__meta_node(g->core, node, &at); /* the metadata is on its way: it may correct that */
    g->node = node;
    g->beat_at = kafc__core_now(g->core); /* at once: the last one may not have arrived */
    return KAFC_OK;
}

/* --- JoinGroup ---------------------------------------------------------------------------- */

/* The first n of what is owned, or was until now, by topic. */
static bool by_topic(struct kafc_group *g, int32_t n, struct kafc_assign_self *self)
{
    const struct kafc_group_partition *v = g->owned.v;
    struct kafc_consumer_subscription_topic *t = kafc__arena_array(&g->arena, (size_t)n,
                                                                   sizeof(*t));
    int32_t *id = kafc__arena_array(&g->arena, (size_t)n, sizeof(*id));
    self->owned = t;
    self->nowned = 0;
    for (int32_t i = 0; t && id && i < n; i++) {
        if (i == 0 || strcmp(v[i].topic, v[i - 1].topic) != 0) {
            t += self->nowned++ > 0;
            t->topic = kafc__str(v[i].topic);
            t->partitions.v = &id[i];
        }
        t->partitions.v[t->partitions.n++] = v[i].partition;
    }
    return t && id;
}

static bool fill_protocol(struct kafc_group *g, const struct kafc_assignor *a,
                          struct kafc_join_group_req_protocol *p)
{
    const char *rack = kafc__core_config(g->core)->rack;
    bool eager = a->protocol == KAFC_ASSIGN_EAGER; /* it is told what was given up */
    struct kafc_assign_self self = { .topics = g->topics.v,
                                     .ntopics = g->topics.n,
                                     .generation = g->generation,
                                     .rack = kafc__str(rack) };
    p->name = kafc__str(a->name);
    return by_topic(g, eager ? g->owned.was : g->owned.n, &self) &&
           kafc__assign_subscribe(a, &self, &g->arena, &p->metadata, NULL) == KAFC_OK;
}

static kafc_err join_prepare(struct kafc_request *rq, kafc_error *err)
{
    struct kafc_group *g = rq->owner;
    if (g->instance && rq->version < FIRST_STATIC)
        return kafc__error(err, KAFC_ERR_UNSUPPORTED,
                           "the coordinator's broker is too old for static members, who need 2.3 or later: do without "
                           "the instance id \"%.80s\"", g->instance);
    return KAFC_OK;
}

static bool fill_join(struct kafc_group *g)
{
    struct kafc_join_group_req *q = &g->req.join;
    q->group_id = kafc__str(g->name);
    q->session_timeout_ms = g->cfg.session_timeout_ms;
    q->rebalance_timeout_ms = g->cfg.max_poll_interval_ms;
    q->member_id = own_id(g);
    q->group_instance_id = kafc__str(g->instance);
    q->protocol_type = kafc__str(consumer);
    q->protocols.v = kafc__msg_array(&kafc_join_group_req_protocol_schema, g->cfg.nassignors,
                                     &g->arena);
    q->protocols.n = g->cfg.nassignors;
    for (int i = 0; q->protocols.v && i < g->cfg.nassignors; i++)
        if (!fill_protocol(g, g->cfg.assignors[i], &q->protocols.v[i]))
            return false;
    if (g->rejoin_at != INT64_MAX)
        q->reason = (kafc_str){ kafc__arena_dup(&g->arena, g->reason, strlen(g->reason)),
                                (int32_t)strlen(g->reason) };
    if (g->arena.failed)
        return false;
    g->rq.prepare = join_prepare;
    g->rejoin_at = INT64_MAX; /* whatever was a reason until now */
    int64_t park = (int64_t)g->cfg.max_poll_interval_ms * 1000 + PARK_SPARE_US;
    if (g->rq.timeout_us < park)
        g->rq.timeout_us = park;
    return true;
}

static bool keep_id(struct kafc_group *g, kafc_str id)
{
    char *copy = kafc__strndup(&g->cfg.mem, id.p, (size_t)id.len);
    if (!copy)
        return false;
    kafc__free(&g->cfg.mem, g->id);
    g->id = copy;
    return true;
}

static const struct kafc_assignor *assignor_of(const struct kafc_group *g, kafc_str name)
{
    for (int i = 0; i < g->cfg.nassignors; i++)
        if (is(name, g->cfg.assignors[i]->name))
            return g->cfg.assignors[i];
    return NULL;
}

static kafc_err not_asked_for(const char *api, const char *field, kafc_str is, kafc_error *err)
{
    return kafc__error(err, KAFC_ERR_INCONSISTENT_GROUP_PROTOCOL,
                       "%s was answered with %s \"%.*s\", which was not asked for", api, field,
                       is.len > 60 ? 60 : (int)is.len, is.p ? is.p : "");
}

static kafc_err check_joined(struct kafc_group *g, const struct kafc_join_group_resp *r,
                             kafc_error *err)
{
    if (r->generation_id < 0 || r->member_id.len < 1)
        return kafc__error(err, KAFC_ERR_PROTOCOL,
                           "JoinGroup was answered with generation %d and a member id of %d bytes",
                           (int)r->generation_id, (int)r->member_id.len);
    if (r->protocol_type.p && !is(r->protocol_type, consumer))
        return not_asked_for("JoinGroup", "ProtocolType", r->protocol_type, err);
    if (!assignor_of(g, r->protocol_name))
        return not_asked_for("JoinGroup", "ProtocolName", r->protocol_name, err);
    return KAFC_OK;
}

static kafc_err take_join(struct kafc_group *g, kafc_error *err)
{
    struct kafc_join_group_resp *r = &g->joined;
    kafc__frame_unref(g->frame);
    g->frame = NULL;
    kafc__arena_reset(&g->round);
    kafc__arena_reset(&g->lead);
    g->member_v = NULL;
    kafc_err rc = kafc__request_decode(&g->rq, r, &g->round, err);
    if (rc != KAFC_OK)
        return rc;
    if (r->error_code == KAFC_ERR_MEMBER_ID_REQUIRED && r->member_id.len > 0 &&
        !keep_id(g, r->member_id))
        return KAFC_ERR_NO_MEMORY;
    if (r->error_code != 0)
        return refused("JoinGroup", (kafc_err)r->error_code, err);
    rc = check_joined(g, r, err);
    if (rc != KAFC_OK)
        return rc;
    if (!keep_id(g, r->member_id))
        return KAFC_ERR_NO_MEMORY;
    g->frame = kafc__frame_ref(g->rq.frame);
    g->generation = r->generation_id;
    g->assignor = assignor_of(g, r->protocol_name);
    g->leader = is(r->leader, g->id);
    g->skip = r->skip_assignment;
    g->assigned = false;
    g->result.n = 0;
    char why[80];
    (void)snprintf(why, sizeof(why), "generation %d, %d members%s", (int)g->generation,
                   (int)r->members.n, g->leader ? ", and this one leads" : "");
    (void)kafc__group_step(g, KAFC_GROUP_EV_JOINED, why);
    return KAFC_OK;
}

/* --- SyncGroup ------------------------------------------------------------------------------ */

static bool fill_sync(struct kafc_group *g)
{
    struct kafc_sync_group_req *q = &g->req.sync;
    q->group_id = kafc__str(g->name);
    q->generation_id = g->generation;
    q->member_id = own_id(g);
    q->group_instance_id = kafc__str(g->instance);
    q->protocol_type = kafc__str(consumer);
    q->protocol_name = kafc__str(g->assignor->name);
    q->assignments.v = g->result.v;
    q->assignments.n = g->result.n;
    int64_t park = (int64_t)g->cfg.max_poll_interval_ms * 1000 + PARK_SPARE_US;
    if (g->rq.timeout_us < park)
        g->rq.timeout_us = park;
    return true;
}

/* What the leader may have made of an older subscription is left out, and asked for anew. */
static kafc_err check_assignment(struct kafc_group *g, struct kafc_consumer_assignment *a,
                                 kafc_error *err)
{
    int32_t n = 0;
    for (int32_t i = 0; i < a->assigned_partitions.n; i++) {
        struct kafc_consumer_assignment_topic *t = &a->assigned_partitions.v[i];
        for (int32_t k = 0; k < t->partitions.n; k++)
            if (t->partitions.v[k] < 0)
                return kafc__error(err, KAFC_ERR_INCONSISTENT_GROUP_PROTOCOL,
                                   "SyncGroup: the leader assigned partition %d of \"%.*s\"",
                                   (int)t->partitions.v[k],
                                   t->topic.len > 249 ? 249 : (int)t->topic.len, t->topic.p);
        if (kafc__group_subscribed(g, t->topic))
            a->assigned_partitions.v[n++] = *t;
        else
            kafc__group_ask_rejoin(
                g, kafc__core_now(g->core) + kafc__core_retry_delay(g->core, g->odd),
                "topic %.*s was assigned and is not subscribed to",
                t->topic.len > 90 ? 90 : (int)t->topic.len, t->topic.p);
    }
    g->odd = n == a->assigned_partitions.n ? 0 : g->odd + 1;
    a->assigned_partitions.n = n;
    return KAFC_OK;
}

static kafc_err take_assignment(struct kafc_group *g, kafc_bytes in, kafc_error *err)
{
    struct kafc_consumer_assignment a;
    kafc_error why;
    kafc_err rc = kafc__assignment_read(&a, in, &g->arena, &why);
    if (rc == KAFC_ERR_PROTOCOL) /* of the leader's, not of the broker's */
        return kafc__error(err, KAFC_ERR_INCONSISTENT_GROUP_PROTOCOL, "SyncGroup: %.300s",
                           why.message);
    if (rc == KAFC_OK)
        rc = check_assignment(g, &a, err);
    if (rc == KAFC_OK && !kafc__group_set_fill(&g->target, &a))
        rc = KAFC_ERR_NO_MEMORY;
    return rc;
}

static kafc_err take_sync(struct kafc_group *g, kafc_error *err)
{
    struct kafc_sync_group_resp r;
    kafc_err rc = kafc__request_decode(&g->rq, &r, &g->arena, err);
    if (rc != KAFC_OK)
        return rc;
    if (r.error_code != 0)
        return refused("SyncGroup", (kafc_err)r.error_code, err);
    if (r.protocol_type.p && !is(r.protocol_type, consumer))
        return not_asked_for("SyncGroup", "ProtocolType", r.protocol_type, err);
    if (r.protocol_name.p && !is(r.protocol_name, g->assignor->name))
        return not_asked_for("SyncGroup", "ProtocolName", r.protocol_name, err);
    rc = take_assignment(g, r.assignment, err);
    if (rc != KAFC_OK)
        return rc;
    char why[80];
    (void)snprintf(why, sizeof(why), "generation %d, %d partitions assigned", (int)g->generation,
                   (int)g->target.n);
    g->heard_at = kafc__core_now(g->core);
    g->silence_told = false;
    g->beat_wait = FIRST_BEAT_US;
    g->beat_at = g->heard_at + FIRST_BEAT_US;
    (void)kafc__group_step(g, KAFC_GROUP_EV_SYNCED, why);
    return KAFC_OK;
}

/* --- LeaveGroup ------------------------------------------------------------------------------ */

static kafc_err leave_prepare(struct kafc_request *rq, kafc_error *err)
{
    struct kafc_group *g = rq->owner;
    bool several = rq->version >= 3;
    (void)err;
    g->req.leave.member_id = several ? kafc__str("") : g->leaver.member_id;
    g->req.leave.members.v = &g->leaver;
    g->req.leave.members.n = several;
    return KAFC_OK;
}

static bool fill_leave(struct kafc_group *g)
{
    kafc__msg_defaults(&kafc_leave_group_req_member_schema, &g->leaver);
    g->leaver.member_id = own_id(g);
    g->leaver.group_instance_id = kafc__str(g->instance);
    g->leaver.reason = kafc__str(g->state == KAFC_GROUP_AWAY ? "max.poll.interval.ms passed"
                                       : g->stopping               ? "the reader was closed"
                                                                   : "unsubscribed");
    g->req.leave.group_id = kafc__str(g->name);
    g->rq.min_version = g->instance ? 3 : 0;
    g->rq.prepare = leave_prepare;
    return true;
}

static kafc_err take_leave(struct kafc_group *g, kafc_error *err)
{
    struct kafc_leave_group_resp r;
    kafc_err rc = kafc__request_decode(&g->rq, &r, &g->arena, err);
    if (rc != KAFC_OK)
        return rc;
    kafc_err code = (kafc_err)r.error_code;
    if (code == KAFC_OK && r.members.n == 1)
        code = (kafc_err)r.members.v[0].error_code;
    if (kafc__group_reaction(KAFC_API_LEAVE_GROUP, code) == KAFC_GROUP_FIND)
        return refused("LeaveGroup", code, err);
    g->leaving = false;
    (void)kafc__group_step(g, KAFC_GROUP_EV_LEFT,
                           code == KAFC_OK ? "the coordinator knows" : kafc_err_text(code));
    return KAFC_OK;
}

/* --- One at a time ------------------------------------------------------------------------------ */

static const struct rpc {
    const struct kafc_api *api;
    bool parks;
    bool (*fill)(struct kafc_group *g); /* false: out of memory */
    kafc_err (*take)(struct kafc_group *g, kafc_error *err);
} rpcs[KAFC_GROUP_RPCS] = {
    [KAFC_GROUP_RPC_FIND] = { &kafc_find_coordinator_api, false, fill_find, take_find },
    [KAFC_GROUP_RPC_JOIN] = { &kafc_join_group_api, true, fill_join, take_join },
    [KAFC_GROUP_RPC_SYNC] = { &kafc_sync_group_api, true, fill_sync, take_sync },
    [KAFC_GROUP_RPC_LEAVE] = { &kafc_leave_group_api, false, fill_leave, take_leave },
};

bool kafc__group_parks(const struct kafc_group *g)
{
    return rpcs[g->rpc].parks;
}

static bool beats(const struct kafc_group *g)
{
    switch (g->state) {
    case KAFC_GROUP_SYNCING: return g->rpc != KAFC_GROUP_RPC_SYNC;
    case KAFC_GROUP_STABLE:
    case KAFC_GROUP_REVOKING:
    case KAFC_GROUP_RETIRING: return g->generation >= 0;
    case KAFC_GROUP_IDLE:
    case KAFC_GROUP_FINDING:
    case KAFC_GROUP_JOINING:
    case KAFC_GROUP_LEAVING:
    case KAFC_GROUP_AWAY:
    case KAFC_GROUP_BROKEN:
    case KAFC_GROUP_STOPPED:
    case KAFC_GROUP_STATES: break;
    }
    return false;
}

static enum kafc_group_rpc needed(const struct kafc_group *g)
{
    enum kafc_group_rpc rpc = KAFC_GROUP_NOTHING;
    switch (g->state) {
    case KAFC_GROUP_FINDING: return KAFC_GROUP_RPC_FIND;
    case KAFC_GROUP_JOINING: rpc = g->matched ? KAFC_GROUP_RPC_JOIN : KAFC_GROUP_NOTHING; break;
    case KAFC_GROUP_SYNCING:
        rpc = !g->leader || g->assigned ? KAFC_GROUP_RPC_SYNC : KAFC_GROUP_NOTHING;
        break;
    case KAFC_GROUP_LEAVING:
    case KAFC_GROUP_AWAY: rpc = g->leaving ? KAFC_GROUP_RPC_LEAVE : KAFC_GROUP_NOTHING; break;
    case KAFC_GROUP_IDLE:
    case KAFC_GROUP_STABLE:
    case KAFC_GROUP_REVOKING:
    case KAFC_GROUP_RETIRING:
    case KAFC_GROUP_BROKEN:
    case KAFC_GROUP_STOPPED:
    case KAFC_GROUP_STATES: break;
    }
    if (g->node < 0 && (rpc != KAFC_GROUP_NOTHING || beats(g) || kafc__group_lanes_wait(g)))
        return KAFC_GROUP_RPC_FIND;
    return rpc;
}

/* What is a part of joining, and is answered by joining again: but not for ever without a pause. */
static bool at_once(struct kafc_group *g, kafc_err code)
{
    return (code == KAFC_ERR_MEMBER_ID_REQUIRED || code == KAFC_ERR_UNKNOWN_MEMBER_ID ||
            code == KAFC_ERR_ILLEGAL_GENERATION || code == KAFC_ERR_REBALANCE_IN_PROGRESS) &&
           g->quick++ < QUICK_TRIES;
}

/* Not sooner than after a pause that grows with each failure since the last assignment. */
static void pause(struct kafc_group *g, kafc_err code)
{
    int64_t wait = 0;
    if (!at_once(g, code)) {
        int n = g->attempts++;
        wait = kafc__core_retry_delay(g->core, n);
        if (code == KAFC_ERR_BROKER_NOT_AVAILABLE &&
            n < NODE_TRIES) /* the metadata is on its way */
            wait = (int64_t)NODE_US << n;
    }
    g->not_before = kafc__core_now(g->core) + wait;
}

/* What only commits and fetches ask for cannot be had. */
static void no_coordinator(struct kafc_group *g, const kafc_error *why)
{
    g->trouble = *why;
    if (g->state == KAFC_GROUP_LEAVING || g->state == KAFC_GROUP_AWAY)
        g->leaving = false;
    kafc__group_lanes_fail(g, why);
    if (kafc__group_next_states(g->state, KAFC_GROUP_EV_FATAL))
        kafc__group_doubt(g, KAFC_GROUP_FATAL, why);
}

static void react(struct kafc_group *g, enum kafc_group_rpc rpc, enum kafc_group_reaction what,
                  const kafc_error *why)
{
    g->trouble = *why;
    switch (what) {
    case KAFC_GROUP_NAME: (void)kafc__group_step(g, KAFC_GROUP_EV_NAMED, why->message); return;
    case KAFC_GROUP_FIND:
        kafc__group_unfind(g);
        if (rpc != KAFC_GROUP_RPC_FIND)
            (void)kafc__group_step(g, KAFC_GROUP_EV_UNFOUND, why->message);
        return;
    case KAFC_GROUP_REJOIN:
        (void)kafc__group_step(g, KAFC_GROUP_EV_REBALANCE, why->message);
        return;
    case KAFC_GROUP_STALE:
    case KAFC_GROUP_UNKNOWN: kafc__group_doubt(g, what, why); return;
    case KAFC_GROUP_FATAL:
        if (rpc == KAFC_GROUP_RPC_FIND)
            no_coordinator(g, why);
        else if (rpc == KAFC_GROUP_RPC_LEAVE)
            g->leaving = false;
        else
            kafc__group_doubt(g, what, why);
        return;
    case KAFC_GROUP_FINE:
    case KAFC_GROUP_TOLD: g->leaving = false; return; /* of LeaveGroup: that is that */
    case KAFC_GROUP_AGAIN: return;
    }
}

void kafc__group_our_part(const struct kafc_group *g, kafc_err code, char *text, size_t size)
{
    text[0] = '\0';
    if (code == KAFC_ERR_FENCED_INSTANCE_ID && g->cfg.instance)
        snprintf(text, size, ": %.60s. Each member needs one of its own", g->cfg.instance);
    else if (code == KAFC_ERR_INVALID_SESSION_TIMEOUT)
        snprintf(text, size, "; session.timeout.ms is %d", (int)g->cfg.session_timeout_ms);
    else if (code == KAFC_ERR_INCONSISTENT_GROUP_PROTOCOL)
        for (int i = 0; i < g->cfg.nassignors && strlen(text) < size - 1; i++)
            snprintf(text + strlen(text), size - strlen(text), "%s%.30s",
                     i ? ", " : "; partition.assignment.strategy is ", g->cfg.assignors[i]->name);
}

/* A sentence with the group's name, whatever the answer or the transport had to say. */
static void explain(const struct kafc_group *g, const struct kafc_request *rq, kafc_err code,
                    kafc_error *why)
{
    char ours[160];
    kafc_error full;
    if (why->code != code || !why->message[0])
        (void)refused(rq->api->name, code, why);
    kafc__group_our_part(g, code, ours, sizeof(ours));
    (void)kafc__error(&full, code, "group %.120s: %.200s%s", g->name, why->message, ours);
    full.broker = rq->broker;
    full.api = rq->api->key;
    full.version = rq->version;
    *why = full;
}

static void failed(struct kafc_group *g, const struct kafc_request *rq, enum kafc_group_rpc rpc,
                   kafc_err code, bool transport, kafc_error *why)
{
    enum kafc_group_reaction what = kafc__group_reaction(transport ? -1 : rq->api->key, code);
    explain(g, rq, code, why);
    if (transport && code != KAFC_ERR_TIMED_OUT && what == KAFC_GROUP_FIND)
        kafc__meta_stale(g->core);
    kafc__log_in(&kafc__core_config(g->core)->log, KAFC_LOG_DEBUG, KAFC_DEBUG_CGRP, "%s", why->message);
    pause(g, code);
    if (code == KAFC_ERR_BROKER_NOT_AVAILABLE && transport && g->attempts <= NODE_TRIES)
        what = KAFC_GROUP_AGAIN; /* it is the coordinator; where it is will be known in a moment */
    react(g, rpc, what, why);
}

static void done(struct kafc_request *rq)
{
    struct kafc_group *g = rq->owner;
    kafc_err code = rq->result;
    bool transport = code != KAFC_OK;
    kafc_error why = { .broker = -1, .api = -1, .version = -1 };
    enum kafc_group_rpc rpc = g->rpc;
    if (transport && rq->why)
        why = *rq->why;
    g->rpc = KAFC_GROUP_NOTHING;
    if (!transport) {
        code = rpcs[rpc].take(g, &why);
        transport = code == KAFC_ERR_PROTOCOL || code == KAFC_ERR_NO_MEMORY;
    }
    if (code != KAFC_OK)
        failed(g, rq, rpc, code, transport, &why);
    else if (rpc == KAFC_GROUP_RPC_FIND)
        g->not_before = 0;
    kafc__group_work(g);
}

static void start(struct kafc_group *g, enum kafc_group_rpc which)
{
    const struct rpc *r = &rpcs[which];
    kafc__arena_reset(&g->arena);
    kafc__request_init(&g->rq, r->api, &g->req);
    kafc__msg_defaults(r->api->req, &g->req);
    g->rq.done = done;
    g->rq.owner = g;
    g->rq.timeout_us = kafc__core_config(g->core)->request_timeout_us;
    if (!r->fill(g)) {
        g->not_before = kafc__core_now(g->core) + MEMORY_US;
        kafc__group_wake(g, g->not_before);
        return;
    }
    g->rpc = which;
    if (r->parks)
        kafc__core_send_own(g->core, g->node, g, &g->rq);
    else
        kafc__core_send(g->core, which == KAFC_GROUP_RPC_FIND ? KAFC_ANY_NODE : g->node,
                        KAFC_FOR_CONTROL, &g->rq);
}

/* --- Heartbeats ------------------------------------------------------------------------------------ */

void kafc__group_beat_cancel(struct kafc_group *g)
{
    if (g->beating)
        kafc__core_cancel(g->core, &g->beat_rq);
    g->beating = false;
}

/* What was asked under another state dies with it, but for the search for the coordinator. */
void kafc__group_rpc_moved(struct kafc_group *g)
{
    if (!beats(g))
        kafc__group_beat_cancel(g);
    if (g->rpc == KAFC_GROUP_NOTHING || g->rpc == KAFC_GROUP_RPC_FIND)
        return;
    kafc__core_cancel(g->core, &g->rq);
    if (rpcs[g->rpc].parks && g->rq.sent)
        kafc__core_disown(g->core, g); /* nothing shall wait behind it */
    g->rpc = KAFC_GROUP_NOTHING;
}

static kafc_err take_beat(struct kafc_group *g, kafc_error *err)
{
    struct kafc_heartbeat_resp r;
    kafc_err rc = kafc__request_decode(&g->beat_rq, &r, &g->beat_arena, err);
    if (rc == KAFC_OK && r.error_code != 0)
        rc = refused("Heartbeat", (kafc_err)r.error_code, err);
    return rc;
}

static void beat_done(struct kafc_request *rq)
{
    struct kafc_group *g = rq->owner;
    kafc_err code = rq->result;
    bool transport = code != KAFC_OK;
    kafc_error why = { .broker = -1, .api = -1, .version = -1 };
    g->beating = false;
    if (transport && rq->why)
        why = *rq->why;
    if (!transport) {
        code = take_beat(g, &why);
        transport = code == KAFC_ERR_PROTOCOL || code == KAFC_ERR_NO_MEMORY;
    }
    if (code == KAFC_OK || code == KAFC_ERR_REBALANCE_IN_PROGRESS) {
        g->heard_at = kafc__core_now(g->core);
        g->silence_told = false;
        kafc__count(&g->stats.heartbeats, 1);
        g->attempts = g->rpc == KAFC_GROUP_NOTHING ? 0 : g->attempts;
        g->trouble.code = KAFC_OK;
        if (code != KAFC_OK && g->state == KAFC_GROUP_STABLE)
            kafc__group_ask_rejoin(g, g->heard_at, "the coordinator has begun a rebalance");
    } else {
        int attempts = g->attempts;
        failed(g, rq, KAFC_GROUP_NOTHING, code, transport, &why);
        g->beat_at = kafc__core_now(g->core) + kafc__core_retry_delay(g->core, attempts);
    }
    kafc__group_work(g);
}

static void beat(struct kafc_group *g)
{
    int64_t session = (int64_t)g->cfg.session_timeout_ms * 1000;
    int64_t most = (int64_t)g->cfg.heartbeat_interval_ms * 1000;
    /* One rebalance is often followed by the next, for a member that came late or to pass on what was revoked: the
     * first heartbeats of a generation are quick to hear of it. */
    g->beat_wait = g->beat_wait * 2 < most ? g->beat_wait * 2 : most;
    g->beat_at = kafc__core_now(g->core) + g->beat_wait;
    g->beating = true;
    kafc__arena_reset(&g->beat_arena);
    kafc__request_init(&g->beat_rq, &kafc_heartbeat_api, &g->beat_req);
    kafc__msg_defaults(&kafc_heartbeat_req_schema, &g->beat_req);
    g->beat_req.group_id = kafc__str(g->name);
    g->beat_req.generation_id = g->generation;
    g->beat_req.member_id = own_id(g);
    g->beat_req.group_instance_id = kafc__str(g->instance);
    g->beat_rq.done = beat_done;
    g->beat_rq.owner = g;
    g->beat_rq.timeout_us = kafc__core_config(g->core)->request_timeout_us;
    if (g->beat_rq.timeout_us > session)
        g->beat_rq.timeout_us = session;
    kafc__core_send_own(g->core, g->node, g, &g->beat_rq);
}

/* Once: what is wrong stays so for any number of sessions. */
static void tell_silence(struct kafc_group *g)
{
    kafc_error last = g->trouble;
    bool known = last.code != KAFC_OK;
    (void)kafc__error(
        &g->trouble, KAFC_ERR_TIMED_OUT,
        "group %.100s: no heartbeat was answered for session.timeout.ms (%d)%s%.250s", g->name,
        (int)g->cfg.session_timeout_ms, known ? "; the last: " : "", known ? last.message : "");
    g->trouble.broker = known ? last.broker : g->node;
    g->trouble.api = KAFC_API_HEARTBEAT;
    g->silence_told = true;
    kafc__log(&kafc__core_config(g->core)->log, KAFC_LOG_WARN, "%s", g->trouble.message);
}

/* Not heard of the coordinator for the whole session: another one may be asked. */
static void session(struct kafc_group *g)
{
    int64_t now = kafc__core_now(g->core);
    int64_t end = g->heard_at + (int64_t)g->cfg.session_timeout_ms * 1000;
    if (now >= end) {
        if (!g->silence_told)
            tell_silence(g);
        kafc__group_unfind(g);
        g->heard_at = now;
        end = now + (int64_t)g->cfg.session_timeout_ms * 1000;
    }
    kafc__group_wake(g, end);
}

static void beat_work(struct kafc_group *g)
{
    if (!beats(g))
        return;
    session(g);
    if (g->node < 0 || g->beating)
        return;
    if (g->beat_at <= kafc__core_now(g->core))
        beat(g);
    else
        kafc__group_wake(g, g->beat_at);
}

/* --- What is due ------------------------------------------------------------------------------------- */

/* The leader's part between JoinGroup and SyncGroup. */
static void lead(struct kafc_group *g)
{
    kafc_error why = { .broker = -1, .api = -1, .version = -1 };
    bool due = g->state == KAFC_GROUP_SYNCING && g->leader && !g->assigned &&
               g->not_before <= kafc__core_now(g->core);
    kafc_err rc = KAFC_OK;
    if (due && !g->member_v)
        rc = kafc__group_lead(g, &why);
    if (due && rc == KAFC_OK && kafc__group_lead_ready(g))
        rc = kafc__group_lead_assign(g, &why);
    if (rc != KAFC_OK && rc == why.code) {
        kafc_error as = why;
        (void)kafc__error(&why, rc, "JoinGroup: %.300s", as.message);
    }
    if (rc == KAFC_ERR_NO_MEMORY) { /* all of it again */
        g->member_v = NULL;
        g->result.n = 0;
        kafc__arena_reset(&g->lead);
        g->not_before = kafc__core_now(g->core) + MEMORY_US;
        kafc__group_wake(g, g->not_before);
    } else if (rc != KAFC_OK) {
        explain(g, &g->rq, rc, &why);
        kafc__group_doubt(g, KAFC_GROUP_FATAL, &why);
    }
}

void kafc__group_rpc_work(struct kafc_group *g)
{
    lead(g);
    if (g->rpc == KAFC_GROUP_NOTHING) {
        enum kafc_group_rpc which = needed(g);
        if (which != KAFC_GROUP_NOTHING && g->not_before > kafc__core_now(g->core))
            kafc__group_wake(g, g->not_before);
        else if (which != KAFC_GROUP_NOTHING)
            start(g, which);
    }
    beat_work(g);
}
