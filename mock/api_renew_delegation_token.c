/* SPDX-License-Identifier: BSD-2-Clause
 *
 * RenewDelegationToken: by anybody.
 */
#include "mock/users.h"
#include "protocol/api/39_renew_delegation_token.h"

static const int64_t DAY_MS = 86400000;

static enum kafc_mdone serve(struct kafc_mrq *rq, const void *req, void *resp)
{
    const struct kafc_renew_delegation_token_req *q = req;
    struct kafc_renew_delegation_token_resp *a = resp;
    struct kafc_mdelegation *t = kafc__mtoken_find(rq->c, q->hmac);
    kafc_err code = rq->forced;

    if (!code && !t)
        code = KAFC_ERR_DELEGATION_TOKEN_NOT_FOUND;
    else if (!code && t->expires < rq->c->wall_ms)
        code = KAFC_ERR_DELEGATION_TOKEN_EXPIRED;
    a->error_code = (int16_t)code;
    if (code)
        return KAFC_MDONE_ANSWER;
    t->expires = rq->c->wall_ms +
                 (q->renew_period_ms < 0 || q->renew_period_ms > DAY_MS ? DAY_MS
                                                                        : q->renew_period_ms);
    if (t->expires > t->max)
        t->expires = t->max;
    a->expiry_timestamp_ms = t->expires;
    return KAFC_MDONE_ANSWER;
}

const struct kafc_mserve kafc__mock_renew_delegation_token = {
    KAFC_API_RENEW_DELEGATION_TOKEN, 2, serve, 1, { [5] = 1, 2, 3 }
};
