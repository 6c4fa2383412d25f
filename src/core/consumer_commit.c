/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Commits of a consumer with a group: of what the application names, and of
 * what is marked; one call to the group at a time, in the order in which they
 * were asked for. The driver's thread, but where it says any.
 */
#include "core/consumer_group_internal.h"

#include <stdio.h>

static struct kafc_cg_commit *first(struct kafc_list *l)
{
    return KAFC_LIST_FIRST(l, struct kafc_cg_commit, node);
}

int32_t kafc__epoch_given(int32_t leader_epoch)
{
    return leader_epoch == KAFC_ZERO ? 0 : leader_epoch > 0 ? leader_epoch : -1;
}

/* --- What is asked for: any thread ------------------------------------------------------- */

void kafc__cg_push(struct kafc_consumer_group *cg, struct kafc_cg_commit *commit)
{
    for (int32_t i = 0; i < commit->n; i++) {
        const kafc_offset *o = &commit->v[i];
        const struct kafc_place *place = kafc__place_find(cg->c, o->topic, o->partition);
        struct kafc_cg_entry *e = &commit->entry[i];

        *e = (struct kafc_cg_entry){ .marked = -1, .settled = -1, .slot = -1, .stamp = o->stamp };
        e->refused = !place && cg->c->subscribed;
        if (!place)
            continue;
        e->marked = atomic_load(&place->marked);
        e->settled = place->settled;
        e->turn = place->turn;
        if (o->stamp == 0) /* what is owned now, and not what will be when it is sent */
            e->stamp = place->since;
    }
    commit->number = ++cg->c->commits;
    kafc__list_push(&cg->waiting, &commit->node);
    kafc__core_poke(cg->core, &cg->member);
}

uint64_t kafc__cg_committed_up_to(const struct kafc_consumer_group *cg)
{
    const struct kafc_list *l = cg->flying ? &cg->aboard : &cg->waiting;
    const struct kafc_cg_commit *next = KAFC_LIST_FIRST(l, struct kafc_cg_commit, node);

    if (!next)
        return cg->flying ? 0 : cg->c->commits; /* 0: who asked for it is gone */
    return next->number - 1;
}

kafc_err kafc__cg_commit(struct kafc_consumer_group *cg, struct kafc_cg_commit *commit,
                         kafc_error *err)
{
    kafc_err code = KAFC_OK;

    commit->entry = NULL;
    kafc__list_init(&commit->node);
    if (commit->marks)
        commit->n = 0;
    if (commit->n > 0)
        commit->entry = kafc__zalloc_array(&cg->cfg.mem, (size_t)commit->n, sizeof *commit->entry);
    if (commit->n > 0 && !commit->entry)
        return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for a commit of %d offsets",
                           commit->n);
    kafc__lock(&cg->c->lock);
    if (cg->stopped)
        code = kafc__error(err, KAFC_ERR_CLOSED, "the reader is closed");
    else
        kafc__cg_push(cg, commit);
    kafc__unlock(&cg->c->lock);
    if (code)
        kafc__free(&cg->cfg.mem, commit->entry);
    return code;
}

void kafc__cg_commit_soon(struct kafc_consumer_group *cg)
{
    kafc__lock(&cg->c->lock);
    if (cg->interval_aboard && cg->interval_again == 0) /* it may know nothing of the last marks */
        cg->interval_again = ++cg->c->commits;
    else if (!cg->interval_queued && !cg->stopped) {
        cg->interval_queued = true;
        kafc__cg_push(cg, &cg->interval);
    }
    kafc__unlock(&cg->c->lock);
}

/* --- The call to the group, made under the lock ------------------------------------------- */

static bool make_told_room(struct kafc_consumer_group *cg, int32_t n)
{
    kafc_offset *v = cg->cfg.on_commit
                         ? kafc__realloc_array(&cg->cfg.mem, cg->told_v, (size_t)n, sizeof *v)
                         : NULL;

    if (v)
        cg->told_v = v;
    return v || !cg->cfg.on_commit;
}

