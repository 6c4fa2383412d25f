/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A group's partitions on threads of their own: one thread takes claims and
 * hands each to a worker, which marks what it has done with. A rebalance ends
 * the claims of what goes, and so does Ctrl-C, after which the last marks are
 * committed and the group is left.
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <kafc/kafc.h>

static kafc_reader *r;
static void stop(int sig) { (void)sig; kafc_reader_wake(r); }

static bool handle(const kafc_message *m)
{
    return printf("%s [%d] %lld: %.*s\n", m->topic, m->partition, (long long)m->offset, m->value.len,
                  (const char *)m->value.p) > 0;
}

static void *work(void *arg)
{
    kafc_claim *claim = arg;
    kafc_error err;
    kafc_message m;
    kafc_err code;

    while ((code = kafc_claim_fetch(claim, &m, -1, &err)) == KAFC_OK) {
        if (!handle(&m)) /* a mark covers all below it: do not go past. Here: once more */
            kafc_claim_seek(claim, KAFC_AT(m.offset), &err);
        else
            kafc_claim_mark(claim, &m, &err);
    }
    if (code != KAFC_ERR_CLAIM_ENDED)
        fprintf(stderr, "%s [%d]: %s\n", kafc_claim_topic(claim), kafc_claim_partition(claim), err.message);
    kafc_claim_free(claim);
    return NULL;
}

int main(int argc, char **argv)
{
    kafc_error err;
    kafc_claim *claim;
    pthread_t thread;
    kafc_client *c = kafc_client_open(KAFC_CLIENT(.brokers = argc > 1 ? argv[1] : "localhost:9092"), &err);

    r = c ? kafc_reader_open(c, KAFC_READER(.topic = "orders", .group = "billing"), &err) : NULL;
    if (r)
        signal(SIGINT, stop);
    while (r && kafc_reader_claim(r, &claim, -1, &err) == KAFC_OK) {
        if (pthread_create(&thread, NULL, work, claim) == 0)
            pthread_detach(thread);
        else
            kafc_claim_free(claim); /* it comes again */
    }
    if (err.code != KAFC_ERR_INTERRUPTED)
        fprintf(stderr, "%s\n", err.message);
    signal(SIGINT, SIG_DFL);
    if (r && kafc_reader_close(r, 10000, &err)) /* waits for the claims, too */
        fprintf(stderr, "%s\n", err.message);
    kafc_reader_free(r);
    kafc_client_free(c);
}
