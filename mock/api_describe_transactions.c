/* SPDX-License-Identifier: BSD-2-Clause
 *
 * DescribeTransactions: what a coordinator knows of a transactional id.
 */
#include "base/str.h"
#include "mock/acl.h"
#include "mock/txn.h"
#include "protocol/api/65_describe_transactions.h"

typedef struct kafc_describe_transactions_resp_transaction to_txn;

/* A topic for each partition; no real broker tells them so, but it may. */
static bool put_partitions(struct kafc_mrq *rq, const struct kafc_mtxn *t, to_txn *to)
{
    to->topics.v = kafc__msg_array(&kafc_describe_transactions_resp_topic_schema, t->nparts,
                                   &rq->arena);
    for (int32_t i = 0; to->topics.v && i < t->nparts; i++) {
        struct kafc_describe_transactions_resp_topic *topic = &to->topics.v[to->topics.n++];

        topic->topic = (kafc_str){ t->part[i]->topic->name, t->part[i]->topic->name_len };
        topic->partitions.v = &t->part[i]->index;
        topic->partitions.n = 1;
    }
    return to->topics.v != NULL;
}

static kafc_err describe(struct kafc_mrq *rq, kafc_str id, to_txn *to)
{
    struct kafc_cluster *c = rq->c;
    const struct kafc_mtxn *t = kafc__mtxn_find(c, id);
    kafc_err code = kafc__mock_refuses(rq, KAFC_ACL_TRANSACTIONAL_ID, id, KAFC_ACL_DESCRIBE);

    if (!code)
        code = kafc__mock_coordinates(c, KAFC_MOCK_TRANSACTIONS, id, rq->conn->broker);
    if (!code && !t)
        code = KAFC_ERR_TRANSACTIONAL_ID_NOT_FOUND;
    if (code)
        return code;
    to->transaction_state = kafc__str(kafc__mtxn_state(t));
    to->transaction_timeout_ms = t->timeout_ms;
    to->transaction_start_time_ms = t->state == KAFC_MOCK_TXN_EMPTY
                                        ? -1
                                        : c->wall_ms - (c->now - t->started) / 1000;
    to->producer_id = t->producer;
    to->producer_epoch = t->epoch;
    return put_partitions(rq, t, to) ? KAFC_OK : KAFC_ERR_UNKNOWN_SERVER_ERROR;
}

static enum kafc_mdone serve(struct kafc_mrq *rq, const void *req, void *resp)
{
    const struct kafc_describe_transactions_req *q = req;
    struct kafc_describe_transactions_resp *a = resp;

    a->transaction_states.v = kafc__msg_array(&kafc_describe_transactions_resp_transaction_schema,
                                              q->transactional_ids.n, &rq->arena);
    for (int32_t i = 0; a->transaction_states.v && i < q->transactional_ids.n; i++) {
        to_txn *to = &a->transaction_states.v[a->transaction_states.n++];

        to->transactional_id = q->transactional_ids.v[i];
        to->error_code = (int16_t)describe(rq, to->transactional_id, to);
    }
    return a->transaction_states.v ? KAFC_MDONE_ANSWER : KAFC_MDONE_CUT;
}

const struct kafc_mserve kafc__mock_describe_transactions = {
    KAFC_API_DESCRIBE_TRANSACTIONS, 0, serve, 0, { 0 }
};
