/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Topics made, grown, described and deleted: against the mock in every version,
 * and against scripted brokers for what the mock does not do.
 */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "protocol/api/19_create_topics.h"
#include "protocol/api/37_create_partitions.h"
#include "protocol/api/75_describe_topic_partitions.h"
#include "tests/client/joining.h"
#include "tests/client/raw.h"
#include "tests/client/script.h"
#include "tests/support/suite.h"
#include <kafc/mock.h>
#include <kafc/topics.h>

enum { WAIT = 10000, SHORT = 150, METADATA = 3, CREATE = 19, DELETE = 20, GROW = 37, DESCRIBE = 75 };


static int32_t partitions_of(const char *topic)
{
    int32_t n = 0;
    while (kafc_mock_leader(raw_mock, topic, n, NULL) > 0)
        n++;
    return n;
}

/* --- Create ------------------------------------------------------------------------------- */

START_TEST(what_was_made_is_told)
{
    kafc_new_topic t[] = { { .name = "a", .partitions = 5, .replication = 2 },
                           { .name = "t" },
                           { .name = "b" } };
    kafc_created_topics *made;
    raw_up(joining_mock());
    raw_narrow(CREATE, (int16_t)_i);
    ck_assert_int_eq(kafc_admin_create_topics(raw_client, t, 3, NULL, WAIT, &made, &raw_err),
                     KAFC_ERR_TOPIC_ALREADY_EXISTS);
    raw_says("topic 't' cannot be created");
    ck_assert_int_eq(t[0].result, KAFC_OK);
    ck_assert_int_eq(t[1].result, KAFC_ERR_TOPIC_ALREADY_EXISTS);
    ck_assert_int_eq(t[2].result, KAFC_OK);
    ck_assert_int_eq(partitions_of("a"), 5);
    ck_assert_int_eq(partitions_of("b"), _i < 4 ? 1 : 4);
    raw_close();
    ck_assert_int_eq(made->ntopics, 3);
    for (int i = 0; i < 3; i++) {
        static const kafc_uuid zero;
        const kafc_created_topic *m = &made->topics[i];
        ck_assert_str_eq(m->name, t[i].name);
        ck_assert_int_eq(m->result, t[i].result);
        ck_assert_int_eq(m->partitions, i == 1 || _i < 5 ? -1 : i == 0 ? 5 : 4);
        ck_assert_int_eq(m->replication, i == 1 || _i < 5 ? -1 : i == 0 ? 2 : 3);
        ck_assert_int_eq(memcmp(&m->id, &zero, sizeof zero) == 0, i == 1 || _i < 7);
    }
    kafc_created_topics_free(made);
    kafc_created_topics_free(NULL);
    kafc_mock_free(raw_mock);
}
END_TEST

START_TEST(replicas_go_where_they_are_assigned)
{
    static const int32_t first[] = { 3, 1 }, second[] = { 2, 3 };
    kafc_replicas r[] = { { first, 2 }, { second, 2 } };
    kafc_new_topic t = { .name = "a", .assignments = r, .nassignments = 2 };
    kafc_topic_descriptions *d;
    const char *name = "a";
    raw_up(joining_mock());
    raw_ok(kafc_admin_create_topics(raw_client, &t, 1, NULL, WAIT, NULL, &raw_err));
    raw_ok(kafc_admin_describe_topics(raw_client, &name, 1, WAIT, &d, &raw_err));
    ck_assert_int_eq(d->topics[0].npartitions, 2);
    for (int i = 0; i < 2; i++) {
        const kafc_partition *p = &d->topics[0].partitions[i];
        ck_assert_int_eq(p->leader, r[i].brokers[0]);
        ck_assert_int_eq(p->nreplicas, 2);
        ck_assert_int_eq(p->replicas[1], r[i].brokers[1]);
    }
    kafc_topic_descriptions_free(d);
    raw_down();
}
END_TEST

