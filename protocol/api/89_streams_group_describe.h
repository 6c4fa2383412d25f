/* SPDX-License-Identifier: BSD-2-Clause
 *
 * StreamsGroupDescribe (89): state, topology and members of streams groups.
 */
#ifndef KAFC_PROTOCOL_API_STREAMS_GROUP_DESCRIBE_H
#define KAFC_PROTOCOL_API_STREAMS_GROUP_DESCRIBE_H

#include "protocol/types.h"

struct kafc_streams_group_describe_req {
    KAFC_ARRAY(kafc_str) group_ids;
    bool include_authorized_operations;
    struct kafc_tags unknown;
};

struct kafc_streams_group_describe_resp_key_value {
    kafc_str key;
    kafc_str value;
    struct kafc_tags unknown;
};

struct kafc_streams_group_describe_resp_topic {
    kafc_str name;
    int32_t partitions;
    int16_t replication_factor;
    KAFC_ARRAY(struct kafc_streams_group_describe_resp_key_value) topic_configs;
    struct kafc_tags unknown;
};

struct kafc_streams_group_describe_resp_subtopology {
    kafc_str subtopology_id;
    KAFC_ARRAY(kafc_str) source_topics;
    KAFC_ARRAY(kafc_str) repartition_sink_topics;
    KAFC_ARRAY(struct kafc_streams_group_describe_resp_topic) state_changelog_topics;
    KAFC_ARRAY(struct kafc_streams_group_describe_resp_topic) repartition_source_topics;
    struct kafc_tags unknown;
};

struct kafc_streams_group_describe_resp_topology {
    int32_t epoch;
    KAFC_ARRAY(struct kafc_streams_group_describe_resp_subtopology) subtopologies;
    struct kafc_tags unknown;
};

struct kafc_streams_group_describe_resp_endpoint {
    kafc_str host;
    uint16_t port;
    struct kafc_tags unknown;
};

struct kafc_streams_group_describe_resp_task_offset {
    kafc_str subtopology_id;
    int32_t partition;
    int64_t offset;
    struct kafc_tags unknown;
};

struct kafc_streams_group_describe_resp_tasks {
    kafc_str subtopology_id;
    KAFC_ARRAY(int32_t) partitions;
    struct kafc_tags unknown;
};

struct kafc_streams_group_describe_resp_assignment {
    KAFC_ARRAY(struct kafc_streams_group_describe_resp_tasks) active_tasks;
    KAFC_ARRAY(struct kafc_streams_group_describe_resp_tasks) standby_tasks;
    KAFC_ARRAY(struct kafc_streams_group_describe_resp_tasks) warmup_tasks;
    struct kafc_tags unknown;
};

struct kafc_streams_group_describe_resp_member {
    kafc_str member_id;
    int32_t member_epoch;
    kafc_str instance_id;
    kafc_str rack_id;
    kafc_str client_id;
    kafc_str client_host;
    int32_t topology_epoch;
    kafc_str process_id;
    struct kafc_streams_group_describe_resp_endpoint *user_endpoint;
    KAFC_ARRAY(struct kafc_streams_group_describe_resp_key_value) client_tags;
    KAFC_ARRAY(struct kafc_streams_group_describe_resp_task_offset) task_offsets;
    KAFC_ARRAY(struct kafc_streams_group_describe_resp_task_offset) task_end_offsets;
    struct kafc_streams_group_describe_resp_assignment assignment;
    struct kafc_streams_group_describe_resp_assignment target_assignment; /* when all is handed over */
    bool is_classic; /* of the time before streams groups */
    struct kafc_tags unknown;
};

struct kafc_streams_group_describe_resp_group {
    int16_t error_code;
    kafc_str error_message;
    kafc_str group_id;
    kafc_str group_state;
    int32_t group_epoch;
    int32_t assignment_epoch;
    struct kafc_streams_group_describe_resp_topology *topology; /* null: not yet known */
    KAFC_ARRAY(struct kafc_streams_group_describe_resp_member) members;
    int32_t authorized_operations; /* bit n: operation n of DescribeAcls; INT32_MIN: not asked */
    struct kafc_tags unknown;
};

struct kafc_streams_group_describe_resp {
    int32_t throttle_time_ms;
    KAFC_ARRAY(struct kafc_streams_group_describe_resp_group) groups;
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_streams_group_describe);
KAFC_DECLARE_SCHEMA(kafc_streams_group_describe_req);
KAFC_DECLARE_SCHEMA(kafc_streams_group_describe_resp);
KAFC_DECLARE_SCHEMA(kafc_streams_group_describe_resp_group);
KAFC_DECLARE_SCHEMA(kafc_streams_group_describe_resp_member);
KAFC_DECLARE_SCHEMA(kafc_streams_group_describe_resp_assignment);
KAFC_DECLARE_SCHEMA(kafc_streams_group_describe_resp_tasks);
KAFC_DECLARE_SCHEMA(kafc_streams_group_describe_resp_task_offset);
KAFC_DECLARE_SCHEMA(kafc_streams_group_describe_resp_endpoint);
KAFC_DECLARE_SCHEMA(kafc_streams_group_describe_resp_topology);
KAFC_DECLARE_SCHEMA(kafc_streams_group_describe_resp_subtopology);
KAFC_DECLARE_SCHEMA(kafc_streams_group_describe_resp_topic);
KAFC_DECLARE_SCHEMA(kafc_streams_group_describe_resp_key_value);

#endif
