/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What an ACL refuses, call by call: the error comes at once and names the
 * resource, what stands beside it goes on, and when the permission is given
 * the next call goes through. Topic "t" is the one that is denied, "u" is open.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "tests/client/denying.h"
#include "tests/client/raw.h"
#include "tests/support/suite.h"

enum { WAIT = 20000, AT_ONCE_MS = WAIT / 2 }; /* what is tried again is so until WAIT is over */

static kafc_err beside; /* what became of the one that is allowed */

static const char *const both[] = { "t", "u" };

static void up(void)
{
    kafc_offset o[] = { { .topic = "t", .offset = 1 }, { .topic = "u", .offset = 1 } };
    denying_up();
    raw_ok(kafc_admin_commit_offsets(raw_client, "g", o, 2, WAIT, &raw_err));
    raw_ok(kafc_admin_commit_offsets(raw_client, "h", o, 2, WAIT, &raw_err));
}

/* --- Topics ------------------------------------------------------------------------------------ */

static kafc_err metadata(void)
{
    kafc_metadata *m;
    kafc_err rc = kafc_client_metadata(raw_client, both, 2, WAIT, &m, &raw_err);
    ck_assert_int_eq(rc, KAFC_OK); /* each topic says it of itself */
    beside = m->topics[1].err;
    rc = m->topics[0].err;
    (void)snprintf(raw_err.message, sizeof(raw_err.message), "%s", m->topics[0].name);
    kafc_metadata_free(m);
    return rc;
}

static kafc_err describe_topics(void)
{
    kafc_topic_descriptions *d;
    kafc_err rc = kafc_admin_describe_topics(raw_client, both, 2, WAIT, &d, &raw_err);
    beside = d->topics[1].err;
    ck_assert_int_eq(d->topics[0].err, rc);
    kafc_topic_descriptions_free(d);
    return rc;
}

static kafc_err offsets(void)
{
    kafc_offset_query q[] = { { .topic = "t", .at = KAFC_LAST }, { .topic = "u", .at = KAFC_LAST } };
    kafc_err rc = kafc_client_offsets(raw_client, q, 2, KAFC_READ_COMMITTED, WAIT, &raw_err);
    beside = q[1].result;
    ck_assert_int_eq(q[0].result, rc);
    return rc;
}

static kafc_err create_topics(void)
{
    kafc_new_topic v[] = { { .name = "new" }, { .name = "other" } };
    kafc_err rc = kafc_admin_create_topics(raw_client, v, 2, NULL, WAIT, NULL, &raw_err);
    beside = v[1].result == KAFC_ERR_TOPIC_ALREADY_EXISTS ? KAFC_OK : v[1].result;
    ck_assert_int_eq(rc == KAFC_ERR_TOPIC_ALREADY_EXISTS ? v[0].result : rc, v[0].result);
    return v[0].result;
}

static kafc_err grow_topics(void)
{
    static int32_t n = 5;
    kafc_grown_topic v[] = { { .name = "t", .partitions = n }, { .name = "u", .partitions = n } };
    kafc_err rc = kafc_admin_grow_topics(raw_client, v, 2, NULL, WAIT, &raw_err);
    n++;
    beside = v[1].result;
    ck_assert_int_eq(v[0].result, rc);
    return rc;
}

static kafc_err delete_topics(void)
{
    kafc_err result[2], rc = kafc_admin_delete_topics(raw_client, both, 2, result, WAIT, &raw_err);
    beside = result[1] == KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION ? KAFC_OK : result[1];
    return rc == KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION ? result[0] : rc;
}

static kafc_err delete_topic_ids(void)
{
    kafc_metadata *m;
    kafc_uuid id[2];
    kafc_err result[2];
    raw_ok(kafc_client_metadata(raw_client, both, 2, WAIT, &m, &raw_err));
    id[0] = m->topics[0].id;
    id[1] = m->topics[1].id;
    bool gone = m->topics[1].err; /* by the first call */
    kafc_metadata_free(m);
    kafc_err rc = kafc_admin_delete_topic_ids(raw_client, id, gone ? 1 : 2, result, WAIT, &raw_err);
    beside = gone ? KAFC_OK : result[1];
    ck_assert_int_eq(result[0], rc);
    return rc;
}

