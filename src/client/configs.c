/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc_admin_describe_configs and kafc_admin_list_config_resources. Strings are
 * copied out of the answers.
 */
#include "client/configs.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "protocol/api/32_describe_configs.h"
#include "protocol/api/74_list_config_resources.h"

/* --- Resources --------------------------------------------------------------------------- */

static bool is_brokers(int8_t kind)
{
    return kind == KAFC_CONFIG_BROKER || kind == KAFC_CONFIG_BROKER_LOGGER;
}

void kafc__resource_name(struct kafc_admin_item *item, int8_t kind, kafc_str name)
{
    const char *what;
    switch (kind) {
    case KAFC_CONFIG_TOPIC: what = "configs of topic"; break;
    case KAFC_CONFIG_BROKER: what = name.len ? "configs of broker" : "configs of all brokers"; break;
    case KAFC_CONFIG_BROKER_LOGGER: what = "loggers of broker"; break;
    case KAFC_CONFIG_CLIENT_METRICS: what = "client metrics"; break;
    case KAFC_CONFIG_GROUP: what = "configs of group"; break;
    default: what = "configs of"; break;
    }
    if (name.len)
        kafc__admin_name(item, what, name);
    else
        (void)snprintf(item->name, sizeof(item->name), "%s", what);
}

static bool is_id(const char *name)
{
    size_t n = strspn(name, "0123456789");
    return n > 0 && n <= 10 && !name[n];
}

static kafc_err check(const struct kafc_resources *r, kafc_error *err)
{
    if (r->n < 0 || (r->n > 0 && !r->v))
        return kafc__error(err, KAFC_ERR_USAGE, "%d resources at %s", (int)r->n, r->v ? "an address" : "NULL");
    for (int32_t i = 0; i < r->n; i++) {
        const kafc_config_resource *of = kafc__resource(r, i);
        bool known = of->kind == KAFC_CONFIG_TOPIC || is_brokers((int8_t)of->kind) ||
                     of->kind == KAFC_CONFIG_CLIENT_METRICS || of->kind == KAFC_CONFIG_GROUP;
        if (!known || !of->name || strlen(of->name) > INT16_MAX)
            return kafc__error(err, KAFC_ERR_USAGE, "resource %d has %s", (int)i,
                               !known      ? "no kind that is known"
                               : !of->name ? "no name"
                                           : "too long a name");
        if (!*of->name && of->kind != KAFC_CONFIG_BROKER)
            return kafc__error(err, KAFC_ERR_USAGE, "the name of resource %d is empty", (int)i);
        if (*of->name && is_brokers((int8_t)of->kind) && !is_id(of->name))
            return kafc__error(err, KAFC_ERR_USAGE, "'%.64s' is no id of a broker", of->name);
    }
    return KAFC_OK;
}

static int order(const kafc_config_resource *of, int8_t kind, kafc_str name)
{
    return (int8_t)of->kind != kind ? (int8_t)of->kind - kind
                                    : kafc__str_order(kafc__str(of->name), name);
}

static int by_place(const void *x, const void *y)
{
    const struct kafc_resource_at *a = x, *b = y;
    int d = order(a->of, (int8_t)b->of->kind, kafc__str(b->of->name));
    return d ? d : (a->i > b->i) - (a->i < b->i);
}

kafc_err kafc__resources_init(struct kafc_resources *r, const void *v, size_t stride, int32_t n,
                              struct kafc_arena *a, kafc_error *err)
{
    *r = (struct kafc_resources){ v, stride, n, NULL };
    kafc_err rc = check(r, err);
    if (rc != KAFC_OK)
        return rc;
    r->sorted = kafc__arena_array(a, (size_t)n, sizeof(*r->sorted));
    if (!r->sorted)
        return kafc__admin_no_memory("the resources", err);
    for (int32_t i = 0; i < n; i++)
        r->sorted[i] = (struct kafc_resource_at){ kafc__resource(r, i), i };
    if (n > 1)
        qsort(r->sorted, (size_t)n, sizeof(*r->sorted), by_place);
    return KAFC_OK;
}

