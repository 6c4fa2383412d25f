/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The machine behind a writer: partitions, open batches, idempotence, Produce
 * requests, verdicts. A member of a core; src/client/writer.c puts the waits
 * around it, the simulator drives it in one thread.
 *
 * "Any thread" functions may be called by application threads while the
 * driver's thread runs the core; all others belong to the driver's thread.
 *
 * In one thread:  p = kafc__producer_new(core, &cfg, &err); kafc__producer_start(p);
 *                 kafc__producer_send(…) as often as wished, driving the core in between;
 *                 kafc__producer_reports(p, …) collects verdicts;
 *                 kafc__producer_close(p, now + timeout); drive until kafc__producer_closed(p);
 *                 kafc__producer_reports(…) until it gives 0; kafc__producer_stop(p); kafc__producer_free(p).
 *
 * Locks, in this order; none is held while a callback runs but where said:
 *   topics (the map) -> topic (what waits for metadata) -> partition (the open batch) -> pool, reports (leaves).
 */
#ifndef KAFC_CORE_PRODUCER_H
#define KAFC_CORE_PRODUCER_H

#include "core/core.h"
#include <kafc/stats.h>

struct kafc_producer;

/* Every field is final: src/client/writer.c has applied the defaults (there is no KAFC_ZERO here but in level). */
struct kafc_producer_config {
    kafc_allocator mem;
    const char *topic;      /* or NULL: on each message (rule W4) */
    int16_t acks;           /* -1, 0, 1 */
    bool idempotence;       /* wanted; only with acks -1 */
    bool idempotence_asked; /* by the caller: then it does not give way (rule W6) */
    kafc_compression compression;
    int32_t level; /* of the codec: 0 its default, KAFC_ZERO level 0 */
    const kafc_writer_topic *topics;
    int32_t ntopics;
    int64_t linger_us;
    int32_t batch_bytes;
    int32_t batch_messages; /* 0: no limit */
    int32_t message_max_bytes;
    int64_t buffer_bytes;
    int64_t delivery_timeout_us;
    int64_t request_timeout_us;      /* 0: the core's */
    int32_t attempts_max;            /* at a batch, that reached the network; 0: no limit */
    int32_t max_in_flight;           /* 1..5 */
    const char *partitioner;         /* NULL: murmur2 */
    bool ignore_keys;                /* keys are taken for none */
    bool not_adaptive;               /* keyless messages do not shun long queues */
    int64_t availability_timeout_us; /* 0: none */
    kafc_partitioner_fn on_partition;
    void *partition_ctx;
    bool create_topics;
    int64_t
        metadata_max_idle_us; /* so long a topic is asked for that nobody writes to; 0: for ever */
    const char *transactional_id; /* or NULL; with idempotence_asked */
    int32_t transaction_timeout_ms;
    kafc_reports reports; /* ALL, FAILURES, NONE, or with on_batch BATCHES */
    int32_t report_slots;
    uint64_t seed; /* of the sticky and random partitioners */

    /* Monotonic µs, any thread; called once for each batch that is opened. NULL: the core's own time at which it
     * sees the batch. */
    int64_t (*now_us)(void *ctx);
    /* On the driver's thread, no locks held: a report, instead of the queue of kafc__producer_reports(). May send. */
    void (*on_report)(void *ctx, const kafc_report *report);
    /* The same for a whole batch, for kafc__producer_settled_next(); wins over on_report. */
    void (*on_batch)(void *ctx, kafc_settled *s);
    /* The same, when there is room for those who asked by kafc__producer_want_room(). */
    void (*on_room)(void *ctx);
    /* Something changed: room, reports, a write, a flush or the close ended. Any thread, perhaps with the budget's
     * lock held: sets a flag or signals a condition and does no more. May be NULL. */
    void (*on_event)(void *ctx);
    void *ctx;
};

/* Strings are copied. NULL: KAFC_ERR_USAGE (an unknown partitioner, idempotence without acks all), KAFC_ERR_NO_CODEC,
 * KAFC_ERR_NO_MEMORY. Touches nothing of the core: any thread. */
struct kafc_producer *kafc__producer_new(struct kafc_core *core,
                                         const struct kafc_producer_config *cfg, kafc_error *err);
/* Hangs it on the core. Messages may be sent before. */
kafc_err kafc__producer_start(struct kafc_producer *p, kafc_error *err);
/* Takes it off the core, whatever its state: what has no verdict yet gets one (KAFC_ERR_CLOSED). Reports can still be
 * collected. Idempotent. */
void kafc__producer_stop(struct kafc_producer *p);
/* After stop (or without start). Any thread, the last call. */
void kafc__producer_free(struct kafc_producer *p);

/* --- Any thread ------------------------------------------------------------ */

/* Takes a copy of the message or refuses it; never waits. wall_ms: for messages without a timestamp.
 * KAFC_ERR_WOULD_BLOCK: no room in buffer_bytes or report_slots (on_event tells when to try again);
 * KAFC_ERR_TOO_LARGE, KAFC_ERR_USAGE, KAFC_ERR_CLOSED, KAFC_ERR_NO_MEMORY. After any error there is no report. */
