/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The simulation's clock, network and driver.
 */
#include "tests/sim/sim.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "tests/sim/secure.h"

enum { WINDOW = 1 << 18, IOVECS = 16, SETTLE_ROUNDS = 1000 };

#define WALL0 INT64_C(1700000000000)

struct packet {
    struct kafc_list node;
    int64_t at;
    size_t len, done;
    bool fin, sealed; /* sealed: ciphertext, of TLS */
    uint8_t data[];
};

struct pipe {
    struct kafc_list packets;
    struct sim_event event; /* the first one's arrival */
    int64_t last_at;
    size_t queued;
};

struct link {
    struct kafc_list node;
    struct sim *s;
    struct sim_client *client;
    uint32_t id;
    uint32_t number; /* in the order of opening, for the trace */
    int32_t broker;
    uint64_t conn; /* the cluster's; 0: none (any more) */
    bool there;    /* the client has it */
    bool opening, dark, want_send, fin_sent;
    struct pipe up, down;
    struct sim_event opened;
    struct secure *secure; /* or NULL: plaintext */
};

/* ---- small things ---- */

uint32_t sim_draw(struct sim *s, uint32_t n)
{
    return kafc__rand_below(&s->rand, n);
}

bool sim_chance(struct sim *s, uint32_t percent)
{
    return sim_draw(s, 100) < percent;
}

int64_t sim_wall_ms(const struct sim *s)
{
    return WALL0 + s->now / 1000;
}

static void trace(struct sim *s, int what, uint32_t link, const void *p, size_t n)
{
    uint64_t v[4] = { (uint64_t)s->now, (uint64_t)what << 32 | link, n, kafc__crc32c(0, p, n) };
    const uint8_t *b = (const uint8_t *)v;

    for (size_t i = 0; i < sizeof(v); i++)
        s->trace = (s->trace ^ b[i]) * UINT64_C(1099511628211);
}

void sim_at(struct sim *s, struct sim_event *e, int64_t at)
{
    if (!kafc__heap_set(&s->events, &e->t, at))
        ck_abort_msg("out of memory");
}

void sim_cancel(struct sim *s, struct sim_event *e)
{
    kafc__heap_del(&s->events, &e->t);
}

static int64_t latency(struct sim *s)
{
    uint32_t max = (uint32_t)s->latency_max_us;

    if (s->latency_us)
        return s->latency_us;
    if (sim_chance(s, 2))
        return 1 + sim_draw(s, max * 20);
    return 1 + sim_draw(s, max);
}

/* ---- pipes ---- */

static void arm(struct sim *s, struct pipe *p)
{
    struct packet *first = KAFC_LIST_FIRST(&p->packets, struct packet, node);

    if (first)
        sim_at(s, &p->event, first->at);
    else
        sim_cancel(s, &p->event);
}

static void put(struct link *l, struct pipe *p, const void *data, size_t n, bool fin)
{
    struct sim *s = l->s;
    struct packet *k = malloc(sizeof(*k) + n);
    int64_t at = s->now + latency(s);

    if (at < p->last_at)
        at = p->last_at;
    *k = (struct packet){ .at = at, .len = n, .fin = fin };
    if (n)
        memcpy(k->data, data, n);
    p->last_at = at;
    p->queued += n;
    kafc__list_init(&k->node);
    kafc__list_push(&p->packets, &k->node);
    arm(s, p);
}

/* What TLS has made of it, in pieces as networks make them. */
static void put_sealed(struct link *l, struct pipe *to, const uint8_t *p, size_t n)
{
    while (n) {
        size_t k = sim_chance(l->s, 30) ? 1 + sim_draw(l->s, (uint32_t)n) : n;
        put(l, to, p, k, false);
        KAFC_CONTAINER(to->packets.prev, struct packet, node)->sealed = true;
        p += k;
        n -= k;
    }
}

static void put_up(void *link, const void *p, size_t n)
{
    struct link *l = link;
    if (l->conn && !l->dark)
        put_sealed(l, &l->up, p, n);
}

static void put_down(void *link, const void *p, size_t n)
{
    struct link *l = link;
    if (l->there && !l->dark)
        put_sealed(l, &l->down, p, n);
}