static kafc_err describe_producers(void)
{
    static const kafc_topic_partition p[] = { { "t", 0 }, { "u", 0 } };
    kafc_producer_list *l;
    kafc_err rc = kafc_admin_describe_producers(raw_client, p, 2, KAFC_BY_ROUTE, WAIT, &l, &raw_err);
    beside = l->partitions[1].result;
    ck_assert_int_eq(l->partitions[0].result, rc);
    kafc_producer_list_free(l);
    return rc;
}

static kafc_err delete_records(void)
{
    kafc_deletion q[] = { { .topic = "t", .before = KAFC_LAST }, { .topic = "u", .before = KAFC_LAST } };
    kafc_err rc = kafc_admin_delete_records(raw_client, q, 2, WAIT, &raw_err);
    beside = q[1].result;
    ck_assert_int_eq(q[0].result, rc);
    return rc;
}

static kafc_err epoch_ends(void)
{
    kafc_epoch_end q[] = { { .topic = "t" }, { .topic = "u" } };
    kafc_err rc = kafc_admin_epoch_ends(raw_client, q, 2, WAIT, &raw_err);
    beside = q[1].result;
    ck_assert_int_eq(q[0].result, rc);
    return rc;
}

/* By the leader, into the log. */
static kafc_err abort_transaction(void)
{
    const kafc_producer_state nobody = { .producer_id = 123456789, .transaction_start = 0 };
    return kafc_admin_abort_transaction(raw_client, "t", 0, &nobody, WAIT, &raw_err);
}

/* --- Groups ------------------------------------------------------------------------------------ */

static const char *const groups[] = { "g", "h" };

static kafc_err describe_groups(void)
{
    kafc_group_descriptions *d;
    kafc_err rc = kafc_admin_describe_groups(raw_client, groups, 2, WAIT, &d, &raw_err);
    beside = d->groups[1].result;
    ck_assert_int_eq(d->groups[0].result, rc);
    kafc_group_descriptions_free(d);
    return rc;
}

static kafc_err delete_groups(void)
{
    kafc_err result[2], rc = kafc_admin_delete_groups(raw_client, groups, 2, result, WAIT, &raw_err);
    beside = result[1] == KAFC_ERR_GROUP_ID_NOT_FOUND ? KAFC_OK : result[1];
    return rc == KAFC_ERR_GROUP_ID_NOT_FOUND ? result[0] : rc;
}

/* Is left out. */
static kafc_err list_groups(void)
{
    kafc_group_list *l;
    bool g = false, h = false;
    raw_ok(kafc_admin_list_groups(raw_client, NULL, WAIT, &l, &raw_err));
    for (int32_t i = 0; i < l->ngroups; i++) {
        g = g || strcmp(l->groups[i].group, "g") == 0;
        h = h || strcmp(l->groups[i].group, "h") == 0;
    }
    kafc_group_list_free(l);
    beside = h ? KAFC_OK : KAFC_ERR_GROUP_ID_NOT_FOUND;
    return g ? KAFC_OK : KAFC_ERR_GROUP_AUTHORIZATION_FAILED;
}

static kafc_err group_offsets(void)
{
    kafc_group_offsets *o;
    kafc_err rc = kafc_admin_group_offsets(raw_client, "g", WAIT, &o, &raw_err);
    kafc_group_offsets_free(o);
    return rc;
}

static kafc_err offsets_of_groups(void)
{
    kafc_offsets_of_groups *o;
    kafc_err rc = kafc_admin_offsets_of_groups(raw_client, groups, 2, false, WAIT, &o, &raw_err);
    beside = o->groups[1].result;
    ck_assert_int_eq(o->groups[0].result, rc);
    kafc_offsets_of_groups_free(o);
    return rc;
}

static kafc_err group_lags(void)
{
    kafc_group_lags *l;
    kafc_err rc = kafc_admin_group_lags(raw_client, groups, 2, KAFC_READ_COMMITTED, WAIT, &l,
                                        &raw_err);
    beside = l->groups[1].result;
    kafc_group_lags_free(l);
    return rc;
}

static kafc_err find_coordinators(void)
{
    kafc_coordinators *f;
    kafc_err rc = kafc_admin_find_coordinators(raw_client, KAFC_COORDINATED_GROUPS, groups, 2, WAIT,
                                               &f, &raw_err);
    beside = f->coordinators[1].result;
    ck_assert_int_eq(f->coordinators[0].result, rc);
    kafc_coordinators_free(f);
    return rc;
}

