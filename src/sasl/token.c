/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What options say of tokens: extensions, and unsigned tokens made here (JWT of
 * algorithm "none"), which brokers take as long as nobody has configured them.
 */
#include <stdarg.h>
#include <stdio.h>

#include "base/base64.h"
#include "base/log.h"
#include "sasl/token.h"

void *kafc__sasl_room(struct kafc_sasl_room *r, size_t n, size_t align)
{
    size_t skip = (align - (uintptr_t)r->p % align) % align;
    char *p = r->p + skip;

    if (skip > r->left || n > r->left - skip)
        return NULL;
    r->p = p + n;
    r->left -= skip + n;
    return p;
}

kafc_err kafc__sasl_no_room(kafc_error *err)
{
    return kafc__error(err, KAFC_ERR_TOO_LARGE, "the text that says who we are is too long");
}

/* ---- unsigned tokens ---- */

/* Text at the front of the room; false once it is full. */
static bool print(struct kafc_sasl_room *r, const char *fmt, ...) KAFC_PRINTF(2, 3);
static bool print(struct kafc_sasl_room *r, const char *fmt, ...)
{
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = vsnprintf(r->p, r->left, fmt, ap);
    va_end(ap);
    return n >= 0 && (size_t)n < r->left && kafc__sasl_room(r, (size_t)n, 1);
}

static bool print_string(struct kafc_sasl_room *r, const char *s, size_t n)
{
    bool ok = print(r, "\"");

    for (size_t i = 0; ok && i < n; i++)
        ok = print(r, s[i] == '"' || s[i] == '\\' ? "\\%c" : "%c", s[i]);
    return ok && print(r, "\"");
}

/* "role1,role2" as a list. */
static bool print_scope(struct kafc_sasl_room *r, const char *s)
{
    bool ok = print(r, "[");

    while (ok && *s) {
        size_t n = strcspn(s, ",");

        ok = print_string(r, s, n);
        s += n;
        if (*s == ',')
            ok = ok && print(r, "%c", *s++);
    }
    return ok && print(r, "]");
}

static bool clean(const char *s)
{
    for (; s && *s; s++)
        if ((unsigned char)*s < ' ' || *s == 0x7f)
            return false;
    return true;
}

kafc_err kafc__sasl_make_token(const struct kafc_sasl_claims *c, int64_t wall_ms,
                               struct kafc_sasl_room *r, kafc_credentials *out, kafc_error *err)
{
    static const char header[] = "{\"alg\":\"none\"}";
    const char *name = c->principal_claim ? c->principal_claim : "sub", *json;
    int64_t life = c->life ? 0 : 3600;
    char *token;
    bool ok;
    size_t n;

    for (const char *s = c->life; s && *s; s++)
        life = *s >= '0' && *s <= '9' && life <= INT32_MAX ? life * 10 + (*s - '0')
                                                           : INT64_MAX / 16;
    if (!c->principal || !*c->principal || life < 1 || life > INT32_MAX)
        return kafc__error(err, KAFC_ERR_USAGE,
                           "an unsigned token of OAUTHBEARER wants a principal, and a life of 1 to %d seconds",
                           INT32_MAX);
    if (!clean(c->principal) || !clean(name) || !clean(c->scope) || !clean(c->scope_claim))
        return kafc__error(err, KAFC_ERR_USAGE,
                           "a claim of an unsigned token has a control character");
    json = r->p;
    out->expires_ms = wall_ms + life * 1000;
    ok = print(r, "{") && print_string(r, name, strlen(name)) && print(r, ":") &&
         print_string(r, c->principal, strlen(c->principal)) &&
         print(r, ",\"iat\":%lld.%03d,\"exp\":%lld.%03d", (long long)wall_ms / 1000,
               (int)(wall_ms % 1000), (long long)out->expires_ms / 1000, (int)(wall_ms % 1000));
    if (ok && c->scope) {
        const char *scope = c->scope_claim ? c->scope_claim : "scope";

        ok = print(r, ",") && print_string(r, scope, strlen(scope)) && print(r, ":") &&
             print_scope(r, c->scope);
    }
    ok = ok && print(r, "}");
    n = (size_t)(r->p - json);
    token = ok ? kafc__sasl_room(r, KAFC_BASE64_SIZE(sizeof header) + KAFC_BASE64_SIZE(n) + 3, 1)
               : NULL;
    if (!token)
        return kafc__sasl_no_room(err);
    out->token = token;
    token += kafc__base64_encode(kafc__base64_url_digits, token, header, sizeof header - 1);
    *token++ = '.';
    token += kafc__base64_encode(kafc__base64_url_digits, token, json, n);
    memcpy(token, ".", 2);
    return KAFC_OK;
}

