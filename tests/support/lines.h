/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Reads test data: compressed files of tab-separated lines, base64, hex.
 * Everything fails the running test when it cannot.
 */
#ifndef KAFC_TESTS_LINES_H
#define KAFC_TESTS_LINES_H

#include <stdbool.h>
#include <stddef.h>

enum { LINES_COLUMNS = 10 };

struct lines {
    void *file; /* gzFile */
    char *line;
    size_t cap;
    char *column[LINES_COLUMNS]; /* of the line last read, NUL-ended; NULL: not there */
    int number;                  /* 1 is the first line */
};

/* A file below tests/data, compressed or not. */
void lines_open(struct lines *l, const char *name);
bool lines_next(struct lines *l);
void lines_close(struct lines *l);

/* Decoded bytes from malloc, exactly *n long, so that a sanitizer sees a read past the end. */
unsigned char *lines_hex(const char *text, size_t *n);
unsigned char *lines_base64(const char *text, size_t *n);

/* Of records.tsv.gz: is the codec of column 1 built in? "mixed" may be any. */
bool lines_codec(const struct lines *l);

#endif
