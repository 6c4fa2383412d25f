/* SPDX-License-Identifier: BSD-2-Clause
 *
 * DescribeClientQuotas: entities that have values.
 */
#include "base/str.h"
#include "mock/group.h"
#include "mock/users.h"
#include "protocol/api/48_describe_client_quotas.h"

enum { NAMED, DEFAULT, ANY };

static bool fits(const struct kafc_mquota *m, const struct kafc_describe_client_quotas_req_component *f)
{
    for (int i = 0; i < m->nparts; i++)
        if (kafc__str_same(m->part[i].type, f->entity_type))
            return f->match_type == ANY ||
                   (f->match_type == DEFAULT
                        ? !m->part[i].name.p
                        : m->part[i].name.p && kafc__str_same(m->part[i].name, f->match));
    return false;
}

static bool matches(const struct kafc_mquota *m, const struct kafc_describe_client_quotas_req *q)
{
    for (int32_t i = 0; i < q->components.n; i++)
        if (!fits(m, &q->components.v[i]))
            return false;
    return !q->strict || m->nparts == q->components.n;
}

static bool put(struct kafc_mrq *rq, const struct kafc_mquota *m,
                struct kafc_describe_client_quotas_resp_entry *to)
{
    to->entity.v = kafc__msg_array(&kafc_describe_client_quotas_resp_entity_schema, m->nparts,
                                   &rq->arena);
    to->values.v = kafc__msg_array(&kafc_describe_client_quotas_resp_value_schema, KAFC_MQUOTA_KEYS,
                                   &rq->arena);
    if (!to->entity.v || !to->values.v)
        return false;
    to->entity.n = m->nparts;
    for (int i = 0; i < m->nparts; i++) {
        to->entity.v[i].entity_type = m->part[i].type;
        to->entity.v[i].entity_name = m->part[i].name;
    }
    for (int i = 0; i < KAFC_MQUOTA_KEYS; i++) {
        if (!(m->value[i] > 0))
            continue;
        to->values.v[to->values.n].key = kafc__str(kafc__mquota_keys[i]);
        to->values.v[to->values.n++].value = m->value[i];
    }
    return true;
}

static enum kafc_mdone serve(struct kafc_mrq *rq, const void *req, void *resp)
{
    const struct kafc_describe_client_quotas_req *q = req;
    struct kafc_describe_client_quotas_resp *a = resp;
    int32_t n = 0;

    a->error_code = (int16_t)kafc__mock_refuses_cluster(rq, KAFC_ACL_DESCRIBE_CONFIGS);
    a->entries.n = -1;
    if (a->error_code)
        return KAFC_MDONE_ANSWER;
    KAFC_MOCK_EACH(&rq->c->quotas, struct kafc_mquota, m)
        n++;
    a->entries.v = kafc__msg_array(&kafc_describe_client_quotas_resp_entry_schema, n, &rq->arena);
    if (!a->entries.v)
        return KAFC_MDONE_CUT;
    a->entries.n = 0;
    KAFC_MOCK_EACH(&rq->c->quotas, struct kafc_mquota, m)
        if (matches(m, q)) {
            if (!put(rq, m, &a->entries.v[a->entries.n]))
                return KAFC_MDONE_CUT;
            a->entries.n += a->entries.v[a->entries.n].values.n > 0;
        }
    return KAFC_MDONE_ANSWER;
}

const struct kafc_mserve kafc__mock_describe_client_quotas = {
    KAFC_API_DESCRIBE_CLIENT_QUOTAS, 1, serve, 0, { [7] = 2 }
};
