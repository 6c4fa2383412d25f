/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A Kafka cluster in memory, for tests: brokers on loopback ports that serve
 * Produce 0-13, Fetch 0-18, ListOffsets 0-11, Metadata 0-13, ApiVersions 0-5,
 * CreateTopics 0-7, DeleteTopics 0-6, FindCoordinator 0-6, transactions
 * (InitProducerId 0-5, AddPartitionsToTxn 0-5, AddOffsetsToTxn 0-4,
 * TxnOffsetCommit 0-5, EndTxn 0-5), OffsetForLeaderEpoch 0-4, logins
 * (SaslHandshake 0-1, SaslAuthenticate 0-2), the offsets of groups without
 * members (OffsetCommit 0-10, OffsetFetch 0-10), and requests of
 * administration as real ones do, with faults on demand. Link
 * libkafc_mock.a before libkafc.a.
 *
 * Threads: a mock has one thread of its own; every function may be called from
 * any thread. Nothing is written to disk; what the brokers hold is shared among
 * them as if replicated at once, so an acknowledged record survives its broker.
 * Brokers are numbered 1 to n. Partition p of a new topic is led by broker
 * p % n + 1. The controller is the first broker that runs; the others answer
 * what is the controller's with KAFC_ERR_NOT_CONTROLLER. A reassignment is done
 * when all the new replicas' brokers run. Broker 1 has the log directories
 * "/mock/1/a" and "/mock/1/b".
 */
#ifndef KAFC_MOCK_H
#define KAFC_MOCK_H

#include <kafc/acls.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct kafc_mock kafc_mock;

typedef struct kafc_mock_options {
    size_t size;               /* set by KAFC_MOCK() or kafc_mock_options_init() */
    int32_t brokers;           /* 3; at most 64 */
    int32_t partitions;        /* of topics made on demand, or without a number; 4 */
    int32_t port;              /* brokers listen on port, port + 1, …; 0: free ports */
    const char *host;          /* where they listen and what they advertise; "127.0.0.1" */
    kafc_switch auto_create;   /* topics made by Metadata requests that allow it; default on */
    int32_t message_max_bytes; /* of a batch, without max.message.bytes of the topic; 1048588 */
    int32_t failover_ms;       /* from a broker's stop to other leaders; 0: at once */
    int64_t retention_bytes;   /* of a partition; its oldest batches go; 0: none */
    uint64_t seed;             /* of topic ids and the cluster id; equal seeds give equal ids */
    kafc_log_fn log; /* requests and what became of them (debug), refusals (warn); NULL: nothing */
    void *ctx;       /* for log */
    const kafc_allocator *allocator; /* NULL: malloc(3); copied */
    const char *release; /* that it plays, as for kafc_mock_set_release(); NULL: the present one */
    bool
        blackhole; /* records are neither read nor kept, offsets grow all the same, any topic is made that is asked
                     * for: to measure what sends */
    int32_t coordinator_load_ms; /* that a coordinator needs when it takes over; 0 */
    int32_t
        marker_delay_ms; /* from a transaction's end to its markers, as kafc_mock_set_marker_delay() sets; 0 */
    int32_t
        group_initial_delay_ms; /* that an empty group waits for more members after the first, and after each that
                                     * came while it waited, up to the rebalance timeout; 0: not at all */
    int32_t group_min_session_ms; /* session timeouts below are refused; 6000 */
    int32_t group_max_session_ms; /* and those above; 1800000 */
    int32_t group_max_size;       /* members of a group; 0: any number */
    int32_t
        endless_bytes; /* every partition has messages of so many bytes without end, any topic is made that is
                            * asked for, what is produced is not kept: to measure what reads; 0: not so */
    kafc_compression endless_codec; /* of their batches */
} kafc_mock_options;

/* kafc_mock_new(KAFC_MOCK(.brokers = 1), &err): options in C; in C++ use the init function. */
#define KAFC_MOCK(...) (&(kafc_mock_options){ .size = sizeof(kafc_mock_options), __VA_ARGS__ })
static inline void kafc_mock_options_init(kafc_mock_options *o)
{
    memset(o, 0, sizeof *o);
    o->size = sizeof *o;
}

/* Listens and starts the thread. o may be NULL. NULL on error: KAFC_ERR_USAGE, KAFC_ERR_SYSTEM (a port is taken),
 * KAFC_ERR_NO_MEMORY. */
KAFC_API kafc_mock *kafc_mock_new(const kafc_mock_options *o, kafc_error *err) KAFC_NODISCARD;
KAFC_API void kafc_mock_free(kafc_mock *m); /* cuts all connections; NULL is ignored */

