/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What writers, readers and clients have done: counters, and where times and sizes lie;
 * as structs and as text for Prometheus.
 *
 * Threads: any, at any time until the object is freed, callbacks included.
 * Nothing here takes a lock that sending or the loop takes, but for what walks
 * a reader's partitions; and nothing is counted for a message by itself but
 * that a writer took it: the rest is counted for batches and requests.
 *
 * Counters go on from the moment of opening and are never reset: a reset would
 * take from one reader what another one (a scrape, a log line) has not seen.
 * Who wants intervals keeps a mark of its own.
 */
#ifndef KAFC_STATS_H
#define KAFC_STATS_H

#include <kafc/reader.h>
#include <kafc/writer.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Of many values: all numbers are 0 when there was none. Percentiles are at most 3.2 % off. */
typedef struct kafc_summary {
    uint64_t count, sum, min, max; /* sum / count: the mean */
    uint64_t p50, p90, p99, p999;
    uint64_t reserved[4];
} kafc_summary;

/* kafka-go's name behind those that it has, too. */
typedef struct kafc_writer_stats {
    size_t size; /* sizeof(kafc_writer_stats), by the caller: what lies behind it is not touched */

    uint64_t messages;      /* taken by send or write. Messages */
    uint64_t acknowledged;  /* messages; or unconfirmed, with acks 0 */
    uint64_t failed;        /* messages */
    uint64_t held_messages; /* now: taken and without a verdict */
    uint64_t held_bytes;    /* now: of buffer_bytes */

    uint64_t writes;      /* Produce requests sent, each attempt. Writes */
    uint64_t bytes;       /* of the batches in them, as sent. Bytes */
    uint64_t plain_bytes; /* of the same batches before compression */
    uint64_t errors;      /* attempts at a batch that failed. Errors */
    uint64_t retries;     /* batches that were to be sent again. Retries */
    uint64_t splits;      /* batches cut in two or more: too large for the broker, or with headers for an old one */
    uint64_t throttled;   /* answers in which a broker throttles */

    kafc_summary batch_messages; /* of batches when first sent. BatchSize */
    kafc_summary batch_bytes;    /* as sent. BatchBytes */
    kafc_summary compression_permille; /* plain bytes for 1000 that were sent; 1000 without compression */
    kafc_summary batch_queue_time_us;  /* from a batch's first message until it is closed. BatchQueueTime */
    kafc_summary batch_time_us;    /* from the first message until the batch is first sent. BatchTime */
    kafc_summary delivery_time_us; /* from the first message to the batch's verdict */
    kafc_summary write_time_us;    /* from a Produce request's last byte to its answer. WriteTime */
    kafc_summary throttle_time_us; /* what brokers asked to be left alone for. WaitTime */
    kafc_summary send_wait_time_us; /* of messages that had to wait for room: how long */
} kafc_writer_stats;

/* kafka-go's name behind those that it has, too. The lag of one partition: kafc_reader_state_get(), and the text. */
typedef struct kafc_reader_stats {
    size_t size; /* sizeof(kafc_reader_stats), by the caller */

    uint64_t messages;     /* of the batches that were begun, aborted ones included; a compressed set of format 0 or 1
                            * counts as one. Messages */
    uint64_t bytes;        /* of batches received, as sent. Bytes */
    uint64_t fetches;      /* Fetch requests sent. Fetches */
    uint64_t fetch_errors; /* of them, those that failed as a whole. Timeouts and Errors */
    uint64_t errors;       /* of single partitions in answers. Errors */
    uint64_t throttled;    /* answers in which a broker throttles */
    uint64_t partitions;   /* now: assigned */
    uint64_t lag;          /* now: messages to the ends of all of these, as far as they are known. Lag */
    uint64_t held_bytes;   /* now: of buffer_bytes. QueueLength */

    kafc_summary fetch_messages;   /* of an answer that has some. FetchSize */
    kafc_summary fetch_bytes;      /* of its batches. FetchBytes */
    kafc_summary fetch_time_us;    /* from a Fetch request's last byte to its answer, parked or not. ReadTime */
    kafc_summary throttle_time_us; /* what brokers asked to be left alone for */
    kafc_summary wait_time_us;     /* of calls that had to wait for a message: how long. WaitTime */
} kafc_reader_stats;

/* Of a reader's membership in its group. The text has a counter for each state by name. */
enum { KAFC_MEMBER_STATES = 11 };
typedef struct kafc_member_stats {
    size_t size; /* sizeof(kafc_member_stats), by the caller */

    uint64_t entered[KAFC_MEMBER_STATES]; /* transitions to idle, finding, joining, syncing, stable, revoking, retiring,
                                           * leaving, away, broken, stopped (docs/STATES.md) */
    uint64_t rebalances;              /* that came to an assignment. Rebalances */
    uint64_t expelled;                /* memberships that ended without a leave */
    uint64_t failed;                  /* times that the group could not be had */
    uint64_t owned;                   /* now: partitions */
    uint64_t assigned, revoked, lost; /* partitions */
    uint64_t heartbeats;              /* answered */
    uint64_t commits, commits_failed; /* OffsetCommit requests, each attempt */

    kafc_summary join_time_us; /* from the wish to join to the answer; what others need to come is in it */
    kafc_summary sync_time_us; /* from there to the assignment */
    kafc_summary rebalance_time_us; /* of the whole, what the reader needs to give up partitions included */
    kafc_summary commit_time_us;    /* round trip */
} kafc_member_stats;

