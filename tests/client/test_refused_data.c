/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What an ACL refuses to writers, readers, transactions and connections: told
 * at once and by name, the others go on, nobody asks in a hurry, and when the
 * permission is given they go on by themselves or with the next call. Topic
 * "t" is the one that is denied, "u" is open; both have four partitions with a
 * record each.
 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "tests/client/denying.h"
#include "tests/client/raw.h"
#include "tests/support/suite.h"

/* What is tried again is so until WAIT is over. */
enum { WAIT = 20000, AT_ONCE_MS = WAIT / 2, FETCH = 1, METADATA = 3, JOIN = 11 };

static int64_t began;

static void start(void)
{
    began = kafc__clock_mono_us();
}

static void is_refused(kafc_err rc, kafc_err code, const char *name)
{
    int64_t took = (kafc__clock_mono_us() - began) / 1000;
    ck_assert_msg(rc == code, "%s: %s", kafc_err_name(rc), raw_err.message);
    raw_says(name);
    ck_assert_msg(took < AT_ONCE_MS, "%lld ms", (long long)took);
}

/* --- Writers ------------------------------------------------------------------------------------ */

static kafc_err write_both(kafc_writer *w, kafc_report *r)
{
    const kafc_message m[] = { { .topic = "t", .value = KAFC_STR("a") },
                               { .topic = "u", .value = KAFC_STR("b") } };
    start();
    return kafc_writer_write_each(w, m, 2, r, WAIT, &raw_err);
}

static const struct {
    kafc_acl_operation operation;
    kafc_acks acks;
} writes[] = {
    { KAFC_ACL_WRITE, KAFC_ACKS_ALL },
    { KAFC_ACL_WRITE, KAFC_ACKS_LEADER },
    { KAFC_ACL_DESCRIBE, KAFC_ACKS_ALL },
};

START_TEST(a_topic_that_may_not_be_written_to_fails_alone)
{
    kafc_report r[2];
    denying_up();
    deny(KAFC_ACL_TOPIC, "t", writes[_i].operation);
    kafc_writer *w = kafc_writer_open(raw_client, KAFC_WRITER(.acks = writes[_i].acks), &raw_err);
    for (int i = 0; i < 2; i++) {
        is_refused(write_both(w, r), KAFC_ERR_TOPIC_AUTHORIZATION_FAILED, "message 0, to t");
        ck_assert(strstr(raw_err.message, "[-1]") == NULL);
        ck_assert_int_eq(r[0].verdict, KAFC_NOT_WRITTEN);
        ck_assert_int_eq(r[0].code, KAFC_ERR_TOPIC_AUTHORIZATION_FAILED);
        ck_assert_int_eq(r[1].verdict, KAFC_ACKNOWLEDGED);
    }
    allow(KAFC_ACL_TOPIC, "t", writes[_i].operation);
    raw_ok(write_both(w, r));
    deny(KAFC_ACL_TOPIC, "t", KAFC_ACL_WRITE);
    is_refused(write_both(w, r), KAFC_ERR_TOPIC_AUTHORIZATION_FAILED, "message 0, to t");
    allow(KAFC_ACL_TOPIC, "t", KAFC_ACL_WRITE);
    raw_ok(write_both(w, r));
    kafc_writer_free(w);
    denying_down();
}
END_TEST

START_TEST(a_topic_that_may_not_be_made_fails_until_it_may)
{
    const kafc_message m = { .topic = "new", .value = KAFC_STR("a") };
    denying_up();
    deny(KAFC_ACL_CLUSTER, "kafka-cluster", KAFC_ACL_CREATE);
    deny(KAFC_ACL_TOPIC, "new", KAFC_ACL_CREATE);
    kafc_writer *w = kafc_writer_open(raw_client, KAFC_WRITER(.create_topics = KAFC_ON), &raw_err);
    start();
    is_refused(kafc_writer_write(w, &m, 1, WAIT, &raw_err), KAFC_ERR_TOPIC_AUTHORIZATION_FAILED,
               "message 0, to new");
    allow(KAFC_ACL_TOPIC, "new", KAFC_ACL_CREATE);
    raw_ok(kafc_writer_write(w, &m, 1, WAIT, &raw_err));
    kafc_writer_free(w);
    denying_down();
}
END_TEST

