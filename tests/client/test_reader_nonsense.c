/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc_reader against a broker that lies: in the records of a partition, and
 * in every field of the answers to Fetch and ListOffsets. What is wrong is told
 * once, with topic, partition and offset; the other partition goes on; the
 * caller passes over it with a seek, or stops; nothing hangs.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "protocol/api/01_fetch.h"
#include "protocol/api/02_list_offsets.h"
#include "protocol/record/batch.h"
#include "protocol/record/codec.h"
#include "protocol/wire.h"
#include "tests/client/reading.h"
#include "tests/client/script.h"

/* Each partition has three batches: offsets 0 to 2, 3 and 4, 5 to 7. */
enum { PARTS = 2, BATCHES = 3, END = 8, ROOM = 4096 };
static const int64_t bases[BATCHES + 1] = { 0, 3, 5, END };

struct batch {
    uint8_t p[ROOM];
    size_t n;
};

struct liar {
    struct script script;
    pthread_mutex_t lock; /* of the batches: a fetch may be under way when they change */
    struct batch batch[PARTS][BATCHES];
    int32_t session;
    const struct lie *lie; /* of [0], or NULL … */
    atomic_int lies;       /* … so many times still */
};

/* Bytes of the answer's partition become the value; or a function. */
struct lie {
    const char *what;
    int16_t api;
    size_t at, size;
    int64_t value;
    void (*tell)(void *resp, void *partition, struct kafc_arena *a);
};

/* --- The broker ------------------------------------------------------------------- */

static void lie(struct liar *l, int16_t api, void *resp, void *partition, struct kafc_arena *a)
{
    const struct lie *it = l->lie;

    if (!it || it->api != api || atomic_load(&l->lies) <= 0)
        return;
    atomic_fetch_sub(&l->lies, 1);
    for (size_t i = 0; i < it->size; i++) /* of this host's order */
        ((uint8_t *)partition)[it->at + i] = ((const uint8_t *)&it->value)[i];
    if (it->tell)
        it->tell(resp, partition, a);
}

/* All batches from the one on that holds the offset, in one piece. */
static void give(struct liar *l, int32_t partition, int64_t offset,
                 struct kafc_fetch_resp_partition *r, struct kafc_arena *a)
{
    uint8_t *p = kafc__arena_alloc(a, (size_t)ROOM * BATCHES);
    size_t n = 0;

    pthread_mutex_lock(&l->lock);
    for (int i = 0; i < BATCHES; i++)
        if (offset < bases[i + 1]) {
            memcpy(p + n, l->batch[partition][i].p, l->batch[partition][i].n);
            n += l->batch[partition][i].n;
        }
    pthread_mutex_unlock(&l->lock);
    r->error_code = offset < 0 || offset > END ? KAFC_ERR_OFFSET_OUT_OF_RANGE : KAFC_OK;
    r->records.p = p;
    r->records.len = (int32_t)n;
    r->high_watermark = r->last_stable_offset = END;
    r->log_start_offset = 0;
}

static void serve_fetch(struct liar *l, const struct kafc_fetch_req *q, struct kafc_fetch_resp *r,
                        struct kafc_arena *a)
{
    r->responses.v = kafc__msg_array(&kafc_fetch_resp_topic_schema, q->topics.n, a);
    r->responses.n = q->topics.n;
    for (int32_t i = 0; i < q->topics.n; i++) {
        const struct kafc_fetch_req_topic *qt = &q->topics.v[i];
        struct kafc_fetch_resp_topic *t = &r->responses.v[i];

        t->topic = qt->topic;
        t->topic_id = qt->topic_id;
        t->partitions.v = kafc__msg_array(&kafc_fetch_resp_partition_schema, 1, a);
        t->partitions.n = 1;
        t->partitions.v->partition_index = qt->partitions.v->partition;
        give(l, qt->partitions.v->partition, qt->partitions.v->fetch_offset, t->partitions.v, a);
        if (t->partitions.v->partition_index == 0)
            lie(l, KAFC_API_FETCH, r, t->partitions.v, a);
    }
}

