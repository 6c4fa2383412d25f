/* SPDX-License-Identifier: BSD-2-Clause
 *
 * AddPartitionsToTxn (24), rows.
 */
#include "protocol/api/24_add_partitions_to_txn.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_add_partitions_to_txn_req_topic
ROWS(kafc_add_partitions_to_txn_req_topic) = {
    STR(name, "Name", SINCE(0)),
    LIST(partitions, "Partitions", SINCE(0)),
};
SCHEMA(kafc_add_partitions_to_txn_req_topic, "AddPartitionsToTxnTopic");
#undef MSG

#define MSG struct kafc_add_partitions_to_txn_req_transaction
ROWS(kafc_add_partitions_to_txn_req_transaction) = {
    STR(transactional_id, "TransactionalId", SINCE(4)),
    I64(producer_id, "ProducerId", SINCE(4)),
    I16(producer_epoch, "ProducerEpoch", SINCE(4)),
    BOOL(verify_only, "VerifyOnly", SINCE(4)),
    ARR(topics, kafc_add_partitions_to_txn_req_topic, "Topics", SINCE(4)),
};
SCHEMA(kafc_add_partitions_to_txn_req_transaction, "AddPartitionsToTxnTransaction");
#undef MSG

#define MSG struct kafc_add_partitions_to_txn_req
ROWS(kafc_add_partitions_to_txn_req) = {
    ARR(transactions, kafc_add_partitions_to_txn_req_transaction, "Transactions", SINCE(4)),
    STR(v3_and_below_transactional_id, "V3AndBelowTransactionalId", RANGE(0, 3)),
    I64(v3_and_below_producer_id, "V3AndBelowProducerId", RANGE(0, 3)),
    I16(v3_and_below_producer_epoch, "V3AndBelowProducerEpoch", RANGE(0, 3)),
    ARR(v3_and_below_topics, kafc_add_partitions_to_txn_req_topic, "V3AndBelowTopics", RANGE(0, 3)),
};
MESSAGE(kafc_add_partitions_to_txn_req, "AddPartitionsToTxnRequest", 24, 0, 5, 3);
#undef MSG

#define MSG struct kafc_add_partitions_to_txn_resp_partition
ROWS(kafc_add_partitions_to_txn_resp_partition) = {
    I32(partition_index, "PartitionIndex", SINCE(0)),
    I16(partition_error_code, "PartitionErrorCode", SINCE(0)),
};
SCHEMA(kafc_add_partitions_to_txn_resp_partition, "AddPartitionsToTxnPartitionResult");
#undef MSG

#define MSG struct kafc_add_partitions_to_txn_resp_topic
ROWS(kafc_add_partitions_to_txn_resp_topic) = {
    STR(name, "Name", SINCE(0)),
    ARR(results_by_partition, kafc_add_partitions_to_txn_resp_partition, "ResultsByPartition", SINCE(0)),
};
SCHEMA(kafc_add_partitions_to_txn_resp_topic, "AddPartitionsToTxnTopicResult");
#undef MSG

#define MSG struct kafc_add_partitions_to_txn_resp_transaction
ROWS(kafc_add_partitions_to_txn_resp_transaction) = {
    STR(transactional_id, "TransactionalId", SINCE(4)),
    ARR(topic_results, kafc_add_partitions_to_txn_resp_topic, "TopicResults", SINCE(4)),
};
SCHEMA(kafc_add_partitions_to_txn_resp_transaction, "AddPartitionsToTxnResult");
#undef MSG

#define MSG struct kafc_add_partitions_to_txn_resp
ROWS(kafc_add_partitions_to_txn_resp) = {
    I32(throttle_time_ms, "ThrottleTimeMs", SINCE(0)),
    I16(error_code, "ErrorCode", SINCE(4), IGNORABLE),
    ARR(results_by_transaction, kafc_add_partitions_to_txn_resp_transaction, "ResultsByTransaction", SINCE(4)),
    ARR(results_by_topic_v3_and_below, kafc_add_partitions_to_txn_resp_topic, "ResultsByTopicV3AndBelow", RANGE(0, 3)),
};
MESSAGE(kafc_add_partitions_to_txn_resp, "AddPartitionsToTxnResponse", 24, 0, 5, 3);
#undef MSG

API_PICK(kafc_add_partitions_to_txn, "AddPartitionsToTxn", 24, 5, 3, 1, KAFC_TO_TXN, 0, 3);
