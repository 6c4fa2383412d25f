/* SPDX-License-Identifier: BSD-2-Clause
 *
 * DescribeProducers: what a replica knows of who has written.
 */
#include "mock/acl.h"
#include "protocol/api/61_describe_producers.h"

static kafc_err put_producers(struct kafc_mrq *rq, const struct kafc_mpart *p,
                              struct kafc_describe_producers_resp_partition *to)
{
    kafc_err code = p ? kafc__mock_has(p, rq->conn->broker, -1)
                      : KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION;
    struct kafc_mproducer from;
    int32_t n = 0;

    if (code)
        return code;
    for (size_t i = 0; kafc__mlog_producer_next(&p->log, &i, &from);)
        n++;
    to->active_producers.v = kafc__msg_array(&kafc_describe_producers_resp_producer_schema, n,
                                             &rq->arena);
    if (!to->active_producers.v)
        return KAFC_ERR_UNKNOWN_SERVER_ERROR;
    for (size_t i = 0; kafc__mlog_producer_next(&p->log, &i, &from);) {
        struct kafc_describe_producers_resp_producer *one =
            &to->active_producers.v[to->active_producers.n++];

        one->producer_id = from.id;
        one->producer_epoch = from.epoch;
        one->last_sequence = from.last_sequence;
        one->last_timestamp = from.last_timestamp;
        one->coordinator_epoch = from.marked ? 0 : -1;
        one->current_txn_start_offset = from.txn_first;
    }
    return KAFC_OK;
}

static enum kafc_mdone serve(struct kafc_mrq *rq, const void *req, void *resp)
{
    const struct kafc_describe_producers_req *q = req;
    struct kafc_describe_producers_resp *a = resp;

    a->topics.v = kafc__msg_array(&kafc_describe_producers_resp_topic_schema, q->topics.n,
                                  &rq->arena);
    for (int32_t t = 0; a->topics.v && t < q->topics.n; t++) {
        const struct kafc_describe_producers_req_topic *from = &q->topics.v[t];
        struct kafc_describe_producers_resp_topic *to = &a->topics.v[a->topics.n++];

        to->name = from->name;
        to->partitions.v = kafc__msg_array(&kafc_describe_producers_resp_partition_schema,
                                           from->partition_indexes.n, &rq->arena);
        if (!to->partitions.v)
            return KAFC_MDONE_CUT;
        for (int32_t i = 0; i < from->partition_indexes.n; i++) {
            struct kafc_describe_producers_resp_partition *one =
                &to->partitions.v[to->partitions.n++];
            int32_t index = from->partition_indexes.v[i];
            kafc_err code = kafc__mock_refuses(rq, KAFC_ACL_TOPIC, from->name, KAFC_ACL_READ);

            if (!code)
                code = put_producers(rq, kafc__mock_part_of(rq->c, from->name, index), one);

            one->partition_index = index;
            one->error_code = (int16_t)code;
            one->error_message = kafc__mock_words(code);
        }
    }
    return a->topics.v ? KAFC_MDONE_ANSWER : KAFC_MDONE_CUT;
}

const struct kafc_mserve kafc__mock_describe_producers = {
    KAFC_API_DESCRIBE_PRODUCERS, 0, serve, 0, { 0, 0, 0, 0, 0, 0, 0, 1 }
};
