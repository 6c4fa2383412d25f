/* SPDX-License-Identifier: BSD-2-Clause
 *
 * In place of all the others where kafc is built without OpenSSL: there is no
 * context, hence no filter.
 */
#include "tls/internal.h"

#if !KAFC_HAVE_OPENSSL

struct kafc_tls_context *kafc__tls_context_new(const kafc_allocator *mem, const kafc_security *s,
                                               kafc_error *err)
{
    (void)mem;
    (void)s;
    (void)kafc__error(err, KAFC_ERR_UNSUPPORTED,
                      "this kafc was built without OpenSSL (--without-openssl): it speaks no TLS");
    return NULL;
}

void kafc__tls_context_free(struct kafc_tls_context *x)
{
    (void)x;
}

struct kafc_tls *kafc__tls_new(struct kafc_tls_context *x, const char *host, int port)
{
    (void)x;
    (void)host;
    (void)port;
    return NULL;
}

void kafc__tls_free(struct kafc_tls *t)
{
    (void)t;
}

kafc_err kafc__tls_handshake(struct kafc_tls *t, bool *up, kafc_error *err)
{
    (void)t;
    *up = false;
    return kafc__error(err, KAFC_ERR_UNSUPPORTED, "there is no TLS");
}

void kafc__tls_room(struct kafc_tls *t, void **p, size_t *n)
{
    (void)t;
    *p = NULL;
    *n = 0;
}

void kafc__tls_received(struct kafc_tls *t, size_t n)
{
    (void)t;
    (void)n;
}

void kafc__tls_output(struct kafc_tls *t, const void **p, size_t *n)
{
    (void)t;
    *p = NULL;
    *n = 0;
}

void kafc__tls_sent(struct kafc_tls *t, size_t n)
{
    (void)t;
    (void)n;
}

int64_t kafc__tls_read(struct kafc_tls *t, void *p, size_t n, kafc_error *err)
{
    (void)t;
    (void)p;
    (void)n;
    (void)kafc__error(err, KAFC_ERR_UNSUPPORTED, "there is no TLS");
    return KAFC_TLS_ERROR;
}

bool kafc__tls_pending(const struct kafc_tls *t)
{
    (void)t;
    return false;
}

int64_t kafc__tls_write(struct kafc_tls *t, const struct iovec *iov, int n, kafc_error *err)
{
    (void)iov;
    (void)n;
    return kafc__tls_read(t, NULL, 0, err);
}

void kafc__tls_close(struct kafc_tls *t)
{
    (void)t;
}

#endif
