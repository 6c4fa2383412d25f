/* SPDX-License-Identifier: BSD-2-Clause
 *
 * One admin request until it has an answer that stands.
 */
#include "client/admin.h"

#include <string.h>

#include "base/str.h"
#include "client/parts.h"

kafc_err kafc__admin_begin(struct kafc_admin *k, kafc_client *c, int timeout_ms, kafc_error *err)
{
    kafc_err rc = kafc__ask_begin(c, timeout_ms, err);
    if (rc != KAFC_OK)
        return rc;
    k->c = c;
    k->deadline = kafc__deadline_in(timeout_ms);
    k->err = err ? err : &k->own;
    kafc__arena_init(&k->arena, &c->mem, 0);
    return rc;
}

kafc_err kafc__admin_end(struct kafc_admin *k, kafc_err rc)
{
    kafc__arena_fini(&k->arena);
    kafc__ask_end(k->c);
    return rc;
}

static bool look(const struct kafc_admin_kind *kind, const void *resp, int32_t i,
                 struct kafc_admin_item *item)
{
    if (kind->item)
        return kind->item(resp, i, item);
    if (!kind->whole)
        return kafc__parts_item(kind->api->resp, resp, i, item);
    item->whole = true;
    item->code = kafc__parts_whole(kind->api->resp, resp, &item->words);
    (void)snprintf(item->name, sizeof(item->name), "%s", kind->whole);
    return i == 0;
}

static void say(const struct kafc_admin_kind *kind, const kafc_answer_part *part,
                const struct kafc_admin_item *item, kafc_error *why)
{
    kafc_err code = (kafc_err)item->code;
    kafc_str words = kafc__str_head(item->words, KAFC_ADMIN_WORDS);
    bool told = words.len > 0;
    char of[24] = ""; /* that one of all */
    if (item->whole && kind->api->route == KAFC_TO_ALL)
        (void)snprintf(of, sizeof(of), " of node %d", (int)part->broker);
    (void)kafc__error(why, code, "%s%s cannot be %s: %s%s%.*s", item->name, of, kind->what,
                      told ? kafc_err_name(code) : kafc_err_text(code), told ? ": " : "",
                      (int)words.len, words.p);
    why->broker = part->broker;
    why->api = kind->api->key;
    why->version = part->version;
}

static bool passes(const struct kafc_admin_kind *kind, kafc_err code)
{
    bool unknown = code == KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION || code == KAFC_ERR_UNKNOWN_TOPIC_ID;
    return kafc__ask_again(kind->api->key, code) && !(unknown && kind->unknown_stands);
}

/* The first item's error, and the first one's that may pass (*again: none, or its code), looked at in all answers. */
static kafc_err judge(const struct kafc_admin_kind *kind, const void *req, const kafc_answer *a,
                      kafc_err *again, kafc_error *err)
{
    struct kafc_admin_item item;
    kafc_err first = KAFC_OK;
    int32_t items = 0, passing = 0;
    *again = KAFC_OK;
    for (int32_t p = 0; p < a->nparts; p++) {
        item.at[0] = item.at[1] = 0;
        for (int32_t i = 0; a->parts[p].resp; i++) {
            item.req = req;
            item.code = 0;
            item.whole = false;
            item.words = (kafc_str){ NULL, 0 };
            item.name[0] = 0;
            if (!look(kind, a->parts[p].resp, i, &item))
                break;
            items += item.code != 0 || !item.whole;
            if (item.code == 0)
                continue;
            if (first == KAFC_OK) {
                first = (kafc_err)item.code;
                say(kind, &a->parts[p], &item, err);
            }
            if (passes(kind, (kafc_err)item.code)) {
                passing++;
                *again = *again == KAFC_OK ? (kafc_err)item.code : *again;
            }
        }
    }
    if (kind->once && passing < items)
        *again = KAFC_OK;
    return first;
}

/* It may be another API that is not there, which was asked on the way. */
static void say_since(const struct kafc_admin_kind *kind, kafc_error *err)
{
    size_t n = strlen(err->message);
    if (kind->since && err->api == kind->api->key)
        (void)snprintf(err->message + n, sizeof(err->message) - n,
                       "; brokers from %s on know it", kind->since);
}

/* Either one request by route or to a broker, or a plan. */
struct asking {
    kafc_client *c;
    const struct kafc_admin_kind *kind;
    int64_t deadline;
    const void *req;
    int32_t broker;
    const struct kafc_admin_plan *plan;
};

