/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Transactional ids as their coordinator sees them: epochs, what joined a
 * transaction, its end, the markers behind it, timeouts.
 */
#include "mock/txn.h"

#include "base/mem.h"

enum {
    TIMEOUT_MAX_MS = 900000, /* transaction.max.timeout.ms of brokers */
    LEADERLESS_US = 20000    /* until a marker is tried again */
};

const char *kafc__mtxn_state(const struct kafc_mtxn *t)
{
    static const char *const name[] = {
        [KAFC_MOCK_TXN_EMPTY] = "Empty",
        [KAFC_MOCK_TXN_ONGOING] = "Ongoing",
        [KAFC_MOCK_TXN_PREPARE_COMMIT] = "PrepareCommit",
        [KAFC_MOCK_TXN_PREPARE_ABORT] = "PrepareAbort",
        [KAFC_MOCK_TXN_COMPLETE_COMMIT] = "CompleteCommit",
        [KAFC_MOCK_TXN_COMPLETE_ABORT] = "CompleteAbort",
    };

    return name[t->state];
}

struct kafc_mtxn *kafc__mtxn_find(const struct kafc_cluster *c, kafc_str id)
{
    KAFC_MOCK_EACH(&c->txns, struct kafc_mtxn, t)
        if (kafc__str_same((kafc_str){ t->name, t->len }, id))
            return t;
    return NULL;
}

static struct kafc_mtxn *make(struct kafc_cluster *c, kafc_str id)
{
    struct kafc_mtxn *t = kafc__zalloc(&c->mem, sizeof *t + (size_t)id.len + 1);

    if (!t)
        return NULL;
    t->len = id.len;
    memcpy(t->name, id.p, (size_t)id.len);
    t->producer = c->next_producer++;
    t->previous = t->next = -1;
    t->epoch = t->last_epoch = -1;
    kafc__list_push(&c->txns, &t->node);
    return t;
}

void kafc__mtxns_free(struct kafc_cluster *c)
{
    struct kafc_mtxn *t;

    while ((t = KAFC_LIST_FIRST(&c->txns, struct kafc_mtxn, node))) {
        kafc__list_del(&t->node);
        kafc__free(&c->mem, t->part);
        kafc__free(&c->mem, t->group);
        kafc__free(&c->mem, t);
    }
}

static bool prepared(const struct kafc_mtxn *t)
{
    return t->state == KAFC_MOCK_TXN_PREPARE_COMMIT || t->state == KAFC_MOCK_TXN_PREPARE_ABORT;
}

kafc_err kafc__mtxn_of(struct kafc_cluster *c, kafc_str id, int64_t producer, int16_t epoch,
                       struct kafc_mtxn **out)
{
    struct kafc_mtxn *t = kafc__mtxn_find(c, id);

    *out = t;
    if (!t || t->producer != producer)
        return KAFC_ERR_INVALID_PRODUCER_ID_MAPPING;
    if (t->epoch != epoch)
        return KAFC_ERR_PRODUCER_FENCED;
    return prepared(t) ? KAFC_ERR_CONCURRENT_TRANSACTIONS : KAFC_OK;
}

/* ---- what joins ---- */

bool kafc__mtxn_has(const struct kafc_mtxn *t, const struct kafc_mpart *p)
{
    for (int32_t i = 0; i < t->nparts; i++)
        if (t->part[i] == p)
            return true;
    return false;
}

bool kafc__mtxn_has_group(const struct kafc_mtxn *t, const struct kafc_mgroup *g)
{
    for (int32_t i = 0; i < t->ngroups; i++)
        if (t->group[i] == g)
            return true;
    return false;
}

static void begin(struct kafc_cluster *c, struct kafc_mtxn *t)
{
    if (t->state == KAFC_MOCK_TXN_ONGOING)
        return;
    t->state = KAFC_MOCK_TXN_ONGOING;
    t->started = c->now;
}

void kafc__mtxns_moved(struct kafc_cluster *c, const struct kafc_mpart *from, int32_t n,
                       struct kafc_mpart *to)
{
    struct kafc_mtxn *t;

    for (t = KAFC_LIST_FIRST(&c->txns, struct kafc_mtxn, node); t && n;
         t = KAFC_LIST_NEXT(&c->txns, t, struct kafc_mtxn, node))
        for (int32_t i = 0; i < t->nparts; i++)
            if (t->part[i] >= from && t->part[i] < from + n)
                t->part[i] = to + (t->part[i] - from);
}

