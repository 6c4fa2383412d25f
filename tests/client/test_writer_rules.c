/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc_writer and the rules of its time and its end: acks 0, delivery.timeout,
 * retries, creation, what is refused at the door. Against the mock.
 */
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "protocol/api/00_produce.h"
#include "protocol/apis.h"
#include "protocol/record/read.h"
#include "tests/client/writing.h"
#include "tests/support/suite.h"
#include <kafc/stats.h>

enum { SOON = 10000 };

/* --- Without acknowledgements ---------------------------------------------------------------- */

struct barrier {
    atomic_int asked, act;
    atomic_llong there; /* in the log when a broker was asked */
};

static void on_question(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    struct barrier *b = ctx;
    (void)rq;
    atomic_fetch_add(&b->asked, 1);
    atomic_store(&b->there, writing_all("t", 4));
    a->act = (kafc_mock_act)atomic_load(&b->act);
    a->delay_ms = 20;
}

START_TEST(W10_close_waits_until_the_brokers_have_taken_what_nobody_acknowledges)
{
    enum { N = 500 };
    struct barrier b = { .act = KAFC_MOCK_PASS };
    kafc_error err;
    kafc_message m = { .value = KAFC_STR("v") };
    writing_start(2);
    ck_assert_int_eq(kafc_mock_set_release(writing.mock, _i == 0 ? NULL : "0.10.1"), KAFC_OK);
    ck_assert_int_eq(kafc_mock_hook(writing.mock, 2, on_question, &b), KAFC_OK);
    kafc_writer *w = writing_open(KAFC_WRITER(.topic = "t", .acks = KAFC_ACKS_NONE));
    for (int i = 0; i < N; i++) {
        m.to_partition = i % 4 ? i % 4 : KAFC_ZERO;
        ck_assert_int_eq(kafc_writer_send(w, &m, NULL, SOON, &err), KAFC_OK);
    }
    ck_assert_msg(kafc_writer_close(w, SOON, &err) == KAFC_OK, "%s", err.message);
    ck_assert_int_eq(b.asked, 2);
    ck_assert_int_eq(b.there, N);
    ck_assert_int_eq(writing_all("t", 4), N);
    kafc_writer_free(w);
    w = writing_open(KAFC_WRITER(.topic = "t", .acks = KAFC_ACKS_NONE)); /* nothing to ask for */
    ck_assert_int_eq(kafc_writer_close(w, SOON, &err), KAFC_OK);
    kafc_writer_free(w);
    w = writing_open(KAFC_WRITER(.topic = "t", .acks = KAFC_ACKS_LEADER));
    ck_assert_int_eq(kafc_writer_write(w, &m, 1, SOON, &err), KAFC_OK);
    ck_assert_int_eq(kafc_writer_close(w, SOON, &err), KAFC_OK);
    kafc_writer_free(w);
    ck_assert_int_eq(b.asked, 2);
    writing_stop();
}
END_TEST

START_TEST(W10_a_broker_that_does_not_say_so_is_given_up)
{
    struct barrier b = { .act = _i == 0 ? KAFC_MOCK_SILENT : KAFC_MOCK_CUT };
    kafc_error err;
    kafc_message m = { .value = KAFC_STR("v"), .to_partition = 1 };
    kafc_report r;
    writing_start(1);
    ck_assert_int_eq(kafc_mock_hook(writing.mock, 2, on_question, &b), KAFC_OK);
    kafc_writer *w = writing_open(KAFC_WRITER(.topic = "t", .acks = KAFC_ACKS_NONE));
    ck_assert_int_eq(kafc_writer_write_each(w, &m, 1, &r, SOON, &err), KAFC_OK);
    ck_assert_int_eq(r.verdict, KAFC_UNCONFIRMED);
    kafc_err rc = kafc_writer_close(w, _i == 0 ? 100 : SOON, &err);
    ck_assert_int_eq(rc, KAFC_ERR_TIMED_OUT); /* messages may be lost, though nobody waited for long */
    ck_assert_msg(strstr(err.message, "have not said that they have taken") != NULL, "%s",
                  err.message);
    ck_assert_msg(_i == 0 || strstr(err.message, "node 1 did not say") != NULL, "%s", err.message);
    ck_assert_int_eq(kafc_writer_close(w, 0, &err), rc);
    kafc_writer_free(w);
    w = writing_open(KAFC_WRITER(.topic = "t", .acks = KAFC_ACKS_NONE));
    ck_assert_int_eq(kafc_writer_write(w, &m, 1, SOON, &err), KAFC_OK);
    kafc_writer_free(w); /* does not wait */
    writing_stop();
}
END_TEST

