/* SPDX-License-Identifier: BSD-2-Clause
 *
 * DescribeUserScramCredentials: of users by name, or of all.
 */
#include "base/str.h"
#include "mock/group.h"
#include "mock/users.h"
#include "protocol/api/50_describe_user_scram_credentials.h"

typedef struct kafc_describe_user_scram_credentials_resp_result result;

static bool put(struct kafc_mrq *rq, kafc_str user, result *to)
{
    to->user = user;
    to->credential_infos.v = kafc__msg_array(
        &kafc_describe_user_scram_credentials_resp_credential_schema, 2, &rq->arena);
    if (!to->credential_infos.v)
        return false;
    KAFC_MOCK_EACH(&rq->c->scrams, struct kafc_mscram, s) {
        if (!kafc__str_same((kafc_str){ s->user, s->len }, user) || to->credential_infos.n == 2)
            continue;
        to->credential_infos.v[to->credential_infos.n].mechanism = s->mechanism;
        to->credential_infos.v[to->credential_infos.n++].iterations = s->iterations;
    }
    if (to->credential_infos.n == 0) {
        to->error_code = KAFC_ERR_RESOURCE_NOT_FOUND;
        to->error_message = kafc__str("Attempt to describe a user credential that does not exist");
    }
    return true;
}

static bool is_there(const struct kafc_describe_user_scram_credentials_resp *a, kafc_str user)
{
    for (int32_t i = 0; i < a->results.n; i++)
        if (kafc__str_same(a->results.v[i].user, user))
            return true;
    return false;
}

static bool put_all(struct kafc_mrq *rq, struct kafc_describe_user_scram_credentials_resp *a)
{
    KAFC_MOCK_EACH(&rq->c->scrams, struct kafc_mscram, s) {
        kafc_str user = { s->user, s->len };

        if (!is_there(a, user) && !put(rq, user, &a->results.v[a->results.n++]))
            return false;
    }
    return true;
}

static enum kafc_mdone serve(struct kafc_mrq *rq, const void *req, void *resp)
{
    const struct kafc_describe_user_scram_credentials_req *q = req;
    struct kafc_describe_user_scram_credentials_resp *a = resp;
    int32_t n = q->users.n > 0 ? q->users.n : 0;

    a->error_code = (int16_t)kafc__mock_refuses_cluster(rq, KAFC_ACL_DESCRIBE);
    if (a->error_code)
        return KAFC_MDONE_ANSWER;
    KAFC_MOCK_EACH(&rq->c->scrams, struct kafc_mscram, s)
        n++;
    a->results.v = kafc__msg_array(&kafc_describe_user_scram_credentials_resp_result_schema, n,
                                   &rq->arena);
    if (!a->results.v)
        return KAFC_MDONE_CUT;
    if (q->users.n <= 0)
        return put_all(rq, a) ? KAFC_MDONE_ANSWER : KAFC_MDONE_CUT;
    for (int32_t i = 0; i < q->users.n; i++) {
        bool twice = is_there(a, q->users.v[i].name);
        result *to = &a->results.v[a->results.n];

        if (!put(rq, q->users.v[i].name, to))
            return KAFC_MDONE_CUT;
        a->results.n++;
        if (twice)
            to->error_code = KAFC_ERR_DUPLICATE_RESOURCE;
    }
    return KAFC_MDONE_ANSWER;
}

const struct kafc_mserve kafc__mock_describe_user_scram_credentials = {
    KAFC_API_DESCRIBE_USER_SCRAM_CREDENTIALS, 0, serve, 0, { [7] = 1 }
};
