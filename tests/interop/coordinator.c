/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A transactional producer by hand, most of its requests wrong in some way, to one broker:
 *
 *   coordinator BROKER TOPIC ID [timeouts]
 *
 * TOPIC has two partitions, ID was never used. Prints what was asked and what came of it, a line each. A real broker
 * and the mock print the same. With `timeouts` also transactions that the coordinator ends, which a broker does soon
 * with transaction.abort.timed.out.transaction.cleanup.interval.ms=100. tests/interop/run builds it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "protocol/api/00_produce.h"
#include "protocol/api/03_metadata.h"
#include "protocol/api/09_offset_fetch.h"
#include "protocol/api/10_find_coordinator.h"
#include "protocol/api/22_init_producer_id.h"
#include "protocol/api/24_add_partitions_to_txn.h"
#include "protocol/api/25_add_offsets_to_txn.h"
#include "protocol/api/26_end_txn.h"
#include "protocol/api/28_txn_offset_commit.h"
#include "protocol/apis.h"
#include "tests/interop/txn_batch.h"
#include <kafc/kafc.h>

enum { PATIENCE = 30000, TRIES = 1500, PAUSE_NS = 20000000 };

static kafc_conn *conn;
static const char *topic;
static kafc_str id;
static int64_t first_pid = -1, pid = -1;
static int16_t epoch = -1;

static kafc_str text(const char *s)
{
    return (kafc_str){ s, (int32_t)strlen(s) };
}

static void call(const struct kafc_api *api, int version, const void *req, void *resp)
{
    kafc_error err;

    if (kafc_conn_call(conn, api, version, req, resp, PATIENCE, &err)) {
        fprintf(stderr, "coordinator: %s %d: %s\n", api->name, version, err.message);
        exit(1);
    }
}

/* What passes by itself: markers on their way, a coordinator or leader that is not ready. */
static bool passes(int code)
{
    return code == KAFC_ERR_CONCURRENT_TRANSACTIONS || code == KAFC_ERR_NOT_ENOUGH_REPLICAS ||
           code == KAFC_ERR_COORDINATOR_LOAD_IN_PROGRESS ||
           code == KAFC_ERR_COORDINATOR_NOT_AVAILABLE || code == KAFC_ERR_NOT_COORDINATOR ||
           code == KAFC_ERR_NOT_LEADER_OR_FOLLOWER || code == KAFC_ERR_UNSTABLE_OFFSET_COMMIT;
}

/* What was asked, and the answer once it stays. */
static void say(int (*ask)(int version, int64_t a, int b), const char *name, int version, int64_t a,
                int b)
{
    const struct timespec pause = { 0, PAUSE_NS };
    int code = ask(version, a, b);

    for (int i = 0; i < TRIES && passes(code); i++) {
        nanosleep(&pause, NULL);
        code = ask(version, a, b);
    }
    printf("%-12s %2d (%3lld, %2d): %s", name, version, (long long)a, b, kafc_err_name(code));
    if (first_pid < 0)
        first_pid = pid;
    printf(", %s epoch %d\n", pid == first_pid ? "first" : "other", epoch);
}

/* a: 1 with the present id and epoch, 2 with the epoch before, 3 another id, 0 without any; b: timeout, or 60000. */
static int init(int version, int64_t a, int b)
{
    struct kafc_init_producer_id_req q;
    struct kafc_init_producer_id_resp r;

    kafc__msg_defaults(&kafc_init_producer_id_req_schema, &q);
    q.transactional_id = id;
    q.transaction_timeout_ms = b ? b : 60000;
    if (a) {
        q.producer_id = a == 3 ? pid + 12345 : pid;
        q.producer_epoch = (int16_t)(a == 2 ? epoch - 1 : epoch);
    }
    call(&kafc_init_producer_id_api, version, &q, &r);
    if (!r.error_code) {
        pid = r.producer_id;
        epoch = r.producer_epoch;
    }
    return r.error_code;
}

