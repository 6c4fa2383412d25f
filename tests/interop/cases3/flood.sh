# SPDX-License-Identifier: BSD-2-Clause
# limit 420
# The cluster at full load: for FLOOD_SECONDS (120) an idempotent writer and a transactional one send as fast as they are
# let, their buffers full, while every ten seconds a broker is killed with kill -9 and started again five seconds later,
# each in turn. Nothing is lost, doubled or out of order, nothing of an aborted transaction is seen: by the writers'
# reports, as kcat reads it and as kafc does.
. "$(dirname "$0")/../lib.sh"

seconds=${FLOOD_SECONDS:-120}
partitions=6
topic=$CASE

all_in_sync()
{
    [ "$(kcat -L -b "$BROKERS" -t "$1" -m 3 2> /dev/null | grep -c 'isrs: [0-9],[0-9],[0-9]$')" = $partitions ]
}

# start HOW TOPIC [property=value]...: a writer in the background, whose total and words go to HOW.total and HOW.said
start()
{
    peer create "$2" $partitions 3 min.insync.replicas=2 segment.bytes=104857600
    until_true 30 all_in_sync "$2" || fail "$2 has not all its replicas"
    "$TOOLS/flood" "$1" "$BROKERS" "$2" $partitions "$seconds" delivery.timeout.ms=300000 "${@:3}" \
        > "$1.total" 2> "$1.said" &
    writers+=" $!"
    hows+=" $1"
}

# once_in_order WHO HOW < LINES
once_in_order()
{
    "$TOOLS/flood" check $partitions "$(cat "$2.total")" 2> verdict || { cat verdict >&2; fail "$1 after $2"; }
}

finish() { [ -z "$writers" ] || kill $writers 2> /dev/null || true; }
writers='' hows=''
trap finish EXIT

start write "$topic"
# Before 2.5 a transactional producer cannot go on when it does not know what became of a message.
! at_least "$KAFKA_VERSION" 2.5.0 || start transact "$topic-transact" transactional.id="$topic" \
    transaction.timeout.ms=300000

# answers I: broker I takes connections
answers()
{
    local port
    port=$(cut -d , -f "$1" "$CLUSTER_DIR/bootstrap")
    (exec 3<> "/dev/tcp/127.0.0.1/${port##*:}") 2> /dev/null
}

# The times are the test. Only where a machine is so slow that a broker does not come up in five seconds it is waited
# for: two of three are needed.
end=$((SECONDS + seconds - 10)) victim=0 kills=0
while [ "$SECONDS" -lt "$end" ]; do
    sleep 5
    [ $kills = 0 ] || until_true 60 answers $victim || fail "broker $victim does not come back"
    victim=$((victim % 3 + 1)) kills=$((kills + 1))
    "$interop/cluster" kill $victim
    sleep 5
    "$interop/cluster" start $victim
done
echo "$kills kills"
[ $kills -ge 1 ] || fail "nobody was killed in $seconds s"
status=0
for writer in $writers; do
    wait "$writer" || status=$?
done
writers=''
tail -n 20 ./*.said
[ "$status" = 0 ] || fail "a writer: exit status $status"
[ "$(cat write.total)" -ge $((seconds * 1000)) ] || fail "that was no load"

"$interop/cluster" wait
for how in $hows; do
    [ "$how" = write ] || topic=$CASE-$how
    until_true 90 all_in_sync "$topic" || fail "the replicas do not catch up"
    kcat -C -q -b "$BROKERS" -t "$topic" -o beginning -e -f '%p %k\n' -X isolation.level=read_committed |
        once_in_order kcat "$how"
    kafc consume -b "$BROKERS" -t "$topic" -o beginning -e -f '%p %k\n' | once_in_order kafc "$how"
done
