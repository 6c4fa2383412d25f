/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The transactions of a producer: a machine that hangs on it, asks the
 * coordinator one request at a time, and says to the producer which partitions
 * may send. The driver's thread, but where it says "any".
 *
 * What the application asks (init, commit, …) is started by kafc__txn_call()
 * and told by kafc__txn_told(), however long that takes: who gives up waiting
 * asks for the same again later.
 */
#ifndef KAFC_CORE_TXN_H
#define KAFC_CORE_TXN_H

#include "protocol/api/28_txn_offset_commit.h"
#include <kafc/transaction.h>

struct kafc_batch_out;
struct kafc_part;
struct kafc_producer;
struct kafc_txn;

/* What a membership is made of. */
struct kafc_membership {
    const char *member;   /* id */
    int32_t generation;   /* or a member epoch */
    const char *instance; /* group.instance.id, or NULL */
};
/* A copy that is the caller's and does not change: any thread may read it. NULL: out of memory. membership.c */
struct kafc_membership *kafc__membership_dup(const struct kafc_membership *m,
                                             const kafc_allocator *mem);
void kafc__membership_free(struct kafc_membership *m, const kafc_allocator *mem);

/* Of p->cfg.transactional_id, which is not NULL. NULL: out of memory. Any thread. */
struct kafc_txn *kafc__txn_new(struct kafc_producer *p, const char *id, int32_t timeout_ms);
bool kafc__txn_start(struct kafc_txn *t); /* false: out of memory */
void kafc__txn_stop(struct kafc_txn *t);
void kafc__txn_free(struct kafc_txn *t); /* any thread; NULL is ignored */

/* --- What the application asks ----------------------------------------------- */

enum kafc_txn_call {
    KAFC_TXN_CALL_NONE,
    KAFC_TXN_CALL_INIT,
    KAFC_TXN_CALL_OFFSETS,
    KAFC_TXN_CALL_COMMIT,
    KAFC_TXN_CALL_ABORT,
    KAFC_TXN_CALLS
};

/* KAFC_OK: under way (again), kafc__txn_told() says when it is over. Else it was refused; *err is set with its class.
 * group, offsets, n: of OFFSETS. Between kafc__producer_enter() and leave(). */
kafc_err kafc__txn_call(struct kafc_txn *t, enum kafc_txn_call call,
                        const kafc_group_metadata *group, const kafc_offset *offsets,
                        int32_t n, kafc_error *err);
/* Any thread. false: not over yet; else *err is what came of it, and another call can be made. */
bool kafc__txn_told(struct kafc_txn *t, kafc_error *err);
kafc_err kafc__txn_begin(struct kafc_txn *t, kafc_error *err);
kafc_txn_state kafc__txn_state(const struct kafc_txn *t); /* any thread */

/* --- What the producer asks and tells ------------------------------------------ */

/* Does what can be done now; at the end of every entry into the producer. true: messages got their verdict by it. */
bool kafc__txn_run(struct kafc_txn *t);
/* May it send a batch that has no sequence yet? If not, it is placed again when it may. */
bool kafc__txn_admits(struct kafc_txn *t, struct kafc_part *part);
/* Is the batch not to be tried again, because its transaction will not be committed? */
bool kafc__txn_dooms(const struct kafc_txn *t, const struct kafc_batch_out *b);
/* A Produce request is about to be queued: the versions that suit the transaction. */
void kafc__txn_sending(struct kafc_txn *t, int16_t *min, int16_t *max);
/* The batch failed for good; with its code and b->doubt. */
void kafc__txn_failed(struct kafc_txn *t, const struct kafc_batch_out *b, kafc_err code);
/* The producer is closing: an open transaction is aborted. true: nothing is left to wait for. */
bool kafc__txn_close(struct kafc_txn *t);
void kafc__txn_closed(struct kafc_txn *t); /* a call that somebody still waits for ends: KAFC_ERR_CLOSED */
/* Why messages are not taken, with the code that the producer's door has. Any thread. */
kafc_err kafc__txn_refuse(struct kafc_txn *t, kafc_err code, kafc_error *err);

/* --- Errors: txn_errors.c, constant, any thread ---------------------------------- */

enum kafc_txn_class {
    KAFC_TXN_FINE,
    KAFC_TXN_RETRY,
    KAFC_TXN_FIND,
    KAFC_TXN_ABORT,
    KAFC_TXN_FATAL
};
/* What a code means for the transaction, in an answer of the API (key; -1: of the transport). For Produce (0): of a
 * batch that has failed for good. */
enum kafc_txn_class kafc__txn_class(int16_t api, kafc_err code);

#endif