static kafc_err attempt(const struct asking *k, kafc_answer **a, kafc_error *err)
{
    const struct kafc_api *api = k->kind->api;
    kafc_err rc;
    if (k->plan) {
        struct kafc_arena arena;
        struct kafc_bound *v = NULL;
        int32_t n = 0;
        *a = NULL;
        kafc__arena_init(&arena, &k->c->mem, 0);
        rc = k->plan->make(k->plan->owner, &arena, &v, &n, err);
        if (rc == KAFC_OK)
            rc = kafc__client_call_nodes(k->c, api, v, n, !k->plan->moves,
                                         kafc__left_ms(k->deadline), a, err);
        kafc__arena_fini(&arena);
    } else {
        rc = kafc_client_call(k->c, api, -1, k->req, k->broker, kafc__left_ms(k->deadline), a, err);
    }
    if (rc == KAFC_ERR_ENCODE && k->kind->too_old) {
        kafc_error why = *err;
        rc = kafc__error(err, KAFC_ERR_UNSUPPORTED, "node %d is too old %s: %.300s",
                         (int)why.broker, k->kind->too_old, why.message);
        err->broker = why.broker;
        err->api = why.api;
        err->version = why.version;
    } else if (rc == KAFC_ERR_UNSUPPORTED) {
        say_since(k->kind, err);
    }
    return rc;
}

/* Of the way there; with an answer its items say more. */
static bool may_pass(const struct asking *k, kafc_err rc, const kafc_answer *a)
{
    if (rc < 0)
        return !k->kind->once && kafc__ask_again(-1, rc);
    return !a && passes(k->kind, rc);
}

static kafc_err ask(const struct asking *k, kafc_answer **out, kafc_error *err)
{
    unsigned interrupts = atomic_load(&k->c->interrupts);
    kafc_err said = KAFC_OK;
    kafc_error own;
    err = err ? err : &own;
    *out = NULL;
    for (int n = 0;; n++) {
        kafc_err stop, again = KAFC_OK;
        kafc_error why, first;
        kafc_answer *a;
        kafc_err rc = attempt(k, &a, &why);
        bool stands = !a && *out && !k->kind->once; /* the last answer, to what was asked before */
        if (!stands) {
            kafc_answer_free(*out);
            *out = a;
        }
        if (a && judge(k->kind, k->req, a, &again, &first) != KAFC_OK && rc == KAFC_OK) {
            rc = first.code;
            why = first;
        }
        if (stands && rc == KAFC_ERR_TIMED_OUT)
            rc = said;
        else if (rc != KAFC_OK)
            *err = why;
        said = rc;
        if (again == KAFC_OK && !may_pass(k, rc, a))
            return rc;
        if (!kafc__ask_pause(k->c, n, again != KAFC_OK ? again : rc, k->deadline, interrupts,
                             &stop))
            return stop == KAFC_ERR_TIMED_OUT ? rc
                                              : kafc__error(err, stop, "%s", kafc_err_text(stop));
    }
}

kafc_err kafc__admin_ask(kafc_client *c, const struct kafc_admin_kind *kind, const void *req,
                         int32_t broker, int64_t deadline, kafc_answer **out, kafc_error *err)
{
    struct asking k = { .c = c, .kind = kind, .deadline = deadline, .req = req, .broker = broker };
    return ask(&k, out, err);
}

kafc_err kafc__admin_ask_nodes(kafc_client *c, const struct kafc_admin_kind *kind,
                               const struct kafc_admin_plan *plan, int64_t deadline,
                               kafc_answer **out, kafc_error *err)
{
    struct asking k = { .c = c, .kind = kind, .deadline = deadline, .plan = plan };
    return ask(&k, out, err);
}

kafc_err kafc__admin_same_nodes(void *owner, struct kafc_arena *a, struct kafc_bound **v,
                                int32_t *n, kafc_error *err)
{
    const struct kafc_admin_nodes *to = owner;
    (void)a, (void)err;
    *v = to->v;
    *n = to->n;
    return KAFC_OK;
}

kafc_str *kafc__admin_texts(struct kafc_arena *a, const char *const *s, int32_t n)
{
    kafc_str *v = kafc__arena_array(a, (size_t)n, sizeof(*v));
    for (int32_t i = 0; v && i < n; i++)
        v[i] = kafc__str(s[i]);
    return v;
}

kafc_err kafc__admin_no_memory(const char *what, kafc_error *err)
{
    return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for %s", what);
}
