/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Assignors: Java's results to the byte, hostile input, failing memory,
 * callbacks, speed.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/assignor_internal.h"
#include "tests/support/alloc.h"
#include "tests/support/lines.h"
#include "tests/support/suite.h"

static struct kafc_arena arena; /* reset or given back by each test */

static void *room(size_t n, size_t size)
{
    void *p = kafc__arena_array(&arena, n, size);
    ck_assert_ptr_nonnull(p);
    return p;
}

/* ---- Java's vectors ---- */

static kafc_str text(const json_t *j)
{
    if (!json_is_string(j))
        return (kafc_str){ NULL, 0 };
    return (kafc_str){ json_string_value(j), (int32_t)json_string_length(j) };
}

static kafc_bytes data(const json_t *j)
{
    size_t n;

    if (!json_is_string(j))
        return (kafc_bytes){ NULL, 0 };
    unsigned char *raw = lines_base64(json_string_value(j), &n);
    char *copy = kafc__arena_dup(&arena, raw, n);
    free(raw);
    return (kafc_bytes){ copy, (int32_t)n };
}

static void read_topic(const json_t *j, struct kafc_assign_topic *t)
{
    const json_t *racks = json_object_get(j, "racks");
    t->name = text(json_object_get(j, "name"));
    t->npartitions = (int32_t)json_integer_value(json_object_get(j, "partitions"));
    if (!json_is_array(racks))
        return;
    struct kafc_assign_partition *v = room((size_t)t->npartitions, sizeof(*v));
    for (int32_t p = 0; p < t->npartitions; p++) {
        const json_t *of = json_array_get(racks, (size_t)p);
        kafc_str *names = room(json_array_size(of), sizeof(*names));
        v[p].nracks = (int32_t)json_array_size(of);
        for (int32_t i = 0; i < v[p].nracks; i++)
            names[i] = text(json_array_get(of, (size_t)i));
        v[p].racks = names;
    }
    t->partitions = v;
}

/* One entry for each partition, so that the order is kept. */
static void read_owned(const json_t *j, struct kafc_consumer_subscription *s)
{
    s->owned_partitions.n = (int32_t)json_array_size(j);
    s->owned_partitions.v = room(json_array_size(j), sizeof(*s->owned_partitions.v));
    for (int32_t i = 0; i < s->owned_partitions.n; i++) {
        const json_t *tp = json_array_get(j, (size_t)i);
        s->owned_partitions.v[i].topic = text(json_array_get(tp, 0));
        s->owned_partitions.v[i].partitions.v = room(1, sizeof(int32_t));
        s->owned_partitions.v[i].partitions.v[0] = (int32_t)json_integer_value(
            json_array_get(tp, 1));
        s->owned_partitions.v[i].partitions.n = 1;
    }
}

static void read_member(const json_t *j, struct kafc_assign_member *m)
{
    const json_t *topics = json_object_get(j, "topics");
    m->id = text(json_object_get(j, "memberId"));
    m->instance_id = text(json_object_get(j, "groupInstanceId"));
    m->sub.rack_id = text(json_object_get(j, "rackId"));
    m->sub.generation_id = (int32_t)json_integer_value(json_object_get(j, "generation"));
    m->sub.topics.n = (int32_t)json_array_size(topics);
    m->sub.topics.v = room(json_array_size(topics), sizeof(kafc_str));
    for (int32_t i = 0; i < m->sub.topics.n; i++)
        m->sub.topics.v[i] = text(json_array_get(topics, (size_t)i));
    read_owned(json_object_get(j, "owned"), &m->sub);
}

static struct kafc_assign_in read_in(const json_t *j)
{
    const json_t *topics = json_object_get(j, "topics"), *members = json_object_get(j, "members");
    struct kafc_assign_topic *t = room(json_array_size(topics), sizeof(*t));
    struct kafc_assign_member *m = room(json_array_size(members), sizeof(*m));
    for (size_t i = 0; i < json_array_size(topics); i++)
        read_topic(json_array_get(topics, i), &t[i]);
    for (size_t i = 0; i < json_array_size(members); i++)
        read_member(json_array_get(members, i), &m[i]);
    return (struct kafc_assign_in){ m, (int32_t)json_array_size(members), t,
                                    (int32_t)json_array_size(topics) };
}

