/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Groups seen from outside: which there are, who is in them and how far they
 * have come; to delete them, and to move their offsets while nobody is in
 * them. Nothing here makes anybody a member.
 *
 * Threads, timeouts and errors are those of kafc/client.h: any thread, one
 * wait within timeout_ms for a whole call, `err` may be NULL. Coordinators are
 * looked up for each call. While one is loading, moving or not to be reached the
 * call goes on until its time is over.
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
    const char *type;     /* "classic" or "consumer" (KIP-848) */
    const char *protocol_type;
    const char *assignor; /* of classic groups while they are stable; else "" */
    int32_t coordinator;  /* node id; -1 with an error */
    int32_t nmembers;
    const kafc_group_member *members; /* by member id */
} kafc_described_group;

typedef struct kafc_group_descriptions {
    const kafc_described_group *groups; /* in the order in which they were asked for */
    int32_t ngroups;
} kafc_group_descriptions;

/* Asks the coordinators of the n groups. Each group has its own `result`, and the first one's that is an error is
 * returned; *out is NULL only for KAFC_ERR_NO_MEMORY, a wrong argument or a closed client. A group that does not exist
 * is KAFC_ERR_GROUP_ID_NOT_FOUND of every version of broker. Groups of the new protocol are described where
 * DescribeGroups does not know them (brokers from 4.0 on); share groups and streams groups are not. Brokers before 0.9:
 * KAFC_ERR_UNSUPPORTED. */
KAFC_API kafc_err kafc_admin_describe_groups(kafc_client *c, const char *const *groups, int32_t n,
                                              int timeout_ms, kafc_group_descriptions **out,
                                              kafc_error *err);
KAFC_API void kafc_group_descriptions_free(kafc_group_descriptions *d); /* NULL is ignored */

/* Deletes groups without members, with their offsets. results: n codes, or NULL. Returns the first error;
 * KAFC_ERR_NON_EMPTY_GROUP: it has members, KAFC_ERR_GROUP_ID_NOT_FOUND. Not repeated when its fate is unknown
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

#ifdef __cplusplus
}
#endif
#endif
