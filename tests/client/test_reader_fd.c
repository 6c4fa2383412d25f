/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc_reader_fd, against the mock: a loop of poll(2) and of fetches that do
 * not wait sees everything.
 */
#include <dirent.h>
#include <poll.h>
#include <sched.h>
#include <stdatomic.h>

#include "base/sync.h"
#include "io/wake.h"
#include "tests/client/grouping.h"

enum { QUIET = 20 };

static bool readable(int fd, int ms)
{
    struct pollfd p = { .fd = fd, .events = POLLIN };

    return poll(&p, 1, ms) == 1;
}

static int reader_fd(struct reading *e)
{
    int fd = kafc_reader_fd(e->reader, &e->err);

    ck_assert_msg(fd >= 0, "%s", e->err.message);
    return fd;
}

static kafc_err take(struct reading *e)
{
    return kafc_reader_fetch(e->reader, &e->m, 0, &e->err);
}

/* Waits by the descriptor alone. */
static void await_message(struct reading *e, int fd, int64_t offset)
{
    while (take(e) != KAFC_OK) {
        ck_assert_int_eq(e->err.code, KAFC_ERR_WOULD_BLOCK);
        ck_assert_msg(readable(fd, SOON), "nothing shows; offset %lld", (long long)offset);
    }
    ck_assert_int_eq(e->m.offset, offset);
}

/* Until nothing is under way any more that might show. */
static void await_quiet(struct reading *e, int fd)
{
    int64_t until = kafc__clock_mono_us() + (int64_t)SOON * 1000;

    do {
        ck_assert_int_lt(kafc__clock_mono_us(), until);
        ck_assert_int_eq(take(e), KAFC_ERR_WOULD_BLOCK);
    } while (readable(fd, QUIET));
}

START_TEST(it_shows_what_is_there_until_it_is_taken)
{
    struct reading e;
    int fd;

    reading_open(&e, 1, 1);
    reading_reader(&e, KAFC_READER(.topic = "t"));
    fd = reader_fd(&e);
    ck_assert_int_eq(reader_fd(&e), fd);
    await_quiet(&e, fd);
    put_some(&e, 3);
    ck_assert(readable(fd, SOON));
    for (int i = 0; i < 3; i++) {
        await_message(&e, fd, i);
        ck_assert(readable(fd, 0)); /* who takes less than there is finds the rest */
    }
    await_quiet(&e, fd);
    put_some(&e, 1);
    await_message(&e, fd, 3);
    reading_close(&e);
}
END_TEST

START_TEST(what_came_before_it_was_asked_for_shows)
{
    struct reading e;

    reading_open(&e, 1, 1);
    put_some(&e, 2);
    reading_reader(&e, KAFC_READER(.topic = "t"));
    expect_offset(&e, 0);
    ck_assert(readable(reader_fd(&e), 0));
    await_message(&e, reader_fd(&e), 1);
    reading_close(&e);
}
END_TEST

START_TEST(calls_that_make_something_deliverable_show)
{
    struct reading e;
    kafc_batch *b;
    int fd;

    reading_open(&e, 1, 1);
    put_some(&e, 4);
    reading_reader(&e, KAFC_READER(.topic = "t"));
    fd = reader_fd(&e);
    await_message(&e, fd, 0);
    ck_ok(kafc_reader_pause(e.reader, NULL, 0, &e.err));
    await_quiet(&e, fd); /* the rest is kept */
    ck_ok(kafc_reader_resume(e.reader, NULL, 0, &e.err));
    await_message(&e, fd, 1);
    while (kafc_reader_fetch_batch(e.reader, &b, 0, &e.err) != KAFC_OK)
        ck_assert(readable(fd, SOON));
    kafc_batch_free(b);
    await_quiet(&e, fd);
    ck_ok(kafc_reader_seek(e.reader, "t", 0, KAFC_AT(2), &e.err));
    await_message(&e, fd, 2);
    await_message(&e, fd, 3);
    await_quiet(&e, fd);
    ck_ok(kafc_reader_close(e.reader, SOON, &e.err));
    ck_assert(readable(fd, 0));
    ck_assert_int_eq(take(&e), KAFC_ERR_CLOSED);
    ck_assert(readable(fd, 0)); /* for good */
    ck_assert_int_eq(kafc_reader_fd(e.reader, &e.err), -1);
    ck_assert_int_eq(e.err.code, KAFC_ERR_CLOSED);
    ck_assert_int_eq(kafc_reader_fd(NULL, &e.err), -1);
    ck_assert_int_eq(e.err.code, KAFC_ERR_USAGE);
    reading_close(&e);
}
END_TEST

enum { PUTS = 3000, SPREAD = 300, FOR_MS = 10000 };

struct putting {
    struct reading e;
    atomic_int read;
};

static void put_when_read(void *arg)
{
    struct putting *p = arg;

    for (int i = 0, read; ; i++) {
        while ((read = atomic_load(&p->read)) < i)
            (void)sched_yield();
        if (read == PUTS)
            return;
        put_some(&p->e, 1);
    }
}

/* One message at a time, and nothing else that would wake; the look that finds nothing comes at any time before and
 * after it. As often as a slow machine can. */
