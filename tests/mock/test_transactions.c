/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The mock as the coordinator of transactions and of groups' offsets: both
 * generations of the protocol, epochs, markers, timeouts.
 */
#include "mock/txn.h"
#include "protocol/api/00_produce.h"
#include "protocol/api/09_offset_fetch.h"
#include "protocol/api/10_find_coordinator.h"
#include "protocol/api/18_api_versions.h"
#include "protocol/api/22_init_producer_id.h"
#include "protocol/api/24_add_partitions_to_txn.h"
#include "tests/mock/tx.h"
#include "tests/support/suite.h"

#define IS(expr, code) ck_assert_int_eq((expr), (code))

START_TEST(first_generation_by_hand)
{
    struct tx t;
    tx_setup(&t);
    for (int16_t v = 0; v <= 3; v++) {
        bool commit = v & 1;
        IS(tx_init(&t, v, -1, -1), KAFC_OK);
        ck_assert_int_eq(t.epoch, v);
        IS(tx_look(&t).state, KAFC_MOCK_TXN_EMPTY);
        IS(tx_produce(&t, 9, 0, 0), KAFC_ERR_INVALID_TXN_STATE); /* did not join */
        IS(tx_produce(&t, 11, 0, 0), KAFC_ERR_TRANSACTION_ABORTABLE);
        IS(tx_add_as(&t, v, t.epoch, "t", 0), KAFC_OK);
        IS(tx_add_as(&t, v, t.epoch, "t", 0), KAFC_OK);
        IS(tx_produce(&t, 11, 1, 0), KAFC_ERR_TRANSACTION_ABORTABLE);
        IS(tx_produce(&t, 11, 0, 0), KAFC_OK);
        IS(tx_produce(&t, 9, 0, 2), KAFC_OK);
        IS(tx_look(&t).state, KAFC_MOCK_TXN_ONGOING);
        ck_assert_int_eq(tx_look(&t).partitions, 1);
        ck_assert_int_eq(tx_log(&t, 0).last_stable, tx_log(&t, 0).high_watermark - 4);
        IS(tx_end(&t, v, commit), KAFC_OK);
        IS(tx_look(&t).state,
           commit ? KAFC_MOCK_TXN_COMPLETE_COMMIT : KAFC_MOCK_TXN_COMPLETE_ABORT);
        ck_assert_int_eq(tx_log(&t, 0).last_stable, tx_log(&t, 0).high_watermark);
        ck_assert_int_eq(tx_log(&t, 0).high_watermark, 5 * (v + 1));
        IS(tx_end(&t, v, commit), KAFC_OK); /* again */
        IS(tx_end(&t, v, !commit), KAFC_ERR_INVALID_TXN_STATE);
        ck_assert_int_eq(tx_log(&t, 0).high_watermark, 5 * (v + 1));
    }
    ck_assert_int_eq(tx_aborted(&t, 0), 2);
    ck_assert_int_eq(tx_log(&t, 1).high_watermark, 0);
    IS(tx_end(&t, 4, true), KAFC_OK);
    IS(tx_produce(&t, 11, 0, 4),
       KAFC_ERR_TRANSACTION_ABORTABLE); /* sequences go on, but it is over */
    IS(tx_add(&t, 0), KAFC_OK);
    IS(tx_produce(&t, 11, 0, 4), KAFC_OK);
    ask_fini(&t.a);
}
END_TEST

START_TEST(second_generation_by_hand)
{
    struct tx t;
    int64_t pid;
    tx_setup(&t);
    IS(tx_init(&t, 5, -1, -1), KAFC_OK);
    pid = t.pid;
    for (int16_t v = 12; v <= 13; v++) {
        bool commit = v & 1;
        int16_t epoch = t.epoch;
        IS(tx_produce(&t, v, 0, 3), KAFC_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER);
        IS(tx_produce(&t, v, 0, 0), KAFC_OK);
        IS(tx_produce(&t, v, 1, 0), KAFC_OK);
        IS(tx_produce(&t, v, 0, 2), KAFC_OK);
        ck_assert_int_eq(tx_look(&t).partitions, 2);
        IS(tx_end(&t, 5, commit), KAFC_OK);
        ck_assert_int_eq(t.epoch, epoch + 1);
        ck_assert_int_eq(t.pid, pid);
        IS(tx_end_as(&t, 5, pid, epoch, commit), KAFC_OK); /* again, with the same answer */
        ck_assert_int_eq(t.epoch, epoch + 1);
        IS(tx_end_as(&t, 5, pid, epoch, !commit), KAFC_ERR_INVALID_TXN_STATE);
        IS(tx_end_as(&t, 5, pid, (int16_t)(epoch - 1), commit), KAFC_ERR_PRODUCER_FENCED);
        IS(tx_produce_as(&t, v, epoch, 0, 4)->error_code, KAFC_ERR_INVALID_PRODUCER_EPOCH);
    }
    ck_assert_int_eq(tx_aborted(&t, 0), 1);
    ck_assert_int_eq(tx_log(&t, 1).high_watermark, 6);
    /* An end without anything in it: an abort is taken at any time, a commit is not. */
    IS(tx_end(&t, 5, true), KAFC_ERR_INVALID_TXN_STATE);
    IS(tx_end(&t, 5, false), KAFC_OK);
    ck_assert_int_eq(t.epoch, 3);
    IS(tx_end(&t, 5, true), KAFC_ERR_INVALID_TXN_STATE);
    IS(tx_end(&t, 5, false), KAFC_OK);
    ck_assert_int_eq(t.epoch, 4);
    IS(tx_init(&t, 5, pid, t.epoch), KAFC_OK);
    IS(tx_end(&t, 5, true), KAFC_ERR_INVALID_TXN_STATE);
    IS(tx_end(&t, 5, false), KAFC_OK);
    ck_assert_int_eq(tx_log(&t, 0).high_watermark, 10);
    ask_fini(&t.a);
}
END_TEST

