/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Log directories: each broker is asked for its own.
 */
#include <kafc/replicas.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "client/parts.h"
#include "protocol/api/34_alter_replica_log_dirs.h"
#include "protocol/api/35_describe_log_dirs.h"

/* --- Describe ------------------------------------------------------------------------------- */

/* A directory that is offline is news of it, and no failure. */
static const struct kafc_admin_kind describing = {
    .api = &kafc_describe_log_dirs_api,
    .what = "described",
    .since = "1.0",
    .whole = "log directories",
};

static void take_replica(struct kafc_arena *a, const struct kafc_part_said *said, void *to)
{
    const struct kafc_describe_log_dirs_resp_partition *p = said->part;
    kafc_log_replica *r = to;
    (void)a;
    r->future = p->is_future_key;
    r->size = p->partition_size;
    r->lag = p->offset_lag;
}

static const struct kafc_part_element replica = { sizeof(kafc_log_replica), 0, take_replica };

static void put_dir(struct kafc_arena *a, const struct kafc_describe_log_dirs_resp_result *r,
                    kafc_log_dir *to)
{
    to->result = (kafc_err)r->error_code;
    to->path = kafc__piece_text(a, r->log_dir, "");
    to->total_bytes = r->total_bytes;
    to->usable_bytes = r->usable_bytes;
    to->cordoned = r->is_cordoned;
    to->replicas = kafc__parts_copy(a, &kafc_describe_log_dirs_resp_result_schema, r, &replica,
                                    &to->nreplicas);
}

static int by_broker(const void *x, const void *y)
{
    const kafc_log_dir *a = x, *b = y;
    return a->broker != b->broker ? (a->broker > b->broker) - (a->broker < b->broker)
                                  : strcmp(a->path, b->path);
}

/* What a broker says, or one element for why it says nothing. */
static int32_t put_broker(struct kafc_arena *a, const kafc_answer_part *part, kafc_log_dir *to)
{
    const struct kafc_describe_log_dirs_resp *r = part->resp;
    int32_t n = r && r->error_code == 0 ? r->results.n : 0;
    if (!r || r->error_code != 0) {
        *to = (kafc_log_dir){ .broker = part->broker, .path = "", .total_bytes = -1 };
        to->result = r ? (kafc_err)r->error_code : part->err;
        to->usable_bytes = -1;
        return 1;
    }
    for (int32_t i = 0; i < n; i++) {
        to[i].broker = part->broker;
        put_dir(a, &r->results.v[i], &to[i]);
    }
    return n;
}

static kafc_log_dirs *described(const kafc_allocator *mem, const kafc_answer *answer)
{
    kafc_log_dirs *all = kafc__piece_new(mem, sizeof(*all));
    if (!all)
        return NULL;
    struct kafc_arena *a = kafc__piece_arena(all);
    size_t room = 0;
    for (int32_t i = 0; i < answer->nparts; i++) {
        const struct kafc_describe_log_dirs_resp *r = answer->parts[i].resp;
        room += r && r->results.n > 0 ? (size_t)r->results.n : 1;
    }
    kafc_log_dir *v = kafc__arena_array(a, room, sizeof(*v));
    for (int32_t i = 0; v && i < answer->nparts; i++)
        all->ndirs += put_broker(a, &answer->parts[i], &v[all->ndirs]);
    if (!a->failed && all->ndirs > 1)
        qsort(v, (size_t)all->ndirs, sizeof(*v), by_broker);
    all->dirs = v;
    return kafc__piece_done(all);
}

