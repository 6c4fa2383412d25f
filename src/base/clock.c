/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The clocks of the system. Called by io and client, never by core.
 */
#include "base/clock.h"

#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

#include "base/rand.h"

static struct timespec read_clock(clockid_t id)
{
    struct timespec ts = { 0 };
    (void)clock_gettime(id, &ts); /* these clocks always exist */
    return ts;
}

int64_t kafc__clock_mono_us(void)
{
    struct timespec ts = read_clock(CLOCK_MONOTONIC);
    return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

int64_t kafc__clock_wall_ms(void)
{
    struct timespec ts = read_clock(CLOCK_REALTIME);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int64_t kafc__clock_coarse_ms(void)
{
#ifdef CLOCK_REALTIME_COARSE
    struct timespec ts = read_clock(CLOCK_REALTIME_COARSE);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
#else
    return kafc__clock_wall_ms();
#endif
}

uint64_t kafc__clock_seed(void)
{
    static atomic_uint_fast64_t calls;
    struct timespec mono = read_clock(CLOCK_MONOTONIC), wall = read_clock(CLOCK_REALTIME);
    const uint64_t parts[] = {
        (uint64_t)atomic_fetch_add(&calls, 1),
        (uint64_t)getpid(),
        (uint64_t)mono.tv_sec * 1000000000u + (uint64_t)mono.tv_nsec,
        (uint64_t)wall.tv_sec * 1000000000u + (uint64_t)wall.tv_nsec,
        (uint64_t)(uintptr_t)parts, /* differs where addresses are random */
    };
    struct kafc_rand r = { 0 };
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        r.s = kafc__rand_next(&r) ^ parts[i];
    return kafc__rand_next(&r);
}
