/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the files of the producer share. Sending threads: producer_append.c.
 * The driver's thread: all the others. Fields say whose they are.
 */
#ifndef KAFC_CORE_PRODUCER_INTERNAL_H
#define KAFC_CORE_PRODUCER_INTERNAL_H

#include "core/batch.h"
#include "core/metadata.h"
#include "core/partitioner.h"
#include "core/producer.h"
#include "core/producer_crowd.h"
#include "core/producer_stats.h"
#include "core/txn.h"
#include "protocol/api/00_produce.h"
#include "protocol/api/02_list_offsets.h"
#include "protocol/api/22_init_producer_id.h"

enum {
    MEMORY_RETRY_US = 20000, /* pause before what failed for want of memory is tried again */
    NODE_IN_FLIGHT = 5,      /* requests on a connection: more would only be smaller ones */
};

struct kafc_part {
    /* sending threads and the driver */
    struct kafc_quick_lock lock;
    struct kafc_batch_out *open; /* lock */
    struct kafc_list full;       /* lock: sealed, oldest first, until the driver takes them */
    atomic_uint_least64_t taken; /* messages; counted with the lock, read without */
    atomic_bool dirty;           /* on producer->dirty: the driver will look at it */
    struct kafc_part *next_dirty;
    atomic_uint queued; /* sealed batches without a verdict */
    atomic_bool led;    /* has a leader that answers */
    atomic_bool slow; /* nothing came back while a sender waited; false again when something does */
    struct kafc_topic_out *topic;
    int32_t id;

    /* the driver's */
    struct kafc_list place; /* what it waits for: one of the producer's lists or a node's */
    struct kafc_list busy;  /* has batches without a verdict */
    struct kafc_list queue; /* all sealed batches without a verdict, in order */
    int32_t in_flight;
    int64_t retry_at;
    int64_t due_at; /* of the list it is on: lingering or backing_off */
    struct kafc_node_out *node;
    int64_t producer_id; /* under which next_sequence counts; -1: none yet */
    int16_t epoch;
    int32_t next_sequence;
    uint32_t numbered;    /* batches that got a sequence */
    bool proven;          /* the broker has acknowledged a batch of this epoch */
    bool hole;            /* a sequence will never be written: new ones need a new epoch */
    bool ghost;           /* or it will: of this epoch a batch has failed of which an attempt is astray */
    int32_t acknowledged; /* the sequence behind the last acknowledged batch of this epoch */
    int64_t log_end;      /* the offset behind it; -1: unknown */
    struct kafc_list txn; /* of a list of the transaction */
    uint32_t txn_nth;     /* the transaction that it was added to */
};

struct kafc_table {
    struct kafc_table *older; /* kept for threads that still read it */
    int32_t n;
    struct kafc_part *part[];
};

struct kafc_topic_out {
    char *name;
    struct kafc_list node;                   /* of the producer; lock: topics_lock */
    struct kafc_topic_out *next_new, *older; /* older: they are never taken off this list */
    _Atomic(struct kafc_table *) table; /* NULL until metadata is here and nothing waits any more */
    struct kafc_partitioner partitioner;
    struct kafc_batch_codec *zip; /* NULL: none */
    size_t largest_body;          /* of a message, as of kafc__batch_out_check, that can be taken */
    atomic_int limit; /* bytes of a batch; shrinks when the broker finds them too large */

    struct kafc_mutex lock;      /* of what follows */
    struct kafc_list waiting;    /* kafc_waiting */
    atomic_uint_least64_t taken; /* messages that had to wait; read without the lock */

    /* the driver's */
    struct kafc_list tableless;   /* of the producer, until there is one */
    struct kafc_table *made;      /* the newest table, published or not */
    struct kafc_meta_topic *meta; /* NULL: never asked for, or nobody has written for long */
    kafc_uuid id;                 /* as last seen: another one is another topic */
    int64_t used_at;
    kafc_err error;        /* why there is no table */
    int64_t unknown_since; /* UNKNOWN_TOPIC_OR_PARTITION is error since then */
    bool asked;            /* for those that wait, so that the next answer is news to them */
    int32_t scratch;       /* while a request is built */
};

