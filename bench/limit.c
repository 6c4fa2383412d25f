/* SPDX-License-Identifier: BSD-2-Clause
 *
 * limit HOST:PORT TOPIC PARTITIONS COUNT SIZE CODEC: what a message costs at
 * the least. Locks, hashes the key, writes the record in wire form, sums up,
 * sends; nothing else: no memory is held, nothing can fail and come again, no
 * other thread is woken, nobody is told. Prints what `kafc perf produce` does.
 * The topic must be there, led by that broker.
 */
#include <lz4frame.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>

#include "base/hash.h"
#include "bench/wire.h"
#include "protocol/record/write.h"
#include "protocol/wire.h"
#include "tools/kafc/load.h"
#include <kafc/error.h>

enum { PARTITIONS_MAX = 1024, BATCH = 1000000, BLOCK = 65536, IN_FLIGHT = 5, TIMEOUT_MS = 30000 };

struct part {
    pthread_mutex_t lock;
    uint8_t *block, *p; /* of records that are not summed yet, and their end */
    uint8_t *records;   /* as they will be sent */
    size_t len;
    uint32_t crc, count;
    LZ4F_cctx *lz4;
};

static struct load load;
static struct part part[PARTITIONS_MAX];
static int32_t partitions;
static int fd;
static int waiting; /* requests that were not answered yet */
static const char *topic;
static bool compressed;

/* ---- the wire ---- */

static void take_answer(void)
{
    uint8_t a[1024];
    size_t error = 4 + 4 + 2 + strlen(topic) + 4 + 4,
           n; /* behind correlation, topics, partitions */

    limit_read(fd, a, 4);
    n = kafc__load32(a);
    if (n > sizeof a || n < error + 2)
        limit_die("answer", "too large or too small");
    limit_read(fd, a, n);
    if (kafc__load16(a + error))
        limit_die("answer", kafc_err_text((kafc_err)kafc__load16(a + error)));
    waiting--;
}

static void send_all(struct iovec *v, int n)
{
    while (n) {
        ssize_t sent = writev(fd, v, n);

        if (sent < 0)
            limit_die("writev", "the broker has gone");
        for (; n && (size_t)sent >= v->iov_len; v++, n--)
            sent -= (ssize_t)v->iov_len;
        if (n) {
            v->iov_base = (uint8_t *)v->iov_base + sent;
            v->iov_len -= (size_t)sent;
        }
    }
}

/* Produce 7: one batch of one partition. */
static void send_batch(struct part *b, int32_t index)
{
    uint8_t head[512], batch[KAFC_BATCH_HEADER];
    kafc_str name = { topic, (int32_t)strlen(topic) };
    struct kafc_batch_header h = { .producer_id = -1, .producer_epoch = -1, .base_sequence = -1 };
    struct iovec v[3];
    struct kafc_wr w;

    h.attributes = compressed ? KAFC_LZ4 : 0;
    h.last_offset_delta = (int32_t)b->count - 1;
    h.count = (int32_t)b->count;
    h.base_timestamp = h.max_timestamp = 1700000000000;
    kafc__batch_header_put(batch, &h, b->crc, b->len);
    kafc__wr_init(&w, head, sizeof head, NULL);
    kafc__wr_i32(&w, 0);
    kafc__wr_i16(&w, 0); /* Produce */
    kafc__wr_i16(&w, 7);
    kafc__wr_i32(&w, 1);
    kafc__wr_i16(&w, -1); /* client id */
    kafc__wr_i16(&w, -1); /* transactional id */
    kafc__wr_i16(&w, 1);  /* acks */
    kafc__wr_i32(&w, TIMEOUT_MS);
    kafc__wr_i32(&w, 1);
    kafc__wr_str(&w, name, false);
    kafc__wr_i32(&w, 1);
    kafc__wr_i32(&w, index);
    kafc__wr_i32(&w, (int32_t)(sizeof batch + b->len));
    kafc__store32(head, (uint32_t)(kafc__wr_len(&w) - 4 + sizeof batch + b->len));
    v[0] = (struct iovec){ head, kafc__wr_len(&w) };
    v[1] = (struct iovec){ batch, sizeof batch };
    v[2] = (struct iovec){ b->records, b->len };
    if (waiting == IN_FLIGHT)
        take_answer();
    send_all(v, 3);
    waiting++;
    b->len = b->crc = b->count = 0;
    if (!compressed)
        b->block = b->p = b->records;
}

