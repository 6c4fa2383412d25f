/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Every message there is. Any thread.
 */
#include "protocol/registry.h"

#include "protocol/api/00_produce.h"
#include "protocol/api/01_fetch.h"
#include "protocol/api/02_list_offsets.h"
#include "protocol/api/03_metadata.h"
#include "protocol/api/04_leader_and_isr.h"
#include "protocol/api/05_stop_replica.h"
#include "protocol/api/06_update_metadata.h"
#include "protocol/api/07_controlled_shutdown.h"
#include "protocol/api/08_offset_commit.h"
#include "protocol/api/09_offset_fetch.h"
#include "protocol/api/10_find_coordinator.h"
#include "protocol/api/11_join_group.h"
#include "protocol/api/12_heartbeat.h"
#include "protocol/api/13_leave_group.h"
#include "protocol/api/14_sync_group.h"
#include "protocol/api/15_describe_groups.h"
#include "protocol/api/16_list_groups.h"
#include "protocol/api/17_sasl_handshake.h"
#include "protocol/api/18_api_versions.h"
#include "protocol/api/19_create_topics.h"
#include "protocol/api/20_delete_topics.h"
#include "protocol/api/21_delete_records.h"
#include "protocol/api/22_init_producer_id.h"
#include "protocol/api/23_offset_for_leader_epoch.h"
#include "protocol/api/24_add_partitions_to_txn.h"
#include "protocol/api/25_add_offsets_to_txn.h"
#include "protocol/api/26_end_txn.h"
#include "protocol/api/27_write_txn_markers.h"
#include "protocol/api/28_txn_offset_commit.h"
#include "protocol/api/29_describe_acls.h"
#include "protocol/api/30_create_acls.h"
#include "protocol/api/31_delete_acls.h"
#include "protocol/api/32_describe_configs.h"
#include "protocol/api/33_alter_configs.h"
#include "protocol/api/34_alter_replica_log_dirs.h"
#include "protocol/api/35_describe_log_dirs.h"
#include "protocol/api/36_sasl_authenticate.h"
#include "protocol/api/37_create_partitions.h"
#include "protocol/api/38_create_delegation_token.h"
#include "protocol/api/39_renew_delegation_token.h"
#include "protocol/api/40_expire_delegation_token.h"
#include "protocol/api/41_describe_delegation_token.h"
#include "protocol/api/42_delete_groups.h"
#include "protocol/api/43_elect_leaders.h"
#include "protocol/api/44_incremental_alter_configs.h"
#include "protocol/api/45_alter_partition_reassignments.h"
#include "protocol/api/46_list_partition_reassignments.h"
#include "protocol/api/47_offset_delete.h"
#include "protocol/api/48_describe_client_quotas.h"
#include "protocol/api/49_alter_client_quotas.h"
#include "protocol/api/50_describe_user_scram_credentials.h"
#include "protocol/api/51_alter_user_scram_credentials.h"
#include "protocol/api/52_vote.h"
#include "protocol/api/53_begin_quorum_epoch.h"
#include "protocol/api/54_end_quorum_epoch.h"
#include "protocol/api/55_describe_quorum.h"
#include "protocol/api/56_alter_partition.h"
#include "protocol/api/57_update_features.h"
#include "protocol/api/58_envelope.h"
#include "protocol/api/59_fetch_snapshot.h"
#include "protocol/api/60_describe_cluster.h"
#include "protocol/api/61_describe_producers.h"
#include "protocol/api/62_broker_registration.h"
#include "protocol/api/63_broker_heartbeat.h"
#include "protocol/api/64_unregister_broker.h"
#include "protocol/api/65_describe_transactions.h"
#include "protocol/api/66_list_transactions.h"
#include "protocol/api/67_allocate_producer_ids.h"
#include "protocol/api/68_consumer_group_heartbeat.h"
#include "protocol/api/69_consumer_group_describe.h"
#include "protocol/api/70_controller_registration.h"
#include "protocol/api/71_get_telemetry_subscriptions.h"
#include "protocol/api/72_push_telemetry.h"
#include "protocol/api/73_assign_replicas_to_dirs.h"
#include "protocol/api/74_list_config_resources.h"
#include "protocol/api/75_describe_topic_partitions.h"
#include "protocol/api/76_share_group_heartbeat.h"
#include "protocol/api/77_share_group_describe.h"
#include "protocol/api/78_share_fetch.h"
#include "protocol/api/79_share_acknowledge.h"
#include "protocol/api/80_add_raft_voter.h"
#include "protocol/api/81_remove_raft_voter.h"
#include "protocol/api/82_update_raft_voter.h"
#include "protocol/api/83_initialize_share_group_state.h"
#include "protocol/api/84_read_share_group_state.h"
#include "protocol/api/85_write_share_group_state.h"
#include "protocol/api/86_delete_share_group_state.h"
#include "protocol/api/87_read_share_group_state_summary.h"
#include "protocol/api/88_streams_group_heartbeat.h"
#include "protocol/api/89_streams_group_describe.h"
#include "protocol/api/90_describe_share_group_offsets.h"
#include "protocol/api/91_alter_share_group_offsets.h"
#include "protocol/api/92_delete_share_group_offsets.h"
#include "protocol/api/headers.h"
#include "protocol/blob/consumer_group_log.h"
#include "protocol/blob/consumer_protocol.h"
#include "protocol/blob/control.h"
#include "protocol/blob/group_log.h"
#include "protocol/blob/principal.h"
#include "protocol/blob/quorum_state.h"
#include "protocol/blob/share_group_log.h"
#include "protocol/blob/share_log.h"
#include "protocol/blob/sticky.h"
#include "protocol/blob/streams_group_log.h"
#include "protocol/blob/txn_log.h"

