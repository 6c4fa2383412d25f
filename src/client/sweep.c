/* SPDX-License-Identifier: BSD-2-Clause
 *
 * How requests that name groups or transactional ids are taken to their
 * coordinators until each name has its verdict. The attempts are the calling
 * thread's; each asks all coordinators at once for what is open.
 */
#include "client/sweep.h"

#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/str.h"
#include "client/ask.h"
#include "client/seek.h"
#include "protocol/api/10_find_coordinator.h"
#include "protocol/walk.h"

struct name {
    const struct kafc_sweep_kind *kind; /* that it is asked for by now */
    int32_t next;                       /* where it stands once more; -1: nowhere */
    bool twin;                          /* it stands before: that one is asked for */
    kafc_err last;                      /* a code that may pass */
};

struct sweep {
    struct kafc_sweep *s;
    struct name *v;
    struct kafc_map index; /* by name, without twins */
    bool simpler;          /* some are to be asked for anew, with s->no_more */
    kafc_err passing;      /* of this round: what may pass */
    kafc_error last;       /* the first one's, */
    int32_t last_at;       /* whose it is */
};

kafc_err kafc__sweep_check(const char *noun, const char *const *names, int32_t n, kafc_error *err)
{
    if (n < 0 || (n > 0 && !names))
        return kafc__error(err, KAFC_ERR_USAGE, "%d %ss at %s", (int)n, noun,
                           names ? "an address" : "NULL");
    for (int32_t i = 0; i < n; i++)
        if (!names[i] || !*names[i] || strlen(names[i]) > INT16_MAX)
            return kafc__error(err, KAFC_ERR_USAGE, "the name of %s %d is %s", noun, (int)i,
                               names[i] && *names[i] ? "too long" : "empty");
    return KAFC_OK;
}

bool kafc__sweep_is_older(kafc_err code)
{
    return code == KAFC_ERR_UNSUPPORTED;
}

/* --- Verdicts ----------------------------------------------------------------------------- */

static bool is_open(const struct sweep *x, int32_t i)
{
    return x->s->result[i] == KAFC_SWEEP_OPEN && !x->v[i].twin;
}

/* why NULL: its code says all. */
static void settle(struct sweep *x, int32_t i, kafc_err code, const kafc_error *why)
{
    struct kafc_sweep *s = x->s;
    const struct kafc_sweep_kind *kind = x->v[i].kind;
    if (kind->elsewhere && kind->elsewhere(code)) {
        if (kind->next) {
            x->v[i].kind = kind->next;
            return;
        }
        why = code == kind->nowhere ? why : NULL;
        code = kind->nowhere;
    }
    if (code != KAFC_OK && why && i < s->first) {
        s->first = i;
        s->why = *why;
    }
    for (; i >= 0; i = x->v[i].next)
        s->result[i] = code;
}

static void judge(struct sweep *x, int32_t i, bool passes, const kafc_error *why)
{
    if (!passes) {
        settle(x, i, why->code, why);
        return;
    }
    x->v[i].last = why->code;
    if (x->passing == KAFC_OK || why->code == KAFC_ERR_BROKER_NOT_AVAILABLE)
        x->passing = why->code; /* that one takes a refresh */
    if (x->last.code != KAFC_OK && i > x->last_at && is_open(x, x->last_at))
        return;
    x->last = *why;
    x->last_at = i;
}

/* "group 'g' cannot be described: there is no such group" */
static void say(const struct sweep *x, int32_t i, kafc_err code, const char *on_the_way,
                kafc_str words, kafc_error *why)
{
    (void)kafc__error(why, code, "%s '%.200s' cannot be %s: %s%s%s%.*s", x->s->kind->noun,
                      x->s->name[i], x->s->kind->what, on_the_way, kafc_err_text(code),
                      words.len > 0 ? ": " : "", KAFC_STR_HEAD(words, KAFC_ADMIN_WORDS));
}

