/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc configs: of topics, brokers, their loggers, groups and client metrics.
 */
#include "tools/kafc/configs.h"

#include <stdlib.h>
#include <string.h>

#include "tools/kafc/table.h"

/* Resources as they are named on the command line: "orders", "broker:1". */
static const struct kind {
    const char *word; /* before the colon */
    kafc_config_kind kind;
} kinds[] = {
    { "topic", KAFC_CONFIG_TOPIC },     { "broker", KAFC_CONFIG_BROKER },
    { "loggers", KAFC_CONFIG_BROKER_LOGGER }, { "group", KAFC_CONFIG_GROUP },
    { "metrics", KAFC_CONFIG_CLIENT_METRICS },
};
enum { KINDS = sizeof kinds / sizeof *kinds };

static const char *word_of(kafc_config_kind kind)
{
    for (int i = 0; i < KINDS; i++)
        if (kinds[i].kind == kind)
            return kinds[i].word;
    return "resource";
}

/* Topics have no colon in their names. */
static int parse_resource(const char *s, kafc_config_resource *out)
{
    const char *colon = strchr(s, ':');

    *out = (kafc_config_resource){ KAFC_CONFIG_TOPIC, s };
    for (int i = 0; colon && i < KINDS; i++)
        if (strlen(kinds[i].word) == (size_t)(colon - s) && strncmp(s, kinds[i].word, (size_t)(colon - s)) == 0) {
            *out = (kafc_config_resource){ kinds[i].kind, colon + 1 };
            return TOOL_OK;
        }
    if (!colon)
        return TOOL_OK;
    return tool_fail(TOOL_USAGE, "\"%s\" is no resource: it is TOPIC, broker:ID, broker:, loggers:ID, group:NAME or "
                                 "metrics:NAME", s);
}

/* --- describe ------------------------------------------------------------------------------------ */

static const char *source_text(kafc_config_source s)
{
    static const char *const text[] = {
        [KAFC_SOURCE_TOPIC] = "topic",       [KAFC_SOURCE_DYNAMIC_BROKER] = "broker",
        [KAFC_SOURCE_DYNAMIC_BROKER_DEFAULT] = "all brokers", [KAFC_SOURCE_STATIC_BROKER] = "server.properties",
        [KAFC_SOURCE_DEFAULT] = "default",   [KAFC_SOURCE_BROKER_LOGGER] = "logger",
        [KAFC_SOURCE_CLIENT_METRICS] = "metrics", [KAFC_SOURCE_GROUP] = "group",
    };

    return s > 0 && (size_t)s < sizeof text / sizeof *text ? text[s] : "unknown";
}

static const char *type_text(kafc_config_type t)
{
    static const char *const text[] = { NULL,   "boolean", "string", "int",   "short",
                                        "long", "double",  "list",   "class", "password" };

    return t > 0 && (size_t)t < sizeof text / sizeof *text ? text[t] : NULL;
}

bool configs_is_set(const kafc_config_entry *e)
{
    return e->source != KAFC_SOURCE_DEFAULT && e->source != KAFC_SOURCE_STATIC_BROKER;
}

static json_t *entry_json(const kafc_config_entry *e)
{
    json_t *synonyms = json_array();

    for (int32_t i = 0; i < e->nsynonyms; i++)
        (void)json_array_append_new(synonyms, json_pack("{so so ss}", "name", verbs_text(e->synonyms[i].name), "value",
                                                        verbs_text(e->synonyms[i].value), "source",
                                                        source_text(e->synonyms[i].source)));
    return json_pack("{so so ss ss? sb sb so}", "name", verbs_text(e->name), "value", verbs_text(e->value), "source",
                     source_text(e->source), "type", type_text(e->type), "read_only", e->read_only, "sensitive",
                     e->sensitive, "synonyms", synonyms);
}

json_t *configs_json(const kafc_described_configs *d, bool all)
{
    json_t *a = json_array();

    for (int32_t i = 0; i < d->nentries; i++)
        if (all || configs_is_set(&d->entries[i]))
            (void)json_array_append_new(a, entry_json(&d->entries[i]));
    return a;
}

static int describe_text(const kafc_described_configs *d, bool all)
{
    struct table t;
    int32_t n = 0;

    for (int32_t i = 0; i < d->nentries; i++)
        n += all || configs_is_set(&d->entries[i]);
    printf("%s %s%s\n", word_of(d->of.kind), *d->of.name ? d->of.name : "(all)", n ? "" : ": nothing is set");
    if (!n)
        return TOOL_OK;
    table_begin(&t, "NAME VALUE SOURCE TYPE");
    for (int32_t i = 0; i < d->nentries; i++) {
        const kafc_config_entry *e = &d->entries[i];

        if (!all && !configs_is_set(e))
            continue;
        table_add(&t, "%s", e->name);
        table_add(&t, "%s", e->sensitive ? "(secret)" : e->value ? e->value : "");
        table_add(&t, "%s", source_text(e->source));
        table_add(&t, "%s", type_text(e->type) ? type_text(e->type) : "");
    }
    return table_end(&t) ? TOOL_OK : verbs_no_memory();
}

