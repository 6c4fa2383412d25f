/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The consumer's partitions: their states, notices, seeks.
 * See consumer_assign.c for what is read, consumer_take.c for what is handed
 * out, consumer_member.c for its life on the core, consumer_fetch.c and
 * consumer_offsets.c for what it asks the brokers.
 */
#include "core/consumer_internal.h"

#include <stdarg.h>
#include <stdio.h>

static const int8_t next_state[KAFC_CP_STATES][KAFC_CP_EVENTS] = {
    /*                    UNKNOWN         KNOWN         REACHED      BROKEN */
    [KAFC_CP_LOOKUP] = { KAFC_CP_LOOKUP, KAFC_CP_FETCH, KAFC_CP_DONE, KAFC_CP_FAILED },
    [KAFC_CP_FETCH] = { KAFC_CP_LOOKUP, KAFC_CP_FETCH, KAFC_CP_DONE, KAFC_CP_FAILED },
    [KAFC_CP_DONE] = { KAFC_CP_LOOKUP, KAFC_CP_FETCH, -1, KAFC_CP_FAILED },
    [KAFC_CP_FAILED] = { KAFC_CP_LOOKUP, KAFC_CP_FETCH, -1, KAFC_CP_FAILED },
};

int kafc__cp_next_state(enum kafc_cp_state s, enum kafc_cp_event e)
{
    return next_state[s][e];
}

void kafc__cp_step(struct kafc_consumer_partition *p, enum kafc_cp_event e)
{
    static const char *const names[] = { "lookup", "fetch", "done", "failed" };
    int to = next_state[p->state][e];

    if (to < 0 || to == (int)p->state)
        return;
    kafc__log_in(&kafc__core_config(p->c->core)->log, KAFC_LOG_DEBUG, KAFC_DEBUG_FETCH,
                 "%s [%d]: %s -> %s", p->topic->s, p->id, names[p->state], names[to]);
    p->state = (enum kafc_cp_state)to;
}

/* --- Partitions ------------------------------------------------------------- */

static int needs_of(kafc_position at, int time_bit)
{
    switch (at.kind) {
    case KAFC_POSITION_FIRST: return KAFC_NEED_FIRST;
    case KAFC_POSITION_LAST: return KAFC_NEED_LAST;
    case KAFC_POSITION_TAIL: return KAFC_NEED_FIRST | KAFC_NEED_LAST;
    case KAFC_POSITION_TIME:
    case KAFC_POSITION_AGO:
        return time_bit | KAFC_NEED_LAST; /* where nothing is as late: the end */
    case KAFC_POSITION_COMMITTED: return KAFC_NEED_COMMITTED;
    case KAFC_POSITION_DEFAULT:
    case KAFC_POSITION_CURRENT:
    case KAFC_POSITION_MAX_TIMESTAMP:
    case KAFC_POSITION_FIRST_LOCAL:
    case KAFC_POSITION_LAST_TIERED:
    case KAFC_POSITION_OFFSET: break;
    }
    return 0;
}

bool kafc__cp_is_through(const struct kafc_consumer_partition *p)
{
    return p->stop_offset < INT64_MAX && p->fetch_offset >= p->stop_offset;
}

bool kafc__cp_is_low(const struct kafc_consumer_partition *p)
{
    return p->queued <= (size_t)p->c->cfg.options.partition_max_bytes;
}

void kafc__cp_start(struct kafc_consumer_partition *p, kafc_position start)
{
    kafc__cp_drop(p);
    p->version++;
    p->busy = false;
    p->start = start;
    p->range_reset = false;
    p->lost = NULL;
    p->suspect = false;
    p->sure_epoch = -1;
    p->diverges = -1;
    p->topic_id = (kafc_uuid){ 0 };
    p->last_epoch = -1;
    p->max_bytes = 0;
    p->attempts = 0;
    p->retry_at = 0;
    p->end_told = -1;
    kafc__cp_fine(p);
    p->position = -1;
    p->delivered = false;
    p->epoch = -1;
    p->replica = -1;
    p->behind = p->c->commits;
    p->needs = needs_of(start, KAFC_NEED_START_TIME);
    if (!p->stop_known)
        p->needs |= needs_of(p->stop, KAFC_NEED_STOP_TIME);
    kafc__cp_step(p, p->needs ? KAFC_CP_UNKNOWN : KAFC_CP_KNOWN);
    if (!p->needs)
        kafc__cp_settle(p);
}

