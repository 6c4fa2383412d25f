/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Log lines to the caller's sinks: one for all, and one for errors apart, as
 * in kafka-go; without an error sink errors go to the first. Lines for
 * debugging have a context, as in librdkafka.
 */
#ifndef KAFC_BASE_LOG_H
#define KAFC_BASE_LOG_H

#include "base/attr.h"
#include <kafc/error.h>

/* librdkafka's, in its order; kafc has lines in some of them. */
enum kafc_debug {
    KAFC_DEBUG_GENERIC,
    KAFC_DEBUG_BROKER, /* connections */
    KAFC_DEBUG_TOPIC,
    KAFC_DEBUG_METADATA,
    KAFC_DEBUG_FEATURE,
    KAFC_DEBUG_QUEUE,
    KAFC_DEBUG_MSG,      /* what becomes of batches */
    KAFC_DEBUG_PROTOCOL, /* requests and answers */
    KAFC_DEBUG_CGRP,     /* groups and their offsets */
    KAFC_DEBUG_SECURITY, /* TLS, logins */
    KAFC_DEBUG_FETCH,    /* partitions that are read */
    KAFC_DEBUG_INTERCEPTOR,
    KAFC_DEBUG_PLUGIN,
    KAFC_DEBUG_CONSUMER,
    KAFC_DEBUG_ADMIN, /* calls that are made again */
    KAFC_DEBUG_EOS,   /* producer ids, transactions */
    KAFC_DEBUG_MOCK,
    KAFC_DEBUG_ASSIGNOR,
    KAFC_DEBUG_CONF,
    KAFC_DEBUG_TELEMETRY,
    KAFC_DEBUG_ALL
};

/* "broker" by its number; NULL behind "all". */
const char *kafc__debug_name(size_t i);
/* Of "broker,cgrp" a bit for each; what is no name is passed over. NULL: 0. */
uint32_t kafc__debug_mask(const char *list);

struct kafc_logger {
    kafc_log_level level; /* lines above it are dropped unformatted */
    kafc_log_fn sink, error_sink;
    void *ctx;
    uint32_t debug; /* contexts; if there are any, they alone say which lines for debugging are logged */
};

/* A line for debugging is of no context in particular, which is the generic one. */
void kafc__log(const struct kafc_logger *l, kafc_log_level level, const char *fmt, ...)
    KAFC_PRINTF(3, 4);
/* A line for debugging is of the context, and begins with its name: "[broker] …". */
void kafc__log_in(const struct kafc_logger *l, kafc_log_level level, enum kafc_debug context,
                  const char *fmt, ...) KAFC_PRINTF(4, 5);

/* Fills *e (if not NULL) with code, its class and a sentence; broker, api and version become -1. Returns code,
 * so that `return kafc__error(err, KAFC_ERR_USAGE, "…", …);` reads well. */
kafc_err kafc__error(kafc_error *e, kafc_err code, const char *fmt, ...)
    KAFC_PRINTF(3, 4) KAFC_COLD;

#endif
