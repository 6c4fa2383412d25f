/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Claims on threads of their own in groups of one and two members, and in
 * which order they come and end (rule R8); and beside a reader that does not
 * leave them alone.
 */
#include <kafc/group.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/sync.h"
#include "tests/client/reading.h"

enum { PARTS = 4, EACH = 200, WORKERS = 200 };

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
        kafc_err code = kafc_reader_claim(m->reader, &claim, -1, &err); /* until it is woken */

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

/* Until so many have come to it, as long as there is always one more. */
static void await(const atomic_int *count, int n)
{
    int64_t end = 0;

    for (int had = -1, has; (has = atomic_load(count)) < n; had = has) {
        if (has != had)
            end = kafc__clock_mono_us() + SOON * 1000LL;
        ck_assert_msg(kafc__clock_mono_us() < end, "%d of %d", has, n);
        nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
    }
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
    a = member_new(&w, 0, KAFC_READER(.assignors = "range", .max_poll_interval_ms = 3000));
    a->straggler = 1;
    member_start(a);
    await(&w.total, PARTS * EACH);
    begin = kafc__clock_mono_us();
    b = member_new(&w, 1, KAFC_READER(.assignors = "range"));
    member_start(b);
    await(&a->revoked, PARTS);
    ck_assert_int_ge(kafc__clock_mono_us() - begin, 2600000);
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
/* Rebalances in a row, while records come: what was handled was marked, so nothing is seen twice. */
static void rebalances(const char *assignors)
{
    enum { ROUNDS = 15 };
    struct world w;
    struct member *m[2];

    world_open(&w);
    for (int i = 0; i < 2; i++) {
        m[i] = member_new(&w, i, KAFC_READER(.assignors = assignors, .commit_interval_ms = 20));
        member_start(m[i]);
    }
    await(&m[0]->claimed, 1);
    await(&m[1]->claimed, 1);
    for (int i = 0; i < ROUNDS; i++) {
        kafc_mock_group g;

        ck_ok(kafc_mock_rebalance(w.e.mock, "g"));
        for (int32_t p = 0; p < PARTS; p++)
            put_records(&w.e, "t", p, EACH / ROUNDS, 1000, -1);
        await(&w.total, PARTS * (EACH + (i + 1) * (EACH / ROUNDS)));
        do
            ck_ok(kafc_mock_group_get(w.e.mock, "g", &g));
        while (g.state != KAFC_MOCK_GROUP_STABLE);
    }
    member_end(m[0]);
    member_end(m[1]);
    check_seen_once(&w, EACH + EACH / ROUNDS * ROUNDS);
    check_committed(&w, EACH + EACH / ROUNDS * ROUNDS);
    member_free(m[0]);
    member_free(m[1]);
    reading_close(&w.e);
}

START_TEST(R8_rebalances_in_a_row)
{
    rebalances("range");
    rebalances("cooperative-sticky");
}
END_TEST

/* A worker that reads what is there until its claim ends, whatever is done to the partition meanwhile. */
static void read_on(void *arg)
{
    struct worker *k = arg;
    kafc_message msg;
    kafc_error err;
    char value[64];
    kafc_err code;

    while ((code = kafc_claim_fetch(k->claim, &msg, -1, &err)) == KAFC_OK) {
        int len = snprintf(value, sizeof(value), "t/%d/%d", k->partition, (int)msg.offset);

        ck_assert_int_eq(msg.partition, k->partition);
        ck_assert_int_eq(msg.value.len, len);
        ck_assert_mem_eq(msg.value.p, value, (size_t)len);
        atomic_fetch_add(&k->m->live, 1);
    }
    ck_assert_msg(code == KAFC_ERR_CLAIM_ENDED, "%s", err.message);
    kafc_claim_free(k->claim);
}

static void disturb(struct reading *e, unsigned i)
{
    int32_t p = (int32_t)(i * 7919 >> 3) % PARTS;
    kafc_topic_partition v = { "t", p };
    kafc_reader_state s;

    switch (i % 4) {
    case 0: ck_ok(kafc_reader_seek(e->reader, "t", p, KAFC_AT(i * 31 % EACH), &e->err)); break;
    case 1: ck_ok(kafc_reader_pause(e->reader, &v, 1, &e->err)); break;
    case 2: ck_ok(kafc_reader_resume(e->reader, NULL, 0, &e->err)); break;
    default:
        ck_ok(kafc_reader_state_get(e->reader, "t", p, &s, &e->err));
        ck_assert_int_ge(s.position, -1);
        ck_assert_int_le(s.position, EACH);
        break;
    }
}

START_TEST(the_reader_seeks_and_pauses_what_is_claimed)
{
    struct world w;
    struct member m = { .w = &w };
    kafc_reader_state s;

    world_open(&w);
    reading_reader(&w.e, KAFC_READER(.topic = "t", .max_wait_ms = 20));
    for (int i = 0; i < PARTS; i++) {
        struct worker *k = &m.worker[i];

        k->m = &m;
        ck_ok(kafc_reader_claim(w.e.reader, &k->claim, SOON, &w.e.err));
        k->partition = kafc_claim_partition(k->claim);
        ck_assert(kafc__thread_start(&k->thread, "worker", read_on, k));
    }
    for (unsigned i = 0; i < 4000; i++)
        disturb(&w.e, i);
    ck_ok(kafc_reader_resume(w.e.reader, NULL, 0, &w.e.err));
    for (int32_t p = 0; p < PARTS; p++) /* all of them still run */
        do
            ck_ok(kafc_reader_state_get(w.e.reader, "t", p, &s, &w.e.err));
        while (s.position < EACH);
    ck_assert_int_ge(atomic_load(&m.live), PARTS);
    ck_ok(kafc_reader_close(w.e.reader, SOON, &w.e.err));
    for (int i = 0; i < PARTS; i++)
        kafc__thread_join(&m.worker[i].thread);
    reading_close(&w.e);
}
END_TEST

/* On threads that nobody waits for: a claim that was freed has nothing of the reader, nor of the client. */
static void work_on_its_own(void *arg)
{
    kafc_claim *claim = arg;
    kafc_message msg;

    while (kafc_claim_fetch(claim, &msg, SOON, NULL) != KAFC_ERR_CLAIM_ENDED)
        continue;
    kafc_claim_free(claim);
}

START_TEST(R8_after_close_the_reader_may_go)
{
    enum { ROUNDS = 20 };
    struct kafc_thread thread[PARTS];
    struct world w;
    kafc_error err;

    world_open(&w);
    for (int i = 0; i < ROUNDS; i++) {
        struct member *m = member_new(&w, 0, KAFC_READER(.commit_interval_ms = -1));
        kafc_claim *claim;

        for (int k = 0; k < PARTS; k++) {
            ck_ok(kafc_reader_claim(m->reader, &claim, SOON, &err));
            ck_assert(kafc__thread_start(&thread[k], "worker", work_on_its_own, claim));
        }
        ck_ok(kafc_reader_close(m->reader, SOON, &err));
        member_free(m);
        for (int k = 0; k < PARTS; k++)
            kafc__thread_join(&thread[k]);
    }
    reading_close(&w.e);
}
END_TEST

SUITE_MAIN("client/claims_threads", 60, R8_claims_run_are_told_to_end_and_the_last_commit_is_made,
           R8_all_claims_end_in_an_eager_rebalance,
           R8_claims_of_what_stays_go_on_in_a_cooperative_rebalance,
           R8_a_straggler_holds_up_the_group_until_the_rebalance_timeout,
           R8_what_is_lost_ends_too_and_comes_again, R8_rebalances_in_a_row,
           the_reader_seeks_and_pauses_what_is_claimed,
           R8_after_close_the_reader_may_go)
