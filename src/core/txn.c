/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Transactions: the states, what the application asks, and what the producer
 * may do meanwhile. Requests are made in txn_rpc.c. The driver's thread, but
 * where txn.h says "any".
 */
#include "core/txn_internal.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/mem.h"

/* --- States ------------------------------------------------------------------------- */

static void nothing(struct kafc_txn *t)
{
    (void)t;
}

static void forget_partitions(struct kafc_txn *t)
{
    struct kafc_list *list[] = { &t->fresh, &t->adding, &t->added };
    for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)
        while (!kafc__list_empty(list[i]))
            kafc__list_del(list[i]->next);
}

static void fresh_attempts(struct kafc_txn *t)
{
    t->attempts = 0;
    t->not_before = 0;
}

static void open_one(struct kafc_txn *t)
{
    t->nth++;
    t->opened_at = kafc__core_now(t->p->core);
    t->started = t->unsure = t->bump = t->lost = t->late = t->ended = false;
    t->offsets = t->group_added = false;
    kafc__lock(&t->lock); /* a sender may be told of the last one's at this moment */
    t->cause = (kafc_error){ .code = KAFC_OK };
    kafc__unlock(&t->lock);
}

/* Batches are sent without linger from here on; what senders are putting at this moment is still in. */
static void flush(struct kafc_txn *t)
{
    t->sweep = true;
    t->p->rush = true;
}

static void drop(struct kafc_txn *t)
{
    t->drop = true;
    t->p->rush = false;
    fresh_attempts(t);
}

static void close_one(struct kafc_txn *t)
{
    t->p->rush = false;
    t->started = t->unsure = t->offsets = false;
    forget_partitions(t);
    fresh_attempts(t);
}

static void give_up(struct kafc_txn *t)
{
    t->p->fatal = t->cause.code;
    t->p->fatal_why = kafc__producer_words(t->p, t->cause.message, strlen(t->cause.message));
    drop(t);
}

struct transition {
    void (*act)(struct kafc_txn *t); /* NULL: the event means nothing here */
    kafc_txn_state next;
};

#define FATAL_ [KAFC_TXN_EV_FATAL] = { give_up, KAFC_TXN_FATAL_ERROR }
static const struct transition table[KAFC_TXN_STATES][KAFC_TXN_EVENTS] = {
    [KAFC_TXN_UNINITIALIZED] = {
        [KAFC_TXN_EV_INIT] = { fresh_attempts, KAFC_TXN_INITIALIZING },
    },
    [KAFC_TXN_INITIALIZING] = {
        [KAFC_TXN_EV_IDENTIFIED] = { close_one, KAFC_TXN_READY },
        [KAFC_TXN_EV_FAILED] = { nothing, KAFC_TXN_ABORTABLE_ERROR },
        FATAL_,
    },
    [KAFC_TXN_READY] = {
        [KAFC_TXN_EV_BEGIN] = { open_one, KAFC_TXN_IN_TRANSACTION },
    },
    [KAFC_TXN_IN_TRANSACTION] = {
        [KAFC_TXN_EV_COMMIT] = { flush, KAFC_TXN_COMMITTING },
        [KAFC_TXN_EV_ABORT] = { drop, KAFC_TXN_ABORTING },
        [KAFC_TXN_EV_FAILED] = { drop, KAFC_TXN_ABORTABLE_ERROR },
        FATAL_,
    },
    [KAFC_TXN_COMMITTING] = {
        [KAFC_TXN_EV_ENDED] = { close_one, KAFC_TXN_READY },
        [KAFC_TXN_EV_STALE] = { close_one, KAFC_TXN_BUMPING },
        [KAFC_TXN_EV_FAILED] = { drop, KAFC_TXN_ABORTABLE_ERROR },
        FATAL_,
    },
    [KAFC_TXN_ABORTING] = {
        [KAFC_TXN_EV_ENDED] = { close_one, KAFC_TXN_READY },
        [KAFC_TXN_EV_STALE] = { close_one, KAFC_TXN_BUMPING },
        [KAFC_TXN_EV_RESET] = { close_one, KAFC_TXN_UNINITIALIZED },
        [KAFC_TXN_EV_FAILED] = { drop, KAFC_TXN_ABORTABLE_ERROR },
        FATAL_,
    },
    [KAFC_TXN_BUMPING] = {
        [KAFC_TXN_EV_IDENTIFIED] = { close_one, KAFC_TXN_READY },
        [KAFC_TXN_EV_FAILED] = { drop, KAFC_TXN_ABORTABLE_ERROR },
        FATAL_,
    },
    [KAFC_TXN_ABORTABLE_ERROR] = {
        [KAFC_TXN_EV_ABORT] = { drop, KAFC_TXN_ABORTING },
        FATAL_,
    },
    [KAFC_TXN_FATAL_ERROR] = { { 0 } },
};
#undef FATAL_

