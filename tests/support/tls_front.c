/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The front's thread: poll(2) over a listener and pairs of sockets.
 */
#include "tests/support/tls_front.h"

#if KAFC_HAVE_OPENSSL

#include <openssl/err.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/sock.h"
#include "io/wake.h"

enum { PAIRS = 64, BUFFER = 65536 };

struct half { /* bytes on their way */
    size_t at, n;
    uint8_t buf[BUFFER];
};

struct pair {
    SSL *ssl;
    int fd, behind;
    bool up, over;
    long left; /* bytes until it is cut; -1: never */
    struct half in, out;
};

struct inside {
    pthread_t thread;
    struct kafc_wake stop;
    int listener, port;
    SSL_CTX *ctx;
    struct pair *pair[PAIRS];
    struct pollfd fds[2 + 2 * PAIRS];
    int npairs;
};

static void must(bool ok, const char *what)
{
    if (ok)
        return;
    (void)fprintf(stderr, "tls_front: %s\n", what);
    abort();
}

/* ---- bytes ---- */

/* What OpenSSL gave; true: some bytes. */
static bool some(struct pair *p, int rc)
{
    int why = rc > 0 ? SSL_ERROR_NONE : SSL_get_error(p->ssl, rc);
    if (why != SSL_ERROR_NONE && why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE)
        p->over = true;
    return rc > 0;
}

static bool fill(struct half *h, bool got, int n)
{
    if (got)
        h->n = (size_t)n;
    h->at = 0;
    return got;
}

static bool inwards(struct pair *p)
{
    struct half *h = &p->in;
    bool moved = false;
    if (h->n == 0) {
        int n = SSL_read(p->ssl, h->buf, BUFFER);
        moved = fill(h, some(p, n), n);
    }
    if (h->n) {
        struct iovec v = { h->buf + h->at, h->n };
        int64_t n = kafc__sock_send(p->behind, &v, 1);
        p->over = p->over || n < 0;
        if (n > 0) {
            h->at += (size_t)n;
            h->n -= (size_t)n;
            moved = true;
        }
    }
    return moved;
}

static bool outwards(struct pair *p)
{
    struct half *h = &p->out;
    bool moved = false;
    if (h->n == 0) {
        size_t room = p->left >= 0 && p->left < BUFFER ? (size_t)p->left : BUFFER;
        int64_t n = kafc__sock_recv(p->behind, h->buf, room);
        p->over = p->over || n < 0;
        moved = fill(h, n > 0, (int)n);
        if (n > 0 && p->left >= 0)
            p->left -= (long)n;
    }
    if (h->n) {
        int n = SSL_write(p->ssl, h->buf + h->at, (int)h->n);
        if (some(p, n)) {
            h->at += (size_t)n;
            h->n -= (size_t)n;
            moved = true;
        }
    }
    p->over = p->over || (p->left == 0 && h->n == 0);
    return moved;
}

static void serve(struct tls_front *f, struct pair *p)
{
    ERR_clear_error();
    if (!p->up && some(p, SSL_accept(p->ssl))) {
        p->up = true;
        atomic_fetch_add(&f->resumed, SSL_session_reused(p->ssl));
        atomic_fetch_add(&f->handshakes, 1);
    }
    if (!p->up && p->over) { /* as Java's servers do; OpenSSL does not, where it finds no TLS */
        static char alert[] = "\x15\x03\x03\0\2\2\x50";
        struct iovec v = { alert, 7 };
        (void)kafc__sock_send(p->fd, &v, 1);
    }
    while (p->up && !p->over) {
        bool moved = inwards(p);
        moved = outwards(p) || moved;
        if (!moved) {
            atomic_fetch_add(&f->blocked, p->out.n > 0);
            break;
        }
    }
    ERR_clear_error();
}

/* ---- connections ---- */

