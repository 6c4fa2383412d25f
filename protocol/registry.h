/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Every message there is, by key and by name: for tools, tests and servers,
 * which do not know beforehand what they meet. Naming any of these links all
 * tables; a program that knows its API takes kafc_fetch_api and its like.
 * Constant tables; any thread.
 */
#ifndef KAFC_PROTOCOL_REGISTRY_H
#define KAFC_PROTOCOL_REGISTRY_H

#include "protocol/apis.h"

const struct kafc_api *kafc__api(int16_t key);            /* NULL: unknown */
const struct kafc_api *kafc__api_named(const char *name); /* "Fetch"; NULL: unknown */
/* All of them, ascending by key. */
const struct kafc_api *const *kafc__apis(size_t *n);

/* Messages that are no request and no response: headers, payloads inside payloads, records of internal topics. */
const struct kafc_schema *const *kafc__data_schemas(size_t *n);

/* Any message: "FetchRequest", "OffsetCommitKey". NULL: unknown. */
const struct kafc_schema *kafc__schema_named(const char *name);

#endif
