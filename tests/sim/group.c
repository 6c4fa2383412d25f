/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Members of groups in a simulation. Each reads one message of each of its
 * partitions in a tick, and commits where it stands.
 */
#include "tests/sim/group.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

enum { CALL_US = 5000000 };

const char *const gm_topic[GM_TOPICS] = { "t", "u" };

#define MUST(w, what, ...) \
    do { \
        if (!(what)) \
            ck_abort_msg("SIM_SEED=%llu: " __VA_ARGS__); \
    } while (0)
#define SEED(w) (unsigned long long)(w)->sim->seed

static int topic_of(const char *name)
{
    return strcmp(name, gm_topic[0]) != 0;
}

int gm_owned(const struct gm *m)
{
    int n = 0;
    for (int t = 0; t < GM_TOPICS; t++)
        for (int p = 0; p < GM_PARTS; p++)
            n += m->owns[t][p];
    return n;
}

/* --- Offsets --------------------------------------------------------------------------- */

static void look(struct gm_world *w)
{
    for (int t = 0; t < GM_TOPICS; t++)
        for (int p = 0; p < w->parts[t]; p++) {
            int64_t at = -1;
            (void)kafc__cluster_committed(w->sim->cluster, "g", gm_topic[t], p, &at);
            MUST(w, w->ghosts || w->remade || at >= w->committed[t][p],
                 "%s [%d]: the committed offset went from %lld to %lld", SEED(w), gm_topic[t], p,
                 (long long)w->committed[t][p], (long long)at);
            MUST(w, w->invented || at <= w->read[t][p],
                 "%s [%d]: %lld is committed, and only %lld were read", SEED(w), gm_topic[t], p,
                 (long long)at, (long long)w->read[t][p]);
            w->committed[t][p] = at;
        }
}

/* What is told to be committed is. */
static void check_committed(struct gm_world *w, const struct kafc_group_mark *m)
{
    int64_t at = -1;
    if (m->code != KAFC_OK || w->ghosts)
        return;
    (void)kafc__cluster_committed(w->sim->cluster, "g", m->topic, m->partition, &at);
    MUST(w, at >= m->offset, "%s [%d]: %lld was committed, and now it is %lld", SEED(w), m->topic,
         (int)m->partition, (long long)m->offset, (long long)at);
}

static void answer_revocation(struct gm *m)
{
    for (int t = 0; t < GM_TOPICS; t++)
        for (int p = 0; p < GM_PARTS; p++)
            m->owns[t][p] = m->owns[t][p] && !m->goes[t][p];
    memset(m->goes, 0, sizeof(m->goes));
    m->due = m->last_commit = false;
    kafc__group_settled(m->group);
}

static void committed(struct kafc_group_call *call, kafc_err code, const kafc_error *err)
{
    struct gm *m = call->owner;
    m->committing = false;
    m->commits++;
    m->failed_commits += code != KAFC_OK;
    MUST(m->w, (code == KAFC_OK) == (err == NULL), "an error without words", SEED(m->w));
    look(m->w);
    for (int32_t i = 0; i < call->n && !m->w->remade; i++)
        check_committed(m->w, &call->v[i]);
    if (m->due && m->last_commit)
        answer_revocation(m);
}

static void commit(struct gm *m)
{
    int32_t n = 0;
    if (m->committing)
        return;
    for (int t = 0; t < GM_TOPICS; t++)
        for (int p = 0; p < GM_PARTS; p++)
            if (m->owns[t][p] && m->position[t][p] > 0)
                m->cmark[n++] = (struct kafc_group_mark){ .topic = gm_topic[t],
                                                          .partition = p,
                                                          .stamp = m->stamp,
                                                          .offset = m->position[t][p],
                                                          .leader_epoch = -1,
                                                          .metadata = "note" };
    if (n == 0) {
        if (m->due && m->last_commit)
            answer_revocation(m);
        return;
    }
    m->committing = true;
    m->commit = (struct kafc_group_call){
        .v = m->cmark, .n = n, .deadline = m->w->sim->now + CALL_US, .done = committed, .owner = m
    };
    kafc__group_call(m->group, &m->commit);
}