/* --- Time --------------------------------------------------------------------------------------- */

static void never(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    (void)ctx;
    (void)rq;
    a->act = KAFC_MOCK_SILENT;
}

START_TEST(W3_a_send_without_a_time_of_its_own_waits_for_max_block)
{
    kafc_error err;
    kafc_message m = { .value = KAFC_STR("v"), .to_partition = 1 };
    writing_start(1);
    ck_assert_int_eq(kafc_mock_hook(writing.mock, 0, never, NULL), KAFC_OK);
    kafc_properties *p = kafc_properties_new();
    ck_assert_int_eq(kafc_properties_set(p, "max.block.ms", _i == 0 ? "30" : "0", &err), KAFC_OK);
    kafc_writer *w = writing_open(
        KAFC_WRITER(.topic = "t", .report_slots = 1, .properties = p, .reports = KAFC_REPORTS_ALL));
    ck_assert_int_eq(kafc_writer_send(w, &m, NULL, -1, &err), KAFC_OK);
    ck_assert_int_eq(kafc_writer_send(w, &m, NULL, -1, &err),
                     _i == 0 ? KAFC_ERR_TIMED_OUT : KAFC_ERR_WOULD_BLOCK);
    ck_assert_int_eq(kafc_writer_send(w, &m, NULL, 1, &err), KAFC_ERR_TIMED_OUT); /* its own */
    kafc_writer_free(w);
    kafc_properties_free(p);
    writing_stop();
}
END_TEST

START_TEST(W1_without_retries_the_first_error_is_the_verdict)
{
    kafc_error err;
    kafc_report r;
    kafc_message m = { .value = KAFC_STR("v"), .to_partition = 1 };
    writing_start(1);
    kafc_writer *w = writing_open(KAFC_WRITER(.topic = "t", .retries = KAFC_ZERO));
    ck_assert_int_eq(kafc_mock_push_error(writing.mock, 0, KAFC_ERR_NOT_ENOUGH_REPLICAS, 1),
                     KAFC_OK);
    ck_assert_int_eq(kafc_writer_write_each(w, &m, 1, &r, SOON, &err),
                     KAFC_ERR_NOT_ENOUGH_REPLICAS);
    ck_assert_int_eq(r.verdict, KAFC_NOT_WRITTEN);
    ck_assert_msg(kafc_writer_write_each(w, &m, 1, &r, SOON, &err) == KAFC_OK, "%s", err.message);
    ck_assert_int_eq(writing_records("t", 1), 1);
    kafc_writer_free(w);
    writing_stop();
}
END_TEST

/* --- Idempotence (rule W6) ---------------------------------------------------------------------- */

struct lines {
    atomic_int warned;
    const char *of;
};

static void on_line(void *ctx, kafc_log_level level, const char *line)
{
    struct lines *l = ctx;
    if (level <= KAFC_LOG_WARN && strstr(line, l->of))
        atomic_fetch_add(&l->warned, 1);
}

/* What the cluster got: acks of the last Produce, and whether it came from a producer with an id. */
struct asked {
    atomic_int acks, ids;
};

