/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What a reader's options say of assignors, as core/group takes it: names in
 * the order of preference, and the application's own rules.
 */
#ifndef KAFC_CLIENT_ASSIGNORS_H
#define KAFC_CLIENT_ASSIGNORS_H

#include "core/assignor.h"
#include <kafc/reader.h>

struct kafc_assignors {
    kafc_allocator mem;
    const struct kafc_assignor **v; /* best first */
    int n;
    struct kafc_assignor *own; /* of the custom ones */
};

/* o->assignors, o->custom_assignors. Names are ours or the Java client's classes. KAFC_ERR_USAGE names the one that
 * there is not, or that comes twice; KAFC_ERR_NO_MEMORY. Either way for kafc__assignors_fini(). */
kafc_err kafc__assignors_init(struct kafc_assignors *a, const kafc_allocator *mem,
                              const kafc_reader_options *o, kafc_error *err);
void kafc__assignors_fini(struct kafc_assignors *a);

#endif
