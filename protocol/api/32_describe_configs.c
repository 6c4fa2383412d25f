/* SPDX-License-Identifier: BSD-2-Clause
 *
 * DescribeConfigs (32), rows.
 */
#include "protocol/api/32_describe_configs.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_describe_configs_req_resource
ROWS(kafc_describe_configs_req_resource) = {
    I8(resource_type, "ResourceType", SINCE(0)),
    STR(resource_name, "ResourceName", SINCE(0)),
    LIST(configuration_keys, "ConfigurationKeys", SINCE(0), NULLABLE(0)),
};
SCHEMA(kafc_describe_configs_req_resource, "DescribeConfigsResource");
#undef MSG

#define MSG struct kafc_describe_configs_req
ROWS(kafc_describe_configs_req) = {
    ARR(resources, kafc_describe_configs_req_resource, "Resources", SINCE(0)),
    BOOL(include_synonyms, "IncludeSynonyms", SINCE(1)),
    BOOL(include_documentation, "IncludeDocumentation", SINCE(3)),
};
MESSAGE(kafc_describe_configs_req, "DescribeConfigsRequest", 32, 0, 4, 4);
#undef MSG

#define MSG struct kafc_describe_configs_resp_synonym
ROWS(kafc_describe_configs_resp_synonym) = {
    STR(name, "Name", SINCE(1)),
    STR(value, "Value", SINCE(1), NULLABLE(1)),
    I8(source, "Source", SINCE(1)),
};
SCHEMA(kafc_describe_configs_resp_synonym, "DescribeConfigsSynonym");
#undef MSG

#define MSG struct kafc_describe_configs_resp_config
ROWS(kafc_describe_configs_resp_config) = {
    STR(name, "Name", SINCE(0)),
    STR(value, "Value", SINCE(0), NULLABLE(0)),
    BOOL(read_only, "ReadOnly", SINCE(0)),
    BOOL(is_default, "IsDefault", RANGE(0, 0)),
    I8(config_source, "ConfigSource", SINCE(1), DEFAULT(-1), IGNORABLE),
    BOOL(is_sensitive, "IsSensitive", SINCE(0)),
    ARR(synonyms, kafc_describe_configs_resp_synonym, "Synonyms", SINCE(1), IGNORABLE),
    I8(config_type, "ConfigType", SINCE(3), IGNORABLE),
    STR(documentation, "Documentation", SINCE(3), NULLABLE(3), IGNORABLE),
};
SCHEMA(kafc_describe_configs_resp_config, "DescribeConfigsResourceResult");
#undef MSG

#define MSG struct kafc_describe_configs_resp_result
ROWS(kafc_describe_configs_resp_result) = {
    I16(error_code, "ErrorCode", SINCE(0)),
    STR(error_message, "ErrorMessage", SINCE(0), NULLABLE(0)),
    I8(resource_type, "ResourceType", SINCE(0)),
    STR(resource_name, "ResourceName", SINCE(0)),
    ARR(configs, kafc_describe_configs_resp_config, "Configs", SINCE(0)),
};
SCHEMA(kafc_describe_configs_resp_result, "DescribeConfigsResult");
#undef MSG

#define MSG struct kafc_describe_configs_resp
ROWS(kafc_describe_configs_resp) = {
    I32(throttle_time_ms, "ThrottleTimeMs", SINCE(0)),
    ARR(results, kafc_describe_configs_resp_result, "Results", SINCE(0)),
};
MESSAGE(kafc_describe_configs_resp, "DescribeConfigsResponse", 32, 0, 4, 4);
#undef MSG

API(kafc_describe_configs, "DescribeConfigs", 32, 4, 4, 2, KAFC_TO_RESOURCE);
