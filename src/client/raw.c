/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc_client_call: any request, taken to those who answer it. A call is a list
 * of pieces, one request to one node each; they are sent in rounds, and those
 * that reached nobody are looked at again. The rounds are the calling thread's,
 * answers are decoded on the loop's while it waits.
 */
#include <string.h>

#include "base/arena.h"
#include "base/mem.h"
#include "client/ask.h"
#include "client/seek.h"
#include "protocol/route.h"

struct answer;

struct piece {
    struct piece *next;
    struct answer *of;
    const void *req;
    int32_t node;
    bool closed; /* it has its answer, or none to expect */
    bool again;  /* it reached nobody: another node, or the same one later, may do */
    bool fixed;  /* to this node and no other */
    kafc_answer_part part;
    void *resp;
    struct kafc_frame *frame; /* what resp rests on */
    kafc_error err;
};

struct answer {
    kafc_answer pub;
    kafc_allocator mem;
    struct kafc_arena arena; /* of the pieces, too */
    struct piece *first, **last;
};

struct call {
    kafc_client *c;
    const struct kafc_api *api;
    int version;
    int32_t broker;
    int64_t deadline;
    unsigned interrupts;
    bool hasty; /* one round alone */
    bool bare;  /* the parts are given without any answer, too */
    kafc_error last; /* of a piece that was tried again */
    struct answer *a;
};

void kafc_answer_free(kafc_answer *pub)
{
    if (!pub)
        return;
    struct answer *a = KAFC_CONTAINER(pub, struct answer, pub);
    kafc_allocator mem = a->mem;
    for (struct piece *p = a->first; p; p = p->next)
        kafc__frame_unref(p->frame);
    kafc__arena_fini(&a->arena);
    kafc__free(&mem, a);
}

static struct answer *new_answer(const kafc_allocator *mem)
{
    struct answer *a = kafc__zalloc(mem, sizeof(*a));
    if (!a)
        return NULL;
    a->mem = *mem;
    a->last = &a->first;
    kafc__arena_init(&a->arena, &a->mem, 0);
    return a;
}

static kafc_err no_memory(kafc_error *err)
{
    return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for the request");
}

/* --- Pieces ------------------------------------------------------------------------- */

static kafc_err add(struct call *k, const void *req, int32_t node, bool fixed, kafc_error *err)
{
    struct piece *p = req ? kafc__arena_alloc(&k->a->arena, sizeof(*p)) : NULL;
    void *resp = kafc__arena_alloc(&k->a->arena, k->api->resp->size);
    if (!p || !resp)
        return no_memory(err);
    p->of = k->a;
    p->req = req;
    p->node = node;
    p->fixed = fixed;
    p->resp = resp;
    p->part.broker = node >= 0 ? node : -1;
    p->part.version = -1;
    *k->a->last = p;
    k->a->last = &p->next;
    return KAFC_OK;
}

static bool seen(const int32_t *node, int32_t n, int32_t which)
{
    for (int32_t i = 0; i < n; i++)
        if (node[i] == which)
            return true;
    return false;
}

/* A piece for each node of the targets; for one alone the request as it is. */
static kafc_err cut(struct call *k, const void *req, const struct kafc_target *t, int32_t n,
                    kafc_error *err)
{
    struct kafc_arena *a = &k->a->arena;
    int32_t *node = kafc__arena_array(a, (size_t)n, sizeof(*node)), nnodes = 0;
    if (!node)
        return no_memory(err);
    for (int32_t i = 0; i < n; i++) {
        if (nnodes == 0 || (node[nnodes - 1] != t[i].node && !seen(node, nnodes, t[i].node)))
            node[nnodes++] = t[i].node;
    }
    if (nnodes < 2)
        return add(k, req, nnodes ? node[0] : KAFC_ANY_NODE, false, err);
    kafc_err rc = KAFC_OK;
    for (int32_t i = 0; i < nnodes && rc == KAFC_OK; i++)
        rc = add(k, kafc__route_cut(k->api, req, t, n, node[i], a), node[i], false, err);
    return rc;
}

