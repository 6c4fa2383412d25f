/* SPDX-License-Identifier: BSD-2-Clause
 *
 * OffsetForLeaderEpoch: where the leaders of an epoch stopped writing.
 */
#include "mock/acl.h"
#include "protocol/api/23_offset_for_leader_epoch.h"

static void serve_partition(const struct kafc_mrq *rq, const struct kafc_mpart *p,
                            kafc_err refused,
                            const struct kafc_offset_for_leader_epoch_req_partition *q,
                            struct kafc_offset_for_leader_epoch_resp_partition *a)
{
    kafc_err code = refused;

    a->partition = q->partition;
    if (!code)
        code = p ? kafc__mock_leads(p, rq->conn->broker, q->current_leader_epoch)
                 : KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION;
    a->error_code = (int16_t)code;
    if (code || q->leader_epoch < 0 || q->leader_epoch > p->epoch)
        return; /* unknown */
    a->leader_epoch = kafc__mlog_epoch_end(&p->log, q->leader_epoch, p->epoch, &a->end_offset);
    if (a->leader_epoch < 0) /* nothing as old is left: it ended where the log begins */
        a->leader_epoch = q->leader_epoch;
}

static enum kafc_mdone serve(struct kafc_mrq *rq, const void *req, void *resp)
{
    const struct kafc_offset_for_leader_epoch_req *q = req;
    struct kafc_offset_for_leader_epoch_resp *a = resp;

    a->topics.n = q->topics.n;
    a->topics.v = kafc__msg_array(&kafc_offset_for_leader_epoch_resp_topic_schema, q->topics.n,
                                  &rq->arena);
    if (!a->topics.v)
        return KAFC_MDONE_CUT;
    for (int32_t i = 0; i < q->topics.n; i++) {
        const struct kafc_offset_for_leader_epoch_req_topic *qt = &q->topics.v[i];
        struct kafc_offset_for_leader_epoch_resp_topic *at = &a->topics.v[i];

        kafc_err refused = kafc__mock_refuses_cluster(rq, KAFC_ACL_CLUSTER_ACTION) == KAFC_OK
                               ? KAFC_OK
                               : kafc__mock_refuses(rq, KAFC_ACL_TOPIC, qt->topic, KAFC_ACL_DESCRIBE);

        at->topic = qt->topic;
        at->partitions.n = qt->partitions.n;
        at->partitions.v = kafc__msg_array(&kafc_offset_for_leader_epoch_resp_partition_schema,
                                           qt->partitions.n, &rq->arena);
        if (!at->partitions.v)
            return KAFC_MDONE_CUT;
        for (int32_t k = 0; k < qt->partitions.n; k++)
            serve_partition(rq, kafc__mock_part_of(rq->c, qt->topic, qt->partitions.v[k].partition), refused,
                            &qt->partitions.v[k], &at->partitions.v[k]);
    }
    return KAFC_MDONE_ANSWER;
}

const struct kafc_mserve kafc__mock_offset_for_leader_epoch = {
    KAFC_API_OFFSET_FOR_LEADER_EPOCH, 4, serve, 2, { 0, 0, 0, 0, 1, 1, 3, 5 }
};
