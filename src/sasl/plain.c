/* SPDX-License-Identifier: BSD-2-Clause
 *
 * PLAIN (RFC 4616): one message that says all.
 */
#include "base/log.h"
#include "base/mem.h"
#include "sasl/internal.h"

struct plain {
    struct kafc_sasl_text message;
    bool said;
};

static kafc_err start(void *ctx, const kafc_sasl_peer *peer, const kafc_credentials *c,
                      void **state, kafc_error *err)
{
    struct plain *p;

    (void)peer;
    if (!c->username || !*c->username || !c->password || !*c->password)
        return kafc__error(err, KAFC_ERR_USAGE, "PLAIN wants a user name and a password");
    p = kafc__zalloc(ctx, sizeof *p);
    if (!p)
        return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for a login");
    p->message.mem = ctx;
    kafc__sasl_adds(&p->message, c->authorization_id ? c->authorization_id : "");
    kafc__sasl_add(&p->message, "", 1);
    kafc__sasl_adds(&p->message, c->username);
    kafc__sasl_add(&p->message, "", 1);
    kafc__sasl_adds(&p->message, c->password);
    *state = p;
    return KAFC_OK;
}

/* What is there is believed: a broker that refuses ends the exchange, or the connection. */
static kafc_err step(void *state, kafc_bytes challenge, kafc_bytes *answer, kafc_error *err)
{
    struct plain *p = state;

    (void)challenge;
    *answer = (kafc_bytes){ NULL, 0 };
    if (p->said)
        return KAFC_OK;
    p->said = true;
    return kafc__sasl_say(&p->message, answer, err);
}

static void end(void *state)
{
    struct plain *p = state;
    const kafc_allocator *mem = p->message.mem;

    kafc__sasl_text_free(&p->message);
    kafc__free(mem, p);
}

const kafc_sasl_mechanism kafc__sasl_plain = { "PLAIN", start, step, end, NULL };
