/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc groups: which there are, who is in them; and the way to its other
 * verbs.
 */
#include "tools/kafc/groups.h"

#include <string.h>

#include "tools/kafc/table.h"

static int not_there(const char *group, const kafc_group_list *l)
{
    struct tool_near near;

    tool_near_begin(&near, group);
    for (int32_t i = 0; i < l->ngroups; i++) {
        const char *type = l->groups[i].type;

        if (strcmp(l->groups[i].group, group) == 0)
            return tool_fail(TOOL_FAILED, "group %s is a %s group, and not a consumer's", group,
                             type ? type : "strange");
        tool_near_try(&near, l->groups[i].group);
    }
    if (near.best)
        return tool_fail(TOOL_FAILED, "there is no group \"%s\"; did you mean \"%s\"?", group, near.best);
    return tool_fail(TOOL_FAILED, "there is no group \"%s\"; \"kafc groups list\" shows those that there are", group);
}

int groups_failed(const struct verb_call *g, const char *group, const kafc_error *err)
{
    kafc_group_list *l = NULL;
    int status;

    if (err->code != KAFC_ERR_GROUP_ID_NOT_FOUND)
        return verbs_failed(err);
    (void)kafc_admin_list_groups(g->client, NULL, VERB_WAIT, &l, NULL);
    status = l ? not_there(group, l) : tool_fail(TOOL_FAILED, "there is no group \"%s\"", group);
    kafc_group_list_free(l);
    return status;
}

kafc_group_descriptions *groups_look(const struct verb_call *g, const char *group, kafc_error *err, int *status)
{
    kafc_group_descriptions *d;
    kafc_err rc = kafc_admin_describe_groups(g->client, &group, 1, VERB_WAIT, &d, err);

    *status = TOOL_OK;
    if (rc == KAFC_OK)
        return d;
    kafc_group_descriptions_free(d);
    if (rc != KAFC_ERR_GROUP_ID_NOT_FOUND && rc != KAFC_ERR_UNSUPPORTED)
        *status = verbs_failed(err);
    return NULL;
}

/* --- list ----------------------------------------------------------------------------------- */

static int list_json(const kafc_group_list *l)
{
    json_t *a = json_array();

    for (int32_t i = 0; i < l->ngroups; i++) {
        const kafc_listed_group *g = &l->groups[i];

        (void)json_array_append_new(a, json_pack("{so so so so si}", "group", verbs_text(g->group), "state",
                                                 verbs_text(g->state), "type", verbs_text(g->type),
                                                 "protocol_type", verbs_text(g->protocol_type), "coordinator",
                                                 (int)g->coordinator));
    }
    return verbs_print(json_pack("{so}", "groups", a));
}

static int list_text(const kafc_group_list *l)
{
    struct table t;

    table_begin(&t, "GROUP STATE TYPE PROTOCOL >COORDINATOR");
    for (int32_t i = 0; i < l->ngroups; i++) {
        const kafc_listed_group *g = &l->groups[i];

        table_add(&t, "%s", g->group);
        table_add(&t, "%s", g->state ? g->state : "");
        table_add(&t, "%s", g->type ? g->type : "");
        table_add(&t, "%s", g->protocol_type);
        table_number(&t, g->coordinator);
    }
    return table_end(&t) ? TOOL_OK : verbs_no_memory();
}

/* What the others know is shown when a broker fails. */
static int list(const struct verb_call *g)
{
    kafc_group_list *l;
    kafc_error err;
    kafc_err rc = kafc_admin_list_groups(g->client, NULL, VERB_WAIT, &l, &err);
    int status = !l ? TOOL_OK : g->o->json ? list_json(l) : list_text(l);

    kafc_group_list_free(l);
    return rc ? verbs_failed(&err) : status;
}

/* --- describe --------------------------------------------------------------------------------- */

static json_t *member_json(const kafc_group_member *m)
{
    json_t *topics = json_array(), *partitions = json_array();

    for (int32_t i = 0; i < m->ntopics; i++)
        (void)json_array_append_new(topics, verbs_text(m->topics[i]));
    for (int32_t i = 0; i < m->nassigned; i++)
        (void)json_array_append_new(partitions, json_pack("{so si}", "topic", verbs_text(m->assigned[i].topic),
                                                          "partition", (int)m->assigned[i].partition));
    return json_pack("{so so so so so so so so}", "member_id", verbs_text(m->member_id), "instance_id",
                     verbs_text(m->instance_id), "client_id", verbs_text(m->client_id), "host",
                     verbs_text(m->host), "rack", verbs_text(m->rack), "topics", topics, "pattern",
                     verbs_text(m->pattern), "partitions", partitions);
}

