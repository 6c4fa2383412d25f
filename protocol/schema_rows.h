/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The vocabulary of rows. Its names are short and would clash: included last,
 * and only by the .c files of protocol/api (and tests that make up a table).
 * Each table defines MSG as its struct first; a row whose macro does not suit
 * its member does not compile.
 */
#ifndef KAFC_PROTOCOL_SCHEMA_ROWS_H
#define KAFC_PROTOCOL_SCHEMA_ROWS_H

#include "protocol/apis.h"

/* clang-format off */
#define AT_(m) (((MSG *)0)->m)
#define ROW_(m, T, K, wire, ...) \
    {.name = (wire), .off = offsetof(MSG, m), .kind = _Generic(AT_(m), T : (K)), __VA_ARGS__}
#define BOOL(m, ...)    ROW_(m, bool, KAFC_BOOL, __VA_ARGS__)
#define I8(m, ...)      ROW_(m, int8_t, KAFC_I8, __VA_ARGS__)
#define I16(m, ...)     ROW_(m, int16_t, KAFC_I16, __VA_ARGS__)
#define I32(m, ...)     ROW_(m, int32_t, KAFC_I32, __VA_ARGS__)
#define I64(m, ...)     ROW_(m, int64_t, KAFC_I64, __VA_ARGS__)
#define U16(m, ...)     ROW_(m, uint16_t, KAFC_U16, __VA_ARGS__)
#define F64(m, ...)     ROW_(m, double, KAFC_F64, __VA_ARGS__)
#define UUID(m, ...)    ROW_(m, kafc_uuid, KAFC_UUID, __VA_ARGS__)
#define STR(m, ...)     ROW_(m, kafc_str, KAFC_STRING, __VA_ARGS__)
#define BYTES(m, ...)   ROW_(m, kafc_bytes, KAFC_BLOB, __VA_ARGS__)
#define RECORDS(m, ...) ROW_(m, struct kafc_records, KAFC_RECORDS, __VA_ARGS__)

/* A struct inside the struct; PTR: one that may be null, held by a pointer, null by default; PTR_SOME: by default the
 * struct of its own defaults. */
#define STRUCT(m, type, wire, ...) \
    {.name = (wire), .off = offsetof(MSG, m), .kind = KAFC_STRUCT, \
     .sub = _Generic(AT_(m), struct type : &type##_schema), __VA_ARGS__}
#define PTR(m, type, wire, ...) PTR_SOME(m, type, wire, DEFAULT_NULL, __VA_ARGS__)
#define PTR_SOME(m, type, wire, ...) \
    {.name = (wire), .off = offsetof(MSG, m), .kind = KAFC_PTR, \
     .sub = _Generic(AT_(m), struct type * : &type##_schema), __VA_ARGS__}
/* An array of structs, and an array of anything else. */
#define ARR(m, type, wire, ...) \
    {.name = (wire), .off = offsetof(MSG, m), .kind = KAFC_ARR, .elem = KAFC_STRUCT, \
     .sub = _Generic(AT_(m).v, struct type * : &type##_schema), __VA_ARGS__}
#define LIST(m, wire, ...) \
    {.name = (wire), .off = offsetof(MSG, m), .kind = KAFC_ARR, .elem = ELEM_(AT_(m).v), __VA_ARGS__}
#define ELEM_(v) \
    _Generic((v), bool * : KAFC_BOOL, int8_t * : KAFC_I8, int16_t * : KAFC_I16, int32_t * : KAFC_I32, \
             int64_t * : KAFC_I64, uint16_t * : KAFC_U16, double * : KAFC_F64, kafc_uuid * : KAFC_UUID, \
             kafc_str * : KAFC_STRING, kafc_bytes * : KAFC_BLOB)

#define SINCE(a)    .on = {(a), 127}
#define RANGE(a, b) .on = {(a), (b) + 1}
#define NULLABLE(a) .null = {(a), 127}
#define NULL_RANGE(a, b) .null = {(a), (b) + 1}
#define TAG(t, a)   .tagged = {(a), 127}, .tag = (t)
#define DEFAULT(x)  .dflt = (x)
#define DEFAULT_NULL .null_default = true
#define IGNORABLE    .ignorable = true
#define PLAIN        .plain = true

#define ROWS(type) static const struct kafc_field type##_rows[]
#define SCHEMA_(type, wire, ...) \
    const struct kafc_schema type##_schema = {.name = (wire), .field = type##_rows, \
        .nfields = sizeof type##_rows / sizeof type##_rows[0], .size = sizeof(struct type), \
        .unknown = offsetof(struct type, unknown), __VA_ARGS__}
/* A struct inside a message. */
#define SCHEMA(type, wire) SCHEMA_(type, wire, .key = -1, .min = -1, .max = -1, .flex = -1)
/* A message: API key, versions, first flexible version. */
#define MESSAGE(type, wire, api, lo, hi, first_flex) \
    SCHEMA_(type, wire, .key = (api), .min = (lo), .max = (hi), .flex = (first_flex))
/* What is no request and no response: versions, first flexible version. */
#define DATA(type, wire, lo, hi, first_flex) MESSAGE(type, wire, -1, lo, hi, first_flex)
/* The key of a log's record; the record type is in front of it on the wire. */
#define LOG_KEY(type, wire, record_type) \
    SCHEMA_(type, wire, .key = -1, .min = 0, .max = 0, .flex = NEVER, .alias = (record_type))
/* Both messages of an API: key, highest version, first flexible one, first one that a client waits out
 * ThrottleTimeMs of, who answers. API_PICK: some versions are not to be negotiated. */
#define API(type, text, k, hi, first_flex, throttle, to) \
    API_PICK(type, text, k, hi, first_flex, throttle, to, 0, hi)
#define API_PICK(type, text, k, hi, first_flex, throttle, to, lo_pick, hi_pick) \
    const struct kafc_api type##_api = {.key = (k), .name = (text), .min = 0, .max = (hi), \
        .pick_min = (lo_pick), .pick_max = (hi_pick), .flex = (first_flex), .throttle_from = (throttle), \
        .route = (to), .req = &type##_req_schema, .resp = &type##_resp_schema}
/* of throttle and first_flex */
enum { NEVER = 127 };
/* clang-format on */

#endif
