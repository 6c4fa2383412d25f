/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What a kafc_conn asks of its broker: any request, and the queries that it
 * shares with a client. The calling thread drives.
 */
#include "client/conn.h"

struct call {
    kafc_conn *c;
    void *resp;
};

/* Keeps the frame and the arena, on which the response rests. */
static kafc_err keep_response(struct kafc_request *rq, void *arg, kafc_error *err)
{
    struct call *k = arg;
    if (!k->resp || rq->no_response)
        return KAFC_OK;
    kafc_err rc = kafc__request_decode(rq, k->resp, &k->c->arena, err);
    if (rc == KAFC_OK)
        k->c->frame = kafc__frame_ref(rq->frame);
    return rc;
}

static kafc_err call(kafc_conn *c, const struct kafc_api *api, int version, const void *req,
                     void *resp, int64_t deadline, kafc_error *err)
{
    struct kafc_request rq;
    struct call k = { c, resp };
    kafc__frame_unref(c->frame);
    c->frame = NULL;
    kafc__arena_reset(&c->arena);
    kafc__request_init(&rq, api, req);
    rq.timeout_us = 0;
    rq.no_response = kafc__raw_unanswered(api, req);
    if (version >= 0)
        rq.min_version = rq.max_version = (int16_t)version;
    if (resp)
        kafc__msg_defaults(api->resp, resp);
    return kafc__conn_request(c, &rq, deadline, keep_response, &k, err);
}

kafc_err kafc_conn_call(kafc_conn *c, const struct kafc_api *api, int version, const void *req,
                        void *resp, int timeout_ms, kafc_error *err)
{
    int64_t deadline;
    kafc_err rc = kafc__conn_hold(c, timeout_ms, &deadline, err);
    if (rc != KAFC_OK)
        return rc;
    rc = kafc__raw_check(api, version, req, err);
    if (rc == KAFC_OK)
        rc = call(c, api, version, req, resp, deadline, err);
    kafc__conn_release(c);
    return rc;
}

int kafc_conn_version(kafc_conn *c, const struct kafc_api *api)
{
    int64_t deadline;
    if (!api || kafc__conn_hold(c, -1, &deadline, NULL) != KAFC_OK)
        return -1;
    int v = c->link ? kafc__link_version(c->link, api, api->pick_min, api->pick_max) : -1;
    kafc__conn_release(c);
    return v;
}

kafc_err kafc_conn_metadata(kafc_conn *c, const char *const *topics, int32_t n, int timeout_ms,
                            kafc_metadata **out, kafc_error *err)
{
    int64_t deadline;
    if (!out)
        return kafc__error(err, KAFC_ERR_USAGE, "there is no place for the metadata");
    *out = NULL;
    kafc_err rc = kafc__conn_hold(c, timeout_ms, &deadline, err);
    if (rc != KAFC_OK)
        return rc;
    struct kafc_asker by = kafc__asker_of_conn(c);
    rc = kafc__query_metadata(&by, topics, n, false, deadline, out, err);
    kafc__conn_release(c);
    return rc;
}

kafc_err kafc_conn_create_topics(kafc_conn *c, kafc_new_topic *topics, int32_t n, int timeout_ms,
                                 kafc_error *err)
{
    int64_t deadline;
    kafc_err rc = kafc__conn_hold(c, timeout_ms, &deadline, err);
    if (rc != KAFC_OK)
        return rc;
    struct kafc_asker by = kafc__asker_of_conn(c);
    rc = kafc__query_create(&by, topics, n, false, deadline, NULL, err);
    kafc__conn_release(c);
    return rc;
}

kafc_err kafc_conn_delete_topics(kafc_conn *c, const char *const *names, int32_t n,
                                 kafc_err *results, int timeout_ms, kafc_error *err)
{
    int64_t deadline;
    kafc_err rc = kafc__conn_hold(c, timeout_ms, &deadline, err);
    if (rc != KAFC_OK)
        return rc;
    struct kafc_asker by = kafc__asker_of_conn(c);
    rc = kafc__query_delete(&by, names, n, results, deadline, err);
    kafc__conn_release(c);
    return rc;
}
