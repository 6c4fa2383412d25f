/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The stage of the tests of transactions.
 */
#include "tests/client/transacting.h"

#include <poll.h>
#include <string.h>

struct transacting transacting;

void transacting_start(int generation)
{
    static const struct {
        const char *release;
        int16_t version;
    } of[TRANSACTING_ALL] = { { NULL, 2 }, { NULL, 1 }, { "2.8", 0 }, { "0.11", 0 } };
    writing_start(3);
    ck_assert_int_eq(kafc_mock_set_release(writing.mock, of[generation].release), KAFC_OK);
    ck_assert_int_eq(kafc_mock_set_transaction_version(writing.mock, of[generation].version),
                     KAFC_OK);
}

void transacting_stop(void)
{
    writing_stop();
}

kafc_writer *transacting_open(void)
{
    kafc_writer *w = writing_open(TRANSACTIONAL);
    transacting_ok(kafc_transaction_init(w, WAIT, &transacting.err));
    ck_assert_int_eq(kafc_transaction_state(w), KAFC_TXN_READY);
    return w;
}

void transacting_close(kafc_writer *w)
{
    transacting_ok(kafc_writer_close(w, WAIT, &transacting.err));
    kafc_writer_free(w);
}

void transacting_begin(kafc_writer *w)
{
    transacting_ok(kafc_transaction_begin(w, &transacting.err));
    ck_assert_int_eq(kafc_transaction_state(w), KAFC_TXN_IN_TRANSACTION);
}

void transacting_send(kafc_writer *w, const char *value, int n)
{
    for (int i = 0; i < n; i++) {
        kafc_message m = { .value = KAFC_STR(value), .to_partition = i % 4 ? i % 4 : KAFC_ZERO };
        transacting_ok(kafc_writer_send(w, &m, NULL, WAIT, &transacting.err));
    }
}

void transacting_offsets(kafc_writer *w, const char *group, int64_t offset)
{
    kafc_group_metadata g = { .group = group };
    kafc_offset o = { .topic = "t", .partition = 1, .offset = offset };
    transacting_ok(kafc_transaction_send_offsets(w, &g, &o, 1, WAIT, &transacting.err));
}

void transacting_coordinator(int32_t broker)
{
    ck_assert_int_eq(
        kafc_mock_set_coordinator(writing.mock, KAFC_MOCK_TRANSACTIONS, TRANSACTIONAL_ID, broker),
        KAFC_OK);
}

void transacting_settled(void)
{
    kafc_mock_transaction x;
    ck_assert_int_eq(kafc_mock_transaction_get(writing.mock, TRANSACTIONAL_ID, &x), KAFC_OK);
    for (int i = 0; i < 5000 && (x.state == KAFC_MOCK_TXN_PREPARE_COMMIT ||
                                 x.state == KAFC_MOCK_TXN_PREPARE_ABORT);
         i++) {
        (void)poll(NULL, 0, 1);
        ck_assert_int_eq(kafc_mock_transaction_get(writing.mock, TRANSACTIONAL_ID, &x), KAFC_OK);
    }
    ck_assert_int_ne(x.state, KAFC_MOCK_TXN_PREPARE_COMMIT);
    ck_assert_int_ne(x.state, KAFC_MOCK_TXN_PREPARE_ABORT);
}

int transacting_read(kafc_isolation isolation, const char *value)
{
    kafc_message m;
    kafc_err rc;
    int n = 0;
    kafc_reader *r = kafc_reader_open(
        writing.client, KAFC_READER(.topic = "t", .stop = KAFC_LAST, .isolation = isolation),
        &transacting.err);
    ck_assert_msg(r != NULL, "%s", transacting.err.message);
    while ((rc = kafc_reader_fetch(r, &m, WAIT, &transacting.err)) == KAFC_OK)
        n += (size_t)m.value.len == strlen(value) && memcmp(m.value.p, value, strlen(value)) == 0;
    ck_assert_msg(rc == KAFC_ERR_END_OF_RANGE, "%s", transacting.err.message);
    kafc_reader_free(r);
    return n;
}

int transacting_main(const char *name, const TTest *const *everywhere, size_t n, TCase *alone)
{
    static const char *const names[TRANSACTING_ALL] = { "v2", "v1", "2.8", "0.11" };
    Suite *s = suite_create(name);
    for (int g = 0; g < TRANSACTING_ALL; g++) {
        TCase *c = tcase_create(names[g]);
        tcase_set_timeout(c, 60);
        for (size_t i = 0; i < n; i++)
            tcase_add_loop_test(c, everywhere[i], g, g + 1);
        suite_add_tcase(s, c);
    }
    if (alone)
        suite_add_tcase(s, alone);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
