/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A chain of topics through which messages are handed on by members of groups, and what to check its end by:
 *
 *   etl fill BROKERS TOPIC KEYS VALUES RATE       value 0 of each key, then value 1…; RATE a second, 0: at once
 *   etl work BROKERS GROUP FROM TO ID [property=value]...   hands on until SIGTERM; ID transactional.id, or -: without
 *   etl await BROKERS TOPIC KEYS VALUES SECONDS   until each value of each key has come
 *   etl check KEYS VALUES once|least              stdin: key and value, a line each
 *
 * Without a transaction what was handed on is committed once it is acknowledged: at least once, and in order, which
 * means that a value comes for the first time only when all before it of its key have come. In transactions the offsets
 * are a part of each: exactly once. tests/interop/run builds it.
 */
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <kafc/kafc.h>

enum { PATIENCE = 60000 /* ms */, PARTITIONS = 256, BATCH = 1000, QUIET = 20 /* ms */ };

static kafc_client *client;
static kafc_reader *reader;
static kafc_writer *writer;
static atomic_bool stopped;
static atomic_llong failed; /* deliveries */

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static _Noreturn void die(const char *what, const char *why)
{
    fprintf(stderr, "%.6f etl: %s: %s\n", seconds(), what, why);
    exit(2);
}

static void say(void *ctx, kafc_log_level level, const char *line)
{
    (void)ctx;
    (void)level;
    fprintf(stderr, "%.6f %s\n", seconds(), line);
}

static void on_delivery(void *ctx, const kafc_report *r)
{
    (void)ctx;
    failed += r->verdict != KAFC_ACKNOWLEDGED;
}

static void open_client(const char *brokers, kafc_properties *props)
{
    kafc_error err;
    client = kafc_client_open(KAFC_CLIENT(.brokers = brokers, .properties = props, .log = say), &err);
    if (!client)
        die("open", err.message);
}

/* ---- fill ---- */

static int fill(char **arg)
{
    kafc_error err;
    long long keys = atoll(arg[2]), total = keys * atoll(arg[3]), rate = atoll(arg[4]);
    open_client(arg[0], NULL);
    writer = kafc_writer_open(client,
                              KAFC_WRITER(.topic = arg[1], .idempotence = KAFC_ON, .on_delivery = on_delivery), &err);
    if (!writer)
        die("open", err.message);
    double begin = seconds();
    for (long long i = 0; i < total; i++) {
        char key[24], value[24];
        kafc_message m = { .key = { key, snprintf(key, sizeof key, "%lld", i % keys) },
                           .value = { value, snprintf(value, sizeof value, "%lld", i / keys) } };
        if (kafc_writer_send(writer, &m, NULL, PATIENCE, &err))
            die("send", err.message);
        while (rate && (double)i > (seconds() - begin) * (double)rate)
            (void)poll(NULL, 0, 5);
    }
    if (kafc_writer_close(writer, PATIENCE, &err) || failed)
        die("close", err.message);
    kafc_writer_free(writer);
    kafc_client_free(client);
    return 0;
}

/* ---- work ---- */

static const char *from;
static bool transactional, open_transaction;
static kafc_offset done[PARTITIONS]; /* what was handed on since the last commit; offset 0: nothing */
static int since;                    /* messages */

static int32_t collect(kafc_offset *v)
{
    int32_t n = 0;
    for (int i = 0; i < PARTITIONS; i++)
        if (done[i].offset)
            v[n++] = done[i];
    return n;
}

static void forget(void)
{
    for (int i = 0; i < PARTITIONS; i++)
        done[i].offset = 0;
    since = 0;
    open_transaction = false;
}

/* All that is owned, from what is committed on. */
static void rewind_all(void)
{
    static kafc_topic_partition owned[PARTITIONS];
    kafc_error err;
    int32_t n = kafc_reader_assignment(reader, owned, PARTITIONS);
    for (int32_t i = 0; i < n; i++)
        if (kafc_reader_seek(reader, owned[i].topic, owned[i].partition, KAFC_COMMITTED, &err))
            die("seek", err.message);
}

/* The same call again as long as that is the answer. */
#define AGAIN(rc, call)                                                                                  \
    do {                                                                                                 \
        double end_ = seconds() + PATIENCE / 1000.0;                                                     \
        while (((rc) = (call)) && err.cls == KAFC_CLASS_RETRY && seconds() < end_)                       \
            fprintf(stderr, "%.6f once more: %s\n", seconds(), err.message);                             \
    } while (0)

