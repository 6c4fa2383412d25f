/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Configs described and changed: cut up by brokers and put together again,
 * against the mock in every version.
 */
#include <check.h>
#include <string.h>

#include "tests/client/joining.h"
#include "tests/client/raw.h"
#include "tests/support/suite.h"
#include <kafc/configs.h>
#include <kafc/mock.h>
#include <kafc/topics.h>

enum { WAIT = 10000, DESCRIBE = 32, REPLACE = 33, ALTER = 44, LIST = 74 };


static const kafc_config_entry *entry(const kafc_described_configs *d, const char *name)
{
    int32_t i = 0;
    while (i < d->nentries && strcmp(d->entries[i].name, name) != 0)
        i++;
    ck_assert_int_lt(i, d->nentries);
    return &d->entries[i];
}

static kafc_config_descriptions *described(const kafc_config_query *q, int32_t n, unsigned besides, kafc_err rc)
{
    kafc_config_descriptions *d;
    kafc_err got = kafc_admin_describe_configs(raw_client, q, n, besides, WAIT, &d, &raw_err);
    ck_assert_msg(got == rc, "%s: %s", kafc_err_name(got), raw_err.message);
    ck_assert_ptr_nonnull(d);
    ck_assert_int_eq(d->nresources, n);
    return d;
}

/* The value of one config, and where it comes from. */
static void has(kafc_config_kind kind, const char *resource, const char *name, const char *value,
                kafc_config_source source)
{
    kafc_config_query q = { .of = { kind, resource }, .names = &name, .nnames = 1 };
    kafc_config_descriptions *d = described(&q, 1, 0, KAFC_OK);
    ck_assert_int_eq(d->resources[0].nentries, 1);
    ck_assert_str_eq(d->resources[0].entries[0].name, name);
    ck_assert_str_eq(d->resources[0].entries[0].value, value);
    ck_assert_int_eq(d->resources[0].entries[0].source, source);
    kafc_config_descriptions_free(d);
}

static kafc_err alter(kafc_config_kind kind, const char *resource, const char *name, kafc_config_op op,
                      const char *value)
{
    kafc_config_change g = { .name = name, .value = value, .op = op };
    kafc_config_changes q = { .of = { kind, resource }, .changes = &g, .nchanges = 1 };
    kafc_err rc = kafc_admin_alter_configs(raw_client, &q, 1, false, WAIT, &raw_err);
    ck_assert_int_eq(q.result, rc);
    return rc;
}

/* --- Describe ----------------------------------------------------------------------------- */