/* Brokers before 2.8 want a permission for it. */
static void idempotence_is_denied(void)
{
    kafc_report r[2];
    raw_ok(kafc_mock_set_release(denying_mock, "2.1"));
    deny(KAFC_ACL_CLUSTER, "kafka-cluster", KAFC_ACL_IDEMPOTENT_WRITE);
    kafc_writer *w = kafc_writer_open(raw_client, KAFC_WRITER(.idempotence = KAFC_ON), &raw_err);
    kafc_writer *easy = kafc_writer_open(raw_client, NULL, &raw_err);
    for (int i = 0; i < 2; i++) {
        is_refused(write_both(w, r), KAFC_ERR_CLUSTER_AUTHORIZATION_FAILED, "no producer id");
        ck_assert_int_eq(r[1].verdict, KAFC_NOT_WRITTEN);
        raw_ok(write_both(easy, r)); /* the default gives way */
    }
    allow(KAFC_ACL_CLUSTER, "kafka-cluster", KAFC_ACL_IDEMPOTENT_WRITE);
    raw_ok(write_both(w, r));
    kafc_writer_free(easy);
    kafc_writer_free(w);
}

START_TEST(W6_idempotence_that_is_denied_is_had_when_it_is_allowed)
{
    denying_up();
    if (denying_mock) /* a real one would have to be old */
        idempotence_is_denied();
    denying_down();
}
END_TEST

/* --- Transactions ---------------------------------------------------------------------------------- */

static kafc_writer *open_x(void)
{
    kafc_writer *w = kafc_writer_open(raw_client, KAFC_WRITER(.transactional_id = "x"), &raw_err);
    ck_assert_ptr_nonnull(w);
    return w;
}

static void is_abortable(kafc_writer *w, kafc_err rc, kafc_err code, const char *name)
{
    is_refused(rc, code, name);
    raw_says("transactional id x");
    ck_assert_int_eq(raw_err.cls, KAFC_CLASS_ABORT);
    raw_ok(kafc_transaction_abort(w, WAIT, &raw_err));
}

static const kafc_acl_operation of_an_id[] = { KAFC_ACL_WRITE, KAFC_ACL_DESCRIBE };

START_TEST(a_transactional_id_that_is_denied_is_named)
{
    denying_up();
    deny(KAFC_ACL_TRANSACTIONAL_ID, "x", of_an_id[_i]);
    kafc_writer *w = open_x();
    start();
    is_abortable(w, kafc_transaction_init(w, WAIT, &raw_err),
                 KAFC_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED, "ACLs do not let this client use it");
    allow(KAFC_ACL_TRANSACTIONAL_ID, "x", of_an_id[_i]);
    raw_ok(kafc_transaction_init(w, WAIT, &raw_err));
    kafc_writer_free(w);
    denying_down();
}
END_TEST

static void set_version(int16_t version)
{
    if (denying_mock) /* a real broker has one */
        raw_ok(kafc_mock_set_transaction_version(denying_mock, version));
}

/* Both generations of the protocol. */
START_TEST(a_topic_that_is_denied_aborts_the_transaction)
{
    kafc_report r[2];
    denying_up();
    set_version((int16_t)_i);
    deny(KAFC_ACL_TOPIC, "t", KAFC_ACL_WRITE);
    kafc_writer *w = open_x();
    raw_ok(kafc_transaction_init(w, WAIT, &raw_err));
    for (int i = 0; i < 2; i++) {
        raw_ok(kafc_transaction_begin(w, &raw_err));
        ck_assert_int_ne(write_both(w, r), KAFC_OK);
        raw_says("t [");
        is_abortable(w, kafc_transaction_commit(w, WAIT, &raw_err),
                     KAFC_ERR_TOPIC_AUTHORIZATION_FAILED, "t [");
    }
    allow(KAFC_ACL_TOPIC, "t", KAFC_ACL_WRITE);
    raw_ok(kafc_transaction_begin(w, &raw_err));
    raw_ok(write_both(w, r));
    raw_ok(kafc_transaction_commit(w, WAIT, &raw_err));
    kafc_writer_free(w);
    denying_down();
}
END_TEST

