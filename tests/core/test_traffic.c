/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Where the time of a request goes, to the microsecond: what is counted of it
 * by API and by node, and told to hooks.
 */
#include <stdio.h>

#include "core/link_internal.h"
#include "core/metrics.h"
#include "protocol/api/03_metadata.h"
#include "tests/core/peer.h"
#include "tests/core/world.h"
#include "tests/support/alloc.h"
#include "tests/support/suite.h"

enum { ALL = 1 << 30, N = 8 };

static struct kafc_core_stats stats;
static struct kafc_link *l;
static struct peer p;
static struct kafc_metadata_req ask;
static struct kafc_request rq[N];
static int nended;
static kafc_err last;

/* What the hooks were told. */
static struct {
    int asked, ended, throttles, owed; /* owed: asked and not ended */
    kafc_request_event e;              /* the last end */
    char why[200];
    kafc_throttle_event throttle;
    char states[20]; /* a letter for each */
    kafc_connection_event c;
} told;

static void on_connection(void *ctx, const kafc_connection_event *e)
{
    static const char letters[] = "?osliRFLC";
    ck_assert_ptr_eq(ctx, &told);
    ck_assert_int_eq((e->why != NULL), e->state >= KAFC_CONNECTION_FAILED);
    size_t n = strlen(told.states);
    ck_assert_uint_lt(n, sizeof(told.states) - 1);
    told.states[n] = letters[e->state];
    told.c = *e;
}

static void on_request(void *ctx, kafc_request_event *e)
{
    ck_assert_ptr_eq(ctx, &told);
    ck_assert_ptr_null(e->own);
    ck_assert(e->bytes_received == 0 && e->write_us == 0 && e->code == KAFC_OK && !e->why);
    told.asked++;
    told.owed++;
    e->own = &rq[e->correlation];
}

static void on_response(void *ctx, const kafc_request_event *e)
{
    ck_assert_ptr_eq(ctx, &told);
    ck_assert_ptr_eq(e->own, &rq[e->correlation]);
    ck_assert_int_eq((e->why != NULL), e->code != KAFC_OK);
    told.ended++;
    told.owed--;
    told.e = *e;
    snprintf(told.why, sizeof(told.why), "%s", e->why ? e->why : "");
}

static void on_throttle(void *ctx, const kafc_throttle_event *e)
{
    ck_assert_ptr_eq(ctx, &told);
    told.throttles++;
    told.throttle = *e;
}

static const kafc_hooks hooks = { sizeof(hooks), on_connection, on_request, on_response, on_throttle,
                                  NULL, NULL, &told };
static struct kafc_watch watch;

static void done(struct kafc_request *r)
{
    nended++;
    last = r->result;
}

static void setup(void)
{
    memset(&stats, 0, sizeof(stats));
    memset(&told, 0, sizeof(told));
    nended = 0;
    watch = (struct kafc_watch){ .hooks = &hooks, .host = "b", .port = 9092, .broker = 2, .purpose = "test" };
    struct kafc_link_config cfg = { .client_id = "test",
                                    .receive_max = 1 << 20,
                                    .request_timeout_us = 10000000,
                                    .stats = &stats,
                                    .traffic = kafc__node_traffic(&stats.traffic, 2),
                                    .watch = &watch };
    l = kafc__link_new(&cfg, 2, "node 2");
    peer_init(&p);
    kafc__msg_defaults(&kafc_metadata_req_schema, &ask);
    for (int i = 0; i < N; i++) {
        kafc__request_init(&rq[i], &kafc_metadata_api, &ask);
        rq[i].timeout_us = 1000000;
        rq[i].done = done;
    }
    struct peer_request q;
    kafc__watch_opening(&watch, 7, 0);
    kafc__link_opening(l);
    kafc__link_up(l, 0);
    peer_pull(&p, l, ALL, 0);
    ck_assert(peer_next(&p, &q));
    peer_versions(&p, &q, 127);
    ck_assert_int_eq(peer_push(&p, l, ALL, 100, NULL), KAFC_OK);
    ck_assert_str_eq(told.states, "osR");
    ck_assert_int_eq(told.c.time_us, 100);
}

static void teardown(void)
{
    kafc__link_free(l);
    ck_assert_int_eq(told.owed, 0);
    peer_fini(&p);
    kafc__traffic_fini(&stats.traffic);
}

