/* SPDX-License-Identifier: BSD-2-Clause
 *
 * core/link against a scripted peer: frames in any pieces, correlation,
 * ApiVersions, timeouts, hostile lengths, memory that runs out.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/rand.h"
#include "core/link_internal.h"
#include "protocol/api/03_metadata.h"
#include "tests/core/peer.h"
#include "tests/support/alloc.h"
#include "tests/support/suite.h"

enum { MAX = 200, ALL = 1 << 30 };

struct end {
    struct kafc_request *rq;
    kafc_err result;
    char text[488];
};

static struct end ended[MAX];
static int nended;
static struct kafc_link_config cfg;
static struct kafc_link *l;
static struct peer p;
static struct kafc_metadata_req ask;
static struct kafc_request rq[MAX];
static const kafc_allocator *mem;

static void done(struct kafc_request *r)
{
    ck_assert_int_lt(nended, MAX);
    ended[nended].rq = r;
    ended[nended].result = r->result;
    snprintf(ended[nended].text, sizeof(ended[nended].text), "%s", r->why ? r->why->message : "");
    nended++;
}

static void setup(void)
{
    memset(ended, 0, sizeof(ended));
    nended = 0;
    cfg = (struct kafc_link_config){
        .mem = mem, .client_id = "test", .receive_max = 1 << 20, .request_timeout_us = 10000000
    };
    l = kafc__link_new(&cfg, 2, "node 2, advertised as b:9092 by a:9092,");
    peer_init(&p);
    kafc__msg_defaults(&kafc_metadata_req_schema, &ask);
    for (int i = 0; i < MAX; i++) {
        kafc__request_init(&rq[i], &kafc_metadata_api, &ask);
        rq[i].timeout_us = 1000000;
        rq[i].done = done;
    }
}

static void teardown(void)
{
    kafc__link_free(l);
    peer_fini(&p);
}

/* Connects and answers ApiVersions. */
static kafc_err greet(size_t chunk, int8_t metadata_max, int64_t now)
{
    struct peer_request q;
    kafc__link_opening(l);
    kafc__link_up(l, now);
    peer_reset(&p);
    peer_pull(&p, l, chunk, now);
    if (!peer_next(&p, &q))
        return KAFC_ERR_NO_MEMORY;
    ck_assert_int_eq(q.h.api, KAFC_API_API_VERSIONS);
    peer_versions(&p, &q, metadata_max);
    return peer_push(&p, l, chunk, now, NULL);
}

static void answer_metadata(const struct peer_request *q, int brokers)
{
    struct kafc_metadata_resp resp;
    kafc__msg_defaults(q->api->resp, &resp);
    resp.brokers.n = brokers;
    resp.brokers.v = kafc__msg_array(&kafc_metadata_resp_broker_schema, brokers, &p.arena);
    for (int i = 0; i < brokers; i++)
        resp.brokers.v[i] = (struct kafc_metadata_resp_broker){ .node_id = i,
                                                                .host = { "host.example", 12 } };
    peer_answer(&p, q, &resp);
}

START_TEST(frames_arrive_in_any_pieces)
{
    for (size_t chunk = 1; chunk < 40000; chunk = chunk < 5 ? chunk + 1 : chunk * 7) {
        setup();
        ck_assert_int_eq(greet(chunk, 127, 0), KAFC_OK);
        ck_assert_int_eq(kafc__link_state(l), KAFC_LINK_READY);
        for (int i = 0; i < 20; i++)
            kafc__link_queue(l, &rq[i], 0);
        ck_assert_int_eq(nended, 0);
        peer_pull(&p, l, chunk, 0);
        struct peer_request q;
        int n = 0;
        while (peer_next(&p, &q)) {
            ck_assert_int_eq(q.h.correlation, 1 + n);
            ck_assert_int_eq(q.h.version, rq[n].api->pick_max);
            answer_metadata(&q, n * n * 5); /* small, and larger than the staging buffer */
            n++;
        }
        ck_assert_int_eq(n, 20);
        ck_assert_int_eq(peer_push(&p, l, chunk, 1, NULL), KAFC_OK);
        ck_assert_int_eq(nended, 20);
        for (int i = 0; i < 20; i++) {
            ck_assert_ptr_eq(ended[i].rq, &rq[i]);
            ck_assert_int_eq(ended[i].result, KAFC_OK);
        }
        ck_assert_uint_eq(kafc__link_pending(l), 0);
        teardown();
    }
}
END_TEST

