/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc produce: a message for each line of standard input.
 */
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "tools/kafc/tool.h"

enum { TOLD_MAX = 10, INIT_MS = 60000 };

static atomic_ullong failed;
static kafc_writer *writer;
static int32_t asked_partition = -1; /* by -p */
static int read_error; /* errno of standard input, or 0 */

static void on_delivery(void *ctx, const kafc_report *r)
{
    unsigned long long n = atomic_fetch_add(&failed, 1);

    (void)ctx;
    if (n >= TOLD_MAX)
        return;
    fprintf(stderr, "kafc: a message to %s ", r->topic);
    if (r->partition >= 0 || asked_partition >= 0)
        fprintf(stderr, "[%d] ", r->partition >= 0 ? r->partition : asked_partition);
    fprintf(stderr, "was %s: %s", r->verdict == KAFC_NOT_WRITTEN ? "not written" : "perhaps written",
            kafc_err_text(r->code));
    if (strcmp(r->why, kafc_err_text(r->code)) != 0)
        fprintf(stderr, " (%s)", r->why);
    fputc('\n', stderr);
}

static void wake(void)
{
    kafc_writer_wake(writer);
}

static void fill(const struct tool_options *o, char *line, size_t len, kafc_message *m)
{
    char *d = NULL;
    size_t dlen = o->delimiter ? strlen(o->delimiter) : 0;

    for (size_t i = 0; dlen && i + dlen <= len && !d; i++)
        if (memcmp(line + i, o->delimiter, dlen) == 0)
            d = line + i;
    if (d)
        m->key = (kafc_bytes){ line, (int32_t)(d - line) };
    m->value.p = d ? d + dlen : line;
    m->value.len = (int32_t)(line + len - (const char *)m->value.p);
    if (o->has_partition)
        m->to_partition = o->partition ? (int32_t)o->partition : KAFC_ZERO;
}

static kafc_header *make_headers(const struct tool_options *o)
{
    kafc_header *h = calloc((size_t)o->nheaders + 1, sizeof *h);

    for (int i = 0; h && i < o->nheaders; i++) {
        h[i].name = (kafc_str){ o->headers[i].name, (int32_t)strlen(o->headers[i].name) };
        h[i].value = kafc_bytes_of(o->headers[i].value);
    }
    return h;
}

/* Sends all lines; the number of those that were refused. */
static unsigned long long send_lines(const struct tool_options *o, kafc_writer *w)
{
    kafc_header *headers = make_headers(o);
    char *line = NULL;
    size_t cap = 0;
    unsigned long long n = 0, refused = 0;
    ssize_t len;
    kafc_error err;

    while (!tool_stop && (errno = 0, len = getline(&line, &cap, stdin)) >= 0) {
        kafc_message m = { .headers = headers, .nheaders = headers ? o->nheaders : 0 };
        kafc_err code;

        n++;
        if (len > 0 && line[len - 1] == '\n')
            len--;
        if (len > INT32_MAX / 2) {
            refused++;
            (void)tool_fail(0, "line %llu is too long", n);
            continue;
        }
        fill(o, line, (size_t)len, &m);
        code = kafc_writer_send(w, &m, NULL, -1, &err);
        if (code) {
            refused++;
            if (refused <= TOLD_MAX)
                (void)tool_fail(0, "line %llu was not taken: %s", n, err.message);
        }
    }
    if (ferror(stdin) && !tool_stop) /* Ctrl-C interrupts a read: that is an end */
        read_error = errno ? errno : EIO;
    free(line);
    free(headers);
    return refused;
}

/* With transactional.id all lines are one transaction. */
static bool begin(kafc_writer *w)
{
    kafc_error err;

    if (kafc_transaction_state(w) == KAFC_TXN_NONE)
        return true;
    if (kafc_transaction_init(w, INIT_MS, &err) == KAFC_OK && kafc_transaction_begin(w, &err) == KAFC_OK)
        return true;
    (void)tool_fail(0, "%s", err.message);
    return false;
}

/* Ctrl-C wakes the call, and its outcome is asked for all the same. */
static kafc_err persist(kafc_err (*call)(kafc_writer *w, int timeout_ms, kafc_error *err), kafc_writer *w,
                        kafc_error *err)
{
    kafc_err code;

    do
        code = call(w, -1, err);
    while (code == KAFC_ERR_INTERRUPTED);
    return code;
}

/* The transaction is committed if all of its lines are there, else aborted. false: nothing of it is seen. */
static bool end(kafc_writer *w, bool whole)
{
    kafc_error err;

    if (kafc_transaction_state(w) == KAFC_TXN_NONE || (whole && persist(kafc_transaction_commit, w, &err) == KAFC_OK))
        return true;
    if (whole)
        (void)tool_fail(0, "%s", err.message);
    if (persist(kafc_transaction_abort, w, &err))
        (void)tool_fail(0, "%s", err.message);
    (void)tool_fail(0, "the transaction was not committed: readers of committed messages see none of it");
    return false;
}

static int finish(kafc_writer *w, unsigned long long refused)
{
    kafc_writer_stats stats = { .size = sizeof(stats) };
    kafc_error err;
    bool ended = end(w, !refused && !tool_stop && !read_error);
    kafc_err code = kafc_writer_close(w, -1, &err);

    kafc_writer_stats_get(w, &stats);
    if (code)
        (void)tool_fail(0, "%s", err.message);
    if (read_error)
        return tool_fail(TOOL_FAILED, "standard input cannot be read: %s", strerror(read_error));
    if (refused || stats.failed)
        return tool_fail(TOOL_FAILED, "%llu of %llu messages were not acknowledged",
                         refused + (unsigned long long)stats.failed, refused + (unsigned long long)stats.messages);
    return code || !ended ? TOOL_FAILED : TOOL_OK;
}

int tool_produce(const struct tool_options *o)
{
    kafc_writer_options wo;
    kafc_client *c;
    kafc_error err;
    int status = TOOL_FAILED;

    kafc_writer_options_init(&wo);
    if (!o->topic || !*o->topic)
        return tool_fail(TOOL_USAGE, "-t TOPIC is missing");
    if (tool_acks("-a", o->acks, &wo.acks) || tool_codec("-z", o->codec, &wo.compression))
        return TOOL_USAGE;
    c = tool_client(o);
    if (!c)
        return TOOL_USAGE;
    if (o->has_partition)
        asked_partition = (int32_t)o->partition;
    wo.topic = o->topic;
    wo.properties = o->properties;
    wo.reports = KAFC_REPORTS_FAILURES;
    wo.on_delivery = on_delivery;
    writer = kafc_writer_open(c, &wo, &err);
    if (!writer) {
        (void)tool_fail(0, "%s", err.message);
        status = err.cls == KAFC_CLASS_USAGE ? TOOL_USAGE : TOOL_FAILED;
    } else {
        tool_on_stop(wake);
        if (begin(writer))
            status = finish(writer, send_lines(o, writer));
    }
    tool_on_stop(NULL);
    kafc_writer_free(writer);
    kafc_client_free(c);
    return status;
}