static json_t *to_json(const struct kafc_assign_in *in, const struct kafc_assigned *got)
{
    json_t *all = json_object();
    for (int32_t i = 0; i < in->nmembers; i++) {
        json_t *list = json_array();
        for (int32_t j = 0; j < got[i].n; j++) {
            kafc_str name = in->topics[got[i].v[j].topic].name;
            json_array_append_new(
                list, json_pack("[s%,i]", name.p, (size_t)name.len, (int)got[i].v[j].partition));
        }
        json_object_set_new(all, in->members[i].id.p, list);
    }
    return all;
}

static const char *const java[] = { "range", "roundrobin", "sticky", "cooperative-sticky" };

static bool as_java(const char *name, const struct kafc_assign_in *in, const json_t *expect)
{
    struct kafc_assigned *got;
    kafc_error err;
    ck_assert_int_eq(kafc__assign(kafc__assignor(name), in, &arena, &got, &err), KAFC_OK);
    json_t *ours = to_json(in, got);
    bool same = json_equal(ours, expect);
    if (!same && getenv("SHOW")) {
        char *a = json_dumps(ours, 0), *b = json_dumps(expect, 0);
        printf("%s\n ours %s\n java %s\n", name, a, b);
        free(a);
        free(b);
    }
    json_decref(ours);
    return same;
}

static void with_user_data(struct kafc_assign_in *in, const json_t *j, const char *field)
{
    struct kafc_assign_member *m = room((size_t)in->nmembers, sizeof(*m));
    memcpy(m, in->members, (size_t)in->nmembers * sizeof(*m));
    for (int32_t i = 0; field && i < in->nmembers; i++)
        m[i].sub.user_data = data(
            json_object_get(json_array_get(json_object_get(j, "members"), (size_t)i), field));
    in->members = m;
}

/* The order of Java's hash maps is ours as well, so that nothing is left to properties but claims on what is gone. */
START_TEST(vectors_of_java)
{
    struct lines l;
    int equal[4] = { 0 }, cases[4] = { 0 };
    lines_open(&l, "assign.tsv.gz");
    while (lines_next(&l)) {
        json_t *j = json_loads(l.column[0], 0, NULL), *o = json_loads(l.column[1], 0, NULL);
        bool gone = json_is_true(json_object_get(j, "ownedGone"));
        struct kafc_assign_in in = read_in(j);
        for (int a = 0; a < 4; a++) {
            if (gone && a >= 2)
                continue;
            with_user_data(&in, j, a == 2 ? "stickyUserData" : NULL);
            bool same = as_java(java[a], &in, json_object_get(o, java[a]));
            if (!same && getenv("SHOW"))
                printf("line %d\n", l.number);
            equal[a] += same;
            cases[a]++;
        }
        json_decref(j);
        json_decref(o);
        kafc__arena_reset(&arena);
    }
    lines_close(&l);
    for (int a = 0; a < 4; a++) {
        ck_assert_msg(equal[a] == cases[a], "%s: %d of %d as Java", java[a], equal[a], cases[a]);
        ck_assert_int_ge(cases[a], 380);
    }
}
END_TEST

/* ---- Groups made here ---- */

enum { MEMBERS = 1000, PARTS = 10000 };

static kafc_str named(const char *what, int i)
{
    char buf[40];
    int n = snprintf(buf, sizeof(buf), "%s-%05d", what, i);
    return (kafc_str){ kafc__arena_dup(&arena, buf, (size_t)n), n };
}

