/* SPDX-License-Identifier: BSD-2-Clause
 *
 * How far a group has come in each partition of a reader: what is marked and
 * what of it is committed. The consumer's lock is held, but where it says not;
 * any thread.
 */
#include "core/consumer_internal.h"

struct kafc_place *kafc__place_find(struct kafc_consumer *c, const char *topic, int32_t id)
{
    const struct kafc_consumer_index *x = kafc__index_find(c, topic);
    uint64_t key = (uint32_t)id;

    return x ? kafc__map_get(&x->places, &key, sizeof key) : NULL;
}

struct kafc_place *kafc__place_new(struct kafc_consumer *c, const char *topic, int32_t id,
                                   uint64_t stamp)
{
    struct kafc_place *place = stamp ? NULL : kafc__place_find(c, topic, id);

    if (place)
        return kafc__place_ref(place);
    place = kafc__zalloc(&c->cfg.mem, sizeof *place);
    if (!place)
        return NULL;
    place->mem = c->cfg.mem;
    place->id = id;
    place->key = (uint32_t)id;
    place->since = stamp;
    place->index = kafc__index_of(c, topic);
    if (!place->index ||
        !kafc__map_put(&place->index->places, &place->key, sizeof place->key, place)) {
        kafc__free(&c->cfg.mem, place);
        return NULL;
    }
    place->topic = kafc__name_ref(place->index->name);
    atomic_init(&place->refs, 2); /* the list's, and the caller's */
    atomic_init(&place->marked, -1);
    atomic_init(&place->epoch, KAFC_PLACE_CLOSED);
    place->settled = place->floor = place->committed = -1;
    kafc__list_push(&c->places, &place->node);
    return place;
}

struct kafc_place *kafc__place_ref(struct kafc_place *place)
{
    atomic_fetch_add_explicit(&place->refs, 1, memory_order_relaxed);
    return place;
}

void kafc__place_unref(struct kafc_place *place)
{
    if (!place || atomic_fetch_sub_explicit(&place->refs, 1, memory_order_acq_rel) != 1)
        return;
    kafc_allocator mem = place->mem;
    kafc__name_unref(place->topic);
    kafc__name_unref(place->metadata);
    kafc__free(&mem, place);
}

void kafc__place_drop(struct kafc_place *place)
{
    atomic_store(&place->gone, true);
    place->settled = atomic_load(&place->marked);
    kafc__map_del(&place->index->places, &place->key, sizeof place->key);
    place->index = NULL;
    kafc__list_del(&place->node);
    kafc__place_unref(place);
}

bool kafc__place_is_dirty(const struct kafc_place *place)
{
    int64_t marked = atomic_load_explicit(&place->marked, memory_order_relaxed);

    return marked > place->floor && marked != place->settled;
}

void kafc__place_sought(struct kafc_place *place)
{
    atomic_store_explicit(&place->epoch, KAFC_PLACE_CLOSED, memory_order_relaxed);
    place->fresh = true;
    place->floor = -1;
    place->turn++;
}

bool kafc__place_mark_quickly(struct kafc_place *place, int64_t next, int32_t epoch)
{
    if (atomic_load_explicit(&place->gone, memory_order_relaxed) ||
        atomic_load_explicit(&place->epoch, memory_order_relaxed) != epoch)
        return false;
    if (next > atomic_load_explicit(&place->marked, memory_order_relaxed))
        atomic_store_explicit(&place->marked, next, memory_order_relaxed);
    return true;
}

void kafc__place_mark(struct kafc_place *place, int64_t next, int32_t epoch,
                      struct kafc_name *metadata, bool back)
{
    int64_t was = atomic_load_explicit(&place->marked, memory_order_relaxed);

    back = back || place->fresh;
    if (!back && next <= was)
        return;
    if (back) {
        place->settled = -2;
        place->floor = -1;
        place->turn++;
    }
    place->fresh = false;
    place->mark_epoch = epoch;
    if (metadata != place->metadata) {
        kafc__name_unref(place->metadata);
        place->metadata = metadata ? kafc__name_ref(metadata) : NULL;
    }
    atomic_store_explicit(&place->marked, next, memory_order_relaxed);
    atomic_store_explicit(&place->epoch, metadata ? KAFC_PLACE_CLOSED : epoch,
                          memory_order_relaxed);
}