START_TEST(each_broker_is_asked_for_its_own)
{
    static const kafc_config_query q[] = {
        { .of = { KAFC_CONFIG_TOPIC, "t" } },
        { .of = { KAFC_CONFIG_BROKER, "2" } },
        { .of = { KAFC_CONFIG_BROKER, "" } },
        { .of = { KAFC_CONFIG_BROKER_LOGGER, "3" } },
        { .of = { KAFC_CONFIG_TOPIC, "never-was" } },
        { .of = { KAFC_CONFIG_GROUP, "g" } },
        { .of = { KAFC_CONFIG_CLIENT_METRICS, "m" } },
        { .of = { KAFC_CONFIG_BROKER, "3" } },
        { .of = { KAFC_CONFIG_TOPIC, "t" } },
    };
    raw_up(joining_mock());
    raw_narrow(DESCRIBE, (int16_t)_i);
    raw_ok(kafc_mock_set_config(raw_mock, "t", "max.message.bytes", "2000"));
    kafc_config_descriptions *d = described(q, 9, KAFC_CONFIG_SYNONYMS | KAFC_CONFIG_DOCUMENTATION,
                                            KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION);
    raw_says("configs of topic 'never-was' cannot be described");
    ck_assert_uint_ge(kafc_mock_requests(raw_mock, 2, DESCRIBE), 1);
    ck_assert_uint_ge(kafc_mock_requests(raw_mock, 3, DESCRIBE), 1);
    ck_assert_uint_le(kafc_mock_requests(raw_mock, 0, DESCRIBE), 3);
    raw_close();
    for (int i = 0; i < 9; i++) {
        ck_assert_int_eq(d->resources[i].of.kind, q[i].of.kind);
        ck_assert_str_eq(d->resources[i].of.name, q[i].of.name);
        ck_assert_int_eq(d->resources[i].result, i == 4 ? KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION : KAFC_OK);
        ck_assert_int_eq(d->resources[i].nentries == 0, i == 4 || i == 2);
        for (int k = 1; k < d->resources[i].nentries; k++)
            ck_assert_int_lt(strcmp(d->resources[i].entries[k - 1].name, d->resources[i].entries[k].name), 0);
    }
    for (int i = 0; i < 9; i += 8) {
        const kafc_config_entry *e = entry(&d->resources[i], "max.message.bytes");
        ck_assert_str_eq(e->value, "2000");
        ck_assert_int_eq(e->source, KAFC_SOURCE_TOPIC);
        ck_assert_int_eq(e->type, _i < 3 ? KAFC_TYPE_UNKNOWN : KAFC_TYPE_INT);
        ck_assert(!e->read_only && !e->sensitive);
        ck_assert_int_eq(e->nsynonyms, _i < 1 ? 0 : 2);
        ck_assert_int_eq(e->documentation != NULL, _i >= 3);
        if (_i >= 1) {
            ck_assert_str_eq(e->synonyms[0].value, "2000");
            ck_assert_str_eq(e->synonyms[1].name, "message.max.bytes");
            ck_assert_int_eq(e->synonyms[1].source, KAFC_SOURCE_DEFAULT);
        }
        ck_assert_int_eq(entry(&d->resources[i], "retention.ms")->source, KAFC_SOURCE_DEFAULT);
    }
    const kafc_config_entry *secret = entry(&d->resources[1], "ssl.keystore.password");
    ck_assert(secret->sensitive && !secret->value);
    ck_assert(entry(&d->resources[1], "listeners")->read_only);
    ck_assert_int_eq(entry(&d->resources[7], "listeners")->source, KAFC_SOURCE_STATIC_BROKER);
    ck_assert_str_eq(entry(&d->resources[3], "root")->value, "INFO");
    kafc_config_descriptions_free(d);
    kafc_config_descriptions_free(NULL);
    kafc_mock_free(raw_mock);
}
END_TEST

START_TEST(configs_by_name_are_all_that_is_told)
{
    static const char *const names[] = { "retention.ms", "cleanup.policy", "no.such" };
    kafc_config_query q = { .of = { KAFC_CONFIG_TOPIC, "t" }, .names = names, .nnames = 3 };
    raw_up(joining_mock());
    kafc_config_descriptions *d = described(&q, 1, 0, KAFC_OK);
    ck_assert_int_eq(d->resources[0].nentries, 2);
    ck_assert_str_eq(d->resources[0].entries[0].name, "cleanup.policy");
    ck_assert_int_eq(d->resources[0].entries[0].nsynonyms, 0);
    ck_assert_ptr_null(d->resources[0].entries[0].documentation);
    kafc_config_descriptions_free(d);
    raw_down();
}
END_TEST

START_TEST(a_broker_that_is_gone_leaves_the_others)
{
    static const kafc_config_query q[] = { { .of = { KAFC_CONFIG_BROKER, "7" } },
                                           { .of = { KAFC_CONFIG_TOPIC, "t" } },
                                           { .of = { KAFC_CONFIG_BROKER, "2" } } };
    kafc_config_change g = { .name = "log.cleaner.threads", .value = "2" };
    kafc_config_changes c[] = { { .of = { KAFC_CONFIG_BROKER, "7" }, .changes = &g, .nchanges = 1 },
                                { .of = { KAFC_CONFIG_BROKER, "2" }, .changes = &g, .nchanges = 1 } };
    kafc_config_descriptions *d = NULL;
    kafc_err rc = KAFC_OK;
    raw_up(joining_mock());
    RAW_DOUBLING((kafc_config_descriptions_free(d),
                  rc = kafc_admin_describe_configs(raw_client, q, 3, 0, ms, &d, &raw_err)),
                 d && d->resources[1].result == KAFC_OK && d->resources[2].result == KAFC_OK);
    ck_assert_int_lt(rc, 8 + 1);
    ck_assert_int_ne(rc, KAFC_OK);
    raw_says("node 7");
    ck_assert_ptr_nonnull(d);
    ck_assert_int_eq(d->resources[0].result, rc);
    ck_assert_int_eq(d->resources[1].result, KAFC_OK);
    ck_assert_int_gt(d->resources[2].nentries, 0);
    kafc_config_descriptions_free(d);
    RAW_DOUBLING(rc = kafc_admin_alter_configs(raw_client, c, 2, false, ms, &raw_err), c[1].result == KAFC_OK);
    ck_assert_int_ne(rc, KAFC_OK);
    ck_assert_int_ne(c[0].result, KAFC_OK);
    has(KAFC_CONFIG_BROKER, "2", "log.cleaner.threads", "2", KAFC_SOURCE_DYNAMIC_BROKER);
    raw_down();
}
END_TEST

