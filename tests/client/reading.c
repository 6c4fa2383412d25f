/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Helpers of the reader's tests.
 */
#include "tests/client/reading.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "protocol/record/codec.h"
#include "protocol/record/write.h"

void reading_open_with(struct reading *e, const kafc_mock_options *mo, int32_t partitions,
                       kafc_client_options *co)
{
    memset(e, 0, sizeof(*e));
    e->mock = kafc_mock_new(mo, &e->err);
    ck_assert_msg(e->mock != NULL, "%s", e->err.message);
    ck_ok(kafc_mock_create_topic(e->mock, "t", partitions, 0));
    co->brokers = kafc_mock_bootstrap(e->mock);
    e->client = kafc_client_open(co, &e->err);
    ck_assert_msg(e->client != NULL, "%s", e->err.message);
}

void reading_open(struct reading *e, int32_t brokers, int32_t partitions)
{
    reading_open_with(e, KAFC_MOCK(.brokers = brokers), partitions,
                      KAFC_CLIENT(.retry_backoff_ms = 10, .retry_backoff_max_ms = 50,
                                  .reconnect_backoff_ms = 10, .reconnect_backoff_max_ms = 50));
}

void reading_reader(struct reading *e, const kafc_reader_options *o)
{
    kafc_reader_free(e->reader);
    e->reader = kafc_reader_open(e->client, o, &e->err);
    ck_assert_msg(e->reader != NULL, "%s", e->err.message);
}

void reading_close(struct reading *e)
{
    if (e->reader)
        ck_ok(kafc_reader_close(e->reader, SOON, &e->err));
    kafc_reader_free(e->reader);
    ck_ok(kafc_client_close(e->client, SOON, &e->err));
    kafc_client_free(e->client);
    kafc_mock_free(e->mock);
}

/* --- Records ------------------------------------------------------------------ */

void put_records(struct reading *e, const char *topic, int32_t partition, int32_t n, int64_t time,
                 int64_t producer)
{
    kafc_message *m = calloc((size_t)n, sizeof(*m));
    char(*value)[64] = calloc((size_t)n, sizeof(*value));
    kafc_mock_log log;

    ck_ok(kafc_mock_log_get(e->mock, topic, partition, &log));
    for (int32_t i = 0; i < n; i++) {
        snprintf(value[i], sizeof(value[i]), "%s/%d/%" PRId64, topic, partition,
                 log.high_watermark + i);
        m[i].key = (log.high_watermark + i) % 2 ? (kafc_bytes){ NULL, 0 } : KAFC_STR("k");
        m[i].value = KAFC_STR(value[i]);
        m[i].timestamp = time + i;
    }
    ck_ok(kafc_mock_append(e->mock, topic, partition, m, n, producer));
    free(m);
    free(value);
}

void put_some(struct reading *e, int32_t n)
{
    put_records(e, "t", 0, n, 1000, -1);
}

struct batch {
    uint8_t *p;
    size_t n, cap;
    struct kafc_batch_header h;
    int32_t stride; /* of offsets */
    int32_t size;   /* of values; 0: as put_records has them */
    int codec;
    bool zeros;
};

static void make_records(struct batch *b, const char *topic, int32_t partition, int64_t base)
{
    uint8_t *p = b->p + KAFC_BATCH_HEADER;

    for (int32_t i = 0; i < b->h.count; i++) {
        char *value = calloc(1, (size_t)b->size + 64);
        int len = snprintf(value, 64, "%s/%d/%" PRId64, topic, partition,
                           base + (int64_t)i * b->stride);
        struct kafc_record_fields r = { .timestamp_delta = i,
                                        .offset_delta = i * b->stride,
                                        .value = { value, b->size ? b->size : len } };
        for (int32_t at = len; at < b->size; at++)
            value[at] = b->zeros ? '\0' : (char)((uint32_t)at * 7919 >> 3);
        ck_assert_uint_le((size_t)(p - b->p) + kafc__record_size(&r), b->cap);
        p = kafc__record_put(p, kafc__record_body_size(&r), &r);
        free(value);
    }
    b->n = (size_t)(p - b->p);
}

static void compress_records(struct batch *b)
{
    kafc_error err;
    struct kafc_seg_pool *pool = kafc__seg_pool_new(NULL, NULL);
    struct kafc_compress *z = kafc__compress_new(kafc__codec(b->codec), NULL, &err);
    struct kafc_chain chain = { NULL, NULL, 0 };
    size_t at = KAFC_BATCH_HEADER;

    ck_assert_msg(z != NULL, "%s", err.message);
    ck_ok(kafc__compress_begin(z, 0, pool, &chain, &err));
    ck_ok(kafc__compress_update(z, b->p + at, b->n - at, &err));
    ck_ok(kafc__compress_finish(z, &err));
    for (struct kafc_seg *s = chain.head; s; s = s->next) {
        memcpy(b->p + at, s->data, s->len);
        at += s->len;
    }
    b->n = at;
    b->h.attributes = (int16_t)b->codec;
    kafc__chain_clear(&chain, pool);
    kafc__compress_free(z);
    kafc__seg_pool_free(pool);
}

