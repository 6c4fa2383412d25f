/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Tables for people. Widths are counted in characters of UTF-8.
 */
#include "tools/kafc/table.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static void put(struct table *t, char *text)
{
    if (t->ncells == t->room) {
        size_t room = t->room ? 2 * t->room : 64;
        char **cell = realloc(t->cell, room * sizeof *cell);

        if (!cell) {
            free(text);
            t->failed = true;
            return;
        }
        t->cell = cell;
        t->room = room;
    }
    t->cell[t->ncells++] = text;
    t->failed |= !text;
    for (char *p = text; p && *p; p++)
        if ((unsigned char)*p < ' ' || *p == 0x7f)
            *p = '?';
}

void table_begin(struct table *t, const char *titles)
{
    *t = (struct table){ 0 };
    while (*titles) {
        size_t n = strcspn(titles, " "), skip = *titles == '>';

        t->right |= (unsigned)skip << t->columns++;
        put(t, strndup(titles + skip, n - skip));
        titles += n + (titles[n] == ' ');
    }
}

void table_add(struct table *t, const char *fmt, ...)
{
    va_list ap;
    char *text;
    int n;

    va_start(ap, fmt);
    n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    text = n > 0 ? malloc((size_t)n + 1) : strdup("-");
    va_start(ap, fmt);
    if (text && n > 0)
        (void)vsnprintf(text, (size_t)n + 1, fmt, ap);
    va_end(ap);
    put(t, text);
}

void table_number(struct table *t, int64_t n)
{
    if (n < 0)
        table_add(t, "-");
    else
        table_add(t, "%" PRId64, n);
}

static int width_of(const char *s)
{
    int n = 0;

    for (; *s; s++)
        n += ((unsigned char)*s & 0xc0) != 0x80;
    return n;
}

static void print(const struct table *t, const int *width)
{
    for (size_t i = 0; i < t->ncells; i++) {
        int column = (int)(i % (size_t)t->columns), space = width[column] - width_of(t->cell[i]);
        bool last = column == t->columns - 1, right = t->right >> column & 1;

        printf("%*s%s%*s%s", right ? space : 0, "", t->cell[i], right || last ? 0 : space, "", last ? "\n" : "  ");
    }
}

bool table_end(struct table *t)
{
    int width[TABLE_COLUMNS] = { 0 };
    bool ok = !t->failed;

    for (size_t i = 0; ok && i < t->ncells; i++) {
        int *w = &width[i % (size_t)t->columns], n = width_of(t->cell[i]);

        *w = n > *w ? n : *w;
    }
    if (ok)
        print(t, width);
    for (size_t i = 0; i < t->ncells; i++)
        free(t->cell[i]);
    free(t->cell);
    return ok;
}
