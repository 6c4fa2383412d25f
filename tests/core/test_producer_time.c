/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The producer and its times, under a virtual clock: delivery.timeout as a
 * bound that a silent broker does not move, and what it does to sequences;
 * request.timeout, pauses between attempts, their number.
 */
#include "tests/core/producing.h"
#include "tests/support/suite.h"

/* By so much a verdict may be late. */
enum { GRACE = 20 * MS };

#define ck_told_at(s, i, when) \
    do { \
        ck_assert_int_ge((s)->told_at[i], (when)); \
        ck_assert_int_lt((s)->told_at[i], (when) + GRACE); \
    } while (0)

/* One partition, one message for each batch, sent at once. */
static struct kafc_producer_config one_by_one(void)
{
    struct kafc_producer_config cfg = producing_config();
    cfg.linger_us = 0;
    cfg.batch_messages = 1;
    cfg.delivery_timeout_us = 3 * SECOND;
    return cfg;
}

static struct kafc_part *part_of(struct stage *s)
{
    return atomic_load(&s->p->only->table)->part[0];
}

static int64_t records(struct stage *s)
{
    kafc_mock_log l;
    ck_assert_int_eq(kafc__cluster_log(s->sim->cluster, "t", 0, &l), KAFC_OK);
    return l.high_watermark;
}

/* A broker that takes everything and says nothing: verdicts come in time, with idempotence and without. */
START_TEST(W1_a_silent_broker_does_not_move_the_delivery_timeout)
{
    struct stage s;
    struct kafc_producer_config cfg = one_by_one();
    cfg.idempotence = _i < 2;
    producing_begin(&s, 1, 1, &cfg);
    warm_up(&s, 1);
    s.act = _i % 2 ? KAFC_MOCK_SILENT : KAFC_MOCK_PASS_SILENT;
    int64_t begin = s.sim->now;
    for (int i = 0; i < 10; i++) { /* more than can be in flight */
        send_to(&s, 0, i);
        pass(&s, 100 * MS);
    }
    await(&s, 10, 10 * SECOND);
    for (int i = 0; i < 10; i++)
        ck_told_at(&s, i, begin + 3 * SECOND + i * 100 * MS);
    ck_assert_int_eq(s.acknowledged, 0);
    ck_assert_int_eq(s.verdict[0], KAFC_PERHAPS_WRITTEN);
    s.act = KAFC_MOCK_PASS;
    send_to(&s, 0, 10); /* on a connection that says nothing more, until it is given up */
    sim_break(s.sim, 1, false);
    await(&s, 11, 10 * SECOND);
    ck_assert_int_eq(s.verdict[10], KAFC_ACKNOWLEDGED);
    ck_assert(_i >= 2 || s.p->epoch > 0); /* what is lost leaves no gap */
    ck_assert_int_eq(s.offset[10], records(&s) - 1);
    producing_end(&s);
}
END_TEST

/* A sent batch expires while another is under way: nothing new is numbered until that one is settled; then the epoch
 * is another. Whether the broker has taken the first or not, no message is twice in the log or out of order. Where both
 * are lost nobody can tell: the broker could yet read on where it was given up, so the second gets no other number. */
START_TEST(W5_an_expired_batch_drains_its_partition_and_leaves_no_gap)
{
    struct stage s;
    struct kafc_producer_config cfg = one_by_one();
    bool comes_late = _i == 0; /* else they are lost with their connection */
    producing_begin(&s, 1, 1, &cfg);
    warm_up(&s, 1);
    int64_t begin = s.sim->now;
    if (comes_late)
        sim_block(s.sim, 1, 3500 * MS);
    else
        s.act = KAFC_MOCK_SILENT;
    send_to(&s, 0, 0);
    pass(&s, SECOND);
    send_to(&s, 0, 1);
    await(&s, 1, 10 * SECOND);
    ck_told_at(&s, 0, begin + 3 * SECOND);
    ck_assert_int_eq(s.verdict[0], KAFC_PERHAPS_WRITTEN);
    send_to(&s, 0, 2);
    pass(&s, 100 * MS);
    ck_assert_int_eq(part_of(&s)->in_flight, 1); /* the second alone */
    ck_assert(part_of(&s)->hole);
    ck_assert_int_eq(s.p->epoch, 0);
    s.act = KAFC_MOCK_PASS;
    if (!comes_late)
        sim_break(s.sim, 1, false);
    await(&s, 3, 10 * SECOND);
    ck_assert_int_eq(s.verdict[1], comes_late ? KAFC_ACKNOWLEDGED : KAFC_PERHAPS_WRITTEN);
    ck_assert_int_eq(s.verdict[2], KAFC_ACKNOWLEDGED);
    ck_assert_int_eq(s.p->epoch, 1);
    ck_assert(!comes_late || s.offset[1] == 2);
    ck_assert_int_eq(s.offset[2], comes_late ? 3 : 1);
    ck_assert_int_eq(records(&s), s.offset[2] + 1);
    producing_end(&s);
}
END_TEST

