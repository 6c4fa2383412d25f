/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Keys and values of control records, rows.
 */
#include "protocol/blob/control.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_control_key
ROWS(kafc_control_key) = {
    I16(type, "Type", SINCE(0)),
};
DATA(kafc_control_key, "ControlRecordTypeSchema", 0, 0, NEVER);
#undef MSG

#define MSG struct kafc_end_txn_marker
ROWS(kafc_end_txn_marker) = {
    I32(coordinator_epoch, "CoordinatorEpoch", SINCE(0)),
};
DATA(kafc_end_txn_marker, "EndTxnMarker", 0, 0, NEVER);
#undef MSG

#define MSG struct kafc_leader_change_message_voter
ROWS(kafc_leader_change_message_voter) = {
    I32(voter_id, "VoterId", SINCE(0)),
    UUID(voter_directory_id, "VoterDirectoryId", SINCE(1)),
};
SCHEMA(kafc_leader_change_message_voter, "Voter");
#undef MSG

#define MSG struct kafc_leader_change_message
ROWS(kafc_leader_change_message) = {
    I16(version, "Version", SINCE(0)),
    I32(leader_id, "LeaderId", SINCE(0)),
    ARR(voters, kafc_leader_change_message_voter, "Voters", SINCE(0)),
    ARR(granting_voters, kafc_leader_change_message_voter, "GrantingVoters", SINCE(0)),
};
DATA(kafc_leader_change_message, "LeaderChangeMessage", 0, 1, 0);
#undef MSG

#define MSG struct kafc_snapshot_header_record
ROWS(kafc_snapshot_header_record) = {
    I16(version, "Version", SINCE(0)),
    I64(last_contained_log_timestamp, "LastContainedLogTimestamp", SINCE(0)),
};
DATA(kafc_snapshot_header_record, "SnapshotHeaderRecord", 0, 0, 0);
#undef MSG

#define MSG struct kafc_snapshot_footer_record
ROWS(kafc_snapshot_footer_record) = {
    I16(version, "Version", SINCE(0)),
};
DATA(kafc_snapshot_footer_record, "SnapshotFooterRecord", 0, 0, 0);
#undef MSG

#define MSG struct kafc_kraft_version_record
ROWS(kafc_kraft_version_record) = {
    I16(version, "Version", SINCE(0)),
    I16(kraft_version, "KRaftVersion", SINCE(0)),
};
DATA(kafc_kraft_version_record, "KRaftVersionRecord", 0, 0, 0);
#undef MSG

#define MSG struct kafc_voters_record_endpoint
ROWS(kafc_voters_record_endpoint) = {
    STR(name, "Name", SINCE(0)),
    STR(host, "Host", SINCE(0)),
    U16(port, "Port", SINCE(0)),
};
SCHEMA(kafc_voters_record_endpoint, "Endpoint");
#undef MSG

#define MSG struct kafc_voters_record_kraft_version
ROWS(kafc_voters_record_kraft_version) = {
    I16(min_supported_version, "MinSupportedVersion", SINCE(0)),
    I16(max_supported_version, "MaxSupportedVersion", SINCE(0)),
};
SCHEMA(kafc_voters_record_kraft_version, "KRaftVersionFeature");
#undef MSG

#define MSG struct kafc_voters_record_voter
ROWS(kafc_voters_record_voter) = {
    I32(voter_id, "VoterId", SINCE(0)),
    UUID(voter_directory_id, "VoterDirectoryId", SINCE(0)),
    ARR(endpoints, kafc_voters_record_endpoint, "Endpoints", SINCE(0)),
    STRUCT(kraft_version_feature, kafc_voters_record_kraft_version, "KRaftVersionFeature", SINCE(0)),
};
SCHEMA(kafc_voters_record_voter, "Voter");
#undef MSG

#define MSG struct kafc_voters_record
ROWS(kafc_voters_record) = {
    I16(version, "Version", SINCE(0)),
    ARR(voters, kafc_voters_record_voter, "Voters", SINCE(0)),
};
DATA(kafc_voters_record, "VotersRecord", 0, 0, 0);
#undef MSG