static int describe_one(const struct verb_call *v, const char *name)
{
    kafc_config_query q = { .nnames = 0 };
    kafc_config_descriptions *d = NULL;
    kafc_error err;
    int status = parse_resource(name, &q.of);
    bool all = v->o->all || q.of.kind == KAFC_CONFIG_BROKER_LOGGER;

    if (status)
        return status;
    if (kafc_admin_describe_configs(v->client, &q, 1, KAFC_CONFIG_SYNONYMS, VERB_WAIT, &d, &err))
        status = verbs_failed(&err);
    else if (v->o->json)
        status = verbs_print(json_pack("{so so}", word_of(q.of.kind), verbs_text(q.of.name), "configs",
                                       configs_json(d->resources, all)));
    else
        status = describe_text(d->resources, all);
    kafc_config_descriptions_free(d);
    return status;
}

static int describe(const struct verb_call *v)
{
    return verbs_each(v, describe_one);
}

/* --- list ------------------------------------------------------------------------------------------ */

static int list(const struct verb_call *v)
{
    kafc_config_resources *r;
    kafc_error err;
    json_t *a = v->o->json ? json_array() : NULL;

    if (kafc_admin_list_config_resources(v->client, 0, VERB_WAIT, &r, &err)) {
        json_decref(a);
        return verbs_failed(&err);
    }
    for (int32_t i = 0; i < r->nresources; i++)
        if (a)
            (void)json_array_append_new(a, json_pack("{ss so}", "kind", word_of(r->resources[i].kind), "name",
                                                     verbs_text(r->resources[i].name)));
        else
            printf("%s:%s\n", word_of(r->resources[i].kind), r->resources[i].name);
    kafc_config_resources_free(r);
    return a ? verbs_print(json_pack("{so}", "resources", a)) : TOOL_OK;
}

/* --- set, delete, append, subtract ------------------------------------------------------------------- */

static int changed(const struct verb_call *v, const kafc_config_changes *q)
{
    if (v->o->json)
        return verbs_print(json_pack("{so sb}", word_of(q->of.kind), verbs_text(q->of.name), "changed",
                                     !v->o->dry_run));
    printf("%s %s: %s\n", word_of(q->of.kind), *q->of.name ? q->of.name : "(all)",
           v->o->dry_run ? "can be changed so" : "changed");
    return TOOL_OK;
}

static int change_one(const struct verb_call *v, const char *name, kafc_config_op op)
{
    const struct tool_options *o = v->o;
    kafc_config_change *g = calloc((size_t)o->nconfigs, sizeof *g);
    kafc_config_changes q = { .changes = g, .nchanges = o->nconfigs };
    kafc_error err;
    int status = g ? parse_resource(name, &q.of) : verbs_no_memory();

    for (int i = 0; g && i < o->nconfigs; i++)
        g[i] = (kafc_config_change){ .name = o->configs[i].name, .value = o->configs[i].value, .op = op };
    if (!status && kafc_admin_alter_configs(v->client, &q, 1, o->dry_run, VERB_WAIT, &err))
        status = verbs_failed(&err);
    else if (!status)
        status = changed(v, &q);
    free(g);
    return status;
}

static int change(const struct verb_call *v, const char *verb, kafc_config_op op)
{
    bool values = op != KAFC_CONFIG_DELETE;
    int status = TOOL_OK;

    if (!v->o->nconfigs)
        return tool_fail(TOOL_USAGE, "%s wants -c NAME%s", verb, values ? "=VALUE" : "");
    for (int i = 0; i < v->o->nconfigs; i++)
        if (!v->o->configs[i].value == values)
            return tool_fail(TOOL_USAGE, "%s wants -c NAME%s, not \"%s%s%s\"", verb, values ? "=VALUE" : "",
                             v->o->configs[i].name, values ? "" : "=", values ? "" : v->o->configs[i].value);
    for (int i = 0; i < v->n; i++)
        status = verbs_status(status, change_one(v, v->names[i], op));
    return status;
}

static int set(const struct verb_call *v)
{
    return change(v, "set", KAFC_CONFIG_SET);
}

static int delete(const struct verb_call *v)
{
    return change(v, "delete", KAFC_CONFIG_DELETE);
}

static int append(const struct verb_call *v)
{
    return change(v, "append", KAFC_CONFIG_APPEND);
}

static int subtract(const struct verb_call *v)
{
    return change(v, "subtract", KAFC_CONFIG_SUBTRACT);
}

static const int describes[] = { LONG_ALL, 0 };
static const int changes[] = { LONG_CONFIG, LONG_DRY_RUN, 0 };
static const struct verb verbs[] = {
    { "list", list, 0, 0, NULL },
    { "describe", describe, 1, INT_MAX, describes },
    { "set", set, 1, INT_MAX, changes },
    { "delete", delete, 1, INT_MAX, changes },
    { "append", append, 1, INT_MAX, changes },
    { "subtract", subtract, 1, INT_MAX, changes },
};

int tool_configs(const struct tool_options *o)
{
    return verbs_run(o, "configs", "resource", verbs, sizeof verbs / sizeof verbs[0]);
}
