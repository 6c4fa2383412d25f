/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The words of ACLs, both ways.
 */
#include <kafc/acls.h>

static const char *const resources[] = {
    [KAFC_ACL_ANY_RESOURCE] = "ANY",
    [KAFC_ACL_TOPIC] = "TOPIC",
    [KAFC_ACL_GROUP] = "GROUP",
    [KAFC_ACL_CLUSTER] = "CLUSTER",
    [KAFC_ACL_TRANSACTIONAL_ID] = "TRANSACTIONAL_ID",
    [KAFC_ACL_DELEGATION_TOKEN] = "DELEGATION_TOKEN",
    [KAFC_ACL_USER] = "USER",
};

static const char *const patterns[] = {
    [KAFC_ACL_ANY_PATTERN] = "ANY",
    [KAFC_ACL_MATCH] = "MATCH",
    [KAFC_ACL_LITERAL] = "LITERAL",
    [KAFC_ACL_PREFIXED] = "PREFIXED",
};

static const char *const operations[] = {
    [KAFC_ACL_ANY_OPERATION] = "ANY",
    [KAFC_ACL_ALL] = "ALL",
    [KAFC_ACL_READ] = "READ",
    [KAFC_ACL_WRITE] = "WRITE",
    [KAFC_ACL_CREATE] = "CREATE",
    [KAFC_ACL_DELETE] = "DELETE",
    [KAFC_ACL_ALTER] = "ALTER",
    [KAFC_ACL_DESCRIBE] = "DESCRIBE",
    [KAFC_ACL_CLUSTER_ACTION] = "CLUSTER_ACTION",
    [KAFC_ACL_DESCRIBE_CONFIGS] = "DESCRIBE_CONFIGS",
    [KAFC_ACL_ALTER_CONFIGS] = "ALTER_CONFIGS",
    [KAFC_ACL_IDEMPOTENT_WRITE] = "IDEMPOTENT_WRITE",
    [KAFC_ACL_CREATE_TOKENS] = "CREATE_TOKENS",
    [KAFC_ACL_DESCRIBE_TOKENS] = "DESCRIBE_TOKENS",
    [KAFC_ACL_TWO_PHASE_COMMIT] = "TWO_PHASE_COMMIT",
};

static const char *const permissions[] = {
    [KAFC_ACL_ANY_PERMISSION] = "ANY",
    [KAFC_ACL_DENY] = "DENY",
    [KAFC_ACL_ALLOW] = "ALLOW",
};

static char letter(const char **s)
{
    while (**s == '_' || **s == '-')
        ++*s;
    return **s >= 'a' && **s <= 'z' ? (char)(**s - 'a' + 'A') : **s;
}

static bool same(const char *a, const char *b)
{
    while (letter(&a) == letter(&b)) {
        if (!*a)
            return true;
        a++;
        b++;
    }
    return false;
}

static unsigned find(const char *const *words, size_t n, const char *name)
{
    for (unsigned i = 1; name && i < n; i++)
        if (same(words[i], name))
            return i;
    return 0;
}

#define WORDS(what, table) \
    const char *kafc_acl_##what##_name(kafc_acl_##what v) \
    { \
        return (unsigned)v < sizeof(table) / sizeof(*table) ? table[v] : NULL; \
    } \
    kafc_acl_##what kafc_acl_##what##_of(const char *name) \
    { \
        return (kafc_acl_##what)find(table, sizeof(table) / sizeof(*table), name); \
    }

WORDS(resource, resources)
WORDS(pattern, patterns)
WORDS(operation, operations)
WORDS(permission, permissions)
