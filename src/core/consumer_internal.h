/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the files of core/consumer share: partitions and requests. Everything
 * here is guarded by the consumer's lock unless it says otherwise.
 */
#ifndef KAFC_CORE_CONSUMER_INTERNAL_H
#define KAFC_CORE_CONSUMER_INTERNAL_H

#include "base/map.h"
#include "base/mem.h"
#include "base/str.h"
#include "core/consumer.h"
#include "core/consumer_stats.h"
#include "core/metadata.h"
#include "protocol/api/01_fetch.h"
#include "protocol/api/02_list_offsets.h"

/* LOOKUP: the position must be asked for. FETCH: it is known. DONE: it reached its stop. FAILED: told, and waiting for
 * a seek. */
enum kafc_cp_state { KAFC_CP_LOOKUP, KAFC_CP_FETCH, KAFC_CP_DONE, KAFC_CP_FAILED, KAFC_CP_STATES };
enum kafc_cp_event {
    KAFC_CP_UNKNOWN, /* a position that must be asked for: assigned, sought, out of range */
    KAFC_CP_KNOWN,   /* a position that is known */
    KAFC_CP_REACHED, /* the stop */
    KAFC_CP_BROKEN, /* an error that only a seek can mend; also found when all was fetched, or something else broke */
    KAFC_CP_EVENTS
};
/* The next state, or -1 where the event cannot happen. */
int kafc__cp_next_state(enum kafc_cp_state s, enum kafc_cp_event e);

static inline bool kafc__uuid_is_zero(const kafc_uuid *id)
{
    static const kafc_uuid none;

    return memcmp(id, &none, sizeof none) == 0;
}

/* What a lookup still has to ask, lowest bit first. */
enum {
    KAFC_NEED_FIRST = 1,
    KAFC_NEED_LAST = 2,
    KAFC_NEED_START_TIME = 4,
    KAFC_NEED_STOP_TIME = 8,
    KAFC_NEED_COMMITTED = 16 /* of the group, by who owns it: core/consumer_group */
};

/* How far a group has come in a partition. It is the reader's as long as the partition is, or something is to be
 * committed, and lives until the last batch of that time is freed. */
enum kafc_place_stage {
    KAFC_PLACE_OURS,
    KAFC_PLACE_GOES,    /* it was revoked, and nobody was told */
    KAFC_PLACE_TOLD,    /* the application finishes with it */
    KAFC_PLACE_FINISHED /* what is marked is to be committed */
};
struct kafc_place {
    atomic_int refs;
    kafc_allocator mem;
    struct kafc_list node;             /* of the consumer's, or of those that were lost */
    struct kafc_consumer_index *index; /* while it is the consumer's */
    uint64_t key;                      /* there: id */
    struct kafc_name *topic;
    int32_t id;
    uint64_t since; /* the stamp with which it came; 0: by hand */
    enum kafc_place_stage stage;
    bool known;                        /* the application was told that it has come */
    struct kafc_consumer_partition *p; /* NULL: it is not read */
    atomic_bool gone;                  /* nothing can be marked any more */
    _Atomic int64_t
        marked;       /* -1: nothing. Written without the lock by the one thread that marks … */
    atomic_int epoch; /* … as long as the message has this leader epoch; KAFC_PLACE_CLOSED: never */
    int32_t mark_epoch;         /* of marked, -1 unknown */
    struct kafc_name *metadata; /* of marked, or NULL */
    bool fresh;        /* sought since: the next mark counts, be it lower than the last one */
    int64_t settled;   /* the mark that needs no commit any more; -2: none */
    int64_t floor;     /* marks up to it do not count: it was committed by a call */
    unsigned turn;     /* grows when marks begin anew or go back: a commit from before says nothing of them */
    int64_t committed; /* as last learned; -1 unknown */
    unsigned round;    /* of commits, that it was in */
    int32_t slot;      /* in the commit that is being made, from 1 on; or 0 */
};
enum { KAFC_PLACE_CLOSED = INT32_MIN };

/* A topic of which something is or was read. Stays as long as the consumer: what was told borrows the name. */
struct kafc_consumer_index {
    struct kafc_name *name;
    bool denied;                /* that was told, and holds for all partitions */
    struct kafc_map partitions; /* by number, without dead ones */
    struct kafc_map places;     /* the same, of kafc_place */
};