static void serve_list(struct liar *l, const struct kafc_list_offsets_req *q,
                       struct kafc_list_offsets_resp *r, struct kafc_arena *a)
{
    r->topics.v = kafc__msg_array(&kafc_list_offsets_resp_topic_schema, q->topics.n, a);
    r->topics.n = q->topics.n;
    for (int32_t i = 0; i < q->topics.n; i++) {
        struct kafc_list_offsets_resp_topic *t = &r->topics.v[i];

        t->name = q->topics.v[i].name;
        t->partitions.v = kafc__msg_array(&kafc_list_offsets_resp_partition_schema, 1, a);
        t->partitions.n = 1;
        t->partitions.v->partition_index = q->topics.v[i].partitions.v->partition_index;
        t->partitions.v->offset = q->topics.v[i].partitions.v->timestamp == -1 ? END : 0;
        if (t->partitions.v->partition_index == 0)
            lie(l, KAFC_API_LIST_OFFSETS, r, t->partitions.v, a);
    }
}

static bool serve(struct script *s, int32_t broker, const struct peer_request *q, const void *req,
                  void *resp, struct kafc_arena *a)
{
    struct liar *l = s->ctx;

    (void)broker;
    if (q->api->key == KAFC_API_FETCH)
        serve_fetch(l, req, resp, a);
    else if (q->api->key == KAFC_API_LIST_OFFSETS)
        serve_list(l, req, resp, a);
    return true;
}

static void liar_open(struct liar *l, struct reading *e)
{
    memset(l, 0, sizeof *l);
    memset(e, 0, sizeof *e);
    ck_assert_int_eq(pthread_mutex_init(&l->lock, NULL), 0);
    for (int32_t p = 0; p < PARTS; p++)
        for (int i = 0; i < BATCHES; i++) {
            uint8_t *b = make_batch_bytes("t", p, bases[i], (int32_t)(bases[i + 1] - bases[i]),
                                          &l->batch[p][i].n);
            memcpy(l->batch[p][i].p, b, l->batch[p][i].n);
            free(b);
        }
    l->script = (struct script){
        .serve = serve, .ctx = l, .controller = 1, .topic = "t", .partitions = PARTS
    };
    l->script.listed[1] = true;
    script_start(&l->script);
    e->client = kafc_client_open(KAFC_CLIENT(.brokers = l->script.bootstrap, .retry_backoff_ms = 2,
                                             .retry_backoff_max_ms = 5, .reconnect_backoff_ms = 2,
                                             .reconnect_backoff_max_ms = 5),
                                 &e->err);
    ck_assert_msg(e->client != NULL, "%s", e->err.message);
}

static void liar_close(struct liar *l, struct reading *e)
{
    kafc_reader_free(e->reader);
    kafc_client_free(e->client);
    script_stop(&l->script);
    pthread_mutex_destroy(&l->lock);
}

/* --- Records ---------------------------------------------------------------------- */

/* What is wrong with the batch of offsets 3 and 4. Its sum is made right again afterwards, but for `sum`. */
struct damage {
    const char *what;
    size_t at;     /* this byte … */
    int size;      /* … and so many, big-endian … */
    int64_t value; /* … become this; a record's bytes are counted from the records on */
    int64_t cut;   /* the last bytes of the answer are missing */
    bool sum;
};

/* Its records: length, attributes, time, offset, length of the key, which is null, and of the value, five bytes of
 * it, number of headers. */
enum { R = KAFC_BATCH_HEADER, R2 = R + 12, RECORDS_END = R2 + 12 };

