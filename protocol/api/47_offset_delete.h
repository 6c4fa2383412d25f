/* SPDX-License-Identifier: BSD-2-Clause
 *
 * OffsetDelete (47): deletes offsets of topics that a group no longer
 * subscribes to. Never flexible.
 */
#ifndef KAFC_PROTOCOL_API_OFFSET_DELETE_H
#define KAFC_PROTOCOL_API_OFFSET_DELETE_H

#include "protocol/types.h"

struct kafc_offset_delete_req_partition {
    int32_t partition_index;
    struct kafc_tags unknown;
};

struct kafc_offset_delete_req_topic {
    kafc_str name;
    KAFC_ARRAY(struct kafc_offset_delete_req_partition) partitions;
    struct kafc_tags unknown;
};

struct kafc_offset_delete_req {
    kafc_str group_id;
    KAFC_ARRAY(struct kafc_offset_delete_req_topic) topics;
    struct kafc_tags unknown;
};

struct kafc_offset_delete_resp_partition {
    int32_t partition_index;
    int16_t error_code;
    struct kafc_tags unknown;
};

struct kafc_offset_delete_resp_topic {
    kafc_str name;
    KAFC_ARRAY(struct kafc_offset_delete_resp_partition) partitions;
    struct kafc_tags unknown;
};

struct kafc_offset_delete_resp {
    int16_t error_code;
    int32_t throttle_time_ms;
    KAFC_ARRAY(struct kafc_offset_delete_resp_topic) topics;
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_offset_delete);
KAFC_DECLARE_SCHEMA(kafc_offset_delete_req);
KAFC_DECLARE_SCHEMA(kafc_offset_delete_req_topic);
KAFC_DECLARE_SCHEMA(kafc_offset_delete_req_partition);
KAFC_DECLARE_SCHEMA(kafc_offset_delete_resp);
KAFC_DECLARE_SCHEMA(kafc_offset_delete_resp_topic);
KAFC_DECLARE_SCHEMA(kafc_offset_delete_resp_partition);

#endif