/* --- One attempt -------------------------------------------------------------------------- */

struct asked {
    int32_t node, i;
};

struct attempt {
    struct sweep *x;
    const struct kafc_sweep_kind *kind;
    bool more; /* older brokers may know less */
    struct kafc_arena arena;
    struct asked *v; /* n of them, by node; */
    int32_t n;
    struct kafc_bound *to; /* nto requests, of those from begin[i] up to begin[i + 1] */
    int32_t *begin, nto;
};

static int by_node(const void *x, const void *y)
{
    const struct asked *a = x, *b = y;
    return a->node != b->node ? (a->node > b->node) - (a->node < b->node)
                              : (a->i > b->i) - (a->i < b->i);
}

static kafc_err no_memory(const struct kafc_sweep *s, kafc_error *err)
{
    return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for the %ss", s->kind->noun);
}

/* Who coordinates them; those that nobody does are judged. */
static kafc_err seek(struct attempt *k, struct kafc_seek *to, kafc_error *err)
{
    to->code = kafc__arena_array(&k->arena, (size_t)k->n, sizeof(*to->code));
    if (!to->code)
        return no_memory(k->x->s, err);
    kafc_err rc = kafc__seek_coordinators(to, (enum kafc_route)k->kind->api->route, err);
    int32_t n = 0;
    for (int32_t t = 0; rc == KAFC_OK && t < k->n; t++) {
        int32_t i = k->v[t].i;
        kafc_error why;
        if (to->code[t] == KAFC_OK) {
            k->v[n++] = (struct asked){ to->target[t].node, i };
            continue;
        }
        say(k->x, i, to->code[t], "its coordinator is not known: ", (kafc_str){ NULL, 0 }, &why);
        why.api = KAFC_API_FIND_COORDINATOR;
        judge(k->x, i, kafc__ask_again(KAFC_API_FIND_COORDINATOR, to->code[t]), &why);
    }
    k->n = n;
    return rc;
}

/* What is open of this kind, with its nodes. */
static kafc_err gather(struct attempt *k, kafc_error *err)
{
    struct kafc_sweep *s = k->x->s;
    struct kafc_seek to = { .c = s->c, .deadline = s->deadline, .arena = &k->arena };
    for (int32_t i = 0; i < s->n; i++)
        to.n += is_open(k->x, i) && k->x->v[i].kind == k->kind;
    if (to.n == 0)
        return KAFC_OK;
    to.target = kafc__arena_array(&k->arena, (size_t)to.n, sizeof(*to.target));
    k->v = kafc__arena_array(&k->arena, (size_t)to.n, sizeof(*k->v));
    if (!to.target || !k->v)
        return no_memory(s, err);
    for (int32_t i = 0; i < s->n; i++)
        if (is_open(k->x, i) && k->x->v[i].kind == k->kind) {
            to.target[k->n].name = kafc__str(s->name[i]);
            k->v[k->n++] = (struct asked){ KAFC_ANY_NODE, i };
        }
    kafc_err rc = k->kind->api->route == KAFC_TO_ANY ? KAFC_OK : seek(k, &to, err);
    if (rc == KAFC_OK && k->n > 1)
        qsort(k->v, (size_t)k->n, sizeof(*k->v), by_node);
    return rc;
}

/* A request for each node, or for each name. */
static kafc_err fill(struct attempt *k, kafc_error *err)
{
    struct kafc_sweep *s = k->x->s;
    const struct kafc_schema *schema = k->kind->api->req;
    kafc_str *name = kafc__arena_array(&k->arena, (size_t)k->n, sizeof(*name));
    k->to = kafc__arena_array(&k->arena, (size_t)k->n, sizeof(*k->to));
    k->begin = kafc__arena_array(&k->arena, (size_t)k->n + 1, sizeof(*k->begin));
    if (!name || !k->to || !k->begin)
        return no_memory(s, err);
    for (int32_t i = 0, end; i < k->n; i = end) {
        void *req = kafc__arena_alloc(&k->arena, schema->size);
        for (end = i; end < k->n && k->v[end].node == k->v[i].node; end++) {
            name[end] = kafc__str(s->name[k->v[end].i]);
            if (k->kind->single && end > i)
                break;
        }
        if (!req)
            return no_memory(s, err);
        kafc__msg_defaults(schema, req);
        if (!k->kind->name(s, req, &name[i], end - i, &k->arena))
            return no_memory(s, err);
        k->to[k->nto] = (struct kafc_bound){ req, k->v[i].node };
        k->begin[++k->nto] = end;
    }
    return KAFC_OK;
}