/* In a batch of two records: partition a, from sequence b / 10 on, with an epoch b % 10 below. */
static int produce(int version, int64_t a, int b)
{
    struct kafc_produce_req q;
    struct kafc_produce_req_topic qt;
    struct kafc_produce_req_partition qp;
    struct kafc_produce_resp r;
    uint8_t p[TXN_BATCH];

    txn_batch(p, pid, (int16_t)(epoch - b % 10), b / 10);
    kafc__msg_defaults(&kafc_produce_req_schema, &q);
    kafc__msg_defaults(&kafc_produce_req_topic_schema, &qt);
    kafc__msg_defaults(&kafc_produce_req_partition_schema, &qp);
    q.transactional_id = id;
    q.acks = -1;
    q.timeout_ms = PATIENCE;
    q.topic_data.v = &qt;
    q.topic_data.n = 1;
    qt.name = text(topic);
    qt.partition_data.v = &qp;
    qt.partition_data.n = 1;
    qp.index = (int32_t)a;
    qp.records = (struct kafc_records){ p, sizeof p, NULL };
    call(&kafc_produce_api, version, &q, &r);
    return r.responses.v[0].partition_responses.v[0].error_code;
}

/* Partition a, with an epoch b below; a 9: there is none. */
static int add(int version, int64_t a, int b)
{
    struct kafc_add_partitions_to_txn_req q;
    struct kafc_add_partitions_to_txn_req_topic qt;
    struct kafc_add_partitions_to_txn_resp r;
    int32_t partition = (int32_t)a;

    kafc__msg_defaults(&kafc_add_partitions_to_txn_req_schema, &q);
    kafc__msg_defaults(&kafc_add_partitions_to_txn_req_topic_schema, &qt);
    q.v3_and_below_transactional_id = id;
    q.v3_and_below_producer_id = pid;
    q.v3_and_below_producer_epoch = (int16_t)(epoch - b);
    q.v3_and_below_topics.v = &qt;
    q.v3_and_below_topics.n = 1;
    qt.name = text(topic);
    qt.partitions.v = &partition;
    qt.partitions.n = 1;
    call(&kafc_add_partitions_to_txn_api, version, &q, &r);
    return r.results_by_topic_v3_and_below.v[0].results_by_partition.v[0].partition_error_code;
}

/* To commit if a, with an epoch b below. */
static int end(int version, int64_t a, int b)
{
    struct kafc_end_txn_req q;
    struct kafc_end_txn_resp r;

    kafc__msg_defaults(&kafc_end_txn_req_schema, &q);
    q.transactional_id = id;
    q.producer_id = pid;
    q.producer_epoch = (int16_t)(epoch - b);
    q.committed = a;
    call(&kafc_end_txn_api, version, &q, &r);
    if (!r.error_code && version >= 5) {
        pid = r.producer_id;
        epoch = r.producer_epoch;
    }
    return r.error_code;
}

static int add_offsets(int version, int64_t a, int b)
{
    struct kafc_add_offsets_to_txn_req q;
    struct kafc_add_offsets_to_txn_resp r;

    (void)a;
    kafc__msg_defaults(&kafc_add_offsets_to_txn_req_schema, &q);
    q.transactional_id = id;
    q.producer_id = pid;
    q.producer_epoch = (int16_t)(epoch - b);
    q.group_id = id;
    call(&kafc_add_offsets_to_txn_api, version, &q, &r);
    return r.error_code;
}

/* Offset a of partition 0 (or of 9), by an epoch b % 10 below; b 10: as a member, 20: as one of a generation. */
static int send_offset(int version, int64_t a, int b)
{
    struct kafc_txn_offset_commit_req q;
    struct kafc_txn_offset_commit_req_topic qt;
    struct kafc_txn_offset_commit_req_partition qp;
    struct kafc_txn_offset_commit_resp r;

    kafc__msg_defaults(&kafc_txn_offset_commit_req_schema, &q);
    kafc__msg_defaults(&kafc_txn_offset_commit_req_topic_schema, &qt);
    kafc__msg_defaults(&kafc_txn_offset_commit_req_partition_schema, &qp);
    q.transactional_id = id;
    q.group_id = id;
    q.producer_id = pid;
    q.producer_epoch = (int16_t)(epoch - b % 10);
    if (b >= 10)
        q.member_id = text("m");
    if (b >= 20)
        q.generation_id = 1;
    q.topics.v = &qt;
    q.topics.n = 1;
    qt.name = text(topic);
    qt.partitions.v = &qp;
    qt.partitions.n = 1;
    qp.partition_index = a == 9 ? 9 : 0;
    qp.committed_offset = a;
    call(&kafc_txn_offset_commit_api, version, &q, &r);
    return r.topics.v[0].partitions.v[0].error_code;
}

