/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The consumer's table of states, all of it, and in which order takers are
 * served. The machine itself runs in tests/sim, and behind kafc_reader in
 * tests/client.
 */
#include "client/options.h"
#include "core/consumer_internal.h"
#include "tests/core/world.h"
#include "tests/support/suite.h"

START_TEST(every_event_in_every_state)
{
    enum { L = KAFC_CP_LOOKUP, F = KAFC_CP_FETCH, D = KAFC_CP_DONE, X = KAFC_CP_FAILED };
    static const int expected[KAFC_CP_STATES][KAFC_CP_EVENTS] = {
        /*        UNKNOWN KNOWN REACHED BROKEN */
        [L] = { L, F, D, X },
        [F] = { L, F, D, X },
        [D] = { L, F, -1, X },
        [X] = { L, F, -1, X },
    };

    for (int s = 0; s < KAFC_CP_STATES; s++)
        for (int e = 0; e < KAFC_CP_EVENTS; e++)
            ck_assert_msg(kafc__cp_next_state((enum kafc_cp_state)s, (enum kafc_cp_event)e) ==
                              expected[s][e],
                          "state %d, event %d", s, e);
}
END_TEST

/* Whatever happened, a seek (UNKNOWN or KNOWN) goes on, and only a seek leaves FAILED. */
START_TEST(R2_a_seek_goes_on_from_everywhere)
{
    for (int s = 0; s < KAFC_CP_STATES; s++) {
        ck_assert_int_eq(kafc__cp_next_state((enum kafc_cp_state)s, KAFC_CP_UNKNOWN),
                         KAFC_CP_LOOKUP);
        ck_assert_int_eq(kafc__cp_next_state((enum kafc_cp_state)s, KAFC_CP_KNOWN), KAFC_CP_FETCH);
    }
    ck_assert_int_eq(kafc__cp_next_state(KAFC_CP_FAILED, KAFC_CP_REACHED), -1);
    ck_assert_int_eq(kafc__cp_next_state(KAFC_CP_FAILED, KAFC_CP_BROKEN), KAFC_CP_FAILED);
}
END_TEST

/* --- Takers ------------------------------------------------------------------------------ */

struct taking {
    struct world w;
    struct kafc_consumer *c;
    struct kafc_taker claim;
    int called; /* the claim */
};

static void on_ready(void *ctx)
{
    (void)ctx;
}

static void on_claim(void *ctx)
{
    ((struct taking *)ctx)->called++;
}

/* One notice for each letter, of the partition it names. */
static void tell(struct taking *x, const char *order)
{
    for (; *order; order++) {
        struct kafc_consumer_partition *p = kafc__cp_find(x->c, "t", *order - '0');

        ck_assert(kafc__cp_tell(p, KAFC_ERR_END_OF_PARTITION, 0, "%c", *order));
    }
}

static void taking_open(struct taking *x, const char *order)
{
    struct kafc_consumer_config cfg = { .on_ready = on_ready };
    const kafc_assignment a[] = { { .topic = "t", .partition = 0, .start = KAFC_AT(0) },
                                  { .topic = "t", .partition = 1, .start = KAFC_AT(0) },
                                  { .topic = "t", .partition = 2, .start = KAFC_AT(0) } };
    kafc_error err;

    memset(x, 0, sizeof(*x));
    world_init(&x->w, "b1:9092");
    ck_assert(world_start(&x->w));
    ck_assert_int_eq(kafc__options_resolve(&kafc__reader_options, NULL, &cfg.options, &err),
                     KAFC_OK);
    x->c = kafc__consumer_new(x->w.core, &cfg);
    ck_assert_ptr_nonnull(x->c);
    ck_assert_int_eq(kafc__consumer_assign(x->c, a, 3, &err), KAFC_OK);
    x->claim = (struct kafc_taker){ .on_ready = on_claim, .ctx = x };
    tell(x, order);
}

static void taking_close(struct taking *x)
{
    kafc__consumer_free(x->c);
    world_fini(&x->w);
}

/* The partitions of what the taker gets, and how that ends. */
static void expect_taken(struct kafc_taker *t, const char *order, kafc_err end)
{
    kafc_message m;
    kafc_error err;

    for (; *order; order++) {
        ck_assert_int_eq(kafc__consumer_next(t, &m, &err), KAFC_ERR_END_OF_PARTITION);
        ck_assert_int_eq(m.partition, *order - '0');
    }
    ck_assert_int_eq(kafc__consumer_next(t, &m, &err), end);
}

START_TEST(partitions_are_served_in_turn)
{
    struct taking x;

    taking_open(&x, "000112");
    expect_taken(kafc__consumer_taker(x.c), "012010", KAFC_ERR_WOULD_BLOCK);
    tell(&x, "21");
    expect_taken(kafc__consumer_taker(x.c), "21", KAFC_ERR_WOULD_BLOCK);
    taking_close(&x);
}
END_TEST

START_TEST(R9_what_is_paused_keeps_its_order)
{
    struct taking x;
    kafc_topic_partition v = { "t", 0 };

    taking_open(&x, "00112");
    ck_assert_int_eq(kafc__consumer_pause(x.c, &v, 1, true, NULL), KAFC_OK);
    tell(&x, "01");
    expect_taken(kafc__consumer_taker(x.c), "1211", KAFC_ERR_WOULD_BLOCK);
    ck_assert_int_eq(kafc__consumer_pause(x.c, &v, 1, false, NULL), KAFC_OK);
    expect_taken(kafc__consumer_taker(x.c), "000", KAFC_ERR_WOULD_BLOCK);
    taking_close(&x);
}
END_TEST

START_TEST(a_claim_takes_from_its_partition_alone)
{
    struct taking x;
    kafc_topic_partition v = { "t", 1 };

    taking_open(&x, "001122");
    ck_assert_int_eq(kafc__consumer_claim(x.c, &x.claim, NULL), KAFC_OK);
    ck_assert_int_eq(kafc__claim_of(&x.claim).partition, 0);
    expect_taken(kafc__consumer_taker(x.c), "1212", KAFC_ERR_WOULD_BLOCK);
    expect_taken(&x.claim, "00", KAFC_ERR_WOULD_BLOCK);
    ck_assert_int_eq(x.called, 0);
    tell(&x, "10"); /* only its own wakes it */
    ck_assert_int_eq(x.called, 1);
    kafc__claim_fini(&x.claim); /* what it has not taken goes back */
    expect_taken(kafc__consumer_taker(x.c), "10", KAFC_ERR_WOULD_BLOCK);
    ck_assert_int_eq(kafc__consumer_claim(x.c, &x.claim, NULL), KAFC_OK);
    ck_assert_int_eq(kafc__claim_of(&x.claim).partition, 1); /* who was claimed last has had its turn */
    tell(&x, "1");
    ck_assert_int_eq(kafc__consumer_assign_remove(x.c, &v, 1, NULL), KAFC_OK);
    ck_assert_int_eq(x.called, 3);
    expect_taken(&x.claim, "", KAFC_ERR_CLAIM_ENDED);
    kafc__consumer_work(x.c); /* it is not freed under the claim */
    ck_assert_int_eq(kafc__claim_of(&x.claim).partition, 1);
    kafc__claim_fini(&x.claim);
    taking_close(&x);
}
END_TEST

SUITE_MAIN("core/consumer", 20, every_event_in_every_state, R2_a_seek_goes_on_from_everywhere,
           partitions_are_served_in_turn, R9_what_is_paused_keeps_its_order,
           a_claim_takes_from_its_partition_alone)
