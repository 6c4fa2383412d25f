/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Copies of messages are whole, and stand by themselves.
 */
#include <stdlib.h>
#include <string.h>

#include <kafc/message.h>

#include "tests/support/suite.h"

START_TEST(V4_a_copy_has_everything_of_its_own)
{
    char topic[] = "orders", key[] = "42", value[] = "paid", name[] = "trace", text[] = "abc";
    kafc_header h[] = { { { name, 5 }, { text, 3 } },
                        { { name, 0 }, { NULL, 0 } },
                        { { name, 5 }, { text, 0 } } };
    kafc_message m = {
        .key = { key, 2 },
        .value = { value, 4 },
        .headers = h,
        .nheaders = 3,
        .to_partition = KAFC_ZERO,
        .topic = topic,
        .partition = 3,
        .leader_epoch = 4,
        .offset = 5,
        .timestamp = 6,
        .timestamp_type = KAFC_TIME_LOG_APPEND,
        .stamp = 7,
    };
    kafc_message *d = kafc_message_dup(&m);
    ck_assert_ptr_nonnull(d);
    memset(topic, 'x', 6);
    memset(key, 'x', 2);
    memset(value, 'x', 4);
    memset(name, 'x', 5);
    memset(text, 'x', 3);
    ck_assert_str_eq(d->topic, "orders");
    ck_assert(d->key.len == 2 && memcmp(d->key.p, "42", 2) == 0);
    ck_assert(d->value.len == 4 && memcmp(d->value.p, "paid", 4) == 0);
    ck_assert_int_eq(d->nheaders, 3);
    ck_assert(d->headers[0].name.len == 5 && memcmp(d->headers[0].name.p, "trace", 5) == 0);
    ck_assert(d->headers[0].value.len == 3 && memcmp(d->headers[0].value.p, "abc", 3) == 0);
    ck_assert(d->headers[1].name.len == 0 && d->headers[1].name.p);
    ck_assert(d->headers[1].value.len == 0 && !d->headers[1].value.p);
    ck_assert(d->headers[2].value.len == 0 && d->headers[2].value.p);
    ck_assert(d->to_partition == KAFC_ZERO && d->partition == 3 && d->leader_epoch == 4 &&
              d->offset == 5);
    ck_assert(d->timestamp == 6 && d->timestamp_type == KAFC_TIME_LOG_APPEND && d->stamp == 7);
    kafc_message_free(d);
}
END_TEST

START_TEST(V3_null_stays_null_and_empty_empty)
{
    kafc_message m = { .value = { "", 0 } };
    kafc_message *d = kafc_message_dup(&m);
    ck_assert_ptr_nonnull(d);
    ck_assert_ptr_null(d->key.p);
    ck_assert_ptr_nonnull(d->value.p);
    ck_assert_ptr_null(d->topic);
    ck_assert_ptr_null(d->headers);
    kafc_message_free(d);
    kafc_message_free(NULL);
    m.value.len = -1;
    ck_assert_ptr_null(kafc_message_dup(&m));
}
END_TEST

SUITE_MAIN("message", 10, V4_a_copy_has_everything_of_its_own, V3_null_stays_null_and_empty_empty)
