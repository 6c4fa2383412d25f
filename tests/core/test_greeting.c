/* SPDX-License-Identifier: BSD-2-Clause
 *
 * How core/link finds out that a broker is from before 0.10, against a
 * scripted peer that closes connections (rule C8).
 */
#include <stdio.h>
#include <string.h>

#include "core/link_internal.h"
#include "protocol/api/00_produce.h"
#include "protocol/api/01_fetch.h"
#include "protocol/api/02_list_offsets.h"
#include "protocol/api/03_metadata.h"
#include "protocol/api/20_delete_topics.h"
#include "protocol/api/22_init_producer_id.h"
#include "tests/core/peer.h"
#include "tests/support/suite.h"

enum { ALL = 1 << 30 };

static struct {
    kafc_err result;
    char text[488];
} ended[2];
static int nended;
static struct kafc_link_config cfg;
static struct kafc_link *l;
static struct peer p;
static struct kafc_metadata_req ask;
static struct kafc_request rq[1];

static void done(struct kafc_request *r)
{
    ck_assert_int_lt(nended, 2);
    ended[nended].result = r->result;
    snprintf(ended[nended].text, sizeof(ended[nended].text), "%s", r->why ? r->why->message : "");
    nended++;
}

static void setup(void)
{
    nended = 0;
    cfg = (struct kafc_link_config){ .client_id = "test",
                                     .receive_max = 1 << 20,
                                     .request_timeout_us = 10000000 };
    l = kafc__link_new(&cfg, 2, "node 2, advertised as b:9092 by a:9092,");
    peer_init(&p);
    kafc__msg_defaults(&kafc_metadata_req_schema, &ask);
    kafc__request_init(&rq[0], &kafc_metadata_api, &ask);
    rq[0].timeout_us = 1000000;
    rq[0].done = done;
}

static void teardown(void)
{
    kafc__link_free(l);
    peer_fini(&p);
}

START_TEST(C8_a_connection_closed_over_the_greeting_is_explained)
{
    setup();
    kafc__link_queue(l, &rq[0], 0);
    kafc__link_opening(l);
    kafc__link_up(l, 0);
    peer_pull(&p, l, ALL, 0);
    kafc_error why;
    kafc__error(&why, KAFC_ERR_DISCONNECTED, "end of stream");
    kafc__link_explain(l, &why);
    ck_assert_ptr_nonnull(strstr(why.message, "before 0.10"));
    kafc__link_down(l, &why, 0); /* it is tried in another way */
    ck_assert_int_eq(nended, 0);
    kafc__link_opening(l);
    kafc__link_up(l, 0);
    peer_pull(&p, l, ALL, 0);
    kafc__error(&why, KAFC_ERR_DISCONNECTED, "end of stream");
    kafc__link_down(l, &why, 0);
    ck_assert_int_eq(nended, 1);
    ck_assert_ptr_nonnull(strstr(ended[0].text, "when asked as a broker before 0.10"));
    ck_assert_ptr_nonnull(strstr(ended[0].text, "TLS"));
    teardown();
}
END_TEST

/* The peer takes what is sent, and closes. */
static void closes(void)
{
    kafc_error why;
    peer_pull(&p, l, ALL, 0);
    kafc__error(&why, KAFC_ERR_DISCONNECTED, "end of stream");
    kafc__link_down(l, &why, 0);
    peer_reset(&p);
}

/* Connects and gives what is asked first; -1: nothing. */
static int first_key(struct peer_request *q)
{
    kafc__link_opening(l);
    kafc__link_up(l, 0);
    peer_pull(&p, l, ALL, 0);
    return peer_next(&p, q) ? q->h.api : -1;
}

static void answer_probe(const struct peer_request *q)
{
    struct kafc_list_offsets_resp resp;
    kafc__msg_defaults(q->api->resp, &resp);
    peer_answer_as(&p, q, 0, &resp);
    ck_assert_int_eq(peer_push(&p, l, ALL, 0, NULL), KAFC_OK);
    peer_pull(&p, l, ALL, 0);
}