static void fetched(struct kafc_group_call *call, kafc_err code, const kafc_error *err)
{
    struct gm *m = call->owner;
    (void)code, (void)err;
    m->fetching = false;
    for (int32_t i = 0; i < call->n; i++) {
        int t = topic_of(call->v[i].topic), p = call->v[i].partition;
        int64_t at = call->v[i].offset == KAFC_OFFSET_UNKNOWN ? 0 : call->v[i].offset;
        if (call->v[i].code != KAFC_OK || !m->owns[t][p] || m->position[t][p] >= 0)
            continue;
        MUST(m->w, m->w->invented || at <= m->w->read[t][p],
             "%s [%d]: starts at %lld, and only %lld were read", SEED(m->w), gm_topic[t], p,
             (long long)at, (long long)m->w->read[t][p]);
        m->position[t][p] = at;
    }
}

static void fetch(struct gm *m)
{
    int32_t n = 0;
    if (m->fetching)
        return;
    for (int t = 0; t < GM_TOPICS; t++)
        for (int p = 0; p < GM_PARTS; p++)
            if (m->owns[t][p] && m->position[t][p] < 0)
                m->fmark[n++] = (struct kafc_group_mark){ .topic = gm_topic[t],
                                                          .partition = p,
                                                          .stamp = m->stamp };
    if (n == 0)
        return;
    m->fetching = true;
    m->fetch = (struct kafc_group_call){ .fetch = true,
                                         .v = m->fmark,
                                         .n = n,
                                         .deadline = m->w->sim->now + CALL_US,
                                         .done = fetched,
                                         .owner = m };
    kafc__group_call(m->group, &m->fetch);
}

/* --- Notices ------------------------------------------------------------------------------ */

static void hold(struct gm *m, int t, int p)
{
    struct gm_world *w = m->w;
    int32_t generation = m->group->generation;
    const struct gm *was = &w->m[w->holder[t][p]];
    const char *name = m->group->instance;
    bool heir = name &&
                (!was->group || (was->group->instance && strcmp(was->group->instance, name) == 0));
    MUST(w, w->holder_generation[t][p] != generation || was == m || heir,
         "%s [%d] has two owners in generation %d: %d and %d", SEED(w), gm_topic[t], p,
         (int)generation, was->index, m->index);
    if (generation > w->holder_generation[t][p] || heir) {
        w->holder_generation[t][p] = generation;
        w->holder[t][p] = m->index;
    }
    for (int i = 0; i < w->n && !w->may_overlap; i++)
        MUST(w, i == m->index || !w->m[i].owns[t][p], "%s [%d]: %d has it, and %d as well", SEED(w),
             gm_topic[t], p, i, m->index);
}

static void take(struct gm *m, const struct kafc_group_notice *n)
{
    if (n->kind == KAFC_GROUP_TOPIC) {
        MUST(m->w, n->n == 1 && n->v[0].partition == -1 && strstr(n->why->message, n->v[0].topic),
             "a topic that is not named", SEED(m->w));
        return;
    }
    for (int32_t i = 0; i < n->n; i++) {
        int t = topic_of(n->v[i].topic), p = n->v[i].partition;
        bool *has = &m->owns[t][p];
        MUST(m->w, *has == (n->kind != KAFC_GROUP_ASSIGNED), "member %d, notice %d, %s [%d]: %s",
             SEED(m->w), m->index, (int)n->kind, gm_topic[t], p, *has ? "it has that" : "not its");
        if (n->kind == KAFC_GROUP_REVOKED)
            m->goes[t][p] = true;
        else
            *has = n->kind == KAFC_GROUP_ASSIGNED;
        m->position[t][p] = n->kind == KAFC_GROUP_REVOKED ? m->position[t][p] : -1;
    }
}

