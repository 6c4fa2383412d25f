/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Delegation tokens against the mock, in every version; and what is left of
 * their secrets in memory.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/sync.h"
#include "tests/client/raw.h"
#include "tests/support/alloc.h"
#include "tests/support/suite.h"
#include <kafc/mock.h>
#include <kafc/users.h>

enum { WAIT = 10000, CREATE = 38, RENEW = 39, EXPIRE = 40, DESCRIBE = 41, HOUR_MS = 3600000 };


static kafc_token_list *create(const kafc_new_token *t)
{
    kafc_token_list *l;
    raw_ok(kafc_admin_create_token(raw_client, t, WAIT, &l, &raw_err));
    ck_assert_int_eq(l->ntokens, 1);
    return l;
}

static kafc_token_list *described(const char *const *owners, int32_t n, int32_t want)
{
    kafc_token_list *l;
    raw_ok(kafc_admin_describe_tokens(raw_client, owners, n, WAIT, &l, &raw_err));
    ck_assert_int_eq(l->ntokens, want);
    return l;
}

START_TEST(tokens_live_and_end_in_every_version)
{
    static const char *const renewers[] = { "User:bob", "User:carol:2" };
    static const char *const owners[] = { "User:nobody", "User:ANONYMOUS" };
    const kafc_new_token with = {
        .renewers = renewers, .nrenewers = 2, .lifetime_ms = 2 * HOUR_MS
    };
    uint8_t secret[64];
    int64_t ends;
    raw_up(kafc_mock_new(NULL, &raw_err));
    for (int16_t api = CREATE; api <= DESCRIBE; api++)
        raw_ok(kafc_mock_set_versions(raw_mock, api, 0,
                                      (int16_t)(api == RENEW || api == EXPIRE ? _i < 2 ? _i : 2 : _i)));
    kafc_token_list *t = create(&with), *other = create(NULL);
    const kafc_token *k = t->tokens;
    ck_assert_int_eq(k->hmac.len, 64);
    ck_assert_int_eq(kafc__base64_decode(kafc__base64_digits, secret, k->password,
                                         strlen(k->password)),
                     64);
    ck_assert_mem_eq(secret, k->hmac.p, 64);
    ck_assert_str_eq(k->owner, "User:ANONYMOUS");
    ck_assert_str_eq(k->requester, _i >= 3 ? "User:ANONYMOUS" : "");
    ck_assert_int_eq(k->max_ms - k->issued_ms, 2 * HOUR_MS);
    ck_assert_int_eq(k->expires_ms, k->max_ms);
    kafc_token_list *l = described(NULL, 0, 2);
    for (int i = 0; i < 2; i++) {
        bool first = strcmp(l->tokens[i].id, k->id) == 0;
        ck_assert_int_eq(l->tokens[i].nrenewers, first ? 2 : 0);
        if (first)
            ck_assert_str_eq(l->tokens[i].renewers[1], "User:carol:2");
        ck_assert_str_eq(l->tokens[i].password, first ? k->password : other->tokens->password);
    }
    kafc_token_list_free(l);
    kafc_token_list_free(described(owners, 2, 2));
    kafc_token_list_free(described(owners, 1, 0));
    raw_ok(kafc_admin_renew_token(raw_client, k->hmac, HOUR_MS, WAIT, &ends, &raw_err));
    ck_assert(ends >= k->issued_ms + HOUR_MS && ends < k->max_ms);
    raw_ok(kafc_admin_renew_token(raw_client, k->hmac, 0, WAIT, &ends, &raw_err));
    ck_assert_int_eq(ends, k->max_ms);
    raw_ok(kafc_admin_expire_token(raw_client, k->hmac, HOUR_MS, WAIT, &ends, &raw_err));
    ck_assert(ends >= k->issued_ms + HOUR_MS && ends < k->max_ms);
    raw_ok(kafc_admin_expire_token(raw_client, k->hmac, 0, WAIT, NULL, &raw_err));
    kafc_token_list_free(described(NULL, 0, 1));
    ck_assert_int_eq(kafc_admin_renew_token(raw_client, k->hmac, 0, WAIT, NULL, &raw_err),
                     KAFC_ERR_DELEGATION_TOKEN_NOT_FOUND);
    raw_says("the delegation token cannot be renewed: there is no such delegation token");
    ck_assert_int_eq(kafc_admin_expire_token(raw_client, k->hmac, 0, WAIT, NULL, &raw_err),
                     KAFC_ERR_DELEGATION_TOKEN_NOT_FOUND);
    raw_down();
    kafc_token_list_free(t); /* outlives the client */
    kafc_token_list_free(other);
    kafc_token_list_free(NULL);
}
END_TEST

