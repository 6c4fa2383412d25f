/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Target Functions: src/sasl: step of every mechanism, kafc__saslprep,
 * kafc__sasl_jaas, kafc__sasl_unsecured, kafc__sasl_extensions.
 *
 * The first byte says what the others are: what a broker says to a mechanism,
 * one message a line, where '@' stands for the nonce of our own; or text of
 * options, which is made credentials of, with which each mechanism then begins.
 * What is refused has a sentence, which never tells what options say. Nobody is
 * believed who has not signed: no SCRAM is complete.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "fuzz/fuzz.h"
#include "sasl/internal.h"

static const char nonce[] = "rOprNGfwEbeRWgbNEkqO", password[] = "pencil-secret";

static void must(int ok)
{
    if (!ok)
        abort();
}

static void must_say(kafc_err code, const kafc_error *err)
{
    must(code == err->code && err->message[0] && memchr(err->message, 0, sizeof(err->message)));
}

/* The message with '@' replaced, in memory of its own size. */
static kafc_bytes message(const char *p, size_t n)
{
    size_t len = 0;
    char *to;

    for (size_t i = 0; i < n; i++)
        len += p[i] == '@' ? sizeof(nonce) - 1 : 1;
    to = malloc(len ? len : 1);
    must(to != NULL);
    kafc_bytes b = { to, (int32_t)len };
    for (size_t i = 0; i < n; i++) {
        size_t one = p[i] == '@' ? sizeof(nonce) - 1 : 1;
        memcpy(to, p[i] == '@' ? nonce : p + i, one);
        to += one;
    }
    return b;
}

static void converse(const kafc_sasl_mechanism *m, void *state, const char *p, size_t n)
{
    kafc_bytes answer, said = { NULL, 0 };
    kafc_error err = { .message = "" };
    kafc_err code = m->step(state, said, &answer, &err);

    must(code || answer.p);
    while (!code && answer.p && n) {
        const char *newline = memchr(p, '\n', n);
        size_t len = newline ? (size_t)(newline - p) : n;

        said = message(p, len);
        code = m->step(state, said, &answer, &err);
        free((void *)(uintptr_t)said.p);
        p += len + (newline != NULL);
        n -= len + (newline != NULL);
    }
    if (code)
        must_say(code, &err);
    else
        must(answer.p || strncmp(m->name, "SCRAM", 5) != 0);
    m->end(state);
}

static void listen(const char *name, const char *p, size_t n)
{
    const kafc_sasl_mechanism *m = kafc__sasl_find(name);
    const kafc_credentials c = { .username = "u", .password = password, .token = "t" };
    kafc_error err = { .message = "" };
    void *state;
    bool scram = strncmp(name, "SCRAM", 5) == 0;
    kafc_err code = scram ? kafc__scram_begin(NULL, name[6 + 4] == '5', &c, nonce, &state, &err)
                          : m->start(NULL, NULL, &c, &state, &err);

    if (code)
        must(code == KAFC_ERR_UNSUPPORTED); /* without OpenSSL */
    else
        converse(m, state, p, n);
}

static void begin_with(const kafc_credentials *c)
{
    static const char *const names[] = { "PLAIN", "SCRAM-SHA-256", "OAUTHBEARER" };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const kafc_sasl_mechanism *m = kafc__sasl_find(names[i]);
        kafc_error err = { .message = "" };
        void *state;
        kafc_err code = m->start(NULL, NULL, c, &state, &err);

        if (code)
            must_say(code, &err);
        else
            converse(m, state, "", 0);
    }
}

enum { JAAS, UNSECURED, EXTENSIONS };

static void options(int what, const char *text, size_t cap)
{
    kafc_credentials c = { .token = "t", .saslprep = KAFC_ON };
    kafc_error err = { .message = "" };
    char *buf = malloc(cap);
    kafc_err code;

    must(buf != NULL);
    code = what == JAAS        ? kafc__sasl_jaas(text, NULL, 1234567, buf, cap, &c, &err)
           : what == UNSECURED ? kafc__sasl_unsecured(text, 1234567, buf, cap, &c, &err)
                               : kafc__sasl_extensions(text, buf, cap, &c, &err);
    if (code) {
        must_say(code, &err);
        must(!strstr(err.message, password) || strstr(err.message, "no login module"));
    } else {
        begin_with(&c);
    }
    free(buf);
}

static void prepare(const char *text)
{
    kafc_error err = { .message = "" };
    char *out, *again;
    kafc_err code = kafc__saslprep(NULL, text, true, "password", &out, &err);

    if (code) {
        must_say(code, &err);
        return;
    }
    must(kafc__saslprep(NULL, out, true, "password", &again, &err) == KAFC_OK);
    must(strcmp(out, again) == 0);
    kafc__free(NULL, out);
    kafc__free(NULL, again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = { "PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER" };
    char *text;

    if (size < 2)
        return 0;
    text = malloc(size - 1);
    must(text != NULL);
    memcpy(text, data + 2, size - 2);
    text[size - 2] = 0;
    switch (data[0] & 7) {
    case 0:
    case 1:
    case 2:
    case 3: listen(names[data[0] & 3], text, size - 2); break;
    case 4: prepare(text); break;
    default: options((data[0] & 7) - 5, text, (size_t)data[1] * 32 + 1); break;
    }
    free(text);
    return 0;
}