static const struct damage damages[] = {
    { "the sum", 17, 4, 12345, 0, true },
    { "a record's byte", R + 9, 1, 'x', 0, true },
    { "a length of 0", 8, 4, 0, 0, false },
    { "a length below the header's", 8, 4, 48, 0, false },
    { "a negative length", 8, 4, -1, 0, false },
    { "a length that is 1 too small", 8, 4, -2, 0, false }, /* set below */
    { "a length beyond the answer", 8, 4, 5000, 0, false },
    { "a length beyond all limits", 8, 4, INT32_MAX, 0, false },
    { "no format", 16, 1, 3, 0, false },
    { "a negative format", 16, 1, -1, 0, false },
    { "an old format", 16, 1, 1, 0, false },
    { "a negative offset", 0, 8, -3, 0, false },
    { "an offset beyond all", 0, 8, INT64_MAX, 0, false },
    { "a last offset in the next batch", 23, 4, 2, 0, false },
    { "a last offset behind the log's end", 23, 4, 1000000, 0, false },
    { "a last offset below the first", 23, 4, -1, 0, false },
    { "a last offset below the last record", 23, 4, 0, 0, false },
    { "a codec that nobody knows", 21, 2, 7, 0, false },
    { "gzip that is none", 21, 2, KAFC_GZIP, 0, false },
    { "snappy that is none", 21, 2, KAFC_SNAPPY, 0, false },
    { "lz4 that is none", 21, 2, KAFC_LZ4, 0, false },
    { "zstd that is none", 21, 2, KAFC_ZSTD, 0, false },
    { "more records than there are", 57, 4, 3, 0, false },
    { "fewer records than there are", 57, 4, 1, 0, false },
    { "a negative count of records", 57, 4, -2, 0, false },
    { "a count of records beyond all", 57, 4, INT32_MAX, 0, false },
    { "a record's length beyond the batch", R, 1, 0x7e, 0, false },
    { "a record's negative length", R, 1, 1, 0, false },
    { "a record's offset twice", R2 + 3, 1, 0, 0, false },
    { "a record's offset beyond the batch", R2 + 3, 1, 10, 0, false },
    { "a key's length beyond the record", R + 4, 1, 0x7e, 0, false },
    { "headers that are not there", R2 + 11, 1, 0x7e, 0, false },
    { "an answer cut off in the batch", 0, 0, 0, 9, false },
    { "an answer cut off in its header", 0, 0, 0, -20, false },
};
enum { DAMAGES = sizeof damages / sizeof *damages };

static void put_damage(struct liar *l, const struct damage *d)
{
    struct batch *b = &l->batch[0][1];
    int64_t value = d->value == -2 && d->at == 8 ? (int64_t)b->n - 13 : d->value;

    if (d->cut) { /* the batch is the last one there */
        b->n = d->cut > 0 ? b->n - (size_t)d->cut : (size_t)-d->cut;
        l->batch[0][2].n = 0;
        return;
    }
    for (int i = 0; i < d->size; i++)
        b->p[d->at + (size_t)i] = (uint8_t)((uint64_t)value >> 8 * (d->size - 1 - i));
    if (!d->sum)
        kafc__store32(b->p + 17,
                      kafc__crc32c(0, b->p + KAFC_BATCH_CRC_FROM, b->n - KAFC_BATCH_CRC_FROM));
}

/* Reads until the error of [0] is there and [1] is read; what came of [0] must be in order. The error. */
static kafc_err read_to_error(struct reading *e, const char *what, int64_t *next, kafc_error *err)
{
    kafc_err code = KAFC_OK;
    int64_t other = 0;

    for (*next = 0; code == KAFC_OK || other < END;) {
        kafc_err got = kafc_reader_fetch(e->reader, &e->m, SOON, &e->err);

        ck_assert_msg(got != KAFC_ERR_TIMED_OUT, "%s: hangs", what);
        ck_assert_str_eq(e->m.topic, "t");
        if (e->m.partition == 1) {
            ck_assert_msg(got == KAFC_OK, "%s: %s", what, e->err.message);
            ck_assert_int_eq(e->m.offset, other++);
        } else if (got != KAFC_OK) {
            ck_assert_msg(code == KAFC_OK, "%s: told twice: %s", what, e->err.message);
            ck_assert_int_eq(e->m.partition, 0);
            code = got;
            *err = e->err;
            ck_assert_msg(e->m.offset == *next, "%s: offset %lld", what, (long long)e->m.offset);
        } else {
            ck_assert_msg(e->m.offset == (*next)++, "%s: offset %lld", what,
                          (long long)e->m.offset);
        }
    }
    return code;
}

