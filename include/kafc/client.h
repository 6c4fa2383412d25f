/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A client: brokers, connections, metadata and one loop thread, shared by any
 * number of writers and readers. Without a thread: kafc/loop.h.
 *
 * Threads: every function may be called from any thread, except that close
 * and free of one object are called by one thread, and nothing after free.
 * After fork(2) the child's handles answer KAFC_ERR_FORKED and touch nothing;
 * the parent is not disturbed (rule C7).
 * Timeouts: `timeout_ms` -1 waits for ever, 0 does not wait.
 * Errors: the last argument may be NULL; see kafc/error.h.
 */
#ifndef KAFC_CLIENT_H
#define KAFC_CLIENT_H

#include <kafc/hooks.h>
#include <kafc/security.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct kafc_client kafc_client;

/* --- Options by name ----------------------------------------------------
 * Names, ranges and units are the Java client's ("linger.ms",
 * "bootstrap.servers"), librdkafka's are known as aliases; docs/OPTIONS.md
 * lists them. One set may hold the properties of a client, a writer and a
 * reader: each takes its own. A field set in an options struct wins over the
 * property of the same meaning. */

/* NULL when out of memory. Free after the objects were opened, or later. */
KAFC_API kafc_properties *kafc_properties_new(void) KAFC_NODISCARD;
KAFC_API void kafc_properties_free(kafc_properties *p);
/* Copies. KAFC_ERR_USAGE for an unknown name (the sentence tells a known one like it) or a value out of range. What
 * other clients have and kafc has not is taken if it asks for what is done anyway, such as enable.auto.commit=false or
 * security.protocol=PLAINTEXT, and else refused with the reason. */
KAFC_API kafc_err kafc_properties_set(kafc_properties *p, const char *name, const char *value,
                                      kafc_error *err);
/* Reads "name=value" lines in Java's form: '#' and '!' begin comments, a line that ends in a backslash goes on in the
 * next one, and in values \n, \t, \r, \f and \u with four hexadecimal digits are what they are there, any other
 * character behind a backslash is itself. The sentence names file and line. */
KAFC_API kafc_err kafc_properties_load(kafc_properties *p, const char *path, kafc_error *err);

/* --- Open and close ----------------------------------------------------- */

/* Replaces getaddrinfo(3): fills up to `max` text addresses ("127.0.0.1", "::1", "fe80::1%eth0") for host, each at most
 * 63 bytes, and returns how many, or -1. Called on the resolver's thread, may block. A call that is under way when its
 * client goes runs on to its end, and its answer is dropped: ctx must last as long. */
typedef int (*kafc_resolve_fn)(void *ctx, const char *host, char (*address)[64], int max);

/* When no known broker answers. */
typedef enum kafc_recovery {
    KAFC_RECOVERY_REBOOTSTRAP = 1, /* the list of the beginning is tried as well */
    KAFC_RECOVERY_NONE = 2         /* known brokers only */
} kafc_recovery;

