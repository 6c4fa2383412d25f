/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What decode and encode share: a line in, a line out, and the memory that
 * serves one line after the other. One thread.
 */
#ifndef KAFC_TOOL_CODEC_H
#define KAFC_TOOL_CODEC_H

#include "base/arena.h"
#include "protocol/json_text.h"
#include "protocol/registry.h"
#include "tools/kafc/tool.h"

/* What one line may be, and what may stand for it: records are compressed. */
#define CODEC_LINE_MAX ((size_t)1 << 30)
#define CODEC_TEXT_MAX ((size_t)1 << 30)

/* A message, and the header in front of it where it came in a frame (else NULL). */
struct codec_part {
    const struct kafc_schema *schema;
    void *msg;
    int16_t version;
};
struct codec_message {
    struct codec_part header, body; /* header.schema NULL: no frame */
};

struct codec {
    const struct tool_options *options;
    const struct kafc_api *api; /* --api */
    struct kafc_arena arena;    /* what one line needs */
    char *text;                 /* what stands for the line: n bytes */
    size_t n, room;
};

/* Makes c->text of a line, which it may overwrite; no NUL ends it. */
typedef kafc_err (*codec_work)(struct codec *c, char *line, size_t n, kafc_error *err);

/* All lines of standard input: what `work` makes of each, or "error: …". An empty line stays one. The exit status:
 * TOOL_FAILED if there was an error in any. */
int codec_run(struct codec *c, codec_work work);

/* name TAB version TAB rest. */
struct codec_line {
    const struct kafc_schema *schema; /* NULL: the name was "Records", the version "-" */
    int16_t version;
    char *rest;
    size_t n;
};
kafc_err codec_split(char *line, size_t n, struct codec_line *l, kafc_error *err);

/* Looks among all messages' names. */
void codec_near_messages(struct tool_near *near);
void codec_near_apis(struct tool_near *near);

/* Hex to bytes, in place. */
kafc_err codec_unhex(char *text, size_t n, size_t *bytes, kafc_error *err);

/* Prints into *o, twice if it does not fit the first time. */
typedef kafc_err (*codec_print)(void *ctx, struct kafc_json_out *o, kafc_error *err);
kafc_err codec_text(struct codec *c, codec_print print, void *ctx, kafc_error *err);

/* c->text is the message in hex: of a frame the whole of it, its size in front. */
kafc_err codec_hex(struct codec *c, const struct codec_message *m, kafc_error *err);

/* A body's bytes: schema and version are given. */
kafc_err codec_body(struct codec *c, const void *bytes, size_t n, struct codec_part *p,
                    kafc_error *err);
/* A frame's bytes: INT32 size, header, body; of --frame's kind. Strings point into them. */
kafc_err codec_frame(struct codec *c, const void *bytes, size_t n, struct codec_message *m,
                     kafc_error *err);

#endif
