/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the cluster is made of, for its own files: brokers, topics,
 * connections, a request being served. Names outside mock/ do not see this.
 */
#ifndef KAFC_MOCK_STATE_H
#define KAFC_MOCK_STATE_H

#include "base/arena.h"
#include "base/list.h"
#include "base/log.h"
#include "base/rand.h"
#include "base/str.h"
#include "mock/cluster.h"
#include "mock/endless.h"
#include "mock/log.h"
#include "mock/login.h"
#include "protocol/apis.h"

#define KAFC_MOCK_EACH(list, type, it) \
    for (type *it = KAFC_LIST_FIRST(list, type, node); it; it = KAFC_LIST_NEXT(list, it, type, node))

enum {
    KAFC_MOCK_BROKERS_MAX = 64,
    KAFC_MOCK_PARTITIONS_MAX = 100000,
    KAFC_MOCK_FRAME_MAX = 104857600,
    KAFC_MOCK_APIS = 64,      /* room for so many that are served */
    KAFC_MOCK_RELEASES = 8,   /* former ones that are played */
    KAFC_MOCK_SLOTS = 16,     /* of coordinators, of each kind */
    KAFC_MOCK_DIRS = 2,       /* log directories of a broker */
    KAFC_MOCK_PATH = 32,      /* bytes of a directory's name */
    KAFC_MOCK_SESSIONS = 1000 /* fetch sessions of a broker */
};

struct kafc_mtopic;

struct kafc_mpart {
    struct kafc_mtopic *topic;
    int32_t index, leader, epoch; /* leader -1: none */
    int32_t *replica;
    int32_t nreplicas;
    int32_t *before; /* replicas before the reassignment that is under way; NULL: none */
    int32_t nbefore;
    int32_t ntarget; /* the first of `replica`, which will stay */
    uint64_t in_b;   /* by broker - 1: its replica is in the second directory */
    struct kafc_mlog log;
    struct {
        int32_t leader, epoch;
    } * frozen; /* by broker - 1, what its Metadata says; or NULL */
};

struct kafc_mtopic {
    struct kafc_list node; /* of the cluster's, in the order of creation */
    char *name;
    int32_t name_len;
    kafc_uuid id;
    bool deleted, fresh; /* fresh: made on demand, and nobody was told of it yet */
    bool append_time, compact;
    int32_t max_bytes, min_isr;
    int32_t before_ms, after_ms; /* how far timestamps may lie from now; 0: any */
    int32_t npartitions, replication;
    struct kafc_mpart *part;
};

struct kafc_msession;

struct kafc_mbroker {
    int32_t id, port;
    char *host;
    char *rack;           /* or NULL */
    bool running, listed; /* listed: Metadata names it */
    bool frozen;
    uint64_t frozen_listed; /* bits of the brokers */
    int64_t failover_at;    /* INT64_MAX: not due */
    int64_t rtt_us;
    uint64_t requests[KAFC_MOCK_APIS];
    struct kafc_list sessions;
    int nsessions;
    int32_t last_session;
};

struct kafc_mout { /* an answer on its way */
    struct kafc_list node;
    int64_t ready_at;
    size_t len, sent;
    bool cut; /* no bytes: close the connection then */
    /* Where its bytes lie, data among it; the first one and its `off` are the next to be sent. */
    struct kafc_mpiece {
        const uint8_t *p;
        size_t n;
    } * piece, data_piece;
    size_t off;
    uint8_t data[];
};

struct kafc_mfetch;
struct kafc_mmember;

struct kafc_mconn {
    struct kafc_list node, ready;
    uint64_t id;
    struct kafc_mbroker *broker;
    struct kafc_list out;
    size_t out_bytes; /* in it */
    uint8_t *in;
    size_t in_len, in_cap, in_pos;
    int64_t busy_until;          /* a hook's delay: requests wait */
    struct kafc_mfetch *parked;  /* or NULL */
    struct kafc_mmember *member; /* whose JoinGroup or SyncGroup waits; or NULL */
    struct kafc_mlogin login;
    bool silent, closing, blocked, working;
};

struct kafc_mpushed { /* answers to come */
    struct kafc_list node;
    kafc_err code;
    int32_t n;
};

