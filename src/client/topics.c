/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Topics made and deleted: the controller is asked; an answer that it is not
 * the controller any more asks the next one. Answers are read on the loop's
 * thread.
 */
#include "client/topics.h"

#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/mem.h"
#include "base/str.h"
#include "client/piece.h"
#include "protocol/api/19_create_topics.h"
#include "protocol/api/20_delete_topics.h"

enum {
    OLD_DEFAULT = 1
}; /* partitions and replicas where the broker has no default of its own to give */

static kafc_err no_memory(kafc_error *err)
{
    return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for the topics");
}

/* --- Verdicts ---------------------------------------------------------------------- */

/* What an answer says of the topics, one after the other. */
struct verdict {
    const char *what; /* "created" */
    int32_t n, not_controller;
    kafc_err first; /* the first topic's error */
    kafc_error why;
};

static const kafc_str left_out = { "the answer leaves it out", sizeof "the answer leaves it out" - 1 };

static void note(struct verdict *v, const char *name, kafc_err c, kafc_str message)
{
    kafc_str words = kafc__str_head(message, KAFC_ADMIN_WORDS);
    bool told = words.len > 0;
    v->n++;
    v->not_controller += c == KAFC_ERR_NOT_CONTROLLER;
    if (c == KAFC_OK || v->first != KAFC_OK)
        return;
    v->first = kafc__error(&v->why, c, "topic '%.249s' cannot be %s: %s%s%.*s", name, v->what,
                           told ? kafc_err_name(c) : kafc_err_text(c), told ? ": " : "",
                           (int)words.len, words.p);
}

/* That it was not the controller is no topic's own affair, and asks again: nothing was done. */
static kafc_err outcome(const struct verdict *v, kafc_error *err)
{
    return v->n > 0 && v->not_controller == v->n
               ? kafc__error(err, KAFC_ERR_NOT_CONTROLLER, "%s", v->why.message)
               : KAFC_OK;
}

static kafc_err run_ask(const struct kafc_asker *by, struct kafc_ask *ask, const struct verdict *v,
                        int64_t deadline, kafc_error *err)
{
    ask->node = KAFC_CONTROLLER_NODE;
    ask->once = true;
    kafc_err rc = by->how->ask(by, ask, deadline, err);
    if (rc != KAFC_OK || v->first == KAFC_OK)
        return rc;
    if (err) {
        *err = v->why;
        err->broker = ask->err.broker;
        err->api = ask->api->key;
        err->version = ask->rq.version;
    }
    return v->first;
}

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

/* --- Create ------------------------------------------------------------------------- */

struct create_ask {
    struct kafc_ask ask;
    const kafc_allocator *mem;
    kafc_new_topic *topics;
    int32_t n;
    struct kafc_create_topics_req req;
    struct kafc_arena arena;
    struct verdict verdict;
    bool told; /* every topic has its result */
    kafc_created_topics **made; /* or NULL */
};

static kafc_err create_prepare(struct kafc_request *rq, kafc_error *err)
{
    struct kafc_ask *ask = rq->owner;
    struct create_ask *k = ask->owner;
    k->told = false; /* what another broker said */
    if (k->req.validate_only && rq->version < 1)
        return kafc__error(err, KAFC_ERR_UNSUPPORTED,
                           "node %d is too old to say what would become of a topic: it takes a "
                           "broker from 0.10.2 on",
                           (int)rq->broker);
    int32_t dflt = rq->version >= 4 ? -1 : OLD_DEFAULT;
    for (int32_t i = 0; i < k->n; i++) {
        const kafc_new_topic *t = &k->topics[i];
        int32_t none = t->nassignments > 0 ? -1 : dflt;
        k->req.topics.v[i].num_partitions = t->partitions ? t->partitions : none;
        k->req.topics.v[i].replication_factor = (int16_t)(t->replication ? t->replication : none);
    }
    return KAFC_OK;
}

static int by_config(const void *a, const void *b)
{
    return strcmp(((const kafc_config_entry *)a)->name, ((const kafc_config_entry *)b)->name);
}

