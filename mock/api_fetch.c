/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Fetch: what is there now, or parked until there is enough or the time is up.
 */
#include "base/mem.h"
#include "base/seg.h"
#include "base/str.h"
#include "mock/acl.h"
#include "mock/old.h"
#include "mock/state.h"
#include "protocol/api/01_fetch.h"

struct kafc_mfetch {
    const struct kafc_api *api;
    int16_t version;
    int32_t correlation;
    int64_t deadline, not_before; /* of the answer */
    int32_t throttle_ms;          /* that it tells */
    int32_t min_bytes, max_bytes;
    bool committed; /* isolation */
    bool incremental;
    int32_t session; /* 0: none; wants are the session's else */
    const struct kafc_mendless *endless; /* what all logs are, or NULL */
    struct kafc_mwants wants;
    kafc_err forced;
    char *rack; /* of the client; or NULL */
};

static struct kafc_mwants *wants_of(struct kafc_mfetch *f, const struct kafc_mconn *conn)
{
    struct kafc_msession *s;

    if (!f->session)
        return &f->wants;
    s = kafc__mock_session(conn->broker, f->session);
    return s ? &s->wants : NULL;
}

/* ---- one partition ---- */

static kafc_err check(const struct kafc_cluster *c, const struct kafc_mfetch *f,
                      const struct kafc_mconn *conn, const struct kafc_mpart *p,
                      const struct kafc_mwant *w)
{
    kafc_err code = f->forced;

    if (!code && (p || w->name))
        code = kafc__macl_refuses(c, conn->login.user, KAFC_ACL_TOPIC, kafc__str(p ? p->topic->name : w->name),
                                  KAFC_ACL_READ);
    if (code)
        return code;
    if (!p)
        return f->version >= 13 && !w->topic ? KAFC_ERR_UNKNOWN_TOPIC_ID
                                             : KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION;
    code = f->version < 11 ? kafc__mock_leads(p, conn->broker, w->current_epoch)
                           : kafc__mock_has(p, conn->broker, w->current_epoch);
    if (code)
        return code;
    return w->offset < p->log.start || w->offset > p->log.end ? KAFC_ERR_OFFSET_OUT_OF_RANGE
                                                              : KAFC_OK;
}

/* The follower that is nearer to who asks than the leader (KIP-392), or -1. */
static int32_t nearer(const struct kafc_cluster *c, const struct kafc_mfetch *f,
                      const struct kafc_mconn *conn, const struct kafc_mpart *p)
{
    const char *mine = conn->broker->rack;

    if (!f->rack || p->leader != conn->broker->id || (mine && strcmp(mine, f->rack) == 0))
        return -1;
    for (int32_t i = 0; i < p->nreplicas; i++) {
        const struct kafc_mbroker *b = kafc__mock_broker(c, p->replica[i]);

        if (b->rack && strcmp(b->rack, f->rack) == 0 && kafc__mock_in_sync(c, b->id))
            return b->id;
    }
    return -1;
}

static bool diverges(const struct kafc_mfetch *f, const struct kafc_mpart *p,
                     const struct kafc_mwant *w, struct kafc_fetch_resp_epoch_end *out)
{
    int64_t end;
    int32_t epoch;

    if (f->version < 12 || w->last_epoch < 0 || f->endless)
        return false;
    epoch = kafc__mlog_epoch_end(&p->log, w->last_epoch, p->epoch, &end);
    if (epoch == w->last_epoch && end >= w->offset)
        return false;
    /* Nothing older is left (deleted): nothing can be said. */
    if (epoch < 0 && p->log.start > 0)
        return false;
    out->epoch = epoch;
    out->end_offset = epoch < 0 ? p->log.start : end;
    return true;
}

static int64_t end_for(const struct kafc_mfetch *f, const struct kafc_mpart *p)
{
    return f->committed ? kafc__mlog_stable(&p->log) : p->log.end;
}

static bool has_zstd(const uint8_t *p, size_t n)
{
    while (n >= KAFC_MBATCH_HEADER && kafc__load32(p + 8) <= n - 12) {
        size_t len = 12 + (size_t)kafc__load32(p + 8);
        if ((p[22] & 7) == KAFC_ZSTD)
            return true;
        p += len;
        n -= len;
    }
    return false;
}

static bool put_aborted(const struct kafc_mpart *p, int64_t from, int64_t end,
                        struct kafc_fetch_resp_partition *a, struct kafc_arena *arena)
{
    const struct kafc_mlog *l = &p->log;
    int32_t n = 0;

