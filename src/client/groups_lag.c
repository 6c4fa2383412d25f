/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc_admin_group_lags: what groups have committed, who reads what of them,
 * and the ends of the logs, put together.
 */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "client/admin.h"
#include "client/groups.h"
#include "client/parts.h"

/* What the caller gets, and what it points into. */
struct lags {
    kafc_group_lags pub;
    kafc_group_descriptions *described;
    kafc_offsets_of_groups *committed;
    kafc_metadata *meta; /* of brokers that do not list what is committed */
};

struct lag {
    struct kafc_admin *k;
    const char *const *name;
    int32_t n;
    struct lags *l;
    struct kafc_arena *arena; /* of l */
    kafc_group_lag *v;
    kafc_partition_lag **row;              /* by group */
    kafc_error described, committed, ends; /* the first errors; code KAFC_OK: none */
};

void kafc_group_lags_free(kafc_group_lags *pub)
{
    struct lags *l = (struct lags *)(void *)pub;
    if (!l)
        return;
    kafc_group_descriptions_free(l->described);
    kafc_offsets_of_groups_free(l->committed);
    kafc_metadata_free(l->meta);
    kafc__piece_free(l);
}

/* What one has committed. */
struct found {
    const kafc_offset *v;
    const int64_t *lag; /* NULL: to be counted */
    int32_t n;
};

/* A part of the time that is left: who is not to be reached leaves some for what is asked next. */
static int share_of_time(const struct kafc_admin *k, int parts)
{
    int ms = kafc__left_ms(k->deadline);
    return ms > 0 ? (ms + parts - 1) / parts : ms;
}

/* --- Rows ------------------------------------------------------------------------------------ */

static void add(kafc_partition_lag *to, const char *topic, int32_t partition)
{
    *to = (kafc_partition_lag){ .topic = topic,
                                .partition = partition,
                                .committed = KAFC_OFFSET_UNKNOWN,
                                .end = KAFC_OFFSET_UNKNOWN,
                                .lag = KAFC_OFFSET_UNKNOWN };
}

/* By topic and partition; what is known of one in two places becomes one row. */
static int32_t merge(kafc_partition_lag *v, int32_t n)
{
    int32_t kept = n > 0;
    if (n > 1)
        qsort(v, (size_t)n, sizeof(*v), kafc__parts_order);
    for (int32_t i = 1; i < n; i++) {
        kafc_partition_lag *last = &v[kept - 1];
        if (kafc__parts_order(&v[i], last) != 0) {
            v[kept++] = v[i];
            continue;
        }
        if (v[i].committed != KAFC_OFFSET_UNKNOWN || v[i].result != KAFC_OK) {
            last->committed = v[i].committed;
            last->lag = v[i].lag;
            last->result = v[i].result;
        }
        last->member = v[i].member ? v[i].member : last->member;
    }
    return kept;
}

/* false: out of memory. */
static bool put_rows(struct lag *x, int32_t i, const struct found *f)
{
    const kafc_described_group *g = &x->l->described->groups[i];
    int32_t n = 0;
    size_t room = (size_t)f->n;
    for (int32_t m = 0; m < g->nmembers; m++)
        room += (size_t)g->members[m].nassigned;
    kafc_partition_lag *v = kafc__arena_array(x->arena, room, sizeof(*v));
    for (int32_t k = 0; v && k < f->n; k++, n++) {
        add(&v[n], f->v[k].topic, f->v[k].partition);
        v[n].committed = f->v[k].offset;
        v[n].lag = f->lag ? f->lag[k] : KAFC_OFFSET_UNKNOWN;
        v[n].result = f->v[k].result;
    }
    for (int32_t m = 0; v && m < g->nmembers; m++)
        for (int32_t k = 0; k < g->members[m].nassigned; k++) {
            add(&v[n], g->members[m].assigned[k].topic, g->members[m].assigned[k].partition);
            v[n++].member = &g->members[m];
        }
    x->row[i] = v;
    x->v[i].partitions = v;
    x->v[i].npartitions = v ? merge(v, n) : 0;
    return v != NULL;
}

/* --- Brokers that do not list what a group has committed ------------------------------------------ */

