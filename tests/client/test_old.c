/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Writer, reader and kafc_conn against brokers of former releases: every record
 * comes back, what a broker cannot hold is refused with a sentence, and nobody
 * is taken for older than it is for good.
 */
#include <check.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/sync.h"
#include "protocol/api/03_metadata.h"
#include "protocol/api/18_api_versions.h"
#include "protocol/apis.h"
#include "protocol/record/codec.h"
#include "tests/client/reading.h"
#include <kafc/conn.h>
#include <kafc/writer.h>

enum { N = 40, LOG_MAX = 1 << 16 };

static const struct release {
    const char *name;
    int magic;  /* of messages that it takes */
    bool zstd;  /* takes it */
    bool exact; /* knows the times of messages, not of segments alone */
    bool flag;  /* Metadata says whether to create a topic */
    bool cuts;  /* messages that are larger than was asked for */
} releases[] = {
    { "0.8", 0, false, false, false, true },    { "0.9", 0, false, false, false, true },
    { "0.10.0", 1, false, false, false, true }, { "0.10.1", 1, false, true, false, false },
    { "0.11", 2, false, true, true, false },    { "1.1", 2, false, true, true, false },
    { "2.1", 2, true, true, true, false },
};
enum { RELEASES = sizeof(releases) / sizeof(*releases) };

static struct reading e;
static struct kafc_mutex log_lock;
static char logged[LOG_MAX];
static size_t nlogged;

static void on_log(void *ctx, kafc_log_level level, const char *text)
{
    (void)ctx;
    if (level > KAFC_LOG_WARN)
        return;
    kafc__lock(&log_lock);
    int n = snprintf(logged + nlogged, LOG_MAX - nlogged, "%s\n", text);
    nlogged += nlogged + (size_t)n < LOG_MAX ? (size_t)n : 0;
    kafc__unlock(&log_lock);
}

static bool was_logged(const char *text)
{
    kafc__lock(&log_lock);
    bool yes = strstr(logged, text) != NULL;
    kafc__unlock(&log_lock);
    return yes;
}

static void start_with(const char *release, int32_t message_max)
{
    kafc__mutex_init(&log_lock);
    nlogged = 0;
    logged[0] = 0;
    reading_open_with(
        &e, KAFC_MOCK(.brokers = 2, .release = release, .message_max_bytes = message_max), 2,
        KAFC_CLIENT(.retry_backoff_ms = 5, .retry_backoff_max_ms = 20, .reconnect_backoff_ms = 5,
                    .reconnect_backoff_max_ms = 20, .log = on_log));
}

static void start(const struct release *r)
{
    start_with(r->name, 0);
}

static void stop(void)
{
    reading_close(&e);
    kafc__mutex_fini(&log_lock);
}

static kafc_writer *writer(const kafc_writer_options *o)
{
    kafc_writer *w = kafc_writer_open(e.client, o, &e.err);
    ck_assert_msg(w != NULL, "%s", e.err.message);
    return w;
}

static kafc_conn *dial(const kafc_conn_options *o)
{
    kafc_conn *c = kafc_conn_dial(o, kafc_mock_bootstrap(e.mock), SOON, &e.err);
    ck_assert_msg(c != NULL, "%s", e.err.message);
    return c;
}

/* Message i of partition 0, with a key that is null, empty or not, and now and then a value that is. */
static kafc_message message(int i)
{
    static char value[N][64];
    static char large[70000];
    kafc_message m = { .to_partition = KAFC_ZERO, .timestamp = 1000000 + i };
    memset(large, 'x', sizeof(large));
    snprintf(value[i], sizeof(value[i]), "value %d", i);
    m.key = i % 3 == 0 ? (kafc_bytes){ NULL, 0 } : i % 3 == 1 ? KAFC_STR("") : KAFC_STR("key");
    m.value = i % 7 == 0   ? (kafc_bytes){ NULL, 0 }
              : i % 7 == 1 ? (kafc_bytes){ large, sizeof(large) }
                           : KAFC_STR(value[i]);
    return m;
}

static void same_bytes(kafc_bytes a, kafc_bytes b)
{
    ck_assert_int_eq(a.p != NULL, b.p != NULL);
    ck_assert_int_eq(a.len, b.len);
    ck_assert(a.len == 0 || memcmp(a.p, b.p, (size_t)a.len) == 0);
}

