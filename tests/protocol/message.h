/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Helpers of the codec's tests: messages from Kafka's JSON by the table alone,
 * and one message through every walker.
 */
#ifndef KAFC_TESTS_MESSAGE_H
#define KAFC_TESTS_MESSAGE_H

#include <jansson.h>

#include "protocol/apis.h"

struct kafc_arena;

/* Fails the running test when the JSON does not suit the table. Bytes and strings go into the arena. */
void message_from_json(const struct kafc_schema *s, void *msg, int version, const json_t *json,
                       struct kafc_arena *a);

/* Encoded bytes from malloc, exactly *n long; sizes must agree. */
unsigned char *message_encode(const struct kafc_schema *s, const void *msg, int version, size_t *n);

/* A zeroed struct of the schema's size, from malloc. */
void *message_new(const struct kafc_schema *s);

#endif
