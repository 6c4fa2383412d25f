/* SPDX-License-Identifier: BSD-2-Clause
 *
 * TLS in front of a port that speaks plaintext, such as the mock's: takes
 * connections, decrypts what comes, encrypts what goes back. A thread of its
 * own. What fails aborts. Ignores SIGPIPE from then on.
 */
#ifndef KAFC_TESTS_TLS_FRONT_H
#define KAFC_TESTS_TLS_FRONT_H

#include <stdatomic.h>
#include <stdint.h>

#include "tests/support/certs.h"

#if KAFC_HAVE_OPENSSL

struct tls_front {
    int port;
    char address[32];      /* "localhost:port" */
    atomic_int taken;      /* connections, */
    atomic_int handshakes; /* that were completed, */
    atomic_int resumed;    /* of an earlier session */
    atomic_int blocked;    /* times that a client took no more */
    atomic_int cut_after;  /* bytes from the port behind it; then the connection is cut. 0: never */
    void *inside;
};

/* ctx: the server's; becomes the front's. port: behind it. */
void tls_front_start(struct tls_front *f, SSL_CTX *ctx, int port);
void tls_front_stop(struct tls_front *f);

#endif
#endif