    for (size_t i = 0; i < l->naborted; i++)
        n += kafc__maborted_in(&l->aborted[i], from, end);
    a->aborted_transactions.n = 0;
    a->aborted_transactions.v = kafc__msg_array(&kafc_fetch_resp_aborted_schema, n, arena);
    if (!a->aborted_transactions.v)
        return false;
    for (size_t i = 0; i < l->naborted; i++)
        if (kafc__maborted_in(&l->aborted[i], from, end)) {
            a->aborted_transactions.v[a->aborted_transactions.n].producer_id =
                l->aborted[i].producer;
            a->aborted_transactions.v[a->aborted_transactions.n++].first_offset =
                l->aborted[i].first;
        }
    return true;
}

/* Message sets, for versions before 4: up to 2 the first message is cut off, too, if it is too large; and there is no
 * max_bytes of the request. false: out of memory. */
static bool read_old(const struct kafc_mfetch *f, const struct kafc_mpart *p,
                     const struct kafc_mwant *w, struct kafc_fetch_resp_partition *a, size_t *room,
                     bool *first, struct kafc_arena *arena)
{
    size_t max = w->max_bytes < 0 ? 0 : (size_t)w->max_bytes, n, len;
    int64_t next;
    uint8_t *out;
    kafc_err code;

    if (f->version == 3 && max > *room)
        max = *room;
    const uint8_t *bytes = kafc__mlog_read(&p->log, w->offset, p->log.end, max, true, &n, &next);
    if (!n)
        return true;
    code = kafc__mock_give_old(p->log.mem, bytes, n, f->version < 2 ? 0 : 1, w->offset, arena, &out,
                               &len);
    if (code == KAFC_ERR_NO_MEMORY)
        return false;
    a->error_code = (int16_t)code;
    if (code)
        return true;
    if (f->version == 3 && *first && len >= 12 && max < 12 + kafc__load32(out + 8))
        max = 12 + kafc__load32(out + 8);
    a->records.p = out;
    a->records.len = (int32_t)(len < max ? len : max);
    *room -= (size_t)a->records.len < *room ? (size_t)a->records.len : *room;
    *first = *first && a->records.len == 0;
    return true;
}

/* What stands for the records is in place of them: a chain of a segment that has the right length and no bytes. */
static bool read_endless(struct kafc_mrq *rq, const struct kafc_mfetch *f,
                         const struct kafc_mpart *p, const struct kafc_mwant *w,
                         struct kafc_fetch_resp_partition *a, size_t *room, bool *first)
{
    size_t max = w->max_bytes < 0 ? 0 : (size_t)w->max_bytes;
    struct kafc_mrun *run = &rq->run[rq->nruns];
    struct kafc_seg *seg;

    if (kafc__mendless_version(f->endless) > f->version) {
        a->error_code = f->version < 4 ? KAFC_ERR_UNSUPPORTED_FOR_MESSAGE_FORMAT
                                       : KAFC_ERR_UNSUPPORTED_COMPRESSION_TYPE;
        return true;
    }
    if (w->offset >= KAFC_MENDLESS_END)
        return true;
    *run = kafc__mendless_run(f->endless, w->offset, max < *room ? max : *room, *first);
    run->epoch = p->epoch;
    if (run->n == 0)
        return true;
    seg = kafc__arena_alloc(&rq->arena, sizeof *seg);
    if (!seg)
        return false;
    *seg = (struct kafc_seg){ .len = (uint32_t)run->len };
    a->records = (struct kafc_records){ .len = (int32_t)run->len, .chain = seg };
    *room -= run->len < *room ? run->len : *room;
    *first = false;
    rq->nruns++;
    return true;
}

/* Fills what the answer says of one partition; *room is what max_bytes leaves. false: out of memory. */
static bool read_partition(struct kafc_mrq *rq, const struct kafc_mfetch *f,
                           const struct kafc_mpart *p, const struct kafc_mwant *w,
                           struct kafc_fetch_resp_partition *a, size_t *room, bool *first)
{
    int64_t end = end_for(f, p), next = w->offset;
    size_t max = w->max_bytes < 0 ? 0 : (size_t)w->max_bytes, n = 0;

