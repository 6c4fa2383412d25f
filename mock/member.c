/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A member of a group: its id, what protocols it knows, the request of its
 * that waits for an answer.
 */
#include <stdio.h>

#include "base/mem.h"
#include "base/str.h"
#include "mock/group.h"
#include "protocol/api/11_join_group.h"
#include "protocol/api/14_sync_group.h"
#include "protocol/registry.h"

enum {
    ID_PREFIX_MAX = 1000, /* of the client's or instance's name in a member id */
    ID_MAX = ID_PREFIX_MAX + 40,
    ARENA_MAX = 1 << 28
};

static const kafc_str empty = { "", 0 };

/* ---- made and unmade ---- */

struct kafc_mmember *kafc__mmember_find(const struct kafc_list *l, kafc_str id)
{
    KAFC_MOCK_EACH(l, struct kafc_mmember, m)
        if (kafc__str_same(m->id, id))
            return m;
    return NULL;
}

struct kafc_mmember *kafc__mmember_of_instance(const struct kafc_mgroup *g, kafc_str instance)
{
    struct kafc_mmember *m;

    for (m = kafc__mgroup_first(g); m; m = kafc__mgroup_next(g, m))
        if (m->instance.p && instance.p && kafc__str_same(m->instance, instance))
            return m;
    return NULL;
}

static int32_t new_id(struct kafc_cluster *c, kafc_str prefix, char *to)
{
    uint64_t a = kafc__rand_next(&c->rand), b = kafc__rand_next(&c->rand);
    int32_t n = prefix.len < ID_PREFIX_MAX ? prefix.len : ID_PREFIX_MAX;

    if (n > 0)
        memcpy(to, prefix.p, (size_t)n);
    return n + snprintf(to + n, (size_t)(ID_MAX - n), "-%08x-%04x-4%03x-%04x-%012llx",
                        (unsigned)(a >> 32), (unsigned)(a >> 16) & 0xffff, (unsigned)a & 0xfff,
                        0x8000 | ((unsigned)(b >> 48) & 0x3fff),
                        (unsigned long long)(b & 0xffffffffffff));
}

/* A copy at *to, which moves on. */
static kafc_str put(char **to, kafc_str s)
{
    kafc_str copy = { s.p ? *to : NULL, s.len };

    if (s.len > 0)
        memcpy(*to, s.p, (size_t)s.len);
    *to += s.len;
    return copy;
}

struct kafc_mmember *kafc__mmember_new(struct kafc_mrq *rq, kafc_str instance)
{
    struct kafc_mmember *m;
    char id[ID_MAX], *to;
    int32_t len = new_id(rq->c, instance.p ? instance : rq->client_id, id);

    m = kafc__zalloc(&rq->c->mem,
                     sizeof *m + (size_t)len + (size_t)instance.len + (size_t)rq->client_id.len);
    if (!m)
        return NULL;
    to = (char *)(m + 1);
    m->id = put(&to, (kafc_str){ id, len });
    m->instance = put(&to, instance);
    m->client = put(&to, rq->client_id);
    m->expires_at = INT64_MAX;
    m->fresh = true;
    kafc__list_init(&m->node);
    return m;
}

void kafc__mmember_free(struct kafc_cluster *c, struct kafc_mmember *m)
{
    if (!m)
        return;
    kafc__free(&c->mem, m->protocol);
    kafc__free(&c->mem, m->assignment);
    kafc__free(&c->mem, m);
}

/* ---- protocols ---- */

bool kafc__mmember_set(struct kafc_cluster *c, struct kafc_mmember *m,
                       const struct kafc_join_group_req *q)
{
    size_t n = (size_t)q->protocols.n, bytes = 0;
    struct kafc_mprotocol *v;
    char *to;

    for (size_t i = 0; i < n; i++)
        bytes += (size_t)q->protocols.v[i].name.len + (size_t)q->protocols.v[i].metadata.len;
    v = kafc__zalloc(&c->mem, n * sizeof(*v) + bytes + 1);
    if (!v)
        return false;
    to = (char *)(v + n);
    for (size_t i = 0; i < n; i++) {
        const struct kafc_join_group_req_protocol *p = &q->protocols.v[i];
        kafc_str metadata = put(&to, (kafc_str){ p->metadata.p, p->metadata.len });

        v[i].metadata = (kafc_bytes){ metadata.p, metadata.len };
        v[i].name = put(&to, p->name);
    }
    kafc__free(&c->mem, m->protocol);
    m->protocol = v;
    m->nprotocols = q->protocols.n;
    m->session_ms = q->session_timeout_ms;
    m->rebalance_ms = q->rebalance_timeout_ms < 0 ? q->session_timeout_ms : q->rebalance_timeout_ms;
    return true;
}

bool kafc__mmember_matches(const struct kafc_mmember *m, const struct kafc_join_group_req *q)
{
    if (m->nprotocols != q->protocols.n)
        return false;
    for (int32_t i = 0; i < m->nprotocols; i++) {
        const struct kafc_join_group_req_protocol *p = &q->protocols.v[i];
        kafc_str metadata = { p->metadata.p, p->metadata.len };

        if (!kafc__str_same(m->protocol[i].name, p->name) ||
            !kafc__str_same((kafc_str){ m->protocol[i].metadata.p, m->protocol[i].metadata.len },
                             metadata))
            return false;
    }
    return true;
}