static void notice(void *ctx, const struct kafc_group_notice *n)
{
    struct gm *m = ctx;
    struct gm_world *w = m->w;
    take(m, n);
    m->told[n->kind]++;
    m->stamp = n->stamp;
    MUST(w,
         (n->why != NULL) == (n->kind == KAFC_GROUP_LOST || n->kind == KAFC_GROUP_FAILED ||
                              n->kind == KAFC_GROUP_TOPIC),
         "a notice without a reason, or with one", SEED(w));
    if (n->why)
        m->why = n->why->code;
    m->revoked += n->kind == KAFC_GROUP_REVOKED ? n->n : 0;
    m->lost += n->kind == KAFC_GROUP_LOST ? n->n : 0;
    if (n->kind == KAFC_GROUP_LOST) {
        memset(m->goes, 0, sizeof(m->goes));
        m->due = false;
        sim_cancel(w->sim, &m->settle);
    }
    if (n->kind == KAFC_GROUP_REVOKED) {
        m->due = true;
        m->last_commit = false;
        sim_at(w->sim, &m->settle, w->sim->now + m->settle_us);
    }
    for (int t = 0; t < GM_TOPICS && n->kind == KAFC_GROUP_ASSIGNED; t++)
        for (int p = 0; p < GM_PARTS; p++)
            if (m->owns[t][p])
                hold(m, t, p);
}

/* It commits what it has, and then lets go. */
static void settle(void *ctx)
{
    struct gm *m = ctx;
    if (!m->group || !m->due)
        return;
    m->last_commit = true;
    if (!m->committing)
        commit(m);
}

static void forget(struct gm *m)
{
    sim_cancel(m->w->sim, &m->settle);
    sim_cancel(m->w->sim, &m->tick);
    kafc__group_free(m->group);
    m->group = NULL;
    memset(m->owns, 0, sizeof(m->owns));
    memset(m->goes, 0, sizeof(m->goes));
    m->due = false;
    sim_client_free(m->w->sim, m->core);
    m->core = NULL;
}

static void read_one(struct gm *m, int t, int p)
{
    struct gm_world *w = m->w;
    int64_t at = m->position[t][p]++;
    w->reads++;
    w->again += at < w->read[t][p];
    w->read[t][p] = at >= w->read[t][p] ? at + 1 : w->read[t][p];
}

static void tick(void *ctx)
{
    struct gm *m = ctx;
    sim_at(m->w->sim, &m->tick, m->w->sim->now + m->w->tick_us);
    if (m->stalls)
        return;
    kafc__group_enter(m->group);
    for (int t = 0; t < GM_TOPICS; t++)
        for (int p = 0; p < GM_PARTS; p++)
            if (!m->idle && m->owns[t][p] && !m->goes[t][p] && m->position[t][p] >= 0)
                read_one(m, t, p);
    if (!m->idle)
        fetch(m);
    if (!m->idle && sim_chance(m->w->sim, (uint32_t)m->w->commit_percent))
        commit(m);
    kafc__group_exit(m->group);
}

/* --- Life ------------------------------------------------------------------------------------ */

void gm_subscribe_to(struct gm *m, const char *const *topics, int n)
{
    kafc_error err;
    int poor = m->w->sim->poor_permille;
    m->w->sim->poor_permille = 0;
    ck_assert_int_eq(kafc__group_subscribe(m->group, topics, n, &err), KAFC_OK);
    m->w->sim->poor_permille = poor;
}

void gm_subscribe(struct gm *m, int ntopics)
{
    static const char *const patterns[] = { "^t$", "^[tu]$" };
    if (m->w->patterns)
        gm_subscribe_to(m, &patterns[ntopics - 1], 1);
    else
        gm_subscribe_to(m, gm_topic, ntopics);
}

