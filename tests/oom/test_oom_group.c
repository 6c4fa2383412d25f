/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A reader in a group with each allocation failing in turn: it joins, reads,
 * by claims or without, marks, commits in every way, asks what is committed,
 * leaves. An error or none; what was marked is committed in the end; nothing
 * leaked, no crash, no hang.
 */
#include <stdatomic.h>
#include <stdio.h>

#include "tests/client/grouping.h"

enum { MESSAGES = 12, PARTITIONS = 3, ROUNDS_MAX = 5000 };

struct scene {
    kafc_mock *mock;
    const struct test_alloc *memory;
    char group[32];
    bool whole;  /* memory comes back */
    bool claims; /* each partition is claimed */
    int tries;
    int64_t next[PARTITIONS];
};

/* Calls that failed for want of memory are made again: it is back by then, unless it never comes back. As long as
 * there is memory, what is late comes. */
static bool gives_up(struct scene *s, kafc_err code, const kafc_error *err)
{
    ck_assert_msg(code == KAFC_ERR_NO_MEMORY || code == KAFC_ERR_TIMED_OUT, "%s", err->message);
    return test_alloc_failed(s->memory) && ++s->tries > 3;
}

static int wait_ms(const struct scene *s)
{
    return s->whole ? SOON : 20;
}

static bool read_all(struct scene *s, kafc_reader *r)
{
    kafc_error err;
    kafc_message m;

    for (int n = 0; n < MESSAGES * PARTITIONS;) {
        kafc_err code = kafc_reader_read(r, &m, wait_ms(s), &err);

        if (code == KAFC_OK) {
            ck_assert_int_eq(m.offset, s->next[m.partition]++);
            n++;
        } else if (gives_up(s, code, &err)) {
            return false;
        }
    }
    return true;
}

static bool read_claim(struct scene *s, kafc_claim *c)
{
    kafc_error err;
    kafc_message m;

    while (s->next[kafc_claim_partition(c)] < MESSAGES) {
        kafc_err code = kafc_claim_fetch(c, &m, wait_ms(s), &err);

        if (code == KAFC_OK)
            ck_assert_int_eq(m.offset, s->next[m.partition]++);
        while (code == KAFC_OK && (code = kafc_claim_mark(c, &m, &err)) != KAFC_OK)
            if (gives_up(s, code, &err))
                return false;
            else
                code = KAFC_OK;
        if (code && gives_up(s, code, &err))
            return false;
    }
    return true;
}

static bool read_claims(struct scene *s, kafc_reader *r)
{
    kafc_claim *c[PARTITIONS];
    kafc_error err;
    bool goes_on = true;
    int n = 0;

    while (n < PARTITIONS && goes_on) {
        kafc_err code = kafc_reader_claim(r, &c[n], s->whole ? SOON : 50, &err);

        n += code == KAFC_OK;
        goes_on = code == KAFC_OK || !gives_up(s, code, &err);
    }
    for (int i = 0; i < n; i++)
        goes_on = goes_on && read_claim(s, c[i]);
    for (int i = 0; i < n; i++)
        kafc_claim_free(c[i]);
    return goes_on;
}

static void commit_all_ways(struct scene *s, kafc_reader *r)
{
    kafc_offset o = { .topic = "t", .offset = 3, .metadata = "note" };
    kafc_group_metadata g;
    kafc_error err;
    kafc_err code;

    code = kafc_reader_commit_async(r, &o, 1, NULL, NULL, &err);
    if (code)
        (void)gives_up(s, code, &err);
    while ((code = kafc_reader_commit_offsets(r, &o, 1, wait_ms(s), &err)) != KAFC_OK)
        if (gives_up(s, code, &err))
            return;
    while ((code = kafc_reader_committed(r, &o, 1, wait_ms(s), &err)) != KAFC_OK)
        if (gives_up(s, code, &err))
            return;
    ck_assert_int_eq(o.offset, 3);
    ck_assert_str_eq(o.metadata, "note");
    while ((code = kafc_reader_group_metadata(r, &g, &err)) != KAFC_OK)
        if (gives_up(s, code, &err))
            return;
    while ((code = kafc_reader_commit_delivered(r, wait_ms(s), &err)) != KAFC_OK)
        if (gives_up(s, code, &err))
            return;
    o = (kafc_offset){ .topic = "t", .partition = 1, .offset = 5, .metadata = "mark" };
    while ((code = kafc_reader_mark_offsets(r, &o, 1, &err)) != KAFC_OK)
        if (gives_up(s, code, &err))
            return;
}

