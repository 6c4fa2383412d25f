/* SPDX-License-Identifier: BSD-2-Clause
 *
 * DeleteAcls: what each filter matches, in turn; the answer keeps a copy.
 */
#include "mock/acl.h"
#include "protocol/api/31_delete_acls.h"

static kafc_str copy(struct kafc_mrq *rq, kafc_str s)
{
    return (kafc_str){ kafc__arena_dup(&rq->arena, s.p, (size_t)s.len), s.len };
}

static bool delete_matching(struct kafc_mrq *rq, const struct kafc_delete_acls_req_filter *q,
                            struct kafc_delete_acls_resp_result *a)
{
    const struct kafc_macl_spec filter = {
        q->resource_type_filter,  q->pattern_type_filter, q->operation,   q->permission_type,
        q->resource_name_filter, q->principal_filter,     q->host_filter,
    };
    struct kafc_macl *acl, *next;
    int32_t n = 0;

    for (acl = kafc__macl_first(rq->c); acl; acl = kafc__macl_next(rq->c, acl))
        n += kafc__macl_matches(acl, &filter);
    a->matching_acls.v = kafc__msg_array(&kafc_delete_acls_resp_acl_schema, n, &rq->arena);
    if (!a->matching_acls.v)
        return false;
    for (acl = kafc__macl_first(rq->c); acl; acl = next) {
        struct kafc_delete_acls_resp_acl *to = &a->matching_acls.v[a->matching_acls.n];

        next = kafc__macl_next(rq->c, acl);
        if (!kafc__macl_matches(acl, &filter))
            continue;
        to->resource_type = acl->resource;
        to->resource_name = copy(rq, acl->name);
        to->pattern_type = acl->pattern;
        to->principal = copy(rq, acl->principal);
        to->host = copy(rq, acl->host);
        to->operation = acl->operation;
        to->permission_type = acl->permission;
        a->matching_acls.n++;
        kafc__macl_free(rq->c, acl);
    }
    return !rq->arena.failed;
}

static enum kafc_mdone serve(struct kafc_mrq *rq, const void *req, void *resp)
{
    const struct kafc_delete_acls_req *q = req;
    struct kafc_delete_acls_resp *a = resp;
    kafc_err code = kafc__mock_refuses_cluster(rq, KAFC_ACL_ALTER);

    a->filter_results.v = kafc__msg_array(&kafc_delete_acls_resp_result_schema, q->filters.n,
                                          &rq->arena);
    if (!a->filter_results.v)
        return KAFC_MDONE_CUT;
    for (; a->filter_results.n < q->filters.n; a->filter_results.n++) {
        struct kafc_delete_acls_resp_result *to = &a->filter_results.v[a->filter_results.n];

        to->error_code = (int16_t)code;
        if (!code && !delete_matching(rq, &q->filters.v[a->filter_results.n], to))
            return KAFC_MDONE_CUT;
    }
    return KAFC_MDONE_ANSWER;
}

const struct kafc_mserve kafc__mock_delete_acls = {
    KAFC_API_DELETE_ACLS, 3, serve, 1, { 0, 0, 0, 0, 1, 1, 2, 3 }
};