    a->high_watermark = p->log.end;
    a->last_stable_offset = kafc__mlog_stable(&p->log);
    a->log_start_offset = p->log.start;
    a->records.p = "";
    a->records.len = 0;
    if (f->endless)
        return read_endless(rq, f, p, w, a, room, first);
    if (f->version < 4)
        return read_old(f, p, w, a, room, first, &rq->arena);
    if (max > *room)
        max = *room;
    /* Who is sent elsewhere is given nothing here. */
    if (a->preferred_read_replica < 0 && !diverges(f, p, w, &a->diverging_epoch)) {
        const uint8_t *bytes = kafc__mlog_read(&p->log, w->offset, end, max, *first, &n, &next);
        if (n && f->version < 10 && has_zstd(bytes, n)) {
            a->error_code = KAFC_ERR_UNSUPPORTED_COMPRESSION_TYPE;
        } else if (n) {
            a->records.p = bytes;
            a->records.len = (int32_t)n;
            *room -= n < *room ? n : *room;
            *first = false;
        }
    }
    return !f->committed || put_aborted(p, w->offset, next, a, &rq->arena);
}

/* ---- the answer ---- */

static bool put_node(const struct kafc_cluster *c, struct kafc_fetch_resp *a, int32_t leader,
                     struct kafc_arena *arena)
{
    const struct kafc_mbroker *b = kafc__mock_broker(c, leader);

    if (!b)
        return true;
    for (int32_t i = 0; i < a->node_endpoints.n; i++)
        if (a->node_endpoints.v[i].node_id == leader)
            return true;
    if (!a->node_endpoints.v)
        a->node_endpoints.v = kafc__msg_array(&kafc_fetch_resp_node_schema, c->nbrokers, arena);
    if (!a->node_endpoints.v)
        return false;
    a->node_endpoints.v[a->node_endpoints.n].node_id = leader;
    a->node_endpoints.v[a->node_endpoints.n].host = (kafc_str){ b->host, (int32_t)strlen(b->host) };
    a->node_endpoints.v[a->node_endpoints.n++].port = b->port;
    return true;
}

static bool put_partition(struct kafc_mrq *rq, const struct kafc_mfetch *f, struct kafc_mwant *w,
                          struct kafc_fetch_resp *a, struct kafc_fetch_resp_partition *one,
                          size_t *room, bool *first)
{
    struct kafc_mpart *p = kafc__mwant_part(rq->c, w);
    kafc_err code = check(rq->c, f, rq->conn, p, w);

    one->partition_index = w->partition;
    one->error_code = (int16_t)code;
    one->aborted_transactions.n = -1;
    one->preferred_read_replica = code == KAFC_OK ? nearer(rq->c, f, rq->conn, p) : -1;
    if (code == KAFC_OK)
        return read_partition(rq, f, p, w, one, room, first);
    one->high_watermark = -1;
    one->records.p = "";
    if (p && f->version >= 12 &&
        (code == KAFC_ERR_NOT_LEADER_OR_FOLLOWER || code == KAFC_ERR_FENCED_LEADER_EPOCH)) {
        one->current_leader.leader_id = p->leader;
        one->current_leader.leader_epoch = p->epoch;
        return f->version < 16 || put_node(rq->c, a, p->leader, &rq->arena);
    }
    return true;
}

static bool is_news(const struct kafc_mwant *w, const struct kafc_fetch_resp_partition *one)
{
    return one->error_code || one->records.len || one->preferred_read_replica >= 0 || one->diverging_epoch.epoch >= 0 ||
           one->diverging_epoch.end_offset >= 0 || one->high_watermark != w->told_end ||
           one->log_start_offset != w->told_start;
}

static bool same_topic(const struct kafc_mwant *a, const struct kafc_mwant *b)
{
    return a->name ? b->name && strcmp(a->name, b->name) == 0
                   : !b->name && memcmp(&a->id, &b->id, sizeof a->id) == 0;
}

/* The partitions of the answer, one run of a topic's after the other. */
static bool put_all(struct kafc_mrq *rq, const struct kafc_mfetch *f, struct kafc_mwants *w,
                    struct kafc_fetch_resp *a)
{
    struct kafc_fetch_resp_partition *all = kafc__msg_array(&kafc_fetch_resp_partition_schema, w->n,
                                                            &rq->arena);
    struct kafc_fetch_resp_topic *topics = kafc__msg_array(&kafc_fetch_resp_topic_schema, w->n,
                                                           &rq->arena);
    size_t room = f->max_bytes < 0 ? 0 : (size_t)f->max_bytes;
    const struct kafc_mwant *last = NULL;
    bool first = true;
    int32_t n = 0;