static void damaged(const struct damage *d)
{
    static struct liar l;
    struct reading e;
    struct batch good;
    kafc_error err;
    kafc_reader_state s;
    int64_t next;

    if (d->at == 21 && d->value <= KAFC_ZSTD && kafc__codec_check(kafc__codec((int)d->value), NULL))
        return; /* configured out */
    liar_open(&l, &e);
    ck_assert_uint_eq(l.batch[0][1].n, RECORDS_END);
    good = l.batch[0][2];
    put_damage(&l, d);
    reading_reader(&e, KAFC_READER(.topic = "t", .max_wait_ms = 20));
    kafc_err code = read_to_error(&e, d->what, &next, &err);
    ck_assert_msg(code == KAFC_ERR_CORRUPT || code == KAFC_ERR_TOO_LARGE, "%s: %s", d->what,
                  err.message);
    ck_assert_msg(next >= 3 && next <= 5, "%s: offset %lld", d->what, (long long)next);
    ck_assert_msg(strstr(err.message, "t [0]") && strstr(err.message, "offset "), "%s: %s", d->what,
                  err.message);
    expect_nothing(&e, 30); /* once, and nothing behind it */
    ck_ok(kafc_reader_state_get(e.reader, "t", 0, &s, &e.err));
    ck_assert_int_eq(s.position, next);
    pthread_mutex_lock(&l.lock);
    l.batch[0][2] = good;
    pthread_mutex_unlock(&l.lock);
    ck_ok(kafc_reader_seek(e.reader, "t", 0, KAFC_AT(5), &e.err)); /* the caller passes over it */
    expect_offsets(&e, 5, END);
    liar_close(&l, &e);
}

START_TEST(damaged_records_of_every_kind)
{
    for (int i = 0; i < DAMAGES; i++)
        damaged(&damages[i]);
}
END_TEST

/* --- Fields ------------------------------------------------------------------------ */

static void no_answer(void *resp, void *partition, struct kafc_arena *a)
{
    (void)partition, (void)a;
    ((struct kafc_fetch_resp *)resp)->responses.n = 0;
}

static void error_of_all(void *resp, void *partition, struct kafc_arena *a)
{
    (void)partition, (void)a;
    ((struct kafc_fetch_resp *)resp)->error_code = 9999;
}

static void another_session(void *resp, void *partition, struct kafc_arena *a)
{
    (void)partition, (void)a;
    ((struct kafc_fetch_resp *)resp)->session_id = -77;
}

static void a_negative_throttle(void *resp, void *partition, struct kafc_arena *a)
{
    (void)partition, (void)a;
    ((struct kafc_fetch_resp *)resp)->throttle_time_ms = INT32_MIN;
}

static void another_topic(void *resp, void *partition, struct kafc_arena *a)
{
    (void)partition, (void)a;
    memset(&((struct kafc_fetch_resp *)resp)->responses.v->topic_id, 9, sizeof(kafc_uuid));
}

/* The same partition once more, without anything. */
static void twice(void *resp, void *partition, struct kafc_arena *a)
{
    struct kafc_fetch_resp *r = resp;
    struct kafc_fetch_resp_topic *t = kafc__msg_array(&kafc_fetch_resp_topic_schema,
                                                      r->responses.n + 1, a);

    (void)partition;
    memcpy(t + 1, r->responses.v, (size_t)r->responses.n * sizeof *t);
    *t = r->responses.v[0];
    t->partitions.v = kafc__msg_array(&kafc_fetch_resp_partition_schema, 1, a);
    t->partitions.n = 1;
    r->responses.v = t;
    r->responses.n++;
}

static void diverge(struct kafc_fetch_resp_partition *p, int32_t epoch, int64_t end)
{
    p->diverging_epoch.epoch = epoch;
    p->diverging_epoch.end_offset = end;
    p->records.len = 0;
}

static void diverging(void *resp, void *partition, struct kafc_arena *a)
{
    (void)resp, (void)a;
    diverge(partition, 3, 2);
}

static void diverging_far_away(void *resp, void *partition, struct kafc_arena *a)
{
    (void)resp, (void)a;
    diverge(partition, INT32_MAX, INT64_MAX);
}

static void diverging_nowhere(void *resp, void *partition, struct kafc_arena *a)
{
    (void)resp, (void)a;
    diverge(partition, INT32_MIN, 0);
}

static void no_leader_that_is_known(void *resp, void *partition, struct kafc_arena *a)
{
    struct kafc_fetch_resp_partition *p = partition;

    (void)resp, (void)a;
    p->error_code = KAFC_ERR_NOT_LEADER_OR_FOLLOWER;
    p->current_leader.leader_id = 77;
    p->current_leader.leader_epoch = 99;
}

