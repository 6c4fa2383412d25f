/* SPDX-License-Identifier: BSD-2-Clause
 *
 * DescribeLogDirs: each broker has two directories, "/mock/1/a" and
 * "/mock/1/b", which hold what is written as if they were disks.
 */
#include <stdio.h>

#include "mock/acl.h"
#include "protocol/api/35_describe_log_dirs.h"

enum { DIR_BYTES = 1 << 30 };

bool kafc__mock_log_dir(const struct kafc_mbroker *b, int dir, char path[KAFC_MOCK_PATH])
{
    return snprintf(path, KAFC_MOCK_PATH, "/mock/%d/%c", (int)b->id, 'a' + dir) < KAFC_MOCK_PATH;
}

bool kafc__mock_in_dir(const struct kafc_mpart *p, const struct kafc_mbroker *b, int dir)
{
    bool replica = false;

    for (int32_t i = 0; i < p->nreplicas; i++)
        replica |= p->replica[i] == b->id;
    return replica && (p->in_b >> (b->id - 1) & 1) == (uint64_t)dir;
}

static bool wanted(const struct kafc_describe_log_dirs_req *q, const struct kafc_mpart *p)
{
    for (int32_t t = 0; t < q->topics.n; t++)
        for (int32_t i = 0; i < q->topics.v[t].partitions.n; i++)
            if (q->topics.v[t].partitions.v[i] == p->index &&
                kafc__str_is(q->topics.v[t].topic, p->topic->name))
                return true;
    return q->topics.n < 0;
}

static bool put_topic(struct kafc_mrq *rq, const struct kafc_describe_log_dirs_req *q,
                      const struct kafc_mtopic *t, int dir,
                      struct kafc_describe_log_dirs_resp_result *to)
{
    struct kafc_describe_log_dirs_resp_topic *topic = &to->topics.v[to->topics.n];

    topic->name = (kafc_str){ t->name, t->name_len };
    topic->partitions.v = kafc__msg_array(&kafc_describe_log_dirs_resp_partition_schema,
                                          t->npartitions, &rq->arena);
    for (int32_t i = 0; topic->partitions.v && i < t->npartitions; i++) {
        const struct kafc_mpart *p = &t->part[i];
        struct kafc_describe_log_dirs_resp_partition *one;

        if (!kafc__mock_in_dir(p, rq->conn->broker, dir))
            continue;
        to->usable_bytes -= p->log.bytes;
        if (!wanted(q, p))
            continue;
        one = &topic->partitions.v[topic->partitions.n++];
        one->partition_index = i;
        one->partition_size = p->log.bytes;
    }
    to->topics.n += topic->partitions.n > 0;
    return topic->partitions.v != NULL;
}

static bool put_dir(struct kafc_mrq *rq, const struct kafc_describe_log_dirs_req *q, int dir,
                    int32_t ntopics, struct kafc_describe_log_dirs_resp_result *to)
{
    const struct kafc_mtopic *t;
    char path[KAFC_MOCK_PATH];
    bool ok = kafc__mock_log_dir(rq->conn->broker, dir, path);

    to->log_dir.p = kafc__arena_dup(&rq->arena, path, strlen(path));
    to->log_dir.len = (int32_t)strlen(path);
    to->total_bytes = to->usable_bytes = DIR_BYTES;
    to->topics.v = kafc__msg_array(&kafc_describe_log_dirs_resp_topic_schema, ntopics, &rq->arena);
    ok = ok && to->log_dir.p && to->topics.v;
    for (t = KAFC_LIST_FIRST(&rq->c->topics, struct kafc_mtopic, node); ok && t;
         t = KAFC_LIST_NEXT(&rq->c->topics, t, struct kafc_mtopic, node))
        ok = put_topic(rq, q, t, dir, to);
    return ok;
}

static enum kafc_mdone serve(struct kafc_mrq *rq, const void *req, void *resp)
{
    struct kafc_describe_log_dirs_resp *a = resp;
    int32_t n = 0;

    kafc_err code = kafc__mock_refuses_cluster(rq, KAFC_ACL_DESCRIBE);

    if (rq->version >= 3)
        a->error_code = (int16_t)code;
    if (code)
        return KAFC_MDONE_ANSWER;
    KAFC_MOCK_EACH(&rq->c->topics, struct kafc_mtopic, t)
        n++;
    a->results.n = KAFC_MOCK_DIRS;
    a->results.v = kafc__msg_array(&kafc_describe_log_dirs_resp_result_schema, KAFC_MOCK_DIRS,
                                   &rq->arena);
    for (int i = 0; a->results.v && i < KAFC_MOCK_DIRS; i++)
        if (!put_dir(rq, req, i, n, &a->results.v[i]))
            return KAFC_MDONE_CUT;
    return a->results.v ? KAFC_MDONE_ANSWER : KAFC_MDONE_CUT;
}

const struct kafc_mserve kafc__mock_describe_log_dirs = {
    KAFC_API_DESCRIBE_LOG_DIRS, 5, serve, 0, { 0, 0, 0, 0, 0, 1, 2, 3 }
};