static kafc_err ask_some(struct kafc_admin *k, const struct kafc_describe_log_dirs_req *req,
                         const int32_t *broker, int32_t n, kafc_answer **answer)
{
    struct kafc_admin_nodes to = { kafc__arena_array(&k->arena, (size_t)n, sizeof(*to.v)), n };
    struct kafc_admin_plan plan = { .make = kafc__admin_same_nodes, .owner = &to };
    *answer = NULL;
    if (!to.v)
        return kafc__admin_no_memory("the log directories", k->err);
    for (int32_t i = 0; i < n; i++) {
        if (broker[i] < 0)
            return kafc__error(k->err, KAFC_ERR_USAGE, "%d is no broker", (int)broker[i]);
        to.v[i] = (struct kafc_bound){ req, broker[i] };
    }
    return kafc__admin_ask_nodes(k->c, &describing, &plan, k->deadline, answer, k->err);
}

static kafc_err describe(struct kafc_admin *k, const int32_t *broker, int32_t nbrokers,
                         const kafc_topic_partition *p, int32_t n, kafc_log_dirs **out)
{
    struct kafc_describe_log_dirs_req req;
    struct kafc_parts parts;
    kafc_answer *answer;
    kafc_err rc = kafc__parts_given(&parts, p, n, &k->arena, k->err);
    if (rc == KAFC_OK && (nbrokers < 0 || (nbrokers > 0 && !broker)))
        rc = kafc__error(k->err, KAFC_ERR_USAGE, "%d brokers at %s", (int)nbrokers,
                         broker ? "an address" : "NULL");
    if (rc != KAFC_OK)
        return rc;
    kafc__msg_defaults(&kafc_describe_log_dirs_req_schema, &req);
    req.topics.n = -1;
    if (n != KAFC_ALL_PARTITIONS &&
        !kafc__parts_put(parts.part, n, &kafc_describe_log_dirs_req_schema, &req, &k->arena))
        return kafc__admin_no_memory("the log directories", k->err);
    rc = nbrokers ? ask_some(k, &req, broker, nbrokers, &answer)
                  : kafc__admin_ask(k->c, &describing, &req, KAFC_BY_ROUTE, k->deadline, &answer,
                                    k->err);
    if (answer && !(*out = described(&k->c->mem, answer)))
        rc = kafc__admin_no_memory("the log directories", k->err);
    kafc_answer_free(answer);
    return rc;
}

kafc_err kafc_admin_describe_log_dirs(kafc_client *c, const int32_t *brokers, int32_t nbrokers,
                                      const kafc_topic_partition *p, int32_t n, int timeout_ms,
                                      kafc_log_dirs **out, kafc_error *err)
{
    struct kafc_admin k;
    if (!out)
        return kafc__error(err, KAFC_ERR_USAGE, "there is no place for the log directories");
    *out = NULL;
    kafc_err rc = kafc__admin_begin(&k, c, timeout_ms, err);
    return rc == KAFC_OK ? kafc__admin_end(&k, describe(&k, brokers, nbrokers, p, n, out)) : rc;
}

void kafc_log_dirs_free(kafc_log_dirs *d)
{
    kafc__piece_free(d);
}

/* --- Alter ----------------------------------------------------------------------------------- */

static const struct kafc_admin_kind moving = {
    .api = &kafc_alter_replica_log_dirs_api,
    .what = "moved to that directory",
    .since = "1.0",
    .unknown_stands = true,
};

/* A part with its directory; by broker, directory, topic and partition. */
struct move {
    struct kafc_part part;
    const char *path;
};

static int by_dir(const void *x, const void *y)
{
    const struct move *a = x, *b = y;
    int order = (a->part.node > b->part.node) - (a->part.node < b->part.node);
    order = order ? order : strcmp(a->path, b->path);
    return order ? order : kafc__parts_order(&a->part, &b->part);
}

static bool same_node(const struct move *a, const struct move *b)
{
    return a->part.node == b->part.node;
}

static bool same_dir(const struct move *a, const struct move *b)
{
    return same_node(a, b) && strcmp(a->path, b->path) == 0;
}

static int32_t run_of(const struct move *m, int32_t n,
                      bool (*same)(const struct move *, const struct move *))
{
    int32_t i = 1;
    while (i < n && same(&m[i], m))
        i++;
    return i;
}

