/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Marks of a consumer with a group, and what was delivered. Any thread, one at
 * a time for a partition.
 */
#include "core/consumer_group_internal.h"

static void is_dirty(struct kafc_consumer_group *cg)
{
    if (!atomic_exchange(&cg->dirty, true))
        kafc__core_poke(cg->core, &cg->member);
}

/* The place where it can be marked; NULL with the reason. Lock held. */
static struct kafc_place *place_for(struct kafc_consumer_group *cg, const char *topic, int32_t id,
                                    uint64_t stamp, kafc_err *why)
{
    struct kafc_place *place = kafc__place_find(cg->c, topic, id);

    *why = KAFC_ERR_NOT_ASSIGNED;
    if (place && (atomic_load(&place->gone) ||
                  (stamp == 0 ? place->since && !place->known : place->since > stamp)))
        return NULL;
    if ((place && !place->since && stamp) || (!place && (cg->c->subscribed || stamp)))
        return NULL;
    if (place)
        return place;
    *why = KAFC_ERR_NO_MEMORY;
    place = kafc__place_new(cg->c, topic, id, 0);
    kafc__place_unref(place); /* the list has it */
    return place;
}

static kafc_err refused(kafc_err code, const char *topic, int32_t id, kafc_error *err)
{
    if (code == KAFC_ERR_NO_MEMORY)
        return kafc__error(err, code, "out of memory for a mark of %.200s [%d]", topic, id);
    return kafc__error(
        err, code, "%.200s [%d] cannot be marked: it is not owned, or was lost since", topic, id);
}

static kafc_err mark_slowly(struct kafc_consumer_group *cg, const kafc_message *m, kafc_error *err)
{
    struct kafc_place *place;
    kafc_err code;

    if (!m || !m->topic)
        return kafc__error(err, KAFC_ERR_USAGE, "mark needs a message");
    kafc__lock(&cg->c->lock);
    place = place_for(cg, m->topic, m->partition, m->stamp, &code);
    if (place)
        kafc__place_mark(place, m->offset + 1, m->leader_epoch, NULL, false);
    kafc__unlock(&cg->c->lock);
    if (!place)
        return refused(code, m->topic, m->partition, err);
    is_dirty(cg);
    return KAFC_OK;
}

kafc_err kafc__cg_mark(struct kafc_consumer_group *cg, const struct kafc_taker *t,
                       const kafc_message *m, kafc_error *err)
{
    const struct kafc_fetched *b = t->current;

    if (b && m && b->place && m->topic == b->topic->s && m->partition == b->partition &&
        m->stamp == b->stamp && atomic_load_explicit(&cg->dirty, memory_order_relaxed) &&
        kafc__place_mark_quickly(b->place, m->offset + 1, m->leader_epoch))
        return KAFC_OK;
    return mark_slowly(cg, m, err);
}

kafc_err kafc__cg_mark_offsets(struct kafc_consumer_group *cg, kafc_offset *v, int32_t n,
                               kafc_error *err)
{
    kafc_err code = KAFC_OK;

    for (int32_t i = 0; i < n; i++) {
        struct kafc_place *place = NULL;
        bool has = v[i].metadata && *v[i].metadata;
        struct kafc_name *metadata = has ? kafc__name_new(&cg->cfg.mem, v[i].metadata) : NULL;

        v[i].result = KAFC_ERR_NO_MEMORY;
        kafc__lock(&cg->c->lock);
        if (metadata || !has)
            place = place_for(cg, v[i].topic, v[i].partition, v[i].stamp, &v[i].result);
        if (place) {
            kafc__place_mark(place, v[i].offset, kafc__epoch_given(v[i].leader_epoch), metadata,
                             true);
            v[i].result = KAFC_OK;
        }
        kafc__unlock(&cg->c->lock);
        kafc__name_unref(metadata);
        if (place)
            is_dirty(cg);
        else if (code == KAFC_OK)
            code = refused(v[i].result, v[i].topic, v[i].partition, err);
    }
    return code;
}

int32_t kafc__cg_delivered(struct kafc_consumer_group *cg, kafc_offset *out, int32_t cap)
{
    struct kafc_consumer *c = cg->c;
    int32_t n = 0;

    kafc__lock(&c->lock);
    for (struct kafc_consumer_partition *p =
             KAFC_LIST_FIRST(&c->partitions, struct kafc_consumer_partition, node);
         p; p = KAFC_LIST_NEXT(&c->partitions, p, struct kafc_consumer_partition, node)) {
        int64_t at = kafc__cp_position(p);
        bool inside = p->taker == &c->taker &&
                      at > p->position; /* the reader's thread knows its batch */
        int32_t epoch = inside     ? p->taker->current->cursor.batch.header.leader_epoch
                        : p->taker ? -1
                                   : p->epoch;

        if (p->dead || !p->delivered || at < 0 || !p->place || p->place->committed == at)
            continue;
        if (n < cap)
            out[n] = (kafc_offset){ .topic = p->topic->s,
                                    .partition = p->id,
                                    .leader_epoch = epoch == 0 ? KAFC_ZERO : epoch,
                                    .offset = at,
                                    .stamp = p->stamp };
        n++;
    }
    kafc__unlock(&c->lock);
    return n;
}
