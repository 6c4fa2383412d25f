/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Nanoseconds per record of 100 bytes: a batch built, sum and header included,
 * and read, sum checked; the parts of both; for each codec compress and
 * decompress; and the sum by itself. One thread; the best of several rounds.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/rand.h"
#include "protocol/record/downgrade.h"
#include "protocol/record/read.h"
#include "protocol/record/write.h"

enum { RECORDS = 10000, ROUNDS = 20, LEAST_US = 200000, VALUE = 90, KEY = 8, CAP = RECORDS * 128 };

static uint8_t batch[KAFC_BATCH_HEADER + CAP];
static char keys[RECORDS][KEY + 1];
static char value[VALUE + 64];
static volatile uint64_t sink;
static volatile int32_t key_len = KEY,
                        value_len = VALUE; /* so that the compiler does not know them */

static size_t encode(void)
{
    uint8_t *p = batch + KAFC_BATCH_HEADER;
    for (int32_t i = 0; i < RECORDS; i++) {
        struct kafc_record_fields r = {
            .timestamp_delta = i / 100,
            .offset_delta = i,
            .key = { keys[i], key_len },
            .value = { value + i % 64, value_len },
        };
        uint32_t body = kafc__record_body_size(&r);
        p = kafc__record_put(p, body, &r);
    }
    return (size_t)(p - batch) - KAFC_BATCH_HEADER;
}

static void put_header(size_t n, int codec)
{
    struct kafc_batch_header h = { .leader_epoch = -1,
                                   .attributes = (int16_t)codec,
                                   .last_offset_delta = RECORDS - 1,
                                   .producer_id = -1,
                                   .producer_epoch = -1,
                                   .base_sequence = -1,
                                   .count = RECORDS };
    kafc__batch_header_put(batch, &h, kafc__crc32c(0, batch + KAFC_BATCH_HEADER, n), n);
}

/* What a writer does. */
static size_t build(void)
{
    size_t n = encode();
    put_header(n, KAFC_NONE);
    return n;
}

static void decode(size_t size, bool check)
{
    struct kafc_batches it;
    struct kafc_batch b;
    struct kafc_record_cursor c;
    struct kafc_record r;
    struct kafc_frame *f;
    struct kafc_decompress d;
    uint64_t sum = 0, n = 0;
    kafc__decompress_init(&d, NULL, NULL, 1 << 26);
    kafc__batches_init(&it, batch, size);
    if (kafc__batch_next(&it, &b, NULL) != KAFC_OK || !b.p ||
        (check && kafc__batch_check_crc(&b, NULL) != KAFC_OK) ||
        kafc__batch_open(&b, &d, &c, &f, NULL) != KAFC_OK)
        abort();
    while (kafc__record_next(&c, &r) == KAFC_RECORD_GOT) {
        sum += (uint64_t)r.offset + (uint64_t)r.timestamp + (uint64_t)r.value.len +
               *(const uint8_t *)r.value.p;
        n++;
    }
    if (n != RECORDS)
        abort();
    sink += sum;
    kafc__decompress_fini(&d);
}

/* For brokers before 0.11. */
static void downgrade(size_t size, struct kafc_seg_pool *pool)
{
    struct kafc_chain out = { 0 };
    struct kafc_set set = { .pool = pool, .out = &out, .magic = 1 };
    struct kafc_batches it;
    struct kafc_batch b;
    kafc__batches_init(&it, batch, size);
    if (kafc__batch_next(&it, &b, NULL) != KAFC_OK || !b.p ||
        kafc__batch_downgrade(&set, &b, 1 << 26, NULL) != KAFC_OK)
        abort();
    sink += out.len;
    kafc__chain_clear(&out, pool);
}

/* The microseconds of the best round: of many, for neighbours on the machine to be quiet in one. */
#define BEST_US(best_us, work) \
    do { \
        best_us = INT64_MAX; \
        int64_t began = kafc__clock_mono_us(), start = began; \
        for (int round = 0; round < ROUNDS || start - began < LEAST_US; round++) { \
            start = kafc__clock_mono_us(); \
            work; \
            int64_t us = kafc__clock_mono_us() - start; \
            best_us = us < best_us ? us : best_us; \
        } \
    } while (0)

