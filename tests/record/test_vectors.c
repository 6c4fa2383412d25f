/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Record batches as Apache Kafka's own classes write and read them: read here
 * to the same values, and written here to the same bytes.
 */
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "protocol/record/message.h"
#include "protocol/record/read.h"
#include "protocol/record/write.h"
#include "tests/support/lines.h"
#include "tests/support/suite.h"

enum { MAX_HEADERS = 300 };

static int line_number;
static kafc_error error;

#define EXPECT(cond, what) ck_assert_msg((cond), "line %d: %s", line_number, (what))

static int64_t int_of(json_t *o, const char *name)
{
    json_t *v = json_object_get(o, name);
    ck_assert_msg(json_is_integer(v), "line %d: no %s", line_number, name);
    return json_integer_value(v);
}

static bool bool_of(json_t *o, const char *name)
{
    return json_is_true(json_object_get(o, name));
}

static const char *text_of(json_t *o, const char *name)
{
    const char *s = json_string_value(json_object_get(o, name));
    return s ? s : "";
}

/* Base64 or null. The result is from malloc. */
static kafc_bytes bytes_of(json_t *v)
{
    kafc_bytes b = { NULL, 0 };
    if (json_is_string(v)) {
        size_t n;
        b.p = lines_base64(json_string_value(v), &n);
        b.len = (int32_t)n;
    }
    return b;
}

static void same_bytes(kafc_bytes got, json_t *want, const char *what)
{
    kafc_bytes w = bytes_of(want);
    EXPECT((got.p == NULL) == (w.p == NULL), what);
    EXPECT(got.len == w.len && (w.len == 0 || memcmp(got.p, w.p, (size_t)w.len) == 0), what);
    union {
        const void *c;
        void *p;
    } u = { w.p };
    free(u.p);
}

static void same_headers(struct kafc_record_cursor *c, const struct kafc_record *r, json_t *want)
{
    kafc_header h[MAX_HEADERS];
    EXPECT(json_array_size(want) == (size_t)r->nheaders, "number of headers");
    ck_assert_int_le(r->nheaders, MAX_HEADERS);
    EXPECT(kafc__record_headers(c, r, h), "headers are broken");
    for (int32_t i = 0; i < r->nheaders; i++) {
        json_t *pair = json_array_get(want, (size_t)i), *name = json_array_get(pair, 0);
        EXPECT(h[i].name.p && (size_t)h[i].name.len == json_string_length(name) &&
                   memcmp(h[i].name.p, json_string_value(name), (size_t)h[i].name.len) == 0,
               "header name");
        same_bytes(h[i].value, json_array_get(pair, 1), "header value");
    }
}