bool kafc__mtxn_add(struct kafc_cluster *c, struct kafc_mtxn *t, struct kafc_mpart *p)
{
    int32_t cap = t->partcap ? 2 * t->partcap : 4;
    struct kafc_mpart **v;

    if (!kafc__mtxn_has(t, p)) {
        if (t->nparts == t->partcap) {
            v = kafc__realloc_array(&c->mem, t->part, (size_t)cap, sizeof(*v));
            if (!v)
                return false;
            t->part = v;
            t->partcap = cap;
        }
        t->part[t->nparts++] = p;
    }
    begin(c, t);
    return true;
}

bool kafc__mtxn_add_group(struct kafc_cluster *c, struct kafc_mtxn *t, struct kafc_mgroup *g)
{
    int32_t cap = t->groupcap ? 2 * t->groupcap : 2;
    struct kafc_mgroup **v;

    if (!kafc__mtxn_has_group(t, g)) {
        if (t->ngroups == t->groupcap) {
            v = kafc__realloc_array(&c->mem, t->group, (size_t)cap, sizeof(*v));
            if (!v)
                return false;
            t->group = v;
            t->groupcap = cap;
        }
        t->group[t->ngroups++] = g;
    }
    begin(c, t);
    return true;
}

void kafc__mtxns_forget(struct kafc_cluster *c, const struct kafc_mtopic *topic)
{
    KAFC_MOCK_EACH(&c->txns, struct kafc_mtxn, t)
        for (int32_t i = t->nparts - 1; i >= 0; i--)
            if (t->part[i]->topic == topic)
                t->part[i] = t->part[--t->nparts];
}

void kafc__mtxns_forget_group(struct kafc_cluster *c, const struct kafc_mgroup *g)
{
    KAFC_MOCK_EACH(&c->txns, struct kafc_mtxn, t)
        for (int32_t i = t->ngroups - 1; i >= 0; i--)
            if (t->group[i] == g)
                t->group[i] = t->group[--t->ngroups];
}

/* ---- markers ---- */

/* Writes what can be written now; true: all is. */
static bool write_markers(struct kafc_cluster *c, struct kafc_mtxn *t)
{
    bool commit = t->state == KAFC_MOCK_TXN_PREPARE_COMMIT, wrote = false;

    for (int32_t i = t->nparts - 1; i >= 0; i--) {
        struct kafc_mpart *p = t->part[i];

        if (p->leader < 0 || kafc__mock_mark(c, p, t->producer, t->epoch, commit))
            continue;
        t->part[i] = t->part[--t->nparts];
        wrote = true;
    }
    for (int32_t i = t->ngroups - 1; i >= 0; i--) {
        kafc_str name = { t->group[i]->name, t->group[i]->len };

        if (kafc__mock_slot(c, KAFC_MOCK_GROUPS, name)->broker < 0)
            continue;
        kafc__mgroup_settle(c, t->group[i], t->producer, commit);
        t->group[i] = t->group[--t->ngroups];
    }
    if (wrote)
        kafc__mock_wake_parked(c);
    return t->nparts == 0 && t->ngroups == 0;
}

static void complete(struct kafc_cluster *c, struct kafc_mtxn *t)
{
    if (!write_markers(c, t)) {
        t->markers_at = c->now + LEADERLESS_US;
        return;
    }
    t->state = t->state == KAFC_MOCK_TXN_PREPARE_COMMIT ? KAFC_MOCK_TXN_COMPLETE_COMMIT
                                                        : KAFC_MOCK_TXN_COMPLETE_ABORT;
    if (t->next >= 0) {
        t->previous = t->producer;
        t->producer = t->next;
        t->epoch = 0;
        t->next = -1;
    }
}

static void prepare(struct kafc_cluster *c, struct kafc_mtxn *t, bool commit, bool bump)
{
    t->state = commit ? KAFC_MOCK_TXN_PREPARE_COMMIT : KAFC_MOCK_TXN_PREPARE_ABORT;
    if (bump && t->epoch < INT16_MAX)
        t->last_epoch = t->epoch++;
    t->markers_at = c->marker_us < 0 ? INT64_MAX : c->now + c->marker_us;
    if (t->markers_at <= c->now)
        complete(c, t);
}

/* Ends the transaction of a producer that is not to go on: the markers carry an epoch above its own. From
 * transaction.version 2 on that is the same as its own abort, and it may still be told so. */
