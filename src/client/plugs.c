/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The sockets of a client's links: dialled, read, written and closed as the
 * core asks for it. Nothing here decides anything about Kafka.
 */
#include "client/plugs.h"

#include <stdio.h>

#include "base/mem.h"
#include "client/channel.h"
#include "client/loop.h"
#include "io/dial.h"

enum {
    IOVECS = 256,
    READ_FAIR = 1 << 20, /* bytes read from one socket before the others have their turn */
    WRITE_ROUNDS = 16    /* the same for sendmsg calls */
};

/* A link's socket. */
struct plug {
    struct kafc_list
        node; /* of plugs->busy: it dials, shakes hands, or has more than its share to read */
    struct kafc_plugs *plugs;
    uint64_t id; /* the link's */
    struct kafc_channel ch;
    unsigned polled;        /* what the poller waits for; 0: not in the poller */
    struct kafc_dial *dial; /* while it dials; ch has no descriptor then */
    bool ready;             /* one of the dial's is */
    bool up;                /* the core knows that it is open */
    int64_t deadline;       /* of dialling and the handshake */
};

static void plug_poll(struct plug *p, unsigned events)
{
    if (p->polled == events || p->ch.fd < 0)
        return;
    if (events == 0)
        kafc__poller_del(p->plugs->poller, p->ch.fd);
    else if (!kafc__poller_set(p->plugs->poller, p->ch.fd, events, p))
        return; /* tried again with the next change; a call that waits on it ends by its timeout */
    p->polled = events;
}

/* Waits for what comes, and until what is left can go. */
static void plug_wait(struct plug *p, bool blocked)
{
    bool out = blocked || kafc__channel_unsent(&p->ch);
    plug_poll(p, KAFC_POLL_IN | (out ? KAFC_POLL_OUT : 0u));
}

static void dial_poll(struct plug *p, unsigned events)
{
    int fds[KAFC_DNS_MAX];
    for (int n = kafc__dial_fds(p->dial, fds); n > 0; n--) {
        if (events)
            (void)kafc__poller_set(p->plugs->poller, fds[n - 1], events, p); /* or its time runs out */
        else
            kafc__poller_del(p->plugs->poller, fds[n - 1]);
    }
}

static void plug_free(struct plug *p)
{
    plug_poll(p, 0);
    kafc__list_del(&p->node);
    if (p->dial) {
        dial_poll(p, 0);
        kafc__dial_cancel(p->dial);
        kafc__free(&p->plugs->c->mem, p->dial);
    }
    kafc__channel_close(&p->ch);
    (void)kafc__map_del(&p->plugs->by_link, &p->id, sizeof(p->id));
    kafc__free(&p->plugs->c->mem, p);
}

/* The socket is of no use any more: tells the core, forgets it. */
static void plug_lost(struct plug *p, kafc_err code, const char *why)
{
    struct kafc_core *core = p->plugs->c->core;
    uint32_t id = (uint32_t)p->id;
    char text[sizeof(((kafc_error *)0)->message)];
    (void)snprintf(text, sizeof(text), "%s", why); /* it may be the dial's, which goes */
    plug_free(p);
    kafc__core_closed(core, id, code, text, kafc__clock_mono_us());
}

static void plug_send(struct plug *p)
{
    struct kafc_core *core = p->plugs->c->core;
    struct iovec iov[IOVECS];
    kafc_error why;
    bool more = true, left = kafc__channel_unsent(&p->ch);
    for (int i = 0; i < WRITE_ROUNDS; i++) {
        int n = kafc__core_send_iov(core, (uint32_t)p->id, iov, IOVECS, kafc__core_now(core));
        more = n > 0;
        if (!more && !left)
            break;
        int64_t rc = kafc__channel_send(&p->ch, iov, more ? n : 0, &why);
        if (rc < 0) {
            plug_lost(p, why.code, why.message);
            return;
        }
        if (rc == 0)
            break;
        left = false;
        kafc__core_sent(core, (uint32_t)p->id, (size_t)rc, kafc__core_now(core));
    }
    plug_wait(p, more);
}

