/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The mock as the leader of a partition: appends, checks, sequences.
 */
#include "base/hash.h"
#include "protocol/api/00_produce.h"
#include "protocol/api/22_init_producer_id.h"
#include "tests/mock/ask.h"
#include "tests/support/suite.h"

static void setup(struct ask *a)
{
    ask_init(a, KAFC_MOCK(.brokers = 2));
    ck_assert_int_eq(kafc__cluster_create_topic(a->c, "t", 2, 0), KAFC_OK);
}

#define ERROR(p, code) ck_assert_int_eq((p)->error_code, (code))

START_TEST(every_version_appends_and_tells_the_offset)
{
    struct ask a;
    kafc_mock_log log;
    setup(&a);
    for (int16_t v = 3; v <= 13; v++) {
        const struct kafc_produce_resp_partition *p = ask_produce(
            &a, v, -1, "t", 0, ask_make(&a, &(struct ask_batch){ .n = 3, .first = v }));
        ERROR(p, KAFC_OK);
        ck_assert_int_eq(p->base_offset, (v - 3) * 3);
        ck_assert_int_eq(p->log_append_time_ms, -1);
    }
    ck_assert_int_eq(kafc__cluster_log(a.c, "t", 0, &log), KAFC_OK);
    ck_assert_int_eq(log.high_watermark, 33);
    ck_assert_int_eq(log.batches, 11);
    ck_assert_int_eq(log.records, 33);
    ask_fini(&a);
}
END_TEST

START_TEST(who_does_not_lead_says_who_does)
{
    struct ask a;
    const struct kafc_produce_resp_partition *p;
    setup(&a);
    p = ask_produce(&a, 10, -1, "t", 1, ask_make(&a, &(struct ask_batch){ .n = 1 }));
    ERROR(p, KAFC_ERR_NOT_LEADER_OR_FOLLOWER);
    ck_assert_int_eq(p->current_leader.leader_id, 2);
    ck_assert_int_eq(p->current_leader.leader_epoch, 0);
    ck_assert_int_eq(kafc__cluster_set_leader(a.c, "t", 1, 1), KAFC_OK);
    p = ask_produce(&a, 10, -1, "t", 1, ask_make(&a, &(struct ask_batch){ .n = 1 }));
    ERROR(p, KAFC_OK);
    ck_assert_int_eq(p->current_leader.leader_id, -1);
    ERROR(ask_append(&a, "t", 2, &(struct ask_batch){ .n = 1 }),
          KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION);
    ERROR(ask_append(&a, "none", 0, &(struct ask_batch){ .n = 1 }),
          KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION);
    ask_fini(&a);
}
END_TEST

START_TEST(batches_that_a_broker_refuses)
{
    struct ask a;
    struct kafc_records r, two;
    uint8_t *p;
    setup(&a);
    r = ask_make(&a, &(struct ask_batch){ .n = 2 });
    p = (uint8_t *)kafc__arena_dup(&a.arena, r.p, (size_t)r.len);
    p[r.len - 3] ^= 1;
    ERROR(ask_produce(&a, 9, -1, "t", 0, (struct kafc_records){ p, r.len, NULL }),
          KAFC_ERR_CORRUPT_MESSAGE);
    p[r.len - 3] ^= 1;
    p[16] = 1;
    ERROR(ask_produce(&a, 9, -1, "t", 0, (struct kafc_records){ p, r.len, NULL }),
          KAFC_ERR_INVALID_RECORD);
    ERROR(ask_produce(&a, 9, -1, "t", 0, (struct kafc_records){ r.p, r.len - 1, NULL }),
          KAFC_ERR_CORRUPT_MESSAGE);
    ERROR(ask_produce(&a, 9, -1, "t", 0, (struct kafc_records){ r.p, 20, NULL }),
          KAFC_ERR_CORRUPT_MESSAGE);
    two.p = p = kafc__arena_alloc(&a.arena, 2 * (size_t)r.len);
    memcpy(p, r.p, (size_t)r.len);
    memcpy(p + r.len, r.p, (size_t)r.len);
    two.len = 2 * r.len;
    two.chain = NULL;
    ERROR(ask_produce(&a, 9, -1, "t", 0, two), KAFC_ERR_INVALID_RECORD);
    ERROR(ask_append(&a, "t", 0, &(struct ask_batch){ .n = 2, .bad_offsets = true }),
          KAFC_ERR_INVALID_RECORD);
    ERROR(ask_append(&a, "t", 0, &(struct ask_batch){ .n = 1, .attributes = 32 }),
          KAFC_ERR_INVALID_RECORD);
    ERROR(ask_append(&a, "t", 0, &(struct ask_batch){ .n = 1, .attributes = 5 }),
          KAFC_ERR_UNSUPPORTED_COMPRESSION_TYPE);
    ERROR(ask_produce(&a, 6, -1, "t", 0,
                      ask_make(&a, &(struct ask_batch){ .n = 1, .attributes = 4 })),
          KAFC_ERR_UNSUPPORTED_COMPRESSION_TYPE);
    ERROR(ask_append(&a, "t", 0, &(struct ask_batch){ .n = 1, .attributes = 1 }),
          KAFC_ERR_CORRUPT_MESSAGE);
    ERROR(ask_append(&a, "t", 0, &(struct ask_batch){ .n = 1, .producer = 5, .sequence = -1 }),
          KAFC_ERR_INVALID_RECORD);
    ERROR(ask_produce(&a, 9, 2, "t", 0, r), KAFC_ERR_INVALID_REQUIRED_ACKS);
    ck_assert_int_eq(kafc__cluster_set_config(a.c, "t", "max.message.bytes", "100"), KAFC_OK);
    ERROR(ask_append(&a, "t", 0, &(struct ask_batch){ .n = 20 }), KAFC_ERR_MESSAGE_TOO_LARGE);
    ck_assert_int_eq(kafc__cluster_set_config(a.c, "t", "cleanup.policy", "compact"), KAFC_OK);
    ERROR(ask_append(&a, "t", 0, &(struct ask_batch){ .n = 1, .null_key = true }),
          KAFC_ERR_INVALID_RECORD);
    ck_assert_int_eq(kafc__cluster_set_config(a.c, "t", "message.timestamp.after.max.ms", "1"),
                     KAFC_OK);
    const struct kafc_produce_resp_partition *bad = ask_append(&a, "t", 0,
                                                               &(struct ask_batch){ .n = 3 });
    ERROR(bad, KAFC_ERR_INVALID_TIMESTAMP); /* the third is 2 ms ahead */
    ck_assert_int_eq(bad->record_errors.n, 1);
    ck_assert_int_eq(bad->record_errors.v[0].batch_index, 2);
    ck_assert_int_gt(bad->error_message.len, 0);
    ERROR(ask_append(&a, "t", 0, &(struct ask_batch){ .n = 1 }), KAFC_OK);
    ck_assert_int_eq(kafc__cluster_set_config(a.c, "t", "min.insync.replicas", "3"), KAFC_OK);
    ERROR(ask_append(&a, "t", 0, &(struct ask_batch){ .n = 1 }), KAFC_ERR_NOT_ENOUGH_REPLICAS);
    ERROR(ask_produce(&a, 9, 1, "t", 0, ask_make(&a, &(struct ask_batch){ .n = 1 })), KAFC_OK);
    ask_fini(&a);
}
END_TEST

