/* SPDX-License-Identifier: BSD-2-Clause
 *
 * records BROKERS [property=value]...: writes the records on standard input in one synchronous call, for what the
 * command's lines cannot say: null values, times of one's own, headers of each record. The format is Peer.java's:
 * topic, partition or -, timestamp or -, key, value [, name=value]..., separated by tabs; \N alone is null, \xHH a byte.
 * Prints "topic partition offset" of each in their order. tests/interop/run builds it, lib.sh's ours_write calls it.
 */
#include <kafc/writer.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MESSAGES_MAX = 10000, HEADERS_MAX = 300 };

static _Noreturn void die(const char *what, const char *why)
{
    fprintf(stderr, "records: %s: %s\n", what, why);
    exit(1);
}

static void *must(void *p)
{
    if (!p)
        die("malloc", "out of memory");
    return p;
}

/* Takes the escapes out of the text, in place. */
static kafc_bytes unescape(char *s)
{
    if (strcmp(s, "\\N") == 0)
        return (kafc_bytes){ NULL, 0 };
    size_t n = 0;
    for (const char *p = s; *p; n++) {
        if (p[0] == '\\' && p[1] == 'x' && p[2] && p[3]) {
            char hex[3] = { p[2], p[3], 0 };
            s[n] = (char)strtol(hex, NULL, 16);
            p += 4;
        } else {
            s[n] = *p++;
        }
    }
    return (kafc_bytes){ s, (int32_t)n };
}

static char *field(char **rest)
{
    char *f = strsep(rest, "\t");
    if (!f)
        die("input", "too few fields");
    return f;
}

/* Options take 0 for "not said" and KAFC_ZERO for zero. */
static int64_t number(const char *s)
{
    if (strcmp(s, "-") == 0)
        return 0;
    int64_t n = strtoll(s, NULL, 10);
    return n ? n : KAFC_ZERO;
}

/* The message's bytes stay in the line. */
static void parse(char *line, kafc_message *m)
{
    char *rest = line;
    memset(m, 0, sizeof(*m));
    m->topic = field(&rest);
    m->to_partition = (int32_t)number(field(&rest));
    m->timestamp = number(field(&rest));
    m->key = unescape(field(&rest));
    m->value = unescape(field(&rest));
    if (!rest)
        return;
    kafc_header *headers = must(calloc(HEADERS_MAX, sizeof(*headers)));
    m->headers = headers;
    while (rest && m->nheaders < HEADERS_MAX) {
        char *value = field(&rest);
        const char *name = strsep(&value, "=");
        headers[m->nheaders].name = (kafc_str){ name, (int32_t)strlen(name) };
        headers[m->nheaders++].value = unescape(value ? value : (char[]){ "\\N" });
    }
}

static int32_t read_all(kafc_message *messages)
{
    int32_t n = 0;
    char *line = NULL;
    size_t room = 0;
    for (ssize_t len; n < MESSAGES_MAX && (len = getline(&line, &room, stdin)) > 0;
         line = NULL, room = 0) {
        if (line[len - 1] == '\n')
            line[len - 1] = '\0';
        parse(line, &messages[n++]);
    }
    free(line);
    return n;
}

static kafc_properties *properties(char **arg)
{
    kafc_error err;
    kafc_properties *p = must(kafc_properties_new());
    for (; *arg; arg++) {
        char *value = *arg;
        const char *name = strsep(&value, "=");
        if (kafc_properties_set(p, name, value ? value : "", &err))
            die(name, err.message);
    }
    return p;
}

int main(int argc, char **argv)
{
    if (argc < 2)
        die("usage", "records BROKERS [property=value]... < RECORDS");
    kafc_error err;
    kafc_properties *p = properties(argv + 2);
    kafc_client *client = kafc_client_open(KAFC_CLIENT(.brokers = argv[1], .properties = p), &err);
    if (!client)
        die("open", err.message);
    kafc_writer *writer = kafc_writer_open(client, KAFC_WRITER(.properties = p), &err);
    if (!writer)
        die("open", err.message);

    kafc_message *messages = must(calloc(MESSAGES_MAX, sizeof(*messages)));
    kafc_report *results = must(calloc(MESSAGES_MAX, sizeof(*results)));
    int32_t n = read_all(messages);
    if (kafc_writer_write_each(writer, messages, n, results, 60000, &err))
        die("write", err.message);
    for (int32_t i = 0; i < n; i++)
        printf("%s %d %lld\n", results[i].topic, (int)results[i].partition,
               (long long)results[i].offset);

    if (kafc_writer_close(writer, 10000, &err) || kafc_client_close(client, 10000, &err))
        die("close", err.message);
    kafc_writer_free(writer);
    kafc_client_free(client);
    kafc_properties_free(p);
    return fflush(stdout) ? 1 : 0; /* the messages' memory ends with the process */
}
