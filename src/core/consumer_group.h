/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A consumer with a group: what the group assigns is read from where it was
 * committed, what was marked is committed, and what the group has to say
 * reaches the application in front of the messages. It stands between
 * core/group and core/consumer, which do not know each other. Without a
 * subscription it keeps the offsets of partitions that are assigned by hand.
 *
 * Notices: on the driver's thread ASSIGNED makes the consumer's partitions (their start is asked of the group, and they
 * are fetched at once); REVOKED stops their messages at once; LOST removes them. Each is queued for the application,
 * which finds it in front of all messages (kafc__consumer_next answers KAFC_ERR_REBALANCE_IN_PROGRESS), runs its
 * function and answers. The answer to REVOKED commits what is marked, then removes the partitions and lets the group
 * go on. What LOST or REVOKED overtakes is not told twice.
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
};

/* --- The driver's thread ---------------------------------------------------------------- */

/* consumer must outlive it. NULL: out of memory. */
struct kafc_consumer_group *kafc__cg_new(struct kafc_core *core, struct kafc_consumer *consumer,
                                         const struct kafc_consumer_group_config *cfg);
void kafc__cg_free(struct kafc_consumer_group *cg);

/* As kafc__group_subscribe; KAFC_ERR_USAGE while partitions are assigned by hand (rule R1). */
kafc_err kafc__cg_subscribe(struct kafc_consumer_group *cg, const char *const *topics, int32_t n,
                            kafc_error *err);
/* Commits what is marked, revokes and leaves; on_ready when kafc__cg_is_out() has become true. for_good: no subscribe
 * comes after it. quietly: nobody answers notices any more, they count as answered. */
void kafc__cg_leave(struct kafc_consumer_group *cg, bool for_good, bool quietly);
/* The first error of the commits that leaving made, or KAFC_OK. */
kafc_err kafc__cg_leave_result(const struct kafc_consumer_group *cg, kafc_error *err);

/* Commits of the application. Put together while one is under way; done() is called once, in the order of the calls. */
struct kafc_cg_commit {
    struct kafc_list node;
    kafc_offset *v; /* the owner's until done; out: result */
    int32_t n;
    bool merge;       /* asynchronous: may be put together with others */
    int64_t deadline; /* µs */
    void (*done)(struct kafc_cg_commit *commit, kafc_err code, const kafc_error *err);
    void *owner;
};
void kafc__cg_commit(struct kafc_consumer_group *cg, struct kafc_cg_commit *commit);
void kafc__cg_commit_cancel(struct kafc_consumer_group *cg, struct kafc_cg_commit *commit);
struct kafc_group *kafc__cg_group(struct kafc_consumer_group *cg); /* for calls, why, membership */

/* --- The application's thread, none of these waits ----------------------------------------- */

struct kafc_cg_notice {
    struct kafc_list node;
    kafc_rebalance_kind kind; /* 0: why alone is told, with each fetch while it holds (FAILED) */
    kafc_topic_partition *v;
    int32_t n;
    kafc_error why;
};
/* The oldest that was not taken; NULL: none. It is for kafc__cg_answer(). */
struct kafc_cg_notice *kafc__cg_take(struct kafc_consumer_group *cg);
void kafc__cg_answer(struct kafc_consumer_group *cg, struct kafc_cg_notice *notice);

/* Marks; no lock for the first, when the message is of the batch that is being read. */
kafc_err kafc__cg_mark(struct kafc_consumer_group *cg, const kafc_message *m, kafc_error *err);
kafc_err kafc__cg_mark_offsets(struct kafc_consumer_group *cg, kafc_offset *v, int32_t n,
                               kafc_error *err);
/* What is marked and not committed, or what was delivered, as offsets with stamps: writes at most cap, returns how many
 * there are; topics borrowed until the assignment changes. */
int32_t kafc__cg_marked(struct kafc_consumer_group *cg, kafc_offset *out, int32_t cap);
int32_t kafc__cg_delivered(struct kafc_consumer_group *cg, kafc_offset *out, int32_t cap);
bool kafc__cg_is_out(struct kafc_consumer_group *cg); /* not in the group, and nothing is under way */

#endif
