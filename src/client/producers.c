/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What partitions know of producers, and the end of a transaction that hangs:
 * the leaders are asked.
 */
#include <kafc/producers.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "client/parts.h"
#include "protocol/api/27_write_txn_markers.h"
#include "protocol/api/61_describe_producers.h"

/* --- Describe ----------------------------------------------------------------------------- */

static const struct kafc_admin_kind describing = {
    .api = &kafc_describe_producers_api,
    .what = "asked for its producers",
    .since = "2.8",
    .unknown_stands = true,
};

static int by_id(const void *x, const void *y)
{
    int64_t a = ((const kafc_producer_state *)x)->producer_id;
    int64_t b = ((const kafc_producer_state *)y)->producer_id;
    return (a > b) - (a < b);
}

static void take_producers(struct kafc_arena *a, const struct kafc_part_said *said, void *to)
{
    const struct kafc_describe_producers_resp_partition *p = said->part;
    kafc_partition_producers *out = to;
    int32_t n = p->active_producers.n > 0 ? p->active_producers.n : 0;
    kafc_producer_state *v = kafc__arena_array(a, (size_t)n, sizeof(*v));
    for (int32_t i = 0; v && i < n; i++) {
        const struct kafc_describe_producers_resp_producer *from = &p->active_producers.v[i];
        v[i].producer_id = from->producer_id;
        v[i].epoch = (int16_t)from->producer_epoch;
        v[i].last_sequence = from->last_sequence;
        v[i].last_timestamp = from->last_timestamp;
        v[i].coordinator_epoch = from->coordinator_epoch;
        v[i].transaction_start = from->current_txn_start_offset >= 0
                                     ? from->current_txn_start_offset
                                     : KAFC_OFFSET_UNKNOWN;
    }
    if (v && n > 1)
        qsort(v, (size_t)n, sizeof(*v), by_id);
    out->producers = v;
    out->nproducers = v ? n : 0;
}

static const struct kafc_part_element element = { sizeof(kafc_partition_producers),
                                                  offsetof(kafc_partition_producers, result),
                                                  take_producers };

static kafc_err describe(struct kafc_admin *k, const kafc_topic_partition *p, int32_t n,
                         int32_t broker, kafc_producer_list **out)
{
    struct kafc_describe_producers_req req;
    struct kafc_parts parts;
    kafc_answer *answer;
    kafc_err rc = n < 0 ? kafc__error(k->err, KAFC_ERR_USAGE, "the producers of %d partitions",
                                      (int)n)
                        : kafc__parts_given(&parts, p, n, &k->arena, k->err);
    if (rc != KAFC_OK)
        return rc;
    kafc__msg_defaults(&kafc_describe_producers_req_schema, &req);
    if (!kafc__parts_put(parts.part, n, &kafc_describe_producers_req_schema, &req, &k->arena))
        return kafc__admin_no_memory("the producers", k->err);
    rc = kafc__admin_ask(k->c, &describing, &req, broker, k->deadline, &answer, k->err);
    *out = kafc__parts_named(&parts, &k->c->mem, answer, describing.api, &element, &rc, k->err);
    kafc_answer_free(answer);
    return rc;
}

kafc_err kafc_admin_describe_producers(kafc_client *c, const kafc_topic_partition *p, int32_t n,
                                       int32_t broker, int timeout_ms, kafc_producer_list **out,
                                       kafc_error *err)
{
    struct kafc_admin k;
    if (!out)
        return kafc__error(err, KAFC_ERR_USAGE, "there is no place for the producers");
    *out = NULL;
    kafc_err rc = kafc__admin_begin(&k, c, timeout_ms, err);
    return rc == KAFC_OK ? kafc__admin_end(&k, describe(&k, p, n, broker, out)) : rc;
}

void kafc_producer_list_free(kafc_producer_list *l)
{
    kafc__piece_free(l);
}

/* --- Abort --------------------------------------------------------------------------------- */

static bool abort_item(const void *resp, int32_t i, struct kafc_admin_item *out)
{
    const struct kafc_write_txn_markers_resp *r = resp;
    return r->markers.n > 0 ? kafc__parts_item(&kafc_write_txn_markers_resp_marker_schema,
                                               &r->markers.v[0], i, out)
                            : false;
}