START_TEST(acks_0_has_no_answer_and_an_error_cuts)
{
    struct ask a;
    struct kafc_produce_resp r;
    kafc_mock_log log;
    setup(&a);
    (void)ask_produce(&a, 9, 0, "t", 0, ask_make(&a, &(struct ask_batch){ .n = 4 }));
    ck_assert(!ask_answered(&a, KAFC_API_PRODUCE, 9, &r));
    ck_assert(!ask_closed(&a));
    ck_assert_int_eq(kafc__cluster_log(a.c, "t", 0, &log), KAFC_OK);
    ck_assert_int_eq(log.high_watermark, 4);
    ERROR(ask_append(&a, "t", 0, &(struct ask_batch){ .n = 1 }), KAFC_OK);
    (void)ask_produce(&a, 9, 0, "t", 1, ask_make(&a, &(struct ask_batch){ .n = 4 }));
    ck_assert(ask_closed(&a));
    ask_fini(&a);
}
END_TEST

static const struct kafc_produce_resp_partition *seq(struct ask *a, int64_t pid, int epoch,
                                                     int32_t first, int n)
{
    return ask_append(
        a, "t", 0,
        &(struct ask_batch){ .n = n, .producer = pid, .epoch = (int16_t)epoch, .sequence = first });
}

START_TEST(sequences_of_a_producer)
{
    struct ask a;
    const struct kafc_produce_resp_partition *p;
    setup(&a);
    ERROR(seq(&a, 9, 0, 0, 10), KAFC_OK); /* 0..9 */
    p = seq(&a, 9, 0, 0, 10);             /* again */
    ERROR(p, KAFC_OK);
    ck_assert_int_eq(p->base_offset, 0);
    ERROR(seq(&a, 9, 0, 11, 1), KAFC_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER);
    ERROR(seq(&a, 9, 0, 0, 5), KAFC_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER);
    for (int i = 0; i < 5; i++)
        ERROR(seq(&a, 9, 0, 10 + i, 1), KAFC_OK);
    p = seq(&a, 9, 0, 10, 1); /* one of the last five */
    ERROR(p, KAFC_OK);
    ck_assert_int_eq(p->base_offset, 10);
    ERROR(seq(&a, 9, 0, 0, 10), KAFC_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER); /* forgotten by now */
    ERROR(seq(&a, 9, 1, 3, 1), KAFC_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER);
    ERROR(seq(&a, 9, 1, 0, 1), KAFC_OK);
    ERROR(seq(&a, 9, 0, 15, 1), KAFC_ERR_INVALID_PRODUCER_EPOCH);
    ERROR(seq(&a, 8, 0, 77, 1), KAFC_OK); /* an unknown producer begins anywhere */
    ck_assert_int_eq(kafc__cluster_forget_producers(a.c, "t", 0, true), KAFC_OK);
    ERROR(seq(&a, 9, 1, 1, 1), KAFC_ERR_UNKNOWN_PRODUCER_ID);
    ERROR(seq(&a, 9, 1, 0, 1), KAFC_OK);
    ERROR(seq(&a, 7, 0, 0, 1), KAFC_OK);
    ask_fini(&a);
}
END_TEST

