/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The last hour of a topic, from start to end, and then it is done (rule R11).
 */
#include <stdio.h>
#include <time.h>

#include <kafc/kafc.h>

int main(int argc, char **argv)
{
    int64_t now = (int64_t)time(NULL) * 1000;
    kafc_error err;
    kafc_message m;
    kafc_err code = KAFC_ERR_USAGE;
    kafc_client *c = kafc_client_open(KAFC_CLIENT(.brokers = argc > 1 ? argv[1] : "localhost:9092"), &err);
    kafc_reader *r = c ? kafc_reader_open(c, KAFC_READER(.topic = "orders", .start = KAFC_AT_TIME(now - 3600000),
                                                         .stop = KAFC_AT_TIME(now)),
                                          &err)
                       : NULL;

    while (r && (code = kafc_reader_fetch(r, &m, 30000, &err)) == KAFC_OK)
        printf("%lld %.*s\n", (long long)m.timestamp, m.value.len, (const char *)m.value.p);
    if (code != KAFC_ERR_END_OF_RANGE)
        fprintf(stderr, "%s\n", err.message);
    kafc_reader_free(r);
    kafc_client_free(c);
    return code == KAFC_ERR_END_OF_RANGE ? 0 : 1;
}
