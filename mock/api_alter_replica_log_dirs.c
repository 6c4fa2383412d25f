/* SPDX-License-Identifier: BSD-2-Clause
 *
 * AlterReplicaLogDirs: a replica is in the broker's other directory at once.
 */
#include "mock/acl.h"
#include "protocol/api/34_alter_replica_log_dirs.h"

/* KAFC_MOCK_DIRS: it has none such. */
static int find(const struct kafc_mbroker *b, kafc_str path)
{
    char name[KAFC_MOCK_PATH];
    int dir = 0;

    while (dir < KAFC_MOCK_DIRS && !(kafc__mock_log_dir(b, dir, name) && kafc__str_is(path, name)))
        dir++;
    return dir;
}

static kafc_err alter(struct kafc_mrq *rq, struct kafc_mpart *p, int dir)
{
    const struct kafc_mbroker *b = rq->conn->broker;
    uint64_t bit = (uint64_t)1 << (b->id - 1);

    kafc_err code = kafc__mock_refuses_cluster(rq, KAFC_ACL_ALTER);

    if (code)
        return code;
    if (dir == KAFC_MOCK_DIRS)
        return KAFC_ERR_LOG_DIR_NOT_FOUND;
    if (!p)
        return KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION;
    if (!kafc__mock_in_dir(p, b, 0) && !kafc__mock_in_dir(p, b, 1))
        return KAFC_ERR_REPLICA_NOT_AVAILABLE;
    p->in_b = dir ? p->in_b | bit : p->in_b & ~bit;
    return KAFC_OK;
}

static bool alter_topic(struct kafc_mrq *rq, int dir,
                        const struct kafc_alter_replica_log_dirs_req_topic *q,
                        struct kafc_alter_replica_log_dirs_resp_topic *to)
{
    to->topic_name = q->name;
    to->partitions.v = kafc__msg_array(&kafc_alter_replica_log_dirs_resp_partition_schema,
                                       q->partitions.n, &rq->arena);
    for (int32_t i = 0; to->partitions.v && i < q->partitions.n; i++) {
        struct kafc_alter_replica_log_dirs_resp_partition *one =
            &to->partitions.v[to->partitions.n++];

        one->partition_index = q->partitions.v[i];
        one->error_code = (int16_t)alter(rq, kafc__mock_part_of(rq->c, q->name, q->partitions.v[i]),
                                         dir);
    }
    return to->partitions.v != NULL;
}

static enum kafc_mdone serve(struct kafc_mrq *rq, const void *req, void *resp)
{
    const struct kafc_alter_replica_log_dirs_req *q = req;
    struct kafc_alter_replica_log_dirs_resp *a = resp;
    int32_t n = 0;

    for (int32_t i = 0; i < q->dirs.n; i++)
        n += q->dirs.v[i].topics.n;
    a->results.v = kafc__msg_array(&kafc_alter_replica_log_dirs_resp_topic_schema, n, &rq->arena);
    for (int32_t i = 0; a->results.v && i < q->dirs.n; i++)
        for (int32_t t = 0; t < q->dirs.v[i].topics.n; t++)
            if (!alter_topic(rq, find(rq->conn->broker, q->dirs.v[i].path),
                             &q->dirs.v[i].topics.v[t], &a->results.v[a->results.n++]))
                return KAFC_MDONE_CUT;
    return a->results.v ? KAFC_MDONE_ANSWER : KAFC_MDONE_CUT;
}

const struct kafc_mserve kafc__mock_alter_replica_log_dirs = {
    KAFC_API_ALTER_REPLICA_LOG_DIRS, 2, serve, 0, { 0, 0, 0, 0, 0, 1, 2, 3 }
};