/* ---- records ---- */

static void lz4(struct part *b, const void *from, size_t n)
{
    static const LZ4F_preferences_t how = { .frameInfo = { .blockMode = LZ4F_blockIndependent },
                                            .autoFlush = 1 };
    size_t room = LZ4F_compressBound(BATCH + BLOCK, &how), got;

    if (b->len == 0)
        b->len = LZ4F_compressBegin(b->lz4, b->records, room, &how);
    got = from ? LZ4F_compressUpdate(b->lz4, b->records + b->len, room - b->len, from, n, NULL)
               : LZ4F_compressEnd(b->lz4, b->records + b->len, room - b->len, NULL);
    if (LZ4F_isError(got))
        limit_die("lz4", LZ4F_getErrorName(got));
    b->len += got;
}

/* Sums up, or compresses and sums up, what has come since. */
static void finish_block(struct part *b, bool last)
{
    size_t before = b->len;

    if (compressed) {
        lz4(b, b->block, (size_t)(b->p - b->block));
        if (last)
            lz4(b, NULL, 0);
        b->p = b->block;
    } else {
        b->len += (size_t)(b->p - b->block);
        b->block = b->p;
    }
    b->crc = kafc__crc32c(b->crc, b->records + before, b->len - before);
}

static void put(uint64_t i)
{
    const char *key = load_key(&load, i);
    int32_t index = (int32_t)((kafc__murmur2(key, LOAD_KEY) & INT32_MAX) % (uint32_t)partitions);
    struct part *b = &part[index];
    struct kafc_record_fields r;
    uint32_t body;

    (void)pthread_mutex_lock(&b->lock);
    r = (struct kafc_record_fields){ .offset_delta = (int32_t)b->count++,
                                     .key = { key, LOAD_KEY },
                                     .value = { load_value(&load), (int32_t)load.size } };
    body = kafc__record_body_size(&r);
    b->p = kafc__record_put(b->p, body, &r);
    if ((size_t)(b->p - b->block) + KAFC_RECORD_OVERHEAD + LOAD_KEY + load.size > BLOCK) {
        bool full = b->len + (compressed ? 0 : (size_t)(b->p - b->block)) >= BATCH - BLOCK;

        finish_block(b, full);
        if (full)
            send_batch(b, index);
    }
    (void)pthread_mutex_unlock(&b->lock);
}

/* ---- begin and end ---- */

static void make_parts(void)
{
    size_t room = compressed ? LZ4F_compressBound(BATCH + BLOCK, NULL) : (size_t)BATCH + BLOCK;

    for (int32_t i = 0; i < partitions; i++) {
        (void)pthread_mutex_init(&part[i].lock, NULL);
        part[i].records = malloc(room + load.size);
        part[i].block = part[i].p = compressed ? malloc(BLOCK + load.size + 64) : part[i].records;
        if (!part[i].records || !part[i].p ||
            (compressed && LZ4F_isError(LZ4F_createCompressionContext(&part[i].lz4, LZ4F_VERSION))))
            limit_die("memory", "there is none");
    }
}

int main(int argc, char **argv)
{
    struct load_span span;
    uint64_t count;

    if (argc != 7)
        limit_die("usage", "limit HOST:PORT TOPIC PARTITIONS COUNT SIZE none|lz4");
    topic = argv[2];
    partitions = (int32_t)strtol(argv[3], NULL, 10);
    count = strtoull(argv[4], NULL, 10);
    compressed = strcmp(argv[6], "lz4") == 0;
    if (partitions < 1 || partitions > PARTITIONS_MAX ||
        !load_init(&load, strtoul(argv[5], NULL, 10)))
        limit_die("usage", "a number is out of range");
    fd = limit_dial(argv[1]);
    make_parts();
    load_begin(&span);
    for (uint64_t i = 0; i < count; i++)
        put(i);
    for (int32_t i = 0; i < partitions; i++)
        if (part[i].count) {
            finish_block(&part[i], true);
            send_batch(&part[i], i);
        }
    while (waiting)
        take_answer();
    load_end(&span);
    load_print(&span, count, (double)count * (double)load.size);
    puts("}");
    return 0;
}
