/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc_admin_describe_groups: DescribeGroups, and for what that does not know
 * ConsumerGroupDescribe, then ShareGroupDescribe. Strings are copied out of the
 * answers.
 */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "client/groups.h"
#include "client/parts.h"
#include "core/assignor.h"
#include "protocol/api/15_describe_groups.h"
#include "protocol/api/69_consumer_group_describe.h"
#include "protocol/api/77_share_group_describe.h"

static const char *text(const struct kafc_sweep *s, kafc_str t)
{
    return kafc__piece_text(s->arena, t, "");
}

static kafc_bytes bytes(const struct kafc_sweep *s, kafc_bytes b)
{
    const char *p = b.p ? kafc__arena_dup(s->arena, b.p, (size_t)b.len) : NULL;
    return (kafc_bytes){ p, p ? b.len : 0 };
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int by_id(const void *a, const void *b)
{
    return strcmp(((const kafc_group_member *)a)->member_id,
                  ((const kafc_group_member *)b)->member_id);
}

static void put_topics(const struct kafc_sweep *s, kafc_group_member *m, const kafc_str *from,
                       int32_t n)
{
    const char **v = kafc__arena_array(s->arena, n > 0 ? (size_t)n : 0, sizeof(*v));
    for (int32_t i = 0; v && i < n; i++)
        v[i] = text(s, from[i]);
    if (s->arena->failed || n <= 0)
        return;
    qsort(v, (size_t)n, sizeof(*v), by_text);
    m->topics = v;
    m->ntopics = n;
}

/* Partitions of one topic behind the others; there is room. */
static void put_partitions(const struct kafc_sweep *s, kafc_topic_partition *v, int32_t *n,
                           kafc_str topic, const int32_t *partition, int32_t count)
{
    const char *name = text(s, topic);
    for (int32_t i = 0; i < count; i++)
        v[(*n)++] = (kafc_topic_partition){ name, partition[i] };
}

static void assign(const struct kafc_sweep *s, kafc_group_member *m, kafc_topic_partition *v,
                   int32_t n)
{
    if (s->arena->failed || n == 0)
        return;
    qsort(v, (size_t)n, sizeof(*v), kafc__parts_order);
    m->assigned = v;
    m->nassigned = n;
}

static kafc_group_member *new_members(const struct kafc_sweep *s, kafc_described_group *g,
                                      int32_t n)
{
    kafc_group_member *v = kafc__arena_array(s->arena, n > 0 ? (size_t)n : 0, sizeof(*v));
    g->members = v;
    g->nmembers = v && n > 0 ? n : 0;
    return v;
}

static void sort_members(const struct kafc_sweep *s, kafc_group_member *v, int32_t n)
{
    if (!s->arena->failed && n > 1)
        qsort(v, (size_t)n, sizeof(*v), by_id);
}

/* --- Classic groups ---------------------------------------------------------------------- */

/* What consumers say to each other, through a broker that does not look at it. */
static void put_consumer(const struct kafc_sweep *s, kafc_group_member *m, kafc_bytes metadata,
                         kafc_bytes assignment)
{
    struct kafc_assign_member sub;
    struct kafc_consumer_assignment got;
    if (metadata.len > 0) {
        m->result = kafc__assign_member_read(&sub, (kafc_str){ NULL, 0 }, (kafc_str){ NULL, 0 },
                                             metadata, s->spare, NULL);
        if (m->result == KAFC_OK) {
            put_topics(s, m, sub.sub.topics.v, sub.sub.topics.n);
            m->rack = kafc__piece_text(s->arena, sub.sub.rack_id, NULL);
        }
    }
    kafc_err rc = kafc__assignment_read(&got, assignment, s->spare, NULL);
    if (m->result == KAFC_OK)
        m->result = rc;
    if (rc != KAFC_OK)
        return;
    int32_t n = 0, room = 0;
    for (int32_t i = 0; i < got.assigned_partitions.n; i++)
        room += got.assigned_partitions.v[i].partitions.n;
    kafc_topic_partition *v = kafc__arena_array(s->arena, (size_t)room, sizeof(*v));
    for (int32_t i = 0; v && i < got.assigned_partitions.n; i++) {
        const struct kafc_consumer_assignment_topic *t = &got.assigned_partitions.v[i];
        put_partitions(s, v, &n, t->topic, t->partitions.v, t->partitions.n);
    }
    assign(s, m, v, n);
}

/* Bits of Kafka's; not told: none. */
static uint32_t operations(int32_t told)
{
    return told == INT32_MIN ? 0 : (uint32_t)told;
}

static void take_classic(struct kafc_sweep *s, int32_t group, const void *said, int32_t broker)
{
    const struct kafc_describe_groups_resp_group *r = said;
    kafc_described_group *g = &((kafc_described_group *)s->v)[group];
    bool consumer = kafc__str_is(r->protocol_type, "consumer");
    g->state = text(s, r->group_state);
    g->type = "classic";
    g->protocol_type = text(s, r->protocol_type);
    g->assignor = text(s, r->protocol_data);
    g->coordinator = broker;
    g->operations = operations(r->authorized_operations);
    kafc_group_member *v = new_members(s, g, r->members.n);
    for (int32_t k = 0; v && k < r->members.n; k++) {
        const struct kafc_describe_groups_resp_member *m = &r->members.v[k];
        v[k].member_id = text(s, m->member_id);
        v[k].instance_id = kafc__piece_text(s->arena, m->group_instance_id, NULL);
        v[k].client_id = text(s, m->client_id);
        v[k].host = text(s, m->client_host);
        v[k].metadata = bytes(s, m->member_metadata);
        v[k].assignment = bytes(s, m->member_assignment);
        if (consumer)
            put_consumer(s, &v[k], m->member_metadata, m->member_assignment);
    }
    sort_members(s, v, g->nmembers);
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

/* Before version 6 a group that is not there is a dead one without an error. */
static void look_classic(const void *said, int16_t *code, kafc_str *words)
{
    const struct kafc_describe_groups_resp_group *g = said;
    (void)words;
    if (*code == 0 && kafc__str_is(g->group_state, "Dead"))
        *code = KAFC_ERR_GROUP_ID_NOT_FOUND;
}

/* --- Groups of the new protocol -------------------------------------------------------------- */

static void take_consumer(struct kafc_sweep *s, int32_t group, const void *said, int32_t broker)
{
    const struct kafc_consumer_group_describe_resp_group *r = said;
    kafc_described_group *g = &((kafc_described_group *)s->v)[group];
    g->state = text(s, r->group_state);
    g->type = g->protocol_type = "consumer";
    g->assignor = text(s, r->assignor_name);
    g->coordinator = broker;
    g->operations = operations(r->authorized_operations);
    kafc_group_member *v = new_members(s, g, r->members.n);
    for (int32_t k = 0; v && k < r->members.n; k++) {
        const struct kafc_consumer_group_describe_resp_member *m = &r->members.v[k];
        v[k].member_id = text(s, m->member_id);
        v[k].instance_id = kafc__piece_text(s->arena, m->instance_id, NULL);
        v[k].client_id = text(s, m->client_id);
        v[k].host = text(s, m->client_host);
        v[k].rack = m->rack_id.len > 0 ? text(s, m->rack_id) : NULL;
        v[k].pattern = m->subscribed_topic_regex.len > 0 ? text(s, m->subscribed_topic_regex)
                                                         : NULL;
        put_topics(s, &v[k], m->subscribed_topic_names.v, m->subscribed_topic_names.n);
        v[k].assigned = kafc__parts_copy(s->arena,
                                         &kafc_consumer_group_describe_resp_assignment_schema,
                                         &m->assignment, &kafc__part_alone, &v[k].nassigned);
    }
    sort_members(s, v, g->nmembers);
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

/* --- Share groups ------------------------------------------------------------------------------ */

static void take_share(struct kafc_sweep *s, int32_t group, const void *said, int32_t broker)
{
    const struct kafc_share_group_describe_resp_group *r = said;
    kafc_described_group *g = &((kafc_described_group *)s->v)[group];
    g->state = text(s, r->group_state);
    g->type = g->protocol_type = "share";
    g->assignor = text(s, r->assignor_name);
    g->coordinator = broker;
    g->operations = operations(r->authorized_operations);
    kafc_group_member *v = new_members(s, g, r->members.n);
    for (int32_t k = 0; v && k < r->members.n; k++) {
        const struct kafc_share_group_describe_resp_member *m = &r->members.v[k];
        v[k].member_id = text(s, m->member_id);
        v[k].client_id = text(s, m->client_id);
        v[k].host = text(s, m->client_host);
        v[k].rack = m->rack_id.len > 0 ? text(s, m->rack_id) : NULL;
        put_topics(s, &v[k], m->subscribed_topic_names.v, m->subscribed_topic_names.n);
        v[k].assigned = kafc__parts_copy(s->arena,
                                         &kafc_share_group_describe_resp_assignment_schema,
                                         &m->assignment, &kafc__part_alone, &v[k].nassigned);
    }
    sort_members(s, v, g->nmembers);
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
    .list = KAFC_SWEEP_LIST(struct kafc_share_group_describe_resp, groups,
                            struct kafc_share_group_describe_resp_group, group_id,
                            offsetof(struct kafc_share_group_describe_resp_group, error_message)),
    .take = take_share,
    .what = "described",
    .elsewhere = is_none,
    .nowhere = KAFC_ERR_GROUP_ID_NOT_FOUND,
};

static const struct kafc_sweep_kind consumer = {
    .api = &kafc_consumer_group_describe_api,
    .noun = "group",
    .name = name_consumer,
    .list = KAFC_SWEEP_LIST(struct kafc_consumer_group_describe_resp, groups,
                            struct kafc_consumer_group_describe_resp_group, group_id,
                            offsetof(struct kafc_consumer_group_describe_resp_group, error_message)),
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
    .list = KAFC_SWEEP_LIST(struct kafc_describe_groups_resp, groups, struct kafc_describe_groups_resp_group, group_id,
                            offsetof(struct kafc_describe_groups_resp_group, error_message)),
    .look = look_classic,
    .take = take_classic,
    .what = "described",
    .elsewhere = is_not_found,
    .next = &consumer,
};

static const struct kafc_sweep_element element = {
    sizeof(kafc_described_group), offsetof(kafc_described_group, result),
    &(const kafc_described_group){
        .state = "", .type = "", .protocol_type = "", .assignor = "", .coordinator = -1 }
};

kafc_err kafc_admin_describe_groups(kafc_client *c, const char *const *groups, int32_t n,
                                    int timeout_ms, kafc_group_descriptions **out, kafc_error *err)
{
    kafc_err rc;
    if (!out)
        return kafc__error(err, KAFC_ERR_USAGE, "there is no place for the groups");
    *out = kafc__sweep_call(c, &classic, &element, groups, n, NULL, timeout_ms, &rc, err);
    return rc;
}

void kafc_group_descriptions_free(kafc_group_descriptions *d)
{
    kafc__piece_free(d);
}
