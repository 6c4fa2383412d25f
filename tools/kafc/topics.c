/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc topics: which there are and where they lie; to make, grow and delete
 * them.
 */
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "tools/kafc/configs.h"
#include "tools/kafc/table.h"

/* Reports it; of a topic that is not there, which one is near. */
static int failed(const struct verb_call *v, const char *topic, const kafc_error *err)
{
    kafc_metadata *m = NULL;
    struct tool_near near;

    if (err->code != KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION)
        return verbs_failed(err);
    tool_near_begin(&near, topic);
    (void)kafc_client_metadata(v->client, NULL, KAFC_ALL_TOPICS, VERB_WAIT, &m, NULL);
    for (int32_t i = 0; m && i < m->ntopics; i++)
        tool_near_try(&near, m->topics[i].name);
    if (near.best)
        (void)tool_fail(0, "there is no topic \"%s\"; did you mean \"%s\"?", topic, near.best);
    else
        (void)tool_fail_topic(topic, KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION);
    kafc_metadata_free(m);
    return TOOL_FAILED;
}

static json_t *id_json(const kafc_uuid *id)
{
    static const kafc_uuid none;
    char text[KAFC_UUID_TEXT];

    kafc__uuid_text(id, text);
    return memcmp(id, &none, sizeof none) == 0 ? json_null() : json_string(text);
}

/* "AAAA…": NULL-safe for tables: "" of a broker that does not tell it. */
static const char *id_text(const kafc_uuid *id, char text[KAFC_UUID_TEXT])
{
    static const kafc_uuid none;

    kafc__uuid_text(id, text);
    return memcmp(id, &none, sizeof none) == 0 ? "" : text;
}

static int32_t replicas_of(const kafc_topic *t)
{
    return t->npartitions ? t->partitions[0].nreplicas : 0;
}

/* --- list --------------------------------------------------------------------------------------- */

static int list_json(const kafc_metadata *m)
{
    json_t *a = json_array();

    for (int32_t i = 0; i < m->ntopics; i++) {
        const kafc_topic *t = &m->topics[i];

        (void)json_array_append_new(a, json_pack("{so si si sb so}", "topic", verbs_text(t->name), "partitions",
                                                 (int)t->npartitions, "replication", (int)replicas_of(t), "internal",
                                                 t->internal, "id", id_json(&t->id)));
    }
    return verbs_print(json_pack("{so}", "topics", a));
}

static int list_text(const kafc_metadata *m)
{
    struct table t;
    char id[KAFC_UUID_TEXT];

    table_begin(&t, "TOPIC >PARTITIONS >REPLICAS INTERNAL ID");
    for (int32_t i = 0; i < m->ntopics; i++) {
        table_add(&t, "%s", m->topics[i].name);
        table_number(&t, m->topics[i].npartitions);
        table_number(&t, replicas_of(&m->topics[i]));
        table_add(&t, "%s", m->topics[i].internal ? "yes" : "");
        table_add(&t, "%s", id_text(&m->topics[i].id, id));
    }
    return table_end(&t) ? TOOL_OK : verbs_no_memory();
}

static int list(const struct verb_call *v)
{
    kafc_metadata *m;
    kafc_error err;
    int status;

    if (kafc_client_metadata(v->client, NULL, KAFC_ALL_TOPICS, VERB_WAIT, &m, &err))
        return verbs_failed(&err);
    status = v->o->json ? list_json(m) : list_text(m);
    kafc_metadata_free(m);
    return status;
}

/* --- describe ------------------------------------------------------------------------------------- */

static json_t *ids_json(const int32_t *id, int32_t n)
{
    json_t *a = json_array();

    for (int32_t i = 0; i < n; i++)
        (void)json_array_append_new(a, json_integer(id[i]));
    return a;
}

