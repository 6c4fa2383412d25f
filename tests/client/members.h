/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the tests of readers in groups share, besides tests/client/reading.h:
 * a function that is told of rebalances, and several members that are driven by
 * the one thread of a test, in turn.
 */
#ifndef KAFC_TESTS_MEMBERS_H
#define KAFC_TESTS_MEMBERS_H

#include <pthread.h>

#include <kafc/group.h>

#include "tests/client/reading.h"

/* A member: its reader, and what it was told. */
struct member {
    kafc_reader *reader;
    int assigned, revoked, lost; /* notices */
    int owned;                   /* partitions, as the notices say */
    kafc_err why;                /* of the last LOST */
    pthread_t thread;            /* that the last notice came on */
    bool inside;                 /* the test is in a call that may tell */
    void (*in)(struct member *m,
               const kafc_rebalance *what); /* what a notice is used for; or NULL */
    void *ctx;                              /* for it */
    kafc_message m;                         /* the last one */
    int64_t read;                           /* messages */
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
/* Drives n members in turn until each owns so many partitions and the group is stable. Messages that come are
 * counted. */
void members_settle(struct reading *e, struct member **m, int n, const int *owned);
/* The next message of m. */
void member_expect(struct reading *e, struct member *m, int32_t partition, int64_t offset);
void member_expect_err(struct reading *e, struct member *m, kafc_err code);

/* What "g" has committed of "t", by the mock; or KAFC_OFFSET_UNKNOWN. */
int64_t group_committed(struct reading *e, int32_t partition);
/* "g" without members has committed this. */
void group_commit(struct reading *e, int32_t partition, int64_t offset);
/* Waits until `arrived` requests of the API have come. */
void await_requests(struct reading *e, int16_t api, uint64_t arrived);

#endif
