/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A core, a few scripted brokers and a virtual clock in one thread, for tests
 * of nodes, metadata and calls.
 */
#ifndef KAFC_TESTS_CORE_WORLD_H
#define KAFC_TESTS_CORE_WORLD_H

#include "core/metadata.h"
#include "tests/core/peer.h"

enum { WORLD_NODES = 8, WORLD_LINKS = 256, WORLD_TOPICS = 8, WORLD_ASKED = 256, WORLD_PARTS = 8 };

struct world_node {
    int32_t id;
    const char *host;
    int32_t port;
    bool up;        /* else connections are refused */
    kafc_err refuses; /* they end with this instead: KAFC_ERR_TLS, … */
    bool blackhole; /* connections are neither made nor refused */
    bool silent;    /* takes requests (but ApiVersions) and answers none */
    bool hidden;    /* not in the metadata */
    int opened;     /* OPEN actions so far */
    int64_t opened_at[64];
};

struct world_link {
    uint32_t id;
    struct world_node *node; /* NULL: closed */
    struct peer peer;
    bool used;
};

struct world_topic {
    const char *name;
    kafc_uuid id;
    int16_t error;
    int32_t n, leader[WORLD_PARTS], epoch[WORLD_PARTS];
};

struct world_asked { /* a Metadata request that came */
    int16_t version;
    int32_t n; /* topics, -1: null */
    char first[32];
    bool create;
    int64_t at;
    struct world_node *node;
};

struct world {
    struct kafc_core *core;
    struct kafc_core_config cfg;
    int64_t now;
    struct world_node node[WORLD_NODES];
    int nnodes;
    struct world_link link[WORLD_LINKS];
    struct world_topic topic[WORLD_TOPICS];
    int ntopics;
    bool auto_create; /* the brokers create topics that are asked for by name */
    int8_t metadata_max;
    int32_t controller;
    int16_t refuse; /* the code of the next answer to Metadata */
    int32_t crowd;  /* so many nodes more in the metadata */
    struct world_asked asked[WORLD_ASKED];
    int nasked;
    int nclosed;  /* CLOSE actions */
    size_t chunk; /* of everything that is moved */
    bool hold;    /* answers are made but not delivered */
    /* Answers another request than ApiVersions and Metadata; may be NULL. */
    void (*serve)(struct world *w, struct world_link *l, const struct peer_request *q);
    void *ctx;
    char log[200][300];
    int nlog, nwarned;
};

void world_init(struct world *w, const char *brokers);
bool world_start(struct world *w); /* makes the core; false: it could not be made */
void world_fini(struct world *w);
struct world_node *world_node(struct world *w, int32_t id, const char *host, int32_t port);
struct world_topic *world_topic(struct world *w, const char *name, int32_t n, int32_t leader);
/* Runs until the clock is at `until` (µs). */
void world_run(struct world *w, int64_t until);
/* One round at the present time. */
void world_step(struct world *w);
/* Cuts every connection of the node. */
void world_cut(struct world *w, struct world_node *n);
bool world_logged(const struct world *w, const char *text);

#endif
