/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A reader in a group: options, the subscription, rebalance notices, leaving.
 * Application threads.
 */
#include "client/reader.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "core/metadata.h"

/* --- Open ---------------------------------------------------------------------------------- */

kafc_err kafc__reader_group_check(kafc_reader *r, const kafc_reader_options *asked, kafc_error *err)
{
    kafc_reader_options *o = &r->cfg.options;

    if (!o->group && o->group_instance)
        return kafc__error(err, KAFC_ERR_USAGE, "reader: group_instance, and no group");
    if (!o->group && o->start.kind == KAFC_POSITION_COMMITTED &&
        asked->start.kind != KAFC_POSITION_COMMITTED)
        o->start = KAFC_FIRST; /* auto.offset.reset=none is of groups */
    if (!o->group)
        return KAFC_OK;
    if (!*o->group || (o->group_instance && !*o->group_instance))
        return kafc__error(err, KAFC_ERR_USAGE,
                           "reader: the name of the group or of the instance is empty");
    if (o->group_instance && !kafc__topic_name_ok(o->group_instance)) /* the same rule */
        return kafc__error(
            err, KAFC_ERR_USAGE,
            "reader: group_instance \"%.249s\" is none: 1 to 249 letters, digits, dots, underscores "
            "and hyphens (group.instance.id)",
            o->group_instance);
    if (o->partition >= 0)
        return kafc__error(
            err, KAFC_ERR_USAGE,
            "reader: partition %d, and a group, which assigns partitions: leave one out, or the topic "
            "and call kafc_reader_assign",
            o->partition);
    if (o->heartbeat_interval_ms >= o->session_timeout_ms)
        return kafc__error(
            err, KAFC_ERR_USAGE,
            "reader: heartbeat_interval_ms, %d, must be below session_timeout_ms, %d",
            o->heartbeat_interval_ms, o->session_timeout_ms);
    if (o->reset == KAFC_RESET_START && o->start.kind == KAFC_POSITION_COMMITTED)
        return kafc__error(err, KAFC_ERR_USAGE,
                           "reader: reset by KAFC_RESET_START, and the start is KAFC_COMMITTED: where to?");
    return kafc__assignors_init(&r->assignors, &r->client->mem, o, err);
}

static void make_group(void *arg)
{
    kafc_reader *r = arg;
    const kafc_reader_options *o = &r->cfg.options;
    struct kafc_consumer_group_config cfg = {
        .mem = r->cfg.mem,
        .group = { .mem = r->cfg.mem,
                   .group = o->group,
                   .instance = o->group_instance,
                   .leave_static = o->leave_static == KAFC_ON,
                   .read_committed = o->isolation != KAFC_READ_UNCOMMITTED,
                   .session_timeout_ms = o->session_timeout_ms,
                   .heartbeat_interval_ms = o->heartbeat_interval_ms,
                   .max_poll_interval_ms = o->max_poll_interval_ms,
                   .assignors = r->assignors.v,
                   .nassignors = r->assignors.n },
        .commit_interval_ms = o->commit_interval_ms,
        .on_commit = o->on_commit,
        .ctx = o->ctx,
    };

    r->cg = kafc__cg_new(r->client->core, r->consumer, &cfg);
    if (r->cg)
        r->polls = kafc__group_polls(kafc__cg_group(r->cg));
}

static kafc_err subscribe(kafc_reader *r, const char *const *topics, int32_t n, kafc_error *err);

kafc_err kafc__reader_group_start(kafc_reader *r, kafc_error *err)
{
    kafc__client_run(r->client, make_group, r);
    if (!r->cg)
        return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for a reader");
    return r->cfg.options.topic ? subscribe(r, &r->cfg.options.topic, 1, err) : KAFC_OK;
}

static void free_group(void *arg)
{
    kafc_reader *r = arg;

    kafc__cg_free(r->cg);
    r->cg = NULL;
}

void kafc__reader_group_fini(kafc_reader *r)
{
    if (r->cg)
        kafc__client_run(r->client, free_group, r);
    kafc__assignors_fini(&r->assignors);
    kafc__membership_free(r->membership, &r->client->mem);
    kafc__arena_fini(&r->topics_arena);
    kafc__arena_fini(&r->committed);
}

