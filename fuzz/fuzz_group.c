/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A member of a group under any order of events: what its owner asks, what a
 * coordinator answers, well formed or not, in time or never, with connections
 * that end at any moment. The input is a program. What the member says that it
 * owns must be consistent at each step, each commit and fetch ends exactly once,
 * and at the end a stop leads to the end.
 * libFuzzer: -entropic=0 -max_len=640
 */
#include <stdlib.h>
#include <string.h>

#include "core/group_internal.h"
#include "fuzz/fuzz.h"
#include "fuzz/plugs.h"
#include "protocol/api/03_metadata.h"
#include "protocol/api/18_api_versions.h"
#include "protocol/registry.h"

enum { CALLS = 4, TOPICS = 3, PARTS = 4, NODES = 3 };
static const char *const topic_name[TOPICS] = { "t", "u", "v" };

struct run {
    struct plugs x;
    struct kafc_group *group;
    bool owns[TOPICS][PARTS], goes[TOPICS][PARTS];
    bool due, left, over;
    uint64_t stamp;
    struct kafc_group_call call[CALLS];
    struct kafc_group_mark mark[CALLS][2];
    bool busy[CALLS];
};

/* --- The owner -------------------------------------------------------------------------- */

static int topic_of(const char *name)
{
    for (int t = 0; t < TOPICS; t++)
        if (!strcmp(name, topic_name[t]))
            return t;
    abort();
}

static void notice(void *ctx, const struct kafc_group_notice *n)
{
    struct run *r = ctx;
    bool lost = n->kind == KAFC_GROUP_LOST;
    if (n->kind == KAFC_GROUP_TOPIC) {
        must(n->why && n->n == 1 && n->v[0].partition == -1 && n->v[0].topic);
        return;
    }
    must(n->stamp >= r->stamp && (n->why != NULL) == (lost || n->kind == KAFC_GROUP_FAILED));
    r->stamp = n->stamp;
    for (int32_t i = 0; i < n->n; i++) {
        int t = topic_of(n->v[i].topic), p = n->v[i].partition;
        must(p >= 0);
        if (p >= PARTS)
            continue; /* there is no such one, says nobody but the leader */
        must(r->owns[t][p] == (n->kind != KAFC_GROUP_ASSIGNED));
        if (n->kind == KAFC_GROUP_REVOKED)
            r->goes[t][p] = true;
        else
            r->owns[t][p] = n->kind == KAFC_GROUP_ASSIGNED;
    }
    if (lost)
        memset(r->goes, 0, sizeof(r->goes));
    if (lost || n->kind == KAFC_GROUP_REVOKED)
        r->due = !lost;
    r->left = n->kind == KAFC_GROUP_LEFT;
}

static void settled(struct run *r)
{
    for (int t = 0; t < TOPICS; t++)
        for (int p = 0; p < PARTS; p++)
            r->owns[t][p] = r->owns[t][p] && !r->goes[t][p];
    memset(r->goes, 0, sizeof(r->goes));
    r->due = false;
    kafc__group_settled(r->group);
}

static void done(struct kafc_group_call *call, kafc_err code, const kafc_error *err)
{
    struct run *r = call->owner;
    long i = call - r->call;
    must(r->busy[i] && (code == KAFC_OK) == (err == NULL));
    r->busy[i] = false;
}

static void ask(struct run *r, uint8_t x)
{
    int i = x % CALLS;
    if (r->busy[i]) {
        if (x & 128) {
            kafc__group_cancel(r->group, &r->call[i]);
            r->busy[i] = false;
        }
        return;
    }
    for (int k = 0; k < 2; k++)
        r->mark[i][k] = (struct kafc_group_mark){ .topic = topic_name[(x / 4 + k) % TOPICS],
                                                  .partition = x / 16 % PARTS,
                                                  .stamp = x & 64 ? r->stamp : 0,
                                                  .offset = x,
                                                  .leader_epoch = -1 };
    r->busy[i] = true;
    r->call[i] = (struct kafc_group_call){ .fetch = x & 32,
                                           .v = r->mark[i],
                                           .n = 1 + (x & 1),
                                           .deadline = r->x.now + 500000,
                                           .done = done,
                                           .owner = r };
    kafc__group_call(r->group, &r->call[i]);
}

