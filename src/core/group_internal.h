/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the files of a group share: group.c (the object, what the owner asks),
 * group_classic.c (states), group_rpc.c (requests of the classic protocol),
 * group_lead.c and group_racks.c (the leader's part), group_offsets.c (commits and fetches),
 * group_topics.c (what is subscribed to), group_set.c (sets of partitions),
 * group_errors.c. And their tests.
 */
#ifndef KAFC_CORE_GROUP_INTERNAL_H
#define KAFC_CORE_GROUP_INTERNAL_H

#include "base/mem.h"
#include "base/str.h"
#include "core/group.h"
#include "core/group_stats.h"
#include "core/metadata.h"
#include "protocol/api/08_offset_commit.h"
#include "protocol/api/09_offset_fetch.h"
#include "protocol/api/10_find_coordinator.h"
#include "protocol/api/11_join_group.h"
#include "protocol/api/12_heartbeat.h"
#include "protocol/api/13_leave_group.h"
#include "protocol/api/14_sync_group.h"

#include <regex.h>

/* --- The classic machine ------------------------------------------------------------ */

enum kafc_group_state {
    KAFC_GROUP_IDLE,    /* no subscription */
    KAFC_GROUP_FINDING, /* the coordinator, to join */
    KAFC_GROUP_JOINING, /* JoinGroup; the broker may park it */
    KAFC_GROUP_SYNCING, /* a member of a generation that has no assignment yet */
    KAFC_GROUP_STABLE,
    KAFC_GROUP_REVOKING, /* the owner finishes with partitions, then join */
    KAFC_GROUP_RETIRING, /* the owner finishes with all of them, then leave */
    KAFC_GROUP_LEAVING,  /* LeaveGroup */
    KAFC_GROUP_AWAY,     /* the caller did not come back: no member any more */
    KAFC_GROUP_BROKEN,   /* until the next subscribe */
    KAFC_GROUP_STOPPED,
    KAFC_GROUP_STATES
};

enum kafc_group_event {
    KAFC_GROUP_EV_BEGIN,   /* there is a subscription */
    KAFC_GROUP_EV_FOUND,   /* the coordinator is known … */
    KAFC_GROUP_EV_UNFOUND, /* … or not any more */
    KAFC_GROUP_EV_NAMED,   /* the coordinator gave a member id to join with */
    KAFC_GROUP_EV_JOINED,
    KAFC_GROUP_EV_SYNCED,
    KAFC_GROUP_EV_REBALANCE, /* join again, membership and all */
    KAFC_GROUP_EV_EXPELLED,  /* the membership is void: join anew */
    KAFC_GROUP_EV_SETTLED,   /* the owner has finished */
    KAFC_GROUP_EV_GONE,      /* the caller does not come back … */
    KAFC_GROUP_EV_BACK,      /* … and is back */
    KAFC_GROUP_EV_LEAVE,
    KAFC_GROUP_EV_LEFT,
    KAFC_GROUP_EV_FATAL,
    KAFC_GROUP_EV_STOP,
    KAFC_GROUP_EVENTS
};

/* What an error means, in an answer of the API (key; -1: of the transport): group_errors.c, a constant table. */
enum kafc_group_reaction {
    KAFC_GROUP_FINE,
    KAFC_GROUP_TOLD,    /* the caller's matter (commits, fetches) */
    KAFC_GROUP_AGAIN,   /* the same after a pause */
    KAFC_GROUP_FIND,    /* the same after the coordinator was found again */
    KAFC_GROUP_NAME,    /* join with the id that was given */
    KAFC_GROUP_REJOIN,  /* membership and all */
    KAFC_GROUP_STALE,   /* the generation is void: join anew with the same member id */
    KAFC_GROUP_UNKNOWN, /* so is the member id */
    KAFC_GROUP_FATAL
};
enum kafc_group_reaction kafc__group_reaction(int16_t api, kafc_err code);

enum kafc_group_rpc {
    KAFC_GROUP_NOTHING,
    KAFC_GROUP_RPC_FIND,
    KAFC_GROUP_RPC_JOIN,
    KAFC_GROUP_RPC_SYNC,
    KAFC_GROUP_RPC_LEAVE,
    KAFC_GROUP_RPCS
};

/* --- Sets of partitions: group_set.c -------------------------------------------------- */

/* Sorted by topic and number: [0, kept), and those that move, [kept, n). */
struct kafc_group_set {
    struct kafc_arena arena;
    struct kafc_group_partition *v;
    int32_t n, kept;
    int32_t was; /* how many there were before they were given up */
};
void kafc__group_set_init(struct kafc_group_set *s, const kafc_allocator *mem);
void kafc__group_set_fini(struct kafc_group_set *s);
/* All of an assignment, copied; partitions named twice count once. false: out of memory. */
bool kafc__group_set_fill(struct kafc_group_set *s, const struct kafc_consumer_assignment *a);
struct kafc_group_partition *kafc__group_set_find(const struct kafc_group_set *s, const char *topic,
                                                  int32_t partition);
void kafc__group_set_sort(struct kafc_group_set *s); /* after moves was changed */

/* --- Offsets --------------------------------------------------------------------------- */

enum { KAFC_GROUP_COMMITS, KAFC_GROUP_FETCHES, KAFC_GROUP_LANES };

struct kafc_group_lane {
    struct kafc_group *g;
    struct kafc_list calls; /* the first one is under way, if busy */
    bool busy;
    bool member;        /* what is under way is bound to the membership … */
    int32_t generation; /* … of this generation */
    int attempts;
    int64_t not_before;
    kafc_error last; /* of the first call */
    struct kafc_request rq;
    struct kafc_arena arena;
    union {
        struct kafc_offset_commit_req commit;
        struct kafc_offset_fetch_req fetch;
    } req;
    struct kafc_offset_fetch_req_group asked; /* of version 8 and later */
};

/* --- What a member wants to read: group_topics.c --------------------------------------------- */

struct kafc_group_named {
    const char *name;
    struct kafc_meta_topic *t;
    kafc_err told; /* what the owner knows to be wrong with it */
    int missing;   /* answers in a row that did not know it, as far as that matters */
};
struct kafc_group_pattern {
    const char *text;
    kafc_str front; /* that every match begins with */
    regex_t re;
};
struct kafc_group_wish {
    struct kafc_arena arena;
    struct kafc_group_named *name;      /* sorted */
    struct kafc_group_pattern *pattern; /* sorted */
    int32_t nnames, npatterns;
    bool wants_all;
};
struct kafc_group_topics {
    struct kafc_arena arena;
    kafc_str *v; /* sorted, ended by NUL */
    int32_t n;
    struct kafc_meta_topic **matched; /* by an expression */
    int32_t nmatched;
};
kafc_err kafc__group_wish(struct kafc_group *g, const char *const *topics, int32_t n, bool *changed,
                          kafc_error *err);
void kafc__group_unwish(struct kafc_group *g);
bool kafc__group_subscribed(const struct kafc_group *g, kafc_str topic);
/* All names of the cluster; news of a topic; what is to be looked at after a subscribe. */
void kafc__group_topics_all(struct kafc_group *g, const struct kafc_metadata_resp *all);
void kafc__group_topics_news(struct kafc_group *g, const struct kafc_meta_topic *t);
void kafc__group_topics_work(struct kafc_group *g);

/* --- The object ----------------------------------------------------------------------- */

struct kafc_group_watch { /* a topic that a leader has assigned */
    struct kafc_meta_topic *t;
    int32_t n;      /* its partitions when it did; -1: not yet */
    int missing;    /* answers in a row that did not know it */
    uint64_t racks; /* a sum of where its replicas were; 0: that does not matter */
};
enum { KAFC_GROUP_GONE = 3 }; /* so many of them are believed */

/* The protocol behind a group. KIP-848's will be a second one. */
struct kafc_group_protocol {
    const char *name;
    void (*work)(struct kafc_group
                     *g); /* what is due; sets g->wake no later than it has to be called again */
    void (*news)(struct kafc_group *g, const struct kafc_meta_topic *t);
    /* What became of a commit under the present membership says that something is wrong with that. */
    void (*doubt)(struct kafc_group *g, enum kafc_group_reaction what, const kafc_error *why);
    bool (*commits)(const struct kafc_group *g); /* may offsets be committed now? */
    bool (*settled)(
        const struct kafc_group *g);   /* is the generation the group's, as far as we know? */
    void (*end)(struct kafc_group *g); /* forgets what is under way */
    const char *(*state)(const struct kafc_group *g);
};
extern const struct kafc_group_protocol kafc__group_classic;

struct kafc_group {
    struct kafc_member member;
    struct kafc_core *core;
    struct kafc_group_config cfg;
    const struct kafc_group_protocol *protocol;
    char *name, *instance;
    struct kafc_core_timer timer;
    int64_t wake; /* while working: when to work again */
    bool working;

    /* what the owner wants */
    struct kafc_group_wish wish;
    struct kafc_group_topics topics; /* that come of it */
    bool wanted;                     /* there is a subscription */
    bool matched;                    /* topics are all that its expressions match */
    bool fewer;                      /* the last answer had fewer */
    bool look;                       /* its names have not been looked at */
    bool fresh;                      /* subscribed since the last failure */
    bool settled, stopping;
    atomic_uint polls, inside;
    atomic_bool away;
    unsigned seen; /* of polls */
    int64_t seen_at;

    /* membership */
    enum kafc_group_state state;
    char *id;           /* or NULL */
    int32_t generation; /* -1: none */
    uint64_t stamp;
    struct kafc_group_set owned, target;
    bool has_target; /* target comes once what goes is settled */
    bool cooperative, leader, skip, assigned;
    bool racks;         /* a leader: they matter */
    int32_t node;       /* the coordinator; -1: unknown */
    int64_t rejoin_at;  /* INT64_MAX: not asked for */
    int64_t again_at;   /* of a group that is BROKEN: it tries once more; INT64_MAX: not by itself */
    bool denied;        /* the last that was told */
    char reason[160];   /* of that */
    kafc_error trouble; /* code KAFC_OK: none */
    int odd;            /* assignments in a row that were not what we subscribed to */

    /* the request */
    enum kafc_group_rpc rpc; /* in flight */
    int attempts;            /* since the last assignment */
    int quick;               /* those that were made without a pause */
    int64_t not_before, leave_by;
    bool leaving; /* LeaveGroup is to be sent */
    struct kafc_request rq;
    struct kafc_arena arena;
    kafc_str key;
    struct kafc_leave_group_req_member leaver;
    union {
        struct kafc_find_coordinator_req find;
        struct kafc_join_group_req join;
        struct kafc_sync_group_req sync;
        struct kafc_leave_group_req leave;
    } req;

    /* heartbeats */
    bool beating;
    int64_t beat_at, beat_wait, heard_at;
    bool silence_told; /* nothing was heard since */
    struct kafc_request beat_rq;
    struct kafc_arena beat_arena;
    struct kafc_heartbeat_req beat_req;

    /* the round: what JoinGroup has told */
    struct kafc_arena round;
    struct kafc_frame *frame;
    struct kafc_join_group_resp joined; /* of round and frame */
    const struct kafc_assignor *assignor;
    struct kafc_arena lead;              /* the leader's: what it has read, and what it hands out */
    struct kafc_assign_member *member_v; /* NULL: not read yet */
    KAFC_ARRAY(struct kafc_sync_group_req_assignment) result;
    struct kafc_group_watch *watch; /* sorted by name */
    int32_t nwatch;

    struct kafc_group_lane lane[KAFC_GROUP_LANES];

    struct kafc_group_stats stats; /* any thread reads */
    int64_t round_from, join_from, sync_from;
};

/* group.c */
void kafc__group_work(struct kafc_group *g);
void kafc__group_say(const struct kafc_group *g, kafc_log_level level, const char *fmt, ...)
    KAFC_PRINTF(3, 4);
void kafc__group_tell(struct kafc_group *g, enum kafc_group_notice_kind kind,
                      const struct kafc_group_partition *v, int32_t n, const kafc_error *why);
void kafc__group_wake(struct kafc_group *g, int64_t at); /* no later than then */
void kafc__group_soon(struct kafc_group *g);             /* at the next tick */
/* What of ours an error is about, to end a sentence; or "". */
void kafc__group_our_part(const struct kafc_group *g, kafc_err code, char *text, size_t size);
void kafc__group_unfind(struct kafc_group *g);           /* forgets the coordinator */

/* group_classic.c: the one place where state is assigned. false: the event means nothing in this state. */
bool kafc__group_step(struct kafc_group *g, enum kafc_group_event ev, const char *why);
/* Bits of the states that the event may lead to; 0: it means nothing. */
unsigned kafc__group_next_states(enum kafc_group_state s, enum kafc_group_event ev);
const char *kafc__group_name_of(enum kafc_group_state s);
/* The membership is not what it was: EXPELLED or FATAL, as the reaction says. */
void kafc__group_doubt(struct kafc_group *g, enum kafc_group_reaction what, const kafc_error *why);
void kafc__group_ask_rejoin(struct kafc_group *g, int64_t at, const char *fmt, ...)
    KAFC_PRINTF(3, 4);

/* group_rpc.c */
void kafc__group_rpc_work(struct kafc_group *g);
void kafc__group_rpc_moved(struct kafc_group *g); /* the state is another one */
bool kafc__group_parks(
    const struct kafc_group *g); /* a request that the broker may park is in flight */
void kafc__group_beat_cancel(struct kafc_group *g);

/* group_lead.c */
/* Looks into what the members want. */
kafc_err kafc__group_lead(struct kafc_group *g, kafc_error *err);
bool kafc__group_lead_ready(
    const struct kafc_group *g); /* all their topics are known, or known not to be */
kafc_err kafc__group_lead_assign(struct kafc_group *g, kafc_error *err);
void kafc__group_unwatch(struct kafc_group *g, struct kafc_group_watch *v, int32_t n);

/* group_racks.c */
bool kafc__group_racks_matter(const struct kafc_group *g);
const struct kafc_assign_partition *kafc__group_racks(struct kafc_group *g,
                                                      const struct kafc_meta_topic *t, int32_t n);
uint64_t kafc__group_racks_sum(const struct kafc_group *g, const struct kafc_meta_topic *t);

/* group_stats.c */
/* From the state `was`; synced: by an assignment. */
void kafc__group_stat_moved(struct kafc_group *g, enum kafc_group_state was, bool synced);
void kafc__group_stat_notice(struct kafc_group *g, enum kafc_group_notice_kind kind, int32_t n);

/* group_offsets.c */
void kafc__group_lanes_init(struct kafc_group *g);
void kafc__group_lanes_work(struct kafc_group *g);
bool kafc__group_lanes_wait(const struct kafc_group *g); /* for the coordinator */
/* All of them, or those that are bound to no membership; *err NULL: KAFC_ERR_CLOSED. */
void kafc__group_lanes_fail(struct kafc_group *g, const kafc_error *why);

#endif