struct kafc_mapi {
    int16_t min, max; /* as served now; -1: not there */
    uint64_t requests;
    kafc_mock_hook_fn hook;
    void *hook_ctx;
    struct kafc_list pushed;
};

struct kafc_mslot {   /* keys with one coordinator, mock/coordinator.c */
    int32_t broker;   /* -1: none */
    int64_t ready_at; /* loaded */
};

struct kafc_cluster {
    kafc_allocator mem;
    struct kafc_logger log;
    kafc_mock_options opt;
    int64_t now, wall_ms;
    struct kafc_rand rand;
    char cluster_id[24];
    struct kafc_mbroker *broker;
    int32_t nbrokers;
    struct kafc_list topics, graveyard;
    struct kafc_map by_name; /* kafc_mtopic */
    struct kafc_map by_id;
    struct kafc_map conns; /* by id */
    struct kafc_list conn_list, ready;
    uint64_t last_conn;
    struct kafc_mendless *endless; /* what all partitions hold, or NULL */
    struct kafc_mapi api[KAFC_MOCK_APIS];
    kafc_mock_hook_fn hook; /* of all others */
    void *hook_ctx;
    int64_t next_producer;
    struct kafc_mslot slot[2][KAFC_MOCK_SLOTS]; /* of transactions, of groups */
    struct kafc_list txns, groups, acls, scrams, quotas, tokens;
    struct kafc_list configs; /* kafc_mconfig */
    int64_t marker_us;   /* from a transaction's end to its markers; -1: for ever */
    int16_t txn_version; /* the finalized transaction.version */
    int64_t features_epoch;
    bool features; /* ApiVersions tells them */
    bool verifies; /* leaders ask the coordinator about transactional batches */
    struct kafc_mlogins logins;
    int nparked;
    bool waking, wake_again; /* inside wake_parked */
};

/* ---- a request being served ---- */

enum kafc_mdone {
    KAFC_MDONE_ANSWER, /* resp is to be sent */
    KAFC_MDONE_LAST,   /* the same, and then the connection ends */
    KAFC_MDONE_NONE,   /* nothing is to be sent */
    KAFC_MDONE_PARKED, /* later, by kafc__mock_fetch_try() or what completes a group's round */
    KAFC_MDONE_CUT     /* close the connection */
};

struct kafc_mrq {
    struct kafc_cluster *c;
    struct kafc_mconn *conn;
    const struct kafc_api *api;
    int16_t version;
    int32_t correlation;
    kafc_str client_id;
    kafc_err forced;       /* answer with this for everything, and do nothing; or KAFC_OK */
    bool lost;             /* the answer will not be sent */
    int32_t delay_ms;      /* it leaves so much later, */
    int32_t throttle_ms;   /* and says so; of those that park this is left to them */
    struct kafc_mrun *run; /* what stands for the chains of records in the answer, in their order */
    uint32_t nruns;
    struct kafc_arena arena;
};

