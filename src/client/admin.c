/* SPDX-License-Identifier: BSD-2-Clause
 *
 * One admin request until it has an answer that stands.
 */
#include "client/admin.h"

#include <string.h>

static void say(const struct kafc_admin_kind *kind, const kafc_answer_part *part,
                const struct kafc_admin_item *item, kafc_error *why)
{
    kafc_err code = (kafc_err)item->code;
    bool told = item->words.p && item->words.len > 0;
    (void)kafc__error(why, code, "%s cannot be %s: %s%s%.*s", item->name, kind->what,
                      told ? kafc_err_name(code) : kafc_err_text(code), told ? ": " : "",
                      !told                   ? 0
                      : item->words.len < 150 ? (int)item->words.len
                                              : 150,
                      told ? item->words.p : "");
    why->broker = part->broker;
    why->api = kind->api->key;
    why->version = part->version;
}

static bool passes(const struct kafc_admin_kind *kind, kafc_err code)
{
    bool unknown = code == KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION || code == KAFC_ERR_UNKNOWN_TOPIC_ID;
    return kafc__ask_again(kind->api->key, code) && !(unknown && kind->unknown_stands);
}

/* The first item's error, and the first one's that may pass (*again: none, or its code), looked at in all answers. */
static kafc_err judge(const struct kafc_admin_kind *kind, const void *req, const kafc_answer *a,
                      kafc_err *again, kafc_error *err)
{
    struct kafc_admin_item item;
    kafc_err first = KAFC_OK;
    int32_t items = 0, passing = 0;
    *again = KAFC_OK;
    for (int32_t p = 0; p < a->nparts; p++) {
        for (int32_t i = 0; a->parts[p].resp; i++) {
            item = (struct kafc_admin_item){ .req = req };
            if (!kind->item(a->parts[p].resp, i, &item))
                break;
            items++;
            if (item.code == 0)
                continue;
            if (first == KAFC_OK) {
                first = (kafc_err)item.code;
                say(kind, &a->parts[p], &item, err);
            }
            if (passes(kind, (kafc_err)item.code)) {
                passing++;
                *again = *again == KAFC_OK ? (kafc_err)item.code : *again;
            }
        }
    }
    if (kind->once && passing < items)
        *again = KAFC_OK;
    return first;
}

static void say_since(const struct kafc_admin_kind *kind, kafc_error *err)
{
    size_t n = strlen(err->message);
    if (kind->since)
        (void)snprintf(err->message + n, sizeof(err->message) - n,
                       "; brokers from %s on know it", kind->since);
}

kafc_err kafc__admin_ask(kafc_client *c, const struct kafc_admin_kind *kind, const void *req,
                         int32_t broker, int64_t deadline, kafc_answer **out, kafc_error *err)
{
    unsigned interrupts = atomic_load(&c->interrupts);
    kafc_error own;
    err = err ? err : &own;
    *out = NULL;
    for (int n = 0;; n++) {
        kafc_err stop, again = KAFC_OK;
        kafc_error why;
        kafc_answer *a;
        kafc_err rc = kafc_client_call(c, kind->api, -1, req, broker, kafc__left_ms(deadline), &a, err);
        kafc_answer_free(*out);
        *out = a;
        kafc_err first = a ? judge(kind, req, a, &again, &why) : KAFC_OK;
        if (rc == KAFC_OK && first != KAFC_OK) {
            rc = first;
            *err = why;
        }
        if (rc == KAFC_ERR_UNSUPPORTED)
            say_since(kind, err);
        if (again == KAFC_OK && !(rc < 0 && !kind->once && kafc__ask_again(-1, rc)))
            return rc;
        if (!kafc__ask_pause(c, n, again != KAFC_OK ? again : rc, deadline, interrupts, &stop))
            return stop == KAFC_ERR_TIMED_OUT ? rc : kafc__error(err, stop, "%s", kafc_err_text(stop));
    }
}
