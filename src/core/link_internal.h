/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the files of the link share: link.c (states, queue, clock), link_in.c
 * (frames), link_out.c (slots, iovecs), link_greet.c (ApiVersions),
 * link_login.c (SASL), link_watch.c (what is counted). Nobody else includes it,
 * but the link's own tests.
 */
#ifndef KAFC_CORE_LINK_INTERNAL_H
#define KAFC_CORE_LINK_INTERNAL_H

#include "base/seg.h"
#include "core/link.h"
#include "protocol/api/02_list_offsets.h"
#include "protocol/api/17_sasl_handshake.h"
#include "protocol/api/18_api_versions.h"
#include "protocol/api/36_sasl_authenticate.h"

enum {
    KAFC_LINK_STAGE = 16384, /* bytes of the staging buffer, there while the link is up */
    KAFC_LINK_EARLY = 1 << 19, /* of an answer before the link is ready, at most */
    KAFC_LINK_DIRECT = 4096  /* an incomplete frame of this size is read into its own memory */
};

enum kafc_link_event {
    KAFC_LINK_EV_OPEN,     /* the socket is being connected */
    KAFC_LINK_EV_UP,       /* connected */
    KAFC_LINK_EV_AGAIN,    /* the broker wants ApiVersions in another version */
    KAFC_LINK_EV_VERSIONS, /* the broker has said what it knows, and no login is wanted */
    KAFC_LINK_EV_LOGIN,    /* one is, or is to be renewed */
    KAFC_LINK_EV_LOGGED_IN,
    KAFC_LINK_EV_DOWN,     /* the socket is gone */
    KAFC_LINK_EVENTS
};

/* A request as bytes: the small ones in buf, chains of records by reference (splices). */
struct kafc_slot {
    struct kafc_list node;   /* of flight or spare */
    struct kafc_request *rq; /* NULL: nobody waits any more, the response is swallowed */
    const struct kafc_api *api;
    int64_t timeout_us, sent_at; /* sent_at: the last byte so far; -1: none */
    int64_t queued_at, begun_at; /* the request; its first byte was sent */
    bool begun, ended;           /* on_request was told of it; on_response was, too */
    void *own;                   /* the hooks' */
    size_t total, written;       /* of the frame, size prefix and chains included */
    struct kafc_arena arena;     /* of splice */
    const struct kafc_splice *splice;
    uint32_t nsplice;
    int32_t correlation;
    int16_t version;
    bool no_response;
    size_t len, cap; /* of buf */
    uint8_t buf[];
};

/* Where in the stream of all slots the next byte to send is: even parts are of buf, odd ones are chains. */
struct kafc_link_cursor {
    struct kafc_slot *slot;
    uint32_t part;
    const struct kafc_seg *seg;
    size_t off;
};

/* A login under way, and when the next one is due. */
struct kafc_link_login {
    void *state; /* the mechanism's, once state_set */
    bool state_set;
    bool waiting; /* for credentials */
    bool raw;     /* tokens travel bare */
    int64_t renew_at;
    kafc_credentials credentials;
    char *block; /* on which they stand */
    size_t nblock;
    struct kafc_request rq;
    struct kafc_sasl_handshake_req hello;
    struct kafc_sasl_authenticate_req token;
};

struct kafc_link {
    struct kafc_link_config cfg;
    enum kafc_link_state state;
    int32_t node;
    struct kafc_list queue;  /* requests without bytes yet */
    struct kafc_list flight; /* slots: being sent or waiting for their response, oldest first */
    struct kafc_list spare;  /* slots to be used again */
    struct kafc_list lost;   /* requests to be failed once a transition is over */
    size_t nqueued, nflight, nspare;
    size_t unsent; /* bytes in slots that were not handed over */
    struct kafc_link_cursor out;
    int32_t correlation;
    int64_t alarm; /* tick has nothing to do before */
    int64_t heard_at, throttled_until;
    int64_t front_at; /* when the first byte came of the response that is being read */
    bool heard;        /* a whole response has come on this connection */
    bool served;        /* and one that was asked for by others than the link */
    kafc_error broken; /* code set: the connection must be closed */

    uint8_t *stage;
    size_t nstage;
    struct kafc_frame *frame; /* a large response, being read */

