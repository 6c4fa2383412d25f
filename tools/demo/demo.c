/* SPDX-License-Identifier: BSD-2-Clause
 *
 * `make demo`: a million keyed messages through a cluster and back, verified
 * one by one, and one screen of figures. Without brokers on the command line
 * the cluster is the mock, in a child process.
 */
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <kafc/kafc.h>
#include <kafc/mock.h>

enum { MESSAGES = 1000000, THREADS = 2, KEYS = 1000, PARTITIONS = 4, SIZE = 100, SAMPLE_EVERY = 64 };

static atomic_ullong sent, acknowledged;
static atomic_uint failed;
static uint32_t latency_us[MESSAGES / SAMPLE_EVERY + 1];
static size_t nlatency; /* the loop thread's while writing, main's afterwards */

static int64_t now_us(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int64_t cpu_us(void)
{
    struct rusage u;

    (void)getrusage(RUSAGE_SELF, &u);
    return (int64_t)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000000 + u.ru_utime.tv_usec + u.ru_stime.tv_usec;
}

static void die(const char *what, const kafc_error *err)
{
    fprintf(stderr, "\ndemo: %s: %s\n", what, err ? err->message : strerror(errno));
    exit(1);
}

static void progress(const char *what, unsigned long long n)
{
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "\r  %-8s %9llu of %d", what, n, MESSAGES);
}

/* --- The cluster ------------------------------------------------------------- */

static pid_t cluster_pid;
static int cluster_alive = -1; /* when we are gone, the child reads the end of this pipe */

static void serve(int to_parent, int from_parent)
{
    kafc_error err;
    kafc_mock *m = kafc_mock_new(NULL, &err);
    char c;

    if (!m)
        die("the embedded cluster does not start", &err);
    dprintf(to_parent, "%s", kafc_mock_bootstrap(m));
    (void)close(to_parent);
    while (read(from_parent, &c, 1) < 0 && errno == EINTR) {
    }
    kafc_mock_free(m);
    exit(0);
}

static const char *start_cluster(void)
{
    static char bootstrap[256];
    int up[2], down[2];
    size_t used = 0;
    ssize_t n;

    if (pipe(up) || pipe(down))
        die("pipe", NULL);
    cluster_pid = fork();
    if (cluster_pid < 0)
        die("fork", NULL);
    if (cluster_pid == 0) {
        (void)close(up[0]);
        (void)close(down[1]);
        serve(up[1], down[0]);
    }
    (void)close(up[1]);
    (void)close(down[0]);
    cluster_alive = down[1];
    while ((n = read(up[0], bootstrap + used, sizeof bootstrap - 1 - used)) > 0)
        used += (size_t)n;
    (void)close(up[0]);
    if (!used)
        exit(1); /* the child has said why */
    return bootstrap;
}

static void stop_cluster(void)
{
    if (cluster_pid > 0) {
        (void)close(cluster_alive);
        (void)waitpid(cluster_pid, NULL, 0);
    }
}

/* --- Messages: key "k000042", value "key sequence filler" ------------------------ */

static void fill(char *value, uint32_t key, uint32_t sequence)
{
    uint32_t x = key * 2654435761u ^ sequence;

    (void)snprintf(value, SIZE, "%06u %08u ", key, sequence);
    for (size_t i = 16; i < SIZE; i++) {
        x = x * 1664525u + 1013904223u;
        value[i] = (char)('a' + (x >> 24) % 26);
    }
}

static void on_delivery(void *ctx, const kafc_report *r)
{
    (void)ctx;
    atomic_fetch_add_explicit(&acknowledged, 1, memory_order_relaxed);
    if (r->verdict != KAFC_ACKNOWLEDGED) {
        if (atomic_fetch_add(&failed, 1) == 0)
            fprintf(stderr, "\ndemo: a message was lost: %s\n", kafc_err_text(r->code));
    } else if (r->opaque && nlatency < sizeof latency_us / sizeof latency_us[0]) {
        latency_us[nlatency++] = (uint32_t)(now_us() - (int64_t)(intptr_t)r->opaque);
    }
}

struct job {
    pthread_t thread;
    kafc_writer *writer;
    int index;
};

/* A thread owns its keys, so that their order is known. */
static void *write_all(void *arg)
{
    struct job *job = arg;
    char key[16], value[SIZE];
    kafc_error err;

    for (uint32_t i = 0; i < MESSAGES / THREADS; i++) {
        uint32_t k = i % (KEYS / THREADS) * THREADS + (uint32_t)job->index;
        kafc_message m = { .key = { key, snprintf(key, sizeof key, "k%06u", k) }, .value = { value, SIZE } };

        fill(value, k, i / (KEYS / THREADS));
        if (kafc_writer_send(job->writer, &m, i % SAMPLE_EVERY ? NULL : (void *)(intptr_t)now_us(), -1, &err))
            die("send", &err);
        if (i % 1024 == 0)
            atomic_fetch_add_explicit(&sent, 1024, memory_order_relaxed);
    }
    return NULL;
}