/* To each broker of the metadata, or to its controller. */
static kafc_err by_metadata(struct call *k, const void *req, kafc_error *err)
{
    struct kafc_asker by = kafc__asker_of(k->c);
    kafc_metadata *m;
    kafc_err rc = kafc__query_metadata(&by, NULL, 0, false, k->deadline, &m, err);
    if (rc != KAFC_OK)
        return rc;
    if (k->api->route == KAFC_TO_CONTROLLER)
        rc = add(k, req, m->controller >= 0 ? m->controller : KAFC_CONTROLLER_NODE, false, err);
    else if (m->nbrokers == 0)
        rc = add(k, req, KAFC_ANY_NODE, true, err);
    for (int32_t i = 0; k->api->route == KAFC_TO_ALL && i < m->nbrokers && rc == KAFC_OK; i++)
        rc = add(k, req, m->brokers[i].id, true, err);
    kafc_metadata_free(m);
    return rc;
}

static kafc_err by_targets(struct call *k, const void *req, kafc_error *err)
{
    struct kafc_seek s = { .c = k->c, .deadline = k->deadline, .arena = &k->a->arena };
    s.target = kafc__route_targets(k->api, req, &s.n, s.arena);
    if (!s.target)
        return no_memory(err);
    kafc_err rc = KAFC_OK;
    if (k->api->route == KAFC_TO_LEADER)
        rc = kafc__seek_leaders(&s, err);
    else if (k->api->route != KAFC_TO_RESOURCE) /* whose brokers are named */
        rc = kafc__seek_coordinators(&s, (enum kafc_route)k->api->route, err);
    return rc == KAFC_OK ? cut(k, req, s.target, s.n, err) : rc;
}

/* Whom the request goes to, as things are now. */
static kafc_err route(struct call *k, const void *req, kafc_error *err)
{
    if (k->broker >= 0)
        return add(k, req, k->broker, true, err);
    switch ((enum kafc_route)k->api->route) {
    case KAFC_TO_ANY: return add(k, req, KAFC_ANY_NODE, true, err);
    case KAFC_TO_CONTROLLER:
    case KAFC_TO_ALL: return by_metadata(k, req, err);
    case KAFC_TO_LEADER:
    case KAFC_TO_RESOURCE:
    case KAFC_TO_GROUP:
    case KAFC_TO_TXN:
    case KAFC_TO_SHARE: return by_targets(k, req, err);
    case KAFC_TO_BROKER:
    case KAFC_TO_QUORUM: break;
    }
    return kafc__error(err, KAFC_ERR_USAGE, "which broker %s goes to only the caller can say",
                       k->api->name);
}

/* --- Rounds -------------------------------------------------------------------------- */

/* On the loop thread. */
static kafc_err answered(struct kafc_ask *ask, kafc_error *err)
{
    struct piece *p = ask->owner;
    struct kafc_request *rq = &ask->rq;
    kafc__msg_defaults(rq->api->resp, p->resp);
    if (rq->no_response)
        return KAFC_OK;
    kafc_err rc = kafc__request_decode(rq, p->resp, &p->of->arena, err);
    if (rc == KAFC_OK)
        p->frame = kafc__frame_ref(rq->frame);
    return rc;
}

static void prepare(const struct call *k, struct piece *p, struct kafc_ask *ask)
{
    *ask = (struct kafc_ask){ .api = k->api, .msg = p->req, .node = p->node, .owner = p };
    ask->purpose = KAFC_FOR_CALLS;
    ask->pinned = k->version >= 0;
    ask->version = (int16_t)k->version;
    ask->no_response = kafc__raw_unanswered(k->api, p->req);
    ask->answer = answered;
}

/* stop: why the wait ended before the answer, if it did. What the node's last attempt failed of says more than that
 * time ran out, unless it was asked this time. */
