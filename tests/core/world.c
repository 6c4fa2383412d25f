/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The virtual world of the core's tests.
 */
#include "tests/core/world.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "protocol/api/03_metadata.h"
#include "protocol/api/17_sasl_handshake.h"

static void keep_line(void *ctx, kafc_log_level level, const char *line)
{
    struct world *w = ctx;
    w->nwarned += level == KAFC_LOG_WARN;
    snprintf(w->log[w->nlog % 200], sizeof(w->log[0]), "%s", line);
    w->nlog++;
}

bool world_logged(const struct world *w, const char *text)
{
    for (int i = 0; i < w->nlog && i < 200; i++)
        if (strstr(w->log[i], text))
            return true;
    return false;
}

void world_init(struct world *w, const char *brokers)
{
    memset(w, 0, sizeof(*w));
    w->cfg = (struct kafc_core_config){
        .brokers = brokers,
        .client_id = "test",
        .connect_timeout_us = 1000000,
        .request_timeout_us = 2000000,
        .retry_backoff_us = 100000,
        .retry_backoff_max_us = 1000000,
        .reconnect_backoff_us = 50000,
        .reconnect_backoff_max_us = 1000000,
        .metadata_max_age_us = 300000000,
        .connections_max_idle_us = 60000000,
        .receive_max = 1 << 20,
        .seed = 1,
        .log = { .level = KAFC_LOG_DEBUG, .sink = keep_line, .ctx = w },
    };
    w->now = 1000000;
    w->metadata_max = 127;
    w->chunk = 1 << 20;
    w->controller = -1;
}

bool world_start(struct world *w)
{
    kafc_error err = { 0 };
    w->core = kafc__core_new(&w->cfg, w->now, 0, &err);
    return w->core != NULL;
}

void world_fini(struct world *w)
{
    kafc__core_free(w->core);
    for (int i = 0; i < WORLD_LINKS; i++)
        if (w->link[i].used)
            peer_fini(&w->link[i].peer);
}

struct world_node *world_node(struct world *w, int32_t id, const char *host, int32_t port)
{
    ck_assert_int_lt(w->nnodes, WORLD_NODES);
    struct world_node *n = &w->node[w->nnodes++];
    *n = (struct world_node){ .id = id, .host = host, .port = port, .up = true };
    return n;
}

struct world_topic *world_topic(struct world *w, const char *name, int32_t n, int32_t leader)
{
    ck_assert_int_lt(w->ntopics, WORLD_TOPICS);
    struct world_topic *t = &w->topic[w->ntopics++];
    *t = (struct world_topic){ .name = name, .n = n };
    t->id.b[0] = (uint8_t)w->ntopics;
    for (int i = 0; i < n; i++)
        t->leader[i] = leader;
    return t;
}

static void fill_topic(struct peer *p, const struct world_topic *t,
                       struct kafc_metadata_resp_topic *r)
{
    r->error_code = t->error;
    r->name = (kafc_str){ t->name, (int32_t)strlen(t->name) };
    if (t->error)
        return;
    r->topic_id = t->id;
    r->partitions.n = t->n;
    r->partitions.v = kafc__msg_array(&kafc_metadata_resp_partition_schema, t->n, &p->arena);
    for (int i = 0; i < t->n; i++) {
        r->partitions.v[i].partition_index = i;
        r->partitions.v[i].leader_id = t->leader[i];
        r->partitions.v[i].leader_epoch = t->epoch[i];
        r->partitions.v[i].error_code = t->leader[i] < 0 ? KAFC_ERR_LEADER_NOT_AVAILABLE : KAFC_OK;
    }
}

static struct world_topic *find_topic(struct world *w, kafc_str name)
{
    for (int i = 0; i < w->ntopics; i++)
        if (strlen(w->topic[i].name) == (size_t)name.len &&
            !memcmp(w->topic[i].name, name.p, (size_t)name.len))
            return &w->topic[i];
    return NULL;
}