static void a_leader_without_a_place(void *resp, void *partition, struct kafc_arena *a)
{
    struct kafc_fetch_resp *r = resp;

    no_leader_that_is_known(resp, partition, a);
    r->node_endpoints.v = kafc__msg_array(&kafc_fetch_resp_node_schema, 1, a);
    r->node_endpoints.n = 1;
    r->node_endpoints.v->node_id = 77;
    r->node_endpoints.v->port = -1;
}

static void aborted_nonsense(void *resp, void *partition, struct kafc_arena *a)
{
    struct kafc_fetch_resp_partition *p = partition;

    (void)resp;
    p->aborted_transactions.v = kafc__msg_array(&kafc_fetch_resp_aborted_schema, 3, a);
    p->aborted_transactions.n = 3;
    for (int i = 0; i < 3; i++) { /* no producer of ours is any of them */
        p->aborted_transactions.v[i].producer_id = i - 1;
        p->aborted_transactions.v[i].first_offset = i == 0 ? INT64_MIN : i == 1 ? -1 : INT64_MAX;
    }
}

#define PARTITION(API, STRUCT, M, V) \
    { \
#M " " #V, API, offsetof(struct STRUCT, M), sizeof(((struct STRUCT *)0)->M), V, NULL \
    }
#define FETCH(M, V) PARTITION(KAFC_API_FETCH, kafc_fetch_resp_partition, M, V)
#define LIST(M, V)  PARTITION(KAFC_API_LIST_OFFSETS, kafc_list_offsets_resp_partition, M, V)
#define TELL(F) \
    { \
#F, KAFC_API_FETCH, 0, 0, 0, F \
    }

static const struct lie lies[] = {
    FETCH(error_code, -77),
    FETCH(error_code, 9999),
    FETCH(error_code, -1),
    FETCH(error_code, KAFC_ERR_CORRUPT_MESSAGE),
    FETCH(error_code, KAFC_ERR_OFFSET_OUT_OF_RANGE),
    FETCH(error_code, KAFC_ERR_UNKNOWN_TOPIC_ID),
    FETCH(error_code, KAFC_ERR_INCONSISTENT_TOPIC_ID),
    FETCH(error_code, KAFC_ERR_UNKNOWN_LEADER_EPOCH),
    FETCH(error_code, KAFC_ERR_FENCED_LEADER_EPOCH),
    FETCH(error_code, KAFC_ERR_MEMBER_ID_REQUIRED),
    FETCH(error_code, KAFC_ERR_PRODUCER_FENCED),
    FETCH(partition_index, 1),
    FETCH(partition_index, -1),
    FETCH(partition_index, INT32_MAX),
    FETCH(high_watermark, -1),
    FETCH(high_watermark, INT64_MIN),
    FETCH(high_watermark, INT64_MAX),
    FETCH(last_stable_offset, -1),
    FETCH(last_stable_offset, INT64_MIN),
    FETCH(last_stable_offset, INT64_MAX),
    FETCH(log_start_offset, -1),
    FETCH(log_start_offset, INT64_MAX),
    FETCH(preferred_read_replica, -2),
    FETCH(preferred_read_replica, 1),
    FETCH(preferred_read_replica, 2),
    FETCH(preferred_read_replica, INT32_MAX),
    FETCH(records.len, 0),
    TELL(no_answer),
    TELL(error_of_all),
    TELL(another_session),
    TELL(a_negative_throttle),
    TELL(another_topic),
    TELL(twice),
    TELL(diverging),
    TELL(diverging_far_away),
    TELL(diverging_nowhere),
    TELL(no_leader_that_is_known),
    TELL(a_leader_without_a_place),
    TELL(aborted_nonsense),
    LIST(error_code, -77),
    LIST(error_code, 9999),
    LIST(error_code, -1),
    LIST(error_code, KAFC_ERR_OFFSET_OUT_OF_RANGE),
    LIST(error_code, KAFC_ERR_UNKNOWN_LEADER_EPOCH),
    LIST(partition_index, 1),
    LIST(partition_index, INT32_MIN),
    LIST(offset, -1),
    LIST(offset, INT64_MIN),
    LIST(offset, INT64_MAX),
    LIST(timestamp, INT64_MIN),
    LIST(leader_epoch, INT32_MIN),
    LIST(leader_epoch, INT32_MAX),
};
enum { LIES = sizeof lies / sizeof *lies };

