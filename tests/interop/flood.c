/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A flood of numbered messages through the library, as fast as the cluster takes them, and what to check it by:
 *
 *   flood write BROKERS TOPIC PARTITIONS SECONDS [property=value]...     prints how many it were
 *   flood transact BROKERS TOPIC PARTITIONS SECONDS [property=value]...  the same in transactions
 *   flood check PARTITIONS TOTAL                                         stdin: partition and number, a line each
 *
 * Number n, its key, goes to partition n % PARTITIONS. So partition p holds p, p + PARTITIONS, p + 2 * PARTITIONS...:
 * a record too many, too few or out of place shows at once. `write` fails unless each message got one report, that of
 * an acknowledgement, with the offset that follows from its number. `transact` needs transactional.id: a thousand
 * messages a transaction, between them transactions that are aborted on purpose; what fails is aborted and written
 * again. tests/interop/run builds it.
 */
#include <kafc/transaction.h>

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PARTITIONS_MAX = 64, PATIENCE = 300000 /* ms */, VALUE = 500 };

static _Noreturn void die(const char *what, const char *why)
{
    fprintf(stderr, "flood: %s: %s\n", what, why);
    exit(1);
}

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double begin;

/* What a failure is understood by. */
static void say(void *ctx, kafc_log_level level, const char *line)
{
    (void)ctx;
    (void)level;
    fprintf(stderr, "%7.3f %s\n", seconds() - begin, line);
}

/* ---- writing: what the reports say, on the loop's thread ---- */

struct tally {
    int partitions;
    int64_t next[PARTITIONS_MAX]; /* the number whose report is due */
    int64_t acknowledged, failed, wrong;
    double last, worst; /* between two reports */
};

static void on_delivery(void *ctx, const kafc_report *r)
{
    struct tally *t = ctx;
    int64_t n = (int64_t)(intptr_t)r->opaque, p = n % t->partitions;
    double now = seconds();
    if (t->last > 0 && now - t->last > t->worst)
        t->worst = now - t->last;
    t->last = now;
    if (r->verdict != KAFC_ACKNOWLEDGED) {
        if (t->failed++ < 5)
            fprintf(stderr, "%lld: verdict %d, %s\n", (long long)n, (int)r->verdict,
                    kafc_err_name(r->code));
        return;
    }
    t->acknowledged++;
    bool placed = r->offset == n / t->partitions || r->offset == KAFC_OFFSET_UNKNOWN;
    if ((n != t->next[p] || r->partition != p || !placed) && t->wrong++ < 5)
        fprintf(stderr, "%lld: reported instead of %lld, at %d:%lld\n", (long long)n,
                (long long)t->next[p], (int)r->partition, (long long)r->offset);
    t->next[p] = n + t->partitions;
}

static kafc_err send_number(kafc_writer *w, const char *topic, int partitions, int64_t n,
                            const char *mark, kafc_error *err)
{
    static char value[VALUE];
    char key[32];
    int32_t p = (int32_t)(n % partitions);
    for (int i = 0; !value[0] && i < VALUE; i++)
        value[VALUE - 1 - i] = (char)(' ' + i * 7919 % 95);
    kafc_message m = { .topic = topic,
                       .to_partition = p ? p : KAFC_ZERO,
                       .key = { key, snprintf(key, sizeof(key), "%s%lld", mark, (long long)n) },
                       .value = { value, VALUE } };
    return kafc_writer_send(w, &m, (void *)(intptr_t)n, PATIENCE, err);
}

static int64_t pour(kafc_writer *w, const char *topic, int partitions, double until)
{
    kafc_error err;
    int64_t n = 0;
    for (; n % 64 || seconds() < until; n++)
        if (send_number(w, topic, partitions, n, "", &err))
            die("send", err.message);
    return n;
}

struct flood {
    struct tally tally;
    kafc_properties *props;
    kafc_client *client;
    kafc_writer *writer;
};

/* arg: brokers, topic, partitions, seconds, properties */
static void open_flood(struct flood *f, char **arg, kafc_delivery_fn on)
{
    kafc_error err;
    f->tally.partitions = atoi(arg[2]);
    f->props = kafc_properties_new();
    if (!f->props || f->tally.partitions < 1 || f->tally.partitions > PARTITIONS_MAX)
        die("usage", "see the top of flood.c");
    for (int i = 0; i < f->tally.partitions; i++)
        f->tally.next[i] = i;
    for (char **a = arg + 4; *a; a++) {
        char *value = *a;
        const char *name = strsep(&value, "=");
        if (kafc_properties_set(f->props, name, value ? value : "", &err))
            die(name, err.message);
    }
    begin = seconds();
    f->client = kafc_client_open(KAFC_CLIENT(.brokers = arg[0], .properties = f->props, .log = say),
                                 &err);
    f->writer = f->client ? kafc_writer_open(f->client,
                                             KAFC_WRITER(.properties = f->props, .on_delivery = on,
                                                         .ctx = &f->tally, .idempotence = KAFC_ON),
                                             &err)
                          : NULL;
    if (!f->writer)
        die("open", err.message);
}

static void close_flood(struct flood *f)
{
    kafc_error err;
    if (kafc_writer_close(f->writer, PATIENCE, &err))
        die("close", err.message);
    kafc_writer_free(f->writer);
    kafc_client_free(f->client);
    kafc_properties_free(f->props);
}