START_TEST(frames_arrive_in_random_pieces)
{
    struct kafc_rand r;
    kafc__rand_seed(&r, 11);
    for (int round = 0; round < 100; round++) {
        setup();
        ck_assert_int_eq(greet(1 + kafc__rand_below(&r, 50), 127, 0), KAFC_OK);
        int n = 0;
        for (int i = 0; i < 50; i++) {
            kafc__link_queue(l, &rq[i], 0);
            struct peer_request q;
            if (kafc__rand_below(&r, 2))
                peer_pull(&p, l, 1 + kafc__rand_below(&r, 30), 0);
            for (; peer_next(&p, &q); n++)
                answer_metadata(&q, (int)kafc__rand_below(&r, 3) ? 1 : 900);
            ck_assert_int_eq(peer_push(&p, l, 1 + kafc__rand_below(&r, 20000), 0, NULL), KAFC_OK);
            ck_assert_int_eq(nended, n);
        }
        teardown();
    }
}
END_TEST

/* What the link says when the bytes come as the first of a connection that was asked for its versions. */
static kafc_err first_bytes(const void *bytes, size_t n, kafc_error *err)
{
    setup();
    kafc__link_opening(l);
    kafc__link_up(l, 0);
    peer_pull(&p, l, ALL, 0);
    peer_raw(&p, bytes, n);
    kafc_err e = peer_push(&p, l, 3, 0, err);
    void *room;
    size_t left;
    if (e) { /* and it goes on saying so */
        ck_assert_int_eq(kafc__link_recv_room(l, &room, &left, NULL), e);
        ck_assert_int_eq(kafc__link_tick(l, 0, NULL), e);
        ck_assert_int_le(kafc__link_deadline(l), 0);
        ck_assert(!kafc__link_wants(l, 0));
    }
    teardown();
    return e;
}

START_TEST(hostile_lengths_end_the_connection)
{
    static const struct {
        const char *bytes;
        size_t n;
        kafc_err code;
        const char *says;
    } cases[] = {
        { "\xff\xff\xff\xff", 4, KAFC_ERR_PROTOCOL, "-1 bytes" },
        { "\x80\0\0\0", 4, KAFC_ERR_PROTOCOL, "-2147483648 bytes" },
        { "\0\0\0\0", 4, KAFC_ERR_PROTOCOL, "0 bytes" },
        { "\0\0\0\3", 4, KAFC_ERR_PROTOCOL, "3 bytes" },
        { "\0\x08\0\1", 4, KAFC_ERR_FRAME_TOO_LARGE, "524289 bytes, 524288 are accepted before" },
        { "\x7f\xff\xff\xff", 4, KAFC_ERR_FRAME_TOO_LARGE, "2147483647 bytes" },
        { "\0\x08\0\0\0\0\0\7", 8, KAFC_ERR_PROTOCOL, "id 7" }, /* before its bytes are allocated */
        { "\0\0\0\4\0\0\0\0", 8, KAFC_ERR_PROTOCOL, "with 0 bytes" },
        { "\0\0\0\6\0\0\0\0\0\0", 10, KAFC_ERR_PROTOCOL, "ApiVersions" },
        { "HTTP/1.1 400 Bad Request\r\n", 26, KAFC_ERR_PROTOCOL, "HTTP" },
        { "\x15\3\3\0\2\2\x16", 7, KAFC_ERR_TLS, "security.protocol should be SSL" },
        { "SSH-2.0-OpenSSH_9.2\r\n", 21, KAFC_ERR_PROTOCOL, "SSH" },
        { "-ERR unknown command\r\n", 22, KAFC_ERR_PROTOCOL, "Redis" },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        kafc_error err = { 0 };
        ck_assert_int_eq(first_bytes(cases[i].bytes, cases[i].n, &err), cases[i].code);
        ck_assert_int_eq(err.code, cases[i].code);
        ck_assert_int_eq(err.broker, 2);
        ck_assert_ptr_nonnull(strstr(err.message, "node 2, advertised as b:9092 by a:9092,"));
        ck_assert_msg(strstr(err.message, cases[i].says) != NULL, "%s", err.message);
    }
    setup();
    greet(ALL, 127, 0); /* who has been believed so far may say more */
    kafc_error err;
    peer_raw(&p, "\0\x10\0\1", 4);
    ck_assert_int_eq(peer_push(&p, l, 3, 0, &err), KAFC_ERR_FRAME_TOO_LARGE);
    ck_assert_ptr_nonnull(strstr(err.message, "1048577 bytes, 1048576 are accepted"));
    teardown();
}
END_TEST