const struct kafc_resource_at *kafc__resources_find(const struct kafc_resources *r, int8_t kind,
                                                    kafc_str name, int32_t *n)
{
    int32_t lo = 0, hi = r->n;
    while (lo < hi) {
        int32_t mid = lo + (hi - lo) / 2;
        if (order(r->sorted[mid].of, kind, name) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    for (*n = 0; lo + *n < r->n && order(r->sorted[lo + *n].of, kind, name) == 0;)
        ++*n;
    return r->sorted + lo;
}

kafc_err kafc__resource_missing(const kafc_config_resource *of, const kafc_answer *a, kafc_err rc)
{
    kafc_err first = rc < 0 ? rc : KAFC_ERR_PROTOCOL;
    bool own = is_brokers((int8_t)of->kind) && *of->name;
    for (int32_t i = 0; a && own && i < a->nparts; i++)
        if (a->parts[i].err != KAFC_OK && a->parts[i].broker == (int32_t)strtol(of->name, NULL, 10))
            return a->parts[i].err;
    return first;
}

kafc_err kafc__resource_left_out(const struct kafc_admin_kind *kind, const kafc_config_resource *of,
                                 kafc_error *err)
{
    struct kafc_admin_item item;
    kafc__resource_name(&item, (int8_t)of->kind, kafc__str(of->name));
    return kafc__error(err, KAFC_ERR_PROTOCOL, "%s was answered without %s", kind->api->name, item.name);
}

/* --- Describe ------------------------------------------------------------------------------ */

typedef struct kafc_describe_configs_resp describe_resp;
typedef struct kafc_describe_configs_resp_result describe_result;
typedef struct kafc_describe_configs_resp_config describe_config;

static bool item(const void *resp, int32_t i, struct kafc_admin_item *out)
{
    const describe_resp *r = resp;
    if (i >= r->results.n)
        return false;
    kafc__resource_name(out, r->results.v[i].resource_type, r->results.v[i].resource_name);
    out->code = r->results.v[i].error_code;
    out->words = r->results.v[i].error_message;
    return true;
}

static const struct kafc_admin_kind describing = {
    .api = &kafc_describe_configs_api,
    .what = "described",
    .since = "0.11",
    .unknown_stands = true,
    .item = item,
};

static int by_entry(const void *a, const void *b)
{
    return strcmp(((const kafc_config_entry *)a)->name, ((const kafc_config_entry *)b)->name);
}

/* Version 0 tells only whether it is a default; then nothing was dynamic but a topic's. */
static kafc_config_source source_of(int8_t kind, const describe_config *c, int16_t version)
{
    if (version > 0)
        return c->config_source > 0 ? (kafc_config_source)c->config_source : KAFC_SOURCE_UNKNOWN;
    if (c->is_default)
        return KAFC_SOURCE_DEFAULT;
    return kind == KAFC_CONFIG_TOPIC ? KAFC_SOURCE_TOPIC : KAFC_SOURCE_STATIC_BROKER;
}

static void put_synonyms(struct kafc_arena *a, kafc_config_entry *to, const describe_config *c)
{
    int32_t n = c->synonyms.n > 0 ? c->synonyms.n : 0;
    kafc_config_synonym *v = n ? kafc__arena_array(a, (size_t)n, sizeof(*v)) : NULL;
    for (int32_t i = 0; v && i < n; i++) {
        v[i].name = kafc__piece_text(a, c->synonyms.v[i].name, "");
        v[i].value = kafc__piece_text(a, c->synonyms.v[i].value, NULL);
        v[i].source = (kafc_config_source)c->synonyms.v[i].source;
    }
    to->synonyms = v;
    to->nsynonyms = v ? n : 0;
}

static void put_entries(struct kafc_arena *a, kafc_described_configs *to, const describe_result *r,
                        int16_t version)
{
    kafc_config_entry *v = kafc__arena_array(a, (size_t)r->configs.n, sizeof(*v));
    for (int32_t i = 0; v && i < r->configs.n; i++) {
        const describe_config *c = &r->configs.v[i];
        v[i].name = kafc__piece_text(a, c->name, "");
        v[i].value = kafc__piece_text(a, c->value, NULL);
        v[i].source = source_of(r->resource_type, c, version);
        v[i].type = (kafc_config_type)c->config_type;
        v[i].read_only = c->read_only;
        v[i].sensitive = c->is_sensitive;
        if (c->documentation.len > 0)
            v[i].documentation = kafc__piece_text(a, c->documentation, NULL);
        put_synonyms(a, &v[i], c);
    }
    if (a->failed)
        return;
    if (r->configs.n > 1)
        qsort(v, (size_t)r->configs.n, sizeof(*v), by_entry);
    to->entries = v;
    to->nentries = r->configs.n;
}

/* One resource may have been asked for twice. */
static void take_part(const struct kafc_resources *q, kafc_described_configs *v, bool *told,
                      const kafc_answer_part *part, struct kafc_arena *a)
{
    const describe_resp *r = part->resp;
    for (int32_t i = 0; i < r->results.n; i++) {
        const describe_result *one = &r->results.v[i];
        int32_t n;
        const struct kafc_resource_at *at = kafc__resources_find(q, one->resource_type,
                                                                 one->resource_name, &n);
        for (; n > 0; n--, at++) {
            if (told[at->i])
                continue;
            told[at->i] = true;
            v[at->i].result = (kafc_err)one->error_code;
            if (one->error_code == 0)
                put_entries(a, &v[at->i], one, part->version);
        }
    }
}

/* *rc: KAFC_ERR_PROTOCOL if all is well and one is left out. NULL: out of memory. */
static kafc_config_descriptions *described(kafc_client *c, const struct kafc_resources *q,
                                           const kafc_answer *a, kafc_err *rc, kafc_error *err)
{
    kafc_config_descriptions *d = kafc__piece_new(&c->mem, sizeof(*d));
    if (!d)
        return NULL;
    struct kafc_arena *arena = kafc__piece_arena(d);
    kafc_described_configs *v = kafc__arena_array(arena, (size_t)q->n, sizeof(*v));
    bool *told = kafc__arena_array(arena, (size_t)q->n, sizeof(*told));
    for (int32_t i = 0; v && told && i < a->nparts; i++)
        if (a->parts[i].resp)
            take_part(q, v, told, &a->parts[i], arena);
    for (int32_t i = 0; v && told && i < q->n; i++) {
        const kafc_config_resource *of = kafc__resource(q, i);
        v[i].of.kind = of->kind;
        v[i].of.name = kafc__piece_text(arena, kafc__str(of->name), "");
        if (!told[i])
            v[i].result = kafc__resource_missing(of, a, *rc);
        if (!told[i] && *rc == KAFC_OK)
            *rc = kafc__resource_left_out(&describing, of, err);
    }
    d->resources = v;
    d->nresources = q->n;
    return kafc__piece_done(d);
}

static bool put_query(struct kafc_describe_configs_req_resource *to, const kafc_config_query *q,
                      struct kafc_arena *a)
{
    to->resource_type = (int8_t)q->of.kind;
    to->resource_name = kafc__str(q->of.name);
    to->configuration_keys.n = q->names ? q->nnames : -1;
    if (!q->names)
        return true;
    to->configuration_keys.v = kafc__admin_texts(a, q->names, q->nnames);
    return to->configuration_keys.v != NULL;
}

static bool fill(struct kafc_describe_configs_req *req, const kafc_config_query *q, int32_t n,
                 unsigned besides, struct kafc_arena *a)
{
    kafc__msg_defaults(&kafc_describe_configs_req_schema, req);
    req->include_synonyms = besides & KAFC_CONFIG_SYNONYMS;
    req->include_documentation = besides & KAFC_CONFIG_DOCUMENTATION;
    req->resources.n = n;
    req->resources.v = kafc__msg_array(&kafc_describe_configs_req_resource_schema, n, a);
    bool ok = req->resources.v != NULL;
    for (int32_t i = 0; ok && i < n; i++)
        ok = put_query(&req->resources.v[i], &q[i], a);
    return ok;
}

/* What a broker is too old for is left out. */
static kafc_err ask(struct kafc_admin *k, struct kafc_describe_configs_req *req, kafc_answer **a)
{
    for (;;) {
        kafc_err rc = kafc__admin_ask(k->c, &describing, req, KAFC_BY_ROUTE, k->deadline, a, k->err);
        if (rc != KAFC_ERR_ENCODE || (!req->include_documentation && !req->include_synonyms))
            return rc;
        kafc_answer_free(*a);
        *a = NULL;
        req->include_synonyms &= req->include_documentation;
        req->include_documentation = false;
    }
}

static kafc_err check_query(struct kafc_resources *r, const kafc_config_query *q, int32_t n,
                            struct kafc_admin *k)
{
    kafc_err rc = kafc__resources_init(r, q, sizeof(*q), n, &k->arena, k->err);
    for (int32_t i = 0; i < n && rc == KAFC_OK; i++) {
        bool ok = q[i].nnames >= 0 && (q[i].nnames == 0 || q[i].names);
        for (int32_t c = 0; ok && c < q[i].nnames; c++)
            ok = q[i].names[c] != NULL;
        if (!ok)
            rc = kafc__error(k->err, KAFC_ERR_USAGE, "'%.200s': %d configs, not all with a name",
                             q[i].of.name, (int)q[i].nnames);
    }
    return rc;
}

static kafc_err describe(struct kafc_admin *k, const kafc_config_query *q, int32_t n,
                         unsigned besides, kafc_config_descriptions **out)
{
    struct kafc_resources r;
    struct kafc_describe_configs_req req;
    kafc_answer *a;
    kafc_err rc = check_query(&r, q, n, k);
    if (rc != KAFC_OK)
        return rc;
    if (!fill(&req, q, n, besides, &k->arena))
        return kafc__admin_no_memory("the configs", k->err);
    rc = ask(k, &req, &a);
    if (a) {
        *out = described(k->c, &r, a, &rc, k->err);
        rc = *out ? rc : kafc__admin_no_memory("the configs", k->err);
    }
    kafc_answer_free(a);
    return rc;
}

kafc_err kafc_admin_describe_configs(kafc_client *c, const kafc_config_query *q, int32_t n,
                                     unsigned besides, int timeout_ms,
                                     kafc_config_descriptions **out, kafc_error *err)
{
    struct kafc_admin k;
    if (!out)
        return kafc__error(err, KAFC_ERR_USAGE, "there is no place for the configs");
    *out = NULL;
    kafc_err rc = kafc__admin_begin(&k, c, timeout_ms, err);
    return rc == KAFC_OK ? kafc__admin_end(&k, describe(&k, q, n, besides, out)) : rc;
}

void kafc_config_descriptions_free(kafc_config_descriptions *d)
{
    kafc__piece_free(d);
}

/* --- List ------------------------------------------------------------------------------------ */

enum { KINDS = 8 }; /* bits */

static const struct kafc_admin_kind listing = {
    .api = &kafc_list_config_resources_api,
    .what = "listed",
    .since = "4.1",
    .whole = "resources with configs",
};

static int by_resource(const void *a, const void *b)
{
    const kafc_config_resource *x = a, *y = b;
    return x->kind != y->kind ? (x->kind > y->kind) - (x->kind < y->kind) : strcmp(x->name, y->name);
}

/* Of these kinds only. */
static kafc_config_resources *listed(kafc_client *c, unsigned kinds, const kafc_answer *answer)
{
    const struct kafc_list_config_resources_resp *r = answer->resp;
    kafc_config_resources *out = kafc__piece_new(&c->mem, sizeof(*out));
    if (!out)
        return NULL;
    struct kafc_arena *a = kafc__piece_arena(out);
    kafc_config_resource *v = kafc__arena_array(a, (size_t)r->config_resources.n, sizeof(*v));
    int32_t n = 0;
    for (int32_t i = 0; v && i < r->config_resources.n; i++) {
        unsigned kind = (unsigned)r->config_resources.v[i].resource_type;
        if (kinds && !(kinds & kind))
            continue;
        v[n].kind = (kafc_config_kind)kind;
        v[n++].name = kafc__piece_text(a, r->config_resources.v[i].resource_name, "");
    }
    if (n > 1 && !a->failed)
        qsort(v, (size_t)n, sizeof(*v), by_resource);
    out->resources = v;
    out->nresources = n;
    return kafc__piece_done(out);
}

/* Version 0 has no filter, and knows client metrics alone. */
static kafc_err list(struct kafc_admin *k, unsigned kinds, kafc_config_resources **out)
{
    struct kafc_list_config_resources_req req;
    int8_t type[KINDS];
    kafc_answer *a;
    kafc__msg_defaults(&kafc_list_config_resources_req_schema, &req);
    req.resource_types.v = type;
    for (unsigned bit = 0; bit < KINDS - 1; bit++)
        if (kinds >> bit & 1)
            type[req.resource_types.n++] = (int8_t)(1 << bit);
    kafc_err rc = kafc__admin_ask(k->c, &listing, &req, KAFC_BY_ROUTE, k->deadline, &a, k->err);
    if (rc == KAFC_ERR_ENCODE) {
        kafc_answer_free(a);
        req.resource_types.n = 0;
        rc = kafc__admin_ask(k->c, &listing, &req, KAFC_BY_ROUTE, k->deadline, &a, k->err);
    }
    if (rc == KAFC_OK && a->parts[0].version == 0 && kinds != KAFC_CONFIG_CLIENT_METRICS)
        rc = kafc__error(k->err, KAFC_ERR_UNSUPPORTED,
                         "node %d is too old to list others than client metrics; brokers from %s on can",
                         (int)a->parts[0].broker, listing.since);
    if (rc == KAFC_OK) {
        *out = listed(k->c, kinds, a);
        rc = *out ? KAFC_OK : kafc__admin_no_memory("the configs", k->err);
    }
    kafc_answer_free(a);
    return rc;
}

kafc_err kafc_admin_list_config_resources(kafc_client *c, unsigned kinds, int timeout_ms,
                                          kafc_config_resources **out, kafc_error *err)
{
    struct kafc_admin k;
    if (!out || kinds >= 1U << (KINDS - 1))
        return kafc__error(err, KAFC_ERR_USAGE, out ? "kinds %u" : "no place for %u kinds", kinds);
    *out = NULL;
    kafc_err rc = kafc__admin_begin(&k, c, timeout_ms, err);
    return rc == KAFC_OK ? kafc__admin_end(&k, list(&k, kinds, out)) : rc;
}

void kafc_config_resources_free(kafc_config_resources *r)
{
    kafc__piece_free(r);
}