static void on_produce(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    struct asked *s = ctx;
    struct kafc_arena arena;
    struct kafc_produce_req req;
    struct kafc_rd rd;
    kafc_error err;
    (void)a;
    kafc__arena_init(&arena, NULL, 0);
    kafc__rd_init(&rd, rq->body.p, (size_t)rq->body.len);
    if (kafc__msg_decode(&rd, &kafc_produce_req_schema, &req, rq->version, &arena, &err) ==
        KAFC_OK) {
        struct kafc_batches it;
        struct kafc_batch b;
        struct kafc_records in = req.topic_data.v[0].partition_data.v[0].records;
        kafc__batches_init(&it, in.p, (size_t)in.len);
        atomic_store(&s->acks, req.acks);
        if (kafc__batch_next(&it, &b, NULL) == KAFC_OK && b.p && b.header.producer_id >= 0)
            atomic_fetch_add(&s->ids, 1);
    }
    kafc__arena_fini(&arena);
}

START_TEST(W6_the_default_gives_way_to_acks_all_with_a_warning)
{
    struct lines lines = { .of = "goes on without idempotence, one batch in flight" };
    struct asked asked = { .acks = 7 };
    kafc_message m = { .value = KAFC_STR("v"), .to_partition = 1 };
    kafc_error err;
    writing_start(1);
    ck_assert_int_eq(kafc_mock_hook(writing.mock, 0, on_produce, &asked), KAFC_OK);
    if (_i == 0)
        ck_assert_int_eq(
            kafc_mock_push_error(writing.mock, 22, KAFC_ERR_CLUSTER_AUTHORIZATION_FAILED, 1),
            KAFC_OK);
    else
        ck_assert_int_eq(kafc_mock_set_versions(writing.mock, 22, -1, -1), KAFC_OK);
    kafc_client *c = kafc_client_open(
        KAFC_CLIENT(.brokers = kafc_mock_bootstrap(writing.mock), .log = on_line, .ctx = &lines),
        &err);
    ck_assert_ptr_nonnull(c);
    kafc_writer *w = kafc_writer_open(c, KAFC_WRITER(.topic = "t"), &err);
    ck_assert_ptr_nonnull(w);
    ck_assert_msg(kafc_writer_write(w, &m, 1, SOON, &err) == KAFC_OK, "%s", err.message);
    ck_assert_int_eq(lines.warned, 1);
    ck_assert_int_eq(asked.acks, -1);
    ck_assert_int_eq(asked.ids, 0);
    kafc_writer_free(w);
    kafc_client_free(c);
    writing_stop();
}
END_TEST

START_TEST(W6_idempotence_is_on_by_default_and_off_where_acks_are_not_all)
{
    static const kafc_acks acks[] = { KAFC_ACKS_DEFAULT, KAFC_ACKS_ALL, KAFC_ACKS_LEADER,
                                      KAFC_ACKS_NONE };
    struct asked asked = { .acks = 7 };
    kafc_message m = { .value = KAFC_STR("v"), .to_partition = 1 };
    kafc_error err;
    writing_start(1);
    ck_assert_int_eq(kafc_mock_hook(writing.mock, 0, on_produce, &asked), KAFC_OK);
    kafc_writer *w = writing_open(KAFC_WRITER(.topic = "t", .acks = acks[_i]));
    ck_assert_int_eq(kafc_writer_write(w, &m, 1, SOON, &err), KAFC_OK);
    ck_assert_int_eq(kafc_writer_close(w, SOON, &err), KAFC_OK);
    ck_assert_int_eq(asked.acks, _i < 2 ? -1 : _i == 2 ? 1 : 0);
    ck_assert_int_eq(asked.ids, _i < 2 ? 1 : 0);
    kafc_writer_free(w);
    if (_i >= 2) {
        ck_assert_ptr_null(kafc_writer_open(
            writing.client, KAFC_WRITER(.acks = acks[_i], .idempotence = KAFC_ON), &err));
        ck_assert_int_eq(err.code, KAFC_ERR_USAGE);
    }
    writing_stop();
}
END_TEST

