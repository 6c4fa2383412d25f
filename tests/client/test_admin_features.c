/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Features against the mock, brokers that are gone against scripted ones.
 */
#include <check.h>
#include <string.h>

#include "protocol/api/57_update_features.h"
#include "protocol/api/64_unregister_broker.h"
#include "tests/client/joining.h"
#include "tests/client/raw.h"
#include "tests/client/script.h"
#include "tests/support/alloc.h"
#include "tests/support/suite.h"
#include <kafc/features.h>
#include <kafc/mock.h>

enum { WAIT = 10000, UPDATE = 57, UNREGISTER = 64 };


static kafc_err change(int32_t level, kafc_feature_change how, bool validate_only)
{
    kafc_feature_update q = { .feature = "transaction.version", .level = level, .change = how };
    kafc_err rc = kafc_admin_update_features(raw_client, &q, 1, validate_only, WAIT, &raw_err);
    ck_assert_int_eq(q.result, rc);
    return rc;
}

START_TEST(features_go_up_and_down)
{
    raw_up(joining_mock());
    raw_ok(kafc_mock_set_versions(raw_mock, UPDATE, 0, (int16_t)_i));
    ck_assert_int_eq(change(1, 0, false), KAFC_ERR_INVALID_UPDATE_VERSION);
    raw_says(_i < 2 ? "feature 'transaction.version' cannot be changed: INVALID_UPDATE_VERSION"
                    : "features cannot be changed: INVALID_UPDATE_VERSION");
    raw_ok(change(1, KAFC_FEATURE_SAFE_DOWNGRADE, true));
    raw_ok(change(1, KAFC_FEATURE_SAFE_DOWNGRADE, false));
    ck_assert_int_eq(change(1, KAFC_FEATURE_UNSAFE_DOWNGRADE, false),
                     KAFC_ERR_INVALID_UPDATE_VERSION);
    raw_ok(change(0, KAFC_FEATURE_UNSAFE_DOWNGRADE, false));
    ck_assert_int_eq(change(3, KAFC_FEATURE_UPGRADE, false), KAFC_ERR_INVALID_UPDATE_VERSION);
    raw_ok(kafc_mock_push_error(raw_mock, UPDATE, KAFC_ERR_NOT_CONTROLLER, 1));
    raw_ok(change(2, KAFC_FEATURE_UPGRADE, false));
    raw_down();
}
END_TEST

START_TEST(all_change_or_none)
{
    kafc_feature_update q[] = { { .feature = "transaction.version", .level = 2 },
                                { .feature = "no.version", .level = 1 } };
    raw_up(joining_mock());
    raw_ok(kafc_mock_set_versions(raw_mock, UPDATE, 0, (int16_t)_i));
    raw_ok(kafc_mock_set_transaction_version(raw_mock, 0));
    ck_assert_int_eq(kafc_admin_update_features(raw_client, q, 2, false, WAIT, &raw_err),
                     KAFC_ERR_INVALID_UPDATE_VERSION);
    ck_assert_int_eq(q[0].result, KAFC_ERR_INVALID_UPDATE_VERSION);
    ck_assert_int_eq(q[1].result, KAFC_ERR_INVALID_UPDATE_VERSION);
    raw_ok(change(1, 0, false)); /* not down from 2 */
    raw_down();
}
END_TEST

START_TEST(older_brokers_know_upgrades_alone)
{
    raw_up(joining_mock());
    raw_ok(kafc_mock_set_versions(raw_mock, UPDATE, 0, 0));
    ck_assert_int_eq(change(1, KAFC_FEATURE_SAFE_DOWNGRADE, false), KAFC_ERR_UNSUPPORTED);
    raw_says("too old for more than upgrades");
    ck_assert_int_eq(change(2, 0, true), KAFC_ERR_UNSUPPORTED);
    raw_ok(change(2, 0, false));
    raw_ok(kafc_mock_set_release(raw_mock, "2.1"));
    ck_assert_int_eq(change(2, 0, false), KAFC_ERR_UNSUPPORTED);
    raw_says("brokers from 2.7 on know it");
    ck_assert_int_eq(kafc_admin_unregister_broker(raw_client, 3, WAIT, &raw_err),
                     KAFC_ERR_UNSUPPORTED);
    raw_says("brokers from 3.0 on know it");
    raw_down();
}
END_TEST

