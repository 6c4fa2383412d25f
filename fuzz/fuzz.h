/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What every target defines: called with one input by libFuzzer, or by
 * driver.c. Returns 0; it aborts when a property does not hold.
 */
#ifndef KAFC_FUZZ_H
#define KAFC_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
