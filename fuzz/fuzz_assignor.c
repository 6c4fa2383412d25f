/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The assignors under any group. The input is a program: which assignor, topics
 * with partitions and racks, members whose subscriptions are its bytes or are
 * made from them. Every partition that somebody subscribes to must go to one
 * subscriber, by the cooperative protocol to one at most; nobody gets two more
 * than another where the assignor promises that; what goes over the wire reads
 * back. Then the same group again, owning what it was given.
 */
/* libFuzzer: -max_len=2048 */
#include <stdlib.h>
#include <string.h>

#include "core/assignor.h"
#include "fuzz/fuzz.h"

enum { TOPICS = 6, MEMBERS = 12, NAMES = 8 };

static const kafc_str name[NAMES] = { { "a", 1 },
                                      { "b", 1 },
                                      { "topic", 5 },
                                      { "\xc3\xa9", 2 },
                                      { "gone", 4 },
                                      { "\xef\xbf\xae", 3 },
                                      { "\xf0\x9f\x98\x80", 4 },
                                      { "", 0 } };

struct run {
    const uint8_t *p, *end;
    struct kafc_arena arena;
    const struct kafc_assignor *a;
    struct kafc_assign_topic topics[TOPICS];
    struct kafc_assign_member members[MEMBERS];
    struct kafc_assign_in in;
    bool racks;
};

static void must(int ok)
{
    if (!ok)
        abort();
}

static uint8_t next(struct run *r)
{
    return r->p < r->end ? *r->p++ : 0;
}

static void *room(struct run *r, size_t n, size_t size)
{
    void *p = kafc__arena_array(&r->arena, n, size);
    must(p != NULL);
    return p;
}

static kafc_str rack(struct run *r)
{
    uint8_t c = next(r) % 5;
    r->racks = true;
    return c == 4 ? (kafc_str){ NULL, 0 } : name[c];
}

static void add_topic(struct run *r)
{
    struct kafc_assign_topic *t = &r->topics[r->in.ntopics++];
    uint8_t how = next(r);

    t->name = name[(how + r->in.ntopics) % 2 * 4 + r->in.ntopics % 4];
    for (int32_t i = 0; i + 1 < r->in.ntopics; i++)
        if (r->topics[i].name.len == t->name.len &&
            memcmp(r->topics[i].name.p, t->name.p, (size_t)t->name.len) == 0)
            t->name = (kafc_str){ &"0123456"[r->in.ntopics], 1 };
    t->npartitions = next(r) % 40;
    if (how % 3)
        return;
    struct kafc_assign_partition *v = room(r, (size_t)t->npartitions, sizeof(*v));
    for (int32_t p = 0; p < t->npartitions; p++) {
        kafc_str *names = room(r, 2, sizeof(*names));
        names[0] = v[p].leader_rack = rack(r);
        names[1] = rack(r);
        v[p].racks = names;
        v[p].nracks = 1 + how % 2;
    }
    t->partitions = v;
}

/* Raw bytes, or the bytes that somebody would send who has these topics and partitions. */
static kafc_bytes metadata(struct run *r, uint8_t how)
{
    struct kafc_assign_self self = { .generation = how % 8 - 1 };
    kafc_str topics[TOPICS + 2];
    struct kafc_consumer_subscription_topic owned[TOPICS];
    kafc_bytes out;

    if (how % 5 == 0) {
        size_t n = next(r);
        n = n < (size_t)(r->end - r->p) ? n : (size_t)(r->end - r->p);
        out = (kafc_bytes){ r->p, (int32_t)n };
        r->p += n;
        return out;
    }
    uint8_t which = how & 0x80 ? 0xff : next(r), claims = next(r);
    for (int32_t i = 0; i < r->in.ntopics; i++)
        if (which >> i & 1)
            topics[self.ntopics++] = r->topics[i].name;
    if (which == 0x7f)
        topics[self.ntopics++] = (kafc_str){ "unknown", 7 };
    for (int32_t i = 0; i < r->in.ntopics; i++) {
        if (!(claims >> i & 1))
            continue;
        int32_t *v = room(r, 8, sizeof(*v)), n = next(r) % 8;
        for (int32_t j = 0; j < n; j++)
            v[j] = (int8_t)next(r);
        owned[self.nowned].topic = r->topics[i].name;
        owned[self.nowned].partitions.v = v;
        owned[self.nowned++].partitions.n = n;
    }
    self.topics = topics;
    self.owned = owned;
    if (claims & 0x80)
        self.rack = rack(r);
    must(kafc__assign_subscribe(r->a, &self, &r->arena, &out, NULL) == KAFC_OK);
    return out;
}

static void add_member(struct run *r)
{
    struct kafc_assign_member *m = &r->members[r->in.nmembers];
    uint8_t how = next(r);
    char *id = room(r, 5, 1);
    kafc_error err = { .message = "" };
    kafc_str instance = { NULL, 0 };

    memcpy(id, name[how % 7].p, (size_t)name[how % 7].len);
    id[name[how % 7].len] = (char)('0' + r->in.nmembers);
    if (how % 11 == 0)
        instance = name[next(r) % NAMES];
    kafc_err rc = kafc__assign_member_read(m, (kafc_str){ id, name[how % 7].len + 1 }, instance,
                                           metadata(r, how), &r->arena, &err);
    if (rc)
        must(rc == KAFC_ERR_PROTOCOL && strstr(err.message, "subscription of member '") != NULL);
    else
        r->in.nmembers++;
}

