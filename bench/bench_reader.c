/* SPDX-License-Identifier: BSD-2-Clause
 *
 * CPU per message in: kafc_reader against the mock in a child process, 100
 * bytes, 4 partitions. User time is ours, system time mostly the kernel's copy
 * (DESIGN 8.5). BENCH_ROUNDS=n reads the log n times.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "bench/cluster.h"
#include <kafc/reader.h>

enum { PARTITIONS = 4, BATCHES = 125, BATCH = 2000, SIZE = 100 };

static void die(const char *what, const kafc_error *err)
{
    fprintf(stderr, "bench_reader: %s: %s\n", what, err ? err->message : "");
    exit(1);
}

/* Full logs. */
static bool fill(kafc_mock *mock)
{
    static char value[SIZE];
    static kafc_message m[BATCH];
    bool ok = kafc_mock_create_topic(mock, "bench", PARTITIONS, 1) == KAFC_OK;

    memset(value, 'x', sizeof(value));
    for (int i = 0; i < BATCH; i++)
        m[i] = (kafc_message){ .key = { "key-1234", 8 },
                               .value = { value, SIZE },
                               .timestamp = 1700000000000 + i };
    for (int b = 0; ok && b < BATCHES * PARTITIONS; b++)
        ok = kafc_mock_append(mock, "bench", b % PARTITIONS, m, BATCH, -1) == KAFC_OK;
    return ok;
}

static double us(struct timeval t)
{
    return (double)t.tv_sec * 1e6 + (double)t.tv_usec;
}

/* Reads all once. */
static int64_t read_all(kafc_reader *r)
{
    kafc_message m;
    kafc_error err;
    int64_t n = 0, sum = 0;
    kafc_err code;

    while ((code = kafc_reader_fetch(r, &m, 10000, &err)) == KAFC_OK) {
        sum += m.value.len;
        n++;
    }
    if (code != KAFC_ERR_END_OF_RANGE)
        die("fetch", &err);
    if (sum != n * SIZE)
        die("sum", NULL);
    return n;
}

static void measure(const char *brokers, int rounds)
{
    kafc_error err;
    struct rusage a, b;
    int64_t n = 0;
    kafc_client *c = kafc_client_open(KAFC_CLIENT(.brokers = brokers), &err);
    kafc_reader *r = c ? kafc_reader_open(c, KAFC_READER(.topic = "bench", .stop = KAFC_LAST), &err)
                       : NULL;

    if (!r)
        die("open", &err);
    read_all(r); /* warm */
    getrusage(RUSAGE_SELF, &a);
    int64_t begin = kafc__clock_mono_us();
    for (int i = 0; i < rounds; i++) {
        for (int p = 0; p < PARTITIONS; p++)
            if (kafc_reader_seek(r, "bench", p, KAFC_FIRST, &err))
                die("seek", &err);
        n += read_all(r);
    }
    double wall = (double)(kafc__clock_mono_us() - begin);
    getrusage(RUSAGE_SELF, &b);
    double user = us(b.ru_utime) - us(a.ru_utime), sys = us(b.ru_stime) - us(a.ru_stime);
    printf("in: %lld messages of %d bytes, %d partitions: %.1f ns user + %.1f ns system a message, "
           "%.2f million/s, %.0f MB/s, peak %ld KB, %ld switches\n",
           (long long)n, SIZE, PARTITIONS, user * 1e3 / (double)n, sys * 1e3 / (double)n,
           (double)n / wall, (double)n * SIZE / wall, b.ru_maxrss,
           b.ru_nvcsw - a.ru_nvcsw + b.ru_nivcsw - a.ru_nivcsw);
    kafc_reader_free(r);
    kafc_client_free(c);
}

int main(void)
{
    struct bench_cluster cluster;
    const char *rounds = getenv("BENCH_ROUNDS");

    bench_cluster_start(&cluster, KAFC_MOCK(.brokers = 1), fill);
    measure(cluster.bootstrap, rounds ? atoi(rounds) : 3);
    bench_cluster_stop(&cluster);
    return 0;
}
