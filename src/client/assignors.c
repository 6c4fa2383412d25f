/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Assignors by name, and those of the application (kafc/assignor.h): its view
 * of members and topics is made of the group's, in the arena of the rebalance.
 * Names on the opening thread, rules on the loop's.
 */
#include "client/assignors.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"

/* --- The application's rules, on the loop's thread --------------------------------------------- */

struct kafc_assignor_output {
    const struct kafc_assign_in *in;
    struct kafc_arena *arena;
    struct kafc_assigned *got;     /* by the group's numbers */
    int32_t *room;                 /* of each list in it */
    const int32_t *member, *topic; /* the group's number of each that the rule was told of */
    int32_t ntopics;
};

kafc_err kafc_assignor_give(kafc_assignor_output *out, int32_t member, int32_t topic,
                            int32_t partition)
{
    if (!out || member < 0 || member >= out->in->nmembers || topic < 0 || topic >= out->ntopics ||
        partition < 0 || partition >= out->in->topics[out->topic[topic]].npartitions)
        return KAFC_ERR_USAGE;
    int32_t m = out->member[member];
    struct kafc_assigned *list = &out->got[m];
    if (list->n == out->room[m]) {
        int32_t room = list->n < 8 ? 8 : 2 * list->n;
        struct kafc_assign_tp *v = kafc__arena_array(out->arena, (size_t)room, sizeof(*v));
        if (!v)
            return KAFC_ERR_NO_MEMORY;
        if (list->n)
            memcpy(v, list->v, (size_t)list->n * sizeof(*v));
        list->v = v;
        out->room[m] = room;
    }
    list->v[list->n++] = (struct kafc_assign_tp){ out->topic[topic], partition };
    return KAFC_OK;
}

struct named {
    kafc_str name;
    int32_t number; /* of the group's */
};

static int compare(kafc_str a, kafc_str b)
{
    int d = memcmp(a.p, b.p, (size_t)(a.len < b.len ? a.len : b.len));
    return d ? d : (a.len > b.len) - (a.len < b.len);
}

static int by_name(const void *a, const void *b)
{
    return compare(((const struct named *)a)->name, ((const struct named *)b)->name);
}

static const char *text(struct kafc_arena *a, kafc_str s)
{
    return s.p ? kafc__arena_dup(a, s.p, (size_t)s.len) : NULL;
}

/* The view of a rule is sorted by names; number: back to the group's. */
struct view {
    struct kafc_arena *arena;
    kafc_assignor_input in;
    struct named *members, *topics;
    int32_t *member, *topic;
};

static int32_t *sort(struct kafc_arena *a, struct named *v, int32_t n)
{
    int32_t *number = kafc__arena_array(a, (size_t)n, sizeof(*number));
    if (!number)
        return NULL;
    qsort(v, (size_t)n, sizeof(*v), by_name);
    for (int32_t i = 0; i < n; i++)
        number[i] = v[i].number;
    return number;
}

static bool view_topics(struct view *w, const struct kafc_assign_in *in)
{
    kafc_assignor_topic *t = kafc__arena_array(w->arena, (size_t)in->ntopics, sizeof(*t));
    w->topics = kafc__arena_array(w->arena, (size_t)in->ntopics, sizeof(*w->topics));
    if (!t || !w->topics)
        return false;
    for (int32_t i = 0; i < in->ntopics; i++)
        if (in->topics[i].npartitions > 0)
            w->topics[w->in.ntopics++] = (struct named){ in->topics[i].name, i };
    w->topic = sort(w->arena, w->topics, w->in.ntopics);
    for (int32_t i = 0; w->topic && i < w->in.ntopics; i++) {
        t[i].name = text(w->arena, w->topics[i].name);
        t[i].npartitions = in->topics[w->topic[i]].npartitions;
    }
    w->in.topics = t;
    return w->topic != NULL;
}

