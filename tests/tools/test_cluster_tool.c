/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc cluster, as a user runs it, against `kafc mock`.
 */
#include <check.h>
#include <stdio.h>

#include "tests/support/suite.h"
#include "tests/tools/shell.h"

/* Cluster ids and ports are made up. */
#define PLAIN " | sed -E 's/[0-9a-f]{22}/ID/; s/ [0-9]{4,5} / PORT /; s/:[0-9]{4,}/:PORT/g'"

static void up(void)
{
    start_mock("-n 2");
}

START_TEST(the_cluster_is_described)
{
    up();
    expect("$K cluster -b $B" PLAIN, 0,
           "cluster ID, controller 1\n"
           "BROKER  HOST        PORT  RACK  STATE\n"
           "     1  127.0.0.1  PORT  -     active\n"
           "     2  127.0.0.1  PORT  -     active\n");
    expect("$K cluster describe --all -J -b $B" PLAIN, 0,
           "{\"cluster_id\":\"ID\",\"controller\":1,\"operations\":[\"create\",\"alter\",\"describe\","
           "\"cluster_action\",\"describe_configs\",\"alter_configs\",\"idempotent_write\"],\"brokers\":[{\"id\":1,"
           "\"host\":\"127.0.0.1\",\"port\":PORT,\"rack\":null,\"fenced\":false},{\"id\":2,\"host\":\"127.0.0.1\","
           "\"port\":PORT,\"rack\":null,\"fenced\":false}]}\n");
    expect_words("$K cluster describe --controllers -b $B", 1, "MISMATCHED_ENDPOINT_TYPE");
    stop_mock();
}
END_TEST

START_TEST(brokers_tell_what_they_know)
{
    up();
    expect("$K cluster versions 2 -b $B | head -4", 0,
           "broker 2\n"
           "KEY  API                           FROM  TO\n"
           "  0  Produce                          3  13\n"
           "  1  Fetch                            4  18\n");
    expect("$K cluster versions -b $B | grep broker", 0, "broker 1\nbroker 2\n");
    expect("$K cluster versions 1 -J -b $B | cut -c1-52", 0,
           "{\"broker\":1,\"apis\":[{\"key\":0,\"name\":\"Produce\",\"min\":\n");
    expect("$K cluster features -b $B | grep -E 'FEATURE|transaction'", 0,
           "FEATURE              LEVEL  FROM  TO\n"
           "transaction.version      2     0   2\n");
    expect_words("$K cluster features -J -b $B", 0,
                 "{\"feature\":\"transaction.version\",\"level\":2,\"min\":0,\"max\":2}");
    stop_mock();
}
END_TEST

START_TEST(the_quorum_is_shown)
{
    up();
    expect("$K cluster quorum -b $B" PLAIN, 0,
           "leader 1, epoch 1, high watermark 0\n"
           "NODE  ROLE    OFFSET  BEHIND  ADDRESS\n"
           "   1  leader       0       0  127.0.0.1:PORT\n"
           "   2  voter        0       0  127.0.0.1:PORT\n");
    expect_words("$K cluster quorum -J -b $B", 0,
                 "{\"leader\":1,\"leader_epoch\":1,\"high_watermark\":0,\"replicas\":[");
    stop_mock();
}
END_TEST

START_TEST(wrong_command_lines)
{
    static const char *const wrong[][2] = {
        { "-b x describe 1", "describe takes no broker" },
        { "-b x versions one", "\"one\" is no id of a broker" },
        { "-b x versions -1", "there is no option -1" },
        { "-b x quorum --all", "--all belongs to describe, not to quorum" },
        { "-b x feature", "did you mean \"features\"?" },
    };
    char command[256];

    find_tool();
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        (void)snprintf(command, sizeof command, "$K cluster %s", wrong[i][0]);
        expect_words(command, 2, wrong[i][1]);
    }
}
END_TEST

SUITE_MAIN("tools/cluster", 60, the_cluster_is_described, brokers_tell_what_they_know, the_quorum_is_shown,
           wrong_command_lines)
