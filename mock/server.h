/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Sockets and a thread in front of the mock's cluster. Used by mock/mock.c.
 */
#ifndef KAFC_MOCK_SERVER_H
#define KAFC_MOCK_SERVER_H

#include "mock/cluster.h"

struct kafc_server;

/* Listens for each broker of a new cluster and starts the thread. */
struct kafc_server *kafc__server_new(const kafc_mock_options *o, kafc_error *err);
void kafc__server_free(struct kafc_server *s);
const char *kafc__server_bootstrap(const struct kafc_server *s);
int32_t kafc__server_port(const struct kafc_server *s, int32_t broker);

/* The cluster for the calling thread alone, its time set to now, until leave. Also from inside a hook. */
struct kafc_cluster *kafc__server_enter(struct kafc_server *s);
/* `settle`: returns when the server's sockets have followed (brokers stopped, connections cut). */
void kafc__server_leave(struct kafc_server *s, bool settle);

#endif
