/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc_admin_offsets_of_groups: OffsetFetch of all that many groups have
 * committed, several groups at once from version 8 on.
 */
#include "client/groups.h"
#include "client/parts.h"
#include "protocol/api/09_offset_fetch.h"

enum { BATCHES = 8 }; /* since this version; from 10 on topics have ids only */

/* Open transactions are waited for: the first code of a partition that says so is the group's. */
static int16_t code_of(const struct kafc_schema *s, const void *msg, int16_t code)
{
    struct kafc_parts_walk w;
    struct kafc_part_said said;
    kafc__parts_walk(&w, s, msg);
    while (code == 0 && kafc__parts_next(&w, &said))
        if (kafc__ask_again(KAFC_API_OFFSET_FETCH, (kafc_err)said.code))
            code = said.code;
    return code;
}

static void put(struct kafc_sweep *s, int32_t at, const void *said, bool group)
{
    kafc_offsets_of_group *to = &((kafc_offsets_of_group *)s->v)[at];
    kafc_offset *v;
    kafc__offsets_take(s->arena, said, group, &v, &to->noffsets);
    to->offsets = v;
}

/* --- One group, as older brokers want it -------------------------------------------------------- */

static bool name_one(const struct kafc_sweep *s, void *req, kafc_str *v, int32_t n,
                     struct kafc_arena *a)
{
    struct kafc_offset_fetch_req *q = req;
    (void)n, (void)a;
    q->group_id = *v;
    q->topics.n = -1; /* all */
    q->require_stable = !*(const bool *)s->owner && !s->no_more;
    return true;
}

static void look_one(const void *said, int16_t *code, kafc_str *words)
{
    (void)words;
    *code = code_of(&kafc_offset_fetch_resp_schema, said,
                    ((const struct kafc_offset_fetch_resp *)said)->error_code);
}

static void take_one(struct kafc_sweep *s, int32_t at, const void *said, int32_t broker)
{
    (void)broker;
    put(s, at, said, false);
}

/* --- Many ------------------------------------------------------------------------------------------ */

static bool name_many(const struct kafc_sweep *s, void *req, kafc_str *v, int32_t n,
                      struct kafc_arena *a)
{
    struct kafc_offset_fetch_req *q = req;
    struct kafc_offset_fetch_req_group *group = kafc__msg_array(&kafc_offset_fetch_req_group_schema,
                                                                n, a);
    q->require_stable = !*(const bool *)s->owner;
    q->groups.v = group;
    q->groups.n = n;
    for (int32_t i = 0; group && i < n; i++) {
        group[i].group_id = v[i];
        group[i].topics.n = -1;
    }
    return group != NULL;
}

static void look_many(const void *said, int16_t *code, kafc_str *words)
{
    (void)words;
    *code = code_of(&kafc_offset_fetch_resp_group_schema, said, *code);
}

static void take_many(struct kafc_sweep *s, int32_t at, const void *said, int32_t broker)
{
    (void)broker;
    put(s, at, said, true);
}

static const struct kafc_sweep_kind one = {
    .api = &kafc_offset_fetch_api,
    .noun = "group",
    .what = "asked for its offsets",
    .single = true,
    .more = true,
    .name = name_one,
    .look = look_one,
    .take = take_one,
};

static const struct kafc_sweep_kind many = {
    .api = &kafc_offset_fetch_api,
    .noun = "group",
    .what = "asked for its offsets",
    .version = BATCHES,
    .elsewhere = kafc__sweep_is_older,
    .next = &one,
    .nowhere = KAFC_ERR_UNSUPPORTED,
    .name = name_many,
    .list = KAFC_SWEEP_LIST(struct kafc_offset_fetch_resp, groups, struct kafc_offset_fetch_resp_group,
                            group_id, 0),
    .look = look_many,
    .take = take_many,
};

/* --- The call -------------------------------------------------------------------------------------- */

static const struct kafc_sweep_element element = {
    sizeof(kafc_offsets_of_group), offsetof(kafc_offsets_of_group, result),
    &(const kafc_offsets_of_group){ .noffsets = 0 }
};

/* What partitions say, if all groups have answered. */
static kafc_err check_partitions(const kafc_offsets_of_groups *all, kafc_error *err)
{
    kafc_err rc = KAFC_OK;
    for (int32_t i = 0; rc == KAFC_OK && i < all->ngroups; i++)
        rc = kafc__offsets_error(all->groups[i].group, all->groups[i].offsets,
                                 all->groups[i].noffsets, kafc_err_text, NULL, err);
    return rc;
}

kafc_err kafc_admin_offsets_of_groups(kafc_client *c, const char *const *groups, int32_t n,
                                      bool unstable, int timeout_ms, kafc_offsets_of_groups **out,
                                      kafc_error *err)
{
    kafc_err rc;
    if (!out)
        return kafc__error(err, KAFC_ERR_USAGE, "there is no place for the offsets");
    *out = kafc__sweep_call(c, &many, &element, groups, n, &unstable, timeout_ms, &rc, err);
    return rc == KAFC_OK ? check_partitions(*out, err) : rc;
}

void kafc_offsets_of_groups_free(kafc_offsets_of_groups *o)
{
    kafc__piece_free(o);
}
