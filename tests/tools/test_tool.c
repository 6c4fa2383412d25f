/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The kafc command, run as a user runs it, against `kafc mock`.
 */
#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/suite.h"
#include "tests/tools/shell.h"

#include "config.h"

#define MOCK "-n 2 -t one:1 -t four:4"

/* Those in this build. */
#if KAFC_HAVE_SNAPPY && KAFC_HAVE_LZ4 && KAFC_HAVE_ZSTD
#define CODECS "none gzip snappy lz4 zstd"
#else
#define CODECS "none gzip"
#endif

START_TEST(lines_become_messages_and_come_back)
{
    start_mock(MOCK);
    expect("printf 'a:1\\nb:2\\n:3\\nnone\\n\\nc:\\n' | $K produce -b $B -t one -K :", 0, "");
    expect("$K consume -b $B -t one -e -f '%o|%k|%K|%s|%S\\n'", 0,
           "0|a|1|1|1\n1|b|1|2|1\n2||0|3|1\n3||-1|none|4\n4||-1||0\n5|c|1||0\n");
    expect("$K consume -b $B -t one -e", 0, "1\n2\n3\nnone\n\n\n");
    expect("$K consume -b $B -t one -c 2", 0, "1\n2\n");
    expect("$K consume -b $B -t one -e -o 3", 0, "none\n\n\n");
    expect("$K consume -b $B -t one -e -o -2 -f '%o '", 0, "4 5 ");
    expect("$K consume -b $B -t one -e -o end", 0, "");
    expect("$K consume -b $B -t one -e -o @9999999999999", 0, "");
    expect("$K consume -b $B -t one -e -o @1 -c 1", 0, "1\n");
    stop_mock();
}
END_TEST

START_TEST(partitions_codecs_headers_acks)
{
    start_mock(MOCK);
    expect("for p in 0 1 2 3; do echo $p | $K produce -b $B -t four -p $p || exit 9; done", 0, "");
    expect("$K consume -b $B -t four -e -f '%p=%s\\n' | sort", 0, "0=0\n1=1\n2=2\n3=3\n");
    expect("$K consume -b $B -t four -p 2 -e", 0, "2\n");
    expect("for z in " CODECS "; do echo $z | $K produce -b $B -t one -z $z || exit 9; done", 0,
           NULL);
    expect("$K consume -b $B -t one -e | tr '\\n' ' '", 0, CODECS " ");
    expect("echo x | $K produce -b $B -t h -p 0 -H a=1 -H a= -H b", 0, "");
    expect("$K consume -b $B -t h -e -f '%h'", 0, "a=1,a=,b=NULL");
    expect("for a in 0 1 all; do echo x | $K produce -b $B -t acks -p 1 -a $a || exit 9; done", 0,
           "");
    stop_mock();
}
END_TEST

START_TEST(json_is_kcats_and_always_utf8)
{
    start_mock(MOCK);
    expect("printf 'k:\\303\\244\\377\\n' | $K produce -b $B -t one -K : -H n=v", 0, "");
    expect(
        "$K consume -b $B -t one -e -J | sed 's/\"ts\":[0-9]*/\"ts\":0/'", 0,
        "{\"topic\":\"one\",\"partition\":0,\"offset\":0,\"tstype\":\"create\",\"ts\":0,\"headers\":[\"n\",\"v\"],"
        "\"key\":\"k\",\"payload\":\"\xc3\xa4\xef\xbf\xbd\"}\n");
    expect_words("$K metadata -b $B -J", 0, "\"topic\":\"four\"");
    expect_words("$K metadata -b $B -t four", 0, "topic \"four\" with 4 partitions");
    expect_words("$K metadata -b $B -t nowhere", 1, "there is no topic \"nowhere\"");
    stop_mock();
}
END_TEST

START_TEST(a_full_disk_is_an_error)
{
    start_mock(MOCK);
    expect("printf '1\n2\n' | $K produce -b $B -t one", 0, "");
    expect_words("$K consume -b $B -t one -e >/dev/full", 1,
                 "standard output cannot be written: No space left");
    expect_words("$K consume -b $B -t one -u -c 2 >/dev/full", 1, "No space left");
    expect_words("$K metadata -b $B >/dev/full", 1, "No space left");
    expect_words("$K metadata -b $B -J >/dev/full", 1, "No space left");
    expect_words("$K produce -b $B -t one <&-", 1, "standard input cannot be read");
    stop_mock();
}
END_TEST

