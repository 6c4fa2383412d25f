/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A consumer with a group: what comes and goes, what the application is told,
 * and the end. The driver's thread, but where it says
 * otherwise.
 */
#include "core/consumer_group_internal.h"

#include <stdio.h>

static struct kafc_place *first_place(struct kafc_consumer_group *cg)
{
    return KAFC_LIST_FIRST(&cg->c->places, struct kafc_place, node);
}

static struct kafc_place *next_place(struct kafc_consumer_group *cg, struct kafc_place *place)
{
    return KAFC_LIST_NEXT(&cg->c->places, place, struct kafc_place, node);
}

#define FOR_PLACES(cg, place) \
    for (struct kafc_place *place = first_place(cg); place; place = next_place(cg, place))

/* --- Is there something to tell? ------------------------------------------------------------- */

/* REVOKED before ASSIGNED: what was assigned before it and is not told does not go with it, or goes untold. Claims of
 * what goes are waited for before anything is told (rule R8). */
static kafc_rebalance_kind to_tell(struct kafc_consumer_group *cg)
{
    bool comes = cg->tell_empty;

    if (cg->c->ending > 0)
        return (kafc_rebalance_kind)0;
    if (!kafc__list_empty(&cg->lost))
        return KAFC_LOST;
    FOR_PLACES(cg, place)
    {
        if (place->stage == KAFC_PLACE_GOES)
            return KAFC_REVOKED;
        comes = comes || (place->since && !place->known && place->stage == KAFC_PLACE_OURS);
    }
    return comes ? KAFC_ASSIGNED : (kafc_rebalance_kind)0;
}

/* Lock held: is there something to take? */
static void look(struct kafc_consumer_group *cg)
{
    bool exceeded = cg->tell_exceeded && cg->c->ending == 0;
    bool attention = !cg->quietly && (to_tell(cg) || exceeded || cg->failed.code != KAFC_OK);

    cg->c->attention = attention;
    if (attention)
        atomic_store_explicit(&cg->c->taker.look, true, memory_order_relaxed);
}

static void call_application(struct kafc_consumer_group *cg)
{
    cg->c->cfg.on_ready(cg->c->cfg.ctx);
}

/* --- What goes ---------------------------------------------------------------------------------- */

static void stop_reading(struct kafc_place *place)
{
    if (place->p)
        kafc__cp_give_up(place->p);
}

static void finish_place(struct kafc_place *place)
{
    place->stage = KAFC_PLACE_FINISHED;
    atomic_store(&place->gone, true);
    stop_reading(place);
}

/* Have all that go been answered, or their claims been freed where nobody answers? Then what is marked is committed,
 * and the group may go on. Lock held. */
static void check_revoked(struct kafc_consumer_group *cg)
{
    if (!cg->revoking || kafc__list_linked(&cg->revoke.node))
        return;
    FOR_PLACES(cg, place)
    {
        if (place->stage == KAFC_PLACE_GOES && cg->quietly && cg->c->ending == 0)
            finish_place(place);
        if (place->stage == KAFC_PLACE_GOES || place->stage == KAFC_PLACE_TOLD)
            return;
    }
    int64_t now = kafc__core_now(cg->core), us = kafc__core_config(cg->core)->request_timeout_us;
    int64_t max = (int64_t)cg->cfg.group.max_poll_interval_ms * 1000;
    cg->revoke.deadline = now + (us < max ? us : max);
    if (cg->phase != KAFC_CG_STAYS && cg->leave_by < cg->revoke.deadline)
        cg->revoke.deadline = cg->leave_by;
    kafc__cg_push(cg, &cg->revoke);
}

