/* SPDX-License-Identifier: BSD-2-Clause
 *
 * WriteTxnMarkers: ends transactions in partitions, whatever their coordinator
 * thinks of it.
 */
#include "mock/acl.h"
#include "protocol/api/27_write_txn_markers.h"

static kafc_err mark(struct kafc_mrq *rq, struct kafc_mpart *p,
                     const struct kafc_write_txn_markers_req_marker *q)
{
    kafc_err code = kafc__mock_refuses_cluster(rq, KAFC_ACL_CLUSTER_ACTION);

    if (code) /* whoever may alter the cluster may do this, too */
        code = kafc__mock_refuses_cluster(rq, KAFC_ACL_ALTER);
    if (!code)
        code = p ? kafc__mock_leads(p, rq->conn->broker, -1) : KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION;
    if (code)
        return code;
    if (q->producer_epoch < kafc__mlog_producer_epoch(&p->log, q->producer_id))
        return KAFC_ERR_INVALID_PRODUCER_EPOCH;
    if (q->coordinator_epoch < 0)
        return KAFC_ERR_TRANSACTION_COORDINATOR_FENCED;
    return kafc__mock_mark(rq->c, p, q->producer_id, q->producer_epoch, q->transaction_result);
}

static bool mark_topics(struct kafc_mrq *rq, const struct kafc_write_txn_markers_req_marker *q,
                        struct kafc_write_txn_markers_resp_marker *a)
{
    a->producer_id = q->producer_id;
    a->topics.v = kafc__msg_array(&kafc_write_txn_markers_resp_topic_schema, q->topics.n,
                                  &rq->arena);
    for (int32_t t = 0; a->topics.v && t < q->topics.n; t++) {
        const struct kafc_write_txn_markers_req_topic *from = &q->topics.v[t];
        struct kafc_write_txn_markers_resp_topic *to = &a->topics.v[a->topics.n++];

        to->name = from->name;
        to->partitions.v = kafc__msg_array(&kafc_write_txn_markers_resp_partition_schema,
                                           from->partition_indexes.n, &rq->arena);
        if (!to->partitions.v)
            return false;
        for (int32_t i = 0; i < from->partition_indexes.n; i++) {
            struct kafc_write_txn_markers_resp_partition *one =
                &to->partitions.v[to->partitions.n++];

            one->partition_index = from->partition_indexes.v[i];
            one->error_code = (int16_t)mark(
                rq, kafc__mock_part_of(rq->c, from->name, one->partition_index), q);
        }
    }
    return a->topics.v != NULL;
}

static enum kafc_mdone serve(struct kafc_mrq *rq, const void *req, void *resp)
{
    const struct kafc_write_txn_markers_req *q = req;
    struct kafc_write_txn_markers_resp *a = resp;

    a->markers.v = kafc__msg_array(&kafc_write_txn_markers_resp_marker_schema, q->markers.n,
                                   &rq->arena);
    for (int32_t i = 0; a->markers.v && i < q->markers.n; i++)
        if (!mark_topics(rq, &q->markers.v[i], &a->markers.v[a->markers.n++]))
            return KAFC_MDONE_CUT;
    kafc__mock_wake_parked(rq->c);
    return a->markers.v ? KAFC_MDONE_ANSWER : KAFC_MDONE_CUT;
}

const struct kafc_mserve kafc__mock_write_txn_markers = {
    KAFC_API_WRITE_TXN_MARKERS, 2, serve, 1, { 0, 0, 0, 0, 1, 1, 1, 2 }
};
