/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Batches through a kafc_conn: produce one, fetch some, read them message by
 * message, seek. The calling thread drives.
 */
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/str.h"
#include "client/conn.h"
#include "client/options.h"
#include "protocol/api/00_produce.h"
#include "protocol/api/01_fetch.h"
#include "protocol/record/set.h"
#include "protocol/record/write.h"

/* The first version of both APIs that names topics by id alone. */
enum { BY_ID = 13 };

static void bound_version(const kafc_conn *c, struct kafc_request *rq)
{
    static const kafc_uuid none;
    if (memcmp(&c->topic_id, &none, sizeof(none)) == 0 && rq->max_version >= BY_ID)
        rq->max_version = BY_ID - 1;
}

/* --- Produce -------------------------------------------------------------------------- */

struct bytes {
    unsigned char *p;
    size_t len;
};

static int64_t time_of(const kafc_message *m, int64_t now)
{
    return m->timestamp == 0 ? now : m->timestamp == KAFC_ZERO ? 0 : m->timestamp;
}

static struct kafc_record_fields fields_of(const kafc_message *m, int32_t i, int64_t now,
                                           int64_t base)
{
    return (struct kafc_record_fields){
        .timestamp_delta = (int64_t)((uint64_t)time_of(m, now) - (uint64_t)base),
        .offset_delta = i,
        .key = m->key,
        .value = m->value,
        .headers = m->headers,
        .nheaders = m->nheaders,
    };
}

static kafc_err check_messages(const kafc_conn *c, const kafc_message *m, int32_t n,
                               kafc_error *err)
{
    if (n < 1 || !m)
        return kafc__error(err, KAFC_ERR_USAGE, "there is no message to produce");
    for (int32_t i = 0; i < n; i++) {
        if (m[i].topic && strcmp(m[i].topic, c->topic->s) != 0)
            return kafc__error(err, KAFC_ERR_USAGE,
                               "message %d is for topic '%.200s', the connection for '%.200s'",
                               (int)i, m[i].topic, c->topic->s);
        if (m[i].to_partition != 0)
            return kafc__error(err, KAFC_ERR_USAGE,
                               "message %d names a partition; the connection has one", (int)i);
    }
    return KAFC_OK;
}

/* The bytes of the batch as it is not compressed. */
static kafc_err measure(const kafc_message *m, int32_t n, int64_t now, uint64_t *size,
                        kafc_error *err)
{
    int64_t base = time_of(&m[0], now);
    uint64_t total = KAFC_BATCH_HEADER;
    for (int32_t i = 0; i < n; i++) {
        struct kafc_record_fields f = fields_of(&m[i], i, now, base);
        uint32_t body = kafc__record_body_size(&f);
        if (body == 0)
            return kafc__error(err, KAFC_ERR_USAGE,
                               "message %d has a length below 0 or a header without a name, or is "
                               "larger than a record can be",
                               (int)i);
        total += kafc__uvarint_size((uint32_t)kafc__zigzag32((int32_t)body)) + (uint64_t)body;
        if (total > INT32_MAX)
            return kafc__error(err, KAFC_ERR_TOO_LARGE,
                               "%d messages are more than a batch can hold", (int)n);
    }
    *size = total;
    return KAFC_OK;
}

/* The records as they are, behind room for the header. */
static kafc_err encode(kafc_conn *c, const kafc_message *m, int32_t n, int64_t now, uint64_t total,
                       struct bytes *out, kafc_error *err)
{
    int64_t base = time_of(&m[0], now);
    out->p = kafc__alloc(&c->mem, (size_t)total);
    if (!out->p)
        return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for a batch of %llu bytes",
                           (unsigned long long)total);
    unsigned char *p = out->p + KAFC_BATCH_HEADER;
    for (int32_t i = 0; i < n; i++) {
        struct kafc_record_fields f = fields_of(&m[i], i, now, base);
        p = kafc__record_put(p, kafc__record_body_size(&f), &f);
    }
    out->len = (size_t)(p - out->p);
    return KAFC_OK;
}