static void answer_topics(struct world *w, struct peer *p, const struct kafc_metadata_req *req,
                          int16_t version, struct kafc_metadata_resp *resp)
{
    bool all = req->topics.n < 0 || (version == 0 && req->topics.n == 0);
    int32_t n = all ? w->ntopics : req->topics.n;
    resp->topics.n = n;
    resp->topics.v = kafc__msg_array(&kafc_metadata_resp_topic_schema, n, &p->arena);
    for (int32_t i = 0; i < n; i++) {
        struct world_topic *t = all ? &w->topic[i] : find_topic(w, req->topics.v[i].name);
        struct world_topic none = { .name = all ? ""
                                                : kafc__arena_dup(
                                                      &p->arena, req->topics.v[i].name.p,
                                                      (size_t)req->topics.v[i].name.len) };
        if (!t && w->auto_create && req->allow_auto_topic_creation) {
            world_topic(w, none.name, 1, 1); /* there next time */
            none.error = KAFC_ERR_LEADER_NOT_AVAILABLE;
            fill_topic(p, &none, &resp->topics.v[i]);
        } else {
            none.error = KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION;
            fill_topic(p, t ? t : &none, &resp->topics.v[i]);
        }
    }
    for (int32_t i = 0; all && i < resp->topics.n;) /* what is denied is left out, where nobody named it */
        if (resp->topics.v[i].error_code == KAFC_ERR_TOPIC_AUTHORIZATION_FAILED)
            resp->topics.v[i] = resp->topics.v[--resp->topics.n];
        else
            i++;
}

static void answer_metadata(struct world *w, struct world_link *l, const struct peer_request *q)
{
    struct kafc_metadata_req req;
    struct kafc_metadata_resp resp;
    peer_decode(&l->peer, q, &req);
    ck_assert_int_lt(w->nasked, WORLD_ASKED);
    struct world_asked *a = &w->asked[w->nasked++];
    *a = (struct world_asked){ .version = q->h.version,
                               .n = req.topics.n,
                               .create = req.allow_auto_topic_creation,
                               .at = w->now,
                               .node = l->node };
    if (req.topics.n > 0)
        snprintf(a->first, sizeof(a->first), "%.*s", (int)req.topics.v[0].name.len,
                 req.topics.v[0].name.p);
    kafc__msg_defaults(q->api->resp, &resp);
    resp.controller_id = w->controller;
    resp.error_code = w->refuse;
    w->refuse = 0;
    resp.brokers.v = kafc__msg_array(&kafc_metadata_resp_broker_schema, w->nnodes + w->crowd,
                                     &l->peer.arena);
    for (int i = 0; i < w->nnodes; i++)
        if (!w->node[i].hidden && w->node[i].id >= 0) {
            struct kafc_metadata_resp_broker *b = &resp.brokers.v[resp.brokers.n++];
            b->node_id = w->node[i].id;
            b->host = (kafc_str){ w->node[i].host, (int32_t)strlen(w->node[i].host) };
            b->port = w->node[i].port;
        }
    for (int32_t i = 0; i < w->crowd; i++)
        resp.brokers.v[resp.brokers.n++] = (struct kafc_metadata_resp_broker){ .node_id = 1000 + i,
                                                                               .host = { "x", 1 },
                                                                               .port = 1 };
    answer_topics(w, &l->peer, &req, q->h.version, &resp);
    peer_answer(&l->peer, q, &resp);
}

/* No login is wanted. */
static void answer_handshake(struct world_link *l, const struct peer_request *q)
{
    struct kafc_sasl_handshake_resp resp;
    kafc__msg_defaults(q->api->resp, &resp);
    resp.error_code = KAFC_ERR_ILLEGAL_SASL_STATE;
    peer_answer(&l->peer, q, &resp);
}

static void serve(struct world *w, struct world_link *l)
{
    struct peer_request q;
    while (l->node && peer_next(&l->peer, &q)) {
        if (q.h.api == KAFC_API_API_VERSIONS)
            peer_versions(&l->peer, &q, w->metadata_max);
        else if (l->node->silent)
            continue;
        else if (q.h.api == KAFC_API_METADATA)
            answer_metadata(w, l, &q);
        else if (q.h.api == KAFC_API_SASL_HANDSHAKE)
            answer_handshake(l, &q);
        else if (w->serve)
            w->serve(w, l, &q);
    }
}

static void deliver(struct world *w, struct world_link *l)
{
    size_t at = 0;
    while (l->node && at < l->peer.nout) {
        void *room;
        size_t n;
        kafc__core_recv_room(w->core, l->id, &room, &n);
        if (!n)
            return; /* gone: CLOSE follows */
        n = n < w->chunk ? n : w->chunk;
        n = n < l->peer.nout - at ? n : l->peer.nout - at;
        memcpy(room, l->peer.out + at, n);
        at += n;
        kafc__core_received(w->core, l->id, n, w->now);
    }
    l->peer.nout = 0;
}