static void same(const struct release *r, const kafc_message *m, int i)
{
    kafc_message want = message(i);
    ck_assert_int_eq(m->offset, i);
    same_bytes(m->key, want.key);
    same_bytes(m->value, want.value);
    ck_assert_int_eq(m->nheaders, 0);
    ck_assert_int_eq(m->timestamp_type, r->magic ? KAFC_TIME_CREATE : KAFC_TIME_NONE);
    if (r->magic)
        ck_assert_int_eq(m->timestamp, want.timestamp);
}

static bool takes(const struct release *r, int codec)
{
    return kafc__codec(codec)->library == NULL && (codec != KAFC_ZSTD || r->zstd);
}

static void write_all(kafc_writer *w)
{
    kafc_message m[N];
    kafc_report report[N];
    for (int i = 0; i < N; i++)
        m[i] = message(i);
    kafc_err rc = kafc_writer_write_each(w, m, N, report, SOON, &e.err);
    ck_assert_msg(rc == KAFC_OK, "%s", e.err.message);
    for (int i = 0; i < N; i++) {
        ck_assert_int_eq(report[i].verdict, KAFC_ACKNOWLEDGED);
        ck_assert_int_eq(report[i].offset, i);
    }
}

START_TEST(every_record_comes_back_from_a_release)
{
    const struct release *r = &releases[_i / KAFC_CODECS];
    int codec = _i % KAFC_CODECS;
    if (!takes(r, codec))
        return;
    start(r);
    kafc_writer *w = writer(
        KAFC_WRITER(.topic = "t", .compression = (kafc_compression)codec, .batch_messages = 15));
    write_all(w);
    ck_ok(kafc_writer_close(w, SOON, &e.err));
    kafc_writer_free(w);
    reading_reader(&e, KAFC_READER(.topic = "t", .partition = KAFC_ZERO, .max_wait_ms = 20,
                                   .stop = KAFC_LAST));
    for (int i = 0; i < N; i++) {
        kafc_err rc = kafc_reader_fetch(e.reader, &e.m, SOON, &e.err);
        ck_assert_msg(rc == KAFC_OK, "%s", e.err.message);
        same(r, &e.m, i);
    }
    expect_err(&e, KAFC_ERR_END_OF_RANGE);
    ck_assert_int_eq(was_logged("without idempotence"), r->magic < 2); /* W6 */
    stop();
}
END_TEST

START_TEST(every_record_comes_back_through_a_conn_to_a_release)
{
    const struct release *r = &releases[_i / KAFC_CODECS];
    int codec = _i % KAFC_CODECS;
    if (!takes(r, codec))
        return;
    start(r);
    kafc_conn *c = dial(KAFC_CONN(.topic = "t", .compression = (kafc_compression)codec));
    kafc_message m[N];
    kafc_produced out;
    for (int i = 0; i < N; i++) {
        m[i] = message(i);
        m[i].to_partition = 0;
    }
    kafc_err rc = kafc_conn_produce(c, m, N, SOON, &out, &e.err);
    ck_assert_msg(rc == KAFC_OK, "%s", e.err.message);
    ck_assert_int_eq(out.base_offset, 0);
    /* From the middle: a compressed set begins in front of it. */
    ck_ok(kafc_conn_seek(c, KAFC_AT(17), SOON, NULL, &e.err));
    for (int i = 17; i < N; i++) {
        kafc_message got;
        rc = kafc_conn_read(c, &got, SOON, &e.err);
        ck_assert_msg(rc == KAFC_OK, "%s", e.err.message);
        same(r, &got, i);
    }
    kafc_conn_free(c);
    stop();
}
END_TEST

/* Verdict and code of one message, and whether the sentence says which side is too old. */
static void expect_refused(kafc_writer *w, const kafc_message *m, const char *what)
{
    kafc_report report;
    kafc_err rc = kafc_writer_write_each(w, m, 1, &report, SOON, &e.err);
    ck_assert_msg(rc == KAFC_ERR_UNSUPPORTED, "%s: %s", kafc_err_name(rc), e.err.message);
    ck_assert_int_eq(report.verdict, KAFC_NOT_WRITTEN);
    ck_assert_int_eq(report.code, KAFC_ERR_UNSUPPORTED);
    ck_assert_msg(was_logged(what) && was_logged("the broker is too old"), "%s", logged);
}

