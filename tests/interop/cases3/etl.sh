# SPDX-License-Identifier: BSD-2-Clause
# limit 1200
# A chain of topics, each handed on to the next by a group of three members that come and go, some of them killed: each
# value of each key arrives at the end, in the order of its key; at least once by commits, exactly once in transactions.
# ETL_KEYS (20000) keys with two values each; 500000 on demand.
. "$(dirname "$0")/../lib.sh"

keys=${ETL_KEYS:-20000}
values=2
rate=$((keys / 5 > 4000 ? keys / 5 : 4000)) # of the load, which so lasts for ten seconds
declare -A workers=()

finish() { kill -9 "${workers[@]}" ${filler:+$filler} 2> /dev/null || true; }
filler=
trap finish EXIT

# work HOP MEMBER: starts one; topic HOP - 1 to HOP
work()
{
    local id=-
    [ "$how" = plain ] || id=$topic-$1-$2
    "$TOOLS/etl" work "$BROKERS" "$topic-group-$1" "$topic-$(($1 - 1))" "$topic-$1" "$id" heartbeat.interval.ms=200 \
        session.timeout.ms=3000 transaction.timeout.ms=10000 auto.offset.reset=earliest \
        partition.assignment.strategy="$assignor" linger.ms=2 2>> "worker-$how-$1-$2.said" &
    workers[$1-$2]=$!
}

gone() { ! kill -0 "$1" 2> /dev/null; }

# rest NAME SIGNAL
rest()
{
    local status=0 pid=${workers[$1]}
    kill "-$2" "$pid" 2> /dev/null || true
    until_true 60 gone "$pid" || fail "worker $1 does not end: $(tail -n 5 "worker-$how-$1.said")"
    { wait "$pid"; } 2> /dev/null || status=$?
    [ "$2" = KILL ] || [ $status = 0 ] || [ $status = 143 ] || # 143: it had not begun
        fail "worker $1: status $status: $(tail -n 5 "worker-$how-$1.said")"
}

# chain HOW ASSIGNOR
chain()
{
    local hop member round=0 names signal least=once begin=$SECONDS
    how=$1 assignor=$2 topic=$CASE-$1
    [ "$how" != plain ] || least=least
    for hop in 0 1 2 3; do peer create "$topic-$hop" 6 3; done
    "$TOOLS/etl" fill "$BROKERS" "$topic-0" "$keys" $values $rate 2> fill.said &
    filler=$!
    for hop in 1 2 3; do
        for member in 1 2 3; do work $hop $member; done
    done
    "$TOOLS/etl" await "$BROKERS" "$topic-3" "$keys" $values 900 > awaited 2> await.said &
    local awaiting=$!
    # One of each group in turn, every third by kill -9, until all has been written and has come.
    while ! gone $awaiting; do
        round=$((round + 1))
        for hop in 1 2 3; do
            member=$(((round + hop) % 3 + 1)) signal=TERM
            [ $(((round * 3 + hop) % 4)) != 0 ] || signal=KILL
            rest $hop-$member $signal
            work $hop $member
        done
        ! until_true 1 gone $awaiting || break
        [ $round -lt "${ETL_ROUNDS:-8}" ] || { wait $awaiting || fail "not all comes: $(cat awaited await.said)"; break; }
    done
    wait $awaiting || fail "not all comes: $(cat awaited await.said)"
    wait $filler || fail "the source: $(cat fill.said)"
    filler=
    for hop in 1 2 3; do
        for member in 1 2 3; do rest $hop-$member TERM; done
    done
    workers=()
    kcat -C -q -b "$BROKERS" -t "$topic-3" -o beginning -e -f '%k %s\n' -X isolation.level=read_committed |
        "$TOOLS/etl" check "$keys" $values $least > verdict 2>&1 || fail "$how: $(cat verdict)"
    echo "$how, $assignor: $keys keys, $round rounds, $((SECONDS - begin)) s: $(cat verdict)" >> figures
}

chain plain cooperative-sticky
! at_least "$KAFKA_VERSION" 2.5.0 || chain transactional range # before, a transaction knows nothing of the membership
