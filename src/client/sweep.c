/* SPDX-License-Identifier: BSD-2-Clause
 *
 * How requests that name groups or transactional ids are taken to their
 * coordinators until each name has its verdict. The attempts are the calling
 * thread's.
 */
#include "client/sweep.h"

#include <string.h>

#include "client/ask.h"
#include "protocol/walk.h"

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

static void settle(struct kafc_sweep *s, int32_t i, const kafc_error *why)
{
    s->result[i] = why->code;
    if (why->code == KAFC_OK || i >= s->first)
        return;
    s->first = i;
    s->why = *why;
}

/* Answers mostly come in the order of the names. */
static int32_t find_open(const struct kafc_sweep *s, int32_t begin, int32_t end, int32_t hint,
                         kafc_str name)
{
    if (!name.p)
        return begin; /* of the only one that was asked for */
    for (int32_t k = 0; k < end - begin; k++) {
        int32_t i = begin + (hint - begin + k) % (end - begin);
        if (s->result[i] == KAFC_SWEEP_OPEN && strlen(s->name[i]) == (size_t)name.len &&
            memcmp(s->name[i], name.p, (size_t)name.len) == 0)
            return i;
    }
    return end;
}

/* *again: a code that is worth another attempt. */
static void take_part(struct kafc_sweep *s, int32_t begin, int32_t end,
                      const kafc_answer_part *part, kafc_error *again)
{
    int32_t hint = begin, n = s->kind->count(part->resp);
    for (int32_t i = 0; i < n; i++) {
        kafc_str name = { NULL, 0 }, words = { NULL, 0 };
        int16_t code;
        kafc_error why;
        s->kind->look(part->resp, i, &name, &code, &words);
        int32_t at = find_open(s, begin, end, hint, name);
        if (at == end)
            continue;
        hint = at;
        bool told = words.p && words.len > 0;
        (void)kafc__error(&why, (kafc_err)code, "%s '%.200s' cannot be %s: %s%s%.*s", s->kind->noun,
                          s->name[at], s->kind->what, kafc_err_text((kafc_err)code),
                          told ? ": " : "",
                          !told             ? 0
                          : words.len < 150 ? (int)words.len
                                            : 150,
                          told ? words.p : "");
        why.broker = part->broker;
        why.api = s->kind->api->key;
        why.version = part->version;
        if (kafc__ask_again(s->kind->api->key, (kafc_err)code)) {
            *again = why;
            continue;
        }
        settle(s, at, &why);
        if (s->kind->take)
            s->kind->take(s, at, part->resp, i, part->broker);
    }
}

/* One attempt for what is open in [begin, end). *again, as above. KAFC_OK, or why what is open stays so. */
static kafc_err attempt(struct kafc_sweep *s, int32_t begin, int32_t end, void *req, kafc_str *v,
                        kafc_error *again, kafc_error *err)
{
    kafc_answer *a;
    int32_t n = 0;
    for (int32_t i = begin; i < end; i++)
        if (s->result[i] == KAFC_SWEEP_OPEN)
            v[n++] = (kafc_str){ s->name[i], (int32_t)strlen(s->name[i]) };
    again->code = KAFC_OK;
    s->kind->name(s, req, v, n);
    kafc_err rc = kafc_client_call(s->c, s->kind->api, s->kind->version ? s->kind->version : -1,
                                   req, KAFC_BY_ROUTE, kafc__left_ms(s->deadline), &a, err);
    for (int32_t i = 0; a && i < a->nparts; i++)
        if (a->parts[i].resp)
            take_part(s, begin, end, &a->parts[i], again);
    kafc_answer_free(a);
    if (rc == KAFC_ERR_ENCODE && s->kind->more && !s->no_more) {
        kafc__msg_defaults(s->kind->api->req, req);
        s->no_more = true;
        return attempt(s, begin, end, req, v, again, err);
    }
    if (rc == KAFC_ERR_ENCODE) { /* the names were looked at: it is what the version lacks */
        kafc_error why = *err;
        rc = kafc__error(err, KAFC_ERR_UNSUPPORTED, "node %d is too old: %.300s", (int)why.broker,
                         why.message);
        err->broker = why.broker;
    }
    if (rc != KAFC_OK && !s->kind->once && kafc__ask_again(-1, rc)) {
        *again = *err;
        rc = KAFC_OK;
    }
    return rc;
}

static int32_t count_open(const struct kafc_sweep *s, int32_t begin, int32_t end)
{
    int32_t n = 0;
    for (int32_t i = begin; i < end; i++)
        n += s->result[i] == KAFC_SWEEP_OPEN;
    return n;
}

