/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc perf latency: how long a message takes at a constant rate, whoever is
 * late. The first digits of a value say which message it is.
 */
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tools/kafc/perf.h"

enum {
    COUNT = 10000,
    COUNT_MAX = 10000000,
    DIGITS = 8,
    WARM = 99999999, /* the digits of messages that are not measured */
    READY_S = 30,
    LATE_MS = 5000 /* the reader waits so long for the last ones */
};

struct run {
    struct perf perf; /* first: the ctx of its reports is this, too */
    uint64_t count, rate;
    int64_t begin;       /* ns, monotonic; set before the first is sent */
    uint32_t *ack, *e2e; /* us by message; UINT32_MAX: not yet */
    atomic_bool stop;    /* to the reader: no more acknowledgements will come */
    atomic_bool failed;  /* from the reader */
    sem_t ready;         /* it knows all ends, or has failed */
    kafc_reader *reader;
    pthread_t thread;
};

static int64_t due(const struct run *r, uint64_t i)
{
    return r->begin + (int64_t)(i * 1000000000 / r->rate);
}

/* false: it was marked before. */
static bool mark(const struct run *r, uint32_t *us, uint64_t i)
{
    int64_t t = (load_now_ns() - due(r, i)) / 1000;

    if (us[i] != UINT32_MAX)
        return false;
    us[i] = t < 0 ? 0 : t < UINT32_MAX ? (uint32_t)t : UINT32_MAX - 1;
    return true;
}

/* ---- acknowledgements ---- */

static void on_delivery(void *ctx, const kafc_report *report)
{
    struct run *r = ctx;
    uint64_t i = (uint64_t)(uintptr_t)report->opaque;

    if (i == WARM)
        return;
    perf_count(&r->perf, report);
    if (report->verdict == KAFC_ACKNOWLEDGED)
        (void)mark(r, r->ack, i);
}

/* ---- the reader ---- */

/* Whether it is a new one of ours. */
static bool came(const struct run *r, const kafc_message *m)
{
    const char *p = m->value.p;
    uint64_t i = 0;

    if (!p || m->value.len < DIGITS)
        return false; /* somebody else's */
    for (int k = 0; k < DIGITS; k++) {
        if (p[k] < '0' || p[k] > '9')
            return false;
        i = i * 10 + (uint64_t)(p[k] - '0');
    }
    return i < r->count && mark(r, r->e2e, i);
}

/* Of what a fetch returns besides messages. */
static bool goes_on(kafc_err code)
{
    return code == KAFC_OK || code == KAFC_ERR_END_OF_PARTITION || code == KAFC_ERR_SKIPPED ||
           code == KAFC_ERR_TIMED_OUT || code == KAFC_ERR_INTERRUPTED;
}

/* Until all have come, or it was quiet for long after the last acknowledgement. */
static void *read_all(void *arg)
{
    struct run *r = arg;
    kafc_message m;
    kafc_error err;
    kafc_err code = KAFC_OK;
    uint64_t left = r->count;
    int32_t ends = 0;

    while (left && goes_on(code) && !(code == KAFC_ERR_TIMED_OUT && r->stop)) {
        code = kafc_reader_fetch(r->reader, &m, LATE_MS, &err);
        if (code == KAFC_OK)
            left -= came(r, &m);
        if (code == KAFC_ERR_END_OF_PARTITION && ++ends == r->perf.partitions)
            (void)sem_post(&r->ready);
    }
    if (!goes_on(code)) {
        r->failed = true;
        (void)tool_fail(0, "nothing can be read: %s", err.message);
        (void)sem_post(&r->ready);
    }
    return NULL;
}

static int start_reader(struct run *r, kafc_client *c)
{
    struct timespec until;
    kafc_error err;

    r->reader = kafc_reader_open(
        c, KAFC_READER(.topic = r->perf.o->topic, .start = KAFC_LAST, .notify_end = KAFC_ON), &err);
    if (!r->reader)
        return tool_fail(TOOL_FAILED, "%s", err.message);
    (void)sem_init(&r->ready, 0, 0);
    if (pthread_create(&r->thread, NULL, read_all, r)) {
        kafc_reader_free(r->reader);
        r->reader = NULL;
        return tool_fail(TOOL_FAILED, "a thread cannot be started");
    }
    (void)clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += READY_S;
    if (sem_timedwait(&r->ready, &until))
        return tool_fail(TOOL_FAILED, "the reader does not get to the topic's end in %d s",
                         READY_S);
    return r->failed ? TOOL_FAILED : TOOL_OK;
}

/* ---- the sender ---- */

static void name_value(char *value, uint64_t i)
{
    for (int k = DIGITS - 1; k >= 0; k--, i /= 10)
        value[k] = (char)('0' + i % 10);
}

