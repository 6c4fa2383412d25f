/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Seeds of transactional producers under everything that a network and
 * brokers do, of both generations of the protocol. SIM_SEED=n runs one alone,
 * SIM_LOG=1 shows what the clients log; KAFC_SIM_RUNS=n, KAFC_SIM_SEED=n as in
 * test_sim.c.
 */
#include <stdio.h>
#include <stdlib.h>

#include "tests/sim/txn.h"
#include "tests/support/suite.h"

enum { SEEDS = 300, SHARDS = 10 };

static void run(uint64_t seed)
{
    struct txns_options o;

    txns_options_of(&o, seed);
    (void)txns_run(&o);
}

START_TEST(committed_as_a_whole_or_not_at_all)
{
    sim_seeds(SEEDS, SHARDS, (uint64_t)_i, run);
}
END_TEST

START_TEST(without_faults)
{
    static const char *const release[] = { NULL, NULL, NULL, "2.8", "2.1", "1.1", "0.11" };
    for (size_t i = 0; i < sizeof(release) / sizeof(*release); i++)
        (void)txns_run(&(struct txns_options){ .seed = i + 1,
                                               .transactions = 30,
                                               .version = (int16_t)(i < 3 ? i : 0),
                                               .release = release[i] });
}
END_TEST

START_TEST(a_seed_replays_exactly)
{
    for (uint64_t seed = 1; seed <= 4; seed++) {
        struct txns_options o;

        txns_options_of(&o, seed);
        ck_assert_uint_eq(txns_run(&o), txns_run(&o));
    }
}
END_TEST

SUITE_LOOPS("sim-txn", 3600, ONCE(without_faults), ONCE(a_seed_replays_exactly),
            LOOP(committed_as_a_whole_or_not_at_all, 0, SHARDS))
