# SPDX-License-Identifier: BSD-2-Clause
# What is written with each kind of acknowledgement is there; without one, too, though the writer is closed at once and
# brokers before 0.11 forget requests that they have not begun when a connection ends.
. "$(dirname "$0")/../lib.sh"

for acks in 0 1 all; do
    topic=$CASE-$acks
    peer create "$topic" 1 1
    seq 1000 | kafc produce -b "$BROKERS" -t "$topic" -a $acks || fail "acks $acks: exit status $?"
    all_read_alike "$topic"
    same <(seq 1000) <(fields 7 "$topic.kafc") "acks $acks: not what was written"
done
