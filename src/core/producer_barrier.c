/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The end of a producer without acknowledgements. Brokers before 0.11 forget
 * the requests that they have not begun when a connection ends, and a socket
 * that is closed with bytes unread may take others with it. So behind the last
 * Produce of each connection goes a question that every broker knows and that
 * costs it nothing: ListOffsets of no topics. Brokers take the requests of a
 * connection one by one, so its answer says that they have got through all of
 * them. The driver's thread.
 */
#include "core/producer_internal.h"

static void answered(struct kafc_request *rq)
{
    struct kafc_node_out *n = rq->owner;
    struct kafc_producer *p = n->p;
    kafc__producer_enter(p);
    n->owes = KAFC_OWES_NOTHING;
    if (rq->result != KAFC_OK) {
        atomic_store(&p->late, true);
        kafc__producer_say(p, KAFC_LOG_WARN,
                           "node %d did not say that it has taken what it was sent: %s", (int)n->id,
                           rq->why ? rq->why->message : kafc_err_text(rq->result));
    }
    kafc__producer_leave(p);
}

static void ask(struct kafc_producer *p, struct kafc_node_out *n)
{
    const struct kafc_api *api = &kafc_list_offsets_api;
    kafc__msg_defaults(api->req, &n->barrier_msg);
    n->barrier_msg.replica_id = -1;
    kafc__request_init(&n->barrier, api, &n->barrier_msg);
    n->barrier.done = answered;
    n->barrier.owner = n;
    n->barrier.timeout_us = p->cfg.request_timeout_us
                                ? p->cfg.request_timeout_us
                                : kafc__core_config(p->core)->request_timeout_us;
    n->owes = KAFC_OWES_ANSWER;
    kafc__core_send(p->core, n->id, KAFC_FOR_PRODUCE, &n->barrier);
}

bool kafc__producer_got_through(struct kafc_producer *p)
{
    bool through = true;
    for (struct kafc_node_out *n = p->nodes; n; n = n->next) {
        if (n->owes == KAFC_OWES_QUESTION)
            ask(p, n);
        through = through && n->owes == KAFC_OWES_NOTHING;
    }
    return through;
}

bool kafc__producer_give_up_barrier(struct kafc_producer *p)
{
    bool any = false;
    for (struct kafc_node_out *n = p->nodes; n; n = n->next) {
        if (n->owes == KAFC_OWES_ANSWER)
            kafc__core_cancel(p->core, &n->barrier);
        any = any || n->owes != KAFC_OWES_NOTHING;
        n->owes = KAFC_OWES_NOTHING;
    }
    return any;
}
