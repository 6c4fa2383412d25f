/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A cluster that denies things to who asks, and allows them again: the mock,
 * or, with KAFC_TEST_ADMIN, KAFC_TEST_CONTROLLER and KAFC_TEST_ALICE, a real
 * broker's listeners for a super user, the same at its controller, and for
 * alice, who logs in by PLAIN (tests/interop, case denied). It has topics "t"
 * and "u" of four partitions with a record each.
 */
#ifndef KAFC_TESTS_DENYING_H
#define KAFC_TESTS_DENYING_H

#include <kafc/kafc.h>
#include <kafc/mock.h>

extern kafc_mock *denying_mock; /* NULL: it is a real broker */

/* Opens raw_client, to whom things are denied; and ends it all. */
void denying_up(void);
void denying_down(void);
const char *denying_brokers(void);           /* of raw_client */
const kafc_security *denying_login(void);    /* its own, or NULL */

/* By who may do everything. */
void denying_put(const char *topic, int32_t partition);
void denying_delete_topic(const char *topic);
void deny(kafc_acl_resource resource, const char *name, kafc_acl_operation operation);
void allow(kafc_acl_resource resource, const char *name, kafc_acl_operation operation);

#endif
