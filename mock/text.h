/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Pseudo-random words, the same in every run: values that compress as a text
 * does. For measurements. Any thread.
 */
#ifndef KAFC_MOCK_TEXT_H
#define KAFC_MOCK_TEXT_H

#include <stddef.h>

void kafc__mock_text(char *text, size_t len);

#endif
