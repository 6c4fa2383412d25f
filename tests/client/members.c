/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Members for tests.
 */
#include "tests/client/members.h"

#include <kafc/groups.h>

void member_told(void *ctx, kafc_reader *r, const kafc_rebalance *what)
{
    struct member *m = ctx;

    ck_assert_msg(m->inside, "told outside of a call");
    m->reader = r; /* the first may come before open has returned it to the test */
    switch (what->kind) {
    case KAFC_ASSIGNED:
        m->assigned++;
        m->owned += what->n;
        break;
    case KAFC_REVOKED:
        m->revoked++;
        m->owned -= what->n;
        break;
    case KAFC_LOST:
        m->lost++;
        m->owned -= what->n;
        ck_assert_ptr_nonnull(what->why);
        m->why = what->why->code;
        break;
    }
    ck_assert_int_ge(m->owned, 0);
}

void member_open(struct reading *e, struct member *m, const kafc_reader_options *o)
{
    m->reader = kafc_reader_open(e->client, o, &e->err);
    ck_assert_msg(m->reader != NULL, "%s", e->err.message);
}

void member_close(struct reading *e, struct member *m)
{
    if (!m->reader)
        return;
    m->inside = true;
    kafc_err code = kafc_reader_close(m->reader, SOON, &e->err);
    ck_assert_msg(code == KAFC_OK, "%s: %s", kafc_err_name(code), e->err.message);
    m->inside = false;
    kafc_reader_free(m->reader);
    m->reader = NULL;
}

kafc_err member_fetch(struct reading *e, struct member *m, int timeout_ms)
{
    m->inside = true;
    kafc_err code = kafc_reader_fetch(m->reader, &m->m, timeout_ms, &e->err);
    m->inside = false;
    m->read += code == KAFC_OK;
    return code;
}

static bool settled(struct reading *e, struct member **m, int n, const int *owned)
{
    kafc_mock_group g;
    int members = 0;

    for (int i = 0; i < n; i++) {
        if (m[i]->owned != owned[i])
            return false;
        members += owned[i] >= 0;
    }
    return kafc_mock_group_get(e->mock, "g", &g) == KAFC_OK && g.state == KAFC_MOCK_GROUP_STABLE &&
           !g.waiting && g.members == members;
}

void members_settle(struct reading *e, struct member **m, int n, const int *owned)
{
    int64_t until = kafc__clock_mono_us() + (int64_t)SOON * 1000;

    while (!settled(e, m, n, owned)) {
        ck_assert_msg(kafc__clock_mono_us() < until,
                      "the group does not settle: %d and %d partitions", m[0]->owned,
                      n > 1 ? m[1]->owned : 0);
        for (int i = 0; i < n; i++) {
            kafc_err code = member_fetch(e, m[i], 5);

            ck_assert_msg(code == KAFC_OK || code == KAFC_ERR_TIMED_OUT, "%s: %s",
                          kafc_err_name(code), e->err.message);
        }
    }
}

void member_expect(struct reading *e, struct member *m, int32_t partition, int64_t offset)
{
    kafc_err code = member_fetch(e, m, SOON);

    ck_assert_msg(code == KAFC_OK, "%s: %s", kafc_err_name(code), e->err.message);
    ck_assert_str_eq(m->m.topic, "t");
    ck_assert_int_eq(m->m.partition, partition);
    ck_assert_int_eq(m->m.offset, offset);
}

void member_expect_err(struct reading *e, struct member *m, kafc_err code)
{
    kafc_err got = member_fetch(e, m, SOON);

    ck_assert_msg(got == code, "expected %s, got %s: %s", kafc_err_name(code), kafc_err_name(got),
                  got ? e->err.message : "a message");
}

void group_commit(struct reading *e, int32_t partition, int64_t offset)
{
    kafc_offset o = { .topic = "t", .partition = partition, .offset = offset };

    ck_ok(kafc_admin_commit_offsets(e->client, "g", &o, 1, SOON, &e->err));
}