START_TEST(a_second_instance_fences_the_first)
{
    struct tx t, zombie;
    for (int16_t feature = 1; feature <= 2; feature++) {
        tx_setup(&t);
        IS(kafc__cluster_set_transaction_version(t.a.c, feature), KAFC_OK);
        IS(tx_init(&t, 4, -1, -1), KAFC_OK);
        IS(tx_add(&t, 0), KAFC_OK);
        IS(tx_produce(&t, 11, 0, 0), KAFC_OK);
        zombie = t;
        /* Its transaction is aborted first, under an epoch that no other is given. */
        IS(tx_init(&t, 4, -1, -1), KAFC_ERR_CONCURRENT_TRANSACTIONS);
        IS(tx_look(&t).state, KAFC_MOCK_TXN_COMPLETE_ABORT);
        IS(tx_init(&t, 4, -1, -1), KAFC_OK);
        ck_assert_int_eq(t.pid, zombie.pid);
        ck_assert_int_eq(t.epoch, 2);
        for (int16_t v = 0; v <= 3; v++) {
            kafc_err fenced = v < 2 ? KAFC_ERR_INVALID_PRODUCER_EPOCH : KAFC_ERR_PRODUCER_FENCED;
            IS(tx_add_as(&t, v, zombie.epoch, "t", 0), fenced);
            IS(tx_end_as(&t, v, zombie.pid, zombie.epoch, true), fenced);
        }
        IS(tx_init(&t, 3, zombie.pid, zombie.epoch), KAFC_ERR_INVALID_PRODUCER_EPOCH);
        IS(tx_init(&t, 4, zombie.pid, zombie.epoch), KAFC_ERR_PRODUCER_FENCED);
        IS(tx_end_as(&t, 5, zombie.pid, zombie.epoch, true), KAFC_ERR_PRODUCER_FENCED);
        IS(tx_produce_as(&t, 11, zombie.epoch, 0, 2)->error_code, KAFC_ERR_INVALID_PRODUCER_EPOCH);
        IS(tx_produce_as(&t, 11, zombie.epoch, 1, 0)->error_code, KAFC_ERR_INVALID_PRODUCER_EPOCH);
        IS(tx_produce_as(&t, 12, zombie.epoch, 1, 0)->error_code, KAFC_ERR_INVALID_PRODUCER_EPOCH);
        IS(tx_init(&t, 4, t.pid + 1, 0), KAFC_ERR_PRODUCER_FENCED);
        t.pid++;
        IS(tx_add(&t, 0), KAFC_ERR_INVALID_PRODUCER_ID_MAPPING);
        IS(tx_end(&t, 3, true), KAFC_ERR_INVALID_PRODUCER_ID_MAPPING);
        IS(tx_produce(&t, 11, 1, 0), KAFC_ERR_INVALID_PRODUCER_ID_MAPPING);
        ck_assert_int_eq(tx_aborted(&t, 0), 1);
        ask_fini(&t.a);
    }
}
END_TEST

START_TEST(an_epoch_is_raised_for_the_one_who_has_it)
{
    struct tx t;
    int64_t pid;
    tx_setup(&t);
    IS(tx_init(&t, 3, 77, 5), KAFC_OK); /* nothing is known of the id yet */
    pid = t.pid;
    ck_assert_int_eq(t.epoch, 0);
    IS(tx_init(&t, 3, pid, 0), KAFC_OK);
    ck_assert_int_eq(t.epoch, 1);
    IS(tx_init(&t, 3, pid, 0), KAFC_OK); /* repeated: the answer was lost */
    ck_assert_int_eq(t.epoch, 1);
    IS(tx_init(&t, 3, pid, 1), KAFC_OK);
    ck_assert_int_eq(t.epoch, 2);
    IS(tx_init(&t, 3, pid, 0), KAFC_ERR_INVALID_PRODUCER_EPOCH);
    IS(tx_init(&t, 4, pid, -1), KAFC_ERR_INVALID_REQUEST);
    IS(tx_init(&t, 4, -1, 3), KAFC_ERR_INVALID_REQUEST);
    IS(tx_init(&t, 4, -1, -1), KAFC_OK);
    ck_assert_int_eq(t.epoch, 3);
    IS(tx_init(&t, 4, pid, 2), KAFC_ERR_PRODUCER_FENCED); /* no repetition across an instance */
    ask_fini(&t.a);
}
END_TEST

