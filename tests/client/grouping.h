/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the tests of readers in groups share: what was committed, what
 * on_rebalance was told, several readers that take turns on one thread.
 * Everything fails the running test when it goes wrong.
 */
#ifndef KAFC_TESTS_GROUPING_H
#define KAFC_TESTS_GROUPING_H

#include "tests/client/reading.h"
#include <kafc/group.h>

/* Options: group "g", quick to hear of a rebalance. */
#define GROUP .group = "g", .heartbeat_interval_ms = 20

/* What group "g" has committed of "t", or KAFC_OFFSET_UNKNOWN. */
int64_t committed(struct reading *e, int32_t partition);
/* Fetches until that is so; and until the group has so many members, without. */
void await_committed(struct reading *e, int32_t partition, int64_t offset);
void await_members(struct reading *e, int32_t n);

struct told {
    int n[4];     /* notices, by kind */
    int parts[4]; /* partitions in them */
    kafc_err why;
    void (*act)(struct told *t, kafc_reader *r, const kafc_rebalance *what);
    void *ctx;
};

/* For .on_rebalance; .ctx is a struct told. */
void on_rebalance(void *ctx, kafc_reader *r, const kafc_rebalance *what);

enum { READERS = 3 };

struct crowd {
    struct reading e; /* its reader is unused */
    kafc_reader *r[READERS];
    struct told t[READERS];
    int32_t got[READERS]; /* messages */
    int n;
};

/* Topic "t" with so many partitions. */
void crowd_open(struct crowd *c, int32_t partitions);
/* One reader more, of "t", with these options. */
void crowd_join(struct crowd *c, const kafc_reader_options *o);
/* Each reader takes what is there. */
void turn(struct crowd *c);
/* Until the readers have all partitions in equal shares, were told so, and the group is stable. */
void settle(struct crowd *c, int32_t partitions);
void crowd_close(struct crowd *c);

#endif
