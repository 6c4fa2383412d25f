/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the files of the core share: core.c (the object, timers, members),
 * broker_node.c and broker.c (nodes and their connections), metadata.c. Members do not include
 * it. Driver's thread, but for the poke stack.
 */
#ifndef KAFC_CORE_INTERNAL_H
#define KAFC_CORE_INTERNAL_H

#include "core/core_stats.h"
#include "core/metadata.h"
#include "protocol/api/03_metadata.h"

struct kafc_broker;

/* One connection to one node for one purpose or owner. The link exists from the first request on until it is idle. */
struct kafc_broker_conn {
    struct kafc_core *core;
    struct kafc_broker *broker;
    enum kafc_purpose purpose; /* KAFC_PURPOSES: a group's own */
    struct kafc_link *link; /* or NULL */
    uint64_t id;            /* of the socket, key of core->conns; 0: there is none */
    uint32_t close_id;      /* a socket to be closed by the driver, or 0 */
    bool open, send;        /* actions that were not given out yet */
    bool blocked;           /* the socket took less than it was given */
    size_t offered;         /* by the last send_iov, until the driver says how much was taken */
    int64_t connect_by, used_at;
    struct kafc_watch watch; /* of the link */
    struct kafc_list action; /* of core->actions */
    struct kafc_core_timer timer;
    struct kafc_list node; /* of broker->own */
    const void *owner; /* there; NULL: nobody, ends when it is idle, and then serves the next one */
};

/* A node of the metadata, or an entry of the bootstrap list (id -1). */
struct kafc_broker {
    struct kafc_list node; /* of core->nodes, core->boot or core->gone */
    int32_t id;
    uint64_t key; /* id, of core->by_id */
    char *host;
    int32_t port;
    char *name;   /* for sentences (rule C4) */
    char *rack;   /* or NULL */
    bool renew;   /* its connections end when they are idle, and the next ones are new */
    bool seen;    /* in the metadata response that is being read */
    int failures; /* connections in a row that were lost or not had */
    enum kafc_greeting greeting; /* of its links' next connections */
    bool suspect;                /* of its links: it may want a login */
    kafc_err told;               /* of its links: the trouble that the log has been warned of */
    int64_t not_before;          /* no new connection before */
    struct kafc_node_traffic *traffic; /* of all brokers with its id; NULL before the first link */
    struct kafc_broker_conn conn[KAFC_PURPOSES];
    struct kafc_list own; /* connections with an owner */
};

struct kafc_meta_entry {
    struct kafc_meta_topic t;
    struct kafc_list node;
    uint64_t needs;       /* the number of the request whose answer is news enough */
    bool asked, answered; /* in the request in flight; in its response */
    bool current;         /* that response is news enough, whoever asks again while it is told */
};

struct kafc_meta {
    struct kafc_list topics;
    struct kafc_map by_name;
    struct kafc_request rq;
    struct kafc_metadata_req msg;
    struct kafc_arena arena; /* of the request in flight and of its response */
    struct kafc_core_timer timer;
    bool busy, creating, telling;
    bool again;          /* this round told of topics that are worth asking for soon */
    bool stale;          /* somebody has waited for an answer since the last request was sent */
    uint64_t number;     /* of the last request */
    uint64_t stale_from; /* all topics want the answer to this one or a later one */
    int attempts;        /* without a good answer */
    bool deaf;           /* the last one had none at all */
    int64_t asked_at;
    int64_t failing_from; /* no answer since the request of then; 0: the last one had one */
    int32_t controller;
    struct kafc_meta_entry *walk; /* next one in a walk that tells news */
    int alls;                     /* who wants to hear of all topics */
    int64_t all_at;               /* when they are to be asked for */
    bool whole;                   /* the request in flight asks for all topics … */
    bool by_age; /* … because of that, and not since the broker knows no other way */
    bool naming; /* they are being told: what is wanted now is in the answer at hand */
};

struct kafc_core {
    struct kafc_core_config cfg; /* strings are our own */
    int64_t now, wall_ms;
    struct kafc_rand rand;
    struct kafc_heap timers;
    size_t ntimers;
    bool closing;
    struct kafc_features features;

    struct kafc_list nodes, boot, gone; /* brokers */
    struct kafc_map by_id, conns;
    uint64_t last_conn;
    struct kafc_broker *boot_next;
    struct kafc_list actions; /* connections with something for the driver */
    struct kafc_list any;     /* requests for whichever node answers first */
    struct kafc_list failed;  /* requests whose done() must not run inside send */
    struct kafc_core_timer any_timer;
    kafc_error any_why;    /* why the last candidate was none */
    kafc_error any_silent; /* room for the sentence about one that has not failed yet */

    struct kafc_list members;
    struct kafc_member *walk;            /* next one in a walk that tells news */
    _Atomic(struct kafc_member *) poked; /* stack, any thread */
    struct kafc_member *pokes;           /* taken from it, in order */
    atomic_bool sleeping;

    struct kafc_core_stats stats; /* any thread reads */
    struct kafc_frame_pool *frames;

    struct kafc_meta meta;
};

/* Drivers look at the clock once for many events, and again for some: time does not run backwards for that. */
static inline int64_t kafc__core_at(struct kafc_core *c, int64_t now)
{
    c->now = now > c->now ? now : c->now;
    return c->now;
}

/* broker_node.c */
/* by: who told of it, NULL for an entry of the bootstrap list. NULL: out of memory. */
struct kafc_broker *kafc__broker_new(struct kafc_core *c, int32_t id, const char *host, size_t len,
                                     int32_t port, const char *by);
void kafc__broker_free(struct kafc_broker *b);
struct kafc_broker *kafc__broker_find(const struct kafc_core *c, int32_t id);
/* The metadata does not know it any more: its connections end when they are idle. */
void kafc__broker_retire(struct kafc_broker *b);
/* Its connections may lead to the wrong place: the same, but it stays. */
void kafc__broker_renew(struct kafc_broker *b);
void kafc__broker_reap(struct kafc_core *c);
bool kafc__broker_is_gone(const struct kafc_broker *b);
/* The connection to it that is the owner's. NULL: out of memory. */
struct kafc_broker_conn *kafc__broker_own(struct kafc_broker *b, enum kafc_purpose purpose, const void *owner);

/* broker.c */
void kafc__conn_alarm(void *conn);
/* Requests for any node: to a connection that is ready, or on the way to one. */
void kafc__any_pump(struct kafc_core *c);
void kafc__any_alarm(void *core);
/* There is metadata: those that were early are told, and find their nodes the next time. */
void kafc__any_known(struct kafc_core *c);
void kafc__core_fail_failed(struct kafc_core *c);
/* What the driver shall do for the connection; false: nothing (any more). */
bool kafc__broker_action(struct kafc_broker_conn *conn, struct kafc_action *out);

/* metadata.c */
bool kafc__meta_init(struct kafc_core *c);
void kafc__meta_fini(struct kafc_core *c);

#endif