static struct world_link *find_link(struct world *w, uint32_t id)
{
    for (int i = 0; i < WORLD_LINKS; i++)
        if (w->link[i].used && w->link[i].id == id)
            return &w->link[i];
    ck_abort_msg("no link %u", id);
    return NULL;
}

static void open_link(struct world *w, const struct kafc_action *a)
{
    struct world_node *node = NULL;
    for (int i = 0; i < w->nnodes; i++)
        if (!strcmp(w->node[i].host, a->host) && w->node[i].port == a->port)
            node = &w->node[i];
    ck_assert_msg(node != NULL, "nobody is at %s:%d", a->host, a->port);
    ck_assert_int_gt(a->deadline, w->now);
    node->opened_at[node->opened++ % 64] = w->now;
    for (int i = 0; i < WORLD_LINKS; i++)
        ck_assert(!w->link[i].used || w->link[i].id != a->link); /* never used again */
    if (node->refuses) {
        kafc__core_closed(w->core, a->link, node->refuses, "the moon is wrong", w->now);
        return;
    }
    if (!node->up && !node->blackhole) {
        kafc__core_closed(w->core, a->link, KAFC_ERR_CONNECT, "connection refused", w->now);
        return;
    }
    for (int i = 0; i < WORLD_LINKS; i++)
        if (!w->link[i].used) {
            w->link[i] = (struct world_link){ .id = a->link, .node = node, .used = true };
            peer_init(&w->link[i].peer);
            if (!node->blackhole)
                kafc__core_opened(w->core, a->link, w->now);
            return;
        }
    ck_abort_msg("too many links");
}

static void send_link(struct world *w, struct world_link *l)
{
    struct iovec iov[4];
    int n;
    while ((n = kafc__core_send_iov(w->core, l->id, iov, 4, w->now)) > 0) {
        size_t left = w->chunk;
        for (int i = 0; i < n && left; i++) {
            size_t take = iov[i].iov_len < left ? iov[i].iov_len : left;
            peer_take(&l->peer, iov[i].iov_base, take);
            left -= take;
        }
        kafc__core_sent(w->core, l->id, w->chunk - left, w->now);
    }
}

void world_step(struct world *w)
{
    kafc__core_tick(w->core, w->now, w->now / 1000);
    struct kafc_action a;
    for (kafc__core_next(w->core, &a); a.kind != KAFC_ACTION_NONE; kafc__core_next(w->core, &a)) {
        if (a.kind == KAFC_ACTION_OPEN)
            open_link(w, &a);
        else if (a.kind == KAFC_ACTION_SEND)
            send_link(w, find_link(w, a.link));
        else {
            struct world_link *l = find_link(w, a.link);
            ck_assert_ptr_nonnull(l->node);
            l->node = NULL;
            w->nclosed++;
        }
    }
    for (int i = 0; i < WORLD_LINKS; i++)
        if (w->link[i].used && w->link[i].node)
            serve(w, &w->link[i]);
    for (int i = 0; i < WORLD_LINKS && !w->hold; i++)
        if (w->link[i].used && w->link[i].node)
            deliver(w, &w->link[i]);
}

static bool quiet(struct world *w)
{
    if (!kafc__core_sleep(w->core))
        return false;
    kafc__core_awake(w->core);
    return kafc__core_deadline(w->core) > w->now;
}

void world_run(struct world *w, int64_t until)
{
    for (int rounds = 0;; rounds++) {
        ck_assert_int_lt(rounds, 100000); /* a core that never comes to rest */
        world_step(w);
        if (!quiet(w))
            continue;
        int64_t at = kafc__core_deadline(w->core);
        if (at > until)
            break;
        w->now = at;
    }
    w->now = until;
    kafc__core_tick(w->core, w->now,
                    w->now / 1000); /* so that what is asked next is asked at this time */
}

void world_cut(struct world *w, struct world_node *n)
{
    for (int i = 0; i < WORLD_LINKS; i++)
        if (w->link[i].used && w->link[i].node == n) {
            w->link[i].node = NULL;
            kafc__core_closed(w->core, w->link[i].id, KAFC_ERR_DISCONNECTED, "end of stream",
                              w->now);
        }
}
