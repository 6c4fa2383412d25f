/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Codecs and levels of a writer and of single topics, and what does not
 * shrink, as they arrive at the mock.
 */
#include <stdio.h>

#include "base/arena.h"
#include "protocol/api/00_produce.h"
#include "protocol/record/read.h"
#include "protocol/schema.h"
#include "tests/client/writing.h"

struct came {
    char topic[16];
    int codec;
    size_t bytes;
    int n;
};
static struct came came[8];
static char words[4000];

static struct came *came_for(const char *topic, size_t len)
{
    for (size_t i = 0; i < sizeof(came) / sizeof(came[0]); i++) {
        if (came[i].n == 0)
            snprintf(came[i].topic, sizeof(came[i].topic), "%.*s", (int)len, topic);
        if (strlen(came[i].topic) == len && !memcmp(came[i].topic, topic, len))
            return &came[i];
    }
    ck_abort_msg("too many topics");
}

/* Only while the writer waits, so it needs no lock. */
static void on_produce(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    struct kafc_arena arena;
    struct kafc_produce_req req;
    struct kafc_rd rd;
    (void)ctx;
    (void)a;
    kafc__arena_init(&arena, NULL, 0);
    kafc__rd_init(&rd, rq->body.p, (size_t)rq->body.len);
    ck_assert_int_eq(
        kafc__msg_decode(&rd, &kafc_produce_req_schema, &req, rq->version, &arena, NULL), KAFC_OK);
    for (int32_t i = 0; i < req.topic_data.n; i++) {
        const struct kafc_produce_req_topic *t = &req.topic_data.v[i];
        for (int32_t k = 0; k < t->partition_data.n; k++) {
            struct kafc_batches it;
            struct kafc_batch b;
            const struct kafc_records *r = &t->partition_data.v[k].records;
            struct came *c = came_for(t->name.p, (size_t)t->name.len);
            kafc__batches_init(&it, r->p, (size_t)r->len);
            ck_assert_int_eq(kafc__batch_next(&it, &b, NULL), KAFC_OK);
            c->codec = b.header.attributes & 7;
            c->bytes = (size_t)r->len;
            c->n++;
        }
    }
    kafc__arena_fini(&arena);
}

static void start(int16_t produce_max)
{
    static const char *const names[] = { "zipped", "plain", "best", "old" };
    writing_start(1);
    for (unsigned i = 0; i < sizeof(words); i++)
        words[i] = "abcdefgh"[(i * i / 7 + i / 13) & 7];
    memset(came, 0, sizeof(came));
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        ck_assert_int_eq(kafc_mock_create_topic(writing.mock, names[i], 1, 0), KAFC_OK);
    /* The topic's name is in the request up to version 12. */
    ck_assert_int_eq(kafc_mock_set_versions(writing.mock, 0, 3, produce_max), KAFC_OK);
    ck_assert_int_eq(kafc_mock_hook(writing.mock, 0, on_produce, NULL), KAFC_OK);
}

static kafc_err write_to(kafc_writer *w, const char *topic, kafc_report *r)
{
    kafc_message m = { .topic = topic, .value = { words, sizeof(words) } };
    return kafc_writer_write_each(w, &m, 1, r, 5000, NULL);
}

START_TEST(a_topic_can_have_a_codec_of_its_own)
{
    start(12);
    kafc_writer_topic own[] = {
        { .topic = "plain", .compression = KAFC_NONE },
        { .topic = "best", .compression = KAFC_GZIP, .compression_level = 9 },
        { .topic = "old", .compression = KAFC_GZIP, .compression_level = KAFC_ZERO }
    };
    kafc_writer *w = writing_open(
        KAFC_WRITER(.compression = KAFC_GZIP, .compression_level = 1, .topics = own, .ntopics = 3));
    memset(own, 0, sizeof(own)); /* copied */
    static const char *const topics[] = { "zipped", "plain", "best", "old" };
    static const int codec[] = { KAFC_GZIP, KAFC_NONE, KAFC_GZIP, KAFC_NONE };
    kafc_report r;
    for (int i = 0; i < 4; i++) {
        ck_assert_int_eq(write_to(w, topics[i], &r), KAFC_OK);
        ck_assert_int_eq(came[i].codec,
                         codec[i]); /* level 0 of gzip stores, so it does not shrink */
        kafc_message *got = kafc_mock_record(writing.mock, topics[i], 0, 0);
        ck_assert_int_eq(got->value.len, sizeof(words));
        kafc_message_free(got);
    }
    ck_assert_uint_lt(came[2].bytes, came[0].bytes);
    ck_assert_uint_lt(came[0].bytes, came[1].bytes);
    ck_assert_uint_eq(came[1].bytes, came[3].bytes);
    kafc_writer_free(w);
    writing_stop();
}
END_TEST

