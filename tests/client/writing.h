/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the tests of the writer share: a mock with a topic "t" of 4 partitions
 * and a client. One test at a time.
 */
#ifndef KAFC_TESTS_WRITING_H
#define KAFC_TESTS_WRITING_H

#include "tests/support/suite.h"
#include <kafc/mock.h>
#include <kafc/stats.h>

struct writing {
    kafc_mock *mock;
    kafc_client *client;
};
extern struct writing writing;

void writing_start(int32_t brokers);
void writing_stop(void);
kafc_writer *writing_open(const kafc_writer_options *o);
int64_t writing_records(const char *topic, int32_t partition);
int64_t writing_all(const char *topic, int32_t partitions);
/* Until the partition holds n records (what nobody acknowledges arrives some time). */
void writing_await(const char *topic, int32_t partition, int64_t n);

#endif