/* "127.0.0.1:40001,127.0.0.1:40002", valid until free. */
KAFC_API const char *kafc_mock_bootstrap(const kafc_mock *m);
KAFC_API int32_t kafc_mock_port(const kafc_mock *m, int32_t broker); /* 0: no such broker */

/* --- Brokers, topics, leaders -------------------------------------------------
 * All below return KAFC_OK, KAFC_ERR_USAGE (no such broker, a number out of
 * range), KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION or KAFC_ERR_NO_MEMORY, and take
 * effect before they return. */

/* Cuts the broker's connections and refuses new ones. Its partitions get another live replica as leader, after
 * failover_ms; a partition without one has no leader. Metadata does not list it any more (after failover_ms). */
KAFC_API kafc_err kafc_mock_stop_broker(kafc_mock *m, int32_t broker);
/* The same port and data. It is in sync at once and leads what had no leader. */
KAFC_API kafc_err kafc_mock_start_broker(kafc_mock *m, int32_t broker);
/* Cuts the connections of a broker (0: of all) that runs on. */
KAFC_API kafc_err kafc_mock_cut(kafc_mock *m, int32_t broker);

/* partitions 0: the default; replication 0: all brokers but at most 3. KAFC_ERR_TOPIC_ALREADY_EXISTS,
 * KAFC_ERR_INVALID_TOPIC_EXCEPTION, KAFC_ERR_INVALID_PARTITIONS, KAFC_ERR_INVALID_REPLICATION_FACTOR. */
KAFC_API kafc_err kafc_mock_create_topic(kafc_mock *m, const char *topic, int32_t partitions,
                                         int32_t replication);
/* It has so many partitions from now on, more than before. KAFC_ERR_INVALID_PARTITIONS. */
KAFC_API kafc_err kafc_mock_grow_topic(kafc_mock *m, const char *topic, int32_t partitions);
KAFC_API kafc_err kafc_mock_delete_topic(kafc_mock *m, const char *topic);
/* A configuration of a topic, by Kafka's names (others: KAFC_ERR_INVALID_CONFIG); value NULL: the default. Of them the
 * mock acts on "message.timestamp.type", "max.message.bytes", "cleanup.policy", "min.insync.replicas",
 * "message.timestamp.before.max.ms" and "message.timestamp.after.max.ms". The same by CreateTopics and
 * IncrementalAlterConfigs. */
KAFC_API kafc_err kafc_mock_set_config(kafc_mock *m, const char *topic, const char *name,
                                       const char *value);
KAFC_API kafc_err kafc_mock_set_timestamp_type(kafc_mock *m, const char *topic,
                                               kafc_timestamp_type type);
/* Moves the leader, with a new leader epoch; broker -1: no leader. The broker need not be a replica before. */
KAFC_API kafc_err kafc_mock_set_leader(kafc_mock *m, const char *topic, int32_t partition,
                                       int32_t broker);
/* The leader and its epoch; epoch may be NULL. -1: none, or no such partition. */
KAFC_API int32_t kafc_mock_leader(kafc_mock *m, const char *topic, int32_t partition,
                                  int32_t *epoch);

/* What all brokers advertise and serve of an API: acts as an older broker. Within what the mock serves; -1, -1: the
 * API is not there (its requests, and those of other versions, end the connection, as with real brokers). */
KAFC_API kafc_err kafc_mock_set_versions(kafc_mock *m, int16_t api, int16_t min, int16_t max);
/* The versions of a former release, of all APIs: "0.8", "0.9", "0.10.0", "0.10.1", "0.11", "1.1", "2.1", "2.8"; those
 * before 0.10 close the connection over ApiVersions, and leaders of all of them take transactional batches without
 * asking the coordinator. NULL: the present, without the versions that 4.0 has removed: Produce 0-2, Fetch 0-3,
 * ListOffsets 0, CreateTopics 0-1, DeleteTopics 0, OffsetCommit 0-1, OffsetFetch 0.
 * Logs hold batches of format 2 all the same; message sets of formats 0 and 1 are made of them and into them.
 * Connections that are open go on, as if the broker had been replaced behind them: cut them. */
KAFC_API kafc_err kafc_mock_set_release(kafc_mock *m, const char *release);
/* Partitions or brokers that a Metadata response may hide, for brokers with stale metadata: freezes what the broker's
 * Metadata says at this moment, until thawed. */
KAFC_API kafc_err kafc_mock_freeze_metadata(kafc_mock *m, int32_t broker, bool frozen);

