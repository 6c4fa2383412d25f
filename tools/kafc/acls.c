/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc acls: who may do what. What is said several times is multiplied, as
 * Kafka's own tool does it: two topics, two principals and an operation are
 * four ACLs, or filters.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <kafc/acls.h>

#include "tools/kafc/table.h"
#include "tools/kafc/verbs.h"

static const struct {
    int letter;
    kafc_acl_resource kind;
} resources[] = {
    { LONG_TOPIC, KAFC_ACL_TOPIC },
    { LONG_GROUP, KAFC_ACL_GROUP },
    { LONG_CLUSTER, KAFC_ACL_CLUSTER },
    { LONG_TRANSACTIONAL_ID, KAFC_ACL_TRANSACTIONAL_ID },
    { LONG_DELEGATION_TOKEN, KAFC_ACL_DELEGATION_TOKEN },
    { LONG_USER_PRINCIPAL, KAFC_ACL_USER },
};
enum { RESOURCES = sizeof resources / sizeof *resources };

/* What it takes to be something. */
static const struct {
    int letter;
    kafc_acl_resource kind;
    kafc_acl_operation operation;
} roles[] = {
    { LONG_PRODUCER, KAFC_ACL_TOPIC, KAFC_ACL_WRITE },
    { LONG_PRODUCER, KAFC_ACL_TOPIC, KAFC_ACL_DESCRIBE },
    { LONG_PRODUCER, KAFC_ACL_TOPIC, KAFC_ACL_CREATE },
    { LONG_PRODUCER, KAFC_ACL_TRANSACTIONAL_ID, KAFC_ACL_WRITE },
    { LONG_PRODUCER, KAFC_ACL_TRANSACTIONAL_ID, KAFC_ACL_DESCRIBE },
    { LONG_CONSUMER, KAFC_ACL_TOPIC, KAFC_ACL_READ },
    { LONG_CONSUMER, KAFC_ACL_TOPIC, KAFC_ACL_DESCRIBE },
    { LONG_CONSUMER, KAFC_ACL_GROUP, KAFC_ACL_READ },
};
enum { ROLES = sizeof roles / sizeof *roles };

static const struct {
    kafc_acl_permission permission;
    int principal, host;
} sides[] = {
    { KAFC_ACL_ALLOW, LONG_ALLOW_PRINCIPAL, LONG_ALLOW_HOST },
    { KAFC_ACL_DENY, LONG_DENY_PRINCIPAL, LONG_DENY_HOST },
    { (kafc_acl_permission)0, LONG_PRINCIPAL, 0 },
};
enum { SIDES = sizeof sides / sizeof *sides };

/* --- The product --------------------------------------------------------------------------------- */

struct product {
    const struct tool_options *o;
    bool filters; /* what is not said matches everything; else it is an error */
    kafc_acl_pattern pattern;
    kafc_acl *v;
    int32_t n, room;
};

static int add(struct product *x, const kafc_acl *a)
{
    if (x->n == x->room) {
        int32_t room = x->room ? 2 * x->room : 16;
        kafc_acl *v = room > 0 ? realloc(x->v, (size_t)room * sizeof *v) : NULL;

        if (!v)
            return verbs_no_memory();
        x->v = v;
        x->room = room;
    }
    x->v[x->n++] = *a;
    return TOOL_OK;
}

/* With the principals and hosts of one side. */
static int add_side(struct product *x, kafc_acl a, int side)
{
    const char *principal = tool_said(x->o, sides[side].principal, 0);
    int status = TOOL_OK;

    a.permission = sides[side].permission;
    for (int p = 0; !status && (p == 0 || principal); p++) {
        const char *host = tool_said(x->o, sides[side].host, 0);

        a.principal = principal;
        for (int h = 0; !status && (h == 0 || host); h++) {
            a.host = host;
            status = add(x, &a);
            host = tool_said(x->o, sides[side].host, h + 1);
        }
        principal = tool_said(x->o, sides[side].principal, p + 1);
    }
    return status;
}

static int add_who(struct product *x, const kafc_acl *a)
{
    int32_t before = x->n;
    int status = TOOL_OK;

    for (int i = 0; !status && i < SIDES; i++)
        if (tool_said(x->o, sides[i].principal, 0) || tool_said(x->o, sides[i].host, 0))
            status = add_side(x, *a, i);
    return status || x->n > before ? status : add(x, a);
}