static bool make_room(struct kafc_consumer_group *cg, int32_t n)
{
    struct kafc_group_mark *mark;
    struct kafc_cg_slot *slot;

    if (n <= cg->slot_cap)
        return true;
    mark = kafc__realloc_array(&cg->cfg.mem, cg->mark, (size_t)n, sizeof *mark);
    if (mark)
        cg->mark = mark;
    slot = kafc__realloc_array(&cg->cfg.mem, cg->slot, (size_t)n, sizeof *slot);
    if (slot)
        cg->slot = slot;
    if (!mark || !slot || !make_told_room(cg, n))
        return false;
    cg->slot_cap = n;
    return true;
}

static int32_t new_slot(struct kafc_consumer_group *cg, struct kafc_place *place,
                        struct kafc_name *topic, int32_t id)
{
    int32_t at = cg->nslots++;

    cg->slot[at] = (struct kafc_cg_slot){ .place = place ? kafc__place_ref(place) : NULL,
                                          .topic = kafc__name_ref(topic) };
    cg->mark[at] = (struct kafc_group_mark){ .topic = topic->s, .partition = id, .offset = -1 };
    if (place)
        place->slot = at + 1;
    return at;
}

static void set_slot(struct kafc_consumer_group *cg, int32_t at, int64_t offset, int32_t epoch,
                     uint64_t stamp, struct kafc_name *metadata)
{
    struct kafc_group_mark *m = &cg->mark[at];

    kafc__name_unref(cg->slot[at].metadata);
    cg->slot[at].metadata = metadata;
    m->offset = offset;
    m->leader_epoch = epoch;
    m->stamp = stamp;
    m->metadata = metadata ? metadata->s : NULL;
}

static void clear_slots(struct kafc_consumer_group *cg)
{
    for (int32_t i = 0; i < cg->nslots; i++) {
        if (cg->slot[i].place)
            cg->slot[i].place->slot = 0;
        kafc__place_unref(cg->slot[i].place);
        kafc__name_unref(cg->slot[i].topic);
        kafc__name_unref(cg->slot[i].metadata);
    }
    cg->nslots = 0;
}

/* What is marked, and was not tried in this round; as much as there is room for. */
static void board_marks(struct kafc_consumer_group *cg)
{
    struct kafc_place *place;
    int32_t n = 0, at;

    for (place = KAFC_LIST_FIRST(&cg->c->places, struct kafc_place, node); place;
         place = KAFC_LIST_NEXT(&cg->c->places, place, struct kafc_place, node))
        n += kafc__place_is_dirty(place) && place->round != cg->round;
    (void)make_room(cg, n);
    for (place = KAFC_LIST_FIRST(&cg->c->places, struct kafc_place, node);
         place && cg->nslots < cg->slot_cap;
         place = KAFC_LIST_NEXT(&cg->c->places, place, struct kafc_place, node)) {
        if (!kafc__place_is_dirty(place) || place->round == cg->round)
            continue;
        place->round = cg->round;
        at = new_slot(cg, place, place->topic, place->id);
        set_slot(cg, at, atomic_load_explicit(&place->marked, memory_order_relaxed),
                 place->mark_epoch, place->since,
                 place->metadata ? kafc__name_ref(place->metadata) : NULL);
        cg->slot[at].turn = place->turn;
    }
}

/* May it be sent at all (rule R6)? Else a later one of the same partition would not be either. */
static bool allowed(const struct kafc_consumer_group *cg, const kafc_offset *o,
                    const struct kafc_cg_entry *e)
{
    if (e->refused)
        return false;
    if (!cg->c->subscribed && e->stamp == 0)
        return true;
    return kafc__group_owns(cg->group, o->topic, o->partition, e->stamp);
}

