/* SPDX-License-Identifier: BSD-2-Clause
 *
 * core/metadata in a virtual world: who is asked for what and when, what an
 * answer may change, and that a lookup never creates a topic (rule W9).
 */
#include <stdio.h>
#include <stdlib.h>

#include "core/internal.h"
#include "tests/core/world.h"
#include "tests/support/suite.h"

enum { SEC = 1000000 };

static struct world w;

struct watcher {
    struct kafc_member m;
    int news;
    char last[32];
    kafc_err error;
    struct kafc_meta_topic *drops; /* when it hears of this one */
    struct kafc_member *removes;
    const char *stale; /* what makes it ask again, each time it hears of it */
    int fresh;         /* how often there was fresh news of another topic */
};

static void heard(struct kafc_member *m, struct kafc_meta_topic *t)
{
    struct watcher *x = KAFC_CONTAINER(m, struct watcher, m);
    x->news++;
    x->error = t->error;
    snprintf(x->last, sizeof(x->last), "%s", t->name);
    if (x->drops == t) {
        x->drops = NULL;
        kafc__meta_drop(w.core, t, false);
    }
    if (x->stale && !strcmp(x->stale, t->name))
        kafc__meta_stale(w.core);
    else
        x->fresh += t->fresh;
    if (x->removes)
        kafc__core_remove(w.core, x->removes);
    x->removes = NULL;
}

static void begin(void)
{
    world_init(&w, "a:1");
    world_node(&w, 1, "a", 1);
    world_node(&w, 2, "b", 2);
}

START_TEST(wants_of_one_turn_are_one_request)
{
    begin();
    world_topic(&w, "t", 3, 1);
    world_topic(&w, "u", 1, 2);
    ck_assert(world_start(&w));
    struct watcher x = { .m.topic_news = heard };
    kafc__core_add(w.core, &x.m);
    struct kafc_meta_topic *t = kafc__meta_want(w.core, "t", false),
                           *u = kafc__meta_want(w.core, "u", false);
    ck_assert_ptr_eq(kafc__meta_want(w.core, "t", false), t);
    ck_assert_int_eq(t->refs, 2);
    ck_assert(!t->fresh);
    world_run(&w, w.now + SEC);
    ck_assert_int_eq(w.nasked, 1);
    ck_assert_int_eq(w.asked[0].n, 2);
    ck_assert_int_eq(x.news, 2);
    ck_assert(t->fresh && u->fresh);
    ck_assert_int_eq(t->error, KAFC_OK);
    ck_assert_int_eq(t->npartitions, 3);
    ck_assert_int_eq(t->id.b[0], 1);
    int32_t epoch;
    ck_assert_int_eq(kafc__meta_leader(u, 0, &epoch), 2);
    ck_assert_int_eq(epoch, 0);
    ck_assert_int_eq(kafc__meta_leader(u, 1, &epoch), -1);
    ck_assert_int_eq(epoch, -1);
    kafc__meta_want(w.core, "t", false); /* is known: nothing to ask */
    world_run(&w, w.now + SEC);
    ck_assert_int_eq(w.nasked, 1);
    kafc__core_remove(w.core, &x.m);
    world_fini(&w);
}
END_TEST

START_TEST(W9_a_lookup_does_not_create)
{
    for (int max = 0; max <= 12; max++) {
        begin();
        w.metadata_max = (int8_t)max;
        w.auto_create = true;
        world_topic(&w, "known", 1, 1);
        ck_assert(world_start(&w));
        struct watcher x = { .m.topic_news = heard };
        kafc__core_add(w.core, &x.m);
        struct kafc_meta_topic *t = kafc__meta_want(w.core, "new", false);
        world_run(&w, w.now + SEC);
        ck_assert_int_ge(w.nasked, 1);
        for (int i = 0; i < w.nasked; i++) {
            ck_assert_int_eq(w.asked[i].version, max);
            ck_assert_int_eq(w.asked[i].n, max >= 4 ? 1 : max == 0 ? 0 : -1);
            ck_assert(max < 4 || !w.asked[i].create);
        }
        ck_assert_int_eq(w.ntopics, 1);
        ck_assert_int_eq(t->error, KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION);
        ck_assert_int_eq(x.error, KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION);
        ck_assert(t->fresh);
        kafc__core_remove(w.core, &x.m);
        world_fini(&w);
    }
}
END_TEST

