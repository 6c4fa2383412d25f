/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Before and after a measurement.
 */
#include "tools/kafc/perf.h"

#include <time.h>
#include <unistd.h>

enum { REACH_MS = 3000, CALL_MS = 10000, LEADERS_S = 30, AGAIN_MS = 50 };

static kafc_writer *writer; /* for the signal handler */

static void wake(void)
{
    if (writer)
        kafc_writer_wake(writer);
}

/* ---- the topic ---- */

/* Nobody wants the figures of a cluster that takes longer to be reached. */
static int reach(const struct perf *p)
{
    kafc_metadata *m = NULL;
    kafc_error err;

    if (kafc_client_metadata(p->client, NULL, 0, REACH_MS, &m, &err))
        return tool_fail(TOOL_FAILED, "%s", err.message);
    kafc_metadata_free(m);
    return TOOL_OK;
}

static int make_topic(const struct perf *p, int32_t partitions)
{
    kafc_new_topic t = { .name = p->o->topic, .partitions = partitions };
    kafc_error err;

    if (kafc_admin_create_topics(p->client, &t, 1, NULL, CALL_MS, NULL, &err) &&
        err.code != KAFC_ERR_TOPIC_ALREADY_EXISTS)
        return tool_fail(err.cls == KAFC_CLASS_USAGE ? TOOL_USAGE : TOOL_FAILED, "%s", err.message);
    return TOOL_OK;
}

/* Its number of partitions; 0: some have no leader yet, -1: an error, which was reported. */
static int32_t ready_partitions(const struct perf *p)
{
    const char *name = p->o->topic;
    kafc_metadata *m;
    kafc_error err;
    int32_t n;

    if (kafc_client_metadata(p->client, &name, 1, CALL_MS, &m, &err)) {
        (void)tool_fail(0, "%s", err.message);
        return -1;
    }
    n = m->ntopics == 1 && !m->topics[0].err ? m->topics[0].npartitions : 0;
    for (int32_t i = 0; i < (m->ntopics == 1 ? m->topics[0].npartitions : 0); i++)
        if (m->topics[0].partitions[i].leader < 0)
            n = 0;
    kafc_metadata_free(m);
    return n;
}

int perf_find_topic(struct perf *p)
{
    static const struct timespec again = { 0, AGAIN_MS * 1000000 };
    double until = load_now() + LEADERS_S;

    while ((p->partitions = ready_partitions(p)) == 0 && load_now() < until && !tool_stop)
        (void)nanosleep(&again, NULL);
    if (p->partitions < 0)
        return TOOL_FAILED;
    if (p->partitions == 0)
        return tool_fail(TOOL_FAILED, "topic \"%s\" has no leaders after %d s", p->o->topic,
                         LEADERS_S);
    if (p->o->partitions && p->o->partitions != p->partitions)
        return tool_fail(TOOL_FAILED, "topic \"%s\" is there and has %d partitions, not %lld",
                         p->o->topic, (int)p->partitions, p->o->partitions);
    return TOOL_OK;
}

/* ---- open and close ---- */

int perf_begin(struct perf *p, const struct tool_options *o, void (*on_stop)(void))
{
    p->o = o;
    p->terminal = isatty(STDERR_FILENO);
    p->told = load_now();
    if (!o->topic || !*o->topic)
        return tool_fail(TOOL_USAGE, "--topic TOPIC is missing");
    p->client = tool_client(o);
    if (!p->client)
        return TOOL_USAGE;
    tool_on_stop(on_stop);
    return reach(p);
}

int perf_open(struct perf *p, const struct tool_options *o, kafc_writer_options *wo,
              int32_t partitions)
{
    kafc_error err;
    int status;

    if (!load_init(&p->load, (size_t)o->size))
        return tool_fail(TOOL_FAILED, "out of memory for a text of %lld bytes", o->size);
    status = perf_begin(p, o, wake);
    if (status == TOOL_OK)
        status = make_topic(p, partitions);
    if (status == TOOL_OK)
        status = perf_find_topic(p);
    if (status)
        return status;
    wo->topic = o->topic;
    wo->ctx = p;
    if (o->size > 900000)
        wo->message_max_bytes = (int32_t)o->size + 1000;
    writer = p->writer = kafc_writer_open(p->client, wo, &err);
    if (!p->writer)
        return tool_fail(err.cls == KAFC_CLASS_USAGE ? TOOL_USAGE : TOOL_FAILED, "%s", err.message);
    return TOOL_OK;
}

int perf_flush(struct perf *p)
{
    kafc_error err;
    kafc_err code = kafc_writer_flush(p->writer, -1, &err);

    perf_clear(p);
    if (code)
        return tool_fail(TOOL_FAILED, "%s", err.message);
    return TOOL_OK;
}

int perf_judge(const struct perf *p, uint64_t sent)
{
    unsigned long long good = p->acknowledged, bad = p->failed;

    if (bad)
        return tool_fail(TOOL_FAILED, "%llu of %llu messages were not acknowledged; the first: %s",
                         bad, (unsigned long long)sent, kafc_err_text((kafc_err)p->failure));
    if (sent < (uint64_t)p->o->count || good != sent)
        return tool_fail(TOOL_FAILED, "%llu of %lld messages were acknowledged", good, p->o->count);
    return TOOL_OK;
}

void perf_close(struct perf *p)
{
    tool_on_stop(NULL);
    writer = NULL;
    kafc_writer_free(p->writer);
    kafc_client_free(p->client);
    load_fini(&p->load);
}

/* ---- meanwhile ---- */

void perf_count(struct perf *p, const kafc_report *r)
{
    if (r->verdict == KAFC_ACKNOWLEDGED || r->verdict == KAFC_UNCONFIRMED) {
        load_count(&p->acknowledged);
    } else {
        load_count(&p->failed);
        if (!p->failure)
            p->failure = (int)r->code;
    }
}

bool perf_shows(struct perf *p)
{
    double now;

    if (!p->terminal || (now = load_now()) - p->told < 1)
        return false;
    p->told = now;
    p->shown = true;
    return true;
}

void perf_clear(const struct perf *p)
{
    if (p->shown)
        fputs("\r\33[K", stderr);
}

void perf_progress(struct perf *p, uint64_t sent)
{
    if (perf_shows(p))
        fprintf(stderr, "\r%llu sent, %llu acknowledged of %lld ", (unsigned long long)sent,
                (unsigned long long)p->acknowledged, p->o->count);
}
