/* SPDX-License-Identifier: BSD-2-Clause
 *
 * DescribeConfigs (32): settings of topics, brokers and other resources. A
 * broker's own, and its loggers, are known to that broker alone. Sources: 1
 * the topic, 2 this broker, 3 all brokers, 4 the broker's file, 5 default, 6
 * loggers, 7 client metrics, 8 the group. Types: 1 bool, 2 string, 3 int, 4
 * short, 5 long, 6 double, 7 list, 8 class, 9 password.
 */
#ifndef KAFC_PROTOCOL_API_DESCRIBE_CONFIGS_H
#define KAFC_PROTOCOL_API_DESCRIBE_CONFIGS_H

#include "protocol/types.h"

struct kafc_describe_configs_req_resource {
    int8_t resource_type;                    /* 2 topic, 4 broker, 8 a broker's loggers, 16 client metrics, 32 group */
    kafc_str resource_name;                  /* of a broker: its id, "": what all have as default */
    KAFC_ARRAY(kafc_str) configuration_keys; /* null: all */
    struct kafc_tags unknown;
};

struct kafc_describe_configs_req {
    KAFC_ARRAY(struct kafc_describe_configs_req_resource) resources;
    bool include_synonyms;
    bool include_documentation;
    struct kafc_tags unknown;
};

struct kafc_describe_configs_resp_synonym {
    kafc_str name;
    kafc_str value;
    int8_t source; /* as config_source */
    struct kafc_tags unknown;
};

struct kafc_describe_configs_resp_config {
    kafc_str name;
    kafc_str value; /* null: sensitive, or not set */
    bool read_only;
    bool is_default; /* only 0 */
    int8_t config_source;
    bool is_sensitive;
    KAFC_ARRAY(struct kafc_describe_configs_resp_synonym) synonyms; /* all that set it, the strongest first */
    int8_t config_type;
    kafc_str documentation;
    struct kafc_tags unknown;
};

struct kafc_describe_configs_resp_result {
    int16_t error_code;
    kafc_str error_message;
    int8_t resource_type;
    kafc_str resource_name;
    KAFC_ARRAY(struct kafc_describe_configs_resp_config) configs;
    struct kafc_tags unknown;
};

struct kafc_describe_configs_resp {
    int32_t throttle_time_ms;
    KAFC_ARRAY(struct kafc_describe_configs_resp_result) results;
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_describe_configs);
KAFC_DECLARE_SCHEMA(kafc_describe_configs_req);
KAFC_DECLARE_SCHEMA(kafc_describe_configs_req_resource);
KAFC_DECLARE_SCHEMA(kafc_describe_configs_resp);
KAFC_DECLARE_SCHEMA(kafc_describe_configs_resp_result);
KAFC_DECLARE_SCHEMA(kafc_describe_configs_resp_config);
KAFC_DECLARE_SCHEMA(kafc_describe_configs_resp_synonym);

#endif
