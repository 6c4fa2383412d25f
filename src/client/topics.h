/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What making topics and growing them share. Application threads, inside a
 * call.
 */
#ifndef KAFC_CLIENT_TOPICS_H
#define KAFC_CLIENT_TOPICS_H

#include "client/ask.h"

/* KAFC_ERR_USAGE names the topic. */
kafc_err kafc__replicas_check(const char *topic, const kafc_replicas *v, int32_t n,
                              kafc_error *err);

/* Topics whose leaders are waited for. */
struct kafc_awaited {
    const char **name;
    int32_t *partitions; /* at least so many; 0: any */
    kafc_uuid *id;       /* not an older one of this name; zero: any */
    int32_t n;
    struct kafc_arena *arena;
    bool grown; /* the old ones may have no leader, and the new ones come together: the last one tells */
};

/* false: out of memory. */
KAFC_NODISCARD bool kafc__awaited_init(struct kafc_awaited *w, int32_t room, struct kafc_arena *a);
/* Until partitions have leaders, as all brokers know that can be reached; what cannot be seen for want of rights is not
 * waited for. done: "created". */
kafc_err kafc__topics_await(kafc_client *c, const struct kafc_awaited *w, const char *done,
                            int64_t deadline, kafc_error *err);

#endif
