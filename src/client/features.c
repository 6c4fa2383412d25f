/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Levels of features, and brokers that are gone: the controller is asked.
 */
#include <kafc/features.h>

#include "base/str.h"
#include "client/admin.h"
#include "protocol/api/57_update_features.h"
#include "protocol/api/64_unregister_broker.h"

/* --- Update --------------------------------------------------------------------------------- */

/* The code of all, then those of each, to version 1. */
static bool update_item(const void *resp, int32_t i, struct kafc_admin_item *out)
{
    const struct kafc_update_features_resp *r = resp;
    if (i > r->results.n)
        return false;
    out->code = i ? r->results.v[i - 1].error_code : r->error_code;
    out->words = i ? r->results.v[i - 1].error_message : r->error_message;
    if (i)
        kafc__admin_name(out, "feature", r->results.v[i - 1].feature);
    else
        (void)snprintf(out->name, sizeof(out->name), "features");
    return true;
}

static const struct kafc_admin_kind updating = {
    .api = &kafc_update_features_api,
    .what = "changed",
    .since = "2.7",
    .too_old = "for more than upgrades",
    .item = update_item,
};

static kafc_err check(const kafc_feature_update *q, int32_t n, kafc_error *err)
{
    if (n < 0 || (n > 0 && !q))
        return kafc__error(err, KAFC_ERR_USAGE, "%d features at %s", (int)n,
                           q ? "an address" : "NULL");
    for (int32_t i = 0; i < n; i++)
        if (!q[i].feature || !*q[i].feature || strlen(q[i].feature) > INT16_MAX)
            return kafc__error(err, KAFC_ERR_USAGE, "the name of feature %d is %s", (int)i,
                               q[i].feature && *q[i].feature ? "too long" : "empty");
        else if (q[i].level < 0 || q[i].level > INT16_MAX || (int)q[i].change < 0 ||
                 q[i].change > KAFC_FEATURE_UNSAFE_DOWNGRADE)
            return kafc__error(err, KAFC_ERR_USAGE, "feature '%.200s' to level %d by change %d",
                               q[i].feature, (int)q[i].level, (int)q[i].change);
    return KAFC_OK;
}

/* Where the answer has a code for all alone, that is each one's. */
static void tell(kafc_feature_update *q, int32_t n, const kafc_answer *answer, kafc_err rc)
{
    const struct kafc_update_features_resp *r = answer ? answer->resp : NULL;
    for (int32_t i = 0; i < n; i++) {
        q[i].result = rc;
        for (int32_t k = 0; r && k < r->results.n; k++)
            if (kafc__str_is(r->results.v[k].feature, q[i].feature))
                q[i].result = (kafc_err)r->results.v[k].error_code;
    }
}

static kafc_err update(struct kafc_admin *k, kafc_feature_update *q, int32_t n, bool validate_only)
{
    struct kafc_update_features_req req;
    kafc_answer *answer;
    kafc_err rc = check(q, n, k->err);
    if (rc != KAFC_OK || n == 0)
        return rc;
    kafc__msg_defaults(&kafc_update_features_req_schema, &req);
    req.timeout_ms = kafc__broker_timeout(k->c->o.request_timeout_ms, k->deadline);
    req.validate_only = validate_only;
    req.feature_updates.n = n;
    req.feature_updates.v = kafc__msg_array(&kafc_update_features_req_update_schema, n, &k->arena);
    if (!req.feature_updates.v)
        return kafc__admin_no_memory("the features", k->err);
    for (int32_t i = 0; i < n; i++) {
        req.feature_updates.v[i].feature = kafc__str(q[i].feature);
        req.feature_updates.v[i].max_version_level = (int16_t)q[i].level;
        req.feature_updates.v[i].upgrade_type = (int8_t)(q[i].change ? q[i].change
                                                                     : KAFC_FEATURE_UPGRADE);
    }
    rc = kafc__admin_ask(k->c, &updating, &req, KAFC_BY_ROUTE, k->deadline, &answer, k->err);
    tell(q, n, answer, rc);
    kafc_answer_free(answer);
    return rc;
}

kafc_err kafc_admin_update_features(kafc_client *c, kafc_feature_update *q, int32_t n,
                                    bool validate_only, int timeout_ms, kafc_error *err)
{
    struct kafc_admin k;
    kafc_err rc = kafc__admin_begin(&k, c, timeout_ms, err);
    return rc == KAFC_OK ? kafc__admin_end(&k, update(&k, q, n, validate_only)) : rc;
}

/* --- Unregister ------------------------------------------------------------------------------ */

static bool unregister_item(const void *resp, int32_t i, struct kafc_admin_item *out)
{
    const struct kafc_unregister_broker_resp *r = resp;
    const struct kafc_unregister_broker_req *q = out->req;
    out->code = r->error_code;
    out->words = r->error_message;
    (void)snprintf(out->name, sizeof(out->name), "broker %d", (int)q->broker_id);
    return i == 0;
}

static const struct kafc_admin_kind unregistering = {
    .api = &kafc_unregister_broker_api,
    .what = "unregistered",
    .since = "3.0",
    .once = true,
    .item = unregister_item,
};

static kafc_err unregister(struct kafc_admin *k, int32_t broker)
{
    struct kafc_unregister_broker_req req;
    kafc_answer *answer;
    if (broker < 0)
        return kafc__error(k->err, KAFC_ERR_USAGE, "%d is no broker", (int)broker);
    kafc__msg_defaults(&kafc_unregister_broker_req_schema, &req);
    req.broker_id = broker;
    kafc_err rc = kafc__admin_ask(k->c, &unregistering, &req, KAFC_BY_ROUTE, k->deadline, &answer,
                                  k->err);
    kafc_answer_free(answer);
    return rc;
}

kafc_err kafc_admin_unregister_broker(kafc_client *c, int32_t broker, int timeout_ms,
                                      kafc_error *err)
{
    struct kafc_admin k;
    kafc_err rc = kafc__admin_begin(&k, c, timeout_ms, err);
    return rc == KAFC_OK ? kafc__admin_end(&k, unregister(&k, broker)) : rc;
}