/* Who goes on without them says so; a close answers it, too, since what they have done is not committed. Lock held. */
static void give_up_claims(struct kafc_consumer_group *cg)
{
    int n = kafc__consumer_give_up_claims(cg->c);
    char limit[64] = "close, unsubscribe";
    kafc_error late;

    if (cg->claims_by != cg->leave_claims_by || cg->phase == KAFC_CG_STAYS)
        (void)snprintf(limit, sizeof limit, "max_poll_interval_ms, %d",
                       cg->cfg.group.max_poll_interval_ms);
    (void)kafc__error(&late, KAFC_ERR_TIMED_OUT,
                      "group %.150s: %d claim%s of what has to be given up %s not freed within the time of %s: "
                      "what they mark from here on is not committed",
                      cg->cfg.group.group, n, n == 1 ? "" : "s", n == 1 ? "was" : "were", limit);
    kafc__log(&kafc__core_config(cg->core)->log, KAFC_LOG_WARN, "%s", late.message);
    if (cg->for_good && cg->leave_err.code == KAFC_OK)
        cg->leave_err = late;
}

/* Claims that end are waited for: a part of the rebalance timeout is left for the last commit and the way back into the
 * group. Lock held. */
static void check_claims(struct kafc_consumer_group *cg)
{
    int64_t now = kafc__core_now(cg->core),
            max = (int64_t)cg->cfg.group.max_poll_interval_ms * 1000;

    if (cg->c->ending > 0 && cg->claims_by == INT64_MAX)
        cg->claims_by = now + max - max / 10;
    if (cg->phase != KAFC_CG_STAYS && cg->leave_claims_by < cg->claims_by)
        cg->claims_by = cg->leave_claims_by;
    if (cg->c->ending > 0 && now >= cg->claims_by)
        give_up_claims(cg);
    if (cg->c->ending == 0)
        cg->claims_by = INT64_MAX;
}

/* The last commit is over, whatever came of it. */
static void revoke_done(struct kafc_cg_commit *commit, kafc_err code, const kafc_error *err)
{
    struct kafc_consumer_group *cg = commit->owner;
    struct kafc_place *place, *next;
    bool waits = false, more = false, lost = !cg->revoking;

    if (code)
        kafc__log(&kafc__core_config(cg->core)->log, KAFC_LOG_WARN,
                  "before partitions were given up: %s", err->message);
    kafc__lock(&cg->c->lock);
    if (code && cg->phase != KAFC_CG_STAYS && cg->leave_err.code == KAFC_OK)
        cg->leave_err = *err;
    for (place = first_place(cg); place && !lost; place = next) {
        next = next_place(cg, place);
        waits = waits || place->stage == KAFC_PLACE_GOES || place->stage == KAFC_PLACE_TOLD;
        if (place->stage != KAFC_PLACE_FINISHED)
            continue;
        if (kafc__place_is_dirty(place) && place->round != cg->round)
            more = true; /* it went while the commit was under way */
        else
            kafc__place_drop(place);
    }
    cg->revoking = waits || more;
    if (more)
        check_revoked(cg);
    kafc__unlock(&cg->c->lock);
    if (!waits && !more && !lost)
        kafc__group_settled(cg->group);
}

static void revoked(struct kafc_consumer_group *cg, const struct kafc_group_notice *n)
{
    for (int32_t i = 0; i < n->n; i++) {
        struct kafc_place *place = kafc__place_find(cg->c, n->v[i].topic, n->v[i].partition);

        if (!place || place->stage != KAFC_PLACE_OURS)
            continue;
        place->stage = KAFC_PLACE_GOES;
        if (place->p)
            kafc__cp_end_claim(place->p);
        if (!place->known) /* it was never told to have come */
            finish_place(place);
    }
    cg->revoking = true;
    cg->tell_empty = false;
    cg->short_of_memory = false; /* what is not read yet may be what goes: the next assignment tells */
    cg->retry_at = INT64_MAX;
    check_revoked(cg);
}

static void lose(struct kafc_consumer_group *cg, struct kafc_place *place)
{
    bool told = !place->known || place->stage == KAFC_PLACE_TOLD ||
                place->stage == KAFC_PLACE_FINISHED;

    stop_reading(place);
    if (!told)
        (void)kafc__place_ref(place);
    kafc__place_drop(place);
    if (!told)
        kafc__list_push(&cg->lost, &place->node);
}