static kafc_err committed(void)
{
    kafc_offset q[] = { { .topic = "t" }, { .topic = "u" } };
    kafc_err rc = kafc_client_committed(raw_client, "g", q, 2, WAIT, &raw_err);
    beside = rc == KAFC_ERR_GROUP_AUTHORIZATION_FAILED ? KAFC_OK : q[1].result;
    ck_assert_int_eq(q[0].result, rc);
    return rc;
}

static kafc_err commit_offsets(void)
{
    kafc_offset q[] = { { .topic = "t", .offset = 1 }, { .topic = "u", .offset = 1 } };
    kafc_err rc = kafc_admin_commit_offsets(raw_client, "g", q, 2, WAIT, &raw_err);
    beside = rc == KAFC_ERR_GROUP_AUTHORIZATION_FAILED ? KAFC_OK : q[1].result;
    ck_assert_int_eq(q[0].result, rc);
    return rc;
}

static kafc_err delete_offsets(void)
{
    kafc_offset q[] = { { .topic = "t" }, { .topic = "u" } };
    kafc_err rc = kafc_admin_delete_offsets(raw_client, "g", q, 2, WAIT, &raw_err);
    beside = rc == KAFC_ERR_GROUP_AUTHORIZATION_FAILED ? KAFC_OK : q[1].result;
    ck_assert_int_eq(q[0].result, rc);
    return rc;
}

static kafc_err remove_members(void)
{
    kafc_member_removal q = { .member_id = "nobody" };
    kafc_err rc = kafc_admin_remove_members(raw_client, "g", &q, 1, NULL, WAIT, &raw_err);
    return rc == KAFC_ERR_UNKNOWN_MEMBER_ID ? KAFC_OK : rc;
}

/* Of a group that is none of those. */
static kafc_err unless_not_found(kafc_err rc)
{
    return rc == KAFC_ERR_GROUP_ID_NOT_FOUND ? KAFC_OK : rc;
}

static kafc_err share_group_offsets(void)
{
    kafc_share_offsets *o;
    kafc_err rc = kafc_admin_share_group_offsets(raw_client, groups, 1, WAIT, &o, &raw_err);
    kafc_share_offsets_free(o);
    return unless_not_found(rc);
}

static kafc_err alter_share_group_offsets(void)
{
    kafc_share_offset q = { .topic = "t" };
    return unless_not_found(
        kafc_admin_alter_share_group_offsets(raw_client, "g", &q, 1, WAIT, &raw_err));
}

static kafc_err delete_share_group_offsets(void)
{
    return unless_not_found(
        kafc_admin_delete_share_group_offsets(raw_client, "g", both, 1, NULL, WAIT, &raw_err));
}

/* --- The cluster ---------------------------------------------------------------------------------- */

static kafc_err create_acls(void)
{
    kafc_acl a = { .resource = KAFC_ACL_TOPIC,
                   .name = "z",
                   .principal = "User:bob",
                   .operation = KAFC_ACL_READ,
                   .permission = KAFC_ACL_ALLOW };
    return kafc_admin_create_acls(raw_client, &a, 1, WAIT, &raw_err);
}

static kafc_err describe_acls(void)
{
    kafc_acl_list *l;
    kafc_err rc = kafc_admin_describe_acls(raw_client, NULL, WAIT, &l, &raw_err);
    kafc_acl_list_free(l);
    return rc;
}

static kafc_err delete_acls(void)
{
    kafc_acl a = { .name = "nothing" };
    return kafc_admin_delete_acls(raw_client, &a, 1, WAIT, NULL, &raw_err);
}

static kafc_err describe_users(void)
{
    kafc_user_list *l;
    kafc_err rc = kafc_admin_describe_users(raw_client, NULL, 0, WAIT, &l, &raw_err);
    kafc_user_list_free(l);
    return rc;
}

static kafc_err upsert_users(void)
{
    static const char hash[33] = "a password that nobody has.......";
    kafc_scram_credential v = { .user = "bob",
                                .mechanism = KAFC_SCRAM_SHA_256,
                                .iterations = 4096,
                                .salt = { "salt", 4 },
                                .salted_password = { hash, 32 } };
    return kafc_admin_upsert_users(raw_client, &v, 1, WAIT, &raw_err);
}