/* Another partition of the same producer goes on under the old epoch until it has something to send. */
START_TEST(W5_an_expired_batch_does_not_stop_other_partitions)
{
    struct stage s;
    struct kafc_producer_config cfg = one_by_one();
    producing_begin(&s, 2, 2, &cfg);
    warm_up(&s, 2);
    sim_block(s.sim, 1, 5 * SECOND);
    int32_t leads = kafc__cluster_leader(s.sim->cluster, "t", 0, NULL) == 1 ? 0 : 1;
    send_to(&s, leads, 0);
    for (int i = 1; i < 50; i++) {
        send_to(&s, 1 - leads, i);
        pass(&s, 100 * MS);
        ck_assert_int_eq(s.verdict[i], KAFC_ACKNOWLEDGED);
        ck_assert_int_eq(s.offset[i], i);
    }
    ck_assert_int_eq(s.verdict[0], KAFC_PERHAPS_WRITTEN);
    producing_end(&s);
}
END_TEST

START_TEST(W1_what_was_never_sent_expires_in_time_and_is_surely_not_written)
{
    struct stage s;
    struct kafc_producer_config cfg = one_by_one();
    cfg.linger_us = _i == 0 ? 100 * SECOND : 0; /* it lingers; it has no leader; it has no id */
    cfg.batch_messages = 0;
    producing_begin(&s, 1, 1, &cfg);
    if (_i == 2)
        ck_assert_int_eq(kafc__cluster_push_error(s.sim->cluster, KAFC_API_INIT_PRODUCER_ID,
                                                  KAFC_ERR_COORDINATOR_LOAD_IN_PROGRESS, 1000),
                         KAFC_OK);
    if (_i == 1)
        ck_assert_int_eq(kafc__cluster_set_leader(s.sim->cluster, "t", 0, -1), KAFC_OK);
    pass(&s, SECOND);
    int64_t begin = s.sim->now;
    send_to(&s, 0, 0);
    await(&s, 1, 10 * SECOND);
    ck_told_at(&s, 0, begin + 3 * SECOND);
    ck_assert_int_eq(s.verdict[0], KAFC_NOT_WRITTEN);
    ck_assert_int_eq(s.requests, 0);
    producing_end(&s);
}
END_TEST

START_TEST(a_request_that_is_not_answered_is_made_again_after_its_time)
{
    struct stage s;
    struct kafc_producer_config cfg = one_by_one();
    cfg.delivery_timeout_us = 120 * SECOND;
    cfg.request_timeout_us = 2 * SECOND;
    producing_begin(&s, 1, 1, &cfg);
    warm_up(&s, 1);
    s.act = KAFC_MOCK_PASS_SILENT;
    int64_t begin = s.sim->now;
    send_to(&s, 0, 0);
    pass(&s, SECOND);
    s.act = KAFC_MOCK_PASS;
    await(&s, 1, 10 * SECOND);
    ck_assert_int_ge(s.at - begin, 2 * SECOND);
    ck_assert_int_lt(s.at - begin, 3 * SECOND);
    ck_assert_int_eq(s.acknowledged, 1);
    ck_assert_int_eq(s.offset[0], 1); /* known again */
    ck_assert_int_eq(records(&s), 2);
    producing_end(&s);
}
END_TEST

START_TEST(the_pauses_between_attempts_grow)
{
    struct stage s;
    struct kafc_producer_config cfg = one_by_one();
    cfg.delivery_timeout_us = 120 * SECOND;
    producing_begin(&s, 1, 1, &cfg);
    warm_up(&s, 1);
    const struct kafc_core_config *core = kafc__core_config(s.core);
    s.error = KAFC_ERR_NOT_ENOUGH_REPLICAS;
    s.errors = 6;
    send_to(&s, 0, 0);
    int64_t pause = core->retry_backoff_us, last = 0;
    for (int i = 0; i < 7; i++) {
        while (s.requests == i)
            pass(&s, MS);
        if (i > 0) {
            ck_assert_int_ge(s.asked_at - last, pause * 8 / 10);
            ck_assert_int_le(s.asked_at - last, pause * 12 / 10 + 2 * MS);
            pause = pause * 2 < core->retry_backoff_max_us ? pause * 2 : core->retry_backoff_max_us;
        }
        last = s.asked_at;
    }
    await(&s, 1, SECOND);
    ck_assert_int_eq(s.acknowledged, 1);
    producing_end(&s);
}
END_TEST