static void lost(struct kafc_consumer_group *cg, const struct kafc_group_notice *n)
{
    bool goes = false;

    for (int32_t i = 0; i < n->n; i++) {
        struct kafc_place *place = kafc__place_find(cg->c, n->v[i].topic, n->v[i].partition);

        if (place)
            lose(cg, place);
    }
    cg->lost_why = *n->why;
    cg->tell_exceeded = cg->tell_exceeded || n->why->code == KAFC_ERR_MAX_POLL_EXCEEDED;
    FOR_PLACES(cg, place)
    {
        goes = goes || place->stage != KAFC_PLACE_OURS;
    }
    cg->revoking = cg->revoking && goes;
    cg->tell_empty = false;
    check_revoked(cg);
}

/* --- What comes ------------------------------------------------------------------------------------- */

/* What is left of former times by hand does not count: nothing of it could be committed any more. */
static bool is_read(struct kafc_consumer_group *cg, const struct kafc_group_partition *own)
{
    struct kafc_place *place = kafc__place_find(cg->c, own->topic, own->partition);

    if (place && place->since)
        return true;
    if (place)
        kafc__place_drop(place);
    return false;
}

/* What is owned and not read yet. Lock held. */
static void take_in(struct kafc_consumer_group *cg)
{
    int32_t n;
    const struct kafc_group_partition *own = kafc__group_owned(cg->group, &n);

    cg->short_of_memory = false;
    for (int32_t i = 0; i < n && !cg->short_of_memory; i++)
        if (!is_read(cg, &own[i]))
            cg->short_of_memory = !kafc__cp_new(cg->c, own[i].topic, own[i].partition, own[i].since,
                                                KAFC_COMMITTED, cg->c->cfg.options.stop);
    cg->retry_at = cg->short_of_memory
                       ? kafc__core_now(cg->core) + kafc__core_retry_delay(cg->core, 0)
                       : INT64_MAX;
}

static void assigned(struct kafc_consumer_group *cg, const struct kafc_group_notice *n)
{
    cg->tell_empty = n->n == 0;
    take_in(cg);
}

/* --- Notices of the group ------------------------------------------------------------------------------ */

static void left(struct kafc_consumer_group *cg, const struct kafc_group_notice *n);

static void failed(struct kafc_consumer_group *cg, const struct kafc_group_notice *n)
{
    cg->failed = *n->why;
}

static void no_topic(struct kafc_consumer_group *cg, const struct kafc_group_notice *n)
{
    struct kafc_name *name = kafc__name_new(&cg->cfg.mem, n->v[0].topic);

    if (!name || !kafc__consumer_tell(cg->c, NULL, name, -1, KAFC_OFFSET_UNKNOWN, n->why))
        kafc__log(&kafc__core_config(cg->core)->log, KAFC_LOG_WARN, "%s", n->why->message);
    kafc__name_unref(name);
}

static void notice(void *ctx, const struct kafc_group_notice *n)
{
    static void (*const take[KAFC_GROUP_NOTICES])(struct kafc_consumer_group *,
                                                  const struct kafc_group_notice *) = {
        [KAFC_GROUP_ASSIGNED] = assigned, [KAFC_GROUP_REVOKED] = revoked,
        [KAFC_GROUP_LOST] = lost,         [KAFC_GROUP_FAILED] = failed,
        [KAFC_GROUP_LEFT] = left,         [KAFC_GROUP_TOPIC] = no_topic,
    };
    struct kafc_consumer_group *cg = ctx;

    if (cg->stopped) { /* nobody has anything to finish with */
        if (n->kind == KAFC_GROUP_REVOKED)
            kafc__group_settled(cg->group);
        return;
    }
    kafc__lock(&cg->c->lock);
    take[n->kind](cg, n);
    look(cg);
    kafc__unlock(&cg->c->lock);
    kafc__consumer_poke(cg->c);
    kafc__core_poke(cg->core, &cg->member);
    call_application(cg);
}

