/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The core under any order of events: nodes that come, move and go with each
 * Metadata response, connections that open, fail and end at any moment, topics
 * and members that come and go in the middle of their own news, time that
 * passes. The input is a program. Each request must end exactly once unless it
 * is cancelled, and the core must come to rest.
 *
 * Programs are slow, long ones above all, and weighing what is rare costs more
 * than running them: 2100 runs a second instead of 700.
 * libFuzzer: -entropic=0 -max_len=640
 */
#include <stdlib.h>
#include <string.h>

#include "core/metadata.h"
#include "fuzz/fuzz.h"
#include "fuzz/plugs.h"
#include "protocol/api/02_list_offsets.h"
#include "protocol/api/03_metadata.h"
#include "protocol/api/18_api_versions.h"
#include "protocol/registry.h"

enum { REQUESTS = 8, TOPICS = 4, MEMBERS = 3, NODES = 5 };

struct run;

struct member {
    struct kafc_member m;
    struct run *r;
    bool in;
};

struct run {
    struct plugs x;
    bool over;
    struct kafc_metadata_req msg;
    struct kafc_request rq[REQUESTS];
    bool held[REQUESTS];
    struct kafc_meta_topic *topic[TOPICS];
    struct member member[MEMBERS];
};

static const char *const topic_name[TOPICS] = { "a", "b", "cc", "d" };

/* ---- Who asks ---- */

static void done(struct kafc_request *rq);

static void send(struct run *r, int i)
{
    static const int32_t nodes[] = { KAFC_ANY_NODE, KAFC_CONTROLLER_NODE, 0, 1, 2, 3, 4, 99 };
    if (r->held[i] || r->over)
        return;
    kafc__request_init(&r->rq[i], &kafc_metadata_api, &r->msg);
    r->rq[i].done = done;
    r->rq[i].owner = r;
    r->rq[i].timeout_us = (int64_t)1000 << (next(&r->x) % 14);
    r->held[i] = true;
    uint8_t where = next(&r->x);
    kafc__core_send(r->x.core, nodes[where % 8], (enum kafc_purpose)(where / 8 % KAFC_PURPOSES),
                    &r->rq[i]);
}

static void cancel(struct run *r, int i)
{
    if (r->held[i])
        kafc__core_cancel(r->x.core, &r->rq[i]);
    r->held[i] = false;
}

static void want(struct run *r, int i, bool create)
{
    if (r->topic[i] || r->over)
        return;
    r->topic[i] = kafc__meta_want(r->x.core, topic_name[i], create);
    must(r->topic[i] != NULL);
    r->topic[i]->creators -= create; /* dropped as a plain one */
}

static void drop(struct run *r, int i)
{
    struct kafc_meta_topic *t = r->topic[i];
    r->topic[i] = NULL;
    if (t)
        kafc__meta_drop(r->x.core, t, false);
}

static void join(struct run *r, int i, bool in)
{
    struct member *m = &r->member[i];
    if (m->in == in)
        return;
    m->in = in;
    if (in)
        kafc__core_add(r->x.core, &m->m);
    else
        kafc__core_remove(r->x.core, &m->m);
}

/* Something that an owner may do in the middle of what it hears. */
static void meddle(struct run *r)
{
    uint8_t what = next(&r->x), i = next(&r->x);
    switch (what % 8) {
    case 0: send(r, i % REQUESTS); break;
    case 1: cancel(r, i % REQUESTS); break;
    case 2: want(r, i % TOPICS, i & 128); break;
    case 3: drop(r, i % TOPICS); break;
    case 4: join(r, i % MEMBERS, i & 128); break;
    case 5:
        kafc__meta_stale(r->x.core);
        must(!kafc__core_trouble(r->x.core) || kafc__core_trouble(r->x.core)->message[0]);
        break;
    case 6:
        if (r->topic[i % TOPICS])
            kafc__meta_hint(r->x.core, r->topic[i % TOPICS], i / 4 % 4, i / 16 % NODES, i / 32,
                            NULL);
        break;
    default:
        if (r->member[i % MEMBERS].in)
            kafc__core_poke(r->x.core, &r->member[i % MEMBERS].m);
        break;
    }
}

static void done(struct kafc_request *rq)
{
    struct run *r = rq->owner;
    long i = rq - r->rq;
    must(r->held[i]);
    r->held[i] = false;
    must((rq->result == KAFC_OK) == (rq->why == NULL));
    must(!rq->why || rq->why->message[0]);
    if (!r->over)
        meddle(r);
}

