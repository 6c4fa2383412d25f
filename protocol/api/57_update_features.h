/* SPDX-License-Identifier: BSD-2-Clause
 *
 * UpdateFeatures (57): raises or lowers the finalized levels of features.
 */
#ifndef KAFC_PROTOCOL_API_UPDATE_FEATURES_H
#define KAFC_PROTOCOL_API_UPDATE_FEATURES_H

#include "protocol/types.h"

struct kafc_update_features_req_update {
    kafc_str feature;
    int16_t max_version_level; /* below 1: deletes the feature */
    bool allow_downgrade;      /* only 0 */
    int8_t upgrade_type;       /* 1 up, 2 down without loss, 3 down at any price */
    struct kafc_tags unknown;
};

struct kafc_update_features_req {
    int32_t timeout_ms;
    KAFC_ARRAY(struct kafc_update_features_req_update) feature_updates;
    bool validate_only;
    struct kafc_tags unknown;
};

struct kafc_update_features_resp_result {
    kafc_str feature;
    int16_t error_code;
    kafc_str error_message;
    struct kafc_tags unknown;
};

struct kafc_update_features_resp {
    int32_t throttle_time_ms;
    int16_t error_code;
    kafc_str error_message;
    KAFC_ARRAY(struct kafc_update_features_resp_result) results; /* to 1 */
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_update_features);
KAFC_DECLARE_SCHEMA(kafc_update_features_req);
KAFC_DECLARE_SCHEMA(kafc_update_features_req_update);
KAFC_DECLARE_SCHEMA(kafc_update_features_resp);
KAFC_DECLARE_SCHEMA(kafc_update_features_resp_result);

#endif
