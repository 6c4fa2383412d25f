/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Three brokers on loopback ports that answer any API as a test says, on a
 * thread of their own. They know ApiVersions, and a Metadata with one topic or
 * none; the test answers the rest, and looks at who was asked what.
 */
#ifndef KAFC_TESTS_SCRIPT_H
#define KAFC_TESTS_SCRIPT_H

#include <stdatomic.h>

#include "tests/core/peer.h"

enum { SCRIPT_BROKERS = 3 };

struct script;

/* req decoded, resp set to defaults; memory for it from a. false: the connection is cut. On the
 * script's thread. */
typedef bool (*script_fn)(struct script *s, int32_t broker, const struct peer_request *q,
                          const void *req, void *resp, struct kafc_arena *a);

struct script {
    script_fn serve;
    void *ctx;
    int32_t controller;
    bool listed[SCRIPT_BROKERS + 1]; /* in Metadata; by number, from 1 */
    const char *topic;               /* the same, led by broker 1; or NULL */
    int32_t partitions;
    /* The versions of one API at one broker (0: at all): others advertise all that the tables know. */
    struct {
        int32_t broker;
        int16_t api, min, max;
    } narrow;

    char bootstrap[96];
    int port[SCRIPT_BROKERS + 1];
    atomic_int asked[SCRIPT_BROKERS + 1][128]; /* by broker and API; [0]: of all */
    void *inside;
};

/* The fields above the gap are set by the caller. */
void script_start(struct script *s);
void script_stop(struct script *s);

#endif
