/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The ACLs of the cluster, and what they decide: as Kafka's StandardAuthorizer
 * with allow.everyone.if.no.acl.found, and nobody is a super user. One thread
 * at a time.
 */
#ifndef KAFC_MOCK_ACL_H
#define KAFC_MOCK_ACL_H

#include <kafc/acls.h>

#include "mock/state.h"

struct kafc_macl {
    struct kafc_list node;
    int8_t resource, pattern, operation, permission;
    kafc_str name, principal, host;
    char text[]; /* where they lie */
};

/* A filter, or an ACL to be: as they are asked for. */
struct kafc_macl_spec {
    int8_t resource, pattern, operation, permission;
    kafc_str name, principal, host; /* null in filters: any */
};

/* One that is there is not added again. false: out of memory. */
bool kafc__macl_add(struct kafc_cluster *c, const struct kafc_macl_spec *s);
bool kafc__macl_matches(const struct kafc_macl *acl, const struct kafc_macl_spec *filter);
void kafc__macl_free(struct kafc_cluster *c, struct kafc_macl *acl);
void kafc__macls_free(struct kafc_cluster *c);

/* May the user do that, NULL: who has not logged in? KAFC_OK, or what refuses it: KAFC_ERR_TOPIC_AUTHORIZATION_FAILED
 * and the like. */
kafc_err kafc__macl_refuses(const struct kafc_cluster *c, const char *user,
                            kafc_acl_resource resource, kafc_str name,
                            kafc_acl_operation operation);
/* The same of a request; what is forced comes first. */
kafc_err kafc__mock_refuses(const struct kafc_mrq *rq, kafc_acl_resource resource, kafc_str name,
                            kafc_acl_operation operation);
kafc_err kafc__mock_refuses_cluster(const struct kafc_mrq *rq, kafc_acl_operation operation);

/* NULL: no more. */
static inline struct kafc_macl *kafc__macl_first(const struct kafc_cluster *c)
{
    return KAFC_LIST_FIRST(&c->acls, struct kafc_macl, node);
}

static inline struct kafc_macl *kafc__macl_next(const struct kafc_cluster *c,
                                                const struct kafc_macl *acl)
{
    return KAFC_LIST_NEXT(&c->acls, acl, struct kafc_macl, node);
}

#endif
