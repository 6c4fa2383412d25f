/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ControlledShutdown (7): a broker asks the controller to move its
 * leaderships away first. Version 0 has a request header without a client
 * id. Gone in 4.0.
 */
#ifndef KAFC_PROTOCOL_API_CONTROLLED_SHUTDOWN_H
#define KAFC_PROTOCOL_API_CONTROLLED_SHUTDOWN_H

#include "protocol/types.h"

struct kafc_controlled_shutdown_req {
    int32_t broker_id;
    int64_t broker_epoch; /* -1: none */
    struct kafc_tags unknown;
};

struct kafc_controlled_shutdown_resp_partition {
    kafc_str topic_name;
    int32_t partition_index;
    struct kafc_tags unknown;
};

struct kafc_controlled_shutdown_resp {
    int16_t error_code;
    KAFC_ARRAY(struct kafc_controlled_shutdown_resp_partition) remaining_partitions; /* still led by the broker */
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_controlled_shutdown);
KAFC_DECLARE_SCHEMA(kafc_controlled_shutdown_req);
KAFC_DECLARE_SCHEMA(kafc_controlled_shutdown_resp);
KAFC_DECLARE_SCHEMA(kafc_controlled_shutdown_resp_partition);

#endif
