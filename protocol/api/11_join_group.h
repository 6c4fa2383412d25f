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
    int32_t rebalance_timeout_ms; /* for all to join again; -1 in version 0: the session's */
    kafc_str member_id; /* "": a newcomer */
    kafc_str group_instance_id; /* null: no static member */
    kafc_str protocol_type; /* "consumer", "connect" */
    KAFC_ARRAY(struct kafc_join_group_req_protocol) protocols; /* best first */
    kafc_str reason; /* for the broker's log */
    struct kafc_tags unknown;
};

struct kafc_join_group_resp_member {
    kafc_str member_id;
    kafc_str group_instance_id;
    kafc_bytes metadata; /* of the protocol chosen */
    struct kafc_tags unknown;
};

struct kafc_join_group_resp {
    int32_t throttle_time_ms;
    int16_t error_code;
    int32_t generation_id;
    kafc_str protocol_type;
    kafc_str protocol_name; /* what all members know; null with an error */
    kafc_str leader;        /* a member's id */
    bool skip_assignment;   /* a static leader came back: it sends no assignments */
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
