/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The cluster's connections: frames in, requests served one at a time and in
 * order, answers out when they are due; hooks and pushed errors in between.
 */
#include "base/mem.h"
#include "mock/group.h"
#include "protocol/api/18_api_versions.h"
#include "protocol/registry.h"

enum {
    READ_SIZE = 65536,
    WAITING_MAX = 1 << 20, /* bytes that are taken while requests wait */
    UNSENT_MAX =
        1 << 24, /* bytes of answers that the peer does not read, before no request is served */
    ARENA_MAX = 1 << 28
};

static struct kafc_mconn *find(const struct kafc_cluster *c, uint64_t id)
{
    return kafc__map_get(&c->conns, &id, sizeof id);
}

static void news(struct kafc_cluster *c, struct kafc_mconn *conn)
{
    if (!kafc__list_linked(&conn->ready))
        kafc__list_push(&c->ready, &conn->ready);
}

void kafc__mock_closing(struct kafc_cluster *c, struct kafc_mconn *conn)
{
    conn->closing = true;
    news(c, conn);
}

/* ---- opening and closing ---- */

uint64_t kafc__cluster_open(struct kafc_cluster *c, int32_t broker)
{
    struct kafc_mbroker *b = kafc__mock_broker(c, broker);
    struct kafc_mconn *conn;

    if (!b || !b->running)
        return 0;
    conn = kafc__zalloc(&c->mem, sizeof *conn);
    if (!conn)
        return 0;
    conn->id = ++c->last_conn;
    conn->broker = b;
    kafc__list_init(&conn->ready);
    kafc__list_init(&conn->out);
    kafc__mlogin_open(c, &conn->login);
    if (!kafc__map_put(&c->conns, &conn->id, sizeof conn->id, conn)) {
        kafc__free(&c->mem, conn);
        return 0;
    }
    kafc__list_push(&c->conn_list, &conn->node);
    return conn->id;
}

void kafc__cluster_close(struct kafc_cluster *c, uint64_t id)
{
    struct kafc_mconn *conn = find(c, id);
    struct kafc_mout *out;

    if (!conn)
        return;
    kafc__mock_fetch_drop(c, conn);
    kafc__mmember_unpark(conn);
    while ((out = KAFC_LIST_FIRST(&conn->out, struct kafc_mout, node))) {
        kafc__list_del(&out->node);
        kafc__free(&c->mem, out);
    }
    kafc__map_del(&c->conns, &conn->id, sizeof conn->id);
    kafc__list_del(&conn->node);
    kafc__list_del(&conn->ready);
    kafc__mlogin_close(c, &conn->login);
    kafc__free(&c->mem, conn->in);
    kafc__free(&c->mem, conn);
}

bool kafc__cluster_closing(const struct kafc_cluster *c, uint64_t id)
{
    const struct kafc_mconn *conn = find(c, id);

    return !conn || conn->closing;
}

uint64_t kafc__cluster_next(struct kafc_cluster *c)
{
    struct kafc_mconn *conn = KAFC_LIST_FIRST(&c->ready, struct kafc_mconn, ready);

    if (!conn)
        return 0;
    kafc__list_del(&conn->ready);
    return conn->id;
}

int32_t kafc__cluster_connections(const struct kafc_cluster *c, int32_t broker)
{
    int32_t n = 0;

    KAFC_MOCK_EACH(&c->conn_list, struct kafc_mconn, conn)
        n += !conn->closing && (!broker || conn->broker->id == broker);
    return n;
}

/* ---- out ---- */

/* What can be sent now, or NULL. */
static const struct kafc_mout *due(struct kafc_cluster *c, struct kafc_mconn *conn)
{
    struct kafc_mout *out = conn ? KAFC_LIST_FIRST(&conn->out, struct kafc_mout, node) : NULL;

    if (!out || conn->closing || out->ready_at > c->now)
        return NULL;
    if (!out->cut)
        return out;
    kafc__mock_closing(c, conn);
    return NULL;
}

int kafc__cluster_outputs(struct kafc_cluster *c, uint64_t id, struct iovec *v, int max)
{
    const struct kafc_mout *out = due(c, find(c, id));
    size_t left = out ? out->len - out->sent : 0, off = out ? out->off : 0;
    const struct kafc_mpiece *piece = out ? out->piece : NULL;
    int n = 0;

    for (; left && n < max; left -= v[n++].iov_len, piece++, off = 0)
        v[n] = (struct iovec){ (void *)(uintptr_t)(piece->p + off), piece->n - off };
    return n;
}

