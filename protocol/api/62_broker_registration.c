/* SPDX-License-Identifier: BSD-2-Clause
 *
 * BrokerRegistration (62), rows.
 */
#include "protocol/api/62_broker_registration.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_broker_registration_req_listener
ROWS(kafc_broker_registration_req_listener) = {
    STR(name, "Name", SINCE(0)),
    STR(host, "Host", SINCE(0)),
    U16(port, "Port", SINCE(0)),
    I16(security_protocol, "SecurityProtocol", SINCE(0)),
};
SCHEMA(kafc_broker_registration_req_listener, "Listener");
#undef MSG

#define MSG struct kafc_broker_registration_req_feature
ROWS(kafc_broker_registration_req_feature) = {
    STR(name, "Name", SINCE(0)),
    I16(min_supported_version, "MinSupportedVersion", SINCE(0)),
    I16(max_supported_version, "MaxSupportedVersion", SINCE(0)),
};
SCHEMA(kafc_broker_registration_req_feature, "Feature");
#undef MSG

#define MSG struct kafc_broker_registration_req
ROWS(kafc_broker_registration_req) = {
    I32(broker_id, "BrokerId", SINCE(0)),
    STR(cluster_id, "ClusterId", SINCE(0)),
    UUID(incarnation_id, "IncarnationId", SINCE(0)),
    ARR(listeners, kafc_broker_registration_req_listener, "Listeners", SINCE(0)),
    ARR(features, kafc_broker_registration_req_feature, "Features", SINCE(0)),
    STR(rack, "Rack", SINCE(0), NULLABLE(0)),
    BOOL(is_migrating_zk_broker, "IsMigratingZkBroker", SINCE(1)),
    LIST(log_dirs, "LogDirs", SINCE(2), IGNORABLE),
    I64(previous_broker_epoch, "PreviousBrokerEpoch", SINCE(3), DEFAULT(-1), IGNORABLE),
};
MESSAGE(kafc_broker_registration_req, "BrokerRegistrationRequest", 62, 0, 4, 0);
#undef MSG

#define MSG struct kafc_broker_registration_resp
ROWS(kafc_broker_registration_resp) = {
    I32(throttle_time_ms, "ThrottleTimeMs", SINCE(0)),
    I16(error_code, "ErrorCode", SINCE(0)),
    I64(broker_epoch, "BrokerEpoch", SINCE(0), DEFAULT(-1)),
};
MESSAGE(kafc_broker_registration_resp, "BrokerRegistrationResponse", 62, 0, 4, 0);
#undef MSG

API(kafc_broker_registration, "BrokerRegistration", 62, 4, 0, 0, KAFC_TO_QUORUM);
