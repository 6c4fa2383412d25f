/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc_admin_create_topics and kafc_admin_delete_topics: the controller is
 * asked; an answer that it is not the controller any more asks the next one.
 */
#include <string.h>

#include "base/arena.h"
#include "base/mem.h"
#include "base/str.h"
#include "client/ask.h"
#include "protocol/api/19_create_topics.h"
#include "protocol/api/20_delete_topics.h"

enum {
    OLD_DEFAULT = 1
}; /* partitions and replicas where the broker has no default of its own to give */

int32_t kafc__broker_timeout(int32_t request_timeout_ms, int64_t deadline)
{
    int64_t ms = request_timeout_ms;
    if (deadline != INT64_MAX) {
        int64_t left = (deadline - kafc__clock_mono_us()) / 1000;
        ms = left < ms ? left : ms;
    }
    ms -= ms / 4 < 1000 ? ms / 4 : 1000;
    return (int32_t)(ms > 0 ? ms : 1);
}

/* The code of one topic, with what the broker says of it. NOT_CONTROLLER is no topic's own affair: *retry. */
static kafc_err note_topic(kafc_err first, const char *what, const char *name, int16_t code,
                           kafc_str message, bool *retry, kafc_error *err)
{
    if (code == KAFC_ERR_NOT_CONTROLLER)
        *retry = true;
    if (code == 0 || (first != KAFC_OK && !*retry))
        return first;
    kafc_err c = (kafc_err)code;
    if (message.p && message.len > 0)
        return kafc__error(err, c, "topic '%.249s' cannot be %s: %s: %.*s", name, what,
                           kafc_err_name(c), message.len < 150 ? (int)message.len : 150, message.p);
    return kafc__error(err, c, "topic '%.249s' cannot be %s: %s", name, what, kafc_err_text(c));
}

/* --- Create ---------------------------------------------------------------------- */

struct create_ask {
    struct kafc_ask ask;
    const kafc_allocator *mem;
    kafc_new_topic *topics;
    int32_t n;
    struct kafc_create_topics_req req;
    struct kafc_arena arena;
    kafc_err first; /* the first topic's error */
    kafc_error why;
};

static kafc_err create_prepare(struct kafc_request *rq, kafc_error *err)
{
    struct kafc_ask *ask = rq->owner;
    struct create_ask *k = ask->owner;
    (void)err;
    int32_t dflt = rq->version >= 4 ? -1 : OLD_DEFAULT;
    for (int32_t i = 0; i < k->n; i++) {
        k->req.topics.v[i].num_partitions = k->topics[i].partitions ? k->topics[i].partitions
                                                                    : dflt;
        k->req.topics.v[i].replication_factor =
            (int16_t)(k->topics[i].replication ? k->topics[i].replication : dflt);
    }
    return KAFC_OK;
}

static kafc_err create_answer(struct kafc_ask *ask, kafc_error *err)
{
    struct create_ask *k = ask->owner;
    struct kafc_create_topics_resp r;
    struct kafc_arena a;
    bool retry = false;
    kafc__arena_init(&a, k->mem, 0);
    kafc_err rc = kafc__request_decode(&ask->rq, &r, &a, err);
    k->first = KAFC_OK;
    for (int32_t i = 0; rc == KAFC_OK && i < k->n; i++) {
        int32_t j = 0;
        while (j < r.topics.n && !kafc__str_is(r.topics.v[j].name, k->topics[i].name))
            j++;
        int16_t code = j < r.topics.n ? r.topics.v[j].error_code
                                      : (int16_t)KAFC_ERR_UNKNOWN_SERVER_ERROR;
        kafc_str message = { NULL, 0 };
        if (j < r.topics.n)
            message = r.topics.v[j].error_message;
        k->topics[i].result = (kafc_err)code;
        k->first = note_topic(k->first, "created", k->topics[i].name, code, message, &retry,
                              &k->why);
    }
    kafc__arena_fini(&a);
    return rc == KAFC_OK && retry ? kafc__error(err, KAFC_ERR_NOT_CONTROLLER, "%s", k->why.message)
                                  : rc;
}

static bool create_configs(struct create_ask *k, const kafc_new_topic *t,
                           struct kafc_create_topics_req_topic *to)
{
    to->configs.n = t->nconfigs;
    to->configs.v = kafc__msg_array(&kafc_create_topics_req_config_schema, t->nconfigs, &k->arena);
    for (int32_t i = 0; to->configs.v && i < t->nconfigs; i++) {
        to->configs.v[i].name = kafc__str(t->configs[i].name);
        to->configs.v[i].value = kafc__str(t->configs[i].value);
    }
    return to->configs.v != NULL;
}

