/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc groups, as a user runs it, against `kafc mock`; the members are this
 * process's.
 */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "tests/client/joining.h"
#include "tests/support/suite.h"
#include "tests/tools/shell.h"

static kafc_client *client;
static char member[100];

/* Ten messages in each partition. */
static void up(void)
{
    kafc_error err;

    start_mock("-n 2 -t t:2 -t u:1");
    expect("for p in 0 1; do seq 10 | $K produce -b $B -t t -p $p || exit 9; done; seq 10 | $K produce -b $B -t u",
           0, "");
    client = kafc_client_open(KAFC_CLIENT(.brokers = bootstrap), &err);
    ck_assert_msg(client != NULL, "%s", err.message);
}

static void down(void)
{
    kafc_client_free(client);
    stop_mock();
}

static void join_g(void)
{
    static const char *const topics[] = { "u", "t" };

    joining(client, "g", NULL, topics, 2, "t0 t1", member);
}

/* As sed sees it: member ids are made up, coordinators a matter of hashes. */
#define PLAIN "sed -E 's/(kafc)-[0-9a-f-]+/\\1-ID/g; s/  +/ /g; s/ coordinator [0-9]/ coordinator N/; " \
              "s/\"coordinator\":[0-9]/\"coordinator\":0/g'"

START_TEST(groups_are_listed)
{
    up();
    expect("$K groups -b $B", 0, "GROUP  STATE  TYPE  PROTOCOL  COORDINATOR\n");
    join_g();
    expect("$K groups -b $B reset longer -t u -o 3 >/dev/null && $K groups list -b $B | sed -E 's/[0-9]$/N/'", 0,
           "GROUP   STATE   TYPE     PROTOCOL  COORDINATOR\n"
           "g       Stable  classic  consumer            N\n"
           "longer  Empty   classic  -                   N\n");
    expect("$K groups -b $B list --json | " PLAIN, 0,
           "{\"groups\":[{\"group\":\"g\",\"state\":\"Stable\",\"type\":\"classic\",\"protocol_type\":\"consumer\","
           "\"coordinator\":0},{\"group\":\"longer\",\"state\":\"Empty\",\"type\":\"classic\",\"protocol_type\":\"\","
           "\"coordinator\":0}]}\n");
    down();
}
END_TEST

START_TEST(a_group_is_described_with_its_members)
{
    up();
    join_g();
    expect("$K groups -b $B describe g | " PLAIN, 0,
           "group g: Stable, classic, protocol consumer, assignor range, coordinator N, 1 member\n"
           "MEMBER INSTANCE CLIENT HOST TOPICS PARTITIONS\n"
           "kafc-ID - kafc /127.0.0.1 t,u t[0,1]\n");
    expect("$K groups -b $B describe g -J | " PLAIN, 0,
           "{\"group\":\"g\",\"state\":\"Stable\",\"type\":\"classic\",\"protocol_type\":\"consumer\",\"assignor\":"
           "\"range\",\"coordinator\":0,\"members\":[{\"member_id\":\"kafc-ID\",\"instance_id\":null,\"client_id\":"
           "\"kafc\",\"host\":\"/127.0.0.1\",\"rack\":\"r1\",\"topics\":[\"t\",\"u\"],\"pattern\":null,"
           "\"partitions\":[{\"topic\":\"t\",\"partition\":0},{\"topic\":\"t\",\"partition\":1}]}]}\n");
    down();
}
END_TEST

