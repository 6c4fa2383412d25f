/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc perf, as a user runs it, against `kafc mock` with and without records:
 * the line of JSON and what it says.
 */
#include <check.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/suite.h"
#include "tests/tools/shell.h"
#include "tools/kafc/load.h"

#include "config.h"

static double took; /* the last command, in seconds */

/* The last line of the command's output, which must end well. */
static json_t *last_line(const char *command)
{
    json_t *j;
    char *line;

    took = -load_now();
    expect(command, 0, NULL);
    took += load_now();
    ck_assert_uint_gt(strlen(out), 0);
    out[strlen(out) - 1] = 0;
    line = strrchr(out, '\n');
    j = json_loads(line ? line + 1 : out, 0, NULL);
    ck_assert_msg(json_is_object(j), "%s: no JSON at the end: %s", command, out);
    return j;
}

static double number(const json_t *j, const char *name)
{
    ck_assert_msg(json_is_number(json_object_get(j, name)), "%s is no number", name);
    return json_number_value(json_object_get(j, name));
}

/* As it is written out: to so many units. */
static void near(double a, double b, double unit, const char *what)
{
    ck_assert_msg(fabs(a - b) <= 0.01 * fabs(b) + unit, "%s: %g is not %g", what, a, b);
}

/* All fields of perf produce, consistent with each other. */
static void check_figures(const json_t *j, double messages, double size)
{
    double s = number(j, "seconds"), cpu = number(j, "user_cpu_s") + number(j, "sys_cpu_s");

    ck_assert_double_eq(number(j, "messages"), messages);
    ck_assert_double_gt(s, 0);
    ck_assert_double_lt(s, took);
    ck_assert_double_ge(cpu, 0);
    ck_assert_double_lt(cpu, 4 * s + 0.1); /* the writer's threads, and a clock's tick */
    near(number(j, "msgs_per_s"), messages / s, 1, "msgs_per_s");
    near(number(j, "mb_per_s"), messages * size / 1e6 / s, 1e-3, "mb_per_s");
    near(number(j, "cpu_us_per_msg"), cpu * 1e6 / messages, 1e-3, "cpu_us_per_msg");
    ck_assert_double_gt(number(j, "max_rss_kb"), 1024);
    ck_assert_double_lt(number(j, "max_rss_kb"), 4e6);
}

static void produce(const char *flags, double messages, double size)
{
    char command[512];
    json_t *j;

    (void)snprintf(command, sizeof command, "$K perf produce --broker $B %s", flags);
    j = last_line(command);
    ck_assert_uint_eq(json_object_size(j), 8);
    check_figures(j, messages, size);
    json_decref(j);
}

START_TEST(produce_into_a_log)
{
    start_mock("-n 2");
    produce("--topic t --partitions 3 --count 2500 --size 40 --acks 1", 2500, 40);
    expect("$K consume -b $B -t t -e | wc -l", 0, "2500\n");
    expect("$K consume -b $B -t t -e -f '%k\\n' | sort | sed -n '1p;$p'", 0,
           "00000000\n00002499\n");
    expect("$K consume -b $B -t t -e -f '%S %K\\n' | sort -u", 0, "40 8\n");
    expect("$K metadata -b $B -t t | grep -c 'partition [0-9]'", 0, "3\n");
    produce("--topic u --count 10010 --size 100 --idempotent --linger-ms 0 --batch-bytes 5000",
            10010, 100);
    expect("$K consume -b $B -t u -e -f '%k\\n' | grep -c 00000009", 0, "2\n"); /* i mod 10000 */
    produce("--topic u --count 500 --size 10 --acks 0", 500, 10);
    expect("$K consume -b $B -t u -e | wc -l", 0, "10510\n");
    /* the same text in each run */
    produce("--topic a --partitions 1 --count 100 --size 64 --acks -1", 100, 64);
    produce("--topic b --partitions 1 --count 100 --size 64 --codec gzip", 100, 64);
    expect(
        "$K consume -b $B -t a -e > $B.a; $K consume -b $B -t b -e | cmp - $B.a; s=$?; rm $B.a; (exit $s)",
        0, "");
    stop_mock();
}
END_TEST

START_TEST(produce_into_a_blackhole)
{
    start_mock("-n 1 --blackhole");
    produce("--topic t --count 300000 --acks 1", 300000, 100);
    produce("--topic t --count 300000 --acks 0", 300000, 100);
    produce("--topic v --partitions 300 --count 20000 --size 0 --idempotent", 20000, 0);
    produce("--topic w --count 20 --size 2000000", 20, 2000000);
#if KAFC_HAVE_LZ4
    produce("--topic x --count 300000 --codec lz4 --acks 1", 300000, 100);
#endif
    stop_mock();
}
END_TEST

