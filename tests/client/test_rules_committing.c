/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Commits of readers against the mock, rule by rule: when something is
 * committed (R4), what a commit says (R5), answers (R7), a group without
 * members (R13). More of them are in test_reader_group.c.
 */
#include <stdlib.h>
#include <string.h>

#include "base/sync.h"
#include "protocol/apis.h"
#include "tests/client/members.h"

#define UNKNOWN KAFC_OFFSET_UNKNOWN

/* "t" with so many partitions of 10 records, and a member that has all of them. */
static void open_member(struct reading *e, struct member *m, int32_t partitions,
                        const kafc_reader_options *o)
{
    reading_open(e, 1, partitions);
    for (int32_t p = 0; p < partitions; p++)
        put_records(e, "t", p, 10, 1000, -1);
    member_open(e, m, o);
}

static void close_both(struct reading *e, struct member *m)
{
    member_close(e, m);
    reading_close(e);
}

static kafc_offset at(int32_t partition, int64_t offset)
{
    return (kafc_offset){ .topic = "t", .partition = partition, .offset = offset };
}

static void read_to(struct reading *e, struct member *m, int64_t from, int64_t to)
{
    for (; from < to; from++)
        member_expect(e, m, 0, from);
}

static uint64_t commits(struct reading *e)
{
    return kafc_mock_requests(e->mock, 0, KAFC_API_OFFSET_COMMIT);
}

static void until_committed(struct reading *e, int32_t partition, int64_t offset)
{
    int64_t until = kafc__clock_mono_us() + (int64_t)SOON * 1000;

    while (committed(e, partition) != offset)
        ck_assert_msg(kafc__clock_mono_us() < until, "committed: %d", (int)committed(e, partition));
}

/* --- R4: nothing unless asked -------------------------------------------------------------- */

START_TEST(R4_marks_go_out_in_unsubscribe_and_close)
{
    struct reading e;
    struct member m = { 0 };

    open_member(&e, &m, 1, MEMBER(&m, .topic = "t", .commit_interval_ms = -1));
    read_to(&e, &m, 0, 3);
    ck_ok(kafc_reader_mark(m.reader, &m.m, &e.err));
    m.inside = true;
    ck_ok(kafc_reader_unsubscribe(m.reader, SOON, &e.err));
    m.inside = false;
    ck_assert_int_eq(committed(&e, 0), 3);
    ck_ok(kafc_reader_subscribe(m.reader, (const char *const[]){ "t" }, 1, &e.err));
    read_to(&e, &m, 3, 5);
    ck_ok(kafc_reader_mark(m.reader, &m.m, &e.err));
    member_close(&e, &m);
    ck_assert_int_eq(committed(&e, 0), 5);
    reading_close(&e);
}
END_TEST

START_TEST(R4_marks_go_out_on_unassign)
{
    struct reading e;
    struct member m = { 0 };

    open_member(&e, &m, 1, MEMBER(&m, .topic = NULL, .commit_interval_ms = -1));
    ck_ok(kafc_reader_assign(m.reader, &(kafc_assignment){ .topic = "t" }, 1, &e.err));
    read_to(&e, &m, 0, 3);
    ck_ok(kafc_reader_mark(m.reader, &m.m, &e.err));
    ck_ok(kafc_reader_assign(m.reader, NULL, 0, &e.err));
    until_committed(&e, 0, 3);
    ck_ok(kafc_reader_assign_add(m.reader, &(kafc_assignment){ .topic = "t" }, 1, &e.err));
    read_to(&e, &m, 3, 5);
    ck_ok(kafc_reader_mark(m.reader, &m.m, &e.err));
    ck_ok(kafc_reader_assign_remove(m.reader, &(kafc_topic_partition){ "t", 0 }, 1, &e.err));
    member_close(&e, &m);
    ck_assert_int_eq(committed(&e, 0), 5);
    reading_close(&e);
}
END_TEST

static void refuse_commits(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    (void)rq;
    a->act = KAFC_MOCK_ERROR;
    a->code = *(const kafc_err *)ctx;
}

START_TEST(R4_close_says_that_the_last_commit_failed)
{
    struct reading e;
    struct member m = { 0 };
    kafc_err code = KAFC_ERR_OFFSET_METADATA_TOO_LARGE;

    open_member(&e, &m, 1, MEMBER(&m, .topic = "t", .commit_interval_ms = -1));
    read_to(&e, &m, 0, 3);
    ck_ok(kafc_reader_mark(m.reader, &m.m, &e.err));
    ck_ok(kafc_mock_hook(e.mock, KAFC_API_OFFSET_COMMIT, refuse_commits, &code));
    m.inside = true;
    ck_assert_int_eq(kafc_reader_close(m.reader, SOON, &e.err), code);
    ck_assert_msg(strstr(e.err.message, "t [0]") != NULL, "%s", e.err.message);
    ck_assert_int_eq(kafc_reader_close(m.reader, SOON, &e.err), code); /* idempotent */
    m.inside = false;
    ck_assert_int_eq(kafc_reader_fetch(m.reader, &m.m, 0, &e.err), KAFC_ERR_CLOSED);
    kafc_reader_free(m.reader);
    reading_close(&e);
}
END_TEST

