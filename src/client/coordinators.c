/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc_admin_find_coordinators: FindCoordinator of many keys at once, and where
 * a broker is too old for that, of one after the other.
 */
#include <string.h>

#include "base/str.h"
#include "client/groups.h"
#include "protocol/api/10_find_coordinator.h"

enum { MANY = 4 }; /* since this version */

static void put(struct kafc_sweep *s, int32_t at, int32_t node, kafc_str host, int32_t port)
{
    kafc_coordinator *to = &((kafc_coordinator *)s->v)[at];
    to->node = node;
    to->host = kafc__piece_text(s->arena, host, "");
    to->port = port;
}

static bool name_many(const struct kafc_sweep *s, void *req, kafc_str *v, int32_t n,
                      struct kafc_arena *a)
{
    struct kafc_find_coordinator_req *q = req;
    (void)a;
    q->key_type = *(const int8_t *)s->owner;
    q->coordinator_keys.v = v;
    q->coordinator_keys.n = n;
    return true;
}

static void take_many(struct kafc_sweep *s, int32_t at, const void *said, int32_t broker)
{
    const struct kafc_find_coordinator_resp_coordinator *c = said;
    (void)broker;
    put(s, at, c->node_id, c->host, c->port);
}

static bool name_one(const struct kafc_sweep *s, void *req, kafc_str *v, int32_t n,
                     struct kafc_arena *a)
{
    struct kafc_find_coordinator_req *q = req;
    (void)n, (void)a;
    q->key_type = *(const int8_t *)s->owner;
    q->key = *v;
    return true;
}

static void look_one(const void *said, int16_t *code, kafc_str *words)
{
    const struct kafc_find_coordinator_resp *r = said;
    *code = r->error_code;
    *words = r->error_message;
}

static void take_one(struct kafc_sweep *s, int32_t at, const void *said, int32_t broker)
{
    const struct kafc_find_coordinator_resp *r = said;
    (void)broker;
    put(s, at, r->node_id, r->host, r->port);
}

static const struct kafc_sweep_kind one = {
    .api = &kafc_find_coordinator_api,
    .noun = "coordinator's key",
    .what = "looked up",
    .single = true,
    .name = name_one,
    .look = look_one,
    .take = take_one,
};

static const struct kafc_sweep_kind many = {
    .api = &kafc_find_coordinator_api,
    .noun = "coordinator's key",
    .what = "looked up",
    .version = MANY,
    .elsewhere = kafc__sweep_is_older,
    .next = &one,
    .nowhere = KAFC_ERR_UNSUPPORTED,
    .name = name_many,
    .list = KAFC_SWEEP_LIST(struct kafc_find_coordinator_resp, coordinators,
                            struct kafc_find_coordinator_resp_coordinator, key,
                            offsetof(struct kafc_find_coordinator_resp_coordinator, error_message)),
    .take = take_many,
};

static const struct kafc_sweep_element element = {
    sizeof(kafc_coordinator), offsetof(kafc_coordinator, result),
    &(const kafc_coordinator){ .host = "", .node = -1, .port = -1 }
};

kafc_err kafc_admin_find_coordinators(kafc_client *c, kafc_coordinated what,
                                      const char *const *keys, int32_t n, int timeout_ms,
                                      kafc_coordinators **out, kafc_error *err)
{
    int8_t type = (int8_t)(what - KAFC_COORDINATED_GROUPS); /* on the wire */
    kafc_err rc;
    if (!out)
        return kafc__error(err, KAFC_ERR_USAGE, "there is no place for the coordinators");
    *out = NULL;
    if (what < KAFC_COORDINATED_GROUPS || what > KAFC_COORDINATED_SHARE_PARTITIONS)
        return kafc__error(err, KAFC_ERR_USAGE, "nothing has a coordinator of kind %d", (int)what);
    *out = kafc__sweep_call(c, &many, &element, keys, n, &type, timeout_ms, &rc, err);
    return rc;
}

void kafc_coordinators_free(kafc_coordinators *f)
{
    kafc__piece_free(f);
}
