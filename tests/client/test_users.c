/* SPDX-License-Identifier: BSD-2-Clause
 *
 * SCRAM users and quotas: against the mock, and against scripted brokers for
 * what the mock does not do.
 */
#include <check.h>
#include <string.h>

#include "base/arena.h"
#include "config.h"
#include "protocol/api/49_alter_client_quotas.h"
#include "protocol/api/51_alter_user_scram_credentials.h"
#include "protocol/schema.h"
#include "tests/client/raw.h"
#include "tests/client/script.h"
#include "tests/support/alloc.h"
#include "tests/support/suite.h"
#include <kafc/mock.h>
#include <kafc/users.h>

enum { WAIT = 10000, DESCRIBE_QUOTAS = 48, ALTER_QUOTAS = 49, DESCRIBE_USERS = 50, ALTER_USERS = 51 };


/* --- SCRAM users ---------------------------------------------------------------------------- */

/* What the last AlterUserScramCredentials brought, in an arena. */
static struct {
    struct kafc_alter_user_scram_credentials_req q;
    struct kafc_arena arena;
    char *body;
    bool leaks; /* "pencil" is in it */
} seen;

static void look(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    struct kafc_rd r;
    (void)ctx, (void)a;
    kafc__arena_fini(&seen.arena);
    kafc__arena_init(&seen.arena, NULL, 0);
    seen.body = kafc__arena_dup(&seen.arena, rq->body.p, (size_t)rq->body.len);
    for (int32_t i = 0; i + 6 <= rq->body.len; i++)
        seen.leaks |= memcmp(seen.body + i, "pencil", 6) == 0;
    kafc__rd_init(&r, (const uint8_t *)seen.body, (size_t)rq->body.len);
    ck_assert_int_eq(kafc__msg_decode(&r, &kafc_alter_user_scram_credentials_req_schema, &seen.q,
                                      rq->version, &seen.arena, NULL),
                     KAFC_OK);
}

static void watch(void)
{
    raw_up(kafc_mock_new(NULL, &raw_err));
    kafc__arena_init(&seen.arena, NULL, 0);
    seen.leaks = false;
    raw_ok(kafc_mock_hook(raw_mock, ALTER_USERS, look, NULL));
}

static void unwatch(void)
{
    ck_assert(!seen.leaks);
    raw_down();
    kafc__arena_fini(&seen.arena);
}

/* RFC 7677's password and salt. */
static const uint8_t salt[] = { 0x5b, 0x6d, 0x99, 0x68, 0x9d, 0x12, 0x35, 0x8e,
                                0xec, 0xa0, 0x4b, 0x14, 0x12, 0x36, 0xfa, 0x81 };
static const uint8_t salted_256[] = { 0xc4, 0xa4, 0x95, 0x10, 0x32, 0x3a, 0xb4, 0xf9,
                                      0x52, 0xca, 0xc1, 0xfa, 0x99, 0x44, 0x19, 0x39,
                                      0xe7, 0x8e, 0xa7, 0x4d, 0x6b, 0xe8, 0x1d, 0xdf,
                                      0x70, 0x96, 0xe8, 0x75, 0x13, 0xdc, 0x61, 0x5d };
/* Without a password: what does not need OpenSSL. */
#define HASHED \
    { .user = "u", .mechanism = KAFC_SCRAM_SHA_256, .iterations = 4096, .salt = { salt, 16 }, \
      .salted_password = { salted_256, 32 } }
static const uint8_t salted_512_begins[] = { 0xfa, 0x25, 0x9b, 0xd2, 0xf8, 0x01, 0xc0, 0xe8 };

START_TEST(passwords_are_hashed_here)
{
    kafc_scram_credential v[] = {
        { .user = "user", .mechanism = KAFC_SCRAM_SHA_256, .iterations = 4096, .password = "pencil" },
        { .user = "other", .mechanism = KAFC_SCRAM_SHA_512, .password = "pencil" },
    };
    watch();
    v[0].salt = v[1].salt = (kafc_bytes){ salt, sizeof(salt) };
    raw_ok(kafc_admin_upsert_users(raw_client, v, 2, WAIT, &raw_err));
    ck_assert_int_eq(seen.q.upsertions.n, 2);
    ck_assert_int_eq(seen.q.deletions.n, 0);
    ck_assert_int_eq(seen.q.upsertions.v[0].iterations, 4096);
    ck_assert_int_eq(seen.q.upsertions.v[1].iterations, 8192);
    ck_assert_int_eq(seen.q.upsertions.v[0].salt.len, 16);
    ck_assert_mem_eq(seen.q.upsertions.v[0].salt.p, salt, 16);
    ck_assert_int_eq(seen.q.upsertions.v[0].salted_password.len, 32);
    ck_assert_mem_eq(seen.q.upsertions.v[0].salted_password.p, salted_256, 32);
    ck_assert_int_eq(seen.q.upsertions.v[1].salted_password.len, 64);
    ck_assert_mem_eq(seen.q.upsertions.v[1].salted_password.p, salted_512_begins,
                     sizeof(salted_512_begins));
    unwatch();
}
END_TEST

