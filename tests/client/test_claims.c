/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Claims, call by call: partitions by hand, and in a group, with what is told
 * and committed when (rule R8). With threads: test_claims_threads.c.
 */
#include <pthread.h>
#include <kafc/group.h>

#include "base/sync.h"
#include "tests/client/reading.h"

/* n claims, which come in any order: c[p] is that of partition p. */
static void expect_claims(struct reading *e, kafc_claim **c, int n)
{
    memset(c, 0, (size_t)n * sizeof(kafc_claim *));
    for (int i = 0; i < n; i++) {
        kafc_claim *one;
        kafc_err code = kafc_reader_claim(e->reader, &one, SOON, &e->err);

        ck_assert_msg(code == KAFC_OK, "%s", e->err.message);
        ck_assert(!kafc_claim_ended(one));
        ck_assert_int_lt(kafc_claim_partition(one), n);
        ck_assert_ptr_null(c[kafc_claim_partition(one)]);
        c[kafc_claim_partition(one)] = one;
    }
}

/* Of the only partition that is not claimed. */
static kafc_claim *expect_claim(struct reading *e, int32_t partition)
{
    kafc_claim *c;
    kafc_err code = kafc_reader_claim(e->reader, &c, SOON, &e->err);

    ck_assert_msg(code == KAFC_OK, "[%d]: %s", partition, e->err.message);
    ck_assert_int_eq(kafc_claim_partition(c), partition);
    ck_assert(!kafc_claim_ended(c));
    return c;
}

static void expect_claimed(struct reading *e, kafc_claim *c, int64_t from, int64_t to)
{
    for (; from < to; from++) {
        kafc_err code = kafc_claim_fetch(c, &e->m, SOON, &e->err);

        ck_assert_msg(code == KAFC_OK, "%d: %s", (int)from, e->err.message);
        ck_assert_str_eq(e->m.topic, "t");
        ck_assert_int_eq(e->m.partition, kafc_claim_partition(c));
        ck_assert_int_eq(e->m.offset, from);
    }
}

static void expect_claim_err(struct reading *e, kafc_claim *c, int timeout_ms, kafc_err code)
{
    kafc_err got = kafc_claim_fetch(c, &e->m, timeout_ms, &e->err);

    ck_assert_msg(got == code, "%s: %s", kafc_err_name(got), got ? e->err.message : "a message");
}

/* n partitions of ten records, assigned by hand. */
static void open_by_hand(struct reading *e, int32_t n, kafc_reader_options *o)
{
    kafc_assignment a[8];

    reading_open(e, 1, n);
    for (int32_t p = 0; p < n; p++) {
        put_records(e, "t", p, 10, 1000, -1);
        a[p] = (kafc_assignment){ .topic = "t", .partition = p };
    }
    o->max_wait_ms = 20;
    reading_reader(e, o);
    ck_ok(kafc_reader_assign(e->reader, a, n, &e->err));
}

START_TEST(a_claim_that_is_freed_comes_again_where_it_stood)
{
    struct reading e;
    kafc_claim *c[2], *none;

    open_by_hand(&e, 2, KAFC_READER(.notify_end = KAFC_ON));
    expect_claims(&e, c, 2);
    expect_claimed(&e, c[0], 0, 3);
    ck_assert_int_eq(kafc_reader_claim(e.reader, &none, 0, &e.err), KAFC_ERR_WOULD_BLOCK);
    ck_assert_ptr_null(none);
    kafc_claim_free(c[0]);
    c[0] = expect_claim(&e, 0);
    expect_claimed(&e, c[1], 0, 10);
    expect_claim_err(&e, c[1], SOON, KAFC_ERR_END_OF_PARTITION);
    expect_claimed(&e, c[0], 3, 10);
    expect_claim_err(&e, c[0], SOON, KAFC_ERR_END_OF_PARTITION);
    kafc_claim_free(c[1]);
    c[1] = expect_claim(&e, 1);
    expect_claim_err(&e, c[1], 20, KAFC_ERR_TIMED_OUT);
    kafc_claim_free(c[0]);
    kafc_claim_free(c[1]);
    reading_close(&e);
}
END_TEST

