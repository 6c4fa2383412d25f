/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The table of assignors, and what goes for all of them: the result is checked
 * and turned back into the caller's numbers. Pure; one thread at a time.
 */
#include "core/assignor.h"

#include "base/log.h"
#include "core/assignor_internal.h"

#define ROW(name, protocol, data, rule) \
    { \
        (name), KAFC_ASSIGN_##protocol, KAFC_ASSIGN_DATA_##data, (rule), NULL, NULL, { NULL, 0 } \
    }

/* clang-format off */
static const struct kafc_assignor assignors[] = {
    ROW("range",              EAGER,       NONE,       kafc__share_range),
    ROW("roundrobin",         EAGER,       NONE,       kafc__share_round_robin),
    ROW("sticky",             EAGER,       OWNED,      kafc__share_sticky),
    ROW("cooperative-sticky", COOPERATIVE, GENERATION, kafc__share_cooperative),
    ROW("rack-affinity",      EAGER,       RACK,       kafc__share_rack_affinity),
};
/* clang-format on */

const struct kafc_assignor *kafc__assignor_at(size_t i)
{
    return i < sizeof(assignors) / sizeof(assignors[0]) ? &assignors[i] : NULL;
}

const struct kafc_assignor *kafc__assignor(const char *name)
{
    const struct kafc_assignor *a;

    for (size_t i = 0; (a = kafc__assignor_at(i)); i++)
        if (strcmp(a->name, name) == 0)
            return a;
    return NULL;
}

static kafc_err wrong(struct kafc_assign_run *r, const struct kafc_assignor *a, int32_t i,
                      const struct kafc_assign_tp *tp, const char *why)
{
    kafc_str id = r->in->members[i].id, topic = { "?", 1 };

    if (tp->topic >= 0 && tp->topic < r->in->ntopics)
        topic = r->in->topics[tp->topic].name;
    return kafc__error(r->err, KAFC_ERR_USAGE,
                       "the assignor '%s' gave %.*s-%d to member '%.*s', %s", a->name,
                       (int)topic.len, topic.p, (int)tp->partition, (int)id.len, id.p, why);
}

static kafc_err take_over(struct kafc_assign_run *r, const struct kafc_assignor *a, int32_t i,
                          const struct kafc_assign_tp *tp, const int32_t *topic_number)
{
    int32_t m = r->number[i];
    int32_t t = tp->topic >= 0 && tp->topic < r->in->ntopics ? topic_number[tp->topic] : -1;

    if (t < 0 || tp->partition < 0 || tp->partition >= kafc__assign_count(r, t))
        return wrong(r, a, i, tp, "which nobody subscribes to or is not there");
    if (!kafc__assign_subscribed(r, m, t))
        return wrong(r, a, i, tp, "which does not subscribe to it");
    if (r->owner[r->first[t] + tp->partition] >= 0)
        return wrong(r, a, i, tp, "and to another");
    kafc__assign_give(r, r->first[t] + tp->partition, m);
    return KAFC_OK;
}

/* The result of a caller's rule; its lists may hold anything. */
static kafc_err share_custom(struct kafc_assign_run *r, const struct kafc_assignor *a)
{
    struct kafc_assigned *got = kafc__arena_array(r->arena, (size_t)r->nmembers, sizeof(*got));
    int32_t *number = kafc__assign_ints(r, (size_t)r->in->ntopics, -1);

    if (!got || !number)
        return kafc__assign_no_memory(r);
    kafc_err rc = a->custom(a->ctx, r->in, r->arena, got, r->err);
    for (int32_t t = 0; t < r->ntopics; t++)
        number[r->topic[t]] = t;
    for (int32_t i = 0; !rc && i < r->nmembers; i++)
        for (int32_t j = 0; !rc && j < got[i].n; j++)
            rc = take_over(r, a, i, &got[i].v[j], number);
    if (rc || a->protocol != KAFC_ASSIGN_COOPERATIVE)
        return rc;
    struct kafc_claims c;
    rc = kafc__claims_read(r, &c, false);
    return rc ? rc : kafc__claims_hold_back(r, &c);
}

static kafc_err write_out(struct kafc_assign_run *r, struct kafc_assigned **out)
{
    struct kafc_assigned *all = kafc__arena_array(r->arena, (size_t)r->nmembers, sizeof(*all));
    struct kafc_assign_tp *v = kafc__arena_array(r->arena, (size_t)r->nparts, sizeof(*v));

    if (!all || !v)
        return kafc__assign_no_memory(r);
    for (int32_t i = 0; i < r->nmembers; i++) {
        all[i].v = v;
        for (int32_t p = r->head[r->number[i]]; p >= 0; p = r->next[p]) {
            int32_t t = r->topic_of[p];
            *v++ = (struct kafc_assign_tp){ r->topic[t], p - r->first[t] };
        }
        all[i].n = (int32_t)(v - all[i].v);
    }
    *out = all;
    return KAFC_OK;
}

kafc_err kafc__assign(const struct kafc_assignor *a, const struct kafc_assign_in *in,
                      struct kafc_arena *arena, struct kafc_assigned **out, kafc_error *err)
{
    struct kafc_assign_run r = { .in = in, .arena = arena, .err = err };
    kafc_err rc = kafc__assign_open(&r);

    if (!rc)
        rc = a->share ? a->share(&r) : share_custom(&r, a);
    if (!rc)
        rc = write_out(&r, out);
    return !rc && arena->failed ? kafc__assign_no_memory(&r) : rc;
}
