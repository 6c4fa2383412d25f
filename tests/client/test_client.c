/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A client against the mock: its calls, its end, and what must not disturb it:
 * signals, forks, full memory. Each runs over epoll and over poll(2).
 */
#include <check.h>
#include <dirent.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "tests/client/stranger.h"
#include "tests/support/alloc.h"
#include <kafc/topics.h>
#include <kafc/mock.h>

static kafc_mock *mock;
static kafc_client *client;

static void set_up(void)
{
    mock = kafc_mock_new(KAFC_MOCK(.brokers = 3), NULL);
    ck_assert_ptr_nonnull(mock);
    ck_assert_int_eq(kafc_mock_create_topic(mock, "t", 4, 1), KAFC_OK);
    kafc_error e;
    client = kafc_client_open(KAFC_CLIENT(.brokers = kafc_mock_bootstrap(mock)), &e);
    ck_assert_msg(client != NULL, "%s", e.message);
}

static void set_up_poll(void)
{
    ck_assert_int_eq(setenv("KAFC_POLLER", "poll", 1), 0);
    set_up();
}

static void tear_down(void)
{
    kafc_client_free(client);
    kafc_mock_free(mock);
    ck_assert_int_eq(unsetenv("KAFC_POLLER"), 0);
}

static void ok(kafc_err rc, const kafc_error *e)
{
    ck_assert_msg(rc == KAFC_OK, "%s: %s", kafc_err_name(rc), e->message);
}

/* --- Calls ----------------------------------------------------------------------------- */

START_TEST(metadata_of_some_all_and_no_topics)
{
    static const char *const names[] = { "zz", "t", "zz" };
    kafc_metadata *m;
    kafc_error e;
    ck_assert_int_eq(kafc_mock_create_topic(mock, "a", 2, 3), KAFC_OK);
    ok(kafc_client_metadata(client, names, 3, 5000, &m, &e), &e);
    ck_assert_int_eq(m->ntopics, 2); /* sorted, each once */
    ck_assert_str_eq(m->topics[0].name, "t");
    ck_assert_int_eq(m->topics[0].npartitions, 4);
    ck_assert_str_eq(m->topics[1].name, "zz");
    ck_assert_int_eq(m->topics[1].err, KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION);
    for (int i = 0; i < 4; i++) {
        ck_assert_int_eq(m->topics[0].partitions[i].id, i);
        ck_assert_int_eq(m->topics[0].partitions[i].leader, kafc_mock_leader(mock, "t", i, NULL));
    }
    ck_assert_int_eq(m->nbrokers, 3);
    ck_assert_int_eq(m->controller, 1);
    ck_assert_ptr_nonnull(m->cluster_id);
    kafc_metadata_free(m);
    ok(kafc_client_metadata(client, NULL, KAFC_ALL_TOPICS, 5000, &m, &e), &e);
    ck_assert_int_eq(m->ntopics, 2); /* W9: "zz" was not made */
    ck_assert_str_eq(m->topics[0].name, "a");
    ck_assert_int_eq(m->topics[0].partitions[1].nreplicas, 3);
    kafc_metadata_free(m);
    ok(kafc_client_metadata(client, NULL, 0, 5000, &m, &e), &e);
    ck_assert_int_eq(m->ntopics, 0);
    ck_assert_int_eq(m->nbrokers, 3);
    kafc_metadata_free(m);
    kafc_metadata_free(NULL);
}
END_TEST

START_TEST(W9_metadata_of_every_version_creates_nothing)
{
    static const char *const names[] = { "zz", "t" };
    for (int16_t v = 0; v <= 12; v++) {
        kafc_metadata *m;
        kafc_error e;
        ck_assert_int_eq(kafc_mock_set_versions(mock, 3, 0, v), KAFC_OK);
        ck_assert_int_eq(kafc_mock_cut(mock, 0), KAFC_OK); /* versions are learned anew */
        ok(kafc_client_metadata(client, names, 2, 5000, &m, &e), &e);
        ck_assert_int_eq(m->ntopics, 2);
        ck_assert_int_eq(m->topics[0].npartitions, 4);
        ck_assert_int_eq(m->topics[1].err, KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION);
        kafc_metadata_free(m);
        ck_assert_int_eq(kafc_mock_leader(mock, "zz", 0, NULL), -1);
    }
}
END_TEST

