/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The loop of a client: drives the core with sockets, clocks and timers. For
 * client.c alone; the ways onto the loop are in client.h.
 */
#ifndef KAFC_CLIENT_LOOP_H
#define KAFC_CLIENT_LOOP_H

#include "client/client.h"

/* Poller, wake-up and tables; no thread yet. */
struct kafc_loop *kafc__loop_new(kafc_client *c, kafc_error *err);
/* The core's `wake`; ctx is the loop. Any thread, signal handlers. */
void kafc__loop_wake(void *loop);
/* c->core is there: starts the thread, or lets those who call drive. */
kafc_err kafc__loop_start(struct kafc_loop *l, kafc_error *err);
/* Ends and joins the thread, closes its sockets. From then on kafc__client_run() runs inline. Not on the loop thread.
 * Idempotent, and harmless when start failed or was not called. */
void kafc__loop_stop(struct kafc_loop *l);
void kafc__loop_free(struct kafc_loop *l); /* after stop; NULL is ignored */

/* Is the calling thread some client's loop, or running inline in place of one, or inside a log sink or partitioner? */
bool kafc__loop_here(void);

#endif
