/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Formats 0 and 1: compressed sets and what can be wrong with them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/record/message.h"
#include "protocol/record/read.h"
#include "tests/support/suite.h"

enum { LIMIT = 1 << 20, SET_MAX = 2048 };

static kafc_error error;

struct set {
    uint8_t p[SET_MAX];
    size_t n;
};

static void add(struct set *s, struct kafc_wire_message m)
{
    ck_assert_uint_le(s->n + kafc__message_size(&m), SET_MAX);
    uint8_t *end = kafc__message_put(s->p + s->n, &m);
    ck_assert_uint_eq((size_t)(end - s->p), s->n + m.size);
    s->n += m.size;
}

/* The set as the value of one message at `offset`. */
static struct set wrap(const struct set *in, int magic, int codec, int64_t offset)
{
    struct set z = { .n = 0 }, out = { .n = 0 };
    struct kafc_seg_pool *pool = kafc__seg_pool_new(NULL, NULL);
    struct kafc_compress *c = kafc__compress_new(kafc__codec(codec), NULL, &error);
    struct kafc_chain chain = { 0 };
    ck_assert_int_eq(kafc__compress_begin(c, 0, pool, &chain, &error), KAFC_OK);
    ck_assert_int_eq(kafc__compress_update(c, in->p, in->n, &error), KAFC_OK);
    ck_assert_int_eq(kafc__compress_finish(c, &error), KAFC_OK);
    for (struct kafc_seg *s = chain.head; s; s = s->next) {
        memcpy(z.p + z.n, s->data, s->len);
        z.n += s->len;
    }
    kafc__chain_clear(&chain, pool);
    kafc__compress_free(c);
    kafc__seg_pool_free(pool);
    add(&out, (struct kafc_wire_message){ .offset = offset,
                                          .magic = (int8_t)magic,
                                          .attributes = (int8_t)codec,
                                          .timestamp = 77,
                                          .value = { z.p, (int32_t)z.n } });
    return out;
}

/* Reads all; *n records, the offset of the last in *last. */
static kafc_err read_set(const uint8_t *p, size_t size, bool crc, int *n, int64_t *last)
{
    struct kafc_decompress d;
    struct kafc_batches it;
    struct kafc_batch b;
    kafc_err rc;
    *n = 0;
    kafc__decompress_init(&d, NULL, NULL, LIMIT);
    kafc__batches_init(&it, p, size);
    while ((rc = kafc__batch_next(&it, &b, &error)) == KAFC_OK && b.p) {
        struct kafc_record_cursor c;
        struct kafc_record r;
        struct kafc_frame *f;
        enum kafc_record_step step;
        if ((crc && (rc = kafc__batch_check_crc(&b, &error)) != KAFC_OK) ||
            (rc = kafc__batch_open(&b, &d, &c, &f, &error)) != KAFC_OK)
            break;
        while ((step = kafc__record_next(&c, &r)) == KAFC_RECORD_GOT) {
            ++*n;
            *last = r.offset;
        }
        if (step == KAFC_RECORD_BROKEN)
            rc = kafc__record_error(&c, &error);
        kafc__frame_unref(f);
        if (rc != KAFC_OK)
            break;
    }
    kafc__decompress_fini(&d);
    return rc;
}

static struct set three(int magic)
{
    struct set s = { .n = 0 };
    for (int i = 0; i < 3; i++)
        add(&s, (struct kafc_wire_message){ .offset = i * 2,
                                            .magic = (int8_t)magic,
                                            .timestamp = 5,
                                            .key = { i == 1 ? NULL : "k", i == 1 ? 0 : 1 },
                                            .value = { "value", i == 2 ? 0 : 5 } });
    return s;
}

/* How many messages lie wholly before the cut; in a compressed set, whose cut is its end, none. */
static int whole(const struct set *s, size_t cut, int codec)
{
    struct kafc_wire_message m;
    int n = 0;
    for (size_t at = 0; !codec && kafc__message_parse(s->p + at, s->n - at, &m) == NULL; n++) {
        at += m.size;
        if (at > cut)
            break;
    }
    return n;
}

