/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Text, keys, clocks, figures.
 */
#include "tools/kafc/load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>

enum { WORDS = 64, LETTERS = 12, SPIN_NS = 60000 };

struct dice {
    uint64_t x;
};

static uint32_t roll(struct dice *d, uint32_t below)
{
    d->x ^= d->x << 13;
    d->x ^= d->x >> 7;
    d->x ^= d->x << 17;
    return (uint32_t)((d->x >> 32) * below >> 32);
}

/* Words as in a language: short ones and those at the front of the list come more often. */
static void write_text(char *text, size_t len)
{
    static const char letters[] = "eeeeaaaiiooutttnnnssshhrrdlcumwfgypbvk";
    static char word[WORDS][LETTERS];
    struct dice d = { 0x9e3779b97f4a7c15u };
    size_t n, at = 0;

    for (int w = 0; w < WORDS; w++) {
        n = 2 + roll(&d, 3) + roll(&d, LETTERS - 5);
        for (size_t i = 0; i < n; i++)
            word[w][i] = letters[roll(&d, sizeof letters - 1)];
        word[w][n] = ' ';
    }
    while (at < len) {
        const char *w = word[roll(&d, 1 + roll(&d, WORDS))];

        n = (size_t)((const char *)memchr(w, ' ', LETTERS) - w) + 1;
        n = n < len - at ? n : len - at;
        memcpy(text + at, w, n);
        at += n;
    }
}

bool load_init(struct load *l, size_t size)
{
    l->size = size;
    l->at = 0;
    l->len = size > LOAD_TEXT ? size : LOAD_TEXT;
    l->text = malloc(l->len);
    if (!l->text)
        return false;
    write_text(l->text, l->len);
    for (int i = 0; i < LOAD_KEYS; i++) {
        char digits[LOAD_KEY + 4];

        (void)snprintf(digits, sizeof digits, "%0*d", LOAD_KEY, i);
        memcpy(l->key[i], digits, LOAD_KEY);
    }
    return true;
}

void load_fini(struct load *l)
{
    free(l->text);
}

/* ---- measured ---- */

int64_t load_now_ns(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

double load_now(void)
{
    return (double)load_now_ns() / 1e9;
}

void load_wait_until(int64_t ns)
{
    int64_t sleep = ns - SPIN_NS;

    if (load_now_ns() < sleep) {
        struct timespec t = { (time_t)(sleep / 1000000000), (long)(sleep % 1000000000) };

        (void)prctl(PR_SET_TIMERSLACK, 1UL);
        (void)clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
    }
    while (load_now_ns() < ns) {
    }
}

static double seconds(struct timeval t)
{
    return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

void load_begin(struct load_span *s)
{
    struct rusage u;

    (void)getrusage(RUSAGE_SELF, &u);
    *s = (struct load_span){ -load_now(), -seconds(u.ru_utime), -seconds(u.ru_stime) };
}

void load_end(struct load_span *s)
{
    struct rusage u;

    (void)getrusage(RUSAGE_SELF, &u);
    s->seconds += load_now();
    s->user += seconds(u.ru_utime);
    s->system += seconds(u.ru_stime);
}

void load_print(const struct load_span *s, uint64_t messages, size_t size)
{
    struct rusage u;
    double n = (double)messages, t = s->seconds > 0 ? s->seconds : 1e-9;

    (void)getrusage(RUSAGE_SELF, &u);
    printf(
        "{\"messages\":%llu,\"seconds\":%.6f,\"msgs_per_s\":%.0f,\"mb_per_s\":%.3f,\"user_cpu_s\":%.6f,"
        "\"sys_cpu_s\":%.6f,\"cpu_us_per_msg\":%.4f,\"max_rss_kb\":%ld",
        (unsigned long long)messages, s->seconds, n / t, n * (double)size / t / 1e6, s->user,
        s->system, messages ? (s->user + s->system) * 1e6 / n : 0, u.ru_maxrss);
}

static int by_time(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

/* The smallest time that so many thousandths do not exceed. */
static uint32_t percentile(const uint32_t *us, size_t n, size_t thousandths)
{
    return us[(n * thousandths + 999) / 1000 - 1];
}

void load_print_times(const char *name, uint32_t *us, size_t n)
{
    if (n == 0) {
        printf("\"%s\":null", name);
        return;
    }
    qsort(us, n, sizeof *us, by_time);
    printf("\"%s\":{\"p50\":%u,\"p90\":%u,\"p99\":%u,\"p99.9\":%u,\"max\":%u}", name,
           percentile(us, n, 500), percentile(us, n, 900), percentile(us, n, 990),
           percentile(us, n, 999), us[n - 1]);
}
