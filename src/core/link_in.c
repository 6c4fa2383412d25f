/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Bytes in: frames are cut out of the stream, large ones are read straight
 * into the memory in which they stay. What a peer says about lengths is
 * checked before it is believed. Driver's thread.
 */
#include "base/mem.h"
#include "core/link_internal.h"
#include "sasl/sasl.h"

static const char TLS[] = "speaks TLS here: security.protocol should be SSL or SASL_SSL";

/* How peers begin that do not speak Kafka. */
static const struct {
    const char *bytes;
    size_t n;
    const char *what;
} strangers[] = {
    { "HTTP", 4, "answers in HTTP" },
    { "\x15\x03", 2, TLS },
    { "\x16\x03", 2, TLS },
    { "SSH-", 4, "is an SSH server" },
    { "220 ", 4, "is a mail or FTP server" },
    { "220-", 4, "is a mail or FTP server" },
    { "+OK ", 4, "is a mail server" },
    { "-ERR", 4, "is a Redis or mail server" },
    { "ERRO", 4, "answers in some text protocol" },
    { "AMQP", 4, "is an AMQP broker" },
    { "RFB ", 4, "is a VNC server" },
};

static const char *stranger(const struct kafc_link *l, const uint8_t *p)
{
    for (size_t i = 0; !l->heard && i < sizeof(strangers) / sizeof(*strangers); i++)
        if (!memcmp(p, strangers[i].bytes, strangers[i].n))
            return strangers[i].what;
    return NULL;
}

/* p: at least four bytes, the size of a frame. Before a login anybody may be there, and answers are short. */
static bool size_is_sane(struct kafc_link *l, const uint8_t *p)
{
    int32_t size = (int32_t)kafc__load32(p), max = l->cfg.receive_max;
    if (l->state < KAFC_LINK_READY && max > KAFC_LINK_EARLY)
        max = KAFC_LINK_EARLY;
    const char *what = stranger(l, p);
    if (what == TLS)
        kafc__link_break(l, KAFC_ERR_TLS, "%s", what);
    else if (what)
        kafc__link_break(l, KAFC_ERR_PROTOCOL, "is no Kafka broker: it %s", what);
    else if (size < 4)
        kafc__link_break(l, KAFC_ERR_PROTOCOL, "announced a response of %d bytes", (int)size);
    else if (size > max)
        kafc__link_break(l, KAFC_ERR_FRAME_TOO_LARGE,
                         "announced a response of %d bytes, %d are accepted%s", (int)size, (int)max,
                         l->state < KAFC_LINK_READY ? " before the connection is ready" : "");
    return !l->broken.code;
}

/* The oldest request that waits for a response, if that is what the id says. */
static struct kafc_slot *awaited(struct kafc_link *l, int32_t correlation)
{
    struct kafc_slot *s = KAFC_LIST_FIRST(&l->flight, struct kafc_slot, node);
    if (!s || s->written < s->total)
        kafc__link_break(l, KAFC_ERR_PROTOCOL, "sent a response (id %d) that nobody asked for",
                         (int)correlation);
    else if (s->correlation != correlation)
        kafc__link_break(l, KAFC_ERR_PROTOCOL,
                         "answered id %d, but %s v%d with id %d was the oldest request",
                         (int)correlation, s->api->name, s->version, (int)s->correlation);
    return l->broken.code ? NULL : s;
}

/* Most responses begin with it; for the others kafc__request_decode() finds it. */
static int32_t throttle_at_front(const struct kafc_request *rq)
{
    const struct kafc_schema *s = rq->api->resp;
    for (uint16_t i = 0; i < s->nfields; i++) {
        const struct kafc_field *f = &s->field[i];
        if (!kafc__in(f->on, rq->version) || kafc__in(f->tagged, rq->version))
            continue;
        if (f->kind != KAFC_I32 || strcmp(f->name, "ThrottleTimeMs") != 0 || rq->end - rq->body < 4)
            return 0;
        return (int32_t)kafc__load32(rq->body);
    }
    return 0;
}

static void deliver(struct kafc_link *l, struct kafc_slot *s, struct kafc_frame *f,
                    const uint8_t *body, int64_t now)
{
    kafc__link_answered(l, s, f->len + 4, now);
    struct kafc_request *rq = s->rq;
    int16_t version = s->version;
    const struct kafc_api *api = s->api;
    int64_t took = now - s->sent_at;
    if (rq)
        l->nflight--;
    kafc__link_retire(l, s);
    l->heard = true;
    l->served = l->served || l->state >= KAFC_LINK_READY;
    if (!rq)
        return;
    int32_t throttle;
    rq->took_us = took;
    rq->frame = f;
    rq->body = body;
    rq->end = f->data + f->len;
    throttle = rq->throttle_ms = throttle_at_front(rq);
    rq->throttle = &throttle;
    kafc__link_finish(l, rq, KAFC_OK, NULL);
    if (throttle > 0)
        kafc__link_throttled(l, api, version, throttle);
    if (throttle > 0 && version >= api->throttle_from) {
        int64_t until = now + (int64_t)throttle * 1000;
        if (until > l->throttled_until)
            l->throttled_until = until;
    }
}

