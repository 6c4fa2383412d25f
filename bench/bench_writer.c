/* SPDX-License-Identifier: BSD-2-Clause
 *
 * bench_writer [MESSAGES [PARTITIONS]]: CPU per message out: 100 bytes, keyed, 4
 * partitions, against a mock in a child process. getrusage of this process alone, so the mock does not count;
 * instructions in user space where perf_event_open(2) allows it. Several kinds
 * of writers, one after the other.
 */
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "bench/cluster.h"
#include <kafc/stats.h>

enum { VALUE = 90, KEYS = 10000 };

static char keys[KEYS][16];
static char value[VALUE + 64];
static long messages = 2000000;
static int32_t partitions = 4;

static bool make_topic(kafc_mock *m)
{
    return kafc_mock_create_topic(m, "bench", partitions, 1) == KAFC_OK;
}

static int counter_open(void)
{
    struct perf_event_attr a;
    memset(&a, 0, sizeof(a));
    a.size = sizeof(a);
    a.type = PERF_TYPE_HARDWARE;
    a.config = PERF_COUNT_HW_INSTRUCTIONS;
    a.exclude_kernel = 1;
    a.exclude_hv = 1;
    a.inherit = 1;
    return (int)syscall(SYS_perf_event_open, &a, 0, -1, -1, 0);
}

static double seconds(struct timeval t)
{
    return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static void on_delivery(void *ctx, const kafc_report *r)
{
    (void)r;
    ++*(long *)ctx;
}

static void on_batch(void *ctx, kafc_settled *s)
{
    *(long *)ctx += s->count;
}

static void fail(const char *what, const kafc_error *err)
{
    fprintf(stderr, "%s: %s\n", what, err->message);
    exit(1);
}

static void send_all(kafc_writer *w, kafc_error *err)
{
    for (long i = 0; i < messages; i++) {
        const char *key = keys[(size_t)i * 7919 % KEYS];
        kafc_message m = { .key = { key, 10 }, .value = { value + i % 64, VALUE } };
        if (kafc_writer_send(w, &m, NULL, -1, err) != KAFC_OK)
            fail("send", err);
    }
    if (kafc_writer_flush(w, -1, err) != KAFC_OK)
        fail("flush", err);
}

static void run(const char *name, const char *brokers, kafc_writer_options *o)
{
    kafc_error err;
    struct rusage a, b;
    struct timespec t0, t1;
    long reports = 0;
    long long count = 0;
    int counter = counter_open();
    kafc_client *c = kafc_client_open(KAFC_CLIENT(.brokers = brokers), &err);
    if (!c)
        fail("client", &err);
    o->topic = "bench";
    o->ctx = &reports;
    kafc_writer *w = kafc_writer_open(c, o, &err);
    if (!w && err.code == KAFC_ERR_NO_CODEC) {
        printf("%-28s not built in\n", name);
        kafc_client_free(c);
        return;
    }
    if (!w)
        fail("writer", &err);
    kafc_message first = { .key = { keys[0], 10 }, .value = { value, VALUE } };
    if (kafc_writer_write(w, &first, 1, 10000, &err) != KAFC_OK)
        fail("write", &err);
    clock_gettime(CLOCK_MONOTONIC, &t0);
    getrusage(RUSAGE_SELF, &a);
    send_all(w, &err);
    getrusage(RUSAGE_SELF, &b);
    clock_gettime(CLOCK_MONOTONIC, &t1);
    if (counter >= 0 && read(counter, &count, sizeof(count)) != (ssize_t)sizeof(count))
        count = 0;
    kafc_writer_stats n = { .size = sizeof(n) };
    kafc_writer_stats_get(w, &n);
    double user = seconds(b.ru_utime) - seconds(a.ru_utime),
           sys = seconds(b.ru_stime) - seconds(a.ru_stime);
    double wall = (double)(t1.tv_sec - t0.tv_sec) + (double)(t1.tv_nsec - t0.tv_nsec) / 1e9;
    double each = 1e9 / (double)messages;
    printf("%-28s %6.1f ns user %6.1f ns kernel %6.2f M/s", name, user * each, sys * each,
           (double)messages / wall / 1e6);
    if (count)
        printf(" %6.0f instructions", (double)count / (double)messages);
    printf("%s\n", n.failed ? "  SOME FAILED" : "");
    kafc_writer_free(w);
    kafc_client_free(c);
    if (counter >= 0)
        close(counter);
}

int main(int argc, char **argv)
{
    struct bench_cluster cluster;
    if (argc > 1)
        messages = strtol(argv[1], NULL, 10);
    if (argc > 2)
        partitions = (int32_t)strtol(argv[2], NULL, 10);
    for (int i = 0; i < KEYS; i++)
        snprintf(keys[i], sizeof(keys[i]), "key-%06d", i);
    for (size_t i = 0; i < sizeof(value); i++)
        value[i] = (char)('a' + i * 7 % 26);
    bench_cluster_start(&cluster, KAFC_MOCK(.brokers = 3, .retention_bytes = 8 << 20), make_topic);
    const char *brokers = cluster.bootstrap;
    printf("%ld messages of 100 bytes, keyed, %d partitions, the mock in another process\n",
           messages, (int)partitions);
    run("no reports", brokers, KAFC_WRITER(.reports = KAFC_REPORTS_NONE));
    run("a callback for each", brokers, KAFC_WRITER(.on_delivery = on_delivery));
    run("a callback for each batch", brokers, KAFC_WRITER(.on_batch = on_batch));
    run("the same, no opaque kept", brokers,
        KAFC_WRITER(.on_batch = on_batch, .reports = KAFC_REPORTS_BATCHES));
    run("no reports, acks 1", brokers, KAFC_WRITER(.acks = KAFC_ACKS_LEADER));
    run("lz4", brokers, KAFC_WRITER(.compression = KAFC_LZ4));
    run("zstd", brokers, KAFC_WRITER(.compression = KAFC_ZSTD));
    bench_cluster_stop(&cluster);
    return 0;
}
