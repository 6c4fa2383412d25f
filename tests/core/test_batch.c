/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Batches on their way out, read back with protocol/record: every codec, records
 * of every size, cuts by size, slots, the budget, failing allocations.
 */
#include <check.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/rand.h"
#include "core/batch_slots.h"
#include "protocol/record/read.h"
#include "tests/support/alloc.h"
#include "tests/support/suite.h"

enum { PATTERN = 300000 };

static unsigned char pattern[PATTERN];
static int packed; /* batches of run() that went through the codec */
static struct test_alloc alloc;
static struct kafc_budget *budget;
static struct kafc_batch_pool pool;

static void start(int codec, size_t limit)
{
    test_alloc_init(&alloc);
    struct kafc_rand r;
    kafc__rand_seed(&r, 7);
    for (size_t i = 0; i < PATTERN; i++)
        pattern[i] = (unsigned char)("abcdefgh"[kafc__rand_below(&r, 8)]);
    budget = kafc__budget_new(&alloc.mem, limit);
    ck_assert(
        kafc__batch_pool_init(&pool, &alloc.mem, budget, codec ? kafc__codec(codec) : NULL, 0));
}

static void stop(void)
{
    ck_assert_uint_eq(atomic_load(&budget->used), 0);
    kafc__batch_pool_fini(&pool);
    kafc__budget_unref(budget);
    ck_assert_int_eq(atomic_load(&alloc.live), 0);
}

static bool built_in(int codec)
{
    return codec == 0 || kafc__codec_check(kafc__codec(codec), NULL) == KAFC_OK;
}

static enum kafc_put put(struct kafc_batch_out *b, const kafc_message *m, int64_t time,
                         size_t limit)
{
    size_t body;
    ck_assert_int_eq(kafc__batch_out_check(m, &body, NULL), KAFC_OK);
    return kafc__batch_out_put(&pool, b, m, body, time, limit, false);
}

static unsigned char *flatten(const struct kafc_batch_out *b)
{
    unsigned char *p = malloc(b->chain.len);
    size_t n = 0;
    for (const struct kafc_seg *s = b->chain.head; s; s = s->next) {
        memcpy(p + n, s->data, s->len);
        n += s->len;
    }
    ck_assert_uint_eq(n, b->chain.len);
    return p;
}

/* What the i-th message of a run is: sizes around the edges of segments, nulls, headers. */
struct made {
    kafc_message m;
    kafc_header h[2];
};

static void make(struct made *x, int i, int largest)
{
    static const int sizes[] = {
        0, 1, 100, 127, 128, 4000, 4080, 5000, 65400, 65520, 66000, 200000
    };
    int size = sizes[i % 12] < largest ? sizes[i % 12] : largest;
    memset(x, 0, sizeof(*x));
    if (i % 3)
        x->m.key = (kafc_bytes){ pattern + i % 50, i % 3 == 1 ? 0 : i % 40 };
    if (i % 5)
        x->m.value = (kafc_bytes){ pattern + i, size };
    if (i % 4 == 0) {
        x->h[0] = (kafc_header){ { "a", 1 }, { NULL, 0 } };
        x->h[1] = (kafc_header){ { "", 0 }, { pattern, size / 2 } };
        x->m.headers = x->h;
        x->m.nheaders = 2;
    }
}

static void same(kafc_bytes a, kafc_bytes b)
{
    ck_assert_int_eq(a.p == NULL, b.p == NULL);
    ck_assert_int_eq(a.len, b.len);
    ck_assert(a.len == 0 || memcmp(a.p, b.p, (size_t)a.len) == 0);
}

