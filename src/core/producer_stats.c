/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The metrics of a writer: what is counted when a request leaves, and the
 * table. The driver's thread; readers of the table are any.
 */
#include "core/metrics.h"
#include "core/producer_internal.h"

static void first_sent(struct kafc_producer *p, const struct kafc_batch_out *b, size_t bytes,
                       size_t plain)
{
    struct kafc_producer_stats *s = &p->stats;
    size_t packed = b->chain.len - KAFC_BATCH_HEADER;
    kafc__histogram_add(&s->batch_messages, b->count);
    kafc__histogram_add(&s->batch_bytes, (int64_t)bytes);
    kafc__histogram_add(&s->batch_time, kafc__core_now(p->core) - b->opened_at);
    kafc__histogram_add(&s->compression, (int64_t)((plain - KAFC_BATCH_HEADER) * 1000 / packed));
}

void kafc__producer_stat_sent(struct kafc_producer *p, const struct kafc_flight *f)
{
    uint64_t sum = 0, plain_sum = 0;
    for (int32_t i = 0; i < f->n; i++) {
        struct kafc_batch_out *b = f->batch[i];
        if (!b)
            continue;
        size_t bytes = f->old ? f->old[i].len : b->chain.len;
        size_t plain = b->plain ? b->plain + KAFC_BATCH_HEADER : b->chain.len;
        if (!b->counted)
            first_sent(p, b, bytes, plain);
        b->counted = true;
        sum += bytes;
        plain_sum += plain;
    }
    kafc__count(&p->stats.writes, 1);
    kafc__count(&p->stats.bytes, sum);
    kafc__count(&p->stats.plain_bytes, plain_sum);
}

void kafc__producer_stat_throttle(struct kafc_producer *p, int32_t ms)
{
    kafc__count(&p->stats.throttled, 1);
    kafc__histogram_add(&p->stats.throttle_time, (int64_t)ms * 1000);
}

void kafc__producer_waited(struct kafc_producer *p, int64_t us)
{
    kafc__histogram_add(&p->stats.send_wait_time, us);
}

const char *kafc__producer_topic(const struct kafc_producer *p)
{
    return p->only ? p->only->name : NULL;
}

/* --- The table ---------------------------------------------------------------------------- */

/* The lists that are walked only grow. */
static uint64_t taken(const void *object)
{
    return kafc__producer_taken(object);
}

static uint64_t held_messages(const void *object)
{
    const struct kafc_producer *p = object;
    uint64_t settled = atomic_load_explicit(&p->acknowledged, memory_order_relaxed) +
                       atomic_load_explicit(&p->failed, memory_order_relaxed);
    uint64_t n = kafc__producer_taken(p);
    return n > settled ? n - settled : 0;
}

static uint64_t held_bytes(const void *object)
{
    const struct kafc_producer *p = object;
    return atomic_load_explicit(&p->budget->used, memory_order_relaxed);
}

#define COUNTED(m)     .at = offsetof(struct kafc_producer, m), .out = offsetof(kafc_writer_stats, m)
#define OUT(m)         .out = offsetof(kafc_writer_stats, m)
#define STAT(m)        .at = offsetof(struct kafc_producer, stats.m), OUT(m)
#define STAT_AS(m, to) .at = offsetof(struct kafc_producer, stats.m), OUT(to)

/* clang-format off */
static const struct kafc_metric rows[] = {
    { "writer_messages_total", KAFC_COUNTER, KAFC_UNIT_ONE, OUT(messages), .get = taken,
      .help = "Messages taken." },
    { "writer_acknowledged_total", KAFC_COUNTER, KAFC_UNIT_ONE, COUNTED(acknowledged),
      .help = "Messages acknowledged, or sent with acks 0." },
    { "writer_failed_total", KAFC_COUNTER, KAFC_UNIT_ONE, COUNTED(failed),
      .help = "Messages that failed for good." },
    { "writer_held_messages", KAFC_GAUGE, KAFC_UNIT_ONE, OUT(held_messages), .get = held_messages,
      .help = "Messages taken that have no verdict yet." },
    { "writer_held_bytes", KAFC_GAUGE, KAFC_UNIT_BYTES, OUT(held_bytes), .get = held_bytes,
      .help = "Bytes of the buffer in use." },
    { "writer_writes_total", KAFC_COUNTER, KAFC_UNIT_ONE, STAT(writes),
      .help = "Produce requests sent, each attempt." },
    { "writer_bytes_total", KAFC_COUNTER, KAFC_UNIT_BYTES, STAT(bytes),
      .help = "Bytes of batches sent, in each attempt." },
    { "writer_plain_bytes_total", KAFC_COUNTER, KAFC_UNIT_BYTES, STAT(plain_bytes),
      .help = "Bytes of the same batches before compression." },
    { "writer_errors_total", KAFC_COUNTER, KAFC_UNIT_ONE, STAT(errors),
      .help = "Attempts at a batch that failed." },
    { "writer_retries_total", KAFC_COUNTER, KAFC_UNIT_ONE, STAT(retries),
      .help = "Batches that were to be sent again." },
    { "writer_splits_total", KAFC_COUNTER, KAFC_UNIT_ONE, STAT(splits),
      .help = "Batches that were cut into smaller ones." },
    { "writer_throttled_total", KAFC_COUNTER, KAFC_UNIT_ONE, STAT(throttled),
      .help = "Answers in which a broker throttles." },
    { "writer_batch_messages", KAFC_HISTOGRAM, KAFC_UNIT_ONE, STAT(batch_messages),
      .help = "Messages of a batch." },
    { "writer_batch_bytes", KAFC_HISTOGRAM, KAFC_UNIT_BYTES, STAT(batch_bytes),
      .help = "Bytes of a batch as sent." },
    { "writer_compression_ratio", KAFC_HISTOGRAM, KAFC_UNIT_PERMILLE, STAT_AS(compression, compression_permille),
      .help = "Bytes of a batch's records before compression by those after it." },
    { "writer_batch_queue_seconds", KAFC_HISTOGRAM, KAFC_UNIT_US, STAT_AS(batch_queue_time, batch_queue_time_us),
      .help = "Time from a batch's first message until it is closed." },
    { "writer_batch_seconds", KAFC_HISTOGRAM, KAFC_UNIT_US, STAT_AS(batch_time, batch_time_us),
      .help = "Time from a batch's first message until it is first sent." },
    { "writer_delivery_seconds", KAFC_HISTOGRAM, KAFC_UNIT_US, STAT_AS(delivery_time, delivery_time_us),
      .help = "Time from a batch's first message to its verdict." },
    { "writer_write_seconds", KAFC_HISTOGRAM, KAFC_UNIT_US, STAT_AS(write_time, write_time_us),
      .help = "Round trip of Produce requests." },
    { "writer_throttle_seconds", KAFC_HISTOGRAM, KAFC_UNIT_US, STAT_AS(throttle_time, throttle_time_us),
      .help = "Time for which brokers throttled." },
    { "writer_send_wait_seconds", KAFC_HISTOGRAM, KAFC_UNIT_US, STAT_AS(send_wait_time, send_wait_time_us),
      .help = "Time for which senders waited for room." },
};
/* clang-format on */

const struct kafc_metrics kafc__producer_metrics = {
    .row = rows, .n = sizeof(rows) / sizeof(rows[0])
};

void kafc__producer_counts(const struct kafc_producer *p, kafc_writer_stats *out)
{
    out->size = offsetof(kafc_writer_stats, writes);
    kafc__metrics_get(&kafc__producer_metrics, p, out);
}
