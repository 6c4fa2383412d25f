/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the versions of ListOffsets make of a question and of its answer, for
 * the consumer and for queries. The driver's thread, from inside the request.
 */
#ifndef KAFC_CORE_LIST_OFFSETS_H
#define KAFC_CORE_LIST_OFFSETS_H

#include "core/request.h"
#include "protocol/api/02_list_offsets.h"

/* Before the request is encoded: isolation, where the version has one. KAFC_ERR_UNSUPPORTED: a time for version 0,
 * which knows those of segments alone. */
kafc_err kafc__list_offsets_fit(const struct kafc_request *rq, struct kafc_list_offsets_req *msg,
                                int8_t isolation, kafc_error *err);
/* The offset in an answer of the version; -1: none. */
int64_t kafc__list_offsets_offset(const struct kafc_list_offsets_resp_partition *p,
                                  int16_t version);

#endif
