/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ListOffsets fitted to a version. The driver's thread.
 */
#include "core/list_offsets.h"

#include "base/log.h"

enum { ANY_TIME = 0 };

/* What is asked for by which time, from which version on. The first and the last offset there were always. */
static const struct {
    int64_t at;
    int16_t version;
    const char *what, *since;
} known[] = {
    { ANY_TIME, 1, "a time", "0.10.1" },
    { KAFC_AT_MAX_TIMESTAMP, 7, "the greatest timestamp", "3.0" },
    { KAFC_AT_FIRST_LOCAL, 8, "the first local offset", "3.4" },
    { KAFC_AT_LAST_TIERED, 9, "the last offset in remote storage", "3.9" },
};

static size_t find(int64_t timestamp)
{
    size_t i = 0;
    while (i < sizeof(known) / sizeof(*known) && known[i].at != (timestamp < 0 ? timestamp : ANY_TIME))
        i++;
    return i;
}

int16_t kafc__list_offsets_version(int64_t timestamp)
{
    size_t i = find(timestamp);
    return i < sizeof(known) / sizeof(*known) ? known[i].version : 0;
}

/* The time that takes the highest version; -1 if none takes any. */
static int64_t hardest(const struct kafc_list_offsets_req *msg)
{
    int64_t most = -1;
    for (int32_t i = 0; i < msg->topics.n; i++)
        for (int32_t k = 0; k < msg->topics.v[i].partitions.n; k++) {
            int64_t t = msg->topics.v[i].partitions.v[k].timestamp;
            if (kafc__list_offsets_version(t) > kafc__list_offsets_version(most))
                most = t;
        }
    return most;
}

kafc_err kafc__list_offsets_fit(const struct kafc_request *rq, struct kafc_list_offsets_req *msg,
                                int8_t isolation, kafc_error *err)
{
    int64_t most = hardest(msg);
    if (kafc__list_offsets_version(most) > rq->version)
        return kafc__error(err, KAFC_ERR_UNSUPPORTED,
                           "%s cannot be looked up: node %d knows ListOffsets 0 to %d alone, the broker is "
                           "too old, it needs one from %s on",
                           known[find(most)].what, (int)rq->broker, (int)rq->version,
                           known[find(most)].since);
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