START_TEST(responses_must_come_in_order)
{
    setup();
    greet(ALL, 127, 0);
    struct peer_request q[2];
    kafc__link_queue(l, &rq[0], 0);
    kafc__link_queue(l, &rq[1], 0);
    peer_pull(&p, l, ALL, 0);
    ck_assert(peer_next(&p, &q[0]) && peer_next(&p, &q[1]));
    answer_metadata(&q[1], 1);
    kafc_error err;
    ck_assert_int_eq(peer_push(&p, l, ALL, 0, &err), KAFC_ERR_PROTOCOL);
    ck_assert_ptr_nonnull(strstr(err.message, "Metadata v"));
    ck_assert_int_eq(nended, 0);
    kafc__link_down(l, &err, 0);
    ck_assert_int_eq(nended, 2);
    ck_assert_int_eq(ended[0].result, KAFC_ERR_PROTOCOL);
    ck_assert_int_eq(kafc__link_state(l), KAFC_LINK_DOWN);
    teardown();
}
END_TEST

START_TEST(a_response_that_nobody_asked_for_is_an_error)
{
    setup();
    greet(ALL, 127, 0);
    peer_raw(&p, "\0\0\0\5\0\0\0\1\0", 9);
    ck_assert_int_eq(peer_push(&p, l, ALL, 0, NULL), KAFC_ERR_PROTOCOL);
    teardown();
    setup(); /* one to a request of which only a part was sent */
    greet(ALL, 127, 0);
    kafc__link_queue(l, &rq[0], 0);
    struct iovec iov;
    ck_assert_int_eq(kafc__link_send_iov(l, &iov, 1, 0), 1);
    kafc__link_sent(l, iov.iov_len - 1, 0);
    peer_raw(&p, "\0\0\0\5\0\0\0\1\0", 9);
    ck_assert_int_eq(peer_push(&p, l, ALL, 0, NULL), KAFC_ERR_PROTOCOL);
    teardown();
}
END_TEST

START_TEST(C1_a_request_that_times_out_fails_alone)
{
    setup();
    greet(ALL, 127, 0);
    kafc_error err;
    struct peer_request q[3];
    rq[0].timeout_us = 5000000;
    rq[1].timeout_us = 1000000;
    rq[2].timeout_us = 5000000;
    for (int i = 0; i < 3; i++)
        kafc__link_queue(l, &rq[i], 0);
    peer_pull(&p, l, ALL, 0);
    for (int i = 0; i < 3; i++)
        ck_assert(peer_next(&p, &q[i]));
    ck_assert_int_eq(kafc__link_deadline(l), 1000000);
    ck_assert_int_eq(kafc__link_tick(l, 999999, &err), KAFC_OK);
    ck_assert_int_eq(nended, 0);
    ck_assert_int_eq(kafc__link_tick(l, 1000000, &err), KAFC_OK);
    ck_assert_int_eq(nended, 1);
    ck_assert_ptr_eq(ended[0].rq, &rq[1]);
    ck_assert_int_eq(ended[0].result, KAFC_ERR_TIMED_OUT);
    ck_assert_ptr_nonnull(strstr(ended[0].text, "Metadata v"));
    ck_assert_ptr_nonnull(strstr(ended[0].text, "node 2"));
    for (int i = 0; i < 3; i++)
        answer_metadata(&q[i], i); /* the late one among them */
    ck_assert_int_eq(peer_push(&p, l, ALL, 2000000, &err), KAFC_OK);
    ck_assert_int_eq(nended, 3);
    ck_assert_ptr_eq(ended[1].rq, &rq[0]);
    ck_assert_ptr_eq(ended[2].rq, &rq[2]);
    ck_assert_int_eq(ended[2].result, KAFC_OK);
    ck_assert_int_eq(kafc__link_tick(l, 5000000, &err), KAFC_OK);
    ck_assert_int_eq(nended, 3);
    ck_assert_int_eq(kafc__link_deadline(l), INT64_MAX);
    teardown();
}
END_TEST

