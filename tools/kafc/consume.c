/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc consume: the messages of topics on standard output.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tools/kafc/consume.h"

static kafc_reader *reader; /* for the signal handler */

static void wake(void)
{
    kafc_reader_wake(reader);
}

/* --- What is read without a group ------------------------------------------------------------- */

static int add_topic(struct tool_consume *t, const kafc_topic *m)
{
    if (m->err)
        return tool_fail_topic(m->name, m->err);
    if (t->o->has_partition)
        return tool_ends_add(&t->ends, m->name, (int32_t)t->o->partition) ? TOOL_OK : TOOL_FAILED;
    for (int32_t i = 0; i < m->npartitions; i++)
        if (!tool_ends_add(&t->ends, m->name, m->partitions[i].id))
            return TOOL_FAILED;
    return TOOL_OK;
}

/* The partitions there are, for -e and for several topics. */
static int find_partitions(struct tool_consume *t, kafc_client *c)
{
    kafc_metadata *m;
    kafc_error err;
    int status = TOOL_OK;

    if (kafc_client_metadata(c, t->o->topics, t->o->ntopics, 10000, &m, &err))
        return tool_fail(TOOL_FAILED, "%s", err.message);
    for (int32_t i = 0; i < m->ntopics && status == TOOL_OK; i++)
        status = add_topic(t, &m->topics[i]);
    if (m->ntopics == 0)
        status = tool_fail_topic(t->o->topic, KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION);
    kafc_metadata_free(m);
    return status;
}

/* Several topics: those partitions that there are now. */
static int assign(struct tool_consume *t)
{
    kafc_assignment *a = calloc((size_t)t->ends.n + 1, sizeof *a);
    kafc_error err;
    int status = TOOL_OK;

    if (!a)
        return tool_fail(TOOL_FAILED, "out of memory");
    for (int32_t i = 0; i < t->ends.n; i++) {
        a[i].topic = t->ends.v[i].topic;
        a[i].partition = t->ends.v[i].partition;
    }
    if (kafc_reader_assign(t->reader, a, t->ends.n, &err))
        status = tool_fail(TOOL_FAILED, "%s", err.message);
    free(a);
    return status;
}

/* --- Output ------------------------------------------------------------------------------------- */

static void output_lost(struct tool_consume *t)
{
    if (!t->lost)
        (void)tool_fail(0, "standard output cannot be written: %s", strerror(errno));
    t->lost = t->failed = true;
}

bool tool_consume_flush(struct tool_consume *t)
{
    if (!t->lost && (fflush(stdout) != 0 || ferror(stdout)))
        output_lost(t);
    return !t->lost;
}

static void print(struct tool_consume *t, const kafc_message *m)
{
    bool ok = true;

    if (t->o->json)
        ok = tool_json_print(stdout, m);
    else
        tool_format_print(t->format, stdout, m);
    if (t->o->unbuffered)
        ok = fflush(stdout) == 0 && ok;
    if (!ok || ferror(stdout))
        output_lost(t);
    else if (t->o->group)
        tool_group_printed(t);
}

/* --- The loop ----------------------------------------------------------------------------------------- */

/* What is no message; fetch has said why. */
static void take_notice(struct tool_consume *t, const kafc_message *m, const kafc_error *err)
{
    switch ((int)err->code) {
    case KAFC_ERR_END_OF_PARTITION:
        tool_ends_reach(&t->ends, m->topic, m->partition);
        break;
    case KAFC_ERR_SKIPPED: (void)tool_fail(0, "%s", err->message); break;
    case KAFC_ERR_INTERRUPTED: break;
    default:
        if (t->o->group && tool_group_endures(t, err))
            break;
        if (!t->o->group)
            (void)tool_fail(0, "%s", err->message);
        t->failed = true;
    }
}

