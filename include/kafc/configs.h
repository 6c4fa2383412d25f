/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Configurations of topics, brokers, groups and of what else the cluster keeps
 * some: to look at and to change.
 *
 * Threads, timeouts, errors and results are those of kafc/topics.h: any thread,
 * one wait within timeout_ms for a whole call, a `result` for each resource,
 * the first error is returned and the others go on. What is a broker's own is
 * asked of that broker, all brokers at once, and everything else of any.
 */
#ifndef KAFC_CONFIGS_H
#define KAFC_CONFIGS_H

#include <kafc/client.h>

#ifdef __cplusplus
extern "C" {
#endif

/* --- Whose and what ------------------------------------------------------------ */

/* The numbers are Kafka's. */
typedef enum kafc_config_kind {
    KAFC_CONFIG_TOPIC = 2,
    KAFC_CONFIG_BROKER = 4,
    KAFC_CONFIG_BROKER_LOGGER = 8, /* what the broker logs, by logger; brokers from 2.4 on */
    KAFC_CONFIG_CLIENT_METRICS = 16, /* which clients are to push what (KIP-714); brokers from 3.7 on */
    KAFC_CONFIG_GROUP = 32           /* brokers from 4.0 on */
} kafc_config_kind;

typedef struct kafc_config_resource {
    kafc_config_kind kind;
    const char *name; /* of the topic, the group, the subscription; of a broker and its loggers its id in decimal, and
                       * of a broker "": what all brokers have been given while they run */
} kafc_config_resource;

/* A name and its value, to be set. */
typedef struct kafc_config {
    const char *name, *value;
} kafc_config;

/* Where a value comes from. The numbers are Kafka's; a newer broker may send others. */
typedef enum kafc_config_source {
    KAFC_SOURCE_UNKNOWN = 0,
    KAFC_SOURCE_TOPIC = 1,                 /* set for the topic */
    KAFC_SOURCE_DYNAMIC_BROKER = 2,        /* set for the broker while it runs */
    KAFC_SOURCE_DYNAMIC_BROKER_DEFAULT = 3, /* for all brokers while they run */
    KAFC_SOURCE_STATIC_BROKER = 4,         /* in the broker's server.properties */
    KAFC_SOURCE_DEFAULT = 5,               /* nobody has set it */
    KAFC_SOURCE_BROKER_LOGGER = 6,
    KAFC_SOURCE_CLIENT_METRICS = 7,
    KAFC_SOURCE_GROUP = 8
} kafc_config_source;

typedef enum kafc_config_type {
    KAFC_TYPE_UNKNOWN = 0,
    KAFC_TYPE_BOOLEAN = 1,
    KAFC_TYPE_STRING = 2,
    KAFC_TYPE_INT = 3,
    KAFC_TYPE_SHORT = 4,
    KAFC_TYPE_LONG = 5,
    KAFC_TYPE_DOUBLE = 6,
    KAFC_TYPE_LIST = 7, /* separated by commas */
    KAFC_TYPE_CLASS = 8,
    KAFC_TYPE_PASSWORD = 9
} kafc_config_type;

/* A value that stands somewhere behind the one that counts. */
typedef struct kafc_config_synonym {
    const char *name, *value; /* value NULL: it is sensitive */
    kafc_config_source source;
} kafc_config_synonym;

typedef struct kafc_config_entry {
    const char *name;
    const char *value; /* NULL: sensitive, or not set at all */
    kafc_config_source source;
    kafc_config_type type; /* brokers from 2.6 on; UNKNOWN in what is told of a new topic */
    bool read_only; /* not to be changed while the broker runs */
    bool sensitive;
    int32_t nsynonyms;
    const kafc_config_synonym *synonyms; /* if asked for: all that set it, the first counts */
    const char *documentation;           /* if asked for, of brokers from 2.6 on; else NULL */
} kafc_config_entry;

/* --- Look ------------------------------------------------------------------------- */

typedef struct kafc_config_query {
    kafc_config_resource of;
    const char *const *names; /* these configs only; NULL: all */
    int32_t nnames;
    int32_t reserved32;
} kafc_config_query;

/* What is told besides, or'ed. */
enum {
    KAFC_CONFIG_SYNONYMS = 1,     /* brokers from 1.1 on, others leave it out */
    KAFC_CONFIG_DOCUMENTATION = 2 /* brokers from 2.6 on, others leave it out */
};

typedef struct kafc_described_configs {
    kafc_config_resource of;
    kafc_err result; /* KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION, KAFC_ERR_TOPIC_AUTHORIZATION_FAILED, … */
    int32_t nentries;
    const kafc_config_entry *entries; /* by name */
} kafc_described_configs;

typedef struct kafc_config_descriptions {
    const kafc_described_configs *resources; /* in the order in which they were asked for */
    int32_t nresources;
} kafc_config_descriptions;

/* *out is there as soon as anybody answered, for kafc_config_descriptions_free(), and may outlive the client. A topic
 * that is not there is told at once; for a broker that cannot be reached the call waits until its time is over. A
 * group or a subscription of which nobody has set anything has its defaults. Brokers before 0.11:
 * KAFC_ERR_UNSUPPORTED. */
KAFC_API kafc_err kafc_admin_describe_configs(kafc_client *c, const kafc_config_query *q, int32_t n,
                                              unsigned besides, int timeout_ms,
                                              kafc_config_descriptions **out, kafc_error *err);
KAFC_API void kafc_config_descriptions_free(kafc_config_descriptions *d); /* NULL is ignored */

typedef struct kafc_config_resources {
    const kafc_config_resource *resources; /* by kind and name */
    int32_t nresources;
} kafc_config_resources;

/* Which resources there are that have configs: topics, brokers, their loggers; subscriptions and groups of which
 * something was set. kinds: or'ed; 0: all. Brokers before 4.1: KAFC_ERR_UNSUPPORTED, but for
 * KAFC_CONFIG_CLIENT_METRICS alone, of which those from 3.7 on know. */
KAFC_API kafc_err kafc_admin_list_config_resources(kafc_client *c, unsigned kinds, int timeout_ms,
                                                   kafc_config_resources **out, kafc_error *err);
KAFC_API void kafc_config_resources_free(kafc_config_resources *r); /* NULL is ignored */

/* --- Change ------------------------------------------------------------------------- */

typedef enum kafc_config_op {
    KAFC_CONFIG_SET = 0,
    KAFC_CONFIG_DELETE = 1,  /* back to the default; value is ignored */
    KAFC_CONFIG_APPEND = 2,  /* to a list: the elements of `value` that it has not yet */
    KAFC_CONFIG_SUBTRACT = 3 /* from a list */
} kafc_config_op;

typedef struct kafc_config_change {
    const char *name, *value;
    kafc_config_op op;
    int32_t reserved32;
} kafc_config_change;

typedef struct kafc_config_changes {
    kafc_config_resource of;
    const kafc_config_change *changes; /* all of them or, if one is refused, none */
    int32_t nchanges;
    kafc_err result; /* out */
    void *reserved[2];
} kafc_config_changes;

/* Changes what is named and leaves the rest. Brokers hear of it one after the other: who asks another one at once may
 * be told what was. validate_only: the brokers check it, and change nothing.
 * KAFC_ERR_INVALID_CONFIG (a name or value that there is not), KAFC_ERR_INVALID_REQUEST (not while the broker runs),
 * KAFC_ERR_POLICY_VIOLATION, KAFC_ERR_TOPIC_AUTHORIZATION_FAILED, KAFC_ERR_CLUSTER_AUTHORIZATION_FAILED, …
 * Repeated when an answer is lost, unless something is appended or subtracted: after KAFC_ERR_DISCONNECTED and
 * KAFC_ERR_TIMED_OUT it may have been done all the same. Brokers before 2.3: KAFC_ERR_UNSUPPORTED; see below. */
KAFC_API kafc_err kafc_admin_alter_configs(kafc_client *c, kafc_config_changes *q, int32_t n,
                                           bool validate_only, int timeout_ms, kafc_error *err);

typedef struct kafc_config_replacement {
    kafc_config_resource of;
    const kafc_config *configs;
    int32_t nconfigs;
    kafc_err result; /* out */
    void *reserved[2];
} kafc_config_replacement;

/* For brokers from 0.11 to 2.2, which have nothing else: the resource has these configs afterwards, and for all others
 * its defaults. Who changes one describes first, and gives all that are not default again, secrets included, which
 * nobody tells; who else does the same meanwhile is undone. */
KAFC_API kafc_err kafc_admin_replace_configs(kafc_client *c, kafc_config_replacement *q, int32_t n,
                                             bool validate_only, int timeout_ms, kafc_error *err);

#ifdef __cplusplus
}
#endif
#endif
