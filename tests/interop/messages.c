/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Random messages for Apache Kafka's own classes to read, for case `codec`:
 *
 *   messages SEED N       N of every message and version, then as many batches and sets of records
 *
 * A line is name, version, JSON and hex, separated by tabs. Records have version - and the JSON {"records":[…]}, made
 * of what went into the writer, in the form of `kafc decode`. tests/interop/codec builds it. One thread.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "fuzz/pick.h"
#include "protocol/json_text.h"
#include "protocol/record/downgrade.h"
#include "protocol/record/write.h"

enum { RECORDS_MAX = 80, HEADERS_MAX = 4, MAGICS = 3, LIMIT = 1 << 24 };

static _Noreturn void die(const char *what, const char *why)
{
    (void)fprintf(stderr, "messages: %s: %s\n", what, why);
    exit(1);
}

static void must(kafc_err rc, const kafc_error *e)
{
    if (rc)
        die(kafc_err_name(rc), e->message);
}

static void *need(void *p)
{
    return p ? p : (die("memory", "there is none"), NULL);
}

static void put_hex(const uint8_t *p, size_t n)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < n; i++) {
        putchar(digits[p[i] >> 4]);
        putchar(digits[p[i] & 15]);
    }
    putchar('\n');
}

/* ---- messages ---- */

static void put_message(const struct kafc_schema *s, int16_t version, struct kafc_rand *rnd,
                        struct kafc_arena *a)
{
    kafc_error e = { .code = KAFC_OK };
    size_t n;
    struct kafc_wr w;
    void *msg = need(kafc__arena_alloc(a, s->size));
    if (!kafc__msg_random(s, msg, version, rnd, a))
        die(s->name, "out of memory");
    must(kafc__msg_size(s, msg, version, &n, NULL, &e), &e);
    uint8_t *bytes = need(kafc__arena_alloc(a, n));
    kafc__wr_init(&w, bytes, n, NULL);
    must(kafc__msg_encode(&w, s, msg, version, &e), &e);
    size_t cap = kafc__msg_to_json(s, msg, version, NULL, 0) + 1;
    char *json = need(kafc__arena_alloc(a, cap));
    (void)kafc__msg_to_json(s, msg, version, json, cap);
    printf("%s\t%d\t%s\t", s->name, version, json);
    put_hex(bytes, n);
}

/* ---- records ---- */

/* What one batch is made of. */
struct making {
    struct kafc_rand *rnd;
    struct kafc_arena *a;
    struct kafc_seg_pool *pool;
    struct kafc_record r[RECORDS_MAX];
    kafc_header headers[RECORDS_MAX][HEADERS_MAX];
    int n, codec, magic; /* magic: of what is written in the end */
    bool log_append;
    struct kafc_batch_header h;
};

static int32_t below(struct making *m, uint32_t n)
{
    return (int32_t)kafc__rand_below(m->rnd, n);
}

/* Now and then null, empty, or more than a codec's block; of few values, so that there is something to compress. */
static kafc_bytes some_bytes(struct making *m)
{
    int32_t what = below(m, 400), len = what < 320 ? below(m, 30) : below(m, 300);
    if (what < 40)
        return (kafc_bytes){ NULL, 0 };
    if (what == 399)
        len = 60000 + below(m, 100000);
    uint8_t *p = need(kafc__arena_alloc(m->a, (size_t)len + 1));
    for (int32_t i = 0; i < len; i++)
        p[i] = (uint8_t)(below(m, 20) ? 'a' + below(m, 4) : below(m, 256));
    return (kafc_bytes){ p, len };
}

static void make_headers(struct making *m, int i)
{
    static const char *const names[] = { "", "a", "\xc3\xa9\xf0\x9f\x92\xa6", "name" };
    m->r[i].nheaders = m->magic == 2 && below(m, 3) == 0 ? 1 + below(m, HEADERS_MAX) : 0;
    for (int32_t k = 0; k < m->r[i].nheaders; k++) {
        const char *name = names[below(m, 4)];
        m->headers[i][k] = (kafc_header){ { name, (int32_t)strlen(name) }, some_bytes(m) };
    }
}

