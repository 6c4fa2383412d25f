/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ElectLeaders (43): elects preferred leaders, from 1 also unclean ones.
 * Null asks for every partition.
 */
#ifndef KAFC_PROTOCOL_API_ELECT_LEADERS_H
#define KAFC_PROTOCOL_API_ELECT_LEADERS_H

#include "protocol/types.h"

struct kafc_elect_leaders_req_topic {
    kafc_str topic;
    KAFC_ARRAY(int32_t) partitions;
    struct kafc_tags unknown;
};

struct kafc_elect_leaders_req {
    int8_t election_type;                                             /* 0 preferred, 1 unclean */
    KAFC_ARRAY(struct kafc_elect_leaders_req_topic) topic_partitions; /* null: all */
    int32_t timeout_ms;
    struct kafc_tags unknown;
};

struct kafc_elect_leaders_resp_partition {
    int32_t partition_id;
    int16_t error_code;
    kafc_str error_message;
    struct kafc_tags unknown;
};

struct kafc_elect_leaders_resp_topic {
    kafc_str topic;
    KAFC_ARRAY(struct kafc_elect_leaders_resp_partition) partition_result;
    struct kafc_tags unknown;
};

struct kafc_elect_leaders_resp {
    int32_t throttle_time_ms;
    int16_t error_code;
    KAFC_ARRAY(struct kafc_elect_leaders_resp_topic) replica_election_results;
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_elect_leaders);
KAFC_DECLARE_SCHEMA(kafc_elect_leaders_req);
KAFC_DECLARE_SCHEMA(kafc_elect_leaders_req_topic);
KAFC_DECLARE_SCHEMA(kafc_elect_leaders_resp);
KAFC_DECLARE_SCHEMA(kafc_elect_leaders_resp_topic);
KAFC_DECLARE_SCHEMA(kafc_elect_leaders_resp_partition);

#endif
