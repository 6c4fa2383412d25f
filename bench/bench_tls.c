/* SPDX-License-Identifier: BSD-2-Clause
 *
 * bench_tls [MB [ROUNDS]]: CPU of a byte through client/channel with TLS on it, beside a bare loop of SSL_write or
 * SSL_read over the same socket, in turn; both ways. The other end is a bare loop in a thread of its own.
 */
#include <stdio.h>
#include <stdlib.h>

#include "config.h"

#if KAFC_HAVE_OPENSSL

#include <openssl/err.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <time.h>

#include "client/channel.h"
#include "io/sock.h"
#include "tests/support/certs.h"

enum { SEGMENT = 65536, SEGMENTS = 16, ROUNDS_MAX = 99 };

static uint8_t data[SEGMENT * SEGMENTS];
static size_t total;
static struct test_cert ca, cert;
static char *ca_pem;
static struct kafc_tls_context *context;

static void must(bool ok, const char *what)
{
    if (ok)
        return;
    (void)fprintf(stderr, "bench_tls: %s\n", what);
    exit(1);
}

static double cpu_ns(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void await(int fd, short events)
{
    struct pollfd p = { .fd = fd, .events = events };
    (void)poll(&p, 1, -1);
}

/* --- The bare loop ---------------------------------------------------------------- */

static void wait_for(SSL *ssl, int rc)
{
    int why = SSL_get_error(ssl, rc);
    must(why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE, "the bare end has failed");
    await(SSL_get_fd(ssl), why == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT);
}

static SSL *bare(int fd, SSL_CTX *ctx)
{
    SSL *ssl = SSL_new(ctx);
    must(ssl && SSL_set_fd(ssl, fd), "SSL_new");
    SSL_CTX_free(ctx);
    return ssl;
}

static void bare_shake(SSL *ssl)
{
    for (int rc; (rc = SSL_do_handshake(ssl)) != 1;)
        wait_for(ssl, rc);
}

static void bare_send(SSL *ssl)
{
    for (size_t sent = 0; sent < total;) {
        int rc = SSL_write(ssl, data + sent % sizeof(data), SEGMENT);
        if (rc > 0)
            sent += (size_t)rc;
        else
            wait_for(ssl, rc);
    }
}

static void bare_recv(SSL *ssl)
{
    static _Thread_local uint8_t buf[SEGMENT];
    for (size_t got = 0; got < total;) {
        int rc = SSL_read(ssl, buf, sizeof(buf));
        if (rc > 0)
            got += (size_t)rc;
        else
            wait_for(ssl, rc);
    }
}

/* --- The channel ------------------------------------------------------------------- */

static void channel_shake(struct kafc_channel *ch)
{
    kafc_error why;
    for (bool up = false; !up;) {
        must(kafc__channel_shake(ch, &up, &why) == KAFC_OK, why.message);
        if (!up)
            await(ch->fd, POLLIN);
    }
}

/* Segments of a chain, as batches are sent. */
static void channel_send(struct kafc_channel *ch)
{
    kafc_error why;
    for (size_t sent = 0; sent < total || kafc__channel_unsent(ch);) {
        struct iovec v[SEGMENTS];
        int n = 0;
        for (size_t at = sent; at < total && n < SEGMENTS; n++) {
            size_t off = at % sizeof(data), k = SEGMENT - off % SEGMENT;
            v[n] = (struct iovec){ data + off, k < total - at ? k : total - at };
            at += v[n].iov_len;
        }
        int64_t rc = kafc__channel_send(ch, v, n, &why);
        must(rc >= 0, why.message);
        sent += (size_t)rc;
        if (kafc__channel_unsent(ch))
            await(ch->fd, POLLOUT);
    }
}

/* Into a frame, as answers are read. */
static void channel_recv(struct kafc_channel *ch)
{
    static uint8_t frame[sizeof(data)];
    kafc_error why;
    for (size_t got = 0; got < total;) {
        int64_t rc = kafc__channel_recv(ch, frame, sizeof(frame), &why);
        must(rc >= 0, why.message);
        got += (size_t)rc;
        if ((size_t)rc < sizeof(frame) && got < total && !kafc__channel_pending(ch))
            await(ch->fd, POLLIN);
    }
}

/* --- Rounds ------------------------------------------------------------------------- */

struct other {
    int fd;
    bool sends;
};

static void *run_other(void *arg)
{
    struct other *o = arg;
    SSL *ssl = bare(o->fd, test_server_ctx(&cert, NULL));
    SSL_set_accept_state(ssl);
    bare_shake(ssl);
    if (o->sends)
        bare_send(ssl);
    else
        bare_recv(ssl);
    SSL_free(ssl);
    return NULL;
}

static void connected(int fd[2])
{
    struct kafc_addr a;
    int err, l = -1;
    must(kafc__addr_numeric(&a, "127.0.0.1", 0) && (l = kafc__sock_listen(&a, &err)) >= 0 &&
             kafc__sock_local(l, &a),
         "listen");
    fd[0] = kafc__sock_connect(&a, NULL, &err);
    await(l, POLLIN);
    fd[1] = kafc__sock_accept(l, &err);
    must(fd[0] >= 0 && fd[1] >= 0, "connect");
    await(fd[0], POLLOUT);
    kafc__sock_close(l);
}

/* ns a KB */
static double one_round(bool ours, bool sending)
{
    int fd[2];
    pthread_t t;
    double begin, end;
    connected(fd);
    struct other o = { fd[1], !sending };
    must(pthread_create(&t, NULL, run_other, &o) == 0, "pthread_create");
    if (ours) {
        struct kafc_channel ch;
        must(kafc__channel_open(&ch, fd[0], context, "localhost", 1), "memory");
        channel_shake(&ch);
        begin = cpu_ns();
        if (sending)
            channel_send(&ch);
        else
            channel_recv(&ch);
        end = cpu_ns();
        (void)pthread_join(t, NULL);
        kafc__channel_close(&ch);
    } else {
        SSL *ssl = bare(fd[0], SSL_CTX_new(TLS_client_method()));
        SSL_set_connect_state(ssl);
        bare_shake(ssl);
        begin = cpu_ns();
        if (sending)
            bare_send(ssl);
        else
            bare_recv(ssl);
        end = cpu_ns();
        (void)pthread_join(t, NULL);
        SSL_free(ssl);
        kafc__sock_close(fd[0]);
    }
    kafc__sock_close(fd[1]);
    return (end - begin) / (double)total * 1024;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *v, int n)
{
    qsort(v, (size_t)n, sizeof(*v), by_size);
    return v[n / 2];
}

int main(int argc, char **argv)
{
    long mb = argc > 1 ? strtol(argv[1], NULL, 10) : 512,
         rounds = argc > 2 ? strtol(argv[2], NULL, 10) : 7;
    kafc_error err;
    must(mb >= 1 && rounds >= 1 && rounds <= ROUNDS_MAX, "bench_tls [MB [ROUNDS]]");
    (void)signal(SIGPIPE, SIG_IGN);
    total = (size_t)mb << 20;
    ca = TEST_CERT(.cn = "bench", .ca = true);
    cert = TEST_CERT(.san = "DNS:localhost", .by = &ca);
    ca_pem = test_cert_pem(&ca);
    context = kafc__tls_context_new(NULL, KAFC_SECURITY(.ca_pem = ca_pem), &err);
    must(context != NULL, err.message);
    printf("CPU of the client's thread, ns a KB, %ld MB over loopback, medians of %ld in turn\n",
           mb, rounds);
    printf("%-8s %8s %8s %8s\n", "", "bare", "channel", "ratio");
    for (int sending = 1; sending >= 0; sending--) {
        double v[2][ROUNDS_MAX];
        for (int i = 0; i < rounds; i++)
            for (int ours = 0; ours < 2; ours++)
                v[ours][i] = one_round(ours, sending);
        double b = median(v[0], (int)rounds), c = median(v[1], (int)rounds);
        printf("%-8s %8.1f %8.1f %8.2f\n", sending ? "send" : "receive", b, c, c / b);
    }
    kafc__tls_context_free(context);
    test_cert_free(&ca);
    test_cert_free(&cert);
    free(ca_pem);
    return 0;
}

#else

int main(void)
{
    puts("built without OpenSSL");
    return 0;
}

#endif
