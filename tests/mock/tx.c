/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A transactional producer by raw requests, for the mock's tests.
 */
#include "tests/mock/tx.h"

#include <check.h>

#include "protocol/api/00_produce.h"
#include "protocol/api/01_fetch.h"
#include "protocol/api/08_offset_commit.h"
#include "protocol/api/09_offset_fetch.h"
#include "protocol/api/22_init_producer_id.h"
#include "protocol/api/24_add_partitions_to_txn.h"
#include "protocol/api/25_add_offsets_to_txn.h"
#include "protocol/api/26_end_txn.h"
#include "protocol/api/28_txn_offset_commit.h"

void tx_setup_of(struct tx *t, const kafc_mock_options *o)
{
    ask_init(&t->a, o);
    ck_assert_int_eq(kafc__cluster_create_topic(t->a.c, "t", 2, 0), KAFC_OK);
    t->a.transactional_id = ask_str("x");
    t->pid = -1;
    t->epoch = -1;
}

void tx_setup(struct tx *t)
{
    tx_setup_of(t, KAFC_MOCK(.brokers = 1));
}

kafc_err tx_init(struct tx *t, int16_t version, int64_t pid, int16_t epoch)
{
    struct kafc_init_producer_id_req q;
    struct kafc_init_producer_id_resp r;

    kafc__msg_defaults(&kafc_init_producer_id_req_schema, &q);
    q.transactional_id = t->a.transactional_id;
    q.transaction_timeout_ms = TX_TIMEOUT_MS;
    q.producer_id = pid;
    q.producer_epoch = epoch;
    ask_call(&t->a, KAFC_API_INIT_PRODUCER_ID, version, &q, &r);
    if (r.error_code == KAFC_OK) {
        t->pid = r.producer_id;
        t->epoch = r.producer_epoch;
    } else {
        ck_assert_int_eq(r.producer_id, -1);
        ck_assert_int_eq(r.producer_epoch, -1);
    }
    return (kafc_err)r.error_code;
}

kafc_err tx_end_as(struct tx *t, int16_t version, int64_t pid, int16_t epoch, bool commit)
{
    struct kafc_end_txn_req q;
    struct kafc_end_txn_resp r;

    kafc__msg_defaults(&kafc_end_txn_req_schema, &q);
    q.transactional_id = t->a.transactional_id;
    q.producer_id = pid;
    q.producer_epoch = epoch;
    q.committed = commit;
    ask_call(&t->a, KAFC_API_END_TXN, version, &q, &r);
    if (r.error_code == KAFC_OK && version >= 5) {
        t->pid = r.producer_id;
        t->epoch = r.producer_epoch;
    }
    return (kafc_err)r.error_code;
}

kafc_err tx_end(struct tx *t, int16_t version, bool commit)
{
    return tx_end_as(t, version, t->pid, t->epoch, commit);
}

kafc_err tx_add_as(struct tx *t, int16_t version, int16_t epoch, const char *topic,
                   int32_t partition)
{
    struct kafc_add_partitions_to_txn_req q;
    struct kafc_add_partitions_to_txn_req_topic qt;
    struct kafc_add_partitions_to_txn_resp r;

    kafc__msg_defaults(&kafc_add_partitions_to_txn_req_schema, &q);
    kafc__msg_defaults(&kafc_add_partitions_to_txn_req_topic_schema, &qt);
    q.v3_and_below_transactional_id = t->a.transactional_id;
    q.v3_and_below_producer_id = t->pid;
    q.v3_and_below_producer_epoch = epoch;
    q.v3_and_below_topics.v = &qt;
    q.v3_and_below_topics.n = 1;
    qt.name = ask_str(topic);
    qt.partitions.v = &partition;
    qt.partitions.n = 1;
    ask_call(&t->a, KAFC_API_ADD_PARTITIONS_TO_TXN, version, &q, &r);
    ck_assert_int_eq(r.results_by_topic_v3_and_below.n, 1);
    return (kafc_err)r.results_by_topic_v3_and_below.v[0]
        .results_by_partition.v[0]
        .partition_error_code;
}

