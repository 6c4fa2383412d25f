/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A reader: partitions of topics, by hand or as a member of a group; what only
 * groups have stands in kafc/group.h.
 *
 * Threads: one thread at a time calls a reader, except kafc_reader_wake() and
 * kafc_reader_mark_offsets(). Batches may be handed to other threads, and so
 * may claims (kafc/group.h).
 */
#ifndef KAFC_READER_H
#define KAFC_READER_H

#include <kafc/assignor.h>
#include <kafc/client.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct kafc_reader kafc_reader;
typedef struct kafc_fetched kafc_batch;

/* What to do when the position is not in the log any more (rule R3). */
typedef enum kafc_reset {
    KAFC_RESET_DEFAULT = 0, /* below the log start: first, with a KAFC_ERR_SKIPPED notice; above the end: error */
    KAFC_RESET_FIRST = 1,
    KAFC_RESET_LAST = 2,
    KAFC_RESET_FAIL = 3,
    KAFC_RESET_START = 4 /* where the reader's `start` says: KAFC_AGO(ms) counts from then. Within the log */
} kafc_reset;

typedef enum kafc_rebalance_kind {
    KAFC_ASSIGNED = 1, /* these are ours from here on; kafc_reader_seek() sets where they start */
    KAFC_REVOKED = 2,  /* these go when the function returns: finish them, mark or commit; then another may have them */
    KAFC_LOST = 3      /* these are gone, another member may have them already: nothing of them can be committed */
} kafc_rebalance_kind;

/* What has changed in what a member owns. Borrowed while the function runs. */
typedef struct kafc_rebalance {
    kafc_rebalance_kind kind;
    int32_t n;                              /* of ASSIGNED also 0: this member got nothing new */
    const kafc_topic_partition *partitions; /* those that come or go; the others stay */
    const kafc_error *why;                  /* of LOST; else NULL */
    void *reserved[4];
} kafc_rebalance;

/* Runs inside a call of the reader, on the caller's thread (rule R8): every call of the reader is allowed but those
 * that deliver messages, subscribe, assign, close and free. */
typedef void (*kafc_rebalance_fn)(void *ctx, kafc_reader *r, const kafc_rebalance *what);

/* What became of a commit, on the loop's thread: must not block, and call nothing but kafc_reader_mark_offsets(). v
 * is borrowed while it runs, v[i].result is each one's own; code is that of the first that failed, whose sentence is
 * *err. */
typedef void (*kafc_commit_fn)(void *ctx, const kafc_offset *v, int32_t n, kafc_err code,
                               const kafc_error *err);

typedef struct kafc_reader_options {
    size_t size;
    const kafc_properties *properties;
    const char *topic;        /* read from the start, or subscribed to if there is a group; NULL: assign or subscribe */
    int32_t partition;        /* 0: all partitions of the topic; KAFC_ZERO: partition 0; n > 0: partition n. Not with
                               * a group */
    kafc_position start;      /* default KAFC_FIRST. Of a group: where nothing is committed; KAFC_COMMITTED: then it is
                               * KAFC_ERR_NO_OFFSET (rule R3). auto.offset.reset, by_duration:PT1H is KAFC_AGO(3600000).
                               * A time: brokers from 0.10.1 on */
    kafc_position stop;       /* default: never; KAFC_LAST: the end as it is now; rule R11 */
    kafc_reset reset;         /* out of range. auto.offset.reset, of which by_duration is KAFC_RESET_START */
    kafc_isolation isolation; /* default read committed. isolation.level */
    kafc_switch check_crcs;   /* default on */
    kafc_switch notify_end;   /* KAFC_ERR_END_OF_PARTITION each time an end is reached; default off */
    int32_t min_bytes;        /* a fetch waits for; 1. fetch.min.bytes */
    int32_t max_bytes;        /* of a fetch, at most; where answers come quickly less is asked for; 52428800.
                               * fetch.max.bytes */
    int32_t partition_max_bytes; /* the same of one partition; 1048576. max.partition.fetch.bytes */
    int32_t max_wait_ms;      /* a broker waits for min_bytes; 500; KAFC_ZERO: not at all, then an end is asked
                               * again each retry_backoff_ms. fetch.max.wait.ms */
    int64_t buffer_bytes;     /* fetched ahead and held at most; 67108864. queued.max.bytes */
    const char *group;        /* its name: offsets are kept there, and topics can be subscribed to. group.id */
    const char *group_instance; /* a static member: comes back as this without a rebalance. group.instance.id */
    const char *assignors;      /* names, the best first; "range,cooperative-sticky". A rebalance takes nothing away
                                 * that stays if all are cooperative. partition.assignment.strategy */
    const kafc_custom_assignor *custom_assignors; /* that `assignors` may name, too. They must stay */
    int32_t ncustom_assignors;
    int32_t session_timeout_ms;    /* a member that is silent for so long is dead; 45000 */
    int32_t heartbeat_interval_ms; /* 3000 */
    int32_t max_poll_interval_ms;  /* who is not back in a call that takes messages loses its partitions; also how
                                    * long the others wait in a rebalance; 300000 */
    int32_t commit_interval_ms;    /* what is marked is committed so often; 5000; -1: only by a call. Also before
                                    * partitions are given up. auto.commit.interval.ms */
    kafc_rebalance_fn on_rebalance; /* NULL: nobody is told */
    void *ctx;                      /* for it, and for on_commit */
    kafc_commit_fn on_commit; /* each request of a commit that no call asked for: of what is marked, on the interval,
                               * before partitions are given up, in unsubscribe and close. NULL: nobody is told */
    kafc_switch leave_static; /* unsubscribe and close take a static member out of the group at once, which rebalances;
                               * default off: it stays until its session ends, and may come back */
} kafc_reader_options;

