/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ACLs kept, found and applied, to who has logged in or User:ANONYMOUS, at one
 * host.
 */
#include "mock/acl.h"

#include "base/mem.h"
#include "base/str.h"

static bool begins(kafc_str s, kafc_str with)
{
    return s.len >= with.len && (with.len <= 0 || memcmp(s.p, with.p, (size_t)with.len) == 0);
}

/* ---- kept ---- */

static kafc_str put(char **at, kafc_str s)
{
    kafc_str to = { *at, s.len };

    if (s.len > 0)
        memcpy(*at, s.p, (size_t)s.len);
    *at += s.len;
    return to;
}

bool kafc__macl_add(struct kafc_cluster *c, const struct kafc_macl_spec *s)
{
    size_t n = (size_t)s->name.len + (size_t)s->principal.len + (size_t)s->host.len;
    struct kafc_macl *acl;
    char *at;

    for (acl = kafc__macl_first(c); acl; acl = kafc__macl_next(c, acl))
        if (kafc__macl_matches(acl, s))
            return true;
    acl = kafc__zalloc(&c->mem, sizeof *acl + n + 1);
    if (!acl)
        return false;
    acl->resource = s->resource;
    acl->pattern = s->pattern;
    acl->operation = s->operation;
    acl->permission = s->permission;
    at = acl->text;
    acl->name = put(&at, s->name);
    acl->principal = put(&at, s->principal);
    acl->host = put(&at, s->host);
    kafc__list_push(&c->acls, &acl->node);
    return true;
}

void kafc__macl_free(struct kafc_cluster *c, struct kafc_macl *acl)
{
    kafc__list_del(&acl->node);
    kafc__free(&c->mem, acl);
}

void kafc__macls_free(struct kafc_cluster *c)
{
    struct kafc_macl *acl;

    while ((acl = kafc__macl_first(c)))
        kafc__macl_free(c, acl);
}

/* ---- found ---- */

/* Does it count for the resource of this name? */
static bool covers(const struct kafc_macl *acl, kafc_str name)
{
    return acl->pattern == KAFC_ACL_PREFIXED
               ? begins(name, acl->name)
               : kafc__str_same(acl->name, name) || kafc__str_is(acl->name, "*");
}

bool kafc__macl_matches(const struct kafc_macl *acl, const struct kafc_macl_spec *f)
{
    return (f->resource == KAFC_ACL_ANY_RESOURCE || f->resource == acl->resource) &&
           (f->pattern <= KAFC_ACL_MATCH || f->pattern == acl->pattern) &&
           (!f->name.p ||
            (f->pattern == KAFC_ACL_MATCH ? covers(acl, f->name) : kafc__str_same(acl->name, f->name))) &&
           (!f->principal.p || kafc__str_same(acl->principal, f->principal)) &&
           (!f->host.p || kafc__str_same(acl->host, f->host)) &&
           (f->operation == KAFC_ACL_ANY_OPERATION || f->operation == acl->operation) &&
           (f->permission == KAFC_ACL_ANY_PERMISSION || f->permission == acl->permission);
}

/* ---- applied ---- */

static const kafc_err refusal[] = {
    [KAFC_ACL_TOPIC] = KAFC_ERR_TOPIC_AUTHORIZATION_FAILED,
    [KAFC_ACL_GROUP] = KAFC_ERR_GROUP_AUTHORIZATION_FAILED,
    [KAFC_ACL_CLUSTER] = KAFC_ERR_CLUSTER_AUTHORIZATION_FAILED,
    [KAFC_ACL_TRANSACTIONAL_ID] = KAFC_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
    [KAFC_ACL_DELEGATION_TOKEN] = KAFC_ERR_DELEGATION_TOKEN_AUTHORIZATION_FAILED,
    [KAFC_ACL_USER] = KAFC_ERR_CLUSTER_AUTHORIZATION_FAILED,
};

static bool is_for(const struct kafc_macl *acl, const char *user)
{
    static const char kind[] = "User:";
    kafc_str who = acl->principal;
    size_t skip = sizeof kind - 1;

    if (who.len < (int32_t)skip || memcmp(who.p, kind, skip) != 0)
        return false;
    who = (kafc_str){ who.p + skip, who.len - (int32_t)skip };
    return (kafc__str_is(who, "*") || kafc__str_is(who, user ? user : "ANONYMOUS")) &&
           (kafc__str_is(acl->host, "*") || kafc__str_is(acl->host, "127.0.0.1"));
}

/* An allowed operation may bring another one along. */
static bool allows(int8_t what, kafc_acl_operation operation)
{
    return what == KAFC_ACL_ALL || what == (int8_t)operation ||
           (operation == KAFC_ACL_DESCRIBE &&
            (what == KAFC_ACL_READ || what == KAFC_ACL_WRITE || what == KAFC_ACL_DELETE ||
             what == KAFC_ACL_ALTER)) ||
           (operation == KAFC_ACL_DESCRIBE_CONFIGS && what == KAFC_ACL_ALTER_CONFIGS);
}

kafc_err kafc__macl_refuses(const struct kafc_cluster *c, const char *user,
                            kafc_acl_resource resource, kafc_str name, kafc_acl_operation operation)
{
    const struct kafc_macl *acl;
    bool any = false, allowed = false;

    for (acl = kafc__macl_first(c); acl; acl = kafc__macl_next(c, acl)) {
        if (acl->resource != (int8_t)resource || !covers(acl, name))
            continue;
        any = true;
        if (!is_for(acl, user))
            continue;
        if (acl->permission == KAFC_ACL_ALLOW)
            allowed |= allows(acl->operation, operation);
        else if (acl->operation == KAFC_ACL_ALL || acl->operation == (int8_t)operation)
            return refusal[resource];
    }
    return any && !allowed ? refusal[resource] : KAFC_OK;
}

kafc_err kafc__mock_refuses(const struct kafc_mrq *rq, kafc_acl_resource resource, kafc_str name,
                            kafc_acl_operation operation)
{
    return rq->forced ? rq->forced
                      : kafc__macl_refuses(rq->c, rq->conn->login.user, resource, name, operation);
}

kafc_err kafc__mock_refuses_cluster(const struct kafc_mrq *rq, kafc_acl_operation operation)
{
    return kafc__mock_refuses(rq, KAFC_ACL_CLUSTER, kafc__str("kafka-cluster"), operation);
}

kafc_err kafc__cluster_deny(struct kafc_cluster *c, kafc_acl_resource resource, const char *name,
                            kafc_acl_operation operation, bool denied)
{
    struct kafc_macl_spec all = {
        (int8_t)resource, KAFC_ACL_LITERAL,    KAFC_ACL_ALL,   KAFC_ACL_ALLOW,
        kafc__str(name),  kafc__str("User:*"), kafc__str("*"),
    };
    struct kafc_macl_spec one = all;
    struct kafc_macl *acl, *next;

    if (!name || resource < KAFC_ACL_TOPIC || resource > KAFC_ACL_USER ||
        operation < KAFC_ACL_ALL || operation > KAFC_ACL_TWO_PHASE_COMMIT)
        return KAFC_ERR_USAGE;
    one.operation = (int8_t)operation;
    one.permission = KAFC_ACL_DENY;
    for (acl = kafc__macl_first(c); acl && !denied; acl = next) {
        next = kafc__macl_next(c, acl);
        if (kafc__macl_matches(acl, &one))
            kafc__macl_free(c, acl);
    }
    if (denied && !(kafc__macl_add(c, &all) && kafc__macl_add(c, &one)))
        return KAFC_ERR_NO_MEMORY;
    kafc__mock_wake_parked(c);
    return KAFC_OK;
}
