/* SPDX-License-Identifier: BSD-2-Clause
 *
 * limit_consume HOST:PORT TOPIC PARTITIONS COUNT: what a message that is read
 * costs at the least. Receives, compares sums, decompresses, decodes, sums up
 * lengths; nothing else: no other thread, no memory but two answers, no limit,
 * no error that could be survived. Prints what `kafc perf consume` does. The
 * topic must be there, led by that broker, and not end too early.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "bench/wire.h"
#include "protocol/record/read.h"
#include "protocol/wire.h"
#include "tools/kafc/load.h"
#include <kafc/error.h>

/* An answer's bytes stay in a cache that is not large. */
enum { PARTITIONS_MAX = 64, FETCH_MAX = 400000, HEAD = 4096, PLAIN_MAX = 1 << 30 };

struct answer {
    uint8_t *p;
    size_t len, cap;
};

static int64_t next[PARTITIONS_MAX];
static int32_t partitions;
static int fd;
static const char *topic;
static struct kafc_decompress plain;
static uint64_t messages, wanted;
static double bytes;

/* Fetch 4 of all partitions. */
static void ask(void)
{
    uint8_t request[HEAD];
    kafc_str name = { topic, (int32_t)strlen(topic) };
    struct kafc_wr w;

    kafc__wr_init(&w, request, sizeof request, NULL);
    kafc__wr_i32(&w, 0);
    kafc__wr_i16(&w, 1); /* Fetch */
    kafc__wr_i16(&w, 4);
    kafc__wr_i32(&w, 1);
    kafc__wr_i16(&w, -1); /* client id */
    kafc__wr_i32(&w, -1); /* replica */
    kafc__wr_i32(&w, 500);
    kafc__wr_i32(&w, 1);
    kafc__wr_i32(&w, FETCH_MAX);
    kafc__wr_i8(&w, 0); /* isolation */
    kafc__wr_i32(&w, 1);
    kafc__wr_str(&w, name, false);
    kafc__wr_i32(&w, partitions);
    for (int32_t i = 0; i < partitions; i++) {
        kafc__wr_i32(&w, i);
        kafc__wr_i64(&w, next[i]);
        kafc__wr_i32(&w, FETCH_MAX / partitions);
    }
    if (w.err)
        limit_die("request", w.err);
    kafc__store32(request, (uint32_t)kafc__wr_len(&w) - 4);
    if (send(fd, request, kafc__wr_len(&w), 0) != (ssize_t)kafc__wr_len(&w))
        limit_die("send", "the broker has gone");
}

static void receive(struct answer *a)
{
    uint8_t size[4];

    limit_read(fd, size, 4);
    a->len = kafc__load32(size);
    if (a->len > a->cap) {
        free(a->p);
        a->cap = a->len;
        if (!(a->p = malloc(a->cap)))
            limit_die("memory", "there is none");
    }
    limit_read(fd, a->p, a->len);
}

static void check(bool good, const char *what, const kafc_error *err)
{
    if (!good)
        limit_die(what, err->message);
}

static void read_batch(const struct kafc_batch *b, int64_t from)
{
    struct kafc_record_cursor c;
    struct kafc_record r;
    struct kafc_frame *frame;
    kafc_error err = { .message = "" };
    uint64_t sum = 0;

    check(kafc__batch_check_crc(b, &err) == KAFC_OK, "sum", &err);
    check(kafc__batch_open(b, &plain, &c, &frame, &err) == KAFC_OK, "batch", &err);
    while (messages < wanted && kafc__record_next(&c, &r) == KAFC_RECORD_GOT)
        if (r.offset >= from) {
            sum += (uint64_t)r.value.len;
            messages++;
        }
    bytes += (double)sum;
    kafc__decompress_done(&plain, frame);
}

/* What stands in an answer: once for the offsets, so that more can be asked for at once, and once for the records. */
static void look_through(const struct answer *a, bool records, int64_t *from)
{
    kafc_error err = { .message = "broken" };
    struct kafc_batches it;
    struct kafc_batch b;
    struct kafc_rd r;

    kafc__rd_init(&r, a->p, a->len);
    (void)kafc__rd_take(&r, 4 + 4); /* correlation, throttle */
    if (kafc__rd_i32(&r) != 1)
        limit_die("answer", "not one topic");
    (void)kafc__rd_str(&r, false);
    for (int32_t n = kafc__rd_i32(&r); n > 0 && !r.err; n--) {
        int32_t id = kafc__rd_i32(&r), code = kafc__rd_i16(&r), aborted;
        kafc_bytes set;

        if (code || id < 0 || id >= partitions)
            limit_die("answer", kafc_err_text((kafc_err)code));
        (void)kafc__rd_take(&r, 8 + 8);
        aborted = kafc__rd_i32(&r);
        (void)kafc__rd_take(&r, aborted > 0 ? (size_t)aborted * 16 : 0);
        set = kafc__rd_bytes(&r, false);
        kafc__batches_init(&it, set.p, set.len > 0 ? (size_t)set.len : 0);
        for (;;) {
            check(kafc__batch_next(&it, &b, &err) == KAFC_OK, "batch", &err);
            if (!b.p)
                break;
            if (records)
                read_batch(&b, from[id]);
            else
                next[id] = kafc__batch_last_offset(&b) + 1;
        }
    }
    if (r.err)
        limit_die("answer", r.err);
}

static void consume(void)
{
    static struct answer a;
    int64_t from[PARTITIONS_MAX];

    ask();
    while (messages < wanted) {
        receive(&a);
        memcpy(from, next, sizeof from);
        look_through(&a, false, NULL);
        ask(); /* it comes while this one is read */
        look_through(&a, true, from);
    }
}

int main(int argc, char **argv)
{
    struct load_span span;

    if (argc != 5)
        limit_die("usage", "limit_consume HOST:PORT TOPIC PARTITIONS COUNT");
    topic = argv[2];
    partitions = (int32_t)strtol(argv[3], NULL, 10);
    wanted = strtoull(argv[4], NULL, 10);
    if (partitions < 1 || partitions > PARTITIONS_MAX)
        limit_die("usage", "a number is out of range");
    fd = limit_dial(argv[1]);
    kafc__decompress_init(&plain, NULL, NULL, PLAIN_MAX);
    load_begin(&span);
    consume();
    load_end(&span);
    load_print(&span, messages, bytes);
    puts("}");
    return 0;
}
