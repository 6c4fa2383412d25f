/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Where the replicas of partitions are: on which brokers, who of them leads,
 * in which log directories; and how to move them.
 *
 * Threads, timeouts and errors are those of kafc/client.h: any thread, one
 * wait within timeout_ms for a whole call, `err` may be NULL. Node ids are
 * those of kafc_client_metadata(). While the controller moves, or a broker is
 * not to be reached, a call goes on until its time is over.
 * Calls that change something give each partition a `result` of its own, and
 * return the first that is an error: what stands beside it is done all the
 * same. A topic or partition that does not exist is
 * KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION at once, one named twice KAFC_ERR_USAGE.
 * What a call gives in *out is one piece of memory, the caller's, for the free
 * function of its type, and may outlive the client.
 */
#ifndef KAFC_REPLICAS_H
#define KAFC_REPLICAS_H

#include <kafc/client.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { KAFC_ALL_PARTITIONS = -1 }; /* in place of a number of them: all that there are; their address is NULL then */

/* --- On which brokers ---------------------------------------------------------- */

typedef struct kafc_reassignment {
    const char *topic;
    int32_t partition;
    int32_t nreplicas;
    const int32_t *replicas; /* node ids, the preferred leader first; NULL: back to where it was, if it is under way */
    kafc_err result;         /* out */
} kafc_reassignment;

/* Gives partitions new replicas (KIP-455). The controller has noted it when the call returns; the data move after
 * that, as kafc_admin_list_reassignments() shows, and the old replicas serve until then. Another target while one is
 * under way takes its place; what is ended leaves the replicas of before, perhaps in another order. keep_factor:
 * refuses, with KAFC_ERR_INVALID_REPLICATION_FACTOR, what would change the number of replicas (KIP-860; brokers from
 * 4.1 on). Repeated when its fate is unknown.
 * KAFC_ERR_NO_REASSIGNMENT_IN_PROGRESS: there was nothing to end, or it had ended; KAFC_ERR_INVALID_REPLICA_ASSIGNMENT:
 * no such brokers; KAFC_ERR_CLUSTER_AUTHORIZATION_FAILED. Brokers before 2.4: KAFC_ERR_UNSUPPORTED. */
KAFC_API kafc_err kafc_admin_reassign_partitions(kafc_client *c, kafc_reassignment *q, int32_t n,
                                                 bool keep_factor, int timeout_ms,
                                                 kafc_error *err);

typedef struct kafc_ongoing_reassignment {
    const char *topic;
    int32_t partition;
    int32_t nreplicas, nadding, nremoving;
    const int32_t *replicas; /* all that there are at the moment */
    const int32_t *adding;   /* those among them that are being filled, */
    const int32_t *removing; /* and that go when it is done */
} kafc_ongoing_reassignment;

typedef struct kafc_reassignment_list {
    const kafc_ongoing_reassignment *partitions; /* by topic and partition */
    int32_t npartitions;
} kafc_reassignment_list;

/* What is under way, of n partitions or of KAFC_ALL_PARTITIONS: those at rest, and those that do not exist, are left
 * out. Brokers before 2.4: KAFC_ERR_UNSUPPORTED. */
KAFC_API kafc_err kafc_admin_list_reassignments(kafc_client *c, const kafc_topic_partition *p,
                                                int32_t n, int timeout_ms,
                                                kafc_reassignment_list **out, kafc_error *err);
KAFC_API void kafc_reassignment_list_free(kafc_reassignment_list *l); /* NULL is ignored */

/* --- Who leads ------------------------------------------------------------------- */

typedef enum kafc_election {
    KAFC_ELECT_PREFERRED = 1, /* the first of the replicas, if it is in sync */
    KAFC_ELECT_UNCLEAN = 2    /* where there is no leader any that is alive: what the others alone had is lost */
} kafc_election;

typedef struct kafc_election_result {
    const char *topic;
    int32_t partition;
    kafc_err result;     /* KAFC_ERR_ELECTION_NOT_NEEDED: it leads already, or there is a leader */
    const char *message; /* the broker's words, or NULL */
} kafc_election_result;