static void close_open(struct kafc_sweep *s, int32_t begin, int32_t end, const kafc_error *why)
{
    for (int32_t i = begin; i < end; i++)
        if (s->result[i] == KAFC_SWEEP_OPEN)
            settle(s, i, why);
}

/* Until each in [begin, end) has its verdict. A code of Kafka's for the call as a whole is that of one whose
 * coordinator is not told: true, and nothing is settled, if it may be any of several. */
static bool rounds(struct kafc_sweep *s, int32_t begin, int32_t end, void *req, kafc_str *v)
{
    unsigned interrupts = atomic_load(&s->c->interrupts);
    for (int n = 0; count_open(s, begin, end) > 0; n++) {
        kafc_error again, why;
        kafc_err stop, rc = attempt(s, begin, end, req, v, &again, &why);
        if ((int)rc > 0 && count_open(s, begin, end) > 1)
            return true;
        if (rc == KAFC_OK && again.code == KAFC_OK)
            (void)kafc__error(&why, rc = KAFC_ERR_PROTOCOL, "%s was answered without the %s",
                              s->kind->api->name, s->kind->noun);
        if (rc == KAFC_OK &&
            !kafc__ask_pause(s->c, n, again.code, s->deadline, interrupts, &stop)) {
            rc = stop;
            if (stop == KAFC_ERR_TIMED_OUT)
                why = again; /* says more than that time ran out */
            else
                (void)kafc__error(&why, stop, "%s", kafc_err_text(stop));
        }
        if (rc != KAFC_OK)
            close_open(s, begin, end, &why);
    }
    return false;
}

static kafc_err no_memory(const struct kafc_sweep *s, kafc_error *err)
{
    return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for the %ss", s->kind->noun);
}

kafc_err kafc__sweep_open(struct kafc_sweep *s, struct kafc_arena *a, kafc_error *err)
{
    s->result = kafc__arena_array(a, (size_t)s->n, sizeof(*s->result));
    for (int32_t i = 0; s->result && i < s->n; i++)
        s->result[i] = KAFC_SWEEP_OPEN;
    return s->result ? KAFC_OK : no_memory(s, err);
}

kafc_err kafc__sweep_verdict(const struct kafc_sweep *s, kafc_error *err)
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

static void sweep(struct kafc_sweep *s, void *req, kafc_str *v)
{
    kafc__msg_defaults(s->kind->api->req, req);
    s->first = s->n;
    s->no_more = false;
    if (s->kind->single || rounds(s, 0, s->n, req, v))
        for (int32_t i = 0; i < s->n; i++)
            (void)rounds(s, i, i + 1, req, v);
}

kafc_err kafc__sweep(struct kafc_sweep *s, struct kafc_arena *a, kafc_error *err)
{
    kafc_str *v = kafc__arena_array(a, (size_t)s->n, sizeof(*v));
    void *req = kafc__arena_alloc(a, s->kind->api->req->size);
    bool older = false;
    if (!v || !req)
        return no_memory(s, err);
    sweep(s, req, v);
    for (int32_t i = 0; s->kind->older && i < s->n; i++)
        if (s->result[i] == KAFC_ERR_UNSUPPORTED) {
            s->result[i] = KAFC_SWEEP_OPEN;
            older = true;
        }
    if (older) {
        s->kind = s->kind->older;
        sweep(s, req, v);
    }
    return KAFC_OK;
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

void *kafc__sweep_piece(struct kafc_sweep *s, const struct kafc_sweep_element *e,
                        struct kafc_arena *a, kafc_err *rc, kafc_error *err)
{
    void *piece = kafc__piece_new(&s->c->mem, sizeof(struct kafc_any_array));
    s->arena = piece ? kafc__piece_arena(piece) : NULL;
    *rc = piece && put_blanks(s, e) ? kafc__sweep_open(s, a, err) : no_memory(s, err);
    if (*rc == KAFC_OK)
        *rc = kafc__sweep(s, a, err);
    if (*rc == KAFC_OK && s->arena->failed)
        *rc = no_memory(s, err);
    if (*rc != KAFC_OK) {
        kafc__piece_free(piece);
        return NULL;
    }
    for (int32_t i = 0; i < s->n; i++)
        memcpy((char *)s->v + (size_t)i * e->size + e->result, &s->result[i], sizeof(kafc_err));
    kafc__array_set(piece, s->v, s->n);
    *rc = kafc__sweep_verdict(s, err);
    return piece;
}