START_TEST(salts_are_random_unless_they_are_given)
{
    kafc_scram_credential v[] = {
        { .user = "a", .mechanism = KAFC_SCRAM_SHA_256, .password = "pencil" },
        { .user = "b", .mechanism = KAFC_SCRAM_SHA_256, .password = "pencil" },
        { .user = "c",
          .mechanism = KAFC_SCRAM_SHA_256,
          .iterations = 4096,
          .salt = { salt, sizeof(salt) },
          .salted_password = { salted_256, sizeof(salted_256) } },
    };
    watch();
    raw_ok(kafc_admin_upsert_users(raw_client, v, 3, WAIT, &raw_err));
    for (int i = 0; i < 2; i++)
        ck_assert_int_ge(seen.q.upsertions.v[i].salt.len, 16);
    ck_assert_mem_ne(seen.q.upsertions.v[0].salt.p, seen.q.upsertions.v[1].salt.p, 16);
    ck_assert_mem_ne(seen.q.upsertions.v[0].salted_password.p,
                     seen.q.upsertions.v[1].salted_password.p, 32);
    ck_assert_mem_eq(seen.q.upsertions.v[2].salted_password.p, salted_256, 32);
    unwatch();
}
END_TEST

static kafc_user_list *described(const char *const *users, int32_t n, kafc_err rc)
{
    kafc_user_list *l;
    ck_assert_int_eq(kafc_admin_describe_users(raw_client, users, n, WAIT, &l, &raw_err), rc);
    ck_assert_ptr_nonnull(l);
    return l;
}

static void make_users(void)
{
    kafc_scram_credential v[] = {
        { .user = "bob", .mechanism = KAFC_SCRAM_SHA_512, .password = "pencil" },
        { .user = "bob", .mechanism = KAFC_SCRAM_SHA_256, .iterations = 5000, .password = "pencil" },
        { .user = "alice", .mechanism = KAFC_SCRAM_SHA_256, .password = "pencil" },
    };
    raw_ok(kafc_admin_upsert_users(raw_client, v, 3, WAIT, &raw_err));
}

START_TEST(users_are_described_by_name)
{
    static const char *const names[] = { "zoe", "bob" };
    raw_up(kafc_mock_new(NULL, &raw_err));
    kafc_user_list *l = described(NULL, 0, KAFC_OK);
    ck_assert_int_eq(l->nusers, 0);
    kafc_user_list_free(l);
    make_users();
    l = described(NULL, 0, KAFC_OK);
    ck_assert_int_eq(l->nusers, 2);
    ck_assert_str_eq(l->users[0].name, "alice");
    ck_assert_str_eq(l->users[1].name, "bob");
    ck_assert_int_eq(l->users[1].ncredentials, 2);
    ck_assert_int_eq(l->users[1].credentials[0].mechanism, KAFC_SCRAM_SHA_256);
    ck_assert_int_eq(l->users[1].credentials[0].iterations, 5000);
    ck_assert_int_eq(l->users[1].credentials[1].mechanism, KAFC_SCRAM_SHA_512);
    ck_assert_int_eq(l->users[1].credentials[1].iterations, 8192);
    kafc_user_list_free(l);
    l = described(names, 2, KAFC_ERR_RESOURCE_NOT_FOUND);
    raw_says("user 'zoe' cannot be described: RESOURCE_NOT_FOUND: ");
    ck_assert_int_eq(l->nusers, 2);
    ck_assert_int_eq(l->users[0].result, KAFC_OK);
    ck_assert_int_eq(l->users[1].result, KAFC_ERR_RESOURCE_NOT_FOUND);
    ck_assert_int_eq(l->users[1].ncredentials, 0);
    kafc_user_list_free(l);
    kafc_user_list_free(NULL);
    raw_down();
}
END_TEST