/* true: a message was printed. */
static bool one(struct tool_consume *t)
{
    kafc_message m;
    kafc_error err;
    kafc_err code = kafc_reader_fetch(t->reader, &m, 0, &err);

    if (code == KAFC_ERR_WOULD_BLOCK) { /* what has been read is shown before waiting */
        if (!tool_consume_flush(t))
            return false;
        code = kafc_reader_fetch(t->reader, &m, t->o->group ? tool_group_idle(t) : -1, &err);
    }
    if (code == KAFC_OK)
        print(t, &m);
    else
        take_notice(t, &m, &err);
    return code == KAFC_OK;
}

static bool at_end(const struct tool_consume *t)
{
    return t->o->exit_at_end && t->ends.left == 0 && (t->assigned || !t->o->group);
}

static void read_all(struct tool_consume *t)
{
    long long left = t->o->count;

    while (left != 0 && !tool_stop && !t->failed && !at_end(t))
        if (one(t) && left > 0)
            left--;
    (void)tool_consume_flush(t);
}

static int start(struct tool_consume *t)
{
    if (t->o->group)
        return tool_group_join(t);
    return t->o->ntopics > 1 ? assign(t) : TOOL_OK;
}

static int consume(struct tool_consume *t, kafc_client *c, const kafc_reader_options *ro)
{
    bool lists = !t->o->group && (t->o->exit_at_end || t->o->ntopics > 1);
    kafc_error err;
    int status = lists ? find_partitions(t, c) : TOOL_OK;

    if (status)
        return status;
    reader = t->reader = kafc_reader_open(c, ro, &err);
    if (!reader)
        return tool_fail(err.cls == KAFC_CLASS_USAGE ? TOOL_USAGE : TOOL_FAILED, "%s", err.message);
    tool_on_stop(wake);
    status = start(t);
    if (status == TOOL_OK) {
        read_all(t);
        if (t->o->group)
            tool_group_leave(t);
    }
    tool_on_stop(NULL);
    kafc_reader_free(reader);
    return status ? status : t->failed ? TOOL_FAILED : TOOL_OK;
}

static int check(const struct tool_options *o, kafc_reader_options *ro)
{
    for (int i = 0; i < o->ntopics; i++) {
        if (!*o->topics[i])
            return tool_fail(TOOL_USAGE, "-t TOPIC is missing");
        if (*o->topics[i] == '^' && !o->group)
            return tool_fail(TOOL_USAGE, "-t %s is a regular expression, which wants a group: -g", o->topics[i]);
    }
    if (o->ntopics == 0)
        return tool_fail(TOOL_USAGE, "-t TOPIC is missing");
    if (o->group && o->has_partition)
        return tool_fail(TOOL_USAGE, "-p and -g exclude each other: a group assigns partitions");
    if (o->json && o->format)
        return tool_fail(TOOL_USAGE, "-J and -f exclude each other");
    if (!tool_position(o->offset ? o->offset : "beginning", &ro->start))
        return tool_fail(TOOL_USAGE, "-o wants beginning, end, N, -N or @MS, not \"%s\"", o->offset);
    return TOOL_OK;
}

int tool_consume(const struct tool_options *o)
{
    struct tool_consume t = { .o = o };
    kafc_reader_options ro;
    struct tool_format *f;
    kafc_client *c;
    kafc_error err;
    int status;

    kafc_reader_options_init(&ro);
    status = check(o, &ro);
    if (status)
        return status;
    f = tool_format_parse(o->format ? o->format : "%s\\n", &err);
    if (!f)
        return tool_fail(TOOL_USAGE, "-f: %s", err.message);
    c = tool_client(o);
    if (!c) {
        tool_format_free(f);
        return TOOL_USAGE;
    }
    t.format = f;
    ro.properties = o->properties;
    ro.notify_end = o->exit_at_end ? KAFC_ON : KAFC_DEFAULT;
    if (o->group)
        tool_group_options(&t, &ro);
    else if (o->ntopics == 1)
        ro.topic = o->topic;
    if (o->has_partition && o->ntopics == 1)
        ro.partition = o->partition ? (int32_t)o->partition : KAFC_ZERO;
    status = consume(&t, c, &ro);
    kafc_client_free(c);
    tool_format_free(f);
    tool_ends_free(&t.ends);
    return status;
}
