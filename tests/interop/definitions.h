/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Apache Kafka's own definitions of its messages, as its jars carry them: JSON
 * with comments, read into structs. What is wrong with a file ends the program:
 * this is for tests. One thread.
 */
#ifndef TESTS_INTEROP_DEFINITIONS_H
#define TESTS_INTEROP_DEFINITIONS_H

#include "protocol/schema.h"

/* Half open; all zero means never. */
struct range {
    int lo, hi;
};

struct definition_field {
    const char *name;
    const char *type; /* without the [] of an array */
    bool array;
    enum kafc_kind kind; /* of an element if it is an array */
    struct range on, null, tagged;
    int tag; /* -1: none */
    bool ignorable, null_default;
    bool plain;   /* never in the compact form */
    int64_t dflt; /* true is 1 */
    struct definition_field *sub;
    size_t nsub;
};

struct definition {
    const char *name;
    const char *type; /* "request", "coordinator-key"… */
    int key;          /* apiKey; -1: none */
    struct range valid;
    int flex;      /* first flexible version; 127: none */
    bool unstable; /* the last version is not final */
    bool on_broker, on_controller,
        on_zookeeper; /* whose listeners take it; the last: a broker's that has ZooKeeper */
    struct definition_field *field;
    size_t n;
};

struct definitions {
    struct definition *v;
    size_t n;
};

/* Every *.json of the folder. Lives as long as the program. */
struct definitions definitions_read(const char *folder);
/* NULL: there is none of that name. */
const struct definition *definitions_find(const struct definitions *d, const char *name);

#endif
