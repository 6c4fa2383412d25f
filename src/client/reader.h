/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the files of a reader share: reader.c (the object, taking messages),
 * reader_group.c (the group's part), reader_commit.c (commits). Application
 * threads.
 */
#ifndef KAFC_CLIENT_READER_H
#define KAFC_CLIENT_READER_H

#include "base/arena.h"
#include "client/assignors.h"
#include "client/client.h"
#include "core/consumer.h"
#include "core/consumer_group.h"
#include "io/wake.h"
#include <kafc/group.h>

struct kafc_reader {
    struct kafc_closable closable;
    kafc_client *client;
    struct kafc_consumer *consumer;
    struct kafc_taker *taker; /* the consumer's own */
    struct kafc_consumer_config cfg;
    char *strings;          /* of its options */
    struct kafc_mutex lock; /* of ready, events and closed, for waits alone */
    struct kafc_cond changed;
    bool ready;      /* something may be there since the last look of a fetch */
    struct kafc_wake watch; /* of kafc_reader_fd(), made when it is asked for: the lock, … */
    bool watched;           /* … and the same for the thread that reads */
    uint64_t events; /* the same, for others that wait */
    atomic_bool closed;
    atomic_uint holders; /* the application, and each claim: the last that lets go gives the memory back */
    atomic_bool woken;

    struct kafc_consumer_group *cg; /* NULL: no group */
    atomic_uint *polls;             /* of the group: who takes messages counts here */
    struct kafc_assignors assignors;
    struct kafc_metrics_source source, member_source;
    bool inside;       /* on_rebalance runs */
    bool aside;        /* it does, or a hook wants each message: fetch takes the long way */
    bool left;         /* close has left the group, … */
    kafc_error result; /* … and this came of it */
    kafc_message last; /* that kafc_reader_read() gave and has not marked; topic NULL: none */
    struct kafc_arena topics_arena;
    const char **topics; /* the subscription, sorted */
    int32_t ntopics;
    struct kafc_membership *membership; /* told last */
    struct kafc_arena committed;        /* strings that kafc_reader_committed() gave last */
};

/* reader.c */
/* The start of every call: usable at all? For those that may wait timeout_ms is not 0. */
kafc_err kafc__reader_enter(kafc_reader *r, int timeout_ms, kafc_error *err);
/* The same for calls that are not allowed inside on_rebalance. */
kafc_err kafc__reader_enter_outside(kafc_reader *r, int timeout_ms, const char *call,
                                    kafc_error *err);
uint64_t kafc__reader_events(kafc_reader *r);
/* Until there are others. false: the deadline has passed. */
bool kafc__reader_await(kafc_reader *r, uint64_t events, int64_t deadline);

void kafc__reader_hold(kafc_reader *r);
void kafc__reader_let_go(kafc_reader *r);

/* The start of calls that take something into *out. */
kafc_err kafc__reader_begin(kafc_reader *r, int timeout_ms, const char *call, const void *out,
                            kafc_error *err);
/* The message is about to be given out, and the hook is there. */
void kafc__reader_tell(const kafc_reader *r, const kafc_message *m);
/* After each look: *code says what came, or why nothing did, and then what the caller is told. true: to be tried again.
 * *deadline is 0 at first. What is left to take shows at the descriptor. */
bool kafc__reader_look_again(kafc_reader *r, int timeout_ms, int64_t *deadline, kafc_err *code,
                             kafc_error *err);
/* Says what and where, if it is not just that nothing was written. Any thread. */
kafc_err kafc__reader_timed_out(kafc_reader *r, kafc_error *err);

/* reader_group.c */
/* Options; no thread knows the reader yet. */
kafc_err kafc__reader_group_check(kafc_reader *r, const kafc_reader_options *asked,
                                  kafc_error *err);
kafc_err kafc__reader_group_start(kafc_reader *r, kafc_error *err);
void kafc__reader_group_fini(kafc_reader *r);
/* Runs on_rebalance for what has changed. Else than KAFC_OK: for the caller of fetch. */
kafc_err kafc__reader_notices(kafc_reader *r, kafc_error *err);
/* Leaves the group. quietly: on another thread than the reader's. */
kafc_err kafc__reader_leave(kafc_reader *r, bool for_good, bool quietly, int64_t deadline,
                            kafc_error *err);
void kafc__reader_sought(kafc_reader *r, const char *topic, int32_t partition); /* NULL: all */

/* reader_stats.c: in and out of kafc_stats_text() */
void kafc__reader_stats_start(kafc_reader *r);
void kafc__reader_stats_fini(kafc_reader *r);

#endif