static bool create_request(struct create_ask *k)
{
    kafc__msg_defaults(&kafc_create_topics_req_schema, &k->req);
    k->req.topics.n = k->n;
    k->req.topics.v = kafc__msg_array(&kafc_create_topics_req_topic_schema, k->n, &k->arena);
    bool ok = k->req.topics.v != NULL;
    for (int32_t i = 0; ok && i < k->n; i++) {
        k->req.topics.v[i].name = kafc__str(k->topics[i].name);
        ok = create_configs(k, &k->topics[i], &k->req.topics.v[i]);
    }
    return ok;
}

static kafc_err check_new(const kafc_new_topic *t, int32_t n, kafc_error *err)
{
    if (n < 0 || (n > 0 && !t))
        return kafc__error(err, KAFC_ERR_USAGE, "there are no topics to create");
    for (int32_t i = 0; i < n; i++) {
        if (!t[i].name || t[i].name[0] == '\0')
            return kafc__error(err, KAFC_ERR_USAGE, "the name of topic %d is empty", (int)i);
        if (t[i].partitions < 0 || t[i].replication < 0 || t[i].replication > INT16_MAX ||
            t[i].nconfigs < 0 || (t[i].nconfigs > 0 && !t[i].configs))
            return kafc__error(err, KAFC_ERR_USAGE,
                               "topic '%.249s': %d partitions, %d replicas, %d configs", t[i].name,
                               (int)t[i].partitions, (int)t[i].replication, (int)t[i].nconfigs);
        for (int32_t j = 0; j < t[i].nconfigs; j++) {
            if (!t[i].configs[j].name)
                return kafc__error(err, KAFC_ERR_USAGE, "topic '%.249s': a config without a name",
                                   t[i].name);
        }
    }
    return KAFC_OK;
}

static kafc_err run_ask(const struct kafc_asker *by, struct kafc_ask *ask, int64_t deadline,
                        kafc_err *first, kafc_error *why, kafc_error *err)
{
    ask->node = KAFC_CONTROLLER_NODE;
    ask->once = true;
    kafc_err rc = by->how->ask(by, ask, deadline, err);
    if (rc != KAFC_OK || *first == KAFC_OK)
        return rc;
    if (err) {
        *err = *why;
        err->broker = ask->err.broker;
        err->api = ask->api->key;
        err->version = ask->rq.version;
    }
    return *first;
}

kafc_err kafc__query_create(const struct kafc_asker *by, kafc_new_topic *topics, int32_t n,
                            int64_t deadline, kafc_error *err)
{
    struct create_ask k = { .mem = by->mem, .topics = topics, .n = n };
    kafc_err rc = check_new(topics, n, err);
    if (rc != KAFC_OK)
        return rc;
    kafc__arena_init(&k.arena, by->mem, 0);
    if (create_request(&k)) {
        k.req.timeout_ms = kafc__broker_timeout(by->request_timeout_ms, deadline);
        k.ask.api = &kafc_create_topics_api;
        k.ask.msg = &k.req;
        k.ask.prepare = create_prepare;
        k.ask.answer = create_answer;
        k.ask.owner = &k;
        rc = run_ask(by, &k.ask, deadline, &k.first, &k.why, err);
    } else {
        rc = kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for the request");
    }
    for (int32_t i = 0; i < n; i++) {
        if (rc != KAFC_OK && k.first == KAFC_OK)
            topics[i].result = rc; /* the request as a whole came to nothing */
    }
    kafc__arena_fini(&k.arena);
    return rc;
}

kafc_err kafc_admin_create_topics(kafc_client *c, kafc_new_topic *topics, int32_t n,
                                   int timeout_ms, kafc_error *err)
{
    kafc_err rc = kafc__ask_begin(c, timeout_ms, err);
    if (rc != KAFC_OK)
        return rc;
    struct kafc_asker by = kafc__asker_of(c);
    rc = kafc__query_create(&by, topics, n, kafc__deadline_in(timeout_ms), err);
    kafc__ask_end(c);
    return rc;
}

/* --- Delete ---------------------------------------------------------------------- */

struct delete_ask {
    struct kafc_ask ask;
    const kafc_allocator *mem;
    const char *const *names;
    int32_t n;
    kafc_err *results; /* or NULL */
    struct kafc_delete_topics_req req;
    struct kafc_delete_topics_req_topic *topics; /* both forms, of n */
    kafc_str *old;
    struct kafc_arena arena;
    kafc_err first;
    kafc_error why;
};

