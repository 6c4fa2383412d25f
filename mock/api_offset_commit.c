/* SPDX-License-Identifier: BSD-2-Clause
 *
 * OffsetCommit: of a member in its generation, or of anybody while the group
 * has no members.
 */
#include "mock/group.h"
#include "protocol/api/08_offset_commit.h"

enum {
    OF_ALL_PROTOCOLS = 9
}; /* from this version on a generation may be an epoch of the new protocol */

static kafc_err admit(struct kafc_mrq *rq, const struct kafc_offset_commit_req *q,
                      struct kafc_mgroup **g)
{
    int32_t generation = rq->version >= 1 ? q->generation_id_or_member_epoch : -1;
    kafc_err code = kafc__mgroup_coordinates(rq, q->group_id, KAFC_ACL_READ);

    if (code)
        return code;
    *g = kafc__mgroup_find(rq->c, q->group_id);
    if (!*g && generation >= 0)
        return rq->version >= OF_ALL_PROTOCOLS ? KAFC_ERR_GROUP_ID_NOT_FOUND
                                               : KAFC_ERR_ILLEGAL_GENERATION;
    code = kafc__mgroup_may_commit(rq->c, *g, generation, q->member_id, q->group_instance_id,
                                   false);
    if (code)
        return code;
    *g = kafc__mgroup_make(rq->c, q->group_id);
    return *g ? KAFC_OK : KAFC_ERR_COORDINATOR_NOT_AVAILABLE;
}

static enum kafc_mdone serve(struct kafc_mrq *rq, const void *req, void *resp)
{
    const struct kafc_offset_commit_req *q = req;
    struct kafc_offset_commit_resp *a = resp;
    struct kafc_mgroup *g = NULL;
    kafc_err code = admit(rq, q, &g);

    a->topics.n = q->topics.n;
    a->topics.v = kafc__msg_array(&kafc_offset_commit_resp_topic_schema, q->topics.n, &rq->arena);
    if (!a->topics.v)
        return KAFC_MDONE_CUT;
    for (int32_t i = 0; i < q->topics.n; i++) {
        const struct kafc_offset_commit_req_topic *qt = &q->topics.v[i];
        struct kafc_offset_commit_resp_topic *at = &a->topics.v[i];
        struct kafc_mtopic *t = rq->version >= 10 ? kafc__mock_topic_by_id(rq->c, &qt->topic_id)
                                                  : kafc__mock_topic(rq->c, qt->name);
        kafc_err refused = code ? code
                                : kafc__mock_refuses(
                                      rq, KAFC_ACL_TOPIC,
                                      t ? (kafc_str){ t->name, t->name_len } : qt->name,
                                      KAFC_ACL_READ);

        at->name = qt->name;
        at->topic_id = qt->topic_id;
        at->partitions.n = qt->partitions.n;
        at->partitions.v = kafc__msg_array(&kafc_offset_commit_resp_partition_schema,
                                           qt->partitions.n, &rq->arena);
        if (!at->partitions.v)
            return KAFC_MDONE_CUT;
        for (int32_t k = 0; k < qt->partitions.n; k++) {
            const struct kafc_offset_commit_req_partition *p = &qt->partitions.v[k];
            kafc_err one = refused;

            if (!one && !t && rq->version >= 10)
                one = KAFC_ERR_UNKNOWN_TOPIC_ID;
            if (!one)
                one = kafc__mgroup_put(rq->c, g, -1, t, p->partition_index, p->committed_offset,
                                       p->committed_leader_epoch, p->committed_metadata);
            at->partitions.v[k].partition_index = p->partition_index;
            at->partitions.v[k].error_code = (int16_t)one;
        }
    }
    return KAFC_MDONE_ANSWER;
}

const struct kafc_mserve kafc__mock_offset_commit = {
    KAFC_API_OFFSET_COMMIT, 10, serve, 2, { 2, 3, 3, 3, 4, 4, 7, 9 }
};
