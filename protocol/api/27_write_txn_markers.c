/* SPDX-License-Identifier: BSD-2-Clause
 *
 * WriteTxnMarkers (27), rows.
 */
#include "protocol/api/27_write_txn_markers.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_write_txn_markers_req_topic
ROWS(kafc_write_txn_markers_req_topic) = {
    STR(name, "Name", SINCE(0)),
    LIST(partition_indexes, "PartitionIndexes", SINCE(0)),
};
SCHEMA(kafc_write_txn_markers_req_topic, "WritableTxnMarkerTopic");
#undef MSG

#define MSG struct kafc_write_txn_markers_req_marker
ROWS(kafc_write_txn_markers_req_marker) = {
    I64(producer_id, "ProducerId", SINCE(0)),
    I16(producer_epoch, "ProducerEpoch", SINCE(0)),
    BOOL(transaction_result, "TransactionResult", SINCE(0)),
    ARR(topics, kafc_write_txn_markers_req_topic, "Topics", SINCE(0)),
    I32(coordinator_epoch, "CoordinatorEpoch", SINCE(0)),
    I8(transaction_version, "TransactionVersion", SINCE(2), IGNORABLE),
};
SCHEMA(kafc_write_txn_markers_req_marker, "WritableTxnMarker");
#undef MSG

#define MSG struct kafc_write_txn_markers_req
ROWS(kafc_write_txn_markers_req) = {
    ARR(markers, kafc_write_txn_markers_req_marker, "Markers", SINCE(0)),
};
MESSAGE(kafc_write_txn_markers_req, "WriteTxnMarkersRequest", 27, 0, 2, 1);
#undef MSG

#define MSG struct kafc_write_txn_markers_resp_partition
ROWS(kafc_write_txn_markers_resp_partition) = {
    I32(partition_index, "PartitionIndex", SINCE(0)),
    I16(error_code, "ErrorCode", SINCE(0)),
};
SCHEMA(kafc_write_txn_markers_resp_partition, "WritableTxnMarkerPartitionResult");
#undef MSG

#define MSG struct kafc_write_txn_markers_resp_topic
ROWS(kafc_write_txn_markers_resp_topic) = {
    STR(name, "Name", SINCE(0)),
    ARR(partitions, kafc_write_txn_markers_resp_partition, "Partitions", SINCE(0)),
};
SCHEMA(kafc_write_txn_markers_resp_topic, "WritableTxnMarkerTopicResult");
#undef MSG

#define MSG struct kafc_write_txn_markers_resp_marker
ROWS(kafc_write_txn_markers_resp_marker) = {
    I64(producer_id, "ProducerId", SINCE(0)),
    ARR(topics, kafc_write_txn_markers_resp_topic, "Topics", SINCE(0)),
};
SCHEMA(kafc_write_txn_markers_resp_marker, "WritableTxnMarkerResult");
#undef MSG

#define MSG struct kafc_write_txn_markers_resp
ROWS(kafc_write_txn_markers_resp) = {
    ARR(markers, kafc_write_txn_markers_resp_marker, "Markers", SINCE(0)),
};
MESSAGE(kafc_write_txn_markers_resp, "WriteTxnMarkersResponse", 27, 0, 2, 1);
#undef MSG

API(kafc_write_txn_markers, "WriteTxnMarkers", 27, 2, 1, NEVER, KAFC_TO_BROKER);