/* --- R5: what a commit says ------------------------------------------------------------------- */

START_TEST(R5_a_commit_names_the_next_offset)
{
    struct reading e;
    struct member m = { 0 };
    kafc_message *seen[4];

    open_member(&e, &m, 1, MEMBER(&m, .topic = "t"));
    for (int i = 0; i < 4; i++) {
        member_expect(&e, &m, 0, i);
        seen[i] = kafc_message_dup(&m.m);
    }
    kafc_message two[2] = { *seen[3], *seen[1] }; /* the highest of each partition */
    ck_ok(kafc_reader_commit(m.reader, two, 2, SOON, &e.err));
    ck_assert_int_eq(committed(&e, 0), 4);
    ck_ok(
        kafc_reader_commit(m.reader, seen[0], 1, SOON, &e.err)); /* a call of its own may go back */
    ck_assert_int_eq(committed(&e, 0), 1);
    for (int i = 0; i < 4; i++)
        kafc_message_free(seen[i]);
    close_both(&e, &m);
}
END_TEST

START_TEST(R5_metadata_and_epoch_go_in_and_come_out)
{
    struct reading e;
    struct member m = { 0 };
    kafc_offset o = at(0, 4);

    open_member(&e, &m, 1, MEMBER(&m, .topic = "t", .commit_interval_ms = -1));
    read_to(&e, &m, 0, 5);
    o.metadata = "by night";
    o.leader_epoch = KAFC_ZERO;
    ck_ok(kafc_reader_commit_offsets(m.reader, &o, 1, SOON, &e.err));
    o = at(0, 0);
    ck_ok(kafc_reader_committed(m.reader, &o, 1, SOON, &e.err));
    ck_assert_int_eq(o.offset, 4);
    ck_assert_int_eq(o.leader_epoch, 0);
    ck_assert_str_eq(o.metadata, "by night");
    o = at(0, 5);
    o.metadata = "by day";
    ck_ok(kafc_reader_mark_offsets(m.reader, &o, 1, &e.err));
    ck_ok(kafc_reader_commit_marked(m.reader, SOON, &e.err));
    o = at(0, 0);
    ck_ok(kafc_reader_committed(m.reader, &o, 1, SOON, &e.err));
    ck_assert_int_eq(o.offset, 5);
    ck_assert_str_eq(o.metadata, "by day");
    close_both(&e, &m);
}
END_TEST

START_TEST(R5_a_message_that_cannot_be_handled_is_not_passed)
{
    struct reading e;
    struct member m = { 0 };
    int tries = 0;

    open_member(&e, &m, 1, MEMBER(&m, .topic = "t", .commit_interval_ms = -1));
    for (int64_t next = 0; next < 10;) {
        member_expect(&e, &m, 0, next);
        if (next == 4 && ++tries < 3) { /* seek back, and nothing behind it is marked */
            kafc_reader_state s;

            ck_ok(kafc_reader_seek(m.reader, "t", 0, KAFC_AT(4), &e.err));
            ck_ok(kafc_reader_state_get(m.reader, "t", 0, &s, &e.err));
            ck_assert_int_eq(s.marked, 4);
            continue;
        }
        ck_ok(kafc_reader_mark(m.reader, &m.m, &e.err));
        next++;
    }
    ck_assert_int_eq(tries, 3);
    member_close(&e, &m);
    ck_assert_int_eq(committed(&e, 0), 10);
    reading_close(&e);
}
END_TEST

/* --- R7: one answer for each --------------------------------------------------------------------------- */

enum { ASYNC = 50, RTT_MS = 30 };
struct async {
    struct kafc_mutex mutex;
    int n, order[ASYNC];
    kafc_err code[ASYNC];
};
struct asked {
    struct async *all;
    int i;
};

static void answered(void *ctx, const kafc_offset *v, int32_t n, kafc_err code,
                     const kafc_error *err)
{
    struct asked *q = ctx;

    (void)err;
    ck_assert_int_eq(n, 1);
    ck_assert_int_eq(v->result, code);
    kafc__lock(&q->all->mutex);
    q->all->code[q->all->n] = code;
    q->all->order[q->all->n++] = q->i;
    kafc__unlock(&q->all->mutex);
}

