/* SPDX-License-Identifier: BSD-2-Clause
 *
 * SCRAM users: described, and their credentials set and taken away. Answers
 * name users, not credentials: all of one user have his result.
 */
#include <kafc/users.h>

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "base/map.h"
#include "base/str.h"
#include "client/admin.h"
#include "protocol/api/50_describe_user_scram_credentials.h"
#include "protocol/api/51_alter_user_scram_credentials.h"
#include "sasl/sasl.h"

enum {
    ITERATIONS = 8192,
    ITERATIONS_MIN = 4096, /* as Kafka has it */
    ITERATIONS_MAX = 1000000,
    SALT = 32,
    SALTED_MAX = 64,
    NAME_SHOWN = 200 /* bytes in a sentence */
};

static kafc_err no_memory(kafc_error *err)
{
    return kafc__admin_no_memory("the users", err);
}

/* --- Mechanisms ------------------------------------------------------------------------ */

static const struct {
    const char *name;
    int32_t size; /* of a salted password */
} mechanisms[] = {
    [KAFC_SCRAM_SHA_256] = { "SCRAM-SHA-256", 32 },
    [KAFC_SCRAM_SHA_512] = { "SCRAM-SHA-512", 64 },
};
enum { MECHANISMS = sizeof(mechanisms) / sizeof(*mechanisms) };

const char *kafc_scram_mechanism_name(kafc_scram_mechanism m)
{
    return (unsigned)m < MECHANISMS ? mechanisms[m].name : NULL;
}

kafc_scram_mechanism kafc_scram_mechanism_of(const char *name)
{
    unsigned m = MECHANISMS - 1;
    while (m > 0 && !(name && strcasecmp(mechanisms[m].name, name) == 0))
        m--;
    return (kafc_scram_mechanism)m;
}

/* --- Describe --------------------------------------------------------------------------- */

static bool described(const void *resp, int32_t i, struct kafc_admin_item *out)
{
    const struct kafc_describe_user_scram_credentials_resp *r = resp;
    if (i > r->results.n)
        return false;
    out->code = i == 0 ? r->error_code : r->results.v[i - 1].error_code;
    out->words = i == 0 ? r->error_message : r->results.v[i - 1].error_message;
    if (i == 0)
        (void)snprintf(out->name, sizeof(out->name), "the users");
    else
        kafc__admin_name(out, "user", r->results.v[i - 1].user);
    return true;
}

static const struct kafc_admin_kind describing = {
    .api = &kafc_describe_user_scram_credentials_api,
    .what = "described",
    .since = "2.7",
    .item = described,
};

static int by_name(const void *a, const void *b)
{
    return strcmp(((const kafc_user *)a)->name, ((const kafc_user *)b)->name);
}

static int by_mechanism(const void *a, const void *b)
{
    unsigned x = ((const kafc_scram_info *)a)->mechanism, y = ((const kafc_scram_info *)b)->mechanism;
    return (x > y) - (x < y);
}

static void put_user(struct kafc_arena *a,
                     const struct kafc_describe_user_scram_credentials_resp_result *from,
                     kafc_user *to)
{
    int32_t n = from->credential_infos.n;
    kafc_scram_info *v = kafc__arena_array(a, (size_t)n, sizeof(*v));
    to->name = kafc__piece_text(a, from->user, "");
    to->result = (kafc_err)from->error_code;
    to->credentials = v;
    to->ncredentials = n;
    for (int32_t i = 0; v && i < n; i++)
        v[i] = (kafc_scram_info){
            (kafc_scram_mechanism)(uint8_t)from->credential_infos.v[i].mechanism,
            from->credential_infos.v[i].iterations,
        };
    if (v && n > 1)
        qsort(v, (size_t)n, sizeof(*v), by_mechanism);
}

static kafc_user_list *listed(const kafc_allocator *mem,
                              const struct kafc_describe_user_scram_credentials_resp *r)
{
    kafc_user_list *l = kafc__piece_new(mem, sizeof(*l));
    if (!l)
        return NULL;
    struct kafc_arena *a = kafc__piece_arena(l);
    kafc_user *v = kafc__arena_array(a, (size_t)r->results.n, sizeof(*v));
    for (int32_t i = 0; v && i < r->results.n; i++)
        put_user(a, &r->results.v[i], &v[i]);
    if (!a->failed && r->results.n > 1)
        qsort(v, (size_t)r->results.n, sizeof(*v), by_name);
    l->users = v;
    l->nusers = r->results.n;
    return kafc__piece_done(l);
}

