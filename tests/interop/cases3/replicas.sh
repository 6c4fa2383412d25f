# SPDX-License-Identifier: BSD-2-Clause
# limit 300
# Replicas that move to other brokers and other disks, leaders that are elected: asked back, and told by Kafka's own
# tools.
. "$(dirname "$0")/../lib.sh"

topic=$CASE-t
peer create "$topic" 3 2
for ((i = 0; i < 30; i++)); do printf '%s\t%d\t-\tk\tv%d\n' "$topic" $((i % 3)) $i; done > records
peer write "$WORK/records"

# replicas PARTITION: "3,1"
replicas() { admin where "$topic" | sed -n "s/^$1 .*replicas=\([0-9,]*\).*/\1/p"; }
leader() { admin where "$topic" | sed -n "s/^$1 leader=\([0-9-]*\).*/\1/p"; }
in_sync() { admin where "$topic" | sed -n "s/^$1 .*isr=\([0-9,]*\)/\1/p" | tr ',' '\n' | sort | paste -sd,; }
is() { [ "$1" = "$2" ]; }
moved() { is "$(replicas "$1")" "$2"; }

# ---- log directories ----

if ! has log-dirs; then
    admin log-dirs > /dev/null 2> said && fail "log directories of a broker that knows none"
    says said "brokers from 1.0 on" "log-dirs"
    exit
fi
admin log-dirs > dirs
for id in 1 2 3; do
    for dir in data more; do
        grep -q "^$id $CLUSTER_DIR/node-$id/$dir OK" dirs || fail "directory $dir of broker $id: $(cat dirs)"
    done
done
is "$(grep -c " $topic [0-9] [0-9]* 0 present" dirs)" 6 || fail "not six replicas: $(cat dirs)"
admin log-dirs 2 > one
! grep -v '^2 ' one || fail "others than broker 2 were asked"

# One replica to the other disk of its broker; its bytes are there afterwards, and Java says so, too.
read -r id from _ partition size _ < <(grep -m 1 " $topic " dirs)
to=$CLUSTER_DIR/node-$id/data
[ "$from" != "$to" ] || to=$CLUSTER_DIR/node-$id/more
is "$(admin move "$topic" "$partition" "$id" "$to")" OK || fail "move"
arrived() { admin log-dirs "$id" > now && grep -q "^$id $to $topic $partition $size 0 present" now; }
until_true 20 arrived || fail "the replica is not in $to: $(cat now)"
if at_least "$KAFKA_VERSION" 2.1.0; then
    tool LogDirsCommand --describe --topic-list "$topic" --broker-list "$id" > java
    # One line of JSON: the partition stands before the directory that holds it.
    sed 's/"logDir"/\n&/g' java | grep -A 1 "\"$topic-$partition\"" | grep -q "\"logDir\":\"$to\"" ||
        fail "kafka-log-dirs does not find it in $to: $(cat java)"
fi
is "$(admin move "$topic" "$partition" "$id" /nowhere 2> said || true)" LOG_DIR_NOT_FOUND || fail "a directory that is not there"
says said "log directory" "move"

# ---- reassignments ----

if ! has reassignments; then
    admin reassign "$topic" 0 1,2 > /dev/null 2> said && fail "a reassignment by a broker that knows none"
    says said "brokers from 2.4 on" "reassign"
    exit
fi
is "$(admin reassign "$topic" 0 3,1)" OK || fail "reassign"
until_true 30 moved 0 3,1 || fail "partition 0 is not on 3,1: $(admin where "$topic")"
is "$(admin reassign "$topic" 0 9 2> said || true)" INVALID_REPLICA_ASSIGNMENT || fail "a broker that is not there"
says said "broker 9\|brokers that are not alive" "reassign"
is "$(admin reassign "$CASE-none" 0 1 2> said || true)" UNKNOWN_TOPIC_OR_PARTITION || fail "a topic that is not there"
is "$(admin reassign "$topic" 0 - 2> said || true)" NO_REASSIGNMENT_IN_PROGRESS || fail "there is nothing to end"
if has factor-kept; then
    is "$(admin reassign "$topic" 0 1,2,3 keep 2> said || true)" INVALID_REPLICATION_FACTOR || fail "three instead of two"
    is "$(admin reassign "$topic" 0 3,2 keep)" OK || fail "two instead of two"
else
    admin reassign "$topic" 0 1,2,3 keep > /dev/null 2> said && fail "the factor is kept by a broker that does not know how"
    says said "too old to keep" "reassign"
fi

