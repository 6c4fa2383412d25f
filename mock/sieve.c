/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A request is taken in pieces that end where records begin. A piece that has
 * not come as a whole is read again from its start when more is there.
 */
#include "mock/sieve.h"

#include "base/mem.h"
#include "mock/state.h"
#include "protocol/record/batch.h"
#include "protocol/registry.h"
#include "protocol/wire.h"

enum { READ = 8192, PIECE_MAX = 65536, OUT = 4096 };

/* What comes next. */
enum step { SIZE, HEAD, TOPIC, PART, PART_END, TOPIC_END, LAST, PLAIN, DONE };

struct kafc_sieve {
    kafc_allocator mem;
    enum step step;
    int16_t version;
    bool flex;
    uint32_t topics, parts; /* yet to come */
    size_t left;            /* of the frame, from `pos` on, what is to be skipped included */
    size_t skip;            /* what of it comes before the next piece */
    size_t pos, len;        /* of `in`: taken, there */
    size_t made, cap;       /* of `out` */
    uint8_t *out;
    uint8_t in[READ + PIECE_MAX];
};

struct kafc_sieve *kafc__sieve_new(const kafc_allocator *mem)
{
    struct kafc_sieve *s = kafc__alloc(mem, sizeof *s);

    if (!s)
        return NULL;
    memset(s, 0, offsetof(struct kafc_sieve, in));
    if (mem)
        s->mem = *mem;
    return s;
}

void kafc__sieve_free(struct kafc_sieve *s)
{
    kafc_allocator mem;

    if (!s)
        return;
    mem = s->mem;
    kafc__free(&mem, s->out);
    kafc__free(&mem, s);
}

/* ---- in ---- */

size_t kafc__sieve_skip(const struct kafc_sieve *s)
{
    return s->skip;
}

void kafc__sieve_skipped(struct kafc_sieve *s, size_t n)
{
    s->skip -= n;
    s->left -= n;
}

void *kafc__sieve_room(struct kafc_sieve *s, size_t *n)
{
    if (s->pos) {
        memmove(s->in, s->in + s->pos, s->len - s->pos);
        s->len -= s->pos;
        s->pos = 0;
    }
    *n = sizeof s->in - s->len < READ ? sizeof s->in - s->len : READ;
    return s->in + s->len;
}

void kafc__sieve_received(struct kafc_sieve *s, size_t n)
{
    s->len += n;
}

/* ---- pieces ---- */

static bool put(struct kafc_sieve *s, const void *p, size_t n)
{
    if (s->cap - s->made < n) {
        size_t cap = s->cap ? s->cap : OUT;
        uint8_t *out;

        while (cap - s->made < n)
            cap *= 2;
        out = kafc__realloc_array(&s->mem, s->out, cap, 1);
        if (!out)
            return false;
        s->out = out;
        s->cap = cap;
    }
    memcpy(s->out + s->made, p, n);
    s->made += n;
    return true;
}

/* A count, or a length: -1 is 0 here. It is not believed, but counted down. */
static uint32_t number(struct kafc_sieve *s, struct kafc_rd *r)
{
    uint32_t n = s->flex ? kafc__rd_uvarint(r) : kafc__rd_u32(r) + 1;

    return n ? n - 1 : 0;
}

static enum step head(struct kafc_sieve *s, struct kafc_rd *r)
{
    const struct kafc_api *api = kafc__api(KAFC_API_PRODUCE);
    struct kafc_request_header h;

    if (kafc__rd_left(r) >= 4 && kafc__load16(r->p) == KAFC_API_PRODUCE) {
        s->version = (int16_t)kafc__load16(r->p + 2);
        s->flex = s->version >= api->flex;
    } else if (kafc__rd_need(r, 4)) {
        return PLAIN;
    }
    if (s->version < api->min || s->version > api->max)
        return PLAIN;
    (void)kafc__request_header_get(r, api, &h);
    if (s->version >= 3)
        (void)kafc__rd_str(r, s->flex);
    (void)kafc__rd_i16(r); /* acks */
    (void)kafc__rd_i32(r); /* timeout */
    s->topics = number(s, r);
    return s->topics ? TOPIC : LAST;
}

static enum step topic(struct kafc_sieve *s, struct kafc_rd *r)
{
    kafc_uuid id;

    if (s->version >= 13)
        kafc__rd_uuid(r, &id);
    else
        (void)kafc__rd_str(r, s->flex);
    s->parts = number(s, r);
    return s->parts ? PART : TOPIC_END;
}

