/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Lines for debugging by context, and the log of requests.
 */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include <kafc/conn.h>

#include "tests/client/reading.h"

enum { CONTEXTS = 32 };

static struct {
    pthread_mutex_t lock;
    int lines, debugging, others; /* others: at other levels */
    char context[CONTEXTS][20];   /* that were seen */
    int n;
    char sent[400], answer[400], late[400]; /* of Produce */
} log_of = { .lock = PTHREAD_MUTEX_INITIALIZER };

static void note(const char *line)
{
    char name[20] = "generic";
    if (*line == '[')
        snprintf(name, sizeof(name), "%.*s", (int)strcspn(line + 1, "]"), line + 1);
    for (int i = 0; i < log_of.n; i++)
        if (strcmp(log_of.context[i], name) == 0)
            return;
    ck_assert_int_lt(log_of.n, CONTEXTS);
    memcpy(log_of.context[log_of.n++], name, sizeof(name));
}

static void on_line(void *ctx, kafc_log_level level, const char *line)
{
    (void)ctx;
    pthread_mutex_lock(&log_of.lock);
    log_of.lines++;
    log_of.debugging += level == KAFC_LOG_DEBUG;
    log_of.others += level != KAFC_LOG_DEBUG;
    if (level == KAFC_LOG_DEBUG)
        note(line);
    if (strstr(line, "is sent Produce"))
        snprintf(log_of.sent, sizeof(log_of.sent), "%s", line);
    if (strstr(line, " answers Produce"))
        snprintf(log_of.answer, sizeof(log_of.answer), "%s", line);
    if (strstr(line, "does not answer Produce"))
        snprintf(log_of.late, sizeof(log_of.late), "%s", line);
    pthread_mutex_unlock(&log_of.lock);
}

static bool saw(const char *context)
{
    for (int i = 0; i < log_of.n; i++)
        if (strcmp(log_of.context[i], context) == 0)
            return true;
    return false;
}

static void late_once(void *ctx, const kafc_mock_request *q, kafc_mock_answer *a)
{
    (void)ctx;
    a->delay_ms = q->index == 0 ? 1000 : 0;
}

/* Writes one message, whose first Produce request is late, and reads it as a member of a group. */
static void run(kafc_log_level level, const char *debug)
{
    struct reading e;
    kafc_client_options co;
    kafc_client_options_init(&co);
    co.log = on_line;
    co.log_level = level;
    co.debug = debug;
    co.request_timeout_ms = 500;
    pthread_mutex_t lock = log_of.lock;
    memset(&log_of, 0, sizeof(log_of));
    log_of.lock = lock;
    reading_open_with(&e, KAFC_MOCK(.brokers = 1), 1, &co);
    ck_ok(kafc_mock_hook(e.mock, 0, late_once, NULL));
    kafc_writer *w = kafc_writer_open(e.client, KAFC_WRITER(.topic = "t"), &e.err);
    kafc_message m = { .value = KAFC_STR("v") };
    ck_ok(kafc_writer_write(w, &m, 1, SOON, &e.err));
    kafc_writer_free(w);
    reading_reader(&e, KAFC_READER(.topic = "t", .group = "g"));
    ck_ok(kafc_reader_fetch(e.reader, &e.m, SOON, &e.err));
    reading_close(&e);
}

START_TEST(the_level_decides_where_no_context_is_named)
{
    run(KAFC_LOG_INFO, NULL);
    ck_assert_int_eq(log_of.debugging, 0);
    ck_assert_int_gt(log_of.others, 0);
    run(KAFC_LOG_DEBUG, NULL);
    ck_assert(saw("broker") && saw("protocol") && saw("cgrp") && saw("fetch") && saw("msg") && saw("eos") &&
              saw("topic"));
}
END_TEST

START_TEST(contexts_are_shown_whatever_the_level_is)
{
    run(KAFC_LOG_ERROR, "broker,cgrp");
    ck_assert(saw("broker") && saw("cgrp"));
    ck_assert_int_eq(log_of.n, 2);
    ck_assert_int_eq(log_of.others, 0);
    run(KAFC_LOG_DEBUG, "fetch");
    ck_assert(saw("fetch"));
    ck_assert_int_eq(log_of.n, 1);
    ck_assert_int_gt(log_of.others, 0);
    run(KAFC_LOG_INFO, "interceptor"); /* is taken, and has no lines */
    ck_assert_int_eq(log_of.debugging, 0);
    run(KAFC_LOG_WARN, "all");
    ck_assert(saw("broker") && saw("protocol") && saw("cgrp") && saw("fetch") && saw("msg") && saw("eos") &&
              saw("topic"));
}
END_TEST

START_TEST(each_request_is_logged_with_its_answer)
{
    run(KAFC_LOG_ERROR, "protocol");
    ck_assert_int_eq(log_of.n, 1);
    int version, id, again;
    size_t bytes;
    long long queue, write, wait, read;
    const char *p = strstr(log_of.sent, "is sent ");
    ck_assert_msg(strncmp(log_of.sent, "[protocol] node 1, advertised as ", 33) == 0, "%s", log_of.sent);
    ck_assert_msg(p && sscanf(p, "is sent Produce v%d #%d: %zu bytes, queue %lld us", &version, &id, &bytes,
                              &queue) == 4,
                  "%s", log_of.sent);
    ck_assert_uint_gt(bytes, 70);
    p = strstr(log_of.answer, "answers ");
    ck_assert_msg(p && sscanf(p, "answers Produce v%d #%d: %zu bytes, queue %lld us, write %lld us, wait %lld us, "
                                 "read %lld us",
                              &version, &again, &bytes, &queue, &write, &wait, &read) == 7,
                  "%s", log_of.answer);
    ck_assert_int_eq(id, again); /* the second attempt */
    p = strstr(log_of.late, "read 0 us: "); /* its own time, or the connection's, which begins before it is sent */
    ck_assert_msg(p && (strstr(p, "the call timed out") || strstr(p, "sent nothing for 500 ms")), "%s", log_of.late);
}
END_TEST

START_TEST(a_conn_has_contexts_too)
{
    struct reading e;
    kafc_error err;
    reading_open(&e, 1, 1);
    pthread_mutex_t lock = log_of.lock;
    memset(&log_of, 0, sizeof(log_of));
    log_of.lock = lock;
    kafc_conn *c = kafc_conn_dial(KAFC_CONN(.log = on_line, .log_level = KAFC_LOG_ERROR, .debug = "protocol"),
                                  kafc_mock_bootstrap(e.mock), SOON, &err);
    ck_assert_msg(c != NULL, "%s", err.message);
    ck_assert_int_eq(log_of.lines, 2);
    kafc_conn_free(c);
    ck_assert_ptr_null(kafc_conn_dial(KAFC_CONN(.debug = "protocl"), kafc_mock_bootstrap(e.mock), SOON, &err));
    ck_assert_int_eq(err.code, KAFC_ERR_USAGE);
    ck_assert_ptr_nonnull(strstr(err.message, "'protocol'"));
    reading_close(&e);
}
END_TEST

SUITE_MAIN("debug", 60, the_level_decides_where_no_context_is_named, contexts_are_shown_whatever_the_level_is,
           each_request_is_logged_with_its_answer, a_conn_has_contexts_too)
