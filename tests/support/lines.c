/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Test data by line, from gzip or plain files.
 */
#include "tests/support/lines.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "protocol/record/codec.h"

void lines_open(struct lines *l, const char *name)
{
    char path[256];
    snprintf(path, sizeof(path), "tests/data/%s", name);
    memset(l, 0, sizeof(*l));
    l->file = gzopen(path, "rb");
    ck_assert_msg(l->file != NULL, "cannot open %s", path);
    l->cap = 65536;
    l->line = malloc(l->cap);
    ck_assert_ptr_nonnull(l->line);
}

/* The whole line without its LF, however long. */
static bool read_line(struct lines *l)
{
    size_t n = 0;
    for (;;) {
        if (!gzgets(l->file, l->line + n, (int)(l->cap - n)))
            return n > 0;
        n += strlen(l->line + n);
        if (n > 0 && l->line[n - 1] == '\n') {
            l->line[n - 1] = 0;
            return true;
        }
        if (l->cap - n < 2) {
            l->cap *= 2;
            l->line = realloc(l->line, l->cap);
            ck_assert_ptr_nonnull(l->line);
        }
    }
}

bool lines_next(struct lines *l)
{
    if (!read_line(l))
        return false;
    l->number++;
    char *p = l->line;
    for (int i = 0; i < LINES_COLUMNS; i++) {
        l->column[i] = p;
        char *tab = p ? strchr(p, '\t') : NULL;
        if (tab)
            *tab = 0;
        p = tab ? tab + 1 : NULL;
    }
    return true;
}

void lines_close(struct lines *l)
{
    gzclose(l->file);
    free(l->line);
}

static unsigned hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return (unsigned)(c - '0');
    if (c < 'a' || c > 'f')
        ck_abort_msg("no hex digit: %c", c);
    return (unsigned)(c - 'a' + 10);
}

unsigned char *lines_hex(const char *text, size_t *n)
{
    *n = strlen(text) / 2;
    unsigned char *out = malloc(*n ? *n : 1);
    ck_assert_ptr_nonnull(out);
    for (size_t i = 0; i < *n; i++)
        out[i] = (unsigned char)(hex_digit(text[2 * i]) << 4 | hex_digit(text[2 * i + 1]));
    return out;
}

static unsigned base64_digit(char c)
{
    if (c >= 'A' && c <= 'Z')
        return (unsigned)(c - 'A');
    if (c >= 'a' && c <= 'z')
        return (unsigned)(c - 'a' + 26);
    if (c >= '0' && c <= '9')
        return (unsigned)(c - '0' + 52);
    if (c != '+' && c != '/')
        ck_abort_msg("no base64: %c", c);
    return c == '+' ? 62 : 63;
}

unsigned char *lines_base64(const char *text, size_t *n)
{
    size_t len = strcspn(text, "=");
    *n = len * 3 / 4;
    unsigned char *out = malloc(*n ? *n : 1);
    ck_assert_ptr_nonnull(out);
    unsigned bits = 0, nbits = 0;
    size_t at = 0;
    for (size_t i = 0; i < len; i++) {
        bits = bits << 6 | base64_digit(text[i]);
        nbits += 6;
        if (nbits >= 8) {
            nbits -= 8;
            out[at++] = (unsigned char)(bits >> nbits);
        }
    }
    ck_assert_uint_eq(at, *n);
    return out;
}

bool lines_codec(const struct lines *l)
{
    bool mixed = strcmp(l->column[1], "mixed") == 0;
    for (int id = 0; id < KAFC_CODECS; id++) {
        const struct kafc_codec *codec = kafc__codec(id);
        if (codec->library && (mixed || strcmp(l->column[1], codec->name) == 0))
            return false;
    }
    return true;
}
