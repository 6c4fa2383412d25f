/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Commits and marks of a reader with a group. Application threads; what comes
 * of them is told on the loop's.
 */
#include "base/mem.h"
#include "client/reader.h"

/* So long after its time a call waits for the group's words about it. */
enum { GRACE_US = 100000 };

/* The start of every call here. */
static kafc_err enter(kafc_reader *r, int timeout_ms, const char *call, kafc_error *err)
{
    kafc_err code = kafc__reader_enter(r, timeout_ms, err);

    if (code == KAFC_OK && !r->cg)
        return kafc__error(err, KAFC_ERR_USAGE, "%s needs a reader that was opened with .group",
                           call);
    return code;
}

static kafc_err check(const kafc_offset *v, int32_t n, const char *call, bool offsets,
                      kafc_error *err)
{
    if (n < 0 || (n > 0 && !v))
        return kafc__error(err, KAFC_ERR_USAGE, "%s was given %d offsets at %p", call, (int)n,
                           (const void *)v);
    for (int32_t i = 0; i < n; i++)
        if (!v[i].topic || !*v[i].topic || v[i].partition < 0 || (offsets && v[i].offset < 0))
            return kafc__error(err, KAFC_ERR_USAGE, "%s: entry %d, offset %lld of %.200s [%d], is none",
                               call, (int)i, (long long)v[i].offset,
                               v[i].topic ? v[i].topic : "no topic", (int)v[i].partition);
    return KAFC_OK;
}

/* --- Commits that wait ------------------------------------------------------------------------- */

struct waiting {
    kafc_reader *r;
    struct kafc_cg_commit commit;
    bool done; /* under the reader's lock */
    kafc_err code;
    kafc_error err;
};

static void told(kafc_reader *r, bool *done)
{
    kafc__lock(&r->lock);
    *done = true;
    r->events++;
    kafc__client_tell(r->client, &r->changed);
    kafc__unlock(&r->lock);
}

static bool is_done(kafc_reader *r, const bool *done)
{
    bool is;

    kafc__lock(&r->lock);
    is = *done;
    kafc__unlock(&r->lock);
    return is;
}

/* false: it has not happened by the deadline, or before the reader was closed if that ends it. */
static bool await(kafc_reader *r, const bool *done, bool until_closed, int64_t deadline)
{
    int64_t by = deadline > INT64_MAX - GRACE_US ? INT64_MAX : deadline + GRACE_US;
    bool in_time = true;

    while (in_time) {
        uint64_t events = kafc__reader_events(r);

        if (is_done(r, done))
            return true;
        if (until_closed && r->closed)
            return false;
        in_time = kafc__reader_await(r, events, by);
    }
    return is_done(r, done);
}

static void commit_done(struct kafc_cg_commit *commit, kafc_err code, const kafc_error *err)
{
    struct waiting *w = commit->owner;

    w->code = code;
    if (code)
        w->err = *err;
    told(w->r, &w->done);
}

static void cancel_commit(void *arg)
{
    struct waiting *w = arg;

    if (!is_done(w->r, &w->done))
        kafc__cg_commit_cancel(w->r->cg, &w->commit);
}

static kafc_err commit_and_wait(kafc_reader *r, kafc_offset *v, int32_t n, bool marks,
                                int timeout_ms, kafc_error *err)
{
    int64_t deadline = kafc__deadline_in(timeout_ms);
    struct waiting w = { .r = r,
                         .commit = { .v = v,
                                     .n = n,
                                     .marks = marks,
                                     .deadline = deadline,
                                     .done = commit_done,
                                     .owner = &w } };
    kafc_err code = kafc__cg_commit(r->cg, &w.commit, err);

    if (code)
        return code;
    if (!await(r, &w.done, false, deadline))
        kafc__client_run(r->client, cancel_commit, &w);
    if (!is_done(r, &w.done)) {
        for (int32_t i = 0; i < n; i++)
            v[i].result = KAFC_ERR_TIMED_OUT;
        return kafc__error(err, KAFC_ERR_TIMED_OUT,
                           "group %.200s: no time was left to commit; it may happen all the same",
                           r->cfg.options.group);
    }
    if (w.code && err)
        *err = w.err;
    return w.code;
}

kafc_err kafc_reader_commit_offsets(kafc_reader *r, kafc_offset *v, int32_t n, int timeout_ms,
                                    kafc_error *err)
{
    kafc_err code = enter(r, timeout_ms, "commit_offsets", err);

    if (code == KAFC_OK)
        code = check(v, n, "commit_offsets", true, err);
    return code || n == 0 ? code : commit_and_wait(r, v, n, false, timeout_ms, err);
}