START_TEST(sequences_wrap)
{
    struct ask a;
    setup(&a);
    ERROR(seq(&a, 9, 0, INT32_MAX - 1, 2), KAFC_OK);
    ERROR(seq(&a, 9, 0, 0, 3), KAFC_OK);
    ERROR(seq(&a, 9, 0, 3, 1), KAFC_OK);
    ERROR(seq(&a, 7, 0, INT32_MAX, 3), KAFC_OK); /* MAX, 0, 1 */
    ERROR(seq(&a, 7, 0, 2, 1), KAFC_OK);
    ask_fini(&a);
}
END_TEST

START_TEST(producer_state_survives_brokers_and_follows_truncation)
{
    struct ask a;
    setup(&a);
    ERROR(seq(&a, 9, 0, 0, 10), KAFC_OK);
    ERROR(seq(&a, 9, 0, 10, 10), KAFC_OK);
    ck_assert_int_eq(kafc__cluster_stop(a.c, 1), KAFC_OK);
    ck_assert(ask_closed(&a));
    ck_assert_uint_eq(kafc__cluster_open(a.c, 1), 0);
    ask_connect(&a, 2);
    ck_assert_int_eq(seq(&a, 9, 0, 10, 10)->base_offset, 10);
    ERROR(seq(&a, 9, 0, 20, 1), KAFC_OK);
    ck_assert_int_eq(kafc__cluster_truncate(a.c, "t", 0, 10), KAFC_OK);
    ERROR(seq(&a, 9, 0, 20, 1), KAFC_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER);
    ck_assert_int_eq(seq(&a, 9, 0, 10, 3)->base_offset, 10);
    ask_fini(&a);
}
END_TEST

START_TEST(log_append_time_is_the_brokers)
{
    struct ask a;
    kafc_message *m;
    setup(&a);
    ck_assert_int_eq(kafc__cluster_set_config(a.c, "t", "message.timestamp.type", "LogAppendTime"),
                     KAFC_OK);
    const struct kafc_produce_resp_partition *p = ask_append(
        &a, "t", 0, &(struct ask_batch){ .n = 3, .first = 40, .ts = 5 });
    ck_assert_int_eq(p->log_append_time_ms, a.wall_ms);
    m = kafc__cluster_record(a.c, "t", 0, 1);
    ck_assert_ptr_nonnull(m);
    ck_assert_int_eq(m->timestamp, a.wall_ms);
    ck_assert_int_eq(m->timestamp_type, KAFC_TIME_LOG_APPEND);
    ck_assert_int_eq(m->offset, 1);
    ck_assert_int_eq(m->value.len, 2);
    ck_assert_int_eq(memcmp(m->value.p, "41", 2), 0);
    ck_assert_str_eq(m->topic, "t");
    kafc_message_free(m);
    ck_assert_ptr_null(kafc__cluster_record(a.c, "t", 0, 3));
    ask_fini(&a);
}
END_TEST

START_TEST(producer_ids)
{
    struct ask a;
    struct kafc_init_producer_id_req q;
    struct kafc_init_producer_id_resp r;
    int64_t last = -1;
    setup(&a);
    ask_connect(&a, kafc__cluster_coordinator(a.c, KAFC_MOCK_TRANSACTIONS, "tx"));
    kafc__msg_defaults(&kafc_init_producer_id_req_schema, &q);
    q.transaction_timeout_ms = 60000;
    for (int16_t v = 0; v <= 5; v++) {
        q.transactional_id = (kafc_str){ NULL, 0 };
        ask_call(&a, KAFC_API_INIT_PRODUCER_ID, v, &q, &r);
        ck_assert_int_eq(r.error_code, KAFC_OK);
        ck_assert_int_gt(r.producer_id, last);
        ck_assert_int_eq(r.producer_epoch, 0);
        last = r.producer_id;
        q.transactional_id = ask_str("tx");
        ask_call(&a, KAFC_API_INIT_PRODUCER_ID, v, &q, &r);
        ck_assert_int_eq(r.producer_epoch, v);
        if (r.producer_id > last)
            last = r.producer_id;
    }
    ask_fini(&a);
}
END_TEST

SUITE_MAIN("mock-produce", 20, every_version_appends_and_tells_the_offset,
           who_does_not_lead_says_who_does, batches_that_a_broker_refuses,
           acks_0_has_no_answer_and_an_error_cuts, sequences_of_a_producer, sequences_wrap,
           producer_state_survives_brokers_and_follows_truncation, log_append_time_is_the_brokers,
           producer_ids)
