/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A core under a program of bytes, for targets that drive it: the input, the
 * clock, and the plugs that its connections end in. What comes out of them is
 * cut into requests; what goes in is the target's matter.
 */
#ifndef KAFC_FUZZ_PLUGS_H
#define KAFC_FUZZ_PLUGS_H

#include <stdlib.h>
#include <string.h>

#include "core/core.h"

enum { PLUGS = 64, ASKED = 64 };

struct asked {
    int16_t api, version;
    int32_t id;
};

struct plug {
    uint32_t id; /* 0: free */
    bool open;
    uint8_t *in; /* half a request */
    size_t nin, nasked;
    struct asked asked[ASKED];
};

struct plugs {
    const uint8_t *p, *end; /* what is left of the program */
    struct kafc_core *core;
    int64_t now;
    struct plug plug[PLUGS];
};

/* All in the time that a program takes. */
static const struct kafc_core_config plugs_config = { .brokers = "boot:1,h:1",
                                                      .connect_timeout_us = 50000,
                                                      .request_timeout_us = 100000,
                                                      .retry_backoff_us = 1000,
                                                      .retry_backoff_max_us = 100000,
                                                      .reconnect_backoff_us = 1000,
                                                      .reconnect_backoff_max_us = 100000,
                                                      .metadata_max_age_us = 3000000,
                                                      .connections_max_idle_us = 200000,
                                                      .receive_max = 1 << 16 };

static inline void must(bool what)
{
    if (!what)
        abort();
}

static inline uint8_t next(struct plugs *x)
{
    return x->p < x->end ? *x->p++ : 0;
}

/* So many bytes of the program, or those that are left. */
static inline const uint8_t *next_bytes(struct plugs *x, size_t *n)
{
    size_t left = (size_t)(x->end - x->p);
    *n = *n < left ? *n : left;
    x->p += *n;
    return x->p - *n;
}

static inline struct plug *plug_of(struct plugs *x, uint32_t id)
{
    for (int i = 0; i < PLUGS; i++)
        if (x->plug[i].id == id)
            return &x->plug[i];
    return NULL;
}

static inline void plug_forget(struct plug *g)
{
    free(g->in);
    memset(g, 0, sizeof(*g));
}

static inline void plug_lost(struct plugs *x, struct plug *g, kafc_err code)
{
    uint32_t id = g->id;
    plug_forget(g);
    kafc__core_closed(x->core, id, code, "for a reason", x->now);
}

static inline void plug_feed(struct plugs *x, struct plug *g, const uint8_t *p, size_t n)
{
    while (n) {
        void *room;
        size_t k;
        kafc__core_recv_room(x->core, g->id, &room, &k);
        if (!k)
            return; /* gone: a CLOSE follows */
        k = k < n ? k : n;
        memcpy(room, p, k);
        kafc__core_received(x->core, g->id, k, x->now);
        p += k;
        n -= k;
    }
}

/* Requests are taken out of the bytes as far as they are whole. */
static inline void plug_cut(struct plug *g)
{
    size_t at = 0;
    while (g->nin - at >= 12 && g->nasked < ASKED) {
        size_t n = kafc__load32(g->in + at);
        if (g->nin - at - 4 < n)
            break;
        g->asked[g->nasked++] = (struct asked){ .api = (int16_t)kafc__load16(g->in + at + 4),
                                                .version = (int16_t)kafc__load16(g->in + at + 6),
                                                .id = (int32_t)kafc__load32(g->in + at + 8) };
        at += 4 + n;
    }
    g->nin -= at;
    memmove(g->in, g->in + at, g->nin);
}

/* Takes at most so many of the bytes that the core has to send, once; true: all that it gave. */
static inline bool plug_take(struct plugs *x, struct plug *g, size_t most)
{
    struct iovec iov[3];
    size_t taken = 0, offered = 0;
    int n = kafc__core_send_iov(x->core, g->id, iov, 3, x->now);
    for (int i = 0; i < n; i++) {
        size_t k = iov[i].iov_len < most - taken ? iov[i].iov_len : most - taken;
        g->in = realloc(g->in, g->nin + k + 1);
        must(g->in != NULL);
        memcpy(g->in + g->nin, iov[i].iov_base, k);
        g->nin += k;
        taken += k;
        offered += iov[i].iov_len;
    }
    if (n)
        kafc__core_sent(x->core, g->id, taken, x->now);
    plug_cut(g);
    return n && taken == offered;
}

/* The oldest request that came over the plug; api below 0: there is none. */
static inline struct asked plug_next(struct plug *g)
{
    struct asked q = { .api = -1 };
    if (!g->nasked)
        return q;
    q = g->asked[0];
    memmove(g->asked, g->asked + 1, --g->nasked * sizeof(q));
    return q;
}

/* Is there nothing more to do at this moment? */
static inline bool plugs_rest(struct plugs *x)
{
    if (!kafc__core_sleep(x->core))
        return false;
    kafc__core_awake(x->core);
    return kafc__core_deadline(x->core) > x->now;
}

#endif
