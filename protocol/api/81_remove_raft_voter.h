/* SPDX-License-Identifier: BSD-2-Clause
 *
 * RemoveRaftVoter (81): a controller leaves the KRaft voters.
 */
#ifndef KAFC_PROTOCOL_API_REMOVE_RAFT_VOTER_H
#define KAFC_PROTOCOL_API_REMOVE_RAFT_VOTER_H

#include "protocol/types.h"

struct kafc_remove_raft_voter_req {
    kafc_str cluster_id; /* null: no check */
    int32_t voter_id;
    kafc_uuid voter_directory_id;
    struct kafc_tags unknown;
};

struct kafc_remove_raft_voter_resp {
    int32_t throttle_time_ms;
    int16_t error_code;
    kafc_str error_message;
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_remove_raft_voter);
KAFC_DECLARE_SCHEMA(kafc_remove_raft_voter_req);
KAFC_DECLARE_SCHEMA(kafc_remove_raft_voter_resp);

#endif
