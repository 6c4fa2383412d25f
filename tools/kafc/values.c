/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Values of options that several commands take.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "tools/kafc/tool.h"

int tool_acks(const char *option, const char *s, kafc_acks *out)
{
    static const struct {
        const char *name;
        kafc_acks acks;
    } known[] = { { "all", KAFC_ACKS_ALL },
                  { "-1", KAFC_ACKS_ALL },
                  { "1", KAFC_ACKS_LEADER },
                  { "0", KAFC_ACKS_NONE } };

    for (size_t i = 0; s && i < sizeof known / sizeof known[0]; i++)
        if (strcmp(s, known[i].name) == 0) {
            *out = known[i].acks;
            return TOOL_OK;
        }
    return s ? tool_fail(TOOL_USAGE, "%s wants all, -1, 1 or 0, not \"%s\"", option, s) : TOOL_OK;
}

int tool_codec(const char *option, const char *s, kafc_compression *out)
{
    static const char *const names[] = { "none", "gzip", "snappy", "lz4", "zstd" };

    for (size_t i = 0; s && i < sizeof names / sizeof names[0]; i++)
        if (strcmp(s, names[i]) == 0) {
            *out = (kafc_compression)i;
            return TOOL_OK;
        }
    return s ? tool_fail(TOOL_USAGE, "%s wants none, gzip, snappy, lz4 or zstd, not \"%s\"", option,
                         s)
             : TOOL_OK;
}

bool tool_position(const char *s, kafc_position *out)
{
    char *end;
    long long n;

    if (strcmp(s, "beginning") == 0)
        *out = KAFC_FIRST;
    else if (strcmp(s, "end") == 0)
        *out = KAFC_LAST;
    else {
        errno = 0;
        n = strtoll(s + (*s == '@'), &end, 10);
        if (errno || end == s + (*s == '@') || *end || (*s == '@' && n < 0) || n == LLONG_MIN)
            return false;
        *out = *s == '@' ? KAFC_AT_TIME(n) : *s == '-' ? KAFC_TAIL(-n) : KAFC_AT(n);
    }
    return true;
}

const char *tool_said(const struct tool_options *o, int letter, int i)
{
    for (int k = 0; k < o->nsaid; k++)
        if (o->said[k].letter == letter && i-- == 0)
            return o->said[k].value;
    return NULL;
}

bool tool_number(const char *s, long long min, long long max, long long *out)
{
    char *end;

    errno = 0;
    *out = strtoll(s, &end, 10);
    return end != s && !*end && !errno && *out >= min && *out <= max;
}
