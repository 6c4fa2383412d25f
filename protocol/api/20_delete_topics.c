/* SPDX-License-Identifier: BSD-2-Clause
 *
 * DeleteTopics (20), rows.
 */
#include "protocol/api/20_delete_topics.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_delete_topics_req_topic
ROWS(kafc_delete_topics_req_topic) = {
    STR(name, "Name", SINCE(6), NULLABLE(6), DEFAULT_NULL),
    UUID(topic_id, "TopicId", SINCE(6)),
};
SCHEMA(kafc_delete_topics_req_topic, "DeleteTopicState");
#undef MSG

#define MSG struct kafc_delete_topics_req
ROWS(kafc_delete_topics_req) = {
    ARR(topics, kafc_delete_topics_req_topic, "Topics", SINCE(6)),
    LIST(topic_names, "TopicNames", RANGE(0, 5), IGNORABLE),
    I32(timeout_ms, "TimeoutMs", SINCE(0)),
};
MESSAGE(kafc_delete_topics_req, "DeleteTopicsRequest", 20, 0, 6, 4);
#undef MSG

#define MSG struct kafc_delete_topics_resp_topic
ROWS(kafc_delete_topics_resp_topic) = {
    STR(name, "Name", SINCE(0), NULLABLE(6)),
    UUID(topic_id, "TopicId", SINCE(6), IGNORABLE),
    I16(error_code, "ErrorCode", SINCE(0)),
    STR(error_message, "ErrorMessage", SINCE(5), NULLABLE(5), DEFAULT_NULL, IGNORABLE),
};
SCHEMA(kafc_delete_topics_resp_topic, "DeletableTopicResult");
#undef MSG

#define MSG struct kafc_delete_topics_resp
ROWS(kafc_delete_topics_resp) = {
    I32(throttle_time_ms, "ThrottleTimeMs", SINCE(1), IGNORABLE),
    ARR(responses, kafc_delete_topics_resp_topic, "Responses", SINCE(0)),
};
MESSAGE(kafc_delete_topics_resp, "DeleteTopicsResponse", 20, 0, 6, 4);
#undef MSG

API(kafc_delete_topics, "DeleteTopics", 20, 6, 4, 2, KAFC_TO_CONTROLLER);
