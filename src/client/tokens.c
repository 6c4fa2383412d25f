/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Delegation tokens. Their HMACs are secrets: what holds one, of answers and
 * results, is wiped before it is given back.
 */
#include <kafc/users.h>

#include <stdio.h>
#include <stdlib.h>

#include "base/base64.h"
#include "base/str.h"
#include "client/admin.h"
#include "protocol/api/38_create_delegation_token.h"
#include "protocol/api/39_renew_delegation_token.h"
#include "protocol/api/40_expire_delegation_token.h"
#include "protocol/api/41_describe_delegation_token.h"
#include "sasl/sasl.h"

static kafc_err no_memory(kafc_error *err)
{
    return kafc__admin_no_memory("the tokens", err);
}

static void wipe(const void *p, int32_t n)
{
    if (p && n > 0)
        kafc__sasl_wipe((void *)(uintptr_t)p, (size_t)n);
}

/* "User:alice": type and name. */
static kafc_err split(const char *principal, kafc_str *type, kafc_str *name, kafc_error *err)
{
    const char *colon = principal ? strchr(principal, ':') : NULL;
    if (!colon || colon == principal || !colon[1])
        return kafc__error(err, KAFC_ERR_USAGE, "principal '%.200s' is not of the form 'User:NAME'",
                           principal ? principal : "");
    *type = (kafc_str){ principal, (int32_t)(colon - principal) };
    *name = kafc__str(colon + 1);
    return KAFC_OK;
}

/* --- Results ---------------------------------------------------------------------------- */

static const char *principal(struct kafc_arena *a, kafc_str type, kafc_str name)
{
    size_t n = (size_t)type.len + (size_t)name.len + 2;
    char *text = type.len > 0 || name.len > 0 ? kafc__arena_alloc(a, n) : NULL;
    if (text)
        (void)snprintf(text, n, "%.*s:%.*s", (int)type.len, type.p ? type.p : "", (int)name.len,
                       name.p ? name.p : "");
    return text ? text : "";
}

static void put_secret(struct kafc_arena *a, kafc_bytes hmac, kafc_token *to)
{
    char *text = kafc__arena_alloc(a, KAFC_BASE64_SIZE(hmac.len) + 1);
    char *copy = kafc__arena_dup(a, hmac.p, (size_t)hmac.len);
    if (text)
        text[kafc__base64_encode(kafc__base64_digits, text, hmac.p, (size_t)hmac.len)] = '\0';
    to->password = text;
    to->hmac = (kafc_bytes){ copy, hmac.len };
}

void kafc_token_list_free(kafc_token_list *l)
{
    for (int32_t i = 0; l && i < l->ntokens; i++) {
        const kafc_token *t = &l->tokens[i];
        wipe(t->hmac.p, t->hmac.len);
        wipe(t->password, t->password ? (int32_t)strlen(t->password) : 0);
    }
    kafc__piece_free(l);
}

/* NULL: out of memory, and what was there is wiped. */
static kafc_token_list *finish(kafc_token_list *l)
{
    if (!kafc__piece_arena(l)->failed)
        return l;
    kafc_token_list_free(l);
    return NULL;
}

/* With n tokens of zeroes; NULL: out of memory. */
static kafc_token_list *new_list(const kafc_allocator *mem, int32_t n, kafc_token **v)
{
    kafc_token_list *l = kafc__piece_new(mem, sizeof(*l));
    *v = l ? kafc__arena_array(kafc__piece_arena(l), (size_t)n, sizeof(**v)) : NULL;
    if (*v) {
        l->tokens = *v;
        l->ntokens = n;
        return l;
    }
    kafc__piece_free(l);
    return NULL;
}

/* --- Create ------------------------------------------------------------------------------- */

static bool created(const void *resp, int32_t i, struct kafc_admin_item *out)
{
    const struct kafc_create_delegation_token_resp *r = resp;
    const struct kafc_create_delegation_token_req *q = out->req;
    kafc_str type = q->owner_principal_type, name = q->owner_principal_name;
    out->code = r->error_code;
    if (name.p)
        (void)snprintf(out->name, sizeof(out->name), "a delegation token of '%.*s:%.*s'",
                       KAFC_STR_HEAD(type, 40), KAFC_STR_HEAD(name, 200));
    else
        (void)snprintf(out->name, sizeof(out->name), "a delegation token");
    return i == 0;
}

static const struct kafc_admin_kind creating = {
    .api = &kafc_create_delegation_token_api,
    .what = "created",
    .since = "1.1",
    .too_old = "for a token of somebody else, which takes 3.3",
    .once = true,
    .item = created,
};

