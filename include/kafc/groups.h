/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Groups seen from outside: which there are, who is in them and how far they
 * have come; to put members out of them, to delete them, and to move their
 * offsets while nobody is in them. Nothing here makes anybody a member.
 * What streams groups have beside other groups is told by a request of their
 * own, StreamsGroupDescribe, through kafc_client_call().
 *
 * Threads, timeouts and errors are those of kafc/client.h: any thread, one
 * wait within timeout_ms for a whole call, `err` may be NULL. Coordinators are
 * looked up for each call. While one is loading, moving or not to be reached the
 * call goes on until its time is over; groups of others have their results all
 * the same. A group that is named twice is asked for once, and has one result.
 * What a call gives in *out is one piece of memory, the caller's, for the free
 * function of its type; strings and arrays in it live as long. It may outlive
 * the client.
 */
#ifndef KAFC_GROUPS_H
#define KAFC_GROUPS_H

#include <kafc/client.h>

#ifdef __cplusplus
extern "C" {
#endif

/* --- Which there are -------------------------------------------------------- */

typedef struct kafc_listed_group {
    const char *group;
    const char *protocol_type; /* "consumer", "connect", …; "": it has had no members yet */
    const char *state;         /* "Stable", "Empty", "PreparingRebalance", …; NULL of brokers before 2.6 */
    const char *type;          /* "classic", "consumer", "share", "streams"; NULL of brokers before 3.8 */
    int32_t coordinator;       /* node id */
} kafc_listed_group;

typedef struct kafc_group_list {
    const kafc_listed_group *groups; /* by name */
    int32_t ngroups;
} kafc_group_list;

/* Only groups of these; case counts for nothing. NULL and 0: of all. */
typedef struct kafc_group_filter {
    const char *const *states;
    int32_t nstates; /* brokers from 2.6 on */
    const char *const *types;
    int32_t ntypes; /* brokers from 3.8 on */
    void *reserved[2];
} kafc_group_filter;

/* Asks every broker for the groups that it coordinates. filter: NULL for all. The first error is returned; *out holds
 * what the other brokers know then, and is NULL if none could be asked. KAFC_ERR_UNSUPPORTED: a broker older than 0.9,
 * or than the filter. */
KAFC_API kafc_err kafc_admin_list_groups(kafc_client *c, const kafc_group_filter *filter,
                                          int timeout_ms, kafc_group_list **out, kafc_error *err);
KAFC_API void kafc_group_list_free(kafc_group_list *l); /* NULL is ignored */

/* --- Who is in them ----------------------------------------------------------- */

typedef struct kafc_group_member {
    const char *member_id;
    const char *instance_id;    /* of a static member, else NULL */
    const char *client_id;
    const char *host;           /* "/10.0.0.1" */
    const char *rack;           /* or NULL */
    const char *const *topics;  /* subscribed to, by name; classic groups tell while they are stable */
    int32_t ntopics;
    int32_t nassigned;
    const kafc_topic_partition *assigned; /* by topic and partition */
    const char *pattern;        /* subscribed to, besides; NULL: none, or a classic group */
    kafc_bytes metadata;        /* classic groups: what it joined with, */
    kafc_bytes assignment;      /* and was given, in the form of the protocol type */
    kafc_err result;            /* KAFC_ERR_PROTOCOL: metadata or assignment of a consumer cannot be read */
} kafc_group_member;

typedef struct kafc_described_group {
    const char *group;
    kafc_err result;      /* KAFC_ERR_GROUP_ID_NOT_FOUND, KAFC_ERR_GROUP_AUTHORIZATION_FAILED, … */
    const char *state;    /* "" with an error */
    const char *type;     /* "classic", "consumer" (KIP-848) or "share" (KIP-932) */
    const char *protocol_type;
    const char *assignor; /* of classic groups while they are stable; else "" */
    int32_t coordinator;  /* node id; -1 with an error */
    uint32_t operations;  /* that you may do with it, as of kafc_admin_describe_topics(); 0 of brokers before 2.3 */
    int32_t nmembers;
    const kafc_group_member *members; /* by member id */
} kafc_described_group;

typedef struct kafc_group_descriptions {
    const kafc_described_group *groups; /* in the order in which they were asked for */
    int32_t ngroups;
} kafc_group_descriptions;

/* Asks the coordinators of the n groups. Each group has its own `result`, and the first one's that is an error is
 * returned; *out is NULL only for KAFC_ERR_NO_MEMORY, a wrong argument or a closed client. A group that does not exist
 * is KAFC_ERR_GROUP_ID_NOT_FOUND of every version of broker. Groups of the new protocol (brokers from 4.0 on) and share
 * groups (from 4.1 on) are described, too; streams groups are not. Brokers before 0.9: KAFC_ERR_UNSUPPORTED. */
KAFC_API kafc_err kafc_admin_describe_groups(kafc_client *c, const char *const *groups, int32_t n,
                                              int timeout_ms, kafc_group_descriptions **out,
                                              kafc_error *err);
KAFC_API void kafc_group_descriptions_free(kafc_group_descriptions *d); /* NULL is ignored */

typedef struct kafc_member_removal {
    const char *member_id;   /* NULL: whoever has the instance id */
    const char *instance_id; /* of a static member, or NULL */
    kafc_err result;         /* out */
} kafc_member_removal;

enum { KAFC_ALL_MEMBERS = -1 };

/* Puts members out of a group, as if each had left: the others rebalance. A member that runs joins again. q: n of
 * them, or NULL and KAFC_ALL_MEMBERS: those that are in the group now. reason: for the broker's log, or NULL. Returns
 * the first error; the others are out all the same. Repeated when its fate is unknown.
 * KAFC_ERR_UNKNOWN_MEMBER_ID: there is no such member, or not any more; or it is one of the new protocol (KIP-848),
 * which cannot be put out. KAFC_ERR_GROUP_ID_NOT_FOUND. Brokers before 2.4: KAFC_ERR_UNSUPPORTED. */
KAFC_API kafc_err kafc_admin_remove_members(kafc_client *c, const char *group,
                                            kafc_member_removal *q, int32_t n, const char *reason,
                                            int timeout_ms, kafc_error *err);

/* Deletes groups without members, with their offsets; share groups, too. results: n codes, or NULL. Returns the first
 * error; KAFC_ERR_NON_EMPTY_GROUP: it has members, KAFC_ERR_GROUP_ID_NOT_FOUND. Not repeated when its fate is unknown
 * (KAFC_ERR_DISCONNECTED, KAFC_ERR_TIMED_OUT). Brokers before 1.1: KAFC_ERR_UNSUPPORTED. */
KAFC_API kafc_err kafc_admin_delete_groups(kafc_client *c, const char *const *groups, int32_t n,
                                            kafc_err *results, int timeout_ms, kafc_error *err);

/* --- How far they have come ---------------------------------------------------- */

typedef struct kafc_group_offsets {
    const kafc_offset *offsets; /* by topic and partition, with their metadata */
    int32_t noffsets;
} kafc_group_offsets;

/* All that the group has committed; kafc_client_committed() asks for partitions by name. Offsets of open transactions
 * are waited for, as there, and the first error is returned: *out may be there then, without the offsets of which
 * `result` tells an error. A group that never was has committed nothing. Brokers before 0.10.2 give only what is named:
 * KAFC_ERR_UNSUPPORTED. */
KAFC_API kafc_err kafc_admin_group_offsets(kafc_client *c, const char *group, int timeout_ms,
                                            kafc_group_offsets **out, kafc_error *err);
KAFC_API void kafc_group_offsets_free(kafc_group_offsets *o); /* NULL is ignored */

typedef struct kafc_offsets_of_group {
    const char *group;
    kafc_err result;
    int32_t noffsets;
    const kafc_offset *offsets; /* by topic and partition, with their metadata */
} kafc_offsets_of_group;

typedef struct kafc_offsets_of_groups {
    const kafc_offsets_of_group *groups; /* in the order in which they were asked for */
    int32_t ngroups;
} kafc_offsets_of_groups;

/* The same of n groups at once: each coordinator is asked once for all of its own (KIP-709; before 3.0 once for each).
 * unstable: offsets that open transactions are about to commit are not waited for, what was committed before counts.
 * Each group has its own `result`, and the first one's that is an error is returned, or else the first of an offset;
 * *out is NULL only for KAFC_ERR_NO_MEMORY, a wrong argument or a closed client. Brokers before 0.10.2:
 * KAFC_ERR_UNSUPPORTED. */
KAFC_API kafc_err kafc_admin_offsets_of_groups(kafc_client *c, const char *const *groups, int32_t n,
                                               bool unstable, int timeout_ms,
                                               kafc_offsets_of_groups **out, kafc_error *err);
KAFC_API void kafc_offsets_of_groups_free(kafc_offsets_of_groups *o); /* NULL is ignored */

typedef struct kafc_partition_lag {
    const char *topic;
    int32_t partition;
    kafc_err result;   /* why the offset or the end is not known */
    int64_t committed; /* KAFC_OFFSET_UNKNOWN: nothing */
    int64_t end;       /* KAFC_OFFSET_UNKNOWN: not known */
    int64_t lag;       /* from one to the other, 0 if nothing is left; KAFC_OFFSET_UNKNOWN unless both are known */
    const kafc_group_member *member; /* who reads it, or NULL */
} kafc_partition_lag;

typedef struct kafc_group_lag {
    const char *group;
    kafc_err result;                         /* of the description, or else of the offsets */
    const kafc_described_group *description; /* state and members; NULL if there is none */
    int64_t lag; /* of all partitions together, as far as it is known; INT64_MAX if it is more */
    int32_t npartitions;
    const kafc_partition_lag *partitions; /* committed in or assigned, by topic and partition */
} kafc_group_lag;

typedef struct kafc_group_lags {
    const kafc_group_lag *groups; /* in the order in which they were asked for */
    int32_t ngroups;
} kafc_group_lags;

/* How far n groups are behind: their members, what they have committed, and the ends of the logs, each asked at its own
 * moment. isolation: which end (rule R10). The first error is returned, of a partition, too; *out holds what is known
 * all the same, and is NULL only for KAFC_ERR_NO_MEMORY, a wrong argument or a closed client. Offsets that open
 * transactions are about to commit do not count yet. A group of which there are offsets alone has no description and no
 * error. Of a share group `committed` is where it goes on, and the lag what the broker says is left, if it does (from
 * 4.2 on). Brokers before 0.10.2 are asked for each partition that there is. */
KAFC_API kafc_err kafc_admin_group_lags(kafc_client *c, const char *const *groups, int32_t n,
                                        kafc_isolation isolation, int timeout_ms,
                                        kafc_group_lags **out, kafc_error *err);
KAFC_API void kafc_group_lags_free(kafc_group_lags *l); /* NULL is ignored */

/* Commits offsets of a group from outside, forwards or back (rule R13): of one that keeps offsets without having
 * members, or to reset one whose members have gone. It makes the group if there is none. Of q[i] are given topic,
 * partition, offset, leader_epoch and metadata; out is result. Returns the first error; the others may be committed.
 * KAFC_ERR_UNKNOWN_MEMBER_ID: the group has members, and only they may commit; KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION is
 * told at once. Kept by the brokers, not by ZooKeeper (from 0.8.2 on). */
KAFC_API kafc_err kafc_admin_commit_offsets(kafc_client *c, const char *group, kafc_offset *q,
                                             int32_t n, int timeout_ms, kafc_error *err);

/* Makes the group forget what it has committed in n partitions: q[i].topic and partition; out is result.
 * KAFC_ERR_GROUP_SUBSCRIBED_TO_TOPIC: a member reads the topic; KAFC_ERR_GROUP_ID_NOT_FOUND;
 * KAFC_ERR_NON_EMPTY_GROUP: members that are no consumers. Brokers before 2.4: KAFC_ERR_UNSUPPORTED. */
KAFC_API kafc_err kafc_admin_delete_offsets(kafc_client *c, const char *group, kafc_offset *q,
                                             int32_t n, int timeout_ms, kafc_error *err);

/* --- Share groups (KIP-932) ------------------------------------------------------- */

typedef struct kafc_share_offset {
    const char *topic;
    int32_t partition;
    int32_t leader_epoch; /* -1: not known */
    int64_t start;        /* first offset that is not done with; KAFC_OFFSET_UNKNOWN: nobody has read there yet */
    int64_t lag;          /* messages to be delivered yet (brokers from 4.2 on), or KAFC_OFFSET_UNKNOWN */
    kafc_err result;
} kafc_share_offset;

typedef struct kafc_share_group_offsets {
    const char *group;
    kafc_err result;
    int32_t noffsets;
    const kafc_share_offset *offsets; /* by topic and partition */
} kafc_share_group_offsets;

typedef struct kafc_share_offsets {
    const kafc_share_group_offsets *groups; /* in the order in which they were asked for */
    int32_t ngroups;
} kafc_share_offsets;

/* How far n share groups have come. Results as of kafc_admin_offsets_of_groups(). Brokers before 4.1:
 * KAFC_ERR_UNSUPPORTED. */
KAFC_API kafc_err kafc_admin_share_group_offsets(kafc_client *c, const char *const *groups,
                                                 int32_t n, int timeout_ms,
                                                 kafc_share_offsets **out, kafc_error *err);
KAFC_API void kafc_share_offsets_free(kafc_share_offsets *o); /* NULL is ignored */

/* Where a share group without members goes on, of n partitions: q[i].topic, partition and start; out is result. Returns
 * the first error; the others are moved all the same. KAFC_ERR_NON_EMPTY_GROUP; KAFC_ERR_GROUP_ID_NOT_FOUND;
 * KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION at once. Brokers before 4.1: KAFC_ERR_UNSUPPORTED. */
KAFC_API kafc_err kafc_admin_alter_share_group_offsets(kafc_client *c, const char *group,
                                                       kafc_share_offset *q, int32_t n,
                                                       int timeout_ms, kafc_error *err);

/* Makes a share group without members forget n topics. results: n codes, or NULL. As above. */
KAFC_API kafc_err kafc_admin_delete_share_group_offsets(kafc_client *c, const char *group,
                                                        const char *const *topics, int32_t n,
                                                        kafc_err *results, int timeout_ms,
                                                        kafc_error *err);

/* --- Their coordinators ------------------------------------------------------------- */

typedef enum kafc_coordinated {
    KAFC_COORDINATED_GROUPS = 1,
    KAFC_COORDINATED_TRANSACTIONS = 2,    /* transactional ids; brokers from 0.11 on */
    KAFC_COORDINATED_SHARE_PARTITIONS = 3 /* "group:topic id:partition", the id as Kafka writes it; from 4.1 on */
} kafc_coordinated;

typedef struct kafc_coordinator {
    const char *key;
    const char *host; /* "" with an error */
    int32_t node;     /* node id; -1 with an error */
    int32_t port;
    kafc_err result; /* KAFC_ERR_GROUP_AUTHORIZATION_FAILED, … */
} kafc_coordinator;

typedef struct kafc_coordinators {
    const kafc_coordinator *coordinators; /* in the order of the keys */
    int32_t ncoordinators;
} kafc_coordinators;

/* Who coordinates n groups, transactional ids or partitions of share groups; the calls here and in kafc/producers.h
 * look it up by themselves. Results as of kafc_admin_describe_groups(). Brokers before 0.9: KAFC_ERR_UNSUPPORTED. */
KAFC_API kafc_err kafc_admin_find_coordinators(kafc_client *c, kafc_coordinated what,
                                               const char *const *keys, int32_t n, int timeout_ms,
                                               kafc_coordinators **out, kafc_error *err);
KAFC_API void kafc_coordinators_free(kafc_coordinators *f); /* NULL is ignored */

#ifdef __cplusplus
}
#endif
#endif