static const struct {
    int16_t version;
    kafc_acl_resource resource;
    const char *name;
    kafc_acl_operation operation;
    kafc_err code;
    const char *says;
} in_transactions[] = {
    { 1, KAFC_ACL_GROUP, "g", KAFC_ACL_READ, KAFC_ERR_GROUP_AUTHORIZATION_FAILED, "group g" },
    { 1, KAFC_ACL_GROUP, "g", KAFC_ACL_DESCRIBE, KAFC_ERR_GROUP_AUTHORIZATION_FAILED, "group g" },
    { 1, KAFC_ACL_TOPIC, "t", KAFC_ACL_READ, KAFC_ERR_TOPIC_AUTHORIZATION_FAILED, "t [0]" },
    { 2, KAFC_ACL_GROUP, "g", KAFC_ACL_READ, KAFC_ERR_GROUP_AUTHORIZATION_FAILED, "group g" },
    { 2, KAFC_ACL_GROUP, "g", KAFC_ACL_DESCRIBE, KAFC_ERR_GROUP_AUTHORIZATION_FAILED, "group g" },
    { 2, KAFC_ACL_TOPIC, "t", KAFC_ACL_READ, KAFC_ERR_TOPIC_AUTHORIZATION_FAILED, "t [0]" },
};
enum { IN_TRANSACTIONS = sizeof(in_transactions) / sizeof(*in_transactions) };

START_TEST(offsets_that_are_denied_abort_the_transaction)
{
    const kafc_group_metadata g = { .group = "g" };
    const kafc_offset o = { .topic = "t", .offset = 1 };
    denying_up();
    set_version(in_transactions[_i].version);
    deny(in_transactions[_i].resource, in_transactions[_i].name, in_transactions[_i].operation);
    kafc_writer *w = open_x();
    raw_ok(kafc_transaction_init(w, WAIT, &raw_err));
    for (int i = 0; i < 2; i++) {
        raw_ok(kafc_transaction_begin(w, &raw_err));
        start();
        is_abortable(w, kafc_transaction_send_offsets(w, &g, &o, 1, WAIT, &raw_err),
                     in_transactions[_i].code, in_transactions[_i].says);
    }
    allow(in_transactions[_i].resource, in_transactions[_i].name, in_transactions[_i].operation);
    raw_ok(kafc_transaction_begin(w, &raw_err));
    raw_ok(kafc_transaction_send_offsets(w, &g, &o, 1, WAIT, &raw_err));
    raw_ok(kafc_transaction_commit(w, WAIT, &raw_err));
    kafc_writer_free(w);
    denying_down();
}
END_TEST

START_TEST(an_id_that_is_denied_meanwhile_wants_a_new_writer)
{
    kafc_report r[2];
    denying_up();
    set_version((int16_t)_i);
    kafc_writer *w = open_x();
    raw_ok(kafc_transaction_init(w, WAIT, &raw_err));
    raw_ok(kafc_transaction_begin(w, &raw_err));
    raw_ok(write_both(w, r));
    deny(KAFC_ACL_TRANSACTIONAL_ID, "x", KAFC_ACL_WRITE);
    start();
    is_refused(kafc_transaction_commit(w, WAIT, &raw_err),
               KAFC_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED, "transactional id x");
    ck_assert_int_eq(raw_err.cls, KAFC_CLASS_FATAL);
    kafc_writer_free(w);
    allow(KAFC_ACL_TRANSACTIONAL_ID, "x", KAFC_ACL_WRITE);
    w = open_x();
    raw_ok(kafc_transaction_init(w, WAIT, &raw_err));
    raw_ok(kafc_transaction_begin(w, &raw_err));
    raw_ok(write_both(w, r));
    raw_ok(kafc_transaction_commit(w, WAIT, &raw_err));
    kafc_writer_free(w);
    denying_down();
}
END_TEST

