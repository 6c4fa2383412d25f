/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc_reader against brokers that answer Fetch in ways the mock does not:
 * another replica to read from, wrong sums, less, more or something else than
 * was asked, bytes that were changed on the way.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/rand.h"
#include "protocol/api/01_fetch.h"
#include "protocol/apis.h"
#include "protocol/wire.h"
#include "tests/client/reading.h"

enum { FETCH = 1, VERSION = 11, FRAME_MAX = 65536 };

/* What the hook answers; the mock's thread uses it between two hooks being set. */
struct script {
    struct kafc_fetch_resp_partition p; /* of "t" [partition_index] */
    int32_t broker;                     /* whose first fetches on a connection … */
    int32_t first, last;                /* … from the first to before the last are answered so */
    int32_t seen;
    const char *topic;
    struct kafc_rand *rand; /* changes bytes, or NULL */
    uint8_t frame[FRAME_MAX];
};

static void script_init(struct script *s, int32_t last)
{
    memset(s, 0, sizeof(*s));
    kafc__msg_defaults(&kafc_fetch_resp_partition_schema, &s->p);
    s->p.records.p = "";
    s->p.high_watermark = s->p.last_stable_offset = 10;
    s->p.log_start_offset = 0;
    s->broker = 1;
    s->last = last;
    s->topic = "t";
}

/* The frame of an answer with the correlation id; its length. */
static size_t encode(struct script *s, int32_t correlation)
{
    struct kafc_fetch_resp r;
    struct kafc_fetch_resp_topic t;
    struct kafc_wr w;
    kafc_error err;

    kafc__msg_defaults(&kafc_fetch_resp_schema, &r);
    kafc__msg_defaults(&kafc_fetch_resp_topic_schema, &t);
    t.topic = (kafc_str){ s->topic, (int32_t)strlen(s->topic) };
    t.partitions.v = &s->p;
    t.partitions.n = 1;
    r.responses.v = &t;
    r.responses.n = 1;
    kafc__wr_init(&w, s->frame + 8, FRAME_MAX - 8, NULL);
    if (kafc__msg_encode(&w, &kafc_fetch_resp_schema, &r, VERSION, &err))
        ck_abort_msg("%s", err.message);
    kafc__store32(s->frame, (uint32_t)kafc__wr_len(&w) + 4);
    kafc__store32(s->frame + 4, (uint32_t)correlation);
    return kafc__wr_len(&w) + 8;
}

/* A connection for fetches begins with ApiVersions, id 0; then come the fetches, one after the other. */
static void answer(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    struct script *s = ctx;

    if (rq->broker != s->broker || s->seen >= s->last)
        return;
    size_t n = encode(s, ++s->seen);
    for (int i = 0; s->rand && i < 3; i++) {
        size_t at = 8 + kafc__rand_below(s->rand, (uint32_t)n - 8);
        s->frame[at] = (uint8_t)(kafc__rand_below(s->rand, 2) ? 0xff
                                                              : kafc__rand_below(s->rand, 256));
    }
    a->act = KAFC_MOCK_RAW;
    a->bytes = (kafc_bytes){ s->frame, (int32_t)n };
}

static void open_scripted(struct reading *e, struct script *s, int32_t brokers)
{
    reading_open(e, brokers, 1);
    ck_ok(kafc_mock_set_versions(e->mock, FETCH, 4, VERSION));
    ck_ok(kafc_mock_set_leader(e->mock, "t", 0, 1));
    put_some(e, 10);
    ck_ok(kafc_mock_hook(e->mock, FETCH, answer, s));
}

static void read_t(struct reading *e)
{
    reading_reader(e, KAFC_READER(.topic = "t", .partition = KAFC_ZERO, .start = KAFC_AT(0),
                                  .max_wait_ms = 20));
}

START_TEST(a_nearer_replica_that_the_leader_names)
{
    struct reading e;
    static struct script s;

    script_init(&s, 1);
    s.p.preferred_read_replica = 2;
    open_scripted(&e, &s, 3);
    read_t(&e);
    expect_offsets(&e, 0, 10);
    ck_assert_uint_ge(kafc_mock_requests(e.mock, 2, FETCH), 1);
    reading_close(&e);
}
END_TEST

