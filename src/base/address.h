/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Addresses of brokers as people write them, in lists, and as they stand in
 * sentences.
 */
#ifndef KAFC_BASE_ADDRESS_H
#define KAFC_BASE_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { KAFC_HOST_MAX = 255 }; /* bytes of a name (RFC 1035) */

/* All in the list. */
struct kafc_address {
    const char *entry, *host; /* the host without brackets */
    size_t nentry, nhost;
    int32_t port; /* 9092 if none is said; 0: the entry is no host:port */
};

/* The next of "host:port,host,[::1]:9092,::1", between blanks or none; *list goes behind it. false: that was all. */
bool kafc__address_next(const char **list, struct kafc_address *a);

/* "host:9092", "[::1]:9092", cut off at cap. */
void kafc__address_text(char *buf, size_t cap, const char *host, int port);

#endif
