/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Claims: partitions of a group on threads of their own, and in which order
 * they come and end (rule R8).
 */
#include <kafc/group.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/sync.h"
#include "tests/client/reading.h"

enum { PARTS = 4, EACH = 200, WORKERS = 64 };

struct member;

/* A claim on its thread. */
struct worker {
    struct member *m;
    kafc_claim *claim;
    struct kafc_thread thread;
    int32_t partition;
};

struct world {
    struct reading e; /* its reader is not used */
    atomic_int seen[PARTS][2 * EACH];
    atomic_int total;
    atomic_int owners[PARTS]; /* workers that take from it */
    int want;                 /* at so many all members are woken */
    struct member *member[2];
};

/* A member of the group on two kinds of threads: one that claims, and its workers. */
struct member {
    struct world *w;
    kafc_client *client;
    kafc_reader *reader;
    struct kafc_thread thread;
    struct worker worker[WORKERS];
    int nworkers; /* of the thread that claims */
    atomic_int live, claimed;
    atomic_int assigned, revoked, lost; /* partitions, as they were told */
    atomic_bool stop;
    int straggler; /* of this partition the worker does not free the claim before it may; -1: none */
    atomic_bool may;
    atomic_int was_late;
    kafc_err mark_late, commit_late; /* what the straggler was told */
    kafc_err closed;
};

static void on_rebalance(void *ctx, kafc_reader *r, const kafc_rebalance *what)
{
    struct member *m = ctx;

    (void)r;
    switch (what->kind) {
    case KAFC_ASSIGNED: atomic_fetch_add(&m->assigned, what->n); break;
    case KAFC_REVOKED: atomic_fetch_add(&m->revoked, what->n); break;
    case KAFC_LOST: atomic_fetch_add(&m->lost, what->n); break;
    }
    for (int32_t i = 0; i < what->n && what->kind != KAFC_ASSIGNED; i++)
        ck_assert_msg(atomic_load(&m->w->owners[what->partitions[i].partition]) == 0,
                      "[%d] goes, and its claim still runs", what->partitions[i].partition);
}

static void handle(struct world *w, const kafc_message *msg)
{
    atomic_fetch_add(&w->seen[msg->partition][msg->offset], 1);
    if (atomic_fetch_add(&w->total, 1) + 1 != w->want)
        return;
    for (int i = 0; i < 2; i++)
        if (w->member[i])
            kafc_reader_wake(w->member[i]->reader);
}

static void be_late(struct worker *k)
{
    struct member *m = k->m;
    kafc_message msg = { .topic = "t", .partition = k->partition, .offset = 0 };

    while (!atomic_load(&m->may))
        nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
    m->mark_late = kafc_claim_mark(k->claim, &msg, NULL);
    m->commit_late = kafc_claim_commit(k->claim, &msg, SOON, NULL);
    atomic_store(&m->was_late, 1);
}

static void work(void *arg)
{
    struct worker *k = arg;
    kafc_message msg;
    kafc_error err;
    kafc_err code;

    while ((code = kafc_claim_fetch(k->claim, &msg, -1, &err)) == KAFC_OK) {
        ck_assert_int_eq(msg.partition, k->partition);
        handle(k->m->w, &msg);
        code = kafc_claim_mark(k->claim, &msg, &err);
        ck_assert_msg(code == KAFC_OK || code == KAFC_ERR_NOT_ASSIGNED, "%s",
                      err.message); /* lost */
    }
    ck_assert_msg(code == KAFC_ERR_CLAIM_ENDED, "%s", err.message);
    ck_assert(kafc_claim_ended(k->claim));
    atomic_fetch_sub(&k->m->w->owners[k->partition], 1);
    if (k->m->straggler == k->partition)
        be_late(k);
    atomic_fetch_sub(&k->m->live, 1);
    kafc_claim_free(k->claim);
}

static void start_worker(struct member *m, kafc_claim *claim)
{
    struct worker *k = &m->worker[m->nworkers];

    ck_assert_int_lt(m->nworkers, WORKERS);
    *k = (struct worker){ .m = m, .claim = claim, .partition = kafc_claim_partition(claim) };
    ck_assert_str_eq(kafc_claim_topic(claim), "t");
    ck_assert_int_eq(atomic_fetch_add(&m->w->owners[k->partition], 1), 0);
    atomic_fetch_add(&m->live, 1);
    atomic_fetch_add(&m->claimed, 1);
    ck_assert(kafc__thread_start(&k->thread, "worker", work, k));
    m->nworkers++;
}

static void take_claims(void *arg)
{
    struct member *m = arg;
    kafc_claim *claim;
    kafc_error err;

    while (!atomic_load(&m->stop)) {
        kafc_err code = kafc_reader_claim(m->reader, &claim, SOON, &err);

        if (code == KAFC_OK)
            start_worker(m, claim);
        else
            ck_assert_msg(code == KAFC_ERR_INTERRUPTED, "%s", err.message);
    }
    m->closed = kafc_reader_close(m->reader, SOON, &err);
    for (int i = 0; i < m->nworkers; i++)
        kafc__thread_join(&m->worker[i].thread);
}

