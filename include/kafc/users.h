/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Who clients may be, and how much they may do: SCRAM users, delegation tokens,
 * quotas of users, client ids and addresses.
 *
 * Threads, timeouts and errors are those of kafc/client.h: any thread, one
 * wait within timeout_ms for a whole call, `err` may be NULL. What a call gives
 * in *out is one piece of memory, the caller's, for the free function of its
 * type; it may outlive the client.
 * Secrets are wiped from what kafc holds of them when they are no longer
 * needed, and never logged.
 */
#ifndef KAFC_USERS_H
#define KAFC_USERS_H

#include <kafc/client.h>

#ifdef __cplusplus
extern "C" {
#endif

/* --- SCRAM users --------------------------------------------------------------
 * Brokers from 2.7 on, else KAFC_ERR_UNSUPPORTED. To see them takes DESCRIBE on
 * the cluster, to change them ALTER: KAFC_ERR_CLUSTER_AUTHORIZATION_FAILED. */

typedef enum kafc_scram_mechanism {
    KAFC_SCRAM_SHA_256 = 1,
    KAFC_SCRAM_SHA_512 = 2 /* a newer broker may tell of others */
} kafc_scram_mechanism;

/* "SCRAM-SHA-256", static storage; NULL for a number that this version of kafc does not know. And back; case counts for
 * nothing; 0: no such mechanism. */
KAFC_API const char *kafc_scram_mechanism_name(kafc_scram_mechanism m);
KAFC_API kafc_scram_mechanism kafc_scram_mechanism_of(const char *name);

typedef struct kafc_scram_info {
    kafc_scram_mechanism mechanism;
    int32_t iterations;
} kafc_scram_info;

typedef struct kafc_user {
    const char *name;
    kafc_err result; /* KAFC_ERR_RESOURCE_NOT_FOUND: no such user */
    const kafc_scram_info *credentials; /* by mechanism */
    int32_t ncredentials;
} kafc_user;

typedef struct kafc_user_list {
    const kafc_user *users; /* by name */
    int32_t nusers;
} kafc_user_list;

/* Which mechanisms users have, never their secrets. users: n names; NULL and 0: all. Each has its own `result`, and the
 * first error is returned; *out is there with it if the broker has answered. */
KAFC_API kafc_err kafc_admin_describe_users(kafc_client *c, const char *const *users, int32_t n,
                                            int timeout_ms, kafc_user_list **out, kafc_error *err);
KAFC_API void kafc_user_list_free(kafc_user_list *l); /* NULL is ignored */

/* What a user is to log in with. The broker gets salt and salted password; the password stays here. */
typedef struct kafc_scram_credential {
    const char *user;
    kafc_scram_mechanism mechanism;
    int32_t iterations;         /* 4096 to 1000000; default 8192. Kafka 4.x takes at most 16384 */
    const char *password;       /* hashed byte for byte, as Kafka's own tools do, */
    kafc_bytes salted_password; /* or what came of it elsewhere, with this salt and these iterations: 32 or 64 bytes */
    kafc_bytes salt;            /* null with a password: 32 random bytes */
    kafc_err result;            /* out */
} kafc_scram_credential;

/* Sets n credentials, of new users and of those that there are; several of one user one after the other, as brokers
 * take one in a request. Each has its own `result`, and the first error is returned, such as
 * KAFC_ERR_UNACCEPTABLE_CREDENTIAL. Hashes on the calling thread: a few milliseconds for each. KAFC_ERR_UNSUPPORTED for
 * passwords where kafc was built without OpenSSL. */
KAFC_API kafc_err kafc_admin_upsert_users(kafc_client *c, kafc_scram_credential *v, int32_t n,
                                          int timeout_ms, kafc_error *err);
/* Takes n credentials away: of v[i] user and mechanism count. KAFC_ERR_RESOURCE_NOT_FOUND: it has none. Not repeated
 * when its fate is unknown (KAFC_ERR_DISCONNECTED, KAFC_ERR_TIMED_OUT). Connections that are logged in stay so. */
KAFC_API kafc_err kafc_admin_delete_users(kafc_client *c, kafc_scram_credential *v, int32_t n,
                                          int timeout_ms, kafc_error *err);

/* --- Delegation tokens ------------------------------------------------------------
 * Secrets that stand for a user for a while (KIP-48), kept by brokers from 1.1
 * on that have a delegation.token.secret.key
 * (KAFC_ERR_DELEGATION_TOKEN_AUTH_DISABLED else). The client must have logged
 * in, and not by a token: KAFC_ERR_DELEGATION_TOKEN_REQUEST_NOT_ALLOWED.
 * Principals are "User:alice". */

typedef struct kafc_token {
    const char *id;        /* user name of a SCRAM login, with the extension tokenauth=true, */
    const char *password;  /* and its password: the hmac in base64 */
    kafc_bytes hmac;       /* the secret: names the token in the calls below */
    const char *owner;
    const char *requester; /* who asked for it; "" of brokers before 3.3 */
    const char *const *renewers; /* who may renew it besides the owner; not told by kafc_admin_create_token() */
    int32_t nrenewers;
    int64_t issued_ms, expires_ms, max_ms; /* since 1970; no renewal goes beyond max_ms */
} kafc_token;

typedef struct kafc_token_list {
    const kafc_token *tokens; /* by id */
    int32_t ntokens;
} kafc_token_list;

typedef struct kafc_new_token {
    const char *owner;   /* NULL: who asks; brokers from 3.3 on */
    const char *const *renewers;
    int32_t nrenewers;
    int64_t lifetime_ms; /* 0: delegation.token.max.lifetime.ms of the broker */
    void *reserved[2];
} kafc_new_token;

/* t: NULL for the defaults. *out: one token. Not repeated when its fate is unknown: there may be one that nobody
 * knows, until it expires. */
KAFC_API kafc_err kafc_admin_create_token(kafc_client *c, const kafc_new_token *t, int timeout_ms,
                                          kafc_token_list **out, kafc_error *err);
/* Puts its end off by period_ms from now (0: the broker's delegation.token.expiry.time.ms). *expires_ms: its new end,
 * or NULL. KAFC_ERR_DELEGATION_TOKEN_NOT_FOUND, KAFC_ERR_DELEGATION_TOKEN_OWNER_MISMATCH. */
KAFC_API kafc_err kafc_admin_renew_token(kafc_client *c, kafc_bytes hmac, int64_t period_ms,
                                         int timeout_ms, int64_t *expires_ms, kafc_error *err);
/* Ends it in period_ms; 0: at once, and it is forgotten. The rest is as above. Not repeated if its fate is unknown. */
KAFC_API kafc_err kafc_admin_expire_token(kafc_client *c, kafc_bytes hmac, int64_t period_ms,
                                          int timeout_ms, int64_t *expires_ms, kafc_error *err);
/* Tokens of n owners; NULL and 0: all that this client may see. */
KAFC_API kafc_err kafc_admin_describe_tokens(kafc_client *c, const char *const *owners, int32_t n,
                                             int timeout_ms, kafc_token_list **out, kafc_error *err);
KAFC_API void kafc_token_list_free(kafc_token_list *l); /* wipes the secrets; NULL is ignored */

/* --- Quotas ---------------------------------------------------------------------------
 * Brokers from 2.6 on, else KAFC_ERR_UNSUPPORTED. To see them takes
 * DESCRIBE_CONFIGS on the cluster, to change them ALTER_CONFIGS. */

/* Whom a quota is for: "user", "client-id", user and client-id, or "ip". */
typedef struct kafc_quota_entity {
    const char *type;
    const char *name; /* NULL: the default, for all who have none of their own */
} kafc_quota_entity;

typedef struct kafc_quota {
    const char *key; /* "producer_byte_rate", "consumer_byte_rate", "request_percentage", "controller_mutation_rate",
                        "connection_creation_rate" */
    double value;
    bool remove; /* to alter: takes it away, whatever the value */
} kafc_quota;

typedef struct kafc_quota_entry {
    const kafc_quota_entity *entity; /* by type */
    int32_t nentity;
    const kafc_quota *quotas; /* by key */
    int32_t nquotas;
    kafc_err result; /* out */
} kafc_quota_entry;

typedef struct kafc_quota_list {
    const kafc_quota_entry *entries; /* by entity */
    int32_t nentries;
} kafc_quota_list;

typedef enum kafc_quota_match {
    KAFC_QUOTA_NAMED = 0,   /* of this name */
    KAFC_QUOTA_DEFAULT = 1, /* the default */
    KAFC_QUOTA_ANY = 2      /* of any name, and the default */
} kafc_quota_match;

typedef struct kafc_quota_filter {
    const char *type;
    kafc_quota_match match;
    const char *name; /* NULL but for KAFC_QUOTA_NAMED */
} kafc_quota_filter;

/* The entries that all n filters match, each of a type of its own; 0: all entries. strict: of no other types. */
KAFC_API kafc_err kafc_admin_describe_quotas(kafc_client *c, const kafc_quota_filter *filters,
                                             int32_t n, bool strict, int timeout_ms,
                                             kafc_quota_list **out, kafc_error *err);
KAFC_API void kafc_quota_list_free(kafc_quota_list *l); /* NULL is ignored */

/* Sets and removes quotas of n entities; those that are not named stay as they are. validate_only: nothing is changed.
 * Each has its own `result`, and the first error is returned, such as KAFC_ERR_INVALID_REQUEST. */
KAFC_API kafc_err kafc_admin_alter_quotas(kafc_client *c, kafc_quota_entry *v, int32_t n,
                                          bool validate_only, int timeout_ms, kafc_error *err);

#ifdef __cplusplus
}
#endif
#endif
