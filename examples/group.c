/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Reads a topic in a group and prints what comes. What was printed is marked,
 * and committed by and by, before another member gets a partition, and at the
 * end, which Ctrl-C is: the group is left at once.
 *
 *   group [BROKERS [TOPIC [GROUP]]]
 */
#include <signal.h>
#include <stdio.h>

#include <kafc/kafc.h>

static kafc_reader *reader;

static void wake(int sig)
{
    (void)sig;
    kafc_reader_wake(reader);
}

static void on_rebalance(void *ctx, kafc_reader *r, const kafc_rebalance *what)
{
    static const char *const kind[] = { "", "assigned", "revoked", "lost" };

    (void)ctx, (void)r;
    for (int32_t i = 0; i < what->n; i++)
        fprintf(stderr, "%s: %s [%d]\n", kind[what->kind], what->partitions[i].topic,
                (int)what->partitions[i].partition);
}

static kafc_err print_all(kafc_error *err)
{
    kafc_message m;
    kafc_err rc;

    while (!(rc = kafc_reader_fetch(reader, &m, -1, err))) {
        printf("%s [%d] %lld: %.*s\n", m.topic, (int)m.partition, (long long)m.offset, (int)m.value.len,
               m.value.p ? (const char *)m.value.p : "");
        if (fflush(stdout) || ferror(stdout)) /* it was not handled: whoever reads on repeats it */
            return KAFC_ERR_SYSTEM;
        rc = kafc_reader_mark(reader, &m, err); /* it was lost meanwhile: another member repeats it */
        if (rc && rc != KAFC_ERR_NOT_ASSIGNED)
            return rc;
    }
    return rc == KAFC_ERR_INTERRUPTED ? KAFC_OK : rc;
}

int main(int argc, char **argv)
{
    kafc_error err = { .message = "" };
    kafc_client *client = kafc_client_open(KAFC_CLIENT(.brokers = argc > 1 ? argv[1] : "localhost:9092"), &err);
    kafc_err rc = KAFC_OK;

    if (client)
        reader = kafc_reader_open(client, KAFC_READER(.topic = argc > 2 ? argv[2] : "orders",
                                                      .group = argc > 3 ? argv[3] : "billing",
                                                      .on_rebalance = on_rebalance), &err);
    if (reader) {
        signal(SIGINT, wake);
        signal(SIGTERM, wake);
        rc = print_all(&err);
        rc = kafc_reader_close(reader, 10000, rc ? NULL : &err) || rc;
    }
    if (!reader || rc)
        fprintf(stderr, "%s\n", err.message);
    kafc_reader_free(reader);
    kafc_client_free(client);
    return !reader || rc;
}
