/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc_claim: a partition of a reader, taken from on a thread of its own. Each
 * claim waits on its own condition, so that a batch wakes one thread.
 */
#include "base/mem.h"
#include "client/loop.h"
#include "client/reader.h"

struct kafc_claim {
    kafc_reader *r;
    struct kafc_taker taker;
    struct kafc_mutex lock; /* of ready, for the wait alone; taken under the consumer's */
    struct kafc_cond changed;
    bool ready; /* something may be there since the last look */
    bool told;  /* a hook wants each message */
};

static void on_ready(void *ctx)
{
    kafc_claim *c = ctx;

    kafc__lock(&c->lock);
    c->ready = true;
    kafc__client_tell(c->r->client, &c->changed);
    kafc__unlock(&c->lock);
}

static kafc_claim *claim_new(kafc_reader *r)
{
    kafc_claim *c = kafc__zalloc(&r->client->mem, sizeof *c);

    if (!c)
        return NULL;
    c->r = r;
    kafc__reader_hold(r);
    c->told = r->client->hooks.on_consume != NULL;
    c->taker.on_ready = on_ready;
    c->taker.ctx = c;
    kafc__mutex_init(&c->lock);
    kafc__cond_init(&c->changed);
    return c;
}

static void claim_free(kafc_claim *c)
{
    kafc_reader *r = c->r;

    kafc__cond_fini(&c->changed);
    kafc__mutex_fini(&c->lock);
    kafc__free(&r->client->mem, c);
    kafc__reader_let_go(r);
}

kafc_err kafc_reader_claim(kafc_reader *r, kafc_claim **out, int timeout_ms, kafc_error *err)
{
    int64_t deadline = 0;
    kafc_claim *c;
    kafc_err code;

    if (out)
        *out = NULL;
    code = kafc__reader_begin(r, timeout_ms, "claim", out, err);
    if (code)
        return code;
    c = claim_new(r);
    if (!c)
        return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for a claim");
    do {
        code = kafc__consumer_claim(r->consumer, &c->taker, err);
    } while (kafc__reader_look_again(r, timeout_ms, &deadline, &code, err));
    if (code == KAFC_OK)
        *out = c;
    else
        claim_free(c);
    return code;
}

const char *kafc_claim_topic(const kafc_claim *c)
{
    return kafc__claim_of(&c->taker).topic;
}

int32_t kafc_claim_partition(const kafc_claim *c)
{
    return kafc__claim_of(&c->taker).partition;
}

bool kafc_claim_ended(const kafc_claim *c)
{
    return atomic_load_explicit(&c->taker.ended, memory_order_relaxed);
}

/* The start of every call: usable at all? It is also after the reader was closed: claims have ended then. */
static kafc_err enter(kafc_claim *c, kafc_error *err)
{
    return c ? kafc__client_check(c->r->client, err) : kafc__error(err, KAFC_ERR_USAGE, "no claim");
}

/* Until something may be there; false: the deadline has passed. */
static bool wait(kafc_claim *c, int64_t deadline)
{
    bool in_time = true;

    kafc__lock(&c->lock);
    while (!c->ready && in_time)
        in_time = kafc__client_wait(c->r->client, &c->changed, &c->lock, deadline);
    in_time = c->ready;
    c->ready = false;
    kafc__unlock(&c->lock);
    return in_time;
}

/* Nothing is there to take: KAFC_OK to look again. */
static kafc_err wait_for_more(kafc_claim *c, int timeout_ms, int64_t *deadline, kafc_error *err)
{
    if (kafc__loop_here())
        return kafc__error(err, KAFC_ERR_IN_CALLBACK,
                           "a call that waits was made from inside a callback of kafc");
    if (*deadline == 0) /* the clock is read only where there is nothing to read */
        *deadline = kafc__deadline_in(timeout_ms);
    return wait(c, *deadline) ? KAFC_OK : kafc__reader_timed_out(c->r, err);
}