START_TEST(a_token_of_somebody_else_wants_a_newer_broker)
{
    static const char *const owner[] = { "User:alice" };
    const kafc_new_token t = { .owner = owner[0] };
    kafc_token_list *l;
    raw_up(kafc_mock_new(NULL, &raw_err));
    l = create(&t);
    ck_assert_str_eq(l->tokens->owner, "User:alice");
    ck_assert_str_eq(l->tokens->requester, "User:ANONYMOUS");
    kafc_token_list_free(l);
    kafc_token_list_free(described(owner, 1, 1));
    raw_ok(kafc_mock_set_versions(raw_mock, CREATE, 0, 2));
    raw_ok(kafc_mock_cut(raw_mock, 0));
    ck_assert_int_eq(kafc_admin_create_token(raw_client, &t, WAIT, &l, &raw_err),
                     KAFC_ERR_UNSUPPORTED);
    raw_says("is too old for a token of somebody else, which takes 3.3");
    ck_assert_ptr_null(l);
    raw_down();
}
END_TEST

START_TEST(a_refusal_names_whose_token_it_was_to_be)
{
    const kafc_new_token t = { .owner = "User:bob" };
    kafc_token_list *l;
    raw_up(kafc_mock_new(NULL, &raw_err));
    raw_ok(kafc_mock_push_error(raw_mock, CREATE, KAFC_ERR_DELEGATION_TOKEN_AUTHORIZATION_FAILED, 1));
    ck_assert_int_eq(kafc_admin_create_token(raw_client, &t, WAIT, &l, &raw_err),
                     KAFC_ERR_DELEGATION_TOKEN_AUTHORIZATION_FAILED);
    raw_says("a delegation token of 'User:bob' cannot be created: ");
    raw_down();
}
END_TEST

static const kafc_err codes[] = { KAFC_ERR_DELEGATION_TOKEN_AUTH_DISABLED,
                                  KAFC_ERR_DELEGATION_TOKEN_REQUEST_NOT_ALLOWED,
                                  KAFC_ERR_DELEGATION_TOKEN_OWNER_MISMATCH };
enum { CODES = sizeof(codes) / sizeof(*codes) };

START_TEST(refusals_are_told)
{
    kafc_token_list *l;
    kafc_bytes hmac = { "12345678", 8 };
    raw_up(kafc_mock_new(NULL, &raw_err));
    for (int16_t api = CREATE; api <= DESCRIBE; api++)
        raw_ok(kafc_mock_push_error(raw_mock, api, codes[_i], 1));
    ck_assert_int_eq(kafc_admin_create_token(raw_client, NULL, WAIT, &l, &raw_err), codes[_i]);
    raw_says("a delegation token cannot be created: ");
    ck_assert_ptr_null(l);
    ck_assert_int_eq(kafc_admin_renew_token(raw_client, hmac, 0, WAIT, NULL, &raw_err), codes[_i]);
    ck_assert(strstr(raw_err.message, "12345678") == NULL);
    ck_assert_int_eq(kafc_admin_expire_token(raw_client, hmac, 0, WAIT, NULL, &raw_err), codes[_i]);
    raw_says("the delegation token cannot be ended: ");
    ck_assert_int_eq(kafc_admin_describe_tokens(raw_client, NULL, 0, WAIT, &l, &raw_err), codes[_i]);
    raw_says("the delegation tokens cannot be described: ");
    ck_assert_ptr_null(l);
    raw_down();
}
END_TEST

START_TEST(what_may_have_happened_is_not_repeated)
{
    kafc_token_list *l;
    kafc_bytes hmac = { "12345678", 8 };
    raw_up(kafc_mock_new(NULL, &raw_err));
    for (int16_t api = CREATE; api <= DESCRIBE; api++)
        raw_ok(kafc_mock_push_error(raw_mock, api, KAFC_ERR_DISCONNECTED, 1));
    ck_assert_int_eq(kafc_admin_create_token(raw_client, NULL, WAIT, &l, &raw_err),
                     KAFC_ERR_DISCONNECTED);
    ck_assert_int_eq(kafc_admin_expire_token(raw_client, hmac, 0, WAIT, NULL, &raw_err),
                     KAFC_ERR_DISCONNECTED);
    ck_assert_int_eq(kafc_admin_renew_token(raw_client, hmac, 0, WAIT, NULL, &raw_err),
                     KAFC_ERR_DELEGATION_TOKEN_NOT_FOUND);
    kafc_token_list_free(described(NULL, 0, 0));
    raw_down();
}
END_TEST

