/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Names, texts and classes of the error codes, from the list in
 * <kafc/error.h>. Any thread.
 */
#include <kafc/error.h>

#define NAME_OF(name, code, cls, text) \
    case (code):                       \
        return #name;
#define TEXT_OF(name, code, cls, text) \
    case (code):                       \
        return text;
#define CLASS_OF(name, code, cls, text) \
    case (code):                        \
        return KAFC_CLASS_##cls;

/* The parameter is switched on as int: brokers send codes that the enum does not have. */
const char *kafc_err_name(kafc_err code)
{
    switch ((int)code) {
    case 0:
        return "OK";
        KAFC_ERRORS(NAME_OF)
    default:
        return "UNKNOWN";
    }
}

const char *kafc_err_text(kafc_err code)
{
    switch ((int)code) {
    case 0:
        return "no error";
        KAFC_ERRORS(TEXT_OF)
    default:
        return "an error code that this version does not know";
    }
}

kafc_err_class kafc_err_class_of(kafc_err code)
{
    switch ((int)code) {
    case 0:
        return KAFC_CLASS_NONE;
        KAFC_ERRORS(CLASS_OF)
    default:
        return KAFC_CLASS_FATAL;
    }
}
