/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The cluster: its brokers and controllers, what they know, and who decides.
 *
 * Threads, timeouts and errors are those of kafc/client.h: any thread, one
 * wait within timeout_ms for a whole call, `err` may be NULL. What a call gives
 * in *out is one piece of memory, the caller's, for the free function of its
 * type; strings and arrays in it live as long. It may outlive the client; with
 * an error it is NULL.
 */
#ifndef KAFC_CLUSTER_H
#define KAFC_CLUSTER_H

#include <kafc/client.h>

#ifdef __cplusplus
extern "C" {
#endif

/* --- Brokers ------------------------------------------------------------------- */

typedef struct kafc_cluster_node {
    int32_t id;
    int32_t port;
    const char *host;
    const char *rack; /* or NULL */
    bool fenced;      /* it is registered, and takes no part: just starting, or gone */
} kafc_cluster_node;

typedef struct kafc_cluster_description {
    const char *cluster_id; /* NULL of brokers before 0.10.1 */
    int32_t controller;     /* node id, or -1; where Kafka runs without ZooKeeper a broker that passes on to it */
    int32_t nnodes;
    const kafc_cluster_node *nodes; /* by id */
    uint32_t operations; /* what you may do with the cluster: bit n for operation n of Kafka's ACLs (create 5, alter 7,
                          * describe 8, cluster action 9, describe configs 10, alter configs 11, idempotent write 12);
                          * 0 of brokers before 2.3 */
} kafc_cluster_description;

typedef struct kafc_cluster_options {
    bool fenced;      /* lists fenced brokers, too; brokers from 4.0 on */
    bool controllers; /* lists controllers, of a client whose `brokers` are controllers (KIP-919); from 3.7 on */
    void *reserved[2];
} kafc_cluster_options;

/* Asks any broker. how: NULL for the defaults. KAFC_ERR_UNSUPPORTED: the broker is too old for them;
 * KAFC_ERR_MISMATCHED_ENDPOINT_TYPE: it is a broker, and not a controller, or the reverse. */
KAFC_API kafc_err kafc_admin_describe_cluster(kafc_client *c, const kafc_cluster_options *how,
                                              int timeout_ms, kafc_cluster_description **out,
                                              kafc_error *err);
KAFC_API void kafc_cluster_description_free(kafc_cluster_description *d); /* NULL is ignored */

/* --- What a broker knows --------------------------------------------------------- */

typedef struct kafc_feature {
    const char *name;   /* "metadata.version" */
    int16_t min, max;   /* levels that the broker knows; max -1: it does not */
    int16_t level;      /* that the cluster holds to; 0: it is turned off, or not finalized */
    int16_t reserved16;
} kafc_feature;

typedef struct kafc_broker_versions {
    int32_t broker; /* node id; -1: one of the list that the client began with */
    int32_t napis;
    const kafc_api_range *apis;    /* by key */
    const kafc_feature *features;  /* by name; brokers from 2.7 on */
    int32_t nfeatures;
    int32_t reserved32;
    int64_t features_epoch; /* grows with each change of their levels; -1: not told */
} kafc_broker_versions;

/* Which APIs in which versions, and which features a broker knows. broker: a node id, or KAFC_BY_ROUTE for any. A newer
 * broker may tell APIs that kafc does not know. To change levels: kafc_admin_update_features(). Brokers before 0.10:
 * KAFC_ERR_UNSUPPORTED. */
KAFC_API kafc_err kafc_admin_broker_versions(kafc_client *c, int32_t broker, int timeout_ms,
                                             kafc_broker_versions **out, kafc_error *err);
KAFC_API void kafc_broker_versions_free(kafc_broker_versions *v); /* NULL is ignored */

/* --- Who decides -------------------------------------------------------------------- */

typedef struct kafc_quorum_replica {
    int32_t id;
    bool voter;             /* else an observer: brokers, and controllers that do not vote */
    kafc_uuid directory;    /* of its log (KIP-853); zero of brokers before 3.9 */
    int64_t offset;         /* how far its log goes; KAFC_OFFSET_UNKNOWN */
    int64_t fetched_ms;     /* when it last asked the leader, ms since 1970; -1: not known, or before 3.4 */
    int64_t caught_up_ms;   /* when it last had all that the leader had; the same */
} kafc_quorum_replica;

/* Where to find a voter. */
typedef struct kafc_quorum_address {
    int32_t id;
    int32_t port;
    const char *host, *listener; /* listener: "CONTROLLER" */
} kafc_quorum_address;

typedef struct kafc_quorum {
    int32_t leader; /* node id of the active controller, or -1 */
    int32_t leader_epoch;
    int64_t high_watermark; /* of the metadata log */
    int32_t nreplicas, naddresses;
    const kafc_quorum_replica *replicas;  /* voters by id, then observers by id */
    const kafc_quorum_address *addresses; /* by id; brokers from 3.9 on */
} kafc_quorum;

/* The quorum of controllers that decides for the cluster (KIP-595), by a broker that passes the question on.
 * KAFC_ERR_CLUSTER_AUTHORIZATION_FAILED; KAFC_ERR_UNSUPPORTED: brokers before 3.3, and those with ZooKeeper. */
KAFC_API kafc_err kafc_admin_describe_quorum(kafc_client *c, int timeout_ms, kafc_quorum **out,
                                             kafc_error *err);
KAFC_API void kafc_quorum_free(kafc_quorum *q); /* NULL is ignored */

#ifdef __cplusplus
}
#endif
#endif
