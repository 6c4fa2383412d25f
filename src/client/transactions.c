/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Transactional ids seen from outside: their coordinators are asked.
 */
#include <kafc/producers.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "client/parts.h"
#include "client/sweep.h"
#include "protocol/api/22_init_producer_id.h"
#include "protocol/api/65_describe_transactions.h"
#include "protocol/api/66_list_transactions.h"

/* --- List ---------------------------------------------------------------------------------- */

/* The broker's code, then each state that it does not know. */
static bool list_item(const void *resp, int32_t i, struct kafc_admin_item *out)
{
    const struct kafc_list_transactions_resp *r = resp;
    (void)snprintf(out->name, sizeof(out->name), "transactions");
    if (i == 0)
        out->code = r->error_code;
    out->whole = i == 0;
    if (i == 0 || i > r->unknown_state_filters.n)
        return i == 0;
    (void)snprintf(out->name, sizeof(out->name), "transactions in the unknown state '%.*s'",
                   KAFC_STR_HEAD(r->unknown_state_filters.v[i - 1], 100));
    out->code = KAFC_ERR_INVALID_REQUEST;
    return true;
}

static const struct kafc_admin_kind listing = {
    .api = &kafc_list_transactions_api,
    .what = "listed",
    .since = "3.0",
    .too_old = "to choose transactions: by time it takes a broker from 3.8 on, by pattern one from "
               "4.1 on",
    .item = list_item,
};

static int by_name(const void *x, const void *y)
{
    const kafc_listed_transaction *a = x, *b = y;
    return strcmp(a->transactional_id, b->transactional_id);
}

static kafc_transaction_list *listed(const kafc_allocator *mem, const kafc_answer *answer)
{
    kafc_transaction_list *l = kafc__piece_new(mem, sizeof(*l));
    if (!l)
        return NULL;
    struct kafc_arena *a = kafc__piece_arena(l);
    int32_t n = ((const struct kafc_list_transactions_resp *)answer->resp)->transaction_states.n,
            put = 0;
    kafc_listed_transaction *v = kafc__arena_array(a, (size_t)n, sizeof(*v));
    for (int32_t i = 0; v && i < answer->nparts; i++) {
        const struct kafc_list_transactions_resp *r = answer->parts[i].resp;
        for (int32_t t = 0; r && t < r->transaction_states.n; t++, put++) {
            v[put].transactional_id = kafc__piece_text(
                a, r->transaction_states.v[t].transactional_id, "");
            v[put].state = kafc__piece_text(a, r->transaction_states.v[t].transaction_state, "");
            v[put].producer_id = r->transaction_states.v[t].producer_id;
            v[put].coordinator = answer->parts[i].broker;
        }
    }
    l->transactions = v; /* an id that moves may be told by two */
    l->ntransactions = a->failed ? 0 : kafc__sort_once(v, put, sizeof(*v), by_name);
    return kafc__piece_done(l);
}

static kafc_err check_filter(const kafc_transaction_filter *f, kafc_error *err)
{
    if (f->nstates < 0 || f->nproducer_ids < 0 || (f->nstates && !f->states) ||
        (f->nproducer_ids && !f->producer_ids) || f->open_ms < 0)
        return kafc__error(err, KAFC_ERR_USAGE,
                           "transactions of %d states and %d producers, open for %lld ms",
                           (int)f->nstates, (int)f->nproducer_ids, (long long)f->open_ms);
    for (int32_t i = 0; i < f->nstates; i++)
        if (!f->states[i])
            return kafc__error(err, KAFC_ERR_USAGE, "a state of transactions is NULL");
    return KAFC_OK;
}

static kafc_err list(struct kafc_admin *k, const kafc_transaction_filter *f,
                     kafc_transaction_list **out)
{
    struct kafc_list_transactions_req req;
    kafc_answer *answer;
    kafc_err rc = check_filter(f, k->err);
    if (rc != KAFC_OK)
        return rc;
    kafc__msg_defaults(&kafc_list_transactions_req_schema, &req);
    req.state_filters.v = kafc__admin_texts(&k->arena, f->states, req.state_filters.n = f->nstates);
    req.producer_id_filters.v = (void *)kafc__arena_dup(&k->arena, f->producer_ids,
                                                        (size_t)f->nproducer_ids * sizeof(int64_t));
    req.producer_id_filters.n = f->nproducer_ids;
    req.duration_filter = f->open_ms ? f->open_ms : -1;
    req.transactional_id_pattern = kafc__str(f->pattern);
    if (k->arena.failed)
        return kafc__admin_no_memory("the transactions", k->err);
    rc = kafc__admin_ask(k->c, &listing, &req, KAFC_BY_ROUTE, k->deadline, &answer, k->err);
    if (answer && !(*out = listed(&k->c->mem, answer)))
        rc = kafc__admin_no_memory("the transactions", k->err);
    kafc_answer_free(answer);
    return rc;
}

kafc_err kafc_admin_list_transactions(kafc_client *c, const kafc_transaction_filter *filter,
                                      int timeout_ms, kafc_transaction_list **out, kafc_error *err)
{
    static const kafc_transaction_filter all;
    struct kafc_admin k;
    if (!out)
        return kafc__error(err, KAFC_ERR_USAGE, "there is no place for the transactions");
    *out = NULL;
    kafc_err rc = kafc__admin_begin(&k, c, timeout_ms, err);
    return rc == KAFC_OK ? kafc__admin_end(&k, list(&k, filter ? filter : &all, out)) : rc;
}

