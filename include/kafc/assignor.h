/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A rule of one's own by which the leader of a group shares partitions out,
 * beside those that .assignors names.
 *
 *   static const kafc_custom_assignor by_size = { .name = "by-size", .share = share };
 *   kafc_reader *r = kafc_reader_open(c, KAFC_READER(.topic = "orders", .group = "billing", .assignors = "by-size",
 *                                                    .custom_assignors = &by_size, .ncustom_assignors = 1), &err);
 *
 * All members of a group must know one assignor in common, by its name. The
 * leader, one of the members, calls it.
 */
#ifndef KAFC_ASSIGNOR_H
#define KAFC_ASSIGNOR_H

#include <kafc/message.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a member has said of itself. A string that it left out is NULL. */
typedef struct kafc_assignor_member {
    const char *id;
    const char *instance; /* of a static member */
    const char *rack;
    const int32_t *topics; /* subscribed to: indexes into kafc_assignor_input.topics, ascending */
    int32_t ntopics;
    int32_t nowned;
    const kafc_topic_partition *owned; /* what it has by a cooperative assignor; an eager one has given all up */
    kafc_bytes user_data;
    void *reserved[2];
} kafc_assignor_member;

typedef struct kafc_assignor_topic {
    const char *name;
    int32_t npartitions;
    int32_t reserved32;
    void *reserved[2];
} kafc_assignor_topic;

typedef struct kafc_assignor_input {
    const kafc_assignor_member *members; /* by id */
    int32_t nmembers;
    int32_t ntopics;
    const kafc_assignor_topic *topics; /* those that there are, by name */
    void *reserved[2];
} kafc_assignor_input;

/* Where a rule says who gets what. */
typedef struct kafc_assignor_output kafc_assignor_output;

/* By indexes into members and topics. Each partition goes to one member at most, which must have subscribed to its
 * topic: else the rebalance fails and says so. KAFC_ERR_USAGE: no such member, topic or partition;
 * KAFC_ERR_NO_MEMORY. */
KAFC_API kafc_err kafc_assignor_give(kafc_assignor_output *out, int32_t member, int32_t topic, int32_t partition);

typedef struct kafc_custom_assignor {
    const char *name; /* as told to the coordinator */
    /* On the loop's thread: must not block, and call nothing but kafc_assignor_give(). All is borrowed while it runs. A
     * result other than KAFC_OK fails the rebalance, which is tried again; err is there for a sentence. */
    kafc_err (*share)(void *ctx, const kafc_assignor_input *in, kafc_assignor_output *out, kafc_error *err);
    void *ctx;
    kafc_bytes user_data; /* of this member, for the leader. Must stay while the reader lives */
    kafc_switch cooperative; /* what a member keeps goes on meanwhile, and what changes hands is held back until its
                              * owner has given it up (KIP-429); default off */
    int32_t reserved32;
    void *reserved[4];
} kafc_custom_assignor;

#ifdef __cplusplus
}
#endif
#endif
