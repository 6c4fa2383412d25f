/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Whether this thread is inside a function of the application's that may run
 * on its own threads, with a lock held or half-way through a call: a log sink,
 * a partitioner. Calls that wait are refused there. Any thread.
 */
#ifndef KAFC_BASE_CALLBACK_H
#define KAFC_BASE_CALLBACK_H

#include <stdbool.h>

void kafc__callback_enter(void);
void kafc__callback_leave(void);
bool kafc__callback_inside(void);

#endif
