/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Memberships that outlive what they were taken from. Any thread.
 */
#include "core/txn.h"

#include <string.h>

#include "base/mem.h"

/* One piece: the strings stand behind it. */
struct kafc_membership *kafc__membership_dup(const struct kafc_membership *m,
                                             const kafc_allocator *mem)
{
    size_t member = strlen(m->member) + 1, instance = m->instance ? strlen(m->instance) + 1 : 0;
    struct kafc_membership *copy = kafc__alloc(mem, sizeof(*copy) + member + instance);
    if (!copy)
        return NULL;
    char *text = (char *)(copy + 1);
    *copy = (struct kafc_membership){ .member = text, .generation = m->generation };
    memcpy(text, m->member, member);
    if (instance)
        copy->instance = memcpy(text + member, m->instance, instance);
    return copy;
}

void kafc__membership_free(struct kafc_membership *m, const kafc_allocator *mem)
{
    kafc__free(mem, m);
}