START_TEST(users_are_deleted_each_with_its_own_verdict)
{
    kafc_scram_credential v[] = {
        { .user = "bob", .mechanism = KAFC_SCRAM_SHA_512 },
        { .user = "alice", .mechanism = KAFC_SCRAM_SHA_512 },
    };
    raw_up(kafc_mock_new(NULL, &raw_err));
    make_users();
    ck_assert_int_eq(kafc_admin_delete_users(raw_client, v, 2, WAIT, &raw_err),
                     KAFC_ERR_RESOURCE_NOT_FOUND);
    raw_says("user 'alice' cannot be deleted: RESOURCE_NOT_FOUND");
    ck_assert_int_eq(v[0].result, KAFC_OK);
    ck_assert_int_eq(v[1].result, KAFC_ERR_RESOURCE_NOT_FOUND);
    kafc_user_list *l = described(NULL, 0, KAFC_OK);
    ck_assert_int_eq(l->nusers, 2);
    ck_assert_int_eq(l->users[1].ncredentials, 1);
    kafc_user_list_free(l);
    raw_ok(kafc_mock_push_error(raw_mock, ALTER_USERS, KAFC_ERR_DISCONNECTED, 1));
    ck_assert_int_eq(kafc_admin_delete_users(raw_client, v, 1, WAIT, &raw_err),
                     KAFC_ERR_DISCONNECTED); /* it may have happened */
    ck_assert_int_eq(v[0].result, KAFC_ERR_DISCONNECTED);
    raw_ok(kafc_mock_push_error(raw_mock, ALTER_USERS, KAFC_ERR_DISCONNECTED, 1));
    make_users();
    raw_down();
}
END_TEST

/* Several of a user go one after the other, and no further than somebody answers. */
START_TEST(a_user_is_in_a_request_once)
{
    kafc_scram_credential v[] = { HASHED, HASHED, HASHED };
    raw_up(kafc_mock_new(NULL, &raw_err));
    v[2].iterations = 5000;
    raw_ok(kafc_admin_upsert_users(raw_client, v, 3, WAIT, &raw_err));
    ck_assert_uint_eq(kafc_mock_requests(raw_mock, 0, ALTER_USERS), 3);
    kafc_user_list *l = described(NULL, 0, KAFC_OK);
    ck_assert_int_eq(l->users->credentials->iterations, 5000);
    kafc_user_list_free(l);
    raw_ok(kafc_mock_push_error(raw_mock, ALTER_USERS, KAFC_ERR_DISCONNECTED, 1));
    ck_assert_int_eq(kafc_admin_delete_users(raw_client, v, 2, WAIT, &raw_err),
                     KAFC_ERR_DISCONNECTED);
    ck_assert_uint_eq(kafc_mock_requests(raw_mock, 0, ALTER_USERS), 4);
    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(v[i].result, KAFC_ERR_DISCONNECTED);
    raw_ok(kafc_admin_upsert_users(raw_client, v, 1, WAIT, &raw_err));
    ck_assert_int_eq(kafc_admin_delete_users(raw_client, v, 2, WAIT, &raw_err),
                     KAFC_ERR_RESOURCE_NOT_FOUND); /* the second time */
    ck_assert_int_eq(v[0].result, KAFC_OK);
    ck_assert_int_eq(v[1].result, KAFC_ERR_RESOURCE_NOT_FOUND);
    raw_down();
}
END_TEST

