/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The mechanisms by name, and what they share.
 */
#include "base/base64.h"
#include "base/log.h"
#include "base/mem.h"
#include "sasl/internal.h"

const kafc_sasl_mechanism *kafc__sasl_find(const char *name)
{
    static const kafc_sasl_mechanism *const all[] = { &kafc__sasl_plain, &kafc__sasl_scram_sha_256,
                                                      &kafc__sasl_scram_sha_512,
                                                      &kafc__sasl_oauthbearer };

    for (size_t i = 0; name && i < sizeof all / sizeof *all; i++)
        if (strcmp(all[i]->name, name) == 0)
            return all[i];
    return NULL;
}

/* Through a pointer that may change: the compiler cannot know that nobody reads what is written. */
static void *(*const volatile set)(void *, int, size_t) = memset;

void kafc__sasl_wipe(void *p, size_t n)
{
    if (n)
        set(p, 0, n);
}

/* ---- text ---- */

/* By hand, as realloc(3) may leave a copy behind. */
static bool grow(struct kafc_sasl_text *t, size_t n)
{
    size_t cap = t->cap ? t->cap : 128;
    char *p;

    while (cap - t->n < n)
        cap *= 2;
    if (cap == t->cap)
        return true;
    p = kafc__alloc(t->mem, cap);
    if (!p)
        return false;
    if (t->n)
        memcpy(p, t->p, t->n);
    kafc__sasl_wipe(t->p, t->n);
    kafc__free(t->mem, t->p);
    t->p = p;
    t->cap = cap;
    return true;
}

void kafc__sasl_add(struct kafc_sasl_text *t, const void *p, size_t n)
{
    t->failed = t->failed || !grow(t, n);
    if (t->failed || !n)
        return;
    memcpy(t->p + t->n, p, n);
    t->n += n;
}

void kafc__sasl_adds(struct kafc_sasl_text *t, const char *s)
{
    kafc__sasl_add(t, s, strlen(s));
}

void kafc__sasl_add_base64(struct kafc_sasl_text *t, const char *digits, const void *p, size_t n)
{
    t->failed = t->failed || !grow(t, KAFC_BASE64_SIZE(n));
    if (!t->failed)
        t->n += kafc__base64_encode(digits, t->p + t->n, p, n);
}

void kafc__sasl_add_name(struct kafc_sasl_text *t, const char *s)
{
    while (*s) {
        size_t n = strcspn(s, ",=");

        kafc__sasl_add(t, s, n);
        s += n;
        if (*s)
            kafc__sasl_adds(t, *s++ == ',' ? "=2C" : "=3D");
    }
}

void kafc__sasl_add_gs2(struct kafc_sasl_text *t, const kafc_credentials *c)
{
    bool other = c->authorization_id && *c->authorization_id;

    kafc__sasl_adds(t, other ? "n,a=" : "n,");
    kafc__sasl_add_name(t, other ? c->authorization_id : "");
    kafc__sasl_adds(t, ",");
}

void kafc__sasl_add_extensions(struct kafc_sasl_text *t, const char *separator, const kafc_credentials *c)
{
    for (int32_t i = 0; i < c->nextensions; i++) {
        kafc__sasl_adds(t, separator);
        kafc__sasl_adds(t, c->extensions[i].name);
        kafc__sasl_adds(t, "=");
        kafc__sasl_adds(t, c->extensions[i].value);
    }
}

void kafc__sasl_text_free(struct kafc_sasl_text *t)
{
    kafc__sasl_wipe(t->p, t->n);
    kafc__free(t->mem, t->p);
    *t = (struct kafc_sasl_text){ .mem = t->mem };
}

kafc_err kafc__sasl_say(const struct kafc_sasl_text *t, kafc_bytes *answer, kafc_error *err)
{
    if (t->failed)
        return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for a login");
    *answer = (kafc_bytes){ t->p, (int32_t)t->n };
    return KAFC_OK;
}

const char *kafc__sasl_quote(char to[KAFC_SASL_QUOTE], const void *p, size_t n)
{
    const char *from = p;
    size_t len = n < KAFC_SASL_QUOTE ? n : KAFC_SASL_QUOTE - 1;

    for (size_t i = 0; i < len; i++)
        to[i] = from[i] >= ' ' && from[i] <= '~' ? from[i] : '?';
    to[len] = 0;
    return to;
}

bool kafc__sasl_letters(const char *s)
{
    size_t n = 0;

    while (s && kafc__sasl_letter(s[n]))
        n++;
    return n && !s[n];
}
