/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc_admin_offsets_of_groups: OffsetFetch of all that many groups have
 * committed, several groups at once from version 8 on.
 */
#include "client/admin.h"
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

static void put(struct kafc_sweep *s, int32_t at, const void *resp, int32_t group)
{
    kafc_offsets_of_group *to = &((kafc_offsets_of_group *)s->v)[at];
    kafc_offset *v;
    if (s->result[at] != KAFC_OK)
        return;
    kafc__offsets_take(s->arena, resp, group, &v, &to->noffsets);
    to->offsets = v;
}

/* What a request is made of. */
struct asked {
    bool unstable;                             /* open transactions are not waited for */
    struct kafc_offset_fetch_req_group *group; /* room for all */
};

/* --- One group, as older brokers want it -------------------------------------------------------- */

static void name_one(const struct kafc_sweep *s, void *req, kafc_str *v, int32_t n)
{
    struct kafc_offset_fetch_req *q = req;
    (void)n;
    q->group_id = *v;
    q->topics.n = -1; /* all */
    q->require_stable = !((const struct asked *)s->owner)->unstable && !s->no_more;
}

static int32_t count_one(const void *resp)
{
    (void)resp;
    return 1;
}

static void look_one(const void *resp, int32_t i, kafc_str *name, int16_t *code, kafc_str *words)
{
    (void)i, (void)name, (void)words;
    *code = code_of(&kafc_offset_fetch_resp_schema, resp,
                    ((const struct kafc_offset_fetch_resp *)resp)->error_code);
}

static void take_one(struct kafc_sweep *s, int32_t at, const void *resp, int32_t i, int32_t broker)
{
    (void)i, (void)broker;
    put(s, at, resp, -1);
}

/* --- Many ------------------------------------------------------------------------------------------ */

static void name_many(const struct kafc_sweep *s, void *req, kafc_str *v, int32_t n)
{
    struct kafc_offset_fetch_req *q = req;
    const struct asked *asked = s->owner;
    struct kafc_offset_fetch_req_group *group = asked->group;
    q->require_stable = !asked->unstable;
    q->groups.v = group;
    q->groups.n = n;
    for (int32_t i = 0; i < n; i++) {
        kafc__msg_defaults(&kafc_offset_fetch_req_group_schema, &group[i]);
        group[i].group_id = v[i];
        group[i].topics.n = -1;
    }
}

static int32_t count_many(const void *resp)
{
    return ((const struct kafc_offset_fetch_resp *)resp)->groups.n;
}

static void look_many(const void *resp, int32_t i, kafc_str *name, int16_t *code, kafc_str *words)
{
    const struct kafc_offset_fetch_resp_group *g =
        &((const struct kafc_offset_fetch_resp *)resp)->groups.v[i];
    (void)words;
    *name = g->group_id;
    *code = code_of(&kafc_offset_fetch_resp_group_schema, g, g->error_code);
}

static void take_many(struct kafc_sweep *s, int32_t at, const void *resp, int32_t i, int32_t broker)
{
    (void)broker;
    put(s, at, resp, i);
}

static const struct kafc_sweep_kind one = {
    .api = &kafc_offset_fetch_api,
    .noun = "group",
    .what = "asked for its offsets",
    .single = true,
    .more = true,
    .name = name_one,
    .count = count_one,
    .look = look_one,
    .take = take_one,
};

static const struct kafc_sweep_kind many = {
    .api = &kafc_offset_fetch_api,
    .noun = "group",
    .what = "asked for its offsets",
    .version = BATCHES,
    .older = &one,
    .name = name_many,
    .count = count_many,
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
                                 all->groups[i].noffsets, kafc_err_text, err);
    return rc;
}

kafc_err kafc_admin_offsets_of_groups(kafc_client *c, const char *const *groups, int32_t n,
                                      bool unstable, int timeout_ms, kafc_offsets_of_groups **out,
                                      kafc_error *err)
{
    struct kafc_admin k;
    if (!out)
        return kafc__error(err, KAFC_ERR_USAGE, "there is no place for the offsets");
    *out = NULL;
    kafc_err rc = kafc__admin_begin(&k, c, timeout_ms, err);
    if (rc != KAFC_OK)
        return rc;
    struct asked asked = { .unstable = unstable };
    struct kafc_sweep s = { .c = c, .kind = &many, .name = groups, .n = n, .owner = &asked };
    s.deadline = k.deadline;
    rc = kafc__sweep_check("group", groups, n, k.err);
    if (rc == KAFC_OK) {
        asked.group = kafc__arena_array(&k.arena, (size_t)n, sizeof(*asked.group));
        rc = asked.group ? KAFC_OK : kafc__admin_no_memory("the groups", k.err);
    }
    if (rc == KAFC_OK)
        *out = kafc__sweep_piece(&s, &element, &k.arena, &rc, k.err);
    if (rc == KAFC_OK)
        rc = check_partitions(*out, k.err);
    return kafc__admin_end(&k, rc);
}

void kafc_offsets_of_groups_free(kafc_offsets_of_groups *o)
{
    kafc__piece_free(o);
}