START_TEST(W8_headers_are_refused_before_0_11_and_what_has_none_is_written)
{
    const struct release *r = &releases[_i];
    kafc_header h = { { "name", 4 }, KAFC_STR("value") };
    kafc_message with = message(2), m = message(3);
    with.headers = &h;
    with.nheaders = 1;
    start(r);
    kafc_writer *w = writer(KAFC_WRITER(.topic = "t"));
    kafc_conn *c = dial(KAFC_CONN(.topic = "t", .partition = 1));
    if (r->magic == 2) {
        ck_ok(kafc_writer_write(w, &with, 1, SOON, &e.err));
    } else {
        expect_refused(w, &with, "has headers, which message format");
        kafc_message both[2] = { with, m }; /* in two batches of one request */
        kafc_report report[2];
        both[1].to_partition = 1;
        ck_assert_int_ne(kafc_writer_write_each(w, both, 2, report, SOON, &e.err), KAFC_OK);
        ck_assert_int_eq(report[0].verdict, KAFC_NOT_WRITTEN);
        ck_assert_int_eq(report[1].verdict, KAFC_ACKNOWLEDGED);
        kafc_message mixed[5] = { m, with, with, m, with }; /* in one batch */
        kafc_report of[5];
        ck_assert_int_eq(kafc_writer_write_each(w, mixed, 5, of, SOON, &e.err),
                         KAFC_ERR_UNSUPPORTED);
        for (int i = 0; i < 5; i++)
            ck_assert_int_eq(of[i].verdict,
                             mixed[i].nheaders ? KAFC_NOT_WRITTEN : KAFC_ACKNOWLEDGED);
        ck_assert_int_eq(of[3].offset, of[0].offset + 1);
        with.to_partition = 0;
        ck_assert_int_eq(kafc_conn_produce(c, &with, 1, SOON, NULL, &e.err), KAFC_ERR_UNSUPPORTED);
        ck_assert_ptr_nonnull(strstr(e.err.message, "headers"));
        m.to_partition = 0;
        ck_ok(kafc_conn_produce(c, &m, 1, SOON, NULL, &e.err));
        m.to_partition = KAFC_ZERO;
    }
    ck_ok(kafc_writer_write(w, &m, 1, SOON, &e.err));
    kafc_conn_free(c);
    kafc_writer_free(w);
    stop();
}
END_TEST

START_TEST(W8_zstd_is_refused_before_2_1)
{
    const struct release *r = &releases[_i];
    kafc_message m = message(2);
    if (kafc__codec(KAFC_ZSTD)->library)
        return;
    start(r);
    kafc_writer *w = writer(KAFC_WRITER(.topic = "t", .compression = KAFC_ZSTD));
    kafc_conn *c = dial(KAFC_CONN(.topic = "t", .compression = KAFC_ZSTD));
    if (r->zstd)
        ck_ok(kafc_writer_write(w, &m, 1, SOON, &e.err));
    else
        expect_refused(w, &m, "zstd needs Produce 7");
    m.to_partition = 0;
    kafc_err rc = kafc_conn_produce(c, &m, 1, SOON, NULL, &e.err);
    ck_assert_int_eq(rc, r->zstd ? KAFC_OK : KAFC_ERR_UNSUPPORTED);
    ck_assert(r->zstd || strstr(e.err.message, "zstd needs Produce 7"));
    kafc_conn_free(c);
    kafc_writer_free(w);
    stop();
}
END_TEST

START_TEST(W6_idempotence_that_was_asked_for_is_an_error_before_0_11)
{
    const struct release *r = &releases[_i];
    kafc_message m = message(2);
    start(r);
    kafc_writer *w = writer(KAFC_WRITER(.topic = "t", .idempotence = KAFC_ON));
    if (r->magic == 2)
        ck_ok(kafc_writer_write(w, &m, 1, SOON, &e.err));
    else
        expect_refused(w, &m, "idempotence was asked for");
    kafc_writer_free(w);
    stop();
}
END_TEST

