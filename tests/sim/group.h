/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Members of a group in a simulation, what each believes to own, and what must
 * hold: in one generation nobody owns what another owns; offsets that were
 * committed do not go back, and nobody starts above what was read; in peace each
 * partition comes to have one owner.
 */
#ifndef KAFC_TESTS_SIM_GROUP_H
#define KAFC_TESTS_SIM_GROUP_H

#include "core/group_internal.h"
#include "tests/sim/sim.h"

enum { GM_MEMBERS = 80, GM_TOPICS = 2, GM_PARTS = 16 };

struct gm_world;

struct gm {
    struct gm_world *w;
    int index;
    struct kafc_core *core;
    struct kafc_group *group; /* NULL: not born, or gone */
    bool owns[GM_TOPICS][GM_PARTS];
    bool goes[GM_TOPICS][GM_PARTS];        /* revoked and not settled */
    int64_t position[GM_TOPICS][GM_PARTS]; /* -1: asked for */
    uint64_t stamp;
    int told[KAFC_GROUP_NOTICES]; /* by kind */
    kafc_err why;                 /* of the last LOST or FAILED */
    int revoked, lost;            /* partitions */
    int failed_commits, commits;
    bool idle;   /* comes back, and does nothing */
    bool stalls; /* does not come back */
    bool inside;
    bool ends;         /* leaves, and is freed when it has */
    bool due;          /* has to settle … */
    bool last_commit;  /* … after this */
    int64_t settle_us; /* how long it takes */
    struct sim_event settle, tick;
    struct kafc_group_call commit, fetch;
    struct kafc_group_mark cmark[GM_TOPICS * GM_PARTS], fmark[GM_TOPICS * GM_PARTS];
    bool committing, fetching;
};

struct gm_world {
    struct sim *sim;
    struct gm m[GM_MEMBERS];
    int n;
    int32_t parts[GM_TOPICS];
    const struct kafc_assignor *assignor;
    bool invented;    /* offsets that nobody has read up to are committed, by the test itself */
    bool remade;      /* topics were deleted, and their offsets with them */
    bool may_overlap; /* members may believe that they own what they have lost */
    bool ghosts; /* what a client has given up may arrive: a commit can come after later ones */
    int64_t committed[GM_TOPICS][GM_PARTS];
    int64_t read[GM_TOPICS][GM_PARTS]; /* offsets below were read by somebody, each of them */
    uint64_t reads, again;             /* messages, and those of them that had been read before */
    int64_t holder_generation[GM_TOPICS][GM_PARTS];
    int holder[GM_TOPICS][GM_PARTS];
    int tick_us, commit_percent; /* of members */
    int32_t session_ms, heartbeat_ms, poll_ms;
    const char *instance; /* of the next member; or NULL */
    const char *rack;     /* and its */
    bool patterns;        /* members subscribe by regular expressions */
    int64_t metadata_age_us;
    struct kafc_logger log; /* of the next member */
    bool leave_static;
};

extern const char *const gm_topic[GM_TOPICS];

void gm_world_init(struct gm_world *w, uint64_t seed, const char *assignor);
void gm_world_fini(struct gm_world *w);
/* Comes to life and subscribes to the first ntopics. */
struct gm *gm_join(struct gm_world *w, int ntopics);
void gm_subscribe(struct gm *m, int ntopics);
void gm_subscribe_to(struct gm *m, const char *const *topics, int n);
void gm_leave(struct gm *m); /* and is gone when it has left */
void gm_die(struct gm *m);   /* without a word */
int gm_alive(const struct gm_world *w);
int gm_owned(const struct gm *m);
/* Runs until every partition of the topics has one owner, and everybody is stable. */
bool gm_settle(struct gm_world *w, int ntopics, int64_t limit);
void gm_run(struct gm_world *w, int64_t us);

#endif