static int add_operations(struct product *x, kafc_acl a, const char *of)
{
    int32_t before = x->n;
    int status = TOOL_OK;
    const char *word;

    for (int i = 0; !status && (word = tool_said(x->o, LONG_OPERATION, i)); i++) {
        a.operation = kafc_acl_operation_of(word);
        if (!a.operation || (a.operation == KAFC_ACL_ANY_OPERATION && !x->filters))
            return tool_fail(TOOL_USAGE, "\"%s\" is no operation, such as Read, Write, Create, Describe or All", word);
        status = add_who(x, &a);
    }
    for (int i = 0; !status && i < ROLES; i++)
        if (roles[i].kind == a.resource && *x->o->given[roles[i].letter]) {
            a.operation = roles[i].operation;
            status = add_who(x, &a);
        }
    if (status || x->n > before)
        return status;
    for (int i = 0; i < ROLES; i++)
        if (*x->o->given[roles[i].letter])
            return tool_fail(TOOL_USAGE, "%s says nothing of %s: that wants --operation", x->o->given[roles[i].letter],
                             of);
    return x->filters ? add_who(x, &a) : tool_fail(TOOL_USAGE, "create wants --operation, --producer or --consumer");
}

static int add_resource(struct product *x, const struct tool_said *said)
{
    for (int i = 0; i < RESOURCES; i++)
        if (said->letter == resources[i].letter)
            return add_operations(x,
                                  (kafc_acl){ .resource = resources[i].kind,
                                              .pattern = x->pattern,
                                              .name = *said->value || said->letter != LONG_CLUSTER ? said->value
                                                                                                   : "kafka-cluster" },
                                  x->o->given[said->letter]);
    return TOOL_OK;
}

static int multiply(struct product *x)
{
    int status = TOOL_OK;
    bool any = false;

    for (int k = 0; !status && k < x->o->nsaid; k++)
        status = add_resource(x, &x->o->said[k]);
    for (int i = 0; i < RESOURCES; i++)
        any = any || *x->o->given[resources[i].letter];
    if (status || any)
        return status;
    if (!x->filters)
        return tool_fail(TOOL_USAGE, "create wants --topic, --group, --cluster, --transactional-id, --delegation-token "
                                     "or --user-principal");
    return add_operations(x, (kafc_acl){ .pattern = *x->o->given[LONG_PATTERN] ? x->pattern : (kafc_acl_pattern)0 },
                          "all resources");
}

static int check_who(const struct product *x)
{
    bool any = x->filters;
    const char *who;

    for (int i = 0; i < SIDES; i++) {
        for (int p = 0; (who = tool_said(x->o, sides[i].principal, p)); p++)
            if (!strchr(who, ':'))
                return tool_fail(TOOL_USAGE, "\"%s\" is no principal: it is User:%s", who, who);
        if (!x->filters && tool_said(x->o, sides[i].host, 0) && !tool_said(x->o, sides[i].principal, 0))
            return tool_fail(TOOL_USAGE, "%s wants %s", x->o->given[sides[i].host],
                             i == 0 ? "--allow-principal" : "--deny-principal");
        any = any || tool_said(x->o, sides[i].principal, 0);
    }
    return any ? TOOL_OK : tool_fail(TOOL_USAGE, "create wants --allow-principal or --deny-principal");
}

/* *x is the caller's, whatever is returned. */
static int product(const struct verb_call *v, bool filters, struct product *x)
{
    const char *word = tool_said(v->o, LONG_PATTERN, 0);
    int status;

    *x = (struct product){ .o = v->o, .filters = filters, .pattern = KAFC_ACL_LITERAL };
    if (word)
        x->pattern = kafc_acl_pattern_of(word);
    if (!x->pattern)
        return tool_fail(TOOL_USAGE, "\"%s\" is no type of pattern: it is literal or prefixed; to list and to delete "
                                     "also any and match", word);
    status = check_who(x);
    return status ? status : multiply(x);
}

/* --- What is printed -------------------------------------------------------------------------------- */

/* As Java spells it; a number that kafc does not know as it is. */
static const char *word(const char *name, int number, char text[12])
{
    if (name)
        return name;
    (void)snprintf(text, 12, "%d", number);
    return text;
}

static int acl_json(const kafc_acl *a)
{
    char text[4][12];

    return verbs_print(json_pack(
        "{ss so ss so so ss ss ss*}", "resource", word(kafc_acl_resource_name(a->resource), (int)a->resource, text[0]),
        "name", verbs_text(a->name), "pattern", word(kafc_acl_pattern_name(a->pattern), (int)a->pattern, text[1]),
        "principal", verbs_text(a->principal), "host", verbs_text(a->host), "operation",
        word(kafc_acl_operation_name(a->operation), (int)a->operation, text[2]), "permission",
        word(kafc_acl_permission_name(a->permission), (int)a->permission, text[3]), "error",
        a->result ? kafc_err_name(a->result) : NULL));
}

/* Those without an error as a table; all of them as JSON. */
struct output {
    bool json;
    int32_t n;
    struct table t;
};