/* --- Readers ----------------------------------------------------------------------------------------- */

static uint64_t asked(void)
{
    return !denying_mock ? 0
                         : kafc_mock_requests(denying_mock, 0, METADATA) +
                               kafc_mock_requests(denying_mock, 0, FETCH);
}

/* What comes within the time: messages of t and of u, and errors. */
struct seen {
    int t, u, refused;
};

static struct seen take(kafc_reader *r, int ms, kafc_err code, const char *name)
{
    struct seen s = { 0 };
    int64_t until = kafc__clock_mono_us() + (int64_t)ms * 1000;
    while (kafc__clock_mono_us() < until) {
        kafc_message m = { .topic = NULL };
        kafc_err rc = kafc_reader_fetch(r, &m, 50, &raw_err);
        s.t += rc == KAFC_OK && m.topic[0] == 't';
        s.u += rc == KAFC_OK && m.topic[0] == 'u';
        s.refused += rc == code;
        if (rc == code)
            raw_says(name);
        else if (rc != KAFC_OK)
            ck_assert_msg(rc == KAFC_ERR_TIMED_OUT, "%s: %s", kafc_err_name(rc), raw_err.message);
    }
    return s;
}

static struct seen await(kafc_reader *r, int t, int u, kafc_err code, const char *name)
{
    struct seen s = { 0 };
    int64_t until = kafc__clock_mono_us() + (int64_t)WAIT * 1000;
    while (s.t < t || s.u < u) {
        struct seen more = take(r, 1, code, name);
        s.t += more.t;
        s.u += more.u;
        s.refused += more.refused;
        ck_assert_msg(kafc__clock_mono_us() < until, "%d of t, %d of u", s.t, s.u);
    }
    return s;
}

/* That it is told once, if it was not yet, and not again within the time. */
static void told_once(kafc_reader *r, int told, int ms, kafc_err code, const char *name)
{
    int64_t until = kafc__clock_mono_us() + (int64_t)WAIT * 1000;
    while (told == 0 && kafc__clock_mono_us() < until)
        told = take(r, 1, code, name).refused;
    ck_assert_int_eq(told + take(r, ms, code, name).refused, 1);
}

static const kafc_acl_operation of_a_topic[] = { KAFC_ACL_READ, KAFC_ACL_DESCRIBE };

#define T_DENIED KAFC_ERR_TOPIC_AUTHORIZATION_FAILED
#define G_DENIED KAFC_ERR_GROUP_AUTHORIZATION_FAILED

