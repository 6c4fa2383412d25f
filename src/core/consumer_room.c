/* SPDX-License-Identifier: BSD-2-Clause
 *
 * How much a fetch may bring, and what is left of it in older versions.
 * Driver's thread, the consumer's lock held.
 */
#include "base/log.h"
#include "core/consumer_internal.h"

/* What is received is read again at once, by the one who sums it up and by the application: half a megabyte is in a
 * cache then, 4 MB are not and cost half as much again. But where an answer is long on its way, a small one is mostly
 * way. */
enum { ANSWER_LEAST = 1 << 19, ANSWER_EACH = 4096, ANSWER_SLOW_US = 10000, ANSWER_FAST_US = 2500 };

/* At most, of n partitions: each of them costs something, too. */
static size_t answer_for(const struct kafc_fetcher *f, size_t n)
{
    size_t least = ANSWER_LEAST + n * ANSWER_EACH;

    return f && f->answer > least ? f->answer : least;
}

/* As large as it is, or larger: an answer that was as large as it might be and took long. */
void kafc__fetch_adapt(struct kafc_fetcher *f, size_t got)
{
    size_t most = (size_t)f->c->cfg.options.max_bytes;

    /* Of old ones each partition has a share, and batches that are larger must be asked for again. */
    if (f->rq.version < 3)
        f->answer = most;
    else if (got < (size_t)f->msg.max_bytes / 2)
        return;
    else if (f->rq.took_us > ANSWER_SLOW_US)
        f->answer = got < most / 2 ? got * 2 : most;
    else if (f->rq.took_us < ANSWER_FAST_US)
        f->answer /= 2;
}

int32_t kafc__fetch_room(const struct kafc_consumer *c, const struct kafc_fetcher *f, size_t n,
                         size_t others, bool *crowded)
{
    const kafc_reader_options *o = &c->cfg.options;
    size_t used = atomic_load(&c->budget->used) + c->reserved, one = (size_t)o->partition_max_bytes;
    size_t left = used < c->budget->limit ? c->budget->limit - used : 0;
    size_t want = one < (size_t)o->max_bytes / n ? one * n : (size_t)o->max_bytes;

    if (want > answer_for(f, n))
        want = answer_for(f, n);
    if (left == 0 || (left < one && c->reserved > 0))
        return 0;
    size_t share = left / (others + 2);
    share = share > one ? share : left < one ? left : one;
    share = want < share ? want : share;
    *crowded = left - share < others * one;
    return (int32_t)share;
}

/* Before version 3 nothing bounds the answer but the bounds of its partitions. Those whose batch was cut off need what
 * they ask for: as many as there is room for, nothing of the rest. The others share what is left. */
static void share_room(struct kafc_fetcher *f)
{
    int32_t n = f->msg.topics.n < f->nasked ? f->msg.topics.n : f->nasked, others = 0;
    int32_t left = f->msg.max_bytes;

    for (int32_t i = 0; i < n; i++) {
        int32_t *max = &f->msg.topics.v[i].partitions.v[0].partition_max_bytes;

        others += f->asked[i].p->max_bytes == 0;
        if (f->asked[i].p->max_bytes > 0 && *max > left)
            *max = 0;
        left -= f->asked[i].p->max_bytes > 0 ? *max : 0;
    }
    int32_t share = others ? left / others : 0;
    if (share == 0 && others == n)
        share = 1;
    for (int32_t i = 0; i < n; i++) {
        int32_t *max = &f->msg.topics.v[i].partitions.v[0].partition_max_bytes;

        if (f->asked[i].p->max_bytes == 0 && *max > share)
            *max = share;
    }
}

/* Before version 12 there is no word for the epoch of what was read last, before 7 there are no sessions. */
kafc_err kafc__fetch_fit(struct kafc_request *rq, kafc_error *err)
{
    struct kafc_fetcher *f = rq->owner;

    if (rq->version < 7 && f->msg.session_epoch > 0)
        return kafc__error(err, KAFC_ERR_FETCH_SESSION_ID_NOT_FOUND,
                           "node %d knows sessions no more", f->node_id);
    if (rq->version < 3)
        share_room(f);
    for (int32_t i = 0; rq->version < 12 && i < f->msg.topics.n; i++)
        for (int32_t k = 0; k < f->msg.topics.v[i].partitions.n; k++)
            f->msg.topics.v[i].partitions.v[k].last_fetched_epoch = -1;
    return KAFC_OK;
}
