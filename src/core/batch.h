/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A batch on its way out: a chain of segments that holds the header and the
 * records in wire form, compressed as it fills, and a slot for each message
 * whose report is wanted. Filled by sending threads under their partition's
 * lock, sealed by whoever closes it, then the driver's.
 */
#ifndef KAFC_CORE_BATCH_H
#define KAFC_CORE_BATCH_H

#include "base/list.h"
#include "base/seg.h"
#include "protocol/record/batch.h"
#include "protocol/record/codec.h"
#include <kafc/writer.h>

enum { KAFC_BATCH_CONTEXTS = 8 };

/* A codec, its level, and the contexts that wait for a batch: they are big, so those that are being filled share
 * them. Begins zeroed but for codec and level. */
struct kafc_batch_codec {
    const struct kafc_codec *codec; /* NULL: none */
    int32_t level;
    struct kafc_compress *context[KAFC_BATCH_CONTEXTS]; /* lock of the pool */
    int ncontext;
};
void kafc__batch_codec_fini(struct kafc_batch_codec *zip);

/* What the batches of a producer share. Any thread. */
struct kafc_batch_pool {
    kafc_allocator mem;
    struct kafc_seg_pool *segs;  /* inside the budget */
    struct kafc_seg_pool *slots; /* report slots are counted one by one, not in bytes */
    struct kafc_batch_codec zip; /* of batches for which nobody says another */
    struct kafc_mutex lock;      /* of what follows */
    struct kafc_batch_out *free;
};

bool kafc__batch_pool_init(struct kafc_batch_pool *bp, const kafc_allocator *mem,
                           struct kafc_budget *budget, const struct kafc_codec *codec,
                           int32_t level);
void kafc__batch_pool_fini(struct kafc_batch_pool *bp); /* its batches are gone */

struct kafc_batch_out {
    /* the short way in (core/batch_put.h), in the first line of the cache: a message touches nothing else */
    unsigned char *at;  /* where the next record goes */
    uint64_t *slot;     /* and the next slot */
    uint32_t room;      /* bytes that may be put there; 0: the long way, now or always */
    uint32_t slot_room; /* slots */
    int64_t base_timestamp, max_timestamp;
    int32_t count;
    bool sealed; /* no more records; chain and crc are complete */
    bool broken; /* memory ran out half-way: it can only fail */
    bool hurry;  /* somebody waits: no linger */
    bool one_tagged;

    /* what it holds, but for what the short way has put since it was opened */
    struct kafc_chain chain;      /* header and records as they are sent */
    struct kafc_seg *raw;         /* with compression: records that are not compressed yet */
    struct kafc_compress *z;      /* with compression, once a segment was filled */
    struct kafc_batch_codec *zip; /* NULL: not compressed: nobody wants it, or it does not shrink */

    /* whose verdicts are wanted */
    struct kafc_chain slots;
    void *one; /* of a single message that waits for metadata; then slots is empty */
    int32_t nslots, ntagged;
    uint32_t slot_credit; /* taken from the producer's report_slots and not used */

    size_t plain;              /* bytes of records that went through the codec */
    uint32_t crc;              /* of the records, CRC-32C */
    struct kafc_seg *unsummed; /* the first segment that is not in crc */

    struct kafc_list node; /* of its partition, later of the reports */
    struct kafc_list all;  /* of the producer: all closed batches without a verdict, by serial */
    void *owner;           /* the partition, or NULL: a message that waits for metadata */
    const char *topic;     /* for reports */
    int32_t partition;     /* or -1 */

    /* the producer's */
    uint64_t serial;   /* order of closing, over all partitions */
    int64_t opened_at; /* µs; 0: the driver fills it in */
    bool doubt;        /* an attempt ended without an answer: it may be in the log */
    bool astray;       /* such an attempt, under its present number, may still be on its way to the leader */
    bool again;        /* was sent before: one at a time, in order */
    bool flying;       /* in a request */
    bool counted;      /* in the statistics of batches */
    int attempts;
    int32_t sent; /* attempts that reached the network */
    int64_t producer_id;
    int32_t sequence; /* -1: none yet */
    uint32_t nth;     /* of the batches of its partition that got a sequence */
    int16_t epoch;
    kafc_err cause; /* of the last failed attempt */

