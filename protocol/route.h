/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Where a request names those that it must go to, and requests and responses
 * as parts: one request cut up by who answers for what, the answers put
 * together again. From the tables alone: the places are found by Kafka's names
 * for them. No copy of what strings, records and elements point to. Any thread.
 */
#ifndef KAFC_PROTOCOL_ROUTE_H
#define KAFC_PROTOCOL_ROUTE_H

#include "protocol/apis.h"

/* Rows of a message; NULL: it has none. GROUP and TXN: `one`, or the elements of `many`, whichever the version has.
 * RESOURCE: many are resources. LEADER and SHARE: many are topics, SHARE's one is the group. Responses have topics, at
 * most. */
struct kafc_place {
    const struct kafc_field *one;  /* a string of the message itself */
    const struct kafc_field *many; /* an array of it */
    const struct kafc_field
        *name; /* the string in many's struct; NULL: the elements are the strings */
    const struct kafc_field *kind;  /* of resources: what it is the name of */
    const struct kafc_field *id;    /* of topics: the topic id, */
    const struct kafc_field *parts; /* the array of partitions, */
    const struct kafc_field
        *index; /* the number in its struct; NULL: the elements are the numbers */
};
void kafc__route_place(const struct kafc_api *api, const struct kafc_schema *message,
                       struct kafc_place *place);

/* What somebody answers for. Strings borrow from the request. */
struct kafc_target {
    kafc_str name; /* the group, the transactional id, the topic; of SHARE the group */
    kafc_uuid id;  /* the topic's */
    int32_t partition;
    int32_t node; /* the caller's, who finds it out; of resources the broker, or -1 of those that any can answer */
};

/* What the request names, in its order; none: an empty array. NULL when out of memory. */
struct kafc_target *kafc__route_targets(const struct kafc_api *api, const void *req, int32_t *n,
                                        struct kafc_arena *a);

/* The request with no other targets than those of the node; t: what kafc__route_targets() gave. NULL when out of
 * memory. */
const void *kafc__route_cut(const struct kafc_api *api, const void *req,
                            const struct kafc_target *t, int32_t n, int32_t node,
                            struct kafc_arena *a);

/* One response of n >= 1: arrays stand one behind the other, topics that several answers have become one; the highest
 * ThrottleTimeMs; everything else of the first with an ErrorCode, or of the first. false when out of memory. */
KAFC_NODISCARD bool kafc__route_merge(const struct kafc_api *api, const void *const *resp,
                                      int32_t n, void *out, struct kafc_arena *a);

#endif