/* On a connection that asks ListOffsets first: answers that and closes over ApiVersions. */
static void close_over_versions(void)
{
    struct peer_request q;
    ck_assert_int_eq(first_key(&q), KAFC_API_LIST_OFFSETS);
    ck_assert_int_eq(q.h.version, 0);
    answer_probe(&q);
    ck_assert(peer_next(&p, &q));
    ck_assert_int_eq(q.h.api, KAFC_API_API_VERSIONS);
    closes();
}

static void probe_of_old(void)
{
    close_over_versions();
    close_over_versions();
}

START_TEST(C8_a_broker_before_0_10_is_found_out_and_what_was_queued_goes_to_it)
{
    setup();
    struct peer_request q;
    ask.topics.n = 0; /* all of them, in version 0 */
    kafc__link_queue(l, &rq[0], 0);
    ck_assert_int_eq(first_key(&q), KAFC_API_API_VERSIONS);
    closes();
    probe_of_old();
    ck_assert_int_eq(nended, 0);
    ck_assert_int_eq(first_key(&q), KAFC_API_METADATA); /* nothing is asked before it */
    ck_assert_int_eq(q.h.version, 0);
    ck_assert_int_eq(kafc__link_state(l), KAFC_LINK_READY);
    ck_assert_int_eq(kafc__link_version(l, &kafc_produce_api, 0, 13), 0);
    ck_assert_int_eq(kafc__link_version(l, &kafc_init_producer_id_api, 0, 5), -1);
    teardown();
}
END_TEST

START_TEST(C8_what_a_broker_before_0_10_lacks_is_named)
{
    setup();
    struct peer_request q;
    ck_assert_int_eq(first_key(&q), KAFC_API_API_VERSIONS);
    closes();
    probe_of_old();
    kafc__request_init(&rq[0], &kafc_delete_topics_api, &ask);
    rq[0].done = done;
    kafc__link_queue(l, &rq[0], 0);
    ck_assert_int_eq(first_key(&q), -1);
    ck_assert_int_eq(nended, 1);
    ck_assert_int_eq(ended[0].result, KAFC_ERR_UNSUPPORTED);
    ck_assert_ptr_nonnull(
        strstr(ended[0].text, "does not know DeleteTopics: the broker is too old"));
    teardown();
}
END_TEST

/* Dies while greeted, whenever that is: it is asked again, and believed. */
START_TEST(C8_a_broker_that_dies_while_greeted_is_not_taken_for_an_old_one)
{
    setup();
    struct peer_request q;
    struct kafc_api_versions_resp resp;
    struct kafc_api_versions_resp_api keys[] = {
        { .api_key = 3, .min_version = 0, .max_version = 12 },
    };
    ck_assert_int_eq(first_key(&q), KAFC_API_API_VERSIONS);
    closes(); /* it dies */
    ck_assert_int_eq(first_key(&q), KAFC_API_LIST_OFFSETS);
    closes(); /* it is not there yet */
    ck_assert_int_eq(first_key(&q), KAFC_API_API_VERSIONS);
    closes();
    close_over_versions(); /* now it was, and is gone again */
    ck_assert_int_eq(first_key(&q), KAFC_API_LIST_OFFSETS);
    answer_probe(&q);
    ck_assert(peer_next(&p, &q));
    ck_assert_int_eq(q.h.api, KAFC_API_API_VERSIONS);
    kafc__msg_defaults(q.api->resp, &resp);
    resp.api_keys.v = keys;
    resp.api_keys.n = 1;
    peer_answer(&p, &q, &resp);
    ck_assert_int_eq(peer_push(&p, l, ALL, 0, NULL), KAFC_OK);
    ck_assert_int_eq(kafc__link_state(l), KAFC_LINK_READY);
    ck_assert_int_eq(kafc__link_version(l, &kafc_metadata_api, 0, 13), 12);
    closes(); /* it is known now: the next connection has no more to ask */
    ck_assert_int_eq(first_key(&q), KAFC_API_API_VERSIONS);
    teardown();
}
END_TEST

/* Connections that break at the wrong moment look like an old broker, whose Fetch knows no isolation: a reader of
 * committed records would be given others. */
