/* SPDX-License-Identifier: BSD-2-Clause
 *
 * CRC-32C: with the instruction of SSE4.2 (three streams at once, joined by a
 * carry-less multiplication), with that of ARMv8, or with tables. Which one is
 * found out at the first call. Any thread.
 */
#include <string.h>

#include "base/attr.h"
#include "base/hash.h"
#include "base/sync.h"

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#include <stdatomic.h>
#elif defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>
#endif

#define POLY 0x82f63b78u /* reflected */

static pthread_once_t tables_once = PTHREAD_ONCE_INIT;
static uint32_t table[8][256]; /* table[k][b]: b followed by k zero bytes */

static void make_tables(void)
{
    for (uint32_t b = 0; b < 256; b++) {
        uint32_t crc = b;
        for (int i = 0; i < 8; i++)
            crc = (crc >> 1) ^ (crc & 1 ? POLY : 0);
        table[0][b] = crc;
    }
    for (uint32_t b = 0; b < 256; b++)
        for (int k = 1; k < 8; k++)
            table[k][b] = (table[k - 1][b] >> 8) ^ table[0][table[k - 1][b] & 255];
}

uint32_t kafc__crc32c_table(uint32_t crc, const void *data, size_t n)
{
    const unsigned char *p = data;
    kafc__once(&tables_once, make_tables);
    crc = ~crc;
    for (; n >= 8; p += 8, n -= 8) {
        crc ^= (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
        crc = table[7][crc & 255] ^ table[6][crc >> 8 & 255] ^ table[5][crc >> 16 & 255] ^
              table[4][crc >> 24] ^ table[3][p[4]] ^ table[2][p[5]] ^ table[1][p[6]] ^
              table[0][p[7]];
    }
    for (; n > 0; p++, n--)
        crc = (crc >> 8) ^ table[0][(crc ^ *p) & 255];
    return ~crc;
}

#if defined(__x86_64__)

enum { LINE = 64, AHEAD = 4096 };

static inline uint64_t load64(const unsigned char *p)
{
    uint64_t w;
    memcpy(&w, p, sizeof(w));
    return w;
}

/* crc times x^(8 n) for a constant n: k is x^(8 n - 33), reflected. */
__attribute__((target("sse4.2,pclmul"))) static inline uint64_t shift(uint64_t crc, uint32_t k)
{
    __m128i product = _mm_clmulepi64_si128(_mm_cvtsi64_si128((long long)crc),
                                           _mm_cvtsi32_si128((int)k), 0);
    return _mm_crc32_u64(0, (uint64_t)_mm_cvtsi128_si64(product));
}

/* The instruction takes three cycles but starts every cycle: three streams of `block` bytes run at once. What comes
 * behind them is asked for meanwhile: three streams that jump are none that the cache would see coming, and what was
 * received on another core is not in this one's (6 GB/s without, 21 with). */
__attribute__((target("sse4.2,pclmul"))) static inline uint64_t three(uint64_t crc,
                                                                      const unsigned char *p,
                                                                      size_t block, uint32_t k1,
                                                                      uint32_t k2)
{
    uint64_t a = crc, b = 0, c = 0;
    uintptr_t ahead = (uintptr_t)p + AHEAD;
    for (size_t i = 0; i < block; i += 8) {
        if (i % LINE == 0)
            for (int k = 0; k < 3; k++, ahead += LINE)
                kafc__expect_read(ahead);
        a = _mm_crc32_u64(a, load64(p + i));
        b = _mm_crc32_u64(b, load64(p + block + i));
        c = _mm_crc32_u64(c, load64(p + 2 * block + i));
    }
    return shift(a, k2) ^ shift(b, k1) ^ c;
}

__attribute__((target("sse4.2,pclmul"))) static uint32_t crc32c_hw(uint32_t crc, const void *data,
                                                                   size_t n)
{
    const unsigned char *p = data;
    uint64_t c = ~crc;
    for (; n >= 3 * 1024; p += 3 * 1024, n -= 3 * 1024)
        c = three(c, p, 1024, 0x170076fa, 0xa51b6135);
    for (; n >= 3 * 128; p += 3 * 128, n -= 3 * 128)
        c = three(c, p, 128, 0x0d3b6092, 0xb9e02b86);
    for (; n >= 8; p += 8, n -= 8)
        c = _mm_crc32_u64(c, load64(p));
    for (; n > 0; p++, n--)
        c = _mm_crc32_u8((uint32_t)c, *p);
    return ~(uint32_t)c;
}

/* Asked once: a virtual machine makes the instruction slow. The compiler's own word for it brings 5 kB along. */
static int hw_present(void)
{
    enum { PCLMUL = 1 << 1, SSE4_2 = 1 << 20 };
    static atomic_int known; /* 0: not yet, -1: no */
    int k = atomic_load_explicit(&known, memory_order_relaxed);
    if (k == 0) {
        unsigned a, b, c = 0, d;
        k = __get_cpuid(1, &a, &b, &c, &d) && (c & PCLMUL) && (c & SSE4_2) ? 1 : -1;
        atomic_store_explicit(&known, k, memory_order_relaxed);
    }
    return k > 0;
}

#elif defined(__aarch64__) && defined(__linux__)

static uint32_t crc32c_hw(uint32_t crc, const void *data, size_t n)
{
    const unsigned char *p = data;
    uint32_t c = ~crc;
    for (; n >= 8; p += 8, n -= 8) {
        uint64_t w;
        memcpy(&w, p, sizeof(w));
        __asm__(".arch_extension crc\n\tcrc32cx %w0, %w0, %x1" : "+r"(c) : "r"(w));
    }
    for (; n > 0; p++, n--)
        __asm__(".arch_extension crc\n\tcrc32cb %w0, %w0, %w1" : "+r"(c) : "r"((uint32_t)*p));
    return ~c;
}

static int hw_present(void)
{
    return (getauxval(AT_HWCAP) & (1ul << 7)) != 0; /* HWCAP_CRC32 */
}

#else

static uint32_t crc32c_hw(uint32_t crc, const void *data, size_t n)
{
    return kafc__crc32c_table(crc, data, n);
}

static int hw_present(void)
{
    return 0;
}

#endif

uint32_t kafc__crc32c(uint32_t crc, const void *p, size_t n)
{
    return hw_present() ? crc32c_hw(crc, p, n) : kafc__crc32c_table(crc, p, n);
}

/* a times b modulo the polynomial, both reflected: bit 31 is x^0. */
static uint32_t multiply(uint32_t a, uint32_t b)
{
    uint32_t product = 0;
    for (uint32_t bit = 1u << 31; bit; bit >>= 1) {
        product ^= b & (a & bit ? 0xffffffffu : 0);
        b = (b >> 1) ^ (b & 1 ? POLY : 0);
    }
    return product;
}

/* x^(2^k). x^(2^31) is x again. */
static const uint32_t x_power[31] = {
    0x40000000, 0x20000000, 0x08000000, 0x00800000, 0x00008000, 0x82f63b78, 0x6ea2d55c, 0x18b8ea18,
    0x510ac59a, 0xb82be955, 0xb8fdb1e7, 0x88e56f72, 0x74c360a4, 0xe4172b16, 0x0d65762a, 0x35d73a62,
    0x28461564, 0xbf455269, 0xe2ea32dc, 0xfe7740e6, 0xf946610b, 0x3c204f8f, 0x538586e3, 0x59726915,
    0x734d5309, 0xbc1ac763, 0x7d0722cc, 0xd289cabe, 0xe94ca9bc, 0x05b74f3f, 0xa51e1f42,
};

uint32_t kafc__crc32c_combine(uint32_t a, uint32_t b, size_t n)
{
    for (size_t k = 3; n && a; n >>= 1, k++)
        if (n & 1)
            a = multiply(x_power[k % 31], a);
    return a ^ b;
}
