/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Documents that are made from tables. One thread.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/document.h"
#include "tests/support/suite.h"

void document_is(const char *path, const char *text, size_t n)
{
    FILE *f;
    char *have = malloc(n + 1);
    ck_assert_ptr_nonnull(have);
    if (getenv("KAFC_WRITE_DOCS")) {
        f = fopen(path, "w");
        ck_assert_ptr_nonnull(f);
        ck_assert_uint_eq(fwrite(text, 1, n, f), n);
        ck_assert_int_eq(fclose(f), 0);
    }
    f = fopen(path, "r");
    ck_assert_msg(f != NULL, "%s is missing: make docs", path);
    size_t k = fread(have, 1, n + 1, f);
    (void)fclose(f);
    ck_assert_msg(k == n && memcmp(have, text, n) == 0, "%s is not what the tables say: make docs", path);
    free(have);
}
