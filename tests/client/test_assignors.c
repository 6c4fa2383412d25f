/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Assignors by name, and rules of the application: what they are told of
 * members and topics, and what becomes of what they say.
 */
#include <stdio.h>

#include "base/mem.h"
#include "client/assignors.h"
#include "tests/client/reading.h"
#include "protocol/schema.h"
#include "tests/support/suite.h"

static const kafc_allocator libc; /* all zero */
static struct kafc_arena arena;

static kafc_err parse(struct kafc_assignors *a, const char *names, const kafc_custom_assignor *own,
                      int32_t n, kafc_error *err)
{
    kafc_reader_options o = { .assignors = names, .custom_assignors = own, .ncustom_assignors = n };
    return kafc__assignors_init(a, &libc, &o, err);
}

/* What the rule was told, line by line; gives all of the first topic to the last member. */
static char told[1000];

static kafc_err give(void *ctx, const kafc_assignor_input *in, kafc_assignor_output *out,
                     kafc_error *err)
{
    size_t at = 0;
    (void)err;
    for (int32_t i = 0; i < in->nmembers; i++) {
        const kafc_assignor_member *m = &in->members[i];
        at += (size_t)snprintf(told + at, sizeof(told) - at, "%s/%s/%s:", m->id,
                               m->instance ? m->instance : "-", m->rack ? m->rack : "-");
        for (int32_t k = 0; k < m->ntopics; k++)
            at += (size_t)snprintf(told + at, sizeof(told) - at, " %s/%d",
                                   in->topics[m->topics[k]].name,
                                   (int)in->topics[m->topics[k]].npartitions);
        for (int32_t k = 0; k < m->nowned; k++)
            at += (size_t)snprintf(told + at, sizeof(told) - at, " has %s-%d", m->owned[k].topic,
                                   (int)m->owned[k].partition);
        at += (size_t)snprintf(told + at, sizeof(told) - at, " \"%.*s\"\n", (int)m->user_data.len,
                               (const char *)m->user_data.p);
    }
    for (int32_t p = 0; p < in->topics[0].npartitions; p++)
        if (kafc_assignor_give(out, in->nmembers - 1, 0, p) != KAFC_OK)
            return KAFC_ERR_NO_MEMORY;
    *(kafc_err *)ctx = kafc_assignor_give(out, in->nmembers, 0, 0);
    if (kafc_assignor_give(out, 0, in->ntopics, 0) != KAFC_ERR_USAGE ||
        kafc_assignor_give(out, 0, 0, in->topics[0].npartitions) != KAFC_ERR_USAGE ||
        kafc_assignor_give(out, -1, 0, 0) != KAFC_ERR_USAGE)
        return KAFC_ERR_USAGE;
    return KAFC_OK;
}

static struct kafc_assign_member member(const char *id, const char *rack, int ntopics,
                                        const char *const *topics)
{
    struct kafc_assign_member m = { .id = { id, (int32_t)strlen(id) } };
    kafc__msg_defaults(&kafc_consumer_subscription_schema, &m.sub);
    m.sub.topics.v = kafc__arena_array(&arena, (size_t)ntopics, sizeof(kafc_str));
    for (int i = 0; i < ntopics; i++)
        m.sub.topics.v[m.sub.topics.n++] = (kafc_str){ topics[i], (int32_t)strlen(topics[i]) };
    if (rack)
        m.sub.rack_id = (kafc_str){ rack, (int32_t)strlen(rack) };
    return m;
}

START_TEST(a_rule_is_told_all_and_gives_by_index)
{
    static const char *const ab[] = { "a", "b", "missing" }, *const ba[] = { "b", "b", "a" };
    kafc_err outside = KAFC_OK;
    kafc_custom_assignor own = { .name = "all-to-one", .share = give, .ctx = &outside };
    struct kafc_assignors a;
    struct kafc_assigned *got;
    kafc_error err;
    kafc__arena_init(&arena, &libc, 0);
    ck_assert_int_eq(parse(&a, "all-to-one, range", &own, 1, &err), KAFC_OK);
    ck_assert_int_eq(a.n, 2);
    struct kafc_assign_member m[] = { member("z", NULL, 3, ab), member("m", "r1", 3, ba) };
    struct kafc_assign_topic t[] = { { .name = { "b", 1 }, .npartitions = 3 },
                                     { .name = { "a", 1 }, .npartitions = 20 },
                                     { .name = { "missing", 7 }, .npartitions = 0 } };
    struct kafc_assign_in in = { m, 2, t, 3 };
    m[0].instance_id = (kafc_str){ "i", 1 };
    m[1].sub.user_data = (kafc_bytes){ "data", 4 };
    ck_assert_int_eq(kafc__assign(a.v[0], &in, &arena, &got, &err), KAFC_OK);
    ck_assert_str_eq(told, "m/-/r1: a/20 b/3 \"data\"\nz/i/-: a/20 b/3 \"\"\n");
    ck_assert_int_eq(got[0].n, 20); /* of z, the group's first */
    ck_assert_int_eq(got[1].n, 0);
    ck_assert_int_eq(got[0].v[19].topic, 1);
    ck_assert_int_eq(got[0].v[19].partition, 19);
    ck_assert_int_eq(outside, KAFC_ERR_USAGE);
    kafc__assignors_fini(&a);
    kafc__arena_fini(&arena);
}
END_TEST

