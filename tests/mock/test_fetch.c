/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The mock's Fetch and ListOffsets: waiting, limits, sessions, isolation,
 * epochs, times.
 */
#include <stdio.h>
#include <stdlib.h>

#include "protocol/api/00_produce.h"
#include "protocol/api/01_fetch.h"
#include "protocol/api/02_list_offsets.h"
#include "protocol/record/read.h"
#include "tests/mock/ask.h"
#include "tests/support/suite.h"

enum { LATEST = 18, MAX_PARTS = 8 };

struct fetch { /* zero: the usual */
    int16_t version;
    int parts; /* 0: one */
    int partition[MAX_PARTS];
    int64_t offset[MAX_PARTS];
    int epoch1, last_epoch1; /* current and last fetched epoch, plus 1; 0: none */
    int min_bytes, max_wait_ms, max_bytes, part_max;
    bool committed;
    int session, epoch; /* epoch 0 with session 0: no session; use make to ask for one */
    bool make;
    const char *topic;
    int forget; /* this partition, plus 1 */
};

static void setup(struct ask *a)
{
    ask_init(a, KAFC_MOCK(.brokers = 1));
    ck_assert_int_eq(kafc__cluster_create_topic(a->c, "t", 4, 0), KAFC_OK);
}

static void send_fetch(struct ask *a, const struct fetch *f)
{
    struct kafc_fetch_req q;
    struct kafc_fetch_req_topic t;
    struct kafc_fetch_req_partition p[MAX_PARTS];
    struct kafc_fetch_req_forgotten g;
    int32_t gone = f->forget - 1;
    int16_t v = f->version ? f->version : LATEST;
    const char *topic = f->topic ? f->topic : "t";

    kafc__msg_defaults(&kafc_fetch_req_schema, &q);
    kafc__msg_defaults(&kafc_fetch_req_topic_schema, &t);
    kafc__msg_defaults(&kafc_fetch_req_forgotten_schema, &g);
    if (v >= 13)
        g.topic_id = t.topic_id = ask_topic_id(a, topic);
    else
        g.topic = t.topic = ask_str(topic);
    t.partitions.v = p;
    t.partitions.n = f->parts < 0 ? 0 : f->parts ? f->parts : 1;
    for (int i = 0; i < t.partitions.n; i++) {
        kafc__msg_defaults(&kafc_fetch_req_partition_schema, &p[i]);
        p[i].partition = f->partition[i];
        p[i].fetch_offset = f->offset[i];
        p[i].partition_max_bytes = f->part_max ? f->part_max : 1 << 20;
        p[i].current_leader_epoch = f->epoch1 - 1;
        p[i].last_fetched_epoch = f->last_epoch1 - 1;
    }
    q.topics.v = &t;
    q.topics.n = t.partitions.n > 0;
    q.min_bytes = f->min_bytes ? f->min_bytes : 1;
    q.max_bytes = f->max_bytes ? f->max_bytes : 50 << 20;
    q.max_wait_ms = f->max_wait_ms;
    q.isolation_level = f->committed;
    q.session_id = f->session;
    q.session_epoch = f->make || f->session ? f->epoch : -1;
    if (f->forget) {
        g.partitions.v = &gone;
        g.partitions.n = 1;
        q.forgotten_topics_data.v = &g;
        q.forgotten_topics_data.n = 1;
    }
    ask_send(a, KAFC_API_FETCH, v, &q);
}

static bool got(struct ask *a, const struct fetch *f, struct kafc_fetch_resp *r)
{
    return ask_answered(a, KAFC_API_FETCH, f->version ? f->version : LATEST, r);
}

static const struct kafc_fetch_resp_partition *fetch(struct ask *a, const struct fetch *f)
{
    static struct kafc_fetch_resp r;

    send_fetch(a, f);
    ck_assert(got(a, f, &r));
    ck_assert_int_eq(r.error_code, KAFC_OK);
    ck_assert_int_eq(r.responses.n, 1);
    return &r.responses.v[0].partitions.v[0];
}

static void append(struct ask *a, int partition, int n)
{
    ck_assert_int_eq(ask_append(a, "t", partition, &(struct ask_batch){ .n = n })->error_code,
                     KAFC_OK);
}

