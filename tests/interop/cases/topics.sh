# SPDX-License-Identifier: BSD-2-Clause
# The metadata listing, topics that are not there, topics made on demand.
. "$(dirname "$0")/../lib.sh"

peer create "$CASE-three" 3 1

kafc metadata -b "$BROKERS" > all || fail "metadata: exit status $?"
grep -q "$BROKERS" all || fail "the broker is not listed"
grep -q "$CASE-three" all || fail "the topic is not listed"
kafc metadata -b "$BROKERS" -t "$CASE-three" > one
grep -q "$CASE-three" one || fail "the topic is not listed"
kafc metadata -b "$BROKERS" -t "$CASE-three" -J > json.kafc
for what in "\"topic\":\"$CASE-three\"" "$BROKERS" '"partition":0' '"partition":1' '"partition":2' '"leader":1'; do
    tr -d ' \n' < json.kafc | grep -q -F -- "$what" || fail "not in -J: $what"
done
tr -d ' \n' < json.kafc | grep -q '"partition":3' && fail "more partitions than there are"

# A topic that is not there: an error that names it, soon; and asking does not make it.
status=0
timeout 60 "$KAFC" consume -b "$BROKERS" -t "$CASE-none" -o beginning -e > out 2> said || status=$?
case $status in 0 | 124 | 12[5-9] | 13*) fail "consume of an unknown topic: exit status $status" ;; esac
grep -q "$CASE-none" said || fail "the error does not name the topic: $(cat said)"
kafc metadata -b "$BROKERS" > all
grep -q "$CASE-none" all && fail "reading made the topic"

# Partition 9 of three.
status=0
timeout 60 "$KAFC" consume -b "$BROKERS" -t "$CASE-three" -p 9 -o beginning -e > out 2> said || status=$?
case $status in 0 | 124 | 12[5-9] | 13*) fail "consume of an unknown partition: exit status $status" ;; esac
status=0
echo x | timeout 60 "$KAFC" produce -b "$BROKERS" -t "$CASE-three" -p 9 > out 2> said || status=$?
case $status in 0 | 124 | 12[5-9] | 13*) fail "produce to an unknown partition: exit status $status" ;; esac

# Made on demand.
seq 100 | kafc produce -b "$BROKERS" -t "$CASE-demand" -X allow.auto.create.topics=true ||
    fail "produce to a topic made on demand: exit status $?"
all_read_alike "$CASE-demand"
[ "$(fields 7 "$CASE-demand.kafc" | sort -n)" = "$(seq 100)" ] || fail "not the 100 records"

# Deleted under the writer's eyes and asked for again.
peer delete "$CASE-three"
until_true 20 unlisted "$CASE-three" || fail "the topic stays"
status=0
echo x | timeout 90 "$KAFC" produce -b "$BROKERS" -t "$CASE-three" -X allow.auto.create.topics=false \
    -X delivery.timeout.ms=2500 -X request.timeout.ms=2000 > out 2> said || status=$?
case $status in 0 | 124 | 12[5-9] | 13*) fail "produce to a deleted topic: exit status $status: $(cat said)" ;; esac
grep -q "$CASE-three" said || fail "the error does not name the topic: $(cat said)"
