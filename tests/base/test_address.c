/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Lists of host:port.
 */
#include <stdlib.h>
#include <string.h>

#include "base/address.h"
#include "tests/support/suite.h"

START_TEST(what_is_an_address)
{
    static const struct {
        const char *entry, *host; /* NULL: it is none */
        int32_t port;
    } row[] = {
        { "a", "a", 9092 },
        { "a:1", "a", 1 },
        { "a-b.c_d:65535", "a-b.c_d", 65535 },
        { "127.0.0.1", "127.0.0.1", 9092 },
        { "[::1]:19092", "::1", 19092 },
        { "[::1]", "::1", 9092 },
        { "[fe80::1%eth0]:1", "fe80::1%eth0", 1 },
        { "::1", "::1", 9092 },
        { "fe80::1%eth0", "fe80::1%eth0", 9092 },
        { "::ffff:127.0.0.1", "::ffff:127.0.0.1", 9092 },
        { "a:", NULL, 0 },
        { "a:0", NULL, 0 },
        { "a:65536", NULL, 0 },
        { "a:9999999999", NULL, 0 },
        { "a:4294976388", NULL, 0 },
        { "a:-1", NULL, 0 },
        { "a:1x", NULL, 0 },
        { ":1", NULL, 0 },
        { ":", NULL, 0 },
        { "[::1", NULL, 0 },
        { "[::1]9092", NULL, 0 },
        { "[::1]:99999", NULL, 0 },
        { "[]:1", NULL, 0 },
        { "host:1:2", NULL, 0 },
        { "http://host:1", NULL, 0 },
        { "a 1", NULL, 0 },
        { "a\t1", NULL, 0 },
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct kafc_address a;
        const char *p = row[i].entry;
        ck_assert(kafc__address_next(&p, &a));
        ck_assert_msg(a.port == row[i].port, "%s: %d", row[i].entry, (int)a.port);
        ck_assert_uint_eq(a.nentry, strlen(row[i].entry));
        if (row[i].host) {
            ck_assert_uint_eq(a.nhost, strlen(row[i].host));
            ck_assert_mem_eq(a.host, row[i].host, a.nhost);
        }
        ck_assert(!kafc__address_next(&p, &a));
    }
}
END_TEST

START_TEST(a_name_is_no_longer_than_names_are)
{
    char name[KAFC_HOST_MAX + 2] = "";
    struct kafc_address a;
    for (size_t n = KAFC_HOST_MAX; n <= KAFC_HOST_MAX + 1; n++) {
        const char *p = memset(name, 'a', n);
        ck_assert(kafc__address_next(&p, &a));
        ck_assert_int_eq(a.port, n > KAFC_HOST_MAX ? 0 : 9092);
    }
}
END_TEST

START_TEST(blanks_and_commas_are_no_entries)
{
    const char *p = " a:1 ,, \tb:2\n,", *none = " ,\n, ";
    struct kafc_address a;
    ck_assert(kafc__address_next(&p, &a) && a.port == 1);
    ck_assert(kafc__address_next(&p, &a) && a.port == 2 && *a.host == 'b');
    ck_assert(!kafc__address_next(&p, &a));
    ck_assert(!kafc__address_next(&none, &a));
}
END_TEST

START_TEST(in_sentences_ipv6_has_brackets)
{
    char s[40];
    kafc__address_text(s, sizeof s, "localhost", 9092);
    ck_assert_str_eq(s, "localhost:9092");
    kafc__address_text(s, sizeof s, "fe80::1%eth0", 1);
    ck_assert_str_eq(s, "[fe80::1%eth0]:1");
}
END_TEST

SUITE_MAIN("base/address", 10, what_is_an_address, a_name_is_no_longer_than_names_are,
           blanks_and_commas_are_no_entries, in_sentences_ipv6_has_brackets)