START_TEST(what_brokers_refuse_of_users_is_said)
{
    kafc_scram_credential v[] = {
        { .user = "bob", .mechanism = KAFC_SCRAM_SHA_512, .iterations = 20000, .password = "pencil" },
        { .user = "bob", .mechanism = KAFC_SCRAM_SHA_256, .password = "pencil" },
        { .user = "eve", .mechanism = KAFC_SCRAM_SHA_256, .password = "pencil" },
        { .user = "eve", .mechanism = KAFC_SCRAM_SHA_256, .password = "pencil" },
        { .user = "alice", .mechanism = KAFC_SCRAM_SHA_256, .password = "pencil" },
    };
    kafc_user_list *l;
    raw_up(kafc_mock_new(NULL, &raw_err));
    ck_assert_int_eq(kafc_admin_upsert_users(raw_client, v, 5, WAIT, &raw_err),
                     KAFC_ERR_UNACCEPTABLE_CREDENTIAL);
    raw_says("user 'bob' cannot be changed: UNACCEPTABLE_CREDENTIAL: Too many iterations");
    ck_assert(strstr(raw_err.message, "pencil") == NULL);
    ck_assert_int_eq(v[0].result, KAFC_ERR_UNACCEPTABLE_CREDENTIAL);
    for (int i = 1; i < 5; i++)
        ck_assert_int_eq(v[i].result, KAFC_OK);
    ck_assert_uint_eq(kafc_mock_requests(raw_mock, 0, ALTER_USERS), 2);
    l = described(NULL, 0, KAFC_OK);
    ck_assert_int_eq(l->nusers, 3);
    ck_assert_str_eq(l->users[1].name, "bob");
    ck_assert_int_eq(l->users[1].ncredentials, 1);
    ck_assert_int_eq(l->users[1].credentials->mechanism, KAFC_SCRAM_SHA_256);
    kafc_user_list_free(l);
    raw_ok(kafc_mock_deny(raw_mock, KAFC_ACL_CLUSTER, "kafka-cluster", KAFC_ACL_ALTER, true));
    raw_ok(kafc_mock_deny(raw_mock, KAFC_ACL_CLUSTER, "kafka-cluster", KAFC_ACL_DESCRIBE, true));
    ck_assert_int_eq(kafc_admin_upsert_users(raw_client, &v[4], 1, WAIT, &raw_err),
                     KAFC_ERR_CLUSTER_AUTHORIZATION_FAILED);
    ck_assert_int_eq(kafc_admin_delete_users(raw_client, &v[4], 1, WAIT, &raw_err),
                     KAFC_ERR_CLUSTER_AUTHORIZATION_FAILED);
    l = described(NULL, 0, KAFC_ERR_CLUSTER_AUTHORIZATION_FAILED);
    raw_says("the users cannot be described: ");
    ck_assert_int_eq(l->nusers, 0);
    kafc_user_list_free(l);
    raw_down();
}
END_TEST

static const kafc_scram_credential wrong[] = {
    { .user = NULL, .mechanism = KAFC_SCRAM_SHA_256, .password = "p" },
    { .user = "", .mechanism = KAFC_SCRAM_SHA_256, .password = "p" },
    { .user = "u", .password = "p" },
    { .user = "u", .mechanism = (kafc_scram_mechanism)3, .password = "p" },
    { .user = "u", .mechanism = KAFC_SCRAM_SHA_256 },
    { .user = "u", .mechanism = KAFC_SCRAM_SHA_256, .password = "" },
    { .user = "u", .mechanism = KAFC_SCRAM_SHA_256, .password = "p", .iterations = 4095 },
    { .user = "u", .mechanism = KAFC_SCRAM_SHA_256, .password = "p", .iterations = INT32_MAX },
    { .user = "u", .mechanism = KAFC_SCRAM_SHA_256, .password = "p", .salt = { "", 0 } },
    { .user = "u", .mechanism = KAFC_SCRAM_SHA_256, .password = "p", .salt = { NULL, 1 } },
    { .user = "u",
      .mechanism = KAFC_SCRAM_SHA_256,
      .password = "p",
      .salted_password = { salted_256, 32 } },
    { .user = "u", .mechanism = KAFC_SCRAM_SHA_256, .salted_password = { salted_256, 32 } },
    { .user = "u",
      .mechanism = KAFC_SCRAM_SHA_256,
      .salt = { salt, 16 },
      .salted_password = { salted_256, 32 } },
    { .user = "u",
      .mechanism = KAFC_SCRAM_SHA_512,
      .iterations = 4096,
      .salt = { salt, 16 },
      .salted_password = { salted_256, 32 } },
};
enum { WRONG = sizeof(wrong) / sizeof(*wrong) };

START_TEST(credentials_that_cannot_be_are_refused)
{
    kafc_scram_credential v = wrong[_i];
    raw_up(kafc_mock_new(NULL, &raw_err));
    ck_assert_int_eq(kafc_admin_upsert_users(raw_client, &v, 1, WAIT, &raw_err), KAFC_ERR_USAGE);
    raw_says("credential 0");
    ck_assert_uint_eq(kafc_mock_requests(raw_mock, 0, ALTER_USERS), 0);
    raw_down();
}
END_TEST

START_TEST(without_openssl_passwords_are_refused)
{
    kafc_scram_credential v = { .user = "u", .mechanism = KAFC_SCRAM_SHA_256, .password = "p" },
                          hashed = HASHED;
    raw_up(kafc_mock_new(NULL, &raw_err));
    ck_assert_int_eq(kafc_admin_upsert_users(raw_client, &v, 1, WAIT, &raw_err),
                     KAFC_ERR_UNSUPPORTED);
    raw_says("OpenSSL");
    raw_ok(kafc_admin_upsert_users(raw_client, &hashed, 1, WAIT, &raw_err));
    raw_down();
}
END_TEST