/* Each is told some times; then the truth. What came is in order and whole: after an error a seek to where it was. */
static void lied(const struct lie *it, int32_t times)
{
    static struct liar l;
    struct reading e;
    int64_t next[PARTS] = { 0, 0 };
    int errors = 0;

    liar_open(&l, &e);
    l.lie = it;
    atomic_store(&l.lies, times);
    reading_reader(&e, KAFC_READER(.topic = "t", .max_wait_ms = 20));
    while (next[0] < END || next[1] < END) {
        kafc_err code = kafc_reader_fetch(e.reader, &e.m, SOON, &e.err);

        ck_assert_msg(code != KAFC_ERR_TIMED_OUT, "%s: hangs: %s", it->what, e.err.message);
        ck_assert_str_eq(e.m.topic, "t");
        bool of_all = it->tell == error_of_all && e.m.partition == 1; /* has no partition */
        ck_assert_msg(e.m.partition == 0 || code == KAFC_OK || of_all, "%s: [%d] %s", it->what,
                      e.m.partition, e.err.message);
        if (code == KAFC_OK) {
            ck_assert_msg(e.m.offset == next[e.m.partition]++, "%s: [%d] offset %lld", it->what,
                          e.m.partition, (long long)e.m.offset);
            continue;
        }
        if (of_all)
            continue;
        ck_assert_msg(++errors <= times && strstr(e.err.message, "t [0]"), "%s, error %d: %s",
                      it->what, errors, e.err.message);
        ck_ok(kafc_reader_seek(e.reader, "t", 0, KAFC_AT(next[0]), &e.err));
    }
    expect_nothing(&e, 5);
    ck_assert_msg(atomic_load(&l.lies) < times, "%s: was never told", it->what);
    liar_close(&l, &e);
}

START_TEST(nonsense_in_every_field)
{
    for (int i = 0; i < LIES; i++) {
        lied(&lies[i], 1);
        lied(&lies[i], 4);
    }
}
END_TEST

/* Told for ever it is named by a timeout, and the other partition is read all the same. */
START_TEST(nonsense_for_ever_is_what_a_timeout_tells)
{
    static const char *const rows[] = { "partition_index -1", "offset -1" };
    static struct liar l;
    struct reading e;

    for (size_t i = 0; i < 2; i++) {
        const struct lie *it = lies;

        while (strcmp(it->what, rows[i]) != 0)
            it++;
        liar_open(&l, &e);
        l.lie = it;
        atomic_store(&l.lies, INT32_MAX);
        reading_reader(&e, KAFC_READER(.topic = "t", .max_wait_ms = 20));
        for (int64_t next = 0; next < END; next++)
            expect_message(&e, "t", 1, next);
        ck_assert_int_eq(kafc_reader_fetch(e.reader, &e.m, 100, &e.err), KAFC_ERR_TIMED_OUT);
        ck_assert_msg(strstr(e.err.message, "t [0]: node 1") != NULL, "%s", e.err.message);
        liar_close(&l, &e);
    }
}
END_TEST

START_TEST(a_broker_that_does_not_wait_is_not_asked_all_the_time)
{
    static struct liar l;
    struct reading e;

    liar_open(&l, &e);
    reading_reader(&e, KAFC_READER(.topic = "t", .start = KAFC_AT(END), .max_wait_ms = 1000));
    while (atomic_load(&l.script.asked[1][KAFC_API_FETCH]) < 2)
        expect_nothing(&e, 10);
    int64_t since = kafc__clock_mono_us();
    int before = atomic_load(&l.script.asked[1][KAFC_API_FETCH]);
    expect_nothing(&e, 300); /* the back-off has 2 to 5 ms */
    int n = atomic_load(&l.script.asked[1][KAFC_API_FETCH]) - before;
    ck_assert_int_le(n, 2 * (kafc__clock_mono_us() - since) / 2000);
    liar_close(&l, &e);
}
END_TEST

SUITE_MAIN("client/reader_nonsense", 100, damaged_records_of_every_kind, nonsense_in_every_field,
           nonsense_for_ever_is_what_a_timeout_tells,
           a_broker_that_does_not_wait_is_not_asked_all_the_time)
