/* SPDX-License-Identifier: BSD-2-Clause
 *
 * AddRaftVoter (80), rows.
 */
#include "protocol/api/80_add_raft_voter.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_add_raft_voter_req_listener
ROWS(kafc_add_raft_voter_req_listener) = {
    STR(name, "Name", SINCE(0)),
    STR(host, "Host", SINCE(0)),
    U16(port, "Port", SINCE(0)),
};
SCHEMA(kafc_add_raft_voter_req_listener, "Listener");
#undef MSG

#define MSG struct kafc_add_raft_voter_req
ROWS(kafc_add_raft_voter_req) = {
    STR(cluster_id, "ClusterId", SINCE(0), NULLABLE(0)),
    I32(timeout_ms, "TimeoutMs", SINCE(0)),
    I32(voter_id, "VoterId", SINCE(0)),
    UUID(voter_directory_id, "VoterDirectoryId", SINCE(0)),
    ARR(listeners, kafc_add_raft_voter_req_listener, "Listeners", SINCE(0)),
    BOOL(ack_when_committed, "AckWhenCommitted", SINCE(1), DEFAULT(true)),
};
MESSAGE(kafc_add_raft_voter_req, "AddRaftVoterRequest", 80, 0, 1, 0);
#undef MSG

#define MSG struct kafc_add_raft_voter_resp
ROWS(kafc_add_raft_voter_resp) = {
    I32(throttle_time_ms, "ThrottleTimeMs", SINCE(0)),
    I16(error_code, "ErrorCode", SINCE(0)),
    STR(error_message, "ErrorMessage", SINCE(0), NULLABLE(0), IGNORABLE),
};
MESSAGE(kafc_add_raft_voter_resp, "AddRaftVoterResponse", 80, 0, 1, 0);
#undef MSG

API(kafc_add_raft_voter, "AddRaftVoter", 80, 1, 0, 0, KAFC_TO_CONTROLLER);