static struct member *member_new(struct world *w, int i, kafc_reader_options *o)
{
    struct member *m = calloc(1, sizeof(*m));

    m->w = w;
    m->straggler = -1;
    m->closed = KAFC_ERR_USAGE;
    m->client = kafc_client_open(KAFC_CLIENT(.brokers = kafc_mock_bootstrap(w->e.mock),
                                             .retry_backoff_ms = 10, .retry_backoff_max_ms = 50),
                                 &w->e.err);
    ck_assert_msg(m->client != NULL, "%s", w->e.err.message);
    o->topic = "t";
    o->group = "g";
    o->on_rebalance = on_rebalance;
    o->ctx = m;
    o->heartbeat_interval_ms = 50;
    o->max_wait_ms = 20;
    m->reader = kafc_reader_open(m->client, o, &w->e.err);
    ck_assert_msg(m->reader != NULL, "%s", w->e.err.message);
    w->member[i] = m;
    return m;
}

static void member_start(struct member *m)
{
    ck_assert(kafc__thread_start(&m->thread, "claims", take_claims, m));
}

/* Leaves the group: all claims end. */
static void member_end(struct member *m)
{
    atomic_store(&m->stop, true);
    kafc_reader_wake(m->reader);
    kafc__thread_join(&m->thread);
    ck_assert_int_eq(atomic_load(&m->live), 0);
    ck_ok(m->closed);
}

static void member_free(struct member *m)
{
    m->w->member[m->w->member[1] == m] = NULL;
    kafc_reader_free(m->reader);
    kafc_client_free(m->client);
    free(m);
}

/* Until so many have come to it. */
static void await(const atomic_int *count, int n)
{
    int64_t end = kafc__clock_mono_us() + SOON * 1000LL;

    while (atomic_load(count) < n && kafc__clock_mono_us() < end)
        nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
    ck_assert_msg(atomic_load(count) >= n, "%d of %d", atomic_load(count), n);
}

static void world_open(struct world *w)
{
    memset(w, 0, sizeof(*w));
    reading_open(&w->e, 1, PARTS);
    for (int32_t p = 0; p < PARTS; p++)
        put_records(&w->e, "t", p, EACH, 1000, -1);
}

static void more_records(struct world *w)
{
    for (int32_t p = 0; p < PARTS; p++)
        put_records(&w->e, "t", p, EACH, 1000, -1);
}

static void check_seen_once(struct world *w, int to)
{
    for (int32_t p = 0; p < PARTS; p++)
        for (int i = 0; i < to; i++)
            ck_assert_msg(atomic_load(&w->seen[p][i]) == 1, "[%d] %d was seen %d times", p, i,
                          atomic_load(&w->seen[p][i]));
}

static void check_committed(struct world *w, int64_t to)
{
    int64_t offset;

    for (int32_t p = 0; p < PARTS; p++) {
        ck_ok(kafc_mock_committed(w->e.mock, "g", "t", p, &offset));
        ck_assert_int_eq(offset, to);
    }
}

/* Until all up to it is committed. */
static void await_committed(struct world *w, int64_t to)
{
    int64_t offset = 0, end = kafc__clock_mono_us() + SOON * 1000LL;

    for (int32_t p = 0; p < PARTS; p += offset == to) {
        (void)kafc_mock_committed(w->e.mock, "g", "t", p, &offset);
        ck_assert_msg(offset == to || kafc__clock_mono_us() < end, "[%d]: %d", p, (int)offset);
    }
}

/* --- In a group ------------------------------------------------------------------------ */

START_TEST(R8_claims_run_are_told_to_end_and_the_last_commit_is_made)
{
    struct world w;
    struct member *m;

    world_open(&w);
    m = member_new(&w, 0, KAFC_READER(.commit_interval_ms = -1));
    member_start(m);
    await(&w.total, PARTS * EACH);
    ck_assert_int_eq(atomic_load(&m->claimed), PARTS);
    ck_assert_int_eq(atomic_load(&m->assigned), PARTS);
    member_end(m);
    ck_assert_int_eq(atomic_load(&m->revoked), PARTS);
    check_seen_once(&w, EACH);
    check_committed(&w, EACH);
    member_free(m);
    reading_close(&w.e);
}
END_TEST

