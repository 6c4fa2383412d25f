/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Which APIs the cluster serves, and in which versions.
 */
#include "mock/state.h"

static const struct kafc_mserve *const served[] = {
    &kafc__mock_produce,
    &kafc__mock_fetch,
    &kafc__mock_list_offsets,
    &kafc__mock_metadata,
    &kafc__mock_api_versions,
    &kafc__mock_create_topics,
    &kafc__mock_delete_topics,
    &kafc__mock_init_producer_id,
    &kafc__mock_find_coordinator,
    &kafc__mock_add_partitions_to_txn,
    &kafc__mock_add_offsets_to_txn,
    &kafc__mock_end_txn,
    &kafc__mock_txn_offset_commit,
    &kafc__mock_offset_commit,
    &kafc__mock_offset_fetch,
    &kafc__mock_join_group,
    &kafc__mock_sync_group,
    &kafc__mock_heartbeat,
    &kafc__mock_leave_group,
    &kafc__mock_describe_groups,
    &kafc__mock_list_groups,
    &kafc__mock_delete_groups,
    &kafc__mock_offset_delete,
    &kafc__mock_offset_for_leader_epoch,
    &kafc__mock_delete_records,
    &kafc__mock_create_partitions,
    &kafc__mock_describe_topic_partitions,
    &kafc__mock_describe_acls,
    &kafc__mock_create_acls,
    &kafc__mock_delete_acls,
    &kafc__mock_elect_leaders,
    &kafc__mock_alter_partition_reassignments,
    &kafc__mock_list_partition_reassignments,
    &kafc__mock_describe_log_dirs,
    &kafc__mock_alter_replica_log_dirs,
    &kafc__mock_describe_producers,
    &kafc__mock_write_txn_markers,
    &kafc__mock_describe_transactions,
    &kafc__mock_list_transactions,
    &kafc__mock_update_features,
    &kafc__mock_sasl_handshake,
    &kafc__mock_sasl_authenticate,
    &kafc__mock_describe_user_scram_credentials,
    &kafc__mock_alter_user_scram_credentials,
    &kafc__mock_describe_client_quotas,
    &kafc__mock_alter_client_quotas,
    &kafc__mock_create_delegation_token,
    &kafc__mock_renew_delegation_token,
    &kafc__mock_expire_delegation_token,
    &kafc__mock_describe_delegation_token,
    &kafc__mock_describe_configs,
    &kafc__mock_alter_configs,
    &kafc__mock_incremental_alter_configs,
    &kafc__mock_list_config_resources,
    &kafc__mock_describe_cluster,
    &kafc__mock_describe_quorum,
};
enum { SERVED = sizeof served / sizeof *served };
_Static_assert((int)SERVED <= (int)KAFC_MOCK_APIS, "no room for an API more");

const struct kafc_mserve *kafc__mock_serve_at(int index)
{
    return index < SERVED ? served[index] : NULL;
}

const struct kafc_mserve *kafc__mock_serve(int16_t key, int *index)
{
    for (int i = 0; i < SERVED; i++)
        if (served[i]->key == key) {
            if (index)
                *index = i;
            return served[i];
        }
    return NULL;
}
