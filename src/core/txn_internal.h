/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the files of the transaction machine share: txn.c (states, calls),
 * txn_rpc.c (requests and answers). And their tests.
 */
#ifndef KAFC_CORE_TXN_INTERNAL_H
#define KAFC_CORE_TXN_INTERNAL_H

#include "core/producer_internal.h"
#include "core/txn.h"
#include "protocol/api/10_find_coordinator.h"
#include "protocol/api/24_add_partitions_to_txn.h"
#include "protocol/api/25_add_offsets_to_txn.h"
#include "protocol/api/26_end_txn.h"

enum { KAFC_TXN_STATES = KAFC_TXN_FATAL_ERROR + 1 };

enum kafc_txn_event {
    KAFC_TXN_EV_INIT, /* the application's */
    KAFC_TXN_EV_BEGIN,
    KAFC_TXN_EV_COMMIT,
    KAFC_TXN_EV_ABORT,
    KAFC_TXN_EV_IDENTIFIED, /* a producer id and epoch were given */
    KAFC_TXN_EV_ENDED,      /* the transaction is over */
    KAFC_TXN_EV_STALE,      /* it is over, and the epoch is of no use any more */
    KAFC_TXN_EV_RESET,      /* there never was an id */
    KAFC_TXN_EV_FAILED,     /* it can only be aborted */
    KAFC_TXN_EV_FATAL,
    KAFC_TXN_EVENTS
};

enum kafc_txn_rpc {
    KAFC_TXN_NOTHING,
    KAFC_TXN_FIND_TXN, /* FindCoordinator */
    KAFC_TXN_FIND_GROUP,
    KAFC_TXN_INIT_ID,
    KAFC_TXN_ADD_PARTITIONS,
    KAFC_TXN_ADD_OFFSETS,
    KAFC_TXN_COMMIT_OFFSETS,
    KAFC_TXN_END,
    KAFC_TXN_RPCS
};

struct kafc_txn {
    struct kafc_producer *p;
    char *id;
    int32_t timeout_ms;
    kafc_txn_state state;
    atomic_int shown; /* the same, for any thread */

    struct kafc_mutex lock;  /* of what follows */
    enum kafc_txn_call call; /* under way, or over and not told */
    bool over;
    kafc_error verdict; /* of the call */
    kafc_error cause;   /* of ABORTABLE_ERROR and FATAL_ERROR */

    /* the transaction */
    uint32_t nth;
    int64_t opened_at;
    bool v2;      /* KIP-890 */
    bool started; /* the coordinator has heard of it, or may have */
    bool unsure;  /* the last ADD_… was sent, and nobody knows what came of it */
    enum kafc_txn_rpc unsure_rpc;
    bool late;                             /* a request that got no answer may still arrive */
    bool bump;                             /* its sequences are of no use any more */
    bool lost;                             /* some batch may or may not be in the log */
    bool ended;                            /* EndTxn was answered, or was not needed */
    bool drop, sweep;                      /* to be done at the end of this entry */
    struct kafc_list fresh, adding, added; /* partitions (V1) */
    bool offsets, group_added;
    struct kafc_txn_offset_commit_req offsets_req; /* in offsets_arena */
    struct kafc_arena offsets_arena;

    /* the request */
    struct kafc_core_timer timer;
    enum kafc_txn_rpc rpc; /* in flight */
    int64_t not_before;
    int attempts;
    int32_t node, group_node; /* coordinators; -1: unknown */
    int16_t init_version;     /* of InitProducerId */
    struct kafc_request rq;
    struct kafc_arena arena; /* of the request in flight and its answer */
    kafc_str key;            /* of FindCoordinator */
    union {
        struct kafc_find_coordinator_req find;
        struct kafc_init_producer_id_req init;
        struct kafc_add_partitions_to_txn_req partitions;
        struct kafc_add_offsets_to_txn_req offsets;
        struct kafc_txn_offset_commit_req commit;
        struct kafc_end_txn_req end;
    } req;
};

/* txn.c: the one place where state is assigned. false: the event means nothing in this state. */
bool kafc__txn_step(struct kafc_txn *t, enum kafc_txn_event ev);
/* What the table says: the next state, or -1 where the event means nothing. */
int kafc__txn_next_state(kafc_txn_state s, enum kafc_txn_event ev);
/* FAILED or FATAL (or neither, for what a retry may heal), with the sentence that the caller gets. */
void kafc__txn_blame(struct kafc_txn *t, enum kafc_txn_class cls, kafc_err code, const char *fmt,
                     ...) KAFC_PRINTF(4, 5);
bool kafc__txn_settled(const struct kafc_txn *t);
/* The coordinator is done with the transaction (or has never heard of it). */
void kafc__txn_after_end(struct kafc_txn *t);
void kafc__txn_finish(struct kafc_txn *t, kafc_err code, const kafc_error *why); /* the call */

void kafc__txn_finish_offsets(struct kafc_txn *t);

/* txn_rpc.c */
/* Sends what is needed next, if nothing is in flight and no pause lasts. */
void kafc__txn_next(struct kafc_txn *t);
void kafc__txn_cancel(struct kafc_txn *t);
/* Of kafc_transaction_send_offsets(), from the arena. */
kafc_err kafc__txn_offsets_fill(struct kafc_txn_offset_commit_req *req,
                                const kafc_group_metadata *group, const kafc_offset *offsets,
                                int32_t n, struct kafc_arena *a, kafc_error *err);

#endif
