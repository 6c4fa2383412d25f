/* SPDX-License-Identifier: BSD-2-Clause
 *
 * AlterPartitionReassignments, by the controller: other replicas, or an end to
 * what is under way.
 */
#include "mock/acl.h"
#include "protocol/api/45_alter_partition_reassignments.h"

static kafc_err reassign(struct kafc_mrq *rq, kafc_str topic, bool may_change_factor,
                         const struct kafc_alter_partition_reassignments_req_partition *q)
{
    struct kafc_mpart *p = kafc__mock_part_of(rq->c, topic, q->partition_index);

    if (!p)
        return KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION;
    if (q->replicas.n < 0)
        return kafc__mock_reassign_back(rq->c, p);
    if (q->replicas.n < 1 || q->replicas.n > KAFC_MOCK_BROKERS_MAX)
        return KAFC_ERR_INVALID_REPLICA_ASSIGNMENT;
    for (int32_t i = 0; i < q->replicas.n; i++) {
        if (!kafc__mock_broker(rq->c, q->replicas.v[i]))
            return KAFC_ERR_INVALID_REPLICA_ASSIGNMENT;
        for (int32_t k = 0; k < i; k++)
            if (q->replicas.v[k] == q->replicas.v[i])
                return KAFC_ERR_INVALID_REPLICA_ASSIGNMENT;
    }
    if (!may_change_factor && q->replicas.n != (p->before ? p->nbefore : p->nreplicas))
        return KAFC_ERR_INVALID_REPLICATION_FACTOR;
    return kafc__mock_reassign(rq->c, p, q->replicas.v, q->replicas.n);
}

static enum kafc_mdone serve(struct kafc_mrq *rq, const void *req, void *resp)
{
    const struct kafc_alter_partition_reassignments_req *q = req;
    struct kafc_alter_partition_reassignments_resp *a = resp;

    a->allow_replication_factor_change = q->allow_replication_factor_change;
    a->error_code = (int16_t)kafc__mock_controls(rq);
    if (!a->error_code)
        a->error_code = (int16_t)kafc__mock_refuses_cluster(rq, KAFC_ACL_ALTER);
    if (a->error_code)
        return KAFC_MDONE_ANSWER;
    a->responses.v = kafc__msg_array(&kafc_alter_partition_reassignments_resp_topic_schema,
                                     q->topics.n, &rq->arena);
    for (int32_t t = 0; a->responses.v && t < q->topics.n; t++) {
        const struct kafc_alter_partition_reassignments_req_topic *from = &q->topics.v[t];
        struct kafc_alter_partition_reassignments_resp_topic *to =
            &a->responses.v[a->responses.n++];

        to->name = from->name;
        to->partitions.v = kafc__msg_array(
            &kafc_alter_partition_reassignments_resp_partition_schema, from->partitions.n,
            &rq->arena);
        if (!to->partitions.v)
            return KAFC_MDONE_CUT;
        for (int32_t i = 0; i < from->partitions.n; i++) {
            struct kafc_alter_partition_reassignments_resp_partition *one =
                &to->partitions.v[to->partitions.n++];
            kafc_err code = reassign(rq, from->name, q->allow_replication_factor_change,
                                     &from->partitions.v[i]);

            one->partition_index = from->partitions.v[i].partition_index;
            one->error_code = (int16_t)code;
            one->error_message = kafc__mock_words(code);
        }
    }
    kafc__mock_wake_parked(rq->c);
    return a->responses.v ? KAFC_MDONE_ANSWER : KAFC_MDONE_CUT;
}

const struct kafc_mserve kafc__mock_alter_partition_reassignments = {
    KAFC_API_ALTER_PARTITION_REASSIGNMENTS, 1, serve, 0, { 0, 0, 0, 0, 0, 0, 0, 1 }
};