/* What the group has committed is a. */
static int committed(int version, int64_t a, int b)
{
    struct kafc_offset_fetch_req q;
    struct kafc_offset_fetch_req_topic qt;
    struct kafc_offset_fetch_resp r;
    int32_t partition = 0;

    kafc__msg_defaults(&kafc_offset_fetch_req_schema, &q);
    kafc__msg_defaults(&kafc_offset_fetch_req_topic_schema, &qt);
    q.group_id = id;
    q.require_stable = b;
    q.topics.v = &qt;
    q.topics.n = 1;
    qt.name = text(topic);
    qt.partition_indexes.v = &partition;
    qt.partition_indexes.n = 1;
    call(&kafc_offset_fetch_api, version, &q, &r);
    const struct kafc_offset_fetch_resp_partition *p = &r.topics.v[0].partitions.v[0];
    return p->error_code || p->committed_offset == a ? p->error_code : KAFC_ERR_OFFSET_OUT_OF_RANGE;
}

/* Of groups (a 0) and transactions: real brokers make their topics when they are asked first. */
static int find(int version, int64_t a, int b)
{
    struct kafc_find_coordinator_req q;
    struct kafc_find_coordinator_resp r;

    (void)b;
    kafc__msg_defaults(&kafc_find_coordinator_req_schema, &q);
    q.key = id;
    q.key_type = (int8_t)a;
    call(&kafc_find_coordinator_api, version, &q, &r);
    return r.error_code;
}

#define SAY(ask, version, a, b) say(ask, #ask, version, a, b)

static void first_generation(void)
{
    SAY(init, 3, 1, 0); /* of an id that is not known */
    for (int v = 0; v <= 4; v += 2) {
        int three = v < 3 ? v : 3;
        SAY(produce, 9, 0, 10 * v);
        SAY(produce, 11, 0, 10 * v);
        SAY(end, v, 1, 0);
        SAY(end, v, 0, 0);
        SAY(add, three, 9, 0);
        SAY(add, three, 0, 0);
        SAY(add, three, 0, 1);
        SAY(produce, 11, 1, 0);
        SAY(produce, 11, 0, 10 * v);
        SAY(produce, 11, 0, 10 * v + 40);
        SAY(produce, 11, 0, 10 * v); /* again */
        SAY(send_offset, 3, 50 + v, 0);
        SAY(send_offset, 4, 50 + v, 0);
        SAY(add_offsets, three, 0, 1);
        SAY(add_offsets, three, 0, 0);
        SAY(send_offset, three, 50 + v, 0);
        SAY(send_offset, 4, 9, 0);
        SAY(send_offset, 4, 50, 1);
        SAY(send_offset, 4, 50, 10);
        SAY(send_offset, 4, 50, 20);
        SAY(end, v, 1, 1);
        SAY(end, v, v < 4, 0);
        SAY(committed, 7, v < 4 ? 50 + v : 52, 1);
        SAY(end, v, v < 4, 0);
        SAY(end, v, v == 4, 0);
        SAY(produce, 11, 0, 10 * v + 20);
    }
}

static void epochs(void)
{
    SAY(init, 4, 1, 0);
    SAY(init, 4, 2, 0); /* the answer was lost */
    SAY(init, 4, 3, 0);
    SAY(init, 4, 0, 900001);
    SAY(init, 4, 0, -1);
    SAY(init, 4, 0, 0);
    SAY(init, 4, 2, 0);
    SAY(add, 3, 0, 0);
    SAY(init, 4, 0, 0); /* while one is open */
    SAY(add, 1, 0, 2);
    SAY(add, 3, 0, 2);
    SAY(end, 1, 1, 2);
    SAY(end, 3, 1, 2);
    SAY(end, 5, 1, 2);
    SAY(produce, 11, 0, 1);
    SAY(produce, 11, 1, 2);
    SAY(produce, 12, 1, 2);
    SAY(init, 3, 2, 0);
}