/* The name's first place; -1: it is none of them. */
static int32_t find(const struct sweep *x, kafc_str name)
{
    const struct name *v = kafc__map_get(&x->index, name.p, (size_t)name.len);
    return v ? (int32_t)(v - x->v) : -1;
}

/* What an element says of the name in it, or a whole response of the one that was asked for. */
static void take_said(struct attempt *k, int32_t at, const void *said, const kafc_answer_part *from)
{
    const struct kafc_sweep_list *l = &k->kind->list;
    struct sweep *x = k->x;
    kafc_str name, words = { NULL, 0 };
    int16_t code = 0;
    kafc_error why;
    if (l->size) {
        memcpy(&name, (const char *)said + l->name, sizeof(name));
        memcpy(&code, (const char *)said + l->code, sizeof(code));
        at = find(x, name);
    }
    if (l->words)
        memcpy(&words, (const char *)said + l->words, sizeof(words));
    if (at < 0 || !is_open(x, at) || x->v[at].kind != k->kind)
        return;
    if (k->kind->look)
        k->kind->look(said, &code, &words);
    say(x, at, (kafc_err)code, "", words, &why);
    why.broker = from->broker;
    why.api = k->kind->api->key;
    why.version = from->version;
    judge(x, at, kafc__ask_again(why.api, why.code), &why);
    for (; k->kind->take && at >= 0 && x->s->result[at] == KAFC_OK; at = x->v[at].next)
        k->kind->take(x->s, at, said, from->broker);
}

static void take_part(struct attempt *k, int32_t part, const kafc_answer_part *from)
{
    const struct kafc_sweep_list *l = &k->kind->list;
    struct kafc_any_array all = { NULL, 0 };
    if (l->size)
        all = kafc__array_get((const char *)from->resp + l->at);
    else
        take_said(k, k->v[k->begin[part]].i, from->resp, from);
    for (int32_t i = 0; i < all.n; i++)
        take_said(k, -1, (const char *)all.v + (size_t)i * l->size, from);
}

/* What the names lack in a broker's version is not in them. why: what is told of the part, or NULL. */
static void fail_part(struct attempt *k, int32_t part, const kafc_answer_part *from,
                      const kafc_error *why)
{
    struct sweep *x = k->x;
    bool old = from->err == KAFC_ERR_ENCODE;
    kafc_err code = old ? KAFC_ERR_UNSUPPORTED : from->err;
    bool passes = kafc__ask_again(-1, code) && !(k->kind->once && from->version >= 0);
    if (old && k->more) {
        x->s->no_more = x->simpler = true;
        return;
    }
    for (int32_t b = k->begin[part]; b < k->begin[part + 1]; b++) {
        kafc_error own;
        if (old)
            (void)kafc__error(&own, code, "node %d is too old: %.300s", (int)from->broker,
                              why ? why->message : kafc_err_text(code));
        else if (why)
            own = *why;
        else
            say(x, k->v[b].i, code, "", (kafc_str){ NULL, 0 }, &own);
        own.broker = from->broker;
        judge(x, k->v[b].i, passes, &own);
    }
}

/* Where others are to be asked for as well, these do not take all the time. */
static int patience(const struct attempt *k)
{
    int ms = kafc__left_ms(k->x->s->deadline);
    return k->kind->next && ms > 1 ? ms / 2 : ms;
}

