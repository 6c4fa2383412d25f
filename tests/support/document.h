/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Documents that are made from tables. One thread.
 */
#ifndef TESTS_SUPPORT_DOCUMENT_H
#define TESTS_SUPPORT_DOCUMENT_H

#include <stddef.h>

/* Fails unless the file holds the n bytes; with KAFC_WRITE_DOCS in the environment it is written first (make docs). */
void document_is(const char *path, const char *text, size_t n);

#endif
