/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Produce requests fitted to the version that the broker knows: batches become
 * message sets for those before 0.11, and what these cannot hold is taken out
 * of the request before it is sent (rules W6, W8). The driver's thread, from
 * inside the link.
 */
#include "core/producer_internal.h"
#include "protocol/record/downgrade.h"

enum { FIRST_V2 = 3, UNPACKED_LIMIT = 1 << 30 };

/* The batch as a message set behind *out. */
static kafc_err rewrite(struct kafc_producer *p, const struct kafc_batch_out *b, int8_t magic,
                        struct kafc_chain *out, kafc_error *err)
{
    struct kafc_set set = { .mem = &p->cfg.mem,
                            .pool = p->pool.segs,
                            .out = out,
                            .magic = magic,
                            .level = b->zip ? b->zip->level : 0 };
    struct kafc_frame *flat = kafc__batch_out_flat(&p->pool, b);
    struct kafc_batches it;
    struct kafc_batch batch;
    if (!flat)
        return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for a batch");
    kafc__batches_init(&it, flat->data, flat->len);
    kafc_err rc = kafc__batch_next(&it, &batch, err);
    if (rc == KAFC_OK)
        rc = kafc__batch_downgrade(&set, &batch, UNPACKED_LIMIT, err);
    if (rc == KAFC_OK && out->len > INT32_MAX)
        rc = kafc__error(err, KAFC_ERR_TOO_LARGE, "a message set of %zu bytes", out->len);
    kafc__frame_unref(flat);
    return rc;
}

/* The batch is not sent; its outcome is told when the request is over. */
static void leave_out(struct kafc_flight *f, int32_t i, kafc_err code, bool headers,
                      const char *why)
{
    f->refused[f->nrefused++] = (struct kafc_refused){ f->batch[i], code, headers, why };
    f->batch[i] = NULL;
}

static void refuse(struct kafc_flight *f, int32_t i, const kafc_error *why, bool headers)
{
    struct kafc_batch_out *b = f->batch[i];
    leave_out(f, i, why->code, headers,
              kafc__producer_words(f->p, why->message, strlen(why->message)));
    kafc__producer_say(f->p, KAFC_LOG_WARN, "%s [%d]: %s", b->topic, (int)b->partition,
                       why->message);
}

static struct kafc_produce_req_topic *topic_in(const struct kafc_flight *f,
                                               const struct kafc_batch_out *b)
{
    struct kafc_part *part = b->owner;
    for (int32_t k = 0; k < f->req.topic_data.n; k++)
        if (f->req.topic_data.v[k].name.p == part->topic->name)
            return &f->req.topic_data.v[k];
    return NULL;
}

/* The request's partitions anew, with what the batches have become; topics that are left without go. */
static void refill(struct kafc_flight *f)
{
    struct kafc_produce_req_topic *v = f->req.topic_data.v;
    int32_t n = 0;
    for (int32_t k = 0; k < f->req.topic_data.n; k++)
        v[k].partition_data.n = 0;
    for (int32_t i = 0; i < f->n; i++) {
        struct kafc_produce_req_topic *t = f->batch[i] ? topic_in(f, f->batch[i]) : NULL;
        if (!t)
            continue;
        struct kafc_produce_req_partition *rp = &t->partition_data.v[t->partition_data.n++];
        rp->index = f->batch[i]->partition;
        const struct kafc_chain *as = f->old ? &f->old[i] : &f->batch[i]->chain;
        rp->records = (struct kafc_records){ .len = (int32_t)as->len, .chain = as->head };
    }
    for (int32_t k = 0; k < f->req.topic_data.n; k++)
        if (v[k].partition_data.n)
            v[n++] = v[k];
    f->req.topic_data.n = n;
}

/* Is one of its partition in front of it, and under way? They were queued together when several could be. */
static bool overtakes(const struct kafc_batch_out *b)
{
    const struct kafc_part *part = b->owner;
    return b->node.prev != &part->queue;
}

