/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc_admin_alter_configs and kafc_admin_replace_configs.
 */
#include <string.h>

#include "base/str.h"
#include "client/configs.h"
#include "protocol/api/33_alter_configs.h"
#include "protocol/api/44_incremental_alter_configs.h"

/* What answers of both say of a resource. */
struct told {
    int8_t kind;
    kafc_str name, words;
    int16_t code;
};

struct altering {
    struct kafc_admin_kind kind;
    bool (*look)(const void *resp, int32_t i, struct told *out);
};

static bool name_item(const struct told *t, struct kafc_admin_item *out)
{
    kafc__resource_name(out, t->kind, t->name);
    out->code = t->code;
    out->words = t->words;
    return true;
}

/* The two APIs say it alike. */
#define ANSWER(which, type) \
    static bool look_##which(const void *resp, int32_t i, struct told *t) \
    { \
        const struct type *r = resp; \
        if (i >= r->responses.n) \
            return false; \
        *t = (struct told){ r->responses.v[i].resource_type, r->responses.v[i].resource_name, \
                            r->responses.v[i].error_message, r->responses.v[i].error_code }; \
        return true; \
    } \
    static bool which##_item(const void *resp, int32_t i, struct kafc_admin_item *out) \
    { \
        struct told t; \
        return look_##which(resp, i, &t) && name_item(&t, out); \
    }
ANSWER(altered, kafc_incremental_alter_configs_resp)
ANSWER(replaced, kafc_alter_configs_resp)

/* changes and replacements differ in where the result is. */
static kafc_err *result_of(const struct kafc_resources *r, size_t result, int32_t i)
{
    return (kafc_err *)(void *)((char *)(uintptr_t)r->v + (size_t)i * r->stride + result);
}

enum { OPEN = KAFC_ERR_WOULD_BLOCK }; /* no answer says so */

static void take(const struct altering *k, const struct kafc_resources *r, size_t result,
                 const void *resp)
{
    struct told t;
    for (int32_t i = 0; k->look(resp, i, &t); i++) {
        int32_t n;
        const struct kafc_resource_at *at = kafc__resources_find(r, t.kind, t.name, &n);
        if (n > 0)
            *result_of(r, result, at->i) = (kafc_err)t.code;
    }
}

/* req NULL: there was no memory for it. */
static kafc_err alter(struct kafc_admin *k, const struct altering *how, const void *req,
                      const struct kafc_resources *r, size_t result)
{
    kafc_answer *a = NULL;
    kafc_err rc = req ? kafc__admin_ask(k->c, &how->kind, req, KAFC_BY_ROUTE, k->deadline, &a, k->err)
                      : kafc__admin_no_memory("the configs", k->err);
    kafc_err left_out = rc;
    for (int32_t i = 0; i < r->n; i++)
        *result_of(r, result, i) = (kafc_err)OPEN;
    for (int32_t i = 0; a && i < a->nparts; i++)
        if (a->parts[i].resp)
            take(how, r, result, a->parts[i].resp);
    for (int32_t i = 0; i < r->n; i++) {
        const kafc_config_resource *of = kafc__resource(r, i);
        if (*result_of(r, result, i) != (kafc_err)OPEN)
            continue;
        *result_of(r, result, i) = a ? kafc__resource_missing(of, a, left_out) : left_out;
        if (rc == KAFC_OK)
            rc = kafc__resource_left_out(&how->kind, of, k->err);
    }
    kafc_answer_free(a);
    return rc;
}

/* A resource that is named twice would be changed by one request twice, in an order that nobody knows. */
static kafc_err init_once(struct kafc_resources *r, const void *v, size_t stride, int32_t n,
                          size_t result, struct kafc_admin *k)
{
    kafc_err rc = kafc__resources_init(r, v, stride, n, &k->arena, k->err);
    for (int32_t i = 0; i < n && rc == KAFC_ERR_NO_MEMORY; i++)
        *result_of(r, result, i) = rc;
    for (int32_t i = 1; i < n && rc == KAFC_OK; i++) {
        const kafc_config_resource *a = r->sorted[i - 1].of, *b = r->sorted[i].of;
        if (a->kind == b->kind && strcmp(a->name, b->name) == 0)
            rc = kafc__error(k->err, KAFC_ERR_USAGE, "'%.249s' is named twice", a->name);
    }
    return rc;
}

/* --- Alter --------------------------------------------------------------------------------- */

static const struct altering altering = {
    { .api = &kafc_incremental_alter_configs_api, .what = "altered", .since = "2.3",
      .unknown_stands = true, .item = altered_item },
    look_altered,
};

static bool is_lists(const kafc_config_changes *q)
{
    for (int32_t i = 0; i < q->nchanges; i++)
        if (q->changes[i].op >= KAFC_CONFIG_APPEND)
            return true;
    return false;
}

static bool put_changes(struct kafc_incremental_alter_configs_req_resource *to,
                        const kafc_config_changes *q, struct kafc_arena *a)
{
    to->resource_type = (int8_t)q->of.kind;
    to->resource_name = kafc__str(q->of.name);
    to->configs.n = q->nchanges;
    to->configs.v = kafc__msg_array(&kafc_incremental_alter_configs_req_config_schema, q->nchanges, a);
    for (int32_t i = 0; to->configs.v && i < q->nchanges; i++) {
        const kafc_config_change *g = &q->changes[i];
        to->configs.v[i].name = kafc__str(g->name);
        to->configs.v[i].config_operation = (int8_t)g->op;
        to->configs.v[i].value = kafc__str(g->op == KAFC_CONFIG_DELETE ? NULL : g->value);
    }
    return to->configs.v != NULL;
}

