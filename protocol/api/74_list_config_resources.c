/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ListConfigResources (74), rows.
 */
#include "protocol/api/74_list_config_resources.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_list_config_resources_req
ROWS(kafc_list_config_resources_req) = {
    LIST(resource_types, "ResourceTypes", SINCE(1)),
};
MESSAGE(kafc_list_config_resources_req, "ListConfigResourcesRequest", 74, 0, 1, 0);
#undef MSG

#define MSG struct kafc_list_config_resources_resp_resource
ROWS(kafc_list_config_resources_resp_resource) = {
    STR(resource_name, "ResourceName", SINCE(0)),
    I8(resource_type, "ResourceType", SINCE(1), DEFAULT(16), IGNORABLE),
};
SCHEMA(kafc_list_config_resources_resp_resource, "ConfigResource");
#undef MSG

#define MSG struct kafc_list_config_resources_resp
ROWS(kafc_list_config_resources_resp) = {
    I32(throttle_time_ms, "ThrottleTimeMs", SINCE(0)),
    I16(error_code, "ErrorCode", SINCE(0)),
    ARR(config_resources, kafc_list_config_resources_resp_resource, "ConfigResources", SINCE(0)),
};
MESSAGE(kafc_list_config_resources_resp, "ListConfigResourcesResponse", 74, 0, 1, 0);
#undef MSG

API(kafc_list_config_resources, "ListConfigResources", 74, 1, 0, 0, KAFC_TO_ANY);
