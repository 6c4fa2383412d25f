/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What members say that they had, for the sticky assignors: read from the user
 * data or the subscription, contradictions settled by generation. Claims on
 * what is not there any more are dropped. Pure; one thread at a time.
 */
#include <stdlib.h>

#include "core/assignor_internal.h"
#include "protocol/blob/sticky.h"
#include "protocol/schema.h"
#include "protocol/wire.h"

/* Sticky: as version 1, else as version 0, else nothing was said. */
static void read_sticky(struct kafc_assign_run *r, kafc_bytes data,
                        struct kafc_sticky_user_data *out)
{
    for (int16_t version = 1; version >= 0 && data.len > 0; version--) {
        struct kafc_rd rd;
        kafc__rd_init(&rd, data.p, (size_t)data.len);
        if (kafc__msg_decode_front(&rd, &kafc_sticky_user_data_schema, out, version, r->arena,
                                   NULL) == KAFC_OK)
            return;
    }
    kafc__msg_defaults(&kafc_sticky_user_data_schema, out);
}

/* Cooperative: what the subscription has no field for stands in the user data. */
static int32_t read_generation(const struct kafc_consumer_subscription *sub)
{
    if (sub->generation_id != -1 || sub->user_data.len < 4)
        return sub->generation_id;
    return (int32_t)kafc__load32(sub->user_data.p);
}

/* Those of a topic that are there, behind the n claims so far. */
static int32_t add(const struct kafc_assign_run *r, int32_t *v, int32_t n, kafc_str topic,
                   const int32_t *parts, int32_t nparts)
{
    int32_t t = kafc__assign_find_topic(r, topic);

    for (int32_t i = 0; t >= 0 && i < nparts; i++)
        if (parts[i] >= 0 && parts[i] < kafc__assign_count(r, t))
            v[n++] = r->first[t] + parts[i];
    return n;
}

static bool read_claims_data(struct kafc_assign_run *r,
                             const struct kafc_consumer_subscription *sub, struct kafc_ints *out,
                             int32_t *generation)
{
    struct kafc_sticky_user_data data;
    size_t n = 0;

    read_sticky(r, sub->user_data, &data);
    *generation = data.generation;
    for (int32_t i = 0; i < data.previous_assignment.n; i++)
        n += (size_t)data.previous_assignment.v[i].partitions.n;
    out->v = kafc__assign_ints(r, n, 0);
    if (!out->v)
        return false;
    for (int32_t i = 0; i < data.previous_assignment.n; i++) {
        const struct kafc_sticky_user_data_topic *t = &data.previous_assignment.v[i];
        out->n = add(r, out->v, out->n, t->topic, t->partitions.v, t->partitions.n);
    }
    return true;
}

static bool read_claims_fields(struct kafc_assign_run *r,
                               const struct kafc_consumer_subscription *sub, struct kafc_ints *out,
                               int32_t *generation)
{
    size_t n = 0;

    *generation = read_generation(sub);
    for (int32_t i = 0; i < sub->owned_partitions.n; i++)
        n += (size_t)sub->owned_partitions.v[i].partitions.n;
    out->v = kafc__assign_ints(r, n, 0);
    if (!out->v)
        return false;
    for (int32_t i = 0; i < sub->owned_partitions.n; i++) {
        const struct kafc_consumer_subscription_topic *t = &sub->owned_partitions.v[i];
        out->n = add(r, out->v, out->n, t->topic, t->partitions.v, t->partitions.n);
    }
    return true;
}

/* The highest generation has it; two of the same have it neither. last: whose claim the next is held against. */
static void settle(struct kafc_claims *c, int32_t m, int32_t p, int32_t *last)
{
    int32_t other = last[p];

    if (other >= 0 && c->generation[m] < c->generation[other])
        return;
    if (other >= 0 && c->generation[m] == c->generation[other]) {
        c->twice[p] = true;
        c->holder[p] = -1;
    } else {
        c->holder[p] = m;
    }
    last[p] = m;
}

kafc_err kafc__claims_read(struct kafc_assign_run *r, struct kafc_claims *c, bool from_user_data)
{
    int32_t *last = kafc__assign_ints(r, (size_t)r->nparts, -1);

    c->of = kafc__arena_array(r->arena, (size_t)r->nmembers, sizeof(*c->of));
    c->generation = kafc__assign_ints(r, (size_t)r->nmembers, 0);
    c->holder = kafc__assign_ints(r, (size_t)r->nparts, -1);
    c->twice = kafc__arena_array(r->arena, (size_t)r->nparts, sizeof(*c->twice));
    c->max = -1;
    if (!last || !c->of || !c->generation || !c->holder || !c->twice)
        return kafc__assign_no_memory(r);
    for (int32_t i = 0; i < r->nmembers; i++) {
        int32_t m = r->number[i];
        const struct kafc_consumer_subscription *sub = &r->in->members[i].sub;
        if (!(from_user_data ? read_claims_data : read_claims_fields)(r, sub, &c->of[m],
                                                                      &c->generation[m]))
            return kafc__assign_no_memory(r);
        c->max = c->generation[m] > c->max ? c->generation[m] : c->max;
        for (int32_t j = 0; j < c->of[m].n; j++)
            settle(c, m, c->of[m].v[j], last);
    }
    return KAFC_OK;
}

kafc_err kafc__claims_hold_back(struct kafc_assign_run *r, const struct kafc_claims *c)
{
    enum { SOMEBODY = 1, OWNER = 2 };
    char *had = kafc__arena_alloc(r->arena, (size_t)r->nparts);

    if (!had)
        return kafc__assign_no_memory(r);
    for (int32_t m = 0; m < r->nmembers; m++)
        for (int32_t i = 0; i < c->of[m].n; i++)
            had[c->of[m].v[i]] |= r->owner[c->of[m].v[i]] == m ? OWNER : SOMEBODY;
    for (int32_t p = 0; p < r->nparts; p++)
        if (r->owner[p] >= 0 && had[p] == SOMEBODY)
            kafc__assign_take(r, p);
    return KAFC_OK;
}
