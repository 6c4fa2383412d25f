/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Words as in a language: short ones and those at the front of the list come
 * more often.
 */
#include "mock/text.h"

#include <stdint.h>
#include <string.h>

enum { WORDS = 64, LETTERS = 12 };

struct dice {
    uint64_t x;
};

static uint32_t roll(struct dice *d, uint32_t below)
{
    d->x ^= d->x << 13;
    d->x ^= d->x >> 7;
    d->x ^= d->x << 17;
    return (uint32_t)((d->x >> 32) * below >> 32);
}

void kafc__mock_text(char *text, size_t len)
{
    static const char letters[] = "eeeeaaaiiooutttnnnssshhrrdlcumwfgypbvk";
    char word[WORDS][LETTERS];
    struct dice d = { 0x9e3779b97f4a7c15u };
    size_t n, at = 0;

    for (int w = 0; w < WORDS; w++) {
        n = 2 + roll(&d, 3) + roll(&d, LETTERS - 5);
        for (size_t i = 0; i < n; i++)
            word[w][i] = letters[roll(&d, sizeof letters - 1)];
        word[w][n] = ' ';
    }
    while (at < len) {
        const char *w = word[roll(&d, 1 + roll(&d, WORDS))];

        n = (size_t)((const char *)memchr(w, ' ', LETTERS) - w) + 1;
        n = n < len - at ? n : len - at;
        memcpy(text + at, w, n);
        at += n;
    }
}