START_TEST(R12_a_topic_that_is_denied_is_told_once_and_read_when_it_may)
{
    const kafc_assignment a[] = {
        { .topic = "t" },
        { .topic = "u" },
        { .topic = "t", .partition = 1 },
        { .topic = "t", .partition = 2 },
        { .topic = "t", .partition = 3 },
    };
    denying_up();
    deny(KAFC_ACL_TOPIC, "t", of_a_topic[_i]);
    kafc_reader *r = kafc_reader_open(raw_client, KAFC_READER(.max_wait_ms = 1000), &raw_err);
    raw_ok(kafc_reader_assign(r, a, 5, &raw_err));
    struct seen s = await(r, 0, 1, T_DENIED, _i ? "\"t\"" : "t [");
    int told = s.refused;
    start();
    uint64_t before = asked();
    told_once(r, told, 2000, T_DENIED, "t");
    int n = (int)(asked() - before), ms = (int)((kafc__clock_mono_us() - began) / 1000);
    ck_assert_msg(n < ms / 50, "%d requests in %d ms", n, ms);
    denying_put("u", 0);
    (void)await(r, 0, 1, T_DENIED, "t");
    allow(KAFC_ACL_TOPIC, "t", of_a_topic[_i]);
    s = await(r, 4, 0, T_DENIED, "t");
    ck_assert_int_eq(s.refused, 0);
    deny(KAFC_ACL_TOPIC, "t", KAFC_ACL_READ); /* anew */
    denying_put("u", 0);
    s = await(r, 0, 1, T_DENIED, "t ["); /* by what was asked before, perhaps */
    told_once(r, s.refused, 1500, T_DENIED, "t [");
    denying_put("t", 0);
    allow(KAFC_ACL_TOPIC, "t", KAFC_ACL_READ);
    (void)await(r, 1, 0, T_DENIED, "t [");
    kafc_reader_free(r);
    denying_down();
}
END_TEST

static const char *const topics[] = { "t", "u" };

START_TEST(R12_members_read_what_they_may_and_the_rest_when_they_may)
{
    kafc_offset o[] = { { .topic = "t", .offset = 1 }, { .topic = "u", .offset = 1 } };
    denying_up();
    deny(KAFC_ACL_TOPIC, "t", of_a_topic[_i]);
    kafc_reader *r = kafc_reader_open(raw_client,
                                      KAFC_READER(.group = "g", .heartbeat_interval_ms = 100,
                                                  .commit_interval_ms = -1),
                                      &raw_err);
    raw_ok(kafc_reader_subscribe(r, topics, 2, &raw_err));
    struct seen s = await(r, 0, 4, T_DENIED, "t");
    told_once(r, s.refused, 1500, T_DENIED, "t");
    start();
    kafc_err rc = kafc_reader_commit_offsets(r, o, 2, WAIT, &raw_err);
    is_refused(rc, _i ? KAFC_ERR_NOT_ASSIGNED : T_DENIED, "t [0]");
    ck_assert_int_eq(o[1].result, KAFC_OK);
    allow(KAFC_ACL_TOPIC, "t", of_a_topic[_i]);
    s = await(r, 4, 0, T_DENIED, "t");
    ck_assert_int_eq(s.refused, 0);
    raw_ok(kafc_reader_commit_offsets(r, o, 2, WAIT, &raw_err));
    kafc_reader_free(r);
    denying_down();
}
END_TEST

static const kafc_acl_operation of_a_group[] = { KAFC_ACL_READ, KAFC_ACL_DESCRIBE };

static void a_member_is_denied(kafc_reader *r)
{
    kafc_message m;
    kafc_err rc;
    deny(KAFC_ACL_GROUP, "g", KAFC_ACL_READ);
    raw_ok(kafc_mock_rebalance(denying_mock, "g"));
    start();
    do
        rc = kafc_reader_fetch(r, &m, 100, &raw_err);
    while (rc == KAFC_OK || rc == KAFC_ERR_TIMED_OUT);
    ck_assert_int_eq(rc, G_DENIED);
    allow(KAFC_ACL_GROUP, "g", KAFC_ACL_READ);
    (void)await(r, 4, 4, G_DENIED, "group g"); /* nothing is committed: once more */
}

/* Told with each attempt, and those are a second apart. */
START_TEST(R12_a_group_that_is_denied_is_joined_when_it_may)
{
    kafc_message m;
    denying_up();
    deny(KAFC_ACL_GROUP, "g", of_a_group[_i]);
    kafc_reader *r = kafc_reader_open(raw_client, KAFC_READER(.group = "g"), &raw_err);
    raw_ok(kafc_reader_subscribe(r, topics, 2, &raw_err));
    start();
    is_refused(kafc_reader_fetch(r, &m, WAIT, &raw_err), G_DENIED, "group g");
    struct seen s = take(r, 2500, G_DENIED, "group g");
    ck_assert_msg(s.refused >= 1 && s.refused <= 3, "told %d times", s.refused);
    allow(KAFC_ACL_GROUP, "g", of_a_group[_i]);
    s = await(r, 4, 4, G_DENIED, "group g");
    ck_assert_int_le(s.refused, 1);
    if (denying_mock)
        a_member_is_denied(r);
    kafc_reader_free(r);
    denying_down();
}
END_TEST