START_TEST(C1_silence_longer_than_the_head_may_wait_ends_the_connection)
{
    setup();
    greet(ALL, 127, 0);
    kafc_error err;
    rq[0].timeout_us = 1000000;
    rq[1].timeout_us = 9000000;
    kafc__link_queue(l, &rq[0], 0);
    kafc__link_queue(l, &rq[1], 0);
    peer_pull(&p, l, ALL, 500000);
    /* The request is out of time, but was sent half a second ago only: it fails alone. */
    ck_assert_int_eq(kafc__link_tick(l, 1000000, &err), KAFC_OK);
    ck_assert_int_eq(nended, 1);
    ck_assert_int_eq(ended[0].result, KAFC_ERR_TIMED_OUT);
    /* A part of a response is a sign of life. */
    struct peer_request q;
    ck_assert(peer_next(&p, &q));
    peer_raw(&p, "\0\0", 2);
    ck_assert_int_eq(peer_push(&p, l, ALL, 1400000, &err), KAFC_OK);
    ck_assert_int_eq(kafc__link_deadline(l), 2400000);
    ck_assert_int_eq(kafc__link_tick(l, 2399999, &err), KAFC_OK);
    ck_assert_int_eq(kafc__link_tick(l, 2400000, &err), KAFC_ERR_DISCONNECTED);
    ck_assert_ptr_nonnull(
        strstr(err.message, "node 2, advertised as b:9092 by a:9092, sent nothing for 1000 ms"));
    kafc__link_down(l, &err, 2400000);
    ck_assert_int_eq(nended, 2);
    ck_assert_ptr_eq(ended[1].rq, &rq[1]);
    ck_assert_int_eq(ended[1].result, KAFC_ERR_DISCONNECTED);
    ck_assert_ptr_nonnull(strstr(ended[1].text, "Metadata"));
    teardown();
}
END_TEST

START_TEST(C1_a_head_may_be_silent_for_its_own_long_timeout)
{
    setup();
    greet(ALL, 127, 0);
    rq[0].timeout_us = 60000000;
    rq[1].timeout_us = 1000000;
    kafc__link_queue(l, &rq[0], 0);
    kafc__link_queue(l, &rq[1], 0);
    peer_pull(&p, l, ALL, 0);
    ck_assert_int_eq(kafc__link_tick(l, 59999999, NULL), KAFC_OK);
    ck_assert_int_eq(nended, 1);
    ck_assert_ptr_eq(ended[0].rq, &rq[1]);
    ck_assert_int_eq(kafc__link_tick(l, 60000000, NULL), KAFC_ERR_DISCONNECTED);
    teardown();
}
END_TEST

START_TEST(requests_wait_in_order_until_the_connection_is_ready)
{
    setup();
    for (int i = 0; i < 10; i++)
        kafc__link_queue(l, &rq[i], 0);
    struct iovec iov;
    ck_assert_int_eq(kafc__link_send_iov(l, &iov, 1, 0), 0);
    ck_assert_int_eq(kafc__link_version(l, rq[0].api, 0, 127), -1);
    kafc__link_cancel(l, &rq[3]);
    kafc__link_opening(l);
    kafc__link_up(l, 0);
    peer_pull(&p, l, ALL, 0);
    struct peer_request q;
    ck_assert(peer_next(&p, &q));
    ck_assert(!peer_next(&p, &q)); /* nothing but the greeting */
    peer_versions(&p, &q, 127);
    peer_push(&p, l, ALL, 0, NULL);
    ck_assert(kafc__link_wants(l, 0));
    ck_assert_int_eq(kafc__link_version(l, rq[0].api, 0, 127), rq[0].api->pick_max);
    peer_pull(&p, l, 5, 0);
    int n = 0;
    for (; peer_next(&p, &q); n++)
        ck_assert_int_eq(q.h.correlation, 1 + n);
    ck_assert_int_eq(n, 9);
    ck_assert_int_eq(nended, 0);
    teardown();
    ck_assert_int_eq(nended, 9); /* the link was closed over them */
    ck_assert_int_eq(ended[8].result, KAFC_ERR_CLOSED);
    for (int i = 0; i < 9; i++)
        ck_assert_ptr_eq(ended[i].rq, &rq[i < 3 ? i : i + 1]);
}
END_TEST