#define KAFC_READER(...) (&(kafc_reader_options){ .size = sizeof(kafc_reader_options), __VA_ARGS__ })
static inline void kafc_reader_options_init(kafc_reader_options *o)
{
    memset(o, 0, sizeof *o);
    o->size = sizeof *o;
}

/* Reads, or joins the group, from now on if the options say what; o may be NULL. Does not wait. It must be freed before
 * the client. NULL: KAFC_ERR_USAGE for an option that makes no sense, KAFC_ERR_CLOSED, KAFC_ERR_NO_MEMORY. */
KAFC_API kafc_reader *kafc_reader_open(kafc_client *c, const kafc_reader_options *o, kafc_error *err)
    KAFC_NODISCARD;

typedef struct kafc_assignment {
    const char *topic;
    int32_t partition;
    kafc_position start; /* default: the reader's; with a group KAFC_COMMITTED, and that where nothing is committed */
    kafc_position stop;  /* default: the reader's */
} kafc_assignment;

/* Replaces what is read: reads exactly these from their starts (rule R2). Local and immediate; n == 0 reads nothing.
 * Strings are copied. With a group, what is marked is committed first, without waiting. After an error nothing is read.
 * KAFC_ERR_USAGE: the reader has a subscription (rule R1), which kafc_reader_unsubscribe() ends. */
KAFC_API kafc_err kafc_reader_assign(kafc_reader *r, const kafc_assignment *a, int32_t n, kafc_error *err);
/* The same for these alone; the others go on. After an error nothing has changed: KAFC_ERR_USAGE for one that is
 * assigned already, KAFC_ERR_NOT_ASSIGNED for one that is not. */
KAFC_API kafc_err kafc_reader_assign_add(kafc_reader *r, const kafc_assignment *a, int32_t n, kafc_error *err);
KAFC_API kafc_err kafc_reader_assign_remove(kafc_reader *r, const kafc_topic_partition *v, int32_t n,
                                            kafc_error *err);
/* What is assigned, by hand or by the group, by topic and partition: writes at most cap entries, returns how many there
 * are. Strings are borrowed until the next call that takes messages or changes the assignment. */
KAFC_API int32_t kafc_reader_assignment(kafc_reader *r, kafc_topic_partition *out, int32_t cap);

/* Holds at once, also for what was fetched ahead: it is kept, not delivered (rule R9), or fetched again afterwards if
 * others need its room in buffer_bytes. Survives seeks, and a rebalance for partitions that stay.
 * KAFC_ERR_NOT_ASSIGNED: one is not; then nothing has changed. NULL, n 0: all that are now; what is assigned later is
 * not paused: who holds all up does so in on_rebalance, too. */
KAFC_API kafc_err kafc_reader_pause(kafc_reader *r, const kafc_topic_partition *v, int32_t n, kafc_error *err);
KAFC_API kafc_err kafc_reader_resume(kafc_reader *r, const kafc_topic_partition *v, int32_t n, kafc_error *err);

/* The next message. It borrows from the reader and is valid until the next call on this reader; kafc_message_dup()
 * keeps it. Waits at most timeout_ms.
 * Also returns, with m->topic and m->partition set: KAFC_ERR_END_OF_PARTITION (notify_end; m->offset is the end),
 * KAFC_ERR_SKIPPED (m->offset is the new position; err tells how many were lost), errors of one partition such as
 * KAFC_ERR_OFFSET_OUT_OF_RANGE, KAFC_ERR_CORRUPT, KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION (once; read when it appears,
 * rule R12), KAFC_ERR_TOPIC_AUTHORIZATION_FAILED (once for a topic; read when it is allowed, which is found out about
 * once a second): the others go on at the next call.
 * KAFC_ERR_END_OF_RANGE: every partition reached its stop. KAFC_ERR_NOT_ASSIGNED instead of waiting: nothing is
 * assigned or subscribed to. With a group: KAFC_ERR_MAX_POLL_EXCEEDED once, after the partitions were lost for it (the
 * next call joins anew); KAFC_ERR_GROUP_AUTHORIZATION_FAILED with each attempt to join, about one a second, until it is
 * allowed; what keeps the reader out of the group for good, such as KAFC_ERR_FENCED_INSTANCE_ID, with each call.
 * KAFC_ERR_TIMED_OUT, KAFC_ERR_WOULD_BLOCK (timeout 0), KAFC_ERR_INTERRUPTED (kafc_reader_wake), KAFC_ERR_CLOSED. */
