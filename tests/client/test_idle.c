/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A client that has nothing to do: its thread sleeps, and it holds little
 * memory.
 */
#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/suite.h"
#include <kafc/kafc.h>
#include <kafc/mock.h>

enum { PRIVATE_MAX_KB = 1024, QUIET_MS = 700, TIMERS = 3 };

/* Sanitizers and valgrind have memory of their own. */
static bool memory_is_ours(void)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    return false;
#else
    const char *preload = getenv("LD_PRELOAD");

    return !preload || !strstr(preload, "vgpreload");
#endif
}

/* How often the threads of that name have gone to sleep so far. */
static long sleeps(const char *thread_name)
{
    char path[300], line[256], name[64];
    long total = 0, n;
    DIR *d = opendir("/proc/self/task");
    struct dirent *e;

    while (d && (e = readdir(d)) != NULL) {
        bool wanted = false;
        FILE *f;

        (void)snprintf(path, sizeof path, "/proc/self/task/%s/status", e->d_name);
        f = e->d_name[0] == '.' ? NULL : fopen(path, "r");
        while (f && fgets(line, sizeof line, f)) {
            if (sscanf(line, "Name: %63[^\n]", name) == 1)
                wanted = strcmp(name, thread_name) == 0;
            if (wanted && sscanf(line, "voluntary_ctxt_switches: %ld", &n) == 1)
                total += n;
        }
        if (f)
            (void)fclose(f);
    }
    if (d)
        (void)closedir(d);
    return total;
}

/* When a write returns, the loop may still be on its way to sleep, and a refresh of the metadata be due: its count once
 * that stands still. */
static long settled_sleeps(const char *thread_name)
{
    struct timespec pause = { 0, 20 * 1000000L };
    long now = sleeps(thread_name);

    for (int i = 0, still = 0; i < 200 && still < 15; i++) {
        long last = now;
        (void)nanosleep(&pause, NULL);
        now = sleeps(thread_name);
        still = now == last ? still + 1 : 0;
    }
    return now;
}

static long private_kb(void)
{
    char line[256];
    long n, total = 0;
    FILE *f = fopen("/proc/self/smaps_rollup", "r");

    while (f && fgets(line, sizeof line, f))
        if (sscanf(line, "Private_Dirty: %ld", &n) == 1)
            total += n;
    if (f)
        (void)fclose(f);
    return total;
}

static kafc_writer *open_and_write(kafc_client *c)
{
    kafc_error err;
    kafc_message m = { .value = KAFC_STR("x") };
    kafc_writer *w = kafc_writer_open(c, KAFC_WRITER(.topic = "t", .create_topics = KAFC_ON), &err);

    ck_assert_ptr_nonnull(w);
    ck_assert_msg(kafc_writer_write(w, &m, 1, 10000, &err) == KAFC_OK, "%s", err.message);
    return w;
}

START_TEST(an_idle_client_sleeps_and_is_small)
{
    struct timespec quiet = { 0, QUIET_MS * 1000000L };
    kafc_error err;
    kafc_mock *mock = kafc_mock_new(NULL, &err);
    long before, kb;
    kafc_client *c;
    kafc_writer *w;

    ck_assert_ptr_nonnull(mock);
    kb = private_kb();
    c = kafc_client_open(KAFC_CLIENT(.brokers = kafc_mock_bootstrap(mock)), &err);
    ck_assert_ptr_nonnull(c);
    w = open_and_write(c);
    kb = private_kb() - kb;
    if (memory_is_ours())
        ck_assert_int_le(kb, PRIVATE_MAX_KB);
    for (int i = 0, woke = TIMERS + 1; woke > TIMERS; i++) { /* timers may be due; a loop that polls wakes often */
        ck_assert_int_lt(i, 10);
        before = settled_sleeps("kafc-loop");
        ck_assert_int_gt(before, 0);
        (void)nanosleep(&quiet, NULL); /* the absence of something takes a while to see */
        woke = (int)(sleeps("kafc-loop") - before);
    }
    kafc_writer_free(w);
    kafc_client_free(c);
    kafc_mock_free(mock);
}
END_TEST

SUITE_MAIN("client/idle", 60, an_idle_client_sleeps_and_is_small)
