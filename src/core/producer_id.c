/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Idempotence: the producer's id and epoch, and the sequence of each partition
 * (rules W5, W6). An epoch is bumped here alone, and only when nothing of the
 * partition is in flight, so that a batch which may be in the log is never
 * given a second number while the first could still be recognised.
 */
#include "core/producer_internal.h"
#include "core/retry.h"

static void id_done(struct kafc_request *rq);

static const int64_t NO_TIMEOUT_MS = INT32_MAX;

void kafc__producer_ask_id(struct kafc_producer *p)
{
    int64_t now = kafc__core_now(p->core);
    if (p->txn || !p->idempotent || p->id_state != KAFC_ID_NONE || p->fatal != KAFC_OK ||
        now < p->id_at)
        return;
    const struct kafc_api *api = &kafc_init_producer_id_api;
    kafc__msg_defaults(api->req, &p->id_req);
    p->id_req.transactional_id = (kafc_str){ NULL, 0 };
    p->id_req.transaction_timeout_ms = (int32_t)NO_TIMEOUT_MS;
    p->id_req.producer_id = -1;
    p->id_req.producer_epoch = -1;
    p->id_rq = (struct kafc_request){ .api = api,
                                      .msg = &p->id_req,
                                      .min_version = api->pick_min,
                                      .max_version = api->pick_max,
                                      .done = id_done,
                                      .owner = p };
    p->id_rq.timeout_us = p->cfg.request_timeout_us
                              ? p->cfg.request_timeout_us
                              : kafc__core_config(p->core)->request_timeout_us;
    kafc__list_init(&p->id_rq.node);
    p->id_state = KAFC_ID_ASKED;
    kafc__core_send(p->core, KAFC_ANY_NODE, KAFC_FOR_CONTROL, &p->id_rq);
}

void kafc__producer_forbid(struct kafc_producer *p, kafc_err code, const char *what, const char *why)
{
    if (p->fatal != KAFC_OK)
        return;
    p->fatal = code;
    p->fatal_why = kafc__producer_words(p, why, strlen(why));
    kafc__producer_say(p, KAFC_LOG_ERROR, "writes no more: %s: %s", what, why);
    kafc__producer_place_busy(p);
}

/* What waits fails; the next message has it asked again, as it may be allowed by then. */
static void id_denied(struct kafc_producer *p, kafc_err code, const char *why)
{
    p->id_at = kafc__core_now(p->core) + kafc__core_retry_delay(p->core, p->id_attempts++);
    p->fatal = code;
    p->fatal_why = kafc__producer_words(p, why, strlen(why));
    kafc__producer_say(p, KAFC_LOG_ERROR, "no producer id, and idempotence was asked for: %s", why);
    kafc__producer_place_busy(p);
    p->fatal = KAFC_OK;
}

/* Rule W6: the default gives way, what was asked for is an error. */
static void id_refused(struct kafc_producer *p, kafc_err code, const char *why)
{
    if (p->cfg.idempotence_asked && code == KAFC_ERR_CLUSTER_AUTHORIZATION_FAILED) {
        id_denied(p, code, why);
        return;
    }
    if (p->cfg.idempotence_asked) {
        kafc__producer_forbid(p, code, "no producer id, and idempotence was asked for", why);
        return;
    }
    p->idempotent = false;
    p->max_in_flight = 1;
    kafc__producer_say(p, KAFC_LOG_WARN,
                       "no producer id, goes on without idempotence, one batch in flight: %s", why);
    kafc__producer_place_busy(p);
}

void kafc__producer_identify(struct kafc_producer *p, int64_t id, int16_t epoch)
{
    p->producer_id = id;
    p->epoch = epoch;
    p->id_state = KAFC_ID_READY;
    p->id_attempts = 0;
    kafc__log_in(&p->log, KAFC_LOG_DEBUG, KAFC_DEBUG_EOS, "producer id %lld, epoch %d",
                 (long long)p->producer_id, (int)p->epoch);
    kafc__producer_place_list(p, &p->without_id);
    kafc__producer_place_busy(p);
}

