/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Two simple assignors for tests of groups: in turn, everything given up
 * first; and one that leaves what a member has as far as it is fair.
 */
#ifndef KAFC_TESTS_CORE_SHARING_H
#define KAFC_TESTS_CORE_SHARING_H

#include "core/group.h"

extern const struct kafc_group_assignor sharing_in_turn, sharing_kept;

#endif
