/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The only place that reads clocks. core never includes this (DESIGN 2).
 */
#ifndef KAFC_BASE_CLOCK_H
#define KAFC_BASE_CLOCK_H

#include <stdint.h>

int64_t kafc__clock_mono_us(void); /* CLOCK_MONOTONIC */
int64_t kafc__clock_wall_ms(void); /* ms since 1970 */
/* The same from CLOCK_REALTIME_COARSE: no system call, some ms old. */
int64_t kafc__clock_coarse_ms(void);
uint64_t kafc__clock_seed(void); /* something different for each process and call */

#endif