/* A packet in the place of the first one, with the plaintext of it. NULL: that end has given up. */
static struct packet *unsealed(struct link *l, struct pipe *from)
{
    struct packet *k = KAFC_LIST_FIRST(&from->packets, struct packet, node), *clear;
    size_t n;
    uint8_t *p = from == &l->up ? secure_came_up(l->secure, k->data, k->len, &n, put_down, l)
                                : secure_came_down(l->secure, k->data, k->len, &n, put_up, l);
    if (!p)
        return NULL;
    clear = malloc(sizeof(*clear) + n);
    *clear = (struct packet){ .at = k->at, .len = n };
    memcpy(clear->data, p, n);
    free(p);
    kafc__list_insert(&k->node, &clear->node);
    from->queued = from->queued - k->len + n;
    kafc__list_del(&k->node);
    free(k);
    return clear;
}

static void drop_first(struct sim *s, struct pipe *p)
{
    struct packet *k = KAFC_LIST_FIRST(&p->packets, struct packet, node);

    if (!k)
        ck_abort_msg("an empty pipe");
    p->queued -= k->len;
    kafc__list_del(&k->node);
    free(k);
    arm(s, p);
}

static void empty(struct sim *s, struct pipe *p)
{
    while (KAFC_LIST_FIRST(&p->packets, struct packet, node))
        drop_first(s, p);
}

/* ---- links ---- */

static void reap(struct link *l)
{
    if (l->there || l->conn)
        return;
    empty(l->s, &l->up);
    empty(l->s, &l->down);
    sim_cancel(l->s, &l->opened);
    kafc__list_del(&l->node);
    secure_free(l->secure);
    free(l);
}

/* The client has given the link up, or lost it; the cluster hears of it later, or never. */
static void client_gone(struct link *l)
{
    l->there = false;
    if (l->conn && !l->dark && !l->s->no_ghosts)
        put(l, &l->up, NULL, 0, true);
    else if (l->conn) {
        kafc__cluster_close(l->s->cluster, l->conn); /* it would keep it for good: of no interest */
        l->conn = 0;
    }
    empty(l->s, &l->down);
    reap(l);
}

static void tell_closed(struct link *l, kafc_err code, const char *why)
{
    struct kafc_core *core = l->client->core;
    uint32_t id = l->id;
    int64_t now = l->s->now;

    trace(l->s, 5, l->number, why, strlen(why));
    client_gone(l);
    kafc__core_closed(core, id, code, why, now);
}

static void server_gone(struct link *l)
{
    kafc__cluster_close(l->s->cluster, l->conn);
    l->conn = 0;
    empty(l->s, &l->up);
    if (l->there && !l->dark)
        put(l, &l->down, NULL, 0, true);
    reap(l);
}

static void send_more(struct link *l)
{
    struct sim *s = l->s;

    while (l->there && l->want_send && !l->opening && l->up.queued < WINDOW) {
        struct iovec iov[IOVECS];
        uint8_t *buf;
        size_t limit = sim_chance(s, 10) ? 1 + sim_draw(s, 200) : 1 + sim_draw(s, 65536), n = 0;
        int got = kafc__core_send_iov(l->client->core, l->id, iov, IOVECS, s->now);

        if (got <= 0) {
            l->want_send = false;
            return;
        }
        buf = malloc(limit);
        for (int i = 0; i < got && n < limit; i++) {
            size_t part = iov[i].iov_len < limit - n ? iov[i].iov_len : limit - n;
            memcpy(buf + n, iov[i].iov_base, part);
            n += part;
        }
        if (l->secure)
            secure_write_up(l->secure, buf, n, put_up, l);
        else if (l->conn && !l->dark)
            put(l, &l->up, buf, n, false);
        free(buf);
        kafc__core_sent(l->client->core, l->id, n, s->now);
    }
}

/* Until when nothing passes over the link. */
static int64_t blocked_until(const struct link *l)
{
    int64_t broker = l->s->blocked_until[l->broker], client = l->client->alone_until;
    return broker > client ? broker : client;
}

static bool blocked(struct link *l, struct pipe *p)
{
    if (l->s->now >= blocked_until(l))
        return false;
    sim_at(l->s, &p->event, blocked_until(l));
    return true;
}

