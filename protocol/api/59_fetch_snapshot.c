/* SPDX-License-Identifier: BSD-2-Clause
 *
 * FetchSnapshot (59), rows.
 */
#include "protocol/api/59_fetch_snapshot.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_fetch_snapshot_req_snapshot
ROWS(kafc_fetch_snapshot_req_snapshot) = {
    I64(end_offset, "EndOffset", SINCE(0)),
    I32(epoch, "Epoch", SINCE(0)),
};
SCHEMA(kafc_fetch_snapshot_req_snapshot, "SnapshotId");
#undef MSG

#define MSG struct kafc_fetch_snapshot_req_partition
ROWS(kafc_fetch_snapshot_req_partition) = {
    I32(partition, "Partition", SINCE(0)),
    I32(current_leader_epoch, "CurrentLeaderEpoch", SINCE(0)),
    STRUCT(snapshot_id, kafc_fetch_snapshot_req_snapshot, "SnapshotId", SINCE(0)),
    I64(position, "Position", SINCE(0)),
    UUID(replica_directory_id, "ReplicaDirectoryId", SINCE(1), TAG(0, 1), IGNORABLE),
};
SCHEMA(kafc_fetch_snapshot_req_partition, "PartitionSnapshot");
#undef MSG

#define MSG struct kafc_fetch_snapshot_req_topic
ROWS(kafc_fetch_snapshot_req_topic) = {
    STR(name, "Name", SINCE(0)),
    ARR(partitions, kafc_fetch_snapshot_req_partition, "Partitions", SINCE(0)),
};
SCHEMA(kafc_fetch_snapshot_req_topic, "TopicSnapshot");
#undef MSG

#define MSG struct kafc_fetch_snapshot_req
ROWS(kafc_fetch_snapshot_req) = {
    STR(cluster_id, "ClusterId", SINCE(0), TAG(0, 0), NULLABLE(0), DEFAULT_NULL),
    I32(replica_id, "ReplicaId", SINCE(0), DEFAULT(-1)),
    I32(max_bytes, "MaxBytes", SINCE(0), DEFAULT(INT32_MAX)),
    ARR(topics, kafc_fetch_snapshot_req_topic, "Topics", SINCE(0)),
};
MESSAGE(kafc_fetch_snapshot_req, "FetchSnapshotRequest", 59, 0, 1, 0);
#undef MSG

#define MSG struct kafc_fetch_snapshot_resp_snapshot
ROWS(kafc_fetch_snapshot_resp_snapshot) = {
    I64(end_offset, "EndOffset", SINCE(0)),
    I32(epoch, "Epoch", SINCE(0)),
};
SCHEMA(kafc_fetch_snapshot_resp_snapshot, "SnapshotId");
#undef MSG

#define MSG struct kafc_fetch_snapshot_resp_leader
ROWS(kafc_fetch_snapshot_resp_leader) = {
    I32(leader_id, "LeaderId", SINCE(0)),
    I32(leader_epoch, "LeaderEpoch", SINCE(0)),
};
SCHEMA(kafc_fetch_snapshot_resp_leader, "LeaderIdAndEpoch");
#undef MSG

#define MSG struct kafc_fetch_snapshot_resp_partition
ROWS(kafc_fetch_snapshot_resp_partition) = {
    I32(index, "Index", SINCE(0)),
    I16(error_code, "ErrorCode", SINCE(0)),
    STRUCT(snapshot_id, kafc_fetch_snapshot_resp_snapshot, "SnapshotId", SINCE(0)),
    STRUCT(current_leader, kafc_fetch_snapshot_resp_leader, "CurrentLeader", SINCE(0), TAG(0, 0)),
    I64(size, "Size", SINCE(0)),
    I64(position, "Position", SINCE(0)),
    RECORDS(unaligned_records, "UnalignedRecords", SINCE(0)),
};
SCHEMA(kafc_fetch_snapshot_resp_partition, "PartitionSnapshot");
#undef MSG

#define MSG struct kafc_fetch_snapshot_resp_topic
ROWS(kafc_fetch_snapshot_resp_topic) = {
    STR(name, "Name", SINCE(0)),
    ARR(partitions, kafc_fetch_snapshot_resp_partition, "Partitions", SINCE(0)),
};
SCHEMA(kafc_fetch_snapshot_resp_topic, "TopicSnapshot");
#undef MSG

#define MSG struct kafc_fetch_snapshot_resp_node
ROWS(kafc_fetch_snapshot_resp_node) = {
    I32(node_id, "NodeId", SINCE(1)),
    STR(host, "Host", SINCE(1)),
    U16(port, "Port", SINCE(1)),
};
SCHEMA(kafc_fetch_snapshot_resp_node, "NodeEndpoint");
#undef MSG

#define MSG struct kafc_fetch_snapshot_resp
ROWS(kafc_fetch_snapshot_resp) = {
    I32(throttle_time_ms, "ThrottleTimeMs", SINCE(0), IGNORABLE),
    I16(error_code, "ErrorCode", SINCE(0)),
    ARR(topics, kafc_fetch_snapshot_resp_topic, "Topics", SINCE(0)),
    ARR(node_endpoints, kafc_fetch_snapshot_resp_node, "NodeEndpoints", SINCE(1), TAG(0, 1)),
};
MESSAGE(kafc_fetch_snapshot_resp, "FetchSnapshotResponse", 59, 0, 1, 0);
#undef MSG

API(kafc_fetch_snapshot, "FetchSnapshot", 59, 1, 0, 0, KAFC_TO_QUORUM);
