/* SPDX-License-Identifier: BSD-2-Clause
 *
 * One run of an assignor, in numbers: members are numbered by the order of
 * their ids, topics by names, partitions through all topics. So the order that
 * Java sorts by is the order of the numbers. Included by assignor*.c and their
 * tests only; one thread at a time.
 */
#ifndef KAFC_CORE_ASSIGNOR_INTERNAL_H
#define KAFC_CORE_ASSIGNOR_INTERNAL_H

#include "core/assignor.h"

struct kafc_ints {
    int32_t *v;
    int32_t n;
};

struct kafc_assign_run {
    const struct kafc_assign_in *in;
    struct kafc_arena *arena;
    kafc_error *err;

    int32_t nmembers;
    int32_t *input;         /* a member's place in `in` */
    int32_t *number;        /* back: the number of in->members[i] */
    struct kafc_ints *subs; /* of a member: its topics, ascending; only those of the run */
    bool equal;             /* all subscribe to the same names, unknown ones included */

    int32_t ntopics; /* that have partitions and a subscriber */
    int32_t *topic;  /* a topic's place in `in` */
    int32_t *seen;   /* the topics as the subscriptions name them first */
    int32_t *first;  /* ntopics + 1: the number of partition 0 */

    int32_t nparts;
    int32_t *topic_of;

    /* The result: who has a partition (-1: nobody), and for each member a list of partitions. */
    int32_t *owner, *next, *prev; /* by partition */
    int32_t *head, *tail, *size;  /* by member */
};

static inline const struct kafc_assign_member *kafc__assign_member(const struct kafc_assign_run *r,
                                                                   int32_t m)
{
    return &r->in->members[r->input[m]];
}

static inline const struct kafc_assign_topic *kafc__assign_topic(const struct kafc_assign_run *r,
                                                                 int32_t t)
{
    return &r->in->topics[r->topic[t]];
}

static inline int32_t kafc__assign_count(const struct kafc_assign_run *r, int32_t t)
{
    return r->first[t + 1] - r->first[t];
}

/* NULL: nothing is known of its racks. */
static inline const struct kafc_assign_partition *kafc__assign_partition(
    const struct kafc_assign_run *r, int32_t p)
{
    const struct kafc_assign_topic *t = kafc__assign_topic(r, r->topic_of[p]);
    return t->partitions ? &t->partitions[p - r->first[r->topic_of[p]]] : NULL;
}

/* assignor_run.c */
kafc_err kafc__assign_open(struct kafc_assign_run *r);
kafc_err kafc__assign_no_memory(struct kafc_assign_run *r);
int32_t *kafc__assign_ints(struct kafc_assign_run *r, size_t n, int32_t value); /* or NULL */
void kafc__assign_give(struct kafc_assign_run *r, int32_t p,
                       int32_t m); /* to the end of its list */
void kafc__assign_take(struct kafc_assign_run *r, int32_t p);
bool kafc__assign_subscribed(const struct kafc_assign_run *r, int32_t m, int32_t t);
/* The number of the topic, or -1. */
int32_t kafc__assign_find_topic(const struct kafc_assign_run *r, kafc_str name);
/* For each topic its subscribers, in the order in which `members` has them. NULL: out of memory. */
struct kafc_ints *kafc__assign_who(struct kafc_assign_run *r, const int32_t *members);
/* Range and round robin: static members by instance id, then the others by id. NULL: out of memory. */
int32_t *kafc__assign_turns(struct kafc_assign_run *r);

/* assignor_java.c: as Java orders things that it does not sort. */
uint32_t kafc__java_hash(kafc_str s);
int kafc__java_compare(kafc_str a, kafc_str b);
/* Where a hash goes in a table of so many slots. */
uint32_t kafc__java_slot(uint32_t hash, uint32_t slots);
/* The keys 0 … n - 1, inserted in this order: how a HashMap that has `size` in all walks them. false: out of
 * memory. */
bool kafc__java_order(struct kafc_arena *a, const uint32_t *hashes, int32_t n, int32_t size,
                      int32_t *order);

/* assignor_racks.c: racks as numbers. */
struct kafc_assign_racks {
    int32_t nracks;
    int32_t *of_member;    /* -1: none */
    int32_t *first;        /* nparts + 1: where of_partition begins */
    int32_t *of_partition; /* without repetition */
    char *seen;            /* by rack: scratch */
};
/* of_member is NULL when no member says its rack. */
kafc_err kafc__assign_racks_open(struct kafc_assign_run *r, struct kafc_assign_racks *k);
bool kafc__assign_rack_of(const struct kafc_assign_racks *k, int32_t p, int32_t rack);
/* Java's question, for partitions [from, to) and these members: do some racks match, and are not all partitions on the
 * same ones? */
bool kafc__assign_racks_matter(const struct kafc_assign_racks *k, int32_t from, int32_t to,
                               const int32_t *members, int32_t nmembers);

/* The assignors. */
kafc_err kafc__share_range(struct kafc_assign_run *r);
kafc_err kafc__share_round_robin(struct kafc_assign_run *r);
kafc_err kafc__share_rack_affinity(struct kafc_assign_run *r);
kafc_err kafc__share_sticky(struct kafc_assign_run *r);
kafc_err kafc__share_cooperative(struct kafc_assign_run *r);

/* Sticky: what members say that they had. */
struct kafc_claims {
    struct kafc_ints *of; /* by member: partitions that are there, as it names them */
    int32_t *generation;  /* by member; -1: none */
    int32_t max;          /* the highest */
    int32_t *holder;      /* by partition: whose it was, by the highest generation; -1: nobody's */
    bool *twice;          /* by partition: two of the same generation had it */
};
kafc_err kafc__claims_read(struct kafc_assign_run *r, struct kafc_claims *c, bool from_user_data);
/* Cooperative: what is new to its owner while somebody else had it goes to nobody. */
kafc_err kafc__claims_hold_back(struct kafc_assign_run *r, const struct kafc_claims *c);
/* Subscriptions that differ. */
kafc_err kafc__share_general(struct kafc_assign_run *r, const struct kafc_claims *c,
                             const struct kafc_assign_racks *k, bool racks);

#endif