static void put_made(struct kafc_arena *a, kafc_created_topic *to,
                     const struct kafc_create_topics_resp_topic *t)
{
    to->id = t->topic_id;
    to->partitions = t->num_partitions;
    to->replication = t->replication_factor;
    kafc_config_entry *v = t->configs.n >= 0
                               ? kafc__arena_array(a, (size_t)t->configs.n, sizeof(*v))
                               : NULL;
    for (int32_t i = 0; v && i < t->configs.n; i++) {
        const struct kafc_create_topics_resp_config *c = &t->configs.v[i];
        v[i].name = kafc__piece_text(a, c->name, "");
        v[i].value = kafc__piece_text(a, c->value, NULL);
        v[i].source = (kafc_config_source)c->config_source;
        v[i].read_only = c->read_only;
        v[i].sensitive = c->is_sensitive;
    }
    if (!v || a->failed)
        return;
    if (t->configs.n > 1)
        qsort(v, (size_t)t->configs.n, sizeof(*v), by_config);
    to->configs = v;
    to->nconfigs = t->configs.n;
}

/* Answers mostly come in the order of the request. NULL: it is left out. */
static const struct kafc_create_topics_resp_topic *created(const struct kafc_create_topics_resp *r,
                                                           int32_t i, const char *name)
{
    for (int32_t j = 0; j < r->topics.n; j++) {
        const struct kafc_create_topics_resp_topic *t = &r->topics.v[(i + j) % r->topics.n];
        if (kafc__str_is(t->name, name))
            return t;
    }
    return NULL;
}

static kafc_err make_piece(struct create_ask *k, const struct kafc_create_topics_resp *r,
                           kafc_error *err)
{
    kafc_created_topics_free(*k->made);
    *k->made = kafc__piece_new(k->mem, sizeof(**k->made));
    if (!*k->made)
        return no_memory(err);
    struct kafc_arena *a = kafc__piece_arena(*k->made);
    kafc_created_topic *v = kafc__arena_array(a, (size_t)k->n, sizeof(*v));
    (*k->made)->topics = v;
    for (int32_t i = 0; v && i < k->n; i++) {
        const struct kafc_create_topics_resp_topic *t = created(r, i, k->topics[i].name);
        v[i].name = kafc__piece_text(a, kafc__str(k->topics[i].name), "");
        v[i].result = k->topics[i].result;
        v[i].partitions = v[i].replication = -1;
        if (t && t->error_code == 0)
            put_made(a, &v[i], t);
    }
    (*k->made)->ntopics = k->n;
    if (!a->failed)
        return KAFC_OK;
    kafc_created_topics_free(*k->made);
    *k->made = NULL;
    return no_memory(err);
}

static kafc_err create_answer(struct kafc_ask *ask, kafc_error *err)
{
    struct create_ask *k = ask->owner;
    struct kafc_create_topics_resp r;
    struct kafc_arena a;
    kafc__arena_init(&a, k->mem, 0);
    kafc_err rc = kafc__request_decode(&ask->rq, &r, &a, err);
    k->verdict = (struct verdict){ .what = "created" };
    for (int32_t i = 0; rc == KAFC_OK && i < k->n; i++) {
        const struct kafc_create_topics_resp_topic *t = created(&r, i, k->topics[i].name);
        kafc_err code = t ? (kafc_err)t->error_code : KAFC_ERR_PROTOCOL;
        k->topics[i].result = code;
        note(&k->verdict, k->topics[i].name, code, t ? t->error_message : left_out);
    }
    k->told = rc == KAFC_OK;
    if (rc == KAFC_OK)
        rc = outcome(&k->verdict, err);
    if (rc == KAFC_OK && k->made)
        rc = make_piece(k, &r, err);
    kafc__arena_fini(&a);
    return rc;
}

static bool put_topic(struct create_ask *k, const kafc_new_topic *t,
                      struct kafc_create_topics_req_topic *to)
{
    to->name = kafc__str(t->name);
    to->configs.n = t->nconfigs;
    to->configs.v = kafc__msg_array(&kafc_create_topics_req_config_schema, t->nconfigs, &k->arena);
    to->assignments.n = t->nassignments;
    to->assignments.v = kafc__msg_array(&kafc_create_topics_req_assignment_schema, t->nassignments,
                                        &k->arena);
    if (!to->configs.v || !to->assignments.v)
        return false;
    for (int32_t i = 0; i < t->nconfigs; i++) {
        to->configs.v[i].name = kafc__str(t->configs[i].name);
        to->configs.v[i].value = kafc__str(t->configs[i].value);
    }
    for (int32_t i = 0; i < t->nassignments; i++) {
        to->assignments.v[i].partition_index = i;
        to->assignments.v[i].broker_ids.v = kafc__piece_ids(&k->arena, t->assignments[i].brokers, t->assignments[i].n,
                                                            &to->assignments.v[i].broker_ids.n);
    }
    return !k->arena.failed;
}

