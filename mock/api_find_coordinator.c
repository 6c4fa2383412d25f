/* SPDX-License-Identifier: BSD-2-Clause
 *
 * FindCoordinator: of a group or a transactional id, from version 4 on of
 * several.
 */
#include "mock/txn.h"
#include "protocol/api/10_find_coordinator.h"

enum { OF_GROUP, OF_TRANSACTION }; /* types of keys */

static kafc_err find(struct kafc_mrq *rq, int8_t type, kafc_str key, const struct kafc_mbroker **b)
{
    const struct kafc_mslot *s;
    kafc_err code;

    *b = NULL;
    code = kafc__mock_refuses(rq, type == OF_TRANSACTION ? KAFC_ACL_TRANSACTIONAL_ID : KAFC_ACL_GROUP,
                              key, KAFC_ACL_DESCRIBE);
    if (code)
        return code;
    if (type != OF_GROUP && type != OF_TRANSACTION)
        return KAFC_ERR_INVALID_REQUEST;
    s = kafc__mock_slot(rq->c, type == OF_TRANSACTION ? KAFC_MOCK_TRANSACTIONS : KAFC_MOCK_GROUPS,
                        key);
    *b = kafc__mock_broker(rq->c, s->broker);
    return *b ? KAFC_OK : KAFC_ERR_COORDINATOR_NOT_AVAILABLE;
}

static enum kafc_mdone serve(struct kafc_mrq *rq, const void *req, void *resp)
{
    const struct kafc_find_coordinator_req *q = req;
    struct kafc_find_coordinator_resp *a = resp;
    int32_t n = rq->version >= 4 ? q->coordinator_keys.n : 1;
    struct kafc_find_coordinator_resp_coordinator *v = kafc__msg_array(
        &kafc_find_coordinator_resp_coordinator_schema, n, &rq->arena);

    if (!v)
        return KAFC_MDONE_CUT;
    for (int32_t i = 0; i < n; i++) {
        const struct kafc_mbroker *b;
        kafc_err code;

        v[i].key = rq->version >= 4 ? q->coordinator_keys.v[i] : q->key;
        code = find(rq, q->key_type, v[i].key, &b);
        v[i].error_code = (int16_t)code;
        v[i].node_id = b ? b->id : -1;
        v[i].port = b ? b->port : -1;
        v[i].host = b ? (kafc_str){ b->host, (int32_t)strlen(b->host) } : (kafc_str){ "", 0 };
    }
    if (rq->version >= 4) {
        a->coordinators.v = v;
        a->coordinators.n = n;
    } else {
        a->error_code = v->error_code;
        a->node_id = v->node_id;
        a->host = v->host;
        a->port = v->port;
    }
    return KAFC_MDONE_ANSWER;
}

const struct kafc_mserve kafc__mock_find_coordinator = {
    KAFC_API_FIND_COORDINATOR, 6, serve, 0, { 1, 1, 1, 1, 2, 2, 3, 4 }
};