static int32_t find_slot(const struct kafc_consumer_group *cg, const kafc_offset *o,
                         const struct kafc_place *place)
{
    int32_t i = 0;

    if (place && place->slot > 0)
        return place->slot - 1;
    while (!place && i < cg->nslots &&
           (cg->slot[i].place || cg->mark[i].partition != o->partition ||
            strcmp(cg->mark[i].topic, o->topic) != 0))
        i++;
    return place || i == cg->nslots ? -1 : i;
}

/* Marks go out as they are when their turn comes. One that was made after this commit was asked for, is higher or
 * goes back, and went out in front of it, is not taken back by it. */
static bool is_outdone(const struct kafc_place *place, const struct kafc_cg_entry *e,
                       int64_t offset)
{
    return place && place->settled >= 0 && place->settled != e->settled &&
           place->settled != e->marked && (place->settled > offset || place->turn != e->turn);
}

static kafc_err board_offset(struct kafc_consumer_group *cg, const kafc_offset *o,
                             struct kafc_cg_entry *e)
{
    struct kafc_place *place = kafc__place_find(cg->c, o->topic, o->partition);
    struct kafc_name *topic = NULL, *metadata = NULL;
    int32_t *at = &e->slot;

    *at = -1;
    if (!allowed(cg, o, e))
        return KAFC_ERR_NOT_ASSIGNED;
    if (is_outdone(place, e, o->offset))
        return KAFC_OK;
    *at = find_slot(cg, o, place);
    if (*at >= 0 && cg->mark[*at].offset > o->offset)
        return KAFC_OK; /* the highest one is sent */
    if (o->metadata && *o->metadata)
        metadata = kafc__name_new(&cg->cfg.mem, o->metadata);
    if (*at < 0)
        topic = place ? kafc__name_ref(place->topic) : kafc__name_new(&cg->cfg.mem, o->topic);
    if ((*at < 0 && !topic) || (o->metadata && *o->metadata && !metadata)) {
        kafc__name_unref(topic);
        kafc__name_unref(metadata);
        *at = -1;
        return KAFC_ERR_NO_MEMORY;
    }
    if (*at < 0)
        *at = new_slot(cg, place, topic, o->partition);
    kafc__name_unref(topic);
    set_slot(cg, *at, o->offset, kafc__epoch_given(o->leader_epoch), e->stamp, metadata);
    return KAFC_OK;
}

static void board_offsets(struct kafc_consumer_group *cg, struct kafc_cg_commit *commit)
{
    bool room = make_room(cg, cg->nslots + commit->n);

    for (int32_t i = 0; i < commit->n; i++)
        commit->v[i].result = room ? board_offset(cg, &commit->v[i], &commit->entry[i])
                                   : KAFC_ERR_NO_MEMORY;
}

/* The first that waits, and those behind it that go with it. */
static void board(struct kafc_consumer_group *cg)
{
    struct kafc_cg_commit *commit;
    int64_t deadline;
    bool alone = false;

    cg->call.deadline = 0;
    while (!alone && (commit = first(&cg->waiting)) != NULL) {
        alone = commit->marks || !commit->merge;
        if (alone && !kafc__list_empty(&cg->aboard))
            return;
        kafc__list_del(&commit->node);
        kafc__list_push(&cg->aboard, &commit->node);
        cg->interval_aboard = cg->interval_aboard || commit == &cg->interval;
        deadline = commit->deadline
                       ? commit->deadline
                       : kafc__core_now(cg->core) + kafc__core_config(cg->core)->request_timeout_us;
        if (deadline > cg->call.deadline)
            cg->call.deadline = deadline;
        if (commit->marks) {
            cg->round++;
            board_marks(cg);
        } else {
            board_offsets(cg, commit);
        }
    }
}

/* --- What came of it ------------------------------------------------------------------------ */

/* Under the lock. What the call has settled of an offset that the application named. Marks that were made meanwhile
 * stay: higher ones, those that go back, and if the call failed all of them. */
