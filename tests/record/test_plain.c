/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The short way through a record finds what the long one finds, or leaves it
 * to that one: for sizes around those at which numbers grow, cut anywhere, any
 * byte changed, in memory that ends where the bytes do.
 */
#include <stdlib.h>
#include <string.h>

#include "protocol/record/read.h"
#include "protocol/record/write.h"
#include "tests/support/suite.h"

#define LENGTH(a) (sizeof(a) / sizeof(*(a)))

enum { LARGEST = 20000, EVERY = 400 };

static char text[LARGEST];

static bool same(kafc_bytes a, kafc_bytes b)
{
    return a.p == b.p && a.len == b.len;
}

/* Whether the short way read it, and that it was right. */
static bool agree(const uint8_t *p, size_t n, int32_t last_offset_delta)
{
    struct kafc_record_cursor c = { .p = p,
                                    .end = p + n,
                                    .start = p,
                                    .left = 1,
                                    .count = 1,
                                    .last_offset_delta = last_offset_delta,
                                    .base_offset = 1000,
                                    .base_timestamp = 1700000000000,
                                    .delta_mask = UINT64_MAX,
                                    .magic = 2 };
    struct kafc_record_cursor d = c;
    struct kafc_record r, s;
    bool plain = kafc__record_plain(&c, &r);
    enum kafc_record_step step = kafc__record_parse(&d, &s);
    if (plain)
        ck_assert(step == KAFC_RECORD_GOT && c.p == d.p && c.left == d.left && !c.why &&
                  r.offset == s.offset && r.timestamp == s.timestamp && same(r.key, s.key) &&
                  same(r.value, s.value) && r.nheaders == s.nheaders && r.headers == s.headers &&
                  r.headers_len == s.headers_len);
    else
        ck_assert(c.p == p && c.left == 1 && !c.why);
    return plain;
}

/* Exactly n bytes, so that a look behind them is noticed. */
static bool agree_on(const uint8_t *from, size_t n, int32_t last_offset_delta)
{
    uint8_t *p = malloc(n ? n : 1);
    bool plain;
    memcpy(p, from, n);
    plain = agree(p, n, last_offset_delta);
    free(p);
    return plain;
}

static void damage(uint8_t *p, size_t n, int32_t last_offset_delta)
{
    static const uint8_t change[] = { 1, 2, 0x7f, 0x80, 0x81, 0xff };
    for (size_t cut = 0; cut < n; cut++)
        ck_assert(!agree_on(p, cut, last_offset_delta));
    for (size_t at = 0; at < n; at++)
        for (size_t i = 0; i < LENGTH(change); i++) {
            p[at] ^= change[i];
            (void)agree_on(p, n, last_offset_delta);
            p[at] ^= change[i];
        }
}

START_TEST(any_sizes)
{
    static const int32_t key[] = { -1, 0, 1, 63, 64, 8191, 8192 };
    static const int32_t value[] = { -1, 0, 1, 2, 3, 63, 64, 8191, 8192, LARGEST };
    static const int64_t time[] = { 0, -1, 63, 64, 8191, -8193, 1 << 20, INT64_MAX, INT64_MIN };
    static const int32_t offset[] = { 0, 63, 64, 8191, 8192, 1 << 20, INT32_MAX };
    int plain = 0, all = 0;
    for (size_t k = 0; k < LENGTH(key); k++)
        for (size_t v = 0; v < LENGTH(value); v++)
            for (size_t t = 0; t < LENGTH(time); t++)
                for (size_t o = 0; o < LENGTH(offset); o++) {
                    struct kafc_record_fields f = { .timestamp_delta = time[t],
                                                    .offset_delta = offset[o] };
                    f.key = (kafc_bytes){ key[k] < 0 ? NULL : text, key[k] < 0 ? 0 : key[k] };
                    f.value = (kafc_bytes){ value[v] < 0 ? NULL : text,
                                            value[v] < 0 ? 0 : value[v] };
                    size_t n = kafc__record_size(&f);
                    uint8_t *p = malloc(n);
                    ck_assert_ptr_eq(kafc__record_put(p, kafc__record_body_size(&f), &f), p + n);
                    bool got = agree_on(p, n, offset[o]);
                    /* What numbers of three bytes can say, a value that is not empty, and not the last few bytes. */
                    ck_assert_int_eq(got, value[v] > 0 && t < 6 && offset[o] < 1 << 20 && n >= 13);
                    ck_assert(offset[o] == 0 || !agree_on(p, n, offset[o] - 1));
                    plain += got;
                    all++;
                    if (n < EVERY)
                        damage(p, n, offset[o]);
                    free(p);
                }
    ck_assert_int_gt(plain, all / 4);
}
END_TEST

START_TEST(not_after_the_end_and_not_after_damage)
{
    struct kafc_record_fields f = { .value = { "some value", 10 } };
    uint8_t p[64];
    size_t n = (size_t)(kafc__record_put(p, kafc__record_body_size(&f), &f) - p);
    struct kafc_record_cursor c = { .p = p, .end = p + n, .start = p, .left = 1, .magic = 2 };
    struct kafc_record_cursor d = c;
    struct kafc_record r;
    d.left = 0;
    ck_assert(!kafc__record_plain(&d, &r));
    d = c;
    d.why = "a header was broken";
    ck_assert(!kafc__record_plain(&d, &r));
    d = c;
    d.magic = 1;
    ck_assert(!kafc__record_plain(&d, &r));
    ck_assert(kafc__record_plain(&c, &r));
    ck_assert_ptr_eq(c.p, c.end);
    ck_assert_ptr_null(r.key.p);
    ck_assert_int_eq(r.value.len, 10);
    ck_assert(!kafc__record_plain(&c, &r));
}
END_TEST

START_TEST(headers_are_left_to_the_long_way)
{
    kafc_header h = { .name = { "n", 1 }, .value = { "v", 1 } };
    struct kafc_record_fields f = { .value = { "value", 5 }, .headers = &h, .nheaders = 1 };
    uint8_t p[64];
    size_t n = (size_t)(kafc__record_put(p, kafc__record_body_size(&f), &f) - p);
    ck_assert(!agree_on(p, n, 0));
    damage(p, n, 0);
}
END_TEST

SUITE_MAIN("record/plain", 60, any_sizes, not_after_the_end_and_not_after_damage,
           headers_are_left_to_the_long_way)
