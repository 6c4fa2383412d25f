/* SPDX-License-Identifier: BSD-2-Clause
 *
 * BrokerRegistration (62): a broker registers with the KRaft controller.
 */
#ifndef KAFC_PROTOCOL_API_BROKER_REGISTRATION_H
#define KAFC_PROTOCOL_API_BROKER_REGISTRATION_H

#include "protocol/types.h"

struct kafc_broker_registration_req_listener {
    kafc_str name;
    kafc_str host;
    uint16_t port;
    int16_t security_protocol; /* 0 PLAINTEXT, 1 SSL, 2 SASL_PLAINTEXT, 3 SASL_SSL */
    struct kafc_tags unknown;
};

struct kafc_broker_registration_req_feature {
    kafc_str name;
    int16_t min_supported_version;
    int16_t max_supported_version;
    struct kafc_tags unknown;
};

struct kafc_broker_registration_req {
    int32_t broker_id;
    kafc_str cluster_id;
    kafc_uuid incarnation_id; /* of this run of the broker */
    KAFC_ARRAY(struct kafc_broker_registration_req_listener) listeners;
    KAFC_ARRAY(struct kafc_broker_registration_req_feature) features;
    kafc_str rack;
    bool is_migrating_zk_broker;
    KAFC_ARRAY(kafc_uuid) log_dirs; /* from 2 */
    int64_t previous_broker_epoch;  /* from 3: of a clean shutdown; -1: none */
    struct kafc_tags unknown;
};

struct kafc_broker_registration_resp {
    int32_t throttle_time_ms;
    int16_t error_code;
    int64_t broker_epoch; /* -1 with an error */
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_broker_registration);
KAFC_DECLARE_SCHEMA(kafc_broker_registration_req);
KAFC_DECLARE_SCHEMA(kafc_broker_registration_req_feature);
KAFC_DECLARE_SCHEMA(kafc_broker_registration_req_listener);
KAFC_DECLARE_SCHEMA(kafc_broker_registration_resp);

#endif
