/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What an attempt at a batch came to: a verdict, another attempt, or two
 * smaller batches. By the class of the error, after the few codes that mean
 * something of their own in Produce. The driver's thread.
 */
#include "core/producer_internal.h"

enum { ENDING_US = 20000 }; /* the transaction before is being ended, which does not take long */

enum reaction {
    ACKNOWLEDGE,
    RETRY,        /* the same again, after a while */
    REFRESH,      /* the same, and metadata is wrong */
    OUT_OF_ORDER, /* a batch before it is missing */
    FORGOTTEN,    /* the broker has forgotten the producer */
    SPLIT,
    FAIL,
    FAIL_ALL /* the producer may write no more; without a sequence: FAIL */
};

/* Codes that do not do what their class says. */
static const struct {
    kafc_err code;
    enum reaction reaction;
    bool doubt; /* it may have been appended all the same */
} special[] = {
    { KAFC_OK, ACKNOWLEDGE, false },
    { KAFC_ERR_DUPLICATE_SEQUENCE_NUMBER, ACKNOWLEDGE, false },
    { KAFC_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER, OUT_OF_ORDER, false },
    { KAFC_ERR_UNKNOWN_PRODUCER_ID, FORGOTTEN, false },
    { KAFC_ERR_CLUSTER_AUTHORIZATION_FAILED, FAIL_ALL, false },
    { KAFC_ERR_PRODUCER_FENCED, FAIL_ALL, false },
    { KAFC_ERR_MESSAGE_TOO_LARGE, SPLIT, false },
    { KAFC_ERR_RECORD_LIST_TOO_LARGE, SPLIT, false },
    { KAFC_ERR_UNKNOWN_SERVER_ERROR, FAIL, true },
    /* a leader that steps down while it waits for its replicas answers so, and has appended */
    { KAFC_ERR_NOT_LEADER_OR_FOLLOWER, REFRESH, true },
    { KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION, REFRESH, true },
    { KAFC_ERR_REQUEST_TIMED_OUT, RETRY, true },
    { KAFC_ERR_NOT_ENOUGH_REPLICAS_AFTER_APPEND, RETRY, true },
    { KAFC_ERR_NETWORK_EXCEPTION, REFRESH, true },
    { KAFC_ERR_KAFKA_STORAGE_ERROR, REFRESH, true },
};

static enum reaction by_class(const struct kafc_outcome *o)
{
    if (o->transport && (o->code == KAFC_ERR_BROKER_NOT_AVAILABLE || o->code == KAFC_ERR_TIMED_OUT))
        return REFRESH; /* the node is not in the metadata, or does not answer */
    if (o->code == KAFC_ERR_NO_MEMORY)
        return RETRY;
    switch (kafc_err_class_of(o->code)) {
    case KAFC_CLASS_RETRY: return RETRY;
    case KAFC_CLASS_REFRESH:
    case KAFC_CLASS_RECONNECT:
    case KAFC_CLASS_COORDINATOR: return REFRESH;
    case KAFC_CLASS_NONE:
    case KAFC_CLASS_REJOIN:
    case KAFC_CLASS_ABORT:
    case KAFC_CLASS_FATAL:
    case KAFC_CLASS_USAGE: break;
    }
    return FAIL;
}

/* What is said of producers and sequences means nothing to who has none. */
static enum reaction without_sequence(enum reaction r)
{
    return r == OUT_OF_ORDER || r == FORGOTTEN || r == FAIL_ALL ? FAIL : r;
}

static enum reaction react(const struct kafc_outcome *o, bool *doubt)
{
    *doubt = o->doubt;
    for (size_t i = 0; !o->transport && i < sizeof(special) / sizeof(special[0]); i++) {
        if (special[i].code != o->code)
            continue;
        *doubt = special[i].doubt;
        return special[i].reaction;
    }
    if (!o->transport && strcmp(kafc_err_name(o->code), "UNKNOWN") == 0)
        *doubt = true; /* a code of a later version: who knows what it means */
    return by_class(o);
}

static void acknowledge(struct kafc_producer *p, struct kafc_batch_out *b,
                        const struct kafc_outcome *o)
{
    b->base_offset = o->code == KAFC_OK && o->base_offset >= 0 ? o->base_offset
                                                               : KAFC_OFFSET_UNKNOWN;
    b->append_time = o->append_time;
    kafc__producer_settle(p, b, p->cfg.acks ? KAFC_ACKNOWLEDGED : KAFC_UNCONFIRMED, KAFC_OK);
}

