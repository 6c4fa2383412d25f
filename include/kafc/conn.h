/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A connection to one broker, bound to one partition if wanted: blocking,
 * driven by the calling thread, without a thread of its own. For tools, tests
 * and research; an application that writes or reads a stream wants a writer or
 * a reader.
 *
 * Threads: calls may come from several threads, one at a time does its work;
 * kafc_conn_interrupt() and kafc_conn_set_deadline() act on those that wait.
 * Close and free by one thread, nothing after free.
 * Timeouts: `timeout_ms` -1 waits for ever, 0 does not wait; the connection's
 * deadline ends a call as well. A broker that waits on a call's behalf (for
 * replicas, for records) has a little less, so that its word comes first. A
 * call that ran out of time or was interrupted leaves the connection usable;
 * its answer is dropped when it comes.
 * Nothing is retried but the search for the leader while dialling. When the
 * connection is lost every call answers KAFC_ERR_DISCONNECTED: dial again.
 * After fork(2) the child's handles answer KAFC_ERR_FORKED (rule C7).
 */
#ifndef KAFC_CONN_H
#define KAFC_CONN_H

#include <kafc/reader.h>
#include <kafc/topics.h>
#include <kafc/writer.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct kafc_conn kafc_conn;

/* In place of name lookup and connect(2), for tunnels, proxies and sockets that are there already: gives a connected
 * stream socket, which is kafc's own from then on, or -1 and says why in *err. Called on the thread that dials, for
 * each address that it comes to (a leader's, and again for a broker before 0.10); may block for timeout_ms, and must
 * not call kafc. TLS and login take place on top of it. */
typedef int (*kafc_connect_fn)(void *ctx, const char *host, int32_t port, int timeout_ms, kafc_error *err);

typedef struct kafc_conn_options {
    size_t size;
    const kafc_properties *properties;
    const char *topic;        /* NULL: the broker itself; else the connection leads to its leader */
    int32_t partition;        /* of the topic; default 0 */
    kafc_switch find_leader;  /* of the partition, and dial it; default on. Off: the broker that is dialled is asked,
                               * leader or not: a follower gives records from 2.4 on, but tells no positions */
    kafc_switch create_topic; /* let the broker make a missing topic; default off (rule W9) */
    const char *client_id;    /* default "kafc". client.id */
    const char *rack;         /* sent with fetches, until a leader names a nearer replica. client.rack */
    const kafc_security *security; /* NULL: what the properties say, else plaintext. security.protocol */
    int32_t connect_timeout_ms; /* of one connection, with TLS and login; 10000. socket.connection.setup.timeout.ms */
    int32_t request_timeout_ms; /* a silence that ends the connection; 30000. request.timeout.ms */
    int32_t receive_max_bytes;  /* a larger frame ends the connection; 104857600 */
    int32_t send_buffer_bytes;  /* SO_SNDBUF; 0: the system's */
    int32_t receive_buffer_bytes; /* SO_RCVBUF; 0: the system's */
    const char *local_address;    /* to connect from: as of kafc_client_options */
    int32_t fallback_delay_ms;    /* until the next address of a name is tried, too; 250: the same */
    kafc_acks acks;               /* of produce; default all */
    kafc_compression compression; /* of produce; compression.type */
    int32_t compression_level;    /* 0: the codec's default; KAFC_ZERO: level 0 */
    kafc_isolation isolation;     /* default read committed. isolation.level */
    kafc_switch check_crcs;       /* default on */
    int32_t min_bytes;            /* a fetch waits for; 1. fetch.min.bytes */
    int32_t max_bytes; /* of a fetch; 1048576; a larger batch comes all the same. fetch.max.bytes */
    int32_t max_wait_ms; /* a broker waits for min_bytes; 500; KAFC_ZERO: no, then an end is asked again each 100 ms.
                          * fetch.max.wait.ms */
    kafc_log_level log_level;        /* KAFC_LOG_INFO */
    const char *debug;               /* NULL: log_level decides. "broker,cgrp": lines for debugging in these contexts,
                                         and no others, whatever log_level is. debug; docs/OPTIONS.md */
    kafc_log_fn log, log_error;      /* NULL: nothing is logged; errors to `log` */
    kafc_resolve_fn resolve;         /* NULL: getaddrinfo on one lazy thread of the process */
    const kafc_hooks *hooks;         /* NULL: nobody is told. kafc/hooks.h */
    kafc_connect_fn connect;         /* NULL: TCP, with keepalive */
    void *ctx;                       /* for the functions */
    const kafc_allocator *allocator; /* NULL: malloc(3); copied */
} kafc_conn_options;

