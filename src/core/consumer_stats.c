/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The metrics of a reader: the table. Any thread.
 */
#include "core/consumer_internal.h"
#include "core/metrics.h"

void kafc__consumer_waited(struct kafc_consumer *c, int64_t us)
{
    kafc__histogram_add(&c->stats.wait_time, us);
}

/* Walks what is read, under the consumer's lock: as long as taking a batch from so many partitions. */
static uint64_t sum(const void *object, uint64_t (*of)(const struct kafc_consumer_partition *))
{
    struct kafc_consumer *c = (struct kafc_consumer *)(uintptr_t)object; /* its lock alone is written to */
    uint64_t n = 0;
    kafc__lock(&c->lock);
    struct kafc_consumer_partition *p = KAFC_LIST_FIRST(&c->partitions,
                                                        struct kafc_consumer_partition, node);
    for (; p; p = KAFC_LIST_NEXT(&c->partitions, p, struct kafc_consumer_partition, node))
        n += p->dead ? 0 : of(p);
    kafc__unlock(&c->lock);
    return n;
}

static uint64_t one(const struct kafc_consumer_partition *p)
{
    (void)p;
    return 1;
}

static uint64_t lag_of(const struct kafc_consumer_partition *p)
{
    int64_t lag = kafc__cp_lag(p);
    return lag > 0 ? (uint64_t)lag : 0;
}

static uint64_t partitions(const void *object)
{
    return sum(object, one);
}

static uint64_t lag(const void *object)
{
    return sum(object, lag_of);
}

static void lag_of_each(const void *object, kafc_metric_put put, void *ctx)
{
    struct kafc_consumer *c = (struct kafc_consumer *)(uintptr_t)object;
    kafc__lock(&c->lock);
    struct kafc_consumer_partition *p = KAFC_LIST_FIRST(&c->partitions,
                                                        struct kafc_consumer_partition, node);
    for (; p; p = KAFC_LIST_NEXT(&c->partitions, p, struct kafc_consumer_partition, node))
        if (!p->dead && kafc__cp_lag(p) >= 0)
            put(ctx, p->topic->s, p->id, (uint64_t)kafc__cp_lag(p));
    kafc__unlock(&c->lock);
}

static uint64_t held_bytes(const void *object)
{
    const struct kafc_consumer *c = object;
    return atomic_load_explicit(&c->budget->used, memory_order_relaxed);
}

#define OUT(m)         .out = offsetof(kafc_reader_stats, m)
#define STAT(m)        .at = offsetof(struct kafc_consumer, stats.m), OUT(m)
#define STAT_AS(m, to) .at = offsetof(struct kafc_consumer, stats.m), OUT(to)

/* clang-format off */
static const struct kafc_metric rows[] = {
    { "reader_messages_total", KAFC_COUNTER, KAFC_UNIT_ONE, STAT(messages),
      .help = "Messages of the batches taken." },
    { "reader_bytes_total", KAFC_COUNTER, KAFC_UNIT_BYTES, STAT(bytes),
      .help = "Bytes of batches received." },
    { "reader_fetches_total", KAFC_COUNTER, KAFC_UNIT_ONE, STAT(fetches),
      .help = "Fetch requests sent." },
    { "reader_fetch_errors_total", KAFC_COUNTER, KAFC_UNIT_ONE, STAT(fetch_errors),
      .help = "Fetch requests that failed as a whole." },
    { "reader_errors_total", KAFC_COUNTER, KAFC_UNIT_ONE, STAT(errors),
      .help = "Errors of single partitions." },
    { "reader_throttled_total", KAFC_COUNTER, KAFC_UNIT_ONE, STAT(throttled),
      .help = "Answers in which a broker throttles." },
    { "reader_partitions", KAFC_GAUGE, KAFC_UNIT_ONE, OUT(partitions), .get = partitions,
      .help = "Partitions assigned." },
    { "reader_lag", KAFC_GAUGE, KAFC_UNIT_ONE, OUT(lag), .get = lag,
      .help = "Messages to the ends of all partitions assigned." },
    { "reader_partition_lag", KAFC_GAUGE, KAFC_UNIT_ONE, .each = lag_of_each,
      .help = "Messages to the end of a partition, where it is known." },
    { "reader_held_bytes", KAFC_GAUGE, KAFC_UNIT_BYTES, OUT(held_bytes), .get = held_bytes,
      .help = "Bytes of the buffer in use." },
    { "reader_fetch_messages", KAFC_HISTOGRAM, KAFC_UNIT_ONE, STAT(fetch_messages),
      .help = "Messages of an answer to Fetch that has some." },
    { "reader_fetch_bytes", KAFC_HISTOGRAM, KAFC_UNIT_BYTES, STAT(fetch_bytes),
      .help = "Bytes of its batches." },
    { "reader_fetch_seconds", KAFC_HISTOGRAM, KAFC_UNIT_US, STAT_AS(fetch_time, fetch_time_us),
      .help = "Round trip of Fetch requests, what brokers park included." },
    { "reader_throttle_seconds", KAFC_HISTOGRAM, KAFC_UNIT_US, STAT_AS(throttle_time, throttle_time_us),
      .help = "Time for which brokers throttled." },
    { "reader_wait_seconds", KAFC_HISTOGRAM, KAFC_UNIT_US, STAT_AS(wait_time, wait_time_us),
      .help = "Time for which calls waited for messages." },
};
/* clang-format on */

const struct kafc_metrics kafc__consumer_metrics = {
    .row = rows, .n = sizeof(rows) / sizeof(rows[0])
};
