/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The security of a client or connection, made of its options when it is
 * opened: the context of TLS, the login, and the credentials, which may be
 * changed while it lives.
 */
#ifndef KAFC_CLIENT_SECURITY_H
#define KAFC_CLIENT_SECURITY_H

#include "base/sync.h"
#include "core/login.h"
#include "sasl/sasl.h"
#include "tls/tls.h"
#include <kafc/client.h>

struct kafc_secured {
    kafc_allocator mem;
    kafc_security o; /* resolved; its strings live in `strings` */
    char *strings;
    size_t nstrings;
    struct kafc_tls_context *tls; /* NULL: no TLS */
    struct kafc_login login;      /* mechanism NULL: no SASL */
    kafc_sasl_mechanism own;      /* that, where it is one of ours, with `mem` for its context */
    struct kafc_mutex lock;       /* of what follows */
    kafc_credentials given;       /* by kafc_client_set_credentials() */
    char *block;                  /* on which it stands; NULL: nothing was given */
    size_t nblock;
    int64_t stale_ms; /* since 1970: a function is asked instead from then on */
};

/* security and properties may be NULL. KAFC_ERR_USAGE names the option. *s is zeroed, and to be closed either way. */
kafc_err kafc__security_open(struct kafc_secured *s, const kafc_security *security,
                             const kafc_properties *properties, const kafc_allocator *mem,
                             kafc_error *err);
void kafc__security_close(struct kafc_secured *s);
kafc_err kafc__security_give(struct kafc_secured *s, const kafc_credentials *c, kafc_error *err);

#endif
