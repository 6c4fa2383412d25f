/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The mock as a broker of a former release: what it advertises, message sets
 * that it refuses, and what becomes of those that it takes.
 */
#include <stdio.h>

#include "protocol/api/00_produce.h"
#include "protocol/api/01_fetch.h"
#include "protocol/api/18_api_versions.h"
#include "protocol/record/codec.h"
#include "protocol/record/message.h"
#include "tests/mock/ask.h"
#include "tests/support/suite.h"

enum { SET_MAX = 4096 };

struct set {
    uint8_t p[SET_MAX];
    size_t n;
};

static void setup(struct ask *a, const char *release)
{
    ask_init(a, KAFC_MOCK(.brokers = 1, .release = release, .message_max_bytes = 1000));
    ck_assert_int_eq(kafc__cluster_create_topic(a->c, "t", 1, 0), KAFC_OK);
}

static void add(struct set *s, struct kafc_wire_message m)
{
    ck_assert_uint_le(s->n + kafc__message_size(&m), SET_MAX);
    (void)kafc__message_put(s->p + s->n, &m);
    s->n += m.size;
}

/* Messages of offsets 0, step, 2 step. */
static struct set three(int8_t magic, int64_t step)
{
    struct set s = { .n = 0 };
    for (int64_t i = 0; i < 3; i++)
        add(&s, (struct kafc_wire_message){ .offset = i * step,
                                            .magic = magic,
                                            .timestamp = 100 + i,
                                            .value = KAFC_STR("value") });
    return s;
}

static struct set wrap(const struct set *in, int8_t magic, int codec)
{
    struct set z = { .n = 0 }, out = { .n = 0 };
    struct kafc_seg_pool *pool = kafc__seg_pool_new(NULL, NULL);
    struct kafc_compress *c = kafc__compress_new(kafc__codec(codec), NULL, NULL);
    struct kafc_chain chain = { 0 };
    ck_assert_int_eq(kafc__compress_begin(c, 0, pool, &chain, NULL), KAFC_OK);
    ck_assert_int_eq(kafc__compress_update(c, in->p, in->n, NULL), KAFC_OK);
    ck_assert_int_eq(kafc__compress_finish(c, NULL), KAFC_OK);
    for (struct kafc_seg *s = chain.head; s; s = s->next) {
        memcpy(z.p + z.n, s->data, s->len);
        z.n += s->len;
    }
    kafc__chain_clear(&chain, pool);
    kafc__compress_free(c);
    kafc__seg_pool_free(pool);
    add(&out, (struct kafc_wire_message){ .offset = 2,
                                          .magic = magic,
                                          .attributes = (int8_t)codec,
                                          .timestamp = 102,
                                          .value = { z.p, (int32_t)z.n } });
    return out;
}

static kafc_err produce(struct ask *a, int16_t version, const struct set *s, size_t n)
{
    const struct kafc_produce_resp_partition *p = ask_produce(
        a, version, -1, "t", 0, (struct kafc_records){ s->p, (int32_t)n, NULL });
    return (kafc_err)p->error_code;
}

START_TEST(a_release_is_what_it_advertises)
{
    static const struct {
        const char *name;
        int8_t produce, fetch, at; /* at: in kafc_mserve.had */
    } want[] = { { "0.10.0", 2, 2, 2 }, { "0.10.1", 2, 3, 3 }, { "0.11", 3, 5, 4 },
                 { "1.1", 5, 7, 5 },    { "2.1", 7, 10, 6 },   { "2.8", 9, 12, 7 } };
    for (size_t i = 0; i < sizeof(want) / sizeof(*want); i++) {
        struct ask a;
        struct kafc_api_versions_req q;
        struct kafc_api_versions_resp r;
        setup(&a, want[i].name);
        kafc__msg_defaults(&kafc_api_versions_req_schema, &q);
        ask_call(&a, KAFC_API_API_VERSIONS, 0, &q, &r);
        int apis = 0;
        for (int k = 0; kafc__mock_serve_at(k); k++)
            apis += kafc__mock_serve_at(k)->had[want[i].at] > 0;
        ck_assert_int_eq(r.api_keys.n, apis);
        ck_assert_int_eq(r.api_keys.v[0].max_version, want[i].produce);
        ck_assert_int_eq(r.api_keys.v[1].max_version, want[i].fetch);
        ck_assert_int_eq(r.api_keys.v[0].min_version, 0);
        ask_fini(&a);
    }
    kafc_error err;
    ck_assert_ptr_null(kafc__cluster_new(KAFC_MOCK(.release = "0.7"), &err));
    ck_assert_int_eq(err.code, KAFC_ERR_USAGE);
    ck_assert_ptr_nonnull(strstr(err.message, "0.7"));
}
END_TEST

START_TEST(before_0_10_the_connection_ends_over_api_versions)
{
    struct ask a;
    struct kafc_api_versions_req q;
    setup(&a, "0.9");
    kafc__msg_defaults(&kafc_api_versions_req_schema, &q);
    q.client_software_name = q.client_software_version = ask_str("x");
    ask_send(&a, KAFC_API_API_VERSIONS, 3, &q);
    ck_assert(ask_closed(&a));
    ck_assert_int_eq(kafc__cluster_set_release(a.c, "1.2.3"), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc__cluster_set_release(a.c, NULL), KAFC_OK);
    ask_connect(&a, 1);
    struct kafc_api_versions_resp r;
    ask_call(&a, KAFC_API_API_VERSIONS, 3, &q, &r);
    ck_assert_int_eq(r.api_keys.v[0].min_version, 3);
    ask_fini(&a);
}
END_TEST