/* The broker's rack, as its configuration broker.rack; NULL: none. Leaders send those who fetch from the rack of an
 * in-sync follower and not of their own there, as real brokers with RackAwareReplicaSelector do. */
KAFC_API kafc_err kafc_mock_set_rack(kafc_mock *m, int32_t broker, const char *rack);

/* What the broker is advertised as, as by advertised.listeners: something stands in front of it. It listens where it
 * did. KAFC_ERR_USAGE: no such broker, or no address. */
KAFC_API kafc_err kafc_mock_set_address(kafc_mock *m, int32_t broker, const char *host,
                                        int32_t port);

/* --- ACLs -----------------------------------------------------------------------
 * DescribeAcls, CreateAcls and DeleteAcls 0-3, and what they decide: who asks is
 * User:ANONYMOUS, or who has logged in, at 127.0.0.1, no super user, and may do
 * with a resource what he likes as long as it has no ACL. Real authorizers, too, refuse what no ACL
 * allows once there is one. */

/* Refuses the operation on the resource of this name ("kafka-cluster": the cluster's) to everybody, by an ACL, and
 * allows all others, by another one. denied false: takes the refusal away. */
KAFC_API kafc_err kafc_mock_deny(kafc_mock *m, kafc_acl_resource resource, const char *name,
                                 kafc_acl_operation operation, bool denied);

/* --- Coordinators, transactions --------------------------------------------------
 * Groups and transactional ids share 16 coordinators of each kind, spread over the
 * brokers. A broker that is stopped gives its own to others, with failover_ms.
 * What coordinators know is shared among the brokers and survives them. */

typedef enum kafc_mock_coordination {
    KAFC_MOCK_TRANSACTIONS = 0,
    KAFC_MOCK_GROUPS
} kafc_mock_coordination;

/* Moves the coordinator of a transactional id or group, and of those that share it; broker -1: none. */
KAFC_API kafc_err kafc_mock_set_coordinator(kafc_mock *m, kafc_mock_coordination what,
                                            const char *key, int32_t broker);
KAFC_API int32_t kafc_mock_coordinator(kafc_mock *m, kafc_mock_coordination what, const char *key);

/* The finalized feature transaction.version, 0 to 2 (at first 2), that ApiVersions of the present release tells on the
 * next connections. As with real brokers it says what clients should do; versions of requests say what they did. */
KAFC_API kafc_err kafc_mock_set_transaction_version(kafc_mock *m, int16_t version);
/* Markers are written and a transaction is complete so long after its end (and after this call, for those that wait);
 * until then the transactional id is busy: KAFC_ERR_CONCURRENT_TRANSACTIONS. -1: never. */
KAFC_API kafc_err kafc_mock_set_marker_delay(kafc_mock *m, int32_t ms);

typedef enum kafc_mock_txn_state {
    KAFC_MOCK_TXN_EMPTY = 0,
    KAFC_MOCK_TXN_ONGOING,
    KAFC_MOCK_TXN_PREPARE_COMMIT, /* decided, markers are being written */
    KAFC_MOCK_TXN_PREPARE_ABORT,
    KAFC_MOCK_TXN_COMPLETE_COMMIT,
    KAFC_MOCK_TXN_COMPLETE_ABORT
} kafc_mock_txn_state;

typedef struct kafc_mock_transaction {
    kafc_mock_txn_state state;
    int64_t producer_id;
    int16_t epoch;
    int32_t partitions, groups; /* that joined and have no marker yet */
} kafc_mock_transaction;
/* KAFC_ERR_TRANSACTIONAL_ID_NOT_FOUND. */
KAFC_API kafc_err kafc_mock_transaction_get(kafc_mock *m, const char *transactional_id,
                                            kafc_mock_transaction *out);
/* The offset that a group has committed, the next one to read. KAFC_ERR_GROUP_ID_NOT_FOUND,
 * KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION (nothing is committed there). */
KAFC_API kafc_err kafc_mock_committed(kafc_mock *m, const char *group, const char *topic,
                                      int32_t partition, int64_t *offset);

typedef enum kafc_mock_group_state {
    KAFC_MOCK_GROUP_EMPTY = 0,  /* no members, perhaps offsets */
    KAFC_MOCK_GROUP_PREPARING,  /* a rebalance: members are to join again */
    KAFC_MOCK_GROUP_COMPLETING, /* all have joined, the leader is to hand out assignments */
    KAFC_MOCK_GROUP_STABLE,
    KAFC_MOCK_GROUP_DEAD /* unknown, or deleted */
} kafc_mock_group_state;

