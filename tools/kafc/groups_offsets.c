/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc groups lag and reset: how far a group has come, and how to move it.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "tools/kafc/groups.h"
#include "tools/kafc/table.h"

/* A partition that is moved. Offsets are -1 where there is none, or it is not known. */
struct row {
    const char *topic; /* borrowed from what `rows` holds */
    int32_t partition;
    int64_t committed, first, end;
    int64_t to;
    bool refused; /* by the commit */
};

struct rows {
    struct row *v;
    int32_t n, room;
    bool failed;                    /* out of memory */
    kafc_group_descriptions *group; /* NULL: there is none, but perhaps offsets */
    kafc_metadata *meta;
};

static void rows_free(struct rows *r)
{
    free(r->v);
    kafc_group_descriptions_free(r->group);
    kafc_metadata_free(r->meta);
}

static void add(struct rows *r, const char *topic, int32_t partition)
{
    if (r->n == r->room) {
        int32_t room = r->room ? 2 * r->room : 64;
        struct row *v = realloc(r->v, (size_t)room * sizeof *v);

        r->failed |= !v;
        if (!v)
            return;
        r->v = v;
        r->room = room;
    }
    r->v[r->n++] = (struct row){ .topic = topic, .partition = partition, .committed = -1, .first = -1, .end = -1,
                                 .to = -1 };
}

static int by_partition(const void *a, const void *b)
{
    const struct row *x = a, *y = b;
    int order = strcmp(x->topic, y->topic);

    return order ? order : (x->partition > y->partition) - (x->partition < y->partition);
}

/* By topic and partition, each once. */
static void merge(struct rows *r)
{
    int32_t kept = r->n > 0;

    if (r->n > 1)
        qsort(r->v, (size_t)r->n, sizeof *r->v, by_partition);
    for (int32_t i = 1; i < r->n; i++)
        if (by_partition(&r->v[i], &r->v[kept - 1]) != 0)
            r->v[kept++] = r->v[i];
    r->n = kept;
}

/* --- Questions --------------------------------------------------------------------------------- */

/* One position of all rows, into the field at `field`. Of partitions with an error it stays -1. */
static kafc_err positions(const struct verb_call *g, struct rows *r, kafc_position at, kafc_isolation isolation,
                          size_t field, kafc_error *err)
{
    kafc_offset_query *q = calloc((size_t)r->n + 1, sizeof *q);
    kafc_err rc;

    r->failed |= !q;
    if (!q)
        return KAFC_OK;
    for (int32_t i = 0; i < r->n; i++)
        q[i] = (kafc_offset_query){ .topic = r->v[i].topic, .partition = r->v[i].partition, .at = at };
    rc = kafc_client_offsets(g->client, q, r->n, isolation, VERB_WAIT, err);
    for (int32_t i = 0; i < r->n; i++)
        if (!q[i].result)
            memcpy((char *)&r->v[i] + field, &q[i].offset, sizeof q[i].offset);
    free(q);
    return rc;
}

static kafc_err committed(const struct verb_call *g, struct rows *r, kafc_error *err)
{
    kafc_offset *q = calloc((size_t)r->n + 1, sizeof *q);
    kafc_err rc;

    r->failed |= !q;
    if (!q)
        return KAFC_OK;
    for (int32_t i = 0; i < r->n; i++)
        q[i] = (kafc_offset){ .topic = r->v[i].topic, .partition = r->v[i].partition };
    rc = kafc_client_committed(g->client, g->names[0], q, r->n, VERB_WAIT, err);
    for (int32_t i = 0; i < r->n; i++)
        r->v[i].committed = q[i].offset;
    free(q);
    return rc;
}

/* --- lag ------------------------------------------------------------------------------------------ */