static const char *const state_name[KAFC_TXN_STATES] = {
    "UNINITIALIZED", "INITIALIZING", "READY",           "IN_TRANSACTION", "COMMITTING",
    "ABORTING",      "BUMPING",      "ABORTABLE_ERROR", "FATAL_ERROR",
};

const char *kafc_txn_state_name(kafc_txn_state state)
{
    return (int)state >= 0 && (int)state < KAFC_TXN_STATES ? state_name[state] : "NONE";
}

int kafc__txn_next_state(kafc_txn_state s, enum kafc_txn_event ev)
{
    return table[s][ev].act ? (int)table[s][ev].next : -1;
}

/* Whether senders may come in; what they are told if not. */
static kafc_err door_of(const struct kafc_txn *t)
{
    switch (t->state) {
    case KAFC_TXN_IN_TRANSACTION: return KAFC_OK;
    case KAFC_TXN_ABORTABLE_ERROR: return KAFC_ERR_ABORTED;
    case KAFC_TXN_FATAL_ERROR: return t->cause.code;
    case KAFC_TXN_NONE:
    case KAFC_TXN_UNINITIALIZED:
    case KAFC_TXN_INITIALIZING:
    case KAFC_TXN_READY:
    case KAFC_TXN_COMMITTING:
    case KAFC_TXN_ABORTING:
    case KAFC_TXN_BUMPING: break;
    }
    return KAFC_ERR_USAGE;
}

bool kafc__txn_step(struct kafc_txn *t, enum kafc_txn_event ev)
{
    const struct transition *x = &table[t->state][ev];
    if (!x->act)
        return false;
    x->act(t);
    if (x->next != t->state)
        kafc__log_in(&t->p->log, KAFC_LOG_DEBUG, KAFC_DEBUG_EOS, "transactional id %s: %s -> %s", t->id,
                     state_name[t->state], state_name[x->next]);
    t->state = x->next;
    atomic_store(&t->shown, (int)x->next);
    kafc__producer_door(t->p, door_of(t));
    return true;
}

kafc_txn_state kafc__txn_state(const struct kafc_txn *t)
{
    return (kafc_txn_state)atomic_load(&((struct kafc_txn *)(uintptr_t)t)->shown);
}

/* --- Errors -------------------------------------------------------------------------- */

static kafc_err_class class_told(enum kafc_txn_class cls)
{
    switch (cls) {
    case KAFC_TXN_ABORT: return KAFC_CLASS_ABORT;
    case KAFC_TXN_FATAL: return KAFC_CLASS_FATAL;
    case KAFC_TXN_FINE:
    case KAFC_TXN_RETRY:
    case KAFC_TXN_FIND: break;
    }
    return KAFC_CLASS_RETRY;
}

void kafc__txn_finish(struct kafc_txn *t, kafc_err code, const kafc_error *why)
{
    kafc__lock(&t->lock);
    bool waited = t->call != KAFC_TXN_CALL_NONE && !t->over;
    if (waited) {
        t->over = true;
        t->verdict = why ? *why : (kafc_error){ .broker = -1, .api = -1, .version = -1 };
        t->verdict.code = code;
    }
    kafc__unlock(&t->lock);
    if (waited)
        kafc__producer_event(t->p);
}

/* Unless the caller has given up on them and aborts. */
void kafc__txn_finish_offsets(struct kafc_txn *t)
{
    kafc__lock(&t->lock);
    bool waited = t->call == KAFC_TXN_CALL_OFFSETS;
    kafc__unlock(&t->lock);
    if (waited)
        kafc__txn_finish(t, KAFC_OK, NULL);
}

/* A coordinator that ends a transaction for its age fences the producer just as another one would, or finds that there
 * is no transaction. */
