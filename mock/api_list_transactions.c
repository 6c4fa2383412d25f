/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ListTransactions: the transactional ids that the broker coordinates. Patterns
 * are no expressions here, but the beginning of an id with ".*" behind it.
 */
#include "base/str.h"
#include "mock/acl.h"
#include "mock/txn.h"
#include "protocol/api/66_list_transactions.h"

static bool known_state(kafc_str s)
{
    struct kafc_mtxn t;

    for (t.state = KAFC_MOCK_TXN_EMPTY; t.state <= KAFC_MOCK_TXN_COMPLETE_ABORT; t.state++)
        if (kafc__str_is(s, kafc__mtxn_state(&t)))
            return true;
    return kafc__str_is(s, "Dead") || kafc__str_is(s, "PrepareEpochFence");
}

static bool matches(kafc_str pattern, const struct kafc_mtxn *t)
{
    int32_t n = pattern.len;
    bool open = n >= 2 && memcmp(pattern.p + n - 2, ".*", 2) == 0;

    n = open ? n - 2 : n;
    return (open ? t->len >= n : t->len == n) && memcmp(t->name, pattern.p, (size_t)n) == 0;
}

static bool passes(const struct kafc_cluster *c, const struct kafc_list_transactions_req *q,
                   const struct kafc_mtxn *t)
{
    bool state = q->state_filters.n == 0, producer = q->producer_id_filters.n == 0;

    for (int32_t i = 0; i < q->state_filters.n; i++)
        state |= kafc__str_is(q->state_filters.v[i], kafc__mtxn_state(t));
    for (int32_t i = 0; i < q->producer_id_filters.n; i++)
        producer |= q->producer_id_filters.v[i] == t->producer;
    if (q->duration_filter >= 0 &&
        (t->state != KAFC_MOCK_TXN_ONGOING || (c->now - t->started) / 1000 < q->duration_filter))
        return false;
    return state && producer &&
           (q->transactional_id_pattern.len <= 0 || matches(q->transactional_id_pattern, t));
}

/* KAFC_ERR_COORDINATOR_LOAD_IN_PROGRESS if any of them is not ready. */
static kafc_err put_all(struct kafc_mrq *rq, const struct kafc_list_transactions_req *q,
                        struct kafc_list_transactions_resp *a)
{
    KAFC_MOCK_EACH(&rq->c->txns, struct kafc_mtxn, t) {
        kafc_str id = { t->name, t->len };
        kafc_err code = kafc__mock_coordinates(rq->c, KAFC_MOCK_TRANSACTIONS, id, rq->conn->broker);
        struct kafc_list_transactions_resp_transaction *to =
            &a->transaction_states.v[a->transaction_states.n];

        if (code == KAFC_ERR_NOT_COORDINATOR || !passes(rq->c, q, t) ||
            kafc__mock_refuses(rq, KAFC_ACL_TRANSACTIONAL_ID, id, KAFC_ACL_DESCRIBE))
            continue;
        if (code)
            return code;
        a->transaction_states.n++;
        to->transactional_id = id;
        to->producer_id = t->producer;
        to->transaction_state = kafc__str(kafc__mtxn_state(t));
    }
    return KAFC_OK;
}

static enum kafc_mdone serve(struct kafc_mrq *rq, const void *req, void *resp)
{
    const struct kafc_list_transactions_req *q = req;
    struct kafc_list_transactions_resp *a = resp;
    int32_t n = 0;

    KAFC_MOCK_EACH(&rq->c->txns, struct kafc_mtxn, t)
        n++;
    a->unknown_state_filters.v = kafc__arena_array(&rq->arena, (size_t)q->state_filters.n,
                                                   sizeof(kafc_str));
    a->transaction_states.v = kafc__msg_array(&kafc_list_transactions_resp_transaction_schema, n,
                                              &rq->arena);
    if (!a->unknown_state_filters.v || !a->transaction_states.v)
        return KAFC_MDONE_CUT;
    for (int32_t i = 0; i < q->state_filters.n; i++)
        if (!known_state(q->state_filters.v[i]))
            a->unknown_state_filters.v[a->unknown_state_filters.n++] = q->state_filters.v[i];
    a->error_code = (int16_t)(rq->forced ? rq->forced : put_all(rq, q, a));
    if (a->error_code)
        a->transaction_states.n = 0;
    return KAFC_MDONE_ANSWER;
}

const struct kafc_mserve kafc__mock_list_transactions = {
    KAFC_API_LIST_TRANSACTIONS, 2, serve, 0, { 0 }
};