START_TEST(validation_makes_nothing)
{
    static const kafc_create_options check = { .validate_only = true };
    kafc_new_topic t[] = { { .name = "a", .partitions = 3 }, { .name = "?" } };
    kafc_grown_topic g[] = { { .name = "t", .partitions = 6 }, { .name = "u", .partitions = 3 } };
    kafc_created_topics *made;
    raw_up(joining_mock());
    ck_assert_int_eq(kafc_admin_create_topics(raw_client, t, 2, &check, WAIT, &made, &raw_err),
                     KAFC_ERR_INVALID_TOPIC_EXCEPTION);
    ck_assert_int_eq(t[0].result, KAFC_OK);
    ck_assert_int_eq(made->topics[0].partitions, 3);
    kafc_created_topics_free(made);
    ck_assert_int_eq(kafc_admin_grow_topics(raw_client, g, 2, &check, WAIT, &raw_err),
                     KAFC_ERR_INVALID_PARTITIONS);
    ck_assert_int_eq(g[0].result, KAFC_OK);
    ck_assert_int_eq(partitions_of("a"), 0);
    ck_assert_int_eq(partitions_of("t"), 4);
    raw_narrow(CREATE, 0);
    ck_assert_int_eq(kafc_admin_create_topics(raw_client, t, 1, &check, WAIT, NULL, &raw_err),
                     KAFC_ERR_UNSUPPORTED);
    raw_says("from 0.10.2 on");
    ck_assert_int_eq(t[0].result, KAFC_ERR_UNSUPPORTED);
    ck_assert_int_eq(partitions_of("a"), 0);
    raw_down();
}
END_TEST

START_TEST(a_new_topic_is_waited_for_until_it_has_leaders)
{
    static const kafc_create_options at_once = { .no_wait = true };
    kafc_new_topic t = { .name = "a", .partitions = 3 }, u = { .name = "b" };
    kafc_grown_topic g = { .name = "a", .partitions = 5 };
    raw_up(joining_mock());
    raw_ok(kafc_mock_push_error(raw_mock, METADATA, KAFC_ERR_LEADER_NOT_AVAILABLE, 3));
    raw_ok(kafc_admin_create_topics(raw_client, &t, 1, NULL, WAIT, NULL, &raw_err));
    ck_assert_uint_ge(kafc_mock_requests(raw_mock, 0, METADATA), 4);
    raw_ok(kafc_mock_push_error(raw_mock, METADATA, KAFC_ERR_LEADER_NOT_AVAILABLE, 3));
    raw_ok(kafc_admin_grow_topics(raw_client, &g, 1, NULL, WAIT, &raw_err));
    ck_assert_uint_ge(kafc_mock_requests(raw_mock, 0, METADATA), 8);
    raw_ok(kafc_mock_push_error(raw_mock, METADATA, KAFC_ERR_LEADER_NOT_AVAILABLE, 10000));
    raw_ok(kafc_admin_create_topics(raw_client, &u, 1, &at_once, WAIT, NULL, &raw_err));
    u.name = "c";
    RAW_DOUBLING((kafc_mock_delete_topic(raw_mock, "c"),
                  kafc_admin_create_topics(raw_client, &u, 1, NULL, ms, NULL, &raw_err)),
                 strstr(raw_err.message, "topic 'c' was created, but not all leaders are known"));
    ck_assert_int_eq(raw_err.code, KAFC_ERR_TIMED_OUT);
    ck_assert_int_eq(u.result, KAFC_OK);
    ck_assert_int_eq(partitions_of("c"), 4);
    raw_down();
}
END_TEST

/* Once the topic is made and another broker has told of it, broker 3 has not heard of it, three times over; or keeps
 * silent. */
static atomic_int told, asked_3;

static void be_late(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    bool silent = *(int *)ctx;
    if (kafc_mock_requests(raw_mock, 0, CREATE) == 0)
        return;
    if (rq->broker != 3)
        atomic_fetch_add(&told, 1);
    if (rq->broker != 3 || !atomic_load(&told))
        return;
    if (silent) {
        a->act = KAFC_MOCK_SILENT;
    } else if (atomic_fetch_add(&asked_3, 1) < 3) {
        a->act = KAFC_MOCK_ERROR;
        a->code = KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION;
    }
}