kafc_err tx_add(struct tx *t, int32_t partition)
{
    return tx_add_as(t, 3, t->epoch, "t", partition);
}

kafc_err tx_add_offsets(struct tx *t, int16_t version, const char *group)
{
    struct kafc_add_offsets_to_txn_req q;
    struct kafc_add_offsets_to_txn_resp r;

    kafc__msg_defaults(&kafc_add_offsets_to_txn_req_schema, &q);
    q.transactional_id = t->a.transactional_id;
    q.producer_id = t->pid;
    q.producer_epoch = t->epoch;
    q.group_id = ask_str(group);
    ask_call(&t->a, KAFC_API_ADD_OFFSETS_TO_TXN, version, &q, &r);
    return (kafc_err)r.error_code;
}

kafc_err tx_send_offset(struct tx *t, int16_t version, const char *group, int32_t partition,
                        int64_t offset)
{
    struct kafc_txn_offset_commit_req q;
    struct kafc_txn_offset_commit_req_topic qt;
    struct kafc_txn_offset_commit_req_partition qp;
    struct kafc_txn_offset_commit_resp r;

    kafc__msg_defaults(&kafc_txn_offset_commit_req_schema, &q);
    kafc__msg_defaults(&kafc_txn_offset_commit_req_topic_schema, &qt);
    kafc__msg_defaults(&kafc_txn_offset_commit_req_partition_schema, &qp);
    q.transactional_id = t->a.transactional_id;
    q.group_id = ask_str(group);
    q.producer_id = t->pid;
    q.producer_epoch = t->epoch;
    q.topics.v = &qt;
    q.topics.n = 1;
    qt.name = ask_str("t");
    qt.partitions.v = &qp;
    qt.partitions.n = 1;
    qp.partition_index = partition;
    qp.committed_offset = offset;
    qp.committed_metadata = ask_str("note");
    ask_call(&t->a, KAFC_API_TXN_OFFSET_COMMIT, version, &q, &r);
    ck_assert_int_eq(r.topics.n, 1);
    return (kafc_err)r.topics.v[0].partitions.v[0].error_code;
}

const struct kafc_produce_resp_partition *tx_produce_as(struct tx *t, int16_t version,
                                                        int16_t epoch, int32_t partition,
                                                        int32_t sequence)
{
    return ask_produce(&t->a, version, -1, "t", partition,
                       ask_make(&t->a, &(struct ask_batch){ .n = 2,
                                                            .producer = t->pid,
                                                            .epoch = epoch,
                                                            .sequence = sequence,
                                                            .attributes = 16 }));
}

kafc_err tx_produce(struct tx *t, int16_t version, int32_t partition, int32_t sequence)
{
    return (kafc_err)tx_produce_as(t, version, t->epoch, partition, sequence)->error_code;
}

