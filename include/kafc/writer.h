/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A writer: batches, partitioners, acks, idempotence. Every message gets
 * exactly one verdict (rule W1).
 *
 * Threads: open, send, write, write_each, flush, poll, fd and wake
 * from any number of threads at once; close too, and it ends the waits of the
 * others; free once, when no other call is running. wake in signal handlers as
 * well. Order within a partition is the order of the calls of one thread.
 * Callbacks run where each says. Inside one, calls that wait are refused with
 * KAFC_ERR_IN_CALLBACK, on whatever handle, and free does nothing.
 * Functions that take a writer refuse NULL with KAFC_ERR_USAGE; err may be NULL.
 */
#ifndef KAFC_WRITER_H
#define KAFC_WRITER_H

#include <kafc/client.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct kafc_writer kafc_writer;

typedef enum kafc_acks {
    KAFC_ACKS_DEFAULT = 0, /* all */
    KAFC_ACKS_ALL = -1,
    KAFC_ACKS_LEADER = 1,
    KAFC_ACKS_NONE = KAFC_ZERO /* acks 0: sent and unconfirmed */
} kafc_acks;

/* What became of a message. */
typedef enum kafc_verdict {
    KAFC_ACKNOWLEDGED = 1,  /* in the log, at `offset` */
    KAFC_NOT_WRITTEN,       /* failed, and surely not in the log */
    KAFC_PERHAPS_WRITTEN,   /* failed, and nobody can tell: sent, but the answer never came */
    KAFC_UNCONFIRMED        /* acks 0: handed to the network */
} kafc_verdict;

/* The verdict of one message. Brokers take a batch as a whole or not at all: where one names the records that it
 * refuses (Produce from version 8 on: KAFC_ERR_INVALID_RECORD, KAFC_ERR_INVALID_TIMESTAMP), these have its code and its
 * words, and the other messages of the batch KAFC_ERR_OTHER_RECORD_INVALID and the words about the first of those. They
 * were not written either, and may be sent again. */
typedef struct kafc_report {
    void *opaque; /* what send was given */
    kafc_verdict verdict;
    kafc_err code; /* KAFC_OK when acknowledged or unconfirmed */
    const char *why;    /* with a code: one sentence, the broker's own if it gave one; NULL without */
    const char *topic;  /* valid until the writer is freed, as why is */
    int32_t partition;  /* -1: none was chosen */
    int32_t broker;     /* node id of the one that answered, or was asked last; -1: none was */
    int64_t offset;     /* or KAFC_OFFSET_UNKNOWN */
    int64_t timestamp;  /* ms; the broker's if the topic says LogAppendTime; else the message's own for
                           write_each, and that of its batch's first message for the other reports */
} kafc_report;

/* The callbacks on_delivery, on_batch and on_room are called on the loop thread, without locks (of a client without a
 * thread: on the one that drives it, inside of kafc_client_process() or of a call that waits). They must not block;
 * send with timeout 0 is allowed, other blocking calls of kafc answer KAFC_ERR_IN_CALLBACK. */

/* Once for each settled message that wants a report. */
typedef void (*kafc_delivery_fn)(void *ctx, const kafc_report *report);

/* A settled batch, or a message that never came into one. What is said of the whole holds for each message, but where
 * a broker named records: see kafc_report. Messages of kafc_writer_write() are left out. */
typedef struct kafc_settled {
    kafc_verdict verdict;
    kafc_err code;
    const char *why;
    const char *topic;
    int32_t partition;
    int32_t broker;
    int32_t count; /* messages of it that want a report */
    void *batch;   /* kafc's own */
} kafc_settled;
/* In place of on_delivery: once for each settled batch. *s is valid until the return. */
typedef void (*kafc_batch_fn)(void *ctx, kafc_settled *s);
/* The report of the batch's next message, in the order of sending, as on_delivery would get it; false after the last.
 * Only inside on_batch; who needs no more than the batch, does not call it. Not with KAFC_REPORTS_BATCHES: false. */
KAFC_API bool kafc_settled_next(kafc_settled *s, kafc_report *report);

/* After a send was answered KAFC_ERR_WOULD_BLOCK: once when there is room again, or perhaps is (then send is answered
 * so again, and another call follows), or when the writer is closed. */
typedef void (*kafc_room_fn)(void *ctx);

typedef enum kafc_reports {
    KAFC_REPORTS_DEFAULT = 0, /* ALL with on_delivery or on_batch, else NONE */
    KAFC_REPORTS_ALL = 1,     /* one for each message, by on_delivery or on_batch, else by kafc_writer_poll() */
    KAFC_REPORTS_FAILURES = 2,
    KAFC_REPORTS_NONE = 3,    /* failures are counted (kafc/stats.h) and logged */
    KAFC_REPORTS_BATCHES = 4  /* on_batch with batches alone: nothing is kept for a message, its opaque is lost */
} kafc_reports;

