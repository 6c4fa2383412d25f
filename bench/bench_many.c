/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What `kafc perf produce` does not show: two threads on one writer beside one,
 * and 10,000 partitions with one message each. The writer is in a child, the
 * blackhole here.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tools/kafc/load.h"
#include <kafc/mock.h>
#include <kafc/writer.h>

enum {
    MESSAGES = 4000000,
    SIZE = 100,
    PARTITIONS = 4,
    MANY = 10000,
    BROKERS = 3,
    ROUNDS = 5,
    THREADS = 2,
    PATIENCE_S = 60
};

struct figures {
    double cpu_us; /* a message */
    double seconds;
    long rss_kb;
    uint64_t requests;
};

static kafc_client *client;
static kafc_writer *writer;
static struct load load;

static void die(const char *what, const char *why)
{
    fprintf(stderr, "bench: %s: %s\n", what, why);
    exit(1);
}

static void on_delivery(void *ctx, const kafc_report *r)
{
    if (r->code)
        die("delivery", kafc_err_text(r->code));
    load_count(ctx);
}

static void send_one(const kafc_message *m)
{
    kafc_error err;

    if (kafc_writer_send(writer, m, NULL, -1, &err))
        die("send", err.message);
}

/* ---- jobs, in the child ---- */

struct share {
    struct load load; /* its own place in the text */
    uint64_t from, to;
};

static void *send_share(void *arg)
{
    struct share *s = arg;

    for (uint64_t i = s->from; i < s->to; i++) {
        kafc_message m = { .key = { load_key(&s->load, i), LOAD_KEY },
                           .value = { load_value(&s->load), SIZE } };

        send_one(&m);
    }
    return NULL;
}

static uint64_t full_speed(int threads)
{
    static struct share share[THREADS];
    pthread_t thread[THREADS];

    for (int i = 0; i < threads; i++) {
        share[i].load = load;
        share[i].load.at = load.len / SIZE / 2 * SIZE * (size_t)i;
        share[i].from = (uint64_t)MESSAGES / (uint64_t)threads * (uint64_t)i;
        share[i].to = (uint64_t)MESSAGES / (uint64_t)threads * (uint64_t)(i + 1);
        if (i && pthread_create(&thread[i], NULL, send_share, &share[i]))
            die("thread", "cannot be started");
    }
    (void)send_share(&share[0]);
    for (int i = 1; i < threads; i++)
        (void)pthread_join(thread[i], NULL);
    return MESSAGES;
}

static uint64_t one_each(int partitions)
{
    static char value[SIZE];

    for (int32_t i = 0; i < partitions; i++) {
        kafc_message m = { .value = { value, SIZE }, .to_partition = i ? i : KAFC_ZERO };

        send_one(&m);
    }
    return (uint64_t)partitions;
}

static void run(const char *brokers, int linger_ms, uint64_t (*job)(int), int arg,
                struct figures *f)
{
    struct load_span span;
    struct rusage u;
    kafc_error err;
    double until = load_now() + PATIENCE_S;
    atomic_ullong reports = 0;
    uint64_t sent;
    kafc_message first = { .value = { "", 0 } };

    client = kafc_client_open(KAFC_CLIENT(.brokers = brokers), &err);
    if (!client)
        die("client", err.message);
    writer = kafc_writer_open(client,
                              KAFC_WRITER(.topic = "t", .acks = KAFC_ACKS_LEADER,
                                          .idempotence = KAFC_OFF, .linger_ms = linger_ms,
                                          .on_delivery = on_delivery, .ctx = &reports),
                              &err);
    if (!writer || kafc_writer_write(writer, &first, 1, 10000, &err)) /* metadata */
        die("writer", err.message);
    load_begin(&span);
    sent = job(arg);
    while (reports < sent && load_now() < until) /* a flush would not wait for linger */
        (void)usleep(1000);
    load_end(&span);
    (void)getrusage(RUSAGE_SELF, &u);
    if (reports < sent)
        die("reports", "some are missing");
    *f = (struct figures){ (span.user + span.system) * 1e6 / (double)sent, span.seconds,
                           u.ru_maxrss, 0 };
    kafc_writer_free(writer);
    kafc_client_free(client);
}

/* ---- rounds ---- */

static void measure(int partitions, int linger_ms, uint64_t (*job)(int), int arg, struct figures *f)
{
    int up[2], down[2], status;
    char brokers[256] = "";
    kafc_error err;
    kafc_mock *m;
    pid_t pid;

    if (pipe(up) || pipe(down))
        die("pipe", "there is none");
    (void)fflush(stdout);
    pid = fork(); /* before there are threads */
    if (pid == 0) {
        if (read(down[0], brokers, sizeof brokers - 1) <= 0)
            exit(1);
        run(brokers, linger_ms, job, arg, f);
        exit(write(up[1], f, sizeof *f) != (ssize_t)sizeof *f);
    }
    (void)close(up[1]);
    (void)close(down[0]);
    m = kafc_mock_new(KAFC_MOCK(.brokers = BROKERS, .blackhole = true), &err);
    if (!m || kafc_mock_create_topic(m, "t", partitions, 1))
        die("mock", "does not start");
    if (dprintf(down[1], "%s", kafc_mock_bootstrap(m)) < 0 ||
        read(up[0], f, sizeof *f) != (ssize_t)sizeof *f || waitpid(pid, &status, 0) != pid ||
        status)
        die("a round", "failed");
    f->requests = kafc_mock_requests(m, 0, 0) - 1;
    kafc_mock_free(m);
    (void)close(up[0]);
    (void)close(down[1]);
}

static int by_cpu(const void *a, const void *b)
{
    const struct figures *x = a, *y = b;

    return (x->cpu_us > y->cpu_us) - (x->cpu_us < y->cpu_us);
}

int main(void)
{
    struct figures f[THREADS][ROUNDS], many;

    if (!load_init(&load, SIZE))
        die("memory", "there is none");
    for (int r = 0; r < ROUNDS; r++)
        for (int t = 0; t < THREADS; t++)
            measure(PARTITIONS, 0, full_speed, t + 1, &f[t][r]);
    for (int t = 0; t < THREADS; t++) {
        qsort(f[t], ROUNDS, sizeof f[t][0], by_cpu);
        printf(
            "%d producing thread%s %.3f us CPU a message (%.3f to %.3f), %5.2f M messages/s, %ld MB\n",
            t + 1, t ? "s" : ": ", f[t][ROUNDS / 2].cpu_us, f[t][0].cpu_us, f[t][ROUNDS - 1].cpu_us,
            MESSAGES / f[t][ROUNDS / 2].seconds / 1e6, f[t][ROUNDS / 2].rss_kb / 1024);
    }
    printf("two threads / one: %.2f times the CPU\n",
           f[1][ROUNDS / 2].cpu_us / f[0][ROUNDS / 2].cpu_us);
    load_fini(&load);
    measure(MANY, 200, one_each, MANY, &many);
    printf(
        "%d partitions, a message each: %llu requests to %d brokers in one linger, %.1f MB, %.2f us CPU a message\n",
        MANY, (unsigned long long)many.requests, BROKERS, (double)many.rss_kb / 1024, many.cpu_us);
    return 0;
}