START_TEST(topics_are_created_and_deleted)
{
    const kafc_config log_append = { "message.timestamp.type", "LogAppendTime" };
    kafc_new_topic topics[] = {
        { .name = "n1", .partitions = 3, .configs = &log_append, .nconfigs = 1 },
        { .name = "t" },
        { .name = "n2" }
    };
    static const char *const gone[] = { "n1", "zz" };
    kafc_err results[2];
    kafc_error e;
    ck_assert_int_eq(kafc_admin_create_topics(client, topics, 3, NULL, 5000, NULL, &e),
                     KAFC_ERR_TOPIC_ALREADY_EXISTS);
    ck_assert_ptr_nonnull(strstr(e.message, "'t'"));
    ck_assert_int_eq(topics[0].result, KAFC_OK);
    ck_assert_int_eq(topics[1].result, KAFC_ERR_TOPIC_ALREADY_EXISTS);
    ck_assert_int_eq(topics[2].result, KAFC_OK);
    ck_assert_int_ge(kafc_mock_leader(mock, "n1", 2, NULL), 1);
    ck_assert_int_eq(kafc_admin_delete_topics(client, gone, 2, results, 5000, &e),
                     KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION);
    ck_assert_int_eq(results[0], KAFC_OK);
    ck_assert_int_eq(results[1], KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION);
    ck_assert_int_eq(kafc_mock_leader(mock, "n1", 2, NULL), -1);
    ok(kafc_admin_create_topics(client, topics, 0, NULL, 5000, NULL, &e), &e);
}
END_TEST

START_TEST(the_next_controller_is_asked)
{
    kafc_new_topic t = { .name = "n" };
    kafc_error e;
    ok(kafc_admin_create_topics(client, &t, 1, NULL, 5000, NULL, &e), &e);
    ck_assert_int_eq(kafc_mock_push_error(mock, 20, KAFC_ERR_NOT_CONTROLLER, 2), KAFC_OK);
    ok(kafc_admin_delete_topics(client, &t.name, 1, NULL, 5000, &e), &e);
    ck_assert_int_eq(kafc_mock_stop_broker(mock, 1), KAFC_OK); /* broker 2 is the controller now */
    kafc_err rc = kafc_admin_create_topics(client, &t, 1, NULL, 10000, NULL, &e);
    if (rc == KAFC_ERR_DISCONNECTED) /* sent before the end of the connection was seen: not repeated */
        rc = kafc_admin_create_topics(client, &t, 1, NULL, 10000, NULL, &e);
    ok(rc, &e);
    ck_assert_uint_ge(kafc_mock_requests(mock, 2, 19), 1);
}
END_TEST

static void lose_answer(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    (void)ctx;
    if (rq->index == 0)
        a->act = KAFC_MOCK_PASS_CUT;
}

START_TEST(what_may_have_been_done_is_not_done_twice)
{
    kafc_new_topic t = { .name = "n" };
    kafc_error e;
    ck_assert_int_eq(kafc_mock_hook(mock, 19, lose_answer, NULL), KAFC_OK);
    ck_assert_int_eq(kafc_mock_hook(mock, 20, lose_answer, NULL), KAFC_OK);
    ck_assert_int_eq(kafc_admin_create_topics(client, &t, 1, NULL, 5000, NULL, &e), KAFC_ERR_DISCONNECTED);
    ck_assert_int_eq(t.result, KAFC_ERR_DISCONNECTED);
    ck_assert_int_ge(kafc_mock_leader(mock, "n", 0, NULL), 1);
    ck_assert_int_eq(kafc_admin_delete_topics(client, &t.name, 1, NULL, 5000, &e),
                     KAFC_ERR_DISCONNECTED);
    ck_assert_int_eq(kafc_mock_leader(mock, "n", 0, NULL), -1);
    ck_assert_uint_eq(kafc_mock_requests(mock, 0, 19), 1);
    ck_assert_uint_eq(kafc_mock_requests(mock, 0, 20), 1);
}
END_TEST

