/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A message, on both ways, and the named values of offsets.
 */
#ifndef KAFC_MESSAGE_H
#define KAFC_MESSAGE_H

#include <kafc/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A header of a record. Names may repeat and be empty, order is kept; the
 * name is not null, the value may be. Borrowed, as the message's bytes are. */
typedef struct kafc_header {
    kafc_str name;
    kafc_bytes value;
} kafc_header;

typedef enum kafc_timestamp_type {
    KAFC_TIME_NONE = 0,      /* the record has no timestamp */
    KAFC_TIME_CREATE = 1,    /* when the producer made it */
    KAFC_TIME_LOG_APPEND = 2 /* when the broker appended it */
} kafc_timestamp_type;

/* An offset that is not known: acks 0, or a duplicate of which the broker no longer knows the place. */
#define KAFC_OFFSET_UNKNOWN ((int64_t)-1)

/* A message. In the caller's memory; the bytes that it points at are borrowed
 * (whose they are and for how long stands with the call that gives or takes it).
 *
 * To write: set key, value, headers, and if wanted topic, to_partition,
 * timestamp; leave the rest zero. To forward a message that was read, copy
 * these fields: to_partition is zero in what a reader gives, so a forwarded
 * message is partitioned anew (rule V1).
 *
 * Read: everything is set but to_partition (rule V4). */
typedef struct kafc_message {
    kafc_bytes key;   /* NULL is null, length 0 is empty (rule V3) */
    kafc_bytes value; /* the same */
    const kafc_header *headers;
    int32_t nheaders;
    int32_t to_partition;  /* write: 0 the partitioner chooses, KAFC_ZERO partition 0, n > 0 partition n */
    const char *topic;     /* NUL-ended */
    int32_t partition;     /* read: where it came from */
    int32_t leader_epoch;  /* read: of its batch; -1 if the broker is too old to say */
    int64_t offset;        /* read: its own offset */
    int64_t timestamp;     /* ms since 1970; write: 0 now, KAFC_ZERO the epoch itself */
    kafc_timestamp_type timestamp_type; /* read */
    int32_t reserved32;
    uint64_t stamp;        /* read: the membership it was delivered under; opaque, 0 without a group */
    void *reserved[3];
} kafc_message;

/* A deep copy in one piece of memory from malloc(3), to be given back with
 * kafc_message_free(). NULL when out of memory. Any thread. */
KAFC_API kafc_message *kafc_message_dup(const kafc_message *m) KAFC_NODISCARD;
KAFC_API void kafc_message_free(kafc_message *m);

/* Where to read from. An offset is always the next one to read (rule V2). */
typedef enum kafc_position_kind {
    KAFC_POSITION_DEFAULT = 0, /* the reader's `start` option */
    KAFC_POSITION_FIRST,       /* the log's first offset */
    KAFC_POSITION_LAST,        /* the end as it is when resolved (rule R10) */
    KAFC_POSITION_OFFSET,      /* `value` */
    KAFC_POSITION_TIME,        /* the first record at or after `value` ms since 1970; none: the end */
    KAFC_POSITION_TAIL,        /* `value` before the end, not below the first */
    KAFC_POSITION_COMMITTED,   /* the group's committed offset */
    KAFC_POSITION_AGO,         /* as TIME, `value` ms before it is first looked up; stays there (rule R11) */
    KAFC_POSITION_CURRENT,     /* of a kafc_conn: `value` behind the present position; in front of it if negative */
    /* Of kafc_client_offsets() alone: */
    KAFC_POSITION_MAX_TIMESTAMP, /* the record with the greatest timestamp, the first of them; brokers from 3.0 on */
    KAFC_POSITION_FIRST_LOCAL,   /* the first one that is not in remote storage alone; brokers from 3.4 on */
    KAFC_POSITION_LAST_TIERED    /* the last one that is in remote storage; brokers from 3.9 on */
} kafc_position_kind;

typedef struct kafc_position {
    kafc_position_kind kind;
    int64_t value;
} kafc_position;

static inline kafc_position kafc_position_make(kafc_position_kind kind, int64_t value)
{
    kafc_position p = { kind, value };
    return p;
}
#define KAFC_FIRST        kafc_position_make(KAFC_POSITION_FIRST, 0)
#define KAFC_LAST         kafc_position_make(KAFC_POSITION_LAST, 0)
#define KAFC_AT(offset)   kafc_position_make(KAFC_POSITION_OFFSET, (offset))
#define KAFC_AT_TIME(ms)  kafc_position_make(KAFC_POSITION_TIME, (ms))
#define KAFC_AGO(ms)      kafc_position_make(KAFC_POSITION_AGO, (ms))
#define KAFC_TAIL(n)      kafc_position_make(KAFC_POSITION_TAIL, (n))
#define KAFC_COMMITTED    kafc_position_make(KAFC_POSITION_COMMITTED, 0)
#define KAFC_CURRENT(n)   kafc_position_make(KAFC_POSITION_CURRENT, (n))
#define KAFC_MAX_TIMESTAMP kafc_position_make(KAFC_POSITION_MAX_TIMESTAMP, 0)
#define KAFC_FIRST_LOCAL  kafc_position_make(KAFC_POSITION_FIRST_LOCAL, 0)
#define KAFC_LAST_TIERED  kafc_position_make(KAFC_POSITION_LAST_TIERED, 0)

/* A partition of a topic. */
typedef struct kafc_topic_partition {
    const char *topic; /* NUL-ended */
    int32_t partition;
} kafc_topic_partition;

/* How far a group has come in a partition: given to commits, and what a group has committed. An offset is the next one
 * to read (rule V2), and says that all below it is done with (rule R5). */
typedef struct kafc_offset {
    const char *topic;
    int32_t partition;
    int32_t leader_epoch; /* of the last message read. Given: 0 or -1 unknown, KAFC_ZERO: epoch 0. Told: -1 unknown */
    int64_t offset;       /* told: KAFC_OFFSET_UNKNOWN when none is committed, or it was not learned */
    const char *metadata; /* kept beside it; NULL: empty */
    uint64_t stamp;       /* given: of the message, by which what was lost since is refused (rule R6); 0: whatever is
                           * owned now */
    kafc_err result;      /* out, of this one (rule R7) */
    int32_t reserved32;
    void *reserved[2];
} kafc_offset;

/* All up to the message is done with. Borrows its topic. */
static inline kafc_offset kafc_offset_after(const kafc_message *m)
{
    kafc_offset o;
    memset(&o, 0, sizeof(o));
    o.topic = m->topic;
    o.partition = m->partition;
    o.leader_epoch = m->leader_epoch == 0 ? KAFC_ZERO : m->leader_epoch;
    o.offset = m->offset + 1;
    o.stamp = m->stamp;
    return o;
}

/* Compression of batches. Zero (none) is the default. */
typedef enum kafc_compression {
    KAFC_NONE = 0,
    KAFC_GZIP = 1,
    KAFC_SNAPPY = 2,
    KAFC_LZ4 = 3,
    KAFC_ZSTD = 4
} kafc_compression;

/* Which records of transactions are delivered. */
typedef enum kafc_isolation {
    KAFC_ISOLATION_DEFAULT = 0, /* read committed */
    KAFC_READ_COMMITTED = 1,
    KAFC_READ_UNCOMMITTED = 2
} kafc_isolation;

#ifdef __cplusplus
}
#endif
#endif
