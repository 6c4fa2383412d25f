/* SPDX-License-Identifier: BSD-2-Clause
 *
 * How the connections of a client log in: a mechanism, and where credentials
 * come from. Shared by all links; constant while they live.
 */
#ifndef KAFC_CORE_LOGIN_H
#define KAFC_CORE_LOGIN_H

#include <kafc/security.h>

struct kafc_login {
    const kafc_sasl_mechanism *mechanism;
    /* Credentials for the peer, in memory of the caller's: *block, of *n bytes, to be wiped and freed; out->expires_ms
     * is what is left of a token's life, 0: unknown. Driver's thread.
     * KAFC_ERR_WOULD_BLOCK: there are none yet; kafc__core_credentials() tells when to ask again. */
    kafc_err (*credentials)(void *ctx, const kafc_sasl_peer *peer, kafc_credentials *out,
                            char **block, size_t *n, kafc_error *err);
    void *ctx;
};

#endif
