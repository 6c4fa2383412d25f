/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Names, texts and classes of the error codes, from the list in
 * <kafc/error.h>. Any thread.
 */
#include <kafc/error.h>

#include <stddef.h>
#include <stdint.h>

#define OK(X)      X(OK, 0, NONE, "no error")
#define UNKNOWN(X) X(UNKNOWN, 0, FATAL, "an error code that this version does not know")

/* One block of characters and offsets into it: pointers would cost every program that links this 24 bytes each, for the
 * loader's sake. */
#define MEMBERS(name, code, cls, text) char name##_name[sizeof(#name)], name##_text[sizeof(text)];
#define STRINGS(name, code, cls, text) #name, text,
#define ROW(name, code, cls, text) \
    { (code), offsetof(struct strings, name##_name), offsetof(struct strings, name##_text), \
      KAFC_CLASS_##cls },

/* clang-format off */
struct strings {
    OK(MEMBERS) KAFC_ERRORS(MEMBERS) UNKNOWN(MEMBERS)
};
static const union {
    struct strings s;
    char at[sizeof(struct strings)];
} strings = { { OK(STRINGS) KAFC_ERRORS(STRINGS) UNKNOWN(STRINGS) } };

static const struct row {
    int16_t code;
    uint16_t name, text;
    uint8_t cls;
} rows[] = {
    OK(ROW) KAFC_ERRORS(ROW) UNKNOWN(ROW)
};
/* clang-format on */
enum { NROWS = sizeof(rows) / sizeof(rows[0]) };

/* Brokers send codes that the enum does not have: the last row. Success, by far the most frequent, is the first. */
static const struct row *find(int code)
{
    size_t i = 0;
    while (i < NROWS - 1 && rows[i].code != code)
        i++;
    return &rows[i];
}

const char *kafc_err_name(kafc_err code)
{
    return strings.at + find((int)code)->name;
}

const char *kafc_err_text(kafc_err code)
{
    return strings.at + find((int)code)->text;
}

kafc_err_class kafc_err_class_of(kafc_err code)
{
    return (kafc_err_class)find((int)code)->cls;
}
