/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc_reader and fetch sessions (KIP-227): what requests name, and what
 * brokers that forget, refuse or misunderstand a session lead to.
 */
#include <stdatomic.h>

#include "base/arena.h"
#include "protocol/api/01_fetch.h"
#include "protocol/schema.h"
#include "tests/client/reading.h"

enum { FETCH = 1 };

struct sizes {
    int32_t last, most;
};

static void note_size(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    struct sizes *s = ctx;

    (void)a;
    s->last = rq->body.len;
    s->most = s->last > s->most ? s->last : s->most;
}

START_TEST(a_session_names_only_what_changes)
{
    struct reading e;
    struct sizes s = { 0 };

    reading_open(&e, 1, 500);
    ck_ok(kafc_mock_hook(e.mock, FETCH, note_size, &s));
    reading_reader(&e, KAFC_READER(.topic = "t", .max_wait_ms = 20));
    put_records(&e, "t", 77, 1, 1000, -1);
    expect_message(&e, "t", 77, 0);
    expect_nothing(&e, 150);
    put_records(&e, "t", 78, 1, 1000, -1);
    expect_message(&e, "t", 78, 0);
    expect_nothing(&e, 150);
    ck_ok(kafc_reader_close(e.reader, 0, NULL));
    ck_ok(kafc_mock_hook(e.mock, FETCH, NULL, NULL));
    ck_assert_int_gt(s.most, 500 * 20);
    ck_assert_int_lt(s.last, 200);
    reading_close(&e);
}
END_TEST

START_TEST(a_session_that_is_lost_is_begun_anew)
{
    static const kafc_err codes[] = { KAFC_ERR_FETCH_SESSION_ID_NOT_FOUND,
                                      KAFC_ERR_INVALID_FETCH_SESSION_EPOCH,
                                      KAFC_ERR_FETCH_SESSION_TOPIC_ID_ERROR };
    struct reading e;

    reading_open(&e, 1, 3);
    reading_reader(&e, KAFC_READER(.topic = "t", .max_wait_ms = 20));
    for (int64_t i = 0; i < 9; i++) {
        ck_ok(kafc_mock_push_error(e.mock, FETCH, codes[i % 3], i < 3 ? 1 : 2));
        put_records(&e, "t", (int32_t)(i % 3), 1, 1000, -1);
        expect_message(&e, "t", (int32_t)(i % 3), i / 3);
        expect_nothing(&e, 30);
    }
    reading_close(&e);
}
END_TEST

/* What the node was told before must not keep anything from whoever reads it now. */
START_TEST(partitions_come_and_go_within_a_session)
{
    struct reading e;
    kafc_assignment a[8];

    reading_open(&e, 2, 8);
    for (int32_t p = 0; p < 8; p++)
        put_records(&e, "t", p, 3, 1000, -1);
    reading_reader(&e, KAFC_READER(.notify_end = KAFC_ON, .max_wait_ms = 20));
    for (int round = 0; round < 60; round++) {
        int32_t n = 0, left;
        int64_t next[8];

        for (int32_t p = 0; p < 8; p++)
            if ((round * 37 >> p % 5 & 1) || p == round % 8)
                a[n++] = (kafc_assignment){ .topic = "t",
                                            .partition = p,
                                            .start = KAFC_AT((round + p) % 4) };
        ck_ok(kafc_reader_assign(e.reader, a, n, &e.err));
        for (int32_t i = 0; i < n; i++)
            next[a[i].partition] = a[i].start.value;
        if (round % 3 == 0)
            ck_ok(kafc_mock_set_leader(e.mock, "t", round % 8, round % 2 + 1));
        for (left = n; left > 0;) {
            kafc_err code = kafc_reader_fetch(e.reader, &e.m, SOON, &e.err);

            ck_assert_msg(code == KAFC_OK || code == KAFC_ERR_END_OF_PARTITION, "round %d: %s",
                          round, e.err.message);
            ck_assert_int_eq(e.m.offset, next[e.m.partition]);
            next[e.m.partition] += code == KAFC_OK;
            left -= code == KAFC_ERR_END_OF_PARTITION;
            if (code == KAFC_OK)
                continue;
            ck_assert_int_eq(e.m.offset, 3);
            if (round % 4 == 1 && left == n - 1) { /* seeks to where it is are told the end again */
                ck_ok(kafc_reader_seek(e.reader, "t", e.m.partition, KAFC_AT(3), &e.err));
                left++;
                n++;
            }
        }
    }
    reading_close(&e);
}
END_TEST

/* --- Errors ----------------------------------------------------------------------- */

enum { NOTED = 64, IDS = 13 };

struct note {
    int32_t id, epoch, topics, forgotten;
};

struct notes {
    kafc_err code; /* for the request number `at`, as they are noted */
    int at;
    atomic_int n; /* noted on the mock's thread */
    struct note v[NOTED];
};