static void fatal_told(const struct kafc_txn *t, kafc_err code, const char *text, kafc_error *why)
{
    bool fenced = code == KAFC_ERR_PRODUCER_FENCED || code == KAFC_ERR_INVALID_PRODUCER_EPOCH;
    bool open = t->state == KAFC_TXN_IN_TRANSACTION || t->state == KAFC_TXN_COMMITTING ||
                t->state == KAFC_TXN_ABORTING || t->state == KAFC_TXN_ABORTABLE_ERROR;
    int64_t ms = (kafc__core_now(t->p->core) - t->opened_at) / 1000;
    if (open && ms >= t->timeout_ms && (fenced || code == KAFC_ERR_INVALID_TXN_STATE))
        (void)kafc__error(
            why, fenced ? KAFC_ERR_PRODUCER_FENCED : code,
            "the transaction of \"%.150s\" was open for %lld ms: after %d "
            "(transaction_timeout_ms) it is aborted, and its producer fenced (%.100s)",
            t->id, (long long)ms, (int)t->timeout_ms, text);
    else if (fenced)
        (void)kafc__error(why, KAFC_ERR_PRODUCER_FENCED,
                          "fenced: another producer has begun with the transactional id \"%.200s\" "
                          "and goes on in this one's place (%.150s)",
                          t->id, text);
    else
        (void)kafc__error(why, code, "transactional id %.100s: %s", t->id, text);
}

void kafc__txn_blame(struct kafc_txn *t, enum kafc_txn_class cls, kafc_err code, const char *fmt,
                     ...)
{
    char text[400];
    kafc_error why;
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    bool fatal = cls == KAFC_TXN_FATAL;
    enum kafc_txn_event ev = fatal ? KAFC_TXN_EV_FATAL : KAFC_TXN_EV_FAILED;
    if (kafc__txn_next_state(t->state, ev) < 0)
        return;
    if (fatal)
        fatal_told(t, code, text, &why);
    else
        (void)kafc__error(&why, code, "transactional id %.100s: %s", t->id, text);
    why.cls = class_told(cls);
    kafc__lock(&t->lock);
    t->cause = why;
    kafc__unlock(&t->lock);
    kafc__producer_say(t->p, fatal ? KAFC_LOG_ERROR : KAFC_LOG_WARN, "%s%s", why.message,
                       fatal ? "" : "; the transaction has to be aborted");
    bool over = t->state == KAFC_TXN_BUMPING && t->ended;
    (void)kafc__txn_step(t, ev);
    kafc__txn_finish(t, over ? KAFC_OK : why.code, over ? NULL : &why);
}

kafc_err kafc__txn_refuse(struct kafc_txn *t, kafc_err code, kafc_error *err)
{
    kafc__lock(&t->lock);
    kafc_error cause = t->cause;
    kafc__unlock(&t->lock);
    kafc_txn_state s = kafc__txn_state(t);
    if (code == KAFC_ERR_USAGE)
        return kafc__error(err, code,
                           "no message is taken while the transactions of \"%.200s\" are %s: %s",
                           t->id, kafc_txn_state_name(s),
                           s == KAFC_TXN_UNINITIALIZED ? "kafc_transaction_init() comes first"
                                                       : "kafc_transaction_begin() comes first");
    if (code != KAFC_ERR_ABORTED) {
        if (err)
            *err = cause;
        return code;
    }
    return kafc__error(err, code, "the transaction has failed and must be aborted: %.400s",
                       cause.message);
}

/* --- What the application asks --------------------------------------------------------- */

static const struct {
    const char *name;
    enum kafc_txn_event event; /* of OFFSETS: the one that must be possible */
} calls[KAFC_TXN_CALLS] = {
    [KAFC_TXN_CALL_INIT] = { "kafc_transaction_init", KAFC_TXN_EV_INIT },
    [KAFC_TXN_CALL_OFFSETS] = { "kafc_transaction_send_offsets", KAFC_TXN_EV_COMMIT },
    [KAFC_TXN_CALL_COMMIT] = { "kafc_transaction_commit", KAFC_TXN_EV_COMMIT },
    [KAFC_TXN_CALL_ABORT] = { "kafc_transaction_abort", KAFC_TXN_EV_ABORT },
};

/* The event means nothing in this state: why the caller is refused. */
static kafc_err refuse_call(const struct kafc_txn *t, const char *name, kafc_error *err)
{
    bool failed = t->state == KAFC_TXN_FATAL_ERROR || t->state == KAFC_TXN_ABORTABLE_ERROR;
    if (!failed)
        return kafc__error(err, KAFC_ERR_USAGE, "%s() makes no sense now: the state is %s", name,
                           state_name[t->state]);
    if (err)
        *err = t->cause;
    return t->cause.code;
}

