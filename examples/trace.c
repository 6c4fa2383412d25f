/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Hooks: copies lines to a topic, each with a traceparent header that its
 * readers may go on with, and writes a span for each request of the client to
 * standard output, in the format that chrome://tracing and ui.perfetto.dev
 * show: a process for each broker, a row for each connection.
 */
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include <kafc/kafc.h>

static int64_t now_us(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* On the loop's thread, which waits: what cannot be written at once belongs into a queue. */
static void on_response(void *ctx, const kafc_request_event *e)
{
    int64_t us = e->queue_us + e->write_us + e->wait_us + e->read_us;
    fprintf(ctx,
            "{\"name\":\"%s v%d\",\"ph\":\"X\",\"pid\":%d,\"tid\":%" PRIu32 ",\"ts\":%" PRId64 ",\"dur\":%" PRId64
            ",\"args\":{\"id\":%d,\"sent\":%zu,\"received\":%zu,\"queue\":%" PRId64 ",\"write\":%" PRId64
            ",\"wait\":%" PRId64 ",\"read\":%" PRId64 ",\"end\":\"%s\"}},\n",
            e->name, e->version, e->broker, e->connection, now_us() - us, us, e->correlation, e->bytes_sent,
            e->bytes_received, e->queue_us, e->write_us, e->wait_us, e->read_us,
            e->code ? kafc_err_name(e->code) : "answered");
}

static void on_connection(void *ctx, const kafc_connection_event *e)
{
    fprintf(ctx,
            "{\"name\":\"%s %s\",\"ph\":\"i\",\"pid\":%d,\"tid\":%" PRIu32 ",\"ts\":%" PRId64 "},\n", e->purpose,
            e->state == KAFC_CONNECTION_OPENING ? "opening"
            : e->state == KAFC_CONNECTION_READY ? "ready"
            : e->why                            ? "ended"
                                                : "on its way",
            e->broker, e->connection, now_us());
}

/* On the thread that sends. What it adds must stay until the message is taken: so it is the thread's own. */
static void on_send(void *ctx, kafc_message *m)
{
    static _Thread_local kafc_header headers[1];
    static _Thread_local char id[56];
    static _Thread_local unsigned long long n;
    (void)ctx;
    int len = snprintf(id, sizeof(id), "00-%032llx-%016llx-01", n + 1, n + 1); /* a tracer draws them */
    n++;
    headers[0] = (kafc_header){ .name = { "traceparent", 11 }, .value = { id, len } };
    m->headers = headers; /* these messages have no others */
    m->nheaders = 1;
}

int main(int argc, char **argv)
{
    char line[10000];
    kafc_error err;
    puts("["); /* the format does without the end */
    const kafc_hooks *hooks = KAFC_HOOKS(.on_connection = on_connection, .on_response = on_response,
                                         .on_send = on_send, .ctx = stdout);
    kafc_client *c = kafc_client_open(
        KAFC_CLIENT(.brokers = argc > 1 ? argv[1] : "localhost:9092", .hooks = hooks), &err);
    kafc_writer *w = c ? kafc_writer_open(c, KAFC_WRITER(.topic = "lines", .create_topics = KAFC_ON), &err) : NULL;
    bool ok = w != NULL;

    while (ok && fgets(line, sizeof(line), stdin)) {
        kafc_message m = { .value = KAFC_STR(line) };
        ok = kafc_writer_send(w, &m, NULL, -1, &err) == KAFC_OK;
    }
    ok = ok && kafc_writer_close(w, 10000, &err) == KAFC_OK;
    if (!ok)
        fprintf(stderr, "%s\n", err.message);
    kafc_writer_free(w);
    kafc_client_free(c); /* its connections end inside, and are told of */
    return ok ? 0 : 1;
}