KAFC_API kafc_err kafc_reader_fetch(kafc_reader *r, kafc_message *m, int timeout_ms, kafc_error *err);

/* The same, a batch of one partition at a time. *out is the caller's, for kafc_batch_free(), on any thread, also after
 * the reader and the client are gone. The position moves past the batch at once. */
KAFC_API kafc_err kafc_reader_fetch_batch(kafc_reader *r, kafc_batch **out, int timeout_ms, kafc_error *err);
/* false at the end, or when the rest is corrupt (then *err->code says so; KAFC_OK at a clean end). The message borrows
 * from the batch. One thread at a time. */
KAFC_API bool kafc_batch_next(kafc_batch *b, kafc_message *m, kafc_error *err);
KAFC_API const char *kafc_batch_topic(const kafc_batch *b);
KAFC_API int32_t kafc_batch_partition(const kafc_batch *b);
KAFC_API int64_t kafc_batch_high_watermark(const kafc_batch *b);
/* What else the answer said that brought the batch. */
typedef struct kafc_batch_info {
    int64_t offset;         /* of the next message at the least; behind the batch when it was read to its end */
    int64_t high_watermark;
    int64_t last_stable;    /* or KAFC_OFFSET_UNKNOWN: brokers before 0.11 */
    int64_t log_start;      /* the same */
    int32_t throttle_ms;    /* that the broker wants to be left alone; nothing is sent to it meanwhile */
    int32_t reserved32;
    void *reserved[4];
} kafc_batch_info;
KAFC_API void kafc_batch_info_get(const kafc_batch *b, kafc_batch_info *out);
KAFC_API void kafc_batch_free(kafc_batch *b);

/* Local and immediate: drops what was fetched ahead; the next message of the partition is at or after `to`.
 * KAFC_COMMITTED, with a group: begins again where the group has come to, as after a message that could not be handled;
 * commits that were asked for before count, what is only marked does not and comes again. KAFC_ERR_NOT_ASSIGNED;
 * KAFC_ERR_USAGE: KAFC_COMMITTED without a group. */
KAFC_API kafc_err kafc_reader_seek(kafc_reader *r, const char *topic, int32_t partition, kafc_position to,
                                   kafc_error *err);

/* Where an assigned partition stands, as far as it is known; asks nobody. KAFC_ERR_NOT_ASSIGNED. */
typedef struct kafc_reader_state {
    int64_t position;       /* next offset to be delivered, or KAFC_OFFSET_UNKNOWN before it was resolved */
    int64_t high_watermark; /* as last heard, or KAFC_OFFSET_UNKNOWN */
    int64_t end;            /* rule R10: high watermark, or last stable offset when reading committed; or UNKNOWN */
    int64_t log_start;      /* or UNKNOWN */
    int64_t lag;            /* end - position, or KAFC_OFFSET_UNKNOWN */
    int64_t marked;         /* will be committed; or UNKNOWN: nothing is marked */
    int64_t committed;      /* as this reader last learned or committed it; or UNKNOWN */
    bool paused;
    void *reserved[2];
} kafc_reader_state;
KAFC_API kafc_err kafc_reader_state_get(kafc_reader *r, const char *topic, int32_t partition,
                                        kafc_reader_state *out, kafc_error *err);

/* Makes the fetch that waits, or else the next one with a timeout other than 0, return KAFC_ERR_INTERRUPTED, also when
 * there are messages (they come with the calls after it). Any thread, and safe in a signal handler (rule C3). */
KAFC_API void kafc_reader_wake(kafc_reader *r);

/* A descriptor for poll(2), epoll and their like: readable while kafc_reader_fetch() or another call that takes may
 * have something to give with timeout 0, be it an error or a rebalance. Take until KAFC_ERR_WOULD_BLOCK, which makes it
 * unreadable; that may be the first answer. A group wants such a call within max_poll_interval_ms all the same, and
 * on_rebalance runs in it. kafc_reader_wake() does not show. The reader's own, valid until it is freed; not to be read,
 * written or closed. It is made by the first call; readers that are not asked for one pay nothing. -1:
 * KAFC_ERR_SYSTEM, and what any call may answer. */
KAFC_API int kafc_reader_fd(kafc_reader *r, kafc_error *err);

/* Ends reading. With a group: revokes what is owned (on_rebalance is told), waits for commits under way, commits what
 * is marked, leaves the group; a static member stays in it until its session ends (leave_static). Idempotent. An error
 * says that the last commit failed or did not end within the timeout, and of which partition, or that claims were not
 * freed by then (kafc/group.h): the reader is closed all the same. */
KAFC_API kafc_err kafc_reader_close(kafc_reader *r, int timeout_ms, kafc_error *err);
/* Closes without waiting if needed. NULL is ignored. */
KAFC_API void kafc_reader_free(kafc_reader *r);

#ifdef __cplusplus
}
#endif
#endif