START_TEST(C8_an_older_broker_is_asked_again_in_its_own_version)
{
    static const struct {
        int listed,
            then; /* highest version of ApiVersions in the refusal, -1: none listed; what is asked next */
    } cases[] = { { 2, 2 }, { 0, 0 }, { -1, 0 }, { 99, 0 } };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        setup();
        kafc__link_opening(l);
        kafc__link_up(l, 0);
        peer_pull(&p, l, ALL, 0);
        struct peer_request q;
        ck_assert(peer_next(&p, &q));
        ck_assert_int_ge(q.h.version, 3);
        struct kafc_api_versions_resp resp;
        struct kafc_api_versions_resp_api own = { .api_key = 18,
                                                  .max_version = (int16_t)cases[i].listed };
        kafc__msg_defaults(q.api->resp, &resp);
        resp.error_code = KAFC_ERR_UNSUPPORTED_VERSION;
        resp.api_keys.v = &own;
        resp.api_keys.n = cases[i].listed >= 0;
        peer_answer_as(&p, &q, 0, &resp);
        ck_assert_int_eq(peer_push(&p, l, 1, 0, NULL), KAFC_OK);
        ck_assert_int_eq(kafc__link_state(l), KAFC_LINK_GREETING);
        peer_pull(&p, l, ALL, 0);
        ck_assert(peer_next(&p, &q));
        ck_assert_int_eq(q.h.version, cases[i].then);
        peer_versions(&p, &q, 127);
        ck_assert_int_eq(peer_push(&p, l, 1, 0, NULL), KAFC_OK);
        ck_assert_int_eq(kafc__link_state(l), KAFC_LINK_READY);
        teardown();
    }
}
END_TEST

START_TEST(C8_a_broker_that_refuses_every_version_is_not_asked_for_ever)
{
    setup();
    kafc__link_opening(l);
    kafc__link_up(l, 0);
    kafc_err e = KAFC_OK;
    int asked = 0;
    while (!e) {
        struct peer_request q;
        peer_pull(&p, l, ALL, 0);
        ck_assert(peer_next(&p, &q));
        struct kafc_api_versions_resp resp;
        kafc__msg_defaults(q.api->resp, &resp);
        resp.error_code = KAFC_ERR_UNSUPPORTED_VERSION;
        peer_answer_as(&p, &q, 0, &resp);
        e = peer_push(&p, l, ALL, 0, NULL);
        ck_assert_int_le(++asked, 2);
    }
    ck_assert_int_eq(e, KAFC_ERR_UNSUPPORTED);
    teardown();
}
END_TEST

/* Greets with one API in [min, max], and Fetch from fetch_min on. */
static void greet_with(int16_t key, int16_t min, int16_t max, int16_t fetch_min)
{
    struct peer_request q;
    kafc__link_opening(l);
    kafc__link_up(l, 0);
    peer_pull(&p, l, ALL, 0);
    ck_assert(peer_next(&p, &q));
    struct kafc_api_versions_resp resp;
    struct kafc_api_versions_resp_api keys[] = {
        { .api_key = key, .min_version = min, .max_version = max },
        { .api_key = 1, .min_version = fetch_min, .max_version = 17 }
    };
    kafc__msg_defaults(q.api->resp, &resp);
    resp.api_keys.v = keys;
    resp.api_keys.n = 2;
    peer_answer(&p, &q, &resp);
    ck_assert_int_eq(peer_push(&p, l, ALL, 0, NULL), KAFC_OK);
}