/* Each partition that there is is asked for; those with an offset are kept. */
static kafc_err search(struct lag *x, int32_t group, struct found *f)
{
    struct kafc_admin *k = x->k;
    kafc_metadata **m = &x->l->meta;
    kafc_err rc = *m ? KAFC_OK
                     : kafc_client_metadata(k->c, NULL, KAFC_ALL_TOPICS, kafc__left_ms(k->deadline),
                                            m, &x->committed);
    size_t room = 0;
    int32_t all = 0, kept = 0;
    for (int32_t t = 0; rc == KAFC_OK && t < (*m)->ntopics; t++)
        room += (size_t)(*m)->topics[t].npartitions;
    kafc_offset *v = kafc__arena_array(&k->arena, room, sizeof(*v));
    for (int32_t t = 0; rc == KAFC_OK && v && t < (*m)->ntopics; t++)
        for (int32_t p = 0; p < (*m)->topics[t].npartitions; p++)
            v[all++] = (kafc_offset){ .topic = (*m)->topics[t].name,
                                      .partition = (*m)->topics[t].partitions[p].id };
    if (rc == KAFC_OK && v)
        rc = kafc_client_committed(k->c, x->name[group], v, all, kafc__left_ms(k->deadline),
                                   &x->committed);
    for (int32_t i = 0; v && i < all; i++)
        if (v[i].offset != KAFC_OFFSET_UNKNOWN)
            v[kept++] = v[i];
    f->v = v;
    f->n = v ? kept : 0;
    return v ? rc : KAFC_ERR_NO_MEMORY;
}

/* --- Share groups ----------------------------------------------------------------------------- */

/* Where one has come to, as if it were committed; what is left to be delivered the broker says itself. */
static kafc_err share(struct lag *x, int32_t group, struct found *f)
{
    struct kafc_admin *k = x->k;
    kafc_share_offsets *o;
    const char *topic = NULL;
    kafc_err rc = kafc_admin_share_group_offsets(k->c, &x->name[group], 1,
                                                 kafc__left_ms(k->deadline), &o, &x->committed);
    f->n = o ? o->groups[0].noffsets : 0;
    kafc_offset *v = kafc__arena_array(&k->arena, (size_t)f->n, sizeof(*v));
    int64_t *lag = kafc__arena_array(&k->arena, (size_t)f->n, sizeof(*lag));
    for (int32_t i = 0; v && lag && i < f->n; i++) {
        const kafc_share_offset *from = &o->groups[0].offsets[i];
        topic = kafc__piece_again(x->arena, kafc__str(from->topic), topic);
        v[i] = (kafc_offset){ .topic = topic,
                              .partition = from->partition,
                              .offset = from->start,
                              .result = from->result };
        lag[i] = from->lag;
    }
    f->v = v;
    f->lag = lag;
    rc = o && o->groups[0].result == KAFC_OK ? KAFC_OK : rc; /* partitions have their own */
    kafc_share_offsets_free(o);
    return v && lag ? rc : KAFC_ERR_NO_MEMORY;
}

/* --- Ends ------------------------------------------------------------------------------------- */

static void put_end(kafc_partition_lag *row, const kafc_offset_query *q)
{
    if (row->result == KAFC_OK)
        row->result = q->result;
    row->end = q->result == KAFC_OK ? q->offset : KAFC_OFFSET_UNKNOWN;
    if (row->lag != KAFC_OFFSET_UNKNOWN || row->committed == KAFC_OFFSET_UNKNOWN ||
        row->end == KAFC_OFFSET_UNKNOWN)
        return;
    row->lag = row->end > row->committed ? row->end - row->committed : 0;
}

/* Each partition is asked for once, whoever reads it. */
static kafc_err ends(struct lag *x, kafc_isolation isolation)
{
    struct kafc_admin *k = x->k;
    size_t room = 0;
    int32_t n = 0, kept;
    for (int32_t i = 0; i < x->n; i++)
        room += (size_t)x->v[i].npartitions;
    kafc_offset_query *q = kafc__arena_array(&k->arena, room, sizeof(*q));
    if (!q)
        return KAFC_ERR_NO_MEMORY;
    for (int32_t i = 0; i < x->n; i++)
        for (int32_t p = 0; p < x->v[i].npartitions; p++)
            q[n++] = (kafc_offset_query){ .topic = x->row[i][p].topic,
                                          .partition = x->row[i][p].partition,
                                          .at = KAFC_LAST };
    kept = kafc__sort_once(q, n, sizeof(*q), kafc__parts_order);
    kafc_err rc = kafc_client_offsets(k->c, q, kept, isolation, kafc__left_ms(k->deadline),
                                      &x->ends);
    x->ends.code = rc;
    for (int32_t i = 0; i < x->n; i++)
        for (int32_t p = 0; p < x->v[i].npartitions; p++) {
            kafc_partition_lag *row = &x->row[i][p];
            const kafc_offset_query *end = bsearch(row, q, (size_t)kept, sizeof(*q),
                                                   kafc__parts_order);
            if (end) /* it is there */
                put_end(row, end);
            int64_t room_left = INT64_MAX - x->v[i].lag; /* brokers may say any number */
            if (row->lag > 0)
                x->v[i].lag += row->lag < room_left ? row->lag : room_left;
        }
    return rc;
}

/* --- Together ---------------------------------------------------------------------------------- */

/* There is no such group, or none that can be told of: no error, if it has offsets. */
static bool is_absent(kafc_err code)
{
    return code == KAFC_ERR_GROUP_ID_NOT_FOUND || code == KAFC_ERR_UNSUPPORTED;
}