/* The cluster gave out a producer id, and the leader is an older broker: as in the middle of an upgrade. */
START_TEST(W6_an_id_is_not_lost_in_silence_at_an_old_leader)
{
    kafc_message m = message(2);
    for (int asked = 0; asked < 2; asked++) {
        start_with(NULL, 0);
        ck_ok(kafc_mock_set_versions(e.mock, KAFC_API_PRODUCE, 0, 2));
        ck_ok(kafc_mock_set_versions(e.mock, KAFC_API_FETCH, 0, 3));
        kafc_writer *w = writer(
            KAFC_WRITER(.topic = "t", .idempotence = asked ? KAFC_ON : (kafc_switch)0));
        if (asked)
            expect_refused(w, &m, "idempotence was asked for, and node 1 knows Produce up to");
        else
            ck_ok(kafc_writer_write(w, &m, 1, SOON, &e.err));
        ck_assert_int_eq(was_logged("goes on without idempotence"), !asked);
        kafc_writer_free(w);
        stop();
    }
}
END_TEST

/* Batches that were queued with sequences, several at once, for a leader that turns out to know none. */
START_TEST(W5_order_survives_an_old_leader_with_five_in_flight)
{
    enum { LATER = 10 };
    char lost[40], value[LATER][32];
    kafc_message m = message(2);
    start_with("1.1", 0);
    kafc_writer *w = writer(KAFC_WRITER(.topic = "t", .batch_messages = 1));
    ck_ok(kafc_writer_write(w, &m, 1, SOON, &e.err));
    ck_ok(kafc_mock_set_release(e.mock, "0.10.1"));
    ck_ok(kafc_mock_push_error(e.mock, KAFC_API_PRODUCE, KAFC_ERR_NOT_ENOUGH_REPLICAS, 1));
    ck_ok(kafc_mock_cut(e.mock, 0));
    snprintf(lost, sizeof(lost), "node %d, advertised",
             (int)kafc_mock_leader(e.mock, "t", 0, NULL));
    for (int64_t end = kafc__clock_mono_us() + SOON * 1000; !was_logged(lost);)
        ck_assert(kafc__clock_mono_us() < end);
    for (int i = 0; i < LATER; i++) {
        snprintf(value[i], sizeof(value[i]), "later %d", i);
        m.value = KAFC_STR(value[i]);
        ck_ok(kafc_writer_send(w, &m, NULL, SOON, &e.err));
    }
    ck_ok(kafc_writer_flush(w, SOON, &e.err));
    for (int i = 0; i < LATER; i++) {
        kafc_message *got = kafc_mock_record(e.mock, "t", 0, 1 + i);
        ck_assert_ptr_nonnull(got);
        same_bytes(got->value, KAFC_STR(value[i]));
        kafc_message_free(got);
    }
    ck_assert(was_logged("goes on without idempotence"));
    kafc_writer_free(w);
    stop();
}
END_TEST

struct lost_answers {
    atomic_int requests;
    atomic_bool over;
};

/* The first one is served, and its answer lost; then the broker is out of order for a while. */
static void loses(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    struct lost_answers *l = ctx;
    (void)rq;
    if (!atomic_load(&l->over))
        a->act = atomic_fetch_add(&l->requests, 1) ? KAFC_MOCK_CUT : KAFC_MOCK_PASS_CUT;
}

START_TEST(W5_what_has_a_sequence_keeps_it_when_idempotence_gives_way)
{
    struct lost_answers l = { 0 };
    kafc_message m = message(2);
    kafc_mock_log log;
    int64_t end = kafc__clock_mono_us() + SOON * 1000;
    start_with("1.1", 0);
    kafc_writer *w = writer(KAFC_WRITER(.topic = "t"));
    ck_ok(kafc_writer_write(w, &m, 1, SOON, &e.err));
    ck_ok(kafc_mock_hook(e.mock, KAFC_API_PRODUCE, loses, &l));
    ck_ok(kafc_writer_send(w, &m, NULL, SOON, &e.err));
    while (!atomic_load(&l.requests))
        ck_assert(kafc__clock_mono_us() < end);
    ck_ok(kafc_mock_set_release(e.mock, "0.10.1"));
    while (!was_logged("goes on without idempotence"))
        ck_assert(kafc__clock_mono_us() < end);
    ck_ok(kafc_mock_set_release(e.mock, "1.1"));
    ck_ok(kafc_mock_cut(e.mock, 0));
    atomic_store(&l.over, true);
    ck_ok(kafc_writer_flush(w, SOON, &e.err));
    ck_ok(kafc_mock_log_get(e.mock, "t", 0, &log));
    ck_assert_int_eq(log.records, 2);
    kafc_writer_free(w);
    stop();
}
END_TEST