START_TEST(C8_the_version_suits_both_or_the_error_says_who_is_too_old)
{
    const struct kafc_api *metadata = &kafc_metadata_api,
                          *produce = &kafc_produce_api;
    setup();
    greet_with(KAFC_API_METADATA, 2, 5, 0);
    ck_assert_int_eq(kafc__link_version(l, metadata, 0, 127), 5);
    ck_assert_int_eq(kafc__link_version(l, metadata, 0, 3), 3);
    ck_assert_int_eq(kafc__link_version(l, metadata, 0, 1), -1);
    ck_assert_int_eq(kafc__link_version(l, metadata, 6, 7), -1);
    ck_assert_int_eq(kafc__link_version(l, produce, 0, 127), -1);
    rq[0].max_version = 1;
    rq[1].min_version = 6;
    rq[2].api = produce;
    for (int i = 0; i < 3; i++)
        kafc__link_queue(l, &rq[i], 0);
    peer_pull(&p, l, ALL, 0);
    ck_assert_int_eq(nended, 3);
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(ended[i].result, KAFC_ERR_UNSUPPORTED);
    ck_assert_ptr_nonnull(strstr(ended[0].text, "the client is too old"));
    ck_assert_ptr_nonnull(strstr(ended[1].text, "the broker is too old"));
    ck_assert_ptr_nonnull(strstr(ended[2].text, "does not know Produce"));
    ck_assert_int_eq(kafc__link_state(l),
                     KAFC_LINK_READY); /* the connection has nothing to do with it */
    teardown();
    setup();
    greet_with(KAFC_API_PRODUCE, 0, 12, 4); /* as 4.x brokers do: they mean 3 */
    ck_assert_int_eq(kafc__link_version(l, produce, 0, 2), -1);
    ck_assert_int_eq(kafc__link_version(l, produce, 0, 3), 3);
    teardown();
    setup();
    greet_with(KAFC_API_PRODUCE, 0, 12, 0);
    ck_assert_int_eq(kafc__link_version(l, produce, 0, 2), 2);
    teardown();
}
END_TEST

static struct peer_produce produce;

static void make_produce(struct kafc_request *r, int16_t acks)
{
    peer_produce_make(&produce, acks);
    kafc__request_init(r, &kafc_produce_api, &produce.msg);
    r->max_version = 9;
    r->timeout_us = 1000000;
    r->no_response = acks == 0;
    r->done = done;
}

START_TEST(records_are_sent_from_where_they_lie)
{
    for (size_t chunk = 1; chunk < 100000; chunk = chunk < 3 ? chunk + 1 : chunk * 11) {
        setup();
        greet(ALL, 127, 0);
        make_produce(&rq[0], 1);
        kafc__link_queue(l, &rq[0], 0);
        kafc__link_queue(l, &rq[1], 0);
        struct iovec iov[16];
        int n = kafc__link_send_iov(l, iov, 16, 0), own = 0;
        for (int i = 0; i < n; i++)
            for (int s = 0; s < 5; s++)
                own += iov[i].iov_base == produce.seg[s]->data;
        ck_assert_int_eq(own, 4); /* the empty one is not handed over */
        peer_pull(&p, l, chunk, 0);
        struct peer_request q;
        ck_assert(peer_next(&p, &q));
        struct kafc_produce_req got;
        peer_decode(&p, &q, &got);
        ck_assert_int_eq(got.topic_data.n, 1);
        ck_assert_int_eq(got.topic_data.v[0].partition_data.n, 2);
        const struct kafc_produce_req_partition *part = got.topic_data.v[0].partition_data.v;
        ck_assert_int_eq(part[0].records.len, 53000);
        ck_assert_int_eq(part[1].records.len, 7001);
        ck_assert(!memcmp(part[0].records.p, produce.seg[0]->data, 3000));
        ck_assert(!memcmp((const char *)part[0].records.p + 3000, produce.seg[2]->data, 50000));
        ck_assert(!memcmp((const char *)part[1].records.p + 1, produce.seg[4]->data, 7000));
        ck_assert(peer_next(&p, &q));
        ck_assert_int_eq(q.h.api, KAFC_API_METADATA);
        teardown();
        peer_produce_free(&produce);
    }
}
END_TEST