START_TEST(epochs_run_out)
{
    struct tx t;
    int64_t pid;
    tx_setup(&t);
    IS(tx_init(&t, 4, -1, -1), KAFC_OK);
    pid = t.pid;
    kafc__mtxn_find(t.a.c, ask_str("x"))->epoch = t.epoch = INT16_MAX - 1;
    ck_assert_int_eq(t.pid, pid);
    /* at the end of a transaction */
    IS(tx_produce(&t, 12, 0, 0), KAFC_OK);
    IS(tx_end(&t, 5, true), KAFC_OK);
    ck_assert_int_gt(t.pid, pid);
    ck_assert_int_eq(t.epoch, 0);
    int64_t second = t.pid;
    IS(tx_end_as(&t, 5, pid, INT16_MAX - 1, true), KAFC_OK); /* again */
    ck_assert_int_eq(t.pid, second);
    ck_assert_int_eq(t.epoch, 0);
    ck_assert_int_eq(tx_log(&t, 0).last_stable, 3);
    IS(tx_produce(&t, 12, 0, 0), KAFC_OK);
    IS(tx_end(&t, 5, true), KAFC_OK);
    /* and by InitProducerId, with a repetition */
    kafc__mtxn_find(t.a.c, ask_str("x"))->epoch = t.epoch = INT16_MAX - 1;
    IS(tx_init(&t, 4, second, INT16_MAX - 1), KAFC_OK);
    int64_t third = t.pid;
    ck_assert_int_gt(third, second);
    IS(tx_init(&t, 4, second, INT16_MAX - 1), KAFC_OK);
    ck_assert_int_eq(t.pid, third);
    ck_assert_int_eq(t.epoch, 0);
    IS(tx_init(&t, 4, second, INT16_MAX - 2), KAFC_ERR_PRODUCER_FENCED);
    ask_fini(&t.a);
}
END_TEST

START_TEST(while_markers_are_out_all_is_busy)
{
    struct tx t;
    tx_setup(&t);
    IS(kafc__cluster_set_marker_delay(t.a.c, 50), KAFC_OK);
    IS(tx_init(&t, 4, -1, -1), KAFC_OK);
    for (int commit = 0; commit <= 1; commit++) {
        IS(tx_add(&t, 0), KAFC_OK);
        IS(tx_produce(&t, 11, 0, 2 * commit), KAFC_OK);
        IS(tx_end(&t, 4, commit), KAFC_OK); /* is answered when it is decided */
        IS(tx_look(&t).state, commit ? KAFC_MOCK_TXN_PREPARE_COMMIT : KAFC_MOCK_TXN_PREPARE_ABORT);
        IS(tx_end(&t, 4, commit), KAFC_ERR_CONCURRENT_TRANSACTIONS);
        IS(tx_end(&t, 4, !commit), KAFC_ERR_INVALID_TXN_STATE);
        IS(tx_add(&t, 1), KAFC_ERR_CONCURRENT_TRANSACTIONS);
        IS(tx_add_offsets(&t, 3, "g"), KAFC_ERR_CONCURRENT_TRANSACTIONS);
        IS(tx_init(&t, 4, -1, -1), KAFC_ERR_CONCURRENT_TRANSACTIONS);
        IS(tx_produce(&t, 11, 1, 0), KAFC_ERR_NOT_ENOUGH_REPLICAS);
        IS(tx_produce(&t, 12, 1, 0), KAFC_ERR_CONCURRENT_TRANSACTIONS);
        ck_assert_int_eq(tx_log(&t, 0).last_stable, 3 * commit);
        ck_assert_int_eq(kafc__cluster_deadline(t.a.c), t.a.now + 50000);
        ask_advance(&t.a, 49999);
        IS(tx_look(&t).state, commit ? KAFC_MOCK_TXN_PREPARE_COMMIT : KAFC_MOCK_TXN_PREPARE_ABORT);
        ask_advance(&t.a, 1);
        IS(tx_look(&t).state,
           commit ? KAFC_MOCK_TXN_COMPLETE_COMMIT : KAFC_MOCK_TXN_COMPLETE_ABORT);
        ck_assert_int_eq(tx_log(&t, 0).last_stable, 3 * (commit + 1));
    }
    /* The second generation: the next epoch is known, and is busy as well. */
    IS(kafc__cluster_set_marker_delay(t.a.c, -1), KAFC_OK);
    IS(tx_produce(&t, 12, 0, 4), KAFC_OK);
    IS(tx_end(&t, 5, true), KAFC_OK);
    IS(tx_produce(&t, 12, 0, 0), KAFC_ERR_CONCURRENT_TRANSACTIONS);
    IS(tx_end_as(&t, 5, t.pid, (int16_t)(t.epoch - 1), true), KAFC_ERR_CONCURRENT_TRANSACTIONS);
    IS(tx_end(&t, 5, false), KAFC_ERR_CONCURRENT_TRANSACTIONS);
    ask_advance(&t.a, 3600000000);
    IS(tx_look(&t).state, KAFC_MOCK_TXN_PREPARE_COMMIT);
    IS(kafc__cluster_set_marker_delay(t.a.c, 0), KAFC_OK);
    ask_advance(&t.a, 0);
    IS(tx_produce(&t, 12, 0, 0), KAFC_OK);
    ask_fini(&t.a);
}
END_TEST