START_TEST(what_was_made_of_a_topic_has_its_configs)
{
    kafc_config g = { "retention.ms", "1000" };
    kafc_new_topic t = { .name = "n", .configs = &g, .nconfigs = 1 };
    kafc_created_topics *made;
    raw_up(joining_mock());
    raw_ok(kafc_admin_create_topics(raw_client, &t, 1, NULL, WAIT, &made, &raw_err));
    const kafc_created_topic *m = &made->topics[0];
    ck_assert_int_gt(m->nconfigs, 20);
    for (int i = 0; i < m->nconfigs; i++) {
        bool set = strcmp(m->configs[i].name, "retention.ms") == 0;
        ck_assert_int_eq(m->configs[i].source, set ? KAFC_SOURCE_TOPIC : KAFC_SOURCE_DEFAULT);
        ck_assert(!set || strcmp(m->configs[i].value, "1000") == 0);
    }
    kafc_created_topics_free(made);
    g.name = "no.such";
    t.name = "o";
    ck_assert_int_eq(kafc_admin_create_topics(raw_client, &t, 1, NULL, WAIT, NULL, &raw_err),
                     KAFC_ERR_INVALID_CONFIG);
    raw_down();
}
END_TEST

/* --- List ----------------------------------------------------------------------------------- */

START_TEST(resources_with_configs_are_listed)
{
    kafc_config_resources *r;
    raw_up(joining_mock());
    raw_ok(alter(KAFC_CONFIG_CLIENT_METRICS, "m", "interval.ms", KAFC_CONFIG_SET, "1000"));
    raw_ok(alter(KAFC_CONFIG_GROUP, "g", "consumer.session.timeout.ms", KAFC_CONFIG_SET, "50000"));
    raw_ok(kafc_admin_list_config_resources(raw_client, 0, WAIT, &r, &raw_err));
    ck_assert_int_eq(r->nresources, 2 + 3 + 3 + 1 + 1);
    ck_assert_int_eq(r->resources[0].kind, KAFC_CONFIG_TOPIC);
    ck_assert_str_eq(r->resources[0].name, "t");
    ck_assert_str_eq(r->resources[3].name, "2");
    ck_assert_int_eq(r->resources[9].kind, KAFC_CONFIG_GROUP);
    kafc_config_resources_free(r);
    raw_ok(kafc_admin_list_config_resources(raw_client, KAFC_CONFIG_GROUP | KAFC_CONFIG_TOPIC, WAIT, &r, &raw_err));
    ck_assert_int_eq(r->nresources, 3);
    kafc_config_resources_free(r);
    raw_narrow(LIST, 0);
    raw_ok(kafc_admin_list_config_resources(raw_client, KAFC_CONFIG_CLIENT_METRICS, WAIT, &r, &raw_err));
    ck_assert_int_eq(r->nresources, 1);
    ck_assert_str_eq(r->resources[0].name, "m");
    kafc_config_resources_free(r);
    for (unsigned kinds = 0; kinds <= KAFC_CONFIG_TOPIC; kinds += KAFC_CONFIG_TOPIC) {
        ck_assert_int_eq(kafc_admin_list_config_resources(raw_client, kinds, WAIT, &r, &raw_err),
                         KAFC_ERR_UNSUPPORTED);
        raw_says("from 4.1 on");
        ck_assert_ptr_null(r);
    }
    raw_ok(kafc_mock_push_error(raw_mock, LIST, KAFC_ERR_CLUSTER_AUTHORIZATION_FAILED, 1));
    ck_assert_int_eq(kafc_admin_list_config_resources(raw_client, KAFC_CONFIG_CLIENT_METRICS, WAIT, &r, &raw_err),
                     KAFC_ERR_CLUSTER_AUTHORIZATION_FAILED);
    raw_says("resources with configs cannot be listed");
    ck_assert_int_eq(kafc_admin_list_config_resources(raw_client, 0, WAIT, NULL, NULL), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_list_config_resources(raw_client, 1024, WAIT, &r, NULL), KAFC_ERR_USAGE);
    raw_down();
}
END_TEST