static void read_back(const struct kafc_batch_out *out, int first, int largest)
{
    unsigned char *bytes = flatten(out);
    struct kafc_batches it;
    struct kafc_batch b;
    struct kafc_record_cursor c;
    struct kafc_decompress d;
    struct kafc_frame *frame = NULL;
    kafc_error err;
    kafc__decompress_init(&d, &alloc.mem, NULL, 1 << 28);
    kafc__batches_init(&it, bytes, out->chain.len);
    ck_assert_int_eq(kafc__batch_next(&it, &b, &err), KAFC_OK);
    ck_assert_uint_eq(b.size, out->chain.len);
    ck_assert_msg(kafc__batch_check_crc(&b, &err) == KAFC_OK, "%s", err.message);
    ck_assert_int_eq(b.header.count, out->count);
    ck_assert_int_eq(b.header.producer_id, 77);
    ck_assert_int_eq(b.header.base_sequence, 5);
    ck_assert_msg(kafc__batch_open(&b, &d, &c, &frame, &err) == KAFC_OK, "%s", err.message);
    for (int i = 0; i < out->count; i++) {
        struct kafc_record r;
        struct made x;
        kafc_header h[2];
        ck_assert_int_eq(kafc__record_next(&c, &r), KAFC_RECORD_GOT);
        make(&x, first + i, largest);
        same(r.key, x.m.key);
        same(r.value, x.m.value);
        ck_assert_int_eq(r.offset, i);
        ck_assert_int_eq(r.timestamp, 1000 - 3 * (first + i));
        ck_assert_int_eq(r.nheaders, x.m.nheaders);
        ck_assert(kafc__record_headers(&c, &r, h));
        for (int k = 0; k < r.nheaders; k++)
            same(h[k].value, x.h[k].value);
    }
    struct kafc_record r;
    ck_assert_int_eq(kafc__record_next(&c, &r), KAFC_RECORD_END);
    kafc__frame_unref(frame);
    kafc__decompress_fini(&d);
    free(bytes);
}

/* n messages through batches of a limit; all come back. Returns the number of batches. */
static int run(int n, size_t limit, int largest)
{
    int batches = 0, first = 0;
    struct kafc_batch_out *b = NULL;
    for (int i = 0; i <= n; i++) {
        struct made x;
        make(&x, i, largest);
        if (b && (i == n || put(b, &x.m, 1000 - 3 * i, limit) != KAFC_PUT_OK)) {
            ck_assert_int_eq(kafc__batch_out_seal(&pool, b, NULL), KAFC_OK);
            kafc__batch_out_header(b, 77, 3, 5, false);
            ck_assert(b->count == 1 || b->chain.len <= limit);
            read_back(b, first, largest);
            packed += b->zip != NULL;
            kafc__batch_out_free(&pool, b);
            batches++;
            b = NULL;
        }
        if (i < n && !b) {
            first = i;
            b = kafc__batch_out_new(&pool, NULL);
            ck_assert_int_eq(put(b, &x.m, 1000 - 3 * i, limit), KAFC_PUT_OK);
        }
    }
    return batches;
}

START_TEST(V3_records_come_back_through_every_codec)
{
    if (!built_in(_i))
        return;
    start(_i, 64 << 20);
    ck_assert_int_eq(run(24, 64 << 20, PATTERN), 1);
    ck_assert_int_ge(run(36, 300000, PATTERN), _i ? 2 : 4);
    ck_assert_int_gt(run(36, 20000, PATTERN), 5);
    ck_assert_int_ge(run(600, 64 << 20, 100), 1);
    stop();
}
END_TEST

static void noise(void)
{
    struct kafc_rand r;
    kafc__rand_seed(&r, 8);
    for (size_t i = 0; i < PATTERN; i++)
        pattern[i] = (unsigned char)kafc__rand_below(&r, 256);
}

