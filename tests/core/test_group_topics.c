/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What a subscription means: names, POSIX extended regular expressions, and
 * what an answer with all topics makes of them. A core that nobody drives.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "core/group_internal.h"
#include "protocol/api/03_metadata.h"
#include "tests/support/suite.h"

static struct kafc_core *core;
static struct kafc_group *group;
static kafc_error err;

static void notice(void *ctx, const struct kafc_group_notice *n)
{
    (void)ctx, (void)n;
}

static void begin(void)
{
    static const struct kafc_assignor *a;
    struct kafc_core_config cfg = { .brokers = "a:1" };
    struct kafc_group_config g = { .group = "g",
                                   .session_timeout_ms = 10000,
                                   .heartbeat_interval_ms = 1000,
                                   .max_poll_interval_ms = 60000,
                                   .assignors = &a,
                                   .nassignors = 1,
                                   .notice = notice };
    a = kafc__assignor("range");
    core = kafc__core_new(&cfg, 1, 1, &err);
    group = core ? kafc__group_new(core, &g) : NULL;
    ck_assert_ptr_nonnull(group);
}

static void end(void)
{
    kafc__group_free(group);
    kafc__core_free(core);
}

static kafc_err subscribe(const char *a, const char *b)
{
    const char *const v[] = { a, b };
    return kafc__group_subscribe(group, v, b ? 2 : 1, &err);
}

/* How many wants there are for the metadata of a topic. */
static int wants(const char *topic)
{
    struct kafc_meta_topic *t = kafc__meta_want(core, topic, false);
    ck_assert_ptr_nonnull(t);
    int n = t->refs - 1;
    kafc__meta_drop(core, t, false);
    return n;
}

static bool has(const char *topic)
{
    return kafc__group_subscribed(group, (kafc_str){ topic, (int32_t)strlen(topic) });
}

enum { THERE = 6, MARKED = 4 };
static const char *const there[THERE] = {
    "a", "ab", "a.b", "abc", "__consumer_offsets", "__transaction_state"
};

/* The first n of what is there. */
static void answer(int32_t n)
{
    struct kafc_metadata_resp_topic v[THERE + 3];
    struct kafc_metadata_resp all;
    kafc__msg_defaults(&kafc_metadata_resp_schema, &all);
    for (int32_t i = 0; i < n + 3; i++)
        kafc__msg_defaults(&kafc_metadata_resp_topic_schema, &v[i]);
    for (int32_t i = 0; i < n; i++) {
        v[i].name = kafc__str(there[i]);
        v[i].is_internal = i == MARKED;
    }
    v[n].name = kafc__str("abroken");
    v[n].error_code = KAFC_ERR_INVALID_TOPIC_EXCEPTION;
    v[n + 1].name = (kafc_str){ "a\0b", 3 }; /* nonsense of a broker */
    all.topics.v = v;
    all.topics.n = n + 3;
    kafc__group_topics_all(group, &all);
}