static json_t *partition_json(const kafc_partition *p)
{
    json_t *o = json_pack("{si si si so so so}", "partition", (int)p->id, "leader", (int)p->leader, "leader_epoch",
                          (int)p->leader_epoch, "replicas", ids_json(p->replicas, p->nreplicas), "isr",
                          ids_json(p->isr, p->nisr), "offline", ids_json(p->offline, p->noffline));

    if (p->eligible)
        (void)json_object_set_new(o, "eligible", ids_json(p->eligible, p->neligible));
    return o;
}

/* Of all of them, in their order; a part of it, or NULL, if they are not to be had: they are not what was asked for. */
static kafc_config_descriptions *configs_of(const struct verb_call *v, const kafc_topic_descriptions *topics)
{
    kafc_config_query *q = calloc((size_t)topics->ntopics + 1, sizeof *q);
    kafc_config_descriptions *d = NULL;

    for (int32_t i = 0; q && i < topics->ntopics; i++)
        q[i].of = (kafc_config_resource){ KAFC_CONFIG_TOPIC, topics->topics[i].name };
    if (q)
        (void)kafc_admin_describe_configs(v->client, q, topics->ntopics, 0, VERB_WAIT, &d, NULL);
    free(q);
    return d;
}

static int describe_json(const kafc_topic *t, const kafc_described_configs *configs)
{
    json_t *partitions = json_array();

    for (int32_t i = 0; i < t->npartitions; i++)
        (void)json_array_append_new(partitions, partition_json(&t->partitions[i]));
    return verbs_print(json_pack("{so so sb so so}", "topic", verbs_text(t->name), "id", id_json(&t->id), "internal",
                                 t->internal, "configs",
                                 configs && !configs->result ? configs_json(configs, false) : json_null(),
                                 "partitions", partitions));
}

static void add_ids(struct table *t, const int32_t *id, int32_t n)
{
    char *text = NULL;
    size_t size;
    FILE *f = open_memstream(&text, &size);

    for (int32_t i = 0; f && i < n; i++)
        fprintf(f, "%s%d", i ? "," : "", id[i]);
    t->failed |= !f || fclose(f) != 0;
    table_add(t, "%s", text ? text : "");
    free(text);
}

static void print_configs(const kafc_described_configs *configs)
{
    for (int32_t i = 0; configs && i < configs->nentries; i++) {
        const kafc_config_entry *e = &configs->entries[i];

        if (e->source == KAFC_SOURCE_TOPIC)
            printf("  %s=%s\n", e->name, e->value ? e->value : "");
    }
}

static int describe_text(const kafc_topic *t, const kafc_described_configs *configs)
{
    struct table table;
    char id[KAFC_UUID_TEXT];

    printf("topic %s: %d partition%s, %d replica%s%s%s%s\n", t->name, (int)t->npartitions,
           t->npartitions == 1 ? "" : "s", (int)replicas_of(t), replicas_of(t) == 1 ? "" : "s",
           *id_text(&t->id, id) ? ", id " : "", id_text(&t->id, id), t->internal ? ", internal" : "");
    print_configs(configs);
    table_begin(&table, ">PARTITION >LEADER >EPOCH REPLICAS IN-SYNC OFFLINE");
    for (int32_t i = 0; i < t->npartitions; i++) {
        const kafc_partition *p = &t->partitions[i];

        table_number(&table, p->id);
        table_number(&table, p->leader);
        table_number(&table, p->leader_epoch);
        add_ids(&table, p->replicas, p->nreplicas);
        add_ids(&table, p->isr, p->nisr);
        add_ids(&table, p->offline, p->noffline);
    }
    return table_end(&table) ? TOOL_OK : verbs_no_memory();
}

/* Those that can be, and why the others cannot. */
static int describe_all(const struct verb_call *v, const kafc_topic_descriptions *d,
                        const kafc_config_descriptions *configs)
{
    int status = TOOL_OK;

    for (int32_t i = 0; i < d->ntopics && !status; i++) {
        const kafc_described_configs *c = configs ? &configs->resources[i] : NULL;

        if (!d->topics[i].err)
            status = v->o->json ? describe_json(&d->topics[i], c) : describe_text(&d->topics[i], c);
    }
    for (int32_t i = 0; i < d->ntopics; i++) {
        const kafc_topic *t = &d->topics[i];

        if (t->err == KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION)
            status = failed(v, t->name, &(kafc_error){ .code = t->err });
        else if (t->err)
            status = tool_fail(TOOL_FAILED, "topic \"%s\" cannot be described: %s", t->name, kafc_err_text(t->err));
    }
    return status;
}

