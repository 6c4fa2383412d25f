/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A client without a thread in libuv's loop: a poll handle on its descriptor,
 * a timer for its timeout, and before each wait the timer is set anew. Copies
 * lines of the standard input to a topic, and tells what became of them. The
 * end of the input, or Ctrl-C, is the end.
 *
 *   libuv [BROKERS [TOPIC]]
 *
 * Needs libuv: scripts/install-deps examples.
 */
#include <stdio.h>
#include <string.h>
#include <uv.h>

#include <kafc/kafc.h>

static struct {
    kafc_client *client;
    kafc_writer *writer;
    uv_poll_t poll;
    uv_timer_t timer;
    uv_prepare_t prepare;
    uv_signal_t interrupt;
    uv_pipe_t input;
    size_t used;
    int failed;
    char line[65536];
} my;

static void end(void)
{
    uv_stop(uv_default_loop());
}

static void complain(const kafc_error *err)
{
    fprintf(stderr, "%s\n", err->message);
    my.failed = 1;
    end();
}

/* --- The client in the loop ------------------------------------------------ */

static void process(void)
{
    kafc_error err;

    if (kafc_client_process(my.client, &err))
        complain(&err);
}

static void on_readable(uv_poll_t *h, int status, int events)
{
    (void)h, (void)status, (void)events;
    process();
}

static void on_timeout(uv_timer_t *h)
{
    (void)h;
    process();
}

/* Right before libuv waits: all that was called by then may have moved the deadline. */
static void on_prepare(uv_prepare_t *h)
{
    int ms = kafc_client_timeout(my.client);

    uv_update_time(h->loop);
    if (ms < 0)
        uv_timer_stop(&my.timer);
    else
        uv_timer_start(&my.timer, on_timeout, (uint64_t)ms, 0);
}

static int add_client(uv_loop_t *loop, kafc_error *err)
{
    int fd = kafc_client_fd(my.client, err);

    return fd < 0 || uv_poll_init(loop, &my.poll, fd) || uv_timer_init(loop, &my.timer) ||
           uv_prepare_init(loop, &my.prepare) || uv_poll_start(&my.poll, UV_READABLE, on_readable) ||
           uv_prepare_start(&my.prepare, on_prepare);
}

/* --- What the program is about ---------------------------------------------- */

static void delivered(void *ctx, const kafc_report *r)
{
    (void)ctx;
    if (r->verdict == KAFC_ACKNOWLEDGED)
        printf("%s [%d] %lld\n", r->topic, (int)r->partition, (long long)r->offset);
    else
        fprintf(stderr, "a line was lost: %s\n", kafc_err_text(r->code));
}

static void send_line(const char *line, size_t len)
{
    kafc_message m = { .value = { line, (int)len } };
    kafc_error err;

    if (kafc_writer_send(my.writer, &m, NULL, 1000, &err)) /* for room; drives the client meanwhile */
        complain(&err);
}

static void on_room(uv_handle_t *h, size_t size, uv_buf_t *buf)
{
    (void)h, (void)size;
    *buf = uv_buf_init(my.line + my.used, (unsigned)(sizeof my.line - my.used));
}

static void on_input(uv_stream_t *s, ssize_t n, const uv_buf_t *buf)
{
    char *from = my.line, *to;

    (void)buf;
    if (n > 0)
        my.used += (size_t)n;
    while ((to = memchr(from, '\n', my.used - (size_t)(from - my.line))) != NULL) {
        send_line(from, (size_t)(to - from));
        from = to + 1;
    }
    my.used -= (size_t)(from - my.line);
    memmove(my.line, from, my.used);
    if (my.used && (n < 0 || my.used == sizeof my.line)) { /* the last line, or one that is too long */
        send_line(my.line, my.used);
        my.used = 0;
    }
    if (n < 0) {
        uv_read_stop(s);
        end();
    }
}

static void on_interrupt(uv_signal_t *h, int sig)
{
    (void)h, (void)sig;
    end();
}

static int add_input(uv_loop_t *loop)
{
    uv_handle_type type = uv_guess_handle(0);

    return (type != UV_NAMED_PIPE && type != UV_TTY) || /* libuv reads files in another way, and ends us over them */
           uv_pipe_init(loop, &my.input, 0) || uv_pipe_open(&my.input, 0) ||
           uv_read_start((uv_stream_t *)&my.input, on_room, on_input) ||
           uv_signal_init(loop, &my.interrupt) || uv_signal_start(&my.interrupt, on_interrupt, SIGINT);
}

int main(int argc, char **argv)
{
    uv_loop_t *loop = uv_default_loop();
    kafc_error err = { .message = "the loop cannot be set up; the input must be a pipe or a terminal" };

    setvbuf(stdout, NULL, _IOLBF, 0);
    my.client = kafc_client_open(KAFC_CLIENT(.brokers = argc > 1 ? argv[1] : "localhost:9092",
                                             .driven = KAFC_ON), &err);
    if (my.client)
        my.writer = kafc_writer_open(my.client, KAFC_WRITER(.topic = argc > 2 ? argv[2] : "orders",
                                                            .create_topics = KAFC_ON,
                                                            .on_delivery = delivered), &err);
    if (!my.writer || add_client(loop, &err) || add_input(loop))
        complain(&err);
    else
        uv_run(loop, UV_RUN_DEFAULT);
    if (my.writer && kafc_writer_close(my.writer, 10000, &err)) /* waits for the verdicts */
        complain(&err);
    kafc_writer_free(my.writer);
    kafc_client_free(my.client);
    return my.failed;
}
