/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ACLs created, described and deleted. Answers to creations and deletions name
 * nothing: what they mean stands in the request, at the same place.
 */
#include <kafc/acls.h>

#include <stdio.h>
#include <stdlib.h>

#include "base/str.h"
#include "client/admin.h"
#include "protocol/api/29_describe_acls.h"
#include "protocol/api/30_create_acls.h"
#include "protocol/api/31_delete_acls.h"

enum { PRINCIPAL_MAX = 60, NAME_MAX_SHOWN = 120 }; /* bytes in a sentence */

static kafc_err no_memory(kafc_error *err)
{
    return kafc__admin_no_memory("the ACLs", err);
}

/* Of a number that has no name, the number. */
static const char *word(const char *name, unsigned v, char *buf, size_t n)
{
    if (!name)
        (void)snprintf(buf, n, "%u", v);
    return name ? name : buf;
}

/* --- Create --------------------------------------------------------------------------- */

static bool created(const void *resp, int32_t i, struct kafc_admin_item *out)
{
    const struct kafc_create_acls_resp *r = resp;
    const struct kafc_create_acls_req *q = out->req;
    char permission[8], operation[8], resource[8];
    if (i >= r->results.n || i >= q->creations.n)
        return false;
    const struct kafc_create_acls_req_acl *a = &q->creations.v[i];
    out->code = r->results.v[i].error_code;
    out->words = r->results.v[i].error_message;
    if (out->code != 0)
        (void)snprintf(out->name, sizeof(out->name), "ACL %d, %s %.*s %s on %s '%.*s',", (int)i,
                       word(kafc_acl_permission_name((kafc_acl_permission)a->permission_type),
                            (uint8_t)a->permission_type, permission, sizeof(permission)),
                       KAFC_STR_HEAD(a->principal, PRINCIPAL_MAX),
                       word(kafc_acl_operation_name((kafc_acl_operation)a->operation),
                            (uint8_t)a->operation, operation, sizeof(operation)),
                       word(kafc_acl_resource_name((kafc_acl_resource)a->resource_type),
                            (uint8_t)a->resource_type, resource, sizeof(resource)),
                       KAFC_STR_HEAD(a->resource_name, NAME_MAX_SHOWN));
    return true;
}

static const struct kafc_admin_kind creating = {
    .api = &kafc_create_acls_api,
    .what = "created",
    .since = "0.11",
    .item = created,
};

static const char *name_of(const kafc_acl *a)
{
    return a->name || a->resource != KAFC_ACL_CLUSTER ? a->name : "kafka-cluster";
}

static bool create_request(struct kafc_create_acls_req *req, const kafc_acl *acls, int32_t n,
                           struct kafc_arena *a)
{
    kafc__msg_defaults(&kafc_create_acls_req_schema, req);
    struct kafc_create_acls_req_acl *v = kafc__msg_array(&kafc_create_acls_req_acl_schema, n, a);
    req->creations.v = v;
    req->creations.n = n;
    for (int32_t i = 0; v && i < n; i++) {
        v[i].resource_type = (int8_t)acls[i].resource;
        v[i].resource_name = kafc__str(name_of(&acls[i]));
        v[i].resource_pattern_type = (int8_t)(acls[i].pattern ? acls[i].pattern : KAFC_ACL_LITERAL);
        v[i].principal = kafc__str(acls[i].principal);
        v[i].host = kafc__str(acls[i].host ? acls[i].host : "*");
        v[i].operation = (int8_t)acls[i].operation;
        v[i].permission_type = (int8_t)acls[i].permission;
    }
    return v != NULL;
}

static bool in_range(unsigned v, unsigned min)
{
    return v >= min && v <= INT8_MAX;
}

static kafc_err check_new(const kafc_acl *a, int32_t i, kafc_error *err)
{
    const char *why = NULL;
    if (!in_range(a->resource, KAFC_ACL_TOPIC))
        why = "it takes a resource, such as KAFC_ACL_TOPIC";
    else if (a->pattern && !in_range(a->pattern, KAFC_ACL_LITERAL))
        why = "its pattern is for filters only";
    else if (!name_of(a) || !*name_of(a))
        why = "the name of the resource is empty";
    else if (!a->principal || !strchr(a->principal, ':'))
        why = "its principal has no type: 'User:NAME'";
    else if (!in_range(a->operation, KAFC_ACL_ALL))
        why = "it takes an operation, such as KAFC_ACL_READ";
    else if (!in_range(a->permission, KAFC_ACL_DENY))
        why = "it takes KAFC_ACL_ALLOW or KAFC_ACL_DENY";
    return why ? kafc__error(err, KAFC_ERR_USAGE, "ACL %d of '%.100s' cannot be created: %s", (int)i,
                             a->principal ? a->principal : "", why)
               : KAFC_OK;
}