static kafc_err put_group(struct lag *x, int32_t i)
{
    const kafc_described_group *g = &x->l->described->groups[i];
    const kafc_offsets_of_group *o = &x->l->committed->groups[i];
    struct found f = { .v = o->offsets, .n = o->noffsets };
    bool is_share = g->result == KAFC_OK && strcmp(g->type, "share") == 0;
    kafc_err rc = is_share                            ? share(x, i, &f)
                  : o->result == KAFC_ERR_UNSUPPORTED ? search(x, i, &f)
                                                      : o->result;
    if (rc == KAFC_ERR_NO_MEMORY || !put_rows(x, i, &f))
        return KAFC_ERR_NO_MEMORY;
    x->v[i].group = g->group;
    x->v[i].description = g->result == KAFC_OK ? g : NULL;
    x->v[i].result = g->result != KAFC_OK && (!is_absent(g->result) || f.n == 0) ? g->result : rc;
    return KAFC_OK;
}

static kafc_err give(const kafc_error *why, kafc_error *err)
{
    *err = *why;
    return why->code;
}

/* The first group's that has one, in the words of who found it; then those of partitions. */
static kafc_err verdict(const struct lag *x, kafc_error *err)
{
    for (int32_t i = 0; i < x->n; i++) {
        kafc_err rc = x->v[i].result;
        if (rc == KAFC_OK)
            continue;
        bool by_description = x->l->described->groups[i].result == rc;
        const kafc_error *why = by_description ? &x->described : &x->committed;
        return why->code == rc && strstr(why->message, x->name[i])
                   ? give(why, err)
                   : kafc__error(err, rc, "group '%.200s': %s", x->name[i], kafc_err_text(rc));
    }
    if (x->ends.code != KAFC_OK)
        return give(&x->ends, err);
    for (int32_t i = 0; i < x->n; i++)
        for (int32_t p = 0; p < x->v[i].npartitions; p++)
            if (x->row[i][p].result != KAFC_OK)
                return kafc__error(err, x->row[i][p].result, "group %.150s, %.249s [%d]: %s",
                                   x->name[i], x->row[i][p].topic, (int)x->row[i][p].partition,
                                   kafc_err_text(x->row[i][p].result));
    return KAFC_OK;
}

static kafc_err put_together(struct lag *x, kafc_isolation isolation)
{
    struct kafc_admin *k = x->k;
    struct lags *l = x->l;
    x->v = kafc__arena_array(x->arena, (size_t)x->n, sizeof(*x->v));
    x->row = kafc__arena_array(&k->arena, (size_t)x->n, sizeof(*x->row));
    if (!x->v || !x->row)
        return kafc__admin_no_memory("the lags", k->err);
    l->pub.groups = x->v;
    l->pub.ngroups = x->n;
    (void)kafc_admin_describe_groups(k->c, x->name, x->n, share_of_time(k, 3), &l->described,
                                     &x->described);
    if (!l->described)
        return give(&x->described, k->err);
    (void)kafc_admin_offsets_of_groups(k->c, x->name, x->n, true, share_of_time(k, 2), &l->committed,
                                       &x->committed);
    if (!l->committed)
        return give(&x->committed, k->err);
    kafc_err rc = KAFC_OK;
    for (int32_t i = 0; i < x->n && rc == KAFC_OK; i++)
        rc = put_group(x, i);
    if (rc == KAFC_OK)
        rc = ends(x, isolation);
    return rc == KAFC_ERR_NO_MEMORY ? kafc__admin_no_memory("the lags", k->err)
                                    : verdict(x, k->err);
}

kafc_err kafc_admin_group_lags(kafc_client *c, const char *const *groups, int32_t n,
                               kafc_isolation isolation, int timeout_ms, kafc_group_lags **out,
                               kafc_error *err)
{
    struct kafc_admin k;
    if (!out)
        return kafc__error(err, KAFC_ERR_USAGE, "there is no place for the lags");
    *out = NULL;
    kafc_err rc = kafc__admin_begin(&k, c, timeout_ms, err);
    if (rc != KAFC_OK)
        return rc;
    rc = kafc__sweep_check("group", groups, n, k.err);
    if (rc != KAFC_OK)
        return kafc__admin_end(&k, rc);
    struct lags *l = kafc__piece_new(&c->mem, sizeof(*l));
    if (!l)
        return kafc__admin_end(&k, kafc__admin_no_memory("the lags", k.err));
    struct lag x = { .k = &k, .name = groups, .n = n, .l = l, .arena = kafc__piece_arena(l) };
    rc = put_together(&x, isolation);
    if (rc == KAFC_ERR_NO_MEMORY || !l->committed)
        kafc_group_lags_free(&l->pub);
    else
        *out = &l->pub;
    return kafc__admin_end(&k, rc);
}