static void two_members(const char *assignors, int claimed)
{
    struct world w;
    struct member *a, *b;

    world_open(&w);
    a = member_new(&w, 0, KAFC_READER(.assignors = assignors));
    member_start(a);
    await(&w.total, PARTS * EACH);
    b = member_new(&w, 1, KAFC_READER(.assignors = assignors));
    member_start(b);
    await(&b->claimed, PARTS / 2);
    await(&a->claimed, claimed);
    more_records(&w);
    await(&w.total, 2 * PARTS * EACH);
    ck_assert_int_eq(atomic_load(&a->claimed), claimed);
    ck_assert_int_eq(atomic_load(&a->live), PARTS / 2);
    ck_assert_int_eq(atomic_load(&a->lost) + atomic_load(&b->lost), 0);
    member_end(a);
    await(&b->claimed, claimed == PARTS ? PARTS : PARTS / 2 + PARTS);
    member_end(b);
    check_seen_once(&w, 2 * EACH);
    check_committed(&w, 2 * EACH);
    member_free(a);
    member_free(b);
    reading_close(&w.e);
}

START_TEST(R8_all_claims_end_in_an_eager_rebalance)
{
    two_members("range", PARTS + PARTS / 2);
}
END_TEST

START_TEST(R8_claims_of_what_stays_go_on_in_a_cooperative_rebalance)
{
    two_members("cooperative-sticky", PARTS);
}
END_TEST

START_TEST(R8_a_straggler_holds_up_the_group_until_the_rebalance_timeout)
{
    struct world w;
    struct member *a, *b;
    int64_t begin;

    world_open(&w);
    a = member_new(&w, 0, KAFC_READER(.assignors = "range", .max_poll_interval_ms = 1000));
    a->straggler = 1;
    member_start(a);
    await(&w.total, PARTS * EACH);
    begin = kafc__clock_mono_us();
    b = member_new(&w, 1, KAFC_READER(.assignors = "range"));
    member_start(b);
    await(&a->revoked, PARTS);
    ck_assert_int_ge(kafc__clock_mono_us() - begin, 850000);
    await(&b->claimed, PARTS / 2); /* [1] may be among them: the group does not wait for it */
    atomic_store(&a->may, true);
    await(&a->was_late, 1);
    ck_assert_int_eq(a->mark_late, KAFC_ERR_NOT_ASSIGNED);
    ck_assert_int_eq(a->commit_late, KAFC_ERR_NOT_ASSIGNED);
    a->straggler = -1;
    more_records(&w);
    await(&w.total, 2 * PARTS * EACH);
    member_end(a);
    member_end(b);
    check_seen_once(&w, 2 * EACH);
    check_committed(&w, 2 * EACH);
    member_free(a);
    member_free(b);
    reading_close(&w.e);
}
END_TEST

START_TEST(R8_what_is_lost_ends_too_and_comes_again)
{
    struct world w;
    struct member *m;
    kafc_mock_group g;

    world_open(&w);
    m = member_new(&w, 0, KAFC_READER(.commit_interval_ms = 10));
    member_start(m);
    await_committed(&w, EACH);
    ck_ok(kafc_mock_group_get(w.e.mock, "g", &g));
    ck_ok(kafc_mock_kick(w.e.mock, "g", g.leader));
    await(&m->lost, PARTS);
    await(&m->claimed, 2 * PARTS);
    more_records(&w);
    await_committed(&w, 2 * EACH);
    member_end(m);
    ck_assert_int_eq(atomic_load(&m->assigned), 2 * PARTS);
    ck_assert_int_eq(atomic_load(&m->revoked), PARTS);
    check_seen_once(&w, 2 * EACH); /* all was committed before it was lost */
    member_free(m);
    reading_close(&w.e);
}
END_TEST

/* --- One thread, where the order of calls matters ---------------------------------------------- */

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
    default: ck_ok(kafc_client_close(e->client, 1000, &e->err)); break;
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

/* A close does not wait longer than it may for claims that nobody frees. */
START_TEST(R8_close_goes_on_without_claims_that_are_not_freed)
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
    ck_ok(kafc_reader_close(e.reader, 1000, &e.err));
    ck_ok(kafc_mock_committed(e.mock, "g", "t", 0, &offset));
    ck_assert_int_eq(offset, 4);
    ck_assert_int_eq(kafc_claim_mark(c, &e.m, &e.err), KAFC_ERR_NOT_ASSIGNED);
    expect_claim_err(&e, c, SOON, KAFC_ERR_CLAIM_ENDED);
    kafc_claim_free(c);
    reading_close(&e);
}
END_TEST

SUITE_MAIN("client/claims", 60, R8_claims_run_are_told_to_end_and_the_last_commit_is_made,
           R8_all_claims_end_in_an_eager_rebalance,
           R8_claims_of_what_stays_go_on_in_a_cooperative_rebalance,
           R8_a_straggler_holds_up_the_group_until_the_rebalance_timeout,
           R8_what_is_lost_ends_too_and_comes_again,
           a_claim_that_is_freed_comes_again_where_it_stood, a_reader_gives_what_is_not_claimed,
           a_claim_is_read_to_its_stop, seek_and_state_of_a_claim,
           R9_a_claim_is_paused_by_the_reader_and_resumed, a_fetch_that_waits_learns_of_the_end,
           what_claim_answers_when_there_is_none, R6_a_claim_commits_and_marks_its_own_messages,
           R8_close_goes_on_without_claims_that_are_not_freed)