static void fence(struct kafc_cluster *c, struct kafc_mtxn *t)
{
    if (c->txn_version < 2 && t->epoch < INT16_MAX) {
        t->epoch++;
        t->last_epoch = -1;
    }
    prepare(c, t, false, c->txn_version >= 2);
}

/* ---- InitProducerId ---- */

static bool known(const struct kafc_mtxn *t, int64_t producer, int16_t epoch)
{
    return t->epoch < 0 || producer == t->producer ||
           (producer == t->previous && epoch >= KAFC_MTXN_EPOCH_LAST);
}

/* The next epoch, for the one who has the last (or for anyone); again for the one who may not have been told. */
static kafc_err raise_epoch(struct kafc_cluster *c, struct kafc_mtxn *t, bool expected,
                            int16_t epoch)
{
    if (t->epoch >= KAFC_MTXN_EPOCH_LAST && (!expected || epoch == t->epoch)) {
        t->previous = t->producer;
        t->producer = c->next_producer++;
        t->last_epoch = expected ? t->epoch : -1;
        t->epoch = 0;
    } else if (!expected || t->epoch < 0 || epoch == t->epoch) {
        t->last_epoch = expected ? t->epoch : -1;
        t->epoch++;
    } else if (epoch != t->last_epoch) {
        return KAFC_ERR_PRODUCER_FENCED;
    }
    t->state = KAFC_MOCK_TXN_EMPTY;
    return KAFC_OK;
}

kafc_err kafc__mtxn_init(struct kafc_cluster *c, kafc_str id, int32_t timeout_ms, int64_t producer,
                         int16_t epoch, int64_t *next, int16_t *next_epoch)
{
    struct kafc_mtxn *t;
    kafc_err code;

    if (id.len == 0)
        return KAFC_ERR_INVALID_REQUEST;
    if (timeout_ms <= 0 || timeout_ms > TIMEOUT_MAX_MS)
        return KAFC_ERR_INVALID_TRANSACTION_TIMEOUT;
    t = kafc__mtxn_find(c, id);
    if (!t && !(t = make(c, id)))
        return KAFC_ERR_UNKNOWN_SERVER_ERROR;
    if (producer >= 0 && !known(t, producer, epoch))
        return KAFC_ERR_PRODUCER_FENCED;
    if (t->state == KAFC_MOCK_TXN_ONGOING) {
        fence(c, t);
        return KAFC_ERR_CONCURRENT_TRANSACTIONS; /* the epoch of a repetition lies above all of the markers' */
    }
    code = prepared(t) ? KAFC_ERR_CONCURRENT_TRANSACTIONS : raise_epoch(c, t, producer >= 0, epoch);
    if (code)
        return code;
    t->timeout_ms = timeout_ms;
    *next = t->producer;
    *next_epoch = t->epoch;
    return KAFC_OK;
}

/* ---- EndTxn ---- */

enum verdict { GO, SAME, STATE, BUSY, FENCED };

/* Before version 5: by state and commit. */
static const uint8_t plain[][2] = {
    [KAFC_MOCK_TXN_EMPTY] = { STATE, STATE },
    [KAFC_MOCK_TXN_ONGOING] = { GO, GO },
    [KAFC_MOCK_TXN_PREPARE_COMMIT] = { STATE, BUSY },
    [KAFC_MOCK_TXN_PREPARE_ABORT] = { BUSY, STATE },
    [KAFC_MOCK_TXN_COMPLETE_COMMIT] = { STATE, SAME },
    [KAFC_MOCK_TXN_COMPLETE_ABORT] = { SAME, STATE },
};

/* With the bump of the epoch: the same for a request of the present epoch, and of the one before, which may be one that
 * is repeated. */
static const uint8_t bumping[][2][2] = {
    [KAFC_MOCK_TXN_EMPTY] = { { GO, FENCED }, { STATE, FENCED } },
    [KAFC_MOCK_TXN_ONGOING] = { { GO, FENCED }, { GO, FENCED } },
    [KAFC_MOCK_TXN_PREPARE_COMMIT] = { { BUSY, BUSY }, { BUSY, BUSY } },
    [KAFC_MOCK_TXN_PREPARE_ABORT] = { { BUSY, BUSY }, { BUSY, BUSY } },
    [KAFC_MOCK_TXN_COMPLETE_COMMIT] = { { GO, STATE }, { STATE, SAME } },
    [KAFC_MOCK_TXN_COMPLETE_ABORT] = { { GO, SAME }, { STATE, STATE } },
};

