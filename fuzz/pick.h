/* SPDX-License-Identifier: BSD-2-Clause
 *
 * All messages of the registry in one row, and all their versions: requests
 * and responses by API, then what is neither. For targets and tests that go
 * over everything; a seed's first two bytes are the two indices.
 */
#ifndef KAFC_FUZZ_PICK_H
#define KAFC_FUZZ_PICK_H

#include "protocol/registry.h"

static inline size_t pick_count(void)
{
    size_t napis, ndata;
    (void)kafc__apis(&napis);
    (void)kafc__data_schemas(&ndata);
    return 2 * napis + ndata;
}

static inline const struct kafc_schema *pick_message(size_t i)
{
    size_t napis, ndata;
    const struct kafc_api *const *apis = kafc__apis(&napis);
    const struct kafc_schema *const *data = kafc__data_schemas(&ndata);
    i %= 2 * napis + ndata;
    if (i >= 2 * napis)
        return data[i - 2 * napis];
    return i % 2 ? apis[i / 2]->resp : apis[i / 2]->req;
}

/* The other number of a log key's version 0 counts as one more. */
static inline size_t pick_versions(const struct kafc_schema *s)
{
    return (size_t)(s->max - s->min + 1 + (s->alias ? 1 : 0));
}

static inline int16_t pick_version(const struct kafc_schema *s, size_t i)
{
    i %= pick_versions(s);
    return (int16_t)(s->min + (int)i > s->max ? s->alias : s->min + (int)i);
}

#endif
