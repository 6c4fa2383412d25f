/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the structs of messages are made of, besides kafc_str, kafc_bytes and
 * kafc_uuid: arrays, record blobs, tagged fields that nobody knows. Included
 * by every protocol/api header; any thread.
 */
#ifndef KAFC_PROTOCOL_TYPES_H
#define KAFC_PROTOCOL_TYPES_H

#include <kafc/base.h>

/* An array member. n == -1 is null, n == 0 empty (v is not looked at then). Borrowed by encode; decode takes v
 * from the arena. Zeroed memory is an empty array, but a null string: kafc__msg_defaults() first. */
#define KAFC_ARRAY(T) \
    struct { \
        T *v; \
        int32_t n; \
    }

struct kafc_seg;

/* A field of record batches, opaque here. p == NULL and chain == NULL is null. When chain is not NULL its
 * segments' `len` bytes stand in for p: encode then writes the length and leaves a splice (wire.h) instead of
 * copying. len is the total in both cases. Decode borrows p from the bytes it reads and never sets chain. */
struct kafc_records {
    const void *p;
    int32_t len;
    const struct kafc_seg *chain;
};

/* A tagged field that the rows do not know, kept as it came so that it can be written back. */
struct kafc_tag {
    uint32_t tag;
    kafc_bytes data;
};

/* Ascending by tag, none of them known to the struct's rows at the version. */
struct kafc_tags {
    const struct kafc_tag *v;
    int32_t n;
};

struct kafc_schema;
#define KAFC_DECLARE_SCHEMA(type) extern const struct kafc_schema type##_schema
struct kafc_api; /* apis.h */
#define KAFC_DECLARE_API(type) extern const struct kafc_api type##_api

#endif
