/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The consumer's table of states, all of it. The machine itself runs in
 * tests/sim, and behind kafc_reader in tests/client.
 */
#include "core/consumer_internal.h"
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

SUITE_MAIN("core/consumer", 20, every_event_in_every_state, R2_a_seek_goes_on_from_everywhere)
