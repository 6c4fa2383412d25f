/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc acls, users, quotas and tokens, as a user runs them, against `kafc mock`.
 */
#include <check.h>
#include <stdio.h>

#include "config.h"
#include "tests/support/suite.h"
#include "tests/tools/shell.h"

#define NEEDS_SCRAM() \
    if (!KAFC_HAVE_OPENSSL) \
    return

static void up(void)
{
    start_mock("-n 3 -t t:2");
}

/* --- ACLs ----------------------------------------------------------------------------------------- */

START_TEST(acls_are_made_shown_and_deleted)
{
    up();
    expect("$K acls -b $B", 0, "no ACLs\n");
    expect("$K acls -b $B create --topic t --allow-principal User:alice --operation read", 0,
           "RESOURCE  NAME  PATTERN  PRINCIPAL   HOST  OPERATION  PERMISSION\n"
           "TOPIC     t     LITERAL  User:alice  *     READ       ALLOW\n");
    expect("$K acls -b $B create --group g --resource-pattern-type prefixed --deny-principal User:eve "
           "--deny-host 10.0.0.1 --operation Describe -J", 0,
           "{\"resource\":\"GROUP\",\"name\":\"g\",\"pattern\":\"PREFIXED\",\"principal\":\"User:eve\","
           "\"host\":\"10.0.0.1\",\"operation\":\"DESCRIBE\",\"permission\":\"DENY\"}\n");
    expect("$K acls -b $B list", 0,
           "RESOURCE  NAME  PATTERN   PRINCIPAL   HOST      OPERATION  PERMISSION\n"
           "TOPIC     t     LITERAL   User:alice  *         READ       ALLOW\n"
           "GROUP     g     PREFIXED  User:eve    10.0.0.1  DESCRIBE   DENY\n");
    expect("$K acls -b $B --deny-principal User:eve --json", 0,
           "{\"resource\":\"GROUP\",\"name\":\"g\",\"pattern\":\"PREFIXED\",\"principal\":\"User:eve\","
           "\"host\":\"10.0.0.1\",\"operation\":\"DESCRIBE\",\"permission\":\"DENY\"}\n");
    expect("$K acls -b $B --allow-principal User:eve", 0, "no ACLs\n");
    expect("$K acls -b $B --deny-host 10.0.0.1 | wc -l", 0, "2\n");
    expect("$K acls -b $B --group gg", 0, "no ACLs\n");
    expect("$K acls -b $B --group gg --resource-pattern-type match --principal User:eve | wc -l", 0, "2\n");
    expect("$K acls -b $B --resource-pattern-type literal | wc -l", 0, "2\n");
    expect("$K acls -b $B delete --group g", 0, "no ACLs\n"); /* of that name, but not with that pattern */
    expect("$K acls -b $B delete --group g --resource-pattern-type any --dry-run", 0,
           "RESOURCE  NAME  PATTERN   PRINCIPAL  HOST      OPERATION  PERMISSION\n"
           "GROUP     g     PREFIXED  User:eve   10.0.0.1  DESCRIBE   DENY\n");
    expect("$K acls -b $B delete --group g --resource-pattern-type any --json", 0,
           "{\"resource\":\"GROUP\",\"name\":\"g\",\"pattern\":\"PREFIXED\",\"principal\":\"User:eve\","
           "\"host\":\"10.0.0.1\",\"operation\":\"DESCRIBE\",\"permission\":\"DENY\"}\n");
    expect("$K acls -b $B delete --all | wc -l", 0, "2\n");
    expect("$K acls -b $B list -J", 0, "");
    stop_mock();
}
END_TEST

START_TEST(what_is_said_several_times_is_multiplied)
{
    up();
    expect("$K acls -b $B create --topic t --topic u --group g --allow-principal User:a --allow-principal User:b "
           "--allow-host 1.1.1.1 --allow-host 1.1.1.2 --deny-principal User:c --operation alter --operation describe | "
           "wc -l", 0, "31\n");
    expect("$K acls -b $B | grep -c 'User:[ab] *1.1.1.[12] .* ALLOW'", 0, "24\n");
    expect("$K acls -b $B | grep -c 'GROUP *g *LITERAL *User:c *\\* .* DENY'", 0, "2\n");
    expect("$K acls -b $B --topic t --topic u --principal User:a --operation alter | wc -l", 0, "5\n");
    expect("$K acls -b $B delete --topic t --group g --deny-principal User:c | wc -l", 0, "5\n");
    stop_mock();
}
END_TEST

