/* SPDX-License-Identifier: BSD-2-Clause
 *
 * AllocateProducerIds (67), rows.
 */
#include "protocol/api/67_allocate_producer_ids.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_allocate_producer_ids_req
ROWS(kafc_allocate_producer_ids_req) = {
    I32(broker_id, "BrokerId", SINCE(0)),
    I64(broker_epoch, "BrokerEpoch", SINCE(0), DEFAULT(-1)),
};
MESSAGE(kafc_allocate_producer_ids_req, "AllocateProducerIdsRequest", 67, 0, 0, 0);
#undef MSG

#define MSG struct kafc_allocate_producer_ids_resp
ROWS(kafc_allocate_producer_ids_resp) = {
    I32(throttle_time_ms, "ThrottleTimeMs", SINCE(0)),
    I16(error_code, "ErrorCode", SINCE(0)),
    I64(producer_id_start, "ProducerIdStart", SINCE(0)),
    I32(producer_id_len, "ProducerIdLen", SINCE(0)),
};
MESSAGE(kafc_allocate_producer_ids_resp, "AllocateProducerIdsResponse", 67, 0, 0, 0);
#undef MSG

API(kafc_allocate_producer_ids, "AllocateProducerIds", 67, 0, 0, 0, KAFC_TO_QUORUM);
