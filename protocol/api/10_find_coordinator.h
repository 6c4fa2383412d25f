/* SPDX-License-Identifier: BSD-2-Clause
 *
 * FindCoordinator (10): where a group, a transaction or a share group's
 * partition is coordinated. One key up to 3, several from 4.
 */
#ifndef KAFC_PROTOCOL_API_FIND_COORDINATOR_H
#define KAFC_PROTOCOL_API_FIND_COORDINATOR_H

#include "protocol/types.h"

struct kafc_find_coordinator_req {
    kafc_str key;                          /* to 3 */
    int8_t key_type;                       /* 0 group, 1 transactional id, 2 share group's partition */
    KAFC_ARRAY(kafc_str) coordinator_keys; /* from 4 */
    struct kafc_tags unknown;
};

struct kafc_find_coordinator_resp_coordinator {
    kafc_str key;
    int32_t node_id; /* -1 with an error */
    kafc_str host;
    int32_t port;
    int16_t error_code;
    kafc_str error_message;
    struct kafc_tags unknown;
};

struct kafc_find_coordinator_resp {
    int32_t throttle_time_ms;
    int16_t error_code;     /* to 3 */
    kafc_str error_message; /* 1 to 3 */
    int32_t node_id;        /* to 3 */
    kafc_str host;          /* to 3 */
    int32_t port;           /* to 3 */
    KAFC_ARRAY(struct kafc_find_coordinator_resp_coordinator) coordinators;
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_find_coordinator);
KAFC_DECLARE_SCHEMA(kafc_find_coordinator_req);
KAFC_DECLARE_SCHEMA(kafc_find_coordinator_resp);
KAFC_DECLARE_SCHEMA(kafc_find_coordinator_resp_coordinator);

#endif
