/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The linked library says the version of the headers it was built with.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/support/suite.h"
#include <kafc/base.h>

START_TEST(library_says_the_headers_version)
{
    char s[32];
    snprintf(s, sizeof s, "%d.%d.%d", KAFC_VERSION_MAJOR, KAFC_VERSION_MINOR, KAFC_VERSION_PATCH);
    ck_assert_str_eq(kafc_version(), s);
    ck_assert_str_eq(kafc_version(), KAFC_VERSION);
}
END_TEST

SUITE_MAIN("version", 4, library_says_the_headers_version)