static void owner(struct run *r, uint8_t x)
{
    static const char *const wish[] = { "t", "u", "v", "^[tu]", "none", "^v", "t", "^(", "u" };
    switch (x % 8) {
    case 0:
    case 1: (void)kafc__group_subscribe(r->group, wish + x / 8 % 8, 1 + x / 64 % 2, NULL); break;
    case 2: kafc__group_leave(r->group); break;
    case 3:
    case 4:
        if (r->due)
            settled(r);
        break;
    case 5:
        kafc__group_enter(r->group);
        kafc__group_exit(r->group);
        break;
    case 6: ask(r, next(&r->x)); break;
    default: kafc__meta_stale(r->x.core); break;
    }
}

/* --- The other side ------------------------------------------------------------------------- */

static int16_t code_of(struct run *r)
{
    static const int16_t code[] = { 14, 15, 16, 22, 25, 27, 79, 82, 30, 7, 3, 12, 29, 88, 81, -1 };
    uint8_t x = next(&r->x);
    return x < 160 ? 0 : code[x % 16];
}

static void versions(struct kafc_api_versions_resp *v, struct kafc_arena *a)
{
    size_t n;
    const struct kafc_api *const *apis = kafc__apis(&n);
    v->api_keys.v = kafc__msg_array(&kafc_api_versions_resp_api_schema, (int32_t)n, a);
    for (size_t i = 0; i < n; i++)
        v->api_keys.v[v->api_keys.n++] = (struct kafc_api_versions_resp_api){
            .api_key = apis[i]->key, .max_version = apis[i]->pick_max
        };
}

static void metadata(struct run *r, struct kafc_metadata_resp *m, struct kafc_arena *a)
{
    uint8_t x = next(&r->x);
    m->brokers.v = kafc__msg_array(&kafc_metadata_resp_broker_schema, NODES, a);
    for (m->brokers.n = 0; m->brokers.n < NODES; m->brokers.n++) {
        m->brokers.v[m->brokers.n].node_id = m->brokers.n;
        m->brokers.v[m->brokers.n].host = kafc__str("h");
        m->brokers.v[m->brokers.n].port = 1 + m->brokers.n;
    }
    m->topics.v = kafc__msg_array(&kafc_metadata_resp_topic_schema, TOPICS, a);
    for (m->topics.n = 0; m->topics.n < TOPICS; m->topics.n++) {
        struct kafc_metadata_resp_topic *t = &m->topics.v[m->topics.n];
        t->name = kafc__str(topic_name[m->topics.n]);
        t->error_code = x & 1 << m->topics.n && x > 128 ? x % 3 ? 3 : 29 : 0;
        t->partitions.n = t->error_code ? 0 : 1 + x / 16 % PARTS;
        t->partitions.v = kafc__msg_array(&kafc_metadata_resp_partition_schema, t->partitions.n, a);
        for (int32_t i = 0; i < t->partitions.n; i++)
            t->partitions.v[i].partition_index = i;
    }
}

static kafc_bytes junk(struct run *r)
{
    size_t n = next(&r->x) % 24;
    const uint8_t *p = next_bytes(&r->x, &n);
    return (kafc_bytes){ p, (int32_t)n };
}

static kafc_bytes packed(const struct kafc_schema *s, const void *msg, struct kafc_arena *a)
{
    enum { ROOM = 1024 };
    struct kafc_wr w;
    uint8_t *p = kafc__arena_alloc(a, ROOM);
    kafc__wr_init(&w, p, ROOM, NULL);
    kafc__wr_i16(&w, 3);
    must(kafc__msg_encode(&w, s, msg, 3, NULL) == KAFC_OK);
    return (kafc_bytes){ p, (int32_t)kafc__wr_len(&w) };
}

