/* SPDX-License-Identifier: BSD-2-Clause
 *
 * JoinGroup (11): becomes or stays a member of a classic group; answered
 * when all have joined. From 4 a newcomer is first given an id, with error
 * 79.
 */
#ifndef KAFC_PROTOCOL_API_JOIN_GROUP_H
#define KAFC_PROTOCOL_API_JOIN_GROUP_H

#include "protocol/types.h"

struct kafc_join_group_req_protocol {
    kafc_str name;
    kafc_bytes metadata; /* of consumers: a version and a subscription */
    struct kafc_tags unknown;
};

struct kafc_join_group_req {
    kafc_str group_id;
    int32_t session_timeout_ms;
    int32_t rebalance_timeout_ms; /* -1 in version 0: the session timeout */
    kafc_str member_id;
    kafc_str group_instance_id;
    kafc_str protocol_type;
    KAFC_ARRAY(struct kafc_join_group_req_protocol) protocols;
    kafc_str reason;
    struct kafc_tags unknown;
};

struct kafc_join_group_resp_member {
    kafc_str member_id;
    kafc_str group_instance_id;
    kafc_bytes metadata;
    struct kafc_tags unknown;
};

struct kafc_join_group_resp {
    int32_t throttle_time_ms;
    int16_t error_code;
    int32_t generation_id;
    kafc_str protocol_type;
    kafc_str protocol_name;
    kafc_str leader;
    bool skip_assignment;
    kafc_str member_id;
    KAFC_ARRAY(struct kafc_join_group_resp_member) members; /* for the leader only */
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_join_group);
KAFC_DECLARE_SCHEMA(kafc_join_group_req);
KAFC_DECLARE_SCHEMA(kafc_join_group_req_protocol);
KAFC_DECLARE_SCHEMA(kafc_join_group_resp);
KAFC_DECLARE_SCHEMA(kafc_join_group_resp_member);

#endif
