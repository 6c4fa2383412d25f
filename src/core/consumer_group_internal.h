/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the files of a consumer with a group share: consumer_group.c (notices,
 * where partitions start, leaving), consumer_commit.c (commits, one after the
 * other), consumer_place.c (marks). The consumer's lock guards what is not said
 * to be the driver's alone.
 */
#ifndef KAFC_CORE_CONSUMER_GROUP_INTERNAL_H
#define KAFC_CORE_CONSUMER_GROUP_INTERNAL_H

#include "core/consumer_group.h"
#include "core/consumer_internal.h"

enum kafc_cg_phase {
    KAFC_CG_STAYS,
    KAFC_CG_LEAVES,  /* the group is asked to */
    KAFC_CG_FLUSHES, /* commits what is marked */
    KAFC_CG_CLOSES,  /* the group is asked to stop */
    KAFC_CG_OUT
};

/* Of an offset that is to be committed. */
struct kafc_cg_entry {
    int64_t marked, settled; /* in its place when the commit was asked for, … */
    unsigned turn;           /* … and its turn */
    bool refused;            /* it was not owned then */
    uint64_t stamp;          /* of the membership that it is for, or 0 */
    int32_t slot;            /* in the call under way; -1: it is not sent */
};

/* What the call under way commits, beside its marks. */
struct kafc_cg_slot {
    struct kafc_place *place; /* or NULL, and */
    struct kafc_name *topic;
    struct kafc_name *metadata; /* or NULL */
    unsigned turn;              /* of the place, when its mark was taken */
};

struct kafc_consumer_group {
    struct kafc_core *core;
    struct kafc_consumer *c;
    struct kafc_consumer_group_config cfg;
    struct kafc_group *group; /* the driver's; NULL: stopped */
    struct kafc_member member;
    struct kafc_core_timer timer;
    bool stopped;

    /* what the group has said */
    struct kafc_list lost; /* places that are to be told */
    kafc_error lost_why;
    kafc_error failed;    /* code KAFC_OK: it has not */
    bool tell_empty;      /* an assignment that brought nothing new */
    bool tell_exceeded;   /* that the caller was away for too long */
    bool short_of_memory; /* not all that is owned is read yet */
    bool revoking;        /* the group waits for kafc__group_settled() */
    int64_t claims_by; /* how long claims of what goes are waited for; INT64_MAX: there are none */
    kafc_topic_partition *told; /* the notice that was taken: the reader's thread */
    struct kafc_place **told_place;
    int32_t ntold, told_cap;

    /* leaving */
    enum kafc_cg_phase phase;
    bool for_good, quietly;
    int64_t leave_by, leave_claims_by;
    kafc_error leave_err;

    /* where partitions start: the driver's */
    struct kafc_group_call ask;
    struct kafc_group_mark *ask_v;
    struct kafc_asked *asked;
    int32_t ask_cap;
    bool asking;

    /* commits */
    struct kafc_list waiting, aboard;              /* kafc_cg_commit */
    struct kafc_cg_commit interval, revoke, leave; /* of marks, by itself */
    bool interval_queued, interval_aboard;
    uint64_t interval_again; /* number of the one that is asked for meanwhile; 0: none */
    atomic_bool dirty;             /* something was marked since the timer looked */
    int64_t interval_at, retry_at; /* INT64_MAX: not set; the driver's */
    struct kafc_group_call call;   /* under way; the driver's from here on */
    bool flying;
    unsigned round;
    struct kafc_group_mark *mark;
    struct kafc_cg_slot *slot;
    kafc_offset *told_v; /* the same for on_commit, if there is one */
    int32_t nslots, slot_cap;
};

/* consumer_group.c */
void kafc__cg_set_timer(struct kafc_consumer_group *cg);

/* consumer_start.c: asks for committed offsets, without the lock; owner is the kafc_consumer_group */
void kafc__cg_ask(void *owner);

/* consumer_commit.c, the driver but where it says */
bool kafc__cg_commits_init(struct kafc_consumer_group *cg); /* false: out of memory */
void kafc__cg_commits_work(struct kafc_consumer_group *cg);
void kafc__cg_commits_fail(struct kafc_consumer_group *cg); /* stopped */
void kafc__cg_commits_fini(struct kafc_consumer_group *cg);
uint64_t kafc__cg_committed_up_to(const struct kafc_consumer_group *cg); /* this number. Lock held */
void kafc__cg_interval(struct kafc_consumer_group *cg); /* the timer */
int32_t kafc__epoch_given(int32_t leader_epoch);        /* of a kafc_offset: -1 unknown */
/* Lock held, any thread: behind the others. */
void kafc__cg_push(struct kafc_consumer_group *cg, struct kafc_cg_commit *commit);

#endif