START_TEST(W9_a_lookup_creates_no_topic_whatever_the_release)
{
    const struct release *r = &releases[_i];
    const char *name = "nowhere";
    kafc_metadata *meta;
    kafc_mock_log l;
    start(r);
    ck_ok(kafc_client_metadata(e.client, &name, 1, SOON, &meta, &e.err));
    ck_assert_int_eq(meta->topics[0].err, KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION);
    kafc_metadata_free(meta);
    kafc_conn *c = dial(NULL);
    ck_ok(kafc_conn_metadata(c, &name, 1, SOON, &meta, &e.err));
    ck_assert_int_eq(meta->topics[0].err, KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION);
    kafc_metadata_free(meta);
    kafc_conn_free(c);
    reading_reader(&e, KAFC_READER(.topic = name));
    expect_err(&e, KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION);
    ck_assert_int_eq(kafc_mock_log_get(e.mock, name, 0, &l), KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION);
    stop();
}
END_TEST

START_TEST(W1_every_kind_of_acks_has_its_verdict_at_a_release)
{
    static const kafc_verdict verdict[] = { KAFC_UNCONFIRMED, KAFC_ACKNOWLEDGED,
                                            KAFC_ACKNOWLEDGED };
    static const kafc_acks acks[] = { KAFC_ACKS_NONE, KAFC_ACKS_LEADER, KAFC_ACKS_ALL };
    const struct release *r = &releases[_i];
    start(r);
    for (int i = 0; i < 3; i++) {
        kafc_message m = message(2);
        kafc_report report;
        kafc_writer *w = writer(KAFC_WRITER(.topic = "t", .acks = acks[i]));
        ck_ok(kafc_writer_write_each(w, &m, 1, &report, SOON, &e.err));
        ck_assert_int_eq(report.verdict, verdict[i]);
        kafc_writer_free(w);
    }
    stop();
}
END_TEST

/* A set that is too large for the broker is split, as any batch. */
START_TEST(a_set_that_is_too_large_is_split)
{
    start_with("0.10.1", 2000);
    kafc_writer *w = writer(
        KAFC_WRITER(.topic = "t", .compression = KAFC_GZIP, .linger_ms = 60000));
    static uint8_t noise[N][200];
    kafc_message m[N];
    for (int i = 0; i < N; i++) {
        for (size_t k = 0; k < sizeof(noise[i]); k++)
            noise[i][k] = (uint8_t)rand(); /* NOLINT: any bytes that do not get smaller */
        m[i] = (kafc_message){ .value = { noise[i], sizeof(noise[i]) }, .to_partition = KAFC_ZERO };
    }
    kafc_err rc = kafc_writer_write(w, m, N, SOON, &e.err);
    ck_assert_msg(rc == KAFC_OK, "%s", e.err.message);
    kafc_writer_free(w);
    reading_reader(&e, KAFC_READER(.topic = "t", .partition = KAFC_ZERO));
    for (int i = 0; i < N; i++) {
        ck_ok(kafc_reader_fetch(e.reader, &e.m, SOON, &e.err));
        ck_assert_int_eq(e.m.offset, i);
        same_bytes(e.m.value, m[i].value);
    }
    stop();
}
END_TEST

START_TEST(a_message_that_comes_cut_off_is_asked_for_as_a_whole)
{
    const struct release *r = &releases[_i / 2];
    int codec = _i % 2 ? KAFC_GZIP : KAFC_NONE;
    if (!r->cuts)
        return;
    start(r);
    for (int i = 0; i < 3; i++)
        put_compressed(&e, "t", 0, codec, 1, 300000);
    /* 8: not even the size of the message comes */
    for (int32_t max = 8; max < 400000; max *= 200) {
        reading_reader(&e, KAFC_READER(.topic = "t", .partition = KAFC_ZERO, .max_wait_ms = 20,
                                       .partition_max_bytes = max));
        expect_offsets(&e, 0, 3);
        kafc_conn *c = dial(KAFC_CONN(.topic = "t", .max_bytes = max));
        for (int i = 0; i < 3; i++) {
            kafc_message m;
            kafc_err rc = kafc_conn_read(c, &m, SOON, &e.err);
            ck_assert_msg(rc == KAFC_OK, "%s", e.err.message);
            ck_assert_int_eq(m.offset, i);
        }
        kafc_conn_free(c);
    }
    stop();
}
END_TEST

