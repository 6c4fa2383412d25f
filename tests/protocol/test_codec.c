/* SPDX-License-Identifier: BSD-2-Clause
 *
 * protocol: what may not be written, what hostile bytes may not do, and what
 * errors say. test_proof has the random messages.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/rand.h"
#include "base/seg.h"
#include "fuzz/pick.h"
#include "protocol/api/00_produce.h"
#include "protocol/api/01_fetch.h"
#include "protocol/api/03_metadata.h"
#include "protocol/api/20_delete_topics.h"
#include "protocol/api/63_broker_heartbeat.h"
#include "tests/protocol/message.h"
#include "tests/support/alloc.h"
#include "tests/support/suite.h"

static struct kafc_arena arena;

static void setup_arena(void)
{
    kafc__arena_init(&arena, NULL, 0);
}

static kafc_err decode(const struct kafc_schema *s, void *msg, int version, const void *p, size_t n,
                       kafc_error *e)
{
    struct kafc_rd r;
    kafc__rd_init(&r, p, n);
    return kafc__msg_decode(&r, s, msg, (int16_t)version, &arena, e);
}

START_TEST(a_field_the_version_lacks_must_be_default)
{
    struct kafc_produce_req m;
    kafc_error e;
    size_t size;
    kafc__msg_defaults(&kafc_produce_req_schema, &m);
    m.transactional_id = (kafc_str){ "tx", 2 };
    ck_assert_int_eq(kafc__msg_size(&kafc_produce_req_schema, &m, 2, &size, NULL, &e),
                     KAFC_ERR_ENCODE);
    ck_assert_str_eq(e.message,
                     "ProduceRequest v2, TransactionalId: set, but the version does not carry it");
    ck_assert_int_eq(e.api, 0);
    ck_assert_int_eq(e.version, 2);
    ck_assert_int_eq(e.broker, -1);
    uint8_t buf[64];
    struct kafc_wr w;
    kafc__wr_init(&w, buf, sizeof(buf), NULL);
    ck_assert_int_eq(kafc__msg_encode(&w, &kafc_produce_req_schema, &m, 2, NULL), KAFC_ERR_ENCODE);
    ck_assert_int_eq(kafc__msg_size(&kafc_produce_req_schema, &m, 3, &size, NULL, &e), KAFC_OK);
    ck_assert_int_eq(kafc__msg_size(&kafc_produce_req_schema, &m, 14, &size, NULL, &e),
                     KAFC_ERR_UNSUPPORTED);
    ck_assert_str_eq(e.message, "ProduceRequest has versions 0 to 13, not 14");
}
END_TEST

START_TEST(an_ignorable_field_is_dropped)
{
    struct kafc_metadata_resp m, back;
    setup_arena();
    kafc__msg_defaults(&kafc_metadata_resp_schema, &m);
    m.throttle_time_ms = 5;
    m.cluster_id = (kafc_str){ "c", 1 };
    size_t n;
    unsigned char *bytes = message_encode(&kafc_metadata_resp_schema, &m, 0, &n);
    ck_assert_uint_eq(n, 8);
    ck_assert_int_eq(decode(&kafc_metadata_resp_schema, &back, 0, bytes, n, NULL), KAFC_OK);
    ck_assert_int_eq(back.throttle_time_ms, 0);
    ck_assert_ptr_null(back.cluster_id.p);
    ck_assert_int_eq(back.controller_id, -1);
    ck_assert_int_eq(back.cluster_authorized_operations, INT32_MIN);
    free(bytes);
    kafc__arena_fini(&arena);
}
END_TEST

START_TEST(V3_null_where_none_is_allowed_is_an_error_both_ways)
{
    struct kafc_metadata_req_topic topics[3];
    struct kafc_metadata_req m;
    kafc_error e;
    size_t size;
    kafc__msg_defaults(&kafc_metadata_req_schema, &m);
    for (int i = 0; i < 3; i++) {
        kafc__msg_defaults(&kafc_metadata_req_topic_schema, &topics[i]);
        topics[i].name = (kafc_str){ i == 2 ? NULL : "t", i == 2 ? 0 : 1 };
    }
    m.topics.v = topics;
    m.topics.n = 3;
    ck_assert_int_eq(kafc__msg_size(&kafc_metadata_req_schema, &m, 9, &size, NULL, &e),
                     KAFC_ERR_ENCODE);
    ck_assert_str_eq(e.message,
                     "MetadataRequest v9, Topics[2].Name: null, which the version does not allow");
    ck_assert_int_eq(kafc__msg_size(&kafc_metadata_req_schema, &m, 10, &size, NULL, &e), KAFC_OK);
    m.topics.v = NULL;
    m.topics.n = -1;
    ck_assert_int_eq(kafc__msg_size(&kafc_metadata_req_schema, &m, 0, &size, NULL, &e),
                     KAFC_ERR_ENCODE);
    ck_assert_int_eq(kafc__msg_size(&kafc_metadata_req_schema, &m, 1, &size, NULL, &e), KAFC_OK);
    setup_arena();
    ck_assert_int_eq(decode(&kafc_metadata_req_schema, &m, 0, "\xff\xff\xff\xff", 4, &e),
                     KAFC_ERR_PROTOCOL);
    ck_assert_str_eq(
        e.message, "MetadataRequest v0, Topics at byte 4: null, which the version does not allow");
    ck_assert_int_eq(decode(&kafc_metadata_req_schema, &m, 1, "\xff\xff\xff\xff", 4, &e), KAFC_OK);
    ck_assert_int_eq(m.topics.n, -1);
    /* the elements of a nullable or other list are never null */
    struct kafc_delete_topics_req d;
    ck_assert_int_eq(
        decode(&kafc_delete_topics_req_schema, &d, 0, "\0\0\0\1\xff\xff\0\0\0\0", 10, &e),
        KAFC_ERR_PROTOCOL);
    ck_assert_str_eq(
        e.message,
        "DeleteTopicsRequest v0, TopicNames[0] at byte 6: null, which the version does not allow");
    kafc__arena_fini(&arena);
}
END_TEST

