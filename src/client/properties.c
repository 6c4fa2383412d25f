/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Options by name: a set of names and values, each checked when it is set.
 * Application threads, one at a time for a set.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/log.h"
#include "base/mem.h"
#include "client/options_value.h"
#include "sasl/sasl.h"

struct entry {
    const struct kafc_option *row; /* the first one of the name */
    char *value;
};

struct kafc_properties {
    struct entry *v;
    size_t n, cap;
};

kafc_properties *kafc_properties_new(void)
{
    return kafc__zalloc(NULL, sizeof(kafc_properties));
}

/* It may be a password. */
static void drop(char *value)
{
    kafc__sasl_wipe(value, strlen(value));
    kafc__free(NULL, value);
}

void kafc_properties_free(kafc_properties *p)
{
    if (!p)
        return;
    for (size_t i = 0; i < p->n; i++)
        drop(p->v[i].value);
    kafc__free(NULL, p->v);
    kafc__free(NULL, p);
}

const char *kafc__properties_get(const kafc_properties *p, const struct kafc_option *row)
{
    for (size_t i = 0; p && row->name && i < p->n; i++) {
        if (strcmp(p->v[i].row->name, row->name) == 0)
            return p->v[i].value;
    }
    return NULL;
}

static bool reserve(kafc_properties *p)
{
    if (p->n < p->cap)
        return true;
    size_t cap = p->cap ? p->cap * 2 : 8;
    struct entry *v = kafc__realloc_array(NULL, p->v, cap, sizeof(*v));
    if (!v)
        return false;
    p->v = v;
    p->cap = cap;
    return true;
}

static kafc_err put(kafc_properties *p, const struct kafc_option *row, const char *value,
                    kafc_error *err)
{
    size_t i = 0;
    while (i < p->n && p->v[i].row != row)
        i++;
    char *copy = reserve(p) ? kafc__strdup(NULL, value) : NULL;
    if (!copy)
        return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for the property '%s'",
                           row->name);
    if (i < p->n)
        drop(p->v[i].value);
    else
        p->v[p->n++].row = row;
    p->v[i].value = copy;
    return KAFC_OK;
}

/* Checks the value with every row of the name; *first is the one that stands for it. */
static kafc_err check(const char *name, const char *value, const struct kafc_option **first,
                      kafc_error *err)
{
    *first = NULL;
    for (int k = 0; k < KAFC_OPTION_SETS; k++) {
        const struct kafc_option *row = kafc__option_sets[k]->row,
                                 *end = row + kafc__option_sets[k]->n;
        for (; row < end; row++) {
            if (!kafc__option_named(row, name))
                continue;
            int64_t ignored = 0;
            kafc_err rc = kafc__option_parse(row, value, &ignored, err);
            if (rc != KAFC_OK)
                return rc;
            if (!*first)
                *first = row;
        }
    }
    return KAFC_OK;
}

/* What people bring along from other clients and kafc does not have: with the one value that asks for what is done
 * anyway, which is taken and means nothing, and why it cannot be another. What begins alike goes from long to short. */
struct foreign {
    const char *begin, *same, *why;
};

