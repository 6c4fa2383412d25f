/* SPDX-License-Identifier: BSD-2-Clause
 *
 * base/sync, base/clock, base/rand, base/list: threads, deadlines, draws.
 */
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/list.h"
#include "base/rand.h"
#include "base/sync.h"
#include "tests/support/suite.h"

struct shared {
    struct kafc_mutex m;
    struct kafc_cond c;
    struct kafc_thread t;
    int turn, rounds;
    bool self, all_blocked;
};

static void player(void *arg)
{
    struct shared *s = arg;
    sigset_t set;
    pthread_sigmask(SIG_BLOCK, NULL, &set);
    kafc__lock(&s->m);
    s->all_blocked = sigismember(&set, SIGINT) == 1 && sigismember(&set, SIGUSR1) == 1;
    s->self = kafc__thread_is_self(&s->t);
    while (s->rounds < 1000) {
        while (s->turn != 1)
            kafc__cond_wait(&s->c, &s->m, INT64_MAX);
        s->turn = 0;
        s->rounds++;
        kafc__cond_signal(&s->c);
    }
    kafc__unlock(&s->m);
}

START_TEST(C2_threads_block_all_signals_and_take_turns)
{
    struct shared s = { .turn = 0 };
    sigset_t before, after;
    kafc__mutex_init(&s.m);
    kafc__cond_init(&s.c);
    pthread_sigmask(SIG_BLOCK, NULL, &before);
    kafc__lock(&s.m);
    ck_assert(kafc__thread_start(&s.t, "kafc-test-long-name", player, &s));
    pthread_sigmask(SIG_BLOCK, NULL, &after);
    ck_assert_int_eq(sigismember(&before, SIGUSR1), sigismember(&after, SIGUSR1));
    for (int i = 0; i < 1000; i++) {
        s.turn = 1;
        kafc__cond_broadcast(&s.c);
        while (s.turn != 0)
            ck_assert(kafc__cond_wait(&s.c, &s.m, kafc__clock_mono_us() + 10000000) || s.turn == 0);
    }
    kafc__unlock(&s.m);
    ck_assert(!kafc__thread_is_self(&s.t));
    kafc__thread_join(&s.t);
    ck_assert_int_eq(s.rounds, 1000);
    ck_assert(s.self);
    ck_assert(s.all_blocked);
    kafc__cond_fini(&s.c);
    kafc__mutex_fini(&s.m);
}
END_TEST

START_TEST(a_wait_ends_at_its_deadline)
{
    struct shared s = { .turn = 0 };
    kafc__mutex_init(&s.m);
    kafc__cond_init(&s.c);
    kafc__lock(&s.m);
    int64_t deadline = kafc__clock_mono_us() + 20000;
    while (kafc__cond_wait(&s.c, &s.m, deadline))
        ; /* woken for nothing */
    ck_assert_int_ge(kafc__clock_mono_us(), deadline);
    while (kafc__cond_wait(&s.c, &s.m, -5))
        ;
    kafc__unlock(&s.m);
    kafc__cond_fini(&s.c);
    kafc__mutex_fini(&s.m);
}
END_TEST

START_TEST(clocks_agree)
{
    int64_t a = kafc__clock_mono_us(), b = kafc__clock_mono_us();
    ck_assert_int_le(a, b);
    int64_t wall = kafc__clock_wall_ms(), coarse = kafc__clock_coarse_ms();
    ck_assert_int_gt(wall, 1600000000000);
    ck_assert_int_lt(llabs(wall - coarse), 1000);
    ck_assert_uint_ne(kafc__clock_seed(), kafc__clock_seed());
}
END_TEST

START_TEST(draws_are_deterministic_and_even)
{
    struct kafc_rand a, b;
    int count[7] = { 0 };
    kafc__rand_seed(&a, 42);
    kafc__rand_seed(&b, 42);
    for (int i = 0; i < 70000; i++) {
        uint32_t x = kafc__rand_below(&a, 7);
        ck_assert_uint_eq(x, kafc__rand_below(&b, 7));
        ck_assert_uint_lt(x, 7);
        count[x]++;
    }
    for (int i = 0; i < 7; i++)
        ck_assert_int_lt(abs(count[i] - 10000), 500);
    ck_assert_uint_eq(kafc__rand_below(&a, 1), 0);
}
END_TEST

