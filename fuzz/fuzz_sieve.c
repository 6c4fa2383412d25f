/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What takes the records out of Produce requests, on any bytes: the first says
 * in pieces of how many they come, and what comes out is what comes out when
 * they come one by one.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "mock/sieve.h"
#include "protocol/wire.h"

struct result {
    uint8_t *p;
    size_t n;
    enum kafc_sieved end;
};

static void must(int ok)
{
    if (!ok)
        abort();
}

static size_t give(struct kafc_sieve *s, const uint8_t *p, size_t n)
{
    size_t most = kafc__sieve_skip(s);

    if (most) {
        n = n < most ? n : most;
        kafc__sieve_skipped(s, n);
        return n;
    }
    void *room = kafc__sieve_room(s, &most);
    must(most > 0);
    n = n < most ? n : most;
    memcpy(room, p, n);
    kafc__sieve_received(s, n);
    return n;
}

static void sift(const uint8_t *p, size_t n, size_t piece, struct result *r)
{
    struct kafc_sieve *s = kafc__sieve_new(NULL);
    size_t cap = 8 * n + 64; /* a length of one byte may become four */

    *r = (struct result){ malloc(cap), 0, KAFC_SIEVED_MORE };
    must(s && r->p);
    while (n && r->end == KAFC_SIEVED_MORE) {
        size_t part = give(s, p, n < piece ? n : piece), len;
        const void *frame;

        p += part;
        n -= part;
        while ((r->end = kafc__sieve_next(s, &frame, &len)) == KAFC_SIEVED_FRAME) {
            must(len >= 12 && kafc__load32(frame) == len - 4 && len <= cap - r->n);
            memcpy(r->p + r->n, frame, len);
            r->n += len;
        }
    }
    kafc__sieve_free(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct result whole, single;

    if (size < 1)
        return 0;
    sift(data + 1, size - 1, 1 + (size_t)data[0] * data[0], &whole);
    sift(data + 1, size - 1, 1, &single);
    must(whole.end == single.end && whole.n == single.n && memcmp(whole.p, single.p, whole.n) == 0);
    free(whole.p);
    free(single.p);
    return 0;
}