static const struct kafc_admin_kind aborting = {
    .api = &kafc_write_txn_markers_api,
    .what = "freed of that transaction",
    .since = "0.11",
    .unknown_stands = true,
    .item = abort_item,
};

struct abort {
    struct kafc_admin *k;
    const char *topic;
    int32_t partition;
    struct kafc_write_txn_markers_req req;
    struct kafc_write_txn_markers_req_marker marker;
};

/* The leader as things are now. */
static kafc_err to_leader(void *owner, struct kafc_arena *a, struct kafc_bound **v, int32_t *n,
                          kafc_error *err)
{
    struct abort *b = owner;
    struct kafc_asker by = kafc__asker_of(b->k->c);
    kafc_metadata *m;
    kafc_err rc = kafc__query_metadata(&by, &b->topic, 1, false, b->k->deadline, &m, err);
    if (rc != KAFC_OK)
        return rc;
    int32_t leader;
    rc = kafc__leader_find(m, b->topic, b->partition, &leader);
    if (rc == KAFC_ERR_UNKNOWN_PARTITION)
        rc = KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION; /* as brokers say it: not waited for */
    kafc_metadata_free(m);
    *v = kafc__arena_alloc(a, sizeof(**v));
    if (rc != KAFC_OK)
        rc = kafc__error(err, rc, "topic '%.249s' [%d] cannot be %s: %s", b->topic,
                         (int)b->partition, aborting.what, kafc_err_text(rc));
    else if (!*v)
        rc = kafc__admin_no_memory("the request", err);
    else
        **v = (struct kafc_bound){ &b->req, leader };
    *n = 1;
    return rc;
}

static kafc_err end_transaction(struct kafc_admin *k, const char *topic, int32_t partition,
                                const kafc_producer_state *producer)
{
    kafc_topic_partition one = { topic, partition };
    struct abort b = { .k = k, .topic = topic, .partition = partition };
    struct kafc_admin_plan plan = { .make = to_leader, .owner = &b, .moves = true };
    struct kafc_parts p;
    kafc_answer *answer;
    kafc_err rc = kafc__parts_given(&p, &one, 1, &k->arena, k->err);
    if (rc == KAFC_OK && (!producer || producer->transaction_start == KAFC_OFFSET_UNKNOWN))
        rc = kafc__error(k->err, KAFC_ERR_USAGE, "topic '%.249s' [%d]: no transaction is open%s",
                         topic, (int)partition, producer ? "" : " of nobody");
    if (rc != KAFC_OK)
        return rc;
    kafc__msg_defaults(&kafc_write_txn_markers_req_schema, &b.req);
    kafc__msg_defaults(&kafc_write_txn_markers_req_marker_schema, &b.marker);
    b.req.markers.v = &b.marker;
    b.req.markers.n = 1;
    b.marker.producer_id = producer->producer_id;
    b.marker.producer_epoch = producer->epoch;
    b.marker.coordinator_epoch = producer->coordinator_epoch > 0 ? producer->coordinator_epoch : 0;
    if (!kafc__parts_put(p.part, 1, &kafc_write_txn_markers_req_marker_schema, &b.marker,
                         &k->arena))
        return kafc__admin_no_memory("the marker", k->err);
    rc = kafc__admin_ask_nodes(k->c, &aborting, &plan, k->deadline, &answer, k->err);
    const struct kafc_write_txn_markers_resp *r = answer ? answer->resp : NULL;
    if (rc == KAFC_OK && (r->markers.n < 1 || r->markers.v[0].topics.n < 1))
        rc = kafc__error(k->err, KAFC_ERR_PROTOCOL, "%s was answered without the partition",
                         aborting.api->name);
    kafc_answer_free(answer);
    return rc;
}

kafc_err kafc_admin_abort_transaction(kafc_client *c, const char *topic, int32_t partition,
                                      const kafc_producer_state *producer, int timeout_ms,
                                      kafc_error *err)
{
    struct kafc_admin k;
    kafc_err rc = kafc__admin_begin(&k, c, timeout_ms, err);
    return rc == KAFC_OK ? kafc__admin_end(&k, end_transaction(&k, topic, partition, producer))
                         : rc;
}