static int describe(const struct verb_call *v)
{
    kafc_topic_descriptions *d;
    kafc_config_descriptions *configs;
    kafc_error err;
    int status;
    kafc_err rc = kafc_admin_describe_topics(v->client, v->names, v->n ? v->n : KAFC_ALL_TOPICS, VERB_WAIT, &d, &err);

    if (!d)
        return verbs_failed(&err);
    configs = configs_of(v, d);
    status = describe_all(v, d, configs);
    if (rc && !status)
        status = verbs_failed(&err);
    kafc_config_descriptions_free(configs);
    kafc_topic_descriptions_free(d);
    return status;
}

/* --- create and grow -------------------------------------------------------------------------------- */

/* The brokers of --assign: "1:2,2:3" is {1, 2} and {2, 3}. */
struct assignment {
    int32_t *brokers;
    kafc_replicas *replicas;
    int n;
};

static void assignment_free(struct assignment *a)
{
    free(a->brokers);
    free(a->replicas);
}

static int bad_assignment(const char *s)
{
    return tool_fail(TOOL_USAGE, "--assign wants brokers by partition, such as 1:2,2:3, not \"%s\"", s);
}

static int parse_assignment(const char *s, struct assignment *a)
{
    const char *p = s;
    int32_t *to;

    *a = (struct assignment){ 0 };
    if (!s)
        return TOOL_OK;
    to = a->brokers = calloc(strlen(s) + 1, sizeof *a->brokers);
    a->replicas = calloc(strlen(s) + 1, sizeof *a->replicas);
    if (!a->brokers || !a->replicas)
        return verbs_no_memory();
    for (;;) {
        char *end;
        long id = strtol(p, &end, 10);
        kafc_replicas *r = &a->replicas[a->n];

        if (*p < '0' || *p > '9' || id > INT32_MAX || (*end && *end != ':' && *end != ','))
            return bad_assignment(s);
        if (!r->brokers)
            r->brokers = to;
        *to++ = (int32_t)id;
        r->n++;
        a->n += *end != ':';
        if (!*end)
            return TOOL_OK;
        p = end + 1;
    }
}

static int created(const struct verb_call *v, const char *topic, const kafc_created_topics *made)
{
    const kafc_created_topic *m = &made->topics[0];
    const char *done = v->o->dry_run ? "can be created" : "created";

    if (v->o->json)
        return verbs_print(json_pack("{so sb so so so}", "topic", verbs_text(topic), "created", !v->o->dry_run,
                                     "partitions", m->partitions < 0 ? json_null() : json_integer(m->partitions),
                                     "replication", m->partitions < 0 ? json_null() : json_integer(m->replication),
                                     "id", id_json(&m->id)));
    if (m->partitions < 0)
        printf("topic %s: %s\n", topic, done);
    else
        printf("topic %s: %s, %d partition%s, %d replica%s\n", topic, done, (int)m->partitions,
               m->partitions == 1 ? "" : "s", (int)m->replication, m->replication == 1 ? "" : "s");
    return TOOL_OK;
}

static int is_there(const struct verb_call *v, const char *topic)
{
    if (v->o->json)
        return verbs_print(json_pack("{so sb}", "topic", verbs_text(topic), "created", 0));
    printf("topic %s: is there already\n", topic);
    return TOOL_OK;
}

