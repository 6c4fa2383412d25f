/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc consume -g, as a user runs it, against `kafc mock`: members that are
 * killed, stopped, and whose output goes nowhere. In the shell commands $D is
 * an empty directory.
 */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/suite.h"
#include "tests/tools/shell.h"

/* Waits for what must come: the suite's time limit ends it. */
#define UNTIL(condition) "until " condition "; do sleep 0.01; done\n"
#define IN_DIR(commands) \
    "D=$(mktemp -d); S=0; for f in out err a b a.err b.err; do : >$D/$f; done\n" commands "rm -r $D; exit $S"
/* committed TOPIC PARTITION */
#define COMMITTED \
    "committed() { $K groups -b $B lag g 2>/dev/null | awk -v t=$1 -v p=$2 '$1 == t && $2 == p { print $3 + 0 }'; }\n"

START_TEST(a_member_goes_on_where_the_group_is)
{
    start_mock("-n 2 -t t:2 -t u:1");
    expect("seq 10 | $K produce -b $B -t u; $K consume -b $B -t u -g g -e | tr '\\n' ' '", 0, "1 2 3 4 5 6 7 8 9 10 ");
    expect("seq 11 13 | $K produce -b $B -t u; $K consume -b $B -t u -g g -e | tr '\\n' ' '", 0, "11 12 13 ");
    expect("$K consume -b $B -t u -g g -e", 0, "");
    expect("$K consume -b $B -t u -g later -e -o end", 0, ""); /* where nothing is committed */
    expect("$K consume -b $B -t u -g h -e -o -2", 0, "12\n13\n");
    expect("$K consume -b $B -t u -g h -e -o 0", 0, "");
    expect("$K groups -b $B | awk '{ print $1, $2 }'", 0, "GROUP STATE\ng Empty\nh Empty\nlater Empty\n");
    stop_mock();
}
END_TEST

START_TEST(exactly_the_count_is_committed)
{
    start_mock("-n 1 -t u:1");
    expect("seq 100 | $K produce -b $B -t u", 0, "");
    expect(COMMITTED "for n in 3 1 40; do $K consume -b $B -t u -g g -c $n >/dev/null; committed u 0; done", 0,
           "3\n4\n44\n");
    expect("$K consume -b $B -t u -g g -e -f '%s '", 0, NULL);
    ck_assert_int_eq(strncmp(out, "45 46 ", 6), 0);
    stop_mock();
}
END_TEST

START_TEST(several_topics_with_and_without_a_group)
{
    start_mock("-n 2 -t one:1 -t other:2 -t third:1");
    expect("for t in one other third; do printf \"$t\\n$t\\n\" | $K produce -b $B -t $t || exit 9; done", 0, "");
    expect("$K consume -b $B -t one -t third -g g -e | sort | tr '\\n' ' '", 0, "one one third third ");
    expect("$K consume -b $B -t '^o' -g h -e | sort | tr '\\n' ' '", 0, "one one other other ");
    expect("$K consume -b $B -t one -t other -e | sort | tr '\\n' ' '", 0, "one one other other ");
    expect_words("$K consume -b $B -t one -t other -p 1 -e", 1, "there is no partition 1");
    expect("$K consume -b $B -t one -t third -c 4 | sort -u | tr '\\n' ' '", 0, "one third ");
    expect_words("$K consume -b $B -t one -t nowhere -e", 1, "there is no topic \"nowhere\"; \"kafc topics list\"");
    stop_mock();
}
END_TEST

/* What is not written is not committed, however much was read: a full disk, a pipe that nobody reads. */
START_TEST(what_is_not_written_out_is_not_committed)
{
    start_mock("-n 1 -t u:1");
    expect("seq 50000 | $K produce -b $B -t u", 0, "");
    expect_words("$K consume -b $B -t u -g g >/dev/full", 1, "No space left");
    expect_words("$K consume -b $B -t u -g g -c 20 >/dev/full", 1, "No space left");
    expect_words(IN_DIR("mkfifo $D/p; exec 7<>$D/p; exec 8>$D/p; exec 7<&-\n"
                        "$K consume -b $B -t u -g g -c 20 >&8; S=$?\n"),
                 1, "Broken pipe");
    expect(COMMITTED "committed u 0", 0, NULL);
    ck_assert_msg(strcmp(out, "") == 0 || strcmp(out, "0\n") == 0, "committed: %s", out);
    /* With what it left behind in the pipe and its next run nothing is missing. */
    expect(IN_DIR(COMMITTED "{ $K consume -b $B -t u -g g 2>/dev/null; echo $? >$D/status; } | head -1\n"
                            "N=$(committed u 0); N=${N:-0}; test $N -lt 50000 || S=9; cat $D/status\n"
                            "test $($K consume -b $B -t u -g g -e 2>/dev/null | head -1) = $((N + 1)) || S=8\n"),
           0, "1\n1\n");
    stop_mock();
}
END_TEST