static const struct foreign *foreign(const char *name, const char *value)
{
    static const char commits[] =
        "nothing is committed unless it is asked for: kafc_reader_read() marks messages "
        "as it goes, and auto.commit.interval.ms says how often marks are committed";
    static const char statistics[] = "kafc_stats_text() and the *_stats_get() functions tell them when asked";
    static const char store[] =
        "PEM and PKCS12 files are read, and told apart by what is in them; keytool makes them of JKS";
    static const char versions[] = "ssl.enabled.protocols says which versions are spoken";
    static const char tls[] =
        "ssl_ctx of kafc_security takes an SSL_CTX with all of OpenSSL's";
    static const char sasl[] =
        "kafc_security takes functions for credentials and mechanisms";
    static const char socket[] = "that is always so";
    static const char bytes[] = "keys and values are bytes";
    static const char queue[] = "queued.max.bytes bounds what is fetched ahead";
    static const struct foreign known[] = {
        { "ssl.truststore.type", "PEM", store },
        { "ssl.truststore.type", "PKCS12", store },
        { "ssl.keystore.type", "PEM", store },
        { "ssl.keystore.type", "PKCS12", store },
        { "ssl.protocol", "TLSv1.3", versions },
        { "ssl.protocol", "TLS", versions },
        { "security.providers", "", "TLS is OpenSSL's" },
        { "ssl.", NULL, tls },
        { "sasl.", NULL, sasl },
        { "enable.auto.commit", "false", commits },
        { "enable.auto.offset.store", "false", commits },
        { "group.protocol.type", "consumer", "members of groups are consumers" },
        { "group.protocol", "classic", "the group protocol of KIP-848 is not there yet, and there is no choice" },
        { "group.remote.assignor", NULL, "the group protocol of KIP-848 is not there yet" },
        { "key.", NULL, bytes },
        { "value.", NULL, bytes },
        { "max.poll.records", NULL, "kafc_reader_fetch() gives one message, kafc_reader_fetch_batch() a batch" },
        { "exclude.internal.topics", "true", "no regular expression matches an internal topic; name it" },
        { "default.api.timeout.ms", NULL, "each call that waits takes its timeout_ms" },
        { "interceptor.classes", "", "kafc_reader_fetch() and kafc_writer_send() are called by you" },
        { "client.dns.lookup", "use_all_dns_ips", "all addresses of a name are tried" },
        { "enable.metrics.push", "false", statistics },
        { "metric.reporters", "", statistics },
        { "metrics.", NULL, statistics },
        { "auto.include.jmx.reporter", "false", statistics },
        { "statistics.interval.ms", "0", statistics },
        { "socket.connection.setup.timeout.max.ms", NULL,
          "socket.connection.setup.timeout.ms holds for each attempt, and does not grow" },
        { "socket.keepalive.enable", "true", socket },
        { "socket.nagle.disable", "true", socket },
        { "api.version.request", "true", socket },
        { "offset.store.method", "broker", "offsets are kept by the brokers" },
        { "coordinator.query.interval.ms", NULL, "the coordinator is looked up when it has moved" },
        { "queued.min.messages", NULL, queue },
        { "queued.max.messages.kbytes", NULL, queue },
        { "fetch.queue.backoff.ms", NULL, queue },
        { "fetch.error.backoff.ms", NULL, "retry.backoff.ms holds for all requests" },
    };
    const struct foreign *found = NULL;
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (strncmp(name, known[i].begin, strlen(known[i].begin)) != 0)
            continue;
        if (!found || strcmp(known[i].begin, found->begin) == 0) /* one name may have several good values */
            found = &known[i];
        if (!found->same || strcasecmp(value, found->same) == 0)
            break;
    }
    return found;
}

/* What has no value that would do is not told: it may be a secret under a misspelt name. */
static kafc_err set_foreign(const char *name, const char *value, kafc_error *err)
{
    const struct foreign *f = foreign(name, value);
    const char *nearest = kafc__options_nearest(name, f ? 2 : 2 + strlen(name) / 4);
    if (f && f->same && strcasecmp(value, f->same) == 0)
        return KAFC_OK;
    if (f && f->same)
        return kafc__error(err, KAFC_ERR_USAGE, "'%.64s' cannot be '%.64s': %s", name, value, f->why);
    if (f && !nearest)
        return kafc__error(err, KAFC_ERR_USAGE, "there is no property '%.64s': %s", name, f->why);
    if (nearest)
        return kafc__error(err, KAFC_ERR_USAGE, "there is no property '%.64s'; the nearest is '%s'",
                           name, nearest);
    return kafc__error(err, KAFC_ERR_USAGE,
                       "there is no property '%.64s', and none with a name like it; see docs/OPTIONS.md", name);
}

kafc_err kafc_properties_set(kafc_properties *p, const char *name, const char *value,
                             kafc_error *err)
{
    if (!p || !name || !value)
        return kafc__error(err, KAFC_ERR_USAGE, "properties, name and value must not be NULL");
    const struct kafc_option *row;
    kafc_err rc = check(name, value, &row, err);
    if (rc != KAFC_OK)
        return rc;
    if (!row)
        return set_foreign(name, value, err);
    return put(p, row, value, err);
}

/* --- Files ---------------------------------------------------------------------- */

enum { LINE = 65536 }; /* a chain of certificates is in it, if need be */

static char *trim(char *s)
{
    s += strspn(s, " \t\f");
    size_t n = strlen(s);
    while (n > 0 && strchr(" \t\f\r\n", s[n - 1]))
        n--;
    s[n] = '\0';
    return s;
}

static bool is_comment(const char *line)
{
    line += strspn(line, " \t\f");
    return *line == '#' || *line == '!';
}

