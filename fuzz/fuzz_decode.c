/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Any bytes as any message: the first byte picks the API and the direction,
 * the second the version. What decodes must encode, to the size announced,
 * and decode to an equal message; its JSON and truncations must not crash.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "protocol/registry.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int ok)
{
    if (!ok)
        abort();
}

static void check_again(const struct kafc_schema *s, const void *msg, int16_t version,
                        struct kafc_arena *a)
{
    size_t n, spliced;
    must(kafc__msg_size(s, msg, version, &n, &spliced, NULL) == KAFC_OK);
    must(spliced == 0);
    uint8_t *buf = malloc(n ? n : 1);
    void *back = calloc(1, s->size);
    if (buf && back) {
        struct kafc_wr w;
        struct kafc_rd r;
        kafc__wr_init(&w, buf, n, NULL);
        must(kafc__msg_encode(&w, s, msg, version, NULL) == KAFC_OK);
        must(kafc__wr_len(&w) == n);
        kafc__rd_init(&r, buf, n);
        must(kafc__msg_decode(&r, s, back, version, a, NULL) == KAFC_OK);
        must(kafc__msg_equal(s, msg, back));
        char text[256];
        (void)kafc__msg_to_json(s, msg, version, text, sizeof(text));
    }
    free(back);
    free(buf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    size_t n;
    const struct kafc_api *const *apis = kafc__apis(&n), *api = apis[(data[0] >> 1) % n];
    const struct kafc_schema *s = data[0] & 1 ? api->resp : api->req;
    int16_t version = (int16_t)(data[1] % (api->max + 1));
    struct kafc_arena a;
    struct kafc_rd r;
    kafc_error e;
    void *msg = calloc(1, s->size);
    if (!msg)
        return 0;
    kafc__arena_init(&a, NULL, 64 << 20);
    kafc__rd_init(&r, data + 2, size - 2);
    kafc_err err = kafc__msg_decode_front(&r, s, msg, version, &a, &e);
    if (err == KAFC_OK)
        check_again(s, msg, version, &a);
    else
        must(memchr(e.message, 0, sizeof(e.message)) != NULL && e.message[0]);
    kafc__arena_fini(&a);
    free(msg);
    return 0;
}