START_TEST(mechanisms_have_names)
{
    ck_assert_str_eq(kafc_scram_mechanism_name(KAFC_SCRAM_SHA_256), "SCRAM-SHA-256");
    ck_assert_str_eq(kafc_scram_mechanism_name(KAFC_SCRAM_SHA_512), "SCRAM-SHA-512");
    ck_assert_ptr_null(kafc_scram_mechanism_name((kafc_scram_mechanism)0));
    ck_assert_ptr_null(kafc_scram_mechanism_name((kafc_scram_mechanism)3));
    ck_assert_int_eq(kafc_scram_mechanism_of("scram-sha-512"), KAFC_SCRAM_SHA_512);
    ck_assert_int_eq(kafc_scram_mechanism_of("SCRAM-SHA-1"), 0);
    ck_assert_int_eq(kafc_scram_mechanism_of(NULL), 0);
}
END_TEST

/* --- Quotas ---------------------------------------------------------------------------------- */

static const kafc_quota_entity bob[] = { { "user", "bob" } }, all[] = { { "user", NULL } },
                               bob_app[] = { { "user", "bob" }, { "client-id", "app" } },
                               address[] = { { "ip", "10.0.0.1" } };
static const kafc_quota rate[] = { { .key = "producer_byte_rate", .value = 1024.5 },
                                   { .key = "consumer_byte_rate", .value = 2048 } },
                        dialled[] = { { .key = "connection_creation_rate", .value = 10 } },
                        gone[] = { { .key = "producer_byte_rate", .remove = true } };

static void set_quotas(void)
{
    kafc_quota_entry v[] = {
        { .entity = bob, .nentity = 1, .quotas = rate, .nquotas = 2 },
        { .entity = all, .nentity = 1, .quotas = rate, .nquotas = 1 },
        { .entity = bob_app, .nentity = 2, .quotas = rate, .nquotas = 1 },
        { .entity = address, .nentity = 1, .quotas = dialled, .nquotas = 1 },
    };
    raw_ok(kafc_admin_alter_quotas(raw_client, v, 4, false, WAIT, &raw_err));
}

static kafc_quota_list *quotas(const kafc_quota_filter *f, int32_t n, bool strict, int32_t want)
{
    kafc_quota_list *l;
    raw_ok(kafc_admin_describe_quotas(raw_client, f, n, strict, WAIT, &l, &raw_err));
    ck_assert_int_eq(l->nentries, want);
    return l;
}

START_TEST(quotas_are_set_described_and_removed)
{
    static const kafc_quota_filter named = { .type = "user", .name = "bob" },
                                   dflt = { .type = "user", .match = KAFC_QUOTA_DEFAULT },
                                   any = { .type = "user", .match = KAFC_QUOTA_ANY },
                                   both[] = { { .type = "client-id", .match = KAFC_QUOTA_ANY },
                                              { .type = "user", .name = "bob" } };
    raw_up(kafc_mock_new(NULL, &raw_err));
    raw_ok(kafc_mock_set_versions(raw_mock, DESCRIBE_QUOTAS, 0, (int16_t)_i));
    raw_ok(kafc_mock_set_versions(raw_mock, ALTER_QUOTAS, 0, (int16_t)_i));
    kafc_quota_list_free(quotas(NULL, 0, false, 0));
    set_quotas();
    kafc_quota_list *l = quotas(NULL, 0, false, 4);
    ck_assert_str_eq(l->entries[0].entity[0].type, "client-id");
    ck_assert_str_eq(l->entries[0].entity[1].name, "bob");
    ck_assert_str_eq(l->entries[1].entity[0].type, "ip");
    ck_assert_str_eq(l->entries[1].quotas[0].key, "connection_creation_rate");
    ck_assert_ptr_null(l->entries[2].entity[0].name);
    ck_assert_int_eq(l->entries[3].nquotas, 2);
    ck_assert_str_eq(l->entries[3].quotas[0].key, "consumer_byte_rate");
    ck_assert_double_eq(l->entries[3].quotas[1].value, 1024.5);
    kafc_quota_list_free(l);
    kafc_quota_list_free(quotas(&named, 1, false, 2));
    kafc_quota_list_free(quotas(&named, 1, true, 1));
    kafc_quota_list_free(quotas(&dflt, 1, false, 1));
    kafc_quota_list_free(quotas(&any, 1, false, 3));
    kafc_quota_list_free(quotas(both, 2, true, 1));
    kafc_quota_entry off = { .entity = bob, .nentity = 1, .quotas = gone, .nquotas = 1 };
    raw_ok(kafc_admin_alter_quotas(raw_client, &off, 1, true, WAIT, &raw_err));
    l = quotas(&named, 1, true, 1);
    ck_assert_int_eq(l->entries[0].nquotas, 2);
    kafc_quota_list_free(l);
    raw_ok(kafc_admin_alter_quotas(raw_client, &off, 1, false, WAIT, &raw_err));
    ck_assert_int_eq(off.result, KAFC_OK);
    l = quotas(&named, 1, true, 1);
    ck_assert_int_eq(l->entries[0].nquotas, 1);
    kafc_quota_list_free(l);
    kafc_quota_list_free(NULL);
    raw_down();
}
END_TEST

