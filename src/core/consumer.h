/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The reader's machine: positions, fetches, and the hand-over of what was
 * fetched (DESIGN 8). A member of the core. The driver's thread fetches;
 * application threads take batches out. They meet under one lock, once for each
 * batch, never for a message. client/reader adds the waits; the simulator
 * calls this directly.
 */
#ifndef KAFC_CORE_CONSUMER_H
#define KAFC_CORE_CONSUMER_H

#include "core/core.h"
#include "core/cursor.h"
#include <kafc/reader.h>

struct kafc_consumer;
struct kafc_consumer_partition;

/* The hand of one thread that takes batches out. Several may take at the same time: the reader's, and those that have
 * claimed a partition. */
struct kafc_taker {
    struct kafc_consumer *c;
    struct kafc_fetched
        *current; /* what next() stands in; changed by its thread, under the consumer's lock */
    struct kafc_decompress decompress; /* contexts, lent to current */
    atomic_bool look;         /* current may have been taken away: to be looked at under the lock */
    _Atomic int64_t position; /* next to deliver out of current */
    /* Of a claim: */
    struct kafc_consumer_partition
        *only;         /* this is taken from, by nobody else. NULL: the reader's */
    atomic_bool ended; /* it goes, or has gone */
    bool awaited;      /* the group waits for the claim to be freed */
    void (*on_ready)(
        void *ctx); /* something may be there, or it has ended. The consumer's lock is held */
    void *ctx;
};

struct kafc_consumer_config {
    kafc_allocator mem;
    kafc_reader_options options; /* resolved: every field has its value, zeros are real (rule V1) */
    /* Something may be there to take, or to say. Driver's thread, no locks held. */
    void (*on_ready)(void *ctx);
    void *ctx;
};

/* Hangs itself on the core; topics and positions come with assign. Driver's thread. NULL when out of memory. */
struct kafc_consumer *kafc__consumer_new(struct kafc_core *core,
                                         const struct kafc_consumer_config *cfg);
/* Ends all work: nothing is fetched any more. Driver's thread, while the application's thread may be in any call. */
void kafc__consumer_stop(struct kafc_consumer *c);
/* Which one, for the sentence of a timeout; false: none. Driver's thread. */
bool kafc__consumer_why(struct kafc_consumer *c, kafc_error *out);
/* Driver's thread; nobody is inside any other call. Batches that were handed out live on. */
void kafc__consumer_free(struct kafc_consumer *c);

/* --- Application's thread, one at a time; none of these waits ---------------- */

/* Reads all partitions of a topic, those that appear later included, or one of it (partition >= 0). */
kafc_err kafc__consumer_read_topic(struct kafc_consumer *c, const char *topic, int32_t partition,
                                   kafc_error *err);
/* These as the public functions of kafc/reader.h. */
kafc_err kafc__consumer_assign(struct kafc_consumer *c, const kafc_assignment *a, int32_t n,
                               kafc_error *err);
kafc_err kafc__consumer_assign_add(struct kafc_consumer *c, const kafc_assignment *a, int32_t n,
                                   kafc_error *err);
kafc_err kafc__consumer_assign_remove(struct kafc_consumer *c, const kafc_topic_partition *v,
                                      int32_t n, kafc_error *err);
/* Topics are borrowed from the consumer, as long as it lives. */
int32_t kafc__consumer_assignment(struct kafc_consumer *c, kafc_topic_partition *out, int32_t cap);
/* on: pauses, else resumes. */
kafc_err kafc__consumer_pause(struct kafc_consumer *c, const kafc_topic_partition *v, int32_t n,
                              bool on, kafc_error *err);
kafc_err kafc__consumer_seek(struct kafc_consumer *c, const char *topic, int32_t partition,
                             kafc_position to, kafc_error *err);
/* The taker of the thread that reads: of all partitions that nobody has claimed. */
struct kafc_taker *kafc__consumer_taker(struct kafc_consumer *c);
/* As kafc_reader_fetch and kafc_reader_fetch_batch with timeout 0: KAFC_ERR_WOULD_BLOCK when nothing is there. */
kafc_err kafc__consumer_next(struct kafc_taker *t, kafc_message *m, kafc_error *err);
kafc_err kafc__consumer_next_batch(struct kafc_taker *t, kafc_batch **out, kafc_error *err);
kafc_err kafc__consumer_state(struct kafc_consumer *c, const char *topic, int32_t partition,
                              kafc_reader_state *out, kafc_error *err);
/* The next partition that nobody has claimed and that the application knows: *t, with on_ready set, is its taker from
 * now on. Else as kafc__consumer_next() without messages: KAFC_ERR_WOULD_BLOCK, KAFC_ERR_END_OF_RANGE when everything
 * was read to its stop, notices of no partition. */
kafc_err kafc__consumer_claim(struct kafc_consumer *c, struct kafc_taker *t, kafc_error *err);
/* Gives the partition back, where the taker stands. */
void kafc__claim_fini(struct kafc_taker *t);
/* The taker's thread; as those of the consumer. The topic is the consumer's. */
kafc_topic_partition kafc__claim_of(const struct kafc_taker *t);
kafc_err kafc__claim_seek(struct kafc_taker *t, kafc_position to, kafc_error *err);
void kafc__claim_state(struct kafc_taker *t, kafc_reader_state *out);
/* Is nothing assigned? */
bool kafc__consumer_reads_nothing(struct kafc_consumer *c);
/* Is there a reason for waiting in vain, but that nothing was written? */
bool kafc__consumer_in_trouble(struct kafc_consumer *c);
/* The application has waited for a message for so long, for the statistics. */
void kafc__consumer_waited(struct kafc_consumer *c, int64_t us);
/* Makes the driver call on_ready. Any thread, signal handlers too. */
void kafc__consumer_poke(struct kafc_consumer *c);

#endif