static void abort_transaction(void)
{
    kafc_error err;
    kafc_err rc;
    if (!open_transaction)
        return;
    AGAIN(rc, kafc_transaction_abort(writer, 10000, &err));
    if (rc)
        die("abort", err.message);
    forget();
    rewind_all();
}

static void finish_transaction(void)
{
    kafc_offset v[PARTITIONS];
    kafc_error err;
    kafc_group_metadata group;
    int32_t n = collect(v);
    if (!open_transaction)
        return;
    kafc_err rc = kafc_reader_group_metadata(reader, &group, &err);
    if (!rc)
        AGAIN(rc, kafc_transaction_send_offsets(writer, &group, v, n, 10000, &err));
    if (!rc)
        AGAIN(rc, kafc_transaction_commit(writer, 10000, &err));
    if (!rc) {
        forget();
        return;
    }
    fprintf(stderr, "%.6f aborted: %s\n", seconds(), err.message);
    if (err.cls == KAFC_CLASS_FATAL)
        die("commit", err.message);
    abort_transaction();
}

static void finish_plain(void)
{
    kafc_offset v[PARTITIONS];
    kafc_error err;
    kafc_err rc;
    int32_t n = collect(v);
    if (!n)
        return;
    AGAIN(rc, kafc_writer_flush(writer, 10000, &err));
    if (rc || failed)
        die("flush", rc ? err.message : "a message failed");
    AGAIN(rc, kafc_reader_commit_offsets(reader, v, n, 10000, &err));
    if (rc) /* others will repeat them */
        fprintf(stderr, "%.6f not committed: %s\n", seconds(), err.message);
    forget();
}

static void finish(void)
{
    if (transactional)
        finish_transaction();
    else
        finish_plain();
}

static void on_rebalance(void *ctx, kafc_reader *r, const kafc_rebalance *what)
{
    (void)ctx;
    (void)r;
    fprintf(stderr, "%.6f %s: %d\n", seconds(),
            what->kind == KAFC_ASSIGNED ? "assigned" : what->kind == KAFC_REVOKED ? "revoked" : "lost", (int)what->n);
    if (what->kind == KAFC_REVOKED)
        finish();
    else if (what->kind == KAFC_LOST && transactional)
        abort_transaction();
    else if (what->kind == KAFC_LOST)
        forget(); /* handed on, but not committed: comes twice */
}

static void hand_on(const kafc_message *m)
{
    kafc_error err;
    kafc_message out = { .key = m->key, .value = m->value };
    if (transactional && !open_transaction) {
        if (kafc_transaction_begin(writer, &err))
            die("begin", err.message);
        open_transaction = true;
    }
    kafc_err rc = kafc_writer_send(writer, &out, NULL, PATIENCE, &err);
    if (rc && transactional && err.cls == KAFC_CLASS_ABORT) {
        abort_transaction();
        return;
    }
    if (rc)
        die("send", err.message);
    done[m->partition] = kafc_offset_after(m);
    done[m->partition].topic = from;
    if (++since >= BATCH)
        finish();
}

static void on_signal(int sig)
{
    (void)sig;
    stopped = true;
    if (reader)
        kafc_reader_wake(reader);
}

/* arg: BROKERS GROUP FROM TO ID [property=value]... */
static void open_work(char **arg, kafc_properties *props)
{
    kafc_error err;
    kafc_err rc;
    for (char **a = arg + 5; *a; a++) {
        char *value = *a;
        const char *name = strsep(&value, "=");
        if (kafc_properties_set(props, name, value ? value : "", &err))
            die(name, err.message);
    }
    from = arg[2];
    transactional = strcmp(arg[4], "-") != 0;
    open_client(arg[0], props);
    writer = kafc_writer_open(client,
                              KAFC_WRITER(.properties = props, .topic = arg[3], .on_delivery = on_delivery,
                                          .transactional_id = transactional ? arg[4] : NULL),
                              &err);
    if (!writer)
        die("writer", err.message);
    if (transactional) {
        AGAIN(rc, kafc_transaction_init(writer, 10000, &err));
        if (rc)
            die("init", err.message);
    }
    reader = kafc_reader_open(client,
                              KAFC_READER(.properties = props, .group = arg[1], .on_rebalance = on_rebalance), &err);
    if (!reader || kafc_reader_subscribe(reader, &from, 1, &err))
        die("reader", err.message);
}

