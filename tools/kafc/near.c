/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Which of our names was meant by a word that is none of them.
 */
#include <ctype.h>
#include <string.h>

#include "client/options.h"
#include "tools/kafc/tool.h"

static void lower(char *out, const char *s)
{
    size_t i = 0;

    for (; s[i] && i < TOOL_NEAR_MAX; i++)
        out[i] = (char)tolower((unsigned char)s[i]);
    out[i] = 0;
}

void tool_near_begin(struct tool_near *n, const char *word)
{
    size_t len = strlen(word);

    lower(n->word, word);
    n->best = NULL;
    n->below = len > TOOL_NEAR_MAX ? 0 : (unsigned)len / 3 + 2;
}

void tool_near_try(struct tool_near *n, const char *candidate)
{
    char word[TOOL_NEAR_MAX + 1];

    lower(word, candidate);
    size_t len = strlen(n->word), other = strlen(word);
    unsigned d;
    if (len >= 3 && strncmp(word, n->word, len) == 0)
        d = other > len; /* its beginning */
    else if ((other > len ? other - len : len - other) >= n->below)
        return; /* so many letters more or less */
    else
        d = kafc__edit_distance(n->word, word);
    if (d >= n->below)
        return;
    n->best = candidate;
    n->below = d;
}
