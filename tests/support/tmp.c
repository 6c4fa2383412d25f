/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The folder of temporary files.
 */
#include "tests/support/tmp.h"

#include <stdlib.h>

const char *test_tmp(void)
{
    const char *tmp = getenv("TMPDIR");

    return tmp && *tmp ? tmp : "/tmp";
}
