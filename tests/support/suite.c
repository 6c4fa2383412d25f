/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Builds and runs the one suite of a test binary.
 */
#include "tests/support/suite.h"

#include <stdlib.h>

static int run(const char *name, TCase *c)
{
    Suite *s = suite_create(name);
    suite_add_tcase(s, c);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

static TCase *timed(const char *name, double timeout)
{
    TCase *c = tcase_create(name);
    tcase_set_timeout(c, timeout);
    return c;
}

int suite_run(const char *name, const struct suite_test *tests, size_t n, double timeout, void (*before)(void),
              void (*after)(void))
{
    TCase *c = timed(name, timeout);
    tcase_add_checked_fixture(c, before, after);
    for (size_t i = 0; i < n; i++)
        tcase_add_loop_test(c, tests[i].test, tests[i].from, tests[i].to);
    return run(name, c);
}

int suite_run_once(const char *name, const TTest *const *tests, size_t n, double timeout)
{
    TCase *c = timed(name, timeout);
    for (size_t i = 0; i < n; i++)
        tcase_add_test(c, tests[i]);
    return run(name, c);
}