static kafc_err delete_users(void)
{
    kafc_scram_credential v = { .user = "nobody", .mechanism = KAFC_SCRAM_SHA_256 };
    kafc_err rc = kafc_admin_delete_users(raw_client, &v, 1, WAIT, &raw_err);
    return rc == KAFC_ERR_RESOURCE_NOT_FOUND ? KAFC_OK : rc;
}

static kafc_err create_token(void)
{
    const kafc_new_token bobs = { .owner = "User:bob", .lifetime_ms = 60000 };
    kafc_token_list *l;
    kafc_err rc = kafc_admin_create_token(raw_client, &bobs, WAIT, &l, &raw_err);
    kafc_token_list_free(l);
    return rc;
}

static kafc_err describe_quotas(void)
{
    kafc_quota_list *l;
    kafc_err rc = kafc_admin_describe_quotas(raw_client, NULL, 0, false, WAIT, &l, &raw_err);
    kafc_quota_list_free(l);
    return rc;
}

static kafc_err alter_quotas(void)
{
    static const kafc_quota_entity bob = { "user", "bob" };
    static const kafc_quota rate = { .key = "producer_byte_rate", .value = 1 };
    kafc_quota_entry e = { .entity = &bob, .nentity = 1, .quotas = &rate, .nquotas = 1 };
    return kafc_admin_alter_quotas(raw_client, &e, 1, false, WAIT, &raw_err);
}

static kafc_err reassign(void)
{
    static const int32_t replicas[] = { 1, 2, 3 };
    kafc_reassignment q = { .topic = "t", .replicas = replicas, .nreplicas = denying_mock ? 3 : 1 };
    return kafc_admin_reassign_partitions(raw_client, &q, 1, false, WAIT, &raw_err);
}

static kafc_err list_reassignments(void)
{
    kafc_reassignment_list *l;
    kafc_err rc = kafc_admin_list_reassignments(raw_client, NULL, KAFC_ALL_PARTITIONS, WAIT, &l,
                                                &raw_err);
    kafc_reassignment_list_free(l);
    return rc;
}

static kafc_err elect_leaders(void)
{
    kafc_election_results *r;
    kafc_err rc = kafc_admin_elect_leaders(raw_client, KAFC_ELECT_PREFERRED, NULL,
                                           KAFC_ALL_PARTITIONS, WAIT, &r, &raw_err);
    kafc_election_results_free(r);
    return rc;
}

static kafc_err log_dirs(void)
{
    kafc_log_dirs *d;
    kafc_err rc = kafc_admin_describe_log_dirs(raw_client, NULL, 0, NULL, KAFC_ALL_PARTITIONS, WAIT,
                                               &d, &raw_err);
    kafc_log_dirs_free(d);
    return rc;
}

static kafc_err move_to_dir(void)
{
    kafc_replica_move q = { .topic = "t", .broker = 1, .path = "/no/such/directory" };
    kafc_err rc = kafc_admin_alter_replica_log_dirs(raw_client, &q, 1, WAIT, &raw_err);
    return rc == KAFC_ERR_LOG_DIR_NOT_FOUND || rc == KAFC_ERR_REPLICA_NOT_AVAILABLE ? KAFC_OK : rc;
}

static kafc_err describe_quorum(void)
{
    kafc_quorum *q;
    kafc_err rc = kafc_admin_describe_quorum(raw_client, WAIT, &q, &raw_err);
    kafc_quorum_free(q);
    return rc;
}

static kafc_err describe_configs(void)
{
    static const kafc_config_query q[] = { { .of = { KAFC_CONFIG_TOPIC, "t" } },
                                           { .of = { KAFC_CONFIG_TOPIC, "u" } } };
    kafc_config_descriptions *d;
    kafc_err rc = kafc_admin_describe_configs(raw_client, q, 2, 0, WAIT, &d, &raw_err);
    beside = d->resources[1].result;
    ck_assert_int_eq(d->resources[0].result, rc);
    kafc_config_descriptions_free(d);
    return rc;
}

static kafc_err alter_configs(void)
{
    static const kafc_config_change one = { .name = "max.message.bytes", .value = "1000" };
    kafc_config_changes q[] = {
        { .of = { KAFC_CONFIG_TOPIC, "t" }, .changes = &one, .nchanges = 1 },
        { .of = { KAFC_CONFIG_TOPIC, "u" }, .changes = &one, .nchanges = 1 },
    };
    kafc_err rc = kafc_admin_alter_configs(raw_client, q, 2, false, WAIT, &raw_err);
    beside = q[1].result;
    ck_assert_int_eq(q[0].result, rc);
    return rc;
}

