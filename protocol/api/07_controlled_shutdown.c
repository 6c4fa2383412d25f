/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ControlledShutdown (7), rows.
 */
#include "protocol/api/07_controlled_shutdown.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_controlled_shutdown_req
ROWS(kafc_controlled_shutdown_req) = {
    I32(broker_id, "BrokerId", SINCE(0)),
    I64(broker_epoch, "BrokerEpoch", SINCE(2), DEFAULT(-1), IGNORABLE),
};
MESSAGE(kafc_controlled_shutdown_req, "ControlledShutdownRequest", 7, 0, 3, 3);
#undef MSG

#define MSG struct kafc_controlled_shutdown_resp_partition
ROWS(kafc_controlled_shutdown_resp_partition) = {
    STR(topic_name, "TopicName", SINCE(0)),
    I32(partition_index, "PartitionIndex", SINCE(0)),
};
SCHEMA(kafc_controlled_shutdown_resp_partition, "RemainingPartition");
#undef MSG

#define MSG struct kafc_controlled_shutdown_resp
ROWS(kafc_controlled_shutdown_resp) = {
    I16(error_code, "ErrorCode", SINCE(0)),
    ARR(remaining_partitions, kafc_controlled_shutdown_resp_partition, "RemainingPartitions", SINCE(0)),
};
MESSAGE(kafc_controlled_shutdown_resp, "ControlledShutdownResponse", 7, 0, 3, 3);
#undef MSG

API(kafc_controlled_shutdown, "ControlledShutdown", 7, 3, 3, NEVER, KAFC_TO_CONTROLLER);
