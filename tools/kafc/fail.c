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

int tool_fail_topic(const char *topic, kafc_err err)
{
    if (err == KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION)
        return tool_fail(TOOL_FAILED, "there is no topic \"%s\"; \"kafc topics list\" shows those that there are",
                         topic);
    return tool_fail(TOOL_FAILED, "topic \"%s\": %s", topic, kafc_err_text(err));
}
