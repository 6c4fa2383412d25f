/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Bytes between a socket and the filter of TLS, or past it.
 */
#include "client/channel.h"

#include "base/log.h"
#include "io/sock.h"

enum { ROUNDS = 16 }; /* times that a call asks the socket, so that others have their turn */

static int64_t lost(kafc_error *why, int64_t rc)
{
    char text[128] = "closed by the peer";
    if (rc != KAFC_SOCK_EOF)
        kafc__sock_error_text((int)-rc, text, sizeof(text));
    (void)kafc__error(why, KAFC_ERR_DISCONNECTED, "%s", text);
    return -1;
}

bool kafc__channel_open(struct kafc_channel *ch, int fd, struct kafc_tls_context *x,
                        const char *host, int port)
{
    ch->fd = fd;
    ch->tls = x ? kafc__tls_new(x, host, port) : NULL;
    return ch->tls || !x;
}

/* Ciphertext out: 1 all, 0 not all, or lost(). */
static int64_t flush(struct kafc_channel *ch, kafc_error *why)
{
    const void *p;
    for (;;) {
        struct iovec v;
        kafc__tls_output(ch->tls, &p, &v.iov_len);
        if (v.iov_len == 0)
            return 1;
        v.iov_base = (void *)(uintptr_t)p; /* sendmsg(2) does not write there */
        int64_t rc = kafc__sock_send(ch->fd, &v, 1);
        if (rc < 0)
            return lost(why, rc);
        if (rc == 0)
            return 0;
        kafc__tls_sent(ch->tls, (size_t)rc);
    }
}

/* Ciphertext in: 0 none, 1 all there was, 2 and there may be more, or lost(). */
static int64_t fetch(struct kafc_channel *ch, kafc_error *why)
{
    void *p;
    size_t n;
    kafc__tls_room(ch->tls, &p, &n);
    int64_t rc = n ? kafc__sock_recv(ch->fd, p, n) : 0;
    if (rc < 0)
        return lost(why, rc);
    if (rc > 0)
        kafc__tls_received(ch->tls, (size_t)rc);
    return (rc > 0) + (n > 0 && (size_t)rc == n);
}

void kafc__channel_close(struct kafc_channel *ch)
{
    if (ch->tls) {
        kafc__tls_close(ch->tls);
        (void)flush(ch, NULL);
        kafc__tls_free(ch->tls);
    }
    kafc__sock_close(ch->fd);
    *ch = (struct kafc_channel){ -1, NULL };
}

kafc_err kafc__channel_shake(struct kafc_channel *ch, bool *up, kafc_error *why)
{
    *up = !ch->tls;
    for (int i = 0; ch->tls && i < ROUNDS; i++) {
        kafc_error own;
        kafc_err rc = kafc__tls_handshake(ch->tls, up, why);
        int64_t sent = flush(ch, &own); /* also what the peer is to know of a failure */
        if (rc != KAFC_OK || *up)
            return rc;
        int64_t got = fetch(ch, &own);
        if (got < 0 || (got == 0 && sent < 0))
            return kafc__error(
                why, KAFC_ERR_DISCONNECTED,
                "%.100s in the handshake of TLS: perhaps it is plaintext (security.protocol), or the "
                "port is another's",
                own.message);
        if (got == 0)
            break;
    }
    return KAFC_OK;
}

static int64_t recv_tls(struct kafc_channel *ch, uint8_t *p, size_t n, kafc_error *why)
{
    size_t got = 0;
    int64_t rc = 1, more = 2;
    for (int i = 0; rc > 0 && got < n && i < ROUNDS; i++) {
        rc = kafc__tls_read(ch->tls, p + got, n - got, why);
        got += rc > 0 ? (size_t)rc : 0;
        if (rc >= 0 && got < n)
            rc = more = more > 1 ? fetch(ch, why) : 0; /* a socket that is empty is not asked again */
    }
    if (kafc__channel_unsent(ch))
        (void)flush(ch, NULL); /* answers of TLS itself; a loss is seen by the next call */
    if (got)
        return (int64_t)got; /* what else there is comes the next time */
    return rc == KAFC_TLS_EOF ? lost(why, KAFC_SOCK_EOF) : rc < 0 ? -1 : 0;
}

int64_t kafc__channel_recv(struct kafc_channel *ch, void *p, size_t n, kafc_error *why)
{
    if (ch->tls)
        return recv_tls(ch, p, n, why);
    int64_t rc = kafc__sock_recv(ch->fd, p, n);
    return rc < 0 ? lost(why, rc) : rc;
}

static void advance(struct iovec **iov, int *n, size_t took)
{
    for (; *n > 0 && took >= (*iov)->iov_len; (*iov)++, (*n)--)
        took -= (*iov)->iov_len;
    if (took) {
        (*iov)->iov_base = (uint8_t *)(*iov)->iov_base + took;
        (*iov)->iov_len -= took;
    }
}

/* A peer that refuses our certificate says so, and then takes no more: its words are worth more than that. */
static int64_t refused(struct kafc_channel *ch, kafc_error *why)
{
    kafc_error own;
    uint8_t byte;
    if (fetch(ch, &own) > 0 && kafc__tls_read(ch->tls, &byte, 1, &own) == KAFC_TLS_ERROR)
        *why = own;
    return -1;
}

static int64_t send_tls(struct kafc_channel *ch, struct iovec *iov, int n, kafc_error *why)
{
    size_t done = 0;
    for (int i = 0; i < ROUNDS; i++) {
        int64_t took = kafc__tls_write(ch->tls, iov, n, why);
        int64_t rc = took < 0 ? took : flush(ch, why);
        if (took > 0) {
            done += (size_t)took;
            advance(&iov, &n, (size_t)took);
        }
        if (rc < 0 && done == 0)
            return refused(ch, why);
        if (rc <= 0 || took <= 0)
            break; /* what was taken is told first, and a loss the next time */
    }
    return (int64_t)done;
}

int64_t kafc__channel_send(struct kafc_channel *ch, struct iovec *iov, int n, kafc_error *why)
{
    if (ch->tls)
        return send_tls(ch, iov, n, why);
    int64_t rc = n > 0 ? kafc__sock_send(ch->fd, iov, n) : 0;
    return rc < 0 ? lost(why, rc) : rc;
}