START_TEST(who_was_claimed_last_is_claimed_again_last)
{
    struct reading e;
    bool came[4] = { false };

    open_by_hand(&e, 4, KAFC_READER());
    for (int i = 0; i < 4; i++) {
        kafc_claim *c;

        ck_ok(kafc_reader_claim(e.reader, &c, SOON, &e.err));
        ck_assert(!came[kafc_claim_partition(c)]);
        came[kafc_claim_partition(c)] = true;
        kafc_claim_free(c);
    }
    reading_close(&e);
}
END_TEST

START_TEST(a_claim_gives_batches_that_outlive_it)
{
    struct reading e;
    kafc_batch *b, *none;
    kafc_message m;
    kafc_claim *c;
    int64_t next = 3;

    open_by_hand(&e, 1, KAFC_READER(.stop = KAFC_LAST));
    c = expect_claim(&e, 0);
    expect_claimed(&e, c, 0, 3);
    ck_assert_int_eq(kafc_claim_fetch_batch(c, NULL, 0, &e.err), KAFC_ERR_USAGE);
    ck_ok(kafc_claim_fetch_batch(c, &b, SOON, &e.err)); /* the rest of what was begun */
    ck_assert_int_eq(kafc_claim_fetch_batch(c, &none, SOON, &e.err), KAFC_ERR_END_OF_RANGE);
    ck_assert_ptr_null(none);
    kafc_claim_free(c);
    reading_close(&e);
    for (; kafc_batch_next(b, &m, NULL); next++)
        ck_assert_int_eq(m.offset, next);
    ck_assert_int_eq(next, 10);
    kafc_batch_free(b);
}
END_TEST

START_TEST(a_reader_gives_what_is_not_claimed)
{
    struct reading e;
    kafc_claim *c[2];
    int64_t next[2] = { 0, 0 };

    open_by_hand(&e, 2, KAFC_READER(.min_bytes = 1));
    do { /* until it stands within a batch of [0] */
        ck_ok(kafc_reader_fetch(e.reader, &e.m, SOON, &e.err));
        ck_assert_int_eq(e.m.offset, next[e.m.partition]++);
    } while (next[0] < 3);
    expect_claims(&e, c, 2);
    kafc_claim_free(c[1]);
    for (; next[1] < 10; next[1]++)
        expect_message(&e, "t", 1, next[1]);
    expect_nothing(&e, 30);
    expect_claimed(&e, c[0], 3, 5);
    kafc_claim_free(c[0]);
    expect_offsets(&e, 5, 10);
    reading_close(&e);
}
END_TEST

START_TEST(a_claim_is_read_to_its_stop)
{
    struct reading e;
    kafc_claim *c[2];

    open_by_hand(&e, 2, KAFC_READER(.stop = KAFC_AT(5)));
    expect_claims(&e, c, 2);
    for (int i = 0; i < 2; i++) {
        expect_claimed(&e, c[i], 0, 5);
        expect_claim_err(&e, c[i], SOON, KAFC_ERR_END_OF_RANGE);
        ck_assert_ptr_nonnull(strstr(e.err.message, i ? "t [1]" : "t [0]"));
    }
    kafc_claim_free(c[0]); /* it does not come again, but by a seek */
    ck_assert_int_eq(kafc_reader_claim(e.reader, &c[0], 0, &e.err), KAFC_ERR_WOULD_BLOCK);
    kafc_claim_free(c[1]);
    ck_assert_int_eq(kafc_reader_claim(e.reader, &c[0], SOON, &e.err), KAFC_ERR_END_OF_RANGE);
    ck_ok(kafc_reader_seek(e.reader, "t", 1, KAFC_AT(4), &e.err));
    c[1] = expect_claim(&e, 1);
    expect_claimed(&e, c[1], 4, 5);
    kafc_claim_free(c[1]);
    reading_close(&e);
}
END_TEST

