/* SPDX-License-Identifier: BSD-2-Clause
 *
 * DeleteShareGroupState (86): brokers delete the state of share partitions.
 */
#ifndef KAFC_PROTOCOL_API_DELETE_SHARE_GROUP_STATE_H
#define KAFC_PROTOCOL_API_DELETE_SHARE_GROUP_STATE_H

#include "protocol/types.h"

struct kafc_delete_share_group_state_req_partition {
    int32_t partition;
    struct kafc_tags unknown;
};

struct kafc_delete_share_group_state_req_topic {
    kafc_uuid topic_id;
    KAFC_ARRAY(struct kafc_delete_share_group_state_req_partition) partitions;
    struct kafc_tags unknown;
};

struct kafc_delete_share_group_state_req {
    kafc_str group_id;
    KAFC_ARRAY(struct kafc_delete_share_group_state_req_topic) topics;
    struct kafc_tags unknown;
};

struct kafc_delete_share_group_state_resp_partition {
    int32_t partition;
    int16_t error_code;
    kafc_str error_message;
    struct kafc_tags unknown;
};

struct kafc_delete_share_group_state_resp_topic {
    kafc_uuid topic_id;
    KAFC_ARRAY(struct kafc_delete_share_group_state_resp_partition) partitions;
    struct kafc_tags unknown;
};

struct kafc_delete_share_group_state_resp {
    KAFC_ARRAY(struct kafc_delete_share_group_state_resp_topic) results;
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_delete_share_group_state);
KAFC_DECLARE_SCHEMA(kafc_delete_share_group_state_req);
KAFC_DECLARE_SCHEMA(kafc_delete_share_group_state_req_topic);
KAFC_DECLARE_SCHEMA(kafc_delete_share_group_state_req_partition);
KAFC_DECLARE_SCHEMA(kafc_delete_share_group_state_resp);
KAFC_DECLARE_SCHEMA(kafc_delete_share_group_state_resp_topic);
KAFC_DECLARE_SCHEMA(kafc_delete_share_group_state_resp_partition);

#endif