/* Takes the chain's bytes, behind room for a header or none, in place of those that were there. */
static kafc_err gather(kafc_conn *c, const struct kafc_chain *chain, size_t at, struct bytes *b,
                       kafc_error *err)
{
    unsigned char *p = kafc__alloc(&c->mem, at + chain->len);
    if (!p)
        return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for a batch of %zu bytes", at + chain->len);
    for (const struct kafc_seg *s = chain->head; s; s = s->next) {
        memcpy(p + at, s->data, s->len);
        at += s->len;
    }
    kafc__free(&c->mem, b->p);
    b->p = p;
    b->len = at;
    return KAFC_OK;
}

static kafc_err compress(kafc_conn *c, const struct kafc_codec *codec, struct bytes *b,
                         kafc_error *err)
{
    struct kafc_budget *budget = kafc__budget_new(&c->mem, SIZE_MAX);
    struct kafc_seg_pool *pool = budget ? kafc__seg_pool_new(&c->mem, budget) : NULL;
    struct kafc_chain chain = { NULL, NULL, 0 };
    struct kafc_compress *z = NULL;
    kafc_err rc = pool ? KAFC_OK
                       : kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for compression");
    if (rc == KAFC_OK && !(z = kafc__compress_new(codec, &c->mem, err)))
        rc = err ? err->code : KAFC_ERR_NO_MEMORY;
    if (rc == KAFC_OK) {
        rc = kafc__compress_begin(z, kafc__option_level(c->o.compression_level), pool, &chain, err);
    }
    if (rc == KAFC_OK)
        rc = kafc__compress_update(z, b->p + KAFC_BATCH_HEADER, b->len - KAFC_BATCH_HEADER, err);
    if (rc == KAFC_OK)
        rc = kafc__compress_finish(z, err);
    if (rc == KAFC_OK)
        rc = gather(c, &chain, KAFC_BATCH_HEADER, b, err);
    kafc__compress_free(z);
    if (pool) {
        kafc__chain_clear(&chain, pool);
        kafc__seg_pool_free(pool);
    }
    if (budget)
        kafc__budget_unref(budget);
    return rc;
}

static void put_header(const kafc_conn *c, const kafc_message *m, int32_t n, int64_t now,
                       struct bytes *b)
{
    struct kafc_batch_header h = {
        .leader_epoch = -1,
        .attributes = (int16_t)c->o.compression,
        .last_offset_delta = n - 1,
        .base_timestamp = time_of(&m[0], now),
        .max_timestamp = time_of(&m[0], now),
        .producer_id = -1,
        .producer_epoch = -1,
        .base_sequence = -1,
        .count = n,
    };
    for (int32_t i = 1; i < n; i++) {
        int64_t t = time_of(&m[i], now);
        h.max_timestamp = t > h.max_timestamp ? t : h.max_timestamp;
    }
    size_t len = b->len - KAFC_BATCH_HEADER;
    kafc__batch_header_put(b->p, &h, kafc__crc32c(0, b->p + KAFC_BATCH_HEADER, len), len);
}

static kafc_err put_set(struct kafc_set *s, const kafc_message *m, int32_t n, int64_t now,
                        kafc_error *err)
{
    kafc_err rc = kafc__set_begin(s, err);
    for (int32_t i = 0; rc == KAFC_OK && i < n; i++) {
        struct kafc_record r = { .offset = i,
                                 .timestamp = time_of(&m[i], now),
                                 .key = m[i].key,
                                 .value = m[i].value,
                                 .nheaders = m[i].nheaders };
        rc = kafc__set_put(s, &r, err);
    }
    if (rc == KAFC_OK)
        rc = kafc__set_end(s, err);
    if (rc == KAFC_OK && s->out->len > INT32_MAX)
        rc = kafc__error(err, KAFC_ERR_TOO_LARGE, "a message set of %zu bytes", s->out->len);
    return rc;
}

/* The message set that a broker before 0.11 takes; in one piece as well, since half of it may have been sent when the
 * call ends. */