#define BEST(what, work) \
    do { \
        int64_t best; \
        BEST_US(best, work); \
        printf("%-24s %6.2f ns/record\n", what, (double)best * 1000.0 / RECORDS); \
    } while (0)

typedef uint32_t sum_fn(uint32_t crc, const void *p, size_t n);

/* Sums up the batch in parts of n bytes. */
static void sum_parts(sum_fn *crc32c, size_t n, size_t parts)
{
    for (size_t i = 0; i < parts; i++)
        sink += crc32c(0, batch + i * n, n);
}

static void sum(const char *what, sum_fn *crc32c, size_t n)
{
    int64_t best;
    size_t parts = sizeof(batch) / n;
    BEST_US(best, sum_parts(crc32c, n, parts));
    printf("%-11s of %7zu B %6.2f GB/s\n", what, n, (double)(n * parts) / (double)best / 1000);
}

static void compress_all(struct kafc_compress *c, struct kafc_seg_pool *pool,
                         struct kafc_chain *out, size_t n)
{
    kafc__chain_clear(out, pool);
    if (kafc__compress_begin(c, 0, pool, out, NULL) != KAFC_OK)
        abort();
    for (size_t at = 0; at < n; at += 65000)
        if (kafc__compress_update(c, batch + KAFC_BATCH_HEADER + at,
                                  n - at < 65000 ? n - at : 65000, NULL) != KAFC_OK)
            abort();
    if (kafc__compress_finish(c, NULL) != KAFC_OK)
        abort();
}

static void decompress_all(struct kafc_decompress *d, int id, const uint8_t *p, size_t n)
{
    struct kafc_frame *f;
    if (kafc__decompress(d, kafc__codec(id), p, n, &f, NULL) != KAFC_OK)
        abort();
    kafc__frame_unref(f);
}

static void codec(int id, size_t n)
{
    char what[64];
    struct kafc_error err;
    struct kafc_seg_pool *pool = kafc__seg_pool_new(NULL, NULL);
    struct kafc_compress *c = kafc__compress_new(kafc__codec(id), NULL, &err);
    struct kafc_chain out = { 0 };
    struct kafc_decompress d;
    if (!c) {
        puts(err.message);
        kafc__seg_pool_free(pool);
        return;
    }
    snprintf(what, sizeof(what), "compress %s", kafc__codec(id)->name);
    BEST(what, compress_all(c, pool, &out, n));
    uint8_t *flat = malloc(out.len);
    size_t len = 0;
    for (struct kafc_seg *s = out.head; s; s = s->next) {
        memcpy(flat + len, s->data, s->len);
        len += s->len;
    }
    kafc__decompress_init(&d, NULL, NULL, 1 << 26);
    snprintf(what, sizeof(what), "decompress %s, to %.0f%%", kafc__codec(id)->name,
             (double)len * 100 / (double)n);
    BEST(what, decompress_all(&d, id, flat, len));
    free(flat);
    kafc__decompress_fini(&d);
    kafc__chain_clear(&out, pool);
    kafc__compress_free(c);
    kafc__seg_pool_free(pool);
}

int main(void)
{
    struct kafc_rand rand;
    kafc__rand_seed(&rand, 1);
    for (int i = 0; i < RECORDS; i++)
        snprintf(keys[i], sizeof(keys[i]), "%08u", kafc__rand_below(&rand, 100000000));
    for (size_t i = 0; i < sizeof(value); i++)
        value[i] = (char)('a' + kafc__rand_below(&rand, 26));
    size_t n = 0;
    BEST("build", n = build());
    BEST("read", decode(n + KAFC_BATCH_HEADER, true));
    BEST("  records only: encode", n = encode());
    BEST("  and decode", decode(n + KAFC_BATCH_HEADER, false));
    struct kafc_seg_pool *pool = kafc__seg_pool_new(NULL, NULL);
    BEST("rewrite as format 1", downgrade(n + KAFC_BATCH_HEADER, pool));
    kafc__seg_pool_free(pool);
    for (int id = KAFC_GZIP; id <= KAFC_ZSTD; id++)
        codec(id, n);
    sum("crc32c", kafc__crc32c, 1 << 20);
    sum("crc32c", kafc__crc32c, 1 << 14);
    sum("crc32c", kafc__crc32c, 1 << 10);
    sum("by tables", kafc__crc32c_table, 1 << 14);
    return 0;
}