START_TEST(without_acks_a_request_ends_when_its_bytes_are_handed_over)
{
    setup();
    greet(ALL, 127, 0);
    make_produce(&rq[0], 0);
    kafc__link_queue(l, &rq[0], 0);
    kafc__link_queue(l, &rq[1], 0);
    struct iovec iov[16];
    int n = kafc__link_send_iov(l, iov, 16, 0);
    size_t first = 0;
    for (int i = 0; i < n - 1; i++)
        first += iov[i].iov_len; /* all but the Metadata request */
    kafc__link_sent(l, first - 1, 0);
    ck_assert_int_eq(nended, 0);
    ck_assert(rq[0].sent);
    ck_assert(!rq[1].sent);
    kafc__link_sent(l, 1, 0);
    ck_assert_int_eq(nended, 1);
    ck_assert_int_eq(ended[0].result, KAFC_OK);
    ck_assert_ptr_null(rq[0].frame);
    ck_assert_uint_eq(kafc__link_pending(l), 1);
    teardown();
    peer_produce_free(&produce);
}
END_TEST

START_TEST(half_sent_records_cannot_be_given_up_without_the_connection)
{
    setup();
    greet(ALL, 127, 0);
    make_produce(&rq[0], 1);
    kafc__link_queue(l, &rq[0], 0);
    kafc__link_queue(l, &rq[1], 0);
    struct iovec iov[16];
    ck_assert_int_gt(kafc__link_send_iov(l, iov, 16, 0), 2);
    kafc__link_sent(l, iov[0].iov_len + 10, 0);
    kafc__link_cancel(l, &rq[0]);
    peer_produce_free(&produce);
    kafc_error err;
    ck_assert_int_eq(kafc__link_send_iov(l, iov, 16, 0), 0);
    ck_assert_int_eq(kafc__link_tick(l, 0, &err), KAFC_ERR_DISCONNECTED);
    kafc__link_down(l, &err, 0);
    ck_assert_int_eq(nended, 1);
    ck_assert_ptr_eq(ended[0].rq, &rq[1]);
    teardown();
    setup(); /* of which nothing was sent: nobody will know of it */
    greet(ALL, 127, 0);
    make_produce(&rq[0], 1);
    kafc__link_queue(l, &rq[0], 0);
    kafc__link_queue(l, &rq[1], 0);
    ck_assert_int_gt(kafc__link_send_iov(l, iov, 16, 0), 2);
    kafc__link_cancel(l, &rq[0]);
    peer_produce_free(&produce);
    struct peer_request q;
    peer_pull(&p, l, 7, 0);
    ck_assert(peer_next(&p, &q));
    ck_assert_int_eq(q.h.api, KAFC_API_METADATA);
    answer_metadata(&q, 1);
    ck_assert_int_eq(peer_push(&p, l, ALL, 0, NULL), KAFC_OK);
    ck_assert_int_eq(nended, 1);
    teardown();
}
END_TEST

START_TEST(a_throttle_is_waited_out)
{
    setup();
    greet(ALL, 127, 0);
    kafc__link_queue(l, &rq[0], 0);
    peer_pull(&p, l, ALL, 0);
    struct peer_request q;
    ck_assert(peer_next(&p, &q));
    struct kafc_metadata_resp resp;
    kafc__msg_defaults(q.api->resp, &resp);
    resp.throttle_time_ms = 700;
    peer_answer(&p, &q, &resp);
    peer_push(&p, l, ALL, 1000, NULL);
    ck_assert_int_eq(nended, 1);
    ck_assert_int_eq(rq[0].throttle_ms, 700);
    kafc__link_queue(l, &rq[1], 1000);
    ck_assert(!kafc__link_wants(l, 1000));
    ck_assert_int_eq(kafc__link_deadline(l), 701000);
    ck_assert_int_eq(kafc__link_tick(l, 701000, NULL), KAFC_OK);
    ck_assert(kafc__link_wants(l, 701000));
    /* An old version: the broker has waited already. */
    rq[1].max_version = 5;
    peer_pull(&p, l, ALL, 701000);
    ck_assert(peer_next(&p, &q));
    ck_assert_int_eq(q.h.version, 5);
    peer_answer(&p, &q, &resp);
    peer_push(&p, l, ALL, 702000, NULL);
    kafc__link_queue(l, &rq[2], 702000);
    ck_assert(kafc__link_wants(l, 702000));
    teardown();
}
END_TEST

