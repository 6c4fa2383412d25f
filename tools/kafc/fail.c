/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What went wrong, on standard error.
 */
#include <stdarg.h>

#include "tools/kafc/tool.h"

int tool_fail(int status, const char *fmt, ...)
{
    va_list ap;

    (void)fflush(stdout);
    fputs("kafc: ", stderr);
    va_start(ap, fmt);
    (void)vfprintf(stderr, fmt, ap);
    va_end(ap);
    fputc('\n', stderr);
    return status;
}