/* Small batches, batches of many segments, records of many segments: of the same bytes and of random ones. */
START_TEST(what_does_not_shrink_goes_as_it_came)
{
    if (!built_in(_i))
        return;
    for (int random = 0; random < 2; random++) {
        start(_i, 64 << 20);
        if (random)
            noise();
        else
            memset(pattern, 'x', PATTERN);
        packed = 0;
        int batches = run(36, 64 << 20, 127); /* one of a few hundred bytes to a few thousand */
        batches += run(36, 300000, PATTERN);
        batches += run(36, 20000, 5000);
        batches += run(3000, 200000, 100);
        ck_assert_int_ge(batches, random ? 9 : 4);
        if (!random)
            ck_assert_int_ge(packed,
                             batches - 2); /* a batch may be one message without anything in it */
        else /* neighbours have most of their bytes in common, so the longer ones shrink */
            ck_assert_int_lt(packed, batches);
        stop();
    }
}
END_TEST

START_TEST(a_batch_of_noise_is_no_longer_than_its_records)
{
    if (!built_in(_i))
        return;
    static const size_t sizes[] = {
        1, 100, 3000, 4080, 65000, 65520, 65521, 131040, 200000, 299000
    };
    for (size_t k = 0; k < sizeof(sizes) / sizeof(sizes[0]); k++) {
        size_t len[2];
        for (int zip = 0; zip < 2; zip++) {
            start(zip ? _i : 0, 64 << 20);
            noise();
            struct kafc_batch_out *b = kafc__batch_out_new(&pool, NULL);
            for (size_t at = 0; at < sizes[k]; at += 40000) {
                size_t n = sizes[k] - at < 40000 ? sizes[k] - at : 40000;
                kafc_message m = { .value = { pattern + at, (int32_t)n } };
                ck_assert_int_eq(put(b, &m, 1, 1000000), KAFC_PUT_OK);
            }
            ck_assert_int_eq(kafc__batch_out_seal(&pool, b, NULL), KAFC_OK);
            ck_assert_ptr_null(b->zip);
            len[zip] = b->chain.len;
            kafc__batch_out_free(&pool, b);
            stop();
        }
        ck_assert_uint_eq(len[0], len[1]);
    }
}
END_TEST

START_TEST(a_batch_is_cut_by_its_compressed_bytes)
{
    if (!built_in(KAFC_LZ4))
        return;
    start(KAFC_LZ4, 64 << 20);
    static const char zeros[1000];
    kafc_message m = { .value = { zeros, sizeof(zeros) } };
    struct kafc_batch_out *b = kafc__batch_out_new(&pool, NULL);
    while (b->count < 5000) /* 5 MB that compress to very little fit into 1 MB */
        ck_assert_int_eq(put(b, &m, 1, 1000000), KAFC_PUT_OK);
    ck_assert_int_eq(kafc__batch_out_seal(&pool, b, NULL), KAFC_OK);
    ck_assert_uint_lt(b->chain.len, 100000);
    kafc__batch_out_free(&pool, b);
    stop();
}
END_TEST

START_TEST(small_batches_take_a_tiny_segment)
{
    start(0, 1 << 20);
    kafc_message m = { .value = { pattern, 100 } };
    struct kafc_batch_out *b = kafc__batch_out_new(&pool, NULL);
    ck_assert_int_eq(put(b, &m, 1, 100000), KAFC_PUT_OK);
    ck_assert_uint_eq(atomic_load(&budget->used), KAFC_SEG_TINY);
    kafc__batch_out_free(&pool, b);
    stop();
}
END_TEST

START_TEST(at_the_budget_there_is_no_room_and_a_batch_stays_open)
{
    start(0, KAFC_SEG_LARGE + KAFC_SEG_SMALL);
    kafc_message m = { .value = { pattern, 1000 } };
    struct kafc_batch_out *b = kafc__batch_out_new(&pool, NULL),
                          *c = kafc__batch_out_new(&pool, NULL);
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(put(b, &m, 1, 100000), KAFC_PUT_OK);
    ck_assert_int_eq(put(c, &m, 1, 100000), KAFC_PUT_OK);
    ck_assert_int_eq(put(b, &m, 1, 100000), KAFC_PUT_NO_ROOM);
    kafc__batch_out_free(&pool, c);
    ck_assert_int_eq(put(b, &m, 1, 100000), KAFC_PUT_OK);
    ck_assert_int_eq(b->count, 4);
    struct kafc_batch_out *d = kafc__batch_out_new(&pool, NULL);
    ck_assert_int_eq(put(d, &m, 1, 100000), KAFC_PUT_NO_ROOM);
    kafc__batch_out_free(&pool, b);
    ck_assert_int_eq(put(d, &m, 1, 100000), KAFC_PUT_OK);
    kafc__batch_out_free(&pool, d);
    stop();
}
END_TEST

