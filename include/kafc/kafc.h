/* SPDX-License-Identifier: BSD-2-Clause
 *
 * All of kafc but the mock cluster (kafc/mock.h) and the codec
 * (kafc/protocol/).
 */
#ifndef KAFC_KAFC_H
#define KAFC_KAFC_H

#include <kafc/acls.h>
#include <kafc/assignor.h>
#include <kafc/base.h>
#include <kafc/client.h>
#include <kafc/cluster.h>
#include <kafc/configs.h>
#include <kafc/conn.h>
#include <kafc/error.h>
#include <kafc/features.h>
#include <kafc/group.h>
#include <kafc/groups.h>
#include <kafc/hooks.h>
#include <kafc/loop.h>
#include <kafc/message.h>
#include <kafc/producers.h>
#include <kafc/reader.h>
#include <kafc/replicas.h>
#include <kafc/security.h>
#include <kafc/stats.h>
#include <kafc/topics.h>
#include <kafc/transaction.h>
#include <kafc/users.h>
#include <kafc/writer.h>

#endif
