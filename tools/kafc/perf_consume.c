/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc perf consume and group-consume: what a message costs that is read at
 * full speed.
 */
#include <kafc/group.h>

#include "tools/kafc/perf.h"

enum { COUNT = 1000000, LOOK = 4096, SILENCE_MS = 10000, LEAVE_MS = 10000 };

static kafc_reader *reader; /* for the signal handler */

static void wake(void)
{
    if (reader)
        kafc_reader_wake(reader);
}

/* As many as came; *bytes: of their values. */
static uint64_t read_all(struct perf *p, uint64_t count, double *bytes)
{
    uint64_t i = 0, sum = 0;
    kafc_message m;
    kafc_error err;

    while (i < count && !tool_stop) {
        if (kafc_reader_fetch(reader, &m, SILENCE_MS, &err)) {
            (void)tool_fail(0, "%s", err.message);
            break;
        }
        sum += (uint64_t)m.value.len;
        if (p->o->group && kafc_reader_mark(reader, &m, &err)) {
            (void)tool_fail(0, "%s", err.message);
            break;
        }
        if (i++ % LOOK == 0 && perf_shows(p))
            fprintf(stderr, "\r%llu of %lld read ", (unsigned long long)i, p->o->count);
    }
    *bytes = (double)sum;
    return i;
}

static int measure(struct perf *p)
{
    struct load_span span;
    uint64_t count = (uint64_t)p->o->count, got;
    kafc_error err;
    double bytes;

    load_begin(&span);
    reader = kafc_reader_open(p->client, KAFC_READER(.topic = p->o->topic, .group = p->o->group), &err);
    if (!reader)
        return tool_fail(TOOL_FAILED, "%s", err.message);
    got = read_all(p, count, &bytes);
    load_end(&span);
    perf_clear(p);
    load_print(&span, got, bytes);
    puts("}");
    if (p->o->group && kafc_reader_close(reader, LEAVE_MS, &err)) /* commits what is marked last */
        return tool_fail(TOOL_FAILED, "%s", err.message);
    return got == count ? TOOL_OK
                        : tool_fail(TOOL_FAILED, "%llu of %llu messages came",
                                    (unsigned long long)got, (unsigned long long)count);
}

int tool_perf_group_consume(const struct tool_options *o)
{
    if (!o->group || !*o->group)
        return tool_fail(TOOL_USAGE, "--group GROUP is missing");
    return tool_perf_consume(o);
}

int tool_perf_consume(const struct tool_options *options)
{
    static struct perf p;
    struct tool_options o = *options;
    kafc_reader *r;
    int status;

    o.count = o.count < 0 ? COUNT : o.count;
    status = perf_begin(&p, &o, wake);
    if (status == TOOL_OK)
        status = perf_find_topic(&p);
    if (status == TOOL_OK)
        status = measure(&p);
    r = reader;
    reader = NULL;
    kafc_reader_free(r);
    perf_close(&p);
    return status;
}