static kafc_err delete_prepare(struct kafc_request *rq, kafc_error *err)
{
    struct kafc_ask *ask = rq->owner;
    struct delete_ask *k = ask->owner;
    (void)err;
    k->req.topics.v = k->topics;
    k->req.topics.n = rq->version >= 6 ? k->n : 0;
    k->req.topic_names.v = k->old;
    k->req.topic_names.n = rq->version >= 6 ? 0 : k->n;
    return KAFC_OK;
}

static kafc_err delete_answer(struct kafc_ask *ask, kafc_error *err)
{
    struct delete_ask *k = ask->owner;
    struct kafc_delete_topics_resp r;
    struct kafc_arena a;
    bool retry = false;
    kafc__arena_init(&a, k->mem, 0);
    kafc_err rc = kafc__request_decode(&ask->rq, &r, &a, err);
    k->first = KAFC_OK;
    for (int32_t i = 0; rc == KAFC_OK && i < k->n; i++) {
        int32_t j = 0;
        while (j < r.responses.n && !kafc__str_is(r.responses.v[j].name, k->names[i]))
            j++;
        int16_t code = j < r.responses.n ? r.responses.v[j].error_code
                                         : (int16_t)KAFC_ERR_UNKNOWN_SERVER_ERROR;
        kafc_str message = { NULL, 0 };
        if (j < r.responses.n)
            message = r.responses.v[j].error_message;
        if (k->results)
            k->results[i] = (kafc_err)code;
        k->first = note_topic(k->first, "deleted", k->names[i], code, message, &retry, &k->why);
    }
    kafc__arena_fini(&a);
    return rc == KAFC_OK && retry ? kafc__error(err, KAFC_ERR_NOT_CONTROLLER, "%s", k->why.message)
                                  : rc;
}

static bool delete_request(struct delete_ask *k)
{
    kafc__msg_defaults(&kafc_delete_topics_req_schema, &k->req);
    k->topics = kafc__msg_array(&kafc_delete_topics_req_topic_schema, k->n, &k->arena);
    k->old = kafc__arena_array(&k->arena, (size_t)k->n, sizeof(*k->old));
    for (int32_t i = 0; k->topics && k->old && i < k->n; i++)
        k->topics[i].name = k->old[i] = kafc__str(k->names[i]);
    return k->topics && k->old;
}

static kafc_err check_names(const char *const *names, int32_t n, kafc_error *err)
{
    if (n < 0 || (n > 0 && !names))
        return kafc__error(err, KAFC_ERR_USAGE, "there are no topics to delete");
    for (int32_t i = 0; i < n; i++) {
        if (!names[i] || names[i][0] == '\0')
            return kafc__error(err, KAFC_ERR_USAGE, "the name of topic %d is empty", (int)i);
    }
    return KAFC_OK;
}

kafc_err kafc__query_delete(const struct kafc_asker *by, const char *const *names, int32_t n,
                            kafc_err *results, int64_t deadline, kafc_error *err)
{
    struct delete_ask k = { .mem = by->mem, .names = names, .n = n, .results = results };
    kafc_err rc = check_names(names, n, err);
    if (rc != KAFC_OK)
        return rc;
    kafc__arena_init(&k.arena, by->mem, 0);
    if (delete_request(&k)) {
        k.req.timeout_ms = kafc__broker_timeout(by->request_timeout_ms, deadline);
        k.ask.api = &kafc_delete_topics_api;
        k.ask.msg = &k.req;
        k.ask.prepare = delete_prepare;
        k.ask.answer = delete_answer;
        k.ask.owner = &k;
        rc = run_ask(by, &k.ask, deadline, &k.first, &k.why, err);
    } else {
        rc = kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for the request");
    }
    for (int32_t i = 0; i < n && results; i++) {
        if (rc != KAFC_OK && k.first == KAFC_OK)
            results[i] = rc;
    }
    kafc__arena_fini(&k.arena);
    return rc;
}

kafc_err kafc_admin_delete_topics(kafc_client *c, const char *const *names, int32_t n,
                                   kafc_err *results, int timeout_ms, kafc_error *err)
{
    kafc_err rc = kafc__ask_begin(c, timeout_ms, err);
    if (rc != KAFC_OK)
        return rc;
    struct kafc_asker by = kafc__asker_of(c);
    rc = kafc__query_delete(&by, names, n, results, kafc__deadline_in(timeout_ms), err);
    kafc__ask_end(c);
    return rc;
}