START_TEST(every_version_gives_the_batches)
{
    struct ask a;
    setup(&a);
    append(&a, 0, 3);
    append(&a, 0, 2);
    for (int16_t v = 4; v <= 18; v++) {
        const struct kafc_fetch_resp_partition *p = fetch(&a, &(struct fetch){ .version = v });
        ck_assert_int_eq(p->error_code, KAFC_OK);
        ck_assert_int_eq(p->high_watermark, 5);
        ck_assert_int_eq(p->last_stable_offset, 5);
        ck_assert_int_gt(p->records.len, 122);
        ck_assert_int_eq(p->aborted_transactions.n, -1);
        p = fetch(&a, &(struct fetch){ .version = v, .offset = { 4 } });
        ck_assert_int_gt(p->records.len, 61); /* the batch that holds it */
        ck_assert_uint_eq(kafc__load64(p->records.p), 3);
        p = fetch(&a, &(struct fetch){ .version = v, .offset = { 6 } });
        ck_assert_int_eq(p->error_code, KAFC_ERR_OFFSET_OUT_OF_RANGE);
        p = fetch(&a, &(struct fetch){ .version = v, .partition = { 9 } });
        ck_assert_int_eq(p->error_code, KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION);
    }
    ck_assert_int_eq(kafc__cluster_delete_records(a.c, "t", 0, 4), KAFC_OK);
    ck_assert_int_eq(fetch(&a, &(struct fetch){ .offset = { 3 } })->error_code,
                     KAFC_ERR_OFFSET_OUT_OF_RANGE);
    ck_assert_int_eq(fetch(&a, &(struct fetch){ .offset = { 4 } })->log_start_offset, 4);
    ask_fini(&a);
}
END_TEST

START_TEST(a_fetch_waits_for_bytes_or_time)
{
    struct ask a;
    struct kafc_fetch_resp r;
    struct fetch f = { .version = 12, .max_wait_ms = 500 };
    kafc_message m = { .value = KAFC_STR("hello") };
    setup(&a);
    send_fetch(&a, &f);
    ck_assert(!got(&a, &f, &r));
    ck_assert_int_eq(kafc__cluster_deadline(a.c), a.now + 500000);
    ask_advance(&a, 499999);
    ck_assert(!got(&a, &f, &r));
    ask_advance(&a, 1);
    ck_assert(got(&a, &f, &r));
    ck_assert_int_eq(r.responses.v[0].partitions.v[0].records.len, 0);
    send_fetch(&a, &f);
    ck_assert_int_eq(kafc__cluster_append(a.c, "t", 0, &m, 1, -1), KAFC_OK);
    ck_assert(got(&a, &f, &r));
    ck_assert_int_gt(r.responses.v[0].partitions.v[0].records.len, 61);
    f.offset[0] = 1;
    f.min_bytes = 100;
    send_fetch(&a, &f);
    ck_assert_int_eq(kafc__cluster_append(a.c, "t", 0, &m, 1, -1), KAFC_OK);
    ck_assert(!got(&a, &f, &r));
    ck_assert_int_eq(kafc__cluster_append(a.c, "t", 0, &m, 1, -1), KAFC_OK);
    ck_assert(got(&a, &f, &r));
    f.offset[0] = 3;
    send_fetch(&a, &f);
    ck_assert(!got(&a, &f, &r));
    ck_assert_int_eq(kafc__cluster_set_leader(a.c, "t", 0, -1), KAFC_OK);
    ck_assert(got(&a, &f, &r));
    ck_assert_int_eq(r.responses.v[0].partitions.v[0].error_code, KAFC_ERR_NOT_LEADER_OR_FOLLOWER);
    ask_fini(&a);
}
END_TEST

START_TEST(limits_leave_the_first_batch_whole)
{
    struct ask a;
    struct kafc_fetch_resp r;
    struct fetch f = { .parts = 2, .partition = { 0, 1 }, .max_bytes = 10, .version = 12 };
    int32_t one;
    setup(&a);
    append(&a, 0, 10);
    append(&a, 0, 10);
    append(&a, 1, 10);
    one = fetch(&a, &(struct fetch){ .partition = { 1 } })->records.len;
    ck_assert_int_eq(fetch(&a, &(struct fetch){ .part_max = 10 })->records.len, one);
    ck_assert_int_eq(fetch(&a, &(struct fetch){ .part_max = 2 * one })->records.len, 2 * one);
    /* The second batch is cut off at the limit. */
    ck_assert_int_eq(fetch(&a, &(struct fetch){ .part_max = one + 20 })->records.len, one + 20);
    send_fetch(&a, &f);
    ck_assert(got(&a, &f, &r));
    ck_assert_int_eq(r.responses.v[0].partitions.v[0].records.len, one);
    ck_assert_int_eq(r.responses.v[0].partitions.v[1].records.len, 0);
    ask_fini(&a);
}
END_TEST

