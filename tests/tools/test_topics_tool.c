/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc topics, as a user runs it, against `kafc mock`; and how properties reach
 * every command that opens a client.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/suite.h"
#include "tests/support/tmp.h"
#include "tests/tools/shell.h"

/* Ids are made up. */
#define PLAIN " | sed -E 's/[A-Za-z0-9_-]{22}/ID/g'"

static void up(void)
{
    start_mock("-n 3 -t t:2");
}

START_TEST(topics_are_listed)
{
    up();
    expect("$K topics -b $B" PLAIN, 0,
           "TOPIC  PARTITIONS  REPLICAS  INTERNAL  ID\n"
           "t               2         3  -         ID\n");
    expect("$K topics list --json -b $B" PLAIN, 0,
           "{\"topics\":[{\"topic\":\"t\",\"partitions\":2,\"replication\":3,\"internal\":false,\"id\":\"ID\"}]}\n");
    stop_mock();
}
END_TEST

START_TEST(topics_are_made_as_they_are_wanted)
{
    up();
    expect("$K topics -b $B create a b -p 3 -r 2 -c retention.ms=60000 --config cleanup.policy=compact", 0,
           "topic a: created, 3 partitions, 2 replicas\n"
           "topic b: created, 3 partitions, 2 replicas\n");
    expect("$K topics -b $B create c --assign 1:2,2:3,3:1 -J" PLAIN, 0,
           "{\"topic\":\"c\",\"created\":true,\"partitions\":3,\"replication\":2,\"id\":\"ID\"}\n");
    expect("$K topics -b $B create d -p 1 -r 1 --dry-run", 0, "topic d: can be created, 1 partition, 1 replica\n");
    expect("$K topics -b $B create d -J --dry-run", 0,
           "{\"topic\":\"d\",\"created\":false,\"partitions\":4,\"replication\":3,\"id\":null}\n");
    expect("$K topics -b $B describe c" PLAIN, 0,
           "topic c: 3 partitions, 2 replicas, id ID\n"
           "PARTITION  LEADER  EPOCH  REPLICAS  IN-SYNC  OFFLINE\n"
           "        0       1      0  1,2       1,2      -\n"
           "        1       2      0  2,3       2,3      -\n"
           "        2       3      0  3,1       3,1      -\n");
    expect("$K topics -b $B list | cut -d' ' -f1", 0, "TOPIC\na\nb\nc\nt\n");
    stop_mock();
}
END_TEST

START_TEST(what_is_there_is_no_error_if_so_wanted)
{
    up();
    expect("$K topics -b $B create t x --if-not-exists -p 1 -r 1", 0,
           "topic t: is there already\n"
           "topic x: created, 1 partition, 1 replica\n");
    expect("$K topics -b $B create t --if-not-exists -J", 0, "{\"topic\":\"t\",\"created\":false}\n");
    expect_words("$K topics -b $B create t y -p 1 -r 1", 1, "topic 't' cannot be created: TOPIC_ALREADY_EXISTS");
    expect("$K topics -b $B delete y nope --if-exists", 0, "topic y: deleted\ntopic nope: is not there\n");
    expect("$K topics -b $B delete nope -J --if-exists", 0, "{\"topic\":\"nope\",\"deleted\":false}\n");
    expect("$K topics -b $B delete x -J", 0, "{\"topic\":\"x\",\"deleted\":true}\n");
    expect("$K topics -b $B delete nope", 1,
           "kafc: there is no topic \"nope\"; \"kafc topics list\" shows those that there are\n");
    stop_mock();
}
END_TEST