static void again(struct kafc_producer *p, struct kafc_batch_out *b, const struct kafc_outcome *o,
                  bool refresh)
{
    struct kafc_part *part = b->owner;
    int64_t now = kafc__core_now(p->core);
    b->cause = o->code;
    b->again = true;
    if (refresh)
        kafc__meta_stale(p->core);
    bool spent = p->cfg.attempts_max && b->sent >= p->cfg.attempts_max;
    if (spent || kafc__producer_deadline(p, b) <= now) {
        kafc__producer_fail(p, b, o->code);
        return;
    }
    if (p->txn && kafc__txn_dooms(p->txn, b)) {
        kafc__producer_fail(p, b, p->fatal != KAFC_OK ? p->fatal : KAFC_ERR_ABORTED);
        return;
    }
    int64_t pause = o->code == KAFC_ERR_CONCURRENT_TRANSACTIONS && b->attempts < 10
                        ? ENDING_US
                        : kafc__core_retry_delay(p->core, b->attempts);
    int64_t at = o->now ? now : now + pause;
    part->retry_at = at > part->retry_at || o->now ? at : part->retry_at;
    b->attempts++;
    kafc__count(&p->stats.retries, 1);
}

/* A batch in front of it is missing. As long as one is under way, that is only to be expected; the first in line gets
 * a new number under a new epoch, and those behind it as well. But not where the missing one was given up and may yet
 * arrive: an attempt at this one, if it is astray as well, would be taken behind it, beside the one with a new
 * number. */
static void out_of_order(struct kafc_producer *p, struct kafc_batch_out *b,
                         const struct kafc_outcome *o)
{
    struct kafc_part *part = b->owner;
    struct kafc_outcome soon = *o;
    bool first = b->node.prev == &part->queue && b->sequence >= 0;
    if (first && p->txn) { /* an abort alone gives a new epoch */
        kafc__producer_fail(p, b, o->code);
        return;
    }
    if (first && !(part->ghost && b->astray)) {
        kafc__producer_say(
            p, KAFC_LOG_WARN, "%s [%d]: %s at sequence %d of epoch %d: goes on under a new epoch",
            b->topic, (int)b->partition, kafc_err_name(o->code), (int)b->sequence, (int)b->epoch);
        kafc__producer_renumber(part);
        soon.now = b->attempts < 2;
    }
    again(p, b, &soon, false);
}

/* All of the producer's records have left the log, and its sequences with them: they begin anew. */
static bool begin_anew(struct kafc_producer *p, struct kafc_part *part,
                       const struct kafc_outcome *o)
{
    if (!p->txn || part->log_end < 0 || o->log_start < part->log_end || part->in_flight)
        return false;
    struct kafc_batch_out *b = KAFC_LIST_FIRST(&part->queue, struct kafc_batch_out, node);
    for (; b; b = KAFC_LIST_NEXT(&part->queue, b, struct kafc_batch_out, node))
        b->sequence = -1;
    part->next_sequence = part->acknowledged = 0;
    part->log_end = -1;
    part->proven = false;
    return true;
}

void kafc__producer_outcome(struct kafc_producer *p, struct kafc_batch_out *b,
                            const struct kafc_outcome *o)
{
    bool doubt;
    enum reaction r = react(o, &doubt);
    struct kafc_part *part = b->owner;
    b->broker = o->broker;
    if (!p->idempotent && b->sequence < 0)
        r = without_sequence(r);
    b->sent += o->answer || o->doubt;
    if (r == ACKNOWLEDGE) {
        part->retry_at = 0;
        part->proven = part->proven ||
                       (b->producer_id == part->producer_id && b->epoch == part->epoch);
        part->acknowledged = kafc__sequence_add(b->sequence, b->count);
        part->log_end = o->base_offset >= 0 ? o->base_offset + b->count : part->log_end;
        acknowledge(p, b, o);
        return;
    }
    kafc__count(&p->stats.errors, 1);
    b->doubt = b->doubt || doubt;
    b->astray = b->astray || o->astray;
    kafc__producer_blame(p, b, o);
    if (!o->transport)
        kafc__producer_say(p, KAFC_LOG_DEBUG, "%s [%d]: %s", b->topic, (int)b->partition,
                           kafc_err_name(o->code));
    if (p->cfg.acks == 0 && doubt) { /* nobody would ever know */
        kafc__producer_fail(p, b, o->code);
        return;
    }
    switch (r) {
    case RETRY:
    case REFRESH: again(p, b, o, r == REFRESH); return;
    case OUT_OF_ORDER: out_of_order(p, b, o); return;
    case FORGOTTEN:
        if ((o->log_start < 0 && b->attempts < 2) /* it may know more the next time */
            || begin_anew(p, part, o))
            again(p, b, o, false);
        else
            out_of_order(p, b, o);
        return;
    case SPLIT:
        if (b->count > 1 && kafc__producer_split(p, b, KAFC_SPLIT_SIZE))
            return;
        break;
    case FAIL: /* only messages with headers do: those without can be sent */
        if (o->headers && b->count > 1 && kafc__producer_split(p, b, KAFC_SPLIT_HEADERS))
            return;
        break;
    case FAIL_ALL: /* itself first: the end of the producer settles all that it finds */
        kafc__producer_fail(p, b, o->code);
        kafc__producer_forbid(p, o->code, kafc_err_name(o->code), kafc_err_text(o->code));
        return;
    case ACKNOWLEDGE: break;
    }
    kafc__producer_fail(p, b, o->code);
}