static void settle(const struct call *k, struct piece *p, const struct kafc_ask *ask, kafc_err stop,
                   const kafc_error *why)
{
    p->closed = true;
    p->err = ask->err;
    p->part.err = ask->code;
    if (!ask->done && stop != KAFC_ERR_TIMED_OUT)
        p->err = *why;
    else if (!ask->done && !ask->rq.sent && k->last.code != KAFC_OK && k->last.broker == p->node)
        p->err = k->last;
    if (!ask->done)
        p->part.err = p->err.code;
    p->part.version = ask->rq.version;
    if (ask->rq.broker >= 0)
        p->part.broker = ask->rq.broker;
    p->part.resp = p->part.err == KAFC_OK ? p->resp : NULL;
    p->again = ask->done && ask->again && !ask->rq.sent;
}

/* Why a piece is not tried again. That time ran out says less than what it failed of. */
static void leave(struct piece *p, kafc_err code, const kafc_error *why)
{
    p->again = false;
    if (code == KAFC_OK || code == KAFC_ERR_TIMED_OUT)
        return;
    p->part.err = code;
    p->err = *why;
}

/* Sends what is open, all at once, and waits. */
static kafc_err send_open(struct call *k, kafc_error *why)
{
    size_t n = 0, i = 0;
    for (struct piece *p = k->a->first; p; p = p->next)
        n += !p->closed;
    struct kafc_ask *v = kafc__zalloc_array(&k->c->mem, n ? n : 1, sizeof(*v));
    if (!v) {
        kafc_err rc = no_memory(why);
        for (struct piece *p = k->a->first; p; p = p->next)
            if (!p->closed)
                leave(p, rc, why);
        return rc;
    }
    for (struct piece *p = k->a->first; p; p = p->next)
        if (!p->closed)
            prepare(k, p, &v[i++]);
    kafc_err rc = kafc__ask_once(k->c, v, n, k->deadline, k->interrupts, why);
    i = 0;
    for (struct piece *p = k->a->first; p; p = p->next)
        if (!p->closed)
            settle(k, p, &v[i++], rc, why);
    kafc__free(&k->c->mem, v);
    return rc;
}

/* Is it worth the same node once more? A client that has just begun does not know its nodes yet. */
static bool keeps_node(const struct piece *p, int attempt)
{
    return p->fixed || (attempt == 0 && p->part.err == KAFC_ERR_BROKER_NOT_AVAILABLE);
}

/* Opens what reached nobody: as it is, or the pieces that it is cut into now. */
static void reopen(struct call *k, int attempt)
{
    struct answer *a = k->a;
    struct piece *p = a->first, *next;
    a->first = NULL;
    a->last = &a->first;
    for (; p; p = next) {
        kafc_error why;
        kafc_err rc = KAFC_OK;
        struct piece **tail = a->last;
        next = p->next;
        if (p->again)
            k->last = p->err;
        bool same = p->again && keeps_node(p, attempt);
        if (p->again && !same && (rc = route(k, p->req, &why)) == KAFC_OK)
            continue;
        p->closed = !same;
        leave(p, rc, &why);
        p->next = NULL;
        *tail = p;
        a->last = &p->next;
    }
}

static kafc_err first_again(const struct call *k)
{
    for (const struct piece *p = k->a->first; p; p = p->next)
        if (p->again)
            return p->part.err;
    return KAFC_OK;
}

/* Until every piece has its answer or its error. */
static void rounds(struct call *k)
{
    for (int attempt = 0;; attempt++) {
        kafc_error why;
        kafc_err code, stop = send_open(k, &why);
        if (stop != KAFC_OK || k->hasty || (code = first_again(k)) == KAFC_OK)
            return;
        if (!kafc__ask_pause(k->c, attempt, code, k->deadline, k->interrupts, &stop)) {
            (void)kafc__error(&why, stop, "%s: %s", k->api->name, kafc_err_text(stop));
            for (struct piece *p = k->a->first; p; p = p->next)
                if (p->again)
                    leave(p, stop, &why);
            return;
        }
        reopen(k, attempt);
    }
}

/* --- The answer ----------------------------------------------------------------------- */

