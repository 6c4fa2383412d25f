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
/* Does the row go by this name or alias? */
bool kafc__option_named(const struct kafc_option *row, const char *name);

#endif
