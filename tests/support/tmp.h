/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Where files of a test may be. For benchmarks, too.
 */
#ifndef KAFC_TESTS_TMP_H
#define KAFC_TESTS_TMP_H

/* A folder that tests/run removes, also after a failure; else /tmp. */
const char *test_tmp(void);

#endif
