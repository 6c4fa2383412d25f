/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Messages of formats 0 and 1, from before Kafka 0.11: what old segments still
 * hold and old brokers still want. Each has its own CRC-32; a compressed set is
 * the value of one message around it. read.h reads them like any other batch;
 * here is one message by itself, to read and to write. Pure: any thread.
 */
#ifndef KAFC_RECORD_MESSAGE_H
#define KAFC_RECORD_MESSAGE_H

#include "protocol/record/batch.h"

enum {
    KAFC_MESSAGE_OVERHEAD_V0 = 14, /* behind offset and size, without the bytes of key and value */
    KAFC_MESSAGE_OVERHEAD_V1 = 22  /* with a timestamp */
};

/* A message on the wire. Key and value are borrowed. */
struct kafc_wire_message {
    int64_t offset;    /* in a compressed set of format 1: relative to the set's first */
    size_t size;       /* all of it, offset and size included */
    int8_t magic;      /* 0 or 1 */
    int8_t attributes; /* KAFC_BATCH_CODEC, KAFC_BATCH_LOG_APPEND_TIME (format 1) */
    uint32_t crc;
    int64_t timestamp; /* -1: none; format 0 has none */
    kafc_bytes key, value;
};

/* Parses the message at p, which must be there as a whole. NULL, or what is wrong: a clause, static. */
const char *kafc__message_parse(const uint8_t *p, size_t n, struct kafc_wire_message *m);
/* Does the CRC fit? */
bool kafc__message_crc_ok(const uint8_t *p, const struct kafc_wire_message *m);

/* The bytes of the message; 0 if it would be more than 2^31 - 1. Only magic, key and value are looked at. */
size_t kafc__message_size(const struct kafc_wire_message *m);
/* Writes it to p, where that many bytes fit, with its CRC; returns the end. Sets m->size and m->crc. (A set that
 * is compressed with lz4 for format 0 needs Java's old header checksum: byte 6 of what kafc writes is then 0x1a.) */
uint8_t *kafc__message_put(uint8_t *p, struct kafc_wire_message *m);
/* The same piece by piece; false as soon as put says so. */
bool kafc__message_put_pieces(struct kafc_wire_message *m,
                              bool (*put)(void *ctx, const void *p, size_t n), void *ctx);
/* What stands in front of the key's bytes, at most 30, its length included, but for the CRC; m->size must be set.
 * Returns how many bytes that is. */
size_t kafc__message_put_front(uint8_t *p, const struct kafc_wire_message *m);

#endif