static bool create_request(struct create_ask *k)
{
    kafc__msg_defaults(&kafc_create_topics_req_schema, &k->req);
    k->req.topics.n = k->n;
    k->req.topics.v = kafc__msg_array(&kafc_create_topics_req_topic_schema, k->n, &k->arena);
    bool ok = k->req.topics.v != NULL;
    for (int32_t i = 0; ok && i < k->n; i++)
        ok = put_topic(k, &k->topics[i], &k->req.topics.v[i]);
    return ok;
}

static kafc_err check_name(const char *name, int32_t i, kafc_error *err)
{
    return name && *name && strlen(name) <= INT16_MAX
               ? KAFC_OK
               : kafc__error(err, KAFC_ERR_USAGE, "the name of topic %d is %s", (int)i,
                             name && *name ? "too long" : "empty");
}

static kafc_err check_new(const kafc_new_topic *t, kafc_error *err)
{
    if (t->partitions < 0 || t->replication < 0 || t->replication > INT16_MAX || t->nconfigs < 0 ||
        (t->nconfigs > 0 && !t->configs))
        return kafc__error(err, KAFC_ERR_USAGE, "topic '%.249s': %d partitions, %d replicas, %d configs",
                           t->name, (int)t->partitions, (int)t->replication, (int)t->nconfigs);
    if (t->nassignments > 0 && (t->partitions || t->replication))
        return kafc__error(err, KAFC_ERR_USAGE,
                           "topic '%.249s': the assignments say how many partitions and replicas",
                           t->name);
    for (int32_t j = 0; j < t->nconfigs; j++)
        if (!t->configs[j].name)
            return kafc__error(err, KAFC_ERR_USAGE, "topic '%.249s': a config without a name", t->name);
    return kafc__replicas_check(t->name, t->assignments, t->nassignments, err);
}

static kafc_err check_all_new(const kafc_new_topic *t, int32_t n, kafc_error *err)
{
    kafc_err rc = KAFC_OK;
    if (n < 0 || (n > 0 && !t))
        return kafc__error(err, KAFC_ERR_USAGE, "there are no topics to create");
    for (int32_t i = 0; i < n && rc == KAFC_OK; i++) {
        rc = check_name(t[i].name, i, err);
        if (rc == KAFC_OK)
            rc = check_new(&t[i], err);
    }
    return rc;
}

kafc_err kafc__query_create(const struct kafc_asker *by, kafc_new_topic *topics, int32_t n,
                            bool validate_only, int64_t deadline, kafc_created_topics **made,
                            kafc_error *err)
{
    struct create_ask k = { .mem = by->mem, .topics = topics, .n = n, .made = made };
    kafc_err rc = check_all_new(topics, n, err);
    if (rc != KAFC_OK)
        return rc;
    kafc__arena_init(&k.arena, by->mem, 0);
    if (create_request(&k)) {
        k.req.timeout_ms = kafc__broker_timeout(by->request_timeout_ms, deadline);
        k.req.validate_only = validate_only;
        k.ask.api = &kafc_create_topics_api;
        k.ask.msg = &k.req;
        k.ask.prepare = create_prepare;
        k.ask.answer = create_answer;
        k.ask.owner = &k;
        rc = run_ask(by, &k.ask, &k.verdict, deadline, err);
    } else {
        rc = no_memory(err);
    }
    for (int32_t i = 0; i < n; i++)
        if (rc != KAFC_OK && !k.told)
            topics[i].result = rc; /* the request as a whole came to nothing */
    kafc__arena_fini(&k.arena);
    return rc;
}

void kafc_created_topics_free(kafc_created_topics *t)
{
    kafc__piece_free(t);
}