static kafc_err replace_configs(void)
{
    static const kafc_config one = { .name = "max.message.bytes", .value = "1000" };
    kafc_config_replacement q[] = {
        { .of = { KAFC_CONFIG_TOPIC, "t" }, .configs = &one, .nconfigs = 1 },
        { .of = { KAFC_CONFIG_TOPIC, "u" }, .configs = &one, .nconfigs = 1 },
    };
    kafc_err rc = kafc_admin_replace_configs(raw_client, q, 2, false, WAIT, &raw_err);
    beside = q[1].result;
    ck_assert_int_eq(q[0].result, rc);
    return rc;
}

static kafc_err describe_broker(void)
{
    static const kafc_config_query q = { .of = { KAFC_CONFIG_BROKER, "1" } };
    kafc_config_descriptions *d;
    kafc_err rc = kafc_admin_describe_configs(raw_client, &q, 1, 0, WAIT, &d, &raw_err);
    kafc_config_descriptions_free(d);
    return rc;
}

static kafc_err alter_broker(void)
{
    static const kafc_config_change one = { .name = "log.cleaner.threads", .value = "2" };
    kafc_config_changes q = { .of = { KAFC_CONFIG_BROKER, "" }, .changes = &one, .nchanges = 1 };
    return kafc_admin_alter_configs(raw_client, &q, 1, true, WAIT, &raw_err);
}

static kafc_err list_config_resources(void)
{
    kafc_config_resources *r;
    kafc_err rc = kafc_admin_list_config_resources(raw_client, 0, WAIT, &r, &raw_err);
    kafc_config_resources_free(r);
    return rc;
}

static kafc_err update_features(void)
{
    kafc_feature_update q = { .feature = "transaction.version", .level = 2 };
    return kafc_admin_update_features(raw_client, &q, 1, true, WAIT, &raw_err);
}

static kafc_err unregister_broker(void)
{
    kafc_err rc = kafc_admin_unregister_broker(raw_client, 99, WAIT, &raw_err);
    return rc == KAFC_ERR_BROKER_ID_NOT_REGISTERED ? KAFC_OK : rc;
}

/* --- Transactional ids -------------------------------------------------------------------------------- */

static kafc_err fence(void)
{
    kafc_fenced_producer q[] = { { .transactional_id = "x" }, { .transactional_id = "y" } };
    kafc_err rc = kafc_admin_fence_producers(raw_client, q, 2, WAIT, &raw_err);
    beside = q[1].result;
    ck_assert_int_eq(q[0].result, rc);
    return rc;
}

static kafc_err describe_transactions(void)
{
    static const char *const ids[] = { "x", "y" };
    kafc_transaction_descriptions *d;
    kafc_err rc = kafc_admin_describe_transactions(raw_client, ids, 2, WAIT, &d, &raw_err);
    beside = d->transactions[1].result == KAFC_ERR_TRANSACTIONAL_ID_NOT_FOUND
                 ? KAFC_OK
                 : d->transactions[1].result;
    rc = d->transactions[0].result == KAFC_ERR_TRANSACTIONAL_ID_NOT_FOUND
             ? KAFC_OK
             : d->transactions[0].result;
    kafc_transaction_descriptions_free(d);
    return rc;
}

/* --- All of them ---------------------------------------------------------------------------------------- */

#define TOPIC_DENIED KAFC_ERR_TOPIC_AUTHORIZATION_FAILED
#define TOPIC(what)   KAFC_ACL_TOPIC, "t", KAFC_ACL_##what, TOPIC_DENIED, "t"
#define GROUP(what)   KAFC_ACL_GROUP, "g", KAFC_ACL_##what, KAFC_ERR_GROUP_AUTHORIZATION_FAILED, "g"
#define CLUSTER(what, says) \
    KAFC_ACL_CLUSTER, "kafka-cluster", KAFC_ACL_##what, KAFC_ERR_CLUSTER_AUTHORIZATION_FAILED, says
#define TXN(what) \
    KAFC_ACL_TRANSACTIONAL_ID, "x", KAFC_ACL_##what, KAFC_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED, "x"