/* Until the line is in the log, then a signal to who waits for the next one. */
START_TEST(a_signal_ends_produce_with_what_was_read)
{
    start_mock(MOCK);
    expect(
        "mkfifo ${D:=$(mktemp -d)}/in; exec 7<>$D/in; $K produce -b $B -t one <$D/in 7>&- & P=$!\n"
        "echo 1 >&7; $K consume -b $B -t one -c 1; kill -TERM $P; wait $P; S=$?; rm -r $D; exit $S",
        0, "1\n");
    /* Refused at once, or failed later: that depends on whether the metadata is here already. */
    expect(
        "E=$(echo 1 | $K produce -b $B -t one -p 7 2>&1); S=$?\n"
        "case $E in *'one [7]'*) exit $S;; esac; echo \"$E\"; exit 99",
        1, NULL);
    stop_mock();
}
END_TEST

START_TEST(mistakes_are_named)
{
    find_tool();
    (void)snprintf(bootstrap, sizeof bootstrap, "127.0.0.1:1");
    expect_words("$K prodcue -b $B", 2, "did you mean \"produce\"");
    expect_words("$K produce -b $B", 2, "-t TOPIC is missing");
    expect_words("$K produce -b $B -t ''", 2, "-t TOPIC is missing");
    expect_words("$K consume -b $B -t x -o -9223372036854775808", 2, "-o wants");
    expect_words("$K produce -b $B -t x -w", 2, "no option -w");
    expect_words("$K produce -b $B -t x -X linger=5", 2, "linger.ms");
    expect_words("$K produce -b $B -t x -X linger.ms=minus", 2, "linger.ms");
    expect_words("$K produce -b $B -t x -z brotli", 2, "brotli");
    expect_words("$K consume -b $B -t x -o sometimes", 2, "sometimes");
    expect_words("$K consume -b $B -t x -f %q", 2, "%q");
    expect_words("$K produce -t x </dev/null", 2, "brokers");
    expect_words("$K consume -t x", 2, "-b HOST:PORT");
    expect_words("$K groups list", 2, "-b HOST:PORT");
    expect_words("$K help consume", 0, "-o OFFSET");
    expect_words("$K help perf", 0, "kafc perf group-consume --broker");
    expect_words("$K perf", 2, "kafc help perf");
    expect_words("$K perf consum", 2, "did you mean \"perf consume\"");
    expect_words("echo x | $K produce -b $B -t x -X delivery.timeout.ms=1000", 1,
                 "1 of 1 messages");
    expect_words("$K metadata -b $B -X request.timeout.ms=1000", 1, "127.0.0.1:1");
}
END_TEST

START_TEST(a_blackhole_takes_all_and_keeps_nothing)
{
    start_mock("-n 1 --blackhole --partitions 2");
    expect_words("$K metadata -b $B -t any", 0, "partition 1, leader 1");
    expect("seq 50000 | $K produce -b $B -t any", 0, "");
    expect("seq 50000 | $K produce -b $B -t any -a 0", 0, "");
    expect("$K consume -b $B -t any -e", 0, "");
    stop_mock();
}
END_TEST

START_TEST(a_mock_that_wants_a_login)
{
#define LOGIN " -b $B -X security.protocol=SASL_PLAINTEXT -X sasl.username=a -X sasl.mechanism="
    start_mock("-n 1 -t t:1 --login PLAIN,OAUTHBEARER:60 --user a:b:c --user x:y");
    expect("echo hi | $K produce -t t -X sasl.password=b:c" LOGIN "PLAIN", 0, "");
    expect("$K consume -t t -e -o beginning -X sasl.oauthbearer.config=principal=x" LOGIN "OAUTHBEARER", 0, "hi\n");
    expect_words("$K metadata -X sasl.password=wrong" LOGIN "PLAIN", 1, "Invalid username or password");
    expect_words("$K metadata -X sasl.password=b" LOGIN "SCRAM-SHA-256", 1, "it has PLAIN, OAUTHBEARER");
    expect_words("$K consume -b $B -t t -g g", 1, "wants a login");
    stop_mock();
    expect_words("$K mock --login PLAIN,DIGEST", 2, "--login wants");
    expect_words("$K mock --login PLAIN:x", 2, "--login wants");
    expect_words("$K mock --user x", 2, "--user wants NAME:PASSWORD");
#undef LOGIN
}
END_TEST

SUITE_MAIN("tools/kafc", 60, lines_become_messages_and_come_back, partitions_codecs_headers_acks,
           json_is_kcats_and_always_utf8, a_full_disk_is_an_error,
           a_signal_ends_produce_with_what_was_read, a_blackhole_takes_all_and_keeps_nothing,
           a_mock_that_wants_a_login, mistakes_are_named)
