/* SPDX-License-Identifier: BSD-2-Clause
 *
 * CreatePartitions (37): more partitions for topics. Count is the new
 * total.
 */
#ifndef KAFC_PROTOCOL_API_CREATE_PARTITIONS_H
#define KAFC_PROTOCOL_API_CREATE_PARTITIONS_H

#include "protocol/types.h"

struct kafc_create_partitions_req_assignment {
    KAFC_ARRAY(int32_t) broker_ids; /* of one new partition, the preferred leader first */
    struct kafc_tags unknown;
};

struct kafc_create_partitions_req_topic {
    kafc_str name;
    int32_t count;                                                        /* the total, not the increase */
    KAFC_ARRAY(struct kafc_create_partitions_req_assignment) assignments; /* null: the broker chooses */
    struct kafc_tags unknown;
};

struct kafc_create_partitions_req {
    KAFC_ARRAY(struct kafc_create_partitions_req_topic) topics;
    int32_t timeout_ms;
    bool validate_only;
    struct kafc_tags unknown;
};

struct kafc_create_partitions_resp_topic {
    kafc_str name;
    int16_t error_code;
    kafc_str error_message;
    struct kafc_tags unknown;
};

struct kafc_create_partitions_resp {
    int32_t throttle_time_ms;
    KAFC_ARRAY(struct kafc_create_partitions_resp_topic) results;
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_create_partitions);
KAFC_DECLARE_SCHEMA(kafc_create_partitions_req);
KAFC_DECLARE_SCHEMA(kafc_create_partitions_req_topic);
KAFC_DECLARE_SCHEMA(kafc_create_partitions_req_assignment);
KAFC_DECLARE_SCHEMA(kafc_create_partitions_resp);
KAFC_DECLARE_SCHEMA(kafc_create_partitions_resp_topic);

#endif
