/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What decode and encode share: lines, hex, suggestions.
 */
#include "tools/kafc/codec.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"

/* ---- lines ---- */

/* One line of input, without its end. */
struct input {
    char *p;
    size_t n, room;
    bool cut; /* more than CODEC_LINE_MAX bytes, or than there is memory for: n of them were kept */
};

static bool grow(struct input *l)
{
    size_t room = l->room ? 2 * l->room : 4096;
    char *more = room <= CODEC_LINE_MAX ? realloc(l->p, room) : NULL;

    if (more) {
        l->p = more;
        l->room = room;
    }
    return more;
}

/* getline(3) would take all memory for a line that does not end. false: there is no line, or standard input failed. */
static bool get_line(struct input *l)
{
    int ch;

    l->n = 0;
    l->cut = false;
    while ((ch = getc_unlocked(stdin)) != EOF && ch != '\n') {
        if (!l->cut && l->n == l->room && !grow(l))
            l->cut = true;
        if (!l->cut)
            l->p[l->n++] = (char)ch;
    }
    return !ferror(stdin) && (ch == '\n' || l->n > 0);
}

/* One line and good UTF-8, whatever a message quotes. */
static void print_error(const char *message)
{
    const uint8_t *p = (const uint8_t *)message, *end = p + strlen(message);

    fputs("error: ", stdout);
    while (p < end) {
        int n = kafc__utf8_len(p, (size_t)(end - p));

        if (n == 0 || *p < 0x20 || *p == 0x7f)
            putchar('?');
        else
            (void)fwrite(p, 1, (size_t)n, stdout);
        p += n ? n : 1;
    }
}

/* Somebody may be waiting for the answers so far. */
static bool input_pauses(void)
{
    struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };

    return poll(&in, 1, 0) == 0;
}

static bool one_line(struct codec *c, codec_work work, struct input *l)
{
    kafc_error err = { .code = KAFC_OK };
    kafc_err rc = KAFC_OK;

    while (l->n > 0 && l->p[l->n - 1] == '\r')
        l->n--;
    c->n = 0;
    if (l->cut)
        rc = kafc__error(&err, KAFC_ERR_TOO_LARGE, "a line of more than %zu bytes", l->n);
    else if (l->n > 0)
        rc = work(c, l->p, l->n, &err);
    if (rc)
        print_error(err.message);
    else if (c->n > 0)
        (void)fwrite(c->text, 1, c->n, stdout);
    putchar('\n');
    kafc__arena_reset(&c->arena);
    return rc == KAFC_OK;
}

int codec_run(struct codec *c, codec_work work)
{
    struct input l = { .p = NULL };
    bool good = true;
    int status;

    kafc__arena_init(&c->arena, NULL, 0);
    while (!ferror(stdout) && (errno = 0, get_line(&l))) {
        good &= one_line(c, work, &l);
        if (input_pauses())
            (void)fflush(stdout);
    }
    status = good ? TOOL_OK : TOOL_FAILED;
    if (ferror(stdin))
        status = tool_fail(TOOL_FAILED, "standard input cannot be read: %s", strerror(errno));
    kafc__arena_fini(&c->arena);
    free(l.p);
    free(c->text);
    return status;
}

/* ---- columns ---- */

void codec_near_apis(struct tool_near *near)
{
    size_t n;
    const struct kafc_api *const *apis = kafc__apis(&n);

    for (size_t i = 0; i < n; i++)
        tool_near_try(near, apis[i]->name);
}

void codec_near_messages(struct tool_near *near)
{
    size_t napis, ndata;
    const struct kafc_api *const *apis = kafc__apis(&napis);
    const struct kafc_schema *const *data = kafc__data_schemas(&ndata);

    for (size_t i = 0; i < napis; i++) {
        tool_near_try(near, apis[i]->req->name);
        tool_near_try(near, apis[i]->resp->name);
    }
    for (size_t i = 0; i < ndata; i++)
        tool_near_try(near, data[i]->name);
}

static kafc_err no_such_message(const char *name, kafc_error *err)
{
    struct tool_near near;

    tool_near_begin(&near, name);
    tool_near_try(&near, "Records");
    codec_near_messages(&near);
    if (near.best)
        return kafc__error(err, KAFC_ERR_USAGE,
                           "there is no message \"%.80s\"; did you mean \"%s\"?", name, near.best);
    return kafc__error(err, KAFC_ERR_USAGE,
                       "there is no message \"%.80s\"; \"kafc schema\" lists all", name);
}

static bool parse_version(const char *s, int16_t *version)
{
    char *end;
    long v = strtol(s, &end, 10);

    if (*s < '0' || *s > '9' || *end || v > INT16_MAX)
        return false;
    *version = (int16_t)v;
    return true;
}

