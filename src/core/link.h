/* SPDX-License-Identifier: BSD-2-Clause
 *
 * One connection to one broker, without its socket: frames, correlation,
 * ApiVersions first (rule C8), pipelining, timeouts (rule C1). Driven by
 * core/broker for a client and by client/conn for a kafc_conn; knows no
 * system call and no clock.
 *
 * DOWN -> OPENING (socket connects) -> GREETING (ApiVersions asked) -> READY -> DOWN.
 * Requests may be queued in any state; they are sent in order once READY.
 */
#ifndef KAFC_CORE_LINK_H
#define KAFC_CORE_LINK_H

#include <sys/uio.h>

#include "base/log.h"
#include "core/core_stats.h"
#include "core/login.h"
#include "core/request.h"
#include <kafc/hooks.h>

/* How a connection to a broker is greeted (rule C8). Brokers before 0.10 close it over ApiVersions, as one does that
 * dies at this moment, so that a close alone decides nothing:
 * ASK: ApiVersions. Closed without a word: PROBE, on another connection at once.
 * PROBE: ListOffsets 0 without topics, which all brokers before 4.0 answer, then ApiVersions. Closed over the latter
 * without a word: whoever answered is alive and seems not to know it. Where it is so twice in a row (AGAIN), networks
 * that cut connections have no part in it: OLD. An answer to both is the broker's word: ASK, as after any other end.
 * OLD: nothing is asked, the versions are those of 0.8. When such a connection is lost, another broker may have taken
 * the place: PROBE. */
enum kafc_greeting { KAFC_GREET_ASK, KAFC_GREET_PROBE, KAFC_GREET_AGAIN, KAFC_GREET_OLD };

/* What the cluster's controllers have settled, as of the broker that knew most of it: the highest epoch. */
struct kafc_features {
    int64_t epoch;               /* -1: no broker has said anything yet */
    int16_t transaction_version; /* 0: not settled; 2: KIP-890 */
    bool isolation; /* some broker knows Fetch 4: then no other is from before 0.10 */
};

enum kafc_link_state {
    KAFC_LINK_DOWN,
    KAFC_LINK_OPENING,
    KAFC_LINK_GREETING,
    KAFC_LINK_LOGIN,
    KAFC_LINK_READY,
    KAFC_LINK_RENEWING /* ready, and logging in once more: what is queued waits */
};

/* Whom the owner of a link wants to be told of its connections. */
struct kafc_watch {
    const kafc_hooks *hooks;
    const char *host, *purpose; /* they stay as long as the link does */
    int32_t port, broker;
    bool tls;            /* when the link is up, that is there too; of the socket alone the driver tells before */
    uint32_t connection; /* the present one's number; … */
    int64_t since;       /* … it is being opened since */
};
/* Another one is being opened. */
void kafc__watch_opening(struct kafc_watch *w, uint32_t connection, int64_t now);
void kafc__watch_tell(const struct kafc_watch *w, kafc_connection_state state, const kafc_error *why,
                      int64_t now);

struct kafc_link_config {
    const kafc_allocator *mem;
    const struct kafc_logger *log;
    struct kafc_frame_pool *frames; /* where received frames come from; or NULL */
    const char *client_id;
    const struct kafc_login *login; /* NULL: there is none */
    const char *host;               /* of the broker, for the login */
    int32_t port;
    struct kafc_rand *rand;     /* of jitter; or NULL */
    int32_t receive_max;        /* a larger frame ends the connection */
    int64_t request_timeout_us; /* for ApiVersions */
    enum kafc_greeting
        *greeting; /* of the next connection, shared by the links to a broker; or NULL */
    struct kafc_core_stats *stats; /* of the core; or NULL */
    struct kafc_node_traffic *traffic; /* of the broker; or NULL */
    const struct kafc_watch *watch;    /* or NULL */
    struct kafc_features *features; /* learned by each greeting, shared by all links; or NULL */
    bool *suspect; /* a connection was closed over its first request: it may be that a login is wanted. Shared by the
                      links to a broker; or NULL */
    kafc_err *
        told; /* the trouble that the log has been warned of, shared by the links to a broker; or NULL */
};