static int describe_json(const kafc_described_group *d)
{
    json_t *members = json_array();

    for (int32_t i = 0; i < d->nmembers; i++)
        (void)json_array_append_new(members, member_json(&d->members[i]));
    return verbs_print(json_pack("{so so so so so si so}", "group", verbs_text(d->group), "state",
                                  verbs_text(d->state), "type", verbs_text(d->type), "protocol_type",
                                  verbs_text(d->protocol_type), "assignor", verbs_text(d->assignor),
                                  "coordinator", (int)d->coordinator, "members", members));
}

/* "t[0,3] u[1]" */
static char *partitions_text(const kafc_group_member *m)
{
    char *text = NULL;
    size_t n;
    FILE *f = open_memstream(&text, &n);
    const char *topic = NULL;

    for (int32_t i = 0; f && i < m->nassigned; i++) {
        const kafc_topic_partition *p = &m->assigned[i];
        bool same = topic && strcmp(topic, p->topic) == 0;

        if (same)
            fprintf(f, ",%d", p->partition);
        else
            fprintf(f, "%s%s[%d", topic ? "] " : "", p->topic, p->partition);
        topic = p->topic;
    }
    if (f && topic)
        fputc(']', f);
    return f && fclose(f) == 0 ? text : NULL;
}

static char *topics_text(const kafc_group_member *m)
{
    char *text = NULL;
    size_t n;
    FILE *f = open_memstream(&text, &n);

    for (int32_t i = 0; f && i < m->ntopics; i++)
        fprintf(f, "%s%s", i ? "," : "", m->topics[i]);
    if (f && m->pattern)
        fprintf(f, "%s/%s/", m->ntopics ? "," : "", m->pattern);
    return f && fclose(f) == 0 ? text : NULL;
}

static void add_owned(struct table *t, char *text)
{
    t->failed |= !text;
    table_add(t, "%s", text ? text : "");
    free(text);
}

static int describe_text(const kafc_described_group *d)
{
    struct table t;

    printf("group %s: %s, %s, protocol %s, assignor %s, coordinator %d, %d member%s\n", d->group, d->state, d->type,
           *d->protocol_type ? d->protocol_type : "-", *d->assignor ? d->assignor : "-", (int)d->coordinator,
           (int)d->nmembers, d->nmembers == 1 ? "" : "s");
    if (!d->nmembers)
        return TOOL_OK;
    table_begin(&t, "MEMBER INSTANCE CLIENT HOST TOPICS PARTITIONS");
    for (int32_t i = 0; i < d->nmembers; i++) {
        const kafc_group_member *m = &d->members[i];

        table_add(&t, "%s", m->member_id);
        table_add(&t, "%s", m->instance_id ? m->instance_id : "");
        table_add(&t, "%s", m->client_id);
        table_add(&t, "%s", m->host);
        add_owned(&t, topics_text(m));
        add_owned(&t, partitions_text(m));
    }
    return table_end(&t) ? TOOL_OK : verbs_no_memory();
}

static int describe_one(const struct verb_call *g, const char *group)
{
    kafc_error err;
    int status;
    kafc_group_descriptions *d = groups_look(g, group, &err, &status);

    if (d)
        status = g->o->json ? describe_json(d->groups) : describe_text(d->groups);
    else if (!status)
        status = groups_failed(g, group, &err);
    kafc_group_descriptions_free(d);
    return status;
}

/* --- delete ------------------------------------------------------------------------------------ */

static int delete_one(const struct verb_call *g, const char *group)
{
    kafc_error err;

    if (kafc_admin_delete_groups(g->client, &group, 1, NULL, VERB_WAIT, &err))
        return groups_failed(g, group, &err);
    if (g->o->json)
        return verbs_print(json_pack("{so sb}", "group", verbs_text(group), "deleted", 1));
    printf("group %s: deleted\n", group);
    return TOOL_OK;
}

/* --- The verbs ---------------------------------------------------------------------------------- */

static int describe(const struct verb_call *g)
{
    return verbs_each(g, describe_one);
}

static int delete(const struct verb_call *g)
{
    return verbs_each(g, delete_one);
}

static const int moves[] = { 't', 'o', LONG_DRY_RUN, 0 };
static const struct verb verbs[] = {
    { "list", list, 0, 0, NULL },
    { "describe", describe, 1, INT_MAX, NULL },
    { "lag", groups_lag, 1, 1, NULL },
    { "reset", groups_reset, 1, 1, moves },
    { "delete", delete, 1, INT_MAX, NULL },
};

int tool_groups(const struct tool_options *o)
{
    return verbs_run(o, "groups", "group", verbs, sizeof verbs / sizeof verbs[0]);
}
