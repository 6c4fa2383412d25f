/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The partitioners. A rule is three cases: what happens to a key, to an empty
 * key, to none. Called by sending threads without a lock.
 */
#include "core/partitioner.h"

#include "base/hash.h"
#include "base/mem.h"

typedef int32_t (*pick_fn)(struct kafc_partitioner *s, const kafc_message *m,
                           const struct kafc_partition_view *v);

struct kafc_partitioner_rule {
    const char *name;
    pick_fn key, empty, null;
};

/* --- Hashes ---------------------------------------------------------------- */

static int32_t by_murmur2(struct kafc_partitioner *s, const kafc_message *m,
                          const struct kafc_partition_view *v)
{
    (void)s;
    return (int32_t)((kafc__murmur2(m->key.p, (size_t)m->key.len) & 0x7fffffff) % (uint32_t)v->n);
}

static int32_t by_crc32(struct kafc_partitioner *s, const kafc_message *m,
                        const struct kafc_partition_view *v)
{
    (void)s;
    return (int32_t)(kafc__crc32(m->key.p, (size_t)m->key.len) % (uint32_t)v->n);
}

/* kafka-go's Hash and sarama's: the remainder of a signed number, made positive. */
static int32_t by_hash(struct kafc_partitioner *s, const kafc_message *m,
                       const struct kafc_partition_view *v)
{
    (void)s;
    int32_t p = (int32_t)kafc__fnv1a(m->key.p, (size_t)m->key.len) % v->n;
    return p < 0 ? -p : p;
}

static int32_t by_reference(struct kafc_partitioner *s, const kafc_message *m,
                            const struct kafc_partition_view *v)
{
    (void)s;
    return (int32_t)((kafc__fnv1a(m->key.p, (size_t)m->key.len) & 0x7fffffff) % (uint32_t)v->n);
}

/* --- Without a key ------------------------------------------------------------ */