START_TEST(no_wake_up_is_lost)
{
    struct putting p;
    struct reading *e = &p.e;
    struct kafc_thread other;
    int64_t until, end;
    int fd;

    atomic_init(&p.read, -1);
    reading_open(e, 1, 1);
    reading_reader(e, KAFC_READER(.topic = "t", .max_wait_ms = 60000)); /* no answer without a record */
    fd = reader_fd(e);
    await_quiet(e, fd);
    ck_assert(kafc__thread_start(&other, "put", put_when_read, &p));
    end = kafc__clock_mono_us() + (int64_t)FOR_MS * 1000;
    for (int i = 0; i < PUTS && kafc__clock_mono_us() < end; i++) {
        atomic_store(&p.read, i);
        until = kafc__clock_mono_us() + i * 7919 % SPREAD;
        while (kafc__clock_mono_us() < until) {
        }
        await_message(e, fd, i);
    }
    atomic_store(&p.read, PUTS);
    kafc__thread_join(&other);
    await_quiet(e, fd);
    reading_close(e);
}
END_TEST

/* What comes between the look that finds nothing and the drain (--wrap). */
static struct reading *between;
static atomic_int armed = -1; /* that descriptor, or -1 */

void __real_kafc__wake_drain(struct kafc_wake *w);
void __wrap_kafc__wake_drain(struct kafc_wake *w);

void __wrap_kafc__wake_drain(struct kafc_wake *w)
{
    int fd = w->fd;

    if (fd >= 0 && atomic_compare_exchange_strong(&armed, &fd, -1)) {
        put_some(between, 3);
        ck_assert(readable(fd, SOON));
    }
    __real_kafc__wake_drain(w);
}

START_TEST(what_comes_before_the_drain_shows_until_it_is_taken)
{
    struct reading e;
    int fd;

    reading_open(&e, 1, 1);
    reading_reader(&e, KAFC_READER(.topic = "t"));
    fd = reader_fd(&e);
    await_quiet(&e, fd);
    between = &e;
    atomic_store(&armed, fd);
    for (int i = 0; i < 3; i++) {
        await_message(&e, fd, i);
        ck_assert(readable(fd, 0));
    }
    await_quiet(&e, fd);
    reading_close(&e);
}
END_TEST

START_TEST(rebalances_and_errors_show)
{
    struct reading e;
    struct told t = { .act = NULL };
    int fd;

    reading_open(&e, 1, 1);
    put_some(&e, 1);
    reading_reader(&e, KAFC_READER(.topic = "t", GROUP, .on_rebalance = on_rebalance, .ctx = &t));
    fd = reader_fd(&e);
    await_message(&e, fd, 0);
    ck_assert_int_eq(t.n[KAFC_ASSIGNED], 1);
    await_quiet(&e, fd);
    ck_ok(kafc_mock_rebalance(e.mock, "g"));
    await_message(&e, fd, 0); /* not committed: once more */
    ck_assert_int_eq(t.n[KAFC_REVOKED], 1);
    ck_assert_int_eq(t.n[KAFC_ASSIGNED], 2);
    await_quiet(&e, fd);
    ck_ok(kafc_mock_push_error(e.mock, 12, KAFC_ERR_GROUP_AUTHORIZATION_FAILED, 1)); /* Heartbeat */
    while (take(&e) == KAFC_ERR_WOULD_BLOCK)
        ck_assert(readable(fd, SOON));
    ck_assert_int_eq(e.err.code, KAFC_ERR_GROUP_AUTHORIZATION_FAILED);
    ck_assert(readable(fd, SOON)); /* until there is nothing more */
    reading_close(&e);
}
END_TEST

static int open_descriptors(void)
{
    DIR *d = opendir("/proc/self/fd");
    int n = 0;

    ck_assert_ptr_nonnull(d);
    while (readdir(d))
        n++;
    (void)closedir(d);
    return n;
}

/* Without anything to read, so that there are no connections of theirs. */
START_TEST(who_does_not_ask_has_none)
{
    enum { MANY = 40, FEW = 10 };
    struct reading e;
    kafc_reader *r[MANY];
    int before, open;

    reading_open(&e, 1, 1);
    put_some(&e, 2);
    reading_reader(&e, KAFC_READER(.topic = "t"));
    expect_offset(&e, 0);
    before = open_descriptors();
    for (int i = 0; i < MANY; i++) {
        r[i] = kafc_reader_open(e.client, NULL, &e.err);
        ck_assert_ptr_nonnull(r[i]);
    }
    open = open_descriptors();
    ck_assert_int_lt(open, before + FEW);
    for (int i = 0; i < MANY; i++)
        ck_assert_int_ge(kafc_reader_fd(r[i], &e.err), 0);
    ck_assert_int_gt(open_descriptors(), open + MANY - FEW);
    for (int i = 0; i < MANY; i++)
        kafc_reader_free(r[i]);
    ck_assert_int_lt(open_descriptors(), before + FEW);
    reading_close(&e);
}
END_TEST

SUITE_MAIN("client/reader_fd", 30, it_shows_what_is_there_until_it_is_taken,
           what_came_before_it_was_asked_for_shows, calls_that_make_something_deliverable_show,
           no_wake_up_is_lost, what_comes_before_the_drain_shows_until_it_is_taken,
           rebalances_and_errors_show, who_does_not_ask_has_none)