START_TEST(all_brokers_are_waited_for_that_can_be_reached)
{
    kafc_new_topic t = { .name = "a", .partitions = 3 };
    bool waited = false;
    for (int tries = 0; !waited; tries++) { /* who takes more than a second is not waited for, who is asked first is */
        ck_assert_msg(tries < 5, "%s", raw_err.message);
        raw_up(joining_mock());
        atomic_store(&told, 0);
        atomic_store(&asked_3, 0);
        raw_ok(kafc_mock_hook(raw_mock, METADATA, be_late, &_i));
        waited = kafc_admin_create_topics(raw_client, &t, 1, NULL, WAIT, NULL, &raw_err) == KAFC_OK &&
                 atomic_load(&told) > 0 && atomic_load(&asked_3) >= (_i ? 0 : 4);
        for (int32_t b = 1; b <= 3; b++)
            waited = waited && kafc_mock_requests(raw_mock, b, METADATA) >= 1;
        raw_ok(kafc_mock_hook(raw_mock, METADATA, NULL, NULL));
        raw_down();
    }
}
END_TEST

/* It is there, but not all of its partitions. */

static int made_id = 7; /* that of the script's Metadata */

static bool create_serve(struct script *s, int32_t broker, const struct peer_request *q,
                         const void *req, void *resp, struct kafc_arena *a)
{
    struct kafc_create_topics_resp *r = resp;
    (void)s, (void)broker;
    ck_assert_int_eq(q->api->key, CREATE);
    r->topics.n = 1;
    r->topics.v = kafc__msg_array(&kafc_create_topics_resp_topic_schema, 1, a);
    (void)req;
    r->topics.v[0].name = raw_text("new");
    memset(&r->topics.v[0].topic_id, made_id, sizeof(kafc_uuid));
    return true;
}

/* A broker that has not heard yet that the old one is gone, and a new one made. */
START_TEST(a_topic_made_anew_is_not_the_old_one)
{
    static struct script s = { .serve = create_serve, .controller = 1,
                               .listed = { false, true, true, true }, .topic = "new", .partitions = 4 };
    kafc_new_topic t = { .name = "new", .partitions = 4 };
    script_start(&s);
    raw_open(s.bootstrap, NULL);
    made_id = 8;
    RAW_DOUBLING(kafc_admin_create_topics(raw_client, &t, 1, NULL, ms, NULL, &raw_err),
                 strstr(raw_err.message, "'new' was created"));
    ck_assert_int_eq(raw_err.code, KAFC_ERR_TIMED_OUT);
    made_id = 0; /* an older broker */
    raw_ok(kafc_admin_create_topics(raw_client, &t, 1, NULL, WAIT, NULL, &raw_err));
    made_id = 7;
    raw_ok(kafc_admin_create_topics(raw_client, &t, 1, NULL, WAIT, NULL, &raw_err));
    raw_close();
    script_stop(&s);
}
END_TEST

START_TEST(what_the_answer_leaves_out_is_told)
{
    static struct script s = { .serve = create_serve, .controller = 1,
                               .listed = { false, true, true, true }, .topic = "new", .partitions = 1 };
    kafc_new_topic t[] = { { .name = "new" }, { .name = "other" } };
    script_start(&s);
    raw_open(s.bootstrap, NULL);
    ck_assert_int_eq(kafc_admin_create_topics(raw_client, t, 2, NULL, WAIT, NULL, &raw_err), KAFC_ERR_PROTOCOL);
    raw_says("topic 'other' cannot be created: PROTOCOL: the answer leaves it out");
    ck_assert_int_eq(t[0].result, KAFC_OK);
    ck_assert_int_eq(t[1].result, KAFC_ERR_PROTOCOL);
    raw_close();
    script_stop(&s);
}
END_TEST

START_TEST(all_partitions_are_waited_for)
{
    static struct script s = { .serve = create_serve, .controller = 1,
                               .listed = { false, true, true, true }, .topic = "new" };
    kafc_new_topic t = { .name = "new", .partitions = 3 };
    s.partitions = 3;
    script_start(&s);
    raw_open(s.bootstrap, NULL);
    raw_ok(kafc_admin_create_topics(raw_client, &t, 1, NULL, WAIT, NULL, &raw_err));
    t.partitions = 4;
    RAW_DOUBLING(kafc_admin_create_topics(raw_client, &t, 1, NULL, ms, NULL, &raw_err),
                 strstr(raw_err.message, "'new' was created"));
    ck_assert_int_eq(raw_err.code, KAFC_ERR_TIMED_OUT);
    raw_close();
    script_stop(&s);
    s.partitions = 4;
    script_start(&s);
    raw_open(s.bootstrap, NULL);
    raw_ok(kafc_admin_create_topics(raw_client, &t, 1, NULL, WAIT, NULL, &raw_err));
    raw_close();
    script_stop(&s);
}
END_TEST