static void fill(int32_t partition, int n)
{
    kafc_message m = { .value = KAFC_STR("v") };
    for (int i = 0; i < n; i++) {
        m.timestamp = 100000 * (i + 1);
        ck_assert_int_eq(kafc_mock_append(mock, "t", partition, &m, 1, -1), KAFC_OK);
    }
}

START_TEST(offsets_of_every_kind)
{
    kafc_offset_query q[] = {
        { .topic = "t", .partition = 0, .at = KAFC_FIRST },
        { .topic = "t", .partition = 0, .at = KAFC_LAST },
        { .topic = "t", .partition = 0, .at = KAFC_TAIL(3) },
        { .topic = "t", .partition = 0, .at = KAFC_TAIL(99) },
        { .topic = "t", .partition = 0, .at = KAFC_AT_TIME(450000) },
        { .topic = "t", .partition = 0, .at = KAFC_AT_TIME(9999999) },
        { .topic = "t", .partition = 0, .at = KAFC_AGO(60000) },
        { .topic = "t", .partition = 1, .at = KAFC_LAST },
        { .topic = "t", .partition = 2, .at = KAFC_LAST },
        { .topic = "t", .partition = 3, .at = KAFC_TAIL(1) },
        { .topic = "t", .partition = 0, .at = KAFC_AGO(0) }, /* set below */
        { .topic = "t", .partition = 0, .at = KAFC_LAST },
    };
    enum { N = sizeof(q) / sizeof(q[0]) };
    static const int64_t want[] = { 2, 10, 7, 2, 4, 10, 10, 5, 0, 0, 4, 10 };
    kafc_error e;
    fill(0, 10);
    fill(1, 5);
    ck_assert_int_eq(kafc_mock_delete_records(mock, "t", 0, 2), KAFC_OK);
    for (int16_t v = 11; v >= 1; v--) {
        ck_assert_int_eq(kafc_mock_set_versions(mock, 2, 0, v), KAFC_OK);
        ck_assert_int_eq(kafc_mock_cut(mock, 0), KAFC_OK);
        q[N - 2].at = KAFC_AGO(kafc__clock_wall_ms() - 400001);
        ok(kafc_client_offsets(client, q, N, KAFC_ISOLATION_DEFAULT, 5000, &e), &e);
        for (int i = 0; i < N; i++) {
            ck_assert_int_eq(q[i].result, KAFC_OK);
            ck_assert_msg(q[i].offset == want[i], "v%d query %d: %lld", v, i,
                          (long long)q[i].offset);
            ck_assert_int_eq(q[i].none_later, i == 5 || i == 6);
        }
    }
}
END_TEST

START_TEST(offsets_by_the_first_version)
{
    kafc_offset_query q[] = { { .topic = "t", .partition = 0, .at = KAFC_FIRST },
                              { .topic = "t", .partition = 0, .at = KAFC_LAST },
                              { .topic = "t", .partition = 0, .at = KAFC_TAIL(3) } };
    kafc_error e;
    fill(0, 10);
    ck_assert_int_eq(kafc_mock_set_versions(mock, 2, 0, 0), KAFC_OK);
    ok(kafc_client_offsets(client, q, 3, KAFC_ISOLATION_DEFAULT, 5000, &e), &e);
    ck_assert_int_eq(q[0].offset, 0);
    ck_assert_int_eq(q[1].offset, 10);
    ck_assert_int_eq(q[2].offset, 7);
}
END_TEST

START_TEST(offsets_have_a_result_each)
{
    kafc_offset_query q[] = { { .topic = "t", .partition = 0, .at = KAFC_LAST },
                              { .topic = "t", .partition = 9, .at = KAFC_LAST },
                              { .topic = "zz", .partition = 0, .at = KAFC_FIRST } };
    kafc_error e;
    ck_assert_int_eq(kafc_client_offsets(client, q, 3, KAFC_ISOLATION_DEFAULT, 5000, &e),
                     KAFC_ERR_UNKNOWN_PARTITION);
    ck_assert_ptr_nonnull(strstr(e.message, "t [9]"));
    ck_assert_int_eq(q[0].result, KAFC_OK);
    ck_assert_int_eq(q[0].offset, 0);
    ck_assert_int_eq(q[1].result, KAFC_ERR_UNKNOWN_PARTITION);
    ck_assert_int_eq(q[2].result, KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION);
    ck_assert_int_eq(q[2].offset, KAFC_OFFSET_UNKNOWN);
}
END_TEST