static void join(struct run *r, struct kafc_join_group_resp *j, struct kafc_arena *a)
{
    uint8_t x = next(&r->x);
    struct kafc_consumer_subscription s;
    j->error_code = code_of(r);
    j->generation_id = x == 254 ? -2 : x % 32;
    j->protocol_name = kafc__str(x == 255 ? "b" : r->group->cfg.assignors[0]->name);
    j->member_id = kafc__str(x & 64 ? "m-1" : "m-2");
    j->leader = kafc__str(x & 32 ? "m-1" : "m-2");
    kafc__msg_defaults(&kafc_consumer_subscription_schema, &s);
    s.topics.v = (kafc_str[]){ { "t", 1 }, { "v", 1 }, { "u", 1 } };
    s.topics.n = 1 + x % 3;
    j->members.n = x % 4;
    j->members.v = kafc__msg_array(&kafc_join_group_resp_member_schema, j->members.n, a);
    for (int32_t i = 0; i < j->members.n; i++) {
        j->members.v[i].member_id = kafc__str(i ? "m-3" : j->member_id.p);
        if (x > 200)
            j->members.v[i].metadata = junk(r);
        else
            j->members.v[i].metadata = packed(&kafc_consumer_subscription_schema, &s, a);
    }
}

static void sync(struct run *r, struct kafc_sync_group_resp *y, struct kafc_arena *a)
{
    uint8_t x = next(&r->x);
    struct kafc_consumer_assignment_topic t[3];
    struct kafc_consumer_assignment s;
    int32_t ids[] = { x & 3, x >> 2 & 3, x >> 4 & 3, x == 77 ? -1 : x == 78 ? 99 : 0 };
    y->error_code = code_of(r);
    kafc__msg_defaults(&kafc_consumer_assignment_schema, &s);
    for (int i = 0; i < 3; i++) {
        kafc__msg_defaults(&kafc_consumer_assignment_topic_schema, &t[i]);
        t[i].topic = kafc__str(topic_name[(x + i) % TOPICS]);
        t[i].partitions.v = ids;
        t[i].partitions.n = 1 + x % 4;
    }
    s.assigned_partitions.v = t;
    s.assigned_partitions.n = x / 64;
    if (x == 79)
        y->assignment = junk(r);
    else
        y->assignment = packed(&kafc_consumer_assignment_schema, &s, a);
}

static void find(struct run *r, struct kafc_find_coordinator_resp *f, struct kafc_arena *a)
{
    f->coordinators.v = kafc__msg_array(&kafc_find_coordinator_resp_coordinator_schema, 1, a);
    f->coordinators.n = 1;
    uint8_t x = next(&r->x);
    f->coordinators.v[0].node_id = x % (NODES + 1) - (x == 255);
    f->coordinators.v[0].error_code = code_of(r);
    f->coordinators.v[0].host = kafc__str(x > 200 ? "" : "h");
    f->coordinators.v[0].port = x > 220 ? -1 : x > 180 ? 9 : 1 + x % (NODES + 1);
}

static void commit(struct run *r, struct kafc_offset_commit_resp *c, struct kafc_arena *a)
{
    c->topics.v = kafc__msg_array(&kafc_offset_commit_resp_topic_schema, TOPICS, a);
    for (c->topics.n = 0; c->topics.n < TOPICS; c->topics.n++) {
        struct kafc_offset_commit_resp_topic *t = &c->topics.v[c->topics.n];
        t->name = kafc__str(topic_name[c->topics.n]);
        t->partitions.v = kafc__msg_array(&kafc_offset_commit_resp_partition_schema, PARTS, a);
        for (t->partitions.n = 0; t->partitions.n < PARTS; t->partitions.n++) {
            t->partitions.v[t->partitions.n].partition_index = t->partitions.n;
            t->partitions.v[t->partitions.n].error_code = r->x.p < r->x.end ? code_of(r) : 0;
        }
    }
}

