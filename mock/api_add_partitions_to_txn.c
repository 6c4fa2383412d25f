/* SPDX-License-Identifier: BSD-2-Clause
 *
 * AddPartitionsToTxn: partitions become parts of a transaction, all or none.
 * Up to version 3 as clients send it, from 4 on several transactions at once
 * as brokers do, or the question alone whether the partitions are in it.
 */
#include "mock/txn.h"
#include "protocol/api/24_add_partitions_to_txn.h"

/* What is wrong with it, whatever the transaction. */
static kafc_err wrong(const struct kafc_mrq *rq, kafc_str topic, int32_t i)
{
    kafc_err code = kafc__mock_refuses(rq, KAFC_ACL_TOPIC, topic, KAFC_ACL_WRITE);

    return code || kafc__mock_part_of(rq->c, topic, i) ? code : KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION;
}

/* With one that does not exist, or may not be written to, the others are not tried. */
static bool all_fine(const struct kafc_mrq *rq,
                     const struct kafc_add_partitions_to_txn_req_transaction *q)
{
    for (int32_t i = 0; i < q->topics.n; i++)
        for (int32_t k = 0; k < q->topics.v[i].partitions.n; k++)
            if (wrong(rq, q->topics.v[i].name, q->topics.v[i].partitions.v[k]))
                return false;
    return true;
}

static kafc_err open_to(struct kafc_mrq *rq,
                        const struct kafc_add_partitions_to_txn_req_transaction *q,
                        struct kafc_mtxn **t)
{
    kafc_str id = q->transactional_id;
    kafc_err code = id.len == 0 ? KAFC_ERR_INVALID_REQUEST : KAFC_OK;

    if (!code)
        code = kafc__mock_coordinates(rq->c, KAFC_MOCK_TRANSACTIONS, id, rq->conn->broker);
    return code ? code : kafc__mtxn_of(rq->c, id, q->producer_id, q->producer_epoch, t);
}

static kafc_err join(struct kafc_mrq *rq, struct kafc_mtxn *t, struct kafc_mpart *p, bool ask_only)
{
    if (ask_only)
        return kafc__mtxn_has(t, p) ? KAFC_OK : KAFC_ERR_TRANSACTION_ABORTABLE;
    return kafc__mtxn_add(rq->c, t, p) ? KAFC_OK : KAFC_ERR_COORDINATOR_NOT_AVAILABLE;
}

/* Answers for each partition of one transaction; NULL: out of memory. */
static struct kafc_add_partitions_to_txn_resp_topic *transaction(
    struct kafc_mrq *rq, const struct kafc_add_partitions_to_txn_req_transaction *q)
{
    struct kafc_add_partitions_to_txn_resp_topic *a = kafc__msg_array(
        &kafc_add_partitions_to_txn_resp_topic_schema, q->topics.n, &rq->arena);
    struct kafc_mtxn *t = NULL;
    kafc_err code = kafc__mock_refuses(rq, KAFC_ACL_TRANSACTIONAL_ID, q->transactional_id,
                                       KAFC_ACL_WRITE);
    bool fine = code || all_fine(rq, q);

    if (!code)
        code = fine ? kafc__mtxn_code(rq, 2, open_to(rq, q, &t)) : KAFC_ERR_OPERATION_NOT_ATTEMPTED;

    for (int32_t i = 0; a && i < q->topics.n; i++) {
        const struct kafc_add_partitions_to_txn_req_topic *qt = &q->topics.v[i];
        struct kafc_add_partitions_to_txn_resp_partition *v = kafc__msg_array(
            &kafc_add_partitions_to_txn_resp_partition_schema, qt->partitions.n, &rq->arena);

        if (!v)
            return NULL;
        a[i].name = qt->name;
        a[i].results_by_partition.v = v;
        a[i].results_by_partition.n = qt->partitions.n;
        for (int32_t k = 0; k < qt->partitions.n; k++) {
            struct kafc_mpart *p = kafc__mock_part_of(rq->c, qt->name, qt->partitions.v[k]);
            kafc_err one = code     ? code
                           : t && p ? join(rq, t, p, q->verify_only)
                                    : KAFC_ERR_UNKNOWN_SERVER_ERROR;

            kafc_err own = fine ? KAFC_OK : wrong(rq, qt->name, qt->partitions.v[k]);

            v[k].partition_index = qt->partitions.v[k];
            v[k].partition_error_code = (int16_t)(own ? own : one);
        }
    }
    return a;
}

static enum kafc_mdone serve(struct kafc_mrq *rq, const void *req, void *resp)
{
    const struct kafc_add_partitions_to_txn_req *q = req;
    struct kafc_add_partitions_to_txn_resp *a = resp;
    struct kafc_add_partitions_to_txn_req_transaction one = {
        .transactional_id = q->v3_and_below_transactional_id,
        .producer_id = q->v3_and_below_producer_id,
        .producer_epoch = q->v3_and_below_producer_epoch,
        .topics = { q->v3_and_below_topics.v, q->v3_and_below_topics.n },
    };

    if (rq->version < 4) {
        a->results_by_topic_v3_and_below.n = one.topics.n;
        a->results_by_topic_v3_and_below.v = transaction(rq, &one);
        return a->results_by_topic_v3_and_below.v ? KAFC_MDONE_ANSWER : KAFC_MDONE_CUT;
    }
    a->results_by_transaction.n = q->transactions.n;
    a->results_by_transaction.v = kafc__msg_array(
        &kafc_add_partitions_to_txn_resp_transaction_schema, q->transactions.n, &rq->arena);
    if (!a->results_by_transaction.v)
        return KAFC_MDONE_CUT;
    for (int32_t i = 0; i < q->transactions.n; i++) {
        struct kafc_add_partitions_to_txn_resp_transaction *at = &a->results_by_transaction.v[i];

        at->transactional_id = q->transactions.v[i].transactional_id;
        at->topic_results.n = q->transactions.v[i].topics.n;
        at->topic_results.v = transaction(rq, &q->transactions.v[i]);
        if (!at->topic_results.v)
            return KAFC_MDONE_CUT;
    }
    return KAFC_MDONE_ANSWER;
}

const struct kafc_mserve kafc__mock_add_partitions_to_txn = {
    KAFC_API_ADD_PARTITIONS_TO_TXN, 5, serve, 0, { 0, 0, 0, 0, 1, 1, 2, 4 }
};
