/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What describing configs and changing them share: resources by kind and name,
 * in the caller's order. Application threads, inside a call.
 */
#ifndef KAFC_CLIENT_CONFIGS_H
#define KAFC_CLIENT_CONFIGS_H

#include "client/admin.h"
#include <kafc/configs.h>

struct kafc_resource_at {
    const kafc_config_resource *of;
    int32_t i;
};

/* Of n elements of `stride` bytes that begin with a kafc_config_resource. */
struct kafc_resources {
    const void *v;
    size_t stride;
    int32_t n;
    struct kafc_resource_at *sorted; /* by kind and name */
};

static inline const kafc_config_resource *kafc__resource(const struct kafc_resources *r, int32_t i)
{
    return (const kafc_config_resource *)(const void *)((const char *)r->v + (size_t)i * r->stride);
}

/* KAFC_ERR_USAGE: a kind that nobody knows, no name, one that is no broker's; KAFC_ERR_NO_MEMORY. */
kafc_err kafc__resources_init(struct kafc_resources *r, const void *v, size_t stride, int32_t n,
                              struct kafc_arena *a, kafc_error *err);
/* The resource and its twins, *n of them. */
const struct kafc_resource_at *kafc__resources_find(const struct kafc_resources *r, int8_t kind,
                                                    kafc_str name, int32_t *n);
/* Why a resource has no answer: what became of its broker's part, or of the call (rc). */
kafc_err kafc__resource_missing(const kafc_config_resource *of, const kafc_answer *a, kafc_err rc);
/* KAFC_ERR_PROTOCOL with a sentence. */
kafc_err kafc__resource_left_out(const struct kafc_admin_kind *kind, const kafc_config_resource *of,
                                 kafc_error *err);
/* "configs of topic 'orders'" */
void kafc__resource_name(struct kafc_admin_item *item, int8_t kind, kafc_str name);

#endif
