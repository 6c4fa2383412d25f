/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The consumer's application side: what is read, and seeks; consumer_take.c hands it out.
 * See consumer_member.c for its life on the core, consumer_fetch.c and
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
    kafc__log(&kafc__core_config(p->c->core)->log, KAFC_LOG_DEBUG, "%s [%d]: %s -> %s", p->topic->s,
              p->id, names[p->state], names[to]);
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
    case KAFC_POSITION_DEFAULT:
    case KAFC_POSITION_OFFSET:
    case KAFC_POSITION_COMMITTED: break;
    }
    return 0;
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
    p->range_reset = p->truncated = false;
    p->last_epoch = -1;
    p->max_bytes = 0;
    p->attempts = 0;
    p->retry_at = 0;
    p->end_told = -1;
    p->told = KAFC_OK;
    p->position = -1;
    p->replica = -1;
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

struct kafc_consumer_partition *kafc__cp_new(struct kafc_consumer *c, struct kafc_name *topic,
                                             int32_t id, kafc_position start, kafc_position stop)
{
    struct kafc_consumer_partition *p = kafc__zalloc(&c->cfg.mem, sizeof *p);

    if (!p)
        return NULL;
    p->c = c;
    p->topic = kafc__name_ref(topic);
    p->id = id;
    p->stop = stop;
    p->stop_offset = INT64_MAX;
    p->stop_known = stop.kind == KAFC_POSITION_DEFAULT;
    p->high_watermark = p->last_stable = p->log_start = -1;
    p->state = KAFC_CP_LOOKUP;
    kafc__list_init(&p->batches);
    kafc__list_init(&p->ready);
    kafc__list_push(&c->partitions, &p->node);
    kafc__cp_start(p, start);
    return p;
}

static struct kafc_consumer_partition *find(struct kafc_consumer *c, const char *topic, int32_t id)
{
    struct kafc_consumer_partition *p = KAFC_LIST_FIRST(&c->partitions,
                                                        struct kafc_consumer_partition, node);

    while (p && (p->dead || p->id != id || strcmp(p->topic->s, topic) != 0))
        p = KAFC_LIST_NEXT(&c->partitions, p, struct kafc_consumer_partition, node);
    return p;
}

/* --- Notices ------------------------------------------------------------------ */

/* Notices of the first two kinds may repeat; any other is told once until something changes. */
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
    return true;
}

/* --- What is read ---------------------------------------------------------------- */

void kafc__consumer_give_up(struct kafc_consumer *c)
{
    struct kafc_consumer_partition *p;
    struct kafc_consumer_topic *t;

    kafc__drop_fetched(&c->notices);
    for (p = KAFC_LIST_FIRST(&c->partitions, struct kafc_consumer_partition, node); p;
         p = KAFC_LIST_NEXT(&c->partitions, p, struct kafc_consumer_partition, node)) {
        kafc__session_leave(p);
        kafc__cp_drop(p);
        p->dead = true;
        p->version++;
    }
    for (t = KAFC_LIST_FIRST(&c->topics, struct kafc_consumer_topic, node); t;
         t = KAFC_LIST_NEXT(&c->topics, t, struct kafc_consumer_topic, node))
        t->dead = true;
    c->idle_topic = false;
}

static kafc_position or_default(kafc_position p, kafc_position dflt)
{
    return p.kind == KAFC_POSITION_DEFAULT ? dflt : p;
}

static kafc_err check_position(kafc_position p, bool is_stop, kafc_error *err)
{
    if (p.kind == KAFC_POSITION_COMMITTED)
        return kafc__error(err, KAFC_ERR_USAGE,
                           "a reader without a group has no committed offsets");
    if (p.kind == KAFC_POSITION_OFFSET && p.value < 0)
        return kafc__error(err, KAFC_ERR_USAGE, "offset %lld to %s at is negative",
                           (long long)p.value, is_stop ? "stop" : "start");
    if (p.kind == KAFC_POSITION_TIME && p.value < 0)
        return kafc__error(err, KAFC_ERR_USAGE, "KAFC_AT_TIME(%lld) is before 1970",
                           (long long)p.value);
    if (p.kind == KAFC_POSITION_AGO && p.value < 0)
        return kafc__error(err, KAFC_ERR_USAGE, "KAFC_AGO(%lld) is to come", (long long)p.value);
    if (p.kind == KAFC_POSITION_TAIL && p.value < 0)
        return kafc__error(err, KAFC_ERR_USAGE, "KAFC_TAIL(%lld) is negative", (long long)p.value);
    return KAFC_OK;
}

