# SPDX-License-Identifier: BSD-2-Clause
# The broker that coordinates a group, and leads a third of what it reads, is killed with kill -9 and comes back: the
# group goes on, by kafc, kcat and Java; nothing is skipped.
. "$(dirname "$0")/../lib.sh"
. "$interop/group.sh"

topic=$CASE
peer create "$topic" 6 3
in_sync() { [ "$(kcat -L -b "$BROKERS" -t "$topic" | grep -c 'isrs: [0-9],[0-9],[0-9]$')" = 6 ]; }
until_true 30 in_sync || fail "the topic has not all its replicas"

pour "$topic" 400
join first mark "$topic"
join second commit "$topic" partition.assignment.strategy=range,roundrobin
join_java third "$topic"
join_kcat fourth "$topic"
settle 6 first second third fourth

found() { (peer coordinator "$PWD/coordinator" "$group") 2> said; }
until_true 60 found || fail "no coordinator: $(cat said)"
victim=$(cat coordinator)
count() { awk -F '\t' '$2 == "record" { n++ } END { print n + 0 }' ./*.out; }
"$interop/cluster" kill "$victim"
echo "coordinator $victim killed after $(count) records"
moved() { found && [ "$(cat coordinator)" != "$victim" ]; }
until_true 60 moved || fail "the coordinator does not move: $(cat said)"
before=$(count)
more() { [ "$(count)" -gt $((before + 400)) ]; }
until_true 60 more || fail "the group stands still with a broker down"
settle 6 first second third fourth
"$interop/cluster" start "$victim"
"$interop/cluster" wait
until_true 60 in_sync || fail "the replicas do not catch up"
settle 6 first second third fourth
dam
all_handled "$total"
for name in first second third fourth; do leave $name; done
in_order 'NOT_COORDINATOR|COORDINATOR|TIMED_OUT|DISCONNECTED|TimeoutException'
echo "$total records, $(twice | wc -l) twice" > figures
