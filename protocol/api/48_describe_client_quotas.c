/* SPDX-License-Identifier: BSD-2-Clause
 *
 * DescribeClientQuotas (48), rows.
 */
#include "protocol/api/48_describe_client_quotas.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_describe_client_quotas_req_component
ROWS(kafc_describe_client_quotas_req_component) = {
    STR(entity_type, "EntityType", SINCE(0)),
    I8(match_type, "MatchType", SINCE(0)),
    STR(match, "Match", SINCE(0), NULLABLE(0)),
};
SCHEMA(kafc_describe_client_quotas_req_component, "ComponentData");
#undef MSG

#define MSG struct kafc_describe_client_quotas_req
ROWS(kafc_describe_client_quotas_req) = {
    ARR(components, kafc_describe_client_quotas_req_component, "Components", SINCE(0)),
    BOOL(strict, "Strict", SINCE(0)),
};
MESSAGE(kafc_describe_client_quotas_req, "DescribeClientQuotasRequest", 48, 0, 1, 1);
#undef MSG

#define MSG struct kafc_describe_client_quotas_resp_entity
ROWS(kafc_describe_client_quotas_resp_entity) = {
    STR(entity_type, "EntityType", SINCE(0)),
    STR(entity_name, "EntityName", SINCE(0), NULLABLE(0)),
};
SCHEMA(kafc_describe_client_quotas_resp_entity, "EntityData");
#undef MSG

#define MSG struct kafc_describe_client_quotas_resp_value
ROWS(kafc_describe_client_quotas_resp_value) = {
    STR(key, "Key", SINCE(0)),
    F64(value, "Value", SINCE(0)),
};
SCHEMA(kafc_describe_client_quotas_resp_value, "ValueData");
#undef MSG

#define MSG struct kafc_describe_client_quotas_resp_entry
ROWS(kafc_describe_client_quotas_resp_entry) = {
    ARR(entity, kafc_describe_client_quotas_resp_entity, "Entity", SINCE(0)),
    ARR(values, kafc_describe_client_quotas_resp_value, "Values", SINCE(0)),
};
SCHEMA(kafc_describe_client_quotas_resp_entry, "EntryData");
#undef MSG

#define MSG struct kafc_describe_client_quotas_resp
ROWS(kafc_describe_client_quotas_resp) = {
    I32(throttle_time_ms, "ThrottleTimeMs", SINCE(0)),
    I16(error_code, "ErrorCode", SINCE(0)),
    STR(error_message, "ErrorMessage", SINCE(0), NULLABLE(0)),
    ARR(entries, kafc_describe_client_quotas_resp_entry, "Entries", SINCE(0), NULLABLE(0)),
};
MESSAGE(kafc_describe_client_quotas_resp, "DescribeClientQuotasResponse", 48, 0, 1, 1);
#undef MSG

API(kafc_describe_client_quotas, "DescribeClientQuotas", 48, 1, 1, 0, KAFC_TO_ANY);