/* Lists the pieces, and merges what there is of answers. */
static kafc_err collect(struct call *k, int32_t *answers, kafc_error *err)
{
    struct answer *a = k->a;
    int32_t n = 0;
    for (struct piece *p = a->first; p; p = p->next)
        n++;
    kafc_answer_part *part = kafc__arena_array(&a->arena, (size_t)n, sizeof(*part));
    const void **resp = kafc__arena_array(&a->arena, (size_t)n, sizeof(*resp));
    void *all = kafc__arena_alloc(&a->arena, k->api->resp->size);
    *answers = 0;
    if (!part || !resp || !all)
        return no_memory(err);
    a->pub.parts = part;
    for (struct piece *p = a->first; p; p = p->next) {
        part[a->pub.nparts++] = p->part;
        if (p->part.resp)
            resp[(*answers)++] = p->part.resp;
    }
    a->pub.resp = *answers == 1 ? resp[0] : all;
    if (*answers > 1 && !kafc__route_merge(k->api, resp, *answers, all, &a->arena))
        return no_memory(err);
    return KAFC_OK;
}

static kafc_err first_error(const struct answer *a, kafc_error *err)
{
    for (const struct piece *p = a->first; p; p = p->next) {
        if (p->part.err == KAFC_OK)
            continue;
        if (err)
            *err = p->err;
        return p->part.err;
    }
    return KAFC_OK;
}

/* By route, or n requests to nodes of their own. */
static kafc_err run(struct call *k, const void *req, const struct kafc_bound *v, int32_t n,
                    kafc_answer **out, kafc_error *err)
{
    k->a = new_answer(&k->c->mem);
    if (!k->a)
        return no_memory(err);
    int32_t answers = 0;
    kafc_err rc = v ? KAFC_OK : route(k, req, err);
    for (int32_t i = 0; i < n && rc == KAFC_OK; i++)
        rc = add(k, v[i].req, v[i].node, true, err);
    if (rc == KAFC_OK) {
        rounds(k);
        rc = collect(k, &answers, err);
    }
    if (rc == KAFC_OK && (answers > 0 || k->bare))
        *out = &k->a->pub;
    if (rc == KAFC_OK)
        rc = first_error(k->a, err);
    if (!*out)
        kafc_answer_free(&k->a->pub);
    return rc;
}

static kafc_err call(struct call *k, const void *req, const struct kafc_bound *v, int32_t n,
                     int timeout_ms, kafc_answer **out, kafc_error *err)
{
    if (!out)
        return kafc__error(err, KAFC_ERR_USAGE, "there is no place for the answer");
    *out = NULL;
    kafc_err rc = kafc__raw_check(k->api, k->version, v ? v->req : req, err);
    if (rc == KAFC_OK)
        rc = kafc__ask_begin(k->c, timeout_ms, err);
    if (rc != KAFC_OK)
        return rc;
    k->deadline = kafc__deadline_in(timeout_ms);
    k->interrupts = atomic_load(&k->c->interrupts);
    rc = run(k, req, v, n, out, err);
    kafc__ask_end(k->c);
    return rc;
}

kafc_err kafc_client_call(kafc_client *c, const struct kafc_api *api, int version, const void *req,
                          int32_t broker, int timeout_ms, kafc_answer **out, kafc_error *err)
{
    struct call k = { .c = c, .api = api, .version = version, .broker = broker };
    return call(&k, req, NULL, 0, timeout_ms, out, err);
}

kafc_err kafc__client_call_nodes(kafc_client *c, const struct kafc_api *api,
                                 const struct kafc_bound *v, int32_t n, bool stay, int timeout_ms,
                                 kafc_answer **out, kafc_error *err)
{
    struct call k = { .c = c, .api = api, .version = -1, .hasty = !stay };
    return call(&k, NULL, v, n, timeout_ms, out, err);
}

kafc_err kafc__client_call_once(kafc_client *c, const struct kafc_api *api, int version,
                                const struct kafc_bound *v, int32_t n, int timeout_ms,
                                kafc_answer **out, kafc_error *err)
{
    struct call k = { .c = c, .api = api, .version = version, .hasty = true, .bare = true };
    return call(&k, NULL, v, n, timeout_ms, out, err);
}
