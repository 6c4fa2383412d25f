# SPDX-License-Identifier: BSD-2-Clause
# limit 420
# The cluster at full load: for FLOOD_SECONDS (120) an idempotent writer sends as fast as it is let, its buffer full,
# while every ten seconds a broker is killed with kill -9 and started again five seconds later, each in turn. Nothing is
# lost, doubled or out of order: by the writer's reports, as kcat reads it and as kafc does.
. "$(dirname "$0")/../lib.sh"

seconds=${FLOOD_SECONDS:-120}
partitions=6
topic=$CASE

all_in_sync()
{
    [ "$(kcat -L -b "$BROKERS" -t "$topic" -m 3 2> /dev/null | grep -c 'isrs: [0-9],[0-9],[0-9]$')" = $partitions ]
}

# once_in_order WHO < LINES
once_in_order() { "$TOOLS/flood" check $partitions "$total" 2> verdict || { cat verdict >&2; fail "$1"; }; }

finish() { [ -z "$writer" ] || kill "$writer" 2> /dev/null || true; }
writer=''
trap finish EXIT

peer create "$topic" $partitions 3 min.insync.replicas=2 segment.bytes=104857600
until_true 30 all_in_sync || fail "the topic has not all its replicas"
"$TOOLS/flood" write "$BROKERS" "$topic" $partitions "$seconds" > total 2> said &
writer=$!

# The times are the test: nothing is waited for.
victim=0 kills=0
while [ $((kills * 10 + 15)) -le "$seconds" ]; do
    sleep 5
    victim=$((victim % 3 + 1)) kills=$((kills + 1))
    "$interop/cluster" kill $victim
    sleep 5
    "$interop/cluster" start $victim
done
status=0
wait $writer || status=$?
writer=
tail -n 30 said
[ "$status" = 0 ] || fail "the writer: exit status $status"
read -r total < total
echo "$kills kills"
[ $kills -ge 1 ] || fail "nobody was killed in $seconds s"
[ "$total" -ge $((seconds * 1000)) ] || fail "that was no load"

"$interop/cluster" wait
until_true 90 all_in_sync || fail "the replicas do not catch up"
kcat -C -q -b "$BROKERS" -t "$topic" -o beginning -e -f '%p %k\n' | once_in_order kcat
kafc consume -b "$BROKERS" -t "$topic" -o beginning -e -f '%p %k\n' | once_in_order kafc
