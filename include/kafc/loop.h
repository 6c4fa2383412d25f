/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A client without a thread: your own loop drives it. Open it with
 * .driven = KAFC_ON, wait for its descriptor and until its timeout, beside
 * whatever else you wait for, and call kafc_client_process():
 *
 *   struct pollfd p = { .fd = kafc_client_fd(c, &err), .events = POLLIN };
 *   while (p.fd >= 0 && running) {
 *       poll(&p, 1, kafc_client_timeout(c));
 *       kafc_client_process(c, &err);
 *       while (kafc_reader_fetch(r, &m, 0, &err) == KAFC_OK)
 *           use(&m);
 *   }
 *
 * Between the calls nothing happens: no request leaves, nothing is retried, no
 * heartbeat is sent. Who stays away for longer than the timeout said is late
 * with all of it, and after session_timeout_ms out of his group.
 * Calls that wait drive the client until they have what they wait for (rule
 * C6). Callbacks that a client's thread would run are run inside of them and of
 * kafc_client_process(), and nowhere else: not in calls whose timeout is 0, but
 * for flush, write, close and free, which end what is under way. Those that
 * belong to a call, as on_rebalance to a fetch, run inside of that. Calls that
 * wait inside a callback answer KAFC_ERR_IN_CALLBACK.
 *
 * Threads: as for any client. One thread drives at a time; those that wait
 * meanwhile sleep, and one of them goes on when it leaves. What is called here
 * is for one thread at a time.
 * Names are looked up on the resolver's thread of the process; brokers that
 * are given, and name each other, by address leave that out.
 */
#ifndef KAFC_LOOP_H
#define KAFC_LOOP_H

#include <poll.h>

#include <kafc/client.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One descriptor for all of the client's: readable (POLLIN, EPOLLIN) when kafc_client_process() has something to do
 * before the timeout. The client's own, until kafc_client_free(): wait for it, level-triggered, and nothing else. -1:
 * KAFC_ERR_UNSUPPORTED where there is no epoll(7) (kafc_client_pollfds() always works), KAFC_ERR_USAGE for a client
 * with a thread, KAFC_ERR_CLOSED. */
KAFC_API int kafc_client_fd(kafc_client *c, kafc_error *err);

/* The same for poll(2) alone: fills in up to max of what to wait for now, and returns how many there are, at least 1;
 * -1 for the same errors but KAFC_ERR_UNSUPPORTED. To be asked again before each poll(2): they come and go. */
KAFC_API int kafc_client_pollfds(kafc_client *c, struct pollfd *v, int max, kafc_error *err);

/* So many ms from now kafc_client_process() is due at the latest; -1: when a descriptor says so. Ask right before you
 * wait, as anything that was called in between may have changed it. 0 also where process() would answer an error. */
KAFC_API int kafc_client_timeout(kafc_client *c);

/* Does what is due, without waiting, and returns: one look at every descriptor. What could not be done at one go leaves
 * the descriptor readable. At once when another thread drives: that one does it. Callbacks may run. KAFC_ERR_USAGE for
 * a client with a thread, KAFC_ERR_IN_CALLBACK, KAFC_ERR_CLOSED. */
KAFC_API kafc_err kafc_client_process(kafc_client *c, kafc_error *err);

#ifdef __cplusplus
}
#endif
#endif
