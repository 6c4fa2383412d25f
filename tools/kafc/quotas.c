/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc quotas: how much clients may do. Whom they are for is named by parts,
 * "user:alice client-id:app"; "user:" is the default of all users.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <kafc/users.h>

#include "tools/kafc/verbs.h"

enum { PARTS = 3 };

/* "user:alice" in two; *name is NULL without a colon. The type is one of three. */
static int parse(const char *s, const char **type, const char **name)
{
    static const char *const types[] = { "user", "client-id", "ip" };
    size_t n = strcspn(s, ":");

    *name = s[n] ? s + n + 1 : NULL;
    for (int i = 0; i < PARTS; i++)
        if (strlen(types[i]) == n && strncmp(s, types[i], n) == 0) {
            *type = types[i];
            return TOOL_OK;
        }
    return tool_fail(TOOL_USAGE, "\"%s\" has no quotas: user:NAME, client-id:ID and ip:ADDRESS have", s);
}

/* --- list ------------------------------------------------------------------------------------------ */

static int entry_json(const kafc_quota_entry *e)
{
    json_t *of = json_object(), *quotas = json_object();

    for (int32_t i = 0; i < e->nentity; i++)
        (void)json_object_set_new(of, e->entity[i].type, verbs_text(e->entity[i].name));
    for (int32_t i = 0; i < e->nquotas; i++)
        (void)json_object_set_new(quotas, e->quotas[i].key, json_real(e->quotas[i].value));
    return verbs_print(json_pack("{so so}", "entity", of, "quotas", quotas));
}

static void entity_text(const kafc_quota_entity *v, int32_t n)
{
    for (int32_t i = 0; i < n; i++)
        printf("%s%s:%s", i ? " " : "", v[i].type, v[i].name ? v[i].name : "(default)");
}

static int entry_text(const kafc_quota_entry *e)
{
    entity_text(e->entity, e->nentity);
    for (int32_t i = 0; i < e->nquotas; i++)
        printf("%s%s=%.15g", i ? ", " : ": ", e->quotas[i].key, e->quotas[i].value);
    putchar('\n');
    return TOOL_OK;
}

static int list(const struct verb_call *v)
{
    kafc_quota_filter filter[PARTS];
    kafc_quota_list *l = NULL;
    kafc_error err;
    int status = TOOL_OK;

    for (int i = 0; !status && i < v->n; i++) {
        filter[i] = (kafc_quota_filter){ .match = KAFC_QUOTA_NAMED };
        status = parse(v->names[i], &filter[i].type, &filter[i].name);
        if (!filter[i].name)
            filter[i].match = KAFC_QUOTA_ANY;
        else if (!*filter[i].name)
            filter[i] = (kafc_quota_filter){ .type = filter[i].type, .match = KAFC_QUOTA_DEFAULT };
    }
    if (!status && kafc_admin_describe_quotas(v->client, filter, v->n, false, VERB_WAIT, &l, &err))
        status = verbs_failed(&err);
    for (int32_t i = 0; l && i < l->nentries; i++)
        status = verbs_status(status, v->o->json ? entry_json(&l->entries[i]) : entry_text(&l->entries[i]));
    if (l && !l->nentries && !v->o->json)
        puts("no quotas");
    kafc_quota_list_free(l);
    return status;
}

/* --- set, delete ------------------------------------------------------------------------------------- */

static int parse_quota(const kafc_config *c, bool remove, kafc_quota *out)
{
    char *end;

    *out = (kafc_quota){ .key = c->name, .remove = remove };
    if (remove)
        return c->value ? tool_fail(TOOL_USAGE, "delete wants -c NAME, not \"%s=%s\"", c->name, c->value) : TOOL_OK;
    out->value = c->value ? strtod(c->value, &end) : 0;
    return c->value && end != c->value && !*end
               ? TOOL_OK
               : tool_fail(TOOL_USAGE, "set wants -c NAME=NUMBER, not \"%s%s%s\"", c->name, c->value ? "=" : "",
                           c->value ? c->value : "");
}

static int changed(const struct verb_call *v, const kafc_quota_entity *of, int n)
{
    json_t *o;

    if (!v->o->json) {
        entity_text(of, n);
        printf(": %s\n", v->o->dry_run ? "can be changed so" : "changed");
        return TOOL_OK;
    }
    o = json_object();
    for (int i = 0; i < n; i++)
        (void)json_object_set_new(o, of[i].type, verbs_text(of[i].name));
    return verbs_print(json_pack("{so sb}", "entity", o, "changed", !v->o->dry_run));
}

static int change(const struct verb_call *v, bool remove)
{
    kafc_quota_entity of[PARTS];
    kafc_quota *q = calloc((size_t)v->o->nconfigs + 1, sizeof *q);
    kafc_quota_entry e = { .entity = of, .nentity = v->n, .quotas = q, .nquotas = v->o->nconfigs };
    kafc_error err;
    int status = q ? TOOL_OK : verbs_no_memory();

    if (!status && !v->o->nconfigs)
        status = tool_fail(TOOL_USAGE, "%s wants -c NAME%s", remove ? "delete" : "set", remove ? "" : "=NUMBER");
    for (int i = 0; !status && i < v->n; i++) {
        status = parse(v->names[i], &of[i].type, &of[i].name);
        if (!status && !of[i].name)
            status = tool_fail(TOOL_USAGE, "whose quotas? %s:NAME; \"%s:\" is the default", of[i].type, of[i].type);
        else if (!status && !*of[i].name)
            of[i].name = NULL;
    }
    for (int i = 0; !status && i < v->o->nconfigs; i++)
        status = parse_quota(&v->o->configs[i], remove, &q[i]);
    if (!status)
        status = kafc_admin_alter_quotas(v->client, &e, 1, v->o->dry_run, VERB_WAIT, &err) ? verbs_failed(&err)
                                                                                          : changed(v, of, v->n);
    free(q);
    return status;
}

static int set(const struct verb_call *v)
{
    return change(v, false);
}

static int delete(const struct verb_call *v)
{
    return change(v, true);
}

static const int changes[] = { LONG_CONFIG, LONG_DRY_RUN, 0 };
static const struct verb verbs[] = {
    { "list", list, 0, PARTS, NULL },
    { "set", set, 1, PARTS, changes },
    { "delete", delete, 1, PARTS, changes },
};

int tool_quotas(const struct tool_options *o)
{
    return verbs_run(o, "quotas", "entity", verbs, sizeof verbs / sizeof verbs[0]);
}