static void settle_offset(const struct kafc_consumer_group *cg, kafc_offset *o,
                          const struct kafc_cg_entry *e)
{
    struct kafc_place *place = e->slot < 0 ? NULL : cg->slot[e->slot].place;

    if (e->slot >= 0)
        o->result = cg->mark[e->slot].code;
    if (!place || o->result != KAFC_OK || place->turn != e->turn)
        return;
    if (atomic_load(&place->marked) == e->marked)
        place->settled = e->marked; /* what was marked before is covered, or was taken back */
    if (o->offset > e->marked && o->offset > place->floor)
        place->floor = o->offset;
}

static void settle(struct kafc_consumer_group *cg)
{
    struct kafc_cg_commit *commit = first(&cg->aboard);
    bool marks = commit && commit->marks;

    for (int32_t i = 0; i < cg->nslots; i++) {
        struct kafc_place *place = cg->slot[i].place;
        const struct kafc_group_mark *m = &cg->mark[i];

        if (place && m->code == KAFC_OK)
            place->committed = m->offset;
        if (place && marks && place->turn == cg->slot[i].turn &&
            (m->code == KAFC_OK || m->code == KAFC_ERR_NOT_ASSIGNED))
            place->settled = m->offset;
    }
    for (; commit; commit = KAFC_LIST_NEXT(&cg->aboard, commit, struct kafc_cg_commit, node))
        for (int32_t i = 0; i < commit->n; i++)
            settle_offset(cg, &commit->v[i], &commit->entry[i]);
}

/* A reader by hand leaves what it does not read any more behind once it is committed. */
static void reap_places(struct kafc_consumer_group *cg)
{
    struct kafc_place *place = KAFC_LIST_FIRST(&cg->c->places, struct kafc_place, node), *next;

    for (; place; place = next) {
        next = KAFC_LIST_NEXT(&cg->c->places, place, struct kafc_place, node);
        if (place->since == 0 && !place->p && !kafc__place_is_dirty(place))
            kafc__place_drop(place);
    }
}

static kafc_err explain(const struct kafc_consumer_group *cg, const char *topic, int32_t id,
                        kafc_err code, const kafc_error *why, kafc_error *err)
{
    const char *group = cg->cfg.group.group;

    if (code == KAFC_ERR_UNKNOWN_MEMBER_ID && !cg->c->subscribed)
        return kafc__error(
            err, code,
            "group %.150s: %.200s [%d] is not committed: the group has members, and takes offsets "
            "from them alone",
            group, topic, id);
    if (why && why->code == code) {
        *err = *why;
        (void)snprintf(err->message, sizeof err->message, "%.200s [%d] is not committed: %.260s",
                       topic, id, why->message);
        return code;
    }
    return kafc__error(
        err, code, "group %.150s: %.200s [%d] is not committed: %s", group, topic, id,
        code == KAFC_ERR_NOT_ASSIGNED ? "it is not owned, or was lost since" : kafc_err_text(code));
}

static kafc_err verdict(const struct kafc_consumer_group *cg, const struct kafc_cg_commit *commit,
                        const kafc_error *why, kafc_error *err)
{
    for (int32_t i = 0; commit->marks && i < cg->nslots; i++)
        if (cg->mark[i].code != KAFC_OK)
            return explain(cg, cg->mark[i].topic, cg->mark[i].partition, cg->mark[i].code, why,
                           err);
    for (int32_t i = 0; i < commit->n; i++)
        if (commit->v[i].result != KAFC_OK)
            return explain(cg, commit->v[i].topic, commit->v[i].partition, commit->v[i].result, why,
                           err);
    return KAFC_OK;
}