static kafc_err make_set(kafc_conn *c, const struct kafc_codec *codec, int8_t magic,
                         const kafc_message *m, int32_t n, int64_t now, struct bytes *b,
                         kafc_error *err)
{
    struct kafc_chain chain = { NULL, NULL, 0 };
    struct kafc_seg_pool *pool = kafc__seg_pool_new(&c->mem, NULL);
    if (!pool)
        return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for a message set");
    struct kafc_set s = { .mem = &c->mem,
                          .pool = pool,
                          .out = &chain,
                          .magic = magic,
                          .attributes = (int16_t)(codec ? codec->id : KAFC_NONE),
                          .level = codec ? kafc__option_level(c->o.compression_level) : 0 };
    kafc_err rc = put_set(&s, m, n, now, err);
    if (rc == KAFC_OK)
        rc = gather(c, &chain, 0, b, err);
    kafc__chain_clear(&chain, pool);
    kafc__seg_pool_free(pool);
    return rc;
}

/* The version of Produce that the broker will be asked with; -1: there is none, which the link tells. */
static int produce_version(const kafc_conn *c)
{
    struct kafc_request rq;
    kafc__request_init(&rq, &kafc_produce_api, NULL);
    bound_version(c, &rq);
    return c->link ? kafc__link_version(c->link, rq.api, rq.min_version, rq.max_version) : -1;
}

/* What the broker cannot hold is refused (rule W8). */
static kafc_err make_records(kafc_conn *c, const kafc_message *m, int32_t n, struct bytes *b,
                             kafc_error *err)
{
    const struct kafc_codec *codec = c->o.compression != KAFC_NONE
                                         ? kafc__codec((int)c->o.compression)
                                         : NULL;
    int64_t now = kafc__clock_wall_ms();
    int v = produce_version(c);
    uint64_t size = 0;
    kafc_err rc = codec ? kafc__codec_check(codec, err) : KAFC_OK;
    if (rc == KAFC_OK && codec)
        rc = kafc__codec_check_level(codec, kafc__option_level(c->o.compression_level), err);
    if (rc == KAFC_OK && v >= 0 && codec && v < codec->min_produce)
        rc = kafc__error(err, KAFC_ERR_UNSUPPORTED,
                         "%s needs Produce %d, and %s knows it up to version %d: the broker is too "
                         "old",
                         codec->name, codec->min_produce, c->name, v);
    if (rc == KAFC_OK)
        rc = measure(m, n, now, &size, err);
    if (rc != KAFC_OK)
        return rc;
    int8_t magic = v < 0 ? 2 : kafc__magic_of_produce((int16_t)v);
    if (magic < 2)
        return make_set(c, codec, magic, m, n, now, b, err);
    rc = encode(c, m, n, now, size, b, err);
    if (rc == KAFC_OK && codec)
        rc = compress(c, codec, b, err);
    if (rc == KAFC_OK)
        put_header(c, m, n, now, b);
    return rc;
}

struct produce {
    kafc_conn *c;
    kafc_produced out;
};

/* Whatever else is below 0 says no more than -1 (rule V2). */
static int64_t or_unknown(int64_t v)
{
    return v < 0 ? KAFC_OFFSET_UNKNOWN : v;
}