START_TEST(sessions_tell_news_only)
{
    struct ask a;
    struct kafc_fetch_resp r;
    struct fetch f = { .parts = 3, .partition = { 0, 1, 2 }, .make = true, .version = 12 };
    setup(&a);
    append(&a, 1, 1);
    send_fetch(&a, &f);
    ck_assert(got(&a, &f, &r));
    ck_assert_int_gt(r.session_id, 0);
    ck_assert_int_eq(r.responses.v[0].partitions.n, 3);
    f = (struct fetch){
        .version = 12, .parts = 1, .partition = { 1 }, .offset = { 1 }, .session = r.session_id
    };
    f.epoch = 1;
    send_fetch(&a, &f);
    ck_assert(got(&a, &f, &r));
    ck_assert_int_eq(r.responses.n, 0);
    f.parts = -1;
    f.epoch = 2;
    append(&a, 2, 1);
    append(&a, 0, 1);
    send_fetch(&a, &f);
    ck_assert(got(&a, &f, &r));
    ck_assert_int_eq(r.responses.n, 1);
    ck_assert_int_eq(r.responses.v[0].partitions.n, 2);
    f.epoch = 3;
    f.forget = 3;
    send_fetch(&a, &f);
    ck_assert(got(&a, &f, &r));
    ck_assert_int_eq(r.responses.v[0].partitions.n, 1);
    ck_assert_int_eq(r.responses.v[0].partitions.v[0].partition_index, 0);
    send_fetch(&a, &f); /* the same epoch again */
    ck_assert(got(&a, &f, &r));
    ck_assert_int_eq(r.error_code, KAFC_ERR_INVALID_FETCH_SESSION_EPOCH);
    f.version = 13;
    f.epoch = 4;
    send_fetch(&a, &f);
    ck_assert(got(&a, &f, &r));
    ck_assert_int_eq(r.error_code, KAFC_ERR_FETCH_SESSION_TOPIC_ID_ERROR);
    f.session += 77;
    send_fetch(&a, &f);
    ck_assert(got(&a, &f, &r));
    ck_assert_int_eq(r.error_code, KAFC_ERR_FETCH_SESSION_ID_NOT_FOUND);
    ask_fini(&a);
}
END_TEST

START_TEST(sessions_die_with_their_broker)
{
    struct ask a;
    struct kafc_fetch_resp r;
    struct fetch f = { .make = true, .version = 12 };
    setup(&a);
    append(&a, 0, 1);
    send_fetch(&a, &f);
    ck_assert(got(&a, &f, &r));
    ck_assert_int_eq(kafc__cluster_stop(a.c, 1), KAFC_OK);
    ck_assert_int_eq(kafc__cluster_start(a.c, 1), KAFC_OK);
    ask_connect(&a, 1);
    f = (struct fetch){ .version = 12, .session = r.session_id, .epoch = 1 };
    send_fetch(&a, &f);
    ck_assert(got(&a, &f, &r));
    ck_assert_int_eq(r.error_code, KAFC_ERR_FETCH_SESSION_ID_NOT_FOUND);
    ask_fini(&a);
}
END_TEST