static kafc_api_stats of_api(const struct kafc_api *api)
{
    kafc_api_stats s = { .size = sizeof(s) };
    const struct kafc_api_traffic *a;
    for (int32_t i = 0; (a = kafc__traffic_api_at(&stats.traffic, i)); i++)
        if (a->api == api)
            kafc__metrics_get(&kafc__api_metrics, a, &s);
    return s;
}

static kafc_broker_stats of_node(void)
{
    kafc_broker_stats s = { .size = sizeof(s) };
    kafc__metrics_get(&kafc__node_metrics, kafc__traffic_node_at(&stats.traffic, 0), &s);
    return s;
}

static void is(const kafc_summary *s, uint64_t count, uint64_t sum, uint64_t max)
{
    ck_assert_uint_eq(s->count, count);
    ck_assert_uint_eq(s->sum, sum);
    ck_assert_uint_eq(s->max, max);
}

/* Bytes to the peer: at most n. */
static void pull(size_t n, int64_t now)
{
    struct iovec iov[4];
    ck_assert_int_gt(kafc__link_send_iov(l, iov, 4, now), 0);
    n = n < iov[0].iov_len ? n : iov[0].iov_len;
    peer_take(&p, iov[0].iov_base, n);
    kafc__link_sent(l, n, now);
}

/* And from it: n of what it has to say. */
static void push(size_t n, int64_t now)
{
    void *room;
    size_t cap;
    ck_assert_int_eq(kafc__link_recv_room(l, &room, &cap, NULL), KAFC_OK);
    ck_assert_uint_le(n, cap);
    ck_assert_uint_le(n, p.nout);
    memcpy(room, p.out, n);
    p.nout -= n;
    memmove(p.out, p.out + n, p.nout);
    ck_assert_int_eq(kafc__link_received(l, n, now, NULL), KAFC_OK);
}

static size_t answer(int brokers)
{
    struct peer_request q;
    size_t before = p.nout;
    struct kafc_metadata_resp resp;
    ck_assert(peer_next(&p, &q));
    kafc__msg_defaults(q.api->resp, &resp);
    resp.brokers.n = brokers;
    resp.brokers.v = kafc__msg_array(&kafc_metadata_resp_broker_schema, brokers, &p.arena);
    for (int i = 0; i < brokers; i++)
        resp.brokers.v[i] = (struct kafc_metadata_resp_broker){ .node_id = i, .host = { "host", 4 } };
    peer_answer(&p, &q, &resp);
    return p.nout - before;
}

START_TEST(the_time_of_a_request_is_split_exactly)
{
    setup();
    size_t before = p.nin;
    kafc__link_queue(l, &rq[0], 1000);
    pull(5, 3000); /* queued for 2000 */
    pull(7, 3700);
    ck_assert_uint_eq(of_node().in_flight, 1);
    pull(ALL, 4500); /* written for 1500 */
    size_t n = answer(1);
    push(3, 10000); /* waited for 5500 */
    push(2, 11000);
    push(n - 5, 12500); /* read for 2500 */
    ck_assert_int_eq(nended, 1);
    ck_assert_int_eq(told.ended, 2);
    ck_assert_int_eq(told.e.code, KAFC_OK);
    ck_assert_str_eq(told.e.name, "Metadata");
    ck_assert_int_eq(told.e.version, kafc_metadata_api.pick_max);
    ck_assert_int_eq(told.e.correlation, 1);
    ck_assert_uint_eq(told.e.connection, 7);
    ck_assert_int_eq(told.e.broker, 2);
    ck_assert_uint_eq(told.e.bytes_sent, p.nin - before);
    ck_assert_uint_eq(told.e.bytes_received, n);
    ck_assert_int_eq(told.e.queue_us, 2000);
    ck_assert_int_eq(told.e.write_us, 1500);
    ck_assert_int_eq(told.e.wait_us, 5500);
    ck_assert_int_eq(told.e.read_us, 2500);

    kafc_api_stats s = of_api(&kafc_metadata_api);
    is(&s.queue_time_us, 1, 2000, 2000);
    is(&s.write_time_us, 1, 1500, 1500);
    is(&s.wait_time_us, 1, 5500, 5500);
    is(&s.read_time_us, 1, 2500, 2500);
    is(&s.time_us, 1, 11500, 11500);
    ck_assert_uint_eq(s.requests, 1);
    ck_assert_uint_eq(s.failed, 0);
    ck_assert_uint_eq(s.version, (uint64_t)kafc_metadata_api.pick_max);
    ck_assert_uint_eq(s.bytes_sent, p.nin - before);
    ck_assert_uint_eq(s.bytes_received, n);
    s = of_api(&kafc_api_versions_api); /* the greeting is a request, too */
    is(&s.time_us, 1, 100, 100);
    ck_assert_uint_eq(s.bytes_sent, before);
    kafc_broker_stats b = of_node();
    ck_assert_uint_eq(b.in_flight, 0);
    ck_assert_uint_eq(b.requests, 2);
    ck_assert_uint_eq(b.bytes_sent, p.nin);
    is(&b.request_time_us, 2, 100 + 8000, 8000);
    teardown();
}
END_TEST

