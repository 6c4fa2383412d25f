/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc configs, as a user runs it, against `kafc mock`.
 */
#include <check.h>
#include <stdio.h>

#include "tests/support/suite.h"
#include "tests/tools/shell.h"

static void up(void)
{
    start_mock("-n 3 -t t:2");
}

START_TEST(what_was_set_is_shown)
{
    up();
    expect("$K configs -b $B describe t", 0, "topic t: nothing is set\n");
    expect("$K configs -b $B set t -c retention.ms=5 --config cleanup.policy=compact", 0, "topic t: changed\n");
    expect("$K configs -b $B describe t", 0,
           "topic t\n"
           "NAME            VALUE    SOURCE  TYPE\n"
           "cleanup.policy  compact  topic   list\n"
           "retention.ms    5        topic   long\n");
    expect("$K configs -b $B describe topic:t -J", 0,
           "{\"topic\":\"t\",\"configs\":[{\"name\":\"cleanup.policy\",\"value\":\"compact\",\"source\":\"topic\","
           "\"type\":\"list\",\"read_only\":false,\"sensitive\":false,\"synonyms\":[{\"name\":\"cleanup.policy\","
           "\"value\":\"compact\",\"source\":\"topic\"},{\"name\":\"log.cleanup.policy\",\"value\":\"delete\","
           "\"source\":\"default\"}]},{\"name\":\"retention.ms\",\"value\":\"5\",\"source\":\"topic\","
           "\"type\":\"long\",\"read_only\":false,\"sensitive\":false,\"synonyms\":[{\"name\":\"retention.ms\","
           "\"value\":\"5\",\"source\":\"topic\"},{\"name\":\"log.retention.ms\",\"value\":\"604800000\","
           "\"source\":\"default\"}]}]}\n");
    expect("$K topics -b $B describe t | head -3 | tail -2", 0, "  cleanup.policy=compact\n  retention.ms=5\n");
    expect("$K topics -b $B describe t -J | grep -o '\"configs\":.*\"source'", 0,
           "\"configs\":[{\"name\":\"cleanup.policy\",\"value\":\"compact\",\"source\":\"topic\",\"type\":\"list\","
           "\"read_only\":false,\"sensitive\":false,\"synonyms\":[]},{\"name\":\"retention.ms\",\"value\":\"5\","
           "\"source\n");
    expect("$K configs -b $B describe t --all | wc -l", 0, "33\n");
    stop_mock();
}
END_TEST

START_TEST(brokers_have_configs_of_their_own)
{
    up();
    expect("$K configs -b $B set broker: -c log.cleaner.threads=2", 0, "broker (all): changed\n");
    expect("$K configs -b $B set broker:3 -c log.cleaner.threads=3 -J", 0, "{\"broker\":\"3\",\"changed\":true}\n");
    expect("$K configs -b $B describe broker:2 broker:3", 0,
           "broker 2\n"
           "NAME                 VALUE  SOURCE       TYPE\n"
           "log.cleaner.threads  2      all brokers  int\n"
           "broker 3\n"
           "NAME                 VALUE  SOURCE  TYPE\n"
           "log.cleaner.threads  3      broker  int\n");
    expect("$K configs -b $B describe broker:3 --all | grep -E 'listeners|password'", 0,
           "listeners                       PLAINTEXT://:9092  server.properties  string\n"
           "ssl.keystore.password           (secret)           default            password\n");
    expect("$K configs -b $B set loggers:1 -c root=DEBUG", 0, "loggers 1: changed\n");
    expect("$K configs -b $B describe loggers:1 | tail -1", 0,
           "root                    DEBUG  logger   string\n");
    stop_mock();
}
END_TEST

START_TEST(lists_grow_and_shrink)
{
    up();
    expect("$K configs -b $B append t -c cleanup.policy=compact --dry-run", 0, "topic t: can be changed so\n");
    expect("$K configs -b $B describe t", 0, "topic t: nothing is set\n");
    expect("$K configs -b $B append t -c cleanup.policy=compact >/dev/null && "
           "$K configs -b $B describe t | tail -1", 0, "cleanup.policy  delete,compact  topic   list\n");
    expect("$K configs -b $B subtract t -c cleanup.policy=delete >/dev/null && "
           "$K configs -b $B describe t | tail -1", 0, "cleanup.policy  compact  topic   list\n");
    expect("$K configs -b $B delete t -c cleanup.policy >/dev/null && "
           "$K configs -b $B describe t | tail -1", 0, "topic t: nothing is set\n");
    stop_mock();
}
END_TEST

START_TEST(resources_are_listed)
{
    up();
    expect("$K configs -b $B set group:g:1 -c consumer.session.timeout.ms=50000", 0, "group g:1: changed\n");
    expect("$K configs -b $B", 0,
           "topic:t\nbroker:1\nbroker:2\nbroker:3\nloggers:1\nloggers:2\nloggers:3\ngroup:g:1\n");
    expect("$K configs -b $B list -J | cut -c1-51", 0,
           "{\"resources\":[{\"kind\":\"topic\",\"name\":\"t\"},{\"kind\":\"\n");
    stop_mock();
}
END_TEST

START_TEST(what_is_refused_is_named_and_the_others_go_on)
{
    up();
    expect("$K configs -b $B set nope t -c retention.ms=1 2>/dev/null", 1, "topic t: changed\n");
    expect_words("$K configs -b $B set t nope -c retention.ms=1", 1, "configs of topic 'nope' cannot be altered");
    expect_words("$K configs -b $B set t -c no.such=1", 1, "configs of topic 't' cannot be altered: INVALID_CONFIG");
    expect_words("$K configs -b $B set broker:1 -c listeners=x", 1, "configs of broker '1' cannot be altered");
    expect_words("$K configs -b $B describe nope", 1, "configs of topic 'nope' cannot be described");
    stop_mock();
}
END_TEST

START_TEST(wrong_command_lines)
{
    static const char *const wrong[][2] = {
        { "-b x describe", "describe wants the name of a resource" },
        { "-b x list t", "list takes no resource" },
        { "-b x set t", "set wants -c NAME=VALUE" },
        { "-b x set t -c a", "set wants -c NAME=VALUE, not \"a\"" },
        { "-b x delete t -c a=b", "delete wants -c NAME, not \"a=b\"" },
        { "-b x describe t -c a=b", "--config belongs to set, not to describe" },
        { "-b x set t -c a=b --all", "--all belongs to describe, not to set" },
        { "-b x describe x:y", "\"x:y\" is no resource" },
        { "-b x describe broker:one", "'one' is no id of a broker" },
        { "-b x substract t -c a=b", "did you mean \"subtract\"?" },
    };
    char command[256];

    find_tool();
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        (void)snprintf(command, sizeof command, "$K configs %s", wrong[i][0]);
        expect_words(command, 2, wrong[i][1]);
    }
    expect_words("$K help configs", 0, "broker:ID");
}
END_TEST

SUITE_MAIN("tools/configs", 60, what_was_set_is_shown, brokers_have_configs_of_their_own, lists_grow_and_shrink,
           resources_are_listed, what_is_refused_is_named_and_the_others_go_on, wrong_command_lines)
