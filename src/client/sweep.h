/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Requests that name many groups or transactional ids, each with its own
 * coordinator and its own verdict. Application threads, inside a call.
 */
#ifndef KAFC_CLIENT_SWEEP_H
#define KAFC_CLIENT_SWEEP_H

#include "client/admin.h"

struct kafc_sweep;
#define KAFC_SWEEP_OPEN KAFC_ERR_WOULD_BLOCK /* no verdict yet */

/* Where an answer's elements are, and what each says of which name. */
struct kafc_sweep_list {
    size_t at, size;          /* the array in a response, and an element; in that: */
    size_t name, code, words; /* words 0: it has none */
};
#define KAFC_SWEEP_LIST(resp, list, element, name, words) \
    { offsetof(resp, list), sizeof(element), offsetof(element, name), offsetof(element, error_code), words }

/* An API whose requests name them, each once, and whose answers have an element for each. */
struct kafc_sweep_kind {
    const struct kafc_api *api;
    const char *noun; /* "group" */
    const char *what; /* "described": what is done to it */
    bool once;        /* not to be repeated when a broker may have acted on it */
    bool single;      /* a request names one alone */
    int16_t version;  /* to insist on; 0: any */
    bool more;        /* name() asks for more than older brokers know, unless s->no_more */
    /* Is a name with that code to be asked for as `next` says? Behind the last one it has the code `nowhere`. NULL: it
     * never is. */
    bool (*elsewhere)(kafc_err code);
    const struct kafc_sweep_kind *next;
    kafc_err nowhere;
    /* false: out of memory. */
    bool (*name)(const struct kafc_sweep *s, void *req, kafc_str *v, int32_t n,
                 struct kafc_arena *a);
    struct kafc_sweep_list list; /* size 0: the response is about the one name that was asked for */
    /* Code and words of an element, or such a response: where the list does not tell them, or not all. Or NULL. */
    void (*look)(const void *said, int16_t *code, kafc_str *words);
    /* Of one without an error: keeps what it wants. NULL: nothing. */
    void (*take)(struct kafc_sweep *s, int32_t at, const void *said, int32_t broker);
};

struct kafc_sweep {
    kafc_client *c;
    const struct kafc_sweep_kind *kind;
    const char *const *name;
    int32_t n;
    int64_t deadline;
    struct kafc_arena *spare; /* for as long as the call takes */
    void *owner;
    void *v;                  /* of kafc__sweep_call(): elements, for take(), */
    struct kafc_arena *arena; /* and memory for what they point to */

    kafc_err *result; /* n of them; NULL: out of memory */
    bool no_more;     /* a broker is too old */
    int32_t first;    /* the first one with an error; n: none */
    kafc_error why;   /* its */
};

/* Asks until each has its verdict: who has his does not wait for who has no coordinator, or a silent one. What is named
 * twice has one verdict. Returns the first error, in s->spare are the results. */
kafc_err kafc__sweep(struct kafc_sweep *s, kafc_error *err);

/* All of a public call whose result is an array of structs with their number behind it, in one piece, in the order of
 * the names: each begins with its name. *rc: the first error. NULL: out of memory, or it could not be asked. */
struct kafc_sweep_element {
    size_t size, result; /* result: the offset of a kafc_err */
    const void *blank;   /* one that is not told of */
};
void *kafc__sweep_call(kafc_client *c, const struct kafc_sweep_kind *kind,
                       const struct kafc_sweep_element *e, const char *const *names, int32_t n,
                       void *owner, int timeout_ms, kafc_err *rc, kafc_error *err);

/* For `elsewhere`, with `nowhere` KAFC_ERR_UNSUPPORTED: of a broker that is older than the version. */
bool kafc__sweep_is_older(kafc_err code);

/* KAFC_ERR_USAGE for what cannot be a name. */
kafc_err kafc__sweep_check(const char *noun, const char *const *names, int32_t n, kafc_error *err);

#endif
