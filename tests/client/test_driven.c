/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A client without a thread (kafc/loop.h), against the mock: driven by a loop
 * of poll(2), by its one descriptor, and by calls that wait (rule C6).
 */
#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "protocol/apis.h"
#include "tests/client/grouping.h"
#include "tests/client/stranger.h"
#include <kafc/loop.h>
#include <kafc/transaction.h>
#include <kafc/writer.h>

enum { FDS = 32 };

/* What a program's loop has beside its client. */
struct loop {
    kafc_client *c;
    bool by_fd;    /* else by kafc_client_pollfds() */
    int processed; /* how often */
    bool inside;   /* kafc_client_process() */
};

/* Way 0: epoll and its one descriptor; 1: poll(2) below as well. */
enum { WAYS = 2 };

static void open_driven(struct reading *e, int way)
{
    ck_assert_int_eq(setenv("KAFC_POLLER", way == 1 ? "poll" : "", 1), 0);
    reading_open_with(e, KAFC_MOCK(.brokers = 2, .auto_create = KAFC_ON), 2,
                      KAFC_CLIENT(.driven = KAFC_ON, .retry_backoff_ms = 10,
                                  .retry_backoff_max_ms = 50, .reconnect_backoff_ms = 10));
    ck_assert_int_eq(unsetenv("KAFC_POLLER"), 0);
}

static struct loop loop_of(const struct reading *e, int way)
{
    struct loop l = { .c = e->client, .by_fd = way == 0 };
    return l;
}

/* Waits for what the client wants, at most until then, and drives it. */
static void step(struct loop *l, int64_t until)
{
    struct pollfd p[FDS] = { { .events = POLLIN } };
    int64_t left = (until - kafc__clock_mono_us()) / 1000;
    int n = 1, ms = kafc_client_timeout(l->c);
    kafc_error err;

    if (l->by_fd)
        p[0].fd = kafc_client_fd(l->c, &err);
    else
        n = kafc_client_pollfds(l->c, p, FDS, &err);
    ck_assert_int_ge(p[0].fd, 0);
    ck_assert_int_le(n, FDS);
    left = left < 0 ? 0 : left;
    n = poll(p, (nfds_t)n, ms < 0 || ms > left ? (int)left : ms);
    if (n == 0 && (ms < 0 || ms > left))
        return; /* our time is up, and the client has no wish */
    l->inside = true;
    ck_ok(kafc_client_process(l->c, &err));
    l->inside = false;
    l->processed++;
}

static int64_t soon(int ms)
{
    return kafc__clock_mono_us() + (int64_t)ms * 1000;
}

static int threads(void)
{
    DIR *d = opendir("/proc/self/task");
    struct dirent *e;
    int n = 0;

    ck_assert_ptr_nonnull(d);
    while ((e = readdir(d)) != NULL)
        n += e->d_name[0] != '.';
    (void)closedir(d);
    return n;
}

struct delivered {
    struct loop *l;
    int n, outside;
    kafc_err last;
};

static void on_delivery(void *ctx, const kafc_report *report)
{
    struct delivered *d = ctx;

    d->n++;
    d->outside += !d->l->inside;
    d->last = report->code;
}

static kafc_message message(const char *value, int partition)
{
    return (kafc_message){ .topic = "t", .value = KAFC_STR(value),
                           .to_partition = partition ? partition : KAFC_ZERO };
}

