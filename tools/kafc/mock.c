/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc mock: a cluster in memory.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/kafc/tool.h"
#include <kafc/mock.h>

/* "TOPIC:PARTITIONS" or "TOPIC". */
static int make_topic(kafc_mock *m, const char *arg)
{
    const char *colon = strrchr(arg, ':');
    size_t n = colon ? (size_t)(colon - arg) : strlen(arg);
    char name[256], *end;
    long partitions = 0;
    kafc_err code;

    if (colon) {
        errno = 0;
        partitions = strtol(colon + 1, &end, 10);
        if (errno || end == colon + 1 || *end || partitions < 1 || partitions > 100000)
            return tool_fail(TOOL_USAGE, "-t wants TOPIC:PARTITIONS, not \"%s\"", arg);
    }
    if (n >= sizeof name)
        return tool_fail(TOOL_USAGE, "the topic's name is too long: \"%s\"", arg);
    memcpy(name, arg, n);
    name[n] = 0;
    code = kafc_mock_create_topic(m, name, (int32_t)partitions, 0);
    return code ? tool_fail(TOOL_USAGE, "topic \"%s\": %s", name, kafc_err_text(code)) : TOOL_OK;
}

static void wait_for_stop(void)
{
    sigset_t block, old;

    /* blocked around the check, so that a signal between check and wait is not lost */
    sigemptyset(&block);
    sigaddset(&block, SIGINT);
    sigaddset(&block, SIGTERM);
    (void)sigprocmask(SIG_BLOCK, &block, &old);
    while (!tool_stop)
        (void)sigsuspend(&old);
    (void)sigprocmask(SIG_SETMASK, &old, NULL);
}

int tool_mock(const struct tool_options *o)
{
    kafc_error err;
    kafc_mock *m;
    int status = TOOL_OK;

    tool_on_stop(NULL);
    m = kafc_mock_new(KAFC_MOCK(.brokers = (int32_t)o->number, .port = (int32_t)o->partition,
                                .partitions = (int32_t)o->partitions,
                                .blackhole = o->blackhole), &err);
    if (!m)
        return tool_fail(TOOL_FAILED, "%s", err.message);
    for (int i = 0; i < o->ntopics && status == TOOL_OK; i++)
        status = make_topic(m, o->topics[i]);
    if (status == TOOL_OK) {
        puts(kafc_mock_bootstrap(m));
        (void)fflush(stdout);
        wait_for_stop();
    }
    kafc_mock_free(m);
    return status;
}