START_TEST(errors_say_where)
{
    /* two brokers, the second cut in its host */
    static const char bytes[] = "\0\0\0\2"
                                "\0\0\0\1\0\1h\0\0\0\5"
                                "\0\0\0\2\0\7ab";
    struct kafc_metadata_resp m;
    kafc_error e;
    setup_arena();
    ck_assert_int_eq(decode(&kafc_metadata_resp_schema, &m, 0, bytes, sizeof(bytes) - 1, &e),
                     KAFC_ERR_PROTOCOL);
    ck_assert_str_eq(
        e.message,
        "MetadataResponse v0, Brokers[1].Host at byte 21: a length above the bytes that are left");
    ck_assert_int_eq(e.api, 3);
    ck_assert_int_eq(e.version, 0);
    ck_assert_int_eq(e.cls, KAFC_CLASS_RECONNECT);
    kafc__arena_fini(&arena);
}
END_TEST

/* Ten bytes that claim two thousand million elements must not cost memory. */
START_TEST(an_allocation_bomb_is_refused)
{
    static const struct {
        const struct kafc_schema *s;
        int version;
        const char *bytes;
        size_t n;
    } bombs[] = {
        { &kafc_metadata_req_schema, 1, "\x7f\xff\xff\xff\0\0\0\0\0\0", 10 },
        { &kafc_metadata_req_schema, 9, "\xff\xff\xff\xff\x0f\0\0\0\0\0", 10 },
        { &kafc_delete_topics_req_schema, 0, "\x7f\xff\xff\xff\0\0\0\0\0\0", 10 },
        { &kafc_delete_topics_req_schema, 4, "\1\0\0\0\0\xff\xff\xff\xff\x0f",
          10 }, /* tagged fields */
        { &kafc_delete_topics_req_schema, 4, "\1\0\0\0\0\1\x64\xff\xff\xff\x0f", 11 },
    };
    for (size_t i = 0; i < sizeof(bombs) / sizeof(*bombs); i++) {
        void *m = message_new(bombs[i].s);
        struct test_alloc mem;
        struct kafc_rd r;
        test_alloc_init(&mem);
        kafc__arena_init(&arena, &mem.mem, 0);
        kafc__rd_init(&r, bombs[i].bytes, bombs[i].n);
        ck_assert_int_eq(
            kafc__msg_decode(&r, bombs[i].s, m, (int16_t)bombs[i].version, &arena, NULL),
            KAFC_ERR_PROTOCOL);
        ck_assert_msg(mem.calls == 0, "bomb %zu: %ld allocations", i, (long)mem.calls);
        kafc__arena_fini(&arena);
        free(m);
    }
    /* a count that the bytes could hold by number, but not by the smallest size of an element (10 for a broker) */
    unsigned char *big = calloc(1, 60000);
    struct kafc_metadata_resp m;
    kafc_error e;
    struct test_alloc mem;
    test_alloc_init(&mem);
    kafc__arena_init(&arena, &mem.mem, 0);
    big[2] = 6000 >> 8;
    big[3] = 6000 & 0xff;
    ck_assert_int_eq(decode(&kafc_metadata_resp_schema, &m, 0, big, 60000, &e), KAFC_ERR_PROTOCOL);
    ck_assert_str_eq(e.message, "MetadataResponse v0, Brokers[5999].Port at byte 60000: "
                                "the bytes end inside it");
    ck_assert_uint_lt(arena.used, 60000 * KAFC_DECODE_FACTOR);
    ck_assert_uint_eq(arena.used, 6000 * sizeof(struct kafc_metadata_resp_broker));
    kafc__arena_fini(&arena);
    free(big);
}
END_TEST