START_TEST(C6_a_loop_of_ones_own_sends_and_reads)
{
    struct reading e;
    struct loop l;
    struct delivered d = { .l = &l };
    kafc_message m = message("one", 0);
    kafc_writer *w;
    int before, got = 0;

    open_driven(&e, _i);
    l = loop_of(&e, _i);
    before = threads();
    w = kafc_writer_open(e.client, KAFC_WRITER(.on_delivery = on_delivery, .ctx = &d), &e.err);
    ck_assert_ptr_nonnull(w);
    reading_reader(&e, KAFC_READER(.topic = "t"));
    for (int i = 0; i < 100; i++)
        ck_ok(kafc_writer_send(w, &m, NULL, 0, &e.err));
    for (int64_t until = soon(SOON); got < 100; step(&l, until)) {
        ck_assert_int_lt(kafc__clock_mono_us(), until);
        while (kafc_reader_fetch(e.reader, &m, 0, &e.err) == KAFC_OK)
            got++;
        ck_assert_int_eq(e.err.code, KAFC_ERR_WOULD_BLOCK);
    }
    for (int64_t until = soon(SOON); d.n < 100; step(&l, until))
        ck_assert_int_lt(kafc__clock_mono_us(), until);
    ck_assert_int_eq(d.last, KAFC_OK);
    ck_assert_int_eq(d.outside, 0);
    ck_assert_int_le(threads(), before); /* those of a test before may still be shown at first */
    kafc_writer_free(w);
    reading_close(&e);
}
END_TEST

START_TEST(C6_a_loop_of_ones_own_keeps_a_membership)
{
    struct reading e;
    struct loop l;
    struct told t = { .act = NULL };
    int got = 0;

    open_driven(&e, _i);
    l = loop_of(&e, _i);
    put_some(&e, 20);
    reading_reader(&e, KAFC_READER(.topic = "t", GROUP, .session_timeout_ms = 6000,
                                   .commit_interval_ms = 10, .on_rebalance = on_rebalance,
                                   .ctx = &t));
    for (int64_t until = soon(SOON); got < 20; step(&l, until)) {
        ck_assert_int_lt(kafc__clock_mono_us(), until);
        while (kafc_reader_fetch(e.reader, &e.m, 0, &e.err) == KAFC_OK) {
            ck_ok(kafc_reader_mark(e.reader, &e.m, &e.err));
            got++;
        }
    }
    ck_assert_int_eq(t.n[KAFC_ASSIGNED], 1);
    for (int64_t until = soon(SOON); committed(&e, 0) != 20; step(&l, until))
        ck_assert_int_lt(kafc__clock_mono_us(), until);
    ck_ok(kafc_reader_close(e.reader, SOON, &e.err)); /* drives */
    await_members(&e, 0);
    reading_close(&e);
}
END_TEST

START_TEST(C6_calls_that_wait_drive)
{
    struct reading e;
    kafc_message m = message("one", 1);
    kafc_offset_query q = { .topic = "t", .partition = 1, .at = KAFC_LAST };
    kafc_metadata *md;
    kafc_writer *w, *x;
    int before;

    open_driven(&e, _i);
    before = threads();
    ck_ok(kafc_client_metadata(e.client, NULL, KAFC_ALL_TOPICS, SOON, &md, &e.err));
    ck_assert_int_eq(md->nbrokers, 2);
    kafc_metadata_free(md);
    w = kafc_writer_open(e.client, KAFC_WRITER(.linger_ms = 1), &e.err);
    ck_assert_ptr_nonnull(w);
    ck_ok(kafc_writer_write(w, &m, 1, SOON, &e.err));
    ck_ok(kafc_writer_send(w, &m, NULL, -1, &e.err));
    ck_ok(kafc_writer_flush(w, SOON, &e.err));
    ck_ok(kafc_client_offsets(e.client, &q, 1, KAFC_READ_COMMITTED, SOON, &e.err));
    ck_assert_int_eq(q.offset, 2);
    reading_reader(&e, KAFC_READER(.topic = "t", GROUP));
    ck_ok(kafc_reader_fetch(e.reader, &m, SOON, &e.err));
    ck_ok(kafc_reader_fetch(e.reader, &m, SOON, &e.err));
    ck_ok(kafc_reader_commit(e.reader, &m, 1, SOON, &e.err));
    x = kafc_writer_open(e.client, KAFC_WRITER(.topic = "t", .transactional_id = "x"), &e.err);
    ck_assert_ptr_nonnull(x);
    ck_ok(kafc_transaction_init(x, SOON, &e.err));
    ck_ok(kafc_transaction_begin(x, &e.err));
    m = (kafc_message){ .value = KAFC_STR("two"), .to_partition = 1 };
    ck_ok(kafc_writer_send(x, &m, NULL, -1, &e.err));
    ck_ok(kafc_transaction_commit(x, SOON, &e.err));
    ck_ok(kafc_reader_fetch(e.reader, &m, SOON, &e.err));
    ck_assert_int_eq(m.value.len, 3);
    ck_assert_int_le(threads(), before); /* those of a test before may still be shown at first */
    ck_ok(kafc_writer_close(x, SOON, &e.err));
    kafc_writer_free(x);
    kafc_writer_free(w);
    reading_close(&e);
}
END_TEST

