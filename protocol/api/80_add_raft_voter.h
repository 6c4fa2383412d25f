/* SPDX-License-Identifier: BSD-2-Clause
 *
 * AddRaftVoter (80): a controller joins the KRaft voters.
 */
#ifndef KAFC_PROTOCOL_API_ADD_RAFT_VOTER_H
#define KAFC_PROTOCOL_API_ADD_RAFT_VOTER_H

#include "protocol/types.h"

struct kafc_add_raft_voter_req_listener {
    kafc_str name;
    kafc_str host;
    uint16_t port;
    struct kafc_tags unknown;
};

struct kafc_add_raft_voter_req {
    kafc_str cluster_id; /* null: no check */
    int32_t timeout_ms;
    int32_t voter_id;
    kafc_uuid voter_directory_id;
    KAFC_ARRAY(struct kafc_add_raft_voter_req_listener) listeners;
    bool ack_when_committed; /* from 1: false answers once it is written */
    struct kafc_tags unknown;
};

struct kafc_add_raft_voter_resp {
    int32_t throttle_time_ms;
    int16_t error_code;
    kafc_str error_message;
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_add_raft_voter);
KAFC_DECLARE_SCHEMA(kafc_add_raft_voter_req);
KAFC_DECLARE_SCHEMA(kafc_add_raft_voter_req_listener);
KAFC_DECLARE_SCHEMA(kafc_add_raft_voter_resp);

#endif
