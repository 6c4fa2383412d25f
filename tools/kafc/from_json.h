/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Messages from Apache Kafka's JSON. Any thread.
 */
#ifndef KAFC_TOOL_FROM_JSON_H
#define KAFC_TOOL_FROM_JSON_H

#include "protocol/schema.h"

struct kafc_arena;

/* Reads one object of n bytes into msg, which has the schema's size; all that it points to comes from the arena. As
 * strict as Kafka's own reader and more: every field of the version must be there but for tagged ones, which have
 * defaults; names must be known, once each, and belong to the version; null only where the version allows it; integers
 * in the range of their field. What base64 says must be what it would be written as. While it is read, the text is a
 * tree of up to 100 times its size.
 * KAFC_ERR_USAGE names message, version and field, or line, column and byte where it is no JSON; KAFC_ERR_UNSUPPORTED:
 * no such version; KAFC_ERR_NO_MEMORY. After an error *msg holds nothing to rely on. */
KAFC_NODISCARD kafc_err message_from_json(const struct kafc_schema *s, void *msg, int16_t version,
                                          const char *text, size_t n, struct kafc_arena *a,
                                          kafc_error *err);

#endif
