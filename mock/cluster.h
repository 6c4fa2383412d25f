/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The mock's cluster without sockets and clocks: bytes and `now` in, bytes and
 * a deadline out. mock/server puts sockets in front of it, the simulator a
 * network of its own. One thread at a time.
 *
 * A connection: open, then recv_room/received as bytes come, output/consumed
 * as they can leave, close. next() tells which connections have news: output,
 * or the cluster's wish to close.
 */
#ifndef KAFC_MOCK_CLUSTER_H
#define KAFC_MOCK_CLUSTER_H

#include <sys/uio.h>

#include <kafc/acls.h>
#include <kafc/mock.h>

struct kafc_cluster;

/* now: monotonic us; wall_ms: since 1970. Every call that takes them moves the cluster's time. */
struct kafc_cluster *kafc__cluster_new(const kafc_mock_options *o, kafc_error *err);
void kafc__cluster_free(struct kafc_cluster *c);
void kafc__cluster_time(struct kafc_cluster *c, int64_t now, int64_t wall_ms);

int32_t kafc__cluster_brokers(const struct kafc_cluster *c);
/* What Metadata says of a broker; host is copied. */
kafc_err kafc__cluster_set_address(struct kafc_cluster *c, int32_t broker, const char *host,
                                   int32_t port);
/* The broker at an address, or 0. */
int32_t kafc__cluster_broker_at(const struct kafc_cluster *c, const char *host, int32_t port);
bool kafc__cluster_running(const struct kafc_cluster *c, int32_t broker);

/* A new connection's id, above 0; 0: refused (the broker is stopped, or out of memory). */
uint64_t kafc__cluster_open(struct kafc_cluster *c, int32_t broker);
void kafc__cluster_close(struct kafc_cluster *c,
                         uint64_t conn); /* the peer is gone; unknown ids are ignored */
/* Where to read to; *n 0: not now (requests wait; next() tells when) or no such connection. */
void kafc__cluster_recv_room(struct kafc_cluster *c, uint64_t conn, void **p, size_t *n);
void kafc__cluster_received(struct kafc_cluster *c, uint64_t conn, size_t n);
/* Bytes to send now; *n 0: none. Valid until the next call for this cluster. */
void kafc__cluster_output(struct kafc_cluster *c, uint64_t conn, const void **p, size_t *n);
/* The same, and what follows: so many pieces, max at most. */
int kafc__cluster_outputs(struct kafc_cluster *c, uint64_t conn, struct iovec *v, int max);
void kafc__cluster_consumed(struct kafc_cluster *c, uint64_t conn, size_t n);
/* Whether the connection is to be closed now; then call close. Output that is still there is lost. */
bool kafc__cluster_closing(const struct kafc_cluster *c, uint64_t conn);
/* A connection with news, each once for each change; 0: none. */
uint64_t kafc__cluster_next(struct kafc_cluster *c);

int64_t kafc__cluster_deadline(const struct kafc_cluster *c); /* INT64_MAX: none */
void kafc__cluster_tick(struct kafc_cluster *c); /* what is due at the cluster's time */

/* The functions of <kafc/mock.h>, on the driver's thread. */
kafc_err kafc__cluster_stop(struct kafc_cluster *c, int32_t broker);
kafc_err kafc__cluster_start(struct kafc_cluster *c, int32_t broker);
kafc_err kafc__cluster_cut(struct kafc_cluster *c, int32_t broker);
kafc_err kafc__cluster_create_topic(struct kafc_cluster *c, const char *topic, int32_t partitions,
                                    int32_t replication);
kafc_err kafc__cluster_grow_topic(struct kafc_cluster *c, const char *topic, int32_t partitions);
kafc_err kafc__cluster_delete_topic(struct kafc_cluster *c, const char *topic);
kafc_err kafc__cluster_set_config(struct kafc_cluster *c, const char *topic, const char *name,
                                  const char *value);
kafc_err kafc__cluster_set_leader(struct kafc_cluster *c, const char *topic, int32_t partition,
                                  int32_t broker);
