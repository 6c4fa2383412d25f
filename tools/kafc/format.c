/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kcat's format tokens: parsed once, printed for each message.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "tools/kafc/tool.h"

struct token {
    char kind; /* the letter behind %, or 0 for text */
    char text;
};

struct tool_format {
    size_t n;
    struct token v[];
};

static void put_bytes(FILE *out, kafc_bytes b)
{
    if (b.len > 0)
        (void)fwrite(b.p, 1, (size_t)b.len, out);
}

static int length_of(kafc_bytes b)
{
    return b.p ? b.len : -1;
}

static void put_length(FILE *out, kafc_bytes b)
{
    uint32_t n = (uint32_t)length_of(b);
    unsigned char be[4] = { (unsigned char)(n >> 24), (unsigned char)(n >> 16), (unsigned char)(n >> 8),
                            (unsigned char)n };

    (void)fwrite(be, 1, sizeof be, out);
}

static void put_headers(FILE *out, const kafc_message *m)
{
    for (int32_t i = 0; i < m->nheaders; i++) {
        const kafc_header *h = &m->headers[i];

        if (i)
            fputc(',', out);
        (void)fwrite(h->name.p, 1, (size_t)h->name.len, out);
        fputc('=', out);
        if (h->value.p)
            put_bytes(out, h->value);
        else
            fputs("NULL", out);
    }
}

static void put(FILE *out, char kind, const kafc_message *m)
{
    switch (kind) {
    case 't': fputs(m->topic, out); break;
    case 'p': fprintf(out, "%d", m->partition); break;
    case 'o': fprintf(out, "%lld", (long long)m->offset); break;
    case 'T': fprintf(out, "%lld", (long long)m->timestamp); break;
    case 'k': put_bytes(out, m->key); break;
    case 's': put_bytes(out, m->value); break;
    case 'K': fprintf(out, "%d", length_of(m->key)); break;
    case 'S': fprintf(out, "%d", length_of(m->value)); break;
    case 'R': put_length(out, m->value); break;
    case 'h': put_headers(out, m); break;
    default: fputc('%', out); break;
    }
}

static int hex(int c)
{
    return isdigit(c) ? c - '0' : isxdigit(c) ? tolower(c) - 'a' + 10 : -1;
}

/* Behind a backslash at *s; moves *s to its last character. */
static int escape(const char **s)
{
    static const char names[] = "nrt\\0", values[] = "\n\r\t\\\0";
    const char *at = **s ? strchr(names, **s) : NULL;

    if (at)
        return (unsigned char)values[at - names];
    if (**s == 'x' && hex((unsigned char)(*s)[1]) >= 0 && hex((unsigned char)(*s)[2]) >= 0) {
        *s += 2;
        return hex((unsigned char)(*s)[-1]) * 16 + hex((unsigned char)(*s)[0]);
    }
    return -1;
}

static bool parse_one(const char **s, struct token *t, kafc_error *err)
{
    int c = (unsigned char)**s;

    t->kind = 0;
    if (c == '%') {
        (*s)++;
        t->kind = **s;
        if (**s && strchr("tpoTksKSRh%", **s))
            return true;
        (void)snprintf(err->message, sizeof err->message, "there is no token %%%.1s; there are %%t %%p %%o %%k %%s "
                       "%%K %%S %%R %%T %%h %%%%", *s);
        return false;
    }
    if (c == '\\') {
        (*s)++;
        c = escape(s);
        if (c < 0) {
            (void)snprintf(err->message, sizeof err->message, "there is no escape \\%.1s; there are \\n \\r \\t \\\\ "
                           "\\0 \\xHH", *s);
            return false;
        }
    }
    t->text = (char)c;
    return true;
}

struct tool_format *tool_format_parse(const char *format, kafc_error *err)
{
    struct tool_format *f = calloc(1, sizeof *f + (strlen(format) + 1) * sizeof f->v[0]);

    err->code = KAFC_ERR_USAGE;
    (void)snprintf(err->message, sizeof err->message, "out of memory");
    for (const char *s = format; f && *s; s++) {
        if (!parse_one(&s, &f->v[f->n++], err)) {
            free(f);
            return NULL;
        }
    }
    return f;
}

void tool_format_free(struct tool_format *f)
{
    free(f);
}

void tool_format_print(const struct tool_format *f, FILE *out, const kafc_message *m)
{
    for (size_t i = 0; i < f->n; i++) {
        if (f->v[i].kind)
            put(out, f->v[i].kind, m);
        else
            fputc((unsigned char)f->v[i].text, out);
    }
}