struct kafc_consumer_partition {
    struct kafc_list node;
    struct kafc_consumer *c;
    struct kafc_consumer_index *index;
    struct kafc_name *topic; /* the index's */
    uint64_t key;            /* in the index: id */
    int32_t id;
    struct kafc_meta_topic *meta; /* wanted by the driver's thread; NULL before */
    enum kafc_cp_state state;
    bool dead;                /* given up by assign; freed once nothing is under way */
    bool paused;              /* nothing of it is delivered or fetched (rule R9) */
    struct kafc_place *place; /* of a reader with a group; or NULL */
    int asked;                /* requests under way that name it */
    bool busy;                /* one of them is for its present position */
    uint64_t stamp;           /* of the membership under which it came, or 0 */
    uint64_t behind; /* the commits before its start, which what is asked of the group shall see */
    uint32_t version;         /* of its position: a seek makes what is under way or queued stale */
    kafc_position start, stop;
    kafc_position reset_at; /* KAFC_RESET_START: where to, its time fixed */
    bool range_reset;       /* the lookup is for an offset that was out of range … */
    const char *lost; /* … and why, if the log may hold another record there by now; a clause */
    int64_t diverges; /* what was read is in the log below this offset at most; -1: not known */
    bool suspect; /* its leader did not know the topic: another one of the name may come */
    kafc_uuid topic_id; /* of the topic that the position is in; zero: not known */
    bool stop_known;
    int needs;                                  /* KAFC_NEED_* */
    int64_t first, last, start_time, stop_time; /* what lookups found; -1: none later */
    int64_t fetch_offset;                       /* next to ask for */
    bool old_fetch;     /* its leader's Fetch has no word for last_epoch */
    int32_t sure_epoch; /* the leader's, under which what was read is in the log; -1: of none */
    int32_t last_epoch;    /* leader epoch of what was fetched in front of it (KIP-320), or -1 */
    int32_t max_bytes;     /* more than the option, after a batch that was cut; 0: the option */
    int64_t stop_offset;   /* INT64_MAX: never */
    int64_t end_told;      /* the end that the last END_OF_PARTITION named, or -1 */
    int32_t replica;       /* where to read instead of the leader (KIP-392), or -1 … */
    int64_t replica_until; /* … until the leader is asked again */
    int64_t retry_at;      /* monotonic µs; 0: now */
    int attempts;
    kafc_err told;            /* the last error that was told, so that it is told once */
    struct kafc_list batches; /* fetched and not taken, and notices, in the order of arrival */
    struct kafc_list ready;   /* among those of which the reader's taker may take something */
    size_t queued;            /* bytes in batches */
    struct kafc_taker *taker; /* which reads a batch of it, or NULL */
    struct kafc_taker
        *claim; /* the only one that may take, or NULL. It outlives the partition's being read */
    struct kafc_session_member *member; /* as a node knows it, or NULL */
    int64_t position; /* next to deliver, as of the last batch that was begun; -1 unknown */
    bool delivered;   /* a batch was taken since it was sought … */
    int32_t epoch;    /* … and this is the last one's that was read to its end; -1 unknown */
    int64_t high_watermark, last_stable, log_start; /* -1 unknown */
};

/* What a node has been told in a row of fetches (KIP-227). */
struct kafc_session {
    int32_t id;    /* 0: none */
    int32_t epoch; /* of the next request; 0: a new session */
    bool by_id;    /* topics are told by id */
    bool refused;  /* the node gives none */
    bool reset;    /* a member went: all anew with the next request, in which it may come again */
    struct kafc_list members;
    struct kafc_list forgotten; /* by the request under way */
    size_t nmembers;
};

/* A request slot to a node: two for each, so that a fetch which a broker parks does not hold up partitions whose
 * buffer has run low (DESIGN 8.1). */
