/* SPDX-License-Identifier: BSD-2-Clause
 *
 * OAUTHBEARER (RFC 7628): a token in one message. A broker that does not take
 * it says why in JSON, wants an empty word for that, and then fails.
 */
#include "base/log.h"
#include "base/mem.h"
#include "sasl/internal.h"

struct oauth {
    struct kafc_sasl_text message;
    char why[KAFC_SASL_QUOTE];
    enum { SAY, LISTEN, REFUSED } stage;
};

/* What RFC 6750 calls a b64token; Kafka's own brokers take a part of it. */
static bool token_ok(const char *s)
{
    size_t n = 0;

    while (kafc__sasl_letter(s[n]) || (s[n] >= '0' && s[n] <= '9') ||
           (s[n] && strchr("-._~+/", s[n])))
        n++;
    return n && strspn(s + n, "=") == strlen(s + n);
}

/* VCHAR / SP / HTAB / CR / LF, 1 at least. */
static bool value_ok(const char *s)
{
    size_t n = 0;

    while (s && ((s[n] >= ' ' && s[n] <= '~') || (s[n] && strchr("\t\r\n", s[n]))))
        n++;
    return n && !s[n];
}

static kafc_err check(const kafc_credentials *c, kafc_error *err)
{
    if (!c->token || !*c->token)
        return kafc__error(err, KAFC_ERR_USAGE,
                           "OAUTHBEARER wants a token (`token`, a function for credentials, or, for tests, "
                           "sasl.oauthbearer.config)");
    if (!token_ok(c->token))
        return kafc__error(
            err, KAFC_ERR_USAGE,
            "the token of OAUTHBEARER is none: only letters, digits, -._~+/ and = at its end");
    for (int32_t i = 0; i < c->nextensions; i++) {
        if (!kafc__sasl_letters(c->extensions[i].name) || !strcmp(c->extensions[i].name, "auth"))
            return kafc__error(
                err, KAFC_ERR_USAGE,
                "the name of extension %d of OAUTHBEARER is not of letters alone, or is \"auth\"",
                (int)i + 1);
        if (!value_ok(c->extensions[i].value))
            return kafc__error(
                err, KAFC_ERR_USAGE,
                "the value of extension \"%.40s\" of OAUTHBEARER is empty, or not printable ASCII",
                c->extensions[i].name);
    }
    return KAFC_OK;
}

static void put_message(struct kafc_sasl_text *t, const kafc_credentials *c)
{
    kafc__sasl_add_gs2(t, c);
    kafc__sasl_adds(t, "\1auth=Bearer ");
    kafc__sasl_adds(t, c->token);
    kafc__sasl_add_extensions(t, "\1", c);
    kafc__sasl_adds(t, "\1\1");
}

static kafc_err start(void *ctx, const kafc_sasl_peer *peer, const kafc_credentials *c,
                      void **state, kafc_error *err)
{
    struct oauth *o;
    kafc_err code = check(c, err);

    (void)peer;
    if (code)
        return code;
    o = kafc__zalloc(ctx, sizeof *o);
    if (!o)
        return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for a login");
    o->message.mem = ctx;
    put_message(&o->message, c);
    *state = o;
    return KAFC_OK;
}

static kafc_err step(void *state, kafc_bytes challenge, kafc_bytes *answer, kafc_error *err)
{
    struct oauth *o = state;

    *answer = (kafc_bytes){ NULL, 0 };
    switch (o->stage) {
    case SAY: o->stage = LISTEN; return kafc__sasl_say(&o->message, answer, err);
    case LISTEN:
        if (challenge.len > 0) {
            o->stage = REFUSED;
            (void)kafc__sasl_quote(o->why, challenge.p, (size_t)challenge.len);
            *answer = (kafc_bytes){ "\1", 1 };
        }
        return KAFC_OK;
    case REFUSED: break;
    }
    return kafc__error(err, KAFC_ERR_SASL_AUTHENTICATION_FAILED, "the broker refuses the token: %s",
                       o->why);
}

static void end(void *state)
{
    struct oauth *o = state;
    const kafc_allocator *mem = o->message.mem;

    kafc__sasl_text_free(&o->message);
    kafc__free(mem, o);
}

const kafc_sasl_mechanism kafc__sasl_oauthbearer = { "OAUTHBEARER", start, step, end, NULL };
