/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc_admin_describe_groups: DescribeGroups, and for what that does not know
 * ConsumerGroupDescribe, then ShareGroupDescribe. Strings are copied out of the
 * answers.
 */
#include <stdlib.h>
#include <string.h>

#include "client/ask.h"
#include "client/groups.h"
#include "client/parts.h"
#include "core/assignor.h"
#include "protocol/api/15_describe_groups.h"
#include "protocol/api/69_consumer_group_describe.h"
#include "protocol/api/77_share_group_describe.h"

struct description {
    kafc_described_group *v;
    struct kafc_arena *arena; /* of the result */
    struct kafc_arena *spare; /* of what is only read */
};

static const char *text(const struct description *d, kafc_str s)
{
    return kafc__piece_text(d->arena, s, "");
}

static kafc_bytes bytes(const struct description *d, kafc_bytes b)
{
    const char *p = b.p ? kafc__arena_dup(d->arena, b.p, (size_t)b.len) : NULL;
    return (kafc_bytes){ p, p ? b.len : 0 };
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int by_partition(const void *a, const void *b)
{
    const kafc_topic_partition *x = a, *y = b;
    int order = strcmp(x->topic, y->topic);
    return order ? order : (x->partition > y->partition) - (x->partition < y->partition);
}

static int by_id(const void *a, const void *b)
{
    return strcmp(((const kafc_group_member *)a)->member_id,
                  ((const kafc_group_member *)b)->member_id);
}

static void put_topics(const struct description *d, kafc_group_member *m, const kafc_str *from,
                       int32_t n)
{
    const char **v = kafc__arena_array(d->arena, n > 0 ? (size_t)n : 0, sizeof(*v));
    for (int32_t i = 0; v && i < n; i++)
        v[i] = text(d, from[i]);
    if (d->arena->failed || n <= 0)
        return;
    qsort(v, (size_t)n, sizeof(*v), by_text);
    m->topics = v;
    m->ntopics = n;
}

/* Partitions of one topic behind the others; there is room. */
static void put_partitions(const struct description *d, kafc_topic_partition *v, int32_t *n,
                           kafc_str topic, const int32_t *partition, int32_t count)
{
    const char *name = text(d, topic);
    for (int32_t i = 0; i < count; i++)
        v[(*n)++] = (kafc_topic_partition){ name, partition[i] };
}

static void assign(const struct description *d, kafc_group_member *m, kafc_topic_partition *v,
                   int32_t n)
{
    if (d->arena->failed || n == 0)
        return;
    qsort(v, (size_t)n, sizeof(*v), by_partition);
    m->assigned = v;
    m->nassigned = n;
}

static kafc_group_member *new_members(const struct description *d, kafc_described_group *g,
                                      int32_t n)
{
    kafc_group_member *v = kafc__arena_array(d->arena, n > 0 ? (size_t)n : 0, sizeof(*v));
    g->members = v;
    g->nmembers = v && n > 0 ? n : 0;
    return v;
}

static void sort_members(const struct description *d, kafc_group_member *v, int32_t n)
{
    if (!d->arena->failed && n > 1)
        qsort(v, (size_t)n, sizeof(*v), by_id);
}

/* --- Classic groups ---------------------------------------------------------------------- */

/* What consumers say to each other, through a broker that does not look at it. */
static void put_consumer(const struct description *d, kafc_group_member *m, kafc_bytes metadata,
                         kafc_bytes assignment)
{
    struct kafc_assign_member sub;
    struct kafc_consumer_assignment got;
    if (metadata.len > 0) {
        m->result = kafc__assign_member_read(&sub, (kafc_str){ NULL, 0 }, (kafc_str){ NULL, 0 },
                                             metadata, d->spare, NULL);
        if (m->result == KAFC_OK) {
            put_topics(d, m, sub.sub.topics.v, sub.sub.topics.n);
            m->rack = kafc__piece_text(d->arena, sub.sub.rack_id, NULL);
        }
    }
    kafc_err rc = kafc__assignment_read(&got, assignment, d->spare, NULL);
    if (m->result == KAFC_OK)
        m->result = rc;
    if (rc != KAFC_OK)
        return;
    int32_t n = 0, room = 0;
    for (int32_t i = 0; i < got.assigned_partitions.n; i++)
        room += got.assigned_partitions.v[i].partitions.n;
    kafc_topic_partition *v = kafc__arena_array(d->arena, (size_t)room, sizeof(*v));
    for (int32_t i = 0; v && i < got.assigned_partitions.n; i++) {
        const struct kafc_consumer_assignment_topic *t = &got.assigned_partitions.v[i];
        put_partitions(d, v, &n, t->topic, t->partitions.v, t->partitions.n);
    }
    assign(d, m, v, n);
}

/* Bits of Kafka's; not told: none. */
static uint32_t operations(int32_t told)
{
    return told == INT32_MIN ? 0 : (uint32_t)told;
}

static void take_classic(struct kafc_sweep *s, int32_t group, const void *resp, int32_t i,
                         int32_t broker)
{
    const struct description *d = s->owner;
    const struct kafc_describe_groups_resp_group *r =
        &((const struct kafc_describe_groups_resp *)resp)->groups.v[i];
    kafc_described_group *g = &d->v[group];
    bool consumer = r->protocol_type.len == 8 && memcmp(r->protocol_type.p, "consumer", 8) == 0;
    if (s->result[group] != KAFC_OK)
        return;
    g->state = text(d, r->group_state);
    g->type = "classic";
    g->protocol_type = text(d, r->protocol_type);
    g->assignor = text(d, r->protocol_data);
    g->coordinator = broker;
    g->operations = operations(r->authorized_operations);
    kafc_group_member *v = new_members(d, g, r->members.n);
    for (int32_t k = 0; v && k < r->members.n; k++) {
        const struct kafc_describe_groups_resp_member *m = &r->members.v[k];
        v[k].member_id = text(d, m->member_id);
        v[k].instance_id = kafc__piece_text(d->arena, m->group_instance_id, NULL);
        v[k].client_id = text(d, m->client_id);
        v[k].host = text(d, m->client_host);
        v[k].metadata = bytes(d, m->member_metadata);
        v[k].assignment = bytes(d, m->member_assignment);
        if (consumer)
            put_consumer(d, &v[k], m->member_metadata, m->member_assignment);
    }
    sort_members(d, v, g->nmembers);
}

static bool name_classic(const struct kafc_sweep *s, void *req, kafc_str *v, int32_t n,
                         struct kafc_arena *a)
{
    struct kafc_describe_groups_req *q = req;
    (void)a;
    q->include_authorized_operations = !s->no_more;
    q->groups.v = v;
    q->groups.n = n;
    return true;
}

static int32_t count_classic(const void *resp)
{
    return ((const struct kafc_describe_groups_resp *)resp)->groups.n;
}

/* Before version 6 a group that is not there is a dead one without an error. */
static void look_classic(const void *resp, int32_t i, kafc_str *group, int16_t *code,
                         kafc_str *words)
{
    const struct kafc_describe_groups_resp_group *g =
        &((const struct kafc_describe_groups_resp *)resp)->groups.v[i];
    *group = g->group_id;
    *words = g->error_message;
    *code = g->error_code;
    if (*code == 0 && g->group_state.len == 4 && memcmp(g->group_state.p, "Dead", 4) == 0)
        *code = KAFC_ERR_GROUP_ID_NOT_FOUND;
}

/* --- Groups of the new protocol -------------------------------------------------------------- */

static void take_consumer(struct kafc_sweep *s, int32_t group, const void *resp, int32_t i,
                          int32_t broker)
{
    const struct description *d = s->owner;
    const struct kafc_consumer_group_describe_resp_group *r =
        &((const struct kafc_consumer_group_describe_resp *)resp)->groups.v[i];
    kafc_described_group *g = &d->v[group];
    if (s->result[group] != KAFC_OK)
        return;
    g->state = text(d, r->group_state);
    g->type = g->protocol_type = "consumer";
    g->assignor = text(d, r->assignor_name);
    g->coordinator = broker;
    g->operations = operations(r->authorized_operations);
    kafc_group_member *v = new_members(d, g, r->members.n);
    for (int32_t k = 0; v && k < r->members.n; k++) {
        const struct kafc_consumer_group_describe_resp_member *m = &r->members.v[k];
        v[k].member_id = text(d, m->member_id);
        v[k].instance_id = kafc__piece_text(d->arena, m->instance_id, NULL);
        v[k].client_id = text(d, m->client_id);
        v[k].host = text(d, m->client_host);
        v[k].rack = m->rack_id.len > 0 ? text(d, m->rack_id) : NULL;
        v[k].pattern = m->subscribed_topic_regex.len > 0 ? text(d, m->subscribed_topic_regex)
                                                         : NULL;
        put_topics(d, &v[k], m->subscribed_topic_names.v, m->subscribed_topic_names.n);
        v[k].assigned = kafc__parts_copy(d->arena,
                                         &kafc_consumer_group_describe_resp_assignment_schema,
                                         &m->assignment, &kafc__part_alone, &v[k].nassigned);
    }
    sort_members(d, v, g->nmembers);
}

static bool name_consumer(const struct kafc_sweep *s, void *req, kafc_str *v, int32_t n,
                          struct kafc_arena *a)
{
    struct kafc_consumer_group_describe_req *q = req;
    (void)s, (void)a;
    q->include_authorized_operations = true;
    q->group_ids.v = v;
    q->group_ids.n = n;
    return true;
}

static int32_t count_consumer(const void *resp)
{
    return ((const struct kafc_consumer_group_describe_resp *)resp)->groups.n;
}

static void look_consumer(const void *resp, int32_t i, kafc_str *group, int16_t *code,
                          kafc_str *words)
{
    const struct kafc_consumer_group_describe_resp_group *g =
        &((const struct kafc_consumer_group_describe_resp *)resp)->groups.v[i];
    *group = g->group_id;
    *words = g->error_message;
    *code = g->error_code;
}

/* --- Share groups ------------------------------------------------------------------------------ */

static void take_share(struct kafc_sweep *s, int32_t group, const void *resp, int32_t i,
                       int32_t broker)
{
    const struct description *d = s->owner;
    const struct kafc_share_group_describe_resp_group *r =
        &((const struct kafc_share_group_describe_resp *)resp)->groups.v[i];
    kafc_described_group *g = &d->v[group];
    if (s->result[group] != KAFC_OK)
        return;
    g->state = text(d, r->group_state);
    g->type = g->protocol_type = "share";
    g->assignor = text(d, r->assignor_name);
    g->coordinator = broker;
    g->operations = operations(r->authorized_operations);
    kafc_group_member *v = new_members(d, g, r->members.n);
    for (int32_t k = 0; v && k < r->members.n; k++) {
        const struct kafc_share_group_describe_resp_member *m = &r->members.v[k];
        v[k].member_id = text(d, m->member_id);
        v[k].client_id = text(d, m->client_id);
        v[k].host = text(d, m->client_host);
        v[k].rack = m->rack_id.len > 0 ? text(d, m->rack_id) : NULL;
        put_topics(d, &v[k], m->subscribed_topic_names.v, m->subscribed_topic_names.n);
        v[k].assigned = kafc__parts_copy(d->arena,
                                         &kafc_share_group_describe_resp_assignment_schema,
                                         &m->assignment, &kafc__part_alone, &v[k].nassigned);
    }
    sort_members(d, v, g->nmembers);
}

static bool name_share(const struct kafc_sweep *s, void *req, kafc_str *v, int32_t n,
                       struct kafc_arena *a)
{
    struct kafc_share_group_describe_req *q = req;
    (void)s, (void)a;
    q->include_authorized_operations = true;
    q->group_ids.v = v;
    q->group_ids.n = n;
    return true;
}

static int32_t count_share(const void *resp)
{
    return ((const struct kafc_share_group_describe_resp *)resp)->groups.n;
}

static void look_share(const void *resp, int32_t i, kafc_str *group, int16_t *code, kafc_str *words)
{
    const struct kafc_share_group_describe_resp_group *g =
        &((const struct kafc_share_group_describe_resp *)resp)->groups.v[i];
    *group = g->group_id;
    *words = g->error_message;
    *code = g->error_code;
}

/* --- All ---------------------------------------------------------------------------------------- */

/* Nor need it be a classic one. */
static bool is_not_found(kafc_err code)
{
    return code == KAFC_ERR_GROUP_ID_NOT_FOUND;
}

/* A broker may not know a protocol, or have it turned off (that of consumers in 3.9 by default). */
static bool is_none(kafc_err code)
{
    return is_not_found(code) || code == KAFC_ERR_UNSUPPORTED ||
           code == KAFC_ERR_UNSUPPORTED_VERSION;
}

static const struct kafc_sweep_kind share = {
    .api = &kafc_share_group_describe_api,
    .noun = "group",
    .name = name_share,
    .count = count_share,
    .look = look_share,
    .take = take_share,
    .what = "described",
    .elsewhere = is_none,
    .nowhere = KAFC_ERR_GROUP_ID_NOT_FOUND,
};

static const struct kafc_sweep_kind consumer = {
    .api = &kafc_consumer_group_describe_api,
    .noun = "group",
    .name = name_consumer,
    .count = count_consumer,
    .look = look_consumer,
    .take = take_consumer,
    .what = "described",
    .elsewhere = is_none,
    .next = &share,
};

static const struct kafc_sweep_kind classic = {
    .api = &kafc_describe_groups_api,
    .noun = "group",
    .name = name_classic,
    .more = true,
    .count = count_classic,
    .look = look_classic,
    .take = take_classic,
    .what = "described",
    .elsewhere = is_not_found,
    .next = &consumer,
};

static kafc_err describe(struct kafc_sweep *s, kafc_described_group *v, struct kafc_arena *a,
                         kafc_error *err)
{
    const struct description *d = s->owner;
    for (int32_t i = 0; i < s->n; i++) {
        v[i].group = kafc__arena_dup(d->arena, s->name[i], strlen(s->name[i]));
        v[i].state = v[i].type = v[i].protocol_type = v[i].assignor = "";
        v[i].coordinator = -1;
    }
    kafc_err rc = kafc__sweep_open(s, a, err);
    if (rc != KAFC_OK)
        return rc;
    rc = kafc__sweep(s, a, err);
    for (int32_t i = 0; i < s->n; i++)
        v[i].result = s->result[i];
    return rc;
}

kafc_err kafc_admin_describe_groups(kafc_client *c, const char *const *groups, int32_t n,
                                    int timeout_ms, kafc_group_descriptions **out, kafc_error *err)
{
    if (!out)
        return kafc__error(err, KAFC_ERR_USAGE, "there is no place for the groups");
    *out = NULL;
    kafc_err rc = kafc__ask_begin(c, timeout_ms, err);
    if (rc != KAFC_OK)
        return rc;
    rc = kafc__sweep_check("group", groups, n, err);
    kafc_group_descriptions *all = rc == KAFC_OK ? kafc__piece_new(&c->mem, sizeof(*all)) : NULL;
    if (all) {
        struct kafc_arena spare;
        struct description d = { .arena = kafc__piece_arena(all), .spare = &spare };
        struct kafc_sweep s = { .c = c, .kind = &classic, .name = groups, .n = n, .owner = &d };
        kafc__arena_init(&spare, &c->mem, 0);
        s.deadline = kafc__deadline_in(timeout_ms);
        d.v = kafc__arena_array(d.arena, (size_t)n, sizeof(*d.v));
        if (d.v)
            rc = describe(&s, d.v, &spare, err);
        all->groups = d.v;
        all->ngroups = n;
        if (d.arena->failed || spare.failed)
            rc = KAFC_ERR_NO_MEMORY;
        else if (rc == KAFC_OK) {
            *out = all;
            rc = kafc__sweep_verdict(&s, err);
        }
        kafc__arena_fini(&spare);
    } else if (rc == KAFC_OK) {
        rc = KAFC_ERR_NO_MEMORY;
    }
    if (rc == KAFC_ERR_NO_MEMORY)
        (void)kafc__error(err, rc, "out of memory for the groups");
    if (!*out)
        kafc__piece_free(all);
    kafc__ask_end(c);
    return rc;
}

void kafc_group_descriptions_free(kafc_group_descriptions *d)
{
    kafc__piece_free(d);
}
