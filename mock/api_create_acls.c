/* SPDX-License-Identifier: BSD-2-Clause
 *
 * CreateAcls: each for itself.
 */
#include "base/str.h"
#include "mock/acl.h"
#include "protocol/api/30_create_acls.h"

static kafc_err create(struct kafc_mrq *rq, const struct kafc_create_acls_req_acl *q,
                       const char **why)
{
    struct kafc_macl_spec s = {
        q->resource_type, q->resource_pattern_type, q->operation, q->permission_type,
        q->resource_name, q->principal,             q->host,
    };

    *why = NULL;
    if (q->resource_type == KAFC_ACL_CLUSTER && !kafc__str_is(q->resource_name, "kafka-cluster"))
        *why = "The only valid name for the CLUSTER resource is kafka-cluster";
    else if (q->resource_name.len <= 0)
        *why = "Resource name should not be empty";
    else if (!memchr(q->principal.p, ':', (size_t)q->principal.len))
        *why = "Could not parse principal";
    if (*why)
        return KAFC_ERR_INVALID_REQUEST;
    return kafc__macl_add(rq->c, &s) ? KAFC_OK : KAFC_ERR_UNKNOWN_SERVER_ERROR;
}

static enum kafc_mdone serve(struct kafc_mrq *rq, const void *req, void *resp)
{
    const struct kafc_create_acls_req *q = req;
    struct kafc_create_acls_resp *a = resp;
    kafc_err code = kafc__mock_refuses_cluster(rq, KAFC_ACL_ALTER);

    a->results.v = kafc__msg_array(&kafc_create_acls_resp_result_schema, q->creations.n,
                                   &rq->arena);
    if (!a->results.v)
        return KAFC_MDONE_CUT;
    for (int32_t i = 0; i < q->creations.n; i++) {
        const char *why = NULL;

        a->results.v[i].error_code = (int16_t)(code ? code
                                                    : create(rq, &q->creations.v[i], &why));
        a->results.v[i].error_message = kafc__str(why);
    }
    a->results.n = q->creations.n;
    return KAFC_MDONE_ANSWER;
}

const struct kafc_mserve kafc__mock_create_acls = {
    KAFC_API_CREATE_ACLS, 3, serve, 1, { 0, 0, 0, 0, 1, 1, 2, 3 }
};
