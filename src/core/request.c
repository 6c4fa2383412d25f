/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Making and decoding requests, for whoever asks something of a broker: on the
 * driver's thread, the decoding inside done().
 */
#include "core/request.h"

#include "base/log.h"

void kafc__request_init(struct kafc_request *rq, const struct kafc_api *api, const void *msg)
{
    *rq = (struct kafc_request){
        .api = api,
        .msg = msg,
        .min_version = api->pick_min,
        .max_version = api->pick_max,
        .timeout_us = INT64_MAX,
        .version = -1,
        .broker = -1,
        .took_us = -1,
    };
    kafc__list_init(&rq->node);
}

void kafc__request_reset(struct kafc_request *rq)
{
    rq->version = -1;
    rq->correlation = 0;
    rq->broker = -1;
    rq->sent = rq->over = false;
    rq->result = KAFC_OK;
    rq->why = NULL;
    rq->frame = NULL;
    rq->body = rq->end = NULL;
    rq->took_us = -1;
    rq->throttle_ms = 0;
    rq->throttle = NULL;
    rq->link = NULL;
    rq->slot = NULL;
}

static const struct kafc_field *throttle_row(const struct kafc_schema *s, int16_t version)
{
    for (uint16_t i = 0; i < s->nfields; i++)
        if (s->field[i].kind == KAFC_I32 && kafc__in(s->field[i].on, version) &&
            !strcmp(s->field[i].name, "ThrottleTimeMs"))
            return &s->field[i];
    return NULL;
}

kafc_err kafc__request_decode(struct kafc_request *rq, void *resp, struct kafc_arena *a,
                              kafc_error *err)
{
    const struct kafc_schema *s = rq->api->resp;
    struct kafc_rd r;
    kafc__rd_init(&r, rq->body, (size_t)(rq->end - rq->body));
    kafc_err e = kafc__msg_decode_front(&r, s, resp, rq->version, a, err);
    if (e) {
        if (err) {
            err->broker = rq->broker;
            err->api = rq->api->key;
            err->version = rq->version;
        }
        return e;
    }
    const struct kafc_field *row = throttle_row(s, rq->version);
    if (row) {
        memcpy(&rq->throttle_ms, (const char *)resp + row->off, sizeof(rq->throttle_ms));
        if (rq->throttle)
            *rq->throttle = rq->throttle_ms;
    }
    return KAFC_OK;
}