START_TEST(names_of_ours_and_of_java)
{
    struct kafc_assignors a;
    kafc_error err;
    ck_assert_int_eq(parse(&a,
                           " org.apache.kafka.clients.consumer.RoundRobinAssignor,"
                           "org.apache.kafka.clients.consumer.CooperativeStickyAssignor,,range ",
                           NULL, 0, &err),
                     KAFC_OK);
    ck_assert_int_eq(a.n, 3);
    ck_assert_str_eq(a.v[0]->name, "roundrobin");
    ck_assert_str_eq(a.v[1]->name, "cooperative-sticky");
    ck_assert_str_eq(a.v[2]->name, "range");
    kafc__assignors_fini(&a);
}
END_TEST

START_TEST(names_with_blanks_between_them)
{
    struct kafc_assignors a;
    kafc_error err;
    ck_assert_int_eq(
        parse(&a, "range roundrobin  sticky cooperative-sticky rack-affinity", NULL, 0, &err),
        KAFC_OK);
    ck_assert_int_eq(a.n, 5);
    ck_assert_str_eq(a.v[4]->name, "rack-affinity");
    kafc__assignors_fini(&a);
}
END_TEST

START_TEST(what_cannot_be_is_named)
{
    static const kafc_custom_assignor nameless = { .share = give }, useless = { .name = "x" },
                                      blank = { .name = "a b", .share = give };
    static const struct {
        const char *names;
        const kafc_custom_assignor *own;
        int32_t n;
        const char *words;
    } v[] = {
        { "ranje", NULL, 0, "'ranje'" },
        { "range,range", NULL, 0, "'range' is named twice" },
        { ", ,", NULL, 0, "names none" },
        { "range", NULL, 1, "1 custom assignors" },
        { "range", NULL, -1, "-1 custom assignors" },
        { "range", &nameless, 1, "custom assignor 0" },
        { "range", &useless, 1, "custom assignor 0" },
        { "range", &blank, 1, "custom assignor 0" },
    };
    for (size_t i = 0; i < sizeof(v) / sizeof(v[0]); i++) {
        struct kafc_assignors a;
        kafc_error err;
        ck_assert_int_eq(parse(&a, v[i].names, v[i].own, v[i].n, &err), KAFC_ERR_USAGE);
        ck_assert_msg(strstr(err.message, v[i].words) != NULL, "%s", err.message);
        kafc__assignors_fini(&a);
    }
}
END_TEST

/* The last one of the two gets all, by its data. */
static kafc_err by_data(void *ctx, const kafc_assignor_input *in, kafc_assignor_output *out,
                        kafc_error *err)
{
    (void)ctx;
    (void)err;
    if (in->ntopics != 1)
        return KAFC_ERR_USAGE;
    for (int32_t i = 0; i < in->nmembers; i++)
        for (int32_t p = 0; p < in->topics[0].npartitions && in->members[i].user_data.len == 4; p++)
            (void)kafc_assignor_give(out, i, 0, p);
    return KAFC_OK;
}

START_TEST(a_group_shares_out_by_the_applications_rule)
{
    kafc_custom_assignor idle = { .name = "mine", .share = by_data },
                         busy = { .name = "mine", .share = by_data, .user_data = { "busy", 4 } };
    struct reading e;
    kafc_topic_partition v[4];
    kafc_message m;
    reading_open(&e, 1, 4);
    reading_reader(&e, KAFC_READER(.topic = "t", .group = "g", .heartbeat_interval_ms = 20,
                                   .assignors = "mine,range", .custom_assignors = &idle,
                                   .ncustom_assignors = 1));
    kafc_reader *other = kafc_reader_open(
        e.client,
        KAFC_READER(.topic = "t", .group = "g", .heartbeat_interval_ms = 20, .assignors = "mine",
                    .custom_assignors = &busy, .ncustom_assignors = 1),
        &e.err);
    ck_assert_msg(other != NULL, "%s", e.err.message);
    while (kafc_reader_assignment(other, v, 4) < 4) {
        (void)kafc_reader_fetch(e.reader, &m, 1, NULL);
        (void)kafc_reader_fetch(other, &m, 1, NULL);
    }
    ck_assert_int_eq(kafc_reader_assignment(e.reader, v, 4), 0);
    ck_assert_int_eq(kafc_reader_close(other, 10000, &e.err), KAFC_OK);
    kafc_reader_free(other);
    reading_close(&e);
}
END_TEST

SUITE_MAIN("client/assignors", 60, a_rule_is_told_all_and_gives_by_index, names_of_ours_and_of_java,
           names_with_blanks_between_them, what_cannot_be_is_named,
           a_group_shares_out_by_the_applications_rule)
