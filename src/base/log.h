/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Log lines to the caller's sinks: one for all, and one for errors apart, as
 * in kafka-go; without an error sink errors go to the first.
 */
#ifndef KAFC_BASE_LOG_H
#define KAFC_BASE_LOG_H

#include "base/attr.h"
#include <kafc/error.h>

struct kafc_logger {
    kafc_log_level level; /* lines above it are dropped unformatted */
    kafc_log_fn sink, error_sink;
    void *ctx;
};

void kafc__log(const struct kafc_logger *l, kafc_log_level level, const char *fmt, ...)
    KAFC_PRINTF(3, 4);

/* Fills *e (if not NULL) with code, its class and a sentence; broker, api and version become -1. Returns code,
 * so that `return kafc__error(err, KAFC_ERR_USAGE, "…", …);` reads well. */
kafc_err kafc__error(kafc_error *e, kafc_err code, const char *fmt, ...)
    KAFC_PRINTF(3, 4) KAFC_COLD;

#endif