typedef struct kafc_client_options {
    size_t size; /* set by KAFC_CLIENT() or kafc_client_options_init() */
    const kafc_properties *properties;
    const char *brokers;          /* "host:port,host:port"; port 9092 if missing; required */
    const char *client_id;        /* default "kafc" */
    const char *rack;             /* this client's rack. client.rack */
    const kafc_security *security; /* NULL: what the properties say, else plaintext. security.protocol */
    int32_t connect_timeout_ms;   /* of one connection, with TLS and login; 10000. socket.connection.setup.timeout.ms */
    int32_t request_timeout_ms;   /* for one request; 30000. request.timeout.ms */
    int32_t retry_backoff_ms;     /* first pause; doubles, with 20 % jitter; 100 */
    int32_t retry_backoff_max_ms; /* 1000 */
    int32_t reconnect_backoff_ms; /* the same for connections; 50 */
    int32_t reconnect_backoff_max_ms; /* 1000 */
    int32_t metadata_max_age_ms;      /* 300000 */
    kafc_recovery metadata_recovery;  /* KAFC_RECOVERY_REBOOTSTRAP. metadata.recovery.strategy */
    int32_t rebootstrap_trigger_ms;   /* without metadata for so long the list is all there is; 300000.
                                         metadata.recovery.rebootstrap.trigger.ms */
    int32_t connections_max_idle_ms;  /* 540000 */
    int32_t receive_max_bytes;        /* a larger frame closes the connection; 104857600 */
    int32_t send_buffer_bytes;        /* SO_SNDBUF; 0: the system's */
    int32_t receive_buffer_bytes;     /* SO_RCVBUF; 0: the system's. TCP_NODELAY and SO_KEEPALIVE are always on */
    const char *local_address;        /* to connect from, "192.0.2.1"; then brokers' addresses of the other family
                                         are left out. NULL: the system's choice */
    int32_t fallback_delay_ms;        /* when an address of a name has not answered for so long, the next one is tried
                                         beside it, IPv6 and IPv4 in turn (RFC 8305); 250; KAFC_ZERO: all at once; -1:
                                         when its part of the time is over */
    kafc_log_level log_level;         /* KAFC_LOG_INFO */
    const char *debug;                /* NULL: log_level decides. "broker,cgrp": lines for debugging in these contexts,
                                         and no others, whatever log_level is. debug; docs/OPTIONS.md */
    kafc_log_fn log;                  /* NULL: nothing is logged */
    kafc_log_fn log_error;            /* errors apart; NULL: to `log` */
    kafc_resolve_fn resolve;          /* NULL: getaddrinfo on one lazy thread of the process */
    const kafc_hooks *hooks;          /* NULL: nobody is told. kafc/hooks.h */
    void *ctx;                        /* for the three functions */
    const kafc_allocator
        *allocator; /* NULL: malloc(3); copied, its ctx must outlive everything of the client */
    kafc_switch driven; /* by your own loop, without a thread: kafc/loop.h; default off */
} kafc_client_options;

/* KAFC_CLIENT(.brokers = "localhost:9092"): options in C; in C++ use the init function. */
#define KAFC_CLIENT(...) \
    (&(kafc_client_options){ .size = sizeof(kafc_client_options), __VA_ARGS__ })
static inline void kafc_client_options_init(kafc_client_options *o)
{
    memset(o, 0, sizeof *o);
    o->size = sizeof *o;
}

/* Starts the loop thread, unless it is to be driven; connects when there is something to do. Strings are copied. NULL
 * on error: KAFC_ERR_USAGE names the option, KAFC_ERR_NO_MEMORY, KAFC_ERR_SYSTEM. */
KAFC_API kafc_client *kafc_client_open(const kafc_client_options *o,
                                       kafc_error *err) KAFC_NODISCARD;

/* Ends all work: closes the writers and readers that are still open (within the timeout, in which writers flush),
 * wakes every waiter with KAFC_ERR_CLOSED, joins the loop thread. Idempotent. KAFC_ERR_TIMED_OUT when a writer could
 * not be flushed; its messages got their verdicts all the same. */
KAFC_API kafc_err kafc_client_close(kafc_client *c, int timeout_ms, kafc_error *err);

/* Closes without waiting if needed and gives the memory back. Writers and readers of the client must have been freed,
 * batches and reports may live on. Inside a callback it does nothing. NULL is ignored. */
KAFC_API void kafc_client_free(kafc_client *c);

/* Makes calls that wait on this client (not its readers and writers) return KAFC_ERR_INTERRUPTED. Safe in a signal
 * handler (rule C3). */
KAFC_API void kafc_client_interrupt(kafc_client *c);

/* New credentials, from any thread: connections that wait for some (kafc_credentials_fn) go on, and those to come, and
 * logins that are renewed (KIP-368), use these; a function for credentials is asked again only when four fifths of the
 * time until expires_ms, if that is known, have passed. Copied. KAFC_ERR_USAGE without SASL. */
KAFC_API kafc_err kafc_client_set_credentials(kafc_client *c, const kafc_credentials *credentials,
                                              kafc_error *err);

/* --- Metadata ------------------------------------------------------------ */

typedef struct kafc_broker {
    int32_t id;
    int32_t port;
    const char *host;
    const char *rack; /* or NULL */
} kafc_broker;

