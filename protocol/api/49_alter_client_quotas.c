/* SPDX-License-Identifier: BSD-2-Clause
 *
 * AlterClientQuotas (49), rows.
 */
#include "protocol/api/49_alter_client_quotas.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_alter_client_quotas_req_entity
ROWS(kafc_alter_client_quotas_req_entity) = {
    STR(entity_type, "EntityType", SINCE(0)),
    STR(entity_name, "EntityName", SINCE(0), NULLABLE(0)),
};
SCHEMA(kafc_alter_client_quotas_req_entity, "EntityData");
#undef MSG

#define MSG struct kafc_alter_client_quotas_req_op
ROWS(kafc_alter_client_quotas_req_op) = {
    STR(key, "Key", SINCE(0)),
    F64(value, "Value", SINCE(0)),
    BOOL(remove, "Remove", SINCE(0)),
};
SCHEMA(kafc_alter_client_quotas_req_op, "OpData");
#undef MSG

#define MSG struct kafc_alter_client_quotas_req_entry
ROWS(kafc_alter_client_quotas_req_entry) = {
    ARR(entity, kafc_alter_client_quotas_req_entity, "Entity", SINCE(0)),
    ARR(ops, kafc_alter_client_quotas_req_op, "Ops", SINCE(0)),
};
SCHEMA(kafc_alter_client_quotas_req_entry, "EntryData");
#undef MSG

#define MSG struct kafc_alter_client_quotas_req
ROWS(kafc_alter_client_quotas_req) = {
    ARR(entries, kafc_alter_client_quotas_req_entry, "Entries", SINCE(0)),
    BOOL(validate_only, "ValidateOnly", SINCE(0)),
};
MESSAGE(kafc_alter_client_quotas_req, "AlterClientQuotasRequest", 49, 0, 1, 1);
#undef MSG

#define MSG struct kafc_alter_client_quotas_resp_entity
ROWS(kafc_alter_client_quotas_resp_entity) = {
    STR(entity_type, "EntityType", SINCE(0)),
    STR(entity_name, "EntityName", SINCE(0), NULLABLE(0)),
};
SCHEMA(kafc_alter_client_quotas_resp_entity, "EntityData");
#undef MSG

#define MSG struct kafc_alter_client_quotas_resp_entry
ROWS(kafc_alter_client_quotas_resp_entry) = {
    I16(error_code, "ErrorCode", SINCE(0)),
    STR(error_message, "ErrorMessage", SINCE(0), NULLABLE(0)),
    ARR(entity, kafc_alter_client_quotas_resp_entity, "Entity", SINCE(0)),
};
SCHEMA(kafc_alter_client_quotas_resp_entry, "EntryData");
#undef MSG

#define MSG struct kafc_alter_client_quotas_resp
ROWS(kafc_alter_client_quotas_resp) = {
    I32(throttle_time_ms, "ThrottleTimeMs", SINCE(0)),
    ARR(entries, kafc_alter_client_quotas_resp_entry, "Entries", SINCE(0)),
};
MESSAGE(kafc_alter_client_quotas_resp, "AlterClientQuotasResponse", 49, 0, 1, 1);
#undef MSG

API(kafc_alter_client_quotas, "AlterClientQuotas", 49, 1, 1, 0, KAFC_TO_CONTROLLER);
