/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Commands with verbs behind them, such as "kafc groups describe g": which verb
 * is meant, does it take what was said, and what they all print alike.
 */
#ifndef KAFC_TOOL_VERBS_H
#define KAFC_TOOL_VERBS_H

#include <jansson.h>

#include "tools/kafc/tool.h"

enum { VERB_WAIT = 10000 }; /* ms, for each answer */

/* One verb, running. */
struct verb_call {
    const struct tool_options *o;
    kafc_client *client;
    const char *const *names; /* behind the verb */
    int n;
};

struct verb {
    const char *name;
    int (*run)(const struct verb_call *v);
    int min, max;    /* names */
    const int *takes; /* options, besides -b -F -X -J: letters and LONG_…, ended by 0; NULL: none */
};

/* command: "groups"; what: "group", that of which the names are. The first verb is the one if none is given. Reports
 * what is wrong; opens the client, and closes it. */
int verbs_run(const struct tool_options *o, const char *command, const char *what, const struct verb *verbs, int n);
/* Of several statuses the last one that is not TOOL_OK. */
static inline int verbs_status(int before, int now)
{
    return now ? now : before;
}
/* For each name in turn. */
int verbs_each(const struct verb_call *v, int (*one)(const struct verb_call *v, const char *name));

/* A line of JSON on standard output. */
int verbs_print(json_t *o);
json_t *verbs_text(const char *s); /* null for NULL; what is no UTF-8 becomes U+FFFD */
json_t *verbs_number(int64_t n);   /* null below 0 */
int verbs_no_memory(void);
int verbs_failed(const kafc_error *err); /* says why, and what status that is */

#endif
