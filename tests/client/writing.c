/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The stage of the writer's tests.
 */
#include "tests/client/writing.h"

#include <poll.h>

struct writing writing;

void writing_start(int32_t brokers)
{
    kafc_error err;
    writing.mock = kafc_mock_new(KAFC_MOCK(.brokers = brokers, .auto_create = KAFC_ON), &err);
    ck_assert_msg(writing.mock != NULL, "%s", err.message);
    ck_assert_int_eq(kafc_mock_create_topic(writing.mock, "t", 4, 0), KAFC_OK);
    writing.client = kafc_client_open(
        KAFC_CLIENT(.brokers = kafc_mock_bootstrap(writing.mock), .request_timeout_ms = 2000,
                    .retry_backoff_ms = 5, .retry_backoff_max_ms = 50, .reconnect_backoff_ms = 5,
                    .reconnect_backoff_max_ms = 50),
        &err);
    ck_assert_msg(writing.client != NULL, "%s", err.message);
}

void writing_stop(void)
{
    kafc_client_free(writing.client);
    kafc_mock_free(writing.mock);
}

kafc_writer *writing_open(const kafc_writer_options *o)
{
    kafc_error err;
    kafc_writer *w = kafc_writer_open(writing.client, o, &err);
    ck_assert_msg(w != NULL, "%s", err.message);
    return w;
}

int64_t writing_records(const char *topic, int32_t partition)
{
    kafc_mock_log l;
    ck_assert_int_eq(kafc_mock_log_get(writing.mock, topic, partition, &l), KAFC_OK);
    return l.high_watermark;
}

int64_t writing_all(const char *topic, int32_t partitions)
{
    int64_t sum = 0;
    for (int32_t i = 0; i < partitions; i++)
        sum += writing_records(topic, i);
    return sum;
}

void writing_await(const char *topic, int32_t partition, int64_t n)
{
    for (int i = 0; i < 5000 && writing_records(topic, partition) < n; i++)
        (void)poll(NULL, 0, 1);
    ck_assert_int_eq(writing_records(topic, partition), n);
}
