/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Reassignments and elections: the controller is asked.
 */
#include <kafc/replicas.h>

#include <stdio.h>
#include <string.h>

#include "client/parts.h"
#include "protocol/api/43_elect_leaders.h"
#include "protocol/api/45_alter_partition_reassignments.h"
#include "protocol/api/46_list_partition_reassignments.h"

/* --- Reassign ----------------------------------------------------------------------------- */

static const struct kafc_admin_kind reassigning = {
    .api = &kafc_alter_partition_reassignments_api,
    .what = "reassigned",
    .since = "2.4",
    .unknown_stands = true,
    .too_old = "to keep the number of replicas",
};

static bool reassign_request(const struct kafc_parts *p, const kafc_reassignment *q,
                             struct kafc_alter_partition_reassignments_req *req,
                             struct kafc_arena *a)
{
    if (!kafc__parts_put(p->part, p->n, &kafc_alter_partition_reassignments_req_schema, req, a))
        return false;
    for (int32_t t = 0, k = 0; t < req->topics.n; t++)
        for (int32_t i = 0; i < req->topics.v[t].partitions.n; i++) {
            struct kafc_alter_partition_reassignments_req_partition *to =
                &req->topics.v[t].partitions.v[i];
            const kafc_reassignment *from = &q[p->part[k++].i];
            if (from->replicas) /* else null, as by default */
                to->replicas.v = kafc__piece_ids(a, from->replicas, from->nreplicas, &to->replicas.n);
        }
    return !a->failed;
}

static kafc_err reassign(struct kafc_admin *k, kafc_reassignment *q, int32_t n, bool keep_factor)
{
    struct kafc_alter_partition_reassignments_req req;
    struct kafc_parts p;
    kafc_err rc = kafc__parts_init(&p, q, sizeof(*q), n, KAFC_PARTS_NO_NODE, &k->arena, k->err);
    for (int32_t i = 0; i < n && rc == KAFC_OK; i++)
        if (q[i].replicas && q[i].nreplicas < 1)
            rc = kafc__error(k->err, KAFC_ERR_USAGE, "topic '%.249s' [%d] on %d replicas",
                             q[i].topic, (int)q[i].partition, (int)q[i].nreplicas);
    if (rc != KAFC_OK || n == 0)
        return rc;
    kafc__msg_defaults(&kafc_alter_partition_reassignments_req_schema, &req);
    req.timeout_ms = kafc__broker_timeout(k->c->o.request_timeout_ms, k->deadline);
    req.allow_replication_factor_change = !keep_factor;
    bool made = reassign_request(&p, q, &req, &k->arena);
    return kafc__parts_ask(k, &reassigning, made ? &req : NULL, &p, offsetof(kafc_reassignment, result));
}

kafc_err kafc_admin_reassign_partitions(kafc_client *c, kafc_reassignment *q, int32_t n,
                                        bool keep_factor, int timeout_ms, kafc_error *err)
{
    struct kafc_admin k;
    kafc_err rc = kafc__admin_begin(&k, c, timeout_ms, err);
    return rc == KAFC_OK ? kafc__admin_end(&k, reassign(&k, q, n, keep_factor)) : rc;
}

/* --- What is under way ---------------------------------------------------------------------- */

static const struct kafc_admin_kind listing = {
    .api = &kafc_list_partition_reassignments_api,
    .what = "listed",
    .since = "2.4",
    .whole = "reassignments",
};

static void take_ongoing(struct kafc_arena *a, const struct kafc_part_said *said, void *to)
{
    const struct kafc_list_partition_reassignments_resp_partition *p = said->part;
    kafc_ongoing_reassignment *o = to;
    o->replicas = kafc__piece_ids(a, p->replicas.v, p->replicas.n, &o->nreplicas);
    o->adding = kafc__piece_ids(a, p->adding_replicas.v, p->adding_replicas.n, &o->nadding);
    o->removing = kafc__piece_ids(a, p->removing_replicas.v, p->removing_replicas.n, &o->nremoving);
}

static const struct kafc_part_element ongoing = { sizeof(kafc_ongoing_reassignment), 0,
                                                  take_ongoing };

static kafc_err list(struct kafc_admin *k, const kafc_topic_partition *p, int32_t n,
                     kafc_reassignment_list **out)
{
    struct kafc_list_partition_reassignments_req req;
    struct kafc_parts parts;
    kafc_answer *answer;
    kafc_err rc = kafc__parts_given(&parts, p, n, &k->arena, k->err);
    if (rc != KAFC_OK)
        return rc;
    kafc__msg_defaults(&kafc_list_partition_reassignments_req_schema, &req);
    req.timeout_ms = kafc__broker_timeout(k->c->o.request_timeout_ms, k->deadline);
    if (n != KAFC_ALL_PARTITIONS &&
        !kafc__parts_put(parts.part, n, &kafc_list_partition_reassignments_req_schema, &req,
                         &k->arena))
        return kafc__admin_no_memory("the reassignments", k->err);
    rc = kafc__admin_ask(k->c, &listing, &req, KAFC_BY_ROUTE, k->deadline, &answer, k->err);
    if (rc == KAFC_OK) {
        *out = kafc__parts_piece(&k->c->mem, listing.api->resp, answer->resp, &ongoing);
        rc = *out ? rc : kafc__admin_no_memory("the reassignments", k->err);
    }
    kafc_answer_free(answer);
    return rc;
}

