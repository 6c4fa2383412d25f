/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ControllerRegistration (70), rows.
 */
#include "protocol/api/70_controller_registration.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_controller_registration_req_listener
ROWS(kafc_controller_registration_req_listener) = {
    STR(name, "Name", SINCE(0)),
    STR(host, "Host", SINCE(0)),
    U16(port, "Port", SINCE(0)),
    I16(security_protocol, "SecurityProtocol", SINCE(0)),
};
SCHEMA(kafc_controller_registration_req_listener, "Listener");
#undef MSG

#define MSG struct kafc_controller_registration_req_feature
ROWS(kafc_controller_registration_req_feature) = {
    STR(name, "Name", SINCE(0)),
    I16(min_supported_version, "MinSupportedVersion", SINCE(0)),
    I16(max_supported_version, "MaxSupportedVersion", SINCE(0)),
};
SCHEMA(kafc_controller_registration_req_feature, "Feature");
#undef MSG

#define MSG struct kafc_controller_registration_req
ROWS(kafc_controller_registration_req) = {
    I32(controller_id, "ControllerId", SINCE(0)),
    UUID(incarnation_id, "IncarnationId", SINCE(0)),
    BOOL(zk_migration_ready, "ZkMigrationReady", SINCE(0)),
    ARR(listeners, kafc_controller_registration_req_listener, "Listeners", SINCE(0)),
    ARR(features, kafc_controller_registration_req_feature, "Features", SINCE(0)),
};
MESSAGE(kafc_controller_registration_req, "ControllerRegistrationRequest", 70, 0, 0, 0);
#undef MSG

#define MSG struct kafc_controller_registration_resp
ROWS(kafc_controller_registration_resp) = {
    I32(throttle_time_ms, "ThrottleTimeMs", SINCE(0)),
    I16(error_code, "ErrorCode", SINCE(0)),
    STR(error_message, "ErrorMessage", SINCE(0), NULLABLE(0)),
};
MESSAGE(kafc_controller_registration_resp, "ControllerRegistrationResponse", 70, 0, 0, 0);
#undef MSG

API(kafc_controller_registration, "ControllerRegistration", 70, 0, 0, 0, KAFC_TO_QUORUM);