static kafc_err refuse(struct kafc_request *r, kafc_error *err)
{
    return kafc__error(err, KAFC_ERR_TOO_LARGE, "v%d does not suit", r->version);
}

START_TEST(a_request_that_cannot_be_written_fails_alone)
{
    setup();
    greet(ALL, 127, 0);
    struct kafc_metadata_req bad = ask;
    bad.include_topic_authorized_operations = true; /* from version 8 on */
    rq[0].msg = &bad;
    rq[0].max_version = 4;
    rq[1].prepare = refuse;
    for (int i = 0; i < 3; i++)
        kafc__link_queue(l, &rq[i], 0);
    peer_pull(&p, l, ALL, 0);
    ck_assert_int_eq(nended, 2);
    ck_assert_int_eq(ended[0].result, KAFC_ERR_ENCODE);
    ck_assert_ptr_nonnull(strstr(ended[0].text, "Metadata"));
    ck_assert_int_eq(ended[1].result, KAFC_ERR_TOO_LARGE);
    struct peer_request q;
    ck_assert(peer_next(&p, &q));
    answer_metadata(&q, 1);
    ck_assert_int_eq(peer_push(&p, l, ALL, 0, NULL), KAFC_OK);
    ck_assert_int_eq(nended, 3);
    ck_assert_int_eq(ended[2].result, KAFC_OK);
    teardown();
}
END_TEST

/* Everything a link does, some allocation failing: each request ends once, nothing leaks, nothing crashes. */
static void whole_life(void)
{
    setup();
    if (!l) {
        peer_fini(&p);
        return;
    }
    make_produce(&rq[2], 1);
    for (int i = 0; i < 3; i++)
        kafc__link_queue(l, &rq[i], 0);
    kafc_error err;
    if (!greet(ALL, 127, 0)) {
        struct peer_request q;
        peer_pull(&p, l, ALL, 0);
        while (peer_next(&p, &q))
            if (q.h.api == KAFC_API_METADATA)
                answer_metadata(&q, 1000);
        if (peer_push(&p, l, 9999, 0, &err))
            kafc__link_down(l, &err, 0);
    } else {
        ck_assert_int_eq(kafc__link_tick(l, 0, &err), KAFC_ERR_NO_MEMORY);
        kafc__link_down(l, &err, 0);
    }
    teardown();
    peer_produce_free(&produce);
    ck_assert_int_eq(nended, 3);
}

START_TEST(no_allocation_that_fails_leaks_or_loses_a_request)
{
    struct test_alloc a;
    for (long n = 1;; n++) {
        test_alloc_init(&a);
        a.fail_at = n;
        mem = &a.mem;
        whole_life();
        ck_assert_int_eq(a.live, 0);
        if (a.calls < n)
            break;
    }
    mem = NULL;
    ck_assert_int_gt(a.calls, 5);
}
END_TEST

SUITE_MAIN("core/link", 60, frames_arrive_in_any_pieces, frames_arrive_in_random_pieces,
           hostile_lengths_end_the_connection,
           responses_must_come_in_order, a_response_that_nobody_asked_for_is_an_error,
           C1_a_request_that_times_out_fails_alone,
           C1_silence_longer_than_the_head_may_wait_ends_the_connection,
           C1_a_head_may_be_silent_for_its_own_long_timeout,
           requests_wait_in_order_until_the_connection_is_ready,
           C8_an_older_broker_is_asked_again_in_its_own_version,
           C8_a_broker_that_refuses_every_version_is_not_asked_for_ever,
           C8_the_version_suits_both_or_the_error_says_who_is_too_old,
           records_are_sent_from_where_they_lie,
           without_acks_a_request_ends_when_its_bytes_are_handed_over,
           half_sent_records_cannot_be_given_up_without_the_connection, a_throttle_is_waited_out,
           a_request_that_cannot_be_written_fails_alone,
           no_allocation_that_fails_leaks_or_loses_a_request)