static kafc_err check_all(const kafc_acl *acls, int32_t n, const char *what,
                          kafc_err (*check)(const kafc_acl *a, int32_t i, kafc_error *err),
                          kafc_error *err)
{
    kafc_err rc = KAFC_OK;
    if (n < 0 || (n > 0 && !acls))
        return kafc__error(err, KAFC_ERR_USAGE, "there are no %s, but their number is %d", what,
                           (int)n);
    for (int32_t i = 0; i < n && rc == KAFC_OK; i++)
        rc = check(&acls[i], i, err);
    return rc;
}

/* Version 0 has literal names alone. */
static kafc_err too_old(kafc_err rc, kafc_error *err)
{
    return rc == KAFC_ERR_ENCODE && err->version == 0
               ? kafc__error(err, KAFC_ERR_UNSUPPORTED,
                             "the broker is too old for patterns of names: they take one from 2.0 on")
               : rc;
}

static kafc_err create(struct kafc_admin *k, kafc_acl *acls, int32_t n)
{
    struct kafc_create_acls_req req;
    kafc_answer *answer = NULL;
    kafc_err rc = create_request(&req, acls, n, &k->arena)
                      ? kafc__admin_ask(k->c, &creating, &req, KAFC_BY_ROUTE, k->deadline, &answer,
                                        k->err)
                      : no_memory(k->err);
    const struct kafc_create_acls_resp *r = answer ? answer->resp : NULL;
    if (r && r->results.n != n)
        rc = kafc__error(k->err, KAFC_ERR_PROTOCOL, "CreateAcls of %d ACLs was answered for %d",
                         (int)n, (int)r->results.n);
    rc = too_old(rc, k->err);
    for (int32_t i = 0; i < n; i++)
        acls[i].result = r && i < r->results.n ? (kafc_err)r->results.v[i].error_code : rc;
    kafc_answer_free(answer);
    return rc;
}

kafc_err kafc_admin_create_acls(kafc_client *c, kafc_acl *acls, int32_t n, int timeout_ms,
                                kafc_error *err)
{
    struct kafc_admin k;
    kafc_err rc = kafc__admin_begin(&k, c, timeout_ms, err);
    if (rc != KAFC_OK)
        return rc;
    rc = check_all(acls, n, "ACLs", check_new, k.err);
    if (rc == KAFC_OK && n > 0)
        rc = create(&k, acls, n);
    return kafc__admin_end(&k, rc);
}

/* --- What brokers tell ----------------------------------------------------------------- */

