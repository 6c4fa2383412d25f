/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Membership in a consumer group: who owns which partitions, told to an owner
 * (a reader), and the group's committed offsets. A member of the core, without
 * I/O. The driver's thread, but where it says "any".
 *
 * What the owner asks is noted, and done at the next tick: no function here
 * calls back. What comes of it is told by notice(), one after the other:
 *
 *   ASSIGNED  these partitions are ours from here on, besides those that were
 *   REVOKED   these go: finish them, commit, then kafc__group_settled(); the others stay (KIP-429)
 *   LOST      these are gone, another member may have them already: nothing can be committed
 *   FAILED    the group cannot be had (why); nothing happens before the next subscribe
 *   LEFT      the group was left, after kafc__group_leave() or stop
 *   TOPIC     a topic that was subscribed to by name cannot be read (why): there is none, or it is denied. Told once
 *             for each subscription and reason, whatever the state; it is read when it can be (rule R12)
 *
 * While REVOKED is not settled it may be overtaken: by LOST, for the same partitions and perhaps others, and then there
 * is nothing to settle; or by REVOKED for all that is owned, since the group is being left: one settled() answers both.
 * Lists are borrowed until notice() returns.
 *
 * Two protocols can stand behind it: the classic one (group_classic.c), in which a member assigns, and later KIP-848.
 * A generation or an epoch is seen by neither the owner nor the application: messages bear a stamp (DESIGN 4), which
 * grows with every ASSIGNED, and an offset is committed if its partition has been ours ever since (rule R6).
 */
#ifndef KAFC_CORE_GROUP_H
#define KAFC_CORE_GROUP_H

#include "core/assignor.h"
#include "core/core.h"
#include "core/txn.h"

struct kafc_group;

struct kafc_group_partition {
    const char *topic;
    int32_t partition;
    bool moves;     /* it comes or goes with this notice */
    uint64_t since; /* the stamp with which it came */
};

enum kafc_group_notice_kind {
    KAFC_GROUP_ASSIGNED,
    KAFC_GROUP_REVOKED,
    KAFC_GROUP_LOST,
    KAFC_GROUP_FAILED,
    KAFC_GROUP_LEFT,
    KAFC_GROUP_TOPIC,
    KAFC_GROUP_NOTICES
};
struct kafc_group_notice {
    enum kafc_group_notice_kind kind;
    /* By topic, then by number. Of TOPIC: one, whose topic it is. */
    const struct kafc_group_partition *v;
    int32_t n;
    uint64_t stamp;        /* of what is delivered from here on */
    const kafc_error *why; /* of LOST, FAILED and TOPIC; else NULL */
};

/* --- The object ---------------------------------------------------------------------- */

struct kafc_group_config {
    kafc_allocator mem;
    const char *group;    /* copied */
    const char *instance; /* group.instance.id, or NULL; copied */
    bool leave_static;    /* leaving removes a static member from the group at once */
    bool read_committed;  /* committed offsets of open transactions are waited for */
    int32_t session_timeout_ms, heartbeat_interval_ms;
    int32_t max_poll_interval_ms; /* also how long others wait for us when they rebalance */
    /* Best first; must stay. What stays is kept while joining if all of them are cooperative (KIP-429). */
    const struct kafc_assignor *const *assignors;
    int nassignors;
    void (*notice)(void *ctx, const struct kafc_group_notice *n); /* never from inside a call */
    void *ctx;
};

/* NULL: out of memory. */
struct kafc_group *kafc__group_new(struct kafc_core *core, const struct kafc_group_config *cfg);
/* At once, whatever is under way: nobody is told. Calls that were not done fail with KAFC_ERR_CLOSED from inside. */
void kafc__group_free(struct kafc_group *g);

/* Wants all of these topics; they are copied. What begins with '^' is a POSIX extended regular expression: all topics
 * that it matches are wanted, now and later, as they come and go. Internal topics (__consumer_offsets,
 * __transaction_state) are wanted by name alone, and "^" followed by their very name, with or without '$', is one. The
 * same set again does nothing (rule R1). KAFC_ERR_USAGE: a name is none, an expression is none (with regerror's words);
 * KAFC_ERR_NO_MEMORY. Whatever fails, nothing has changed. */
kafc_err kafc__group_subscribe(struct kafc_group *g, const char *const *topics, int32_t n,
                               kafc_error *err);
void kafc__group_leave(struct kafc_group *g);   /* what is owned is revoked first; ends with LEFT */
void kafc__group_stop(struct kafc_group *g);    /* the same, for good */
void kafc__group_settled(struct kafc_group *g); /* what was REVOKED is finished with */

/* Any thread: the application begins and ends a call in which it takes messages. Who is not inside for longer than
 * max_poll_interval_ms loses the membership, and joins anew with the next enter. */
void kafc__group_enter(struct kafc_group *g);
void kafc__group_exit(struct kafc_group *g);

/* Whoever takes messages and does not wait may count here, relaxed, in place of both. */
atomic_uint *kafc__group_polls(struct kafc_group *g);

bool kafc__group_owns(const struct kafc_group *g, const char *topic, int32_t partition,
                      uint64_t stamp); /* ever since the stamp; 0: now */
/* What is owned. Borrowed until the next tick. */
const struct kafc_group_partition *kafc__group_owned(const struct kafc_group *g, int32_t *n);
/* For transactions; false: not a member now. Borrowed until the next tick: kafc__membership_dup() keeps it, for any
 * thread. All that TxnOffsetCommit wants from version 3 on. Each generation has a new one: take it for each
 * transaction anew, after the last message that belongs to it. */
bool kafc__group_membership(const struct kafc_group *g, struct kafc_membership *out);
/* Why the group is not stable: for the sentence of a timeout. false: nothing is wrong. */
bool kafc__group_why(const struct kafc_group *g, kafc_error *out);
const char *kafc__group_state_name(const struct kafc_group *g);

/* --- Offsets ---------------------------------------------------------------------------- */

struct kafc_group_mark {
    const char *topic;
    int32_t partition;
    uint64_t stamp; /* of the message; 0: whatever is owned now */
    int64_t offset; /* the next one to read. Fetched: KAFC_OFFSET_UNKNOWN when there is none */
    int32_t leader_epoch; /* of the last message read, or -1 */
    const char *
        metadata; /* or NULL. Fetched: valid during done(), and not ended by NUL beyond metadata_len */
    int32_t metadata_len; /* fetched */
    kafc_err code;        /* out: what became of this one */
    bool settled;         /* of the group */
};

/* Commits offsets or asks for them: one or more requests, again by the class of their errors until the deadline.
 * Commits are sent one after the other in the order of the calls, and so are fetches. A commit waits while a new
 * generation is being settled. Offsets of partitions that are not ours any more are refused with
 * KAFC_ERR_NOT_ASSIGNED, and never sent; stamp 0 without a subscription is a commit outside of any membership. The
 * answer to a fetch whose partition has gone meanwhile is dropped: KAFC_ERR_NOT_ASSIGNED as well. */
struct kafc_group_call {
    bool fetch;
    struct kafc_group_mark *v; /* the owner's, until done */
    int32_t n;
    int64_t deadline; /* µs */
    /* Once. code: KAFC_OK, or that of an offset that failed, worst first. May free the call. */
    void (*done)(struct kafc_group_call *call, kafc_err code, const kafc_error *err);
    void *owner;
    struct kafc_list node; /* of the group */
};
void kafc__group_call(struct kafc_group *g, struct kafc_group_call *call);
void kafc__group_cancel(struct kafc_group *g,
                        struct kafc_group_call *call); /* done() is not called */

#endif