/* Connections and requests of a client, whoever uses them. */
typedef struct kafc_client_stats {
    size_t size; /* sizeof(kafc_client_stats), by the caller */

    uint64_t connections_open;   /* now */
    uint64_t connections_opened; /* TCP connections that were had */
    uint64_t connections_failed; /* attempts that came to nothing */
    uint64_t connections_lost;   /* ended by anything but being idle or the close of the client */
    uint64_t bytes_sent, bytes_received;
    uint64_t requests;        /* sent, of all kinds */
    uint64_t requests_failed; /* without an answer: timed out, the connection lost, not to be sent at all */

    kafc_summary request_time_us; /* from a request's last byte to its answer, what brokers park included */
} kafc_client_stats;

/* The requests of a client by API. The times are of those that were answered to whom still wanted it, and add up: a
 * request waits in the queue (for the connection, a throttling broker, the bytes in front of it), is written, is waited
 * for, and its answer is read. The clock is looked at once for each turn of the loop, so that what happens within one
 * takes no time. With acks 0 Produce is queued and written, and no more. */
typedef struct kafc_api_stats {
    size_t size; /* sizeof(kafc_api_stats), by the caller */

    const char *name; /* "Produce"; static */
    int32_t api;      /* its key */
    int32_t reserved32;

    uint64_t version;  /* of the last request */
    uint64_t requests; /* sent */
    uint64_t failed;   /* without an answer: timed out, the connection lost, not to be sent at all */
    uint64_t bytes_sent, bytes_received; /* of whole requests and answers */

    kafc_summary time_us;       /* all of it */
    kafc_summary queue_time_us; /* until the first byte was handed to the system */
    kafc_summary write_time_us; /* from there until the last one was */
    kafc_summary wait_time_us;  /* from there until the first byte of the answer came; what brokers park is in it */
    kafc_summary read_time_us;  /* from there until the last one came */
} kafc_api_stats;

/* The same by broker, with its connections. */
typedef struct kafc_broker_stats {
    size_t size; /* sizeof(kafc_broker_stats), by the caller */

    int32_t broker; /* node id; -1: the list that the client began with, and who comes after the first 1023 nodes */
    int32_t reserved32;

    uint64_t connections; /* now: open */
    uint64_t in_flight;   /* now: requests that are being sent or wait for their answer, those given up included */
    uint64_t requests, failed;
    uint64_t bytes_sent, bytes_received;
    uint64_t throttled; /* answers in which it throttles */

    kafc_summary request_time_us;  /* from a request's last byte to its answer, what is parked included */
    kafc_summary throttle_time_us; /* what it asked to be left alone for */
} kafc_broker_stats;

/* Since the object was opened. In the child of a fork all zero, but for size.
 *
 *   kafc_writer_stats s;
 *   s.size = sizeof(s);
 *   kafc_writer_stats_get(w, &s); */
KAFC_API void kafc_writer_stats_get(const kafc_writer *w, kafc_writer_stats *out);
KAFC_API void kafc_reader_stats_get(const kafc_reader *r, kafc_reader_stats *out);
KAFC_API void kafc_member_stats_get(const kafc_reader *r, kafc_member_stats *out); /* without a group: zeros */
KAFC_API void kafc_client_stats_get(const kafc_client *c, kafc_client_stats *out);
/* The i-th API, or broker, in the order in which they were first used; false: not so many, and nothing is written.
 *
 *   kafc_api_stats a;
 *   a.size = sizeof(a);
 *   for (int32_t i = 0; kafc_client_api_stats_get(c, i, &a); i++) */
KAFC_API bool kafc_client_api_stats_get(const kafc_client *c, int32_t i, kafc_api_stats *out);
KAFC_API bool kafc_client_broker_stats_get(const kafc_client *c, int32_t i, kafc_broker_stats *out);

/* Since the last call with this mark; min and max are then known as exactly as percentiles are, and what is marked
 * "now" above is as it is. A mark that is NULL is made, and gives what was since the opening. It belongs to one
 * object, and to one thread at a time; it may outlive the object, but not its allocator. KAFC_ERR_NO_MEMORY;
 * KAFC_ERR_USAGE: the mark of another object, a reader without a group, or NULL for mark or out. */
typedef struct kafc_stats_mark kafc_stats_mark;
KAFC_API kafc_err kafc_writer_stats_since(const kafc_writer *w, kafc_stats_mark **mark,
                                          kafc_writer_stats *out, kafc_error *err);
KAFC_API kafc_err kafc_reader_stats_since(const kafc_reader *r, kafc_stats_mark **mark,
                                          kafc_reader_stats *out, kafc_error *err);
KAFC_API kafc_err kafc_member_stats_since(const kafc_reader *r, kafc_stats_mark **mark,
                                          kafc_member_stats *out, kafc_error *err);
KAFC_API kafc_err kafc_client_stats_since(const kafc_client *c, kafc_stats_mark **mark,
                                          kafc_client_stats *out, kafc_error *err);
KAFC_API void kafc_stats_mark_free(kafc_stats_mark *mark); /* NULL is ignored */

/* All of n clients and of what was opened on them and is not freed, in Prometheus' text format 0.0.4 ("Content-Type:
 * text/plain; version=0.0.4"): times in seconds, histograms with buckets at powers of two; the parts of the requests'
 * times by API, and throttle times by broker, are summaries: percentiles since the opening. Labels: client (its
 * client_id, which should differ between clients), writer or reader (1, 2, … in the order of opening), its topic if
 * it has one, and its group; api; broker (the node id, or "bootstrap"). One call for all of them, since the format
 * wants all lines of a metric together.
 * Like snprintf: writes at most cap bytes, the NUL included, and returns how long the text is; buf may be NULL with
 * cap 0. It may have grown by the next call. */
KAFC_API size_t kafc_stats_text(const kafc_client *const *clients, int32_t n, char *buf,
                                size_t cap);

#ifdef __cplusplus
}
#endif
#endif
