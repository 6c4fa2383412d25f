/* SPDX-License-Identifier: BSD-2-Clause
 *
 * base/log, error codes: sinks, levels, one line per line, Kafka's own list of codes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "tests/support/lines.h"
#include "tests/support/suite.h"

static char last[2000];
static int ncalls;

static void sink(void *ctx, kafc_log_level level, const char *line)
{
    (void)ctx;
    snprintf(last, sizeof(last), "%d %s", (int)level, line);
    ncalls++;
}

static void error_sink(void *ctx, kafc_log_level level, const char *line)
{
    (void)ctx;
    snprintf(last, sizeof(last), "E%d %s", (int)level, line);
    ncalls++;
}

START_TEST(levels_and_sinks)
{
    struct kafc_logger l = { .sink = sink };
    kafc__log(&l, KAFC_LOG_DEBUG, "no");
    ck_assert_int_eq(ncalls, 0);
    kafc__log(&l, KAFC_LOG_INFO, "node %d", 3);
    ck_assert_str_eq(last, "3 node 3");
    kafc__log(&l, KAFC_LOG_ERROR, "a\nb\x1b[2J\x7f \xc3\xa9");
    ck_assert_str_eq(last, "1 a?b?[2J? \xc3\xa9");
    l.error_sink = error_sink;
    kafc__log(&l, KAFC_LOG_ERROR, "x");
    ck_assert_str_eq(last, "E1 x");
    kafc__log(&l, KAFC_LOG_WARN, "%2000s", "x");
    ck_assert_uint_eq(strlen(last), 2 + 1023);
    ck_assert_int_eq(ncalls, 4);
    l.sink = NULL;
    kafc__log(&l, KAFC_LOG_WARN, "nobody");
    kafc__log(NULL, KAFC_LOG_WARN, "nobody");
    ck_assert_int_eq(ncalls, 4);
}
END_TEST

/* What a peer says may be anything. */
START_TEST(a_sentence_does_nothing_to_a_terminal)
{
    kafc_error e;
    (void)kafc__error(&e, KAFC_ERR_PROTOCOL, "it says: %s", "no\r\n\x1b]0;title\x07\x7f \xc3\xa9");
    ck_assert_str_eq(e.message, "it says: no???]0;title?? \xc3\xa9");
}
END_TEST

/* Without contexts the level decides, as of all lines; with some they do, of lines for debugging alone. */
START_TEST(lines_for_debugging_have_a_context)
{
    struct kafc_logger l = { .sink = sink, .level = KAFC_LOG_DEBUG };
    ncalls = 0;
    kafc__log_in(&l, KAFC_LOG_DEBUG, KAFC_DEBUG_FETCH, "position %d", 3);
    ck_assert_str_eq(last, "4 [fetch] position 3");
    kafc__log(&l, KAFC_LOG_DEBUG, "of none");
    ck_assert_str_eq(last, "4 of none");
    l.debug = kafc__debug_mask("broker,fetch");
    kafc__log_in(&l, KAFC_LOG_DEBUG, KAFC_DEBUG_CGRP, "no");
    kafc__log(&l, KAFC_LOG_DEBUG, "no");
    ck_assert_int_eq(ncalls, 2);
    l.level = KAFC_LOG_ERROR;
    kafc__log_in(&l, KAFC_LOG_DEBUG, KAFC_DEBUG_BROKER, "yes");
    ck_assert_str_eq(last, "4 [broker] yes");
    kafc__log_in(&l, KAFC_LOG_WARN, KAFC_DEBUG_BROKER, "no");
    ck_assert_int_eq(ncalls, 3);
    l.level = KAFC_LOG_NONE;
    kafc__log_in(&l, KAFC_LOG_INFO, KAFC_DEBUG_CGRP, "news");
    ck_assert_str_eq(last, "3 news");
    kafc__log_in(&l, KAFC_LOG_DEBUG, KAFC_DEBUG_BROKER, "%2000s", "x");
    ck_assert_uint_eq(strlen(last), 2 + 1023);
    kafc__log_in(NULL, KAFC_LOG_WARN, KAFC_DEBUG_BROKER, "nobody");

    ck_assert_uint_eq(kafc__debug_mask(NULL) | kafc__debug_mask("") | kafc__debug_mask(" , ,"), 0);
    ck_assert_uint_eq(kafc__debug_mask("generic"), 1);
    ck_assert_uint_eq(kafc__debug_mask(" cgrp , generic,"), 1 | 1u << KAFC_DEBUG_CGRP);
    ck_assert_uint_eq(kafc__debug_mask("cgr,cgrpx,generi"), 0);
    ck_assert_uint_eq(kafc__debug_mask("msg,all"), UINT32_MAX);
    ck_assert_str_eq(kafc__debug_name(KAFC_DEBUG_TELEMETRY), "telemetry");
    ck_assert_ptr_null(kafc__debug_name(KAFC_DEBUG_ALL + 1));
}
END_TEST

