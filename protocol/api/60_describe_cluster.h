/* SPDX-License-Identifier: BSD-2-Clause
 *
 * DescribeCluster (60): the brokers, the controller, the cluster's id; from
 * 1 the controllers as well, asked of one.
 */
#ifndef KAFC_PROTOCOL_API_DESCRIBE_CLUSTER_H
#define KAFC_PROTOCOL_API_DESCRIBE_CLUSTER_H

#include "protocol/types.h"

struct kafc_describe_cluster_req {
    bool include_cluster_authorized_operations;
    int8_t endpoint_type; /* 1 brokers, 2 controllers */
    bool include_fenced_brokers;
    struct kafc_tags unknown;
};

struct kafc_describe_cluster_resp_broker {
    int32_t broker_id;
    kafc_str host;
    int32_t port;
    kafc_str rack;
    bool is_fenced;
    struct kafc_tags unknown;
};

struct kafc_describe_cluster_resp {
    int32_t throttle_time_ms;
    int16_t error_code;
    kafc_str error_message;
    int8_t endpoint_type;
    kafc_str cluster_id;
    int32_t controller_id; /* -1: unknown */
    KAFC_ARRAY(struct kafc_describe_cluster_resp_broker) brokers;
    int32_t cluster_authorized_operations; /* bit n: operation n of DescribeAcls; INT32_MIN: not asked */
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_describe_cluster);
KAFC_DECLARE_SCHEMA(kafc_describe_cluster_req);
KAFC_DECLARE_SCHEMA(kafc_describe_cluster_resp);
KAFC_DECLARE_SCHEMA(kafc_describe_cluster_resp_broker);

#endif
