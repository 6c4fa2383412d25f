/* SPDX-License-Identifier: BSD-2-Clause
 *
 * UpdateFeatures (57), rows.
 */
#include "protocol/api/57_update_features.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_update_features_req_update
ROWS(kafc_update_features_req_update) = {
    STR(feature, "Feature", SINCE(0)),
    I16(max_version_level, "MaxVersionLevel", SINCE(0)),
    BOOL(allow_downgrade, "AllowDowngrade", RANGE(0, 0)),
    I8(upgrade_type, "UpgradeType", SINCE(1), DEFAULT(1)),
};
SCHEMA(kafc_update_features_req_update, "FeatureUpdateKey");
#undef MSG

#define MSG struct kafc_update_features_req
ROWS(kafc_update_features_req) = {
    I32(timeout_ms, "timeoutMs", SINCE(0), DEFAULT(60000)),
    ARR(feature_updates, kafc_update_features_req_update, "FeatureUpdates", SINCE(0)),
    BOOL(validate_only, "ValidateOnly", SINCE(1)),
};
MESSAGE(kafc_update_features_req, "UpdateFeaturesRequest", 57, 0, 2, 0);
#undef MSG

#define MSG struct kafc_update_features_resp_result
ROWS(kafc_update_features_resp_result) = {
    STR(feature, "Feature", SINCE(0)),
    I16(error_code, "ErrorCode", SINCE(0)),
    STR(error_message, "ErrorMessage", SINCE(0), NULLABLE(0)),
};
SCHEMA(kafc_update_features_resp_result, "UpdatableFeatureResult");
#undef MSG

#define MSG struct kafc_update_features_resp
ROWS(kafc_update_features_resp) = {
    I32(throttle_time_ms, "ThrottleTimeMs", SINCE(0)),
    I16(error_code, "ErrorCode", SINCE(0)),
    STR(error_message, "ErrorMessage", SINCE(0), NULLABLE(0)),
    ARR(results, kafc_update_features_resp_result, "Results", RANGE(0, 1), IGNORABLE),
};
MESSAGE(kafc_update_features_resp, "UpdateFeaturesResponse", 57, 0, 2, 0);
#undef MSG

API(kafc_update_features, "UpdateFeatures", 57, 2, 0, 0, KAFC_TO_CONTROLLER);