/* --- Change ---------------------------------------------------------------------------------- */

START_TEST(configs_are_set_deleted_appended_and_subtracted)
{
    raw_up(joining_mock());
    raw_narrow(ALTER, (int16_t)_i);
    raw_ok(alter(KAFC_CONFIG_TOPIC, "t", "retention.ms", KAFC_CONFIG_SET, "1000"));
    has(KAFC_CONFIG_TOPIC, "t", "retention.ms", "1000", KAFC_SOURCE_TOPIC);
    raw_ok(alter(KAFC_CONFIG_TOPIC, "t", "cleanup.policy", KAFC_CONFIG_APPEND, "compact"));
    has(KAFC_CONFIG_TOPIC, "t", "cleanup.policy", "delete,compact", KAFC_SOURCE_TOPIC);
    raw_ok(alter(KAFC_CONFIG_TOPIC, "t", "cleanup.policy", KAFC_CONFIG_SUBTRACT, "delete"));
    has(KAFC_CONFIG_TOPIC, "t", "cleanup.policy", "compact", KAFC_SOURCE_TOPIC);
    raw_ok(alter(KAFC_CONFIG_TOPIC, "t", "retention.ms", KAFC_CONFIG_DELETE, NULL));
    has(KAFC_CONFIG_TOPIC, "t", "retention.ms", "604800000", KAFC_SOURCE_DEFAULT);
    has(KAFC_CONFIG_TOPIC, "u", "cleanup.policy", "delete", KAFC_SOURCE_DEFAULT);
    raw_ok(alter(KAFC_CONFIG_BROKER, "", "log.cleaner.threads", KAFC_CONFIG_SET, "2"));
    raw_ok(alter(KAFC_CONFIG_BROKER, "3", "log.cleaner.threads", KAFC_CONFIG_SET, "3"));
    ck_assert_uint_ge(kafc_mock_requests(raw_mock, 3, ALTER), 1);
    has(KAFC_CONFIG_BROKER, "3", "log.cleaner.threads", "3", KAFC_SOURCE_DYNAMIC_BROKER);
    has(KAFC_CONFIG_BROKER, "1", "log.cleaner.threads", "2", KAFC_SOURCE_DYNAMIC_BROKER_DEFAULT);
    has(KAFC_CONFIG_BROKER, "", "log.cleaner.threads", "2", KAFC_SOURCE_DYNAMIC_BROKER_DEFAULT);
    raw_ok(alter(KAFC_CONFIG_BROKER_LOGGER, "2", "root", KAFC_CONFIG_SET, "DEBUG"));
    has(KAFC_CONFIG_BROKER_LOGGER, "2", "root", "DEBUG", KAFC_SOURCE_BROKER_LOGGER);
    raw_down();
}
END_TEST