    /* its verdict; base_offset is KAFC_OFFSET_UNKNOWN unless told */
    kafc_verdict verdict;
    kafc_err code;
    const char *why; /* the sentence behind code, or NULL; the producer's */
    int32_t broker;  /* that answered, or was asked last; -1: none */
    struct kafc_bad_record {
        int32_t record;
        const char *why; /* or NULL */
    } * bad;             /* in order: what the broker refuses it for; or NULL */
    int32_t nbad;
    int64_t base_offset, append_time;
    struct kafc_seg *slot_seg; /* the cursor of slots */
    uint32_t slot_at;
    int32_t slot_index;
    int32_t unread; /* reports that were not collected */
};

/* From the free list; NULL: out of memory. Compressed as the pool says; until the first record, zip may be set. */
struct kafc_batch_out *kafc__batch_out_new(struct kafc_batch_pool *bp, void *owner);
/* Gives everything back, the struct to the free list. */
void kafc__batch_out_free(struct kafc_batch_pool *bp, struct kafc_batch_out *b);
/* Gives the bytes back and keeps the slots (rule W7). */
void kafc__batch_out_drop_bytes(struct kafc_batch_pool *bp, struct kafc_batch_out *b);

enum kafc_put {
    KAFC_PUT_OK,
    KAFC_PUT_FULL,     /* not put: seal this one, open another */
    KAFC_PUT_NO_ROOM,  /* not put: the budget is used up */
    KAFC_PUT_NO_MEMORY /* not put; if b->broken, what was in the batch is lost as well */
};

/* Bytes of the record on the wire, without what depends on its place in the batch. KAFC_ERR_USAGE for lengths that make
 * no sense, KAFC_ERR_TOO_LARGE above 2^31. */
kafc_err kafc__batch_out_check(const kafc_message *m, size_t *body, kafc_error *err);
/* Appends a record. body: as of kafc__batch_out_check. limit: bytes of the whole batch on the wire; the first record is
 * always taken. over: beyond the budget, for what was accepted already. */
enum kafc_put kafc__batch_out_put(struct kafc_batch_pool *bp, struct kafc_batch_out *b,
                                  const kafc_message *m, size_t body, int64_t timestamp,
                                  size_t limit, bool over);
/* Opens the short way for records that the same limit allows, and for slots that the batch has credit for; closes it,
 * which everything else here wants to be done before, but for seal. */
void kafc__batch_out_open(struct kafc_batch_out *b, size_t limit);
void kafc__batch_out_shut(struct kafc_batch_out *b);
/* Room for one more slot; false: out of memory. Then put cannot fail. */
bool kafc__batch_out_slot_room(struct kafc_batch_pool *bp, struct kafc_batch_out *b);
void kafc__batch_out_slot_put(struct kafc_batch_out *b, void *word, bool tagged);
/* Puts the cursor in front of the first slot; core/batch_slots.h walks them. */
void kafc__batch_out_slot_rewind(struct kafc_batch_out *b);

/* A sealed batch with its header, in one piece; a new reference. NULL: out of memory. */
struct kafc_frame *kafc__batch_out_flat(const struct kafc_batch_pool *bp,
                                        const struct kafc_batch_out *b);
/* The bytes that it takes on the wire at most, now. */
size_t kafc__batch_out_bytes(const struct kafc_batch_out *b);
/* No more records: compresses and sums what is left. KAFC_OK, or the batch is broken: KAFC_ERR_NO_MEMORY. */
kafc_err kafc__batch_out_seal(struct kafc_batch_pool *bp, struct kafc_batch_out *b,
                              kafc_error *err);
/* Writes the header of a sealed batch for an attempt. sequence -1: not idempotent (id and epoch -1 as well). */
void kafc__batch_out_header(struct kafc_batch_out *b, int64_t producer_id, int16_t epoch,
                            int32_t sequence, bool transactional);

#endif