static uint64_t draw(struct kafc_partitioner *s)
{
    uint64_t z = atomic_fetch_add_explicit(&s->draw, 0x9e3779b97f4a7c15u, memory_order_relaxed);
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static int32_t draw_below(struct kafc_partitioner *s, uint64_t n)
{
    return (int32_t)((draw(s) >> 32) * n >> 32);
}

/* librdkafka's: one more draw if the first has no leader. */
static int32_t by_random(struct kafc_partitioner *s, const kafc_message *m,
                         const struct kafc_partition_view *v)
{
    (void)m;
    int32_t p = draw_below(s, (uint64_t)v->n);
    return v->has_leader(v->ctx, p) ? p : draw_below(s, (uint64_t)v->n);
}

static int32_t by_round(struct kafc_partitioner *s, const kafc_message *m,
                        const struct kafc_partition_view *v)
{
    (void)m;
    return (int32_t)(atomic_fetch_add_explicit(&s->round, 1, memory_order_relaxed) %
                     (uint32_t)v->n);
}

/* Java's and sarama's turn passes those that have no leader. */
static int32_t by_round_led(struct kafc_partitioner *s, const kafc_message *m,
                            const struct kafc_partition_view *v)
{
    int32_t p = by_round(s, m, v);
    for (int32_t i = 1; i < v->n && !v->has_leader(v->ctx, p); i++)
        p = by_round(s, m, v);
    return p;
}

static int32_t by_least_bytes(struct kafc_partitioner *s, const kafc_message *m,
                              const struct kafc_partition_view *v)
{
    kafc__lock(&s->lock);
    if (s->nbytes != v->n) {
        int64_t *bytes = kafc__zalloc_array(&s->mem, (size_t)v->n, sizeof(*bytes));
        if (!bytes) {
            kafc__unlock(&s->lock);
            return KAFC_PICK_NO_MEMORY;
        }
        kafc__free(&s->mem, s->bytes);
        s->bytes = bytes;
        s->nbytes = v->n;
    }
    int32_t best = 0;
    for (int32_t i = 1; i < v->n; i++)
        if (s->bytes[i] < s->bytes[best])
            best = i;
    s->bytes[best] += (int64_t)m->key.len + m->value.len;
    kafc__unlock(&s->lock);
    return best;
}

static uint32_t queued_of(const struct kafc_partitioner *s, const struct kafc_partition_view *v,
                          int32_t i)
{
    return s->uniform ? 0 : v->queued(v->ctx, i);
}

/* A draw in which a partition weighs the more, the less it has queued; those without a leader weigh nothing, unless
 * all have none (KIP-794). */
static int32_t draw_weighted(struct kafc_partitioner *s, const struct kafc_partition_view *v)
{
    uint32_t most = 0;
    int32_t led = 0;
    for (int32_t i = 0; i < v->n; i++) {
        if (!v->has_leader(v->ctx, i))
            continue;
        uint32_t q = queued_of(s, v, i);
        most = q > most ? q : most;
        led++;
    }
    if (!led)
        return draw_below(s, (uint64_t)v->n);
    uint64_t total = 0;
    for (int32_t i = 0; i < v->n; i++) {
        uint32_t q = v->has_leader(v->ctx, i) ? queued_of(s, v, i) : UINT32_MAX;
        total += q <= most ? most - q + 1 : 0;
    }
    uint64_t r = total ? draw(s) % total : 0;
    /* The lengths may have changed meanwhile: the last one that has a leader takes what is left. */
    int32_t last = 0;
    for (int32_t i = 0; i < v->n; i++) {
        if (!v->has_leader(v->ctx, i))
            continue;
        uint32_t q = queued_of(s, v, i);
        uint64_t weight = q <= most ? most - q + 1 : 0;
        last = i;
        if (r < weight)
            break;
        r -= weight;
    }
    return last;
}

static int32_t by_sticky(struct kafc_partitioner *s, const kafc_message *m,
                         const struct kafc_partition_view *v)
{
    (void)m;
    int now = atomic_load_explicit(&s->sticky, memory_order_relaxed);
    if (now >= 0 && now < v->n)
        return now;
    int next = draw_weighted(s, v);
    if (!atomic_compare_exchange_strong(&s->sticky, &now, next) && now >= 0 && now < v->n)
        return now;
    return next;
}

/* The message must say it itself. */
static int32_t by_hand(struct kafc_partitioner *s, const kafc_message *m,
                       const struct kafc_partition_view *v)
{
    (void)s;
    (void)m;
    (void)v;
    return KAFC_PICK_BY_HAND;
}

/* --- The table ------------------------------------------------------------------ */

/* docs/PARTITIONERS.md says whose they are; a test holds the two against each other. */
/* clang-format off */
static const struct kafc_partitioner_rule rules[] = {
    /* name                        a key           an empty key    null: no key */
    { "murmur2",                   by_murmur2,     by_murmur2,     by_sticky },
    { "murmur2_consistent",        by_murmur2,     by_murmur2,     by_murmur2 },
    { "murmur2_random",            by_murmur2,     by_murmur2,     by_sticky },
    { "hash",                      by_hash,        by_hash,        by_round },
    { "hash_consistent",           by_hash,        by_hash,        by_hash },
    { "fnv1a",                     by_hash,        by_hash,        by_hash },
    { "fnv1a_random",              by_hash,        by_hash,        by_sticky },
    { "reference_hash",            by_reference,   by_reference,   by_random },
    { "reference_hash_consistent", by_reference,   by_reference,   by_reference },
    { "crc32",                     by_crc32,       by_random,      by_random },
    { "crc32_consistent",          by_crc32,       by_crc32,       by_crc32 },
    { "consistent",                by_crc32,       by_crc32,       by_crc32 },
    { "consistent_random",         by_crc32,       by_sticky,      by_sticky },
    { "round_robin",               by_round,       by_round,       by_round },
    { "least_bytes",               by_least_bytes, by_least_bytes, by_least_bytes },
    { "sticky",                    by_sticky,      by_sticky,      by_sticky },
    { "random",                    by_random,      by_random,      by_sticky },
    { "manual",                    by_hand,        by_hand,        by_hand },

    { "java.default",              by_murmur2,     by_murmur2,     by_sticky },
    { "java.round_robin",          by_round_led,   by_round_led,   by_round_led },
    { "java.uniform_sticky",       by_sticky,      by_sticky,      by_sticky },

    { "librdkafka.random",            by_random,  by_random,  by_sticky },
    { "librdkafka.consistent",        by_crc32,   by_crc32,   by_crc32 },
    { "librdkafka.consistent_random", by_crc32,   by_sticky,  by_sticky },
    { "librdkafka.murmur2",           by_murmur2, by_murmur2, by_murmur2 },
    { "librdkafka.murmur2_random",    by_murmur2, by_murmur2, by_sticky },
    { "librdkafka.fnv1a",             by_hash,    by_hash,    by_hash },
    { "librdkafka.fnv1a_random",      by_hash,    by_hash,    by_sticky },

    { "kafka-go.round_robin",        by_round,       by_round,       by_round },
    { "kafka-go.least_bytes",        by_least_bytes, by_least_bytes, by_least_bytes },
    { "kafka-go.hash",               by_hash,        by_hash,        by_round },
    { "kafka-go.reference_hash",     by_reference,   by_reference,   by_random },
    { "kafka-go.crc32",              by_crc32,       by_random,      by_random },
    { "kafka-go.crc32_consistent",   by_crc32,       by_crc32,       by_crc32 },
    { "kafka-go.murmur2",            by_murmur2,     by_murmur2,     by_random },
    { "kafka-go.murmur2_consistent", by_murmur2,     by_murmur2,     by_murmur2 },

    { "sarama.hash",           by_hash,      by_hash,      by_random },
    { "sarama.reference_hash", by_reference, by_reference, by_random },
    { "sarama.consistent_crc", by_crc32,     by_crc32,     by_random },
    { "sarama.murmur2",        by_murmur2,   by_murmur2,   by_random },
    { "sarama.random",         by_random,    by_random,    by_random },
    { "sarama.round_robin",    by_round_led, by_round_led, by_round_led },
    { "sarama.manual",         by_hand,      by_hand,      by_hand },
};
/* clang-format on */

const struct kafc_partitioner_rule *kafc__partitioner_rule(const char *name)
{
    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
        if (strcmp(rules[i].name, name) == 0)
            return &rules[i];
    return NULL;
}

const struct kafc_partitioner_rule *kafc__partitioner_keyless(
    const struct kafc_partitioner_rule *rule)
{
    return rule->null == by_sticky ? kafc__partitioner_rule("sticky") : NULL;
}

const char *kafc__partitioner_name(size_t i)
{
    return i < sizeof(rules) / sizeof(rules[0]) ? rules[i].name : NULL;
}

void kafc__partitioner_init(struct kafc_partitioner *s, const kafc_allocator *mem,
                            const struct kafc_partitioner_rule *rule, int64_t sticky_bytes,
                            uint64_t seed)
{
    memset(s, 0, sizeof(*s));
    s->rule = rule;
    s->murmur2 = rule->key == by_murmur2;
    s->mem = *mem;
    s->sticky_bytes = sticky_bytes;
    atomic_init(&s->stuck, 0);
    atomic_init(&s->sticky, -1);
    atomic_init(&s->round, 0);
    atomic_init(&s->draw, seed);
    kafc__mutex_init(&s->lock);
}

void kafc__partitioner_fini(struct kafc_partitioner *s)
{
    kafc__free(&s->mem, s->bytes);
    kafc__mutex_fini(&s->lock);
}

int32_t kafc__partitioner_pick(struct kafc_partitioner *s, const kafc_message *m,
                               const struct kafc_partition_view *v, bool *sticky)
{
    *sticky = false;
    if (s->fn) {
        int32_t p = s->fn(s->fn_ctx, m, v->n);
        return p >= 0 && p < v->n ? p : KAFC_PICK_NO_SUCH;
    }
    pick_fn pick = !m->key.p ? s->rule->null : m->key.len == 0 ? s->rule->empty : s->rule->key;
    *sticky = pick == by_sticky;
    return pick(s, m, v);
}

void kafc__partitioner_stuck(struct kafc_partitioner *s, int32_t partition, size_t bytes,
                             bool between, const struct kafc_partition_view *v)
{
    if (atomic_load_explicit(&s->sticky, memory_order_relaxed) != partition)
        return; /* another thread has moved on */
    int64_t n = (int64_t)bytes;
    n += atomic_fetch_add_explicit(&s->stuck, n, memory_order_relaxed);
    if (n < s->sticky_bytes || (!between && n < 2 * s->sticky_bytes))
        return;
    int now = partition;
    if (atomic_compare_exchange_strong(&s->sticky, &now, draw_weighted(s, v)))
        atomic_store_explicit(&s->stuck, 0, memory_order_relaxed);
}
