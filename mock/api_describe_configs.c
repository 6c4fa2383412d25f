/* SPDX-License-Identifier: BSD-2-Clause
 *
 * DescribeConfigs: of topics, groups and metrics by any broker, of a broker by
 * itself.
 */
#include "base/str.h"
#include "mock/configs.h"
#include "protocol/api/32_describe_configs.h"

static bool wanted(const struct kafc_describe_configs_req_resource *q, const char *name)
{
    for (int32_t i = 0; i < q->configuration_keys.n; i++)
        if (kafc__str_is(q->configuration_keys.v[i], name))
            return true;
    return q->configuration_keys.n < 0;
}

static bool put_synonyms(struct kafc_mrq *rq, const struct kafc_mconfig_told *t,
                         struct kafc_describe_configs_resp_config *one)
{
    one->synonyms.v = kafc__msg_array(&kafc_describe_configs_resp_synonym_schema, t->n, &rq->arena);
    one->synonyms.n = t->n;
    for (int32_t i = 0; one->synonyms.v && i < t->n; i++) {
        one->synonyms.v[i].name = kafc__str(t->from[i].name);
        one->synonyms.v[i].value = kafc__str(t->row->type == KAFC_TYPE_PASSWORD ? NULL : t->from[i].value);
        one->synonyms.v[i].source = t->from[i].source;
    }
    return one->synonyms.v != NULL;
}

static bool put(struct kafc_mrq *rq, const struct kafc_describe_configs_req *req,
                const struct kafc_mconfig_told *t, struct kafc_describe_configs_resp_config *one)
{
    static const kafc_str documentation = { "As in Apache Kafka's documentation.", 35 };

    one->name = kafc__str(t->row->name);
    one->is_sensitive = t->row->type == KAFC_TYPE_PASSWORD;
    one->value = kafc__str(one->is_sensitive ? NULL : t->from[0].value);
    one->read_only = t->row->read_only;
    one->config_source = t->from[0].source;
    one->is_default = rq->version == 0 && t->from[0].source == KAFC_SOURCE_DEFAULT;
    one->config_type = t->row->type;
    if (req->include_documentation)
        one->documentation = documentation;
    return !req->include_synonyms || put_synonyms(rq, t, one);
}

static bool describe(struct kafc_mrq *rq, const struct kafc_describe_configs_req *req,
                     const struct kafc_describe_configs_req_resource *q,
                     struct kafc_describe_configs_resp_result *a)
{
    int32_t n = 0;
    kafc_err code = kafc__mconfig_resource(rq, q->resource_type, q->resource_name,
                                           KAFC_ACL_DESCRIBE_CONFIGS);
    const struct kafc_mconfig_told *t = code ? NULL
                                             : kafc__mconfig_tell(rq->c, q->resource_type,
                                                                  q->resource_name, &n, &rq->arena);

    a->resource_type = q->resource_type;
    a->resource_name = q->resource_name;
    a->error_code = (int16_t)code;
    a->error_message = kafc__mock_words(code);
    a->configs.v = kafc__msg_array(&kafc_describe_configs_resp_config_schema, n, &rq->arena);
    if (!a->configs.v || (!code && !t))
        return false;
    for (int32_t i = 0; i < n; i++)
        if (wanted(q, t[i].row->name) && !put(rq, req, &t[i], &a->configs.v[a->configs.n++]))
            return false;
    return true;
}

static enum kafc_mdone serve(struct kafc_mrq *rq, const void *req, void *resp)
{
    const struct kafc_describe_configs_req *q = req;
    struct kafc_describe_configs_resp *a = resp;

    a->results.n = q->resources.n;
    a->results.v = kafc__msg_array(&kafc_describe_configs_resp_result_schema, q->resources.n,
                                   &rq->arena);
    if (!a->results.v)
        return KAFC_MDONE_CUT;
    for (int32_t i = 0; i < q->resources.n; i++)
        if (!describe(rq, q, &q->resources.v[i], &a->results.v[i]))
            return KAFC_MDONE_CUT;
    return KAFC_MDONE_ANSWER;
}

const struct kafc_mserve kafc__mock_describe_configs = {
    KAFC_API_DESCRIBE_CONFIGS, 4, serve, 1, { 0, 0, 0, 0, 1, 2, 3, 5 }
};
