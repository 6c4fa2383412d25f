/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The engine of one client: brokers and their links, metadata, timers, and the
 * members (writers, readers, calls) that hang on it. Single-threaded, without
 * I/O, clocks or threads of its own: the loop of src/client and the simulator
 * drive it with the same five verbs (DESIGN 4):
 *
 *   take an event or bytes   kafc__core_opened/closed, kafc__core_recv_room/received, kafc__core_sent
 *   give bytes to send       kafc__core_send_iov
 *   give results one by one  kafc__core_next (open, send, close a link); members report to their own queues
 *   say the next deadline    kafc__core_deadline
 *   tick                     kafc__core_tick
 *
 * Only kafc__core_poke and kafc__core_sleep's counterpart may be called from other threads.
 */
#ifndef KAFC_CORE_CORE_H
#define KAFC_CORE_CORE_H

#include "base/heap.h"
#include "base/log.h"
#include "base/map.h"
#include "base/rand.h"
#include "core/link.h"

struct kafc_core;

struct kafc_core_config {
    kafc_allocator mem;
    struct kafc_logger log;
    const char *brokers;   /* "host:port,…", validated by kafc__core_new */
    const char *client_id; /* copied, as all strings are */
    const char *rack;      /* or NULL */
    const struct kafc_login *login; /* NULL: brokers want none; outlives the core */
    int64_t connect_timeout_us, request_timeout_us;
    int64_t retry_backoff_us, retry_backoff_max_us;
    int64_t reconnect_backoff_us, reconnect_backoff_max_us;
    int64_t metadata_max_age_us, connections_max_idle_us;
    bool no_rebootstrap; /* once nodes are known, the list of brokers is used no more */
    int64_t
        rebootstrap_trigger_us; /* without metadata for so long the nodes are forgotten; 0: never */
    int32_t receive_max;
    kafc_hooks hooks; /* all NULL: nobody is told */
    bool tls;         /* links are opened once that is up */
    uint64_t seed;    /* of jitter and draws */
    /* Called by poke, from any thread, when the driver sleeps; async-signal-safe. */
    void (*wake)(void *ctx);
    void *ctx;
};

struct kafc_core *kafc__core_new(const struct kafc_core_config *cfg, int64_t now, int64_t wall_ms,
                                 kafc_error *err);
void kafc__core_free(struct kafc_core *c); /* members are gone by then */

/* --- The driver's side ---------------------------------------------------- */

enum kafc_action_kind {
    KAFC_ACTION_NONE,
    KAFC_ACTION_OPEN, /* connect link to host:port within timeout; answer with opened or closed */
    KAFC_ACTION_SEND, /* the link has bytes to send */
    KAFC_ACTION_CLOSE /* close the link's socket; the core has forgotten the link already */
};
struct kafc_action {
    enum kafc_action_kind kind;
    uint32_t link;    /* id, never reused within a core */
    const char *host; /* OPEN: valid until the next call */
    int32_t port;
    int64_t deadline; /* OPEN: give up then (the core does, too) */
};

/* The next thing to do, in order; NONE when there is nothing. */
void kafc__core_next(struct kafc_core *c, struct kafc_action *out);
void kafc__core_opened(struct kafc_core *c, uint32_t link, int64_t now);
/* With tls: the socket is there, and the handshake begins. */
void kafc__core_connected(struct kafc_core *c, uint32_t link, int64_t now);
/* Could not be opened (KAFC_ERR_RESOLVE, KAFC_ERR_CONNECT: "connection refused"), or was lost
 * (KAFC_ERR_DISCONNECTED: "closed by the peer"). */
void kafc__core_closed(struct kafc_core *c, uint32_t link, kafc_err code, const char *reason,
                       int64_t now);
/* room 0: the link is gone. After received, the link may be gone as well: CLOSE comes through next(). */
void kafc__core_recv_room(struct kafc_core *c, uint32_t link, void **p, size_t *n);
void kafc__core_received(struct kafc_core *c, uint32_t link, size_t n, int64_t now);
int kafc__core_send_iov(struct kafc_core *c, uint32_t link, struct iovec *iov, int max,
                        int64_t now);
/* How many bytes the socket took, 0 as well. When it took less than send_iov gave, the driver waits until the socket
 * is writable and calls send_iov again; else the next SEND tells when. */
void kafc__core_sent(struct kafc_core *c, uint32_t link, size_t n, int64_t now);
int64_t kafc__core_deadline(const struct kafc_core *c);
/* Says what time it is, before members are called outside of events and ticks. */
void kafc__core_clock(struct kafc_core *c, int64_t now, int64_t wall_ms);
/* Runs due timers and pokes. Call after every batch of events and whenever the deadline passed. */
void kafc__core_tick(struct kafc_core *c, int64_t now, int64_t wall_ms);
/* Before the driver sleeps: true if it may, and from then on pokes call wake() until kafc__core_awake. */
bool kafc__core_sleep(struct kafc_core *c);
void kafc__core_awake(struct kafc_core *c);