void kafc__cp_out_of_range(struct kafc_consumer_partition *p)
{
    const kafc_reader_options *o = &p->c->cfg.options;

    p->range_reset = true;
    p->last_epoch = -1;
    p->needs = KAFC_NEED_FIRST | KAFC_NEED_LAST;
    p->reset_at = o->start;
    if (o->reset == KAFC_RESET_START)
        p->needs |= needs_of(p->reset_at, KAFC_NEED_START_TIME);
    kafc__cp_step(p, KAFC_CP_UNKNOWN);
}

void kafc__cp_ask(struct kafc_asked *a, struct kafc_consumer_partition *p)
{
    a->p = p;
    a->version = p->version;
    p->asked++;
    p->busy = true;
}

bool kafc__cp_answered(struct kafc_asked *a)
{
    bool current = a->p->version == a->version;

    a->p->asked--;
    if (current)
        a->p->busy = false;
    return current && !a->p->dead;
}

void kafc__cp_committed(struct kafc_consumer_partition *p, int64_t offset, int32_t leader_epoch)
{
    kafc_position start = p->c->cfg.options.start;

    if (p->place)
        p->place->committed = offset;
    p->needs &= ~KAFC_NEED_COMMITTED;
    p->attempts = 0;
    p->told = KAFC_OK;
    if (offset != KAFC_OFFSET_UNKNOWN) {
        p->start = KAFC_AT(offset);
        p->last_epoch = leader_epoch;
    } else if (start.kind == KAFC_POSITION_COMMITTED) {
        kafc__cp_step(p, KAFC_CP_BROKEN);
        (void)kafc__cp_tell(
            p, KAFC_ERR_NO_OFFSET, KAFC_OFFSET_UNKNOWN,
            "%s [%d]: nothing is committed, and no other start was given; seek to go on",
            p->topic->s, p->id);
        return;
    } else {
        p->start = start;
        p->needs |= needs_of(start, KAFC_NEED_START_TIME);
    }
    if (!p->needs)
        kafc__cp_settle(p);
}

/* --- Notices ------------------------------------------------------------------ */

/* Notices of the first two kinds may repeat; any other is told once until something changes. */
void kafc__cp_fine(struct kafc_consumer_partition *p)
{
    p->told = KAFC_OK;
    p->index->denied = false;
}

bool kafc__is_told(kafc_err told, kafc_err code)
{
    return told == code && code != KAFC_ERR_END_OF_PARTITION && code != KAFC_ERR_SKIPPED;
}

bool kafc__consumer_tell(struct kafc_consumer *c, struct kafc_consumer_partition *from,
                         struct kafc_name *topic, int32_t partition, int64_t offset,
                         const kafc_error *what)
{
    struct kafc_fetched *b = kafc__fetched_new(&c->cfg.mem, NULL, topic, partition, NULL, NULL, 0);

    if (b)
        b->notice = kafc__alloc(&c->cfg.mem, sizeof *b->notice);
    if (!b || !b->notice) {
        kafc_batch_free(b);
        return false;
    }
    *b->notice = *what;
    b->kind = KAFC_FETCHED_NOTICE;
    b->offset = offset;
    if (from)
        kafc__cp_queue(from, b);
    else
        kafc__list_push(&c->notices, &b->node);
    return true;
}