static int by_number(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

/* What it subscribes to of what there is, each topic once. */
static bool view_subscription(struct view *w, const struct kafc_consumer_subscription *sub,
                              kafc_assignor_member *m)
{
    int32_t *v = kafc__arena_array(w->arena, (size_t)sub->topics.n, sizeof(*v)), n = 0;
    if (!v)
        return false;
    for (int32_t i = 0; i < sub->topics.n; i++) {
        struct named key = { sub->topics.v[i], 0 };
        struct named *t = bsearch(&key, w->topics, (size_t)w->in.ntopics, sizeof(key), by_name);
        if (t)
            v[n++] = (int32_t)(t - w->topics);
    }
    qsort(v, (size_t)n, sizeof(*v), by_number);
    for (int32_t i = 0; i < n; i++)
        if (m->ntopics == 0 || v[m->ntopics - 1] != v[i])
            v[m->ntopics++] = v[i];
    m->topics = v;
    return true;
}

static bool view_owned(struct view *w, const struct kafc_consumer_subscription *sub,
                       kafc_assignor_member *m)
{
    size_t n = 0;
    for (int32_t i = 0; i < sub->owned_partitions.n; i++)
        n += (size_t)sub->owned_partitions.v[i].partitions.n;
    kafc_topic_partition *v = kafc__arena_array(w->arena, n, sizeof(*v));
    if (!v || n > INT32_MAX)
        return false;
    for (int32_t i = 0; i < sub->owned_partitions.n; i++) {
        const char *topic = text(w->arena, sub->owned_partitions.v[i].topic);
        for (int32_t k = 0; k < sub->owned_partitions.v[i].partitions.n; k++)
            v[m->nowned++] = (kafc_topic_partition){ topic,
                                                     sub->owned_partitions.v[i].partitions.v[k] };
    }
    m->owned = v;
    return true;
}

static bool view_members(struct view *w, const struct kafc_assign_in *in)
{
    kafc_assignor_member *m = kafc__arena_array(w->arena, (size_t)in->nmembers, sizeof(*m));
    w->members = kafc__arena_array(w->arena, (size_t)in->nmembers, sizeof(*w->members));
    if (!m || !w->members)
        return false;
    for (int32_t i = 0; i < in->nmembers; i++)
        w->members[i] = (struct named){ in->members[i].id, i };
    w->member = sort(w->arena, w->members, in->nmembers);
    for (int32_t i = 0; w->member && i < in->nmembers; i++) {
        const struct kafc_assign_member *from = &in->members[w->member[i]];
        memset(&m[i], 0, sizeof(m[i]));
        m[i].id = text(w->arena, from->id);
        m[i].instance = text(w->arena, from->instance_id);
        m[i].rack = text(w->arena, from->sub.rack_id);
        m[i].user_data = from->sub.user_data;
        if (!view_subscription(w, &from->sub, &m[i]) || !view_owned(w, &from->sub, &m[i]))
            return false;
    }
    w->in.members = m;
    w->in.nmembers = in->nmembers;
    return w->member != NULL;
}

static kafc_err share(void *ctx, const struct kafc_assign_in *in, struct kafc_arena *arena,
                      struct kafc_assigned *got, kafc_error *err)
{
    const kafc_custom_assignor *rule = ctx;
    struct view w = { .arena = arena };
    kafc_assignor_output out = { .in = in, .arena = arena, .got = got };

    out.room = kafc__arena_array(arena, (size_t)in->nmembers, sizeof(*out.room));
    if (!out.room || !view_topics(&w, in) || !view_members(&w, in) || arena->failed)
        return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for the assignor '%.100s'",
                           rule->name);
    memset(out.room, 0, (size_t)in->nmembers * sizeof(*out.room));
    out.member = w.member;
    out.topic = w.topic;
    out.ntopics = w.in.ntopics;
    (void)kafc__error(err, KAFC_ERR_USAGE, "the assignor '%.100s' failed", rule->name);
    return rule->share(rule->ctx, &w.in, &out, err);
}

/* --- Names ---------------------------------------------------------------------------------------- */

enum { NAME_MAX_BYTES = 200 };

/* The name of the Java client's class of the same rule. */
static const struct {
    const char *java, *name;
} classes[] = {
    { "org.apache.kafka.clients.consumer.RangeAssignor", "range" },
    { "org.apache.kafka.clients.consumer.RoundRobinAssignor", "roundrobin" },
    { "org.apache.kafka.clients.consumer.StickyAssignor", "sticky" },
    { "org.apache.kafka.clients.consumer.CooperativeStickyAssignor", "cooperative-sticky" },
};

