/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A simulation of clients, a network and a cluster in one thread: a virtual
 * clock, kafc's core driven by its five verbs, the mock's cluster behind links
 * that delay, split, stall, fall silent and break. Everything follows from one
 * seed; two runs of a seed have the same trace.
 */
#ifndef KAFC_TESTS_SIM_H
#define KAFC_TESTS_SIM_H

#include "base/rand.h"
#include "core/core.h"
#include "mock/cluster.h"

struct sim;

struct sim_client {
    struct sim *sim;
    struct kafc_core *core;
    int index;
    int64_t alone_until; /* nothing passes from it and to it before */
};

enum { SIM_BROKERS_MAX = 8, SIM_CLIENTS_MAX = 128 };

/* All of it is one thread's, in which the thread sanitizer finds nothing and takes its time: of seeds, codes and
 * allocations each so many is enough there. */
#ifdef __SANITIZE_THREAD__
enum { SIM_STEP = 7 };
#else
enum { SIM_STEP = 1 };
#endif

struct sim_event {
    struct kafc_timer t;
    void (*fire)(void *ctx);
    void *ctx;
};

struct sim {
    uint64_t seed, trace; /* trace: a hash of all that went over the network, and when */
    struct kafc_rand rand;
    int64_t now; /* us */
    struct kafc_cluster *cluster;
    struct sim_client client[SIM_CLIENTS_MAX];
    int nclients;
    struct kafc_heap events;
    struct kafc_list links;
    int64_t blocked_until[SIM_BROKERS_MAX + 1]; /* by broker: nothing passes before */
    int latency_max_us;                         /* of a packet, usually */
    int latency_us;                             /* of each packet, instead; 0: drawn */
    bool tls;                                   /* on each link */
    bool no_ghosts;     /* what a client has given up does not arrive any more */
    int dark_percent;   /* of connections that break without a word */
    kafc_allocator mem; /* of the clients */
    int poor_permille;  /* of their allocations fail */
    struct kafc_rand poor;
    int64_t live;           /* their allocations that were not freed */
    int64_t asked, fail_at; /* how many they asked for; this one fails, 0: none */
    bool fail_all_after;    /* and all behind it */
    bool log;               /* the clients' lines go to stderr */
    uint64_t steps, packets;
};

struct sim *sim_new(uint64_t seed, const kafc_mock_options *o);
void sim_free(struct sim *s); /* the cores are freed by then */

/* A client of the cluster; what cfg leaves zero is filled in. */
struct kafc_core *sim_client(struct sim *s, const struct kafc_core_config *cfg);
void sim_client_free(struct sim *s, struct kafc_core *core);

int64_t sim_wall_ms(const struct sim *s);
uint32_t sim_draw(struct sim *s, uint32_t n); /* in [0, n) */
bool sim_chance(struct sim *s, uint32_t percent);

/* The event is the caller's; fire may set it again. */
void sim_at(struct sim *s, struct sim_event *e, int64_t at);
void sim_cancel(struct sim *s, struct sim_event *e);

/* Goes on until done() says so; false: `limit` (us from now) passed, or nothing is left to happen. */
bool sim_run(struct sim *s, bool (*done)(void *ctx), void *ctx, int64_t limit);

/* Runs seeds as the environment says: SIM_SEED=n that one alone; else KAFC_SIM_RUNS=n so many (or
 * `usual`) from KAFC_SIM_SEED (or 1) on, of these every `shards`th, beginning with the `shard`th. */
void sim_seeds(uint64_t usual, uint64_t shards, uint64_t shard, void (*run)(uint64_t seed));

/* ---- faults ---- */
void sim_block(struct sim *s, int32_t broker,
               int64_t us); /* nothing passes for so long; it comes late */
void sim_isolate(struct sim *s, const struct kafc_core *core,
                 int64_t us); /* the same, of a client */
void sim_break(struct sim *s, int32_t broker,
               bool dark); /* its connections (0: all): cut, or silent for ever */
void sim_break_one(struct sim *s, bool dark); /* one at random */

struct sim_restart {
    struct sim_event event;
    struct sim_chaos *chaos;
    int32_t broker;
};

/* Breaks, blocks, stops, starts and moves at random until `until`, then heals everything. */
struct sim_chaos {
    struct sim *sim;
    const char *topic;
    int32_t partitions;
    int64_t until;
    int pause_us; /* between faults, at most twice this */
    bool stops, moves, answers;
    const char *
        other; /* a release that the brokers change to and from; at the end it is the present; or NULL */
    bool all_stop;  /* else one broker at least runs */
    bool losing;    /* leaders move without the end of the log */
    bool forgetful; /* records are deleted, and what is known of their producers */
    bool remade;    /* the topic is deleted, and comes back */
    bool homeless;  /* brokers start again at another address; but the first */
    bool throttled; /* answers ask for pauses */
    /* Records of a partition (-1: of all) are about to vanish; NULL: nobody cares. */
    void (*before)(void *ctx, int32_t partition);
    void *ctx;
    struct sim_event event, remake;
    struct sim_restart restart[SIM_BROKERS_MAX + 1];
    int nstopped;
    bool healed;
};
void sim_chaos_start(struct sim_chaos *x);

#endif
