/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What describing configs and changing them share: resources by kind and name,
 * in the caller's order. Application threads, inside a call.
 */
#ifndef KAFC_CLIENT_CONFIGS_H
#define KAFC_CLIENT_CONFIGS_H

#include "client/admin.h"
#include <kafc/configs.h>

/* Of n elements of `stride` bytes that begin with a kafc_config_resource. */
struct kafc_resources {
    const void *v;
    size_t stride;
    int32_t n;
};

static inline const kafc_config_resource *kafc__resource(const struct kafc_resources *r, int32_t i)
{
    return (const kafc_config_resource *)(const void *)((const char *)r->v + (size_t)i * r->stride);
}

/* KAFC_ERR_USAGE: a kind that nobody knows, no name, one that is no broker's. */
kafc_err kafc__resources_check(const struct kafc_resources *r, kafc_error *err);
/* The resource, or -1. Answers mostly come in the order of the request: hint is where to look first. */
int32_t kafc__resources_find(const struct kafc_resources *r, int32_t hint, int8_t kind, kafc_str name);
/* Why a resource has no answer: what became of its broker's part, or of the call (rc). */
kafc_err kafc__resource_missing(const kafc_config_resource *of, const kafc_answer *a, kafc_err rc);
/* KAFC_ERR_PROTOCOL with a sentence. */
kafc_err kafc__resource_left_out(const struct kafc_admin_kind *kind, const kafc_config_resource *of,
                                 kafc_error *err);
/* "configs of topic 'orders'" */
void kafc__resource_name(struct kafc_admin_item *item, int8_t kind, kafc_str name);

#endif