/* A message of a topic without metadata: a batch of one without bytes, so that it can be given a verdict. */
struct kafc_waiting {
    struct kafc_batch_out batch;
    uint64_t serial;
    size_t size; /* taken from the budget */
    size_t body;
    int64_t timestamp;
    kafc_message message; /* its pointers lead behind this struct */
};

/* With acks 0, before the end. */
enum kafc_owes {
    KAFC_OWES_NOTHING,
    KAFC_OWES_QUESTION, /* something was sent to it since the last */
    KAFC_OWES_ANSWER
};

struct kafc_node_out {
    struct kafc_node_out *next;
    struct kafc_producer *p;
    int32_t id;
    int in_flight;
    int64_t mute_until;     /* throttled */
    bool silent, overdue;   /* owes an answer for too long; as it is being found out */
    struct kafc_list ready; /* partitions with something to send now */
    int32_t nready;
    enum kafc_owes owes;
    struct kafc_request barrier;
    struct kafc_list_offsets_req barrier_msg;
};

/* A Produce request on its way. */
struct kafc_flight {
    struct kafc_list node; /* of the producer: in flight or spare */
    struct kafc_producer *p;
    struct kafc_node_out *to;
    struct kafc_request rq;
    int64_t sent_at;
    int64_t expires_at; /* a batch's time ends before the request's; else INT64_MAX */
    struct kafc_produce_req req;
    struct kafc_arena arena;
    struct kafc_batch_out **batch; /* NULL: has its outcome, or is refused */
    int32_t n;
    struct kafc_chain
        *old; /* for a broker before 0.11: what is sent instead of batch[i], or NULL */
    struct kafc_refused {
        struct kafc_batch_out *batch;
        kafc_err code; /* KAFC_OK: it only has to wait for one in front of it (rule W5) */
        bool headers;  /* for the headers in it */
        const char *why;
    } * refused; /* batches that are not sent: the broker cannot hold them (rule W8) */
    int32_t nrefused;
};

enum kafc_id_state { KAFC_ID_NONE, KAFC_ID_ASKED, KAFC_ID_READY };

struct kafc_producer {
    struct kafc_member member;
    struct kafc_core *core;
    struct kafc_producer_config cfg;
    struct kafc_logger log;
    const struct kafc_partitioner_rule *rule;
    struct kafc_budget *budget;
    struct kafc_batch_pool pool;
    struct kafc_topic_codec {
        char *topic;
        struct kafc_batch_codec zip;
    } * topic_codec; /* ntopics of cfg */

    /* any thread */
    atomic_bool started;  /* pokes reach the core */
    atomic_bool refusing; /* closing: set before the driver looks at all partitions once more */
    atomic_int door;      /* KAFC_OK, or what senders are told; looked at with the lock of what they fill */
    atomic_bool closed, late;
    atomic_bool armed;   /* the driver will look at dirty within a linger by itself */
    atomic_bool woken;   /* by kafc__producer_wake */
    atomic_bool pressed; /* a sender found no room: nothing lingers */
    struct kafc_crowd crowd;
    atomic_bool room_wanted, roomy; /* for on_room: somebody waits for it; there was some since */
    _Atomic(struct kafc_part *) dirty;
    atomic_int_least64_t slots_free;
    atomic_bool slots_wanted; /* somebody found none since the last event for that */
    int32_t slot_bite;
    atomic_uint_least64_t waiting_serial, waiting_count, acknowledged, failed;
    struct kafc_topic_out *only; /* cfg.topic's */
    _Atomic(struct kafc_topic_out *) last;
    _Atomic(struct kafc_topic_out *) newest; /* for who walks without a lock */

