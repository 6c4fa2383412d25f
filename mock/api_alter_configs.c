/* SPDX-License-Identifier: BSD-2-Clause
 *
 * AlterConfigs: what is not named of a resource goes back to its default.
 */
#include "mock/configs.h"
#include "protocol/api/33_alter_configs.h"

static kafc_err alter(struct kafc_mrq *rq, const struct kafc_alter_configs_req *req,
                      const struct kafc_alter_configs_req_resource *q)
{
    int8_t kind = q->resource_type;
    kafc_err code = kafc__mconfig_resource(rq, kind, q->resource_name, KAFC_ACL_ALTER_CONFIGS);

    for (int32_t i = 0; i < q->configs.n && !code; i++)
        code = kafc__mconfig_check(kind, q->configs.v[i].name, q->configs.v[i].value);
    if (code || req->validate_only)
        return code;
    kafc__mconfig_drop(rq->c, kind, q->resource_name);
    for (int32_t i = 0; i < q->configs.n && !code; i++)
        code = kafc__mconfig_set(rq->c, kind, q->resource_name, q->configs.v[i].name, q->configs.v[i].value);
    return code ? KAFC_ERR_UNKNOWN_SERVER_ERROR : KAFC_OK;
}

static enum kafc_mdone serve(struct kafc_mrq *rq, const void *req, void *resp)
{
    const struct kafc_alter_configs_req *q = req;
    struct kafc_alter_configs_resp *a = resp;

    a->responses.n = q->resources.n;
    a->responses.v = kafc__msg_array(&kafc_alter_configs_resp_resource_schema, q->resources.n, &rq->arena);
    if (!a->responses.v)
        return KAFC_MDONE_CUT;
    for (int32_t i = 0; i < q->resources.n; i++) {
        kafc_err code = alter(rq, q, &q->resources.v[i]);

        a->responses.v[i].resource_type = q->resources.v[i].resource_type;
        a->responses.v[i].resource_name = q->resources.v[i].resource_name;
        a->responses.v[i].error_code = (int16_t)code;
        a->responses.v[i].error_message = kafc__mock_words(code);
    }
    return KAFC_MDONE_ANSWER;
}

const struct kafc_mserve kafc__mock_alter_configs = {
    KAFC_API_ALTER_CONFIGS, 2, serve, 0, { 0, 0, 0, 0, 1, 1, 2, 3 }
};