/* Picks a partition in [0, npartitions). Called on the sender's thread (or the loop's, for messages that waited for
 * metadata); must be thread-safe, must not block, must not send. An answer out of range fails the message. */
typedef int32_t (*kafc_partitioner_fn)(void *ctx, const kafc_message *m, int32_t npartitions);

/* What is other for one topic of a writer. */
typedef struct kafc_writer_topic {
    const char *topic;
    kafc_compression compression; /* of its batches; KAFC_NONE: none */
    int32_t compression_level;    /* 0: the codec's default; KAFC_ZERO: level 0 */
    void *reserved[4];            /* NULL */
} kafc_writer_topic;

typedef struct kafc_writer_options {
    size_t size;
    const kafc_properties *properties;
    const char *topic;            /* here or on each message (rule W4) */
    kafc_acks acks;
    kafc_switch idempotence;      /* default on, giving way where it cannot be had (rule W6). enable.idempotence */
    kafc_compression compression; /* compression.type. A batch that does not shrink is sent as it is: its first 64 KB,
                                     or all of a smaller one, decide */
    int32_t compression_level;    /* 0: the codec's default; KAFC_ZERO: level 0. gzip -1 to 9, lz4 -100 to 12,
                                     zstd -131072 to 22; snappy has none */
    const kafc_writer_topic *topics; /* ntopics that have a codec of their own; copied */
    int32_t ntopics;
    int32_t linger_ms;            /* 5, half of it where others of the broker are due; KAFC_ZERO: send at once */
    int32_t batch_bytes;          /* compressed, as sent; 1000000. batch.size */
    int32_t batch_messages;       /* 0: no limit */
    int32_t message_max_bytes;    /* a larger message is refused; 1000000. max.request.size */
    int64_t buffer_bytes;         /* held at most; 33554432. buffer.memory */
    int32_t delivery_timeout_ms;  /* from send to verdict; 120000. Above linger_ms */
    int32_t request_timeout_ms;   /* 0: the client's */
    int32_t retries;              /* of what was sent; no limit but delivery_timeout_ms. KAFC_ZERO: none */
    int32_t max_block_ms;         /* the longest that a send or a call of kafc/transaction.h waits with
                                     timeout_ms -1; no limit. max.block.ms */
    int32_t max_in_flight;        /* batches of a partition: 5, or 1 without idempotence (rule W5) */
    const char *partitioner;      /* "murmur2" (default; keyless sticky), "hash", "reference_hash", "crc32",
                                     "round_robin", "least_bytes", "sticky", "random", "manual", and "…_consistent"
                                     forms; those of other clients as "librdkafka.fnv1a": docs/PARTITIONERS.md */
    kafc_partitioner_fn on_partition; /* wins over `partitioner` */
    kafc_switch adaptive;         /* default on: sticky messages shun brokers with long queues (KIP-794).
                                     partitioner.adaptive.partitioning.enable */
    int32_t availability_timeout_ms; /* 0: none. Sticky messages pass by a broker that has left a Produce request
                                     without an answer for so long. partitioner.availability.timeout.ms */
    kafc_switch ignore_keys;      /* keys do not choose the partition; partitioner.ignore.keys */
    int32_t metadata_max_idle_ms; /* so long a topic that messages named is asked for after the last; 300000.
                                     metadata.max.idle.ms */
    kafc_switch create_topics;    /* default off (rule W9). allow.auto.create.topics */
    kafc_reports reports;
    int32_t report_slots;         /* uncollected reports at most; then send would block; 1000000 (rule W7) */
    kafc_delivery_fn on_delivery; /* this or on_batch */
    kafc_batch_fn on_batch;
    kafc_room_fn on_room;
    void *ctx;                    /* for the functions */
    const char *transactional_id; /* everything is written in transactions: kafc/transaction.h. transactional.id */
    int32_t transaction_timeout_ms; /* one that is open for longer is aborted by the broker; 60000.
                                       transaction.timeout.ms */
} kafc_writer_options;

#define KAFC_WRITER(...) (&(kafc_writer_options){ .size = sizeof(kafc_writer_options), __VA_ARGS__ })
static inline void kafc_writer_options_init(kafc_writer_options *o)
{
    memset(o, 0, sizeof *o);
    o->size = sizeof *o;
}

/* Does not wait, nor send anything: what a broker says against it comes with the first messages. o may be NULL. The
 * writer must be freed before the client. NULL: KAFC_ERR_USAGE for an option that makes no sense, KAFC_ERR_CLOSED,
 * KAFC_ERR_NO_MEMORY. */