START_TEST(a_transaction_times_out)
{
    struct tx t;
    for (int16_t feature = 1; feature <= 2; feature++) {
        tx_setup(&t);
        IS(kafc__cluster_set_transaction_version(t.a.c, feature), KAFC_OK);
        IS(tx_init(&t, 4, -1, -1), KAFC_OK);
        ck_assert_int_eq(kafc__cluster_deadline(t.a.c), INT64_MAX);
        IS(tx_add(&t, 0), KAFC_OK);
        IS(tx_produce(&t, 11, 0, 0), KAFC_OK);
        ck_assert_int_eq(kafc__cluster_deadline(t.a.c), t.a.now + TX_TIMEOUT_MS * 1000);
        ask_advance(&t.a, TX_TIMEOUT_MS * 1000 - 1);
        IS(tx_produce(&t, 11, 0, 2), KAFC_OK);
        ask_advance(&t.a, 1);
        IS(tx_look(&t).state, KAFC_MOCK_TXN_COMPLETE_ABORT);
        IS(tx_produce(&t, 11, 0, 4), KAFC_ERR_INVALID_PRODUCER_EPOCH);
        IS(tx_add(&t, 0), KAFC_ERR_PRODUCER_FENCED);
        IS(tx_end(&t, 4, true), KAFC_ERR_PRODUCER_FENCED);
        IS(tx_end(&t, 5, true), KAFC_ERR_INVALID_TXN_STATE);
        int16_t old = t.epoch;
        IS(tx_end(&t, 5, false), KAFC_OK); /* its own abort, as far as it can tell */
        ck_assert_int_eq(t.epoch, old + 1);
        /* Who has the epoch of before gets the present one, in the second generation. */
        IS(tx_init(&t, 4, t.pid, old), feature == 2 ? KAFC_OK : KAFC_ERR_PRODUCER_FENCED);
        ck_assert_int_eq(t.epoch, old + 1);
        ck_assert_int_eq(tx_aborted(&t, 0), 1);
        ask_fini(&t.a);
    }
}
END_TEST

START_TEST(timeouts_have_bounds)
{
    static const struct {
        int32_t ms;
        kafc_err code;
    } cases[] = { { 0, KAFC_ERR_INVALID_TRANSACTION_TIMEOUT },
                  { -1, KAFC_ERR_INVALID_TRANSACTION_TIMEOUT },
                  { 900001, KAFC_ERR_INVALID_TRANSACTION_TIMEOUT },
                  { 900000, KAFC_OK },
                  { 1, KAFC_OK } };
    struct kafc_init_producer_id_req q;
    struct kafc_init_producer_id_resp r;
    struct tx t;
    tx_setup(&t);
    kafc__msg_defaults(&kafc_init_producer_id_req_schema, &q);
    q.transactional_id = ask_str("x");
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        q.transaction_timeout_ms = cases[i].ms;
        ask_call(&t.a, KAFC_API_INIT_PRODUCER_ID, 4, &q, &r);
        IS(r.error_code, cases[i].code);
    }
    q.transactional_id = ask_str("");
    ask_call(&t.a, KAFC_API_INIT_PRODUCER_ID, 4, &q, &r);
    IS(r.error_code, KAFC_ERR_INVALID_REQUEST);
    ask_fini(&t.a);
}
END_TEST

START_TEST(offsets_wait_for_the_end)
{
    struct tx t;
    int64_t committed;
    tx_setup(&t);
    IS(tx_init(&t, 4, -1, -1), KAFC_OK);
    IS(tx_send_offset(&t, 3, "g", 0, 10), KAFC_ERR_INVALID_TXN_STATE); /* did not join */
    IS(tx_send_offset(&t, 4, "g", 0, 10), KAFC_ERR_TRANSACTION_ABORTABLE);
    for (int16_t v = 0; v <= 4; v++) {
        bool commit = v & 1;
        IS(tx_add_offsets(&t, v, "g"), KAFC_OK);
        ck_assert_int_eq(tx_look(&t).groups, 1);
        IS(tx_send_offset(&t, v, "g", 0, 10 + v), KAFC_OK);
        IS(tx_send_offset(&t, v, "g", 0, 20 + v), KAFC_OK);
        ck_assert_int_eq(tx_offset_of(&t, 7, "g", true), -KAFC_ERR_UNSTABLE_OFFSET_COMMIT);
        ck_assert_int_eq(tx_offset_of(&t, 8, "g", true), -KAFC_ERR_UNSTABLE_OFFSET_COMMIT);
        ck_assert_int_eq(tx_offset_of(&t, 8, "g", false), v < 2 ? -1 : v < 4 ? 21 : 23);
        IS(tx_end(&t, v < 4 ? v : 4, commit), KAFC_OK);
        ck_assert_int_eq(tx_offset_of(&t, 8, "g", true), v < 1 ? -1 : v < 3 ? 21 : 23);
    }
    IS(tx_send_offset(&t, 5, "g", 0, 30), KAFC_OK); /* joins by itself */
    IS(tx_send_offset(&t, 5, "g", 7, 30), KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION);
    IS(tx_send_offset(&t, 5, "", 0, 30), KAFC_ERR_INVALID_GROUP_ID);
    ck_assert_int_eq(tx_offset_of(&t, 10, "g", true), -KAFC_ERR_UNSTABLE_OFFSET_COMMIT);
    IS(tx_end(&t, 5, true), KAFC_OK);
    for (int16_t v = 1; v <= 10; v++)
        ck_assert_int_eq(tx_offset_of(&t, v, "g", v >= 7), 30);
    IS(kafc__cluster_committed(t.a.c, "g", "t", 0, &committed), KAFC_OK);
    ck_assert_int_eq(committed, 30);
    IS(kafc__cluster_committed(t.a.c, "g", "t", 1, &committed),
       KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION);
    IS(kafc__cluster_committed(t.a.c, "h", "t", 0, &committed), KAFC_ERR_GROUP_ID_NOT_FOUND);
    t.epoch--;
    IS(tx_send_offset(&t, 5, "g", 0, 40), KAFC_ERR_INVALID_PRODUCER_EPOCH);
    ask_fini(&t.a);
}
END_TEST