START_TEST(seek_and_state_of_a_claim)
{
    struct reading e;
    kafc_reader_state s;
    kafc_claim *c;

    open_by_hand(&e, 1, KAFC_READER(.min_bytes = 1));
    c = expect_claim(&e, 0);
    expect_claimed(&e, c, 0, 4);
    ck_ok(kafc_claim_state(c, &s, &e.err));
    ck_assert_int_eq(s.position, 4);
    ck_assert_int_eq(s.lag, 6);
    ck_assert_int_eq(s.committed, KAFC_OFFSET_UNKNOWN);
    ck_ok(kafc_claim_seek(c, KAFC_AT(8), &e.err));
    expect_claimed(&e, c, 8, 9);
    ck_ok(kafc_reader_seek(e.reader, "t", 0, KAFC_AT(1), &e.err)); /* the reader's thread */
    expect_claimed(&e, c, 1, 2);
    ck_ok(kafc_reader_state_get(e.reader, "t", 0, &s, &e.err));
    ck_assert_int_eq(s.position, 2);
    ck_ok(kafc_claim_seek(c, KAFC_TAIL(1), &e.err));
    expect_claimed(&e, c, 9, 10);
    expect_claim_err(&e, c, 0, KAFC_ERR_WOULD_BLOCK);
    expect_claim_err(&e, c, 20, KAFC_ERR_TIMED_OUT);
    kafc_claim_free(c);
    reading_close(&e);
}
END_TEST

struct fetching {
    struct reading *e;
    kafc_claim *c;
    kafc_message m;
    kafc_err code;
    struct kafc_thread thread;
};

static void fetch_one(void *arg)
{
    struct fetching *f = arg;

    f->code = kafc_claim_fetch(f->c, &f->m, SOON, NULL);
}

START_TEST(R9_a_claim_is_paused_by_the_reader_and_resumed)
{
    struct reading e;
    struct fetching f = { .e = &e };
    kafc_topic_partition v = { "t", 0 };

    open_by_hand(&e, 1, KAFC_READER(.min_bytes = 1));
    f.c = expect_claim(&e, 0);
    expect_claimed(&e, f.c, 0, 4);
    ck_ok(kafc_reader_pause(e.reader, &v, 1, &e.err));
    expect_claim_err(&e, f.c, 30, KAFC_ERR_TIMED_OUT);
    ck_assert(kafc__thread_start(&f.thread, "fetch", fetch_one, &f));
    ck_ok(kafc_reader_resume(e.reader, &v, 1, &e.err));
    kafc__thread_join(&f.thread);
    ck_ok(f.code);
    ck_assert_int_eq(f.m.offset, 4);
    expect_claimed(&e, f.c, 5, 10);
    kafc_claim_free(f.c);
    reading_close(&e);
}
END_TEST

/* Whatever takes the partition away, a fetch that waits learns of it. */
static void take_away(struct reading *e, int how)
{
    kafc_topic_partition v = { "t", 0 };

    switch (how) {
    case 0: ck_ok(kafc_reader_assign_remove(e->reader, &v, 1, &e->err)); break;
    case 1: ck_ok(kafc_reader_assign(e->reader, NULL, 0, &e->err)); break;
    case 2: ck_ok(kafc_reader_close(e->reader, 0, &e->err)); break;
    default: ck_ok(kafc_client_close(e->client, SOON, &e->err)); break;
    }
}

START_TEST(a_fetch_that_waits_learns_of_the_end)
{
    for (int how = 0; how < 4; how++) {
        struct reading e;
        struct fetching f = { .e = &e };

        open_by_hand(&e, 1, KAFC_READER(.min_bytes = 1));
        f.c = expect_claim(&e, 0);
        expect_claimed(&e, f.c, 0, 10);
        ck_assert(kafc__thread_start(&f.thread, "fetch", fetch_one, &f));
        take_away(&e, how);
        kafc__thread_join(&f.thread);
        ck_assert_int_eq(f.code, KAFC_ERR_CLAIM_ENDED);
        ck_assert(kafc_claim_ended(f.c));
        expect_claim_err(&e, f.c, SOON, KAFC_ERR_CLAIM_ENDED);
        ck_assert_int_eq(kafc_claim_seek(f.c, KAFC_FIRST, &e.err), KAFC_ERR_CLAIM_ENDED);
        kafc_claim_free(f.c);
        reading_close(&e);
    }
}
END_TEST

