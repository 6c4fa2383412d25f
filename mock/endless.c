/* SPDX-License-Identifier: BSD-2-Clause
 *
 * All batches have the same number of records, so that an offset says which
 * one holds it.
 */
#include "mock/endless.h"

#include <stdio.h>

#include "base/hash.h"
#include "base/log.h"
#include "base/mem.h"
#include "mock/text.h"
#include "protocol/record/codec.h"
#include "protocol/record/write.h"

enum { PLAIN = 65536, BATCHES = 8, KEY = 8, KEYS = 10000 };

static const int64_t began_ms = 1700000000000;

struct kafc_mendless {
    kafc_allocator mem;
    const struct kafc_codec *codec;
    int32_t count; /* records of a batch */
    struct {
        uint8_t *p;
        size_t len;
    } batch[BATCHES];
};

/* ---- made ---- */

/* The records of all batches, one batch of `plain` bytes at most after the other. */
struct recipe {
    char *text;
    int32_t size;
    uint8_t *plain, *end;
    size_t room;
};

static void write_records(struct recipe *r, int32_t count, int batch)
{
    r->end = r->plain;
    for (int32_t i = 0; i < count; i++) {
        int32_t at = batch * count + i;
        char key[KEY + 1];
        struct kafc_record_fields f = { .timestamp_delta = i, .offset_delta = i };

        (void)snprintf(key, sizeof key, "%08d", (int)(at % KEYS));
        f.key = (kafc_bytes){ key, KEY };
        f.value = (kafc_bytes){ r->text + (size_t)at * (size_t)r->size, r->size };
        r->end = kafc__record_put(r->end, kafc__record_body_size(&f), &f);
    }
}

/* The records as they are sent, behind room for a header. */
static kafc_err pack(struct kafc_mendless *e, const struct recipe *r, struct kafc_compress *z,
                     struct kafc_seg_pool *pool, int batch, kafc_error *err)
{
    size_t n = (size_t)(r->end - r->plain), at = KAFC_BATCH_HEADER;
    struct kafc_chain chain = { NULL, NULL, 0 };
    kafc_err code = KAFC_OK;

    if (z)
        code = kafc__compress_begin(z, 0, pool, &chain, err);
    if (z && code == KAFC_OK)
        code = kafc__compress_update(z, r->plain, n, err);
    if (z && code == KAFC_OK)
        code = kafc__compress_finish(z, err);
    e->batch[batch].len = at + (z ? chain.len : n);
    if (code == KAFC_OK)
        e->batch[batch].p = kafc__alloc(&e->mem, e->batch[batch].len);
    if (code == KAFC_OK && !e->batch[batch].p)
        code = kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for an endless log");
    if (code == KAFC_OK && !z)
        memcpy(e->batch[batch].p + at, r->plain, n);
    for (const struct kafc_seg *s = chain.head; s && code == KAFC_OK; at += s->len, s = s->next)
        memcpy(e->batch[batch].p + at, s->data, s->len);
    kafc__chain_clear(&chain, pool);
    return code;
}

static void put_header(struct kafc_mendless *e, int batch)
{
    uint8_t *p = e->batch[batch].p, *records = p + KAFC_BATCH_HEADER;
    size_t n = e->batch[batch].len - KAFC_BATCH_HEADER;
    struct kafc_batch_header h = { .attributes = (int16_t)e->codec->id,
                                   .last_offset_delta = e->count - 1,
                                   .base_timestamp = began_ms,
                                   .max_timestamp = began_ms + e->count - 1,
                                   .producer_id = -1,
                                   .producer_epoch = -1,
                                   .base_sequence = -1,
                                   .count = e->count };

    kafc__batch_header_put(p, &h, kafc__crc32c(0, records, n), n);
}

