# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# A new group on a quiet broker, which waits for no other member: from subscribe to the first message in under 50 ms.
# limit 120
. "$(dirname "$0")/../lib.sh"

topic=$CASE
peer create "$topic" 4 1
seq 100 | kafc produce -b "$BROKERS" -t "$topic"

if ! has api-versions; then
    exit 0 # groups need to know what the broker knows: tests/sim/test_group.c has what becomes of it
fi

# The first one may have to wait for the coordinator to be made. The others compete with what else runs here.
"$TOOLS/first" "$BROKERS" "$topic" "$CASE" 1 > made
"$TOOLS/first" "$BROKERS" "$topic" "$CASE-new" 10 > took
awk -v ms="$(tail -n 1 took)" 'BEGIN { exit !(ms < 50) }' || fail "first message after $(tr '\n' ' ' < took)ms"