int32_t kafc__cluster_leader(const struct kafc_cluster *c, const char *topic, int32_t partition,
                             int32_t *epoch);
kafc_err kafc__cluster_set_versions(struct kafc_cluster *c, int16_t api, int16_t min, int16_t max);
kafc_err kafc__cluster_set_release(struct kafc_cluster *c, const char *release);
kafc_err kafc__cluster_set_coordinator(struct kafc_cluster *c, kafc_mock_coordination what,
                                       const char *key, int32_t broker);
int32_t kafc__cluster_coordinator(const struct kafc_cluster *c, kafc_mock_coordination what,
                                  const char *key);
kafc_err kafc__cluster_set_transaction_version(struct kafc_cluster *c, int16_t version);
kafc_err kafc__cluster_set_marker_delay(struct kafc_cluster *c, int32_t ms);
kafc_err kafc__cluster_transaction(const struct kafc_cluster *c, const char *id,
                                   kafc_mock_transaction *out);
kafc_err kafc__cluster_committed(const struct kafc_cluster *c, const char *group, const char *topic,
                                 int32_t partition, int64_t *offset);
kafc_err kafc__cluster_group(const struct kafc_cluster *c, const char *group, kafc_mock_group *out);
kafc_err kafc__cluster_kick(struct kafc_cluster *c, const char *group, const char *member);
kafc_err kafc__cluster_rebalance(struct kafc_cluster *c, const char *group);
kafc_err kafc__cluster_deny(struct kafc_cluster *c, kafc_acl_resource resource, const char *name,
                            kafc_acl_operation operation, bool denied);
kafc_err kafc__cluster_freeze(struct kafc_cluster *c, int32_t broker, bool frozen);
kafc_err kafc__cluster_hook(struct kafc_cluster *c, int16_t api, kafc_mock_hook_fn fn, void *ctx);
kafc_err kafc__cluster_push_error(struct kafc_cluster *c, int16_t api, kafc_err code, int32_t n);
kafc_err kafc__cluster_set_rack(struct kafc_cluster *c, int32_t broker, const char *rack);
kafc_err kafc__cluster_set_rtt(struct kafc_cluster *c, int32_t broker, int32_t ms);
kafc_err kafc__cluster_set_login(struct kafc_cluster *c, const char *mechanisms,
                                 int32_t session_ms);
kafc_err kafc__cluster_set_user(struct kafc_cluster *c, const char *user, const char *password);
kafc_err kafc__cluster_set_login_fault(struct kafc_cluster *c, kafc_mock_login_fault fault);
uint64_t kafc__cluster_requests(const struct kafc_cluster *c, int32_t broker, int16_t api);
int32_t kafc__cluster_connections(const struct kafc_cluster *c, int32_t broker);
kafc_err kafc__cluster_log(const struct kafc_cluster *c, const char *topic, int32_t partition,
                           kafc_mock_log *out);
kafc_message *kafc__cluster_record(struct kafc_cluster *c, const char *topic, int32_t partition,
                                   int64_t offset);
kafc_err kafc__cluster_append(struct kafc_cluster *c, const char *topic, int32_t partition,
                              const kafc_message *msg, int32_t n, int64_t producer_id);
kafc_err kafc__cluster_append_batch(struct kafc_cluster *c, const char *topic, int32_t partition,
                                    const void *p, size_t n);
kafc_err kafc__cluster_append_marker(struct kafc_cluster *c, const char *topic, int32_t partition,
                                     int64_t producer_id, bool commit);
kafc_err kafc__cluster_delete_records(struct kafc_cluster *c, const char *topic, int32_t partition,
                                      int64_t before);
kafc_err kafc__cluster_truncate(struct kafc_cluster *c, const char *topic, int32_t partition,
                                int64_t end);
kafc_err kafc__cluster_set_last_stable(struct kafc_cluster *c, const char *topic, int32_t partition,
                                       int64_t offset);
kafc_err kafc__cluster_forget_producers(struct kafc_cluster *c, const char *topic,
                                        int32_t partition, bool old);

#endif
