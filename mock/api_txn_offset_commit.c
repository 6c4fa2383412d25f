/* SPDX-License-Identifier: BSD-2-Clause
 *
 * TxnOffsetCommit: offsets of a group that count when the transaction commits.
 */
#include "mock/txn.h"
#include "protocol/api/28_txn_offset_commit.h"

static kafc_err admit(struct kafc_mrq *rq, const struct kafc_txn_offset_commit_req *q,
                      struct kafc_mgroup **g)
{
    kafc_err code = kafc__mock_refuses(rq, KAFC_ACL_TRANSACTIONAL_ID, q->transactional_id,
                                       KAFC_ACL_WRITE);

    if (!code)
        code = kafc__mock_refuses(rq, KAFC_ACL_GROUP, q->group_id, KAFC_ACL_READ);
    if (code)
        return code;
    if (q->group_id.len == 0)
        return KAFC_ERR_INVALID_GROUP_ID;
    code = kafc__mock_coordinates(rq->c, KAFC_MOCK_GROUPS, q->group_id, rq->conn->broker);
    if (code) /* producers before 2.0 did not expect this code */
        return code == KAFC_ERR_COORDINATOR_LOAD_IN_PROGRESS && rq->version < 2
                   ? KAFC_ERR_COORDINATOR_NOT_AVAILABLE
                   : code;
    *g = kafc__mgroup_find(rq->c, q->group_id);
    code = !*g && q->generation_id >= 0
               ? KAFC_ERR_ILLEGAL_GENERATION
               : kafc__mgroup_may_commit(rq->c, *g, q->generation_id, q->member_id,
                                         q->group_instance_id, true);
    if (code)
        return code;
    *g = kafc__mgroup_make(rq->c, q->group_id);
    if (!*g)
        return KAFC_ERR_COORDINATOR_NOT_AVAILABLE;
    return kafc__mtxn_admits_offsets(rq, q->transactional_id, q->producer_id, q->producer_epoch,
                                     *g);
}

static enum kafc_mdone serve(struct kafc_mrq *rq, const void *req, void *resp)
{
    const struct kafc_txn_offset_commit_req *q = req;
    struct kafc_txn_offset_commit_resp *a = resp;
    struct kafc_mgroup *g = NULL;
    kafc_err code = admit(rq, q, &g);

    a->topics.n = q->topics.n;
    a->topics.v = kafc__msg_array(&kafc_txn_offset_commit_resp_topic_schema, q->topics.n,
                                  &rq->arena);
    if (!a->topics.v)
        return KAFC_MDONE_CUT;
    for (int32_t i = 0; i < q->topics.n; i++) {
        const struct kafc_txn_offset_commit_req_topic *qt = &q->topics.v[i];
        struct kafc_txn_offset_commit_resp_topic *at = &a->topics.v[i];
        struct kafc_mtopic *t = kafc__mock_topic(rq->c, qt->name);
        kafc_err refused = code ? code
                                : kafc__mock_refuses(rq, KAFC_ACL_TOPIC, qt->name, KAFC_ACL_READ);

        at->name = qt->name;
        at->partitions.n = qt->partitions.n;
        at->partitions.v = kafc__msg_array(&kafc_txn_offset_commit_resp_partition_schema,
                                           qt->partitions.n, &rq->arena);
        if (!at->partitions.v)
            return KAFC_MDONE_CUT;
        for (int32_t k = 0; k < qt->partitions.n; k++) {
            const struct kafc_txn_offset_commit_req_partition *p = &qt->partitions.v[k];
            kafc_err one = refused;

            if (!one)
                one = kafc__mgroup_put(rq->c, g, q->producer_id, t, p->partition_index,
                                       p->committed_offset, p->committed_leader_epoch,
                                       p->committed_metadata);
            at->partitions.v[k].partition_index = p->partition_index;
            at->partitions.v[k].error_code = (int16_t)one;
        }
    }
    return KAFC_MDONE_ANSWER;
}

const struct kafc_mserve kafc__mock_txn_offset_commit = {
    KAFC_API_TXN_OFFSET_COMMIT, 5, serve, 0, { 0, 0, 0, 0, 1, 1, 3, 4 }
};