    rq->run = f->endless ? kafc__arena_array(&rq->arena, (size_t)w->n, sizeof *rq->run) : NULL;
    if (!all || !topics || (f->endless && !rq->run))
        return false;
    a->responses.v = topics;
    for (int32_t i = 0; i < w->n; i++) {
        struct kafc_mwant *one = &w->v[i];
        struct kafc_fetch_resp_topic *t;

        if (!put_partition(rq, f, one, a, &all[n], &room, &first))
            return false;
        if (f->incremental && !is_news(one, &all[n])) {
            kafc__msg_defaults(&kafc_fetch_resp_partition_schema, &all[n]);
            continue;
        }
        one->told_end = all[n].high_watermark;
        one->told_start = all[n].log_start_offset;
        if (!last || !same_topic(last, one)) {
            t = &topics[a->responses.n++];
            if (one->name)
                t->topic = (kafc_str){ one->name, (int32_t)strlen(one->name) };
            t->topic_id = one->id;
            t->partitions.v = &all[n];
        }
        topics[a->responses.n - 1].partitions.n++;
        last = one;
        n++;
    }
    return true;
}

/* Partitions that were answered with records go to the end, so that each gets its turn. */
static void rotate(struct kafc_mwants *w, const struct kafc_fetch_resp *a)
{
    int32_t n = 0;

    for (int32_t i = 0; i < a->responses.n; i++)
        for (int32_t k = 0; k < a->responses.v[i].partitions.n; k++)
            n += a->responses.v[i].partitions.v[k].records.len > 0;
    if (n == 0 || n == w->n)
        return;
    struct kafc_mwant head = w->v[0];
    memmove(w->v, w->v + 1, (size_t)(w->n - 1) * sizeof *w->v);
    w->v[w->n - 1] = head;
}

static void finish(struct kafc_cluster *c, struct kafc_mconn *conn, struct kafc_mfetch *f)
{
    struct kafc_mrq rq = {
        .c = c, .conn = conn, .api = f->api, .version = f->version, .correlation = f->correlation
    };
    struct kafc_mwants *w = wants_of(f, conn);
    struct kafc_fetch_resp a;
    bool ok = true;

    kafc__arena_init(&rq.arena, &c->mem, 0);
    kafc__msg_defaults(&kafc_fetch_resp_schema, &a);
    a.session_id = f->session;
    a.throttle_time_ms = f->version >= 1 ? f->throttle_ms : 0;
    if (!w) {
        a.session_id = 0;
        a.error_code = KAFC_ERR_FETCH_SESSION_ID_NOT_FOUND;
    } else {
        ok = put_all(&rq, f, w, &a);
    }
    if (!ok)
        kafc__mock_closing(c, conn);
    else
        (void)kafc__mock_answer(&rq, &a, f->not_before > c->now ? f->not_before - c->now : 0);
    if (ok && w && f->session)
        rotate(w, &a);
    kafc__arena_fini(&rq.arena);
}

static bool enough(struct kafc_cluster *c, const struct kafc_mconn *conn, struct kafc_mfetch *f)
{
    struct kafc_mwants *w = wants_of(f, conn);
    size_t n = 0, min = f->min_bytes < 0 ? 0 : (size_t)f->min_bytes;

    if (!w || f->forced || min == 0)
        return true;
    for (int32_t i = 0; i < w->n; i++) {
        struct kafc_mpart *p = kafc__mwant_part(c, &w->v[i]);
        struct kafc_fetch_resp_epoch_end d;

        if (check(c, f, conn, p, &w->v[i]) || diverges(f, p, &w->v[i], &d) ||
            nearer(c, f, conn, p) >= 0)
            return true;
        if (f->endless && w->v[i].offset < KAFC_MENDLESS_END)
            return true;
        n += kafc__mlog_available(&p->log, w->v[i].offset, end_for(f, p), min - n);
        if (n >= min)
            return true;
    }
    return false;
}

/* ---- parked ---- */

static void free_fetch(struct kafc_cluster *c, struct kafc_mfetch *f)
{
    kafc__mwants_clear(c, &f->wants);
    kafc__free(&c->mem, f->rack);
    kafc__free(&c->mem, f);
}

void kafc__mock_fetch_drop(struct kafc_cluster *c, struct kafc_mconn *conn)
{
    if (!conn->parked)
        return;
    free_fetch(c, conn->parked);
    conn->parked = NULL;
    c->nparked--;
}

int64_t kafc__mock_fetch_deadline(const struct kafc_mfetch *f)
{
    return f->deadline;
}

void kafc__mock_fetch_try(struct kafc_cluster *c, struct kafc_mconn *conn, bool must)
{
    if (!conn->parked || conn->closing || !(must || enough(c, conn, conn->parked)))
        return;
    finish(c, conn, conn->parked);
    kafc__mock_fetch_drop(c, conn);
}

void kafc__mock_wake_parked(struct kafc_cluster *c)
{
    c->wake_again = true;
    if (c->waking)
        return;
    c->waking = true;
    while (c->wake_again && c->nparked > 0) {
        c->wake_again = false;
        KAFC_MOCK_EACH(&c->conn_list, struct kafc_mconn, conn) {
            if (!conn->parked)
                continue;
            kafc__mock_fetch_try(c, conn, false);
            kafc__mock_work(c, conn);
        }
    }
    c->waking = false;
}