START_TEST(W9_who_may_create_asks_for_that_topic_alone)
{
    for (int max = 0; max <= 12; max++) {
        begin();
        w.metadata_max = (int8_t)max;
        w.auto_create = true;
        world_topic(&w, "known", 1, 1);
        ck_assert(world_start(&w));
        struct kafc_meta_topic *k = kafc__meta_want(w.core, "known", false);
        struct kafc_meta_topic *m = kafc__meta_want(w.core, "missing", false);
        struct kafc_meta_topic *t = kafc__meta_want(w.core, "new", true);
        world_run(&w, w.now + SEC);
        ck_assert_int_eq(k->npartitions, 1);
        ck_assert_int_eq(t->npartitions, 1); /* it has waited for the leader */
        ck_assert_int_eq(t->error, KAFC_OK);
        ck_assert_int_eq(m->error, KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION);
        ck_assert_int_eq(w.ntopics, 2);
        for (int i = 0; i < w.nasked; i++)
            if (w.asked[i].n > 0 && w.asked[i].create) {
                ck_assert_int_eq(w.asked[i].n, 1);
                ck_assert_str_eq(w.asked[i].first, "new");
            }
        int before = w.nasked;
        kafc__meta_drop(w.core, m, false); /* nothing is open any more */
        world_run(&w, w.now + SEC);
        kafc__meta_stale(w.core);
        world_run(&w, w.now + SEC);
        ck_assert_int_ge(w.nasked, before + 1);
        ck_assert(max < 4 ||
                  !w.asked[w.nasked - 1].create); /* it exists: that is a lookup like others */
        world_fini(&w);
    }
}
END_TEST

START_TEST(older_leader_epochs_are_ignored_unless_the_topic_is_another)
{
    begin();
    struct world_topic *s = world_topic(&w, "t", 2, 1);
    s->epoch[0] = s->epoch[1] = 7;
    ck_assert(world_start(&w));
    struct kafc_meta_topic *t = kafc__meta_want(w.core, "t", false);
    world_run(&w, w.now + SEC);
    s->epoch[0] = 6;
    s->leader[0] = 2;
    s->epoch[1] = 8;
    s->leader[1] = 2;
    kafc__meta_stale(w.core);
    ck_assert(!t->fresh);
    world_run(&w, w.now + SEC);
    ck_assert(t->fresh);
    int32_t epoch;
    ck_assert_int_eq(kafc__meta_leader(t, 0, &epoch), 1);
    ck_assert_int_eq(epoch, 7);
    ck_assert_int_eq(kafc__meta_leader(t, 1, &epoch), 2);
    ck_assert_int_eq(epoch, 8);
    s->n = 1; /* fewer partitions in an answer: the others are still there */
    kafc__meta_stale(w.core);
    world_run(&w, w.now + SEC);
    ck_assert_int_eq(t->npartitions, 2);
    s->id.b[1] = 1; /* created again */
    s->epoch[0] = 0;
    kafc__meta_stale(w.core);
    world_run(&w, w.now + SEC);
    ck_assert_int_eq(t->npartitions, 1);
    ck_assert_int_eq(kafc__meta_leader(t, 0, &epoch), 2);
    ck_assert_int_eq(epoch, 0);
    ck_assert_int_eq(t->id.b[1], 1);
    world_fini(&w);
}
END_TEST

START_TEST(a_topic_that_vanishes_keeps_its_partitions_and_says_so)
{
    begin();
    struct world_topic *s = world_topic(&w, "t", 2, 1);
    ck_assert(world_start(&w));
    struct kafc_meta_topic *t = kafc__meta_want(w.core, "t", false);
    world_run(&w, w.now + SEC);
    s->error = KAFC_ERR_TOPIC_AUTHORIZATION_FAILED;
    kafc__meta_stale(w.core);
    world_run(&w, w.now + SEC);
    ck_assert_int_eq(t->error, KAFC_ERR_TOPIC_AUTHORIZATION_FAILED);
    ck_assert_int_eq(t->npartitions, 2);
    world_fini(&w);
}
END_TEST

