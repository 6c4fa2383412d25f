/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ControllerRegistration (70): a controller registers with the active one.
 */
#ifndef KAFC_PROTOCOL_API_CONTROLLER_REGISTRATION_H
#define KAFC_PROTOCOL_API_CONTROLLER_REGISTRATION_H

#include "protocol/types.h"

struct kafc_controller_registration_req_listener {
    kafc_str name;
    kafc_str host;
    uint16_t port;
    int16_t security_protocol;
    struct kafc_tags unknown;
};

struct kafc_controller_registration_req_feature {
    kafc_str name;
    int16_t min_supported_version;
    int16_t max_supported_version;
    struct kafc_tags unknown;
};

struct kafc_controller_registration_req {
    int32_t controller_id;
    kafc_uuid incarnation_id;
    bool zk_migration_ready;
    KAFC_ARRAY(struct kafc_controller_registration_req_listener) listeners;
    KAFC_ARRAY(struct kafc_controller_registration_req_feature) features;
    struct kafc_tags unknown;
};

struct kafc_controller_registration_resp {
    int32_t throttle_time_ms;
    int16_t error_code;
    kafc_str error_message;
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_controller_registration);
KAFC_DECLARE_SCHEMA(kafc_controller_registration_req);
KAFC_DECLARE_SCHEMA(kafc_controller_registration_req_feature);
KAFC_DECLARE_SCHEMA(kafc_controller_registration_req_listener);
KAFC_DECLARE_SCHEMA(kafc_controller_registration_resp);

#endif
