/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ListConfigResources (74): the names of resources that have settings;
 * version 0, then called ListClientMetricsResources, knows one kind only.
 */
#ifndef KAFC_PROTOCOL_API_LIST_CONFIG_RESOURCES_H
#define KAFC_PROTOCOL_API_LIST_CONFIG_RESOURCES_H

#include "protocol/types.h"

struct kafc_list_config_resources_req {
    KAFC_ARRAY(int8_t) resource_types; /* as in DescribeConfigs; empty: all */
    struct kafc_tags unknown;
};

struct kafc_list_config_resources_resp_resource {
    kafc_str resource_name;
    int8_t resource_type;
    struct kafc_tags unknown;
};

struct kafc_list_config_resources_resp {
    int32_t throttle_time_ms;
    int16_t error_code;
    KAFC_ARRAY(struct kafc_list_config_resources_resp_resource) config_resources;
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_list_config_resources);
KAFC_DECLARE_SCHEMA(kafc_list_config_resources_req);
KAFC_DECLARE_SCHEMA(kafc_list_config_resources_resp);
KAFC_DECLARE_SCHEMA(kafc_list_config_resources_resp_resource);

#endif
