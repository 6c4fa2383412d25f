/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Subscriptions and assignments of classic groups, rows.
 */
#include "protocol/blob/consumer_protocol.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_consumer_subscription_topic
ROWS(kafc_consumer_subscription_topic) = {
    STR(topic, "Topic", SINCE(1)),
    LIST(partitions, "Partitions", SINCE(1)),
};
SCHEMA(kafc_consumer_subscription_topic, "TopicPartition");
#undef MSG

#define MSG struct kafc_consumer_subscription
ROWS(kafc_consumer_subscription) = {
    LIST(topics, "Topics", SINCE(0)),
    BYTES(user_data, "UserData", SINCE(0), NULLABLE(0), DEFAULT_NULL),
    ARR(owned_partitions, kafc_consumer_subscription_topic, "OwnedPartitions", SINCE(1), IGNORABLE),
    I32(generation_id, "GenerationId", SINCE(2), DEFAULT(-1), IGNORABLE),
    STR(rack_id, "RackId", SINCE(3), NULLABLE(3), DEFAULT_NULL, IGNORABLE),
};
DATA(kafc_consumer_subscription, "ConsumerProtocolSubscription", 0, 3, NEVER);
#undef MSG

#define MSG struct kafc_consumer_assignment_topic
ROWS(kafc_consumer_assignment_topic) = {
    STR(topic, "Topic", SINCE(0)),
    LIST(partitions, "Partitions", SINCE(0)),
};
SCHEMA(kafc_consumer_assignment_topic, "TopicPartition");
#undef MSG

#define MSG struct kafc_consumer_assignment
ROWS(kafc_consumer_assignment) = {
    ARR(assigned_partitions, kafc_consumer_assignment_topic, "AssignedPartitions", SINCE(0)),
    BYTES(user_data, "UserData", SINCE(0), NULLABLE(0), DEFAULT_NULL),
};
DATA(kafc_consumer_assignment, "ConsumerProtocolAssignment", 0, 3, NEVER);
#undef MSG
