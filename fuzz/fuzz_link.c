/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A connection's machine under any bytes and any order of events. The input is
 * a program: raw bytes in, frames with the right id around any body, both cut
 * into pieces of any size, requests of any API queued and cancelled, partial
 * sends, time that passes, the connection lost. Each request must end exactly
 * once unless it is cancelled, and what it was answered is decoded; hooks are
 * told of each end whose beginning they know.
 */
#include <stdlib.h>
#include <string.h>

#include "core/link_internal.h"
#include "fuzz/fuzz.h"
#include "protocol/registry.h"

enum { REQUESTS = 16 };

struct run {
    const uint8_t *p, *end;
    struct kafc_link *l;
    int64_t now;
    size_t cut; /* what comes in comes in pieces of so many bytes; 0: as the link takes them */
    void *msg[REQUESTS];
    struct kafc_request rq[REQUESTS];
    bool held[REQUESTS];
    int again; /* ends in a row that only changed the greeting */
    int owed;  /* requests that hooks know of and that have not ended for them */
};

static void must(int ok)
{
    if (!ok)
        abort();
}

static void done(struct kafc_request *rq)
{
    struct run *r = rq->owner;
    long i = rq - r->rq;
    must(r->held[i]);
    r->held[i] = false;
    must((rq->result == KAFC_OK) == (rq->why == NULL));
    if (rq->result)
        return;
    struct kafc_arena a;
    kafc_error err;
    void *resp = malloc(rq->api->resp->size);
    must(resp != NULL);
    kafc__arena_init(&a, NULL, 0);
    if (kafc__request_decode(rq, resp, &a, &err))
        must(err.api == rq->api->key && err.broker == 1);
    kafc__arena_fini(&a);
    free(resp);
}

static void on_request(void *ctx, kafc_request_event *e)
{
    struct run *r = ctx;
    must(e->queue_us >= 0 && e->bytes_sent >= 4 && !e->own);
    e->own = r;
    r->owed++;
}

static void on_response(void *ctx, const kafc_request_event *e)
{
    struct run *r = ctx;
    must(e->own == r && --r->owed >= 0 && (e->code == KAFC_OK) == (e->why == NULL));
    must(e->queue_us >= 0 && e->write_us >= 0 && e->wait_us >= 0 && e->read_us >= 0);
}

static void on_connection(void *ctx, const kafc_connection_event *e)
{
    const struct run *r = ctx;
    must(e->state < KAFC_CONNECTION_FAILED || (r->owed == 0 && e->why));
}

static uint8_t next(struct run *r)
{
    return r->p < r->end ? *r->p++ : 0;
}

static void lose(struct run *r)
{
    kafc_error why = { .code = KAFC_ERR_DISCONNECTED, .message = "lost" };
    bool again = kafc__link_reopens(r->l, why.code);
    size_t queued = r->l->nqueued;
    kafc__link_down(r->l, &why, r->now);
    must(kafc__link_state(r->l) == KAFC_LINK_DOWN &&
         kafc__link_pending(r->l) == (again ? queued : 0));
    for (int i = 0; i < REQUESTS; i++)
        must(again || !r->held[i]);
    r->again = again ? r->again + 1 : 0;
    must(r->again <= KAFC_GREET_OLD); /* each step of the greeting once */
    kafc__link_opening(r->l);
    kafc__link_up(r->l, r->now);
}

static void feed(struct run *r, const uint8_t *p, size_t n)
{
    while (n) {
        void *room;
        size_t got;
        kafc_error err;
        if (kafc__link_recv_room(r->l, &room, &got, &err)) {
            must(err.message[0]);
            lose(r);
            return;
        }
        must(got > 0);
        got = got < n ? got : n;
        got = r->cut && r->cut < got ? r->cut : got;
        memcpy(room, p, got);
        p += got;
        n -= got;
        if (kafc__link_received(r->l, got, r->now, &err)) {
            must(err.message[0]);
            lose(r);
            return;
        }
    }
}

