/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Ten lines that read, with a clean end on Ctrl-C; they stand in the README as
 * well.
 */
#include <signal.h>
#include <stdio.h>
#include <kafc/kafc.h>

static kafc_reader *r;
static void stop(int sig) { (void)sig; kafc_reader_wake(r); }

int main(void)
{
    kafc_error err;
    kafc_message m;
    kafc_client *c = kafc_client_open(KAFC_CLIENT(.brokers = "localhost:9092"), &err);

    r = c ? kafc_reader_open(c, KAFC_READER(.topic = "orders"), &err) : NULL;
    if (r)
        signal(SIGINT, stop);
    while (r && kafc_reader_fetch(r, &m, -1, &err) == KAFC_OK)
        printf("%d/%lld: %.*s\n", m.partition, (long long)m.offset, m.value.len, (const char *)m.value.p);
    if (err.code != KAFC_ERR_INTERRUPTED)
        fprintf(stderr, "%s\n", err.message);
    signal(SIGINT, SIG_DFL);
    kafc_reader_free(r);
    kafc_client_free(c);
}