START_TEST(topics_grow)
{
    up();
    expect("$K topics -b $B grow t -p 3 --dry-run", 0, "topic t: can have 3 partitions\n");
    expect("$K topics -b $B grow t -p 3 --assign 3:2:1", 0, "topic t: has 3 partitions\n");
    expect("$K topics -b $B grow t -p 4 -J", 0, "{\"topic\":\"t\",\"grown\":true,\"partitions\":4}\n");
    expect("$K topics -b $B describe t -J" PLAIN " | grep -o '\"partition\":2.*\"offline'", 0,
           "\"partition\":2,\"leader\":3,\"leader_epoch\":0,\"replicas\":[3,2,1],\"isr\":[3,2,1],\"offline\":[]},"
           "{\"partition\":3,\"leader\":1,\"leader_epoch\":0,\"replicas\":[1,2,3],\"isr\":[1,2,3],\"offline\n");
    expect_words("$K topics -b $B grow t -p 4", 1, "topic 't' cannot be grown: INVALID_PARTITIONS");
    expect("$K topics -b $B grow tt -p 4", 1, "kafc: there is no topic \"tt\"; did you mean \"t\"?\n");
    stop_mock();
}
END_TEST

START_TEST(one_topic_that_is_not_there_leaves_the_others)
{
    up();
    expect("$K topics -b $B create orders -p 1 -r 1 >/dev/null", 0, "");
    expect("$K topics -b $B describe order t" PLAIN, 0,
           "kafc: there is no topic \"order\"; did you mean \"orders\"?\n"
           "topic t: 2 partitions, 3 replicas, id ID\n"
           "PARTITION  LEADER  EPOCH  REPLICAS  IN-SYNC  OFFLINE\n"
           "        0       1      0  1,2,3     1,2,3    -\n"
           "        1       2      0  2,3,1     2,3,1    -\n");
    expect("$K topics -b $B describe order >/dev/null 2>&1", 1, "");
    expect("$K topics -b $B describe | grep -c topic", 0, "2\n");
    stop_mock();
}
END_TEST

static const struct {
    const char *arguments, *words;
} wrong[] = {
    { "creat x", "topics cannot \"creat\"; did you mean \"create\"?" },
    { "frobnicate", "it is list, describe, create, grow or delete" },
    { "create", "create wants the name of a topic" },
    { "list t", "\"t\" is too much: list takes no topic" },
    { "list -p 3", "-p belongs to create, not to list" },
    { "delete t -r 3", "-r belongs to create, not to delete" },
    { "grow t -p 9 -c a=b", "--config belongs to create, not to grow" },
    { "grow t", "grow wants -p N" },
    { "create x -p 0", "-p wants a number from 1 on" },
    { "create x -r 0", "-r wants a number from 1" },
    { "create x -c a", "-c wants NAME=VALUE, not \"a\"" },
    { "create x --assign 1,,2", "--assign wants brokers by partition" },
    { "create x --assign 1:x", "--assign wants brokers by partition" },
    { "create x --assign ''", "--assign wants brokers by partition" },
    { "create x --assign 1:2 -p 3", "the assignments say how many" },
    { "list --if-exits", "did you mean --if-exists?" },
};
enum { WRONG = sizeof(wrong) / sizeof(*wrong) };

START_TEST(what_is_wrong_is_said)
{
    char command[256];

    up();
    for (int i = 0; i < WRONG; i++) {
        (void)snprintf(command, sizeof command, "$K topics -b $B %s", wrong[i].arguments);
        expect_words(command, 2, wrong[i].words);
    }
    stop_mock();
}
END_TEST

/* --- Properties ---------------------------------------------------------------------------------- */

/* $F and $G: files of this test's own. */
static void name_files(void)
{
    char path[128];

    (void)snprintf(path, sizeof path, "%s/kafc-test-%ld.f", test_tmp(), (long)getpid());
    (void)setenv("F", path, 1);
    path[strlen(path) - 1] = 'g';
    (void)setenv("G", path, 1);
}

/* Each knows its brokers by a property alone. */
static const char *const commands[] = {
    "echo x | $K produce -t t",
    "$K consume -t t -e",
    "$K metadata",
    "$K groups list",
    "$K topics list",
    "$K configs describe t",
    "$K cluster",
    "$K acls",
    "$K users",
    "$K quotas",
    "$K perf produce --topic t --count 10",
    "$K perf consume --topic t --count 1",
    "$K perf group-consume --topic t --group g --count 1",
    "$K perf latency --topic t --count 1",
};
enum { COMMANDS = sizeof(commands) / sizeof(*commands) };