START_TEST(C6_room_comes_while_send_waits)
{
    struct reading e;
    static char big[10000];
    kafc_message m = { .topic = "t", .value = { big, (int)sizeof big } };
    kafc_writer *w;

    open_driven(&e, _i);
    w = kafc_writer_open(e.client, KAFC_WRITER(.buffer_bytes = 200000, .batch_bytes = 50000),
                         &e.err);
    ck_assert_ptr_nonnull(w);
    for (int i = 0; i < 500; i++)
        ck_ok(kafc_writer_send(w, &m, NULL, SOON, &e.err));
    ck_ok(kafc_writer_close(w, SOON, &e.err));
    kafc_writer_free(w);
    reading_close(&e);
}
END_TEST

/* --- Time ---------------------------------------------------------------------------------- */

START_TEST(timeouts_are_kept)
{
    struct reading e;
    int64_t began;
    int ms;

    open_driven(&e, _i);
    reading_reader(&e, KAFC_READER(.topic = "t", .max_wait_ms = SOON)); /* nothing else ends the wait */
    expect_nothing(&e, 20);
    began = kafc__clock_mono_us();
    ck_assert_int_eq(kafc_reader_fetch(e.reader, &e.m, 120, &e.err), KAFC_ERR_TIMED_OUT);
    ms = (int)((kafc__clock_mono_us() - began) / 1000);
    ck_assert_int_ge(ms, 119);
    ck_assert_int_lt(ms, SOON / 2);
    reading_close(&e);
}
END_TEST

START_TEST(the_timeout_tells_of_linger)
{
    enum { LINGER_MS = 500 };
    struct reading e;
    struct loop l;
    struct delivered d = { .l = &l };
    kafc_message m = message("one", 0);
    kafc_writer *w;
    int64_t began;
    int ms;

    open_driven(&e, _i);
    l = loop_of(&e, _i);
    w = kafc_writer_open(e.client, KAFC_WRITER(.linger_ms = LINGER_MS, .on_delivery = on_delivery,
                                               .ctx = &d), &e.err);
    ck_assert_ptr_nonnull(w);
    ck_ok(kafc_writer_write(w, &m, 1, SOON, &e.err)); /* metadata, connections, a producer's id */
    d.outside = 0;
    began = kafc__clock_mono_us();
    ck_ok(kafc_writer_send(w, &m, NULL, 0, &e.err));
    l.processed = 0;
    step(&l, soon(SOON)); /* the message makes the descriptor readable, … */
    ms = kafc_client_timeout(e.client);
    ck_assert_int_ge(ms + (int)((kafc__clock_mono_us() - began) / 1000), LINGER_MS / 2 - 1);
    ck_assert_int_le(ms, LINGER_MS + 1);
    for (int64_t until = soon(SOON); d.n < 1; step(&l, until))
        ck_assert_int_lt(kafc__clock_mono_us(), until);
    ms = (int)((kafc__clock_mono_us() - began) / 1000); /* … and the end of linger sends it */
    ck_assert_int_ge(ms, LINGER_MS / 2 - 1); /* half of linger where others are due, at most all of it */
    ck_assert_int_lt(ms, SOON / 2); /* which nothing else would end */
    ck_assert_int_lt(l.processed, 12);
    kafc_writer_free(w);
    reading_close(&e);
}
END_TEST

