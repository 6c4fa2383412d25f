/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The version of the library that is linked, as opposed to the header's.
 */
#include <kafc/base.h>

const char *kafc_version(void)
{
    return KAFC_VERSION;
}
