/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Configurations of topics, brokers, groups and of what else the cluster keeps
 * some.
 */
#ifndef KAFC_CONFIGS_H
#define KAFC_CONFIGS_H

#include <kafc/client.h>

#ifdef __cplusplus
extern "C" {
#endif

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
    bool read_only, sensitive;
    int32_t nsynonyms;
    const kafc_config_synonym *synonyms; /* if asked for: all that set it, the first counts */
    const char *documentation;           /* if asked for, of brokers from 2.6 on; else NULL */
} kafc_config_entry;

#ifdef __cplusplus
}
#endif
#endif