static kafc_err make(struct kafc_mendless *e, struct recipe *r, kafc_error *err)
{
    bool plain = e->codec->id == KAFC_NONE;
    struct kafc_seg_pool *pool = kafc__seg_pool_new(&e->mem, NULL);
    struct kafc_compress *z = NULL;
    kafc_err code = KAFC_OK;

    if (!pool)
        return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for an endless log");
    if (!plain && !(z = kafc__compress_new(e->codec, &e->mem, err)))
        code = err->code;
    for (int i = 0; i < BATCHES && code == KAFC_OK; i++) {
        write_records(r, e->count, i);
        code = pack(e, r, z, pool, i, err);
        if (code == KAFC_OK)
            put_header(e, i);
    }
    kafc__compress_free(z);
    kafc__seg_pool_free(pool);
    return code;
}

struct kafc_mendless *kafc__mendless_new(const kafc_allocator *mem, int32_t size,
                                         kafc_compression codec, kafc_error *err)
{
    size_t one = KAFC_RECORD_OVERHEAD + KEY + (size_t)size, text = 0;
    struct recipe r = { .size = size };
    struct kafc_mendless *e = kafc__zalloc(mem, sizeof *e);
    kafc_error why = { .message = "" };

    if (e) {
        if (mem)
            e->mem = *mem;
        e->codec = kafc__codec((int)codec);
        e->count = one < PLAIN ? (int32_t)(PLAIN / one) : 1;
        r.room = one * (size_t)e->count;
        text = (size_t)size * (size_t)e->count * BATCHES;
        r.text = kafc__alloc(mem, text);
        r.plain = kafc__alloc(mem, r.room);
    }
    if (!r.text || !r.plain) {
        kafc__error(&why, KAFC_ERR_NO_MEMORY, "out of memory for an endless log");
    } else if (!e->codec) {
        kafc__error(&why, KAFC_ERR_USAGE, "there is no codec %d", (int)codec);
    } else {
        kafc__mock_text(r.text, text);
        (void)make(e, &r, &why);
    }
    kafc__free(mem, r.text);
    kafc__free(mem, r.plain);
    if (why.code == KAFC_OK)
        return e;
    if (err)
        *err = why;
    kafc__mendless_free(e);
    return NULL;
}

void kafc__mendless_free(struct kafc_mendless *e)
{
    kafc_allocator mem;

    if (!e)
        return;
    mem = e->mem;
    for (int i = 0; i < BATCHES; i++)
        kafc__free(&mem, e->batch[i].p);
    kafc__free(&mem, e);
}

/* ---- read ---- */

int16_t kafc__mendless_version(const struct kafc_mendless *e)
{
    enum { BATCHES_FROM = 4 }; /* before it there were message sets */

    return e->codec->min_fetch > BATCHES_FROM ? e->codec->min_fetch : BATCHES_FROM;
}

struct kafc_mrun kafc__mendless_run(const struct kafc_mendless *e, int64_t offset, size_t max,
                                    bool whole)
{
    struct kafc_mrun run = { .first = offset / e->count };

    for (;;) {
        size_t len = e->batch[(run.first + run.n) % BATCHES].len;

        if (len > max - run.len && !(whole && run.n == 0))
            return run;
        run.len += len;
        run.n++;
        if (run.len >= max)
            return run;
    }
}

const uint8_t *kafc__mendless_batch(const struct kafc_mendless *e, const struct kafc_mrun *run,
                                    uint32_t i, uint8_t front[KAFC_MENDLESS_FRONT], size_t *n)
{
    int64_t number = run->first + i;
    const uint8_t *p = e->batch[number % BATCHES].p;

    memcpy(front, p, KAFC_MENDLESS_FRONT);
    kafc__store64(front, (uint64_t)(number * e->count));
    kafc__store32(front + KAFC_BATCH_PREFIX, (uint32_t)run->epoch);
    *n = e->batch[number % BATCHES].len - KAFC_MENDLESS_FRONT;
    return p + KAFC_MENDLESS_FRONT;
}