/* --- Connections ---------------------------------------------------------------------------------------- */

static kafc_conn *dial_t(void)
{
    return kafc_conn_dial(KAFC_CONN(.topic = "t", .security = denying_login()), denying_brokers(), WAIT,
                          &raw_err);
}

START_TEST(a_connection_names_the_topic)
{
    kafc_message m = { .value = KAFC_STR("x") };
    kafc_topic_partition t0 = { "t", 0 };
    int64_t at;
    denying_up();
    if (denying_mock)
        raw_ok(kafc_mock_set_leader(denying_mock, t0.topic, t0.partition, 1));
    deny(KAFC_ACL_TOPIC, "t", KAFC_ACL_DESCRIBE);
    start();
    ck_assert_ptr_null(dial_t());
    is_refused(raw_err.code, T_DENIED, "topic 't'");
    allow(KAFC_ACL_TOPIC, "t", KAFC_ACL_DESCRIBE);
    kafc_conn *c = dial_t();
    ck_assert_ptr_nonnull(c);
    deny(KAFC_ACL_TOPIC, "t", KAFC_ACL_DESCRIBE);
    start();
    is_refused(kafc_conn_offset_at(c, KAFC_LAST, WAIT, &at, &raw_err), T_DENIED, "t [0]");
    deny(KAFC_ACL_TOPIC, "t", KAFC_ACL_READ);
    is_refused(kafc_conn_read(c, &m, WAIT, &raw_err), T_DENIED, "t [0]");
    deny(KAFC_ACL_TOPIC, "t", KAFC_ACL_WRITE);
    is_refused(kafc_conn_produce(c, &m, 1, WAIT, NULL, &raw_err), T_DENIED, "t [0]");
    allow(KAFC_ACL_TOPIC, "t", KAFC_ACL_DESCRIBE);
    allow(KAFC_ACL_TOPIC, "t", KAFC_ACL_READ);
    allow(KAFC_ACL_TOPIC, "t", KAFC_ACL_WRITE);
    raw_ok(kafc_conn_offset_at(c, KAFC_LAST, WAIT, &at, &raw_err));
    raw_ok(kafc_conn_read(c, &m, WAIT, &raw_err));
    m = (kafc_message){ .value = KAFC_STR("x") };
    raw_ok(kafc_conn_produce(c, &m, 1, WAIT, NULL, &raw_err));
    kafc_conn_free(c);
    denying_down();
}
END_TEST

SUITE_LOOPS("client/refused_data", 60, LOOP(a_topic_that_may_not_be_written_to_fails_alone, 0, 3),
            ONCE(a_topic_that_may_not_be_made_fails_until_it_may),
            ONCE(W6_idempotence_that_is_denied_is_had_when_it_is_allowed),
            LOOP(a_transactional_id_that_is_denied_is_named, 0, 2),
            LOOP(a_topic_that_is_denied_aborts_the_transaction, 1, 3),
            LOOP(offsets_that_are_denied_abort_the_transaction, 0, IN_TRANSACTIONS),
            LOOP(an_id_that_is_denied_meanwhile_wants_a_new_writer, 1, 3),
            LOOP(R12_a_topic_that_is_denied_is_told_once_and_read_when_it_may, 0, 2),
            LOOP(R12_members_read_what_they_may_and_the_rest_when_they_may, 0, 2),
            LOOP(R12_a_group_that_is_denied_is_joined_when_it_may, 0, 2),
            ONCE(a_connection_names_the_topic))
