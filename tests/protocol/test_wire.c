/* SPDX-License-Identifier: BSD-2-Clause
 *
 * protocol/wire: the primitives, against bytes that Kafka's own code printed.
 */
#include <stdlib.h>

#include "base/arena.h"
#include "base/seg.h"
#include "protocol/wire.h"
#include "tests/support/suite.h"

static const struct {
    int64_t v;
    const char *bytes;
    size_t n;
} zigzag[] = {
    { 0, "\x00", 1 },
    { -1, "\x01", 1 },
    { 1, "\x02", 1 },
    { -2, "\x03", 1 },
    { 63, "\x7e", 1 },
    { 64, "\x80\x01", 2 },
    { -64, "\x7f", 1 },
    { -65, "\x81\x01", 2 },
    { 8191, "\xfe\x7f", 2 },
    { 8192, "\x80\x80\x01", 3 },
    { INT32_MAX, "\xfe\xff\xff\xff\x0f", 5 },
    { INT32_MIN, "\xff\xff\xff\xff\x0f", 5 },
    { INT64_MAX, "\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01", 10 },
    { INT64_MIN, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 10 },
};

START_TEST(zigzag_numbers)
{
    for (size_t i = 0; i < sizeof(zigzag) / sizeof(*zigzag); i++) {
        uint8_t buf[16];
        struct kafc_wr w;
        struct kafc_rd r;
        kafc__wr_init(&w, buf, sizeof(buf), NULL);
        kafc__wr_varlong(&w, zigzag[i].v);
        ck_assert_uint_eq(kafc__wr_len(&w), zigzag[i].n);
        ck_assert_uint_eq(kafc__varlong_size(zigzag[i].v), zigzag[i].n);
        ck_assert_mem_eq(buf, zigzag[i].bytes, zigzag[i].n);
        kafc__rd_init(&r, buf, zigzag[i].n);
        ck_assert_int_eq(kafc__rd_varlong(&r), zigzag[i].v);
        ck_assert_ptr_null(r.err);
        if (zigzag[i].n > 5)
            continue;
        kafc__wr_init(&w, buf, sizeof(buf), NULL);
        kafc__wr_varint(&w, (int32_t)zigzag[i].v);
        ck_assert_uint_eq(kafc__varint_size((int32_t)zigzag[i].v), zigzag[i].n);
        ck_assert_mem_eq(buf, zigzag[i].bytes, zigzag[i].n);
        kafc__rd_init(&r, buf, zigzag[i].n);
        ck_assert_int_eq(kafc__rd_varint(&r), zigzag[i].v);
        for (size_t cut = 0; cut < zigzag[i].n; cut++) {
            kafc__rd_init(&r, buf, cut);
            (void)kafc__rd_varint(&r);
            ck_assert_ptr_nonnull(r.err);
        }
    }
}
END_TEST