static kafc_err produced(struct kafc_request *rq, void *arg, kafc_error *err)
{
    struct produce *k = arg;
    struct kafc_produce_resp r;
    struct kafc_arena a;
    if (rq->no_response)
        return KAFC_OK;
    kafc__arena_init(&a, &k->c->mem, 0);
    kafc_err rc = kafc__request_decode(rq, &r, &a, err);
    const struct kafc_produce_resp_partition *p = rc == KAFC_OK && r.responses.n > 0 &&
                                                          r.responses.v[0].partition_responses.n > 0
                                                      ? &r.responses.v[0].partition_responses.v[0]
                                                      : NULL;
    if (rc == KAFC_OK && !p)
        rc = kafc__error(err, KAFC_ERR_PROTOCOL,
                         "%s answers Produce without a word about the partition", k->c->name);
    if (p && p->error_code != 0) {
        rc = kafc__error(err, (kafc_err)p->error_code, "%.249s [%d] was not written: %s%s%.*s",
                         k->c->topic->s, (int)k->c->o.partition,
                         kafc_err_text((kafc_err)p->error_code), p->error_message.p ? ": " : "",
                         KAFC_STR_HEAD(p->error_message, 120));
    }
    if (p && rc == KAFC_OK)
        k->out = (kafc_produced){ .base_offset = or_unknown(p->base_offset),
                                  .log_append_time = or_unknown(p->log_append_time_ms),
                                  .log_start_offset = or_unknown(p->log_start_offset),
                                  .throttle_ms = rq->throttle_ms > 0 ? rq->throttle_ms : 0 };
    kafc__arena_fini(&a);
    return rc;
}

static kafc_err send_records(struct produce *k, const struct bytes *b, int64_t deadline,
                             kafc_error *err)
{
    kafc_conn *c = k->c;
    struct kafc_produce_req req;
    struct kafc_produce_req_topic t;
    struct kafc_produce_req_partition p;
    struct kafc_request rq;
    kafc__msg_defaults(&kafc_produce_req_schema, &req);
    kafc__msg_defaults(&kafc_produce_req_topic_schema, &t);
    kafc__msg_defaults(&kafc_produce_req_partition_schema, &p);
    p.index = c->o.partition;
    p.records = (struct kafc_records){ .p = b->p, .len = (int32_t)b->len };
    t.name = kafc__str(c->topic->s);
    t.topic_id = c->topic_id;
    t.partition_data.v = &p;
    t.partition_data.n = 1;
    req.acks = (int16_t)c->o.acks;
    req.timeout_ms = kafc__broker_timeout(c->o.request_timeout_ms, kafc__conn_until(c, deadline));
    req.topic_data.v = &t;
    req.topic_data.n = 1;
    kafc__request_init(&rq, &kafc_produce_api, &req);
    rq.timeout_us = 0;
    rq.no_response = req.acks == 0;
    bound_version(c, &rq);
    return kafc__conn_request(c, &rq, deadline, produced, k, err);
}

kafc_err kafc_conn_produce(kafc_conn *c, const kafc_message *m, int32_t n, int timeout_ms,
                           kafc_produced *out, kafc_error *err)
{
    int64_t deadline;
    kafc_err rc = kafc__conn_hold_topic(c, KAFC_CONN_WRITES, timeout_ms, &deadline, err);
    if (rc != KAFC_OK)
        return rc;
    struct produce k = { c, { KAFC_OFFSET_UNKNOWN, -1, KAFC_OFFSET_UNKNOWN, 0, 0, { NULL } } };
    struct bytes b = { NULL, 0 };
    rc = check_messages(c, m, n, err);
    if (rc == KAFC_OK)
        rc = make_records(c, m, n, &b, err);
    if (rc == KAFC_OK)
        rc = send_records(&k, &b, deadline, err);
    kafc__free(&c->mem, b.p);
    if (rc == KAFC_OK && out)
        *out = k.out;
    kafc__conn_release(c);
    return rc;
}

/* --- Positions ---------------------------------------------------------------------------- */

static kafc_err resolve(kafc_conn *c, kafc_position at, int64_t deadline, int64_t *offset, kafc_error *err);

int64_t kafc_conn_offset(kafc_conn *c)
{
    return c ? atomic_load(&c->offset) : KAFC_OFFSET_UNKNOWN;
}

/* Asks for the start if no call has needed it yet. */
static kafc_err need_offset(kafc_conn *c, int64_t deadline, int64_t *offset, kafc_error *err)
{
    kafc_err rc = KAFC_OK;
    *offset = atomic_load(&c->offset);
    if (*offset == KAFC_OFFSET_UNKNOWN)
        rc = resolve(c, c->start, deadline, offset, err);
    if (rc == KAFC_OK)
        atomic_store(&c->offset, *offset);
    return rc;
}

