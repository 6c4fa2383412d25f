/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Tables for people: columns as wide as what stands in them.
 */
#ifndef KAFC_TOOL_TABLE_H
#define KAFC_TOOL_TABLE_H

#include <kafc/base.h>

enum { TABLE_COLUMNS = 12 };

struct table {
    int columns;
    unsigned right; /* bit i: column i stands at its right edge */
    char **cell;    /* ncells of them, row by row */
    size_t ncells, room;
    bool failed; /* out of memory */
};

/* titles: separated by one blank; those that begin with '>' are of columns of numbers. */
void table_begin(struct table *t, const char *titles);
/* The next cell; control characters become '?', an empty one "-". */
void table_add(struct table *t, const char *fmt, ...) KAFC_PRINTF(2, 3);
/* The number, or "-" for one below 0. */
void table_number(struct table *t, int64_t n);
/* On standard output; and gives the memory back. false: out of memory, nothing was printed. */
bool table_end(struct table *t);

#endif
