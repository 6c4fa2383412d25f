/* SPDX-License-Identifier: BSD-2-Clause
 *
 * SaslHandshake: the mechanism of a login that begins.
 */
#include "base/str.h"
#include "mock/state.h"
#include "protocol/api/17_sasl_handshake.h"

static bool list(struct kafc_mrq *rq, struct kafc_sasl_handshake_resp *a)
{
    a->mechanisms.v = kafc__arena_array(&rq->arena, KAFC_MMECHANISMS, sizeof *a->mechanisms.v);
    if (!a->mechanisms.v)
        return false;
    for (int m = 0; m < KAFC_MMECHANISMS; m++)
        if (rq->c->logins.mechanisms >> m & 1)
            a->mechanisms.v[a->mechanisms.n++] = kafc__str(
                kafc__mlogin_name((enum kafc_mmechanism)m));
    return true;
}

static enum kafc_mdone serve(struct kafc_mrq *rq, const void *req, void *resp)
{
    const struct kafc_sasl_handshake_req *q = req;
    struct kafc_sasl_handshake_resp *a = resp;
    struct kafc_mlogin *g = &rq->conn->login;

    if (rq->forced || g->state == KAFC_MLOGIN_DONE) {
        a->error_code = (int16_t)(rq->forced ? rq->forced : KAFC_ERR_ILLEGAL_SASL_STATE);
        return KAFC_MDONE_ANSWER;
    }
    if (!list(rq, a))
        return KAFC_MDONE_CUT;
    if (kafc__mlogin_begin(rq->c, g, q->mechanism, rq->version == 0))
        return KAFC_MDONE_ANSWER;
    a->error_code = KAFC_ERR_UNSUPPORTED_SASL_MECHANISM;
    return KAFC_MDONE_LAST;
}

const struct kafc_mserve kafc__mock_sasl_handshake = {
    KAFC_API_SASL_HANDSHAKE, 1, serve, 0, { 0, 0, 1, 1, 1, 2, 2, 2 }
};
