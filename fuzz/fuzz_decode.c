/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Any bytes as any message: the first byte picks the message, the second the
 * version (fuzz/pick.h). What decodes must encode, to the size announced, and
 * decode to an equal message, and its JSON must be printed whole; what does
 * not is refused with a sentence; and neither costs more memory than schema.h
 * allows.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "fuzz/fuzz.h"
#include "fuzz/pick.h"

static void must(int ok)
{
    if (!ok)
        abort();
}

static void check_json(const struct kafc_schema *s, const void *msg, int16_t version)
{
    size_t n = kafc__msg_to_json(s, msg, version, NULL, 0);
    char *text = malloc(n + 1);
    if (text) {
        must(kafc__msg_to_json(s, msg, version, text, n + 1) == n);
        must(text[n] == '\0' && text[0] == '{' && text[n - 1] == '}');
    }
    free(text);
}

static void check_again(const struct kafc_schema *s, const void *msg, int16_t version)
{
    size_t n, spliced;
    struct kafc_arena a;
    must(kafc__msg_size(s, msg, version, &n, &spliced, NULL) == KAFC_OK);
    must(spliced == 0);
    kafc__arena_init(&a, NULL, 0);
    uint8_t *buf = malloc(n ? n : 1);
    void *back = malloc(s->size);
    if (buf && back) {
        struct kafc_wr w;
        struct kafc_rd r;
        kafc__wr_init(&w, buf, n, NULL);
        must(kafc__msg_encode(&w, s, msg, version, NULL) == KAFC_OK);
        must(kafc__wr_len(&w) == n);
        kafc__rd_init(&r, buf, n);
        must(kafc__msg_decode(&r, s, back, version, &a, NULL) == KAFC_OK);
        must(kafc__msg_equal(s, msg, back));
    }
    free(back);
    free(buf);
    kafc__arena_fini(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    const struct kafc_schema *s = pick_message(data[0]);
    int16_t version = pick_version(s, data[1]);
    struct kafc_arena a;
    struct kafc_rd r;
    kafc_error e;
    void *msg = malloc(s->size); /* not zeroed: decode sets all of it */
    if (!msg)
        return 0;
    kafc__arena_init(&a, NULL, 0);
    kafc__rd_init(&r, data + 2, size - 2);
    kafc_err err = kafc__msg_decode_front(&r, s, msg, version, &a, &e);
    must(a.used <= KAFC_DECODE_FACTOR * size + KAFC_DECODE_SPARE);
    if (err == KAFC_OK) {
        check_again(s, msg, version);
        check_json(s, msg, version);
    } else {
        must(err == KAFC_ERR_PROTOCOL && memchr(e.message, 0, sizeof(e.message)) != NULL);
        must(strncmp(e.message, s->name, strlen(s->name)) == 0 && strstr(e.message, " at byte "));
    }
    kafc__arena_fini(&a);
    free(msg);
    return 0;
}