/* --- The thread that reads ----------------------------------------------------------------------------------- */

/* Room for what is told, as far as there is memory: the rest is told after it. Without the lock. */
static bool told_room(struct kafc_consumer_group *cg, int32_t n)
{
    kafc_topic_partition *v;
    struct kafc_place **place;

    if (n <= cg->told_cap)
        return true;
    v = kafc__realloc_array(&cg->cfg.mem, cg->told, (size_t)n, sizeof *v);
    if (v)
        cg->told = v;
    place = kafc__realloc_array(&cg->cfg.mem, cg->told_place, (size_t)n,
                                sizeof(struct kafc_place *));
    if (place)
        cg->told_place = place;
    if (!v || !place)
        return false;
    cg->told_cap = n;
    return true;
}

static int32_t count_places(struct kafc_consumer_group *cg)
{
    int32_t n = 0;

    kafc__lock(&cg->c->lock);
    for (struct kafc_list *l = cg->lost.next; l != &cg->lost; l = l->next)
        n++;
    FOR_PLACES(cg, p)
    {
        n++;
    }
    kafc__unlock(&cg->c->lock);
    return n;
}

static void tell(struct kafc_consumer_group *cg, struct kafc_place *place)
{
    cg->told[cg->ntold] = (kafc_topic_partition){ place->topic->s, place->id };
    cg->told_place[cg->ntold++] = place;
}

static void tell_lost(struct kafc_consumer_group *cg, struct kafc_cg_notice *out)
{
    struct kafc_place *place;

    while (cg->ntold < cg->told_cap &&
           (place = KAFC_LIST_FIRST(&cg->lost, struct kafc_place, node)) != NULL) {
        kafc__list_del(&place->node);
        tell(cg, place);
    }
    out->why = cg->lost_why;
}

static void tell_places(struct kafc_consumer_group *cg, bool comes)
{
    FOR_PLACES(cg, place)
    {
        bool news = comes ? place->since && !place->known && place->stage == KAFC_PLACE_OURS
                          : place->stage == KAFC_PLACE_GOES;

        if (!news || cg->ntold == cg->told_cap)
            continue;
        place->known = true;
        place->stage = comes ? KAFC_PLACE_OURS : KAFC_PLACE_TOLD;
        tell(cg, kafc__place_ref(place));
    }
}

static bool tell_why(struct kafc_consumer_group *cg, struct kafc_cg_notice *out)
{
    bool exceeded = cg->tell_exceeded && cg->c->ending == 0;

    bool some = exceeded || cg->failed.code != KAFC_OK;

    out->why = exceeded ? cg->lost_why : cg->failed;
    cg->tell_exceeded = cg->tell_exceeded && !exceeded;
    if (!exceeded && cg->failed.code == KAFC_ERR_GROUP_AUTHORIZATION_FAILED)
        cg->failed.code = KAFC_OK; /* the group tries again, and then says so again */
    return some;
}

bool kafc__cg_take(struct kafc_consumer_group *cg, struct kafc_cg_notice *out)
{
    bool some = true;

    (void)told_room(cg, count_places(cg));
    kafc__lock(&cg->c->lock);
    cg->ntold = 0;
    out->kind = cg->quietly || cg->stopped ? (kafc_rebalance_kind)0 : to_tell(cg);
    if (out->kind == KAFC_LOST)
        tell_lost(cg, out);
    else if (out->kind)
        tell_places(cg, out->kind == KAFC_ASSIGNED);
    else
        some = tell_why(cg, out);
    cg->tell_empty = cg->tell_empty && out->kind != KAFC_ASSIGNED;
    look(cg);
    kafc__unlock(&cg->c->lock);
    out->v = cg->told;
    out->n = cg->ntold;
    return some;
}