START_TEST(each_entity_has_its_own_verdict)
{
    static const kafc_quota_entity strange[] = { { "planet", NULL } };
    static const kafc_quota key[] = { { .key = "no_such_rate", .value = 1 } };
    kafc_quota_entry v[] = {
        { .entity = bob_app, .nentity = 2, .quotas = key, .nquotas = 1 },
        { .entity = strange, .nentity = 1, .quotas = rate, .nquotas = 1 },
        { .entity = bob, .nentity = 1, .quotas = rate, .nquotas = 1 },
    };
    kafc_quota_list *l;
    raw_up(kafc_mock_new(NULL, &raw_err));
    ck_assert_int_eq(kafc_admin_alter_quotas(raw_client, v, 3, false, WAIT, &raw_err),
                     KAFC_ERR_INVALID_REQUEST);
    raw_says("quotas of user 'bob', client-id 'app' cannot be altered: INVALID_REQUEST: Invalid "
             "configuration key");
    ck_assert_int_eq(v[0].result, KAFC_ERR_INVALID_REQUEST);
    ck_assert_int_eq(v[1].result, KAFC_ERR_INVALID_REQUEST);
    ck_assert_int_eq(v[2].result, KAFC_OK);
    ck_assert_int_eq(kafc_admin_alter_quotas(raw_client, &v[1], 1, false, WAIT, &raw_err),
                     KAFC_ERR_INVALID_REQUEST);
    raw_says("quotas of planet default cannot be altered");
    raw_ok(kafc_mock_deny(raw_mock, KAFC_ACL_CLUSTER, "kafka-cluster", KAFC_ACL_DESCRIBE_CONFIGS, true));
    raw_ok(kafc_mock_deny(raw_mock, KAFC_ACL_CLUSTER, "kafka-cluster", KAFC_ACL_ALTER_CONFIGS, true));
    ck_assert_int_eq(kafc_admin_alter_quotas(raw_client, &v[2], 1, false, WAIT, &raw_err),
                     KAFC_ERR_CLUSTER_AUTHORIZATION_FAILED);
    ck_assert_int_eq(v[2].result, KAFC_ERR_CLUSTER_AUTHORIZATION_FAILED);
    ck_assert_int_eq(kafc_admin_describe_quotas(raw_client, NULL, 0, false, WAIT, &l, &raw_err),
                     KAFC_ERR_CLUSTER_AUTHORIZATION_FAILED);
    raw_says("the quotas cannot be described");
    ck_assert_ptr_null(l);
    raw_down();
}
END_TEST

static bool silent_of_some(struct script *s, int32_t broker, const struct peer_request *q,
                           const void *req, void *resp, struct kafc_arena *a)
{
    struct kafc_alter_client_quotas_resp *r = resp;
    (void)s, (void)broker, (void)req;
    if (q->api->key == ALTER_QUOTAS) {
        r->entries.v = kafc__msg_array(&kafc_alter_client_quotas_resp_entry_schema, 2, a);
        r->entries.n = 2;
    }
    return true;
}

START_TEST(who_is_not_told_of_has_an_error)
{
    static struct script script = {
        .serve = silent_of_some, .controller = 1, .listed = { false, true, true, true }
    };
    kafc_quota_entry e = { .entity = bob, .nentity = 1, .quotas = rate, .nquotas = 1 };
    kafc_scram_credential v = HASHED;
    kafc_user_list *l;
    script_start(&script);
    raw_open(script.bootstrap, NULL);
    ck_assert_int_eq(kafc_admin_alter_quotas(raw_client, &e, 1, false, WAIT, &raw_err),
                     KAFC_ERR_PROTOCOL);
    ck_assert_int_eq(e.result, KAFC_ERR_PROTOCOL);
    ck_assert_int_eq(kafc_admin_upsert_users(raw_client, &v, 1, WAIT, &raw_err),
                     KAFC_ERR_PROTOCOL);
    raw_says("'u'");
    ck_assert_int_eq(v.result, KAFC_ERR_PROTOCOL);
    ck_assert_int_eq(kafc_admin_describe_users(raw_client, &v.user, 1, WAIT, &l, &raw_err),
                     KAFC_ERR_PROTOCOL);
    raw_says("answered without user 'u'");
    ck_assert_int_eq(l->nusers, 0);
    kafc_user_list_free(l);
    raw_close();
    script_stop(&script);
}
END_TEST