/* One in mock/api_*.c for each API. req and resp are the API's structs, resp set to its defaults. */
struct kafc_mserve {
    int16_t key, max;
    enum kafc_mdone (*serve)(struct kafc_mrq *rq, const void *req, void *resp);
    int8_t removed;                 /* so many versions, from 0 on, has 4.0 removed, */
    int8_t had[KAFC_MOCK_RELEASES]; /* and so many each former release had (mock/release.c) */
};
extern const struct kafc_mserve kafc__mock_produce, kafc__mock_fetch, kafc__mock_list_offsets,
    kafc__mock_metadata, kafc__mock_api_versions, kafc__mock_create_topics,
    kafc__mock_delete_topics, kafc__mock_init_producer_id, kafc__mock_find_coordinator,
    kafc__mock_add_partitions_to_txn, kafc__mock_add_offsets_to_txn, kafc__mock_end_txn,
    kafc__mock_txn_offset_commit, kafc__mock_offset_commit, kafc__mock_offset_fetch,
    kafc__mock_join_group, kafc__mock_sync_group, kafc__mock_heartbeat, kafc__mock_leave_group,
    kafc__mock_describe_groups, kafc__mock_list_groups, kafc__mock_delete_groups,
    kafc__mock_offset_delete, kafc__mock_offset_for_leader_epoch, kafc__mock_delete_records,
    kafc__mock_create_partitions, kafc__mock_describe_topic_partitions,
    kafc__mock_describe_acls,
    kafc__mock_create_acls,
    kafc__mock_delete_acls,
    kafc__mock_elect_leaders,
    kafc__mock_alter_partition_reassignments,
    kafc__mock_list_partition_reassignments,
    kafc__mock_describe_log_dirs,
    kafc__mock_alter_replica_log_dirs,
    kafc__mock_describe_producers,
    kafc__mock_write_txn_markers,
    kafc__mock_describe_transactions,
    kafc__mock_list_transactions,
    kafc__mock_update_features,
    kafc__mock_sasl_handshake,
    kafc__mock_sasl_authenticate,
    kafc__mock_describe_user_scram_credentials,
    kafc__mock_alter_user_scram_credentials,
    kafc__mock_describe_client_quotas,
    kafc__mock_alter_client_quotas,
    kafc__mock_create_delegation_token,
    kafc__mock_renew_delegation_token,
    kafc__mock_expire_delegation_token,
    kafc__mock_describe_delegation_token,
    kafc__mock_describe_configs,
    kafc__mock_alter_configs,
    kafc__mock_incremental_alter_configs,
    kafc__mock_list_config_resources,
    kafc__mock_describe_cluster,
    kafc__mock_describe_quorum;

/* In the order of api[] above; NULL: not served. *index may be NULL. */
const struct kafc_mserve *kafc__mock_serve(int16_t key, int *index);
/* The same by place, from 0 on; NULL: there are no more. */
const struct kafc_mserve *kafc__mock_serve_at(int index);

/* What an authorizer that lets all pass allows: bit n for operation n. */
enum { KAFC_MOCK_TOPIC_OPERATIONS = 0xdf8, KAFC_MOCK_CLUSTER_OPERATIONS = 0x1fa0 };

/* Encodes and queues an answer; false: out of memory or not to be encoded, the connection is closing. */
bool kafc__mock_answer(struct kafc_mrq *rq, const void *resp, int64_t delay_us);
void kafc__mock_closing(struct kafc_cluster *c, struct kafc_mconn *conn);

/* ---- lookups and changes ---- */

struct kafc_mbroker *kafc__mock_broker(const struct kafc_cluster *c, int32_t id);
struct kafc_mtopic *kafc__mock_topic(const struct kafc_cluster *c, kafc_str name);
struct kafc_mtopic *kafc__mock_topic_by_id(const struct kafc_cluster *c, const kafc_uuid *id);
struct kafc_mpart *kafc__mock_part(const struct kafc_cluster *c, const char *topic,
                                   int32_t partition);
/* NULL: there is none. */
struct kafc_mpart *kafc__mock_part_of(const struct kafc_cluster *c, kafc_str topic,
                                      int32_t partition);
bool kafc__mock_uuid_zero(const kafc_uuid *id);
bool kafc__mock_in_sync(const struct kafc_cluster *c, int32_t broker);
int32_t kafc__mock_isr(const struct kafc_cluster *c, const struct kafc_mpart *p);
int32_t kafc__mock_controller(const struct kafc_cluster *c);
/* What is forced, KAFC_ERR_NOT_CONTROLLER, KAFC_OK. */
kafc_err kafc__mock_controls(const struct kafc_mrq *rq);
/* An ErrorMessage; null for KAFC_OK. */
kafc_str kafc__mock_words(kafc_err code);
/* Why a partition cannot be served by the broker; epoch -1: not to be compared. KAFC_OK if it can. */
kafc_err kafc__mock_leads(const struct kafc_mpart *p, const struct kafc_mbroker *b, int32_t epoch);
/* The same for what followers serve as well, while there is a leader. */
kafc_err kafc__mock_has(const struct kafc_mpart *p, const struct kafc_mbroker *b, int32_t epoch);
kafc_err kafc__mock_make_topic(struct kafc_cluster *c, kafc_str name, int32_t partitions,
                               int32_t replication, struct kafc_mtopic **out);
