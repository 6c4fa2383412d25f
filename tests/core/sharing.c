/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Simple assignors. They share topics that all members want; a member that
 * does not want one gets nothing of it.
 */
#include "tests/core/sharing.h"

#include <string.h>

static bool wants(const struct kafc_group_subscriber *m, const char *topic)
{
    for (int32_t i = 0; i < m->subscription.topics.n; i++)
        if ((size_t)m->subscription.topics.v[i].len == strlen(topic) &&
            !memcmp(m->subscription.topics.v[i].p, topic, strlen(topic)))
            return true;
    return false;
}

/* Whose it is according to the newest generation, or -1. */
static int32_t owner_of(const struct kafc_group_subscriber *m, int32_t n, const char *topic,
                        int32_t p)
{
    int32_t who = -1;
    for (int32_t i = 0; i < n; i++)
        for (int32_t k = 0; k < m[i].subscription.owned_partitions.n; k++) {
            const struct kafc_consumer_subscription_topic *t =
                &m[i].subscription.owned_partitions.v[k];
            if ((size_t)t->topic.len != strlen(topic) ||
                memcmp(t->topic.p, topic, strlen(topic)) != 0)
                continue;
            for (int32_t j = 0; j < t->partitions.n; j++)
                if (t->partitions.v[j] == p && (who < 0 || m[i].subscription.generation_id >
                                                               m[who].subscription.generation_id))
                    who = i;
        }
    return who;
}

static bool give(struct kafc_group_subscriber *m, const char *topic, int32_t p, int32_t most,
                 struct kafc_arena *a)
{
    struct kafc_consumer_assignment *out = &m->assignment;
    if (out->assigned_partitions.n == 0)
        out->assigned_partitions.v = kafc__arena_array(a, 64,
                                                       sizeof(out->assigned_partitions.v[0]));
    if (!out->assigned_partitions.v)
        return false;
    struct kafc_consumer_assignment_topic *t =
        out->assigned_partitions.n ? &out->assigned_partitions.v[out->assigned_partitions.n - 1]
                                   : NULL;
    if (!t || strncmp(t->topic.p, topic, (size_t)t->topic.len) != 0) {
        t = &out->assigned_partitions.v[out->assigned_partitions.n++];
        t->topic = (kafc_str){ topic, (int32_t)strlen(topic) };
        t->partitions.v = kafc__arena_array(a, (size_t)most, sizeof(int32_t));
        if (!t->partitions.v)
            return false;
    }
    t->partitions.v[t->partitions.n++] = p;
    return true;
}

/* The i-th of those that want it, in the order of their ids. */
static int32_t ith(const struct kafc_group_subscriber *m, int32_t n, const char *topic, int32_t i)
{
    int32_t by[64], k = 0;
    for (int32_t j = 0; j < n && k < 64; j++)
        if (wants(&m[j], topic))
            by[k++] = j;
    for (int32_t x = 1; x < k; x++)
        for (int32_t y = x; y > 0; y--) {
            kafc_str l = m[by[y - 1]].id, r = m[by[y]].id;
            int32_t len = l.len < r.len ? l.len : r.len;
            int d = memcmp(l.p, r.p, (size_t)len);
            if (d < 0 || (d == 0 && l.len <= r.len))
                break;
            int32_t t = by[y];
            by[y] = by[y - 1];
            by[y - 1] = t;
        }
    return k ? by[i % k] : -1;
}

static int32_t wanting(const struct kafc_group_subscriber *m, int32_t n, const char *topic)
{
    int32_t k = 0;
    for (int32_t i = 0; i < n; i++)
        k += wants(&m[i], topic);
    return k;
}

static kafc_err in_turn(void *ctx, const struct kafc_group_topic *topics, int32_t ntopics,
                        struct kafc_group_subscriber *m, int32_t n, struct kafc_arena *a,
                        kafc_error *err)
{
    (void)ctx, (void)err;
    for (int32_t t = 0; t < ntopics; t++)
        for (int32_t p = 0; p < topics[t].partitions; p++) {
            int32_t who = ith(m, n, topics[t].name, p);
            if (who >= 0 && !give(&m[who], topics[t].name, p, topics[t].partitions, a))
                return KAFC_ERR_NO_MEMORY;
        }
    return KAFC_OK;
}

/* Fair for each topic by itself. What has to move is given to nobody until its owner has let go of it. */
static kafc_err kept(void *ctx, const struct kafc_group_topic *topics, int32_t ntopics,
                     struct kafc_group_subscriber *m, int32_t n, struct kafc_arena *a,
                     kafc_error *err)
{
    (void)ctx, (void)err;
    for (int32_t t = 0; t < ntopics; t++) {
        int32_t parts = topics[t].partitions, k = wanting(m, n, topics[t].name);
        int32_t *has = kafc__arena_array(a, (size_t)n + 1, sizeof(*has));
        int32_t most = k ? (parts + k - 1) / k : 0, extra = k ? parts % k : 0;
        if (!has)
            return KAFC_ERR_NO_MEMORY;
        bool *taken = kafc__arena_array(a, (size_t)parts + 1, sizeof(*taken));
        if (!taken)
            return KAFC_ERR_NO_MEMORY;
        for (int32_t p = 0; p < parts; p++) { /* what stays */
            int32_t who = owner_of(m, n, topics[t].name, p);
            taken[p] = who >= 0; /* or was let go of: for the next round */
            if (who < 0 || !wants(&m[who], topics[t].name))
                continue;
            bool full = has[who] + 1 > most || (has[who] + 1 == most && parts % k && extra == 0);
            if (full)
                continue;
            has[who]++;
            extra -= parts % k && has[who] == most;
            if (!give(&m[who], topics[t].name, p, parts, a))
                return KAFC_ERR_NO_MEMORY;
        }
        for (int32_t p = 0; k && p < parts; p++) {
            int32_t who = 0;
            if (taken[p])
                continue;
            for (int32_t i = 0, best = INT32_MAX; i < n; i++)
                if (wants(&m[i], topics[t].name) && has[i] < best)
                    best = has[who = i];
            has[who]++;
            if (!give(&m[who], topics[t].name, p, parts, a))
                return KAFC_ERR_NO_MEMORY;
        }
    }
    return KAFC_OK;
}

const struct kafc_group_assignor sharing_in_turn = { .name = "in-turn", .assign = in_turn };
const struct kafc_group_assignor sharing_kept = { .name = "kept",
                                                  .cooperative = true,
                                                  .assign = kept };
