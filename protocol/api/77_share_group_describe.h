/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ShareGroupDescribe (77): state and members of share groups. Version 0 was
 * early access.
 */
#ifndef KAFC_PROTOCOL_API_SHARE_GROUP_DESCRIBE_H
#define KAFC_PROTOCOL_API_SHARE_GROUP_DESCRIBE_H

#include "protocol/types.h"

struct kafc_share_group_describe_req {
    KAFC_ARRAY(kafc_str) group_ids;
    bool include_authorized_operations;
    struct kafc_tags unknown;
};

struct kafc_share_group_describe_resp_topic {
    kafc_uuid topic_id;
    kafc_str topic_name;
    KAFC_ARRAY(int32_t) partitions;
    struct kafc_tags unknown;
};

struct kafc_share_group_describe_resp_assignment {
    KAFC_ARRAY(struct kafc_share_group_describe_resp_topic) topic_partitions;
    struct kafc_tags unknown;
};

struct kafc_share_group_describe_resp_member {
    kafc_str member_id;
    kafc_str rack_id;
    int32_t member_epoch;
    kafc_str client_id;
    kafc_str client_host;
    KAFC_ARRAY(kafc_str) subscribed_topic_names;
    struct kafc_share_group_describe_resp_assignment assignment;
    struct kafc_tags unknown;
};

struct kafc_share_group_describe_resp_group {
    int16_t error_code;
    kafc_str error_message;
    kafc_str group_id;
    kafc_str group_state;
    int32_t group_epoch;
    int32_t assignment_epoch;
    kafc_str assignor_name;
    KAFC_ARRAY(struct kafc_share_group_describe_resp_member) members;
    int32_t authorized_operations;
    struct kafc_tags unknown;
};

struct kafc_share_group_describe_resp {
    int32_t throttle_time_ms;
    KAFC_ARRAY(struct kafc_share_group_describe_resp_group) groups;
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_share_group_describe);
KAFC_DECLARE_SCHEMA(kafc_share_group_describe_req);
KAFC_DECLARE_SCHEMA(kafc_share_group_describe_resp);
KAFC_DECLARE_SCHEMA(kafc_share_group_describe_resp_group);
KAFC_DECLARE_SCHEMA(kafc_share_group_describe_resp_member);
KAFC_DECLARE_SCHEMA(kafc_share_group_describe_resp_assignment);
KAFC_DECLARE_SCHEMA(kafc_share_group_describe_resp_topic);

#endif
