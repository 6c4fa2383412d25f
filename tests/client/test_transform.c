/* SPDX-License-Identifier: BSD-2-Clause
 *
 * examples/transform.c, run against the mock in this process: once, again, with
 * errors on the way, and killed in the middle.
 */
int transform_main(int argc, char **argv);
#define main transform_main
#define WAIT TRANSFORM_WAIT
#include "examples/transform.c"
#undef main
#undef WAIT

#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/client/transacting.h"
#include "tests/support/suite.h"

enum { MOST = 2000 };
static char bootstrap[256], member[16];

static int run(void)
{
    static char name[] = "transform", in[] = "t", out[] = "out", n[] = "50";
    char *argv[] = { name, bootstrap, in, out, n, member, NULL };
    return transform_main(6, argv);
}

/* Messages "m<i>" to the partitions in turn. */
static void append(int first, int n)
{
    for (int i = first; i < first + n; i++) {
        char value[16];
        snprintf(value, sizeof value, "m%d", i);
        kafc_message m = { .key = KAFC_STR(value), .value = KAFC_STR(value) };
        ck_assert_int_eq(kafc_mock_append(writing.mock, "t", i % 4, &m, 1, -1), KAFC_OK);
    }
}

static void stage(int generation)
{
    transacting_start(generation);
    ck_assert_int_eq(kafc_mock_create_topic(writing.mock, "out", 4, 0), KAFC_OK);
    snprintf(member, sizeof member, "%s", generation == TRANSACTING_0_11 ? "-" : "me");
    snprintf(bootstrap, sizeof bootstrap, "%s", kafc_mock_bootstrap(writing.mock));
}

/* Each of the n messages is there once, in capitals, for who reads committed ones. */
static void each_is_there_once(int n)
{
    static int found[MOST];
    kafc_message m;
    kafc_reader *r = kafc_reader_open(
        writing.client, KAFC_READER(.topic = "out", .stop = KAFC_LAST), &transacting.err);
    ck_assert_ptr_nonnull(r);
    memset(found, 0, sizeof found);
    while (kafc_reader_fetch(r, &m, WAIT, &transacting.err) == KAFC_OK) {
        char text[16] = { 0 };
        ck_assert_int_lt(m.value.len, 16);
        memcpy(text, m.value.p, (size_t)m.value.len);
        ck_assert_int_eq(text[0], 'M');
        int i = atoi(text + 1);
        ck_assert(i >= 0 && i < n);
        found[i]++;
    }
    ck_assert_int_eq(transacting.err.code, KAFC_ERR_END_OF_RANGE);
    kafc_reader_free(r);
    for (int i = 0; i < n; i++)
        ck_assert_msg(found[i] == 1, "message %d is there %d times", i, found[i]);
}

START_TEST(each_message_once_however_often_it_runs)
{
    stage(_i);
    ck_assert_int_eq(run(), 0); /* there is nothing yet */
    append(0, 430);
    ck_assert_int_eq(run(), 0);
    each_is_there_once(430);
    ck_assert_int_eq(run(), 0);
    each_is_there_once(430);
    append(430, 70);
    ck_assert_int_eq(run(), 0);
    each_is_there_once(500);
    kafc_offset q = { .topic = "t", .partition = 1 };
    ck_assert_int_eq(kafc_client_committed(writing.client, "transform", &q, 1, WAIT, NULL),
                     KAFC_OK);
    ck_assert_int_eq(q.offset, 125);
    transacting_stop();
}
END_TEST

/* Some answers of each kind are errors that only an abort heals, and some are lost. */
static void disturb(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    atomic_int *n = ctx;
    int k = atomic_fetch_add(n, 1);
    (void)rq;
    if (k % 7 == 3) {
        a->act = KAFC_MOCK_ERROR;
        a->code = KAFC_ERR_TRANSACTION_ABORTABLE;
    } else if (k % 5 == 2) {
        a->act = KAFC_MOCK_PASS_CUT;
    }
}

START_TEST(each_message_once_whatever_is_answered)
{
    stage(_i);
    static const int16_t apis[] = { 0, 26, 28 };
    atomic_int n[3] = { 0, 1, 2 };
    append(0, 600);
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(kafc_mock_hook(writing.mock, apis[i], disturb, &n[i]), KAFC_OK);
    int rc = 1;
    for (int i = 0; rc && i < 50;
         i++) /* an EndTxn that aborts may be answered so, which is fatal: it starts anew */
        rc = run();
    ck_assert_int_eq(rc, 0);
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(kafc_mock_hook(writing.mock, apis[i], NULL, NULL), KAFC_OK);
    each_is_there_once(600);
    transacting_stop();
}
END_TEST

START_TEST(each_message_once_when_it_is_killed)
{
    stage(_i);
    append(0, 1500);
    ck_assert_int_eq(kafc_mock_set_rtt(writing.mock, 0, 1), KAFC_OK);
    for (int ms = 20; ms < 200; ms += 25) {
        pid_t child = fork();
        ck_assert_int_ge(child, 0);
        if (child == 0)
            _exit(run());
        (void)poll(NULL, 0, ms); /* wherever it is by then */
        ck_assert_int_eq(kill(child, SIGKILL), 0);
        ck_assert_int_eq(waitpid(child, NULL, 0), child);
    }
    ck_assert_int_eq(run(), 0);
    each_is_there_once(1500);
    transacting_stop();
}
END_TEST

SUITE_LOOPS("client/transform", 60,
            LOOP(each_message_once_however_often_it_runs, 0, TRANSACTING_ALL),
            LOOP(each_message_once_whatever_is_answered, TRANSACTING_V2, TRANSACTING_V1 + 1),
            LOOP(each_message_once_when_it_is_killed, TRANSACTING_V2, TRANSACTING_V1 + 1))
