/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A client of the mock's cluster without sockets, for its tests.
 */
#include "tests/mock/ask.h"
#include "protocol/registry.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "protocol/api/00_produce.h"
#include "protocol/api/03_metadata.h"

void ask_init(struct ask *a, const kafc_mock_options *o)
{
    kafc_error err;

    memset(a, 0, sizeof(*a));
    a->wall_ms = 1700000000000;
    a->c = kafc__cluster_new(o, &err);
    ck_assert_msg(a->c != NULL, "%s", err.message);
    kafc__arena_init(&a->arena, NULL, 0);
    ask_advance(a, 1000000);
    ask_connect(a, 1);
}

void ask_fini(struct ask *a)
{
    kafc__cluster_free(a->c);
    kafc__arena_fini(&a->arena);
    free(a->in);
}

void ask_connect(struct ask *a, int32_t broker)
{
    kafc__cluster_close(a->c, a->conn);
    a->conn = kafc__cluster_open(a->c, broker);
    a->in_len = 0;
    a->answered = a->correlation;
    ck_assert_uint_ne(a->conn, 0);
}

void ask_advance(struct ask *a, int64_t us)
{
    a->now += us;
    a->wall_ms += us / 1000;
    kafc__cluster_time(a->c, a->now, a->wall_ms);
    kafc__cluster_tick(a->c);
}

static void pull(struct ask *a)
{
    for (;;) {
        const void *p;
        size_t n;
        kafc__cluster_output(a->c, a->conn, &p, &n);
        if (n == 0)
            return;
        if (n > 7) /* odd pieces */
            n = n / 2 + 1;
        if (a->in_len + n > a->in_cap) {
            a->in_cap = 2 * (a->in_len + n);
            a->in = realloc(a->in, a->in_cap);
            ck_assert_ptr_nonnull(a->in);
        }
        memcpy(a->in + a->in_len, p, n);
        a->in_len += n;
        kafc__cluster_consumed(a->c, a->conn, n);
    }
}

bool ask_closed(struct ask *a)
{
    pull(a);
    return kafc__cluster_closing(a->c, a->conn);
}

void ask_bytes(struct ask *a, const void *p, size_t n)
{
    const uint8_t *from = p;

    while (n > 0) {
        void *room;
        size_t part;
        kafc__cluster_recv_room(a->c, a->conn, &room, &part);
        if (part == 0)
            return;
        if (part > n)
            part = n;
        if (part > 1000) /* odd pieces */
            part = part / 3;
        memcpy(room, from, part);
        kafc__cluster_received(a->c, a->conn, part);
        from += part;
        n -= part;
    }
}

kafc_str ask_str(const char *s)
{
    return (kafc_str){ s, (int32_t)strlen(s) };
}

void ask_send(struct ask *a, int16_t key, int16_t version, const void *req)
{
    const struct kafc_api *api = kafc__api(key);
    kafc_str id = ask_str("ask");
    size_t head = kafc__request_header_size(api, version, id), body;
    kafc_error err;
    struct kafc_wr w;
    uint8_t *buf;

    ck_assert_msg(kafc__msg_size(api->req, req, version, &body, NULL, &err) == KAFC_OK, "%s",
                  err.message);
    buf = malloc(4 + head + body);
    kafc__wr_init(&w, buf, 4 + head + body, NULL);
    kafc__wr_i32(&w, (int32_t)(head + body));
    kafc__request_header_put(&w, api, version, ++a->correlation, id);
    ck_assert_int_eq(kafc__msg_encode(&w, api->req, req, version, &err), KAFC_OK);
    ck_assert_ptr_null(w.err);
    ask_bytes(a, buf, kafc__wr_len(&w));
    free(buf);
}

bool ask_answered(struct ask *a, int16_t key, int16_t version, void *resp)
{
    const struct kafc_api *api = kafc__api(key);
    struct kafc_rd r;
    kafc_error err;
    int32_t correlation;
    size_t size;
    char *copy;

    pull(a);
    if (a->in_len < 4)
        return false;
    size = kafc__load32(a->in);
    ck_assert_uint_ge(a->in_len, 4 + size);
    copy = kafc__arena_dup(&a->arena, a->in + 4, size);
    memmove(a->in, a->in + 4 + size, a->in_len - 4 - size);
    a->in_len -= 4 + size;
    kafc__rd_init(&r, copy, size);
    ck_assert(kafc__response_header_get(&r, api, version, &correlation));
    ck_assert_int_eq(correlation, ++a->answered);
    ck_assert_msg(kafc__msg_decode(&r, api->resp, resp, version, &a->arena, &err) == KAFC_OK, "%s",
                  err.message);
    return true;
}

void ask_call(struct ask *a, int16_t key, int16_t version, const void *req, void *resp)
{
    ask_send(a, key, version, req);
    ck_assert_msg(ask_answered(a, key, version, resp), "API %d version %d: no answer", key,
                  version);
}

