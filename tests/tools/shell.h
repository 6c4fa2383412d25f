/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The kafc command as a user runs it: in a shell, by its output and exit
 * status.
 */
#ifndef KAFC_TESTS_SHELL_H
#define KAFC_TESTS_SHELL_H

extern char tool[512];      /* build/<variant>/kafc, beside tests/tools/ */
extern char bootstrap[256]; /* of a cluster, if there is one */
extern char out[65536];     /* standard output and error of the last command */

/* First of all: sets tool. */
void find_tool(void);
/* `kafc mock` with these arguments; sets bootstrap. Ended by stop_mock(), or with the test. */
void start_mock(const char *arguments);
void stop_mock(void);
/* Runs a shell command in which $K is the tool and $B the bootstrap list; its exit status. */
int run(const char *command);
/* The exit status and, if not NULL, the whole output. */
void expect(const char *command, int status, const char *output);
void expect_words(const char *command, int status, const char *words);

#endif