START_TEST(tags_doubled_unordered_or_of_false_size_are_refused)
{
    static const struct {
        const char *tags;
        size_t n;
        bool good;
    } cases[] = {
        { "\2\x64\1x\x65\0", 6, true },
        { "\2\x65\1x\x64\0", 6, false },
        { "\2\x64\1x\x64\0", 6, false },
        { "\1\0\5\2\0\0\0\0", 8, false }, /* NodeEndpoints: shorter and longer than its size */
        { "\1\0\1\1", 4, true },
        { "\1\0\2\1\0", 5, false },
        { "\1\x64\2x", 4, false },
    };
    setup_arena();
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        unsigned char bytes[32] = { 1, 0, 0, 0,
                                    0 }; /* ProduceResponse 10 without topics, no throttle */
        struct kafc_produce_resp m;
        memcpy(bytes + 5, cases[i].tags, cases[i].n);
        kafc_err err = decode(&kafc_produce_resp_schema, &m, 10, bytes, 5 + cases[i].n, NULL);
        ck_assert_msg(err == (cases[i].good ? KAFC_OK : KAFC_ERR_PROTOCOL), "case %zu", i);
    }
    static const struct kafc_tag bad[] = { { 7, { "", 0 } }, { 7, { "", 0 } }, { 0, { "", 0 } } };
    struct kafc_produce_resp m;
    kafc_error e;
    size_t size;
    kafc__msg_defaults(&kafc_produce_resp_schema, &m);
    m.unknown = (struct kafc_tags){ bad, 2 };
    ck_assert_int_eq(kafc__msg_size(&kafc_produce_resp_schema, &m, 10, &size, NULL, &e),
                     KAFC_ERR_ENCODE);
    m.unknown = (struct kafc_tags){ bad + 2, 1 }; /* 0 is NodeEndpoints */
    ck_assert_int_eq(kafc__msg_size(&kafc_produce_resp_schema, &m, 10, &size, NULL, &e),
                     KAFC_ERR_ENCODE);
    ck_assert_int_eq(kafc__msg_size(&kafc_produce_resp_schema, &m, 9, &size, NULL, &e),
                     KAFC_OK); /* not yet known */
    ck_assert_int_eq(kafc__msg_size(&kafc_produce_resp_schema, &m, 8, &size, NULL, &e),
                     KAFC_ERR_ENCODE);
    kafc__arena_fini(&arena);
    /* and so says encode, for a message that was not sized first */
    static const struct {
        int version;
        struct kafc_tags tags;
        const char *text;
    } unsized[] = {
        { 10, { bad, 2 }, "v10, tags at byte 5: unknown tagged fields out of order" },
        { 10, { bad + 2, 1 }, "v10, tags at byte 5: unknown tagged fields out of order" },
        { 10, { NULL, -1 }, "v10, tags at byte 5: a negative length" },
        { 8, { bad, 1 }, "v8, tags at byte 8: unknown tagged fields in a version without" },
    };
    for (size_t i = 0; i < sizeof(unsized) / sizeof(*unsized); i++) {
        uint8_t buf[64];
        struct kafc_wr w;
        m.unknown = unsized[i].tags;
        kafc__wr_init(&w, buf, sizeof(buf), NULL);
        ck_assert_int_eq(
            kafc__msg_encode(&w, &kafc_produce_resp_schema, &m, (int16_t)unsized[i].version, &e),
            KAFC_ERR_ENCODE);
        ck_assert_msg(strstr(e.message, unsized[i].text), "%s", e.message);
    }
}
END_TEST