/* racks: 0 for none. every: a member subscribes to each topic of `every` in turn, 1 to all. */
static struct kafc_assign_in make(int members, int topics, int parts, int racks, int every)
{
    struct kafc_assign_topic *t = room((size_t)topics, sizeof(*t));
    struct kafc_assign_member *m = room((size_t)members, sizeof(*m));
    kafc_str *names = room((size_t)topics, sizeof(*names));
    for (int i = 0; i < topics; i++) {
        names[i] = named("topic", i);
        t[i] = (struct kafc_assign_topic){ names[i], parts, NULL };
        struct kafc_assign_partition *v = room((size_t)parts, sizeof(*v));
        kafc_str *rack = room((size_t)parts * 2, sizeof(*rack));
        for (int p = 0; racks && p < parts; p++) {
            rack[2 * p] = named("rack", (i + p) % racks);
            rack[2 * p + 1] = named("rack", (i + p + 1) % racks);
            v[p] = (struct kafc_assign_partition){ &rack[2 * p], 2, rack[2 * p] };
        }
        t[i].partitions = racks ? v : NULL;
    }
    for (int i = 0; i < members; i++) {
        m[i].id = named("member", i * 7919 % members);
        m[i].sub.generation_id = -1;
        m[i].sub.rack_id = racks ? named("rack", i % racks) : (kafc_str){ NULL, 0 };
        m[i].sub.topics.v = every == 1 ? names : room((size_t)topics, sizeof(kafc_str));
        m[i].sub.topics.n = every == 1 ? topics : 0;
        for (int j = 0; every > 1 && j < topics; j++)
            if ((i + j) % every == 0)
                m[i].sub.topics.v[m[i].sub.topics.n++] = names[j];
    }
    return (struct kafc_assign_in){ m, members, t, topics };
}

/* What they were given is what they own, of the generation. */
static struct kafc_assign_in own(const struct kafc_assign_in *in, const struct kafc_assigned *got,
                                 int32_t generation)
{
    struct kafc_assign_member *m = room((size_t)in->nmembers, sizeof(*m));
    memcpy(m, in->members, (size_t)in->nmembers * sizeof(*m));
    for (int32_t i = 0; i < in->nmembers; i++) {
        struct kafc_consumer_subscription *s = &m[i].sub;
        s->generation_id = generation;
        s->owned_partitions.v = room((size_t)got[i].n, sizeof(*s->owned_partitions.v));
        s->owned_partitions.n = got[i].n;
        for (int32_t j = 0; j < got[i].n; j++) {
            s->owned_partitions.v[j].topic = in->topics[got[i].v[j].topic].name;
            s->owned_partitions.v[j].partitions.v = &got[i].v[j].partition;
            s->owned_partitions.v[j].partitions.n = 1;
        }
        struct kafc_assign_self self = { .owned = s->owned_partitions.v,
                                         .nowned = got[i].n,
                                         .generation = generation };
        struct kafc_assign_member back;
        kafc_bytes bytes;
        ck_assert_int_eq(
            kafc__assign_subscribe(kafc__assignor("sticky"), &self, &arena, &bytes, NULL), 0);
        ck_assert_int_eq(
            kafc__assign_member_read(&back, m[i].id, m[i].instance_id, bytes, &arena, NULL), 0);
        s->user_data = back.sub.user_data;
    }
    return (struct kafc_assign_in){ m, in->nmembers, in->topics, in->ntopics };
}

static struct kafc_assigned *assign(const char *name, const struct kafc_assign_in *in)
{
    struct kafc_assigned *got;
    kafc_error err = { .message = "" };
    kafc_err rc = kafc__assign(kafc__assignor(name), in, &arena, &got, &err);
    ck_assert_msg(rc == KAFC_OK, "%s: %s", name, err.message);
    return got;
}

/* ---- Speed ---- */

static double timed(const char *what, const char *name, const struct kafc_assign_in *in,
                    struct kafc_assigned **got)
{
    clock_t begin = clock();
    *got = assign(name, in);
    double s = (double)(clock() - begin) / CLOCKS_PER_SEC;
    if (getenv("SHOW"))
        printf("%-34s %-20s %6.1f ms\n", what, name, 1000 * s);
    return s;
}

