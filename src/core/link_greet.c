/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The first thing said on every connection (rule C8): ApiVersions in our best
 * version, again in the broker's best when it does not know ours. Driver's
 * thread, from the link's state table.
 */
#include "base/mem.h"
#include "core/link_internal.h"

/* What an answer with error 35, always in version 0, says of ApiVersions itself; 0 when it says nothing. */
static int16_t best_of_broker(struct kafc_link *l, struct kafc_request *rq)
{
    struct kafc_arena a;
    kafc__arena_init(&a, l->cfg.mem, 0);
    struct kafc_api_versions_resp resp;
    int16_t best = 0;
    rq->version = 0;
    if (!kafc__request_decode(rq, &resp, &a, NULL))
        for (int32_t i = 0; i < resp.api_keys.n; i++)
            if (resp.api_keys.v[i].api_key == KAFC_API_API_VERSIONS)
                best = resp.api_keys.v[i].max_version;
    kafc__arena_fini(&a);
    return best < 0 || best >= l->asked ? 0 : best;
}

static int8_t clamp(int16_t v)
{
    return (int8_t)(v > INT8_MAX ? INT8_MAX : v < -1 ? -1 : v);
}

static void remember(struct kafc_link *l, const struct kafc_api_versions_resp *resp)
{
    for (int i = 0; i < KAFC_LINK_APIS; i++)
        l->have[i].max = -1;
    for (int32_t i = 0; i < resp->api_keys.n; i++) {
        const struct kafc_api_versions_resp_api *k = &resp->api_keys.v[i];
        if (k->api_key < 0 || k->api_key >= KAFC_LINK_APIS || k->min_version > k->max_version)
            continue;
        l->have[k->api_key].min = clamp(k->min_version);
        l->have[k->api_key].max = clamp(k->max_version);
    }
    /* Brokers from 4.0 on say Produce 0, for the sake of old clients' negotiation, and mean 3. */
    if (l->have[KAFC_API_FETCH].max >= 0 && l->have[KAFC_API_FETCH].min >= 4 &&
        l->have[KAFC_API_PRODUCE].min < 3)
        l->have[KAFC_API_PRODUCE].min = 3;
}

static void take_versions(struct kafc_link *l, struct kafc_request *rq)
{
    struct kafc_arena a;
    kafc__arena_init(&a, l->cfg.mem, 0);
    struct kafc_api_versions_resp resp;
    kafc_error err;
    kafc_err e = kafc__request_decode(rq, &resp, &a, &err);
    if (e)
        kafc__link_break(l, e, "answered ApiVersions v%d with bytes that are none: %s", rq->version,
                         err.message);
    else
        remember(l, &resp);
    int32_t n = e ? 0 : resp.api_keys.n;
    kafc__arena_fini(&a);
    if (e || !kafc__link_step(l, KAFC_LINK_EV_VERSIONS, l->heard_at))
        return;
    if (l->cfg.told)
        *l->cfg.told = KAFC_OK;
    kafc__log(l->cfg.log, KAFC_LOG_INFO,
              "%s is connected: %d APIs, Produce %d to %d, Fetch %d to %d", l->name, (int)n,
              l->have[KAFC_API_PRODUCE].min, l->have[KAFC_API_PRODUCE].max,
              l->have[KAFC_API_FETCH].min, l->have[KAFC_API_FETCH].max);
}

static void greeted(struct kafc_request *rq)
{
    struct kafc_link *l = rq->owner;
    if (l->state != KAFC_LINK_GREETING)
        return; /* the connection is gone */
    if (rq->result) {
        kafc__link_break(l, rq->result, "did not answer ApiVersions: %s", rq->why->message);
        return;
    }
    if (rq->end - rq->body < 2) {
        kafc__link_break(l, KAFC_ERR_PROTOCOL, "answered ApiVersions with %d bytes",
                         (int)(rq->end - rq->body));
        return;
    }
    /* The code is the first field of every version. */
    int16_t code = (int16_t)kafc__load16(rq->body);
    if (!code) {
        take_versions(l, rq);
    } else if (l->asked > 0) {
        l->asked = code == KAFC_ERR_UNSUPPORTED_VERSION ? best_of_broker(l, rq) : 0;
        kafc__link_step(l, KAFC_LINK_EV_AGAIN, l->heard_at);
    } else {
        kafc__link_break(l, KAFC_ERR_UNSUPPORTED, "refuses ApiVersions v0 with %s (%d)",
                         kafc_err_name((kafc_err)code), code);
    }
}

void kafc__link_greet(struct kafc_link *l, int64_t now)
{
    const struct kafc_api *api = &kafc_api_versions_api;
    if (!l->stage)
        l->stage = kafc__alloc(l->cfg.mem, KAFC_LINK_STAGE);
    if (!l->stage) {
        kafc__link_break(l, KAFC_ERR_NO_MEMORY, "cannot be read: out of memory");
        return;
    }
    if (l->asked < 0)
        l->asked = api->pick_max;
    kafc__msg_defaults(api->req, &l->greet_msg);
    l->greet_msg.client_software_name = (kafc_str){ "kafc", 4 };
    l->greet_msg.client_software_version = (kafc_str){ KAFC_VERSION, sizeof(KAFC_VERSION) - 1 };
    kafc__request_init(&l->greet, api, &l->greet_msg);
    l->greet.link = l;
    l->greet.broker = l->node;
    l->greet.version = l->asked;
    l->greet.timeout_us = l->cfg.request_timeout_us;
    l->greet.deadline = INT64_MAX - now > l->greet.timeout_us ? now + l->greet.timeout_us
                                                              : INT64_MAX;
    l->greet.done = greeted;
    l->greet.owner = l;
    if (l->greet.deadline < l->alarm)
        l->alarm = l->greet.deadline;
    kafc_error err;
    if (kafc__link_encode(l, &l->greet, &err))
        kafc__link_break(l, err.code, "cannot be greeted: %s", err.message);
}