static const struct kafc_assignor *find(const struct kafc_assignors *a, int nown, const char *name)
{
    for (int i = 0; i < nown; i++)
        if (strcmp(a->own[i].name, name) == 0)
            return &a->own[i];
    for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
        if (strcmp(classes[i].java, name) == 0)
            return kafc__assignor(classes[i].name);
    return kafc__assignor(name);
}

static kafc_err add(struct kafc_assignors *a, int nown, const char *name, kafc_error *err)
{
    const struct kafc_assignor *found = find(a, nown, name);
    if (!found)
        return kafc__error(err, KAFC_ERR_USAGE,
                           "there is no assignor '%s': range, roundrobin, sticky, "
                           "cooperative-sticky, rack-affinity, or one of custom_assignors",
                           name);
    for (int i = 0; i < a->n; i++)
        if (a->v[i] == found)
            return kafc__error(err, KAFC_ERR_USAGE, "the assignor '%s' is named twice", name);
    a->v[a->n++] = found;
    return KAFC_OK;
}

static kafc_err take_own(struct kafc_assignors *a, const kafc_reader_options *o, kafc_error *err)
{
    for (int32_t i = 0; i < o->ncustom_assignors; i++) {
        const kafc_custom_assignor *c = &o->custom_assignors[i];
        if (!c->name || !*c->name || strpbrk(c->name, ", ") || !c->share ||
            strlen(c->name) > NAME_MAX_BYTES)
            return kafc__error(err, KAFC_ERR_USAGE,
                               "custom assignor %d needs a name without commas and blanks, of at "
                               "most %d bytes, and a function",
                               (int)i, NAME_MAX_BYTES);
        a->own[i] = (struct kafc_assignor){
            .name = c->name,
            .protocol = c->cooperative == KAFC_ON ? KAFC_ASSIGN_COOPERATIVE : KAFC_ASSIGN_EAGER,
            .data = KAFC_ASSIGN_DATA_CUSTOM,
            .custom = share,
            .ctx = (void *)(uintptr_t)c,
            .user_data = c->user_data,
        };
    }
    return KAFC_OK;
}

kafc_err kafc__assignors_init(struct kafc_assignors *a, const kafc_allocator *mem,
                              const kafc_reader_options *o, kafc_error *err)
{
    const char *s = o->assignors;
    size_t most = 1;
    kafc_err rc;

    memset(a, 0, sizeof(*a));
    a->mem = *mem;
    if (o->ncustom_assignors < 0 || (o->ncustom_assignors > 0 && !o->custom_assignors))
        return kafc__error(err, KAFC_ERR_USAGE, "%d custom assignors at %p",
                           (int)o->ncustom_assignors, (const void *)o->custom_assignors);
    for (const char *p = s; *p; p++)
        most += *p == ',' || *p == ' ';
    a->v = kafc__zalloc_array(mem, most, sizeof(const struct kafc_assignor *));
    a->own = kafc__zalloc_array(mem, (size_t)o->ncustom_assignors + 1, sizeof(*a->own));
    if (!a->v || !a->own)
        return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for assignors");
    for (rc = take_own(a, o, err); rc == KAFC_OK && *s; s += strspn(s, ", ")) {
        char name[NAME_MAX_BYTES + 1];
        size_t len = strcspn(s, ", ");
        if (len == 0)
            continue;
        if (len > NAME_MAX_BYTES)
            return kafc__error(err, KAFC_ERR_USAGE, "an assignor's name of %zu bytes", len);
        memcpy(name, s, len);
        name[len] = '\0';
        rc = add(a, o->ncustom_assignors, name, err);
        s += len;
    }
    if (rc == KAFC_OK && a->n == 0)
        return kafc__error(err, KAFC_ERR_USAGE, "assignors names none: \"%.100s\"", o->assignors);
    return rc;
}

void kafc__assignors_fini(struct kafc_assignors *a)
{
    kafc__free(&a->mem, a->v);
    kafc__free(&a->mem, a->own);
    memset(a, 0, sizeof(*a));
}
