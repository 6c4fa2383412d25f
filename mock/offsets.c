/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The offsets of groups: committed ones, and those that wait for a
 * transaction's end.
 */
#include "base/mem.h"
#include "mock/group.h"

static struct kafc_moffset *find(const struct kafc_mgroup *g, int64_t producer,
                                 const struct kafc_mtopic *t, int32_t partition)
{
    for (int32_t i = 0; i < g->n; i++)
        if (g->v[i].topic == t && g->v[i].partition == partition && g->v[i].producer == producer)
            return &g->v[i];
    return NULL;
}

static struct kafc_moffset *add(struct kafc_cluster *c, struct kafc_mgroup *g)
{
    int32_t cap = g->cap ? 2 * g->cap : 8;
    struct kafc_moffset *v;

    if (g->n == g->cap) {
        v = kafc__realloc_array(&c->mem, g->v, (size_t)cap, sizeof *v);
        if (!v)
            return NULL;
        g->v = v;
        g->cap = cap;
    }
    memset(&g->v[g->n], 0, sizeof *g->v);
    return &g->v[g->n++];
}

static void drop(struct kafc_cluster *c, struct kafc_mgroup *g, struct kafc_moffset *o)
{
    kafc__free(&c->mem, o->metadata);
    *o = g->v[--g->n];
}

kafc_err kafc__mgroup_put(struct kafc_cluster *c, struct kafc_mgroup *g, int64_t producer,
                          struct kafc_mtopic *t, int32_t partition, int64_t offset, int32_t epoch,
                          kafc_str metadata)
{
    struct kafc_moffset *o;
    char *note = NULL;

    if (!t || partition < 0 || partition >= t->npartitions)
        return KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION;
    if (metadata.p && metadata.len > KAFC_MGROUP_METADATA_MAX)
        return KAFC_ERR_OFFSET_METADATA_TOO_LARGE;
    if (metadata.p) {
        note = kafc__strndup(&c->mem, metadata.p, (size_t)metadata.len);
        if (!note)
            return KAFC_ERR_COORDINATOR_NOT_AVAILABLE;
    }
    o = find(g, producer, t, partition);
    if (!o)
        o = add(c, g);
    if (!o) {
        kafc__free(&c->mem, note);
        return KAFC_ERR_COORDINATOR_NOT_AVAILABLE;
    }
    kafc__free(&c->mem, o->metadata);
    *o = (struct kafc_moffset){ .topic = t,
                                .partition = partition,
                                .epoch = epoch,
                                .offset = offset,
                                .producer = producer,
                                .metadata = note,
                                .metadata_len = metadata.p ? metadata.len : 0 };
    return KAFC_OK;
}

const struct kafc_moffset *kafc__mgroup_get(const struct kafc_mgroup *g,
                                            const struct kafc_mtopic *t, int32_t partition,
                                            bool *pending)
{
    *pending = false;
    for (int32_t i = 0; i < g->n; i++)
        *pending |= g->v[i].topic == t && g->v[i].partition == partition && g->v[i].producer >= 0;
    return find(g, -1, t, partition);
}

void kafc__mgroup_settle(struct kafc_cluster *c, struct kafc_mgroup *g, int64_t producer,
                         bool commit)
{
    for (int32_t i = g->n - 1; i >= 0; i--) {
        struct kafc_moffset *old;

        if (g->v[i].producer != producer)
            continue;
        old = commit ? find(g, -1, g->v[i].topic, g->v[i].partition) : NULL;
        if (old) {
            struct kafc_moffset was = *old;

            *old = g->v[i];
            old->producer = -1;
            g->v[i] = was;
        }
        if (commit && !old)
            g->v[i].producer = -1;
        else
            drop(c, g, &g->v[i]);
    }
}

void kafc__mgroup_delete_offset(struct kafc_cluster *c, struct kafc_mgroup *g,
                                const struct kafc_mtopic *t, int32_t partition)
{
    for (int32_t i = g->n - 1; i >= 0; i--)
        if (g->v[i].topic == t && g->v[i].partition == partition)
            drop(c, g, &g->v[i]);
}

void kafc__mgroup_forget_offsets(struct kafc_cluster *c, struct kafc_mgroup *g)
{
    while (g->n)
        drop(c, g, &g->v[g->n - 1]);
    kafc__free(&c->mem, g->v);
    g->v = NULL;
    g->cap = 0;
}

kafc_err kafc__cluster_committed(const struct kafc_cluster *c, const char *group, const char *topic,
                                 int32_t partition, int64_t *offset)
{
    const struct kafc_mgroup *g =
        group ? kafc__mgroup_find(c, (kafc_str){ group, (int32_t)strlen(group) }) : NULL;
    const struct kafc_mpart *p = kafc__mock_part(c, topic, partition);
    const struct kafc_moffset *o;
    bool pending;

    *offset = -1;
    if (!g)
        return KAFC_ERR_GROUP_ID_NOT_FOUND;
    o = p ? kafc__mgroup_get(g, p->topic, partition, &pending) : NULL;
    if (!o)
        return KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION;
    *offset = o->offset;
    return KAFC_OK;
}
