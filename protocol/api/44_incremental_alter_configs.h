/* SPDX-License-Identifier: BSD-2-Clause
 *
 * IncrementalAlterConfigs (44): changes single settings, or entries of those
 * that are lists. A broker's own, and its loggers, are sent to that broker.
 */
#ifndef KAFC_PROTOCOL_API_INCREMENTAL_ALTER_CONFIGS_H
#define KAFC_PROTOCOL_API_INCREMENTAL_ALTER_CONFIGS_H

#include "protocol/types.h"

struct kafc_incremental_alter_configs_req_config {
    kafc_str name;
    int8_t config_operation; /* 0 set, 1 delete, 2 append, 3 subtract */
    kafc_str value;          /* null to delete */
    struct kafc_tags unknown;
};

struct kafc_incremental_alter_configs_req_resource {
    int8_t resource_type; /* as in DescribeConfigs */
    kafc_str resource_name;
    KAFC_ARRAY(struct kafc_incremental_alter_configs_req_config) configs;
    struct kafc_tags unknown;
};

struct kafc_incremental_alter_configs_req {
    KAFC_ARRAY(struct kafc_incremental_alter_configs_req_resource) resources;
    bool validate_only;
    struct kafc_tags unknown;
};

struct kafc_incremental_alter_configs_resp_resource {
    int16_t error_code;
    kafc_str error_message;
    int8_t resource_type;
    kafc_str resource_name;
    struct kafc_tags unknown;
};

struct kafc_incremental_alter_configs_resp {
    int32_t throttle_time_ms;
    KAFC_ARRAY(struct kafc_incremental_alter_configs_resp_resource) responses;
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_incremental_alter_configs);
KAFC_DECLARE_SCHEMA(kafc_incremental_alter_configs_req);
KAFC_DECLARE_SCHEMA(kafc_incremental_alter_configs_req_resource);
KAFC_DECLARE_SCHEMA(kafc_incremental_alter_configs_req_config);
KAFC_DECLARE_SCHEMA(kafc_incremental_alter_configs_resp);
KAFC_DECLARE_SCHEMA(kafc_incremental_alter_configs_resp_resource);

#endif
