/* SPDX-License-Identifier: BSD-2-Clause
 *
 * IncrementalAlterConfigs: all that is asked of a resource is done, or nothing.
 */
#include "base/str.h"
#include "mock/configs.h"
#include "protocol/api/44_incremental_alter_configs.h"

enum { SET, DELETE, APPEND, SUBTRACT };

/* The next element of a list, and what is behind it. */
static kafc_str element(kafc_str *list)
{
    const char *comma = list->len > 0 ? memchr(list->p, ',', (size_t)list->len) : NULL;
    kafc_str e = { list->p, comma ? (int32_t)(comma - list->p) : list->len };

    list->p += e.len + (comma != NULL);
    list->len -= e.len + (comma != NULL);
    return e;
}

static bool has(kafc_str list, kafc_str what)
{
    while (list.len > 0) {
        if (kafc__str_same(element(&list), what))
            return true;
    }
    return false;
}

/* `to` has room for all elements of both lists; those of v that are, or are not, in `other`. */
static int32_t take(char *to, int32_t n, kafc_str v, kafc_str other, bool in_other)
{
    while (v.len > 0) {
        kafc_str e = element(&v);

        if (e.len == 0 || has(other, e) != in_other)
            continue;
        if (n > 0)
            to[n++] = ',';
        memcpy(to + n, e.p, (size_t)e.len);
        n += e.len;
    }
    return n;
}

/* What the list becomes. Null: out of memory. */
static kafc_str combine(struct kafc_mrq *rq, kafc_str was, kafc_str v, int8_t how)
{
    char *to = kafc__arena_alloc(&rq->arena, (size_t)was.len + (size_t)v.len + 2);
    int32_t n = 0;

    if (!to)
        return (kafc_str){ NULL, 0 };
    n = take(to, n, was, how == SUBTRACT ? v : (kafc_str){ "", 0 }, false);
    if (how == APPEND)
        n = take(to, n, v, was, false);
    return (kafc_str){ to, n };
}

/* The value that it is to have; null: none. */
static kafc_err result(struct kafc_mrq *rq, const struct kafc_incremental_alter_configs_req_resource *q,
                       const struct kafc_incremental_alter_configs_req_config *g, kafc_str *out)
{
    const struct kafc_mconfig_row *row = kafc__mconfig_row(q->resource_type, g->name);
    const struct kafc_mconfig *is = row ? kafc__mconfig_find(rq->c, q->resource_type, q->resource_name, row)
                                        : NULL;

    *out = g->config_operation == DELETE ? (kafc_str){ NULL, 0 } : g->value;
    if (!row)
        return KAFC_ERR_INVALID_CONFIG;
    if (g->config_operation < SET || g->config_operation > SUBTRACT ||
        (g->config_operation != DELETE && !g->value.p))
        return KAFC_ERR_INVALID_REQUEST;
    if (g->config_operation >= APPEND) {
        if (row->type != KAFC_TYPE_LIST)
            return KAFC_ERR_INVALID_CONFIG;
        *out = combine(rq, kafc__str(is ? is->value : row->value), g->value, g->config_operation);
        if (!out->p)
            return KAFC_ERR_UNKNOWN_SERVER_ERROR;
    }
    return kafc__mconfig_check(q->resource_type, g->name, *out);
}

static kafc_err alter(struct kafc_mrq *rq, const struct kafc_incremental_alter_configs_req *req,
                      const struct kafc_incremental_alter_configs_req_resource *q)
{
    kafc_err code = kafc__mconfig_resource(rq, q->resource_type, q->resource_name, KAFC_ACL_ALTER_CONFIGS);
    kafc_str v;

    for (int32_t i = 0; i < q->configs.n && !code; i++)
        code = result(rq, q, &q->configs.v[i], &v);
    for (int32_t i = 0; i < q->configs.n && !code && !req->validate_only; i++) {
        code = result(rq, q, &q->configs.v[i], &v);
        if (!code && kafc__mconfig_set(rq->c, q->resource_type, q->resource_name, q->configs.v[i].name, v))
            code = KAFC_ERR_UNKNOWN_SERVER_ERROR;
    }
    return code;
}

static enum kafc_mdone serve(struct kafc_mrq *rq, const void *req, void *resp)
{
    const struct kafc_incremental_alter_configs_req *q = req;
    struct kafc_incremental_alter_configs_resp *a = resp;

    a->responses.n = q->resources.n;
    a->responses.v = kafc__msg_array(&kafc_incremental_alter_configs_resp_resource_schema, q->resources.n,
                                     &rq->arena);
    if (!a->responses.v)
        return KAFC_MDONE_CUT;
    for (int32_t i = 0; i < q->resources.n; i++) {
        kafc_err code = alter(rq, q, &q->resources.v[i]);

        a->responses.v[i].resource_type = q->resources.v[i].resource_type;
        a->responses.v[i].resource_name = q->resources.v[i].resource_name;
        a->responses.v[i].error_code = (int16_t)code;
        a->responses.v[i].error_message = kafc__mock_words(code);
    }
    return KAFC_MDONE_ANSWER;
}

const struct kafc_mserve kafc__mock_incremental_alter_configs = {
    KAFC_API_INCREMENTAL_ALTER_CONFIGS, 1, serve, 0, { 0, 0, 0, 0, 0, 0, 0, 2 }
};
