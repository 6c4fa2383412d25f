/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Which partitions messages without a key may go to: those that have a leader,
 * and one that answers (partitioner.availability.timeout.ms). The driver's
 * thread; senders read part->led.
 */
#include "core/producer_internal.h"

static bool is_silent(const struct kafc_producer *p, int32_t id)
{
    for (const struct kafc_node_out *n = p->nodes; n; n = n->next)
        if (n->id == id)
            return n->silent;
    return false;
}

void kafc__producer_look_led(struct kafc_producer *p, struct kafc_part *part)
{
    if (!part->topic->meta)
        return;
    int32_t leader = kafc__meta_leader(part->topic->meta, part->id, NULL);
    atomic_store_explicit(&part->led, leader >= 0 && !is_silent(p, leader), memory_order_relaxed);
}

/* Requests to a node are answered in order, and flights stand in the order in which they were sent. */
void kafc__producer_look_silent(struct kafc_producer *p, int64_t now)
{
    int64_t patience = p->cfg.availability_timeout_us;
    bool changed = false;
    if (!patience)
        return;
    for (struct kafc_node_out *n = p->nodes; n; n = n->next)
        n->overdue = false;
    for (struct kafc_flight *f = KAFC_LIST_FIRST(&p->flights, struct kafc_flight, node);
         f && now - f->sent_at > patience;
         f = KAFC_LIST_NEXT(&p->flights, f, struct kafc_flight, node))
        f->to->overdue = !f->rq.no_response || f->to->overdue;
    for (struct kafc_node_out *n = p->nodes; n; n = n->next) {
        changed = changed || n->silent != n->overdue;
        n->silent = n->overdue;
    }
    if (changed)
        kafc__producer_each_part(p, kafc__producer_look_led);
}