START_TEST(what_cannot_be_asked_is_refused)
{
    static const char *const wrong[] = { "alice", ":alice", "User:", NULL };
    kafc_bytes none = { NULL, 0 }, empty = { "", 0 }, hmac = { "12345678", 8 };
    kafc_token_list *l;
    raw_up(kafc_mock_new(NULL, &raw_err));
    for (int i = 0; i < 4; i++) {
        const kafc_new_token of = { .owner = wrong[i] },
                             to = { .renewers = &wrong[i], .nrenewers = 1 };
        if (wrong[i])
            ck_assert_int_eq(kafc_admin_create_token(raw_client, &of, WAIT, &l, NULL),
                             KAFC_ERR_USAGE);
        ck_assert_int_eq(kafc_admin_create_token(raw_client, &to, WAIT, &l, NULL), KAFC_ERR_USAGE);
        ck_assert_int_eq(kafc_admin_describe_tokens(raw_client, &wrong[i], 1, WAIT, &l, NULL),
                         KAFC_ERR_USAGE);
    }
    const kafc_new_token lie = { .nrenewers = 1 }, past = { .lifetime_ms = -1 };
    ck_assert_int_eq(kafc_admin_create_token(raw_client, &lie, WAIT, &l, NULL), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_create_token(raw_client, &past, WAIT, &l, NULL), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_create_token(raw_client, NULL, WAIT, NULL, NULL), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_create_token(raw_client, NULL, 0, &l, NULL), KAFC_ERR_WOULD_BLOCK);
    ck_assert_int_eq(kafc_admin_renew_token(raw_client, none, 0, WAIT, NULL, NULL), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_renew_token(raw_client, empty, 0, WAIT, NULL, NULL), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_expire_token(raw_client, hmac, -1, WAIT, NULL, NULL),
                     KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_describe_tokens(raw_client, NULL, 1, WAIT, &l, NULL),
                     KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_describe_tokens(raw_client, NULL, 0, WAIT, NULL, NULL),
                     KAFC_ERR_USAGE);
    raw_ok(kafc_client_close(raw_client, WAIT, &raw_err));
    ck_assert_int_eq(kafc_admin_create_token(raw_client, NULL, WAIT, &l, NULL), KAFC_ERR_CLOSED);
    ck_assert_int_eq(kafc_admin_renew_token(raw_client, hmac, 0, WAIT, NULL, NULL), KAFC_ERR_CLOSED);
    ck_assert_int_eq(kafc_admin_expire_token(raw_client, hmac, 0, WAIT, NULL, NULL),
                     KAFC_ERR_CLOSED);
    ck_assert_int_eq(kafc_admin_describe_tokens(raw_client, NULL, 0, WAIT, &l, NULL),
                     KAFC_ERR_CLOSED);
    raw_down();
}
END_TEST

/* --- Secrets in memory ------------------------------------------------------------------------- */

/* Memory that is given back, and looked at in the end. */
struct dead {
    struct dead *next;
    size_t n;
    unsigned char data[];
};

static struct {
    struct kafc_mutex lock;
    struct dead *first;
} dead;

static void *bury_malloc(void *ctx, size_t n)
{
    struct dead *d = malloc(sizeof(*d) + n + 16);
    (void)ctx;
    if (!d)
        return NULL;
    d->n = n;
    return d->data;
}

static void bury_free(void *ctx, void *p)
{
    (void)ctx;
    if (!p)
        return;
    struct dead *d = (struct dead *)(void *)((unsigned char *)p - offsetof(struct dead, data));
    kafc__lock(&dead.lock);
    d->next = dead.first;
    dead.first = d;
    kafc__unlock(&dead.lock);
}

static void *bury_realloc(void *ctx, void *p, size_t n)
{
    unsigned char *to = bury_malloc(ctx, n);
    if (p && to) {
        struct dead *d = (struct dead *)(void *)((unsigned char *)p - offsetof(struct dead, data));
        memcpy(to, p, d->n < n ? d->n : n);
        bury_free(ctx, p);
    }
    return to;
}