# To a broker that is not there now: it stays under way, and is listed, until it is ended. With ZooKeeper it is refused
# as soon as the broker is known to be gone; it dies while it is asked.
until_true 30 admin reassign "$topic" 1 1,2 > /dev/null
until_true 30 moved 1 1,2 || fail "partition 1 is not on 1,2"
"$interop/cluster" kill 3
is "$(admin reassign "$topic" 1 3,2)" OK || fail "reassign to a broker that is down"
admin reassigning > all
grep -q "^$topic 1 replicas=3,2,1 adding=3 removing=1$" all || fail "what is under way: $(cat all)"
admin reassigning "$topic" 1 > named
grep "^$topic 1 " all | cmp -s - named || fail "of one partition: $(cat named)"
admin reassigning "$topic" 2 > named
is "$(grep -c . named || true)" 0 || fail "of a partition at rest: $(cat named)"
tool reassign.ReassignPartitionsCommand --list > java
grep -q "$topic-1: replicas: 3,2,1. adding: 3. removing: 1" java || fail "kafka-reassign-partitions: $(cat java)"
is "$(admin reassign "$topic" 1 -)" OK || fail "the end of a reassignment"
admin reassigning "$topic" 1 > named
is "$(grep -c . named || true)" 0 || fail "still under way: $(cat named)"
was() { is "$(replicas 1 | tr ',' '\n' | sort | paste -sd,)" 1,2; }
until_true 20 was || fail "not back: $(admin where "$topic")"

# ---- elections ----

# The preferred leader of partition 0 is down; then it is back, and another leads.
leads_not_3() { l=$(leader 0) && [ "$l" != 3 ] && [ "$l" -gt 0 ]; }
until_true 30 leads_not_3 || fail "broker 3 still leads: $(admin where "$topic")"
admin elect preferred "$topic" 0 > got 2> said && fail "a leader that is down was elected: $(cat got)"
grep -q "^$topic 0 PREFERRED_LEADER_NOT_AVAILABLE" got || fail "$(cat got said)"
"$interop/cluster" start 3
"$interop/cluster" wait
back() { [[ $(in_sync 0) = *3* ]]; }
until_true 60 back || fail "broker 3 is not in sync: $(admin where "$topic")"
elected() { admin elect preferred "$topic" 0 > got 2> said; }
until_true 20 elected || fail "the election: $(cat said)"
leads_3() { is "$(leader 0)" 3; }
until_true 10 leads_3 || fail "broker 3 does not lead: $(admin where "$topic")"
admin elect preferred "$topic" 0 > got || fail "an election that is not needed is an error: $(cat got)"
grep -q "^$topic 0 ELECTION_NOT_NEEDED" got || fail "$(cat got)"
admin elect preferred > got || fail "of all: $(cat got)"
! grep ELECTION_NOT_NEEDED got || fail "those that need none are told"

# Unclean: the only replica in sync goes for good, as far as anybody knows.
is "$(admin reassign "$topic" 2 3,2)" OK || fail "reassign"
until_true 30 moved 2 3,2
alone() { is "$(in_sync 2)" "$1"; }
until_true 30 alone 2,3 || fail "$(admin where "$topic")"
admin elect unclean "$topic" 2 > got || fail "unclean: $(cat got)"
grep -q "^$topic 2 ELECTION_NOT_NEEDED" got || fail "there is a leader: $(cat got)"
"$interop/cluster" kill 2
until_true 30 alone 3 || fail "$(admin where "$topic")"
"$interop/cluster" kill 3
"$interop/cluster" start 2 # comes back without what 3 may have
leaderless() { is "$(leader 2)" -1; } # once it is up
until_true 90 leaderless || fail "somebody leads: $(admin where "$topic")"
unclean() { admin elect unclean "$topic" 2 > got 2> said && grep -q "^$topic 2 OK" got; }
until_true 60 unclean || fail "unclean: $(cat got said)"
leads_2() { is "$(leader 2)" 2; }
until_true 20 leads_2 || fail "broker 2 does not lead: $(admin where "$topic")"
"$interop/cluster" start 3
"$interop/cluster" wait

# ---- a broker that is gone ----

if has downgrades; then
    admin unregister 99 2> said && fail "a broker that never was"
    says said "no such broker\|BROKER_ID_NOT_REGISTERED" "unregister"
    registered() { grep -q "${BROKERS##*,}" <<< "$(kafc metadata -b "$BROKERS")"; }
    registered || fail "broker 3 is not there"
    "$interop/cluster" kill 3
    gone() { ! registered; }
    until_true 30 gone || fail "broker 3 is there"
    admin unregister 3 || fail "unregister"
    admin unregister 3 2> said && fail "twice"
    "$interop/cluster" start 3 # and registers itself again
    "$interop/cluster" wait
    until_true 30 registered || fail "broker 3 does not come back"
else
    admin unregister 3 2> said && fail "a broker is unregistered by one that cannot"
    says said "brokers from 3.0 on" "unregister"
fi
