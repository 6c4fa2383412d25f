/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc decode: bytes as Apache Kafka's JSON.
 */
#include <string.h>

#include "base/log.h"
#include "tools/kafc/codec.h"
#include "tools/kafc/records_json.h"

/* ---- printing ---- */

struct printed {
    const struct codec_message *m;
    const struct kafc_json_hook *hook;
};

static kafc_err put_records(void *ctx, struct kafc_json_out *o, const struct kafc_records *rec,
                            kafc_error *err)
{
    (void)ctx;
    return records_put(o, rec->p, (size_t)rec->len, CODEC_TEXT_MAX, err);
}

static kafc_err put_part(struct kafc_json_out *o, const struct codec_part *p,
                         const struct kafc_json_hook *hook, kafc_error *err)
{
    return kafc__msg_json_put(o, p->schema, p->msg, p->version, hook, err);
}

static kafc_err put_message(void *ctx, struct kafc_json_out *o, kafc_error *err)
{
    const struct printed *p = ctx;
    kafc_err rc;

    if (!p->m->header.schema)
        return put_part(o, &p->m->body, p->hook, err);
    kafc__json_text(o, "{\"header\":");
    rc = put_part(o, &p->m->header, NULL, err);
    kafc__json_text(o, ",\"body\":");
    if (!rc)
        rc = put_part(o, &p->m->body, p->hook, err);
    kafc__json_char(o, '}');
    return rc;
}

static kafc_err print(struct codec *c, const struct codec_message *m, kafc_error *err)
{
    static const struct kafc_json_hook batches = { .records = put_records };
    struct printed p = { .m = m, .hook = c->options->records ? &batches : NULL };

    return c->options->reencode ? codec_hex(c, m, err) : codec_text(c, put_message, &p, err);
}

/* ---- lines ---- */

static kafc_err put_sequence(void *ctx, struct kafc_json_out *o, kafc_error *err)
{
    const kafc_bytes *b = ctx;
    kafc_error why;
    kafc_err rc = records_put(o, b->p, (size_t)b->len, CODEC_TEXT_MAX, &why);

    return rc ? kafc__error(err, rc, "Records, %s", why.message) : rc;
}

static kafc_err decode_records(struct codec *c, const char *bytes, size_t n, kafc_error *err)
{
    kafc_bytes b = { .p = bytes, .len = (int32_t)n }; /* no line holds so many */

    if (c->options->reencode)
        return kafc__error(err, KAFC_ERR_USAGE,
                           "Records: batches are not written again, they are read alone");
    return codec_text(c, put_sequence, &b, err);
}

static kafc_err decode_line(struct codec *c, char *line, size_t n, kafc_error *err)
{
    struct codec_message m = { .body = { .msg = NULL } };
    struct codec_line l;
    kafc_err rc = codec_split(line, n, &l, err);

    if (!rc)
        rc = codec_unhex(l.rest, l.n, &n, err);
    if (rc)
        return rc;
    if (!l.schema)
        return decode_records(c, l.rest, n, err);
    m.body.schema = l.schema;
    m.body.version = l.version;
    rc = codec_body(c, l.rest, n, &m.body, err);
    return rc ? rc : print(c, &m, err);
}

static kafc_err decode_frame(struct codec *c, char *line, size_t n, kafc_error *err)
{
    struct codec_message m = { .body = { .msg = NULL } };
    kafc_err rc = codec_unhex(line, n, &n, err);

    if (!rc)
        rc = codec_frame(c, line, n, &m, err);
    return rc ? rc : print(c, &m, err);
}

/* ---- the command ---- */

static int bad_api(const char *name)
{
    struct tool_near near;

    tool_near_begin(&near, name);
    codec_near_apis(&near);
    if (near.best)
        return tool_fail(TOOL_USAGE, "there is no API \"%s\"; did you mean \"%s\"?", name,
                         near.best);
    return tool_fail(TOOL_USAGE, "there is no API \"%s\"; \"kafc schema\" lists all messages",
                     name);
}

/* Of responses the bytes do not say what they answer. */
static int take_api(struct codec *c, const struct tool_options *o)
{
    if (!o->api || o->version < 0)
        return tool_fail(
            TOOL_USAGE,
            "--frame response wants --api NAME and --version N: a response does not name them");
    c->api = kafc__api_named(o->api);
    if (!c->api)
        return bad_api(o->api);
    if (o->version < c->api->min || o->version > c->api->max)
        return tool_fail(TOOL_USAGE, "%s has versions %d to %d, not %lld", c->api->name, c->api->min,
                         c->api->max, o->version);
    return TOOL_OK;
}

int tool_decode(const struct tool_options *o)
{
    struct codec c = { .options = o };
    bool response = o->frame && strcmp(o->frame, "response") == 0;
    int status = TOOL_OK;

    if (o->frame && !response && strcmp(o->frame, "request") != 0)
        return tool_fail(TOOL_USAGE, "--frame wants request or response, not \"%s\"", o->frame);
    if (o->reencode && o->records)
        return tool_fail(TOOL_USAGE,
                         "--reencode prints bytes and --records JSON: only one of them");
    if (!response && (o->api || o->version >= 0))
        return tool_fail(TOOL_USAGE, "--api and --version go with --frame response");
    if (response)
        status = take_api(&c, o);
    return status ? status : codec_run(&c, o->frame ? decode_frame : decode_line);
}
