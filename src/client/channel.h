/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A connected socket with or without TLS on it: what a client's plug and a
 * kafc_conn read and write. Never blocks. One thread at a time.
 */
#ifndef KAFC_CLIENT_CHANNEL_H
#define KAFC_CLIENT_CHANNEL_H

#include "tls/tls.h"

struct kafc_channel {
    int fd;               /* -1: none */
    struct kafc_tls *tls; /* NULL: plaintext */
};

/* The socket, connected to host, becomes the channel's. x: NULL for plaintext. false: out of memory. */
bool kafc__channel_open(struct kafc_channel *ch, int fd, struct kafc_tls_context *x,
                        const char *host, int port);
/* Says goodbye, if the socket takes it at once, and closes it. */
void kafc__channel_close(struct kafc_channel *ch);

/* Errors here fill *why: a clause without the peer's name, KAFC_ERR_DISCONNECTED or, for what will not get better by
 * itself, KAFC_ERR_TLS. The channel is to be closed then. */

/* The handshake goes on; *up: plaintext may pass (at once, where there is no TLS). To be called again when the socket
 * is readable, or, while there is something unsent, writable. */
kafc_err kafc__channel_shake(struct kafc_channel *ch, bool *up, kafc_error *why);

/* Bytes moved; 0: not now; -1: *why, in the same words when asked again. recv gives less than n when that is all, or
 * enough for others to have their turn: then the socket is still readable, or something is pending. iov may be
 * changed. */
int64_t kafc__channel_recv(struct kafc_channel *ch, void *p, size_t n, kafc_error *why);
int64_t kafc__channel_send(struct kafc_channel *ch, struct iovec *iov, int n, kafc_error *why);

/* Is there something to be received, although the socket may have nothing? Then nobody may wait for the socket. */
static inline bool kafc__channel_pending(const struct kafc_channel *ch)
{
    return ch->tls && kafc__tls_pending(ch->tls);
}
/* Is ciphertext left that the socket did not take? Then kafc__channel_send() is to be called when it is writable, with
 * more or, by n 0, without. */
static inline bool kafc__channel_unsent(const struct kafc_channel *ch)
{
    const void *p;
    size_t n = 0;
    if (ch->tls)
        kafc__tls_output(ch->tls, &p, &n);
    return n > 0;
}

#endif
