# SPDX-License-Identifier: BSD-2-Clause
# Three brokers in three racks (KIP-392): who stands in rack-2 reads from broker 2, whoever leads; and from the
# leaders while broker 2 is down. Every record once and in order.
. "$(dirname "$0")/../lib.sh"

has followers || exit 0
topic=$CASE
peer create "$topic" 3 3

# write FROM TO: into each partition
write()
{
    local p
    for p in 0 1 2; do
        seq "$1" "$2" | kafc produce -b "$BROKERS" -t "$topic" -p "$p"
    done
}

all_in_sync()
{
    [ "$(kcat -L -b "$BROKERS" -t "$topic" -m 3 2> /dev/null | grep -c 'isrs: [0-9],[0-9],[0-9]$')" = 3 ]
}

# sent_to N FILE: partitions whose leader, not N itself, sent the reader to broker N
sent_to() { grep -o "nearer \\[[0-9]\\]: node [0-9]* sends us to its follower, node $1\$" "$2" | sort -u | wc -l; }

until_true 60 all_in_sync || fail "the replicas are not in sync"
write 1 1000
for p in 0 1 2; do seq -f "$p %g" 1 1000; done > wanted
for node in 1 2 3; do
    kafc consume -d fetch -b "$BROKERS" -t "$topic" -o beginning -e -f '%p %s\n' \
        -X client.rack=rack-$node 2> "said.$node" | sort -s -k 1,1n > got
    same wanted got "rack-$node"
    [ "$(sent_to "$node" "said.$node")" = 2 ] || fail "rack-$node: $(grep sends "said.$node")"
done
kafc consume -b "$BROKERS" -t "$topic" -o beginning -e -f '%p %s\n' -X client.rack=elsewhere 2> said \
    | sort -s -k 1,1n > got
same wanted got "a rack without brokers"
! grep -q sends said || fail "a rack without brokers: $(cat said)"

# The reader of rack-2 goes on while broker 2 is down, and reads from it again.
trap 'kill $reader 2> /dev/null || true' EXIT
kafc consume -d fetch -b "$BROKERS" -t "$topic" -o beginning -c 12000 -u -f '%p %s\n' \
    -X client.rack=rack-2 > tail.got 2> tail.said &
reader=$!
read_all() { [ "$(wc -l < tail.got)" = "$1" ]; }
until_true 60 read_all 3000 || fail "the reader has $(wc -l < tail.got) of 3000"
"$interop/cluster" kill 2
write 1001 2000
until_true 90 read_all 6000 || fail "the reader has $(wc -l < tail.got) of 6000 while broker 2 is down"
grep -q "back from node 2 to the leader" tail.said || fail "it did not turn to the leaders: $(cat tail.said)"
"$interop/cluster" start 2
"$interop/cluster" wait
until_true 90 all_in_sync || fail "broker 2 did not come back"
write 2001 3000
until_true 60 read_all 9000 || fail "the reader has $(wc -l < tail.got) of 9000 after broker 2 came back"
write 3001 4000
wait $reader || fail "the reader: exit status $?"
for p in 0 1 2; do seq -f "$p %g" 1 4000; done > wanted
sort -s -k 1,1n tail.got > got
same wanted got "the reader of rack-2"

# A kafc_conn stays with the leader, which sends it elsewhere until it no longer says where it stands; one that does not
# look for the leader reads what a follower has, through a socket of its own.
seq 1 4000 > wanted
for p in 0 1 2; do
    conn read "$topic" $p first client.rack=rack-2 | cut -f 7 > got
    same wanted got "kafc_conn of rack-2, partition $p"
    for at in ${BROKERS//,/ }; do
        "$TOOLS/conns" socket "$at" "$topic" $p 4000 > got.socket
        grep -qE "^4000 7998000 .*:${at##*:}$" got.socket || fail "kafc_conn at $at, partition $p: $(cat got.socket)"
    done
done
