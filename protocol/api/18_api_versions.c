/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ApiVersions (18), rows.
 */
#include "protocol/api/18_api_versions.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_api_versions_req
ROWS(kafc_api_versions_req) = {
    STR(client_software_name, "ClientSoftwareName", SINCE(3), IGNORABLE),
    STR(client_software_version, "ClientSoftwareVersion", SINCE(3), IGNORABLE),
};
MESSAGE(kafc_api_versions_req, "ApiVersionsRequest", 18, 0, 4, 3);
#undef MSG

#define MSG struct kafc_api_versions_resp_api
ROWS(kafc_api_versions_resp_api) = {
    I16(api_key, "ApiKey", SINCE(0)),
    I16(min_version, "MinVersion", SINCE(0)),
    I16(max_version, "MaxVersion", SINCE(0)),
};
SCHEMA(kafc_api_versions_resp_api, "ApiVersion");
#undef MSG

#define MSG struct kafc_api_versions_resp_supported
ROWS(kafc_api_versions_resp_supported) = {
    STR(name, "Name", SINCE(3)),
    I16(min_version, "MinVersion", SINCE(3)),
    I16(max_version, "MaxVersion", SINCE(3)),
};
SCHEMA(kafc_api_versions_resp_supported, "SupportedFeatureKey");
#undef MSG

#define MSG struct kafc_api_versions_resp_finalized
ROWS(kafc_api_versions_resp_finalized) = {
    STR(name, "Name", SINCE(3)),
    I16(max_version_level, "MaxVersionLevel", SINCE(3)),
    I16(min_version_level, "MinVersionLevel", SINCE(3)),
};
SCHEMA(kafc_api_versions_resp_finalized, "FinalizedFeatureKey");
#undef MSG

#define MSG struct kafc_api_versions_resp
ROWS(kafc_api_versions_resp) = {
    I16(error_code, "ErrorCode", SINCE(0)),
    ARR(api_keys, kafc_api_versions_resp_api, "ApiKeys", SINCE(0)),
    I32(throttle_time_ms, "ThrottleTimeMs", SINCE(1), IGNORABLE),
    ARR(supported_features, kafc_api_versions_resp_supported, "SupportedFeatures", SINCE(3), TAG(0, 3), IGNORABLE),
    I64(finalized_features_epoch, "FinalizedFeaturesEpoch", SINCE(3), TAG(1, 3), DEFAULT(-1), IGNORABLE),
    ARR(finalized_features, kafc_api_versions_resp_finalized, "FinalizedFeatures", SINCE(3), TAG(2, 3), IGNORABLE),
    BOOL(zk_migration_ready, "ZkMigrationReady", SINCE(3), TAG(3, 3), IGNORABLE),
};
MESSAGE(kafc_api_versions_resp, "ApiVersionsResponse", 18, 0, 4, 3);
#undef MSG

API(kafc_api_versions, "ApiVersions", 18, 4, 3, 2, KAFC_TO_ANY);