static void offsets(struct run *r, struct kafc_offset_fetch_resp *f, struct kafc_arena *a)
{
    f->groups.v = kafc__msg_array(&kafc_offset_fetch_resp_group_schema, 1, a);
    f->groups.n = 1;
    struct kafc_offset_fetch_resp_group *g = &f->groups.v[0];
    g->error_code = code_of(r);
    g->topics.v = kafc__msg_array(&kafc_offset_fetch_resp_group_topic_schema, TOPICS, a);
    for (g->topics.n = 0; g->topics.n < TOPICS; g->topics.n++) {
        struct kafc_offset_fetch_resp_group_topic *t = &g->topics.v[g->topics.n];
        t->name = kafc__str(topic_name[g->topics.n]);
        t->partitions.v = kafc__msg_array(&kafc_offset_fetch_resp_group_partition_schema, PARTS, a);
        for (t->partitions.n = 0; t->partitions.n < PARTS; t->partitions.n++) {
            struct kafc_offset_fetch_resp_group_partition *p = &t->partitions.v[t->partitions.n];
            p->partition_index = t->partitions.n;
            p->committed_offset = next(&r->x) - 1;
            p->error_code = code_of(r);
        }
    }
}

/* The oldest request that came over the plug is answered, well formed. */
static void answer(struct run *r, struct plug *g)
{
    union {
        struct kafc_metadata_resp m;
        struct kafc_api_versions_resp v;
        struct kafc_find_coordinator_resp f;
        struct kafc_join_group_resp j;
        struct kafc_sync_group_resp y;
        struct kafc_heartbeat_resp h;
        struct kafc_leave_group_resp l;
        struct kafc_offset_commit_resp c;
        struct kafc_offset_fetch_resp o;
    } resp;
    static uint8_t buf[1 << 14];
    struct kafc_arena a;
    struct kafc_wr w;
    struct asked q = plug_next(g);
    if (q.api < 0)
        return;
    const struct kafc_api *api = kafc__api(q.api);
    kafc__arena_init(&a, NULL, 0);
    kafc__msg_defaults(api->resp, &resp);
    switch (q.api) {
    case KAFC_API_METADATA: metadata(r, &resp.m, &a); break;
    case KAFC_API_API_VERSIONS: versions(&resp.v, &a); break;
    case KAFC_API_FIND_COORDINATOR: find(r, &resp.f, &a); break;
    case KAFC_API_JOIN_GROUP: join(r, &resp.j, &a); break;
    case KAFC_API_SYNC_GROUP: sync(r, &resp.y, &a); break;
    case KAFC_API_HEARTBEAT: resp.h.error_code = code_of(r); break;
    case KAFC_API_LEAVE_GROUP: resp.l.error_code = code_of(r); break;
    case KAFC_API_OFFSET_COMMIT: commit(r, &resp.c, &a); break;
    case KAFC_API_OFFSET_FETCH: offsets(r, &resp.o, &a); break;
    default: abort();
    }
    kafc__wr_init(&w, buf + 4, sizeof(buf) - 4, NULL);
    kafc__response_header_put(&w, api, q.version, q.id);
    must(kafc__msg_encode(&w, api->resp, &resp, q.version, NULL) == KAFC_OK);
    size_t n = kafc__wr_len(&w);
    bool spare = q.api == KAFC_API_METADATA || q.api == KAFC_API_API_VERSIONS || n < 10;
    uint8_t x = spare || r->x.p == r->x.end ? 0 : next(&r->x);
    if (x > 246)
        n -= next(&r->x) % (n - 8); /* its end is missing */
    else if (x > 230)
        buf[4 + 8 + next(&r->x) % (n - 8)] = next(&r->x); /* a byte is wrong */
    kafc__store32(buf, (uint32_t)n);
    plug_feed(&r->x, g, buf, 4 + n);
    kafc__arena_fini(&a);
}

static void act(struct run *r, const struct kafc_action *a)
{
    struct plug *g = plug_of(&r->x, a->kind == KAFC_ACTION_OPEN ? 0 : a->link);
    if (a->kind == KAFC_ACTION_OPEN && !g) {
        kafc__core_closed(r->x.core, a->link, KAFC_ERR_CONNECT, "no room", r->x.now);
    } else if (a->kind == KAFC_ACTION_OPEN) {
        g->id = a->link;
        kafc__core_opened(r->x.core, a->link, r->x.now);
    } else if (a->kind == KAFC_ACTION_CLOSE) {
        plug_forget(g);
    } else {
        while (plug_take(&r->x, g, SIZE_MAX))
            ;
    }
}

