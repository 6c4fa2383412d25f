/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Java's sasl.jaas.config: a login module, a flag, options. Read as Java reads
 * it, but that values without quotes may be numbers, and without comments.
 */
#include "base/log.h"
#include "sasl/token.h"

enum { PLAIN, SCRAM, OAUTH, NMODULES };

static const struct {
    const char *name; /* behind the last dot: some rename the package */
    const char *mechanism;
} modules[NMODULES] = {
    [PLAIN] = { "PlainLoginModule", "PLAIN" },
    [SCRAM] = { "ScramLoginModule", "SCRAM-SHA-256 and SCRAM-SHA-512" },
    [OAUTH] = { "OAuthBearerLoginModule", "OAUTHBEARER" },
};

struct jaas {
    const char *text, *at;
    struct kafc_sasl_room room;
    int module;
    kafc_credentials *out;
    struct kafc_sasl_claims claims;
    const char *tokenauth;
    kafc_sasl_extension *ext; /* of out */
    kafc_error *err;
};

static kafc_err wrong(struct jaas *j, const char *what)
{
    return kafc__error(j->err, KAFC_ERR_USAGE, "sasl.jaas.config, at character %d: %s",
                       (int)(j->at - j->text) + 1, what);
}

/* ---- words ---- */

static bool word_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c && strchr("._-$", c)) || (unsigned char)c >= 0x80;
}

static void skip_space(struct jaas *j)
{
    j->at += strspn(j->at, " \t\r\n\f\v");
}

/* A word in the room, ended by NUL; "": something else is there. NULL: no room. */
static const char *word(struct jaas *j)
{
    size_t n = 0;
    char *to;

    skip_space(j);
    while (word_char(j->at[n]))
        n++;
    to = kafc__sasl_room(&j->room, n + 1, 1);
    if (!to)
        return NULL;
    memcpy(to, j->at, n);
    to[n] = 0;
    j->at += n;
    return to;
}

/* Behind a backslash: letters that Java knows, up to three octal digits, or the character itself. */
static char escaped(const char **s)
{
    static const char name[] = "abfnrtv", is[] = "\a\b\f\n\r\t\v";
    const char *known = strchr(name, **s);
    int v = 0, n = 0;

    if (**s < '0' || **s > '7')
        return known ? is[(*s)++, known - name] : *(*s)++;
    for (; n < 3 && **s >= '0' && **s <= '7' && v * 8 + (**s - '0') < 256; n++)
        v = v * 8 + (*(*s)++ - '0');
    return (char)v;
}

/* What stands between quotes, in the room; NULL: *code says why. */
static const char *quoted(struct jaas *j, kafc_err *code)
{
    char quote = *j->at;
    const char *s = j->at + 1;
    char *to = kafc__sasl_room(&j->room, strlen(j->at), 1), *end = to;

    if (!to) {
        *code = kafc__sasl_no_room(j->err);
        return NULL;
    }
    while (*s && *s != quote) {
        char c = *s++;

        if (c == '\\' && *s)
            c = escaped(&s);
        *end++ = c;
        if (!c) {
            *code = wrong(j, "a value with a NUL in it");
            return NULL;
        }
    }
    if (!*s) {
        *code = wrong(j, "a quoted value that does not end");
        return NULL;
    }
    *end++ = 0;
    j->room.left += (size_t)(j->room.p - end);
    j->room.p = end;
    j->at = s + 1;
    return to;
}

static const char *value(struct jaas *j, kafc_err *code)
{
    const char *v;

    skip_space(j);
    if (*j->at == '"' || *j->at == '\'')
        return quoted(j, code);
    v = word(j);
    if (!v)
        *code = kafc__sasl_no_room(j->err);
    else if (!*v)
        *code = wrong(j, "a value is missing");
    return *code ? NULL : v;
}

/* ---- what they say ---- */

static const struct {
    const char *name;
    int modules; /* bits */
    size_t at;   /* in struct jaas; in *out where `credential` says so */
    bool credential;
} options[] = {
    { "username", 1 << PLAIN | 1 << SCRAM, offsetof(kafc_credentials, username), true },
    { "password", 1 << PLAIN | 1 << SCRAM, offsetof(kafc_credentials, password), true },
    { "tokenauth", 1 << SCRAM, offsetof(struct jaas, tokenauth), false },
    { "unsecuredLoginStringClaim_sub", 1 << OAUTH, offsetof(struct jaas, claims.principal), false },
    { "unsecuredLoginLifetimeSeconds", 1 << OAUTH, offsetof(struct jaas, claims.life), false },
};

