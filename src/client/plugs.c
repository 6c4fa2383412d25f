/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The sockets of a client's links: dialled, read, written and closed as the
 * core asks for it. Nothing here decides anything about Kafka.
 */
#include "client/plugs.h"

#include <stdio.h>

#include "base/mem.h"
#include "client/loop.h"
#include "io/dial.h"

enum {
    IOVECS = 256,
    READ_FAIR = 1 << 20, /* bytes read from one socket before the others have their turn */
    WRITE_ROUNDS = 16    /* the same for sendmsg calls */
};

/* A link's socket. */
struct plug {
    struct kafc_list node; /* of plugs->dialling while it dials */
    struct kafc_plugs *plugs;
    uint64_t id; /* the link's */
    int fd;
    unsigned polled;        /* what the poller waits for; 0: not in the poller */
    struct kafc_dial *dial; /* while it dials */
};

static void plug_poll(struct plug *p, unsigned events)
{
    if (p->polled == events || p->fd < 0)
        return;
    if (events == 0)
        kafc__poller_del(p->plugs->poller, p->fd);
    else if (!kafc__poller_set(p->plugs->poller, p->fd, events, p))
        return; /* tried again with the next change; a call that waits on it ends by its timeout */
    p->polled = events;
}

static void plug_free(struct plug *p)
{
    plug_poll(p, 0);
    kafc__list_del(&p->node);
    if (p->dial) {
        p->dial->fd = -1; /* it is p->fd */
        kafc__dial_cancel(p->dial);
        kafc__free(&p->plugs->c->mem, p->dial);
    }
    kafc__sock_close(p->fd);
    (void)kafc__map_del(&p->plugs->by_link, &p->id, sizeof(p->id));
    kafc__free(&p->plugs->c->mem, p);
}

/* The socket is of no use any more: tells the core, forgets it. */
static void plug_lost(struct plug *p, kafc_err code, const char *why)
{
    struct kafc_core *core = p->plugs->c->core;
    uint32_t id = (uint32_t)p->id;
    char text[sizeof(((struct kafc_dial *)0)->why)];
    (void)snprintf(text, sizeof(text), "%s", why); /* it may be the dial's, which goes */
    plug_free(p);
    kafc__core_closed(core, id, code, text, kafc__clock_mono_us());
}

static void plug_failed(struct plug *p, int64_t rc)
{
    char text[128];
    if (rc == KAFC_SOCK_EOF)
        (void)snprintf(text, sizeof(text), "closed by the peer");
    else
        kafc__sock_error_text((int)-rc, text, sizeof(text));
    plug_lost(p, KAFC_ERR_DISCONNECTED, text);
}

static void plug_send(struct plug *p)
{
    struct kafc_core *core = p->plugs->c->core;
    struct iovec iov[IOVECS];
    for (int i = 0; i < WRITE_ROUNDS; i++) {
        int n = kafc__core_send_iov(core, (uint32_t)p->id, iov, IOVECS, kafc__core_now(core));
        if (n <= 0) {
            plug_poll(p, KAFC_POLL_IN);
            return;
        }
        int64_t rc = kafc__sock_send(p->fd, iov, n);
        if (rc < 0) {
            plug_failed(p, rc);
            return;
        }
        if (rc == 0)
            break;
        kafc__core_sent(core, (uint32_t)p->id, (size_t)rc, kafc__core_now(core));
    }
    plug_poll(p, KAFC_POLL_IN | KAFC_POLL_OUT);
}

static void plug_receive(struct plug *p, int64_t now)
{
    struct kafc_core *core = p->plugs->c->core;
    for (size_t got = 0; got < READ_FAIR;) {
        void *to = NULL;
        size_t room = 0;
        kafc__core_recv_room(core, (uint32_t)p->id, &to, &room);
        if (room == 0)
            return; /* the link is gone: a CLOSE follows */
        int64_t rc = kafc__sock_recv(p->fd, to, room);
        if (rc < 0)
            plug_failed(p, rc);
        if (rc <= 0)
            return;
        kafc__core_received(core, (uint32_t)p->id, (size_t)rc, now);
        got += (size_t)rc;
        if ((size_t)rc < room)
            return; /* that was all there is */
    }
}

