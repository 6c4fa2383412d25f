/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Notices fork(2) (rule C7): a counter that the child's side of a fork bumps,
 * so that a handle can tell that it belongs to another process without a
 * system call. Any thread.
 */
#ifndef KAFC_BASE_FORK_H
#define KAFC_BASE_FORK_H

#include <stdatomic.h>

extern atomic_uint kafc__fork_count;

/* Registers the handler; whoever keeps a generation calls this first. Cheap when called again. */
void kafc__fork_watch(void);

/* How often this process and its forebears were forked since kafc__fork_watch(). Signal-safe. */
static inline unsigned kafc__fork_generation(void)
{
    return atomic_load_explicit(&kafc__fork_count, memory_order_relaxed);
}

#endif
