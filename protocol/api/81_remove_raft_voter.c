/* SPDX-License-Identifier: BSD-2-Clause
 *
 * RemoveRaftVoter (81), rows.
 */
#include "protocol/api/81_remove_raft_voter.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_remove_raft_voter_req
ROWS(kafc_remove_raft_voter_req) = {
    STR(cluster_id, "ClusterId", SINCE(0), NULLABLE(0)),
    I32(voter_id, "VoterId", SINCE(0)),
    UUID(voter_directory_id, "VoterDirectoryId", SINCE(0)),
};
MESSAGE(kafc_remove_raft_voter_req, "RemoveRaftVoterRequest", 81, 0, 0, 0);
#undef MSG

#define MSG struct kafc_remove_raft_voter_resp
ROWS(kafc_remove_raft_voter_resp) = {
    I32(throttle_time_ms, "ThrottleTimeMs", SINCE(0)),
    I16(error_code, "ErrorCode", SINCE(0)),
    STR(error_message, "ErrorMessage", SINCE(0), NULLABLE(0), IGNORABLE),
};
MESSAGE(kafc_remove_raft_voter_resp, "RemoveRaftVoterResponse", 81, 0, 0, 0);
#undef MSG

API(kafc_remove_raft_voter, "RemoveRaftVoter", 81, 0, 0, 0, KAFC_TO_CONTROLLER);