static kafc_err check_changes(const kafc_config_changes *q, int32_t n, kafc_error *err)
{
    kafc_err rc = KAFC_OK;
    for (int32_t i = 0; i < n && rc == KAFC_OK; i++) {
        bool ok = q[i].nchanges > 0 && q[i].changes;
        for (int32_t k = 0; ok && k < q[i].nchanges; k++) {
            const kafc_config_change *g = &q[i].changes[k];
            ok = g->name && (int)g->op >= KAFC_CONFIG_SET && g->op <= KAFC_CONFIG_SUBTRACT &&
                 (g->op == KAFC_CONFIG_DELETE || g->value);
        }
        if (!ok)
            rc = kafc__error(err, KAFC_ERR_USAGE, "'%.200s': %d changes, not all with name, op and value",
                             q[i].of.name, (int)q[i].nchanges);
    }
    return rc;
}

static kafc_err alter_all(struct kafc_admin *k, kafc_config_changes *q, int32_t n, bool validate_only)
{
    struct kafc_resources r;
    struct kafc_incremental_alter_configs_req req;
    struct altering how = altering;
    kafc_err rc = init_once(&r, q, sizeof(*q), n, offsetof(kafc_config_changes, result), k);
    if (rc == KAFC_OK)
        rc = check_changes(q, n, k->err);
    if (rc != KAFC_OK || n == 0)
        return rc;
    kafc__msg_defaults(&kafc_incremental_alter_configs_req_schema, &req);
    req.validate_only = validate_only;
    req.resources.n = n;
    req.resources.v = kafc__msg_array(&kafc_incremental_alter_configs_req_resource_schema, n, &k->arena);
    bool ok = req.resources.v != NULL;
    for (int32_t i = 0; ok && i < n; i++) {
        ok = put_changes(&req.resources.v[i], &q[i], &k->arena);
        how.kind.once |= is_lists(&q[i]);
    }
    return alter(k, &how, ok ? &req : NULL, &r, offsetof(kafc_config_changes, result));
}

kafc_err kafc_admin_alter_configs(kafc_client *c, kafc_config_changes *q, int32_t n,
                                  bool validate_only, int timeout_ms, kafc_error *err)
{
    struct kafc_admin k;
    kafc_err rc = kafc__admin_begin(&k, c, timeout_ms, err);
    return rc == KAFC_OK ? kafc__admin_end(&k, alter_all(&k, q, n, validate_only)) : rc;
}

/* --- Replace --------------------------------------------------------------------------------- */

static const struct altering replacing = {
    { .api = &kafc_alter_configs_api, .what = "replaced", .since = "0.11",
      .unknown_stands = true, .item = replaced_item },
    look_replaced,
};

static bool put_configs(struct kafc_alter_configs_req_resource *to, const kafc_config_replacement *q,
                        struct kafc_arena *a)
{
    to->resource_type = (int8_t)q->of.kind;
    to->resource_name = kafc__str(q->of.name);
    to->configs.n = q->nconfigs;
    to->configs.v = kafc__msg_array(&kafc_alter_configs_req_config_schema, q->nconfigs, a);
    for (int32_t i = 0; to->configs.v && i < q->nconfigs; i++) {
        to->configs.v[i].name = kafc__str(q->configs[i].name);
        to->configs.v[i].value = kafc__str(q->configs[i].value);
    }
    return to->configs.v != NULL;
}

static kafc_err check_replacements(const kafc_config_replacement *q, int32_t n, kafc_error *err)
{
    kafc_err rc = KAFC_OK;
    for (int32_t i = 0; i < n && rc == KAFC_OK; i++) {
        bool ok = q[i].nconfigs >= 0 && (q[i].nconfigs == 0 || q[i].configs);
        for (int32_t k = 0; ok && k < q[i].nconfigs; k++)
            ok = q[i].configs[k].name && q[i].configs[k].value;
        if (!ok)
            rc = kafc__error(err, KAFC_ERR_USAGE, "'%.200s': %d configs, not all with name and value",
                             q[i].of.name, (int)q[i].nconfigs);
    }
    return rc;
}

static kafc_err replace_all(struct kafc_admin *k, kafc_config_replacement *q, int32_t n, bool validate_only)
{
    struct kafc_resources r;
    struct kafc_alter_configs_req req;
    kafc_err rc = init_once(&r, q, sizeof(*q), n, offsetof(kafc_config_replacement, result), k);
    if (rc == KAFC_OK)
        rc = check_replacements(q, n, k->err);
    if (rc != KAFC_OK || n == 0)
        return rc;
    kafc__msg_defaults(&kafc_alter_configs_req_schema, &req);
    req.validate_only = validate_only;
    req.resources.n = n;
    req.resources.v = kafc__msg_array(&kafc_alter_configs_req_resource_schema, n, &k->arena);
    bool ok = req.resources.v != NULL;
    for (int32_t i = 0; ok && i < n; i++)
        ok = put_configs(&req.resources.v[i], &q[i], &k->arena);
    return alter(k, &replacing, ok ? &req : NULL, &r, offsetof(kafc_config_replacement, result));
}

kafc_err kafc_admin_replace_configs(kafc_client *c, kafc_config_replacement *q, int32_t n,
                                    bool validate_only, int timeout_ms, kafc_error *err)
{
    struct kafc_admin k;
    kafc_err rc = kafc__admin_begin(&k, c, timeout_ms, err);
    return rc == KAFC_OK ? kafc__admin_end(&k, replace_all(&k, q, n, validate_only)) : rc;
}
