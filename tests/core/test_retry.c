/* SPDX-License-Identifier: BSD-2-Clause
 *
 * core/retry: the tables of what an error means, and what to do about it.
 */
#include "core/retry.h"
#include "tests/support/suite.h"

START_TEST(every_class_has_one_reaction)
{
    static const struct {
        kafc_err_class cls;
        bool again, refresh, coordinator;
    } want[] = {
        { KAFC_CLASS_NONE, false, false, false },   { KAFC_CLASS_RETRY, true, false, false },
        { KAFC_CLASS_REFRESH, true, true, false },  { KAFC_CLASS_COORDINATOR, true, false, true },
        { KAFC_CLASS_REJOIN, false, false, false }, { KAFC_CLASS_RECONNECT, true, true, false },
        { KAFC_CLASS_ABORT, false, false, false },  { KAFC_CLASS_FATAL, false, false, false },
        { KAFC_CLASS_USAGE, false, false, false },  { (kafc_err_class)99, false, false, false },
    };
    for (size_t i = 0; i < sizeof(want) / sizeof(*want); i++) {
        const struct kafc_reaction *r = kafc__retry_reaction(want[i].cls);
        ck_assert(r->again == want[i].again && r->refresh == want[i].refresh &&
                  r->coordinator == want[i].coordinator);
    }
}
END_TEST

START_TEST(some_codes_mean_something_else_to_some_apis)
{
    ck_assert_int_eq(kafc__retry_class(11, KAFC_ERR_REBALANCE_IN_PROGRESS), KAFC_CLASS_RETRY);
    ck_assert_int_eq(kafc__retry_class(12, KAFC_ERR_REBALANCE_IN_PROGRESS), KAFC_CLASS_REJOIN);
    ck_assert_int_eq(kafc__retry_class(24, KAFC_ERR_TOPIC_AUTHORIZATION_FAILED), KAFC_CLASS_ABORT);
    ck_assert_int_eq(kafc__retry_class(0, KAFC_ERR_TOPIC_AUTHORIZATION_FAILED), KAFC_CLASS_FATAL);
    ck_assert_int_eq(kafc__retry_class(26, KAFC_ERR_INVALID_PRODUCER_EPOCH), KAFC_CLASS_FATAL);
    ck_assert_int_eq(kafc__retry_class(0, KAFC_ERR_INVALID_PRODUCER_EPOCH), KAFC_CLASS_ABORT);
    ck_assert_int_eq(kafc__retry_class(1, KAFC_ERR_CORRUPT_MESSAGE), KAFC_CLASS_FATAL);
    ck_assert_int_eq(kafc__retry_class(0, KAFC_ERR_CORRUPT_MESSAGE), KAFC_CLASS_RETRY);
    ck_assert_int_eq(kafc__retry_class(-1, KAFC_ERR_BROKER_NOT_AVAILABLE), KAFC_CLASS_REFRESH);
    ck_assert_int_eq(kafc__retry_class(-1, KAFC_ERR_DISCONNECTED), KAFC_CLASS_RECONNECT);
    ck_assert_int_eq(kafc__retry_class(3, (kafc_err)12345), KAFC_CLASS_FATAL);
}
END_TEST

SUITE_MAIN("core/retry", 30, every_class_has_one_reaction, some_codes_mean_something_else_to_some_apis)
