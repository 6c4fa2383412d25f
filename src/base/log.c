/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Formats log lines and error sentences, on the stack of whoever has one to
 * say. Any thread.
 */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/callback.h"

enum { LINE_MAX_ = 1024 };

static const char *const contexts[] = {
    "generic", "broker", "topic", "metadata", "feature", "queue",
    "msg", "protocol", "cgrp", "security", "fetch", "interceptor",
    "plugin", "consumer", "admin", "eos", "mock", "assignor",
    "conf", "telemetry", "all",
};
_Static_assert(sizeof(contexts) / sizeof(contexts[0]) == KAFC_DEBUG_ALL + 1, "a name for each");

const char *kafc__debug_name(size_t i)
{
    return i <= KAFC_DEBUG_ALL ? contexts[i] : NULL;
}

uint32_t kafc__debug_mask(const char *list)
{
    uint32_t mask = 0;
    for (const char *p = list; p && *p; p += strcspn(p, ",")) {
        p += strspn(p, ", ");
        for (unsigned i = 0; i <= KAFC_DEBUG_ALL; i++) {
            size_t n = strlen(contexts[i]);
            if (strncmp(p, contexts[i], n) == 0 && strchr(", ", p[n])) /* or the end */
                mask |= i == KAFC_DEBUG_ALL ? UINT32_MAX : (uint32_t)1 << i;
        }
    }
    return mask;
}

static bool is_wanted(const struct kafc_logger *l, kafc_log_level level, enum kafc_debug context)
{
    if (l && level == KAFC_LOG_DEBUG && l->debug)
        return l->debug >> context & 1;
    return l && level <= (l->level == KAFC_LOG_NONE ? KAFC_LOG_INFO : l->level);
}

/* One line is one line, and does nothing else to a terminal, whatever a peer put into its words. */
static void tame(char *text)
{
    for (char *c = text; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            *c = '?';
}

KAFC_PRINTF(4, 0)
static void put(const struct kafc_logger *l, kafc_log_level level, enum kafc_debug context,
                const char *fmt, va_list ap) KAFC_PRINTF(4, 0);

static void put(const struct kafc_logger *l, kafc_log_level level, enum kafc_debug context,
                const char *fmt, va_list ap)
{
    kafc_log_fn sink = level == KAFC_LOG_ERROR && l->error_sink ? l->error_sink : l->sink;
    if (!sink)
        return;
    char line[LINE_MAX_] = "";
    int n = 0;
    if (level == KAFC_LOG_DEBUG && context != KAFC_DEBUG_GENERIC)
        n = snprintf(line, sizeof(line), "[%s] ", contexts[context]);
    if (vsnprintf(line + n, sizeof(line) - (size_t)n, fmt, ap) < 0)
        line[n] = 0;
    tame(line);
    kafc__callback_enter();
    sink(l->ctx, level, line);
    kafc__callback_leave();
}

void kafc__log(const struct kafc_logger *l, kafc_log_level level, const char *fmt, ...)
{
    va_list ap;
    if (!is_wanted(l, level, KAFC_DEBUG_GENERIC))
        return;
    va_start(ap, fmt);
    put(l, level, KAFC_DEBUG_GENERIC, fmt, ap);
    va_end(ap);
}

void kafc__log_in(const struct kafc_logger *l, kafc_log_level level, enum kafc_debug context,
                  const char *fmt, ...)
{
    va_list ap;
    if (!is_wanted(l, level, context))
        return;
    va_start(ap, fmt);
    put(l, level, context, fmt, ap);
    va_end(ap);
}

kafc_err kafc__error(kafc_error *e, kafc_err code, const char *fmt, ...)
{
    if (!e)
        return code;
    /* Formatted aside first: an argument may be the old message itself. */
    char message[sizeof(e->message)];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(message, sizeof(message), fmt, ap);
    va_end(ap);
    if (n < 0)
        message[0] = 0;
    tame(message);
    *e = (kafc_error){
        .code = code, .cls = kafc_err_class_of(code), .broker = -1, .api = -1, .version = -1
    };
    memcpy(e->message, message,
           sizeof(message) < (size_t)n + 1 || n < 0 ? sizeof(message) : (size_t)n + 1);
    return code;
}