static struct pair *pair_new(struct tls_front *f, int fd)
{
    struct inside *in = f->inside;
    struct pair *p = calloc(1, sizeof(*p));
    struct kafc_addr a;
    int err;
    must(p && kafc__addr_numeric(&a, "127.0.0.1", in->port), "memory");
    p->fd = fd;
    p->behind = kafc__sock_connect(&a, NULL, &err);
    p->left = atomic_load(&f->cut_after) ? atomic_load(&f->cut_after) : -1;
    p->ssl = SSL_new(in->ctx);
    must(p->ssl && SSL_set_fd(p->ssl, fd), "SSL_new");
    SSL_set_mode(p->ssl, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    p->over = p->behind < 0;
    return p;
}

static void pair_free(struct pair *p)
{
    if (p->up && !p->over)
        (void)SSL_shutdown(p->ssl);
    SSL_free(p->ssl);
    kafc__sock_close(p->fd);
    kafc__sock_close(p->behind);
    free(p);
}

static void poll_for(const struct pair *p, struct pollfd fds[2])
{
    bool out = p->up ? p->out.n > 0 : SSL_want_write(p->ssl);
    fds[0] = (struct pollfd){ .fd = p->fd,
                              .events = (short)((p->in.n == 0 ? POLLIN : 0) |
                                                (out ? POLLOUT : 0)) };
    fds[1] = (struct pollfd){ .fd = p->up ? p->behind : -1,
                              .events = (short)((p->out.n == 0 ? POLLIN : 0) |
                                                (p->in.n ? POLLOUT : 0)) };
}

static void accept_one(struct tls_front *f)
{
    struct inside *in = f->inside;
    int err, fd = kafc__sock_accept(in->listener, &err);
    if (fd < 0)
        return;
    atomic_fetch_add(&f->taken, 1);
    must(in->npairs < PAIRS, "too many connections");
    in->pair[in->npairs++] = pair_new(f, fd);
}

static void *run(void *arg)
{
    struct tls_front *f = arg;
    struct inside *in = f->inside;
    for (;;) {
        in->fds[0] = (struct pollfd){ .fd = in->stop.fd, .events = POLLIN };
        in->fds[1] = (struct pollfd){ .fd = in->listener, .events = POLLIN };
        for (int i = 0; i < in->npairs; i++)
            poll_for(in->pair[i], &in->fds[2 + 2 * i]);
        (void)poll(in->fds, (nfds_t)(2 + 2 * in->npairs), -1);
        if (in->fds[0].revents)
            return NULL;
        for (int i = in->npairs - 1; i >= 0; i--) {
            struct pair *p = in->pair[i];
            if (in->fds[2 + 2 * i].revents || in->fds[3 + 2 * i].revents)
                serve(f, p);
            if (!p->over)
                continue;
            pair_free(p);
            in->pair[i] = in->pair[--in->npairs];
        }
        if (in->fds[1].revents)
            accept_one(f);
    }
}

void tls_front_start(struct tls_front *f, SSL_CTX *ctx, int port)
{
    struct inside *in = calloc(1, sizeof(*in));
    struct kafc_addr a;
    int err;
    (void)signal(SIGPIPE, SIG_IGN);
    must(in && kafc__wake_init(&in->stop) && kafc__addr_numeric(&a, "127.0.0.1", 0), "memory");
    in->listener = kafc__sock_listen(&a, &err);
    must(in->listener >= 0 && kafc__sock_local(in->listener, &a), "listen");
    in->ctx = ctx;
    in->port = port;
    memset(f, 0, sizeof(*f));
    f->inside = in;
    f->port = kafc__addr_port(&a);
    (void)snprintf(f->address, sizeof(f->address), "localhost:%d", f->port);
    must(pthread_create(&in->thread, NULL, run, f) == 0, "pthread_create");
}

void tls_front_stop(struct tls_front *f)
{
    struct inside *in = f->inside;
    kafc__wake_signal(&in->stop);
    (void)pthread_join(in->thread, NULL);
    while (in->npairs)
        pair_free(in->pair[--in->npairs]);
    kafc__sock_close(in->listener);
    kafc__wake_fini(&in->stop);
    SSL_CTX_free(in->ctx);
    free(in);
}

#endif