static kafc_err resolve_step(kafc_conn *c, int64_t by, int64_t deadline, int64_t *offset, kafc_error *err)
{
    int64_t from;
    kafc_err rc = need_offset(c, deadline, &from, err);
    if (rc != KAFC_OK)
        return rc;
    if (by < -from || (by > 0 && from > INT64_MAX - by))
        return kafc__error(err, KAFC_ERR_OFFSET_OUT_OF_RANGE, "%.249s [%d]: there is no offset %lld from %lld on",
                           c->topic->s, (int)c->o.partition, (long long)by, (long long)from);
    *offset = from + by;
    return KAFC_OK;
}

static kafc_err resolve(kafc_conn *c, kafc_position at, int64_t deadline, int64_t *offset,
                        kafc_error *err)
{
    if (at.kind == KAFC_POSITION_CURRENT)
        return resolve_step(c, at.value, deadline, offset, err);
    if (at.kind == KAFC_POSITION_OFFSET) {
        *offset = at.value;
        return at.value >= 0 ? KAFC_OK
                             : kafc__error(err, KAFC_ERR_USAGE, "KAFC_AT(%lld) is negative", (long long)at.value);
    }
    kafc_offset_query q = { .topic = c->topic->s, .partition = c->o.partition, .at = at };
    struct kafc_asker by = kafc__asker_of_conn(c);
    kafc_err rc = kafc__query_offsets(&by, &q, 1, c->o.isolation, deadline, err);
    if (rc == KAFC_OK && q.offset < 0)
        rc = kafc__error(err, KAFC_ERR_PROTOCOL, "%s answers ListOffsets for %.200s [%d] without an offset", c->name,
                         c->topic->s, (int)c->o.partition);
    if (rc == KAFC_OK)
        *offset = q.offset;
    return rc;
}

/* Transactions that are open end before the high watermark: any offset up to there can be read from, once. */
static kafc_err check_range(kafc_conn *c, int64_t offset, int64_t deadline, kafc_error *err)
{
    kafc_offset_query q[2] = { { .topic = c->topic->s, .partition = c->o.partition, .at = KAFC_FIRST },
                               { .topic = c->topic->s, .partition = c->o.partition, .at = KAFC_LAST } };
    struct kafc_asker by = kafc__asker_of_conn(c);
    kafc_err rc = kafc__query_offsets(&by, q, 2, KAFC_READ_UNCOMMITTED, deadline, err);
    if (rc != KAFC_OK || (offset >= q[0].offset && offset <= q[1].offset))
        return rc;
    return kafc__error(err, KAFC_ERR_OFFSET_OUT_OF_RANGE, "%.249s [%d] has offsets %lld to %lld, and not %lld",
                       c->topic->s, (int)c->o.partition, (long long)q[0].offset, (long long)q[1].offset,
                       (long long)offset);
}

kafc_err kafc_conn_offset_at(kafc_conn *c, kafc_position at, int timeout_ms, int64_t *offset,
                             kafc_error *err)
{
    int64_t deadline, to = KAFC_OFFSET_UNKNOWN;
    kafc_err rc = kafc__conn_hold_topic(c, KAFC_CONN_READS, timeout_ms, &deadline, err);
    if (rc != KAFC_OK)
        return rc;
    rc = resolve(c, at, deadline, &to, err);
    if (rc == KAFC_OK && (at.kind == KAFC_POSITION_OFFSET || at.kind == KAFC_POSITION_CURRENT))
        rc = check_range(c, to, deadline, err);
    kafc__conn_release(c);
    if (offset)
        *offset = rc == KAFC_OK ? to : KAFC_OFFSET_UNKNOWN;
    return rc;
}

kafc_err kafc_conn_seek(kafc_conn *c, kafc_position to, int timeout_ms, int64_t *offset,
                        kafc_error *err)
{
    int64_t deadline, at = KAFC_OFFSET_UNKNOWN;
    kafc_err rc = kafc__conn_hold_topic(c, KAFC_CONN_READS, timeout_ms, &deadline, err);
    if (rc != KAFC_OK)
        return rc;
    rc = resolve(c, to, deadline, &at, err);
    if (rc == KAFC_OK) {
        kafc_batch_free(c->current);
        c->current = NULL;
        atomic_store(&c->offset, at);
    }
    kafc__conn_release(c);
    if (offset)
        *offset = at;
    return rc;
}

