/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ApiVersions (18): what a broker can do. Its response always has header 0,
 * and a broker that does not know the version asked answers in version 0.
 */
#ifndef KAFC_PROTOCOL_API_API_VERSIONS_H
#define KAFC_PROTOCOL_API_API_VERSIONS_H

#include "protocol/types.h"

struct kafc_api_versions_req {
    kafc_str client_software_name; /* letters, digits, '-' and '.', else the broker refuses */
    kafc_str client_software_version;
    struct kafc_tags unknown;
};

struct kafc_api_versions_resp_api {
    int16_t api_key;
    int16_t min_version;
    int16_t max_version;
    struct kafc_tags unknown;
};

struct kafc_api_versions_resp_supported {
    kafc_str name;
    int16_t min_version;
    int16_t max_version;
    struct kafc_tags unknown;
};

struct kafc_api_versions_resp_finalized {
    kafc_str name;
    int16_t max_version_level;
    int16_t min_version_level;
    struct kafc_tags unknown;
};

struct kafc_api_versions_resp {
    int16_t error_code;
    KAFC_ARRAY(struct kafc_api_versions_resp_api) api_keys;
    int32_t throttle_time_ms;
    KAFC_ARRAY(struct kafc_api_versions_resp_supported) supported_features;
    int64_t finalized_features_epoch; /* -1: unknown */
    KAFC_ARRAY(struct kafc_api_versions_resp_finalized) finalized_features;
    bool zk_migration_ready;
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_api_versions);
KAFC_DECLARE_SCHEMA(kafc_api_versions_req);
KAFC_DECLARE_SCHEMA(kafc_api_versions_resp);
KAFC_DECLARE_SCHEMA(kafc_api_versions_resp_api);
KAFC_DECLARE_SCHEMA(kafc_api_versions_resp_supported);
KAFC_DECLARE_SCHEMA(kafc_api_versions_resp_finalized);

#endif