/* Times go to and fro; in formats 0 and 1 offsets have no gaps. */
static void make_records(struct making *m)
{
    int64_t offset = (int64_t)(kafc__rand_next(m->rnd) >> (2 + below(m, 60)));
    int64_t time = below(m, 8) ? 1700000000000 : INT64_MAX - 1000000;
    m->n = 1 + below(m, below(m, 4) ? 8 : RECORDS_MAX);
    for (int i = 0; i < m->n; i++) {
        m->r[i] = (struct kafc_record){ .offset = offset,
                                        .timestamp = time + below(m, 1000) - below(m, 1000),
                                        .key = some_bytes(m),
                                        .value = some_bytes(m) };
        make_headers(m, i);
        offset += 1 + (m->magic == 2 && below(m, 10) == 0 ? below(m, 100) : 0);
    }
}

static void make_header(struct making *m)
{
    bool producer = m->magic == 2 && below(m, 2);
    m->h = (struct kafc_batch_header){
        .base_offset = m->r[0].offset,
        .leader_epoch = below(m, 100) - 1,
        .base_timestamp = m->r[0].timestamp,
        .max_timestamp = m->r[0].timestamp,
        .last_offset_delta = (int32_t)(m->r[m->n - 1].offset - m->r[0].offset),
        .attributes = (int16_t)(m->codec | (m->log_append ? KAFC_BATCH_LOG_APPEND_TIME : 0)),
        .producer_id = producer ? (int64_t)(kafc__rand_next(m->rnd) >> 1) : -1,
        .producer_epoch = (int16_t)(producer ? below(m, INT16_MAX) : -1),
        .base_sequence = producer ? INT32_MAX - below(m, 200) : -1,
        .count = m->n,
    };
    if (producer && below(m, 2))
        m->h.attributes |= KAFC_BATCH_TRANSACTIONAL;
    for (int i = 1; i < m->n; i++)
        if (m->r[i].timestamp > m->h.max_timestamp)
            m->h.max_timestamp = m->r[i].timestamp;
}

static struct kafc_record_fields fields_of(struct making *m, int i)
{
    return (struct kafc_record_fields){
        .timestamp_delta = (int64_t)((uint64_t)m->r[i].timestamp - (uint64_t)m->r[0].timestamp),
        .offset_delta = (int32_t)(m->r[i].offset - m->r[0].offset),
        .key = m->r[i].key,
        .value = m->r[i].value,
        .headers = m->headers[i],
        .nheaders = m->r[i].nheaders,
    };
}

/* A copy in one piece behind `front` free bytes. */
static uint8_t *flat(struct making *m, struct kafc_chain *c, size_t front, size_t *n)
{
    uint8_t *p = need(kafc__arena_alloc(m->a, front + c->len + 1));
    *n = front;
    for (const struct kafc_seg *s = c->head; s; s = s->next) {
        memcpy(p + *n, s->data, s->len);
        *n += s->len;
    }
    kafc__chain_clear(c, m->pool);
    return p;
}

static uint8_t *compressed(struct making *m, const uint8_t *p, size_t *n)
{
    kafc_error e = { .code = KAFC_OK };
    struct kafc_chain chain = { 0 };
    struct kafc_compress *z = need(kafc__compress_new(kafc__codec(m->codec), NULL, &e));
    must(kafc__compress_begin(z, 0, m->pool, &chain, &e), &e);
    must(kafc__compress_update(z, p + KAFC_BATCH_HEADER, *n - KAFC_BATCH_HEADER, &e), &e);
    must(kafc__compress_finish(z, &e), &e);
    kafc__compress_free(z);
    return flat(m, &chain, KAFC_BATCH_HEADER, n);
}

static uint8_t *batch(struct making *m, size_t *n)
{
    size_t room = KAFC_BATCH_HEADER;
    for (int i = 0; i < m->n; i++) {
        struct kafc_record_fields f = fields_of(m, i);
        room += kafc__record_size(&f);
    }
    uint8_t *start = need(kafc__arena_alloc(m->a, room)), *p = start + KAFC_BATCH_HEADER;
    for (int i = 0; i < m->n; i++) {
        struct kafc_record_fields f = fields_of(m, i);
        p = kafc__record_put(p, kafc__record_body_size(&f), &f);
    }
    *n = (size_t)(p - start);
    if (m->codec)
        start = compressed(m, start, n);
    size_t len = *n - KAFC_BATCH_HEADER;
    kafc__batch_header_put(start, &m->h, kafc__crc32c(0, start + KAFC_BATCH_HEADER, len), len);
    return start;
}

