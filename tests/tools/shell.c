/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Runs the kafc command in a shell.
 */
#include "tests/tools/shell.h"

#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

char tool[512], bootstrap[256], out[65536];
static pid_t mock_pid;

void find_tool(void)
{
    ssize_t n = readlink("/proc/self/exe", tool, sizeof tool - 1);
    char *slash = tool + n;

    ck_assert_int_gt(n, 0);
    *slash = 0;
    for (int up = 0; up < 3; up++) {
        slash = strrchr(tool, '/');
        ck_assert_ptr_nonnull(slash);
        *slash = 0;
    }
    (void)snprintf(slash, sizeof tool - (size_t)(slash - tool), "/kafc");
}

void start_mock(const char *arguments)
{
    char line[1024];
    int fds[2];
    ssize_t n;

    find_tool();
    (void)snprintf(line, sizeof line, "exec '%s' mock %s", tool, arguments);
    ck_assert_int_eq(pipe(fds), 0);
    mock_pid = fork();
    if (mock_pid == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGTERM); /* a test that fails leaves nothing behind */
        (void)dup2(fds[1], 1);
        (void)close(fds[0]);
        (void)close(fds[1]);
        execl("/bin/sh", "sh", "-c", line, (char *)NULL);
        _exit(127);
    }
    (void)close(fds[1]);
    n = read(fds[0], bootstrap, sizeof bootstrap - 1); /* one line, written at once */
    ck_assert_int_gt(n, 0);
    bootstrap[n] = 0;
    bootstrap[strcspn(bootstrap, "\n")] = 0;
    (void)close(fds[0]);
}

void stop_mock(void)
{
    int status;

    (void)kill(mock_pid, SIGTERM);
    ck_assert_int_eq(waitpid(mock_pid, &status, 0), mock_pid);
    ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "kafc mock ended with %x",
                  (unsigned)status);
}

int run(const char *command)
{
    char line[4096];
    FILE *p;
    size_t n;
    int status;

    (void)snprintf(line, sizeof line, "K='%s' B='%s'; { %s\n} 2>&1", tool, bootstrap, command);
    p = popen(line, "r");
    ck_assert_ptr_nonnull(p);
    n = fread(out, 1, sizeof out - 1, p);
    out[n] = 0;
    status = pclose(p);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void expect(const char *command, int status, const char *output)
{
    int got = run(command);

    ck_assert_msg(got == status, "%s: exit status %d instead of %d: %s", command, got, status, out);
    if (output)
        ck_assert_str_eq(out, output);
}

void expect_words(const char *command, int status, const char *words)
{
    expect(command, status, NULL);
    ck_assert_msg(strstr(out, words), "%s: \"%s\" is not in: %s", command, words, out);
}