/* --- What members use, on the driver's thread ------------------------------ */

int64_t kafc__core_now(const struct kafc_core *c); /* as of the current call, monotonic µs */
int64_t kafc__core_wall_ms(const struct kafc_core *c);
const struct kafc_core_config *kafc__core_config(const struct kafc_core *c);
const struct kafc_core_stats *kafc__core_stats(const struct kafc_core *c); /* any thread */
const struct kafc_features *kafc__core_features(const struct kafc_core *c);

struct kafc_core_timer {
    struct kafc_timer t;
    void (*fire)(void *owner);
    void *owner;
};
/* Reserves the timer's place, so that set cannot fail; false when out of memory. */
bool kafc__core_timer_init(struct kafc_core *c, struct kafc_core_timer *t, void (*fire)(void *),
                           void *owner);
void kafc__core_timer_fini(struct kafc_core *c, struct kafc_core_timer *t);
void kafc__core_timer_set(struct kafc_core *c, struct kafc_core_timer *t,
                          int64_t at); /* moves if set */
void kafc__core_timer_stop(struct kafc_core *c, struct kafc_core_timer *t);

/* What a connection is for: nothing that a broker may park delays anything else (DESIGN 9). */
enum kafc_purpose {
    KAFC_FOR_CONTROL,
    KAFC_FOR_PRODUCE,
    KAFC_FOR_FETCH,
    KAFC_FOR_FETCH_AHEAD,
    KAFC_FOR_CALLS, /* whatever the application asks */
    KAFC_FOR_TXN,   /* the coordinators of a transactional writer */
    KAFC_PURPOSES
};
/* Node ids are >= 0. */
enum { KAFC_ANY_NODE = -1, KAFC_CONTROLLER_NODE = -2 };

/* Sends a request to a node on its connection for the purpose, opening it if need be. done() is called exactly once,
 * never from inside send. ANY: a node with a connection, else known nodes and then the bootstrap list in turn.
 * A node that is not in the metadata: done with KAFC_ERR_BROKER_NOT_AVAILABLE. A connection that cannot be opened fails
 * its requests (KAFC_ERR_CONNECT …, class RECONNECT); reconnects are paced by the back-off, requests that arrive
 * during the pause wait for the next attempt. */
void kafc__core_send(struct kafc_core *c, int32_t node, enum kafc_purpose purpose,
                     struct kafc_request *rq);
/* The same, over a connection to the node that no other owner uses: what a group asks may be parked there. */
void kafc__core_send_own(struct kafc_core *c, int32_t node, const void *owner,
                         struct kafc_request *rq);
/* On the connection for the purpose if nothing is under way there, else on one of the owner's: a broker answers a
 * connection in order, and may park a fetch. */
void kafc__core_send_apart(struct kafc_core *c, int32_t node, enum kafc_purpose purpose, const void *owner,
                           struct kafc_request *rq);
/* The owner's connections end when nothing is under way on them; its next request has a new one. */
void kafc__core_disown(struct kafc_core *c, const void *owner);
/* Forgets a request that was given to send: done() is not called any more. */
void kafc__core_cancel(struct kafc_core *c, struct kafc_request *rq);

/* Why no broker could be reached, when that is so: for the sentence of a call that ran out of time (rule C4). NULL:
 * nothing is known to be wrong. Valid until the next event. */
const kafc_error *kafc__core_trouble(struct kafc_core *c);

/* There are new credentials: logins that wait for some go on. */
void kafc__core_credentials(struct kafc_core *c, int64_t now);

/* Pause before attempt n (0, 1, …): exponential with ±20 % jitter. */
int64_t kafc__core_retry_delay(struct kafc_core *c, int attempts);

/* --- Members ----------------------------------------------------------------- */

struct kafc_meta_topic;
struct kafc_metadata_resp;
struct kafc_member {
    struct kafc_list node; /* of the core */
    struct kafc_member *next_poked;
    atomic_bool poked_flag;
    /* Somebody poked (any thread): look at your queues. On the driver's thread. */
    void (*poked)(struct kafc_member *m);
    /* News of a topic that somebody wants (see core/metadata.h). May be NULL. */
    void (*topic_news)(struct kafc_member *m, struct kafc_meta_topic *t);
    /* All topics of the cluster, which somebody wants (see core/metadata.h); borrowed. May be NULL. */
    void (*all_topics)(struct kafc_member *m, const struct kafc_metadata_resp *all);
    /* The core is being closed: end. May be NULL. */
};
/* A member begins zeroed, with its functions set; it may be poked before it is added. */
void kafc__core_add(struct kafc_core *c, struct kafc_member *m);
void kafc__core_remove(struct kafc_core *c,
                       struct kafc_member *m); /* also forgets a pending poke */
/* Any thread, and signal handlers: lock-free. Cheap when already poked. */
void kafc__core_poke(struct kafc_core *c, struct kafc_member *m);

#endif
