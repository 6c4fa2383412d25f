/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Groups of the classic protocol as their coordinator sees them: members and
 * the rounds of their rebalances, and the offsets; and which broker coordinates
 * what. Shared among the brokers as logs are; whoever coordinates uses it. One
 * thread at a time.
 */
#ifndef KAFC_MOCK_GROUP_H
#define KAFC_MOCK_GROUP_H

#include "mock/acl.h"

enum { KAFC_MGROUP_METADATA_MAX = 4096 };

struct kafc_moffset {
    struct kafc_mtopic *topic;
    int32_t partition, epoch;
    int64_t offset;
    int64_t producer; /* whose transaction is to decide; -1: committed */
    char *metadata;   /* or NULL */
    int32_t metadata_len;
};

struct kafc_mprotocol {
    kafc_str name;
    kafc_bytes metadata;
    int32_t votes; /* while one is chosen; -1: not all know it */
};

struct kafc_mmember {
    struct kafc_list node;         /* of the group's, in the order of joining */
    kafc_str id, instance, client; /* instance null: a dynamic one */
    int32_t session_ms, rebalance_ms;
    int64_t expires_at;      /* INT64_MAX: not while it waits */
    bool fresh;              /* was never told of a generation */
    bool joining;            /* its JoinGroup waits */
    bool syncing;            /* its SyncGroup waits */
    bool synced;             /* it has asked for its assignment in this generation */
    bool saved;              /* another coordinator would know it */
    struct kafc_mconn *conn; /* whose request waits; NULL: the answer has nobody to go to */
    int16_t version;
    int32_t correlation;
    struct kafc_mprotocol *protocol; /* best first */
    int32_t nprotocols;
    uint8_t *assignment;
    int32_t assignment_len;
};

struct kafc_mgroup {
    struct kafc_list node;
    kafc_mock_group_state state;
    int32_t generation, saved_generation;
    char *type, *protocol, *saved_protocol; /* or NULL */
    struct kafc_list members, pending; /* pending: were given an id, and have not joined with it */
    struct kafc_mmember *leader;       /* or NULL */
    bool initial;                      /* the first round of an empty group, which waits for more */
    bool grown;                        /* somebody came meanwhile */
    bool unassigned;                   /* a round has ended before its assignments were there */
    bool shrunk;                       /* a saved member is gone since */
    int64_t join_at, sync_at; /* those who have not joined, or synced, by then are out; INT64_MAX */
    int64_t left_us;          /* of an initial round's patience */
    struct kafc_moffset *v;
    int32_t n, cap;
    int32_t len;
    char name[];
};

/* ---- mock/coordinator.c: which broker coordinates; keys fall into slots that move as a whole ---- */

void kafc__mock_coordinators_init(struct kafc_cluster *c);
const struct kafc_mslot *kafc__mock_slot(const struct kafc_cluster *c, kafc_mock_coordination what,
                                         kafc_str key);
/* KAFC_OK, KAFC_ERR_NOT_COORDINATOR, KAFC_ERR_COORDINATOR_LOAD_IN_PROGRESS. */
kafc_err kafc__mock_coordinates(const struct kafc_cluster *c, kafc_mock_coordination what,
                                kafc_str key, const struct kafc_mbroker *b);
/* A broker is gone (others take over), or has come: it loads what is still its own, and what nobody has. */
void kafc__mock_coordinators_move(struct kafc_cluster *c, int32_t from);
void kafc__mock_coordinators_take(struct kafc_cluster *c, int32_t broker);

/* ---- mock/groups.c: all of them ---- */

/* Whether the operation on the group is allowed, and the broker of the connection coordinates it: KAFC_OK,
 * KAFC_ERR_GROUP_AUTHORIZATION_FAILED, KAFC_ERR_NOT_COORDINATOR, KAFC_ERR_COORDINATOR_LOAD_IN_PROGRESS; or what is
 * forced. */
kafc_err kafc__mgroup_coordinates(const struct kafc_mrq *rq, kafc_str name,
                                  kafc_acl_operation operation);
