/* SPDX-License-Identifier: BSD-2-Clause
 *
 * SCRAM users, quotas and tokens found and freed; their APIs do the rest.
 */
#include "mock/users.h"

#include "base/mem.h"

const char *const kafc__mquota_keys[KAFC_MQUOTA_KEYS + 1] = {
    "producer_byte_rate",       "consumer_byte_rate",       "request_percentage",
    "controller_mutation_rate", "connection_creation_rate", NULL
};

kafc_str kafc__mtext_put(char **at, kafc_str s)
{
    kafc_str to = { s.p ? *at : NULL, s.len };

    if (s.len > 0)
        memcpy(*at, s.p, (size_t)s.len);
    *at += s.len;
    return to;
}

static void free_all(struct kafc_cluster *c, struct kafc_list *l)
{
    while (!kafc__list_empty(l)) {
        struct kafc_list *node = l->next; /* the first member of each */

        kafc__list_del(node);
        kafc__free(&c->mem, node);
    }
}

void kafc__musers_free(struct kafc_cluster *c)
{
    free_all(c, &c->scrams);
    free_all(c, &c->quotas);
    free_all(c, &c->tokens);
}

struct kafc_mscram *kafc__mscram_find(const struct kafc_cluster *c, kafc_str user, int8_t mechanism)
{
    KAFC_MOCK_EACH(&c->scrams, struct kafc_mscram, s)
        if (s->mechanism == mechanism && kafc__str_same((kafc_str){ s->user, s->len }, user))
            return s;
    return NULL;
}

struct kafc_mdelegation *kafc__mtoken_find(const struct kafc_cluster *c, kafc_bytes hmac)
{
    KAFC_MOCK_EACH(&c->tokens, struct kafc_mdelegation, t)
        if (hmac.len == KAFC_MTOKEN_HMAC && memcmp(t->hmac, hmac.p, KAFC_MTOKEN_HMAC) == 0)
            return t;
    return NULL;
}
