/* SPDX-License-Identifier: BSD-2-Clause
 *
 * AlterUserScramCredentials: one credential of a user, as controllers of KRaft
 * have it.
 */
#include "base/mem.h"
#include "base/str.h"
#include "mock/group.h"
#include "mock/users.h"
#include "protocol/api/51_alter_user_scram_credentials.h"

enum { ITERATIONS_MIN = 4096, ITERATIONS_MAX = 16384, MECHANISMS = 2 };

typedef struct kafc_alter_user_scram_credentials_req request;
typedef struct kafc_alter_user_scram_credentials_resp_result result;

static int named(const request *q, kafc_str user)
{
    int n = 0;

    for (int32_t i = 0; i < q->deletions.n; i++)
        n += kafc__str_same(q->deletions.v[i].name, user);
    for (int32_t i = 0; i < q->upsertions.n; i++)
        n += kafc__str_same(q->upsertions.v[i].name, user);
    return n;
}

static void note(result *to, kafc_err code, const char *why)
{
    if (to->error_code)
        return;
    to->error_code = (int16_t)code;
    to->error_message = kafc__str(why);
}

static void check(const struct kafc_mrq *rq, const request *q, result *to)
{
    if (named(q, to->user) > 1)
        note(to, KAFC_ERR_DUPLICATE_RESOURCE,
             "A user credential cannot be altered twice in the same request");
    for (int32_t i = 0; i < q->deletions.n; i++)
        if (kafc__str_same(q->deletions.v[i].name, to->user) &&
            !kafc__mscram_find(rq->c, to->user, q->deletions.v[i].mechanism))
            note(to, KAFC_ERR_RESOURCE_NOT_FOUND,
                 "Attempt to delete a user credential that does not exist");
    for (int32_t i = 0; i < q->upsertions.n; i++) {
        if (!kafc__str_same(q->upsertions.v[i].name, to->user))
            continue;
        if (q->upsertions.v[i].mechanism < 1 || q->upsertions.v[i].mechanism > MECHANISMS)
            note(to, KAFC_ERR_UNSUPPORTED_SASL_MECHANISM, "Unknown SCRAM mechanism");
        if (q->upsertions.v[i].iterations < ITERATIONS_MIN)
            note(to, KAFC_ERR_UNACCEPTABLE_CREDENTIAL, "Too few iterations");
        if (q->upsertions.v[i].iterations > ITERATIONS_MAX)
            note(to, KAFC_ERR_UNACCEPTABLE_CREDENTIAL, "Too many iterations");
        if (q->upsertions.v[i].salted_password.len > (int32_t)sizeof ((struct kafc_mscram *)0)->salted)
            note(to, KAFC_ERR_UNACCEPTABLE_CREDENTIAL, "Too long a salted password");
    }
}

static void take_away(struct kafc_cluster *c, kafc_str user, int8_t mechanism)
{
    struct kafc_mscram *s = kafc__mscram_find(c, user, mechanism);

    if (!s)
        return;
    kafc__list_del(&s->node);
    kafc__free(&c->mem, s);
}

static bool set(struct kafc_cluster *c, const struct kafc_alter_user_scram_credentials_req_upsertion *u)
{
    size_t len = (size_t)u->name.len, nsalt = (size_t)u->salt.len;
    struct kafc_mscram *s = kafc__zalloc(&c->mem, sizeof *s + len + nsalt + 1);

    if (!s)
        return false;
    take_away(c, u->name, u->mechanism);
    s->mechanism = u->mechanism;
    s->iterations = u->iterations;
    s->len = u->name.len;
    s->nsalt = u->salt.len;
    if (len)
        memcpy(s->user, u->name.p, len);
    if (nsalt)
        memcpy(s->user + len, u->salt.p, nsalt);
    if (u->salted_password.len)
        memcpy(s->salted, u->salted_password.p, (size_t)u->salted_password.len);
    kafc__list_push(&c->scrams, &s->node);
    return true;
}

static bool apply(struct kafc_cluster *c, const request *q, kafc_str user)
{
    bool ok = true;

    for (int32_t i = 0; i < q->deletions.n; i++)
        if (kafc__str_same(q->deletions.v[i].name, user))
            take_away(c, user, q->deletions.v[i].mechanism);
    for (int32_t i = 0; ok && i < q->upsertions.n; i++)
        if (kafc__str_same(q->upsertions.v[i].name, user))
            ok = set(c, &q->upsertions.v[i]);
    return ok;
}

/* The answer has each user once. */
static result *of_user(struct kafc_alter_user_scram_credentials_resp *a, kafc_str user)
{
    for (int32_t i = 0; i < a->results.n; i++)
        if (kafc__str_same(a->results.v[i].user, user))
            return &a->results.v[i];
    a->results.v[a->results.n].user = user;
    return &a->results.v[a->results.n++];
}

static enum kafc_mdone serve(struct kafc_mrq *rq, const void *req, void *resp)
{
    const request *q = req;
    struct kafc_alter_user_scram_credentials_resp *a = resp;
    kafc_err code = kafc__mock_refuses_cluster(rq, KAFC_ACL_ALTER);

    a->results.v = kafc__msg_array(&kafc_alter_user_scram_credentials_resp_result_schema,
                                   q->deletions.n + q->upsertions.n, &rq->arena);
    if (!a->results.v)
        return KAFC_MDONE_CUT;
    for (int32_t i = 0; i < q->deletions.n; i++)
        (void)of_user(a, q->deletions.v[i].name);
    for (int32_t i = 0; i < q->upsertions.n; i++)
        (void)of_user(a, q->upsertions.v[i].name);
    for (int32_t i = 0; i < a->results.n; i++) {
        result *to = &a->results.v[i];

        if (code)
            to->error_code = (int16_t)code;
        else
            check(rq, q, to);
        if (!to->error_code && !apply(rq->c, q, to->user))
            return KAFC_MDONE_CUT;
    }
    return KAFC_MDONE_ANSWER;
}

const struct kafc_mserve kafc__mock_alter_user_scram_credentials = {
    KAFC_API_ALTER_USER_SCRAM_CREDENTIALS, 0, serve, 0, { [7] = 1 }
};