/* --- Notices --------------------------------------------------------------------------------- */

static void tell(kafc_reader *r, const struct kafc_cg_notice *n)
{
    const kafc_reader_options *o = &r->cfg.options;
    kafc_rebalance what = {
        .kind = n->kind, .n = n->n, .partitions = n->v, .why = n->kind == KAFC_LOST ? &n->why : NULL
    };

    if (!o->on_rebalance)
        return;
    bool aside = r->aside;
    r->inside = r->aside = true;
    o->on_rebalance(o->ctx, r, &what);
    r->inside = false;
    r->aside = aside;
}

kafc_err kafc__reader_notices(kafc_reader *r, kafc_error *err)
{
    struct kafc_cg_notice n;

    while (kafc__cg_take(r->cg, &n)) {
        if (n.kind == 0 && err)
            *err = n.why;
        if (n.kind == 0)
            return n.why.code;
        tell(r, &n);
        kafc__cg_answer(r->cg, &n);
    }
    return KAFC_OK;
}

/* --- Leaving ----------------------------------------------------------------------------------- */

struct leaving {
    kafc_reader *r;
    bool for_good, quietly;
    int64_t deadline;
};

static void begin_to_leave(void *arg)
{
    const struct leaving *x = arg;

    kafc__cg_leave(x->r->cg, x->for_good, x->quietly, x->deadline);
}

kafc_err kafc__reader_leave(kafc_reader *r, bool for_good, bool quietly, int64_t deadline,
                            kafc_error *err)
{
    struct leaving x = { .r = r, .for_good = for_good, .quietly = quietly, .deadline = deadline };
    bool in_time = true, out = false;

    kafc__client_run(r->client, begin_to_leave, &x);
    while (in_time && !out) {
        uint64_t events = kafc__reader_events(r);

        if (!quietly)
            (void)kafc__reader_notices(r, NULL);
        out = kafc__cg_is_out(r->cg);
        in_time = out || (deadline != 0 && kafc__reader_await(r, events, deadline));
    }
    if (!out && !for_good)
        return kafc__error(err, deadline ? KAFC_ERR_TIMED_OUT : KAFC_ERR_WOULD_BLOCK,
                           "the reader is still leaving its group: call unsubscribe again");
    return kafc__cg_leave_result(r->cg, err);
}

/* --- The subscription --------------------------------------------------------------------------- */

struct subscribing {
    kafc_reader *r;
    const char *const *topics;
    int32_t n;
    kafc_err code;
    kafc_error *err;
};

