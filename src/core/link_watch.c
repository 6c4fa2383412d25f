/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What is counted of a link's requests. Driver's thread.
 */
#include "core/link_internal.h"

static struct kafc_api_traffic *traffic_of(struct kafc_link *l, const struct kafc_api *api)
{
    return l->cfg.stats ? kafc__api_traffic(&l->cfg.stats->traffic, api) : NULL;
}

void kafc__link_asked(struct kafc_link *l, const struct kafc_request *rq)
{
    struct kafc_api_traffic *a = traffic_of(l, rq->api);
    struct kafc_node_traffic *n = l->cfg.traffic;
    if (l->cfg.stats)
        kafc__count(&l->cfg.stats->requests, 1);
    if (a) {
        atomic_store_explicit(&a->version, rq->version < 0 ? 0 : (uint64_t)rq->version, /* a bare token has none */
                              memory_order_relaxed);
        kafc__count(&a->requests, 1);
        kafc__count(&a->bytes_sent, rq->bytes);
    }
    if (n) {
        kafc__count(&n->requests, 1);
        kafc__count(&n->bytes_sent, rq->bytes);
    }
}

void kafc__link_landed(struct kafc_link *l)
{
    if (l->cfg.traffic)
        kafc__count(&l->cfg.traffic->landed, 1);
}

static void count_failure(struct kafc_link *l, struct kafc_api_traffic *a)
{
    if (l->cfg.stats)
        kafc__count(&l->cfg.stats->requests_failed, 1);
    if (l->cfg.traffic)
        kafc__count(&l->cfg.traffic->failed, 1);
    if (a)
        kafc__count(&a->failed, 1);
}

void kafc__link_ended(struct kafc_link *l, const struct kafc_request *rq, kafc_err code, int64_t now)
{
    struct kafc_api_traffic *a = traffic_of(l, rq->api);
    if (code != KAFC_OK)
        count_failure(l, a);
    if (code != KAFC_OK || !a)
        return;
    kafc__histogram_add(&a->queue_time, rq->begun_at - rq->queued_at);
    kafc__histogram_add(&a->write_time, rq->sent_at - rq->begun_at);
    if (rq->heard_at < 0)
        return; /* acks 0 */
    kafc__histogram_add(&a->wait_time, rq->heard_at - rq->sent_at);
    kafc__histogram_add(&a->read_time, now - rq->heard_at);
    kafc__histogram_add(&a->time, now - rq->queued_at);
}

void kafc__link_answered(struct kafc_link *l, const struct kafc_api *api, size_t bytes, int64_t took)
{
    struct kafc_api_traffic *a = traffic_of(l, api);
    struct kafc_node_traffic *n = l->cfg.traffic;
    if (l->cfg.stats)
        kafc__histogram_add(&l->cfg.stats->request_time, took);
    if (a)
        kafc__count(&a->bytes_received, bytes);
    if (n) {
        kafc__count(&n->bytes_received, bytes);
        kafc__histogram_add(&n->request_time, took);
    }
}

void kafc__link_throttled(struct kafc_link *l, const struct kafc_api *api, int16_t version, int32_t ms)
{
    if (l->cfg.traffic) {
        kafc__count(&l->cfg.traffic->throttled, 1);
        kafc__histogram_add(&l->cfg.traffic->throttle_time, (int64_t)ms * 1000);
    }
    kafc__log(l->cfg.log, KAFC_LOG_DEBUG, "%s throttles: %s v%d, %d ms", l->name, api->name, version,
              (int)ms);
}