START_TEST(offsets_without_transactions)
{
    struct tx t;
    struct kafc_offset_fetch_req q;
    struct kafc_offset_fetch_resp r;
    tx_setup(&t);
    IS(tx_commit_offset(&t, 8, 3, 1), KAFC_ERR_ILLEGAL_GENERATION);
    IS(tx_commit_offset(&t, 9, 3, 1), KAFC_ERR_GROUP_ID_NOT_FOUND);
    ck_assert_int_eq(tx_offset_of(&t, 9, "plain", true), -1);
    for (int16_t v = 2; v <= 10; v++) {
        IS(tx_commit_offset(&t, v, -1, v), KAFC_OK);
        ck_assert_int_eq(tx_offset_of(&t, v, "plain", false), v);
    }
    IS(tx_commit_offset(&t, 9, 3, 1), KAFC_ERR_UNKNOWN_MEMBER_ID);
    kafc__msg_defaults(&kafc_offset_fetch_req_schema, &q);
    q.group_id = ask_str("plain");
    q.topics.n = -1; /* all that there is */
    ask_call(&t.a, KAFC_API_OFFSET_FETCH, 7, &q, &r);
    ck_assert_int_eq(r.topics.n, 1);
    ck_assert_int_eq(r.topics.v[0].partitions.n, 1);
    ck_assert_int_eq(r.topics.v[0].partitions.v[0].committed_offset, 10);
    ask_fini(&t.a);
}
END_TEST

static const char *const keys[] = { "x", "g", "another", "and one more", "z" };

START_TEST(coordinators_are_found_move_and_load)
{
    struct tx t;
    int32_t at;
    tx_setup_of(&t, KAFC_MOCK(.brokers = 3, .coordinator_load_ms = 100));
    for (int16_t v = 0; v <= 6; v++)
        for (int8_t type = 0; type <= (v > 0); type++) {
            struct kafc_find_coordinator_req q;
            struct kafc_find_coordinator_resp r;
            kafc_str names[5];

            kafc__msg_defaults(&kafc_find_coordinator_req_schema, &q);
            for (int i = 0; i < 5; i++)
                names[i] = ask_str(keys[i]);
            q.key_type = type;
            q.key = v < 4 ? names[0] : q.key;
            q.coordinator_keys.v = names;
            q.coordinator_keys.n = v < 4 ? 0 : 5;
            ask_call(&t.a, KAFC_API_FIND_COORDINATOR, v, &q, &r);
            ck_assert_int_eq(r.coordinators.n, v < 4 ? 0 : 5);
            for (int i = 0; i < (v < 4 ? 1 : 5); i++) {
                int32_t want = kafc__cluster_coordinator(
                    t.a.c, type ? KAFC_MOCK_TRANSACTIONS : KAFC_MOCK_GROUPS, keys[i]);
                ck_assert_int_eq(v < 4 ? r.node_id : r.coordinators.v[i].node_id, want);
                ck_assert_int_eq(v < 4 ? r.port : r.coordinators.v[i].port, 9091 + want);
                ck_assert_int_eq(v < 4 ? r.error_code : r.coordinators.v[i].error_code, KAFC_OK);
            }
        }
    at = kafc__cluster_coordinator(t.a.c, KAFC_MOCK_TRANSACTIONS, "x");
    ask_connect(&t.a, at % 3 + 1);
    IS(tx_init(&t, 4, -1, -1), KAFC_ERR_NOT_COORDINATOR);
    IS(tx_add(&t, 0), KAFC_ERR_NOT_COORDINATOR);
    IS(tx_end(&t, 4, true), KAFC_ERR_NOT_COORDINATOR);
    ask_connect(&t.a, at);
    IS(tx_init(&t, 4, -1, -1), KAFC_OK);
    IS(tx_add(&t, 0), KAFC_OK);
    IS(tx_add_offsets(&t, 3, "g"), KAFC_OK);
    IS(kafc__cluster_set_coordinator(t.a.c, KAFC_MOCK_TRANSACTIONS, "x", at % 3 + 1), KAFC_OK);
    IS(tx_end(&t, 4, true), KAFC_ERR_NOT_COORDINATOR);
    ask_connect(&t.a, at % 3 + 1);
    IS(tx_end(&t, 4, true), KAFC_ERR_COORDINATOR_LOAD_IN_PROGRESS);
    ask_advance(&t.a, 100000);
    IS(tx_end(&t, 4, true), KAFC_OK);
    /* A broker that dies leaves it to another. */
    IS(kafc__cluster_stop(t.a.c, at % 3 + 1), KAFC_OK);
    at = kafc__cluster_coordinator(t.a.c, KAFC_MOCK_TRANSACTIONS, "x");
    ask_connect(&t.a, at);
    IS(tx_init(&t, 4, -1, -1), KAFC_ERR_COORDINATOR_LOAD_IN_PROGRESS);
    ask_advance(&t.a, 100000);
    IS(tx_init(&t, 4, -1, -1), KAFC_OK);
    ck_assert_int_eq(t.epoch, 1); /* it knows of the first one */
    ask_fini(&t.a);
}
END_TEST