START_TEST(an_error_that_passes_is_no_news_of_the_topic)
{
    begin();
    struct world_topic *s = world_topic(&w, "t", 2, 1);
    s->error = KAFC_ERR_REQUEST_TIMED_OUT;
    ck_assert(world_start(&w));
    struct kafc_meta_topic *t = kafc__meta_want(w.core, "t", false);
    world_run(&w, w.now + SEC);
    ck_assert_int_eq(t->error, KAFC_ERR_LEADER_NOT_AVAILABLE);
    ck_assert(!t->fresh);
    ck_assert_int_gt(w.nasked, 1);
    s->error = KAFC_OK;
    world_run(&w, w.now + 2 * SEC);
    ck_assert_int_eq(t->error, KAFC_OK);
    ck_assert(t->fresh);
    s->error = KAFC_ERR_REQUEST_TIMED_OUT;
    kafc__meta_stale(w.core);
    int before = w.nasked;
    world_run(&w, w.now + SEC);
    ck_assert_int_eq(t->error, KAFC_OK);
    ck_assert_int_eq(t->npartitions, 2);
    ck_assert(!t->fresh);
    ck_assert_int_gt(w.nasked, before + 1);
    world_fini(&w);
}
END_TEST

START_TEST(stale_is_asked_again_not_faster_than_the_back_off)
{
    begin();
    world_topic(&w, "t", 1, 1);
    ck_assert(world_start(&w));
    kafc__meta_want(w.core, "t", false);
    world_run(&w, w.now + SEC);
    int64_t start = w.now;
    int before = w.nasked;
    for (int i = 0; i < 1000; i++) {
        kafc__meta_stale(w.core);
        world_run(&w, w.now + 1000);
    }
    ck_assert_int_gt(w.nasked, before + 5);
    ck_assert_int_le(w.nasked, before + 13); /* 1 s in steps of 80 ms or more */
    for (int i = before + 1; i < w.nasked; i++)
        ck_assert_int_ge(w.asked[i].at - w.asked[i - 1].at, 80000);
    ck_assert_int_ge(w.asked[before].at, start);
    world_fini(&w);
}
END_TEST

START_TEST(stale_during_a_request_is_not_satisfied_by_its_answer)
{
    begin();
    struct world_topic *s = world_topic(&w, "t", 1, 1);
    ck_assert(world_start(&w));
    struct kafc_meta_topic *t = kafc__meta_want(w.core, "t", false);
    world_run(&w, w.now + SEC);
    kafc__meta_stale(w.core);
    w.now += SEC;
    w.hold = true;
    world_step(&w); /* asked and answered, not delivered */
    world_step(&w);
    ck_assert_int_eq(w.nasked, 2);
    kafc__meta_stale(w.core);
    s->leader[0] = 2;
    s->epoch[0] = 1;
    w.hold = false;
    world_step(&w);
    ck_assert(!t->fresh);
    world_run(&w, w.now + SEC);
    ck_assert_int_eq(w.nasked, 3);
    ck_assert(t->fresh);
    ck_assert_int_eq(kafc__meta_leader(t, 0, NULL), 2);
    world_fini(&w);
}
END_TEST

START_TEST(unknown_topics_are_asked_for_with_growing_pauses)
{
    begin();
    ck_assert(world_start(&w));
    struct watcher x = { .m.topic_news = heard };
    kafc__core_add(w.core, &x.m);
    struct kafc_meta_topic *t = kafc__meta_want(w.core, "t", false);
    world_run(&w, w.now + 10 * SEC);
    ck_assert_int_ge(w.nasked, 10);
    ck_assert_int_le(w.nasked, 20);
    ck_assert_int_eq(x.news, w.nasked);
    ck_assert_int_gt(w.asked[8].at - w.asked[7].at, 4 * (w.asked[1].at - w.asked[0].at));
    world_topic(&w, "t", 1, 1);
    world_run(&w, w.now + 2 * SEC);
    ck_assert_int_eq(t->npartitions, 1);
    int before = w.nasked;
    world_run(&w, w.now + 60 * SEC);
    ck_assert_int_eq(w.nasked, before);
    kafc__core_remove(w.core, &x.m);
    world_fini(&w);
}
END_TEST

START_TEST(what_is_known_is_refreshed_before_it_is_too_old)
{
    begin();
    world_topic(&w, "t", 1, 1);
    ck_assert(world_start(&w));
    struct kafc_meta_topic *t = kafc__meta_want(w.core, "t", false);
    world_run(&w, w.now + 1000 * SEC);
    ck_assert_int_eq(w.nasked, 4);
    kafc__meta_drop(w.core, t, false);
    world_run(&w, w.now + 1000 * SEC);
    ck_assert_int_le(w.nasked, 5); /* nobody wants to know: silence */
    world_fini(&w);
}
END_TEST