static kafc_err left_out(const char *const *users, int32_t n, const kafc_user_list *l,
                         kafc_error *err)
{
    for (int32_t i = 0; i < n; i++)
        if (l->nusers == 0 || !bsearch(&(kafc_user){ .name = users[i] }, l->users, (size_t)l->nusers,
                                       sizeof(*l->users), by_name))
            return kafc__error(err, KAFC_ERR_PROTOCOL, "%s was answered without user '%.*s'",
                               describing.api->name, NAME_SHOWN, users[i]);
    return KAFC_OK;
}

static kafc_err describe(struct kafc_admin *k, const char *const *users, int32_t n,
                         kafc_user_list **out)
{
    struct kafc_describe_user_scram_credentials_req req;
    struct kafc_describe_user_scram_credentials_req_user *v;
    kafc_answer *answer = NULL;
    kafc__msg_defaults(&kafc_describe_user_scram_credentials_req_schema, &req);
    v = kafc__msg_array(&kafc_describe_user_scram_credentials_req_user_schema, n, &k->arena);
    for (int32_t i = 0; v && i < n; i++)
        v[i].name = kafc__str(users[i]);
    req.users.v = v; /* none are all of them; so would NULL be, but that brokers refuse without an answer */
    req.users.n = n;
    kafc_err rc = v ? kafc__admin_ask(k->c, &describing, &req, KAFC_BY_ROUTE, k->deadline, &answer,
                                      k->err)
                    : no_memory(k->err);
    if (answer && !(*out = listed(&k->c->mem, answer->resp)))
        rc = no_memory(k->err);
    kafc_answer_free(answer);
    return rc == KAFC_OK ? left_out(users, n, *out, k->err) : rc;
}

kafc_err kafc_admin_describe_users(kafc_client *c, const char *const *users, int32_t n,
                                   int timeout_ms, kafc_user_list **out, kafc_error *err)
{
    struct kafc_admin k;
    if (!out)
        return kafc__error(err, KAFC_ERR_USAGE, "there is no place for the users");
    *out = NULL;
    kafc_err rc = kafc__admin_begin(&k, c, timeout_ms, err);
    if (rc != KAFC_OK)
        return rc;
    if (n < 0 || (n > 0 && !users))
        rc = kafc__error(k.err, KAFC_ERR_USAGE, "there are no users, but their number is %d",
                         (int)n);
    for (int32_t i = 0; rc == KAFC_OK && i < n; i++)
        if (!users[i] || !*users[i])
            rc = kafc__error(k.err, KAFC_ERR_USAGE, "the name of user %d is empty", (int)i);
    if (rc == KAFC_OK)
        rc = describe(&k, users, n, out);
    return kafc__admin_end(&k, rc);
}

void kafc_user_list_free(kafc_user_list *l)
{
    kafc__piece_free(l);
}

/* --- Change ------------------------------------------------------------------------------- */

static bool changed(const void *resp, int32_t i, struct kafc_admin_item *out)
{
    const struct kafc_alter_user_scram_credentials_resp *r = resp;
    if (i >= r->results.n)
        return false;
    out->code = r->results.v[i].error_code;
    out->words = r->results.v[i].error_message;
    kafc__admin_name(out, "user", r->results.v[i].user);
    return true;
}

static const struct kafc_admin_kind upserting = {
    .api = &kafc_alter_user_scram_credentials_api,
    .what = "changed",
    .since = "2.7",
    .item = changed,
};
static const struct kafc_admin_kind deleting = {
    .api = &kafc_alter_user_scram_credentials_api,
    .what = "deleted",
    .since = "2.7",
    .once = true,
    .item = changed,
};

static kafc_err check_name(const kafc_scram_credential *k, int32_t i, kafc_error *err)
{
    if (!k->user || !*k->user)
        return kafc__error(err, KAFC_ERR_USAGE, "the user of credential %d is empty", (int)i);
    if ((unsigned)k->mechanism < 1 || (unsigned)k->mechanism >= MECHANISMS)
        return kafc__error(err, KAFC_ERR_USAGE,
                           "credential %d of user '%.*s' takes KAFC_SCRAM_SHA_256 or _512", (int)i,
                           NAME_SHOWN, k->user);
    return KAFC_OK;
}

