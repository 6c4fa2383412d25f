/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Bytes out: requests become slots when the connection can take them, and
 * slots become iovecs; chains of records are sent from where they lie.
 * Driver's thread.
 */
#include "base/mem.h"
#include "core/link_internal.h"
#include "sasl/sasl.h"

enum {
    AHEAD = 1 << 20,   /* bytes that are encoded before the socket takes them */
    SPARE_MAX = 8,     /* slots kept for the next requests, */
    SPARE_CAP = 16384, /* if they are not larger than this */
    SLOT_MIN = 256
};

/* ---- Slots ---- */

static struct kafc_slot *take_slot(struct kafc_link *l, size_t bytes)
{
    struct kafc_slot *s = KAFC_LIST_FIRST(&l->spare, struct kafc_slot, node);
    while (s && s->cap < bytes)
        s = KAFC_LIST_NEXT(&l->spare, s, struct kafc_slot, node);
    if (s) {
        kafc__list_del(&s->node);
        l->nspare--;
    } else {
        size_t cap = SLOT_MIN;
        while (cap < bytes && cap < SPARE_CAP)
            cap *= 2;
        cap = cap < bytes ? bytes : cap;
        s = kafc__alloc(l->cfg.mem, sizeof(*s) + cap);
        if (!s)
            return NULL;
        s->cap = cap;
        kafc__arena_init(&s->arena, l->cfg.mem, 0);
        kafc__list_init(&s->node);
    }
    s->rq = NULL;
    s->splice = NULL;
    s->nsplice = 0;
    s->written = s->total = s->len = 0;
    s->sent_at = -1;
    s->begun = s->ended = false;
    s->own = NULL;
    return s;
}

static void give_slot(struct kafc_link *l, struct kafc_slot *s)
{
    if (kafc__link_is_secret(s->api))
        kafc__sasl_wipe(s->buf, s->len);
    if (s->cap > SPARE_CAP || l->nspare >= SPARE_MAX) {
        kafc__arena_fini(&s->arena);
        kafc__free(l->cfg.mem, s);
        return;
    }
    kafc__arena_reset(&s->arena);
    kafc__list_push_front(&l->spare, &s->node);
    l->nspare++;
}

static kafc_err write_bytes(struct kafc_slot *s, const struct kafc_request *rq, kafc_str client_id,
                            kafc_error *err)
{
    struct kafc_wr w;
    kafc__wr_init(&w, s->buf, s->len, &s->arena);
    kafc__wr_i32(&w, (int32_t)(s->total - 4));
    kafc__request_header_put(&w, s->api, s->version, s->correlation, client_id);
    kafc_err e = kafc__msg_encode(&w, s->api->req, rq->msg, s->version, err);
    s->splice = w.splice;
    s->nsplice = w.nsplice;
    if (!e && w.err)
        e = kafc__error(err, w.no_memory ? KAFC_ERR_NO_MEMORY : KAFC_ERR_ENCODE, "%s v%d: %s",
                        s->api->name, s->version, w.err);
    return e;
}

static void launch(struct kafc_link *l, struct kafc_slot *s, struct kafc_request *rq)
{
    s->rq = rq;
    rq->slot = s;
    rq->correlation = s->correlation;
    kafc__list_push(&l->flight, &s->node);
    l->nflight++;
    l->unsent += s->total;
    s->queued_at = rq->queued_at;
    kafc__link_launched(l, s);
    if (!l->out.slot)
        l->out = (struct kafc_link_cursor){ .slot = s };
}

/* Makes a slot of the request, at the end of flight; rq->version must be chosen. */
static kafc_err encode(struct kafc_link *l, struct kafc_request *rq, kafc_error *err)
{
    kafc_str id = { l->cfg.client_id, l->cfg.client_id ? (int32_t)strlen(l->cfg.client_id) : 0 };
    size_t body, spliced;
    kafc_err e = kafc__msg_size(rq->api->req, rq->msg, rq->version, &body, &spliced, err);
    if (e)
        return e;
    size_t total = 4 + kafc__request_header_size(rq->api, rq->version, id) + body;
    if (total > INT32_MAX)
        return kafc__error(err, KAFC_ERR_TOO_LARGE, "%s v%d: a request of %zu bytes", rq->api->name,
                           rq->version, total);
    struct kafc_slot *s = take_slot(l, total - spliced);
    if (!s)
        return kafc__error(err, KAFC_ERR_NO_MEMORY, "%s v%d: out of memory", rq->api->name,
                           rq->version);
    s->api = rq->api;
    s->version = rq->version;
    s->no_response = rq->no_response;
    s->timeout_us = rq->timeout_us;
    s->total = total;
    s->len = total - spliced;
    s->correlation = l->correlation;
    e = write_bytes(s, rq, id, err);
    if (e) {
        give_slot(l, s);
        return e;
    }
    l->correlation = l->correlation == INT32_MAX - 8 ? 0 : l->correlation + 1;
    launch(l, s, rq);
    return KAFC_OK;
}

