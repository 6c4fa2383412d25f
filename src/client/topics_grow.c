/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc_admin_grow_topics: CreatePartitions.
 */
#include <string.h>

#include "base/str.h"
#include "client/admin.h"
#include "client/topics.h"
#include "protocol/api/37_create_partitions.h"

kafc_err kafc__replicas_check(const char *topic, const kafc_replicas *v, int32_t n,
                              kafc_error *err)
{
    if (n < 0 || (n > 0 && !v))
        return kafc__error(err, KAFC_ERR_USAGE, "topic '%.249s': %d assignments", topic, (int)n);
    for (int32_t i = 0; i < n; i++)
        if (v[i].n < 1 || !v[i].brokers)
            return kafc__error(err, KAFC_ERR_USAGE, "topic '%.249s': assignment %d has no broker",
                               topic, (int)i);
    return KAFC_OK;
}

static kafc_err check(const kafc_grown_topic *t, int32_t n, kafc_error *err)
{
    if (n < 0 || (n > 0 && !t))
        return kafc__error(err, KAFC_ERR_USAGE, "there are no topics to grow");
    for (int32_t i = 0; i < n; i++) {
        if (!t[i].name || !*t[i].name || strlen(t[i].name) > INT16_MAX)
            return kafc__error(err, KAFC_ERR_USAGE, "the name of topic %d is %s", (int)i,
                               t[i].name && *t[i].name ? "too long" : "empty");
        if (t[i].partitions < 1)
            return kafc__error(err, KAFC_ERR_USAGE, "topic '%.249s' cannot have %d partitions",
                               t[i].name, (int)t[i].partitions);
        kafc_err rc = kafc__replicas_check(t[i].name, t[i].assignments, t[i].nassignments, err);
        if (rc != KAFC_OK)
            return rc;
    }
    return KAFC_OK;
}

static bool put(struct kafc_create_partitions_req_topic *to, const kafc_grown_topic *t,
                struct kafc_arena *a)
{
    to->name = kafc__str(t->name);
    to->count = t->partitions;
    to->assignments.n = t->assignments ? t->nassignments : -1;
    if (!t->assignments)
        return true;
    to->assignments.v = kafc__msg_array(&kafc_create_partitions_req_assignment_schema,
                                        t->nassignments, a);
    for (int32_t i = 0; to->assignments.v && i < t->nassignments; i++)
        to->assignments.v[i].broker_ids.v = kafc__piece_ids(a, t->assignments[i].brokers, t->assignments[i].n,
                                                            &to->assignments.v[i].broker_ids.n);
    return !a->failed;
}

static bool fill(struct kafc_create_partitions_req *req, const kafc_grown_topic *t, int32_t n,
                 struct kafc_arena *a)
{
    kafc__msg_defaults(&kafc_create_partitions_req_schema, req);
    req->topics.n = n;
    req->topics.v = kafc__msg_array(&kafc_create_partitions_req_topic_schema, n, a);
    bool ok = req->topics.v != NULL;
    for (int32_t i = 0; ok && i < n; i++)
        ok = put(&req->topics.v[i], &t[i], a);
    return ok;
}

static bool item(const void *resp, int32_t i, struct kafc_admin_item *out)
{
    const struct kafc_create_partitions_resp *r = resp;
    if (i >= r->results.n)
        return false;
    kafc__admin_name(out, "topic", r->results.v[i].name);
    out->code = r->results.v[i].error_code;
    out->words = r->results.v[i].error_message;
    return true;
}

static const struct kafc_admin_kind growing = {
    .api = &kafc_create_partitions_api,
    .what = "grown",
    .since = "1.0",
    .once = true,
    .unknown_stands = true,
    .item = item,
};

static void take(kafc_grown_topic *t, int32_t n, const kafc_answer *a, kafc_err rc)
{
    const struct kafc_create_partitions_resp *r = a ? a->resp : NULL;
    for (int32_t i = 0; i < n; i++) {
        t[i].result = r ? KAFC_ERR_PROTOCOL : rc;
        for (int32_t k = 0; r && k < r->results.n; k++)
            if (kafc__str_is(r->results.v[(i + k) % r->results.n].name, t[i].name)) {
                t[i].result = (kafc_err)r->results.v[(i + k) % r->results.n].error_code;
                break;
            }
    }
}

static kafc_err left_out(const kafc_grown_topic *t, int32_t n, kafc_error *err)
{
    for (int32_t i = 0; i < n; i++)
        if (t[i].result != KAFC_OK)
            return kafc__error(err, t[i].result, "CreatePartitions was answered without topic "
                               "'%.249s'", t[i].name);
    return KAFC_OK;
}

static kafc_err await(struct kafc_admin *k, const kafc_grown_topic *t, int32_t n, kafc_error *err)
{
    struct kafc_awaited w;
    if (!kafc__awaited_init(&w, n, &k->arena))
        return kafc__admin_no_memory("the topics", err);
    w.grown = true;
    for (int32_t i = 0; i < n; i++) {
        w.name[w.n] = t[i].name;
        w.partitions[w.n] = t[i].partitions;
        w.n += t[i].result == KAFC_OK;
    }
    return kafc__topics_await(k->c, &w, "grown", k->deadline, err);
}

static kafc_err grow(struct kafc_admin *k, kafc_grown_topic *t, int32_t n,
                     const kafc_create_options *how)
{
    struct kafc_create_partitions_req req;
    kafc_answer *answer = NULL;
    kafc_error why;
    kafc_err rc = check(t, n, k->err), waited;
    if (rc != KAFC_OK || n == 0)
        return rc;
    if (fill(&req, t, n, &k->arena)) {
        req.timeout_ms = kafc__broker_timeout(k->c->o.request_timeout_ms, k->deadline);
        req.validate_only = how && how->validate_only;
        rc = kafc__admin_ask(k->c, &growing, &req, KAFC_BY_ROUTE, k->deadline, &answer, k->err);
    } else {
        rc = kafc__admin_no_memory("the topics", k->err);
    }
    take(t, n, answer, rc);
    kafc_answer_free(answer);
    if (rc == KAFC_OK)
        rc = left_out(t, n, k->err);
    if (how && (how->validate_only || how->no_wait))
        return rc;
    waited = await(k, t, n, &why);
    if (rc != KAFC_OK || waited == KAFC_OK)
        return rc;
    *k->err = why;
    return waited;
}

kafc_err kafc_admin_grow_topics(kafc_client *c, kafc_grown_topic *topics, int32_t n,
                                const kafc_create_options *how, int timeout_ms, kafc_error *err)
{
    struct kafc_admin k;
    kafc_err rc = kafc__admin_begin(&k, c, timeout_ms, err);
    return rc == KAFC_OK ? kafc__admin_end(&k, grow(&k, topics, n, how)) : rc;
}