START_TEST(an_idle_client_wants_nothing)
{
    struct reading e;
    struct loop l;
    kafc_message m = message("one", 0);
    kafc_writer *w;
    int64_t until, end;

    open_driven(&e, _i);
    l = loop_of(&e, _i);
    ck_assert_int_eq(kafc_client_timeout(e.client), -1);
    step(&l, soon(1));
    w = kafc_writer_open(e.client, KAFC_WRITER(.linger_ms = 1), &e.err);
    ck_assert_ptr_nonnull(w);
    ck_ok(kafc_writer_write(w, &m, 1, SOON, &e.err));
    end = soon(SOON);
    do { /* a refresh may still be due */
        ck_assert_int_lt(kafc__clock_mono_us(), end);
        l.processed = 0;
        for (until = soon(500); kafc__clock_mono_us() < until;)
            step(&l, until);
    } while (l.processed > 1);
    kafc_writer_free(w);
    reading_close(&e);
}
END_TEST

/* --- Callbacks ------------------------------------------------------------------------------- */

struct insider {
    kafc_client *c, *other;
    kafc_writer *w;
    kafc_err metadata, process, flush, close, other_process;
    bool opened;
    atomic_int n;
};

static void tries_to_wait(void *ctx, const kafc_report *report)
{
    struct insider *x = ctx;
    kafc_metadata *md;
    kafc_reader *r;

    (void)report;
    if (atomic_fetch_add(&x->n, 1))
        return;
    x->metadata = kafc_client_metadata(x->c, NULL, 0, 1000, &md, NULL);
    x->process = kafc_client_process(x->c, NULL);
    x->other_process = kafc_client_process(x->other, NULL);
    x->flush = kafc_writer_flush(x->w, 0, NULL);
    x->close = kafc_client_close(x->c, 1000, NULL);
    kafc_client_free(x->c); /* does nothing */
    r = kafc_reader_open(x->other, KAFC_READER(.topic = "t", .group = "h"), NULL);
    x->opened = r != NULL;
    kafc_reader_free(r);
}

START_TEST(C6_a_call_that_waits_is_refused_in_a_callback)
{
    struct reading e;
    struct insider x = { .opened = false };
    kafc_message m = message("one", 0);

    open_driven(&e, _i);
    x.c = e.client;
    x.other = kafc_client_open(KAFC_CLIENT(.brokers = kafc_mock_bootstrap(e.mock), .driven = KAFC_ON),
                               &e.err);
    ck_assert_ptr_nonnull(x.other);
    x.w = kafc_writer_open(e.client, KAFC_WRITER(.on_delivery = tries_to_wait, .ctx = &x), &e.err);
    ck_assert_ptr_nonnull(x.w);
    ck_ok(kafc_writer_send(x.w, &m, NULL, 0, &e.err));
    ck_ok(kafc_writer_flush(x.w, SOON, &e.err));
    ck_assert_int_eq(x.n, 1);
    ck_assert_int_eq(x.metadata, KAFC_ERR_IN_CALLBACK);
    ck_assert_int_eq(x.process, KAFC_ERR_IN_CALLBACK);
    ck_assert_int_eq(x.other_process, KAFC_ERR_IN_CALLBACK);
    ck_assert_int_eq(x.flush, KAFC_ERR_IN_CALLBACK);
    ck_assert_int_eq(x.close, KAFC_ERR_IN_CALLBACK);
    ck_assert(x.opened);
    ck_ok(kafc_client_process(e.client, &e.err));
    kafc_client_free(x.other);
    kafc_writer_free(x.w);
    reading_close(&e);
}
END_TEST

struct sender {
    kafc_writer *w;
    int left;
};

static void sends_the_next(void *ctx, const kafc_report *report)
{
    struct sender *s = ctx;
    kafc_message m = message("next", 0);

    (void)report;
    if (s->left > 0 && s->left--)
        ck_ok(kafc_writer_send(s->w, &m, NULL, 0, NULL));
}