/* Tells on_commit of a commit of marks that nobody waits for. Without the lock: the slots are the driver's. */
static void tell(struct kafc_consumer_group *cg, const struct kafc_cg_commit *commit, kafc_err code,
                 const kafc_error *err)
{
    bool by_itself = commit == &cg->interval || commit == &cg->revoke || commit == &cg->leave;

    if (!by_itself || !cg->cfg.on_commit || cg->nslots == 0)
        return;
    for (int32_t i = 0; i < cg->nslots; i++) {
        const struct kafc_group_mark *m = &cg->mark[i];

        cg->told_v[i] = (kafc_offset){ .topic = m->topic,
                                       .partition = m->partition,
                                       .leader_epoch = m->leader_epoch,
                                       .offset = m->offset,
                                       .metadata = m->metadata,
                                       .stamp = m->stamp,
                                       .result = m->code };
    }
    cg->cfg.on_commit(cg->cfg.ctx, cg->told_v, cg->nslots, code, code ? err : NULL);
}

static void finish(struct kafc_consumer_group *cg, struct kafc_cg_commit *commit, kafc_err code,
                   const kafc_error *err)
{
    kafc__free(&cg->cfg.mem, commit->entry);
    commit->entry = NULL;
    commit->done(commit, code, code ? err : NULL);
}

/* Marks that there was no room for go on with the same commit. true: it does. */
static bool more_marks(struct kafc_consumer_group *cg)
{
    const struct kafc_cg_commit *commit = first(&cg->aboard);

    if (commit && commit->marks)
        board_marks(cg);
    return cg->nslots > 0;
}

static void fly(struct kafc_consumer_group *cg);

static void landed(struct kafc_consumer_group *cg, const kafc_error *why)
{
    struct kafc_list over;
    struct kafc_cg_commit *commit;
    kafc_error err;
    kafc_err code = KAFC_OK;
    bool more;

    kafc__list_init(&over);
    kafc__lock(&cg->c->lock);
    cg->flying = false;
    settle(cg);
    commit = first(&cg->aboard);
    if (commit && commit->marks)
        code = verdict(cg, commit, why, &err);
    kafc__unlock(&cg->c->lock);
    tell(cg, commit, code, &err);
    kafc__lock(&cg->c->lock);
    more = code == KAFC_OK && cg->nslots > 0 && commit && commit->marks;
    if (more) {
        clear_slots(cg);
        more = more_marks(cg);
    }
    if (!more)
        kafc__list_splice(&over, &cg->aboard);
    kafc__unlock(&cg->c->lock);
    if (more) {
        fly(cg);
        return;
    }
    while ((commit = first(&over)) != NULL) {
        kafc__list_del(&commit->node);
        if (!commit->marks)
            code = verdict(cg, commit, why, &err);
        finish(cg, commit, code, &err);
    }
    kafc__lock(&cg->c->lock);
    clear_slots(cg);
    reap_places(cg);
    kafc__unlock(&cg->c->lock);
}

static void call_done(struct kafc_group_call *call, kafc_err code, const kafc_error *err)
{
    struct kafc_consumer_group *cg = call->owner;

    landed(cg, code ? err : NULL);
    kafc__cg_commits_work(cg);
}

static void fly(struct kafc_consumer_group *cg)
{
    cg->flying = true;
    cg->call.v = cg->mark;
    cg->call.n = cg->nslots;
    cg->call.done = call_done;
    cg->call.owner = cg;
    kafc__group_call(cg->group, &cg->call);
}

void kafc__cg_commits_work(struct kafc_consumer_group *cg)
{
    bool some = true;

    while (some && !cg->flying) {
        kafc__cg_ask(cg); /* what is asked now shall see what was committed before, and waits for nothing else */
        kafc__lock(&cg->c->lock);
        board(cg);
        some = !kafc__list_empty(&cg->aboard);
        kafc__unlock(&cg->c->lock);
        if (cg->nslots > 0)
            fly(cg);
        else if (some)
            landed(cg, NULL);
    }
}

void kafc__cg_commit_cancel(struct kafc_consumer_group *cg, struct kafc_cg_commit *commit)
{
    kafc__lock(&cg->c->lock);
    kafc__list_del(&commit->node);
    kafc__unlock(&cg->c->lock);
    kafc__free(&cg->cfg.mem, commit->entry);
    commit->entry = NULL;
}

