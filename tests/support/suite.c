/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Builds and runs the one suite of a test binary.
 */
#include "tests/support/suite.h"

#include <stdlib.h>

int suite_run(const char *name, const TTest *const *tests, size_t n, double timeout)
{
    Suite *s = suite_create(name);
    TCase *c = tcase_create(name);
    tcase_set_timeout(c, timeout);
    for (size_t i = 0; i < n; i++)
        tcase_add_test(c, tests[i]);
    suite_add_tcase(s, c);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

const char *suite_tmp(void)
{
    const char *tmp = getenv("TMPDIR");

    return tmp && *tmp ? tmp : "/tmp";
}