int64_t tx_offset_of(struct tx *t, int16_t version, const char *group, bool stable)
{
    struct kafc_offset_fetch_req q;
    struct kafc_offset_fetch_req_topic qt;
    struct kafc_offset_fetch_req_group qg;
    struct kafc_offset_fetch_req_group_topic qgt;
    struct kafc_offset_fetch_resp r;
    int32_t partition = 0;

    kafc__msg_defaults(&kafc_offset_fetch_req_schema, &q);
    kafc__msg_defaults(&kafc_offset_fetch_req_topic_schema, &qt);
    kafc__msg_defaults(&kafc_offset_fetch_req_group_schema, &qg);
    kafc__msg_defaults(&kafc_offset_fetch_req_group_topic_schema, &qgt);
    q.require_stable = stable;
    if (version < 8) {
        q.group_id = ask_str(group);
        q.topics.v = &qt;
        q.topics.n = 1;
        qt.name = ask_str("t");
        qt.partition_indexes.v = &partition;
        qt.partition_indexes.n = 1;
        ask_call(&t->a, KAFC_API_OFFSET_FETCH, version, &q, &r);
        const struct kafc_offset_fetch_resp_partition *p = &r.topics.v[0].partitions.v[0];
        return p->error_code ? -p->error_code : p->committed_offset;
    }
    q.groups.v = &qg;
    q.groups.n = 1;
    qg.group_id = ask_str(group);
    qg.topics.v = &qgt;
    qg.topics.n = 1;
    if (version >= 10)
        qgt.topic_id = ask_topic_id(&t->a, "t");
    else
        qgt.name = ask_str("t");
    qgt.partition_indexes.v = &partition;
    qgt.partition_indexes.n = 1;
    ask_call(&t->a, KAFC_API_OFFSET_FETCH, version, &q, &r);
    if (r.groups.v[0].error_code)
        return -r.groups.v[0].error_code;
    const struct kafc_offset_fetch_resp_group_partition *p =
        &r.groups.v[0].topics.v[0].partitions.v[0];
    return p->error_code ? -p->error_code : p->committed_offset;
}

kafc_mock_transaction tx_look(struct tx *t)
{
    kafc_mock_transaction now;

    ck_assert_int_eq(kafc__cluster_transaction(t->a.c, "x", &now), KAFC_OK);
    return now;
}

kafc_mock_log tx_log(struct tx *t, int32_t partition)
{
    kafc_mock_log log;

    ck_assert_int_eq(kafc__cluster_log(t->a.c, "t", partition, &log), KAFC_OK);
    return log;
}

int32_t tx_aborted(struct tx *t, int32_t partition)
{
    struct kafc_fetch_req q;
    struct kafc_fetch_req_topic qt;
    struct kafc_fetch_req_partition qp;
    struct kafc_fetch_resp r;

    kafc__msg_defaults(&kafc_fetch_req_schema, &q);
    kafc__msg_defaults(&kafc_fetch_req_topic_schema, &qt);
    kafc__msg_defaults(&kafc_fetch_req_partition_schema, &qp);
    q.isolation_level = 1;
    q.max_bytes = 1 << 20;
    q.topics.v = &qt;
    q.topics.n = 1;
    qt.topic = ask_str("t");
    qt.partitions.v = &qp;
    qt.partitions.n = 1;
    qp.partition = partition;
    qp.partition_max_bytes = 1 << 20;
    ask_call(&t->a, KAFC_API_FETCH, 11, &q, &r);
    ck_assert_int_eq(r.responses.v[0].partitions.v[0].error_code, KAFC_OK);
    return r.responses.v[0].partitions.v[0].aborted_transactions.n;
}

kafc_err tx_commit_offset(struct tx *t, int16_t version, int32_t generation, int64_t offset)
{
    struct kafc_offset_commit_req q;
    struct kafc_offset_commit_req_topic qt;
    struct kafc_offset_commit_req_partition qp;
    struct kafc_offset_commit_resp r;

    kafc__msg_defaults(&kafc_offset_commit_req_schema, &q);
    kafc__msg_defaults(&kafc_offset_commit_req_topic_schema, &qt);
    kafc__msg_defaults(&kafc_offset_commit_req_partition_schema, &qp);
    q.group_id = ask_str("plain");
    q.generation_id_or_member_epoch = generation;
    q.topics.v = &qt;
    q.topics.n = 1;
    if (version >= 10)
        qt.topic_id = ask_topic_id(&t->a, "t");
    else
        qt.name = ask_str("t");
    qt.partitions.v = &qp;
    qt.partitions.n = 1;
    qp.committed_offset = offset;
    ask_call(&t->a, KAFC_API_OFFSET_COMMIT, version, &q, &r);
    return (kafc_err)r.topics.v[0].partitions.v[0].error_code;
}
