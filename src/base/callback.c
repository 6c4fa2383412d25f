/* SPDX-License-Identifier: BSD-2-Clause
 *
 * How deep each thread is inside functions of the application's.
 */
#include "base/callback.h"

static _Thread_local unsigned depth;

void kafc__callback_enter(void)
{
    depth++;
}

void kafc__callback_leave(void)
{
    depth--;
}

bool kafc__callback_inside(void)
{
    return depth != 0;
}
