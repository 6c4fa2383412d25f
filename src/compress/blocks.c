/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Streams made of independent blocks: input is gathered into blocks of one
 * size, each compressed by itself. Snappy and lz4 are such. Runs on the thread
 * that fills a batch.
 */
#include "base/mem.h"
#include "compress/stream.h"

struct kafc_compress *kafc__blocks_open(const kafc_allocator *mem, size_t size, size_t tmp_size,
                                        kafc_err (*put)(struct kafc_blocks *, const unsigned char *,
                                                        size_t, kafc_error *))
{
    struct kafc_blocks *b = kafc__zalloc(mem, sizeof(*b) + size + tmp_size);
    if (!b)
        return NULL;
    if (mem)
        b->c.mem = *mem;
    b->size = size;
    b->in = (unsigned char *)(b + 1);
    b->tmp = b->in + size;
    b->tmp_size = tmp_size;
    b->put = put;
    return &b->c;
}

void kafc__blocks_close(struct kafc_compress *c)
{
    struct kafc_blocks *b = (struct kafc_blocks *)c;
    kafc_allocator mem = c->mem;
    for (size_t i = 0; i < sizeof(b->state) / sizeof(b->state[0]); i++)
        kafc__free(&mem, b->state[i]);
    kafc__free(&mem, b);
}

kafc_err kafc__blocks_update(struct kafc_compress *c, const void *data, size_t n, kafc_error *err)
{
    struct kafc_blocks *b = (struct kafc_blocks *)c;
    const unsigned char *p = data;
    while (n > 0) {
        kafc_err rc = KAFC_OK;
        if (b->fill == 0 && n >= b->size) { /* whole blocks need no copy */
            rc = b->put(b, p, b->size, err);
            p += b->size;
            n -= b->size;
        } else {
            size_t take = b->size - b->fill < n ? b->size - b->fill : n;
            memcpy(b->in + b->fill, p, take);
            b->fill += take;
            p += take;
            n -= take;
            if (b->fill == b->size)
                rc = kafc__blocks_flush(b, err);
        }
        if (rc != KAFC_OK)
            return rc;
    }
    return KAFC_OK;
}

kafc_err kafc__blocks_flush(struct kafc_blocks *b, kafc_error *err)
{
    size_t n = b->fill;
    b->fill = 0;
    return n ? b->put(b, b->in, n, err) : KAFC_OK;
}