/* The same where the name must not be empty: also KAFC_ERR_INVALID_GROUP_ID. */
kafc_err kafc__mgroup_named(const struct kafc_mrq *rq, kafc_str name, kafc_acl_operation operation);
struct kafc_mgroup *kafc__mgroup_find(const struct kafc_cluster *c, kafc_str name);
struct kafc_mgroup *kafc__mgroup_make(struct kafc_cluster *c, kafc_str name); /* NULL: no memory */
void kafc__mgroup_free(struct kafc_cluster *c, struct kafc_mgroup *g);
void kafc__mgroups_free(struct kafc_cluster *c);
/* Sessions and rounds that are due. */
void kafc__mgroups_tick(struct kafc_cluster *c);
int64_t kafc__mgroups_deadline(const struct kafc_cluster *c);
/* The slot's coordinator is another one: it knows what was saved. */
void kafc__mgroups_reload(struct kafc_cluster *c, const struct kafc_mslot *s);

/* ---- mock/group.c: the rounds of one ---- */

/* "Stable", …; g NULL: "Dead". */
const char *kafc__mgroup_state(const struct kafc_mgroup *g);
int32_t kafc__mgroup_size(const struct kafc_mgroup *g); /* members */
/* A member has come, or joined again with something new; the reason is for the log. */
void kafc__mgroup_joined(struct kafc_cluster *c, struct kafc_mgroup *g, const char *why);
/* Members are gone. */
void kafc__mgroup_left(struct kafc_cluster *c, struct kafc_mgroup *g, const char *why);
/* The leader's assignments are there; false: out of memory, nothing has changed. */
struct kafc_sync_group_req;
bool kafc__mgroup_assign(struct kafc_cluster *c, struct kafc_mgroup *g,
                         const struct kafc_sync_group_req *q);
/* Answers what waits with the code, and forgets the member. */
void kafc__mgroup_remove(struct kafc_cluster *c, struct kafc_mgroup *g, struct kafc_mmember *m,
                         kafc_err code);
/* The new member takes the place of the old one, whose requests are fenced, and who is gone then. */
void kafc__mgroup_replace(struct kafc_cluster *c, struct kafc_mgroup *g, struct kafc_mmember *old,
                          struct kafc_mmember *m);
bool kafc__mgroup_set_type(struct kafc_cluster *c, struct kafc_mgroup *g, kafc_str type);
/* Its session begins again. */
void kafc__mgroup_alive(const struct kafc_cluster *c, struct kafc_mmember *m);
/* KAFC_ERR_UNKNOWN_MEMBER_ID, KAFC_ERR_FENCED_INSTANCE_ID; g may be NULL. */
kafc_err kafc__mgroup_member(const struct kafc_mgroup *g, kafc_str id, kafc_str instance,
                             struct kafc_mmember **out);
/* Whether the group can take a member of these protocols. */
struct kafc_join_group_req;
bool kafc__mgroup_supports(const struct kafc_mgroup *g, const struct kafc_join_group_req *q);
/* The protocol that the members choose now. There is a member. */
kafc_str kafc__mgroup_vote(const struct kafc_mgroup *g);
/* May the sender commit offsets? KAFC_OK, or what is wrong with its membership. g NULL: there is none yet, and the
 * generation is below 0. */
kafc_err kafc__mgroup_may_commit(const struct kafc_cluster *c, const struct kafc_mgroup *g,
                                 int32_t generation, kafc_str member, kafc_str instance,
                                 bool transactional);
void kafc__mgroup_reload(struct kafc_cluster *c, struct kafc_mgroup *g, int64_t ready_at);
void kafc__mgroup_tick(struct kafc_cluster *c, struct kafc_mgroup *g);
int64_t kafc__mgroup_due(const struct kafc_mgroup *g);

/* ---- mock/member.c: one member, its protocols, its answers ---- */

