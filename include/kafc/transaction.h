/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Transactions of a writer: what is written between begin and commit, to any
 * number of partitions, is seen by read_committed readers as a whole or not at
 * all; offsets of a group can be a part of it, so that reading, transforming
 * and writing happens exactly once (examples/transform.c).
 *
 *   kafc_writer *w = kafc_writer_open(c, KAFC_WRITER(.topic = "t", .transactional_id = "orders-1"), &err);
 *   kafc_transaction_init(w, 30000, &err);
 *   for (;;) {
 *       kafc_transaction_begin(w, &err);
 *       … kafc_writer_send() …
 *       kafc_transaction_send_offsets(w, &group, offsets, n, 30000, &err);
 *       kafc_transaction_commit(w, 30000, &err);
 *   }
 *
 * Errors: err->cls says what to do, and there are four answers.
 *   KAFC_CLASS_RETRY   make the same call again: it goes on where it was. KAFC_ERR_TIMED_OUT, KAFC_ERR_INTERRUPTED.
 *   KAFC_CLASS_ABORT   kafc_transaction_abort(), then begin anew with the same messages: nothing of this one is seen.
 *   KAFC_CLASS_FATAL   this writer can only be closed. KAFC_ERR_PRODUCER_FENCED: another writer has begun with the same
 *                      transactional id and goes on in its place; do not open a third one. The same code, or
 *                      KAFC_ERR_INVALID_TXN_STATE, if the transaction was open for longer than transaction_timeout_ms
 *                      and was aborted by the broker: the sentence says so, and a new writer can go on.
 *                      KAFC_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED, but of init: a new writer can go on when the id
 *                      is allowed. KAFC_ERR_UNSUPPORTED: the brokers are older than 0.11 (rule W8).
 *   KAFC_CLASS_USAGE   the call makes no sense now (KAFC_ERR_USAGE, KAFC_ERR_IN_CALLBACK, KAFC_ERR_CLOSED); nothing
 *                      was done. But a commit that waits while the writer is closed may end with KAFC_ERR_CLOSED and
 *                      be done all the same: close waits for it as long as its timeout lets it.
 * Who asks for no err finds the same in kafc_transaction_state(): KAFC_TXN_ABORTABLE_ERROR, KAFC_TXN_FATAL_ERROR.
 *
 * Threads: one call of this header at a time for a writer (a second one is KAFC_ERR_USAGE), from any thread; messages
 * are sent by any number of threads meanwhile. What commit finds accepted is in the transaction; a send that comes
 * later is refused. From inside a callback all of them are KAFC_ERR_IN_CALLBACK, but kafc_transaction_state().
 * Both generations of the protocol are spoken, KIP-98 and KIP-890; which one, the brokers' finalized
 * transaction.version says, between two transactions.
 */
#ifndef KAFC_TRANSACTION_H
#define KAFC_TRANSACTION_H

#include <kafc/writer.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Where a writer stands. */
typedef enum kafc_txn_state {
    KAFC_TXN_NONE = -1,       /* it has no transactional id */
    KAFC_TXN_UNINITIALIZED,   /* init comes first */
    KAFC_TXN_INITIALIZING,    /* init is under way */
    KAFC_TXN_READY,           /* no transaction: begin */
    KAFC_TXN_IN_TRANSACTION,  /* send, send_offsets, commit, abort */
    KAFC_TXN_COMMITTING,
    KAFC_TXN_ABORTING,
    KAFC_TXN_BUMPING,         /* ended; a new epoch is being asked for before the next one */
    KAFC_TXN_ABORTABLE_ERROR, /* abort */
    KAFC_TXN_FATAL_ERROR      /* close */
} kafc_txn_state;

/* Any thread, callbacks too. */
KAFC_API kafc_txn_state kafc_transaction_state(const kafc_writer *w);
/* "IN_TRANSACTION"; static storage. */
KAFC_API const char *kafc_txn_state_name(kafc_txn_state state);

/* Once, before the first begin: takes the transactional id over from whoever has it (that writer is fenced), ends what
 * it has left open (an open transaction of it is aborted) and waits for that. KAFC_CLASS_ABORT: the id is denied to
 * this client (KAFC_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED); after an abort init can be tried again. */
KAFC_API kafc_err kafc_transaction_init(kafc_writer *w, int timeout_ms, kafc_error *err);

/* Asks nobody, does not wait. From here on messages are taken. */
KAFC_API kafc_err kafc_transaction_begin(kafc_writer *w, kafc_error *err);

/* The membership under which offsets were read: a reader's, opaque. */
typedef struct kafc_membership kafc_membership;

typedef struct kafc_group_metadata {
    const char *group;                 /* its name */
    const kafc_membership *membership; /* NULL: partitions assigned by hand, the group keeps offsets only */
    const char *member_id; /* told, for logs and kafc/groups.h: how the coordinator calls the member; NULL: none */
    void *reserved[5];
} kafc_group_metadata;

/* Commits offsets of the group as a part of the transaction: they hold if it is committed. Waits until the group's
 * coordinator has them; everything is copied. A later offset for the same partition wins. KAFC_CLASS_ABORT: the
 * membership is lost (KAFC_ERR_ILLEGAL_GENERATION, KAFC_ERR_UNKNOWN_MEMBER_ID, …), or the group or a topic of
 * it is denied. After KAFC_CLASS_RETRY: the same call with the same offsets, or abort. n 0 does nothing. stamp and
 * result are not looked at. */
KAFC_API kafc_err kafc_transaction_send_offsets(kafc_writer *w, const kafc_group_metadata *group,
                                                const kafc_offset *offsets, int32_t n,
                                                int timeout_ms, kafc_error *err);

/* Sends what is there without linger, waits for its verdicts and ends the transaction. KAFC_OK: all of it is in the
 * log for good, and every report has been given out. A message of it that failed makes the commit fail with
 * KAFC_CLASS_ABORT and that message's code. After KAFC_CLASS_RETRY nobody knows yet: only the same call can tell. */
KAFC_API kafc_err kafc_transaction_commit(kafc_writer *w, int timeout_ms, kafc_error *err);

/* What was not sent yet fails with KAFC_ERR_ABORTED, what is on its way is waited for; then the transaction ends and
 * nothing of it is seen by read_committed readers. The next step after KAFC_CLASS_ABORT, allowed in an open
 * transaction at any time but during a commit. Closing a writer aborts as well, within its timeout. */
KAFC_API kafc_err kafc_transaction_abort(kafc_writer *w, int timeout_ms, kafc_error *err);

#ifdef __cplusplus
}
#endif
#endif