typedef struct kafc_partition {
    int32_t id;
    kafc_err err;         /* KAFC_ERR_LEADER_NOT_AVAILABLE and the like */
    int32_t leader;       /* node id, or -1 */
    int32_t leader_epoch; /* or -1 */
    const int32_t *replicas, *isr, *offline;
    int32_t nreplicas, nisr, noffline;
    int32_t neligible, nlast_eligible;
    const int32_t *eligible, *last_eligible; /* kafc_admin_describe_topics() tells them, else NULL */
} kafc_partition;

typedef struct kafc_topic {
    const char *name;
    kafc_uuid id; /* zero before Metadata v10 */
    kafc_err err; /* KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION and the like */
    bool internal;
    const kafc_partition *partitions; /* by id */
    int32_t npartitions;
    uint32_t operations; /* the same */
} kafc_topic;

typedef struct kafc_metadata {
    const char *cluster_id; /* or NULL, before Metadata v2 */
    int32_t controller;     /* node id, or -1 */
    const kafc_broker *brokers;
    int32_t nbrokers;
    const kafc_topic *topics; /* by name */
    int32_t ntopics;
    uint32_t operations; /* kafc_admin_describe_cluster() tells them, else 0 */
} kafc_metadata;

enum { KAFC_ALL_TOPICS = -1 };

/* Asks a broker. topics: n names; n == 0: brokers only; n == KAFC_ALL_TOPICS: all. Never creates a topic (rule W9).
 * *out: one piece of memory, the caller's, for kafc_metadata_free(). */
KAFC_API kafc_err kafc_client_metadata(kafc_client *c, const char *const *topics, int32_t n,
                                       int timeout_ms, kafc_metadata **out, kafc_error *err);
KAFC_API void kafc_metadata_free(kafc_metadata *m);

/* --- Offsets -------------------------------------------------------------- */

typedef struct kafc_offset_query {
    const char *topic;
    int32_t partition;
    kafc_position at;     /* FIRST, LAST, TIME, AGO, TAIL, MAX_TIMESTAMP, FIRST_LOCAL or LAST_TIERED */
    int64_t offset;       /* out: the next one to read; KAFC_OFFSET_UNKNOWN with `result`, and without one if there is
                           * no record (MAX_TIMESTAMP), or nothing in remote storage (LAST_TIERED) */
    int32_t leader_epoch; /* out, -1 if the broker does not say */
    bool none_later;      /* out, TIME: no record at or after it; offset is the end */
    kafc_err result;      /* out */
    int64_t timestamp;    /* out: of the record, ms, where TIME, AGO and MAX_TIMESTAMP found one; else -1 */
} kafc_offset_query;

/* Asks the leaders. LAST is the high watermark, or the last stable offset when `isolation` is read committed
 * (rule R10). TIME gives KAFC_ERR_UNSUPPORTED of brokers before 0.10.1, the last three of those before 3.0, 3.4 and
 * 3.9. Returns the first error. */
KAFC_API kafc_err kafc_client_offsets(kafc_client *c, kafc_offset_query *q, int32_t n,
                                      kafc_isolation isolation, int timeout_ms, kafc_error *err);

/* Asks the group's coordinator how far it has come in n partitions: q[i].topic and partition; out are offset,
 * leader_epoch and result. Offsets that an open transaction is about to commit are waited
 * for, within the timeout (brokers from 2.5 on), so that what follows begins behind them. Returns the first error, such
 * as KAFC_ERR_GROUP_AUTHORIZATION_FAILED. A group that never was has committed nothing. */
KAFC_API kafc_err kafc_client_committed(kafc_client *c, const char *group, kafc_offset *q,
                                        int32_t n, int timeout_ms, kafc_error *err);