/* Everything is one member's. */
static struct kafc_assign_in hoard(const struct kafc_assign_in *in)
{
    struct kafc_assigned *got = room((size_t)in->nmembers, sizeof(*got));
    got[0].v = room(PARTS, sizeof(*got[0].v));
    for (int32_t t = 0; t < in->ntopics; t++)
        for (int32_t p = 0; p < in->topics[t].npartitions; p++)
            got[0].v[got[0].n++] = (struct kafc_assign_tp){ t, p };
    return own(in, got, 5);
}

/* A second is what 10,000 partitions and 1,000 members may take: of the processor, as the machine may be busy. */
START_TEST(ten_thousand_partitions_a_thousand_members)
{
    static const struct {
        const char *what;
        int topics, racks, every;
    } shape[] = {
        { "1 topic", 1, 0, 1 },
        { "10 topics", 10, 0, 1 },
        { "10 topics, 3 racks", 10, 3, 1 },
        { "10 topics, 100 racks", 10, 100, 1 },
        { "10,000 topics, 3 racks", 10000, 3, 1 },
        { "100 topics, 3 racks", 100, 3, 1 },
        { "20 topics, every second", 20, 0, 2 },
        { "20 topics, every seventh, 3 racks", 20, 3, 7 },
        { "1,000 topics, every third", 1000, 0, 3 },
    };
    bool slow = getenv("KAFC_VALGRIND") || getenv("ASAN_OPTIONS") || getenv("TSAN_OPTIONS");
    int members = slow ? MEMBERS / 10 : MEMBERS;
    double limit = slow ? 20 : 1;
    for (size_t i = 0; i < sizeof(shape) / sizeof(shape[0]); i++)
        for (size_t a = 0; kafc__assignor_at(a); a++) {
            const char *name = kafc__assignor_at(a)->name, *what = shape[i].what;
            struct kafc_assigned *got;
            struct kafc_assign_in in = make(members, shape[i].topics, PARTS / shape[i].topics,
                                            shape[i].racks, shape[i].every);
            ck_assert_double_lt(timed(what, name, &in, &got), limit);
            struct kafc_assign_in next = own(&in, got, 5);
            next.nmembers -= members / 10;
            ck_assert_double_lt(timed("  a tenth of them gone", name, &next, &got), limit);
            next = hoard(&in);
            ck_assert_double_lt(timed("  all were one member's", name, &next, &got), limit);
            kafc__arena_fini(&arena);
        }
}
END_TEST

/* ---- Java's orders ---- */

START_TEST(strings_as_in_java)
{
    static const struct {
        const char *s;
        uint32_t hash;
    } v[] = {
        { "", 0 },
        { "a", 97 },
        { "hello", 99162322 },
        { "\u00e9", 233 },
        { "\u8a9e", 0x8a9e },
        { "\U0001f600", 0xd83du * 31 + 0xde00u },
        { "\xff\x80x", (0xfffdu * 31 + 0xfffdu) * 31 + 'x' },
        { "\xe8\xaa", 0xfffdu * 31 + 0xfffdu },
    };
    for (size_t i = 0; i < sizeof(v) / sizeof(v[0]); i++)
        ck_assert_uint_eq(kafc__java_hash((kafc_str){ v[i].s, (int32_t)strlen(v[i].s) }),
                          v[i].hash);
    static const char *const sorted[] = { "",       "A",          "a",
                                          "aa",     "ab",         "\u00e9",
                                          "\ud7ff", "\U0001f600", "\U00010fff\uffff",
                                          "\ue000", "\uffee" };
    for (int i = 0; i < 11; i++)
        for (int j = 0; j < 11; j++) {
            kafc_str a = { sorted[i], (int32_t)strlen(sorted[i]) };
            kafc_str b = { sorted[j], (int32_t)strlen(sorted[j]) };
            int c = kafc__java_compare(a, b);
            /* U+10FFF is before U+1F600 */
            if (i != 8 && j != 8)
                ck_assert_int_eq((c > 0) - (c < 0), (i > j) - (i < j));
        }
}
END_TEST

