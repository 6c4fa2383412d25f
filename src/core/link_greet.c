/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The first thing said on every connection (rule C8): ApiVersions in our best
 * version, again in the broker's best when it does not know ours; and what
 * brokers are spoken to with that know no ApiVersions (kafc_greeting). Driver's
 * thread, from the link's state table.
 */
#include "base/mem.h"
#include "base/str.h"
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

static void learn_features(struct kafc_features *f, const struct kafc_api_versions_resp *resp)
{
    if (!f || resp->finalized_features_epoch <= f->epoch)
        return;
    f->epoch = resp->finalized_features_epoch;
    f->transaction_version = 0;
    for (int32_t i = 0; i < resp->finalized_features.n; i++) {
        const struct kafc_api_versions_resp_finalized *x = &resp->finalized_features.v[i];
        if (kafc__str_is(x->name, "transaction.version"))
            f->transaction_version = x->max_version_level;
    }
}

/* Of brokers from 0.8 on; one of 0.9 knows more, which it cannot say. Groups committed before they had members. */
static const struct {
    int8_t key, max;
} old_versions[] = {
    { KAFC_API_PRODUCE, 0 },          { KAFC_API_FETCH, 0 },         { KAFC_API_LIST_OFFSETS, 0 },
    { KAFC_API_METADATA, 0 },         { KAFC_API_OFFSET_COMMIT, 1 }, { KAFC_API_OFFSET_FETCH, 1 },
    { KAFC_API_FIND_COORDINATOR, 0 },
};

static void assume_old(struct kafc_link *l)
{
    for (int i = 0; i < KAFC_LINK_APIS; i++)
        l->have[i].max = -1;
    for (size_t i = 0; i < sizeof(old_versions) / sizeof(*old_versions); i++) {
        l->have[old_versions[i].key].min = 0;
        l->have[old_versions[i].key].max = old_versions[i].max;
    }
    if (l->cfg.told)
        *l->cfg.told = KAFC_OK;
    kafc__log(l->cfg.log, KAFC_LOG_INFO,
              "%s is connected: a broker before 0.10, with the versions of 0.8", l->name);
}

/* Was the connection closed over the question that is out, and without a word? */
static bool shut_out(const struct kafc_link *l, kafc_err why)
{
    const struct kafc_slot *s = KAFC_LIST_FIRST(&l->flight, struct kafc_slot, node);
    return why == KAFC_ERR_DISCONNECTED && !l->broken.code && s && s->rq == &l->greet &&
           s->written == s->total && !l->nstage && !l->frame;
}

enum kafc_greeting kafc__link_learn(const struct kafc_link *l, kafc_err why)
{
    enum kafc_greeting now = *l->cfg.greeting; /* other links may know more */
    if (why == KAFC_ERR_CLOSED || l->state == KAFC_LINK_DOWN)
        return now;
    if (l->state >= KAFC_LINK_LOGIN)
        return l->greeting == KAFC_GREET_OLD ? KAFC_GREET_PROBE : now;
    if (l->state == KAFC_LINK_OPENING)
        return now == KAFC_GREET_OLD ? KAFC_GREET_PROBE : KAFC_GREET_ASK;
    bool shut = shut_out(l, why);
    if (l->greeting == KAFC_GREET_ASK)
        return shut && !l->greeted && now == KAFC_GREET_ASK ? KAFC_GREET_PROBE : now;
    /* Who is wrong about it reads without isolation. */
    bool cannot_be = l->cfg.features && l->cfg.features->isolation;
    if (!shut || l->greeted != 1 || cannot_be)
        return KAFC_GREET_ASK;
    return l->greeting == KAFC_GREET_PROBE ? KAFC_GREET_AGAIN : KAFC_GREET_OLD;
}

bool kafc__link_reopens(const struct kafc_link *l, kafc_err why)
{
    return l->state == KAFC_LINK_GREETING && shut_out(l, why) &&
           kafc__link_learn(l, why) > l->greeting;
}

/* Is it to be asked whether it wants a login? */
static bool suspect(const struct kafc_link *l)
{
    return *l->cfg.suspect && l->have[KAFC_API_SASL_HANDSHAKE].max >= 0;
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
    if (!e)
        learn_features(l->cfg.features, &resp);
    if (!e && l->cfg.features && l->have[KAFC_API_FETCH].max >= 4)
        l->cfg.features->isolation = true;
    int32_t n = e ? 0 : resp.api_keys.n;
    kafc__arena_fini(&a);
    if (e || !kafc__link_step(l, l->cfg.login || suspect(l) ? KAFC_LINK_EV_LOGIN : KAFC_LINK_EV_VERSIONS,
                                 l->heard_at))
        return;
    *l->cfg.greeting = KAFC_GREET_ASK; /* the broker's word ends all guessing */
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
        kafc__link_break(l, rq->result, "did not answer %s: %s", rq->api->name, rq->why->message);
        return;
    }
    if (rq->end - rq->body < 2) {
        kafc__link_break(l, KAFC_ERR_PROTOCOL, "answered %s with %d bytes", rq->api->name,
                         (int)(rq->end - rq->body));
        return;
    }
    l->greeted++;
    if (rq->api->key == KAFC_API_LIST_OFFSETS) { /* whatever it says: somebody is there */
        kafc__link_step(l, KAFC_LINK_EV_AGAIN, l->heard_at);
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

static void ask_versions(struct kafc_link *l, int64_t now)
{
    const struct kafc_api *api = &kafc_api_versions_api;
    if (l->asked < 0)
        l->asked = api->pick_max;
    kafc__msg_defaults(api->req, &l->greet_msg);
    l->greet_msg.client_software_name = kafc__str("kafc");
    l->greet_msg.client_software_version = kafc__str(KAFC_VERSION);
    kafc__link_ask(l, &l->greet, api, l->asked, &l->greet_msg, greeted, now);
}

void kafc__link_greet(struct kafc_link *l, int64_t now)
{
    const struct kafc_api *probe = &kafc_list_offsets_api;
    if (!l->stage)
        l->stage = kafc__alloc(l->cfg.mem, KAFC_LINK_STAGE);
    if (!l->stage) {
        kafc__link_break(l, KAFC_ERR_NO_MEMORY, "cannot be read: out of memory");
    } else if (l->greeting == KAFC_GREET_OLD) {
        assume_old(l);
    } else if (l->greeting != KAFC_GREET_ASK && !l->greeted) {
        kafc__msg_defaults(probe->req, &l->probe_msg);
        l->probe_msg.replica_id = -1;
        kafc__link_ask(l, &l->greet, probe, 0, &l->probe_msg, greeted, now);
    } else {
        ask_versions(l, now);
    }
}
