/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What brokers of former releases advertise and serve of the APIs that the
 * mock knows.
 */
#include "mock/state.h"
#include "protocol/registry.h"

enum { COLUMNS = 24 };

static const int16_t column[COLUMNS] = { KAFC_API_PRODUCE,
                                         KAFC_API_FETCH,
                                         KAFC_API_LIST_OFFSETS,
                                         KAFC_API_METADATA,
                                         KAFC_API_API_VERSIONS,
                                         KAFC_API_CREATE_TOPICS,
                                         KAFC_API_DELETE_TOPICS,
                                         KAFC_API_INIT_PRODUCER_ID,
                                         KAFC_API_OFFSET_COMMIT,
                                         KAFC_API_OFFSET_FETCH,
                                         KAFC_API_FIND_COORDINATOR,
                                         KAFC_API_ADD_PARTITIONS_TO_TXN,
                                         KAFC_API_ADD_OFFSETS_TO_TXN,
                                         KAFC_API_END_TXN,
                                         KAFC_API_TXN_OFFSET_COMMIT,
                                         KAFC_API_JOIN_GROUP,
                                         KAFC_API_SYNC_GROUP,
                                         KAFC_API_HEARTBEAT,
                                         KAFC_API_LEAVE_GROUP,
                                         KAFC_API_DESCRIBE_GROUPS,
                                         KAFC_API_LIST_GROUPS,
                                         KAFC_API_DELETE_GROUPS,
                                         KAFC_API_OFFSET_DELETE,
                                         KAFC_API_OFFSET_FOR_LEADER_EPOCH };

/* Up to which version, from 0 on; -1: not there. */
static const struct {
    const char *name;
    int8_t max[COLUMNS];
} releases[] = {
    /* these two close the connection over ApiVersions */
    { "0.8",
      { 0, 0, 0, 0, -1, -1, -1, -1, 1, 1, 0, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1 } },
    { "0.9",
      { 1, 1, 0, 0, -1, -1, -1, -1, 2, 1, 0, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, -1, -1, -1 } },
    { "0.10.0",
      { 2, 2, 0, 1, 0, -1, -1, -1, 2, 1, 0, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, -1, -1, -1 } },
    { "0.10.1",
      { 2, 3, 1, 2, 0, 0, 0, -1, 2, 1, 0, -1, -1, -1, -1, 1, 0, 0, 0, 0, 0, -1, -1, -1 } },
    { "0.11", { 3, 5, 2, 4, 1, 2, 1, 0, 3, 3, 1, 0, 0, 0, 0, 2, 1, 1, 1, 1, 1, -1, -1, 0 } },
    { "1.1", { 5, 7, 2, 5, 1, 2, 1, 0, 3, 3, 1, 0, 0, 0, 0, 2, 1, 1, 1, 1, 1, 0, -1, 0 } },
    { "2.1", { 7, 10, 4, 7, 2, 3, 3, 1, 6, 5, 2, 1, 1, 1, 2, 3, 2, 2, 2, 2, 2, 1, -1, 2 } },
    { "2.8", { 9, 12, 6, 11, 3, 7, 6, 4, 8, 7, 3, 3, 3, 3, 3, 7, 5, 4, 4, 5, 4, 2, 0, 4 } },
};

/* The present: all that is served, but the versions that 4.0 has removed. */
static const int8_t present_min[COLUMNS] = { 3, 4, 1, 0, 0, 2, 1, 0, 2, 1, [COLUMNS - 1] = 2 };

static void present(struct kafc_cluster *c)
{
    int at;

    for (int i = 0; i < KAFC_MOCK_APIS; i++) {
        const struct kafc_mserve *s = kafc__mock_serve_at(i);
        const struct kafc_api *api = kafc__api(s->key);

        c->api[i].min = s->min;
        c->api[i].max = api && api->max < s->max ? api->max : s->max;
    }
    for (int i = 0; i < COLUMNS; i++)
        if (kafc__mock_serve(column[i], &at))
            c->api[at].min = present_min[i];
}

kafc_err kafc__cluster_set_release(struct kafc_cluster *c, const char *release)
{
    size_t n = sizeof releases / sizeof *releases, r = 0;
    int at;

    while (release && r < n && strcmp(releases[r].name, release) != 0)
        r++;
    if (r == n)
        return KAFC_ERR_USAGE;
    present(c);
    c->features = c->verifies = !release;
    if (!release)
        return KAFC_OK;
    for (int i = 0; i < KAFC_MOCK_APIS; i++)
        c->api[i].min = c->api[i].max = -1;
    for (int i = 0; i < COLUMNS; i++)
        if (releases[r].max[i] >= 0 && kafc__mock_serve(column[i], &at)) {
            c->api[at].min = 0;
            c->api[at].max = releases[r].max[i];
        }
    return KAFC_OK;
}