START_TEST(a_hint_counts_when_it_is_newer_and_the_node_is_known)
{
    begin();
    struct world_topic *s = world_topic(&w, "t", 1, 1);
    s->epoch[0] = 3;
    ck_assert(world_start(&w));
    struct kafc_meta_topic *t = kafc__meta_want(w.core, "t", false);
    world_run(&w, w.now + SEC);
    kafc__meta_hint(w.core, t, 0, 2, 3, NULL);
    ck_assert_int_eq(kafc__meta_leader(t, 0, NULL), 1);
    kafc__meta_hint(w.core, t, 0, 9, 5, NULL);
    kafc__meta_hint(w.core, t, 1, 2, 5, NULL);
    kafc__meta_hint(w.core, t, -1, 2, 5, NULL);
    ck_assert_int_eq(kafc__meta_leader(t, 0, NULL), 1);
    kafc__meta_hint(w.core, t, 0, 2, 5, NULL);
    int32_t epoch;
    ck_assert_int_eq(kafc__meta_leader(t, 0, &epoch), 2);
    ck_assert_int_eq(epoch, 5);
    world_fini(&w);
}
END_TEST

START_TEST(a_hint_may_name_where_the_node_is)
{
    begin();
    world_topic(&w, "t", 1, 1)->epoch[0] = 3;
    ck_assert(world_start(&w));
    struct kafc_meta_topic *t = kafc__meta_want(w.core, "t", false);
    world_run(&w, w.now + SEC);
    struct kafc_broker_conn conn = { .broker = kafc__broker_find(w.core, 1) };
    const struct kafc_request by = { .conn = &conn };
    const struct kafc_meta_endpoint bad[] = { { { "c", 1 }, 0, &by },
                                              { { "", 0 }, 3, &by },
                                              { { "c\0d", 3 }, 3, &by },
                                              { { "c", 1 }, 65536, &by } };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        kafc__meta_hint(w.core, t, 0, 9, 5, &bad[i]);
        ck_assert_int_eq(kafc__meta_leader(t, 0, NULL), 1);
    }
    const struct kafc_meta_endpoint good = { { "c", 1 }, 3, &by };
    kafc__meta_hint(w.core, t, 0, 9, 3, &good); /* as old as what is known */
    ck_assert_ptr_null(kafc__broker_find(w.core, 9));
    kafc__meta_hint(w.core, t, 0, 9, 4, &good);
    ck_assert_int_eq(kafc__meta_leader(t, 0, NULL), 9);
    ck_assert_str_eq(kafc__broker_find(w.core, 9)->name, "node 9, advertised as c:3 by a:1,");
    kafc__meta_drop(w.core, t, false);
    world_fini(&w);
}
END_TEST

START_TEST(members_may_drop_topics_and_each_other_while_they_hear_news)
{
    begin();
    world_topic(&w, "t", 1, 1);
    world_topic(&w, "u", 1, 1);
    ck_assert(world_start(&w));
    struct watcher x = { .m.topic_news = heard }, y = { .m.topic_news = heard },
                   z = { .m.topic_news = heard };
    kafc__core_add(w.core, &x.m);
    kafc__core_add(w.core, &y.m);
    kafc__core_add(w.core, &z.m);
    x.drops = kafc__meta_want(w.core, "t", false);
    struct kafc_meta_topic *u = kafc__meta_want(w.core, "u", false);
    x.removes = &y.m;
    world_run(&w, w.now + SEC);
    ck_assert_int_eq(x.news, 2);
    ck_assert_int_eq(y.news, 0);
    ck_assert_int_eq(z.news, 1); /* t was nobody's any more */
    ck_assert_str_eq(z.last, "u");
    kafc__meta_drop(w.core, u, false);
    kafc__core_remove(w.core, &x.m);
    kafc__core_remove(w.core, &z.m);
    world_fini(&w);
}
END_TEST

START_TEST(a_topic_dropped_in_flight_is_no_news)
{
    begin();
    world_topic(&w, "t", 1, 1);
    ck_assert(world_start(&w));
    struct kafc_meta_topic *t = kafc__meta_want(w.core, "t", false);
    w.hold = true;
    for (int i = 0; i < 5; i++)
        world_step(&w);
    kafc__meta_drop(w.core, t, false);
    w.hold = false;
    world_run(&w, w.now + SEC);
    t = kafc__meta_want(w.core, "t", true);
    world_run(&w, w.now + SEC);
    ck_assert_int_eq(t->npartitions, 1);
    kafc__meta_drop(w.core, t, true);
    world_fini(&w);
}
END_TEST