static kafc_err assign_one(struct kafc_consumer *c, const kafc_assignment *a, kafc_error *err)
{
    kafc_position start = or_default(a->start, c->cfg.options.start);
    kafc_position stop = or_default(a->stop, c->cfg.options.stop);
    struct kafc_name *name;
    bool ok;

    if (!a->topic || !*a->topic || a->partition < 0)
        return kafc__error(err, KAFC_ERR_USAGE,
                           "an assignment needs a topic and a partition from 0 on");
    if (check_position(start, false, err) || check_position(stop, true, err))
        return KAFC_ERR_USAGE;
    if (find(c, a->topic, a->partition))
        return kafc__error(err, KAFC_ERR_USAGE, "%s [%d] is assigned twice", a->topic,
                           a->partition);
    name = kafc__name_new(&c->cfg.mem, a->topic);
    ok = name && kafc__cp_new(c, name, a->partition, start, stop);
    kafc__name_unref(name);
    return ok ? KAFC_OK : kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory in assign");
}

kafc_err kafc__consumer_assign(struct kafc_consumer *c, const kafc_assignment *a, int32_t n,
                               kafc_error *err)
{
    kafc_err code = KAFC_OK;

    kafc__lock(&c->lock);
    kafc__consumer_give_up(c);
    for (int32_t i = 0; i < n && code == KAFC_OK; i++)
        code = assign_one(c, &a[i], err);
    if (code)
        kafc__consumer_give_up(c);
    kafc__unlock(&c->lock);
    kafc__consumer_poke(c);
    return code;
}

kafc_err kafc__consumer_read_topic(struct kafc_consumer *c, const char *topic, int32_t partition,
                                   kafc_error *err)
{
    kafc_assignment a = { .topic = topic, .partition = partition };
    struct kafc_consumer_topic *t;

    if (partition >= 0)
        return kafc__consumer_assign(c, &a, 1, err);
    if (check_position(c->cfg.options.start, false, err) ||
        check_position(c->cfg.options.stop, true, err))
        return KAFC_ERR_USAGE;
    t = kafc__zalloc(&c->cfg.mem, sizeof *t);
    if (t)
        t->name = kafc__name_new(&c->cfg.mem, topic);
    if (!t || !t->name) {
        kafc__free(&c->cfg.mem, t);
        return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory in assign");
    }
    t->start = c->cfg.options.start;
    t->stop = c->cfg.options.stop;
    kafc__lock(&c->lock);
    kafc__consumer_give_up(c);
    kafc__list_push(&c->topics, &t->node);
    c->idle_topic = true;
    kafc__unlock(&c->lock);
    kafc__consumer_poke(c);
    return KAFC_OK;
}

kafc_err kafc__consumer_seek(struct kafc_consumer *c, const char *topic, int32_t partition,
                             kafc_position to, kafc_error *err)
{
    struct kafc_consumer_partition *p;
    kafc_err code = check_position(to, false, err);

    if (code)
        return code;
    if (!topic)
        return kafc__error(err, KAFC_ERR_USAGE, "seek needs a topic");
    kafc__lock(&c->lock);
    p = find(c, topic, partition);
    if (p)
        kafc__cp_start(p, or_default(to, c->cfg.options.start));
    kafc__unlock(&c->lock);
    if (!p)
        return kafc__error(err, KAFC_ERR_NOT_ASSIGNED, "%s [%d] is not assigned to this reader",
                           topic, partition);
    kafc__consumer_poke(c);
    return KAFC_OK;
}

kafc_err kafc__consumer_state(struct kafc_consumer *c, const char *topic, int32_t partition,
                              kafc_reader_state *out, kafc_error *err)
{
    struct kafc_consumer_partition *p;

    if (!topic)
        return kafc__error(err, KAFC_ERR_USAGE, "the state of a partition needs a topic");
    kafc__lock(&c->lock);
    p = find(c, topic, partition);
    if (p) {
        out->position = kafc__cp_position(p);
        out->high_watermark = p->high_watermark;
        out->log_start = p->log_start;
        out->end = c->cfg.options.isolation == KAFC_READ_UNCOMMITTED ? p->high_watermark
                                                                     : p->last_stable;
        out->lag = out->end < 0 || out->position < 0 ? KAFC_OFFSET_UNKNOWN
                   : out->end > out->position        ? out->end - out->position
                                                     : 0;
    }
    kafc__unlock(&c->lock);
    return p ? KAFC_OK
             : kafc__error(err, KAFC_ERR_NOT_ASSIGNED, "%s [%d] is not assigned to this reader",
                           topic, partition);
}

bool kafc__consumer_reads_nothing(struct kafc_consumer *c)
{
    struct kafc_consumer_partition *p;
    struct kafc_consumer_topic *t;

    kafc__lock(&c->lock);
    p = KAFC_LIST_FIRST(&c->partitions, struct kafc_consumer_partition, node);
    while (p && p->dead)
        p = KAFC_LIST_NEXT(&c->partitions, p, struct kafc_consumer_partition, node);
    t = KAFC_LIST_FIRST(&c->topics, struct kafc_consumer_topic, node);
    while (t && t->dead)
        t = KAFC_LIST_NEXT(&c->topics, t, struct kafc_consumer_topic, node);
    kafc__unlock(&c->lock);
    return !p && !t;
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