/* The second slot has no session: it is none of this. */
static void note(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    struct notes *s = ctx;
    int n = atomic_load(&s->n);
    struct kafc_fetch_req q;
    struct kafc_arena arena;
    struct kafc_rd r;
    kafc_error err;

    kafc__arena_init(&arena, NULL, 0);
    kafc__rd_init(&r, rq->body.p, (size_t)rq->body.len);
    ck_assert_msg(kafc__msg_decode(&r, &kafc_fetch_req_schema, &q, rq->version, &arena, &err) == KAFC_OK,
                  "%s", err.message);
    if (q.session_epoch >= 0 && n < NOTED) {
        s->v[n] = (struct note){ q.session_id, q.session_epoch, q.topics.n,
                                 q.forgotten_topics_data.n };
        atomic_store(&s->n, n + 1);
        if (n == s->at && s->code) {
            a->act = s->code == KAFC_ERR_DISCONNECTED ? KAFC_MOCK_CUT : KAFC_MOCK_ERROR;
            a->code = s->code;
        }
    }
    kafc__arena_fini(&arena);
}

/* The session is in use when the code comes; what follows begins a new one, and closes the old one unless the broker
 * does not have it. */
static void fails(kafc_err code, bool closes, int16_t version)
{
    static struct notes s;
    struct reading e;
    int64_t next = 0;

    s = (struct notes){ .code = code, .at = 4 };
    reading_open(&e, 1, 3);
    ck_ok(kafc_mock_set_versions(e.mock, FETCH, 4, version));
    ck_ok(kafc_mock_hook(e.mock, FETCH, note, &s));
    reading_reader(&e, KAFC_READER(.topic = "t", .max_wait_ms = 20));
    for (; next < 5 || s.n < 9; next++) {
        put_some(&e, 1);
        expect_offset(&e, next);
        expect_nothing(&e, 25);
    }
    ck_ok(kafc_mock_hook(e.mock, FETCH, NULL, NULL));
    ck_assert_int_eq(s.v[0].id, 0);
    ck_assert_int_eq(s.v[0].epoch, 0);
    for (int i = 1; i <= 4; i++) {
        ck_assert_int_eq(s.v[i].id, s.v[1].id);
        ck_assert_int_eq(s.v[i].epoch, i);
        ck_assert_int_le(s.v[i].topics, 1);
    }
    ck_assert_int_eq(s.v[5].id, closes ? s.v[4].id : 0);
    ck_assert_int_eq(s.v[5].epoch, 0);
    ck_assert_int_ge(s.v[5].topics, 1); /* the others may be due a moment later */
    ck_assert_int_ne(s.v[6].id, s.v[4].id);
    for (int i = 6; i <= 8; i++) {
        ck_assert_int_eq(s.v[i].id, s.v[6].id);
        ck_assert_int_eq(s.v[i].epoch, i - 5);
        ck_assert_int_eq(s.v[i].forgotten, 0);
    }
    reading_close(&e);
}

START_TEST(what_follows_an_error_of_the_session)
{
    static const struct {
        kafc_err code;
        bool closes;
    } rows[] = { { KAFC_ERR_FETCH_SESSION_ID_NOT_FOUND, false },
                 { KAFC_ERR_INVALID_FETCH_SESSION_EPOCH, true },
                 { KAFC_ERR_FETCH_SESSION_TOPIC_ID_ERROR, true },
                 { KAFC_ERR_DISCONNECTED, true } };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        fails(rows[i].code, rows[i].closes, IDS - 1);
        fails(rows[i].code, rows[i].closes, 18);
    }
}
END_TEST

/* An error of partitions is none of the session: it goes on. */
START_TEST(an_error_of_a_partition_leaves_the_session)
{
    static struct notes s;
    struct reading e;

    s = (struct notes){ .code = KAFC_ERR_OFFSET_NOT_AVAILABLE, .at = 3 };
    reading_open(&e, 1, 3);
    ck_ok(kafc_mock_hook(e.mock, FETCH, note, &s));
    reading_reader(&e, KAFC_READER(.topic = "t", .max_wait_ms = 20));
    for (int64_t next = 0; next < 5 || s.n < 8; next++) {
        put_some(&e, 1);
        expect_offset(&e, next);
        expect_nothing(&e, 25);
    }
    ck_ok(kafc_mock_hook(e.mock, FETCH, NULL, NULL));
    for (int i = 1; i < 8; i++) {
        ck_assert_int_eq(s.v[i].id, s.v[1].id);
        ck_assert_int_eq(s.v[i].epoch, i);
    }
    reading_close(&e);
}
END_TEST

SUITE_MAIN("client/reader_session", 60, a_session_names_only_what_changes,
           a_session_that_is_lost_is_begun_anew, partitions_come_and_go_within_a_session,
           what_follows_an_error_of_the_session, an_error_of_a_partition_leaves_the_session)
