/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The engine itself: its birth from a list of brokers, its clock and timers,
 * its members and their pokes. Driver's thread, but for kafc__core_poke.
 */
#include "core/core.h"

#include "base/address.h"
#include "base/mem.h"
#include "core/internal.h"

/* ---- The bootstrap list ---- */

static kafc_err add_entry(struct kafc_core *c, const struct kafc_address *a, kafc_error *err)
{
    if (a->port == 0)
        return kafc__error(err, KAFC_ERR_USAGE, "brokers: \"%.*s\" is not host:port",
                           (int)(a->nentry < 200 ? a->nentry : 200), a->entry);
    struct kafc_broker *b = kafc__broker_new(c, -1, a->host, a->nhost, a->port, NULL);
    if (!b)
        return kafc__error(err, KAFC_ERR_NO_MEMORY, "brokers: out of memory");
    kafc__list_push(&c->boot, &b->node);
    return KAFC_OK;
}

static kafc_err parse_brokers(struct kafc_core *c, kafc_error *err)
{
    const char *p = c->cfg.brokers;
    struct kafc_address a;
    uint32_t n = 0;
    for (; kafc__address_next(&p, &a); n++) {
        kafc_err e = add_entry(c, &a, err);
        if (e)
            return e;
    }
    struct kafc_broker *b = KAFC_LIST_FIRST(&c->boot, struct kafc_broker, node);
    if (!b)
        return kafc__error(err, KAFC_ERR_USAGE, "brokers: at least one host:port is needed");
    /* Not all clients shall begin with the first one. */
    for (uint32_t skip = kafc__rand_below(&c->rand, n); skip && b; skip--)
        b = KAFC_LIST_NEXT(&c->boot, b, struct kafc_broker, node);
    c->boot_next = b;
    return KAFC_OK;
}

/* ---- Birth and death ---- */

static bool copy_strings(struct kafc_core *c)
{
    const char **all[] = { &c->cfg.brokers, &c->cfg.client_id, &c->cfg.rack };
    bool ok = true;
    for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
        const char *s = *all[i] ? *all[i] : i == 0 ? "" : NULL;
        *all[i] = s ? kafc__strdup(&c->cfg.mem, s) : NULL;
        ok = ok && (!s || *all[i]);
    }
    return ok;
}

static kafc_err start(struct kafc_core *c, kafc_error *err)
{
    if (!copy_strings(c) || !(c->frames = kafc__frame_pool_new(&c->cfg.mem)) ||
        !kafc__core_timer_init(c, &c->any_timer, kafc__any_alarm, c) || !kafc__meta_init(c))
        return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory");
    return parse_brokers(c, err);
}

struct kafc_core *kafc__core_new(const struct kafc_core_config *cfg, int64_t now, int64_t wall_ms,
                                 kafc_error *err)
{
    struct kafc_core *c = kafc__zalloc(&cfg->mem, sizeof(*c));
    if (!c) {
        kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory");
        return NULL;
    }
    c->cfg = *cfg;
    c->now = now;
    c->wall_ms = wall_ms;
    c->features.epoch = -1;
    c->stats.traffic.mem = &c->cfg.mem;
    kafc__rand_seed(&c->rand, cfg->seed);
    kafc__heap_init(&c->timers, &c->cfg.mem);
    kafc__map_init(&c->by_id, &c->cfg.mem);
    kafc__map_init(&c->conns, &c->cfg.mem);
    kafc__list_init(&c->nodes);
    kafc__list_init(&c->boot);
    kafc__list_init(&c->gone);
    kafc__list_init(&c->actions);
    kafc__list_init(&c->any);
    kafc__list_init(&c->failed);
    kafc__list_init(&c->members);
    atomic_init(&c->poked, NULL);
    atomic_init(&c->sleeping, false);
    if (start(c, err)) {
        kafc__core_free(c);
        return NULL;
    }
    return c;
}

static void free_brokers(struct kafc_list *list)
{
    struct kafc_broker *b;
    while ((b = KAFC_LIST_FIRST(list, struct kafc_broker, node)))
        kafc__broker_free(b);
}

void kafc__core_free(struct kafc_core *c)
{
    if (!c)
        return;
    kafc_allocator mem = c->cfg.mem;
    c->closing = true;
    kafc__meta_fini(c);
    free_brokers(&c->nodes);
    free_brokers(&c->boot);
    free_brokers(&c->gone);
    kafc__list_splice(&c->failed, &c->any);
    kafc__core_fail_failed(c);
    kafc__core_timer_fini(c, &c->any_timer);
    kafc__map_fini(&c->by_id);
    kafc__map_fini(&c->conns);
    kafc__heap_fini(&c->timers);
    kafc__frame_pool_unref(c->frames);
    kafc__traffic_fini(&c->stats.traffic);
    kafc__free(&mem, (void *)(uintptr_t)c->cfg.brokers);
    kafc__free(&mem, (void *)(uintptr_t)c->cfg.client_id);
    kafc__free(&mem, (void *)(uintptr_t)c->cfg.rack);
    kafc__free(&mem, c);
}

/* ---- What members ask ---- */

int64_t kafc__core_now(const struct kafc_core *c)
{
    return c->now;
}

int64_t kafc__core_wall_ms(const struct kafc_core *c)
{
    return c->wall_ms;
}

const struct kafc_core_config *kafc__core_config(const struct kafc_core *c)
{
    return &c->cfg;
}

const struct kafc_features *kafc__core_features(const struct kafc_core *c)
{
    return &c->features;
}

const struct kafc_core_stats *kafc__core_stats(const struct kafc_core *c)
{
    return &c->stats;
}

