/* SPDX-License-Identifier: BSD-2-Clause
 *
 * DescribeClientQuotas (48): the quotas of users, client ids and addresses
 * that a filter matches.
 */
#ifndef KAFC_PROTOCOL_API_DESCRIBE_CLIENT_QUOTAS_H
#define KAFC_PROTOCOL_API_DESCRIBE_CLIENT_QUOTAS_H

#include "protocol/types.h"

struct kafc_describe_client_quotas_req_component {
    kafc_str entity_type; /* "user", "client-id", "ip" */
    int8_t match_type;    /* 0 this name, 1 the default, 2 any name */
    kafc_str match;       /* null but for 0 */
    struct kafc_tags unknown;
};

struct kafc_describe_client_quotas_req {
    KAFC_ARRAY(struct kafc_describe_client_quotas_req_component) components;
    bool strict; /* no other entity types besides */
    struct kafc_tags unknown;
};

struct kafc_describe_client_quotas_resp_entity {
    kafc_str entity_type;
    kafc_str entity_name; /* null: the default */
    struct kafc_tags unknown;
};

struct kafc_describe_client_quotas_resp_value {
    kafc_str key; /* "producer_byte_rate", "consumer_byte_rate", "request_percentage"… */
    double value;
    struct kafc_tags unknown;
};

struct kafc_describe_client_quotas_resp_entry {
    KAFC_ARRAY(struct kafc_describe_client_quotas_resp_entity) entity;
    KAFC_ARRAY(struct kafc_describe_client_quotas_resp_value) values;
    struct kafc_tags unknown;
};

struct kafc_describe_client_quotas_resp {
    int32_t throttle_time_ms;
    int16_t error_code;
    kafc_str error_message;
    KAFC_ARRAY(struct kafc_describe_client_quotas_resp_entry) entries;
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_describe_client_quotas);
KAFC_DECLARE_SCHEMA(kafc_describe_client_quotas_req);
KAFC_DECLARE_SCHEMA(kafc_describe_client_quotas_req_component);
KAFC_DECLARE_SCHEMA(kafc_describe_client_quotas_resp);
KAFC_DECLARE_SCHEMA(kafc_describe_client_quotas_resp_entry);
KAFC_DECLARE_SCHEMA(kafc_describe_client_quotas_resp_value);
KAFC_DECLARE_SCHEMA(kafc_describe_client_quotas_resp_entity);

#endif
