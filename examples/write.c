/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Ten lines that write; they stand in the README as well.
 */
#include <stdio.h>
#include <kafc/kafc.h>

int main(void)
{
    kafc_error err;
    kafc_client *c = kafc_client_open(KAFC_CLIENT(.brokers = "localhost:9092"), &err);
    kafc_writer *w = c ? kafc_writer_open(c, KAFC_WRITER(.topic = "orders"), &err) : NULL;
    kafc_message m = { .key = KAFC_STR("42"), .value = KAFC_STR("paid") };

    if (!w || kafc_writer_write(w, &m, 1, 5000, &err))
        fprintf(stderr, "%s\n", err.message);
    kafc_writer_free(w);
    kafc_client_free(c);
}
