/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What to do about an error: by its class alone, after a table has said where
 * an API means something else by a code. Constant tables; any thread.
 */
#ifndef KAFC_CORE_RETRY_H
#define KAFC_CORE_RETRY_H

#include <kafc/error.h>

/* The class of a code in an answer of the API (key, -1 for errors of the transport). */
kafc_err_class kafc__retry_class(int16_t api, kafc_err code);

/* Is it that a broker does not believe us, or we do not believe it, or one lacks what the other needs (rule C5)? */
bool kafc__retry_refused(kafc_err code);

struct kafc_reaction {
    bool again;       /* the same request may succeed after a pause */
    bool refresh;     /* after metadata was refreshed */
    bool coordinator; /* after the coordinator was found again */
};
const struct kafc_reaction *kafc__retry_reaction(kafc_err_class cls);

#endif