/* Broker 9 is gone, and there is none but it and these three; the controller has moved to 2. */
static bool serve(struct script *s, int32_t broker, const struct peer_request *q, const void *req,
                  void *resp, struct kafc_arena *a)
{
    const struct kafc_unregister_broker_req *u = req;
    struct kafc_unregister_broker_resp *r = resp;
    (void)a;
    if (q->api->key != UNREGISTER || u->broker_id == 8)
        return false;
    if (broker != s->controller)
        r->error_code = KAFC_ERR_NOT_CONTROLLER;
    else if (u->broker_id != 9)
        r->error_code = KAFC_ERR_BROKER_ID_NOT_REGISTERED;
    r->error_message = raw_text("said so");
    return true;
}

START_TEST(a_broker_that_is_gone_is_forgotten)
{
    static struct script script = { .serve = serve,
                                    .listed = { false, true, true, true },
                                    .controller = 2 };
    script_start(&script);
    raw_open(script.bootstrap, NULL);
    raw_ok(kafc_admin_unregister_broker(raw_client, 9, WAIT, &raw_err));
    ck_assert_int_eq(kafc_admin_unregister_broker(raw_client, 7, WAIT, &raw_err),
                     KAFC_ERR_BROKER_ID_NOT_REGISTERED);
    raw_says("broker 7 cannot be unregistered: BROKER_ID_NOT_REGISTERED: said so");
    ck_assert_int_eq(kafc_admin_unregister_broker(raw_client, 8, WAIT, &raw_err),
                     KAFC_ERR_DISCONNECTED);
    ck_assert_int_eq(atomic_load(&script.asked[0][UNREGISTER]), 3); /* none twice */
    ck_assert_int_eq(kafc_admin_unregister_broker(raw_client, -1, WAIT, NULL), KAFC_ERR_USAGE);
    raw_close();
    script_stop(&script);
}
END_TEST

START_TEST(what_cannot_be_asked_is_refused)
{
    static const kafc_feature_update wrong[] = {
        { .feature = NULL, .level = 1 }, { .feature = "", .level = 1 },
        { .feature = "x", .level = -1 }, { .feature = "x", .level = INT16_MAX + 1 },
        { .feature = "x", .change = 4 },
    };
    raw_up(joining_mock());
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        kafc_feature_update q = wrong[i];
        ck_assert_int_eq(kafc_admin_update_features(raw_client, &q, 1, false, WAIT, NULL),
                         KAFC_ERR_USAGE);
    }
    ck_assert_int_eq(kafc_admin_update_features(raw_client, NULL, 1, false, WAIT, NULL),
                     KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_update_features(raw_client, NULL, -1, false, WAIT, NULL),
                     KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_update_features(raw_client, NULL, 0, false, WAIT, NULL), KAFC_OK);
    ck_assert_int_eq(kafc_admin_update_features(raw_client, NULL, 0, false, 0, NULL),
                     KAFC_ERR_WOULD_BLOCK);
    ck_assert_int_eq(kafc_client_close(raw_client, WAIT, NULL), KAFC_OK);
    ck_assert_int_eq(kafc_admin_unregister_broker(raw_client, 1, WAIT, NULL), KAFC_ERR_CLOSED);
    raw_down();
}
END_TEST

START_TEST(each_allocation_may_fail)
{
    struct test_alloc a;
    int failed = 0;
    long calls = 1;
    raw_up(joining_mock());
    raw_close();
    for (long i = 0; i <= calls; i++) {
        kafc_feature_update q = { .feature = "transaction.version", .level = 2 };
        test_alloc_init(&a);
        a.fail_at = i;
        raw_client = kafc_client_open(KAFC_CLIENT(.brokers = kafc_mock_bootstrap(raw_mock),
                                                  .allocator = &a.mem, .retry_backoff_ms = 1,
                                                  .retry_backoff_max_ms = 2),
                                      &raw_err);
        failed += !raw_client ||
                  kafc_admin_update_features(raw_client, &q, 1, false, WAIT, &raw_err) != KAFC_OK;
        kafc_client_free(raw_client);
        ck_assert_int_eq(atomic_load(&a.live), 0);
        calls = i ? calls : atomic_load(&a.calls);
        ck_assert(i > 0 || failed == 0);
    }
    raw_client = NULL;
    ck_assert_int_gt(failed, 0);
    raw_down();
}
END_TEST

SUITE_LOOPS("client/admin_features", 60, LOOP(features_go_up_and_down, 1, 3),
            LOOP(all_change_or_none, 0, 3), ONCE(older_brokers_know_upgrades_alone),
            ONCE(a_broker_that_is_gone_is_forgotten), ONCE(what_cannot_be_asked_is_refused),
            ONCE(each_allocation_may_fail))