#define KAFC_CONN(...) (&(kafc_conn_options){ .size = sizeof(kafc_conn_options), __VA_ARGS__ })
static inline void kafc_conn_options_init(kafc_conn_options *o)
{
    memset(o, 0, sizeof *o);
    o->size = sizeof *o;
}

/* Connects and asks for the broker's versions. address: "host:port,host:port", tried in turn; port
 * 9092 if missing. With a topic: asks that broker for the partition's leader (again while there is
 * none) and connects there. o may be NULL. NULL on error: KAFC_ERR_RESOLVE, KAFC_ERR_CONNECT and
 * their like say what was tried; KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION, KAFC_ERR_UNKNOWN_PARTITION,
 * KAFC_ERR_USAGE, KAFC_ERR_NO_MEMORY. */
KAFC_API kafc_conn *kafc_conn_dial(const kafc_conn_options *o, const char *address, int timeout_ms,
                                   kafc_error *err) KAFC_NODISCARD;

/* Ends the connection; calls that wait answer KAFC_ERR_CLOSED, and so do later ones. Idempotent; never waits. */
KAFC_API kafc_err kafc_conn_close(kafc_conn *c, kafc_error *err);
/* Closes, and gives the memory back; no other thread may be inside a call. Batches live on. NULL is ignored. */
KAFC_API void kafc_conn_free(kafc_conn *c);

/* The call that waits, or else the next one that would wait, returns KAFC_ERR_INTERRUPTED. Any thread, and safe in a
 * signal handler (rule C3). */
KAFC_API void kafc_conn_interrupt(kafc_conn *c);

/* From now on, also for calls that wait already: none waits longer than until `timeout_ms` from now. -1: no deadline.
 * Any thread. A write is kafc_conn_produce(), _create_topics() and _delete_topics(), its answer included; all others
 * are reads. */
KAFC_API kafc_err kafc_conn_set_deadline(kafc_conn *c, int timeout_ms, kafc_error *err); /* both */
KAFC_API kafc_err kafc_conn_set_read_deadline(kafc_conn *c, int timeout_ms, kafc_error *err);
KAFC_API kafc_err kafc_conn_set_write_deadline(kafc_conn *c, int timeout_ms, kafc_error *err);

/* The options of single calls anew: acks, compression, compression_level, isolation, check_crcs, min_bytes, max_bytes
 * and max_wait_ms of *o, or their defaults, take the place of those before (o NULL: all are defaults); its other fields
 * are not looked at. Does not wait: KAFC_ERR_WOULD_BLOCK while another thread is inside a call. KAFC_ERR_USAGE: out of
 * range, or min_bytes above max_bytes; then nothing has changed. */
KAFC_API kafc_err kafc_conn_configure(kafc_conn *c, const kafc_conn_options *o, kafc_error *err);

/* Whom it is connected to. Valid until free; id is -1 unless the connection leads to a partition's leader. */
KAFC_API const kafc_broker *kafc_conn_broker(const kafc_conn *c);
/* The two ends of the socket, "127.0.0.1:9092" or "[::1]:9092"; "" for one that is not of IP. Valid until free. */
KAFC_API const char *kafc_conn_local_address(const kafc_conn *c);
KAFC_API const char *kafc_conn_remote_address(const kafc_conn *c);

/* --- Any request ------------------------------------------------------------
 * api: the row of an API, &kafc_fetch_api of kafc/protocol/api/01_fetch.h; kafc__api() of
 * kafc/protocol/registry.h finds one by its key. They are in libkafc.a; the shared library exports no
 * codec. req, resp: the structs of the same header, req prepared with kafc__msg_defaults(). version: -1
 * for the highest that both sides know, or one to insist on; versions that Kafka has not released
 * (above the row's pick_max) are sent only to those who insist. What resp points to belongs to the
 * connection, until the next kafc_conn_call() or free; after an error resp holds nothing to rely on.
 * Error codes inside the response are the caller's affair. Produce with acks 0 returns when its bytes
 * were handed over, resp then holds defaults. resp may be NULL. kafc_client_call() finds the broker.
 * KAFC_ERR_UNSUPPORTED: a side does not know the version, and which, before anything is sent;
 * KAFC_ERR_ENCODE: a field that the version lacks. */
struct kafc_api;
KAFC_API kafc_err kafc_conn_call(kafc_conn *c, const struct kafc_api *api, int version,
                                 const void *req, void *resp, int timeout_ms, kafc_error *err);