struct item {
    int n;
    struct kafc_list link;
};

START_TEST(lists_keep_order)
{
    struct kafc_list l, other;
    struct item it[6];
    kafc__list_init(&l);
    kafc__list_init(&other);
    ck_assert(kafc__list_empty(&l));
    ck_assert_ptr_null(KAFC_LIST_FIRST(&l, struct item, link));
    for (int i = 0; i < 6; i++) {
        it[i].n = i;
        kafc__list_init(&it[i].link);
        ck_assert(!kafc__list_linked(&it[i].link));
        kafc__list_push(i < 3 ? &l : &other, &it[i].link);
    }
    kafc__list_splice(&l, &other);
    ck_assert(kafc__list_empty(&other));
    kafc__list_del(&it[2].link);
    kafc__list_push_front(&l, &it[2].link);
    const int want[] = { 2, 0, 1, 3, 4, 5 };
    struct item *x = KAFC_LIST_FIRST(&l, struct item, link);
    for (int i = 0; i < 6; i++) {
        ck_assert_int_eq(x->n, want[i]);
        x = KAFC_LIST_NEXT(&l, x, struct item, link);
    }
    ck_assert_ptr_null(x);
}
END_TEST

struct counted {
    struct kafc_quick_lock lock;
    struct kafc_thread t[4];
    long n;
    atomic_long done;
};

static void counter(void *arg)
{
    struct counted *c = arg;
    for (int i = 0; i < 20000; i++) {
        kafc__quick_lock(&c->lock);
        long n = c->n;
        /* Now and then it is held for longer than anybody turns on the spot. */
        for (int k = i % 1000 ? 0 : 200000; k > 0; k--)
            atomic_fetch_add_explicit(&c->done, 1, memory_order_relaxed);
        c->n = n + 1;
        kafc__quick_unlock(&c->lock);
    }
}

START_TEST(a_quick_lock_lets_one_in_at_a_time)
{
    static struct counted c;
    for (int i = 0; i < 4; i++)
        ck_assert(kafc__thread_start(&c.t[i], "counter", counter, &c));
    for (int i = 0; i < 4; i++)
        kafc__thread_join(&c.t[i]);
    ck_assert_int_eq(c.n, 4 * 20000);
    ck_assert_int_eq(atomic_load(&c.lock.state), KAFC_QUICK_FREE);
}
END_TEST

static struct kafc_quick_lock wanted_by_all;
static atomic_bool enough;

static void want_it(void *arg)
{
    (void)arg;
    while (!atomic_load(&enough)) {
        kafc__quick_lock(&wanted_by_all);
        for (volatile int i = 0; i < 2000; i++) /* so that the others go to sleep */
            ;
        kafc__quick_unlock(&wanted_by_all);
    }
}

/* Rule C7: a child opens clients of its own, whatever the other threads were about when it was born. */
START_TEST(C7_a_child_is_not_held_up_by_locks_of_threads_that_it_does_not_have)
{
    enum { FORKS = 400 };
    struct kafc_thread t[3];
    int hung = 0;
    for (int i = 0; i < 3; i++)
        ck_assert(kafc__thread_start(&t[i], "wants it", want_it, NULL));
    for (int i = 0; i < FORKS && !hung; i++) {
        pid_t pid = fork();
        if (pid == 0) {
            (void)signal(SIGALRM, SIG_DFL);
            (void)alarm(5);
            kafc__quick_wake(&wanted_by_all);
            _exit(0);
        }
        int status = -1;
        ck_assert_int_eq(waitpid(pid, &status, 0), pid);
        hung += status != 0;
    }
    atomic_store(&enough, true);
    for (int i = 0; i < 3; i++)
        kafc__thread_join(&t[i]);
    ck_assert_int_eq(hung, 0);
}
END_TEST

SUITE_MAIN("sync", 30, a_quick_lock_lets_one_in_at_a_time,
           C7_a_child_is_not_held_up_by_locks_of_threads_that_it_does_not_have,
           C2_threads_block_all_signals_and_take_turns, a_wait_ends_at_its_deadline, clocks_agree,
           draws_are_deterministic_and_even, lists_keep_order)
