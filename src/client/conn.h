/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The inside of a kafc_conn, for conn.c (its life and its driving),
 * conn_dial.c (how it begins) and conn_calls.c, conn_data.c (what it is used
 * for). The thread that holds the connection (kafc__conn_hold) may touch
 * everything.
 */
#ifndef KAFC_CLIENT_CONN_H
#define KAFC_CLIENT_CONN_H

#include "base/sync.h"
#include "client/ask.h"
#include "client/channel.h"
#include "client/security.h"
#include "core/cursor.h"
#include "core/link.h"
#include "io/sock.h"
#include "io/wake.h"
#include <kafc/conn.h>

/* Whose deadline a call has: kafc_conn_set_read_deadline(), kafc_conn_set_write_deadline(). */
enum kafc_conn_way { KAFC_CONN_READS, KAFC_CONN_WRITES, KAFC_CONN_WAYS };

struct kafc_conn {
    kafc_allocator mem;
    struct kafc_logger log;
    kafc_conn_options o; /* resolved */
    char *strings;
    struct kafc_secured security;
    kafc_hooks hooks;
    struct kafc_watch watch; /* of the link */
    unsigned generation; /* of fork */
    atomic_bool closed;
    atomic_uint interrupts; /* how often somebody interrupted */
    _Atomic int64_t deadlines[KAFC_CONN_WAYS]; /* monotonic µs */
    bool dns;                                  /* holds the resolver */
    struct kafc_wake wake;                     /* something of the three above changed */

    struct kafc_mutex lock; /* of held */
    struct kafc_cond changed;
    bool held; /* a thread is inside */

    /* whoever holds it */
    bool no_wait; /* the call's timeout is 0 */
    enum kafc_conn_way way;
    atomic_uint
        heard; /* interrupts that a call has returned for; who waits for its turn reads it, too */
    struct kafc_channel ch;
    struct kafc_link *link;      /* NULL: not connected */
    kafc_error lost;             /* why not */
    enum kafc_greeting greeting; /* while it is dialled */
    kafc_broker broker;
    char *host;              /* broker.host */
    char *name;              /* "node 2, advertised as …", for sentences */
    char local[KAFC_ADDR_TEXT], remote[KAFC_ADDR_TEXT]; /* ends of the socket */
    struct kafc_name *topic; /* or NULL */
    kafc_uuid topic_id;      /* zero if the broker does not say */
    kafc_position start;     /* not resolved yet */
    _Atomic int64_t offset;  /* or KAFC_OFFSET_UNKNOWN; read by any thread */
    kafc_batch *current;     /* what read goes through */
    struct kafc_arena arena; /* of the last kafc_conn_call */
    struct kafc_frame *frame;
};

/* The start and the end of every call: forked, closed, another thread inside. *deadline: from timeout_ms. */
kafc_err kafc__conn_hold(kafc_conn *c, enum kafc_conn_way way, int timeout_ms, int64_t *deadline, kafc_error *err);
void kafc__conn_release(kafc_conn *c);
/* The same for a call about the partition: KAFC_ERR_USAGE without a topic. */
kafc_err kafc__conn_hold_topic(kafc_conn *c, enum kafc_conn_way way, int timeout_ms, int64_t *deadline,
                               kafc_error *err);
/* When the call must be over, as things are now: its own deadline, or the connection's. */
int64_t kafc__conn_until(const kafc_conn *c, int64_t deadline);

/* Queues the request (rq->done is set here) and drives the connection until it is done, then gives rq->result. answer
 * is called inside done(), with the response decodable; or NULL. */
kafc_err kafc__conn_request(kafc_conn *c, struct kafc_request *rq, int64_t deadline,
                            kafc_err (*answer)(struct kafc_request *rq, void *arg, kafc_error *err),
                            void *arg, kafc_error *err);

/* Asks nothing for so long, or until the call must end. */
void kafc__conn_pause(kafc_conn *c, int64_t us, int64_t deadline);

/* One turn: sends, sleeps until something happens, receives; over as soon as *done (or NULL). */
void kafc__conn_turn(kafc_conn *c, int64_t deadline, const bool *done);
/* The socket is of no use any more: everything that waits is done with `why`. */
void kafc__conn_lose(kafc_conn *c, const kafc_error *why);
void kafc__conn_hang_up(kafc_conn *c);

/* Each entry of the list is host:port, and there is one; else KAFC_ERR_USAGE. */
kafc_err kafc__conn_check_addresses(const char *list, kafc_error *err);
/* From nothing to a connection that can be used, to the leader if the options say so. */
kafc_err kafc__conn_dial(kafc_conn *c, const char *list, int64_t deadline, kafc_error *err);
/* What is left until then, INT_MAX at most. */
int kafc__conn_ms_until(int64_t deadline);

/* c->fd from the application's connect function, instead of dialling. name: for sentences. */
kafc_err kafc__conn_take_socket(kafc_conn *c, const char *host, int port, const char *name, int64_t deadline,
                                kafc_error *err);
/* Writes down the ends of c->fd. */
void kafc__conn_note_ends(kafc_conn *c);
/* Options that are each in range and do not go together: KAFC_ERR_USAGE. */
kafc_err kafc__conn_check_options(const kafc_conn_options *o, kafc_error *err);

static inline struct kafc_asker kafc__asker_of_conn(kafc_conn *c)
{
    return (struct kafc_asker){ &c->mem, c->o.request_timeout_ms, NULL, c, &kafc__asking_by_conn };
}

#endif
