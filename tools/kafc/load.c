/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Keys, clocks, figures.
 */
#include "tools/kafc/load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>

#include "mock/text.h"

enum { SPIN_NS = 60000 };

bool load_init(struct load *l, size_t size)
{
    l->size = size;
    l->at = 0;
    l->len = size > LOAD_TEXT ? size : LOAD_TEXT;
    l->text = malloc(l->len);
    if (!l->text)
        return false;
    kafc__mock_text(l->text, l->len);
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

void load_print(const struct load_span *s, uint64_t messages, double bytes)
{
    struct rusage u;
    double n = (double)messages, t = s->seconds > 0 ? s->seconds : 1e-9;

    (void)getrusage(RUSAGE_SELF, &u);
    printf(
        "{\"messages\":%llu,\"seconds\":%.6f,\"msgs_per_s\":%.0f,\"mb_per_s\":%.3f,\"user_cpu_s\":%.6f,"
        "\"sys_cpu_s\":%.6f,\"cpu_us_per_msg\":%.4f,\"max_rss_kb\":%ld",
        (unsigned long long)messages, s->seconds, n / t, bytes / t / 1e6, s->user,
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
