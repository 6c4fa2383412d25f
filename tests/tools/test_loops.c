/* SPDX-License-Identifier: BSD-2-Clause
 *
 * examples/epoll.c and libuv.c, clients in loops of other makes, as a user
 * runs them against `kafc mock`. The latter is there where libuv is.
 */
#include <check.h>
#include <stdbool.h>

#include "tests/support/suite.h"
#include "tests/tools/shell.h"

#define EPOLL "X=${K%/*}/examples/epoll; "
#define LIBUV "X=${K%/*}/examples/libuv; "

static bool have_libuv(void)
{
    find_tool();
    return run("test -x ${K%/*}/examples/libuv") == 0;
}

START_TEST(epoll_reads_what_it_writes)
{
    start_mock("-n 2 -t t:1");
    expect_words(EPOLL "$X $B t 3", 0, "t [0] 2: message of ");
    /* A signal ends it, too. The first one committed what it read, and neither is a member any more. */
    expect(EPOLL "D=$(mktemp -d); : >$D/out; $X $B t >$D/out & P=$!; until grep -q . $D/out; do sleep 0.02; done; "
                 "kill -INT $P; wait $P; echo $?; sed 's/:.*//;q' $D/out; rm -r $D",
           0, "0\nt [0] 3\n");
    expect_words("$K groups -b $B describe epoll", 0, "Empty");
    stop_mock();
}
END_TEST

START_TEST(epoll_says_what_is_wrong)
{
    find_tool();
    expect_words(EPOLL "$X 127.0.0.1:70000", 1, "70000");
}
END_TEST

START_TEST(libuv_copies_its_input)
{
    if (!have_libuv())
        return;
    start_mock("-n 2 -t t:1");
    expect(LIBUV "printf 'one\\ntwo\\nthree' | $X $B t", 0, "t [0] 0\nt [0] 1\nt [0] 2\n");
    expect("$K consume -b $B -t t -e", 0, "one\ntwo\nthree\n");
    expect_words(LIBUV "$X $B t </dev/null", 1, "the input must be a pipe or a terminal"); /* epoll takes no files */
    stop_mock();
}
END_TEST

START_TEST(libuv_ends_with_a_signal)
{
    if (!have_libuv())
        return;
    start_mock("-n 1 -t t:1");
    expect(LIBUV "D=$(mktemp -d); : >$D/out; mkfifo $D/in; $X $B t <$D/in >$D/out 2>&1 & P=$!; exec 3>$D/in; "
                 "echo one >&3; until grep -q . $D/out; do sleep 0.02; done; "
                 "kill -INT $P; wait $P; echo $?; cat $D/out; rm -r $D",
           0, "0\nt [0] 0\n");
    stop_mock();
}
END_TEST

SUITE_MAIN("tools/loops", 60, epoll_reads_what_it_writes, epoll_says_what_is_wrong,
           libuv_copies_its_input, libuv_ends_with_a_signal)