/* A follower hears of the leader's high watermark a fetch later. */
START_TEST(R10_a_follower_that_lags_is_not_at_the_end)
{
    struct reading e;
    static struct script s;

    script_init(&s, 3);
    s.broker = 2;
    s.p.high_watermark = s.p.last_stable_offset = 0;
    reading_open_with(&e, KAFC_MOCK(.brokers = 2), 1,
                      KAFC_CLIENT(.rack = "b", .retry_backoff_ms = 10));
    ck_ok(kafc_mock_set_versions(e.mock, FETCH, 4, VERSION));
    ck_ok(kafc_mock_set_rack(e.mock, 2, "b"));
    ck_ok(kafc_mock_set_leader(e.mock, "t", 0, 1));
    put_some(&e, 10);
    ck_ok(kafc_mock_hook(e.mock, FETCH, answer, &s));
    reading_reader(&e, KAFC_READER(.topic = "t", .notify_end = KAFC_ON, .max_wait_ms = 20));
    expect_offsets(&e, 0, 10);
    expect_err(&e, KAFC_ERR_END_OF_PARTITION);
    ck_assert_int_eq(s.seen, 3);
    reading_close(&e);
}
END_TEST

START_TEST(a_nearer_replica_that_nobody_knows)
{
    struct reading e;
    static struct script s;

    script_init(&s, 2);
    s.p.preferred_read_replica = 99;
    open_scripted(&e, &s, 3);
    read_t(&e);
    expect_offsets(&e, 0, 10);
    reading_close(&e);
}
END_TEST

START_TEST(a_wrong_sum_is_told_once_and_only_a_seek_goes_on)
{
    struct reading e;
    static struct script s;
    size_t len;
    uint8_t *batch = make_batch_bytes("t", 0, 0, 5, &len);

    script_init(&s, 1);
    batch[len - 2] ^= 4;
    s.p.records.p = batch;
    s.p.records.len = (int32_t)len;
    open_scripted(&e, &s, 1);
    read_t(&e);
    expect_err(&e, KAFC_ERR_CORRUPT);
    ck_assert_int_eq(e.m.offset, 0);
    ck_assert_ptr_nonnull(strstr(e.err.message, "CRC"));
    expect_nothing(&e, 60);
    ck_ok(kafc_reader_seek(e.reader, "t", 0, KAFC_AT(2),
                           &e.err)); /* it was damaged on the way alone */
    expect_offsets(&e, 2, 10);
    free(batch);
    reading_close(&e);
}
END_TEST

START_TEST(sums_can_be_left_unchecked)
{
    struct reading e;
    static struct script s;
    size_t len;
    uint8_t *batch = make_batch_bytes("t", 0, 0, 5, &len);

    script_init(&s, 1);
    batch[17] ^= 4; /* of the sum itself */
    s.p.records.p = batch;
    s.p.records.len = (int32_t)len;
    open_scripted(&e, &s, 1);
    reading_reader(&e, KAFC_READER(.topic = "t", .start = KAFC_AT(0), .max_wait_ms = 20,
                                   .check_crcs = KAFC_OFF));
    expect_offsets(&e, 0, 10);
    free(batch);
    reading_close(&e);
}
END_TEST

START_TEST(a_batch_that_is_cut_is_asked_for_again_with_room)
{
    struct reading e;
    static struct script s;
    size_t len;
    uint8_t *batch = make_batch_bytes("t", 0, 0, 5, &len);

    script_init(&s, 2);
    s.p.records.p = batch;
    s.p.records.len = (int32_t)len - 10;
    open_scripted(&e, &s, 1);
    read_t(&e);
    expect_offsets(&e, 0, 10);
    free(batch);
    reading_close(&e);
}
END_TEST

START_TEST(a_batch_too_large_for_the_client_is_an_error_that_says_so)
{
    struct reading e;
    static struct script s;
    static uint8_t head[64];

    script_init(&s, 1);
    kafc__store32(head + 8, 500000000);
    head[16] = 2;
    s.p.records.p = head;
    s.p.records.len = sizeof(head);
    open_scripted(&e, &s, 1);
    read_t(&e);
    expect_err(&e, KAFC_ERR_TOO_LARGE);
    ck_assert_ptr_nonnull(strstr(e.err.message, "500000012 bytes"));
    reading_close(&e);
}
END_TEST

START_TEST(answers_to_what_was_not_asked)
{
    static const char *const topics[] = { "u", "", "t" };
    struct reading e;
    static struct script s;
    size_t len;
    uint8_t *batch = make_batch_bytes("t", 0, 0, 1, &len);

    for (int i = 0; i < 3; i++) {
        script_init(&s, 3);
        s.topic = topics[i];
        s.p.partition_index = i == 2 ? 7 : 0;
        s.p.records.p = batch;
        s.p.records.len = (int32_t)len;
        open_scripted(&e, &s, 1);
        read_t(&e);
        expect_offsets(&e, 0, 10);
        reading_close(&e);
    }
    free(batch);
}
END_TEST

