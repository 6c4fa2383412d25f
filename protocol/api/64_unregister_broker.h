/* SPDX-License-Identifier: BSD-2-Clause
 *
 * UnregisterBroker (64): forgets a broker that is gone for good.
 */
#ifndef KAFC_PROTOCOL_API_UNREGISTER_BROKER_H
#define KAFC_PROTOCOL_API_UNREGISTER_BROKER_H

#include "protocol/types.h"

struct kafc_unregister_broker_req {
    int32_t broker_id;
    struct kafc_tags unknown;
};

struct kafc_unregister_broker_resp {
    int32_t throttle_time_ms;
    int16_t error_code;
    kafc_str error_message;
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_unregister_broker);
KAFC_DECLARE_SCHEMA(kafc_unregister_broker_req);
KAFC_DECLARE_SCHEMA(kafc_unregister_broker_resp);

#endif