struct kafc_fetcher {
    struct kafc_list node;
    struct kafc_consumer *c;
    int32_t node_id;
    enum kafc_purpose purpose;
    bool busy, got; /* got: its answer brings records */
    bool early;     /* its answer came at once, and nothing in it says why */
    int64_t sent_at;
    /* Of the first slot, for both: who had a turn last goes last; and whether it would have one now. */
    uint64_t turn;
    bool wants;
    size_t reserved;             /* what its answer may bring, in c->reserved */
    int64_t messages, bytes;     /* what it brought */
    size_t answer;               /* bytes that answers are to have; 0: not known yet */
    struct kafc_session session; /* of the first slot; the second one has none */
    int32_t *forgotten;          /* numbers of partitions, for msg */
    struct kafc_request rq;
    struct kafc_fetch_req msg;
    struct kafc_arena arena; /* of msg and of the decoded response */
    struct kafc_asked {
        struct kafc_consumer_partition *p;
        uint32_t version;
        int32_t epoch; /* the leader's, as it was named; not of lookups */
    } * asked;
    int32_t nasked;
};

struct kafc_lookup {
    struct kafc_list node;
    struct kafc_consumer *c;
    int32_t node_id;
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
    struct kafc_consumer_stats stats;
    struct kafc_budget
        *budget; /* frames and what is decompressed from them, until the last batch is freed */
    struct kafc_mutex lock;
    struct kafc_list partitions, topics; /* dead ones included until reaped */
    struct kafc_map index;               /* of kafc_consumer_index, by name */
    struct kafc_list
        ready; /* partitions with something to take, each to be served once before any is again */
    struct kafc_list notices;           /* of no partition; they go first */
    struct kafc_list fetchers, lookups, checks; /* driver's thread only */
    size_t reserved;                    /* what the fetches under way may bring */
    uint64_t turns; /* fetches sent so far */
    bool starved;                       /* something was not fetched for want of room */
    bool stopped;       /* no more work: the application's thread may still look at what is there */
    bool no_leader;     /* something that is read has none: a timeout tells why */
    int64_t retry_at;   /* something could not be had or done now; 0: nothing */
    kafc_error trouble; /* why a request failed, until its node answers one; or code KAFC_OK */
    int64_t trouble_at;
    const struct kafc_consumer_partition *trouble_of; /* of one partition alone; or NULL */
    bool idle_topic; /* a whole topic is read and its partitions are not known yet */
    bool came;       /* a partition did, since the application was called */
    /* Of a reader with a group: */
    bool grouped;    /* set when it is made */
    bool subscribed; /* the group assigns */
    bool attention;  /* there is something to take in front of messages */
    uint64_t commits; /* that were asked for so far */
    int ending;      /* claims of partitions that go, which are to be freed before that is told */
    struct kafc_list places; /* kafc_place */
    void (*want_committed)(
        void *owner); /* some partition does; the driver's thread, without the lock */
    void (*claim_freed)(void *owner); /* that was ending; any thread, lock held */
    void *owner;
    struct kafc_taker taker; /* the reader's */
};

/* Lock held, and where not said otherwise the driver's thread. */
void kafc__cp_ask(struct kafc_asked *a,
                  struct kafc_consumer_partition *p); /* notes that a request names it … */
bool kafc__cp_answered(
    struct kafc_asked *a); /* … and that it ended; false: it was for an older position */
void kafc__cp_step(struct kafc_consumer_partition *p, enum kafc_cp_event e);
struct kafc_consumer_partition *kafc__cp_find(struct kafc_consumer *c, const char *topic,
                                              int32_t id); /* NULL: not read. Either thread */
void kafc__cp_give_up(
    struct kafc_consumer_partition *p);         /* NULL and dead: nothing. Either thread */
void kafc__index_fini(struct kafc_consumer *c); /* when no partitions are left */
kafc_position kafc__position_or(kafc_position p, kafc_position dflt);
/* Where an assignment or a seek without one begins. */
kafc_position kafc__default_start(const struct kafc_consumer *c);
kafc_err kafc__check_position(const struct kafc_consumer *c, kafc_position p, bool is_stop,
                              kafc_error *err);
struct kafc_consumer_index *kafc__index_of(struct kafc_consumer *c,
                                           const char *topic); /* NULL: out of memory */