static void id_done(struct kafc_request *rq)
{
    struct kafc_producer *p = rq->owner;
    kafc__producer_enter(p);
    struct kafc_init_producer_id_resp resp;
    kafc_error e = { .code = rq->result };
    kafc_err code = rq->result;
    const char *why = rq->why && code != KAFC_OK ? rq->why->message : "";
    bool answered = false;
    p->id_state = KAFC_ID_NONE;
    kafc__arena_reset(&p->arena);
    if (code == KAFC_OK) {
        code = kafc__request_decode(rq, &resp, &p->arena, &e);
        why = e.message;
        answered = code == KAFC_OK;
        if (answered) {
            code = (kafc_err)resp.error_code;
            why = kafc_err_text(code);
        }
    }
    if (code == KAFC_OK && resp.producer_id >= 0) {
        kafc__producer_identify(p, resp.producer_id, resp.producer_epoch);
    } else if (code == KAFC_ERR_CLUSTER_AUTHORIZATION_FAILED || code == KAFC_ERR_UNSUPPORTED ||
               code == KAFC_ERR_UNSUPPORTED_VERSION) {
        id_refused(p, code, why);
    } else if (answered && code != KAFC_OK &&
               !kafc__retry_reaction(kafc__retry_class(rq->api->key, code))->again) {
        kafc__producer_forbid(p, code, "no producer id", why);
    } else {
        kafc__producer_say(p, KAFC_LOG_WARN, "no producer id yet: %s", why);
        p->id_at = kafc__core_now(p->core) + kafc__core_retry_delay(p->core, p->id_attempts++);
    }
    kafc__producer_leave(p);
}

/* --- Sequences ----------------------------------------------------------------------- */

void kafc__producer_renumber(struct kafc_part *part)
{
    struct kafc_batch_out *b = KAFC_LIST_FIRST(&part->queue, struct kafc_batch_out, node);
    for (; b; b = KAFC_LIST_NEXT(&part->queue, b, struct kafc_batch_out, node))
        b->sequence = -1;
    part->hole = true;
}

/* A new epoch for the partition: the producer's, if another partition has bumped it already. */
static bool bump(struct kafc_producer *p, struct kafc_part *part)
{
    if (part->producer_id == p->producer_id && part->epoch == p->epoch) {
        if (p->epoch == INT16_MAX) {
            p->id_state = KAFC_ID_NONE;
            kafc__producer_ask_id(p);
            return false;
        }
        p->epoch++;
        kafc__log(&p->log, KAFC_LOG_INFO, "%s [%d]: producer epoch %d", part->topic->name,
                  (int)part->id, (int)p->epoch);
    }
    return true;
}

bool kafc__producer_id_ready(struct kafc_producer *p, struct kafc_part *part,
                             const struct kafc_batch_out *b)
{
    if (b && b->sequence >= 0)
        return true; /* again, with the number that it has */
    if (p->txn && !kafc__txn_admits(p->txn, part))
        return false;
    if (p->id_state != KAFC_ID_READY) {
        kafc__producer_ask_id(p);
        return false;
    }
    bool stale = part->producer_id != p->producer_id || part->epoch != p->epoch;
    if (!part->hole && !stale)
        return true;
    if (part->in_flight || (b && b->node.prev != &part->queue))
        return part->hole
                   ? false
                   : part->producer_id >= 0; /* the old epoch serves until all of it is settled */
    if (part->hole && !(p->txn ? stale : bump(p, part)))
        return false;
    part->producer_id = p->producer_id;
    part->epoch = p->epoch;
    part->next_sequence = part->acknowledged = 0;
    part->proven = false;
    part->hole = part->ghost = false;
    return true;
}

void kafc__producer_number(struct kafc_producer *p, struct kafc_batch_out *b)
{
    struct kafc_part *part = b->owner;
    if (b->sequence < 0 && !p->idempotent) {
        kafc__batch_out_header(b, -1, -1, -1, false);
        return;
    }
    if (b->sequence < 0) { /* what has one keeps it: the leader may have written it already */
        b->producer_id = part->producer_id;
        b->epoch = part->epoch;
        b->sequence = part->next_sequence;
        b->astray = false;
        b->nth = part->numbered++;
        part->next_sequence = kafc__sequence_add(b->sequence, b->count);
    }
    kafc__batch_out_header(b, b->producer_id, b->epoch, b->sequence, p->txn != NULL);
}
