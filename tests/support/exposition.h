/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Reads Prometheus' text format as strictly as its parsers do, and more: each
 * metric once and in one piece, HELP and TYPE in front, every series once,
 * histograms cumulative. Fails the running test and names the line.
 */
#ifndef KAFC_TESTS_EXPOSITION_H
#define KAFC_TESTS_EXPOSITION_H

/* Gives the number of samples. */
int exposition_check(const char *text);
/* The value of the sample whose name and labels are these to the letter; -1: there is none. */
double exposition_value(const char *text, const char *series);

#endif