static void feed_some(struct run *r, size_t n)
{
    n = n < (size_t)(r->end - r->p) ? n : (size_t)(r->end - r->p);
    r->p += n;
    feed(r, r->p - n, n);
}

static void feed_frame(struct run *r, size_t n)
{
    uint8_t head[8];
    const struct kafc_slot *s = KAFC_LIST_FIRST(&r->l->flight, struct kafc_slot, node);
    n = n < (size_t)(r->end - r->p) ? n : (size_t)(r->end - r->p);
    kafc__store32(head, (uint32_t)n + 4);
    kafc__store32(head + 4, s ? (uint32_t)s->correlation : 0);
    feed(r, head, 8);
    if (r->l->nstage || r->l->frame)
        feed_some(r, n);
}

static void send(struct run *r, size_t n)
{
    struct iovec iov[3];
    size_t all = 0;
    int k = kafc__link_send_iov(r->l, iov, 3, r->now);
    for (int i = 0; i < k; i++)
        all += iov[i].iov_len;
    kafc__link_sent(r->l, n < all ? n : all, r->now);
}

static void queue(struct run *r, int i, unsigned which)
{
    if (r->held[i])
        return;
    size_t n;
    const struct kafc_api *const *apis = kafc__apis(&n),
                                 *api = apis[(which + KAFC_API_METADATA) % n];
    free(r->msg[i]);
    r->msg[i] = malloc(api->req->size);
    must(r->msg[i] != NULL);
    kafc__msg_defaults(api->req, r->msg[i]);
    kafc__request_init(&r->rq[i], api, r->msg[i]);
    r->rq[i].timeout_us = 1000 * (1 + i);
    r->rq[i].done = done;
    r->rq[i].owner = r;
    r->held[i] = true;
    kafc__link_queue(r->l, &r->rq[i], r->now);
}

static void step(struct run *r)
{
    uint8_t op = next(r), arg = next(r);
    kafc_error err;
    r->cut = op >> 3;
    switch (op % 8) {
    case 0: feed_some(r, arg); break;
    case 1: feed_frame(r, arg); break;
    case 2: feed_frame(r, (size_t)arg * 256); break;
    case 3: queue(r, arg % REQUESTS, (op >> 3) * 16U + arg / REQUESTS); break;
    case 4: send(r, arg < 128 ? 1 << 20 : arg - 128); break;
    case 5:
        r->now += (int64_t)arg * 100;
        if (kafc__link_tick(r->l, r->now, &err))
            lose(r);
        break;
    case 6:
        if (r->held[arg % REQUESTS])
            kafc__link_cancel(r->l, &r->rq[arg % REQUESTS]);
        r->held[arg % REQUESTS] = false;
        break;
    default:
        if (arg < 16)
            lose(r);
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct run *r = calloc(1, sizeof(*r));
    const kafc_hooks hooks = { .on_request = on_request, .on_response = on_response,
                               .on_connection = on_connection, .ctx = r };
    const struct kafc_watch watch = { .hooks = &hooks };
    struct kafc_link_config cfg = { .client_id = "fuzz",
                                    .watch = &watch,
                                    .receive_max = 1 << 16,
                                    .request_timeout_us = 5000 };
    if (!r)
        return 0;
    r->p = data;
    r->end = data + size;
    r->l = kafc__link_new(&cfg, 1, "fuzz");
    must(r->l != NULL);
    kafc__link_opening(r->l);
    kafc__link_up(r->l, 0);
    while (r->p < r->end)
        step(r);
    must((int64_t)kafc__link_pending(r->l) >= 0);
    kafc__link_free(r->l);
    must(r->owed == 0);
    for (int i = 0; i < REQUESTS; i++) {
        must(!r->held[i]);
        free(r->msg[i]);
    }
    free(r);
    return 0;
}