static void arrive_up(void *ctx)
{
    struct link *l = ctx;
    struct sim *s = l->s;
    struct packet *k = KAFC_LIST_FIRST(&l->up.packets, struct packet, node);

    if (blocked(l, &l->up))
        return;
    if (l->dark || !l->conn) {
        drop_first(s, &l->up);
        return;
    }
    if (k->fin) {
        trace(s, 1, l->number, "", 0);
        kafc__cluster_close(s->cluster, l->conn);
        l->conn = 0;
        reap(l);
        return;
    }
    if (k->sealed && !(k = unsealed(l, &l->up))) {
        server_gone(l);
        return;
    }
    while (k->done < k->len) {
        void *room;
        size_t n;
        kafc__cluster_recv_room(s->cluster, l->conn, &room, &n);
        if (n == 0) { /* it is busy with others of this connection */
            sim_at(s, &l->up.event, s->now + 1000);
            return;
        }
        n = n < k->len - k->done ? n : k->len - k->done;
        memcpy(room, k->data + k->done, n);
        k->done += n;
        kafc__cluster_received(s->cluster, l->conn, n);
    }
    trace(s, 2, l->number, k->data, k->len);
    s->packets++;
    drop_first(s, &l->up);
    send_more(l);
}

static void arrive_down(void *ctx)
{
    struct link *l = ctx;
    struct sim *s = l->s;
    struct packet *k = KAFC_LIST_FIRST(&l->down.packets, struct packet, node);

    if (blocked(l, &l->down))
        return;
    if (k->fin) {
        tell_closed(l, KAFC_ERR_DISCONNECTED, "closed by the peer");
        return;
    }
    if (k->sealed && !(k = unsealed(l, &l->down))) {
        tell_closed(l, KAFC_ERR_DISCONNECTED, "it has given up TLS");
        return;
    }
    if (l->opening && secure_is_up(l->secure)) {
        l->opening = false;
        kafc__core_opened(l->client->core, l->id, s->now);
    }
    trace(s, 3, l->number, k->data, k->len);
    s->packets++;
    while (k->done < k->len) {
        void *room;
        size_t n;
        kafc__core_recv_room(l->client->core, l->id, &room, &n);
        if (n == 0)
            break; /* gone; CLOSE follows */
        n = n < k->len - k->done ? n : k->len - k->done;
        memcpy(room, k->data + k->done, n);
        k->done += n;
        kafc__core_received(l->client->core, l->id, n, s->now);
    }
    drop_first(s, &l->down);
}

static void open_outcome(void *ctx)
{
    struct link *l = ctx;
    struct sim *s = l->s;

    if (s->now < blocked_until(l)) {
        sim_at(s, &l->opened, blocked_until(l));
        return;
    }
    l->opening = l->secure != NULL;
    l->conn = l->broker ? kafc__cluster_open(s->cluster, l->broker) : 0;
    trace(s, 4, l->number, &l->broker, sizeof(l->broker));
    if (!l->conn)
        tell_closed(l, KAFC_ERR_CONNECT, "connection refused");
    else if (l->secure)
        secure_begin(l->secure, put_up, l);
    else
        kafc__core_opened(l->client->core, l->id, s->now);
}

static void init_pipe(struct pipe *p, void (*fire)(void *), struct link *l)
{
    kafc__list_init(&p->packets);
    p->event = (struct sim_event){ .fire = fire, .ctx = l };
}

static void open_link(struct sim_client *c, const struct kafc_action *a)
{
    static const uint32_t silent_percent = 3;
    struct sim *s = c->sim;
    struct link *l = calloc(1, sizeof(*l));

    l->s = s;
    l->client = c;
    l->id = a->link;
    l->number = (uint32_t)c->index << 24 | a->link;
    l->broker = kafc__cluster_broker_at(s->cluster, a->host, a->port);
    l->there = l->opening = true;
    l->secure = s->tls ? secure_new() : NULL;
    l->opened = (struct sim_event){ .fire = open_outcome, .ctx = l };
    init_pipe(&l->up, arrive_up, l);
    init_pipe(&l->down, arrive_down, l);
    kafc__list_push(&s->links, &l->node);
    /* Some connections are never answered: the core gives up by itself. */
    if (s->dark_percent && sim_chance(s, silent_percent))
        return;
    sim_at(s, &l->opened, s->now + latency(s));
}

