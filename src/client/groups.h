/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the calls of kafc/groups.h share: requests that name many groups, each
 * with its own verdict. Application threads, inside a call.
 */
#ifndef KAFC_CLIENT_GROUPS_H
#define KAFC_CLIENT_GROUPS_H

#include "client/client.h"
#include "client/piece.h"
#include <kafc/groups.h>

/* --- Many groups ------------------------------------------------------------------ */

struct kafc_sweep;
#define KAFC_SWEEP_OPEN KAFC_ERR_WOULD_BLOCK /* no verdict yet */

/* An API whose requests name groups and whose answers have an element for each. */
struct kafc_sweep_kind {
    const struct kafc_api *api;
    bool once; /* not to be repeated when a broker may have acted on it */
    void (*name)(void *req, kafc_str *v, int32_t n);
    int32_t (*count)(const void *resp);
    /* Element i: its group, code and the broker's words, if there are any. */
    void (*look)(const void *resp, int32_t i, kafc_str *group, int16_t *code, kafc_str *words);
    /* Its verdict is that code; keeps what it wants of the element. NULL: nothing. */
    void (*take)(struct kafc_sweep *s, int32_t group, const void *resp, int32_t i, int32_t broker);
    const char *what; /* "described": what is done to a group */
};

struct kafc_sweep {
    kafc_client *c;
    const struct kafc_sweep_kind *kind;
    const char *const *name;
    int32_t n;
    kafc_err *result; /* n of them: those that are KAFC_SWEEP_OPEN are asked for */
    int64_t deadline;
    void *owner;

    int32_t first;  /* the first group with an error; n: none */
    kafc_error why; /* its */
};

/* Asks for all groups that have no verdict, until each has one. The request is made in the arena. KAFC_ERR_NO_MEMORY
 * alone is returned. */
kafc_err kafc__sweep(struct kafc_sweep *s, struct kafc_arena *a, kafc_error *err);

/* KAFC_ERR_USAGE for what cannot be the name of a group. */
kafc_err kafc__group_check(const char *const *groups, int32_t n, kafc_error *err);

/* --- Offsets ------------------------------------------------------------------------- */

/* KAFC_ERR_USAGE for a group or partitions that cannot be. */
kafc_err kafc__offsets_check(const char *group, const kafc_offset *q, int32_t n, kafc_error *err);
/* The first one's result that is an error, with text() of it. */
kafc_err kafc__offsets_error(const char *group, const kafc_offset *q, int32_t n,
                             const char *(*text)(kafc_err code), kafc_error *err);

#endif
