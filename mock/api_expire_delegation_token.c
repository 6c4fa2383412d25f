/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ExpireDelegationToken: in a while, or at once and for good.
 */
#include "base/mem.h"
#include "mock/users.h"
#include "protocol/api/40_expire_delegation_token.h"

static enum kafc_mdone serve(struct kafc_mrq *rq, const void *req, void *resp)
{
    const struct kafc_expire_delegation_token_req *q = req;
    struct kafc_expire_delegation_token_resp *a = resp;
    struct kafc_mdelegation *t = kafc__mtoken_find(rq->c, q->hmac);
    int64_t now = rq->c->wall_ms;

    a->error_code = (int16_t)(rq->forced ? rq->forced
                              : !t       ? KAFC_ERR_DELEGATION_TOKEN_NOT_FOUND
                                         : KAFC_OK);
    if (a->error_code)
        return KAFC_MDONE_ANSWER;
    a->expiry_timestamp_ms = now;
    if (q->expiry_time_period_ms < 0) {
        kafc__list_del(&t->node);
        kafc__free(&rq->c->mem, t);
        return KAFC_MDONE_ANSWER;
    }
    t->expires = q->expiry_time_period_ms < t->max - now ? now + q->expiry_time_period_ms : t->max;
    a->expiry_timestamp_ms = t->expires;
    return KAFC_MDONE_ANSWER;
}

const struct kafc_mserve kafc__mock_expire_delegation_token = {
    KAFC_API_EXPIRE_DELEGATION_TOKEN, 2, serve, 1, { [5] = 1, 2, 3 }
};
