/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc consume -e: which partitions have come to their end.
 */
#include <stdlib.h>
#include <string.h>

#include "tools/kafc/consume.h"

static struct tool_end *find(struct tool_ends *e, const char *topic, int32_t partition)
{
    for (int32_t i = 0; i < e->n; i++)
        if (e->v[i].partition == partition && strcmp(e->v[i].topic, topic) == 0)
            return &e->v[i];
    return NULL;
}

bool tool_ends_add(struct tool_ends *e, const char *topic, int32_t partition)
{
    char *copy = strdup(topic);

    if (copy && e->n == e->cap) {
        int32_t cap = e->cap ? 2 * e->cap : 16;
        struct tool_end *v = realloc(e->v, (size_t)cap * sizeof *v);

        e->v = v ? v : e->v;
        e->cap = v ? cap : e->cap;
    }
    if (!copy || e->n == e->cap) {
        free(copy);
        (void)tool_fail(0, "out of memory");
        return false;
    }
    e->v[e->n++] = (struct tool_end){ .topic = copy, .partition = partition };
    e->left++;
    return true;
}

void tool_ends_remove(struct tool_ends *e, const char *topic, int32_t partition)
{
    struct tool_end *end = find(e, topic, partition);

    if (!end)
        return;
    e->left -= !end->reached;
    free(end->topic);
    *end = e->v[--e->n];
}

void tool_ends_reach(struct tool_ends *e, const char *topic, int32_t partition)
{
    struct tool_end *end = find(e, topic, partition);

    if (!end || end->reached)
        return;
    end->reached = true;
    e->left--;
}

void tool_ends_free(struct tool_ends *e)
{
    for (int32_t i = 0; i < e->n; i++)
        free(e->v[i].topic);
    free(e->v);
}