static kafc_err create_request(struct kafc_create_delegation_token_req *req,
                               const kafc_new_token *t, struct kafc_arena *a, kafc_error *err)
{
    kafc_err rc = KAFC_OK;
    kafc__msg_defaults(&kafc_create_delegation_token_req_schema, req);
    if (t->nrenewers < 0 || (t->nrenewers > 0 && !t->renewers) || t->lifetime_ms < 0)
        return kafc__error(err, KAFC_ERR_USAGE, "a token of %d renewers and %lld ms",
                           (int)t->nrenewers, (long long)t->lifetime_ms);
    req->max_lifetime_ms = t->lifetime_ms ? t->lifetime_ms : -1;
    req->owner_principal_type = req->owner_principal_name = (kafc_str){ NULL, 0 };
    if (t->owner)
        rc = split(t->owner, &req->owner_principal_type, &req->owner_principal_name, err);
    req->renewers.n = t->nrenewers;
    req->renewers.v = kafc__msg_array(&kafc_create_delegation_token_req_renewer_schema,
                                      t->nrenewers, a);
    if (!req->renewers.v)
        return no_memory(err);
    for (int32_t i = 0; rc == KAFC_OK && i < t->nrenewers; i++)
        rc = split(t->renewers[i], &req->renewers.v[i].principal_type,
                   &req->renewers.v[i].principal_name, err);
    return rc;
}

static kafc_token_list *one_token(const kafc_allocator *mem,
                                  const struct kafc_create_delegation_token_resp *r)
{
    kafc_token *t;
    kafc_token_list *l = new_list(mem, 1, &t);
    if (!l)
        return NULL;
    struct kafc_arena *a = kafc__piece_arena(l);
    put_secret(a, r->hmac, t);
    t->id = kafc__piece_text(a, r->token_id, "");
    t->owner = principal(a, r->principal_type, r->principal_name);
    t->requester = principal(a, r->token_requester_principal_type,
                             r->token_requester_principal_name);
    t->issued_ms = r->issue_timestamp_ms;
    t->expires_ms = r->expiry_timestamp_ms;
    t->max_ms = r->max_timestamp_ms;
    return finish(l);
}

static kafc_err create(struct kafc_admin *k, const kafc_new_token *t, kafc_token_list **out)
{
    struct kafc_create_delegation_token_req req;
    kafc_answer *answer = NULL;
    kafc_err rc = create_request(&req, t, &k->arena, k->err);
    if (rc == KAFC_OK)
        rc = kafc__admin_ask(k->c, &creating, &req, KAFC_BY_ROUTE, k->deadline, &answer, k->err);
    const struct kafc_create_delegation_token_resp *r = answer ? answer->resp : NULL;
    if (rc == KAFC_OK && r && !(*out = one_token(&k->c->mem, r)))
        rc = no_memory(k->err);
    if (r)
        wipe(r->hmac.p, r->hmac.len);
    kafc_answer_free(answer);
    return rc;
}

kafc_err kafc_admin_create_token(kafc_client *c, const kafc_new_token *t, int timeout_ms,
                                 kafc_token_list **out, kafc_error *err)
{
    static const kafc_new_token plain;
    struct kafc_admin k;
    if (!out)
        return kafc__error(err, KAFC_ERR_USAGE, "there is no place for the token");
    *out = NULL;
    kafc_err rc = kafc__admin_begin(&k, c, timeout_ms, err);
    return rc == KAFC_OK ? kafc__admin_end(&k, create(&k, t ? t : &plain, out)) : rc;
}

/* --- Renew, expire -------------------------------------------------------------------------- */

static const struct kafc_admin_kind renewing = {
    .api = &kafc_renew_delegation_token_api,
    .what = "renewed",
    .since = "1.1",
    .whole = "the delegation token",
};
static const struct kafc_admin_kind expiring = {
    .api = &kafc_expire_delegation_token_api,
    .what = "ended",
    .since = "1.1",
    .once = true,
    .whole = "the delegation token",
};

/* The door of both. *answer is there with KAFC_OK. */
static kafc_err put_off(kafc_client *c, const struct kafc_admin_kind *kind, const void *req,
                        kafc_bytes hmac, int64_t period_ms, int timeout_ms, kafc_answer **answer,
                        kafc_error *err)
{
    struct kafc_admin k;
    *answer = NULL;
    kafc_err rc = kafc__admin_begin(&k, c, timeout_ms, err);
    if (rc != KAFC_OK)
        return rc;
    if (!hmac.p || hmac.len < 1 || period_ms < 0)
        rc = kafc__error(k.err, KAFC_ERR_USAGE,
                         "a token is %s by its hmac, of %d bytes, for %lld ms", kind->what,
                         (int)hmac.len, (long long)period_ms);
    else
        rc = kafc__admin_ask(c, kind, req, KAFC_BY_ROUTE, k.deadline, answer, k.err);
    return kafc__admin_end(&k, rc);
}

kafc_err kafc_admin_renew_token(kafc_client *c, kafc_bytes hmac, int64_t period_ms, int timeout_ms,
                                int64_t *expires_ms, kafc_error *err)
{
    struct kafc_renew_delegation_token_req req = { hmac, period_ms ? period_ms : -1, { 0 } };
    kafc_answer *answer;
    kafc_err rc = put_off(c, &renewing, &req, hmac, period_ms, timeout_ms, &answer, err);
    if (rc == KAFC_OK && expires_ms)
        *expires_ms =
            ((const struct kafc_renew_delegation_token_resp *)answer->resp)->expiry_timestamp_ms;
    kafc_answer_free(answer);
    return rc;
}

