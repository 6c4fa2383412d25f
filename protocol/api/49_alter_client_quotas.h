/* SPDX-License-Identifier: BSD-2-Clause
 *
 * AlterClientQuotas (49): sets and removes quotas. A null entity name is
 * the default entity.
 */
#ifndef KAFC_PROTOCOL_API_ALTER_CLIENT_QUOTAS_H
#define KAFC_PROTOCOL_API_ALTER_CLIENT_QUOTAS_H

#include "protocol/types.h"

struct kafc_alter_client_quotas_req_entity {
    kafc_str entity_type;
    kafc_str entity_name; /* null: the default */
    struct kafc_tags unknown;
};

struct kafc_alter_client_quotas_req_op {
    kafc_str key;
    double value;
    bool remove;
    struct kafc_tags unknown;
};

struct kafc_alter_client_quotas_req_entry {
    KAFC_ARRAY(struct kafc_alter_client_quotas_req_entity) entity;
    KAFC_ARRAY(struct kafc_alter_client_quotas_req_op) ops;
    struct kafc_tags unknown;
};

struct kafc_alter_client_quotas_req {
    KAFC_ARRAY(struct kafc_alter_client_quotas_req_entry) entries;
    bool validate_only;
    struct kafc_tags unknown;
};

struct kafc_alter_client_quotas_resp_entity {
    kafc_str entity_type;
    kafc_str entity_name;
    struct kafc_tags unknown;
};

struct kafc_alter_client_quotas_resp_entry {
    int16_t error_code;
    kafc_str error_message;
    KAFC_ARRAY(struct kafc_alter_client_quotas_resp_entity) entity;
    struct kafc_tags unknown;
};

struct kafc_alter_client_quotas_resp {
    int32_t throttle_time_ms;
    KAFC_ARRAY(struct kafc_alter_client_quotas_resp_entry) entries;
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_alter_client_quotas);
KAFC_DECLARE_SCHEMA(kafc_alter_client_quotas_req);
KAFC_DECLARE_SCHEMA(kafc_alter_client_quotas_req_entry);
KAFC_DECLARE_SCHEMA(kafc_alter_client_quotas_req_op);
KAFC_DECLARE_SCHEMA(kafc_alter_client_quotas_req_entity);
KAFC_DECLARE_SCHEMA(kafc_alter_client_quotas_resp);
KAFC_DECLARE_SCHEMA(kafc_alter_client_quotas_resp_entry);
KAFC_DECLARE_SCHEMA(kafc_alter_client_quotas_resp_entity);

#endif