START_TEST(lag_is_told_of_what_is_committed_and_of_what_is_read)
{
    up();
    expect("$K groups -b $B reset g -t t:1 -t u -o 4", 0,
           "TOPIC  PARTITION  FROM  TO\n"
           "t              1     -   4\n"
           "u              0     -   4\n");
    expect("$K groups -b $B lag g", 0,
           "group g: Empty, 0 members, 12 behind\n"
           "TOPIC  PARTITION  COMMITTED  END  LAG  MEMBER  CLIENT  HOST\n"
           "t              1          4   10    6  -       -       -\n"
           "u              0          4   10    6  -       -       -\n");
    join_g();
    expect("$K groups -b $B lag g | " PLAIN, 0,
           "group g: Stable, 1 member, 12 behind\n"
           "TOPIC PARTITION COMMITTED END LAG MEMBER CLIENT HOST\n"
           "t 0 - 10 - kafc-ID kafc /127.0.0.1\n"
           "t 1 4 10 6 kafc-ID kafc /127.0.0.1\n"
           "u 0 4 10 6 - - -\n");
    expect("$K groups -b $B lag g --json | " PLAIN, 0,
           "{\"group\":\"g\",\"state\":\"Stable\",\"lag\":12,\"partitions\":["
           "{\"topic\":\"t\",\"partition\":0,\"committed\":null,\"end\":10,\"lag\":null,\"member_id\":\"kafc-ID\","
           "\"client_id\":\"kafc\",\"host\":\"/127.0.0.1\"},"
           "{\"topic\":\"t\",\"partition\":1,\"committed\":4,\"end\":10,\"lag\":6,\"member_id\":\"kafc-ID\","
           "\"client_id\":\"kafc\",\"host\":\"/127.0.0.1\"},"
           "{\"topic\":\"u\",\"partition\":0,\"committed\":4,\"end\":10,\"lag\":6,\"member_id\":null,"
           "\"client_id\":null,\"host\":null}]}\n");
    down();
}
END_TEST

/* From 6 in a log of 0 to 10. */
static const struct {
    const char *offset, *to, *said;
} targets[] = {
    { "beginning", "0", "" },
    { "end", "10", "" },
    { "3", "3", "" },
    { "0", "0", "" },
    { "11", "10", "kafc: u [0] has offsets 0 to 10: 11 becomes 10\n" },
    { "-4", "6", "" },
    { "-99", "0", "" },
    { "@1", "0", "" },
    { "@9999999999999", "10", "" },
    { "committed", "6", "" },
    { "committed-2", "4", "" },
    { "committed+3", "9", "" },
    { "committed-7", "0", "kafc: u [0] has offsets 0 to 10: -1 becomes 0\n" },
    { "committed+9223372036854775807", "10",
      "kafc: u [0] has offsets 0 to 10: 9223372036854775807 becomes 10\n" },
};
enum { TARGETS = sizeof(targets) / sizeof(*targets) };

START_TEST(a_reset_takes_the_words_of_consume_and_more)
{
    char command[256], expected[256];

    up();
    for (size_t i = 0; i < TARGETS; i++) {
        expect("$K groups -b $B reset g -t u -o 6 >/dev/null", 0, "");
        for (int dry = 1; dry >= 0; dry--) {
            (void)snprintf(command, sizeof command, "$K groups -b $B reset g -t u -o %s%s --json 2>&1",
                           targets[i].offset, dry ? " --dry-run" : "");
            (void)snprintf(expected, sizeof expected,
                           "%s{\"group\":\"g\",\"dry_run\":%s,\"partitions\":[{\"topic\":\"u\",\"partition\":0,"
                           "\"from\":6,\"to\":%s}]}\n",
                           targets[i].said, dry ? "true" : "false", targets[i].to);
            expect(command, 0, expected); /* of a rehearsal nothing stays: it is from 6 again */
        }
        (void)snprintf(expected, sizeof expected, "\"committed\":%s,", targets[i].to);
        expect_words("$K groups -b $B lag g -J", 0, expected);
    }
    down();
}
END_TEST

