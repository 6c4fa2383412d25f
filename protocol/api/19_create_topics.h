/* SPDX-License-Identifier: BSD-2-Clause
 *
 * CreateTopics (19): new topics, each of which can fail alone. Brokers are
 * chosen by the controller, or given for every partition.
 */
#ifndef KAFC_PROTOCOL_API_CREATE_TOPICS_H
#define KAFC_PROTOCOL_API_CREATE_TOPICS_H

#include "protocol/types.h"

struct kafc_create_topics_req_assignment {
    int32_t partition_index;
    KAFC_ARRAY(int32_t) broker_ids;
    struct kafc_tags unknown;
};

struct kafc_create_topics_req_config {
    kafc_str name;
    kafc_str value; /* null: the broker's default */
    struct kafc_tags unknown;
};

struct kafc_create_topics_req_topic {
    kafc_str name;
    int32_t num_partitions;     /* -1: the broker's default (from 4), or assignments are given */
    int16_t replication_factor; /* -1: likewise */
    KAFC_ARRAY(struct kafc_create_topics_req_assignment) assignments;
    KAFC_ARRAY(struct kafc_create_topics_req_config) configs;
    struct kafc_tags unknown;
};

struct kafc_create_topics_req {
    KAFC_ARRAY(struct kafc_create_topics_req_topic) topics;
    int32_t timeout_ms;
    bool validate_only;
    struct kafc_tags unknown;
};

struct kafc_create_topics_resp_config {
    kafc_str name;
    kafc_str value;
    bool read_only;
    int8_t config_source; /* as in DescribeConfigs */
    bool is_sensitive;
    struct kafc_tags unknown;
};

struct kafc_create_topics_resp_topic {
    kafc_str name;
    kafc_uuid topic_id;
    int16_t error_code;
    kafc_str error_message;
    int16_t topic_config_error_code; /* configs may not be shown */
    int32_t num_partitions;          /* -1: may not be shown */
    int16_t replication_factor;
    KAFC_ARRAY(struct kafc_create_topics_resp_config) configs; /* null: may not be shown */
    struct kafc_tags unknown;
};

struct kafc_create_topics_resp {
    int32_t throttle_time_ms;
    KAFC_ARRAY(struct kafc_create_topics_resp_topic) topics;
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_create_topics);
KAFC_DECLARE_SCHEMA(kafc_create_topics_req);
KAFC_DECLARE_SCHEMA(kafc_create_topics_req_topic);
KAFC_DECLARE_SCHEMA(kafc_create_topics_req_assignment);
KAFC_DECLARE_SCHEMA(kafc_create_topics_req_config);
KAFC_DECLARE_SCHEMA(kafc_create_topics_resp);
KAFC_DECLARE_SCHEMA(kafc_create_topics_resp_topic);
KAFC_DECLARE_SCHEMA(kafc_create_topics_resp_config);

#endif