kafc_err codec_split(char *line, size_t n, struct codec_line *l, kafc_error *err)
{
    char *version = memchr(line, '\t', n), *rest = NULL;

    if (version)
        rest = memchr(version + 1, '\t', n - (size_t)(version + 1 - line));
    if (!rest)
        return kafc__error(err, KAFC_ERR_USAGE,
                           "a line is NAME, TAB, version, TAB, message; this one has %s",
                           version ? "one TAB" : "no TAB");
    if (memchr(line, 0, (size_t)(rest - line)))
        return kafc__error(err, KAFC_ERR_USAGE, "a NUL in name or version");
    *version++ = 0;
    *rest++ = 0;
    l->rest = rest;
    l->n = n - (size_t)(rest - line);
    l->schema = NULL;
    if (strcmp(line, "Records") == 0)
        return strcmp(version, "-") == 0
                   ? KAFC_OK
                   : kafc__error(err, KAFC_ERR_USAGE,
                                 "the version of Records is \"-\", not \"%.20s\"", version);
    l->schema = kafc__schema_named(line);
    if (!l->schema)
        return no_such_message(line, err);
    if (!parse_version(version, &l->version))
        return kafc__error(err, KAFC_ERR_USAGE, "\"%.20s\" is no version; %s has %d %s %d", version,
                           line, l->schema->min, l->schema->alias ? "and" : "to",
                           l->schema->alias ? l->schema->alias : l->schema->max);
    return KAFC_OK;
}

/* ---- hex ---- */

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

kafc_err codec_unhex(char *text, size_t n, size_t *bytes, kafc_error *err)
{
    for (size_t i = 0; i < n; i++)
        if (hex_digit(text[i]) < 0)
            return kafc__error(err, KAFC_ERR_USAGE,
                               "character %zu of the hex is none of its digits", i + 1);
    if (n % 2)
        return kafc__error(err, KAFC_ERR_USAGE, "hex of an odd number of digits, %zu", n);
    for (size_t i = 0; i < n; i += 2)
        text[i / 2] = (char)(hex_digit(text[i]) << 4 | hex_digit(text[i + 1]));
    *bytes = n / 2;
    return KAFC_OK;
}

/* ---- the text ---- */

static kafc_err make_room(struct codec *c, size_t n, kafc_error *err)
{
    char *more;

    if (n <= c->room)
        return KAFC_OK;
    if (n > CODEC_TEXT_MAX)
        return kafc__error(err, KAFC_ERR_TOO_LARGE,
                           "its text would have %zu bytes, above the limit of %zu", n,
                           CODEC_TEXT_MAX);
    more = realloc(c->text, n);
    if (!more)
        return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for a text of %zu bytes", n);
    c->text = more;
    c->room = n;
    return KAFC_OK;
}

kafc_err codec_text(struct codec *c, codec_print print, void *ctx, kafc_error *err)
{
    for (;;) {
        struct kafc_json_out o = { .p = c->text, .cap = c->room };
        kafc_err rc = print(ctx, &o, err);

        c->n = o.n;
        if (rc || o.n <= o.cap)
            return rc;
        rc = make_room(c, o.n, err);
        if (rc)
            return rc;
    }
}

static void put_hex(char *out, const uint8_t *p, size_t n)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < n; i++) {
        *out++ = digits[p[i] >> 4];
        *out++ = digits[p[i] & 15];
    }
}

static kafc_err part_size(const struct codec_part *p, size_t *sum, kafc_error *err)
{
    size_t n = 0;
    kafc_err rc = p->schema ? kafc__msg_size(p->schema, p->msg, p->version, &n, NULL, err)
                            : KAFC_OK;

    *sum += n;
    return rc;
}

static kafc_err part_put(const struct codec_part *p, struct kafc_wr *w, kafc_error *err)
{
    return p->schema ? kafc__msg_encode(w, p->schema, p->msg, p->version, err) : KAFC_OK;
}

kafc_err codec_hex(struct codec *c, const struct codec_message *m, kafc_error *err)
{
    bool framed = m->header.schema;
    size_t n = framed ? 4 : 0;
    struct kafc_wr w;
    uint8_t *bytes;
    kafc_err rc = part_size(&m->header, &n, err);

    if (!rc)
        rc = part_size(&m->body, &n, err);
    if (!rc)
        rc = make_room(c, 2 * n, err);
    if (rc)
        return rc;
    bytes = kafc__arena_alloc(&c->arena, n);
    if (!bytes)
        return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for %zu bytes", n);
    kafc__wr_init(&w, bytes, n, NULL);
    if (framed)
        kafc__wr_i32(&w, (int32_t)(n - 4));
    rc = part_put(&m->header, &w, err);
    if (!rc)
        rc = part_put(&m->body, &w, err);
    if (rc)
        return rc;
    put_hex(c->text, bytes, n);
    c->n = 2 * n;
    return KAFC_OK;
}