START_TEST(what_callbacks_send_goes_out)
{
    struct reading e;
    struct loop l;
    struct sender s = { .left = 50 };
    kafc_message m = message("first", 0);

    open_driven(&e, _i);
    l = loop_of(&e, _i);
    s.w = kafc_writer_open(e.client, KAFC_WRITER(.linger_ms = KAFC_ZERO,
                                                 .on_delivery = sends_the_next, .ctx = &s), &e.err);
    ck_assert_ptr_nonnull(s.w);
    ck_ok(kafc_writer_send(s.w, &m, NULL, 0, &e.err));
    for (int left = s.left; left > 0; left--) /* each within its time */
        for (int64_t until = soon(SOON); s.left >= left; step(&l, until))
            ck_assert_int_lt(kafc__clock_mono_us(), until);
    kafc_writer_free(s.w);
    reading_close(&e);
}
END_TEST

/* --- Threads ----------------------------------------------------------------------------------- */

struct worker {
    struct reading *e;
    pthread_t thread;
    kafc_reader *r;
    kafc_writer *w;
    atomic_bool end;
    int ms, got;
    kafc_err code;
};

static void *sends_in_a_moment(void *arg)
{
    struct worker *x = arg;
    kafc_message m = message("one", 0);

    (void)poll(NULL, 0, 30);
    x->code = kafc_writer_send(x->w, &m, NULL, 0, NULL);
    return NULL;
}

START_TEST(a_send_of_another_thread_wakes_who_polls)
{
    struct reading e;
    struct loop l;
    struct worker x;
    kafc_message m = message("one", 0);
    struct pollfd p[FDS];
    int n;

    open_driven(&e, _i);
    l = loop_of(&e, _i);
    x.w = kafc_writer_open(e.client, KAFC_WRITER(.linger_ms = 1), &e.err);
    ck_assert_ptr_nonnull(x.w);
    ck_ok(kafc_writer_write(x.w, &m, 1, SOON, &e.err));
    for (int64_t until = soon(200); kafc__clock_mono_us() < until;)
        step(&l, until);
    ck_assert_int_eq(pthread_create(&x.thread, NULL, sends_in_a_moment, &x), 0);
    n = kafc_client_pollfds(e.client, p, FDS, &e.err);
    ck_assert_int_ge(n, 1);
    ck_assert_int_ge(poll(p, (nfds_t)n, SOON), 1);
    ck_assert_int_eq(pthread_join(x.thread, NULL), 0);
    ck_ok(x.code);
    step(&l, soon(200)); /* its linger may be over by now, or begin */
    ck_ok(kafc_writer_flush(x.w, SOON, &e.err));
    kafc_writer_free(x.w);
    reading_close(&e);
}
END_TEST

static void *fetches(void *arg)
{
    struct worker *x = arg;
    kafc_message m;

    x->code = kafc_reader_fetch(x->r, &m, x->ms, NULL);
    return NULL;
}

/* One drives and leaves; the other, who slept meanwhile, must take over. */
START_TEST(who_leaves_hands_over)
{
    struct reading e;
    struct worker x[2] = { { .ms = 200 }, { .ms = SOON } };

    open_driven(&e, _i);
    ck_ok(kafc_mock_create_topic(e.mock, "u", 1, 0));
    x[0].r = kafc_reader_open(e.client, KAFC_READER(.topic = "u"), &e.err);
    x[1].r = kafc_reader_open(e.client, KAFC_READER(.topic = "t"), &e.err);
    for (int i = 0; i < 2; i++) {
        ck_assert_ptr_nonnull(x[i].r);
        ck_assert_int_eq(pthread_create(&x[i].thread, NULL, fetches, &x[i]), 0);
    }
    ck_assert_int_eq(pthread_join(x[0].thread, NULL), 0);
    ck_assert_int_eq(x[0].code, KAFC_ERR_TIMED_OUT);
    put_some(&e, 1);
    ck_assert_int_eq(pthread_join(x[1].thread, NULL), 0);
    ck_ok(x[1].code);
    for (int i = 0; i < 2; i++)
        kafc_reader_free(x[i].r);
    reading_close(&e);
}
END_TEST