START_TEST(old_records_are_not_given_again)
{
    struct reading e;
    static struct script s;
    size_t len;
    uint8_t *batch = make_batch_bytes("t", 0, 0, 3, &len);

    script_init(&s, 3);
    s.p.records.p = batch;
    s.p.records.len = (int32_t)len;
    open_scripted(&e, &s, 1);
    reading_reader(&e, KAFC_READER(.topic = "t", .partition = KAFC_ZERO, .start = KAFC_AT(5),
                                   .max_wait_ms = 20));
    expect_offsets(&e, 5, 10);
    ck_assert_int_eq(s.seen, 3);
    reading_close(&e);
    free(batch);
}
END_TEST

/* Whatever comes: no crash (the sanitizers watch), no hang, and after a seek all is well. */
START_TEST(changed_bytes_are_survived)
{
    struct kafc_rand rnd;
    static struct script s;
    struct reading e;
    size_t len;
    uint8_t *batch = make_batch_bytes("t", 0, 0, 5, &len);

    kafc__rand_seed(&rnd, 7);
    reading_open(&e, 1, 1);
    ck_ok(kafc_mock_set_versions(e.mock, FETCH, 4, VERSION));
    put_some(&e, 10);
    for (int round = 0; round < 300; round++) {
        script_init(&s, 1);
        s.p.records.p = batch;
        s.p.records.len = (int32_t)len;
        s.rand = &rnd;
        ck_ok(kafc_mock_hook(e.mock, FETCH, NULL, NULL));
        ck_ok(kafc_mock_cut(e.mock, 0)); /* so that the first fetch is id 1 */
        ck_ok(kafc_mock_hook(e.mock, FETCH, answer, &s));
        reading_reader(&e, KAFC_READER(.topic = "t", .partition = KAFC_ZERO, .start = KAFC_AT(0),
                                       .max_wait_ms = 5));
        for (int i = 0;
             i < 20 && kafc_reader_fetch(e.reader, &e.m, 10, &e.err) != KAFC_ERR_TIMED_OUT; i++)
            ;
        ck_ok(kafc_mock_hook(e.mock, FETCH, NULL, NULL));
        ck_ok(kafc_reader_seek(e.reader, "t", 0, KAFC_AT(3), &e.err));
        expect_offsets(&e, 3, 10);
    }
    free(batch);
    reading_close(&e);
}
END_TEST

START_TEST(C7_a_childs_reader_answers_with_an_error)
{
    struct reading e;
    kafc_reader_state st;
    kafc_batch *b;
    int status;

    reading_open(&e, 1, 1);
    put_some(&e, 3);
    reading_reader(&e, KAFC_READER(.topic = "t", .partition = KAFC_ZERO));
    expect_offset(&e, 0);
    pid_t child = fork();
    if (child == 0) {
        bool ok = kafc_reader_fetch(e.reader, &e.m, -1, &e.err) == KAFC_ERR_FORKED &&
                  kafc_reader_fetch_batch(e.reader, &b, -1, NULL) == KAFC_ERR_FORKED &&
                  kafc_reader_seek(e.reader, "t", 0, KAFC_FIRST, NULL) == KAFC_ERR_FORKED &&
                  kafc_reader_assign(e.reader, NULL, 0, NULL) == KAFC_ERR_FORKED &&
                  kafc_reader_state_get(e.reader, "t", 0, &st, NULL) == KAFC_ERR_FORKED &&
                  kafc_reader_close(e.reader, -1, NULL) == KAFC_ERR_FORKED &&
                  !kafc_reader_open(e.client, KAFC_READER(.topic = "t"), NULL);
        kafc_reader_wake(e.reader);
        kafc_reader_free(e.reader);
        _exit(ok ? 0 : 1);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
    expect_offsets(&e, 1, 3); /* the parent is not disturbed */
    reading_close(&e);
}
END_TEST

SUITE_MAIN("client/reader_peer", 100, a_nearer_replica_that_the_leader_names,
           R10_a_follower_that_lags_is_not_at_the_end, a_nearer_replica_that_nobody_knows,
           a_wrong_sum_is_told_once_and_only_a_seek_goes_on, sums_can_be_left_unchecked,
           a_batch_that_is_cut_is_asked_for_again_with_room,
           a_batch_too_large_for_the_client_is_an_error_that_says_so, answers_to_what_was_not_asked,
           old_records_are_not_given_again, changed_bytes_are_survived,
           C7_a_childs_reader_answers_with_an_error)
