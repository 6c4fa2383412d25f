/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A connection of the floor programs: blocking, one thread, no client. What
 * fails ends the program.
 */
#ifndef KAFC_BENCH_WIRE_H
#define KAFC_BENCH_WIRE_H

#include <stddef.h>
#include <stdint.h>

_Noreturn void limit_die(const char *what, const char *why);
int limit_dial(const char *broker); /* HOST:PORT, a number for a host */
void limit_read(int fd, uint8_t *p, size_t n);

#endif