START_TEST(transactions_and_isolation)
{
    struct ask a;
    kafc_message m = { .value = KAFC_STR("x") };
    const struct kafc_fetch_resp_partition *p;
    kafc_mock_log log;
    setup(&a);
    ck_assert_int_eq(kafc__cluster_append(a.c, "t", 0, &m, 1, -1), KAFC_OK); /* 0 */
    ck_assert_int_eq(kafc__cluster_append(a.c, "t", 0, &m, 1, 5), KAFC_OK);  /* 1: open */
    ck_assert_int_eq(kafc__cluster_append(a.c, "t", 0, &m, 1, 6), KAFC_OK);  /* 2: open */
    ck_assert_int_eq(kafc__cluster_log(a.c, "t", 0, &log), KAFC_OK);
    ck_assert_int_eq(log.last_stable, 1);
    p = fetch(&a, &(struct fetch){ .committed = true });
    ck_assert_int_eq(p->last_stable_offset, 1);
    ck_assert_int_eq(p->high_watermark, 3);
    ck_assert_int_lt(p->records.len, 100);
    ck_assert_int_eq(p->aborted_transactions.n, 0);
    ck_assert_int_gt(fetch(&a, &(struct fetch){ 0 })->records.len, 180);
    ck_assert_int_eq(kafc__cluster_append_marker(a.c, "t", 0, 5, false), KAFC_OK); /* 3 */
    ck_assert_int_eq(kafc__cluster_log(a.c, "t", 0, &log), KAFC_OK);
    ck_assert_int_eq(log.last_stable, 2);
    ck_assert_int_eq(kafc__cluster_append_marker(a.c, "t", 0, 6, true), KAFC_OK); /* 4 */
    p = fetch(&a, &(struct fetch){ .committed = true });
    ck_assert_int_eq(p->last_stable_offset, 5);
    ck_assert_int_eq(p->aborted_transactions.n, 1);
    ck_assert_int_eq(p->aborted_transactions.v[0].producer_id, 5);
    ck_assert_int_eq(p->aborted_transactions.v[0].first_offset, 1);
    ck_assert_int_eq(
        fetch(&a, &(struct fetch){ .committed = true, .offset = { 4 } })->aborted_transactions.n,
        0);
    ck_assert_int_eq(kafc__cluster_set_last_stable(a.c, "t", 0, 2), KAFC_OK);
    ck_assert_int_eq(fetch(&a, &(struct fetch){ .committed = true })->last_stable_offset, 2);
    ask_fini(&a);
}
END_TEST

START_TEST(leader_epochs_fence_and_find_divergence)
{
    struct ask a;
    const struct kafc_fetch_resp_partition *p;
    setup(&a);
    append(&a, 0, 5); /* 0..4, epoch 0 */
    ck_assert_int_eq(kafc__cluster_set_leader(a.c, "t", 0, 1), KAFC_OK);
    ck_assert_int_eq(kafc__cluster_set_leader(a.c, "t", 0, 1), KAFC_OK);
    append(&a, 0, 5); /* 5..9, epoch 2 */
    p = fetch(&a, &(struct fetch){ .epoch1 = 2 });
    ck_assert_int_eq(p->error_code, KAFC_ERR_FENCED_LEADER_EPOCH);
    ck_assert_int_eq(p->current_leader.leader_epoch, 2);
    ck_assert_int_eq(fetch(&a, &(struct fetch){ .epoch1 = 4 })->error_code,
                     KAFC_ERR_UNKNOWN_LEADER_EPOCH);
    ck_assert_int_eq(fetch(&a, &(struct fetch){ .epoch1 = 3 })->error_code, KAFC_OK);
    p = fetch(&a, &(struct fetch){ .epoch1 = 3, .last_epoch1 = 1, .offset = { 5 } });
    ck_assert_int_eq(p->diverging_epoch.epoch, -1);
    ck_assert_int_gt(p->records.len, 0);
    p = fetch(&a, &(struct fetch){ .epoch1 = 3, .last_epoch1 = 1, .offset = { 7 } });
    ck_assert_int_eq(p->diverging_epoch.epoch, 0);
    ck_assert_int_eq(p->diverging_epoch.end_offset, 5);
    ck_assert_int_eq(p->records.len, 0);
    ask_fini(&a);
}
END_TEST

START_TEST(unknown_ids_are_errors_of_their_own)
{
    struct ask a;
    setup(&a);
    ck_assert_int_eq(kafc__cluster_create_topic(a.c, "gone", 1, 0), KAFC_OK);
    struct fetch f = { .topic = "gone", .max_wait_ms = 1000 };
    struct kafc_fetch_resp r;
    send_fetch(&a, &f);
    ck_assert(!got(&a, &f, &r));
    ck_assert_int_eq(kafc__cluster_delete_topic(a.c, "gone"), KAFC_OK);
    ck_assert(got(&a, &f, &r));
    ck_assert_int_eq(r.responses.v[0].partitions.v[0].error_code, KAFC_ERR_UNKNOWN_TOPIC_ID);
    ask_fini(&a);
}
END_TEST

