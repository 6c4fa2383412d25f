/* SPDX-License-Identifier: BSD-2-Clause
 *
 * DescribeAcls: a resource may come several times, each with one ACL.
 */
#include "mock/acl.h"
#include "protocol/api/29_describe_acls.h"

static bool put(struct kafc_mrq *rq, const struct kafc_macl *acl,
                struct kafc_describe_acls_resp_resource *to)
{
    to->resource_type = acl->resource;
    to->resource_name = acl->name;
    to->pattern_type = acl->pattern;
    to->acls.v = kafc__msg_array(&kafc_describe_acls_resp_acl_schema, 1, &rq->arena);
    if (!to->acls.v)
        return false;
    to->acls.n = 1;
    to->acls.v->principal = acl->principal;
    to->acls.v->host = acl->host;
    to->acls.v->operation = acl->operation;
    to->acls.v->permission_type = acl->permission;
    return true;
}

static enum kafc_mdone serve(struct kafc_mrq *rq, const void *req, void *resp)
{
    const struct kafc_describe_acls_req *q = req;
    struct kafc_describe_acls_resp *a = resp;
    const struct kafc_macl_spec filter = {
        q->resource_type_filter,  q->pattern_type_filter, q->operation,   q->permission_type,
        q->resource_name_filter, q->principal_filter,     q->host_filter,
    };
    const struct kafc_macl *acl;
    int32_t n = 0;

    a->error_code = (int16_t)kafc__mock_refuses_cluster(rq, KAFC_ACL_DESCRIBE);
    for (acl = kafc__macl_first(rq->c); acl; acl = kafc__macl_next(rq->c, acl))
        n++;
    a->resources.v = kafc__msg_array(&kafc_describe_acls_resp_resource_schema, n, &rq->arena);
    if (!a->resources.v)
        return KAFC_MDONE_CUT;
    for (acl = kafc__macl_first(rq->c); acl && !a->error_code; acl = kafc__macl_next(rq->c, acl))
        if (kafc__macl_matches(acl, &filter) && !put(rq, acl, &a->resources.v[a->resources.n++]))
            return KAFC_MDONE_CUT;
    return KAFC_MDONE_ANSWER;
}

const struct kafc_mserve kafc__mock_describe_acls = {
    KAFC_API_DESCRIBE_ACLS, 3, serve, 1, { 0, 0, 0, 0, 1, 1, 2, 3 }
};
