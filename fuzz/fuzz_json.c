/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Any bytes as JSON of any message: the first byte picks the message, the
 * second the version (fuzz/pick.h). What is not read is refused with a
 * sentence that begins with the message. What is read prints to JSON that
 * reads to the same message; and either it is written as bytes that decode to
 * the same message, or it is refused with the field.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "fuzz/fuzz.h"
#include "fuzz/pick.h"
#include "tools/kafc/from_json.h"

static void must(int ok)
{
    if (!ok)
        abort();
}

/* The sentence names the message, whatever is wrong. */
static void must_name(const struct kafc_schema *s, const kafc_error *e)
{
    must(memchr(e->message, 0, sizeof(e->message)) != NULL);
    must(strncmp(e->message, s->name, strlen(s->name)) == 0);
}

static void check_text(const struct kafc_schema *s, const void *msg, int16_t version,
                       struct kafc_arena *a)
{
    size_t n = kafc__msg_to_json(s, msg, version, NULL, 0);
    char *text = malloc(n + 1);
    void *back = calloc(1, s->size);
    kafc_error e;
    if (text && back) {
        must(kafc__msg_to_json(s, msg, version, text, n + 1) == n);
        must(message_from_json(s, back, version, text, n, a, &e) == KAFC_OK);
        must(kafc__msg_equal(s, msg, back));
    }
    free(back);
    free(text);
}

static void check_bytes(const struct kafc_schema *s, const void *msg, int16_t version,
                        struct kafc_arena *a)
{
    size_t n;
    kafc_error e;
    if (kafc__msg_size(s, msg, version, &n, NULL, &e) != KAFC_OK) {
        must_name(s, &e);
        return;
    }
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
    }
    free(back);
    free(buf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    const struct kafc_schema *s = pick_message(data[0]);
    int16_t version = pick_version(s, data[1]);
    struct kafc_arena a;
    kafc_error e;
    void *msg = calloc(1, s->size);
    if (!msg)
        return 0;
    kafc__arena_init(&a, NULL, 64 << 20);
    if (message_from_json(s, msg, version, (const char *)data + 2, size - 2, &a, &e) == KAFC_OK) {
        check_text(s, msg, version, &a);
        check_bytes(s, msg, version, &a);
    } else {
        must_name(s, &e);
    }
    kafc__arena_fini(&a);
    free(msg);
    return 0;
}
