/* SPDX-License-Identifier: BSD-2-Clause
 *
 * UpdateRaftVoter (82): a KRaft voter has new endpoints or versions.
 */
#ifndef KAFC_PROTOCOL_API_UPDATE_RAFT_VOTER_H
#define KAFC_PROTOCOL_API_UPDATE_RAFT_VOTER_H

#include "protocol/types.h"

struct kafc_update_raft_voter_req_listener {
    kafc_str name;
    kafc_str host;
    uint16_t port;
    struct kafc_tags unknown;
};

struct kafc_update_raft_voter_req_kraft_version {
    int16_t min_supported_version;
    int16_t max_supported_version;
    struct kafc_tags unknown;
};

struct kafc_update_raft_voter_req {
    kafc_str cluster_id; /* null: no check */
    int32_t current_leader_epoch;
    int32_t voter_id;
    kafc_uuid voter_directory_id;
    KAFC_ARRAY(struct kafc_update_raft_voter_req_listener) listeners;
    struct kafc_update_raft_voter_req_kraft_version kraft_version_feature;
    struct kafc_tags unknown;
};

struct kafc_update_raft_voter_resp_leader {
    int32_t leader_id;
    int32_t leader_epoch;
    kafc_str host;
    int32_t port;
    struct kafc_tags unknown;
};

struct kafc_update_raft_voter_resp {
    int32_t throttle_time_ms;
    int16_t error_code;
    struct kafc_update_raft_voter_resp_leader current_leader;
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_update_raft_voter);
KAFC_DECLARE_SCHEMA(kafc_update_raft_voter_req);
KAFC_DECLARE_SCHEMA(kafc_update_raft_voter_req_kraft_version);
KAFC_DECLARE_SCHEMA(kafc_update_raft_voter_req_listener);
KAFC_DECLARE_SCHEMA(kafc_update_raft_voter_resp);
KAFC_DECLARE_SCHEMA(kafc_update_raft_voter_resp_leader);

#endif