/* --- Grow --------------------------------------------------------------------------------- */

START_TEST(topics_grow_each_with_its_own_verdict)
{
    static const int32_t on = 2;
    kafc_replicas where = { &on, 1 };
    kafc_grown_topic g[] = { { .name = "t", .partitions = 6 },
                             { .name = "never-was", .partitions = 2 },
                             { .name = "u", .partitions = 5, .assignments = &where, .nassignments = 1 },
                             { .name = "t", .partitions = 6 },
                             { .name = "never-was", .partitions = 2 } };
    raw_up(joining_mock());
    raw_narrow(GROW, (int16_t)_i);
    ck_assert_int_eq(kafc_admin_grow_topics(raw_client, g, 3, NULL, WAIT, &raw_err),
                     KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION);
    raw_says("topic 'never-was' cannot be grown");
    ck_assert_int_eq(raw_err.api, GROW);
    ck_assert_int_eq(g[0].result, KAFC_OK);
    ck_assert_int_eq(g[1].result, KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION);
    ck_assert_int_eq(g[2].result, KAFC_OK);
    ck_assert_int_eq(partitions_of("t"), 6);
    ck_assert_int_eq(partitions_of("u"), 5);
    ck_assert_int_eq(kafc_mock_leader(raw_mock, "u", 4, NULL), 2);
    ck_assert_int_eq(kafc_admin_grow_topics(raw_client, &g[3], 1, NULL, WAIT, &raw_err),
                     KAFC_ERR_INVALID_PARTITIONS);
    uint64_t asked = kafc_mock_requests(raw_mock, 0, GROW);
    ck_assert_int_eq(kafc_admin_grow_topics(raw_client, &g[4], 1, NULL, WAIT, &raw_err),
                     KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION);
    ck_assert_uint_eq(kafc_mock_requests(raw_mock, 0, GROW), asked + 1); /* is told at once */
    raw_down();
}
END_TEST

static void lose_answer(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    (void)ctx;
    if (rq->index == 0)
        a->act = KAFC_MOCK_PASS_CUT;
}

START_TEST(growth_goes_to_the_controller_and_happens_once)
{
    kafc_grown_topic g = { .name = "t", .partitions = 6 };
    raw_up(joining_mock());
    raw_ok(kafc_mock_push_error(raw_mock, GROW, KAFC_ERR_NOT_CONTROLLER, 2));
    raw_ok(kafc_admin_grow_topics(raw_client, &g, 1, NULL, WAIT, &raw_err));
    ck_assert_uint_eq(kafc_mock_requests(raw_mock, 0, GROW), 3);
    raw_ok(kafc_mock_stop_broker(raw_mock, 1)); /* broker 2 is the controller now */
    g.partitions = 8; /* the last one of broker 2 */
    kafc_err rc = kafc_admin_grow_topics(raw_client, &g, 1, NULL, WAIT, &raw_err);
    if (rc == KAFC_ERR_DISCONNECTED)
        rc = kafc_admin_grow_topics(raw_client, &g, 1, NULL, WAIT, &raw_err);
    raw_ok(rc);
    ck_assert_uint_eq(kafc_mock_requests(raw_mock, 2, GROW), 1);
    raw_close();
    kafc_mock_free(raw_mock);
    raw_up(joining_mock());
    raw_ok(kafc_mock_hook(raw_mock, GROW, lose_answer, NULL));
    ck_assert_int_eq(kafc_admin_grow_topics(raw_client, &g, 1, NULL, WAIT, &raw_err),
                     KAFC_ERR_DISCONNECTED);
    ck_assert_int_eq(g.result, KAFC_ERR_DISCONNECTED);
    ck_assert_int_eq(partitions_of("t"), 8);
    ck_assert_uint_eq(kafc_mock_requests(raw_mock, 0, GROW), 1);
    raw_down();
}
END_TEST

/* --- Describe ------------------------------------------------------------------------------- */

static kafc_topic_descriptions *described(const char *const *names, int32_t n, kafc_err rc)
{
    kafc_topic_descriptions *d;
    kafc_err got = kafc_admin_describe_topics(raw_client, names, n, WAIT, &d, &raw_err);
    ck_assert_msg(got == rc, "%s: %s", kafc_err_name(got), raw_err.message);
    ck_assert_ptr_nonnull(d);
    return d;
}