static void dial_outcome(struct plug *p)
{
    struct kafc_dial *d = p->dial;
    p->fd = d->fd;
    switch (d->state) {
    case KAFC_DIAL_RESOLVING: break;
    case KAFC_DIAL_CONNECTING: plug_poll(p, KAFC_POLL_OUT); break;
    case KAFC_DIAL_CONNECTED:
        kafc__list_del(&p->node);
        kafc__free(&p->plugs->c->mem, d);
        p->dial = NULL;
        plug_poll(p, KAFC_POLL_IN);
        kafc__core_opened(p->plugs->c->core, (uint32_t)p->id, kafc__clock_mono_us());
        break;
    case KAFC_DIAL_FAILED: plug_lost(p, d->code, d->why); break;
    }
}

static void dial_step(struct plug *p, bool ready, int64_t now)
{
    plug_poll(p, 0); /* its descriptor may change */
    (void)kafc__dial_step(p->dial, ready, now);
    dial_outcome(p);
}

static void open_link(struct kafc_plugs *s, const struct kafc_action *a, int64_t now)
{
    const kafc_allocator *mem = &s->c->mem;
    struct plug *p = kafc__zalloc(mem, sizeof(*p));
    struct kafc_dial *d = p ? kafc__zalloc(mem, sizeof(*d)) : NULL;
    if (p) {
        p->plugs = s;
        p->id = a->link;
        p->fd = -1;
        p->dial = d;
        kafc__list_init(&p->node);
    }
    if (!d || !kafc__map_put(&s->by_link, &p->id, sizeof(p->id), p)) {
        kafc__free(mem, d);
        kafc__free(mem, p);
        kafc__core_closed(s->c->core, a->link, KAFC_ERR_NO_MEMORY,
                          kafc_err_text(KAFC_ERR_NO_MEMORY), now);
        return;
    }
    const kafc_client_options *o = &s->c->o;
    struct kafc_resolver r = { o->resolve, o->ctx };
    struct kafc_sock_options so = { o->send_buffer_bytes, o->receive_buffer_bytes };
    kafc__list_push(&s->dialling, &p->node);
    kafc__dial_start(d, a->host, a->port, &r, &so, kafc__loop_wake, s->c->loop, now, a->deadline);
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
        else if (p && !p->dial)
            plug_send(p);
    }
}

void kafc__plugs_event(struct kafc_plugs *s, const struct kafc_poll_event *e, int64_t now)
{
    struct plug *p = e->tag;
    if (p->dial) {
        dial_step(p, true, now);
        return;
    }
    uint64_t id = p->id;
    /* What came is read before a loss is seen: an answer may stand in front of the end. */
    if (e->events & (KAFC_POLL_IN | KAFC_POLL_ERROR))
        plug_receive(p, now);
    if ((e->events & KAFC_POLL_OUT) && (p = plug_of(s, (uint32_t)id)) != NULL)
        plug_send(p);
}

void kafc__plugs_step(struct kafc_plugs *s, int64_t now)
{
    struct plug *p = KAFC_LIST_FIRST(&s->dialling, struct plug, node);
    while (p) {
        struct plug *next = KAFC_LIST_NEXT(&s->dialling, p, struct plug, node);
        if (p->dial->state == KAFC_DIAL_RESOLVING || now >= kafc__dial_deadline(p->dial))
            dial_step(p, false, now);
        p = next;
    }
}

int64_t kafc__plugs_deadline(const struct kafc_plugs *s)
{
    int64_t at = INT64_MAX;
    for (struct plug *p = KAFC_LIST_FIRST(&s->dialling, struct plug, node); p;
         p = KAFC_LIST_NEXT(&s->dialling, p, struct plug, node)) {
        int64_t d = kafc__dial_deadline(p->dial);
        at = d < at ? d : at;
    }
    return at;
}

void kafc__plugs_init(struct kafc_plugs *s, kafc_client *c, struct kafc_poller *poller)
{
    s->c = c;
    s->poller = poller;
    kafc__list_init(&s->dialling);
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