START_TEST(an_interrupt_ends_a_call_that_drives)
{
    struct reading e;
    struct worker x = { .ms = -1 };

    open_driven(&e, _i);
    x.r = kafc_reader_open(e.client, KAFC_READER(.topic = "t"), &e.err);
    ck_assert_ptr_nonnull(x.r);
    ck_assert_int_eq(pthread_create(&x.thread, NULL, fetches, &x), 0);
    (void)poll(NULL, 0, 20);
    kafc_reader_wake(x.r);
    ck_assert_int_eq(pthread_join(x.thread, NULL), 0);
    ck_assert_int_eq(x.code, KAFC_ERR_INTERRUPTED);
    kafc_reader_free(x.r);
    reading_close(&e);
}
END_TEST

static atomic_int asked;

static void never(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    (void)ctx, (void)rq;
    a->act = KAFC_MOCK_SILENT;
    atomic_fetch_add(&asked, 1);
}

static void *asks(void *arg)
{
    struct worker *x = arg;
    kafc_metadata *md;

    x->code = kafc_client_metadata(x->e->client, NULL, 0, -1, &md, NULL);
    return NULL;
}

/* _i: by an interrupt, or by close. */
START_TEST(a_call_that_drives_ends_when_it_is_told)
{
    struct reading e;
    struct worker x = { .e = &e };

    open_driven(&e, 0);
    atomic_store(&asked, 0);
    ck_ok(kafc_mock_hook(e.mock, KAFC_API_METADATA, never, NULL));
    ck_assert_int_eq(pthread_create(&x.thread, NULL, asks, &x), 0);
    stranger_await(&asked, 1); /* it waits */
    if (_i == 0)
        kafc_client_interrupt(e.client);
    else
        ck_ok(kafc_client_close(e.client, SOON, &e.err));
    ck_assert_int_eq(pthread_join(x.thread, NULL), 0);
    ck_assert_int_eq(x.code, _i == 0 ? KAFC_ERR_INTERRUPTED : KAFC_ERR_CLOSED);
    reading_close(&e);
}
END_TEST

enum { MANY = 300 };

static void *drives(void *arg)
{
    struct worker *x = arg;
    struct loop l = { .c = x->e->client, .by_fd = x->ms };

    while (!atomic_load(&x->end))
        step(&l, soon(20));
    return NULL;
}

static void *writes(void *arg)
{
    struct worker *x = arg;
    kafc_message m = message("one", 1);

    for (int i = 0; i < MANY && x->code == KAFC_OK; i++)
        x->code = i % 3 ? kafc_writer_send(x->w, &m, NULL, -1, NULL)
                        : kafc_writer_write(x->w, &m, 1, SOON, NULL);
    if (x->code == KAFC_OK)
        x->code = kafc_writer_flush(x->w, SOON, NULL);
    return NULL;
}

static void *reads(void *arg)
{
    struct worker *x = arg;
    kafc_message m;

    for (; x->got < MANY && x->code == KAFC_OK; x->got++)
        x->code = kafc_reader_fetch(x->r, &m, SOON, NULL);
    return NULL;
}

START_TEST(threads_may_drive_in_turn)
{
    static void *(*const does[])(void *) = { writes, reads, reads, drives };
    enum { N = sizeof does / sizeof does[0] };
    struct reading e;
    struct worker x[N];

    open_driven(&e, _i);
    memset(x, 0, sizeof x);
    x[0].w = kafc_writer_open(e.client, KAFC_WRITER(.linger_ms = 1), &e.err);
    ck_assert_ptr_nonnull(x[0].w);
    for (int i = 0; i < N; i++) {
        x[i].e = &e;
        x[i].ms = _i == 0;
        if (does[i] == reads) {
            x[i].r = kafc_reader_open(e.client, KAFC_READER(.topic = "t", .group = i == 1 ? "g" : NULL),
                                      &e.err);
            ck_assert_ptr_nonnull(x[i].r);
        }
        ck_assert_int_eq(pthread_create(&x[i].thread, NULL, does[i], &x[i]), 0);
    }
    for (int i = 0; i < N; i++) {
        if (i == N - 1)
            atomic_store(&x[i].end, true);
        ck_assert_int_eq(pthread_join(x[i].thread, NULL), 0);
        ck_ok(x[i].code);
        kafc_reader_free(x[i].r);
    }
    kafc_writer_free(x[0].w);
    reading_close(&e);
}
END_TEST

