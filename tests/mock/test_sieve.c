/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Records taken out of Produce requests as they come, and a cluster that keeps
 * none.
 */
#include "mock/sieve.h"

#include <stdlib.h>

#include "protocol/api/00_produce.h"
#include "protocol/record/batch.h"
#include "protocol/registry.h"
#include "tests/mock/ask.h"
#include "tests/support/suite.h"

enum { TOPICS = 2, PARTS = 3, BIG = 20000, TEXT = 1 << 18 };

struct text {
    uint8_t *p;
    size_t n;
};

/* Two topics of three partitions each: records of nothing, a header, and much. */
static void fill(struct kafc_produce_req *q, struct kafc_produce_req_topic *t, int16_t version,
                 const uint8_t *bytes, bool headers_only)
{
    static const int32_t len[PARTS] = { 20, KAFC_BATCH_HEADER, BIG };
    static struct kafc_produce_req_partition part[TOPICS][PARTS];

    memset(q, 0, sizeof *q);
    memset(t, 0, TOPICS * sizeof *t);
    memset(part, 0, sizeof part);
    q->transactional_id = version >= 3 ? ask_str("txn") : (kafc_str){ NULL, 0 };
    q->acks = -1;
    q->topic_data.v = t;
    q->topic_data.n = TOPICS;
    for (int i = 0; i < TOPICS; i++) {
        if (version < 13)
            t[i].name = ask_str(i ? "one" : "other");
        else
            t[i].topic_id.b[i] = 7;
        t[i].partition_data.v = part[i];
        t[i].partition_data.n = PARTS;
        for (int k = 0; k < PARTS; k++) {
            int32_t n = headers_only && len[k] > KAFC_BATCH_HEADER ? KAFC_BATCH_HEADER : len[k];

            part[i][k].index = k;
            part[i][k].records = (struct kafc_records){ bytes + k, n, NULL };
        }
    }
}

static struct text encode(int16_t key, int16_t version, const void *req)
{
    const struct kafc_api *api = kafc__api(key);
    struct text t = { malloc(TEXT), 0 };
    kafc_error err;
    struct kafc_wr w;

    ck_assert_ptr_nonnull(t.p);
    kafc__wr_init(&w, t.p, TEXT, NULL);
    kafc__wr_i32(&w, 0);
    kafc__request_header_put(&w, api, version, 5, ask_str("me"));
    ck_assert_int_eq(kafc__msg_encode(&w, api->req, req, version, &err), KAFC_OK);
    ck_assert_ptr_null(w.err);
    t.n = kafc__wr_len(&w);
    kafc__store32(t.p, (uint32_t)t.n - 4);
    return t;
}

/* All frames that come out of the bytes, in pieces of `piece`; *skipped counts what nobody had to read. */
static enum kafc_sieved sift(const uint8_t *p, size_t n, size_t piece, struct text *out,
                             size_t *skipped)
{
    struct kafc_sieve *s = kafc__sieve_new(NULL);
    enum kafc_sieved got = KAFC_SIEVED_MORE;

    ck_assert_ptr_nonnull(s);
    *out = (struct text){ malloc(TEXT), 0 };
    *skipped = 0;
    ck_assert_ptr_nonnull(out->p);
    while (n && got == KAFC_SIEVED_MORE) {
        size_t most = kafc__sieve_skip(s), part;
        bool skip = most > 0;
        void *room = skip ? NULL : kafc__sieve_room(s, &most);
        const void *frame;
        size_t len;

        part = most < piece ? most : piece;
        part = part < n ? part : n;
        if (skip) {
            kafc__sieve_skipped(s, part);
            *skipped += part;
        } else {
            memcpy(room, p, part);
            kafc__sieve_received(s, part);
        }
        p += part;
        n -= part;
        while ((got = kafc__sieve_next(s, &frame, &len)) == KAFC_SIEVED_FRAME) {
            ck_assert_uint_le(out->n + len, TEXT);
            memcpy(out->p + out->n, frame, len);
            out->n += len;
        }
    }
    kafc__sieve_free(s);
    return got;
}

