/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc consume: the messages of a topic on standard output.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tools/kafc/tool.h"

static kafc_reader *reader;

static void wake(void)
{
    kafc_reader_wake(reader);
}

struct ends {
    bool *seen;
    int32_t n, left;
};

/* The number of partitions, for -e. */
static int count_partitions(const struct tool_options *o, kafc_client *c, struct ends *e)
{
    kafc_metadata *m;
    kafc_error err;
    int status = TOOL_OK;

    if (kafc_client_metadata(c, &o->topic, 1, 10000, &m, &err))
        return tool_fail(TOOL_FAILED, "%s", err.message);
    if (m->ntopics != 1 || m->topics[0].err)
        status = tool_fail(TOOL_FAILED, "topic \"%s\": %s", o->topic,
                           kafc_err_text(m->ntopics ? m->topics[0].err : KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION));
    else
        e->n = m->topics[0].npartitions;
    kafc_metadata_free(m);
    e->left = o->has_partition ? 1 : e->n;
    e->seen = calloc((size_t)e->n + 1, sizeof *e->seen);
    return status ? status : e->seen ? TOOL_OK : tool_fail(TOOL_FAILED, "out of memory");
}

static void note_end(struct ends *e, int32_t partition)
{
    if (partition < 0 || partition >= e->n || e->seen[partition])
        return;
    e->seen[partition] = true;
    e->left--;
}

static bool print(const struct tool_options *o, const struct tool_format *f, const kafc_message *m)
{
    bool ok = true;

    if (o->json)
        ok = tool_json_print(stdout, m);
    else
        tool_format_print(f, stdout, m);
    if (o->unbuffered)
        ok = fflush(stdout) == 0 && ok;
    return ok && !ferror(stdout);
}

enum step { STEP_MESSAGE, STEP_NOTICE, STEP_DONE, STEP_FAILED };

static enum step output_lost(void)
{
    (void)tool_fail(0, "standard output cannot be written: %s", strerror(errno));
    return STEP_FAILED;
}

static enum step one(const struct tool_options *o, const struct tool_format *f, struct ends *e)
{
    kafc_message m;
    kafc_error err;

    /* what has been read is shown before waiting */
    kafc_err code = kafc_reader_fetch(reader, &m, 0, &err);
    if (code == KAFC_ERR_WOULD_BLOCK) {
        if (fflush(stdout) != 0)
            return output_lost();
        code = kafc_reader_fetch(reader, &m, -1, &err);
    }
    switch ((int)code) {
    case KAFC_OK:
        return print(o, f, &m) ? STEP_MESSAGE : output_lost();
    case KAFC_ERR_END_OF_PARTITION:
        if (o->exit_at_end)
            note_end(e, m.partition);
        return o->exit_at_end && e->left == 0 ? STEP_DONE : STEP_NOTICE;
    case KAFC_ERR_SKIPPED:
        (void)tool_fail(0, "%s", err.message);
        return STEP_NOTICE;
    case KAFC_ERR_INTERRUPTED:
        return tool_stop ? STEP_DONE : STEP_NOTICE;
    default:
        (void)tool_fail(0, "%s", err.message);
        return STEP_FAILED;
    }
}

static int read_all(const struct tool_options *o, const struct tool_format *f, struct ends *e)
{
    long long left = o->count;
    enum step step = STEP_NOTICE;

    while (left != 0 && !tool_stop && step < STEP_DONE) {
        step = one(o, f, e);
        if (step == STEP_MESSAGE && left > 0)
            left--;
    }
    if (step != STEP_FAILED && fflush(stdout) != 0)
        step = output_lost();
    return step == STEP_FAILED ? TOOL_FAILED : TOOL_OK;
}

static int consume(const struct tool_options *o, const struct tool_format *f, kafc_client *c,
                   kafc_reader_options *ro)
{
    struct ends e = { 0 };
    kafc_error err;
    int status = o->exit_at_end ? count_partitions(o, c, &e) : TOOL_OK;

    if (status == TOOL_OK) {
        reader = kafc_reader_open(c, ro, &err);
        if (reader) {
            tool_on_stop(wake);
            status = e.left || !o->exit_at_end ? read_all(o, f, &e) : TOOL_OK;
            tool_on_stop(NULL);
        } else {
            status = tool_fail(err.cls == KAFC_CLASS_USAGE ? TOOL_USAGE : TOOL_FAILED, "%s", err.message);
        }
        kafc_reader_free(reader);
    }
    free(e.seen);
    return status;
}

int tool_consume(const struct tool_options *o)
{
    kafc_reader_options ro;
    struct tool_format *f;
    kafc_client *c;
    kafc_error err;
    int status;

    kafc_reader_options_init(&ro);
    if (!o->topic || !*o->topic)
        return tool_fail(TOOL_USAGE, "-t TOPIC is missing");
    if (o->json && o->format)
        return tool_fail(TOOL_USAGE, "-J and -f exclude each other");
    if (!tool_position(o->offset ? o->offset : "beginning", &ro.start))
        return tool_fail(TOOL_USAGE, "-o wants beginning, end, N, -N or @MS, not \"%s\"", o->offset);
    f = tool_format_parse(o->format ? o->format : "%s\\n", &err);
    if (!f)
        return tool_fail(TOOL_USAGE, "-f: %s", err.message);
    c = tool_client(o);
    if (!c) {
        tool_format_free(f);
        return TOOL_USAGE;
    }
    ro.properties = o->properties;
    ro.topic = o->topic;
    if (o->has_partition)
        ro.partition = o->partition ? (int32_t)o->partition : KAFC_ZERO;
    ro.notify_end = o->exit_at_end ? KAFC_ON : KAFC_DEFAULT;
    status = consume(o, f, c, &ro);
    kafc_client_free(c);
    tool_format_free(f);
    return status;
}
