/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The leader's part of a classic group: what the members want, how many
 * partitions that is, and who gets them. Also how subscriptions and assignments
 * are packed. The driver's thread.
 */
#include "core/group_internal.h"
#include "protocol/wire.h"

#include <stdlib.h>

enum { ASSIGNMENT = 3, NEWEST = 3 };

bool kafc__group_blob(const struct kafc_schema *s, const void *msg, int16_t version,
                      struct kafc_arena *a, kafc_bytes *out)
{
    size_t size;
    struct kafc_wr w;
    if (kafc__msg_size(s, msg, version, &size, NULL, NULL) != KAFC_OK || size > INT32_MAX - 2)
        return false;
    void *p = kafc__arena_alloc(a, size + 2);
    if (!p)
        return false;
    kafc__wr_init(&w, p, size + 2, NULL);
    kafc__wr_i16(&w, version);
    *out = (kafc_bytes){ p, (int32_t)size + 2 };
    return kafc__msg_encode(&w, s, msg, version, NULL) == KAFC_OK;
}

kafc_err kafc__group_unblob(const struct kafc_schema *s, kafc_bytes in, void *msg,
                            struct kafc_arena *a, kafc_error *err)
{
    struct kafc_rd r;
    if (in.len < 2)
        return kafc__error(err, KAFC_ERR_PROTOCOL, "%s of %d bytes", s->name, (int)in.len);
    kafc__rd_init(&r, in.p, (size_t)in.len);
    int16_t version = kafc__rd_i16(&r);
    if (version < 0)
        return kafc__error(err, KAFC_ERR_PROTOCOL, "%s of version %d", s->name, version);
    return kafc__msg_decode_front(&r, s, msg, version < NEWEST ? version : NEWEST, a, err);
}

void kafc__group_unwatch(struct kafc_group *g, struct kafc_group_watch *v, int32_t n)
{
    for (int32_t i = 0; i < n; i++)
        kafc__meta_drop(g->core, v[i].t, false);
    kafc__free(&g->cfg.mem, v);
}

/* A member whose subscription cannot be read gets nothing. */
static kafc_err read_members(struct kafc_group *g, struct kafc_group_subscriber *v)
{
    for (int32_t i = 0; i < g->joined.members.n; i++) {
        const struct kafc_join_group_resp_member *m = &g->joined.members.v[i];
        kafc_error err;
        v[i].id = m->member_id;
        v[i].instance = m->group_instance_id;
        kafc__msg_defaults(&kafc_consumer_subscription_schema, &v[i].subscription);
        kafc__msg_defaults(&kafc_consumer_assignment_schema, &v[i].assignment);
        kafc_err rc = kafc__group_unblob(&kafc_consumer_subscription_schema, m->metadata,
                                         &v[i].subscription, &g->round, &err);
        if (rc == KAFC_ERR_NO_MEMORY)
            return rc;
        if (rc == KAFC_OK)
            continue;
        kafc__msg_defaults(&kafc_consumer_subscription_schema, &v[i].subscription);
        kafc__group_say(g, KAFC_LOG_WARN, "member %.*s has a subscription that cannot be read: %s",
                        m->member_id.len > 99 ? 99 : (int)m->member_id.len, m->member_id.p,
                        err.message);
    }
    return KAFC_OK;
}

static int by_text(const void *a, const void *b)
{
    const kafc_str *x = a, *y = b;
    int32_t n = x->len < y->len ? x->len : y->len;
    int d = memcmp(x->p, y->p, (size_t)n);
    return d ? d : (x->len > y->len) - (x->len < y->len);
}

/* The topics of all members, each once, sorted. */
static kafc_str *all_topics(struct kafc_group *g, const struct kafc_group_subscriber *m, int32_t n,
                            size_t *count)
{
    size_t all = 0, k = 0;
    for (int32_t i = 0; i < n; i++)
        all += (size_t)m[i].subscription.topics.n;
    kafc_str *v = kafc__arena_array(&g->round, all, sizeof(*v));
    for (int32_t i = 0; v && i < n; i++)
        for (int32_t t = 0; t < m[i].subscription.topics.n; t++) {
            kafc_str s = m[i].subscription.topics.v[t];
            if (s.len > 0 && s.len <= 249 && !memchr(s.p, 0, (size_t)s.len))
                v[k++] = s;
        }
    if (v && k)
        qsort(v, k, sizeof(*v), by_text);
    *count = 0;
    for (size_t i = 0; v && i < k; i++)
        if (*count == 0 || by_text(&v[*count - 1], &v[i]) != 0)
            v[(*count)++] = v[i];
    return v;
}

