/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A client of the mock's cluster without sockets: encodes requests, moves the
 * cluster's time by hand, decodes answers. Any surprise fails the test.
 */
#ifndef KAFC_TESTS_ASK_H
#define KAFC_TESTS_ASK_H

#include "base/arena.h"
#include "mock/state.h"
#include "protocol/apis.h"

struct ask {
    struct kafc_cluster *c;
    int64_t now, wall_ms;
    uint64_t conn;
    int32_t correlation, answered;
    struct kafc_arena arena;
    kafc_str transactional_id; /* of ask_produce(); null at first */
    uint8_t *in;               /* what came and was not decoded yet */
    size_t in_len, in_cap;
};

/* A cluster of o (or NULL), and a connection to broker 1. */
void ask_init(struct ask *a, const kafc_mock_options *o);
void ask_fini(struct ask *a);
void ask_connect(struct ask *a, int32_t broker); /* closes the former one */
void ask_advance(struct ask *a, int64_t us);
bool ask_closed(struct ask *a); /* the cluster has ended the connection */
void ask_bytes(struct ask *a, const void *p, size_t n);
void ask_send(struct ask *a, int16_t api, int16_t version, const void *req);
/* The next answer, if it is there now; resp is the API's struct, valid until the next init. */
bool ask_answered(struct ask *a, int16_t api, int16_t version, void *resp);
void ask_call(struct ask *a, int16_t api, int16_t version, const void *req, void *resp);

struct ask_batch { /* records "<first>", "<first + 1>", … with timestamps ts, ts + 1, … */
    int n;
    int first;
    int64_t ts;
    int64_t producer; /* 0: none (-1) */
    int16_t epoch;
    int32_t sequence;
    int attributes;
    bool null_key, bad_offsets;
};
/* An encoded batch, in the arena. */
struct kafc_records ask_make(struct ask *a, const struct ask_batch *b);
/* Sends it with Produce of the version and gives the partition's answer. */
struct kafc_produce_resp_partition;
const struct kafc_produce_resp_partition *ask_produce(struct ask *a, int16_t version, int16_t acks,
                                                      const char *topic, int32_t partition,
                                                      struct kafc_records records);
const struct kafc_produce_resp_partition *ask_append(struct ask *a, const char *topic,
                                                     int32_t partition, const struct ask_batch *b);
kafc_str ask_str(const char *s);
kafc_uuid ask_topic_id(struct ask *a, const char *topic);

#endif