kafc_err kafc_claim_fetch(kafc_claim *c, kafc_message *m, int timeout_ms, kafc_error *err)
{
    int64_t deadline = 0;
    kafc_err code = enter(c, err);

    if (code == KAFC_OK && !m)
        return kafc__error(err, KAFC_ERR_USAGE, "fetch needs room for a message, not NULL");
    while (code == KAFC_OK) {
        code = kafc__consumer_next(&c->taker, m, err);
        if (code == KAFC_OK && c->told)
            kafc__reader_tell(c->r, m);
        if (code != KAFC_ERR_WOULD_BLOCK || timeout_ms == 0)
            return code;
        code = wait_for_more(c, timeout_ms, &deadline, err);
    }
    return code;
}

kafc_err kafc_claim_fetch_batch(kafc_claim *c, kafc_batch **out, int timeout_ms, kafc_error *err)
{
    int64_t deadline = 0;
    kafc_err code = enter(c, err);

    if (code == KAFC_OK && !out)
        return kafc__error(err, KAFC_ERR_USAGE, "fetch_batch needs room for a batch, not NULL");
    while (code == KAFC_OK) {
        code = kafc__consumer_next_batch(&c->taker, out, err);
        if (code != KAFC_ERR_WOULD_BLOCK || timeout_ms == 0)
            return code;
        code = wait_for_more(c, timeout_ms, &deadline, err);
    }
    return code;
}

/* Of the claim's partition? The topic of the message may be gone with the batch that it was in. */
static kafc_err check_message(kafc_claim *c, const kafc_message *m, const char *call,
                              kafc_message *out, kafc_error *err)
{
    kafc_topic_partition of;
    kafc_err code = enter(c, err);

    if (code == KAFC_OK && !c->r->cg)
        return kafc__error(err, KAFC_ERR_USAGE, "%s needs a reader that was opened with .group",
                           call);
    if (code == KAFC_OK && !m)
        return kafc__error(err, KAFC_ERR_USAGE, "%s needs a message, not NULL", call);
    if (code)
        return code;
    of = kafc__claim_of(&c->taker);
    if (m->partition != of.partition)
        return kafc__error(err, KAFC_ERR_USAGE,
                           "%s: the message is of partition %d, the claim of %s [%d]", call,
                           m->partition, of.topic, of.partition);
    *out = *m;
    out->topic = of.topic;
    return KAFC_OK;
}

kafc_err kafc_claim_mark(kafc_claim *c, const kafc_message *m, kafc_error *err)
{
    kafc_message of;
    kafc_err code = check_message(c, m, "mark", &of, err);

    return code ? code : kafc__cg_mark(c->r->cg, &c->taker, &of, err);
}

kafc_err kafc_claim_commit(kafc_claim *c, const kafc_message *m, int timeout_ms, kafc_error *err)
{
    kafc_message of;
    kafc_err code = check_message(c, m, "commit", &of, err);

    return code ? code : kafc_reader_commit(c->r, &of, 1, timeout_ms, err);
}

kafc_err kafc_claim_seek(kafc_claim *c, kafc_position to, kafc_error *err)
{
    kafc_err code = enter(c, err);

    return code ? code : kafc__claim_seek(&c->taker, to, err);
}

kafc_err kafc_claim_state(kafc_claim *c, kafc_reader_state *out, kafc_error *err)
{
    kafc_err code = enter(c, err);

    if (code == KAFC_OK && !out)
        return kafc__error(err, KAFC_ERR_USAGE, "the state of a partition needs room, not NULL");
    if (code == KAFC_OK)
        kafc__claim_state(&c->taker, out);
    return code;
}

void kafc_claim_free(kafc_claim *c)
{
    if (!c || kafc__client_check(c->r->client, NULL))
        return;
    kafc__claim_fini(&c->taker); /* who closes the reader waits for it no longer */
    claim_free(c);
}