void kafc__cluster_output(struct kafc_cluster *c, uint64_t id, const void **p, size_t *n)
{
    struct iovec v = { NULL, 0 };

    (void)kafc__cluster_outputs(c, id, &v, 1);
    *p = v.iov_base;
    *n = v.iov_len;
}

void kafc__cluster_consumed(struct kafc_cluster *c, uint64_t id, size_t n)
{
    struct kafc_mconn *conn = find(c, id);
    struct kafc_mout *out = conn ? KAFC_LIST_FIRST(&conn->out, struct kafc_mout, node) : NULL;

    if (!out)
        return;
    out->sent += n;
    if (out->sent < out->len) {
        for (out->off += n; out->off >= out->piece->n; out->piece++)
            out->off -= out->piece->n;
        return;
    }
    conn->out_bytes -= out->len;
    kafc__list_del(&out->node);
    kafc__free(&c->mem, out);
    kafc__mock_work(c, conn);
}

static struct kafc_mout *new_out(struct kafc_cluster *c, size_t len)
{
    struct kafc_mout *out = kafc__alloc(&c->mem, sizeof *out + len);

    if (!out)
        return NULL;
    memset(out, 0, sizeof *out);
    out->len = len;
    out->data_piece = (struct kafc_mpiece){ out->data, len };
    out->piece = &out->data_piece;
    return out;
}

static void queue_out(struct kafc_cluster *c, struct kafc_mconn *conn, struct kafc_mout *out,
                      int64_t delay_us)
{
    out->ready_at = c->now + delay_us + conn->broker->rtt_us;
    conn->out_bytes += out->len;
    kafc__list_push(&conn->out, &out->node);
    news(c, conn);
}

/* Puts runs in the place of the chains in the encoded answer: its bytes, and in between fronts of batches, which are
 * made here, and the batches, which are there. NULL: out of memory. */
static struct kafc_mout *with_runs(const struct kafc_mrq *rq, const struct kafc_wr *w)
{
    size_t len = kafc__wr_len(w), batches = 0, at = 0, npieces;
    struct kafc_mout *out;
    struct kafc_mpiece *piece;
    uint8_t *front;

    for (uint32_t i = 0; i < w->nsplice; i++)
        batches += rq->run[i].n;
    npieces = 2 * batches + w->nsplice + 1;
    out = new_out(rq->c, npieces * sizeof *piece + batches * KAFC_MENDLESS_FRONT + len);
    if (!out)
        return NULL;
    out->len = len + w->spliced;
    out->piece = piece = (struct kafc_mpiece *)(void *)out->data;
    front = (uint8_t *)(piece + npieces);
    memcpy(front + batches * KAFC_MENDLESS_FRONT, w->start, len);
    const uint8_t *bytes = front + batches * KAFC_MENDLESS_FRONT;
    for (uint32_t i = 0; i < w->nsplice; i++) {
        *piece++ = (struct kafc_mpiece){ bytes + at, w->splice[i].at - at };
        at = w->splice[i].at;
        for (uint32_t k = 0; k < rq->run[i].n; k++, front += KAFC_MENDLESS_FRONT) {
            *piece++ = (struct kafc_mpiece){ front, KAFC_MENDLESS_FRONT };
            piece->p = kafc__mendless_batch(rq->c->endless, &rq->run[i], k, front, &piece->n);
            piece++;
        }
    }
    *piece = (struct kafc_mpiece){ bytes + at, len - at };
    return out;
}

/* The answer's bytes; NULL: out of memory (err's code is KAFC_OK), or it cannot be encoded. */
static struct kafc_mout *encode(struct kafc_mrq *rq, const void *resp, kafc_error *err)
{
    size_t body, spliced, len;
    struct kafc_mout *out = NULL;
    struct kafc_wr w;
    uint8_t *to;

    if (kafc__msg_size(rq->api->resp, resp, rq->version, &body, &spliced, err))
        return NULL;
    body += kafc__response_header_size(rq->api, rq->version);
    len = 4 + body - spliced;
    if (!spliced)
        out = new_out(rq->c, len);
    to = out ? out->data : spliced ? kafc__arena_alloc(&rq->arena, len) : NULL;
    if (!to)
        return NULL;
    kafc__wr_init(&w, to, len, &rq->arena);
    kafc__wr_i32(&w, (int32_t)body);
    kafc__response_header_put(&w, rq->api, rq->version, rq->correlation);
    if (kafc__msg_encode(&w, rq->api->resp, resp, rq->version, err) == KAFC_OK)
        return spliced ? with_runs(rq, &w) : out;
    kafc__free(&rq->c->mem, out);
    return NULL;
}