START_TEST(R13_a_group_with_members_is_not_moved_and_says_why)
{
    up();
    expect("$K groups -b $B reset g -t u -o 6 >/dev/null", 0, "");
    join_g();
    expect_words("$K groups -b $B reset g -t u -o end", 1, "the group has members");
    expect("$K groups -b $B reset g -t u -o end --dry-run 2>/dev/null", 1,
           "TOPIC  PARTITION  FROM  TO\nu              0     6  10\n");
    expect_words("$K groups -b $B reset g -t u -o end --dry-run", 1, "group g has 1 member");
    expect_words("$K groups -b $B lag g -J", 0, "\"committed\":6,");
    expect_words("$K groups -b $B delete g", 1, "its members have to leave first");
    expect_words("$K groups -b $B list", 0, "Stable");
    down();
}
END_TEST

START_TEST(groups_are_deleted)
{
    up();
    expect("for g in a b c; do $K groups -b $B reset $g -t u -o 1 >/dev/null; done; $K groups -b $B delete a b", 0,
           "group a: deleted\ngroup b: deleted\n");
    expect("$K groups -b $B delete c --json", 0, "{\"group\":\"c\",\"deleted\":true}\n");
    expect_words("$K groups -b $B delete nobody", 1, "there is no group \"nobody\"");
    expect("$K groups -b $B | wc -l", 0, "1\n");
    down();
}
END_TEST

START_TEST(what_is_not_there_is_named)
{
    up();
    expect("$K groups -b $B reset payments -t u -o 1 >/dev/null", 0, "");
    expect_words("$K groups -b $B describe payment", 1, "did you mean \"payments\"?");
    expect_words("$K groups -b $B lag payment", 1, "did you mean \"payments\"?");
    expect_words("$K groups -b $B describe zzz payments", 1, "group payments: Empty");
    expect_words("$K groups -b $B describe zzz payments", 1, "there is no group \"zzz\"");
    expect_words("$K groups -b $B reset payments -t nowhere -o 1", 1, "topic \"nowhere\"");
    expect_words("$K groups -b $B reset payments -t t:2 -o 1", 1, "partitions 0 to 1, not \"2\"");
    expect_words("$K groups -b $B reset payments -t t:x -o 1", 1, "not \"x\"");
    expect_words("$K groups -b $B reset payments -t t -o committed", 1, "has committed nothing in t [0]");
    expect_words("$K metadata -b $B -t nowhere", 1, "nowhere"); /* and was not made */
    down();
}
END_TEST

START_TEST(wrong_command_lines)
{
    static const char *const wrong[][2] = {
        { "-b x describe", "wants the name of a group" },
        { "-b x lag", "wants the name of a group" },
        { "-b x lag a b", "takes one group" },
        { "-b x list a", "takes no group" },
        { "-b x delet a", "did you mean \"delete\"?" },
        { "-b x frobnicate", "list, describe, lag, reset or delete" },
        { "-b x reset g -o 1", "-t TOPIC" },
        { "-b x reset g -t t", "-o OFFSET" },
        { "-b x reset g -t t -o x", "not \"x\"" },
        { "-b x reset g -t t -o committed5", "not \"committed5\"" },
        { "-b x reset g -t t -o committed+", "not \"committed+\"" },
        { "-b x lag g -t t", "-t belongs to reset" },
        { "-b x lag g -o 1", "-o belongs to reset" },
        { "-b x delete g --dry-run", "--dry-run belongs to reset" },
        { "-b x lag g --dryrun", "did you mean --dry-run?" },
    };
    char command[256];

    find_tool();
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        (void)snprintf(command, sizeof command, "$K groups %s", wrong[i][0]);
        expect_words(command, 2, wrong[i][1]);
    }
    expect_words("$K groups", 2, "brokers");
    expect_words("$K help groups", 0, "committed+N");
}
END_TEST

SUITE_MAIN("tools/groups", 60, groups_are_listed, a_group_is_described_with_its_members,
           lag_is_told_of_what_is_committed_and_of_what_is_read, a_reset_takes_the_words_of_consume_and_more,
           R13_a_group_with_members_is_not_moved_and_says_why, groups_are_deleted, what_is_not_there_is_named,
           wrong_command_lines)
