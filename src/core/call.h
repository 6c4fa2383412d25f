/* SPDX-License-Identifier: BSD-2-Clause
 *
 * One request of the application, retried by the class of its errors until its
 * deadline: metadata, topics, offsets. Posted from any thread, run by the
 * driver's; `finished` is called on the driver's thread, once.
 */
#ifndef KAFC_CORE_CALL_H
#define KAFC_CORE_CALL_H

#include "core/metadata.h"

struct kafc_call {
    struct kafc_member member;
    struct kafc_core *core;
    struct kafc_request rq;
    struct kafc_core_timer timer;
    int32_t node;              /* KAFC_ANY_NODE, KAFC_CONTROLLER_NODE, or an id */
    int64_t deadline;
    int attempts;
    bool started, ended;
    atomic_bool cancelled;     /* the waiter gave up: end quietly (finished is called with KAFC_ERR_CANCELLED) */
    /* Looks at the response (decodes it, keeps what it wants) and returns its code: KAFC_OK ends the call, an error of
     * class RETRY, REFRESH or RECONNECT tries again, any other ends it. */
    kafc_err (*answer)(struct kafc_call *call, kafc_error *err);
    void (*finished)(struct kafc_call *call, kafc_err code, const kafc_error *err);
};

/* Fills member, timer and request from api, msg, node; false when out of memory. Driver's thread or before the core runs… */
bool kafc__call_init(struct kafc_call *call, struct kafc_core *c, const struct kafc_api *api, const void *msg);
void kafc__call_fini(struct kafc_call *call);
/* Starts it. Driver's thread (client posts a call by poking a member that starts it). */
void kafc__call_start(struct kafc_call *call, int64_t deadline);

#endif
