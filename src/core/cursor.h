/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A cursor over the batches of one fetched partition: sums checked,
 * compression undone, aborted and control records left out, on the thread that
 * reads (DESIGN 8.2). And kafc_batch, the unit in which a reader hands them over.
 */
#ifndef KAFC_CORE_CURSOR_H
#define KAFC_CORE_CURSOR_H

#include "base/frame.h"
#include "base/list.h"
#include "protocol/record/codec.h"
#include "protocol/record/read.h"
#include <kafc/reader.h>

/* A NUL-ended string that several threads hold. */
struct kafc_name {
    atomic_int refs;
    kafc_allocator mem;
    char s[];
};
struct kafc_name *kafc__name_new(const kafc_allocator *mem, const char *s);
struct kafc_name *kafc__name_ref(struct kafc_name *n);
void kafc__name_unref(struct kafc_name *n);

/* A transaction that was aborted: the records of this producer from here on, until its abort marker. */
struct kafc_aborted {
    int64_t producer_id;
    int64_t first_offset;
    bool active; /* the cursor is past first_offset and before the marker */
};

struct kafc_cursor {
    const kafc_allocator *mem;
    struct kafc_batches batches;
    int64_t next; /* offset of the next message to deliver; records below it are passed over */
    int64_t stop; /* records at or above it are not delivered; INT64_MAX: none */
    int64_t time_from, time_to; /* records outside are not delivered; INT64_MIN, INT64_MAX: all */
    bool check_crcs, read_committed;
    struct kafc_aborted *aborted;
    int32_t naborted;
    bool in_batch; /* `records` stands inside `batch` … */
    int64_t from;  /* … and this was `next` when it was opened */
    struct kafc_batch batch;
    struct kafc_record_cursor records;
    struct kafc_frame *plain;           /* the batch's records decompressed, or NULL */
    struct kafc_decompress *decompress; /* contexts, of whoever owns the cursor */
    kafc_header *headers;               /* of the current message */
    int32_t headers_cap;
};

/* mem and z must outlive the cursor; bytes [p, p + n) too. Everything else starts permissive: the caller sets next,
 * stop, …. */
void kafc__cursor_init(struct kafc_cursor *cur, const kafc_allocator *mem,
                       struct kafc_decompress *z, const void *p, size_t n);
/* A batch that decompresses to more than this is taken for a bomb. */
enum { KAFC_PLAIN_MAX = 1 << 30 };
void kafc__cursor_fini(struct kafc_cursor *cur);
/* Sets key, value, headers, offset, timestamp, leader epoch of *m. KAFC_ERR_END_OF_RANGE: no more; `next` then is
 * behind the last batch, holes and markers included (rule R10). Errors name the offset and are final, but for
 * KAFC_ERR_NO_MEMORY: the next call tries the same message again. */
kafc_err kafc__cursor_next(struct kafc_cursor *cur, kafc_message *m, kafc_error *err);

enum kafc_fetched_kind {
    KAFC_FETCHED_RECORDS,
    KAFC_FETCHED_NOTICE /* code and sentence instead of records, kept in order with them */
};

struct kafc_consumer_partition;
struct kafc_place; /* core/consumer_internal.h */
void kafc__place_unref(struct kafc_place *place); /* NULL is ignored */

struct kafc_fetched {
    struct kafc_list node;
    kafc_allocator mem;
    enum kafc_fetched_kind kind;
    struct kafc_name *topic;
    int32_t partition;
    struct kafc_frame *frame; /* what the records borrow from */
    /* what a reader really holds (DESIGN 8.6): frame and plain count; NULL: nobody counts */
    struct kafc_budget *budget;
    size_t size; /* of what waits in its partition */
    int64_t high_watermark, last_stable, log_start; /* as its answer says, or -1 */
    int32_t throttle_ms;                            /* the same */
    int64_t next_offset;      /* behind all of it */
    int32_t last_epoch;       /* leader epoch of its last batch, -1 unknown */
    uint64_t stamp;           /* of the membership that it is delivered under, or 0 */
    struct kafc_place *place; /* where its messages are marked, or NULL */
    int64_t messages;         /* in it, as its batches say */
    struct kafc_decompress decompress; /* unless the reader lends its own */
    struct kafc_cursor cursor;
    struct kafc_consumer_partition *from; /* while the reader has it */
    kafc_error *notice;                   /* NOTICE */
    int64_t offset;                       /* NOTICE: the message's offset */
};

/* Kind RECORDS, its cursor over [p, p + n), which lie in frame (referenced). budget, or NULL, counts what is
 * decompressed. NULL when out of memory. */
struct kafc_fetched *kafc__fetched_new(const kafc_allocator *mem, struct kafc_budget *budget,
                                       struct kafc_name *topic, int32_t partition,
                                       struct kafc_frame *frame, const void *p, size_t n);
/* The next message, all of it (rule V4), if nothing has to be done for it; else false, and it is left to the other. */
bool kafc__fetched_plain(struct kafc_fetched *b, kafc_message *m);
/* The next message, all of it; ends as kafc__cursor_next does. */
kafc_err kafc__fetched_next(struct kafc_fetched *b, kafc_message *m, kafc_error *err);

#endif