START_TEST(an_error_has_code_class_and_sentence)
{
    kafc_error e;
    memset(&e, 0xff, sizeof(e));
    ck_assert_int_eq(kafc__error(&e, KAFC_ERR_CONNECT, "node %d", 2), KAFC_ERR_CONNECT);
    ck_assert_int_eq(e.code, KAFC_ERR_CONNECT);
    ck_assert_int_eq(e.cls, KAFC_CLASS_RECONNECT);
    ck_assert_int_eq(e.broker, -1);
    ck_assert_int_eq(e.api, -1);
    ck_assert_int_eq(e.version, -1);
    ck_assert_str_eq(e.message, "node 2");
    kafc__error(&e, KAFC_ERR_USAGE, "first: %s", e.message);
    ck_assert_str_eq(e.message, "first: node 2");
    kafc__error(&e, KAFC_ERR_USAGE, "%1000d", 1);
    ck_assert_uint_eq(strlen(e.message), sizeof(e.message) - 1);
    ck_assert_int_eq(kafc__error(NULL, KAFC_ERR_USAGE, "x"), KAFC_ERR_USAGE);
}
END_TEST

/* The class must agree with what Kafka says of retriable and of stale metadata. */
START_TEST(codes_and_names_are_kafkas)
{
    struct lines l;
    int n = 0;
    lines_open(&l, "errors.tsv");
    ck_assert(lines_next(&l));
    while (lines_next(&l)) {
        kafc_err code = (kafc_err)strtol(l.column[0], NULL, 10);
        if (code == KAFC_OK)
            continue;
        ck_assert_str_eq(kafc_err_name(code), l.column[1]);
        ck_assert_uint_gt(strlen(kafc_err_text(code)), 3);
        kafc_err_class cls = kafc_err_class_of(code);
        if (strcmp(l.column[3], "true") == 0)
            ck_assert_msg(cls == KAFC_CLASS_REFRESH, "%s is %d", l.column[1], cls);
        if (cls == KAFC_CLASS_RETRY)
            ck_assert_msg(strcmp(l.column[2], "true") == 0, "%s is not retriable", l.column[1]);
        n++;
    }
    ck_assert_int_eq(n, 134);
    lines_close(&l);
    ck_assert_str_eq(kafc_err_name((kafc_err)30000), "UNKNOWN");
    ck_assert_int_eq(kafc_err_class_of((kafc_err)30000), KAFC_CLASS_FATAL);
    ck_assert_str_eq(kafc_err_name(KAFC_OK), "OK");
    ck_assert_int_eq(kafc_err_class_of(KAFC_OK), KAFC_CLASS_NONE);
    ck_assert_str_eq(kafc_err_name(KAFC_ERR_IN_CALLBACK), "IN_CALLBACK");
}
END_TEST

SUITE_MAIN("log", 20, levels_and_sinks, lines_for_debugging_have_a_context, an_error_has_code_class_and_sentence,
           a_sentence_does_nothing_to_a_terminal, codes_and_names_are_kafkas)
