/* SPDX-License-Identifier: BSD-2-Clause
 *
 * How long a new group needs from subscribe to its first message.
 *
 *   first BROKERS TOPIC GROUP COUNT
 *
 * Each time a client, a reader and a group that are new; prints the milliseconds of each, the fewest last.
 * tests/interop/run builds it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <kafc/kafc.h>

enum { PATIENCE = 20000 };

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void need(kafc_err code, const kafc_error *err)
{
    if (code == KAFC_OK)
        return;
    fprintf(stderr, "first: %s\n", err->message);
    exit(1);
}

static double once(const char *brokers, const char *topic, const char *group)
{
    kafc_error err = { .message = "" };
    kafc_message m;
    double t0 = now_ms();
    kafc_client *c = kafc_client_open(KAFC_CLIENT(.brokers = brokers), &err);
    if (!c)
        need(err.code, &err);
    kafc_reader *r = kafc_reader_open(c, KAFC_READER(.topic = topic, .group = group), &err);
    if (!r)
        need(err.code, &err);
    need(kafc_reader_fetch(r, &m, PATIENCE, &err), &err);
    double took = now_ms() - t0;
    need(kafc_reader_close(r, PATIENCE, &err), &err);
    kafc_reader_free(r);
    need(kafc_client_close(c, PATIENCE, &err), &err);
    kafc_client_free(c);
    return took;
}

int main(int argc, char **argv)
{
    double least = 1e9;
    if (argc != 5) {
        fprintf(stderr, "usage: first BROKERS TOPIC GROUP COUNT\n");
        return 2;
    }
    for (int i = 0; i < atoi(argv[4]); i++) {
        char group[200];
        snprintf(group, sizeof group, "%.150s-%d", argv[3], i);
        double took = once(argv[1], argv[2], group);
        printf("%.1f\n", took);
        least = took < least ? took : least;
    }
    printf("%.1f\n", least);
    return 0;
}
