/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A child that serves until the pipe to its parent ends.
 */
#include "bench/cluster.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void serve(const kafc_mock_options *o, bool (*fill)(kafc_mock *m), int to, int from)
{
    kafc_error err = { .message = "" };
    kafc_mock *m = kafc_mock_new(o, &err);
    char c;

    if (!m || (fill && !fill(m))) {
        fprintf(stderr, "bench: the mock does not start: %s\n", err.message);
        _exit(1);
    }
    dprintf(to, "%s", kafc_mock_bootstrap(m));
    (void)close(to);
    while (read(from, &c, 1) > 0) {
    }
    kafc_mock_free(m);
    _exit(0);
}

void bench_cluster_start(struct bench_cluster *b, const kafc_mock_options *o, bool (*fill)(kafc_mock *m))
{
    int up[2], down[2];
    ssize_t n;

    memset(b, 0, sizeof *b);
    if (pipe(up) || pipe(down)) {
        perror("bench: pipe");
        exit(1);
    }
    (void)fflush(stdout);
    b->pid = fork();
    if (b->pid == 0) {
        (void)close(up[0]);
        (void)close(down[1]);
        serve(o, fill, up[1], down[0]);
    }
    (void)close(up[1]);
    (void)close(down[0]);
    b->alive = down[1];
    n = b->pid < 0 ? -1 : read(up[0], b->bootstrap, sizeof b->bootstrap - 1);
    (void)close(up[0]);
    if (n <= 0)
        exit(1); /* the child has said why */
}

void bench_cluster_stop(struct bench_cluster *b)
{
    (void)close(b->alive);
    (void)waitpid(b->pid, NULL, 0);
}