START_TEST(properties_reach_every_command)
{
    char command[512];

    up();
    name_files();
    expect("printf '# mine\\nbootstrap.servers = %s\\n' $B >$F && printf 'client.rack=a\\n' >$G", 0, "");
    for (int i = 0; i < COMMANDS; i++) {
        (void)snprintf(command, sizeof command, "%s -F $F >/dev/null", commands[i]);
        expect(command, 0, "");
        (void)snprintf(command, sizeof command, "%s -F $G", commands[i]);
        expect_words(command, 2, "bootstrap.servers");
        (void)snprintf(command, sizeof command, "%s -F $F -X retry.backoff.ms=no", commands[i]);
        expect_words(command, 2, "retry.backoff.ms");
    }
    stop_mock();
    expect("rm $F $G", 0, "");
}
END_TEST

START_TEST(what_is_said_last_counts)
{
    up();
    name_files();
    expect("printf 'bootstrap.servers=127.0.0.1:1\\n' >$F && printf 'bootstrap.servers=%s\\n' $B >$G", 0, "");
    expect("$K metadata -F $F -F $G >/dev/null", 0, "");
    expect("$K metadata -F $F -X bootstrap.servers=$B >/dev/null", 0, "");
    expect("$K metadata -X bootstrap.servers=127.0.0.1:1 -F $G >/dev/null", 0, "");
    expect("KAFC_CONFIG=$G $K metadata >/dev/null", 0, "");
    expect("KAFC_CONFIG=$F $K metadata -F $G >/dev/null", 0, "");
    expect("KAFC_CONFIG=$F $K metadata -b $B >/dev/null", 0, "");
    expect("KAFC_CONFIG= $K metadata -b $B >/dev/null", 0, "");
    expect_words("$K metadata -F nowhere", 2, "-F: nowhere cannot be opened");
    expect_words("KAFC_CONFIG=nowhere $K metadata -b $B", 2, "KAFC_CONFIG: nowhere cannot be opened");
    expect_words("echo nonsense >$F; $K metadata -F $F", 2, ".f:1: the line is no name=value");
    expect("KAFC_CONFIG=nowhere $K schema >/dev/null; rm $F $G", 0, "");
    stop_mock();
}
END_TEST

START_TEST(what_the_log_has_said_is_not_said_again)
{
    up();
    expect("$K metadata -b 127.0.0.1:1", 1,
           "kafc: 127.0.0.1:1 cannot be reached: connection refused\n");
    stop_mock();
}
END_TEST

START_TEST(contexts_are_shown_by_every_command)
{
    start_mock("-t a:1");
    expect("$K metadata -b $B -d protocol 2>&1 >/dev/null | grep -c 'answers Metadata'", 0, "1\n");
    expect("$K topics -b $B list -d broker 2>&1 >/dev/null | grep -v '^kafc: \\[broker\\] '", 1, "");
    expect("echo x | $K produce -b $B -t a -X debug=eos 2>&1 | grep -c 'kafc: \\[eos\\] producer id'", 0, "1\n");
    expect("$K metadata -b $B -X log_level=7 2>&1 >/dev/null | grep -c -- '-> ready'", 0, "1\n");
    expect("$K metadata -b $B 2>&1 >/dev/null", 0, "");
    expect_words("$K metadata -b $B -d brokr", 2, "-d 'debug' knows no 'brokr'; the nearest is 'broker'");
    expect_words("$K decode -d all", 2, "there is no option -d");
    expect_words("$K topics --help 2>/dev/null", 0, "kafc topics -b LIST");
    expect_words("$K topics -b x describe -h 2>/dev/null", 0, "-F FILE those of a file");
    expect_words("$K decode -h 2>/dev/null", 0, "kafc decode");
    stop_mock();
}
END_TEST

SUITE_MAIN("tools/topics", 60, topics_are_listed, topics_are_made_as_they_are_wanted,
           what_is_there_is_no_error_if_so_wanted, topics_grow, one_topic_that_is_not_there_leaves_the_others,
           what_is_wrong_is_said, properties_reach_every_command, what_is_said_last_counts,
           contexts_are_shown_by_every_command, what_the_log_has_said_is_not_said_again)