static kafc_err ask(struct attempt *k, kafc_error *err)
{
    kafc_answer *a;
    bool first = true; /* err is of the first part that has failed */
    kafc_err rc = kafc__client_call_once(k->x->s->c, k->kind->api,
                                         k->kind->version ? k->kind->version : -1, k->to, k->nto,
                                         patience(k), &a, err);
    if (!a)
        return rc;
    for (int32_t i = 0; i < a->nparts; i++) {
        if (a->parts[i].resp) {
            take_part(k, i, &a->parts[i]);
            continue;
        }
        fail_part(k, i, &a->parts[i], first ? err : NULL);
        first = false;
    }
    kafc_answer_free(a);
    return KAFC_OK;
}

/* Of all that is open of this kind. An error is not one name's alone. */
static kafc_err attempt(struct sweep *x, const struct kafc_sweep_kind *kind, kafc_error *err)
{
    struct attempt k = { .x = x, .kind = kind, .more = kind->more && !x->s->no_more };
    kafc__arena_init(&k.arena, &x->s->c->mem, 0);
    kafc_err rc = gather(&k, err);
    if (rc == KAFC_OK && k.n > 0)
        rc = fill(&k, err);
    if (rc == KAFC_OK && k.n > 0)
        rc = ask(&k, err);
    kafc__arena_fini(&k.arena);
    return rc;
}

/* --- All of them --------------------------------------------------------------------------- */

static bool any_open(const struct sweep *x)
{
    int32_t i = 0;
    while (i < x->s->n && !is_open(x, i))
        i++;
    return i < x->s->n;
}

/* What each was put off for says more than that time ran out. code KAFC_OK: answers leave the others out. */
static void close_open(struct sweep *x, kafc_err code, const kafc_error *why)
{
    for (int32_t i = 0; i < x->s->n; i++) {
        kafc_error own;
        if (!is_open(x, i))
            continue;
        if (x->v[i].last != KAFC_OK && (code == KAFC_OK || code == KAFC_ERR_TIMED_OUT)) {
            settle(x, i, x->v[i].last, x->last_at == i ? &x->last : NULL);
        } else if (code != KAFC_OK) {
            settle(x, i, code, why);
        } else {
            (void)kafc__error(&own, KAFC_ERR_PROTOCOL, "%s was answered without %s '%.200s'",
                              x->v[i].kind->api->name, x->s->kind->noun, x->s->name[i]);
            settle(x, i, KAFC_ERR_PROTOCOL, &own);
        }
    }
}

/* Until each has its verdict. */
static void rounds(struct sweep *x)
{
    struct kafc_sweep *s = x->s;
    unsigned interrupts = atomic_load(&s->c->interrupts);
    for (int n = 0; any_open(x); n++) {
        kafc_error why;
        kafc_err stop = KAFC_OK, rc = KAFC_OK;
        x->passing = KAFC_OK;
        x->simpler = false;
        for (const struct kafc_sweep_kind *kind = s->kind; kind && rc == KAFC_OK; kind = kind->next)
            rc = attempt(x, kind, &why);
        if (rc != KAFC_OK)
            close_open(x, rc, &why);
        else if (x->simpler)
            continue;
        else if (x->passing == KAFC_OK)
            close_open(x, KAFC_OK, NULL);
        else if (any_open(x) &&
                 !kafc__ask_pause(s->c, n, x->passing, s->deadline, interrupts, &stop)) {
            (void)kafc__error(&why, stop, "%s", kafc_err_text(stop));
            close_open(x, stop == KAFC_ERR_TIMED_OUT ? KAFC_OK : stop, &why);
        }
    }
}

