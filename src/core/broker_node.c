/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Nodes, from the first that is heard of them until their last connection is
 * gone, and what they own: connections by purpose, and by owner. Driver's
 * thread.
 */
#include "base/address.h"
#include "base/mem.h"
#include "core/internal.h"

#include <stdio.h>

static char *sentence_name(struct kafc_core *c, const struct kafc_broker *b, const char *by)
{
    char at[KAFC_HOST_MAX + 10], text[700];
    kafc__address_text(at, sizeof(at), b->host, (int)b->port);
    if (b->id < 0)
        return kafc__strdup(&c->cfg.mem, at);
    snprintf(text, sizeof(text), "node %d, advertised as %s by %.300s,", (int)b->id, at, by);
    return kafc__strdup(&c->cfg.mem, text);
}

static bool conn_init(struct kafc_broker_conn *conn, struct kafc_core *c, struct kafc_broker *b,
                      enum kafc_purpose purpose)
{
    conn->core = c;
    conn->broker = b;
    conn->purpose = purpose;
    kafc__list_init(&conn->action);
    kafc__list_init(&conn->node);
    return kafc__core_timer_init(c, &conn->timer, kafc__conn_alarm, conn);
}

static void conn_fini(struct kafc_broker_conn *conn)
{
    struct kafc_core *c = conn->core;
    if (conn->id)
        kafc__map_del(&c->conns, &conn->id, sizeof(conn->id));
    kafc__link_free(conn->link);
    kafc__list_del(&conn->action);
    kafc__core_timer_fini(c, &conn->timer);
}

static struct kafc_broker_conn *first_own(struct kafc_broker *b)
{
    return KAFC_LIST_FIRST(&b->own, struct kafc_broker_conn, node);
}

/* All of a broker's connections, one after the other: those with a purpose, then those with an owner. */
static struct kafc_broker_conn *next_conn(struct kafc_broker *b, struct kafc_broker_conn *conn)
{
    if (!conn)
        return &b->conn[0];
    if (conn >= b->conn && conn < b->conn + KAFC_PURPOSES - 1)
        return conn + 1;
    return conn == b->conn + KAFC_PURPOSES - 1
               ? first_own(b)
               : KAFC_LIST_NEXT(&b->own, conn, struct kafc_broker_conn, node);
}

struct kafc_broker *kafc__broker_new(struct kafc_core *c, int32_t id, const char *host, size_t len,
                                     int32_t port, const char *by)
{
    struct kafc_broker *b = kafc__zalloc(&c->cfg.mem, sizeof(*b));
    if (!b)
        return NULL;
    kafc__list_init(&b->node);
    b->id = id;
    b->key = (uint64_t)(int64_t)id;
    b->port = port;
    b->not_before = INT64_MIN;
    kafc__list_init(&b->own);
    bool ok = true;
    for (int i = 0; i < KAFC_PURPOSES; i++)
        ok = conn_init(&b->conn[i], c, b, (enum kafc_purpose)i) && ok;
    b->host = kafc__strndup(&c->cfg.mem, host, len);
    b->name = b->host ? sentence_name(c, b, by) : NULL;
    if (ok && b->name)
        return b;
    kafc__broker_free(b);
    return NULL;
}

void kafc__broker_free(struct kafc_broker *b)
{
    struct kafc_core *c = b->conn[0].core;
    kafc__list_del(&b->node);
    if (kafc__map_get(&c->by_id, &b->key, sizeof(b->key)) == b)
        kafc__map_del(&c->by_id, &b->key, sizeof(b->key));
    if (c->boot_next == b)
        c->boot_next = NULL;
    for (int i = 0; i < KAFC_PURPOSES; i++)
        conn_fini(&b->conn[i]);
    for (struct kafc_broker_conn *conn; (conn = first_own(b));) {
        kafc__list_del(&conn->node);
        conn_fini(conn);
        kafc__free(&c->cfg.mem, conn);
    }
    kafc__free(&c->cfg.mem, b->host);
    kafc__free(&c->cfg.mem, b->name);
    kafc__free(&c->cfg.mem, b->rack);
    kafc__free(&c->cfg.mem, b);
}

struct kafc_broker *kafc__broker_find(const struct kafc_core *c, int32_t id)
{
    uint64_t key = (uint64_t)(int64_t)id;
    return id < 0 ? NULL : kafc__map_get(&c->by_id, &key, sizeof(key));
}

bool kafc__broker_is_gone(const struct kafc_broker *b)
{
    return b->id >= 0 && kafc__map_get(&b->conn[0].core->by_id, &b->key, sizeof(b->key)) != b;
}

void kafc__broker_retire(struct kafc_broker *b)
{
    struct kafc_core *c = b->conn[0].core;
    if (kafc__map_get(&c->by_id, &b->key, sizeof(b->key)) == b)
        kafc__map_del(&c->by_id, &b->key, sizeof(b->key));
    kafc__list_del(&b->node);
    kafc__list_push(&c->gone, &b->node);
    for (struct kafc_broker_conn *conn = NULL; (conn = next_conn(b, conn));)
        if (conn->link)
            kafc__core_timer_set(c, &conn->timer, c->now); /* idle ones go at once */
}

void kafc__broker_renew(struct kafc_broker *b)
{
    b->renew = true;
    for (struct kafc_broker_conn *conn = NULL; (conn = next_conn(b, conn));)
        if (conn->id)
            kafc__core_timer_set(conn->core, &conn->timer, conn->core->now);
}

void kafc__broker_reap(struct kafc_core *c)
{
    struct kafc_broker *b = KAFC_LIST_FIRST(&c->gone, struct kafc_broker, node);
    while (b) {
        struct kafc_broker *next = KAFC_LIST_NEXT(&c->gone, b, struct kafc_broker, node);
        bool used = false;
        for (struct kafc_broker_conn *conn = NULL; (conn = next_conn(b, conn));)
            used = used || conn->link || conn->close_id;
        if (!used)
            kafc__broker_free(b);
        b = next;
    }
}

struct kafc_broker_conn *kafc__broker_own(struct kafc_broker *b, enum kafc_purpose purpose, const void *owner)
{
    struct kafc_core *c = b->conn[0].core;
    struct kafc_broker_conn *conn, *left = NULL;
    for (conn = first_own(b); conn;
         conn = KAFC_LIST_NEXT(&b->own, conn, struct kafc_broker_conn, node)) {
        if (conn->owner == owner)
            return conn;
        if (!conn->owner && !conn->link && !conn->close_id)
            left = conn;
    }
    if (!left && (left = kafc__zalloc(&c->cfg.mem, sizeof(*left)))) {
        if (!conn_init(left, c, b, purpose)) {
            kafc__free(&c->cfg.mem, left);
            return NULL;
        }
        kafc__list_push(&b->own, &left->node);
    }
    if (left) {
        left->owner = owner;
        left->purpose = purpose;
    }
    return left;
}

static void disown(struct kafc_list *brokers, const void *owner)
{
    for (struct kafc_broker *b = KAFC_LIST_FIRST(brokers, struct kafc_broker, node); b;
         b = KAFC_LIST_NEXT(brokers, b, struct kafc_broker, node))
        for (struct kafc_broker_conn *conn = first_own(b); conn;
             conn = KAFC_LIST_NEXT(&b->own, conn, struct kafc_broker_conn, node))
            if (conn->owner == owner) {
                conn->owner = NULL;
                if (conn->link)
                    kafc__core_timer_set(conn->core, &conn->timer, conn->core->now);
            }
}

void kafc__core_disown(struct kafc_core *c, const void *owner)
{
    disown(&c->nodes, owner);
    disown(&c->gone, owner);
}