static kafc_err still_under_way(enum kafc_txn_call call, const char *name, kafc_error *err)
{
    return kafc__error(err, KAFC_ERR_USAGE, "%s(): %s() has not ended yet, call it again", name,
                       calls[call].name);
}

/* Offsets of the call; the same as those that are under way: nothing is done. */
static kafc_err keep_offsets(struct kafc_txn *t, bool again, const kafc_group_metadata *group,
                             const kafc_offset *offsets, int32_t n, kafc_error *err)
{
    struct kafc_arena a;
    struct kafc_txn_offset_commit_req req;
    kafc__arena_init(&a, &t->p->cfg.mem, 0);
    kafc_err rc = kafc__txn_offsets_fill(&req, group, offsets, n, &a, err);
    bool same = rc == KAFC_OK && again &&
                kafc__msg_equal(&kafc_txn_offset_commit_req_schema, &req, &t->offsets_req);
    if (rc == KAFC_OK && again && !same)
        rc = kafc__error(err, KAFC_ERR_USAGE,
                         "kafc_transaction_send_offsets() with other offsets than the last one, "
                         "which has not ended yet");
    if (rc != KAFC_OK || same) {
        kafc__arena_fini(&a);
        return rc;
    }
    kafc_str was = t->offsets_req.group_id;
    if (was.len != req.group_id.len || memcmp(was.p, req.group_id.p, (size_t)was.len) != 0) {
        t->group_added = false;
        t->group_node = -1;
    }
    kafc__arena_fini(&t->offsets_arena);
    t->offsets_arena = a;
    t->offsets_req = req;
    t->offsets = true;
    return KAFC_OK;
}

static void set_call(struct kafc_txn *t, enum kafc_txn_call call)
{
    kafc__lock(&t->lock);
    t->call = call;
    t->over = false;
    kafc__unlock(&t->lock);
}

kafc_err kafc__txn_call(struct kafc_txn *t, enum kafc_txn_call call,
                        const kafc_group_metadata *group, const kafc_offset *offsets,
                        int32_t n, kafc_error *err)
{
    kafc__lock(&t->lock);
    enum kafc_txn_call before = t->call;
    bool over = t->over;
    kafc__unlock(&t->lock);
    const char *name = calls[call].name;
    bool again = before == call;
    if (call == KAFC_TXN_CALL_ABORT && (before == KAFC_TXN_CALL_OFFSETS || over))
        before = KAFC_TXN_CALL_NONE; /* whatever came of it, it is void */
    if (before != KAFC_TXN_CALL_NONE && !again)
        return still_under_way(before, name, err);
    if (again && call != KAFC_TXN_CALL_OFFSETS)
        return KAFC_OK;
    if (!again && atomic_load(&t->p->refusing))
        return kafc__error(err, KAFC_ERR_CLOSED, "the writer is closed");
    if (!again && kafc__txn_next_state(t->state, calls[call].event) < 0)
        return refuse_call(t, name, err);
    if (call == KAFC_TXN_CALL_OFFSETS) {
        kafc_err rc = keep_offsets(t, again, group, offsets, n, err);
        if (rc != KAFC_OK || again)
            return rc;
    }
    set_call(t, call);
    if (call != KAFC_TXN_CALL_OFFSETS)
        (void)kafc__txn_step(t, calls[call].event);
    fresh_attempts(t);
    return KAFC_OK;
}

bool kafc__txn_told(struct kafc_txn *t, kafc_error *err)
{
    kafc__lock(&t->lock);
    bool over = t->over;
    if (over) {
        *err = t->verdict;
        t->call = KAFC_TXN_CALL_NONE;
        t->over = false;
    }
    kafc__unlock(&t->lock);
    return over;
}

kafc_err kafc__txn_begin(struct kafc_txn *t, kafc_error *err)
{
    static const char name[] = "kafc_transaction_begin";
    kafc__lock(&t->lock);
    enum kafc_txn_call before = t->call;
    kafc__unlock(&t->lock);
    if (before != KAFC_TXN_CALL_NONE)
        return still_under_way(before, name, err);
    if (atomic_load(&t->p->refusing))
        return kafc__error(err, KAFC_ERR_CLOSED, "the writer is closed");
    if (!kafc__txn_step(t, KAFC_TXN_EV_BEGIN))
        return refuse_call(t, name, err);
    return KAFC_OK;
}

/* --- What the producer asks -------------------------------------------------------------- */