START_TEST(offsets_follow_the_leader)
{
    kafc_offset_query q = { .topic = "t", .partition = 1, .at = KAFC_LAST };
    kafc_error e;
    fill(1, 3);
    ok(kafc_client_offsets(client, &q, 1, KAFC_ISOLATION_DEFAULT, 5000, &e), &e);
    ck_assert_int_eq(kafc_mock_push_error(mock, 2, KAFC_ERR_NOT_LEADER_OR_FOLLOWER, 2), KAFC_OK);
    ck_assert_int_eq(kafc_mock_set_leader(mock, "t", 1, 3), KAFC_OK);
    ok(kafc_client_offsets(client, &q, 1, KAFC_ISOLATION_DEFAULT, 5000, &e), &e);
    ck_assert_int_eq(q.offset, 3);
    ck_assert_uint_ge(kafc_mock_requests(mock, 3, 2), 1);
}
END_TEST

START_TEST(R10_last_is_the_last_stable_offset_when_reading_committed)
{
    kafc_offset_query q = { .topic = "t", .partition = 0, .at = KAFC_LAST };
    kafc_error e;
    fill(0, 10);
    ck_assert_int_eq(kafc_mock_set_last_stable(mock, "t", 0, 6), KAFC_OK);
    ok(kafc_client_offsets(client, &q, 1, KAFC_ISOLATION_DEFAULT, 5000, &e), &e);
    ck_assert_int_eq(q.offset, 6);
    ok(kafc_client_offsets(client, &q, 1, KAFC_READ_UNCOMMITTED, 5000, &e), &e);
    ck_assert_int_eq(q.offset, 10);
}
END_TEST

START_TEST(wrong_calls_say_what_is_wrong)
{
    kafc_metadata *m;
    kafc_error e;
    const char *no_name = "";
    kafc_new_topic t = { .name = "x", .partitions = -1 };
    kafc_offset_query q = { .topic = "t", .partition = 0, .at = KAFC_AT(5) };
    ck_assert_int_eq(kafc_client_metadata(NULL, NULL, 0, 1, &m, &e), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_client_metadata(client, &no_name, 1, 1, &m, &e), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_client_metadata(client, NULL, 0, 1, NULL, &e), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_client_metadata(client, NULL, 0, 0, &m, &e), KAFC_ERR_WOULD_BLOCK);
    ck_assert_int_eq(kafc_admin_create_topics(client, &t, 1, NULL, 1000, NULL, &e), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_delete_topics(client, &no_name, 1, NULL, 1000, &e),
                     KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_client_offsets(client, &q, 1, KAFC_ISOLATION_DEFAULT, 1000, &e),
                     KAFC_ERR_USAGE);
    static const char *const bad[] = { "", "host:0", "host:99999", "host:x", ":9092", NULL };
    for (int i = 0; bad[i]; i++) {
        ck_assert_msg(kafc_client_open(KAFC_CLIENT(.brokers = bad[i]), &e) == NULL, "'%s' is taken",
                      bad[i]);
        ck_assert_int_eq(e.code, KAFC_ERR_USAGE);
    }
    ck_assert_ptr_null(kafc_client_open(NULL, &e));
    ck_assert_ptr_null(kafc_client_open(KAFC_CLIENT(.client_id = "x"), &e));
    ck_assert_ptr_nonnull(strstr(e.message, "bootstrap.servers"));
}
END_TEST

START_TEST(the_bootstrap_list_is_tried_in_turn)
{
    struct stranger silent;
    char list[256];
    kafc_metadata *m;
    kafc_error e;
    stranger_start(&silent, NULL, 0, false);
    (void)snprintf(list, sizeof list, "127.0.0.1:%d,%s,127.0.0.1:%d", stranger_closed_port(),
                   silent.address, (int)kafc_mock_port(mock, 3));
    kafc_client *c = kafc_client_open(KAFC_CLIENT(.brokers = list, .connect_timeout_ms = 500), &e);
    ck_assert_ptr_nonnull(c);
    ok(kafc_client_metadata(c, NULL, 0, 10000, &m, &e), &e);
    kafc_metadata_free(m);
    kafc_client_free(c);
    stranger_stop(&silent);
}
END_TEST