typedef struct kafc_mock_group {
    kafc_mock_group_state state;
    int32_t generation; /* 0: there was none */
    int32_t members;    /* those that have joined once */
    int32_t pending;    /* that were given an id and are to join with it */
    int32_t waiting;    /* members whose JoinGroup or SyncGroup is not answered yet */
    int32_t offsets;    /* partitions with a committed offset */
    char leader[256];   /* its member id, cut off; "": none */
    char protocol[64];  /* chosen for this generation, cut off */
} kafc_mock_group;
/* KAFC_ERR_GROUP_ID_NOT_FOUND. */
KAFC_API kafc_err kafc_mock_group_get(kafc_mock *m, const char *group, kafc_mock_group *out);
/* Removes a member, by its member id or its instance id, as if its session had ended; NULL: all members.
 * KAFC_ERR_GROUP_ID_NOT_FOUND, KAFC_ERR_UNKNOWN_MEMBER_ID. */
KAFC_API kafc_err kafc_mock_kick(kafc_mock *m, const char *group, const char *member);
/* Begins a rebalance, as a member that joins does; an empty group stays as it is. KAFC_ERR_GROUP_ID_NOT_FOUND. */
KAFC_API kafc_err kafc_mock_rebalance(kafc_mock *m, const char *group);

/* --- Logins ---------------------------------------------------------------------
 * At first brokers want none, and answer SaslHandshake as a plain listener does:
 * KAFC_ERR_ILLEGAL_SASL_STATE. */

/* What connections that are opened from now on must log in by, before anything but ApiVersions: "PLAIN,SCRAM-SHA-256",
 * of PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 (KAFC_ERR_UNSUPPORTED without OpenSSL) and OAUTHBEARER (which takes unsigned
 * tokens that are not out of date). NULL: no login. A login that fails ends the connection. session_ms, 0 for ever: how
 * long it lasts (connections.max.reauth.ms), a token's no longer than the token; after it any request but another
 * login ends the connection. Releases before 1.0 take bare tokens, those before 0.10 none. */
KAFC_API kafc_err kafc_mock_set_login(kafc_mock *m, const char *mechanisms, int32_t session_ms);
/* A user of PLAIN and SCRAM, new or with another password; password NULL: there is none. What AlterUserScramCredentials
 * says of a user and mechanism comes first. */
KAFC_API kafc_err kafc_mock_set_user(kafc_mock *m, const char *user, const char *password);

typedef enum kafc_mock_login_fault {
    KAFC_MOCK_LOGIN_RIGHT = 0,
    KAFC_MOCK_LOGIN_SIGNATURE,  /* SCRAM: what the broker proves is wrong, though the password was right */
    KAFC_MOCK_LOGIN_NONCE,      /* SCRAM: a nonce that is not the client's */
    KAFC_MOCK_LOGIN_ITERATIONS, /* SCRAM: 2147483648 of them */
    KAFC_MOCK_LOGIN_GARBAGE     /* every answer to a token is garbage */
} kafc_mock_login_fault;
/* How brokers lie from now on. */
KAFC_API kafc_err kafc_mock_set_login_fault(kafc_mock *m, kafc_mock_login_fault fault);

/* --- Faults -------------------------------------------------------------------- */

typedef enum kafc_mock_act {
    KAFC_MOCK_PASS = 0, /* serve it */
    KAFC_MOCK_ERROR,    /* do nothing, answer with `code` for all that was asked */
    KAFC_MOCK_CUT,      /* do nothing, cut the connection (after delay_ms) */
    KAFC_MOCK_DROP, /* do nothing, never answer; later requests are answered (no real broker does that) */
    KAFC_MOCK_SILENT, /* do nothing, and never answer anything on this connection again: a silent peer */
    KAFC_MOCK_RAW,      /* do nothing, send `bytes` as they are, size prefix and header included */
    KAFC_MOCK_PASS_CUT, /* serve it and cut the connection instead of answering: the answer is lost */
    KAFC_MOCK_PASS_SILENT /* serve it and be silent from then on */
} kafc_mock_act;

typedef struct kafc_mock_request {
    int32_t broker;
    int16_t api, version;
    uint64_t index; /* of the requests of this API on all brokers, from 0 */
    kafc_str client_id;
    kafc_bytes body; /* encoded, behind the header */
} kafc_mock_request;

typedef struct kafc_mock_answer {
    kafc_mock_act act;
    int32_t delay_ms; /* the answer leaves later; the connection's requests behind it wait, too */
    kafc_err code;    /* of KAFC_MOCK_ERROR */
    kafc_bytes bytes; /* of KAFC_MOCK_RAW; copied after the return */
    int32_t
        throttle_ms; /* the answer says so, where its version can; the connection's requests wait so long */
} kafc_mock_answer;

