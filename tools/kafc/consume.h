/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the files of kafc consume share: consume.c (messages on standard
 * output), consume_group.c (as a member of a group), consume_ends.c (-e).
 */
#ifndef KAFC_TOOL_CONSUME_H
#define KAFC_TOOL_CONSUME_H

#include <kafc/group.h>

#include "tools/kafc/tool.h"

/* The partitions that are read, and how many of them have not come to their end. */
struct tool_end {
    char *topic;
    int32_t partition;
    bool reached;
};
struct tool_ends {
    struct tool_end *v;
    int32_t n, cap, left;
};

struct tool_consume {
    const struct tool_options *o;
    const struct tool_format *format;
    kafc_reader *reader;
    struct tool_ends ends; /* with -e */
    bool failed;           /* why was said */
    bool lost;             /* so was that standard output takes no more */
    /* With a group: */
    bool had_some; /* partitions, at some time … */
    bool assigned; /* … and it has said which are ours now */
    unsigned printed;
    bool uncommitted; /* something was printed since the last commit */
    double commit_at; /* the next one, by load_now() */
};

/* consume.c: standard output has all that was printed. false: it has not, which was said. */
bool tool_consume_flush(struct tool_consume *t);

/* consume_group.c */
void tool_group_options(struct tool_consume *t, kafc_reader_options *ro);
int tool_group_join(struct tool_consume *t);
void tool_group_printed(struct tool_consume *t); /* a message */
/* All is read that is here: commits if it is time. How long to wait for more, in ms, or -1. */
int tool_group_idle(struct tool_consume *t);
/* Can it go on after this? Says what it is. */
bool tool_group_endures(struct tool_consume *t, const kafc_error *err);
/* Commits what was printed, and leaves. */
void tool_group_leave(struct tool_consume *t);

/* consume_ends.c. false: out of memory, which was said. */
bool tool_ends_add(struct tool_ends *e, const char *topic, int32_t partition);
void tool_ends_remove(struct tool_ends *e, const char *topic, int32_t partition);
void tool_ends_reach(struct tool_ends *e, const char *topic, int32_t partition);
void tool_ends_free(struct tool_ends *e);

#endif
