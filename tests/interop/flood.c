/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A flood of numbered messages through the library, as fast as the cluster takes them, and what to check it by:
 *
 *   flood write BROKERS TOPIC PARTITIONS SECONDS [property=value]...     prints how many it were
 *   flood check PARTITIONS TOTAL                                         stdin: partition and number, a line each
 *
 * Number n, its key, goes to partition n % PARTITIONS. So partition p holds p, p + PARTITIONS, p + 2 * PARTITIONS...:
 * a record too many, too few or out of place shows at once. `write` fails unless each message got one report, that of
 * an acknowledgement, with the offset that follows from its number. tests/interop/run builds it.
 */
#include <kafc/writer.h>

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PARTITIONS_MAX = 64, PATIENCE = 120000 /* ms */, VALUE = 500 };

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

static int64_t pour(kafc_writer *w, const char *topic, int partitions, double until)
{
    static char value[VALUE];
    kafc_error err;
    int64_t n = 0;
    for (int i = 0; i < VALUE; i++)
        value[i] = (char)(' ' + i * 7919 % 95);
    for (; n % 64 || seconds() < until; n++) {
        char key[24];
        int32_t p = (int32_t)(n % partitions);
        kafc_message m = { .topic = topic,
                           .to_partition = p ? p : KAFC_ZERO,
                           .key = { key, snprintf(key, sizeof(key), "%lld", (long long)n) },
                           .value = { value, VALUE } };
        if (kafc_writer_send(w, &m, (void *)(intptr_t)n, PATIENCE, &err))
            die("send", err.message);
    }
    return n;
}

static int write_flood(char **arg)
{
    struct tally t = { .partitions = atoi(arg[2]) };
    kafc_properties *props = kafc_properties_new();
    kafc_error err;
    if (!props || t.partitions < 1 || t.partitions > PARTITIONS_MAX)
        die("usage", "see the top of flood.c");
    for (int i = 0; i < t.partitions; i++)
        t.next[i] = i;
    for (char **a = arg + 4; *a; a++) {
        char *value = *a;
        const char *name = strsep(&value, "=");
        if (kafc_properties_set(props, name, value ? value : "", &err))
            die(name, err.message);
    }
    begin = seconds();
    kafc_client *c = kafc_client_open(
        KAFC_CLIENT(.brokers = arg[0], .properties = props, .log = say), &err);
    kafc_writer *w = c ? kafc_writer_open(c,
                                          KAFC_WRITER(.properties = props,
                                                      .on_delivery = on_delivery, .ctx = &t,
                                                      .idempotence = KAFC_ON),
                                          &err)
                       : NULL;
    if (!w)
        die("open", err.message);
    int64_t n = pour(w, arg[1], t.partitions, begin + atof(arg[3]));
    double poured = seconds();
    if (kafc_writer_close(w, PATIENCE, &err))
        die("close", err.message);
    kafc_writer_free(w);
    kafc_client_free(c);
    kafc_properties_free(props);
    fprintf(stderr,
            "%lld sent in %.1f s, %lld acknowledged, %lld failed; %.0f a second; the longest time "
            "without an acknowledgement was %.1f s\n",
            (long long)n, poured - begin, (long long)t.acknowledged, (long long)t.failed,
            (double)n / (seconds() - begin), t.worst);
    printf("%lld\n", (long long)n);
    return t.acknowledged != n || t.failed || t.wrong;
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
    if (argc == 4 && strcmp(argv[1], "check") == 0)
        return check(atoi(argv[2]), atoll(argv[3]));
    die("usage", "see the top of flood.c");
}
