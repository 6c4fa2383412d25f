/* SPDX-License-Identifier: BSD-2-Clause
 *
 * AllocateProducerIds (67): a broker takes a block of producer ids.
 */
#ifndef KAFC_PROTOCOL_API_ALLOCATE_PRODUCER_IDS_H
#define KAFC_PROTOCOL_API_ALLOCATE_PRODUCER_IDS_H

#include "protocol/types.h"

struct kafc_allocate_producer_ids_req {
    int32_t broker_id;
    int64_t broker_epoch;
    struct kafc_tags unknown;
};

struct kafc_allocate_producer_ids_resp {
    int32_t throttle_time_ms;
    int16_t error_code;
    int64_t producer_id_start;
    int32_t producer_id_len; /* how many */
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_allocate_producer_ids);
KAFC_DECLARE_SCHEMA(kafc_allocate_producer_ids_req);
KAFC_DECLARE_SCHEMA(kafc_allocate_producer_ids_resp);

#endif