/* The request for the broker whose moves these are. NULL: out of memory. */
static const void *move_request(const struct move *m, int32_t n, struct kafc_arena *a)
{
    struct kafc_alter_replica_log_dirs_req *req = kafc__arena_alloc(a, sizeof(*req));
    struct kafc_part *part = kafc__arena_array(a, (size_t)n, sizeof(*part));
    if (!req || !part)
        return NULL;
    kafc__msg_defaults(&kafc_alter_replica_log_dirs_req_schema, req);
    req->dirs.v = kafc__msg_array(&kafc_alter_replica_log_dirs_req_dir_schema, n, a);
    for (int32_t i = 0, run; req->dirs.v && i < n; i += run) {
        struct kafc_alter_replica_log_dirs_req_dir *dir = &req->dirs.v[req->dirs.n++];
        run = run_of(&m[i], n - i, same_dir);
        dir->path = kafc__str(m[i].path);
        for (int32_t k = i; k < i + run; k++)
            part[k] = m[k].part;
        if (!kafc__parts_put(&part[i], run, &kafc_alter_replica_log_dirs_req_dir_schema, dir, a))
            return NULL;
    }
    return req->dirs.v ? req : NULL;
}

static bool move_requests(const struct kafc_parts *p, const kafc_replica_move *q,
                          struct kafc_admin_nodes *to, struct kafc_arena *a)
{
    struct move *m = kafc__arena_array(a, (size_t)p->n, sizeof(*m));
    to->v = kafc__arena_array(a, (size_t)p->n, sizeof(*to->v));
    if (!m || !to->v)
        return false;
    for (int32_t i = 0; i < p->n; i++)
        m[i] = (struct move){ p->part[i], q[p->part[i].i].path };
    qsort(m, (size_t)p->n, sizeof(*m), by_dir);
    for (int32_t i = 0, run; i < p->n; i += run) {
        run = run_of(&m[i], p->n - i, same_node);
        to->v[to->n++] = (struct kafc_bound){ move_request(&m[i], run, a), m[i].part.node };
    }
    return !a->failed;
}

static kafc_err move_replicas(struct kafc_admin *k, kafc_replica_move *q, int32_t n)
{
    struct kafc_admin_nodes to = { NULL, 0 };
    struct kafc_admin_plan plan = { .make = kafc__admin_same_nodes, .owner = &to };
    struct kafc_parts p;
    kafc_answer *answer;
    kafc_err rc = kafc__parts_init(&p, q, sizeof(*q), n, offsetof(kafc_replica_move, broker),
                                   &k->arena, k->err);
    for (int32_t i = 0; i < n && rc == KAFC_OK; i++)
        if (!q[i].path || !*q[i].path || strlen(q[i].path) > INT16_MAX)
            rc = kafc__error(k->err, KAFC_ERR_USAGE, "topic '%.249s' [%d] into which directory?",
                             q[i].topic, (int)q[i].partition);
    if (rc != KAFC_OK || n == 0)
        return rc;
    if (!move_requests(&p, q, &to, &k->arena))
        return kafc__admin_no_memory("the moves", k->err);
    rc = kafc__admin_ask_nodes(k->c, &moving, &plan, k->deadline, &answer, k->err);
    rc = kafc__parts_tell(&p, answer, moving.api, offsetof(kafc_replica_move, result), rc, k->err);
    kafc_answer_free(answer);
    return rc;
}

kafc_err kafc_admin_alter_replica_log_dirs(kafc_client *c, kafc_replica_move *q, int32_t n,
                                           int timeout_ms, kafc_error *err)
{
    struct kafc_admin k;
    kafc_err rc = kafc__admin_begin(&k, c, timeout_ms, err);
    return rc == KAFC_OK ? kafc__admin_end(&k, move_replicas(&k, q, n)) : rc;
}