/* A token of the login alone, with its length in front. */
static kafc_err encode_token(struct kafc_link *l, struct kafc_request *rq, kafc_error *err)
{
    const struct kafc_sasl_authenticate_req *msg = rq->msg;
    size_t n = (size_t)msg->auth_bytes.len;
    struct kafc_slot *s = take_slot(l, 4 + n);
    if (!s)
        return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for a token of %zu bytes", n);
    s->api = rq->api;
    s->version = rq->version;
    s->no_response = false;
    s->timeout_us = rq->timeout_us;
    s->total = s->len = 4 + n;
    s->correlation = -1;
    kafc__store32(s->buf, (uint32_t)n);
    if (n)
        memcpy(s->buf + 4, msg->auth_bytes.p, n);
    launch(l, s, rq);
    return KAFC_OK;
}

void kafc__link_ask(struct kafc_link *l, struct kafc_request *rq, const struct kafc_api *api,
                    int16_t version, const void *msg, void (*done)(struct kafc_request *rq),
                    int64_t now)
{
    kafc__request_init(rq, api, msg);
    rq->link = l;
    rq->broker = l->node;
    rq->version = version;
    rq->timeout_us = l->cfg.request_timeout_us;
    rq->queued_at = now;
    rq->deadline = l->state >= KAFC_LINK_READY || INT64_MAX - now < rq->timeout_us ? INT64_MAX
                                                                                  : now + rq->timeout_us;
    rq->done = done;
    rq->owner = l;
    if (rq->deadline < l->alarm)
        l->alarm = rq->deadline;
    kafc_error err;
    if (l->login.raw ? encode_token(l, rq, &err) : encode(l, rq, &err))
        kafc__link_break(l, err.code, "cannot be asked: %s", err.message);
}

static struct kafc_slot *after(struct kafc_link *l, struct kafc_slot *s)
{
    return KAFC_LIST_NEXT(&l->flight, s, struct kafc_slot, node);
}

void kafc__link_retire(struct kafc_link *l, struct kafc_slot *s)
{
    if (l->out.slot == s)
        l->out = (struct kafc_link_cursor){ .slot = after(l, s) };
    l->unsent -= s->total - s->written;
    kafc__link_retired(l);
    kafc__list_del(&s->node);
    give_slot(l, s);
}

/* The records of a request that is given up belong to its owner and may go at once; half a frame on the wire can then
 * not be completed. */
void kafc__link_orphan(struct kafc_link *l, struct kafc_slot *s)
{
    if (s->written == 0)
        kafc__link_retire(l, s);
    else if (s->written < s->total && l->out.part < 2 * s->nsplice)
        kafc__link_break(l, KAFC_ERR_DISCONNECTED,
                         "took only %zu of %zu bytes of %s v%d before it was given up", s->written,
                         s->total, s->api->name, s->version);
}

void kafc__link_drop_slots(struct kafc_link *l, int64_t now)
{
    struct kafc_slot *s;
    while ((s = KAFC_LIST_FIRST(&l->flight, struct kafc_slot, node))) {
        kafc__link_ended(l, s, l->why ? l->why->code : KAFC_ERR_CLOSED, l->why, now);
        if (s->rq) {
            s->rq->slot = NULL;
            kafc__list_push(&l->lost, &s->rq->node);
        }
        kafc__link_retire(l, s);
    }
    l->nflight = 0;
    l->unsent = 0;
    l->out = (struct kafc_link_cursor){ 0 };
}

/* ---- From the queue into slots ---- */

static kafc_err unsupported(const struct kafc_link *l, const struct kafc_request *rq,
                            kafc_error *err)
{
    const char *api = rq->api->name;
    int16_t key = rq->api->key;
    int lo = key < KAFC_LINK_APIS ? l->have[key].min : 0,
        hi = key < KAFC_LINK_APIS ? l->have[key].max : -1;
    if (hi < 0 && l->greeting == KAFC_GREET_OLD)
        return kafc__error(err, KAFC_ERR_UNSUPPORTED,
                           "%s does not know %s: the broker is too old, it is one before 0.10",
                           l->name, api);
    if (hi < 0)
        return kafc__error(err, KAFC_ERR_UNSUPPORTED,
                           "%s does not know %s: the broker is too old for it, or of another kind",
                           l->name, api);
    if (rq->min_version == rq->max_version)
        return kafc__error(err, KAFC_ERR_UNSUPPORTED, "%s knows %s %d to %d, not %d", l->name, api,
                           lo, hi, rq->max_version);
    return kafc__error(err, KAFC_ERR_UNSUPPORTED,
                       "%s knows %s %d to %d, kafc %d to %d: the %s is too old", l->name, api, lo,
                       hi, rq->min_version, rq->max_version,
                       hi < rq->min_version ? "broker" : "client");
}

