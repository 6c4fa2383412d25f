/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Random answers, again and again.
 */
#include "tests/client/noise.h"

#include <check.h>
#include <string.h>

#include "tests/client/raw.h"

struct kafc_rand noise_rand, noise_calls;
size_t noise_sum;
int noise_results;

void noise_text(const char *s)
{
    noise_sum += s ? strlen(s) : 0;
}

void noise_ids(const int32_t *v, int32_t n)
{
    for (int32_t i = 0; i < n; i++)
        noise_sum += (size_t)v[i];
}

void noise_run(script_fn serve, const char *topic, void (*call)(void), int rounds, int seed)
{
    struct script s = { .serve = serve,
                        .controller = 1,
                        .listed = { false, true, true, true },
                        .topic = topic,
                        .partitions = 2 };
    kafc__rand_seed(&noise_rand, 1 + (uint64_t)seed);
    kafc__rand_seed(&noise_calls, 1 + (uint64_t)seed);
    noise_results = 0;
    script_start(&s);
    raw_open(s.bootstrap, NULL);
    for (int i = 0; i < rounds || noise_results <= 5; i++) /* on a slow machine most calls run out of time */
        call();
    raw_close();
    script_stop(&s);
}
