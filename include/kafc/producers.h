/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Producers and their transactions seen from outside: who writes where, which
 * transactions there are, and how to end what is in the way of readers. A
 * producer's own transactions are those of kafc/transaction.h.
 *
 * Threads, timeouts and errors are those of kafc/client.h: any thread, one
 * wait within timeout_ms for a whole call, `err` may be NULL. Leaders and
 * coordinators are looked up for each call; while one is loading, moving or not
 * to be reached the call goes on until its time is over. What a call gives in
 * *out is one piece of memory, the caller's, for the free function of its type,
 * and may outlive the client.
 *
 * A transaction hangs if its partition holds it open and its coordinator knows
 * nothing of it: readers at read committed stop in front of it for ever
 * (KIP-664). docs/ADMIN.md has a program that finds and ends it.
 */
#ifndef KAFC_PRODUCERS_H
#define KAFC_PRODUCERS_H

#include <kafc/client.h>

#ifdef __cplusplus
extern "C" {
#endif

/* --- In partitions --------------------------------------------------------------- */

typedef struct kafc_producer_state {
    int64_t producer_id;
    int64_t last_timestamp;    /* ms since 1970, of its last batch; -1: none */
    int64_t transaction_start; /* first offset of its open transaction; KAFC_OFFSET_UNKNOWN: none is open */
    int32_t last_sequence;     /* of its last message; -1: none */
    int32_t coordinator_epoch; /* of whom its last transaction was ended by; -1: it has ended none */
    int16_t epoch;
} kafc_producer_state;

typedef struct kafc_partition_producers {
    const char *topic;
    int32_t partition;
    kafc_err result; /* KAFC_ERR_TOPIC_AUTHORIZATION_FAILED, … */
    int32_t nproducers;
    const kafc_producer_state *producers; /* by id; those that the broker remembers (producer.id.expiration.ms) */
} kafc_partition_producers;

typedef struct kafc_producer_list {
    const kafc_partition_producers *partitions; /* each that was named, by topic and partition */
    int32_t npartitions;
} kafc_producer_list;

/* Who has written to n partitions, as their leaders know it, or the replicas on `broker` (a node id, or KAFC_BY_ROUTE).
 * Returns the first error, such as KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION at once; *out may be there then, too. Brokers
 * before 2.8: KAFC_ERR_UNSUPPORTED. */
KAFC_API kafc_err kafc_admin_describe_producers(kafc_client *c, const kafc_topic_partition *p,
                                                int32_t n, int32_t broker, int timeout_ms,
                                                kafc_producer_list **out, kafc_error *err);
KAFC_API void kafc_producer_list_free(kafc_producer_list *l); /* NULL is ignored */

/* Ends, with an abort marker, a transaction that hangs in a partition. `producer` is what
 * kafc_admin_describe_producers() tells of it. Of a transaction that its coordinator still knows it tears out one
 * partition: that one has to be ended by kafc_admin_fence_producers(), or its own timeout. Repeated when its fate is
 * unknown: a second marker does no harm. KAFC_ERR_USAGE: no transaction of it is open there.
 * KAFC_ERR_INVALID_PRODUCER_EPOCH, KAFC_ERR_TRANSACTION_COORDINATOR_FENCED: it has gone on since; describe again.
 * KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION; KAFC_ERR_CLUSTER_AUTHORIZATION_FAILED. Brokers before 0.11:
 * KAFC_ERR_UNSUPPORTED. */
KAFC_API kafc_err kafc_admin_abort_transaction(kafc_client *c, const char *topic, int32_t partition,
                                               const kafc_producer_state *producer, int timeout_ms,
                                               kafc_error *err);

/* --- At their coordinators --------------------------------------------------------- */

typedef struct kafc_listed_transaction {
    const char *transactional_id;
    const char *state; /* "Empty", "Ongoing", "PrepareCommit", "PrepareAbort", "CompleteCommit", "CompleteAbort", … */
    int64_t producer_id;
    int32_t coordinator; /* node id */
} kafc_listed_transaction;

typedef struct kafc_transaction_list {
    const kafc_listed_transaction *transactions; /* by transactional id */
    int32_t ntransactions;
} kafc_transaction_list;

/* Only transactional ids of which all of these hold. Zeros: any. */
typedef struct kafc_transaction_filter {
    const char *const *states; /* one of them; KAFC_ERR_INVALID_REQUEST for one that a broker does not know */
    int32_t nstates;
    int32_t nproducer_ids;
    const int64_t *producer_ids;
    int64_t open_ms;     /* open for so long, or longer; brokers from 3.8 on */
    const char *pattern; /* an expression in the syntax of RE2/J for all of the id; brokers from 4.1 on */
    void *reserved[2];
} kafc_transaction_filter;

/* Asks every broker for the transactional ids that it coordinates. filter: NULL for all. The first error is returned;
 * *out holds what the other brokers know then, and is NULL if none could be asked. A coordinator that is loading is
 * waited for. KAFC_ERR_INVALID_REGULAR_EXPRESSION; KAFC_ERR_UNSUPPORTED: a broker older than 3.0, or than the
 * filter. */
KAFC_API kafc_err kafc_admin_list_transactions(kafc_client *c,
                                               const kafc_transaction_filter *filter,
                                               int timeout_ms, kafc_transaction_list **out,
                                               kafc_error *err);
KAFC_API void kafc_transaction_list_free(kafc_transaction_list *l); /* NULL is ignored */

typedef struct kafc_described_transaction {
    const char *transactional_id;
    kafc_err result;   /* KAFC_ERR_TRANSACTIONAL_ID_NOT_FOUND, …; then nothing below holds */
    const char *state; /* as above */
    int64_t producer_id;
    int64_t started_ms; /* since 1970; -1: none is open */
    int32_t timeout_ms;
    int32_t coordinator; /* node id; -1 with an error */
    int16_t epoch;
    int32_t npartitions;
    const kafc_topic_partition *partitions; /* in the transaction, by topic and partition */
} kafc_described_transaction;

typedef struct kafc_transaction_descriptions {
    const kafc_described_transaction *transactions; /* in the order in which they were asked for */
    int32_t ntransactions;
} kafc_transaction_descriptions;

/* Asks the coordinators of n transactional ids. Each has its own `result`, and the first one's that is an error is
 * returned; *out is NULL only for KAFC_ERR_NO_MEMORY, a wrong argument or a closed client. Brokers before 3.0:
 * KAFC_ERR_UNSUPPORTED. */
KAFC_API kafc_err kafc_admin_describe_transactions(kafc_client *c, const char *const *ids, int32_t n,
                                                   int timeout_ms,
                                                   kafc_transaction_descriptions **out,
                                                   kafc_error *err);
KAFC_API void kafc_transaction_descriptions_free(kafc_transaction_descriptions *d); /* NULL is ignored */

typedef struct kafc_fenced_producer {
    const char *transactional_id;
    int64_t producer_id; /* out: what the id has now; who had it before can write no more */
    int16_t epoch;       /* out */
    kafc_err result;     /* out */
} kafc_fenced_producer;

/* Ends the producers of n transactional ids, and aborts what they have open: what a new producer does to an old one,
 * without one that goes on. An id that nobody has used comes to be. Returns the first error; the others are fenced all
 * the same. Repeated when its fate is unknown. KAFC_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED. Brokers before 0.11:
 * KAFC_ERR_UNSUPPORTED. */
KAFC_API kafc_err kafc_admin_fence_producers(kafc_client *c, kafc_fenced_producer *q, int32_t n,
                                             int timeout_ms, kafc_error *err);

#ifdef __cplusplus
}
#endif
#endif
