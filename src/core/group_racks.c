/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Racks, for the leader of a classic group (KIP-881): those of each partition's
 * replicas, as assignors want them, and a number that changes when they do. The
 * driver's thread.
 */
#include "base/hash.h"
#include "core/group_internal.h"

/* Do they matter to the assignor that was chosen? */
bool kafc__group_racks_matter(const struct kafc_group *g)
{
    bool matter = g->assignor->data == KAFC_ASSIGN_DATA_RACK;
    for (int32_t i = 0; i < g->joined.members.n && !matter; i++)
        matter = g->member_v[i].sub.rack_id.len > 0;
    return matter;
}

static kafc_str rack_of(const struct kafc_group *g, int32_t node)
{
    const char *rack = kafc__meta_rack(g->core, node);
    return kafc__str(rack && rack[0] ? rack : NULL);
}

const struct kafc_assign_partition *kafc__group_racks(struct kafc_group *g,
                                                      const struct kafc_meta_topic *t, int32_t n)
{
    struct kafc_assign_partition *v = kafc__arena_array(&g->lead, (size_t)n, sizeof(*v));
    for (int32_t p = 0; v && p < n; p++) {
        const int32_t *node = kafc__meta_replicas(t, p, &v[p].nracks);
        kafc_str *rack = kafc__arena_array(&g->lead, (size_t)v[p].nracks, sizeof(*rack));
        if (!rack)
            return NULL;
        for (int32_t i = 0; i < v[p].nracks; i++)
            rack[i] = rack_of(g, node[i]);
        v[p].racks = rack;
        v[p].leader_rack = rack_of(g, kafc__meta_leader(t, p, NULL));
    }
    return v;
}

/* Of a set: the order of the replicas does not count, nor does a rack that has two of them. */
static bool set_sum(const struct kafc_group *g, const int32_t *node, int32_t n, uint64_t *sum)
{
    *sum = 0;
    for (int32_t i = 0; i < n; i++) {
        const char *rack = kafc__meta_rack(g->core, node[i]);
        bool again = false;
        for (int32_t k = 0; rack && k < i && !again; k++)
            again = strcmp(kafc__meta_rack(g->core, node[k]), rack) == 0;
        if (!rack)
            return false;
        *sum += again ? 0 : kafc__fnv1a(rack, strlen(rack));
    }
    return true;
}

/* 0: not known, since a node is missing, which may only have been stopped for a moment. */
uint64_t kafc__group_racks_sum(const struct kafc_group *g, const struct kafc_meta_topic *t)
{
    uint64_t sum = 1, set;
    for (int32_t p = 0; p < t->npartitions; p++) {
        int32_t n;
        const int32_t *node = kafc__meta_replicas(t, p, &n);
        if (!set_sum(g, node, n, &set))
            return 0;
        sum = sum * UINT64_C(1099511628211) + set;
    }
    return sum;
}
