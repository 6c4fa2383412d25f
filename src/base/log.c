/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Formats log lines and error sentences, on the stack of whoever has one to
 * say. Any thread.
 */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/callback.h"

enum { LINE_MAX_ = 1024 };

void kafc__log(const struct kafc_logger *l, kafc_log_level level, const char *fmt, ...)
{
    if (!l || level > (l->level == KAFC_LOG_NONE ? KAFC_LOG_INFO : l->level))
        return;
    kafc_log_fn sink = level == KAFC_LOG_ERROR && l->error_sink ? l->error_sink : l->sink;
    if (!sink)
        return;
    char line[LINE_MAX_];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(line, sizeof(line), fmt, ap);
    va_end(ap);
    if (n < 0)
        line[0] = 0;
    /* One line is one line, whatever a broker put into its error message. */
    for (char *c = line; *c; c++)
        if (*c == '\n' || *c == '\r')
            *c = ' ';
    kafc__callback_enter();
    sink(l->ctx, level, line);
    kafc__callback_leave();
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
    *e = (kafc_error){
        .code = code, .cls = kafc_err_class_of(code), .broker = -1, .api = -1, .version = -1
    };
    memcpy(e->message, message,
           sizeof(message) < (size_t)n + 1 || n < 0 ? sizeof(message) : (size_t)n + 1);
    return code;
}
