/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Target Functions: kafc__decompress kafc__compress_begin kafc__compress_update kafc__compress_finish
 *
 * The first byte picks a codec. The rest is decompressed as it is; and it is
 * compressed in pieces and decompressed, to the same bytes.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "protocol/record/codec.h"

enum { LIMIT = 1 << 18 };

static void must(bool ok)
{
    if (!ok)
        abort();
}

static uint8_t *compress(const struct kafc_codec *codec, const uint8_t *p, size_t n, size_t piece,
                         size_t *len)
{
    static struct kafc_compress *contexts[KAFC_CODECS]; /* what making one costs is most of a run */
    kafc_error err;
    struct kafc_chain out = { 0 };
    struct kafc_seg_pool *pool = kafc__seg_pool_new(NULL, NULL);
    struct kafc_compress *c = contexts[codec->id];
    if (!c)
        c = contexts[codec->id] = kafc__compress_new(codec, NULL, &err);
    must(pool && c &&
         kafc__compress_begin(c, (int32_t)(piece % 7) - 2, pool, &out, &err) == KAFC_OK);
    for (size_t at = 0; at < n; at += piece)
        must(kafc__compress_update(c, p + at, n - at < piece ? n - at : piece, &err) == KAFC_OK);
    size_t most = c->bytes_out + c->pending;
    must(kafc__compress_finish(c, &err) == KAFC_OK && c->bytes_out <= most &&
         c->bytes_out == out.len);
    uint8_t *flat = malloc(out.len + 1);
    must(flat != NULL);
    *len = 0;
    for (struct kafc_seg *s = out.head; s; s = s->next) {
        memcpy(flat + *len, s->data, s->len);
        *len += s->len;
    }
    kafc__chain_clear(&out, pool);
    kafc__seg_pool_free(pool);
    return flat;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    const struct kafc_codec *codec = kafc__codec(1 + data[0] % 4);
    size_t piece = 1 + (size_t)data[1] * 64;
    struct kafc_decompress d;
    struct kafc_frame *f;
    kafc_error err;
    if (codec->library)
        return 0;
    data += 2;
    size -= 2;
    kafc__decompress_init(&d, NULL, NULL, LIMIT);
    kafc_err rc = kafc__decompress(&d, codec, data, size, &f, &err);
    must(rc == KAFC_OK || rc == KAFC_ERR_CORRUPT || rc == KAFC_ERR_NO_MEMORY);
    must(rc != KAFC_OK || f->len <= LIMIT);
    kafc__frame_unref(f);
    size_t n;
    uint8_t *z = compress(codec, data, size, piece, &n);
    must(kafc__decompress(&d, codec, z, n, &f, &err) == KAFC_OK && f->len == size);
    must(size == 0 || memcmp(f->data, data, size) == 0);
    kafc__frame_unref(f);
    kafc__decompress_fini(&d);
    free(z);
    return 0;
}
