/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The leader's part of a classic group: what the members want, how many
 * partitions that is, and who gets them. The driver's thread.
 */
#include "core/group_internal.h"

#include <stdlib.h>

void kafc__group_unwatch(struct kafc_group *g, struct kafc_group_watch *v, int32_t n)
{
    for (int32_t i = 0; i < n; i++)
        kafc__meta_drop(g->core, v[i].t, false);
    kafc__free(&g->cfg.mem, v);
}

/* A member whose subscription cannot be read gets nothing. */
static kafc_err read_members(struct kafc_group *g, struct kafc_assign_member *v)
{
    for (int32_t i = 0; i < g->joined.members.n; i++) {
        const struct kafc_join_group_resp_member *m = &g->joined.members.v[i];
        kafc_error err;
        kafc_err rc = kafc__assign_member_read(&v[i], m->member_id, m->group_instance_id,
                                               m->metadata, &g->lead, &err);
        if (rc == KAFC_ERR_NO_MEMORY)
            return rc;
        if (rc == KAFC_OK)
            continue;
        kafc__msg_defaults(&kafc_consumer_subscription_schema, &v[i].sub);
        kafc__group_say(g, KAFC_LOG_WARN, "%s", err.message);
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
static kafc_str *all_topics(struct kafc_group *g, const struct kafc_assign_member *m, int32_t n,
                            size_t *count)
{
    size_t all = 0, k = 0;
    for (int32_t i = 0; i < n; i++)
        all += (size_t)m[i].sub.topics.n;
    kafc_str *v = kafc__arena_array(&g->lead, all, sizeof(*v));
    for (int32_t i = 0; v && i < n; i++)
        for (int32_t t = 0; t < m[i].sub.topics.n; t++) {
            kafc_str s = m[i].sub.topics.v[t];
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

/* How often in a row it was not known; both lists are sorted by name. */
static int missing_before(const struct kafc_group *g, const struct kafc_meta_topic *t, int32_t *at)
{
    while (*at < g->nwatch && strcmp(g->watch[*at].t->name, t->name) < 0)
        ++*at;
    return *at < g->nwatch && g->watch[*at].t == t ? g->watch[*at].missing : 0;
}

/* Wanted before the old ones are dropped: what is known stays known. */
static kafc_err watch(struct kafc_group *g, const kafc_str *topic, size_t n)
{
    struct kafc_group_watch *v = kafc__zalloc_array(&g->cfg.mem, n + 1, sizeof(*v));
    int32_t k = 0, at = 0;
    bool ok = v != NULL;
    for (size_t i = 0; ok && i < n; i++) {
        const char *name = kafc__arena_dup(&g->lead, topic[i].p, (size_t)topic[i].len);
        v[k] = (struct kafc_group_watch){ .n = -1 };
        v[k].t = name ? kafc__meta_want(g->core, name, false) : NULL;
        ok = v[k].t != NULL;
        v[k].missing = ok ? missing_before(g, v[k].t, &at) : 0;
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
    struct kafc_assign_member *m = kafc__arena_array(&g->lead, (size_t)g->joined.members.n + 1,
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
    g->racks = kafc__group_racks_matter(g);
    for (int32_t i = 0; g->racks && i < g->nwatch; i++)
        kafc__meta_want_places(g->core, g->watch[i].t);
    return KAFC_OK;
}

bool kafc__group_lead_ready(const struct kafc_group *g)
{
    for (int32_t i = 0; i < g->nwatch; i++) {
        const struct kafc_meta_topic *t = g->watch[i].t;
        if (!t->fresh && (t->npartitions == 0 || (g->racks && !t->place)))
            return false;
    }
    return true;
}

static int32_t partitions_of(const struct kafc_group_watch *x)
{
    bool gone = x->t->error == KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION && x->missing >= KAFC_GROUP_GONE;
    return gone ? 0 : x->t->npartitions;
}

/* What is counted here is what is watched from now on. */
static bool count_topics(struct kafc_group *g, struct kafc_assign_in *in)
{
    struct kafc_assign_topic *v = kafc__arena_array(&g->lead, (size_t)g->nwatch + 1, sizeof(*v));
    for (int32_t i = 0; v && i < g->nwatch; i++) {
        const struct kafc_meta_topic *t = g->watch[i].t;
        int32_t n = g->watch[i].n = partitions_of(&g->watch[i]);
        v[i] = (struct kafc_assign_topic){ .name = kafc__str(t->name), .npartitions = n };
        v[i].partitions = g->racks ? kafc__group_racks(g, t, n) : NULL;
        g->watch[i].racks = g->racks ? kafc__group_racks_sum(g, t) : 0;
    }
    in->topics = v;
    in->ntopics = g->nwatch;
    return !g->lead.failed;
}

static kafc_err pack(struct kafc_group *g, const struct kafc_assign_in *in,
                     const struct kafc_assigned *got, kafc_error *err)
{
    kafc_bytes *packed;
    kafc_err rc = kafc__assignments_write(in, got, &g->lead, &packed, err);
    if (rc != KAFC_OK)
        return rc;
    g->result.v = kafc__msg_array(&kafc_sync_group_req_assignment_schema, in->nmembers, &g->lead);
    if (!g->result.v)
        return KAFC_ERR_NO_MEMORY;
    for (int32_t i = 0; i < in->nmembers; i++) {
        g->result.v[i].member_id = in->members[i].id;
        g->result.v[i].assignment = packed[i];
    }
    g->result.n = in->nmembers;
    return KAFC_OK;
}

kafc_err kafc__group_lead_assign(struct kafc_group *g, kafc_error *err)
{
    struct kafc_assign_in in = { .members = g->member_v, .nmembers = g->joined.members.n };
    struct kafc_assigned *got;
    kafc_err rc = count_topics(g, &in) ? KAFC_OK : KAFC_ERR_NO_MEMORY;
    if (rc == KAFC_OK && !g->skip)
        rc = kafc__assign(g->assignor, &in, &g->lead, &got, err);
    if (rc == KAFC_OK && !g->skip)
        rc = pack(g, &in, got, err);
    g->assigned = rc == KAFC_OK;
    return rc;
}