/* Greetings, and in the end all else too, are answered at once. */
static bool prompt(struct run *r)
{
    bool any = false;
    for (int i = 0; i < PLUGS; i++)
        if (r->x.plug[i].nasked && (r->over || r->x.plug[i].asked[0].api == KAFC_API_API_VERSIONS ||
                                    r->x.plug[i].asked[0].api == KAFC_API_METADATA)) {
            answer(r, &r->x.plug[i]);
            any = true;
        }
    return any;
}

static void settle(struct run *r)
{
    struct kafc_action a;
    for (int rounds = 0;; rounds++) {
        must(rounds < 10000);
        kafc__core_tick(r->x.core, r->x.now, r->x.now / 1000);
        for (kafc__core_next(r->x.core, &a); a.kind; kafc__core_next(r->x.core, &a))
            act(r, &a);
        if (!prompt(r) && plugs_rest(&r->x))
            return;
    }
}

static void step(struct run *r)
{
    uint8_t op = next(&r->x);
    struct plug *g = &r->x.plug[op / 8 % 16];
    switch (op % 8) {
    case 0:
    case 1: owner(r, next(&r->x)); break;
    case 2: r->x.now += (int64_t)1 << (next(&r->x) % 22); break;
    case 3:
        if (op > 200 && g->id)
            plug_lost(&r->x, g, KAFC_ERR_DISCONNECTED);
        break;
    default: /* the next one that has something to answer */
        for (int i = 0; i < PLUGS; i++) {
            g = &r->x.plug[(op / 8 + i) % PLUGS];
            if (g->id && g->nasked) {
                answer(r, g);
                break;
            }
        }
    }
    settle(r);
}

static void finish(struct run *r)
{
    r->over = true;
    r->x.p = r->x.end;
    kafc__group_stop(r->group);
    settle(r);
    for (int i = 0; i < 200 && !(r->left && r->group->state == KAFC_GROUP_STOPPED); i++) {
        if (r->due)
            settled(r);
        settle(r);
        int64_t at = kafc__core_deadline(r->x.core);
        r->x.now = at == INT64_MAX ? r->x.now : at;
    }
    must(r->group->state == KAFC_GROUP_STOPPED && r->left);
    for (int t = 0; t < TOPICS; t++)
        for (int p = 0; p < PARTS; p++)
            must(!r->owns[t][p]);
    kafc__group_free(r->group);
    for (int i = 0; i < CALLS; i++)
        must(!r->busy[i]);
    kafc__core_free(r->x.core);
    for (int i = 0; i < PLUGS; i++)
        free(r->x.plug[i].in);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct run *r = calloc(1, sizeof(*r));
    struct kafc_core_config core = plugs_config;
    must(r != NULL);
    r->x.p = data;
    r->x.end = data + size;
    static const char *const name[] = { "range", "sticky", "cooperative-sticky", "roundrobin" };
    uint8_t x = next(&r->x);
    const struct kafc_assignor *assignor = kafc__assignor(name[x % 4]);
    struct kafc_group_config cfg = { .group = "g",
                                     .instance = x & 4 ? "i" : NULL,
                                     .leave_static = x & 8,
                                     .read_committed = x & 16,
                                     .session_timeout_ms = 1000,
                                     .heartbeat_interval_ms = 100,
                                     .max_poll_interval_ms = 2000,
                                     .assignors = &assignor,
                                     .nassignors = 1,
                                     .notice = notice,
                                     .ctx = r };
    core.seed = x;
    r->x.core = kafc__core_new(&core, r->x.now, 0, NULL);
    r->group = r->x.core ? kafc__group_new(r->x.core, &cfg) : NULL;
    must(r->group != NULL);
    while (r->x.p < r->x.end)
        step(r);
    finish(r);
    free(r);
    return 0;
}
