/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Transactions of a writer: the machine of core/txn with waits around it.
 * Application threads; what is asked of the machine runs on the loop's.
 */
#include <kafc/transaction.h>

#include "client/writer.h"
#include "core/producer.h"
#include "core/txn.h"

struct asking {
    struct kafc_producer *p;
    struct kafc_txn *t;
    enum kafc_txn_call call; /* NONE: begin */
    const kafc_group_metadata *group;
    const kafc_offset *offsets;
    int32_t n;
    kafc_err code;
    kafc_error err;
};

/* On the loop thread. */
static void ask(void *arg)
{
    struct asking *a = arg;
    kafc__producer_enter(a->p);
    a->code = a->call == KAFC_TXN_CALL_NONE
                  ? kafc__txn_begin(a->t, &a->err)
                  : kafc__txn_call(a->t, a->call, a->group, a->offsets, a->n, &a->err);
    kafc__producer_leave(a->p);
}

static bool told(void *arg)
{
    struct asking *a = arg;
    return kafc__txn_told(a->t, &a->err);
}

static kafc_err give(const kafc_error *why, kafc_error *err)
{
    if (err)
        *err = *why;
    return why->code;
}

static kafc_err ask_and_wait(kafc_writer *w, struct asking *a, int timeout_ms, const char *what,
                             kafc_error *err)
{
    kafc__client_run(kafc__writer_client(w), ask, a);
    if (a->code != KAFC_OK)
        return give(&a->err, err);
    if (a->call == KAFC_TXN_CALL_NONE)
        return KAFC_OK;
    kafc_err code = kafc__writer_await(w, told, a, timeout_ms, what, err);
    return code == KAFC_OK ? give(&a->err, err) : code;
}

static kafc_err call(kafc_writer *w, struct asking *a, int timeout_ms, const char *what,
                     kafc_error *err)
{
    kafc_err code = kafc__writer_enter(w, err);
    if (code != KAFC_OK)
        return code;
    a->p = kafc__writer_producer(w);
    a->t = kafc__producer_txn(a->p);
    if (!a->t)
        return kafc__error(err, KAFC_ERR_USAGE,
                           "transactions need a writer that was opened with .transactional_id");
    if (kafc__producer_closed(a->p))
        return kafc__error(err, KAFC_ERR_CLOSED, "the writer is closed");
    if (!kafc__writer_claim(w, true))
        return kafc__error(err, KAFC_ERR_USAGE,
                           "another thread is inside a call of this writer's transactions");
    code = ask_and_wait(w, a, timeout_ms, what, err);
    (void)kafc__writer_claim(w, false);
    return code;
}

kafc_err kafc_transaction_init(kafc_writer *w, int timeout_ms, kafc_error *err)
{
    struct asking a = { .call = KAFC_TXN_CALL_INIT };
    return call(w, &a, timeout_ms, "the coordinator of its transactional id", err);
}

kafc_err kafc_transaction_begin(kafc_writer *w, kafc_error *err)
{
    struct asking a = { .call = KAFC_TXN_CALL_NONE };
    return call(w, &a, 0, "nothing", err);
}

kafc_err kafc_transaction_send_offsets(kafc_writer *w, const kafc_group_metadata *group,
                                       const kafc_offset *offsets, int32_t n, int timeout_ms,
                                       kafc_error *err)
{
    struct asking a = { .call = KAFC_TXN_CALL_OFFSETS, .group = group, .offsets = offsets, .n = n };
    if (n < 0 || (n > 0 && !offsets))
        return kafc__error(err, KAFC_ERR_USAGE, "%d offsets at %s", (int)n,
                           offsets ? "an address" : "NULL");
    if (n == 0)
        return kafc__writer_enter(w, err);
    return call(w, &a, timeout_ms, "the coordinator of the group", err);
}

kafc_err kafc_transaction_commit(kafc_writer *w, int timeout_ms, kafc_error *err)
{
    struct asking a = { .call = KAFC_TXN_CALL_COMMIT };
    return call(w, &a, timeout_ms, "the commit of its transaction", err);
}

kafc_err kafc_transaction_abort(kafc_writer *w, int timeout_ms, kafc_error *err)
{
    struct asking a = { .call = KAFC_TXN_CALL_ABORT };
    return call(w, &a, timeout_ms, "the abort of its transaction", err);
}

kafc_txn_state kafc_transaction_state(const kafc_writer *w)
{
    if (!w || kafc__client_check(kafc__writer_client(w), NULL) != KAFC_OK)
        return KAFC_TXN_NONE;
    struct kafc_txn *t = kafc__producer_txn(kafc__writer_producer(w));
    return t ? kafc__txn_state(t) : KAFC_TXN_NONE;
}