START_TEST(slots_keep_words_and_tags)
{
    start(0, 1 << 20);
    struct kafc_batch_out *b = kafc__batch_out_new(&pool, NULL);
    for (uintptr_t i = 0; i < 20000; i++) {
        ck_assert(kafc__batch_out_slot_room(&pool, b));
        kafc__batch_out_slot_put(b, (void *)(i * 3 + 1), i % 7 == 0);
    }
    ck_assert_int_eq(b->ntagged, 2858);
    for (int twice = 0; twice < 2; twice++) {
        void *word;
        bool tagged;
        int32_t index;
        uintptr_t i = 0;
        kafc__batch_out_slot_rewind(b);
        while (kafc__batch_out_slot_next(b, &word, &tagged, &index)) {
            ck_assert_int_eq(index, (int32_t)i);
            ck_assert(word == (void *)(i * 3 + 1));
            ck_assert_int_eq(tagged, i % 7 == 0);
            i++;
        }
        ck_assert_uint_eq(i, 20000);
    }
    kafc__batch_out_free(&pool, b);
    stop();
}
END_TEST

START_TEST(senseless_lengths_are_refused)
{
    size_t body;
    kafc_header h = { { NULL, 0 }, { NULL, 0 } };
    const kafc_message bad[] = {
        { .key = { "k", -1 } }, { .value = { NULL, 1 } },         { .nheaders = 1 },
        { .nheaders = -1 },     { .headers = &h, .nheaders = 1 },
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        ck_assert_int_eq(kafc__batch_out_check(&bad[i], &body, NULL), KAFC_ERR_USAGE);
}
END_TEST

/* Every allocation in turn: the message is refused or the batch broken, nothing leaks. */
START_TEST(out_of_memory_at_every_place)
{
    if (!built_in(_i))
        return;
    for (long at = 1; at < 80; at++) {
        start(_i, 64 << 20);
        if (at >= 40)
            noise();
        alloc.fail_at = atomic_load(&alloc.calls) + at % 40;
        struct kafc_batch_out *b = kafc__batch_out_new(&pool, NULL);
        for (int i = 0; b && i < 15; i++) {
            struct made x;
            make(&x, i, PATTERN);
            int32_t before = b->count;
            enum kafc_put rc = put(b, &x.m, 1, 64 << 20);
            ck_assert(rc == KAFC_PUT_OK || rc == KAFC_PUT_NO_MEMORY);
            ck_assert_int_eq(b->count, before + (rc == KAFC_PUT_OK));
            if (b->broken)
                break;
        }
        if (b) {
            kafc_err rc = kafc__batch_out_seal(&pool, b, NULL);
            ck_assert_int_eq(rc, b->broken ? KAFC_ERR_NO_MEMORY : KAFC_OK);
            kafc__batch_out_free(&pool, b);
        }
        stop();
    }
}
END_TEST

SUITE_LOOPS("core/batch", 60, LOOP(V3_records_come_back_through_every_codec, 0, 5),
            LOOP(what_does_not_shrink_goes_as_it_came, 1, 5),
            LOOP(a_batch_of_noise_is_no_longer_than_its_records, 1, 5),
            ONCE(a_batch_is_cut_by_its_compressed_bytes), ONCE(small_batches_take_a_tiny_segment),
            ONCE(at_the_budget_there_is_no_room_and_a_batch_stays_open),
            ONCE(slots_keep_words_and_tags), ONCE(senseless_lengths_are_refused),
            LOOP(out_of_memory_at_every_place, 0, 5))
