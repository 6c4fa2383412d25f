/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Configurations: what there is to set, what was set, and what a resource has
 * of it in the end. One thread at a time.
 */
#ifndef KAFC_MOCK_CONFIGS_H
#define KAFC_MOCK_CONFIGS_H

#include <kafc/configs.h>

#include "mock/acl.h"

/* The kinds of resources, Kafka's numbers; they serve as bits, too. */
enum {
    KAFC_MCONFIG_TOPIC = 2,
    KAFC_MCONFIG_BROKER = 4, /* by its id; "": of all of them */
    KAFC_MCONFIG_LOGGER = 8,
    KAFC_MCONFIG_METRICS = 16,
    KAFC_MCONFIG_GROUP = 32
};

/* What there is to set. */
struct kafc_mconfig_row {
    const char *name;
    uint8_t kinds; /* of resources that have it */
    int8_t type;   /* kafc_config_type */
    const char *value; /* unless it is set; NULL of what is secret */
    const char *broker; /* of a topic's: what brokers call it, or NULL */
    bool read_only;
};

/* What was set. */
struct kafc_mconfig {
    struct kafc_list node; /* of the cluster's */
    const struct kafc_mconfig_row *row;
    int8_t kind;
    char *value, *resource;
};

/* What a resource has: values from the one that counts on. */
struct kafc_mconfig_told {
    const struct kafc_mconfig_row *row;
    int32_t n;
    struct {
        const char *name, *value;
        int8_t source; /* kafc_config_source */
    } from[3];
};

const struct kafc_mconfig_row *kafc__mconfig_row(int8_t kind, kafc_str name);
/* Could it be set? value null: unset. KAFC_ERR_INVALID_CONFIG. */
kafc_err kafc__mconfig_check(int8_t kind, kafc_str name, kafc_str value);
/* Sets or (null) unsets what was checked; a topic acts on it at once. KAFC_ERR_NO_MEMORY. */
kafc_err kafc__mconfig_set(struct kafc_cluster *c, int8_t kind, kafc_str resource, kafc_str name,
                           kafc_str value);
/* What was set, or NULL. */
struct kafc_mconfig *kafc__mconfig_find(const struct kafc_cluster *c, int8_t kind,
                                        kafc_str resource, const struct kafc_mconfig_row *row);
/* All that was set of the resource is unset. */
void kafc__mconfig_drop(struct kafc_cluster *c, int8_t kind, kafc_str resource);
void kafc__mconfigs_free(struct kafc_cluster *c);

/* All that the resource has, in the arena; NULL: out of memory. */
struct kafc_mconfig_told *kafc__mconfig_tell(const struct kafc_cluster *c, int8_t kind,
                                             kafc_str resource, int32_t *n, struct kafc_arena *a);
/* Is there such a resource, is it this broker's to answer for, and may whoever asks do that? */
kafc_err kafc__mconfig_resource(const struct kafc_mrq *rq, int8_t kind, kafc_str resource,
                                kafc_acl_operation operation);

#endif
