/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Which byte of an encoded message belongs to which field: counted from the
 * message and its table alone, so that sizes and the errors of decode can be
 * held against it.
 */
#ifndef KAFC_TESTS_LAYOUT_H
#define KAFC_TESTS_LAYOUT_H

#include "protocol/schema.h"

/* The bytes of one thing that is read at once; behind them at least `need` more have to be there. */
struct span {
    size_t start, end, need;
    char path[160]; /* as in errors; empty for the message itself */
};

struct layout {
    struct span *span;
    size_t n, cap;
    size_t size; /* of the whole message */
    int version;
    bool flex;
    char path[160];
};

void layout_make(struct layout *l, const struct kafc_schema *s, const void *msg, int version);
void layout_free(struct layout *l);

/* The thing that cannot be read when only the first `cut` bytes are there, and the byte where that shows. */
const struct span *layout_cut(const struct layout *l, size_t cut, size_t *at);
/* The thing that holds the byte. */
const struct span *layout_at(const struct layout *l, size_t byte);

/* Is there such a field in the version? */
bool layout_path_exists(const struct kafc_schema *s, int version, const char *path);

#endif
