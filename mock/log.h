/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The log of one partition: batches as they were received, with offset and
 * leader epoch filled in, and what a leader knows of their producers. Used by
 * the mock's cluster, on whichever thread drives it.
 */
#ifndef KAFC_MOCK_LOG_H
#define KAFC_MOCK_LOG_H

#include "base/map.h"
#include "protocol/wire.h"
#include <kafc/error.h>

enum {
    KAFC_MBATCH_HEADER = 61,
    KAFC_MBATCH_LOG_APPEND = 8, /* bits of the attributes */
    KAFC_MBATCH_TXN = 16,
    KAFC_MBATCH_CONTROL = 32,
    KAFC_MLOG_RECENT = 5 /* batches of a producer whose repetition is recognised */
};

/* A batch of format 2, its header read. */
struct kafc_mbatch {
    const uint8_t *p;
    size_t len;
    int16_t attributes;
    int32_t last_delta, count;
    int64_t base_timestamp, max_timestamp;
    int64_t producer;
    int16_t epoch;
    int32_t sequence;
};

struct kafc_mbatch_rules {
    const kafc_allocator *mem;
    int32_t max_bytes;
    bool compact;          /* keys must not be null */
    bool zstd;             /* allowed */
    int64_t before, after; /* timestamps below and above are refused; INT64_MIN, INT64_MAX: none */
};

/* Reads the header and compares length, magic and sum. KAFC_ERR_CORRUPT_MESSAGE or KAFC_ERR_INVALID_RECORD; *why is
 * static text. n covers exactly one batch. */
kafc_err kafc__mbatch_read(const void *p, size_t n, struct kafc_mbatch *b, const char **why);
/* The checks of a broker on what a producer sends, after kafc__mbatch_read(). *record: which one is wrong, or -1. */
kafc_err kafc__mbatch_check(const struct kafc_mbatch *b, const struct kafc_mbatch_rules *rules,
                            const char **why, int32_t *record);

struct kafc_mentry { /* a batch in the log */
    int64_t base, last, max_timestamp, producer;
    int32_t epoch;
    uint32_t count;
    uint32_t seg, pos, len;
};

struct kafc_mseg;

struct kafc_maborted {
    int64_t producer, first, last; /* last: its marker */
};

struct kafc_mlog {
    const kafc_allocator *mem;
    int64_t start, end;
    struct kafc_mentry *entry; /* [first, n) are alive */
    size_t first, n, cap;
    struct kafc_mseg **seg; /* NULL: freed */
    uint32_t nseg, segcap;
    struct kafc_map producers;
    int open; /* transactions */
    struct kafc_maborted *aborted;
    size_t naborted, abortedcap;
    int64_t forced_stable; /* or -1 */
    int64_t retention;     /* bytes, 0: none */
    int64_t bytes;
    bool old_unknown; /* producers without state and with sequences above 0 are unknown */
};

void kafc__mlog_init(struct kafc_mlog *l, const kafc_allocator *mem, int64_t retention);
void kafc__mlog_fini(struct kafc_mlog *l);

/* Is the batch the next one of its producer? KAFC_OK, or KAFC_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER,
 * KAFC_ERR_INVALID_PRODUCER_EPOCH, KAFC_ERR_UNKNOWN_PRODUCER_ID. *again (or -1): it is there already, at this
 * offset. */
kafc_err kafc__mlog_sequence(const struct kafc_mlog *l, const struct kafc_mbatch *b,
                             int64_t *again);

/* Appends; append_time >= 0 becomes the timestamp of all records. KAFC_ERR_NO_MEMORY, with nothing changed. */
kafc_err kafc__mlog_append(struct kafc_mlog *l, const struct kafc_mbatch *b, int32_t leader_epoch,
                           int64_t append_time, int64_t *offset);

int64_t kafc__mlog_stable(const struct kafc_mlog *l); /* last stable offset */
/* The index of the batch that holds the offset, or of the first one behind it; l->n: none. */
size_t kafc__mlog_find(const struct kafc_mlog *l, int64_t offset);
const uint8_t *kafc__mlog_bytes(const struct kafc_mlog *l, const struct kafc_mentry *e);
/* Batches in one piece from the one that holds `offset` on, that end below `end`; at most max bytes, but one batch at
 * least if `whole`. The last one may be cut off in the middle, as brokers do; *next is the offset behind the last whole
 * one. *n 0: nothing. */
const uint8_t *kafc__mlog_read(const struct kafc_mlog *l, int64_t offset, int64_t end, size_t max,
                               bool whole, size_t *n, int64_t *next);
/* Bytes that could be read from the offset on, up to `enough`. */
size_t kafc__mlog_available(const struct kafc_mlog *l, int64_t offset, int64_t end, size_t enough);
/* The end of what was written in `epoch` or before, and the epoch that it belongs to (-1: none). */
int32_t kafc__mlog_epoch_end(const struct kafc_mlog *l, int32_t epoch, int32_t current,
                             int64_t *end);
/* Whether the transaction's records lie within [from, end). */
bool kafc__maborted_in(const struct kafc_maborted *a, int64_t from, int64_t end);

void kafc__mlog_delete(struct kafc_mlog *l, int64_t before);
kafc_err kafc__mlog_truncate(struct kafc_mlog *l, int64_t end);
void kafc__mlog_forget(struct kafc_mlog *l);
/* Whether a transaction of this epoch is open here. */
bool kafc__mlog_ongoing(const struct kafc_mlog *l, int64_t producer, int16_t epoch);
/* What is known of each producer; *i begins with 0; false: there are no more. */
struct kafc_mproducer {
    int64_t id, last_timestamp, txn_first; /* -1: none */
    int32_t last_sequence;
    int16_t epoch;
    bool marked; /* a transaction of it has ended */
};
bool kafc__mlog_producer_next(const struct kafc_mlog *l, size_t *i, struct kafc_mproducer *out);
/* The epoch of the producer's last batch, or -1. */
int16_t kafc__mlog_producer_epoch(const struct kafc_mlog *l, int64_t producer);

#endif
