/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Durations in ISO 8601, as the Java client's properties have them. Any thread.
 */
#include <ctype.h>
#include <string.h>

#include "client/options_value.h"

static const struct unit {
    char letter;
    bool time; /* behind the T */
    int64_t ms;
} units[] = {
    { 'D', false, 86400000 }, { 'H', true, 3600000 }, { 'M', true, 60000 }, { 'S', true, 1000 }
};
enum { UNITS = sizeof(units) / sizeof(units[0]) };

/* Digits at *text; false: none, or too many. */
static bool take_number(const char **text, int64_t *n)
{
    const char *p = *text;

    for (*n = 0; isdigit((unsigned char)*p); p++) {
        if (*n > (INT64_MAX - 9) / 10)
            return false;
        *n = *n * 10 + (*p - '0');
    }
    if (p == *text)
        return false;
    *text = p;
    return true;
}

/* Digits of a second's fraction, up to nine, none as well. */
static bool take_fraction(const char **text, int64_t *ms)
{
    const char *p = *text;
    int64_t digit = 100;

    for (*ms = 0; isdigit((unsigned char)*p); p++, digit /= 10)
        *ms += (*p - '0') * digit;
    if (p - *text > 9)
        return false;
    *text = p;
    return true;
}

bool kafc__duration_parse(const char *text, int64_t *ms)
{
    int64_t n, part;
    bool time = false, any = false;
    int next = 0; /* units come in their order, each once */

    *ms = 0;
    if (toupper((unsigned char)*text++) != 'P')
        return false;
    while (*text) {
        part = 0;
        if (!time && toupper((unsigned char)*text) == 'T') {
            time = true;
            any = false; /* something must follow */
            text++;
            continue;
        }
        if (!take_number(&text, &n))
            return false;
        bool fraction = *text == '.' || *text == ',';
        if (fraction && (text++, !take_fraction(&text, &part)))
            return false;
        while (next < UNITS && units[next].letter != toupper((unsigned char)*text))
            next++;
        if (next == UNITS || units[next].time != time || (fraction && units[next].letter != 'S') ||
            n > (INT64_MAX - part - *ms) / units[next].ms)
            return false;
        *ms += n * units[next++].ms + part;
        any = true;
        text++;
    }
    return any;
}
