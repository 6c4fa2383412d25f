/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The main() of a test binary in one line: one suite, one case, a list of
 * tests.
 */
#ifndef KAFC_TESTS_SUITE_H
#define KAFC_TESTS_SUITE_H

#include <check.h>
#include <stddef.h>

struct suite_test {
    const TTest *test;
    int from, to; /* of _i: [from, to) */
};

/* Runs the tests (timeout in seconds for each) and gives main's result. */
int suite_run(const char *name, const struct suite_test *tests, size_t n, double timeout, void (*before)(void),
              void (*after)(void));
int suite_run_once(const char *name, const TTest *const *tests, size_t n, double timeout);

#define SUITE_MAIN(name, timeout, ...) \
    int main(void) \
    { \
        const TTest *const tests[] = { __VA_ARGS__ }; \
        return suite_run_once(name, tests, sizeof(tests) / sizeof(tests[0]), (timeout)); \
    }

/* The same of ONCE(test) and LOOP(test, from, to). */
#define SUITE_LOOPS(name, timeout, ...) SUITE_AROUND(NULL, NULL, name, timeout, __VA_ARGS__)
/* And with what is done before and after each test, or NULL. */
#define SUITE_AROUND(before, after, name, timeout, ...) \
    int main(void) \
    { \
        const struct suite_test tests[] = { __VA_ARGS__ }; \
        return suite_run(name, tests, sizeof(tests) / sizeof(tests[0]), (timeout), before, after); \
    }
#define LOOP(test, from, to) { test, from, to }
#define ONCE(test) LOOP(test, 0, 1)

#endif
