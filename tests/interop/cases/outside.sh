# SPDX-License-Identifier: BSD-2-Clause
# Groups, producers, transactions and features from outside: asked back, and told by Java and Kafka's own tools.
. "$(dirname "$0")/../lib.sh"

topic=$CASE-t
is() { [ "$1" = "$2" ]; }
# lines N FILE: so many
lines() { is "$(grep -c . "$2" || true)" "$1"; }

peer create "$topic" 2 1
for ((i = 0; i < 20; i++)); do printf '%s\t%d\t-\tk\tv%d\n' "$topic" $((i % 2)) $i; done > records
peer write "$WORK/records"

# ---- coordinators, offsets, lags ----

groups=("$CASE-g1" "$CASE-g2")
found() { admin coordinators groups "${groups[@]}" > got 2> said; }
until_true 30 found || fail "coordinators: $(cat said)"
printf '%s 1\n' "${groups[@]}" | cmp -s - got || fail "coordinators: $(cat got)"
kept()
{
    if has groups; then peer keep "$1" "$topic" "$2" "$3" words
    else kafc groups -b "$BROKERS" reset "$1" -t "$topic:$2" -o "$3" > /dev/null; fi
}
kept "${groups[0]}" 0 4
kept "${groups[0]}" 1 10
kept "${groups[1]}" 1 3
admin lags "${groups[@]}" > got || fail "lags"
is "$(cut -d ' ' -f 5 got | paste -sd ' ')" "6 7" || fail "lags: $(cat got)"
! has groups || grep -q "^${groups[0]} OK classic Empty 6$" got || fail "lags: $(cat got)"
if at_least "$KAFKA_VERSION" 0.10.2; then
    admin offsets "${groups[@]}" > got || fail "offsets"
    printf '%s %s %d %d\n' "${groups[0]}" "$topic" 0 4 "${groups[0]}" "$topic" 1 10 "${groups[1]}" "$topic" 1 3 |
        cmp -s - got || fail "offsets: $(cat got)"
    admin group-offsets "${groups[0]}" > got || fail "group-offsets"
    printf '%s %d %d words\n' "$topic" 0 4 "$topic" 1 10 | cmp -s - got || fail "group-offsets: $(cat got)"
else
    for what in offsets group-offsets; do
        admin $what "${groups[0]}" > got 2> said && fail "all offsets of a group by a broker that does not tell"
        says said "too old\|OffsetFetch" "$what"
    done
fi
if at_least "$KAFKA_VERSION" 2.1.0; then
    tool consumer.group.ConsumerGroupCommand --describe --group "${groups[0]}" > java
    is "$(awk -v t="$topic" '$2 == t { sum += $6 } END { print sum }' java)" 6 || fail "kafka-consumer-groups: $(cat java)"
fi

if has reassignments; then
    is "$(admin forget "${groups[0]}" "$topic" 0)" OK || fail "forget"
    admin group-offsets "${groups[0]}" > got
    is "$(cat got)" "$topic 1 10 words" || fail "not forgotten: $(cat got)"
    peer kept "$WORK/kept" "${groups[0]}" "$topic"
    is "$(cat kept)" "1 10 words" || fail "Java is told: $(cat kept)"
    is "$(admin forget "$CASE-none" "$topic" 0 2> said || true)" GROUP_ID_NOT_FOUND || fail "a group that is not there"
else
    admin forget "${groups[0]}" "$topic" 0 > got 2> said && fail "offsets are forgotten by a broker that cannot"
    says said "too old\|OffsetDelete\|brokers from 2.4 on" "forget"
fi

# ---- members ----

if has reassignments; then
    "$KAFC" consume -b "$BROKERS" -t "$topic" -g "$CASE-m" -o beginning > consumed 2> consumed.said &
    consumer=$!
    trap 'kill $consumer 2> /dev/null || true' EXIT
    one() { admin group "$CASE-m" > m 2> /dev/null && [[ $(head -n 1 m) = *" Stable 1" ]]; }
    until_true 30 one || fail "nobody has joined: $(cat m consumed.said)"
    member=$(sed -n 2p m)
    is "$(admin remove "$CASE-m" "$member")" OK || fail "remove"
    other() { one && ! is "$(sed -n 2p m)" "$member"; }
    until_true 60 other || fail "the member does not join again: $(cat m consumed.said)"
    is "$(admin remove "$CASE-m" "$member" 2> said || true)" UNKNOWN_MEMBER_ID || fail "a member that is not there"
    says said "no such member" "remove"
    kill "$consumer"
    wait "$consumer" || true
    admin remove "$CASE-m" || fail "remove all"
    is "$(admin group "$CASE-m" | head -n 1)" "classic Empty 0" || fail "$(admin group "$CASE-m")"
