/* SPDX-License-Identifier: BSD-2-Clause
 *
 * SASLprep (RFC 4013). Characters that Unicode 3.2 does not have are refused in
 * what is to be stored, a password, but not in a name (RFC 5802). Tables are read from the
 * front for each character, some microseconds: a name is short.
 */
#include "base/log.h"
#include "base/mem.h"
#include "sasl/internal.h"
#include "sasl/saslprep_tables.h"

enum {
    CHARS_MAX = 1024,
    DECOMPOSED_MAX = 18, /* of a character: U+FDFA */
    HANGUL = 0xac00,
    HANGUL_L = 0x1100,
    HANGUL_V = 0x1161,
    HANGUL_T = 0x11a7,
    NV = 21,
    NT = 28,
    NHANGUL = 19 * NV * NT
};

/* ---- tables ---- */

static uint32_t varint(const uint8_t **p)
{
    uint32_t v = 0;
    int shift = 0;

    do
        v |= (uint32_t)(**p & 127) << shift;
    while (shift += 7, *(*p)++ & 128);
    return v;
}

static uint32_t signed_varint(const uint8_t **p) /* modulo 2^32 */
{
    uint32_t v = varint(p);

    return v >> 1 ^ (0U - (v & 1));
}

static bool in(const uint8_t *set, uint32_t c)
{
    uint32_t at = 0, n;

    for (;;) {
        at += varint(&set);
        n = varint(&set);
        if (!n || c < at)
            return false;
        if (c - at < n)
            return true;
        at += n;
    }
}

static uint8_t class_of(uint32_t c)
{
    const uint8_t *p = kafc__saslprep_classes;
    uint32_t at = 0, n;

    for (;;) {
        at += varint(&p);
        n = varint(&p);
        if (!n || c < at)
            return 0;
        if (c - at < n)
            return *p;
        at += n;
        p++;
    }
}

struct entry {
    const uint8_t *p; /* behind it */
    uint32_t c;
    uint32_t to[DECOMPOSED_MAX];
    uint32_t n;
    bool composes;
};

static bool next(struct entry *e)
{
    uint8_t head = *e->p++;

    e->composes = head & 1;
    e->n = head >> 1 & 31;
    if (!e->n)
        return false;
    e->c += head & 64 ? varint(&e->p) : 1;
    e->to[0] += signed_varint(&e->p);
    for (uint32_t i = 1; i < e->n; i++)
        e->to[i] = e->to[i - 1] + signed_varint(&e->p);
    return true;
}

/* ---- normal form KC ---- */

struct chars {
    uint32_t *v;
    size_t n, cap;
};

static bool put(struct chars *s, uint32_t c)
{
    if (s->n == s->cap)
        return false;
    s->v[s->n++] = c;
    return true;
}

static bool put_decomposed(struct chars *s, uint32_t c)
{
    struct entry e = { .p = kafc__saslprep_decompositions };

    if (c < 0x80)
        return put(s, c);
    if (c - HANGUL < NHANGUL) {
        c -= HANGUL;
        return put(s, HANGUL_L + c / (NV * NT)) && put(s, HANGUL_V + c / NT % NV) &&
               (c % NT == 0 || put(s, HANGUL_T + c % NT));
    }
    while (next(&e) && e.c < c) {
    }
    if (!e.n || e.c != c)
        return put(s, c);
    for (uint32_t i = 0; i < e.n; i++)
        if (!(e.composes ? put_decomposed(s, e.to[i]) : put(s, e.to[i])))
            return false;
    return true;
}

/* Marks behind a character stand in the order of their classes. */
static void sort_marks(struct chars *s)
{
    for (size_t i = 1; i < s->n; i++) {
        uint32_t c = s->v[i];
        uint8_t cls = class_of(c);
        size_t k = i;

        for (; cls && k && class_of(s->v[k - 1]) > cls; k--)
            s->v[k] = s->v[k - 1];
        s->v[k] = c;
    }
}

/* What two characters are in one; 0: nothing. */
static uint32_t pair(uint32_t a, uint32_t b)
{
    struct entry e = { .p = kafc__saslprep_decompositions };

    if (a - HANGUL_L < 19 && b - HANGUL_V < NV)
        return HANGUL + ((a - HANGUL_L) * NV + (b - HANGUL_V)) * NT;
    if (a - HANGUL < NHANGUL && (a - HANGUL) % NT == 0 && b - HANGUL_T - 1 < NT - 1)
        return a + (b - HANGUL_T);
    if (b < 0x300) /* the first mark */
        return 0;
    while (next(&e))
        if (e.composes && e.to[0] == a && e.to[1] == b)
            return e.c;
    return 0;
}