static enum verdict judge(const struct kafc_mtxn *t, int16_t epoch, bool commit, bool bump,
                          bool rotated)
{
    bool again = rotated || t->epoch == epoch + 1;

    if (!again && epoch != t->epoch)
        return FENCED;
    if (!bump)
        return epoch == t->epoch ? plain[t->state][commit] : FENCED;
    return bumping[t->state][commit][again];
}

kafc_err kafc__mtxn_end(struct kafc_cluster *c, kafc_str id, int64_t producer, int16_t epoch,
                        bool commit, bool bump, int64_t *next, int16_t *next_epoch)
{
    struct kafc_mtxn *t = kafc__mtxn_find(c, id);
    bool rotated = t && bump && producer == t->previous && epoch == KAFC_MTXN_EPOCH_LAST &&
                   t->epoch == 0;

    if (!t || (t->producer != producer && !rotated))
        return KAFC_ERR_INVALID_PRODUCER_ID_MAPPING;
    switch (judge(t, epoch, commit, bump, rotated)) {
    case FENCED: return KAFC_ERR_PRODUCER_FENCED;
    case STATE: return KAFC_ERR_INVALID_TXN_STATE;
    case BUSY: return KAFC_ERR_CONCURRENT_TRANSACTIONS;
    case SAME: break;
    case GO:
        if (bump && t->epoch >= KAFC_MTXN_EPOCH_LAST)
            t->next = c->next_producer++;
        prepare(c, t, commit, bump);
        break;
    }
    *next = t->next >= 0 ? t->next : t->producer;
    *next_epoch = t->next >= 0 ? 0 : t->epoch;
    return KAFC_OK;
}

/* ---- time ---- */

static bool timed(const struct kafc_mtxn *t)
{
    return t->state == KAFC_MOCK_TXN_ONGOING;
}

/* Nothing happens before the coordinator is there and has loaded. */
static int64_t due(const struct kafc_cluster *c, const struct kafc_mtxn *t)
{
    const struct kafc_mslot *s = kafc__mock_slot(c, KAFC_MOCK_TRANSACTIONS,
                                                 (kafc_str){ t->name, t->len });
    int64_t at = prepared(t) ? t->markers_at
                 : timed(t)  ? t->started + (int64_t)t->timeout_ms * 1000
                             : INT64_MAX;

    if (at == INT64_MAX || !kafc__cluster_running(c, s->broker))
        return INT64_MAX;
    return at < s->ready_at ? s->ready_at : at;
}

int64_t kafc__mtxns_deadline(const struct kafc_cluster *c)
{
    int64_t at = INT64_MAX;

    KAFC_MOCK_EACH(&c->txns, struct kafc_mtxn, t)
        if (due(c, t) < at)
            at = due(c, t);
    return at;
}

void kafc__mtxns_tick(struct kafc_cluster *c)
{
    KAFC_MOCK_EACH(&c->txns, struct kafc_mtxn, t) {
        if (due(c, t) > c->now)
            continue;
        if (timed(t))
            fence(c, t);
        else
            complete(c, t);
    }
}

/* ---- for tests ---- */

kafc_err kafc__cluster_set_transaction_version(struct kafc_cluster *c, int16_t version)
{
    if (version < 0 || version > 2)
        return KAFC_ERR_USAGE;
    c->txn_version = version;
    c->features_epoch++;
    return KAFC_OK;
}

kafc_err kafc__cluster_set_marker_delay(struct kafc_cluster *c, int32_t ms)
{
    if (ms < -1)
        return KAFC_ERR_USAGE;
    c->marker_us = ms < 0 ? -1 : (int64_t)ms * 1000;
    KAFC_MOCK_EACH(&c->txns, struct kafc_mtxn, t)
        t->markers_at = ms < 0 ? INT64_MAX : c->now + c->marker_us;
    return KAFC_OK;
}

kafc_err kafc__cluster_transaction(const struct kafc_cluster *c, const char *id,
                                   kafc_mock_transaction *out)
{
    const struct kafc_mtxn *t = id ? kafc__mtxn_find(c, (kafc_str){ id, (int32_t)strlen(id) })
                                   : NULL;

    memset(out, 0, sizeof(*out));
    if (!t)
        return KAFC_ERR_TRANSACTIONAL_ID_NOT_FOUND;
    out->state = t->state;
    out->producer_id = t->producer;
    out->epoch = t->epoch;
    out->partitions = t->nparts;
    out->groups = t->ngroups;
    return KAFC_OK;
}