void kafc_transaction_list_free(kafc_transaction_list *l)
{
    kafc__piece_free(l);
}

/* --- Describe ------------------------------------------------------------------------------ */

static bool name_described(const struct kafc_sweep *s, void *req, kafc_str *v, int32_t n,
                           struct kafc_arena *a)
{
    struct kafc_describe_transactions_req *q = req;
    (void)s, (void)a;
    q->transactional_ids.v = v;
    q->transactional_ids.n = n;
    return true;
}

static void take_described(struct kafc_sweep *s, int32_t at, const void *said, int32_t broker)
{
    const struct kafc_describe_transactions_resp_transaction *r = said;
    kafc_described_transaction *to = &((kafc_described_transaction *)s->v)[at];
    to->state = kafc__piece_text(s->arena, r->transaction_state, "");
    to->producer_id = r->producer_id;
    to->epoch = r->producer_epoch;
    to->timeout_ms = r->transaction_timeout_ms;
    to->started_ms = r->transaction_start_time_ms;
    to->coordinator = broker;
    to->partitions = kafc__parts_copy(s->arena, &kafc_describe_transactions_resp_transaction_schema, r,
                                      &kafc__part_alone, &to->npartitions);
}

static const struct kafc_sweep_kind describing = {
    .api = &kafc_describe_transactions_api,
    .noun = "transactional id",
    .what = "described",
    .name = name_described,
    .list = KAFC_SWEEP_LIST(struct kafc_describe_transactions_resp, transaction_states,
                            struct kafc_describe_transactions_resp_transaction, transactional_id, 0),
    .take = take_described,
};

static const struct kafc_sweep_element element = {
    sizeof(kafc_described_transaction), offsetof(kafc_described_transaction, result),
    &(const kafc_described_transaction){
        .state = "", .producer_id = -1, .started_ms = -1, .coordinator = -1, .epoch = -1 }
};

kafc_err kafc_admin_describe_transactions(kafc_client *c, const char *const *ids, int32_t n,
                                          int timeout_ms, kafc_transaction_descriptions **out,
                                          kafc_error *err)
{
    kafc_err rc;
    if (!out)
        return kafc__error(err, KAFC_ERR_USAGE, "there is no place for the transactions");
    *out = kafc__sweep_call(c, &describing, &element, ids, n, NULL, timeout_ms, &rc, err);
    return rc;
}

void kafc_transaction_descriptions_free(kafc_transaction_descriptions *d)
{
    kafc__piece_free(d);
}

/* --- Fence ---------------------------------------------------------------------------------- */

enum { FENCING_MS = 1 }; /* the timeout of transactions that will never be */

static bool name_fenced(const struct kafc_sweep *s, void *req, kafc_str *v, int32_t n,
                        struct kafc_arena *a)
{
    struct kafc_init_producer_id_req *q = req;
    (void)s, (void)n, (void)a;
    q->transactional_id = *v;
    q->transaction_timeout_ms = FENCING_MS;
    return true;
}

static void look_fenced(const void *said, int16_t *code, kafc_str *words)
{
    (void)words;
    *code = ((const struct kafc_init_producer_id_resp *)said)->error_code;
}

static void take_fenced(struct kafc_sweep *s, int32_t at, const void *said, int32_t broker)
{
    const struct kafc_init_producer_id_resp *r = said;
    kafc_fenced_producer *q = s->owner;
    (void)broker;
    q[at].producer_id = r->producer_id;
    q[at].epoch = r->producer_epoch;
}

static const struct kafc_sweep_kind fencing = {
    .api = &kafc_init_producer_id_api,
    .noun = "transactional id",
    .what = "fenced",
    .single = true,
    .name = name_fenced,
    .look = look_fenced,
    .take = take_fenced,
};

static kafc_err fence(struct kafc_admin *k, kafc_fenced_producer *q, int32_t n)
{
    const char **ids = n > 0 && q ? kafc__arena_array(&k->arena, (size_t)n, sizeof(*ids)) : NULL;
    for (int32_t i = 0; ids && i < n; i++) {
        ids[i] = q[i].transactional_id;
        q[i].producer_id = q[i].epoch = -1;
    }
    if (k->arena.failed)
        return kafc__admin_no_memory("the producers", k->err);
    struct kafc_sweep s = { .c = k->c, .kind = &fencing, .name = ids, .n = n, .owner = q,
                            .deadline = k->deadline, .spare = &k->arena };
    kafc_err rc = kafc__sweep_check(fencing.noun, ids, n, k->err);
    if (rc != KAFC_OK || n == 0)
        return rc;
    rc = kafc__sweep(&s, k->err);
    for (int32_t i = 0; i < n; i++)
        q[i].result = s.result ? s.result[i] : rc;
    return rc;
}

kafc_err kafc_admin_fence_producers(kafc_client *c, kafc_fenced_producer *q, int32_t n,
                                    int timeout_ms, kafc_error *err)
{
    struct kafc_admin k;
    kafc_err rc = kafc__admin_begin(&k, c, timeout_ms, err);
    return rc == KAFC_OK ? kafc__admin_end(&k, fence(&k, q, n)) : rc;
}