enum { FIRST_BUMP = 3 }; /* version of InitProducerId (KIP-360) */

static bool open_or_flushing(const struct kafc_txn *t)
{
    return t->state == KAFC_TXN_IN_TRANSACTION || t->state == KAFC_TXN_COMMITTING;
}

/* Where no new epoch can be had, the fate of what was sent has to be found out, even for an abort. */
bool kafc__txn_dooms(const struct kafc_txn *t, const struct kafc_batch_out *b)
{
    bool found_out = b->doubt && t->init_version < FIRST_BUMP && t->state != KAFC_TXN_FATAL_ERROR;
    return !open_or_flushing(t) && !found_out;
}

bool kafc__txn_admits(struct kafc_txn *t, struct kafc_part *part)
{
    if (!open_or_flushing(t))
        return false;
    if (t->v2 || part->txn_nth == t->nth)
        return true;
    if (!kafc__list_linked(&part->txn))
        kafc__list_push(&t->fresh, &part->txn);
    return false;
}

enum { V1_PRODUCE = 11, V2_PRODUCE = 12 };

void kafc__txn_sending(struct kafc_txn *t, int16_t *min, int16_t *max)
{
    t->started = true;
    if (t->v2)
        *min = V2_PRODUCE;
    else if (*max > V1_PRODUCE)
        *max = V1_PRODUCE;
}

/* After these the leader's idea of the sequences is another one, whatever became of the batch. */
static bool spoils_sequences(kafc_err code)
{
    return code == KAFC_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER || code == KAFC_ERR_UNKNOWN_PRODUCER_ID ||
           code == KAFC_ERR_INVALID_PRODUCER_EPOCH;
}

void kafc__txn_failed(struct kafc_txn *t, const struct kafc_batch_out *b, kafc_err code)
{
    if (b->owner && b->sequence >= 0) {
        t->bump = true;
        t->lost = t->lost || b->doubt || spoils_sequences(code);
    }
    enum kafc_txn_class cls = kafc__txn_class(KAFC_API_PRODUCE, code);
    if (cls == KAFC_TXN_FATAL || open_or_flushing(t))
        kafc__txn_blame(t, cls, code, "%s [%d]: %d messages %s: %s", b->topic, (int)b->partition,
                        (int)b->count, b->doubt ? "perhaps written" : "not written",
                        kafc_err_text(code));
}

static void drop_part(struct kafc_producer *p, struct kafc_part *part)
{
    kafc__producer_take_open(p, part);
    struct kafc_batch_out *b = KAFC_LIST_FIRST(&part->queue, struct kafc_batch_out, node), *next;
    for (; b; b = next) {
        next = KAFC_LIST_NEXT(&part->queue, b, struct kafc_batch_out, node);
        if (!b->flying && kafc__txn_dooms(p->txn, b))
            kafc__producer_fail(p, b, p->fatal != KAFC_OK ? p->fatal : KAFC_ERR_ABORTED);
    }
    kafc__producer_place(p, part);
}

/* Nothing has to be done but to end it. */
bool kafc__txn_settled(const struct kafc_txn *t)
{
    bool ending = t->state == KAFC_TXN_ABORTING || (t->state == KAFC_TXN_COMMITTING && !t->offsets);
    return ending && !t->drop && !t->sweep && kafc__producer_nothing_left(t->p);
}

/* A broker too old to bump: what is known not to be in the log gives its sequences back. */
static void take_sequences_back(struct kafc_producer *p, struct kafc_part *part)
{
    if (!part->hole || part->producer_id != p->producer_id || part->epoch != p->epoch)
        return;
    part->next_sequence = part->acknowledged;
    part->hole = false;
}

void kafc__txn_after_end(struct kafc_txn *t)
{
    bool v2 = kafc__core_features(t->p->core)->transaction_version >= 2;
    bool upgrade = v2 && !t->v2, can = t->init_version >= FIRST_BUMP;
    t->ended = true;
    t->v2 = v2;
    t->bump = t->bump || (can && (upgrade || t->late));
    if (t->p->producer_id < 0) {
        (void)kafc__txn_step(t, KAFC_TXN_EV_RESET);
    } else if (can && t->bump) {
        (void)kafc__txn_step(t, KAFC_TXN_EV_STALE);
        return;
    } else if (t->bump && t->lost) {
        kafc__txn_blame(t, KAFC_TXN_FATAL, KAFC_ERR_UNSUPPORTED,
                        "the fate of some messages is not known, and the broker knows "
                        "InitProducerId up to version %d: no new epoch can be had before 2.5",
                        t->init_version);
        return;
    } else {
        if (t->bump)
            kafc__producer_each_part(t->p, take_sequences_back);
        (void)kafc__txn_step(t, KAFC_TXN_EV_ENDED);
    }
    kafc__txn_finish(t, KAFC_OK, NULL);
}

