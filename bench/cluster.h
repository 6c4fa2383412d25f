/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The mock in a child process, so that its CPU time is not the client's.
 */
#ifndef KAFC_BENCH_CLUSTER_H
#define KAFC_BENCH_CLUSTER_H

#include <sys/types.h>

#include <kafc/mock.h>

struct bench_cluster {
    pid_t pid;
    int alive;           /* its end is the child's sign to go, however this process ends */
    char bootstrap[256];
};

/* Starts it; fill (or NULL) puts into the mock what must be there, and returns false if it cannot. Before any thread
 * is started; exits with a message when it fails. */
void bench_cluster_start(struct bench_cluster *b, const kafc_mock_options *o, bool (*fill)(kafc_mock *m));
void bench_cluster_stop(struct bench_cluster *b);

#endif