/* Of each partition no more is committed than was in the file when the member died, and in the end all of it is there.
 * A static member, since the next one takes its place at once. */
START_TEST(kill_9_repeats_and_never_skips)
{
    start_mock("-n 2 -t t:3");
    expect("for p in 0 1 2; do seq 20000 | sed \"s/^/$p-/\" | $K produce -b $B -t t -p $p || exit 9; done", 0, "");
    expect(IN_DIR(COMMITTED
                  "all() { $K groups -b $B lag g 2>/dev/null | grep -c ' 20000 *20000 *0 ' | grep -q 3; }\n"
                  ": >$D/out; n=0\n"
                  "for i in 1 2 3 4 5 6; do\n"
                  "  $K consume -b $B -t t -g g -X group.instance.id=i >>$D/out 2>>$D/err & P=$!\n"
                  "  n=$((n + 3000 * i))\n"
                  "  " UNTIL("[ $(wc -l <$D/out) -gt $n ] || all") /* who looks late may find all of it committed */
                  "  kill -9 $P; wait $P 2>/dev/null; n=$(wc -l <$D/out)\n"
                  "  for p in 0 1 2; do\n"
                  "    c=$(committed t $p); f=$(grep \"^$p-\" $D/out | sort -u | wc -l)\n"
                  "    [ ${c:-0} -le $f ] || { echo \"t [$p]: $c committed, $f written\"; S=9; }\n"
                  "  done\n"
                  "done\n"
                  "$K consume -b $B -t t -g g -X group.instance.id=i -e >>$D/out\n"
                  "sed 's/.*\\([012]-\\)/\\1/' $D/out | sort -u | grep -c '^[012]-[0-9]*$'; cat $D/err\n"),
           0, "60000\n");
    stop_mock();
}
END_TEST

/* The session would go on for 45 s; SIGTERM and Ctrl-C alike. */
START_TEST(a_signal_commits_and_leaves_at_once)
{
    static const char *const signals[] = { "TERM", "INT" };
    char command[2048];

    for (int i = 0; i < 2; i++) {
        start_mock("-n 2 -t u:1");
        (void)snprintf(
            command, sizeof command,
            IN_DIR(COMMITTED
                   "seq 10 | $K produce -b $B -t u\n"
                   "$K consume -b $B -t u -g g >$D/out 2>$D/err & P=$!\n" UNTIL("[ $(wc -l <$D/out) -eq 10 ]")
                   "kill -%s $P; wait $P; S=$?\n"
                   "cat $D/err; committed u 0; $K groups -b $B | awk 'NR > 1 { print $2 }'\n"
                   "echo 11 | $K produce -b $B -t u; timeout 20 $K consume -b $B -t u -g g -c 1 || S=$?\n"),
            signals[i]);
        /* A shell without job control has its background commands ignore Ctrl-C; kafc does not. */
        expect(command, 0, "10\nEmpty\n11\n");
        stop_mock();
    }
}
END_TEST

