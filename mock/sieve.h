/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Keeps records away from a cluster that keeps none: bytes of a connection in,
 * the same requests out, but each field of records of a Produce request cut
 * down to the header of its first batch. What lies between is for the server
 * to throw away unread. One thread at a time.
 */
#ifndef KAFC_MOCK_SIEVE_H
#define KAFC_MOCK_SIEVE_H

#include <kafc/base.h>

struct kafc_sieve;

struct kafc_sieve *kafc__sieve_new(const kafc_allocator *mem);
void kafc__sieve_free(struct kafc_sieve *s);

/* Bytes that come next and that nobody needs; 0: read them to where room() says. */
size_t kafc__sieve_skip(const struct kafc_sieve *s);
void kafc__sieve_skipped(struct kafc_sieve *s, size_t n); /* at most so many are gone */
void *kafc__sieve_room(struct kafc_sieve *s, size_t *n);
void kafc__sieve_received(struct kafc_sieve *s, size_t n);

enum kafc_sieved { KAFC_SIEVED_MORE, KAFC_SIEVED_FRAME, KAFC_SIEVED_BAD };
/* After received or skipped, until it wants MORE. A FRAME, size and all, is valid until the next call; BAD: no request,
 * or one that is too large, or no memory: close the connection. */
enum kafc_sieved kafc__sieve_next(struct kafc_sieve *s, const void **p, size_t *n);

#endif