static int work(char **arg)
{
    kafc_properties *props = kafc_properties_new();
    kafc_error err;
    kafc_message m;
    struct sigaction action = { .sa_handler = on_signal };
    (void)sigaction(SIGTERM, &action, NULL);
    open_work(arg, props);
    while (!stopped) {
        kafc_err rc = kafc_reader_fetch(reader, &m, since ? QUIET : PATIENCE, &err);
        if (!rc)
            hand_on(&m);
        else if (rc == KAFC_ERR_TIMED_OUT)
            finish();
        else if (err.cls == KAFC_CLASS_FATAL || err.cls == KAFC_CLASS_USAGE)
            die("fetch", err.message);
        else if (rc != KAFC_ERR_INTERRUPTED)
            fprintf(stderr, "%.6f fetch: %s\n", seconds(), err.message);
    }
    finish();
    if (kafc_reader_close(reader, PATIENCE, &err) || kafc_writer_close(writer, PATIENCE, &err))
        die("close", err.message);
    kafc_reader_free(reader);
    kafc_writer_free(writer);
    kafc_client_free(client);
    kafc_properties_free(props);
    return 0;
}

/* ---- what has come ---- */

struct tally {
    long long keys, values, came, twice, wrong;
    unsigned char *next; /* by key: the value that is due */
};

static struct tally tally_of(const char *keys, const char *values)
{
    struct tally t = { .keys = atoll(keys), .values = atoll(values) };
    t.next = calloc((size_t)t.keys + 1, 1);
    if (t.keys < 1 || t.values < 1 || t.values > 255 || !t.next)
        die("usage", "see the top of etl.c");
    return t;
}

static long long number_in(kafc_bytes b)
{
    long long n = b.len ? 0 : -1;
    for (int32_t i = 0; i < b.len; i++)
        n = n * 10 + (((const char *)b.p)[i] - '0');
    return n;
}

static void count(struct tally *t, long long key, long long value)
{
    if (key < 0 || key >= t->keys || value < 0 || value > t->next[key] || value >= t->values) {
        if (t->wrong++ < 5)
            fprintf(stderr, "key %lld: value %lld out of turn\n", key, value);
    } else if (value < t->next[key]) {
        t->twice++;
    } else {
        t->next[key]++;
        t->came++;
    }
}

/* arg: BROKERS TOPIC KEYS VALUES SECONDS */
static int await_all(char **arg)
{
    struct tally t = tally_of(arg[2], arg[3]);
    kafc_error err;
    kafc_message m;
    double end = seconds() + atof(arg[4]);
    open_client(arg[0], NULL);
    reader = kafc_reader_open(client, KAFC_READER(.topic = arg[1], .start = KAFC_FIRST), &err);
    if (!reader)
        die("open", err.message);
    while (t.came < t.keys * t.values && seconds() < end) {
        kafc_err rc = kafc_reader_fetch(reader, &m, 1000, &err);
        if (!rc)
            count(&t, number_in(m.key), number_in(m.value));
        else if (rc != KAFC_ERR_TIMED_OUT)
            fprintf(stderr, "fetch: %s\n", err.message);
    }
    printf("%lld came, %lld of them twice\n", t.came, t.twice);
    kafc_reader_free(reader);
    kafc_client_free(client);
    free(t.next);
    return t.came != t.keys * t.values || t.wrong;
}

static int check(char **arg)
{
    struct tally t = tally_of(arg[0], arg[1]);
    char line[256];
    while (fgets(line, sizeof line, stdin)) {
        char *end;
        long long key = strtoll(line, &end, 10), value = strtoll(end, &end, 10);
        if (*end != '\n')
            die("a line that says nothing", line);
        count(&t, key, value);
    }
    printf("%lld came, %lld of them twice, %lld out of order\n", t.came, t.twice, t.wrong);
    free(t.next);
    return t.came != t.keys * t.values || t.wrong || (strcmp(arg[2], "once") == 0 && t.twice);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*run)(char **arg);
        int words;
    } commands[] = { { "fill", fill, 5 }, { "work", work, 5 }, { "await", await_all, 5 }, { "check", check, 3 } };
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if (argc >= 2 + commands[i].words && strcmp(argv[1], commands[i].name) == 0)
            return commands[i].run(argv + 2);
    die("usage", "see the top of etl.c");
}
