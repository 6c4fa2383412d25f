/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the core knows of the cluster: nodes, and the topics that its members
 * want. Driver's thread only.
 */
#ifndef KAFC_CORE_METADATA_H
#define KAFC_CORE_METADATA_H

#include "core/core.h"

struct kafc_meta_partition {
    int32_t leader;       /* node id, or -1 */
    int32_t leader_epoch; /* or -1 */
    kafc_err error;
};

struct kafc_meta_topic {
    char *name;
    kafc_uuid id;        /* zero if the broker does not say */
    kafc_err error;      /* KAFC_OK once partitions are known; UNKNOWN_TOPIC_OR_PARTITION, … */
    bool refused;        /* the error is not the topic's: no broker lets us ask */
    bool fresh;          /* an answer has arrived since it was wanted (or since stale was called) */
    int32_t npartitions; /* 0 until known; shrinks only when the topic was recreated (id changed) */
    struct kafc_meta_partition *partition;
    int refs, creators; /* who wants it; who allows its creation (rule W9) */
    bool placed;        /* somebody wants to know where its replicas are … */
    int32_t *place;     /* … for each partition where its nodes end, then the nodes; or NULL */
};

/* What brokers take: one name that they do not is answered late, and one that no string of the wire can hold would
 * spoil every request for metadata. */
bool kafc__topic_name_ok(const char *name);
kafc_err kafc__topic_name_bad(const char *name, kafc_error *err); /* KAFC_ERR_USAGE, in words */

/* Wants a topic: it is in every refresh from now on; news go to each member's topic_news. May be called with the name
 * of one already wanted (refs). Asks soon if it is not known. NULL when out of memory. */
struct kafc_meta_topic *kafc__meta_want(struct kafc_core *c, const char *name, bool allow_create);
void kafc__meta_drop(struct kafc_core *c, struct kafc_meta_topic *t, bool allowed_create);
/* Wants to know on which nodes its replicas are, too (for racks, KIP-881): asks soon if that is not known. It is kept
 * as long as the topic is. */
void kafc__meta_want_places(struct kafc_core *c, struct kafc_meta_topic *t);
/* Why t->error, in words: the broker's, where it lets nobody ask. Valid until the next event. */
const char *kafc__meta_words(struct kafc_core *c, const struct kafc_meta_topic *t);
/* The nodes with a replica of the partition, *n of them. */
const int32_t *kafc__meta_replicas(const struct kafc_meta_topic *t, int32_t partition, int32_t *n);
const char *kafc__meta_rack(const struct kafc_core *c,
                            int32_t node); /* "": it has none; NULL: there is no such node now */
/* What is known is wrong (an error of class REFRESH): ask again, not more often than the retry back-off. */
void kafc__meta_stale(struct kafc_core *c);
/* Wants to hear of all topics of the cluster: soon, and then as often as metadata is refreshed for its age. What such
 * an answer says goes to each member's all_topics and is forgotten, but for the topics that are wanted by name. */
void kafc__meta_want_all(struct kafc_core *c);
void kafc__meta_drop_all(struct kafc_core *c);
/* Who wants them does so anew, not more often than the retry back-off. */
void kafc__meta_stale_all(struct kafc_core *c);
/* The leader of a partition, or -1; *epoch may be NULL. */
int32_t kafc__meta_leader(const struct kafc_meta_topic *t, int32_t partition, int32_t *epoch);
/* Where an answer says that a node is. */
struct kafc_meta_endpoint {
    kafc_str host;
    int32_t port;
    const struct kafc_request *by; /* of the answer */
};
/* A broker's hint (KIP-951): newer leader of a partition. Ignored unless its epoch is above the known one, and the node
 * is known or the answer says where it is. at: NULL if it does not. */
void kafc__meta_hint(struct kafc_core *c, struct kafc_meta_topic *t, int32_t partition,
                     int32_t leader, int32_t epoch, const struct kafc_meta_endpoint *at);
/* An answer says where a node is, of which the metadata has not told yet: it can be asked already. */
void kafc__meta_node(struct kafc_core *c, int32_t node, const struct kafc_meta_endpoint *at);
enum { KAFC_NO_CONTROLLER = -100 }; /* the brokers are so old that they have none */
int32_t kafc__meta_controller(const struct kafc_core *c); /* or -1, KAFC_NO_CONTROLLER */

#endif
