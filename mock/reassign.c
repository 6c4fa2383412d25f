/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Replicas on their way. What is written is shared among the brokers, so a
 * reassignment is done as soon as all its brokers run.
 */
#include "base/mem.h"
#include "mock/state.h"

static bool among(const int32_t *v, int32_t n, int32_t id)
{
    for (int32_t i = 0; i < n; i++)
        if (v[i] == id)
            return true;
    return false;
}

static void take(struct kafc_cluster *c, struct kafc_mpart *p, int32_t *replica, int32_t n)
{
    kafc__free(&c->mem, p->replica);
    p->replica = replica;
    p->nreplicas = n;
}

static void end(struct kafc_cluster *c, struct kafc_mpart *p)
{
    kafc__free(&c->mem, p->before);
    p->before = NULL;
    p->nbefore = p->ntarget = 0;
    if (among(p->replica, p->nreplicas, p->leader))
        return;
    for (int32_t i = 0; i < p->nreplicas; i++)
        if (kafc__mock_in_sync(c, p->replica[i])) {
            kafc__mock_move_leader(p, p->replica[i]);
            return;
        }
    kafc__mock_move_leader(p, -1);
}

void kafc__mock_reassigned(struct kafc_cluster *c, struct kafc_mpart *p)
{
    if (!p->before)
        return;
    for (int32_t i = 0; i < p->ntarget; i++)
        if (!kafc__mock_in_sync(c, p->replica[i]))
            return;
    p->nreplicas = p->ntarget;
    end(c, p);
}

kafc_err kafc__mock_reassign_back(struct kafc_cluster *c, struct kafc_mpart *p)
{
    int32_t n = 0;

    if (!p->before)
        return KAFC_ERR_NO_REASSIGNMENT_IN_PROGRESS;
    for (int32_t i = 0; i < p->nreplicas; i++)
        if (!kafc__mock_adds(p, p->replica[i]))
            p->replica[n++] = p->replica[i]; /* as brokers do it: perhaps not in the order of before */
    p->nreplicas = n;
    end(c, p);
    return KAFC_OK;
}

kafc_err kafc__mock_reassign(struct kafc_cluster *c, struct kafc_mpart *p, const int32_t *v,
                             int32_t n)
{
    const int32_t *old = p->before ? p->before : p->replica;
    int32_t nold = p->before ? p->nbefore : p->nreplicas, all = n;
    int32_t *before = kafc__zalloc_array(&c->mem, (size_t)nold, sizeof *before);
    int32_t *replica = kafc__zalloc_array(&c->mem, (size_t)n + (size_t)nold, sizeof *replica);

    if (!before || !replica) {
        kafc__free(&c->mem, before);
        kafc__free(&c->mem, replica);
        return KAFC_ERR_UNKNOWN_SERVER_ERROR;
    }
    memcpy(before, old, (size_t)nold * sizeof *old);
    memcpy(replica, v, (size_t)n * sizeof *v);
    for (int32_t i = 0; i < nold; i++)
        if (!among(v, n, old[i]))
            replica[all++] = old[i];
    kafc__free(&c->mem, p->before);
    p->before = before;
    p->nbefore = nold;
    p->ntarget = n;
    take(c, p, replica, all);
    kafc__mock_reassigned(c, p);
    return KAFC_OK;
}

bool kafc__mock_adds(const struct kafc_mpart *p, int32_t broker)
{
    return p->before && among(p->replica, p->ntarget, broker) &&
           !among(p->before, p->nbefore, broker);
}