static int order(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int by_all(const void *x, const void *y)
{
    const kafc_acl *a = x, *b = y;
    int d = order(a->resource, b->resource);
    d = d ? d : strcmp(a->name, b->name);
    d = d ? d : order(a->pattern, b->pattern);
    d = d ? d : strcmp(a->principal, b->principal);
    d = d ? d : strcmp(a->host, b->host);
    d = d ? d : order(a->operation, b->operation);
    return d ? d : order(a->permission, b->permission);
}

static void sort(kafc_acl *v, int32_t n)
{
    if (n > 1)
        qsort(v, (size_t)n, sizeof(*v), by_all);
}

static kafc_acl put(struct kafc_arena *a, int8_t resource, int8_t pattern, kafc_str name,
                    kafc_str principal, kafc_str host, int8_t operation, int8_t permission)
{
    return (kafc_acl){
        .resource = (kafc_acl_resource)(uint8_t)resource,
        .pattern = (kafc_acl_pattern)(uint8_t)pattern,
        .name = kafc__piece_text(a, name, ""),
        .principal = kafc__piece_text(a, principal, ""),
        .host = kafc__piece_text(a, host, ""),
        .operation = (kafc_acl_operation)(uint8_t)operation,
        .permission = (kafc_acl_permission)(uint8_t)permission,
    };
}

/* --- Filters ------------------------------------------------------------------------------ */

/* The members of a filter, which are named alike in both APIs. Brokers that know no patterns have literal names only:
 * there any pattern is asked for as KAFC_ACL_LITERAL. */
#define FILTER(f, any) \
    .resource_type_filter = (int8_t)((f)->resource ? (f)->resource : KAFC_ACL_ANY_RESOURCE), \
    .resource_name_filter = kafc__str((f)->name), \
    .pattern_type_filter = (int8_t)((f)->pattern > KAFC_ACL_ANY_PATTERN ? (f)->pattern : (any)), \
    .principal_filter = kafc__str((f)->principal), .host_filter = kafc__str((f)->host), \
    .operation = (int8_t)((f)->operation ? (f)->operation : KAFC_ACL_ANY_OPERATION), \
    .permission_type = (int8_t)((f)->permission ? (f)->permission : KAFC_ACL_ANY_PERMISSION)

static kafc_err check_filter(const kafc_acl *f, int32_t i, kafc_error *err)
{
    if (in_range(f->resource, 0) && in_range(f->pattern, 0) && in_range(f->operation, 0) &&
        in_range(f->permission, 0))
        return KAFC_OK;
    return kafc__error(err, KAFC_ERR_USAGE,
                       "filter %d: resource %d, pattern %d, operation %d or permission %d is above %d",
                       (int)i, (int)f->resource, (int)f->pattern, (int)f->operation,
                       (int)f->permission, INT8_MAX);
}

/* --- Describe ---------------------------------------------------------------------------- */

static const struct kafc_admin_kind describing = {
    .api = &kafc_describe_acls_api,
    .what = "described",
    .since = "0.11",
    .whole = "the ACLs",
};

static kafc_acl_list *listed(const kafc_allocator *mem, const struct kafc_describe_acls_resp *r)
{
    kafc_acl_list *l = kafc__piece_new(mem, sizeof(*l));
    if (!l)
        return NULL;
    struct kafc_arena *a = kafc__piece_arena(l);
    size_t n = 0;
    for (int32_t i = 0; i < r->resources.n; i++)
        n += (size_t)r->resources.v[i].acls.n;
    kafc_acl *v = kafc__arena_array(a, n, sizeof(*v));
    for (int32_t i = 0; v && i < r->resources.n; i++) {
        const struct kafc_describe_acls_resp_resource *of = &r->resources.v[i];
        for (int32_t k = 0; k < of->acls.n; k++)
            v[l->nacls++] = put(a, of->resource_type, of->pattern_type, of->resource_name,
                                of->acls.v[k].principal, of->acls.v[k].host,
                                of->acls.v[k].operation, of->acls.v[k].permission_type);
    }
    if (!a->failed)
        sort(v, l->nacls);
    l->acls = v;
    return kafc__piece_done(l);
}

static kafc_err describe(struct kafc_admin *k, const kafc_acl *f, kafc_acl_list **out)
{
    struct kafc_describe_acls_req req = { FILTER(f, KAFC_ACL_ANY_PATTERN) };
    kafc_answer *answer;
    kafc_err rc = kafc__admin_ask(k->c, &describing, &req, KAFC_BY_ROUTE, k->deadline, &answer,
                                  k->err);
    if (rc == KAFC_ERR_ENCODE) {
        kafc_answer_free(answer);
        req = (struct kafc_describe_acls_req){ FILTER(f, KAFC_ACL_LITERAL) };
        rc = kafc__admin_ask(k->c, &describing, &req, KAFC_BY_ROUTE, k->deadline, &answer, k->err);
    }
    rc = too_old(rc, k->err);
    if (rc == KAFC_OK && !(*out = listed(&k->c->mem, answer->resp)))
        rc = no_memory(k->err);
    kafc_answer_free(answer);
    return rc;
}

kafc_err kafc_admin_describe_acls(kafc_client *c, const kafc_acl *filter, int timeout_ms,
                                  kafc_acl_list **out, kafc_error *err)
{
    static const kafc_acl all;
    const kafc_acl *f = filter ? filter : &all;
    struct kafc_admin k;
    if (!out)
        return kafc__error(err, KAFC_ERR_USAGE, "there is no place for the ACLs");
    *out = NULL;
    kafc_err rc = kafc__admin_begin(&k, c, timeout_ms, err);
    if (rc != KAFC_OK)
        return rc;
    rc = check_filter(f, 0, k.err);
    if (rc == KAFC_OK)
        rc = describe(&k, f, out);
    return kafc__admin_end(&k, rc);
}

void kafc_acl_list_free(kafc_acl_list *l)
{
    kafc__piece_free(l);
}

/* --- Delete --------------------------------------------------------------------------------- */

/* A filter's own code, then those of what it matched; the items of all filters one behind the other. */
static bool deleted(const void *resp, int32_t i, struct kafc_admin_item *out)
{
    const struct kafc_delete_acls_resp *r = resp;
    int32_t f = out->at[0];
    if (f >= r->filter_results.n)
        return false;
    const struct kafc_delete_acls_resp_result *of = &r->filter_results.v[f];
    i = out->at[1]++;
    if (i == of->matching_acls.n) {
        out->at[0]++;
        out->at[1] = 0;
    }
    if (i == 0) {
        out->code = of->error_code;
        out->words = of->error_message;
        (void)snprintf(out->name, sizeof(out->name), "what filter %d matches", (int)f);
        return true;
    }
    const struct kafc_delete_acls_resp_acl *a = &of->matching_acls.v[i - 1];
    out->code = a->error_code;
    out->words = a->error_message;
    (void)snprintf(out->name, sizeof(out->name), "the ACL of %.*s on '%.*s'",
                   KAFC_STR_HEAD(a->principal, PRINCIPAL_MAX),
                   KAFC_STR_HEAD(a->resource_name, NAME_MAX_SHOWN));
    return true;
}

static const struct kafc_admin_kind deleting = {
    .api = &kafc_delete_acls_api,
    .what = "deleted",
    .since = "0.11",
    .once = true,
    .item = deleted,
};

static bool delete_request(struct kafc_delete_acls_req *req, const kafc_acl *f, int32_t n,
                           kafc_acl_pattern any, struct kafc_arena *a)
{
    struct kafc_delete_acls_req_filter *v = kafc__arena_array(a, (size_t)n, sizeof(*v));
    *req = (struct kafc_delete_acls_req){ .filters = { v, n } };
    for (int32_t i = 0; v && i < n; i++)
        v[i] = (struct kafc_delete_acls_req_filter){ FILTER(&f[i], any) };
    return v != NULL;
}

static void put_deleted(struct kafc_arena *a, const struct kafc_delete_acls_resp_result *from,
                        kafc_deleted_acls *to)
{
    kafc_acl *v = kafc__arena_array(a, (size_t)from->matching_acls.n, sizeof(*v));
    for (int32_t i = 0; v && i < from->matching_acls.n; i++) {
        const struct kafc_delete_acls_resp_acl *of = &from->matching_acls.v[i];
        v[i] = put(a, of->resource_type, of->pattern_type, of->resource_name, of->principal,
                   of->host, of->operation, of->permission_type);
        v[i].result = (kafc_err)of->error_code;
    }
    if (!a->failed)
        sort(v, from->matching_acls.n);
    *to = (kafc_deleted_acls){ (kafc_err)from->error_code, v, from->matching_acls.n };
}

static kafc_acl_deletions *deletions(const kafc_allocator *mem,
                                     const struct kafc_delete_acls_resp *r)
{
    kafc_acl_deletions *d = kafc__piece_new(mem, sizeof(*d));
    if (!d)
        return NULL;
    kafc_deleted_acls *v = kafc__arena_array(kafc__piece_arena(d), (size_t)r->filter_results.n,
                                             sizeof(*v));
    for (int32_t i = 0; v && i < r->filter_results.n; i++)
        put_deleted(kafc__piece_arena(d), &r->filter_results.v[i], &v[i]);
    d->filters = v;
    d->nfilters = r->filter_results.n;
    return kafc__piece_done(d);
}

static kafc_err delete_all(struct kafc_admin *k, const kafc_acl *f, int32_t n,
                           kafc_acl_deletions **out)
{
    struct kafc_delete_acls_req req;
    kafc_answer *answer = NULL;
    kafc_err rc = KAFC_ERR_ENCODE;
    for (int i = 0; i < 2 && rc == KAFC_ERR_ENCODE; i++) {
        kafc_answer_free(answer);
        answer = NULL;
        rc = delete_request(&req, f, n, i ? KAFC_ACL_LITERAL : KAFC_ACL_ANY_PATTERN, &k->arena)
                 ? kafc__admin_ask(k->c, &deleting, &req, KAFC_BY_ROUTE, k->deadline, &answer,
                                   k->err)
                 : no_memory(k->err);
    }
    rc = too_old(rc, k->err);
    const struct kafc_delete_acls_resp *r = answer ? answer->resp : NULL;
    if (r && r->filter_results.n != n)
        rc = kafc__error(k->err, KAFC_ERR_PROTOCOL, "DeleteAcls of %d filters was answered for %d",
                         (int)n, (int)r->filter_results.n);
    else if (r && out && !(*out = deletions(&k->c->mem, r)))
        rc = no_memory(k->err);
    kafc_answer_free(answer);
    return rc;
}

kafc_err kafc_admin_delete_acls(kafc_client *c, const kafc_acl *filters, int32_t n, int timeout_ms,
                                kafc_acl_deletions **out, kafc_error *err)
{
    struct kafc_admin k;
    if (out)
        *out = NULL;
    kafc_err rc = kafc__admin_begin(&k, c, timeout_ms, err);
    if (rc != KAFC_OK)
        return rc;
    rc = check_all(filters, n, "filters", check_filter, k.err);
    if (rc == KAFC_OK)
        rc = delete_all(&k, filters, n, out);
    return kafc__admin_end(&k, rc);
}

void kafc_acl_deletions_free(kafc_acl_deletions *d)
{
    kafc__piece_free(d);
}
