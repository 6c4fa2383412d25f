/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Members with options of their own, and what each was told: for tests that ask
 * more of one than the crowd of tests/client/grouping.h.
 */
#ifndef KAFC_TESTS_MEMBERS_H
#define KAFC_TESTS_MEMBERS_H

#include "tests/client/grouping.h"

/* A member: its reader, and what it was told. */
struct member {
    kafc_reader *reader;
    int assigned, revoked, lost; /* notices */
    int owned;                   /* partitions, as the notices say */
    kafc_err why;                /* of the last LOST */
    bool inside;                 /* the test is in a call that may tell */
    kafc_message m;              /* the last one */
    int64_t read;                /* messages */
};

/* For on_rebalance, ctx the member. */
void member_told(void *ctx, kafc_reader *r, const kafc_rebalance *what);
/* Options of a member of "g" that is told, with pauses as short as a test wants them. */
#define MEMBER(m_, ...) \
    KAFC_READER(.group = "g", .on_rebalance = member_told, .ctx = (m_), \
                .heartbeat_interval_ms = 20, .max_wait_ms = 50, __VA_ARGS__)
void member_open(struct reading *e, struct member *m, const kafc_reader_options *o);
void member_close(struct reading *e, struct member *m);
/* One fetch: a message or nothing within the time. */
kafc_err member_fetch(struct reading *e, struct member *m, int timeout_ms);
/* Drives n members in turn until each owns so many partitions and the group is stable. Messages are counted. */
void members_settle(struct reading *e, struct member **m, int n, const int *owned);
/* The next message of m. */
void member_expect(struct reading *e, struct member *m, int32_t partition, int64_t offset);
void member_expect_err(struct reading *e, struct member *m, kafc_err code);

/* "g" without members has committed this. */
void group_commit(struct reading *e, int32_t partition, int64_t offset);

#endif
