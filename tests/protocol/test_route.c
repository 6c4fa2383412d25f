/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Where requests name those that they go to: found in every version of every
 * API; requests cut up lose nothing and repeat nothing; answers merged neither.
 */
#include <check.h>

#include "base/arena.h"
#include "base/rand.h"
#include "protocol/api/01_fetch.h"
#include "protocol/api/02_list_offsets.h"
#include "protocol/api/09_offset_fetch.h"
#include "protocol/api/16_list_groups.h"
#include "protocol/api/32_describe_configs.h"
#include "protocol/registry.h"
#include "protocol/route.h"

#include "tests/support/suite.h"

enum { NODES = 3 };

static const struct kafc_api *const *apis;
static size_t napis;
static struct kafc_arena arena;
static struct kafc_rand rnd;

static void set_up(void)
{
    apis = kafc__apis(&napis);
    kafc__arena_init(&arena, NULL, 0);
    kafc__rand_seed(&rnd, 7);
}

static void tear_down(void)
{
    kafc__arena_fini(&arena);
}

static bool one_of(const char *name, const char *const *names)
{
    while (*names && strcmp(*names, name) != 0)
        names++;
    return *names != NULL;
}

static void look_at_topics(const struct kafc_api *api, const struct kafc_schema *s, int v)
{
    static const char *const arrays[] = { "Topics", "TopicData", "Responses", "Results", NULL };
    static const char *const topics[] = { "Name", "Topic", NULL };
    static const char *const partitions[] = { "Partitions", "PartitionData", "PartitionIndexes",
                                              "PartitionResponses", NULL };
    static const char *const numbers[] = { "Partition", "PartitionIndex", "Index", NULL };
    struct kafc_place p;
    kafc__route_place(api, s, &p);
    ck_assert_msg(p.many && one_of(p.many->name, arrays) && kafc__in(p.many->on, v),
                  "%s v%d: no topics", s->name, v);
    ck_assert_msg((p.name && kafc__in(p.name->on, v)) || (p.id && kafc__in(p.id->on, v)),
                  "%s v%d: no name and no id of topics", s->name, v);
    ck_assert(!p.name || one_of(p.name->name, topics));
    ck_assert(!p.id || !strcmp(p.id->name, "TopicId"));
    ck_assert_msg(one_of(p.parts->name, partitions) && kafc__in(p.parts->on, v),
                  "%s v%d: no partitions", s->name, v);
    ck_assert_msg(!p.index || (one_of(p.index->name, numbers) && kafc__in(p.index->on, v)),
                  "%s v%d: no number of partitions", s->name, v);
}

static void look_at_names(const struct kafc_api *api, int v)
{
    struct kafc_place p;
    kafc__route_place(api, api->req, &p);
    bool txn = api->route == KAFC_TO_TXN;
    static const char *const group[] = { "GroupId", NULL };
    static const char *const groups[] = { "Groups", "GroupIds", "GroupsNames", NULL };
    static const char *const id[] = { "TransactionalId", "V3AndBelowTransactionalId", NULL };
    static const char *const ids[] = { "TransactionalIds", "Transactions", NULL };
    ck_assert_msg((p.one && kafc__in(p.one->on, v)) || (p.many && kafc__in(p.many->on, v)),
                  "%s v%d names nobody", api->name, v);
    static const char *const resource[] = { "ResourceName", NULL }, *const resources[] = { "Resources", NULL };
    bool configs = api->route == KAFC_TO_RESOURCE;
    ck_assert_int_eq(configs, p.kind != NULL);
    ck_assert(!p.one || one_of(p.one->name, txn ? id : group));
    ck_assert(!p.many || api->route == KAFC_TO_SHARE ||
              one_of(p.many->name, configs ? resources : txn ? ids : groups));
    ck_assert(!p.name || api->route == KAFC_TO_SHARE ||
              one_of(p.name->name, configs ? resource : txn ? id : group));
}

START_TEST(every_version_of_every_api_has_its_places)
{
    int found = 0;
    ck_assert_uint_eq(napis, 93);
    for (size_t i = 0; i < napis; i++) {
        const struct kafc_api *api = apis[i];
        struct kafc_place p;
        kafc__route_place(api, api->req, &p);
        bool topics = api->route == KAFC_TO_LEADER || api->route == KAFC_TO_SHARE;
        bool names = api->route == KAFC_TO_GROUP || api->route == KAFC_TO_TXN ||
                     api->route == KAFC_TO_SHARE || api->route == KAFC_TO_RESOURCE;
        ck_assert_msg(topics || names || (!p.one && !p.many), "%s", api->name);
        ck_assert_msg(!p.one == !names || (p.many && !p.parts), "%s", api->name);
        found += topics || names;
        for (int v = api->min; v <= api->max; v++) {
            if (names)
                look_at_names(api, v);
            if (topics) {
                look_at_topics(api, api->req, v);
                look_at_topics(api, api->resp, v);
            }
        }
    }
    ck_assert_int_eq(found,
                     40); /* 8 of leaders, 19 of groups, 5 of transactions, 5 of share groups, 3 of resources */
}
END_TEST

