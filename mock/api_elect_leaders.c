/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ElectLeaders, by the controller: preferred ones, or any where there is none.
 */
#include "mock/acl.h"
#include "protocol/api/43_elect_leaders.h"

enum { PREFERRED, UNCLEAN };

static kafc_err elect(struct kafc_mrq *rq, struct kafc_mpart *p, int8_t how)
{
    if (!p)
        return KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION;
    if (how == PREFERRED ? p->leader == p->replica[0] : p->leader >= 0)
        return KAFC_ERR_ELECTION_NOT_NEEDED;
    for (int32_t i = 0; i < (how == PREFERRED ? 1 : p->nreplicas); i++)
        if (kafc__mock_in_sync(rq->c, p->replica[i])) {
            kafc__mock_move_leader(p, p->replica[i]);
            return KAFC_OK;
        }
    return how == PREFERRED ? KAFC_ERR_PREFERRED_LEADER_NOT_AVAILABLE
                            : KAFC_ERR_ELIGIBLE_LEADERS_NOT_AVAILABLE;
}

static bool begin(struct kafc_mrq *rq, struct kafc_elect_leaders_resp *a, kafc_str topic, int32_t n)
{
    struct kafc_elect_leaders_resp_topic *to =
        &a->replica_election_results.v[a->replica_election_results.n++];

    to->topic = topic;
    to->partition_result.v = kafc__msg_array(&kafc_elect_leaders_resp_partition_schema, n,
                                             &rq->arena);
    return to->partition_result.v != NULL;
}

static void put(struct kafc_elect_leaders_resp *a, int32_t partition, kafc_err code)
{
    struct kafc_elect_leaders_resp_topic *to =
        &a->replica_election_results.v[a->replica_election_results.n - 1];
    struct kafc_elect_leaders_resp_partition *one =
        &to->partition_result.v[to->partition_result.n++];

    one->partition_id = partition;
    one->error_code = (int16_t)code;
    one->error_message = kafc__mock_words(code);
}

/* Of all partitions those that need none are not told. */
static bool elect_all(struct kafc_mrq *rq, int8_t how, struct kafc_elect_leaders_resp *a)
{
    struct kafc_mtopic *t;
    bool ok = true;

    for (t = KAFC_LIST_FIRST(&rq->c->topics, struct kafc_mtopic, node); ok && t;
         t = KAFC_LIST_NEXT(&rq->c->topics, t, struct kafc_mtopic, node)) {
        ok = begin(rq, a, (kafc_str){ t->name, t->name_len }, t->npartitions);
        for (int32_t i = 0; ok && i < t->npartitions; i++) {
            kafc_err code = elect(rq, &t->part[i], how);

            if (code != KAFC_ERR_ELECTION_NOT_NEEDED)
                put(a, i, code);
        }
    }
    return ok;
}

static enum kafc_mdone serve(struct kafc_mrq *rq, const void *req, void *resp)
{
    const struct kafc_elect_leaders_req *q = req;
    struct kafc_elect_leaders_resp *a = resp;
    kafc_err code = kafc__mock_controls(rq);
    int32_t n = q->topic_partitions.n < 0 ? 0 : q->topic_partitions.n;
    bool ok;

    if (!code)
        code = kafc__mock_refuses_cluster(rq, KAFC_ACL_ALTER);
    KAFC_MOCK_EACH(&rq->c->topics, struct kafc_mtopic, t)
        n++;
    a->replica_election_results.v = kafc__msg_array(&kafc_elect_leaders_resp_topic_schema, n,
                                                    &rq->arena);
    ok = a->replica_election_results.v != NULL;
    if (rq->version >= 1)
        a->error_code = (int16_t)code;
    if (q->topic_partitions.n < 0 && !code)
        ok = ok && elect_all(rq, q->election_type, a);
    for (int32_t t = 0; ok && t < q->topic_partitions.n && (!code || rq->version == 0); t++) {
        const struct kafc_elect_leaders_req_topic *from = &q->topic_partitions.v[t];

        ok = begin(rq, a, from->topic, from->partitions.n);
        for (int32_t i = 0; ok && i < from->partitions.n; i++)
            put(a, from->partitions.v[i],
                code ? code
                     : elect(rq, kafc__mock_part_of(rq->c, from->topic, from->partitions.v[i]),
                             q->election_type));
    }
    kafc__mock_wake_parked(rq->c);
    return ok ? KAFC_MDONE_ANSWER : KAFC_MDONE_CUT;
}

const struct kafc_mserve kafc__mock_elect_leaders = {
    KAFC_API_ELECT_LEADERS, 2, serve, 0, { 0, 0, 0, 0, 0, 0, 0, 3 }
};