kafc_err kafc_reader_commit(kafc_reader *r, const kafc_message *m, int32_t n, int timeout_ms,
                            kafc_error *err)
{
    kafc_err code = enter(r, timeout_ms, "commit", err);
    kafc_offset one, *v = &one;

    if (code == KAFC_OK && (n < 0 || (n > 0 && !m)))
        return kafc__error(err, KAFC_ERR_USAGE, "commit was given %d messages at %p", (int)n,
                           (const void *)m);
    if (code || n == 0)
        return code;
    if (n > 1)
        v = kafc__zalloc_array(&r->client->mem, (size_t)n, sizeof *v);
    if (!v)
        return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for a commit of %d messages",
                           (int)n);
    for (int32_t i = 0; i < n; i++)
        v[i] = kafc_offset_after(&m[i]);
    code = check(v, n, "commit", true, err);
    if (code == KAFC_OK)
        code = commit_and_wait(r, v, n, false, timeout_ms, err);
    if (v != &one)
        kafc__free(&r->client->mem, v);
    return code;
}

kafc_err kafc_reader_commit_delivered(kafc_reader *r, int timeout_ms, kafc_error *err)
{
    kafc_err code = enter(r, timeout_ms, "commit_delivered", err);
    kafc_offset *v;
    int32_t n, cap;

    if (code)
        return code;
    cap = kafc__cg_delivered(r->cg, NULL, 0);
    if (cap == 0)
        return KAFC_OK;
    v = kafc__zalloc_array(&r->client->mem, (size_t)cap, sizeof *v);
    if (!v)
        return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for a commit of %d offsets",
                           (int)cap);
    n = kafc__cg_delivered(r->cg, v, cap);
    code = n == 0 ? KAFC_OK : commit_and_wait(r, v, n < cap ? n : cap, false, timeout_ms, err);
    kafc__free(&r->client->mem, v);
    return code;
}

kafc_err kafc_reader_commit_marked(kafc_reader *r, int timeout_ms, kafc_error *err)
{
    kafc_err code = enter(r, timeout_ms, "commit_marked", err);

    return code ? code : commit_and_wait(r, NULL, 0, true, timeout_ms, err);
}

/* --- And one that does not ------------------------------------------------------------------------ */

struct async {
    struct kafc_cg_commit commit;
    kafc_allocator mem;
    kafc_commit_fn done;
    void *ctx;
    kafc_offset v[]; /* and strings behind them */
};

static void async_done(struct kafc_cg_commit *commit, kafc_err code, const kafc_error *err)
{
    struct async *a = commit->owner;
    kafc_allocator mem = a->mem;

    if (a->done)
        a->done(a->ctx, a->v, commit->n, code, err);
    kafc__free(&mem, a);
}

static const char *copy(char **at, const char *s)
{
    char *to = *at;
    size_t len = s ? strlen(s) + 1 : 0;

    if (!s)
        return NULL;
    memcpy(to, s, len);
    *at = to + len;
    return to;
}

static struct async *async_new(kafc_reader *r, const kafc_offset *v, int32_t n)
{
    size_t size = (size_t)n * sizeof *v;
    struct async *a;
    char *at;

    for (int32_t i = 0; i < n; i++)
        size += strlen(v[i].topic) + 1 + (v[i].metadata ? strlen(v[i].metadata) + 1 : 0);
    a = kafc__zalloc(&r->client->mem, sizeof *a + size);
    if (!a)
        return NULL;
    at = (char *)&a->v[n];
    for (int32_t i = 0; i < n; i++) {
        a->v[i] = v[i];
        a->v[i].topic = copy(&at, v[i].topic);
        a->v[i].metadata = copy(&at, v[i].metadata);
    }
    a->mem = r->client->mem;
    a->commit =
        (struct kafc_cg_commit){ .v = a->v, .n = n, .merge = true, .done = async_done, .owner = a };
    return a;
}

kafc_err kafc_reader_commit_async(kafc_reader *r, const kafc_offset *v, int32_t n,
                                  kafc_commit_fn done, void *ctx, kafc_error *err)
{
    kafc_err code = enter(r, 0, "commit_async", err);
    struct async *a;

    if (code == KAFC_OK)
        code = check(v, n, "commit_async", true, err);
    if (code)
        return code;
    a = async_new(r, v, n);
    if (!a)
        return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for a commit of %d offsets",
                           (int)n);
    a->done = done;
    a->ctx = ctx;
    code = kafc__cg_commit(r->cg, &a->commit, err);
    if (code)
        kafc__free(&r->client->mem, a);
    return code;
}

/* --- Marks -------------------------------------------------------------------------------------------- */

kafc_err kafc_reader_mark(kafc_reader *r, const kafc_message *m, kafc_error *err)
{
    if (!r || !r->cg || !kafc__client_ok(r->client))
        return enter(r, 0, "mark", err);
    return kafc__cg_mark(r->cg, r->taker, m, err);
}

kafc_err kafc_reader_mark_offsets(kafc_reader *r, kafc_offset *v, int32_t n, kafc_error *err)
{
    kafc_err code = enter(r, 0, "mark_offsets", err);

    if (code == KAFC_OK)
        code = check(v, n, "mark_offsets", true, err);
    return code ? code : kafc__cg_mark_offsets(r->cg, v, n, err);
}