static struct kafc_list_offsets_resp_partition list(struct ask *a, int16_t v, int64_t time,
                                                    bool committed)
{
    struct kafc_list_offsets_req q;
    struct kafc_list_offsets_req_topic t;
    struct kafc_list_offsets_req_partition p;
    struct kafc_list_offsets_resp r;

    kafc__msg_defaults(&kafc_list_offsets_req_schema, &q);
    kafc__msg_defaults(&kafc_list_offsets_req_topic_schema, &t);
    kafc__msg_defaults(&kafc_list_offsets_req_partition_schema, &p);
    q.isolation_level = committed;
    q.replica_id = -1;
    t.name = ask_str("t");
    p.timestamp = time;
    p.max_num_offsets = v == 0 ? 5 : p.max_num_offsets;
    t.partitions.v = &p;
    t.partitions.n = 1;
    q.topics.v = &t;
    q.topics.n = 1;
    ask_call(a, KAFC_API_LIST_OFFSETS, v, &q, &r);
    ck_assert_int_eq(r.topics.n, 1);
    return r.topics.v[0].partitions.v[0];
}

START_TEST(offsets_by_time)
{
    struct ask a;
    struct kafc_list_offsets_resp_partition p;
    kafc_message m = { .value = KAFC_STR("x") };
    setup(&a);
    ck_assert_int_eq(kafc__cluster_set_versions(a.c, KAFC_API_LIST_OFFSETS, 0, 11), KAFC_OK);
    (void)ask_append(&a, "t", 0, &(struct ask_batch){ .n = 10, .ts = 1000 }); /* 1000..1009 */
    (void)ask_append(&a, "t", 0, &(struct ask_batch){ .n = 10, .ts = 3000 });
    (void)ask_append(&a, "t", 0, &(struct ask_batch){ .n = 10, .ts = 2000 }); /* out of order */
    p = list(&a, 0, -1, false);
    ck_assert_int_eq(p.old_style_offsets.n, 2);
    ck_assert_int_eq(p.old_style_offsets.v[0], 30);
    for (int16_t v = 1; v <= 11; v++) {
        ck_assert_int_eq(list(&a, v, -1, false).offset, 30);
        ck_assert_int_eq(list(&a, v, -2, false).offset, 0);
        ck_assert_int_eq(list(&a, v, 0, false).offset, 0);
        p = list(&a, v, 1005, false);
        ck_assert_int_eq(p.offset, 5);
        ck_assert_int_eq(p.timestamp, 1005);
        ck_assert_int_eq(list(&a, v, 1500, false).offset, 10);
        ck_assert_int_eq(list(&a, v, 3009, false).offset, 19);
        p = list(&a, v, 3010, false);
        ck_assert_int_eq(p.offset, -1);
        ck_assert_int_eq(p.error_code, KAFC_OK);
        if (v >= 7)
            ck_assert_int_eq(list(&a, v, -3, false).offset, 19);
    }
    ck_assert_int_eq(kafc__cluster_append(a.c, "t", 0, &m, 1, 5), KAFC_OK);
    ck_assert_int_eq(list(&a, 2, -1, false).offset, 31);
    ck_assert_int_eq(list(&a, 2, -1, true).offset, 30);
    ck_assert_int_eq(list(&a, 2, a.wall_ms, true).offset, -1);
    ck_assert_int_eq(list(&a, 2, a.wall_ms, false).offset, 30);
    ask_fini(&a);
}
END_TEST

START_TEST(old_batches_go_when_more_is_held_than_wanted)
{
    struct ask a;
    kafc_mock_log log;
    ask_init(&a, KAFC_MOCK(.brokers = 1, .retention_bytes = 100000));
    ck_assert_int_eq(kafc__cluster_create_topic(a.c, "t", 1, 0), KAFC_OK);
    for (int i = 0; i < 3000; i++)
        append(&a, 0, 10);
    ck_assert_int_eq(kafc__cluster_log(a.c, "t", 0, &log), KAFC_OK);
    ck_assert_int_eq(log.high_watermark, 30000);
    ck_assert_int_gt(log.log_start, 20000);
    ck_assert_int_eq(log.records, 30000 - log.log_start);
    ck_assert_int_eq(fetch(&a, &(struct fetch){ .offset = { log.log_start } })->error_code,
                     KAFC_OK);
    ask_fini(&a);
}
END_TEST

/* Whole batches with good sums from the one that holds the offset on, each behind the one before. Returns the offset
 * behind them. */