START_TEST(a_crowd_of_nodes_is_not_believed)
{
    begin();
    world_topic(&w, "t", 1, 1);
    w.crowd = 10000;
    ck_assert(world_start(&w));
    struct kafc_meta_topic *t = kafc__meta_want(w.core, "t", false);
    world_run(&w, w.now + SEC);
    ck_assert_int_eq(t->npartitions, 0);
    ck_assert_ptr_nonnull(kafc__core_trouble(w.core));
    ck_assert_ptr_nonnull(
        strstr(kafc__core_trouble(w.core)->message, "a:1 answers Metadata with 10002 nodes"));
    w.crowd = 1000;
    world_run(&w, w.now + 5 * SEC);
    ck_assert_int_eq(t->npartitions, 1);
    kafc__meta_drop(w.core, t, false);
    world_fini(&w);
}
END_TEST

START_TEST(a_name_that_no_broker_takes_does_not_harm_the_others)
{
    static char name[40000];
    memset(name, 'x', sizeof(name) - 1);
    begin();
    world_topic(&w, "t", 1, 1);
    ck_assert(world_start(&w));
    struct kafc_meta_topic *bad = kafc__meta_want(w.core, name, true);
    struct kafc_meta_topic *t = kafc__meta_want(w.core, "t", false);
    world_run(&w, w.now + SEC);
    ck_assert_int_eq(t->npartitions, 1);
    ck_assert_int_eq(bad->error, KAFC_ERR_INVALID_TOPIC_EXCEPTION);
    ck_assert(bad->fresh);
    ck_assert_int_eq(w.nasked, 1);
    kafc__meta_drop(w.core, bad, true);
    kafc__meta_drop(w.core, t, false);
    world_fini(&w);
}
END_TEST

START_TEST(a_broker_that_wants_a_new_beginning_gets_it)
{
    world_init(&w, "a:1");
    struct world_node *a = world_node(&w, -1, "a",
                                      1); /* a proxy, which leads elsewhere next time */
    world_node(&w, 2, "b", 2);
    world_topic(&w, "t", 1, 2);
    ck_assert(world_start(&w));
    struct kafc_meta_topic *t = kafc__meta_want(w.core, "t", false);
    world_run(&w, w.now + SEC);
    ck_assert_int_eq(a->opened, 1);
    w.refuse = KAFC_ERR_REBOOTSTRAP_REQUIRED;
    kafc__meta_stale(w.core);
    world_run(&w, w.now + 2 * SEC);
    ck_assert_int_eq(w.refuse, 0);
    ck_assert(t->fresh);
    ck_assert_int_eq(a->opened, 2);
    world_run(&w, w.now + 5 * SEC); /* that one stays */
    kafc__meta_stale(w.core);
    world_run(&w, w.now + 5 * SEC);
    ck_assert(t->fresh);
    ck_assert_int_eq(a->opened, 2);
    kafc__meta_drop(w.core, t, false);
    world_fini(&w);
}
END_TEST

/* A partition without a leader is asked for again and again; the answer about another topic is no older for that. */
START_TEST(who_asks_again_does_not_spoil_the_news_of_the_rest)
{
    begin();
    world_topic(&w, "t", 1, -1);
    world_topic(&w, "u", 1, 1);
    ck_assert(world_start(&w));
    struct watcher x = { .m.topic_news = heard, .stale = "t" };
    kafc__core_add(w.core, &x.m);
    struct kafc_meta_topic *t = kafc__meta_want(w.core, "t", false);
    struct kafc_meta_topic *u = kafc__meta_want(w.core, "u", false);
    world_run(&w, w.now + SEC / 20);
    ck_assert_int_eq(x.news, 2);
    ck_assert_int_eq(x.fresh, 1);
    ck_assert(!u->fresh); /* but somebody has asked since */
    world_run(&w, w.now + 5 * SEC);
    ck_assert_int_gt(x.fresh, 2);
    kafc__meta_drop(w.core, t, false);
    kafc__meta_drop(w.core, u, false);
    kafc__core_remove(w.core, &x.m);
    world_fini(&w);
}
END_TEST