/* Wanted before the old ones are dropped: what is known stays known. */
static kafc_err watch(struct kafc_group *g, const kafc_str *topic, size_t n)
{
    struct kafc_group_watch *v = kafc__zalloc_array(&g->cfg.mem, n + 1, sizeof(*v));
    int32_t k = 0;
    bool ok = v != NULL;
    for (size_t i = 0; ok && i < n; i++) {
        const char *name = kafc__arena_dup(&g->round, topic[i].p, (size_t)topic[i].len);
        v[k] = (struct kafc_group_watch){ .n = -1 };
        v[k].t = name ? kafc__meta_want(g->core, name, false) : NULL;
        ok = v[k].t != NULL;
        k += ok;
    }
    if (!ok) {
        kafc__group_unwatch(g, v, k);
        return KAFC_ERR_NO_MEMORY;
    }
    kafc__group_unwatch(g, g->watch, g->nwatch);
    g->watch = v;
    g->nwatch = k;
    return KAFC_OK;
}

kafc_err kafc__group_lead(struct kafc_group *g, kafc_error *err)
{
    size_t n;
    struct kafc_group_subscriber *m = kafc__arena_array(&g->round, (size_t)g->joined.members.n + 1,
                                                        sizeof(*m));
    kafc_err rc = m ? read_members(g, m) : KAFC_ERR_NO_MEMORY;
    if (rc != KAFC_OK)
        return rc;
    if (g->joined.members.n < 1)
        return kafc__error(err, KAFC_ERR_INCONSISTENT_GROUP_PROTOCOL,
                           "JoinGroup made this member the leader of nobody");
    kafc_str *topic = all_topics(g, m, g->joined.members.n, &n);
    rc = topic ? watch(g, topic, n) : KAFC_ERR_NO_MEMORY;
    if (rc != KAFC_OK)
        return rc;
    g->member_v = m;
    g->nmembers = g->joined.members.n;
    return KAFC_OK;
}

bool kafc__group_lead_ready(const struct kafc_group *g)
{
    for (int32_t i = 0; i < g->nwatch; i++)
        if (g->watch[i].t->npartitions == 0 && !g->watch[i].t->fresh)
            return false;
    return true;
}

/* Those that exist. What is counted here is what is watched from now on. */
static struct kafc_group_topic *count_topics(struct kafc_group *g, int32_t *n)
{
    struct kafc_group_topic *v = kafc__arena_array(&g->round, (size_t)g->nwatch + 1, sizeof(*v));
    *n = 0;
    for (int32_t i = 0; v && i < g->nwatch; i++) {
        const struct kafc_meta_topic *t = g->watch[i].t;
        g->watch[i].n = t->npartitions;
        if (t->npartitions > 0)
            v[(*n)++] = (struct kafc_group_topic){ t->name, t->npartitions };
    }
    return v;
}

static kafc_err pack(struct kafc_group *g)
{
    int32_t n = g->nmembers;
    g->result.v = kafc__msg_array(&kafc_sync_group_req_assignment_schema, n, &g->round);
    bool ok = g->result.v != NULL;
    for (int32_t i = 0; ok && i < n; i++) {
        g->result.v[i].member_id = g->member_v[i].id;
        ok = kafc__group_blob(&kafc_consumer_assignment_schema, &g->member_v[i].assignment,
                              ASSIGNMENT, &g->round, &g->result.v[i].assignment);
    }
    g->result.n = ok ? n : 0;
    return ok ? KAFC_OK : KAFC_ERR_NO_MEMORY;
}

kafc_err kafc__group_lead_assign(struct kafc_group *g, kafc_error *err)
{
    int32_t n;
    struct kafc_group_topic *topics = count_topics(g, &n);
    kafc_err rc = topics ? KAFC_OK : KAFC_ERR_NO_MEMORY;
    for (int32_t i = 0; i < g->nmembers; i++) /* of an attempt before */
        kafc__msg_defaults(&kafc_consumer_assignment_schema, &g->member_v[i].assignment);
    if (rc == KAFC_OK && !g->skip)
        rc = g->assignor->assign(g->assignor->ctx, topics, n, g->member_v, g->nmembers, &g->round,
                                 err);
    if (rc == KAFC_OK && !g->skip)
        rc = pack(g);
    g->assigned = rc == KAFC_OK;
    return rc;
}