static void write_phase(kafc_client *c, const char *topic)
{
    struct job jobs[THREADS];
    kafc_error err;
    kafc_writer *w = kafc_writer_open(c, KAFC_WRITER(.topic = topic, .create_topics = KAFC_ON,
                                                     .on_delivery = on_delivery), &err);

    if (!w)
        die("a writer cannot be opened", &err);
    for (int i = 0; i < THREADS; i++) {
        jobs[i].writer = w;
        jobs[i].index = i;
        if (pthread_create(&jobs[i].thread, NULL, write_all, &jobs[i]))
            die("a thread cannot be started", NULL);
    }
    while (atomic_load(&acknowledged) < MESSAGES - MESSAGES / 100 && !atomic_load(&failed)) {
        struct timespec pause = { 0, 100000000 };

        progress("written", atomic_load(&acknowledged));
        (void)nanosleep(&pause, NULL);
    }
    for (int i = 0; i < THREADS; i++)
        (void)pthread_join(jobs[i].thread, NULL);
    if (kafc_writer_close(w, 60000, &err))
        die("not everything could be written", &err);
    kafc_writer_free(w);
    progress("written", atomic_load(&acknowledged));
}

/* --- Reading back -------------------------------------------------------------------- */

static uint32_t expected[KEYS]; /* the next sequence number of each key */

static void verify(const kafc_message *m)
{
    char value[SIZE], key[8] = "";
    uint32_t k = KEYS;

    if (m->key.len == 7) {
        memcpy(key, m->key.p, 7);
        k = (uint32_t)strtoul(key + 1, NULL, 10);
    }
    if (k >= KEYS) {
        fprintf(stderr, "\ndemo: %s [%d] offset %" PRId64 ": a key that nobody wrote\n", m->topic, m->partition,
                m->offset);
        exit(1);
    }
    fill(value, k, expected[k]);
    if (m->value.len != SIZE || memcmp(value, m->value.p, SIZE) != 0) {
        fprintf(stderr, "\ndemo: %s [%d] offset %" PRId64 ": key %u: expected number %u: lost, twice, out of order "
                "or damaged\n", m->topic, m->partition, m->offset, k, expected[k]);
        exit(1);
    }
    expected[k]++;
}

static void read_phase(kafc_client *c, const char *topic)
{
    kafc_message m;
    kafc_error err;
    kafc_err code;
    unsigned long long n = 0;
    kafc_reader *r = kafc_reader_open(c, KAFC_READER(.topic = topic, .stop = KAFC_LAST), &err);

    if (!r)
        die("a reader cannot be opened", &err);
    while ((code = kafc_reader_fetch(r, &m, 60000, &err)) == KAFC_OK) {
        verify(&m);
        if (++n % 65536 == 0)
            progress("read", n);
    }
    if (code != KAFC_ERR_END_OF_RANGE)
        die("reading back", &err);
    kafc_reader_free(r);
    progress("read", n);
    if (n != MESSAGES) {
        fprintf(stderr, "\ndemo: %llu messages came back, %d were written\n", n, MESSAGES);
        exit(1);
    }
}

/* --- The screen ---------------------------------------------------------------------- */

static int compare(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

static void row(const char *name, int64_t us, int64_t cpu)
{
    double s = (double)us / 1e6;

    printf("  %-8s %8.2f s  %11.0f messages/s  %7.1f MB/s  %6.0f ns CPU/message\n", name, s, MESSAGES / s,
           MESSAGES * (double)SIZE / 1e6 / s, (double)cpu * 1000 / MESSAGES);
}

int main(int argc, char **argv)
{
    const char *brokers = argc == 3 && strcmp(argv[1], "-b") == 0 ? argv[2] : NULL;
    kafc_error err;
    kafc_client *c;
    int64_t t[3], cpu[3];
    char topic[64];
    struct rusage u;

    if (argc > 1 && !brokers) {
        fprintf(stderr, "usage: kafc-demo [-b host:port,…]\n");
        return 2;
    }
    if (!brokers)
        brokers = start_cluster();
    (void)snprintf(topic, sizeof topic, "kafc-demo-%ld", (long)getpid());
    c = kafc_client_open(KAFC_CLIENT(.brokers = brokers), &err);
    if (!c)
        die("no client", &err);
    printf("%d messages of %d bytes, %d keys, %d threads, topic %s, cluster %s%s\n", MESSAGES, SIZE, KEYS, THREADS,
           topic, cluster_pid ? "embedded at " : "", brokers);
    kafc_new_topic nt = { .name = topic, .partitions = PARTITIONS };
    if (kafc_admin_create_topics(c, &nt, 1, NULL, 30000, NULL, &err))
        die("the topic cannot be created", &err);
    t[0] = now_us(), cpu[0] = cpu_us();
    write_phase(c, topic);
    t[1] = now_us(), cpu[1] = cpu_us();
    read_phase(c, topic);
    t[2] = now_us(), cpu[2] = cpu_us();
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "\r%*s\r", 40, "");
    qsort(latency_us, nlatency, sizeof latency_us[0], compare);
    row("written", t[1] - t[0], cpu[1] - cpu[0]);
    row("read", t[2] - t[1], cpu[2] - cpu[1]);
    if (nlatency)
        printf("  latency  p50 %.1f ms, p99 %.1f ms, from send to acknowledgement at full load\n",
               latency_us[nlatency / 2] / 1e3, latency_us[nlatency * 99 / 100] / 1e3);
    (void)getrusage(RUSAGE_SELF, &u);
    printf("  memory   %.1f MB at most\n", (double)u.ru_maxrss / 1024);
    printf("  verified: %d messages, each once, in order within its key, content intact\n", MESSAGES);
    (void)kafc_admin_delete_topics(c, (const char *const[]){ topic }, 1, NULL, 30000, NULL);
    kafc_client_free(c);
    stop_cluster();
    return atomic_load(&failed) ? 1 : 0;
}