bool kafc__mock_answer(struct kafc_mrq *rq, const void *resp, int64_t delay_us)
{
    kafc_error err = { .code = KAFC_OK };
    struct kafc_mout *out = encode(rq, resp, &err);

    if (err.code)
        kafc__log(&rq->c->log, KAFC_LOG_ERROR, "mock: an answer cannot be encoded: %s",
                  err.message);
    if (out)
        queue_out(rq->c, rq->conn, out, delay_us);
    else
        kafc__mock_closing(rq->c, rq->conn);
    return out != NULL;
}

/* ---- serving ---- */

static kafc_err pushed_error(struct kafc_cluster *c, struct kafc_mapi *api, bool *any)
{
    struct kafc_mpushed *p = KAFC_LIST_FIRST(&api->pushed, struct kafc_mpushed, node);
    kafc_err code;

    *any = p != NULL;
    if (!p)
        return KAFC_OK;
    code = p->code;
    if (--p->n <= 0) {
        kafc__list_del(&p->node);
        kafc__free(&c->mem, p);
    }
    return code;
}

/* What the test wants to happen to this request. */
static void ask(struct kafc_mrq *rq, struct kafc_mapi *api, uint64_t index,
                const struct kafc_request_header *h, const struct kafc_rd *body,
                kafc_mock_answer *a)
{
    struct kafc_cluster *c = rq->c;
    kafc_mock_hook_fn fn = api->hook ? api->hook : c->hook;
    void *ctx = api->hook ? api->hook_ctx : c->hook_ctx;
    bool any;
    kafc_err code = pushed_error(c, api, &any);
    kafc_mock_request seen;

    memset(a, 0, sizeof *a);
    if (any) {
        a->code = code;
        a->act = code == KAFC_OK                 ? KAFC_MOCK_PASS
                 : code == KAFC_ERR_DISCONNECTED ? KAFC_MOCK_CUT
                                                 : KAFC_MOCK_ERROR;
        return;
    }
    if (!fn)
        return;
    seen = (kafc_mock_request){ .broker = rq->conn->broker->id,
                                .api = rq->api->key,
                                .version = rq->version,
                                .index = index,
                                .client_id = h->client_id,
                                .body = { body->p, (int32_t)kafc__rd_left(body) } };
    fn(ctx, &seen, a);
}

static void queue_bytes(struct kafc_cluster *c, struct kafc_mconn *conn, kafc_bytes b, bool cut,
                        int64_t delay_us)
{
    struct kafc_mout *out;

    if (!cut && b.len <= 0)
        return;
    out = new_out(c, cut ? 0 : (size_t)b.len);
    if (!out) {
        kafc__mock_closing(c, conn);
        return;
    }
    out->cut = cut;
    if (!cut) {
        memcpy(out->data, b.p, (size_t)b.len);
    }
    queue_out(c, conn, out, delay_us);
}

static void set_throttle(const struct kafc_schema *s, int16_t version, void *resp, int32_t ms)
{
    for (uint16_t i = 0; ms && i < s->nfields; i++)
        if (!strcmp(s->field[i].name, "ThrottleTimeMs") && kafc__in(s->field[i].on, version))
            memcpy((char *)resp + s->field[i].off, &ms, sizeof ms);
}