static const char extension[] = "unsecuredLoginExtension_";

/* at: where it stands. */
static kafc_err take_option(struct jaas *j, const char *at, const char *name, const char *v)
{
    if (j->module == OAUTH && strncmp(name, extension, sizeof extension - 1) == 0) {
        j->ext[j->out->nextensions++] = (kafc_sasl_extension){ name + sizeof extension - 1, v };
        return KAFC_OK;
    }
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        char *base = options[i].credential ? (char *)j->out : (char *)j;

        if (strcmp(options[i].name, name) == 0 && options[i].modules >> j->module & 1) {
            memcpy(base + options[i].at, &v, sizeof v);
            return KAFC_OK;
        }
    }
    j->at = at; /* its name is not told: it may be a piece of a password without quotes */
    return wrong(
        j, j->module == OAUTH
               ? "kafc does not know this option; tokens that must be fetched are for a callback"
               : "kafc does not know this option of the login module");
}

static bool ends_with(const char *s, const char *end)
{
    size_t n = strlen(s), m = strlen(end);

    return n >= m && memcmp(s + n - m, end, m) == 0;
}

static kafc_err read_module(struct jaas *j, const char *mechanism)
{
    const char *name = word(j), *dot;

    if (!name)
        return kafc__sasl_no_room(j->err);
    dot = strrchr(name, '.');
    for (j->module = 0; j->module < NMODULES; j->module++)
        if (strcmp(dot ? dot + 1 : name, modules[j->module].name) == 0)
            break;
    if (j->module == NMODULES && ends_with(name, "LoginModule"))
        return kafc__error(j->err, KAFC_ERR_USAGE,
                           "sasl.jaas.config: kafc has no login module %.100s", name);
    if (j->module == NMODULES)
        return wrong(j, "a login module is missing, such as "
                        "org.apache.kafka.common.security.plain.PlainLoginModule");
    if (mechanism && !strstr(modules[j->module].mechanism, mechanism))
        return kafc__error(j->err, KAFC_ERR_USAGE,
                           "sasl.jaas.config has %s, which is for %s, not for the mechanism %.40s",
                           modules[j->module].name, modules[j->module].mechanism, mechanism);
    return KAFC_OK;
}

static kafc_err read_flag(struct jaas *j)
{
    static const char *const flags[] = { "required", "requisite", "sufficient", "optional",
                                         "REQUIRED", "REQUISITE", "SUFFICIENT", "OPTIONAL" };
    const char *flag = word(j);

    if (!flag)
        return kafc__sasl_no_room(j->err);
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        if (strcmp(flags[i], flag) == 0)
            return KAFC_OK;
    return wrong(j, "\"required\" is missing behind the login module");
}

static kafc_err read_options(struct jaas *j)
{
    for (skip_space(j); *j->at && *j->at != ';'; skip_space(j)) {
        const char *at = j->at, *name = word(j), *v;
        kafc_err code = KAFC_OK;

        if (!name)
            return kafc__sasl_no_room(j->err);
        skip_space(j);
        if (!*name || *j->at++ != '=')
            return wrong(j, "an option is name=\"value\"");
        v = value(j, &code);
        if (v)
            code = take_option(j, at, name, v);
        if (code)
            return code;
    }
    if (!*j->at++)
        return wrong(j, "the ';' at the end is missing");
    skip_space(j);
    return *j->at ? wrong(j, "something stands behind the ';': one login module is wanted")
                  : KAFC_OK;
}

kafc_err kafc__sasl_jaas(const char *text, const char *mechanism, int64_t wall_ms, char *buf,
                         size_t cap, kafc_credentials *out, kafc_error *err)
{
    struct jaas j = { .text = text, .at = text, .room = { buf, cap }, .out = out, .err = err };
    size_t n = 1;
    kafc_err code;

    *out = (kafc_credentials){ .username = NULL };
    for (const char *s = text; *s; s++)
        n += *s == '=';
    out->extensions = j.ext = kafc__sasl_room(&j.room, n * sizeof *j.ext,
                                              _Alignof(kafc_sasl_extension));
    if (!j.ext)
        return kafc__sasl_no_room(err);
    code = read_module(&j, mechanism);
    if (!code)
        code = read_flag(&j);
    if (!code)
        code = read_options(&j);
    if (!code && j.tokenauth && strcmp(j.tokenauth, "true") == 0)
        j.ext[out->nextensions++] = (kafc_sasl_extension){ "tokenauth", "true" };
    if (!code && j.module == OAUTH)
        code = kafc__sasl_make_token(&j.claims, wall_ms, &j.room, out, err);
    return code;
}
