/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The smallest program of use, for footprint.sh to weigh: it writes a message
 * through a kafc_conn.
 */
#include <kafc/conn.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    kafc_error err = { .message = "usage: footprint BROKER TOPIC" };
    kafc_message m = { .value = KAFC_STR("hello") };
    kafc_conn *c = argc > 2 ? kafc_conn_dial(KAFC_CONN(.topic = argv[2]), argv[1], 5000, &err)
                            : NULL;

    if (!c || kafc_conn_produce(c, &m, 1, 5000, NULL, &err) != KAFC_OK)
        puts(err.message);
    kafc_conn_free(c);
    return 0;
}
