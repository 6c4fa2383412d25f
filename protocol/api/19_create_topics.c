/* SPDX-License-Identifier: BSD-2-Clause
 *
 * CreateTopics (19), rows.
 */
#include "protocol/api/19_create_topics.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_create_topics_req_assignment
ROWS(kafc_create_topics_req_assignment) = {
    I32(partition_index, "PartitionIndex", SINCE(0)),
    LIST(broker_ids, "BrokerIds", SINCE(0)),
};
SCHEMA(kafc_create_topics_req_assignment, "CreatableReplicaAssignment");
#undef MSG

#define MSG struct kafc_create_topics_req_config
ROWS(kafc_create_topics_req_config) = {
    STR(name, "Name", SINCE(0)),
    STR(value, "Value", SINCE(0), NULLABLE(0)),
};
SCHEMA(kafc_create_topics_req_config, "CreatableTopicConfig");
#undef MSG

#define MSG struct kafc_create_topics_req_topic
ROWS(kafc_create_topics_req_topic) = {
    STR(name, "Name", SINCE(0)),
    I32(num_partitions, "NumPartitions", SINCE(0)),
    I16(replication_factor, "ReplicationFactor", SINCE(0)),
    ARR(assignments, kafc_create_topics_req_assignment, "Assignments", SINCE(0)),
    ARR(configs, kafc_create_topics_req_config, "Configs", SINCE(0)),
};
SCHEMA(kafc_create_topics_req_topic, "CreatableTopic");
#undef MSG

#define MSG struct kafc_create_topics_req
ROWS(kafc_create_topics_req) = {
    ARR(topics, kafc_create_topics_req_topic, "Topics", SINCE(0)),
    I32(timeout_ms, "timeoutMs", SINCE(0), DEFAULT(60000)),
    BOOL(validate_only, "validateOnly", SINCE(1)),
};
MESSAGE(kafc_create_topics_req, "CreateTopicsRequest", 19, 0, 7, 5);
#undef MSG

#define MSG struct kafc_create_topics_resp_config
ROWS(kafc_create_topics_resp_config) = {
    STR(name, "Name", SINCE(5)),
    STR(value, "Value", SINCE(5), NULLABLE(5)),
    BOOL(read_only, "ReadOnly", SINCE(5)),
    I8(config_source, "ConfigSource", SINCE(5), DEFAULT(-1), IGNORABLE),
    BOOL(is_sensitive, "IsSensitive", SINCE(5)),
};
SCHEMA(kafc_create_topics_resp_config, "CreatableTopicConfigs");
#undef MSG

#define MSG struct kafc_create_topics_resp_topic
ROWS(kafc_create_topics_resp_topic) = {
    STR(name, "Name", SINCE(0)),
    UUID(topic_id, "TopicId", SINCE(7), IGNORABLE),
    I16(error_code, "ErrorCode", SINCE(0)),
    STR(error_message, "ErrorMessage", SINCE(1), NULLABLE(0), IGNORABLE),
    I16(topic_config_error_code, "TopicConfigErrorCode", SINCE(5), TAG(0, 5), IGNORABLE),
    I32(num_partitions, "NumPartitions", SINCE(5), DEFAULT(-1), IGNORABLE),
    I16(replication_factor, "ReplicationFactor", SINCE(5), DEFAULT(-1), IGNORABLE),
    ARR(configs, kafc_create_topics_resp_config, "Configs", SINCE(5), NULLABLE(5), IGNORABLE),
};
SCHEMA(kafc_create_topics_resp_topic, "CreatableTopicResult");
#undef MSG

#define MSG struct kafc_create_topics_resp
ROWS(kafc_create_topics_resp) = {
    I32(throttle_time_ms, "ThrottleTimeMs", SINCE(2), IGNORABLE),
    ARR(topics, kafc_create_topics_resp_topic, "Topics", SINCE(0)),
};
MESSAGE(kafc_create_topics_resp, "CreateTopicsResponse", 19, 0, 7, 5);
#undef MSG

API(kafc_create_topics, "CreateTopics", 19, 7, 5, 3, KAFC_TO_CONTROLLER);
