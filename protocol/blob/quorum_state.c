/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The quorum-state file of a KRaft node, rows.
 */
#include "protocol/blob/quorum_state.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_quorum_state_data_voter
ROWS(kafc_quorum_state_data_voter) = {
    I32(voter_id, "VoterId", RANGE(0, 0)),
};
SCHEMA(kafc_quorum_state_data_voter, "Voter");
#undef MSG

#define MSG struct kafc_quorum_state_data
ROWS(kafc_quorum_state_data) = {
    STR(cluster_id, "ClusterId", RANGE(0, 0)),
    I32(leader_id, "LeaderId", SINCE(0), DEFAULT(-1)),
    I32(leader_epoch, "LeaderEpoch", SINCE(0), DEFAULT(-1)),
    I32(voted_id, "VotedId", SINCE(0), DEFAULT(-1)),
    UUID(voted_directory_id, "VotedDirectoryId", SINCE(1)),
    I64(applied_offset, "AppliedOffset", RANGE(0, 0)),
    ARR(current_voters, kafc_quorum_state_data_voter, "CurrentVoters", RANGE(0, 0), NULLABLE(0)),
};
DATA(kafc_quorum_state_data, "QuorumStateData", 0, 1, 0);
#undef MSG
