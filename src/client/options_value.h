/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What options.c and properties.c share: a value from its text. Constant
 * tables; any thread.
 */
#ifndef KAFC_CLIENT_OPTIONS_VALUE_H
#define KAFC_CLIENT_OPTIONS_VALUE_H

#include "client/options.h"

/* The value of a row from text (strings have none). KAFC_ERR_USAGE says what would be right. */
kafc_err kafc__option_parse(const struct kafc_option *row, const char *text, int64_t *value,
                            kafc_error *err);
/* A duration in ISO 8601, PnDTnHnMn.nS in either case and without signs, as Java reads it; in ms, what is less is cut
 * off. false: it is none, or longer than 292 million years. */
bool kafc__duration_parse(const char *text, int64_t *ms);
/* Does the row go by this name or alias? */
bool kafc__option_named(const struct kafc_option *row, const char *name);

#endif