static const char *what_is_wrong(const kafc_scram_credential *k)
{
    if (k->iterations && (k->iterations < ITERATIONS_MIN || k->iterations > ITERATIONS_MAX))
        return "its iterations are not between 4096 and 1000000";
    if (k->salt.p ? k->salt.len < 1 : k->salt.len != 0)
        return "its salt is empty";
    if (k->password)
        return k->salted_password.p ? "it takes a password or a salted one, not both"
               : *k->password       ? NULL
                                    : "its password is empty";
    if (!k->salted_password.p)
        return "it takes a password";
    if (!k->salt.p || k->iterations == 0)
        return "a salted password takes the salt and iterations that it was made with";
    return k->salted_password.len == mechanisms[k->mechanism].size
               ? NULL
               : "its salted password has another length than the hash of its mechanism";
}

static kafc_err check_new(const kafc_scram_credential *k, int32_t i, kafc_error *err)
{
    kafc_err rc = check_name(k, i, err);
    const char *wrong = rc == KAFC_OK ? what_is_wrong(k) : NULL;
    return wrong ? kafc__error(err, KAFC_ERR_USAGE, "credential %d of user '%.*s': %s", (int)i,
                               NAME_SHOWN, k->user, wrong)
                 : rc;
}

/* Salt and what is made of the password, each with its own place behind the other. */
static kafc_err hash(const kafc_scram_credential *k, uint8_t *room,
                     struct kafc_alter_user_scram_credentials_req_upsertion *to, kafc_error *err)
{
    kafc_err rc = KAFC_OK;
    to->name = kafc__str(k->user);
    to->mechanism = (int8_t)k->mechanism;
    to->iterations = k->iterations ? k->iterations : ITERATIONS;
    to->salt = k->salt;
    to->salted_password = k->salted_password;
    if (!to->salt.p) {
        to->salt = (kafc_bytes){ room, SALT };
        rc = kafc__scram_random(room, SALT, err);
    }
    if (rc == KAFC_OK && k->password) {
        to->salted_password = (kafc_bytes){ room + SALT, mechanisms[k->mechanism].size };
        rc = kafc__scram_salted(k->mechanism == KAFC_SCRAM_SHA_512, k->password, to->salt,
                                to->iterations, room + SALT, err);
    }
    return rc;
}

/* What goes in one request. */
struct batch {
    struct kafc_admin *k;
    const struct kafc_admin_kind *kind;
    kafc_scram_credential **v;
    int32_t n;
    uint8_t *room; /* for salts and salted passwords */
};

static kafc_err upsert_request(struct kafc_alter_user_scram_credentials_req *req,
                               const struct batch *b, kafc_error *err)
{
    kafc_err rc = KAFC_OK;
    req->upsertions.v = kafc__msg_array(&kafc_alter_user_scram_credentials_req_upsertion_schema,
                                        b->n, &b->k->arena);
    req->upsertions.n = b->n;
    if (!req->upsertions.v)
        return no_memory(err);
    for (int32_t i = 0; rc == KAFC_OK && i < b->n; i++)
        rc = hash(b->v[i], b->room + (size_t)i * (SALT + SALTED_MAX), &req->upsertions.v[i], err);
    return rc;
}

static kafc_err delete_request(struct kafc_alter_user_scram_credentials_req *req,
                               const struct batch *b, kafc_error *err)
{
    req->deletions.v = kafc__msg_array(&kafc_alter_user_scram_credentials_req_deletion_schema, b->n,
                                       &b->k->arena);
    req->deletions.n = b->n;
    for (int32_t i = 0; req->deletions.v && i < b->n; i++) {
        req->deletions.v[i].name = kafc__str(b->v[i]->user);
        req->deletions.v[i].mechanism = (int8_t)b->v[i]->mechanism;
    }
    return req->deletions.v ? KAFC_OK : no_memory(err);
}

/* Each has what the answer says of its user. */
static kafc_err take(const struct kafc_alter_user_scram_credentials_resp *r, const struct batch *b,
                     kafc_err rc, kafc_error *err)
{
    for (int32_t i = 0; i < b->n; i++) {
        const struct kafc_alter_user_scram_credentials_resp_result *of = NULL;
        for (int32_t k = 0; r && !of && k < r->results.n; k++) {
            of = &r->results.v[(i + k) % r->results.n]; /* mostly in the order of the request */
            of = kafc__str_is(of->user, b->v[i]->user) ? of : NULL;
        }
        if (r && !of && rc == KAFC_OK)
            rc = kafc__error(err, KAFC_ERR_PROTOCOL, "the answer does not tell of user '%.*s'",
                             NAME_SHOWN, b->v[i]->user);
        b->v[i]->result = of ? (kafc_err)of->error_code : rc;
    }
    return rc;
}