static int out_acls(struct output *out, const kafc_acl *v, int32_t n)
{
    char text[12];
    int status = TOOL_OK;

    for (int32_t i = 0; i < n; i++) {
        const kafc_acl *a = &v[i];

        if (out->json)
            status = verbs_status(status, acl_json(a));
        if (out->json || a->result)
            continue;
        if (!out->n++)
            table_begin(&out->t, "RESOURCE NAME PATTERN PRINCIPAL HOST OPERATION PERMISSION");
        table_add(&out->t, "%s", word(kafc_acl_resource_name(a->resource), (int)a->resource, text));
        table_add(&out->t, "%s", a->name);
        table_add(&out->t, "%s", word(kafc_acl_pattern_name(a->pattern), (int)a->pattern, text));
        table_add(&out->t, "%s", a->principal);
        table_add(&out->t, "%s", a->host);
        table_add(&out->t, "%s", word(kafc_acl_operation_name(a->operation), (int)a->operation, text));
        table_add(&out->t, "%s", word(kafc_acl_permission_name(a->permission), (int)a->permission, text));
    }
    return status;
}

/* What has gone wrong is said behind it. */
static int out_end(struct output *out, int status, const kafc_error *err)
{
    if (out->n && !table_end(&out->t))
        status = verbs_no_memory();
    if (!out->n && !out->json && !err->code)
        puts("no ACLs");
    if (err->code)
        status = verbs_failed(err);
    return status;
}

/* --- The verbs ------------------------------------------------------------------------------------------ */

static int tell(const struct verb_call *v, const struct product *x)
{
    kafc_error err = { .code = KAFC_OK };
    struct output out = { .json = v->o->json };
    int status = TOOL_OK;

    for (int32_t i = 0; i < x->n && !err.code; i++) {
        kafc_acl_list *l = NULL;

        if (!kafc_admin_describe_acls(v->client, &x->v[i], VERB_WAIT, &l, &err))
            status = out_acls(&out, l->acls, l->nacls);
        kafc_acl_list_free(l);
    }
    return out_end(&out, status, &err);
}

static int list(const struct verb_call *v)
{
    struct product x;
    int status = product(v, true, &x);

    status = status ? status : tell(v, &x);
    free(x.v);
    return status;
}

static int create(const struct verb_call *v)
{
    struct product x;
    kafc_error err = { .code = KAFC_OK };
    struct output out = { .json = v->o->json };
    int status = product(v, false, &x);

    if (!status) {
        /* what was not asked of anybody has no results */
        bool asked = !kafc_admin_create_acls(v->client, x.v, x.n, VERB_WAIT, &err) || err.code != KAFC_ERR_USAGE;

        for (int32_t i = 0; i < x.n; i++)
            x.v[i].host = x.v[i].host ? x.v[i].host : "*"; /* as it is now */
        status = out_end(&out, asked ? out_acls(&out, x.v, x.n) : TOOL_OK, &err);
    }
    free(x.v);
    return status;
}

static int delete(const struct verb_call *v)
{
    struct product x;
    kafc_acl_deletions *d = NULL;
    kafc_error err = { .code = KAFC_OK };
    struct output out = { .json = v->o->json };
    int status = product(v, true, &x);

    if (!status && v->o->nsaid == 0 && !v->o->all)
        status = tool_fail(TOOL_USAGE, "delete wants to know which: --topic NAME, --principal NAME, …, or --all");
    if (!status && v->o->dry_run) {
        status = tell(v, &x);
    } else if (!status) {
        (void)kafc_admin_delete_acls(v->client, x.v, x.n, VERB_WAIT, &d, &err);
        for (int32_t i = 0; d && i < d->nfilters; i++)
            status = verbs_status(status, out_acls(&out, d->filters[i].acls, d->filters[i].nacls));
        status = out_end(&out, status, &err);
    }
    kafc_acl_deletions_free(d);
    free(x.v);
    return status;
}

#define WHICH                                                                                                          \
    LONG_TOPIC, LONG_GROUP, LONG_CLUSTER, LONG_TRANSACTIONAL_ID, LONG_DELEGATION_TOKEN, LONG_USER_PRINCIPAL,           \
        LONG_PATTERN, LONG_ALLOW_PRINCIPAL, LONG_DENY_PRINCIPAL, LONG_ALLOW_HOST, LONG_DENY_HOST, LONG_OPERATION,      \
        LONG_PRODUCER, LONG_CONSUMER
static const int lists[] = { WHICH, LONG_PRINCIPAL, 0 };
static const int creates[] = { WHICH, 0 };
static const int deletes[] = { WHICH, LONG_PRINCIPAL, LONG_ALL, LONG_DRY_RUN, 0 };
static const struct verb verbs[] = {
    { "list", list, 0, 0, lists },
    { "create", create, 0, 0, creates },
    { "delete", delete, 0, 0, deletes },
};

int tool_acls(const struct tool_options *o)
{
    return verbs_run(o, "acls", "ACL", verbs, sizeof verbs / sizeof verbs[0]);
}