START_TEST(what_claim_answers_when_there_is_none)
{
    struct reading e;
    kafc_claim *c;
    kafc_message m = { .partition = 3 };

    reading_open(&e, 1, 1);
    reading_reader(&e, NULL);
    ck_assert_int_eq(kafc_reader_claim(e.reader, &c, SOON, &e.err), KAFC_ERR_NOT_ASSIGNED);
    ck_assert_int_eq(kafc_reader_claim(e.reader, NULL, SOON, &e.err), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_reader_claim(NULL, &c, SOON, &e.err), KAFC_ERR_USAGE);
    reading_reader(&e, KAFC_READER(.topic = "none"));
    ck_assert_int_eq(kafc_reader_claim(e.reader, &c, SOON, &e.err),
                     KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION);
    ck_assert_int_eq(kafc_reader_claim(e.reader, &c, 20, &e.err), KAFC_ERR_TIMED_OUT);
    kafc_reader_wake(e.reader);
    ck_assert_int_eq(kafc_reader_claim(e.reader, &c, SOON, &e.err), KAFC_ERR_INTERRUPTED);
    ck_ok(kafc_mock_create_topic(e.mock, "none", 1, 0));
    ck_ok(kafc_reader_claim(e.reader, &c, SOON, &e.err)); /* the partition has appeared */
    ck_assert_int_eq(kafc_claim_mark(c, &m, &e.err), KAFC_ERR_USAGE); /* no group */
    ck_assert_int_eq(kafc_claim_fetch(c, NULL, SOON, &e.err), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_claim_state(c, NULL, &e.err), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_claim_seek(c, KAFC_AT(-1), &e.err), KAFC_ERR_USAGE);
    ck_ok(kafc_reader_close(e.reader, 0, &e.err));
    kafc_claim_free(c);
    ck_assert_int_eq(kafc_reader_claim(e.reader, &c, SOON, &e.err), KAFC_ERR_CLOSED);
    kafc_claim_free(NULL);
    reading_close(&e);
}
END_TEST

START_TEST(R6_a_claim_commits_and_marks_its_own_messages)
{
    struct reading e;
    kafc_claim *c;
    kafc_message first;
    kafc_reader_state s;
    int64_t offset;

    reading_open(&e, 1, 1);
    put_some(&e, 10);
    reading_reader(&e, KAFC_READER(.topic = "t", .group = "g", .commit_interval_ms = -1));
    c = expect_claim(&e, 0);
    expect_claimed(&e, c, 0, 1);
    first = e.m;
    ck_ok(kafc_claim_commit(c, &first, SOON, &e.err));
    ck_ok(kafc_mock_committed(e.mock, "g", "t", 0, &offset));
    ck_assert_int_eq(offset, 1);
    expect_claimed(&e, c, 1, 4);
    ck_ok(kafc_claim_mark(c, &e.m, &e.err));
    ck_ok(kafc_claim_state(c, &s, &e.err));
    ck_assert_int_eq(s.marked, 4);
    ck_assert_int_eq(s.committed, 1);
    first.partition = 1;
    ck_assert_int_eq(kafc_claim_mark(c, &first, &e.err), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_claim_commit(c, &first, SOON, &e.err), KAFC_ERR_USAGE);
    kafc_claim_free(c);
    ck_ok(kafc_reader_close(e.reader, SOON, &e.err));
    ck_ok(kafc_mock_committed(e.mock, "g", "t", 0, &offset));
    ck_assert_int_eq(offset, 4);
    reading_close(&e);
}
END_TEST

/* What was told, in order, and what was committed then. */
struct told {
    kafc_mock *mock;
    char events[16];
    int n;
    int64_t committed;
};

static void note(void *ctx, kafc_reader *r, const kafc_rebalance *what)
{
    struct told *t = ctx;

    (void)r;
    ck_assert_int_lt(t->n, 15);
    t->events[t->n++] = " ARL"[what->kind];
    t->committed = -1;
    (void)kafc_mock_committed(t->mock, "g", "t", 0, &t->committed);
}