void kafc__cg_answer(struct kafc_consumer_group *cg, const struct kafc_cg_notice *notice)
{
    int32_t n = cg->ntold;

    kafc__lock(&cg->c->lock);
    for (int32_t i = 0; i < n && notice->kind == KAFC_REVOKED; i++)
        if (cg->told_place[i]->stage == KAFC_PLACE_TOLD &&
            kafc__list_linked(&cg->told_place[i]->node))
            finish_place(cg->told_place[i]);
    cg->ntold = 0;
    kafc__unlock(&cg->c->lock);
    for (int32_t i = 0; i < n; i++)
        kafc__place_unref(cg->told_place[i]);
    if (notice->kind == KAFC_REVOKED)
        kafc__core_poke(cg->core, &cg->member);
}

/* --- Subscription and leaving ----------------------------------------------------------------------------------- */

static bool by_hand(struct kafc_consumer *c)
{
    struct kafc_consumer_partition *p = KAFC_LIST_FIRST(&c->partitions,
                                                        struct kafc_consumer_partition, node);

    while (p && (p->dead || p->stamp))
        p = KAFC_LIST_NEXT(&c->partitions, p, struct kafc_consumer_partition, node);
    return p != NULL;
}

kafc_err kafc__cg_subscribe(struct kafc_consumer_group *cg, const char *const *topics, int32_t n,
                            kafc_error *err)
{
    kafc_err code = KAFC_OK;

    if (cg->stopped || cg->for_good)
        return kafc__error(err, KAFC_ERR_CLOSED, "the reader is closed");
    kafc__lock(&cg->c->lock);
    if (cg->phase != KAFC_CG_STAYS && cg->phase != KAFC_CG_OUT)
        code = kafc__error(err, KAFC_ERR_USAGE,
                           "the reader is still leaving its group: call unsubscribe again");
    else if (!cg->c->subscribed && by_hand(cg->c))
        code = kafc__error(
            err, KAFC_ERR_USAGE,
            "partitions are assigned by hand: kafc_reader_assign() of none gives them up");
    kafc__unlock(&cg->c->lock);
    if (code == KAFC_OK)
        code = kafc__group_subscribe(cg->group, topics, n, err);
    if (code)
        return code;
    kafc__lock(&cg->c->lock);
    cg->phase = KAFC_CG_STAYS;
    cg->c->subscribed = true;
    cg->failed.code = KAFC_OK;
    look(cg);
    kafc__unlock(&cg->c->lock);
    return KAFC_OK;
}

/* The group was left; what is marked by hand is to be committed. Lock held. */
static void flush(struct kafc_consumer_group *cg)
{
    cg->phase = KAFC_CG_FLUSHES;
    cg->leave.deadline = cg->leave_by;
    kafc__cg_push(cg, &cg->leave);
}

static void out(struct kafc_consumer_group *cg)
{
    cg->phase = KAFC_CG_OUT;
    cg->quietly = cg->for_good && cg->quietly;
}

static void left(struct kafc_consumer_group *cg, const struct kafc_group_notice *n)
{
    (void)n;
    cg->c->subscribed = false;
    cg->failed.code = KAFC_OK;
    cg->tell_empty = false;
    if (cg->phase == KAFC_CG_LEAVES)
        flush(cg);
    else if (cg->phase == KAFC_CG_CLOSES)
        out(cg);
}

static void leave_done(struct kafc_cg_commit *commit, kafc_err code, const kafc_error *err)
{
    struct kafc_consumer_group *cg = commit->owner;
    bool closes;

    kafc__lock(&cg->c->lock);
    if (code && cg->leave_err.code == KAFC_OK)
        cg->leave_err = *err;
    closes = cg->for_good && !cg->stopped;
    if (closes)
        cg->phase = KAFC_CG_CLOSES;
    else
        out(cg);
    kafc__unlock(&cg->c->lock);
    if (closes)
        kafc__group_stop(cg->group);
    else
        call_application(cg);
}

