/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ListOffsets fitted to a version. The driver's thread.
 */
#include "core/list_offsets.h"

#include "base/log.h"

/* The first and the last offset are asked for by negative times. */
static bool asks_for_a_time(const struct kafc_list_offsets_req *msg)
{
    for (int32_t i = 0; i < msg->topics.n; i++)
        for (int32_t k = 0; k < msg->topics.v[i].partitions.n; k++)
            if (msg->topics.v[i].partitions.v[k].timestamp >= 0)
                return true;
    return false;
}

kafc_err kafc__list_offsets_fit(const struct kafc_request *rq, struct kafc_list_offsets_req *msg,
                                int8_t isolation, kafc_error *err)
{
    if (rq->version == 0 && asks_for_a_time(msg))
        return kafc__error(err, KAFC_ERR_UNSUPPORTED,
                           "a time cannot be looked up: node %d knows ListOffsets 0 alone, the "
                           "broker is too old, it needs one from 0.10.1 on",
                           (int)rq->broker);
    /* Before 2 there are no transactions, and the high watermark is what is committed. */
    msg->isolation_level = rq->version >= 2 ? isolation : 0;
    return KAFC_OK;
}

int64_t kafc__list_offsets_offset(const struct kafc_list_offsets_resp_partition *p, int16_t version)
{
    int64_t offset = p->offset;
    if (version == 0)
        offset = p->old_style_offsets.n > 0 ? p->old_style_offsets.v[0] : -1;
    return offset < 0 ? -1 : offset;
}