START_TEST(R7_asynchronous_commits_are_put_together_answered_in_order_and_waited_for_by_close)
{
    struct reading e;
    struct member m = { 0 };
    struct async all = { .n = 0 };
    struct asked q[ASYNC];
    uint64_t sent;

    kafc__mutex_init(&all.mutex);
    open_member(&e, &m, 1, MEMBER(&m, .topic = "t", .commit_interval_ms = -1));
    members_settle(&e, (struct member *[]){ &m }, 1, (const int[]){ 1 });
    sent = commits(&e);
    ck_ok(kafc_mock_set_rtt(e.mock, 0, RTT_MS));
    int64_t since = kafc__clock_mono_us();
    for (int i = 0; i < ASYNC; i++) {
        kafc_offset o = at(0, i + 1 < ASYNC ? (i * 7) % 10 : 9);

        q[i] = (struct asked){ &all, i };
        ck_ok(kafc_reader_commit_async(m.reader, &o, 1, answered, &q[i], &e.err));
    }
    int64_t took_ms = (kafc__clock_mono_us() - since) / 1000;
    member_close(&e, &m);
    ck_assert_int_eq(all.n, ASYNC);
    for (int i = 0; i < ASYNC; i++) {
        ck_assert_int_eq(all.order[i], i);
        ck_assert_int_eq(all.code[i], KAFC_OK);
    }
    /* One after the other while they were asked for, and those that were left. */
    ck_assert_int_le((int64_t)(commits(&e) - sent), 3 + took_ms / (RTT_MS - 1));
    ck_assert_int_eq(committed(&e, 0), 9);
    kafc__mutex_fini(&all.mutex);
    reading_close(&e);
}
END_TEST

START_TEST(R7_all_that_was_delivered_and_nothing_that_was_not)
{
    struct reading e;
    struct member m = { 0 };

    open_member(&e, &m, 1, MEMBER(&m, .topic = "t", .commit_interval_ms = -1));
    ck_ok(kafc_reader_commit_delivered(m.reader, SOON, &e.err)); /* nothing yet */
    ck_ok(kafc_reader_commit_marked(m.reader, SOON, &e.err));
    ck_assert_uint_eq(commits(&e), 0);
    read_to(&e, &m, 0, 6);
    ck_ok(kafc_reader_commit_delivered(m.reader, SOON, &e.err));
    ck_assert_int_eq(committed(&e, 0), 6);
    ck_ok(kafc_reader_commit_delivered(m.reader, SOON, &e.err));
    ck_assert_uint_eq(commits(&e), 1); /* nothing new */
    close_both(&e, &m);
}
END_TEST

/* --- R13: offsets without membership --------------------------------------------------------------------- */

START_TEST(R13_an_offset_manager)
{
    struct reading e;
    struct member m = { 0 };
    kafc_offset o = at(0, 0);
    kafc_message *old;

    open_member(&e, &m, 2, MEMBER(&m, .topic = NULL, .commit_interval_ms = -1));
    ck_ok(kafc_reader_committed(m.reader, &o, 1, SOON, &e.err));
    ck_assert_int_eq(o.offset, UNKNOWN);
    o = at(0, 5); /* any partition, also one that is not read */
    ck_ok(kafc_reader_mark_offsets(m.reader, &o, 1, &e.err));
    ck_ok(kafc_reader_commit_marked(m.reader, SOON, &e.err));
    ck_assert_int_eq(committed(&e, 0), 5);
    o.offset = 2; /* back, by an explicit reset */
    ck_ok(kafc_reader_mark_offsets(m.reader, &o, 1, &e.err));
    ck_ok(kafc_reader_commit_marked(m.reader, SOON, &e.err));
    ck_assert_int_eq(committed(&e, 0), 2);
    ck_ok(kafc_reader_assign(m.reader, &(kafc_assignment){ .topic = "t" }, 1, &e.err));
    member_expect(&e, &m, 0, 2); /* by hand, from where the group is */
    old = kafc_message_dup(&m.m);
    read_to(&e, &m, 3, 6);
    ck_ok(kafc_reader_mark(m.reader, &m.m, &e.err));
    ck_ok(kafc_reader_mark(m.reader, old, &e.err)); /* forward by marking */
    ck_ok(kafc_reader_commit_marked(m.reader, SOON, &e.err));
    ck_assert_int_eq(committed(&e, 0), 6);
    kafc_message_free(old);
    close_both(&e, &m);
}
END_TEST

SUITE_MAIN("client/rules_committing", 60, R4_marks_go_out_in_unsubscribe_and_close,
           R4_marks_go_out_on_unassign, R4_close_says_that_the_last_commit_failed,
           R5_a_commit_names_the_next_offset, R5_metadata_and_epoch_go_in_and_come_out,
           R5_a_message_that_cannot_be_handled_is_not_passed,
           R7_asynchronous_commits_are_put_together_answered_in_order_and_waited_for_by_close,
           R7_all_that_was_delivered_and_nothing_that_was_not, R13_an_offset_manager)