void kafc__cg_leave(struct kafc_consumer_group *cg, bool for_good, bool quietly, int64_t deadline)
{
    bool begins, subscribed;
    int64_t left;

    if (cg->stopped)
        return;
    kafc__lock(&cg->c->lock);
    begins = cg->phase == KAFC_CG_STAYS || (cg->phase == KAFC_CG_OUT && for_good && !cg->for_good);
    if (begins)
        cg->leave_err.code = KAFC_OK;
    cg->for_good = cg->for_good || for_good;
    cg->quietly = cg->quietly || quietly;
    cg->leave_by = deadline;
    left = deadline - kafc__core_now(cg->core);
    cg->leave_claims_by = deadline == INT64_MAX ? deadline : deadline - left / 10;
    if (deadline == 0 && !cg->for_good) /* it goes on, and is asked again */
        cg->leave_claims_by = INT64_MAX;
    subscribed = cg->c->subscribed;
    if (begins && subscribed)
        cg->phase = KAFC_CG_LEAVES;
    else if (begins)
        flush(cg);
    check_claims(cg);
    check_revoked(cg);
    look(cg);
    kafc__unlock(&cg->c->lock);
    kafc__cg_set_timer(cg);
    if (begins && subscribed)
        kafc__group_leave(cg->group);
}

kafc_err kafc__cg_leave_result(const struct kafc_consumer_group *cg, kafc_error *err)
{
    struct kafc_consumer *c = cg->c;
    kafc_err code;

    kafc__lock(&c->lock);
    code = cg->leave_err.code;
    if (code && err)
        *err = cg->leave_err;
    for (struct kafc_place *p = KAFC_LIST_FIRST(&c->places, struct kafc_place, node); p && !code;
         p = KAFC_LIST_NEXT(&c->places, p, struct kafc_place, node))
        if (kafc__place_is_dirty(p))
            code = kafc__error(
                err, KAFC_ERR_TIMED_OUT,
                "group %.150s: no time was left to commit what is marked: offset %lld of %.200s [%d]",
                cg->cfg.group.group, (long long)atomic_load(&p->marked), p->topic->s, p->id);
    kafc__unlock(&c->lock);
    return code;
}

bool kafc__cg_is_out(struct kafc_consumer_group *cg)
{
    bool is_out;

    kafc__lock(&cg->c->lock);
    is_out = cg->phase == KAFC_CG_OUT || cg->stopped;
    kafc__unlock(&cg->c->lock);
    return is_out;
}

bool kafc__cg_is_subscribed(struct kafc_consumer_group *cg)
{
    bool subscribed;

    kafc__lock(&cg->c->lock);
    subscribed = cg->c->subscribed;
    kafc__unlock(&cg->c->lock);
    return subscribed;
}

struct kafc_group *kafc__cg_group(struct kafc_consumer_group *cg)
{
    return cg->group;
}

/* --- Life ----------------------------------------------------------------------------- */

void kafc__cg_set_timer(struct kafc_consumer_group *cg)
{
    int64_t at = cg->interval_at < cg->retry_at ? cg->interval_at : cg->retry_at;

    at = cg->claims_by < at ? cg->claims_by : at;
    if (at == INT64_MAX)
        kafc__core_timer_stop(cg->core, &cg->timer);
    else
        kafc__core_timer_set(cg->core, &cg->timer, at);
}

static void work(struct kafc_consumer_group *cg)
{
    int64_t now = kafc__core_now(cg->core);
    bool told = false;

    kafc__lock(&cg->c->lock);
    check_claims(cg);
    check_revoked(cg);
    told = cg->c->attention;
    if (cg->short_of_memory && cg->retry_at <= now)
        take_in(cg);
    look(cg);
    told = cg->c->attention && !told;
    kafc__unlock(&cg->c->lock);
    if (told) {
        kafc__consumer_poke(cg->c);
        call_application(cg);
    }
    if (cg->interval_at <= now)
        kafc__cg_interval(cg);
    else if (cg->interval_at == INT64_MAX && cg->cfg.commit_interval_ms >= 0 &&
             atomic_load(&cg->dirty))
        cg->interval_at = now + (int64_t)cg->cfg.commit_interval_ms * 1000;
    kafc__cg_commits_work(cg);
    kafc__cg_set_timer(cg);
}

