/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What `kafc decode` reads besides bodies of messages. First byte 0: the rest
 * are records, printed as JSON or refused with a byte; 1: the rest is behind a
 * request's size; else behind the size of a response to the API and version
 * that bytes 0 (less 2) and 1 pick. A frame that is read is written to bytes
 * that read to an equal header and body.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "protocol/wire.h"
#include "tools/kafc/codec.h"
#include "tools/kafc/records_json.h"

enum { TEXT_MOST = 1 << 20 };

static void must(int ok)
{
    if (!ok)
        abort();
}

static void print_records(const uint8_t *p, size_t n)
{
    struct kafc_json_out count = { .p = NULL };
    kafc_error e;
    kafc_err rc = records_put(&count, p, n, TEXT_MOST, &e);
    if (rc != KAFC_OK) {
        must(strstr(e.message, "byte ") != NULL);
        return;
    }
    struct kafc_json_out out = { .p = malloc(count.n + 1), .cap = count.n };
    if (out.p)
        must(records_put(&out, p, n, TEXT_MOST, &e) == KAFC_OK && out.n == count.n);
    free(out.p);
}

/* The bytes behind their size, in memory of exactly that length. */
static uint8_t *framed(const uint8_t *p, size_t n)
{
    uint8_t *frame = malloc(4 + n);
    if (frame) {
        kafc__store32(frame, (uint32_t)n);
        if (n)
            memcpy(frame + 4, p, n);
    }
    return frame;
}

static void read_again(struct codec *c, const struct codec_message *m)
{
    struct codec_message back = { .body = { .msg = NULL } };
    kafc_error e;
    size_t n;
    must(codec_hex(c, m, &e) == KAFC_OK);
    char *hex = malloc(c->n ? c->n : 1);
    if (hex) {
        memcpy(hex, c->text, c->n);
        must(codec_unhex(hex, c->n, &n, &e) == KAFC_OK);
        must(codec_frame(c, hex, n, &back, &e) == KAFC_OK);
        must(kafc__msg_equal(m->header.schema, m->header.msg, back.header.msg));
        must(kafc__msg_equal(m->body.schema, m->body.msg, back.body.msg));
    }
    free(hex);
}

static void read_frame(struct codec *c, const uint8_t *p, size_t n)
{
    struct codec_message m = { .body = { .msg = NULL } };
    uint8_t *frame = framed(p, n);
    kafc_error e;
    kafc__arena_init(&c->arena, NULL, 64 << 20);
    if (frame && codec_frame(c, frame, 4 + n, &m, &e) == KAFC_OK)
        read_again(c, &m);
    else
        must(!frame || (memchr(e.message, 0, sizeof(e.message)) && e.message[0]));
    kafc__arena_fini(&c->arena);
    free(c->text);
    free(frame);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tool_options o = { .version = -1 };
    struct codec c = { .options = &o };
    if (size < 2)
        return 0;
    if (data[0] == 0) {
        print_records(data + 1, size - 1);
    } else if (data[0] == 1) {
        read_frame(&c, data + 1, size - 1);
    } else {
        size_t napis;
        const struct kafc_api *const *apis = kafc__apis(&napis);
        c.api = apis[(data[0] - 2u) % napis];
        o.version = data[1] % (c.api->max + 1);
        read_frame(&c, data + 2, size - 2);
    }
    return 0;
}