/* From the beginning of the name on, its end is free, as in librdkafka. What is internal has to be named. */
START_TEST(what_an_expression_matches)
{
    static const struct {
        const char *text;
        int32_t n;
    } rows[] = {
        { "^a", 4 },
        { "^a$", 1 },
        { "^ab?", 4 },
        { "^ab+", 2 },
        { "^ab*$", 2 },
        { "^ab{0}$", 1 },
        { "^ab{0}", 4 },
        { "^(a|x)$", 1 },
        { "^ab|c$", 2 },
        { "^x|^a$", 1 },
        { "^a\\.b", 1 },
        { "^a\\.*$", 1 },
        { "^a.b", 1 },
        { "^.*", 4 },
        { "^[^a]", 0 },
        { "^", 4 },
        { "^__consumer", 0 },
        { "^__consumer_offsets", 1 },
        { "^__consumer_offsets$", 1 },
        { "^__consumer_offsets.*", 0 },
        { "^__transaction_state$", 1 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        begin();
        ck_assert_int_eq(subscribe(rows[i].text, NULL), KAFC_OK);
        ck_assert(!group->matched);
        answer(THERE);
        ck_assert(group->matched);
        ck_assert_msg(group->topics.n == rows[i].n, "%s: %d", rows[i].text, (int)group->topics.n);
        end();
    }
}
END_TEST

START_TEST(names_and_expressions_mixed)
{
    begin();
    ck_assert_int_eq(subscribe("^ab", "a"), KAFC_OK);
    answer(THERE);
    ck_assert(group->topics.n == 3 && has("a") && has("ab") && has("abc"));
    ck_assert_int_eq(subscribe("__consumer_offsets", "^ab$"), KAFC_OK);
    ck_assert(has("abc")); /* until it is known what the new one matches */
    answer(THERE);
    ck_assert(group->topics.n == 2 && has("__consumer_offsets") && has("ab"));
    ck_assert_int_eq(subscribe("a", "a"), KAFC_OK);
    ck_assert(group->matched && group->topics.n == 1 && has("a"));
    ck_assert(!group->wish.wants_all && wants("a") == 1 && wants("__consumer_offsets") == 0);
    kafc__group_leave(group);
    ck_assert_int_eq(group->topics.n, 0);
    ck_assert_int_eq(wants("a"), 0);
    end();
}
END_TEST

/* What one broker does not know may be there all the same. */
START_TEST(a_topic_that_is_missing_once_stays)
{
    begin();
    ck_assert_int_eq(subscribe("^a", NULL), KAFC_OK);
    answer(4);
    group->rejoin_at = INT64_MAX;
    answer(3);
    ck_assert(group->topics.n == 4 && group->rejoin_at == INT64_MAX);
    answer(4);
    answer(3);
    ck_assert(group->topics.n == 4 && group->rejoin_at == INT64_MAX);
    answer(3);
    ck_assert(group->topics.n == 3 && group->rejoin_at != INT64_MAX);
    ck_assert_str_eq(group->reason, "topic abc, which matches the subscription, is gone");
    group->rejoin_at = INT64_MAX;
    answer(4);
    ck_assert(has("abc"));
    ck_assert_str_eq(group->reason, "topic abc is there, and matches the subscription");
    end();
}
END_TEST

START_TEST(what_is_no_subscription)
{
    static const char *const bad[] = { "^a(", "^[", "^a{2,1}", "^*(\\" };
    char text[300];
    begin();
    ck_assert_int_eq(subscribe("a", NULL), KAFC_OK);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        regex_t re;
        char words[100];
        int rc = regcomp(&re, bad[i], REG_EXTENDED | REG_NOSUB);
        ck_assert_int_ne(rc, 0);
        (void)regerror(rc, &re, words, sizeof words);
        ck_assert_int_eq(subscribe(bad[i], "b"), KAFC_ERR_USAGE);
        ck_assert_msg(strstr(err.message, bad[i]) && strstr(err.message, words), "%s", err.message);
    }
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    ck_assert_int_eq(subscribe("b", text), KAFC_ERR_USAGE);
    ck_assert_int_eq(subscribe("b", ""), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc__group_subscribe(group, NULL, 0, &err), KAFC_ERR_USAGE);
    ck_assert(group->topics.n == 1 && has("a")); /* nothing has changed */
    ck_assert(wants("a") == 1 && wants("b") == 0);
    end();
}
END_TEST

/* A cluster of 100,000 topics: nothing is kept but what matches, and looking through their names takes no time. */
START_TEST(a_hundred_thousand_topics)
{
    enum { MANY = 100000 };
    static struct kafc_metadata_resp_topic v[MANY];
    static char name[MANY][24];
    struct kafc_metadata_resp all;
    kafc__msg_defaults(&kafc_metadata_resp_schema, &all);
    for (int i = 0; i < MANY; i++) {
        kafc__msg_defaults(&kafc_metadata_resp_topic_schema, &v[i]);
        (void)snprintf(name[i], sizeof name[i], "%s-%d", i % 1000 ? "tenant" : "orders", i);
        v[i].name = kafc__str(name[i]);
    }
    all.topics.v = v;
    all.topics.n = MANY;
    begin();
    ck_assert_int_eq(subscribe("^orders-[0-9]+$", NULL), KAFC_OK);
    clock_t t0 = clock();
    kafc__group_topics_all(group, &all);
    double s = (double)(clock() - t0) / CLOCKS_PER_SEC;
    ck_assert_int_eq(group->topics.n, 100);
    ck_assert_uint_lt(group->topics.arena.used, 16384);
    ck_assert_msg(s < 0.5, "%.3f s", s);
    printf("100,000 names: %.1f ms\n", s * 1000);
    end();
}
END_TEST

SUITE_MAIN("core/group-topics", 30, what_an_expression_matches, names_and_expressions_mixed,
           a_topic_that_is_missing_once_stays, what_is_no_subscription, a_hundred_thousand_topics)
