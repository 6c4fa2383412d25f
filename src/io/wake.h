/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Wakes a thread that sleeps in a poller: an eventfd, or a pipe where there is
 * none. Signalling is safe on any thread and in signal handlers (rule C3).
 */
#ifndef KAFC_IO_WAKE_H
#define KAFC_IO_WAKE_H

#include <stdatomic.h>
#include <stdbool.h>

struct kafc_wake {
    int fd;  /* readable when signalled: give it to the poller */
    int out; /* the writing end; the same with an eventfd */
    atomic_bool pending;
};

bool kafc__wake_init(struct kafc_wake *w); /* false: errno says why */
void kafc__wake_fini(struct kafc_wake *w);
/* One system call at most, none when a signal is pending already. */
void kafc__wake_signal(struct kafc_wake *w);
/* Forgets the signals so far. What they announced is looked at after this call, by the thread that sleeps. */
void kafc__wake_drain(struct kafc_wake *w);

#endif
