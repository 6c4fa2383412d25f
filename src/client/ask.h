/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Requests whose answers an application thread waits for: metadata, topics,
 * offsets. One attempt each, several at once; the retries are the waiter's,
 * by the class of the error. Application threads; `done` on the loop's.
 */
#ifndef KAFC_CLIENT_ASK_H
#define KAFC_CLIENT_ASK_H

#include "client/client.h"
#include <kafc/topics.h>

struct kafc_asks;

enum { KAFC_ADMIN_WORDS = 150 }; /* bytes of a broker's own in a sentence */

struct kafc_ask {
    const struct kafc_api *api;
    const void *msg;
    kafc_err (*prepare)(struct kafc_request *rq,
                        kafc_error *err); /* rq->owner is this ask; or NULL */
    int32_t node;
    /* On the loop thread, with the response decodable: keeps what it wants, returns the answer's code. */
    kafc_err (*answer)(struct kafc_ask *a, kafc_error *err);
    bool once;                 /* not to be repeated when the broker may have acted on it already */
    enum kafc_purpose purpose; /* of a node's connections; control by default */
    bool pinned, no_response;  /* pinned: to `version`, else the highest common one */
    int16_t version;
    int16_t floor, ceiling; /* else within these; ceiling 0: all that there are */
    void *owner;

    struct kafc_request rq;
    kafc_err code; /* what became of it */
    kafc_error err;
    struct kafc_asks *group;
    bool done, again; /* again: the code is worth another attempt */
};

/* The door of a public call that asks: kafc__client_enter(), and close waits for the end. */
kafc_err kafc__ask_begin(kafc_client *c, int timeout_ms, kafc_error *err);
void kafc__ask_end(kafc_client *c);

/* Sends all n and waits until each has its code, at most until the deadline, one attempt each. KAFC_OK, or why it
 * stopped waiting: KAFC_ERR_TIMED_OUT, KAFC_ERR_INTERRUPTED (since the count of `interrupts`), KAFC_ERR_CLOSED. Either
 * way nothing of a[] is used any more afterwards. */
kafc_err kafc__ask_once(kafc_client *c, struct kafc_ask *a, size_t n, int64_t deadline,
                        unsigned interrupts, kafc_error *err);

/* One request, again and again by the class of its error until the deadline; then the last error stands with the time
 * that was spent, so that it says what and where. */
kafc_err kafc__ask(kafc_client *c, struct kafc_ask *a, int64_t deadline, kafc_error *err);

/* Is another attempt worth it after this code in an answer of the API (-1: of the transport)? */
bool kafc__ask_again(int16_t api, kafc_err code);
/* Waits out the pause before attempt n (0, 1, …) after `code`, with a refresh of the core's metadata under way. false:
 * the deadline comes first, or the call ended (*why). */
bool kafc__ask_pause(kafc_client *c, int attempt, kafc_err code, int64_t deadline,
                     unsigned interrupts, kafc_err *why);

/* What a public call may still wait, for one that it calls; -1: for ever. */
int kafc__left_ms(int64_t deadline);
/* What the broker may take of it, in a request's TimeoutMs: the answer has a way to go, too. */
int32_t kafc__broker_timeout(int32_t request_timeout_ms, int64_t deadline);

/* --- Raw requests, of client and conn ------------------------------------------------------------------------- */

/* KAFC_ERR_USAGE without api or req, KAFC_ERR_UNSUPPORTED for a version (-1: any) that the tables do not have. */
kafc_err kafc__raw_check(const struct kafc_api *api, int version, const void *req, kafc_error *err);
/* kafc_client_call() in its highest version, with requests that differ by node. stay: until the deadline, where a node
 * cannot be reached; else that is told at once. */
struct kafc_bound {
    const void *req;
    int32_t node;
};
kafc_err kafc__client_call_nodes(kafc_client *c, const struct kafc_api *api,
                                 const struct kafc_bound *v, int32_t n, bool stay, int timeout_ms,
                                 kafc_answer **out, kafc_error *err);
/* One attempt, in a version (-1: the highest): *out has v's parts in their order whatever became of them. Returns the
 * first part's error; *out is NULL if none was sent. */
kafc_err kafc__client_call_once(kafc_client *c, const struct kafc_api *api, int version,
                                const struct kafc_bound *v, int32_t n, int timeout_ms,
                                kafc_answer **out, kafc_error *err);
/* Is it one that brokers do not answer: Produce with acks 0? */
bool kafc__raw_unanswered(const struct kafc_api *api, const void *req);

/* --- Queries: what client and conn both can ask, of whom ever the asker names --------------------------------- */

struct kafc_conn;

struct kafc_asker {
    const kafc_allocator *mem;
    int32_t request_timeout_ms;
    kafc_client *client;    /* asks the right node, and retries; or NULL */
    struct kafc_conn *conn; /* asks its broker, once */
    const struct kafc_asking *how;
};

/* By pointers, so that a program with conns only does not link the client. */
struct kafc_asking {
    kafc_err (*ask)(const struct kafc_asker *by, struct kafc_ask *a, int64_t deadline,
                    kafc_error *err);
    /* kafc__ask_once() and kafc__ask_pause(); NULL: one ask after the other, and no second attempt */
    kafc_err (*once)(kafc_client *c, struct kafc_ask *a, size_t n, int64_t deadline,
                     unsigned interrupts, kafc_error *err);
    bool (*pause)(kafc_client *c, int attempt, kafc_err code, int64_t deadline, unsigned interrupts,
                  kafc_err *why);
};
extern const struct kafc_asking kafc__asking_by_client, kafc__asking_by_conn;

static inline struct kafc_asker kafc__asker_of(kafc_client *c)
{
    return (struct kafc_asker){ &c->mem, c->o.request_timeout_ms, c, NULL,
                                &kafc__asking_by_client };
}

enum {
    KAFC_META_CREATE = 1,    /* the brokers may make missing topics */
    KAFC_META_OPERATIONS = 2 /* and tell what may be done with topics and the cluster, if they can */
};
/* As the public functions of the same name, from behind the door. */
kafc_err kafc__query_metadata(const struct kafc_asker *by, const char *const *topics, int32_t n,
                              unsigned how, int64_t deadline, kafc_metadata **out, kafc_error *err);
/* Of nodes, all at once and with one attempt. out[i] is NULL of one that has not answered by the deadline; rc is what
 * kafc__ask_once() gives. */
kafc_err kafc__query_metadata_of(kafc_client *c, const kafc_broker *nodes, int32_t nnodes,
                                 const char *const *topics, int32_t n, int64_t deadline,
                                 unsigned interrupts, kafc_metadata **out, kafc_error *err);
/* Among n topics that are sorted, as all that are given to the caller. NULL: there is none. */
const kafc_topic *kafc__topic_find(const kafc_topic *v, int32_t n, const char *name);
const kafc_partition *kafc__partition_find(const kafc_topic *t, int32_t id);
/* Who leads it; or why nobody does. */
kafc_err kafc__leader_find(const kafc_metadata *m, const char *topic, int32_t partition,
                           int32_t *leader);
kafc_err kafc__query_create(const struct kafc_asker *by, kafc_new_topic *topics, int32_t n,
                            bool validate_only, int64_t deadline, kafc_created_topics **made,
                            kafc_error *err);
kafc_err kafc__query_delete(const struct kafc_asker *by, const char *const *names, int32_t n,
                            kafc_err *results, int64_t deadline, kafc_error *err);
kafc_err kafc__query_offsets(const struct kafc_asker *by, kafc_offset_query *q, int32_t n,
                             kafc_isolation isolation, int64_t deadline, kafc_error *err);

#endif