/* Of answers that come in one piece each knows when its own first byte was there. */
START_TEST(answers_behind_each_other_have_their_own_times)
{
    setup();
    for (int i = 0; i < 3; i++)
        kafc__link_queue(l, &rq[i], 1000);
    peer_pull(&p, l, ALL, 1000);
    size_t n[3];
    for (int i = 0; i < 3; i++)
        n[i] = answer(i == 2 ? 2000 : 1); /* the last one is read into its own memory */
    push(n[0] - 1, 2000);
    push(1 + 2, 5000);              /* all of the first, two bytes of the second */
    push(n[1] - 2 + 5000, 9000);    /* the rest of it, a piece of the third */
    push(n[2] - 5000 - 10, 20000);
    push(10, 21000);
    kafc_api_stats s = of_api(&kafc_metadata_api);
    is(&s.wait_time_us, 3, 1000 + 4000 + 8000, 8000);
    is(&s.read_time_us, 3, 3000 + 4000 + 12000, 12000);
    ck_assert_uint_eq(s.bytes_received, n[0] + n[1] + n[2]);
    teardown();
}
END_TEST

START_TEST(without_an_answer_nothing_is_timed)
{
    setup();
    kafc__link_queue(l, &rq[0], 1000);
    peer_pull(&p, l, ALL, 1000);
    kafc__link_queue(l, &rq[1], 2000);
    peer_pull(&p, l, ALL, 2000);
    (void)kafc__link_tick(l, 1001500, NULL); /* the first is late */
    ck_assert_int_eq(last, KAFC_ERR_TIMED_OUT);
    ck_assert_int_eq(told.e.code, KAFC_ERR_TIMED_OUT);
    ck_assert_int_eq(told.e.wait_us, 1000500);
    kafc_error why = { .code = KAFC_ERR_DISCONNECTED, .message = "the moon is in the way" };
    kafc__link_queue(l, &rq[2], 1001500);
    kafc__link_down(l, &why, 1001600);
    ck_assert_int_eq(nended, 3);
    ck_assert_int_eq(told.ended, 3); /* with the greeting: rq[2] was not sent */
    ck_assert_int_eq(told.e.code, KAFC_ERR_DISCONNECTED);
    ck_assert_str_eq(told.why, "the moon is in the way");
    ck_assert_int_eq(told.e.wait_us, 999600);
    ck_assert_str_eq(told.states, "osRL");
    ck_assert_int_eq(told.c.time_us, 1001600);
    kafc_api_stats s = of_api(&kafc_metadata_api);
    ck_assert_uint_eq(s.requests, 2);
    ck_assert_uint_eq(s.failed, 3);
    is(&s.time_us, 0, 0, 0);
    is(&s.queue_time_us, 0, 0, 0);
    kafc_broker_stats b = of_node();
    ck_assert_uint_eq(b.failed, 3);
    ck_assert_uint_eq(b.in_flight, 0);
    teardown();
}
END_TEST

START_TEST(an_answer_that_nobody_wants_counts_as_bytes)
{
    setup();
    kafc__link_queue(l, &rq[0], 1000);
    peer_pull(&p, l, ALL, 1000);
    kafc__link_cancel(l, &rq[0]);
    ck_assert_uint_eq(of_node().in_flight, 1); /* it is still on its way */
    ck_assert_int_eq(told.owed, 1);
    size_t n = answer(1);
    push(n, 4000);
    ck_assert_int_eq(nended, 0);
    ck_assert_int_eq(told.e.code, KAFC_ERR_INTERRUPTED);
    ck_assert_int_eq(told.e.wait_us, 3000);
    ck_assert_uint_eq(told.e.bytes_received, n);
    kafc_api_stats s = of_api(&kafc_metadata_api);
    ck_assert_uint_eq(s.bytes_received, n);
    ck_assert_uint_eq(s.failed, 0);
    is(&s.time_us, 0, 0, 0);
    kafc_broker_stats b = of_node();
    ck_assert_uint_eq(b.in_flight, 0);
    is(&b.request_time_us, 2, 100 + 3000, 3000);
    teardown();
}
END_TEST