static void drop_now(struct kafc_txn *t)
{
    kafc_err code = t->p->fatal != KAFC_OK ? t->p->fatal : KAFC_ERR_ABORTED;
    t->drop = t->sweep = t->offsets = false;
    while (!kafc__list_empty(&t->fresh))
        kafc__list_del(t->fresh.next);
    kafc__producer_new_topics(t->p);
    kafc__producer_waiting_fail_all(t->p, code);
    kafc__producer_each_part(t->p, drop_part);
}

bool kafc__txn_run(struct kafc_txn *t)
{
    if (t->p->stopped)
        return false;
    bool dropped = t->drop;
    if (t->drop)
        drop_now(t);
    if (t->sweep) {
        t->sweep = false;
        kafc__producer_sweep(t->p);
    }
    if (t->rpc == KAFC_TXN_NOTHING && !t->started && !t->unsure && kafc__txn_settled(t))
        kafc__txn_after_end(t); /* nobody has to be told */
    kafc__txn_next(t);
    return dropped;
}

void kafc__txn_closed(struct kafc_txn *t)
{
    kafc_error why;
    /* The epoch that it waits for is of no use any more. */
    bool ended = t->state == KAFC_TXN_BUMPING && t->ended;
    (void)kafc__error(&why, KAFC_ERR_CLOSED, "the writer was closed%s",
                      t->state == KAFC_TXN_COMMITTING
                          ? ", and whether its transaction is committed is not known"
                          : "");
    kafc__txn_finish(t, ended ? KAFC_OK : KAFC_ERR_CLOSED, ended ? NULL : &why);
}

bool kafc__txn_close(struct kafc_txn *t)
{
    if (kafc__txn_next_state(t->state, KAFC_TXN_EV_ABORT) >= 0) {
        kafc__txn_closed(t); /* offsets are not sent any more */
        (void)kafc__txn_step(t, KAFC_TXN_EV_ABORT);
    }
    return t->state != KAFC_TXN_COMMITTING && t->state != KAFC_TXN_ABORTING;
}

/* --- Made and freed -------------------------------------------------------------------------- */

static void alarm_rang(void *owner)
{
    struct kafc_txn *t = owner;
    kafc__producer_enter(t->p);
    kafc__producer_leave(t->p);
}

struct kafc_txn *kafc__txn_new(struct kafc_producer *p, const char *id, int32_t timeout_ms)
{
    struct kafc_txn *t = kafc__zalloc(&p->cfg.mem, sizeof(*t));
    if (!t || !(t->id = kafc__strdup(&p->cfg.mem, id))) {
        kafc__free(&p->cfg.mem, t);
        return NULL;
    }
    t->p = p;
    t->timeout_ms = timeout_ms;
    t->node = t->group_node = -1;
    atomic_init(&t->shown, (int)t->state);
    kafc__mutex_init(&t->lock);
    kafc__list_init(&t->fresh);
    kafc__list_init(&t->adding);
    kafc__list_init(&t->added);
    kafc__list_init(&t->rq.node);
    kafc__arena_init(&t->arena, &p->cfg.mem, 0);
    kafc__arena_init(&t->offsets_arena, &p->cfg.mem, 0);
    kafc__producer_door(p, door_of(t));
    return t;
}

bool kafc__txn_start(struct kafc_txn *t)
{
    return kafc__core_timer_init(t->p->core, &t->timer, alarm_rang, t);
}

void kafc__txn_stop(struct kafc_txn *t)
{
    kafc__txn_cancel(t);
    forget_partitions(t);
    kafc__core_timer_fini(t->p->core, &t->timer);
    kafc__txn_closed(t);
}

void kafc__txn_free(struct kafc_txn *t)
{
    if (!t)
        return;
    kafc_allocator mem = t->p->cfg.mem;
    kafc__arena_fini(&t->arena);
    kafc__arena_fini(&t->offsets_arena);
    kafc__mutex_fini(&t->lock);
    kafc__free(&mem, t->id);
    kafc__free(&mem, t);
}