typedef struct kafc_election_results {
    const kafc_election_result *partitions; /* by topic and partition */
    int32_t npartitions;
} kafc_election_results;

/* Elects leaders (KIP-460) of n partitions, or where it is needed of KAFC_ALL_PARTITIONS. Returns the first error, for
 * which KAFC_ERR_ELECTION_NOT_NEEDED does not count. *out: one for each partition that was named, of all only those
 * that were tried; there with an error, too, and NULL if nobody answered. out may be NULL.
 * KAFC_ERR_PREFERRED_LEADER_NOT_AVAILABLE, KAFC_ERR_ELIGIBLE_LEADERS_NOT_AVAILABLE: nobody can take over at the moment.
 * KAFC_ERR_UNSUPPORTED: brokers before 2.2, before 2.4 for an unclean one. */
KAFC_API kafc_err kafc_admin_elect_leaders(kafc_client *c, kafc_election how,
                                           const kafc_topic_partition *p, int32_t n, int timeout_ms,
                                           kafc_election_results **out, kafc_error *err);
KAFC_API void kafc_election_results_free(kafc_election_results *r); /* NULL is ignored */

/* --- In which log directories ------------------------------------------------------ */

typedef struct kafc_log_replica {
    const char *topic;
    int32_t partition;
    bool future;  /* a copy on its way here from another directory of the same broker */
    int64_t size; /* bytes */
    int64_t lag;  /* offsets behind the high watermark; of a future one: behind the replica that it will replace */
} kafc_log_replica;

typedef struct kafc_log_dir {
    int32_t broker;
    kafc_err result;      /* KAFC_ERR_KAFKA_STORAGE_ERROR: it is offline. Or why the broker tells nothing */
    const char *path;     /* "" then */
    int64_t total_bytes;  /* of its volume, */
    int64_t usable_bytes; /* and what is free; -1: unknown (brokers before 3.3) */
    bool cordoned;        /* it takes no new replicas (brokers from 4.3 on) */
    int32_t nreplicas;
    const kafc_log_replica *replicas; /* by topic and partition */
} kafc_log_dir;

typedef struct kafc_log_dirs {
    const kafc_log_dir *dirs; /* by broker and path */
    int32_t ndirs;
} kafc_log_dirs;

/* Asks nbrokers brokers (0: all) for their directories, and for the replicas of n partitions (or KAFC_ALL_PARTITIONS)
 * in them. A broker that does not answer has one element that says why; the first such error is returned. A directory
 * that is offline is no error of the call. Brokers before 1.0: KAFC_ERR_UNSUPPORTED; one before 3.2 that forbids it
 * tells of no directories. */
KAFC_API kafc_err kafc_admin_describe_log_dirs(kafc_client *c, const int32_t *brokers,
                                               int32_t nbrokers, const kafc_topic_partition *p,
                                               int32_t n, int timeout_ms, kafc_log_dirs **out,
                                               kafc_error *err);
KAFC_API void kafc_log_dirs_free(kafc_log_dirs *d); /* NULL is ignored */

typedef struct kafc_replica_move {
    const char *topic;
    int32_t partition;
    int32_t broker;   /* whose replica; one partition may be named for several brokers */
    const char *path; /* one of the broker's directories, as it is configured */
    kafc_err result;  /* out */
} kafc_replica_move;

/* Moves replicas between the directories of their brokers. Begun when the call returns: until it is done
 * kafc_admin_describe_log_dirs() shows a `future` replica. Repeated when its fate is unknown.
 * KAFC_ERR_REPLICA_NOT_AVAILABLE: the broker has no such replica; it will make it there when it gets one.
 * KAFC_ERR_LOG_DIR_NOT_FOUND, KAFC_ERR_KAFKA_STORAGE_ERROR. Brokers before 1.0: KAFC_ERR_UNSUPPORTED. */
KAFC_API kafc_err kafc_admin_alter_replica_log_dirs(kafc_client *c, kafc_replica_move *q, int32_t n,
                                                    int timeout_ms, kafc_error *err);

#ifdef __cplusplus
}
#endif
#endif