static uint8_t *downgraded(struct making *m, const uint8_t *p, size_t *n)
{
    kafc_error e = { .code = KAFC_OK };
    struct kafc_chain chain = { 0 };
    struct kafc_set set = { .pool = m->pool, .out = &chain, .magic = (int8_t)m->magic };
    struct kafc_batches it;
    struct kafc_batch b;
    kafc__batches_init(&it, p, *n);
    must(kafc__batch_next(&it, &b, &e), &e);
    must(kafc__batch_downgrade(&set, &b, LIMIT, &e), &e);
    return flat(m, &chain, 0, n);
}

static void put_base64(struct kafc_json_out *o, kafc_bytes b)
{
    struct kafc_base64 state = { .digits = kafc__base64_digits };
    if (!b.p) {
        kafc__json_text(o, "null");
        return;
    }
    kafc__json_char(o, '"');
    kafc__base64_feed(&state, o, b.p, (size_t)b.len);
    kafc__base64_end(&state, o);
    kafc__json_char(o, '"');
}

static void put_record(struct making *m, struct kafc_json_out *o, int i)
{
    int64_t time = m->magic == 0 ? -1 : m->log_append ? m->h.max_timestamp : m->r[i].timestamp;
    kafc__json_text(o, i ? ",{\"offset\":" : "{\"offset\":");
    kafc__json_int(o, m->r[i].offset);
    kafc__json_text(o, ",\"timestamp\":");
    kafc__json_int(o, time);
    kafc__json_text(o, ",\"key\":");
    put_base64(o, m->r[i].key);
    kafc__json_text(o, ",\"value\":");
    put_base64(o, m->r[i].value);
    kafc__json_text(o, ",\"headers\":[");
    for (int32_t k = 0; k < m->r[i].nheaders; k++) {
        kafc__json_text(o, k ? ",[" : "[");
        kafc__json_string(o, m->headers[i][k].name.p, m->headers[i][k].name.len);
        kafc__json_char(o, ',');
        put_base64(o, m->headers[i][k].value);
        kafc__json_char(o, ']');
    }
    kafc__json_text(o, "]}");
}

static void put_json(struct making *m, struct kafc_json_out *o)
{
    o->n = 0;
    kafc__json_text(o, "{\"records\":[");
    for (int i = 0; i < m->n; i++)
        put_record(m, o, i);
    kafc__json_text(o, "]}");
}

static void put_records(struct making *m)
{
    size_t n;
    struct kafc_json_out o = { 0 };
    make_records(m);
    make_header(m);
    uint8_t *p = batch(m, &n);
    if (m->magic < 2)
        p = downgraded(m, p, &n);
    put_json(m, &o);
    o.cap = o.n;
    o.p = need(kafc__arena_alloc(m->a, o.cap));
    put_json(m, &o);
    printf("Records\t-\t%.*s\t", (int)o.n, o.p);
    put_hex(p, n);
}

/* Every format with every codec that it has. */
static void put_all_records(struct making *m)
{
    for (m->magic = 0; m->magic < MAGICS; m->magic++)
        for (m->codec = 0; m->codec < KAFC_CODECS; m->codec++) {
            if ((m->magic < 2 && m->codec == KAFC_ZSTD) ||
                kafc__codec_check(kafc__codec(m->codec), NULL))
                continue;
            m->log_append = m->magic > 0 && below(m, 3) == 0;
            put_records(m);
            kafc__arena_reset(m->a);
        }
}

int main(int argc, char **argv)
{
    static struct making m;
    struct kafc_rand rnd;
    struct kafc_arena a;
    if (argc != 3)
        die("usage", "messages SEED N");
    const long n = atol(argv[2]);
    kafc__rand_seed(&rnd, strtoull(argv[1], NULL, 10));
    kafc__arena_init(&a, NULL, 0);
    for (size_t i = 0; i < pick_count(); i++)
        for (size_t v = 0; v < pick_versions(pick_message(i)); v++)
            for (long k = 0; k < n; k++) {
                put_message(pick_message(i), pick_version(pick_message(i), v), &rnd, &a);
                kafc__arena_reset(&a);
            }
    m.rnd = &rnd;
    m.a = &a;
    m.pool = need(kafc__seg_pool_new(NULL, NULL));
    for (long k = 0; k < n; k++)
        put_all_records(&m);
    kafc__seg_pool_free(m.pool);
    kafc__arena_fini(&a);
    return ferror(stdout) || fflush(stdout) ? 1 : 0;
}
