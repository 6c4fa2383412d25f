/* SPDX-License-Identifier: BSD-2-Clause
 *
 * DeleteTopics (20): by name, from 6 on by id too.
 */
#ifndef KAFC_PROTOCOL_API_DELETE_TOPICS_H
#define KAFC_PROTOCOL_API_DELETE_TOPICS_H

#include "protocol/types.h"

struct kafc_delete_topics_req_topic {
    kafc_str name; /* null: by id */
    kafc_uuid topic_id;
    struct kafc_tags unknown;
};

struct kafc_delete_topics_req {
    KAFC_ARRAY(struct kafc_delete_topics_req_topic) topics; /* from 6 */
    KAFC_ARRAY(kafc_str) topic_names;                       /* to 5 */
    int32_t timeout_ms;
    struct kafc_tags unknown;
};

struct kafc_delete_topics_resp_topic {
    kafc_str name;
    kafc_uuid topic_id;
    int16_t error_code;
    kafc_str error_message;
    struct kafc_tags unknown;
};

struct kafc_delete_topics_resp {
    int32_t throttle_time_ms;
    KAFC_ARRAY(struct kafc_delete_topics_resp_topic) responses;
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_delete_topics);
KAFC_DECLARE_SCHEMA(kafc_delete_topics_req);
KAFC_DECLARE_SCHEMA(kafc_delete_topics_req_topic);
KAFC_DECLARE_SCHEMA(kafc_delete_topics_resp);
KAFC_DECLARE_SCHEMA(kafc_delete_topics_resp_topic);

#endif