struct kafc_consumer_index *kafc__index_find(struct kafc_consumer *c, const char *topic);
/* NULL: out of memory. Either thread. stamp: of the membership under which it came, or 0. */
struct kafc_consumer_partition *kafc__cp_new(struct kafc_consumer *c, const char *topic, int32_t id,
                                             uint64_t stamp, kafc_position start,
                                             kafc_position stop);
/* Is the group to be asked for it now? */
bool kafc__cp_wants_committed(const struct kafc_consumer_partition *p);
/* What the group has committed, as it says to the request that asked: an offset, or KAFC_OFFSET_UNKNOWN. */
void kafc__cp_committed(struct kafc_consumer_partition *p, int64_t offset, int32_t leader_epoch);
/* A place of a partition that comes with the stamp; without one that of its name, or a new one. Either thread. NULL:
 * out of memory. */
struct kafc_place *kafc__place_new(struct kafc_consumer *c, const char *topic, int32_t id,
                                   uint64_t stamp);
struct kafc_place *kafc__place_ref(
    struct kafc_place *place);                     /* any thread, also without the lock */
void kafc__place_sought(struct kafc_place *place); /* marks begin anew */
struct kafc_place *kafc__place_find(struct kafc_consumer *c, const char *topic, int32_t id);
/* Without the lock, by the one thread that marks. false: it must be done with the lock. */
bool kafc__place_mark_quickly(struct kafc_place *place, int64_t next, int32_t epoch);
/* The highest counts, unless it may go back, or was sought. */
void kafc__place_mark(struct kafc_place *place, int64_t next, int32_t epoch,
                      struct kafc_name *metadata, bool back);
/* Nothing of it is committed any more, and nothing is marked. */
void kafc__place_drop(struct kafc_place *place);
bool kafc__place_is_dirty(const struct kafc_place *place); /* something is to be committed */
void kafc__cp_start(struct kafc_consumer_partition *p,
                    kafc_position start); /* also the application's thread */
/* The position is not in the log: asks what the log holds, and then does what the reader's `reset` says. */
void kafc__cp_out_of_range(struct kafc_consumer_partition *p);
/* Was the topic deleted and made again? Then the position is in no log. Driver's thread. */
void kafc__cp_check_topic(struct kafc_consumer_partition *p);
/* It has been fetched to its stop. */
bool kafc__cp_is_through(const struct kafc_consumer_partition *p);
bool kafc__cp_is_low(
    const struct kafc_consumer_partition *p); /* so little is queued that more is to be fetched */
void kafc__cp_retry(struct kafc_consumer_partition *p); /* later, with back-off */
int64_t kafc__cp_end(const struct kafc_consumer_partition *p); /* as last heard (rule R10), or -1 */
int64_t kafc__cp_lag(const struct kafc_consumer_partition *p); /* to there, or KAFC_OFFSET_UNKNOWN */
/* Queues a notice behind what is queued; any but the first two kinds once, until something changes. false: out of
 * memory. */
bool kafc__cp_tell(struct kafc_consumer_partition *p, kafc_err code, int64_t offset,
                   const char *fmt, ...) KAFC_PRINTF(4, 5);
/* The same for no partition, or any; false: out of memory. */
bool kafc__consumer_tell(struct kafc_consumer *c, struct kafc_consumer_partition *from,
                         struct kafc_name *topic, int32_t partition, int64_t offset,
                         const kafc_error *what);
bool kafc__is_told(kafc_err told, kafc_err code);
/* Nothing is wrong with it any more, nor with its topic: what is told next is told anew. */
void kafc__cp_fine(struct kafc_consumer_partition *p);
bool kafc__consumer_all_done(const struct kafc_consumer *c); /* everything has reached its stop */
void kafc__consumer_give_up(struct kafc_consumer *c); /* all that is read, and all that is queued */
void kafc__cp_queue(struct kafc_consumer_partition *p,
                    struct kafc_fetched *b); /* behind what is there */