START_TEST(every_version_in_any_pieces_keeps_headers_alone)
{
    const struct kafc_api *api = kafc__api(KAFC_API_PRODUCE);
    static uint8_t bytes[BIG + PARTS];
    static const size_t pieces[] = { 1, 2, 7, 61, 100, 4096, TEXT };

    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 7);
    for (int16_t v = (int16_t)api->min; v <= api->max; v++) {
        struct kafc_produce_req q;
        struct kafc_produce_req_topic t[TOPICS];
        struct text in, want;

        fill(&q, t, v, bytes, false);
        in = encode(KAFC_API_PRODUCE, v, &q);
        fill(&q, t, v, bytes, true);
        want = encode(KAFC_API_PRODUCE, v, &q);
        memcpy(in.p + in.n, in.p, in.n); /* two in a row */
        for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
            struct text out;
            size_t skipped;

            ck_assert_int_eq(sift(in.p, 2 * in.n, pieces[i], &out, &skipped), KAFC_SIEVED_MORE);
            ck_assert_uint_eq(out.n, 2 * want.n);
            ck_assert_mem_eq(out.p, want.p, want.n);
            ck_assert_mem_eq(out.p + want.n, want.p, want.n);
            ck_assert_uint_ge(skipped, (size_t)2 * TOPICS * (BIG - 8192));
            free(out.p);
        }
        free(in.p);
        free(want.p);
    }
}
END_TEST

START_TEST(other_requests_pass_as_they_are)
{
    /* Metadata 1, two of them, and a Produce of a version that is none */
    static const uint8_t in[] = { 0, 0, 0, 14, 0, 3, 0, 1,  0, 0, 0, 9, 0, 0,
                                  0, 0, 0, 0,                                 /* all topics */
                                  0, 0, 0, 10, 0, 3, 0, 1,  0, 0, 0, 9, 0, 0, /* no topics field */
                                  0, 0, 0, 9,  0, 0, 0, 99, 0, 0, 0, 9, 1, 2 };
    struct text out;
    size_t skipped, n = sizeof in - 1; /* the last byte is the next frame's */

    for (size_t piece = 1; piece < sizeof in; piece++) {
        ck_assert_int_eq(sift(in, sizeof in, piece, &out, &skipped), KAFC_SIEVED_MORE);
        ck_assert_uint_eq(out.n, n);
        ck_assert_mem_eq(out.p, in, n);
        free(out.p);
    }
}
END_TEST

START_TEST(what_is_no_request_is_refused)
{
    static uint8_t bytes[BIG + PARTS];
    struct kafc_produce_req q;
    struct kafc_produce_req_topic t[TOPICS];
    struct text in, out;
    size_t skipped;

    ck_assert_int_eq(sift((const uint8_t *)"\0\0\0\7", 4, 4, &out, &skipped), KAFC_SIEVED_BAD);
    free(out.p);
    ck_assert_int_eq(sift((const uint8_t *)"\xff\xff\xff\xff", 4, 4, &out, &skipped),
                     KAFC_SIEVED_BAD);
    free(out.p);
    fill(&q, t, 9, bytes, false);
    in = encode(KAFC_API_PRODUCE, 9, &q);
    in.p[in.n++] = 0; /* a byte behind the request */
    kafc__store32(in.p, (uint32_t)in.n - 4);
    ck_assert_int_eq(sift(in.p, in.n, 1000, &out, &skipped), KAFC_SIEVED_BAD);
    ck_assert_uint_eq(out.n, 0);
    free(out.p);
    for (size_t less = 2; less < in.n - 12; less += 97) { /* records that go beyond their frame */
        kafc__store32(in.p, (uint32_t)(in.n - 4 - less));
        ck_assert_int_eq(sift(in.p, in.n - less, 5000, &out, &skipped), KAFC_SIEVED_BAD);
        ck_assert_uint_eq(out.n, 0);
        free(out.p);
    }
    free(in.p);
}
END_TEST

START_TEST(a_blackhole_counts_and_keeps_nothing)
{
    struct ask a;
    const struct kafc_produce_resp_partition *p;
    struct kafc_records r;
    kafc_mock_log log;

    ask_init(&a, KAFC_MOCK(.brokers = 1, .blackhole = true));
    ck_assert_int_eq(kafc__cluster_create_topic(a.c, "t", 2, 0), KAFC_OK);
    r = ask_make(&a, &(struct ask_batch){ .n = 20 });
    r.len = KAFC_BATCH_HEADER; /* as the sieve leaves it */
    for (int i = 0; i < 3; i++) {
        p = ask_produce(&a, 9, 1, "t", 0, r);
        ck_assert_int_eq(p->error_code, KAFC_OK);
        ck_assert_int_eq(p->base_offset, i * 20);
    }
    ck_assert_int_eq(ask_produce(&a, 9, 1, "t", 2, r)->error_code,
                     KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION);
    ck_assert_int_eq(kafc__cluster_log(a.c, "t", 0, &log), KAFC_OK);
    ck_assert_int_eq(log.high_watermark, 60);
    ck_assert_int_eq(log.log_start, 60);
    ck_assert_int_eq(log.batches, 0);
    ask_fini(&a);
}
END_TEST

SUITE_MAIN("mock/sieve", 60, every_version_in_any_pieces_keeps_headers_alone,
           other_requests_pass_as_they_are, what_is_no_request_is_refused,
           a_blackhole_counts_and_keeps_nothing)