/* The version that -1 would take, or -1 if there is none. */
KAFC_API int kafc_conn_version(kafc_conn *c, const struct kafc_api *api);

/* What the broker said of itself when it was connected to, by key; for one before 0.10 that is taken from its release.
 * Writes at most cap entries, returns how many there are: 0 when the connection is lost. Asks nobody. */
KAFC_API int32_t kafc_conn_api_versions(kafc_conn *c, kafc_api_range *out, int32_t cap);

/* --- The cluster, as this broker sees it ------------------------------------- */

/* Partitions of topics, brokers, controller; as kafc_client_metadata(), for kafc_metadata_free().
 * Never creates a topic. */
KAFC_API kafc_err kafc_conn_metadata(kafc_conn *c, const char *const *topics, int32_t n,
                                     int timeout_ms, kafc_metadata **out, kafc_error *err);
/* As on a client, but asked of this broker: KAFC_ERR_NOT_CONTROLLER if it is not the controller and
 * does not forward. */
KAFC_API kafc_err kafc_conn_create_topics(kafc_conn *c, kafc_new_topic *topics, int32_t n,
                                          int timeout_ms, kafc_error *err);
KAFC_API kafc_err kafc_conn_delete_topics(kafc_conn *c, const char *const *names, int32_t n,
                                          kafc_err *results, int timeout_ms, kafc_error *err);

/* --- The partition: a connection with a topic, else KAFC_ERR_USAGE ------------- */

typedef struct kafc_produced {
    int64_t base_offset;      /* of the first message; KAFC_OFFSET_UNKNOWN with acks 0 */
    int64_t log_append_time;  /* ms, or -1: the messages keep their own */
    int64_t log_start_offset; /* or KAFC_OFFSET_UNKNOWN */
    int32_t throttle_ms;      /* that the broker wants to be left alone; nothing is sent to it meanwhile */
    int32_t reserved32;
    void *reserved[2];
} kafc_produced;

/* One batch of n messages: all are written, or none. Their topic is NULL or the connection's, their
 * to_partition 0. After KAFC_ERR_TIMED_OUT, _INTERRUPTED, _DISCONNECTED the batch may have been
 * written. KAFC_ERR_UNSUPPORTED: headers before 0.11, zstd before 2.1 (rule W8). out may be NULL. */
KAFC_API kafc_err kafc_conn_produce(kafc_conn *c, const kafc_message *m, int32_t n, int timeout_ms,
                                    kafc_produced *out, kafc_error *err);

/* Where the next read begins: an offset is the next one to read (rule V2). KAFC_FIRST at the start,
 * resolved by the first read; until then KAFC_OFFSET_UNKNOWN. */
KAFC_API int64_t kafc_conn_offset(kafc_conn *c);
/* FIRST, LAST, TIME, AGO and TAIL are asked of the broker at once. KAFC_AT(offset) is local, and reading tells if it is
 * out of range; so is KAFC_CURRENT(n), n on from where the next read would begin, once that is known.
 * KAFC_ERR_OFFSET_OUT_OF_RANGE if it leads below 0. offset (or NULL): where that is. */
KAFC_API kafc_err kafc_conn_seek(kafc_conn *c, kafc_position to, int timeout_ms, int64_t *offset,
                                 kafc_error *err);
/* The same without moving, and always asked of the broker: of AT and CURRENT whether the log holds that offset, or ends
 * in front of it; else KAFC_ERR_OFFSET_OUT_OF_RANGE names the range. LAST is the high watermark, or the last stable
 * offset when reading committed (rule R10). */
KAFC_API kafc_err kafc_conn_offset_at(kafc_conn *c, kafc_position at, int timeout_ms,
                                      int64_t *offset, kafc_error *err);

/* The next batches, as kafc_batch; waits until there are some. *out is the caller's, for kafc_batch_free(). The offset
 * moves past them. KAFC_ERR_OFFSET_OUT_OF_RANGE, KAFC_ERR_NOT_LEADER_OR_FOLLOWER and other codes of the broker;
 * KAFC_ERR_TIMED_OUT: nothing came. */
KAFC_API kafc_err kafc_conn_fetch(kafc_conn *c, kafc_batch **out, int timeout_ms, kafc_error *err);
/* The next message; it borrows from the connection until the next call of read, fetch or seek. */
KAFC_API kafc_err kafc_conn_read(kafc_conn *c, kafc_message *m, int timeout_ms, kafc_error *err);

#ifdef __cplusplus
}
#endif
#endif