START_TEST(R8_what_is_marked_after_the_end_is_committed_before_the_group_goes_on)
{
    struct reading e;
    struct told t = { .n = 0 };
    kafc_message last;
    kafc_claim *c;
    int64_t offset;

    reading_open(&e, 1, 1);
    put_some(&e, 10);
    t.mock = e.mock;
    reading_reader(&e, KAFC_READER(.topic = "t", .group = "g", .assignors = "range",
                                   .commit_interval_ms = -1, .heartbeat_interval_ms = 20,
                                   .on_rebalance = note, .ctx = &t));
    c = expect_claim(&e, 0);
    ck_assert_str_eq(t.events, "A");
    expect_claimed(&e, c, 0, 10);
    last = e.m;
    ck_ok(kafc_mock_rebalance(e.mock, "g"));
    expect_claim_err(&e, c, SOON, KAFC_ERR_CLAIM_ENDED); /* although nobody waits for claims */
    ck_assert_str_eq(t.events, "A");
    ck_ok(kafc_claim_mark(c, &last, &e.err));
    kafc_claim_free(c);
    c = expect_claim(&e, 0); /* all that comes before it is told in here */
    ck_assert_str_eq(t.events, "ARA");
    ck_assert_int_eq(t.committed, 10);
    put_some(&e, 1);
    expect_claimed(&e, c, 10, 11);
    ck_ok(kafc_mock_committed(e.mock, "g", "t", 0, &offset));
    ck_assert_int_eq(offset, 10);
    kafc_claim_free(c);
    ck_ok(kafc_reader_close(e.reader, SOON, &e.err));
    ck_assert_str_eq(t.events, "ARAR");
    reading_close(&e);
}
END_TEST

START_TEST(R8_nothing_of_what_was_lost_is_committed_and_that_is_told_when_claims_are_freed)
{
    struct reading e;
    struct told t = { .n = 0 };
    kafc_mock_group g;
    kafc_message last;
    kafc_claim *c, *none;

    reading_open(&e, 1, 1);
    put_some(&e, 10);
    t.mock = e.mock;
    reading_reader(&e, KAFC_READER(.topic = "t", .group = "g", .commit_interval_ms = -1,
                                   .heartbeat_interval_ms = 20, .on_rebalance = note, .ctx = &t));
    c = expect_claim(&e, 0);
    expect_claimed(&e, c, 0, 10);
    last = e.m;
    ck_ok(kafc_mock_group_get(e.mock, "g", &g));
    ck_ok(kafc_mock_kick(e.mock, "g", g.leader));
    expect_claim_err(&e, c, SOON, KAFC_ERR_CLAIM_ENDED);
    ck_assert_int_eq(kafc_claim_mark(c, &last, &e.err), KAFC_ERR_NOT_ASSIGNED);
    ck_assert_int_eq(kafc_claim_commit(c, &last, SOON, &e.err), KAFC_ERR_NOT_ASSIGNED);
    ck_assert_int_eq(kafc_reader_claim(e.reader, &none, 50, &e.err), KAFC_ERR_TIMED_OUT);
    ck_assert_str_eq(t.events, "A");
    kafc_claim_free(c);
    c = expect_claim(&e, 0);
    ck_assert_str_eq(t.events, "ALA");
    expect_claimed(&e, c, 0, 10); /* all of it again */
    kafc_claim_free(c);
    reading_close(&e);
}
END_TEST

/* A worker that is slow to see the end has something to see it by, whatever was freed meanwhile. */
START_TEST(claims_outlive_reader_and_client)
{
    struct reading e;
    kafc_claim *c[2];

    open_by_hand(&e, 2, KAFC_READER(.group = "g"));
    expect_claims(&e, c, 2);
    expect_claimed(&e, c[0], 0, 4);
    kafc_reader_free(e.reader);
    e.reader = NULL;
    expect_claim_err(&e, c[0], SOON, KAFC_ERR_CLAIM_ENDED);
    kafc_claim_free(c[0]);
    kafc_client_free(e.client);
    e.client = NULL;
    expect_claim_err(&e, c[1], SOON, KAFC_ERR_CLAIM_ENDED);
    e.m = (kafc_message){ .topic = "t", .partition = 1 };
    ck_assert_int_eq(kafc_claim_commit(c[1], &e.m, SOON, &e.err), KAFC_ERR_CLOSED);
    kafc_claim_free(c[1]);
    kafc_mock_free(e.mock);
}
END_TEST

