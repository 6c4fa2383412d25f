/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the versions of ListOffsets make of a question and of its answer, for
 * the consumer and for queries. The driver's thread, from inside the request.
 */
#ifndef KAFC_CORE_LIST_OFFSETS_H
#define KAFC_CORE_LIST_OFFSETS_H

#include "core/request.h"
#include "protocol/api/02_list_offsets.h"

/* The wire's names for places in a log. */
enum {
    KAFC_AT_LAST = -1,
    KAFC_AT_FIRST = -2,
    KAFC_AT_MAX_TIMESTAMP = -3,
    KAFC_AT_FIRST_LOCAL = -4,
    KAFC_AT_LAST_TIERED = -5
};

/* The version that knows such a time, from 0 on; 0: all do. */
int16_t kafc__list_offsets_version(int64_t timestamp);
/* Before the request is encoded: isolation, where the version has one. KAFC_ERR_UNSUPPORTED: a time that it does
 * not know; version 0 has those of segments alone. */
kafc_err kafc__list_offsets_fit(const struct kafc_request *rq, struct kafc_list_offsets_req *msg,
                                int8_t isolation, kafc_error *err);
/* The offset in an answer of the version; -1: none. */
int64_t kafc__list_offsets_offset(const struct kafc_list_offsets_resp_partition *p,
                                  int16_t version);

#endif
