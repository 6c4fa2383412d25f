# SPDX-License-Identifier: BSD-2-Clause
# What is written with each kind of acknowledgement is there.
. "$(dirname "$0")/../lib.sh"

arrived() { [ "$(kafc_read "$topic" | wc -l)" = 1000 ]; }

for acks in 0 1 all; do
    topic=$CASE-$acks
    peer create "$topic" 1 1
    seq 1000 | kafc produce -b "$BROKERS" -t "$topic" -a $acks || fail "acks $acks: exit status $?"
    # Nobody said that those without an acknowledgement have arrived.
    [ $acks != 0 ] || until_true 10 arrived || true
    all_read_alike "$topic"
    same <(seq 1000) <(fields 7 "$topic.kafc") "acks $acks: not what was written"
done
