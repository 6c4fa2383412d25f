/* SPDX-License-Identifier: BSD-2-Clause
 *
 * DescribeDelegationToken: of owners, or all.
 */
#include "base/str.h"
#include "mock/group.h"
#include "mock/users.h"
#include "protocol/api/41_describe_delegation_token.h"

static bool wanted(const struct kafc_describe_delegation_token_req *q, const struct kafc_mdelegation *t)
{
    for (int32_t i = 0; i < q->owners.n; i++)
        if (kafc__str_same(q->owners.v[i].principal_type, t->owner_type) &&
            kafc__str_same(q->owners.v[i].principal_name, t->owner))
            return true;
    return q->owners.n < 0;
}

static bool put(struct kafc_mrq *rq, const struct kafc_mdelegation *t,
                struct kafc_describe_delegation_token_resp_token *to)
{
    to->principal_type = t->owner_type;
    to->principal_name = t->owner;
    if (rq->version >= 3) {
        to->token_requester_principal_type = kafc__str("User");
        to->token_requester_principal_name = t->requester;
    }
    to->issue_timestamp = t->issued;
    to->expiry_timestamp = t->expires;
    to->max_timestamp = t->max;
    to->token_id = kafc__str(t->id);
    to->hmac = (kafc_bytes){ t->hmac, sizeof t->hmac };
    to->renewers.n = t->nrenewers;
    to->renewers.v = kafc__msg_array(&kafc_describe_delegation_token_resp_renewer_schema,
                                     t->nrenewers, &rq->arena);
    for (int32_t i = 0; to->renewers.v && i < t->nrenewers; i++) {
        to->renewers.v[i].principal_type = t->renewer[i].type;
        to->renewers.v[i].principal_name = t->renewer[i].name;
    }
    return to->renewers.v != NULL;
}

static enum kafc_mdone serve(struct kafc_mrq *rq, const void *req, void *resp)
{
    const struct kafc_describe_delegation_token_req *q = req;
    struct kafc_describe_delegation_token_resp *a = resp;
    int32_t n = 0;

    a->error_code = (int16_t)rq->forced;
    if (rq->forced)
        return KAFC_MDONE_ANSWER;
    KAFC_MOCK_EACH(&rq->c->tokens, struct kafc_mdelegation, t)
        n++;
    a->tokens.v = kafc__msg_array(&kafc_describe_delegation_token_resp_token_schema, n, &rq->arena);
    if (!a->tokens.v)
        return KAFC_MDONE_CUT;
    KAFC_MOCK_EACH(&rq->c->tokens, struct kafc_mdelegation, t)
        if (wanted(q, t) && !put(rq, t, &a->tokens.v[a->tokens.n++]))
            return KAFC_MDONE_CUT;
    return KAFC_MDONE_ANSWER;
}

const struct kafc_mserve kafc__mock_describe_delegation_token = {
    KAFC_API_DESCRIBE_DELEGATION_TOKEN, 3, serve, 1, { [5] = 1, 2, 3 }
};
