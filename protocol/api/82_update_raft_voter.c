/* SPDX-License-Identifier: BSD-2-Clause
 *
 * UpdateRaftVoter (82), rows.
 */
#include "protocol/api/82_update_raft_voter.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_update_raft_voter_req_listener
ROWS(kafc_update_raft_voter_req_listener) = {
    STR(name, "Name", SINCE(0)),
    STR(host, "Host", SINCE(0)),
    U16(port, "Port", SINCE(0)),
};
SCHEMA(kafc_update_raft_voter_req_listener, "Listener");
#undef MSG

#define MSG struct kafc_update_raft_voter_req_kraft_version
ROWS(kafc_update_raft_voter_req_kraft_version) = {
    I16(min_supported_version, "MinSupportedVersion", SINCE(0)),
    I16(max_supported_version, "MaxSupportedVersion", SINCE(0)),
};
SCHEMA(kafc_update_raft_voter_req_kraft_version, "KRaftVersionFeature");
#undef MSG

#define MSG struct kafc_update_raft_voter_req
ROWS(kafc_update_raft_voter_req) = {
    STR(cluster_id, "ClusterId", SINCE(0), NULLABLE(0)),
    I32(current_leader_epoch, "CurrentLeaderEpoch", SINCE(0)),
    I32(voter_id, "VoterId", SINCE(0)),
    UUID(voter_directory_id, "VoterDirectoryId", SINCE(0)),
    ARR(listeners, kafc_update_raft_voter_req_listener, "Listeners", SINCE(0)),
    STRUCT(kraft_version_feature, kafc_update_raft_voter_req_kraft_version, "KRaftVersionFeature", SINCE(0)),
};
MESSAGE(kafc_update_raft_voter_req, "UpdateRaftVoterRequest", 82, 0, 0, 0);
#undef MSG

#define MSG struct kafc_update_raft_voter_resp_leader
ROWS(kafc_update_raft_voter_resp_leader) = {
    I32(leader_id, "LeaderId", SINCE(0), DEFAULT(-1)),
    I32(leader_epoch, "LeaderEpoch", SINCE(0), DEFAULT(-1)),
    STR(host, "Host", SINCE(0)),
    I32(port, "Port", SINCE(0)),
};
SCHEMA(kafc_update_raft_voter_resp_leader, "CurrentLeader");
#undef MSG

#define MSG struct kafc_update_raft_voter_resp
ROWS(kafc_update_raft_voter_resp) = {
    I32(throttle_time_ms, "ThrottleTimeMs", SINCE(0)),
    I16(error_code, "ErrorCode", SINCE(0)),
    STRUCT(current_leader, kafc_update_raft_voter_resp_leader, "CurrentLeader", SINCE(0), TAG(0, 0)),
};
MESSAGE(kafc_update_raft_voter_resp, "UpdateRaftVoterResponse", 82, 0, 0, 0);
#undef MSG

API(kafc_update_raft_voter, "UpdateRaftVoter", 82, 0, 0, 0, KAFC_TO_QUORUM);