START_TEST(sets_that_a_broker_refuses)
{
    struct ask a;
    setup(&a, "0.10.1");
    struct set s = three(1, 1);
    ck_assert_int_eq(produce(&a, 2, &s, s.n), KAFC_OK);
    ck_assert_int_eq(produce(&a, 1, &s, s.n),
                     KAFC_ERR_CORRUPT_MESSAGE); /* the format of version 2 */
    ck_assert_int_eq(produce(&a, 2, &s, s.n - 1), KAFC_ERR_CORRUPT_MESSAGE); /* cut off */
    ck_assert_int_eq(produce(&a, 2, &s, 0), KAFC_ERR_CORRUPT_MESSAGE);
    s.p[s.n - 1] ^= 1; /* the sum */
    ck_assert_int_eq(produce(&a, 2, &s, s.n), KAFC_ERR_CORRUPT_MESSAGE);
    struct set gaps = three(1, 2), z = wrap(&gaps, 1, KAFC_GZIP);
    ck_assert_int_eq(produce(&a, 2, &z, z.n), KAFC_ERR_CORRUPT_MESSAGE);
    struct set twice = three(1, 1);
    twice = wrap(&twice, 1, KAFC_GZIP);
    twice = wrap(&twice, 1, KAFC_GZIP);
    ck_assert_int_eq(produce(&a, 2, &twice, twice.n), KAFC_ERR_CORRUPT_MESSAGE);
    static const uint8_t zeros[1001];
    struct set large = { .n = 0 };
    add(&large, (struct kafc_wire_message){ .magic = 1, .value = { zeros, sizeof(zeros) } });
    ck_assert_int_eq(produce(&a, 2, &large, large.n), KAFC_ERR_MESSAGE_TOO_LARGE);
    struct set modern = { .n = 0 };
    struct kafc_records r = ask_make(&a, &(struct ask_batch){ .n = 1 });
    memcpy(modern.p, r.p, modern.n = (size_t)r.len);
    ck_assert_int_eq(produce(&a, 2, &modern, modern.n), KAFC_ERR_CORRUPT_MESSAGE);
    if (!kafc__codec(KAFC_LZ4)->library) {
        /* Format 0 wants lz4's header with the wrong sum, format 1 with the right one. */
        struct set in = three(0, 1), lz4 = wrap(&in, 0, KAFC_LZ4);
        ck_assert_int_eq(produce(&a, 0, &lz4, lz4.n), KAFC_ERR_CORRUPT_MESSAGE);
        in = three(1, 1);
        lz4 = wrap(&in, 1, KAFC_LZ4);
        ck_assert_int_eq(produce(&a, 2, &lz4, lz4.n), KAFC_OK);
    }
    ask_fini(&a);
}
END_TEST

/* What Fetch answers for [0] of "t" from an offset on. */
static struct set fetch(struct ask *a, int16_t version, int64_t from, int32_t max)
{
    struct kafc_fetch_req q;
    struct kafc_fetch_req_topic t;
    struct kafc_fetch_req_partition p;
    struct kafc_fetch_resp r;
    struct set s = { .n = 0 };
    kafc__msg_defaults(&kafc_fetch_req_schema, &q);
    kafc__msg_defaults(&kafc_fetch_req_topic_schema, &t);
    kafc__msg_defaults(&kafc_fetch_req_partition_schema, &p);
    p.fetch_offset = from;
    p.partition_max_bytes = max;
    t.topic = ask_str("t");
    t.partitions.v = &p;
    t.partitions.n = 1;
    q.topics.v = &t;
    q.topics.n = 1;
    ask_call(a, KAFC_API_FETCH, version, &q, &r);
    ck_assert_int_eq(r.responses.v[0].partitions.v[0].error_code, KAFC_OK);
    s.n = (size_t)r.responses.v[0].partitions.v[0].records.len;
    ck_assert_uint_le(s.n, SET_MAX);
    if (s.n)
        memcpy(s.p, r.responses.v[0].partitions.v[0].records.p, s.n);
    return s;
}

START_TEST(sets_come_out_in_the_format_of_the_version_and_cut_where_old_ones_are)
{
    struct ask a;
    setup(&a, "0.10.1");
    struct set in = three(1, 1), z = wrap(&in, 1, KAFC_GZIP);
    ck_assert_int_eq(produce(&a, 2, &in, in.n), KAFC_OK);
    ck_assert_int_eq(produce(&a, 2, &z, z.n), KAFC_OK);
    for (int16_t v = 0; v <= 3; v++) {
        struct set out = fetch(&a, v, 1, 1000); /* 1, 2 and the compressed 3 to 5 */
        struct kafc_wire_message m;
        static const int64_t want[] = { 1, 2, 5 };
        size_t at = 0;
        for (int i = 0; i < 3; i++, at += m.size) {
            ck_assert_ptr_null(kafc__message_parse(out.p + at, out.n - at, &m));
            ck_assert_int_eq(m.magic, v < 2 ? 0 : 1);
            ck_assert_int_eq(m.offset, want[i]);
            ck_assert(kafc__message_crc_ok(out.p + at, &m));
            ck_assert_int_eq(m.attributes, i == 2 ? KAFC_GZIP : 0);
            ck_assert_int_eq(m.timestamp, v < 2 ? -1 : i == 2 ? 102 : 101 + i);
        }
        ck_assert_uint_eq(at, out.n);
        out = fetch(&a, v, 1, 30); /* the first message as a whole only from 3 on */
        ck_assert_uint_eq(out.n, v < 3 ? 30 : 12 + KAFC_MESSAGE_OVERHEAD_V1 + 5);
    }
    ask_fini(&a);
}
END_TEST

SUITE_MAIN("mock-sets", 30, a_release_is_what_it_advertises,
           before_0_10_the_connection_ends_over_api_versions, sets_that_a_broker_refuses,
           sets_come_out_in_the_format_of_the_version_and_cut_where_old_ones_are)