START_TEST(one_change_that_is_refused_leaves_the_resource_and_not_the_others)
{
    kafc_config_change good = { .name = "retention.ms", .value = "5" };
    kafc_config_change bad[] = { good, { .name = "no.such", .value = "5" } };
    kafc_config_changes q[] = { { .of = { KAFC_CONFIG_TOPIC, "t" }, .changes = bad, .nchanges = 2 },
                                { .of = { KAFC_CONFIG_TOPIC, "never-was" }, .changes = &good, .nchanges = 1 },
                                { .of = { KAFC_CONFIG_TOPIC, "u" }, .changes = &good, .nchanges = 1 } };
    raw_up(joining_mock());
    ck_assert_int_eq(kafc_admin_alter_configs(raw_client, q, 3, true, WAIT, &raw_err), KAFC_ERR_INVALID_CONFIG);
    raw_says("configs of topic 't' cannot be altered");
    has(KAFC_CONFIG_TOPIC, "u", "retention.ms", "604800000", KAFC_SOURCE_DEFAULT);
    ck_assert_int_eq(kafc_admin_alter_configs(raw_client, q, 3, false, WAIT, &raw_err), KAFC_ERR_INVALID_CONFIG);
    ck_assert_int_eq(q[0].result, KAFC_ERR_INVALID_CONFIG);
    ck_assert_int_eq(q[1].result, KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION);
    ck_assert_int_eq(q[2].result, KAFC_OK);
    has(KAFC_CONFIG_TOPIC, "t", "retention.ms", "604800000", KAFC_SOURCE_DEFAULT);
    has(KAFC_CONFIG_TOPIC, "u", "retention.ms", "5", KAFC_SOURCE_TOPIC);
    ck_assert_int_eq(alter(KAFC_CONFIG_BROKER, "1", "listeners", KAFC_CONFIG_SET, "x"), KAFC_ERR_INVALID_REQUEST);
    raw_says("configs of broker '1' cannot be altered");
    ck_assert_int_eq(alter(KAFC_CONFIG_TOPIC, "t", "retention.ms", KAFC_CONFIG_APPEND, "x"), KAFC_ERR_INVALID_CONFIG);
    raw_down();
}
END_TEST

START_TEST(replaced_configs_are_all_there_are)
{
    kafc_config g[] = { { "retention.ms", "7" }, { "segment.bytes", "100000" } };
    kafc_config_replacement q[] = { { .of = { KAFC_CONFIG_TOPIC, "t" }, .configs = g, .nconfigs = 2 },
                                    { .of = { KAFC_CONFIG_BROKER, "2" } } };
    raw_up(joining_mock());
    raw_narrow(REPLACE, (int16_t)_i);
    raw_ok(alter(KAFC_CONFIG_TOPIC, "t", "cleanup.policy", KAFC_CONFIG_SET, "compact"));
    raw_ok(alter(KAFC_CONFIG_BROKER, "2", "log.cleaner.threads", KAFC_CONFIG_SET, "3"));
    raw_ok(kafc_admin_replace_configs(raw_client, q, 2, true, WAIT, &raw_err));
    has(KAFC_CONFIG_TOPIC, "t", "cleanup.policy", "compact", KAFC_SOURCE_TOPIC);
    raw_ok(kafc_admin_replace_configs(raw_client, q, 2, false, WAIT, &raw_err));
    has(KAFC_CONFIG_TOPIC, "t", "cleanup.policy", "delete", KAFC_SOURCE_DEFAULT);
    has(KAFC_CONFIG_TOPIC, "t", "segment.bytes", "100000", KAFC_SOURCE_TOPIC);
    has(KAFC_CONFIG_BROKER, "2", "log.cleaner.threads", "1", KAFC_SOURCE_DEFAULT);
    g[0].name = "no.such";
    ck_assert_int_eq(kafc_admin_replace_configs(raw_client, q, 2, false, WAIT, &raw_err), KAFC_ERR_INVALID_CONFIG);
    raw_says("cannot be replaced");
    ck_assert_int_eq(q[0].result, KAFC_ERR_INVALID_CONFIG);
    ck_assert_int_eq(q[1].result, KAFC_OK);
    has(KAFC_CONFIG_TOPIC, "t", "retention.ms", "7", KAFC_SOURCE_TOPIC);
    raw_down();
}
END_TEST

static void lose_answer(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    (void)ctx;
    if (rq->index == 0)
        a->act = KAFC_MOCK_PASS_CUT;
}

START_TEST(what_is_appended_is_appended_once)
{
    raw_up(joining_mock());
    raw_ok(kafc_mock_hook(raw_mock, ALTER, lose_answer, NULL));
    raw_ok(alter(KAFC_CONFIG_TOPIC, "t", "retention.ms", KAFC_CONFIG_SET, "9"));
    ck_assert_uint_eq(kafc_mock_requests(raw_mock, 0, ALTER), 2);
    raw_down();
    raw_up(joining_mock());
    raw_ok(kafc_mock_hook(raw_mock, ALTER, lose_answer, NULL));
    ck_assert_int_eq(alter(KAFC_CONFIG_TOPIC, "t", "cleanup.policy", KAFC_CONFIG_APPEND, "compact"),
                     KAFC_ERR_DISCONNECTED);
    ck_assert_uint_eq(kafc_mock_requests(raw_mock, 0, ALTER), 1);
    has(KAFC_CONFIG_TOPIC, "t", "cleanup.policy", "delete,compact", KAFC_SOURCE_TOPIC);
    raw_down();
}
END_TEST