struct kafc_mmember *kafc__mmember_find(const struct kafc_list *l, kafc_str id);
struct kafc_mmember *kafc__mmember_of_instance(const struct kafc_mgroup *g, kafc_str instance);
/* With a new id; not in a list. NULL: no memory. */
struct kafc_mmember *kafc__mmember_new(struct kafc_mrq *rq, kafc_str instance);
/* Not in a list, its answers given. */
void kafc__mmember_free(struct kafc_cluster *c, struct kafc_mmember *m);
/* Takes protocols and times; false: no memory, nothing has changed. */
bool kafc__mmember_set(struct kafc_cluster *c, struct kafc_mmember *m,
                       const struct kafc_join_group_req *q);
/* The protocols are the same. */
bool kafc__mmember_matches(const struct kafc_mmember *m, const struct kafc_join_group_req *q);
const struct kafc_mprotocol *kafc__mmember_protocol(const struct kafc_mmember *m, kafc_str name);
/* The request's answer waits for the member's round. */
void kafc__mmember_park(struct kafc_mrq *rq, struct kafc_mmember *m);
/* The connection does not wait any more. */
void kafc__mmember_unpark(struct kafc_mconn *conn);
/* Fill an answer: refused; the group's generation, with the members for its leader (false: no memory); what the
 * leader gave the member. */
struct kafc_join_group_resp;
struct kafc_sync_group_resp;
void kafc__mmember_refused(int16_t version, kafc_str id, kafc_err code,
                           struct kafc_join_group_resp *a);
bool kafc__mmember_generation(const struct kafc_mgroup *g, const struct kafc_mmember *m,
                              struct kafc_arena *arena, struct kafc_join_group_resp *a);
void kafc__mmember_assignment(const struct kafc_mgroup *g, const struct kafc_mmember *m,
                              struct kafc_sync_group_resp *a);
/* Answers a JoinGroup that waits: with the group's generation, or with the code. */
void kafc__mmember_answer_join(struct kafc_cluster *c, const struct kafc_mgroup *g,
                               struct kafc_mmember *m, kafc_err code);
/* The same for SyncGroup. */
void kafc__mmember_answer_sync(struct kafc_cluster *c, const struct kafc_mgroup *g,
                               struct kafc_mmember *m, kafc_err code);

/* ---- mock/offsets.c ---- */

/* producer >= 0: it counts when its transaction commits. */
kafc_err kafc__mgroup_put(struct kafc_cluster *c, struct kafc_mgroup *g, int64_t producer,
                          struct kafc_mtopic *t, int32_t partition, int64_t offset, int32_t epoch,
                          kafc_str metadata);
/* What is committed, or NULL. *pending: a transaction may change it. */
const struct kafc_moffset *kafc__mgroup_get(const struct kafc_mgroup *g,
                                            const struct kafc_mtopic *t, int32_t partition,
                                            bool *pending);
/* The producer's transaction has ended. */
void kafc__mgroup_settle(struct kafc_cluster *c, struct kafc_mgroup *g, int64_t producer,
                         bool commit);
void kafc__mgroup_delete_offset(struct kafc_cluster *c, struct kafc_mgroup *g,
                                const struct kafc_mtopic *t, int32_t partition);
void kafc__mgroup_forget_offsets(struct kafc_cluster *c, struct kafc_mgroup *g);

/* ---- members of a group, groups of a cluster; NULL: no more ---- */

static inline struct kafc_mmember *kafc__mgroup_first(const struct kafc_mgroup *g)
{
    return KAFC_LIST_FIRST(&g->members, struct kafc_mmember, node);
}

static inline struct kafc_mmember *kafc__mgroup_next(const struct kafc_mgroup *g,
                                                     const struct kafc_mmember *m)
{
    return KAFC_LIST_NEXT(&g->members, m, struct kafc_mmember, node);
}

static inline struct kafc_mgroup *kafc__mgroups_first(const struct kafc_cluster *c)
{
    return KAFC_LIST_FIRST(&c->groups, struct kafc_mgroup, node);
}

static inline struct kafc_mgroup *kafc__mgroups_next(const struct kafc_cluster *c,
                                                     const struct kafc_mgroup *g)
{
    return KAFC_LIST_NEXT(&c->groups, g, struct kafc_mgroup, node);
}

#endif
