/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc encode: Apache Kafka's JSON as bytes.
 */
#include "base/log.h"
#include "tools/kafc/codec.h"
#include "tools/kafc/from_json.h"

static kafc_err encode_line(struct codec *c, char *line, size_t n, kafc_error *err)
{
    struct codec_message m = { .body = { .msg = NULL } };
    struct codec_line l;
    kafc_err rc = codec_split(line, n, &l, err);

    if (rc)
        return rc;
    if (!l.schema)
        return kafc__error(err, KAFC_ERR_USAGE, "Records: batches are only decoded, not encoded");
    m.body.schema = l.schema;
    m.body.version = l.version;
    m.body.msg = kafc__arena_alloc(&c->arena, l.schema->size);
    if (!m.body.msg)
        return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for a message");
    rc = message_from_json(l.schema, m.body.msg, l.version, l.rest, l.n, &c->arena, err);
    return rc ? rc : codec_hex(c, &m, err);
}

int tool_encode(const struct tool_options *o)
{
    struct codec c = { .options = o };

    return codec_run(&c, encode_line);
}
