# SPDX-License-Identifier: BSD-2-Clause
# A producer's id is in the log where the broker gives ids. Where it gives none, the default does without and says
# so; who asked for it gets an error.
. "$(dirname "$0")/../lib.sh"

# The first id that a broker is asked for may take a while, of which is told.
peer create "$CASE-warm" 1 1
echo warm | kafc produce -b "$BROKERS" -t "$CASE-warm" 2> said || fail "the first one: $(cat said)"

none=ffffffffffffffff
for how in default asked off; do
    topic=$CASE-$how
    peer create "$topic" 1 1
    asked=()
    case $how in
    asked) asked=(-X enable.idempotence=true) ;;
    off) asked=(-X enable.idempotence=false) ;;
    esac
    if [ $how = asked ] && ! has idempotence; then
        seq 10 | refused idempot produce -b "$BROKERS" -t "$topic" "${asked[@]}"
        empty "$topic"
        continue
    fi
    seq 10 | kafc produce -b "$BROKERS" -t "$topic" "${asked[@]}" 2> said || fail "$how: $(cat said)"
    all_read_alike "$topic"
    same <(seq 10) <(fields 7 "$topic.kafc") "$how: not what was written"
    if [ $how = default ] && ! has idempotence; then
        says said idempot "it gave way"
    else
        [ ! -s said ] || fail "$how: something is said: $(cat said)"
    fi
    has headers || continue
    if [ $how = off ]; then
        [ "$(log_producer 1 "$topic" 0)" = $none ] || fail "off: there is a producer's id in the log"
    else
        [ "$(log_producer 1 "$topic" 0)" != $none ] || fail "$how: no producer's id in the log"
    fi
done