static int lag_json(const kafc_group_lag *l)
{
    json_t *a = json_array();

    for (int32_t i = 0; i < l->npartitions; i++) {
        const kafc_partition_lag *p = &l->partitions[i];
        const kafc_group_member *m = p->member;

        (void)json_array_append_new(
            a, json_pack("{so si so so so so so so}", "topic", verbs_text(p->topic), "partition", (int)p->partition,
                         "committed", verbs_number(p->committed), "end", verbs_number(p->end), "lag",
                         verbs_number(p->lag), "member_id", verbs_text(m ? m->member_id : NULL), "client_id",
                         verbs_text(m ? m->client_id : NULL), "host", verbs_text(m ? m->host : NULL)));
    }
    return verbs_print(json_pack("{so so sI so}", "group", verbs_text(l->group), "state",
                                 verbs_text(l->description ? l->description->state : NULL), "lag",
                                 (json_int_t)l->lag, "partitions", a));
}

static int lag_text(const kafc_group_lag *l)
{
    int32_t members = l->description ? l->description->nmembers : 0;
    struct table t;

    printf("group %s: %s, %d member%s, %" PRId64 " behind\n", l->group,
           l->description ? l->description->state : "without members", (int)members, members == 1 ? "" : "s", l->lag);
    if (!l->npartitions)
        return TOOL_OK;
    table_begin(&t, "TOPIC >PARTITION >COMMITTED >END >LAG MEMBER CLIENT HOST");
    for (int32_t i = 0; i < l->npartitions; i++) {
        const kafc_partition_lag *p = &l->partitions[i];

        table_add(&t, "%s", p->topic);
        table_number(&t, p->partition);
        table_number(&t, p->committed);
        table_number(&t, p->end);
        table_number(&t, p->lag);
        table_add(&t, "%s", p->member ? p->member->member_id : "");
        table_add(&t, "%s", p->member ? p->member->client_id : "");
        table_add(&t, "%s", p->member ? p->member->host : "");
    }
    return table_end(&t) ? TOOL_OK : verbs_no_memory();
}

/* What is known is shown, whatever else fails. */
int groups_lag(const struct verb_call *g)
{
    kafc_group_lags *l;
    kafc_error err;
    int status;
    kafc_err rc = kafc_admin_group_lags(g->client, g->names, 1, KAFC_ISOLATION_DEFAULT, VERB_WAIT, &l, &err);

    if (!l || (rc && !l->groups->description && !l->groups->npartitions))
        status = groups_failed(g, g->names[0], &err);
    else
        status = g->o->json ? lag_json(l->groups) : lag_text(l->groups);
    if (rc && l && (l->groups->description || l->groups->npartitions))
        status = verbs_failed(&err);
    kafc_group_lags_free(l);
    return status;
}

/* --- reset: where to --------------------------------------------------------------------------------- */

/* As consume's -o, and committed, committed+N, committed-N. */
static bool parse_target(const char *s, kafc_position *out)
{
    static const char word[] = "committed";
    size_t n = sizeof word - 1;
    char *end;

    if (strncmp(s, word, n) != 0)
        return tool_position(s, out);
    *out = KAFC_COMMITTED;
    if (!s[n])
        return true;
    errno = 0;
    out->value = strtoll(s + n, &end, 10);
    return (s[n] == '+' || s[n] == '-') && end > s + n + 1 && !*end && !errno;
}

/* TOPIC[:PARTITION], cut up. */
struct place {
    char *topic;
    const char *partition; /* NULL: all */
};

static int take_place(struct rows *r, const struct place *p)
{
    const kafc_topic *t = r->meta->topics;
    long only = -1;
    char *end = NULL;

    while (strcmp(t->name, p->topic) != 0) /* it was asked for */
        t++;
    if (t->err)
        return tool_fail_topic(t->name, t->err);
    if (p->partition)
        only = strtol(p->partition, &end, 10);
    if (p->partition && (end == p->partition || *end || only < 0 || only >= t->npartitions))
        return tool_fail(TOOL_FAILED, "topic \"%s\" has partitions 0 to %d, not \"%s\"", t->name,
                         (int)t->npartitions - 1, p->partition);
    for (int32_t i = 0; i < t->npartitions; i++)
        if (!p->partition || i == only)
            add(r, t->name, i);
    return TOOL_OK;
}