    struct kafc_mutex topics_lock; /* of what follows */
    struct kafc_map topic_map;
    struct kafc_list topics;
    struct kafc_topic_out *new_topics;

    struct kafc_mutex lock; /* of what follows */
    struct kafc_list flushes;
    int64_t close_at; /* INT64_MAX: not closing */
    char why[256];

    struct kafc_mutex report_lock; /* of what follows */
    struct kafc_list reports;
    void (*on_waiting)(void *ctx, bool waiting); /* or NULL */
    void *waiting_ctx;
    bool told_waiting;

    /* the driver's */
    struct kafc_core_timer timer;
    struct kafc_list all; /* sealed batches without a verdict, by serial */
    uint64_t serial;
    struct kafc_list busy;
    struct kafc_list lingering, backing_off, homeless, without_id;
    int64_t ripe_until; /* whose linger ends until then leaves now */
    struct kafc_node_out *nodes;
    struct kafc_list flights, spare;
    struct kafc_list deliveries;     /* for on_report */
    struct kafc_list tableless;      /* topics; messages wait for no others */
    struct kafc_topic_out *unwanted; /* new ones for which kafc__meta_want() had no memory */
    struct kafc_arena arena;
    int64_t expire_at; /* no batch expires before; INT64_MAX: none can */
    int64_t ask_at;    /* look again at the homeless */
    int asks;
    int64_t memory_at;     /* try again what failed for want of memory */
    bool swept;            /* all partitions were looked at since refusing */
    bool troubled;         /* why says something */
    struct kafc_map words; /* sentences that reports point at, by themselves */
    int nwords;
    bool delivering, stopped, pooled;
    int inside;       /* how deep in entries from the core */
    kafc_err failing; /* of fail_everything */
    int32_t max_in_flight;
    struct kafc_txn *txn; /* or NULL */
    bool rush;            /* nothing lingers: a transaction is being committed */

    bool idempotent;
    kafc_err fatal; /* nothing is written any more: no id can be had, or it is no longer taken */
    const char *fatal_why;
    enum kafc_id_state id_state;
    int64_t producer_id;
    int16_t epoch;
    int id_attempts;
    int64_t id_at; /* ask (again) then */
    struct kafc_request id_rq;
    struct kafc_init_producer_id_req id_req;

    struct kafc_producer_stats stats; /* any thread reads */
};

/* producer_append.c */
/* A message on its way into a batch. */
struct kafc_putting {
    const kafc_message *m;
    size_t body; /* as of kafc__batch_out_check */
    int64_t timestamp;
    void *word; /* the caller's, or the entry of a write: then it is tagged */
    bool tagged;
    const struct kafc_waiting *from; /* it waited, and was counted when it came; or NULL */
    /* what became of it; false before */
    bool look, full; /* the driver has something new to see; a batch became full */
    bool between;    /* no batch is open now */
};
kafc_err kafc__producer_append(struct kafc_producer *p, struct kafc_part *part,
                               struct kafc_putting *w);
struct kafc_part *kafc__producer_choose(struct kafc_topic_out *t, struct kafc_table *table,
                                        const kafc_message *m, struct kafc_partition_view *v,
                                        bool *sticky, kafc_err *why);
void kafc__producer_poke(struct kafc_producer *p);
void kafc__producer_slots_give(struct kafc_producer *p, int64_t n);
static inline bool kafc__producer_wants_slots(const struct kafc_producer *p)
{
    return p->cfg.reports != KAFC_REPORTS_NONE && p->cfg.reports != KAFC_REPORTS_BATCHES;
}
void kafc__producer_room(struct kafc_producer *p); /* there is some; any thread, for on_room */

