/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Messages in, kafc beside librdkafka: each round is a process of its own, so
 * that its CPU time is its own; the cluster is the mock, in another. Prints
 * medians, and the ratio.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <librdkafka/rdkafka.h>

#include "bench/cluster.h"
#include "tools/kafc/load.h"
#include <kafc/kafc.h>

#define TOPIC "t"

enum { MESSAGES = 1000000, SIZE = 100, PARTITIONS = 4, ROUNDS = 5 };

struct figures {
    double wall_s, cpu_ns; /* the latter for a message */
    long rss_kb;
};

static struct bench_cluster cluster;

static void die(const char *what, const char *why)
{
    fprintf(stderr, "bench: %s: %s\n", what, why);
    exit(1);
}

static double wall(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double cpu(const struct rusage *u)
{
    return (double)(u->ru_utime.tv_sec + u->ru_stime.tv_sec) +
           (double)(u->ru_utime.tv_usec + u->ru_stime.tv_usec) / 1e6;
}

/* --- kafc ---------------------------------------------------------------------- */

static kafc_client *kafc_open(void)
{
    kafc_error err;
    kafc_client *c = kafc_client_open(KAFC_CLIENT(.brokers = cluster.bootstrap), &err);

    if (!c)
        die("kafc", err.message);
    return c;
}

static void fill(void)
{
    static struct load load;
    kafc_error err;
    kafc_client *c = kafc_open();
    kafc_writer *w = kafc_writer_open(c, KAFC_WRITER(.topic = TOPIC, .create_topics = KAFC_ON),
                                      &err);

    if (!w || !load_init(&load, SIZE))
        die("kafc", err.message);
    for (uint32_t i = 0; i < MESSAGES; i++) {
        kafc_message m = { .key = { load_key(&load, i), LOAD_KEY },
                           .value = { load_value(&load), SIZE } };

        if (kafc_writer_send(w, &m, NULL, -1, &err))
            die("kafc send", err.message);
    }
    if (kafc_writer_close(w, 60000, &err))
        die("kafc close", err.message);
    kafc_writer_free(w);
    kafc_client_free(c);
}

static void kafc_in(void)
{
    kafc_error err;
    kafc_message m;
    kafc_client *c = kafc_open();
    kafc_reader *r = kafc_reader_open(c, KAFC_READER(.topic = TOPIC, .stop = KAFC_LAST), &err);
    uint32_t n = 0;

    if (!r)
        die("kafc", err.message);
    while (kafc_reader_fetch(r, &m, 60000, &err) == KAFC_OK)
        n += (uint32_t)(m.value.len == SIZE);
    if (n != MESSAGES)
        die("kafc read back", err.message);
    kafc_reader_free(r);
    kafc_client_free(c);
}

/* --- librdkafka ------------------------------------------------------------------- */

static void set(rd_kafka_conf_t *conf, const char *name, const char *value)
{
    char why[256];

    if (rd_kafka_conf_set(conf, name, value, why, sizeof why) != RD_KAFKA_CONF_OK)
        die(name, why);
}

static rd_kafka_t *rdkafka_open(void)
{
    char why[256];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_t *rk;

    set(conf, "bootstrap.servers", cluster.bootstrap);
    set(conf, "check.crcs", "true");
    rk = rd_kafka_new(RD_KAFKA_CONSUMER, conf, why, sizeof why);
    if (!rk)
        die("librdkafka", why);
    return rk;
}

static void rdkafka_in(void)
{
    static rd_kafka_message_t *batch[1000];
    rd_kafka_t *rk = rdkafka_open();
    rd_kafka_topic_t *t = rd_kafka_topic_new(rk, TOPIC, NULL);
    rd_kafka_queue_t *q = rd_kafka_queue_new(rk);
    uint32_t n = 0;

    for (int32_t p = 0; p < PARTITIONS; p++)
        if (rd_kafka_consume_start_queue(t, p, RD_KAFKA_OFFSET_BEGINNING, q))
            die("librdkafka", "consume_start_queue");
    while (n < MESSAGES) {
        ssize_t got = rd_kafka_consume_batch_queue(q, 10000, batch, sizeof batch / sizeof batch[0]);

        if (got <= 0)
            die("librdkafka", "nothing came");
        for (ssize_t i = 0; i < got; i++) {
            n += batch[i]->err == 0 && batch[i]->len == SIZE;
            rd_kafka_message_destroy(batch[i]);
        }
    }
    for (int32_t p = 0; p < PARTITIONS; p++)
        (void)rd_kafka_consume_stop(t, p);
    rd_kafka_queue_destroy(q);
    rd_kafka_topic_destroy(t);
    rd_kafka_destroy(rk);
}

/* --- Rounds -------------------------------------------------------------------------- */

static struct figures measure(void (*job)(void))
{
    struct rusage u;
    struct figures f;
    double began = wall();
    int status;
    pid_t pid;

    (void)fflush(stdout);
    pid = fork();

    if (pid == 0) {
        job();
        exit(0);
    }
    if (pid < 0 || wait4(pid, &status, 0, &u) != pid || status)
        die("a round", "failed");
    f.wall_s = wall() - began;
    f.cpu_ns = cpu(&u) * 1e9 / MESSAGES;
    f.rss_kb = u.ru_maxrss;
    return f;
}

static int by_cpu(const void *a, const void *b)
{
    const struct figures *x = a, *y = b;

    return (x->cpu_ns > y->cpu_ns) - (x->cpu_ns < y->cpu_ns);
}

static void row(const char *name, const struct figures *f)
{
    printf("  %-16s %5.0f ns CPU/message  %8.0f messages/s  %6.1f MB\n", name, f->cpu_ns,
           MESSAGES / f->wall_s, (double)f->rss_kb / 1024);
}

int main(void)
{
    struct figures ours[ROUNDS], theirs[ROUNDS];

    printf(
        "%d messages of %d bytes, %d partitions, CRC checked; medians of %d rounds, librdkafka %s\n",
        MESSAGES, SIZE, PARTITIONS, ROUNDS, rd_kafka_version_str());
    bench_cluster_start(&cluster, KAFC_MOCK(.brokers = 3, .partitions = PARTITIONS), NULL);
    (void)measure(fill);
    for (int i = 0; i < ROUNDS; i++) {
        ours[i] = measure(kafc_in);
        theirs[i] = measure(rdkafka_in);
    }
    bench_cluster_stop(&cluster);
    qsort(ours, ROUNDS, sizeof *ours, by_cpu);
    qsort(theirs, ROUNDS, sizeof *theirs, by_cpu);
    row("kafc", &ours[ROUNDS / 2]);
    row("librdkafka", &theirs[ROUNDS / 2]);
    printf("  librdkafka / kafc: %.1f times the CPU\n",
           theirs[ROUNDS / 2].cpu_ns / ours[ROUNDS / 2].cpu_ns);
    return 0;
}
