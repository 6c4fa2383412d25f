/* SPDX-License-Identifier: BSD-2-Clause
 *
 * CreateDelegationToken, also for who has not logged in.
 */
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "mock/users.h"
#include "protocol/api/38_create_delegation_token.h"

static const int64_t WEEK_MS = 7 * 86400000LL, DAY_MS = 86400000;

static void draw(struct kafc_cluster *c, struct kafc_mdelegation *t)
{
    static const char digits[] = "abcdefghijklmnopqrstuvwxyz234567";

    for (size_t i = 0; i < sizeof t->id - 1; i++)
        t->id[i] = digits[kafc__rand_below(&c->rand, 32)];
    for (int i = 0; i < KAFC_MTOKEN_HMAC; i++)
        t->hmac[i] = (uint8_t)kafc__rand_next(&c->rand);
}

static struct kafc_mdelegation *make(struct kafc_cluster *c, const char *user,
                                     const struct kafc_create_delegation_token_req *q)
{
    size_t n = (size_t)q->owner_principal_type.len + (size_t)q->owner_principal_name.len + 1 +
               strlen(user);
    size_t list = (size_t)q->renewers.n * sizeof(((struct kafc_mdelegation *)NULL)->renewer[0]);
    struct kafc_mdelegation *t;
    char *at;

    for (int32_t i = 0; i < q->renewers.n; i++)
        n += (size_t)q->renewers.v[i].principal_type.len +
             (size_t)q->renewers.v[i].principal_name.len;
    t = kafc__zalloc(&c->mem, sizeof *t + list + n);
    if (!t)
        return NULL;
    t->renewer = (void *)(t + 1);
    at = (char *)(t + 1) + list;
    t->nrenewers = q->renewers.n;
    for (int32_t i = 0; i < q->renewers.n; i++) {
        t->renewer[i].type = kafc__mtext_put(&at, q->renewers.v[i].principal_type);
        t->renewer[i].name = kafc__mtext_put(&at, q->renewers.v[i].principal_name);
    }
    t->owner_type = kafc__mtext_put(&at, q->owner_principal_type);
    t->owner = kafc__mtext_put(&at, q->owner_principal_name);
    t->requester = kafc__mtext_put(&at, kafc__str(user));
    if (!t->owner.p || q->owner_principal_name.len == 0) {
        t->owner_type = kafc__str("User");
        t->owner = t->requester;
    }
    draw(c, t);
    t->issued = c->wall_ms;
    t->max = c->wall_ms + (q->max_lifetime_ms > 0 && q->max_lifetime_ms < WEEK_MS
                               ? q->max_lifetime_ms
                               : WEEK_MS);
    t->expires = t->max < c->wall_ms + DAY_MS ? t->max : c->wall_ms + DAY_MS;
    kafc__list_push(&c->tokens, &t->node);
    return t;
}

static enum kafc_mdone serve(struct kafc_mrq *rq, const void *req, void *resp)
{
    struct kafc_create_delegation_token_resp *a = resp;
    struct kafc_mdelegation *t;

    a->error_code = (int16_t)rq->forced;
    if (rq->forced)
        return KAFC_MDONE_ANSWER;
    t = make(rq->c, rq->conn->login.user ? rq->conn->login.user : "ANONYMOUS", req);
    if (!t)
        return KAFC_MDONE_CUT;
    a->principal_type = t->owner_type;
    a->principal_name = t->owner;
    if (rq->version >= 3) {
        a->token_requester_principal_type = kafc__str("User");
        a->token_requester_principal_name = t->requester;
    }
    a->issue_timestamp_ms = t->issued;
    a->expiry_timestamp_ms = t->expires;
    a->max_timestamp_ms = t->max;
    a->token_id = kafc__str(t->id);
    a->hmac = (kafc_bytes){ t->hmac, sizeof t->hmac };
    return KAFC_MDONE_ANSWER;
}

const struct kafc_mserve kafc__mock_create_delegation_token = {
    KAFC_API_CREATE_DELEGATION_TOKEN, 3, serve, 1, { [5] = 1, 2, 3 }
};