START_TEST(a_message_that_is_larger_than_may_be_received_is_an_error)
{
    const struct release *r = &releases[_i];
    if (!r->cuts)
        return;
    reading_open_with(&e, KAFC_MOCK(.brokers = 1, .release = r->name), 1,
                      KAFC_CLIENT(.receive_max_bytes = 100000));
    kafc__mutex_init(&log_lock);
    put_compressed(&e, "t", 0, KAFC_NONE, 1, 200000);
    reading_reader(&e, KAFC_READER(.topic = "t", .partition = KAFC_ZERO, .max_wait_ms = 20,
                                   .partition_max_bytes = 1000));
    expect_err(&e, KAFC_ERR_TOO_LARGE);
    ck_assert_ptr_nonnull(strstr(e.err.message, "100000 are accepted"));
    kafc_conn *c = dial(KAFC_CONN(.topic = "t", .max_bytes = 1000, .receive_max_bytes = 100000));
    kafc_message m;
    ck_assert_int_eq(kafc_conn_read(c, &m, SOON, &e.err), KAFC_ERR_TOO_LARGE);
    ck_assert_ptr_nonnull(strstr(e.err.message, "100000 are accepted"));
    kafc_conn_free(c);
    stop();
}
END_TEST

/* Each fits, all of them do not: such brokers know no bound for the whole of an answer. */
START_TEST(large_messages_of_several_partitions_come_one_after_the_other)
{
    const struct release *r = &releases[_i];
    if (!r->cuts)
        return;
    kafc__mutex_init(&log_lock);
    nlogged = 0;
    logged[0] = 0;
    reading_open_with(&e, KAFC_MOCK(.brokers = 1, .release = r->name), 3,
                      KAFC_CLIENT(.receive_max_bytes = 100000, .log = on_log));
    for (int32_t i = 0; i < 3; i++)
        for (int k = 0; k < 2; k++)
            put_compressed(&e, "t", i, KAFC_NONE, 1, 60000);
    reading_reader(&e, KAFC_READER(.topic = "t", .max_wait_ms = 20, .partition_max_bytes = 1000,
                                   .stop = KAFC_LAST));
    for (int i = 0; i < 6; i++) {
        kafc_err rc = kafc_reader_fetch(e.reader, &e.m, SOON, &e.err);
        ck_assert_msg(rc == KAFC_OK, "%d: %s", i, e.err.message);
        ck_assert_int_eq(e.m.value.len, 60000);
    }
    expect_err(&e, KAFC_ERR_END_OF_RANGE);
    ck_assert_msg(!was_logged("bytes"), "%s", logged);
    stop();
}
END_TEST

