/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Helpers of the codec's tests.
 */
#include "tests/protocol/message.h"

#include <stdlib.h>

unsigned char *message_encode(const struct kafc_schema *s, const void *msg, int version, size_t *n)
{
    kafc_error e = { .code = KAFC_OK };
    MUST(kafc__msg_size(s, msg, (int16_t)version, n, NULL, &e) == KAFC_OK, "%s", e.message);
    unsigned char *buf = malloc(*n + 1);
    MUST(buf, "no memory");
    struct kafc_wr w;
    kafc__wr_init(&w, buf, *n, NULL);
    MUST(kafc__msg_encode(&w, s, msg, (int16_t)version, &e) == KAFC_OK, "%s", e.message);
    MUST(kafc__wr_len(&w) == *n, "%s v%d: %zu bytes, not %zu", s->name, version, kafc__wr_len(&w),
         *n);
    return buf;
}

void *message_new(const struct kafc_schema *s)
{
    void *p = calloc(1, s->size);
    MUST(p, "no memory");
    return p;
}