static bool buried(const void *what, size_t n)
{
    for (const struct dead *d = dead.first; d; d = d->next)
        for (size_t i = 0; i + n <= d->n; i++)
            if (memcmp(d->data + i, what, n) == 0)
                return true;
    return false;
}

START_TEST(secrets_are_wiped_before_memory_is_given_back)
{
    static const char salted[] = "of a password there is that alone";
    kafc_allocator mem = { bury_malloc, bury_realloc, bury_free, NULL };
    kafc_scram_credential user = { .user = "u",
                                   .mechanism = KAFC_SCRAM_SHA_256,
                                   .iterations = 4096,
                                   .salted_password = { salted, 32 },
                                   .salt = { "saltsaltsaltsalt", 16 } };
    unsigned char hmac[64];
    char password[100];
    kafc__mutex_init(&dead.lock);
    raw_mock = kafc_mock_new(NULL, &raw_err);
    raw_open(kafc_mock_bootstrap(raw_mock), &mem);
    kafc_token_list *t = create(NULL);
    memcpy(hmac, t->tokens->hmac.p, 64);
    ck_assert_uint_lt(strlen(t->tokens->password), sizeof(password));
    memcpy(password, t->tokens->password, strlen(t->tokens->password) + 1);
    raw_ok(kafc_admin_renew_token(raw_client, t->tokens->hmac, 0, WAIT, NULL, &raw_err));
    kafc_token_list_free(described(NULL, 0, 1));
    raw_ok(kafc_admin_expire_token(raw_client, t->tokens->hmac, 0, WAIT, NULL, &raw_err));
    kafc_token_list_free(t);
    raw_ok(kafc_admin_upsert_users(raw_client, &user, 1, WAIT, &raw_err));
    raw_down();
    ck_assert(!buried(salted, 16));
    ck_assert(buried("kafc", 4)); /* it is looked for where it could be */
    ck_assert(!buried(hmac, 16));
    ck_assert(!buried(password, 16));
    while (dead.first) {
        struct dead *d = dead.first;
        dead.first = d->next;
        free(d);
    }
    kafc__mutex_fini(&dead.lock);
}
END_TEST

static void may_fail(kafc_err rc)
{
    ck_assert_msg(rc == KAFC_OK || rc == KAFC_ERR_NO_MEMORY, "%s", raw_err.message);
}

START_TEST(without_memory_nothing_is_left_behind)
{
    static const char *const renewers[] = { "User:bob" };
    const kafc_new_token with = { .renewers = renewers, .nrenewers = 1 };
    bool done = false;
    raw_mock = kafc_mock_new(NULL, &raw_err);
    for (long n = 1; !done; n++) {
        struct test_alloc a;
        kafc_token_list *t = NULL, *l = NULL;
        test_alloc_init(&a);
        raw_open(kafc_mock_bootstrap(raw_mock), &a.mem);
        a.fail_at = atomic_load(&a.calls) + n;
        may_fail(kafc_admin_create_token(raw_client, &with, WAIT, &t, &raw_err));
        may_fail(kafc_admin_describe_tokens(raw_client, renewers, 1, WAIT, &l, &raw_err));
        kafc_token_list_free(l);
        may_fail(kafc_admin_describe_tokens(raw_client, NULL, 0, WAIT, &l, &raw_err));
        if (t) {
            may_fail(kafc_admin_renew_token(raw_client, t->tokens->hmac, 0, WAIT, NULL, &raw_err));
            may_fail(kafc_admin_expire_token(raw_client, t->tokens->hmac, 0, WAIT, NULL, &raw_err));
        }
        done = atomic_load(&a.calls) < a.fail_at;
        raw_close();
        kafc_token_list_free(t);
        kafc_token_list_free(l);
        ck_assert_int_eq(atomic_load(&a.live), 0);
    }
    kafc_mock_free(raw_mock);
}
END_TEST

SUITE_LOOPS("client/tokens", 60, LOOP(tokens_live_and_end_in_every_version, 0, 4),
            ONCE(a_token_of_somebody_else_wants_a_newer_broker),
            ONCE(a_refusal_names_whose_token_it_was_to_be), LOOP(refusals_are_told, 0, CODES),
            ONCE(what_may_have_happened_is_not_repeated), ONCE(what_cannot_be_asked_is_refused),
            ONCE(secrets_are_wiped_before_memory_is_given_back),
            ONCE(without_memory_nothing_is_left_behind))
