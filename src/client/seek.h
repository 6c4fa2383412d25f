/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The nodes that answer for what a raw request names: leaders by Metadata,
 * coordinators by FindCoordinator. Asked anew for each request. Application
 * threads, inside a call that asks.
 */
#ifndef KAFC_CLIENT_SEEK_H
#define KAFC_CLIENT_SEEK_H

#include "client/ask.h"
#include "protocol/route.h"

struct kafc_seek {
    kafc_client *c;
    int64_t deadline;
    struct kafc_arena *arena;
    struct kafc_target *target; /* n of them, whose node is sought */
    int32_t n;
    kafc_err *code; /* what coordinators are refused with, by target, and no call is made twice; NULL: all are
                     * sought until they are found, and the first refusal is the call's */
};

/* KAFC_ANY_NODE for what has no leader or is unknown. An error is one of Metadata's. */
kafc_err kafc__seek_leaders(struct kafc_seek *s, kafc_error *err);
/* KAFC_ANY_NODE for an empty name. The error names what has no coordinator. */
kafc_err kafc__seek_coordinators(struct kafc_seek *s, enum kafc_route route, kafc_error *err);

/* One request to the coordinator of a group, found anew for each attempt, until the deadline; as kafc__ask(). */
kafc_err kafc__ask_coordinator(kafc_client *c, kafc_str group, struct kafc_ask *a, int64_t deadline,
                               kafc_error *err);

#endif