static struct link *find(struct sim_client *c, uint32_t id)
{
    for (struct link *l = KAFC_LIST_FIRST(&c->sim->links, struct link, node); l;
         l = KAFC_LIST_NEXT(&c->sim->links, l, struct link, node))
        if (l->there && l->client == c && l->id == id)
            return l;
    return NULL;
}

static struct link *find_conn(struct sim *s, uint64_t conn)
{
    for (struct link *l = KAFC_LIST_FIRST(&s->links, struct link, node); l;
         l = KAFC_LIST_NEXT(&s->links, l, struct link, node))
        if (l->conn == conn)
            return l;
    return NULL;
}

/* ---- driving ---- */

static void do_actions(struct sim_client *c)
{
    struct kafc_action a;

    for (;;) {
        struct link *l;

        kafc__core_next(c->core, &a);
        if (a.kind == KAFC_ACTION_NONE)
            return;
        if (a.kind == KAFC_ACTION_OPEN) {
            open_link(c, &a);
            continue;
        }
        l = find(c, a.link);
        if (!l)
            continue;
        if (a.kind == KAFC_ACTION_CLOSE) {
            sim_cancel(c->sim, &l->opened);
            client_gone(l);
        } else {
            l->want_send = true;
            send_more(l);
        }
    }
}

/* Ticks a client until it has nothing to do at this moment. */
static void settle_client(struct sim_client *c)
{
    struct sim *s = c->sim;

    for (int i = 0;; i++) {
        if (i >= SETTLE_ROUNDS)
            ck_abort_msg("seed %llu: client %d does not come to rest", (unsigned long long)s->seed,
                         c->index);
        kafc__core_tick(c->core, s->now, sim_wall_ms(s));
        do_actions(c);
        if (kafc__core_sleep(c->core) && kafc__core_deadline(c->core) > s->now)
            break;
        kafc__core_awake(c->core);
    }
    kafc__core_awake(c->core);
}

static void settle_cluster(struct sim *s)
{
    uint64_t conn;

    kafc__cluster_time(s->cluster, s->now, sim_wall_ms(s));
    kafc__cluster_tick(s->cluster);
    while ((conn = kafc__cluster_next(s->cluster))) {
        struct link *l = find_conn(s, conn);

        while (l) {
            const void *p;
            size_t n;
            kafc__cluster_output(s->cluster, conn, &p, &n);
            if (n == 0)
                break;
            if (n > 100 && sim_chance(s, 50))
                n = 1 + sim_draw(s, (uint32_t)n - 1);
            if (l->secure)
                secure_write_down(l->secure, p, n, put_down, l);
            else if (l->there && !l->dark)
                put(l, &l->down, p, n, false);
            kafc__cluster_consumed(s->cluster, conn, n);
        }
        if (l && kafc__cluster_closing(s->cluster, conn))
            server_gone(l);
        else if (!l)
            kafc__cluster_close(s->cluster, conn);
    }
}

static int64_t next_time(struct sim *s)
{
    const struct kafc_timer *t = kafc__heap_min(&s->events);
    int64_t at = kafc__cluster_deadline(s->cluster);

    if (t && t->at < at)
        at = t->at;
    for (int i = 0; i < s->nclients; i++) {
        struct kafc_core *core = s->client[i].core;

        if (core && kafc__core_deadline(core) < at)
            at = kafc__core_deadline(core);
        if (core && !kafc__core_sleep(core)) /* the application has poked it meanwhile */
            at = s->now;
        if (core)
            kafc__core_awake(core);
    }
    return at;
}

static void fire_due(struct sim *s)
{
    struct kafc_timer *t;

    while ((t = kafc__heap_min(&s->events)) && t->at <= s->now) {
        struct sim_event *e = KAFC_CONTAINER(t, struct sim_event, t);
        kafc__heap_del(&s->events, t);
        e->fire(e->ctx);
    }
}

bool sim_run(struct sim *s, bool (*done)(void *ctx), void *ctx, int64_t limit)
{
    int64_t end = s->now + limit;

    for (;;) {
        int64_t at;

        s->steps++;
        for (int i = 0; i < s->nclients; i++)
            if (s->client[i].core)
                settle_client(&s->client[i]);
        settle_cluster(s);
        if (done(ctx))
            return true;
        at = next_time(s);
        if (at == INT64_MAX || at > end)
            return false;
        if (at > s->now)
            s->now = at;
        kafc__cluster_time(s->cluster, s->now, sim_wall_ms(s));
        fire_due(s);
    }
}

