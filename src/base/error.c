/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Names, texts and classes of the error codes, from the list in
 * <kafc/error.h>. Any thread.
 */
#include <kafc/error.h>

struct row {
    int code;
    kafc_err_class cls;
    const char *name, *text;
};

#define ROW(name, code, cls, text) { (code), KAFC_CLASS_##cls, #name, text },
static const struct row rows[] = {
    { 0, KAFC_CLASS_NONE, "OK", "no error" }, /* clang-format off */
    KAFC_ERRORS(ROW) /* clang-format on */
};

static const struct row unknown = { 0, KAFC_CLASS_FATAL, "UNKNOWN",
                                    "an error code that this version does not know" };

/* Brokers send codes that the enum does not have. Success, by far the most frequent, is the first row. */
static const struct row *find(int code)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (rows[i].code == code)
            return &rows[i];
    return &unknown;
}

const char *kafc_err_name(kafc_err code)
{
    return find((int)code)->name;
}

const char *kafc_err_text(kafc_err code)
{
    return find((int)code)->text;
}

kafc_err_class kafc_err_class_of(kafc_err code)
{
    return find((int)code)->cls;
}