/* --- Reports that nobody collects (rule W7) ------------------------------------------------------ */

START_TEST(W7_uncollected_reports_hold_up_no_other_writer_and_no_close)
{
    enum { SLOTS = 100 };
    kafc_message m = { .value = KAFC_STR("v"), .to_partition = 1 };
    kafc_report r[SLOTS + 1];
    kafc_error err;
    int32_t n, got = 0;
    kafc_writer_stats c = { .size = sizeof(c) };
    writing_start(1);
    kafc_writer *w = writing_open(
        KAFC_WRITER(.topic = "t", .reports = KAFC_REPORTS_ALL, .report_slots = SLOTS));
    kafc_writer *other = writing_open(KAFC_WRITER(.topic = "t"));
    for (int i = 0; i < SLOTS; i++) {
        m.to_partition = 1 + i % 3;
        ck_assert_int_eq(kafc_writer_send(w, &m, NULL, SOON, &err), KAFC_OK);
    }
    ck_assert_int_eq(kafc_writer_flush(w, SOON, &err), KAFC_OK);
    ck_assert_int_eq(kafc_writer_send(w, &m, NULL, 0, &err), KAFC_ERR_WOULD_BLOCK);
    ck_assert_msg(strstr(err.message, "report slots") != NULL, "%s", err.message);
    kafc_writer_stats_get(w, &c);
    ck_assert_uint_eq(c.acknowledged, SLOTS);
    ck_assert_uint_eq(c.held_bytes, 0);
    ck_assert_int_eq(kafc_writer_write(other, &m, 1, SOON, &err), KAFC_OK);
    ck_assert_int_eq(kafc_writer_write(w, &m, 1, SOON, &err), KAFC_OK); /* no slot is needed */
    ck_assert_int_eq(kafc_writer_close(w, SOON, &err), KAFC_OK);
    while (kafc_writer_poll(w, r + got, SLOTS + 1 - got, &n, 0, &err) == KAFC_OK)
        got += n;
    ck_assert_int_eq(err.code, KAFC_ERR_CLOSED); /* the end mark */
    ck_assert_int_eq(got, SLOTS);
    kafc_writer_free(w);
    kafc_writer_free(other);
    writing_stop();
}
END_TEST

/* --- Creation (rule W9) --------------------------------------------------------------------------- */

static const char *const releases[] = { "0.8", "0.9", "0.10.0", "0.10.1", "0.11", "2.1", NULL };

START_TEST(W9_a_writer_creates_where_it_says_so_whatever_the_release)
{
    kafc_message m = { .value = KAFC_STR("v"), .to_partition = 1 };
    kafc_error err;
    kafc_mock_log l;
    writing_start(3);
    ck_assert_int_eq(kafc_mock_set_release(writing.mock, releases[_i]), KAFC_OK);
    kafc_writer *w;
    kafc_err rc = KAFC_OK;
    for (int ms = 300; ms < 20000 && rc != KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION; ms *= 2) { /* until it is told */
        w = writing_open(KAFC_WRITER(.topic = "no", .delivery_timeout_ms = ms));
        rc = kafc_writer_write(w, &m, 1, SOON, &err);
        kafc_writer_free(w);
    }
    ck_assert_int_eq(rc, KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION);
    ck_assert_int_ne(kafc_mock_log_get(writing.mock, "no", 0, &l), KAFC_OK);
    w = writing_open(KAFC_WRITER(.topic = "yes", .create_topics = KAFC_ON));
    ck_assert_msg(kafc_writer_write(w, &m, 1, SOON, &err) == KAFC_OK, "%s", err.message);
    kafc_writer_free(w);
    ck_assert_int_eq(writing_records("yes", 1), 1);
    ck_assert_int_ne(kafc_mock_log_get(writing.mock, "no", 0, &l), KAFC_OK);
    writing_stop();
}
END_TEST