static void check(struct scene *s)
{
    static const int64_t want[PARTITIONS] = { MESSAGES, 5, MESSAGES };
    kafc_mock_group g;

    for (int32_t p = 0; p < PARTITIONS; p++) {
        int64_t at = -1;

        ck_assert_int_eq(kafc_mock_committed(s->mock, s->group, "t", p, &at), KAFC_OK);
        ck_assert_msg(at == want[p], "partition %d: %lld is committed", (int)p, (long long)at);
    }
    ck_ok(kafc_mock_group_get(s->mock, s->group, &g));
    ck_assert_int_eq(g.members, 0);
}

static void use(struct scene *s, kafc_reader *r)
{
    static const char *const topics[] = { "t" };
    kafc_error err;
    kafc_err code;

    while ((code = kafc_reader_subscribe(r, topics, 1, &err)) != KAFC_OK)
        if (gives_up(s, code, &err))
            return;
    if (s->claims ? read_claims(s, r) : read_all(s, r))
        commit_all_ways(s, r);
    code = kafc_reader_close(r, wait_ms(s), &err);
    ck_assert_msg(!s->whole || code == KAFC_OK, "%s", err.message);
    if (s->whole)
        check(s);
}

/* Who has no memory tells nothing; what is told is right. */
static void told(void *ctx, const kafc_offset *v, int32_t n, kafc_err code, const kafc_error *err)
{
    atomic_int *calls = ctx;

    atomic_fetch_add(calls, 1);
    ck_assert_int_gt(n, 0);
    ck_assert_int_eq(code != KAFC_OK, err != NULL);
    for (int32_t i = 0; i < n; i++)
        ck_assert_str_eq(v[i].topic, "t");
}

static void scenario(struct scene *s)
{
    kafc_error err;
    kafc_reader *r = NULL;
    atomic_int calls = 0;
    kafc_client *c = kafc_client_open(
        KAFC_CLIENT(.brokers = kafc_mock_bootstrap(s->mock), .allocator = &s->memory->mem,
                    .retry_backoff_ms = 2, .retry_backoff_max_ms = 5, .reconnect_backoff_ms = 2,
                    .reconnect_backoff_max_ms = 5),
        &err);

    if (c)
        r = kafc_reader_open(c,
                             KAFC_READER(.group = s->group, .heartbeat_interval_ms = 20,
                                         .max_wait_ms = 20, .commit_interval_ms = -1,
                                         .on_commit = told, .ctx = &calls),
                             &err);
    if (!r)
        ck_assert_msg(err.code == KAFC_ERR_NO_MEMORY, "%s", err.message);
    if (r)
        use(s, r);
    kafc_reader_free(r);
    kafc_client_free(c);
    ck_assert_msg(!r || !s->whole || atomic_load(&calls) > 0, "no commit was told");
}

static void replay(bool claims, bool all_after, int step)
{
    struct reading e;
    struct test_alloc a;
    int rounds = 0;

    reading_open(&e, 1, PARTITIONS);
    for (int32_t p = 0; p < PARTITIONS; p++)
        put_records(&e, "t", p, MESSAGES, 1000, -1);
    for (long at = 1; rounds++ < ROUNDS_MAX; at += step) {
        struct scene s = { .mock = e.mock, .memory = &a, .whole = !all_after, .claims = claims };

        (void)snprintf(s.group, sizeof s.group, "g%ld", at);
        test_alloc_init(&a);
        a.fail_at = at;
        a.fail_all_after = all_after;
        scenario(&s);
        ck_assert_msg(atomic_load(&a.live) == 0, "allocation %ld failed: %ld are leaked", at,
                      atomic_load(&a.live));
        if (atomic_load(&a.calls) < at)
            break; /* none failed any more */
    }
    ck_assert_int_lt(rounds, ROUNDS_MAX);
    ck_assert_int_gt(rounds, 40);
    reading_close(&e);
}

START_TEST(a_group_with_one_allocation_failing)
{
    replay(false, false, 1);
}
END_TEST

START_TEST(a_group_with_all_allocations_failing_from_one_on)
{
    replay(false, true, 3);
}
END_TEST

START_TEST(claims_with_one_allocation_failing)
{
    replay(true, false, 1);
}
END_TEST

START_TEST(claims_with_all_allocations_failing_from_one_on)
{
    replay(true, true, 3);
}
END_TEST

SUITE_MAIN("oom/group", 100, a_group_with_one_allocation_failing,
           a_group_with_all_allocations_failing_from_one_on, claims_with_one_allocation_failing,
           claims_with_all_allocations_failing_from_one_on)