static void serve(struct kafc_mrq *rq, const struct kafc_mserve *how, struct kafc_rd *body,
                  const kafc_mock_answer *a)
{
    struct kafc_cluster *c = rq->c;
    struct kafc_mconn *conn = rq->conn;
    void *req = kafc__arena_alloc(&rq->arena, rq->api->req->size);
    void *resp = kafc__arena_alloc(&rq->arena, rq->api->resp->size);
    int64_t delay_us = (int64_t)a->delay_ms * 1000;
    kafc_error err;

    if (!req || !resp) {
        kafc__mock_closing(c, conn);
        return;
    }
    /* Bytes behind the body are ignored, as brokers do. */
    if (kafc__msg_decode_front(body, rq->api->req, req, rq->version, &rq->arena, &err)) {
        kafc__log(&c->log, KAFC_LOG_WARN, "mock: broker %d: %s", (int)conn->broker->id,
                  err.message);
        kafc__mock_closing(c, conn);
        return;
    }
    kafc__msg_defaults(rq->api->resp, resp);
    rq->forced = a->act == KAFC_MOCK_ERROR ? a->code : KAFC_OK;
    rq->lost = a->act == KAFC_MOCK_PASS_CUT || a->act == KAFC_MOCK_PASS_SILENT;
    rq->delay_ms = a->delay_ms;
    rq->throttle_ms = a->throttle_ms;
    enum kafc_mdone done = how->serve(rq, req, resp);
    if (done == KAFC_MDONE_ANSWER || done == KAFC_MDONE_LAST) {
        set_throttle(rq->api->resp, rq->version, resp, a->throttle_ms);
        if (!rq->lost)
            (void)kafc__mock_answer(rq, resp, delay_us);
    }
    if (done == KAFC_MDONE_CUT || done == KAFC_MDONE_LAST)
        queue_bytes(c, conn, (kafc_bytes){ NULL, 0 }, true, delay_us);
}

static void act(struct kafc_mrq *rq, const struct kafc_mserve *how, struct kafc_rd *body,
                const kafc_mock_answer *a)
{
    struct kafc_cluster *c = rq->c;
    struct kafc_mconn *conn = rq->conn;
    int64_t delay_us = (int64_t)a->delay_ms * 1000;

    if (delay_us > 0 || a->throttle_ms > 0)
        conn->busy_until = c->now + delay_us + (int64_t)a->throttle_ms * 1000;
    if (a->act == KAFC_MOCK_PASS || a->act == KAFC_MOCK_ERROR || a->act == KAFC_MOCK_PASS_CUT ||
        a->act == KAFC_MOCK_PASS_SILENT)
        serve(rq, how, body, a);
    if (a->act == KAFC_MOCK_CUT || a->act == KAFC_MOCK_PASS_CUT)
        queue_bytes(c, conn, (kafc_bytes){ NULL, 0 }, true, delay_us);
    if (a->act == KAFC_MOCK_SILENT || a->act == KAFC_MOCK_PASS_SILENT)
        conn->silent = true;
    if (a->act == KAFC_MOCK_RAW)
        queue_bytes(c, conn, a->bytes, false, delay_us);
}

/* An API or version that is not served: the connection ends, but ApiVersions says what it knows in version 0. */
static void refuse(struct kafc_mrq *rq, const struct kafc_request_header *h,
                   const struct kafc_mapi *api)
{
    kafc__log(&rq->c->log, KAFC_LOG_WARN, "mock: broker %d does not serve API %d version %d",
              (int)rq->conn->broker->id, h->api, h->version);
    if (h->api != KAFC_API_API_VERSIONS || !api || api->max < 0 || h->version < api->max) {
        kafc__mock_closing(rq->c, rq->conn);
        return;
    }
    struct kafc_api_versions_resp *resp = kafc__arena_alloc(&rq->arena, sizeof *resp);
    struct kafc_api_versions_resp_api *one = kafc__msg_array(&kafc_api_versions_resp_api_schema, 1,
                                                             &rq->arena);
    if (!resp || !one) {
        kafc__mock_closing(rq->c, rq->conn);
        return;
    }
    kafc__msg_defaults(rq->api->resp, resp);
    resp->error_code = KAFC_ERR_UNSUPPORTED_VERSION;
    one->api_key = h->api;
    one->min_version = api->min;
    one->max_version = api->max;
    resp->api_keys.v = one;
    resp->api_keys.n = 1;
    rq->version = 0;
    (void)kafc__mock_answer(rq, resp, 0);
}

/* What the login makes of a request that is well-formed. */
static void admit(struct kafc_mrq *rq, const struct kafc_mserve *how, struct kafc_mapi *api,
                  const struct kafc_request_header *h, struct kafc_rd *body)
{
    kafc_mock_answer a = { .act = KAFC_MOCK_ERROR, .code = KAFC_ERR_ILLEGAL_SASL_STATE };
    enum kafc_madmit may = kafc__mlogin_admit(rq->c, &rq->conn->login, h->api);

    if (may == KAFC_MADMIT)
        ask(rq, api, api->requests++, h, body, &a);
    kafc__log(&rq->c->log, KAFC_LOG_DEBUG, "mock: broker %d: %s v%d #%d, %zu bytes, act %d%s",
              (int)rq->conn->broker->id, rq->api->name, h->version, (int)h->correlation,
              kafc__rd_left(body), (int)a.act, may == KAFC_MADMIT ? "" : ", not logged in");
    if (may != KAFC_MADMIT_CUT)
        act(rq, how, body, &a);
    if (may != KAFC_MADMIT)
        queue_bytes(rq->c, rq->conn, (kafc_bytes){ NULL, 0 }, true, 0);
}