/* By what the topic's batches go through, also when this one did not shrink: who asked for the impossible hears of it
 * with the first message, not with the first long one. */
static kafc_err codec_fits(const struct kafc_flight *f, const struct kafc_batch_out *b,
                           int16_t version, kafc_error *err)
{
    const struct kafc_batch_codec *zip = ((const struct kafc_part *)b->owner)->topic->zip;
    const struct kafc_codec *codec = zip ? zip->codec : NULL;
    if (!codec || version >= codec->min_produce)
        return KAFC_OK;
    return kafc__error(err, KAFC_ERR_UNSUPPORTED,
                       "%s needs Produce %d, and node %d knows it up to version %d: the broker is "
                       "too old",
                       codec->name, codec->min_produce, (int)f->to->id, version);
}

static bool all_fit(const struct kafc_flight *f, int16_t version)
{
    for (int32_t i = 0; i < f->n; i++)
        if (codec_fits(f, f->batch[i], version, NULL) != KAFC_OK)
            return false;
    return true;
}

/* Leaves out what the broker cannot hold, and rewrites the rest if it has to be. */
static kafc_err refit(struct kafc_flight *f, int16_t version, kafc_error *err)
{
    kafc_error why;
    kafc__error(&why, KAFC_ERR_WOULD_BLOCK, "a batch in front is under way");
    bool old = version < FIRST_V2;
    f->refused = kafc__arena_array(&f->arena, (size_t)f->n, sizeof(*f->refused));
    f->old = old ? kafc__arena_array(&f->arena, (size_t)f->n, sizeof(*f->old)) : NULL;
    if (!f->refused || (old && !f->old))
        return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for a request");
    for (int32_t i = 0; i < f->n; i++) {
        if (codec_fits(f, f->batch[i], version, &why) != KAFC_OK)
            refuse(f, i, &why, false);
        else if (old && overtakes(f->batch[i]))
            leave_out(f, i, KAFC_OK, false, NULL);
        else if (old && rewrite(f->p, f->batch[i], kafc__magic_of_produce(version), &f->old[i],
                                &why) != KAFC_OK)
            refuse(f, i, &why, why.code == KAFC_ERR_UNSUPPORTED);
    }
    refill(f);
    if (f->nrefused < f->n)
        return KAFC_OK;
    return kafc__error(err, why.code, "%s", why.message);
}

/* Brokers before 0.11 know no producer ids (rule W6). That others of the cluster do was found out before. */
static kafc_err without_id(struct kafc_producer *p, const struct kafc_flight *f, int16_t version,
                           kafc_error *err)
{
    if (!p->idempotent)
        return KAFC_OK;
    if (p->cfg.idempotence_asked)
        return kafc__error(err, KAFC_ERR_UNSUPPORTED,
                           "idempotence was asked for, and node %d knows Produce up to version %d: "
                           "the broker is too old, it needs one from 0.11 on",
                           (int)f->to->id, version);
    p->idempotent = false;
    p->max_in_flight = 1;
    kafc__producer_say(p, KAFC_LOG_WARN,
                       "node %d knows Produce up to version %d: goes on without idempotence, one "
                       "batch in flight",
                       (int)f->to->id, version);
    return KAFC_OK;
}

kafc_err kafc__producer_fit(struct kafc_request *rq, kafc_error *err)
{
    struct kafc_flight *f = rq->owner;
    kafc_err rc = KAFC_OK;
    if (rq->version < FIRST_V2)
        rc = without_id(f->p, f, rq->version, err);
    if (rc == KAFC_OK && (rq->version < FIRST_V2 || !all_fit(f, rq->version)))
        rc = refit(f, rq->version, err);
    if (rc == KAFC_OK)
        kafc__producer_stat_sent(f->p, f);
    return rc;
}

void kafc__flight_old_clear(struct kafc_flight *f)
{
    for (int32_t i = 0; f->old && i < f->n; i++)
        kafc__chain_clear(&f->old[i], f->p->pool.segs);
    f->old = NULL;
    f->refused = NULL;
    f->nrefused = 0;
}