static int create_one(const struct verb_call *v, const char *topic)
{
    const struct tool_options *o = v->o;
    kafc_create_options how = { .validate_only = o->dry_run };
    kafc_new_topic t = { .name = topic, .partitions = (int32_t)o->partition, .replication = (int32_t)o->replication,
                         .configs = o->configs, .nconfigs = o->nconfigs };
    kafc_created_topics *made;
    struct assignment a;
    kafc_error err;
    kafc_err rc;
    int status = parse_assignment(o->assign, &a);

    t.assignments = a.replicas;
    t.nassignments = a.n;
    if (!status) {
        rc = kafc_admin_create_topics(v->client, &t, 1, &how, VERB_WAIT, &made, &err);
        if (rc == KAFC_ERR_TOPIC_ALREADY_EXISTS && o->if_not_exists)
            status = is_there(v, topic);
        else if (rc)
            status = verbs_failed(&err);
        else
            status = created(v, topic, made);
        kafc_created_topics_free(made);
    }
    assignment_free(&a);
    return status;
}

static int create(const struct verb_call *v)
{
    if (v->o->has_partition && !v->o->partition)
        return tool_fail(TOOL_USAGE, "-p wants a number from 1 on");
    for (int i = 0; i < v->o->nconfigs; i++)
        if (!v->o->configs[i].value)
            return tool_fail(TOOL_USAGE, "-c wants NAME=VALUE, not \"%s\"", v->o->configs[i].name);
    return verbs_each(v, create_one);
}

static int grow_one(const struct verb_call *v, const char *topic)
{
    kafc_create_options how = { .validate_only = v->o->dry_run };
    kafc_grown_topic t = { .name = topic, .partitions = (int32_t)v->o->partition };
    struct assignment a;
    kafc_error err;
    int status = parse_assignment(v->o->assign, &a);

    t.assignments = a.replicas;
    t.nassignments = a.n;
    if (!status && kafc_admin_grow_topics(v->client, &t, 1, &how, VERB_WAIT, &err))
        status = failed(v, topic, &err);
    else if (!status && v->o->json)
        status = verbs_print(json_pack("{so sb si}", "topic", verbs_text(topic), "grown", !v->o->dry_run,
                                       "partitions", (int)t.partitions));
    else if (!status)
        printf("topic %s: %s %d partitions\n", topic, v->o->dry_run ? "can have" : "has", (int)t.partitions);
    assignment_free(&a);
    return status;
}

static int grow(const struct verb_call *v)
{
    if (!v->o->has_partition || !v->o->partition)
        return tool_fail(TOOL_USAGE, "grow wants -p N: how many partitions there are to be");
    return verbs_each(v, grow_one);
}

/* --- delete -------------------------------------------------------------------------------------------- */

static int delete_one(const struct verb_call *v, const char *topic)
{
    kafc_error err;
    kafc_err rc = kafc_admin_delete_topics(v->client, &topic, 1, NULL, VERB_WAIT, &err);
    bool gone = rc == KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION && v->o->if_exists;

    if (rc && !gone)
        return failed(v, topic, &err);
    if (v->o->json)
        return verbs_print(json_pack("{so sb}", "topic", verbs_text(topic), "deleted", !gone));
    printf("topic %s: %s\n", topic, gone ? "is not there" : "deleted");
    return TOOL_OK;
}

static int delete(const struct verb_call *v)
{
    return verbs_each(v, delete_one);
}

static const int creates[] = { 'p', 'r', LONG_CONFIG, LONG_ASSIGN, LONG_IF_NOT_EXISTS, LONG_DRY_RUN, 0 };
static const int grows[] = { 'p', LONG_ASSIGN, LONG_DRY_RUN, 0 };
static const int deletes[] = { LONG_IF_EXISTS, 0 };
static const struct verb verbs[] = {
    { "list", list, 0, 0, NULL },
    { "describe", describe, 0, INT_MAX, NULL },
    { "create", create, 1, INT_MAX, creates },
    { "grow", grow, 1, INT_MAX, grows },
    { "delete", delete, 1, INT_MAX, deletes },
};

int tool_topics(const struct tool_options *o)
{
    return verbs_run(o, "topics", "topic", verbs, sizeof verbs / sizeof verbs[0]);
}