static void consume(const char *flags, double messages, double size)
{
    char command[512];
    json_t *j;

    (void)snprintf(command, sizeof command, "$K perf consume --broker $B --topic t %s", flags);
    j = last_line(command);
    ck_assert_uint_eq(json_object_size(j), 8);
    check_figures(j, messages, size);
    json_decref(j);
}

START_TEST(consume_from_a_log)
{
    start_mock("-n 2");
    produce("--topic t --partitions 3 --count 2500 --size 40 --acks 1", 2500, 40);
    consume("--count 2500", 2500, 40);
    consume("--count 300 --partitions 3", 300, 40);
    expect_words("$K perf consume --broker $B --topic t --partitions 4", 1, "has 3 partitions, not 4");
    stop_mock();
}
END_TEST

START_TEST(consume_without_end)
{
    start_mock("-n 2 --endless 100");
    consume("", 1000000, 100);
    stop_mock();
    start_mock("-n 1 --endless 1000 --partitions 9");
    consume("--count 100000 --partitions 9", 100000, 1000);
    expect("$K consume -b $B -t t -o 7654321 -p 8 -c 2 -f '%p %o %K %S\n'", 0,
           "8 7654321 8 1000\n8 7654322 8 1000\n");
    stop_mock();
#if KAFC_HAVE_LZ4
    start_mock("-n 1 --endless 100:lz4");
    consume("--count 300000", 300000, 100);
    stop_mock();
#endif
}
END_TEST

/* What was read is committed, so the next run of the same group goes on behind it. */
START_TEST(consume_in_a_group)
{
    json_t *j;

    start_mock("-n 2");
    produce("--topic t --partitions 3 --count 2500 --size 40 --acks 1", 2500, 40);
    j = last_line("$K perf group-consume --broker $B --topic t --group g --count 2000 --partitions 3");
    ck_assert_uint_eq(json_object_size(j), 8);
    check_figures(j, 2000, 40);
    json_decref(j);
    expect_words("$K groups -b $B lag g", 0, "group g: Empty, 0 members, 500 behind\n");
    j = last_line("$K perf group-consume --broker $B --topic t --group g --count 500");
    check_figures(j, 500, 40);
    json_decref(j);
    expect_words("$K groups -b $B lag g", 0, ", 0 behind\n");
    expect_words("$K perf group-consume --broker $B --topic t --group g --partitions 4", 1, "has 3 partitions, not 4");
    stop_mock();
}
END_TEST

/* Ctrl-C: how far it is, and that it is not all. */
START_TEST(consume_ends_with_a_signal)
{
    start_mock("-n 1 --endless 10");
    /* The longer, the slower this machine has become. */
    expect_words("i=1; until timeout -s INT $i $K perf consume --broker $B --topic t --count 1000000000 > $B.out 2>&1;"
                 " S=$?; grep -q came $B.out; do i=$((2 * i)); done; cat $B.out; rm $B.out; exit $S",
                 124, "of 1000000000 messages came");
    ck_assert_ptr_nonnull(strstr(out, "{\"messages\":"));
    stop_mock();
}
END_TEST

static void check_times(const json_t *j, const char *name)
{
    static const char *const names[] = { "p50", "p90", "p99", "p99.9", "max" };
    const json_t *t = json_object_get(j, name);
    double before = 0;

    ck_assert_uint_eq(json_object_size(t), 5);
    for (int i = 0; i < 5; i++) {
        double us = number(t, names[i]);

        ck_assert_double_ge(us, before);
        before = us;
    }
    ck_assert_double_gt(before, 1);
    ck_assert_double_lt(before, took * 1e6);
}

START_TEST(latency_of_both_ways)
{
    json_t *j;

    start_mock("-n 2 -t two:2");
    j = last_line("$K perf latency --broker $B --topic l --count 300 --rate 1000 --size 8");
    check_figures(j, 300, 8);
    check_times(j, "ack_us");
    check_times(j, "e2e_us");
    ck_assert_double_ge(number(j, "seconds"), 0.299); /* the rate is kept */
    json_decref(j);
    expect("$K consume -b $B -t l -e | sort | sed -n '2p;$p'", 0,
           "00000001\n99999999\n"); /* the last: to warm up */
    j = last_line("$K perf latency --broker $B --topic two --count 2000 --rate 1000000");
    check_figures(j, 2000, 100);
    check_times(j, "e2e_us");
    json_decref(j);
    stop_mock();
}
END_TEST