START_TEST(nobody_coordinates)
{
    struct tx t;
    struct kafc_find_coordinator_req q;
    struct kafc_find_coordinator_resp r;
    tx_setup(&t);
    IS(tx_init(&t, 4, -1, -1), KAFC_OK);
    IS(tx_produce(&t, 12, 0, 0), KAFC_OK);
    IS(kafc__cluster_set_marker_delay(t.a.c, 5), KAFC_OK);
    IS(tx_end(&t, 5, true), KAFC_OK);
    IS(kafc__cluster_set_coordinator(t.a.c, KAFC_MOCK_TRANSACTIONS, "x", -1), KAFC_OK);
    kafc__msg_defaults(&kafc_find_coordinator_req_schema, &q);
    q.key = ask_str("x");
    q.key_type = 1;
    ask_call(&t.a, KAFC_API_FIND_COORDINATOR, 3, &q, &r);
    IS(r.error_code, KAFC_ERR_COORDINATOR_NOT_AVAILABLE);
    ck_assert_int_eq(r.node_id, -1);
    q.key_type = 3;
    ask_call(&t.a, KAFC_API_FIND_COORDINATOR, 3, &q, &r);
    IS(r.error_code, KAFC_ERR_INVALID_REQUEST);
    IS(tx_produce(&t, 12, 1, 0), KAFC_ERR_NOT_ENOUGH_REPLICAS);
    ask_advance(&t.a, 1000000);
    IS(tx_look(&t).state, KAFC_MOCK_TXN_PREPARE_COMMIT); /* markers come from the coordinator */
    IS(kafc__cluster_set_coordinator(t.a.c, KAFC_MOCK_TRANSACTIONS, "x", 1), KAFC_OK);
    ask_advance(&t.a, 0);
    IS(tx_look(&t).state, KAFC_MOCK_TXN_COMPLETE_COMMIT);
    ask_fini(&t.a);
}
END_TEST

START_TEST(markers_wait_for_a_leader)
{
    struct tx t;
    tx_setup(&t);
    IS(tx_init(&t, 4, -1, -1), KAFC_OK);
    IS(tx_produce(&t, 12, 0, 0), KAFC_OK);
    IS(tx_produce(&t, 12, 1, 0), KAFC_OK);
    IS(kafc__cluster_set_leader(t.a.c, "t", 1, -1), KAFC_OK);
    IS(tx_end(&t, 5, true), KAFC_OK);
    ck_assert_int_eq(tx_log(&t, 0).last_stable, 3);
    ck_assert_int_eq(tx_log(&t, 1).last_stable, 0);
    IS(tx_look(&t).state, KAFC_MOCK_TXN_PREPARE_COMMIT);
    IS(kafc__cluster_set_leader(t.a.c, "t", 1, 1), KAFC_OK);
    ask_advance(&t.a, kafc__cluster_deadline(t.a.c) - t.a.now);
    ck_assert_int_eq(tx_log(&t, 1).last_stable, 3);
    IS(tx_look(&t).state, KAFC_MOCK_TXN_COMPLETE_COMMIT);
    /* A topic that is gone needs none. */
    IS(tx_produce(&t, 12, 1, 0), KAFC_OK);
    IS(kafc__cluster_delete_topic(t.a.c, "t"), KAFC_OK);
    IS(tx_end(&t, 5, true), KAFC_OK);
    IS(tx_look(&t).state, KAFC_MOCK_TXN_COMPLETE_COMMIT);
    ask_fini(&t.a);
}
END_TEST

START_TEST(unknown_partitions_keep_the_others_out)
{
    struct tx t;
    struct kafc_add_partitions_to_txn_req q;
    struct kafc_add_partitions_to_txn_req_topic qt[2];
    struct kafc_add_partitions_to_txn_resp r;
    int32_t parts[] = { 0, 1 };
    tx_setup(&t);
    IS(tx_init(&t, 4, -1, -1), KAFC_OK);
    kafc__msg_defaults(&kafc_add_partitions_to_txn_req_schema, &q);
    for (int i = 0; i < 2; i++) {
        kafc__msg_defaults(&kafc_add_partitions_to_txn_req_topic_schema, &qt[i]);
        qt[i].name = ask_str(i ? "none" : "t");
        qt[i].partitions.v = parts;
        qt[i].partitions.n = 2 - i;
    }
    q.v3_and_below_transactional_id = ask_str("x");
    q.v3_and_below_producer_id = t.pid;
    q.v3_and_below_producer_epoch = t.epoch;
    q.v3_and_below_topics.v = qt;
    q.v3_and_below_topics.n = 2;
    ask_call(&t.a, KAFC_API_ADD_PARTITIONS_TO_TXN, 3, &q, &r);
    for (int i = 0; i < 2; i++)
        IS(r.results_by_topic_v3_and_below.v[0].results_by_partition.v[i].partition_error_code,
           KAFC_ERR_OPERATION_NOT_ATTEMPTED);
    IS(r.results_by_topic_v3_and_below.v[1].results_by_partition.v[0].partition_error_code,
       KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION);
    IS(tx_look(&t).state, KAFC_MOCK_TXN_EMPTY);
    ask_fini(&t.a);
}
END_TEST