static int control_number(const char *name)
{
    static const char *const names[] = { "ABORT",           "COMMIT",          "LEADER_CHANGE",
                                         "SNAPSHOT_HEADER", "SNAPSHOT_FOOTER", "KRAFT_VERSION",
                                         "KRAFT_VOTERS" };
    for (int i = 0; i < 7; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    return -2;
}

static void same_header(const struct kafc_batch *b, json_t *want)
{
    const struct kafc_batch_header *h = &b->header;
    EXPECT(h->magic == int_of(want, "magic"), "magic");
    EXPECT(h->base_offset == int_of(want, "baseOffset"), "base offset");
    EXPECT(kafc__batch_last_offset(b) == int_of(want, "lastOffset"), "last offset");
    EXPECT(b->size == (size_t)int_of(want, "sizeInBytes"), "size");
    EXPECT(h->crc == int_of(want, "crc"), "crc");
    EXPECT((kafc__batch_check_crc(b, &error) == KAFC_OK) == bool_of(want, "valid"), "valid");
    EXPECT(h->max_timestamp == int_of(want, "maxTimestamp"), "max timestamp");
    EXPECT(h->leader_epoch == int_of(want, "partitionLeaderEpoch"), "leader epoch");
    EXPECT(h->attributes == int_of(want, "attributes"), "attributes");
    EXPECT(h->last_offset_delta == int_of(want, "lastOffsetDelta"), "last offset delta");
    EXPECT(h->base_timestamp == int_of(want, "baseTimestamp"), "base timestamp");
    EXPECT(h->producer_id == int_of(want, "producerId"), "producer id");
    EXPECT(h->producer_epoch == int_of(want, "producerEpoch"), "producer epoch");
    EXPECT(h->base_sequence == int_of(want, "baseSequence"), "base sequence");
    EXPECT(h->count == int_of(want, "count"), "count");
    EXPECT(!!(h->attributes & KAFC_BATCH_TRANSACTIONAL) == bool_of(want, "transactional"),
           "transactional");
    EXPECT(!!(h->attributes & KAFC_BATCH_CONTROL) == bool_of(want, "control"), "control");
    bool horizon = h->attributes & KAFC_BATCH_DELETE_HORIZON;
    EXPECT(horizon == !!json_object_get(want, "deleteHorizonMs"), "horizon");
    EXPECT(!horizon || h->base_timestamp == int_of(want, "deleteHorizonMs"), "time of the horizon");
    EXPECT(
        (h->base_sequence < 0 ? -1 : kafc__sequence_add(h->base_sequence, h->last_offset_delta)) ==
            int_of(want, "lastSequence"),
        "last sequence");
}

/* Writes the record anew, to the same bytes, in one piece and in several. */
struct sink {
    uint8_t *p;
    size_t n;
};

static bool sink_put(void *ctx, const void *p, size_t n)
{
    struct sink *s = ctx;
    memcpy(s->p + s->n, p, n);
    s->n += n;
    return true;
}

static void writes_back(const struct kafc_batch *b, struct kafc_record_cursor *c,
                        const struct kafc_record *r, const uint8_t *at)
{
    kafc_header h[MAX_HEADERS];
    EXPECT(kafc__record_headers(c, r, h), "headers");
    struct kafc_record_fields f = {
        .timestamp_delta = (int64_t)((uint64_t)r->timestamp - (uint64_t)b->header.base_timestamp),
        .offset_delta = (int32_t)(r->offset - b->header.base_offset),
        .key = r->key,
        .value = r->value,
        .headers = h,
        .nheaders = r->nheaders,
    };
    uint32_t size = kafc__record_size(&f), body = kafc__record_body_size(&f);
    EXPECT(size == (size_t)(c->p - at), "size of the record");
    uint8_t *out = malloc(size);
    EXPECT(kafc__record_put(out, body, &f) == out + size, "end of the record");
    EXPECT(memcmp(out, at, size) == 0, "bytes of the record");
    struct sink s = { out, 0 };
    memset(out, 0, size);
    EXPECT(kafc__record_put_pieces(body, &f, sink_put, &s) && s.n == size &&
               memcmp(out, at, size) == 0,
           "bytes of the record in pieces");
    free(out);
}

static void same_records(const struct kafc_batch *b, struct kafc_record_cursor *c, json_t *want)
{
    json_t *records = json_object_get(want, "records");
    bool log_append = strcmp(text_of(want, "timestampType"), "LogAppendTime") == 0;
    struct kafc_record r;
    EXPECT((c->timestamp_type == KAFC_TIME_LOG_APPEND) == log_append, "timestamp type");
    for (size_t i = 0; i < json_array_size(records); i++) {
        json_t *w = json_array_get(records, i);
        const uint8_t *at = c->p;
        EXPECT(kafc__record_next(c, &r) == KAFC_RECORD_GOT, "too few records");
        EXPECT(r.offset == int_of(w, "offset"), "offset");
        EXPECT(r.timestamp == int_of(w, "timestamp"), "timestamp");
        same_bytes(r.key, json_object_get(w, "key"), "key");
        same_bytes(r.value, json_object_get(w, "value"), "value");
        same_headers(c, &r, json_object_get(w, "headers"));
        if (b->header.attributes & KAFC_BATCH_CONTROL)
            EXPECT(kafc__control_type(r.key) == control_number(text_of(w, "controlType")),
                   "control type");
        if (!log_append)
            writes_back(b, c, &r, at);
    }
    EXPECT(kafc__record_next(c, &r) == KAFC_RECORD_END, "too many records");
}

/* The header written anew, around the same records. */
static void header_writes_back(const struct kafc_batch *b)
{
    uint8_t out[KAFC_BATCH_HEADER];
    struct kafc_batch_header h = b->header;
    const uint8_t *records = b->p + KAFC_BATCH_HEADER;
    size_t n = b->size - KAFC_BATCH_HEADER;
    h.crc = 0;
    kafc__batch_header_put(out, &h, kafc__crc32c(0, records, n), n);
    EXPECT(memcmp(out, b->p, sizeof(out)) == 0, "bytes of the header");
    EXPECT(h.crc == b->header.crc && h.length == b->header.length, "crc and length of the header");
}

/* ---- formats 0 and 1 ---- */

static void message_writes_back(const struct kafc_batch *b)
{
    struct kafc_wire_message m;
    EXPECT(kafc__message_parse(b->p, b->size, &m) == NULL, "the message does not parse");
    EXPECT(kafc__message_crc_ok(b->p, &m), "CRC of the message");
    EXPECT(kafc__message_size(&m) == b->size, "size of the message");
    uint8_t *out = malloc(b->size);
    m.crc = 0;
    EXPECT(kafc__message_put(out, &m) == out + b->size, "end of the message");
    EXPECT(memcmp(out, b->p, b->size) == 0 && m.crc == b->header.crc, "bytes of the message");
    free(out);
}

/* Returns the offset. */
static int64_t same_old_record(struct kafc_record_cursor *c, json_t *w)
{
    struct kafc_record r;
    enum kafc_record_step step = kafc__record_next(c, &r);
    if (step == KAFC_RECORD_BROKEN)
        (void)kafc__record_error(c, &error);
    ck_assert_msg(step == KAFC_RECORD_GOT, "line %d: %s", line_number,
                  step ? error.message : "too few records");
    EXPECT(r.offset == int_of(w, "offset"), "offset");
    EXPECT(r.timestamp == int_of(w, "timestamp"), "timestamp");
    same_bytes(r.key, json_object_get(w, "key"), "key");
    same_bytes(r.value, json_object_get(w, "value"), "value");
    EXPECT(r.nheaders == 0 && kafc__record_headers(c, &r, NULL), "headers");
    return r.offset;
}

static kafc_timestamp_type type_of(json_t *want)
{
    switch (text_of(want, "timestampType")[0]) {
    case 'N': return KAFC_TIME_NONE;
    case 'L': return KAFC_TIME_LOG_APPEND;
    default: return KAFC_TIME_CREATE;
    }
}

/* One JSON object stands for one compressed set or for several messages. */
static void check_messages(struct kafc_batches *it, struct kafc_decompress *d, json_t *want)
{
    json_t *records = json_object_get(want, "records"), *crc = json_object_get(want, "crc");
    size_t size = 0, n = 0, total = json_array_size(records);
    int64_t latest = -1;
    for (int entry = 0; n < total; entry++) {
        struct kafc_batch b;
        struct kafc_record_cursor c;
        struct kafc_record r;
        struct kafc_frame *f;
        kafc_err rc = kafc__batch_next(it, &b, &error);
        ck_assert_msg(rc == KAFC_OK && b.p, "line %d: %s", line_number,
                      rc ? error.message : "no batch");
        json_t *sum = json_is_array(crc) ? json_array_get(crc, (size_t)entry) : crc;
        EXPECT(b.header.magic == int_of(want, "magic"), "magic");
        EXPECT(b.header.crc == json_integer_value(sum), "crc");
        EXPECT((kafc__batch_check_crc(&b, &error) == KAFC_OK) == bool_of(want, "valid"), "valid");
        EXPECT(entry > 0 || b.header.attributes == int_of(want, "attributes"), "attributes");
        EXPECT(b.header.producer_id == -1 && b.header.leader_epoch == -1, "producer, epoch");
        message_writes_back(&b);
        rc = kafc__batch_open(&b, d, &c, &f, &error);
        ck_assert_msg(rc == KAFC_OK, "line %d: %s", line_number, error.message);
        EXPECT(c.timestamp_type == type_of(want), "timestamp type");
        for (int32_t left = c.left; left > 0; left--, n++) {
            int64_t offset = same_old_record(&c, json_array_get(records, n));
            EXPECT(n > 0 || offset == int_of(want, "baseOffset"), "base offset");
        }
        latest = b.header.max_timestamp > latest ? b.header.max_timestamp : latest;
        EXPECT(kafc__record_next(&c, &r) == KAFC_RECORD_END, "too many records");
        kafc__frame_unref(f);
        size += b.size;
        EXPECT(n < total || kafc__batch_last_offset(&b) == int_of(want, "lastOffset"),
               "last offset");
    }
    EXPECT(size == (size_t)int_of(want, "sizeInBytes"), "size");
    EXPECT(latest == int_of(want, "maxTimestamp"), "max timestamp");
}

/* ---- all formats ---- */

static void check_batch(struct kafc_batches *it, struct kafc_decompress *d, json_t *want)
{
    struct kafc_batch b;
    struct kafc_record_cursor c;
    struct kafc_frame *f;
    kafc_err rc = kafc__batch_next(it, &b, &error);
    ck_assert_msg(rc == KAFC_OK && b.p, "line %d: %s", line_number,
                  rc ? error.message : "no batch");
    same_header(&b, want);
    header_writes_back(&b);
    rc = kafc__batch_open(&b, d, &c, &f, &error);
    ck_assert_msg(rc == KAFC_OK, "line %d: %s", line_number, error.message);
    same_records(&b, &c, want);
    kafc__frame_unref(f);
}

/* Is one of the batches compressed by a codec that is left out of this build? */
static bool needs_more(json_t *want)
{
    json_t *list = json_object_get(want, "batches");
    for (size_t i = 0; i < (list ? json_array_size(list) : 1); i++) {
        json_t *b = list ? json_array_get(list, i) : want;
        if (kafc__codec((int)int_of(b, "attributes") & KAFC_BATCH_CODEC)->library)
            return true;
    }
    return false;
}

static void check_any(struct kafc_batches *it, struct kafc_decompress *d, json_t *want)
{
    if (int_of(want, "magic") == 2)
        check_batch(it, d, want);
    else
        check_messages(it, d, want);
}

START_TEST(V3_batches_are_read_and_written_as_java_does)
{
    struct lines l;
    struct kafc_decompress d;
    int batches = 0, left_out = 0;
    kafc__decompress_init(&d, NULL, NULL, 64 << 20);
    lines_open(&l, "records.tsv.gz");
    while (lines_next(&l)) {
        line_number = l.number;
        json_error_t e;
        json_t *want = json_loads(l.column[2], JSON_ALLOW_NUL, &e);
        ck_assert_msg(want != NULL, "line %d: %s", l.number, e.text);
        if (needs_more(want)) {
            json_decref(want);
            continue;
        }
        size_t n;
        uint8_t *p = lines_hex(l.column[3], &n);
        struct kafc_batches it;
        struct kafc_batch b;
        kafc__batches_init(&it, p, n);
        json_t *list = json_object_get(want, "batches");
        for (size_t i = 0; i < (list ? json_array_size(list) : 1); i++, batches++)
            check_any(&it, &d, list ? json_array_get(list, i) : want);
        /* What was cut off may be several messages of format 1, of which the first are whole. */
        EXPECT((size_t)(it.end - it.p) <= (list ? (size_t)int_of(want, "trailing") : 0),
               "trailing bytes");
        EXPECT(kafc__batch_next(&it, &b, &error) == KAFC_OK && !b.p, "a cut batch is the end");
        free(p);
        json_decref(want);
    }
    lines_close(&l);
    kafc__decompress_fini(&d);
    for (int id = 0; id < KAFC_CODECS; id++)
        left_out += kafc__codec(id)->library != NULL;
    ck_assert_int_ge(batches, left_out ? 300 : 700);
}
END_TEST

SUITE_MAIN("record vectors", 60, V3_batches_are_read_and_written_as_java_does)
