/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A producer without room, under a virtual clock: who was refused is told when
 * something has gone, and not by the attempt that was refused itself.
 */
#include <check.h>

#include "tests/core/producing.h"
#include "tests/support/suite.h"

enum { FULL = KAFC_SEG_SMALL + 2 * KAFC_SEG_LARGE + 1000 }; /* no segment fits beside those of a batch */

static struct stage *stage; /* of the callback, which is given it as well */
static int rooms;

/* As kafc_writer_send() does with timeout 0. */
static kafc_err send_or_want(struct stage *s, const kafc_message *m)
{
    kafc_err rc = kafc__producer_send(s->p, m, NULL, 1, NULL);
    if (rc != KAFC_ERR_WOULD_BLOCK)
        return rc;
    kafc__producer_want_room(s->p);
    return kafc__producer_send(s->p, m, NULL, 1, NULL);
}

static const kafc_message *wanted;

static void on_room(void *ctx)
{
    (void)ctx;
    rooms++;
    (void)send_or_want(stage, wanted);
}

static char value[100000];

/* Until there is no room for another one; the broker takes requests and says nothing. */
static void fill(struct stage *s, struct kafc_producer_config *cfg, int32_t size, bool known)
{
    kafc_message m = { .value = { value, size }, .to_partition = KAFC_ZERO };
    cfg->delivery_timeout_us = 50 * SECOND;
    producing_begin(s, 1, 4, cfg);
    stage = s;
    rooms = 0;
    s->act = KAFC_MOCK_SILENT;
    if (known)
        pass(s, SECOND);
    kafc_err rc = KAFC_OK;
    for (int i = 0; i < 100000 && rc == KAFC_OK; i++)
        rc = kafc__producer_send(s->p, &m, NULL, 1, NULL);
    ck_assert_int_eq(rc, KAFC_ERR_WOULD_BLOCK);
}

START_TEST(W3_who_finds_no_room_is_not_woken_by_himself)
{
    struct stage s;
    struct kafc_producer_config cfg = producing_config();
    kafc_message m = { .value = { value, 90000 }, .to_partition = 1 };
    cfg.buffer_bytes = (int64_t)2 * KAFC_SEG_LARGE; /* it needs both */
    producing_begin(&s, 1, 4, &cfg);
    pass(&s, SECOND);
    s.act = KAFC_MOCK_SILENT;
    send_to(&s, 0, 0);
    pass(&s, SECOND);
    int events = s.events;
    for (int i = 0; i < 10; i++)
        ck_assert_int_eq(kafc__producer_send(s.p, &m, NULL, 1, NULL), KAFC_ERR_WOULD_BLOCK);
    ck_assert_int_eq(s.events, events);
    producing_end(&s);
}
END_TEST

START_TEST(W3_room_is_told_when_something_has_gone)
{
    struct stage s;
    struct kafc_producer_config cfg = producing_config();
    kafc_message m = { .value = KAFC_STR("v"), .to_partition = 1 };
    cfg.buffer_bytes = FULL;
    cfg.on_room = on_room;
    if (_i == 1)
        cfg.report_slots = 10;
    fill(&s, &cfg, 1000, true);
    wanted = &m;
    ck_assert_int_eq(send_or_want(&s, &m), KAFC_ERR_WOULD_BLOCK);
    pass(&s, 20 * SECOND);
    ck_assert_int_lt(rooms, 5);
    int before = rooms;
    pass(&s, 40 * SECOND); /* all of it has failed */
    ck_assert_int_gt(rooms, before);
    producing_end(&s);
}
END_TEST

START_TEST(W3_room_is_told_also_while_the_topic_is_not_known)
{
    struct stage s;
    struct kafc_producer_config cfg = producing_config();
    kafc_message m = { .value = { value, 500 }, .to_partition = 1 };
    cfg.on_room = on_room;
    cfg.report_slots = 10;
    if (_i == 1)
        cfg.buffer_bytes = 5000;
    cfg.topic = "unknown";
    fill(&s, &cfg, 500, false);
    wanted = &m;
    ck_assert_int_eq(send_or_want(&s, &m), KAFC_ERR_WOULD_BLOCK);
    pass(&s, 5 * SECOND);
    ck_assert_int_lt(rooms, 5);
    int before = rooms;
    pass(&s, 40 * SECOND); /* there is none such */
    ck_assert_int_gt(rooms, before);
    producing_end(&s);
}
END_TEST

/* Open batches hold some slots in advance. */
START_TEST(W3_slots_that_a_batch_did_not_need_wake_who_waits_for_them)
{
    struct stage s;
    struct kafc_producer_config cfg = producing_config();
    kafc_message m = { .value = KAFC_STR("v"), .to_partition = KAFC_ZERO };
    cfg.report_slots = 4096;
    cfg.idempotence = false;
    cfg.linger_us = 50 * SECOND;
    producing_begin(&s, 1, 4, &cfg);
    pass(&s, SECOND);
    s.act = KAFC_MOCK_SILENT;
    for (int i = 0; i < 4; i++)
        send_to(&s, i, i);
    kafc_err rc = KAFC_OK;
    for (int i = 0; i < 5000 && rc == KAFC_OK; i++)
        rc = kafc__producer_send(s.p, &m, NULL, 1, NULL);
    ck_assert_int_eq(rc, KAFC_ERR_WOULD_BLOCK);
    ck_assert_int_eq(atomic_load(&s.p->slots_free), 0);
    int events = s.events;
    pass(&s, SECOND); /* what lingered was sent */
    ck_assert_int_gt(atomic_load(&s.p->slots_free), 0);
    ck_assert_int_gt(s.events, events);
    events = s.events;
    ck_assert_int_eq(kafc__producer_send(s.p, &m, NULL, 1, NULL), KAFC_OK);
    pass(&s, SECOND);
    ck_assert_int_eq(s.events, events);
    producing_end(&s);
}
END_TEST

SUITE_LOOPS("core/room", 30, ONCE(W3_who_finds_no_room_is_not_woken_by_himself),
            LOOP(W3_room_is_told_when_something_has_gone, 0, 2),
            LOOP(W3_room_is_told_also_while_the_topic_is_not_known, 0, 2),
            ONCE(W3_slots_that_a_batch_did_not_need_wake_who_waits_for_them))
