/* SPDX-License-Identifier: BSD-2-Clause
 *
 * examples/trace.c as a user runs it, against `kafc mock`.
 */
#include <check.h>
#include <jansson.h>
#include <string.h>

#include "tests/support/suite.h"
#include "tests/tools/shell.h"

#define TRACE "${K%/*}/examples/trace"

static int spans(const json_t *trace, const char *begin, const char *end)
{
    size_t i;
    json_t *e;
    int n = 0;
    json_array_foreach(trace, i, e)
    {
        const char *name = json_string_value(json_object_get(e, "name")), *last = NULL;
        const json_t *args = json_object_get(e, "args");
        json_int_t sum = 0;
        if (strncmp(name, begin, strlen(begin)) != 0)
            continue;
        ck_assert_str_eq(json_string_value(json_object_get(e, "ph")), "X");
        last = json_string_value(json_object_get(args, "end"));
        sum = json_integer_value(json_object_get(args, "queue")) + json_integer_value(json_object_get(args, "write")) +
              json_integer_value(json_object_get(args, "wait")) + json_integer_value(json_object_get(args, "read"));
        ck_assert_int_eq(json_integer_value(json_object_get(e, "dur")), sum);
        n += strcmp(last, end) == 0;
    }
    return n;
}

START_TEST(each_request_is_a_span)
{
    json_error_t why;
    start_mock("-n 2");
    expect_words("printf 'a\\nb\\n' | " TRACE " $B | sed '$ s/,$/]/'", 0, "\"name\":\"produce opening\"");
    json_t *trace = json_loads(out, 0, &why);
    ck_assert_msg(trace != NULL, "%s: %s", why.text, out);
    ck_assert_int_ge(spans(trace, "ApiVersions", "answered"), 2);
    ck_assert_int_ge(spans(trace, "Produce", "answered"), 1);
    json_decref(trace);
    expect("$K consume -b $B -t lines -e -f '%h %s'", 0,
           "traceparent=00-00000000000000000000000000000001-0000000000000001-01 a\n"
           "traceparent=00-00000000000000000000000000000002-0000000000000002-01 b\n");
    stop_mock();
    expect_words(TRACE " 127.0.0.1:70000 < /dev/null", 1, "70000");
}
END_TEST

SUITE_MAIN("tools/trace", 60, each_request_is_a_span)