struct gm *gm_join(struct gm_world *w, int ntopics)
{
    ck_assert_int_lt(w->n, GM_MEMBERS);
    struct gm *m = &w->m[w->n];
    struct kafc_core_config core = { .client_id = "member",
                                     .metadata_max_age_us = w->metadata_age_us,
                                     .rack = w->rack,
                                     .log = w->log };
    *m = (struct gm){ .w = w, .index = w->n };
    w->n++;
    int poor = w->sim->poor_permille;
    w->sim->poor_permille = 0;
    m->core = sim_client(w->sim, &core);
    struct kafc_group_config cfg = { .mem = w->sim->mem,
                                     .group = "g",
                                     .instance = w->instance,
                                     .leave_static = w->leave_static,
                                     .session_timeout_ms = w->session_ms,
                                     .heartbeat_interval_ms = w->heartbeat_ms,
                                     .max_poll_interval_ms = w->poll_ms,
                                     .assignors = &w->assignor,
                                     .nassignors = 1,
                                     .notice = notice,
                                     .ctx = m };
    m->group = kafc__group_new(m->core, &cfg);
    ck_assert_ptr_nonnull(m->group);
    m->settle = (struct sim_event){ .fire = settle, .ctx = m };
    m->tick = (struct sim_event){ .fire = tick, .ctx = m };
    sim_at(w->sim, &m->tick, w->sim->now + w->tick_us);
    gm_subscribe(m, ntopics);
    w->sim->poor_permille = poor;
    return m;
}

void gm_leave(struct gm *m)
{
    m->ends = true;
    kafc__group_stop(m->group);
}

void gm_die(struct gm *m)
{
    forget(m);
}

int gm_alive(const struct gm_world *w)
{
    int n = 0;
    for (int i = 0; i < w->n; i++)
        n += w->m[i].group != NULL;
    return n;
}

void gm_world_init(struct gm_world *w, uint64_t seed, const char *assignor)
{
    kafc_mock_options o = { .size = sizeof(o), .brokers = 3, .seed = seed };
    memset(w, 0, sizeof(*w));
    w->sim = sim_new(seed, &o);
    w->sim->no_ghosts = true;
    w->assignor = kafc__assignor(assignor);
    w->tick_us = 50000;
    w->commit_percent = 20;
    w->session_ms = 10000;
    w->heartbeat_ms = 1000;
    w->poll_ms = 60000;
    for (int t = 0; t < GM_TOPICS; t++) {
        w->parts[t] = t ? 3 : 6;
        ck_assert_int_eq(kafc__cluster_create_topic(w->sim->cluster, gm_topic[t], w->parts[t], 1),
                         KAFC_OK);
        for (int p = 0; p < GM_PARTS; p++)
            w->committed[t][p] = w->holder_generation[t][p] = -1;
    }
}

void gm_world_fini(struct gm_world *w)
{
    for (int i = 0; i < w->n; i++)
        if (w->m[i].group)
            forget(&w->m[i]);
    ck_assert_int_eq(w->sim->live, 0);
    sim_free(w->sim);
}

static void bury(struct gm_world *w)
{
    for (int i = 0; i < w->n; i++)
        if (w->m[i].group && w->m[i].group->state == KAFC_GROUP_STOPPED)
            forget(&w->m[i]);
}

struct waiting {
    struct gm_world *w;
    int ntopics;
    int64_t until;
};

static bool is_settled(void *ctx)
{
    struct waiting *x = ctx;
    int want = 0, have = 0;
    bury(x->w);
    for (int t = 0; t < x->ntopics; t++)
        want += x->w->parts[t];
    for (int i = 0; i < x->w->n; i++) {
        const struct gm *m = &x->w->m[i];
        if (!m->group)
            continue;
        have += gm_owned(m);
        if (m->group->state != KAFC_GROUP_STABLE || m->group->rejoin_at != INT64_MAX)
            return false;
    }
    return have == want;
}

bool gm_settle(struct gm_world *w, int ntopics, int64_t limit)
{
    struct waiting x = { .w = w, .ntopics = ntopics };
    return sim_run(w->sim, is_settled, &x, limit);
}

static bool is_late(void *ctx)
{
    struct waiting *x = ctx;
    bury(x->w);
    return x->w->sim->now >= x->until;
}

static void nothing(void *ctx)
{
    (void)ctx;
}

void gm_run(struct gm_world *w, int64_t us)
{
    struct waiting x = { .w = w, .until = w->sim->now + us };
    struct sim_event end = { .fire = nothing }; /* time passes even if nothing happens */
    sim_at(w->sim, &end, x.until);
    (void)sim_run(w->sim, is_late, &x, us);
    sim_cancel(w->sim, &end);
}