static kafc_err await(kafc_client *c, const kafc_new_topic *t, int32_t n,
                      const kafc_created_topics *made, int64_t deadline, kafc_error *err)
{
    struct kafc_awaited w;
    struct kafc_arena a;
    kafc__arena_init(&a, &c->mem, 0);
    bool ok = kafc__awaited_init(&w, n, &a);
    for (int32_t i = 0; ok && i < n; i++) {
        w.name[w.n] = t[i].name;
        w.partitions[w.n] = t[i].nassignments > 0 ? t[i].nassignments : t[i].partitions;
        if (made)
            w.id[w.n] = made->topics[i].id;
        w.n += t[i].result == KAFC_OK;
    }
    kafc_err rc = ok ? kafc__topics_await(c, &w, "created", deadline, err) : no_memory(err);
    kafc__arena_fini(&a);
    return rc;
}

kafc_err kafc_admin_create_topics(kafc_client *c, kafc_new_topic *topics, int32_t n,
                                  const kafc_create_options *how, int timeout_ms,
                                  kafc_created_topics **made, kafc_error *err)
{
    bool wait = !how || (!how->validate_only && !how->no_wait);
    kafc_created_topics *unasked = NULL;
    kafc_error why;
    if (!made)
        made = &unasked;
    *made = NULL;
    kafc_err rc = kafc__ask_begin(c, timeout_ms, err);
    if (rc != KAFC_OK)
        return rc;
    struct kafc_asker by = kafc__asker_of(c);
    int64_t deadline = kafc__deadline_in(timeout_ms);
    rc = kafc__query_create(&by, topics, n, how && how->validate_only, deadline, made, err);
    kafc_err waited = wait && rc != KAFC_ERR_USAGE ? await(c, topics, n, *made, deadline, &why) : KAFC_OK;
    if (rc == KAFC_OK && waited != KAFC_OK) {
        rc = waited;
        if (err)
            *err = why;
    }
    kafc_created_topics_free(unasked);
    kafc__ask_end(c);
    return rc;
}

/* --- Delete --------------------------------------------------------------------------- */

struct delete_ask {
    struct kafc_ask ask;
    const kafc_allocator *mem;
    const char *const *names; /* or NULL: by */
    const kafc_uuid *ids;
    int32_t n;
    kafc_err *results; /* or NULL */
    struct kafc_delete_topics_req req;
    struct kafc_delete_topics_req_topic *topics; /* both forms, of n */
    kafc_str *old;
    struct kafc_arena arena;
    struct verdict verdict;
};

static kafc_err delete_prepare(struct kafc_request *rq, kafc_error *err)
{
    struct kafc_ask *ask = rq->owner;
    struct delete_ask *k = ask->owner;
    bool old = rq->version < 6;
    k->verdict.first = KAFC_OK; /* what another broker said */
    if (old && k->ids)
        return kafc__error(err, KAFC_ERR_UNSUPPORTED,
                           "node %d is too old to delete a topic by its id: it takes a broker from "
                           "2.8 on",
                           (int)rq->broker);
    k->req.topics.v = k->topics;
    k->req.topics.n = old ? 0 : k->n;
    k->req.topic_names.v = k->old;
    k->req.topic_names.n = old ? k->n : 0;
    return KAFC_OK;
}

static bool is_it(const struct delete_ask *k, int32_t i,
                  const struct kafc_delete_topics_resp_topic *t)
{
    return k->ids ? memcmp(&k->ids[i], &t->topic_id, sizeof(t->topic_id)) == 0
                  : kafc__str_is(t->name, k->names[i]);
}

static const struct kafc_delete_topics_resp_topic *
deleted(const struct delete_ask *k, const struct kafc_delete_topics_resp *r, int32_t i)
{
    for (int32_t j = 0; j < r->responses.n; j++) {
        const struct kafc_delete_topics_resp_topic *t = &r->responses.v[(i + j) % r->responses.n];
        if (is_it(k, i, t))
            return t;
    }
    return NULL;
}

