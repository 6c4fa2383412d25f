/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What a kafc_conn asks of its broker: any request, and the queries that it
 * shares with a client. The calling thread drives.
 */
#include "client/conn.h"
#include "client/options.h"

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
    kafc_err rc = kafc__conn_hold(c, KAFC_CONN_READS, timeout_ms, &deadline, err);
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
    if (!api || kafc__conn_hold(c, KAFC_CONN_READS, -1, &deadline, NULL) != KAFC_OK)
        return -1;
    int v = c->link ? kafc__link_version(c->link, api, api->pick_min, api->pick_max) : -1;
    kafc__conn_release(c);
    return v;
}

int32_t kafc_conn_api_versions(kafc_conn *c, kafc_api_range *out, int32_t cap)
{
    int64_t deadline;
    int32_t n = 0;
    if (kafc__conn_hold(c, KAFC_CONN_READS, -1, &deadline, NULL) != KAFC_OK)
        return 0;
    for (int16_t key = 0; c->link && c->ch.fd >= 0 && key < KAFC_LINK_APIS; key++) {
        kafc_api_range r = { .api = key };
        if (!kafc__link_range(c->link, key, &r.min, &r.max))
            continue;
        if (n < cap && out)
            out[n] = r;
        n++;
    }
    kafc__conn_release(c);
    return n;
}

kafc_err kafc__conn_check_options(const kafc_conn_options *o, kafc_error *err)
{
    if (o->min_bytes <= o->max_bytes)
        return KAFC_OK;
    return kafc__error(err, KAFC_ERR_USAGE,
                       "conn: min_bytes is %d, and no fetch brings more than max_bytes, which is %d", (int)o->min_bytes,
                       (int)o->max_bytes);
}

kafc_err kafc_conn_configure(kafc_conn *c, const kafc_conn_options *o, kafc_error *err)
{
    int64_t deadline;
    kafc_conn_options r;
    kafc_err rc = kafc__conn_hold(c, KAFC_CONN_READS, 0, &deadline, err);
    if (rc != KAFC_OK)
        return rc;
    rc = kafc__options_resolve(&kafc__conn_options, o, &r, err);
    if (rc == KAFC_OK)
        rc = kafc__conn_check_options(&r, err);
    if (rc == KAFC_OK) {
        c->o.acks = r.acks;
        c->o.compression = r.compression;
        c->o.compression_level = r.compression_level;
        c->o.isolation = r.isolation;
        c->o.check_crcs = r.check_crcs;
        c->o.min_bytes = r.min_bytes;
        c->o.max_bytes = r.max_bytes;
        c->o.max_wait_ms = r.max_wait_ms;
    }
    kafc__conn_release(c);
    return rc;
}

kafc_err kafc_conn_metadata(kafc_conn *c, const char *const *topics, int32_t n, int timeout_ms,
                            kafc_metadata **out, kafc_error *err)
{
    int64_t deadline;
    if (!out)
        return kafc__error(err, KAFC_ERR_USAGE, "there is no place for the metadata");
    *out = NULL;
    kafc_err rc = kafc__conn_hold(c, KAFC_CONN_READS, timeout_ms, &deadline, err);
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
    kafc_err rc = kafc__conn_hold(c, KAFC_CONN_WRITES, timeout_ms, &deadline, err);
    if (rc != KAFC_OK)
        return rc;
    struct kafc_asker by = kafc__asker_of_conn(c);
    rc = kafc__query_create(&by, topics, n, false, kafc__conn_until(c, deadline), NULL, err);
    kafc__conn_release(c);
    return rc;
}

kafc_err kafc_conn_delete_topics(kafc_conn *c, const char *const *names, int32_t n,
                                 kafc_err *results, int timeout_ms, kafc_error *err)
{
    int64_t deadline;
    kafc_err rc = kafc__conn_hold(c, KAFC_CONN_WRITES, timeout_ms, &deadline, err);
    if (rc != KAFC_OK)
        return rc;
    struct kafc_asker by = kafc__asker_of_conn(c);
    rc = kafc__query_delete(&by, names, n, results, kafc__conn_until(c, deadline), err);
    kafc__conn_release(c);
    return rc;
}
