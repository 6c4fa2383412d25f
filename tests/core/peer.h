/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A scripted broker for tests of the core: takes the bytes that a connection
 * sends, cuts requests out of them, and makes the bytes of responses.
 */
#ifndef KAFC_TESTS_CORE_PEER_H
#define KAFC_TESTS_CORE_PEER_H

#include "base/arena.h"
#include "base/seg.h"
#include "core/link.h"
#include "protocol/api/00_produce.h"
#include "protocol/apis.h"

struct peer {
    uint8_t *in, *out; /* from the client, to the client */
    size_t nin, nout, cap_in, cap_out;
    size_t taken;            /* of in, by peer_next */
    struct kafc_arena arena; /* of decoded requests, until fini */
};

/* A request as it came. */
struct peer_request {
    struct kafc_request_header h;
    const struct kafc_api *api;
    const uint8_t *body;
    size_t len;
};

void peer_init(struct peer *p);
void peer_fini(struct peer *p);
void peer_reset(struct peer *p); /* a new connection */
void peer_take(struct peer *p, const void *bytes, size_t n);
bool peer_next(struct peer *p, struct peer_request *q);
void peer_decode(struct peer *p, const struct peer_request *q, void *msg);
void peer_raw(struct peer *p, const void *bytes, size_t n);
/* In the version of the request, or in another. */
void peer_answer(struct peer *p, const struct peer_request *q, const void *resp);
void peer_answer_as(struct peer *p, const struct peer_request *q, int16_t version,
                    const void *resp);
/* Answers ApiVersions with every API that the tables know, up to `max` of Metadata (127: all of it). */
void peer_versions(struct peer *p, const struct peer_request *q, int8_t metadata_max);

/* Moves bytes between a link and the peer, at most `chunk` at a time; the error of the link if there was one. */
void peer_pull(struct peer *p, struct kafc_link *l, size_t chunk, int64_t now);
kafc_err peer_push(struct peer *p, struct kafc_link *l, size_t chunk, int64_t now, kafc_error *err);

/* A Produce request of two partitions whose records are chains of segments: 3000 a, nothing, 50000 b; 1 c, 7000 d. */
struct peer_produce {
    struct kafc_seg *seg[5];
    struct kafc_produce_req msg;
    struct kafc_produce_req_topic topic;
    struct kafc_produce_req_partition part[2];
};
void peer_produce_make(struct peer_produce *x, int16_t acks);
void peer_produce_free(struct peer_produce *x);

#endif