START_TEST(brokers_ask_for_several_transactions)
{
    struct tx t;
    struct kafc_add_partitions_to_txn_req q;
    struct kafc_add_partitions_to_txn_req_transaction qx[2];
    struct kafc_add_partitions_to_txn_req_topic qt;
    struct kafc_add_partitions_to_txn_resp r;
    int32_t part = 1;
    tx_setup(&t);
    IS(tx_init(&t, 4, -1, -1), KAFC_OK);
    kafc__msg_defaults(&kafc_add_partitions_to_txn_req_schema, &q);
    kafc__msg_defaults(&kafc_add_partitions_to_txn_req_topic_schema, &qt);
    qt.name = ask_str("t");
    qt.partitions.v = &part;
    qt.partitions.n = 1;
    for (int i = 0; i < 2; i++) {
        kafc__msg_defaults(&kafc_add_partitions_to_txn_req_transaction_schema, &qx[i]);
        qx[i].transactional_id = ask_str(i ? "unknown" : "x");
        qx[i].producer_id = t.pid;
        qx[i].producer_epoch = t.epoch;
        qx[i].topics.v = &qt;
        qx[i].topics.n = 1;
    }
    q.transactions.v = qx;
    q.transactions.n = 2;
    for (int16_t v = 4; v <= 5; v++)
        for (int verify = 1; verify >= 0; verify--) {
            qx[0].verify_only = qx[1].verify_only = verify;
            ask_call(&t.a, KAFC_API_ADD_PARTITIONS_TO_TXN, v, &q, &r);
            ck_assert_int_eq(r.results_by_transaction.n, 2);
            IS(r.results_by_transaction.v[0]
                   .topic_results.v[0]
                   .results_by_partition.v[0]
                   .partition_error_code,
               v == 4 && verify ? KAFC_ERR_TRANSACTION_ABORTABLE : KAFC_OK);
            IS(r.results_by_transaction.v[1]
                   .topic_results.v[0]
                   .results_by_partition.v[0]
                   .partition_error_code,
               KAFC_ERR_INVALID_PRODUCER_ID_MAPPING);
        }
    ck_assert_int_eq(tx_look(&t).partitions, 1);
    ask_fini(&t.a);
}
END_TEST

START_TEST(former_releases_do_not_ask)
{
    struct tx t;
    struct kafc_api_versions_req q;
    struct kafc_api_versions_resp r;
    tx_setup_of(&t, KAFC_MOCK(.brokers = 1, .release = "2.1"));
    IS(tx_init(&t, 1, -1, -1), KAFC_OK);
    IS(tx_produce(&t, 7, 0, 0), KAFC_OK); /* and nobody will end it */
    IS(tx_add_as(&t, 1, t.epoch, "t", 1), KAFC_OK);
    IS(tx_send_offset(&t, 2, "g", 0, 4), KAFC_OK);
    IS(tx_add_offsets(&t, 1, "g"), KAFC_OK);
    IS(tx_end(&t, 1, true), KAFC_OK);
    ck_assert_int_eq(tx_log(&t, 0).last_stable, 0);
    ck_assert_int_eq(tx_offset_of(&t, 5, "g", false), 4);
    kafc__msg_defaults(&kafc_api_versions_req_schema, &q);
    q.client_software_name = q.client_software_version = ask_str("x");
    IS(kafc__cluster_set_release(t.a.c, "2.8"), KAFC_OK);
    ask_call(&t.a, KAFC_API_API_VERSIONS, 3, &q, &r);
    ck_assert_int_eq(r.finalized_features.n, 0);
    ck_assert_int_eq(r.finalized_features_epoch, -1);
    ask_fini(&t.a);
}
END_TEST

START_TEST(transaction_version_is_a_finalized_feature)
{
    struct tx t;
    struct kafc_api_versions_req q;
    struct kafc_api_versions_resp r;
    int64_t epoch = -1;
    tx_setup(&t);
    kafc__msg_defaults(&kafc_api_versions_req_schema, &q);
    q.client_software_name = q.client_software_version = ask_str("x");
    for (int16_t level = 2; level >= 0; level--) {
        IS(kafc__cluster_set_transaction_version(t.a.c, level), KAFC_OK);
        for (int16_t v = 3; v <= kafc_api_versions_api.max; v++) {
            ask_call(&t.a, KAFC_API_API_VERSIONS, v, &q, &r);
            ck_assert_int_eq(r.supported_features.n, v >= 4);
            ck_assert_int_eq(r.finalized_features.n, level > 0);
            if (level > 0)
                ck_assert_int_eq(r.finalized_features.v[0].max_version_level, level);
        }
        ck_assert_int_gt(r.finalized_features_epoch, epoch);
        epoch = r.finalized_features_epoch;
    }
    IS(kafc__cluster_set_transaction_version(t.a.c, 3), KAFC_ERR_USAGE);
    ask_call(&t.a, KAFC_API_API_VERSIONS, 2, &q, &r);
    ck_assert_int_eq(r.finalized_features.n, 0);
    ask_fini(&t.a);
}
END_TEST