START_TEST(fetched_records_stay_where_they_are)
{
    struct kafc_fetch_resp m, back;
    struct kafc_fetch_resp_topic topic;
    struct kafc_fetch_resp_partition part;
    setup_arena();
    kafc__msg_defaults(&kafc_fetch_resp_schema, &m);
    kafc__msg_defaults(&kafc_fetch_resp_topic_schema, &topic);
    kafc__msg_defaults(&kafc_fetch_resp_partition_schema, &part);
    char *blob = malloc(100000);
    memset(blob, 'b', 100000);
    part.records = (struct kafc_records){ blob, 100000, NULL };
    topic.partitions.v = &part;
    topic.partitions.n = 1;
    m.responses.v = &topic;
    m.responses.n = 1;
    for (int v = 0; v <= 18; v++) {
        size_t n;
        unsigned char *bytes = message_encode(&kafc_fetch_resp_schema, &m, v, &n);
        ck_assert_int_eq(decode(&kafc_fetch_resp_schema, &back, v, bytes, n, NULL), KAFC_OK);
        const struct kafc_records *r = &back.responses.v[0].partitions.v[0].records;
        ck_assert_int_eq(r->len, 100000);
        ck_assert((const unsigned char *)r->p > bytes && (const unsigned char *)r->p < bytes + n);
        ck_assert_uint_lt(arena.used, 1000);
        ck_assert(kafc__msg_equal(&kafc_fetch_resp_schema, &m, &back));
        free(bytes);
        kafc__arena_reset(&arena);
    }
    free(blob);
    kafc__arena_fini(&arena);
}
END_TEST

static struct kafc_seg *segment(const char *text, struct kafc_seg *next)
{
    size_t n = strlen(text);
    struct kafc_seg *s = calloc(1, sizeof(*s) + n);
    memcpy(s->data, text, n);
    s->len = (uint32_t)n;
    s->next = next;
    return s;
}

