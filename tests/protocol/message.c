/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Helpers of the codec's tests.
 */
#include "tests/protocol/message.h"

#include <check.h>
#include <stdlib.h>

unsigned char *message_encode(const struct kafc_schema *s, const void *msg, int version, size_t *n)
{
    kafc_error e = { .code = KAFC_OK };
    ck_assert_msg(kafc__msg_size(s, msg, (int16_t)version, n, NULL, &e) == KAFC_OK, "%s",
                  e.message);
    unsigned char *buf = malloc(*n + 1);
    ck_assert_ptr_nonnull(buf);
    struct kafc_wr w;
    kafc__wr_init(&w, buf, *n, NULL);
    ck_assert_msg(kafc__msg_encode(&w, s, msg, (int16_t)version, &e) == KAFC_OK, "%s", e.message);
    ck_assert_uint_eq(kafc__wr_len(&w), *n);
    return buf;
}

void *message_new(const struct kafc_schema *s)
{
    void *p = calloc(1, s->size);
    ck_assert_ptr_nonnull(p);
    return p;
}
