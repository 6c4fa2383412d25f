/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ApiVersions: what the broker serves.
 */
#include "mock/state.h"
#include "protocol/api/18_api_versions.h"

static bool word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* [a-zA-Z0-9](?:[a-zA-Z0-9\-.]*[a-zA-Z0-9])? */
static bool software_ok(kafc_str s)
{
    if (!s.p || s.len < 1 || !word(s.p[0]) || !word(s.p[s.len - 1]))
        return false;
    for (int32_t i = 0; i < s.len; i++)
        if (!word(s.p[i]) && s.p[i] != '-' && s.p[i] != '.')
            return false;
    return true;
}

/* transaction.version, which real brokers have beside others. Features from 0 on are left out before version 4; level 0
 * is that of a feature that is not finalized. */
static bool put_features(struct kafc_mrq *rq, struct kafc_api_versions_resp *a)
{
    static const kafc_str name = { "transaction.version", 19 };
    struct kafc_cluster *c = rq->c;
    int32_t supported = c->features && rq->version >= 4;
    int32_t finalized = c->features && c->txn_version > 0;

    a->supported_features.v = kafc__msg_array(&kafc_api_versions_resp_supported_schema, supported,
                                              &rq->arena);
    a->finalized_features.v = kafc__msg_array(&kafc_api_versions_resp_finalized_schema, finalized,
                                              &rq->arena);
    if (!a->supported_features.v || !a->finalized_features.v)
        return false;
    a->supported_features.n = supported;
    a->finalized_features.n = finalized;
    for (int32_t i = 0; i < supported; i++) {
        a->supported_features.v[i].name = name;
        a->supported_features.v[i].max_version = 2;
    }
    for (int32_t i = 0; i < finalized; i++) {
        a->finalized_features.v[i].name = name;
        a->finalized_features.v[i].max_version_level = c->txn_version;
        a->finalized_features.v[i].min_version_level = c->txn_version;
    }
    if (c->features)
        a->finalized_features_epoch = c->features_epoch;
    return true;
}

static enum kafc_mdone serve(struct kafc_mrq *rq, const void *req, void *resp)
{
    const struct kafc_api_versions_req *q = req;
    struct kafc_api_versions_resp *a = resp;
    const struct kafc_mserve *s;

    if (rq->forced || (rq->version >= 3 && (!software_ok(q->client_software_name) ||
                                            !software_ok(q->client_software_version)))) {
        a->error_code = (int16_t)(rq->forced ? rq->forced : KAFC_ERR_INVALID_REQUEST);
        return KAFC_MDONE_ANSWER;
    }
    a->api_keys.v = kafc__msg_array(&kafc_api_versions_resp_api_schema, KAFC_MOCK_APIS, &rq->arena);
    if (!a->api_keys.v)
        return KAFC_MDONE_CUT;
    for (int i = 0; (s = kafc__mock_serve_at(i)) != NULL; i++) {
        struct kafc_api_versions_resp_api *one = &a->api_keys.v[a->api_keys.n];

        if (rq->c->api[i].max < 0)
            continue;
        one->api_key = s->key;
        one->min_version = rq->c->api[i].min;
        one->max_version = rq->c->api[i].max;
        a->api_keys.n++;
    }
    if (rq->version >= 3 && !put_features(rq, a))
        return KAFC_MDONE_CUT;
    return KAFC_MDONE_ANSWER;
}

const struct kafc_mserve kafc__mock_api_versions = {
    KAFC_API_API_VERSIONS, 5, serve, 0, { 0, 0, 1, 1, 2, 2, 3, 4 }
};
