/* SPDX-License-Identifier: BSD-2-Clause
 *
 * client/channel over a pair of sockets, with and without TLS: sockets that
 * are full, what is left in the filter, peers that end, and those that refuse
 * us when we already speak.
 */
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "client/channel.h"
#include "io/sock.h"
#include "tests/support/suite.h"
#include "tests/tls/peer.h"

struct ends {
    struct kafc_channel ch;
    int fd; /* the peer's */
};

static void ends_make(struct ends *e, struct kafc_tls_context *x)
{
    int fd[2], small = 8192;
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fd), 0);
    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(setsockopt(fd[i], SOL_SOCKET, SO_SNDBUF, &small, sizeof(small)), 0);
    (void)signal(SIGPIPE, SIG_IGN); /* OpenSSL's peer writes without a care */
    e->fd = fd[1];
    ck_assert(kafc__channel_open(&e->ch, fd[0], x, "localhost", 9093));
}

static void ends_free(struct ends *e)
{
    kafc__channel_close(&e->ch);
    ck_assert_int_eq(e->ch.fd, -1);
    kafc__sock_close(e->fd);
}

START_TEST(plaintext_is_a_socket)
{
    struct ends e;
    char buf[16] = "hello";
    bool up = false;
    kafc_error why;
    ends_make(&e, NULL);
    ck_assert_int_eq(kafc__channel_shake(&e.ch, &up, &why), KAFC_OK);
    ck_assert(up);
    struct iovec v = { buf, 5 };
    ck_assert_int_eq(kafc__channel_recv(&e.ch, buf, 5, &why), 0);
    ck_assert_int_eq(kafc__channel_send(&e.ch, &v, 1, &why), 5);
    ck_assert_int_eq(kafc__channel_send(&e.ch, &v, 0, &why), 0);
    ck_assert_int_eq(read(e.fd, buf, sizeof(buf)), 5);
    ck_assert_int_eq(write(e.fd, "you", 3), 3);
    ck_assert_int_eq(kafc__channel_recv(&e.ch, buf, sizeof(buf), &why), 3);
    ck_assert(!kafc__channel_pending(&e.ch) && !kafc__channel_unsent(&e.ch));
    (void)shutdown(e.fd, SHUT_RDWR);
    ck_assert_int_eq(kafc__channel_recv(&e.ch, buf, 1, &why), -1);
    ck_assert_int_eq(why.code, KAFC_ERR_DISCONNECTED);
    ck_assert_str_eq(why.message, "closed by the peer");
    ck_assert_int_eq(kafc__channel_send(&e.ch, &v, 1, &why), -1);
    ck_assert_str_eq(why.message, "broken pipe");
    ends_free(&e);
}
END_TEST

#if KAFC_HAVE_OPENSSL

struct shaken {
    struct tls_world w;
    struct kafc_tls_context *x;
    struct ends e;
    SSL_CTX *ctx;
    SSL *ssl;
};

