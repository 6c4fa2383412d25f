/* SPDX-License-Identifier: BSD-2-Clause
 *
 * InitProducerId (22): an id and an epoch for an idempotent or transactional
 * producer.
 */
#ifndef KAFC_PROTOCOL_API_INIT_PRODUCER_ID_H
#define KAFC_PROTOCOL_API_INIT_PRODUCER_ID_H

#include "protocol/types.h"

struct kafc_init_producer_id_req {
    kafc_str transactional_id; /* null: idempotent only, and any broker answers */
    int32_t transaction_timeout_ms;
    int64_t producer_id; /* to bump its epoch; -1: a new one */
    int16_t producer_epoch;
    bool enable_2pc;
    bool keep_prepared_txn;
    struct kafc_tags unknown;
};

struct kafc_init_producer_id_resp {
    int32_t throttle_time_ms;
    int16_t error_code;
    int64_t producer_id;
    int16_t producer_epoch;
    int64_t ongoing_txn_producer_id; /* -1: none */
    int16_t ongoing_txn_producer_epoch;
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_init_producer_id);
KAFC_DECLARE_SCHEMA(kafc_init_producer_id_req);
KAFC_DECLARE_SCHEMA(kafc_init_producer_id_resp);

#endif