const struct kafc_mprotocol *kafc__mmember_protocol(const struct kafc_mmember *m, kafc_str name)
{
    for (int32_t i = 0; i < m->nprotocols; i++)
        if (kafc__str_same(m->protocol[i].name, name))
            return &m->protocol[i];
    return NULL;
}

/* ---- what waits ---- */

void kafc__mmember_unpark(struct kafc_mconn *conn)
{
    if (conn->member)
        conn->member->conn = NULL;
    conn->member = NULL;
}

void kafc__mmember_park(struct kafc_mrq *rq, struct kafc_mmember *m)
{
    if (m->conn) { /* the member asks on another one: nobody answers there any more, as with real brokers */
        m->conn->silent = true;
        kafc__mmember_unpark(m->conn);
    }
    m->version = rq->version;
    m->correlation = rq->correlation;
    m->expires_at = INT64_MAX;
    if (rq->lost)
        return;
    m->conn = rq->conn;
    rq->conn->member = m;
}

static void answer(struct kafc_cluster *c, struct kafc_mmember *m, int16_t api, const void *resp)
{
    struct kafc_mrq rq = { .c = c,
                           .conn = m->conn,
                           .api = kafc__api(api),
                           .version = m->version,
                           .correlation = m->correlation };

    if (!m->conn)
        return;
    kafc__mmember_unpark(rq.conn);
    (void)kafc__mock_answer(&rq, resp,
                            rq.conn->busy_until > c->now ? rq.conn->busy_until - c->now : 0);
}

static bool list(const struct kafc_mgroup *g, struct kafc_arena *arena,
                 struct kafc_join_group_resp *a)
{
    const struct kafc_mmember *m;

    a->members.v = kafc__msg_array(&kafc_join_group_resp_member_schema, kafc__mgroup_size(g),
                                   arena);
    if (!a->members.v)
        return false;
    for (m = kafc__mgroup_first(g); m; m = kafc__mgroup_next(g, m)) {
        struct kafc_join_group_resp_member *to = &a->members.v[a->members.n++];
        const struct kafc_mprotocol *p = kafc__mmember_protocol(m, kafc__str(g->protocol));

        to->member_id = m->id;
        to->group_instance_id = m->instance;
        if (p)
            to->metadata = p->metadata;
    }
    return true;
}

void kafc__mmember_refused(int16_t version, kafc_str id, kafc_err code,
                           struct kafc_join_group_resp *a)
{
    a->error_code = (int16_t)code;
    a->member_id = id;
    a->leader = empty;
    a->protocol_name = version < 7 ? empty : (kafc_str){ NULL, 0 };
}

bool kafc__mmember_generation(const struct kafc_mgroup *g, const struct kafc_mmember *m,
                              struct kafc_arena *arena, struct kafc_join_group_resp *a)
{
    a->generation_id = g->generation;
    a->protocol_type = kafc__str(g->type);
    a->protocol_name = g->protocol ? kafc__str(g->protocol) : empty;
    a->leader = g->leader->id;
    a->member_id = m->id;
    return g->leader != m || list(g, arena, a);
}

void kafc__mmember_assignment(const struct kafc_mgroup *g, const struct kafc_mmember *m,
                              struct kafc_sync_group_resp *a)
{
    a->protocol_type = kafc__str(g->type);
    a->protocol_name = kafc__str(g->protocol);
    a->assignment = (kafc_bytes){ m->assignment ? (const void *)m->assignment : "",
                                  m->assignment_len };
}

void kafc__mmember_answer_join(struct kafc_cluster *c, const struct kafc_mgroup *g,
                               struct kafc_mmember *m, kafc_err code)
{
    struct kafc_join_group_resp a;
    struct kafc_arena arena;

    m->joining = false;
    if (!m->conn)
        return;
    kafc__arena_init(&arena, &c->mem, ARENA_MAX);
    kafc__msg_defaults(&kafc_join_group_resp_schema, &a);
    if (code)
        kafc__mmember_refused(m->version, code == KAFC_ERR_UNKNOWN_MEMBER_ID ? empty : m->id, code,
                              &a);
    else if (!kafc__mmember_generation(g, m, &arena, &a))
        kafc__mock_closing(c, m->conn);
    answer(c, m, KAFC_API_JOIN_GROUP, &a);
    kafc__arena_fini(&arena);
}

void kafc__mmember_answer_sync(struct kafc_cluster *c, const struct kafc_mgroup *g,
                               struct kafc_mmember *m, kafc_err code)
{
    struct kafc_sync_group_resp a;

    m->syncing = false;
    kafc__msg_defaults(&kafc_sync_group_resp_schema, &a);
    a.error_code = (int16_t)code;
    if (!code)
        kafc__mmember_assignment(g, m, &a);
    answer(c, m, KAFC_API_SYNC_GROUP, &a);
}