static void plug_receive(struct plug *p, int64_t now)
{
    struct kafc_core *core = p->plugs->c->core;
    kafc_error why;
    for (size_t got = 0, room = 0, n = 0; got < READ_FAIR && n == room; got += n) {
        void *to = NULL;
        kafc__core_recv_room(core, (uint32_t)p->id, &to, &room);
        int64_t rc = room ? kafc__channel_recv(&p->ch, to, room, &why) : 0;
        if (rc < 0)
            plug_lost(p, why.code, why.message);
        if (rc <= 0)
            return; /* without room the link is gone: a CLOSE follows */
        n = (size_t)rc;
        kafc__core_received(core, (uint32_t)p->id, n, now);
    }
    if (kafc__channel_pending(&p->ch) && !kafc__list_linked(&p->node))
        kafc__list_push(&p->plugs->busy, &p->node);
    if (kafc__channel_unsent(&p->ch))
        plug_wait(p, false);
}

static void plug_shake(struct plug *p)
{
    kafc_error why;
    if (kafc__channel_shake(&p->ch, &p->up, &why) != KAFC_OK) {
        plug_lost(p, why.code, why.message);
        return;
    }
    plug_wait(p, false);
    if (!p->up)
        return;
    kafc__list_del(&p->node);
    kafc__core_opened(p->plugs->c->core, (uint32_t)p->id, kafc__clock_mono_us());
    if (kafc__channel_pending(&p->ch))
        kafc__list_push(&p->plugs->busy, &p->node);
}

static void dial_outcome(struct plug *p)
{
    struct kafc_dial *d = p->dial;
    switch (d->state) {
    case KAFC_DIAL_RESOLVING: break;
    case KAFC_DIAL_CONNECTING: dial_poll(p, KAFC_POLL_OUT); break;
    case KAFC_DIAL_CONNECTED:
        p->ch.fd = d->fd;
        kafc__free(&p->plugs->c->mem, d);
        p->dial = NULL;
        if (p->ch.tls)
            kafc__core_connected(p->plugs->c->core, (uint32_t)p->id, kafc__clock_mono_us());
        plug_shake(p);
        break;
    case KAFC_DIAL_FAILED: plug_lost(p, d->code, d->why); break;
    }
}

static void dial_step(struct plug *p, int64_t now)
{
    p->ready = false;
    dial_poll(p, 0); /* its descriptors may change */
    (void)kafc__dial_step(p->dial, now);
    dial_outcome(p);
}

static void open_link(struct kafc_plugs *s, const struct kafc_action *a, int64_t now)
{
    const kafc_allocator *mem = &s->c->mem;
    struct plug *p = kafc__zalloc(mem, sizeof(*p));
    bool ok = p != NULL;
    if (p) {
        p->plugs = s;
        p->id = a->link;
        p->deadline = a->deadline;
        p->dial = kafc__zalloc(mem, sizeof(*p->dial));
        kafc__list_init(&p->node);
        ok = kafc__channel_open(&p->ch, -1, s->c->security.tls, a->host, a->port) && p->dial;
    }
    if (!ok || !kafc__map_put(&s->by_link, &p->id, sizeof(p->id), p)) {
        if (p)
            plug_free(p);
        kafc__core_closed(s->c->core, a->link, KAFC_ERR_NO_MEMORY,
                          kafc_err_text(KAFC_ERR_NO_MEMORY), now);
        return;
    }
    const kafc_client_options *o = &s->c->o;
    struct kafc_dial_options how = {
        .resolver = { o->resolve, o->ctx },
        .sock = { o->send_buffer_bytes, o->receive_buffer_bytes, o->local_address },
        .fallback_delay_ms = o->fallback_delay_ms,
    };
    kafc__list_push(&s->busy, &p->node);
    kafc__dial_start(p->dial, a->host, a->port, &how, kafc__loop_wake, s->c->loop, now, a->deadline);
    dial_outcome(p);
}

