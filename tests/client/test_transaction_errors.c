/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the caller of a transaction is told by errors of brokers, and that what
 * it says can be done. Each code of each API is in tests/sim/test_txn_errors.c.
 */
#include <string.h>

#include "base/arena.h"
#include "core/txn.h"
#include "protocol/schema.h"
#include "tests/client/transacting.h"
#include "tests/support/suite.h"

enum { INIT = 22, ADD_PARTITIONS = 24, ADD_OFFSETS = 25, END = 26, OFFSETS = 28 };

static kafc_error *const err = &transacting.err;

static kafc_err offsets(kafc_writer *w)
{
    kafc_group_metadata g = { .group = "g" };
    kafc_offset o = { .topic = "t", .partition = 1, .offset = 5 };
    return kafc_transaction_send_offsets(w, &g, &o, 1, WAIT, err);
}

static kafc_err send_some(kafc_writer *w)
{
    for (int i = 0; i < 4; i++) {
        kafc_message m = { .value = KAFC_STR("v"), .to_partition = i ? i : KAFC_ZERO };
        kafc_err rc = kafc_writer_send(w, &m, NULL, 0, err);
        if (rc != KAFC_OK)
            return rc;
    }
    return KAFC_OK;
}

/* The first thing that goes wrong on the way from begin to commit; where it did before a call, the commit names it. */
static kafc_err transaction(kafc_writer *w)
{
    kafc_err rc = kafc_transaction_begin(w, err);
    rc = rc == KAFC_OK ? send_some(w) : rc;
    rc = rc == KAFC_OK ? offsets(w) : rc;
    return rc == KAFC_OK || rc == KAFC_ERR_ABORTED ? kafc_transaction_commit(w, WAIT, err) : rc;
}

static kafc_err init_and_transaction(kafc_writer *w)
{
    kafc_err rc = kafc_transaction_init(w, WAIT, err);
    return rc == KAFC_OK ? transaction(w) : rc;
}

static void ends_fatally(kafc_writer *w, kafc_err rc)
{
    kafc_err fatal = rc == KAFC_ERR_INVALID_PRODUCER_EPOCH ? KAFC_ERR_PRODUCER_FENCED : rc;
    ck_assert_int_eq(err->cls, KAFC_CLASS_FATAL);
    ck_assert_int_eq(kafc_transaction_state(w), KAFC_TXN_FATAL_ERROR);
    ck_assert_int_eq(kafc_transaction_begin(w, err), fatal);
    ck_assert_int_eq(kafc_transaction_abort(w, WAIT, err), fatal);
    ck_assert_int_eq(kafc_transaction_commit(w, WAIT, err), fatal);
    ck_assert_int_eq(err->cls, KAFC_CLASS_FATAL);
}

static void is_healed_by_an_abort(kafc_writer *w)
{
    ck_assert_int_eq(err->cls, KAFC_CLASS_ABORT);
    ck_assert_int_eq(kafc_transaction_state(w), KAFC_TXN_ABORTABLE_ERROR);
    transacting_ok(kafc_transaction_abort(w, WAIT, err));
    if (kafc_transaction_state(w) == KAFC_TXN_UNINITIALIZED)
        transacting_ok(init_and_transaction(w));
    else
        transacting_ok(transaction(w));
}

/* What an abort is answered with. */
START_TEST(every_answer_to_an_abort)
{
    static const struct {
        kafc_err code;
        kafc_err_class cls;
    } rows[] = {
        { KAFC_ERR_NOT_COORDINATOR, KAFC_CLASS_NONE },
        { KAFC_ERR_CONCURRENT_TRANSACTIONS, KAFC_CLASS_NONE },
        { KAFC_ERR_UNKNOWN_PRODUCER_ID, KAFC_CLASS_ABORT },
        { KAFC_ERR_TRANSACTION_ABORTABLE, KAFC_CLASS_FATAL },
        { KAFC_ERR_INVALID_TXN_STATE, KAFC_CLASS_FATAL },
        { KAFC_ERR_INVALID_PRODUCER_EPOCH, KAFC_CLASS_FATAL },
        { KAFC_ERR_PRODUCER_FENCED, KAFC_CLASS_FATAL },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        transacting_start(_i);
        kafc_writer *w = transacting_open();
        transacting_begin(w);
        transacting_ok(send_some(w));
        transacting_ok(kafc_writer_flush(w, WAIT, err));
        ck_assert_int_eq(kafc_mock_push_error(writing.mock, END, rows[i].code, 1), KAFC_OK);
        kafc_err rc = kafc_transaction_abort(w, WAIT, err);
        ck_assert_int_eq(rc == KAFC_OK, rows[i].cls == KAFC_CLASS_NONE);
        if (rc != KAFC_OK)
            ck_assert_int_eq(err->cls, rows[i].cls);
        if (rows[i].cls == KAFC_CLASS_FATAL)
            ends_fatally(w, rows[i].code);
        else if (rows[i].cls == KAFC_CLASS_ABORT)
            is_healed_by_an_abort(w);
        else
            transacting_ok(transaction(w));
        transacting_close(w);
        transacting_stop();
    }
}
END_TEST