START_TEST(overlong_varints_pass_and_wide_ones_do_not)
{
    struct kafc_rd r;
    kafc__rd_init(&r, "\x80\x00", 2);
    ck_assert_uint_eq(kafc__rd_uvarint(&r), 0);
    ck_assert_ptr_null(r.err);
    kafc__rd_init(&r, "\xff\xff\xff\xff\x0f", 5);
    ck_assert_uint_eq(kafc__rd_uvarint(&r), UINT32_MAX);
    kafc__rd_init(&r, "\xff\xff\xff\xff\x1f", 5);
    ck_assert_uint_eq(kafc__rd_uvarint(&r), 0);
    ck_assert_ptr_nonnull(r.err);
    kafc__rd_init(&r, "\x80\x80\x80\x80\x80\x01", 6);
    (void)kafc__rd_uvarint(&r);
    ck_assert_ptr_nonnull(r.err);
    kafc__rd_init(&r, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x03", 10);
    (void)kafc__rd_varlong(&r);
    ck_assert_ptr_nonnull(r.err);
    for (size_t cut = 0; cut < 10; cut++) {
        kafc__rd_init(&r, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", cut);
        ck_assert_int_eq(kafc__rd_varlong(&r), 0);
        ck_assert_str_eq(r.err, "the bytes end inside it");
    }
}
END_TEST

START_TEST(the_first_error_sticks)
{
    struct kafc_rd r;
    kafc__rd_init(&r, "\0\1\0\0\0", 5);
    ck_assert_int_eq(kafc__rd_i16(&r), 1);
    ck_assert_int_eq(kafc__rd_i64(&r), 0);
    ck_assert_uint_eq(r.at, 2);
    const char *first = r.err;
    ck_assert_ptr_nonnull(first);
    ck_assert_int_eq(kafc__rd_i8(&r), 0); /* though a byte was left */
    kafc__rd_fail(&r, "another");
    ck_assert_ptr_eq(r.err, first);
    ck_assert_uint_eq(kafc__rd_left(&r), 0);
    uint8_t buf[3];
    struct kafc_wr w;
    kafc__wr_init(&w, buf, sizeof(buf), NULL);
    kafc__wr_i32(&w, 1);
    kafc__wr_i8(&w, 1);
    ck_assert_uint_eq(kafc__wr_len(&w), 0);
    ck_assert_str_eq(w.err, "the buffer is too small");
}
END_TEST

START_TEST(V3_null_and_empty_differ)
{
    for (int flex = 0; flex < 2; flex++) {
        uint8_t buf[32];
        struct kafc_wr w;
        struct kafc_rd r;
        kafc__wr_init(&w, buf, sizeof(buf), NULL);
        kafc__wr_str(&w, (kafc_str){ NULL, 0 }, flex);
        kafc__wr_str(&w, (kafc_str){ "", 0 }, flex);
        kafc__wr_bytes(&w, (kafc_bytes){ NULL, 0 }, flex);
        kafc__wr_bytes(&w, (kafc_bytes){ "", 0 }, flex);
        kafc__wr_count(&w, -1, flex);
        kafc__wr_count(&w, 0, flex);
        ck_assert_uint_eq(kafc__wr_len(&w), flex ? 6 : 20);
        kafc__rd_init(&r, buf, kafc__wr_len(&w));
        ck_assert_ptr_null(kafc__rd_str(&r, flex).p);
        ck_assert_ptr_nonnull(kafc__rd_str(&r, flex).p);
        ck_assert_ptr_null(kafc__rd_bytes(&r, flex).p);
        ck_assert_ptr_nonnull(kafc__rd_bytes(&r, flex).p);
        ck_assert_int_eq(kafc__rd_count(&r, flex), -1);
        ck_assert_int_eq(kafc__rd_count(&r, flex), 0);
        ck_assert_ptr_null(r.err);
        ck_assert_uint_eq(kafc__rd_left(&r), 0);
    }
}
END_TEST

START_TEST(hostile_lengths_are_refused)
{
    static const struct {
        const char *bytes;
        size_t n;
        bool flex;
    } cases[] = {
        { "\xff\xfe", 2, false },            /* -2 */
        { "\x80\x00", 2, false },            /* INT16_MIN */
        { "\x00\x02x", 3, false },           /* more than is left */
        { "\x03x", 2, true },                /* likewise */
        { "\xff\xff\xff\xff\x0f", 5, true }, /* 2^32 - 2 */
        { "\x81\x80\x02", 3, true },         /* 32768 */
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct kafc_rd r;
        kafc__rd_init(&r, cases[i].bytes, cases[i].n);
        kafc_str s = kafc__rd_str(&r, cases[i].flex);
        ck_assert_ptr_null(s.p);
        ck_assert_msg(r.err, "case %zu", i);
    }
    struct kafc_rd r;
    kafc__rd_init(&r, "\x7f\xff\xff\xff", 4);
    ck_assert_int_eq(kafc__rd_count(&r, false), -1);
    ck_assert_ptr_nonnull(r.err);
    kafc__rd_init(&r, "\xff\xff\xff\xfe", 4);
    (void)kafc__rd_bytes(&r, false);
    ck_assert_str_eq(r.err, "a negative length");
}
END_TEST

START_TEST(a_long_string_is_not_written)
{
    char *big = calloc(1, 40000);
    uint8_t *buf = malloc(50000);
    struct kafc_wr w;
    kafc__wr_init(&w, buf, 50000, NULL);
    kafc__wr_str(&w, (kafc_str){ big, 32767 }, false);
    ck_assert_ptr_null(w.err);
    kafc__wr_str(&w, (kafc_str){ big, 32768 }, true);
    ck_assert_ptr_nonnull(w.err);
    free(big);
    free(buf);
}
END_TEST

START_TEST(a_chain_is_spliced_or_copied)
{
    struct kafc_seg *a = calloc(1, sizeof(*a) + 3), *b = calloc(1, sizeof(*b) + 2);
    memcpy(a->data, "abc", 3);
    memcpy(b->data, "de", 2);
    a->len = 3;
    b->len = 2;
    a->next = b;
    struct kafc_records rec = { NULL, 5, a };
    uint8_t buf[64];
    struct kafc_wr w;
    kafc__wr_init(&w, buf, sizeof(buf), NULL);
    kafc__wr_records(&w, &rec, true);
    ck_assert_uint_eq(kafc__wr_len(&w), 6);
    ck_assert_mem_eq(buf, "\6abcde", 6);
    struct kafc_arena arena;
    kafc__arena_init(&arena, NULL, 0);
    kafc__wr_init(&w, buf, sizeof(buf), &arena);
    for (int i = 0; i < 20; i++) {
        kafc__wr_i8(&w, (int8_t)i);
        kafc__wr_records(&w, &rec, true);
    }
    ck_assert_ptr_null(w.err);
    ck_assert_uint_eq(w.nsplice, 20);
    ck_assert_uint_eq(w.spliced, 100);
    ck_assert_uint_eq(kafc__wr_len(&w), 40);
    for (uint32_t i = 0; i < 20; i++) {
        ck_assert_uint_eq(w.splice[i].at, 2 * i + 2);
        ck_assert_uint_eq(w.splice[i].len, 5);
        ck_assert_ptr_eq(w.splice[i].chain, a);
    }
    kafc__arena_fini(&arena);
    free(a);
    free(b);
}
END_TEST

SUITE_MAIN("protocol/wire", 30, zigzag_numbers, overlong_varints_pass_and_wide_ones_do_not,
           the_first_error_sticks, V3_null_and_empty_differ, hostile_lengths_are_refused,
           a_long_string_is_not_written, a_chain_is_spliced_or_copied)