/* --- Ends and interruptions --------------------------------------------------------------- */

static atomic_int asked;

static void never_answer(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    (void)ctx, (void)rq;
    a->act = KAFC_MOCK_SILENT;
    atomic_fetch_add(&asked, 1);
}

static void *ask(void *result)
{
    kafc_metadata *m;
    kafc_error e;
    *(kafc_err *)result = kafc_client_metadata(client, NULL, 0, 60000, &m, &e);
    return NULL;
}

enum { WAITERS = 4 };

static void with_waiters(void (*end)(void), kafc_err want)
{
    pthread_t t[WAITERS];
    kafc_err result[WAITERS];
    ck_assert_int_eq(kafc_mock_hook(mock, 3, never_answer, NULL), KAFC_OK);
    for (int i = 0; i < WAITERS; i++)
        ck_assert_int_eq(pthread_create(&t[i], NULL, ask, &result[i]), 0);
    stranger_await(&asked, 1);
    int64_t begin = kafc__clock_mono_us();
    end();
    for (int i = 0; i < WAITERS; i++) {
        pthread_join(t[i], NULL);
        if (i == 0 || want == KAFC_ERR_CLOSED)
            ck_assert_int_eq(result[i], want);
    }
    ck_assert_int_lt(kafc__clock_mono_us() - begin, 30000000); /* of a minute */
    kafc_mock_hook(mock, 3, NULL, NULL);
}

static void close_client(void)
{
    kafc_error e;
    ok(kafc_client_close(client, 30000, &e), &e);
}

START_TEST(C4_a_controller_that_cannot_be_found_is_told_with_the_reason)
{
    kafc_error err;
    kafc_client *c = kafc_client_open(KAFC_CLIENT(.brokers = "127.0.0.1:1"), &err);
    kafc_new_topic t = { .name = "t" };
    for (int ms = 500; ms == 500 || !strstr(err.message, "127.0.0.1:1 cannot be reached"); ms *= 2) {
        ck_assert_msg(ms < 20000, "%s", err.message);
        ck_assert_int_ne(kafc_admin_create_topics(c, &t, 1, NULL, ms, NULL, &err), KAFC_OK);
    }
    kafc_client_free(c);
}
END_TEST

START_TEST(close_wakes_all_who_wait_and_is_idempotent)
{
    kafc_metadata *m;
    kafc_error e;
    with_waiters(close_client, KAFC_ERR_CLOSED);
    close_client();
    ck_assert_int_eq(kafc_client_metadata(client, NULL, 0, 1000, &m, &e), KAFC_ERR_CLOSED);
    ck_assert_int_eq(kafc_admin_create_topics(client, NULL, 0, NULL, 1000, NULL, &e), KAFC_ERR_CLOSED);
    kafc_client_interrupt(client);
}
END_TEST

static void interrupt_in_handler(int sig)
{
    (void)sig;
    kafc_client_interrupt(client);
}

static void *ask_once(void *result)
{
    *(kafc_err *)result = KAFC_OK;
    return ask(result);
}

START_TEST(C3_interrupt_from_a_signal_handler)
{
    pthread_t t;
    kafc_err result;
    struct sigaction sa = { .sa_handler = interrupt_in_handler };
    ck_assert_int_eq(sigaction(SIGUSR1, &sa, NULL), 0);
    ck_assert_int_eq(kafc_mock_hook(mock, 3, never_answer, NULL), KAFC_OK);
    atomic_store(&asked, 0);
    ck_assert_int_eq(pthread_create(&t, NULL, ask_once, &result), 0);
    stranger_await(&asked, 1); /* the thread waits for the answer now, or is about to */
    ck_assert_int_eq(pthread_kill(t, SIGUSR1), 0);
    pthread_join(t, NULL);
    ck_assert_int_eq(result, KAFC_ERR_INTERRUPTED);
    kafc_metadata *m;
    kafc_error e;
    kafc_mock_hook(mock, 3, NULL, NULL);
    ck_assert_int_eq(kafc_mock_cut(mock, 0), KAFC_OK); /* the silent ones */
    ok(kafc_client_metadata(client, NULL, 0, 5000, &m, &e), &e);
    kafc_metadata_free(m);
}
END_TEST