kafc_err kafc_admin_expire_token(kafc_client *c, kafc_bytes hmac, int64_t period_ms, int timeout_ms,
                                 int64_t *expires_ms, kafc_error *err)
{
    struct kafc_expire_delegation_token_req req = { hmac, period_ms ? period_ms : -1, { 0 } };
    kafc_answer *answer;
    kafc_err rc = put_off(c, &expiring, &req, hmac, period_ms, timeout_ms, &answer, err);
    if (rc == KAFC_OK && expires_ms)
        *expires_ms =
            ((const struct kafc_expire_delegation_token_resp *)answer->resp)->expiry_timestamp_ms;
    kafc_answer_free(answer);
    return rc;
}

/* --- Describe --------------------------------------------------------------------------------- */

static const struct kafc_admin_kind describing = {
    .api = &kafc_describe_delegation_token_api,
    .what = "described",
    .since = "1.1",
    .whole = "the delegation tokens",
};

static void put_token(struct kafc_arena *a,
                      const struct kafc_describe_delegation_token_resp_token *from, kafc_token *to)
{
    const char **v = kafc__arena_array(a, (size_t)from->renewers.n, sizeof(*v));
    put_secret(a, from->hmac, to);
    to->id = kafc__piece_text(a, from->token_id, "");
    to->owner = principal(a, from->principal_type, from->principal_name);
    to->requester = principal(a, from->token_requester_principal_type,
                              from->token_requester_principal_name);
    for (int32_t i = 0; v && i < from->renewers.n; i++)
        v[i] = principal(a, from->renewers.v[i].principal_type, from->renewers.v[i].principal_name);
    to->renewers = v;
    to->nrenewers = from->renewers.n;
    to->issued_ms = from->issue_timestamp;
    to->expires_ms = from->expiry_timestamp;
    to->max_ms = from->max_timestamp;
}

static int by_id(const void *a, const void *b)
{
    return strcmp(((const kafc_token *)a)->id, ((const kafc_token *)b)->id);
}

static kafc_token_list *listed(const kafc_allocator *mem,
                               const struct kafc_describe_delegation_token_resp *r)
{
    kafc_token *v;
    kafc_token_list *l = new_list(mem, r->tokens.n, &v);
    for (int32_t i = 0; l && i < r->tokens.n; i++)
        put_token(kafc__piece_arena(l), &r->tokens.v[i], &v[i]);
    l = l ? finish(l) : NULL;
    if (l && l->ntokens > 1)
        qsort(v, (size_t)l->ntokens, sizeof(*v), by_id);
    return l;
}

static kafc_err describe_request(struct kafc_describe_delegation_token_req *req,
                                 const char *const *owners, int32_t n, struct kafc_arena *a,
                                 kafc_error *err)
{
    kafc_err rc = KAFC_OK;
    kafc__msg_defaults(&kafc_describe_delegation_token_req_schema, req);
    if (n < 0 || (n > 0 && !owners))
        return kafc__error(err, KAFC_ERR_USAGE, "there are no owners, but their number is %d",
                           (int)n);
    req->owners.n = n > 0 ? n : -1;
    req->owners.v = kafc__msg_array(&kafc_describe_delegation_token_req_owner_schema, n, a);
    if (!req->owners.v)
        return no_memory(err);
    for (int32_t i = 0; rc == KAFC_OK && i < n; i++)
        rc = split(owners[i], &req->owners.v[i].principal_type, &req->owners.v[i].principal_name,
                   err);
    return rc;
}

static kafc_err describe(struct kafc_admin *k, const char *const *owners, int32_t n,
                         kafc_token_list **out)
{
    struct kafc_describe_delegation_token_req req;
    kafc_answer *answer = NULL;
    kafc_err rc = describe_request(&req, owners, n, &k->arena, k->err);
    if (rc == KAFC_OK)
        rc = kafc__admin_ask(k->c, &describing, &req, KAFC_BY_ROUTE, k->deadline, &answer, k->err);
    const struct kafc_describe_delegation_token_resp *r = answer ? answer->resp : NULL;
    if (rc == KAFC_OK && r && !(*out = listed(&k->c->mem, r)))
        rc = no_memory(k->err);
    for (int32_t i = 0; r && i < r->tokens.n; i++)
        wipe(r->tokens.v[i].hmac.p, r->tokens.v[i].hmac.len);
    kafc_answer_free(answer);
    return rc;
}

kafc_err kafc_admin_describe_tokens(kafc_client *c, const char *const *owners, int32_t n,
                                    int timeout_ms, kafc_token_list **out, kafc_error *err)
{
    struct kafc_admin k;
    if (!out)
        return kafc__error(err, KAFC_ERR_USAGE, "there is no place for the tokens");
    *out = NULL;
    kafc_err rc = kafc__admin_begin(&k, c, timeout_ms, err);
    return rc == KAFC_OK ? kafc__admin_end(&k, describe(&k, owners, n, out)) : rc;
}