/* --- All of them ------------------------------------------------------------------------------- */

static const int16_t api_of[] = { DESCRIBE, ALTER, REPLACE, LIST };
enum { CALLS = sizeof(api_of) / sizeof(*api_of) };

static kafc_err call(int which, int timeout_ms)
{
    kafc_config_query d = { .of = { KAFC_CONFIG_TOPIC, "t" } };
    kafc_config_change g = { .name = "retention.ms", .value = "1" };
    kafc_config_changes c = { .of = { KAFC_CONFIG_TOPIC, "t" }, .changes = &g, .nchanges = 1 };
    kafc_config_replacement r = { .of = { KAFC_CONFIG_TOPIC, "t" } };
    kafc_config_descriptions *out = NULL;
    kafc_config_resources *l = NULL;
    kafc_err rc;
    switch (which) {
    case 0: rc = kafc_admin_describe_configs(raw_client, &d, 1, 0, timeout_ms, &out, &raw_err); break;
    case 1: rc = kafc_admin_alter_configs(raw_client, &c, 1, false, timeout_ms, &raw_err); break;
    case 2: rc = kafc_admin_replace_configs(raw_client, &r, 1, false, timeout_ms, &raw_err); break;
    default: rc = kafc_admin_list_config_resources(raw_client, 0, timeout_ms, &l, &raw_err); break;
    }
    kafc_config_descriptions_free(out);
    kafc_config_resources_free(l);
    return rc;
}

static void interrupt_it(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    (void)ctx, (void)rq;
    a->act = KAFC_MOCK_SILENT;
    kafc_client_interrupt(raw_client);
}

static void close_it(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    (void)ctx, (void)rq;
    a->act = KAFC_MOCK_SILENT;
    (void)kafc_client_close(raw_client, WAIT, NULL);
}

START_TEST(C3_a_call_that_waits_is_interrupted)
{
    int which = _i / 2;
    raw_up(joining_mock());
    raw_ok(kafc_mock_hook(raw_mock, api_of[which], _i % 2 ? close_it : interrupt_it, NULL));
    kafc_err rc = call(which, -1);
    raw_ok(kafc_mock_hook(raw_mock, api_of[which], NULL, NULL));
    ck_assert_msg(rc == (_i % 2 ? KAFC_ERR_CLOSED : KAFC_ERR_INTERRUPTED), "%s", raw_err.message);
    ck_assert_int_eq(call(which, 0), _i % 2 ? KAFC_ERR_CLOSED : KAFC_ERR_WOULD_BLOCK);
    raw_down();
}
END_TEST

START_TEST(brokers_without_it_and_refusals_are_named)
{
    static const char *const since[] = { "from 0.11 on", "from 2.3 on", "from 0.11 on", "from 4.1 on" };
    raw_up(joining_mock());
    raw_ok(kafc_mock_push_error(raw_mock, api_of[_i], KAFC_ERR_TOPIC_AUTHORIZATION_FAILED, 1));
    ck_assert_int_eq(call(_i, WAIT), KAFC_ERR_TOPIC_AUTHORIZATION_FAILED);
    if (_i < 3)
        raw_says("configs of topic 't' cannot be ");
    raw_narrow(api_of[_i], -1);
    ck_assert_int_eq(call(_i, WAIT), KAFC_ERR_UNSUPPORTED);
    raw_says(since[_i]);
    raw_down();
}
END_TEST

