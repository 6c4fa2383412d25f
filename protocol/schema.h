/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Messages as tables: a plain struct, and a row for each of its fields. One
 * walker for each thing that can be done to a message; all take the table.
 * The tables are constant; the walkers keep no state; any thread.
 */
#ifndef KAFC_PROTOCOL_SCHEMA_H
#define KAFC_PROTOCOL_SCHEMA_H

#include "base/arena.h"
#include "base/rand.h"
#include "protocol/wire.h"
#include <kafc/error.h>

struct kafc_json_out; /* json_text.h */

enum kafc_kind {
    KAFC_BOOL = 1, /* bool */
    KAFC_I8,
    KAFC_I16,
    KAFC_I32,
    KAFC_I64,
    KAFC_U16,
    KAFC_F64,     /* double */
    KAFC_UUID,    /* kafc_uuid */
    KAFC_STRING,  /* kafc_str */
    KAFC_BLOB,    /* kafc_bytes */
    KAFC_RECORDS, /* struct kafc_records */
    KAFC_STRUCT,  /* the struct itself, never null */
    KAFC_PTR,     /* a pointer to a struct, NULL is null */
    KAFC_ARR      /* KAFC_ARRAY of any of the above but PTR and ARR */
};

/* Versions, half open [lo, hi); all zero means never. */
struct kafc_range {
    int8_t lo, hi;
};

struct kafc_field {
    const char *name;              /* Kafka's name: JSON, logs, errors */
    const struct kafc_schema *sub; /* of a STRUCT or PTR, or of the elements of an array */
    int64_t dflt;                  /* value in versions that do not carry it */
    uint16_t off;                  /* of the member in the struct */
    uint8_t kind, elem;            /* enum kafc_kind; elem: of an array */
    struct kafc_range on, null, tagged;
    uint8_t tag;
    bool ignorable;    /* dropped silently when set in a version without it */
    bool null_default; /* the default is null, not empty */
    bool plain;        /* a string's length has two bytes in all versions: a header's ClientId */
};

/* Of a message, or of a struct inside one (min == max == flex == -1 then). Rows stand in the order of the wire. */
struct kafc_schema {
    const char *name; /* "MetadataResponse", "MetadataResponseTopic" */
    const struct kafc_field *field;
    uint16_t nfields;
    uint16_t size;    /* of the C struct */
    uint16_t unknown; /* offset of the member `struct kafc_tags unknown` */
    int16_t key;      /* of the API; -1: none */
    int8_t min, max;  /* versions that exist */
    int8_t flex;      /* first flexible version; 127: none */
    int8_t alias;     /* version 0's other number: Kafka 3 numbered log keys by record type; 0: none */
};

static inline bool kafc__in(struct kafc_range r, int v)
{
    return v >= r.lo && v < r.hi;
}

/* Sets every member to its default, those of nested structs too. Works for a message and for an element of an
 * array alike; every struct to be written starts with this (a zeroed string is null). */
void kafc__msg_defaults(const struct kafc_schema *s, void *msg);

/* n elements from the arena, set to their defaults; NULL when out of memory. */
void *kafc__msg_array(const struct kafc_schema *elem, int32_t n, struct kafc_arena *a);

/* The body's size on the wire, chains of records included; *spliced (may be NULL) is the part of it that chains
 * make up. Everything that can be wrong with a message is found here: KAFC_ERR_ENCODE names API, version and
 * field path; KAFC_ERR_UNSUPPORTED: no such version. */
KAFC_NODISCARD kafc_err kafc__msg_size(const struct kafc_schema *s, const void *msg,
                                       int16_t version, size_t *size, size_t *spliced,
                                       kafc_error *e);

/* Writes the body behind what the writer holds. Errors as of kafc__msg_size(); KAFC_ERR_NO_MEMORY. */
KAFC_NODISCARD kafc_err kafc__msg_encode(struct kafc_wr *w, const struct kafc_schema *s,
                                         const void *msg, int16_t version, kafc_error *e);

/* What decoding may cost: n bytes, right or wrong, make the arena give out KAFC_DECODE_FACTOR * n + KAFC_DECODE_SPARE
 * bytes at the most (the densest element takes 104 bytes of memory for 4 on the wire; the rest is for the element in
 * which the bytes end). It takes at most twice that and a chunk of 64 KB from the allocator. No recursion goes deeper
 * than the table. */
enum { KAFC_DECODE_FACTOR = 32, KAFC_DECODE_SPARE = 2048 };

/* Reads a body that fills the rest of the reader; bytes behind it are an error (kafc__msg_decode_front leaves
 * them in the reader instead). Strings, bytes and records point into the reader's bytes, arrays into the arena.
 * KAFC_ERR_PROTOCOL names API, version, field path and byte ("Topics[3].tags" is the section of tagged fields at the
 * end of an element); KAFC_ERR_NO_MEMORY; KAFC_ERR_UNSUPPORTED. After an error *msg holds nothing to rely on. */
KAFC_NODISCARD kafc_err kafc__msg_decode(struct kafc_rd *r, const struct kafc_schema *s, void *msg,
                                         int16_t version, struct kafc_arena *a, kafc_error *e);
KAFC_NODISCARD kafc_err kafc__msg_decode_front(struct kafc_rd *r, const struct kafc_schema *s,
                                               void *msg, int16_t version, struct kafc_arena *a,
                                               kafc_error *e);

/* Every member equal, null and empty told apart, unknown tags and the bits of doubles included. */
bool kafc__msg_equal(const struct kafc_schema *s, const void *a, const void *b);

/* Apache Kafka's JSON form. Like snprintf: writes at most cap bytes with a NUL, gives the length needed without
 * it. buf may be NULL when cap is 0. */
size_t kafc__msg_to_json(const struct kafc_schema *s, const void *msg, int16_t version, char *buf,
                         size_t cap);

/* The same, behind what *o holds, with the hook's text in place of each records field that is not null. The error is
 * the hook's, with the field's path; without a hook (NULL) there is none. */
struct kafc_json_hook {
    kafc_err (*records)(void *ctx, struct kafc_json_out *o, const struct kafc_records *rec,
                        kafc_error *e);
    void *ctx;
};
kafc_err kafc__msg_json_put(struct kafc_json_out *o, const struct kafc_schema *s, const void *msg,
                            int16_t version, const struct kafc_json_hook *hook, kafc_error *e);

/* A message that can be written in the version; arrays and bytes from the arena. false: out of memory. */
KAFC_NODISCARD bool kafc__msg_random(const struct kafc_schema *s, void *msg, int16_t version,
                                     struct kafc_rand *rnd, struct kafc_arena *a);

/* The fewest bytes that the struct can take on the wire, tagged section included. */
size_t kafc__schema_min_size(const struct kafc_schema *s, int16_t version, bool flex);

/* The table as text, one field a line. Like snprintf. */
size_t kafc__schema_text(const struct kafc_schema *s, char *buf, size_t cap);

#endif
