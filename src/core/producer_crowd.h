/* SPDX-License-Identifier: BSD-2-Clause
 *
 * When senders that can wait had better do so for a moment: kafc__producer_crowded().
 */
#ifndef KAFC_CORE_PRODUCER_CROWD_H
#define KAFC_CORE_PRODUCER_CROWD_H

#include <stdatomic.h>
#include <stdint.h>

enum {
    CROWD_BYTES = 2 << 20, /* sealed of a partition: more would be cold when they are sent */
    CROWD_WAIT = 2,        /* batches that come back for one too many: so what piled up goes down */
    CROWD_US = 1000,       /* no more: the partition's broker may be a slow one, and others idle */
    UNPLACED_MANY = 256,   /* messages */
    UNPLACED_US = 20000
};

/* Messages that wait for metadata, each in memory of its own. LONG: and still do after a pause. */
enum kafc_unplaced { KAFC_UNPLACED_FEW, KAFC_UNPLACED_MANY, KAFC_UNPLACED_LONG };

struct kafc_crowd {
    int32_t enough;                   /* sealed batches of a partition */
    _Atomic(struct kafc_part *) part; /* that has more; or NULL */
    atomic_int left;                  /* batches that have to come back first */
    atomic_int unplaced;              /* enum kafc_unplaced */
};

#endif