/* ---- Timers ---- */

bool kafc__core_timer_init(struct kafc_core *c, struct kafc_core_timer *t, void (*fire)(void *),
                           void *owner)
{
    *t = (struct kafc_core_timer){ .owner = owner };
    if (!kafc__heap_reserve(&c->timers, c->ntimers + 1))
        return false;
    t->fire = fire;
    c->ntimers++;
    return true;
}

void kafc__core_timer_fini(struct kafc_core *c, struct kafc_core_timer *t)
{
    if (!t->fire)
        return; /* never had its place */
    kafc__heap_del(&c->timers, &t->t);
    t->fire = NULL;
    c->ntimers--;
}

void kafc__core_timer_set(struct kafc_core *c, struct kafc_core_timer *t, int64_t at)
{
    if (at == INT64_MAX)
        kafc__heap_del(&c->timers, &t->t);
    else if (!t->t.index || t->t.at != at)
        (void)kafc__heap_set(&c->timers, &t->t, at); /* its place is reserved */
}

void kafc__core_timer_stop(struct kafc_core *c, struct kafc_core_timer *t)
{
    kafc__heap_del(&c->timers, &t->t);
}

static void run_timers(struct kafc_core *c)
{
    /* No more than were there: a timer that sets itself to the past must not keep the driver. */
    for (size_t n = c->timers.n; n; n--) {
        struct kafc_timer *t = kafc__heap_min(&c->timers);
        if (!t || t->at > c->now)
            return;
        struct kafc_core_timer *ct = KAFC_CONTAINER(t, struct kafc_core_timer, t);
        kafc__heap_del(&c->timers, t);
        ct->fire(ct->owner);
    }
}

int64_t kafc__core_deadline(const struct kafc_core *c)
{
    if (!kafc__list_empty(&c->failed))
        return c->now;
    const struct kafc_timer *t = kafc__heap_min(&c->timers);
    return t ? t->at : INT64_MAX;
}

/* ---- Members and pokes ---- */

void kafc__core_add(struct kafc_core *c, struct kafc_member *m)
{
    kafc__list_push(&c->members, &m->node);
}

/* Moves the stack behind what was taken before, oldest first. */
static void take_pokes(struct kafc_core *c)
{
    struct kafc_member *m = atomic_exchange(&c->poked, NULL), *list = NULL;
    while (m) {
        struct kafc_member *next = m->next_poked;
        m->next_poked = list;
        list = m;
        m = next;
    }
    struct kafc_member **end = &c->pokes;
    while (*end)
        end = &(*end)->next_poked;
    *end = list;
}

void kafc__core_remove(struct kafc_core *c, struct kafc_member *m)
{
    if (c->walk == m)
        c->walk = KAFC_LIST_NEXT(&c->members, m, struct kafc_member, node);
    kafc__list_del(&m->node);
    if (!atomic_load(&m->poked_flag))
        return;
    take_pokes(c);
    struct kafc_member **at = &c->pokes;
    while (*at && *at != m)
        at = &(*at)->next_poked;
    if (*at)
        *at = m->next_poked;
    m->next_poked = NULL;
    atomic_store(&m->poked_flag, false);
}

void kafc__core_poke(struct kafc_core *c, struct kafc_member *m)
{
    if (!atomic_exchange(&m->poked_flag, true)) {
        struct kafc_member *top = atomic_load(&c->poked);
        do
            m->next_poked = top;
        while (!atomic_compare_exchange_weak(&c->poked, &top, m));
    }
    if (atomic_load(&c->sleeping) && atomic_exchange(&c->sleeping, false) && c->cfg.wake)
        c->cfg.wake(c->cfg.ctx);
}

static void run_pokes(struct kafc_core *c)
{
    take_pokes(c);
    struct kafc_member *last = c->pokes; /* who pokes itself meanwhile is served next time */
    while (last && last->next_poked)
        last = last->next_poked;
    while (c->pokes) {
        struct kafc_member *m = c->pokes;
        bool end = m == last;
        c->pokes = m->next_poked;
        m->next_poked = NULL;
        atomic_store(&m->poked_flag, false); /* before it looks: a poke from now on counts anew */
        m->poked(m);
        if (end)
            return;
    }
}

void kafc__core_clock(struct kafc_core *c, int64_t now, int64_t wall_ms)
{
    (void)kafc__core_at(c, now);
    c->wall_ms = wall_ms;
}

void kafc__core_tick(struct kafc_core *c, int64_t now, int64_t wall_ms)
{
    kafc__core_clock(c, now, wall_ms);
    run_pokes(c);
    run_timers(c);
    kafc__core_fail_failed(c);
    kafc__broker_reap(c);
}

bool kafc__core_sleep(struct kafc_core *c)
{
    atomic_store(&c->sleeping, true);
    if (atomic_load(&c->poked) || c->pokes || !kafc__list_empty(&c->failed) ||
        !kafc__list_empty(&c->actions)) {
        atomic_store(&c->sleeping, false);
        return false;
    }
    return true;
}

void kafc__core_awake(struct kafc_core *c)
{
    atomic_store(&c->sleeping, false);
}

void kafc__core_next(struct kafc_core *c, struct kafc_action *out)
{
    struct kafc_broker_conn *conn;
    while ((conn = KAFC_LIST_FIRST(&c->actions, struct kafc_broker_conn, action))) {
        kafc__list_del(&conn->action);
        if (kafc__broker_action(conn, out))
            return;
    }
    *out = (struct kafc_action){ .kind = KAFC_ACTION_NONE };
}