/* A close does not wait longer than it may for claims that nobody frees, and commits in the last tenth of its time;
 * false: that was not enough. */
static bool closes_in(int ms)
{
    struct reading e;
    kafc_claim *c;
    int64_t offset;

    reading_open(&e, 1, 1);
    put_some(&e, 10);
    reading_reader(&e, KAFC_READER(.topic = "t", .group = "g", .commit_interval_ms = -1));
    c = expect_claim(&e, 0);
    expect_claimed(&e, c, 0, 4);
    ck_ok(kafc_claim_mark(c, &e.m, &e.err));
    ck_assert_int_eq(kafc_reader_close(e.reader, ms, &e.err), KAFC_ERR_TIMED_OUT);
    bool told = strstr(e.err.message, "1 claim") && strstr(e.err.message, "close"); /* else: no time to commit */
    bool committed = kafc_mock_committed(e.mock, "g", "t", 0, &offset) == KAFC_OK;
    ck_assert(!committed || offset == 4);
    for (int64_t end = kafc__clock_mono_us() + SOON * 1000LL; /* the client's thread may be late, too */
         kafc_claim_mark(c, &e.m, &e.err) != KAFC_ERR_NOT_ASSIGNED;)
        ck_assert_int_lt(kafc__clock_mono_us(), end);
    expect_claim_err(&e, c, SOON, KAFC_ERR_CLAIM_ENDED);
    kafc_claim_free(c);
    kafc_reader_free(e.reader);
    e.reader = NULL;
    reading_close(&e);
    return told && committed;
}

START_TEST(R8_close_goes_on_without_claims_that_are_not_freed)
{
    for (int ms = 1000; !closes_in(ms); ms *= 4) /* more on a busy machine */
        ck_assert_int_lt(ms, 16000);
}
END_TEST

static void *close_client(void *ctx)
{
    struct reading *e = ctx;
    kafc_error err;

    ck_ok(kafc_client_close(e->client, SOON, &err));
    return NULL;
}

START_TEST(R8_closing_the_client_waits_for_claims)
{
    struct reading e;
    kafc_message last;
    pthread_t other;
    kafc_claim *c;
    int64_t offset;

    reading_open(&e, 1, 1);
    put_some(&e, 4);
    reading_reader(&e, KAFC_READER(.topic = "t", .group = "g", .commit_interval_ms = -1));
    c = expect_claim(&e, 0);
    expect_claimed(&e, c, 0, 4);
    last = e.m;
    ck_assert_int_eq(pthread_create(&other, NULL, close_client, &e), 0);
    expect_claim_err(&e, c, SOON, KAFC_ERR_CLAIM_ENDED);
    ck_ok(kafc_claim_mark(c, &last, &e.err));
    kafc_claim_free(c);
    ck_assert_int_eq(pthread_join(other, NULL), 0);
    ck_ok(kafc_mock_committed(e.mock, "g", "t", 0, &offset));
    ck_assert_int_eq(offset, 4);
    reading_close(&e);
}
END_TEST

SUITE_MAIN("client/claims", 60, a_claim_that_is_freed_comes_again_where_it_stood,
           who_was_claimed_last_is_claimed_again_last, a_claim_gives_batches_that_outlive_it,
           a_reader_gives_what_is_not_claimed, a_claim_is_read_to_its_stop,
           seek_and_state_of_a_claim, R9_a_claim_is_paused_by_the_reader_and_resumed,
           a_fetch_that_waits_learns_of_the_end, what_claim_answers_when_there_is_none,
           R6_a_claim_commits_and_marks_its_own_messages,
           R8_what_is_marked_after_the_end_is_committed_before_the_group_goes_on,
           R8_nothing_of_what_was_lost_is_committed_and_that_is_told_when_claims_are_freed,
           claims_outlive_reader_and_client, R8_close_goes_on_without_claims_that_are_not_freed,
           R8_closing_the_client_waits_for_claims)