/* The records' own length is put anew, with what is kept of them. */
static enum step partition(struct kafc_sieve *s, struct kafc_rd *r, bool *ok)
{
    const uint8_t *from = r->p;
    uint32_t n, keep;
    uint8_t length[4];

    (void)kafc__rd_i32(r);
    n = number(s, r);
    keep = n < KAFC_BATCH_HEADER ? n : KAFC_BATCH_HEADER;
    if (r->err || !kafc__rd_need(r, keep))
        return PART;
    length[0] = (uint8_t)(keep + 1); /* as an unsigned varint: below 128 */
    if (!s->flex)
        kafc__store32(length, keep);
    *ok = put(s, from, 4) && put(s, length, s->flex ? 1 : 4) && put(s, r->p, keep);
    r->p += keep;
    s->skip = n - keep;
    return PART_END;
}

static enum step end(struct kafc_sieve *s, struct kafc_rd *r, uint32_t *more, enum step next,
                     enum step otherwise)
{
    if (s->flex)
        kafc__rd_skip_tags(r);
    if (r->err)
        return s->step;
    return more && --*more ? next : otherwise;
}

static enum step size(struct kafc_sieve *s, struct kafc_rd *r, bool *ok)
{
    uint32_t n = kafc__rd_u32(r);

    s->made = 0;
    s->left = 4 + (size_t)n;
    *ok = r->err || (n >= 8 && n <= KAFC_MOCK_FRAME_MAX);
    return HEAD;
}

static enum step plain(const struct kafc_sieve *s, struct kafc_rd *r)
{
    bool all = kafc__rd_left(r) == s->left;

    r->p = r->end;
    return all ? DONE : PLAIN;
}

static enum step piece(struct kafc_sieve *s, struct kafc_rd *r, bool *ok)
{
    switch (s->step) {
    case SIZE: return size(s, r, ok);
    case HEAD: return head(s, r);
    case TOPIC: return topic(s, r);
    case PART: return partition(s, r, ok);
    case PART_END: return end(s, r, &s->parts, PART, TOPIC_END);
    case TOPIC_END: return end(s, r, &s->topics, TOPIC, LAST);
    case LAST: return end(s, r, NULL, DONE, DONE);
    case PLAIN: return plain(s, r);
    case DONE: break;
    }
    return DONE;
}

/* Throws away what of the records is in the buffer already; false: they go beyond the frame. */
static bool skip_here(struct kafc_sieve *s)
{
    size_t here = s->len - s->pos < s->skip ? s->len - s->pos : s->skip;

    if (s->skip > s->left)
        return false;
    s->pos += here;
    kafc__sieve_skipped(s, here);
    return true;
}

/* One piece. */
static enum kafc_sieved take(struct kafc_sieve *s)
{
    size_t there = s->len - s->pos;
    size_t n = s->step == SIZE || there < s->left ? there : s->left;
    const uint8_t *from = s->in + s->pos;
    bool ok = true;
    struct kafc_rd r;
    enum step next;

    kafc__rd_init(&r, from, n);
    next = piece(s, &r, &ok);
    if (!ok)
        return KAFC_SIEVED_BAD;
    if (r.err) /* not all of it is there; will it ever? */
        return (s->step != SIZE && n == s->left) || there > PIECE_MAX ? KAFC_SIEVED_BAD
                                                                      : KAFC_SIEVED_MORE;
    if (s->step != PART && !put(s, from, (size_t)(r.p - from)))
        return KAFC_SIEVED_BAD;
    s->pos += (size_t)(r.p - from);
    s->left -= (size_t)(r.p - from);
    if (s->step == PLAIN && next == PLAIN)
        return KAFC_SIEVED_MORE;
    s->step = next;
    return s->skip && !skip_here(s) ? KAFC_SIEVED_BAD : KAFC_SIEVED_FRAME;
}

enum kafc_sieved kafc__sieve_next(struct kafc_sieve *s, const void **p, size_t *n)
{
    enum kafc_sieved got = KAFC_SIEVED_FRAME;

    while (got == KAFC_SIEVED_FRAME && s->step != DONE)
        got = s->skip ? KAFC_SIEVED_MORE : take(s);
    if (got != KAFC_SIEVED_FRAME)
        return got;
    if (s->left)
        return KAFC_SIEVED_BAD; /* bytes behind the request */
    kafc__store32(s->out, (uint32_t)s->made - 4);
    *p = s->out;
    *n = s->made;
    s->step = SIZE;
    return got;
}
