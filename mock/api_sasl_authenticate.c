/* SPDX-License-Identifier: BSD-2-Clause
 *
 * SaslAuthenticate: a token of the mechanism that the handshake has named.
 */
#include "base/str.h"
#include "mock/state.h"
#include "protocol/api/36_sasl_authenticate.h"

static enum kafc_mdone fail(struct kafc_sasl_authenticate_resp *a, kafc_err code, const char *why,
                            enum kafc_mdone how)
{
    a->error_code = (int16_t)code;
    a->error_message = kafc__str(why);
    return how;
}

static enum kafc_mdone serve(struct kafc_mrq *rq, const void *req, void *resp)
{
    const struct kafc_sasl_authenticate_req *q = req;
    struct kafc_sasl_authenticate_resp *a = resp;
    struct kafc_mlogin *g = &rq->conn->login;
    struct kafc_mtoken_said said;

    if (rq->forced)
        return fail(a, rq->forced, kafc_err_text(rq->forced), KAFC_MDONE_LAST);
    if (g->state == KAFC_MLOGIN_DONE)
        return fail(a, KAFC_ERR_ILLEGAL_SASL_STATE,
                    "SaslAuthenticate request received after successful authentication",
                    KAFC_MDONE_ANSWER);
    switch (kafc__mlogin_token(rq->c, g, q->auth_bytes, &rq->arena, &said)) {
    case KAFC_MTOKEN_REFUSED:
        return fail(a, KAFC_ERR_SASL_AUTHENTICATION_FAILED, said.why, KAFC_MDONE_LAST);
    case KAFC_MTOKEN_CUT: return KAFC_MDONE_CUT;
    case KAFC_MTOKEN_MORE:
    case KAFC_MTOKEN_DONE: break;
    }
    a->auth_bytes = said.token.p ? said.token : (kafc_bytes){ "", 0 };
    a->session_lifetime_ms = said.session_ms;
    return KAFC_MDONE_ANSWER;
}

const struct kafc_mserve kafc__mock_sasl_authenticate = {
    KAFC_API_SASL_AUTHENTICATE, 2, serve, 0, { 0, 0, 0, 0, 0, 1, 1, 3 }
};
