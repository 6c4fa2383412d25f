/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Access control lists: who may do what with which resource. Brokers that have
 * an authorizer keep them; the others answer KAFC_ERR_SECURITY_DISABLED.
 *
 * Threads, timeouts and errors are those of kafc/client.h: any thread, one
 * wait within timeout_ms for a whole call, `err` may be NULL. To see ACLs takes
 * DESCRIBE on the cluster, to change them ALTER; without it the answer is
 * KAFC_ERR_CLUSTER_AUTHORIZATION_FAILED. Brokers before 0.11:
 * KAFC_ERR_UNSUPPORTED.
 */
#ifndef KAFC_ACLS_H
#define KAFC_ACLS_H

#include <kafc/client.h>

#ifdef __cplusplus
extern "C" {
#endif

/* --- Words ------------------------------------------------------------------
 * The numbers are Kafka's. A newer broker may send others; they are passed on
 * as they are, and sent as they are. */

typedef enum kafc_acl_resource {
    KAFC_ACL_ANY_RESOURCE = 1, /* filters only */
    KAFC_ACL_TOPIC = 2,
    KAFC_ACL_GROUP = 3,
    KAFC_ACL_CLUSTER = 4, /* its name is "kafka-cluster" */
    KAFC_ACL_TRANSACTIONAL_ID = 5,
    KAFC_ACL_DELEGATION_TOKEN = 6,
    KAFC_ACL_USER = 7
} kafc_acl_resource;

typedef enum kafc_acl_pattern {
    KAFC_ACL_ANY_PATTERN = 1, /* filters only */
    KAFC_ACL_MATCH = 2,       /* filters only: all that count for a resource of this name: literal, prefixed, "*" */
    KAFC_ACL_LITERAL = 3,     /* this name; "*" is every name */
    KAFC_ACL_PREFIXED = 4     /* all names that begin so; brokers from 2.0 on */
} kafc_acl_pattern;

typedef enum kafc_acl_operation {
    KAFC_ACL_ANY_OPERATION = 1, /* filters only */
    KAFC_ACL_ALL = 2,
    KAFC_ACL_READ = 3,
    KAFC_ACL_WRITE = 4,
    KAFC_ACL_CREATE = 5,
    KAFC_ACL_DELETE = 6,
    KAFC_ACL_ALTER = 7,
    KAFC_ACL_DESCRIBE = 8, /* comes with an allowed READ, WRITE, DELETE or ALTER */
    KAFC_ACL_CLUSTER_ACTION = 9,
    KAFC_ACL_DESCRIBE_CONFIGS = 10, /* comes with an allowed ALTER_CONFIGS */
    KAFC_ACL_ALTER_CONFIGS = 11,
    KAFC_ACL_IDEMPOTENT_WRITE = 12,
    KAFC_ACL_CREATE_TOKENS = 13,
    KAFC_ACL_DESCRIBE_TOKENS = 14,
    KAFC_ACL_TWO_PHASE_COMMIT = 15
} kafc_acl_operation;

typedef enum kafc_acl_permission {
    KAFC_ACL_ANY_PERMISSION = 1, /* filters only */
    KAFC_ACL_DENY = 2,           /* wins over every ALLOW */
    KAFC_ACL_ALLOW = 3
} kafc_acl_permission;

/* As Java spells them: "TRANSACTIONAL_ID", "PREFIXED", "DESCRIBE_CONFIGS", "ALLOW", "ANY". Static storage; NULL for a
 * number that this version of kafc does not know. */
KAFC_API const char *kafc_acl_resource_name(kafc_acl_resource r);
KAFC_API const char *kafc_acl_pattern_name(kafc_acl_pattern p);
KAFC_API const char *kafc_acl_operation_name(kafc_acl_operation o);
KAFC_API const char *kafc_acl_permission_name(kafc_acl_permission p);

/* The other way; case, '_' and '-' count for nothing ("DescribeConfigs", "transactional-id"). 0: no such word. */
KAFC_API kafc_acl_resource kafc_acl_resource_of(const char *name);
KAFC_API kafc_acl_pattern kafc_acl_pattern_of(const char *name);
KAFC_API kafc_acl_operation kafc_acl_operation_of(const char *name);
KAFC_API kafc_acl_permission kafc_acl_permission_of(const char *name);

/* --- ACLs, and filters for them -------------------------------------------------- */

/* One ACL, or a filter: in a filter, what is 0 or NULL matches everything. */
typedef struct kafc_acl {
    kafc_acl_resource resource;
    kafc_acl_pattern pattern;       /* to create: default KAFC_ACL_LITERAL */
    const char *name;               /* of the resource; of the cluster: NULL will do */
    const char *principal;          /* "User:alice"; "User:*" is everybody */
    const char *host;               /* an address; "*" is every one. To create: default "*" */
    kafc_acl_operation operation;
    kafc_acl_permission permission; /* to create: KAFC_ACL_ALLOW or KAFC_ACL_DENY, no default */
    kafc_err result;                /* out */
} kafc_acl;

typedef struct kafc_acl_list {
    const kafc_acl *acls; /* by resource, name, pattern, principal, host, operation, permission */
    int32_t nacls;
} kafc_acl_list;

/* Creates n ACLs; one that is there already is created again without effect. Each has its own `result`, and the first
 * error is returned, such as KAFC_ERR_SECURITY_DISABLED. Brokers pass them on to each other: for a moment some may
 * still decide without them. */
KAFC_API kafc_err kafc_admin_create_acls(kafc_client *c, kafc_acl *acls, int32_t n, int timeout_ms,
                                         kafc_error *err);

/* The ACLs that a filter matches; NULL: all. *out, the caller's, for kafc_acl_list_free(), is one piece of memory that
 * may outlive the client; NULL with an error. */
KAFC_API kafc_err kafc_admin_describe_acls(kafc_client *c, const kafc_acl *filter, int timeout_ms,
                                           kafc_acl_list **out, kafc_error *err);
KAFC_API void kafc_acl_list_free(kafc_acl_list *l); /* NULL is ignored */

typedef struct kafc_deleted_acls {
    kafc_err result;      /* of the filter */
    const kafc_acl *acls; /* that it matched, sorted as above; each with its own `result`: it is gone, or why not */
    int32_t nacls;
} kafc_deleted_acls;

typedef struct kafc_acl_deletions {
    const kafc_deleted_acls *filters; /* in the order in which they were given */
    int32_t nfilters;
} kafc_acl_deletions;

/* Deletes what n filters match: a filter without a member that is set deletes ALL ACLs. Returns the first error, of a
 * filter or an ACL. *out (out may be NULL) is as above; it is there with an error if the broker has answered. Not
 * repeated when its fate is unknown (KAFC_ERR_DISCONNECTED, KAFC_ERR_TIMED_OUT): what is left can be described. */
KAFC_API kafc_err kafc_admin_delete_acls(kafc_client *c, const kafc_acl *filters, int32_t n,
                                         int timeout_ms, kafc_acl_deletions **out, kafc_error *err);
KAFC_API void kafc_acl_deletions_free(kafc_acl_deletions *d); /* NULL is ignored */

#ifdef __cplusplus
}
#endif
#endif