/* By DescribeTopicPartitions, or by the versions of Metadata. */
START_TEST(topics_are_described_alike_by_every_version)
{
    static const char *const names[] = { "u", "never-was", "t", "u" };
    raw_up(joining_mock());
    if (_i >= 0) {
        raw_narrow(DESCRIBE, -1);
        raw_narrow(METADATA, (int16_t)_i);
    }
    kafc_topic_descriptions *d = described(names, 4, KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION);
    raw_says("topic 'never-was' cannot be described");
    raw_close();
    ck_assert_int_eq(d->ntopics, 3);
    ck_assert_str_eq(d->topics[0].name, "never-was");
    ck_assert_int_eq(d->topics[0].err, KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION);
    ck_assert_int_eq(d->topics[0].npartitions, 0);
    for (int i = 1; i < 3; i++) {
        const kafc_topic *t = &d->topics[i];
        ck_assert_str_eq(t->name, i == 1 ? "t" : "u");
        ck_assert_int_eq(t->err, KAFC_OK);
        ck_assert_uint_eq(t->operations, _i >= 0 && _i < 8 ? 0 : 0xdf8);
        ck_assert_int_eq(t->npartitions, 4);
        for (int k = 0; k < 4; k++) {
            const kafc_partition *p = &t->partitions[k];
            ck_assert_int_eq(p->id, k);
            ck_assert_int_eq(p->leader, kafc_mock_leader(raw_mock, t->name, k, NULL));
            ck_assert_int_eq(p->nreplicas, 1);
            ck_assert_int_eq(p->nisr, 1);
            ck_assert_int_eq(p->noffline, 0);
            ck_assert_int_eq(p->isr[0], p->leader);
        }
    }
    ck_assert_int_eq(partitions_of("never-was"), 0);
    kafc_topic_descriptions_free(d);
    kafc_topic_descriptions_free(NULL);
    kafc_mock_free(raw_mock);
}
END_TEST

START_TEST(large_topics_come_in_pages)
{
    char name[16];
    raw_up(joining_mock());
    raw_ok(kafc_mock_create_topic(raw_mock, "big", 4500, 1));
    for (int i = 0; i < 20; i++) {
        (void)snprintf(name, sizeof name, "s%02d", i);
        raw_ok(kafc_mock_create_topic(raw_mock, name, 100 + i, 1));
    }
    kafc_topic_descriptions *d = described(NULL, KAFC_ALL_TOPICS, KAFC_OK);
    ck_assert_int_eq(d->ntopics, 23);
    ck_assert_str_eq(d->topics[0].name, "big");
    ck_assert_int_eq(d->topics[0].npartitions, 4500);
    for (int i = 0; i < 4500; i++)
        ck_assert_int_eq(d->topics[0].partitions[i].id, i);
    for (int i = 0; i < 20; i++)
        ck_assert_int_eq(d->topics[i + 1].npartitions, 100 + i);
    ck_assert_uint_eq(kafc_mock_requests(raw_mock, 0, DESCRIBE), 4); /* 6698 partitions */
    kafc_topic_descriptions_free(d);
    raw_ok(kafc_mock_push_error(raw_mock, DESCRIBE, KAFC_ERR_DISCONNECTED, 1));
    d = described((const char *const[]){ "big" }, 1, KAFC_OK);
    ck_assert_int_eq(d->topics[0].npartitions, 4500);
    kafc_topic_descriptions_free(d);
    raw_down();
}
END_TEST

/* Pages that never end. 0: the same cursor again, 1: it goes back; 2: a topic that nobody asked for, not the one. */
static bool nonsense_serve(struct script *s, int32_t broker, const struct peer_request *q,
                           const void *req, void *resp, struct kafc_arena *a)
{
    const struct kafc_describe_topic_partitions_req *rq = req;
    struct kafc_describe_topic_partitions_resp *r = resp;
    int how = *(int *)s->ctx;
    (void)broker;
    ck_assert_int_eq(q->api->key, DESCRIBE);
    r->topics.n = 1;
    r->topics.v = kafc__msg_array(&kafc_describe_topic_partitions_resp_topic_schema, 1, a);
    r->topics.v[0].name = raw_text(how == 2 ? "other" : "t");
    if (how == 2)
        return true;
    r->next_cursor = kafc__arena_alloc(a, sizeof *r->next_cursor);
    r->next_cursor->topic_name = raw_text("t");
    r->next_cursor->partition_index = how == 0 || !rq->cursor ? 5 : 4;
    return true;
}