START_TEST(roles_are_what_they_take)
{
    up();
    expect("$K acls -b $B create --topic t --transactional-id x --producer --allow-principal User:a | tail -n +2 | "
           "awk '{print $1,$2,$6}'", 0,
           "TOPIC t WRITE\nTOPIC t DESCRIBE\nTOPIC t CREATE\n"
           "TRANSACTIONAL_ID x WRITE\nTRANSACTIONAL_ID x DESCRIBE\n");
    expect("$K acls -b $B create --topic u --group g --consumer --allow-principal User:a | tail -n +2 | "
           "awk '{print $1,$2,$6}'", 0, "TOPIC u READ\nTOPIC u DESCRIBE\nGROUP g READ\n");
    expect("$K acls -b $B delete --topic u --group g --consumer | wc -l", 0, "4\n");
    expect("$K acls -b $B create --delegation-token d --user-principal User:a --operation describetokens "
           "--allow-principal User:a | tail -n +2 | awk '{print $1,$2,$6}'", 0,
           "DELEGATION_TOKEN d DESCRIBE_TOKENS\nUSER User:a DESCRIBE_TOKENS\n");
    stop_mock();
}
END_TEST

/* From the first ACL of the cluster on it refuses what none of them allows. */
START_TEST(what_is_refused_is_said)
{
    up();
    expect("$K acls -b $B create --cluster --allow-principal User:a --operation alter >/dev/null", 0, "");
    expect_words("$K acls -b $B", 1, "ACLs do not let");
    expect_words("$K acls -b $B create --topic t --allow-principal User:a --operation read", 1,
                 "READ on TOPIC 't', cannot be created: the cluster's ACLs do not");
    expect_words("$K acls -b $B create --topic t --allow-principal User:a --operation read -J", 1,
                 "\"permission\":\"ALLOW\",\"error\":\"CLUSTER_AUTHORIZATION_FAILED\"}\n");
    expect_words("$K acls -b $B delete --all", 1, "ACLs do not let");
    expect_words("$K users -b $B", 1, "ACLs do not let");
    expect_words("$K users -b $B delete a --mechanism SCRAM-SHA-256", 1,
                 "user 'a' cannot be deleted: the cluster's ACLs do not");
    expect_words("$K quotas -b $B", 1, "ACLs do not let");
    stop_mock();
}
END_TEST

/* --- Users --------------------------------------------------------------------------------------------- */

START_TEST(users_are_made_shown_and_deleted)
{
    NEEDS_SCRAM();
    up();
    expect("$K users -b $B", 0, "no users\n");
    expect("echo secret | $K users -b $B set alice", 0, "alice SCRAM-SHA-256: set\nalice SCRAM-SHA-512: set\n");
    expect("printf 'se cret\\r\\nmore' | $K users -b $B set bob --mechanism scram-sha-512 --iterations 4096 -J", 0,
           "{\"user\":\"bob\",\"mechanism\":\"SCRAM-SHA-512\",\"is_set\":true}\n");
    expect("$K users -b $B", 0,
           "alice: SCRAM-SHA-256, 8192 iterations; SCRAM-SHA-512, 8192 iterations\n"
           "bob: SCRAM-SHA-512, 4096 iterations\n");
    expect("$K users -b $B list nobody bob -J 2>/dev/null", 1,
           "{\"user\":\"bob\",\"credentials\":[{\"mechanism\":\"SCRAM-SHA-512\",\"iterations\":4096}]}\n"
           "{\"user\":\"nobody\",\"credentials\":[],\"error\":\"RESOURCE_NOT_FOUND\"}\n");
    expect_words("$K users -b $B list nobody bob", 1, "user 'nobody' cannot be described: RESOURCE_NOT_FOUND");
    expect("$K users -b $B delete alice --mechanism SCRAM-SHA-256", 0, "alice SCRAM-SHA-256: deleted\n");
    expect("$K users -b $B delete alice nobody bob -J 2>/dev/null", 1,
           "{\"user\":\"alice\",\"mechanism\":\"SCRAM-SHA-512\",\"is_set\":false}\n"
           "{\"user\":\"bob\",\"mechanism\":\"SCRAM-SHA-512\",\"is_set\":false}\n");
    expect_words("$K users -b $B delete alice", 1, "there is no user \"alice\"");
    expect("$K users -b $B", 0, "no users\n");
    expect("$K users -b $B -J", 0, "");
    stop_mock();
}
END_TEST

/* The mock takes logins by the same users. */
START_TEST(a_user_that_was_set_can_log_in)
{
    NEEDS_SCRAM();
    start_mock("-n 1 -t t:1 --login SCRAM-SHA-256 --user admin:a");
    expect("echo b | $K users -b $B -X security.protocol=sasl_plaintext -X sasl.mechanism=SCRAM-SHA-256 "
           "-X sasl.username=admin -X sasl.password=a set bob --mechanism SCRAM-SHA-256", 0,
           "bob SCRAM-SHA-256: set\n");
    expect_words("$K topics -b $B -X security.protocol=sasl_plaintext -X sasl.mechanism=SCRAM-SHA-256 "
                 "-X sasl.username=bob -X sasl.password=b", 0, "REPLICAS");
    expect_words("$K topics -b $B -X security.protocol=sasl_plaintext -X sasl.mechanism=SCRAM-SHA-256 "
                 "-X sasl.username=bob -X sasl.password=c", 1, "refuses the login of 'bob'");
    stop_mock();
}
END_TEST

