/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What consumers of a classic group send each other through JoinGroup and
 * SyncGroup. On the wire an INT16 version stands in front; a version above
 * 3 is read as 3.
 */
#ifndef KAFC_PROTOCOL_BLOB_CONSUMER_PROTOCOL_H
#define KAFC_PROTOCOL_BLOB_CONSUMER_PROTOCOL_H

#include "protocol/types.h"

struct kafc_consumer_subscription_topic {
    kafc_str topic;
    KAFC_ARRAY(int32_t) partitions;
    struct kafc_tags unknown;
};

struct kafc_consumer_subscription {
    KAFC_ARRAY(kafc_str) topics;
    kafc_bytes user_data;                                                 /* the assignor's own; sticky.h */
    KAFC_ARRAY(struct kafc_consumer_subscription_topic) owned_partitions; /* from 1 */
    int32_t generation_id;                                                /* from 2: of owned_partitions; -1: none */
    kafc_str rack_id;
    struct kafc_tags unknown;
};

struct kafc_consumer_assignment_topic {
    kafc_str topic;
    KAFC_ARRAY(int32_t) partitions;
    struct kafc_tags unknown;
};

struct kafc_consumer_assignment {
    KAFC_ARRAY(struct kafc_consumer_assignment_topic) assigned_partitions;
    kafc_bytes user_data;
    struct kafc_tags unknown;
};

KAFC_DECLARE_SCHEMA(kafc_consumer_subscription);
KAFC_DECLARE_SCHEMA(kafc_consumer_subscription_topic);
KAFC_DECLARE_SCHEMA(kafc_consumer_assignment);
KAFC_DECLARE_SCHEMA(kafc_consumer_assignment_topic);

#endif
