# SPDX-License-Identifier: BSD-2-Clause
# A batch with a record that the broker refuses, one without a key for a compacted topic: none of it is written, and
# each message is told of its own part in it.
. "$(dirname "$0")/../lib.sh"

has record-errors || exit 0

topic=$CASE-compacted
peer create "$topic" 1 1 cleanup.policy=compact
status=0
printf 'a:1\nb:2\nno key\nc:3\n' |
    kafc produce -b "$BROKERS" -t "$topic" -K : -X linger.ms=2000 2> said || status=$?
[ "$status" = 1 ] || fail "exit status $status: $(cat said)"
[ "$(grep -c 'was not written' said)" = 4 ] || fail "not four messages: $(cat said)"
[ "$(grep -c 'refuses a record' said)" = 1 ] || fail "not one that was refused itself: $(cat said)"
[ "$(grep -c 'another message of its batch was refused: Compacted topic' said)" = 3 ] || fail "the others do not name it: $(cat said)"
empty "$topic"
printf 'a:1\nb:2\nc:3\n' | kafc produce -b "$BROKERS" -t "$topic" -K :
all_read_alike "$topic"