static void build(struct batch *b, const char *topic, int32_t partition, int64_t base, int32_t n)
{
    b->cap = 4096 + (size_t)n * ((size_t)b->size + 128);
    b->p = calloc(1, b->cap);
    b->h = (struct kafc_batch_header){ .base_offset = base,
                                       .leader_epoch = 0,
                                       .last_offset_delta = n * b->stride - 1,
                                       .base_timestamp = 1000,
                                       .max_timestamp = 1000 + n,
                                       .producer_id = -1,
                                       .producer_epoch = -1,
                                       .base_sequence = -1,
                                       .count = n };
    make_records(b, topic, partition, base);
    if (b->codec)
        compress_records(b);
    size_t len = b->n - KAFC_BATCH_HEADER;
    kafc__batch_header_put(b->p, &b->h, kafc__crc32c(0, b->p + KAFC_BATCH_HEADER, len), len);
}

static void make_batch(struct reading *e, struct batch *b, const char *topic, int32_t partition,
                       int32_t n)
{
    kafc_mock_log log;

    ck_ok(kafc_mock_log_get(e->mock, topic, partition, &log));
    build(b, topic, partition, log.high_watermark, n);
}

uint8_t *make_batch_bytes(const char *topic, int32_t partition, int64_t base, int32_t n,
                          size_t *len)
{
    struct batch b = { .stride = 1 };

    build(&b, topic, partition, base, n);
    *len = b.n;
    return b.p;
}

static void put_batch(struct reading *e, struct batch *b, const char *topic, int32_t partition)
{
    ck_ok(kafc_mock_append_batch(e->mock, topic, partition, b->p, b->n));
    free(b->p);
}

void put_compressed(struct reading *e, const char *topic, int32_t partition, int codec,
                    int32_t records, int32_t size)
{
    struct batch b = { .stride = 1, .size = size, .codec = codec };

    make_batch(e, &b, topic, partition, records);
    put_batch(e, &b, topic, partition);
}

void put_zeros(struct reading *e, const char *topic, int32_t partition, int codec, int32_t records,
               int32_t size)
{
    struct batch b = { .stride = 1, .size = size, .codec = codec, .zeros = true };

    make_batch(e, &b, topic, partition, records);
    put_batch(e, &b, topic, partition);
}

void put_holes(struct reading *e, const char *topic, int32_t partition, int32_t n)
{
    struct batch b = { .stride = 2 };

    make_batch(e, &b, topic, partition, n);
    put_batch(e, &b, topic, partition);
}

void put_corrupt(struct reading *e, const char *topic, int32_t partition, int32_t n)
{
    struct batch b = { .stride = 1 };

    make_batch(e, &b, topic, partition, n);
    b.h.attributes = KAFC_GZIP; /* which its records are not */
    size_t len = b.n - KAFC_BATCH_HEADER;
    kafc__batch_header_put(b.p, &b.h, kafc__crc32c(0, b.p + KAFC_BATCH_HEADER, len), len);
    put_batch(e, &b, topic, partition);
}

/* --- What is expected ------------------------------------------------------------ */

void expect_message(struct reading *e, const char *topic, int32_t partition, int64_t offset)
{
    char value[64];
    kafc_err code = kafc_reader_fetch(e->reader, &e->m, SOON, &e->err);
    int len = snprintf(value, sizeof(value), "%s/%d/%" PRId64, topic, partition, offset);

    ck_assert_msg(code == KAFC_OK, "%s %d %" PRId64 ": %s: %s", topic, partition, offset,
                  kafc_err_name(code), e->err.message);
    ck_assert_str_eq(e->m.topic, topic);
    ck_assert_int_eq(e->m.partition, partition);
    ck_assert_int_eq(e->m.offset, offset);
    ck_assert_int_ge(e->m.value.len, len);
    ck_assert_mem_eq(e->m.value.p, value, (size_t)len);
}

void expect_offset(struct reading *e, int64_t offset)
{
    expect_message(e, "t", 0, offset);
}

void expect_offsets(struct reading *e, int64_t from, int64_t to)
{
    for (; from < to; from++)
        expect_offset(e, from);
}

void expect_err(struct reading *e, kafc_err code)
{
    kafc_err got = kafc_reader_fetch(e->reader, &e->m, SOON, &e->err);

    ck_assert_msg(got == code, "expected %s, got %s: %s (offset %" PRId64 ")", kafc_err_name(code),
                  kafc_err_name(got), got ? e->err.message : "a message", e->m.offset);
    ck_assert_int_eq(e->err.code, code);
}

void expect_nothing(struct reading *e, int ms)
{
    kafc_err got = kafc_reader_fetch(e->reader, &e->m, ms, &e->err);

    ck_assert_msg(got == (ms ? KAFC_ERR_TIMED_OUT : KAFC_ERR_WOULD_BLOCK),
                  "%s: %s (offset %" PRId64 ")", kafc_err_name(got), got ? e->err.message : "",
                  e->m.offset);
}