START_TEST(what_cannot_be_asked_is_refused)
{
    static const kafc_config_resource wrong[] = {
        { (kafc_config_kind)3, "t" },
        { (kafc_config_kind)0, "t" },
        { KAFC_CONFIG_TOPIC, NULL },
        { KAFC_CONFIG_TOPIC, "" },
        { KAFC_CONFIG_GROUP, "" },
        { KAFC_CONFIG_BROKER, "one" },
        { KAFC_CONFIG_BROKER, "-1" },
        { KAFC_CONFIG_BROKER_LOGGER, "" },
        { KAFC_CONFIG_BROKER, "12345678901" },
    };
    static const char *const none[] = { NULL };
    kafc_config_change g = { .name = "retention.ms", .value = "1" }, h = { .name = "x" }, i = { .value = "x" },
                       k = { .name = "x", .value = "y", .op = (kafc_config_op)4 };
    kafc_config_changes q[] = { { .of = { KAFC_CONFIG_TOPIC, "t" }, .changes = &g, .nchanges = 1 },
                                { .of = { KAFC_CONFIG_TOPIC, "t" }, .changes = &g, .nchanges = 1 } };
    const kafc_config_change *bad[] = { NULL, &h, &i, &k };
    kafc_config c = { "x", NULL };
    kafc_config_replacement r = { .of = { KAFC_CONFIG_TOPIC, "t" }, .configs = &c, .nconfigs = 1 };
    kafc_config_query d = { .of = { KAFC_CONFIG_TOPIC, "t" }, .names = none, .nnames = 1 };
    kafc_config_descriptions *out;
    raw_up(joining_mock());
    ck_assert_int_eq(kafc_admin_describe_configs(raw_client, &d, 1, 0, WAIT, &out, NULL), KAFC_ERR_USAGE);
    d.names = NULL;
    ck_assert_int_eq(kafc_admin_describe_configs(raw_client, &d, 1, 0, WAIT, &out, NULL), KAFC_ERR_USAGE);
    d.nnames = 0;
    ck_assert_int_eq(kafc_admin_describe_configs(raw_client, &d, 1, 0, WAIT, NULL, NULL), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_describe_configs(raw_client, NULL, 1, 0, WAIT, &out, NULL), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_alter_configs(raw_client, q, 2, false, WAIT, NULL), KAFC_ERR_USAGE); /* twice */
    ck_assert_int_eq(kafc_admin_alter_configs(raw_client, NULL, 1, false, WAIT, NULL), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_replace_configs(raw_client, &r, 1, false, WAIT, NULL), KAFC_ERR_USAGE);
    for (size_t n = 0; n < sizeof bad / sizeof *bad; n++) {
        q[0].changes = bad[n];
        ck_assert_int_eq(kafc_admin_alter_configs(raw_client, q, 1, false, WAIT, NULL), KAFC_ERR_USAGE);
    }
    for (size_t n = 0; n < sizeof wrong / sizeof *wrong; n++) {
        d.of = wrong[n];
        ck_assert_int_eq(kafc_admin_describe_configs(raw_client, &d, 1, 0, WAIT, &out, NULL), KAFC_ERR_USAGE);
        ck_assert_ptr_null(out);
    }
    raw_ok(kafc_admin_describe_configs(raw_client, NULL, 0, 0, WAIT, &out, &raw_err));
    ck_assert_int_eq(out->nresources, 0);
    kafc_config_descriptions_free(out);
    raw_ok(kafc_admin_alter_configs(raw_client, NULL, 0, false, WAIT, &raw_err));
    raw_ok(kafc_admin_replace_configs(raw_client, NULL, 0, false, WAIT, &raw_err));
    raw_down();
}
END_TEST

SUITE_LOOPS("client/admin_configs", 30, LOOP(each_broker_is_asked_for_its_own, 0, 5),
            ONCE(configs_by_name_are_all_that_is_told),
            ONCE(a_broker_that_is_gone_leaves_the_others),
            ONCE(what_was_made_of_a_topic_has_its_configs), ONCE(resources_with_configs_are_listed),
            LOOP(configs_are_set_deleted_appended_and_subtracted, 0, 2),
            ONCE(one_change_that_is_refused_leaves_the_resource_and_not_the_others),
            LOOP(replaced_configs_are_all_there_are, 0, 3), ONCE(what_is_appended_is_appended_once),
            LOOP(C3_a_call_that_waits_is_interrupted, 0, 2 * CALLS),
            LOOP(brokers_without_it_and_refusals_are_named, 0, CALLS),
            ONCE(what_cannot_be_asked_is_refused))