    struct kafc_request greet;
    struct kafc_api_versions_req greet_msg;
    struct kafc_list_offsets_req probe_msg;
    enum kafc_greeting greeting,
        own_greeting; /* of this connection; the next one's, if nobody shares it */
    bool own_suspect;
    int greeted;      /* answers so far to what the greeting asks */
    int16_t asked;    /* the version of ApiVersions in use; -1: it is not asked yet */
    bool keep;        /* the queue survives this loss */
    const kafc_error *why; /* of the loss that is under way */
    struct kafc_link_login login;
    struct {
        int8_t min, max; /* max -1: unknown to the broker */
    } have[KAFC_LINK_APIS];
    char name[];
};

/* link.c: the one place where state is assigned. false: the event means nothing in this state. */
bool kafc__link_step(struct kafc_link *l, enum kafc_link_event ev, int64_t now);
/* What the table says: the next state, or -1 where the event means nothing. */
int kafc__link_next_state(enum kafc_link_state s, enum kafc_link_event ev);
/* The connection must be closed; the first reason stands. */
void kafc__link_break(struct kafc_link *l, kafc_err code, const char *fmt, ...) KAFC_PRINTF(3, 4);
/* Tells the owner. why may be NULL when code is KAFC_OK. */
void kafc__link_finish(struct kafc_link *l, struct kafc_request *rq, kafc_err code,
                       const kafc_error *why);

/* How loud the log is told of trouble. */
kafc_log_level kafc__link_loudness(struct kafc_link *l, kafc_err code);

/* The login has been cut off without a word: true, and that is in *why. */
bool kafc__link_login_cut(const struct kafc_link *l, kafc_error *why);

/* Are there passwords, what is made of them, or tokens in its requests or answers? Then buffers are wiped after use. */
static inline bool kafc__link_is_secret(const struct kafc_api *api)
{
    return api->key == KAFC_API_SASL_AUTHENTICATE ||
           (api->key >= KAFC_API_CREATE_DELEGATION_TOKEN &&
            api->key <= KAFC_API_DESCRIBE_DELEGATION_TOKEN) ||
           api->key == KAFC_API_ALTER_USER_SCRAM_CREDENTIALS;
}

/* link_out.c */
/* A request of the link's own, out of turn: broken if it cannot be encoded. Its answer is waited for as long as the
 * configuration says, behind what is under way. */
void kafc__link_ask(struct kafc_link *l, struct kafc_request *rq, const struct kafc_api *api,
                    int16_t version, const void *msg, void (*done)(struct kafc_request *rq),
                    int64_t now);
/* Nobody waits for the slot any more: removed if nothing of it was sent, else it stays without an owner. */
void kafc__link_orphan(struct kafc_link *l, struct kafc_slot *s);
void kafc__link_retire(struct kafc_link *l, struct kafc_slot *s); /* off flight, onto spare */
void kafc__link_drop_slots(struct kafc_link *l, int64_t now); /* all of them; their requests go to lost */

/* link_watch.c: the life of a slot, as it is counted, logged and told. Hooks may end requests, but not take out a slot
 * of which a byte was sent: its rq is looked at afterwards. */
void kafc__link_launched(struct kafc_link *l, const struct kafc_slot *s);
void kafc__link_begun(struct kafc_link *l, struct kafc_slot *s); /* the first bytes of it were sent */
/* All of its answer is here, of so many bytes, whether somebody waits for it or not. */
void kafc__link_answered(struct kafc_link *l, struct kafc_slot *s, size_t bytes, int64_t now);
/* It ends without one. */
void kafc__link_ended(struct kafc_link *l, struct kafc_slot *s, kafc_err code, const kafc_error *why, int64_t now);
void kafc__link_retired(struct kafc_link *l);                           /* it is on the link no more */
void kafc__link_failed(struct kafc_link *l, const struct kafc_api *api); /* a request has, in a slot or not */
void kafc__link_throttled(struct kafc_link *l, const struct kafc_api *api, int16_t version, int32_t ms);
/* The connection has come so far; why: it has ended. */
void kafc__link_tell(struct kafc_link *l, kafc_connection_state state, const kafc_error *why, int64_t now);

/* link_in.c */
void kafc__link_drop_input(struct kafc_link *l);

/* link_login.c: handlers of the state table, and the timer's part */
void kafc__link_login(struct kafc_link *l, int64_t now);
void kafc__link_login_end(struct kafc_link *l); /* wipes what it holds */
void kafc__link_renew(struct kafc_link *l, int64_t now);

/* link_greet.c: handlers of the state table */
void kafc__link_greet(struct kafc_link *l, int64_t now);
/* How the next connection shall be greeted, when this one ends in its present state. */
enum kafc_greeting kafc__link_learn(const struct kafc_link *l, kafc_err why);

#endif
