/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the sticky assignors of Java keep in a subscription's UserData. There
 * is no version on the wire: the sticky assignor's is read as 1, then as 0;
 * the cooperative one's is a generation alone.
 */
#ifndef KAFC_PROTOCOL_BLOB_STICKY_H
#define KAFC_PROTOCOL_BLOB_STICKY_H

#include "protocol/types.h"

struct kafc_sticky_user_data_topic {
    kafc_str topic;
    KAFC_ARRAY(int32_t) partitions;
    struct kafc_tags unknown;
};

struct kafc_sticky_user_data {
    KAFC_ARRAY(struct kafc_sticky_user_data_topic) previous_assignment;
    int32_t generation; /* from 1; -1: none */
    struct kafc_tags unknown;
};

struct kafc_cooperative_sticky_user_data {
    int32_t generation; /* -1: none */
    struct kafc_tags unknown;
};

KAFC_DECLARE_SCHEMA(kafc_sticky_user_data);
KAFC_DECLARE_SCHEMA(kafc_sticky_user_data_topic);
KAFC_DECLARE_SCHEMA(kafc_cooperative_sticky_user_data);

#endif