/* Drops what was fetched ahead, also from the hands of who reads it, so that a seek is immediate (rule R2). */
void kafc__cp_drop(struct kafc_consumer_partition *p);
void kafc__drop_fetched(struct kafc_list *batches);
void kafc__cp_pause(struct kafc_consumer_partition *p, bool on);
bool kafc__cp_is_done(const struct kafc_consumer_partition *p); /* read to its stop */
void kafc__cp_offer(struct kafc_consumer_partition *p);     /* there may be something for a taker */
void kafc__cp_end_claim(struct kafc_consumer_partition *p); /* if it is claimed */
void kafc__cp_state_get(const struct kafc_consumer_partition *p, kafc_reader_state *out);
void kafc__cp_seek(struct kafc_consumer_partition *p, kafc_position to);
void kafc__taker_put_back(
    struct kafc_taker *t); /* the batch of records, to be gone on with (rule R9) */
/* Claims that are still ending are waited for no more. Gives how many. */
int kafc__consumer_give_up_claims(struct kafc_consumer *c);
/* Gives back what paused partitions hold, to be fetched again: others have no room. false: that is nothing. */
bool kafc__consumer_make_room(struct kafc_consumer *c);
int64_t kafc__cp_position(const struct kafc_consumer_partition *p); /* next to deliver, or -1 */
void kafc__taker_init(struct kafc_taker *t, struct kafc_consumer *c);
void kafc__taker_fini(struct kafc_taker *t);             /* the taker's thread, without the lock */
void kafc__cp_settle(struct kafc_consumer_partition *p); /* a lookup has all it needs */
/* A whole request failed: keeps the reason for timeouts; true if it is for the application, since no retry helps. */
bool kafc__consumer_trouble(struct kafc_consumer *c, const kafc_error *err);
/* A node answered one. */
void kafc__consumer_answered(struct kafc_consumer *c, int32_t node);
/* But says nothing of a partition, or nothing that can be: that is trouble, too, until it says more. */
void kafc__cp_nonsense(struct kafc_consumer_partition *p, int32_t node, const char *what);
void kafc__cp_sense(const struct kafc_consumer_partition *p);
void kafc__consumer_lookups(struct kafc_consumer *c); /* sends what lookups are due */
/* Sends what comparisons of epochs are due; until they are answered nothing is fetched. */
void kafc__consumer_checks(struct kafc_consumer *c);
bool kafc__cp_is_checked(const struct kafc_consumer_partition *p);
void kafc__epoch_checks_free(struct kafc_consumer *c);
extern const char kafc__truncated[]; /* the reason, a clause */
void kafc__consumer_fetches(struct kafc_consumer *c);
/* How many bytes a request for n partitions may ask for: an even share of what the budget leaves, for who waits and one
 * who may follow. 0: none, wait until something is taken or answered. *crowded: not all who wait will get any. */
int32_t kafc__fetch_room(const struct kafc_consumer *c, const struct kafc_fetcher *f, size_t n,
                         size_t others, bool *crowded);
/* An answer of so many bytes came: the next may be larger. */
void kafc__fetch_adapt(struct kafc_fetcher *f, size_t got);
kafc_err kafc__fetch_fit(struct kafc_request *rq, kafc_error *err); /* its prepare() */
void kafc__consumer_work(
    struct kafc_consumer *c); /* both, and the timer; takes the lock itself, calls on_ready */
void kafc__fetcher_free(struct kafc_fetcher *f);

/* Sessions. A request is made by check for each partition, begin, add for each, forget; and answered. A partition
 * leaves before another one of its name may come: brokers add first and forget then. */
void kafc__session_init(struct kafc_session *s);
void kafc__session_fini(struct kafc_session *s);
void kafc__session_leave(struct kafc_consumer_partition *p); /* nobody reads it there any more */
/* Before begin: leaves the session of another node, or in which it is another topic of the same name. */
void kafc__session_check(struct kafc_consumer_partition *p, int32_t node);
bool kafc__session_begin(struct kafc_fetcher *f, bool by_id); /* false: out of memory */
enum kafc_session_word {
    KAFC_SESSION_NEWS, /* it must be named */
    KAFC_SESSION_KNOWN,
    KAFC_SESSION_NO_MEMORY
};
enum kafc_session_word kafc__session_add(struct kafc_fetcher *f, struct kafc_consumer_partition *p,
                                         const struct kafc_fetch_req_partition *rp);
void kafc__session_forget(struct kafc_fetcher *f);
void kafc__session_answered(struct kafc_fetcher *f, kafc_err code, int32_t id);
void kafc__lookup_free(struct kafc_lookup *l);

#endif
