/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What went wrong, on standard error.
 */
#include <pthread.h>
#include <stdarg.h>
#include <string.h>

#include "tools/kafc/tool.h"

/* The log's lines come from another thread, too. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char last[4096];

static void say(const char *line, bool once)
{
    (void)pthread_mutex_lock(&lock);
    if (!once || strcmp(line, last) != 0)
        fprintf(stderr, "kafc: %s\n", line);
    (void)snprintf(last, sizeof last, "%s", line);
    (void)pthread_mutex_unlock(&lock);
}

void tool_log(void *ctx, kafc_log_level level, const char *line)
{
    (void)ctx;
    (void)level;
    say(line, false);
}

int tool_fail(int status, const char *fmt, ...)
{
    char line[sizeof last];
    va_list ap;

    (void)fflush(stdout);
    va_start(ap, fmt);
    (void)vsnprintf(line, sizeof line, fmt, ap);
    va_end(ap);
    say(line, true);
    return status;
}

int tool_fail_topic(const char *topic, kafc_err err)
{
    if (err == KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION)
        return tool_fail(TOOL_FAILED, "there is no topic \"%s\"; \"kafc topics list\" shows those that there are",
                         topic);
    return tool_fail(TOOL_FAILED, "topic \"%s\": %s", topic, kafc_err_text(err));
}