START_TEST(retries_are_counted_where_that_is_asked_for)
{
    struct stage s;
    struct kafc_producer_config cfg = one_by_one();
    cfg.attempts_max = 1 + _i;
    producing_begin(&s, 1, 1, &cfg);
    warm_up(&s, 1);
    s.error = KAFC_ERR_NOT_ENOUGH_REPLICAS;
    s.errors = 3;
    send_to(&s, 0, 0);
    await(&s, 1, 10 * SECOND);
    ck_assert_int_eq(s.requests, 1 + _i);
    ck_assert_int_eq(s.verdict[0], _i < 3 ? KAFC_NOT_WRITTEN : KAFC_ACKNOWLEDGED);
    if (_i < 3)
        ck_assert_int_eq(s.code, KAFC_ERR_NOT_ENOUGH_REPLICAS);
    s.errors = 0;
    send_to(&s, 0, 2);
    await(&s, s.n + 1, 10 * SECOND);
    ck_assert_int_eq(s.verdict[2], KAFC_ACKNOWLEDGED); /* the hole in the sequence is closed */
    ck_assert_int_eq(s.offset[2], records(&s) - 1);
    producing_end(&s);
}
END_TEST

/* A broker that cannot be reached has had no attempt. */
START_TEST(what_did_not_reach_the_network_is_no_retry)
{
    struct stage s;
    struct kafc_producer_config cfg = one_by_one();
    cfg.attempts_max = 1;
    cfg.delivery_timeout_us = 120 * SECOND;
    producing_begin(&s, 1, 1, &cfg);
    warm_up(&s, 1);
    ck_assert_int_eq(kafc__cluster_stop(s.sim->cluster, 1), KAFC_OK);
    pass(&s, SECOND);
    send_to(&s, 0, 0);
    pass(&s, 10 * SECOND);
    ck_assert_int_eq(s.n, 0);
    ck_assert_int_eq(kafc__cluster_start(s.sim->cluster, 1), KAFC_OK);
    await(&s, 1, 10 * SECOND);
    ck_assert_int_eq(s.acknowledged, 1);
    producing_end(&s);
}
END_TEST

START_TEST(W10_close_ends_in_time_at_a_silent_broker_and_reports_the_rest)
{
    struct stage s;
    struct kafc_producer_config cfg = one_by_one();
    cfg.delivery_timeout_us = 120 * SECOND;
    producing_begin(&s, 1, 1, &cfg);
    warm_up(&s, 1);
    s.act = KAFC_MOCK_SILENT;
    for (int i = 0; i < 8; i++)
        send_to(&s, 0, i);
    pass(&s, 100 * MS);
    int64_t begin = s.sim->now;
    kafc__producer_close(s.p, begin + 500 * MS);
    await(&s, 8, 10 * SECOND);
    for (int i = 0; i < 8; i++) {
        ck_told_at(&s, i, begin + 500 * MS);
        ck_assert_int_eq(s.verdict[i], i < 5 ? KAFC_PERHAPS_WRITTEN : KAFC_NOT_WRITTEN);
    }
    ck_assert(kafc__producer_closed(s.p) && !kafc__producer_closed_in_time(s.p));
    producing_end(&s);
    ck_assert_int_eq(s.n, 8);
}
END_TEST

SUITE_LOOPS("core/producer_time", 30,
            LOOP(W1_a_silent_broker_does_not_move_the_delivery_timeout, 0, 4),
            LOOP(W5_an_expired_batch_drains_its_partition_and_leaves_no_gap, 0, 2),
            ONCE(W5_an_expired_batch_does_not_stop_other_partitions),
            LOOP(W1_what_was_never_sent_expires_in_time_and_is_surely_not_written, 0, 3),
            ONCE(a_request_that_is_not_answered_is_made_again_after_its_time),
            ONCE(the_pauses_between_attempts_grow),
            LOOP(retries_are_counted_where_that_is_asked_for, 0, 4),
            ONCE(what_did_not_reach_the_network_is_no_retry),
            ONCE(W10_close_ends_in_time_at_a_silent_broker_and_reports_the_rest))