/* The message was not done with: it comes again, or does not count any more. */
void kafc__reader_sought(kafc_reader *r, const char *topic, int32_t partition)
{
    if (r->last.topic &&
        (!topic || (r->last.partition == partition && strcmp(r->last.topic, topic) == 0)))
        r->last.topic = NULL;
}

kafc_err kafc_reader_read(kafc_reader *r, kafc_message *m, int timeout_ms, kafc_error *err)
{
    kafc_err code = kafc__reader_enter_outside(r, 0, "read", err);

    if (code == KAFC_OK)
        code = enter(r, 0, "read", err);
    if (code)
        return code;
    if (r->last.topic) /* what was lost comes again */
        (void)kafc__cg_mark(r->cg, r->taker, &r->last, NULL);
    r->last.topic = NULL;
    code = kafc_reader_fetch(r, m, timeout_ms, err);
    if (code == KAFC_OK) {
        r->last.topic = m->topic; /* of the consumer, which keeps it */
        r->last.partition = m->partition;
        r->last.offset = m->offset;
        r->last.leader_epoch = m->leader_epoch;
        r->last.stamp = m->stamp;
    }
    return code;
}

/* --- What is committed ------------------------------------------------------------------------------------ */

struct fetching {
    kafc_reader *r;
    struct kafc_group_call call;
    kafc_offset *v;
    bool done; /* under the reader's lock */
    kafc_err code;
    kafc_error err;
};

/* On the loop's thread, while the caller waits. */
static void fetched(struct kafc_group_call *call, kafc_err code, const kafc_error *err)
{
    struct fetching *f = call->owner;
    kafc_reader *r = f->r;

    for (int32_t i = 0; i < call->n; i++) {
        const struct kafc_group_mark *m = &call->v[i];
        kafc_offset *o = &f->v[i];

        o->result = m->code;
        if (m->code != KAFC_OK)
            continue;
        o->offset = m->offset;
        o->leader_epoch = m->leader_epoch;
        if (m->metadata)
            o->metadata = kafc__arena_dup(&r->committed, m->metadata, (size_t)m->metadata_len);
    }
    f->code = code;
    if (r->committed.failed && code == KAFC_OK)
        f->code = kafc__error(&f->err, KAFC_ERR_NO_MEMORY,
                              "out of memory for the metadata of %d offsets", (int)call->n);
    else if (code)
        f->err = *err;
    told(r, &f->done);
}

static void begin_fetch(void *arg)
{
    struct fetching *f = arg;

    kafc__group_call(kafc__cg_group(f->r->cg), &f->call);
}

static void cancel_fetch(void *arg)
{
    struct fetching *f = arg;

    if (!is_done(f->r, &f->done))
        kafc__group_cancel(kafc__cg_group(f->r->cg), &f->call);
}

static kafc_err fetch_committed(kafc_reader *r, struct fetching *f, kafc_error *err)
{
    kafc__client_run(r->client, begin_fetch, f);
    if (!await(r, &f->done, true, f->call.deadline))
        kafc__client_run(r->client, cancel_fetch, f);
    if (!is_done(r, &f->done))
        return kafc__error(err, r->closed ? KAFC_ERR_CLOSED : KAFC_ERR_TIMED_OUT,
                           "group %.200s: what is committed was not told in time",
                           r->cfg.options.group);
    if (f->code && err)
        *err = f->err;
    return f->code;
}

kafc_err kafc_reader_committed(kafc_reader *r, kafc_offset *v, int32_t n, int timeout_ms,
                               kafc_error *err)
{
    kafc_err code = enter(r, timeout_ms, "committed", err);
    struct fetching f = { .r = r, .v = v };
    struct kafc_group_mark *mark;

    if (code == KAFC_OK)
        code = check(v, n, "committed", false, err);
    if (code || n == 0)
        return code;
    mark = kafc__zalloc_array(&r->client->mem, (size_t)n, sizeof *mark);
    if (!mark)
        return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for %d offsets", (int)n);
    for (int32_t i = 0; i < n; i++) {
        mark[i] = (struct kafc_group_mark){ .topic = v[i].topic, .partition = v[i].partition };
        v[i].offset = KAFC_OFFSET_UNKNOWN;
        v[i].leader_epoch = -1;
        v[i].metadata = NULL;
        v[i].result = KAFC_ERR_TIMED_OUT;
    }
    kafc__arena_reset(&r->committed);
    f.call = (struct kafc_group_call){ .fetch = true,
                                       .v = mark,
                                       .n = n,
                                       .deadline = kafc__deadline_in(timeout_ms),
                                       .done = fetched,
                                       .owner = &f };
    code = fetch_committed(r, &f, err);
    kafc__free(&r->client->mem, mark);
    return code;
}
