/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the files of core/consumer share: partitions and requests. Everything
 * here is guarded by the consumer's lock unless it says otherwise.
 */
#ifndef KAFC_CORE_CONSUMER_INTERNAL_H
#define KAFC_CORE_CONSUMER_INTERNAL_H

#include "base/mem.h"
#include "core/consumer.h"
#include "core/metadata.h"
#include "protocol/api/01_fetch.h"
#include "protocol/api/02_list_offsets.h"

/* LOOKUP: the position must be asked for. FETCH: it is known. DONE: it reached its stop. FAILED: told, and waiting for
 * a seek. */
enum kafc_cp_state { KAFC_CP_LOOKUP, KAFC_CP_FETCH, KAFC_CP_DONE, KAFC_CP_FAILED, KAFC_CP_STATES };
enum kafc_cp_event {
    KAFC_CP_UNKNOWN,  /* a position that must be asked for: assigned, sought, out of range */
    KAFC_CP_KNOWN,    /* a position that is known */
    KAFC_CP_REACHED,  /* the stop */
    KAFC_CP_BROKEN,   /* an error that only a seek can mend */
    KAFC_CP_EVENTS
};
/* The next state, or -1 where the event cannot happen. */
int kafc__cp_next_state(enum kafc_cp_state s, enum kafc_cp_event e);

/* What a lookup still has to ask, lowest bit first. */
enum {
    KAFC_NEED_FIRST = 1,
    KAFC_NEED_LAST = 2,
    KAFC_NEED_START_TIME = 4,
    KAFC_NEED_STOP_TIME = 8
};

struct kafc_consumer_partition {
    struct kafc_list node;
    struct kafc_consumer *c;
    struct kafc_name *topic;
    int32_t id;
    struct kafc_meta_topic *meta; /* wanted by the driver's thread; NULL before */
    enum kafc_cp_state state;
    bool dead;              /* given up by assign; freed once nothing is under way */
    int asked;              /* requests under way that name it */
    bool busy;              /* one of them is for its present position */
    uint32_t version;       /* of its position: a seek makes what is under way or queued stale */
    kafc_position start, stop;
    bool range_reset;       /* the lookup is for an offset that was out of range */
    bool stop_known;
    int needs;              /* KAFC_NEED_* */
    int64_t first, last, start_time, stop_time; /* what lookups found; -1: none later */
    int64_t fetch_offset;   /* next to ask for */
    int64_t stop_offset;    /* INT64_MAX: never */
    int64_t end_told;       /* the end that the last END_OF_PARTITION named, or -1 */
    int32_t replica;        /* where to read instead of the leader (KIP-392), or -1 */
    int64_t retry_at;       /* monotonic µs; 0: now */
    int attempts;
    kafc_err told;          /* the last error that was told, so that it is told once */
    size_t queued;          /* bytes fetched and not taken */
    int64_t position;       /* next to deliver, as of the last batch that was begun; -1 unknown */
    int64_t high_watermark, last_stable, log_start; /* -1 unknown */
};

/* A request slot to a node: two for each, so that a fetch which a broker parks does not hold up partitions whose
 * buffer has run low (DESIGN 8.1). */
struct kafc_fetcher {
    struct kafc_list node;
    struct kafc_consumer *c;
    int32_t node_id;
    enum kafc_purpose purpose;
    bool busy;
    struct kafc_request rq;
    struct kafc_fetch_req msg;
    struct kafc_arena arena; /* of msg and of the decoded response */
    struct kafc_asked {
        struct kafc_consumer_partition *p;
        uint32_t version;
    } *asked;
    int32_t nasked;
};

struct kafc_lookup {
    struct kafc_list node;
    struct kafc_consumer *c;
    struct kafc_request rq;
    struct kafc_list_offsets_req msg;
    struct kafc_arena arena;
    struct kafc_asked *asked;
    int *need; /* what each was asked */
    int32_t nasked;
};

/* A topic that is read with all its partitions. */
struct kafc_consumer_topic {
    struct kafc_list node;
    struct kafc_name *name;
    struct kafc_meta_topic *meta;
    kafc_position start, stop;
    int32_t known; /* partitions made so far */
    kafc_err told;
    bool dead;
};

struct kafc_consumer {
    struct kafc_member member;
    struct kafc_core *core;
    struct kafc_consumer_config cfg;
    struct kafc_core_timer timer; /* the earliest retry */
    struct kafc_held *held;
    struct kafc_mutex lock;
    struct kafc_list partitions, topics; /* dead ones included until reaped */
    struct kafc_list ready;              /* batches in the order of arrival */
    struct kafc_list fetchers, lookups;  /* driver's thread only */
    bool idle_topic;    /* a whole topic is read and its partitions are not known yet */
    struct kafc_decompress decompress; /* application's thread only: contexts, lent to the batch that is read */
    struct kafc_fetched *current; /* application's thread only: the batch that next() stands in */
};

/* Driver's thread, lock held. */
void kafc__cp_ask(struct kafc_asked *a, struct kafc_consumer_partition *p); /* notes that a request names it … */
bool kafc__cp_answered(struct kafc_asked *a); /* … and that it ended; false: it was for an older position */
void kafc__cp_step(struct kafc_consumer_partition *p, enum kafc_cp_event e);
void kafc__cp_start(struct kafc_consumer_partition *p, kafc_position start); /* also the application's thread */
void kafc__cp_retry(struct kafc_consumer_partition *p);                      /* later, with back-off */
/* Queues a notice behind what is queued; told once per code until tell_again. */
void kafc__cp_tell(struct kafc_consumer_partition *p, kafc_err code, int64_t offset, const char *fmt, ...)
    KAFC_PRINTF(4, 5);
void kafc__cp_settle(struct kafc_consumer_partition *p); /* a lookup has all it needs */
void kafc__consumer_lookups(struct kafc_consumer *c); /* sends what lookups are due */
void kafc__consumer_fetches(struct kafc_consumer *c);
void kafc__consumer_work(struct kafc_consumer *c);    /* both, and the timer; takes the lock itself, calls on_ready */
void kafc__fetcher_free(struct kafc_fetcher *f);
void kafc__lookup_free(struct kafc_lookup *l);

#endif