/* ---- kafka-go's rack affinity, by its own tests ---- */

START_TEST(rack_affinity)
{
    static const struct {
        const char *zones; /* of members; a letter each */
        const char *parts; /* leaders' zones */
        const char
            *expect; /* how many partitions of each zone each member has: "a3 b1/…" by member */
    } v[] = {
        { "abc", "aaabbbccc", "a3/b3/c3" },
        { "aab", "aaaaaabbb", "a3/a3/b3" },
        { "ab", "aaaaaa", "a3/a3" },
        { "aaab", "aabb", "a1/a1/b1/b1" },
        { "abc", "aaaa", "a2/a1/a1" },
        { "ab", "aaabb", "a3/b2" },
        { "x", "aab", "a2 b1" },
    };
    for (size_t i = 0; i < sizeof(v) / sizeof(v[0]); i++) {
        int members = (int)strlen(v[i].zones), parts = (int)strlen(v[i].parts);
        struct kafc_assign_in in = make(members, 1, parts, 1, 1);
        struct kafc_assign_partition *p = room((size_t)parts, sizeof(*p));
        struct kafc_assign_member *m = room((size_t)members, sizeof(*m));
        struct kafc_assign_topic t = { in.topics[0].name, parts, p };
        memcpy(m, in.members, (size_t)members * sizeof(*m));
        for (int j = 0; j < parts; j++)
            p[j].leader_rack = (kafc_str){ v[i].parts + j, 1 };
        for (int j = 0; j < members; j++) {
            m[j].id = named("m", j);
            m[j].sub.rack_id = (kafc_str){ "elsewhere", 9 };
            m[j].sub.user_data = (kafc_bytes){ v[i].zones + j, 1 };
        }
        in.topics = &t;
        in.members = m;
        struct kafc_assigned *got = assign("rack-affinity", &in);
        char text[200] = "";
        for (int j = 0; j < members; j++) {
            int n[128] = { 0 };
            for (int k = 0; k < got[j].n; k++)
                n[(int)v[i].parts[got[j].v[k].partition]]++;
            for (int z = 'a'; z <= 'z'; z++)
                if (n[z])
                    snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%c%d",
                             *text && text[strlen(text) - 1] != '/' ? " " : "", z, n[z]);
            if (j + 1 < members)
                snprintf(text + strlen(text), sizeof(text) - strlen(text), "/");
        }
        ck_assert_str_eq(text, v[i].expect);
    }
    kafc__arena_fini(&arena);
}
END_TEST

/* ---- Callbacks ---- */

enum { FAIR, TWICE, NO_TOPIC, NO_PARTITION, NEGATIVE, NOT_SUBSCRIBED, FAILS, SWAP };

static kafc_err custom(void *ctx, const struct kafc_assign_in *in, struct kafc_arena *a,
                       struct kafc_assigned *out, kafc_error *err)
{
    static const struct kafc_assign_tp bad[] = { [TWICE] = { 0, 0 },
                                                 [NO_TOPIC] = { 7, 0 },
                                                 [NO_PARTITION] = { 0, 4 },
                                                 [NEGATIVE] = { -1, -1 },
                                                 [NOT_SUBSCRIBED] = { 1, 0 } };
    int how = *(int *)ctx;
    if (how == FAILS) {
        snprintf(err->message, sizeof(err->message), "no mood");
        return KAFC_ERR_USAGE;
    }
    for (int32_t i = 0; i < in->nmembers; i++) {
        out[i].v = kafc__arena_array(a, 3, sizeof(*out[i].v));
        if (!out[i].v)
            return KAFC_ERR_NO_MEMORY;
        int32_t p = how == SWAP ? 1 - i : i;
        out[i].v[out[i].n++] = (struct kafc_assign_tp){ 0, p };
        out[i].v[out[i].n++] = (struct kafc_assign_tp){ 0, p + 2 };
    }
    if (how > FAIR && how < FAILS)
        out[1].v[out[1].n++] = bad[how];
    return KAFC_OK;
}

