/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Groups of the mock when each allocation in turn fails: a connection may end
 * and a request be refused, but a member that tries again settles, and nothing
 * is kept.
 */
#include "tests/mock/member.h"
#include "tests/support/alloc.h"
#include "tests/support/suite.h"

enum { TRIES = 20 };

/* After an answer that did not come. */
static void again(struct member *m)
{
    if (!kafc__cluster_closing(m->club->a.c, m->conn)) {
        club_wait(m->club, 21000); /* somebody of a lost answer is waited for */
        return;
    }
    member_gone(m);
    for (int i = 0; i < 2 && m->conn == 0; i++)
        m->conn = kafc__cluster_open(m->club->a.c, 1);
    ck_assert_uint_ne(m->conn, 0);
}

static bool joins(struct member *m)
{
    member_join(m);
    if (!member_has_joined(m))
        again(m);
    else if (m->joined.error_code == KAFC_ERR_UNKNOWN_MEMBER_ID)
        m->id[0] = '\0';
    else
        return m->joined.error_code == KAFC_OK;
    return false;
}

static bool syncs(struct member *m)
{
    member_sync(m, m->joined.members.n ? "all" : "");
    if (member_has_synced(m))
        return m->synced.error_code == KAFC_OK && m->synced.assignment.len == 3;
    again(m);
    return false;
}

static void settles(struct member *m)
{
    for (int i = 0; i < TRIES; i++)
        if (joins(m) && syncs(m))
            return;
    ck_abort_msg("a member does not settle");
}

/* The nth call from here on fails; 0: none. */
static void conversation(struct club *c, struct test_alloc *mem, long nth)
{
    struct member m, back;

    member_init(&m, c);
    member_init(&back, c);
    m.instance = back.instance = "one";
    back.metadata = 1;
    mem->fail_at = nth ? atomic_load(&mem->calls) + nth : 0;
    settles(&m);
    settles(&back);
    back.instance = NULL; /* a dynamic one beside it */
    back.id[0] = '\0';
    (void)joins(&back);
    (void)joins(&back);
    mem->fail_at = 0;
    club_wait(c, 400000);
    ck_assert_int_eq(club_look(c).members, 0);
    ck_assert_int_eq(club_look(c).pending, 0);
}

START_TEST(each_allocation_fails_once)
{
    long n = 1, used = 1;

    for (; n <= used; n++) {
        struct test_alloc mem;
        struct club c;
        long before;

        test_alloc_init(&mem);
        club_open(&c, KAFC_MOCK(.brokers = 1, .allocator = &mem.mem));
        before = atomic_load(&mem.calls);
        conversation(&c, &mem, n - 1); /* first without, to count */
        if (n == 1)
            used = atomic_load(&mem.calls) - before;
        club_close(&c);
        ck_assert_int_eq(atomic_load(&mem.live), 0);
    }
    ck_assert_int_gt(n, 30);
}
END_TEST

SUITE_MAIN("mock-group-memory", 60, each_allocation_fails_once)
