/* SPDX-License-Identifier: BSD-2-Clause
 *
 * DescribeCluster (60), rows.
 */
#include "protocol/api/60_describe_cluster.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_describe_cluster_req
ROWS(kafc_describe_cluster_req) = {
    BOOL(include_cluster_authorized_operations, "IncludeClusterAuthorizedOperations", SINCE(0)),
    I8(endpoint_type, "EndpointType", SINCE(1), DEFAULT(1)),
    BOOL(include_fenced_brokers, "IncludeFencedBrokers", SINCE(2)),
};
MESSAGE(kafc_describe_cluster_req, "DescribeClusterRequest", 60, 0, 2, 0);
#undef MSG

#define MSG struct kafc_describe_cluster_resp_broker
ROWS(kafc_describe_cluster_resp_broker) = {
    I32(broker_id, "BrokerId", SINCE(0)),
    STR(host, "Host", SINCE(0)),
    I32(port, "Port", SINCE(0)),
    STR(rack, "Rack", SINCE(0), NULLABLE(0), DEFAULT_NULL),
    BOOL(is_fenced, "IsFenced", SINCE(2)),
};
SCHEMA(kafc_describe_cluster_resp_broker, "DescribeClusterBroker");
#undef MSG

#define MSG struct kafc_describe_cluster_resp
ROWS(kafc_describe_cluster_resp) = {
    I32(throttle_time_ms, "ThrottleTimeMs", SINCE(0)),
    I16(error_code, "ErrorCode", SINCE(0)),
    STR(error_message, "ErrorMessage", SINCE(0), NULLABLE(0), DEFAULT_NULL),
    I8(endpoint_type, "EndpointType", SINCE(1), DEFAULT(1)),
    STR(cluster_id, "ClusterId", SINCE(0)),
    I32(controller_id, "ControllerId", SINCE(0), DEFAULT(-1)),
    ARR(brokers, kafc_describe_cluster_resp_broker, "Brokers", SINCE(0)),
    I32(cluster_authorized_operations, "ClusterAuthorizedOperations", SINCE(0), DEFAULT(-2147483648)),
};
MESSAGE(kafc_describe_cluster_resp, "DescribeClusterResponse", 60, 0, 2, 0);
#undef MSG

API(kafc_describe_cluster, "DescribeCluster", 60, 2, 0, 0, KAFC_TO_ANY);