static int take_places(const struct verb_call *g, struct rows *r, struct place *p, const char **names)
{
    int n = g->o->ntopics, status = TOOL_OK;
    kafc_error err;

    for (int i = 0; i < n; i++) {
        char *colon;

        p[i].topic = strdup(g->o->topics[i]);
        if (!p[i].topic)
            return verbs_no_memory();
        names[i] = p[i].topic;
        colon = strchr(p[i].topic, ':');
        if (colon) {
            *colon = 0;
            p[i].partition = colon + 1;
        }
    }
    if (kafc_client_metadata(g->client, names, n, VERB_WAIT, &r->meta, &err))
        return verbs_failed(&err);
    for (int i = 0; i < n && !status; i++)
        status = take_place(r, &p[i]);
    merge(r);
    return status;
}

static int take_topics(const struct verb_call *g, struct rows *r)
{
    size_t n = (size_t)g->o->ntopics;
    struct place *p = calloc(n, sizeof *p);
    const char **names = calloc(n, sizeof *names);
    int status = p && names ? take_places(g, r, p, names) : verbs_no_memory();

    for (size_t i = 0; p && i < n; i++)
        free(p[i].topic);
    free(p);
    free(names);
    return status;
}

/* Where the row would go if its log had no ends. */
static int aim(const struct verb_call *g, struct row *row, kafc_position at)
{
    switch (at.kind) {
    case KAFC_POSITION_FIRST: row->to = row->first; break;
    case KAFC_POSITION_LAST: row->to = row->end; break;
    case KAFC_POSITION_OFFSET: row->to = at.value; break;
    case KAFC_POSITION_TAIL: row->to = row->end > at.value ? row->end - at.value : 0; break;
    case KAFC_POSITION_COMMITTED:
        if (row->committed < 0)
            return tool_fail(TOOL_FAILED, "group %s has committed nothing in %s [%d]: say another place", g->names[0],
                             row->topic, (int)row->partition);
        row->to = at.value > INT64_MAX - row->committed ? INT64_MAX : row->committed + at.value;
        break;
    case KAFC_POSITION_TIME:
    case KAFC_POSITION_AGO:
    case KAFC_POSITION_CURRENT:
    case KAFC_POSITION_MAX_TIMESTAMP:
    case KAFC_POSITION_FIRST_LOCAL:
    case KAFC_POSITION_LAST_TIERED:
    case KAFC_POSITION_DEFAULT: break; /* a time was asked for */
    }
    return TOOL_OK;
}

/* There is nothing to read from elsewhere. */
static void keep_inside(struct row *row, bool said)
{
    int64_t to = row->to < row->first ? row->first : row->to > row->end ? row->end : row->to;

    if (said && to != row->to)
        (void)tool_fail(0, "%s [%d] has offsets %" PRId64 " to %" PRId64 ": %" PRId64 " becomes %" PRId64, row->topic,
                        (int)row->partition, row->first, row->end, row->to, to);
    row->to = to;
}

static int plan(const struct verb_call *g, struct rows *r, kafc_position at)
{
    /* Of transactions that are open the end is before them, but who names an offset may well mean one in them. */
    bool said = at.kind == KAFC_POSITION_OFFSET || at.kind == KAFC_POSITION_COMMITTED;
    kafc_isolation isolation = said ? KAFC_READ_UNCOMMITTED : KAFC_ISOLATION_DEFAULT;
    int status = TOOL_OK;
    kafc_error err;

    if (positions(g, r, KAFC_FIRST, isolation, offsetof(struct row, first), &err) ||
        positions(g, r, KAFC_LAST, isolation, offsetof(struct row, end), &err) || committed(g, r, &err) ||
        (at.kind == KAFC_POSITION_TIME && positions(g, r, at, isolation, offsetof(struct row, to), &err)))
        return verbs_failed(&err);
    if (r->failed)
        return verbs_no_memory();
    for (int32_t i = 0; i < r->n && !status; i++) {
        status = aim(g, &r->v[i], at);
        if (!status)
            keep_inside(&r->v[i], said);
    }
    return status;
}