static bool same_target(const struct kafc_target *a, const struct kafc_target *b)
{
    return a->name.len == b->name.len && !memcmp(&a->id, &b->id, sizeof(a->id)) &&
           (a->name.len <= 0 || !memcmp(a->name.p, b->name.p, (size_t)a->name.len)) &&
           a->partition == b->partition;
}

static bool is_used(const struct kafc_target *t, int32_t n, int32_t node)
{
    while (n > 0 && t[n - 1].node != node)
        n--;
    return n > 0;
}

/* What the part for `node` names is what the whole names for it, in the same order. */
static void check_part(const struct kafc_api *api, int16_t v, const void *req,
                       const struct kafc_target *t, int32_t n, int32_t node)
{
    int32_t nhas, at = 0;
    size_t size;
    kafc_error e;
    const void *part = kafc__route_cut(api, req, t, n, node, &arena);
    ck_assert_ptr_nonnull(part);
    struct kafc_target *has = kafc__route_targets(api, part, &nhas, &arena);
    ck_assert_ptr_nonnull(has);
    for (int32_t i = 0; i < n; i++)
        if (t[i].node == node)
            ck_assert_msg(at < nhas && same_target(&t[i], &has[at++]), "%s v%d: target %d",
                          api->name, v, (int)i);
    ck_assert_int_eq(at, nhas);
    ck_assert_msg(!kafc__msg_size(api->req, part, v, &size, NULL, &e), "%s", e.message);
}

START_TEST(requests_cut_up_lose_nothing)
{
    int cuts = 0;
    for (size_t i = 0; i < napis; i++) {
        const struct kafc_api *api = apis[i];
        for (int16_t v = api->min; v <= api->max; v++) {
            for (int round = 0; round < 20; round++) {
                int32_t n;
                void *req = kafc__arena_alloc(&arena, api->req->size);
                void *was = kafc__arena_alloc(&arena, api->req->size);
                ck_assert(kafc__msg_random(api->req, req, v, &rnd, &arena));
                memcpy(was, req, api->req->size);
                struct kafc_target *t = kafc__route_targets(api, req, &n, &arena);
                ck_assert_ptr_nonnull(t);
                for (int32_t k = 0; k < n; k++)
                    t[k].node = (int32_t)kafc__rand_below(&rnd, NODES);
                struct kafc_place p;
                kafc__route_place(api, api->req, &p);
                bool whole = n == 1 && p.one && !p.parts;
                for (int32_t node = 0; node < NODES && !whole; node++) {
                    if (!is_used(t, n, node))
                        continue;
                    check_part(api, v, req, t, n, node);
                    cuts++;
                }
                ck_assert(
                    !memcmp(was, req, api->req->size)); /* the caller's request is as it was */
                kafc__arena_reset(&arena);
            }
        }
    }
    ck_assert_int_gt(cuts, 1000);
}
END_TEST

static int32_t count(const struct kafc_field *f, const void *obj)
{
    int32_t n;
    memcpy(&n, (const char *)obj + f->off + sizeof(void *), sizeof(n));
    return n > 0 ? n : 0;
}

/* Elements of all arrays of the message, and of the topics' arrays of partitions in place of the topics. */
static int32_t count_all(const struct kafc_api *api, const void *resp)
{
    int32_t n = 0;
    struct kafc_place p;
    kafc__route_place(api, api->resp, &p);
    for (uint16_t i = 0; i < api->resp->nfields; i++) {
        const struct kafc_field *f = &api->resp->field[i];
        if (f->kind != KAFC_ARR)
            continue;
        if (f != p.many) {
            n += count(f, resp);
            continue;
        }
        const char *v;
        memcpy(&v, (const char *)resp + f->off, sizeof(v));
        for (int32_t k = 0; k < count(f, resp); k++)
            n += count(p.parts, v + (size_t)k * f->sub->size);
    }
    return n;
}

START_TEST(answers_merged_lose_nothing)
{
    for (size_t i = 0; i < napis; i++) {
        const struct kafc_api *api = apis[i];
        for (int round = 0; round < 20; round++) {
            const void *resp[NODES];
            int32_t before = 0;
            size_t size;
            kafc_error e;
            void *all = kafc__arena_alloc(&arena, api->resp->size);
            for (int k = 0; k < NODES; k++) {
                void *one = kafc__arena_alloc(&arena, api->resp->size);
                ck_assert(kafc__msg_random(api->resp, one, api->max, &rnd, &arena));
                before += count_all(api, one);
                resp[k] = one;
            }
            ck_assert(kafc__route_merge(api, resp, NODES, all, &arena));
            ck_assert_msg(count_all(api, all) == before, "%s: %d of %d", api->name,
                          (int)count_all(api, all), (int)before);
            ck_assert_msg(!kafc__msg_size(api->resp, all, api->max, &size, NULL, &e), "%s",
                          e.message);
            kafc__arena_reset(&arena);
        }
    }
}
END_TEST

