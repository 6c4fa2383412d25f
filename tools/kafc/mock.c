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

/* "SIZE" or "SIZE:CODEC". */
static int parse_endless(const char *arg, kafc_mock_options *o)
{
    enum { MB = 1000000, MOST = 50 };
    char *end;
    long size;

    if (!arg)
        return TOOL_OK;
    errno = 0;
    size = strtol(arg, &end, 10);
    if (errno || end == arg || (*end && *end != ':') || size < 1 || size > MOST * MB)
        return tool_fail(TOOL_USAGE, "--endless wants SIZE or SIZE:CODEC, 50 MB at most, not \"%s\"", arg);
    o->endless_bytes = (int32_t)size;
    return tool_codec("--endless SIZE:CODEC", *end ? end + 1 : NULL, &o->endless_codec);
}

/* "MECHANISMS" or "MECHANISMS:SECONDS", and users as "NAME:PASSWORD". */
static int set_logins(kafc_mock *m, const struct tool_options *o)
{
    enum { MOST = 1000000 };
    char mechanisms[80], *end;
    size_t n = o->login ? strcspn(o->login, ":") : 0;
    long seconds = n && o->login[n] ? strtol(o->login + n + 1, &end, 10) : 0;
    kafc_err code = KAFC_OK;

    for (int i = 0; i < o->nusers; i++) {
        char *colon = strchr(o->users[i], ':');

        if (!colon)
            return tool_fail(TOOL_USAGE, "--user wants NAME:PASSWORD");
        *colon = 0;
        if (kafc_mock_set_user(m, o->users[i], colon + 1))
            return tool_fail(TOOL_USAGE, "--user wants NAME:PASSWORD");
    }
    if (!o->login)
        return TOOL_OK;
    (void)snprintf(mechanisms, sizeof mechanisms, "%.*s", (int)n, o->login);
    if (n >= sizeof mechanisms || seconds < 0 || seconds > MOST || (o->login[n] && (seconds == 0 || *end)))
        code = KAFC_ERR_USAGE;
    if (!code)
        code = kafc_mock_set_login(m, mechanisms, (int32_t)seconds * 1000);
    if (code == KAFC_ERR_UNSUPPORTED)
        return tool_fail(TOOL_USAGE, "SCRAM needs OpenSSL, which was configured out");
    return code ? tool_fail(TOOL_USAGE, "--login wants MECHANISM,…:SECONDS, of PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 and "
                                        "OAUTHBEARER, not \"%s\"", o->login)
                : TOOL_OK;
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
    kafc_mock_options mo = { .size = sizeof mo,
                             .brokers = (int32_t)o->number,
                             .port = (int32_t)o->partition,
                             .partitions = (int32_t)o->partitions,
                             .blackhole = o->blackhole };
    kafc_error err;
    kafc_mock *m;
    int status = parse_endless(o->endless, &mo);

    if (status)
        return status;
    if (o->blackhole && o->endless)
        return tool_fail(TOOL_USAGE, "--blackhole and --endless exclude each other");
    tool_on_stop(NULL);
    m = kafc_mock_new(&mo, &err);
    if (!m)
        return tool_fail(TOOL_FAILED, "%s", err.message);
    for (int i = 0; i < o->ntopics && status == TOOL_OK; i++)
        status = make_topic(m, o->topics[i]);
    if (status == TOOL_OK)
        status = set_logins(m, o);
    if (status == TOOL_OK) {
        puts(kafc_mock_bootstrap(m));
        (void)fflush(stdout);
        wait_for_stop();
    }
    kafc_mock_free(m);
    return status;
}