bool kafc__cp_tell(struct kafc_consumer_partition *p, kafc_err code, int64_t offset,
                   const char *fmt, ...)
{
    kafc_error e;
    char text[sizeof e.message];
    va_list ap;

    if (code == KAFC_ERR_TOPIC_AUTHORIZATION_FAILED && p->index->denied && !p->claim)
        p->told = code; /* for another one of the topic; claims are each other's strangers */
    if (kafc__is_told(p->told, code))
        return true;
    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    kafc__error(&e, code, "%s", text);
    if (!kafc__consumer_tell(p->c, p, p->topic, p->id, offset, &e))
        return false;
    if (code != KAFC_ERR_END_OF_PARTITION && code != KAFC_ERR_SKIPPED)
        p->told = code;
    p->index->denied = p->index->denied || code == KAFC_ERR_TOPIC_AUTHORIZATION_FAILED;
    return true;
}

/* --- One partition, as the application sees it -------------------------------------------------- */

void kafc__cp_seek(struct kafc_consumer_partition *p, kafc_position to)
{
    kafc__cp_start(p, kafc__position_or(to, kafc__default_start(p->c)));
    if (p->place)
        kafc__place_sought(p->place);
}

kafc_err kafc__consumer_seek(struct kafc_consumer *c, const char *topic, int32_t partition,
                             kafc_position to, kafc_error *err)
{
    struct kafc_consumer_partition *p;
    kafc_err code = kafc__check_position(c, to, false, err);

    if (code)
        return code;
    if (!topic)
        return kafc__error(err, KAFC_ERR_USAGE, "seek needs a topic");
    kafc__lock(&c->lock);
    p = kafc__cp_find(c, topic, partition);
    if (p)
        kafc__cp_seek(p, to);
    kafc__unlock(&c->lock);
    if (!p)
        return kafc__error(err, KAFC_ERR_NOT_ASSIGNED, "%s [%d] is not assigned to this reader",
                           topic, partition);
    kafc__consumer_poke(c);
    return KAFC_OK;
}

int64_t kafc__cp_end(const struct kafc_consumer_partition *p)
{
    return p->c->cfg.options.isolation == KAFC_READ_UNCOMMITTED ? p->high_watermark
                                                                : p->last_stable;
}

int64_t kafc__cp_lag(const struct kafc_consumer_partition *p)
{
    int64_t end = kafc__cp_end(p), position = kafc__cp_position(p);

    if (end < 0 || position < 0)
        return KAFC_OFFSET_UNKNOWN;
    return end > position ? end - position : 0;
}

void kafc__cp_state_get(const struct kafc_consumer_partition *p, kafc_reader_state *out)
{
    *out = (kafc_reader_state){ .marked = KAFC_OFFSET_UNKNOWN, .committed = KAFC_OFFSET_UNKNOWN };
    out->paused = p->paused;
    if (p->place && kafc__place_is_dirty(p->place))
        out->marked = atomic_load(&p->place->marked);
    if (p->place)
        out->committed = p->place->committed;
    out->position = kafc__cp_position(p);
    out->high_watermark = p->high_watermark;
    out->log_start = p->log_start;
    out->end = kafc__cp_end(p);
    out->lag = kafc__cp_lag(p);
}

kafc_err kafc__consumer_state(struct kafc_consumer *c, const char *topic, int32_t partition,
                              kafc_reader_state *out, kafc_error *err)
{
    struct kafc_consumer_partition *p;

    if (!topic)
        return kafc__error(err, KAFC_ERR_USAGE, "the state of a partition needs a topic");
    kafc__lock(&c->lock);
    p = kafc__cp_find(c, topic, partition);
    if (p)
        kafc__cp_state_get(p, out);
    kafc__unlock(&c->lock);
    return p ? KAFC_OK
             : kafc__error(err, KAFC_ERR_NOT_ASSIGNED, "%s [%d] is not assigned to this reader",
                           topic, partition);
}

bool kafc__consumer_in_trouble(struct kafc_consumer *c)
{
    bool trouble;

    kafc__lock(&c->lock);
    trouble = c->no_leader || c->trouble.code != KAFC_OK;
    kafc__unlock(&c->lock);
    return trouble;
}

void kafc__consumer_poke(struct kafc_consumer *c)
{
    kafc__core_poke(c->core, &c->member);
}