/* Called for each request of the API, on the mock's thread, with *a set to KAFC_MOCK_PASS. It may call the mock's
 * functions, but for free. One hook for each API; fn NULL takes it away, and after the return the former one does not
 * run any more (unless called from inside it). api -1: all APIs that have no hook of their own. */
typedef void (*kafc_mock_hook_fn)(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a);
KAFC_API kafc_err kafc_mock_hook(kafc_mock *m, int16_t api, kafc_mock_hook_fn fn, void *ctx);

/* The next n requests of the API get this answer, after those pushed before; then served. KAFC_ERR_DISCONNECTED cuts
 * the connection, KAFC_OK serves. Asked before the hooks. */
KAFC_API kafc_err kafc_mock_push_error(kafc_mock *m, int16_t api, kafc_err code, int32_t n);
/* Every answer of the broker (0: of all) leaves this much later; requests are still served at once. */
KAFC_API kafc_err kafc_mock_set_rtt(kafc_mock *m, int32_t broker, int32_t ms);
/* Requests that arrived at a broker (0: at all) of an API (-1: of all). */
KAFC_API uint64_t kafc_mock_requests(kafc_mock *m, int32_t broker, int16_t api);
KAFC_API int32_t kafc_mock_connections(kafc_mock *m, int32_t broker); /* open now; broker 0: all */

/* --- Logs ------------------------------------------------------------------------- */

/* What a partition holds. KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION. */
typedef struct kafc_mock_log {
    int64_t log_start;      /* first offset */
    int64_t high_watermark; /* the end: next offset to be written */
    int64_t last_stable;    /* below it, all transactions are decided */
    int64_t batches;        /* that are held */
    int64_t records;        /* in them, markers included */
} kafc_mock_log;
KAFC_API kafc_err kafc_mock_log_get(kafc_mock *m, const char *topic, int32_t partition,
                                    kafc_mock_log *out);

/* A copy of the record at the offset, or of the first one after it, decompressed; the caller's, for
 * kafc_message_free(). Markers are left out. NULL: none up to the end, or a batch that cannot be read. */
KAFC_API kafc_message *kafc_mock_record(kafc_mock *m, const char *topic, int32_t partition,
                                        int64_t offset) KAFC_NODISCARD;

/* Appends n messages as one uncompressed batch; a timestamp of 0 is now. producer_id -1: plain; >= 0: a part of a
 * transaction of that producer, open until its marker. */
KAFC_API kafc_err kafc_mock_append(kafc_mock *m, const char *topic, int32_t partition,
                                   const kafc_message *msg, int32_t n, int64_t producer_id);
/* Appends a batch of format 2 as it is, but for its offset, epoch and (LogAppendTime) timestamp; KAFC_ERR_CORRUPT. */
KAFC_API kafc_err kafc_mock_append_batch(kafc_mock *m, const char *topic, int32_t partition,
                                         const void *p, size_t n);
/* Appends the marker that ends the producer's transaction in this partition, with the epoch of its last batch. */
KAFC_API kafc_err kafc_mock_append_marker(kafc_mock *m, const char *topic, int32_t partition,
                                          int64_t producer_id, bool commit);
/* Moves the log start to `before`, as retention and DeleteRecords do (-1: to the high watermark). */
KAFC_API kafc_err kafc_mock_delete_records(kafc_mock *m, const char *topic, int32_t partition,
                                           int64_t before);
/* Cuts the log off at `end`, with a new leader epoch, as an unclean election does: acknowledged records are lost. A
 * batch that holds `end` goes as a whole. */
KAFC_API kafc_err kafc_mock_truncate(kafc_mock *m, const char *topic, int32_t partition,
                                     int64_t end);
/* Holds the last stable offset at `offset` whatever is open; -1: computed again. */
KAFC_API kafc_err kafc_mock_set_last_stable(kafc_mock *m, const char *topic, int32_t partition,
                                            int64_t offset);
/* Forgets what the partition knows of producers. Afterwards any first sequence is taken, as by brokers from 2.5 on;
 * old: one that is not 0 is answered with KAFC_ERR_UNKNOWN_PRODUCER_ID, as by those before. */
KAFC_API kafc_err kafc_mock_forget_producers(kafc_mock *m, const char *topic, int32_t partition,
                                             bool old);

#ifdef __cplusplus
}
#endif
#endif