/* --- All of them ------------------------------------------------------------------------------- */

START_TEST(what_cannot_be_asked_is_refused)
{
    static const char *const hole[] = { "bob", NULL };
    kafc_scram_credential v = HASHED;
    kafc_quota_filter f[] = { { .type = "user" },
                              { .type = "user", .match = KAFC_QUOTA_ANY, .name = "bob" },
                              { .type = "user", .match = (kafc_quota_match)3 },
                              { .type = "", .match = KAFC_QUOTA_ANY },
                              { .match = KAFC_QUOTA_ANY } };
    kafc_quota_entity nameless = { NULL, "bob" };
    kafc_quota keyless = { .value = 1 };
    kafc_quota_entry e[] = { { .entity = bob, .quotas = rate, .nquotas = 1 },
                             { .nentity = 1, .quotas = rate, .nquotas = 1 },
                             { .entity = bob, .nentity = 1, .quotas = rate },
                             { .entity = bob, .nentity = 1, .nquotas = 1 },
                             { .entity = &nameless, .nentity = 1, .quotas = rate, .nquotas = 1 },
                             { .entity = bob, .nentity = 1, .quotas = &keyless, .nquotas = 1 } };
    kafc_quota_list *q;
    kafc_user_list *l;
    raw_up(kafc_mock_new(NULL, &raw_err));
    ck_assert_int_eq(kafc_admin_describe_users(raw_client, NULL, 0, WAIT, NULL, NULL),
                     KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_describe_users(raw_client, NULL, 1, WAIT, &l, NULL), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_describe_users(raw_client, hole, 2, WAIT, &l, NULL), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_describe_users(raw_client, hole, -1, WAIT, &l, NULL),
                     KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_describe_users(raw_client, hole, 1, 0, &l, NULL),
                     KAFC_ERR_WOULD_BLOCK);
    ck_assert_int_eq(kafc_admin_upsert_users(raw_client, NULL, 1, WAIT, NULL), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_upsert_users(raw_client, &v, -1, WAIT, NULL), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_upsert_users(raw_client, NULL, 0, WAIT, NULL), KAFC_OK);
    ck_assert_int_eq(kafc_admin_delete_users(raw_client, NULL, 1, WAIT, NULL), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_delete_users(raw_client, NULL, 0, WAIT, NULL), KAFC_OK);
    for (int i = 0; i < 5; i++)
        ck_assert_int_eq(kafc_admin_describe_quotas(raw_client, &f[i], 1, false, WAIT, &q, NULL),
                         KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_describe_quotas(raw_client, NULL, 0, false, WAIT, NULL, NULL),
                     KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_describe_quotas(raw_client, NULL, 1, false, WAIT, &q, NULL),
                     KAFC_ERR_USAGE);
    for (int i = 0; i < 6; i++)
        ck_assert_int_eq(kafc_admin_alter_quotas(raw_client, &e[i], 1, false, WAIT, NULL),
                         KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_alter_quotas(raw_client, NULL, 1, false, WAIT, NULL),
                     KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_alter_quotas(raw_client, NULL, 0, false, WAIT, NULL), KAFC_OK);
    raw_ok(kafc_client_close(raw_client, WAIT, &raw_err));
    ck_assert_int_eq(kafc_admin_describe_users(raw_client, NULL, 0, WAIT, &l, NULL),
                     KAFC_ERR_CLOSED);
    ck_assert_int_eq(kafc_admin_upsert_users(raw_client, &v, 1, WAIT, NULL), KAFC_ERR_CLOSED);
    ck_assert_int_eq(kafc_admin_delete_users(raw_client, &v, 1, WAIT, NULL), KAFC_ERR_CLOSED);
    ck_assert_int_eq(kafc_admin_describe_quotas(raw_client, NULL, 0, false, WAIT, &q, NULL),
                     KAFC_ERR_CLOSED);
    ck_assert_int_eq(kafc_admin_alter_quotas(raw_client, e, 1, false, WAIT, NULL), KAFC_ERR_CLOSED);
    raw_down();
}
END_TEST