/* A whole response; takes the reference. */
static void dispatch(struct kafc_link *l, struct kafc_frame *f, int64_t now)
{
    struct kafc_slot *s = awaited(l, (int32_t)kafc__load32(f->data));
    if (s) {
        struct kafc_rd r;
        int32_t correlation;
        kafc__rd_init(&r, f->data, f->len);
        if (kafc__response_header_get(&r, s->api, s->version, &correlation))
            deliver(l, s, f, r.p, now);
        else
            kafc__link_break(l, KAFC_ERR_PROTOCOL, "answered %s v%d with a broken header: %s",
                             s->api->name, s->version, r.err);
    }
    kafc__frame_unref(f);
}

static struct kafc_frame *new_frame(struct kafc_link *l, size_t size, const uint8_t *p, size_t n)
{
    struct kafc_frame *f = l->cfg.frames ? kafc__frame_get(l->cfg.frames, size)
                                         : kafc__frame_new(l->cfg.mem, NULL, size);
    if (!f) {
        kafc__link_break(l, KAFC_ERR_NO_MEMORY, "sent a response of %zu bytes: out of memory",
                         size);
        return NULL;
    }
    memcpy(f->data, p, n);
    f->len = n;
    return f;
}

/* A token of a login that travels bare: no more than fits, and no memory for it. */
static bool take_token(struct kafc_link *l, const uint8_t *p, size_t left)
{
    struct kafc_slot *s = KAFC_LIST_FIRST(&l->flight, struct kafc_slot, node);
    int32_t size = (int32_t)kafc__load32(p);
    if (size < 0 || size > KAFC_LINK_STAGE - 4)
        kafc__link_break(l, KAFC_ERR_PROTOCOL, "announced a token of %d bytes for the login", (int)size);
    else if (!s || s->written < s->total || !s->rq)
        kafc__link_break(l, KAFC_ERR_PROTOCOL, "sent a token for the login that nobody asked for");
    else if (left < (size_t)size)
        return false;
    if (l->broken.code)
        return false;
    kafc__link_answered(l, s, 4 + (size_t)size, l->heard_at);
    struct kafc_request *rq = s->rq;
    l->nflight--;
    kafc__link_retire(l, s);
    l->heard = true;
    rq->body = p + 4;
    rq->end = rq->body + size;
    kafc__link_finish(l, rq, KAFC_OK, NULL);
    return true;
}

/* Cuts frames out of the staging buffer; gives the number of bytes that are done with. */
static size_t cut(struct kafc_link *l, int64_t now)
{
    size_t at = 0;
    while (!l->broken.code && l->nstage - at >= 4) {
        const uint8_t *p = l->stage + at;
        size_t left = l->nstage - at - 4;
        if (l->login.raw) {
            if (!take_token(l, p, left))
                break;
            at += 4 + kafc__load32(p);
            l->front_at = now;
            continue;
        }
        if (!size_is_sane(l, p))
            break;
        size_t size = kafc__load32(p);
        if (left < size && (left < 4 || size < KAFC_LINK_DIRECT))
            break;
        struct kafc_slot *s = awaited(l, (int32_t)kafc__load32(p + 4));
        if (!s) /* before memory is spent on it */
            break;
        struct kafc_frame *f = new_frame(l, size, p + 4, left < size ? left : size);
        if (!f)
            break;
        if (kafc__link_is_secret(s->api))
            kafc__sasl_wipe(l->stage + at + 4, f->len);
        if (left < size) {
            l->frame = f;
            return l->nstage;
        }
        at += 4 + size;
        dispatch(l, f, now);
        l->front_at = now; /* what lies behind it has just come */
    }
    return at;
}

void kafc__link_drop_input(struct kafc_link *l)
{
    kafc__frame_unref(l->frame);
    l->frame = NULL;
    kafc__free(l->cfg.mem, l->stage);
    l->stage = NULL;
    l->nstage = 0;
}

static kafc_err report(const struct kafc_link *l, kafc_error *err)
{
    if (l->broken.code && err)
        *err = l->broken;
    return l->broken.code;
}

kafc_err kafc__link_recv_room(struct kafc_link *l, void **p, size_t *n, kafc_error *err)
{
    *p = NULL;
    *n = 0;
    if (l->broken.code || !l->stage)
        return report(l, err);
    if (l->frame) {
        *p = l->frame->data + l->frame->len;
        *n = l->frame->cap - l->frame->len;
    } else {
        *p = l->stage + l->nstage;
        *n = KAFC_LINK_STAGE - l->nstage;
    }
    return KAFC_OK;
}

kafc_err kafc__link_received(struct kafc_link *l, size_t n, int64_t now, kafc_error *err)
{
    if (l->broken.code || !l->stage || !n)
        return report(l, err);
    l->heard_at = now;
    if (!l->frame && !l->nstage)
        l->front_at = now;
    if (l->frame) {
        struct kafc_frame *f = l->frame;
        f->len += n;
        if (f->len == f->cap) {
            l->frame = NULL;
            dispatch(l, f, now);
        }
    } else {
        l->nstage += n;
        size_t done = cut(l, now);
        l->nstage -= done;
        memmove(l->stage, l->stage + done, l->nstage);
    }
    return report(l, err);
}
