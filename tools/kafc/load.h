/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The load of `kafc perf` and what was measured under it; bench/ gives the
 * same to others. One thread at a time.
 */
#ifndef KAFC_TOOL_LOAD_H
#define KAFC_TOOL_LOAD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LOAD_KEYS = 10000, LOAD_KEY = 8, LOAD_TEXT = 4 << 20 };

/* Values are slices of a text of pseudo-random words, the same in every run: one after the other, and from its begin
 * again, so that none is like another within a batch. The key of message i is i mod 10000 in eight digits. */
struct load {
    char *text;
    size_t len, at, size;
    char key[LOAD_KEYS][LOAD_KEY];
};

bool load_init(struct load *l, size_t size); /* false: out of memory */
void load_fini(struct load *l);

static inline const char *load_value(struct load *l)
{
    const char *p = l->text + l->at;

    l->at += l->size;
    if (l->at + l->size > l->len)
        l->at = 0;
    return p;
}

static inline const char *load_key(const struct load *l, uint64_t i)
{
    return l->key[i % LOAD_KEYS];
}

/* Counts one up. One thread does, others may look: no locked instruction. */
static inline void load_count(atomic_ullong *n)
{
    atomic_store_explicit(n, atomic_load_explicit(n, memory_order_relaxed) + 1,
                          memory_order_relaxed);
}

/* CPU of this process and time, from begin to end. */
struct load_span {
    double seconds, user, system;
};
double load_now(void); /* s, monotonic */
void load_begin(struct load_span *s);
void load_end(struct load_span *s);
/* The line of JSON on standard output, without its newline and last brace: more may follow. bytes: of all values. */
void load_print(const struct load_span *s, uint64_t messages, double bytes);

int64_t load_now_ns(void);
/* Returns at that time: sleeps, and watches the clock for the last bit. */
void load_wait_until(int64_t ns);
/* Sorts and prints "name":{"p50":…,"p90":…,"p99":…,"p99.9":…,"max":…}; null when there are none. */
void load_print_times(const char *name, uint32_t *us, size_t n);

#endif