fi

# ---- transactions ----

if has transactions; then
    for id in x1 x2; do
        printf '%s\t0\t-\tk\t%s\n' "$topic" $id > record
        peer begin "$CASE-$id" "$WORK/record"
    done
    is "$(admin coordinators transactions "$CASE-x1")" "$CASE-x1 1" || fail "the coordinator of a transaction"
    if has list-transactions; then
        admin transactions state=Ongoing > got || fail "transactions"
        is "$(grep -c "^$CASE-x[12] Ongoing [0-9]*$" got)" 2 || fail "transactions: $(cat got)"
        tool TransactionsCommand list > java
        sort got | cut -d ' ' -f 1,3 > ours
        awk '/Ongoing/ { print $1, $3 }' java | sort > theirs
        same ours theirs "kafka-transactions lists others"
        read -r _ _ id < got
        admin transactions "producer=$id" > one && lines 1 one || fail "of one producer: $(cat one)"
        admin transactions state=Nonsense > none 2> said && fail "a state that is none"
        says said "unknown state 'Nonsense'" "transactions"
        admin describe "$CASE-x1" "$CASE-none" > got 2> said && fail "an id that was never used"
        grep -q "^$CASE-x1 OK Ongoing [0-9]* [0-9]* $topic-0$" got || fail "describe: $(cat got)"
        grep -q "^$CASE-none TRANSACTIONAL_ID_NOT_FOUND" got || fail "describe: $(cat got)"
        if at_least "$KAFKA_VERSION" 4.1.0; then
            admin transactions "pattern=$CASE-x[2-9]" > one && is "$(cut -d ' ' -f 1 one)" "$CASE-x2" || fail "by pattern: $(cat one)"
            admin transactions open=3600000 > none && lines 0 none || fail "by age: $(cat none)"
        fi
    else
        admin transactions > got 2> said && fail "transactions of a broker that does not list them"
        says said "brokers from 3.0 on" "transactions"
    fi
    if has describe-producers; then
        admin producers "$topic" 0 > got || fail "producers"
        is "$(awk '$4 >= 0' got | grep -c .)" 2 || fail "producers: $(cat got)"
    else
        admin producers "$topic" 0 > got 2> said && fail "producers of a broker that does not tell"
        says said "brokers from 2.8 on" "producers"
    fi
    # Who is fenced can write no more, and nobody waits for his transaction.
    admin fence "$CASE-x1" "$CASE-x2" "$CASE-new" > got || fail "fence: $(cat got)"
    is "$(grep -c ' OK ' got)" 3 || fail "fence: $(cat got)"
    (peer commit "$CASE-x1") > /dev/null 2>&1 && fail "who is fenced commits"
    peer settle "$topic"
    kafc consume -b "$BROKERS" -t "$topic" -p 0 -o beginning -e -X isolation.level=read_committed > read
    ! grep 'x[12]' read || fail "what was aborted is read"
fi

# ---- a transaction that hangs ----

if has describe-producers; then
    # From 3.6 on leaders ask the coordinator, unless they are told not to.
    verify() { at_least "$KAFKA_VERSION" 3.6.0 || return 0; kafc configs -b "$BROKERS" "$1" broker: "${@:2}" > /dev/null; }
    verify set -c transaction.partition.verification.enable=false || fail "the broker's configuration"
    peer create "$topic-h" 1 1
    hung() { is "$(admin hang "$topic-h" 0 "$CASE-hang")" OK; }
    until_true 20 hung || fail "hang: $(admin hang "$topic-h" 0 "$CASE-hang")"
    printf '%s\t0\t-\tk\tbehind\n' "$topic-h" > record
    peer write "$WORK/record"
    visible() { kafc consume -b "$BROKERS" -t "$topic-h" -o beginning -e -X isolation.level=read_committed > read; grep -q behind read; }
    ! visible || fail "nothing hangs"
    ! has list-transactions || { admin transactions state=Ongoing > got && lines 0 got; } || fail "a coordinator knows of it: $(cat got)"
    admin producers "$topic-h" 0 > got
    is "$(awk '$4 == 0' got | grep -c .)" 1 || fail "no open transaction: $(cat got)"
    admin abort "$topic-h" 0 || fail "abort"
    until_true 20 visible || fail "it hangs on: $(admin producers "$topic-h" 0)"
    ! grep -q '^v' read || fail "what was aborted is read"
    verify delete -c transaction.partition.verification.enable || fail "the broker's configuration"
