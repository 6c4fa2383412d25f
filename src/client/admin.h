/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Requests of administration: taken to whom their API's row names, asked again
 * while the answer says that it was the wrong broker or the wrong moment, and
 * the verdicts of their items put into a sentence. Application threads, inside
 * a call.
 */
#ifndef KAFC_CLIENT_ADMIN_H
#define KAFC_CLIENT_ADMIN_H

#include <stdio.h>

#include "base/str.h"
#include "client/ask.h"
#include "client/piece.h"

/* One public call: its door, what it has of time, memory for its requests. */
struct kafc_admin {
    kafc_client *c;
    int64_t deadline;
    struct kafc_arena arena;
    kafc_error *err; /* never NULL */
    kafc_error own;
};
/* KAFC_OK, or why not; end() only after KAFC_OK, it gives rc. */
kafc_err kafc__admin_begin(struct kafc_admin *k, kafc_client *c, int timeout_ms, kafc_error *err);
kafc_err kafc__admin_end(struct kafc_admin *k, kafc_err rc);

/* What an answer says of one thing that was asked for. */
struct kafc_admin_item {
    const void *req; /* in: what was asked, for answers that name nothing */
    int16_t code;
    kafc_str words; /* the broker's own, or null */
    char name[320]; /* "topic 'orders'": the subject of the sentence */
    bool whole;     /* it is the response's own code: without an error it says nothing of what was asked */
    int32_t at[2];  /* of the function that finds items, from one to the next; at first 0 */
};

struct kafc_admin_kind {
    const struct kafc_api *api;
    const char *what;  /* "created": the sentence is "topic 'orders' cannot be created: …" */
    const char *since; /* "1.0": from which broker on KAFC_ERR_UNSUPPORTED says that there is one; or NULL */
    const char *too_old; /* of a broker whose version lacks a field: "for an unclean election"; or NULL */
    bool once;         /* not to be repeated when a broker may have acted on it */
    bool unknown_stands; /* a topic that is not there is told at once, not waited for */
    const char *whole; /* "the quotas": a response has a code of its own about them, and no other */
    /* Item i of a response of one broker; false: there are no more. A code of the response as a whole is one. NULL, and
     * no `whole`: kafc__parts_item(). */
    bool (*item)(const void *resp, int32_t i, struct kafc_admin_item *out);
};

/* "topic 'orders'" */
static inline void kafc__admin_name(struct kafc_admin_item *item, const char *what, kafc_str name)
{
    (void)snprintf(item->name, sizeof(item->name), "%s '%.*s'", what, KAFC_STR_HEAD(name, 249));
}

/* Asks (broker: a node id, or KAFC_BY_ROUTE) until the deadline. *out, for kafc_answer_free(): the last answer, whose
 * items have their codes; it may be there with an error, too, and is NULL if nobody answered. Returns the first error:
 * of the way there, or of the first item that has one.
 * Asked again: what cannot be reached, or found; an answer with a code that may pass by itself (kafc__ask_again), of a
 * kind that is `once` only if every item was refused so. */
kafc_err kafc__admin_ask(kafc_client *c, const struct kafc_admin_kind *kind, const void *req,
                         int32_t broker, int64_t deadline, kafc_answer **out, kafc_error *err);

/* The same for requests that differ by node, which make() finds anew for each attempt, in the arena. */
struct kafc_admin_plan {
    kafc_err (*make)(void *owner, struct kafc_arena *a, struct kafc_bound **v, int32_t *n,
                     kafc_error *err);
    void *owner;
    bool moves; /* another node may be the right one if one cannot be reached */
};
/* A plan whose owner is a struct kafc_admin_nodes: the same each time. */
struct kafc_admin_nodes {
    struct kafc_bound *v;
    int32_t n;
};
kafc_err kafc__admin_same_nodes(void *owner, struct kafc_arena *a, struct kafc_bound **v,
                                int32_t *n, kafc_error *err);
kafc_err kafc__admin_ask_nodes(kafc_client *c, const struct kafc_admin_kind *kind,
                               const struct kafc_admin_plan *plan, int64_t deadline,
                               kafc_answer **out, kafc_error *err);

/* n strings for a request; they borrow. NULL: out of memory. */
kafc_str *kafc__admin_texts(struct kafc_arena *a, const char *const *s, int32_t n);

/* KAFC_ERR_NO_MEMORY with a sentence: "out of memory for the reassignments". */
kafc_err kafc__admin_no_memory(const char *what, kafc_error *err);

#endif