START_TEST(without_acks_a_request_is_queued_and_written)
{
    struct peer_produce x;
    setup();
    peer_produce_make(&x, 0);
    kafc__request_init(&rq[0], &kafc_produce_api, &x.msg);
    rq[0].done = done;
    rq[0].no_response = true;
    kafc__link_queue(l, &rq[0], 1000);
    pull(ALL, 1700);
    peer_pull(&p, l, ALL, 2000);
    ck_assert_int_eq(nended, 1);
    kafc_api_stats s = of_api(&kafc_produce_api);
    is(&s.queue_time_us, 1, 700, 700);
    is(&s.write_time_us, 1, 300, 300);
    is(&s.wait_time_us, 0, 0, 0);
    is(&s.time_us, 0, 0, 0);
    ck_assert_int_eq(told.e.code, KAFC_OK);
    ck_assert_int_eq(told.e.queue_us, 700);
    ck_assert_int_eq(told.e.write_us, 300);
    ck_assert_int_eq(told.e.wait_us + told.e.read_us, 0);
    ck_assert_uint_eq(told.e.bytes_sent, s.bytes_sent);
    ck_assert_uint_eq(told.e.bytes_received, 0);
    ck_assert_uint_gt(s.bytes_sent, 60000);
    ck_assert_uint_eq(of_node().in_flight, 0);
    teardown();
    peer_produce_free(&x);
}
END_TEST

START_TEST(throttles_are_of_the_broker)
{
    setup();
    kafc__link_queue(l, &rq[0], 0);
    peer_pull(&p, l, ALL, 0);
    struct peer_request q;
    struct kafc_metadata_resp resp;
    ck_assert(peer_next(&p, &q));
    kafc__msg_defaults(q.api->resp, &resp);
    resp.throttle_time_ms = 70;
    peer_answer(&p, &q, &resp);
    ck_assert_int_eq(peer_push(&p, l, ALL, 10, NULL), KAFC_OK);
    kafc_broker_stats b = of_node();
    ck_assert_int_eq(told.throttles, 1);
    ck_assert_int_eq(told.throttle.throttle_ms, 70);
    ck_assert_str_eq(told.throttle.name, "Metadata");
    ck_assert_uint_eq(told.throttle.connection, 7);
    ck_assert(told.throttle.waits);
    ck_assert_uint_eq(b.throttled, 1);
    is(&b.throttle_time_us, 1, 70000, 70000);
    /* the next one waits it out in the queue */
    kafc__link_queue(l, &rq[1], 20);
    peer_pull(&p, l, ALL, 69000);
    ck_assert(!peer_next(&p, &q));
    peer_pull(&p, l, ALL, 70010);
    push(answer(0), 70020);
    ck_assert_uint_eq(of_api(&kafc_metadata_api).queue_time_us.sum, 70010 - 20);
    teardown();
}
END_TEST

/* Of which not a byte was sent nobody is told, and a late answer is not told twice. */
START_TEST(each_end_is_told_once)
{
    setup();
    struct iovec iov[4];
    kafc__link_queue(l, &rq[0], 1000);
    ck_assert_int_gt(kafc__link_send_iov(l, iov, 4, 1000), 0); /* bytes, but nobody takes them */
    kafc__link_cancel(l, &rq[0]);
    kafc__link_queue(l, &rq[1], 2000);
    peer_pull(&p, l, ALL, 2000);
    ck_assert_int_eq(told.asked, 2);
    (void)kafc__link_tick(l, 1002500, NULL);
    ck_assert_int_eq(told.e.code, KAFC_ERR_TIMED_OUT);
    ck_assert_int_eq(told.ended, 2);
    kafc__link_down(l, &(kafc_error){ .code = KAFC_ERR_CLOSED }, 1003000);
    ck_assert_int_eq(told.ended, 2);
    ck_assert_str_eq(told.states, "osRC");
    teardown();
    ck_assert_str_eq(told.states, "osRC");
}
END_TEST

static bool cancel_in_hook;

static void give_up(void *ctx, const kafc_request_event *e)
{
    on_response(ctx, e);
    for (int i = 0; cancel_in_hook && i < N; i++)
        if (rq[i].link)
            kafc__link_cancel(l, &rq[i]);
}