/* A frame that is a token and nothing else. */
static void bare_token(struct kafc_cluster *c, struct kafc_mconn *conn, const uint8_t *p, size_t n)
{
    struct kafc_arena a;
    struct kafc_mtoken_said said;
    enum kafc_mtoken what;
    struct kafc_mout *out = NULL;

    kafc__arena_init(&a, &c->mem, ARENA_MAX);
    what = kafc__mlogin_token(c, &conn->login, (kafc_bytes){ p, (int32_t)n }, &a, &said);
    if (what == KAFC_MTOKEN_MORE || what == KAFC_MTOKEN_DONE)
        out = new_out(c, 4 + (size_t)said.token.len);
    if (out) {
        kafc__store32(out->data, (uint32_t)said.token.len);
        if (said.token.len)
            memcpy(out->data + 4, said.token.p, (size_t)said.token.len);
        queue_out(c, conn, out, 0);
    } else {
        kafc__mock_closing(c, conn);
    }
    kafc__arena_fini(&a);
}

static void request(struct kafc_cluster *c, struct kafc_mconn *conn, const uint8_t *p, size_t n)
{
    struct kafc_mrq rq = { .c = c, .conn = conn };
    struct kafc_request_header h;
    const struct kafc_mserve *how;
    struct kafc_mapi *api;
    struct kafc_rd r;
    int index = -1;

    kafc__rd_init(&r, p, n);
    if (n < 8) {
        kafc__mock_closing(c, conn);
        return;
    }
    /* The first fields are read by hand: the rest may be of a version that nobody knows. */
    h = (struct kafc_request_header){ .api = (int16_t)kafc__load16(p),
                                      .version = (int16_t)kafc__load16(p + 2),
                                      .correlation = (int32_t)kafc__load32(p + 4) };
    how = kafc__mock_serve(h.api, &index);
    api = how ? &c->api[index] : NULL;
    rq.api = how ? kafc__api(h.api) : NULL;
    rq.version = h.version;
    rq.correlation = h.correlation;
    kafc__arena_init(&rq.arena, &c->mem, ARENA_MAX);
    if (!how || h.version < api->min || h.version > api->max) {
        refuse(&rq, &h, api);
    } else if (!kafc__request_header_get(&r, rq.api, &h)) {
        kafc__log(&c->log, KAFC_LOG_WARN, "mock: broker %d: a request's header: %s",
                  (int)conn->broker->id, r.err);
        kafc__mock_closing(c, conn);
    } else {
        rq.client_id = h.client_id;
        conn->broker->requests[index]++;
        admit(&rq, how, api, &h, &r);
    }
    kafc__arena_fini(&rq.arena);
}

/* ---- in ---- */

static bool waits(const struct kafc_cluster *c, const struct kafc_mconn *conn)
{
    return conn->parked || conn->member || conn->busy_until > c->now ||
           conn->out_bytes > UNSENT_MAX;
}

void kafc__cluster_recv_room(struct kafc_cluster *c, uint64_t id, void **p, size_t *n)
{
    struct kafc_mconn *conn = find(c, id);
    size_t want = READ_SIZE, cap;
    uint8_t *in;

    *p = NULL;
    *n = 0;
    if (!conn || conn->closing)
        return;
    if (waits(c, conn) && conn->in_len - conn->in_pos > WAITING_MAX) {
        conn->blocked = true;
        return;
    }
    if (conn->in_pos && conn->in_pos == conn->in_len)
        conn->in_pos = conn->in_len = 0;
    if (conn->in_cap - conn->in_len < want) {
        /* Grows with what has come, not with what was announced. */
        if (conn->in_pos) {
            memmove(conn->in, conn->in + conn->in_pos, conn->in_len - conn->in_pos);
            conn->in_len -= conn->in_pos;
            conn->in_pos = 0;
        }
        cap = conn->in_cap ? conn->in_cap : 2 * READ_SIZE;
        while (cap - conn->in_len < want)
            cap *= 2;
        if (cap > conn->in_cap) {
            in = kafc__realloc_array(&c->mem, conn->in, cap, 1);
            if (!in) {
                kafc__mock_closing(c, conn);
                return;
            }
            conn->in = in;
            conn->in_cap = cap;
        }
    }
    *p = conn->in + conn->in_len;
    *n = conn->in_cap - conn->in_len;
}