START_TEST(W9_creation_waits_for_a_leader_by_itself)
{
    kafc_message m = { .value = KAFC_STR("v"), .to_partition = 1 };
    kafc_error err;
    writing_start(3);
    ck_assert_int_eq(kafc_mock_push_error(writing.mock, 3,
                                          _i == 0 ? KAFC_ERR_LEADER_NOT_AVAILABLE
                                                  : KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION,
                                          5),
                     KAFC_OK);
    kafc_writer *w = writing_open(KAFC_WRITER(.topic = "new", .create_topics = KAFC_ON));
    ck_assert_msg(kafc_writer_write(w, &m, 1, SOON, &err) == KAFC_OK, "%s", err.message);
    kafc_writer_free(w);
    writing_stop();
}
END_TEST

/* --- At the door ------------------------------------------------------------------------------------ */

static char long_name[251], big[3000];
static kafc_header no_name = { { NULL, 0 }, { "v", 1 } }, short_name = { { "n", -1 }, { "v", 1 } },
                   no_value = { { "n", 1 }, { NULL, 3 } };

static const struct {
    kafc_message m;
    kafc_err code;
    const char *says;
} bad[] = {
    { { .topic = NULL }, KAFC_ERR_USAGE, "no topic" },
    { { .topic = "" }, KAFC_ERR_USAGE, "no topic" },
    { { .topic = "a/b" }, KAFC_ERR_USAGE, "a/b" },
    { { .topic = ".." }, KAFC_ERR_USAGE, "\"..\" is no topic name" },
    { { .topic = "caf\xc3\xa9" }, KAFC_ERR_USAGE, "caf\\xc3\\xa9" },
    { { .topic = "\xff\xfe" }, KAFC_ERR_USAGE, "\\xff\\xfe" },
    { { .topic = "new\nline" }, KAFC_ERR_USAGE, "new\\x0aline" },
    { { .topic = long_name }, KAFC_ERR_USAGE, "1 to 249" },
    { { .topic = "t", .value = { big, sizeof(big) } }, KAFC_ERR_TOO_LARGE, "(message_max_bytes" },
    { { .topic = "t", .key = { big, sizeof(big) } }, KAFC_ERR_TOO_LARGE, "at most 2000" },
    { { .topic = "t", .value = { big, INT32_MAX } }, KAFC_ERR_TOO_LARGE, "bytes" },
    { { .topic = "t", .value = { big, -1 } }, KAFC_ERR_USAGE, "length of -1" },
    { { .topic = "t", .key = { big, INT32_MIN } }, KAFC_ERR_USAGE, "a key" },
    { { .topic = "t", .value = { NULL, 5 } }, KAFC_ERR_USAGE, "no bytes" },
    { { .topic = "t", .headers = &no_name, .nheaders = 1 }, KAFC_ERR_USAGE, "no name" },
    { { .topic = "t", .headers = &short_name, .nheaders = 1 }, KAFC_ERR_USAGE, "no name" },
    { { .topic = "t", .headers = &no_value, .nheaders = 1 }, KAFC_ERR_USAGE, "header's value" },
    { { .topic = "t", .headers = NULL, .nheaders = 1 }, KAFC_ERR_USAGE, "at NULL" },
    { { .topic = "t", .headers = &no_name, .nheaders = -1 }, KAFC_ERR_USAGE, "-1 headers" },
    { { .topic = "t", .to_partition = -1 }, KAFC_ERR_USAGE, "partition -1: they are counted from 0" },
    { { .topic = "t", .to_partition = INT32_MAX }, KAFC_ERR_UNKNOWN_PARTITION, "[2147483647]" },
};