/* The same Produce request with its records in one block, and in chains that are never copied. */
START_TEST(produce_gathers_what_it_would_have_copied)
{
    struct kafc_seg *chain = segment("first-", segment("", segment("second", NULL)));
    struct kafc_produce_req m;
    struct kafc_produce_req_topic topic;
    struct kafc_produce_req_partition part[2];
    setup_arena();
    kafc__msg_defaults(&kafc_produce_req_schema, &m);
    kafc__msg_defaults(&kafc_produce_req_topic_schema, &topic);
    for (int i = 0; i < 2; i++) {
        kafc__msg_defaults(&kafc_produce_req_partition_schema, &part[i]);
        part[i].index = i;
        part[i].records = (struct kafc_records){ "first-second", 12, NULL };
    }
    m.topic_data.v = &topic;
    m.topic_data.n = 1;
    topic.partition_data.v = part;
    topic.partition_data.n = 2;
    for (int v = 0; v <= 13; v++) {
        size_t whole, size, spliced;
        kafc_error e = { .code = KAFC_OK };
        part[0].records.chain = part[1].records.chain = NULL;
        unsigned char *want = message_encode(&kafc_produce_req_schema, &m, v, &whole),
                      *have = malloc(whole);
        part[0].records.chain = part[1].records.chain = chain;
        ck_assert_int_eq(
            kafc__msg_size(&kafc_produce_req_schema, &m, (int16_t)v, &size, &spliced, &e), KAFC_OK);
        ck_assert_uint_eq(size, whole);
        ck_assert_uint_eq(spliced, 24);
        unsigned char small[256];
        struct kafc_wr w;
        kafc__wr_init(&w, small, size - spliced, &arena);
        ck_assert_int_eq(kafc__msg_encode(&w, &kafc_produce_req_schema, &m, (int16_t)v, &e),
                         KAFC_OK);
        ck_assert_uint_eq(w.nsplice, 2);
        ck_assert_uint_eq(kafc__wr_len(&w) + w.spliced, size);
        size_t n = 0, from = 0;
        for (uint32_t i = 0; i <= w.nsplice; i++) {
            size_t to = i < w.nsplice ? w.splice[i].at : kafc__wr_len(&w);
            memcpy(have + n, small + from, to - from);
            n += to - from;
            from = to;
            for (const struct kafc_seg *s = i < w.nsplice ? w.splice[i].chain : NULL; s;
                 s = s->next) {
                memcpy(have + n, s->data, s->len);
                n += s->len;
            }
        }
        ck_assert_uint_eq(n, whole);
        ck_assert_mem_eq(have, want, whole);
        free(want);
        free(have);
    }
    struct kafc_produce_req_partition flat = part[0];
    flat.records.chain = NULL;
    ck_assert(kafc__msg_equal(&kafc_produce_req_partition_schema, &flat, &part[0]));
    flat.records.p = "first-secons";
    ck_assert(!kafc__msg_equal(&kafc_produce_req_partition_schema, &flat, &part[0]));
    part[1].records.len = 11; /* a lie */
    size_t size;
    kafc_error e;
    ck_assert_int_eq(kafc__msg_size(&kafc_produce_req_schema, &m, 9, &size, NULL, &e),
                     KAFC_ERR_ENCODE);
    for (int splices = 0; splices < 2; splices++) {
        unsigned char buf[256];
        struct kafc_wr w;
        kafc__wr_init(&w, buf, sizeof(buf), splices ? &arena : NULL);
        ck_assert_int_eq(kafc__msg_encode(&w, &kafc_produce_req_schema, &m, 9, &e),
                         KAFC_ERR_ENCODE);
        ck_assert_msg(strstr(e.message, "TopicData[0].PartitionData[1].Records at byte ") &&
                          strstr(e.message, "the chain's length is not the sum of its segments"),
                      "%s", e.message);
    }
    while (chain) {
        struct kafc_seg *next = chain->next;
        free(chain);
        chain = next;
    }
    kafc__arena_fini(&arena);
}
END_TEST

/* Lengths that no 32 bits hold are found before a byte is written. The memory behind them is never looked at. */
START_TEST(what_is_above_2_gb_is_refused)
{
    struct kafc_fetch_resp m;
    struct kafc_fetch_resp_topic topic;
    struct kafc_fetch_resp_partition part[2];
    struct kafc_broker_heartbeat_req tagged;
    kafc_uuid id = { { 0 } };
    kafc_error e;
    size_t size;
    kafc__msg_defaults(&kafc_fetch_resp_schema, &m);
    kafc__msg_defaults(&kafc_fetch_resp_topic_schema, &topic);
    for (int i = 0; i < 2; i++) {
        kafc__msg_defaults(&kafc_fetch_resp_partition_schema, &part[i]);
        part[i].records = (struct kafc_records){ "", INT32_MAX, NULL };
    }
    topic.partitions.v = part;
    topic.partitions.n = 2;
    m.responses.v = &topic;
    m.responses.n = 1;
    ck_assert_int_eq(kafc__msg_size(&kafc_fetch_resp_schema, &m, 4, &size, NULL, &e),
                     KAFC_ERR_ENCODE);
    ck_assert_str_eq(e.message, "FetchResponse v4: a message above 2 GB");
    kafc__msg_defaults(&kafc_broker_heartbeat_req_schema, &tagged);
    tagged.offline_log_dirs.v = &id;
    tagged.offline_log_dirs.n = INT32_MAX;
    ck_assert_int_eq(kafc__msg_size(&kafc_broker_heartbeat_req_schema, &tagged, 1, &size, NULL, &e),
                     KAFC_ERR_ENCODE);
    ck_assert_str_eq(e.message,
                     "BrokerHeartbeatRequest v1, OfflineLogDirs: a tagged field above 2 GB");
    uint8_t buf[64];
    struct kafc_wr w;
    kafc__wr_init(&w, buf, sizeof(buf), NULL);
    ck_assert_int_eq(kafc__msg_encode(&w, &kafc_broker_heartbeat_req_schema, &tagged, 1, &e),
                     KAFC_ERR_ENCODE);
    ck_assert_ptr_nonnull(
        strstr(e.message, "OfflineLogDirs at byte 23: a tagged field above 2 GB"));
}
END_TEST