/* *answered: others may be tried. */
static kafc_err change_batch(const struct batch *b, bool *answered, kafc_error *err)
{
    struct kafc_alter_user_scram_credentials_req req;
    kafc_answer *answer = NULL;
    kafc__msg_defaults(&kafc_alter_user_scram_credentials_req_schema, &req);
    kafc_err rc = b->kind == &deleting ? delete_request(&req, b, err) : upsert_request(&req, b, err);
    if (rc == KAFC_OK)
        rc = kafc__admin_ask(b->k->c, b->kind, &req, KAFC_BY_ROUTE, b->k->deadline, &answer, err);
    *answered = answer != NULL;
    rc = take(answer ? answer->resp : NULL, b, rc, err);
    kafc_answer_free(answer);
    return rc;
}

/* A controller of KRaft takes a user but once in a request: in which one does each go? Their number; 0: no memory. */
static int32_t deal(const kafc_scram_credential *v, int32_t n, int32_t *turn,
                    const kafc_allocator *mem)
{
    struct kafc_map last; /* turns by user */
    int32_t turns = 0;
    kafc__map_init(&last, mem);
    for (int32_t i = 0; i < n; i++) {
        size_t len = strlen(v[i].user);
        const int32_t *before = kafc__map_get(&last, v[i].user, len);
        turn[i] = before ? *before + 1 : 0;
        turns = turn[i] < turns ? turns : turn[i] + 1;
        if (!kafc__map_put(&last, v[i].user, len, &turn[i])) {
            turns = 0;
            break;
        }
    }
    kafc__map_fini(&last);
    return turns;
}

static kafc_err change(struct kafc_admin *k, const struct kafc_admin_kind *kind,
                       kafc_scram_credential *v, int32_t n)
{
    size_t secret = (size_t)n * (SALT + SALTED_MAX);
    struct batch b = { .k = k, .kind = kind };
    int32_t *turn = kafc__arena_array(&k->arena, (size_t)n, sizeof(*turn));
    b.v = kafc__arena_array(&k->arena, (size_t)n, sizeof(kafc_scram_credential *));
    b.room = kafc__arena_alloc(&k->arena, secret);
    int32_t turns = turn && b.v && b.room ? deal(v, n, turn, &k->c->mem) : 0;
    kafc_err rc = turns ? KAFC_OK : no_memory(k->err), first = rc;
    bool goes_on = turns > 0;
    for (int32_t t = 0; t < turns; t++) {
        kafc_error other, *err = first == KAFC_OK ? k->err : &other;
        b.n = 0;
        for (int32_t i = 0; i < n; i++)
            if (turn[i] == t)
                b.v[b.n++] = &v[i];
        if (goes_on)
            rc = change_batch(&b, &goes_on, err);
        else
            (void)take(NULL, &b, rc, err);
        first = first == KAFC_OK ? rc : first;
    }
    for (int32_t i = 0; turns == 0 && i < n; i++)
        v[i].result = rc;
    if (b.room)
        kafc__sasl_wipe(b.room, secret);
    return first;
}

static kafc_err change_users(kafc_client *c, const struct kafc_admin_kind *kind,
                             kafc_err (*check)(const kafc_scram_credential *k, int32_t i,
                                               kafc_error *err),
                             kafc_scram_credential *v, int32_t n, int timeout_ms, kafc_error *err)
{
    struct kafc_admin k;
    kafc_err rc = kafc__admin_begin(&k, c, timeout_ms, err);
    if (rc != KAFC_OK)
        return rc;
    if (n < 0 || (n > 0 && !v))
        rc = kafc__error(k.err, KAFC_ERR_USAGE, "there are no credentials, but their number is %d",
                         (int)n);
    for (int32_t i = 0; rc == KAFC_OK && i < n; i++)
        rc = check(&v[i], i, k.err);
    if (rc == KAFC_OK && n > 0)
        rc = change(&k, kind, v, n);
    return kafc__admin_end(&k, rc);
}

kafc_err kafc_admin_upsert_users(kafc_client *c, kafc_scram_credential *v, int32_t n,
                                 int timeout_ms, kafc_error *err)
{
    return change_users(c, &upserting, check_new, v, n, timeout_ms, err);
}

kafc_err kafc_admin_delete_users(kafc_client *c, kafc_scram_credential *v, int32_t n,
                                 int timeout_ms, kafc_error *err)
{
    return change_users(c, &deleting, check_name, v, n, timeout_ms, err);
}