START_TEST(brokers_without_it_are_named)
{
    kafc_quota_entry e = { .entity = bob, .nentity = 1, .quotas = rate, .nquotas = 1 };
    kafc_scram_credential v = HASHED;
    kafc_quota_list *q;
    kafc_user_list *l;
    raw_mock = kafc_mock_new(KAFC_MOCK(.release = "2.1"), &raw_err);
    raw_open(kafc_mock_bootstrap(raw_mock), NULL);
    ck_assert_int_eq(kafc_admin_describe_users(raw_client, NULL, 0, WAIT, &l, &raw_err),
                     KAFC_ERR_UNSUPPORTED);
    raw_says("DescribeUserScramCredentials");
    ck_assert_int_eq(kafc_admin_upsert_users(raw_client, &v, 1, WAIT, &raw_err),
                     KAFC_ERR_UNSUPPORTED);
    ck_assert_int_eq(v.result, KAFC_ERR_UNSUPPORTED);
    ck_assert_int_eq(kafc_admin_describe_quotas(raw_client, NULL, 0, false, WAIT, &q, &raw_err),
                     KAFC_ERR_UNSUPPORTED);
    ck_assert_int_eq(kafc_admin_alter_quotas(raw_client, &e, 1, false, WAIT, &raw_err),
                     KAFC_ERR_UNSUPPORTED);
    raw_says("AlterClientQuotas");
    raw_down();
}
END_TEST

static void may_fail(kafc_err rc)
{
    ck_assert_msg(rc == KAFC_OK || rc == KAFC_ERR_NO_MEMORY, "%s", raw_err.message);
}

START_TEST(without_memory_nothing_is_left_behind)
{
    bool done = false;
    raw_mock = kafc_mock_new(NULL, &raw_err);
    for (long n = 1; !done; n++) {
        kafc_quota_entry e = { .entity = bob_app, .nentity = 2, .quotas = rate, .nquotas = 2 };
        kafc_scram_credential v = HASHED;
        struct test_alloc a;
        kafc_quota_list *q = NULL;
        kafc_user_list *l = NULL;
        test_alloc_init(&a);
        raw_open(kafc_mock_bootstrap(raw_mock), &a.mem);
        a.fail_at = atomic_load(&a.calls) + n;
        may_fail(kafc_admin_upsert_users(raw_client, &v, 1, WAIT, &raw_err));
        may_fail(kafc_admin_describe_users(raw_client, NULL, 0, WAIT, &l, &raw_err));
        kafc_err rc = kafc_admin_delete_users(raw_client, &v, 1, WAIT, &raw_err);
        if (rc != KAFC_ERR_RESOURCE_NOT_FOUND)
            may_fail(rc);
        may_fail(kafc_admin_alter_quotas(raw_client, &e, 1, false, WAIT, &raw_err));
        may_fail(kafc_admin_describe_quotas(raw_client, NULL, 0, false, WAIT, &q, &raw_err));
        done = atomic_load(&a.calls) < a.fail_at;
        raw_close();
        kafc_quota_list_free(q);
        kafc_user_list_free(l);
        ck_assert_int_eq(atomic_load(&a.live), 0);
    }
    kafc_mock_free(raw_mock);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("client/users");
    TCase *c = tcase_create("all");
    tcase_set_timeout(c, 60);
    if (KAFC_HAVE_OPENSSL) {
        tcase_add_test(c, passwords_are_hashed_here);
        tcase_add_test(c, salts_are_random_unless_they_are_given);
        tcase_add_test(c, users_are_described_by_name);
        tcase_add_test(c, users_are_deleted_each_with_its_own_verdict);
        tcase_add_test(c, what_brokers_refuse_of_users_is_said);
    tcase_add_test(c, a_user_is_in_a_request_once);
    } else {
        tcase_add_test(c, without_openssl_passwords_are_refused);
    }
    tcase_add_loop_test(c, credentials_that_cannot_be_are_refused, 0, WRONG);
    tcase_add_test(c, mechanisms_have_names);
    tcase_add_loop_test(c, quotas_are_set_described_and_removed, 0, 2);
    tcase_add_test(c, each_entity_has_its_own_verdict);
    tcase_add_test(c, who_is_not_told_of_has_an_error);
    tcase_add_test(c, what_cannot_be_asked_is_refused);
    tcase_add_test(c, brokers_without_it_are_named);
    tcase_add_test(c, without_memory_nothing_is_left_behind);
    suite_add_tcase(s, c);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