START_TEST(reading_begins_within_a_compressed_set_and_at_every_position)
{
    const struct release *r = &releases[_i];
    start(r);
    put_compressed(&e, "t", 0, KAFC_GZIP, 30, 0);
    put_records(&e, "t", 0, 30, 5000, -1);
    reading_reader(&e, KAFC_READER(.topic = "t", .partition = KAFC_ZERO, .max_wait_ms = 20,
                                   .start = KAFC_AT(21), .stop = KAFC_AT(50)));
    expect_offsets(&e, 21, 50);
    expect_err(&e, KAFC_ERR_END_OF_RANGE);
    reading_reader(&e, KAFC_READER(.topic = "t", .partition = KAFC_ZERO, .max_wait_ms = 20,
                                   .start = KAFC_TAIL(3)));
    expect_offsets(&e, 57, 60);
    reading_reader(&e, KAFC_READER(.topic = "t", .partition = KAFC_ZERO, .max_wait_ms = 20,
                                   .start = KAFC_AT_TIME(5010)));
    if (r->exact) {
        expect_offset(&e, 40);
        reading_reader(&e,
                       KAFC_READER(.topic = "t", .partition = KAFC_ZERO, .max_wait_ms = 20,
                                   .start = KAFC_AT_TIME(INT64_MAX - 1), .notify_end = KAFC_ON));
        expect_err(&e, KAFC_ERR_END_OF_PARTITION);
        put_records(&e, "t", 0, 1, 6000, -1);
        expect_offset(&e, 60);
        reading_reader(&e, KAFC_READER(.topic = "t", .partition = KAFC_ZERO, .max_wait_ms = 20,
                                       .start = KAFC_AT_TIME(5010), .stop = KAFC_AT_TIME(5020)));
        expect_offsets(&e, 40, 50);
        expect_err(&e, KAFC_ERR_END_OF_RANGE);
    } else { /* only segments have times: what was asked for is not what would come back */
        expect_err(&e, KAFC_ERR_UNSUPPORTED);
        put_records(&e, "t", 0, 1, 6000, -1);
    }
    kafc_offset_query q[] = { { .topic = "t", .at = KAFC_FIRST },
                              { .topic = "t", .at = KAFC_LAST },
                              { .topic = "t", .at = KAFC_TAIL(7) },
                              { .topic = "t", .at = KAFC_AT_TIME(5010) } };
    kafc_err rc = kafc_client_offsets(e.client, q, 4, KAFC_READ_COMMITTED, SOON, &e.err);
    ck_assert_int_eq(q[0].offset, 0);
    ck_assert_int_eq(q[1].offset, 61);
    ck_assert_int_eq(q[2].offset, 54);
    ck_assert_int_eq(rc, r->exact ? KAFC_OK : KAFC_ERR_UNSUPPORTED);
    ck_assert_int_eq(q[3].result, rc);
    ck_assert_int_eq(q[3].offset, r->exact ? 40 : KAFC_OFFSET_UNKNOWN);
    if (!r->exact)
        ck_assert_ptr_nonnull(strstr(e.err.message, "a time cannot be looked up"));
    stop();
}
END_TEST

START_TEST(C8_an_api_that_an_old_broker_lacks_is_named)
{
    const char *name = "t";
    start(&releases[0]);
    ck_assert_int_eq(kafc_admin_delete_topics(e.client, &name, 1, NULL, SOON, &e.err),
                     KAFC_ERR_UNSUPPORTED);
    ck_assert_ptr_nonnull(
        strstr(e.err.message, "does not know DeleteTopics: the broker is too old"));
    kafc_conn *c = dial(NULL);
    ck_assert_int_eq(kafc_conn_delete_topics(c, &name, 1, NULL, SOON, &e.err),
                     KAFC_ERR_UNSUPPORTED);
    ck_assert_ptr_nonnull(strstr(e.err.message, "the broker is too old"));
    ck_assert_int_eq(kafc_conn_version(c, &kafc_metadata_api), 0);
    ck_assert_int_eq(kafc_conn_version(c, &kafc_api_versions_api), -1);
    kafc_conn_free(c);
    stop();
}
END_TEST

/* The first requests of all find a broker that dies. */
static void dies(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    int *left = ctx;
    (void)rq;
    a->act = *left > 0 ? KAFC_MOCK_CUT : KAFC_MOCK_PASS;
    *left -= *left > 0;
}

START_TEST(C8_a_broker_that_dies_while_greeted_is_not_taken_for_an_old_one)
{
    int left = _i / 2 + 1;
    int16_t over = _i % 2 ? KAFC_API_API_VERSIONS
                          : -1; /* one of the present answers no ListOffsets 0 */
    kafc_header h = { { "name", 4 }, KAFC_STR("value") };
    kafc_message m = message(2);
    m.headers = &h;
    m.nheaders = 1;
    start_with(NULL, 0);
    ck_ok(kafc_mock_hook(e.mock, over, dies, &left));
    kafc_writer *w = writer(KAFC_WRITER(.topic = "t", .idempotence = KAFC_ON));
    kafc_err rc = kafc_writer_write(w, &m, 1, SOON, &e.err);
    ck_assert_msg(rc == KAFC_OK, "%s", e.err.message);
    kafc_writer_free(w);
    stop();
}
END_TEST

/* Is taken as soon as the client has seen that its connection is gone. */
static void write_soon(kafc_writer *w, const kafc_message *m)
{
    kafc_err rc = KAFC_ERR_UNSUPPORTED;
    for (int64_t end = kafc__clock_mono_us() + SOON * 1000;
         rc == KAFC_ERR_UNSUPPORTED && kafc__clock_mono_us() < end;)
        rc = kafc_writer_write(w, m, 1, SOON, &e.err);
    ck_assert_msg(rc == KAFC_OK, "%s", e.err.message);
}