START_TEST(what_does_not_shrink_arrives_as_it_is)
{
    start(12);
    kafc_writer *w = writing_open(KAFC_WRITER(.topic = "zipped", .compression = KAFC_GZIP, .linger_ms = 60000));
    kafc_message m = { .value = KAFC_STR("v") };
    ck_assert_int_eq(kafc_writer_write(w, &m, 1, 5000, NULL), KAFC_OK);
    ck_assert_int_eq(came[0].codec, KAFC_NONE);
    for (int i = 0; i < 100; i++)
        ck_assert_int_eq(kafc_writer_send(w, &m, NULL, 0, NULL), KAFC_OK);
    ck_assert_int_eq(kafc_writer_flush(w, 5000, NULL), KAFC_OK); /* a write might go out as it comes in */
    ck_assert_int_eq(came[0].codec, KAFC_GZIP);
    kafc_writer_free(w);
    writing_stop();
}
END_TEST

START_TEST(W8_a_codec_that_a_broker_lacks_fails_its_own_topics)
{
    start(6);
    kafc_error err;
    kafc_report r[2];
    const kafc_writer_topic own = { .topic = "best", .compression = KAFC_ZSTD };
    kafc_writer *w = kafc_writer_open(
        writing.client, KAFC_WRITER(.topics = &own, .ntopics = 1, .linger_ms = 100), &err);
    if (w) {
        kafc_message m[2] = { { .topic = "best", .value = KAFC_STR("v") },
                              { .topic = "plain", .value = KAFC_STR("v") } };
        for (int i = 0; i < 3; i++) {
            ck_assert_int_eq(kafc_writer_write_each(w, m, 2, r, 5000, &err), KAFC_ERR_UNSUPPORTED);
            ck_assert_int_eq(r[0].verdict, KAFC_NOT_WRITTEN);
            ck_assert_int_eq(r[0].code, KAFC_ERR_UNSUPPORTED);
            ck_assert_int_eq(r[1].verdict, KAFC_ACKNOWLEDGED);
            ck_assert_int_eq(r[1].offset, i);
        }
        kafc_writer_free(w);
    } else {
        ck_assert_int_eq(err.code, KAFC_ERR_NO_CODEC);
    }
    writing_stop();
}
END_TEST

static void refused(const kafc_writer_options *o, const char *word)
{
    kafc_error err;
    ck_assert_ptr_null(kafc_writer_open(writing.client, o, &err));
    ck_assert_int_eq(err.code, KAFC_ERR_USAGE);
    ck_assert_msg(strstr(err.message, word) != NULL, "%s", err.message);
}

START_TEST(codecs_and_levels_that_do_not_exist_are_refused)
{
    writing_start(1);
    refused(KAFC_WRITER(.compression = KAFC_GZIP, .compression_level = 10), "gzip takes -1 to 9");
    kafc_writer_topic own[2] = { { .topic = "a", .compression = KAFC_GZIP }, { .topic = "b" } };
    own[1].compression_level = 55; /* of none: it has no meaning */
    kafc_writer_free(writing_open(KAFC_WRITER(.topics = own, .ntopics = 2)));
    own[0].compression_level = -9;
    refused(KAFC_WRITER(.topics = own, .ntopics = 2), "topic a: compression level -9");
    own[0].compression_level = 0;
    own[1].compression = (kafc_compression)9;
    refused(KAFC_WRITER(.topics = own, .ntopics = 2), "topic b");
    own[1].compression = KAFC_NONE;
    own[1].topic = "a";
    refused(KAFC_WRITER(.topics = own, .ntopics = 2), "twice");
    own[1].topic = NULL;
    refused(KAFC_WRITER(.topics = own, .ntopics = 2), "no name");
    refused(KAFC_WRITER(.ntopics = 2), "NULL");
    refused(KAFC_WRITER(.topics = own, .ntopics = -1), "-1");
    own[0].reserved[1] = own;
    refused(KAFC_WRITER(.topics = own, .ntopics = 1), "topic a");
    writing_stop();
}
END_TEST

SUITE_MAIN("client/writer_codecs", 20, a_topic_can_have_a_codec_of_its_own,
           what_does_not_shrink_arrives_as_it_is,
           W8_a_codec_that_a_broker_lacks_fails_its_own_topics,
           codecs_and_levels_that_do_not_exist_are_refused)
