/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The public functions: each takes the cluster for itself and calls the
 * function of the same name there. Any thread.
 */
#include "base/log.h"
#include "base/mem.h"
#include "mock/server.h"

struct kafc_mock {
    struct kafc_server *server;
    kafc_allocator mem;
};

kafc_mock *kafc_mock_new(const kafc_mock_options *o, kafc_error *err)
{
    const kafc_allocator *mem = o ? o->allocator : NULL;
    kafc_mock *m = kafc__zalloc(mem, sizeof *m);

    if (!m) {
        kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for a mock");
        return NULL;
    }
    if (mem)
        m->mem = *mem;
    m->server = kafc__server_new(o, err);
    if (!m->server) {
        kafc__free(mem, m);
        return NULL;
    }
    return m;
}

void kafc_mock_free(kafc_mock *m)
{
    kafc_allocator mem;

    if (!m)
        return;
    kafc__server_free(m->server);
    mem = m->mem;
    kafc__free(&mem, m);
}

const char *kafc_mock_bootstrap(const kafc_mock *m)
{
    return kafc__server_bootstrap(m->server);
}

int32_t kafc_mock_port(const kafc_mock *m, int32_t broker)
{
    return kafc__server_port(m->server, broker);
}

/* Calls kafc__cluster_NAME and leaves with what it returned. */
#define CALL(type, settle, name, ...) \
    struct kafc_cluster *c = kafc__server_enter(m->server); \
    type result = kafc__cluster_##name(__VA_ARGS__); \
    kafc__server_leave(m->server, settle); \
    return result

kafc_err kafc_mock_stop_broker(kafc_mock *m, int32_t broker)
{
    CALL(kafc_err, true, stop, c, broker);
}

kafc_err kafc_mock_start_broker(kafc_mock *m, int32_t broker)
{
    CALL(kafc_err, true, start, c, broker);
}

kafc_err kafc_mock_cut(kafc_mock *m, int32_t broker)
{
    CALL(kafc_err, true, cut, c, broker);
}

kafc_err kafc_mock_create_topic(kafc_mock *m, const char *topic, int32_t partitions,
                                int32_t replication)
{
    CALL(kafc_err, false, create_topic, c, topic, partitions, replication);
}

kafc_err kafc_mock_grow_topic(kafc_mock *m, const char *topic, int32_t partitions)
{
    CALL(kafc_err, false, grow_topic, c, topic, partitions);
}

kafc_err kafc_mock_delete_topic(kafc_mock *m, const char *topic)
{
    CALL(kafc_err, false, delete_topic, c, topic);
}

kafc_err kafc_mock_set_config(kafc_mock *m, const char *topic, const char *name, const char *value)
{
    CALL(kafc_err, false, set_config, c, topic, name, value);
}

kafc_err kafc_mock_set_timestamp_type(kafc_mock *m, const char *topic, kafc_timestamp_type type)
{
    return kafc_mock_set_config(m, topic, "message.timestamp.type",
                                type == KAFC_TIME_LOG_APPEND ? "LogAppendTime" : "CreateTime");
}

kafc_err kafc_mock_set_leader(kafc_mock *m, const char *topic, int32_t partition, int32_t broker)
{
    CALL(kafc_err, false, set_leader, c, topic, partition, broker);
}

int32_t kafc_mock_leader(kafc_mock *m, const char *topic, int32_t partition, int32_t *epoch)
{
    CALL(int32_t, false, leader, c, topic, partition, epoch);
}

kafc_err kafc_mock_set_versions(kafc_mock *m, int16_t api, int16_t min, int16_t max)
{
    CALL(kafc_err, false, set_versions, c, api, min, max);
}

kafc_err kafc_mock_set_release(kafc_mock *m, const char *release)
{
    CALL(kafc_err, false, set_release, c, release);
}

kafc_err kafc_mock_set_coordinator(kafc_mock *m, kafc_mock_coordination what, const char *key,
                                   int32_t broker)
{
    CALL(kafc_err, false, set_coordinator, c, what, key, broker);
}

int32_t kafc_mock_coordinator(kafc_mock *m, kafc_mock_coordination what, const char *key)
{
    CALL(int32_t, false, coordinator, c, what, key);
}

kafc_err kafc_mock_set_transaction_version(kafc_mock *m, int16_t version)
{
    CALL(kafc_err, false, set_transaction_version, c, version);
}

kafc_err kafc_mock_set_marker_delay(kafc_mock *m, int32_t ms)
{
    CALL(kafc_err, false, set_marker_delay, c, ms);
}

kafc_err kafc_mock_transaction_get(kafc_mock *m, const char *transactional_id,
                                   kafc_mock_transaction *out)
{
    CALL(kafc_err, false, transaction, c, transactional_id, out);
}