START_TEST(pages_that_lead_nowhere_are_an_error)
{
    static struct script s = { .serve = nonsense_serve, .listed = { false, true, true, true } };
    static const char *const name = "t";
    kafc_topic_descriptions *d;
    s.ctx = &_i;
    script_start(&s);
    raw_open(s.bootstrap, NULL);
    ck_assert_int_eq(kafc_admin_describe_topics(raw_client, &name, 1, WAIT, &d, &raw_err),
                     KAFC_ERR_PROTOCOL);
    raw_says(_i == 2 ? "but not 't'" : "leads back");
    ck_assert_int_eq(d != NULL, _i == 2);
    kafc_topic_descriptions_free(d);
    raw_close();
    script_stop(&s);
}
END_TEST

/* --- Delete ---------------------------------------------------------------------------------- */

START_TEST(topics_are_deleted_by_their_ids)
{
    static const char *const names[] = { "t", "u" };
    kafc_metadata *m;
    kafc_uuid id[3];
    kafc_err result[3];
    raw_up(joining_mock());
    raw_ok(kafc_client_metadata(raw_client, names, 2, WAIT, &m, &raw_err));
    id[0] = m->topics[0].id;
    id[2] = m->topics[1].id;
    memset(&id[1], 'x', sizeof id[1]);
    kafc_metadata_free(m);
    ck_assert_int_eq(kafc_admin_delete_topic_ids(raw_client, id, 3, result, WAIT, &raw_err),
                     KAFC_ERR_UNKNOWN_TOPIC_ID);
    raw_says("eHh4eHh4eHh4eHh4eHh4eA");
    ck_assert_int_eq(result[0], KAFC_OK);
    ck_assert_int_eq(result[1], KAFC_ERR_UNKNOWN_TOPIC_ID);
    ck_assert_int_eq(result[2], KAFC_OK);
    ck_assert_int_eq(partitions_of("t") + partitions_of("u"), 0);
    raw_narrow(DELETE, 5);
    ck_assert_int_eq(kafc_admin_delete_topic_ids(raw_client, id, 1, result, WAIT, &raw_err),
                     KAFC_ERR_UNSUPPORTED);
    raw_says("from 2.8 on");
    raw_down();
}
END_TEST

/* --- All of them -------------------------------------------------------------------------------- */

static kafc_err call(int which, int timeout_ms)
{
    static const char *const name = "t";
    static const kafc_uuid id;
    kafc_new_topic n = { .name = "n" };
    kafc_grown_topic g = { .name = "t", .partitions = 9 };
    kafc_topic_descriptions *d = NULL;
    kafc_created_topics *made = NULL;
    kafc_err rc = KAFC_OK, result = KAFC_OK;
    switch (which) {
    case 0:
        rc = kafc_admin_create_topics(raw_client, &n, 1, NULL, timeout_ms, &made, &raw_err);
        ck_assert_int_eq(n.result != KAFC_OK, rc != KAFC_OK && rc != KAFC_ERR_WOULD_BLOCK);
        break;
    case 1: rc = kafc_admin_grow_topics(raw_client, &g, 1, NULL, timeout_ms, &raw_err); break;
    case 2: rc = kafc_admin_describe_topics(raw_client, &name, 1, timeout_ms, &d, &raw_err); break;
    case 3: rc = kafc_admin_delete_topics(raw_client, &name, 1, &result, timeout_ms, &raw_err); break;
    case 4: rc = kafc_admin_delete_topic_ids(raw_client, &id, 1, NULL, timeout_ms, &raw_err); break;
    default: ck_abort();
    }
    kafc_created_topics_free(made);
    kafc_topic_descriptions_free(d);
    return rc;
}
static const int16_t api_of[] = { CREATE, GROW, DESCRIBE, DELETE, DELETE };
enum { CALLS = sizeof(api_of) / sizeof(*api_of) };

static void interrupt_it(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    (void)ctx, (void)rq;
    a->act = KAFC_MOCK_SILENT;
    kafc_client_interrupt(raw_client);
}