/* Connections, producer id: none of that counts. */
static int warm_up(struct run *r, char *value)
{
    kafc_error err;

    for (int32_t i = 0; i < r->perf.partitions; i++) {
        kafc_message m = { .value = { value, (int32_t)r->perf.load.size },
                           .to_partition = i ? i : KAFC_ZERO };

        name_value(value, WARM);
        if (kafc_writer_send(r->perf.writer, &m, (void *)(uintptr_t)WARM, -1, &err))
            return tool_fail(TOOL_FAILED, "%s", err.message);
    }
    return perf_flush(&r->perf);
}

static uint64_t send_all(struct run *r, char *value)
{
    struct load *l = &r->perf.load;
    kafc_error err;
    uint64_t i;

    r->begin = load_now_ns() + 1000000;
    for (i = 0; i < r->count && !tool_stop; i++) {
        kafc_message m = { .key = { load_key(l, i), LOAD_KEY },
                           .value = { value, (int32_t)l->size } };

        memcpy(value, load_value(l), l->size);
        name_value(value, i);
        load_wait_until(due(r, i));
        if (kafc_writer_send(r->perf.writer, &m, (void *)(uintptr_t)i, -1, &err)) {
            (void)tool_fail(0, "message %llu was not taken: %s", (unsigned long long)i,
                            err.message);
            break;
        }
        perf_progress(&r->perf, i);
    }
    return i;
}

/* ---- the whole ---- */

/* Those that there are, in front. */
static size_t known(uint32_t *us, size_t n)
{
    size_t k = 0;

    for (size_t i = 0; i < n; i++)
        if (us[i] != UINT32_MAX)
            us[k++] = us[i];
    return k;
}

static void stop_reader(struct run *r)
{
    if (!r->reader)
        return;
    r->stop = true; /* what is on its way may come */
    (void)pthread_join(r->thread, NULL);
    kafc_reader_free(r->reader);
}

static int report(struct run *r, const struct load_span *span, uint64_t sent)
{
    size_t acks = known(r->ack, r->count), ends = known(r->e2e, r->count);
    int status = perf_judge(&r->perf, sent);

    load_print(span, acks, (double)acks * (double)r->perf.load.size);
    putchar(',');
    load_print_times("ack_us", r->ack, acks);
    putchar(',');
    load_print_times("e2e_us", r->e2e, ends);
    puts("}");
    if (status == TOOL_OK && ends < r->count)
        status = tool_fail(TOOL_FAILED, "%zu of %llu messages came back", ends,
                           (unsigned long long)r->count);
    return status;
}

static int measure(struct run *r, kafc_client *reading, char *value)
{
    struct load_span span;
    uint64_t sent = 0;
    int status = start_reader(r, reading);

    if (status == TOOL_OK)
        status = warm_up(r, value);
    if (status == TOOL_OK) {
        load_begin(&span);
        sent = send_all(r, value);
        status = perf_flush(&r->perf);
        load_end(&span);
    }
    stop_reader(r);
    if (sent) {
        int judged = report(r, &span, sent);

        status = status ? status : judged;
    }
    return status;
}

int tool_perf_latency(const struct tool_options *options)
{
    static struct run r;
    struct tool_options o = *options;
    kafc_client *reading = NULL;
    kafc_writer_options wo;
    char *value;
    int status;

    o.count = o.count < 0 ? COUNT : o.count;
    if (o.count > COUNT_MAX)
        return tool_fail(TOOL_USAGE, "--count wants at most %d here, not %lld", COUNT_MAX, o.count);
    if (o.size < DIGITS)
        return tool_fail(TOOL_USAGE, "--size wants at least %d here, not %lld", DIGITS, o.size);
    r.count = (uint64_t)o.count;
    r.rate = (uint64_t)o.rate;
    kafc_writer_options_init(&wo);
    wo.linger_ms = KAFC_ZERO;
    wo.on_delivery = on_delivery;
    r.ack = malloc(2 * r.count * sizeof *r.ack);
    value = malloc((size_t)o.size);
    if (!r.ack || !value) {
        free(r.ack);
        free(value);
        return tool_fail(TOOL_FAILED, "out of memory");
    }
    memset(r.ack, 0xff, 2 * r.count * sizeof *r.ack);
    memset(value, ' ', (size_t)o.size);
    r.e2e = r.ack + r.count;
    status = perf_open(&r.perf, &o, &wo, 1);
    if (status == TOOL_OK)
        reading = tool_client(&o); /* of its own: a fetch that waits holds up nobody */
    if (status == TOOL_OK)
        status = reading ? measure(&r, reading, value) : TOOL_FAILED;
    perf_close(&r.perf);
    kafc_client_free(reading);
    free(r.ack);
    free(value);
    return status;
}