/* ---- words ---- */

/* A copy of the text in the room, and room for as many extensions as it has separators, and one; NULL: too long. */
static char *take_text(const char *text, char separator, struct kafc_sasl_room *r,
                       kafc_sasl_extension **ext)
{
    size_t n = strlen(text) + 1, words = 1;
    char *copy;

    for (const char *s = text; *s; s++)
        words += *s == separator;
    *ext = kafc__sasl_room(r, words * sizeof **ext, _Alignof(kafc_sasl_extension));
    copy = kafc__sasl_room(r, n, 1);
    return *ext && copy ? memcpy(copy, text, n) : NULL;
}

/* Cuts "name=value" off the front; the name is NULL where that is no such thing. */
static char *next_word(char *text, char separator, kafc_sasl_extension *out)
{
    size_t n = 0, eq;

    while (text[n] && text[n] != separator)
        n++;
    eq = strcspn(text, "=");
    *out = (kafc_sasl_extension){ eq && eq < n ? text : NULL, text + eq + (eq < n) };
    char *rest = text + n + (text[n] != 0);
    text[n] = 0;
    if (eq < n)
        text[eq] = 0;
    return rest;
}

kafc_err kafc__sasl_extensions(const char *text, char *buf, size_t cap, kafc_credentials *out,
                               kafc_error *err)
{
    struct kafc_sasl_room r = { buf, cap };
    kafc_sasl_extension *ext;
    char *rest = take_text(text, ',', &r, &ext);

    if (!rest)
        return kafc__sasl_no_room(err);
    out->extensions = ext;
    for (out->nextensions = 0; *rest; out->nextensions++) {
        rest = next_word(rest, ',', &ext[out->nextensions]);
        if (!ext[out->nextensions].name)
            return kafc__error(err, KAFC_ERR_USAGE,
                               "extensions of a token are name=value,name=value");
    }
    return KAFC_OK;
}

kafc_err kafc__sasl_unsecured(const char *text, int64_t wall_ms, char *buf, size_t cap,
                              kafc_credentials *out, kafc_error *err)
{
    static const struct {
        const char *name;
        size_t at;
    } known[] = {
        { "principalClaimName", offsetof(struct kafc_sasl_claims, principal_claim) },
        { "principal", offsetof(struct kafc_sasl_claims, principal) },
        { "scopeClaimName", offsetof(struct kafc_sasl_claims, scope_claim) },
        { "scope", offsetof(struct kafc_sasl_claims, scope) },
        { "lifeSeconds", offsetof(struct kafc_sasl_claims, life) },
    };
    enum { KNOWN = sizeof known / sizeof *known };
    struct kafc_sasl_room r = { buf, cap };
    struct kafc_sasl_claims claims = { NULL, NULL, NULL, NULL, NULL };
    kafc_sasl_extension *ext, word;
    char *rest = take_text(text, ' ', &r, &ext);

    *out = (kafc_credentials){ .extensions = ext };
    if (!rest)
        return kafc__sasl_no_room(err);
    while (*(rest += strspn(rest, " "))) {
        size_t i = 0;

        rest = next_word(rest, ' ', &word);
        while (word.name && i < KNOWN && strcmp(known[i].name, word.name) != 0)
            i++;
        if (word.name && i < KNOWN)
            memcpy((char *)&claims + known[i].at, &word.value, sizeof word.value);
        else if (word.name && strncmp(word.name, "extension_", 10) == 0)
            ext[out->nextensions++] = (kafc_sasl_extension){ word.name + 10, word.value };
        else
            return kafc__error(
                err, KAFC_ERR_USAGE,
                "an unsigned token is made of principal=, scope=, lifeSeconds=, principalClaimName=, "
                "scopeClaimName= and extension_name=, with spaces between them");
    }
    return kafc__sasl_make_token(&claims, wall_ms, &r, out, err);
}