kafc_err kafc_admin_list_reassignments(kafc_client *c, const kafc_topic_partition *p, int32_t n,
                                       int timeout_ms, kafc_reassignment_list **out,
                                       kafc_error *err)
{
    struct kafc_admin k;
    if (!out)
        return kafc__error(err, KAFC_ERR_USAGE, "there is no place for the reassignments");
    *out = NULL;
    kafc_err rc = kafc__admin_begin(&k, c, timeout_ms, err);
    return rc == KAFC_OK ? kafc__admin_end(&k, list(&k, p, n, out)) : rc;
}

void kafc_reassignment_list_free(kafc_reassignment_list *l)
{
    kafc__piece_free(l);
}

/* --- Elect ------------------------------------------------------------------------------------ */

/* Where the leader is the right one already nothing has failed. */
static bool elect_item(const void *resp, int32_t i, struct kafc_admin_item *out)
{
    bool more = kafc__parts_item(&kafc_elect_leaders_resp_schema, resp, i, out);
    if (more && i == 0)
        (void)snprintf(out->name, sizeof(out->name), "leaders");
    if (out->code == KAFC_ERR_ELECTION_NOT_NEEDED)
        out->code = 0;
    return more;
}

static const struct kafc_admin_kind electing = {
    .api = &kafc_elect_leaders_api,
    .what = "given a leader",
    .since = "2.2",
    .unknown_stands = true,
    .too_old = "for an unclean election",
    .item = elect_item,
};

static void take_elected(struct kafc_arena *a, const struct kafc_part_said *said, void *to)
{
    kafc_election_result *e = to;
    e->result = (kafc_err)said->code;
    e->message = kafc__piece_text(a, said->words, NULL);
}

static const struct kafc_part_element election = {
    sizeof(kafc_election_result), offsetof(kafc_election_result, result), take_elected
};

static kafc_err elect(struct kafc_admin *k, kafc_election how, const kafc_topic_partition *p,
                      int32_t n, kafc_election_results **out)
{
    struct kafc_elect_leaders_req req;
    struct kafc_parts parts;
    kafc_answer *answer;
    kafc_err rc = kafc__parts_given(&parts, p, n, &k->arena, k->err);
    if (rc == KAFC_OK && how != KAFC_ELECT_PREFERRED && how != KAFC_ELECT_UNCLEAN)
        rc = kafc__error(k->err, KAFC_ERR_USAGE, "%d is no way to elect a leader", (int)how);
    if (rc != KAFC_OK)
        return rc;
    kafc__msg_defaults(&kafc_elect_leaders_req_schema, &req);
    req.election_type = how == KAFC_ELECT_UNCLEAN;
    req.timeout_ms = kafc__broker_timeout(k->c->o.request_timeout_ms, k->deadline);
    req.topic_partitions.n = -1;
    if (n != KAFC_ALL_PARTITIONS &&
        !kafc__parts_put(parts.part, n, &kafc_elect_leaders_req_schema, &req, &k->arena))
        return kafc__admin_no_memory("the election", k->err);
    rc = kafc__admin_ask(k->c, &electing, &req, KAFC_BY_ROUTE, k->deadline, &answer, k->err);
    if (answer && out && n == KAFC_ALL_PARTITIONS) {
        *out = kafc__parts_piece(&k->c->mem, electing.api->resp, answer->resp, &election);
        rc = *out ? rc : kafc__admin_no_memory("the election", k->err);
    } else if (out) {
        *out = kafc__parts_named(&parts, &k->c->mem, answer, electing.api, &election, &rc, k->err);
    }
    kafc_answer_free(answer);
    return rc;
}

kafc_err kafc_admin_elect_leaders(kafc_client *c, kafc_election how, const kafc_topic_partition *p,
                                  int32_t n, int timeout_ms, kafc_election_results **out,
                                  kafc_error *err)
{
    struct kafc_admin k;
    if (out)
        *out = NULL;
    kafc_err rc = kafc__admin_begin(&k, c, timeout_ms, err);
    return rc == KAFC_OK ? kafc__admin_end(&k, elect(&k, how, p, n, out)) : rc;
}

void kafc_election_results_free(kafc_election_results *r)
{
    kafc__piece_free(r);
}