static kafc_err admit(struct kafc_link *l, struct kafc_request *rq, kafc_error *err)
{
    int version = kafc__link_version(l, rq->api, rq->min_version, rq->max_version);
    if (version < 0)
        return unsupported(l, rq, err);
    rq->version = (int16_t)version;
    kafc_err e = rq->prepare ? rq->prepare(rq, err) : KAFC_OK;
    return e ? e : encode(l, rq, err);
}

static bool may_encode(const struct kafc_link *l, int64_t now)
{
    return l->state == KAFC_LINK_READY && l->nqueued && l->unsent < AHEAD &&
           l->throttled_until <= now;
}

static void encode_some(struct kafc_link *l, int64_t now)
{
    kafc__link_renew(l, now); /* in front of what is queued: the broker takes nothing else after its time */
    while (may_encode(l, now) && !l->broken.code) {
        struct kafc_request *rq = KAFC_LIST_FIRST(&l->queue, struct kafc_request, node);
        if (!rq)
            break;
        kafc__list_del(&rq->node);
        l->nqueued--;
        kafc_error err;
        kafc_err e = admit(l, rq, &err);
        if (e)
            kafc__link_finish(l, rq, e, &err);
    }
}

/* ---- Cursor ---- */

/* The bytes of the cursor's part: of buf between two splices, or of the segment where it stands. */
static size_t run(struct kafc_link_cursor *c, const uint8_t **p)
{
    const struct kafc_slot *s = c->slot;
    uint32_t i = c->part / 2;
    if (c->part % 2 == 0) {
        size_t from = i ? s->splice[i - 1].at : 0, to = i < s->nsplice ? s->splice[i].at : s->len;
        *p = s->buf + from + c->off;
        return to - from - c->off;
    }
    if (!c->seg) {
        *p = NULL;
        return 0;
    }
    *p = c->seg->data + c->off;
    return c->seg->len - c->off;
}

/* To the next run of the slot; false at its end. */
static bool next_run(struct kafc_link_cursor *c)
{
    const struct kafc_slot *s = c->slot;
    c->off = 0;
    if (c->part % 2 && c->seg && c->seg->next) {
        c->seg = c->seg->next;
        return true;
    }
    if (c->part == 2 * s->nsplice)
        return false;
    c->part++;
    c->seg = c->part % 2 ? s->splice[c->part / 2].chain : NULL;
    return true;
}

bool kafc__link_wants(const struct kafc_link *l, int64_t now)
{
    return !l->broken.code && (l->unsent || may_encode(l, now));
}

int kafc__link_send_iov(struct kafc_link *l, struct iovec *iov, int max, int64_t now)
{
    encode_some(l, now); /* before the first iovec: it may end requests, and so their chains */
    if (l->broken.code)
        return 0;
    int n = 0;
    struct kafc_link_cursor c = l->out;
    while (c.slot && n < max) {
        const uint8_t *p;
        size_t len = run(&c, &p);
        if (len) {
            iov[n].iov_base = (void *)(uintptr_t)p; /* writev takes no const */
            iov[n++].iov_len = len;
        }
        if (!next_run(&c))
            c = (struct kafc_link_cursor){ .slot = after(l, c.slot) };
    }
    return n;
}

/* Marks n bytes of the cursor's slot as sent, at most what is left of it; gives how many. */
static size_t advance(struct kafc_link *l, size_t n)
{
    struct kafc_link_cursor *c = &l->out;
    struct kafc_slot *s = c->slot;
    size_t done = 0;
    for (;;) {
        const uint8_t *p;
        size_t len = run(c, &p);
        if (len > n - done) {
            c->off += n - done;
            done = n;
            break;
        }
        done += len;
        if (!next_run(c))
            break;
    }
    s->written += done;
    l->unsent -= done;
    return done;
}

static void handed_over(struct kafc_link *l, struct kafc_slot *s, int64_t now)
{
    if (!s->no_response)
        return;
    kafc__link_ended(l, s, KAFC_OK, NULL, now);
    struct kafc_request *rq = s->rq;
    if (rq)
        l->nflight--;
    kafc__link_retire(l, s);
    if (rq)
        kafc__link_finish(l, rq, KAFC_OK, NULL);
}

void kafc__link_sent(struct kafc_link *l, size_t n, int64_t now)
{
    while (n && l->out.slot) {
        struct kafc_slot *s = l->out.slot;
        n -= advance(l, n);
        s->sent_at = now;
        if (s->rq)
            s->rq->sent = true;
        if (!s->begun)
            kafc__link_begun(l, s);
        if (s->written < s->total)
            break;
        l->out = (struct kafc_link_cursor){ .slot = after(l, s) };
        handed_over(l, s, now);
    }
}