START_TEST(a_terminal_sees_how_far_it_is)
{
    start_mock("-n 1");
    if (run("script -qec true /dev/null 2> /dev/null") == 0) /* a bare root has no pseudo-terminals */
        expect_words("script -qec \"$K perf latency --broker $B --topic l --count 1300\" /dev/null", 0,
                     "acknowledged of 1300");
    expect("$K perf latency --broker $B --topic l --count 1300 2>&1 >/dev/null", 0, "");
    stop_mock();
}
END_TEST

/* Late is late: what a sender that is held up sends is measured from when it was due. */
START_TEST(latency_counts_from_the_plan)
{
    double late = 0;

    start_mock("-n 1");
    /* Nobody sends 10 million a second one by one: the plan ends after 10 ms. Again, if it was held up behind the last
     * acknowledgement. */
    for (int i = 0; i < 10 && late < 0.8; i++) {
        json_t *j = last_line("$K perf latency --broker $B --topic l --count 100000 --rate 10000000");

        late = number(json_object_get(j, "ack_us"), "max") / 1e6 / (number(j, "seconds") - 0.010);
        json_decref(j);
    }
    ck_assert_double_ge(late, 0.8);
    stop_mock();
}
END_TEST

START_TEST(what_does_not_come_back_is_an_error)
{
    start_mock("-n 1 --blackhole");
    expect_words("$K perf latency --broker $B --topic t --count 20", 1,
                 "0 of 20 messages came back");
    ck_assert_ptr_nonnull(strstr(out, "\"e2e_us\":null}"));
    ck_assert_ptr_nonnull(strstr(out, "{\"messages\":20,"));
    expect_words("$K perf produce --broker $B --topic t --partitions 7", 1,
                 "has 1 partitions, not 7");
    stop_mock();
}
END_TEST

START_TEST(mistakes_are_named)
{
    find_tool();
    (void)snprintf(bootstrap, sizeof bootstrap, "127.0.0.1:1");
    expect_words("$K perf", 2, "\"perf produce\"");
    expect_words("$K perf latnecy", 2, "did you mean \"perf latency\"");
    expect_words("$K perf produce --topic t", 2, "bootstrap.servers");
    expect_words("$K perf latency --broker $B", 2, "--topic TOPIC is missing");
    expect_words("$K perf produce --broker $B --topic t --codec brotli", 2,
                 "--codec wants none, gzip");
    expect_words("$K perf produce --broker $B --topic t --acks 2", 2, "--acks wants");
    expect_words("$K perf produce --broker $B --topic t --count 0", 2, "--count wants");
    expect_words("$K perf produce --broker $B --topic t --linger-ms x", 2, "--linger-ms wants");
    expect_words("$K perf produce --broker $B --topic t --sizes 4", 2, "did you mean --size");
    expect_words("$K perf produce --broker $B --topic t --rate 4", 2, "no option --rate");
    expect_words("$K perf produce --broker 127.0.0.1:x --topic t", 2, "127.0.0.1:x");
    expect_words("$K perf latency --broker $B --topic t --size 7", 2, "--size wants at least 8");
    expect_words("$K perf latency --broker $B --topic t --count 10000001", 2,
                 "--count wants at most");
    expect_words("$K perf consume --broker $B", 2, "--topic TOPIC is missing");
    expect_words("$K perf group-consume --broker $B --topic t", 2, "--group GROUP is missing");
    expect_words("$K perf consume --broker $B --topic t --size 1", 2, "no option --size");
    expect_words("$K mock --endless 0", 2, "--endless wants SIZE");
    expect_words("$K mock --endless 100:brotli", 2, "wants none, gzip");
    expect_words("$K mock --endless 100 --blackhole", 2, "exclude each other");
    expect_words("$K help perf latency", 0, "--rate N");
    expect_words("$K help perf produce", 0, "--batch-bytes N");
    double began = load_now(); /* who wants figures does not want to wait for a cluster that is down */
    expect_words("$K perf produce --broker $B --topic t", 1, "127.0.0.1:1 cannot be reached");
    ck_assert_double_lt(load_now() - began, 20); /* a call waits for 10 s, and this one is given 3 */
}
END_TEST

SUITE_MAIN("tools/perf", 60, produce_into_a_log, produce_into_a_blackhole, consume_from_a_log,
           consume_without_end, consume_in_a_group, consume_ends_with_a_signal, latency_of_both_ways,
           a_terminal_sees_how_far_it_is, latency_counts_from_the_plan,
           what_does_not_come_back_is_an_error, mistakes_are_named)