KAFC_API kafc_writer *kafc_writer_open(kafc_client *c, const kafc_writer_options *o, kafc_error *err)
    KAFC_NODISCARD;

/* Takes a message and returns: copied, batched, sent by the loop (rules W2, W3). Waits for room (buffer_bytes,
 * report_slots) at most timeout_ms, -1: max_block_ms; 0 answers KAFC_ERR_WOULD_BLOCK. With room it may still pause, at
 * most timeout_ms: 1 ms when full batches of the partition pile up, 20 ms once when many messages wait for metadata.
 * After any error the message was not taken and gets no report: KAFC_ERR_TOO_LARGE, KAFC_ERR_USAGE (topic on both or
 * neither, or one that is no topic's name; lengths, headers and partitions that make no sense),
 * KAFC_ERR_UNKNOWN_PARTITION (when the topic is known; else its report says so), KAFC_ERR_CLOSED, KAFC_ERR_NO_MEMORY. A
 * message of a topic that the cluster says it does not know (and may not create) fails 10 s after the first such
 * answer: brokers may be slow to hear of a topic. Messages of one that is denied (KAFC_ERR_TOPIC_AUTHORIZATION_FAILED)
 * fail at once, and the next one asks anew. A topic that was known may come back: its messages have until
 * delivery_timeout_ms. What the broker cannot hold fails unsent with KAFC_ERR_UNSUPPORTED (rule W8): headers before
 * 0.11, zstd before 2.1. Before 0.10 messages have no timestamps. */
KAFC_API kafc_err kafc_writer_send(kafc_writer *w, const kafc_message *m, void *opaque, int timeout_ms,
                                   kafc_error *err);

/* Sends n messages and waits for all verdicts. results: n reports in the order of the messages, or NULL. Returns the
 * code of the first failure, of a message that was refused for itself if one was; KAFC_ERR_TIMED_OUT leaves those
 * without a verdict yet as KAFC_PERHAPS_WRITTEN in results, the writer goes on trying until delivery_timeout_ms. Does
 * not wait for linger. */
KAFC_API kafc_err kafc_writer_write(kafc_writer *w, const kafc_message *m, int32_t n, int timeout_ms,
                                    kafc_error *err);
KAFC_API kafc_err kafc_writer_write_each(kafc_writer *w, const kafc_message *m, int32_t n,
                                         kafc_report *results, int timeout_ms, kafc_error *err);

/* Collects up to max settled reports (reports ALL or FAILURES without on_delivery and on_batch), waiting for the first
 * at most timeout_ms. *n says how many. KAFC_ERR_WOULD_BLOCK or KAFC_ERR_TIMED_OUT: none yet; KAFC_ERR_CLOSED: closed
 * and all were collected, the end mark (rule W7). */
KAFC_API kafc_err kafc_writer_poll(kafc_writer *w, kafc_report *reports, int32_t max, int32_t *n,
                                   int timeout_ms, kafc_error *err);

/* A descriptor for poll(2), epoll and their like: readable while kafc_writer_poll() has something to give, reports or
 * the end mark, and not otherwise. The writer's own, valid until it is freed; not to be read, written or closed. It is
 * made by the first call; writers that are not asked for one pay nothing. -1: KAFC_ERR_USAGE where poll is, or
 * KAFC_ERR_SYSTEM. */
KAFC_API int kafc_writer_fd(kafc_writer *w, kafc_error *err);

/* Sends what is there without linger and waits until all of it has its verdict (rule W10). */
KAFC_API kafc_err kafc_writer_flush(kafc_writer *w, int timeout_ms, kafc_error *err);

/* Refuses new messages, flushes within the timeout, fails the rest with their verdicts. Idempotent. KAFC_ERR_TIMED_OUT
 * if something failed for want of time. Reports can be polled until the end mark. With acks 0 it also waits until each
 * broker has got through what it was sent: one that is before 0.11 forgets what it has not begun when the connection
 * ends. KAFC_ERR_TIMED_OUT then means that a broker has not said so, and messages may be lost. */
KAFC_API kafc_err kafc_writer_close(kafc_writer *w, int timeout_ms, kafc_error *err);
/* Closes without waiting if needed. Not from inside a callback: then it does nothing but say so in the log. NULL is
 * ignored. */
KAFC_API void kafc_writer_free(kafc_writer *w);

/* Makes calls that wait on this writer return KAFC_ERR_INTERRUPTED. Safe in a signal handler. */
KAFC_API void kafc_writer_wake(kafc_writer *w);

#ifdef __cplusplus
}
#endif
#endif