/* --- Fetch ---------------------------------------------------------------------------------- */

struct fetch {
    kafc_conn *c;
    int64_t from;
    kafc_batch *out;   /* NULL: nothing there yet */
    int32_t max_bytes; /* the option, or more for a message that came cut off */
    int32_t wait_ms;   /* for so long the broker was to wait */
    bool empty;        /* it had nothing, and says nothing else */
};

static int by_first_offset(const void *a, const void *b)
{
    const struct kafc_aborted *x = a, *y = b;
    return (x->first_offset > y->first_offset) - (x->first_offset < y->first_offset);
}

static bool take_aborted(kafc_batch *b, const struct kafc_fetch_resp_partition *p)
{
    int32_t n = p->aborted_transactions.n;
    if (!b->cursor.read_committed || n <= 0)
        return true;
    b->cursor.aborted = kafc__zalloc_array(&b->mem, (size_t)n, sizeof(*b->cursor.aborted));
    if (!b->cursor.aborted)
        return false;
    for (int32_t i = 0; i < n; i++) {
        b->cursor.aborted[i].producer_id = p->aborted_transactions.v[i].producer_id;
        b->cursor.aborted[i].first_offset = p->aborted_transactions.v[i].first_offset;
    }
    b->cursor.naborted = n;
    qsort(b->cursor.aborted, (size_t)n, sizeof(*b->cursor.aborted), by_first_offset);
    return true;
}

/* Before Fetch 3 a message that is larger than was asked for comes cut off. It is asked for again with room for all
 * of it: KAFC_OK. cut: its bytes, 0 if not even its size came. */
static kafc_err more_room(struct fetch *k, size_t cut, kafc_error *err)
{
    enum { AT_LEAST = 4096 };
    const kafc_conn *c = k->c;
    size_t need = cut ? cut : AT_LEAST;
    if (need > (size_t)k->max_bytes && need <= (size_t)c->o.receive_max_bytes) {
        k->max_bytes = (int32_t)need;
        return KAFC_OK;
    }
    if (need > (size_t)c->o.receive_max_bytes)
        return kafc__error(err, KAFC_ERR_TOO_LARGE,
                           "%.249s [%d]: the message at offset %lld has %zu bytes, %d are accepted",
                           c->topic->s, (int)c->o.partition, (long long)k->from, need,
                           (int)c->o.receive_max_bytes);
    return kafc__error(err, KAFC_ERR_CORRUPT,
                       "%.249s [%d]: no whole batch came from offset %lld on", c->topic->s,
                       (int)c->o.partition, (long long)k->from);
}

/* *next: the offset behind the last whole batch, or -1: ask again. It must lie behind `from`, or reading would never
 * get further. */
static kafc_err find_end(struct fetch *k, const struct kafc_fetch_resp_partition *p, int64_t *next,
                         kafc_error *err)
{
    struct kafc_batches it;
    struct kafc_batch b;
    kafc_err rc;
    kafc__batches_init(&it, p->records.p, (size_t)p->records.len);
    for (*next = -1; (rc = kafc__batch_next(&it, &b, err)) == KAFC_OK && b.p;)
        *next = kafc__batch_last_offset(&b) + 1;
    if (*next > k->from)
        return KAFC_OK; /* what is wrong behind that, the cursor finds */
    if (rc != KAFC_OK)
        return rc;
    if (*next < 0)
        return more_room(k, it.cut, err);
    return kafc__error(
        err, KAFC_ERR_CORRUPT, "%.249s [%d]: what came ends at offset %lld, in front of %lld",
        k->c->topic->s, (int)k->c->o.partition, (long long)*next, (long long)k->from);
}

