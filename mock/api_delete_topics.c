/* SPDX-License-Identifier: BSD-2-Clause
 *
 * DeleteTopics, by the controller: by names, from version 6 on by id as well.
 */
#include "mock/acl.h"
#include "protocol/api/20_delete_topics.h"

static void delete_one(struct kafc_mrq *rq, struct kafc_delete_topics_resp_topic *one,
                       const kafc_uuid *id)
{
    struct kafc_mtopic *t = one->name.p ? kafc__mock_topic(rq->c, one->name)
                                        : kafc__mock_topic_by_id(rq->c, id);
    kafc_err code = kafc__mock_controls(rq);

    if (!code && (t || one->name.p) && kafc__mock_refuses_cluster(rq, KAFC_ACL_DELETE))
        code = kafc__mock_refuses(rq, KAFC_ACL_TOPIC,
                                  t ? (kafc_str){ t->name, t->name_len } : one->name,
                                  KAFC_ACL_DELETE);
    if (!code && one->name.p && !kafc__mock_uuid_zero(id))
        code = KAFC_ERR_INVALID_REQUEST;
    if (!code && !t)
        code = one->name.p ? KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION : KAFC_ERR_UNKNOWN_TOPIC_ID;
    one->error_code = (int16_t)code;
    one->topic_id = *id;
    one->error_message = kafc__mock_words(code);
    if (code)
        return;
    one->topic_id = t->id;
    one->name = (kafc_str){ t->name, t->name_len }; /* stays: a deleted topic keeps its name */
    kafc__mock_bury_topic(rq->c, t);
}

static enum kafc_mdone serve(struct kafc_mrq *rq, const void *req, void *resp)
{
    static const kafc_uuid zero;
    const struct kafc_delete_topics_req *q = req;
    struct kafc_delete_topics_resp *a = resp;
    int32_t n = rq->version >= 6 ? q->topics.n : q->topic_names.n;

    a->responses.n = n;
    a->responses.v = kafc__msg_array(&kafc_delete_topics_resp_topic_schema, n, &rq->arena);
    if (!a->responses.v)
        return KAFC_MDONE_CUT;
    for (int32_t i = 0; i < n; i++) {
        struct kafc_delete_topics_resp_topic *one = &a->responses.v[i];

        one->name = rq->version >= 6 ? q->topics.v[i].name : q->topic_names.v[i];
        delete_one(rq, one, rq->version >= 6 ? &q->topics.v[i].topic_id : &zero);
    }
    return KAFC_MDONE_ANSWER;
}

const struct kafc_mserve kafc__mock_delete_topics = {
    KAFC_API_DELETE_TOPICS, 6, serve, 1, { 0, 0, 0, 1, 2, 2, 4, 7 }
};