START_TEST(C8_in_a_cluster_that_isolates_no_broker_is_taken_for_an_old_one)
{
    struct kafc_features features = { .epoch = -1 };
    struct kafc_api_versions_resp resp;
    struct kafc_api_versions_resp_api keys[] = {
        { .api_key = KAFC_API_FETCH, .min_version = 0, .max_version = 4 },
    };
    struct peer_request q;
    setup();
    teardown();
    for (int16_t fetch = 3; fetch <= 4; fetch++) {
        /* one broker says what it knows */
        cfg.features = &features;
        l = kafc__link_new(&cfg, 1, "node 1,");
        peer_init(&p);
        ck_assert_int_eq(first_key(&q), KAFC_API_API_VERSIONS);
        kafc__msg_defaults(q.api->resp, &resp);
        keys[0].max_version = fetch;
        resp.api_keys.v = keys;
        resp.api_keys.n = 1;
        peer_answer(&p, &q, &resp);
        ck_assert_int_eq(peer_push(&p, l, ALL, 0, NULL), KAFC_OK);
        ck_assert_int_eq(kafc__link_state(l), KAFC_LINK_READY);
        teardown();
        /* another one closes */
        l = kafc__link_new(&cfg, 2, "node 2,");
        peer_init(&p);
        ck_assert_int_eq(first_key(&q), KAFC_API_API_VERSIONS);
        closes();
        close_over_versions();
        if (fetch < 4)
            close_over_versions();
        ck_assert_int_eq(first_key(&q), fetch < 4 ? -1 : KAFC_API_API_VERSIONS);
        teardown();
    }
}
END_TEST

START_TEST(C8_an_old_broker_that_is_lost_is_asked_again)
{
    setup();
    struct peer_request q;
    ck_assert_int_eq(first_key(&q), KAFC_API_API_VERSIONS);
    closes();
    probe_of_old();
    ck_assert_int_eq(first_key(&q), -1);
    ck_assert_int_eq(kafc__link_state(l), KAFC_LINK_READY);
    closes(); /* to be upgraded */
    ck_assert_int_eq(first_key(&q), KAFC_API_LIST_OFFSETS);
    answer_probe(&q);
    ck_assert(peer_next(&p, &q));
    ck_assert_int_eq(q.h.api, KAFC_API_API_VERSIONS);
    kafc_error why; /* closed by ourselves: nothing is learned from it */
    kafc__error(&why, KAFC_ERR_CLOSED, "idle");
    kafc__link_down(l, &why, 0);
    peer_reset(&p);
    probe_of_old();
    ck_assert_int_eq(first_key(&q), -1);
    ck_assert_int_eq(kafc__link_state(l), KAFC_LINK_READY);
    teardown();
}
END_TEST

/* Other links to the broker know what one has found out, and what it has not. */
START_TEST(C8_links_to_a_broker_learn_from_each_other)
{
    setup();
    struct peer_request q;
    enum kafc_greeting shared = KAFC_GREET_OLD;
    kafc__link_free(l);
    cfg.greeting = &shared;
    l = kafc__link_new(&cfg, 2, "node 2");
    ck_assert_int_eq(first_key(&q), -1);
    ck_assert_int_eq(kafc__link_state(l), KAFC_LINK_READY);
    closes();
    ck_assert_int_eq(shared, KAFC_GREET_PROBE);
    shared = KAFC_GREET_ASK;
    ck_assert_int_eq(first_key(&q), KAFC_API_API_VERSIONS);
    shared = KAFC_GREET_OLD; /* another one was first */
    closes();
    ck_assert_int_eq(shared, KAFC_GREET_OLD);
    kafc_error why; /* not connected at all: who knows who comes next */
    kafc__error(&why, KAFC_ERR_CONNECT, "refused");
    kafc__link_opening(l);
    kafc__link_down(l, &why, 0);
    ck_assert_int_eq(shared, KAFC_GREET_PROBE);
    teardown();
}
END_TEST

SUITE_MAIN("core/greeting", 30, C8_a_connection_closed_over_the_greeting_is_explained,
           C8_a_broker_before_0_10_is_found_out_and_what_was_queued_goes_to_it,
           C8_what_a_broker_before_0_10_lacks_is_named,
           C8_a_broker_that_dies_while_greeted_is_not_taken_for_an_old_one,
           C8_in_a_cluster_that_isolates_no_broker_is_taken_for_an_old_one,
           C8_an_old_broker_that_is_lost_is_asked_again, C8_links_to_a_broker_learn_from_each_other)
