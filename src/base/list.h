/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Intrusive doubly linked list, circular with a head.
 */
#ifndef KAFC_BASE_LIST_H
#define KAFC_BASE_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct kafc_list {
    struct kafc_list *next, *prev;
};

#define KAFC_CONTAINER(ptr, type, member) ((type *)(void *)((char *)(ptr)-offsetof(type, member)))
/* The first / next element, or NULL at the end. */
#define KAFC_LIST_FIRST(head, type, member) \
    ((head)->next == (head) ? NULL : KAFC_CONTAINER((head)->next, type, member))
#define KAFC_LIST_NEXT(head, elem, type, member) \
    ((elem)->member.next == (head) ? NULL : KAFC_CONTAINER((elem)->member.next, type, member))

static inline void kafc__list_init(struct kafc_list *l)
{
    l->next = l->prev = l;
}

static inline bool kafc__list_empty(const struct kafc_list *l)
{
    return l->next == l;
}

/* Is this node on a list? Only for nodes that were initialised and are removed with kafc__list_del. */
static inline bool kafc__list_linked(const struct kafc_list *n)
{
    return n->next != n;
}

static inline void kafc__list_insert(struct kafc_list *before, struct kafc_list *n)
{
    n->prev = before->prev;
    n->next = before;
    before->prev->next = n;
    before->prev = n;
}

static inline void kafc__list_push(struct kafc_list *head, struct kafc_list *n) /* at the end */
{
    kafc__list_insert(head, n);
}

static inline void kafc__list_push_front(struct kafc_list *head, struct kafc_list *n)
{
    kafc__list_insert(head->next, n);
}

static inline void kafc__list_del(struct kafc_list *n)
{
    n->prev->next = n->next;
    n->next->prev = n->prev;
    n->next = n->prev = n;
}

/* Moves all of `from` to the end of `to`. */
static inline void kafc__list_splice(struct kafc_list *to, struct kafc_list *from)
{
    if (kafc__list_empty(from))
        return;
    from->next->prev = to->prev;
    to->prev->next = from->next;
    from->prev->next = to;
    to->prev = from->prev;
    kafc__list_init(from);
}

#endif