/* Each message once: what goes is written out and committed before another member has it. */
START_TEST(two_members_share_and_repeat_nothing)
{
    start_mock("-n 2 -t t:4");
    expect("seq 1000 | $K produce -b $B -t t -K ,", 0, "");
    expect(IN_DIR("X='-X heartbeat.interval.ms=20'\n"
                  "both_half() { for f in a b; do tail -1 $D/$f.err; done |\n"
                  "  grep -c '^kafc: assigned t [^,]*, t [^,]*$' | grep -q 2; }\n"
                  "$K consume -b $B -t t -g g -v $X >$D/a 2>$D/a.err & A=$!\n"
                  UNTIL("[ $(wc -l <$D/a) -eq 1000 ]")
                  "$K consume -b $B -t t -g g -v $X >$D/b 2>$D/b.err & P=$!\n"
                  UNTIL("both_half") /* perhaps not at the first rebalance: the second may come too late for it */
                  "for p in 0 1 2 3; do seq 10000$p 100 10100$p | $K produce -b $B -t t -p $p; done\n"
                  UNTIL("[ $(cat $D/a $D/b | wc -l) -ge 1044 ]")
                  "kill $P; wait $P || S=$?; kill $A; wait $A || S=$?\n"
                  "sort $D/a $D/b | uniq -d; wc -l <$D/b; sort $D/a $D/b | wc -l; head -2 $D/a.err\n"),
           0,
           "22\n1044\n"
           "kafc: assigned t [0], t [1], t [2], t [3]\n"
           "kafc: revoked t [0], t [1], t [2], t [3]\n");
    stop_mock();
}
END_TEST

/* Rule R12. */
START_TEST(R12_a_topic_that_is_not_there_is_told_once_and_read_when_it_comes)
{
    start_mock("-n 1");
    expect(IN_DIR("$K consume -b $B -t later -g g -c 1 >$D/out 2>$D/err & P=$!\n"
                  UNTIL("grep -q later $D/err")
                  "echo here | $K produce -b $B -t later; wait $P; S=$?; cat $D/out; wc -l <$D/err\n"),
           0, "here\n1\n");
    expect_words("$K consume -b $B -t nowhere -g g -e", 1, "nowhere");
    stop_mock();
}
END_TEST

/* A member that cannot write for too long is put out of the group, says so, and repeats what it had not committed. */
START_TEST(who_cannot_write_loses_its_partitions_and_says_so)
{
    start_mock("-n 1 -t u:1");
    expect("seq 100000 | $K produce -b $B -t u", 0, "");
    expect(IN_DIR("mkfifo $D/p; exec 7<>$D/p\n"
                  "$K consume -b $B -t u -g g -X max.poll.interval.ms=100 -X session.timeout.ms=6000 "
                  "-X heartbeat.interval.ms=20 >$D/p 2>$D/err 7<&- & P=$!\n"
                  "read -r L <&7; echo $L >$D/out\n" /* it is a member: until then the group may be empty as well */
                  UNTIL("$K groups -b $B | grep -q 'g *Empty'")
                  "cat <&7 >>$D/out & C=$!\n"
                  UNTIL("[ $(wc -l <$D/out) -ge 100000 ] && [ $(sort -u $D/out | wc -l) -eq 100000 ]")
                  "kill $P; wait $P || S=$?; kill $C\n"
                  "sed 's/: the membership.*max.poll/: … max.poll/' $D/err | sort -ru\n"),
           0,
           "kafc: lost u [0]: group g: … max.poll.interval.ms (100)\n"
           "kafc: group g: … max.poll.interval.ms (100)\n");
    stop_mock();
}
END_TEST

START_TEST(mistakes_are_named)
{
    find_tool();
    (void)snprintf(bootstrap, sizeof bootstrap, "127.0.0.1:1");
    expect_words("$K consume -b $B -g g", 2, "-t TOPIC is missing");
    expect_words("$K consume -b $B -t a -t '' -g g", 2, "-t TOPIC is missing");
    expect_words("$K consume -b $B -t a -g g -p 1", 2, "-p and -g exclude each other");
    expect_words("$K consume -b $B -t '^a'", 2, "wants a group");
    expect_words("$K consume -b $B -t '^a(' -g g", 2, "^a(");
    expect_words("$K consume -b $B -t a -g ''", 2, "the name of the group");
    expect_words("$K consume -b $B -t a -g g -X session.timeout.ms=5 -X heartbeat.interval.ms=5", 2, "session");
    expect_words("$K help consume", 0, "-g GROUP");
}
END_TEST

SUITE_MAIN("tools/consume", 60, a_member_goes_on_where_the_group_is, exactly_the_count_is_committed,
           several_topics_with_and_without_a_group, what_is_not_written_out_is_not_committed,
           kill_9_repeats_and_never_skips, a_signal_commits_and_leaves_at_once,
           two_members_share_and_repeat_nothing,
           R12_a_topic_that_is_not_there_is_told_once_and_read_when_it_comes,
           who_cannot_write_loses_its_partitions_and_says_so, mistakes_are_named)
