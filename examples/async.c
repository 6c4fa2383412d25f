/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Writing without waiting: send returns at once, the callback says what became
 * of each message, and close flushes.
 */
#include <stdio.h>

#include <kafc/kafc.h>

static void delivered(void *ctx, const kafc_report *r)
{
    (void)ctx;
    if (r->verdict == KAFC_ACKNOWLEDGED)
        printf("%s: partition %d, offset %lld\n", (const char *)r->opaque, r->partition, (long long)r->offset);
    else
        fprintf(stderr, "%s: %s\n", (const char *)r->opaque, kafc_err_text(r->code));
}

int main(int argc, char **argv)
{
    static char orders[][8] = { "first", "second", "third" };
    kafc_error err;
    kafc_client *c = kafc_client_open(KAFC_CLIENT(.brokers = argc > 1 ? argv[1] : "localhost:9092"), &err);
    kafc_writer *w = c ? kafc_writer_open(c, KAFC_WRITER(.topic = "orders", .compression = KAFC_ZSTD,
                                                         .create_topics = KAFC_ON, .on_delivery = delivered),
                                          &err)
                       : NULL;

    for (int i = 0; w && i < 3; i++) {
        kafc_message m = { .key = KAFC_STR("42"), .value = KAFC_STR(orders[i]) };

        /* waits up to a second for room when the buffer is full; never for the network */
        if (kafc_writer_send(w, &m, orders[i], 1000, &err))
            fprintf(stderr, "%s\n", err.message);
    }
    if (!w || kafc_writer_close(w, 10000, &err))
        fprintf(stderr, "%s\n", err.message);
    kafc_writer_free(w);
    kafc_client_free(c);
    return 0;
}