/* --- Any request ------------------------------------------------------------
 * What kafc_conn_call() is on one broker, on a client: it finds those who answer. The API's row says
 * where its requests go (`route` of kafc/protocol/apis.h), the request's own fields to whom:
 *   any, controller    one broker;
 *   leader             of the partitions that are named: the request is cut up by leaders. What has
 *                      no leader goes to any broker, which says so itself;
 *   group, transaction, share group: the coordinator, looked up by FindCoordinator; requests that name
 *                      several are cut up. Without a name (InitProducerId of no transaction): any;
 *   resource           configs of a broker and of its loggers: that broker; of all others any. The request is cut up;
 *   all                each broker gets the request as it is.
 * Leaders, controller and coordinators are looked up for each call and not remembered, so there is
 * nothing to become stale. By name: a request whose topics are named by id alone asks for the metadata
 * of all topics. Loops want a kafc_conn.
 * All calls to a broker share one connection, beside those of writers and readers, and it answers one
 * request after the other: what it parks (JoinGroup, a Fetch that waits) holds up the calls behind it.
 * Who needs both at once has a client or a kafc_conn for each.
 * `broker`, a node id, overrides the route; it must be given where only the caller can know it (the
 * routes "broker" and "quorum"), and for what belongs to one broker: sessions of Fetch and ShareFetch.
 *
 *   struct kafc_list_groups_req req;
 *   kafc__msg_defaults(&kafc_list_groups_req_schema, &req);
 *   if (kafc_client_call(c, &kafc_list_groups_api, -1, &req, KAFC_BY_ROUTE, 5000, &a, &err) == KAFC_OK) {
 *       const struct kafc_list_groups_resp *r = a->resp;
 *       for (int32_t i = 0; i < r->groups.n; i++)
 *           printf("%.*s\n", (int)r->groups.v[i].group_id.len, r->groups.v[i].group_id.p);
 *   }
 *   kafc_answer_free(a); */

enum { KAFC_BY_ROUTE = -1 };

typedef struct kafc_answer_part {
    int32_t broker;   /* node id; -1: one of the list that the client began with */
    int16_t version;  /* of request and response; -1: nothing was sent */
    kafc_err err;     /* why there is no response */
    const void *resp; /* this broker's, as `resp` below; NULL with err */
} kafc_answer_part;

typedef struct kafc_answer {
    const void *resp;              /* struct of the API's response: kafc_list_groups_resp, … */
    const kafc_answer_part *parts; /* of whom it was made, each by itself */
    int32_t nparts;
} kafc_answer;

/* What a broker knows of an API. */
typedef struct kafc_api_range {
    int16_t api; /* key */
    int16_t min, max;
} kafc_api_range;

struct kafc_api;
/* api, req, version: as for kafc_conn_call(); version is -1, the highest that each broker and kafc know, or one to
 * insist on. The answers of several brokers become one: arrays stand one behind the other, a topic that several have
 * is there once with all its partitions, ThrottleTimeMs is the highest, and whatever else is the first answer's that
 * has an ErrorCode, or the first's.
 * Error codes inside the response are the caller's affair, NOT_LEADER_OR_FOLLOWER and its like too: to call again is to
 * look again. The call itself goes on until its time is over while brokers cannot be reached or are not known yet; what
 * a broker may have received is not sent a second time (KAFC_ERR_DISCONNECTED, KAFC_ERR_TIMED_OUT). Each request has
 * the client's request_timeout_ms, whatever timeout_ms is: give a client that joins groups more than their rebalance
 * timeout. KAFC_ERR_INTERRUPTED, KAFC_ERR_CLOSED: the wait ended, the request may have been carried out.
 * The first error of any broker is returned. *out, the caller's, for kafc_answer_free(), holds what the others answered
 * then, and `parts` says who did not; it is NULL if nobody answered. It may outlive the client. Produce with acks 0
 * leaves defaults.
 * KAFC_ERR_UNSUPPORTED: a side does not know the version, and which; KAFC_ERR_ENCODE: a field that the version lacks;
 * KAFC_ERR_USAGE: a broker must be given. */
KAFC_API kafc_err kafc_client_call(kafc_client *c, const struct kafc_api *api, int version,
                                   const void *req, int32_t broker, int timeout_ms,
                                   kafc_answer **out, kafc_error *err);
KAFC_API void kafc_answer_free(kafc_answer *a); /* NULL is ignored */

#ifdef __cplusplus
}
#endif
#endif