static kafc_err take_records(struct fetch *k, struct kafc_request *rq,
                             const struct kafc_fetch_resp_partition *p, kafc_error *err)
{
    kafc_conn *c = k->c;
    int64_t next;
    if (p->records.len <= 0)
        return KAFC_OK;
    kafc_err rc = find_end(k, p, &next, err);
    if (rc != KAFC_OK || next < 0)
        return rc;
    kafc_batch *b = kafc__fetched_new(&c->mem, NULL, c->topic, c->o.partition, rq->frame,
                                      p->records.p, (size_t)p->records.len);
    if (!b)
        return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for a batch");
    b->cursor.check_crcs = c->o.check_crcs == KAFC_ON;
    b->cursor.read_committed = c->o.isolation != KAFC_READ_UNCOMMITTED;
    b->cursor.next = k->from;
    b->high_watermark = p->high_watermark;
    b->last_stable = p->last_stable_offset;
    b->log_start = p->log_start_offset;
    b->throttle_ms = rq->throttle_ms;
    b->next_offset = next;
    if (!take_aborted(b, p)) {
        kafc_batch_free(b);
        return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for a batch");
    }
    k->out = b;
    return KAFC_OK;
}

static kafc_err fetched(struct kafc_request *rq, void *arg, kafc_error *err)
{
    struct fetch *k = arg;
    struct kafc_fetch_resp r;
    struct kafc_arena a;
    kafc__arena_init(&a, &k->c->mem, 0);
    kafc_err rc = kafc__request_decode(rq, &r, &a, err);
    const struct kafc_fetch_resp_partition *p = rc == KAFC_OK && r.responses.n > 0 &&
                                                        r.responses.v[0].partitions.n > 0
                                                    ? &r.responses.v[0].partitions.v[0]
                                                    : NULL;
    int16_t code = p ? p->error_code : rc == KAFC_OK ? r.error_code : (int16_t)0;
    if (rc == KAFC_OK && code != 0)
        rc = kafc__error(err, (kafc_err)code, "%.249s [%d] cannot be fetched from offset %lld: %s",
                         k->c->topic->s, (int)k->c->o.partition, (long long)k->from,
                         kafc_err_text((kafc_err)code));
    k->empty = !p || p->records.len <= 0;
    if (rc == KAFC_OK && k->empty && p && p->preferred_read_replica >= 0) {
        k->c->o.rack = NULL; /* who says where he stands is sent elsewhere, again and again; we stay here */
        k->empty = false;
    }
    if (rc == KAFC_OK && p)
        rc = take_records(k, rq, p, err);
    kafc__arena_fini(&a);
    return rc;
}

static kafc_err fetch_once(struct fetch *k, int64_t deadline, kafc_error *err)
{
    kafc_conn *c = k->c;
    struct kafc_fetch_req req;
    struct kafc_fetch_req_topic t;
    struct kafc_fetch_req_partition p;
    struct kafc_request rq;
    kafc__msg_defaults(&kafc_fetch_req_schema, &req);
    kafc__msg_defaults(&kafc_fetch_req_topic_schema, &t);
    kafc__msg_defaults(&kafc_fetch_req_partition_schema, &p);
    p.partition = c->o.partition;
    p.fetch_offset = k->from;
    p.partition_max_bytes = k->max_bytes;
    t.topic = kafc__str(c->topic->s);
    t.topic_id = c->topic_id;
    t.partitions.v = &p;
    t.partitions.n = 1;
    int32_t wait = c->o.max_wait_ms, left = kafc__conn_ms_until(kafc__conn_until(c, deadline));
    req.max_wait_ms = wait < left - left / 4
                          ? wait
                          : left - left / 4; /* the answer has a way to go, too */
    k->wait_ms = req.max_wait_ms;
    req.min_bytes = c->o.min_bytes;
    req.max_bytes = k->max_bytes;
    req.isolation_level = c->o.isolation == KAFC_READ_UNCOMMITTED ? 0 : 1;
    req.session_epoch = -1; /* no session */
    req.topics.v = &t;
    req.topics.n = 1;
    if (c->o.rack)
        req.rack_id = (kafc_str){ c->o.rack, (int32_t)strlen(c->o.rack) };
    kafc__request_init(&rq, &kafc_fetch_api, &req);
    rq.timeout_us = (int64_t)req.max_wait_ms * 1000;
    bound_version(c, &rq);
    return kafc__conn_request(c, &rq, deadline, fetched, k, err);
}

