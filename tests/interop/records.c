/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The library as a peer of the interoperability tests, for what the command's lines cannot say (null values, times and
 * headers of each record) and for what it does not use (the synchronous write, kafc_conn):
 *
 *   records write BROKERS [property=value]...                      stdin by kafc_writer_write_each(); prints where
 *   records produce BROKERS TOPIC PARTITION [property=value]...    stdin as one batch by kafc_conn_produce()
 *   records read BROKERS TOPIC PARTITION first|N|-N|@MS [property=value]...    to the end as it is now
 *   records offset BROKERS TOPIC PARTITION first|last|N|-N|@MS [property=value]...
 *   records create BROKERS TOPIC PARTITIONS, records delete BROKERS TOPIC 0, records list BROKERS TOPIC 0
 *
 * In: Peer.java's lines: topic, partition or -, timestamp or -, key, value [, name=value]..., separated by tabs; \N
 * alone is null, \xHH a byte. Out: lib.sh's format and the kind of timestamp. tests/interop/run builds it.
 */
#include <kafc/conn.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MESSAGES_MAX = 10000, HEADERS_MAX = 300, PATIENCE = 60000 }; /* ms */

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

static int write_all(const char *brokers, kafc_properties *p)
{
    kafc_error err;
    kafc_client *client = kafc_client_open(KAFC_CLIENT(.brokers = brokers, .properties = p), &err);
    if (!client)
        die("open", err.message);
    kafc_writer *writer = kafc_writer_open(client, KAFC_WRITER(.properties = p), &err);
    if (!writer)
        die("open", err.message);
    kafc_message *messages = must(calloc(MESSAGES_MAX, sizeof(*messages)));
    kafc_report *results = must(calloc(MESSAGES_MAX, sizeof(*results)));
    int32_t n = read_all(messages);
    if (kafc_writer_write_each(writer, messages, n, results, PATIENCE, &err))
        die("write", err.message);
    for (int32_t i = 0; i < n; i++)
        printf("%s %d %lld\n", results[i].topic, (int)results[i].partition,
               (long long)results[i].offset);
    if (kafc_writer_close(writer, PATIENCE, &err) || kafc_client_close(client, PATIENCE, &err))
        die("close", err.message);
    kafc_writer_free(writer);
    kafc_client_free(client);
    return 0; /* the messages' memory ends with the process */
}

static kafc_position position(const char *s)
{
    if (strcmp(s, "first") == 0)
        return KAFC_FIRST;
    if (strcmp(s, "last") == 0)
        return KAFC_LAST;
    if (s[0] == '@')
        return KAFC_AT_TIME(strtoll(s + 1, NULL, 10));
    return s[0] == '-' ? KAFC_TAIL(strtoll(s + 1, NULL, 10)) : KAFC_AT(strtoll(s, NULL, 10));
}

static int64_t offset_at(kafc_conn *c, kafc_position at)
{
    kafc_error err;
    int64_t offset;
    if (kafc_conn_offset_at(c, at, PATIENCE, &offset, &err))
        die("offset", err.message);
    return offset;
}

static void print_bytes(kafc_bytes b)
{
    printf("\t%d\t", b.p ? (int)b.len : -1);
    if (b.p)
        fwrite(b.p, 1, (size_t)b.len, stdout);
}

static void print_message(const kafc_message *m)
{
    printf("%d\t%lld\t%lld", (int)m->partition, (long long)m->offset, (long long)m->timestamp);
    print_bytes(m->key);
    print_bytes(m->value);
    putchar('\t');
    for (int32_t i = 0; i < m->nheaders; i++) {
        const kafc_header *h = &m->headers[i];
        printf("%s%.*s=", i ? "," : "", (int)h->name.len, h->name.p);
        fwrite(h->value.p ? h->value.p : "NULL", 1, h->value.p ? (size_t)h->value.len : 4, stdout);
    }
    static const char *const kinds[] = { "NoTimestampType", "CreateTime", "LogAppendTime" };
    printf("\t%s\n", kinds[m->timestamp_type]);
}

