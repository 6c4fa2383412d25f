/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Which partition a message goes to: a table of rules by name, and the state
 * that one topic's rule needs. The names of kafka-go, librdkafka and sarama
 * follow their owners for keys, empty keys and null keys alike, so that keys
 * land where those clients put them. Any thread.
 */
#ifndef KAFC_CORE_PARTITIONER_H
#define KAFC_CORE_PARTITIONER_H

#include <stdatomic.h>

#include "base/hash.h"
#include "base/sync.h"
#include <kafc/writer.h>

struct kafc_partitioner_rule;

/* By name, as in docs/PARTITIONERS.md; NULL: there is none such. */
const struct kafc_partitioner_rule *kafc__partitioner_rule(const char *name);
/* The i-th name of the table, for messages and the walk of tests; NULL at the end. */
const char *kafc__partitioner_name(size_t i);

/* The rule that takes keys for none (partitioner.ignore.keys); NULL: without a key this one does not stick. */
const struct kafc_partitioner_rule *kafc__partitioner_keyless(
    const struct kafc_partitioner_rule *rule);

/* What the rules want to know of the topic now. */
struct kafc_partition_view {
    int32_t n; /* > 0 */
    const void *ctx;
    bool (*has_leader)(const void *ctx, int32_t partition); /* one that answers */
    uint32_t (*queued)(const void *ctx, int32_t partition); /* batches that wait or are in flight */
};

/* Answers of kafc__partitioner_pick that are no partitions. */
enum {
    KAFC_PICK_NO_SUCH = -1, /* the callback's answer is out of range */
    KAFC_PICK_NO_MEMORY = -2,
    KAFC_PICK_BY_HAND = -3 /* the message has to name its partition */
};

/* One topic's state. */
struct kafc_partitioner {
    const struct kafc_partitioner_rule *rule;
    bool murmur2;           /* is what rule does to a key */
    kafc_partitioner_fn fn; /* wins over rule */
    void *fn_ctx;
    kafc_allocator mem;
    int64_t sticky_bytes;       /* after so many the sticky partition changes (KIP-794) */
    bool uniform;               /* sticky draws do not look at queues */
    atomic_int_least64_t stuck; /* bytes that went to the sticky partition */
    atomic_int sticky;          /* the partition, or -1 */
    atomic_uint round;          /* the counter of round robin */
    atomic_uint_least64_t
        draw; /* of the random draws: splitmix64 over a counter, so threads share it */
    struct kafc_mutex lock; /* of bytes */
    int64_t *bytes;         /* least_bytes: per partition */
    int32_t nbytes;
};

void kafc__partitioner_init(struct kafc_partitioner *s, const kafc_allocator *mem,
                            const struct kafc_partitioner_rule *rule, int64_t sticky_bytes,
                            uint64_t seed);
void kafc__partitioner_fini(struct kafc_partitioner *s);

/* What most messages want, inline: Java's hash of a key. -1: ask kafc__partitioner_pick(). */
static inline int32_t kafc__partitioner_murmur2(const struct kafc_partitioner *s,
                                                const kafc_message *m, int32_t n)
{
    if (!s->murmur2 || s->fn || m->key.len <= 0)
        return -1;
    return (int32_t)((kafc__murmur2(m->key.p, (size_t)m->key.len) & 0x7fffffff) % (uint32_t)n);
}

/* A partition in [0, n), or KAFC_PICK_*. *sticky says that the
 * sticky partition was taken: kafc__partitioner_stuck() must follow once the message was appended. */
int32_t kafc__partitioner_pick(struct kafc_partitioner *s, const kafc_message *m,
                               const struct kafc_partition_view *v, bool *sticky);
/* bytes more went to the sticky partition; `between`: no batch of it is half full, a good moment to change. */
void kafc__partitioner_stuck(struct kafc_partitioner *s, int32_t partition, size_t bytes,
                             bool between, const struct kafc_partition_view *v);

#endif