START_TEST(a_partition_without_a_leader_is_asked_for_with_growing_pauses)
{
    begin();
    struct world_topic *on = world_topic(&w, "t", 1, -1);
    ck_assert(world_start(&w));
    struct watcher x = { .m.topic_news = heard, .stale = "t" };
    kafc__core_add(w.core, &x.m);
    struct kafc_meta_topic *t = kafc__meta_want(w.core, "t", false);
    world_run(&w, w.now + 10 * SEC);
    ck_assert_int_ge(w.nasked, 10);
    ck_assert_int_le(w.nasked, 20);
    world_topic(&w, "new", 1, 1);
    struct kafc_meta_topic *u = kafc__meta_want(w.core, "new", false);
    world_run(&w, w.now + SEC / 100); /* another topic does not wait for that */
    ck_assert_int_eq(u->npartitions, 1);
    kafc__meta_drop(w.core, u, false);
    on->leader[0] = 2;
    on->epoch[0] = 1;
    x.stale = NULL;
    world_run(&w, w.now + 2 * SEC);
    ck_assert_int_eq(kafc__meta_leader(t, 0, NULL), 2);
    int asked = w.nasked;
    kafc__meta_stale(w.core); /* the next trouble begins with a short pause */
    world_run(&w, w.now + SEC / 4);
    ck_assert_int_eq(w.nasked, asked + 1);
    kafc__meta_drop(w.core, t, false);
    kafc__core_remove(w.core, &x.m);
    world_fini(&w);
}
END_TEST

START_TEST(a_lost_answer_is_asked_for_again)
{
    begin();
    world_topic(&w, "t", 1, 1);
    w.node[0].silent = true;
    ck_assert(world_start(&w));
    struct kafc_meta_topic *t = kafc__meta_want(w.core, "t", false);
    world_run(&w, w.now + SEC);
    world_cut(&w, &w.node[0]);
    w.node[0].silent = false;
    world_run(&w, w.now + SEC);
    ck_assert_int_eq(t->npartitions, 1);
    ck_assert(world_logged(&w, "Metadata: again in"));
    world_fini(&w);
}
END_TEST

START_TEST(C5_topics_of_which_nothing_is_known_hear_of_a_refusal)
{
    begin();
    world_topic(&w, "t", 1, 1);
    world_topic(&w, "u", 1, 1);
    ck_assert(world_start(&w));
    struct watcher x = { .m.topic_news = heard };
    kafc__core_add(w.core, &x.m);
    struct kafc_meta_topic *t = kafc__meta_want(w.core, "t", false);
    world_run(&w, w.now + SEC);
    ck_assert_int_eq(t->error, KAFC_OK);
    w.node[0].refuses = w.node[1].refuses = KAFC_ERR_SASL_AUTHENTICATION_FAILED;
    world_cut(&w, &w.node[0]);
    struct kafc_meta_topic *u = kafc__meta_want(w.core, "u", false);
    x.news = 0;
    world_run(&w, w.now + SEC);
    ck_assert_int_eq(u->error, KAFC_ERR_SASL_AUTHENTICATION_FAILED);
    ck_assert_int_gt(x.news, 0);
    ck_assert_ptr_nonnull(strstr(kafc__meta_words(w.core, u), "the moon is wrong"));
    ck_assert_int_eq(t->error, KAFC_OK); /* what is known stays known */
    w.node[0].refuses = w.node[1].refuses = KAFC_OK;
    world_run(&w, w.now + 3 * SEC);
    ck_assert_int_eq(u->error, KAFC_OK);
    ck_assert_int_eq(u->npartitions, 1);
    kafc__core_remove(w.core, &x.m);
    kafc__meta_drop(w.core, t, false);
    kafc__meta_drop(w.core, u, false);
    world_fini(&w);
}
END_TEST

SUITE_MAIN("core/metadata", 30, wants_of_one_turn_are_one_request, W9_a_lookup_does_not_create,
           W9_who_may_create_asks_for_that_topic_alone,
           older_leader_epochs_are_ignored_unless_the_topic_is_another,
           a_topic_that_vanishes_keeps_its_partitions_and_says_so,
           an_error_that_passes_is_no_news_of_the_topic,
           stale_is_asked_again_not_faster_than_the_back_off,
           stale_during_a_request_is_not_satisfied_by_its_answer,
           unknown_topics_are_asked_for_with_growing_pauses,
           what_is_known_is_refreshed_before_it_is_too_old,
           a_hint_counts_when_it_is_newer_and_the_node_is_known, a_hint_may_name_where_the_node_is,
           members_may_drop_topics_and_each_other_while_they_hear_news,
           a_topic_dropped_in_flight_is_no_news, a_crowd_of_nodes_is_not_believed,
           a_name_that_no_broker_takes_does_not_harm_the_others,
           a_broker_that_wants_a_new_beginning_gets_it,
           who_asks_again_does_not_spoil_the_news_of_the_rest,
           a_partition_without_a_leader_is_asked_for_with_growing_pauses,
           a_lost_answer_is_asked_for_again, C5_topics_of_which_nothing_is_known_hear_of_a_refusal)