static void read_from(kafc_conn *c, kafc_position from)
{
    kafc_error err;
    int64_t end = offset_at(c, KAFC_LAST);
    if (kafc_conn_seek(c, from, PATIENCE, NULL, &err))
        die("seek", err.message);
    while (kafc_conn_offset(c) < end) {
        kafc_message m;
        /* What is left may be markers alone, of which no message comes. */
        kafc_err e = kafc_conn_read(c, &m, 3000, &err);
        if (e == KAFC_ERR_TIMED_OUT)
            return;
        if (e)
            die("read", err.message);
        print_message(&m);
    }
}

static void produce(kafc_conn *c, const char *topic)
{
    kafc_error err;
    kafc_produced at;
    kafc_message *messages = must(calloc(MESSAGES_MAX, sizeof(*messages)));
    int32_t n = read_all(messages);
    for (int32_t i = 0; i < n; i++) {
        messages[i].topic = topic;
        messages[i].to_partition = 0;
    }
    if (kafc_conn_produce(c, messages, n, PATIENCE, &at, &err))
        die("produce", err.message);
    printf("%lld\n", (long long)at.base_offset);
}

static void list(kafc_conn *c, const char *topic)
{
    kafc_error err;
    kafc_metadata *md;
    if (kafc_conn_metadata(c, &topic, 1, PATIENCE, &md, &err))
        die("metadata", err.message);
    printf("%d brokers\n", (int)md->nbrokers);
    for (int32_t i = 0; i < md->ntopics; i++)
        printf("%s %d %s\n", md->topics[i].name, (int)md->topics[i].npartitions,
               kafc_err_name(md->topics[i].err));
    kafc_metadata_free(md);
}

static void change(kafc_conn *c, const char *topic, int32_t partitions)
{
    kafc_error err;
    kafc_err result = KAFC_OK;
    kafc_new_topic t = { .name = topic, .partitions = partitions, .replication = 1 };
    if (partitions == 0) {
        if (kafc_conn_delete_topics(c, &topic, 1, &result, PATIENCE, &err) || result)
            die("delete", err.message);
    } else if (kafc_conn_create_topics(c, &t, 1, PATIENCE, &err)) {
        die("create", err.message);
    }
}

int main(int argc, char **argv)
{
    if (argc < 3)
        die("usage", "see the top of records.c");
    const char *what = argv[1];
    if (strcmp(what, "write") == 0) {
        kafc_properties *p = properties(argv + 3);
        write_all(argv[2], p);
        kafc_properties_free(p);
        return fflush(stdout) ? 1 : 0;
    }
    bool placed = strcmp(what, "read") == 0 || strcmp(what, "offset") == 0;
    if (argc < (placed ? 6 : 5))
        die("usage", "see the top of records.c");
    bool led = placed || strcmp(what, "produce") == 0;
    int32_t n = atoi(argv[4]);
    kafc_error err;
    kafc_properties *p = properties(argv + (placed ? 6 : 5));
    kafc_conn *c = kafc_conn_dial(
        KAFC_CONN(.properties = p, .topic = led ? argv[3] : NULL, .partition = led ? n : 0),
        argv[2], PATIENCE, &err);
    if (!c)
        die("dial", err.message);
    if (strcmp(what, "produce") == 0)
        produce(c, argv[3]);
    else if (strcmp(what, "read") == 0)
        read_from(c, position(argv[5]));
    else if (strcmp(what, "offset") == 0)
        printf("%lld\n", (long long)offset_at(c, position(argv[5])));
    else if (strcmp(what, "list") == 0)
        list(c, argv[3]);
    else if (strcmp(what, "create") == 0 || strcmp(what, "delete") == 0)
        change(c, argv[3], n);
    else
        die("usage", what);
    kafc_conn_free(c);
    kafc_properties_free(p);
    return fflush(stdout) ? 1 : 0;
}