START_TEST(bad_messages_are_refused_at_once_with_the_reason)
{
    kafc_error err;
    kafc_report r;
    kafc_writer_stats c = { .size = sizeof(c) };
    kafc_message m = { .topic = "t", .value = KAFC_STR("v") };
    memset(long_name, 'x', sizeof(long_name) - 1);
    writing_start(1);
    kafc_writer *w = writing_open(KAFC_WRITER(.message_max_bytes = 2000));
    ck_assert_int_eq(kafc_writer_write(w, &m, 1, SOON, &err), KAFC_OK); /* the topic is known */
    ck_assert_int_eq(kafc_writer_send(w, &bad[_i].m, NULL, -1, &err), bad[_i].code);
    ck_assert_msg(strstr(err.message, bad[_i].says) != NULL, "%s", err.message);
    for (const char *at = err.message; *at; at++)
        ck_assert_msg((signed char)*at >= ' ' || strncmp(at, "…", 3) == 0 || at[-1] < 0, "%s",
                      err.message);
    ck_assert_int_eq(kafc_writer_send(w, &bad[_i].m, NULL, 0, NULL), bad[_i].code);
    ck_assert_int_eq(kafc_writer_write_each(w, &bad[_i].m, 1, &r, -1, &err), bad[_i].code);
    ck_assert_int_eq(r.verdict, KAFC_NOT_WRITTEN);
    ck_assert_int_eq(r.code, bad[_i].code);
    ck_assert_ptr_nonnull(r.why);
    ck_assert_int_eq(kafc_writer_write(w, &m, 1, SOON, &err), KAFC_OK);
    kafc_writer_stats_get(w, &c);
    ck_assert_uint_eq(c.messages, 2);
    ck_assert_uint_eq(c.held_bytes, 0);
    kafc_writer_free(w);
    writing_stop();
}
END_TEST

START_TEST(a_linger_that_outlasts_every_message_is_refused)
{
    kafc_error err;
    writing_start(1);
    ck_assert_ptr_null(kafc_writer_open(
        writing.client, KAFC_WRITER(.linger_ms = 5000, .delivery_timeout_ms = 5000), &err));
    ck_assert_int_eq(err.code, KAFC_ERR_USAGE);
    ck_assert_msg(strstr(err.message, "delivery_timeout_ms, 5000") != NULL, "%s", err.message);
    kafc_writer *w = writing_open(KAFC_WRITER(.linger_ms = 4999, .delivery_timeout_ms = 5000));
    kafc_writer_free(w);
    writing_stop();
}
END_TEST

START_TEST(null_handles_and_pointers_are_refused)
{
    kafc_error err;
    kafc_report r;
    kafc_message m = { .topic = "t", .value = KAFC_STR("v") };
    kafc_writer_stats c = { .size = sizeof(c) };
    int32_t n;
    writing_start(1);
    ck_assert_ptr_null(kafc_writer_open(NULL, KAFC_WRITER(0), &err));
    ck_assert_int_eq(err.code, KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_writer_send(NULL, &m, NULL, -1, NULL), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_writer_write(NULL, &m, 1, -1, NULL), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_writer_poll(NULL, &r, 1, &n, -1, NULL), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_writer_flush(NULL, -1, NULL), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_writer_close(NULL, -1, NULL), KAFC_ERR_USAGE);
    kafc_writer_stats_get(NULL, &c);
    ck_assert_uint_eq(c.messages, 0);
    kafc_writer_wake(NULL);
    kafc_writer_free(NULL);
    kafc_writer *w = writing_open(NULL); /* all defaults */
    ck_assert_int_eq(kafc_writer_send(w, NULL, NULL, -1, NULL), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_writer_write(w, NULL, 2, -1, NULL), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_writer_write(w, &m, -1, -1, &err), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_writer_write(w, NULL, 0, -1, NULL), KAFC_OK);
    ck_assert_int_eq(kafc_writer_write(w, &m, 1, SOON, NULL), KAFC_OK);
    kafc_writer_free(w);
    writing_stop();
}
END_TEST