/* ---- the request ---- */

/* Finds or makes the session that the request means. An error is for the whole request. */
static kafc_err open_session(struct kafc_mrq *rq, const struct kafc_fetch_req *q,
                             struct kafc_mfetch *f)
{
    struct kafc_cluster *c = rq->c;
    struct kafc_mbroker *b = rq->conn->broker;
    struct kafc_msession *s = q->session_id ? kafc__mock_session(b, q->session_id) : NULL;
    bool by_id = rq->version >= 13;

    if (rq->version < 7 || q->session_epoch == -1 || q->session_epoch == 0) {
        kafc__mock_session_drop(c, b, s);
        if (rq->version >= 7 && q->session_epoch == 0) {
            s = kafc__mock_session_new(c, b, by_id);
            f->session = s ? s->id : 0;
        }
        return kafc__mwants_take(c, f->session ? &s->wants : &f->wants, q, by_id)
                   ? KAFC_OK
                   : KAFC_ERR_UNKNOWN_SERVER_ERROR;
    }
    if (!s)
        return KAFC_ERR_FETCH_SESSION_ID_NOT_FOUND;
    if (q->session_epoch != s->epoch)
        return KAFC_ERR_INVALID_FETCH_SESSION_EPOCH;
    if (by_id != s->by_id)
        return KAFC_ERR_FETCH_SESSION_TOPIC_ID_ERROR;
    s->epoch = s->epoch == INT32_MAX ? 1 : s->epoch + 1;
    f->session = s->id;
    f->incremental = true;
    if (!kafc__mwants_take(c, &s->wants, q, by_id))
        return KAFC_ERR_UNKNOWN_SERVER_ERROR;
    kafc__mwants_forget(c, &s->wants, q,
                        by_id); /* as real brokers do: what is named in both is gone */
    return KAFC_OK;
}

static bool of_session(kafc_err code)
{
    return code == KAFC_ERR_FETCH_SESSION_ID_NOT_FOUND ||
           code == KAFC_ERR_INVALID_FETCH_SESSION_EPOCH ||
           code == KAFC_ERR_FETCH_SESSION_TOPIC_ID_ERROR;
}

static enum kafc_mdone serve(struct kafc_mrq *rq, const void *req, void *resp)
{
    const struct kafc_fetch_req *q = req;
    struct kafc_fetch_resp *a = resp;
    struct kafc_cluster *c = rq->c;
    struct kafc_mconn *conn = rq->conn;
    struct kafc_mfetch *f = kafc__zalloc(&c->mem, sizeof *f);
    kafc_err code;

    if (!f)
        return KAFC_MDONE_CUT;
    f->api = rq->api;
    f->endless = c->endless;
    f->version = rq->version;
    f->correlation = rq->correlation;
    f->min_bytes = q->min_bytes;
    f->max_bytes = q->max_bytes;
    f->committed = q->isolation_level == 1;
    if (q->rack_id.len > 0 && !(f->rack = kafc__strndup(&c->mem, q->rack_id.p,
                                                        (size_t)q->rack_id.len))) {
        free_fetch(c, f);
        return KAFC_MDONE_CUT;
    }
    f->not_before = c->now + (int64_t)rq->delay_ms * 1000;
    f->throttle_ms = rq->throttle_ms;
    f->deadline = c->now + (int64_t)(q->max_wait_ms < 0 ? 0 : q->max_wait_ms) * 1000;
    f->forced = of_session(rq->forced) ? KAFC_OK : rq->forced;
    code = of_session(rq->forced) ? rq->forced : open_session(rq, q, f);
    if (code) {
        free_fetch(c, f);
        if (rq->version < 7)
            return KAFC_MDONE_CUT;
        a->error_code = (int16_t)code;
        return KAFC_MDONE_ANSWER;
    }
    conn->parked = f;
    c->nparked++;
    if (rq->lost) {
        kafc__mock_fetch_drop(c, conn);
        return KAFC_MDONE_NONE;
    }
    if (q->max_wait_ms <= 0 || enough(c, conn, f)) {
        kafc__mock_fetch_try(c, conn, true);
        return KAFC_MDONE_NONE;
    }
    return KAFC_MDONE_PARKED;
}

const struct kafc_mserve kafc__mock_fetch = {
    KAFC_API_FETCH, 18, serve, 4, { 1, 2, 3, 4, 6, 8, 11, 13 }
};
