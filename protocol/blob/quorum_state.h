/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The quorum-state file that a KRaft node keeps: as JSON, with the version
 * in a member data_version.
 */
#ifndef KAFC_PROTOCOL_BLOB_QUORUM_STATE_H
#define KAFC_PROTOCOL_BLOB_QUORUM_STATE_H

#include "protocol/types.h"

struct kafc_quorum_state_data_voter {
    int32_t voter_id; /* only 0 */
    struct kafc_tags unknown;
};

struct kafc_quorum_state_data {
    kafc_str cluster_id; /* only 0 */
    int32_t leader_id;   /* -1: none */
    int32_t leader_epoch;
    int32_t voted_id; /* -1: nobody */
    kafc_uuid voted_directory_id;
    int64_t applied_offset;                                         /* only 0 */
    KAFC_ARRAY(struct kafc_quorum_state_data_voter) current_voters; /* only 0 */
    struct kafc_tags unknown;
};

KAFC_DECLARE_SCHEMA(kafc_quorum_state_data);
KAFC_DECLARE_SCHEMA(kafc_quorum_state_data_voter);

#endif