START_TEST(a_closed_writer_says_so_and_does_not_wait)
{
    kafc_error err;
    kafc_report r[2];
    kafc_message m[2] = { { .value = KAFC_STR("v") }, { .value = KAFC_STR("v") } };
    kafc_writer_stats c = { .size = sizeof(c) };
    int32_t n;
    writing_start(1);
    kafc_writer *w = writing_open(KAFC_WRITER(.topic = "t", .reports = KAFC_REPORTS_ALL));
    if (_i == 0)
        ck_assert_int_eq(kafc_writer_close(w, SOON, &err), KAFC_OK);
    else
        ck_assert_int_eq(kafc_client_close(writing.client, SOON, &err), KAFC_OK);
    ck_assert_int_eq(kafc_writer_send(w, m, NULL, -1, &err), KAFC_ERR_CLOSED);
    ck_assert_int_eq(kafc_writer_write_each(w, m, 2, r, -1, &err), KAFC_ERR_CLOSED);
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(r[i].verdict, KAFC_NOT_WRITTEN);
        ck_assert_int_eq(r[i].code, KAFC_ERR_CLOSED);
    }
    ck_assert_int_eq(kafc_writer_poll(w, r, 2, &n, -1, &err), KAFC_ERR_CLOSED);
    ck_assert_int_ge(kafc_writer_fd(w, &err), 0);
    ck_assert_int_eq(kafc_writer_flush(w, -1, &err), KAFC_OK);
    ck_assert_int_eq(kafc_writer_close(w, -1, &err), KAFC_OK);
    kafc_writer_wake(w);
    kafc_writer_stats_get(w, &c);
    ck_assert_uint_eq(c.messages, 0);
    kafc_writer_free(w);
    writing_stop();
}
END_TEST

/* --- Inside callbacks ------------------------------------------------------------------------------- */

/* All that may wait, from inside. */
struct inside {
    kafc_client *client;
    _Atomic(kafc_writer *) w;
    atomic_int calls, refused, others;
};

static void look_around(struct inside *x)
{
    kafc_message m = { .value = KAFC_STR("v"), .to_partition = 1 };
    kafc_report r;
    kafc_metadata *meta = NULL;
    int32_t n;
    kafc_writer *w = atomic_load(&x->w);
    if (!w || atomic_fetch_add(&x->calls, 1) > 0)
        return;
    kafc_err codes[] = { kafc_writer_flush(w, -1, NULL),
                         kafc_writer_write(w, &m, 1, -1, NULL),
                         kafc_writer_close(w, -1, NULL),
                         kafc_writer_poll(w, &r, 1, &n, -1, NULL),
                         kafc_client_metadata(x->client, NULL, 0, -1, &meta, NULL),
                         kafc_client_close(x->client, -1, NULL) };
    kafc_writer_free(w); /* ignored */
    kafc_client_free(x->client);
    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
        atomic_fetch_add(codes[i] == KAFC_ERR_IN_CALLBACK ? &x->refused : &x->others, 1);
}

static void in_delivery(void *ctx, const kafc_report *r)
{
    (void)r;
    look_around(ctx);
}

static void in_batch(void *ctx, kafc_settled *s)
{
    (void)s;
    look_around(ctx);
}

static void in_room(void *ctx)
{
    look_around(ctx);
}

static int32_t in_partitioner(void *ctx, const kafc_message *m, int32_t npartitions)
{
    (void)m;
    look_around(ctx);
    return npartitions - 1;
}

static void in_log(void *ctx, kafc_log_level level, const char *line)
{
    (void)level;
    (void)line;
    look_around(ctx);
}

enum { IN_DELIVERY, IN_BATCH, IN_ROOM, IN_PARTITIONER, IN_PARTITIONER_LATE, IN_LOG, INSIDES };

