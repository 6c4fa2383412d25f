/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Records become messages one at a time, into segments or through the codec
 * into them. Called by a kafc_conn before an old broker, and by the rewriting
 * of batches; any thread.
 */
#include "protocol/record/set.h"

#include "base/hash.h"
#include "base/log.h"
#include "protocol/record/message.h"
#include "protocol/wire.h"

enum { CRC_FROM = 16, LZ4_SUM_AT = 6, WRAPPER_MAX = KAFC_MESSAGE_OVERHEAD_V1 + 12 };

static kafc_err no_memory(kafc_error *err)
{
    return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for a message set");
}

static size_t front_size(const struct kafc_set *s)
{
    return 12 + (s->magic ? KAFC_MESSAGE_OVERHEAD_V1 : KAFC_MESSAGE_OVERHEAD_V0);
}

/* Room for the front of the message around the set in a segment of its own; the codec goes on behind it. */
static kafc_err begin_wrapper(struct kafc_set *s, const struct kafc_codec *codec, kafc_error *err)
{
    kafc_error why;
    s->first = kafc__seg_get_over(s->pool, KAFC_SEG_SMALL);
    if (!s->first)
        return no_memory(err);
    s->first->len = (uint32_t)front_size(s);
    kafc__chain_append(s->out, s->first);
    s->before = s->out->len;
    s->z = kafc__compress_new(codec, s->mem, &why);
    if (!s->z)
        return kafc__error(err, why.code, "%s", why.message);
    return kafc__compress_begin(s->z, s->level, s->pool, s->out, err);
}

static kafc_err checked(struct kafc_set *s, kafc_err rc)
{
    if (rc != KAFC_OK) {
        kafc__compress_free(s->z);
        s->z = NULL;
    }
    return rc;
}

kafc_err kafc__set_begin(struct kafc_set *s, kafc_error *err)
{
    int id = s->attributes & KAFC_BATCH_CODEC;
    s->z = NULL;
    s->first = NULL;
    s->count = 0;
    if (id == KAFC_NONE)
        return KAFC_OK;
    if (id == KAFC_ZSTD)
        return kafc__error(
            err, KAFC_ERR_UNSUPPORTED,
            "message format %d cannot be compressed with zstd: the broker is too old, "
            "zstd needs one from 2.1 on",
            s->magic);
    return checked(s, begin_wrapper(s, kafc__codec(id), err));
}

static bool put_plain(struct kafc_set *s, const uint8_t *p, size_t n)
{
    while (n) {
        struct kafc_seg *seg = s->out->tail;
        size_t room = seg ? seg->cap - seg->len : 0, k = n < room ? n : room;
        if (k == 0) {
            seg = kafc__seg_get_over(s->pool, seg ? KAFC_SEG_LARGE : KAFC_SEG_SMALL);
            if (!seg) {
                s->rc = no_memory(s->err);
                return false;
            }
            kafc__chain_append(s->out, seg);
            continue;
        }
        memcpy(seg->data + seg->len, p, k);
        seg->len += (uint32_t)k;
        s->out->len += k;
        p += k;
        n -= k;
    }
    return true;
}

static bool put_piece(void *ctx, const void *p, size_t n)
{
    struct kafc_set *s = ctx;
    if (!s->z)
        return put_plain(s, p, n);
    s->rc = kafc__compress_update(s->z, p, n, s->err);
    return s->rc == KAFC_OK;
}

/* Within a compressed set, format 0 has the offsets themselves, format 1 counts from the set's first. */
static kafc_err put(struct kafc_set *s, const struct kafc_record *r, kafc_error *err)
{
    int64_t nth = r->offset - s->base_offset;
    struct kafc_wire_message m = {
        .offset = s->z && s->magic == 1 ? nth : r->offset,
        .magic = s->magic,
        .attributes = (int8_t)(s->magic ? s->attributes & KAFC_BATCH_LOG_APPEND_TIME : 0),
        .timestamp = r->timestamp,
        .key = r->key,
        .value = r->value,
    };
    if (r->nheaders)
        return kafc__error(err, KAFC_ERR_UNSUPPORTED,
                           "message %lld of the batch has headers, which message format %d cannot "
                           "hold: the broker is too old, they need one from 0.11 on",
                           (long long)nth, s->magic);
    if (!kafc__message_size(&m))
        return kafc__error(err, KAFC_ERR_TOO_LARGE, "a message of more than 2^31 bytes");
    s->err = err;
    return kafc__message_put_pieces(&m, put_piece, s) ? KAFC_OK : s->rc;
}

kafc_err kafc__set_put(struct kafc_set *s, const struct kafc_record *r, kafc_error *err)
{
    if (s->count++ == 0 || r->timestamp > s->max_timestamp)
        s->max_timestamp = r->timestamp;
    s->last = r->offset;
    return checked(s, put(s, r, err));
}

/* Java summed up the magic number of lz4's frame as well as its header in format 0 (KIP-57), and brokers of that time
 * compare. */
static void spoil_lz4(uint8_t *p)
{
    static const uint8_t right[] = { 0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82 };
    if (memcmp(p, right, sizeof(right)) == 0)
        p[LZ4_SUM_AT] = 0x1a;
}

/* The message around the set: its value is what the chain got since there was room for its front. */
static kafc_err end_wrapper(struct kafc_set *s, kafc_error *err)
{
    uint8_t *front = s->first->data;
    size_t front_len = front_size(s), value_len = s->out->len - s->before, at = CRC_FROM;
    struct kafc_wire_message m = {
        .offset = s->last,
        .magic = s->magic,
        .attributes = (int8_t)(s->attributes &
                               (s->magic ? KAFC_BATCH_CODEC | KAFC_BATCH_LOG_APPEND_TIME
                                         : KAFC_BATCH_CODEC)),
        .timestamp = s->max_timestamp,
    };
    if (value_len > INT32_MAX - WRAPPER_MAX)
        return kafc__error(err, KAFC_ERR_TOO_LARGE, "a message set of %zu bytes", value_len);
    m.size = front_len + value_len;
    size_t n = kafc__message_put_front(front, &m);
    kafc__store32(front + n, (uint32_t)value_len);
    if ((s->attributes & KAFC_BATCH_CODEC) == KAFC_LZ4 && s->magic == 0)
        spoil_lz4(front + front_len);
    uint32_t crc = 0;
    for (const struct kafc_seg *seg = s->first; seg; seg = seg->next, at = 0)
        crc = kafc__crc32_more(crc, seg->data + at, seg->len - at);
    kafc__store32(front + 12, crc);
    return KAFC_OK;
}

kafc_err kafc__set_end(struct kafc_set *s, kafc_error *err)
{
    if (!s->z)
        return KAFC_OK;
    kafc_err rc = checked(s, kafc__compress_finish(s->z, err));
    kafc__compress_free(s->z);
    s->z = NULL;
    return rc == KAFC_OK ? end_wrapper(s, err) : rc;
}