static void close_it(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    (void)ctx, (void)rq;
    a->act = KAFC_MOCK_SILENT;
    (void)kafc_client_close(raw_client, WAIT, NULL);
}

static void be_silent(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    (void)ctx, (void)rq;
    a->act = KAFC_MOCK_SILENT;
}

START_TEST(C3_a_call_that_waits_is_interrupted)
{
    int which = _i / 2;
    raw_up(joining_mock());
    raw_ok(kafc_mock_hook(raw_mock, api_of[which], _i % 2 ? close_it : interrupt_it, NULL));
    kafc_err rc = call(which, -1);
    raw_ok(kafc_mock_hook(raw_mock, api_of[which], NULL, NULL));
    ck_assert_msg(rc == (_i % 2 ? KAFC_ERR_CLOSED : KAFC_ERR_INTERRUPTED), "%s", raw_err.message);
    raw_down();
}
END_TEST

START_TEST(a_silent_broker_takes_the_time_and_no_more)
{
    raw_up(joining_mock());
    (void)call(_i, WAIT); /* now it knows whom to ask */
    raw_ok(kafc_mock_hook(raw_mock, api_of[_i], be_silent, NULL));
    ck_assert_int_eq(call(_i, SHORT), KAFC_ERR_TIMED_OUT);
    ck_assert_int_eq(call(_i, 0), KAFC_ERR_WOULD_BLOCK);
    raw_down();
}
END_TEST

START_TEST(a_refusal_names_the_topic)
{
    raw_up(joining_mock());
    raw_ok(kafc_mock_push_error(raw_mock, api_of[_i], KAFC_ERR_TOPIC_AUTHORIZATION_FAILED, 1));
    ck_assert_int_eq(call(_i, WAIT), KAFC_ERR_TOPIC_AUTHORIZATION_FAILED);
    raw_says(_i == 0 ? "topic 'n' cannot be created"
             : _i == 4 ? "topic 'AAAAA"
                       : "topic 't' cannot be ");
    raw_down();
}
END_TEST

START_TEST(brokers_without_it_are_named)
{
    raw_up(joining_mock());
    raw_narrow(api_of[_i], -1);
    if (_i == 2) {
        raw_ok(call(_i, WAIT)); /* there is another way */
    } else {
        ck_assert_int_eq(call(_i, WAIT), KAFC_ERR_UNSUPPORTED);
        raw_says("does not know");
        if (_i == 1)
            raw_says("from 1.0 on");
    }
    raw_down();
}
END_TEST

START_TEST(what_cannot_be_asked_is_refused)
{
    static const int32_t on[] = { 1 };
    static const char *const names[] = { "t", "" };
    kafc_replicas hole = { NULL, 1 }, none = { on, 0 }, good = { on, 1 };
    kafc_config nameless = { NULL, "x" };
    const kafc_new_topic bad[] = {
        { .name = NULL },
        { .name = "" },
        { .name = "n", .partitions = -1 },
        { .name = "n", .replication = 40000 },
        { .name = "n", .nconfigs = 1 },
        { .name = "n", .nconfigs = 1, .configs = &nameless },
        { .name = "n", .nassignments = 1 },
        { .name = "n", .nassignments = -1 },
        { .name = "n", .nassignments = 1, .assignments = &hole },
        { .name = "n", .nassignments = 1, .assignments = &none },
        { .name = "n", .nassignments = 1, .assignments = &good, .partitions = 1 },
    };
    const kafc_grown_topic worse[] = {
        { .name = NULL, .partitions = 3 },
        { .name = "", .partitions = 3 },
        { .name = "t", .partitions = 0 },
        { .name = "t", .partitions = 5, .assignments = &none, .nassignments = 1 },
        { .name = "t", .partitions = 5, .nassignments = 1 },
    };
    kafc_topic_descriptions *d;
    raw_up(joining_mock());
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        kafc_new_topic t = bad[i];
        ck_assert_int_eq(kafc_admin_create_topics(raw_client, &t, 1, NULL, WAIT, NULL, NULL), KAFC_ERR_USAGE);
    }
    for (size_t i = 0; i < sizeof worse / sizeof *worse; i++) {
        kafc_grown_topic t = worse[i];
        ck_assert_int_eq(kafc_admin_grow_topics(raw_client, &t, 1, NULL, WAIT, NULL), KAFC_ERR_USAGE);
    }
    ck_assert_int_eq(kafc_admin_create_topics(raw_client, NULL, 1, NULL, WAIT, NULL, NULL), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_grow_topics(raw_client, NULL, 1, NULL, WAIT, NULL), KAFC_ERR_USAGE);
    raw_ok(kafc_admin_grow_topics(raw_client, NULL, 0, NULL, WAIT, &raw_err));
    ck_assert_int_eq(kafc_admin_describe_topics(raw_client, names, 2, WAIT, &d, NULL), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_describe_topics(raw_client, NULL, 1, WAIT, &d, NULL), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_describe_topics(raw_client, names, -2, WAIT, &d, NULL), KAFC_ERR_USAGE);
    ck_assert_ptr_null(d);
    ck_assert_int_eq(kafc_admin_describe_topics(raw_client, names, 1, WAIT, NULL, NULL), KAFC_ERR_USAGE);
    raw_ok(kafc_admin_describe_topics(raw_client, NULL, 0, WAIT, &d, &raw_err));
    ck_assert_int_eq(d->ntopics, 0);
    kafc_topic_descriptions_free(d);
    ck_assert_int_eq(kafc_admin_delete_topics(raw_client, names, 2, NULL, WAIT, NULL), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_delete_topic_ids(raw_client, NULL, 2, NULL, WAIT, NULL), KAFC_ERR_USAGE);
    raw_down();
}
END_TEST