/* false: out of memory. */
static bool number(struct sweep *x)
{
    bool ok = true;
    for (int32_t i = 0; ok && i < x->s->n; i++) {
        size_t len = strlen(x->s->name[i]);
        struct name *before = kafc__map_get(&x->index, x->s->name[i], len);
        x->v[i] = (struct name){ .kind = x->s->kind, .next = before ? before->next : -1 };
        x->v[i].twin = before != NULL;
        if (before)
            before->next = i;
        else
            ok = kafc__map_put(&x->index, x->s->name[i], len, &x->v[i]);
    }
    return ok;
}

/* The first error among the results, with its sentence. */
static kafc_err verdict(const struct kafc_sweep *s, kafc_error *err)
{
    int32_t i = 0;
    while (i < s->n && s->result[i] == KAFC_OK)
        i++;
    if (i == s->n)
        return KAFC_OK;
    if (i != s->first)
        return kafc__error(err, s->result[i], "%s '%.200s' cannot be %s: %s", s->kind->noun,
                           s->name[i], s->kind->what, kafc_err_text(s->result[i]));
    if (err)
        *err = s->why;
    return s->result[i];
}

kafc_err kafc__sweep(struct kafc_sweep *s, kafc_error *err)
{
    struct sweep x = { .s = s };
    x.v = kafc__arena_array(s->spare, (size_t)s->n, sizeof(*x.v));
    s->result = kafc__arena_array(s->spare, (size_t)s->n, sizeof(*s->result));
    for (int32_t i = 0; s->result && i < s->n; i++)
        s->result[i] = KAFC_SWEEP_OPEN;
    s->first = s->n;
    s->no_more = false;
    kafc__map_init(&x.index, &s->c->mem);
    if (x.v && s->result && number(&x))
        rounds(&x);
    else
        s->result = NULL;
    kafc__map_fini(&x.index);
    return s->result ? verdict(s, err) : no_memory(s, err);
}

/* false: out of memory. */
static bool put_blanks(struct kafc_sweep *s, const struct kafc_sweep_element *e)
{
    char *to = s->v = kafc__arena_array(s->arena, (size_t)s->n, e->size);
    for (int32_t i = 0; to && i < s->n; i++, to += e->size) {
        const char *name = kafc__arena_dup(s->arena, s->name[i], strlen(s->name[i]));
        memcpy(to, e->blank, e->size);
        memcpy(to, &name, sizeof(name));
    }
    return !s->arena->failed;
}

static void *sweep_piece(struct kafc_sweep *s, const struct kafc_sweep_element *e, kafc_err *rc,
                         kafc_error *err)
{
    void *piece = kafc__piece_new(&s->c->mem, sizeof(struct kafc_any_array));
    s->arena = piece ? kafc__piece_arena(piece) : NULL;
    if (piece && put_blanks(s, e))
        *rc = kafc__sweep(s, err);
    if (!s->result || s->arena->failed || s->spare->failed) {
        *rc = no_memory(s, err);
        kafc__piece_free(piece);
        return NULL;
    }
    for (int32_t i = 0; i < s->n; i++)
        memcpy((char *)s->v + (size_t)i * e->size + e->result, &s->result[i], sizeof(kafc_err));
    kafc__array_set(piece, s->v, s->n);
    return piece;
}

void *kafc__sweep_call(kafc_client *c, const struct kafc_sweep_kind *kind,
                       const struct kafc_sweep_element *e, const char *const *names, int32_t n,
                       void *owner, int timeout_ms, kafc_err *rc, kafc_error *err)
{
    struct kafc_admin k;
    void *piece = NULL;
    *rc = kafc__admin_begin(&k, c, timeout_ms, err);
    if (*rc != KAFC_OK)
        return NULL;
    struct kafc_sweep s = { .c = c, .kind = kind, .name = names, .n = n, .owner = owner,
                            .deadline = k.deadline, .spare = &k.arena };
    *rc = kafc__sweep_check(kind->noun, names, n, k.err);
    if (*rc == KAFC_OK)
        piece = sweep_piece(&s, e, rc, k.err);
    *rc = kafc__admin_end(&k, *rc);
    return piece;
}
