/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Assignors: how the leader of a classic group shares partitions out among the
 * members, and what members tell each other for it. Those with names of the
 * Java client give exactly its results. Pure: all memory is the arena's; one
 * thread at a time for an arena.
 */
#ifndef KAFC_CORE_ASSIGNOR_H
#define KAFC_CORE_ASSIGNOR_H

#include "base/arena.h"
#include "protocol/blob/consumer_protocol.h"
#include <kafc/error.h>

/* ---- What is to be shared out ---- */

struct kafc_assign_partition {
    const kafc_str *racks; /* of its replicas; null ones are unknown */
    int32_t nracks;
    kafc_str leader_rack;
};

struct kafc_assign_topic {
    kafc_str name;
    int32_t npartitions;                            /* 0: left out */
    const struct kafc_assign_partition *partitions; /* npartitions of them; NULL: racks unknown */
};

struct kafc_assign_member {
    kafc_str id, instance_id;              /* instance_id.p == NULL: a dynamic member */
    struct kafc_consumer_subscription sub; /* as kafc__assign_member_read() makes it */
};

/* Members in the order of the JoinGroup response, which matters only where claims contradict each other; topics in
 * any order. Each once; topics that are not there are not assigned. */
struct kafc_assign_in {
    const struct kafc_assign_member *members;
    int32_t nmembers;
    const struct kafc_assign_topic *topics;
    int32_t ntopics;
};

/* A partition of in->topics[topic]. */
struct kafc_assign_tp {
    int32_t topic, partition;
};

/* What one member gets. */
struct kafc_assigned {
    struct kafc_assign_tp *v;
    int32_t n;
};

/* ---- The assignors ---- */

/* EAGER: everything is given up before the join. COOPERATIVE: what a member keeps goes on; what changes hands is
 * assigned to nobody now, and in the rebalance that its old owner asks for. */
enum kafc_assign_protocol { KAFC_ASSIGN_EAGER, KAFC_ASSIGN_COOPERATIVE };

/* What the user data of a subscription says. */
enum kafc_assign_data {
    KAFC_ASSIGN_DATA_NONE,
    KAFC_ASSIGN_DATA_OWNED,      /* the last assignment and its generation (Java's sticky) */
    KAFC_ASSIGN_DATA_GENERATION, /* the generation alone (Java's cooperative-sticky) */
    KAFC_ASSIGN_DATA_RACK,       /* the rack (kafka-go's rack-affinity) */
    KAFC_ASSIGN_DATA_CUSTOM      /* what the caller says */
};

struct kafc_assign_run;

/* A rule of one's own: fills out[i], zeroed before, for in->members[i]. Lists and scratch from the arena. A result
 * other than KAFC_OK fails the rebalance. */
typedef kafc_err (*kafc_assign_fn)(void *ctx, const struct kafc_assign_in *in,
                                   struct kafc_arena *arena, struct kafc_assigned *out,
                                   kafc_error *err);

struct kafc_assignor {
    const char *name; /* on the wire, in JoinGroup */
    enum kafc_assign_protocol protocol;
    enum kafc_assign_data data;
    kafc_err (*share)(struct kafc_assign_run *r); /* one of the table, or NULL and: */
    kafc_assign_fn custom;
    void *ctx;
    kafc_bytes user_data; /* of this member, for KAFC_ASSIGN_DATA_CUSTOM */
};

/* "range", "roundrobin", "sticky", "cooperative-sticky", "rack-affinity"; NULL: there is none such. */
const struct kafc_assignor *kafc__assignor(const char *name);
/* The i-th of the table; NULL at the end. */
const struct kafc_assignor *kafc__assignor_at(size_t i);

/* Shares out: *out is an array of in->nmembers from the arena. Every partition goes to one member at most, and to
 * subscribers only; that is checked for custom ones too. KAFC_ERR_USAGE: a member or topic comes twice, or a custom
 * one's result is wrong; KAFC_ERR_NO_MEMORY. */
KAFC_NODISCARD kafc_err kafc__assign(const struct kafc_assignor *a, const struct kafc_assign_in *in,
                                     struct kafc_arena *arena, struct kafc_assigned **out,
                                     kafc_error *err);

/* ---- What goes over the wire, version in front ---- */

/* What a member says of itself. */
struct kafc_assign_self {
    const kafc_str *topics;
    int32_t ntopics;
    const struct kafc_consumer_subscription_topic *owned; /* the last assignment, by topic */
    int32_t nowned;
    int32_t generation; /* of owned; -1: none */
    kafc_str rack;
};

/* The metadata of a JoinGroup protocol, version 3, topics and partitions sorted as Java does. */
KAFC_NODISCARD kafc_err kafc__assign_subscribe(const struct kafc_assignor *a,
                                               const struct kafc_assign_self *self,
                                               struct kafc_arena *arena, kafc_bytes *out,
                                               kafc_error *err);

/* Reads what a member sent; strings point into it. Any version above 3 is read as 3. KAFC_ERR_PROTOCOL names the
 * member. User data is looked at by the assignor alone, and what it cannot read says nothing. */
KAFC_NODISCARD kafc_err kafc__assign_member_read(struct kafc_assign_member *m, kafc_str id,
                                                 kafc_str instance_id, kafc_bytes metadata,
                                                 struct kafc_arena *arena, kafc_error *err);

/* What a SyncGroup request says to each member, in->nmembers of them in *out: the order is kept, by topic. */
KAFC_NODISCARD kafc_err kafc__assignments_write(const struct kafc_assign_in *in,
                                                const struct kafc_assigned *got,
                                                struct kafc_arena *arena, kafc_bytes **out,
                                                kafc_error *err);
/* No bytes at all are an empty assignment, as brokers send it to a member that nothing was assigned to. */
KAFC_NODISCARD kafc_err kafc__assignment_read(struct kafc_consumer_assignment *out,
                                              kafc_bytes bytes, struct kafc_arena *arena,
                                              kafc_error *err);

#endif