START_TEST(lengths_that_cannot_be_are_refused)
{
    static char text[INT16_MAX + 1];
    static const struct {
        int32_t len, n;
        const char *path, *why;
    } cases[] = {
        { INT16_MAX + 1, 1, "Topics[0].Name", "a string above 32767 bytes" },
        { -1, 1, "Topics[0].Name", "a negative length" },
        { 1, -2, "Topics", "a negative length" },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        for (int16_t version = 1; version < 13; version += 11) {
            struct kafc_metadata_req m;
            struct kafc_metadata_req_topic topic;
            static uint8_t buf[INT16_MAX + 100];
            struct kafc_wr w;
            kafc_error e;
            size_t size;
            char want[100];
            kafc__msg_defaults(&kafc_metadata_req_schema, &m);
            kafc__msg_defaults(&kafc_metadata_req_topic_schema, &topic);
            topic.name = (kafc_str){ text, cases[i].len };
            m.topics.v = &topic;
            m.topics.n = cases[i].n;
            snprintf(want, sizeof(want), "MetadataRequest v%d, %s: %s", version, cases[i].path,
                     cases[i].why);
            ck_assert_int_eq(
                kafc__msg_size(&kafc_metadata_req_schema, &m, version, &size, NULL, &e),
                KAFC_ERR_ENCODE);
            ck_assert_str_eq(e.message, want);
            kafc__wr_init(&w, buf, sizeof(buf), NULL);
            ck_assert_int_eq(kafc__msg_encode(&w, &kafc_metadata_req_schema, &m, version, &e),
                             KAFC_ERR_ENCODE);
            ck_assert_msg(strstr(e.message, cases[i].path) && strstr(e.message, cases[i].why), "%s",
                          e.message);
        }
}
END_TEST

/* The n-th allocation fails, for every n: an error, no leak, no crash; and it says what it was. */
START_TEST(decoding_survives_any_failing_allocation)
{
    struct kafc_rand rnd;
    kafc__rand_seed(&rnd, 7);
    int failures = 0;
    for (size_t i = 0; i < pick_count(); i++) {
        const struct kafc_schema *s = pick_message(i);
        struct kafc_arena mine;
        size_t n;
        void *msg = message_new(s);
        kafc__arena_init(&mine, NULL, 0);
        ck_assert(kafc__msg_random(s, msg, s->max, &rnd, &mine));
        unsigned char *bytes = message_encode(s, msg, s->max, &n);
        for (long fail = 1;; fail++) {
            struct test_alloc mem;
            struct kafc_rd r;
            kafc_error e = { .code = KAFC_OK };
            test_alloc_init(&mem);
            mem.fail_at = fail;
            kafc__arena_init(&arena, &mem.mem, 0);
            kafc__rd_init(&r, bytes, n);
            kafc_err err = kafc__msg_decode(&r, s, msg, s->max, &arena, &e);
            long calls = mem.calls;
            kafc__arena_fini(&arena);
            ck_assert_int_eq(mem.live, 0);
            if (calls < fail) {
                ck_assert_int_eq(err, KAFC_OK);
                break;
            }
            ck_assert_int_eq(err, KAFC_ERR_NO_MEMORY);
            ck_assert_int_eq(e.code, KAFC_ERR_NO_MEMORY);
            failures++;
        }
        free(bytes);
        free(msg);
        kafc__arena_fini(&mine);
    }
    ck_assert_int_gt(failures, 2);
}
END_TEST

START_TEST(random_messages_survive_any_failing_allocation)
{
    struct kafc_rand rnd;
    int made = 0;
    for (size_t i = 0; i < pick_count(); i++) {
        const struct kafc_schema *s = pick_message(i);
        void *msg = message_new(s);
        for (size_t limit = 16;; limit += 16) {
            kafc__rand_seed(&rnd, i);
            kafc__arena_init(&arena, NULL, limit);
            bool ok = kafc__msg_random(s, msg, s->max, &rnd, &arena);
            ck_assert(ok == !arena.failed);
            kafc__arena_fini(&arena);
            made += ok;
            if (ok)
                break;
        }
        free(msg);
    }
    ck_assert_uint_eq((size_t)made, pick_count());
}
END_TEST

START_TEST(splices_survive_a_failing_allocation)
{
    struct kafc_seg *chain = segment("x", NULL);
    struct kafc_produce_req_partition part[1];
    struct kafc_produce_req_topic topic;
    struct kafc_produce_req m;
    kafc__msg_defaults(&kafc_produce_req_schema, &m);
    kafc__msg_defaults(&kafc_produce_req_topic_schema, &topic);
    kafc__msg_defaults(&kafc_produce_req_partition_schema, part);
    part[0].records = (struct kafc_records){ NULL, 1, chain };
    topic.partition_data.v = part;
    topic.partition_data.n = 1;
    m.topic_data.v = &topic;
    m.topic_data.n = 1;
    struct test_alloc mem;
    test_alloc_init(&mem);
    mem.fail_at = 1;
    kafc__arena_init(&arena, &mem.mem, 0);
    uint8_t buf[128];
    struct kafc_wr w;
    kafc_error e;
    kafc__wr_init(&w, buf, sizeof(buf), &arena);
    ck_assert_int_eq(kafc__msg_encode(&w, &kafc_produce_req_schema, &m, 9, &e), KAFC_ERR_NO_MEMORY);
    kafc__arena_fini(&arena);
    free(chain);
}
END_TEST

START_TEST(equality_sees_every_difference)
{
    struct kafc_rand rnd;
    setup_arena();
    kafc__rand_seed(&rnd, 3);
    size_t n, same = 0;
    const struct kafc_api *const *apis = kafc__apis(&n);
    for (int k = 0; k < 50; k++)
        for (size_t i = 0; i < n; i++) {
            const struct kafc_schema *s = apis[i]->resp;
            void *a = message_new(s), *b = message_new(s);
            ck_assert(kafc__msg_random(s, a, s->max, &rnd, &arena) &&
                      kafc__msg_random(s, b, s->max, &rnd, &arena));
            ck_assert(kafc__msg_equal(s, a, a));
            size_t na, nb;
            unsigned char *x = message_encode(s, a, s->max, &na),
                          *y = message_encode(s, b, s->max, &nb);
            bool bytes = na == nb && memcmp(x, y, na) == 0;
            ck_assert(kafc__msg_equal(s, a, b) == bytes);
            same += bytes;
            free(x);
            free(y);
            free(a);
            free(b);
        }
    ck_assert_uint_lt(same, n * 50 / 50); /* messages of one field or none */
    kafc__arena_fini(&arena);
}
END_TEST

SUITE_MAIN("protocol/codec", 60, a_field_the_version_lacks_must_be_default,
           an_ignorable_field_is_dropped, V3_null_where_none_is_allowed_is_an_error_both_ways,
           errors_say_where, an_allocation_bomb_is_refused,
           tags_doubled_unordered_or_of_false_size_are_refused, fetched_records_stay_where_they_are,
           produce_gathers_what_it_would_have_copied, decoding_survives_any_failing_allocation,
           what_is_above_2_gb_is_refused, lengths_that_cannot_be_are_refused,
           random_messages_survive_any_failing_allocation, splices_survive_a_failing_allocation,
           equality_sees_every_difference)