/* Lines of the threads' status that begin with key, for threads called name. */
static int count_threads(const char *name, bool all_blocked)
{
    DIR *d = opendir("/proc/self/task");
    int n = 0;
    for (struct dirent *t; d && (t = readdir(d)) != NULL;) {
        char path[300], line[256], is[64] = "";
        unsigned long long blocked = 0;
        (void)snprintf(path, sizeof path, "/proc/self/task/%s/status", t->d_name);
        FILE *f = fopen(path, "r");
        while (f && fgets(line, sizeof line, f)) {
            (void)sscanf(line, "Name: %63s", is);
            (void)sscanf(line, "SigBlk: %llx", &blocked);
        }
        if (f)
            (void)fclose(f);
        if (strcmp(is, name) == 0) {
            n++;
            if (all_blocked)
                ck_assert_msg(
                    (blocked & 0x7fffffffULL & ~(1ULL << (SIGKILL - 1)) &
                     ~(1ULL << (SIGSTOP - 1))) ==
                        (0x7fffffffULL & ~(1ULL << (SIGKILL - 1)) & ~(1ULL << (SIGSTOP - 1))),
                    "%s blocks %llx", name, blocked);
        }
    }
    if (d)
        (void)closedir(d);
    return n;
}

START_TEST(C2_threads_of_the_library_block_all_signals)
{
    kafc_metadata *m;
    kafc_error e;
    char list[64];
    ok(kafc_client_metadata(client, NULL, 0, 5000, &m, &e), &e); /* its thread runs, and has its name */
    kafc_metadata_free(m);
    (void)snprintf(list, sizeof list, "localhost:%d", (int)kafc_mock_port(mock, 1));
    kafc_client *c = kafc_client_open(KAFC_CLIENT(.brokers = list),
                                      &e); /* a name: the resolver's thread runs, too */
    ok(kafc_client_metadata(c, NULL, 0, 5000, &m, &e), &e);
    kafc_metadata_free(m);
    ck_assert_int_ge(count_threads("kafc-loop", true), 2);
    ck_assert_int_eq(count_threads("kafc-dns", true), 1);
    kafc_client_free(c);
    for (int i = 0; count_threads("kafc-loop", false) != 1; i++) { /* one that is joined may still be shown */
        ck_assert_int_lt(i, 1000);
        (void)usleep(10000);
    }
}
END_TEST

#if defined(__SANITIZE_THREAD__)
enum { CHILD_MAY_START_THREADS = 0 }; /* the sanitizer ends a forked process that does */
#else
enum { CHILD_MAY_START_THREADS = 1 };
#endif

static int in_child(void)
{
    kafc_metadata *m;
    kafc_error e;
    kafc_new_topic t = { .name = "n" };
    if (kafc_client_metadata(client, NULL, 0, 1000, &m, &e) != KAFC_ERR_FORKED ||
        e.code != KAFC_ERR_FORKED)
        return 1;
    if (kafc_admin_create_topics(client, &t, 1, NULL, 1000, NULL, &e) != KAFC_ERR_FORKED)
        return 2;
    if (kafc_client_close(client, 1000, &e) != KAFC_ERR_FORKED)
        return 3;
    kafc_client_interrupt(client);
    kafc_client_free(client);
    if (!CHILD_MAY_START_THREADS)
        return 0;
    kafc_client *own = kafc_client_open(KAFC_CLIENT(.brokers = kafc_mock_bootstrap(mock)), &e);
    if (!own || kafc_client_metadata(own, NULL, 0, 5000, &m, &e) != KAFC_OK)
        return 4;
    kafc_metadata_free(m);
    kafc_client_free(own);
    return 0;
}

START_TEST(C7_a_forked_child_is_told_and_the_parent_goes_on)
{
    kafc_metadata *m;
    kafc_error e;
    ok(kafc_client_metadata(client, NULL, 0, 5000, &m, &e), &e);
    kafc_metadata_free(m);
    ck_assert_int_eq(stranger_fork(in_child), 0);
    ok(kafc_client_metadata(client, NULL, 0, 5000, &m, &e), &e);
    kafc_metadata_free(m);
}
END_TEST