START_TEST(calls_that_wait_are_refused_inside_every_callback)
{
    struct inside x = { .client = NULL };
    kafc_message m = { .value = KAFC_STR("v"),
                       .to_partition = _i == IN_PARTITIONER || _i == IN_PARTITIONER_LATE ? 0 : 1 };
    kafc_error err;
    writing_start(1);
    kafc_client *c = kafc_client_open(KAFC_CLIENT(.brokers = kafc_mock_bootstrap(writing.mock),
                                                  .log_level = KAFC_LOG_DEBUG,
                                                  .log = _i == IN_LOG ? in_log : NULL, .ctx = &x),
                                      &err);
    ck_assert_ptr_nonnull(c);
    kafc_writer *w = kafc_writer_open(
        c,
        KAFC_WRITER(.topic = "t", .on_delivery = _i == IN_DELIVERY ? in_delivery : NULL,
                    .on_batch = _i == IN_BATCH ? in_batch : NULL,
                    .on_room = _i == IN_ROOM ? in_room : NULL,
                    .reports = _i == IN_ROOM || _i == IN_LOG ? KAFC_REPORTS_ALL
                                                             : KAFC_REPORTS_DEFAULT,
                    .report_slots = 1,
                    .on_partition =
                        _i == IN_PARTITIONER || _i == IN_PARTITIONER_LATE ? in_partitioner : NULL,
                    .ctx = &x),
        &err);
    ck_assert_ptr_nonnull(w);
    if (_i == IN_PARTITIONER) /* on this thread, and not on the loop */
        ck_assert_int_eq(kafc_writer_write(w, &m, 1, SOON, &err), KAFC_OK);
    x.client = c;
    atomic_store(&x.w, w);
    ck_assert_int_eq(kafc_writer_send(w, &m, NULL, SOON, &err), KAFC_OK);
    if (_i == IN_ROOM) {
        kafc_report r;
        int32_t n;
        ck_assert_int_eq(kafc_writer_send(w, &m, NULL, 0, &err), KAFC_ERR_WOULD_BLOCK);
        ck_assert_int_eq(kafc_writer_poll(w, &r, 1, &n, SOON, &err), KAFC_OK);
    }
    ck_assert_int_eq(kafc_writer_flush(w, SOON, &err), KAFC_OK);
    ck_assert_int_eq(kafc_writer_close(w, SOON, &err), KAFC_OK);
    kafc_writer_free(w);
    kafc_client_free(c);
    ck_assert_int_ge(x.calls, 1);
    ck_assert_int_eq(x.refused, 6);
    ck_assert_int_eq(x.others, 0);
    writing_stop();
}
END_TEST

SUITE_LOOPS("client/writer_rules", 30,
            LOOP(W10_close_waits_until_the_brokers_have_taken_what_nobody_acknowledges, 0, 2),
            LOOP(W10_a_broker_that_does_not_say_so_is_given_up, 0, 2),
            LOOP(W3_a_send_without_a_time_of_its_own_waits_for_max_block, 0, 2),
            ONCE(W1_without_retries_the_first_error_is_the_verdict),
            LOOP(W6_the_default_gives_way_to_acks_all_with_a_warning, 0, 2),
            LOOP(W6_idempotence_is_on_by_default_and_off_where_acks_are_not_all, 0, 4),
            ONCE(W7_uncollected_reports_hold_up_no_other_writer_and_no_close),
            LOOP(W9_a_writer_creates_where_it_says_so_whatever_the_release,
                 0, (int)(sizeof(releases) / sizeof(releases[0]))),
            LOOP(W9_creation_waits_for_a_leader_by_itself, 0, 2),
            LOOP(bad_messages_are_refused_at_once_with_the_reason, 0, (int)(sizeof(bad) / sizeof(bad[0]))),
            ONCE(a_linger_that_outlasts_every_message_is_refused),
            ONCE(null_handles_and_pointers_are_refused),
            LOOP(a_closed_writer_says_so_and_does_not_wait, 0, 2),
            LOOP(calls_that_wait_are_refused_inside_every_callback, 0, INSIDES))
