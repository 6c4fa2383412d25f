/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the coordinators of transactions know: transactional ids. Shared among
 * the brokers as logs are; whoever coordinates uses it. One thread at a time.
 */
#ifndef KAFC_MOCK_TXN_H
#define KAFC_MOCK_TXN_H

#include "mock/group.h"

enum { KAFC_MTXN_EPOCH_LAST = INT16_MAX - 1 /* that a producer is given */ };

struct kafc_mtxn {
    struct kafc_list node; /* of the cluster's */
    kafc_mock_txn_state state;
    int64_t producer;
    int64_t previous, next; /* before and after a change of the id, when epochs are used up; -1 */
    int16_t epoch;          /* -1: none was given yet */
    int16_t last_epoch;     /* whose request may be repeated; -1: none */
    int32_t timeout_ms;
    int64_t started;
    int64_t markers_at;       /* while prepared */
    struct kafc_mpart **part; /* that joined, and have no marker yet */
    int32_t nparts, partcap;
    struct kafc_mgroup **group;
    int32_t ngroups, groupcap;
    int32_t len;
    char name[];
};

/* ---- mock/txn.c: a transactional id's life ---- */

/* Is the producer the one of this id, its epoch the present one, and no transaction about to end? KAFC_OK and *out; or
 * KAFC_ERR_INVALID_PRODUCER_ID_MAPPING, KAFC_ERR_PRODUCER_FENCED, KAFC_ERR_CONCURRENT_TRANSACTIONS. */
kafc_err kafc__mtxn_of(struct kafc_cluster *c, kafc_str id, int64_t producer, int16_t epoch,
                       struct kafc_mtxn **out);
const char *kafc__mtxn_state(const struct kafc_mtxn *t); /* "Ongoing", … */
struct kafc_mtxn *kafc__mtxn_find(const struct kafc_cluster *c, kafc_str id);
/* producer -1: none is expected. */
kafc_err kafc__mtxn_init(struct kafc_cluster *c, kafc_str id, int32_t timeout_ms, int64_t producer,
                         int16_t epoch, int64_t *next, int16_t *next_epoch);
/* The partitions of a topic are elsewhere now. */
void kafc__mtxns_moved(struct kafc_cluster *c, const struct kafc_mpart *from, int32_t n,
                       struct kafc_mpart *to);
/* Each begins the transaction if none is open; false: out of memory. */
bool kafc__mtxn_add(struct kafc_cluster *c, struct kafc_mtxn *t, struct kafc_mpart *p);
bool kafc__mtxn_add_group(struct kafc_cluster *c, struct kafc_mtxn *t, struct kafc_mgroup *g);
bool kafc__mtxn_has(const struct kafc_mtxn *t, const struct kafc_mpart *p);
bool kafc__mtxn_has_group(const struct kafc_mtxn *t, const struct kafc_mgroup *g);
/* bump: as EndTxn from version 5 on does; *next and *next_epoch are for the next transaction then. */
kafc_err kafc__mtxn_end(struct kafc_cluster *c, kafc_str id, int64_t producer, int16_t epoch,
                        bool commit, bool bump, int64_t *next, int16_t *next_epoch);
/* Markers and timeouts that are due. */
void kafc__mtxns_tick(struct kafc_cluster *c);
int64_t kafc__mtxns_deadline(const struct kafc_cluster *c);
void kafc__mtxns_free(struct kafc_cluster *c);
/* The partitions of a topic that goes. */
void kafc__mtxns_forget(struct kafc_cluster *c, const struct kafc_mtopic *t);
void kafc__mtxns_forget_group(struct kafc_cluster *c, const struct kafc_mgroup *g);
/* What a leader asks before it appends a batch: is the partition a part of the transaction? From Produce version 12 on
 * it becomes one. KAFC_OK, or the partition's error. */
kafc_err kafc__mtxn_admits(struct kafc_mrq *rq, kafc_str id, struct kafc_mpart *p,
                           const struct kafc_mbatch *b);
/* The same for TxnOffsetCommit, from version 5 on. */
kafc_err kafc__mtxn_admits_offsets(struct kafc_mrq *rq, kafc_str id, int64_t producer,
                                   int16_t epoch, struct kafc_mgroup *g);
/* KAFC_ERR_PRODUCER_FENCED, or what it was called before a version of the API. */
kafc_err kafc__mtxn_code(const struct kafc_mrq *rq, int16_t since, kafc_err code);

#endif