START_TEST(callbacks)
{
    static const char *const why[] = { [TWICE] =
                                           "topic-00000-0 to member 'member-00001', and to another",
                                       [NO_TOPIC] = "?-0",
                                       [NO_PARTITION] = "topic-00000-4",
                                       [NEGATIVE] = "?--1",
                                       [NOT_SUBSCRIBED] = "topic-00001-0",
                                       [FAILS] = "no mood" };
    int how;
    struct kafc_assignor mine = { "mine", KAFC_ASSIGN_EAGER, KAFC_ASSIGN_DATA_CUSTOM, NULL, custom,
                                  &how, { "xyz", 3 } };
    struct kafc_assign_in in = make(2, 2, 4, 0, 1);
    struct kafc_assigned *got;
    kafc_error err;
    in.members[0].sub.topics.v[1] = in.members[0].sub.topics.v[0];
    in.members[1].sub.topics.v[1] = in.members[0].sub.topics.v[0];
    for (how = TWICE; how <= FAILS; how++) {
        ck_assert_int_eq(kafc__assign(&mine, &in, &arena, &got, &err), KAFC_ERR_USAGE);
        ck_assert_msg(strstr(err.message, why[how]) != NULL, "%s", err.message);
    }
    how = FAIR;
    ck_assert_int_eq(kafc__assign(&mine, &in, &arena, &got, &err), KAFC_OK);
    ck_assert_int_eq(got[1].n, 2);
    ck_assert_int_eq(got[1].v[1].partition, 3);
    /* By the cooperative protocol what changes hands goes to nobody at first. */
    struct kafc_assign_in next = own(&in, got, 1);
    mine.protocol = KAFC_ASSIGN_COOPERATIVE;
    how = SWAP;
    ck_assert_int_eq(kafc__assign(&mine, &next, &arena, &got, &err), KAFC_OK);
    ck_assert_int_eq(got[0].n + got[1].n, 0);
    how = FAIR;
    ck_assert_int_eq(kafc__assign(&mine, &next, &arena, &got, &err), KAFC_OK);
    ck_assert_int_eq(got[0].n + got[1].n, 4);
    struct kafc_assign_self self = { .generation = -1 };
    struct kafc_assign_member m;
    kafc_bytes bytes;
    ck_assert_int_eq(kafc__assign_subscribe(&mine, &self, &arena, &bytes, &err), KAFC_OK);
    ck_assert_int_eq(kafc__assign_member_read(&m, in.members[0].id, in.members[0].instance_id,
                                              bytes, &arena, &err),
                     KAFC_OK);
    ck_assert_mem_eq(m.sub.user_data.p, "xyz", 3);
    kafc__arena_fini(&arena);
}
END_TEST

/* ---- Hostile members ---- */

START_TEST(garbage_names_its_member)
{
    static const char *const bytes[] = { "", "\0", "\xff\xff\0\0\0\0\xff\xff\xff\xff",
                                         "\0\1\x7f\xff\xff\xff", "\0\3\0\0\0\1\0\5ab" };
    static const int len[] = { 0, 1, 10, 6, 10 };
    struct kafc_assign_member m;
    kafc_error err;
    for (int i = 0; i < 5; i++) {
        kafc_err rc = kafc__assign_member_read(&m, (kafc_str){ "bad-1", 5 }, (kafc_str){ NULL, 0 },
                                               (kafc_bytes){ bytes[i], len[i] }, &arena, &err);
        ck_assert_int_eq(rc, KAFC_ERR_PROTOCOL);
        ck_assert_msg(strstr(err.message, "'bad-1'") != NULL, "%s", err.message);
    }
    /* A version to come is read as 3, whatever is behind. */
    ck_assert_int_eq(kafc__assign_member_read(&m, (kafc_str){ "m", 1 }, (kafc_str){ NULL, 0 },
                                              (kafc_bytes){ "\0\x09\0\0\0\1\0\1t\xff\xff\xff\xff"
                                                            "\0\0\0\0\0\0\0\7\xff\xffmore",
                                                            29 },
                                              &arena, &err),
                     KAFC_OK);
    ck_assert_int_eq(m.sub.topics.n, 1);
    ck_assert_int_eq(m.sub.generation_id, 7);
    kafc__arena_fini(&arena);
}
END_TEST

