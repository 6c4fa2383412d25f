/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Logins: which mechanisms the brokers want, whom they know, and how far a
 * connection has come. Beside src/sasl, and not of it: each shows that the other
 * follows the standards.
 */
#ifndef KAFC_MOCK_LOGIN_H
#define KAFC_MOCK_LOGIN_H

#include "base/arena.h"
#include "base/list.h"
#include <kafc/mock.h>

struct kafc_cluster;
struct kafc_mconn;

enum kafc_mmechanism {
    KAFC_MPLAIN,
    KAFC_MSCRAM_256,
    KAFC_MSCRAM_512,
    KAFC_MOAUTH,
    KAFC_MMECHANISMS
};

struct kafc_muser {
    struct kafc_list node;
    char *name, *password;
    uint8_t salt[16], salted[2][64]; /* of SCRAM; by hash, once `ready` */
    bool ready[2];
};

struct kafc_mlogins { /* of a cluster */
    struct kafc_list users;
    unsigned mechanisms; /* bits; 0: no logins */
    int64_t session_ms;
    kafc_mock_login_fault fault;
};
void kafc__mlogins_init(struct kafc_mlogins *l);
void kafc__mlogins_fini(struct kafc_cluster *c);
const char *kafc__mlogin_name(enum kafc_mmechanism m);

struct kafc_mlogin { /* of a connection */
    enum {
        KAFC_MLOGIN_DONE,      /* or none was wanted when it was opened */
        KAFC_MLOGIN_HELLO,     /* ApiVersions or the handshake */
        KAFC_MLOGIN_HANDSHAKE, /* nothing but */
        KAFC_MLOGIN_TOKENS     /* SaslAuthenticate; or, raw, frames without a header */
    } state;
    bool wanted, raw, again;
    enum kafc_mmechanism mechanism, first; /* first: of the first login */
    char *user;                            /* who has logged in */
    char *
        scram; /* the messages that are signed; the client's last one, without a proof, from final_at on */
    size_t final_at;
    char *claimed;      /* whose exchange it is */
    bool refused;       /* OAUTHBEARER has told so in JSON */
    int64_t ends_at;    /* the session, us; INT64_MAX: never */
    int64_t renewed_at; /* the last login but the first began then; INT64_MIN: none has */
};
void kafc__mlogin_open(struct kafc_cluster *c, struct kafc_mlogin *g);
void kafc__mlogin_close(struct kafc_cluster *c, struct kafc_mlogin *g);

/* Whether a request may come now. ILLEGAL: it is answered with ILLEGAL_SASL_STATE, and the connection ends. */
enum kafc_madmit { KAFC_MADMIT, KAFC_MADMIT_CUT, KAFC_MADMIT_ILLEGAL };
enum kafc_madmit kafc__mlogin_admit(struct kafc_cluster *c, struct kafc_mlogin *g, int16_t api);

/* The handshake of a connection that admits one; false: there is no such mechanism here. */
bool kafc__mlogin_begin(struct kafc_cluster *c, struct kafc_mlogin *g, kafc_str mechanism,
                        bool raw);

/* A token, and what is said to it: in the arena, as what is made of it. KAFC_MTOKEN_DONE: logged in, for so many ms,
 * 0 without end. KAFC_MTOKEN_CUT: nothing is said, the connection ends. */
enum kafc_mtoken { KAFC_MTOKEN_MORE, KAFC_MTOKEN_DONE, KAFC_MTOKEN_REFUSED, KAFC_MTOKEN_CUT };
struct kafc_mtoken_said {
    kafc_bytes token;
    const char *why; /* of REFUSED */
    int64_t session_ms;
};
enum kafc_mtoken kafc__mlogin_token(struct kafc_cluster *c, struct kafc_mlogin *g, kafc_bytes token,
                                    struct kafc_arena *a, struct kafc_mtoken_said *said);

struct kafc_muser *kafc__mlogin_user(const struct kafc_cluster *c, const char *name, size_t n);
/* SCRAM's part of it (mock/scram.c): g->claimed is set when it is DONE. */
enum kafc_mtoken kafc__mscram_token(struct kafc_cluster *c, struct kafc_mlogin *g, kafc_bytes token,
                                    struct kafc_arena *a, kafc_bytes *say);
bool kafc__mscram_there(void); /* OpenSSL is */

#endif