static int64_t check_batches(const struct kafc_records *r, int64_t offset, int32_t size)
{
    struct kafc_batches it;
    struct kafc_batch b;
    struct kafc_decompress z;
    int64_t next = -1;

    kafc__decompress_init(&z, NULL, NULL, 1 << 20);
    kafc__batches_init(&it, r->p, (size_t)r->len);
    while (kafc__batch_next(&it, &b, NULL) == KAFC_OK && b.p) {
        struct kafc_record_cursor c;
        struct kafc_record rec;
        struct kafc_frame *f;
        char key[9] = "";

        ck_assert(next < 0 ? b.header.base_offset <= offset : b.header.base_offset == next);
        next = kafc__batch_last_offset(&b) + 1;
        ck_assert_int_gt(next, offset);
        ck_assert_int_eq(b.header.leader_epoch, 0);
        ck_assert_int_eq(kafc__batch_check_crc(&b, NULL), KAFC_OK);
        ck_assert_int_eq(kafc__batch_open(&b, &z, &c, &f, NULL), KAFC_OK);
        bool good = true; /* one assertion for all: they take long */
        for (int64_t i = b.header.base_offset; i < next && good; i++) {
            good = kafc__record_next(&c, &rec) == KAFC_RECORD_GOT && rec.offset == i &&
                   rec.value.len == size && rec.key.len == 8;
            if (good)
                memcpy(key, rec.key.p, 8);
            good = good && (i > 3000 || atoi(key) == i); /* a few batches come again and again */
        }
        ck_assert(good);
        ck_assert_int_eq(kafc__record_next(&c, &rec), KAFC_RECORD_END);
        kafc__frame_unref(f);
    }
    ck_assert_ptr_eq(it.p, it.end);
    ck_assert_uint_eq(it.cut, 0);
    kafc__decompress_fini(&z);
    return next;
}

static void setup_endless(struct ask *a, int32_t size, kafc_compression codec)
{
    ask_init(a, KAFC_MOCK(.brokers = 1, .partitions = MAX_PARTS, .endless_bytes = size,
                          .endless_codec = codec));
    (void)ask_topic_id(a, "t"); /* asked for, it is there */
}

START_TEST(an_endless_log_has_every_offset)
{
    static const int64_t offsets[] = { 0, 1, 499, 500, 5000, 1234567, INT64_C(99999999999) };
    struct ask a;

    setup_endless(&a, 100, KAFC_NONE);
    for (int16_t v = 4; v <= 18; v++)
        for (size_t i = 0; i < sizeof offsets / sizeof *offsets; i++) {
            struct fetch f = { .version = v,
                               .offset = { offsets[i] },
                               .last_epoch1 = v >= 12,
                               .part_max = 200000 };
            const struct kafc_fetch_resp_partition *p = fetch(&a, &f);

            ck_assert_int_eq(p->error_code, KAFC_OK);
            ck_assert_int_gt(p->high_watermark, offsets[6]);
            ck_assert_int_gt(p->records.len, 100000);
            ck_assert_int_le(p->records.len, 200000);
            ck_assert_int_gt(check_batches(&p->records, offsets[i], 100), offsets[i]);
        }
    ck_assert_int_eq(kafc__cluster_set_versions(a.c, KAFC_API_FETCH, 0, 18), KAFC_OK);
    ck_assert_int_eq(fetch(&a, &(struct fetch){ .version = 3 })->error_code,
                     KAFC_ERR_UNSUPPORTED_FOR_MESSAGE_FORMAT);
    ck_assert_int_eq(fetch(&a, &(struct fetch){ .offset = { INT64_MAX } })->error_code,
                     KAFC_ERR_OFFSET_OUT_OF_RANGE);
    ask_fini(&a);
}
END_TEST

START_TEST(an_endless_log_keeps_to_limits)
{
    struct kafc_fetch_resp r;
    struct ask a;
    struct fetch f = { .version = 12, .parts = 3, .partition = { 5, 0, 2 }, .part_max = 1 };

    setup_endless(&a, 1000, KAFC_NONE);
    send_fetch(&a, &f);
    ck_assert(got(&a, &f, &r));
    const struct kafc_fetch_resp_partition *p = r.responses.v[0].partitions.v;
    ck_assert_int_lt(p[0].records.len, 1 << 16); /* one batch, whole (KIP-74), and of one partition */
    ck_assert_int_gt(check_batches(&p[0].records, 0, 1000), 0);
    ck_assert_int_eq(p[1].records.len + p[2].records.len, 0);
    f.part_max = 300000;
    f.max_bytes = 500000;
    send_fetch(&a, &f);
    ck_assert(got(&a, &f, &r));
    p = r.responses.v[0].partitions.v;
    for (int i = 0; i < 3; i++)
        ck_assert_int_le(p[i].records.len, i == 0 ? 300000 : i == 1 ? 200000 + (1 << 16) : 1 << 16);
    ck_assert_int_gt(p[0].records.len, 300000 - (1 << 16));
    ck_assert_int_gt(p[1].records.len, 500000 - 300000 - (1 << 16));
    ck_assert_int_le(p[0].records.len + p[1].records.len + p[2].records.len, 500000);
    ask_fini(&a);
}
END_TEST