/* ---- made and unmade ---- */

static bool poor(struct sim *s)
{
    s->asked++;
    if (s->fail_at && (s->asked == s->fail_at || (s->fail_all_after && s->asked > s->fail_at)))
        return true;
    return s->poor_permille && kafc__rand_below(&s->poor, 1000) < (uint32_t)s->poor_permille;
}

static void *sim_malloc(void *ctx, size_t n)
{
    struct sim *s = ctx;
    void *p = poor(s) ? NULL : malloc(n);

    s->live += p != NULL;
    return p;
}

static void *sim_realloc(void *ctx, void *p, size_t n)
{
    struct sim *s = ctx;
    void *q = poor(s) ? NULL : realloc(p, n);

    s->live += !p && q;
    return q;
}

static void sim_release(void *ctx, void *p)
{
    ((struct sim *)ctx)->live -= p != NULL;
    free(p);
}

static void say_mock(void *ctx, kafc_log_level level, const char *line)
{
    const struct sim *s = ctx;

    (void)level;
    (void)fprintf(stderr, "%9.3f %s\n", (double)s->now / 1e6, line);
}

struct sim *sim_new(uint64_t seed, const kafc_mock_options *o)
{
    struct sim *s = calloc(1, sizeof(*s));
    kafc_mock_options opt;
    kafc_error err;

    kafc_mock_options_init(&opt);
    if (o)
        opt = *o;
    opt.seed = seed + 1;
    s->seed = seed;
    s->trace = UINT64_C(14695981039346656037);
    s->now = 1000000;
    s->latency_max_us = 2000;
    s->mem = (kafc_allocator){ sim_malloc, sim_realloc, sim_release, s };
    kafc__rand_seed(&s->poor, seed + 77);
    s->log = getenv("SIM_LOG") != NULL;
    if (s->log) {
        opt.log = say_mock;
        opt.ctx = s;
    }
    kafc__rand_seed(&s->rand, seed);
    kafc__heap_init(&s->events, NULL);
    kafc__list_init(&s->links);
    s->cluster = kafc__cluster_new(&opt, &err);
    ck_assert_msg(s->cluster != NULL, "%s", err.message);
    kafc__cluster_time(s->cluster, s->now, sim_wall_ms(s));
    return s;
}

static void say(void *ctx, kafc_log_level level, const char *line)
{
    const struct sim_client *c = ctx;

    (void)level;
    (void)fprintf(stderr, "%9.3f client %d: %s\n", (double)c->sim->now / 1e6, c->index, line);
}

struct kafc_core *sim_client(struct sim *s, const struct kafc_core_config *given)
{
    struct sim_client *c = &s->client[s->nclients];
    struct kafc_core_config cfg = *given;
    kafc_error err;

    ck_assert_int_lt(s->nclients, SIM_CLIENTS_MAX);
    c->sim = s;
    c->index = s->nclients++;
    if (!cfg.brokers)
        cfg.brokers = "127.0.0.1:9092,127.0.0.1:9093";
    if (!cfg.client_id)
        cfg.client_id = "sim";
    cfg.connect_timeout_us = cfg.connect_timeout_us ? cfg.connect_timeout_us : 2000000;
    cfg.request_timeout_us = cfg.request_timeout_us ? cfg.request_timeout_us : 3000000;
    cfg.retry_backoff_us = cfg.retry_backoff_us ? cfg.retry_backoff_us : 50000;
    cfg.retry_backoff_max_us = cfg.retry_backoff_max_us ? cfg.retry_backoff_max_us : 500000;
    cfg.reconnect_backoff_us = cfg.reconnect_backoff_us ? cfg.reconnect_backoff_us : 20000;
    cfg.reconnect_backoff_max_us = cfg.reconnect_backoff_max_us ? cfg.reconnect_backoff_max_us
                                                                : 500000;
    cfg.metadata_max_age_us = cfg.metadata_max_age_us ? cfg.metadata_max_age_us : 60000000;
    cfg.connections_max_idle_us = cfg.connections_max_idle_us ? cfg.connections_max_idle_us
                                                              : 60000000;
    cfg.receive_max = cfg.receive_max ? cfg.receive_max : 104857600;
    cfg.mem = s->mem;
    cfg.seed = s->seed * 31 + (uint64_t)c->index + 1;
    if (s->log)
        cfg.log = (struct kafc_logger){ .level = KAFC_LOG_DEBUG, .sink = say, .ctx = c };
    c->core = kafc__core_new(&cfg, s->now, sim_wall_ms(s), &err);
    ck_assert_msg(c->core != NULL, "%s", err.message);
    return c->core;
}

