/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Messages of formats 0 and 1. Called by the reader of batches, and by whoever
 * writes to brokers before 0.11; any thread.
 */
#include "protocol/record/message.h"

#include "base/hash.h"
#include "protocol/wire.h"

enum { PREFIX = 12, CRC_FROM = 16, FRONT_MAX = 30 };

static size_t overhead(int magic)
{
    return magic == 0 ? KAFC_MESSAGE_OVERHEAD_V0 : KAFC_MESSAGE_OVERHEAD_V1;
}

/* A length of four bytes and what it counts. */
static const uint8_t *get_bytes(const uint8_t *p, const uint8_t *end, kafc_bytes *b)
{
    *b = (kafc_bytes){ NULL, 0 };
    if (end - p < 4)
        return NULL;
    int32_t len = (int32_t)kafc__load32(p);
    p += 4;
    if (len < -1 || len > end - p)
        return NULL;
    if (len == -1)
        return p;
    *b = (kafc_bytes){ p, len };
    return p + len;
}

const char *kafc__message_parse(const uint8_t *p, size_t n, struct kafc_wire_message *m)
{
    if (n < PREFIX + KAFC_MESSAGE_OVERHEAD_V0)
        return "the message ends too early";
    uint32_t size = kafc__load32(p + 8);
    m->offset = (int64_t)kafc__load64(p);
    m->crc = kafc__load32(p + 12);
    m->magic = (int8_t)p[16];
    m->attributes = (int8_t)p[17];
    m->timestamp = -1;
    if (m->magic != 0 && m->magic != 1)
        return "the message's format is neither 0 nor 1";
    if (size < overhead(m->magic) || size > n - PREFIX)
        return "the message's size is not that of bytes which are there";
    m->size = size + PREFIX;
    if (m->magic == 1)
        m->timestamp = (int64_t)kafc__load64(p + 18);
    const uint8_t *end = p + m->size, *q = get_bytes(p + (m->magic == 0 ? 18 : 26), end, &m->key);
    if (!q)
        return "the key's length is not that of bytes which are there";
    q = get_bytes(q, end, &m->value);
    if (!q)
        return "the value's length is not that of bytes which are there";
    return q == end ? NULL : "bytes are left at the message's end";
}

bool kafc__message_crc_ok(const uint8_t *p, const struct kafc_wire_message *m)
{
    return kafc__crc32(p + CRC_FROM, m->size - CRC_FROM) == m->crc;
}

size_t kafc__message_size(const struct kafc_wire_message *m)
{
    uint64_t n = PREFIX + overhead(m->magic);
    n += m->key.p ? (uint64_t)(uint32_t)m->key.len : 0;
    n += m->value.p ? (uint64_t)(uint32_t)m->value.len : 0;
    return n <= INT32_MAX ? (size_t)n : 0;
}

size_t kafc__message_put_front(uint8_t *p, const struct kafc_wire_message *m)
{
    size_t n = m->magic == 0 ? 18 : 26;
    kafc__store64(p, (uint64_t)m->offset);
    kafc__store32(p + 8, (uint32_t)(m->size - PREFIX));
    p[16] = (uint8_t)m->magic;
    p[17] = (uint8_t)m->attributes;
    if (m->magic == 1)
        kafc__store64(p + 18, (uint64_t)m->timestamp);
    kafc__store32(p + n, (uint32_t)(m->key.p ? m->key.len : -1));
    return n + 4;
}

bool kafc__message_put_pieces(struct kafc_wire_message *m,
                              bool (*put)(void *ctx, const void *p, size_t n), void *ctx)
{
    uint8_t front[FRONT_MAX], value_len[4];
    size_t key_n = m->key.p ? (size_t)m->key.len : 0,
           value_n = m->value.p ? (size_t)m->value.len : 0;
    m->size = kafc__message_size(m);
    size_t n = kafc__message_put_front(front, m);
    kafc__store32(value_len, (uint32_t)(m->value.p ? m->value.len : -1));
    uint32_t crc = kafc__crc32(front + CRC_FROM, n - CRC_FROM);
    crc = kafc__crc32_more(crc, m->key.p, key_n);
    crc = kafc__crc32_more(crc, value_len, sizeof(value_len));
    m->crc = kafc__crc32_more(crc, m->value.p, value_n);
    kafc__store32(front + 12, m->crc);
    return put(ctx, front, n) && (!key_n || put(ctx, m->key.p, key_n)) &&
           put(ctx, value_len, sizeof(value_len)) && (!value_n || put(ctx, m->value.p, value_n));
}

static bool put_here(void *ctx, const void *p, size_t n)
{
    uint8_t **to = ctx;
    memcpy(*to, p, n);
    *to += n;
    return true;
}

uint8_t *kafc__message_put(uint8_t *p, struct kafc_wire_message *m)
{
    (void)kafc__message_put_pieces(m, put_here, &p);
    return p;
}