START_TEST(forced_errors_change_nothing)
{
    static const int16_t apis[] = { KAFC_API_INIT_PRODUCER_ID, KAFC_API_ADD_PARTITIONS_TO_TXN,
                                    KAFC_API_ADD_OFFSETS_TO_TXN, KAFC_API_TXN_OFFSET_COMMIT,
                                    KAFC_API_END_TXN };
    struct tx t;
    tx_setup(&t);
    IS(tx_init(&t, 4, -1, -1), KAFC_OK);
    for (size_t i = 0; i < sizeof(apis) / sizeof(*apis); i++)
        IS(kafc__cluster_push_error(t.a.c, apis[i], KAFC_ERR_CONCURRENT_TRANSACTIONS, 1), KAFC_OK);
    IS(kafc__cluster_push_error(t.a.c, KAFC_API_OFFSET_FETCH, KAFC_ERR_NOT_COORDINATOR, 2),
       KAFC_OK);
    IS(kafc__cluster_push_error(t.a.c, KAFC_API_OFFSET_COMMIT, KAFC_ERR_NOT_COORDINATOR, 1),
       KAFC_OK);
    IS(tx_init(&t, 4, -1, -1), KAFC_ERR_CONCURRENT_TRANSACTIONS);
    IS(tx_add(&t, 0), KAFC_ERR_CONCURRENT_TRANSACTIONS);
    IS(tx_add_offsets(&t, 3, "g"), KAFC_ERR_CONCURRENT_TRANSACTIONS);
    IS(tx_send_offset(&t, 5, "g", 0, 1), KAFC_ERR_CONCURRENT_TRANSACTIONS);
    IS(tx_end(&t, 5, false), KAFC_ERR_CONCURRENT_TRANSACTIONS);
    IS(tx_commit_offset(&t, 9, -1, 1), KAFC_ERR_NOT_COORDINATOR);
    ck_assert_int_eq(tx_offset_of(&t, 9, "plain", false), -KAFC_ERR_NOT_COORDINATOR);
    ck_assert_int_eq(tx_offset_of(&t, 1, "plain", false), -KAFC_ERR_NOT_COORDINATOR);
    IS(tx_look(&t).state, KAFC_MOCK_TXN_EMPTY);
    ck_assert_int_eq(tx_look(&t).epoch, 0);
    ck_assert_int_eq(tx_offset_of(&t, 9, "plain", false), -1);
    ask_fini(&t.a);
}
END_TEST

START_TEST(batches_need_the_id)
{
    struct tx t;
    tx_setup(&t);
    IS(tx_init(&t, 4, -1, -1), KAFC_OK);
    t.a.transactional_id = (kafc_str){ NULL, 0 };
    IS(tx_produce(&t, 12, 0, 0), KAFC_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
    t.a.transactional_id = ask_str("other");
    IS(tx_produce(&t, 12, 0, 0), KAFC_ERR_INVALID_PRODUCER_ID_MAPPING);
    ask_fini(&t.a);
}
END_TEST

/* What is open goes on, and is ended in the partitions that were there before and in those that came. */
START_TEST(a_topic_grows_under_a_transaction)
{
    struct tx t;
    tx_setup(&t);
    IS(tx_init(&t, 5, -1, -1), KAFC_OK);
    IS(tx_produce(&t, 12, 0, 0), KAFC_OK);
    IS(kafc__cluster_grow_topic(t.a.c, "t", 1), KAFC_ERR_INVALID_PARTITIONS);
    IS(kafc__cluster_grow_topic(t.a.c, "none", 9), KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION);
    IS(kafc__cluster_grow_topic(t.a.c, "t", 40), KAFC_OK);
    IS(tx_produce(&t, 12, 39, 0), KAFC_OK);
    IS(tx_produce(&t, 12, 0, 2), KAFC_OK);
    IS(tx_end(&t, 5, true), KAFC_OK);
    ck_assert_int_eq(tx_log(&t, 0).high_watermark, 5); /* with its marker */
    ck_assert_int_eq(tx_log(&t, 39).high_watermark, 3);
    ask_fini(&t.a);
}
END_TEST

SUITE_MAIN("mock-transactions", 20, first_generation_by_hand, second_generation_by_hand,
           a_second_instance_fences_the_first, an_epoch_is_raised_for_the_one_who_has_it,
           epochs_run_out, while_markers_are_out_all_is_busy, a_transaction_times_out,
           timeouts_have_bounds, offsets_wait_for_the_end, offsets_without_transactions,
           coordinators_are_found_move_and_load, nobody_coordinates, markers_wait_for_a_leader,
           unknown_partitions_keep_the_others_out, brokers_ask_for_several_transactions,
           former_releases_do_not_ask, transaction_version_is_a_finalized_feature,
           forced_errors_change_nothing, batches_need_the_id, a_topic_grows_under_a_transaction)