/* A session is asked with nothing new but the offset. */
START_TEST(an_endless_log_in_a_session)
{
    struct fetch f = { .parts = 2, .partition = { 1, 3 }, .make = true };
    struct kafc_fetch_resp r;
    struct ask a;

    setup_endless(&a, 10, KAFC_NONE);
    for (f.epoch = 0; f.epoch < 5; f.epoch++) {
        send_fetch(&a, &f);
        ck_assert(got(&a, &f, &r));
        ck_assert_int_eq(r.error_code, KAFC_OK);
        f.session = r.session_id;
        ck_assert_int_eq(r.responses.v[0].partitions.n, 2);
        for (int i = 0; i < 2; i++) {
            const struct kafc_fetch_resp_partition *p = &r.responses.v[0].partitions.v[i];
            int which = p->partition_index == 3;

            f.offset[which] = check_batches(&p->records, f.offset[which], 10);
        }
    }
    ck_assert_int_gt(f.offset[0], 5 * (1 << 19) / 30);
    ask_fini(&a);
}
END_TEST

START_TEST(an_endless_log_is_compressed)
{
    for (int id = KAFC_GZIP; id <= KAFC_ZSTD; id++) {
        kafc_compression codec = (kafc_compression)id;
        struct ask a;
        kafc_error err;

        if (kafc__codec_check(kafc__codec(id), &err)) {
            ck_assert_ptr_null(
                kafc__cluster_new(KAFC_MOCK(.endless_bytes = 1, .endless_codec = codec), &err));
            ck_assert_int_eq(err.code, KAFC_ERR_NO_CODEC);
            continue;
        }
        setup_endless(&a, 200, codec);
        for (int16_t v = 4; v <= 18; v++) {
            const struct kafc_fetch_resp_partition *p = fetch(
                &a, &(struct fetch){ .version = v, .part_max = 100000 });
            bool early = codec == KAFC_ZSTD && v < 10;

            ck_assert_int_eq(p->error_code, early ? KAFC_ERR_UNSUPPORTED_COMPRESSION_TYPE : KAFC_OK);
            if (!early)
                ck_assert_int_gt(check_batches(&p->records, 0, 200), 600);
        }
        ask_fini(&a);
    }
}
END_TEST

START_TEST(what_is_sent_to_an_endless_log_is_not_kept)
{
    struct ask a;

    setup_endless(&a, 100, KAFC_NONE);
    int64_t end = fetch(&a, &(struct fetch){ 0 })->high_watermark;
    ck_assert_int_eq(ask_append(&a, "t", 0, &(struct ask_batch){ .n = 3 })->base_offset, end);
    ck_assert_int_eq(ask_append(&a, "t", 0, &(struct ask_batch){ .n = 1 })->base_offset, end + 3);
    ck_assert_int_eq(fetch(&a, &(struct fetch){ .offset = { end } })->records.len, 0);
    ck_assert_int_gt(fetch(&a, &(struct fetch){ 0 })->records.len, 0);
    kafc_error err;
    ck_assert_ptr_null(kafc__cluster_new(KAFC_MOCK(.endless_bytes = 50000001), &err));
    ck_assert_int_eq(err.code, KAFC_ERR_USAGE);
    ask_fini(&a);
}
END_TEST

SUITE_MAIN("mock-fetch", 20, every_version_gives_the_batches, a_fetch_waits_for_bytes_or_time,
           limits_leave_the_first_batch_whole, sessions_tell_news_only,
           sessions_die_with_their_broker, transactions_and_isolation,
           leader_epochs_fence_and_find_divergence, unknown_ids_are_errors_of_their_own,
           offsets_by_time, old_batches_go_when_more_is_held_than_wanted,
           an_endless_log_has_every_offset, an_endless_log_keeps_to_limits,
           an_endless_log_in_a_session, an_endless_log_is_compressed,
           what_is_sent_to_an_endless_log_is_not_kept)
