/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A reader: partitions of topics, by hand. (Groups have their room here.)
 *
 * Threads: one thread at a time calls a reader, except kafc_reader_wake().
 * Batches may be handed to other threads.
 */
#ifndef KAFC_READER_H
#define KAFC_READER_H

#include <kafc/client.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct kafc_reader kafc_reader;
typedef struct kafc_fetched kafc_batch;

/* What to do when the position is not in the log any more (rule R3). */
typedef enum kafc_reset {
    KAFC_RESET_DEFAULT = 0, /* below the log start: first, with a KAFC_ERR_SKIPPED notice; above the end: error */
    KAFC_RESET_FIRST = 1,
    KAFC_RESET_LAST = 2,
    KAFC_RESET_FAIL = 3,
    KAFC_RESET_START = 4 /* where the reader's `start` says: KAFC_AGO(ms) counts from then. Within the log */
} kafc_reset;

typedef struct kafc_reader_options {
    size_t size;
    const kafc_properties *properties;
    const char *topic;        /* read from the start; or NULL and kafc_reader_assign() */
    int32_t partition;        /* 0: all partitions of the topic; KAFC_ZERO: partition 0; n > 0: partition n */
    kafc_position start;      /* default KAFC_FIRST. auto.offset.reset, by_duration:PT1H is KAFC_AGO(3600000).
                               * A time: brokers from 0.10.1 on */
    kafc_position stop;       /* default: never; KAFC_LAST: the end as it is now; rule R11 */
    kafc_reset reset;         /* out of range. auto.offset.reset, of which by_duration is KAFC_RESET_START */
    kafc_isolation isolation; /* default read committed. isolation.level */
    kafc_switch check_crcs;   /* default on */
    kafc_switch notify_end;   /* KAFC_ERR_END_OF_PARTITION each time an end is reached; default off */
    int32_t min_bytes;        /* a fetch waits for; 1. fetch.min.bytes */
    int32_t max_bytes;        /* of a fetch; 52428800. fetch.max.bytes */
    int32_t partition_max_bytes; /* 1048576. max.partition.fetch.bytes */
    int32_t max_wait_ms;      /* a broker waits for min_bytes; 500; KAFC_ZERO: not at all, then an end is asked
                               * again each retry_backoff_ms. fetch.max.wait.ms */
    int64_t buffer_bytes;     /* fetched ahead and held at most; 67108864. queued.max.bytes */
} kafc_reader_options;

#define KAFC_READER(...) (&(kafc_reader_options){ .size = sizeof(kafc_reader_options), __VA_ARGS__ })
static inline void kafc_reader_options_init(kafc_reader_options *o)
{
    memset(o, 0, sizeof *o);
    o->size = sizeof *o;
}

KAFC_API kafc_reader *kafc_reader_open(kafc_client *c, const kafc_reader_options *o, kafc_error *err)
    KAFC_NODISCARD;

typedef struct kafc_assignment {
    const char *topic;
    int32_t partition;
    kafc_position start; /* default: the reader's */
    kafc_position stop;  /* default: the reader's */
} kafc_assignment;

/* Replaces what is read: reads exactly these from their starts (rule R2). Local and immediate; n == 0 reads nothing.
 * Strings are copied.
 * After an error nothing is read. */
KAFC_API kafc_err kafc_reader_assign(kafc_reader *r, const kafc_assignment *a, int32_t n, kafc_error *err);

/* The next message. It borrows from the reader and is valid until the next call on this reader; kafc_message_dup()
 * keeps it. Waits at most timeout_ms.
 * Also returns, with m->topic and m->partition set: KAFC_ERR_END_OF_PARTITION (notify_end; m->offset is the end),
 * KAFC_ERR_SKIPPED (m->offset is the new position; err tells how many were lost), errors of one partition such as
 * KAFC_ERR_OFFSET_OUT_OF_RANGE, KAFC_ERR_CORRUPT, KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION (once; read when it appears,
 * rule R12), KAFC_ERR_TOPIC_AUTHORIZATION_FAILED: the others go on at the next call.
 * KAFC_ERR_END_OF_RANGE: every partition reached its stop. KAFC_ERR_NOT_ASSIGNED instead of waiting: nothing is.
 * KAFC_ERR_TIMED_OUT, KAFC_ERR_WOULD_BLOCK (timeout 0), KAFC_ERR_INTERRUPTED (kafc_reader_wake), KAFC_ERR_CLOSED. */
KAFC_API kafc_err kafc_reader_fetch(kafc_reader *r, kafc_message *m, int timeout_ms, kafc_error *err);

/* The same, a batch of one partition at a time. *out is the caller's, for kafc_batch_free(), on any thread, also after
 * the reader and the client are gone. The position moves past the batch at once. */
KAFC_API kafc_err kafc_reader_fetch_batch(kafc_reader *r, kafc_batch **out, int timeout_ms, kafc_error *err);
/* false at the end, or when the rest is corrupt (then *err->code says so; KAFC_OK at a clean end). The message borrows
 * from the batch. One thread at a time. */
KAFC_API bool kafc_batch_next(kafc_batch *b, kafc_message *m, kafc_error *err);
KAFC_API const char *kafc_batch_topic(const kafc_batch *b);
KAFC_API int32_t kafc_batch_partition(const kafc_batch *b);
KAFC_API int64_t kafc_batch_high_watermark(const kafc_batch *b);
KAFC_API void kafc_batch_free(kafc_batch *b);

/* Local and immediate: drops what was fetched ahead; the next message of the partition is at or after `to`.
 * KAFC_ERR_NOT_ASSIGNED. */
KAFC_API kafc_err kafc_reader_seek(kafc_reader *r, const char *topic, int32_t partition, kafc_position to,
                                   kafc_error *err);

typedef struct kafc_reader_state {
    int64_t position;       /* next offset to be delivered, or KAFC_OFFSET_UNKNOWN before it was resolved */
    int64_t high_watermark; /* as last heard, or KAFC_OFFSET_UNKNOWN */
    int64_t end;            /* rule R10: high watermark, or last stable offset when reading committed; or UNKNOWN */
    int64_t log_start;      /* or UNKNOWN */
    int64_t lag;            /* end - position, or KAFC_OFFSET_UNKNOWN */
} kafc_reader_state;
KAFC_API kafc_err kafc_reader_state_get(kafc_reader *r, const char *topic, int32_t partition,
                                        kafc_reader_state *out, kafc_error *err);

/* Makes the fetch that waits, or else the next one with a timeout other than 0, return KAFC_ERR_INTERRUPTED, also when
 * there are messages (they come with the calls after it). Any thread, and safe in a signal handler (rule C3). */
KAFC_API void kafc_reader_wake(kafc_reader *r);

KAFC_API kafc_err kafc_reader_close(kafc_reader *r, int timeout_ms, kafc_error *err); /* idempotent */
KAFC_API void kafc_reader_free(kafc_reader *r); /* NULL is ignored */

#ifdef __cplusplus
}
#endif
#endif
