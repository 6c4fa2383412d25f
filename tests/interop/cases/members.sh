# SPDX-License-Identifier: BSD-2-Clause
# What befalls members of a group: one is killed, topics grow and appear, a static one comes back, and each way to
# commit is gone on from by the next.
. "$(dirname "$0")/../lib.sh"
. "$interop/group.sh"

has groups || exit 0 # `mixed` sees that it is refused

swift+=(metadata.max.age.ms=300)

# kill -9: what the dead had is another's when its session has ended, and goes on at the commit, nothing skipped.
apart kill
peer create "$topic" 4 1
pour "$topic" 400
join dead commit "$topic" each=10 session.timeout.ms=3000
join alive mark "$topic"
settle 4 dead alive
has_committed() { grep -q -P '\tcommitted\t' "$1.out"; }
until_true 30 has_committed dead || fail "nothing is committed"
murder dead
settle 4 alive
dam
all_handled "$total"
leave alive
in_order
committed "$total" "$topic"
twice > doubled
awk -F '\t' '$2 == "committed" { last[$3 " " $4] = $5 } $2 == "assigned" { last[$3 " " $4] += 0 }
    END { for (p in last) print p, last[p] }' dead.out > last
awk 'NR == FNR { last[$1 " " $2] = $3; next } { split($2, at, ":"); if (!(($1 " " at[1]) in last) || at[2] < last[$1 " " at[1]]) { print; bad = 1 } }
    END { exit bad }' last doubled > verdict || fail "came twice, although it was committed: $(head -n 3 verdict)"

# Who is away for longer than max.poll.interval.ms loses what it had, is told so, and comes back.
apart away
peer create "$topic" 2 1
some "$topic" 0 40
join away mark "$topic" stall=2500 max.poll.interval.ms=1000
settle 2 away
join here mark "$topic"
all_handled 40
back() { grep -q -P '\terror\tMAX_POLL_EXCEEDED' away.out && settled 2 away here; }
until_true 30 back || fail "who was away: $(tail -n 5 away.out away.said)"
some "$topic" 40 40
all_handled 80
leave away
leave here
in_order 'MAX_POLL_EXCEEDED|NOT_ASSIGNED'
[ "$(twice | wc -l)" = 1 ] || fail "one record was handled and not committed, but twice came $(twice | head -n 3)"
committed 80 "$topic"

# A topic grows while it is read: the new partitions are read from their first record, by whoever gets them.
apart grow
peer create "$topic" 2 1
join ours mark "$topic"
join_java theirs "$topic"
settle 2 ours theirs
some "$topic" 0 100
if has create-partitions; then
    peer grow "$topic" 5
else
    java -cp "$("$interop/cluster" jars "$KAFKA_VERSION")/*" kafka.admin.TopicCommand --zookeeper "$ZOOKEEPER" \
        --alter --topic "$topic" --partitions 5 > grow.said 2>&1 || fail "$(cat grow.said)"
fi
grown() { [ "$(kcat -L -b "$BROKERS" -t "$topic" | grep -c 'leader [0-9]')" = 5 ]; }
until_true 30 grown || fail "the topic does not grow"
for p in 2 3 4; do some "$topic" $((p * 50)) 50 -p $p; done
all_handled 250
settle 5 ours theirs
leave ours
leave theirs
none_twice
in_order
committed 250 "$topic"

# An expression: a topic that is made later is read from its first record, one that does not match is not.
apart match
peer create "$topic-a" 2 1
peer create "no-$topic-a" 1 1
some "$topic-a" 0 100
join ours mark "^$topic-[a-c]"
join_java theirs "^$topic-[a-c]"
settle 2 ours theirs
peer create "$topic-b" 2 1
some "$topic-b" 100 100
some "no-$topic-a" 200 1
settle 4 ours theirs
all_handled 200
leave ours
leave theirs
none_twice
in_order
! grep -q -P "\trecord\tno-" ./*.out || fail "a topic was read that does not match"
committed 200 "$topic-a" "$topic-b"

# A static member that goes and comes back has what it had, and nobody else hears of it.
apart static
peer create "$topic" 4 1
if has static-members; then
    join comes mark "$topic" group.instance.id=one
    join stays mark "$topic" group.instance.id=two
    settle 4 comes stays
    some "$topic" 0 100
    all_handled 100
    heard=$(grep -c joined stays.out)
    owned comes | sort > before
    leave comes
    some "$topic" 100 100
    join again mark "$topic" group.instance.id=one
    settle 4 again stays
    all_handled 200
    owned again | sort > after
    same before after "a static member comes back to other partitions"
    [ "$(grep -c joined stays.out)" = "$heard" ] || fail "a static member came back, and the others heard of it"
    leave again
    leave stays
    none_twice
    in_order
    committed 200 "$topic"
else
    join comes mark "$topic" group.instance.id=one
    until_true 30 gone comes || fail "a static member, and it goes on: $(cat comes.out)"
    says comes.out '2\.3' "a static member"
    unset "pid_of[comes]"
fi

# Each way to commit: the next goes on behind it.
apart ways
peer create "$topic" 2 1
n=0
for how in mark read commit async delivered claims; do
    some "$topic" $n 60
    n=$((n + 60))
    join $how $how "$topic" each=7
    all_handled $n
    leave $how
    [ $how = read ] || committed $n "$topic" # it has not asked for another one, which would mark the last
done
in_order
twice > doubled
! grep -v 'read.* commit' doubled || fail "came twice"
