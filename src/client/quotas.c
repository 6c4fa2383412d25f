/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Quotas described and altered. An entity is a set of types, each with a name:
 * brokers give them in any order, kafc by type.
 */
#include <kafc/users.h>

#include <stdio.h>
#include <stdlib.h>

#include "base/str.h"
#include "client/admin.h"
#include "protocol/api/48_describe_client_quotas.h"
#include "protocol/api/49_alter_client_quotas.h"

static kafc_err no_memory(kafc_error *err)
{
    return kafc__admin_no_memory("the quotas", err);
}

static int by_text(const char *a, const char *b) /* NULL first */
{
    return a && b ? strcmp(a, b) : (a != NULL) - (b != NULL);
}

static int by_type(const void *a, const void *b)
{
    return by_text(((const kafc_quota_entity *)a)->type, ((const kafc_quota_entity *)b)->type);
}

static int by_key(const void *a, const void *b)
{
    return by_text(((const kafc_quota *)a)->key, ((const kafc_quota *)b)->key);
}

static int by_entity(const void *a, const void *b)
{
    const kafc_quota_entry *x = a, *y = b;
    int d = 0;
    for (int32_t i = 0; d == 0 && i < x->nentity && i < y->nentity; i++) {
        d = by_text(x->entity[i].type, y->entity[i].type);
        d = d ? d : by_text(x->entity[i].name, y->entity[i].name);
    }
    return d ? d : (x->nentity > y->nentity) - (x->nentity < y->nentity);
}

static void sort(void *v, int32_t n, size_t size, int (*by)(const void *a, const void *b))
{
    if (v && n > 1)
        qsort(v, (size_t)n, size, by);
}

/* --- Describe --------------------------------------------------------------------------- */

static const struct kafc_admin_kind describing = {
    .api = &kafc_describe_client_quotas_api,
    .what = "described",
    .since = "2.6",
    .whole = "the quotas",
};

static void put_entry(struct kafc_arena *a, const struct kafc_describe_client_quotas_resp_entry *from,
                      kafc_quota_entry *to)
{
    kafc_quota_entity *e = kafc__arena_array(a, (size_t)from->entity.n, sizeof(*e));
    kafc_quota *q = kafc__arena_array(a, (size_t)from->values.n, sizeof(*q));
    for (int32_t i = 0; e && i < from->entity.n; i++)
        e[i] = (kafc_quota_entity){ kafc__piece_text(a, from->entity.v[i].entity_type, ""),
                                    kafc__piece_text(a, from->entity.v[i].entity_name, NULL) };
    for (int32_t i = 0; q && i < from->values.n; i++)
        q[i] = (kafc_quota){ .key = kafc__piece_text(a, from->values.v[i].key, ""),
                             .value = from->values.v[i].value };
    sort(e, from->entity.n, sizeof(*e), by_type);
    sort(q, from->values.n, sizeof(*q), by_key);
    *to = (kafc_quota_entry){
        .entity = e, .nentity = from->entity.n, .quotas = q, .nquotas = from->values.n
    };
}

static kafc_quota_list *listed(const kafc_allocator *mem,
                               const struct kafc_describe_client_quotas_resp *r)
{
    kafc_quota_list *l = kafc__piece_new(mem, sizeof(*l));
    if (!l)
        return NULL;
    struct kafc_arena *a = kafc__piece_arena(l);
    int32_t n = r->entries.n > 0 ? r->entries.n : 0;
    kafc_quota_entry *v = kafc__arena_array(a, (size_t)n, sizeof(*v));
    for (int32_t i = 0; v && i < n; i++)
        put_entry(a, &r->entries.v[i], &v[i]);
    if (!a->failed)
        sort(v, n, sizeof(*v), by_entity);
    l->entries = v;
    l->nentries = n;
    return kafc__piece_done(l);
}