/* producer_codec.c */
/* KAFC_OK if codecs and levels are there and possible. */
kafc_err kafc__producer_codecs_check(const struct kafc_producer_config *cfg, kafc_error *err);
/* Copies what cfg says of topics; false: out of memory. */
bool kafc__producer_codecs_init(struct kafc_producer *p, const struct kafc_producer_config *cfg);
void kafc__producer_codecs_fini(struct kafc_producer *p);
struct kafc_batch_codec *kafc__producer_codec_of(struct kafc_producer *p, const char *topic);

/* producer_topic.c */
/* Any thread. NULL: *rc is KAFC_ERR_USAGE for a name that no broker takes, or KAFC_ERR_NO_MEMORY. */
struct kafc_topic_out *kafc__topic_out_get(struct kafc_producer *p, const char *name, kafc_err *rc,
                                           kafc_error *err);
void kafc__topic_out_free(struct kafc_producer *p, struct kafc_topic_out *t);
void kafc__producer_news(struct kafc_member *m, struct kafc_meta_topic *meta);
void kafc__producer_new_topics(struct kafc_producer *p);
/* Asks for the topic if nobody does (any more); false: out of memory. */
bool kafc__producer_want_topic(struct kafc_producer *p, struct kafc_topic_out *t);
void kafc__producer_topic_look(struct kafc_producer *p, struct kafc_topic_out *t);
void kafc__producer_topics_again(struct kafc_producer *p); /* those without a table */
void kafc__producer_want_waiting(struct kafc_producer *p);
void kafc__producer_waiting_expire(struct kafc_producer *p, int64_t now, int64_t *next);
/* Those that have waited too long by now; INT64_MAX: all. */
void kafc__producer_waiting_fail(struct kafc_producer *p, struct kafc_topic_out *t, kafc_err code,
                                 int64_t now);
void kafc__producer_waiting_fail_all(struct kafc_producer *p, kafc_err code);
/* Every partition that there is, busy or not. */
void kafc__producer_each_part(struct kafc_producer *p,
                              void (*fn)(struct kafc_producer *p, struct kafc_part *part));
/* One more where a lock is held: others only read. */
static inline void kafc__producer_take(atomic_uint_least64_t *taken)
{
    atomic_store_explicit(taken, atomic_load_explicit(taken, memory_order_relaxed) + 1,
                          memory_order_relaxed);
}
/* Messages, all in all; any thread, without a lock. */
uint64_t kafc__producer_taken(const struct kafc_producer *p);
void kafc__producer_unwant_topics(struct kafc_producer *p);
uint64_t kafc__producer_waiting_first(
    struct kafc_producer *p); /* the lowest serial; UINT64_MAX: none */

/* producer_place.c */
void kafc__producer_place(struct kafc_producer *p, struct kafc_part *part);
void kafc__producer_place_list(struct kafc_producer *p, struct kafc_list *list);
void kafc__producer_place_busy(struct kafc_producer *p);
struct kafc_batch_out *kafc__producer_take_next(struct kafc_producer *p, struct kafc_part *part);
void kafc__producer_take_open(struct kafc_producer *p, struct kafc_part *part);
int64_t kafc__producer_deadline(const struct kafc_producer *p, const struct kafc_batch_out *b);
void kafc__producer_expire(struct kafc_producer *p, int64_t now);

/* producer_silence.c */
void kafc__producer_look_led(struct kafc_producer *p, struct kafc_part *part); /* sets part->led */
void kafc__producer_look_silent(struct kafc_producer *p, int64_t now);

/* producer_send.c */
void kafc__producer_gather(struct kafc_producer *p);
/* Takes back the requests of which a batch has no time left; gives when the next one has none. */
int64_t kafc__producer_flights_expire(struct kafc_producer *p, int64_t now);
void kafc__producer_abandon(struct kafc_producer *p, struct kafc_flight *f);
void kafc__flight_free(struct kafc_producer *p, struct kafc_flight *f);

/* producer_old.c */
kafc_err kafc__producer_fit(struct kafc_request *rq,
                            kafc_error *err); /* prepare of a flight's request */
void kafc__flight_old_clear(struct kafc_flight *f);

