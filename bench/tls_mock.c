/* SPDX-License-Identifier: BSD-2-Clause
 *
 * tls_mock PARTITIONS CA blackhole | endless SIZE [lz4]: `kafc mock` of one broker with TLS in front of it. Writes its
 * authority into the file CA, prints where it is, and lives until a signal ends it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/tls_front.h"
#include <kafc/mock.h>

#if KAFC_HAVE_OPENSSL

static _Noreturn void die(const char *what)
{
    (void)fprintf(stderr, "tls_mock: %s\n", what);
    exit(1);
}

static void publish(const struct test_cert *ca, const char *path)
{
    char *pem = test_cert_pem(ca);
    FILE *f = fopen(path, "w");
    if (!f || fputs(pem, f) < 0 || fclose(f))
        die(path);
    free(pem);
}

int main(int argc, char **argv)
{
    kafc_mock_options o = { .size = sizeof(o), .brokers = 1 };
    kafc_error err;
    struct tls_front front;
    if (argc < 4)
        die("tls_mock PARTITIONS CA blackhole | endless SIZE [lz4]");
    o.partitions = (int32_t)strtol(argv[1], NULL, 10);
    o.blackhole = strcmp(argv[3], "blackhole") == 0;
    o.endless_bytes = argc > 4 ? (int32_t)strtol(argv[4], NULL, 10) : 0;
    o.endless_codec = argc > 5 && strcmp(argv[5], "lz4") == 0 ? KAFC_LZ4 : KAFC_NONE;
    kafc_mock *m = kafc_mock_new(&o, &err);
    if (!m)
        die(err.message);
    struct test_cert ca = TEST_CERT(.cn = "bench", .ca = true),
                     cert = TEST_CERT(.san = "DNS:localhost", .by = &ca);
    publish(&ca, argv[2]);
    tls_front_start(&front, test_server_ctx(&cert, NULL), kafc_mock_port(m, 1));
    if (kafc_mock_set_address(m, 1, "localhost", front.port))
        die("set_address");
    puts(front.address);
    (void)fflush(stdout);
    for (;;)
        (void)pause();
}

#else

int main(void)
{
    (void)fputs("tls_mock: built without OpenSSL\n", stderr);
    return 1;
}

#endif
