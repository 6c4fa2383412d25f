/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A consumer with a group: what the group assigns is read from where it was
 * committed, what was marked is committed, and what the group has to say
 * reaches the application in front of the messages. It stands between
 * core/group and core/consumer, which do not know each other. Without a
 * subscription it keeps the offsets of partitions that are assigned by hand.
 *
 * Notices: on the driver's thread ASSIGNED makes the consumer's partitions (their start is asked of the group, and they
 * are fetched at once); REVOKED stops their messages at once; LOST removes them. The application finds them in front of
 * all messages (kafc__consumer_next answers KAFC_ERR_REBALANCE_IN_PROGRESS), takes what has changed since, runs its
 * function and answers. The answer to REVOKED removes the partitions; what is marked is committed, and the group goes
 * on. Each partition that was told to have come is told to have gone once: what LOST or REVOKED overtakes is not told.
 */
#ifndef KAFC_CORE_CONSUMER_GROUP_H
#define KAFC_CORE_CONSUMER_GROUP_H

#include "core/consumer.h"
#include "core/group.h"

struct kafc_consumer_group;

struct kafc_consumer_group_config {
    kafc_allocator mem;
    struct kafc_group_config group; /* but for notice and its ctx */
    int32_t commit_interval_ms;     /* -1: never by itself */
    kafc_commit_fn on_commit;       /* what came of each request of a commit by itself; or NULL. The driver's thread */
    void *ctx;                      /* for it */
};

/* --- The driver's thread ---------------------------------------------------------------- */

/* consumer must outlive it. NULL: out of memory. */
struct kafc_consumer_group *kafc__cg_new(struct kafc_core *core, struct kafc_consumer *consumer,
                                         const struct kafc_consumer_group_config *cfg);
/* Ends all work: commits that were not done fail with KAFC_ERR_CLOSED from inside. The group is left meanwhile, if
 * there is time before free. */
void kafc__cg_stop(struct kafc_consumer_group *cg);
void kafc__cg_free(struct kafc_consumer_group *cg); /* stops; nobody is inside any other call */

/* As kafc__group_subscribe; KAFC_ERR_USAGE while partitions are assigned by hand (rule R1). */
kafc_err kafc__cg_subscribe(struct kafc_consumer_group *cg, const char *const *topics, int32_t n,
                            kafc_error *err);
/* Revokes, commits what is marked, and leaves; on_ready when kafc__cg_is_out() has become true. for_good: no subscribe
 * comes after it. quietly: nobody takes notices any more, they count as answered. Commits are tried until the deadline
 * (µs; 0: as long as a request may take). May be called again with other words. */
void kafc__cg_leave(struct kafc_consumer_group *cg, bool for_good, bool quietly, int64_t deadline);
/* KAFC_OK, or the first error of the commits that leaving made, or KAFC_ERR_TIMED_OUT: something is marked still, and
 * what. */
kafc_err kafc__cg_leave_result(const struct kafc_consumer_group *cg, kafc_error *err);
struct kafc_group *kafc__cg_group(struct kafc_consumer_group *cg);

/* --- Any thread, none of these waits -------------------------------------------------------- */

/* A commit of the application. Those of one reader are sent one after the other, in the order of the calls. */
struct kafc_cg_commit {
    kafc_offset *v; /* the owner's until done; out: result */
    int32_t n;
    bool marks; /* in place of v: all that is marked */
    bool
        merge; /* with others behind it that wait as well: the highest offset of each partition is sent */
    int64_t deadline; /* µs; 0: as long as a request may take */
    /* Once, on the driver's thread, in the order of the calls. May free the commit. */
    void (*done)(struct kafc_cg_commit *commit, kafc_err code, const kafc_error *err);
    void *owner;
    struct kafc_list node; /* the rest is the commit's own */
    uint64_t number;       /* in the order of the calls, from 1 on */
    struct kafc_cg_entry *entry;
};
/* KAFC_OK: done() will be called. */
kafc_err kafc__cg_commit(struct kafc_consumer_group *cg, struct kafc_cg_commit *commit,
                         kafc_error *err);
/* The driver's thread: done() is not called any more; the offsets may be committed all the same. */
void kafc__cg_commit_cancel(struct kafc_consumer_group *cg, struct kafc_cg_commit *commit);
/* Commits what is marked soon, and tells nobody. */
void kafc__cg_commit_soon(struct kafc_consumer_group *cg);

/* All up to the message is done with. No lock when the message is of the batch that the taker reads. */
kafc_err kafc__cg_mark(struct kafc_consumer_group *cg, const struct kafc_taker *t,
                       const kafc_message *m, kafc_error *err);
kafc_err kafc__cg_mark_offsets(struct kafc_consumer_group *cg, kafc_offset *v, int32_t n,
                               kafc_error *err);
/* Of all partitions of which something was delivered, what is behind that and was not committed, with stamps: writes at
 * most cap, returns how many there are. Topics are borrowed until the assignment changes. */
int32_t kafc__cg_delivered(struct kafc_consumer_group *cg, kafc_offset *out, int32_t cap);
bool kafc__cg_is_out(
    struct kafc_consumer_group *cg); /* not in the group, and nothing is under way */
bool kafc__cg_is_subscribed(struct kafc_consumer_group *cg);

/* --- The thread that reads -------------------------------------------------------------------- */

struct kafc_cg_notice {
    kafc_rebalance_kind
        kind; /* 0: why alone, for the caller of fetch: each time while the group cannot be had */
    const kafc_topic_partition *v;
    int32_t n;
    kafc_error why; /* of LOST and 0 */
};
/* What has changed since it was asked last; false: nothing. It is for kafc__cg_answer(), before the next one. */
bool kafc__cg_take(struct kafc_consumer_group *cg, struct kafc_cg_notice *out);
void kafc__cg_answer(struct kafc_consumer_group *cg, const struct kafc_cg_notice *notice);

#endif