/* --- Doors -------------------------------------------------------------------------------------- */

START_TEST(what_cannot_be_driven_says_so)
{
    struct reading e;
    kafc_client *threaded;
    struct pollfd p;
    int64_t began;

    open_driven(&e, 1);
    ck_assert_int_eq(kafc_client_fd(e.client, &e.err), -1);
    ck_assert_int_eq(e.err.code, KAFC_ERR_UNSUPPORTED);
    ck_assert_int_ge(kafc_client_pollfds(e.client, NULL, 0, &e.err), 1);
    threaded = kafc_client_open(KAFC_CLIENT(.brokers = "127.0.0.1:1", .driven = KAFC_OFF), &e.err);
    ck_assert_ptr_nonnull(threaded);
    ck_assert_int_eq(kafc_client_fd(threaded, &e.err), -1);
    ck_assert_int_eq(e.err.code, KAFC_ERR_USAGE);
    ck_assert_ptr_nonnull(strstr(e.err.message, ".driven"));
    ck_assert_int_eq(kafc_client_pollfds(threaded, &p, 1, &e.err), -1);
    ck_assert_int_eq(kafc_client_process(threaded, &e.err), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_client_timeout(threaded), 0);
    kafc_client_free(threaded);
    ck_assert_int_eq(kafc_client_process(NULL, &e.err), KAFC_ERR_USAGE);
    began = kafc__clock_mono_us();
    ck_ok(kafc_client_close(e.client, -1, &e.err));
    ck_assert_int_lt(kafc__clock_mono_us() - began, SOON * 1000);
    ck_assert_int_eq(kafc_client_process(e.client, &e.err), KAFC_ERR_CLOSED);
    ck_assert_int_eq(kafc_client_fd(e.client, &e.err), -1);
    ck_assert_int_eq(e.err.code, KAFC_ERR_CLOSED);
    reading_close(&e);
}
END_TEST

START_TEST(C7_a_forked_child_drives_nothing)
{
    struct reading e;
    struct pollfd p;
    int status;
    pid_t pid;

    open_driven(&e, 0);
    pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        bool ok = kafc_client_process(e.client, &e.err) == KAFC_ERR_FORKED &&
                  kafc_client_fd(e.client, &e.err) == -1 && e.err.code == KAFC_ERR_FORKED &&
                  kafc_client_pollfds(e.client, &p, 1, NULL) == -1 &&
                  kafc_client_timeout(e.client) == 0;
        kafc_client_free(e.client);
        _exit(ok ? 0 : 1);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_int_eq(status, 0);
    put_some(&e, 1);
    reading_reader(&e, KAFC_READER(.topic = "t"));
    expect_offset(&e, 0);
    reading_close(&e);
}
END_TEST

int main(void)
{
    const TTest *const both[] = {
        C6_a_loop_of_ones_own_sends_and_reads, C6_a_loop_of_ones_own_keeps_a_membership,
        C6_calls_that_wait_drive, C6_room_comes_while_send_waits, timeouts_are_kept,
        the_timeout_tells_of_linger, an_idle_client_wants_nothing,
        C6_a_call_that_waits_is_refused_in_a_callback, what_callbacks_send_goes_out,
        a_send_of_another_thread_wakes_who_polls, who_leaves_hands_over,
        an_interrupt_ends_a_call_that_drives, a_call_that_drives_ends_when_it_is_told,
        threads_may_drive_in_turn
    };
    Suite *s = suite_create("client/driven");
    TCase *c = tcase_create("driven");
    SRunner *r;
    int failed;

    tcase_set_timeout(c, 60);
    for (size_t i = 0; i < sizeof both / sizeof both[0]; i++)
        tcase_add_loop_test(c, both[i], 0, WAYS);
    tcase_add_test(c, what_cannot_be_driven_says_so);
    tcase_add_test(c, C7_a_forked_child_drives_nothing);
    suite_add_tcase(s, c);
    r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