START_TEST(members_and_topics_come_once)
{
    struct kafc_assign_in in = make(3, 2, 4, 0, 1);
    struct kafc_assign_member m[3];
    struct kafc_assign_topic t[2];
    struct kafc_assigned *got;
    kafc_error err;
    memcpy(m, in.members, sizeof(m));
    memcpy(t, in.topics, sizeof(t));
    m[2].id = m[0].id;
    in.members = m;
    ck_assert_int_eq(kafc__assign(kafc__assignor("range"), &in, &arena, &got, &err),
                     KAFC_ERR_USAGE);
    ck_assert_ptr_nonnull(strstr(err.message, "'member-00000' twice"));
    m[2].id = named("other", 1);
    t[1].name = t[0].name;
    in.topics = t;
    ck_assert_int_eq(kafc__assign(kafc__assignor("range"), &in, &arena, &got, &err),
                     KAFC_ERR_USAGE);
    ck_assert_ptr_nonnull(strstr(err.message, "topic 'topic-00000' comes twice"));
    kafc__arena_fini(&arena);
}
END_TEST

/* Claims on what is gone, of topics that are gone, out of range, or in garbage: all partitions go to somebody. */
START_TEST(claims_on_what_is_gone)
{
    static const char *const data[] = { "", "\0", "\xff\xff\xff\xff", "\0\0\0\1\0\1",
                                        "\x7f\xff\xff\xff\0\0\0\1" };
    static const int len[] = { 0, 1, 4, 6, 8 };
    for (int i = 0; i < 5; i++)
        for (int a = 2; a < 4; a++) {
            struct kafc_assign_in in = make(3, 2, 4, 0, 1);
            struct kafc_assigned all[3] = { { 0 } };
            struct kafc_assign_tp tp[] = { { 0, 99 }, { 0, -5 }, { 0, INT32_MAX }, { 1, 1 } };
            all[0].v = tp;
            all[0].n = 4;
            struct kafc_assign_in next = own(&in, all, 3);
            struct kafc_assign_member m[3];
            memcpy(m, next.members, sizeof(m));
            next.members = m;
            m[1].sub.user_data = (kafc_bytes){ data[i], len[i] };
            struct kafc_assigned *got = assign(java[a], &next);
            ck_assert_int_eq(got[0].n + got[1].n + got[2].n, 8);
            kafc__arena_fini(&arena);
        }
}
END_TEST

/* ---- A generation that came and went ---- */

/* Java gives a partition back to who had it before, even if that member has unsubscribed since; here it stays with
 * subscribers. */
START_TEST(nothing_goes_back_to_who_unsubscribed)
{
    struct kafc_assign_in in = make(3, 2, 6, 0, 1);
    struct kafc_assign_member m[3];
    struct kafc_assigned old[3] = { { 0 } };
    struct kafc_assign_tp all[12];
    for (int i = 0; i < 12; i++)
        all[i] = (struct kafc_assign_tp){ i / 6, i % 6 };
    old[0] = (struct kafc_assigned){ all, 6 };  /* topic 0, in generation 1 */
    old[1] = (struct kafc_assigned){ all, 12 }; /* everything, in generation 2 */
    struct kafc_assign_in first = own(&in, old, 1), second = own(&in, old, 2);
    memcpy(m, second.members, sizeof(m));
    m[0] = first.members[0];
    kafc_str other = in.topics[1].name;
    m[0].sub.topics.n = 1;
    m[0].sub.topics.v = &other;
    in.members = m;
    for (int a = 2; a < 4; a++) {
        struct kafc_assigned *got = assign(java[a], &in);
        for (int i = 0; i < got[0].n; i++)
            ck_assert_int_eq(got[0].v[i].topic, 1);
        if (a == 2)
            ck_assert_int_eq(got[0].n + got[1].n + got[2].n, 12);
    }
    kafc__arena_fini(&arena);
}
END_TEST

