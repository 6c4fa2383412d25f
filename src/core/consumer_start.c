/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Where partitions of a group start: what was committed is asked of the group,
 * for all that wait for it at once. The driver's thread.
 */
#include "core/consumer_group_internal.h"
#include "core/retry.h"

/* One notice for each topic that is refused, or for the group. Lock held. */
static void refuse(struct kafc_consumer_group *cg, int32_t i, const kafc_error *err)
{
    struct kafc_consumer_partition *p = cg->asked[i].p;
    kafc_err code = cg->ask_v[i].code;
    kafc_err_class cls = kafc__retry_class(KAFC_API_OFFSET_FETCH, code);
    bool passes = code == KAFC_ERR_NOT_ASSIGNED || code == KAFC_ERR_TIMED_OUT ||
                  cls == KAFC_CLASS_RETRY || cls == KAFC_CLASS_COORDINATOR ||
                  cls == KAFC_CLASS_REFRESH || code == KAFC_ERR_CLOSED;
    bool told = false;

    kafc__cp_retry(p);
    if (code == KAFC_ERR_TIMED_OUT && err) {
        cg->c->trouble = *err;
        cg->c->trouble_at = kafc__core_now(cg->core);
    }
    for (int32_t k = 0; k < i && !passes && !told; k++)
        told = cg->ask_v[k].code == code && (code == KAFC_ERR_GROUP_AUTHORIZATION_FAILED ||
                                             strcmp(cg->ask_v[k].topic, cg->ask_v[i].topic) == 0);
    if (told)
        p->told = code; /* for it, too */
    else if (!passes)
        (void)kafc__cp_tell(p, code, KAFC_OFFSET_UNKNOWN,
                            "%s [%d]: what group \"%s\" has committed is not told: %s", p->topic->s,
                            p->id, cg->cfg.group.group, kafc_err_text(code));
}

static void ask_done(struct kafc_group_call *call, kafc_err code, const kafc_error *err)
{
    struct kafc_consumer_group *cg = call->owner;

    (void)code;
    kafc__lock(&cg->c->lock);
    cg->asking = false;
    for (int32_t i = 0; i < call->n; i++) {
        if (!kafc__cp_answered(&cg->asked[i]))
            continue;
        if (cg->ask_v[i].code == KAFC_OK)
            kafc__cp_committed(cg->asked[i].p, cg->ask_v[i].offset, cg->ask_v[i].leader_epoch);
        else
            refuse(cg, i, err);
    }
    kafc__unlock(&cg->c->lock);
    kafc__consumer_poke(cg->c);
}

static bool ask_room(struct kafc_consumer_group *cg, int32_t n)
{
    struct kafc_group_mark *v;
    struct kafc_asked *asked;

    if (n <= cg->ask_cap)
        return true;
    v = kafc__realloc_array(&cg->cfg.mem, cg->ask_v, (size_t)n, sizeof *v);
    if (v)
        cg->ask_v = v;
    asked = kafc__realloc_array(&cg->cfg.mem, cg->asked, (size_t)n, sizeof *asked);
    if (asked)
        cg->asked = asked;
    if (!v || !asked)
        return false;
    cg->ask_cap = n;
    return true;
}

/* All that wait, and for no commit, with one call; -1: out of memory. Lock held. */
static int32_t collect(struct kafc_consumer_group *cg)
{
    uint64_t up_to = kafc__cg_committed_up_to(cg);
    struct kafc_list *all = &cg->c->partitions;
    struct kafc_consumer_partition *p = KAFC_LIST_FIRST(all, struct kafc_consumer_partition, node);
    int32_t n = 0, at = 0;
    bool room;

    for (; p; p = KAFC_LIST_NEXT(all, p, struct kafc_consumer_partition, node))
        n += p->behind <= up_to && kafc__cp_wants_committed(p);
    room = ask_room(cg, n);
    p = KAFC_LIST_FIRST(all, struct kafc_consumer_partition, node);
    for (; n && p; p = KAFC_LIST_NEXT(all, p, struct kafc_consumer_partition, node)) {
        if (p->behind > up_to || !kafc__cp_wants_committed(p))
            continue;
        if (!room) {
            kafc__cp_retry(p);
            continue;
        }
        cg->ask_v[at] =
            (struct kafc_group_mark){ .topic = p->topic->s, .partition = p->id, .stamp = p->stamp };
        kafc__cp_ask(&cg->asked[at++], p);
    }
    return n && !room ? -1 : at;
}

void kafc__cg_ask(void *owner)
{
    struct kafc_consumer_group *cg = owner;
    int32_t n;

    if (cg->asking || cg->stopped)
        return;
    kafc__lock(&cg->c->lock);
    n = collect(cg);
    kafc__unlock(&cg->c->lock);
    if (n < 0)
        kafc__consumer_poke(cg->c); /* to try again */
    if (n <= 0)
        return;
    cg->asking = true;
    cg->ask = (struct kafc_group_call){ .fetch = true,
                                        .v = cg->ask_v,
                                        .n = n,
                                        .deadline = kafc__core_now(cg->core) +
                                                    kafc__core_config(cg->core)->request_timeout_us,
                                        .done = ask_done,
                                        .owner = cg };
    kafc__group_call(cg->group, &cg->ask);
}