static void poked(struct kafc_member *m)
{
    struct member *x = KAFC_CONTAINER(m, struct member, m);
    must(x->in);
    meddle(x->r);
}

static void news(struct kafc_member *m, struct kafc_meta_topic *t)
{
    struct member *x = KAFC_CONTAINER(m, struct member, m);
    must(x->in && t->npartitions >= 0);
    for (int32_t i = 0; i < t->npartitions; i++)
        must(kafc__meta_leader(t, i, NULL) == t->partition[i].leader);
    meddle(x->r);
}

/* ---- The other side ---- */

static void lost(struct run *r, struct plug *g, uint8_t how)
{
    static const kafc_err code[] = { KAFC_ERR_CONNECT, KAFC_ERR_RESOLVE, KAFC_ERR_DISCONNECTED,
                                     KAFC_ERR_NO_MEMORY };
    plug_lost(&r->x, g, code[how % 4]);
}

static void fill_brokers(struct run *r, struct kafc_metadata_resp *m, struct kafc_arena *a)
{
    static const char *const host[] = { "h", "i", "", "other" };
    int32_t n = next(&r->x) % 6;
    m->brokers.v = kafc__msg_array(&kafc_metadata_resp_broker_schema, n, a);
    for (m->brokers.n = 0; m->brokers.n < n; m->brokers.n++) {
        struct kafc_metadata_resp_broker *b = &m->brokers.v[m->brokers.n];
        uint8_t x = next(&r->x);
        b->node_id = x % NODES;
        b->host = (kafc_str){ host[x / 8 % 4], (int32_t)strlen(host[x / 8 % 4]) };
        b->port = x / 64;
    }
}

static void fill_topics(struct run *r, struct kafc_metadata_resp *m, struct kafc_arena *a)
{
    static const int16_t code[] = { 0, 0, 0, 0, 3, 5, 29, 15 };
    int32_t n = next(&r->x) % 5;
    m->topics.v = kafc__msg_array(&kafc_metadata_resp_topic_schema, n, a);
    for (m->topics.n = 0; m->topics.n < n; m->topics.n++) {
        struct kafc_metadata_resp_topic *t = &m->topics.v[m->topics.n];
        uint8_t x = next(&r->x), y = next(&r->x);
        t->error_code = code[x / 4 % 8];
        t->name = (kafc_str){ topic_name[x % TOPICS], (int32_t)strlen(topic_name[x % TOPICS]) };
        t->topic_id.b[0] = x / 32;
        t->partitions.n = y % 4;
        t->partitions.v = kafc__msg_array(&kafc_metadata_resp_partition_schema, y % 4, a);
        for (int32_t i = 0; i < t->partitions.n; i++) {
            uint8_t z = next(&r->x);
            t->partitions.v[i].partition_index = y & 128 ? z - 3 : i;
            t->partitions.v[i].leader_id = z % 6 - 1;
            t->partitions.v[i].leader_epoch = z / 32 - 1;
        }
    }
}

static void fill_versions(struct run *r, struct kafc_api_versions_resp *v, struct kafc_arena *a)
{
    uint8_t x = next(&r->x);
    v->error_code = x == 255 ? KAFC_ERR_UNSUPPORTED_VERSION : 0;
    v->api_keys.n = 2;
    v->api_keys.v = kafc__msg_array(&kafc_api_versions_resp_api_schema, 2, a);
    v->api_keys.v[0].api_key = KAFC_API_METADATA;
    v->api_keys.v[0].max_version = x < 200 ? 13 : (int16_t)(x % 14);
    v->api_keys.v[1].api_key = KAFC_API_API_VERSIONS;
    v->api_keys.v[1].max_version = 3;
}

/* The oldest request that came over the plug is answered, well formed. */
static void answer(struct run *r, struct plug *g)
{
    union {
        struct kafc_metadata_resp m;
        struct kafc_api_versions_resp v;
        struct kafc_list_offsets_resp l;
    } resp;
    uint8_t buf[4096];
    struct kafc_arena a;
    struct kafc_wr w;
    struct asked q = plug_next(g);
    if (q.api < 0)
        return;
    const struct kafc_api *api = kafc__api(q.api);
    kafc__arena_init(&a, NULL, 0);
    kafc__msg_defaults(api->resp, &resp);
    if (q.api == KAFC_API_METADATA) {
        fill_brokers(r, &resp.m, &a);
        fill_topics(r, &resp.m, &a);
        uint8_t x = next(&r->x);
        resp.m.controller_id = x % 8;
        resp.m.error_code = x >= 250 && q.version >= 13 ? (int16_t)(x > 252 ? 129 : 35) : 0;
        resp.m.throttle_time_ms = x & 64 && q.version >= 3 ? x : 0;
    } else if (q.api == KAFC_API_API_VERSIONS) {
        fill_versions(r, &resp.v, &a);
    } /* else ListOffsets, which asks whether somebody is there */
    kafc__wr_init(&w, buf + 4, sizeof(buf) - 4, NULL);
    kafc__response_header_put(&w, api, q.version, q.id);
    kafc_error err;
    if (!kafc__msg_encode(&w, api->resp, &resp, q.version, &err)) {
        kafc__store32(buf, (uint32_t)kafc__wr_len(&w));
        plug_feed(&r->x, g, buf, 4 + kafc__wr_len(&w));
    }
    kafc__arena_fini(&a);
}