static kafc_str text(const char *s)
{
    return (kafc_str){ s, (int32_t)strlen(s) };
}

/* What a broker answers for itself is its own, all else is anybody's. */
START_TEST(resources_of_brokers_go_to_them)
{
    static const struct {
        int8_t kind;
        const char *name;
        int32_t node;
    } known[] = {
        { 2, "1", -1 },  { 4, "1", 1 },  { 4, "", -1 },           { 4, "0", 0 },
        { 8, "12", 12 }, { 4, "x", -1 }, { 4, "2147483647", 2147483647 }, { 4, "2147483648", -1 },
        { 4, "-1", -1 }, { 32, "1", -1 }, { 16, "1", -1 },         { 8, "12345678901", -1 },
    };
    enum { KNOWN = sizeof known / sizeof *known };
    struct kafc_describe_configs_req_resource r[KNOWN];
    struct kafc_describe_configs_req q = { .resources = { r, KNOWN } };
    int32_t n;
    for (int i = 0; i < KNOWN; i++) {
        r[i] = (struct kafc_describe_configs_req_resource){ .resource_type = known[i].kind };
        r[i].resource_name = text(known[i].name);
    }
    const struct kafc_target *t = kafc__route_targets(&kafc_describe_configs_api, &q, &n, &arena);
    ck_assert_ptr_nonnull(t);
    ck_assert_int_eq(n, KNOWN);
    for (int i = 0; i < KNOWN; i++)
        ck_assert_msg(t[i].node == known[i].node, "%d", i);
}
END_TEST

START_TEST(a_topic_of_several_leaders_is_there_once)
{
    struct kafc_list_offsets_resp_partition pa = { .partition_index = 0, .offset = 5 };
    struct kafc_list_offsets_resp_partition pb[] = { { .partition_index = 2, .offset = 7 },
                                                     { .partition_index = 1, .offset = 6 } };
    struct kafc_list_offsets_resp_partition px = { .partition_index = 0 };
    struct kafc_list_offsets_resp_topic ta[] = { { .name = text("t"), .partitions = { &pa, 1 } } };
    struct kafc_list_offsets_resp_topic tb[] = { { .name = text("x"), .partitions = { &px, 1 } },
                                                 { .name = text("t"), .partitions = { pb, 2 } } };
    struct kafc_list_offsets_resp a = { .throttle_time_ms = 3, .topics = { ta, 1 } };
    struct kafc_list_offsets_resp b = { .throttle_time_ms = 9, .topics = { tb, 2 } }, all;
    const void *both[] = { &a, &b };
    static const int offset[] = { 5, 7, 6 };
    ck_assert(kafc__route_merge(&kafc_list_offsets_api, both, 2, &all, &arena));
    ck_assert_int_eq(all.throttle_time_ms, 9);
    ck_assert_int_eq(all.topics.n, 2);
    ck_assert_int_eq(all.topics.v[0].name.p[0], 't');
    ck_assert_int_eq(all.topics.v[0].partitions.n, 3);
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(all.topics.v[0].partitions.v[i].offset, offset[i]);
    ck_assert_int_eq(all.topics.v[1].partitions.n, 1);
    ck_assert_int_eq(a.topics.v[0].partitions.n, 1); /* the parts are as they were */
}
END_TEST

START_TEST(the_first_error_speaks_for_all)
{
    struct kafc_list_groups_resp_group g[] = { { .group_id = text("a") },
                                               { .group_id = text("b") } };
    struct kafc_list_groups_resp r[] = { { .groups = { g, 1 } },
                                         { .error_code = 14 },
                                         { .error_code = 15, .groups = { g + 1, 1 } } },
                                 all;
    const void *resp[] = { &r[0], &r[1], &r[2] };
    ck_assert(kafc__route_merge(&kafc_list_groups_api, resp, 3, &all, &arena));
    ck_assert_int_eq(all.error_code, 14);
    ck_assert_int_eq(all.groups.n, 2);
    ck_assert_int_eq(all.groups.v[1].group_id.p[0], 'b');
    struct kafc_offset_fetch_resp none[2];
    struct kafc_offset_fetch_resp out;
    kafc__msg_defaults(&kafc_offset_fetch_resp_schema, &none[0]);
    none[0].topics.n = -1;
    none[1] = none[0];
    const void *nulls[] = { &none[0], &none[1] };
    ck_assert(kafc__route_merge(&kafc_offset_fetch_api, nulls, 2, &out, &arena));
    ck_assert_int_eq(out.topics.n, -1); /* null stays null */
    ck_assert_int_eq(out.groups.n, 0);
}
END_TEST

SUITE_AROUND(set_up, tear_down, "protocol/route", 60, ONCE(every_version_of_every_api_has_its_places),
             ONCE(requests_cut_up_lose_nothing), ONCE(answers_merged_lose_nothing),
             ONCE(resources_of_brokers_go_to_them), ONCE(a_topic_of_several_leaders_is_there_once),
             ONCE(the_first_error_speaks_for_all))
