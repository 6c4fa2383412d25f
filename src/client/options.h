/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A table for the options of each object: it gives defaults, validation, the
 * setting by name, and docs/OPTIONS.md. Used when an object is opened, which
 * links its own table; names alone need them all. Constant tables; any thread.
 */
#ifndef KAFC_CLIENT_OPTIONS_H
#define KAFC_CLIENT_OPTIONS_H

#include <kafc/client.h>

enum kafc_option_kind {
    KAFC_OPTION_INT32,
    KAFC_OPTION_INT64,
    KAFC_OPTION_SWITCH, /* kafc_switch; true or false by name */
    KAFC_OPTION_ENUM,   /* an int with names */
    KAFC_OPTION_STRING,
    KAFC_OPTION_POSITION, /* kafc_position with names */
    KAFC_OPTION_OPAQUE    /* pointers: in the struct only */
};

struct kafc_choice {
    const char *name;
    int64_t value; /* of a position: its kind, to which a name that ends with a colon adds a duration */
};

struct kafc_option {
    enum kafc_option_kind kind;
    const char *field;    /* of the struct: "linger_ms" */
    const char *name;     /* Java's, "linger.ms"; NULL: none */
    const char *aliases;  /* "a,b" or NULL */
    size_t offset, width; /* of the member */
    int64_t dflt;         /* after kafc__options_resolve(); may stand outside [min, max] */
    int64_t min,
        max; /* of numbers and enums; a real zero is given as KAFC_ZERO and needs min <= 0 <= max */
    const char *text;                  /* default string, or NULL */
    const struct kafc_choice *choices; /* ended by a NULL name; or NULL */
    const char *(*names)(
        size_t i);   /* of a string: what it may be, NULL at the end; or NULL: anything */
    bool list;       /* such strings, separated by commas; or none */
    const char *doc; /* one line */
};

struct kafc_option_set {
    const char *object; /* "writer" */
    const struct kafc_option *row;
    size_t n;
    size_t size; /* of the options struct that this library knows */
};

extern const struct kafc_option_set kafc__client_options, kafc__writer_options,
    kafc__reader_options, kafc__conn_options, kafc__security_options, kafc__hooks_options;

/* All of them, for names. */
enum { KAFC_OPTION_SETS = 5 };
extern const struct kafc_option_set *const kafc__option_sets[KAFC_OPTION_SETS];

/* From the caller's struct (which may be older or newer than the library) to *out, the library's own struct: what the
 * caller set, else the property of the same meaning, else the default; KAFC_ZERO has become 0, and everything is in
 * its range. Defaults that depend on other options stay 0 (their row says so). Strings are the caller's, the
 * properties' or constant. KAFC_ERR_USAGE names the option. user may be NULL: all defaults. */
kafc_err kafc__options_resolve(const struct kafc_option_set *set, const void *user, void *out,
                               kafc_error *err);

/* A codec's level from a resolved option: of options KAFC_ZERO is "none was given" by then, of codecs it is level 0. */
static inline int32_t kafc__option_level(int32_t resolved)
{
    return resolved == KAFC_ZERO ? 0 : resolved == 0 ? KAFC_ZERO : resolved;
}

/* Of the strings of a resolved struct, together. */
size_t kafc__options_bytes(const struct kafc_option_set *set, const void *resolved);
/* Makes the strings of a resolved struct its own: one block, returned, to be freed with the struct; NULL when out of
 * memory (then nothing changed). */
char *kafc__options_keep(const struct kafc_option_set *set, void *resolved,
                         const kafc_allocator *mem);

/* What a choice looks like, for sentences and documents. */
const char *kafc__choice_text(const struct kafc_choice *c);

/* The known property name that is most like `name`, with at most `within` letters otherwise; NULL: there is none. */
const char *kafc__options_nearest(const char *name, size_t within);
/* How many single-letter edits lie between the two, capped; for suggestions elsewhere, too. */
unsigned kafc__edit_distance(const char *a, const char *b);

/* The value of a property by its row, or NULL. */
const char *kafc__properties_get(const kafc_properties *p, const struct kafc_option *row);

#endif