/* producer_barrier.c */
/* Has every broker got through what it was sent without acknowledgement? Asks them. */
bool kafc__producer_got_through(struct kafc_producer *p);
/* No time is left for that. true: some have not. */
bool kafc__producer_give_up_barrier(struct kafc_producer *p);

/* producer_outcome.c */
struct kafc_outcome {
    kafc_err code;
    bool transport; /* the code is the request's, not the partition's */
    bool doubt;     /* the broker may have written it */
    bool astray;    /* or write it later */
    bool now;       /* a new leader is known: do not wait */
    bool headers;   /* it was not sent for the headers in it, which the broker cannot hold */
    int64_t base_offset, append_time, log_start;
    int32_t broker;
    const char *why; /* of the transport, from kafc__producer_words; or NULL */
    const struct kafc_produce_resp_partition *answer; /* or NULL */
};
void kafc__producer_outcome(struct kafc_producer *p, struct kafc_batch_out *b,
                            const struct kafc_outcome *o);

/* producer_split.c. false: it stays one, as there was nothing to part or no memory. */
enum kafc_split { KAFC_SPLIT_SIZE, KAFC_SPLIT_HEADERS };
bool kafc__producer_split(struct kafc_producer *p, struct kafc_batch_out *b, enum kafc_split by);

/* producer_id.c */
void kafc__producer_ask_id(struct kafc_producer *p);
/* What waits, and all that comes, fails with the code. */
void kafc__producer_forbid(struct kafc_producer *p, kafc_err code, const char *what,
                           const char *why);
/* May the partition send b (NULL: a batch that is still open)? Adopts or bumps the epoch if it has to. */
bool kafc__producer_id_ready(struct kafc_producer *p, struct kafc_part *part,
                             const struct kafc_batch_out *b);
/* A transaction has got an id or a new epoch. */
void kafc__producer_identify(struct kafc_producer *p, int64_t id, int16_t epoch);
void kafc__producer_number(struct kafc_producer *p,
                           struct kafc_batch_out *b); /* before each attempt */
void kafc__producer_renumber(struct kafc_part *part); /* all sequences of the queue are void */

/* producer_words.c */
/* The sentence, to be kept: NULL for none, for too many or too little memory. */
const char *kafc__producer_words(struct kafc_producer *p, const char *text, size_t len);
void kafc__producer_words_free(struct kafc_producer *p);
/* Notes what was said about an attempt that failed. */
void kafc__producer_blame(struct kafc_producer *p, struct kafc_batch_out *b,
                          const struct kafc_outcome *o);
/* Code and sentence for one record of a failed batch. Any thread. */
void kafc__batch_out_reason(const struct kafc_batch_out *b, int32_t record, kafc_report *r);

/* producer_settle.c */
void kafc__producer_settle(struct kafc_producer *p, struct kafc_batch_out *b, kafc_verdict verdict,
                           kafc_err code);
void kafc__producer_fail(struct kafc_producer *p, struct kafc_batch_out *b,
                         kafc_err code); /* verdict by b->doubt */
void kafc__producer_release(struct kafc_producer *p, struct kafc_batch_out *b);
void kafc__producer_deliver(struct kafc_producer *p);
void kafc__producer_event(struct kafc_producer *p);
void kafc__producer_end(struct kafc_producer *p); /* closed: no report comes any more */

/* producer.c */
/* Lets senders in (KAFC_OK) or not; a closed door stays closed. */
void kafc__producer_door(struct kafc_producer *p, kafc_err code);
/* Senders that came in before the door was shut are counted after it: each lock under which they look is taken. */
void kafc__producer_sweep(struct kafc_producer *p);
bool kafc__producer_nothing_left(const struct kafc_producer *p);
void kafc__producer_say(struct kafc_producer *p, kafc_log_level level, const char *fmt, ...)
    KAFC_PRINTF(3, 4);

#endif
