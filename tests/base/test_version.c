/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The linked library says the version of the headers it was built with.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include <kafc/base.h>

START_TEST(library_says_the_headers_version)
{
    char s[32];
    snprintf(s, sizeof s, "%d.%d.%d", KAFC_VERSION_MAJOR, KAFC_VERSION_MINOR, KAFC_VERSION_PATCH);
    ck_assert_str_eq(kafc_version(), s);
    ck_assert_str_eq(kafc_version(), KAFC_VERSION);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("version");
    TCase *t = tcase_create("version");
    tcase_add_test(t, library_says_the_headers_version);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