/* That the first one was not the controller says nothing of what the second has done. */
START_TEST(the_last_attempt_says_what_became_of_a_topic)
{
    kafc_new_topic t = { .name = "a" };
    const char *name = "t";
    kafc_err result;
    raw_up(joining_mock());
    raw_ok(kafc_mock_push_error(raw_mock, CREATE, KAFC_ERR_NOT_CONTROLLER, 1));
    raw_ok(kafc_mock_push_error(raw_mock, CREATE, KAFC_ERR_DISCONNECTED, 1));
    ck_assert_int_eq(kafc_admin_create_topics(raw_client, &t, 1, NULL, WAIT, NULL, &raw_err),
                     KAFC_ERR_DISCONNECTED);
    ck_assert_int_eq(t.result, KAFC_ERR_DISCONNECTED);
    raw_ok(kafc_mock_push_error(raw_mock, DELETE, KAFC_ERR_NOT_CONTROLLER, 1));
    raw_ok(kafc_mock_push_error(raw_mock, DELETE, KAFC_ERR_DISCONNECTED, 1));
    ck_assert_int_eq(kafc_admin_delete_topics(raw_client, &name, 1, &result, WAIT, &raw_err),
                     KAFC_ERR_DISCONNECTED);
    ck_assert_int_eq(result, KAFC_ERR_DISCONNECTED);
    raw_down();
}
END_TEST

SUITE_LOOPS("client/admin_topics", 30, LOOP(what_was_made_is_told, 0, 8),
            ONCE(replicas_go_where_they_are_assigned), ONCE(validation_makes_nothing),
            ONCE(the_last_attempt_says_what_became_of_a_topic),
            ONCE(a_new_topic_is_waited_for_until_it_has_leaders),
            LOOP(all_brokers_are_waited_for_that_can_be_reached, 0, 2),
            ONCE(a_topic_made_anew_is_not_the_old_one), ONCE(what_the_answer_leaves_out_is_told),
            ONCE(all_partitions_are_waited_for),
            LOOP(topics_grow_each_with_its_own_verdict, 0, 4),
            ONCE(growth_goes_to_the_controller_and_happens_once),
            LOOP(topics_are_described_alike_by_every_version, -1, 14),
            ONCE(large_topics_come_in_pages), LOOP(pages_that_lead_nowhere_are_an_error, 0, 3),
            ONCE(topics_are_deleted_by_their_ids),
            LOOP(C3_a_call_that_waits_is_interrupted, 0, 2 * CALLS),
            LOOP(a_silent_broker_takes_the_time_and_no_more, 0, CALLS),
            LOOP(a_refusal_names_the_topic, 0, CALLS), LOOP(brokers_without_it_are_named, 0, CALLS),
            ONCE(what_cannot_be_asked_is_refused))