static void shaken_make(struct shaken *s, bool mutual)
{
    bool up = false;
    kafc_error why;
    tls_world_make(&s->w);
    s->x = tls_context(&s->w, KAFC_SECURITY(.ctx = NULL));
    s->ctx = test_server_ctx(&s->w.server, mutual ? &s->w.ca : NULL);
    s->ssl = SSL_new(s->ctx);
    ends_make(&s->e, s->x);
    ck_assert(SSL_set_fd(s->ssl, s->e.fd));
    SSL_set_accept_state(s->ssl);
    SSL_set_mode(s->ssl, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    while (!up) {
        ck_assert_msg(kafc__channel_shake(&s->e.ch, &up, &why) == KAFC_OK, "%s", why.message);
        ERR_clear_error();
        if (!up)
            (void)SSL_do_handshake(s->ssl);
    }
}

static void shaken_free(struct shaken *s)
{
    SSL_free(s->ssl);
    ends_free(&s->e);
    SSL_CTX_free(s->ctx);
    kafc__tls_context_free(s->x);
    tls_world_free(&s->w);
}

static int server_read(struct shaken *s, void *p, int n)
{
    ERR_clear_error();
    int got = SSL_read(s->ssl, p, n);
    return got > 0 ? got : 0;
}

enum { TOTAL = 3000000 };

START_TEST(a_full_socket_is_waited_for)
{
    struct shaken s;
    kafc_error why;
    uint8_t *out = malloc(TOTAL), *in = malloc(TOTAL);
    size_t sent = 0, got = 0;
    int blocked = 0;
    for (size_t i = 0; i < TOTAL; i++)
        out[i] = (uint8_t)(i * 7 / 3);
    shaken_make(&s, false);
    while (got < TOTAL) {
        struct iovec v[3] = { { out + sent, (TOTAL - sent) / 2 },
                              { NULL, 0 },
                              { out + sent + (TOTAL - sent) / 2,
                                TOTAL - sent - (TOTAL - sent) / 2 } };
        int64_t rc = kafc__channel_send(&s.e.ch, v, sent < TOTAL ? 3 : 0, &why);
        ck_assert_int_ge(rc, 0);
        sent += (size_t)rc;
        if (kafc__channel_unsent(&s.e.ch)) {
            struct iovec one = { out, 1 };
            blocked++;
            if (sent == TOTAL || kafc__channel_send(&s.e.ch, &one, 0, &why) < 0)
                ck_assert(kafc__channel_unsent(&s.e.ch));
        }
        got += (size_t)server_read(&s, in + got, (int)(TOTAL - got));
    }
    ck_assert_int_gt(blocked, 10);
    ck_assert_mem_eq(in, out, TOTAL);
    free(in);
    free(out);
    shaken_free(&s);
}
END_TEST

START_TEST(what_the_filter_holds_is_pending)
{
    struct shaken s;
    kafc_error why;
    uint8_t out[20000], in[20000];
    memset(out, 'x', sizeof(out));
    shaken_make(&s, false);
    ck_assert_int_eq(kafc__channel_recv(&s.e.ch, in, 1, &why), 0);
    ERR_clear_error();
    ck_assert_int_eq(SSL_do_handshake(s.ssl), 1);
    ck_assert_int_eq(SSL_write(s.ssl, out, 3000), 3000);
    ck_assert_int_eq(kafc__channel_recv(&s.e.ch, in, 1000, &why), 1000);
    struct pollfd p = { .fd = s.e.ch.fd, .events = POLLIN };
    ck_assert_int_eq(poll(&p, 1, 0), 0); /* nobody would be told */
    ck_assert(kafc__channel_pending(&s.e.ch));
    ck_assert_int_eq(kafc__channel_recv(&s.e.ch, in, sizeof(in), &why), 2000);
    ck_assert(!kafc__channel_pending(&s.e.ch));
    ck_assert_int_eq(SSL_write(s.ssl, out, 10), 10);
    (void)SSL_shutdown(s.ssl);
    ck_assert_int_eq(kafc__channel_recv(&s.e.ch, in, sizeof(in), &why), 10);
    ck_assert(kafc__channel_pending(&s.e.ch)); /* the last word */
    ck_assert_int_eq(kafc__channel_recv(&s.e.ch, in, 1, &why), -1);
    ck_assert_str_eq(why.message, "closed by the peer");
    ck_assert_int_eq(why.code, KAFC_ERR_DISCONNECTED);
    shaken_free(&s);
}
END_TEST

/* We are up before a server of TLS 1.3 has looked at our certificate. */
START_TEST(a_refusal_is_heard_though_the_peer_takes_no_more)
{
    struct shaken s;
    kafc_error why;
    char buf[100] = "ApiVersions";
    struct iovec v = { buf, sizeof(buf) };
    shaken_make(&s, true);
    ERR_clear_error();
    ck_assert_int_le(SSL_do_handshake(s.ssl), 0);
    (void)shutdown(s.e.fd, SHUT_RDWR);
    int64_t rc;
    do
        rc = kafc__channel_send(&s.e.ch, &v, 1, &why);
    while (rc > 0);
    ck_assert_int_eq(rc, -1);
    ck_assert_int_eq(why.code, KAFC_ERR_TLS);
    tls_says(why.message, "it requires a certificate of ours (certificate required)");
    shaken_free(&s);
}
END_TEST

START_TEST(the_last_word_is_said_when_it_is_closed)
{
    struct shaken s;
    char c;
    shaken_make(&s, false);
    kafc__channel_close(&s.e.ch);
    ERR_clear_error();
    int rc = SSL_read(s.ssl, &c, 1);
    ck_assert_int_eq(SSL_get_error(s.ssl, rc), SSL_ERROR_ZERO_RETURN);
    shaken_free(&s);
}
END_TEST

START_TEST(an_end_in_the_handshake_gives_advice)
{
    struct tls_world w;
    struct ends e;
    kafc_error why;
    bool up;
    tls_world_make(&w);
    struct kafc_tls_context *x = tls_context(&w, KAFC_SECURITY(.ctx = NULL));
    ends_make(&e, x);
    ck_assert_int_eq(kafc__channel_shake(&e.ch, &up, &why), KAFC_OK);
    ck_assert(!up);
    (void)shutdown(e.fd, SHUT_RDWR);
    ck_assert_int_eq(kafc__channel_shake(&e.ch, &up, &why), KAFC_ERR_DISCONNECTED);
    tls_says(why.message,
             "closed by the peer in the handshake of TLS|plaintext (security.protocol)");
    ends_free(&e);
    kafc__tls_context_free(x);
    tls_world_free(&w);
}
END_TEST

SUITE_MAIN("client/channel", 60, plaintext_is_a_socket, a_full_socket_is_waited_for,
           what_the_filter_holds_is_pending, a_refusal_is_heard_though_the_peer_takes_no_more,
           the_last_word_is_said_when_it_is_closed, an_end_in_the_handshake_gives_advice)

#else

SUITE_MAIN("client/channel", 60, plaintext_is_a_socket, there_is_no_tls)

#endif