/* The place of an API is its key. */
static const struct kafc_api *const apis[] = {
    &kafc_produce_api,
    &kafc_fetch_api,
    &kafc_list_offsets_api,
    &kafc_metadata_api,
    &kafc_leader_and_isr_api,
    &kafc_stop_replica_api,
    &kafc_update_metadata_api,
    &kafc_controlled_shutdown_api,
    &kafc_offset_commit_api,
    &kafc_offset_fetch_api,
    &kafc_find_coordinator_api,
    &kafc_join_group_api,
    &kafc_heartbeat_api,
    &kafc_leave_group_api,
    &kafc_sync_group_api,
    &kafc_describe_groups_api,
    &kafc_list_groups_api,
    &kafc_sasl_handshake_api,
    &kafc_api_versions_api,
    &kafc_create_topics_api,
    &kafc_delete_topics_api,
    &kafc_delete_records_api,
    &kafc_init_producer_id_api,
    &kafc_offset_for_leader_epoch_api,
    &kafc_add_partitions_to_txn_api,
    &kafc_add_offsets_to_txn_api,
    &kafc_end_txn_api,
    &kafc_write_txn_markers_api,
    &kafc_txn_offset_commit_api,
    &kafc_describe_acls_api,
    &kafc_create_acls_api,
    &kafc_delete_acls_api,
    &kafc_describe_configs_api,
    &kafc_alter_configs_api,
    &kafc_alter_replica_log_dirs_api,
    &kafc_describe_log_dirs_api,
    &kafc_sasl_authenticate_api,
    &kafc_create_partitions_api,
    &kafc_create_delegation_token_api,
    &kafc_renew_delegation_token_api,
    &kafc_expire_delegation_token_api,
    &kafc_describe_delegation_token_api,
    &kafc_delete_groups_api,
    &kafc_elect_leaders_api,
    &kafc_incremental_alter_configs_api,
    &kafc_alter_partition_reassignments_api,
    &kafc_list_partition_reassignments_api,
    &kafc_offset_delete_api,
    &kafc_describe_client_quotas_api,
    &kafc_alter_client_quotas_api,
    &kafc_describe_user_scram_credentials_api,
    &kafc_alter_user_scram_credentials_api,
    &kafc_vote_api,
    &kafc_begin_quorum_epoch_api,
    &kafc_end_quorum_epoch_api,
    &kafc_describe_quorum_api,
    &kafc_alter_partition_api,
    &kafc_update_features_api,
    &kafc_envelope_api,
    &kafc_fetch_snapshot_api,
    &kafc_describe_cluster_api,
    &kafc_describe_producers_api,
    &kafc_broker_registration_api,
    &kafc_broker_heartbeat_api,
    &kafc_unregister_broker_api,
    &kafc_describe_transactions_api,
    &kafc_list_transactions_api,
    &kafc_allocate_producer_ids_api,
    &kafc_consumer_group_heartbeat_api,
    &kafc_consumer_group_describe_api,
    &kafc_controller_registration_api,
    &kafc_get_telemetry_subscriptions_api,
    &kafc_push_telemetry_api,
    &kafc_assign_replicas_to_dirs_api,
    &kafc_list_config_resources_api,
    &kafc_describe_topic_partitions_api,
    &kafc_share_group_heartbeat_api,
    &kafc_share_group_describe_api,
    &kafc_share_fetch_api,
    &kafc_share_acknowledge_api,
    &kafc_add_raft_voter_api,
    &kafc_remove_raft_voter_api,
    &kafc_update_raft_voter_api,
    &kafc_initialize_share_group_state_api,
    &kafc_read_share_group_state_api,
    &kafc_write_share_group_state_api,
    &kafc_delete_share_group_state_api,
    &kafc_read_share_group_state_summary_api,
    &kafc_streams_group_heartbeat_api,
    &kafc_streams_group_describe_api,
    &kafc_describe_share_group_offsets_api,
    &kafc_alter_share_group_offsets_api,
    &kafc_delete_share_group_offsets_api,
};
static const struct kafc_schema *const data[] = {
    &kafc_header_req_schema,
    &kafc_header_resp_schema,
    &kafc_consumer_subscription_schema,
    &kafc_consumer_assignment_schema,
    &kafc_sticky_user_data_schema,
    &kafc_cooperative_sticky_user_data_schema,
    &kafc_control_key_schema,
    &kafc_end_txn_marker_schema,
    &kafc_leader_change_message_schema,
    &kafc_snapshot_header_record_schema,
    &kafc_snapshot_footer_record_schema,
    &kafc_kraft_version_record_schema,
    &kafc_voters_record_schema,
    &kafc_default_principal_schema,
    &kafc_legacy_offset_commit_key_schema,
    &kafc_legacy_offset_commit_value_schema,
    &kafc_offset_commit_key_schema,
    &kafc_offset_commit_value_schema,
    &kafc_group_metadata_key_schema,
    &kafc_group_metadata_value_schema,
    &kafc_consumer_group_metadata_key_schema,
    &kafc_consumer_group_metadata_value_schema,
    &kafc_consumer_group_partition_metadata_key_schema,
    &kafc_consumer_group_partition_metadata_value_schema,
    &kafc_consumer_group_member_metadata_key_schema,
    &kafc_consumer_group_member_metadata_value_schema,
    &kafc_consumer_group_target_assignment_metadata_key_schema,
    &kafc_consumer_group_target_assignment_metadata_value_schema,
    &kafc_consumer_group_target_assignment_member_key_schema,
    &kafc_consumer_group_target_assignment_member_value_schema,
    &kafc_consumer_group_current_member_assignment_key_schema,
    &kafc_consumer_group_current_member_assignment_value_schema,
    &kafc_consumer_group_regular_expression_key_schema,
    &kafc_consumer_group_regular_expression_value_schema,
    &kafc_share_group_partition_metadata_key_schema,
    &kafc_share_group_partition_metadata_value_schema,
    &kafc_share_group_member_metadata_key_schema,
    &kafc_share_group_member_metadata_value_schema,
    &kafc_share_group_metadata_key_schema,
    &kafc_share_group_metadata_value_schema,
    &kafc_share_group_target_assignment_metadata_key_schema,
    &kafc_share_group_target_assignment_metadata_value_schema,
    &kafc_share_group_target_assignment_member_key_schema,
    &kafc_share_group_target_assignment_member_value_schema,
    &kafc_share_group_current_member_assignment_key_schema,
    &kafc_share_group_current_member_assignment_value_schema,
    &kafc_share_group_state_partition_metadata_key_schema,
    &kafc_share_group_state_partition_metadata_value_schema,
    &kafc_streams_group_metadata_key_schema,
    &kafc_streams_group_metadata_value_schema,
    &kafc_streams_group_member_metadata_key_schema,
    &kafc_streams_group_member_metadata_value_schema,
    &kafc_streams_group_target_assignment_metadata_key_schema,
    &kafc_streams_group_target_assignment_metadata_value_schema,
    &kafc_streams_group_target_assignment_member_key_schema,
    &kafc_streams_group_target_assignment_member_value_schema,
    &kafc_streams_group_current_member_assignment_key_schema,
    &kafc_streams_group_current_member_assignment_value_schema,
    &kafc_streams_group_topology_key_schema,
    &kafc_streams_group_topology_value_schema,
    &kafc_transaction_log_key_schema,
    &kafc_transaction_log_value_schema,
    &kafc_share_snapshot_key_schema,
    &kafc_share_snapshot_value_schema,
    &kafc_share_update_key_schema,
    &kafc_share_update_value_schema,
    &kafc_quorum_state_data_schema,
};

enum { NAPIS = sizeof(apis) / sizeof(*apis), NDATA = sizeof(data) / sizeof(*data) };

const struct kafc_api *const *kafc__apis(size_t *n)
{
    *n = NAPIS;
    return apis;
}

const struct kafc_api *kafc__api(int16_t key)
{
    return key >= 0 && key < NAPIS ? apis[key] : NULL;
}

const struct kafc_api *kafc__api_named(const char *name)
{
    for (size_t i = 0; i < NAPIS; i++)
        if (!strcmp(apis[i]->name, name))
            return apis[i];
    return NULL;
}

const struct kafc_schema *const *kafc__data_schemas(size_t *n)
{
    *n = NDATA;
    return data;
}

const struct kafc_schema *kafc__schema_named(const char *name)
{
    for (size_t i = 0; i < NAPIS; i++) {
        if (!strcmp(apis[i]->req->name, name))
            return apis[i]->req;
        if (!strcmp(apis[i]->resp->name, name))
            return apis[i]->resp;
    }
    for (size_t i = 0; i < NDATA; i++)
        if (!strcmp(data[i]->name, name))
            return data[i];
    return NULL;
}