/* --- Memory ----------------------------------------------------------------------------------- */

/* Opens, asks everything, closes. */
static bool scenario(const kafc_allocator *mem)
{
    static const char *const names[] = { "t" };
    kafc_metadata *m = NULL;
    kafc_error e;
    kafc_offset_query q[] = { { .topic = "t", .partition = 0, .at = KAFC_TAIL(1) },
                              { .topic = "t", .partition = 1, .at = KAFC_AT_TIME(1) } };
    kafc_new_topic t = { .name = "t" };
    kafc_client *c = kafc_client_open(KAFC_CLIENT(.brokers = kafc_mock_bootstrap(mock),
                                                  .retry_backoff_ms = 1, .reconnect_backoff_ms = 1,
                                                  .allocator = mem),
                                      &e);
    if (!c) {
        ck_assert_int_eq(e.code, KAFC_ERR_NO_MEMORY);
        return false;
    }
    bool all = kafc_client_metadata(c, names, 1, 5000, &m, &e) == KAFC_OK;
    kafc_metadata_free(m);
    all &= kafc_admin_create_topics(c, &t, 1, NULL, 5000, NULL, &e) == KAFC_ERR_TOPIC_ALREADY_EXISTS;
    all &= kafc_client_offsets(c, q, 2, KAFC_ISOLATION_DEFAULT, 5000, &e) == KAFC_OK;
    kafc_client_free(c);
    return all;
}

START_TEST(each_allocation_may_fail)
{
    struct test_alloc a;
    test_alloc_init(&a);
    ck_assert(scenario(&a.mem));
    long calls = atomic_load(&a.calls);
    ck_assert_int_eq(atomic_load(&a.live), 0);
    for (long i = 1; i <= calls; i++) {
        int64_t begin = kafc__clock_mono_us();
        test_alloc_init(&a);
        a.fail_at = i;
        (void)scenario(&a.mem); /* once only: it may well succeed by a retry */
        ck_assert_msg(atomic_load(&a.live) == 0, "%ld alive after failure %ld",
                      atomic_load(&a.live), i);
        ck_assert_msg(kafc__clock_mono_us() - begin < 14000000, "failure %ld costs too much time",
                      i);
    }
}
END_TEST

static void add_all(TCase *t)
{
    tcase_set_timeout(t, 60);
    tcase_add_test(t, metadata_of_some_all_and_no_topics);
    tcase_add_test(t, topics_are_created_and_deleted);
    tcase_add_test(t, offsets_of_every_kind);
    tcase_add_test(t, C4_a_controller_that_cannot_be_found_is_told_with_the_reason);
    tcase_add_test(t, close_wakes_all_who_wait_and_is_idempotent);
    tcase_add_test(t, C3_interrupt_from_a_signal_handler);
    tcase_add_test(t, the_bootstrap_list_is_tried_in_turn);
    tcase_add_test(t, each_allocation_may_fail);
}

int main(void)
{
    Suite *s = suite_create("client/client");
    TCase *best = tcase_create("best"), *fallback = tcase_create("poll");
    tcase_add_checked_fixture(best, set_up, tear_down);
    tcase_add_checked_fixture(fallback, set_up_poll, tear_down);
    add_all(best);
    add_all(fallback);
    tcase_add_test(best, W9_metadata_of_every_version_creates_nothing);
    tcase_add_test(best, the_next_controller_is_asked);
    tcase_add_test(best, what_may_have_been_done_is_not_done_twice);
    tcase_add_test(best, offsets_by_the_first_version);
    tcase_add_test(best, offsets_have_a_result_each);
    tcase_add_test(best, offsets_follow_the_leader);
    tcase_add_test(best, R10_last_is_the_last_stable_offset_when_reading_committed);
    tcase_add_test(best, wrong_calls_say_what_is_wrong);
    tcase_add_test(best, C2_threads_of_the_library_block_all_signals);
    tcase_add_test(best, C7_a_forked_child_is_told_and_the_parent_goes_on);
    suite_add_tcase(s, best);
    suite_add_tcase(s, fallback);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