static const struct {
    const char *name;
    kafc_err (*call)(void);
    kafc_acl_resource resource;
    const char *denied;
    kafc_acl_operation operation;
    kafc_err code;
    const char *says;
} calls[] = {
    { "metadata", metadata, TOPIC(DESCRIBE) },
    { "describe_topics", describe_topics, TOPIC(DESCRIBE) },
    { "offsets", offsets, TOPIC(DESCRIBE) },
    { "grow_topics", grow_topics, TOPIC(ALTER) },
    { "delete_records", delete_records, TOPIC(DELETE) },
    { "describe_producers", describe_producers, TOPIC(READ) },
    { "describe_groups", describe_groups, GROUP(DESCRIBE) },
    { "delete_groups", delete_groups, GROUP(DELETE) },
    { "group_offsets", group_offsets, GROUP(DESCRIBE) },
    { "offsets_of_groups", offsets_of_groups, GROUP(DESCRIBE) },
    { "group_lags", group_lags, GROUP(DESCRIBE) },
    { "find_coordinators", find_coordinators, GROUP(DESCRIBE) },
    { "committed", committed, GROUP(DESCRIBE) },
    { "commit_offsets", commit_offsets, GROUP(READ) },
    { "delete_offsets", delete_offsets, GROUP(DELETE) },
    { "remove_members", remove_members, GROUP(READ) },
    { "committed: a topic", committed, TOPIC(DESCRIBE) },
    { "commit_offsets: a topic", commit_offsets, TOPIC(READ) },
    { "delete_offsets: a topic", delete_offsets, TOPIC(READ) },
    { "create_acls", create_acls, CLUSTER(ALTER, "ACL") },
    { "describe_acls", describe_acls, CLUSTER(DESCRIBE, "ACL") },
    { "delete_acls", delete_acls, CLUSTER(ALTER, "filter") },
    { "describe_users", describe_users, CLUSTER(DESCRIBE, "users") },
    { "upsert_users", upsert_users, CLUSTER(ALTER, "'bob'") },
    { "delete_users", delete_users, CLUSTER(ALTER, "'nobody'") },
    { "describe_quotas", describe_quotas, CLUSTER(DESCRIBE_CONFIGS, "quotas") },
    { "alter_quotas", alter_quotas, CLUSTER(ALTER_CONFIGS, "'bob'") },
    { "describe_configs", describe_configs, TOPIC(DESCRIBE_CONFIGS) },
    { "alter_configs", alter_configs, TOPIC(ALTER_CONFIGS) },
    { "replace_configs", replace_configs, TOPIC(ALTER_CONFIGS) },
    { "describe_configs: brokers", describe_broker, CLUSTER(DESCRIBE_CONFIGS, "broker '1'") },
    { "alter_configs: brokers", alter_broker, CLUSTER(ALTER_CONFIGS, "broker") },
    { "list_config_resources", list_config_resources, CLUSTER(DESCRIBE_CONFIGS, "config") },
    { "update_features", update_features, CLUSTER(ALTER, "feature") },
    { "reassign", reassign, CLUSTER(ALTER, "reassign") },
    { "list_reassignments", list_reassignments, CLUSTER(DESCRIBE, "reassign") },
    { "elect_leaders", elect_leaders, CLUSTER(ALTER, "leader") },
    { "move_to_dir", move_to_dir, CLUSTER(ALTER, "'t' [0]") },
    { "describe_quorum", describe_quorum, CLUSTER(DESCRIBE, "quorum") },
    { "log_dirs", log_dirs, CLUSTER(DESCRIBE, "cluster") },
    { "fence", fence, TXN(WRITE) },
    { "fence: to be found", fence, TXN(DESCRIBE) },
    { "describe_transactions", describe_transactions, TXN(DESCRIBE) },
    /* The mock does not know these. */
    { "unregister_broker", unregister_broker, CLUSTER(ALTER, "99") },
    { "share_group_offsets", share_group_offsets, GROUP(DESCRIBE) },
    { "alter_share_group_offsets", alter_share_group_offsets, GROUP(READ) },
    { "delete_share_group_offsets", delete_share_group_offsets, GROUP(DELETE) },
    { "create_token", create_token, KAFC_ACL_USER, "User:bob", KAFC_ACL_CREATE_TOKENS,
      KAFC_ERR_DELEGATION_TOKEN_AUTHORIZATION_FAILED, "User:bob" },
};
enum { CALLS = sizeof(calls) / sizeof(*calls), UNKNOWN_TO_THE_MOCK = 5 };