static void poked(struct kafc_member *m)
{
    struct kafc_consumer_group *cg = KAFC_CONTAINER(m, struct kafc_consumer_group, member);

    if (!cg->stopped)
        work(cg);
}

static void claim_freed(void *owner)
{
    struct kafc_consumer_group *cg = owner;

    kafc__core_poke(cg->core, &cg->member);
}

static void fired(void *owner)
{
    struct kafc_consumer_group *cg = owner;

    if (!cg->stopped)
        work(cg);
}

static void delete(struct kafc_consumer_group *cg)
{
    kafc_allocator mem = cg->cfg.mem;

    kafc__group_free(cg->group);
    kafc__cg_commits_fini(cg);
    kafc__free(&mem, cg->told);
    kafc__free(&mem, cg->told_place);
    kafc__free(&mem, cg->ask_v);
    kafc__free(&mem, cg->asked);
    kafc__free(&mem, cg);
}

struct kafc_consumer_group *kafc__cg_new(struct kafc_core *core, struct kafc_consumer *consumer,
                                         const struct kafc_consumer_group_config *cfg)
{
    enum { FEW = 8 }; /* that are told at once when there is no memory for more */
    struct kafc_consumer_group *cg = kafc__zalloc(&cfg->mem, sizeof *cg);
    struct kafc_group_config group = cfg->group;

    if (!cg)
        return NULL;
    group.notice = notice;
    group.ctx = cg;
    cg->core = core;
    cg->c = consumer;
    cg->cfg = *cfg;
    cg->retry_at = cg->claims_by = INT64_MAX;
    kafc__list_init(&cg->lost);
    cg->revoke = (struct kafc_cg_commit){ .marks = true, .done = revoke_done, .owner = cg };
    cg->leave = (struct kafc_cg_commit){ .marks = true, .done = leave_done, .owner = cg };
    kafc__list_init(&cg->revoke.node);
    kafc__list_init(&cg->leave.node);
    cg->member.poked = poked;
    cg->group = kafc__group_new(core, &group);
    if (!kafc__cg_commits_init(cg) || !told_room(cg, FEW) || !cg->group ||
        !kafc__core_timer_init(core, &cg->timer, fired, cg)) {
        delete(cg);
        return NULL;
    }
    kafc__core_add(core, &cg->member);
    consumer->grouped = true;
    consumer->want_committed = kafc__cg_ask;
    consumer->claim_freed = claim_freed;
    consumer->owner = cg;
    return cg;
}

void kafc__cg_stop(struct kafc_consumer_group *cg)
{
    if (cg->stopped)
        return;
    kafc__lock(&cg->c->lock);
    cg->stopped = true;
    cg->c->attention = false;
    for (int32_t i = 0; cg->asking && i < cg->ask.n; i++)
        (void)kafc__cp_answered(&cg->asked[i]);
    kafc__unlock(&cg->c->lock);
    if (cg->asking)
        kafc__group_cancel(cg->group, &cg->ask);
    if (cg->flying)
        kafc__group_cancel(cg->group, &cg->call);
    cg->asking = cg->flying = false;
    kafc__core_timer_stop(cg->core, &cg->timer);
    kafc__cg_commits_fail(cg);
    kafc__group_stop(cg->group);
    if (cg->revoking)
        kafc__group_settled(cg->group);
}

void kafc__cg_free(struct kafc_consumer_group *cg)
{
    struct kafc_place *place;

    kafc__cg_stop(cg);
    while ((place = KAFC_LIST_FIRST(&cg->lost, struct kafc_place, node)) != NULL) {
        kafc__list_del(&place->node);
        kafc__place_unref(place);
    }
    kafc__core_timer_fini(cg->core, &cg->timer);
    kafc__core_remove(cg->core, &cg->member);
    delete(cg);
}