void sim_client_free(struct sim *s, struct kafc_core *core)
{
    struct link *l, *next;

    for (int i = 0; i < s->nclients; i++) {
        if (s->client[i].core != core)
            continue;
        for (l = KAFC_LIST_FIRST(&s->links, struct link, node); l; l = next) {
            next = KAFC_LIST_NEXT(&s->links, l, struct link, node);
            if (l->client == &s->client[i] && l->there)
                client_gone(l);
        }
        s->client[i].core = NULL;
        kafc__core_free(core);
    }
}

void sim_free(struct sim *s)
{
    struct link *l;

    while ((l = KAFC_LIST_FIRST(&s->links, struct link, node))) {
        l->there = false;
        l->conn = 0;
        reap(l);
    }
    if (s->live)
        ck_abort_msg("SIM_SEED=%llu: %lld allocations of the clients are left",
                     (unsigned long long)s->seed, (long long)s->live);
    kafc__cluster_free(s->cluster);
    kafc__heap_fini(&s->events);
    free(s);
}

static uint64_t number(const char *name, uint64_t dflt)
{
    const char *text = getenv(name);

    return text && *text ? strtoull(text, NULL, 10) : dflt;
}

void sim_seeds(uint64_t usual, uint64_t shards, uint64_t shard, void (*run)(uint64_t seed))
{
    uint64_t one = number("SIM_SEED", 0), first = number("KAFC_SIM_SEED", 1),
             n = number("KAFC_SIM_RUNS", usual / SIM_STEP);

    if (one && shard == 0)
        run(one);
    for (uint64_t seed = first + shard; !one && seed < first + n; seed += shards)
        run(seed);
}

/* ---- faults ---- */

void sim_block(struct sim *s, int32_t broker, int64_t us)
{
    s->blocked_until[broker] = s->now + us;
}

void sim_isolate(struct sim *s, const struct kafc_core *core, int64_t us)
{
    for (int i = 0; i < s->nclients; i++)
        if (s->client[i].core == core)
            s->client[i].alone_until = s->now + us;
}

static void break_link(struct link *l, bool dark)
{
    if (l->dark || l->opening)
        return;
    if (dark) {
        l->dark = true;
        empty(l->s, &l->up);
        empty(l->s, &l->down);
    } else {
        if (l->conn) {
            kafc__cluster_close(l->s->cluster, l->conn);
            l->conn = 0;
        }
        empty(l->s, &l->up);
        if (!l->there) {
            reap(l);
            return;
        }
        /* What was under way to the client is lost in half of the cases. */
        if (sim_chance(l->s, 50))
            empty(l->s, &l->down);
        put(l, &l->down, NULL, 0, true);
    }
}

void sim_break(struct sim *s, int32_t broker, bool dark)
{
    struct link *l, *next;

    for (l = KAFC_LIST_FIRST(&s->links, struct link, node); l; l = next) {
        next = KAFC_LIST_NEXT(&s->links, l, struct link, node);
        if (!broker || l->broker == broker)
            break_link(l, dark);
    }
}

void sim_break_one(struct sim *s, bool dark)
{
    uint32_t n = 0, pick;
    struct link *l;

    for (l = KAFC_LIST_FIRST(&s->links, struct link, node); l;
         l = KAFC_LIST_NEXT(&s->links, l, struct link, node))
        n++;
    if (n == 0)
        return;
    pick = sim_draw(s, n);
    l = KAFC_LIST_FIRST(&s->links, struct link, node);
    while (pick--)
        l = KAFC_LIST_NEXT(&s->links, l, struct link, node);
    break_link(l, dark);
}