void kafc__mock_work(struct kafc_cluster *c, struct kafc_mconn *conn)
{
    if (conn->working)
        return;
    conn->working = true;
    while (!conn->closing && !waits(c, conn)) {
        size_t left = conn->in_len - conn->in_pos;
        const uint8_t *p = conn->in + conn->in_pos;
        bool bare = conn->login.state == KAFC_MLOGIN_TOKENS && conn->login.raw;
        int32_t size;

        if (conn->silent) {
            conn->in_pos = conn->in_len;
            break;
        }
        if (left < 4)
            break;
        size = (int32_t)kafc__load32(p);
        if (size < (bare ? 0 : 8) || size > KAFC_MOCK_FRAME_MAX) {
            kafc__log(&c->log, KAFC_LOG_WARN, "mock: broker %d: a frame of %d bytes",
                      (int)conn->broker->id, (int)size);
            kafc__mock_closing(c, conn);
            break;
        }
        if (left - 4 < (size_t)size)
            break;
        conn->in_pos += 4 + (size_t)size;
        (bare ? bare_token : request)(c, conn, p + 4, (size_t)size);
    }
    if (conn->blocked && conn->in_len - conn->in_pos <= WAITING_MAX) {
        conn->blocked = false;
        news(c, conn);
    }
    conn->working = false;
}

void kafc__cluster_received(struct kafc_cluster *c, uint64_t id, size_t n)
{
    struct kafc_mconn *conn = find(c, id);

    if (!conn)
        return;
    conn->in_len += n;
    kafc__mock_work(c, conn);
}

/* ---- faults ---- */

kafc_err kafc__cluster_set_versions(struct kafc_cluster *c, int16_t key, int16_t min, int16_t max)
{
    int i;
    const struct kafc_mserve *s = kafc__mock_serve(key, &i);
    const struct kafc_api *api = kafc__api(key);

    if (!s || !api)
        return KAFC_ERR_USAGE;
    if (!(min == -1 && max == -1) && (min < 0 || max > s->max || max > api->max || min > max))
        return KAFC_ERR_USAGE;
    c->api[i].min = min;
    c->api[i].max = max;
    return KAFC_OK;
}

kafc_err kafc__cluster_hook(struct kafc_cluster *c, int16_t key, kafc_mock_hook_fn fn, void *ctx)
{
    int i;

    if (key == -1) {
        c->hook = fn;
        c->hook_ctx = ctx;
        return KAFC_OK;
    }
    if (!kafc__mock_serve(key, &i))
        return KAFC_ERR_USAGE;
    c->api[i].hook = fn;
    c->api[i].hook_ctx = ctx;
    return KAFC_OK;
}

kafc_err kafc__cluster_push_error(struct kafc_cluster *c, int16_t key, kafc_err code, int32_t n)
{
    struct kafc_mpushed *p;
    int i;

    if (n < 1 || !kafc__mock_serve(key, &i))
        return KAFC_ERR_USAGE;
    p = kafc__alloc(&c->mem, sizeof *p);
    if (!p)
        return KAFC_ERR_NO_MEMORY;
    p->code = code;
    p->n = n;
    kafc__list_push(&c->api[i].pushed, &p->node);
    return KAFC_OK;
}

kafc_err kafc__cluster_set_rtt(struct kafc_cluster *c, int32_t broker, int32_t ms)
{
    if (ms < 0 || (broker && !kafc__mock_broker(c, broker)))
        return KAFC_ERR_USAGE;
    for (int32_t i = 0; i < c->nbrokers; i++)
        if (!broker || c->broker[i].id == broker)
            c->broker[i].rtt_us = (int64_t)ms * 1000;
    return KAFC_OK;
}

uint64_t kafc__cluster_requests(const struct kafc_cluster *c, int32_t broker, int16_t key)
{
    uint64_t n = 0;
    int i = -1;

    if (key != -1 && !kafc__mock_serve(key, &i))
        return 0;
    for (int32_t b = 0; b < c->nbrokers; b++)
        for (int k = 0; k < KAFC_MOCK_APIS; k++)
            if ((!broker || c->broker[b].id == broker) && (key == -1 || k == i))
                n += c->broker[b].requests[k];
    return n;
}
