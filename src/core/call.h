/* SPDX-License-Identifier: BSD-2-Clause
 *
 * One request of the application, retried by the class of its errors until its
 * deadline: metadata, topics, offsets. Posted from any thread, run by the
 * driver's; `finished` is called on the driver's thread, once.
 */
#ifndef KAFC_CORE_CALL_H
#define KAFC_CORE_CALL_H

#include <stdatomic.h>

#include "core/metadata.h"

struct kafc_call {
    struct kafc_member member;
    struct kafc_core *core;
    struct kafc_request rq;
    struct kafc_core_timer timer;
    int32_t node; /* KAFC_ANY_NODE, KAFC_CONTROLLER_NODE, or an id */
    int64_t deadline;
    int attempts;
    bool started, ended;
    atomic_bool cancelled; /* the waiter gave up: finished is called with KAFC_ERR_CANCELLED */
    /* Not to be repeated when its fate is unknown (CreateTopics, …): set by the caller after init. */
    bool sent_once;
    kafc_error last; /* of the last attempt that failed */
    /* Looks at the response (decodes it, keeps what it wants) and returns its code: KAFC_OK ends the
     * call, an error whose reaction (core/retry.h) is to try again does so, any other ends it. */
    kafc_err (*answer)(struct kafc_call *call, kafc_error *err);
    void (*finished)(struct kafc_call *call, kafc_err code, const kafc_error *err);
};

/* Fills *call (zeroed or not) from api and msg, for any node; answer, finished and perhaps node are then set by the
 * caller. msg stays until finished. Driver's thread. false when out of memory. */
bool kafc__call_init(struct kafc_call *call, struct kafc_core *c, const struct kafc_api *api,
                     const void *msg);
/* Also of a call that runs: finished is not called then. */
void kafc__call_fini(struct kafc_call *call);
/* Starts it, until deadline (monotonic µs). Driver's thread. finished is never called from inside. To give up from
 * another thread: cancelled = true, then kafc__core_poke(member). */
void kafc__call_start(struct kafc_call *call, int64_t deadline);

#endif