/* --- By itself ----------------------------------------------------------------------------------- */

static int64_t interval_us(const struct kafc_consumer_group *cg)
{
    return (int64_t)cg->cfg.commit_interval_ms * 1000;
}

static void interval_done(struct kafc_cg_commit *commit, kafc_err code, const kafc_error *err)
{
    struct kafc_consumer_group *cg = commit->owner;
    uint64_t again;

    kafc__lock(&cg->c->lock);
    again = cg->interval_again;
    cg->interval_queued = again && !cg->stopped;
    cg->interval_aboard = false;
    cg->interval_again = 0;
    if (cg->interval_queued) { /* in front of those that were asked for after it */
        const struct kafc_cg_commit *next = first(&cg->waiting);

        commit->number = next && next->number < again ? next->number : again;
        kafc__list_push_front(&cg->waiting, &commit->node);
    }
    kafc__unlock(&cg->c->lock);
    if (code)
        kafc__log(&kafc__core_config(cg->core)->log, KAFC_LOG_WARN,
                  "%s (tried again after the interval)", err->message);
}

/* The application says that something is marked once for each time that the timer finds nothing. A mark that it made
 * while the timer looked may be seen only by the next round, so there is one round more. */
void kafc__cg_interval(struct kafc_consumer_group *cg)
{
    int64_t now = kafc__core_now(cg->core);
    bool was = atomic_exchange(&cg->dirty, false), any = false, aboard;

    kafc__lock(&cg->c->lock);
    for (struct kafc_place *p = KAFC_LIST_FIRST(&cg->c->places, struct kafc_place, node); p && !any;
         p = KAFC_LIST_NEXT(&cg->c->places, p, struct kafc_place, node))
        any = kafc__place_is_dirty(p);
    aboard = cg->interval_aboard;
    kafc__unlock(&cg->c->lock);
    cg->interval_at = was || any ? now + interval_us(cg) : INT64_MAX;
    if (any && !aboard)
        kafc__cg_commit_soon(cg);
}

bool kafc__cg_commits_init(struct kafc_consumer_group *cg)
{
    enum { FEW = 8 }; /* that are committed with one call when there is no memory for more */

    kafc__list_init(&cg->waiting);
    kafc__list_init(&cg->aboard);
    cg->interval = (struct kafc_cg_commit){ .marks = true, .done = interval_done, .owner = cg };
    kafc__list_init(&cg->interval.node);
    atomic_init(&cg->dirty, false);
    cg->interval_at = INT64_MAX;
    return make_room(cg, FEW);
}

void kafc__cg_commits_fail(struct kafc_consumer_group *cg)
{
    struct kafc_list over;
    struct kafc_cg_commit *commit;
    kafc_error err;

    (void)kafc__error(&err, KAFC_ERR_CLOSED, "the reader is closed");
    kafc__list_init(&over);
    for (int32_t i = 0; i < cg->nslots; i++)
        cg->mark[i].code = KAFC_ERR_CLOSED;
    tell(cg, first(&cg->aboard), KAFC_ERR_CLOSED, &err);
    kafc__lock(&cg->c->lock);
    kafc__list_splice(&over, &cg->aboard);
    kafc__list_splice(&over, &cg->waiting);
    kafc__unlock(&cg->c->lock);
    while ((commit = first(&over)) != NULL) {
        kafc__list_del(&commit->node);
        for (int32_t i = 0; i < commit->n; i++)
            commit->v[i].result = KAFC_ERR_CLOSED;
        finish(cg, commit, KAFC_ERR_CLOSED, &err);
    }
}

void kafc__cg_commits_fini(struct kafc_consumer_group *cg)
{
    clear_slots(cg);
    kafc__free(&cg->cfg.mem, cg->mark);
    kafc__free(&cg->cfg.mem, cg->slot);
    kafc__free(&cg->cfg.mem, cg->told_v);
}
