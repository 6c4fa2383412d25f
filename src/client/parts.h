/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Partitions that a call names: sorted, put together by topic for its request,
 * and found again when the answer says something of each. What messages look
 * like is found in their tables, by Kafka's names. Any thread.
 */
#ifndef KAFC_CLIENT_PARTS_H
#define KAFC_CLIENT_PARTS_H

#include "client/admin.h"

struct kafc_part { /* begins as kafc_topic_partition does */
    const char *topic;
    int32_t partition;
    int32_t node; /* where that matters, else -1 */
    int32_t i;    /* the caller's element */
};

/* One partition of a message's array of topics. */
struct kafc_part_said {
    kafc_str topic;
    int32_t partition;
    int16_t code; /* 0 where the message has none */
    kafc_str words;
    const void *part; /* its struct in the message */
};

/* What is said of partitions, for the caller: structs that begin as kafc_topic_partition does. */
struct kafc_part_element {
    size_t size, result; /* result: the offset of a kafc_err */
    /* Fills the rest. */
    void (*take)(struct kafc_arena *a, const struct kafc_part_said *said, void *to);
};

struct kafc_parts {
    char *v; /* the caller's elements: structs that begin as kafc_topic_partition does; or NULL */
    size_t stride;
    int32_t n;
    struct kafc_part *part; /* n of them, by topic, partition and node */
    const struct kafc_part_element *out; /* of v, if that is for the caller; or NULL */
    struct kafc_arena *arena;            /* behind it */
};

enum { KAFC_PARTS_NO_NODE = 0 };

/* node: the offset of the node's number in an element, or KAFC_PARTS_NO_NODE. KAFC_ERR_USAGE for what cannot be a
 * partition or is named twice, KAFC_ERR_NO_MEMORY. */
kafc_err kafc__parts_init(struct kafc_parts *p, void *v, size_t stride, int32_t n, size_t node,
                          struct kafc_arena *a, kafc_error *err);
/* The same of what is only read. n KAFC_ALL_PARTITIONS: none. */
kafc_err kafc__parts_given(struct kafc_parts *p, const kafc_topic_partition *v, int32_t n,
                           struct kafc_arena *a, kafc_error *err);
/* Of what was checked, and may be named twice. false: out of memory. */
KAFC_NODISCARD bool kafc__parts_sorted(struct kafc_parts *p, void *v, size_t stride, int32_t n,
                                       struct kafc_arena *a);

/* The *n of that place, where one may be named twice; 0: it is none of them. */
const struct kafc_part *kafc__parts_all(const struct kafc_parts *p, kafc_str topic,
                                        int32_t partition, int32_t *n);

/* For qsort: structs that begin as kafc_topic_partition does, by topic and partition. */
int kafc__parts_order(const void *a, const void *b);

/* The first array of topics in msg, a struct of the schema, is of these n parts, which stand sorted; members of
 * partitions besides the number have their defaults. false: out of memory. */
KAFC_NODISCARD bool kafc__parts_put(const struct kafc_part *part, int32_t n,
                                    const struct kafc_schema *s, void *msg, struct kafc_arena *a);

/* --- Answers ------------------------------------------------------------------------ */

struct kafc_parts_walk {
    const void *msg;
    const struct kafc_field *topics, *name, *parts, *index, *code, *words;
    int32_t topic, next;
};
void kafc__parts_walk(struct kafc_parts_walk *w, const struct kafc_schema *s, const void *msg);
bool kafc__parts_next(struct kafc_parts_walk *w, struct kafc_part_said *out);

/* An array of elements in the arena, one for each of msg's partitions, sorted; results are take()'s. NULL: out of
 * memory. What stands alone is a kafc_topic_partition. */
void *kafc__parts_copy(struct kafc_arena *a, const struct kafc_schema *s, const void *msg,
                       const struct kafc_part_element *e, int32_t *n);
extern const struct kafc_part_element kafc__part_alone;
/* The same as a piece, with the number behind the array. */
void *kafc__parts_piece(const kafc_allocator *mem, const struct kafc_schema *s, const void *msg,
                        const struct kafc_part_element *e);

/* The response's own code, or 0, with the broker's words. */
int16_t kafc__parts_whole(const struct kafc_schema *s, const void *resp, kafc_str *words);
/* For kafc_admin_kind.item: the response's own code, if it has one, then each partition's. */
bool kafc__parts_item(const struct kafc_schema *s, const void *resp, int32_t i,
                      struct kafc_admin_item *out);

/* Tells: the code of each element of the caller, into the kafc_err at the offset `result`, out of the answer (or NULL)
 * of a call that returned rc. Gives rc, or KAFC_ERR_PROTOCOL if the answer leaves one out. Parts with nodes are told of
 * by their nodes alone. */
kafc_err kafc__parts_tell(const struct kafc_parts *p, const kafc_answer *a,
                          const struct kafc_api *api, size_t result, kafc_err rc, kafc_error *err);
/* Asks by route, and tells. req NULL: there was no memory for it. */
kafc_err kafc__parts_ask(struct kafc_admin *k, const struct kafc_admin_kind *kind, const void *req,
                         const struct kafc_parts *p, size_t result);
/* Tells into a piece, one element for each of the parts, which are given up. NULL if there is no answer, or memory:
 * *rc says so. */
void *kafc__parts_named(struct kafc_parts *p, const kafc_allocator *mem, const kafc_answer *a,
                        const struct kafc_api *api, const struct kafc_part_element *e, kafc_err *rc,
                        kafc_error *err);

#endif