static void feed_raw(struct run *r, struct plug *g)
{
    size_t n = next(&r->x);
    const uint8_t *p = next_bytes(&r->x, &n);
    plug_feed(&r->x, g, p, n);
}

static bool take(struct run *r, struct plug *g)
{
    uint8_t how = next(&r->x);
    return plug_take(&r->x, g, how < 200 ? 1 << 20 : how - 200u);
}

static void act(struct run *r, const struct kafc_action *a)
{
    struct plug *g = plug_of(&r->x, a->kind == KAFC_ACTION_OPEN ? 0 : a->link);
    if (a->kind == KAFC_ACTION_OPEN) {
        must(!plug_of(&r->x, a->link) && a->host[0] && a->port > 0 && a->deadline > r->x.now);
        if (g)
            g->id = a->link;
        else
            kafc__core_closed(r->x.core, a->link, KAFC_ERR_CONNECT, "no room", r->x.now);
        return;
    }
    must(g != NULL);
    if (a->kind == KAFC_ACTION_CLOSE)
        plug_forget(g);
    else
        (void)take(r, g);
}

/* Ticks and acts until there is nothing more to do at this moment. */
static void settle(struct run *r)
{
    struct kafc_action a;
    for (int rounds = 0;; rounds++) {
        must(rounds < 10000);
        kafc__core_tick(r->x.core, r->x.now, r->x.now / 1000);
        for (kafc__core_next(r->x.core, &a); a.kind; kafc__core_next(r->x.core, &a))
            act(r, &a);
        if (plugs_rest(&r->x))
            return;
    }
}

static void step(struct run *r)
{
    uint8_t op = next(&r->x), arg = next(&r->x);
    struct plug *g = &r->x.plug[arg % 16 < 8 ? arg % 8 : arg % PLUGS];
    switch (op % 8) {
    case 0: meddle(r); break;
    case 1: r->x.now += (int64_t)1 << (arg % 24); break;
    case 2:
        if (g->id && !g->open) {
            g->open = true;
            kafc__core_opened(r->x.core, g->id, r->x.now);
        }
        break;
    case 3:
    case 4:
        if (g->open)
            answer(r, g);
        break;
    case 5:
        if (g->open)
            (void)take(r, g);
        break;
    case 6:
        if (g->id && op < 64)
            lost(r, g, op / 8);
        else if (g->open && op < 128)
            feed_raw(r, g);
        break;
    default: meddle(r); break;
    }
    if (op < 224)
        settle(r);
}

static void finish(struct run *r)
{
    settle(r);
    for (int i = 0; i < TOPICS; i++)
        drop(r, i);
    for (int i = 0; i < MEMBERS; i++)
        join(r, i, false);
    r->over = true;
    kafc__core_free(r->x.core);
    for (int i = 0; i < REQUESTS; i++)
        must(!r->held[i]);
    for (int i = 0; i < PLUGS; i++)
        free(r->x.plug[i].in);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct run *r = calloc(1, sizeof(*r));
    struct kafc_core_config cfg = plugs_config;
    must(r != NULL);
    r->x.p = data;
    r->x.end = data + size;
    r->x.now = next(&r->x);
    cfg.seed = next(&r->x);
    kafc__msg_defaults(&kafc_metadata_req_schema, &r->msg);
    r->x.core = kafc__core_new(&cfg, r->x.now, 0, NULL);
    must(r->x.core != NULL);
    for (int i = 0; i < MEMBERS; i++) {
        r->member[i].r = r;
        r->member[i].m.poked = poked;
        r->member[i].m.topic_news = news;
        kafc__list_init(&r->member[i].m.node);
    }
    while (r->x.p < r->x.end)
        step(r);
    finish(r);
    free(r);
    return 0;
}