static kafc_err describe(struct kafc_admin *k, const kafc_quota_filter *f, int32_t n, bool strict,
                         kafc_quota_list **out)
{
    struct kafc_describe_client_quotas_req req;
    struct kafc_describe_client_quotas_req_component *v;
    kafc_answer *answer = NULL;
    kafc__msg_defaults(&kafc_describe_client_quotas_req_schema, &req);
    v = kafc__msg_array(&kafc_describe_client_quotas_req_component_schema, n, &k->arena);
    for (int32_t i = 0; v && i < n; i++) {
        v[i].entity_type = kafc__str(f[i].type);
        v[i].match_type = (int8_t)f[i].match;
        v[i].match = kafc__str(f[i].name);
    }
    req.components.v = v;
    req.components.n = n;
    req.strict = strict;
    kafc_err rc = v ? kafc__admin_ask(k->c, &describing, &req, KAFC_BY_ROUTE, k->deadline, &answer,
                                      k->err)
                    : no_memory(k->err);
    if (rc == KAFC_OK && !(*out = listed(&k->c->mem, answer->resp)))
        rc = no_memory(k->err);
    kafc_answer_free(answer);
    return rc;
}

static kafc_err check_filters(const kafc_quota_filter *f, int32_t n, kafc_error *err)
{
    if (n < 0 || (n > 0 && !f))
        return kafc__error(err, KAFC_ERR_USAGE, "there are no filters, but their number is %d",
                           (int)n);
    for (int32_t i = 0; i < n; i++) {
        if (!f[i].type || !*f[i].type)
            return kafc__error(err, KAFC_ERR_USAGE, "filter %d has no type, such as \"user\"",
                               (int)i);
        if ((unsigned)f[i].match > KAFC_QUOTA_ANY ||
            (f[i].match == KAFC_QUOTA_NAMED) != (f[i].name != NULL))
            return kafc__error(err, KAFC_ERR_USAGE,
                               "filter %d, of '%.100s': a name goes with KAFC_QUOTA_NAMED, and with "
                               "nothing else",
                               (int)i, f[i].type);
    }
    return KAFC_OK;
}

kafc_err kafc_admin_describe_quotas(kafc_client *c, const kafc_quota_filter *filters, int32_t n,
                                    bool strict, int timeout_ms, kafc_quota_list **out,
                                    kafc_error *err)
{
    struct kafc_admin k;
    if (!out)
        return kafc__error(err, KAFC_ERR_USAGE, "there is no place for the quotas");
    *out = NULL;
    kafc_err rc = kafc__admin_begin(&k, c, timeout_ms, err);
    if (rc != KAFC_OK)
        return rc;
    rc = check_filters(filters, n, k.err);
    if (rc == KAFC_OK)
        rc = describe(&k, filters, n, strict, out);
    return kafc__admin_end(&k, rc);
}

void kafc_quota_list_free(kafc_quota_list *l)
{
    kafc__piece_free(l);
}

/* --- Alter ----------------------------------------------------------------------------------- */

/* "quotas of user 'alice', client-id default" */
static bool altered(const void *resp, int32_t i, struct kafc_admin_item *out)
{
    const struct kafc_alter_client_quotas_resp *r = resp;
    if (i >= r->entries.n)
        return false;
    const struct kafc_alter_client_quotas_resp_entry *e = &r->entries.v[i];
    int n = snprintf(out->name, sizeof(out->name), "quotas of");
    for (int32_t k = 0; k < e->entity.n && k < 3; k++) {
        kafc_str type = e->entity.v[k].entity_type, name = e->entity.v[k].entity_name;
        n += snprintf(out->name + n, sizeof(out->name) - (size_t)n, "%s %.*s %s%.*s%s",
                      k ? "," : "", KAFC_STR_HEAD(type, 20), name.p ? "'" : "default",
                      KAFC_STR_HEAD(name, 70), name.p ? "'" : "");
    }
    out->code = e->error_code;
    out->words = e->error_message;
    return true;
}

static const struct kafc_admin_kind altering = {
    .api = &kafc_alter_client_quotas_api,
    .what = "altered",
    .since = "2.6",
    .item = altered,
};

static bool put_alteration(struct kafc_arena *a, const kafc_quota_entry *from,
                           struct kafc_alter_client_quotas_req_entry *to)
{
    struct kafc_alter_client_quotas_req_entity *e = kafc__msg_array(
        &kafc_alter_client_quotas_req_entity_schema, from->nentity, a);
    struct kafc_alter_client_quotas_req_op *op = kafc__msg_array(
        &kafc_alter_client_quotas_req_op_schema, from->nquotas, a);
    for (int32_t i = 0; e && i < from->nentity; i++) {
        e[i].entity_type = kafc__str(from->entity[i].type);
        e[i].entity_name = kafc__str(from->entity[i].name);
    }
    for (int32_t i = 0; op && i < from->nquotas; i++) {
        op[i].key = kafc__str(from->quotas[i].key);
        op[i].value = from->quotas[i].remove ? 0 : from->quotas[i].value;
        op[i].remove = from->quotas[i].remove;
    }
    to->entity.v = e;
    to->entity.n = from->nentity;
    to->ops.v = op;
    to->ops.n = from->nquotas;
    return e && op;
}

