/* SPDX-License-Identifier: BSD-2-Clause
 *
 * core/metadata for those who want to hear of every topic of the cluster: when
 * all are asked for, what is kept of the answer, and what it does not say.
 */
#include <string.h>

#include "core/internal.h"
#include "tests/core/world.h"
#include "tests/support/suite.h"

enum { SEC = 1000000 };

static struct world w;

static struct {
    struct kafc_member m;
    int all, topics; /* how often all were told, and how many the last time */
    int news;
    kafc_err error;
    bool again; /* asks once more from inside */
} x;

static void heard_all(struct kafc_member *m, const struct kafc_metadata_resp *all)
{
    (void)m;
    x.all++;
    x.topics = all->topics.n;
    if (x.again)
        kafc__meta_stale_all(w.core);
    x.again = false;
}

static void heard(struct kafc_member *m, struct kafc_meta_topic *t)
{
    (void)m;
    x.news++;
    x.error = t->error;
}

static void begin(int8_t version)
{
    world_init(&w, "a:1");
    world_node(&w, 1, "a", 1);
    w.metadata_max = version;
    for (int i = 0; i < 3; i++)
        world_topic(&w, (const char *const[]){ "t", "u", "v" }[i], 2, 1);
    memset(&x, 0, sizeof(x));
    x.m.all_topics = heard_all;
    x.m.topic_news = heard;
    ck_assert(world_start(&w));
    kafc__core_add(w.core, &x.m);
}

static void end(void)
{
    kafc__core_remove(w.core, &x.m);
    world_fini(&w);
}

/* Nothing is kept of the topics that nobody wants by name, and they are asked for when all of it is old. */
START_TEST(all_are_told_once_for_each_age)
{
    for (int8_t version = 0; version <= 12; version++) {
        begin(version);
        kafc__meta_want_all(w.core);
        world_run(&w, w.now + SEC);
        ck_assert_int_eq(w.nasked, 1);
        ck_assert_int_eq(w.asked[0].n, version ? -1 : 0);
        ck_assert(version < 4 || !w.asked[0].create);
        ck_assert_int_eq(x.all, 1);
        ck_assert_int_eq(x.topics, 3);
        ck_assert_uint_eq(w.core->meta.by_name.n, 0);
        ck_assert_uint_le(w.core->meta.arena.used, 0);
        world_run(&w, w.now + 1000 * SEC);
        ck_assert_int_eq(x.all, 4);
        kafc__meta_drop_all(w.core);
        world_run(&w, w.now + 1000 * SEC);
        ck_assert_int_eq(x.all, 4);
        end();
    }
}
END_TEST

/* What is wrong with a topic that is wanted by name costs no answer with all of them. */
START_TEST(names_are_refreshed_by_name)
{
    begin(12);
    kafc__meta_want_all(w.core);
    struct kafc_meta_topic *t = kafc__meta_want(w.core, "t", false);
    world_run(&w, w.now + SEC);
    ck_assert_int_eq(w.nasked, 1); /* one request for both */
    ck_assert_int_eq(t->npartitions, 2);
    ck_assert_int_eq(x.news, 1);
    kafc__meta_stale(w.core);
    world_run(&w, w.now + SEC);
    ck_assert_int_eq(w.nasked, 2);
    ck_assert_int_eq(w.asked[1].n, 1);
    ck_assert_int_eq(x.all, 1);
    x.again = true;
    kafc__meta_stale_all(w.core);
    world_run(&w, w.now + SEC);
    ck_assert_int_eq(x.all, 3);
    end();
}
END_TEST

/* A topic that the client must not see is missing among all of them, like one that there is not: its name tells. */
START_TEST(a_denied_topic_is_not_taken_for_none)
{
    begin(12);
    w.topic[0].error = KAFC_ERR_TOPIC_AUTHORIZATION_FAILED;
    kafc__meta_want_all(w.core);
    (void)kafc__meta_want(w.core, "t", false);
    world_run(&w, w.now + SEC);
    ck_assert_int_eq(x.topics, 2);
    ck_assert_int_eq(x.error, KAFC_ERR_TOPIC_AUTHORIZATION_FAILED);
    int asked = w.nasked; /* all of them, it by name, and again since it may be allowed by now */
    ck_assert_int_ge(asked, 2);
    world_run(&w, w.now + 5 * SEC);
    ck_assert_int_ge(w.nasked - asked, 3);
    ck_assert_int_le(w.nasked - asked, 8);
    w.topic[0].error = KAFC_OK;
    world_run(&w, w.now + 2 * SEC);
    ck_assert_int_eq(x.error, KAFC_OK);
    end();
}
END_TEST

/* Creators have their own request behind it, and no answer is lost. */
START_TEST(creation_goes_on_beside_it)
{
    begin(12);
    w.auto_create = true;
    kafc__meta_want_all(w.core);
    struct kafc_meta_topic *t = kafc__meta_want(w.core, "new", true);
    world_run(&w, w.now + 2 * SEC);
    ck_assert_int_eq(t->npartitions, 1);
    ck_assert_int_eq(x.all, 1);
    w.node[0].silent = true;
    kafc__meta_stale_all(w.core);
    world_run(&w, w.now + SEC);
    w.node[0].silent = false;
    world_cut(&w, &w.node[0]);
    world_run(&w, w.now + 5 * SEC);
    ck_assert_int_eq(x.all, 2);
    ck_assert_int_eq(x.topics, 4);
    end();
}
END_TEST

SUITE_MAIN("core/metadata-all", 30, all_are_told_once_for_each_age, names_are_refreshed_by_name,
           a_denied_topic_is_not_taken_for_none, creation_goes_on_beside_it)
