/* SPDX-License-Identifier: BSD-2-Clause
 *
 * examples/cpp.cpp as a user runs it, against `kafc mock`.
 */
#include <check.h>

#include "tests/support/suite.h"
#include "tests/tools/shell.h"

#define CPP "X=${K%/*}/examples/cpp; "

START_TEST(what_it_writes_it_reads)
{
    start_mock("-n 2");
    expect(CPP "$X $B words one two three | sort", 0, "one\nthree\ntwo\n");
    expect(CPP "$X $B words four | sort", 0, "four\none\nthree\ntwo\n");
    stop_mock();
}
END_TEST

START_TEST(errors_are_exceptions)
{
    find_tool();
    expect_words(CPP "$X", 2, "cpp BROKERS TOPIC WORD");
    expect_words(CPP "$X 127.0.0.1:70000 t w", 1, "70000");
}
END_TEST

SUITE_MAIN("tools/cpp", 60, what_it_writes_it_reads, errors_are_exceptions)