fi

# ---- features, brokers ----

if at_least "$KAFKA_VERSION" 4.0.0; then
    level() { tool FeatureCommand describe | sed -n 's/.*transaction.version.*FinalizedVersionLevel: \([0-9]*\).*/\1/p'; }
    is "$(level)" 2 || fail "transaction.version is $(level)"
    admin feature transaction.version 1 upgrade 2> said && fail "a level below is an upgrade"
    says said "INVALID_UPDATE_VERSION" "feature"
    admin feature transaction.version 1 safe dry || fail "a downgrade, on paper"
    is "$(level)" 2 || fail "validate only has changed transaction.version to $(level)"
    admin feature transaction.version 1 safe || fail "a downgrade"
    is "$(level)" 1 || fail "transaction.version is $(level), not 1"
    admin feature transaction.version 2 upgrade || fail "an upgrade"
    is "$(level)" 2 || fail "transaction.version is $(level), not 2"
    admin feature no.such.version 1 upgrade 2> said && fail "a feature that is none"
    says said "no.such.version" "feature"
elif ! has downgrades; then
    admin feature x 1 safe 2> said && fail "a downgrade by a broker that knows none"
    says said "too old for more than\|brokers from 2.7 on" "feature"
fi
admin unregister 99 2> said && fail "a broker that is not there"
if at_least "$KAFKA_VERSION" 3.0.0; then
    says said "BROKER_ID_NOT_REGISTERED\|no such broker" "unregister"
else
    says said "brokers from 3.0 on" "unregister"
fi

# ---- share groups ----

if has share-groups; then
    group=$CASE-share
    java -Xmx256m -cp "$("$interop/cluster" jars 4.3.1)/*" org.apache.kafka.tools.consumer.ConsoleShareConsumer \
        --bootstrap-server "$BROKERS" --topic "$topic" --group "$group" > shared 2> shared.said &
    consumer=$!
    trap 'kill $consumer 2> /dev/null || true' EXIT
    joined() { is "$(admin group "$group" 2> /dev/null | head -n 1)" "share Stable 1"; }
    until_true 60 joined || fail "no share group: $(admin group "$group" 2>&1) $(head -c 2000 shared.said)"
    for ((i = 0; i < 4; i++)); do printf '%s\t%d\t-\tk\tshared\n' "$topic" $((i % 2)); done > record
    # It begins at the end as it is when it looks; what comes after that moves it.
    told() { peer write "$WORK/record" && admin share "$group" > got && is "$(grep -c "^$group $topic [01] [0-9]" got)" 2; }
    until_true 60 told || fail "offsets: $(cat got)"
    is "$(admin share-move "$group" "$topic" 0 3 2> said || true)" NON_EMPTY_GROUP || fail "it has a member: $(cat said)"
    kill "$consumer"
    wait "$consumer" || true
    empty_now() { is "$(admin group "$group" | head -n 1)" "share Empty 0"; }
    until_true 60 empty_now || fail "the member stays: $(admin group "$group")"
    is "$(admin share-move "$group" "$topic" 0 3)" OK || fail "share-move"
    admin share "$group" > got
    grep -q "^$group $topic 0 3 " got || fail "not moved: $(cat got)"
    tool consumer.group.ShareGroupCommand --describe --group "$group" --offsets > java
    awk -v t="$topic" '$2 == t && $3 == 0 { print $4 }' java | grep -qx 3 || fail "kafka-share-groups: $(cat java)"
    admin share-forget "$group" "$topic" || fail "share-forget"
    admin share "$group" > got || true
    ! grep -q "$topic" got || fail "not forgotten: $(cat got)"
    kafc groups -b "$BROKERS" delete "$group" > /dev/null || fail "delete"
    admin group "$group" > /dev/null 2> said && fail "it is still there"
    says said "no such group\|GROUP_ID_NOT_FOUND" "group"
elif has reassignments; then
    admin share "$CASE-share" > got 2> said && fail "share groups of a broker that has none"
    says said "DescribeShareGroupOffsets" "share"
fi