START_TEST(every_cut_ends_silently_and_every_flipped_bit_is_noticed)
{
    for (int magic = 0; magic < 2; magic++)
        for (int codec = KAFC_NONE; codec <= KAFC_LZ4; codec++) {
            int n;
            int64_t last;
            if (kafc__codec(codec)->library)
                continue;
            struct set in = three(magic), s = codec ? wrap(&in, magic, codec, 100) : in;
            ck_assert_msg(read_set(s.p, s.n, true, &n, &last) == KAFC_OK, "%s", error.message);
            ck_assert_int_eq(n, 3);
            ck_assert_int_eq(last, codec && magic == 1 ? 100 : 4);
            for (size_t cut = 0; cut < s.n; cut++) {
                uint8_t *part = malloc(cut ? cut : 1);
                memcpy(part, s.p, cut);
                ck_assert_int_eq(read_set(part, cut, true, &n, &last), KAFC_OK);
                ck_assert_int_eq(n, whole(&s, cut, codec));
                free(part);
            }
            for (size_t bit = 0; bit < 8 * s.n; bit++) {
                s.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
                kafc_err rc = read_set(s.p, s.n, true, &n, &last);
                /* offset and size have no sum; the first message's, that is */
                ck_assert(rc == KAFC_OK || rc == KAFC_ERR_CORRUPT);
                ck_assert(!codec || bit / 8 < 12 || rc == KAFC_ERR_CORRUPT);
                (void)read_set(s.p, s.n, false, &n, &last);
                s.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
            }
        }
}
END_TEST

static void refused(const struct set *s, const char *words)
{
    int n;
    int64_t last;
    ck_assert_int_eq(read_set(s->p, s->n, true, &n, &last), KAFC_ERR_CORRUPT);
    ck_assert_msg(strstr(error.message, words) != NULL, "%s", error.message);
}

START_TEST(sets_that_cannot_be_are_refused)
{
    struct set in = three(1), empty = { .n = 0 }, s;
    s = wrap(&in, 1, KAFC_GZIP, 3);
    refused(&s, "above its own");
    s = wrap(&empty, 1, KAFC_GZIP, 3);
    refused(&s, "it is empty");
    struct set once = wrap(&in, 1, KAFC_GZIP, 100);
    s = wrap(&once, 1, KAFC_GZIP, 200);
    refused(&s, "compressed message inside");
    s = (struct set){ .n = 0 };
    add(&s, (struct kafc_wire_message){ .magic = 1, .attributes = KAFC_GZIP, .offset = 5 });
    refused(&s, "its value is null");
    in.n--;
    s = wrap(&in, 1, KAFC_GZIP, 100);
    refused(&s, "not that of bytes which are there");
    in = three(0);
    in.p[22] ^= 1; /* the first key; the sum of the wrapper is right */
    s = wrap(&in, 0, KAFC_GZIP, 100);
    refused(&s, "CRC does not fit");
    in = three(0);
    memset(in.p, 0xff, 8);
    refused(&in, "no such offset");
    in.n = 0;
    add(&in, (struct kafc_wire_message){ .magic = 1, .offset = 200 });
    add(&in, (struct kafc_wire_message){ .magic = 1, .offset = 4 });
    s = wrap(&in, 1, KAFC_GZIP, INT64_MAX - 1);
    refused(&s, "offset is too large");
}
END_TEST

START_TEST(an_old_wrapper_without_offset_counts_from_zero)
{
    struct set in = three(1), s = wrap(&in, 1, KAFC_GZIP, 0);
    int n;
    int64_t last;
    ck_assert_int_eq(read_set(s.p, s.n, true, &n, &last), KAFC_OK);
    ck_assert_int_eq(n, 3);
    ck_assert_int_eq(last, 4);
}
END_TEST

START_TEST(sizes_that_cannot_be_written_are_zero)
{
    struct kafc_wire_message m = { .magic = 1, .value = { "x", INT32_MAX } };
    ck_assert_uint_eq(kafc__message_size(&m), 0);
    m.value.len = -1;
    ck_assert_uint_eq(kafc__message_size(&m), 0);
    m.value.len = 1;
    ck_assert_uint_eq(kafc__message_size(&m), 12 + 22 + 1);
    m.magic = 0;
    ck_assert_uint_eq(kafc__message_size(&m), 12 + 14 + 1);
}
END_TEST

SUITE_MAIN("message set", 30, every_cut_ends_silently_and_every_flipped_bit_is_noticed,
           sets_that_cannot_be_are_refused, an_old_wrapper_without_offset_counts_from_zero,
           sizes_that_cannot_be_written_are_zero)