static kafc_err delete_answer(struct kafc_ask *ask, kafc_error *err)
{
    struct delete_ask *k = ask->owner;
    struct kafc_delete_topics_resp r;
    struct kafc_arena a;
    char id[KAFC_UUID_TEXT];
    kafc__arena_init(&a, k->mem, 0);
    kafc_err rc = kafc__request_decode(&ask->rq, &r, &a, err);
    k->verdict = (struct verdict){ .what = "deleted" };
    for (int32_t i = 0; rc == KAFC_OK && i < k->n; i++) {
        const struct kafc_delete_topics_resp_topic *t = deleted(k, &r, i);
        kafc_err code = t ? (kafc_err)t->error_code : KAFC_ERR_PROTOCOL;
        if (k->ids)
            kafc__uuid_text(&k->ids[i], id);
        if (k->results)
            k->results[i] = code;
        note(&k->verdict, k->ids ? id : k->names[i], code, t ? t->error_message : left_out);
    }
    kafc__arena_fini(&a);
    return rc == KAFC_OK ? outcome(&k->verdict, err) : rc;
}

static bool delete_request(struct delete_ask *k)
{
    kafc__msg_defaults(&kafc_delete_topics_req_schema, &k->req);
    k->topics = kafc__msg_array(&kafc_delete_topics_req_topic_schema, k->n, &k->arena);
    k->old = kafc__arena_array(&k->arena, (size_t)k->n, sizeof(*k->old));
    for (int32_t i = 0; k->topics && k->old && i < k->n; i++)
        if (k->ids)
            k->topics[i].topic_id = k->ids[i];
        else
            k->topics[i].name = k->old[i] = kafc__str(k->names[i]);
    return k->topics && k->old;
}

static kafc_err delete(const struct kafc_asker *by, struct delete_ask *k, int64_t deadline,
                       kafc_error *err)
{
    kafc_err rc = KAFC_OK;
    if (k->n < 0 || (k->n > 0 && !k->names && !k->ids))
        return kafc__error(err, KAFC_ERR_USAGE, "there are no topics to delete");
    for (int32_t i = 0; k->names && i < k->n && rc == KAFC_OK; i++)
        rc = check_name(k->names[i], i, err);
    if (rc != KAFC_OK)
        return rc;
    k->mem = by->mem;
    kafc__arena_init(&k->arena, by->mem, 0);
    if (delete_request(k)) {
        k->req.timeout_ms = kafc__broker_timeout(by->request_timeout_ms, deadline);
        k->ask.api = &kafc_delete_topics_api;
        k->ask.msg = &k->req;
        k->ask.prepare = delete_prepare;
        k->ask.answer = delete_answer;
        k->ask.owner = k;
        rc = run_ask(by, &k->ask, &k->verdict, deadline, err);
    } else {
        rc = no_memory(err);
    }
    for (int32_t i = 0; i < k->n && k->results; i++)
        if (rc != KAFC_OK && k->verdict.first == KAFC_OK)
            k->results[i] = rc;
    kafc__arena_fini(&k->arena);
    return rc;
}

kafc_err kafc__query_delete(const struct kafc_asker *by, const char *const *names, int32_t n,
                            kafc_err *results, int64_t deadline, kafc_error *err)
{
    struct delete_ask k = { .names = names, .n = n, .results = results };
    return delete(by, &k, deadline, err);
}

static kafc_err delete_by_client(kafc_client *c, struct delete_ask *k, int timeout_ms,
                                 kafc_error *err)
{
    kafc_err rc = kafc__ask_begin(c, timeout_ms, err);
    if (rc != KAFC_OK)
        return rc;
    struct kafc_asker by = kafc__asker_of(c);
    rc = delete(&by, k, kafc__deadline_in(timeout_ms), err);
    kafc__ask_end(c);
    return rc;
}

kafc_err kafc_admin_delete_topics(kafc_client *c, const char *const *names, int32_t n,
                                  kafc_err *results, int timeout_ms, kafc_error *err)
{
    struct delete_ask k = { .names = names, .n = n, .results = results };
    return delete_by_client(c, &k, timeout_ms, err);
}

kafc_err kafc_admin_delete_topic_ids(kafc_client *c, const kafc_uuid *ids, int32_t n,
                                     kafc_err *results, int timeout_ms, kafc_error *err)
{
    struct delete_ask k = { .ids = ids, .n = n, .results = results };
    return delete_by_client(c, &k, timeout_ms, err);
}
