/* SPDX-License-Identifier: BSD-2-Clause
 *
 * DeleteRecords: by the leader, up to the high watermark.
 */
#include "mock/acl.h"
#include "protocol/api/21_delete_records.h"

static void delete_before(struct kafc_mrq *rq, kafc_str name,
                          const struct kafc_delete_records_req_partition *q,
                          struct kafc_delete_records_resp_partition *a)
{
    const struct kafc_mpart *p = kafc__mock_part_of(rq->c, name, q->partition_index);
    kafc_err code = kafc__mock_refuses(rq, KAFC_ACL_TOPIC, name, KAFC_ACL_DELETE);

    a->partition_index = q->partition_index;
    a->low_watermark = -1;
    if (!code && !p)
        code = KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION;
    if (!code)
        code = kafc__mock_leads(p, rq->conn->broker, -1);
    if (!code && p->topic->compact)
        code = KAFC_ERR_POLICY_VIOLATION;
    if (!code && (q->offset < -1 || q->offset > p->log.end))
        code = KAFC_ERR_OFFSET_OUT_OF_RANGE;
    a->error_code = (int16_t)code;
    if (code)
        return;
    (void)kafc__cluster_delete_records(rq->c, p->topic->name, p->index, q->offset);
    a->low_watermark = p->log.start;
}

static enum kafc_mdone serve(struct kafc_mrq *rq, const void *req, void *resp)
{
    const struct kafc_delete_records_req *q = req;
    struct kafc_delete_records_resp *a = resp;

    a->topics.n = q->topics.n;
    a->topics.v = kafc__msg_array(&kafc_delete_records_resp_topic_schema, q->topics.n, &rq->arena);
    if (!a->topics.v)
        return KAFC_MDONE_CUT;
    for (int32_t i = 0; i < q->topics.n; i++) {
        const struct kafc_delete_records_req_topic *qt = &q->topics.v[i];
        struct kafc_delete_records_resp_topic *at = &a->topics.v[i];

        at->name = qt->name;
        at->partitions.n = qt->partitions.n;
        at->partitions.v = kafc__msg_array(&kafc_delete_records_resp_partition_schema,
                                           qt->partitions.n, &rq->arena);
        if (!at->partitions.v)
            return KAFC_MDONE_CUT;
        for (int32_t k = 0; k < qt->partitions.n; k++)
            delete_before(rq, qt->name, &qt->partitions.v[k], &at->partitions.v[k]);
    }
    return KAFC_MDONE_ANSWER;
}

const struct kafc_mserve kafc__mock_delete_records = {
    KAFC_API_DELETE_RECORDS, 2, serve, 0, { 0, 0, 0, 0, 1, 1, 2, 3 }
};