START_TEST(passwords_come_from_a_terminal_unseen)
{
    NEEDS_SCRAM();
    if (run("script -qec true /dev/null </dev/null") != 0) /* no such command, or no terminals here */
        return;
    up();
    /* typed as soon as it is asked for */
    expect("D=$(mktemp -d); mkfifo $D/in; : >$D/out\n"
           "script -qefc \"$K users -b $B set alice --mechanism SCRAM-SHA-256\" /dev/null <$D/in >$D/out & "
           "exec 7>$D/in\n"
           "until grep -q Password $D/out || ! kill -0 $!; do sleep 0.01; done\n"
           "echo secret >&7; wait $!; S=$?; tr -d '\\r' <$D/out; rm -r $D; exit $S",
           0, "Password of alice: \nalice SCRAM-SHA-256: set\n");
    stop_mock();
}
END_TEST

/* --- Quotas -------------------------------------------------------------------------------------------- */

START_TEST(quotas_are_set_shown_and_deleted)
{
    up();
    expect("$K quotas -b $B", 0, "no quotas\n");
    expect("$K quotas -b $B -J", 0, "");
    expect("$K quotas -b $B set user:alice client-id: -c producer_byte_rate=1000.5 -c request_percentage=50", 0,
           "user:alice client-id:(default): changed\n");
    expect("$K quotas -b $B set user: -c producer_byte_rate=1e6 --json", 0,
           "{\"entity\":{\"user\":null},\"changed\":true}\n");
    expect("$K quotas -b $B set ip:10.0.0.1 -c connection_creation_rate=10 --dry-run", 0,
           "ip:10.0.0.1: can be changed so\n");
    expect("$K quotas -b $B list", 0,
           "client-id:(default) user:alice: producer_byte_rate=1000.5, request_percentage=50\n"
           "user:(default): producer_byte_rate=1000000\n");
    expect("$K quotas -b $B list user: -J", 0,
           "{\"entity\":{\"user\":null},\"quotas\":{\"producer_byte_rate\":1000000.0}}\n");
    expect("$K quotas -b $B list user | wc -l", 0, "2\n");
    expect("$K quotas -b $B list user client-id: | wc -l", 0, "1\n");
    expect("$K quotas -b $B delete user:alice client-id: -c producer_byte_rate", 0,
           "user:alice client-id:(default): changed\n");
    expect("$K quotas -b $B list user:alice", 0, "client-id:(default) user:alice: request_percentage=50\n");
    stop_mock();
}
END_TEST

/* --- Tokens ---------------------------------------------------------------------------------------------- */

#define AS_ALICE "-X security.protocol=sasl_plaintext -X sasl.mechanism=PLAIN -X sasl.username=alice -X sasl.password=a"
#define TOKENS   "$K tokens -b $B " AS_ALICE " "
#define AN_ID    "[a-zA-Z0-9_-]{22,23}"

START_TEST(tokens_are_made_prolonged_and_ended)
{
    start_mock("-n 1 --login PLAIN --user alice:a");
    expect(TOKENS "| wc -l", 0, "1\n");
    expect(TOKENS "create --renewer User:bob --renewer User:carl --lifetime-ms 100000 | "
                  "grep -cE '^(id " AN_ID "|password [A-Za-z0-9+/]{86}==|owner User:alice|expires-ms [0-9]{13})$'", 0,
           "4\n");
    expect(TOKENS "list | grep -cE '^" AN_ID " +User:alice +User:alice +2 +[0-9]{13} +[0-9]{13}$'", 0, "1\n");
    expect(TOKENS "create --owner User:bob -J | "
                  "grep -cE '^.\"id\":\"" AN_ID "\",\"owner\":\"User:bob\",\"requester\":\"User:alice\",\"renewers\":.."
                  ",\"issued_ms\":[0-9]+,\"expires_ms\":[0-9]+,\"max_ms\":[0-9]+,\"password\":\"[^\"]{88}\".$'", 0,
           "1\n");
    expect(TOKENS "list -J | grep -c password", 1, "0\n");
    expect(TOKENS "list User:bob --json | grep -c '\"owner\":\"User:bob\"'", 0, "1\n");
    expect("id=$(" TOKENS "list User:bob | awk 'NR == 2 { print $1 }'); " TOKENS "renew $id --period-ms 50000 | "
           "grep -cE '^" AN_ID ": expires-ms [0-9]{13}$' && " TOKENS "expire $id -J | "
           "grep -cE '^.\"id\":\"" AN_ID "\",\"expires_ms\":[0-9]+.$'", 0, "1\n1\n");
    expect(TOKENS "list User:bob | wc -l", 0, "1\n");
    expect(TOKENS "renew nope", 1, "kafc: there is no token \"nope\", or it is another's\n");
    stop_mock();
}
END_TEST

