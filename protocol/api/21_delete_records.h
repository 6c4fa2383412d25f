/* SPDX-License-Identifier: BSD-2-Clause
 *
 * DeleteRecords (21): moves the start of partitions' logs up.
 */
#ifndef KAFC_PROTOCOL_API_DELETE_RECORDS_H
#define KAFC_PROTOCOL_API_DELETE_RECORDS_H

#include "protocol/types.h"

struct kafc_delete_records_req_partition {
    int32_t partition_index;
    int64_t offset; /* the first to stay; -1: the high watermark */
    struct kafc_tags unknown;
};

struct kafc_delete_records_req_topic {
    kafc_str name;
    KAFC_ARRAY(struct kafc_delete_records_req_partition) partitions;
    struct kafc_tags unknown;
};

struct kafc_delete_records_req {
    KAFC_ARRAY(struct kafc_delete_records_req_topic) topics;
    int32_t timeout_ms;
    struct kafc_tags unknown;
};

struct kafc_delete_records_resp_partition {
    int32_t partition_index;
    int64_t low_watermark; /* the first offset that is left */
    int16_t error_code;
    struct kafc_tags unknown;
};

struct kafc_delete_records_resp_topic {
    kafc_str name;
    KAFC_ARRAY(struct kafc_delete_records_resp_partition) partitions;
    struct kafc_tags unknown;
};

struct kafc_delete_records_resp {
    int32_t throttle_time_ms;
    KAFC_ARRAY(struct kafc_delete_records_resp_topic) topics;
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_delete_records);
KAFC_DECLARE_SCHEMA(kafc_delete_records_req);
KAFC_DECLARE_SCHEMA(kafc_delete_records_req_topic);
KAFC_DECLARE_SCHEMA(kafc_delete_records_req_partition);
KAFC_DECLARE_SCHEMA(kafc_delete_records_resp);
KAFC_DECLARE_SCHEMA(kafc_delete_records_resp_topic);
KAFC_DECLARE_SCHEMA(kafc_delete_records_resp_partition);

#endif