/* The character of \u and four hexadecimal digits, in UTF-8 at *to. false: these are none. */
static bool put_unicode(const char *digits, char **to)
{
    char hex[5] = "", *end;
    memcpy(hex, digits, strnlen(digits, 4));
    unsigned long c = strtoul(hex, &end, 16);
    if (end != hex + 4 || c == 0)
        return false;
    if (c >= 0x800)
        *(*to)++ = (char)(0xe0 | c >> 12);
    if (c >= 0x80)
        *(*to)++ = (char)(c >= 0x800 ? 0x80 | (c >> 6 & 0x3f) : 0xc0 | c >> 6);
    *(*to)++ = (char)(c >= 0x80 ? 0x80 | (c & 0x3f) : c);
    return true;
}

/* Takes backslashes away, as Java does. */
static char *unescape(char *s)
{
    static const char name[] = "tnrf", is[] = "\t\n\r\f";
    char *to = s;
    for (const char *from = s; *from; from++) {
        const char *known = *from == '\\' && from[1] ? strchr(name, from[1]) : NULL;
        if (*from == '\\' && from[1] == 'u' && put_unicode(from + 2, &to)) {
            from += 5;
            continue;
        }
        if (*from == '\\' && from[1])
            from++;
        *to++ = known ? is[known - name] : *from;
    }
    *to = '\0';
    return s;
}

/* One line, changed on the way. What it says may be secret. */
static kafc_err set_line(kafc_properties *p, char *line, kafc_error *err)
{
    char *name = trim(line);
    if (name[0] == '\0' || is_comment(name))
        return KAFC_OK;
    char *eq = strchr(name, '=');
    if (!eq)
        return kafc__error(err, KAFC_ERR_USAGE, "the line is no name=value");
    *eq = '\0';
    return kafc_properties_set(p, trim(name), unescape(trim(eq + 1)), err);
}

/* A line, and those that it goes on in: it ends in a backslash then, and they begin with blanks that do not count.
 * *lines: so many, 0 at the end. false: too long. */
static bool next_line(FILE *f, char *line, unsigned *lines)
{
    size_t n = 0, slashes = 1;
    line[0] = '\0';
    for (*lines = 0; slashes % 2 && fgets(line + n, (int)(LINE - n), f); ++*lines) {
        size_t blanks = n ? strspn(line + n, " \t\f") : 0;
        memmove(line + n, line + n + blanks, strlen(line + n + blanks) + 1);
        n += strlen(line + n);
        if (n + blanks == LINE - 1 && line[n - 1] != '\n')
            return false;
        while (n > 0 && strchr("\r\n", line[n - 1]))
            n--;
        for (slashes = 0; slashes < n && line[n - 1 - slashes] == '\\';)
            slashes++;
        if (is_comment(line))
            slashes = 0;
        n -= slashes % 2;
        line[n] = '\0';
    }
    return true;
}

/* Editors of some systems begin a file with one. */
static const char byte_order_mark[] = "\xef\xbb\xbf";

static kafc_err load(kafc_properties *p, FILE *f, const char *path, char *line, kafc_error *err)
{
    kafc_error e = { .code = KAFC_OK };
    unsigned number = 1, lines;
    do {
        kafc_err rc = KAFC_OK;
        if (!next_line(f, line, &lines))
            rc = kafc__error(&e, KAFC_ERR_USAGE, "a line has more than %d bytes", LINE - 2);
        else
            rc = set_line(p, number == 1 && strncmp(line, byte_order_mark, 3) == 0 ? line + 3 : line, &e);
        if (rc != KAFC_OK)
            return kafc__error(err, rc, "%.128s:%u: %.256s", path, number, e.message);
        number += lines;
    } while (lines);
    if (ferror(f))
        return kafc__error(err, KAFC_ERR_SYSTEM, "%.256s cannot be read", path);
    return KAFC_OK;
}

kafc_err kafc_properties_load(kafc_properties *p, const char *path, kafc_error *err)
{
    if (!p || !path)
        return kafc__error(err, KAFC_ERR_USAGE, "properties and path must not be NULL");
    FILE *f = fopen(path, "re");
    if (!f) {
        char text[128];
        if (strerror_r(errno, text, sizeof(text)) != 0)
            text[0] = '\0';
        return kafc__error(err, KAFC_ERR_SYSTEM, "%.256s cannot be opened: %s", path, text);
    }
    char *line = kafc__alloc(NULL, LINE);
    kafc_err rc = line ? load(p, f, path, line, err)
                       : kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for a line of %.256s", path);
    (void)fclose(f);
    if (line)
        kafc__sasl_wipe(line, LINE);
    kafc__free(NULL, line);
    return rc;
}