kafc_err kafc__mock_grow_topic(struct kafc_cluster *c, struct kafc_mtopic *t, int32_t partitions);
void kafc__mock_bury_topic(struct kafc_cluster *c, struct kafc_mtopic *t);
/* What the mock acts on of a topic's configurations (null: the default); others mean nothing to it. t NULL: it is only
 * checked. */
kafc_err kafc__mock_config(struct kafc_mtopic *t, kafc_str name, kafc_str value);
void kafc__mock_move_leader(struct kafc_mpart *p, int32_t broker);
/* Appends the marker that ends a transaction. */
kafc_err kafc__mock_mark(struct kafc_cluster *c, struct kafc_mpart *p, int64_t producer,
                         int16_t epoch, bool commit);
bool kafc__mock_name_ok(kafc_str name);

/* ---- mock/reassign.c ---- */

/* n >= 1 brokers, each once. KAFC_OK, KAFC_ERR_UNKNOWN_SERVER_ERROR. */
kafc_err kafc__mock_reassign(struct kafc_cluster *c, struct kafc_mpart *p, const int32_t *v,
                             int32_t n);
/* KAFC_ERR_NO_REASSIGNMENT_IN_PROGRESS. */
kafc_err kafc__mock_reassign_back(struct kafc_cluster *c, struct kafc_mpart *p);
/* It is done, if all who are to have it run. */
void kafc__mock_reassigned(struct kafc_cluster *c, struct kafc_mpart *p);
bool kafc__mock_adds(const struct kafc_mpart *p, int32_t broker);

/* ---- directories, mock/api_describe_log_dirs.c ---- */

bool kafc__mock_log_dir(const struct kafc_mbroker *b, int dir, char path[KAFC_MOCK_PATH]);
/* Has the broker a replica, in this directory? */
bool kafc__mock_in_dir(const struct kafc_mpart *p, const struct kafc_mbroker *b, int dir);

/* ---- fetch ---- */

struct kafc_fetch_req;

struct kafc_mwant {            /* a partition of a fetch, or of a session */
    struct kafc_mtopic *topic; /* or NULL: not known (yet) */
    char *name;                /* owned; NULL: by id */
    kafc_uuid id;
    int32_t partition, current_epoch, last_epoch, max_bytes;
    int64_t offset;
    int64_t told_end, told_start; /* by the last answer of the session; -2: nothing yet */
};

struct kafc_mwants {
    struct kafc_mwant *v;
    int32_t n, cap;
};

struct kafc_msession {
    struct kafc_list node; /* of the broker, oldest first */
    int32_t id, epoch;     /* epoch: of the next request */
    bool by_id;
    struct kafc_mwants wants;
};

/* Takes what the request names into the wants; false: out of memory. */
bool kafc__mwants_take(struct kafc_cluster *c, struct kafc_mwants *w,
                       const struct kafc_fetch_req *q, bool by_id);
void kafc__mwants_forget(struct kafc_cluster *c, struct kafc_mwants *w,
                         const struct kafc_fetch_req *q, bool by_id);
void kafc__mwants_clear(struct kafc_cluster *c, struct kafc_mwants *w);
struct kafc_mpart *kafc__mwant_part(const struct kafc_cluster *c,
                                    struct kafc_mwant *w); /* or NULL */
struct kafc_msession *kafc__mock_session(const struct kafc_mbroker *b, int32_t id);
struct kafc_msession *kafc__mock_session_new(struct kafc_cluster *c, struct kafc_mbroker *b,
                                             bool by_id);
void kafc__mock_session_drop(struct kafc_cluster *c, struct kafc_mbroker *b,
                             struct kafc_msession *s);
void kafc__mock_sessions_drop(struct kafc_cluster *c, struct kafc_mbroker *b);

/* Something was appended or has changed: parked fetches look again. */
void kafc__mock_wake_parked(struct kafc_cluster *c);
/* Answers a parked fetch if it is due, or has enough, or must. */
void kafc__mock_fetch_try(struct kafc_cluster *c, struct kafc_mconn *conn, bool must);
int64_t kafc__mock_fetch_deadline(const struct kafc_mfetch *f);
void kafc__mock_fetch_drop(struct kafc_cluster *c, struct kafc_mconn *conn);

/* Goes on with what has arrived on a connection. */
void kafc__mock_work(struct kafc_cluster *c, struct kafc_mconn *conn);

#endif