/* --- reset: do it --------------------------------------------------------------------------------------- */

static int reset_json(const struct verb_call *g, const struct rows *r)
{
    json_t *a = json_array();

    for (int32_t i = 0; i < r->n; i++)
        if (!r->v[i].refused)
            (void)json_array_append_new(a, json_pack("{so si so so}", "topic", verbs_text(r->v[i].topic),
                                                     "partition", (int)r->v[i].partition, "from",
                                                     verbs_number(r->v[i].committed), "to", verbs_number(r->v[i].to)));
    return verbs_print(json_pack("{so sb so}", "group", verbs_text(g->names[0]), "dry_run", g->o->dry_run,
                                  "partitions", a));
}

static int reset_text(const struct rows *r)
{
    struct table t;

    table_begin(&t, "TOPIC >PARTITION >FROM >TO");
    for (int32_t i = 0; i < r->n; i++) {
        if (r->v[i].refused)
            continue;
        table_add(&t, "%s", r->v[i].topic);
        table_number(&t, r->v[i].partition);
        table_number(&t, r->v[i].committed);
        table_number(&t, r->v[i].to);
    }
    return table_end(&t) ? TOOL_OK : verbs_no_memory();
}

static int show(const struct verb_call *g, const struct rows *r)
{
    return g->o->json ? reset_json(g, r) : reset_text(r);
}

/* What would be. */
static int rehearse(const struct verb_call *g, struct rows *r)
{
    kafc_error err;
    int status, members;

    r->group = groups_look(g, g->names[0], &err, &status);
    if (status)
        return status;
    members = r->group ? r->group->groups->nmembers : 0;
    status = show(g, r);
    if (members)
        return tool_fail(TOOL_FAILED, "group %s has %d member%s: this will be refused until they have left",
                         g->names[0], members, members == 1 ? "" : "s");
    return status;
}

static int commit(const struct verb_call *g, struct rows *r)
{
    kafc_offset *q = calloc((size_t)r->n + 1, sizeof *q);
    kafc_error err;
    kafc_err rc;
    int status = TOOL_OK, done = 0;

    if (!q)
        return verbs_no_memory();
    for (int32_t i = 0; i < r->n; i++)
        q[i] = (kafc_offset){ .topic = r->v[i].topic, .partition = r->v[i].partition, .offset = r->v[i].to };
    rc = kafc_admin_commit_offsets(g->client, g->names[0], q, r->n, VERB_WAIT, &err);
    for (int32_t i = 0; i < r->n; i++) {
        r->v[i].refused = q[i].result != KAFC_OK;
        done += !r->v[i].refused;
    }
    free(q);
    if (!rc || done)
        status = show(g, r);
    return rc ? verbs_failed(&err) : status;
}

int groups_reset(const struct verb_call *g)
{
    struct rows r = { 0 };
    kafc_position at;
    int status;

    if (!g->o->ntopics)
        return tool_fail(TOOL_USAGE, "reset wants -t TOPIC or -t TOPIC:PARTITION");
    if (!g->o->offset)
        return tool_fail(TOOL_USAGE, "reset wants -o OFFSET: where to");
    if (!parse_target(g->o->offset, &at))
        return tool_fail(TOOL_USAGE, "-o wants beginning, end, N, -N, @MS, committed, committed+N or committed-N, "
                                     "not \"%s\"", g->o->offset);
    status = take_topics(g, &r);
    if (!status)
        status = plan(g, &r, at);
    if (!status)
        status = g->o->dry_run ? rehearse(g, &r) : commit(g, &r);
    rows_free(&r);
    return status;
}