static void second_generation(void)
{
    SAY(init, 4, 0, 0);
    for (int v = 0; v <= 1; v++) {
        SAY(end, 5, 1, 0);
        SAY(end, 5, 0, 0);
        SAY(end, 5, 0, 1);
        SAY(end, 5, 1, 1);
        SAY(produce, 12, 0, 30);
        SAY(produce, 12, 0, 0);
        SAY(produce, 12, 0, 0);
        SAY(produce, 12, 0, 20);
        SAY(produce, 12, 1, 0);
        SAY(produce, 12, 0, 1);
        SAY(produce, 12, 1, 1);
        SAY(send_offset, 5, 70 + v, 0);
        SAY(send_offset, 5, 70 + v, 1);
        SAY(committed, 7, 52, 0);
        SAY(end, 5, v, 2);
        SAY(end, 5, v, 1);
        SAY(end, 5, v, 0);
        SAY(end, 5, v, 1);
        SAY(end, 5, !v, 1);
        SAY(committed, 7, v ? 71 : 52, 1);
        SAY(produce, 12, 0, 41);
        SAY(produce, 12, 0, 40);
    }
    SAY(produce, 12, 0, 0);
    SAY(end, 4, 1, 0); /* joined in one way, ended in the other */
    SAY(end, 4, 1, 0);
    SAY(produce, 12, 0, 20);
    SAY(end, 5, 1, 0);
    SAY(init, 5, 1, 0);
    SAY(init, 5, 2, 0);
    SAY(end, 5, 0, 1);
    SAY(produce, 12, 0, 0);
    SAY(init, 5, 0, 0); /* while one is open */
    SAY(end, 5, 0, 1);
    SAY(end, 5, 0, 2);
    SAY(produce, 12, 0, 0);
    SAY(init, 5, 1, 0); /* the same for the one who has it open */
    SAY(init, 5, 2, 0);
    /* Another one has the next epoch, and ends in the first way: the one before takes that for its own end. */
    SAY(init, 5, 0, 0);
    SAY(add, 3, 0, 0);
    SAY(end, 4, 0, 0);
    SAY(end, 5, 0, 1);
    SAY(end, 5, 1, 1);
}

/* Those that the coordinator ends. */
static void timeouts(void)
{
    const struct timespec pause = { 1, 500000000 };

    SAY(init, 5, 0, 500);
    for (int commit = 0; commit <= 1; commit++) {
        SAY(produce, 12, 0, 0);
        nanosleep(&pause, NULL);
        SAY(produce, 12, 1, 0);
        SAY(send_offset, 5, 80, 0);
        SAY(end, 5, commit, 0);
        SAY(end, 5, 0, 0);
        SAY(init, 5, 0, 500);
        SAY(add, 3, 0, 0);
        SAY(produce, 11, 0, 0);
        nanosleep(&pause, NULL);
        SAY(produce, 11, 0, 20);
        SAY(add, 3, 0, 0);
        SAY(end, 4, commit, 0);
        SAY(end, 4, 0, 0);
        SAY(init, 5, 1, 500);
        SAY(init, 5, 0, 500);
    }
}

int main(int argc, char **argv)
{
    kafc_error err;

    if (argc != 4 && argc != 5) {
        fprintf(stderr, "usage: coordinator BROKER TOPIC ID [timeouts]\n");
        return 1;
    }
    topic = argv[2];
    id = text(argv[3]);
    pid = 4711; /* unknown to the broker */
    epoch = 3;
    conn = kafc_conn_dial(KAFC_CONN(.log_level = KAFC_LOG_ERROR), argv[1], PATIENCE, &err);
    if (!conn) {
        fprintf(stderr, "coordinator: %s\n", err.message);
        return 1;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    SAY(find, 2, 0, 0);
    SAY(find, 2, 1, 0);
    first_generation();
    epochs();
    second_generation();
    if (argc == 5)
        timeouts();
    kafc_conn_free(conn);
    return fflush(stdout) ? 1 : 0;
}