/* A member that subscribes to nothing gets nothing; a group or a cluster may be empty. */
START_TEST(nothing_to_share)
{
    for (size_t a = 0; kafc__assignor_at(a); a++) {
        struct kafc_assign_in in = make(3, 2, 4, 2, 1);
        struct kafc_assign_member m[3];
        memcpy(m, in.members, sizeof(m));
        m[0].sub.topics.n = 0;
        in.members = m;
        struct kafc_assigned *got = assign(kafc__assignor_at(a)->name, &in);
        ck_assert_int_eq(got[0].n, 0);
        ck_assert_int_eq(got[1].n + got[2].n, 8);
        in.ntopics = 0;
        got = assign(kafc__assignor_at(a)->name, &in);
        ck_assert_int_eq(got[0].n + got[1].n + got[2].n, 0);
        in.nmembers = 0;
        assign(kafc__assignor_at(a)->name, &in);
        kafc__arena_fini(&arena);
    }
    ck_assert_ptr_null(kafc__assignor("uniform"));
}
END_TEST

/* ---- No memory ---- */

static kafc_err whole_round(struct kafc_arena *a, const struct kafc_assignor *as,
                            const struct kafc_assign_in *in)
{
    struct kafc_assign_self self = { .topics = in->members[0].sub.topics.v,
                                     .ntopics = in->members[0].sub.topics.n,
                                     .owned = in->members[0].sub.owned_partitions.v,
                                     .nowned = in->members[0].sub.owned_partitions.n,
                                     .generation = 1 };
    struct kafc_assigned *got;
    struct kafc_consumer_assignment back;
    struct kafc_assign_member m;
    kafc_bytes *out, sub;
    kafc_error err;
    kafc_err rc = kafc__assign(as, in, a, &got, &err);
    if (!rc)
        rc = kafc__assignments_write(in, got, a, &out, &err);
    if (!rc)
        rc = kafc__assignment_read(&back, out[0], a, &err);
    if (!rc)
        rc = kafc__assign_subscribe(as, &self, a, &sub, &err);
    return rc ? rc
              : kafc__assign_member_read(&m, in->members[0].id, in->members[0].id, sub, a, &err);
}

START_TEST(each_allocation_fails)
{
    for (size_t i = 0; kafc__assignor_at(i); i++)
        for (int every = 1; every < 3; every++) {
            const struct kafc_assignor *as = kafc__assignor_at(i);
            struct kafc_assign_in in = make(20, 4, 100, 3, every);
            struct kafc_assign_in next = own(&in, assign(as->name, &in), 2);
            kafc_err rc = KAFC_ERR_NO_MEMORY;
            long fail;
            for (fail = 1; rc && fail < 1000; fail++) {
                struct test_alloc t;
                struct kafc_arena a;
                test_alloc_init(&t);
                t.fail_at = fail;
                kafc__arena_init(&a, &t.mem, 0);
                rc = whole_round(&a, as, &next);
                ck_assert(rc == KAFC_OK || rc == KAFC_ERR_NO_MEMORY);
                kafc__arena_fini(&a);
                ck_assert_int_eq(t.live, 0);
            }
            ck_assert(rc == KAFC_OK && fail > 5);
            kafc__arena_fini(&arena);
        }
}
END_TEST

SUITE_MAIN("assignor", 120, vectors_of_java, strings_as_in_java, rack_affinity, callbacks,
           garbage_names_its_member, members_and_topics_come_once, claims_on_what_is_gone,
           nothing_goes_back_to_who_unsubscribed, nothing_to_share, each_allocation_fails,
           ten_thousand_partitions_a_thousand_members)