static size_t put_records(uint8_t *buf, size_t cap, const struct ask_batch *b)
{
    struct kafc_wr w;

    kafc__wr_init(&w, buf, cap, NULL);
    for (int i = 0; i < b->n; i++) {
        uint8_t one[64];
        struct kafc_wr o;
        char text[16];
        int len = snprintf(text, sizeof(text), "%d", b->first + i);

        kafc__wr_init(&o, one, sizeof(one), NULL);
        kafc__wr_i8(&o, 0);
        kafc__wr_varlong(&o, i);
        kafc__wr_varint(&o, b->bad_offsets ? 7 : i);
        kafc__wr_varint(&o, b->null_key ? -1 : 1);
        if (!b->null_key)
            kafc__wr_i8(&o, 'k');
        kafc__wr_varint(&o, len);
        kafc__wr_raw(&o, text, (size_t)len);
        kafc__wr_varint(&o, 0);
        kafc__wr_varint(&w, (int32_t)kafc__wr_len(&o));
        kafc__wr_raw(&w, one, kafc__wr_len(&o));
    }
    ck_assert_ptr_null(w.err);
    return kafc__wr_len(&w);
}

struct kafc_records ask_make(struct ask *a, const struct ask_batch *b)
{
    size_t cap = 61 + (size_t)b->n * 64;
    uint8_t *p = kafc__arena_alloc(&a->arena, cap);
    size_t len = 61 + put_records(p + 61, cap - 61, b);
    int64_t ts = b->ts ? b->ts : a->wall_ms;
    struct kafc_wr w;

    kafc__wr_init(&w, p, 61, NULL);
    kafc__wr_i64(&w, 0);
    kafc__wr_i32(&w, (int32_t)len - 12);
    kafc__wr_i32(&w, -1);
    kafc__wr_i8(&w, 2);
    kafc__wr_i32(&w, 0);
    kafc__wr_i16(&w, (int16_t)b->attributes);
    kafc__wr_i32(&w, b->n - 1);
    kafc__wr_i64(&w, ts);
    kafc__wr_i64(&w, ts + b->n - 1);
    kafc__wr_i64(&w, b->producer ? b->producer : -1);
    kafc__wr_i16(&w, b->producer ? b->epoch : (int16_t)-1);
    kafc__wr_i32(&w, b->producer ? b->sequence : -1);
    kafc__wr_i32(&w, b->n);
    kafc__store32(p + 17, kafc__crc32c(0, p + 21, len - 21));
    return (struct kafc_records){ p, (int32_t)len, NULL };
}

kafc_uuid ask_topic_id(struct ask *a, const char *topic)
{
    struct kafc_metadata_req q;
    struct kafc_metadata_req_topic t;
    struct kafc_metadata_resp r;

    kafc__msg_defaults(&kafc_metadata_req_schema, &q);
    kafc__msg_defaults(&kafc_metadata_req_topic_schema, &t);
    t.name = ask_str(topic);
    q.topics.v = &t;
    q.topics.n = 1;
    ask_call(a, KAFC_API_METADATA, 12, &q, &r);
    ck_assert_int_eq(r.topics.n, 1);
    return r.topics.v[0].topic_id;
}

const struct kafc_produce_resp_partition *ask_produce(struct ask *a, int16_t version, int16_t acks,
                                                      const char *topic, int32_t partition,
                                                      struct kafc_records records)
{
    struct kafc_produce_req q;
    struct kafc_produce_req_topic t;
    struct kafc_produce_req_partition p;
    struct kafc_produce_resp r;

    kafc__msg_defaults(&kafc_produce_req_schema, &q);
    kafc__msg_defaults(&kafc_produce_req_topic_schema, &t);
    kafc__msg_defaults(&kafc_produce_req_partition_schema, &p);
    if (version >= 13)
        t.topic_id = ask_topic_id(a, topic);
    else
        t.name = ask_str(topic);
    q.transactional_id = a->transactional_id;
    q.acks = acks;
    q.timeout_ms = 1000;
    p.index = partition;
    p.records = records;
    t.partition_data.v = &p;
    t.partition_data.n = 1;
    q.topic_data.v = &t;
    q.topic_data.n = 1;
    if (acks == 0) {
        ask_send(a, KAFC_API_PRODUCE, version, &q);
        a->answered++;
        return NULL;
    }
    ask_call(a, KAFC_API_PRODUCE, version, &q, &r);
    ck_assert_int_eq(r.responses.n, 1);
    ck_assert_int_eq(r.responses.v[0].partition_responses.n, 1);
    return &r.responses.v[0].partition_responses.v[0];
}

const struct kafc_produce_resp_partition *ask_append(struct ask *a, const char *topic,
                                                     int32_t partition, const struct ask_batch *b)
{
    return ask_produce(a, 9, -1, topic, partition, ask_make(a, b));
}