START_TEST(a_timeout_that_is_too_long_is_named)
{
    transacting_start(_i);
    kafc_writer *w = writing_open(KAFC_WRITER(.topic = "t", .transactional_id = TRANSACTIONAL_ID,
                                              .transaction_timeout_ms = 900001));
    ck_assert_int_eq(kafc_transaction_init(w, WAIT, err), KAFC_ERR_INVALID_TRANSACTION_TIMEOUT);
    ck_assert_msg(strstr(err->message, "900001"), "%s", err->message);
    ck_assert_int_eq(err->cls, KAFC_CLASS_FATAL);
    transacting_close(w);
    transacting_stop();
}
END_TEST

/* The sentence says what is denied, and it can be tried again. */
START_TEST(denied_topics_and_ids_are_named)
{
    transacting_start(_i);
    kafc_writer *w = writing_open(TRANSACTIONAL);
    ck_assert_int_eq(
        kafc_mock_push_error(writing.mock, 10, KAFC_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED, 1),
        KAFC_OK);
    ck_assert_int_eq(kafc_transaction_init(w, WAIT, err),
                     KAFC_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
    is_healed_by_an_abort(w);
    if (_i == TRANSACTING_V1) {
        ck_assert_int_eq(kafc_mock_push_error(writing.mock, ADD_PARTITIONS,
                                              KAFC_ERR_TOPIC_AUTHORIZATION_FAILED, 1),
                         KAFC_OK);
        ck_assert_int_eq(transaction(w), KAFC_ERR_TOPIC_AUTHORIZATION_FAILED);
        ck_assert_msg(strstr(err->message, "t ["), "%s", err->message);
        is_healed_by_an_abort(w);
    }
    transacting_close(w);
    transacting_stop();
}
END_TEST

static struct {
    int n, generation;
    char member[16], instance[16], metadata[16];
} carried;

static void take(char out[16], kafc_str s)
{
    memset(out, 0, 16);
    memcpy(out, s.p ? s.p : "null", s.p && s.len < 16 ? (size_t)s.len : 4);
}

static void look(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    struct kafc_arena arena;
    struct kafc_txn_offset_commit_req req;
    struct kafc_rd rd;
    (void)ctx;
    (void)a;
    kafc__arena_init(&arena, NULL, 0);
    kafc__rd_init(&rd, rq->body.p, (size_t)rq->body.len);
    ck_assert_int_eq(
        kafc__msg_decode(&rd, &kafc_txn_offset_commit_req_schema, &req, rq->version, &arena, NULL),
        KAFC_OK);
    carried.n++;
    carried.generation = req.generation_id;
    take(carried.member, req.member_id);
    take(carried.instance, req.group_instance_id);
    take(carried.metadata, req.topics.v[0].partitions.v[0].committed_metadata);
    kafc__arena_fini(&arena);
}

/* The membership under which offsets were read goes with them, to brokers that know what it is; one that is gone ends
 * the transaction. */
START_TEST(offsets_carry_their_membership)
{
    transacting_start(_i);
    bool told = _i != TRANSACTING_0_11;
    kafc_writer *w = transacting_open();
    struct kafc_membership m = { .member = "m", .generation = 3, .instance = "i" };
    kafc_group_metadata g = { .group = "g", .membership = &m };
    kafc_offset o = { .topic = "t", .partition = 1, .offset = 5, .metadata = "here" };
    memset(&carried, 0, sizeof carried);
    ck_assert_int_eq(kafc_mock_hook(writing.mock, OFFSETS, look, NULL), KAFC_OK);
    ck_assert_int_eq(
        kafc_mock_push_error(writing.mock, OFFSETS, KAFC_ERR_COORDINATOR_LOAD_IN_PROGRESS, 1),
        KAFC_OK);
    transacting_begin(w);
    kafc_err rc = kafc_transaction_send_offsets(w, &g, &o, 1, WAIT, err);
    ck_assert_int_ge(carried.n, 1);
    ck_assert_int_eq(carried.generation, told ? 3 : -1);
    ck_assert_str_eq(carried.member, told ? "m" : "");
    ck_assert_str_eq(carried.instance, told ? "i" : "null");
    ck_assert_str_eq(carried.metadata, "here");
    if (rc != KAFC_OK) /* the mock has no members */
        is_healed_by_an_abort(w);
    transacting_close(w);
    transacting_stop();
}
END_TEST

SUITE_LOOPS("client/transaction_errors", 60,
            LOOP(every_answer_to_an_abort, TRANSACTING_V2, TRANSACTING_V1 + 1),
            LOOP(a_timeout_that_is_too_long_is_named, 0, TRANSACTING_ALL),
            LOOP(denied_topics_and_ids_are_named, TRANSACTING_V2, TRANSACTING_V1 + 1),
            LOOP(offsets_carry_their_membership, 0, TRANSACTING_ALL))
