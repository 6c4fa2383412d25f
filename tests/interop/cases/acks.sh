# SPDX-License-Identifier: BSD-2-Clause
# What is written with each kind of acknowledgement is there.
. "$(dirname "$0")/../lib.sh"

arrived() { [ "$(kafc_read "$topic" | wc -l)" = 1000 ]; }

# Nobody says that those without an acknowledgement have arrived, and brokers before 0.11 forget requests that they have
# not begun when the connection ends: it stays open until the records are there.
lines()
{
    seq 1000
    [ $acks != 0 ] || until_true 20 arrived || true
}

for acks in 0 1 all; do
    topic=$CASE-$acks
    peer create "$topic" 1 1
    lines | kafc produce -b "$BROKERS" -t "$topic" -a $acks || fail "acks $acks: exit status $?"
    all_read_alike "$topic"
    same <(seq 1000) <(fields 7 "$topic.kafc") "acks $acks: not what was written"
done