static void run_subscribe(void *arg)
{
    struct subscribing *x = arg;

    x->code = kafc__cg_subscribe(x->r->cg, x->topics, x->n, x->err);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* A sorted copy, each once. false: out of memory. */
static bool keep(struct kafc_arena *a, const char *const *topics, int32_t n, const char ***out,
                 int32_t *nout)
{
    const char **v = kafc__arena_array(a, (size_t)n, sizeof *v);

    *out = v;
    *nout = 0;
    for (int32_t i = 0; v && i < n; i++)
        v[i] = kafc__arena_dup(a, topics[i], strlen(topics[i]));
    if (a->failed)
        return false;
    qsort(v, (size_t)n, sizeof *v, by_name);
    for (int32_t i = 0; i < n; i++)
        if (*nout == 0 || strcmp(v[*nout - 1], v[i]) != 0)
            v[(*nout)++] = v[i];
    return true;
}

static kafc_err subscribe(kafc_reader *r, const char *const *topics, int32_t n, kafc_error *err)
{
    struct subscribing x = { .r = r, .topics = topics, .n = n, .err = err };
    struct kafc_arena a;
    const char **v;
    int32_t nv;

    for (int32_t i = 0; i < n; i++)
        if (!topics[i])
            return kafc__error(err, KAFC_ERR_USAGE, "subscribe: topic %d is NULL", (int)i);
    kafc__arena_init(&a, &r->client->mem, 0);
    if (keep(&a, topics, n, &v, &nv))
        kafc__client_run(r->client, run_subscribe, &x);
    else
        x.code = kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for a subscription");
    if (x.code) {
        kafc__arena_fini(&a);
        return x.code;
    }
    kafc__arena_fini(&r->topics_arena);
    r->topics_arena = a;
    r->topics = v;
    r->ntopics = nv;
    return KAFC_OK;
}

static kafc_err need_group(const kafc_reader *r, const char *call, kafc_error *err)
{
    if (r->cg)
        return KAFC_OK;
    return kafc__error(err, KAFC_ERR_USAGE, "%s needs a reader that was opened with .group", call);
}

kafc_err kafc_reader_subscribe(kafc_reader *r, const char *const *topics, int32_t n,
                               kafc_error *err)
{
    kafc_err code = kafc__reader_enter_outside(r, 0, "subscribe", err);

    if (code == KAFC_OK)
        code = kafc__client_enter_outside(r->client, 0, err);
    if (code == KAFC_OK)
        code = need_group(r, "subscribe", err);
    if (code == KAFC_OK && (n < 1 || !topics))
        return kafc__error(err, KAFC_ERR_USAGE, "subscribe was given %d topics at %p, and wants one at least: "
                           "kafc_reader_unsubscribe() ends a subscription",
                           (int)n, (const void *)topics);
    return code ? code : subscribe(r, topics, n, err);
}

kafc_err kafc_reader_unsubscribe(kafc_reader *r, int timeout_ms, kafc_error *err)
{
    kafc_err code = kafc__reader_enter_outside(r, timeout_ms, "unsubscribe", err);

    if (code == KAFC_OK)
        code = kafc__client_enter_outside(r->client, timeout_ms, err);
    if (code == KAFC_OK)
        code = need_group(r, "unsubscribe", err);
    if (code)
        return code;
    kafc__reader_sought(r, NULL, 0);
    code = kafc__reader_leave(r, false, false, timeout_ms ? kafc__deadline_in(timeout_ms) : 0, err);
    r->ntopics = 0;
    return code;
}

int32_t kafc_reader_subscription(kafc_reader *r, const char **out, int32_t cap)
{
    if (kafc__reader_enter(r, 0, NULL))
        return 0;
    for (int32_t i = 0; out && i < cap && i < r->ntopics; i++)
        out[i] = r->topics[i];
    return r->ntopics;
}

/* --- The membership, for transactions -------------------------------------------------------------- */

struct asking {
    kafc_reader *r;
    bool is_member, no_memory;
};

static void ask_membership(void *arg)
{
    struct asking *x = arg;
    struct kafc_membership m;

    kafc__membership_free(x->r->membership, &x->r->client->mem);
    x->r->membership = NULL;
    x->is_member = kafc__group_membership(kafc__cg_group(x->r->cg), &m);
    if (x->is_member)
        x->r->membership = kafc__membership_dup(&m, &x->r->client->mem);
    x->no_memory = x->is_member && !x->r->membership;
}

kafc_err kafc_reader_group_metadata(kafc_reader *r, kafc_group_metadata *out, kafc_error *err)
{
    struct asking x = { .r = r };
    kafc_err code = kafc__reader_enter(r, 0, err);

    if (code == KAFC_OK)
        code = need_group(r, "group_metadata", err);
    if (code == KAFC_OK && !out)
        return kafc__error(err, KAFC_ERR_USAGE, "group_metadata needs room, not NULL");
    if (code)
        return code;
    kafc__client_run(r->client, ask_membership, &x);
    if (x.no_memory)
        return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for a membership");
    if (!x.is_member && kafc__cg_is_subscribed(r->cg))
        return kafc__error(err, KAFC_ERR_NOT_ASSIGNED,
                           "the reader is no member of group %.200s now", r->cfg.options.group);
    *out = (kafc_group_metadata){ .group = r->cfg.options.group,
                                  .membership = r->membership,
                                  .member_id = r->membership ? r->membership->member : NULL };
    return KAFC_OK;
}
