/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Which broker coordinates a group or a transactional id: keys fall into
 * slots, as real ones fall into partitions of an internal topic, and a slot
 * has one broker at a time, which must load it first.
 */
#include "base/hash.h"
#include "mock/txn.h"

static uint32_t place(kafc_str key)
{
    return kafc__fnv1a(key.p ? key.p : "", (size_t)key.len) % KAFC_MOCK_SLOTS;
}

const struct kafc_mslot *kafc__mock_slot(const struct kafc_cluster *c, kafc_mock_coordination what,
                                         kafc_str key)
{
    return &c->slot[what == KAFC_MOCK_GROUPS][place(key)];
}

kafc_err kafc__mock_coordinates(const struct kafc_cluster *c, kafc_mock_coordination what,
                                kafc_str key, const struct kafc_mbroker *b)
{
    const struct kafc_mslot *s = kafc__mock_slot(c, what, key);

    if (s->broker != b->id)
        return KAFC_ERR_NOT_COORDINATOR;
    return s->ready_at > c->now ? KAFC_ERR_COORDINATOR_LOAD_IN_PROGRESS : KAFC_OK;
}

static void give(struct kafc_cluster *c, struct kafc_mslot *s, int32_t broker)
{
    s->broker = broker;
    s->ready_at = c->now + (int64_t)c->opt.coordinator_load_ms * 1000;
    kafc__mgroups_reload(c, s);
}

static struct kafc_mslot *nth(struct kafc_cluster *c, int i)
{
    return &c->slot[i / KAFC_MOCK_SLOTS][i % KAFC_MOCK_SLOTS];
}

void kafc__mock_coordinators_init(struct kafc_cluster *c)
{
    for (int i = 0; i < 2 * KAFC_MOCK_SLOTS; i++)
        nth(c, i)->broker = i % c->nbrokers + 1;
}

void kafc__mock_coordinators_move(struct kafc_cluster *c, int32_t from)
{
    for (int i = 0; i < 2 * KAFC_MOCK_SLOTS; i++) {
        int32_t next = -1;

        if (nth(c, i)->broker != from)
            continue;
        for (int32_t k = 0; next < 0 && k < c->nbrokers; k++) {
            const struct kafc_mbroker *b = &c->broker[(from + i + k) % c->nbrokers];

            if (b->running && b->listed)
                next = b->id;
        }
        give(c, nth(c, i), next);
    }
}

void kafc__mock_coordinators_take(struct kafc_cluster *c, int32_t broker)
{
    for (int i = 0; i < 2 * KAFC_MOCK_SLOTS; i++)
        if (nth(c, i)->broker < 0 || nth(c, i)->broker == broker)
            give(c, nth(c, i), broker);
}

kafc_err kafc__cluster_set_coordinator(struct kafc_cluster *c, kafc_mock_coordination what,
                                       const char *key, int32_t broker)
{
    if (!key || (broker != -1 && !kafc__mock_broker(c, broker)))
        return KAFC_ERR_USAGE;
    give(c, &c->slot[what == KAFC_MOCK_GROUPS][place((kafc_str){ key, (int32_t)strlen(key) })],
         broker);
    return KAFC_OK;
}

int32_t kafc__cluster_coordinator(const struct kafc_cluster *c, kafc_mock_coordination what,
                                  const char *key)
{
    return key ? kafc__mock_slot(c, what, (kafc_str){ key, (int32_t)strlen(key) })->broker : -1;
}
