/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc_reader and followers (KIP-392): a replica in the client's own rack is
 * read from when the leader says so, and the leader again as soon as there is
 * any doubt. Records are lost and repeated by none of it.
 */
#include "tests/client/reading.h"

enum { FETCH = 1, LIST_OFFSETS = 2 };

/* "t" [0] is led by broker 1 of rack a; the client stands in rack b, as broker 2 does. */
static void open_racks(struct reading *e, int32_t age_ms)
{
    static const char *const racks[] = { "a", "b", "c" };

    reading_open_with(e, KAFC_MOCK(.brokers = 3), 1,
                      KAFC_CLIENT(.rack = "b", .retry_backoff_ms = 10, .retry_backoff_max_ms = 50,
                                  .reconnect_backoff_ms = 10, .reconnect_backoff_max_ms = 50,
                                  .metadata_max_age_ms = age_ms));
    for (int32_t i = 0; i < 3; i++)
        ck_ok(kafc_mock_set_rack(e->mock, i + 1, racks[i]));
    ck_ok(kafc_mock_set_leader(e->mock, "t", 0, 1));
    put_some(e, 5);
}

static void read_racks(struct reading *e)
{
    reading_reader(e, KAFC_READER(.topic = "t", .max_wait_ms = 20));
}

static uint64_t fetches(const struct reading *e, int32_t broker)
{
    return kafc_mock_requests(e->mock, broker, FETCH);
}

START_TEST(the_follower_in_the_own_rack_is_read)
{
    struct reading e;

    open_racks(&e, 300000);
    read_racks(&e);
    expect_offsets(&e, 0, 5);
    uint64_t leader = fetches(&e, 1);
    ck_assert_uint_eq(leader, 1); /* it sent us away at once */
    put_some(&e, 5);
    expect_offsets(&e, 5, 10);
    while (fetches(&e, 2) < 3)
        expect_nothing(&e, 1);
    ck_assert_uint_eq(fetches(&e, 1), leader);
    ck_assert_uint_eq(fetches(&e, 3), 0);
    reading_close(&e);
}
END_TEST

START_TEST(the_leader_is_read_when_it_is_as_near)
{
    struct reading e;

    open_racks(&e, 300000);
    ck_ok(kafc_mock_set_rack(e.mock, 1, "b"));
    read_racks(&e);
    expect_offsets(&e, 0, 5);
    ck_assert_uint_eq(fetches(&e, 2), 0);
    reading_close(&e);
}
END_TEST

START_TEST(the_leader_is_asked_again_when_metadata_is_old)
{
    struct reading e;

    open_racks(&e, 200);
    read_racks(&e);
    expect_offsets(&e, 0, 5);
    ck_ok(kafc_mock_set_rack(e.mock, 2, NULL)); /* which nobody tells the client */
    uint64_t leader = fetches(&e, 1);
    for (int64_t next = 5; fetches(&e, 1) < leader + 4; next++) { /* one is under way perhaps */
        put_some(&e, 1);
        expect_offset(&e, next);
    }
    uint64_t follower = fetches(&e, 2);
    expect_nothing(&e, 100);
    ck_assert_uint_eq(fetches(&e, 2), follower);
    reading_close(&e);
}
END_TEST

/* What the follower answers … */
struct refusal {
    kafc_mock_act act;
    kafc_err code;
    atomic_int left; /* … so many times */
};

static void refuse(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    struct refusal *r = ctx;

    if (rq->broker != 2 || atomic_load(&r->left) <= 0)
        return;
    atomic_fetch_sub(&r->left, 1);
    a->act = r->act;
    a->code = r->code;
}

static struct refusal refusals[] = {
    { KAFC_MOCK_ERROR, KAFC_ERR_OFFSET_OUT_OF_RANGE, 0 }, /* it lags: no reset, no notice */
    { KAFC_MOCK_ERROR, KAFC_ERR_NOT_LEADER_OR_FOLLOWER, 0 },
    { KAFC_MOCK_ERROR, KAFC_ERR_FENCED_LEADER_EPOCH, 0 },
    { KAFC_MOCK_ERROR, KAFC_ERR_UNKNOWN_LEADER_EPOCH, 0 },
    { KAFC_MOCK_ERROR, KAFC_ERR_REPLICA_NOT_AVAILABLE, 0 },
    { KAFC_MOCK_ERROR, KAFC_ERR_KAFKA_STORAGE_ERROR, 0 },
    { KAFC_MOCK_ERROR, KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION, 0 },
    { KAFC_MOCK_ERROR, KAFC_ERR_UNKNOWN_TOPIC_ID, 0 },
    { KAFC_MOCK_ERROR, KAFC_ERR_OFFSET_NOT_AVAILABLE, 0 },
    { KAFC_MOCK_ERROR, KAFC_ERR_FETCH_SESSION_ID_NOT_FOUND, 0 },
    { KAFC_MOCK_CUT, KAFC_OK, 0 },
    { KAFC_MOCK_PASS_CUT, KAFC_OK, 0 }
};

static void refused(struct refusal *r)
{
    struct reading e;

    open_racks(&e, 300000);
    read_racks(&e);
    expect_offsets(&e, 0, 5);
    uint64_t leader = fetches(&e, 1), asked = kafc_mock_requests(e.mock, 0, LIST_OFFSETS);
    atomic_store(&r->left, 3); /* the first may come at once */
    ck_ok(kafc_mock_hook(e.mock, FETCH, refuse, r));
    for (int64_t next = 5; atomic_load(&r->left) > 0; next++) {
        put_some(&e, 1);
        expect_offset(&e, next);
    }
    ck_assert_uint_ge(fetches(&e, 1), leader + 2);
    ck_assert_uint_eq(kafc_mock_requests(e.mock, 0, LIST_OFFSETS), asked);
    reading_close(&e);
}

START_TEST(the_leader_is_read_when_the_follower_does_not_serve)
{
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++)
        refused(&refusals[i]);
}
END_TEST

START_TEST(a_follower_that_goes_and_comes_back)
{
    struct reading e;
    int64_t next = 5;

    open_racks(&e, 300000);
    read_racks(&e);
    expect_offsets(&e, 0, 5);
    ck_ok(kafc_mock_stop_broker(e.mock, 2));
    for (; next < 10; next++) {
        put_some(&e, 1);
        expect_offset(&e, next);
    }
    ck_ok(kafc_mock_start_broker(e.mock, 2));
    uint64_t follower = fetches(&e, 2);
    for (; fetches(&e, 2) < follower + 3; next++) {
        put_some(&e, 1);
        expect_offset(&e, next);
    }
    reading_close(&e);
}
END_TEST

START_TEST(leaders_move_and_the_follower_stays)
{
    struct reading e;
    int64_t next = 5;

    open_racks(&e, 300000);
    read_racks(&e);
    expect_offsets(&e, 0, 5);
    for (int32_t i = 0; i < 12; i++) { /* the follower leads, too, every third time */
        ck_ok(kafc_mock_set_leader(e.mock, "t", 0, (i + 1) % 3 + 1));
        for (int n = 0; n < 3; n++) {
            put_some(&e, 1);
            expect_offset(&e, next++);
        }
    }
    expect_nothing(&e, 30);
    reading_close(&e);
}
END_TEST

SUITE_MAIN("client/reader_nearer", 60, the_follower_in_the_own_rack_is_read,
           the_leader_is_read_when_it_is_as_near, the_leader_is_asked_again_when_metadata_is_old,
           the_leader_is_read_when_the_follower_does_not_serve, a_follower_that_goes_and_comes_back,
           leaders_move_and_the_follower_stays)