static void compose(struct chars *s)
{
    size_t starter = SIZE_MAX, n = 0;
    uint8_t last = 0; /* class of what stands before, behind the starter */

    for (size_t i = 0; i < s->n; i++) {
        uint32_t c = s->v[i], one = 0;
        uint8_t cls = class_of(c);

        if (starter != SIZE_MAX && (n == starter + 1 || (last && last < cls)))
            one = pair(s->v[starter], c);
        if (one) {
            s->v[starter] = one;
            continue;
        }
        if (!cls)
            starter = n;
        last = cls;
        s->v[n++] = c;
    }
    s->n = n;
}

/* ---- UTF-8 ---- */

/* The character at *s, or UINT32_MAX; *s is behind it. */
static uint32_t decode(const uint8_t **s)
{
    static const uint32_t least[] = { 0, 0x80, 0x800, 0x10000 };
    uint32_t c = *(*s)++;
    int more = c < 0x80 ? 0 : c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : 1;

    if (!more)
        return c;
    if (c < 0xc2 || c > 0xf4)
        return UINT32_MAX;
    c &= 0x3fU >> more;
    for (int i = 0; i < more; i++) {
        if ((**s & 0xc0) != 0x80) /* NUL is none either */
            return UINT32_MAX;
        c = c << 6 | (*(*s)++ & 0x3f);
    }
    return c < least[more] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000) ? UINT32_MAX : c;
}

static char *encode(char *to, uint32_t c)
{
    static const uint8_t first[] = { 0, 0xc0, 0xe0, 0xf0 };
    int more = c < 0x80 ? 0 : c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;

    *to++ = (char)(first[more] | c >> (6 * more));
    while (more--)
        *to++ = (char)(0x80 | (c >> (6 * more) & 0x3f));
    return to;
}

/* ---- the profile ---- */

/* Maps and decomposes; false: *err says why. */
static bool take(struct chars *s, const char *from, const char *what, kafc_error *err)
{
    const uint8_t *p = (const uint8_t *)from;

    while (*p) {
        uint32_t c = decode(&p);

        if (c == UINT32_MAX) {
            kafc__error(err, KAFC_ERR_USAGE, "the %s is not UTF-8", what);
            return false;
        }
        if (c >= 0x80 && in(kafc__saslprep_nothing, c))
            continue;
        if (!put_decomposed(s, c >= 0x80 && in(kafc__saslprep_spaces, c) ? ' ' : c)) {
            kafc__error(err, KAFC_ERR_USAGE, "the %s is longer than %d characters", what,
                        CHARS_MAX);
            return false;
        }
    }
    return true;
}

/* Why it is not allowed, or NULL. */
static const char *wrong(const struct chars *s, bool stored)
{
    bool right = false, left = false;

    for (size_t i = 0; i < s->n; i++) {
        if (in(kafc__saslprep_prohibited, s->v[i]))
            return "has a character that SASLprep (RFC 4013) prohibits, such as a control character";
        if (stored && in(kafc__saslprep_unassigned, s->v[i]))
            return "has a character that is younger than SASLprep (RFC 4013): not in Unicode 3.2";
        right = right || in(kafc__saslprep_right_to_left, s->v[i]);
        left = left || in(kafc__saslprep_left_to_right, s->v[i]);
    }
    if (right && (left || !in(kafc__saslprep_right_to_left, s->v[0]) ||
                  !in(kafc__saslprep_right_to_left, s->v[s->n - 1])))
        return "mixes characters from right to left with others, which SASLprep (RFC 4013) prohibits";
    return s->n ? NULL : "is empty after SASLprep (RFC 4013)";
}

static kafc_err prepare(struct chars *s, const char *from, bool stored, const char *what, kafc_error *err)
{
    const char *why;

    if (!take(s, from, what, err))
        return KAFC_ERR_USAGE;
    sort_marks(s);
    compose(s);
    why = wrong(s, stored);
    return why ? kafc__error(err, KAFC_ERR_USAGE, "the %s %s", what, why) : KAFC_OK;
}

kafc_err kafc__saslprep(const kafc_allocator *mem, const char *from, bool stored, const char *what, char **out,
                        kafc_error *err)
{
    struct chars s = { .cap = CHARS_MAX };
    kafc_err code;

    *out = NULL;
    s.v = kafc__alloc(mem, CHARS_MAX * sizeof *s.v);
    if (!s.v)
        return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for the %s", what);
    code = prepare(&s, from, stored, what, err);
    if (!code) {
        char *end = *out = kafc__alloc(mem, 4 * s.n + 1);

        if (end) {
            for (size_t i = 0; i < s.n; i++)
                end = encode(end, s.v[i]);
            *end = 0;
        } else {
            code = kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for the %s", what);
        }
    }
    kafc__sasl_wipe(s.v, CHARS_MAX * sizeof *s.v);
    kafc__free(mem, s.v);
    return code;
}
