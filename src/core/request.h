/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A request on its way: who owns it is told exactly once, through done(), what
 * became of it. Made by whoever asks (metadata, writer, reader, a call of the
 * application), carried by core/link.
 */
#ifndef KAFC_CORE_REQUEST_H
#define KAFC_CORE_REQUEST_H

#include "base/arena.h"
#include "base/frame.h"
#include "base/list.h"
#include "protocol/apis.h"
#include <kafc/error.h>

struct kafc_link;
struct kafc_broker_conn;
struct kafc_slot;

struct kafc_request {
    struct kafc_list node; /* of the queue that it is on: the broker's or the link's */
    const struct kafc_api *api;
    const void *msg; /* the api's request struct; the owner's, must stay until done() */
    int16_t min_version,
        max_version; /* the owner's bounds within the codec's; a link picks the highest common one */
    bool no_response;   /* Produce with acks 0: done() once the bytes are handed to the system */
    int64_t timeout_us; /* from the moment it is queued; INT64_MAX: none */
    /* May adapt msg to the version that was chosen (names or topic ids); an error ends the request. Or NULL. */
    kafc_err (*prepare)(struct kafc_request *rq, kafc_error *err);
    void (*done)(struct kafc_request *rq); /* once; may free the request and may queue others */
    void *owner;

    /* filled by the link */
    int16_t version;
    int32_t correlation;
    int32_t broker; /* node id it was sent to, or -1 */
    int64_t deadline;
    bool sent; /* some of its bytes were handed to the system: the broker may have acted on it */
    bool over; /* and acts no more: it has ended the connection itself */
    kafc_err result;           /* of the transport; the body's own codes are the owner's matter */
    const kafc_error *why;     /* the sentence behind result, valid during done() */
    struct kafc_frame *frame;  /* the response, or NULL; dropped after done() unless referenced */
    const uint8_t *body, *end; /* the response's body inside frame */
    int64_t took_us;           /* from its last byte to the answer; -1: there was none */
    int64_t queued_at;         /* since when it has waited, for a connection to choose as well */
    int32_t throttle_ms;       /* what the client must wait out, once decode has found it */

    /* of the core and the link while they hold it; start with zero */
    struct kafc_broker_conn *conn; /* of the core */
    bool early;                    /* of the core: it is for a node, and waits for metadata that tells of nodes */
    struct kafc_link *link;
    struct kafc_slot *slot; /* of the link: its bytes */
    int32_t *throttle;      /* during done(): where the link looks for a throttle found late */
};

/* A zeroed request for the API, with the versions of the codec and no timeout. */
void kafc__request_init(struct kafc_request *rq, const struct kafc_api *api, const void *msg);

/* For carriers: forgets what an earlier journey has filled in, but for queued_at. */
void kafc__request_reset(struct kafc_request *rq);

/* Decodes the response's body into resp (api->resp's struct, defaults included); strings and records borrow from the
 * frame, arrays live in the arena. For use inside done(). Trailing bytes are ignored (newer brokers append). */
kafc_err kafc__request_decode(struct kafc_request *rq, void *resp, struct kafc_arena *a,
                              kafc_error *err);

#endif
