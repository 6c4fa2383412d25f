/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc tokens: delegation tokens. Only create prints a secret.
 */
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <kafc/users.h>

#include "tools/kafc/table.h"
#include "tools/kafc/verbs.h"

static int milliseconds(const struct verb_call *v, int letter, int64_t *out)
{
    const char *s = tool_said(v->o, letter, 0);
    long long n = 0;

    if (s && !tool_number(s, 0, INT64_MAX, &n))
        return tool_fail(TOOL_USAGE, "%s wants milliseconds, not \"%s\"", v->o->given[letter], s);
    *out = n;
    return TOOL_OK;
}

static json_t *token_json(const kafc_token *t, bool secret)
{
    json_t *renewers = json_array();

    for (int32_t i = 0; i < t->nrenewers; i++)
        (void)json_array_append_new(renewers, verbs_text(t->renewers[i]));
    return json_pack("{so so so so sI sI sI ss*}", "id", verbs_text(t->id), "owner", verbs_text(t->owner), "requester",
                     verbs_text(t->requester), "renewers", renewers, "issued_ms", (json_int_t)t->issued_ms,
                     "expires_ms", (json_int_t)t->expires_ms, "max_ms", (json_int_t)t->max_ms, "password",
                     secret ? t->password : NULL);
}

/* --- list ------------------------------------------------------------------------------------------ */

static int list_text(const kafc_token_list *l)
{
    struct table t;

    table_begin(&t, "ID OWNER REQUESTER >RENEWERS >EXPIRES-MS >MAX-MS");
    for (int32_t i = 0; i < l->ntokens; i++) {
        const kafc_token *k = &l->tokens[i];

        table_add(&t, "%s", k->id);
        table_add(&t, "%s", k->owner);
        table_add(&t, "%s", k->requester);
        table_number(&t, k->nrenewers);
        table_number(&t, k->expires_ms);
        table_number(&t, k->max_ms);
    }
    return table_end(&t) ? TOOL_OK : verbs_no_memory();
}

static int list(const struct verb_call *v)
{
    kafc_token_list *l = NULL;
    kafc_error err;
    int status = TOOL_OK;

    if (kafc_admin_describe_tokens(v->client, v->names, v->n, VERB_WAIT, &l, &err))
        status = verbs_failed(&err);
    else if (!v->o->json)
        status = list_text(l);
    for (int32_t i = 0; l && v->o->json && i < l->ntokens; i++)
        status = verbs_status(status, verbs_print(token_json(&l->tokens[i], false)));
    kafc_token_list_free(l);
    return status;
}

/* --- create ----------------------------------------------------------------------------------------- */

static int create(const struct verb_call *v)
{
    const char **renewers = calloc((size_t)v->o->nsaid + 1, sizeof *renewers);
    kafc_new_token t = { .owner = tool_said(v->o, LONG_OWNER, 0), .renewers = renewers };
    kafc_token_list *l = NULL;
    kafc_error err;
    int status = renewers ? milliseconds(v, LONG_LIFETIME, &t.lifetime_ms) : verbs_no_memory();

    while (!status && (renewers[t.nrenewers] = tool_said(v->o, LONG_RENEWER, t.nrenewers)))
        t.nrenewers++;
    if (!status && kafc_admin_create_token(v->client, &t, VERB_WAIT, &l, &err))
        status = verbs_failed(&err);
    else if (!status && v->o->json)
        status = verbs_print(token_json(l->tokens, true));
    else if (!status)
        printf("id %s\npassword %s\nowner %s\nexpires-ms %" PRId64 "\n", l->tokens->id, l->tokens->password,
               l->tokens->owner, l->tokens->expires_ms);
    kafc_token_list_free(l);
    free(renewers);
    return status;
}

/* --- renew, expire -------------------------------------------------------------------------------------- */

typedef kafc_err (*kafc_change_token_fn)(kafc_client *c, kafc_bytes hmac, int64_t period_ms, int timeout_ms,
                                         int64_t *expires_ms, kafc_error *err);

/* Its secret is what names it, and whoever may change it is told that. */
static int change(const struct verb_call *v, const char *id, kafc_change_token_fn fn)
{
    kafc_token_list *l = NULL;
    const kafc_token *t = NULL;
    kafc_error err;
    int64_t period, expires;
    int status = milliseconds(v, LONG_PERIOD, &period);

    if (!status && kafc_admin_describe_tokens(v->client, NULL, 0, VERB_WAIT, &l, &err))
        status = verbs_failed(&err);
    for (int32_t i = 0; l && i < l->ntokens; i++)
        if (strcmp(l->tokens[i].id, id) == 0)
            t = &l->tokens[i];
    if (!status && !t)
        status = tool_fail(TOOL_FAILED, "there is no token \"%s\", or it is another's", id);
    if (!status && fn(v->client, t->hmac, period, VERB_WAIT, &expires, &err))
        status = verbs_failed(&err);
    else if (!status && v->o->json)
        status = verbs_print(json_pack("{so sI}", "id", verbs_text(id), "expires_ms", (json_int_t)expires));
    else if (!status)
        printf("%s: expires-ms %" PRId64 "\n", id, expires);
    kafc_token_list_free(l);
    return status;
}

static int renew_one(const struct verb_call *v, const char *id)
{
    return change(v, id, kafc_admin_renew_token);
}

static int expire_one(const struct verb_call *v, const char *id)
{
    return change(v, id, kafc_admin_expire_token);
}

static int renew(const struct verb_call *v)
{
    return verbs_each(v, renew_one);
}

static int expire(const struct verb_call *v)
{
    return verbs_each(v, expire_one);
}

static const int creates[] = { LONG_OWNER, LONG_RENEWER, LONG_LIFETIME, 0 };
static const int changes[] = { LONG_PERIOD, 0 };
static const struct verb verbs[] = {
    { "list", list, 0, INT_MAX, NULL },
    { "create", create, 0, 0, creates },
    { "renew", renew, 1, INT_MAX, changes },
    { "expire", expire, 1, INT_MAX, changes },
};

int tool_tokens(const struct tool_options *o)
{
    return verbs_run(o, "tokens", "token", verbs, sizeof verbs / sizeof verbs[0]);
}