static struct plug *plug_of(struct kafc_plugs *s, uint32_t link)
{
    uint64_t id = link;
    return kafc__map_get(&s->by_link, &id, sizeof(id));
}

void kafc__plugs_act(struct kafc_plugs *s)
{
    struct kafc_action a;
    for (;;) {
        kafc__core_next(s->c->core, &a);
        if (a.kind == KAFC_ACTION_NONE)
            return;
        struct plug *p = a.kind == KAFC_ACTION_OPEN ? NULL : plug_of(s, a.link);
        if (a.kind == KAFC_ACTION_OPEN)
            open_link(s, &a, kafc__clock_mono_us());
        else if (p && a.kind == KAFC_ACTION_CLOSE)
            plug_free(p);
        else if (p && p->up)
            plug_send(p);
    }
}

void kafc__plugs_event(struct kafc_plugs *s, const struct kafc_poll_event *e, int64_t now)
{
    struct plug *p = e->tag;
    if (p->dial) {
        p->ready = true; /* stepped once, after all events: several may be of the same dial */
        return;
    }
    if (!p->up) {
        plug_shake(p);
        return;
    }
    uint64_t id = p->id;
    /* What came is read before a loss is seen: an answer may stand in front of the end. */
    if (e->events & (KAFC_POLL_IN | KAFC_POLL_ERROR))
        plug_receive(p, now);
    if ((e->events & KAFC_POLL_OUT) && (p = plug_of(s, (uint32_t)id)) != NULL)
        plug_send(p);
}

static void step(struct plug *p, int64_t now)
{
    if (p->dial && (p->ready || p->dial->state == KAFC_DIAL_RESOLVING ||
                    now >= kafc__dial_deadline(p->dial))) {
        dial_step(p, now);
    } else if (p->up) {
        kafc__list_del(&p->node);
        plug_receive(p, now);
    } else if (!p->dial && now >= p->deadline) {
        char text[128];
        (void)snprintf(text, sizeof(text),
                       "it took the connection, but the handshake of TLS was not over within %d ms",
                       (int)p->plugs->c->o.connect_timeout_ms);
        plug_lost(p, KAFC_ERR_CONNECT, text);
    }
}

void kafc__plugs_step(struct kafc_plugs *s, int64_t now)
{
    struct plug *p;
    struct kafc_list due;
    kafc__list_init(&due);
    kafc__list_splice(&due, &s->busy);
    while ((p = KAFC_LIST_FIRST(&due, struct plug, node)) != NULL) {
        kafc__list_del(&p->node);
        kafc__list_push(&s->busy, &p->node);
        step(p, now);
    }
}

int64_t kafc__plugs_deadline(const struct kafc_plugs *s)
{
    int64_t at = INT64_MAX;
    for (struct plug *p = KAFC_LIST_FIRST(&s->busy, struct plug, node); p;
         p = KAFC_LIST_NEXT(&s->busy, p, struct plug, node)) {
        int64_t d = p->dial ? kafc__dial_deadline(p->dial) : p->up ? 0 : p->deadline;
        at = d < at ? d : at;
    }
    return at;
}

void kafc__plugs_init(struct kafc_plugs *s, kafc_client *c, struct kafc_poller *poller)
{
    s->c = c;
    s->poller = poller;
    kafc__list_init(&s->busy);
    kafc__map_init(&s->by_link, &c->mem);
}

void kafc__plugs_close(struct kafc_plugs *s)
{
    struct plug *p;
    for (size_t i = 0; (p = kafc__map_next(&s->by_link, &i)) != NULL; i = 0)
        plug_free(p);
}

void kafc__plugs_fini(struct kafc_plugs *s)
{
    kafc__map_fini(&s->by_link);
}