static bool subscribes(const struct kafc_assign_member *m, kafc_str topic)
{
    for (int32_t i = 0; i < m->sub.topics.n; i++)
        if (m->sub.topics.v[i].len == topic.len &&
            memcmp(m->sub.topics.v[i].p, topic.p, (size_t)topic.len) == 0)
            return true;
    return false;
}

static bool alike(const struct run *r)
{
    for (int32_t i = 1; i < r->in.nmembers; i++) {
        const struct kafc_assign_member *a = &r->members[0], *b = &r->members[i];
        for (int32_t j = 0; j < a->sub.topics.n; j++)
            if (!subscribes(b, a->sub.topics.v[j]))
                return false;
        for (int32_t j = 0; j < b->sub.topics.n; j++)
            if (!subscribes(a, b->sub.topics.v[j]))
                return false;
    }
    return true;
}

/* Each to a subscriber, none twice; how many of the topic to each. Gives how many went to nobody. */
static int32_t check_topic(const struct run *r, const struct kafc_assigned *got, int32_t t,
                           int32_t *least, int32_t *most)
{
    char seen[40] = { 0 };
    int32_t subscribers = 0, all = 0;

    *least = INT32_MAX;
    *most = 0;
    for (int32_t i = 0; i < r->in.nmembers; i++) {
        bool may = subscribes(&r->members[i], r->topics[t].name);
        int32_t n = 0;
        for (int32_t j = 0; j < got[i].n; j++) {
            if (got[i].v[j].topic != t)
                continue;
            int32_t p = got[i].v[j].partition;
            must(may && p >= 0 && p < r->topics[t].npartitions && !seen[p]++);
            n++;
        }
        subscribers += may;
        all += n;
        *least = may && n < *least ? n : *least;
        *most = n > *most ? n : *most;
    }
    return subscribers ? r->topics[t].npartitions - all : 0;
}

static void check_wire(struct run *r, const struct kafc_assigned *got)
{
    kafc_bytes *out;
    struct kafc_consumer_assignment back;

    must(kafc__assignments_write(&r->in, got, &r->arena, &out, NULL) == KAFC_OK);
    for (int32_t i = 0; i < r->in.nmembers; i++) {
        int32_t n = 0;
        must(kafc__assignment_read(&back, out[i], &r->arena, NULL) == KAFC_OK);
        for (int32_t j = 0; j < back.assigned_partitions.n; j++)
            n += back.assigned_partitions.v[j].partitions.n;
        must(n == got[i].n);
    }
}

/* Gives how many went to nobody. */
static int32_t check(struct run *r, const struct kafc_assigned *got)
{
    int32_t open = 0, least, most, min = INT32_MAX, max = 0;
    bool by_topic = strcmp(r->a->name, "range") == 0 || strcmp(r->a->name, "rack-affinity") == 0;

    for (int32_t t = 0; t < r->in.ntopics; t++) {
        open += check_topic(r, got, t, &least, &most);
        must(!by_topic || least == INT32_MAX || most - least <= 1);
    }
    for (int32_t i = 0; i < r->in.nmembers; i++) {
        min = got[i].n < min ? got[i].n : min;
        max = got[i].n > max ? got[i].n : max;
    }
    if (r->a->protocol == KAFC_ASSIGN_EAGER)
        must(open == 0 && (by_topic || !r->in.nmembers || !alike(r) || max - min <= 1));
    check_wire(r, got);
    return open;
}

/* They own what they were given, as of a later generation. */
static void own(struct run *r, const struct kafc_assigned *got)
{
    for (int32_t i = 0; i < r->in.nmembers; i++) {
        struct kafc_assign_member *m = &r->members[i];
        struct kafc_consumer_subscription_topic *v = room(r, (size_t)got[i].n, sizeof(*v));
        struct kafc_assign_self self = { .topics = m->sub.topics.v,
                                         .ntopics = m->sub.topics.n,
                                         .owned = v,
                                         .nowned = got[i].n,
                                         .generation = 100,
                                         .rack = m->sub.rack_id };
        kafc_bytes bytes;
        for (int32_t j = 0; j < got[i].n; j++) {
            v[j].topic = r->topics[got[i].v[j].topic].name;
            v[j].partitions.v = &got[i].v[j].partition;
            v[j].partitions.n = 1;
        }
        must(kafc__assign_subscribe(r->a, &self, &r->arena, &bytes, NULL) == KAFC_OK);
        must(kafc__assign_member_read(m, m->id, m->instance_id, bytes, &r->arena, NULL) == KAFC_OK);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct run r = { .p = data, .end = data + size };
    struct kafc_assigned *got;
    kafc_error err;

    kafc__arena_init(&r.arena, NULL, 0);
    r.a = kafc__assignor_at(next(&r) % 5);
    for (int n = next(&r) % (TOPICS + 1); n > 0; n--)
        add_topic(&r);
    for (int n = next(&r) % (MEMBERS + 1); n > 0; n--)
        add_member(&r);
    r.in.members = r.members;
    r.in.topics = r.topics;
    must(kafc__assign(r.a, &r.in, &r.arena, &got, &err) == KAFC_OK);
    check(&r, got);
    own(&r, got);
    must(kafc__assign(r.a, &r.in, &r.arena, &got, &err) == KAFC_OK);
    int32_t open = check(&r, got);
    /* What was held back has no owner now. With racks, or where some can have more than others, more may move. */
    must(open == 0 || r.racks || !alike(&r));
    kafc__arena_fini(&r.arena);
    return 0;
}
