/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The counter of forks. The handler runs in the child, where only
 * async-signal-safe things are allowed: an atomic increment is.
 */
#include "base/fork.h"

#include "base/sync.h"

atomic_uint kafc__fork_count;

static void in_child(void)
{
    atomic_fetch_add_explicit(&kafc__fork_count, 1, memory_order_relaxed);
}

static void watch(void)
{
    kafc__at_fork(in_child);
}

void kafc__fork_watch(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    kafc__once(&once, watch);
}
