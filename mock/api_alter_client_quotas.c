/* SPDX-License-Identifier: BSD-2-Clause
 *
 * AlterClientQuotas: each entity for itself.
 */
#include "base/mem.h"
#include "base/str.h"
#include "mock/group.h"
#include "mock/users.h"
#include "protocol/api/49_alter_client_quotas.h"

typedef struct kafc_alter_client_quotas_req_entry entry;

/* Its place; behind the last: it is not among them. */
static size_t place(const char *const *names, kafc_str s)
{
    size_t i = 0;

    while (names[i] && !kafc__str_is(s, names[i]))
        i++;
    return i;
}

static const char *what_is_wrong(const entry *q)
{
    static const char *const types[] = { "user", "client-id", "ip", NULL };

    if (q->entity.n < 1 || q->entity.n > KAFC_MQUOTA_PARTS)
        return "Invalid empty client quota entity";
    for (int32_t i = 0; i < q->entity.n; i++)
        if (!types[place(types, q->entity.v[i].entity_type)])
            return "Unhandled client quota entity type";
    for (int32_t i = 0; i < q->ops.n; i++)
        if (place(kafc__mquota_keys, q->ops.v[i].key) == KAFC_MQUOTA_KEYS)
            return "Invalid configuration key";
        else if (!q->ops.v[i].remove && !(q->ops.v[i].value > 0))
            return "Quota must be greater than 0";
    return NULL;
}

static bool is_of(const struct kafc_mquota *m, const entry *q)
{
    int same = 0;

    for (int32_t i = 0; i < q->entity.n; i++)
        for (int k = 0; k < m->nparts; k++)
            same += kafc__str_same(q->entity.v[i].entity_type, m->part[k].type) &&
                    !q->entity.v[i].entity_name.p == !m->part[k].name.p &&
                    kafc__str_same(q->entity.v[i].entity_name, m->part[k].name);
    return same == m->nparts && q->entity.n == m->nparts;
}

static struct kafc_mquota *find(const struct kafc_cluster *c, const entry *q)
{
    KAFC_MOCK_EACH(&c->quotas, struct kafc_mquota, m)
        if (is_of(m, q))
            return m;
    return NULL;
}

static struct kafc_mquota *make(struct kafc_cluster *c, const entry *q)
{
    size_t n = 1;
    struct kafc_mquota *m;
    char *at;

    for (int32_t i = 0; i < q->entity.n; i++)
        n += (size_t)q->entity.v[i].entity_type.len + (size_t)q->entity.v[i].entity_name.len;
    m = kafc__zalloc(&c->mem, sizeof *m + n);
    if (!m)
        return NULL;
    at = m->text;
    for (int32_t i = 0; i < q->entity.n; i++) {
        m->part[m->nparts].type = kafc__mtext_put(&at, q->entity.v[i].entity_type);
        m->part[m->nparts++].name = kafc__mtext_put(&at, q->entity.v[i].entity_name);
    }
    kafc__list_push(&c->quotas, &m->node);
    return m;
}

static bool apply(struct kafc_cluster *c, const entry *q)
{
    struct kafc_mquota *m = find(c, q);

    if (!m)
        m = make(c, q);
    for (int32_t i = 0; m && i < q->ops.n; i++)
        m->value[place(kafc__mquota_keys, q->ops.v[i].key)] =
            q->ops.v[i].remove ? 0 : q->ops.v[i].value;
    return m != NULL;
}

static enum kafc_mdone serve(struct kafc_mrq *rq, const void *req, void *resp)
{
    const struct kafc_alter_client_quotas_req *q = req;
    struct kafc_alter_client_quotas_resp *a = resp;
    kafc_err code = kafc__mock_refuses_cluster(rq, KAFC_ACL_ALTER_CONFIGS);

    a->entries.v = kafc__msg_array(&kafc_alter_client_quotas_resp_entry_schema, q->entries.n,
                                   &rq->arena);
    if (!a->entries.v)
        return KAFC_MDONE_CUT;
    for (; a->entries.n < q->entries.n; a->entries.n++) {
        const entry *from = &q->entries.v[a->entries.n];
        struct kafc_alter_client_quotas_resp_entry *to = &a->entries.v[a->entries.n];
        const char *why = code ? NULL : what_is_wrong(from);

        to->entity.n = from->entity.n;
        to->entity.v = kafc__msg_array(&kafc_alter_client_quotas_resp_entity_schema, from->entity.n,
                                       &rq->arena);
        if (!to->entity.v)
            return KAFC_MDONE_CUT;
        for (int32_t i = 0; i < from->entity.n; i++) {
            to->entity.v[i].entity_type = from->entity.v[i].entity_type;
            to->entity.v[i].entity_name = from->entity.v[i].entity_name;
        }
        to->error_code = (int16_t)(why ? KAFC_ERR_INVALID_REQUEST : code);
        to->error_message = kafc__str(why);
        if (!to->error_code && !q->validate_only && !apply(rq->c, from))
            return KAFC_MDONE_CUT;
    }
    return KAFC_MDONE_ANSWER;
}

const struct kafc_mserve kafc__mock_alter_client_quotas = {
    KAFC_API_ALTER_CLIENT_QUOTAS, 1, serve, 0, { [7] = 2 }
};