/* It dies over ApiVersions and nothing else, as an old one does. One from 4.0 on would not answer ListOffsets 0. */
START_TEST(C8_a_wrong_guess_ends_with_the_connection)
{
    kafc_header h = { { "name", 4 }, KAFC_STR("value") };
    kafc_message m = message(2);
    start_with(NULL, 0);
    ck_ok(kafc_mock_set_versions(e.mock, KAFC_API_PRODUCE, 0, 13));
    ck_ok(kafc_mock_set_versions(e.mock, KAFC_API_FETCH, 0, 18));
    ck_ok(kafc_mock_set_versions(e.mock, KAFC_API_LIST_OFFSETS, 0, 11));
    int left = 1000;
    ck_ok(kafc_mock_hook(e.mock, KAFC_API_API_VERSIONS, dies, &left));
    kafc_writer *w = writer(KAFC_WRITER(.topic = "t"));
    ck_ok(kafc_writer_write(w, &m, 1, SOON, &e.err));
    ck_assert(was_logged("it is one before 0.10"));
    ck_ok(kafc_mock_hook(e.mock, KAFC_API_API_VERSIONS, NULL, NULL));
    ck_ok(kafc_mock_cut(e.mock, 0));
    m.headers = &h;
    m.nheaders = 1;
    write_soon(w, &m);
    kafc_writer_free(w);
    stop();
}
END_TEST

START_TEST(C8_an_old_broker_that_is_upgraded_is_found_out)
{
    kafc_header h = { { "name", 4 }, KAFC_STR("value") };
    kafc_message m = message(2);
    start(&releases[1]);
    kafc_writer *w = writer(KAFC_WRITER(.topic = "t"));
    ck_ok(kafc_writer_write(w, &m, 1, SOON, &e.err));
    m.headers = &h;
    m.nheaders = 1;
    expect_refused(w, &m, "has headers");
    ck_ok(kafc_mock_set_release(e.mock, NULL));
    ck_ok(kafc_mock_cut(e.mock, 0));
    write_soon(w, &m);
    kafc_writer_free(w);
    stop();
}
END_TEST

int main(void)
{
    const struct {
        const TTest *test;
        int n;
    } tests[] = {
        { every_record_comes_back_from_a_release, RELEASES * KAFC_CODECS },
        { every_record_comes_back_through_a_conn_to_a_release, RELEASES * KAFC_CODECS },
        { W8_headers_are_refused_before_0_11_and_what_has_none_is_written, RELEASES },
        { W8_zstd_is_refused_before_2_1, RELEASES },
        { W6_idempotence_that_was_asked_for_is_an_error_before_0_11, RELEASES },
        { W6_an_id_is_not_lost_in_silence_at_an_old_leader, 1 },
        { W5_order_survives_an_old_leader_with_five_in_flight, 1 },
        { W5_what_has_a_sequence_keeps_it_when_idempotence_gives_way, 1 },
        { W9_a_lookup_creates_no_topic_whatever_the_release, RELEASES },
        { W1_every_kind_of_acks_has_its_verdict_at_a_release, RELEASES },
        { a_set_that_is_too_large_is_split, 1 },
        { a_message_that_comes_cut_off_is_asked_for_as_a_whole, 2 * RELEASES },
        { a_message_that_is_larger_than_may_be_received_is_an_error, RELEASES },
        { large_messages_of_several_partitions_come_one_after_the_other, RELEASES },
        { reading_begins_within_a_compressed_set_and_at_every_position, RELEASES },
        { C8_an_api_that_an_old_broker_lacks_is_named, 1 },
        { C8_a_broker_that_dies_while_greeted_is_not_taken_for_an_old_one, 14 },
        { C8_a_wrong_guess_ends_with_the_connection, 1 },
        { C8_an_old_broker_that_is_upgraded_is_found_out, 1 },
    };
    Suite *s = suite_create("old releases");
    TCase *t = tcase_create("old releases");
    tcase_set_timeout(t, 60);
    for (size_t i = 0; i < sizeof(tests) / sizeof(*tests); i++)
        tcase_add_loop_test(t, tests[i].test, 0, tests[i].n);
    suite_add_tcase(s, t);
    SRunner *run = srunner_create(s);
    srunner_run_all(run, CK_NORMAL);
    int failed = srunner_ntests_failed(run);
    srunner_free(run);
    return failed ? 1 : 0;
}