/* A hook that ends requests, be it the one that it is told of, pulls nothing from under the link. */
START_TEST(a_hook_may_end_requests)
{
    kafc_hooks nasty = hooks;
    nasty.on_response = give_up;
    for (int how = 0; how < 3; how++) {
        setup();
        watch.hooks = &nasty;
        cancel_in_hook = true;
        for (int i = 0; i < 4; i++)
            kafc__link_queue(l, &rq[i], 1000);
        peer_pull(&p, l, ALL, 1000);
        kafc__link_queue(l, &rq[4], 2000);
        if (how == 0)
            push(answer(1), 3000);
        else if (how == 1)
            (void)kafc__link_tick(l, 1001500, NULL);
        else
            kafc__link_down(l, &(kafc_error){ .code = KAFC_ERR_DISCONNECTED }, 3000);
        ck_assert_int_eq(nended, 0);
        cancel_in_hook = false;
        for (int i = 0; how == 0 && i < 3; i++)
            push(answer(1), 4000);
        ck_assert_uint_eq(kafc__link_pending(l), 0);
        teardown();
    }
}
END_TEST

START_TEST(places_are_bounded)
{
    struct test_alloc a;
    test_alloc_init(&a);
    static struct kafc_traffic t;
    memset(&t, 0, sizeof(t));
    t.mem = &a.mem;
    struct kafc_node_traffic *list = kafc__node_traffic(&t, -1);
    for (int32_t i = 0; i < 5000; i++) {
        struct kafc_node_traffic *n = kafc__node_traffic(&t, i);
        ck_assert_ptr_nonnull(n);
        ck_assert(i < KAFC_TRAFFIC_NODES - 1 ? n->node == i : n == list);
        ck_assert_ptr_eq(kafc__node_traffic(&t, i), n);
    }
    ck_assert_str_eq(list->label, "bootstrap");
    ck_assert_ptr_null(kafc__traffic_node_at(&t, KAFC_TRAFFIC_NODES));
    ck_assert_ptr_null(kafc__traffic_node_at(&t, -1));
    struct kafc_api far = kafc_metadata_api;
    far.key = KAFC_TRAFFIC_APIS;
    ck_assert_ptr_null(kafc__api_traffic(&t, &far));
    a.fail_at = atomic_load(&a.calls) + 1;
    ck_assert_ptr_null(kafc__api_traffic(&t, &kafc_metadata_api)); /* not counted this time */
    ck_assert_ptr_nonnull(kafc__api_traffic(&t, &kafc_metadata_api));
    ck_assert_ptr_nonnull(kafc__traffic_api_at(&t, 0));
    ck_assert_ptr_null(kafc__traffic_api_at(&t, 1));
    kafc__traffic_fini(&t);
    ck_assert_int_eq(atomic_load(&a.live), 0);
}
END_TEST

/* A node's connections come and go, and so do nodes: what was counted stays. */
START_TEST(the_core_counts_by_node)
{
    static struct world w;
    world_init(&w, "b1:9092");
    world_node(&w, 1, "b1", 9092);
    world_topic(&w, "t", 1, 1);
    ck_assert(world_start(&w));
    struct kafc_request meta;
    kafc__request_init(&meta, &kafc_metadata_api, &ask);
    kafc__msg_defaults(&kafc_metadata_req_schema, &ask);
    meta.done = done;
    kafc__core_send(w.core, KAFC_ANY_NODE, KAFC_FOR_CONTROL, &meta);
    world_run(&w, w.now + 1000000);
    const struct kafc_traffic *t = &kafc__core_stats(w.core)->traffic;
    const struct kafc_node_traffic *list = kafc__traffic_node_at(t, 0);
    ck_assert_ptr_nonnull(list);
    ck_assert_int_eq(list->node, -1);
    kafc_broker_stats b = { .size = sizeof(b) };
    kafc__metrics_get(&kafc__node_metrics, list, &b);
    ck_assert_uint_eq(b.connections, 1);
    ck_assert_uint_eq(b.requests, kafc__core_stats(w.core)->requests);
    ck_assert_uint_eq(b.in_flight, 0);
    world_cut(&w, &w.node[0]);
    world_run(&w, w.now + 1000);
    kafc__metrics_get(&kafc__node_metrics, list, &b);
    ck_assert_uint_eq(b.connections, 0);
    world_fini(&w);
}
END_TEST

SUITE_MAIN("traffic", 10, the_time_of_a_request_is_split_exactly,
           answers_behind_each_other_have_their_own_times, without_an_answer_nothing_is_timed,
           an_answer_that_nobody_wants_counts_as_bytes, without_acks_a_request_is_queued_and_written,
           throttles_are_of_the_broker, each_end_is_told_once, a_hook_may_end_requests, places_are_bounded,
           the_core_counts_by_node)