/* A broker that was told to wait has waited; else the pause is ours. */
static kafc_err fetch_calmly(struct fetch *k, int64_t deadline, kafc_error *err)
{
    enum { PAUSE_US = 100000 };
    int64_t begin = kafc__clock_mono_us();
    kafc_err rc = fetch_once(k, deadline, err);
    bool early = k->wait_ms == 0 || kafc__clock_mono_us() - begin < (int64_t)k->wait_ms * 1000 / 2;
    if (rc == KAFC_OK && k->empty && early)
        kafc__conn_pause(k->c, PAUSE_US, deadline);
    return rc;
}

/* The next batches from c->offset on; the offset stays. */
static kafc_err fetch_some(kafc_conn *c, int64_t deadline, kafc_batch **out, kafc_error *err)
{
    struct fetch k = { .c = c, .max_bytes = c->o.max_bytes };
    kafc_err rc = need_offset(c, deadline, &k.from, err);
    while (rc == KAFC_OK && !k.out)
        rc = fetch_calmly(&k, deadline, err);
    if (rc == KAFC_ERR_TIMED_OUT || rc == KAFC_ERR_WOULD_BLOCK)
        return kafc__error(err, rc, "nothing came of %.249s [%d] from offset %lld on", c->topic->s,
                           (int)c->o.partition, (long long)k.from);
    *out = k.out;
    return rc;
}

kafc_err kafc_conn_fetch(kafc_conn *c, kafc_batch **out, int timeout_ms, kafc_error *err)
{
    int64_t deadline;
    if (!out)
        return kafc__error(err, KAFC_ERR_USAGE, "there is no place for the batch");
    *out = NULL;
    kafc_err rc = kafc__conn_hold_topic(c, KAFC_CONN_READS, timeout_ms, &deadline, err);
    if (rc != KAFC_OK)
        return rc;
    kafc_batch_free(c->current); /* what read had not delivered yet is fetched again */
    c->current = NULL;
    rc = fetch_some(c, deadline, out, err);
    if (rc == KAFC_OK)
        atomic_store(&c->offset, (*out)->next_offset);
    kafc__conn_release(c);
    return rc;
}

/* KAFC_OK with a message, KAFC_ERR_END_OF_RANGE when the batch is used up, or what is wrong with it. */
static kafc_err read_current(kafc_conn *c, kafc_message *m, kafc_error *err)
{
    kafc_error e = { .code = KAFC_OK };
    if (kafc_batch_next(c->current, m, &e)) {
        atomic_store(&c->offset, m->offset + 1);
        return KAFC_OK;
    }
    if (e.code != KAFC_OK) {
        if (err)
            *err = e;
        return e.code;
    }
    atomic_store(&c->offset, c->current->next_offset); /* behind holes and markers */
    kafc_batch_free(c->current);
    c->current = NULL;
    return KAFC_ERR_END_OF_RANGE;
}

kafc_err kafc_conn_read(kafc_conn *c, kafc_message *m, int timeout_ms, kafc_error *err)
{
    int64_t deadline;
    if (!m)
        return kafc__error(err, KAFC_ERR_USAGE, "there is no place for the message");
    kafc_err rc = kafc__conn_hold_topic(c, KAFC_CONN_READS, timeout_ms, &deadline, err);
    if (rc != KAFC_OK)
        return rc;
    do {
        rc = KAFC_OK;
        if (!c->current)
            rc = fetch_some(c, deadline, &c->current, err);
        if (rc == KAFC_OK)
            rc = read_current(c, m, err);
    } while (rc == KAFC_ERR_END_OF_RANGE);
    kafc__conn_release(c);
    return rc;
}
