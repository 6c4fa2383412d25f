/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Helpers of the codec's tests.
 */
#ifndef KAFC_TESTS_MESSAGE_H
#define KAFC_TESTS_MESSAGE_H

#include <check.h>

#include "protocol/apis.h"

/* As ck_assert_msg, but that one tells its parent of every success, a system call each: for what is checked millions of
 * times. */
#define MUST(cond, ...) \
    do \
        if (!(cond)) \
            ck_abort_msg(__VA_ARGS__); \
    while (0)

/* Encoded bytes from malloc, exactly *n long; sizes must agree. */
unsigned char *message_encode(const struct kafc_schema *s, const void *msg, int version, size_t *n);

/* A zeroed struct of the schema's size, from malloc. */
void *message_new(const struct kafc_schema *s);

#endif