struct kafc_link; /* opaque; see link.c */

/* name: "node 2, advertised as broker-2:9092 by localhost:9092," or "localhost:9092", for errors (rule C4): a verb
 * follows it; copied. */
struct kafc_link *kafc__link_new(const struct kafc_link_config *cfg, int32_t node,
                                 const char *name);
void kafc__link_free(struct kafc_link *l); /* fails what is still queued with KAFC_ERR_CLOSED */
enum kafc_link_state kafc__link_state(const struct kafc_link *l);

void kafc__link_opening(struct kafc_link *l);         /* the socket is being connected */
void kafc__link_up(struct kafc_link *l, int64_t now); /* connected: greet */
/* Makes a loss that the state of the link explains better into that sentence: before the link is told. */
void kafc__link_explain(const struct kafc_link *l, kafc_error *why);
/* Was the connection closed as brokers of another age do? Then kafc__link_down() keeps what is queued, and the driver
 * opens another connection at once: it is greeted in another way. At most two such ends follow each other. */
bool kafc__link_reopens(const struct kafc_link *l, kafc_err why);
/* The socket is gone, or could not be opened: everything queued and in flight is done() with `why`. */
void kafc__link_down(struct kafc_link *l, const kafc_error *why, int64_t now);

/* Queues. The request's done() is called exactly once, later, from one of the functions here (never from inside
 * queue itself). */
void kafc__link_queue(struct kafc_link *l, struct kafc_request *rq, int64_t now);
void kafc__link_queue_by(struct kafc_link *l, struct kafc_request *rq,
                         int64_t deadline); /* it waited elsewhere before */
/* Forgets a request of the caller's: not sent: removed; sent: its response is swallowed. done() is not called. */
void kafc__link_cancel(struct kafc_link *l, struct kafc_request *rq);
size_t kafc__link_pending(const struct kafc_link *l); /* queued and in flight */
/* Is anything to be sent, or an answer to come, wanted or not? What is asked next has to wait for it. */
bool kafc__link_occupied(const struct kafc_link *l);
bool kafc__link_wants(const struct kafc_link *l, int64_t now); /* send_iov would give something */

/* Bytes in: where to read to (big pieces go straight into the frame they belong to), and how many came. An error means
 * that the connection must be closed: the driver closes the socket and calls kafc__link_down() with *err. */
kafc_err kafc__link_recv_room(struct kafc_link *l, void **p, size_t *n, kafc_error *err);
kafc_err kafc__link_received(struct kafc_link *l, size_t n, int64_t now, kafc_error *err);

/* Bytes out: fills up to max iovecs, returns how many (0: nothing to send); then how many bytes were taken. */
int kafc__link_send_iov(struct kafc_link *l, struct iovec *iov, int max, int64_t now);
void kafc__link_sent(struct kafc_link *l, size_t n, int64_t now);

/* The next moment at which tick must be called, or INT64_MAX. tick fails requests whose deadline passed, one by one
 * (rule C1); its error means: close, as for received. */
int64_t kafc__link_deadline(const struct kafc_link *l);
kafc_err kafc__link_tick(struct kafc_link *l, int64_t now, kafc_error *err);

/* There are new credentials: a login that waits for some goes on. */
void kafc__link_credentials(struct kafc_link *l, int64_t now);

/* The version that would be chosen for api within [min, max], or -1 (before READY). */
int kafc__link_version(const struct kafc_link *l, const struct kafc_api *api, int min, int max);
/* What the broker knows of an API by its key, which is below KAFC_LINK_APIS. false: nothing (or before READY). */
enum { KAFC_LINK_APIS = 128 }; /* keys whose versions are remembered */
bool kafc__link_range(const struct kafc_link *l, int16_t key, int16_t *min, int16_t *max);

#endif
