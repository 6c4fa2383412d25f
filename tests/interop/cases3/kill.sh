# SPDX-License-Identifier: BSD-2-Clause
# A broker that leads is killed with kill -9 while records flow at a rate, and started again: every
# acknowledged record is read back once and in order, by kafc, by kcat, and by a kafc that was reading
# all the while.
. "$(dirname "$0")/../lib.sh"

rate=${KILL_RATE:-5000}
seconds=${KILL_SECONDS:-25}
total=$((rate * seconds))
topic=$CASE

# Prints $total lines key:number, $rate a second, in pieces of a twentieth, and tells in the file `sent`
# how far it is. Behind the clock it hurries; a pipe that is full holds it.
pace()
{
    local begin=${EPOCHREALTIME/[.,]/} n=0 next due text ahead
    while [ "$n" -lt "$total" ]; do
        next=$((n + rate / 20)) text=
        [ "$next" -le "$total" ] || next=$total
        due=$((begin + next * 1000000 / rate))
        for (( ; n < next; n++)); do
            text+="key-$((n % 300)):$n"$'\n'
        done
        printf '%s' "$text"
        echo "$n" > sent.new
        mv sent.new sent
        ahead=$((due - ${EPOCHREALTIME/[.,]/}))
        [ "$ahead" -le 0 ] || sleep "$(printf '0.%06d' "$ahead")"
    done
}

sent()
{
    local n=0
    [ ! -f sent ] || read -r n < sent
    [ "$n" -ge "$1" ]
}

# in_order FILE WHO: %p %o %k %s; all numbers once, rising within each partition and in each key
in_order()
{
    awk -v n="$total" '
        $4 in seen { print "twice: " $0; twice++; next }
        { seen[$4] = 1; count++ }
        $1 in last && $4 <= last[$1] { print "out of order in its partition: " $0 " after " last[$1]; late++ }
        { last[$1] = $4; if ($3 != "key-" $4 % 300) { print "wrong key: " $0; late++ } }
        END {
            if (count != n) print count " records of " n
            for (i = 0; i < n && gone < 5; i++) if (!(i in seen)) { print "missing: " i; gone++ }
            exit count != n || twice || late
        }' "$1" > verdict || { head -n 20 verdict >&2; fail "$2: $(wc -l < "$1") lines read"; }
}

all_in_sync()
{
    [ "$(kcat -L -b "$BROKERS" -t "$topic" -m 3 2> /dev/null | grep -c 'isrs: [0-9],[0-9],[0-9]$')" = 6 ]
}

finish() { kill $reader $writer 2> /dev/null || true; }
reader='' writer=''
trap finish EXIT

peer create "$topic" 6 3 min.insync.replicas=2
until_true 30 all_in_sync || fail "the topic has not all its replicas"
peer create "$topic-warm" 1 3
echo "warm:up" | kafc produce -b "$BROKERS" -t "$topic-warm" -K : # the ids of producers have a log, too

kafc consume -b "$BROKERS" -t "$topic" -o beginning -c "$total" -f '%p %o %k %s\n' > live 2> live.said &
reader=$!
(set -o pipefail; pace | kafc produce -b "$BROKERS" -t "$topic" -K : 2> writer.said) &
writer=$!

until_true 60 sent $((total * 3 / 10)) || fail "the load does not get under way: $(tail -n 3 writer.said)"
victim=$(kcat -L -b "$BROKERS" -t "$topic" | sed -n 's/.*partition 0, leader \([0-9]*\),.*/\1/p')
"$interop/cluster" kill "$victim"
echo "broker $victim killed after $(cat sent) lines"
# Whoever comes now, with the dead broker first in its list, is served by the others.
dead=$(cut -d , -f "$victim" "$CLUSTER_DIR/bootstrap")
kafc metadata -b "$dead,$BROKERS" -t "$topic" > listed 2> said || fail "one dead broker in the list: $(cat said)"
grep -q "$topic" listed || fail "the topic is not listed with a broker down"
until_true 60 sent $((total * 6 / 10)) || fail "the load stands still with a broker down: $(tail -n 3 writer.said)"
"$interop/cluster" start "$victim"
echo "started again after $(cat sent) lines"

status=0
wait $writer || status=$?
writer=
[ "$status" = 0 ] || { tail -n 10 writer.said >&2; fail "not every record was acknowledged: exit status $status"; }
"$interop/cluster" wait
! has isr || until_true 60 all_in_sync || fail "the replicas do not catch up"

kcat -C -q -b "$BROKERS" -t "$topic" -o beginning -e -f '%p %o %k %s\n' -X check.crcs=true > read
in_order read kcat
kafc consume -b "$BROKERS" -t "$topic" -o beginning -e -f '%p %o %k %s\n' > read
in_order read kafc
until_true 30 eval '! kill -0 $reader 2> /dev/null' || fail "the reader at work did not end: $(wc -l < live) lines"
wait $reader || { tail -n 5 live.said >&2; fail "the reader at work: exit status $?"; }
reader=
in_order live "the reader at work"
