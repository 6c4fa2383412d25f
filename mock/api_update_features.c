/* SPDX-License-Identifier: BSD-2-Clause
 *
 * UpdateFeatures, by the controller: transaction.version, which is all that
 * there is. All updates or none.
 */
#include "mock/acl.h"
#include "protocol/api/57_update_features.h"

enum { UP = 1, LEVEL_LAST = 2 };

static kafc_err check(const struct kafc_mrq *rq, const struct kafc_update_features_req_update *q)
{
    bool known = kafc__str_is(q->feature, "transaction.version");
    bool down = q->max_version_level < rq->c->txn_version;
    bool may = rq->version ? q->upgrade_type != UP : q->allow_downgrade;

    return known && q->max_version_level >= 0 && q->max_version_level <= LEVEL_LAST && down == may
               ? KAFC_OK
               : KAFC_ERR_INVALID_UPDATE_VERSION;
}

static enum kafc_mdone serve(struct kafc_mrq *rq, const void *req, void *resp)
{
    const struct kafc_update_features_req *q = req;
    struct kafc_update_features_resp *a = resp;
    kafc_err code = kafc__mock_controls(rq);
    int32_t bad = 0;

    if (!code)
        code = kafc__mock_refuses_cluster(rq, KAFC_ACL_ALTER);
    while (bad < q->feature_updates.n && !check(rq, &q->feature_updates.v[bad]))
        bad++;
    if (!code && bad < q->feature_updates.n)
        code = KAFC_ERR_INVALID_UPDATE_VERSION;
    for (int32_t i = 0; !code && !q->validate_only && i < q->feature_updates.n; i++)
        (void)kafc__cluster_set_transaction_version(rq->c,
                                                    q->feature_updates.v[i].max_version_level);
    if (rq->version >= 2 || kafc__mock_controls(rq) || code == KAFC_ERR_CLUSTER_AUTHORIZATION_FAILED) {
        a->error_code = (int16_t)code;
        a->error_message = kafc__mock_words(code);
        return KAFC_MDONE_ANSWER;
    }
    a->results.v = kafc__msg_array(&kafc_update_features_resp_result_schema, q->feature_updates.n,
                                   &rq->arena);
    for (int32_t i = 0; a->results.v && i < q->feature_updates.n; i++) {
        struct kafc_update_features_resp_result *one = &a->results.v[a->results.n++];

        one->feature = q->feature_updates.v[i].feature;
        one->error_code = (int16_t)code;
        one->error_message = kafc__mock_words(code);
    }
    return a->results.v ? KAFC_MDONE_ANSWER : KAFC_MDONE_CUT;
}

const struct kafc_mserve kafc__mock_update_features = {
    KAFC_API_UPDATE_FEATURES, 2, serve, 0, { 0, 0, 0, 0, 0, 0, 0, 1 }
};