/* --- Wrong ones ----------------------------------------------------------------------------------------- */

START_TEST(wrong_command_lines)
{
    static const char *const wrong[][2] = {
        { "acls -b x list t", "list takes no ACL; see \"kafc help acls\"" },
        { "acls -b x delete", "delete wants to know which" },
        { "acls -b x create --topic t --operation read", "create wants --allow-principal or --deny-principal" },
        { "acls -b x create --allow-principal User:a --operation read", "create wants --topic, --group" },
        { "acls -b x create --topic t --allow-principal User:a", "create wants --operation, --producer or --consumer" },
        { "acls -b x create --topic t --allow-principal a --operation read", "\"a\" is no principal: it is User:a" },
        { "acls -b x create --topic t --allow-principal User:a --operation reed", "\"reed\" is no operation" },
        { "acls -b x create --topic t --allow-principal User:a --operation any", "\"any\" is no operation" },
        { "acls -b x create --topic t --allow-principal User:a --operation read --deny-host h",
          "--deny-host wants --deny-principal" },
        { "acls -b x create --cluster --allow-principal User:a --consumer", "--consumer says nothing of --cluster" },
        { "acls -b x list --producer", "--producer says nothing of all resources" },
        { "acls -b x create --topic t --principal User:a --operation read",
          "--principal belongs to list, not to create" },
        { "acls -b x list --all", "--all belongs to delete, not to list" },
        { "acls -b x list --resource-pattern-type p", "\"p\" is no type of pattern" },
        { "acls -b x create --topic t --resource-pattern-type match --allow-principal User:a --operation read",
          "its pattern is for filters only" },
        { "acls -b x --topik t", "did you mean --topic?" },
        { "users -b x set", "set wants the name of a user" },
        { "users -b x set a b", "\"b\" is too much" },
        { "users -b x set a </dev/null", "standard input has no password" },
        { "users -b x set a --mechanism plain", "\"plain\" is no mechanism" },
        { "users -b x set a --iterations 5", "--iterations wants a number from 4096 to 1000000, not \"5\"" },
        { "users -b x delete a --iterations 5", "--iterations belongs to set, not to delete" },
        { "quotas -b x set user:a", "set wants -c NAME=NUMBER" },
        { "quotas -b x set user:a -c a=b", "set wants -c NAME=NUMBER, not \"a=b\"" },
        { "quotas -b x set user:a -c a=1x", "set wants -c NAME=NUMBER, not \"a=1x\"" },
        { "quotas -b x set user:a -c a", "set wants -c NAME=NUMBER, not \"a\"" },
        { "quotas -b x delete user:a -c a=1", "delete wants -c NAME, not \"a=1\"" },
        { "quotas -b x set user -c a=1", "whose quotas? user:NAME; \"user:\" is the default" },
        { "quotas -b x list users", "\"users\" has no quotas" },
        { "quotas -b x set -c a=1", "set wants the name of an entity" },
        { "tokens -b x create a", "create takes no token" },
        { "tokens -b x renew", "renew wants the name of a token" },
        { "tokens -b x create --lifetime-ms -1", "--lifetime-ms wants milliseconds, not \"-1\"" },
        { "tokens -b x expire a --lifetime-ms 1", "--lifetime-ms belongs to create, not to expire" },
    };
    char command[256];

    find_tool();
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        (void)snprintf(command, sizeof command, "$K %s", wrong[i][0]);
        expect_words(command, 2, wrong[i][1]);
    }
    expect("head -c 2000 /dev/zero | tr '\\0' a | $K users -b x set a", 2,
           "kafc: the password is longer than 1024 bytes\n");
    expect_words("$K help acls", 0, "--resource-pattern-type");
    expect_words("$K acls -h", 0, "--resource-pattern-type");
    expect_words("$K acls create --help", 0, "--resource-pattern-type");
    expect_words("$K help users", 0, "first line of standard input");
    expect_words("$K help quotas", 0, "producer_byte_rate");
}
END_TEST

SUITE_MAIN("tools/acls", 60, acls_are_made_shown_and_deleted, what_is_said_several_times_is_multiplied,
           roles_are_what_they_take, what_is_refused_is_said, users_are_made_shown_and_deleted,
           a_user_that_was_set_can_log_in, passwords_come_from_a_terminal_unseen, quotas_are_set_shown_and_deleted,
           tokens_are_made_prolonged_and_ended, wrong_command_lines)
