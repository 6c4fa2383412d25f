/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Helpers of the tests of readers in groups.
 */
#include "tests/client/grouping.h"

int64_t committed(struct reading *e, int32_t partition)
{
    int64_t at = KAFC_OFFSET_UNKNOWN;

    (void)kafc_mock_committed(e->mock, "g", "t", partition, &at);
    return at;
}

void await_committed(struct reading *e, int32_t partition, int64_t offset)
{
    int64_t until = kafc__clock_mono_us() + (int64_t)SOON * 1000;

    while (committed(e, partition) != offset) {
        ck_assert_msg(kafc__clock_mono_us() < until, "committed: %lld",
                      (long long)committed(e, partition));
        (void)kafc_reader_fetch(e->reader, &e->m, 1, &e->err);
    }
}

void await_members(struct reading *e, int32_t n)
{
    int64_t until = kafc__clock_mono_us() + (int64_t)SOON * 1000;
    kafc_mock_group g = { .members = -1 };

    while (g.members != n) {
        ck_assert_msg(kafc__clock_mono_us() < until, "%d members", (int)g.members);
        (void)kafc_mock_group_get(e->mock, "g", &g);
    }
}

void on_rebalance(void *ctx, kafc_reader *r, const kafc_rebalance *what)
{
    struct told *t = ctx;

    t->n[what->kind]++;
    t->parts[what->kind] += what->n;
    ck_assert_int_eq(what->why != NULL, what->kind == KAFC_LOST);
    if (what->why)
        t->why = what->why->code;
    if (t->act)
        t->act(t, r, what);
}

/* --- Several readers --------------------------------------------------------------- */

void crowd_open(struct crowd *c, int32_t partitions)
{
    memset(c, 0, sizeof *c);
    reading_open(&c->e, 1, partitions);
}

void crowd_join(struct crowd *c, const kafc_reader_options *o)
{
    kafc_reader_options mine = *o;

    mine.on_rebalance = on_rebalance;
    mine.ctx = &c->t[c->n];
    mine.topic = "t";
    c->r[c->n] = kafc_reader_open(c->e.client, &mine, &c->e.err);
    ck_assert_msg(c->r[c->n] != NULL, "%s", c->e.err.message);
    c->n++;
}

void turn(struct crowd *c)
{
    for (int i = 0; i < c->n; i++) {
        kafc_err code = c->r[i] ? kafc_reader_fetch(c->r[i], &c->e.m, 1, &c->e.err)
                                : KAFC_ERR_TIMED_OUT;

        ck_assert_msg(code == KAFC_OK || code == KAFC_ERR_TIMED_OUT, "%s", c->e.err.message);
        c->got[i] += code == KAFC_OK;
    }
}

/* As it was told. */
static int32_t owned(const struct told *t)
{
    return t->parts[KAFC_ASSIGNED] - t->parts[KAFC_REVOKED] - t->parts[KAFC_LOST];
}

void settle(struct crowd *c, int32_t partitions)
{
    int64_t until = kafc__clock_mono_us() + (int64_t)SOON * 1000;
    kafc_mock_group g = { .state = KAFC_MOCK_GROUP_DEAD };
    int32_t members = 0, all = 0;
    bool fair = false;

    for (int i = 0; i < c->n; i++)
        members += c->r[i] != NULL;
    while (all != partitions || !fair || g.state != KAFC_MOCK_GROUP_STABLE) {
        ck_assert_msg(kafc__clock_mono_us() < until, "it does not settle: %d of %d", all,
                      partitions);
        turn(c);
        all = 0;
        fair = true;
        for (int i = 0; i < c->n; i++) {
            int32_t n = c->r[i] ? kafc_reader_assignment(c->r[i], NULL, 0) : 0;

            all += n;
            fair = fair && (!c->r[i] || (n >= partitions / members && n <= partitions / members + 1 &&
                                         owned(&c->t[i]) == n));
        }
        (void)kafc_mock_group_get(c->e.mock, "g", &g);
    }
}

void crowd_close(struct crowd *c)
{
    for (int i = 0; i < c->n; i++) {
        if (c->r[i])
            ck_ok(kafc_reader_close(c->r[i], SOON, &c->e.err));
        kafc_reader_free(c->r[i]);
    }
    reading_close(&c->e);
}