kafc_err kafc_mock_committed(kafc_mock *m, const char *group, const char *topic, int32_t partition,
                             int64_t *offset)
{
    CALL(kafc_err, false, committed, c, group, topic, partition, offset);
}

kafc_err kafc_mock_group_get(kafc_mock *m, const char *group, kafc_mock_group *out)
{
    CALL(kafc_err, false, group, c, group, out);
}

kafc_err kafc_mock_kick(kafc_mock *m, const char *group, const char *member)
{
    CALL(kafc_err, false, kick, c, group, member);
}

kafc_err kafc_mock_rebalance(kafc_mock *m, const char *group)
{
    CALL(kafc_err, false, rebalance, c, group);
}

kafc_err kafc_mock_deny(kafc_mock *m, kafc_acl_resource resource, const char *name,
                        kafc_acl_operation operation, bool denied)
{
    CALL(kafc_err, false, deny, c, resource, name, operation, denied);
}

kafc_err kafc_mock_freeze_metadata(kafc_mock *m, int32_t broker, bool frozen)
{
    CALL(kafc_err, false, freeze, c, broker, frozen);
}

kafc_err kafc_mock_hook(kafc_mock *m, int16_t api, kafc_mock_hook_fn fn, void *ctx)
{
    CALL(kafc_err, false, hook, c, api, fn, ctx);
}

kafc_err kafc_mock_push_error(kafc_mock *m, int16_t api, kafc_err code, int32_t n)
{
    CALL(kafc_err, false, push_error, c, api, code, n);
}

kafc_err kafc_mock_set_rack(kafc_mock *m, int32_t broker, const char *rack)
{
    CALL(kafc_err, false, set_rack, c, broker, rack);
}

kafc_err kafc_mock_set_address(kafc_mock *m, int32_t broker, const char *host, int32_t port)
{
    if (!host || !*host || port < 1 || port > 65535)
        return KAFC_ERR_USAGE;
    CALL(kafc_err, false, set_address, c, broker, host, port);
}

kafc_err kafc_mock_set_rtt(kafc_mock *m, int32_t broker, int32_t ms)
{
    CALL(kafc_err, false, set_rtt, c, broker, ms);
}

kafc_err kafc_mock_set_login(kafc_mock *m, const char *mechanisms, int32_t session_ms)
{
    CALL(kafc_err, false, set_login, c, mechanisms, session_ms);
}

kafc_err kafc_mock_set_user(kafc_mock *m, const char *user, const char *password)
{
    CALL(kafc_err, false, set_user, c, user, password);
}

kafc_err kafc_mock_set_login_fault(kafc_mock *m, kafc_mock_login_fault fault)
{
    CALL(kafc_err, false, set_login_fault, c, fault);
}

uint64_t kafc_mock_requests(kafc_mock *m, int32_t broker, int16_t api)
{
    CALL(uint64_t, false, requests, c, broker, api);
}

int32_t kafc_mock_connections(kafc_mock *m, int32_t broker)
{
    CALL(int32_t, false, connections, c, broker);
}

kafc_err kafc_mock_log_get(kafc_mock *m, const char *topic, int32_t partition, kafc_mock_log *out)
{
    CALL(kafc_err, false, log, c, topic, partition, out);
}

kafc_message *kafc_mock_record(kafc_mock *m, const char *topic, int32_t partition, int64_t offset)
{
    CALL(kafc_message *, false, record, c, topic, partition, offset);
}

kafc_err kafc_mock_append(kafc_mock *m, const char *topic, int32_t partition,
                          const kafc_message *msg, int32_t n, int64_t producer_id)
{
    CALL(kafc_err, false, append, c, topic, partition, msg, n, producer_id);
}

kafc_err kafc_mock_append_batch(kafc_mock *m, const char *topic, int32_t partition, const void *p,
                                size_t n)
{
    CALL(kafc_err, false, append_batch, c, topic, partition, p, n);
}

kafc_err kafc_mock_append_marker(kafc_mock *m, const char *topic, int32_t partition,
                                 int64_t producer_id, bool commit)
{
    CALL(kafc_err, false, append_marker, c, topic, partition, producer_id, commit);
}

kafc_err kafc_mock_delete_records(kafc_mock *m, const char *topic, int32_t partition,
                                  int64_t before)
{
    CALL(kafc_err, false, delete_records, c, topic, partition, before);
}

kafc_err kafc_mock_truncate(kafc_mock *m, const char *topic, int32_t partition, int64_t end)
{
    CALL(kafc_err, false, truncate, c, topic, partition, end);
}

kafc_err kafc_mock_set_last_stable(kafc_mock *m, const char *topic, int32_t partition,
                                   int64_t offset)
{
    CALL(kafc_err, false, set_last_stable, c, topic, partition, offset);
}

kafc_err kafc_mock_forget_producers(kafc_mock *m, const char *topic, int32_t partition, bool old)
{
    CALL(kafc_err, false, forget_producers, c, topic, partition, old);
}