/* Of a real broker that is older. */
static bool is_lacking(kafc_err rc)
{
    return !denying_mock && (rc == KAFC_ERR_UNSUPPORTED || rc == KAFC_ERR_INVALID_UPDATE_VERSION);
}

START_TEST(a_call_is_refused_at_once_and_goes_through_when_it_is_allowed)
{
    up();
    beside = KAFC_OK;
    deny(calls[_i].resource, calls[_i].denied, calls[_i].operation);
    int64_t began = kafc__clock_mono_us();
    kafc_err rc = calls[_i].call();
    int64_t took = (kafc__clock_mono_us() - began) / 1000;
    bool lacking = _i >= CALLS - UNKNOWN_TO_THE_MOCK && rc == KAFC_ERR_UNSUPPORTED; /* an older broker */
    ck_assert_msg(lacking || rc == calls[_i].code, "%s: %s: %s", calls[_i].name, kafc_err_name(rc),
                  raw_err.message);
    ck_assert_msg(lacking || strstr(raw_err.message, calls[_i].says) != NULL, "%s: no '%s' in: %s",
                  calls[_i].name, calls[_i].says, raw_err.message);
    ck_assert_msg(beside == KAFC_OK, "%s: beside it: %s", calls[_i].name, kafc_err_name(beside));
    ck_assert_msg(took < AT_ONCE_MS, "%s: %lld ms", calls[_i].name, (long long)took);
    allow(calls[_i].resource, calls[_i].denied, calls[_i].operation);
    rc = calls[_i].call();
    ck_assert_msg(rc == KAFC_OK || is_lacking(rc), "%s: allowed: %s: %s", calls[_i].name,
                  kafc_err_name(rc), raw_err.message);
    denying_down();
}
END_TEST

static const struct {
    kafc_err (*call)(void);
    kafc_acl_resource resource;
    const char *name, *says;
    kafc_acl_operation of_it, of_cluster;
    kafc_err code;
} either[] = {
    { create_topics, KAFC_ACL_TOPIC, "new", "'new'", KAFC_ACL_CREATE, KAFC_ACL_CREATE, TOPIC_DENIED },
    { delete_topics, KAFC_ACL_TOPIC, "t", "'t'", KAFC_ACL_DELETE, KAFC_ACL_DELETE, TOPIC_DENIED },
    { delete_topic_ids, KAFC_ACL_TOPIC, "t", "t", KAFC_ACL_DELETE, KAFC_ACL_DELETE, TOPIC_DENIED },
    { epoch_ends, KAFC_ACL_TOPIC, "t", "'t' [0]", KAFC_ACL_DESCRIBE, KAFC_ACL_CLUSTER_ACTION, TOPIC_DENIED },
    { list_groups, KAFC_ACL_GROUP, "g", "", KAFC_ACL_DESCRIBE, KAFC_ACL_DESCRIBE,
      KAFC_ERR_GROUP_AUTHORIZATION_FAILED },
    { abort_transaction, KAFC_ACL_CLUSTER, "kafka-cluster", "t", KAFC_ACL_CLUSTER_ACTION, KAFC_ACL_ALTER,
      KAFC_ERR_CLUSTER_AUTHORIZATION_FAILED },
};
enum { EITHER = sizeof(either) / sizeof(*either) };

START_TEST(either_permission_is_enough)
{
    up();
    deny(either[_i].resource, either[_i].name, either[_i].of_it);
    deny(KAFC_ACL_CLUSTER, "kafka-cluster", either[_i].of_cluster);
    ck_assert_int_eq(either[_i].call(), either[_i].code);
    raw_says(either[_i].says);
    ck_assert_int_eq(beside, KAFC_OK);
    allow(either[_i].resource, either[_i].name, either[_i].of_it);
    raw_ok(either[_i].call());
    bool leaderless = denying_mock && either[_i].call == epoch_ends;
    denying_down();
    if (leaderless)
        return; /* nobody tells which of several brokers leads */
    up();
    deny(either[_i].resource, either[_i].name, either[_i].of_it);
    raw_ok(either[_i].call());
    denying_down();
}
END_TEST

SUITE_LOOPS("client/refused", 60,
            LOOP(a_call_is_refused_at_once_and_goes_through_when_it_is_allowed,
                 0, getenv("KAFC_TEST_ADMIN") ? CALLS : CALLS - UNKNOWN_TO_THE_MOCK),
            LOOP(either_permission_is_enough, 0, EITHER))