static int write_flood(char **arg)
{
    struct flood f = { .tally = { 0 } };
    const struct tally *t = &f.tally;
    open_flood(&f, arg, on_delivery);
    int64_t n = pour(f.writer, arg[1], t->partitions, begin + atof(arg[3]));
    double poured = seconds();
    close_flood(&f);
    fprintf(stderr,
            "%lld sent in %.1f s, %lld acknowledged, %lld failed; %.0f a second; the longest time "
            "without an acknowledgement was %.1f s\n",
            (long long)n, poured - begin, (long long)t->acknowledged, (long long)t->failed,
            (double)n / (seconds() - begin), t->worst);
    printf("%lld\n", (long long)n);
    return t->acknowledged != n || t->failed || t->wrong;
}

/* ---- transactions ---- */

enum { TRANSACTION = 1000, ON_PURPOSE = 7 /* each of so many is aborted */ };

static void count_delivery(void *ctx, const kafc_report *r)
{
    struct tally *t = ctx;
    t->acknowledged += r->verdict == KAFC_ACKNOWLEDGED;
    t->failed += r->verdict != KAFC_ACKNOWLEDGED;
}

/* Again what can be called again. false: the transaction has to be aborted. */
static bool goes_on(kafc_err (*call)(kafc_writer *w, int timeout_ms, kafc_error *err),
                    kafc_writer *w, const char *what)
{
    kafc_error err;
    double end = seconds() + PATIENCE / 1000.0;
    while (call(w, 10000, &err)) {
        fprintf(stderr, "%7.3f %s: %s\n", seconds() - begin, what, err.message);
        if (err.cls == KAFC_CLASS_ABORT)
            return false;
        if (err.cls != KAFC_CLASS_RETRY || seconds() > end)
            die(what, err.message);
    }
    return true;
}

static bool fill(struct flood *f, const char *topic, int64_t first, const char *mark)
{
    kafc_error err;
    for (int64_t n = first; n < first + TRANSACTION; n++) {
        kafc_err rc = send_number(f->writer, topic, f->tally.partitions, n, mark, &err);
        if (rc == KAFC_ERR_ABORTED)
            return false;
        if (rc)
            die("send", err.message);
    }
    return true;
}

/* false: nothing of it is there. */
static bool transact(struct flood *f, const char *topic, int64_t first, bool on_purpose)
{
    kafc_error err;
    if (kafc_transaction_begin(f->writer, &err)) {
        if (err.cls != KAFC_CLASS_ABORT)
            die("begin", err.message);
    } else if (fill(f, topic, first, on_purpose ? "aborted-" : "") && !on_purpose &&
               goes_on(kafc_transaction_commit, f->writer, "commit")) {
        return true;
    }
    for (int i = 0; !goes_on(kafc_transaction_abort, f->writer, "abort"); i++)
        if (i == 10)
            die("abort", "it has to be aborted again and again");
    return false;
}

static int write_transactions(char **arg)
{
    struct flood f = { .tally = { 0 } };
    int64_t n = 0, committed = 0, aborted = 0, failed = 0;
    open_flood(&f, arg, count_delivery);
    if (!goes_on(kafc_transaction_init, f.writer, "init"))
        die("init", "the transactional id is denied");
    double until = begin + atof(arg[3]);
    for (int64_t i = 1; seconds() < until; i++) {
        bool on_purpose = i % ON_PURPOSE == 0;
        bool done = transact(&f, arg[1], n, on_purpose);
        n += done ? TRANSACTION : 0;
        committed += done;
        aborted += on_purpose;
        failed += !done && !on_purpose;
    }
    double poured = seconds();
    close_flood(&f);
    fprintf(stderr,
            "%lld messages in %lld transactions in %.1f s, %.0f a second; %lld aborted on purpose, "
            "%lld for errors\n",
            (long long)n, (long long)committed, poured - begin, (double)n / (poured - begin),
            (long long)aborted, (long long)failed);
    printf("%lld\n", (long long)n);
    return f.tally.acknowledged < n;
}

/* ---- checking ---- */

static int check(int partitions, int64_t total)
{
    int64_t next[PARTITIONS_MAX], count = 0, wrong = 0;
    char line[256];
    if (partitions < 1 || partitions > PARTITIONS_MAX)
        die("usage", "see the top of flood.c");
    for (int i = 0; i < partitions; i++)
        next[i] = i;
    while (fgets(line, sizeof(line), stdin)) {
        char *end;
        long p = strtol(line, &end, 10);
        long long n = strtoll(end, &end, 10);
        if (p < 0 || p >= partitions || *end != '\n')
            die("a line that says nothing", line);
        if (n != next[p] && wrong++ < 10)
            fprintf(stderr, "partition %ld: %lld instead of %lld\n", p, n, (long long)next[p]);
        next[p] = n + partitions;
        count++;
    }
    if (count != total)
        fprintf(stderr, "%lld records of %lld\n", (long long)count, (long long)total);
    return count != total || wrong;
}

int main(int argc, char **argv)
{
    if (argc >= 6 && strcmp(argv[1], "write") == 0)
        return write_flood(argv + 2);
    if (argc >= 6 && strcmp(argv[1], "transact") == 0)
        return write_transactions(argv + 2);
    if (argc == 4 && strcmp(argv[1], "check") == 0)
        return check(atoi(argv[2]), atoll(argv[3]));
    die("usage", "see the top of flood.c");
}