static bool is_entity(const struct kafc_alter_client_quotas_resp_entry *r, const kafc_quota_entry *q)
{
    int32_t same = 0;
    for (int32_t i = 0; i < r->entity.n; i++)
        for (int32_t k = 0; k < q->nentity; k++)
            same += kafc__str_is(r->entity.v[i].entity_type, q->entity[k].type) &&
                    (q->entity[k].name ? kafc__str_is(r->entity.v[i].entity_name, q->entity[k].name)
                                       : r->entity.v[i].entity_name.p == NULL);
    return same == q->nentity && r->entity.n == q->nentity;
}

static kafc_err take(const struct kafc_alter_client_quotas_resp *r, kafc_quota_entry *v, int32_t n,
                     kafc_err rc, kafc_error *err)
{
    for (int32_t i = 0; i < n; i++) {
        const struct kafc_alter_client_quotas_resp_entry *e = NULL;
        for (int32_t k = 0; r && !e && k < r->entries.n; k++) {
            e = &r->entries.v[(i + k) % r->entries.n]; /* mostly in the order of the request */
            e = is_entity(e, &v[i]) ? e : NULL;
        }
        if (r && !e && rc == KAFC_OK)
            rc = kafc__error(err, KAFC_ERR_PROTOCOL, "the answer does not tell of entity %d", (int)i);
        v[i].result = e ? (kafc_err)e->error_code : rc;
    }
    return rc;
}

static kafc_err alter(struct kafc_admin *k, kafc_quota_entry *v, int32_t n, bool validate_only)
{
    struct kafc_alter_client_quotas_req req;
    kafc_answer *answer = NULL;
    kafc__msg_defaults(&kafc_alter_client_quotas_req_schema, &req);
    req.entries.v = kafc__msg_array(&kafc_alter_client_quotas_req_entry_schema, n, &k->arena);
    req.entries.n = n;
    req.validate_only = validate_only;
    bool ok = req.entries.v != NULL;
    for (int32_t i = 0; ok && i < n; i++)
        ok = put_alteration(&k->arena, &v[i], &req.entries.v[i]);
    kafc_err rc = ok ? kafc__admin_ask(k->c, &altering, &req, KAFC_BY_ROUTE, k->deadline, &answer,
                                       k->err)
                     : no_memory(k->err);
    rc = take(answer ? answer->resp : NULL, v, n, rc, k->err);
    kafc_answer_free(answer);
    return rc;
}

static const char *what_is_wrong(const kafc_quota_entry *e)
{
    if (e->nentity < 1 || !e->entity)
        return "it names nobody";
    for (int32_t i = 0; i < e->nentity; i++)
        if (!e->entity[i].type || !*e->entity[i].type)
            return "a part of it has no type, such as \"user\"";
    if (e->nquotas < 1 || !e->quotas)
        return "it has no quotas";
    for (int32_t i = 0; i < e->nquotas; i++)
        if (!e->quotas[i].key || !*e->quotas[i].key)
            return "a quota of it has no key, such as \"producer_byte_rate\"";
    return NULL;
}

kafc_err kafc_admin_alter_quotas(kafc_client *c, kafc_quota_entry *v, int32_t n, bool validate_only,
                                 int timeout_ms, kafc_error *err)
{
    struct kafc_admin k;
    kafc_err rc = kafc__admin_begin(&k, c, timeout_ms, err);
    if (rc != KAFC_OK)
        return rc;
    if (n < 0 || (n > 0 && !v))
        rc = kafc__error(k.err, KAFC_ERR_USAGE, "there are no quotas, but their number is %d",
                         (int)n);
    for (int32_t i = 0; rc == KAFC_OK && i < n; i++) {
        const char *wrong = what_is_wrong(&v[i]);
        if (wrong)
            rc = kafc__error(k.err, KAFC_ERR_USAGE, "entity %d: %s", (int)i, wrong);
    }
    if (rc == KAFC_OK && n > 0)
        rc = alter(&k, v, n, validate_only);
    return kafc__admin_end(&k, rc);
}