kafc_err kafc__producer_send(struct kafc_producer *p, const kafc_message *m, void *opaque,
                             int64_t wall_ms, kafc_error *err);

/* Somebody was refused for want of room and does not wait: on_room follows. Called before the last attempt, so that no
 * room is missed. */
void kafc__producer_want_room(struct kafc_producer *p);

/* A partition has a full batch in line behind enough of them. More would not be sent sooner, but would be cold in the
 * cache by then: who can wait does so for a moment, until this is false (on_event): the partition has no more than
 * enough again, or two batches have come back for the one, whoever's. He goes on after kafc__producer_crowd_on() in any
 * case: the partition is not waited for again until something of it comes back. The same
 * while many messages wait for metadata. Gives the µs that the moment may take, 0: no need. */
int32_t kafc__producer_crowded(const struct kafc_producer *p);
void kafc__producer_crowd_on(struct kafc_producer *p);

/* A group of messages whose verdicts somebody waits for; they do not linger and need no report slots. */
struct kafc_write_entry {
    struct kafc_write *write;
    int32_t record;      /* its place in its batch; the producer's */
    bool taken;          /* accepted: report is the producer's until settled */
    atomic_bool settled; /* report is final */
    kafc_report report;  /* KAFC_PERHAPS_WRITTEN and KAFC_ERR_TIMED_OUT until then */
};
struct kafc_write {
    atomic_int refs;
    atomic_int left; /* entries taken and without a verdict, and 1 until kafc__producer_write_end */
    kafc_allocator mem;
    int32_t n;
    struct kafc_write_entry entry[];
};
struct kafc_write *kafc__producer_write_begin(struct kafc_producer *p,
                                              int32_t n); /* NULL: out of memory */
/* As send; entry i of the group gets the verdict. After an error it may be tried again. */
kafc_err kafc__producer_write_add(struct kafc_producer *p, struct kafc_write *w, int32_t i,
                                  const kafc_message *m, int64_t wall_ms, kafc_error *err);
/* All that is to be added was (or so far: call it before waiting for room): sends it. */
void kafc__producer_write_push(struct kafc_producer *p);
/* No more adds. on_event follows when all have verdicts. */
void kafc__producer_write_end(struct kafc_producer *p, struct kafc_write *w);
bool kafc__producer_write_done(const struct kafc_write *w);
void kafc__producer_write_unref(struct kafc_write *w); /* whether done or not */

/* Collects up to max reports, oldest batch first; 0: none now (after closed: none any more, the end mark). */
int32_t kafc__producer_reports(struct kafc_producer *p, kafc_report *out, int32_t max);

/* From now on fn is told, under a lock, when reports (or the end mark) begin to wait and when they do not any more; at
 * once if they do. It calls nothing of the producer. NULL: nobody is. */
void kafc__producer_watch_reports(struct kafc_producer *p, void (*fn)(void *ctx, bool waiting),
                                  void *ctx);
/* The next report of a batch that on_batch was given. */
bool kafc__producer_settled_next(kafc_settled *s, kafc_report *r);

/* A flush in the waiter's memory; on_event follows when done is set. */
struct kafc_flush {
    struct kafc_list node;
    uint64_t waiting, batches; /* up to which; the producer's */
    int stage;
    atomic_bool done;
};
void kafc__producer_flush_begin(struct kafc_producer *p, struct kafc_flush *f);
void kafc__producer_flush_end(struct kafc_producer *p,
                              struct kafc_flush *f); /* before f goes, done or not */

/* Refuses new messages from now on, flushes, and at the deadline (monotonic µs; earlier ones win) fails what is left.
 * on_event follows when kafc__producer_closed() is true. */
void kafc__producer_close(struct kafc_producer *p, int64_t deadline);
bool kafc__producer_closed(const struct kafc_producer *p);
bool kafc__producer_closed_in_time(
    const struct kafc_producer *p); /* nothing failed for want of time */

/* NULL: without transactional id (core/txn.h). */
struct kafc_txn *kafc__producer_txn(struct kafc_producer *p);
/* Around calls of core/txn on the driver's thread: what follows from them is done when it is left. */
void kafc__producer_enter(struct kafc_producer *p);
void kafc__producer_leave(struct kafc_producer *p);

/* Makes the driver call on_event. Signal handlers too. */
void kafc__producer_wake(struct kafc_producer *p);
/* The messages and bytes alone, from messages to held_bytes. */
void kafc__producer_counts(const struct kafc_producer *p, kafc_writer_stats *out);
/* A sender had to wait so long for room. */
void kafc__producer_waited(struct kafc_producer *p, int64_t us);
/* The one of the config, or NULL. Lives as long as the producer. */
const char *kafc__producer_topic(const struct kafc_producer *p);
/* The last failure's sentence, of a request or of a batch: what stands behind timeouts. Empty if there was none. */
void kafc__producer_why(struct kafc_producer *p, char *buf, size_t cap);

#endif
