/* SPDX-License-Identifier: BSD-2-Clause
 *
 * IncrementalAlterConfigs (44), rows.
 */
#include "protocol/api/44_incremental_alter_configs.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_incremental_alter_configs_req_config
ROWS(kafc_incremental_alter_configs_req_config) = {
    STR(name, "Name", SINCE(0)),
    I8(config_operation, "ConfigOperation", SINCE(0)),
    STR(value, "Value", SINCE(0), NULLABLE(0)),
};
SCHEMA(kafc_incremental_alter_configs_req_config, "AlterableConfig");
#undef MSG

#define MSG struct kafc_incremental_alter_configs_req_resource
ROWS(kafc_incremental_alter_configs_req_resource) = {
    I8(resource_type, "ResourceType", SINCE(0)),
    STR(resource_name, "ResourceName", SINCE(0)),
    ARR(configs, kafc_incremental_alter_configs_req_config, "Configs", SINCE(0)),
};
SCHEMA(kafc_incremental_alter_configs_req_resource, "AlterConfigsResource");
#undef MSG

#define MSG struct kafc_incremental_alter_configs_req
ROWS(kafc_incremental_alter_configs_req) = {
    ARR(resources, kafc_incremental_alter_configs_req_resource, "Resources", SINCE(0)),
    BOOL(validate_only, "ValidateOnly", SINCE(0)),
};
MESSAGE(kafc_incremental_alter_configs_req, "IncrementalAlterConfigsRequest", 44, 0, 1, 1);
#undef MSG

#define MSG struct kafc_incremental_alter_configs_resp_resource
ROWS(kafc_incremental_alter_configs_resp_resource) = {
    I16(error_code, "ErrorCode", SINCE(0)),
    STR(error_message, "ErrorMessage", SINCE(0), NULLABLE(0)),
    I8(resource_type, "ResourceType", SINCE(0)),
    STR(resource_name, "ResourceName", SINCE(0)),
};
SCHEMA(kafc_incremental_alter_configs_resp_resource, "AlterConfigsResourceResponse");
#undef MSG

#define MSG struct kafc_incremental_alter_configs_resp
ROWS(kafc_incremental_alter_configs_resp) = {
    I32(throttle_time_ms, "ThrottleTimeMs", SINCE(0)),
    ARR(responses, kafc_incremental_alter_configs_resp_resource, "Responses", SINCE(0)),
};
MESSAGE(kafc_incremental_alter_configs_resp, "IncrementalAlterConfigsResponse", 44, 0, 1, 1);
#undef MSG

API(kafc_incremental_alter_configs, "IncrementalAlterConfigs", 44, 1, 1, 0, KAFC_TO_RESOURCE);
